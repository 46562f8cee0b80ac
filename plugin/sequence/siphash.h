/* siphash.h
 * SipHash: a hash with a key, for tables whose keys come from strangers
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_SIPHASH_H
#define OXC_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

/* J.-P. Aumasson and D. J. Bernstein, "SipHash: a fast short-input PRF", 2012. Who does not know
 * the key cannot choose inputs that meet in a table, which mixing with a secret seed alone does not
 * prevent: differences of two words can cancel whatever the seed. */

typedef struct {
    uint64_t v[4];
} oxc_sip;

static inline uint64_t oxc_sip_rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void oxc_sip_rounds(oxc_sip *sip, unsigned count)
{
    uint64_t *v = sip->v;

    for (unsigned i = 0; i < count; i++) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = oxc_sip_rotate(v[1], 13) ^ v[0];
        v[3] = oxc_sip_rotate(v[3], 16) ^ v[2];
        v[0] = oxc_sip_rotate(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = oxc_sip_rotate(v[1], 17) ^ v[2];
        v[3] = oxc_sip_rotate(v[3], 21) ^ v[0];
        v[2] = oxc_sip_rotate(v[2], 32);
    }
}

static inline oxc_sip oxc_sip_begin(uint64_t key0, uint64_t key1)
{
    return (oxc_sip){{key0 ^ UINT64_C(0x736f6d6570736575), key1 ^ UINT64_C(0x646f72616e646f6d),
                      key0 ^ UINT64_C(0x6c7967656e657261), key1 ^ UINT64_C(0x7465646279746573)}};
}

static inline void oxc_sip_take(oxc_sip *sip, uint64_t word, unsigned rounds)
{
    sip->v[3] ^= word;
    oxc_sip_rounds(sip, rounds);
    sip->v[0] ^= word;
}

static inline uint64_t oxc_sip_end(oxc_sip *sip, unsigned rounds)
{
    sip->v[2] ^= 0xFF;
    oxc_sip_rounds(sip, rounds);
    return sip->v[0] ^ sip->v[1] ^ sip->v[2] ^ sip->v[3];
}

/** SipHash-c-d of any bytes, section 2.2 of the paper.
 *  @param take  c, rounds for each eight bytes
 *  @param end   d, rounds at the end */
uint64_t oxc_siphash(const uint64_t key[2], unsigned take, unsigned end, const void *bytes,
                     size_t length);

/** SipHash-1-3 of words, under a key of 64 secret bits. */
static inline uint64_t oxc_hash_words(uint64_t seed, const uint64_t *words, unsigned count)
{
    oxc_sip sip = oxc_sip_begin(seed, ~seed);

    for (unsigned i = 0; i < count; i++)
        oxc_sip_take(&sip, words[i], 1);
    oxc_sip_take(&sip, (uint64_t)count << 59, 1); /* their bytes */
    return oxc_sip_end(&sip, 3);
}

/** The same of one word. What comes out is the key for the next word: begun with a secret seed, a
 *  chain of steps is a keyed hash of all words. */
static inline uint64_t oxc_hash_step(uint64_t hash, uint64_t word)
{
    return oxc_hash_words(hash, &word, 1);
}

/** The place in a table for the last step of a chain. */
static inline uint32_t oxc_hash_end(uint64_t hash)
{
    return (uint32_t)(hash ^ hash >> 32);
}

#endif /* OXC_SIPHASH_H */
