/* associations.h
 * Which connections belong together, and what is known of all calls on them
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ASSOCIATIONS_H
#define OXC_ASSOCIATIONS_H

#include "state.h"

void oxc_associations_init(oxc_tracker *tracker);

/** Begins an association of unknown beginning for a connection. */
void oxc_association_begin_unbound(oxc_tracker *tracker, uint32_t connection);

void oxc_association_bind(oxc_tracker *tracker, const oxc_event *event);

/** Takes in a bind_ack.
 *  @return whether it gives a group id to the bind of its connection */
bool oxc_association_bind_ack(oxc_tracker *tracker, const oxc_event *event);

/** The connection of a bind_ack belongs to the association that it names from now on.
 *  @param grouped  what oxc_association_bind_ack() returned */
void oxc_association_join(oxc_tracker *tracker, const oxc_event *event, bool grouped);

/** Counts a call as without answer (@p change 1) or with one (-1), if it returns a handle. */
void oxc_association_count_connect(oxc_tracker *tracker, const oxc_call *call, int change);

static inline void oxc_association_count(oxc_tracker *tracker, const oxc_call *call, int change)
{
    if (call->kind == OXC_KIND_OPEN || call->kind == OXC_KIND_ISSUE)
        oxc_association_count_connect(tracker, call, change);
}

/** Whether no handle can be valid in the association that is not explained. */
bool oxc_association_complete(const oxc_tracker *tracker, uint32_t association);

/** Complete by its packets, whatever the settings say. */
bool oxc_association_seen_whole(const oxc_tracker *tracker, const oxc_association *association);

/** Notes a gap for the association of a connection, if it is of any kind. */
void oxc_gap_note(oxc_tracker *tracker, uint32_t connection, const oxc_gap *gap);

/** A call of the given kinds on a connection could not be read: a gap. */
void oxc_gap_unread(oxc_tracker *tracker, uint32_t connection, unsigned kinds);

#endif /* OXC_ASSOCIATIONS_H */
