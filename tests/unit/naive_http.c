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

#include "naive_http_past.h"

#define SECOND INT64_C(1000000000)

static bool changes(oxc_http_request_type type)
{
    return type == OXC_HTTP_TYPE_EXECUTE || type == OXC_HTTP_TYPE_DISCONNECT;
}

static uint64_t overlap_at_request(const http_past *h, size_t head, size_t session)
{
    const oxc_http_event *own = &h->e[head];

    for (size_t i = 0; i < head; i++) {
        const oxc_http_event *r = &h->e[i];

        if (r->type == OXC_HTTP_REQUEST_HEAD && changes(r->request_type) &&
            r->connection == own->connection && r->request_id != own->request_id &&
            http_is_of(h, r->call, own->server, own->cookies.context.value, session) &&
            http_counts(h, r->call) && http_is_outstanding(h, r->call))
            return HTTP_RULE(request_overlap);
    }
    return 0;
}

static uint64_t on_stale_sequence(const http_past *h, const oxc_http_event *own, size_t session)
{
    oxc_http_name current = OXC_HTTP_NO_NAME;
    int64_t replaced = -1;

    for (size_t i = session == 0 ? 0 : session - 1; i < h->count; i++) {
        const oxc_http_event *e = &h->e[i];
        oxc_http_name next = e->cookies.sequence.value;
        bool mine = session != 0 && i == session - 1;

        if (e->type != OXC_HTTP_RESPONSE_END || !http_accepted(e) || !http_counts(h, e->call) ||
            next == OXC_HTTP_NO_NAME)
            continue;
        mine |= e->request_type == OXC_HTTP_TYPE_EXECUTE &&
                http_is_of(h, e->call, own->server, own->cookies.context.value, session);
        if (!mine || next == current)
            continue;
        if (current == own->cookies.sequence.value)
            replaced = e->time;
        if (next == own->cookies.sequence.value)
            replaced = -1;
        current = next;
    }
    if (replaced >= 0 && own->time - replaced >= SECOND)
        return HTTP_RULE(sequence_cookie_stale);
    return 0;
}

static uint64_t on_session(const http_past *h, size_t head)
{
    const oxc_http_event *own = &h->e[head];
    oxc_http_name value = own->cookies.context.value;
    size_t session = http_session_at(h, head, own->server, value);
    size_t end = http_end_of_session(h, own->server, value, session);
    uint64_t rules = 0;

    if (!changes(own->request_type) || value == OXC_HTTP_NO_NAME)
        return 0;
    if (end != HTTP_NOWHERE && own->time - h->e[end].time >= SECOND &&
        (h->e[end].request_type != OXC_HTTP_TYPE_DISCONNECT ||
         http_request_of(h, h->e[end].call)->request_id != own->request_id))
        rules |= HTTP_RULE(request_after_disconnect);
    rules |= overlap_at_request(h, head, session);
    if (own->request_type == OXC_HTTP_TYPE_EXECUTE &&
        own->cookies.sequence.value != OXC_HTTP_NO_NAME)
        rules |= on_stale_sequence(h, own, session);
    return rules;
}

static uint64_t on_request(const http_past *h, size_t head)
{
    const unsigned needed = OXC_HTTP_FIELD_HOST | OXC_HTTP_FIELD_REQUEST_TYPE |
                            OXC_HTTP_FIELD_REQUEST_ID | OXC_HTTP_FIELD_CONTENT_TYPE |
                            OXC_HTTP_FIELD_LENGTH;
    const oxc_http_event *own = &h->e[head];
    uint64_t rules = 0;

    if ((needed & ~own->fields) != 0)
        rules |= HTTP_RULE(request_header_missing);
    if (!own->cookies.present && own->request_type == OXC_HTTP_TYPE_NOTIFICATION_WAIT)
        rules |= HTTP_RULE(wait_without_cookie);
    if (!own->cookies.present && changes(own->request_type))
        rules |= HTTP_RULE(request_without_cookie);
    return rules | on_session(h, head) | naive_http_on_use(h, head);
}

static uint64_t on_head(const http_past *h, size_t at)
{
    const unsigned needed =
        OXC_HTTP_FIELD_REQUEST_TYPE | OXC_HTTP_FIELD_REQUEST_ID | OXC_HTTP_FIELD_CONTENT_TYPE;
    const oxc_http_event *e = &h->e[at];
    const oxc_http_event *r = http_request_of(h, e->call);
    uint64_t rules = 0;

    if (http_use_then(h, e->call) == HTTP_COPY)
        return 0;
    if (e->status == 200 && (e->fields & OXC_HTTP_FIELD_OWN) != 0 &&
        ((needed & r->fields & ~e->fields) != 0 || (e->fields & OXC_HTTP_FIELD_RESPONSE_CODE) == 0))
        rules |= HTTP_RULE(response_header_missing);
    if (!oxc_http_is_leg_status(e->status) && e->request_id != r->request_id)
        rules |= HTTP_RULE(request_id_not_echoed);
    return rules;
}

/* Execute or Disconnect that was sent on another connection while this one was outstanding. */
static uint64_t overlap_at_answer(const http_past *h, uint32_t call)
{
    size_t head = http_find(h, OXC_HTTP_REQUEST_HEAD, call);
    const oxc_http_event *own = &h->e[head];
    size_t session = http_session_at(h, head, own->server, own->cookies.context.value);

    if (!changes(own->request_type) || own->cookies.context.value == OXC_HTTP_NO_NAME || own->leg)
        return 0;
    /* Behind a FIN nothing is said: what it overlapped with may be a leg by now. */
    if (http_closed(h, call) != HTTP_NOWHERE)
        return 0;
    for (size_t i = head + 1; i < h->count; i++) {
        const oxc_http_event *r = &h->e[i];

        if (r->type == OXC_HTTP_REQUEST_HEAD && changes(r->request_type) &&
            r->connection != own->connection && r->request_id != own->request_id && !r->leg &&
            !http_is_leg(h, r->call) && http_use_then(h, r->call) != HTTP_COPY &&
            http_use_then(h, r->call) != HTTP_NOT_JUDGED &&
            http_is_of(h, r->call, own->server, own->cookies.context.value, session))
            return HTTP_RULE(request_overlap);
    }
    return 0;
}

static uint64_t on_end(const http_past *h, size_t at)
{
    const oxc_http_event *e = &h->e[at];
    uint64_t rules = 0;

    if (!http_counts(h, e->call))
        return 0;
    if (e->request_type == OXC_HTTP_TYPE_CONNECT && http_accepted(e) && !e->cookies.present)
        rules |= HTTP_RULE(context_not_set);
    if (e->request_type == OXC_HTTP_TYPE_NOTIFICATION_WAIT && http_accepted(e) &&
        e->has_event_pending && e->event_pending > 1)
        rules |= HTTP_RULE(event_pending_invalid);
    if (e->status == 200 && e->mapi_content && e->has_response_code && e->response_code == 0 &&
        (e->stream_wrong || !e->stream_done))
        rules |= HTTP_RULE(stream_invalid);
    return rules | overlap_at_answer(h, e->call) | naive_http_on_loss(h, at);
}

static uint64_t on_request_part(const http_past *h, const oxc_http_event *e)
{
    size_t head = http_find(h, OXC_HTTP_REQUEST_HEAD, e->call);
    http_use use;

    if (h->e[head].leg)
        return 0;
    if (e->type == OXC_HTTP_REQUEST_HEAD)
        return http_is_known_id(h, head) ? 0 : on_request(h, head);
    if (!http_is_known_id(h, head))
        return 0;
    use = http_use_of(h, e->call);
    if (use == HTTP_COPY || use == HTTP_NOT_JUDGED)
        return 0;
    return on_request(h, head) | (use == HTTP_REUSED ? HTTP_RULE(request_id_reused) : 0);
}

uint64_t naive_http_findings(const oxc_http_event *events, size_t count, uint32_t frame,
                             uint32_t grace)
{
    uint64_t rules = 0;

    for (size_t i = 0; i < count; i++) {
        http_past h = {events, i + 1, grace};
        const oxc_http_event *e = &events[i];

        if (e->frame != frame || e->call == OXC_NONE)
            continue;
        if (e->type == OXC_HTTP_REQUEST_HEAD || e->type == OXC_HTTP_REQUEST_BODY)
            rules |= on_request_part(&h, e);
        else
            rules |= naive_http_on_bytes(&h, i);
        if (e->type == OXC_HTTP_RESPONSE_HEAD)
            rules |= on_head(&h, i) | naive_http_on_leg(&h, i);
        else if (e->type == OXC_HTTP_RESPONSE_END && !e->closed_early)
            rules |= on_end(&h, i);
    }
    return rules;
}
