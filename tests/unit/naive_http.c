/* naive_http.c
 * The rules of MAPI over HTTP alone once more, told slowly
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Written from the definitions: each question is answered by reading all that came before again.
 */

#include "naive_http.h"

#define MS     INT64_C(1000000)
#define SECOND INT64_C(1000000000)
#define NONE   ((size_t)-1)

#define RULE(id) (UINT64_C(1) << OXC_RULE_##id)

typedef struct {
    const oxc_http_event *e;
    size_t count; /**< events up to the moment at hand */
    uint32_t grace;
} history;

static size_t find(const history *h, oxc_http_event_type type, uint32_t call)
{
    for (size_t i = 0; i < h->count; i++)
        if (h->e[i].type == type && h->e[i].call == call)
            return i;
    return NONE;
}

static const oxc_http_event *request_of(const history *h, uint32_t call)
{
    return &h->e[find(h, OXC_HTTP_REQUEST_HEAD, call)];
}

/* The first FIN or RST of the connection of a call after its request. */
static size_t closed(const history *h, uint32_t call)
{
    size_t head = find(h, OXC_HTTP_REQUEST_HEAD, call);

    for (size_t i = head + 1; i < h->count; i++)
        if (h->e[i].type == OXC_HTTP_CLOSED && h->e[i].connection == h->e[head].connection)
            return i;
    return NONE;
}

static size_t ended(const history *h, uint32_t call)
{
    return find(h, OXC_HTTP_RESPONSE_END, call);
}

static bool is_leg(const history *h, uint32_t call)
{
    size_t head = find(h, OXC_HTTP_RESPONSE_HEAD, call);

    return head != NONE && oxc_http_is_leg_status(h->e[head].status);
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

typedef enum { NEW, COPY, NOT_JUDGED, REUSED } use;

/* What a request is when its body is whole: @p h ends with that. */
static use use_of(const history *h, uint32_t call)
{
    const oxc_http_event *own = request_of(h, call);
    size_t from = find(h, OXC_HTTP_REQUEST_HEAD, call);
    bool cut = false, answered = false, other = false;

    for (size_t i = 0; i < from; i++) {
        const oxc_http_event *r = &h->e[i];
        size_t end, close;

        if (r->type != OXC_HTTP_REQUEST_HEAD || !same_id(r, own) || is_leg(h, r->call))
            continue;
        end = ended(h, r->call);
        close = closed(h, r->call);
        if (!same_bytes(r, own)) {
            other |= end != NONE;
        } else if (end == NONE && close == NONE) {
            return COPY;
        } else if (end != NONE) {
            if (own->time - h->e[end].time < SECOND)
                return COPY;
            answered = true;
        } else {
            cut = true;
        }
    }
    if (answered)
        return REUSED;
    if (cut)
        return NOT_JUDGED;
    return other ? REUSED : NEW;
}

/* Whether an earlier request that is no leg, as far as is known, had the X-RequestId. */
static bool is_known_id(const history *h, size_t head)
{
    history before = {h->e, head, h->grace};

    for (size_t i = 0; i < head; i++)
        if (h->e[i].type == OXC_HTTP_REQUEST_HEAD && same_id(&h->e[i], &h->e[head]) &&
            !is_leg(&before, h->e[i].call))
            return true;
    return false;
}

/* What a request turned out to be, once its body was whole. */
static use use_then(const history *h, uint32_t call)
{
    size_t head = find(h, OXC_HTTP_REQUEST_HEAD, call);
    size_t body = find(h, OXC_HTTP_REQUEST_BODY, call);
    history then = {h->e, body + 1, h->grace};

    return is_known_id(h, head) ? use_of(&then, call) : NEW;
}

static bool counts(const history *h, uint32_t call)
{
    return !is_leg(h, call) && use_then(h, call) != COPY;
}

static bool accepted(const oxc_http_event *e)
{
    if (e->status != 200 || !e->mapi_content || !e->has_response_code || e->response_code != 0 ||
        e->stream_wrong)
        return false;
    return e->request_type == OXC_HTTP_TYPE_PING ||
           (e->stream_done && e->body == OXC_HTTP_BODY_READ && e->has_status_code &&
            e->status_code == 0 && e->has_error_code && e->error_code == 0);
}

/* A session is named by the event with which its generation began; 0: before all events. */
static size_t session_at(const history *h, size_t at, oxc_http_name server, oxc_http_name value)
{
    for (size_t i = at; i-- > 0;) {
        const oxc_http_event *e = &h->e[i];

        if (e->type == OXC_HTTP_RESPONSE_END && e->request_type == OXC_HTTP_TYPE_CONNECT &&
            accepted(e) && e->server == server && e->cookies.context.value == value &&
            counts(h, e->call))
            return i + 1;
    }
    return 0;
}

/* Whether a call other than Connect is of a session. */
static bool is_of(const history *h, uint32_t call, oxc_http_name server, oxc_http_name value,
                  size_t session)
{
    size_t head = find(h, OXC_HTTP_REQUEST_HEAD, call);
    const oxc_http_event *r = &h->e[head];

    return r->request_type != OXC_HTTP_TYPE_CONNECT && r->server == server &&
           r->cookies.context.value == value && session_at(h, head, server, value) == session;
}

/* The event that ended a session, or NONE. */
static size_t end_of_session(const history *h, oxc_http_name server, oxc_http_name value,
                             size_t session)
{
    for (size_t i = session; i < h->count; i++) {
        const oxc_http_event *e = &h->e[i];
        size_t head;

        if (e->type != OXC_HTTP_RESPONSE_END || !accepted(e) || !counts(h, e->call))
            continue;
        head = find(h, OXC_HTTP_REQUEST_HEAD, e->call);
        if (e->request_type == OXC_HTTP_TYPE_DISCONNECT &&
            is_of(h, e->call, server, value, session))
            return i;
        if (e->request_type == OXC_HTTP_TYPE_CONNECT && h->e[head].server == server &&
            h->e[head].cookies.context.value == value && value != OXC_HTTP_NO_NAME &&
            session_at(h, head, server, value) == session)
            return i;
    }
    return NONE;
}

static bool is_outstanding(const history *h, uint32_t call)
{
    return ended(h, call) == NONE && closed(h, call) == NONE;
}

static bool changes(oxc_http_request_type type)
{
    return type == OXC_HTTP_TYPE_EXECUTE || type == OXC_HTTP_TYPE_DISCONNECT;
}

static uint64_t overlap_at_request(const history *h, size_t head, size_t session)
{
    const oxc_http_event *own = &h->e[head];

    for (size_t i = 0; i < head; i++) {
        const oxc_http_event *r = &h->e[i];

        if (r->type == OXC_HTTP_REQUEST_HEAD && changes(r->request_type) &&
            r->connection == own->connection && r->request_id != own->request_id &&
            is_of(h, r->call, own->server, own->cookies.context.value, session) &&
            counts(h, r->call) && is_outstanding(h, r->call))
            return RULE(request_overlap);
    }
    return 0;
}

static uint64_t on_stale_sequence(const history *h, const oxc_http_event *own, size_t session)
{
    oxc_http_name current = OXC_HTTP_NO_NAME;
    int64_t replaced = -1;

    for (size_t i = session == 0 ? 0 : session - 1; i < h->count; i++) {
        const oxc_http_event *e = &h->e[i];
        oxc_http_name next = e->cookies.sequence.value;
        bool mine = session != 0 && i == session - 1;

        if (e->type != OXC_HTTP_RESPONSE_END || !accepted(e) || !counts(h, e->call) ||
            next == OXC_HTTP_NO_NAME)
            continue;
        mine |= e->request_type == OXC_HTTP_TYPE_EXECUTE &&
                is_of(h, e->call, own->server, own->cookies.context.value, session);
        if (!mine || next == current)
            continue;
        if (current == own->cookies.sequence.value)
            replaced = e->time;
        if (next == own->cookies.sequence.value)
            replaced = -1;
        current = next;
    }
    if (replaced >= 0 && own->time - replaced >= SECOND)
        return RULE(sequence_cookie_stale);
    return 0;
}

static uint64_t on_session(const history *h, size_t head)
{
    const oxc_http_event *own = &h->e[head];
    oxc_http_name value = own->cookies.context.value;
    size_t session = session_at(h, head, own->server, value);
    size_t end = end_of_session(h, own->server, value, session);
    uint64_t rules = 0;

    if (!changes(own->request_type) || value == OXC_HTTP_NO_NAME)
        return 0;
    if (end != NONE && own->time - h->e[end].time >= SECOND &&
        (h->e[end].request_type != OXC_HTTP_TYPE_DISCONNECT ||
         request_of(h, h->e[end].call)->request_id != own->request_id))
        rules |= RULE(request_after_disconnect);
    rules |= overlap_at_request(h, head, session);
    if (own->request_type == OXC_HTTP_TYPE_EXECUTE &&
        own->cookies.sequence.value != OXC_HTTP_NO_NAME)
        rules |= on_stale_sequence(h, own, session);
    return rules;
}

static uint64_t on_request(const history *h, size_t head)
{
    const unsigned needed = OXC_HTTP_FIELD_HOST | OXC_HTTP_FIELD_REQUEST_TYPE |
                            OXC_HTTP_FIELD_REQUEST_ID | OXC_HTTP_FIELD_CONTENT_TYPE |
                            OXC_HTTP_FIELD_LENGTH;
    const oxc_http_event *own = &h->e[head];
    uint64_t rules = 0;

    if ((needed & ~own->fields) != 0)
        rules |= RULE(request_header_missing);
    if (!own->cookies.present && own->request_type == OXC_HTTP_TYPE_NOTIFICATION_WAIT)
        rules |= RULE(wait_without_cookie);
    if (!own->cookies.present && changes(own->request_type))
        rules |= RULE(request_without_cookie);
    return rules | on_session(h, head);
}

static uint64_t on_head(const history *h, size_t at)
{
    const unsigned needed =
        OXC_HTTP_FIELD_REQUEST_TYPE | OXC_HTTP_FIELD_REQUEST_ID | OXC_HTTP_FIELD_CONTENT_TYPE;
    const oxc_http_event *e = &h->e[at];
    const oxc_http_event *r = request_of(h, e->call);
    uint64_t rules = 0;

    if (use_then(h, e->call) == COPY)
        return 0;
    if (e->status == 200 && (e->fields & OXC_HTTP_FIELD_OWN) != 0 &&
        ((needed & r->fields & ~e->fields) != 0 || (e->fields & OXC_HTTP_FIELD_RESPONSE_CODE) == 0))
        rules |= RULE(response_header_missing);
    if (!oxc_http_is_leg_status(e->status) && e->request_id != r->request_id)
        rules |= RULE(request_id_not_echoed);
    return rules;
}

/* Execute or Disconnect that was sent on another connection while this one was outstanding. */
static uint64_t overlap_at_answer(const history *h, uint32_t call)
{
    size_t head = find(h, OXC_HTTP_REQUEST_HEAD, call);
    const oxc_http_event *own = &h->e[head];
    size_t session = session_at(h, head, own->server, own->cookies.context.value);
    size_t close = closed(h, call);

    if (!changes(own->request_type) || own->cookies.context.value == OXC_HTTP_NO_NAME)
        return 0;
    for (size_t i = head + 1; i < h->count && (close == NONE || i < close); i++) {
        const oxc_http_event *r = &h->e[i];

        if (r->type == OXC_HTTP_REQUEST_HEAD && changes(r->request_type) &&
            r->connection != own->connection && r->request_id != own->request_id &&
            use_then(h, r->call) != COPY && use_then(h, r->call) != NOT_JUDGED &&
            is_of(h, r->call, own->server, own->cookies.context.value, session))
            return RULE(request_overlap);
    }
    return 0;
}

static uint64_t on_end(const history *h, size_t at)
{
    const oxc_http_event *e = &h->e[at];
    uint64_t rules = 0;

    if (!counts(h, e->call))
        return 0;
    if (e->request_type == OXC_HTTP_TYPE_CONNECT && accepted(e) && !e->cookies.present)
        rules |= RULE(context_not_set);
    if (e->request_type == OXC_HTTP_TYPE_NOTIFICATION_WAIT && accepted(e) && e->has_event_pending &&
        e->event_pending > 1)
        rules |= RULE(event_pending_invalid);
    if (e->status == 200 && e->mapi_content && e->has_response_code && e->response_code == 0 &&
        (e->stream_wrong || !e->stream_done))
        rules |= RULE(stream_invalid);
    return rules | overlap_at_answer(h, e->call);
}

uint64_t naive_http_findings(const oxc_http_event *events, size_t count, uint32_t frame,
                             uint32_t grace)
{
    uint64_t rules = 0;

    for (size_t i = 0; i < count; i++) {
        history h = {events, i + 1, grace};
        const oxc_http_event *e = &events[i];
        size_t head;

        if (e->frame != frame || e->call == OXC_NONE)
            continue;
        head = find(&h, OXC_HTTP_REQUEST_HEAD, e->call);
        if (e->type == OXC_HTTP_REQUEST_HEAD && !is_known_id(&h, head)) {
            rules |= on_request(&h, head);
        } else if (e->type == OXC_HTTP_REQUEST_BODY && is_known_id(&h, head)) {
            use is = use_of(&h, e->call);

            if (is == REUSED)
                rules |= RULE(request_id_reused);
            if (is == REUSED || is == NEW)
                rules |= on_request(&h, head);
        } else if (e->type == OXC_HTTP_RESPONSE_HEAD) {
            rules |= on_head(&h, i);
        } else if (e->type == OXC_HTTP_RESPONSE_END) {
            rules |= on_end(&h, i);
        }
    }
    return rules;
}
