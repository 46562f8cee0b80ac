/* watch.c
 * Looks at each frame of TCP for what did not come to us
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "watch.h"

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>

#include "tcp_connections.h"
#include "ends.h"
#include "tcp_payload.h"
#include "transport/loss.h"

/* The last frame whose PDUs came to the observer over TCP, or 0, and on which connection. */
static uint32_t seen_frame;
static oxc_tcp_connection *seen_on;

void oxc_segment_seen(const packet_info *pinfo, struct oxc_tcp_connection *tcp)
{
    seen_frame = pinfo->num;
    seen_on = tcp;
}

/* The client's port may belong to any other protocol. Wireshark then gives it the connection, of
 * which we see no PDU: its calls are missing, as those of a connection without its bind. */
static void watch_hidden(packet_info *pinfo)
{
    oxc_end_kind server = oxc_ends_server(pinfo);
    conversation_t *conversation;
    oxc_tcp_connection *tcp;

    if (server == OXC_END_NEITHER)
        return;
    conversation = find_conversation_pinfo(pinfo, 0);
    /* A SYN or FIN alone says nothing. */
    if (!conversation || oxc_tcp_listed(get_tcp_conversation_data(conversation, pinfo), pinfo) <= 1)
        return;
    tcp = oxc_tcp_connection_of_packet(pinfo, server == OXC_END_DESTINATION);
    if (!tcp)
        return;
    tcp->hidden = true;
    oxc_lose_hidden(pinfo, tcp->connection, oxc_tcp_connection_sender(tcp));
}

/* Whose frame it is takes a while to make sure: only where something is to be said of it. */
static bool is_of(packet_info *pinfo, const oxc_tcp_connection *tcp)
{
    return tcp == oxc_tcp_connection_find(pinfo);
}

/* A FIN or RST that has not been noted yet. */
static void watch_close(packet_info *pinfo, oxc_tcp_connection *tcp)
{
    if (tcp->leg.close.has_time || !oxc_leg_is_closed(&tcp->leg) || !is_of(pinfo, tcp))
        return;
    oxc_tcp_note_close(tcp->tcp, pinfo, oxc_tcp_connection_sender(tcp), &tcp->leg.close);
}

/* A frame whose bytes did not come to the observer, between ports where such connections are. */
static void watch_unseen(packet_info *pinfo)
{
    oxc_tcp_connection *tcp = oxc_ends_find(pinfo);
    oxc_side sender, from;
    unsigned missing;
    bool unseen, cut;

    if (tcp)
        watch_close(pinfo, tcp);
    if (!tcp || tcp->hidden) {
        watch_hidden(pinfo);
        return;
    }
    cut = oxc_tcp_payload_is_cut(pinfo);
    missing = oxc_tcp_missing(tcp->tcp);
    unseen = oxc_flow_skip_unseen(tcp->tcp, tcp->flows);
    if (!(cut || missing || unseen) || !is_of(pinfo, tcp))
        return;
    sender = oxc_tcp_connection_sender(tcp);
    from = oxc_missing_from(missing | (cut || unseen ? OXC_MISSING_OWN : 0u), sender);
    if (missing)
        oxc_lose_segment(pinfo, tcp->connection, from);
    else
        oxc_lose_calls(pinfo, tcp->connection, from);
}

bool oxc_watch_segment(packet_info *pinfo)
{
    if (seen_frame == pinfo->num) {
        watch_close(pinfo, seen_on);
        return true;
    }
    if (oxc_ends_may_know(pinfo))
        watch_unseen(pinfo);
    return false;
}

void oxc_watch_begin_file(void)
{
    seen_frame = 0;
}
