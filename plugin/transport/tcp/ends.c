/* ends.c
 * Finds the TCP connection and the server of a packet by its addresses and ports
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "ends.h"

#include "sequence/store.h"

enum { WORD_SIZE = 8, WORDS = 5 }; /* two addresses of IPv6, and two ports */

/* Both ends of a connection, or one, and zeros. */
typedef struct {
    size_t length;
    uint8_t bytes[WORDS * WORD_SIZE];
} ends;

/* Those that were looked up of late: most frames belong to one of them. */
enum { RECENT_BITS = 12 };

typedef struct {
    ends key;
    struct oxc_tcp_connection *connection; /* NULL: the place is free */
} recent_ends;

static recent_ends recent[1 << RECENT_BITS];
static wmem_map_t *connections; /* ends -> struct oxc_tcp_connection */
static wmem_map_t *servers;     /* ends of one -> itself */
/* A bit each, and whether there is one; those of earlier files do no harm. */
static bool any_known;
static uint8_t server_ports[65536 / 8];
static uint8_t port_pairs[65536 / 8];
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
    if (host->type == AT_IPv4) {
        memcpy(to->bytes + to->length, host->data, 4);
        to->length += 4;
    } else {
        memcpy(to->bytes + to->length, host->data, 16);
        to->length += 16;
    }
    to->bytes[to->length++] = (uint8_t)(port >> 8);
    to->bytes[to->length++] = (uint8_t)port;
}

/* Addresses of two kinds cannot be taken for each other: those that fit differ in their length. */
static bool fits(const address *host)
{
    return host->type == AT_IPv4 || host->type == AT_IPv6;
}

/* The end with the lower port first, so that both directions have one key. Between equal ports the
 * order of the addresses decides. */
static bool is_source_first(const packet_info *pinfo)
{
    if (pinfo->srcport != pinfo->destport)
        return pinfo->srcport < pinfo->destport;
    return cmp_address(&pinfo->src, &pinfo->dst) <= 0;
}

static bool set_ends(ends *to, const packet_info *pinfo)
{
    bool source_first = is_source_first(pinfo);

    if (!fits(&pinfo->src) || !fits(&pinfo->dst))
        return false;
    memset(to, 0, sizeof *to);
    if (source_first)
        add_end(to, &pinfo->src, pinfo->srcport);
    add_end(to, &pinfo->dst, pinfo->destport);
    if (!source_first)
        add_end(to, &pinfo->src, pinfo->srcport);
    return true;
}

/* One number for both directions. */
static unsigned pair_of(const packet_info *pinfo)
{
    return (pinfo->srcport ^ pinfo->destport) & 0xFFFF;
}

static bool has_bit(const uint8_t *bits, uint32_t number)
{
    return (bits[(number & 0xFFFF) / 8] & 1u << number % 8) != 0;
}

static void set_bit(uint8_t *bits, uint32_t number)
{
    bits[(number & 0xFFFF) / 8] |= (uint8_t)(1u << number % 8);
    any_known = true;
}

bool oxc_ends_may_know(const packet_info *pinfo)
{
    return any_known &&
           (has_bit(port_pairs, pair_of(pinfo)) || has_bit(server_ports, pinfo->destport) ||
            has_bit(server_ports, pinfo->srcport));
}

/* A place among those of late, by a mix that strangers may make meet: they only gain that the
 * connection is looked up properly. */
static recent_ends *place_of(const ends *key)
{
    uint64_t mixed = 0, word;

    for (size_t i = 0; i < key->length; i += WORD_SIZE) {
        memcpy(&word, key->bytes + i, sizeof word);
        mixed = (mixed ^ word) * UINT64_C(0x9E3779B97F4A7C15);
    }
    return &recent[mixed >> (64 - RECENT_BITS)];
}

void oxc_ends_remember(const packet_info *pinfo, struct oxc_tcp_connection *connection)
{
    ends key;

    if (!set_ends(&key, pinfo))
        return;
    wmem_map_insert(connections, wmem_memdup(wmem_file_scope(), &key, sizeof key), connection);
    *place_of(&key) = (recent_ends){key, connection};
    set_bit(port_pairs, pair_of(pinfo));
}

struct oxc_tcp_connection *oxc_ends_find(const packet_info *pinfo)
{
    ends key;
    recent_ends *place;

    if (wmem_map_size(connections) == 0 || !set_ends(&key, pinfo))
        return NULL;
    place = place_of(&key);
    if (!place->connection || !equal_ends(&place->key, &key)) {
        place->key = key;
        place->connection = (struct oxc_tcp_connection *)wmem_map_lookup(connections, &key);
    }
    return place->connection;
}

void oxc_ends_add_server(const packet_info *pinfo)
{
    ends key = {0};

    if (!fits(&pinfo->dst))
        return;
    add_end(&key, &pinfo->dst, pinfo->destport);
    if (!wmem_map_contains(servers, &key)) {
        ends *kept = (ends *)wmem_memdup(wmem_file_scope(), &key, sizeof key);

        wmem_map_insert(servers, kept, kept);
    }
    set_bit(server_ports, pinfo->destport);
}

static bool is_server(const address *host, uint32_t port)
{
    ends key = {0};

    if (!has_bit(server_ports, port) || !fits(host))
        return false;
    add_end(&key, host, port);
    return wmem_map_contains(servers, &key);
}

oxc_end_kind oxc_ends_server(const packet_info *pinfo)
{
    if (is_server(&pinfo->dst, pinfo->destport))
        return OXC_END_DESTINATION;
    return is_server(&pinfo->src, pinfo->srcport) ? OXC_END_SOURCE : OXC_END_NEITHER;
}

void oxc_ends_begin_file(void)
{
    memset(recent, 0, sizeof recent);
}

void oxc_ends_register(void)
{
    servers = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), hash_ends, equal_ends);
    seed = (uint64_t)g_random_int() << 32 | g_random_int();
    connections =
        wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), hash_ends, equal_ends);
}
