/* seen.h
 * Which PDUs a tap has brought: those that its filter lets through, at a bit each
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_SEEN_H
#define OXC_SEEN_H

#include <glib.h>

#include "sequence/tracker.h"

/** All bytes zero: none. */
typedef struct {
    GArray *bits; /**< of uint64_t, by the number of the record */
} oxc_seen;

/** @param record  oxc_view.record */
void oxc_seen_add(oxc_seen *seen, uint32_t record);

/** False for OXC_NONE, too. */
bool oxc_seen_has(const oxc_seen *seen, uint32_t record);

/** What ended a wait, among the PDUs that were seen: its own end, else the next wait that shows it
 *  to be over; or NULL. */
const oxc_wait_end *oxc_seen_end(const oxc_seen *seen, const oxc_wait *wait);

/** Frees what it holds, and makes it empty. */
void oxc_seen_clear(oxc_seen *seen);

#endif /* OXC_SEEN_H */
