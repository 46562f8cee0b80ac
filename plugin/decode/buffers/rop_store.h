/* rop_store.h
 * A bounded memory of what calls said
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ROP_STORE_H
#define OXC_ROP_STORE_H

#include "properties.h"

#include <epan/wmem_scopes.h>

/** What is kept under a name of two numbers. */
typedef struct {
    uint64_t name[2];
    union {
        const oxc_columns *columns;
        struct {
            uint64_t epoch;       /**< part of the names of all that belongs to the session */
            uint64_t since;       /**< losses that came up to then are known to it */
            uint64_t unanswered;  /**< the call that has no answer yet, or 0 */
            uint32_t channels[4]; /**< those that carried its last calls */
            unsigned channel_count;
        } session;
    } of;
} oxc_rop_entry;

/** Entries by name. When there are too many, those go that were not used for longest: of two halves
 *  the older one. */
typedef struct {
    wmem_allocator_t *scopes[2]; /**< young, old */
    wmem_map_t *maps[2];
} oxc_rop_store;

void oxc_rop_store_init(oxc_rop_store *store);
void oxc_rop_store_clear(oxc_rop_store *store);

/** Finds an entry, or NULL. It is to be used at once: the next call may move it. */
oxc_rop_entry *oxc_rop_store_find(oxc_rop_store *store, uint64_t first, uint64_t second);

/** Makes an entry that is not there; all else of it is 0. */
oxc_rop_entry *oxc_rop_store_add(oxc_rop_store *store, uint64_t first, uint64_t second);

#endif /* OXC_ROP_STORE_H */
