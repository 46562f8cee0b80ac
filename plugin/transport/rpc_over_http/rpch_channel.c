/* rpch_channel.c
 * Dissects the bytes of a channel: HTTP messages, and the PDUs of its virtual connection
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rpch_channel.h"

#include <epan/dissectors/packet-tcp.h>
#include <epan/exceptions.h>
#include <epan/strutil.h>

#include "capture/analysis.h"
#include "capture/refusals.h"
#include "present/packet-oxcnotif.h"
#include "rpch.h"
#include "rpch_head.h"
#include "rpch_stream.h"
#include "transport/http/hooks.h"
#include "transport/loss.h"
#include "transport/tcp/tcp_payload.h"

/* Of the reason for a refusal so much is kept. */
enum { MOST_PHRASE = 80 };

/* Whose bytes Wireshark's HTTP is dissecting, also where it has changed the ends of the packet. */
static oxc_channel *in_http;

/* Where the bytes of a channel come from: between proxy and server there is no HTTP. */
typedef enum { OVER_TCP, OVER_TLS, BEHIND_PROXY } below_channel;

/* One call for the bytes of a channel. */
typedef struct {
    packet_info *pinfo;
    proto_tree *tree;
    void *data; /* of the layer below */
    below_channel below;
    oxc_channel *channel;
    bool has_response; /* #response is that of the message that comes next */
    oxc_http_head response;
} oxc_pass;

static void give_pdus(void *user, oxc_run *run)
{
    oxc_rpch_call_pdus(((const oxc_pass *)user)->channel, run);
}

/* A name of a host is printable ASCII; reports and terminals need not bear anything else. */
static char *keep_name(oxc_span server)
{
    char *name = wmem_strndup(wmem_file_scope(), server.text, server.size);

    for (char *at = name; *at; at++) {
        if (!g_ascii_isgraph(*at))
            *at = '?';
    }
    return name;
}

/* Of a target that the capture cut nobody can tell. */
void oxc_rpch_note_request(oxc_channel *channel, bool in, oxc_span target, bool cut)
{
    oxc_span server = {NULL, 0};

    channel->in = in;
    channel->refusal = NULL;
    if (!cut)
        server = oxc_rpch_server_of_target(target, &channel->port);
    channel->named = server.size > 0;
    if (channel->named) {
        channel->server = keep_name(server);
        channel->asks = oxc_client_by_address(&channel->client.host, channel->server);
    }
}

static void note_head(void *user, const oxc_http_head *head)
{
    oxc_pass *pass = (oxc_pass *)user;
    oxc_rpch_method method = oxc_rpch_method_of(head->start.method);

    pass->has_response = head->start.response && pass->below != BEHIND_PROXY;
    pass->response = *head;
    if (!PINFO_FD_VISITED(pass->pinfo) && pass->below != BEHIND_PROXY && method != OXC_RPCH_OTHER)
        oxc_rpch_note_request(pass->channel, method == OXC_RPCH_IN_DATA, head->start.target, false);
}

/* Shows part of a channel as HTTP. */
static void call_http(const oxc_pass *pass, tvbuff_t *tvb, bool may_ask)
{
    if (pass->below == BEHIND_PROXY) {
        call_data_dissector(tvb, pass->pinfo, pass->tree);
        return;
    }
    in_http = pass->channel;
    TRY
    {
        oxc_http_call(pass->below == OVER_TLS, tvb, pass->pinfo, pass->tree, pass->data, may_ask);
    }
    FINALLY
    {
        in_http = NULL;
    }
    ENDTRY;
}

static oxc_refusal *refusal_of(const oxc_channel *channel, const oxc_start_line *start)
{
    const oxc_refusal refusal = {
        .status = start->status,
        .phrase = format_text(wmem_file_scope(),
                              OXC_TEXT_TO_FORMAT(start->reason.size ? start->reason.text : ""),
                              MIN(start->reason.size, MOST_PHRASE)),
        .in = channel->in,
        .server = channel->server,
        .client = &channel->asks,
    };

    return oxc_refusal_add(&refusal);
}

/* Notes a response on a channel. Those that open it, and interim ones, are no refusals. The same
 * response may come several times, until it is whole and shown. */
static void note_refusal(oxc_channel *channel, const oxc_http_head *head, const packet_info *pinfo,
                         bool shown)
{
    if (oxc_rpch_opens_channel(head))
        oxc_refusal_let_in(channel->asks, pinfo->num);
    if (head->start.status < 300)
        return;
    if (!channel->refusal)
        channel->refusal = refusal_of(channel, &head->start);
    if (channel->refusal->frame == 0)
        channel->refusal->frame = pinfo->num;
    if (shown)
        oxc_refusal_show_in(channel->refusal, pinfo->num);
}

/* Says that the proxy refused the channel, where HTTP has shown it and asks for no more of it. */
static void finish_response(oxc_pass *pass, tvbuff_t *tvb)
{
    bool shown = pass->pinfo->desegment_len == 0;
    const oxc_refusal *refusal;

    if (!pass->has_response)
        return;
    pass->has_response = false;
    if (!PINFO_FD_VISITED(pass->pinfo))
        note_refusal(pass->channel, &pass->response, pass->pinfo, shown);
    refusal = shown ? oxc_refusal_in(pass->pinfo) : NULL;
    if (refusal)
        oxc_present_note(pass->pinfo, pass->tree, tvb, OXC_NOTE_PROXY_REFUSED,
                         wmem_strdup_printf(pass->pinfo->pool, "The RPC proxy refused %s",
                                            oxc_refusal_text(pass->pinfo->pool, refusal)));
}

static void give_message(void *user, tvbuff_t *message)
{
    oxc_pass *pass = (oxc_pass *)user;

    call_http(pass, message, false);
    finish_response(pass, message);
}

/* HTTP waits for the end of a message, but also of what is none: behind that PDUs may come. */
static bool may_begin_message(tvbuff_t *tvb, int offset)
{
    int size = MIN((int)tvb_captured_length_remaining(tvb, offset), OXC_RPCH_HEAD_MAX);
    oxc_span bytes = {size > 0 ? (const char *)tvb_get_ptr(tvb, offset, size) : "", (size_t)size};
    oxc_http_head head;

    return size > 0 && oxc_http_head_find(bytes, &head) != OXC_HTTP_NONE;
}

static void give_rest(void *user, tvbuff_t *tvb, int offset)
{
    oxc_pass *pass = (oxc_pass *)user;

    call_http(pass, tvb_new_subset_remaining(tvb, offset), may_begin_message(tvb, offset));
    if (pass->channel)
        finish_response(pass, tvb);
    if (pass->pinfo->desegment_len != 0)
        pass->pinfo->desegment_offset += offset;
}

/* PDUs of the channel are missing from the capture: they may be anything.
 * @param missing  of oxc_missing */
static void send_lost(const packet_info *pinfo, const oxc_channel *channel, unsigned missing)
{
    const oxc_virtual_connection *connection = oxc_channel_carries(channel, pinfo->num);

    if (connection && connection->number != UINT32_MAX)
        oxc_lose_segment(pinfo, oxc_rpc_connection_by_number(connection->number),
                         oxc_missing_from(missing, oxc_channel_sender(channel, pinfo)));
    else
        oxc_miss_calls(pinfo);
    oxc_channel_lost(channel, pinfo->num);
}

/* Comes before the PDUs of the segment that shows the loss. Once a segment is missing inside TLS,
 * nobody can read those after it. */
static void watch_loss(const packet_info *pinfo, const oxc_channel *channel)
{
    unsigned missing = oxc_tcp_missing(channel->tcp);
    const oxc_virtual_connection *connection;

    if (missing) {
        send_lost(pinfo, channel, missing);
        return;
    }
    connection = oxc_channel_carries(channel, pinfo->num);
    if (connection && connection->blind_frame != 0 && connection->number != UINT32_MAX)
        oxc_lose_calls(pinfo, oxc_rpc_connection_by_number(connection->number), OXC_SIDE_UNKNOWN);
}

/* PDUs that came and cannot be told apart. */
static void lose_pdus(const packet_info *pinfo, const oxc_channel *channel)
{
    const oxc_virtual_connection *connection = oxc_channel_carries(channel, pinfo->num);

    if (connection && connection->number != UINT32_MAX)
        oxc_lose_calls(pinfo, oxc_rpc_connection_by_number(connection->number),
                       oxc_channel_sender(channel, pinfo));
    else
        oxc_miss_calls(pinfo);
}

static void note_lost(void *user)
{
    const oxc_pass *pass = (const oxc_pass *)user;

    if (!PINFO_FD_VISITED(pass->pinfo))
        lose_pdus(pass->pinfo, pass->channel);
}

static void dissect_channel(oxc_pass *pass, tvbuff_t *tvb)
{
    if (!PINFO_FD_VISITED(pass->pinfo))
        watch_loss(pass->pinfo, pass->channel);
    oxc_rpch_parts stream = {.pinfo = pass->pinfo,
                             .tree = pass->tree,
                             .user = pass,
                             .pdus = give_pdus,
                             .head = note_head,
                             .message = give_message,
                             .rest = give_rest,
                             .lost = note_lost};

    oxc_rpch_split(&stream, tvb);
}

static oxc_channel *find_channel(packet_info *pinfo)
{
    const conversation_t *conversation = find_conversation_pinfo(pinfo, 0);
    oxc_channel *channel = conversation ? oxc_channel_find(conversation) : NULL;

    return channel && channel->first_frame <= pinfo->num ? channel : NULL;
}

oxc_channel *oxc_rpch_channel_of_packet(packet_info *pinfo)
{
    return oxc_http_may_be_taken(pinfo, OXC_HTTP_RPC) ? find_channel(pinfo) : NULL;
}

/* Whether all that a segment holds has come before. */
static bool is_repeated(packet_info *pinfo, oxc_channel *channel, const struct tcpinfo *segment)
{
    oxc_segment_kind kind;

    if (!segment || !channel->tcp)
        return false;
    kind = oxc_flow_take(channel->tcp, channel->flows, pinfo, segment);
    if (kind == OXC_SEGMENT_AFTER_GAP || kind == OXC_SEGMENT_OVERLAPS)
        send_lost(pinfo, channel, OXC_MISSING_OWN);
    return kind == OXC_SEGMENT_REPEATED;
}

/* Bytes of TCP that Wireshark gives to us: those of the packet's channel, or what is none. */
static int dissect_taken(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data,
                         below_channel below)
{
    oxc_pass pass = {.pinfo = pinfo, .tree = tree, .data = data, .below = below};
    oxc_channel *channel = find_channel(pinfo);

    pass.channel = channel;
    if (!channel) {
        give_rest(&pass, tvb, 0);
    } else if (is_repeated(pinfo, channel, (const struct tcpinfo *)data)) {
        call_data_dissector(tvb, pinfo, tree);
    } else {
        dissect_channel(&pass, tvb);
        if (channel->tcp && !PINFO_FD_VISITED(pinfo))
            oxc_flow_of(channel->tcp, channel->flows)->pending = pinfo->desegment_len != 0;
    }
    return (int)tvb_captured_length(tvb);
}

int oxc_rpch_dissect_over_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_taken(tvb, pinfo, tree, data, OVER_TCP);
}

int oxc_rpch_dissect_behind_proxy(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_taken(tvb, pinfo, tree, data, BEHIND_PROXY);
}

void oxc_rpch_dissect_over_tls(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data,
                               oxc_channel *channel)
{
    oxc_pass pass = {
        .pinfo = pinfo, .tree = tree, .data = data, .below = OVER_TLS, .channel = channel};

    dissect_channel(&pass, tvb);
}

bool oxc_rpch_watch_channel(packet_info *pinfo)
{
    oxc_channel *channel = oxc_rpch_channel_of_packet(pinfo);

    if (!channel)
        return false;
    oxc_tcp_note_close(channel->tcp, pinfo, oxc_channel_sender(channel, pinfo),
                       &channel->leg.close);
    watch_loss(pinfo, channel);
    if (oxc_flow_skip_unseen(channel->tcp, channel->flows) || oxc_tcp_payload_is_cut(pinfo))
        send_lost(pinfo, channel, OXC_MISSING_OWN);
    return channel->taken;
}

oxc_channel *oxc_rpch_taken(void)
{
    return in_http;
}
