/* stubs.c
 * Which stubs to believe
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "stubs.h"

#include "handles.h"

static bool believe_request(const oxc_tracker *tracker, const oxc_event *event, oxc_kind kind)
{
    bool reserved = kind == OXC_KIND_WAIT && event->flags != 0;

    return event->name == OXC_NO_NAME || (!reserved && event->plausible) ||
           oxc_name_was_shown(tracker, oxc_link_at(tracker, event->connection)->server,
                              event->name);
}

static bool request_readable(const oxc_tracker *tracker, const oxc_event *event, oxc_kind kind)
{
    if (kind == OXC_KIND_OPEN || !oxc_kind_is_followed(kind))
        return true;
    return event->has_name &&
           (event->stub == OXC_STUB_CLEAR || believe_request(tracker, event, kind));
}

static bool response_readable(const oxc_event *event, oxc_kind kind)
{
    if (!oxc_kind_is_followed(kind))
        return true;
    if (!event->has_result || (kind != OXC_KIND_WAIT && !event->has_name))
        return false;
    return event->stub == OXC_STUB_CLEAR ||
           (oxc_status_name(event->status) != NULL && (kind != OXC_KIND_WAIT || event->flags <= 1));
}

bool oxc_stub_readable(const oxc_tracker *tracker, const oxc_event *event, oxc_kind kind)
{
    if (event->stub == OXC_STUB_UNREAD)
        return false;
    if (event->type == OXC_EVENT_REQUEST)
        return request_readable(tracker, event, kind);
    return response_readable(event, kind);
}
