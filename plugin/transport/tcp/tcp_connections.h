/* tcp_connections.h
 * The TCP connections that carry DCE/RPC straight
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_TCP_CONNECTIONS_H
#define OXC_TCP_CONNECTIONS_H

#include <epan/packet.h>

#include "capture/analysis.h"
#include "compat.h"
#include "flow.h"

/** Such a connection, in file scope; or whatever else than TCP a conversation is. */
typedef struct oxc_tcp_connection {
    oxc_rpc_connection *connection; /**< what is known of it above TCP */
    const struct tcp_analysis *tcp; /**< NULL if it is no TCP connection */
    oxc_leg leg;
    oxc_flow flows[2];   /**< in Wireshark's order */
    uint8_t client_flow; /**< which of them is the client's */
    bool hidden;         /**< no PDU of what it carries has come to us */
} oxc_tcp_connection;

/** The connection of a packet that carries DCE/RPC straight over its transport, made at the first
 *  call on the first pass.
 *  @param to_server  the packet goes from the client to the server
 *  @return NULL without a conversation */
oxc_tcp_connection *oxc_tcp_connection_of_packet(packet_info *pinfo, bool to_server);

/** The same, but makes none: NULL if no PDU of the packet's connection has come yet. */
oxc_tcp_connection *oxc_tcp_connection_find(packet_info *pinfo);

/** Who sent the packet at hand, which belongs to a connection. */
oxc_side oxc_tcp_connection_sender(const oxc_tcp_connection *tcp);

#endif /* OXC_TCP_CONNECTIONS_H */
