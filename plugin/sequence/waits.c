/* waits.c
 * Which waits are outstanding
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "waits.h"

void oxc_waits_init(oxc_tracker *tracker)
{
    oxc_index_init(&tracker->pair_index, &tracker->calls, offsetof(oxc_call, connection),
                   tracker->seed);
}

uint32_t oxc_wait_newest(const oxc_tracker *tracker, uint32_t context, uint32_t connection)
{
    return oxc_index_find(&tracker->pair_index, oxc_key_of(connection, context));
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
    unlist_pair(tracker, call);
    /* One that was dropped still counts on its own connection, should that revive. */
    if ((call->flags & OXC_CALL_DROPPED) == 0)
        unlist_context(tracker, call);
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
