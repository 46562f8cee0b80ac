/* doubt.h
 * What gaps of the capture may have hidden, and until when it matters
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_DOUBT_H
#define OXC_DOUBT_H

#include <glib.h>

#include "store.h"

/* A gap is a stretch of a connection that the capture does not hold, or that nobody could read: a
 * missing TCP segment, a sealed or damaged call, a response without a call. A gap may lift a
 * verdict, it never causes one.
 *
 * Kinds. What a gap may have hidden is of seven kinds (oxc_mark): an EcDoRpcExt2, the end of a
 * session, an EcDoConnectEx or EcDoAsyncConnectEx that returned a handle, a wait, an
 * EcDoDisconnect, the answer to an EcDoRpcExt2. Each rule says in rules.c which of them lift it.
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

typedef enum {
    OXC_MARK_FETCH,
    OXC_MARK_END,
    OXC_MARK_OPEN,
    OXC_MARK_ISSUE,
    OXC_MARK_WAIT,
    OXC_MARK_DISCONNECT,
    OXC_MARK_DELIVERY,
    OXC_MARK_COUNT, /* the doubt of a mark is 1 << mark */
} oxc_mark;

#define OXC_ALL_DOUBTS ((1u << OXC_MARK_COUNT) - 1)

/** What gaps may have hidden in one scope: the last of each kind. */
typedef struct {
    uint32_t marks[OXC_MARK_COUNT];
    uint32_t latest;   /**< of these */
    int64_t wait_time; /**< of the last gap that may have hidden a wait */
} oxc_doubts;

/** A gap. */
typedef struct {
    unsigned kinds; /**< of #oxc_doubt */
    uint32_t mark;
    int64_t time;
    bool bytes; /**< bytes are missing; not only a call that nobody could read or match */
} oxc_gap;

/** Notes a gap in a scope. */
void oxc_doubts_add(oxc_doubts *doubts, const oxc_gap *gap);

/** What a connection of unknown beginning hid, together with those that are no younger. */
typedef struct {
    uint64_t first; /**< moment of its first packet */
    oxc_doubts doubts;
} oxc_late_gap;

/** One client of one server. */
typedef struct {
    uint32_t server; /**< in the tracker's servers */
    uint32_t client;
    uint32_t twin;          /**< peer that shows the same connections, or OXC_NONE */
    oxc_doubts all;         /**< on any connection */
    uint64_t connecting;    /**< #first of the youngest connection of unknown beginning on which an
                               EcDoConnectEx or EcDoAsyncConnectEx was sent, 0: none */
    uint32_t unknown_waits; /**< mark of the last wait on a handle that nobody explained */
    GArray *late; /**< of oxc_late_gap, from the youngest connection to the oldest; or NULL */
} oxc_peer;

#endif /* OXC_DOUBT_H */
