/* naive_http_sessions.c
 * The rules of MAPI over HTTP on sessions that are lost, idle or cut, and on slow answers, told
 * slowly
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "naive_http_past.h"

#define MILLISECOND INT64_C(1000000)
#define SECOND      INT64_C(1000000000)

/* How many answers with which a request is no call make a finding. */
#define LEGS_TOO_MANY 4

/* A session and the cookie that names it. */
typedef struct {
    oxc_http_name server;
    oxc_http_name value;
    size_t begin; /**< as of http_session_at() */
} named;

static named session_of(const http_past *h, size_t head)
{
    named of = {h->e[head].server, h->e[head].cookies.context.value, 0};

    of.begin = http_session_at(h, head, of.server, of.value);
    return of;
}

/* Whether an event belongs to a call of a session that leaves a trace. */
static bool speaks_of(const http_past *h, size_t i, const named *of)
{
    uint32_t call = h->e[i].call;

    return call != OXC_NONE && http_is_of(h, call, of->server, of->value, of->begin) &&
           http_counts(h, call);
}

/* The Connect that was accepted and so began the session. */
static bool begins(size_t i, const named *of)
{
    return of->begin != 0 && i == of->begin - 1;
}

static bool says_lost(const oxc_http_event *e)
{
    if (e->type != OXC_HTTP_RESPONSE_END || e->closed_early || !e->has_response_code)
        return false;
    return e->response_code == 10 ||
           (e->product == OXC_HTTP_PRODUCT_GROMOX && e->response_code == 2);
}

/* Since when the server says that the context is not there, or -1. */
static int64_t lost_since(const http_past *h, const named *of)
{
    int64_t since = -1;

    for (size_t i = of->begin; i < h->count; i++) {
        if (h->e[i].type != OXC_HTTP_RESPONSE_END || !speaks_of(h, i, of))
            continue;
        if (http_accepted(&h->e[i]))
            since = -1;
        else if (says_lost(&h->e[i]) && since < 0)
            since = h->e[i].time;
    }
    return since;
}

/* The last X-ExpirationInfo of a session in nanoseconds, or -1. */
static int64_t expiration(const http_past *h, const named *of)
{
    for (size_t i = h->count; i-- > 0;) {
        const oxc_http_event *e = &h->e[i];
        bool counts = begins(i, of) || ((e->type == OXC_HTTP_RESPONSE_HEAD ||
                                         (e->type == OXC_HTTP_RESPONSE_END && !e->closed_early)) &&
                                        speaks_of(h, i, of));

        if (counts && e->has_expiration)
            return (int64_t)e->expiration * MILLISECOND;
    }
    return -1;
}

/* Whether the server has answered with 0: else the session may be over since before the capture. */
static bool is_seen_alive(const http_past *h, const named *of)
{
    bool alive = of->begin != 0;

    for (size_t i = 0; i < h->count; i++) {
        const oxc_http_event *e = &h->e[i];

        alive |= e->type == OXC_HTTP_RESPONSE_END && !e->closed_early && e->has_response_code &&
                 e->response_code == 0 && speaks_of(h, i, of);
    }
    return alive;
}

/* When a call stopped to be outstanding, or -1. What looked like a leg is a call with its answer.
 */
static int64_t over_since(const http_past *h, uint32_t call)
{
    size_t end = http_ended(h, call);
    size_t close = http_request_of(h, call)->leg ? HTTP_NOWHERE : http_closed(h, call);

    if (end == HTTP_NOWHERE && close == HTTP_NOWHERE)
        return -1;
    return h->e[end < close ? end : close].time;
}

/* How long nothing of the session was outstanding when a request came, or -1, as it was known
 * then. */
static int64_t idle_before(const http_past *h, size_t head, const named *of)
{
    http_past before = {h->e, head, h->grace};
    int64_t last = -1;

    for (size_t i = 0; i < head; i++) {
        int64_t over;

        if (h->e[i].type != OXC_HTTP_REQUEST_HEAD || !speaks_of(&before, i, of))
            continue;
        over = over_since(&before, h->e[i].call);
        if (over < 0)
            return 0;
        last = over > last ? over : last;
    }
    if (last < 0)
        return -1;
    /* A wait from before the capture may have come back later. */
    if (of->begin == 0 && last < h->e[0].time + (300 + (int64_t)h->grace) * SECOND)
        last = h->e[0].time + (300 + (int64_t)h->grace) * SECOND;
    return h->e[head].time > last ? h->e[head].time - last : 0;
}

/* Whether the request of an event was judged, as of the moment at which it was. */
static bool was_judged(const http_past *h, size_t i)
{
    http_use use = http_use_then(h, h->e[i].call);

    return !h->e[i].leg && (use == HTTP_NEW || use == HTTP_REUSED);
}

/* Whether a request carries the cookie of a session, Connect as well. */
static bool carries(const http_past *h, size_t i, const named *of)
{
    const oxc_http_event *e = &h->e[i];

    return e->type == OXC_HTTP_REQUEST_HEAD && e->server == of->server &&
           e->cookies.context.value == of->value &&
           http_session_at(h, i, of->server, of->value) == of->begin;
}

/* Whether a client has closed its direction while a call of a session was out, and got its answer
 * all the same: of such calls only the latest is remembered. */
static bool was_mended(const http_past *h, size_t from, size_t to, const named *of)
{
    size_t own = http_closed(h, h->e[from].call);

    for (size_t i = 0; i < to; i++) {
        size_t close, end;

        if (h->e[i].type != OXC_HTTP_REQUEST_HEAD || !speaks_of(h, i, of))
            continue;
        close = http_closed(h, h->e[i].call);
        end = http_ended(h, h->e[i].call);
        if (close != HTTP_NOWHERE && (close > own || (close == own && i > from)) &&
            end != HTTP_NOWHERE && end > close)
            return true;
    }
    return false;
}

/* A call whose connection ended first, and no request of the session came since. */
static uint64_t on_cut(const http_past *h, size_t head, const named *of)
{
    for (size_t i = 0; i < head; i++) {
        uint32_t call = h->e[i].call;
        bool told = false;
        size_t close;

        if (h->e[i].type != OXC_HTTP_REQUEST_HEAD || !speaks_of(h, i, of))
            continue;
        close = http_closed(h, call);
        if (close == HTTP_NOWHERE || close > head || http_ended(h, call) != HTTP_NOWHERE)
            continue;
        for (size_t k = close; k < head; k++)
            told |= carries(h, k, of) && was_judged(h, k);
        if (!told && !(h->e[close].by_client && !h->e[close].reset && was_mended(h, i, head, of)))
            return HTTP_RULE(response_cut);
    }
    return 0;
}

uint64_t naive_http_on_use(const http_past *h, size_t head)
{
    const oxc_http_event *own = &h->e[head];
    http_past before = {h->e, head, h->grace};
    named of = session_of(h, head);
    int64_t idle, lost, limit;
    uint64_t rules;

    if (of.value == OXC_HTTP_NO_NAME)
        return 0;
    rules = on_cut(h, head, &of);
    if (own->request_type == OXC_HTTP_TYPE_CONNECT)
        return rules;
    lost = lost_since(&before, &of);
    if (lost >= 0 && own->time - lost >= SECOND)
        rules |= HTTP_RULE(retry_on_lost_context);
    idle = idle_before(h, head, &of);
    limit = expiration(&before, &of);
    if (lost < 0 && is_seen_alive(&before, &of) && idle >= 0 && limit >= 0 && idle > limit &&
        http_end_of_session(&before, of.server, of.value, of.begin) == HTTP_NOWHERE)
        rules |= HTTP_RULE(session_expired);
    return rules;
}

/* Whether the client may have ended a session, or wants to: a Disconnect was sent, or a Connect
 * with its cookie. */
static bool may_be_left(const http_past *h, const named *of)
{
    for (size_t i = of->begin; i < h->count; i++) {
        const oxc_http_event *e = &h->e[i];

        if (carries(h, i, of) && !e->leg && !http_is_leg(h, e->call) &&
            http_use_then(h, e->call) != HTTP_COPY &&
            (e->request_type == OXC_HTTP_TYPE_DISCONNECT ||
             e->request_type == OXC_HTTP_TYPE_CONNECT))
            return true;
    }
    return false;
}

/* Whether the server has said before that the session is lost, and did not answer with 0 since. */
static bool is_told(const http_past *h, size_t at, const named *of)
{
    bool told = false;

    for (size_t i = of->begin; i < at; i++) {
        const oxc_http_event *e = &h->e[i];

        if (e->type != OXC_HTTP_RESPONSE_END || e->closed_early || !speaks_of(h, i, of))
            continue;
        if (e->has_response_code && e->response_code == 0)
            told = false;
        told |= says_lost(e);
    }
    return told;
}

static uint64_t on_lost_context(const http_past *h, size_t at)
{
    size_t head = http_find(h, OXC_HTTP_REQUEST_HEAD, h->e[at].call);
    named of = session_of(h, head);
    int64_t limit = expiration(h, &of);
    int64_t idle = idle_before(h, head, &of);

    if (!says_lost(&h->e[at]) || of.value == OXC_HTTP_NO_NAME || of.begin == 0 || limit < 0 ||
        idle < 0 || idle >= limit || is_told(h, at, &of) || may_be_left(h, &of) ||
        http_end_of_session(h, of.server, of.value, of.begin) != HTTP_NOWHERE)
        return 0;
    return HTTP_RULE(context_lost);
}

/* Whether a session was seen by an answer, and a call of it is outstanding or the last answer
 * younger than that. */
static bool is_seen_within(const http_past *h, const named *of, int64_t now, int64_t limit)
{
    bool seen = false, outstanding = false, young = false;

    for (size_t i = 0; i < h->count; i++) {
        const oxc_http_event *e = &h->e[i];
        bool ends = e->type == OXC_HTTP_RESPONSE_END && !e->closed_early;

        if (!begins(i, of) && (e->call == OXC_NONE || !speaks_of(h, i, of)))
            continue;
        outstanding |= e->type == OXC_HTTP_REQUEST_HEAD && http_is_outstanding(h, e->call);
        seen |= ends;
        young |= ends && now - e->time < limit;
    }
    return seen && (outstanding || young);
}

/* An accepted Connect whose answer sets the cookie of another session. */
static uint64_t on_reuse(const http_past *h, size_t at)
{
    const oxc_http_event *e = &h->e[at];
    const oxc_http_event *own = http_request_of(h, e->call);
    http_past before = {h->e, at, h->grace};
    named of = {own->server, e->cookies.context.value, 0};
    int64_t limit;

    if (!http_accepted(e) || of.value == OXC_HTTP_NO_NAME || own->cookies.context.value == of.value)
        return 0;
    of.begin = http_session_at(&before, at, of.server, of.value);
    limit = expiration(&before, &of);
    if (limit < 0 || lost_since(&before, &of) >= 0 || may_be_left(&before, &of) ||
        http_end_of_session(&before, of.server, of.value, of.begin) != HTTP_NOWHERE ||
        !is_seen_within(&before, &of, e->time, limit))
        return 0;
    return HTTP_RULE(cookie_reused);
}

uint64_t naive_http_on_loss(const http_past *h, size_t at)
{
    return h->e[at].request_type == OXC_HTTP_TYPE_CONNECT ? on_reuse(h, at)
                                                          : on_lost_context(h, at);
}

/* The server could begin to answer when the request was whole, and the answer ahead of it. What
 * looks like a leg may wait for its credentials. */
static uint64_t on_first_byte(const http_past *h, size_t at)
{
    const oxc_http_event *e = &h->e[at];
    int64_t due = h->e[http_find(h, OXC_HTTP_REQUEST_BODY, e->call)].time;

    for (size_t i = 0; i < at; i++)
        if (h->e[i].type == OXC_HTTP_RESPONSE_END && h->e[i].connection == e->connection &&
            h->e[i].time > due)
            due = h->e[i].time;
    return !e->leg && e->time - due > (int64_t)h->grace * SECOND ? HTTP_RULE(response_not_immediate)
                                                                 : 0;
}

static uint64_t on_more_bytes(const http_past *h, size_t at)
{
    const oxc_http_event *e = &h->e[at];
    size_t last = at;

    while (last-- > 0) {
        const oxc_http_event *b = &h->e[last];

        if (b->call == e->call && b->type >= OXC_HTTP_RESPONSE_BEGIN)
            break;
    }
    if (!e->has_pending_period || e->pending_period == 0 || (e->closed_early && e->pieces == 0) ||
        e->time - h->e[last].time <=
            (int64_t)e->pending_period * MILLISECOND + (int64_t)h->grace * SECOND)
        return 0;
    return HTTP_RULE(keepalive_overdue);
}

uint64_t naive_http_on_bytes(const http_past *h, size_t at)
{
    const oxc_http_event *e = &h->e[at];

    if (oxc_http_is_leg_status(e->status) || http_use_then(h, e->call) == HTTP_COPY)
        return 0;
    if (e->type == OXC_HTTP_RESPONSE_BEGIN)
        return on_first_byte(h, at);
    if (e->type == OXC_HTTP_RESPONSE_PIECE || e->type == OXC_HTTP_RESPONSE_END)
        return on_more_bytes(h, at);
    return 0;
}

uint64_t naive_http_on_leg(const http_past *h, size_t at)
{
    const oxc_http_event *own = http_request_of(h, h->e[at].call);
    unsigned legs = 0;

    if (http_use_then(h, h->e[at].call) == HTTP_COPY)
        return 0;
    for (size_t i = 0; i <= at; i++) {
        const oxc_http_event *e = &h->e[i];
        const oxc_http_event *r;

        if (e->type != OXC_HTTP_RESPONSE_HEAD)
            continue;
        r = http_request_of(h, e->call);
        if (r->server != own->server || r->request_id != own->request_id)
            continue;
        if (!oxc_http_is_leg_status(e->status))
            return 0;
        legs += http_use_then(h, e->call) != HTTP_COPY;
    }
    return legs == LEGS_TOO_MANY ? HTTP_RULE(auth_rejected_repeatedly) : 0;
}
