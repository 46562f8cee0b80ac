/* tracker.h
 * Sessions, contexts and waits across connections, and what is known of each association
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_TRACKER_H
#define OXC_TRACKER_H

#include "ending.h"
#include "event.h"
#include "rules.h"

/** "No such session, context or wait"; frames use 0 for "none". */
#define OXC_NONE UINT32_MAX

/** How a wait ended. The values are those of the filter oxcnotif.outcome. */
typedef enum {
    OXC_OUTCOME_NONE = 0,
    OXC_OUTCOME_NOTIFICATION = 1,
    OXC_OUTCOME_NO_EVENT = 2,
    OXC_OUTCOME_REJECTED = 3,
    OXC_OUTCOME_EXITING = 4,
    OXC_OUTCOME_OTHER_ERROR = 5,
    OXC_OUTCOME_FAULT = 6,
    OXC_OUTCOME_CANCELLED = 7,
    OXC_OUTCOME_CLOSED = 8,
    OXC_OUTCOME_DROPPED = 9,
} oxc_outcome;

/** What the user chose. */
typedef struct {
    bool assume_complete; /**< oxcnotif.assume_complete: treat every association as complete */
    uint32_t grace;       /**< oxcnotif.grace, seconds */
} oxc_settings;

typedef struct oxc_tracker oxc_tracker;

/** What is known of one PDU, links and findings. Frames are 0 and numbers OXC_NONE where
 *  there is nothing to say. Pointers belong to the tracker and hold until the next event. */
typedef struct {
    uint32_t record;   /**< of the PDU: a number that grows with its place in the capture */
    oxc_kind kind;     /**< of the call; OXC_KIND_OTHER where the PDU belongs to no known call */
    uint8_t operation; /**< of the call, or OXC_NO_OPERATION: oxc_event.operation */
    bool unreadable;   /**< the stub of this request or response could not be read or believed */
    bool sealed;       /**< #unreadable, and because it is sealed */
    bool unmatched;    /**< a response without a call, or a second one */
    bool repeated; /**< on a connection that the capture shows for the second time: counted with the
                      first sighting already */
    bool has_wait_time;
    bool has_delivery_time;
    oxc_event_type type;
    uint32_t request_frame; /**< response, fault, cancel, orphaned: the request of the call */
    uint32_t session;       /**< number from 0 */
    uint32_t context;       /**< number from 0 */
    uint32_t connect_frame; /**< wait: EcDoAsyncConnectEx response that last returned its ACXH */
    uint32_t wait;          /**< wait: ordinal on its context from 1, 0 for none */
    uint32_t previous_wait_frame; /**< wait request */
    uint32_t next_wait_frame;     /**< wait request, when known */
    /** Of the wait that this PDU ends or, for closed and dropped, shows to be over. */
    oxc_outcome outcome;
    uint32_t ended_wait;  /**< record of the request of that wait */
    uint32_t fetch_frame; /**< wait response: EcDoRpcExt2 request that fetches for it */
    /** Wait response: EcDoRpcExt2 response with the first RopNotify for it. */
    uint32_t delivered_frame;
    uint32_t notified; /**< EcDoRpcExt2 request: start for oxc_tracker_next_notified() */
    uint32_t finding_count;
    int64_t wait_time; /**< nanoseconds from the request of the wait that ended to this PDU */
    /** EcDoRpcExt2 response: nanoseconds since the earliest wait response it delivers for. */
    int64_t delivery_time;
    const oxc_finding *findings;
} oxc_view;

/** Makes an empty tracker. Free it with oxc_tracker_free().
 *  @param settings  copied */
oxc_tracker *oxc_tracker_new(const oxc_settings *settings);

/** Frees the tracker and all views' memory; NULL is allowed. */
void oxc_tracker_free(oxc_tracker *tracker);

/** Announces a connection (TCP connection or RPC over HTTP virtual connection).
 *  @param server  number of the server's address: the same for all its connections
 *  @param port    the server's port; with @p server and the group id it names an association,
 *                 [MS-RPCE] 3.3.1.4.1
 *  @return the connection's number, counted from 0 */
uint32_t oxc_tracker_add_connection(oxc_tracker *tracker, uint32_t server, uint16_t port);

/** Says where to look whether a connection has ended.
 *  @param ending  borrowed for as long as the tracker lives; who fills it may do so at any time */
void oxc_tracker_set_ending(oxc_tracker *tracker, uint32_t connection, const oxc_ending *ending);

/** Announces that requests and answers of a connection travel on TCP connections of their own
 *  (RPC over HTTP). Then the capture may hold a request before it shows that an answer is missing:
 *  that a call has none proves nothing, [MS-RPCH] 3.2.1.1. */
void oxc_tracker_split_connection(oxc_tracker *tracker, uint32_t connection);

/** Says whose connection it is, before its first event: an association belongs to one client, and a
 *  connection whose bind is not in the capture touches the sessions of its own client only. Those
 *  of which this is not said share one client.
 *  @param client  a number for the client's address, over HTTP for that and the URL */
void oxc_tracker_set_client(oxc_tracker *tracker, uint32_t connection, uint32_t client);

/** Announces that only some PDUs of a connection come as events (Decode As): nothing that rests on
 *  an answer, fault, cancel or bind of it that was not seen is proven. May be said at any time. */
void oxc_tracker_partial(oxc_tracker *tracker, uint32_t connection);

/** Takes in one PDU. Events come in the order of the capture, each once, first pass only.
 *  Constant work, except that a closed list is drained once. */
void oxc_tracker_event(oxc_tracker *tracker, const oxc_event *event);

/** Looks up what is known of a PDU of one of the two interfaces.
 *  @return false where nothing is recorded for it; @p view is then cleared */
bool oxc_tracker_view(const oxc_tracker *tracker, uint32_t frame, uint32_t ordinal, oxc_view *view);

/** A PDU that is the end of a wait. */
typedef struct {
    uint32_t record; /**< of the PDU, or OXC_NONE if there is none: all else is then 0 */
    uint32_t frame;
    uint32_t ordinal;
    oxc_outcome outcome; /**< OXC_OUTCOME_NONE: an answer that could not be read */
    int64_t time;        /**< nanoseconds since the epoch */
    int64_t wait_time;   /**< nanoseconds from the request to this PDU */
} oxc_wait_end;

/** A wait, as far as is known by now. */
typedef struct {
    uint32_t record; /**< of its request */
    uint32_t frame;
    int64_t time;     /**< nanoseconds since the epoch */
    uint32_t session; /**< OXC_NONE if it is not known */
    uint32_t context;
    uint32_t ordinal;        /**< on its context from 1, 0 if that is not known */
    uint32_t connection;     /**< that it came on; OXC_NONE over MAPI over HTTP */
    oxc_wait_end end;        /**< its response, fault or cancel, the first of these */
    oxc_wait_end shown_over; /**< the next wait of the context, if that shows it to be closed or
                                dropped; #end counts if it comes all the same */
    bool hidden;             /**< a gap may have hidden its end */
    bool closed;             /**< it ended with its connection, by all that is known */
    oxc_close close;         /**< how, as far as is known */
    bool has_close_age;
    int64_t close_age; /**< nanoseconds from the request to #close, where that ended the wait */
} oxc_wait;

/** Looks up a wait by the record of its request.
 *  @return false where that is no wait, or one of a second sighting; @p wait is then cleared */
bool oxc_tracker_wait(const oxc_tracker *tracker, uint32_t record, oxc_wait *wait);

/** Iterates over the waits of the capture in the order of their requests: start with @p position 0.
 *  @return false at the end */
bool oxc_tracker_next_wait(const oxc_tracker *tracker, uint32_t *position, oxc_wait *wait);

/** True if a call of one of the two interfaces has shown a handle: on the server of this
 * connection, or returned by any other. */
bool oxc_tracker_knows_name(const oxc_tracker *tracker, uint32_t connection, oxc_name name);

/** Iterates over the wait responses for which an EcDoRpcExt2 request fetches: start with
 *  @p position = view.notified; returns a frame and moves on, or 0 at the end. */
uint32_t oxc_tracker_next_notified(const oxc_tracker *tracker, uint32_t *position);

/** EcDoRpcExt2 response: for each RopNotify the frame that made its handle, or 0. Holds until the
 *  next event.
 *  @param count  gets their number, 0 for any other PDU */
const uint32_t *oxc_tracker_registered(const oxc_tracker *tracker, const oxc_view *view,
                                       size_t *count);

/** What gaps cost a session or context. */
typedef struct {
    uint32_t session; /**< of a context; OXC_NONE if it has none */
    uint32_t calls;   /**< requests on which a finding was held back, for a gap may explain it */
    uint32_t answers; /**< responses that were not judged, for a gap may have hidden the end of
                         their session, or an answer to another call may be in their place */
    /** The frame from which on it was certain again after the last gap that made it doubtful, 0 if
     *  it never was in doubt or still is. */
    uint32_t certain_frame;
    bool doubtful; /**< it still is */
} oxc_gap_cost;

/** What gaps cost all of the capture. */
typedef struct {
    uint64_t calls;
    uint64_t answers;
    uint32_t gaps;     /**< stretches that were missing, unread or unmatched */
    uint32_t partial;  /**< connections that were seen in part: oxc_tracker_partial() */
    uint32_t repeated; /**< connections that the capture shows for the second time */
    bool archive;      /**< oxc_tracker_from_archive() */
} oxc_gap_totals;

/** Says that the capture was made from an archive of requests and responses. That knows when a
 *  message began and ended, and nothing of connections and of the pieces between: the rules on
 *  silence, cuts and losses say nothing from here on. */
void oxc_tracker_from_archive(oxc_tracker *tracker);

/** @return false where there is no session with this number; @p cost is then cleared */
bool oxc_tracker_session_gaps(const oxc_tracker *tracker, uint32_t session, oxc_gap_cost *cost);

/** The same for a context. */
bool oxc_tracker_context_gaps(const oxc_tracker *tracker, uint32_t context, oxc_gap_cost *cost);

oxc_gap_totals oxc_tracker_gap_totals(const oxc_tracker *tracker);

/** When a frame arrived in which a PDU of one of the two interfaces ends.
 *  @param time  nanoseconds since the epoch
 *  @return false for any other frame */
bool oxc_tracker_frame_time(const oxc_tracker *tracker, uint32_t frame, int64_t *time);

/** Bytes of memory that the tracker holds, for the bench target. */
size_t oxc_tracker_memory(const oxc_tracker *tracker);

#endif /* OXC_TRACKER_H */
