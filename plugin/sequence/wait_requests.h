/* wait_requests.h
 * A wait is sent: what it meets
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_WAIT_REQUESTS_H
#define OXC_WAIT_REQUESTS_H

#include "state.h"

void oxc_wait_request(oxc_tracker *tracker, const oxc_event *event, uint32_t call);

#endif /* OXC_WAIT_REQUESTS_H */
