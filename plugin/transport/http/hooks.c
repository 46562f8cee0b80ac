/* hooks.c
 * How the transports over HTTP get at the bytes of a connection and hand them back
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "hooks.h"

#include <epan/dissectors/packet-tls.h>
#include <epan/dissectors/packet-tls-utils.h>

enum { CLAIMS_MAX = 2 };

/* Wireshark's own dissectors of HTTP. */
static dissector_table_t http_table;
static const char *const over[] = {"tcp", "tls"};

static heur_dtbl_entry_t *builtin_http_over_tls;
static dissector_handle_t tls_handle;
static dissector_handle_t over_tls_handle;
static dissector_table_t tcp_ports;
static int proto_tcp = -1;
static int proto_http = -1;
static int proto_tls = -1;

static oxc_http_claim claims[CLAIMS_MAX];
static unsigned claim_count;

/* Bits of a port, asked for every frame of TCP. */
enum { PORT_KNOWN = 1, PORT_HTTP = 2, PORT_CONCERNS = 4 };

static uint8_t port_kinds[65536];

uint8_t oxc_http_taken_ports[65536];

int oxc_http_protocol(void)
{
    return proto_http;
}

int oxc_http_tls_protocol(void)
{
    return proto_tls;
}

void oxc_http_call(bool tls, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data,
                   bool may_ask)
{
    uint16_t can_desegment = pinfo->can_desegment;

    pinfo->can_desegment = (uint16_t)(may_ask && can_desegment > 0 ? can_desegment + 1 : 0);
    dissector_try_string_new(http_table, over[tls], tvb, pinfo, tree, FALSE, data);
    pinfo->can_desegment = can_desegment;
}

void oxc_http_call_rest(bool tls, tvbuff_t *tvb, int offset, packet_info *pinfo, proto_tree *tree,
                        void *data)
{
    oxc_http_call(tls, tvb_new_subset_remaining(tvb, offset), pinfo, tree, data, true);
    if (pinfo->desegment_len != 0)
        pinfo->desegment_offset += offset;
}

bool oxc_http_is_port_of(uint32_t port, int protocol)
{
    dissector_handle_t handle = dissector_get_uint_handle(tcp_ports, port);

    return handle && dissector_handle_get_protocol_index(handle) == protocol;
}

static unsigned learn_port(uint32_t port)
{
    port_kinds[port] |= PORT_KNOWN;
    if (oxc_http_is_port_of(port, proto_http))
        port_kinds[port] |= PORT_HTTP;
    return port_kinds[port];
}

static inline unsigned kind_of_port(uint32_t port)
{
    unsigned kind = port_kinds[port & 0xFFFF];

    return kind & PORT_KNOWN ? kind : learn_port(port & 0xFFFF);
}

void oxc_http_concern_ports(uint32_t first, uint32_t last)
{
    for (uint32_t port = first; port <= last; port++)
        port_kinds[port & 0xFFFF] |= PORT_CONCERNS;
}

void oxc_http_note_taken(const packet_info *pinfo, oxc_http_transport transport)
{
    oxc_http_taken_ports[oxc_http_pair_of_ports(pinfo)] |= (uint8_t)transport;
}

bool oxc_http_has_layer(const packet_info *pinfo, int protocol)
{
    for (wmem_list_frame_t *layer = wmem_list_tail(pinfo->layers); layer;
         layer = wmem_list_frame_prev(layer)) {
        int found = GPOINTER_TO_INT(wmem_list_frame_data(layer));

        if (found == protocol)
            return true;
        if (found == proto_tcp)
            return false;
    }
    return false;
}

/* IP, TCP, and the shortest PDU of RPC over HTTP: no shorter frame tells anybody who looks for
 * connections anything. */
enum { LEAST_FRAME = 20 + 20 + 20 };

bool oxc_http_concerns(const packet_info *pinfo, bool is_other)
{
    unsigned kinds = kind_of_port(pinfo->destport) | kind_of_port(pinfo->srcport);

    if (kinds & (PORT_HTTP | PORT_CONCERNS) ||
        oxc_http_taken_ports[oxc_http_pair_of_ports(pinfo)] != 0)
        return true;
    return !is_other && oxc_http_has_layer(pinfo, proto_http);
}

void oxc_http_look(tvbuff_t *tvb, const packet_info *pinfo, oxc_http_frame *frame)
{
    frame->tvb = tvb;
    frame->to_port = (kind_of_port(pinfo->destport) & PORT_HTTP) != 0;
    frame->from_port = (kind_of_port(pinfo->srcport) & PORT_HTTP) != 0;
    frame->reassembled = pinfo->data_src && pinfo->data_src->next;
    frame->may_hold = (pinfo->fd->pkt_len >= LEAST_FRAME || frame->reassembled) &&
                      (frame->to_port || frame->from_port || oxc_http_has_layer(pinfo, proto_http));
    if (!frame->may_hold)
        return;
    frame->payload = oxc_tcp_payload_bytes(tvb, pinfo);
    frame->may_hold = frame->payload.size > 0 || frame->reassembled;
}

bool oxc_http_take_over(packet_info *pinfo, conversation_t *conversation,
                        dissector_handle_t over_tcp)
{
    bool tls = oxc_http_has_layer(pinfo, proto_tls);

    if (tls)
        tls_set_appdata_dissector(tls_handle, pinfo, over_tls_handle);
    else
        conversation_set_dissector_from_frame_number(conversation, pinfo->num + 1, over_tcp);
    return tls;
}

static bool is_claimed(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    for (unsigned i = 0; i < claim_count; i++) {
        if (claims[i](tvb, pinfo, tree, data))
            return true;
    }
    return false;
}

static oxc_bool dissect_heuristic(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (!builtin_http_over_tls->enabled)
        return FALSE;
    if (is_claimed(tvb, pinfo, tree, NULL))
        return TRUE;
    return builtin_http_over_tls->dissector(tvb, pinfo, tree, data);
}

/* Stands in for Wireshark's HTTP where TLS itself says that it carries HTTP/1.1. */
static int dissect_over_tls(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (!is_claimed(tvb, pinfo, tree, data))
        oxc_http_call_rest(true, tvb, 0, pinfo, tree, data);
    return (int)tvb_captured_length(tvb);
}

void oxc_http_hooks_begin_file(void)
{
    memset(port_kinds, 0, sizeof port_kinds);
    memset(oxc_http_taken_ports, 0, sizeof oxc_http_taken_ports);
}

void oxc_http_hooks_register(int protocol)
{
    http_table = register_dissector_table("oxcnotif.http", "HTTP below RPC and MAPI over HTTP",
                                          protocol, FT_STRING, BASE_NONE);
}

static void add_http(const char *name, const char *dissector)
{
    dissector_handle_t handle = find_dissector(dissector);

    if (handle)
        dissector_add_string("oxcnotif.http", name, handle);
}

bool oxc_http_hooks_handoff(void)
{
    builtin_http_over_tls = find_heur_dissector_by_unique_short_name("http_tls");
    proto_tcp = proto_get_id_by_filter_name("tcp");
    proto_http = proto_get_id_by_filter_name("http");
    proto_tls = proto_get_id_by_filter_name("tls");
    tcp_ports = find_dissector_table("tcp.port");
    tls_handle = find_dissector("tls");
    if (!builtin_http_over_tls || !tls_handle)
        return false;
    add_http(over[false], "http-over-tcp");
    add_http(over[true], "http-over-tls");
    heur_dissector_add("tls", dissect_heuristic, "HTTP over TLS, with RPC and MAPI over HTTP",
                       "http_tls_oxcnotif", proto_http, HEURISTIC_ENABLE);
    over_tls_handle = register_dissector("oxcnotif-http-over-tls", dissect_over_tls, proto_http);
    dissector_add_string("tls.alpn", "http/1.1", over_tls_handle);
    return true;
}

void oxc_http_claim_tls(oxc_http_claim claim)
{
    if (claim_count < CLAIMS_MAX)
        claims[claim_count++] = claim;
}
