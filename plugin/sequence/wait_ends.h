/* wait_ends.h
 * Which waits are outstanding, and how they end
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_WAIT_ENDS_H
#define OXC_WAIT_ENDS_H

#include "state.h"

void oxc_waits_init(oxc_tracker *tracker);

/** The newest outstanding wait of a context on a connection, or OXC_NONE. */
static inline uint32_t oxc_wait_newest(const oxc_tracker *tracker, uint32_t context,
                                       uint32_t connection)
{
    return oxc_index_find(&tracker->pair_index, oxc_key_of(connection, context));
}

/** Adds a wait to those that are outstanding. */
void oxc_wait_list(oxc_tracker *tracker, uint32_t call);

/** Takes a wait out of those that are outstanding. */
void oxc_wait_unlist(oxc_tracker *tracker, uint32_t call);

/** The wait is over without an answer. */
void oxc_wait_retire(oxc_tracker *tracker, uint32_t call, bool closed);

/** The wait is taken for dropped, by what is silent on its connection. */
void oxc_wait_drop(oxc_tracker *tracker, uint32_t call);

/** Fills in the record of a PDU that ends a wait. */
void oxc_wait_note_end(oxc_tracker *tracker, const oxc_call *call, oxc_outcome outcome);

/** Looks whether the connection of a wait was closed before this PDU, which is about it. */
void oxc_wait_note_close(const oxc_tracker *tracker, oxc_call *call);

/** The call has its answer, seen or not. */
void oxc_wait_finish(oxc_tracker *tracker, uint32_t call);

/** An answer to a wait of a context is not known. */
void oxc_wait_forget(oxc_tracker *tracker, uint32_t context);

/** Ends a wait on this PDU without a response. */
void oxc_wait_fault(oxc_tracker *tracker, uint32_t call);
void oxc_wait_cancel(oxc_tracker *tracker, uint32_t call);

/** Takes a wait back. */
void oxc_wait_withdraw(oxc_tracker *tracker, uint32_t call);

/** A gap may have hidden the answer to a wait. */
void oxc_wait_hide(oxc_tracker *tracker, uint32_t call, uint32_t mark, int64_t time);

#endif /* OXC_WAIT_ENDS_H */
