/* doubt.h
 * What gaps of the capture may have hidden, and until when it matters
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_DOUBT_H
#define OXC_DOUBT_H

#include "state.h"

/* A gap is a stretch of a connection that the capture does not hold, or that nobody could read: a
 * missing TCP segment, a sealed or damaged call, a response without a call. A gap may suppress a
 * verdict, it never causes one.
 *
 * Kinds. What a gap may have hidden is of seven kinds (oxc_mark): an EcDoRpcExt2, the end of a
 * session, an EcDoConnectEx or EcDoAsyncConnectEx that returned a handle, a wait, an
 * EcDoDisconnect, the answer to an EcDoRpcExt2. Each rule says in checks.c which of them suppress
 * it.
 *
 * Marks. Of each kind only the last one is kept, as a mark: the place in the order of records. A
 * question names the mark of the oldest evidence; a gap from before it says nothing. So nothing is
 * doubtful for ever, and nothing has to be taken back.
 *
 * Scopes. A gap is noted where it reaches:
 *   association  requests that were missing or could not be read: any session of it may be meant
 *   peer         one client of one server: connections whose bind is not in the capture, which
 *                may belong to any of its associations that is not younger than they are
 *   tracker      calls over HTTP that cannot be attributed to any connection
 *   session      an answer that was missing or not read to a call whose session is known
 *   context      the same for its waits
 *
 * Direction. Missing bytes of the client hide requests, and that waits were cancelled. Missing
 * bytes of the server hide the answers of the calls that were outstanding on the connection, and of
 * no others: each of these calls is taken off the connection's list and noted for what its answer
 * may have said (oxc_call_hide). Where the side is not known it is both. A connection on which an
 * interface was not bound hides no call of that interface.
 *
 * Reach. A hidden call may act later than the gap:
 *   - an EcDoRpcExt2 counts as in flight until a later one of its session has been answered
 *     (session.settled),
 *   - a wait counts as outstanding for five minutes and the grace after the gap (wait_time),
 *   - a session may have ended until a call of it, sent after the gap, is answered with 0 and the
 *     handle (session.alive).
 *
 * Handles are fresh: nobody is given 20 bytes in a gap that another one has, unless the server was
 * seen to do so (server.reissues). For good is only that a handle which nobody explained may have
 * been issued in a gap: see oxc_association_complete(). */

/** Notes a gap in a scope. */
void oxc_doubts_add(oxc_tracker *tracker, oxc_doubts *doubts, const oxc_gap *gap);

/** Notes what a connection of unknown beginning hid.
 *  @param first  moment of its first packet */
void oxc_doubts_add_late(oxc_tracker *tracker, oxc_peer *peer, uint64_t first, const oxc_gap *gap);

/** What connections hid that may belong to an association although their bind is not there. */
const oxc_doubts *oxc_doubts_late(const oxc_tracker *tracker, const oxc_association *association);

/** What oxc_doubts_of() and oxc_doubts_wait_at() say if there was a gap since the mark. */
unsigned oxc_doubts_in_scopes(const oxc_tracker *tracker, const oxc_session *session,
                              const oxc_link *connection, uint32_t since);
bool oxc_doubts_wait_in_scopes(const oxc_tracker *tracker, const oxc_session *session,
                               const oxc_link *connection, uint32_t since, int64_t time);

/** Whether a gap since a mark was noted anywhere: without one, nothing is in doubt. */
static inline bool oxc_gap_since(const oxc_tracker *tracker, uint32_t since)
{
    return tracker->latest_gap > since;
}

/** What gaps since a mark may have done to a session, or to one that is not known.
 *  @param session     NULL: any of the peer
 *  @param connection  that carries the PDU in question
 *  @return of #oxc_doubt */
static inline unsigned oxc_doubts_of(const oxc_tracker *tracker, const oxc_session *session,
                                     const oxc_link *connection, uint32_t since)
{
    if (!oxc_gap_since(tracker, since))
        return 0;
    return oxc_doubts_in_scopes(tracker, session, connection, since);
}

/** The same, as to whether a handle that was known was returned for another session. */
static inline unsigned oxc_doubts_of_handles(const oxc_tracker *tracker, const oxc_session *session,
                                             const oxc_link *connection, uint32_t since)
{
    if (!oxc_gap_since(tracker, since) || !oxc_server_at(tracker, connection->server)->reissues)
        return 0;
    return oxc_doubts_in_scopes(tracker, session, connection, since) &
           (OXC_DOUBT_OPEN | OXC_DOUBT_ISSUE);
}

/** The same, as to calls whose answers are still to come.
 *  @return OXC_DOUBT_OPEN, OXC_DOUBT_ISSUE, both or none */
unsigned oxc_doubts_awaited(const oxc_tracker *tracker, const oxc_session *session,
                            const oxc_link *connection);

/** OXC_DOUBT_END if gaps may have hidden the end of a session since it was known to live, or 0. */
static inline unsigned oxc_doubts_of_end(const oxc_tracker *tracker, const oxc_session *session,
                                         const oxc_link *connection)
{
    return oxc_doubts_of(tracker, session, connection, session->alive) & OXC_DOUBT_END;
}

/** The same, also if a failure may have been its end. */
static inline unsigned oxc_doubts_of_life(const oxc_tracker *tracker, const oxc_session *session,
                                          const oxc_link *connection)
{
    if (session->shaken > session->alive)
        return OXC_DOUBT_END;
    return oxc_doubts_of_end(tracker, session, connection);
}

/** Whether an EcDoRpcExt2 that nobody saw, or whose answer nobody saw, counts as in flight. */
static inline bool oxc_doubts_fetch_in_flight(const oxc_tracker *tracker,
                                              const oxc_session *session,
                                              const oxc_link *connection)
{
    return (oxc_doubts_of(tracker, session, connection, session->settled) & OXC_DOUBT_FETCH) != 0;
}

/** Whether a wait that nobody saw, in a gap since a mark, may have been outstanding at a time. */
static inline bool oxc_doubts_wait_at(const oxc_tracker *tracker, const oxc_session *session,
                                      const oxc_link *connection, uint32_t since, int64_t time)
{
    return oxc_gap_since(tracker, since) &&
           oxc_doubts_wait_in_scopes(tracker, session, connection, since, time);
}

#endif /* OXC_DOUBT_H */
