/* rop_store.c
 * A bounded memory of what calls said
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rop_store.h"

#include <string.h>

/* Entries of a half. */
enum { HALF = 16384 };
enum { YOUNG, OLD };

static unsigned name_hash(const void *key)
{
    return wmem_strong_hash((const uint8_t *)key, sizeof(uint64_t[2]));
}

static int name_equal(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(uint64_t[2])) == 0;
}

static void make_half(oxc_rop_store *store, unsigned half)
{
    store->scopes[half] = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    store->maps[half] = wmem_map_new(store->scopes[half], name_hash, name_equal);
}

void oxc_rop_store_init(oxc_rop_store *store)
{
    make_half(store, YOUNG);
    make_half(store, OLD);
}

void oxc_rop_store_clear(oxc_rop_store *store)
{
    wmem_destroy_allocator(store->scopes[YOUNG]);
    wmem_destroy_allocator(store->scopes[OLD]);
}

static oxc_rop_entry *insert(oxc_rop_store *store, const oxc_rop_entry *what)
{
    oxc_rop_entry *entry;

    if (wmem_map_size(store->maps[YOUNG]) >= HALF) {
        wmem_allocator_t *scope = store->scopes[OLD];

        store->scopes[OLD] = store->scopes[YOUNG];
        store->maps[OLD] = store->maps[YOUNG];
        make_half(store, YOUNG);
        /* What is added may come from there. */
        entry = (oxc_rop_entry *)wmem_memdup(store->scopes[YOUNG], what, sizeof *what);
        wmem_destroy_allocator(scope);
    } else {
        entry = (oxc_rop_entry *)wmem_memdup(store->scopes[YOUNG], what, sizeof *what);
    }
    wmem_map_insert(store->maps[YOUNG], entry->name, entry);
    return entry;
}

oxc_rop_entry *oxc_rop_store_find(oxc_rop_store *store, uint64_t first, uint64_t second)
{
    const uint64_t name[2] = {first, second};
    oxc_rop_entry *entry = (oxc_rop_entry *)wmem_map_lookup(store->maps[YOUNG], name);

    if (entry)
        return entry;
    entry = (oxc_rop_entry *)wmem_map_lookup(store->maps[OLD], name);
    return entry ? insert(store, entry) : NULL;
}

oxc_rop_entry *oxc_rop_store_add(oxc_rop_store *store, uint64_t first, uint64_t second)
{
    oxc_rop_entry entry = {.name = {first, second}};

    return insert(store, &entry);
}
