/* requests.h
 * The calls of EMSMDB that make, use and end sessions
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_REQUESTS_H
#define OXC_REQUESTS_H

#include "state.h"

/** Takes in a request. */
void oxc_request(oxc_tracker *tracker, const oxc_event *event, uint32_t call);

#endif /* OXC_REQUESTS_H */
