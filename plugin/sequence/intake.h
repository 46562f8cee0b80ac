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

/** Takes in a neutral event of MAPI over HTTP. */
void oxc_tracker_take(oxc_tracker *tracker, const oxc_event *event);

#endif /* OXC_INTAKE_H */
