/* naive_requests.c
 * The rules that are judged on a request
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "naive_history.h"

#define OLDEST_SERVER (UINT64_C(8) << 48 | UINT64_C(358) << 16)

void allow(naive *n, int i, oxc_rule_id rule)
{
    at(n, i)->allowed |= UINT64_C(1) << rule;
}

void report(naive *n, int i, oxc_rule_id rule, int since)
{
    entry *x = at(n, i);
    allow(n, i, rule);
    if (n->only_allows)
        return;
    if ((x->findings >> rule & 1) == 0 || since < x->since[rule])
        x->since[rule] = since;
    x->findings |= UINT64_C(1) << rule;
}

/* What the contract's words leave open is allowed, and not asked for. */
void report_if(naive *n, int i, oxc_rule_id rule, int since, bool sure)
{
    allow(n, i, rule);
    if (sure)
        report(n, i, rule, since);
}

/* Whether the rule was, or may have been, said of the handle before. */
static bool was_said(const naive *n, int i, oxc_rule_id rule)
{
    const entry *about = at(n, i);
    for (int k = 0; k < i; k++) {
        const entry *x = at(n, k);
        if (is_pdu(x) && (x->allowed >> rule & 1) != 0 && server_of(n, x) == server_of(n, about) &&
            same_handle(x->e.name, about->e.name))
            return true;
    }
    return false;
}

/* Handles that nobody explained. */

/* "An EcDoConnectEx or EcDoRpcExt2 response of that server returned the 20 bytes as a CXH". What
 * an EcDoRpcExt2 response gives instead of the CXH of its request is not known to be one. Whether
 * that server returned it if the session is another address's is left open. */
static bool returned_as_cxh(const naive *n, int i, bool *sure)
{
    bool found = false;
    for (int k = 0; k < i; k++) {
        const entry *x = at(n, k);
        bool returns =
            is_response(n, x, OXC_KIND_OPEN) ||
            (is_response(n, x, OXC_KIND_EXECUTE) && same_handle(x->e.name, at(n, x->call)->e.name));
        if (returns && knows_handle(x) && returned_zero(x) &&
            server_of(n, x) == server_of(n, at(n, i)) && same_handle(x->e.name, at(n, i)->e.name)) {
            int session = at(n, x->call)->session;
            *sure = *sure || session == NOTHING || server_of(n, at(n, session)) == server_of(n, x);
            found = true;
        }
    }
    return found;
}

/* Where another connection may belong to the association, or a gap have hidden something, the words
 * of the contract allow both rules; only what proves the matter without it is asked for. */
static void judge_unexplained(naive *n, int i, oxc_rule_id proven, oxc_rule_id unknown, bool is_cxh,
                              bool sure)
{
    bool more = may_have_more(n, i) && !n->settings.assume_complete;
    bool complete = is_complete(n, i);
    allow(n, i, unknown);
    if (may_be_complete(n, i))
        allow(n, i, proven);
    if (is_cxh || (complete && !more))
        report_if(n, i, proven, 0, sure || !is_cxh || (complete && !more));
    else if (!complete && !was_said(n, i, unknown))
        report(n, i, unknown, 0);
}

static void judge_unexplained_wait(naive *n, int i)
{
    if (is_explained(n, at(n, i)->e.name, OXC_KIND_ISSUE, i))
        return;
    bool sure = false;
    bool is_cxh = returned_as_cxh(n, i, &sure);
    at(n, i)->warns_unknown = began_in_capture(n, association_of(n, at(n, i)->e.connection, i));
    judge_unexplained(n, i, OXC_RULE_wait_without_connect, OXC_RULE_wait_handle_unknown, is_cxh,
                      sure);
}

/* A session that ends because EcDoConnectEx returns its CXH, and that was first seen while that
 * call was out: who used the CXH must have had the answer, and the capture has the two in the wrong
 * order. It is the session that begins there. */
static bool is_same_session(const naive *n, int session, int end)
{
    return opens_session(n, at(n, end)) && !was_opened(n, session) && session > at(n, end)->call;
}

/* Which end counts may be in doubt behind a gap: what any of them says is allowed. Nor is it known
 * how long ago a session ended that was in doubt already. */
static void judge_ended(naive *n, int i, int session, oxc_rule_id after, oxc_rule_id races)
{
    int end = session == NOTHING ? NOTHING : session_end(n, session, i);
    if (end == NOTHING)
        return;
    for (int k = end; k != NOTHING; k = session_end_from(n, session, k + 1, i))
        allow(n, i, at(n, i)->e.time - at(n, k)->e.time < SECOND ? races : after);
    oxc_rule_id rule = at(n, i)->e.time - at(n, end)->e.time < SECOND ? races : after;
    bool waits = rule == OXC_RULE_wait_races_disconnect || rule == OXC_RULE_wait_after_disconnect;
    report_if(n, i, rule, end,
              !(rule == races && is_doubtful(n, session, end, i)) &&
                  !is_same_session(n, session, end) && !awaits(n, session, OXC_KIND_OPEN, i) &&
                  !(waits && awaits(n, session, OXC_KIND_ISSUE, i)));
}

static void judge_wait_request(naive *n, int i)
{
    const entry *wait = at(n, i);
    if (!knows_handle(wait))
        return;
    if (is_null(wait->e.name)) {
        report(n, i, OXC_RULE_wait_null_handle, i);
        return;
    }
    if (wait->e.flags != 0)
        report(n, i, OXC_RULE_flags_in_nonzero, i);
    judge_unexplained_wait(n, i);
    judge_overlap(n, i);
    judge_cut(n, i);
    judge_after_error(n, i);
    judge_ended(n, i, session_of(n, wait->context, i), OXC_RULE_wait_after_disconnect,
                OXC_RULE_wait_races_disconnect);
}

/* EcDoAsyncConnectEx. */

/* A fault is no response: it does not change what the last response was. */
static void judge_repeated(naive *n, int i)
{
    int session = at(n, i)->session;
    if (session_end(n, session, i) != NOTHING)
        return;
    for (int k = 0; k < i; k++) {
        if (!begins_context(n, k) || session_of(n, k, i) != session)
            continue;
        int response = previous_response(n, k, i);
        if (response == NOTHING || at(n, response)->e.status == 0)
            report_if(n, i, OXC_RULE_connect_repeated, response == NOTHING ? k : response,
                      is_alive(n, session, i));
    }
}

static void judge_async_connect_request(naive *n, int i)
{
    const entry *x = at(n, i);
    if (!knows_handle(x))
        return;
    if (is_null(x->e.name)) {
        report(n, i, OXC_RULE_connect_null_session, i);
        return;
    }
    if (!is_explained(n, x->e.name, OXC_KIND_OPEN, i))
        judge_unexplained(n, i, OXC_RULE_connect_without_session, OXC_RULE_connect_session_unknown,
                          false, false);
    judge_repeated(n, i);
    judge_ended(n, i, x->session, OXC_RULE_connect_after_disconnect,
                OXC_RULE_connect_races_disconnect);
    uint64_t version = at(n, x->session)->e.server_version;
    if (is_alive(n, x->session, i) && was_opened(n, x->session) && version != 0 &&
        version < OLDEST_SERVER)
        report(n, i, OXC_RULE_connect_unsupported_server, i);
}

/* EcDoRpcExt2 and EcDoDisconnect. */

/* A wait on a context of the session counts also if the context has been replaced since. That none
 * was seen rests on all that the session did. */
static void judge_never_waited(naive *n, int i)
{
    int session = at(n, i)->session;
    int live = NOTHING;
    for (int k = i - 1; k >= 0; k--) {
        if (is_request(at(n, k), OXC_KIND_WAIT) && at(n, k)->context != NOTHING &&
            issued_for(n, at(n, k)->context) == session)
            return;
        if (begins_context(n, k) && session_of(n, k, i) == session)
            live = k;
    }
    if (live != NOTHING && is_alive(n, session, i))
        report(n, i, OXC_RULE_connect_not_followed_by_wait, session);
}

/* All but "once for each": whether entry i completes the evidence that a notification was left. */
static bool is_left(const naive *n, int notification, int i)
{
    int session = session_of(n, context_of_response(n, notification), i);
    return was_alive(n, session, notification, i) && !is_fetched(n, notification, i) &&
           at(n, i)->e.time - at(n, notification)->e.time > grace_of(n);
}

/* Since it is the last of its context, only an EcDoDisconnect can have reported it before. */
static bool left_before(const naive *n, int notification, int i)
{
    int session = session_of(n, context_of_response(n, notification), i);
    for (int k = notification + 1; k < i; k++)
        if (is_call_of(n, k, OXC_KIND_CLOSE, session) && is_left(n, notification, k))
            return true;
    return false;
}

/* What only a later sign of life says of the notification's session is left open. */
void judge_left(naive *n, int notification, int i)
{
    if (notification == NOTHING || !is_left(n, notification, i))
        return;
    const entry *x = at(n, i);
    int session = session_of(n, context_of_response(n, notification), i);
    int since = at(n, notification)->call;
    if (x->e.type == OXC_EVENT_RESPONSE)
        since = MIN(since, x->call);
    report_if(n, i, OXC_RULE_notification_not_fetched, since,
              !left_before(n, notification, i) && !is_doubtful(n, session, i, i) &&
                  was_alive(n, session, notification, notification));
}

static void judge_last_notifications(naive *n, int i)
{
    for (int k = 0; k < i; k++)
        if (begins_context(n, k) && session_of(n, k, i) == at(n, i)->session)
            judge_left(n, previous_notification(n, k, i), i);
}

/* "Both times of wait-overdue are over 5 minutes plus the grace": since the wait, and since the
 * last EcDoRpcExt2 of the session before (its EcDoConnectEx if there was none). */
bool silent_too_long(const naive *n, int wait, int session, int moment, int *since)
{
    int last = was_opened(n, session) ? at(n, session)->call : NOTHING;
    for (int k = 0; k < moment; k++)
        if (is_call_of(n, k, OXC_KIND_EXECUTE, session))
            last = k;
    if (last == NOTHING)
        return false;
    *since = MIN(last, wait);
    int64_t limit = FIVE_MINUTES + grace_of(n);
    return at(n, moment)->e.time - at(n, wait)->e.time > limit &&
           at(n, moment)->e.time - at(n, last)->e.time > limit;
}

static bool named_before(const naive *n, int wait, int session, int before)
{
    int since;
    for (int k = wait + 1; k < before; k++)
        if ((at(n, k)->findings >> OXC_RULE_wait_unanswered & 1) != 0 &&
            at(n, k)->session == session && silent_too_long(n, wait, session, k, &since))
            return true;
    return false;
}

/* "The session has not ended, and a wait of it is outstanding ... Once a wait." Whether a wait is
 * still out that its next one showed to be dropped is left open. */
static void judge_unanswered(naive *n, int i)
{
    int session = at(n, i)->session;
    if (!is_alive(n, session, i))
        return;
    for (int k = 0; k < i; k++) {
        int since;
        int context = is_request(at(n, k), OXC_KIND_WAIT) ? at(n, k)->context : NOTHING;
        if (context == NOTHING || session_of(n, context, i) != session || !outstanding(n, k, i) ||
            !silent_too_long(n, k, session, i, &since))
            continue;
        report_if(n, i, OXC_RULE_wait_unanswered, since,
                  !named_before(n, k, session, i) && !seen_dropped(n, k, i) &&
                      !maybe_replaced(n, k, i));
    }
}

void judge_request(naive *n, int i)
{
    const entry *x = at(n, i);
    if (is_request(x, OXC_KIND_WAIT)) {
        judge_wait_request(n, i);
        return;
    }
    if (is_request(x, OXC_KIND_ISSUE)) {
        judge_async_connect_request(n, i);
        return;
    }
    bool disconnects = is_request(x, OXC_KIND_CLOSE);
    if (x->session == NOTHING || !(disconnects || is_request(x, OXC_KIND_EXECUTE)))
        return;
    judge_unanswered(n, i);
    if (disconnects) {
        judge_never_waited(n, i);
        judge_last_notifications(n, i);
    } else if ((x->e.rops.faults & OXC_ROP_NOTIFY_IN_REQUEST) != 0) {
        report(n, i, OXC_RULE_rop_notify_in_request, i);
    }
}
