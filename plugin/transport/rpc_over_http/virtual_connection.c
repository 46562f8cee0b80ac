/* virtual_connection.c
 * The channels and virtual connections of RPC over HTTP in a file
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "virtual_connection.h"

#include <epan/dissectors/packet-tcp.h>
#include <epan/to_str.h>

#include "capture/analysis.h"
#include "capture/frame.h"
#include "capture/settings.h"
#include "transport/http/hooks.h"

/* Beyond the ports of TCP, so that no conversation of the capture has the same ends. */
#define FIRST_PORT 0x10000u

/* How many virtual connections with one cookie a channel is compared with. */
enum { MOST_SIGHTINGS = 8 };

/* The cookie, and whether it is the leg between proxy and server: a capture on the proxy holds
 * both legs of a virtual connection, and every call twice. */
typedef struct {
    uint8_t bytes[OXC_RTS_COOKIE_SIZE + 1];
} oxc_cookie;

static wmem_map_t *by_cookie;
static wmem_map_t *channels; /* a set */
static uint32_t next_port = FIRST_PORT;
static oxc_channel *unsettled; /* the last one of the frame at hand */
static unsigned unsettled_count;

static guint hash_cookie(gconstpointer cookie)
{
    return wmem_strong_hash((const guint8 *)cookie, sizeof(oxc_cookie));
}

static gboolean equal_cookies(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(oxc_cookie)) == 0;
}

static void forget_unsettled(void)
{
    unsettled = NULL;
    unsettled_count = 0;
}

void oxc_virtual_connections_register(void)
{
    by_cookie =
        wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), hash_cookie, equal_cookies);
    channels =
        wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), g_direct_hash, g_direct_equal);
}

void oxc_virtual_connections_end_file(void)
{
    forget_unsettled();
}

bool oxc_has_channels(void)
{
    return wmem_map_size(channels) > 0;
}

static void set_end(oxc_end *end, const address *host, uint32_t port)
{
    copy_address_wmem(wmem_file_scope(), &end->host, host);
    end->port = port;
}

/* "address:port" of the server, for a leg without a request that names it. */
static const char *name_of_end(const oxc_end *end)
{
    char *host = address_to_str(NULL, &end->host);
    char *name = wmem_strdup_printf(wmem_file_scope(), "%s:%u", host, end->port);

    wmem_free(NULL, host);
    return name;
}

static const struct tcp_analysis *tcp_of(const conversation_t *conversation)
{
    return (const struct tcp_analysis *)conversation_get_proto_data(
        conversation, proto_get_id_by_filter_name("tcp"));
}

oxc_channel *oxc_channel_new(conversation_t *conversation, const packet_info *pinfo, bool to_server)
{
    oxc_channel *channel = wmem_new0(wmem_file_scope(), oxc_channel);

    set_end(to_server ? &channel->client : &channel->peer, &pinfo->src, pinfo->srcport);
    set_end(to_server ? &channel->peer : &channel->client, &pinfo->dst, pinfo->destport);
    channel->server = name_of_end(&channel->peer);
    channel->asks = oxc_client_by_address(&channel->client.host, channel->server);
    channel->port = (uint16_t)channel->peer.port;
    channel->tcp = tcp_of(conversation);
    channel->leg = oxc_tcp_leg(channel->tcp);
    if (!channel->tcp) {
        unsettled = channel;
        unsettled_count++;
        oxc_frame_look_back();
    }
    channel->openings = wmem_tree_new(wmem_file_scope());
    conversation_add_proto_data(conversation, oxc_oxcnotif_protocol(), channel);
    wmem_map_insert(channels, channel, channel);
    oxc_channels_note();
    oxc_http_note_taken(pinfo, OXC_HTTP_RPC);
    return channel;
}

/* Of several in one frame nobody can tell whose the ports at its end are. */
void oxc_channel_settle(packet_info *pinfo)
{
    conversation_t *conversation = unsettled_count == 1 ? find_conversation_pinfo(pinfo, 0) : NULL;

    if (conversation && !oxc_channel_find(conversation)) {
        unsettled->tcp = tcp_of(conversation);
        unsettled->leg = oxc_tcp_leg(unsettled->tcp);
        conversation_add_proto_data(conversation, oxc_oxcnotif_protocol(), unsettled);
        oxc_http_note_taken(pinfo, OXC_HTTP_RPC);
    }
    forget_unsettled();
}

/* Whether a channel may take its place in a virtual connection: nobody else is there, or a channel
 * that it succeeds, or one that is of no use any more. */
static bool has_room(const oxc_virtual_connection *connection, const oxc_channel *channel, bool in,
                     bool recycles)
{
    const oxc_channel *there = in ? connection->in : connection->out;

    return !there || there == channel || recycles || oxc_leg_is_closed(&there->leg) ||
           there->refusal;
}

/* How well the ends of a channel go with those of a virtual connection. The proxies of its two
 * channels need not be one. */
static unsigned likeness(const oxc_virtual_connection *connection, const oxc_channel *channel)
{
    if (!addresses_equal(&connection->client.host, &channel->client.host))
        return 1;
    return addresses_equal(&connection->server.host, &channel->peer.host) ? 3 : 2;
}

/* Of those that have the cookie: the capture shows a virtual connection twice where it holds both
 * sides of a device that translates addresses. */
static oxc_virtual_connection *choose(oxc_virtual_connection *first, const oxc_channel *channel,
                                      bool in, bool recycles)
{
    oxc_virtual_connection *best = NULL;
    unsigned sightings = 0;

    for (oxc_virtual_connection *connection = first; connection && sightings < MOST_SIGHTINGS;
         connection = connection->again, sightings++) {
        if (!connection->ended && has_room(connection, channel, in, recycles) &&
            (!best || likeness(connection, channel) > likeness(best, channel)))
            best = connection;
    }
    return best;
}

static oxc_virtual_connection *find_or_create(const oxc_channel *channel,
                                              const oxc_rts_opening *opening, bool in)
{
    oxc_cookie cookie;
    oxc_virtual_connection *first, *connection;

    memcpy(cookie.bytes, opening->virtual_connection, OXC_RTS_COOKIE_SIZE);
    cookie.bytes[OXC_RTS_COOKIE_SIZE] = channel->proxy_leg;
    first = (oxc_virtual_connection *)wmem_map_lookup(by_cookie, &cookie);
    connection = choose(first, channel, in, opening->recycles);
    if (connection)
        return connection;
    connection = wmem_new0(wmem_file_scope(), oxc_virtual_connection);
    set_end(&connection->client, &channel->client.host, next_port++);
    set_end(&connection->server, &channel->peer.host, channel->port);
    connection->number = UINT32_MAX;
    connection->again = first;
    wmem_map_insert(by_cookie, wmem_memdup(wmem_file_scope(), &cookie, sizeof cookie), connection);
    return connection;
}

static void read_cookie(const oxc_rts_opening *opening, e_guid_t *cookie)
{
    const uint8_t *bytes = opening->virtual_connection;

    cookie->data1 =
        bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
    cookie->data2 = (uint16_t)(bytes[4] | bytes[5] << 8);
    cookie->data3 = (uint16_t)(bytes[6] | bytes[7] << 8);
    memcpy(cookie->data4, bytes + 8, sizeof cookie->data4);
}

/* Puts what others are to know where they look for it. */
static void fill_record(const oxc_virtual_connection *connection)
{
    if (!connection->told)
        return;
    connection->told->ending.legs[0] = &connection->in->leg;
    connection->told->ending.legs[1] = &connection->out->leg;
    connection->told->ending.left = connection->ended;
}

/* Whose PDUs are complete from here on? */
static void check_complete(oxc_virtual_connection *connection, uint32_t frame)
{
    const oxc_channel *named = connection->in;
    uint32_t server, client;

    if (connection->complete_frame != 0 || !connection->in || !connection->out ||
        connection->out_unused || !(named->named || named->proxy_leg))
        return;
    server = named->proxy_leg ? oxc_server_by_address(&named->peer.host)
                              : oxc_server_by_name(named->server);
    client = oxc_client_by_address(&named->client.host, named->named ? named->server : NULL);
    connection->told = oxc_rpc_connection_new(server, named->port, client);
    connection->told->over_http = true;
    connection->complete_frame = frame;
    connection->number = connection->told->number;
    oxc_tracker_split_connection(oxc_analysis_tracker(), connection->number);
}

/* A TCP connection that carries another virtual connection has left the one before. */
static void leave_connection(const oxc_channel *channel, const oxc_virtual_connection *next,
                             uint32_t frame)
{
    oxc_virtual_connection *before = oxc_channel_carries(channel, frame);

    if (before && before != next && (before->in == channel || before->out == channel)) {
        before->ended = true;
        fill_record(before);
    }
}

void oxc_channel_open(oxc_channel *channel, const oxc_rts_opening *opening, uint32_t frame)
{
    bool in = channel->proxy_leg ? opening->in : channel->in;
    oxc_virtual_connection *connection = find_or_create(channel, opening, in);

    leave_connection(channel, connection, frame);
    read_cookie(opening, &connection->cookie);
    if (in) {
        connection->in = channel;
    } else {
        connection->out_unused = opening->recycles && !connection->out;
        connection->out = channel;
    }
    wmem_tree_insert32(channel->openings, frame, connection);
    check_complete(connection, frame);
    fill_record(connection);
}

void oxc_virtual_connection_use(oxc_virtual_connection *connection, uint32_t frame)
{
    connection->out_unused = false;
    check_complete(connection, frame);
    fill_record(connection);
}

void oxc_channel_lost(const oxc_channel *channel, uint32_t frame)
{
    oxc_virtual_connection *connection = oxc_channel_carries(channel, frame);

    if (channel->tls && connection && connection->blind_frame == 0)
        connection->blind_frame = frame;
}
