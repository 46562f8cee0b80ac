/* calls.c
 * Calls without an answer, and which stubs to believe
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "state.h"

#define HIGHEST_ATTRIBUTES 0xFFu

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

uint32_t oxc_call_begin(oxc_tracker *tracker, const oxc_event *event, uint32_t association,
                        uint32_t record, bool readable)
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
        .association = association,
        .method = (uint16_t)event->method,
        .flags = readable ? 0 : OXC_CALL_UNREAD,

        .older = OXC_NONE,
        .newer = OXC_NONE,
        .older_same = OXC_NONE,
        .newer_same = OXC_NONE,
    };
    oxc_index_put(&tracker->call_index, hash_call(tracker, key.connection, key.call_id), &key,
                  number);
    return number;
}

void oxc_call_end(oxc_tracker *tracker, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);
    call_key key = {call->connection, call->call_id};

    oxc_index_remove(&tracker->call_index, hash_call(tracker, key.connection, key.call_id), &key);
    call->older = tracker->free_call;
    tracker->free_call = number;
}

/* The statuses that [MS-OXCRPC] 3.1.4 and 3.3.4 and [MS-OXCDATA] 2.4 name for these methods. */
static bool has_name(uint32_t status)
{
    switch (status) {
    case 0x00000000:
    case 0x000003EB: /* ecUnknownUser */
    case 0x000003ED: /* ecExiting */
    case 0x000003F0: /* ecServerOOM */
    case 0x000003F2: /* ecLoginPerm */
    case 0x0000047D: /* ecBufferTooSmall */
    case 0x00000480: /* ecServerBusy */
    case 0x000004B6: /* ecRpcFormat */
    case 0x000004B9: /* ecNullObject */
    case 0x000004DF: /* ecClientVerDisallowed */
    case 0x000004E0: /* ecRpcHttpDisallowed */
    case 0x000004E1: /* ecCachedModeRequired */
    case 0x000006BB: /* RPC_S_SERVER_TOO_BUSY */
    case 0x000006F7: /* RPC_X_BAD_STUB_DATA */
    case 0x000007D8: /* ecProtocolDisabled */
    case 0x000007EE: /* ecRejected */
    case 0x00000970: /* ecNotEncrypted */
    case 0x80004005: /* ecError */
    case 0x80040102: /* ecNotSupported */
    case 0x80040110: /* ecVersionMismatch */
    case 0x80040111: /* ecLoginFailure */
    case 0x80040115: /* ecRpcFailed */
    case 0x80040305: /* ecTooBig */
    case 0x80040605: /* ecNotInitialized */
    case 0x80070005: /* ecAccessDenied */
    case 0x80070057: /* ecInvalidParam */
        return true;
    default:
        return false;
    }
}

static bool believe_request(const oxc_tracker *tracker, const oxc_event *event, oxc_method method)
{
    const uint8_t *bytes = event->handle.bytes;
    uint32_t attributes =
        bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    bool reserved = method == OXC_METHOD_ASYNC_WAIT && event->flags != 0;

    return oxc_handle_is_null(&event->handle) || (!reserved && attributes <= HIGHEST_ATTRIBUTES) ||
           oxc_handle_was_shown(tracker, oxc_connection_at(tracker, event->connection)->server,
                                &event->handle);
}

static bool request_readable(const oxc_tracker *tracker, const oxc_event *event, oxc_method method)
{
    if (method == OXC_METHOD_CONNECT || method == OXC_METHOD_OTHER)
        return true;
    return event->has_handle &&
           (event->stub == OXC_STUB_CLEAR || believe_request(tracker, event, method));
}

static bool response_readable(const oxc_event *event, oxc_method method)
{
    if (method == OXC_METHOD_OTHER)
        return true;
    if (!event->has_result || (method != OXC_METHOD_ASYNC_WAIT && !event->has_handle))
        return false;
    return event->stub == OXC_STUB_CLEAR ||
           (has_name(event->status) && (method != OXC_METHOD_ASYNC_WAIT || event->flags <= 1));
}

bool oxc_stub_readable(const oxc_tracker *tracker, const oxc_event *event, oxc_method method)
{
    if (event->stub == OXC_STUB_UNREAD)
        return false;
    if (event->type == OXC_EVENT_REQUEST)
        return request_readable(tracker, event, method);
    return response_readable(event, method);
}
