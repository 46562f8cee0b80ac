/* wait_answers.h
 * What the answers to waits say
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_WAIT_ANSWERS_H
#define OXC_WAIT_ANSWERS_H

#include "state.h"

void oxc_wait_response(oxc_tracker *tracker, const oxc_event *event, uint32_t call, bool readable);

#endif /* OXC_WAIT_ANSWERS_H */
