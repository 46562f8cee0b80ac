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

/* Whether a PDU is the end of a wait, which its request points at or did. */
static bool is_end_of_wait(const oxc_record *record)
{
    return oxc_kind_of_code(record->code) == OXC_KIND_WAIT && record->type != OXC_EVENT_REQUEST &&
           record->type != OXC_EVENT_OTHER_PDU && record->request != OXC_NONE;
}

uint32_t oxc_record_context(const oxc_tracker *tracker, uint32_t number)
{
    const oxc_record *record = oxc_record_at(tracker, number);

    return is_end_of_wait(record) ? oxc_record_at(tracker, record->request)->context
                                  : record->context;
}

uint32_t oxc_wait_connect(const oxc_tracker *tracker, uint32_t request)
{
    const oxc_record *record = oxc_record_at(tracker, request);

    return (record->flags & OXC_RECORD_ENDED) != 0
               ? oxc_record_at(tracker, record->wait.end)->connect
               : record->wait.connect;
}
