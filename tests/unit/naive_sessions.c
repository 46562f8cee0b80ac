/* naive_sessions.c
 * Which session and context a handle names, when they begin and end, and the waits of a context
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "naive_history.h"

/* Handles and servers. */

typedef bool (*returning)(const naive *n, const entry *x);

/* Whether a request named a session (or context) of its own with the handle on that server. */
static bool is_known_there(const naive *n, uint32_t server, oxc_name handle, returning returns,
                           int before)
{
    for (int i = 0; i < before; i++) {
        const entry *x = at(n, i);
        bool begins = returns == opens_session ? x->session == i : x->context == i;
        if (is_pdu(x) && begins && server_of(n, x) == server && same_handle(x->e.name, handle))
            return true;
    }
    return false;
}

/* "A handle that was returned under another server address only, and there once, is that handle":
 * the server whose handle it is. An ACXH that goes on is returned once. One that is known on the
 * server already keeps to it. */
static uint32_t home_server(const naive *n, uint32_t server, oxc_name handle, returning returns,
                            int before)
{
    uint32_t home = server;
    int times = 0;
    if (is_known_there(n, server, handle, returns, before))
        return server;
    for (int i = 0; i < before; i++) {
        const entry *x = at(n, i);
        if (!returns(n, x) || !same_handle(x->e.name, handle))
            continue;
        if (server_of(n, x) == server)
            return server;
        home = server_of(n, x);
        times += x->session == i || x->context == i;
    }
    return times == 1 ? home : server;
}

/* Sessions. */

/* EcDoConnectEx has returned the CXH of a new session. A CXH beside an error is none. */
bool opens_session(const naive *n, const entry *x)
{
    return is_response(n, x, OXC_KIND_OPEN) && knows_handle(x) && returned_zero(x) &&
           !is_null(x->e.name);
}

bool carries_cxh(const entry *x)
{
    return is_pdu(x) && x->e.type == OXC_EVENT_REQUEST && request_has_handle(x->e.kind) &&
           x->e.kind != OXC_KIND_WAIT && knows_handle(x) && !is_null(x->e.name);
}

/* Where the session begins that the CXH names: at the latest EcDoConnectEx response that returned
 * it or, without one, at the first request that named a session of its own with it. */
int session_named(const naive *n, uint32_t server, oxc_name cxh, int before)
{
    uint32_t home = home_server(n, server, cxh, opens_session, before);
    int first = NOTHING;
    for (int i = before - 1; i >= 0; i--) {
        const entry *x = at(n, i);
        if (!is_pdu(x) || server_of(n, x) != home || !same_handle(x->e.name, cxh))
            continue;
        if (opens_session(n, x))
            return i;
        if (carries_cxh(x) && x->session == i)
            first = i;
    }
    return first;
}

/* A call of the session that was sent after a moment and answered with 0 and its CXH or, where that
 * counts, an ACXH. */
static bool lived_after(const naive *n, int session, int moment, int before, bool acxh_counts)
{
    oxc_name cxh = at(n, session)->e.name;
    for (int i = moment + 1; i < before; i++) {
        const entry *x = at(n, i);
        bool gives_cxh = is_response(n, x, OXC_KIND_EXECUTE) || is_response(n, x, OXC_KIND_PUSH);
        bool shows =
            (gives_cxh && knows_handle(x) && returned_zero(x) && same_handle(x->e.name, cxh)) ||
            (acxh_counts && returns_acxh(n, x));
        if (shows && x->call > moment && at(n, x->call)->session == session)
            return true;
    }
    return false;
}

/* An answer to a call on the session that gives its CXH back as null. One that was cut short
 * behind it is unreadable and says nothing. */
bool gives_null(const naive *n, int i, int session)
{
    const entry *x = at(n, i);
    return (is_response(n, x, OXC_KIND_EXECUTE) || is_response(n, x, OXC_KIND_PUSH)) &&
           at(n, x->call)->session == session && !is_unreadable(x) && is_null(x->e.name);
}

/* Whether entry i ends the session that begins at entry s, and nothing has taken that back. */
static bool ends_session(const naive *n, int i, int s, int before)
{
    const entry *x = at(n, i);
    if (opens_session(n, x))
        return server_of(n, x) == server_of(n, at(n, s)) &&
               same_handle(x->e.name, at(n, s)->e.name);
    if (is_response(n, x, OXC_KIND_CLOSE))
        return at(n, x->call)->session == s && returned_zero(x);
    return gives_null(n, i, s) && returned_zero(x) && !lived_after(n, s, i, before, false);
}

/* The first standing end from entry @p from on. */
int session_end_from(const naive *n, int s, int from, int before)
{
    for (int i = MAX(s + 1, from); i < before; i++)
        if (ends_session(n, i, s, before))
            return i;
    return NOTHING;
}

int session_end(const naive *n, int s, int before)
{
    return session_end_from(n, s, s + 1, before);
}

/* Whether, as is known before @p before, the session may have ended at the moment: a failed call
 * gave its CXH back as null, and nothing has shown since that it lives ("known again"). */
bool is_doubtful(const naive *n, int session, int moment, int before)
{
    for (int i = session + 1; i < moment; i++)
        if (gives_null(n, i, session) && !returned_zero(at(n, i)) &&
            !lived_after(n, session, i, before, true))
            return true;
    return false;
}

bool was_opened(const naive *n, int s)
{
    return s != NOTHING && opens_session(n, at(n, s));
}

/* Whether it is known before @p before that the session was alive at the moment. */
bool was_alive(const naive *n, int session, int moment, int before)
{
    if (session == NOTHING || is_doubtful(n, session, moment, before))
        return false;
    int end = session_end(n, session, before);
    return end == NOTHING || end >= moment;
}

/* The same where signs of life take back every end: how it is where a gap may be why an end was
 * seen that was none. */
bool may_have_lived(const naive *n, int session, int moment, int before)
{
    if (session == NOTHING)
        return false;
    for (int i = session + 1; i < moment; i++)
        if (ends_session(n, i, session, before) && !lived_after(n, session, i, before, true))
            return false;
    return true;
}

bool is_alive(const naive *n, int session, int before)
{
    return was_alive(n, session, before, before);
}

/* "Explained" goes by the 20 bytes alone. */
bool is_explained(const naive *n, oxc_name handle, oxc_kind by, int before)
{
    for (int i = 0; i < before; i++) {
        const entry *x = at(n, i);
        if (is_response(n, x, by) && knows_handle(x) && returned_zero(x) &&
            same_handle(x->e.name, handle))
            return true;
    }
    return false;
}

/* Contexts. */

bool returns_acxh(const naive *n, const entry *x)
{
    return is_response(n, x, OXC_KIND_ISSUE) && knows_handle(x) && returned_zero(x) &&
           !is_null(x->e.name);
}

bool carries_acxh(const entry *x)
{
    return is_request(x, OXC_KIND_WAIT) && knows_handle(x) && !is_null(x->e.name);
}

/* The session that a context was issued for: none if only waits showed it. */
int issued_for(const naive *n, int context)
{
    const entry *x = at(n, context);
    return x->e.type == OXC_EVENT_RESPONSE ? at(n, x->call)->session : NOTHING;
}

/* Where the context begins that the ACXH names. A context that only waits showed is not "its own
 * live session's": the first EcDoAsyncConnectEx response begins a new one. */
int context_named(const naive *n, uint32_t server, oxc_name acxh, int before)
{
    uint32_t home = home_server(n, server, acxh, returns_acxh, before);
    int context = NOTHING;
    for (int i = 0; i < before; i++) {
        const entry *x = at(n, i);
        if (!is_pdu(x) || server_of(n, x) != home || !same_handle(x->e.name, acxh))
            continue;
        if (carries_acxh(x) && x->context == i && context == NOTHING)
            context = i;
        if (!returns_acxh(n, x))
            continue;
        int session = at(n, x->call)->session;
        if (context == NOTHING || session == NOTHING || issued_for(n, context) != session ||
            session_end(n, session, i) != NOTHING)
            context = i;
    }
    return context;
}

/* The session to which a context is bound: none any more once it has been replaced. */
int session_of(const naive *n, int context, int before)
{
    const entry *x = at(n, context);
    if (context_named(n, server_of(n, x), x->e.name, before) != context)
        return NOTHING;
    return issued_for(n, context);
}

bool begins_context(const naive *n, int i)
{
    return at(n, i)->context == i;
}

/* The latest EcDoAsyncConnectEx response that returned the handle. */
int last_return(const naive *n, uint32_t server, oxc_name acxh, int before)
{
    uint32_t home = home_server(n, server, acxh, returns_acxh, before);
    for (int i = before - 1; i >= 0; i--) {
        const entry *x = at(n, i);
        if (returns_acxh(n, x) && server_of(n, x) == home && same_handle(x->e.name, acxh))
            return i;
    }
    return NOTHING;
}

/* Waits. */

bool is_wait_of(const naive *n, int i, int context)
{
    return is_request(at(n, i), OXC_KIND_WAIT) && at(n, i)->context == context;
}

int previous_wait(const naive *n, int context, int before)
{
    for (int i = before - 1; i >= 0; i--)
        if (is_wait_of(n, i, context))
            return i;
    return NOTHING;
}

bool is_wait_response_of(const naive *n, int i, int context)
{
    const entry *x = at(n, i);
    return is_response(n, x, OXC_KIND_WAIT) && at(n, x->call)->context == context;
}

/* The latest response of a wait of the context that could be read and is evidence. */
int previous_response(const naive *n, int context, int before)
{
    for (int i = before - 1; i >= 0; i--)
        if (is_wait_response_of(n, i, context) && knows_result(at(n, i)) && is_evidence(n, i))
            return i;
    return NOTHING;
}

bool is_notification(const naive *n, int i)
{
    const entry *x = at(n, i);
    return is_response(n, x, OXC_KIND_WAIT) && returned_zero(x) &&
           (x->e.flags & FLAG_PENDING) != 0 && at(n, x->call)->context != NOTHING;
}

int previous_notification(const naive *n, int context, int before)
{
    for (int i = before - 1; i >= 0; i--)
        if (is_wait_response_of(n, i, context) && is_notification(n, i) && is_evidence(n, i))
            return i;
    return NOTHING;
}

int context_of_response(const naive *n, int response)
{
    return at(n, at(n, response)->call)->context;
}

/* Whether the response ends its wait. One that comes after a cancel or close does not: it says
 * nothing about how long the wait took, nor that it was accepted or refused while it was out. */
bool ends_wait(const naive *n, int response)
{
    return end_of(n, at(n, response)->call, response + 1) == response;
}

/* "An answer that comes all the same after a cancel or orphaned PDU is evidence for nothing." */
bool is_evidence(const naive *n, int response)
{
    int call = at(n, response)->call;
    for (int i = call + 1; i < response; i++) {
        const entry *x = at(n, i);
        if (is_pdu(x) && x->call == call &&
            (x->e.type == OXC_EVENT_CANCEL || x->e.type == OXC_EVENT_ORPHANED))
            return false;
    }
    return true;
}

bool were_outstanding_together(const naive *n, int a, int b, int before)
{
    int end_a = end_of(n, a, before);
    int end_b = end_of(n, b, before);
    return (end_a == NOTHING || b < end_a) && (end_b == NOTHING || a < end_b);
}

/* Fetching and delivery. */

/* "In flight until a later EcDoRpcExt2 of the session has been answered." */
static bool in_flight(const naive *n, int fetch, int session, int moment)
{
    if (fetch > moment || answer_of(n, fetch, moment) != NOTHING)
        return false;
    for (int i = fetch + 1; i < moment; i++)
        if (is_call_of(n, i, OXC_KIND_EXECUTE, session) && answer_of(n, i, moment) != NOTHING)
            return false;
    return true;
}

/* The EcDoRpcExt2 request that fetches for a notification: of those in flight when it came the
 * oldest, else the first after it. One whose connection has been closed is not in flight. */
int fetch_of(const naive *n, int notification)
{
    int session = session_of(n, context_of_response(n, notification), notification);
    for (int i = 0; i < length(n) && session != NOTHING; i++) {
        if (!is_call_of(n, i, OXC_KIND_EXECUTE, session))
            continue;
        if (i > notification || (in_flight(n, i, session, notification) &&
                                 !was_closed(n, at(n, i)->e.connection, notification)))
            return i;
    }
    return NOTHING;
}

/* "Still unanswered" is every request without response or fault: also one that was cancelled or
 * whose connection was closed. */
bool is_fetched(const naive *n, int notification, int before)
{
    int session = session_of(n, context_of_response(n, notification), notification);
    for (int i = 0; i < before && session != NOTHING; i++)
        if (is_call_of(n, i, OXC_KIND_EXECUTE, session) &&
            (i > notification || in_flight(n, i, session, notification)))
            return true;
    return false;
}

/* The EcDoRpcExt2 response with the first RopNotify after a notification, to the request that
 * fetches for it or a later one. What an answer before it held that could not be walked to its
 * end may have been the first. */
int delivery_of(const naive *n, int notification)
{
    int session = session_of(n, context_of_response(n, notification), notification);
    int fetch = fetch_of(n, notification);
    if (session == NOTHING || fetch == NOTHING)
        return NOTHING;
    for (int i = notification + 1; i < length(n); i++) {
        const entry *x = at(n, i);
        if (!is_response(n, x, OXC_KIND_EXECUTE) || at(n, x->call)->session != session ||
            x->call < fetch)
            continue;
        if (x->believed && x->e.rops.notified_count > 0)
            return i;
        if (is_unreadable(x) || x->e.rops.unwalked)
            return NOTHING;
    }
    return NOTHING;
}

/* The EcDoRpcExt2 response of the session that registered the handle, this one included. */
uint32_t registered_in(const naive *n, int session, uint32_t handle, int response)
{
    for (int i = response; i >= 0; i--) {
        const entry *x = at(n, i);
        if (!is_response(n, x, OXC_KIND_EXECUTE) || at(n, x->call)->session != session ||
            !x->believed)
            continue;
        for (size_t k = 0; k < x->e.rops.registered_count; k++)
            if (x->e.rops.registered[k] == handle)
                return x->e.frame;
    }
    return 0;
}
