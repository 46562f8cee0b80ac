/* responses.h
 * Calls that come to their end
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_RESPONSES_H
#define OXC_RESPONSES_H

#include "state.h"

/** Takes in a response to a call. */
void oxc_response(oxc_tracker *tracker, const oxc_event *event, uint32_t call, bool readable);
void oxc_call_faulted(oxc_tracker *tracker, uint32_t call);

/** The request was no call after all: it leaves no trace. */
void oxc_call_withdraw(oxc_tracker *tracker, uint32_t call);

/** The call has its answer, but nobody saw it. */
void oxc_call_missed(oxc_tracker *tracker, uint32_t call);

#endif /* OXC_RESPONSES_H */
