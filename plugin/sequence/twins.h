/* twins.h
 * The same connection seen twice: both sides of an address translation or of a proxy
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_TWINS_H
#define OXC_TWINS_H

#include "state.h"

void oxc_twins_init(oxc_tracker *tracker);

/** Looks whether a connection, which has just got its bind_ack, is one that is known already.
 *  @return true if it is a second sighting of that one from now on */
bool oxc_twins_find(oxc_tracker *tracker, uint32_t connection);

/** The same, if the one that is known turns out to be the second sighting of this one, which has
 *  its association now. */
void oxc_twins_follow(oxc_tracker *tracker, uint32_t connection);

/** Takes in a request or an answer on a second sighting: links it, and feeds nothing. */
void oxc_twins_event(oxc_tracker *tracker, const oxc_event *event);

/** A request on a connection that has a second sighting, which may have shown it before. */
void oxc_twins_request(oxc_tracker *tracker, const oxc_event *event, uint32_t record);

#endif /* OXC_TWINS_H */
