/* string_names.c
 * Turns strings into numbers that nobody who chooses the strings can make collide
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "string_names.h"

#include <string.h>

#include <glib.h>

#define ROUNDS      2
#define LAST_ROUNDS 4

static uint64_t key[2];
static GHashTable *kept; /* name -> start of the text */

static uint64_t random_word(void)
{
    return (uint64_t)g_random_int() << 32 | g_random_int();
}

static void draw_key(void)
{
    if (key[0] == 0 && key[1] == 0) {
        key[0] = random_word();
        key[1] = random_word() | 1;
    }
}

static uint64_t never_0(uint64_t hash)
{
    return hash != 0 ? hash : 1;
}

void oxc_hashing_begin(oxc_hashing *hashing)
{
    draw_key();
    *hashing = (oxc_hashing){.state = oxc_sip_begin(key[0], key[1])};
}

static const uint8_t *add_byte(oxc_hashing *hashing, const uint8_t *byte)
{
    hashing->tail |= (uint64_t)*byte << 8 * (hashing->size % 8);
    if (++hashing->size % 8 == 0) {
        oxc_sip_take(&hashing->state, hashing->tail, ROUNDS);
        hashing->tail = 0;
    }
    return byte + 1;
}

void oxc_hashing_add(oxc_hashing *hashing, const void *bytes, size_t size)
{
    const uint8_t *at = (const uint8_t *)bytes, *end = at + size;
    uint64_t word;

    while (at < end && hashing->size % 8 != 0)
        at = add_byte(hashing, at);
    for (; (size_t)(end - at) >= sizeof word; at += sizeof word) {
        memcpy(&word, at, sizeof word);
        oxc_sip_take(&hashing->state, GUINT64_FROM_LE(word), ROUNDS);
        hashing->size += sizeof word;
    }
    while (at < end)
        at = add_byte(hashing, at);
}

uint64_t oxc_hashing_result(const oxc_hashing *hashing)
{
    oxc_sip last = hashing->state;

    oxc_sip_take(&last, hashing->tail | hashing->size << 56, ROUNDS);
    return never_0(oxc_sip_end(&last, LAST_ROUNDS));
}

uint64_t oxc_name_of(const char *text, size_t size)
{
    draw_key();
    return never_0(oxc_siphash(key, ROUNDS, LAST_ROUNDS, text, size));
}

uint64_t oxc_name_of_lower(const char *text, size_t size)
{
    char lower[64];
    oxc_hashing hashing;

    oxc_hashing_begin(&hashing);
    for (size_t begin = 0; begin < size; begin += sizeof lower) {
        size_t length = MIN(size - begin, sizeof lower);

        for (size_t i = 0; i < length; i++)
            lower[i] = g_ascii_tolower(text[begin + i]);
        oxc_hashing_add(&hashing, lower, length);
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
