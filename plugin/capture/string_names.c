/* string_names.c
 * Turns strings into numbers that nobody who chooses the strings can make collide
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "string_names.h"

#include <glib.h>

static uint64_t key[2];
static GHashTable *kept; /* name -> start of the text */

static uint64_t rotate(uint64_t word, unsigned bits)
{
    return word << bits | word >> (64 - bits);
}

static void round_once(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static void mix_word(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    round_once(v);
    round_once(v);
    v[0] ^= word;
}

static uint64_t random_word(void)
{
    return (uint64_t)g_random_int() << 32 | g_random_int();
}

void oxc_hashing_begin(oxc_hashing *hashing)
{
    if (key[0] == 0 && key[1] == 0) {
        key[0] = random_word();
        key[1] = random_word() | 1;
    }
    *hashing = (oxc_hashing){
        .state = {key[0] ^ UINT64_C(0x736f6d6570736575), key[1] ^ UINT64_C(0x646f72616e646f6d),
                  key[0] ^ UINT64_C(0x6c7967656e657261), key[1] ^ UINT64_C(0x7465646279746573)}};
}

void oxc_hashing_add(oxc_hashing *hashing, const void *bytes, size_t size)
{
    const uint8_t *byte = (const uint8_t *)bytes;

    for (size_t i = 0; i < size; i++) {
        hashing->tail |= (uint64_t)byte[i] << 8 * (hashing->size % 8);
        if (++hashing->size % 8 == 0) {
            mix_word(hashing->state, hashing->tail);
            hashing->tail = 0;
        }
    }
}

uint64_t oxc_hashing_result(const oxc_hashing *hashing)
{
    oxc_hashing last = *hashing;
    uint64_t result;

    mix_word(last.state, last.tail | last.size << 56);
    last.state[2] ^= 0xFF;
    for (unsigned i = 0; i < 4; i++)
        round_once(last.state);
    result = last.state[0] ^ last.state[1] ^ last.state[2] ^ last.state[3];
    return result != 0 ? result : 1;
}

uint64_t oxc_name_of(const char *text, size_t size)
{
    oxc_hashing hashing;

    oxc_hashing_begin(&hashing);
    oxc_hashing_add(&hashing, text, size);
    return oxc_hashing_result(&hashing);
}

uint64_t oxc_name_of_lower(const char *text, size_t size)
{
    oxc_hashing hashing;

    oxc_hashing_begin(&hashing);
    for (size_t i = 0; i < size; i++) {
        char lower = g_ascii_tolower(text[i]);

        oxc_hashing_add(&hashing, &lower, 1);
    }
    return oxc_hashing_result(&hashing);
}

void oxc_name_keep(uint64_t name, const char *text, size_t size)
{
    uint64_t *kept_name;

    if (!kept)
        kept = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    if (g_hash_table_size(kept) >= OXC_NAMES_KEPT_MAX || g_hash_table_contains(kept, &name))
        return;
    kept_name = g_new(uint64_t, 1);
    *kept_name = name;
    g_hash_table_insert(kept, kept_name, g_strndup(text, MIN(size, OXC_NAME_TEXT_MAX)));
}

const char *oxc_name_text(uint64_t name)
{
    return kept ? (const char *)g_hash_table_lookup(kept, &name) : NULL;
}

void oxc_names_clear(void)
{
    g_clear_pointer(&kept, g_hash_table_unref);
}
