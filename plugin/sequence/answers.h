/* answers.h
 * What the answers to the calls of EMSMDB say of sessions and contexts
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ANSWERS_H
#define OXC_ANSWERS_H

#include "state.h"

/** Takes in what a response says that could be read. */
void oxc_answer(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call);

#endif /* OXC_ANSWERS_H */
