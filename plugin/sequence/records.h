/* records.h
 * The record of each PDU
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_RECORDS_H
#define OXC_RECORDS_H

#include "state.h"

/** Adds the record of a PDU.
 *  @return its number, or OXC_NONE where no more fit */
uint32_t oxc_record_add(oxc_tracker *tracker, const oxc_event *event);

/** The context that a PDU belongs to, or OXC_NONE. */
uint32_t oxc_record_context(const oxc_tracker *tracker, uint32_t record);

/** The EcDoAsyncConnectEx response that had last returned the handle of a wait when it was sent, as
 *  a record, or OXC_NONE.
 *  @param request  its record */
uint32_t oxc_wait_connect(const oxc_tracker *tracker, uint32_t request);

/** Fills in evidence from a record, without doubts. */
static inline oxc_evidence oxc_evidence_of(const oxc_tracker *tracker, uint32_t number)
{
    const oxc_record *record = oxc_record_at(tracker, number);
    const oxc_record *last = oxc_record_at(tracker, tracker->records.count - 1);

    return (oxc_evidence){.frame = record->frame, .age = oxc_since(last->time, record->time)};
}

#endif /* OXC_RECORDS_H */
