/* stubs.c
 * Which stubs to believe
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "stubs.h"

#include "handles.h"

#define HIGHEST_ATTRIBUTES 0xFFu

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
    if (method == OXC_METHOD_CONNECT || !oxc_method_is_followed(method))
        return true;
    return event->has_handle &&
           (event->stub == OXC_STUB_CLEAR || believe_request(tracker, event, method));
}

static bool response_readable(const oxc_event *event, oxc_method method)
{
    if (!oxc_method_is_followed(method))
        return true;
    if (!event->has_result || (method != OXC_METHOD_ASYNC_WAIT && !event->has_handle))
        return false;
    return event->stub == OXC_STUB_CLEAR ||
           (oxc_status_name(event->status) != NULL &&
            (method != OXC_METHOD_ASYNC_WAIT || event->flags <= 1));
}

bool oxc_stub_readable(const oxc_tracker *tracker, const oxc_event *event, oxc_method method)
{
    if (event->stub == OXC_STUB_UNREAD)
        return false;
    if (event->type == OXC_EVENT_REQUEST)
        return request_readable(tracker, event, method);
    return response_readable(event, method);
}
