/* naive_http_past.c
 * What was said so far over MAPI over HTTP, read again from its beginning
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "naive_http_past.h"

#define SECOND INT64_C(1000000000)

size_t http_find(const http_past *h, oxc_http_event_type type, uint32_t call)
{
    for (size_t i = 0; i < h->count; i++)
        if (h->e[i].type == type && h->e[i].call == call)
            return i;
    return HTTP_NOWHERE;
}

const oxc_http_event *http_request_of(const http_past *h, uint32_t call)
{
    return &h->e[http_find(h, OXC_HTTP_REQUEST_HEAD, call)];
}

/* The first FIN or RST of the connection of a call after its request. */
size_t http_closed(const http_past *h, uint32_t call)
{
    size_t head = http_find(h, OXC_HTTP_REQUEST_HEAD, call);

    for (size_t i = head + 1; i < h->count; i++)
        if (h->e[i].type == OXC_HTTP_CLOSED && h->e[i].connection == h->e[head].connection)
            return i;
    return HTTP_NOWHERE;
}

size_t http_ended(const http_past *h, uint32_t call)
{
    for (size_t i = 0; i < h->count; i++)
        if (h->e[i].type == OXC_HTTP_RESPONSE_END && h->e[i].call == call && !h->e[i].closed_early)
            return i;
    return HTTP_NOWHERE;
}

bool http_is_leg(const http_past *h, uint32_t call)
{
    size_t head = http_find(h, OXC_HTTP_RESPONSE_HEAD, call);

    if (head == HTTP_NOWHERE)
        return http_request_of(h, call)->leg;
    return oxc_http_is_leg_status(h->e[head].status);
}

static bool same_bytes(const oxc_http_event *one, const oxc_http_event *other)
{
    return one->request_type == other->request_type && one->digest == other->digest &&
           one->body_size == other->body_size &&
           one->cookies.context.value == other->cookies.context.value &&
           one->cookies.sequence.value == other->cookies.sequence.value;
}

static bool same_id(const oxc_http_event *one, const oxc_http_event *other)
{
    return one->server == other->server && one->request_id == other->request_id;
}

/* What a request is when its body is whole: @p h ends with that. */
http_use http_use_of(const http_past *h, uint32_t call)
{
    const oxc_http_event *own = http_request_of(h, call);
    size_t from = http_find(h, OXC_HTTP_REQUEST_HEAD, call);
    bool cut = false, answered = false, other = false;

    for (size_t i = 0; i < from; i++) {
        const oxc_http_event *r = &h->e[i];
        size_t end, close;

        if (r->type != OXC_HTTP_REQUEST_HEAD || !same_id(r, own) || http_is_leg(h, r->call))
            continue;
        end = http_ended(h, r->call);
        close = http_closed(h, r->call);
        if (!same_bytes(r, own)) {
            other |= end != HTTP_NOWHERE;
        } else if (end == HTTP_NOWHERE && close == HTTP_NOWHERE) {
            return HTTP_COPY;
        } else if (end != HTTP_NOWHERE) {
            if (own->time - h->e[end].time < SECOND)
                return HTTP_COPY;
            answered = true;
        } else {
            cut = true;
        }
    }
    if (answered)
        return HTTP_REUSED;
    if (cut)
        return HTTP_NOT_JUDGED;
    return other ? HTTP_REUSED : HTTP_NEW;
}

/* Whether an earlier request that is no leg, as far as is known, had the X-RequestId. */
bool http_is_known_id(const http_past *h, size_t head)
{
    http_past before = {h->e, head, h->grace};

    for (size_t i = 0; i < head; i++)
        if (h->e[i].type == OXC_HTTP_REQUEST_HEAD && same_id(&h->e[i], &h->e[head]) &&
            !http_is_leg(&before, h->e[i].call))
            return true;
    return false;
}

/* What a request turned out to be, once its body was whole. */
http_use http_use_then(const http_past *h, uint32_t call)
{
    size_t head = http_find(h, OXC_HTTP_REQUEST_HEAD, call);
    size_t body = http_find(h, OXC_HTTP_REQUEST_BODY, call);
    http_past then = {h->e, body + 1, h->grace};

    return http_is_known_id(h, head) ? http_use_of(&then, call) : HTTP_NEW;
}

bool http_counts(const http_past *h, uint32_t call)
{
    return !http_is_leg(h, call) && http_use_then(h, call) != HTTP_COPY;
}

bool http_accepted(const oxc_http_event *e)
{
    if (e->status != 200 || !e->mapi_content || !e->has_response_code || e->response_code != 0 ||
        e->stream_wrong)
        return false;
    return e->request_type == OXC_HTTP_TYPE_PING ||
           (e->stream_done && e->body == OXC_HTTP_BODY_READ && e->has_status_code &&
            e->status_code == 0 && e->has_error_code && e->error_code == 0);
}

/* A session is named by the event with which its generation began; 0: before all events. */
size_t http_session_at(const http_past *h, size_t at, oxc_http_name server, oxc_http_name value)
{
    for (size_t i = at; i-- > 0;) {
        const oxc_http_event *e = &h->e[i];

        if (e->type == OXC_HTTP_RESPONSE_END && e->request_type == OXC_HTTP_TYPE_CONNECT &&
            http_accepted(e) && e->server == server && e->cookies.context.value == value &&
            http_counts(h, e->call))
            return i + 1;
    }
    return 0;
}

/* Whether a call other than Connect is of a session. */
bool http_is_of(const http_past *h, uint32_t call, oxc_http_name server, oxc_http_name value,
                size_t session)
{
    size_t head = http_find(h, OXC_HTTP_REQUEST_HEAD, call);
    const oxc_http_event *r = &h->e[head];

    return r->request_type != OXC_HTTP_TYPE_CONNECT && r->server == server &&
           r->cookies.context.value == value && http_session_at(h, head, server, value) == session;
}

/* The event that ended a session, or HTTP_NOWHERE. */
size_t http_end_of_session(const http_past *h, oxc_http_name server, oxc_http_name value,
                           size_t session)
{
    for (size_t i = session; i < h->count; i++) {
        const oxc_http_event *e = &h->e[i];
        size_t head;

        if (e->type != OXC_HTTP_RESPONSE_END || !http_accepted(e) || !http_counts(h, e->call))
            continue;
        head = http_find(h, OXC_HTTP_REQUEST_HEAD, e->call);
        if (e->request_type == OXC_HTTP_TYPE_DISCONNECT &&
            http_is_of(h, e->call, server, value, session))
            return i;
        if (e->request_type == OXC_HTTP_TYPE_CONNECT && h->e[head].server == server &&
            h->e[head].cookies.context.value == value && value != OXC_HTTP_NO_NAME &&
            http_session_at(h, head, server, value) == session)
            return i;
    }
    return HTTP_NOWHERE;
}

bool http_is_outstanding(const http_past *h, uint32_t call)
{
    return http_ended(h, call) == HTTP_NOWHERE && http_closed(h, call) == HTTP_NOWHERE;
}
