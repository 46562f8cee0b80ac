/* ends.c
 * Finds the TCP connection of a packet by its addresses and ports
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "ends.h"

#include "sequence/store.h"

enum { WORD_SIZE = 8, WORDS = 5 }; /* two addresses of IPv6, and two ports */

/* Source and destination, as they are in the packets of one direction, and zeros. */
typedef struct {
    size_t length;
    uint8_t bytes[WORDS * WORD_SIZE];
} ends;

static wmem_map_t *connections; /* ends -> oxc_connection */
static uint64_t seed;

static guint hash_ends(gconstpointer key)
{
    const ends *of = (const ends *)key;
    uint64_t hash = seed, word;

    for (size_t i = 0; i < of->length; i += WORD_SIZE) {
        memcpy(&word, of->bytes + i, sizeof word);
        hash = oxc_hash_step(hash, word);
    }
    return oxc_hash_end(hash);
}

static gboolean equal_ends(gconstpointer first, gconstpointer second)
{
    const ends *one = (const ends *)first, *other = (const ends *)second;

    return one->length == other->length && memcmp(one->bytes, other->bytes, one->length) == 0;
}

static void add_end(ends *to, const address *host, uint32_t port)
{
    memcpy(to->bytes + to->length, host->data, (size_t)host->len);
    to->length += (size_t)host->len;
    to->bytes[to->length++] = (uint8_t)(port >> 8);
    to->bytes[to->length++] = (uint8_t)port;
}

/* Addresses of two kinds cannot be taken for each other: those that fit differ in their length. */
static bool fits(const address *host)
{
    return host->type == AT_IPv4 || host->type == AT_IPv6;
}

static bool set_ends(ends *to, const packet_info *pinfo, bool reverse)
{
    if (!fits(&pinfo->src) || !fits(&pinfo->dst))
        return false;
    memset(to, 0, sizeof *to);
    add_end(to, reverse ? &pinfo->dst : &pinfo->src, reverse ? pinfo->destport : pinfo->srcport);
    add_end(to, reverse ? &pinfo->src : &pinfo->dst, reverse ? pinfo->srcport : pinfo->destport);
    return true;
}

void oxc_ends_remember(const packet_info *pinfo, oxc_connection *connection)
{
    for (int reverse = 0; reverse < 2; reverse++) {
        ends key;

        if (set_ends(&key, pinfo, reverse != 0))
            wmem_map_insert(connections, wmem_memdup(wmem_file_scope(), &key, sizeof key),
                            connection);
    }
}

oxc_connection *oxc_ends_find(const packet_info *pinfo)
{
    ends key;

    if (wmem_map_size(connections) == 0 || !set_ends(&key, pinfo, false))
        return NULL;
    return (oxc_connection *)wmem_map_lookup(connections, &key);
}

void oxc_ends_register(void)
{
    seed = (uint64_t)g_random_int() << 32 | g_random_int();
    connections =
        wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), hash_ends, equal_ends);
}
