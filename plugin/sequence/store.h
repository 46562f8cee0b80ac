/* store.h
 * Growable storage: elements by number, and numbers by key
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_STORE_H
#define OXC_STORE_H

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

/** How an index finds the key of a number that it holds. */
typedef struct {
    uint32_t (*hash)(const void *owner, uint32_t number);
    bool (*equal)(const void *owner, uint32_t number, const void *key);
} oxc_index_type;

/** A hash table of numbers, whose keys are kept by the owner of what is numbered. */
typedef struct {
    const oxc_index_type *type;
    const void *owner;
    uint32_t *slots;
    uint32_t slot_count; /**< a power of two, or 0 */
    uint32_t used;
} oxc_index;

void oxc_index_init(oxc_index *index, const oxc_index_type *type, const void *owner);
void oxc_index_clear(oxc_index *index);

/** The number held for a key, or OXC_NONE.
 *  @param hash  what type->hash returns for a number with this key */
uint32_t oxc_index_find(const oxc_index *index, uint32_t hash, const void *key);

/** Holds @p number for its key from now on, instead of the one that had the key. */
void oxc_index_put(oxc_index *index, uint32_t hash, const void *key, uint32_t number);

void oxc_index_remove(oxc_index *index, uint32_t hash, const void *key);

size_t oxc_index_memory(const oxc_index *index);

#endif /* OXC_STORE_H */
