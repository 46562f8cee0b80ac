/* naive_responses.c
 * The rules that are judged on a response
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "naive_history.h"

/* The bounds on every rule on a response: its session was opened in the capture (then its handle
 * is explained) and had not ended when the request was sent. An end that a gap made doubtful leaves
 * it open whether the rules speak, and so does a doubt that came up since. */
static bool may_judge_response(naive *n, int session, int request, int before)
{
    if (!was_opened(n, session))
        return false;
    bool alive = was_alive(n, session, request, before);
    n->only_allows = is_doubtful(n, session, before, before) ||
                     (!alive && !naive_all_read(n) && may_have_lived(n, session, request, before));
    return alive || n->only_allows;
}

/* Answers to the other methods. */

/* An EcDoDisconnect is out: the server may be done with it, and its answer be on the way. */
static bool is_ending(const naive *n, int session, int before)
{
    for (int i = 0; i < before; i++)
        if (is_call_of(n, i, OXC_KIND_CLOSE, session) && answer_of(n, i, before) == NOTHING)
            return true;
    return false;
}

/* "The ACXH is live and bound to another session, which an EcDoConnectEx response of the capture
 * opened." */
static void judge_handle_reused(naive *n, int i)
{
    const entry *x = at(n, i);
    int context = context_named(n, server_of(n, x), x->e.name, i);
    int bound = context == NOTHING ? NOTHING : session_of(n, context, i);
    if (bound == NOTHING || bound == at(n, x->call)->session || !was_opened(n, bound) ||
        server_of(n, at(n, context)) != server_of(n, x) || session_end(n, bound, i) != NOTHING)
        return;
    allow(n, i, OXC_RULE_connect_handle_reused);
    if (is_alive(n, bound, i) && !is_ending(n, bound, i))
        report(n, i, OXC_RULE_connect_handle_reused, context);
}

static void judge_async_connect_response(naive *n, int i)
{
    const entry *x = at(n, i);
    if (!knows_handle(x) || !knows_result(x))
        return;
    bool none = is_null(x->e.name);
    if (x->e.status != 0 && !none)
        report(n, i, OXC_RULE_connect_handle_on_failure, x->call);
    if (x->e.status == 0 && none)
        report(n, i, OXC_RULE_connect_null_on_success, x->call);
    if (x->e.status == 0 && !none)
        judge_handle_reused(n, i);
}

static void judge_rpc_response(naive *n, int i)
{
    const entry *x = at(n, i);
    if (knows_handle(x) && returned_zero(x) && !is_null(x->e.name) &&
        !same_handle(x->e.name, at(n, x->call)->e.name))
        report(n, i, OXC_RULE_session_handle_changed, x->call);
    if (x->believed && (x->e.rops.faults & OXC_ROP_NOTIFY_FLAGS_INVALID) != 0)
        report(n, i, OXC_RULE_notify_flags_invalid, x->call);
}

/* Answers to waits. */

/* Whether wait k was sent over another TCP connection than the one that brings the answer to wait.
 */
static bool travels_apart(const naive *n, int k, int wait)
{
    return at(n, k)->e.connection != at(n, wait)->e.connection ||
           connection_of(n, at(n, wait))->split;
}

static bool is_between(const naive *n, int first, int k, int last)
{
    return at(n, first)->e.time <= at(n, k)->e.time && at(n, k)->e.time <= at(n, last)->e.time;
}

/* One whose connection has been closed since is no evidence. What time says otherwise than the
 * order of the capture is left open. */
static void judge_late_overlap(naive *n, int i)
{
    int wait = at(n, i)->call;
    int end = end_of(n, wait, i);
    if (end != NOTHING && at(n, end)->close)
        return;
    bool sure = true;
    bool any = false;
    for (int k = wait + 1; k < i; k++) {
        if (!is_wait_of(n, k, at(n, wait)->context) || !travels_apart(n, k, wait) ||
            !outstanding(n, wait, k))
            continue;
        any = any || is_between(n, wait, k, i);
        sure = sure && is_between(n, wait, k, i) && !maybe_replaced(n, wait, k);
    }
    if (!any)
        return;
    allow(n, i, OXC_RULE_wait_overlap);
    if (sure)
        report(n, i, OXC_RULE_wait_overlap, wait);
}

/* Whether bytes of the server are missing between a wait and its end. */
static bool may_have_missed_answer(const naive *n, int wait, int end)
{
    for (int g = wait + 1; g < end; g++) {
        const entry *x = at(n, g);
        if (is_pdu(x) && x->e.type == OXC_EVENT_LOST && x->e.lost_from != OXC_SIDE_CLIENT &&
            x->e.connection == at(n, wait)->e.connection)
            return true;
    }
    return false;
}

/* "A wait (counts as in flight) until 5 minutes plus the grace after the gap" that may have hidden
 * its answer. */
static bool may_be_over(const naive *n, int wait, int moment)
{
    for (int g = wait + 1; g < moment && outstanding(n, wait, moment); g++) {
        const entry *x = at(n, g);
        if (is_pdu(x) && x->e.type == OXC_EVENT_LOST && x->e.lost_from != OXC_SIDE_CLIENT &&
            x->e.connection == at(n, wait)->e.connection &&
            at(n, moment)->e.time - x->e.time > FIVE_MINUTES + grace_of(n))
            return true;
    }
    return false;
}

/* "No other wait of the context was outstanding at any time while it was, and none had ended
 * unanswered before": before the response, and the wait itself is one of them if it was
 * cancelled first. */
bool rejected_alone(const naive *n, int wait, int response, bool *sure)
{
    int context = at(n, wait)->context;
    for (int i = 0; i < response; i++) {
        if (!is_wait_of(n, i, context))
            continue;
        int end = end_of(n, i, response);
        bool taken_over =
            end != NOTHING && is_pdu(at(n, end)) && at(n, end)->e.type == OXC_EVENT_REQUEST;
        *sure = *sure && !taken_over; /* its answer was missed */
        bool unseen = end != NOTHING && may_have_missed_answer(n, i, end);
        *sure = *sure && !unseen;
        if (end != NOTHING && !taken_over && !unseen && ended_unanswered(n, end))
            return false;
        if (i == wait || !were_outstanding_together(n, i, wait, response))
            continue;
        if (!may_be_over(n, i, wait))
            return false;
        *sure = false;
    }
    return true;
}

static void judge_both_accepted(naive *n, int i)
{
    int wait = at(n, i)->call;
    if (!ends_wait(n, i))
        return;
    for (int k = 0; k < i; k++)
        if (is_wait_response_of(n, k, at(n, wait)->context) && returned_zero(at(n, k)) &&
            ends_wait(n, k) && were_outstanding_together(n, at(n, k)->call, wait, i))
            report(n, i, OXC_RULE_overlap_not_rejected, MIN(wait, at(n, k)->call));
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
    allow(n, i, OXC_RULE_wait_busy_loop);
    for (int k = i - 1; k >= 0; k--) {
        if (is_call_of(n, k, OXC_KIND_EXECUTE, session))
            break;
        if (is_wait_response_of(n, k, context) &&
            (at(n, k)->findings >> OXC_RULE_wait_busy_loop & 1) != 0)
            return;
    }
    report(n, i, OXC_RULE_wait_busy_loop, first);
}

static bool disconnect_sent(const naive *n, int session, int from, int before)
{
    for (int i = from; i < before; i++)
        if (is_call_of(n, i, OXC_KIND_CLOSE, session))
            return true;
    return false;
}

static void judge_duration(naive *n, int i, int session)
{
    const entry *x = at(n, i);
    int since = x->call;
    if (!ends_wait(n, i))
        return;
    if (silent_too_long(n, x->call, session, i, &since))
        report(n, i, OXC_RULE_wait_overdue, since);
    int last = at(n, session)->call;
    for (int k = 0; k < i; k++)
        if (is_call_of(n, k, OXC_KIND_EXECUTE, session))
            last = k;
    int64_t early = FIVE_MINUTES - grace_of(n);
    if (x->e.flags == 0 && x->e.time - at(n, x->call)->e.time < early &&
        x->e.time - at(n, last)->e.time < early && !disconnect_sent(n, session, x->call, i))
        report(n, i, OXC_RULE_wait_completed_early, MIN(last, x->call));
}

static void judge_wait_response(naive *n, int i)
{
    const entry *x = at(n, i);
    int context = at(n, x->call)->context;
    int session = context == NOTHING ? NOTHING : session_of(n, context, i);
    if (!may_judge_response(n, session, x->call, i) || !is_evidence(n, i))
        return;
    judge_late_overlap(n, i);
    if (!knows_result(x))
        return;
    if ((x->e.flags & ~FLAG_PENDING) != 0)
        report(n, i, OXC_RULE_flags_out_reserved, x->call);
    bool sure = true;
    if (x->e.status == STATUS_REJECTED && rejected_alone(n, x->call, i, &sure) &&
        !disconnect_sent(n, session, 0, i))
        report_if(n, i, OXC_RULE_rejected_without_overlap, x->call, sure);
    if (x->e.status != 0)
        return;
    judge_both_accepted(n, i);
    judge_duration(n, i, session);
    if (!is_notification(n, i))
        return;
    judge_busy_loop(n, i, session);
    judge_left(n, previous_notification(n, context, i), i);
}

static void judge_any_response(naive *n, int i)
{
    const entry *x = at(n, i);
    if (x->unmatched)
        return;
    if (is_response(n, x, OXC_KIND_WAIT)) {
        judge_wait_response(n, i);
        return;
    }
    if (!may_judge_response(n, at(n, x->call)->session, x->call, i))
        return;
    if (is_response(n, x, OXC_KIND_ISSUE))
        judge_async_connect_response(n, i);
    else if (is_response(n, x, OXC_KIND_EXECUTE))
        judge_rpc_response(n, i);
    else if (is_response(n, x, OXC_KIND_CLOSE) && knows_handle(x) && returned_zero(x) &&
             !is_null(x->e.name))
        report(n, i, OXC_RULE_disconnect_handle_not_null, x->call);
}

void judge_response(naive *n, int i)
{
    judge_any_response(n, i);
    n->only_allows = false;
}
