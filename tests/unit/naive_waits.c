/* naive_waits.c
 * The rules that are judged on a wait request, but for those that need no other wait
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "naive_history.h"

/* Waits that are out together. */

/* The last PDU of the server on a connection, or NOTHING. */
static int last_from_server(const naive *n, uint32_t number, int before)
{
    for (int i = before - 1; i >= 0; i--) {
        const entry *x = at(n, i);
        if (is_pdu(x) && x->e.connection == number && x->e.type != OXC_EVENT_LOST &&
            x->e.type != OXC_EVENT_UNSEEN && x->e.from_server)
            return i;
    }
    return NOTHING;
}

/* A wait that was answered after all, faulted, cancelled or replaced was not dropped. */
bool was_dropped(const naive *n, int wait, int i)
{
    if (wait == NOTHING || at(n, wait)->e.connection == at(n, i)->e.connection)
        return false;
    int end = end_of(n, wait, i);
    if (answer_of(n, wait, i) != NOTHING || (end != NOTHING && !at(n, end)->close))
        return false;
    int64_t limit = FIVE_MINUTES + grace_of(n);
    int last = last_from_server(n, at(n, wait)->e.connection, i);
    return at(n, i)->e.time - at(n, wait)->e.time > limit &&
           (last == NOTHING || at(n, i)->e.time - at(n, last)->e.time > limit);
}

/* Whether the handle was returned again since the wait, for a session from before the capture or
 * that was in doubt then, or by a server that gives handles again: if that session had ended there,
 * another context began. */
bool maybe_replaced(const naive *n, int wait, int before)
{
    const entry *x = at(n, wait);
    int session = issued_for(n, x->context);
    if (session == NOTHING || last_return(n, server_of(n, x), x->e.name, before) <= wait)
        return false;
    for (int k = wait + 1; k < before; k++)
        if (returns_acxh(n, at(n, k)) && same_handle(at(n, k)->e.name, x->e.name) &&
            is_doubtful(n, session, k, k))
            return true;
    return !was_opened(n, session) || gives_again(n, server_of(n, x), before);
}

/* A wait ends also where the next one of its context shows it to have been dropped. */
bool seen_dropped(const naive *n, int wait, int before)
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
        if (is_pdu(x) && x->e.connection == number &&
            (x->e.type == OXC_EVENT_BIND_ACK || x->e.type == OXC_EVENT_RESPONSE ||
             x->e.type == OXC_EVENT_FAULT))
            return true;
    }
    return false;
}

/* "On the request: an earlier wait of the same context is outstanding on the same connection." Of a
 * connection on which the capture has nothing from the server it is left open when its last PDU
 * came. */
void judge_overlap(naive *n, int i)
{
    bool same = false;
    bool other = false;
    bool unsure = false;
    int first = i;
    for (int k = i - 1; k >= 0; k--) {
        if (!is_wait_of(n, k, at(n, i)->context) || !outstanding(n, k, i))
            continue;
        first = k;
        allow(n, i, OXC_RULE_wait_overlap_suspected);
        bool here = at(n, k)->e.connection == at(n, i)->e.connection &&
                    tells_what_came(n, at(n, i)->e.connection, i);
        if (maybe_replaced(n, k, i) || seen_dropped(n, k, i))
            unsure = true;
        else if (here)
            same = true;
        else
            other = true;
        if (here)
            allow(n, i, OXC_RULE_wait_overlap);
    }
    int previous = previous_wait(n, at(n, i)->context, i);
    bool dropped = was_dropped(n, previous, i);
    if (same)
        report(n, i, OXC_RULE_wait_overlap, first);
    if (dropped)
        report_if(n, i, OXC_RULE_wait_dropped, previous,
                  !maybe_replaced(n, previous, i) &&
                      last_from_server(n, at(n, previous)->e.connection, i) != NOTHING);
    if (other && !same && !dropped && !unsure)
        report(n, i, OXC_RULE_wait_overlap_suspected, first);
}

/* Waits that were cut. */

/* How old a wait was when the close of its connection ended it without an answer, or -1. */
static int64_t age_when_cut(const naive *n, int wait, int before)
{
    int end = end_of(n, wait, before);
    if (end == NOTHING || !at(n, end)->close || answer_of(n, wait, before) != NOTHING)
        return -1;
    return at(n, end)->e.time - at(n, wait)->e.time;
}

static bool is_answered_between(const naive *n, int context, int from, int before)
{
    for (int i = from; i < before; i++)
        if (is_about_call(at(n, i)) && at(n, i)->call != NOTHING && !at(n, i)->unmatched &&
            (at(n, i)->e.type == OXC_EVENT_RESPONSE || at(n, i)->e.type == OXC_EVENT_FAULT) &&
            is_wait_of(n, at(n, i)->call, context))
            return true;
    return false;
}

void judge_cut(naive *n, int i)
{
    int64_t shortest = INT64_MAX;
    int64_t longest = 0;
    int context = at(n, i)->context;
    int wait = i;
    for (int k = 0; k < 3; k++) {
        wait = previous_wait(n, context, wait);
        int64_t age = wait == NOTHING ? -1 : age_when_cut(n, wait, i);
        if (age < 0)
            return;
        shortest = MIN(shortest, age);
        longest = MAX(longest, age);
    }
    if (longest - shortest >= (longest + 9) / 10 || longest == 0)
        return;
    allow(n, i, OXC_RULE_wait_cut_repeatedly);
    for (int k = i - 1; k >= 0; k--)
        if (is_wait_of(n, k, context) &&
            (at(n, k)->findings >> OXC_RULE_wait_cut_repeatedly & 1) != 0 &&
            !is_answered_between(n, context, k, i))
            return;
    report(n, i, OXC_RULE_wait_cut_repeatedly, wait);
}

/* Waits after an error. */

static bool keeps_to_a_connection(const naive *n, int wait, int before)
{
    for (int i = 0; i < before; i++)
        if (is_wait_of(n, i, at(n, wait)->context) &&
            at(n, i)->e.connection != at(n, wait)->e.connection)
            return false;
    return true;
}

/* Whether an answer to a session that had ended says more than that is left open. */
static bool is_of_the_living(const naive *n, int k)
{
    int session = issued_for(n, context_of_response(n, k));
    return session == NOTHING || was_alive(n, session, at(n, k)->call, k);
}

static bool is_counting_answer(const naive *n, int k, int context, bool *sure)
{
    const entry *x = at(n, k);
    if (!is_wait_response_of(n, k, context) || !knows_result(x) || !is_evidence(n, k))
        return false;
    return x->e.status != STATUS_REJECTED ||
           (was_opened(n, issued_for(n, context)) && rejected_alone(n, x->call, k, sure));
}

/* Whether a wait on the same handle, of an older context, has succeeded since. */
static bool was_answered_well(const naive *n, int response, int before)
{
    for (int k = response + 1; k < before; k++) {
        const entry *x = at(n, k);
        if (is_response(n, x, OXC_KIND_WAIT) && returned_zero(x) &&
            same_handle(at(n, x->call)->e.name, at(n, before)->e.name))
            return true;
    }
    return false;
}

/* "The latest answer to a wait of its context since the last EcDoAsyncConnectEx response that
 * returned the handle was non-zero (a success in between clears it)." What a Rejected that does not
 * count hides, and an answer that came behind the close of its connection, is left open; so is a
 * Rejected where another connection may carry more waits than the capture shows. */
void judge_after_error(naive *n, int i)
{
    const entry *wait = at(n, i);
    int returned = last_return(n, server_of(n, at(n, wait->context)), wait->e.name, i);
    if (returned == NOTHING)
        return;
    bool sure = true;
    for (int k = i - 1; k > returned; k--) {
        const entry *x = at(n, k);
        if (!is_wait_response_of(n, k, wait->context))
            continue;
        if (!is_counting_answer(n, k, wait->context, &sure) || !ends_wait(n, k)) {
            sure = false;
            continue;
        }
        if (x->e.status == 0)
            return;
        sure = sure && !maybe_replaced(n, x->call, i) && x->call > returned &&
               !was_answered_well(n, k, i) &&
               !awaits(n, session_of(n, wait->context, i), OXC_KIND_ISSUE, i);
        if (x->e.status == STATUS_REJECTED)
            sure = sure && keeps_to_a_connection(n, x->call, i) && is_of_the_living(n, k);
        report_if(n, i, OXC_RULE_wait_after_error, x->call, sure);
        return;
    }
}
