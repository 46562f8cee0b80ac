/* http_calls.c
 * Sessions, waits and fetches of MAPI over HTTP
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_event.h"

void oxc_tracker_http_event(oxc_tracker *tracker, const oxc_http_event *event)
{
    (void)tracker;
    (void)event;
}
