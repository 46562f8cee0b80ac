/* mapi_row.c
 * What one message of MAPI over HTTP has in a frame, while it is shown
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "mapi_row.h"

#include "capture/analysis.h"

nstime_t oxc_mapi_since_request(const oxc_mapi_row *row)
{
    int64_t elapsed = oxc_arrival(row->pinfo) - row->call->request_time;
    nstime_t time;

    elapsed = MAX(elapsed, 0);
    time.secs = (time_t)(elapsed / 1000000000);
    time.nsecs = (int)(elapsed % 1000000000);
    return time;
}
