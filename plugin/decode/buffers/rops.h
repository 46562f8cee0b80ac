/* rops.h
 * Walks a ROP buffer and finds the fields of its ROPs
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ROPS_H
#define OXC_ROPS_H

#include "rop.h"

/** What a ROP means to the analysis. */
typedef enum {
    OXC_MEANS_NOTHING,
    OXC_MEANS_REGISTERED, /**< value: the handle that RopRegisterNotification made */
    OXC_MEANS_NOTIFIED,   /**< value: NotificationHandle */
    OXC_MEANS_PENDING,    /**< value: SessionIndex */
} oxc_rop_kind;

typedef struct {
    oxc_rop_kind kind;
    uint32_t value;
    unsigned faults; /**< of #oxc_rop_fault */
    uint16_t flags;  /**< RopNotify: NotificationFlags */
} oxc_rop_meaning;

/** Starts on a payload. @p buffer borrows @p data. */
void oxc_rop_buffer_open(oxc_rop_buffer *buffer, const uint8_t *data, size_t captured,
                         size_t reported, bool request);

/** Lets the walk go on from what is known of the call; before the first ROP is read.
 *  @param walk  borrowed while the buffer is read; oxc_rop_buffer_leave() says how far it came */
void oxc_rop_buffer_use(oxc_rop_buffer *buffer, oxc_rop_walk *walk);

/** Ends the reading of a payload. The next one of the call goes on behind it. */
void oxc_rop_buffer_leave(oxc_rop_buffer *buffer);

/** Reads the next ROP. Where senders differ, what follows is walked ahead of it, a bounded number
 *  of times in a buffer, to find out how this one does it. The one that cannot be read whole is the
 * last; what it has is in it.
 *  @return false at the end of RopsList or after that ROP */
bool oxc_rop_next(oxc_rop_buffer *buffer, oxc_rop *rop);

/** Looks up a handle of ServerObjectHandleTable. */
bool oxc_rop_handle(const oxc_rop_buffer *buffer, size_t place, uint32_t *handle);

/** Says what a ROP means. A RopNotify counts from its NotificationFlags on, read whole or not. */
oxc_rop_meaning oxc_rop_interpret(const oxc_rop_buffer *buffer, const oxc_rop *rop);

#endif /* OXC_ROPS_H */
