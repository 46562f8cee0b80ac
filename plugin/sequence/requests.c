/* requests.c
 * The calls of EMSMDB that make, use and end sessions
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "requests.h"

#include "associations.h"
#include "doubt.h"
#include "fetches.h"
#include "handles.h"
#include "judge.h"
#include "records.h"
#include "sessions.h"
#include "silence.h"

static uint32_t server_of(const oxc_tracker *tracker, const oxc_event *event)
{
    return oxc_link_at(tracker, event->connection)->server;
}

static uint32_t association_of(const oxc_tracker *tracker, const oxc_call *call)
{
    return oxc_link_at(tracker, call->connection)->association;
}

/* Finds or begins the session of a request, unless the handle is null. */
static void set_session(oxc_tracker *tracker, const oxc_event *event, oxc_call *call)
{
    uint32_t server = server_of(tracker, event);
    oxc_session *session;

    if (event->name == OXC_NO_NAME) {
        call->flags |= OXC_CALL_NULL;
        return;
    }
    call->owner = oxc_has_trait(tracker, call->connection, OXC_TRAIT_OWN_CONTEXT)
                      ? oxc_session_of_http(tracker, event)
                      : oxc_session_used(tracker, server, event->name);
    if (call->owner == OXC_NONE)
        call->owner =
            oxc_session_begin(tracker, server, event->name, association_of(tracker, call));
    session = oxc_session_at(tracker, call->owner);
    if (session->server != server)
        oxc_name_note(tracker, server, event->name);
    session->latest = association_of(tracker, call);
    oxc_record_at(tracker, call->record)->session = session->number;
    if (oxc_doubts_of_life(tracker, session, oxc_link_of(tracker, call)) != 0)
        call->flags |= OXC_CALL_DOUBTED;
}

static void rpc_request(oxc_tracker *tracker, const oxc_event *event, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);
    oxc_facts facts = {.moment = OXC_AT_EXECUTE_REQUEST,
                       .rop_faults = event->rops.faults,
                       .rop_fault_flags = event->rops.fault_flags};

    set_session(tracker, event, call);
    facts.null_handle = call->owner == OXC_NONE;
    if (call->owner != OXC_NONE)
        facts.unanswered_wait =
            oxc_silence_of_session(tracker, call->owner, oxc_link_of(tracker, call));
    oxc_judge(tracker, &facts);
    if (call->owner != OXC_NONE)
        oxc_fetch_begin(tracker, number);
}

/* A live context of a session on which no wait was seen. */
static oxc_evidence find_idle(const oxc_tracker *tracker, const oxc_call *call)
{
    const oxc_session *session = oxc_session_at(tracker, call->owner);
    const oxc_link *connection = oxc_link_of(tracker, call);
    const oxc_association *home = oxc_association_at(tracker, session->home);
    oxc_evidence evidence = {0};

    if (session->end != OXC_NONE || session->quiet == OXC_NONE ||
        (session->flags & OXC_SESSION_WAITED) != 0 ||
        oxc_context_at(tracker, session->quiet)->connect == OXC_NONE)
        return evidence;
    evidence = oxc_evidence_of(tracker, oxc_context_at(tracker, session->quiet)->connect);
    evidence.doubts = oxc_doubts_of(tracker, session, connection, session->begun + 1) &
                      (OXC_DOUBT_WAIT | OXC_DOUBT_ISSUE);
    /* A context that nobody saw issued shows by its waits. */
    if (oxc_peer_at(tracker, home->peer)->unknown_waits <= session->begun + 1)
        evidence.doubts &= ~(unsigned)OXC_DOUBT_ISSUE;
    evidence.doubts |= oxc_doubts_of_life(tracker, session, connection);
    return evidence;
}

static void disconnect_request(oxc_tracker *tracker, const oxc_event *event, oxc_call *call)
{
    oxc_facts facts = {.moment = OXC_AT_CLOSE_REQUEST};
    oxc_session *session;

    set_session(tracker, event, call);
    if (call->owner == OXC_NONE)
        return;
    facts.unfetched =
        oxc_fetch_unfetched_of_session(tracker, call->owner, oxc_link_of(tracker, call));
    if (!event->never_registered)
        facts.idle_context = find_idle(tracker, call);
    facts.unanswered_wait =
        oxc_silence_of_session(tracker, call->owner, oxc_link_of(tracker, call));
    oxc_judge(tracker, &facts);
    session = oxc_session_at(tracker, call->owner);
    session->disconnect = call->record;
    session->disconnecting++;
}

/* Some servers put the call id of the bind into all their answers. Until one with another id has
 * come, or the session is seen to live, an answer with that id need not be the one to its call, and
 * its version is no evidence. */
static bool version_counts(const oxc_tracker *tracker, const oxc_session *session)
{
    return session->version_from == OXC_NONE || session->alive > session->begun + 1 ||
           oxc_link_at(tracker, session->version_from)->echoes;
}

static void look_at_session(const oxc_tracker *tracker, const oxc_call *call, oxc_facts *facts)
{
    const oxc_session *session = oxc_session_at(tracker, call->owner);
    const oxc_link *connection = oxc_link_of(tracker, call);

    facts->reported_unknown = (session->flags & OXC_SESSION_REPORTED) != 0;
    facts->alive_doubts = oxc_doubts_of_life(tracker, session, connection);
    facts->server_version = version_counts(tracker, session) ? session->server_version : 0;
    if ((session->flags & OXC_SESSION_OPENED) != 0)
        facts->session_open = oxc_evidence_of(tracker, session->begun);
    if (session->end != OXC_NONE) {
        facts->session_end = oxc_evidence_of(tracker, session->end);
        facts->session_end.doubts =
            oxc_doubts_of_handles(tracker, session, connection,
                                  oxc_record_at(tracker, session->end)->request + 1) |
            oxc_doubts_awaited(tracker, session, connection) |
            ((session->flags & OXC_SESSION_EARLIER) != 0 ? OXC_DOUBT_END : 0u) |
            ((session->flags & OXC_SESSION_REPLACED) != 0 ? OXC_DOUBT_OPEN : 0u);
    }
    if (session->quiet != OXC_NONE) {
        const oxc_context *context = oxc_context_at(tracker, session->quiet);
        uint32_t connect = context->connect;

        /* What was lost before the last response cannot be the last one. */
        facts->live_context = oxc_evidence_of(tracker, connect);
        facts->live_context.doubts =
            (oxc_doubts_of(tracker, session, connection, MAX(connect + 1, context->answered)) &
             OXC_DOUBT_WAIT) |
            oxc_doubts_of_handles(tracker, session, connection, connect + 1);
    }
}

static void async_connect_request(oxc_tracker *tracker, const oxc_event *event, oxc_call *call)
{
    oxc_facts facts = {.moment = OXC_AT_ISSUE_REQUEST};
    oxc_session *session;

    set_session(tracker, event, call);
    if (call->owner == OXC_NONE) {
        facts.null_handle = true;
        oxc_judge(tracker, &facts);
        return;
    }
    session = oxc_session_at(tracker, call->owner);
    facts.explained = oxc_session_explained(tracker, session);
    if (!facts.explained)
        facts.association_complete =
            oxc_association_complete(tracker, association_of(tracker, call));
    look_at_session(tracker, call, &facts);
    oxc_judge(tracker, &facts);
    if (!facts.explained && !facts.association_complete)
        session->flags |= OXC_SESSION_REPORTED;
    session->issuing++;
}

static void unread_request(oxc_tracker *tracker, const oxc_call *call)
{
    if (call->kind == OXC_KIND_EXECUTE) {
        oxc_gap_unread(tracker, call->connection, OXC_DOUBT_FETCH);
    } else if (call->kind == OXC_KIND_CLOSE) {
        oxc_gap_unread(tracker, call->connection, OXC_DOUBT_DISCONNECT);
    }
}

/* A Connect of MAPI over HTTP with the cookie of a session, which it ends if it is accepted. */
static void connect_request(oxc_tracker *tracker, const oxc_event *event, oxc_call *call)
{
    oxc_event carried = *event;

    if (event->replaced == OXC_NO_NAME)
        return;
    carried.name = event->replaced;
    call->owner = oxc_session_of_http(tracker, &carried);
    oxc_session_at(tracker, call->owner)->disconnect = call->record;
}

void oxc_request(oxc_tracker *tracker, const oxc_event *event, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);

    if ((call->flags & OXC_CALL_UNREAD) != 0)
        unread_request(tracker, call);
    else if (call->kind == OXC_KIND_EXECUTE)
        rpc_request(tracker, event, number);
    else if (call->kind == OXC_KIND_CLOSE)
        disconnect_request(tracker, event, call);
    else if (call->kind == OXC_KIND_OPEN)
        connect_request(tracker, event, call);
    else if (call->kind == OXC_KIND_ISSUE)
        async_connect_request(tracker, event, call);
    else if (call->kind == OXC_KIND_PUSH || event->has_name)
        set_session(tracker, event, call);
}
