/* store.c
 * Growable storage: elements by number, and numbers by key
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "store.h"

#include <glib.h>

#define SMALLEST_INDEX 16u

void oxc_store_init(oxc_store *store, size_t element_size)
{
    *store = (oxc_store){.element_size = element_size};
}

void oxc_store_clear(oxc_store *store)
{
    for (uint32_t chunk = 0; (uint64_t)chunk << OXC_CHUNK_BITS < store->count; chunk++)
        g_free(store->chunks[chunk]);
    g_free(store->chunks);
    oxc_store_init(store, store->element_size);
}

void oxc_store_grow(oxc_store *store)
{
    uint32_t chunk = store->count >> OXC_CHUNK_BITS;

    if (chunk == store->chunk_capacity) {
        store->chunk_capacity = chunk == 0 ? 4 : chunk * 2;
        store->chunks = g_renew(uint8_t *, store->chunks, store->chunk_capacity);
    }
    store->chunks[chunk] = (uint8_t *)g_malloc0_n(OXC_CHUNK_SIZE, store->element_size);
}

size_t oxc_store_memory(const oxc_store *store)
{
    size_t chunks = ((size_t)store->count + OXC_CHUNK_SIZE - 1) >> OXC_CHUNK_BITS;

    return chunks * OXC_CHUNK_SIZE * store->element_size +
           store->chunk_capacity * sizeof *store->chunks;
}

void oxc_index_init(oxc_index *index, const oxc_store *store, size_t offset, uint64_t seed)
{
    *index = (oxc_index){.store = store, .offset = (uint32_t)offset};
    for (size_t i = 0; i < G_N_ELEMENTS(index->secret); i++)
        index->secret[i] = oxc_hash_step(seed, i);
}

void oxc_index_clear(oxc_index *index)
{
    g_free(index->slots);
    index->slots = NULL;
    index->slot_count = index->used = 0;
}

void oxc_index_grow(oxc_index *index)
{
    uint32_t *old = index->slots;
    uint32_t old_count = index->slot_count;

    index->slot_count = old_count == 0 ? SMALLEST_INDEX : old_count * 2;
    index->slots = g_new(uint32_t, index->slot_count);
    for (uint32_t slot = 0; slot < index->slot_count; slot++)
        index->slots[slot] = OXC_NONE;
    for (uint32_t i = 0; i < old_count; i++) {
        uint32_t slot;

        if (old[i] == OXC_NONE)
            continue;
        slot = oxc_index_home(index, oxc_index_key(index, old[i]));
        while (index->slots[slot] != OXC_NONE)
            slot = (slot + 1) & (index->slot_count - 1);
        index->slots[slot] = old[i];
    }
    g_free(old);
}

/* Moves the numbers behind an emptied slot back, so that no search stops too early. */
static void close_gap(oxc_index *index, uint32_t gap)
{
    uint32_t mask = index->slot_count - 1;

    for (uint32_t slot = (gap + 1) & mask; index->slots[slot] != OXC_NONE;
         slot = (slot + 1) & mask) {
        uint32_t home = oxc_index_home(index, oxc_index_key(index, index->slots[slot]));

        if (((slot - home) & mask) >= ((slot - gap) & mask)) {
            index->slots[gap] = index->slots[slot];
            gap = slot;
        }
    }
    index->slots[gap] = OXC_NONE;
}

void oxc_index_remove(oxc_index *index, uint64_t key)
{
    uint32_t slot;

    if (index->slot_count == 0)
        return;
    slot = oxc_index_slot(index, key);
    if (index->slots[slot] == OXC_NONE)
        return;
    index->used--;
    close_gap(index, slot);
}

size_t oxc_index_memory(const oxc_index *index)
{
    return (size_t)index->slot_count * sizeof *index->slots;
}
