/* records.c
 * The record of each PDU
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "records.h"

uint32_t oxc_record_add(oxc_tracker *tracker, const oxc_event *event)
{
    uint32_t count = tracker->records.count;
    oxc_record *record;

    /* A search needs them in order, and two numbers are not given to records. */
    if (count >= OXC_NONE - 2)
        return OXC_NONE;
    if (count != 0) {
        const oxc_record *last = oxc_record_at(tracker, count - 1);

        if (event->frame < last->frame ||
            (event->frame == last->frame && event->ordinal < last->ordinal))
            return OXC_NONE;
    }
    oxc_store_add(&tracker->records);
    record = oxc_record_at(tracker, count);
    record->time = event->time;
    record->frame = event->frame;
    record->ordinal = event->ordinal;
    record->type = (uint8_t)event->type;
    record->session = record->context = record->request = OXC_NONE;
    return count;
}

oxc_evidence oxc_evidence_of(const oxc_tracker *tracker, uint32_t number)
{
    const oxc_record *record = oxc_record_at(tracker, number);
    const oxc_record *last = oxc_record_at(tracker, tracker->records.count - 1);

    return (oxc_evidence){.frame = record->frame, .age = oxc_since(last->time, record->time)};
}
