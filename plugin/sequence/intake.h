/* intake.h
 * Takes in one PDU after the other
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_INTAKE_H
#define OXC_INTAKE_H

#include "state.h"

/** Takes in an event of MAPI over HTTP.
 *  @param record  that the message has already, or OXC_NONE */
void oxc_take_in(oxc_tracker *tracker, const oxc_event *event, uint32_t record);

#endif /* OXC_INTAKE_H */
