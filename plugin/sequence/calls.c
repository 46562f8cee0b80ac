/* calls.c
 * Calls without an answer
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "calls.h"

#include "doubt.h"

void oxc_calls_init(oxc_tracker *tracker)
{
    oxc_store_init(&tracker->calls, sizeof(oxc_call));
    oxc_index_init(&tracker->call_index, &tracker->calls, offsetof(oxc_call, call_id),
                   tracker->seed);
    tracker->free_call = OXC_NONE;
}

uint32_t oxc_call_begin(oxc_tracker *tracker, const oxc_event *event, uint32_t record,
                        bool readable)
{
    uint32_t number = tracker->free_call;
    oxc_call *call;

    if (number == OXC_NONE)
        number = oxc_store_add(&tracker->calls);
    else
        tracker->free_call = oxc_call_at(tracker, number)->older;
    call = oxc_call_at(tracker, number);
    *call = (oxc_call){
        .connection = event->connection,
        .call_id = event->call_id,
        .record = record,
        .owner = OXC_NONE,
        .kind = (uint8_t)event->kind,
        .operation = event->operation,
        .flags = readable ? 0 : OXC_CALL_UNREAD,

        .older = OXC_NONE,
        .newer = OXC_NONE,
        .before = OXC_NONE,
        .after = OXC_NONE,
        .older_same = OXC_NONE,
        .newer_same = OXC_NONE,
    };
    oxc_index_put(&tracker->call_index, number);
    return number;
}

static uint32_t *list_of(const oxc_tracker *tracker, const oxc_call *call)
{
    oxc_link *connection = oxc_link_at(tracker, call->connection);

    return call->kind == OXC_KIND_WAIT ? &connection->waits : &connection->calls;
}

void oxc_call_list(oxc_tracker *tracker, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);
    uint32_t *list = list_of(tracker, call);

    call->before = *list;
    if (call->before != OXC_NONE)
        oxc_call_at(tracker, call->before)->after = number;
    *list = number;
}

void oxc_call_unlist(oxc_tracker *tracker, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);

    if ((call->flags & OXC_CALL_HIDDEN) != 0)
        return;
    if (call->after != OXC_NONE)
        oxc_call_at(tracker, call->after)->before = call->before;
    else
        *list_of(tracker, call) = call->before;
    if (call->before != OXC_NONE)
        oxc_call_at(tracker, call->before)->after = call->after;
    call->flags |= OXC_CALL_HIDDEN;
}

void oxc_call_end(oxc_tracker *tracker, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);

    oxc_call_unlist(tracker, number);
    oxc_index_remove(&tracker->call_index, oxc_key_of(call->call_id, call->connection));
    call->older = tracker->free_call;
    tracker->free_call = number;
}

bool oxc_call_end_hidden(const oxc_tracker *tracker, const oxc_call *call, uint32_t session)
{
    const oxc_session *of = oxc_session_at(tracker, session);
    uint32_t shaken = of->shaken <= call->record + 1 ? of->shaken : of->shaken_before;

    return of->alive <= call->record + 1 &&
           (shaken > of->alive || oxc_doubts_of_end(tracker, of, oxc_link_of(tracker, call)) != 0);
}
