/* waits.h
 * Which waits are outstanding
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_WAITS_H
#define OXC_WAITS_H

#include "state.h"

void oxc_waits_init(oxc_tracker *tracker);

/** The newest outstanding wait of a context on a connection, or OXC_NONE. */
uint32_t oxc_wait_newest(const oxc_tracker *tracker, uint32_t context, uint32_t connection);

/** Adds a wait to those that are outstanding. */
void oxc_wait_list(oxc_tracker *tracker, uint32_t call);

/** Takes a wait out of those that are outstanding. */
void oxc_wait_unlist(oxc_tracker *tracker, uint32_t call);

/** The wait is over without an answer. */
void oxc_wait_retire(oxc_tracker *tracker, uint32_t call, bool closed);

/** The wait is taken for dropped, by what is silent on its connection. */
void oxc_wait_drop(oxc_tracker *tracker, uint32_t call);

#endif /* OXC_WAITS_H */
