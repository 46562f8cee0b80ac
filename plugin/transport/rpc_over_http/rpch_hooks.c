/* rpch_hooks.c
 * Finds the channels of RPC over HTTP and takes their bytes over
 *
 * Wireshark's HTTP dissector shows what a connection carries until a request RPC_IN_DATA or
 * RPC_OUT_DATA has been seen on it. From then on its bytes come here: HTTP messages are handed
 * back to Wireshark's dissector, PDUs go to their virtual connection. Inside TLS the bytes come
 * here first.
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rpc_over_http.h"

#include <epan/conversation.h>
#include <epan/dissectors/packet-http.h>
#include <epan/dissectors/packet-tcp.h>

#include "capture/analysis.h"
#include "transport/http/hooks.h"
#include "transport/tcp/tcp_payload.h"
#include "transport/dcerpc/pdu.h"
#include "transport/dcerpc/over_tcp.h"
#include "capture/settings.h"
#include "rpch.h"
#include "rpch_channel.h"
#include "rpch_head.h"

/* What the RPC server sends first, [MS-RPCH] 2.1.1.2.1. */
static const char banner[] = "ncacn_http/1.0";
enum { BANNER_SIZE = sizeof banner - 1 };

/* An RTS PDU's common header but for the low byte of its length, [MS-RPCH] 2.2.3.6.1. */
static const uint8_t rts_start[] = {5, 0, 20, 3, 0x10, 0, 0, 0}, rts_end[] = {0, 0, 0, 0, 0, 0, 0};
enum { RTS_TYPE_OFFSET = 2, MAX_RTS_SIZE = 160 };

/* Of which Wireshark calls one X11 unless told otherwise, 6001 is the RPC server's. */
enum { FIRST_X11_PORT = 6000, LAST_X11_PORT = 6063 };

static dissector_handle_t channel_over_tcp_handle;
static dissector_handle_t proxy_leg_handle;
static int proto_http = -1;
static int proto_tls = -1;
static int proto_x11 = -1;
static bool hooked;
static bool active; /* in this file */

/* Begins a channel between proxy and server at the server's greeting, or at the proxy's first PDU
 * if that came first. */
static bool begin_proxy_leg(packet_info *pinfo, tvbuff_t *tvb, bool greets)
{
    const uint8_t *header = oxc_pdu_header_at(tvb, 0);
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);
    oxc_channel *channel;

    if (!conversation || oxc_channel_find(conversation) || !active ||
        !(greets || (header && header[2] == OXC_RTS_PTYPE)))
        return false;
    channel = oxc_channel_new(conversation, pinfo, !greets);
    channel->first_frame = pinfo->num;
    channel->taken = true;
    channel->proxy_leg = true;
    return true;
}

static void show_greeting(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    call_data_dissector(tvb_new_subset_length(tvb, 0, BANNER_SIZE), pinfo, tree);
    col_set_str(pinfo->cinfo, COL_PROTOCOL, "RPCH");
    col_set_str(pinfo->cinfo, COL_INFO, banner);
}

void oxc_rpch_begin_file(void)
{
    active = hooked && oxc_pref_rpc_over_http &&
             proto_is_protocol_enabled(find_protocol_by_id(oxc_oxcnotif_protocol()));
    if (active)
        oxc_http_concern_ports(FIRST_X11_PORT, LAST_X11_PORT);
}

static bool may_be_x11_port(uint32_t port)
{
    return port >= FIRST_X11_PORT && port <= LAST_X11_PORT;
}

/* A port of X11's, or one of them that the user gave to DCE/RPC: an RPC server may be there. */
static bool is_x11_port(uint32_t port)
{
    return may_be_x11_port(port) &&
           (oxc_http_is_port_of(port, proto_x11) || oxc_is_decoded_as_dcerpc(port));
}

/* DCE/RPC without HTTP on a port of X11: the connection is DCE/RPC's from its bind on. No X11
 * client begins like that. */
static int dissect_bound_leg(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);

    if (!conversation || !oxc_observed_tcp())
        return 0;
    conversation_set_dissector_from_frame_number(conversation, pinfo->num, oxc_observed_tcp());
    pinfo->can_desegment = pinfo->saved_can_desegment;
    return call_dissector_only(oxc_observed_tcp(), tvb, pinfo, tree, data);
}

/* Stands in front of X11 on its ports, and steps back unless an RPC server is there. */
static int dissect_proxy_leg(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    bool greets = tvb_strneql(tvb, 0, banner, BANNER_SIZE) == 0;
    int offset = greets ? BANNER_SIZE : 0;

    if (!oxc_rpch_channel_of_packet(pinfo) && is_x11_port(pinfo->destport) &&
        oxc_pdu_is_bind_at(tvb, 0))
        return dissect_bound_leg(tvb, pinfo, tree, data);
    if (!oxc_rpch_channel_of_packet(pinfo) &&
        (PINFO_FD_VISITED(pinfo) || !begin_proxy_leg(pinfo, tvb, greets)))
        return 0;
    if (greets)
        show_greeting(tvb, pinfo, tree);
    if (tvb_captured_length_remaining(tvb, offset) > 0)
        oxc_rpch_dissect_behind_proxy(tvb_new_subset_remaining(tvb, offset), pinfo, tree, data);
    if (pinfo->desegment_len != 0)
        pinfo->desegment_offset += offset;
    return (int)tvb_captured_length(tvb);
}

/* Finding channels */

/* A text of Wireshark's, which may be missing. */
static oxc_span span_of(const char *text)
{
    return (oxc_span){text, text ? strlen(text) : 0};
}

/* The channel on which Wireshark's HTTP has just seen a request, made if need be. */
static oxc_channel *channel_of_request(conversation_t *conversation, const packet_info *pinfo)
{
    const http_conv_t *http =
        (const http_conv_t *)conversation_get_proto_data(conversation, proto_http);
    oxc_rpch_method method;
    oxc_channel *channel;

    if (!http)
        return NULL;
    method = oxc_rpch_method_of(span_of(OXC_HTTP_REQUEST(http, request_method)));
    if (method == OXC_RPCH_OTHER)
        return NULL;
    channel = oxc_channel_new(conversation, pinfo, true);
    channel->first_frame = pinfo->num + 1;
    oxc_rpch_note_request(channel, method == OXC_RPCH_IN_DATA,
                          span_of(OXC_HTTP_REQUEST(http, request_uri)),
                          oxc_tcp_payload_is_cut(pinfo));
    return channel;
}

/* Since 4.6 HTTP calls itself for what is inside a tunnel, with the host that the tunnel leads to
 * as an end: what it finds there belongs to a connection that is none. */
static bool is_inside_tunnel(const packet_info *pinfo)
{
    return !addresses_equal(&pinfo->src, &pinfo->net_src) ||
           !addresses_equal(&pinfo->dst, &pinfo->net_dst);
}

/* The channel of a body, or NULL. */
static oxc_channel *channel_of_body(packet_info *pinfo)
{
    conversation_t *conversation;
    oxc_channel *channel;

    if (oxc_rpch_taken())
        return oxc_rpch_taken();
    if (!active || is_inside_tunnel(pinfo))
        return NULL;
    conversation = find_conversation_pinfo(pinfo, 0);
    channel = conversation ? oxc_channel_find(conversation) : NULL;
    if (conversation && !channel && !PINFO_FD_VISITED(pinfo))
        channel = channel_of_request(conversation, pinfo);
    return channel;
}

/* PDUs that came with the head of a request, before the connection is ours, and those of bodies
 * that are no channel. */
static oxc_bool dissect_http_body(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    oxc_channel *channel;
    oxc_run run;

    if (!oxc_rpch_builtin()->enabled || !oxc_run_read(&run, tvb, pinfo, tree))
        return FALSE;
    channel = channel_of_body(pinfo);
    if (!channel)
        return oxc_rpch_builtin()->dissector(tvb, pinfo, tree, data);
    oxc_rpch_dissect_pdus(channel, &run);
    return TRUE;
}

static bool begins_with_request(tvbuff_t *tvb)
{
    return tvb_strneql(tvb, 0, "RPC_IN_DATA ", 12) == 0 ||
           tvb_strneql(tvb, 0, "RPC_OUT_DATA ", 13) == 0;
}

/* HTTP over TLS: sees the bytes before Wireshark's HTTP does. */
static bool dissect_if_channel(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    oxc_channel *channel;

    if (!active)
        return false;
    channel = oxc_rpch_channel_of_packet(pinfo);
    if (!channel && !PINFO_FD_VISITED(pinfo) && begins_with_request(tvb)) {
        conversation_t *conversation = find_conversation_pinfo(pinfo, 0);

        if (!conversation || oxc_channel_find(conversation))
            return false;
        channel = oxc_channel_new(conversation, pinfo, true);
        channel->first_frame = pinfo->num;
        channel->taken = true;
        channel->tls = true;
    }
    if (!channel)
        return false;
    oxc_rpch_dissect_over_tls(tvb, pinfo, tree, data, channel);
    return true;
}

static void take_over(packet_info *pinfo, conversation_t *conversation, oxc_channel *channel)
{
    channel->taken = true;
    channel->tls = oxc_http_take_over(pinfo, conversation, channel_over_tcp_handle);
}

static void watch_http(packet_info *pinfo)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);
    oxc_channel *channel;

    if (!conversation)
        return;
    channel = oxc_channel_find(conversation);
    if (!channel)
        channel = channel_of_request(conversation, pinfo);
    if (channel && !channel->taken)
        take_over(pinfo, conversation, channel);
}

/* Whether the last bytes of a payload are an RTS PDU: sixteen of them are as they have to be. The
 * type among them leads to it. */
static bool ends_with_rts(const oxc_tcp_bytes *payload)
{
    const uint8_t *end, *at;

    if (payload->size < OXC_RTS_HEADER_SIZE)
        return false;
    end = payload->bytes + payload->size;
    at = end - MIN(payload->size, MAX_RTS_SIZE) + RTS_TYPE_OFFSET;
    for (; end - at >= OXC_RTS_HEADER_SIZE - RTS_TYPE_OFFSET; at++) {
        size_t left = (size_t)(end - at) - (OXC_RTS_HEADER_SIZE - RTS_TYPE_OFFSET) + 1;
        const uint8_t *pdu;

        at = (const uint8_t *)memchr(at, OXC_RTS_PTYPE, left);
        if (!at)
            return false;
        pdu = at - RTS_TYPE_OFFSET;
        if (memcmp(pdu, rts_start, sizeof rts_start) == 0 && pdu[8] == end - pdu &&
            pdu[8] % 4 == 0 && memcmp(pdu + 9, rts_end, sizeof rts_end) == 0)
            return true;
    }
    return false;
}

/* A channel whose beginning is not in the capture. */
static void begin_late(packet_info *pinfo, conversation_t *conversation, bool to_server,
                       bool proxy_leg)
{
    oxc_channel *channel = oxc_channel_new(conversation, pinfo, to_server);

    channel->first_frame = pinfo->num + 1;
    channel->taken = true;
    channel->proxy_leg = proxy_leg;
    conversation_set_dissector_from_frame_number(conversation, pinfo->num + 1,
                                                 channel->proxy_leg ? proxy_leg_handle
                                                                    : channel_over_tcp_handle);
}

static void watch_late(packet_info *pinfo, bool to_server, bool proxy_leg)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);

    if (conversation && !oxc_channel_find(conversation) && !oxc_http_has_layer(pinfo, proto_tls))
        begin_late(pinfo, conversation, to_server, proxy_leg);
}

/* The request RPC_IN_DATA in the bytes, or NULL. */
static const char *find_request_line(const char *bytes, const char *end)
{
    static const char name[] = "RPC_IN_DATA ";
    const size_t length = sizeof name - 1;

    while ((size_t)(end - bytes) >= length) {
        const char *found =
            (const char *)memchr(bytes, name[0], (size_t)(end - bytes) - length + 1);

        if (!found || memcmp(found, name, length) == 0)
            return found;
        bytes = found + 1;
    }
    return NULL;
}

/* The head of a request at the end of a payload, whose body is chunked. Wireshark's HTTP shows
 * nothing of such a request before the last chunk, which a channel does not have until it ends. */
static bool find_chunked_request(const oxc_tcp_bytes *payload, oxc_http_head *head)
{
    int end = payload->size, size = MIN(end, OXC_RPCH_HEAD_MAX);
    const char *bytes, *found;
    oxc_span at;

    if (end < 4 || memcmp(payload->bytes + end - 4, "\r\n\r\n", 4) != 0)
        return false;
    bytes = (const char *)payload->bytes + end - size;
    found = find_request_line(bytes, bytes + size);
    if (!found)
        return false;
    at = (oxc_span){found, (size_t)(bytes + size - found)};
    return oxc_http_head_find(at, head) == OXC_HTTP_WHOLE && head->bytes.size == at.size &&
           head->chunked;
}

/* A channel from the next frame on, by the head of its request. */
static void begin_channel(packet_info *pinfo, conversation_t *conversation,
                          const oxc_http_head *head)
{
    oxc_channel *channel = oxc_channel_new(conversation, pinfo, true);

    channel->first_frame = pinfo->num + 1;
    oxc_rpch_note_request(channel, oxc_rpch_method_of(head->start.method) == OXC_RPCH_IN_DATA,
                          head->start.target, false);
    take_over(pinfo, conversation, channel);
}

static void watch_chunked_request(const oxc_tcp_bytes *payload, packet_info *pinfo)
{
    oxc_http_head head;
    conversation_t *conversation;

    if (!find_chunked_request(payload, &head))
        return;
    conversation = find_conversation_pinfo(pinfo, 0);
    if (!conversation || oxc_channel_find(conversation) || oxc_http_has_layer(pinfo, proto_tls) ||
        !oxc_http_is_port_of(pinfo->destport, proto_http))
        return;
    begin_channel(pinfo, conversation, &head);
}

/* Whether HTTP has seen a tunnel begin on a connection: [RFC9110] 9.3.6. */
static bool is_tunnel(const conversation_t *conversation)
{
    const http_conv_t *http =
        (const http_conv_t *)conversation_get_proto_data(conversation, proto_http);
    const char *method = http ? OXC_HTTP_REQUEST(http, request_method) : NULL;

    return method && strcmp(method, "CONNECT") == 0;
}

/* A channel in clear text inside a tunnel, of which Wireshark shows nothing. */
static void watch_tunnel(tvbuff_t *payload, packet_info *pinfo)
{
    conversation_t *conversation;
    oxc_http_head head;
    oxc_span bytes;
    oxc_run run;

    if (!begins_with_request(payload))
        return;
    conversation = find_conversation_pinfo(pinfo, 0);
    bytes.size = tvb_captured_length(payload);
    bytes.text = (const char *)tvb_get_ptr(payload, 0, (int)bytes.size);
    if (!conversation || !is_tunnel(conversation) || oxc_channel_find(conversation) ||
        oxc_http_head_find(bytes, &head) != OXC_HTTP_WHOLE)
        return;
    begin_channel(pinfo, conversation, &head);
    if (oxc_run_read(&run, tvb_new_subset_remaining(payload, (int)head.bytes.size), pinfo, NULL))
        oxc_rpch_note_pdus(oxc_channel_find(conversation), &run);
}

/* At the first frame of a connection. */
static void watch_x11(packet_info *pinfo)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);

    if (conversation && conversation->setup_frame == pinfo->num)
        conversation_set_dissector_from_frame_number(conversation, pinfo->num + 1,
                                                     proxy_leg_handle);
}

/* On the ports of X11. */
static void watch_proxy_legs(tvbuff_t *frame, packet_info *pinfo)
{
    bool to_server = is_x11_port(pinfo->destport);
    oxc_tcp_bytes payload;

    if (!to_server && !is_x11_port(pinfo->srcport))
        return;
    watch_x11(pinfo);
    payload = oxc_tcp_payload_bytes(frame, pinfo);
    if (ends_with_rts(&payload))
        watch_late(pinfo, to_server, true);
}

/* Whether the name of a method with which a channel begins may stand in bytes: most requests have
 * no such character at all. */
static bool names_channel(const oxc_tcp_bytes *payload)
{
    const uint8_t *at = payload->bytes, *end = at + payload->size;

    while (at < end && (at = (const uint8_t *)memchr(at, '_', (size_t)(end - at))) != NULL) {
        if (at - payload->bytes >= 3 && memcmp(at - 3, "RPC", 3) == 0)
            return true;
        at++;
    }
    return false;
}

/* A frame to a port of HTTP: a channel begins with a request. */
static void watch_request(const oxc_http_frame *frame, packet_info *pinfo)
{
    bool named = names_channel(&frame->payload);

    if (named) {
        watch_chunked_request(&frame->payload, pinfo);
        watch_tunnel(oxc_tcp_payload(frame->tvb, pinfo), pinfo);
    }
    if ((named || frame->reassembled) && oxc_http_has_layer(pinfo, proto_http))
        watch_http(pinfo);
}

static void watch_http_frame(const oxc_http_frame *frame, packet_info *pinfo)
{
    if (frame->to_port)
        watch_request(frame, pinfo);
    else if (!frame->from_port)
        watch_http(pinfo);
    if ((frame->to_port || frame->from_port) && ends_with_rts(&frame->payload))
        watch_late(pinfo, frame->to_port, false);
}

void oxc_rpch_watch_frame(const oxc_http_frame *frame, packet_info *pinfo)
{
    bool near_x11 = may_be_x11_port(pinfo->srcport) || may_be_x11_port(pinfo->destport), known;

    if (!active)
        return;
    known = oxc_rpch_watch_channel(pinfo);
    if (near_x11)
        watch_proxy_legs(frame->tvb, pinfo);
    if (frame->may_hold && !known)
        watch_http_frame(frame, pinfo);
}

void oxc_rpch_end_frame(packet_info *pinfo)
{
    if (active)
        oxc_channel_settle(pinfo);
}

void oxc_rpch_handoff(void)
{
    int dcerpc;

    proto_http = oxc_http_protocol();
    proto_tls = oxc_http_tls_protocol();
    proto_x11 = proto_get_id_by_filter_name("x11");
    if (!oxc_rpch_find_dissectors())
        return;
    dcerpc = proto_get_id(oxc_rpch_builtin()->protocol);
    channel_over_tcp_handle =
        register_dissector("rpc-over-http-over-tcp", oxc_rpch_dissect_over_tcp, proto_http);
    proxy_leg_handle = create_dissector_handle(dissect_proxy_leg, -1);
    hooked = true;
    heur_dissector_add("http", dissect_http_body, "DCE/RPC over HTTP, observed",
                       "dcerpc_http_oxcnotif", dcerpc, HEURISTIC_ENABLE);
    oxc_http_claim_tls(dissect_if_channel);
}
