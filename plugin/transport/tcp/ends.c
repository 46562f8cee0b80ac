/* ends.c
 * Finds the TCP connection and the server of a packet by its addresses and ports
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "ends.h"

#include "sequence/store.h"

/* Both ends of a connection, or one, and zeros: two words for each address, of which one of IPv4
 * fills a half, and at last the kind of the addresses and the ports. */
enum { WORDS = 5, LAST = WORDS - 1 };

typedef struct {
    uint64_t words[WORDS];
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
    uint64_t hash = seed;

    for (unsigned i = 0; i < WORDS; i++)
        hash = oxc_hash_step(hash, of->words[i]);
    return oxc_hash_end(hash);
}

/* Written out, as the mix below: this is done for most frames, and compilers leave short loops
 * alone. */
static inline bool are_equal(const ends *one, const ends *other)
{
    const uint64_t *a = one->words, *b = other->words;

    return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]) | (a[4] ^ b[4])) == 0;
}

static gboolean equal_ends(gconstpointer first, gconstpointer second)
{
    return are_equal((const ends *)first, (const ends *)second);
}

static inline void put_host(uint64_t words[2], const address *host)
{
    uint32_t ipv4;

    if (host->type == AT_IPv4) {
        memcpy(&ipv4, host->data, sizeof ipv4);
        words[0] = ipv4;
        words[1] = 0;
    } else {
        memcpy(words, host->data, 2 * sizeof *words);
    }
}

static inline uint64_t last_word(int type, uint32_t low_port, uint32_t high_port)
{
    return (uint64_t)type << 32 | low_port << 16 | high_port;
}

static bool fits(const address *host)
{
    return host->type == AT_IPv4 || host->type == AT_IPv6;
}

/* The end with the lower port first, so that both directions have one key. Between equal ports the
 * order of the addresses decides. */
static inline bool is_source_first(const packet_info *pinfo)
{
    if (pinfo->srcport != pinfo->destport)
        return pinfo->srcport < pinfo->destport;
    return cmp_address(&pinfo->src, &pinfo->dst) <= 0;
}

static inline bool set_ends(ends *to, const packet_info *pinfo)
{
    unsigned source = is_source_first(pinfo) ? 0 : 2;

    if (!fits(&pinfo->src) || pinfo->dst.type != pinfo->src.type)
        return false;
    put_host(to->words + source, &pinfo->src);
    put_host(to->words + (2 - source), &pinfo->dst);
    to->words[LAST] = last_word(pinfo->src.type, MIN(pinfo->srcport, pinfo->destport),
                                MAX(pinfo->srcport, pinfo->destport));
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
static inline recent_ends *place_of(const ends *key)
{
    const uint64_t *words = key->words;
    uint64_t mixed = ((words[0] ^ words[1]) * 3 + (words[2] ^ words[3])) ^ words[LAST];

    return &recent[mixed * UINT64_C(0x9E3779B97F4A7C15) >> (64 - RECENT_BITS)];
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

    if (!any_known || !set_ends(&key, pinfo))
        return NULL;
    place = place_of(&key);
    if (!place->connection || !are_equal(&place->key, &key)) {
        place->key = key;
        place->connection = (struct oxc_tcp_connection *)wmem_map_lookup(connections, &key);
    }
    return place->connection;
}

static void set_end(ends *to, const address *host, uint32_t port)
{
    put_host(to->words, host);
    to->words[LAST] = last_word(host->type, 0, port);
}

void oxc_ends_add_server(const packet_info *pinfo)
{
    ends key = {0};

    if (!fits(&pinfo->dst))
        return;
    set_end(&key, &pinfo->dst, pinfo->destport);
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
    set_end(&key, host, port);
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
