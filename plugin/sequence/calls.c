/* calls.c
 * Calls without an answer
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "calls.h"

#include "doubt.h"

typedef struct {
    uint32_t connection;
    uint32_t call_id;
} call_key;

static uint32_t hash_call(const oxc_tracker *tracker, uint32_t connection, uint32_t call_id)
{
    return oxc_hash_end(oxc_hash_step(tracker->seed, (uint64_t)connection << 32 | call_id));
}

static uint32_t call_hash(const void *owner, uint32_t number)
{
    const oxc_tracker *tracker = (const oxc_tracker *)owner;
    const oxc_call *call = oxc_call_at(tracker, number);

    return hash_call(tracker, call->connection, call->call_id);
}

static bool call_equal(const void *owner, uint32_t number, const void *wanted)
{
    const oxc_call *call = oxc_call_at((const oxc_tracker *)owner, number);
    const call_key *key = (const call_key *)wanted;

    return call->connection == key->connection && call->call_id == key->call_id;
}

static const oxc_index_type call_type = {call_hash, call_equal};

void oxc_calls_init(oxc_tracker *tracker)
{
    oxc_store_init(&tracker->calls, sizeof(oxc_call));
    oxc_index_init(&tracker->call_index, &call_type, tracker);
    tracker->free_call = OXC_NONE;
}

uint32_t oxc_call_find(const oxc_tracker *tracker, uint32_t connection, uint32_t call_id)
{
    call_key key = {connection, call_id};

    return oxc_index_find(&tracker->call_index, hash_call(tracker, connection, call_id), &key);
}

uint32_t oxc_call_begin(oxc_tracker *tracker, const oxc_event *event, uint32_t record,
                        bool readable)
{
    call_key key = {event->connection, event->call_id};
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
        .method = (uint16_t)event->method,
        .flags = readable ? 0 : OXC_CALL_UNREAD,

        .older = OXC_NONE,
        .newer = OXC_NONE,
        .before = OXC_NONE,
        .after = OXC_NONE,
        .older_same = OXC_NONE,
        .newer_same = OXC_NONE,
    };
    oxc_index_put(&tracker->call_index, hash_call(tracker, key.connection, key.call_id), &key,
                  number);
    return number;
}

static uint32_t *list_of(const oxc_tracker *tracker, const oxc_call *call)
{
    oxc_connection *connection = oxc_connection_at(tracker, call->connection);

    return call->method == OXC_METHOD_ASYNC_WAIT ? &connection->waits : &connection->calls;
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
    call_key key = {call->connection, call->call_id};

    oxc_call_unlist(tracker, number);
    oxc_index_remove(&tracker->call_index, hash_call(tracker, key.connection, key.call_id), &key);
    call->older = tracker->free_call;
    tracker->free_call = number;
}

bool oxc_call_doubtful(const oxc_tracker *tracker, const oxc_call *call, uint32_t session)
{
    const oxc_session *of = oxc_session_at(tracker, session);
    uint32_t shaken = of->shaken <= call->record + 1 ? of->shaken : of->shaken_before;

    if (oxc_answer_doubted(tracker, call))
        return true;
    return (call->flags & OXC_CALL_DOUBTED) != 0 && of->alive <= call->record + 1 &&
           (shaken > of->alive || oxc_doubts_of_end(tracker, session, call->connection) != 0);
}
