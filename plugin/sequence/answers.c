/* answers.c
 * What the answers to the calls of EMSMDB say of sessions and contexts
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "answers.h"

#include "calls.h"
#include "contexts.h"
#include "doubt.h"
#include "fetches.h"
#include "handles.h"
#include "judge.h"
#include "records.h"
#include "sessions.h"

static oxc_record *last_record(const oxc_tracker *tracker)
{
    return oxc_record_at(tracker, tracker->records.count - 1);
}

static uint32_t server_of(const oxc_tracker *tracker, const oxc_event *event)
{
    return oxc_link_at(tracker, event->connection)->server;
}

static uint32_t association_of(const oxc_tracker *tracker, const oxc_call *call)
{
    return oxc_link_at(tracker, call->connection)->association;
}

/* Whether the rules look at the answer to a call. */
static bool is_judged(oxc_tracker *tracker, const oxc_call *call)
{
    oxc_session *session;

    if ((call->flags & (OXC_CALL_UNREAD | OXC_CALL_NULL)) != 0)
        return false;
    session = oxc_session_at(tracker, call->owner);
    if ((session->flags & OXC_SESSION_OPENED) == 0 || oxc_call_was_late(call, session) ||
        !oxc_session_explained(tracker, session))
        return false;
    if (!oxc_call_doubtful(tracker, call, call->owner))
        return true;
    session->unjudged_answers++;
    tracker->unjudged_answers++;
    return false;
}

static oxc_facts response_facts(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call,
                                oxc_moment moment)
{
    return (oxc_facts){
        .moment = moment,
        .judged = is_judged(tracker, call),
        .status = event->status,
        .null_handle = event->name == OXC_NO_NAME,
        .rop_faults = event->rops.faults,
        .rop_fault_flags = event->rops.fault_flags,
    };
}

/* The CXH of a session is returned again, which ends it: unless the session is the same one, known
 * from requests that the capture shows before the answer on which they rest. */
static void end_replaced(oxc_tracker *tracker, const oxc_call *call, uint32_t number)
{
    const oxc_session *session = oxc_session_at(tracker, number);
    bool early = (session->flags & OXC_SESSION_OPENED) == 0 && session->begun > call->record;

    if (early || oxc_answer_doubted(tracker, call))
        oxc_session_at(tracker, number)->flags |= OXC_SESSION_REPLACED;
    oxc_session_end(tracker, number, call, false);
    if (!early && (session->flags & OXC_SESSION_OPENED) != 0)
        oxc_server_at(tracker, session->server)->reissues = true;
}

/* What an EcDoConnectEx response says of the session that it opens. */
static void open_session(const oxc_tracker *tracker, const oxc_event *event, const oxc_call *call,
                         oxc_session *session)
{
    const oxc_link *connection = oxc_link_at(tracker, event->connection);

    session->flags |= OXC_SESSION_OPENED | OXC_SESSION_RETURNED;
    session->activity = call->record;
    session->server_version = event->server_version;
    session->version_from =
        oxc_answer_doubted(tracker, call) ||
                (connection->bound && connection->bind_call_id == event->call_id)
            ? event->connection
            : OXC_NONE;
}

static void connect_response(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    uint32_t server = server_of(tracker, event);
    uint32_t number;
    oxc_session *session;

    if (event->status != 0 || event->name == OXC_NO_NAME)
        return;
    number = oxc_session_find(tracker, server, event->name);
    if (number != OXC_NONE)
        end_replaced(tracker, call, number);
    number = oxc_session_begin(tracker, server, event->name, association_of(tracker, call));
    oxc_session_explain(tracker, number);
    session = oxc_session_at(tracker, number);
    open_session(tracker, event, call, session);
    last_record(tracker)->session = session->number;
    oxc_record_at(tracker, call->record)->session = session->number;
    if (oxc_has_trait(tracker, event->connection, OXC_TRAIT_OWN_CONTEXT))
        last_record(tracker)->context = oxc_record_at(tracker, call->record)->context =
            oxc_context_of_http(tracker, event, number, tracker->records.count - 1);
}

/* An accepted Connect of MAPI over HTTP ends the session whose cookie it carried. */
static void end_carried(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    if (call->owner == OXC_NONE || event->replaced == OXC_NO_NAME)
        return;
    if (oxc_call_hidden(call))
        oxc_session_doubt(tracker, call->owner);
    else
        oxc_session_end(tracker, call->owner, call, true);
}

/* The request could not be read; the response names a session all the same. */
static void note_returned(oxc_tracker *tracker, const oxc_event *event)
{
    uint32_t session = oxc_session_used(tracker, server_of(tracker, event), event->name);

    if (session != OXC_NONE)
        last_record(tracker)->session = oxc_session_at(tracker, session)->number;
}

/* Whether a response returned the handle of its request, with 0. */
static bool returns_own(const oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    return event->status == 0 && !oxc_answer_doubted(tracker, call) &&
           oxc_session_at(tracker, call->owner)->name == event->name;
}

/* The session lived when the request was sent. */
static void note_alive(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    oxc_session *session = oxc_session_at(tracker, call->owner);

    oxc_session_prove(tracker, call->owner, call);
    if (session->end != OXC_NONE && session->end != session->close && call->record > session->end &&
        oxc_session_used(tracker, server_of(tracker, event), event->name) == call->owner)
        session->end = session->close;
}

/* The same, and whatever session of the server has the handle now was returned. */
static void set_returned(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    note_alive(tracker, event, call);
    oxc_name_return(tracker, server_of(tracker, event), event->name);
}

/* A null CXH. Some products return it with an error, too, to a session that goes on. */
static void end_by_null(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    if (event->status == 0 && !oxc_answer_doubted(tracker, call))
        oxc_session_end(tracker, call->owner, call, false);
    else if (event->status == 0)
        oxc_session_doubt(tracker, call->owner);
    else
        oxc_session_shake(tracker, call->owner);
}

static void rpc_response(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    oxc_facts facts;
    const oxc_session *session;

    if (call->owner == OXC_NONE) {
        if ((call->flags & OXC_CALL_UNREAD) != 0)
            note_returned(tracker, event);
        return;
    }
    session = oxc_session_at(tracker, call->owner);
    facts = response_facts(tracker, event, call, OXC_AT_EXECUTE_RESPONSE);
    facts.handle_changed = !facts.null_handle && session->name != event->name;
    oxc_judge(tracker, &facts);
    oxc_fetch_response(tracker, event, call);
    if (facts.null_handle)
        end_by_null(tracker, event, call);
    else if (returns_own(tracker, event, call))
        set_returned(tracker, event, call);
}

static void push_response(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    if (call->owner == OXC_NONE)
        return;
    if (event->name == OXC_NO_NAME)
        end_by_null(tracker, event, call);
    else if (returns_own(tracker, event, call))
        note_alive(tracker, event, call);
}

static void disconnect_response(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    oxc_facts facts;

    if (call->owner == OXC_NONE)
        return;
    facts = response_facts(tracker, event, call, OXC_AT_CLOSE_RESPONSE);
    oxc_judge(tracker, &facts);
    if (event->status != 0)
        return;
    if (!oxc_answer_doubted(tracker, call)) {
        oxc_session_end(tracker, call->owner, call, true);
        return;
    }
    oxc_session_doubt(tracker, call->owner);
    oxc_session_at(tracker, call->owner)->flags |= OXC_SESSION_LEAVING;
}

/* The response that returned the ACXH for another session which lives. */
static oxc_evidence find_bound(const oxc_tracker *tracker, const oxc_call *call, uint32_t number)
{
    oxc_evidence evidence = {0};
    const oxc_context *context;
    const oxc_session *session;
    const oxc_link *connection = oxc_link_of(tracker, call);

    if (number == OXC_NONE)
        return evidence;
    context = oxc_context_at(tracker, number);
    if (context->session == OXC_NONE || context->session == call->owner ||
        oxc_session_ended(tracker, context->session))
        return evidence;
    session = oxc_session_at(tracker, context->session);
    /* A session from before the capture may have ended there. */
    if ((session->flags & OXC_SESSION_OPENED) == 0)
        return evidence;
    evidence = oxc_evidence_of(tracker, context->connect);
    evidence.doubts = oxc_doubts_of_handles(tracker, session, connection,
                                            oxc_context_bound_since(tracker, context)) |
                      oxc_doubts_of_life(tracker, session, connection);
    /* This answer shows a server that gives a handle twice: it may have given it to the session of
     * a call whose answer was lost, which has ended since. */
    if (oxc_server_at(tracker, session->server)->lost_issue >
        oxc_context_bound_since(tracker, context))
        evidence.doubts |= OXC_DOUBT_ISSUE;
    /* The answers of two connections may have been seen in another order than given. */
    if (session->disconnecting != 0 && session->disconnect + 1 > session->alive)
        evidence.doubts |= OXC_DOUBT_END;
    return evidence;
}

/* Whether an EcDoAsyncConnectEx of the session of a call may have gone unseen. */
static bool issue_hidden(const oxc_tracker *tracker, const oxc_call *call)
{
    const oxc_session *session = oxc_session_at(tracker, call->owner);
    const oxc_link *connection = oxc_link_of(tracker, call);

    return (oxc_doubts_of(tracker, session, connection, session->begun + 1) & OXC_DOUBT_ISSUE) != 0;
}

/* Begins a context, in place of another one where that has had the handle. */
static uint32_t begin_context(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call,
                              uint32_t before)
{
    oxc_association *association = oxc_association_at(tracker, association_of(tracker, call));
    uint32_t server = server_of(tracker, event);
    uint32_t was_bound = before == OXC_NONE ? OXC_NONE : oxc_context_at(tracker, before)->session;
    uint32_t number = oxc_context_begin(tracker, server, event->name, call->owner);

    association->contexts++;
    association->latest_context = number;
    if (before == OXC_NONE)
        return number;
    if (oxc_context_at(tracker, before)->connect != OXC_NONE && was_bound != OXC_NONE &&
        call->owner != OXC_NONE && was_bound != call->owner)
        oxc_server_at(tracker, server)->reissues = true;
    /* If an EcDoAsyncConnectEx went unseen it may be the same one, with its waits. */
    if (call->owner != OXC_NONE && issue_hidden(tracker, call))
        oxc_context_at(tracker, number)->flags |= OXC_CONTEXT_UNANSWERED;
    return number;
}

/* Whether a context that goes on may have been another session's since it was last returned. */
static bool may_have_changed(const oxc_tracker *tracker, const oxc_call *call,
                             const oxc_context *context)
{
    const oxc_session *session = oxc_session_at(tracker, call->owner);
    const oxc_link *connection = oxc_link_of(tracker, call);

    return (session->flags & OXC_SESSION_OPENED) == 0 ||
           oxc_doubts_of_end(tracker, session, connection) != 0 ||
           oxc_doubts_of_handles(tracker, session, connection,
                                 oxc_context_bound_since(tracker, context)) != 0;
}

/* The ACXH was returned: it goes on for its own live session, or begins a context. */
static void issue_context(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call,
                          uint32_t number)
{
    oxc_record *record = last_record(tracker);
    bool goes_on = number != OXC_NONE && call->owner != OXC_NONE &&
                   oxc_context_at(tracker, number)->session == call->owner &&
                   !oxc_session_ended(tracker, call->owner);
    oxc_context *context;

    if (!goes_on)
        number = begin_context(tracker, event, call, number);
    else if (may_have_changed(tracker, call, oxc_context_at(tracker, number)))
        oxc_context_at(tracker, number)->certain = oxc_now(tracker);
    oxc_context_explain(tracker, number);
    context = oxc_context_at(tracker, number);
    context->connect = tracker->records.count - 1;
    context->failure = OXC_NONE;
    record->context = oxc_record_at(tracker, call->record)->context = number;
}

static void async_connect_response(oxc_tracker *tracker, const oxc_event *event,
                                   const oxc_call *call)
{
    uint32_t context = OXC_NONE;
    bool issued = event->status == 0 && event->name != OXC_NO_NAME;
    oxc_facts facts;

    if (issued)
        context = oxc_context_find(tracker, server_of(tracker, event), event->name);
    if (call->owner != OXC_NONE) {
        facts = response_facts(tracker, event, call, OXC_AT_ISSUE_RESPONSE);
        if (issued)
            facts.bound_context = find_bound(tracker, call, context);
        oxc_judge(tracker, &facts);
    }
    if (issued)
        issue_context(tracker, event, call, context);
    if (issued && call->owner != OXC_NONE)
        oxc_session_prove(tracker, call->owner, call);
}

/* Whether the handle of an answer is that of the session, which is known at its server by it. */
static bool is_of_session(const oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    const oxc_session *session;

    if (call->owner == OXC_NONE)
        return false;
    session = oxc_session_at(tracker, call->owner);
    return session->name == event->name && session->server == server_of(tracker, event);
}

void oxc_answer(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    switch (call->kind) {
    case OXC_KIND_OPEN:
        end_carried(tracker, event, call);
        connect_response(tracker, event, call);
        break;
    case OXC_KIND_ISSUE:
        async_connect_response(tracker, event, call);
        break;
    case OXC_KIND_EXECUTE:
        rpc_response(tracker, event, call);
        break;
    case OXC_KIND_CLOSE:
        disconnect_response(tracker, event, call);
        break;
    case OXC_KIND_PUSH:
        push_response(tracker, event, call);
        break;
    default:
        return;
    }
    if (!oxc_has_trait(tracker, event->connection, OXC_TRAIT_OWN_CONTEXT) &&
        !is_of_session(tracker, event, call))
        oxc_name_note(tracker, server_of(tracker, event), event->name);
}
