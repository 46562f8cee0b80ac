/* judge.h
 * What the rules say of a PDU, and what is kept of it
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_JUDGE_H
#define OXC_JUDGE_H

#include "state.h"

/** Checks the rules for the last record. A rule is reported once on a frame. No state depends on
 *  what they say. */
void oxc_judge(oxc_tracker *tracker, oxc_facts *facts);

/** Reports on the last record, each rule once on a frame.
 *  @param count  not 0 */
void oxc_report(oxc_tracker *tracker, const oxc_verdict *verdicts, size_t count);

#endif /* OXC_JUDGE_H */
