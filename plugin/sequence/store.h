/* store.h
 * Growable storage: elements by number, and numbers by key
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_STORE_H
#define OXC_STORE_H

#include <string.h>

#include "siphash.h"
#include "tracker.h"

#define OXC_CHUNK_BITS 8
#define OXC_CHUNK_SIZE (1u << OXC_CHUNK_BITS)

/** Elements of one size, numbered from 0. They never move, and none is given back. */
typedef struct {
    uint8_t **chunks;
    uint32_t chunk_capacity;
    uint32_t count;
    size_t element_size;
} oxc_store;

void oxc_store_init(oxc_store *store, size_t element_size);
void oxc_store_clear(oxc_store *store);

/** Adds an element, all bytes zero, and returns its number. */
uint32_t oxc_store_add(oxc_store *store);

size_t oxc_store_memory(const oxc_store *store);

static inline void *oxc_store_at(const oxc_store *store, uint32_t number)
{
    return store->chunks[number >> OXC_CHUNK_BITS] +
           (size_t)(number & (OXC_CHUNK_SIZE - 1)) * store->element_size;
}

/** A hash table of the numbers of a store, by a key of 64 bits that each element carries. The hash
 *  is keyed: whoever makes the capture cannot choose keys that meet. */
typedef struct {
    const oxc_store *store;
    uint64_t seed;
    uint32_t *slots;
    uint32_t offset;     /**< of the key in an element */
    uint32_t slot_count; /**< a power of two, or 0 */
    uint32_t used;
} oxc_index;

/** @param offset  where an element has its key: eight bytes, which do not change while it is held
 *  @param seed    secret */
void oxc_index_init(oxc_index *index, const oxc_store *store, size_t offset, uint64_t seed);
void oxc_index_clear(oxc_index *index);

/** The key of two numbers that stand in an element one behind the other. */
static inline uint64_t oxc_key_of(uint32_t first, uint32_t second)
{
    uint32_t words[2] = {first, second};
    uint64_t key;

    memcpy(&key, words, sizeof key);
    return key;
}

/** The number held for a key, or OXC_NONE. */
uint32_t oxc_index_find(const oxc_index *index, uint64_t key);

/** Holds @p number for its key from now on, instead of the one that had the key. */
void oxc_index_put(oxc_index *index, uint32_t number);

void oxc_index_remove(oxc_index *index, uint64_t key);

size_t oxc_index_memory(const oxc_index *index);

#endif /* OXC_STORE_H */
