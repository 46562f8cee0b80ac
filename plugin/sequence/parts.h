/* parts.h
 * What the parts of the tracker do for each other
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_PARTS_H
#define OXC_PARTS_H

#include "state.h"

/* doubt.c */

/** A gap shows: missing bytes, a response that belongs to no known call, calls that cannot be
 *  attributed to any connection; or a call of the given kinds on a connection could not be read. */
void oxc_gap_lost(oxc_tracker *tracker, const oxc_event *event);
void oxc_gap_unmatched(oxc_tracker *tracker, const oxc_event *event);
void oxc_gap_unseen(oxc_tracker *tracker, int64_t time);
void oxc_gap_unread(oxc_tracker *tracker, uint32_t connection, unsigned kinds);

/** Notes a gap for the association of a connection, if it is of any kind. */
void oxc_gap_note(oxc_tracker *tracker, uint32_t connection, const oxc_gap *gap);

/** What gaps since a mark may have done to a session, or to one that is not known.
 *  @param session     OXC_NONE: any of the peer
 *  @param connection  that carries the PDU in question
 *  @return of #oxc_doubt */
unsigned oxc_doubts_of(const oxc_tracker *tracker, uint32_t session, uint32_t connection,
                       uint32_t since);

/** The same, as to whether a handle that was known was returned for another session. */
unsigned oxc_doubts_of_handles(const oxc_tracker *tracker, uint32_t session, uint32_t connection,
                               uint32_t since);

/** The same, as to calls whose answers are still to come.
 *  @return OXC_DOUBT_OPEN, OXC_DOUBT_ISSUE, both or none */
unsigned oxc_doubts_awaited(const oxc_tracker *tracker, uint32_t session, uint32_t connection);

/** OXC_DOUBT_END if the session may have ended since it was known to live, or 0. */
unsigned oxc_doubts_of_life(const oxc_tracker *tracker, uint32_t session, uint32_t connection);

/** The same, as far as gaps are the reason. */
unsigned oxc_doubts_of_end(const oxc_tracker *tracker, uint32_t session, uint32_t connection);

/** Whether an EcDoRpcExt2 that nobody saw, or whose answer nobody saw, counts as in flight. */
bool oxc_doubts_fetch_in_flight(const oxc_tracker *tracker, uint32_t session, uint32_t connection);

/** Whether a wait that nobody saw, in a gap since a mark, may have been outstanding at a time. */
bool oxc_doubts_wait_at(const oxc_tracker *tracker, uint32_t session, uint32_t connection,
                        uint32_t since, int64_t time);

/** What connections hid that may belong to an association although their bind is not there. */
const oxc_doubts *oxc_doubts_late(const oxc_tracker *tracker, const oxc_association *association);

/* associations.c */

void oxc_associations_init(oxc_tracker *tracker);
void oxc_associations_clear(oxc_tracker *tracker);

/** The association of a connection, begun as one of unknown beginning where it has none yet. */
uint32_t oxc_association_of(oxc_tracker *tracker, uint32_t connection);

void oxc_association_bind(oxc_tracker *tracker, const oxc_event *event);
void oxc_association_bind_ack(oxc_tracker *tracker, const oxc_event *event);

/** Counts a call as without answer (@p change 1) or with one (-1). */
void oxc_association_count(oxc_tracker *tracker, const oxc_call *call, int change);

/** Whether no handle can be valid in the association that is not explained. */
bool oxc_association_complete(const oxc_tracker *tracker, uint32_t association);

/** Complete by its packets, whatever the settings say. */
bool oxc_association_seen_whole(const oxc_tracker *tracker, const oxc_association *association);

/** Begins a connection of MAPI over HTTP to a server with a number of its own kind. */
uint32_t oxc_http_end_new(oxc_tracker *tracker, uint32_t server);

/* twins.c */

void oxc_twins_init(oxc_tracker *tracker);

/** Looks whether a connection, which has just got its bind_ack, is one that is known already.
 *  @return true if it is a second sighting of that one from now on */
bool oxc_twins_find(oxc_tracker *tracker, uint32_t connection);

/** The same, if the one that is known turns out to be the second sighting of this one, which has
 *  its association now. */
void oxc_twins_follow(oxc_tracker *tracker, uint32_t connection);

/** Takes in a request or an answer on a second sighting: links it, and feeds nothing. */
void oxc_twins_event(oxc_tracker *tracker, const oxc_event *event);

/** A request on a connection that has a second sighting, which may have shown it before. */
void oxc_twins_request(oxc_tracker *tracker, const oxc_event *event, uint32_t record);

/* handles.c */

void oxc_handles_init(oxc_tracker *tracker);
bool oxc_handle_is_null(const oxc_handle *handle);
uint32_t oxc_session_find(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);
uint32_t oxc_context_find(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);

/** The session or context that a request means by a handle: one of its server, or the only one to
 *  which another address has returned it. */
uint32_t oxc_session_used(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);
uint32_t oxc_context_used(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);

/** Whether an earlier readable PDU of the server showed the handle, as a CXH or an ACXH. */
bool oxc_handle_was_shown(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);

/** Remembers that the server returned a handle as a CXH, with 0. */
void oxc_handle_return(oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);
bool oxc_handle_was_returned(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);

/** Remembers that a readable PDU showed a handle, where no session or context does. */
void oxc_handle_show(oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);

bool oxc_cxh_explained(const oxc_tracker *tracker, const oxc_handle *handle);
bool oxc_acxh_explained(const oxc_tracker *tracker, const oxc_handle *handle);
void oxc_session_explain(oxc_tracker *tracker, uint32_t session);
void oxc_context_explain(oxc_tracker *tracker, uint32_t context);

/** Begins a session with a handle; it takes over what is known of the handle itself. */
uint32_t oxc_session_begin(oxc_tracker *tracker, uint32_t server, const oxc_handle *handle,
                           uint32_t association);

/** @param disconnected  by EcDoDisconnect: for good */
void oxc_session_end(oxc_tracker *tracker, uint32_t session, const oxc_call *call,
                     bool disconnected);

/** The session may have ended on this PDU. */
void oxc_session_doubt(oxc_tracker *tracker, uint32_t session);

/** A failure came with a null CXH: some products return it to a session that goes on. */
void oxc_session_shake(oxc_tracker *tracker, uint32_t session);

/** A call on the session was answered as by one that lives. */
void oxc_session_prove(oxc_tracker *tracker, uint32_t session, const oxc_call *call);

bool oxc_session_ended(const oxc_tracker *tracker, uint32_t session);

/** The session of a request of MAPI over HTTP, begun where it is not known yet. */
uint32_t oxc_session_of_http(oxc_tracker *tracker, const oxc_event *event);

/** Begins the context that a session of MAPI over HTTP is itself. */
uint32_t oxc_context_of_http(oxc_tracker *tracker, const oxc_event *event, uint32_t session,
                             uint32_t connect);

/** Begins a context with a handle; the one that had the handle is bound to nothing. */
uint32_t oxc_context_begin(oxc_tracker *tracker, uint32_t server, const oxc_handle *handle,
                           uint32_t session);

/** The mark since when the ACXH of a context is bound to its session: at the request of the
 *  EcDoAsyncConnectEx that last returned it. */
uint32_t oxc_context_bound_since(const oxc_tracker *tracker, uint32_t context);

/** Its last wait response was not an error (or there is none), or was one or may have been. */
void oxc_context_set_quiet(oxc_tracker *tracker, uint32_t context, bool quiet);

/** The number of the session of a context, for its records. */
uint32_t oxc_context_session_number(const oxc_tracker *tracker, uint32_t context);

/* calls.c */

void oxc_calls_init(oxc_tracker *tracker);
uint32_t oxc_call_find(const oxc_tracker *tracker, uint32_t connection, uint32_t call_id);
uint32_t oxc_call_begin(oxc_tracker *tracker, const oxc_event *event, uint32_t record,
                        bool readable);

/** Puts a call on the list of those of its connection whose answer a gap would hide. */
void oxc_call_list(oxc_tracker *tracker, uint32_t call);

/** A gap may have hidden the answer to a call: takes it off that list, and notes the doubts. Of the
 *  gap only mark, time and bytes count. */
void oxc_call_hide(oxc_tracker *tracker, uint32_t call, const oxc_gap *gap);

/** Forgets a call that has its answer. */
void oxc_call_end(oxc_tracker *tracker, uint32_t call);

/** Whether a gap may have hidden the answer to a call: nobody knows whether it is outstanding. */
static inline bool oxc_call_hidden(const oxc_call *call)
{
    return (call->flags & OXC_CALL_HIDDEN) != 0;
}

/** Whether what comes now with the id of a call may be something else than its answer: a second
 * one, or the answer to another call, as some servers give all answers one id. It is linked and
 * shown, and no verdict rests on it. */
static inline bool oxc_answer_doubted(const oxc_tracker *tracker, const oxc_call *call)
{
    return (call->flags & OXC_CALL_UNSURE) != 0 ||
           (oxc_call_hidden(call) && !oxc_connection_at(tracker, call->connection)->echoes);
}

/** Whether a session had ended when a call on it was sent, as is known now. */
static inline bool oxc_call_was_late(const oxc_call *call, const oxc_session *session)
{
    return session->end != OXC_NONE && session->end < call->record;
}

/** Whether the stub of a request or response can be believed, "Sealed calls" of the rules. */
bool oxc_stub_readable(const oxc_tracker *tracker, const oxc_event *event, oxc_method method);

/** Whether no verdict rests on the answer to a call: a gap may have hidden it, or the end of its
 *  session before the request, and that has not been seen to live since. */
bool oxc_call_doubtful(const oxc_tracker *tracker, const oxc_call *call, uint32_t session);

/* methods.c: the calls of EMSMDB */

void oxc_request(oxc_tracker *tracker, const oxc_event *event, uint32_t call);
void oxc_response(oxc_tracker *tracker, const oxc_event *event, uint32_t call, bool readable);

/** answers.c: what a response says that could be read. */
void oxc_answer(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call);

void oxc_call_faulted(oxc_tracker *tracker, uint32_t call);

/** The request was no call after all: it leaves no trace. */
void oxc_call_withdraw(oxc_tracker *tracker, uint32_t call);

/** The call has its answer, but nobody saw it. */
void oxc_call_missed(oxc_tracker *tracker, uint32_t call);

/** Notes what the answer to a call may have said if it lies in a gap. */
void oxc_call_missed_answer(oxc_tracker *tracker, uint32_t call, uint32_t mark, int64_t time);

/* waits.c, wait_ends.c */

void oxc_waits_init(oxc_tracker *tracker);
void oxc_wait_request(oxc_tracker *tracker, const oxc_event *event, uint32_t call);
void oxc_wait_unread_request(oxc_tracker *tracker, uint32_t call);
void oxc_wait_response(oxc_tracker *tracker, const oxc_event *event, uint32_t call, bool readable);

/** Ends a wait on this PDU without a response. */
void oxc_wait_fault(oxc_tracker *tracker, uint32_t call);
void oxc_wait_cancel(oxc_tracker *tracker, uint32_t call);

/** Takes a wait back. */
void oxc_wait_withdraw(oxc_tracker *tracker, uint32_t call);

/** Ends a wait whose answer nobody saw. */
void oxc_wait_missed(oxc_tracker *tracker, uint32_t call);

/** A gap may have hidden the answer to a wait. */
void oxc_wait_hide(oxc_tracker *tracker, uint32_t call, uint32_t mark, int64_t time);

/** Takes a wait out of those that are outstanding. */
void oxc_wait_unlist(oxc_tracker *tracker, uint32_t call);

/** The wait is over without an answer. */
void oxc_wait_retire(oxc_tracker *tracker, uint32_t call, bool closed);

/** Shows a context, and its session, on a record. */
void oxc_wait_show_context(oxc_tracker *tracker, oxc_record *record, uint32_t context);

/** Whether evidence on a wait may be of another context that had the same handle. */
bool oxc_wait_uncertain(const oxc_tracker *tracker, const oxc_call *call);

/** Whether a wait went to another server address than an earlier or later one of its context. Two
 *  servers may have equal handles, and the capture may not hold where one of them returned its own:
 *  unless the other association began in it, waits on one address prove nothing against others.
 *  @param wait  record of the request of the other one */
bool oxc_wait_elsewhere(const oxc_tracker *tracker, const oxc_call *call, uint32_t wait);

/** Doubts about evidence of a context since a mark: whether it was still the same context. */
unsigned oxc_context_doubts(const oxc_tracker *tracker, const oxc_context *context,
                            uint32_t connection, uint32_t since);

/** Evidence that is of the context if nothing has changed since another record. */
oxc_evidence oxc_context_evidence(const oxc_tracker *tracker, const oxc_context *context,
                                  uint32_t connection, uint32_t record, uint32_t since);

/* silence.c: waits that get no answer */

/** The previous wait of the context, if it went unanswered and the server is silent.
 *  @param connection  of the wait that comes now */
oxc_evidence oxc_silence_dropped(const oxc_tracker *tracker, const oxc_context *context,
                                 uint32_t connection);

/** Whether the previous wait of the context ended with its connection. */
bool oxc_silence_closed(const oxc_tracker *tracker, const oxc_context *context);

/** The age of the last wait if the last three were cut at the same age; how, in @p close. */
oxc_evidence oxc_silence_cut(const oxc_tracker *tracker, const oxc_context *context,
                             uint32_t connection, oxc_close *close);

/** A wait was sent on a context: wait-unanswered looks at it. */
void oxc_silence_watch(oxc_tracker *tracker, uint32_t context);

/** The oldest wait of a session that is outstanding for too long, each once. */
oxc_evidence oxc_silence_of_session(oxc_tracker *tracker, uint32_t session, uint32_t connection);

/* fetches.c */

void oxc_fetches_init(oxc_tracker *tracker);

/** Puts an EcDoRpcExt2 request of a session in flight; it fetches what is not fetched yet. */
void oxc_fetch_begin(oxc_tracker *tracker, uint32_t call);
void oxc_fetch_end(oxc_tracker *tracker, uint32_t call);

/** Takes an EcDoRpcExt2 request back. */
void oxc_fetch_withdraw(oxc_tracker *tracker, uint32_t call);

/** The answer to one will not be seen. The server may have the request in hand all the same, until
 * it answers a later one. */
void oxc_fetch_lose(oxc_tracker *tracker, const oxc_call *call);

/** One has its answer: those that were sent before count as in flight no more. */
void oxc_fetch_settle(oxc_tracker *tracker, const oxc_call *answered);

/** Links the notification of the last record with what fetches and delivers it, no more. */
void oxc_fetch_link(oxc_tracker *tracker, uint32_t context);

/** Adds the notification of the last record to its context and session. */
void oxc_fetch_notification(oxc_tracker *tracker, uint32_t context, uint32_t connection);

/** The first notification of a busy loop, if the one of the last record completes one. */
oxc_evidence oxc_fetch_busy(oxc_tracker *tracker, uint32_t context, uint32_t connection);

/** Fills in the last notification of a context, if it is not fetched. */
oxc_evidence oxc_fetch_unfetched(const oxc_tracker *tracker, uint32_t context, uint32_t connection);

/** The same for the contexts of a session, once for each notification. */
oxc_evidence oxc_fetch_unfetched_of_session(oxc_tracker *tracker, uint32_t session,
                                            uint32_t connection);

/** Takes in the notification objects and RopNotify of an EcDoRpcExt2 response. */
void oxc_fetch_response(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call);

/** The response of an EcDoRpcExt2 call, which could not be read, may have delivered. */
void oxc_fetch_forget(oxc_tracker *tracker, const oxc_call *call);

/* records.c */

/** Adds the record of a PDU.
 *  @return its number, or OXC_NONE where no more fit */
uint32_t oxc_record_add(oxc_tracker *tracker, const oxc_event *event);

/** Fills in evidence from a record, without doubts. */
oxc_evidence oxc_evidence_of(const oxc_tracker *tracker, uint32_t record);

/** Checks the rules for the last record. A rule is reported once on a frame. No state depends on
 *  what they say. */
void oxc_judge(oxc_tracker *tracker, oxc_facts *facts);

/** Takes in a neutral event of MAPI over HTTP (tracker.c). */
void oxc_tracker_take(oxc_tracker *tracker, const oxc_event *event);

/** Reports findings on the last record, each rule once on a frame. */
void oxc_report(oxc_tracker *tracker, const oxc_finding *findings, size_t count);

#endif /* OXC_PARTS_H */
