/* http_history.c
 * Random conversations of MAPI over HTTP, as the events of a capture
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_history.h"

#define MILLISECOND INT64_C(1000000)
#define SECOND      INT64_C(1000000000)
#define CONNECTIONS 3
#define CALLS_MAX   256
#define SERVERS     2
#define CONTEXTS    4
#define SEQUENCES   5

typedef struct {
    oxc_http_event request;
    oxc_http_event answer;
    bool headed;
    bool over;
    int64_t whole; /**< when the request was */
} told_call;

typedef struct {
    GArray *events;
    uint64_t random;
    uint32_t frame;
    int64_t time;
    told_call calls[CALLS_MAX];
    guint count;
    uint32_t connections[CONNECTIONS];
    bool half_closed[CONNECTIONS]; /**< by the client */
    int64_t answered[CONNECTIONS]; /**< the last time */
    oxc_http_event refused;        /**< a request to send again: it gets no other answer than 401 */
    guint refusals;                /**< how often */
    guint last_refused;            /**< the call that was it the last time */
    uint32_t next_connection;
    const http_history_kind *kind;
    uint64_t contexts[CONTEXTS]; /**< values that clients send */
    guint next_context;
    uint64_t sequences[SEQUENCES]; /**< the same */
    guint next_sequence;
    uint64_t ended[2 * CALLS_MAX]; /**< context values that the server does not have any more */
    guint ended_count;
} teller;

guint http_random_below(uint64_t *random, guint limit)
{
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (guint)((*random >> 33) % limit);
}

static bool chance(teller *t, guint percent)
{
    return http_random_below(&t->random, 100) < percent;
}

static guint below(teller *t, guint limit)
{
    return http_random_below(&t->random, limit);
}

static void tell(teller *t, oxc_http_event event, bool same_frame)
{
    if (!same_frame) {
        t->frame++;
        t->time += 10 * MILLISECOND;
    }
    event.frame = t->frame;
    event.time = t->time;
    g_array_append_val(t->events, event);
}

static oxc_http_request_type random_type(teller *t)
{
    static const oxc_http_request_type types[] = {
        OXC_HTTP_TYPE_CONNECT,
        OXC_HTTP_TYPE_EXECUTE,
        OXC_HTTP_TYPE_EXECUTE,
        OXC_HTTP_TYPE_EXECUTE,
        OXC_HTTP_TYPE_NOTIFICATION_WAIT,
        OXC_HTTP_TYPE_NOTIFICATION_WAIT,
        OXC_HTTP_TYPE_NOTIFICATION_WAIT,
        OXC_HTTP_TYPE_DISCONNECT,
        OXC_HTTP_TYPE_PING,
    };

    return types[below(t, G_N_ELEMENTS(types))];
}

static uint64_t random_context(teller *t)
{
    return t->contexts[chance(t, 80) ? 0 : below(t, CONTEXTS)];
}

static uint64_t new_context(teller *t)
{
    return UINT64_C(0xC0A00000) + t->next_context++;
}

static uint64_t random_sequence(teller *t)
{
    return t->sequences[below(t, SEQUENCES)];
}

static uint64_t new_sequence(teller *t)
{
    return t->kind->reissues && chance(t, 50) ? random_sequence(t)
                                              : UINT64_C(0x5E000000) + t->next_sequence++;
}

/* With losses, a connection has one server: what is missing on it is for that one. */
static oxc_http_name random_server(teller *t, uint32_t connection)
{
    if (t->kind->forgets)
        return 1 + connection % 6 / 5;
    return 1 + (chance(t, 5) ? below(t, SERVERS) : 0);
}

static void fill_request(teller *t, oxc_http_event *request, uint32_t connection)
{
    *request = (oxc_http_event){
        .connection = connection,
        .call = t->count,
        .request_type = random_type(t),
        .server = random_server(t, connection),
        .request_id = UINT64_C(0x1D0000) + t->count,
        .fields = OXC_HTTP_FIELD_HOST | OXC_HTTP_FIELD_REQUEST_TYPE | OXC_HTTP_FIELD_REQUEST_ID |
                  OXC_HTTP_FIELD_CONTENT_TYPE | OXC_HTTP_FIELD_LENGTH,
        .digest = 1000 + t->count,
        .body_size = 8,
        .body = OXC_HTTP_BODY_READ,
        .has_flags = true,
        .flags = chance(t, 5) ? 1 : 0,
        .registers = chance(t, 30),
    };
    request->product = request->server == 1 ? OXC_HTTP_PRODUCT_EXCHANGE : OXC_HTTP_PRODUCT_GROMOX;
    if (chance(t, 4))
        request->fields &= ~(unsigned)OXC_HTTP_FIELD_CONTENT_TYPE;
    request->cookies.present =
        request->request_type == OXC_HTTP_TYPE_CONNECT ? chance(t, 25) : chance(t, 95);
    if (!request->cookies.present)
        return;
    request->cookies.context.value = random_context(t);
    request->cookies.sequence.value = random_sequence(t);
}

/* Sometimes the X-RequestId of another request, sometimes all of its bytes. */
static void reuse_id(teller *t, oxc_http_event *request)
{
    const oxc_http_event *other;

    if (!t->kind->reuses_ids || t->count == 0 || !chance(t, 12))
        return;
    other = &t->calls[t->count - 1 - below(t, MIN(t->count, 6))].request;
    if (chance(t, 60)) {
        uint32_t connection = request->connection, call = request->call;

        *request = *other;
        request->connection = connection;
        request->call = call;
    } else if (other->server == request->server) {
        request->request_id = other->request_id;
    }
}

static void fill_answer(teller *t, const oxc_http_event *request, oxc_http_event *answer)
{
    oxc_http_request_type type = request->request_type;

    *answer = *request;
    answer->registers = false;
    answer->flags = 0;
    answer->fields = OXC_HTTP_FIELD_REQUEST_TYPE | OXC_HTTP_FIELD_REQUEST_ID |
                     OXC_HTTP_FIELD_CONTENT_TYPE | OXC_HTTP_FIELD_RESPONSE_CODE |
                     OXC_HTTP_FIELD_OWN;
    answer->status = 200;
    answer->mapi_content = answer->has_response_code = true;
    answer->has_expiration = chance(t, 90);
    answer->expiration = chance(t, 70) ? 900000 : 300000;
    answer->has_pending_period = chance(t, 80);
    answer->pending_period = chance(t, 90) ? 30000 : 0;
    answer->stream_done = true;
    answer->has_status_code = answer->has_error_code = true;
    answer->has_event_pending = type == OXC_HTTP_TYPE_NOTIFICATION_WAIT;
    answer->event_pending = answer->has_event_pending ? below(t, 10) % 4 % 3 : 0;
    answer->cookies.present = chance(t, 95);
    answer->cookies.context.value = 0;
    if (answer->cookies.present && type == OXC_HTTP_TYPE_CONNECT)
        answer->cookies.context.value =
            t->kind->reissues && chance(t, 50) ? random_context(t) : new_context(t);
    answer->cookies.sequence.value = answer->cookies.present ? new_sequence(t) : 0;
    if (type != OXC_HTTP_TYPE_CONNECT)
        answer->cookies.context = request->cookies.context;
}

static void ask_for_authentication(oxc_http_event *answer)
{
    answer->status = 401;
    answer->mapi_content = answer->has_response_code = answer->stream_done = false;
    answer->has_pending_period = answer->has_expiration = false;
    answer->fields = 0;
    answer->body = OXC_HTTP_BODY_NONE;
}

/* What may be wrong with an answer. */
static void spoil_answer(teller *t, oxc_http_event *answer)
{
    bool gromox = answer->product == OXC_HTTP_PRODUCT_GROMOX;

    switch (below(t, 30)) {
    case 0:
        ask_for_authentication(answer);
        break;
    case 1:
    case 2:
        answer->response_code = chance(t, 60) ? (gromox ? 2 : 10) : 15;
        answer->mapi_content = answer->stream_done = false;
        answer->body = OXC_HTTP_BODY_NONE;
        break;
    case 3:
        answer->error_code = chance(t, 70) ? 0x7EE : 0x80004005;
        break;
    case 4:
        answer->status_code = 0x6BB;
        answer->has_error_code = answer->has_event_pending = false;
        break;
    case 5:
        /* An answer to Connect that nobody can read may have opened any session. */
        answer->stream_wrong = answer->request_type != OXC_HTTP_TYPE_CONNECT;
        break;
    case 6:
        answer->request_id++;
        break;
    case 7:
        answer->fields &= ~(unsigned)OXC_HTTP_FIELD_REQUEST_TYPE;
        break;
    default:
        break;
    }
}

/* The oldest call without its answer on a connection: answers come in the order of requests. */
static told_call *oldest(teller *t, uint32_t connection)
{
    for (guint i = 0; i < t->count; i++)
        if (t->calls[i].request.connection == connection && !t->calls[i].over)
            return &t->calls[i];
    return NULL;
}

static bool is_accepted(const oxc_http_event *answer)
{
    return answer->status == 200 && answer->has_response_code && answer->response_code == 0 &&
           answer->has_error_code && answer->error_code == 0 && answer->status_code == 0 &&
           !answer->stream_wrong;
}

/* What the server does not have any more. */
static void refuse_ended(const teller *t, told_call *call)
{
    if (call->answer.request_type == OXC_HTTP_TYPE_CONNECT || call->answer.status != 200)
        return;
    for (guint i = 0; i < t->ended_count; i++) {
        if (t->ended[i] != call->request.cookies.context.value)
            continue;
        call->answer.response_code = 10;
        call->answer.mapi_content = call->answer.stream_done = false;
        call->answer.body = OXC_HTTP_BODY_NONE;
    }
}

static guint place_of(const teller *t, uint32_t connection)
{
    for (guint i = 0; i < CONNECTIONS; i++)
        if (t->connections[i] == connection)
            return i;
    g_assert_not_reached();
}

static void tell_head(teller *t, told_call *call)
{
    oxc_http_event part;

    refuse_ended(t, call);
    part = call->answer;

    part.stream_done = part.stream_wrong = false;
    part.body = OXC_HTTP_BODY_NONE;
    part.type = OXC_HTTP_RESPONSE_BEGIN;
    part.has_due_time = true;
    part.due_time = MAX(call->whole, t->answered[place_of(t, part.connection)]);
    tell(t, part, false);
    part.type = OXC_HTTP_RESPONSE_HEAD;
    tell(t, part, true);
    call->headed = true;
}

/* The context is gone since the head of the answer was sent. */
static void refuse_late(const teller *t, oxc_http_event *answer, uint64_t context)
{
    if (answer->request_type == OXC_HTTP_TYPE_CONNECT || answer->status != 200)
        return;
    for (guint i = 0; i < t->ended_count; i++) {
        if (t->ended[i] != context)
            continue;
        answer->response_code = 10;
        answer->late_response_code = true;
        answer->body = OXC_HTTP_BODY_NONE;
        answer->has_status_code = answer->has_error_code = answer->has_event_pending = false;
    }
}

static void tell_end(teller *t, told_call *call, bool same_frame)
{
    oxc_http_event part = call->answer;

    if (t->kind->forgets && part.response_code == 0)
        refuse_late(t, &part, call->request.cookies.context.value);
    part.type = OXC_HTTP_RESPONSE_END;
    part.pieces = OXC_HTTP_PIECE_DONE | OXC_HTTP_PIECE_BODY;
    tell(t, part, same_frame);
    t->answered[place_of(t, part.connection)] = t->time;
    if (is_accepted(&part) && call->request.cookies.context.value != 0 &&
        (call->request.request_type == OXC_HTTP_TYPE_CONNECT ||
         call->request.request_type == OXC_HTTP_TYPE_DISCONNECT) &&
        !t->kind->reissues)
        t->ended[t->ended_count++] = call->request.cookies.context.value;
    if (part.has_response_code && part.response_code == 10 && t->kind->forgets)
        t->ended[t->ended_count++] = call->request.cookies.context.value;
    if (part.cookies.sequence.value != 0)
        t->sequences[below(t, SEQUENCES)] = part.cookies.sequence.value;
    if (call->request.request_type == OXC_HTTP_TYPE_CONNECT)
        t->contexts[chance(t, 50) ? 0 : below(t, CONTEXTS)] = part.cookies.context.value;
    call->over = true;
}

static void answer_some(teller *t)
{
    told_call *call = oldest(t, t->connections[below(t, CONNECTIONS)]);
    bool same_frame = false;
    oxc_http_event part;

    if (call == NULL)
        return;
    if (!call->headed) {
        tell_head(t, call);
        if (call->request.request_type == OXC_HTTP_TYPE_NOTIFICATION_WAIT && chance(t, 70))
            return;
        same_frame = true;
    }
    part = call->answer;
    if (!same_frame && chance(t, 40)) {
        part.type = OXC_HTTP_RESPONSE_PIECE;
        part.stream_done = part.stream_wrong = false;
        part.body = OXC_HTTP_BODY_NONE;
        part.pieces = OXC_HTTP_PIECE_PENDING;
        tell(t, part, false);
        return;
    }
    tell_end(t, call, same_frame);
}

/* Requests that are sent until there is an answer that is no 401: the first ones without a body. */
static void refuse_again(teller *t, told_call *call)
{
    oxc_http_event *request = &call->request;

    if (t->refusals > 0 && chance(t, 60) &&
        (t->kind->reuses_ids ||
         (t->calls[t->last_refused].over && t->calls[t->last_refused].headed))) {
        uint32_t connection = request->connection, number = request->call;

        t->refusals--;
        t->last_refused = t->count;
        *request = t->refused;
        request->connection = connection;
        request->call = number;
        fill_answer(t, request, &call->answer);
        if (t->refusals > 0 || chance(t, 30))
            ask_for_authentication(&call->answer);
        request->leg = t->refusals > 0 && chance(t, 70);
        if (request->leg)
            request->body_size = 0;
    } else if (t->refusals == 0 && chance(t, 5) && !request->leg &&
               (request->fields & OXC_HTTP_FIELD_CONTENT_TYPE) != 0 &&
               request->request_type == OXC_HTTP_TYPE_EXECUTE) {
        t->refused = *request;
        t->refusals = 1 + below(t, 7);
        t->last_refused = t->count;
        ask_for_authentication(&call->answer);
    }
}

static void send_request(teller *t)
{
    told_call *call = &t->calls[t->count];
    guint place = below(t, CONNECTIONS);
    oxc_http_event part;
    bool reconnects;

    if (t->count == CALLS_MAX || t->half_closed[place])
        return;
    fill_request(t, &call->request, t->connections[place]);
    reuse_id(t, &call->request);
    /* While a Connect with the cookie of a session is outstanding nothing is said of its end. */
    reconnects =
        call->request.request_type == OXC_HTTP_TYPE_CONNECT && call->request.cookies.present;
    if (reconnects && oldest(t, t->connections[place]) != NULL)
        return;
    fill_answer(t, &call->request, &call->answer);
    spoil_answer(t, &call->answer);
    refuse_again(t, call);
    t->count++;
    part = call->request;
    part.type = OXC_HTTP_REQUEST_HEAD;
    tell(t, part, false);
    part.type = OXC_HTTP_REQUEST_BODY;
    tell(t, part, !chance(t, 10));
    call->whole = t->time;
    if (!reconnects)
        return;
    tell_head(t, call);
    tell_end(t, call, true);
}

/* A server asks nobody for credentials that has closed its side. */
static void drop_legs(teller *t, uint32_t connection)
{
    for (guint i = 0; i < t->count; i++)
        if (t->calls[i].request.connection == connection && !t->calls[i].headed &&
            oxc_http_is_leg_status(t->calls[i].answer.status))
            t->calls[i].over = true;
}

static void close_place(teller *t, guint place, bool by_client, bool reset)
{
    oxc_http_event event = {.type = OXC_HTTP_CLOSED,
                            .ordinal = UINT32_MAX,
                            .connection = t->connections[place],
                            .call = OXC_NONE,
                            .by_client = by_client,
                            .reset = reset};
    told_call *call = oldest(t, t->connections[place]);
    bool cut = false;

    if (by_client && !reset && t->half_closed[place])
        return;
    if (call != NULL && call->headed && (reset || !by_client)) {
        oxc_http_event part = call->answer;

        part.type = OXC_HTTP_RESPONSE_END;
        part.closed_early = cut = true;
        part.stream_done = part.stream_wrong = false;
        part.body = OXC_HTTP_BODY_NONE;
        tell(t, part, false);
    }
    tell(t, event, cut);
    if (by_client && !reset) {
        t->half_closed[place] = true;
        drop_legs(t, t->connections[place]);
        return;
    }
    while ((call = oldest(t, t->connections[place])) != NULL)
        call->over = true;
    t->half_closed[place] = false;
    t->answered[place] = 0;
    t->connections[place] = t->next_connection++;
}

static void close_some(teller *t)
{
    guint place = below(t, CONNECTIONS);
    bool by_client = chance(t, 50);

    close_place(t, place, by_client, chance(t, 50));
}

static void pass(teller *t)
{
    static const int64_t times[] = {300 * MILLISECOND, 700 * MILLISECOND, 2 * SECOND,  12 * SECOND,
                                    45 * SECOND,       320 * SECOND,      905 * SECOND};

    t->time += times[below(t, G_N_ELEMENTS(times))];
}

http_history http_history_random(uint64_t seed, guint steps, const http_history_kind *kind)
{
    teller *t = g_new0(teller, 1);
    http_history history = {0};

    t->events = g_array_new(FALSE, FALSE, sizeof(oxc_http_event));
    t->random = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    t->time = 1000 * SECOND;
    t->kind = kind;
    for (guint i = 0; i < SEQUENCES; i++)
        t->sequences[i] = UINT64_C(0x5E000000) + t->next_sequence++;
    for (guint i = 0; i < CONTEXTS; i++)
        t->contexts[i] = UINT64_C(0xC0A00000) + t->next_context++;
    for (guint i = 0; i < CONNECTIONS; i++)
        t->connections[i] = t->next_connection++;
    for (guint i = 0; i < steps; i++) {
        guint what = below(t, 100);

        if (kind->breaks && i == steps / 2) {
            for (guint place = 0; place < CONNECTIONS; place++)
                close_place(t, place, false, true);
            t->refusals = 0;
            history.middle = t->events->len;
        }
        if (what < 35)
            send_request(t);
        else if (what < 82)
            answer_some(t);
        else if (what < 87)
            close_some(t);
        else
            pass(t);
    }
    history.length = t->events->len;
    history.events = (oxc_http_event *)(void *)g_array_free(t->events, FALSE);
    g_free(t);
    return history;
}

void http_history_free(http_history *history)
{
    g_free(history->events);
}
