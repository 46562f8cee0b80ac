/* virtual_connection.h
 * The channels and virtual connections of RPC over HTTP in a file
 *
 * What is known here is written on the first pass only and looked up by frame number, so that
 * every pass shows the same.
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_VIRTUAL_CONNECTION_H
#define OXC_VIRTUAL_CONNECTION_H

#include <epan/conversation.h>

#include "compat.h"
#include "capture/analysis.h"
#include "capture/refusals.h"
#include "capture/settings.h"
#include "rts.h"
#include "transport/tcp/flow.h"

typedef struct oxc_virtual_connection oxc_virtual_connection;

/** An end of a connection, in file scope. */
typedef struct {
    address host;
    uint32_t port;
} oxc_end;

/** A TCP connection that carries a channel, or several one after the other. */
typedef struct {
    bool taken;           /**< its bytes come to us */
    uint32_t first_frame; /**< from this frame on */
    bool tls;             /**< inside TLS, which nobody can read on after a lost segment */
    bool proxy_leg;       /**< between RPC proxy and server: PDUs without HTTP around them */
    bool in;              /**< the last request was RPC_IN_DATA */
    bool named;           /**< #server is known: the head of the request was captured */
    const char *server;   /**< "host:port" of the last request's target */
    uint16_t port;        /**< the port of #server */
    uint32_t asks;        /**< the client of #server, as oxc_client_by_address() says */
    oxc_end client;
    oxc_end peer;
    const struct tcp_analysis *tcp; /**< NULL if unknown, in a tunnel for example */
    oxc_leg leg;                    /**< its TCP connection is not known in a tunnel, for example */
    oxc_flow flows[2];              /**< while it is taken, without TLS */
    oxc_refusal *refusal;           /**< of the last request, or NULL */
    wmem_tree_t *openings;          /**< frame -> the oxc_virtual_connection from there on */
} oxc_channel;

/** The two newest channels that share a cookie, [MS-RPCH] 3.2.1.1. */
struct oxc_virtual_connection {
    e_guid_t cookie;
    oxc_end client; /**< one address and port for all its channels, so that calls match */
    oxc_end server;
    oxc_channel *in;
    oxc_channel *out;
    bool out_unused;          /**< #out succeeded an unknown channel, which may still be in use */
    bool ended;               /**< one of its channels carries another virtual connection by now */
    uint32_t complete_frame;  /**< first frame in which both channels are known, or 0 */
    uint32_t blind_frame;     /**< last frame before PDUs became unreadable, or 0 */
    uint32_t number;          /**< in the tracker, once complete */
    oxc_rpc_connection *told; /**< what others know of it, once complete */
    struct oxc_virtual_connection *again; /**< the one before it with the same cookie, or NULL */
};

/** Sets up the lookups once; they empty themselves with each file. */
void oxc_virtual_connections_register(void);

/** Forgets what does not; for the end of a file. */
void oxc_virtual_connections_end_file(void);

/** True if the file has any channel so far. */
bool oxc_has_channels(void);

/** The channel of a conversation, or NULL. */
static inline oxc_channel *oxc_channel_find(const conversation_t *conversation)
{
    return (oxc_channel *)conversation_get_proto_data(conversation, oxc_oxcnotif_protocol());
}

/** Makes the channel of a conversation; the packet goes to the server if @p to_server. */
oxc_channel *oxc_channel_new(conversation_t *conversation, const packet_info *pinfo,
                             bool to_server);

/** Finds the TCP connection of a channel that was made in this frame inside a tunnel, where the
 *  packet's ports are not its own; for the end of each frame of the first pass. */
void oxc_channel_settle(packet_info *pinfo);

/** True if a packet of the channel comes from its client. */
static inline bool oxc_channel_is_client(const oxc_channel *channel, const packet_info *pinfo)
{
    return pinfo->srcport == channel->client.port &&
           addresses_equal(&pinfo->src, &channel->client.host);
}

/** Who sent a packet of the channel. */
static inline oxc_side oxc_channel_sender(const oxc_channel *channel, const packet_info *pinfo)
{
    return oxc_channel_is_client(channel, pinfo) ? OXC_SIDE_CLIENT : OXC_SIDE_SERVER;
}

/** The virtual connection that a channel carries in a frame, or NULL. */
static inline oxc_virtual_connection *oxc_channel_carries(const oxc_channel *channel,
                                                          uint32_t frame)
{
    return (oxc_virtual_connection *)wmem_tree_lookup32_le(channel->openings, frame);
}

/** Joins a channel to the virtual connection that its first PDU names; first pass only. */
void oxc_channel_open(oxc_channel *channel, const oxc_rts_opening *opening, uint32_t frame);

/** Notes that the OUT channel of a virtual connection is in use. */
void oxc_virtual_connection_use(oxc_virtual_connection *connection, uint32_t frame);

/** Notes a PDU other than RTS on a channel; first pass only. */
static inline void oxc_channel_use(const oxc_channel *channel, uint32_t frame)
{
    oxc_virtual_connection *connection = oxc_channel_carries(channel, frame);

    if (connection && connection->out_unused && connection->out == channel)
        oxc_virtual_connection_use(connection, frame);
}

/** Notes that a segment of a channel is missing from the capture; first pass only. */
void oxc_channel_lost(const oxc_channel *channel, uint32_t frame);

/** The number of the connection for the analysis of a frame: UINT32_MAX where one of the channels
 *  is unknown or unreadable, for then half of the calls is missing. */
static inline uint32_t oxc_virtual_connection_number(const oxc_virtual_connection *connection,
                                                     uint32_t frame)
{
    if (connection->complete_frame == 0 || frame < connection->complete_frame ||
        (connection->blind_frame != 0 && frame > connection->blind_frame))
        return UINT32_MAX;
    return connection->number;
}

#endif /* OXC_VIRTUAL_CONNECTION_H */
