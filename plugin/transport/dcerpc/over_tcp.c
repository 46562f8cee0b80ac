/* over_tcp.c
 * Finds DCE/RPC on TCP connections, in front of Wireshark's own dissector
 *
 * Wireshark comes to DCE/RPC over TCP by a heuristic, or by the port where the user chose it with
 * Decode As. The observer stands in for both: for the heuristic with one of its own, for the port
 * by taking the place of Wireshark's dissector in the table of ports. What is no connection of the
 * two interfaces is dissected as without it.
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "over_tcp.h"

#include <epan/dissectors/packet-tcp.h>

#include "binds.h"
#include "observer.h"
#include "transport/loss.h"
#include "transport/tcp/tcp_connections.h"
#include "transport/tcp/watch.h"

static heur_dtbl_entry_t *builtin_heuristic;
static dissector_handle_t observed_tcp;
static dissector_handle_t decoded_as;
static dissector_table_t tcp_ports;
static int proto_dcerpc = -1;

/* Wireshark's own dissector of DCE/RPC over TCP, called without naming the protocol a second time.
 */
static dissector_table_t builtin_table;
static const char over_tcp[] = "tcp";

/* Bytes are missing if a segment starts beyond the end of the one before it, or acknowledges more
 * than came the other way (a FIN counts for one). What the first segment acknowledges of a side
 * that has not been seen yet came before the capture, or is the other side's SYN. A segment in the
 * middle of a PDU does not come here: TCP keeps it until the PDU is whole. What is acknowledged
 * meanwhile only Wireshark's own analysis of TCP can tell; without that it counts as missing.
 * Returns whether all of the segment has come before; that is told on every pass. */
static bool watch_segment(packet_info *pinfo, oxc_tcp_connection *tcp, oxc_flow *flow,
                          const struct tcpinfo *segment)
{
    oxc_flow *reverse = &tcp->flows[flow == tcp->flows ? 1 : 0];
    bool blind = !flow->known && !reverse->known && !oxc_tcp_is_analysed(tcp->tcp);
    oxc_segment_kind kind = oxc_flow_take(tcp->tcp, tcp->flows, pinfo, segment);
    bool repeated = kind == OXC_SEGMENT_REPEATED;
    bool unseen = reverse->known && (!reverse->pending || !oxc_tcp_is_analysed(tcp->tcp)) &&
                  oxc_seq_is_later(segment->lastackseq, reverse->next_seq + 1);
    unsigned missing = oxc_tcp_missing(tcp->tcp) |
                       (kind != OXC_SEGMENT_NEXT ? OXC_MISSING_OWN : 0u) |
                       (unseen ? OXC_MISSING_OTHER : 0u);

    if (repeated || PINFO_FD_VISITED(pinfo))
        return repeated;
    if (missing)
        oxc_lose_segment(pinfo, tcp->connection,
                         oxc_missing_from(missing, oxc_tcp_connection_sender(tcp)));
    else if (blind)
        oxc_lose_calls(pinfo, tcp->connection, OXC_SIDE_UNKNOWN);
    /* The rest of a PDU that is waited for may never come: what is acknowledged has been told, and
     * what comes of it late is no repetition. */
    if (!reverse->known || ((missing & OXC_MISSING_OTHER) != 0 && reverse->pending)) {
        reverse->first_seq = reverse->next_seq = segment->lastackseq;
        reverse->known = true;
        reverse->pending = false;
    }
    return false;
}

/* @param data  of TCP, or NULL */
static bool dissect_run(oxc_run *run, void *data)
{
    const struct tcpinfo *segment = (const struct tcpinfo *)data;
    packet_info *pinfo = run->pinfo;
    bool to_server = oxc_pdu_goes_to_server(run->pdus[0].type);
    oxc_tcp_connection *tcp = oxc_tcp_connection_of_packet(pinfo, to_server);
    oxc_flow *flow = NULL;
    bool repeated = false;
    int result;

    if (!tcp)
        return builtin_heuristic->dissector(run->tvb, pinfo, run->tree, data);
    if (segment && tcp->tcp) {
        flow = oxc_flow_of(tcp->tcp, tcp->flows);
        repeated = watch_segment(pinfo, tcp, flow, segment);
    }
    tcp->leg.closing = segment && (segment->flags & (OXC_TCP_FIN | OXC_TCP_RST)) != 0;
    run->from_server = !to_server;
    run->connection = repeated ? NULL : tcp->connection;
    run->carrier = (oxc_carrier){.transport = OXC_TRANSPORT_RPC_TCP,
                                 .connection = repeated ? UINT32_MAX : tcp->connection->number,
                                 .ending = repeated ? NULL : &tcp->connection->ending};
    result = oxc_observe(run, builtin_heuristic->dissector, data);
    tcp->leg.closing = false;
    if (!PINFO_FD_VISITED(pinfo)) {
        oxc_segment_seen(pinfo, tcp);
        tcp->hidden = false;
        if (flow && !repeated)
            flow->pending = pinfo->desegment_len != 0;
    }
    return result != 0;
}

/* Whether a bind or alter_context on the connection of a packet has asked for one of the two
 * interfaces by then. */
static bool carries_exchange(packet_info *pinfo)
{
    const oxc_tcp_connection *tcp = oxc_tcp_connection_find(pinfo);

    return tcp && tcp->connection->exchange_frame != 0 &&
           tcp->connection->exchange_frame <= pinfo->num;
}

/* Where Wireshark's heuristic is turned off, the connections of the two interfaces come to us all
 * the same, and no others: ours has a switch of its own. */
static oxc_bool dissect_tcp_heuristic(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                                      void *data)
{
    oxc_run run;

    if (!oxc_run_read(&run, tvb, pinfo, tree))
        return FALSE;
    if (!builtin_heuristic->enabled && !carries_exchange(pinfo) && !oxc_binds_exchange(tvb))
        return FALSE;
    return dissect_run(&run, data);
}

static int dissect_observed_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_tcp_heuristic(tvb, pinfo, tree, data) ? (int)tvb_captured_length(tvb) : 0;
}

/* What does not begin with a PDU goes on to where it would go without Decode As, if the connection
 * is known for one of the two interfaces: as the heuristic does, this waits for the next PDU. */
static int dissect_decoded_as(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    oxc_run run;

    if (oxc_run_read(&run, tvb, pinfo, tree))
        return dissect_run(&run, data) ? (int)tvb_captured_length(tvb) : 0;
    if (carries_exchange(pinfo))
        return 0;
    return dissector_try_string_new(builtin_table, over_tcp, tvb, pinfo, tree, FALSE, data);
}

dissector_handle_t oxc_observed_tcp(void)
{
    return observed_tcp;
}

static bool is_dcerpc(dissector_handle_t handle)
{
    return handle && dissector_handle_get_protocol_index(handle) == proto_dcerpc;
}

bool oxc_is_decoded_as_dcerpc(uint32_t port)
{
    return tcp_ports && is_dcerpc(dissector_get_uint_handle(tcp_ports, port));
}

/* Fits DATFunc. @param user  a GArray of uint32_t: gets the port if it is DCE/RPC's */
static void add_port(const char *table _U_, ftenum_t type _U_, void *key, void *value, void *user)
{
    dissector_handle_t handle = dtbl_entry_get_handle((dtbl_entry_t *)value);
    uint32_t port = GPOINTER_TO_UINT(key);

    if (is_dcerpc(handle) && handle != decoded_as)
        g_array_append_val((GArray *)user, port);
}

void oxc_over_tcp_begin_file(void)
{
    GArray *ports;

    if (!decoded_as)
        return;
    ports = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    dissector_table_foreach("tcp.port", add_port, ports);
    for (unsigned i = 0; i < ports->len; i++)
        dissector_change_uint("tcp.port", g_array_index(ports, uint32_t, i), decoded_as);
    g_array_unref(ports);
}

void oxc_over_tcp_register(int protocol)
{
    builtin_table = register_dissector_table("oxcnotif.dcerpc", "DCE/RPC below EMSMDB", protocol,
                                             FT_STRING, BASE_NONE);
}

/* Fits DATFunc_handle. @param user  gets Wireshark's dissector of DCE/RPC for Decode As */
static void find_builtin(const char *table _U_, void *value, void *user)
{
    if (is_dcerpc((dissector_handle_t)value))
        *(dissector_handle_t *)user = (dissector_handle_t)value;
}

/* Decode As shows and keeps a dissector by its description: ours goes by that of Wireshark's. */
static void stand_in_for_decode_as(void)
{
    dissector_handle_t builtin = NULL;

    dissector_table_foreach_handle("tcp.port", find_builtin, &builtin);
    if (!builtin)
        return;
    dissector_add_string("oxcnotif.dcerpc", over_tcp, builtin);
    decoded_as = create_dissector_handle_with_name_and_description(
        dissect_decoded_as, proto_dcerpc, NULL, dissector_handle_get_description(builtin));
}

void oxc_over_tcp_handoff(void)
{
    builtin_heuristic = find_heur_dissector_by_unique_short_name("dcerpc_tcp");
    if (!builtin_heuristic)
        return;
    proto_dcerpc = proto_get_id(builtin_heuristic->protocol);
    tcp_ports = find_dissector_table("tcp.port");
    observed_tcp = create_dissector_handle(dissect_observed_tcp, proto_dcerpc);
    heur_dissector_add("tcp", dissect_tcp_heuristic, "DCE/RPC over TCP, observed",
                       "dcerpc_tcp_oxcnotif", proto_dcerpc, HEURISTIC_ENABLE);
    stand_in_for_decode_as();
}
