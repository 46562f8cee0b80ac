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

/** Makes room for the next elements. */
void oxc_store_grow(oxc_store *store);

/** Adds an element, all bytes zero, and returns its number. */
static inline uint32_t oxc_store_add(oxc_store *store)
{
    if ((store->count & (OXC_CHUNK_SIZE - 1)) == 0)
        oxc_store_grow(store);
    return store->count++;
}

size_t oxc_store_memory(const oxc_store *store);

/** @param size  of the elements: where the compiler knows it, the place takes no multiplication */
static inline void *oxc_store_element(const oxc_store *store, uint32_t number, size_t size)
{
    return store->chunks[number >> OXC_CHUNK_BITS] + (size_t)(number & (OXC_CHUNK_SIZE - 1)) * size;
}

static inline void *oxc_store_at(const oxc_store *store, uint32_t number)
{
    return oxc_store_element(store, number, store->element_size);
}

/** A hash table of the numbers of a store, by a key of 64 bits that each element carries. The hash
 *  is keyed: whoever makes the capture cannot choose keys that meet. */
typedef struct {
    const oxc_store *store;
    uint64_t secret[3];
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

/** The key of a name, at a server or with a number: a name is a keyed hash already, so that nobody
 *  can choose two for which the sum is the same. */
static inline uint64_t oxc_key_of_name(uint64_t name, uint64_t with)
{
    return name + with * UINT64_C(0x9E3779B97F4A7C15);
}

static inline uint64_t oxc_index_key(const oxc_index *index, uint32_t number)
{
    uint64_t key;

    memcpy(&key, (const uint8_t *)oxc_store_at(index->store, number) + index->offset, sizeof key);
    return key;
}

/** Where the search for a key begins. The first line is strongly universal (M. Thorup, "High Speed
 *  Hashing for Integers and Strings", 3.4): for who does not know the secret, any two keys meet as
 *  often as chance has it. The others, which lose nothing, part keys that follow one another. */
static inline uint32_t oxc_index_home(const oxc_index *index, uint64_t key)
{
    uint64_t hash = (index->secret[0] + (key & UINT32_MAX)) * (index->secret[1] + (key >> 32));
    uint32_t place = (uint32_t)((hash + index->secret[2]) >> 32);

    place = (place ^ place >> 16) * UINT32_C(0x85EBCA6B);
    return (place ^ place >> 13) & (index->slot_count - 1);
}

/** The slot that holds a key, or the empty one where it belongs. There has to be one. */
static inline uint32_t oxc_index_slot(const oxc_index *index, uint64_t key)
{
    uint32_t slot = oxc_index_home(index, key);

    while (index->slots[slot] != OXC_NONE && oxc_index_key(index, index->slots[slot]) != key)
        slot = (slot + 1) & (index->slot_count - 1);
    return slot;
}

/** The number held for a key, or OXC_NONE. */
static inline uint32_t oxc_index_find(const oxc_index *index, uint64_t key)
{
    return index->slot_count == 0 ? OXC_NONE : index->slots[oxc_index_slot(index, key)];
}

/** Doubles the number of slots. */
void oxc_index_grow(oxc_index *index);

/** Holds @p number for its key from now on, instead of the one that had the key. */
static inline void oxc_index_put(oxc_index *index, uint32_t number)
{
    uint32_t slot;

    if ((uint64_t)index->used * 4 >= (uint64_t)index->slot_count * 3)
        oxc_index_grow(index);
    slot = oxc_index_slot(index, oxc_index_key(index, number));
    if (index->slots[slot] == OXC_NONE)
        index->used++;
    index->slots[slot] = number;
}

void oxc_index_remove(oxc_index *index, uint64_t key);

size_t oxc_index_memory(const oxc_index *index);

#endif /* OXC_STORE_H */
