/* naive.c
 * The rules and links once more, told slowly: what the tracker is compared with
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "naive.h"

#include <string.h>

#define SECOND          INT64_C(1000000000)
#define FIVE_MINUTES    (300 * SECOND)
#define STATUS_REJECTED 0x7EEu
#define STATUS_EXITING  0x3EDu
#define FLAG_PENDING    0x1u
#define OLDEST_SERVER   (UINT64_C(8) << 48 | UINT64_C(358) << 16)
#define NOTHING         (-1)

/* One thing that happened. The fields below the event are answers found by reading what was
 * there when it came in; they are kept only so as not to read it all again. */
typedef struct {
    oxc_event e;
    bool close;     /* a FIN or RST of e.connection, no PDU */
    int call;       /* the request that a response, fault, cancel or orphaned is about */
    bool unmatched; /* response */
    bool believed;  /* the stub was read and may be trusted */
    int session;    /* request of a session, EcDoConnectEx response: where the session begins */
    int context;    /* wait request, EcDoAsyncConnectEx response: where the context begins */
    uint64_t findings;
    uint64_t allowed;
    bool warns_unknown;
} entry;

typedef struct {
    uint32_t server;
    uint16_t port;
    bool split;
} connection;

struct naive {
    oxc_settings settings;
    GArray *connections;
    GArray *history;
};

static const oxc_handle null_handle;

static int length(const naive *n)
{
    return (int)n->history->len;
}

static entry *at(const naive *n, int i)
{
    return &g_array_index(n->history, entry, (guint)i);
}

static uint32_t server_of(const naive *n, const entry *x)
{
    return g_array_index(n->connections, connection, x->e.connection).server;
}

static int64_t grace(const naive *n)
{
    return (int64_t)n->settings.grace * SECOND;
}

static bool same_handle(const oxc_handle *a, const oxc_handle *b)
{
    return memcmp(a->bytes, b->bytes, OXC_HANDLE_SIZE) == 0;
}

static bool is_null(const oxc_handle *handle)
{
    return same_handle(handle, &null_handle);
}

static bool is_request(const entry *x, oxc_method method)
{
    return !x->close && x->e.type == OXC_EVENT_REQUEST && x->e.method == method;
}

/* A response that answers a call of that method. */
static bool is_response(const naive *n, const entry *x, oxc_method method)
{
    return !x->close && x->e.type == OXC_EVENT_RESPONSE && !x->unmatched &&
           at(n, x->call)->e.method == method;
}

static bool is_about_call(const entry *x)
{
    return !x->close && (x->e.type == OXC_EVENT_RESPONSE || x->e.type == OXC_EVENT_FAULT ||
                         x->e.type == OXC_EVENT_CANCEL || x->e.type == OXC_EVENT_ORPHANED);
}

/* Calls and their answers. */

static int call_of(const naive *n, const oxc_event *e, int before)
{
    for (int i = before - 1; i >= 0; i--) {
        const entry *x = at(n, i);
        if (!x->close && x->e.type == OXC_EVENT_REQUEST && x->e.connection == e->connection &&
            x->e.call_id == e->call_id)
            return i;
    }
    return NOTHING;
}

/* The response or fault of a call. */
static int answer_of(const naive *n, int request, int before)
{
    for (int i = request + 1; i < before; i++) {
        const entry *x = at(n, i);
        if (!x->close && x->call == request &&
            (x->e.type == OXC_EVENT_FAULT || (x->e.type == OXC_EVENT_RESPONSE && !x->unmatched)))
            return i;
    }
    return NOTHING;
}

/* Where the call stops being outstanding. A request that takes over the call id ends it, too:
 * nothing can be matched with the older call from then on, and less is said if it is over. */
static int end_of(const naive *n, int request, int before)
{
    const entry *r = at(n, request);
    for (int i = request + 1; i < before; i++) {
        const entry *x = at(n, i);
        if (x->e.connection != r->e.connection)
            continue;
        if (x->close)
            return i;
        if (is_about_call(x) && x->call == request && !x->unmatched)
            return i;
        if (x->e.type == OXC_EVENT_REQUEST && x->e.call_id == r->e.call_id)
            return i;
    }
    return NOTHING;
}

static bool ended_unanswered(const naive *n, int end)
{
    const entry *x = at(n, end);
    return x->close || (x->e.type != OXC_EVENT_RESPONSE && x->e.type != OXC_EVENT_FAULT);
}

/* Readable or not. */

static bool request_has_handle(oxc_method method)
{
    return method == OXC_METHOD_DISCONNECT || method == OXC_METHOD_REGISTER_PUSH ||
           method == OXC_METHOD_RPC_EXT2 || method == OXC_METHOD_ASYNC_CONNECT ||
           method == OXC_METHOD_ASYNC_WAIT;
}

static bool response_has_handle(oxc_method method)
{
    return method == OXC_METHOD_DISCONNECT || method == OXC_METHOD_REGISTER_PUSH ||
           method == OXC_METHOD_RPC_EXT2 || method == OXC_METHOD_ASYNC_CONNECT ||
           method == OXC_METHOD_CONNECT;
}

static bool is_unreadable(const entry *x)
{
    if (x->close || (x->e.type != OXC_EVENT_REQUEST && x->e.type != OXC_EVENT_RESPONSE))
        return false;
    if (!x->believed)
        return true;
    if (x->e.type == OXC_EVENT_REQUEST)
        return request_has_handle(x->e.method) && !x->e.has_handle;
    return (response_has_handle(x->e.method) && !x->e.has_handle) ||
           (x->e.method != OXC_METHOD_OTHER && !x->e.has_result);
}

static bool knows_handle(const entry *x)
{
    return x->believed && x->e.has_handle && !x->unmatched;
}

static bool knows_result(const entry *x)
{
    return x->believed && x->e.has_result && !x->unmatched;
}

static bool returned_zero(const entry *x)
{
    return knows_result(x) && x->e.status == 0;
}

/* "An earlier readable PDU of that server showed it": as a CXH or as an ACXH, in a request or in
 * the answer to one. */
static bool was_shown(const naive *n, const entry *about, int before)
{
    for (int i = 0; i < before; i++) {
        const entry *x = at(n, i);
        bool carries = !x->close &&
                       (x->e.type == OXC_EVENT_REQUEST
                            ? request_has_handle(x->e.method)
                            : x->e.type == OXC_EVENT_RESPONSE && response_has_handle(x->e.method));
        if (carries && !is_unreadable(x) && knows_handle(x) &&
            server_of(n, x) == server_of(n, about) && same_handle(&x->e.handle, &about->e.handle))
            return true;
    }
    return false;
}

static uint32_t attributes(const oxc_handle *handle)
{
    const uint8_t *b = handle->bytes;
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

static bool believable_request(const naive *n, const entry *x, int before)
{
    if (!request_has_handle(x->e.method) || !x->e.has_handle || is_null(&x->e.handle))
        return true;
    bool reserved_zero = x->e.method != OXC_METHOD_ASYNC_WAIT || x->e.flags == 0;
    return (reserved_zero && attributes(&x->e.handle) <= 0xFF) || was_shown(n, x, before);
}

static bool has_name(uint32_t status)
{
    static const uint32_t named[] = {
        0,          0x3EB,      0x3ED,      0x3F0,      0x3F2,      0x47D,      0x480,
        0x4B6,      0x4B9,      0x4DF,      0x4E0,      0x4E1,      0x6BB,      0x6F7,
        0x7D8,      0x7EE,      0x970,      0x80004005, 0x80040102, 0x80040110, 0x80040111,
        0x80040115, 0x80040305, 0x80040605, 0x80070005, 0x80070057,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++)
        if (named[i] == status)
            return true;
    return false;
}

static bool believable_response(const entry *x)
{
    return x->e.has_result && has_name(x->e.status) &&
           (x->e.method != OXC_METHOD_ASYNC_WAIT || x->e.flags <= 1);
}

static bool is_believed(const naive *n, const entry *x, int before)
{
    if (x->e.stub != OXC_STUB_DECRYPTED || x->e.method == OXC_METHOD_OTHER)
        return x->e.stub != OXC_STUB_UNREAD;
    return x->e.type == OXC_EVENT_REQUEST ? believable_request(n, x, before)
                                          : believable_response(x);
}

/* Sessions. */

/* EcDoConnectEx has returned the CXH of a new session. A CXH beside an error is none. */
static bool opens_session(const naive *n, const entry *x)
{
    return is_response(n, x, OXC_METHOD_CONNECT) && knows_handle(x) && returned_zero(x) &&
           !is_null(&x->e.handle);
}

static bool carries_cxh(const entry *x)
{
    return !x->close && x->e.type == OXC_EVENT_REQUEST && request_has_handle(x->e.method) &&
           x->e.method != OXC_METHOD_ASYNC_WAIT && knows_handle(x) && !is_null(&x->e.handle);
}

/* Where the session begins that the CXH names: at the latest EcDoConnectEx response that returned
 * it or, without one, at the first request that carried it. */
static int session_named(const naive *n, uint32_t server, const oxc_handle *cxh, int before)
{
    int first = NOTHING;
    for (int i = before - 1; i >= 0; i--) {
        const entry *x = at(n, i);
        if (x->close || server_of(n, x) != server || !same_handle(&x->e.handle, cxh))
            continue;
        if (opens_session(n, x))
            return i;
        if (carries_cxh(x))
            first = i;
    }
    return first;
}

/* Whether entry i ends the session that begins at entry s. A response that was cut short behind a
 * null CXH is unreadable and ends nothing. */
static bool ends_session(const naive *n, int i, int s)
{
    const entry *x = at(n, i);
    const entry *opened = at(n, s);
    if (x->close || x->e.type != OXC_EVENT_RESPONSE || x->unmatched)
        return false;
    if (opens_session(n, x))
        return server_of(n, x) == server_of(n, opened) &&
               same_handle(&x->e.handle, &opened->e.handle);
    if (at(n, x->call)->session != s)
        return false;
    if (is_response(n, x, OXC_METHOD_DISCONNECT))
        return returned_zero(x);
    return (is_response(n, x, OXC_METHOD_RPC_EXT2) ||
            is_response(n, x, OXC_METHOD_REGISTER_PUSH)) &&
           !is_unreadable(x) && is_null(&x->e.handle);
}

static int session_end(const naive *n, int s, int before)
{
    for (int i = s + 1; i < before; i++)
        if (ends_session(n, i, s))
            return i;
    return NOTHING;
}

static bool was_opened(const naive *n, int s)
{
    return s != NOTHING && opens_session(n, at(n, s));
}

static bool alive(const naive *n, int s, int before)
{
    return s != NOTHING && session_end(n, s, before) == NOTHING;
}

/* "Explained" goes by the 20 bytes alone. */
static bool is_explained(const naive *n, const oxc_handle *handle, oxc_method by, int before)
{
    for (int i = 0; i < before; i++) {
        const entry *x = at(n, i);
        if (is_response(n, x, by) && knows_handle(x) && returned_zero(x) &&
            same_handle(&x->e.handle, handle))
            return true;
    }
    return false;
}

/* Contexts. */

static bool returns_acxh(const naive *n, const entry *x)
{
    return is_response(n, x, OXC_METHOD_ASYNC_CONNECT) && knows_handle(x) && returned_zero(x) &&
           !is_null(&x->e.handle);
}

static bool carries_acxh(const entry *x)
{
    return is_request(x, OXC_METHOD_ASYNC_WAIT) && knows_handle(x) && !is_null(&x->e.handle);
}

/* The session that a context was issued for: none if only waits showed it. */
static int issued_for(const naive *n, int context)
{
    const entry *x = at(n, context);
    return x->e.type == OXC_EVENT_RESPONSE ? at(n, x->call)->session : NOTHING;
}

/* Where the context begins that the ACXH names. A context that only waits showed is not "its own
 * live session's": the first EcDoAsyncConnectEx response begins a new one. */
static int context_named(const naive *n, uint32_t server, const oxc_handle *acxh, int before)
{
    int context = NOTHING;
    for (int i = 0; i < before; i++) {
        const entry *x = at(n, i);
        if (x->close || server_of(n, x) != server || !same_handle(&x->e.handle, acxh))
            continue;
        if (carries_acxh(x) && context == NOTHING)
            context = i;
        if (!returns_acxh(n, x))
            continue;
        int session = at(n, x->call)->session;
        if (context == NOTHING || session == NOTHING || issued_for(n, context) != session ||
            !alive(n, session, i))
            context = i;
    }
    return context;
}

/* The session to which a context is bound: none any more once it has been replaced. */
static int session_of(const naive *n, int context, int before)
{
    const entry *x = at(n, context);
    if (context_named(n, server_of(n, x), &x->e.handle, before) != context)
        return NOTHING;
    return issued_for(n, context);
}

static bool begins_context(const naive *n, int i)
{
    return at(n, i)->context == i;
}

/* The latest EcDoAsyncConnectEx response that returned the handle, on its own server. */
static int last_return(const naive *n, uint32_t server, const oxc_handle *acxh, int before)
{
    for (int i = before - 1; i >= 0; i--) {
        const entry *x = at(n, i);
        if (returns_acxh(n, x) && server_of(n, x) == server && same_handle(&x->e.handle, acxh))
            return i;
    }
    return NOTHING;
}

/* Waits. */

static bool is_wait_of(const naive *n, int i, int context)
{
    return is_request(at(n, i), OXC_METHOD_ASYNC_WAIT) && at(n, i)->context == context;
}

static int previous_wait(const naive *n, int context, int before)
{
    for (int i = before - 1; i >= 0; i--)
        if (is_wait_of(n, i, context))
            return i;
    return NOTHING;
}

static bool is_wait_response_of(const naive *n, int i, int context)
{
    const entry *x = at(n, i);
    return is_response(n, x, OXC_METHOD_ASYNC_WAIT) && at(n, x->call)->context == context;
}

/* The latest response of a wait of the context that could be read. */
static int previous_response(const naive *n, int context, int before)
{
    for (int i = before - 1; i >= 0; i--)
        if (is_wait_response_of(n, i, context) && knows_result(at(n, i)))
            return i;
    return NOTHING;
}

static bool is_notification(const naive *n, int i)
{
    const entry *x = at(n, i);
    return is_response(n, x, OXC_METHOD_ASYNC_WAIT) && returned_zero(x) &&
           (x->e.flags & FLAG_PENDING) != 0 && at(n, x->call)->context != NOTHING;
}

static int context_of_response(const naive *n, int response)
{
    return at(n, at(n, response)->call)->context;
}

static bool outstanding(const naive *n, int wait, int before)
{
    return end_of(n, wait, before) == NOTHING;
}

/* Whether the response ends its wait. One that comes after a cancel or close does not: it says
 * nothing about how long the wait took, nor that it was accepted or refused while it was out. */
static bool ends_wait(const naive *n, int response)
{
    return end_of(n, at(n, response)->call, response + 1) == response;
}

static bool were_outstanding_together(const naive *n, int a, int b, int before)
{
    int end_a = end_of(n, a, before);
    int end_b = end_of(n, b, before);
    return (end_a == NOTHING || b < end_a) && (end_b == NOTHING || a < end_b);
}

/* "No other wait of the context was outstanding at any time while it was, and none had ended
 * unanswered before": before the response, and the wait itself is one of them if it was
 * cancelled first. */
static bool rejected_alone(const naive *n, int wait, int response)
{
    int context = at(n, wait)->context;
    for (int i = 0; i < response; i++) {
        if (!is_wait_of(n, i, context))
            continue;
        int end = end_of(n, i, response);
        if (end != NOTHING && ended_unanswered(n, end))
            return false;
        if (i != wait && were_outstanding_together(n, i, wait, response))
            return false;
    }
    return true;
}

/* Fetching and delivery. */

static bool is_fetch(const naive *n, int i, int session)
{
    return is_request(at(n, i), OXC_METHOD_RPC_EXT2) && at(n, i)->session == session;
}

static bool was_closed(const naive *n, uint32_t number, int before)
{
    for (int i = 0; i < before; i++)
        if (at(n, i)->close && at(n, i)->e.connection == number)
            return true;
    return false;
}

/* The EcDoRpcExt2 request that fetches for a notification: of those in flight when it came the
 * oldest, else the first after it. One whose connection has been closed is not in flight. */
static int fetch_of(const naive *n, int notification)
{
    int session = session_of(n, context_of_response(n, notification), notification);
    for (int i = 0; i < length(n) && session != NOTHING; i++) {
        if (!is_fetch(n, i, session))
            continue;
        if (i > notification || (answer_of(n, i, notification) == NOTHING &&
                                 !was_closed(n, at(n, i)->e.connection, notification)))
            return i;
    }
    return NOTHING;
}

/* "Still unanswered" is every request without response or fault: also one that was cancelled or
 * whose connection was closed. */
static bool is_fetched(const naive *n, int notification, int before)
{
    int session = session_of(n, context_of_response(n, notification), notification);
    for (int i = 0; i < before && session != NOTHING; i++)
        if (is_fetch(n, i, session) &&
            (i > notification || answer_of(n, i, notification) == NOTHING))
            return true;
    return false;
}

/* The EcDoRpcExt2 response with the first RopNotify after a notification, to the request that
 * fetches for it or a later one. */
static int delivery_of(const naive *n, int notification)
{
    int session = session_of(n, context_of_response(n, notification), notification);
    int fetch = fetch_of(n, notification);
    if (session == NOTHING || fetch == NOTHING)
        return NOTHING;
    for (int i = notification + 1; i < length(n); i++) {
        const entry *x = at(n, i);
        if (is_response(n, x, OXC_METHOD_RPC_EXT2) && at(n, x->call)->session == session &&
            x->believed && x->e.notified_count > 0 && x->call >= fetch)
            return i;
    }
    return NOTHING;
}

/* The EcDoRpcExt2 response of the session that registered the handle, this one included. */
static uint32_t registered_in(const naive *n, int session, uint32_t handle, int response)
{
    for (int i = response; i >= 0; i--) {
        const entry *x = at(n, i);
        if (!is_response(n, x, OXC_METHOD_RPC_EXT2) || at(n, x->call)->session != session ||
            !x->believed)
            continue;
        for (size_t k = 0; k < x->e.registered_count; k++)
            if (x->e.registered[k] == handle)
                return x->e.frame;
    }
    return 0;
}

/* Associations. */

static int bind_of(const naive *n, int bind_ack)
{
    const entry *ack = at(n, bind_ack);
    for (int i = bind_ack - 1; i >= 0; i--) {
        const entry *x = at(n, i);
        if (!x->close && x->e.type == OXC_EVENT_BIND && x->e.connection == ack->e.connection &&
            x->e.call_id == ack->e.call_id)
            return i;
    }
    return NOTHING;
}

/* The group that a bind_ack puts its connection into, or 0 if none is known. */
static uint32_t group_of(const naive *n, int bind_ack)
{
    int bind = bind_of(n, bind_ack);
    if (bind == NOTHING || at(n, bind_ack)->e.group_id == 0)
        return 0;
    uint32_t asked = at(n, bind)->e.group_id;
    return asked != 0 ? asked : at(n, bind_ack)->e.group_id;
}

static bool same_endpoint(const naive *n, uint32_t a, uint32_t b)
{
    const connection *x = &g_array_index(n->connections, connection, a);
    const connection *y = &g_array_index(n->connections, connection, b);
    return x->server == y->server && x->port == y->port;
}

/* An association is named by the bind_ack that made it. */
static int association_made_or_joined(const naive *n, int bind_ack)
{
    uint32_t group = group_of(n, bind_ack);
    if (group == 0 || at(n, bind_of(n, bind_ack))->e.group_id == 0)
        return bind_ack;
    for (int i = bind_ack - 1; i >= 0; i--) {
        const entry *x = at(n, i);
        if (!x->close && x->e.type == OXC_EVENT_BIND_ACK &&
            same_endpoint(n, x->e.connection, at(n, bind_ack)->e.connection) &&
            group_of(n, i) == group)
            return association_made_or_joined(n, i);
    }
    return bind_ack;
}

/* Before its bind_ack, a connection has an association of its own: a number below NOTHING. */
static int association_of(const naive *n, uint32_t number, int before)
{
    for (int i = before - 1; i >= 0; i--) {
        const entry *x = at(n, i);
        if (!x->close && x->e.type == OXC_EVENT_BIND_ACK && x->e.connection == number)
            return association_made_or_joined(n, i);
    }
    return NOTHING - 1 - (int)number;
}

static bool began_in_capture(const naive *n, int association)
{
    return association >= 0 && group_of(n, association) != 0 &&
           at(n, bind_of(n, association))->e.group_id == 0;
}

static bool makes_hole(const naive *n, int i, int before)
{
    const entry *x = at(n, i);
    if (x->close)
        return false;
    if (x->e.type == OXC_EVENT_LOST)
        return true;
    if (x->e.type == OXC_EVENT_RESPONSE)
        return x->unmatched;
    if (!is_request(x, OXC_METHOD_CONNECT) && !is_request(x, OXC_METHOD_ASYNC_CONNECT))
        return false;
    int answer = answer_of(n, i, before);
    return answer == NOTHING || is_unreadable(at(n, answer));
}

/* A call that a connection carried before its bind_ack: it is not known what it was sent on. */
static bool was_sent_outside(const naive *n, int i, int association)
{
    const entry *x = at(n, i);
    return !x->close && x->e.type == OXC_EVENT_REQUEST &&
           association_of(n, x->e.connection, i) != association;
}

/* Whether the association of a connection is complete, as the call at entry i finds it. */
static bool is_complete(const naive *n, int i)
{
    if (n->settings.assume_complete)
        return true;
    int association = association_of(n, at(n, i)->e.connection, i);
    if (!began_in_capture(n, association))
        return false;
    bool connected = false;
    for (int k = 0; k < i; k++) {
        if (association_of(n, at(n, k)->e.connection, i) != association)
            continue;
        if (makes_hole(n, k, i) || was_sent_outside(n, k, association))
            return false;
        connected = connected || is_request(at(n, k), OXC_METHOD_CONNECT);
    }
    return connected;
}

/* Rules. */

#define REPORT(n, i, rule) (at(n, i)->findings |= UINT64_C(1) << (OXC_RULE_##rule))
#define ALLOW(n, i, rule)  (at(n, i)->allowed |= UINT64_C(1) << (OXC_RULE_##rule))

static bool reported_before(const naive *n, int i, oxc_rule_id rule)
{
    const entry *about = at(n, i);
    for (int k = 0; k < i; k++) {
        const entry *x = at(n, k);
        if (!x->close && (x->findings >> rule & 1) != 0 && server_of(n, x) == server_of(n, about) &&
            same_handle(&x->e.handle, &about->e.handle))
            return true;
    }
    return false;
}

/* "An EcDoConnectEx or EcDoRpcExt2 response of that server returned the 20 bytes as a CXH". What
 * an EcDoRpcExt2 response gives instead of the CXH of its request is not known to be one. */
static bool returned_as_cxh(const naive *n, int i)
{
    for (int k = 0; k < i; k++) {
        const entry *x = at(n, k);
        bool returns = is_response(n, x, OXC_METHOD_CONNECT) ||
                       (is_response(n, x, OXC_METHOD_RPC_EXT2) &&
                        same_handle(&x->e.handle, &at(n, x->call)->e.handle));
        if (returns && knows_handle(x) && returned_zero(x) &&
            server_of(n, x) == server_of(n, at(n, i)) &&
            same_handle(&x->e.handle, &at(n, i)->e.handle))
            return true;
    }
    return false;
}

static void judge_unexplained_wait(naive *n, int i)
{
    if (is_explained(n, &at(n, i)->e.handle, OXC_METHOD_ASYNC_CONNECT, i))
        return;
    at(n, i)->warns_unknown = began_in_capture(n, association_of(n, at(n, i)->e.connection, i));
    ALLOW(n, i, wait_handle_unknown);
    if (is_complete(n, i) || returned_as_cxh(n, i))
        REPORT(n, i, wait_without_connect);
    else if (!reported_before(n, i, OXC_RULE_wait_handle_unknown))
        REPORT(n, i, wait_handle_unknown);
}

static int64_t last_sign_of_life(const naive *n, uint32_t number, int before)
{
    for (int i = before - 1; i >= 0; i--) {
        const entry *x = at(n, i);
        if (!x->close && x->e.connection == number && x->e.type != OXC_EVENT_LOST &&
            x->e.type != OXC_EVENT_UNSEEN)
            return x->e.time;
    }
    return 0;
}

/* A wait that was answered after all, faulted, cancelled or replaced was not dropped. */
static bool was_dropped(const naive *n, int wait, int i)
{
    if (wait == NOTHING || at(n, wait)->e.connection == at(n, i)->e.connection)
        return false;
    int end = end_of(n, wait, i);
    if (answer_of(n, wait, i) != NOTHING || (end != NOTHING && !at(n, end)->close))
        return false;
    int64_t silent = at(n, i)->e.time - last_sign_of_life(n, at(n, wait)->e.connection, i);
    return silent > FIVE_MINUTES + grace(n);
}

/* Whether the handle was returned again since the wait, for a session from before the capture: if
 * that had ended there, another context began. */
static bool maybe_replaced(const naive *n, int wait, int before)
{
    const entry *x = at(n, wait);
    int session = issued_for(n, x->context);
    return session != NOTHING && !was_opened(n, session) &&
           last_return(n, server_of(n, x), &x->e.handle, before) > wait;
}

/* A wait ends also where the next one of its context shows it to have been dropped. */
static bool seen_dropped(const naive *n, int wait, int before)
{
    for (int i = wait + 1; i < before; i++)
        if (is_wait_of(n, i, at(n, wait)->context))
            return was_dropped(n, wait, i);
    return false;
}

/* Whether what a client sends on a connection tells which answers it has got there: not over RPC
 * over HTTP, and not where all answers may go another way, since no PDU of the server has ever
 * come. */
static bool tells_what_came(const naive *n, uint32_t number, int before)
{
    if (g_array_index(n->connections, connection, number).split)
        return false;
    for (int i = 0; i < before; i++) {
        const entry *x = at(n, i);
        if (!x->close && x->e.connection == number &&
            (x->e.type == OXC_EVENT_BIND_ACK || x->e.type == OXC_EVENT_RESPONSE ||
             x->e.type == OXC_EVENT_FAULT))
            return true;
    }
    return false;
}

/* Whether the request i proves that the wait is out: the client could not have sent it otherwise.
 */
static bool surely_overlaps(const naive *n, int wait, int i)
{
    return at(n, wait)->e.connection == at(n, i)->e.connection &&
           tells_what_came(n, at(n, i)->e.connection, i) && outstanding(n, wait, i) &&
           !maybe_replaced(n, wait, i);
}

static bool likely_overlaps(const naive *n, int wait, int i)
{
    return outstanding(n, wait, i) && !maybe_replaced(n, wait, i) && !seen_dropped(n, wait, i);
}

static void judge_overlap(naive *n, int i)
{
    int context = at(n, i)->context;
    bool same = false;
    bool other = false;
    for (int k = 0; k < i; k++) {
        if (!is_wait_of(n, k, context))
            continue;
        same = same || surely_overlaps(n, k, i);
        other = other || likely_overlaps(n, k, i);
        if (outstanding(n, k, i))
            ALLOW(n, i, wait_overlap_suspected);
        if (surely_overlaps(n, k, i))
            ALLOW(n, i, wait_overlap);
    }
    int previous = previous_wait(n, context, i);
    bool dropped = was_dropped(n, previous, i) && !maybe_replaced(n, previous, i);
    if (same)
        REPORT(n, i, wait_overlap);
    if (dropped)
        REPORT(n, i, wait_dropped);
    if (other && !same && !dropped)
        REPORT(n, i, wait_overlap_suspected);
}

static int association_of_call(const naive *n, int request)
{
    return association_of(n, at(n, request)->e.connection, request);
}

/* The association in which a session was opened or, without its EcDoConnectEx, first seen. */
static int home_of(const naive *n, int session)
{
    const entry *x = at(n, session);
    return association_of_call(n, x->e.type == OXC_EVENT_REQUEST ? session : x->call);
}

/* Whether an EcDoConnectEx or EcDoAsyncConnectEx is out when call i comes, whose answer may make a
 * handle of the session good again: one of its own, or one in its association or that of the call.
 * On another connection the answer may have been given though it is not there yet. */
static bool awaits(const naive *n, int session, oxc_method method, int i)
{
    for (int k = 0; k < i; k++) {
        if (!is_request(at(n, k), method) || answer_of(n, k, i) != NOTHING)
            continue;
        int association = association_of_call(n, k);
        if (association == association_of_call(n, i))
            return true;
        if (session != NOTHING &&
            (association == home_of(n, session) || at(n, k)->session == session))
            return true;
    }
    return false;
}

static bool keeps_to_a_connection(const naive *n, int wait, int before)
{
    for (int i = 0; i < before; i++)
        if (is_wait_of(n, i, at(n, wait)->context) &&
            at(n, i)->e.connection != at(n, wait)->e.connection)
            return false;
    return true;
}

/* A Rejected that proves something. Of a session that is older than the capture another wait may
 * be out, or the context may be older than it looks. On a second connection one may be out that the
 * capture does not hold. */
static bool rejection_counts(const naive *n, int wait, int response)
{
    return was_opened(n, issued_for(n, at(n, wait)->context)) &&
           rejected_alone(n, wait, response) && keeps_to_a_connection(n, wait, response);
}

/* Where the server never returned the handle (it is explained by its bytes on another address),
 * there is no "last EcDoAsyncConnectEx response that returned the handle" and nothing is said. */
static void judge_after_error(naive *n, int i)
{
    const entry *wait = at(n, i);
    int returned = last_return(n, server_of(n, wait), &wait->e.handle, i);
    if (returned == NOTHING)
        return;
    for (int k = returned + 1; k < i; k++) {
        const entry *x = at(n, k);
        if (!is_wait_response_of(n, k, wait->context) || !ends_wait(n, k) || !knows_result(x) ||
            x->e.status == 0)
            continue;
        if (x->e.status == STATUS_REJECTED && !rejection_counts(n, x->call, k))
            continue;
        ALLOW(n, i, wait_after_error);
        if (!maybe_replaced(n, x->call, i) &&
            !awaits(n, session_of(n, wait->context, i), OXC_METHOD_ASYNC_CONNECT, i))
            REPORT(n, i, wait_after_error);
    }
}

/* A session that ends because EcDoConnectEx returns its CXH, and that was first seen while that
 * call was out: who used the CXH must have had the answer, and the capture has the two in the wrong
 * order. It is the session that begins there. */
static bool is_same_session(const naive *n, int session, int end)
{
    return opens_session(n, at(n, end)) && !was_opened(n, session) && session > at(n, end)->call;
}

static void judge_wait_request(naive *n, int i)
{
    const entry *wait = at(n, i);
    if (!knows_handle(wait))
        return;
    if (is_null(&wait->e.handle)) {
        REPORT(n, i, wait_null_handle);
        return;
    }
    if (wait->e.flags != 0)
        REPORT(n, i, flags_in_nonzero);
    judge_unexplained_wait(n, i);
    judge_overlap(n, i);
    judge_after_error(n, i);
    int session = session_of(n, wait->context, i);
    int end = session == NOTHING ? NOTHING : session_end(n, session, i);
    if (end == NOTHING)
        return;
    bool races = wait->e.time - at(n, end)->e.time < SECOND;
    at(n, i)->allowed |=
        UINT64_C(1) << (races ? OXC_RULE_wait_races_disconnect : OXC_RULE_wait_after_disconnect);
    if (is_same_session(n, session, end) || awaits(n, session, OXC_METHOD_ASYNC_CONNECT, i) ||
        awaits(n, session, OXC_METHOD_CONNECT, i))
        return;
    if (races)
        REPORT(n, i, wait_races_disconnect);
    else
        REPORT(n, i, wait_after_disconnect);
}

static void judge_unexplained_connect(naive *n, int i)
{
    if (is_explained(n, &at(n, i)->e.handle, OXC_METHOD_CONNECT, i))
        return;
    ALLOW(n, i, connect_session_unknown);
    if (is_complete(n, i))
        REPORT(n, i, connect_without_session);
    else if (!reported_before(n, i, OXC_RULE_connect_session_unknown))
        REPORT(n, i, connect_session_unknown);
}

/* A fault is no response: it does not change what the last response was. */
static void judge_repeated(naive *n, int i)
{
    int session = at(n, i)->session;
    if (!alive(n, session, i))
        return;
    for (int k = 0; k < i; k++) {
        if (!begins_context(n, k) || session_of(n, k, i) != session)
            continue;
        int response = previous_response(n, k, i);
        if (response == NOTHING || at(n, response)->e.status == 0)
            REPORT(n, i, connect_repeated);
    }
}

static void judge_async_connect_request(naive *n, int i)
{
    const entry *x = at(n, i);
    if (!knows_handle(x))
        return;
    if (is_null(&x->e.handle)) {
        REPORT(n, i, connect_null_session);
        return;
    }
    judge_unexplained_connect(n, i);
    judge_repeated(n, i);
    int end = session_end(n, x->session, i);
    uint64_t version = at(n, x->session)->e.server_version;
    if (end == NOTHING) {
        if (was_opened(n, x->session) && version != 0 && version < OLDEST_SERVER)
            REPORT(n, i, connect_unsupported_server);
        return;
    }
    bool races = x->e.time - at(n, end)->e.time < SECOND;
    at(n, i)->allowed |= UINT64_C(1) << (races ? OXC_RULE_connect_races_disconnect
                                               : OXC_RULE_connect_after_disconnect);
    if (is_same_session(n, x->session, end) || awaits(n, x->session, OXC_METHOD_CONNECT, i))
        return;
    if (races)
        REPORT(n, i, connect_races_disconnect);
    else
        REPORT(n, i, connect_after_disconnect);
}

/* A wait on a context of the session counts also if the context has been replaced since. */
static void judge_never_waited(naive *n, int i)
{
    int session = at(n, i)->session;
    bool live = false;
    for (int k = 0; k < i; k++) {
        if (is_request(at(n, k), OXC_METHOD_ASYNC_WAIT) && at(n, k)->context != NOTHING &&
            issued_for(n, at(n, k)->context) == session)
            return;
        live = live || (begins_context(n, k) && session_of(n, k, i) == session);
    }
    if (live && alive(n, session, i))
        REPORT(n, i, connect_not_followed_by_wait);
}

/* All but "once for each": whether entry i completes the evidence that a notification was left. */
static bool is_left(const naive *n, int notification, int i)
{
    int session = session_of(n, context_of_response(n, notification), i);
    return alive(n, session, notification) && !is_fetched(n, notification, i) &&
           at(n, i)->e.time - at(n, notification)->e.time > grace(n);
}

static int previous_notification(const naive *n, int context, int before)
{
    for (int i = before - 1; i >= 0; i--)
        if (is_wait_response_of(n, i, context) && is_notification(n, i))
            return i;
    return NOTHING;
}

/* Since it is the last of its context, only an EcDoDisconnect can have reported it before. */
static bool left_before(const naive *n, int notification, int i)
{
    int session = session_of(n, context_of_response(n, notification), i);
    for (int k = notification + 1; k < i; k++)
        if (is_request(at(n, k), OXC_METHOD_DISCONNECT) && at(n, k)->session == session &&
            is_left(n, notification, k))
            return true;
    return false;
}

static void judge_left(naive *n, int notification, int i)
{
    if (notification == NOTHING || !is_left(n, notification, i))
        return;
    ALLOW(n, i, notification_not_fetched);
    if (!left_before(n, notification, i))
        REPORT(n, i, notification_not_fetched);
}

static void judge_disconnect_request(naive *n, int i)
{
    int session = at(n, i)->session;
    if (session == NOTHING)
        return;
    judge_never_waited(n, i);
    for (int k = 0; k < i; k++)
        if (begins_context(n, k) && session_of(n, k, i) == session)
            judge_left(n, previous_notification(n, k, i), i);
}

static void judge_request(naive *n, int i)
{
    const entry *x = at(n, i);
    if (is_request(x, OXC_METHOD_ASYNC_WAIT))
        judge_wait_request(n, i);
    else if (is_request(x, OXC_METHOD_ASYNC_CONNECT))
        judge_async_connect_request(n, i);
    else if (is_request(x, OXC_METHOD_DISCONNECT))
        judge_disconnect_request(n, i);
    else if (is_request(x, OXC_METHOD_RPC_EXT2) && x->session != NOTHING &&
             (x->e.rop_faults & OXC_ROP_NOTIFY_IN_REQUEST) != 0)
        REPORT(n, i, rop_notify_in_request);
}

/* The bounds on every rule on a response: its session was opened in the capture (then its handle
 * is explained) and had not ended when the request was sent. */
static bool may_judge_response(const naive *n, int session, int request)
{
    return was_opened(n, session) && alive(n, session, request);
}

/* An EcDoDisconnect is out: the server may be done with it, and its answer be on the way. */
static bool is_ending(const naive *n, int session, int before)
{
    for (int i = 0; i < before; i++)
        if (is_request(at(n, i), OXC_METHOD_DISCONNECT) && at(n, i)->session == session &&
            answer_of(n, i, before) == NOTHING)
            return true;
    return false;
}

/* The other session must have been opened in the capture: of an older one it is not known that
 * it is still alive. */
static void judge_async_connect_response(naive *n, int i)
{
    const entry *x = at(n, i);
    int session = at(n, x->call)->session;
    if (!knows_handle(x) || !knows_result(x))
        return;
    bool none = is_null(&x->e.handle);
    if (x->e.status != 0) {
        if (!none)
            REPORT(n, i, connect_handle_on_failure);
        return;
    }
    if (none) {
        REPORT(n, i, connect_null_on_success);
        return;
    }
    int context = context_named(n, server_of(n, x), &x->e.handle, i);
    int bound = context == NOTHING ? NOTHING : issued_for(n, context);
    if (bound != session && was_opened(n, bound) && alive(n, bound, i)) {
        ALLOW(n, i, connect_handle_reused);
        if (!is_ending(n, bound, i))
            REPORT(n, i, connect_handle_reused);
    }
}

static void judge_rpc_response(naive *n, int i)
{
    const entry *x = at(n, i);
    if (knows_handle(x) && returned_zero(x) && !is_null(&x->e.handle) &&
        !same_handle(&x->e.handle, &at(n, x->call)->e.handle))
        REPORT(n, i, session_handle_changed);
    if (x->believed && (x->e.rop_faults & OXC_ROP_NOTIFY_FLAGS_INVALID) != 0)
        REPORT(n, i, notify_flags_invalid);
}

/* Whether wait k was sent over another TCP connection than the one that brings the answer to wait.
 */
static bool travels_apart(const naive *n, int k, int wait)
{
    uint32_t number = at(n, wait)->e.connection;
    return at(n, k)->e.connection != number ||
           g_array_index(n->connections, connection, number).split;
}

static bool is_between(const naive *n, int first, int k, int last)
{
    return at(n, first)->e.time <= at(n, k)->e.time && at(n, k)->e.time <= at(n, last)->e.time;
}

/* A wait that a cancel has ended since counts, one whose connection has been closed does not. The
 * last wait in between decides: by its time it has to be in between, too. */
static void judge_late_overlap(naive *n, int i)
{
    int wait = at(n, i)->call;
    int context = at(n, wait)->context;
    int end = end_of(n, wait, i);
    int last = NOTHING;
    if (end != NOTHING && at(n, end)->close)
        return;
    for (int k = wait + 1; k < i; k++) {
        if (!is_wait_of(n, k, context) || !travels_apart(n, k, wait) || !outstanding(n, wait, k))
            continue;
        last = k;
        if (is_between(n, wait, k, i))
            ALLOW(n, i, wait_overlap);
    }
    if (last != NOTHING && is_between(n, wait, last, i))
        REPORT(n, i, wait_overlap);
}

static void judge_both_accepted(naive *n, int i)
{
    int wait = at(n, i)->call;
    if (!ends_wait(n, i))
        return;
    for (int k = 0; k < i; k++)
        if (is_wait_response_of(n, k, at(n, wait)->context) && returned_zero(at(n, k)) &&
            ends_wait(n, k) && were_outstanding_together(n, at(n, k)->call, wait, i))
            REPORT(n, i, overlap_not_rejected);
}

/* "None fetched since the first": none of the three is fetched by now. The report is not repeated
 * until an EcDoRpcExt2 request has been sent on the session. */
static void judge_busy_loop(naive *n, int i, int session)
{
    int context = context_of_response(n, i);
    int second = previous_response(n, context, i);
    int first = second == NOTHING ? NOTHING : previous_response(n, context, second);
    if (first == NOTHING || !is_notification(n, second) || !is_notification(n, first))
        return;
    if (at(n, i)->e.time - at(n, second)->e.time >= SECOND ||
        at(n, second)->e.time - at(n, first)->e.time >= SECOND)
        return;
    if (is_fetched(n, first, i) || is_fetched(n, second, i) || is_fetched(n, i, i))
        return;
    ALLOW(n, i, wait_busy_loop);
    for (int k = i - 1; k >= 0; k--) {
        if (is_request(at(n, k), OXC_METHOD_RPC_EXT2) && at(n, k)->session == session)
            break;
        if (is_wait_response_of(n, k, context) &&
            (at(n, k)->findings >> OXC_RULE_wait_busy_loop & 1) != 0)
            return;
    }
    REPORT(n, i, wait_busy_loop);
}

static bool disconnect_sent(const naive *n, int session, int from, int before)
{
    for (int i = from; i < before; i++)
        if (is_request(at(n, i), OXC_METHOD_DISCONNECT) && at(n, i)->session == session)
            return true;
    return false;
}

static void judge_duration(naive *n, int i, int session)
{
    const entry *x = at(n, i);
    if (!ends_wait(n, i))
        return;
    int last = at(n, session)->call;
    for (int k = 0; k < i; k++)
        if (is_request(at(n, k), OXC_METHOD_RPC_EXT2) && at(n, k)->session == session)
            last = k;
    int64_t waited = x->e.time - at(n, x->call)->e.time;
    int64_t idle = x->e.time - at(n, last)->e.time;
    int64_t early = FIVE_MINUTES - grace(n);
    int64_t late = FIVE_MINUTES + grace(n);
    if (x->e.flags == 0 && waited < early && idle < early &&
        !disconnect_sent(n, session, x->call, i))
        REPORT(n, i, wait_completed_early);
    if (waited > late && idle > late)
        REPORT(n, i, wait_overdue);
}

static void judge_wait_response(naive *n, int i)
{
    const entry *x = at(n, i);
    int context = at(n, x->call)->context;
    int session = context == NOTHING ? NOTHING : session_of(n, context, i);
    if (!may_judge_response(n, session, x->call))
        return;
    judge_late_overlap(n, i);
    if (!knows_result(x))
        return;
    if ((x->e.flags & ~FLAG_PENDING) != 0)
        REPORT(n, i, flags_out_reserved);
    if (x->e.status == STATUS_REJECTED && rejected_alone(n, x->call, i))
        REPORT(n, i, rejected_without_overlap);
    if (x->e.status != 0)
        return;
    judge_both_accepted(n, i);
    judge_duration(n, i, session);
    if (!is_notification(n, i))
        return;
    judge_busy_loop(n, i, session);
    judge_left(n, previous_notification(n, context, i), i);
}

static void judge_response(naive *n, int i)
{
    const entry *x = at(n, i);
    if (x->unmatched)
        return;
    if (is_response(n, x, OXC_METHOD_ASYNC_WAIT)) {
        judge_wait_response(n, i);
        return;
    }
    if (!may_judge_response(n, at(n, x->call)->session, x->call))
        return;
    if (is_response(n, x, OXC_METHOD_ASYNC_CONNECT))
        judge_async_connect_response(n, i);
    else if (is_response(n, x, OXC_METHOD_RPC_EXT2))
        judge_rpc_response(n, i);
    else if (is_response(n, x, OXC_METHOD_DISCONNECT) && knows_handle(x) && returned_zero(x) &&
             !is_null(&x->e.handle))
        REPORT(n, i, disconnect_handle_not_null);
}

/* Links. */

static uint32_t session_number(const naive *n, int session)
{
    if (session == NOTHING)
        return OXC_NONE;
    uint32_t number = 0;
    for (int i = 0; i < session; i++)
        number += at(n, i)->session == i;
    return number;
}

static uint32_t context_number(const naive *n, int context)
{
    if (context == NOTHING)
        return OXC_NONE;
    uint32_t number = 0;
    for (int i = 0; i < context; i++)
        number += at(n, i)->context == i;
    return number;
}

static uint32_t frame_of(const naive *n, int i)
{
    return i == NOTHING ? 0 : at(n, i)->e.frame;
}

static oxc_outcome outcome_of(const entry *x)
{
    if (x->e.type == OXC_EVENT_FAULT)
        return OXC_OUTCOME_FAULT;
    if (x->e.type != OXC_EVENT_RESPONSE)
        return OXC_OUTCOME_CANCELLED;
    if (!knows_result(x))
        return OXC_OUTCOME_NONE;
    if (x->e.status == STATUS_REJECTED)
        return OXC_OUTCOME_REJECTED;
    if (x->e.status == STATUS_EXITING)
        return OXC_OUTCOME_EXITING;
    if (x->e.status != 0)
        return OXC_OUTCOME_OTHER_ERROR;
    return (x->e.flags & FLAG_PENDING) != 0 ? OXC_OUTCOME_NOTIFICATION : OXC_OUTCOME_NO_EVENT;
}

/* What a wait request shows of the wait before it. One whose connection was closed ended so, even
 * if the connection had been silent for long. */
static void look_at_previous(const naive *n, int i, naive_view *view)
{
    int previous = previous_wait(n, at(n, i)->context, i);
    if (previous == NOTHING)
        return;
    view->previous_wait_frame = frame_of(n, previous);
    int end = end_of(n, previous, i);
    if (end != NOTHING && at(n, end)->close && answer_of(n, previous, i) == NOTHING)
        view->outcome = OXC_OUTCOME_CLOSED;
    else if (was_dropped(n, previous, i) && !maybe_replaced(n, previous, i))
        view->outcome = OXC_OUTCOME_DROPPED;
    view->wait_time = at(n, i)->e.time - at(n, previous)->e.time;
}

static void look_at_wait(const naive *n, int i, int request, naive_view *view)
{
    const entry *wait = at(n, request);
    view->context = context_number(n, wait->context);
    view->session = session_number(n, session_of(n, wait->context, i));
    view->connect_frame = frame_of(n, last_return(n, server_of(n, wait), &wait->e.handle, i));
    for (int k = 0; k <= request; k++)
        view->wait += is_wait_of(n, k, wait->context);
    if (i != request)
        return;
    look_at_previous(n, i, view);
    for (int k = i + 1; k < length(n) && view->next_wait_frame == 0; k++)
        if (is_wait_of(n, k, wait->context))
            view->next_wait_frame = frame_of(n, k);
}

/* The first PDU about the call shows how its wait ended, also on a connection of which one side
 * has been closed. */
static void look_at_end(const naive *n, int i, int request, naive_view *view)
{
    for (int k = request + 1; k < i; k++)
        if (is_about_call(at(n, k)) && at(n, k)->call == request && !at(n, k)->unmatched)
            return;
    view->outcome = outcome_of(at(n, i));
    view->wait_time = at(n, i)->e.time - at(n, request)->e.time;
}

static void look_at_fetch(const naive *n, int i, naive_view *view)
{
    for (int k = 0; k < length(n); k++)
        if (is_notification(n, k) && fetch_of(n, k) == i)
            view->fetched_waits |= UINT64_C(1)
                                   << (context_number(n, context_of_response(n, k)) & 63);
}

static void look_at_delivery(const naive *n, int i, int session, naive_view *view)
{
    const entry *x = at(n, i);
    for (int k = 0; k < i && view->delivery_time < 0; k++)
        if (is_notification(n, k) && delivery_of(n, k) == i)
            view->delivery_time = x->e.time - at(n, k)->e.time;
    if (!x->believed)
        return;
    view->registered_count = x->e.notified_count;
    for (size_t k = 0; k < x->e.notified_count && k < G_N_ELEMENTS(view->registered); k++)
        view->registered[k] =
            session == NOTHING ? 0 : registered_in(n, session, x->e.notified[k], i);
}

static void look_at_session_call(const naive *n, int i, int request, naive_view *view)
{
    const entry *call = at(n, request);
    int session = call->session;
    int answer = answer_of(n, request, length(n));
    if (call->e.method == OXC_METHOD_CONNECT && answer != NOTHING)
        session = at(n, answer)->session;
    view->session = session_number(n, session);
    if (call->e.method == OXC_METHOD_ASYNC_CONNECT && answer != NOTHING &&
        (i == request || i == answer))
        view->context = context_number(n, at(n, answer)->context);
    if (call->e.method != OXC_METHOD_RPC_EXT2)
        return;
    if (i == request)
        look_at_fetch(n, i, view);
    else if (i == answer && at(n, i)->e.type == OXC_EVENT_RESPONSE)
        look_at_delivery(n, i, session, view);
}

void naive_look(const naive *n, guint index, naive_view *view)
{
    int i = (int)index;
    const entry *x = at(n, i);
    *view = (naive_view){.session = OXC_NONE, .context = OXC_NONE, .delivery_time = -1};
    view->findings = x->findings;
    view->allowed = x->allowed | x->findings;
    view->warns_unknown = x->warns_unknown;
    view->unreadable = is_unreadable(x);
    bool asks = !x->close && x->e.type == OXC_EVENT_REQUEST;
    bool about = is_about_call(x) && x->call != NOTHING && !x->unmatched &&
                 answer_of(n, x->call, i) == NOTHING;
    if (!asks && !about)
        return;
    int request = asks ? i : x->call;
    view->matched = true;
    view->request_frame = asks ? 0 : frame_of(n, request);
    if (at(n, request)->e.method != OXC_METHOD_ASYNC_WAIT) {
        look_at_session_call(n, i, request, view);
        return;
    }
    if (at(n, request)->context != NOTHING)
        look_at_wait(n, i, request, view);
    if (!asks)
        look_at_end(n, i, request, view);
    if (!asks && is_notification(n, i)) {
        int fetch = fetch_of(n, i);
        view->fetch_frame = frame_of(n, fetch);
        view->delivered_frame = frame_of(n, delivery_of(n, i));
    }
}

/* Taking in. */

static void match(naive *n, int i)
{
    entry *x = at(n, i);
    if (!is_about_call(x))
        return;
    x->call = call_of(n, &x->e, i);
    if (x->e.type != OXC_EVENT_RESPONSE)
        return;
    x->unmatched = x->call == NOTHING || answer_of(n, x->call, i) != NOTHING ||
                   (x->e.stub != OXC_STUB_UNREAD && at(n, x->call)->e.method != x->e.method);
}

static void name(naive *n, int i)
{
    entry *x = at(n, i);
    if (carries_cxh(x))
        x->session = session_named(n, server_of(n, x), &x->e.handle, i + 1);
    else if (opens_session(n, x))
        x->session = i;
    if (carries_acxh(x) || returns_acxh(n, x))
        x->context = context_named(n, server_of(n, x), &x->e.handle, i + 1);
}

void naive_event(naive *n, const oxc_event *event)
{
    entry new_entry = {.e = *event, .call = NOTHING, .session = NOTHING, .context = NOTHING};
    int i = length(n);
    g_array_append_val(n->history, new_entry);
    entry *x = at(n, i);
    match(n, i);
    if (event->type == OXC_EVENT_REQUEST || event->type == OXC_EVENT_RESPONSE)
        x->believed = is_believed(n, x, i);
    name(n, i);
    if (event->type == OXC_EVENT_REQUEST)
        judge_request(n, i);
    else if (event->type == OXC_EVENT_RESPONSE)
        judge_response(n, i);
}

void naive_close(naive *n, uint32_t number)
{
    entry x = {.close = true, .call = NOTHING, .session = NOTHING, .context = NOTHING};
    x.e.connection = number;
    g_array_append_val(n->history, x);
}

/* A request with the call id of a call that is out: the answer to that was missed. */
static bool takes_over(const naive *n, int i)
{
    const entry *x = at(n, i);
    if (x->close || x->e.type != OXC_EVENT_REQUEST)
        return false;
    int older = call_of(n, &x->e, i);
    return older != NOTHING && answer_of(n, older, i) == NOTHING;
}

static bool misses_something(const naive *n, int i)
{
    const entry *x = at(n, i);
    return !x->close && (x->e.type == OXC_EVENT_LOST || x->e.type == OXC_EVENT_UNSEEN ||
                         x->unmatched || is_unreadable(x) || takes_over(n, i));
}

bool naive_all_read(const naive *n)
{
    for (int i = 0; i < length(n); i++)
        if (misses_something(n, i))
            return false;
    return true;
}

static bool shows_handle(const naive *n, int i)
{
    const entry *x = at(n, i);
    return carries_cxh(x) || carries_acxh(x) || opens_session(n, x) || returns_acxh(n, x);
}

/* Whether two associations cannot be the same. One that neither began in the capture nor has a
 * known group may be any that began before. */
static bool are_different(const naive *n, int a, int b)
{
    if (a == b)
        return false;
    bool both_known = a >= 0 && b >= 0 && group_of(n, a) != 0 && group_of(n, b) != 0;
    return both_known || began_in_capture(n, a) || began_in_capture(n, b);
}

/* Whether the handle that entry i shows was returned on another association before. */
static bool leaves_association(const naive *n, int i)
{
    const entry *x = at(n, i);
    int here = association_of(n, x->e.connection, i);
    for (int k = 0; k < i; k++) {
        const entry *y = at(n, k);
        if (y->close || !same_handle(&x->e.handle, &y->e.handle) ||
            !(opens_session(n, y) || returns_acxh(n, y)))
            continue;
        if (are_different(n, here, association_of(n, y->e.connection, i)))
            return true;
    }
    return false;
}

/* Whether entry i gives a CXH back that is no more. */
static bool revives_session(const naive *n, int i)
{
    const entry *x = at(n, i);
    if (x->close || x->e.type != OXC_EVENT_RESPONSE || !knows_handle(x) || is_null(&x->e.handle) ||
        is_response(n, x, OXC_METHOD_CONNECT) || is_response(n, x, OXC_METHOD_ASYNC_CONNECT))
        return false;
    int session = at(n, x->call)->session;
    return session != NOTHING && !alive(n, session, x->call);
}

/* Whether entry i returns the ACXH of another session that is alive. */
static bool gives_away(const naive *n, int i)
{
    const entry *x = at(n, i);
    if (!returns_acxh(n, x))
        return false;
    int context = context_named(n, server_of(n, x), &x->e.handle, i);
    int owner = context == NOTHING ? NOTHING : issued_for(n, context);
    return owner != at(n, x->call)->session && alive(n, owner, i);
}

/* Whether bind_ack i gives a new association the group of an older one. */
static bool reuses_group(const naive *n, int i)
{
    const entry *x = at(n, i);
    if (x->close || x->e.type != OXC_EVENT_BIND_ACK || !began_in_capture(n, i))
        return false;
    for (int k = 0; k < i; k++)
        if (!at(n, k)->close && at(n, k)->e.type == OXC_EVENT_BIND_ACK &&
            group_of(n, k) == group_of(n, i) &&
            same_endpoint(n, at(n, k)->e.connection, x->e.connection))
            return true;
    return false;
}

bool naive_is_ordinary(const naive *n)
{
    for (int i = 0; i < length(n); i++)
        if (reuses_group(n, i) || (shows_handle(n, i) && leaves_association(n, i)) ||
            revives_session(n, i) || gives_away(n, i))
            return false;
    return true;
}

uint32_t naive_add_connection(naive *n, uint32_t server, uint16_t port)
{
    connection c = {server, port, false};
    g_array_append_val(n->connections, c);
    return n->connections->len - 1;
}

void naive_split_connection(naive *n, uint32_t number)
{
    g_array_index(n->connections, connection, number).split = true;
}

naive *naive_new(const oxc_settings *settings)
{
    naive *n = g_new0(naive, 1);
    n->settings = *settings;
    n->connections = g_array_new(FALSE, FALSE, sizeof(connection));
    n->history = g_array_new(FALSE, FALSE, sizeof(entry));
    return n;
}

void naive_free(naive *n)
{
    g_array_free(n->connections, TRUE);
    g_array_free(n->history, TRUE);
    g_free(n);
}
