/* losses.h
 * What gaps hide: the answers of calls that are outstanding
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_LOSSES_H
#define OXC_LOSSES_H

#include "state.h"

/** A gap shows: missing bytes, a response that belongs to no known call, or calls that cannot be
 *  attributed to any connection. */
void oxc_gap_lost(oxc_tracker *tracker, const oxc_event *event);
void oxc_gap_unmatched(oxc_tracker *tracker, const oxc_event *event);
void oxc_gap_unseen(oxc_tracker *tracker, int64_t time);

/** A gap may have hidden the answer to a call: takes it off that list, and notes the doubts. Of the
 *  gap only mark, time and bytes count. */
void oxc_call_hide(oxc_tracker *tracker, uint32_t call, const oxc_gap *gap);

/** The call is not in flight any more. */
void oxc_call_land(oxc_tracker *tracker, uint32_t call);

/** Notes what an answer may have said that could not be read. */
void oxc_answer_unread(oxc_tracker *tracker, const oxc_call *call);

/** Notes what a response says nothing about because its request could not be read. */
void oxc_answer_to_unread(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call);

#endif /* OXC_LOSSES_H */
