/* naive_links.c
 * What a PDU shows of its session, context and wait
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "naive_history.h"

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
    view->connect_frame =
        frame_of(n, last_return(n, server_of(n, at(n, wait->context)), wait->e.name, i));
    for (int k = 0; k <= request; k++)
        view->wait += is_wait_of(n, k, wait->context);
    if (i != request)
        return;
    look_at_previous(n, i, view);
    for (int k = i + 1; k < length(n) && view->next_wait_frame == 0; k++)
        if (is_wait_of(n, k, wait->context))
            view->next_wait_frame = frame_of(n, k);
}

/* The first cancel or orphaned PDU shows that the wait ended so; an answer has its own outcome, and
 * comes all the same after these. */
static void look_at_end(const naive *n, int i, int request, naive_view *view)
{
    bool answers = at(n, i)->e.type == OXC_EVENT_RESPONSE || at(n, i)->e.type == OXC_EVENT_FAULT;
    for (int k = request + 1; k < i && !answers; k++)
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
    view->registered_count = x->e.rops.notified_count;
    for (size_t k = 0; k < x->e.rops.notified_count && k < G_N_ELEMENTS(view->registered); k++)
        view->registered[k] =
            session == NOTHING ? 0 : registered_in(n, session, x->e.rops.notified[k], i);
}

static void look_at_session_call(const naive *n, int i, int request, naive_view *view)
{
    const entry *call = at(n, request);
    int session = call->session;
    int answer = answer_of(n, request, length(n));
    if (call->e.kind == OXC_KIND_OPEN && answer != NOTHING)
        session = at(n, answer)->session;
    view->session = session_number(n, session);
    if (call->e.kind == OXC_KIND_ISSUE && answer != NOTHING && (i == request || i == answer))
        view->context = context_number(n, at(n, answer)->context);
    if (call->e.kind != OXC_KIND_EXECUTE)
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
    view->certain = x->certain;
    view->allowed = x->allowed;
    memcpy(view->since, x->since, sizeof view->since);
    view->twin = x->twin;
    view->warns_unknown = x->warns_unknown;
    view->unreadable = is_unreadable(x);
    bool asks = is_pdu(x) && x->e.type == OXC_EVENT_REQUEST;
    bool about = is_about_call(x) && x->call != NOTHING && !x->unmatched &&
                 answer_of(n, x->call, i) == NOTHING;
    if (!asks && !about)
        return;
    int request = asks ? i : x->call;
    view->matched = true;
    view->request_frame = asks ? 0 : frame_of(n, request);
    if (at(n, request)->e.kind != OXC_KIND_WAIT) {
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
