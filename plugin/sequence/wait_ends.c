/* wait_ends.c
 * Which waits are outstanding, and how they end
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "wait_ends.h"

#include "contexts.h"
#include "handles.h"

#define MOST_STEPS 64 /* back through the waits of a context */

void oxc_waits_init(oxc_tracker *tracker)
{
    oxc_index_init(&tracker->pair_index, &tracker->calls, offsetof(oxc_call, connection),
                   tracker->seed);
}

void oxc_wait_list(oxc_tracker *tracker, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);
    oxc_context *context = oxc_context_at(tracker, call->owner);

    call->older = context->outstanding;
    if (call->older != OXC_NONE)
        oxc_call_at(tracker, call->older)->newer = number;
    context->outstanding = number;
    call->older_same = oxc_wait_newest(tracker, call->owner, call->connection);
    if (call->older_same != OXC_NONE)
        oxc_call_at(tracker, call->older_same)->newer_same = number;
    oxc_index_put(&tracker->pair_index, number);
    call->flags |= OXC_CALL_LISTED;
}

static void unlist_pair(oxc_tracker *tracker, oxc_call *call)
{
    if (call->newer_same != OXC_NONE)
        oxc_call_at(tracker, call->newer_same)->older_same = call->older_same;
    else if (call->older_same != OXC_NONE)
        oxc_index_put(&tracker->pair_index, call->older_same);
    else
        oxc_index_remove(&tracker->pair_index, oxc_key_of(call->connection, call->owner));
    if (call->older_same != OXC_NONE)
        oxc_call_at(tracker, call->older_same)->newer_same = call->newer_same;
    call->older_same = call->newer_same = OXC_NONE;
}

static void unlist_context(oxc_tracker *tracker, oxc_call *call)
{
    if (call->newer != OXC_NONE)
        oxc_call_at(tracker, call->newer)->older = call->older;
    else
        oxc_context_at(tracker, call->owner)->outstanding = call->older;
    if (call->older != OXC_NONE)
        oxc_call_at(tracker, call->older)->newer = call->newer;
    call->older = call->newer = OXC_NONE;
}

void oxc_wait_unlist(oxc_tracker *tracker, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);

    if ((call->flags & OXC_CALL_LISTED) == 0)
        return;
    /* One that was dropped still counts on its own connection, should that revive. */
    if ((call->flags & OXC_CALL_DROPPED) == 0)
        unlist_context(tracker, call);
    unlist_pair(tracker, call);
    call->flags &= (uint16_t)~OXC_CALL_LISTED;
}

void oxc_wait_retire(oxc_tracker *tracker, uint32_t number, bool closed)
{
    oxc_call *call = oxc_call_at(tracker, number);

    oxc_wait_unlist(tracker, number);
    oxc_context_at(tracker, call->owner)->flags |= OXC_CONTEXT_UNANSWERED;
    if (closed)
        call->flags |= OXC_CALL_CLOSED;
}

void oxc_wait_drop(oxc_tracker *tracker, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);

    if ((call->flags & OXC_CALL_LISTED) == 0)
        return;
    unlist_context(tracker, call);
    call->flags |= OXC_CALL_DROPPED;
    oxc_context_at(tracker, call->owner)->dropped++;
}

/* The EcDoAsyncConnectEx response that last returned a handle, whatever context it began. */
static uint32_t latest_connect(const oxc_tracker *tracker, const oxc_context *context)
{
    uint32_t latest;

    if ((context->flags & OXC_CONTEXT_REPLACED) == 0)
        return context->connect;
    latest = oxc_context_find(tracker, context->server, context->name);
    return oxc_context_at(tracker, latest)->connect;
}

/* Joins a wait with the record of its end, the last one; its first end counts. */
static void join_end(oxc_tracker *tracker, uint32_t request)
{
    uint32_t number = tracker->records.count - 1;
    oxc_record *wait = oxc_record_at(tracker, request), *end = oxc_record_at(tracker, number);

    end->connect = OXC_NONE;
    if ((wait->flags & OXC_RECORD_ENDED) != 0)
        return;
    end->connect = wait->wait.connect;
    wait->wait.end = number;
    wait->flags |= OXC_RECORD_ENDED;
}

void oxc_wait_note_end(oxc_tracker *tracker, const oxc_call *call, oxc_outcome outcome)
{
    oxc_record *record = oxc_record_at(tracker, tracker->records.count - 1);

    record->answer.fetch = record->answer.delivered = OXC_NONE;
    record->answer.next = record->answer.connect = OXC_NONE;
    record->outcome = (uint8_t)outcome;
    record->flags |= OXC_RECORD_TIMED;
    if (call->owner != OXC_NONE) {
        record->session = oxc_context_session(tracker, oxc_context_at(tracker, call->owner));
        record->answer.connect = latest_connect(tracker, oxc_context_at(tracker, call->owner));
    }
    join_end(tracker, call->record);
}

/* The wait is none of those without an answer. */
static void leave(oxc_context *context, uint32_t number)
{
    for (size_t i = 0; i < G_N_ELEMENTS(context->last_calls); i++)
        if (context->last_calls[i] == number)
            context->last_calls[i] = OXC_NONE;
}

void oxc_wait_finish(oxc_tracker *tracker, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);
    oxc_context *context;

    if (call->owner == OXC_NONE)
        return;
    oxc_wait_unlist(tracker, number);
    context = oxc_context_at(tracker, call->owner);
    if ((call->flags & OXC_CALL_CLOSED) != 0)
        context->flags |= OXC_CONTEXT_UNANSWERED; /* the answer came too late */
    if ((call->flags & OXC_CALL_DROPPED) != 0)
        context->dropped--;
    leave(context, number);
}

void oxc_wait_note_close(const oxc_tracker *tracker, oxc_call *call)
{
    if (oxc_is_closed(tracker, call->connection))
        call->flags |= OXC_CALL_CLOSED;
}

void oxc_wait_forget(oxc_tracker *tracker, uint32_t number)
{
    oxc_context *context = oxc_context_at(tracker, number);

    context->row = 0;
    context->failure = OXC_NONE;
    oxc_context_set_quiet(tracker, number, false);
}

void oxc_wait_fault(oxc_tracker *tracker, uint32_t number)
{
    oxc_wait_note_close(tracker, oxc_call_at(tracker, number));
    oxc_wait_note_end(tracker, oxc_call_at(tracker, number), OXC_OUTCOME_FAULT);
    oxc_wait_finish(tracker, number);
}

void oxc_wait_cancel(oxc_tracker *tracker, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);

    oxc_wait_note_close(tracker, call);
    oxc_wait_note_end(tracker, call, OXC_OUTCOME_CANCELLED);
    if ((call->flags & OXC_CALL_CANCELLED) != 0) {
        oxc_record *record = oxc_record_at(tracker, tracker->records.count - 1);

        record->outcome = OXC_OUTCOME_NONE;
        record->flags &= (uint8_t)~OXC_RECORD_TIMED;
        return;
    }
    if (call->owner != OXC_NONE) {
        oxc_wait_retire(tracker, number, false);
        leave(oxc_context_at(tracker, call->owner), number);
    }
    call->flags |= OXC_CALL_CANCELLED;
}

/* The last wait of a context on another connection than its last one. */
static uint32_t find_other(const oxc_tracker *tracker, const oxc_context *context)
{
    uint32_t number = context->last_wait;

    for (unsigned step = 0; step < MOST_STEPS && number != OXC_NONE; step++) {
        const oxc_record *record = oxc_record_at(tracker, number);

        if (record->connection != context->last_wait_connection)
            return number;
        number = record->wait.previous;
    }
    return OXC_NONE;
}

/* Takes a wait out of the chain of its context. */
static void unlink_wait(oxc_tracker *tracker, oxc_context *context, uint32_t number)
{
    oxc_record *record = oxc_record_at(tracker, number);
    uint32_t previous = record->wait.previous, next = record->wait.next;

    if (previous != OXC_NONE)
        oxc_record_at(tracker, previous)->wait.next = next;
    if (next != OXC_NONE) {
        oxc_record *after = oxc_record_at(tracker, next);

        after->wait.previous = previous;
        /* What it said was of the one that never was. */
        after->outcome = OXC_OUTCOME_NONE;
        after->flags &= (uint8_t)~OXC_RECORD_TIMED;
    } else {
        context->wait_count--;
        context->last_wait = previous;
        context->last_wait_connection =
            previous == OXC_NONE ? OXC_NONE : oxc_record_at(tracker, previous)->connection;
    }
    context->other_wait = find_other(tracker, context);
    record->wait.previous = record->wait.next = record->wait.connect = OXC_NONE;
    record->wait.ordinal = 0;
    record->outcome = OXC_OUTCOME_NONE;
    record->flags &= (uint8_t)~OXC_RECORD_TIMED;
}

void oxc_wait_withdraw(oxc_tracker *tracker, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);
    oxc_context *context;

    if (call->owner == OXC_NONE)
        return;
    context = oxc_context_at(tracker, call->owner);
    oxc_wait_unlist(tracker, number);
    if ((call->flags & OXC_CALL_DROPPED) != 0)
        context->dropped--;
    for (size_t i = 0, k = 0; i < G_N_ELEMENTS(context->last_calls); i++) {
        uint32_t kept = context->last_calls[i];

        context->last_calls[i] = OXC_NONE;
        if (kept != number)
            context->last_calls[k++] = kept;
    }
    unlink_wait(tracker, context, call->record);
}

void oxc_wait_hide(oxc_tracker *tracker, uint32_t number, uint32_t mark, int64_t time)
{
    const oxc_call *call = oxc_call_at(tracker, number);
    oxc_context *context;

    oxc_record_at(tracker, call->record)->flags |= OXC_RECORD_HIDDEN;
    if (call->owner == OXC_NONE || (call->flags & OXC_CALL_CANCELLED) != 0)
        return;
    oxc_wait_unlist(tracker, number);
    context = oxc_context_at(tracker, call->owner);
    context->hidden = mark;
    context->hidden_time = time;
    oxc_wait_forget(tracker, call->owner);
}
