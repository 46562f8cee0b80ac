/* stubs.h
 * Which stubs to believe
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_STUBS_H
#define OXC_STUBS_H

#include "state.h"

/** Whether the stub of a request or response can be believed, "Sealed calls" of the rules. */
bool oxc_stub_readable(const oxc_tracker *tracker, const oxc_event *event, oxc_kind kind);

#endif /* OXC_STUBS_H */
