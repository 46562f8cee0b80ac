/* methods.c
 * The calls of EMSMDB that make, use and end sessions
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "state.h"

#include <string.h>

static oxc_record *last_record(const oxc_tracker *tracker)
{
    return oxc_record_at(tracker, tracker->records.count - 1);
}

static uint32_t server_of(const oxc_tracker *tracker, const oxc_event *event)
{
    return oxc_connection_at(tracker, event->connection)->server;
}

/* Finds or begins the session of a request, unless the handle is null. */
static void set_session(oxc_tracker *tracker, const oxc_event *event, oxc_call *call)
{
    uint32_t server = server_of(tracker, event);

    if (oxc_handle_is_null(&event->handle)) {
        call->flags |= OXC_CALL_NULL;
        return;
    }
    call->owner = oxc_session_find(tracker, server, &event->handle);
    if (call->owner == OXC_NONE)
        call->owner = oxc_session_begin(tracker, server, &event->handle, call->association);
    oxc_session_at(tracker, call->owner)->latest = call->association;
    oxc_record_at(tracker, call->record)->session = oxc_session_at(tracker, call->owner)->number;
    /* Opened again unseen, it would still be a session that the capture opened. */
    if (oxc_session_ended(tracker, call->owner) ||
        oxc_session_doubts(tracker, call->owner, call->connection, UINT32_MAX) != 0)
        call->flags |= OXC_CALL_DEAD;
}

static void rpc_request(oxc_tracker *tracker, const oxc_event *event, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);
    oxc_facts facts = {.pdu = OXC_PDU_RPC_REQUEST,
                       .rop_faults = event->rop_faults,
                       .rop_fault_flags = event->rop_fault_flags};

    set_session(tracker, event, call);
    facts.null_handle = call->owner == OXC_NONE;
    oxc_judge(tracker, &facts);
    if (call->owner != OXC_NONE)
        oxc_fetch_begin(tracker, number);
}

/* A live context of a session on which no wait was seen. */
static oxc_evidence find_idle(const oxc_tracker *tracker, const oxc_call *call)
{
    const oxc_session *session = oxc_session_at(tracker, call->owner);
    oxc_evidence evidence = {0};

    if (session->end != OXC_NONE || session->quiet == OXC_NONE ||
        (session->flags & OXC_SESSION_WAITED) != 0)
        return evidence;
    evidence = oxc_evidence_of(tracker, oxc_context_at(tracker, session->quiet)->connect);
    evidence.doubts = oxc_doubts(tracker, call->owner, call->connection, session->begun + 1) &
                      (OXC_DOUBT_WAIT | OXC_DOUBT_ISSUE);
    evidence.doubts |=
        oxc_session_doubts(tracker, call->owner, call->connection, session->begun + 1);
    return evidence;
}

static void disconnect_request(oxc_tracker *tracker, const oxc_event *event, oxc_call *call)
{
    oxc_facts facts = {.pdu = OXC_PDU_DISCONNECT_REQUEST};
    oxc_session *session;

    set_session(tracker, event, call);
    if (call->owner == OXC_NONE)
        return;
    facts.unfetched = oxc_fetch_unfetched_of_session(tracker, call->owner, call->connection);
    facts.idle_context = find_idle(tracker, call);
    oxc_judge(tracker, &facts);
    session = oxc_session_at(tracker, call->owner);
    session->disconnect = call->record;
    session->disconnecting++;
}

/* Some servers put the call id of the bind into all their answers. Until one with another id has
 * come, an answer with that id need not be the one to its call, and its version is no evidence. */
static bool version_counts(const oxc_tracker *tracker, const oxc_session *session)
{
    return session->version_from == OXC_NONE ||
           oxc_connection_at(tracker, session->version_from)->echoes;
}

static void look_at_session(const oxc_tracker *tracker, const oxc_call *call, oxc_facts *facts)
{
    const oxc_session *session = oxc_session_at(tracker, call->owner);

    facts->reported_unknown = (session->flags & OXC_SESSION_REPORTED) != 0;
    facts->alive_doubts =
        oxc_session_doubts(tracker, call->owner, call->connection, session->begun + 1);
    facts->server_version = version_counts(tracker, session) ? session->server_version : 0;
    if ((session->flags & OXC_SESSION_OPENED) != 0)
        facts->session_open = oxc_evidence_of(tracker, session->begun);
    if (session->end != OXC_NONE) {
        facts->session_end = oxc_evidence_of(tracker, session->end);
        facts->session_end.doubts = oxc_doubts(tracker, call->owner, call->connection,
                                               oxc_record_at(tracker, session->end)->request + 1) |
                                    oxc_awaited(tracker, call->owner, call->connection);
        if ((session->flags & OXC_SESSION_DOUBTED) != 0)
            facts->session_end.doubts |= OXC_DOUBT_OPEN;
    }
    if (session->quiet != OXC_NONE) {
        facts->live_context =
            oxc_evidence_of(tracker, oxc_context_at(tracker, session->quiet)->connect);
        facts->live_context.doubts =
            oxc_doubts(tracker, call->owner, call->connection, session->begun + 1);
    }
}

static void async_connect_request(oxc_tracker *tracker, const oxc_event *event, oxc_call *call)
{
    oxc_facts facts = {.pdu = OXC_PDU_ASYNC_CONNECT_REQUEST};
    uint64_t rules;

    set_session(tracker, event, call);
    if (call->owner == OXC_NONE) {
        facts.null_handle = true;
        oxc_judge(tracker, &facts);
        return;
    }
    facts.explained = oxc_cxh_explained(tracker, &event->handle);
    facts.association_began = oxc_association_at(tracker, call->association)->began;
    facts.association_complete =
        oxc_association_complete(tracker, call->association, OXC_MARK_OPEN);
    look_at_session(tracker, call, &facts);
    rules = oxc_judge(tracker, &facts);
    if ((rules & UINT64_C(1) << OXC_RULE_connect_session_unknown) != 0)
        oxc_session_at(tracker, call->owner)->flags |= OXC_SESSION_REPORTED;
    oxc_session_at(tracker, call->owner)->issuing++;
}

static void unread_request(oxc_tracker *tracker, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);

    if (call->method == OXC_METHOD_RPC_EXT2) {
        oxc_association_unread(tracker, call->association, OXC_DOUBT_FETCH);
    } else if (call->method == OXC_METHOD_DISCONNECT) {
        oxc_association_unread(tracker, call->association, OXC_DOUBT_DISCONNECT);
    } else if (call->method == OXC_METHOD_ASYNC_WAIT) {
        oxc_association_unread(tracker, call->association, OXC_DOUBT_WAIT);
        oxc_wait_unread_request(tracker, number);
    }
}

void oxc_request(oxc_tracker *tracker, const oxc_event *event, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);

    if ((call->flags & OXC_CALL_UNREAD) != 0)
        unread_request(tracker, number);
    else if (call->method == OXC_METHOD_ASYNC_WAIT)
        oxc_wait_request(tracker, event, number);
    else if (call->method == OXC_METHOD_RPC_EXT2)
        rpc_request(tracker, event, number);
    else if (call->method == OXC_METHOD_DISCONNECT)
        disconnect_request(tracker, event, call);
    else if (call->method == OXC_METHOD_ASYNC_CONNECT)
        async_connect_request(tracker, event, call);
    else if (call->method == OXC_METHOD_REGISTER_PUSH)
        set_session(tracker, event, call);
}

static bool is_judged(const oxc_tracker *tracker, const oxc_call *call)
{
    const oxc_session *session;

    if ((call->flags & (OXC_CALL_UNREAD | OXC_CALL_NULL | OXC_CALL_DEAD)) != 0 ||
        oxc_call_doubted(tracker, call))
        return false;
    session = oxc_session_at(tracker, call->owner);
    return (session->flags & OXC_SESSION_OPENED) != 0 &&
           oxc_cxh_explained(tracker, &session->key.handle);
}

static oxc_facts response_facts(const oxc_tracker *tracker, const oxc_event *event,
                                const oxc_call *call, oxc_pdu pdu)
{
    return (oxc_facts){
        .pdu = pdu,
        .judged = is_judged(tracker, call),
        .status = event->status,
        .null_handle = oxc_handle_is_null(&event->handle),
        .rop_faults = event->rop_faults,
        .rop_fault_flags = event->rop_fault_flags,
    };
}

/* A response returned the handle of its request: the session lived when that was sent. False if it
 * proves nothing. */
static bool prove_alive(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    oxc_session *session = oxc_session_at(tracker, call->owner);

    if (oxc_call_doubted(tracker, call) ||
        memcmp(session->key.handle.bytes, event->handle.bytes, OXC_HANDLE_SIZE) != 0)
        return false;
    if (session->alive < call->record + 1)
        session->alive = call->record + 1;
    return true;
}

/* The CXH of a session is returned again, which ends it: unless the session is the same one, known
 * from requests that the capture shows before the answer on which they rest. */
static void end_replaced(oxc_tracker *tracker, const oxc_call *call, uint32_t number)
{
    const oxc_session *session = oxc_session_at(tracker, number);
    bool early = (session->flags & OXC_SESSION_OPENED) == 0 && session->begun > call->record;

    oxc_session_end(tracker, number, early || oxc_call_doubted(tracker, call));
}

/* What an EcDoConnectEx response says of the session that it opens. */
static void open_session(const oxc_tracker *tracker, const oxc_event *event, const oxc_call *call,
                         oxc_session *session)
{
    const oxc_connection *connection = oxc_connection_at(tracker, event->connection);

    session->flags |= OXC_SESSION_OPENED | OXC_SESSION_RETURNED;
    session->activity = call->record;
    session->server_version = event->server_version;
    session->version_from = connection->bound && connection->bind_call_id == event->call_id
                                ? event->connection
                                : OXC_NONE;
}

static void connect_response(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    uint32_t server = server_of(tracker, event);
    uint32_t number;
    oxc_session *session;

    if (event->status != 0 || oxc_handle_is_null(&event->handle))
        return;
    number = oxc_session_find(tracker, server, &event->handle);
    if (number != OXC_NONE)
        end_replaced(tracker, call, number);
    number = oxc_session_begin(tracker, server, &event->handle, call->association);
    oxc_session_explain(tracker, number);
    session = oxc_session_at(tracker, number);
    if (!oxc_call_doubted(tracker, call))
        open_session(tracker, event, call, session);
    last_record(tracker)->session = session->number;
    oxc_record_at(tracker, call->record)->session = session->number;
}

/* The request could not be read; the response names a session all the same. */
static void show_returned(oxc_tracker *tracker, const oxc_event *event)
{
    uint32_t session = oxc_session_find(tracker, server_of(tracker, event), &event->handle);

    if (session != OXC_NONE)
        last_record(tracker)->session = oxc_session_at(tracker, session)->number;
}

/* The handle of a session was returned with 0: whatever session has the handle now. */
static void set_returned(oxc_tracker *tracker, const oxc_event *event)
{
    uint32_t session = oxc_session_find(tracker, server_of(tracker, event), &event->handle);

    oxc_session_at(tracker, session)->flags |= OXC_SESSION_RETURNED;
}

static void rpc_response(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    oxc_facts facts;
    const oxc_session *session;

    if (call->owner == OXC_NONE) {
        if ((call->flags & OXC_CALL_UNREAD) != 0)
            show_returned(tracker, event);
        return;
    }
    session = oxc_session_at(tracker, call->owner);
    facts = response_facts(tracker, event, call, OXC_PDU_RPC_RESPONSE);
    facts.handle_changed = !facts.null_handle && memcmp(session->key.handle.bytes,
                                                        event->handle.bytes, OXC_HANDLE_SIZE) != 0;
    oxc_judge(tracker, &facts);
    oxc_fetch_response(tracker, event, call);
    if (facts.null_handle) {
        oxc_session_end(tracker, call->owner, oxc_call_doubted(tracker, call));
        return;
    }
    if (prove_alive(tracker, event, call) && event->status == 0)
        set_returned(tracker, event);
}

static void push_response(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    if (call->owner == OXC_NONE)
        return;
    if (oxc_handle_is_null(&event->handle))
        oxc_session_end(tracker, call->owner, oxc_call_doubted(tracker, call));
    else
        prove_alive(tracker, event, call);
}

static void disconnect_response(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    oxc_facts facts;

    if (call->owner == OXC_NONE)
        return;
    facts = response_facts(tracker, event, call, OXC_PDU_DISCONNECT_RESPONSE);
    oxc_judge(tracker, &facts);
    if (event->status == 0)
        oxc_session_end(tracker, call->owner, oxc_call_doubted(tracker, call));
}

/* The response that returned the ACXH for another session which lives. */
static oxc_evidence find_bound(const oxc_tracker *tracker, const oxc_call *call, uint32_t number)
{
    oxc_evidence evidence = {0};
    const oxc_context *context;
    const oxc_session *session;

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
    evidence.doubts = oxc_doubts(tracker, context->session, call->connection,
                                 oxc_context_bound_since(tracker, number)) &
                      (OXC_DOUBT_ISSUE | OXC_DOUBT_DISCONNECT);
    evidence.doubts |= oxc_session_doubts(tracker, context->session, call->connection,
                                          oxc_context_bound_since(tracker, number));
    /* The answers of two connections may have been seen in another order than given. */
    if (session->disconnecting != 0)
        evidence.doubts |= OXC_DOUBT_END;
    return evidence;
}

/* Begins a context, in place of another one where that has had the handle. */
static uint32_t begin_context(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call,
                              uint32_t before)
{
    oxc_association *association = oxc_association_at(tracker, call->association);
    uint32_t number =
        oxc_context_begin(tracker, server_of(tracker, event), &event->handle, call->owner);

    association->contexts++;
    association->latest_context = number;
    /* If an EcDoAsyncConnectEx went unseen it may be the same one, with its waits. */
    if (before != OXC_NONE && call->owner != OXC_NONE &&
        (oxc_doubts(tracker, call->owner, call->connection,
                    oxc_session_at(tracker, call->owner)->begun + 1) &
         OXC_DOUBT_ISSUE) != 0)
        oxc_context_at(tracker, number)->flags |= OXC_CONTEXT_UNANSWERED;
    return number;
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
    else if ((oxc_session_at(tracker, call->owner)->flags & OXC_SESSION_OPENED) == 0 ||
             oxc_session_doubts(tracker, call->owner, call->connection,
                                oxc_context_bound_since(tracker, number)) != 0)
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
    bool issued = event->status == 0 && !oxc_handle_is_null(&event->handle);
    oxc_facts facts;

    if (issued)
        context = oxc_context_find(tracker, server_of(tracker, event), &event->handle);
    if (call->owner != OXC_NONE) {
        facts = response_facts(tracker, event, call, OXC_PDU_ASYNC_CONNECT_RESPONSE);
        if (issued)
            facts.bound_context = find_bound(tracker, call, context);
        oxc_judge(tracker, &facts);
    }
    if (issued)
        issue_context(tracker, event, call, context);
}

/* What a response may have done that nobody can see. */
static unsigned doubts_of_unread(const oxc_call *call)
{
    bool unread = (call->flags & OXC_CALL_UNREAD) != 0;

    switch (call->method) {
    case OXC_METHOD_CONNECT:
        return OXC_DOUBT_OPEN;
    case OXC_METHOD_ASYNC_CONNECT:
        return OXC_DOUBT_ISSUE;
    case OXC_METHOD_RPC_EXT2:
        return unread ? OXC_DOUBT_FETCH | OXC_DOUBT_END : 0;
    case OXC_METHOD_DISCONNECT:
    case OXC_METHOD_REGISTER_PUSH:
        return unread ? OXC_DOUBT_END : 0;
    case OXC_METHOD_ASYNC_WAIT:
        return unread ? OXC_DOUBT_WAIT : 0;
    default:
        return 0;
    }
}

/* What a response to a request that was not read says nothing about. */
static unsigned doubts_of_unread_request(const oxc_event *event, const oxc_call *call)
{
    unsigned doubts = doubts_of_unread(call);

    if (call->method == OXC_METHOD_CONNECT || (call->flags & OXC_CALL_UNREAD) == 0)
        return 0;
    if (call->method == OXC_METHOD_DISCONNECT ? event->status != 0
                                              : !oxc_handle_is_null(&event->handle))
        doubts &= ~(unsigned)OXC_DOUBT_END;
    return doubts;
}

/* A response to a readable call could not be read, or was missed. */
static void doubt_session(oxc_tracker *tracker, const oxc_call *call)
{
    bool may_end = call->method == OXC_METHOD_RPC_EXT2 || call->method == OXC_METHOD_DISCONNECT ||
                   call->method == OXC_METHOD_REGISTER_PUSH;

    if (!may_end || call->owner == OXC_NONE)
        return;
    oxc_session_at(tracker, call->owner)->end_doubt = oxc_now(tracker);
    if (call->method == OXC_METHOD_RPC_EXT2)
        oxc_fetch_forget(tracker, call);
}

static void unread_response(oxc_tracker *tracker, const oxc_call *call)
{
    oxc_association_unread(tracker, call->association, doubts_of_unread(call));
    if (call->method == OXC_METHOD_CONNECT || call->method == OXC_METHOD_ASYNC_CONNECT)
        oxc_association_at(tracker, call->association)->hole = true;
    doubt_session(tracker, call);
}

static void readable_response(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    oxc_association_unread(tracker, call->association, doubts_of_unread_request(event, call));
    switch (call->method) {
    case OXC_METHOD_CONNECT:
        connect_response(tracker, event, call);
        break;
    case OXC_METHOD_ASYNC_CONNECT:
        async_connect_response(tracker, event, call);
        break;
    case OXC_METHOD_RPC_EXT2:
        rpc_response(tracker, event, call);
        break;
    case OXC_METHOD_DISCONNECT:
        disconnect_response(tracker, event, call);
        break;
    case OXC_METHOD_REGISTER_PUSH:
        push_response(tracker, event, call);
        break;
    default:
        return;
    }
    oxc_handle_show(tracker, server_of(tracker, event), &event->handle);
}

/* The call is not in flight any more. */
static void land(oxc_tracker *tracker, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);

    oxc_association_count(tracker, call, UINT32_MAX);
    if (call->owner == OXC_NONE)
        return;
    if (call->method == OXC_METHOD_RPC_EXT2)
        oxc_fetch_end(tracker, number);
    else if (call->method == OXC_METHOD_DISCONNECT)
        oxc_session_at(tracker, call->owner)->disconnecting--;
    else if (call->method == OXC_METHOD_ASYNC_CONNECT)
        oxc_session_at(tracker, call->owner)->issuing--;
}

void oxc_response(oxc_tracker *tracker, const oxc_event *event, uint32_t number, bool readable)
{
    const oxc_call *call = oxc_call_at(tracker, number);
    oxc_connection *connection = oxc_connection_at(tracker, event->connection);

    connection->echoes |= connection->bound && event->call_id != connection->bind_call_id;
    land(tracker, number);
    if (readable)
        readable_response(tracker, event, call);
    else
        unread_response(tracker, call);
    if (call->method == OXC_METHOD_ASYNC_WAIT)
        oxc_wait_response(tracker, event, number, readable);
    oxc_call_end(tracker, number);
}

void oxc_call_faulted(oxc_tracker *tracker, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);

    land(tracker, number);
    if ((call->flags & OXC_CALL_UNREAD) != 0)
        oxc_association_unread(tracker, call->association,
                               doubts_of_unread(call) & (OXC_DOUBT_FETCH | OXC_DOUBT_WAIT));
    if (call->method == OXC_METHOD_ASYNC_WAIT)
        oxc_wait_fault(tracker, number);
    oxc_call_end(tracker, number);
}

void oxc_call_missed(oxc_tracker *tracker, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);

    land(tracker, number);
    unread_response(tracker, call);
    if (call->method == OXC_METHOD_ASYNC_WAIT)
        oxc_wait_missed(tracker, number);
    else if (call->method == OXC_METHOD_RPC_EXT2 && call->owner != OXC_NONE)
        oxc_session_at(tracker, call->owner)->stale++; /* it stays unanswered */
    oxc_call_end(tracker, number);
}
