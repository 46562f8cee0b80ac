/* wait_requests.c
 * A wait is sent: what it meets
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "wait_requests.h"

#include "associations.h"
#include "contexts.h"
#include "doubt.h"
#include "handles.h"
#include "judge.h"
#include "records.h"
#include "sessions.h"
#include "silence.h"
#include "wait_ends.h"

/* Whether a request shows by itself that those before it have no answer: its segment acknowledges
 * what the client has got by then. If answers travel on a TCP connection of their own, they are
 * acknowledged there, and often later. They may do so, too, where the server has never been heard:
 * on the IN channel of RPC over HTTP, if the capture does not hold its beginning. */
static bool acknowledges(const oxc_link *connection)
{
    return connection->heard && (connection->traits & OXC_TRAIT_ANSWERS_APART) == 0 &&
           !connection->partial;
}

/* The newest outstanding wait of a context on a connection, if the request that comes now proves
 * that it is. */
static uint32_t find_same(oxc_tracker *tracker, uint32_t context, uint32_t connection)
{
    uint32_t wait = oxc_wait_newest(tracker, context, connection);
    bool closed;

    if (wait == OXC_NONE || !acknowledges(oxc_link_at(tracker, connection)))
        return OXC_NONE;
    closed = oxc_is_closed(tracker, connection);
    if (!closed && !oxc_context_uncertain(tracker, oxc_call_at(tracker, wait)))
        return wait;
    for (; wait != OXC_NONE; wait = oxc_wait_newest(tracker, context, connection))
        oxc_wait_retire(tracker, wait, closed);
    return OXC_NONE;
}

/* The newest outstanding wait of a context for which find_same() has none. */
static uint32_t find_other(oxc_tracker *tracker, uint32_t context)
{
    uint32_t wait;

    while ((wait = oxc_context_at(tracker, context)->outstanding) != OXC_NONE) {
        const oxc_call *call = oxc_call_at(tracker, wait);
        bool closed = oxc_is_closed(tracker, call->connection);

        if (!closed && !oxc_context_uncertain(tracker, call))
            return oxc_link_at(tracker, call->connection)->partial ? OXC_NONE : wait;
        oxc_wait_retire(tracker, wait, closed);
    }
    return OXC_NONE;
}

static oxc_evidence wait_evidence(const oxc_tracker *tracker, const oxc_context *context,
                                  const oxc_link *connection, uint32_t wait)
{
    uint32_t record;

    if (wait == OXC_NONE)
        return (oxc_evidence){0};
    record = oxc_call_at(tracker, wait)->record;
    return oxc_context_evidence(tracker, context, connection, record, record);
}

/* The last error of the context, as far as its server returned the handle at all. */
static void look_at_failure(const oxc_tracker *tracker, const oxc_context *context,
                            const oxc_link *connection, oxc_facts *facts)
{
    const oxc_session *session;
    uint32_t since;

    if (context->failure == OXC_NONE || context->connect == OXC_NONE)
        return;
    session = oxc_session_of(tracker, context);
    since = oxc_record_at(tracker, context->failure)->request;
    facts->failure = oxc_context_evidence(tracker, context, connection, context->failure, since);
    facts->failure_status = context->failure_status;
    /* The handle may have been returned again to its own session, or a wait may have had a
     * success; or the handle may just be returned. */
    facts->failure.doubts |=
        oxc_doubts_of(tracker, session, connection, since + 1) & (OXC_DOUBT_ISSUE | OXC_DOUBT_WAIT);
    if (session == NULL)
        return;
    facts->failure.doubts |= oxc_doubts_awaited(tracker, session, connection);
    if (session->issuing != 0)
        facts->failure.doubts |= OXC_DOUBT_ISSUE;
}

/* What became of the previous wait of the context, which has no answer.
 * @return true if it ended with its connection */
static bool look_at_silence(const oxc_tracker *tracker, const oxc_call *call,
                            const oxc_context *context, oxc_facts *facts)
{
    oxc_close close = {0};

    if (context->last_calls[0] == OXC_NONE)
        return false;
    facts->dropped_wait = oxc_silence_dropped(tracker, context, oxc_link_of(tracker, call));
    facts->cut_waits = oxc_silence_cut(tracker, context, oxc_link_of(tracker, call), &close);
    facts->closed_how = (uint8_t)close.kind;
    facts->closed_by = (uint8_t)close.side;
    return oxc_silence_closed(tracker, context);
}

static void look_at_waits(oxc_tracker *tracker, oxc_call *call, const oxc_context *context,
                          oxc_facts *facts)
{
    const oxc_link *connection = oxc_link_of(tracker, call);
    uint32_t same, other = OXC_NONE;

    same = find_same(tracker, call->owner, call->connection);
    if (same == OXC_NONE)
        other = find_other(tracker, call->owner);
    if (same != OXC_NONE || other != OXC_NONE || context->dropped != 0)
        call->flags |= OXC_CALL_COMPANY;
    facts->same_wait = wait_evidence(tracker, context, connection, same);
    facts->other_wait = wait_evidence(tracker, context, connection, other);
    look_at_failure(tracker, context, connection, facts);
}

/* Whether waits on a handle went to the address that returned it and to another one. */
static bool is_mixed(const oxc_context *context)
{
    return (context->flags & OXC_CONTEXT_OWN) != 0 && (context->flags & OXC_CONTEXT_LENT) != 0;
}

/* The end of the session, with doubts about whether it is the session of the context. */
static oxc_evidence end_evidence(const oxc_tracker *tracker, const oxc_call *call)
{
    const oxc_context *context = oxc_context_at(tracker, call->owner);
    const oxc_session *session = oxc_session_at(tracker, context->session);
    const oxc_link *connection = oxc_link_of(tracker, call);
    uint32_t bound = oxc_context_bound_since(tracker, context);
    oxc_evidence evidence = oxc_evidence_of(tracker, session->end);

    evidence.doubts = oxc_doubts_of_handles(tracker, session, connection, bound) |
                      oxc_doubts_awaited(tracker, session, connection);
    if ((session->flags & OXC_SESSION_EARLIER) != 0)
        evidence.doubts |= OXC_DOUBT_END;
    if ((session->flags & OXC_SESSION_REPLACED) != 0)
        evidence.doubts |= OXC_DOUBT_OPEN;
    if (is_mixed(context))
        evidence.doubts |= OXC_DOUBT_ISSUE;
    return evidence;
}

/* Where the handle may come from, which no answer of the capture has returned. */
static void look_for_origin(const oxc_tracker *tracker, const oxc_event *event,
                            const oxc_context *context, oxc_facts *facts)
{
    const oxc_link *link = oxc_link_at(tracker, event->connection);

    facts->association_began = oxc_association_at(tracker, link->association)->began;
    facts->association_complete = oxc_association_complete(tracker, link->association);
    facts->reported_unknown = (context->flags & OXC_CONTEXT_REPORTED) != 0;
    if ((link->traits & OXC_TRAIT_OWN_CONTEXT) == 0)
        facts->returned_as_cxh = oxc_name_was_returned(tracker, link->server, event->name);
}

static void look_at_handle(oxc_tracker *tracker, const oxc_event *event, oxc_call *call,
                           const oxc_context *context, oxc_facts *facts)
{
    const oxc_session *session = oxc_session_of(tracker, context);
    const oxc_link *connection = oxc_link_of(tracker, call);

    facts->explained = event->explained || oxc_context_explained(tracker, context);
    if (!facts->explained)
        look_for_origin(tracker, event, context, facts);
    if (session == NULL)
        return;
    if (session->end != OXC_NONE) {
        facts->session_end = end_evidence(tracker, call);
        if (event->end_doubtful)
            facts->session_end.doubts |= OXC_DOUBT_OPEN;
    } else if (oxc_doubts_of_life(tracker, session, connection) != 0 ||
               oxc_doubts_of_handles(tracker, session, connection,
                                     oxc_context_bound_since(tracker, context)) != 0) {
        call->flags |= OXC_CALL_DOUBTED;
    }
}

/* The previous wait of the context is over: said on this one, its next. */
static void end_previous(oxc_tracker *tracker, const oxc_context *context, uint32_t wait,
                         oxc_outcome outcome)
{
    oxc_record *record = oxc_record_at(tracker, wait);
    uint32_t previous = context->last_calls[0];

    record->outcome = (uint8_t)outcome;
    record->flags |= OXC_RECORD_TIMED;
    if (outcome == OXC_OUTCOME_CLOSED)
        oxc_wait_retire(tracker, previous, true);
    else
        oxc_wait_drop(tracker, previous);
}

static void link_wait(oxc_tracker *tracker, uint32_t number, const oxc_call *call,
                      oxc_context *context)
{
    oxc_record *record = oxc_record_at(tracker, call->record);

    record->wait.ordinal = ++context->wait_count;
    record->wait.previous = context->last_wait;
    record->wait.connect = context->connect;
    if (context->last_wait != OXC_NONE)
        oxc_record_at(tracker, context->last_wait)->wait.next = call->record;
    if (context->last_wait_connection != call->connection)
        context->other_wait = context->last_wait;
    context->last_wait_connection = call->connection;
    context->last_wait = call->record;
    context->last_calls[2] = context->last_calls[1];
    context->last_calls[1] = context->last_calls[0];
    context->last_calls[0] = number;
    oxc_wait_list(tracker, number);
    oxc_silence_watch(tracker, call->owner);
}

/* Notes to which address a wait went: see went_elsewhere(). */
static void note_address(oxc_tracker *tracker, oxc_context *context, uint32_t server, oxc_name name)
{
    if (context->server == server) {
        context->flags |= OXC_CONTEXT_OWN;
        return;
    }
    context->flags |= OXC_CONTEXT_LENT;
    oxc_name_note(tracker, server, name);
}

/* Returns the context that the wait is on. */
static oxc_context *begin_wait(oxc_tracker *tracker, const oxc_event *event, oxc_call *call)
{
    const oxc_link *link = oxc_link_at(tracker, event->connection);
    uint32_t server = link->server;
    oxc_context *context;
    uint32_t session;

    call->owner = oxc_context_used(tracker, server, event->name);
    if (call->owner == OXC_NONE && oxc_has_trait(tracker, call->connection, OXC_TRAIT_OWN_CONTEXT))
        call->owner =
            oxc_context_of_http(tracker, event, oxc_session_of_http(tracker, event), event->opened);
    else if (call->owner == OXC_NONE)
        call->owner = oxc_context_begin(tracker, server, event->name, OXC_NONE);
    context = oxc_context_at(tracker, call->owner);
    note_address(tracker, context, server, event->name);
    oxc_context_note(tracker, oxc_record_at(tracker, call->record), call->owner);
    session = context->session;
    if (session == OXC_NONE) {
        oxc_peer_at(tracker, link->peer)->unknown_waits = oxc_now(tracker);
    } else {
        oxc_session_at(tracker, session)->latest = link->association;
        oxc_session_at(tracker, session)->flags |= OXC_SESSION_WAITED;
    }
    return context;
}

/* A wait that could not be read. */
static void unread_request(oxc_tracker *tracker, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);
    const oxc_association *association =
        oxc_association_at(tracker, oxc_link_at(tracker, call->connection)->association);
    uint32_t context = association->latest_context;

    oxc_gap_unread(tracker, call->connection, OXC_DOUBT_WAIT);
    /* Everything that was issued on the association is known, and it is one context. */
    if (!oxc_association_seen_whole(tracker, association) || association->contexts != 1)
        return;
    if (oxc_context_at(tracker, context)->session != OXC_NONE &&
        !oxc_session_ended(tracker, oxc_context_at(tracker, context)->session))
        oxc_context_note(tracker, oxc_record_at(tracker, call->record), context);
}

void oxc_wait_request(oxc_tracker *tracker, const oxc_event *event, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);
    oxc_facts facts = {.moment = OXC_AT_WAIT_REQUEST, .flags = event->flags};
    oxc_context *context;
    bool closed;

    if ((call->flags & OXC_CALL_UNREAD) != 0) {
        unread_request(tracker, number);
        return;
    }
    if (event->name == OXC_NO_NAME) {
        call->flags |= OXC_CALL_NULL;
        facts.null_handle = true;
        oxc_judge(tracker, &facts);
        return;
    }
    context = begin_wait(tracker, event, call);
    look_at_handle(tracker, event, call, context, &facts);
    closed = look_at_silence(tracker, call, context, &facts);
    look_at_waits(tracker, call, context, &facts);
    if (event->resent)
        facts.other_wait.frame = 0;
    oxc_judge(tracker, &facts);
    if (!event->unjudged && !facts.explained && !facts.association_complete &&
        !facts.returned_as_cxh)
        context->flags |= OXC_CONTEXT_REPORTED;
    if (facts.cut_waits.frame != 0 && facts.cut_waits.doubts == 0)
        context->flags |= OXC_CONTEXT_CUT;
    if (closed)
        end_previous(tracker, context, call->record, OXC_OUTCOME_CLOSED);
    else if (facts.dropped_wait.frame != 0)
        end_previous(tracker, context, call->record, OXC_OUTCOME_DROPPED);
    link_wait(tracker, number, call, context);
}
