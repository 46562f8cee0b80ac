/* tcp_connections.c
 * The TCP connections that carry DCE/RPC straight
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tcp_connections.h"

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>

#include "capture/settings.h"
#include "ends.h"

static oxc_tcp_connection *new_connection(packet_info *pinfo, conversation_t *conversation,
                                          bool to_server)
{
    const address *server = to_server ? &pinfo->dst : &pinfo->src;
    const address *client = to_server ? &pinfo->src : &pinfo->dst;
    uint32_t port = to_server ? pinfo->destport : pinfo->srcport;
    oxc_tcp_connection *made = wmem_new0(wmem_file_scope(), oxc_tcp_connection);
    const struct tcp_analysis *tcp = NULL;

    if (pinfo->ptype == PT_TCP)
        tcp = get_tcp_conversation_data(conversation, pinfo);
    made->connection = oxc_rpc_connection_new(oxc_server_by_address(server), (uint16_t)port,
                                              oxc_client_by_address(client, NULL));
    made->connection->ending.legs[0] = &made->leg;
    made->tcp = tcp;
    made->leg = oxc_tcp_leg(tcp);
    if (tcp)
        made->client_flow = (tcp->fwd == &tcp->flow1) == to_server ? 0 : 1;
    return made;
}

static oxc_tcp_connection *connection_of(const conversation_t *conversation)
{
    if (!conversation)
        return NULL;
    return (oxc_tcp_connection *)conversation_get_proto_data(conversation,
                                                             oxc_connection_protocol());
}

oxc_tcp_connection *oxc_tcp_connection_find(packet_info *pinfo)
{
    return connection_of(find_conversation_pinfo(pinfo, 0));
}

oxc_tcp_connection *oxc_tcp_connection_of_packet(packet_info *pinfo, bool to_server)
{
    oxc_tcp_connection *tcp = pinfo->ptype == PT_TCP ? oxc_ends_find(pinfo) : NULL;
    conversation_t *conversation;

    if (tcp && !PINFO_FD_VISITED(pinfo) && oxc_tcp_listed(tcp->tcp, pinfo) > 0)
        return tcp;
    conversation = find_conversation_pinfo(pinfo, 0);
    tcp = connection_of(conversation);
    if (conversation && !tcp && !PINFO_FD_VISITED(pinfo)) {
        tcp = new_connection(pinfo, conversation, to_server);
        conversation_add_proto_data(conversation, oxc_connection_protocol(), tcp);
        if (tcp->tcp)
            oxc_ends_remember(pinfo, tcp);
    }
    return tcp;
}

oxc_side oxc_tcp_connection_sender(const oxc_tcp_connection *tcp)
{
    const struct tcp_analysis *analysis = tcp->tcp;

    if (!analysis)
        return OXC_SIDE_UNKNOWN;
    return (analysis->fwd == &analysis->flow1 ? 0 : 1) == tcp->client_flow ? OXC_SIDE_CLIENT
                                                                           : OXC_SIDE_SERVER;
}
