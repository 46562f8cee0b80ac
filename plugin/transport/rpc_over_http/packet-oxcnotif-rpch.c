/* packet-oxcnotif-rpch.c
 * Dissects the PDUs of RPC over HTTP under the name of their virtual connection
 *
 * A request travels on one TCP connection and its response on another. DCE/RPC looks for both in
 * one conversation, so while it runs the packet goes from one end of the virtual connection to the
 * other.
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rpch.h"

#include <epan/exceptions.h>

#include "capture/analysis.h"
#include "decode/names.h"
#include "transport/dcerpc/observer.h"
#include "transport/dcerpc/pdu.h"
#include "capture/settings.h"
#include "rpc_over_http.h"
#include "rpch_stream.h"
#include "rts.h"
#include "transport/loss.h"

/* [MS-RPCH] 2.2.3.6.1 */
enum { PTYPE_RTS = 20, RTS_HEADER_SIZE = 20, RTS_FLAG_PING = 0x01, RTS_FLAG_ECHO = 0x40 };

static heur_dtbl_entry_t *builtin_pdus;
static heur_dtbl_entry_t *builtin_single_pdu;

static int hf_oxcnotif_virtual_connection = -1;

/* What Wireshark's DCE/RPC takes the ends of the connection from. */
typedef struct {
    address source, destination;
    uint32_t source_port, destination_port;
} oxc_ends;

static void save_ends(const packet_info *pinfo, oxc_ends *ends)
{
    copy_address_shallow(&ends->source, &pinfo->src);
    copy_address_shallow(&ends->destination, &pinfo->dst);
    ends->source_port = pinfo->srcport;
    ends->destination_port = pinfo->destport;
}

static void restore_ends(packet_info *pinfo, const oxc_ends *ends)
{
    copy_address_shallow(&pinfo->src, &ends->source);
    copy_address_shallow(&pinfo->dst, &ends->destination);
    pinfo->srcport = ends->source_port;
    pinfo->destport = ends->destination_port;
}

static void set_ends(packet_info *pinfo, const oxc_end *source, const oxc_end *destination)
{
    copy_address_shallow(&pinfo->src, &source->host);
    copy_address_shallow(&pinfo->dst, &destination->host);
    pinfo->srcport = source->port;
    pinfo->destport = destination->port;
}

/* Wireshark's dissector of PDUs, between the ends of the virtual connection. */
static oxc_bool dissect_joined(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const oxc_channel *channel = (const oxc_channel *)data;
    const oxc_virtual_connection *connection = oxc_channel_carries(channel, pinfo->num);
    volatile oxc_bool result = FALSE;
    oxc_ends ends;

    if (!connection)
        return builtin_pdus->dissector(tvb, pinfo, tree, NULL);
    save_ends(pinfo, &ends);
    if (oxc_channel_is_client(channel, pinfo))
        set_ends(pinfo, &connection->client, &connection->server);
    else
        set_ends(pinfo, &connection->server, &connection->client);
    TRY
    {
        result = builtin_pdus->dissector(tvb, pinfo, tree, NULL);
    }
    FINALLY
    {
        restore_ends(pinfo, &ends);
    }
    ENDTRY;
    return result;
}

bool oxc_rpch_note_pdus(oxc_channel *channel, tvbuff_t *tvb, uint32_t frame)
{
    bool carries = false;
    int offset = 0;

    while (oxc_pdu_is_at(tvb, offset)) {
        int length = tvb_captured_length_remaining(tvb, offset);
        const uint8_t *pdu = tvb_get_ptr(tvb, offset, length);
        oxc_rts_opening opening;

        if (oxc_rts_read_opening(pdu, (size_t)length, &opening)) {
            oxc_channel_open(channel, &opening, frame);
        } else if (pdu[2] != PTYPE_RTS) {
            oxc_channel_use(channel, frame);
            carries = true;
        }
        offset += oxc_pdu_length(tvb, offset);
    }
    return carries;
}

static void add_virtual_connection(proto_tree *tree, tvbuff_t *tvb,
                                   const oxc_virtual_connection *connection)
{
    proto_item_set_generated(
        proto_tree_add_guid(tree, hf_oxcnotif_virtual_connection, tvb, 0, 0, &connection->cookie));
}

/* An RTS PDU without commands: a ping or an echo. */
static bool is_bare_rts(tvbuff_t *tvb, int offset)
{
    return oxc_pdu_is_at(tvb, offset) && tvb_get_uint8(tvb, offset + 2) == PTYPE_RTS &&
           tvb_get_letohs(tvb, offset + 8) == RTS_HEADER_SIZE;
}

static void name_bare_rts(packet_info *pinfo, uint16_t flags)
{
    col_set_str(pinfo->cinfo, COL_PROTOCOL, "RPCH");
    col_add_fstr(pinfo->cinfo, COL_INFO, "%s, ",
                 flags == RTS_FLAG_PING   ? "Ping"
                 : flags == RTS_FLAG_ECHO ? "Echo"
                                          : "RTS");
    col_set_fence(pinfo->cinfo, COL_INFO);
}

/* Wireshark adds all there is of an RTS PDU without commands and then stumbles over the empty list,
 * which is no reason to call it malformed. */
static oxc_bool dissect_bare_rts(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    TRY
    {
        builtin_single_pdu->dissector(tvb, pinfo, tree, data);
    }
    CATCH_BOUNDS_ERRORS
    {
        name_bare_rts(pinfo, tvb_get_letohs(tvb, 16));
    }
    ENDTRY;
    return TRUE;
}

static int end_of_others(tvbuff_t *tvb, int offset)
{
    int end = (int)tvb_captured_length(tvb);

    while (offset < end && oxc_pdu_is_at(tvb, offset) && !is_bare_rts(tvb, offset))
        offset += oxc_pdu_length(tvb, offset);
    return oxc_pdu_is_at(tvb, offset) ? offset : end;
}

int oxc_rpch_dissect_pdus(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    oxc_channel *channel = (oxc_channel *)data;
    const oxc_virtual_connection *connection;
    oxc_carrier carrier = {
        .transport = OXC_TRANSPORT_RPC_HTTP, .connection = UINT32_MAX, .server = channel->server};
    bool carries = !PINFO_FD_VISITED(pinfo) && oxc_rpch_note_pdus(channel, tvb, pinfo->num);

    connection = oxc_channel_carries(channel, pinfo->num);
    if (connection) {
        add_virtual_connection(tree, tvb, connection);
        carrier.connection = oxc_virtual_connection_number(connection, pinfo->num);
    }
    if (carries && carrier.connection == UINT32_MAX)
        oxc_miss_calls(pinfo);
    for (int offset = 0, end; tvb_captured_length_remaining(tvb, offset) > 0; offset = end) {
        bool bare = is_bare_rts(tvb, offset);

        end = bare ? offset + RTS_HEADER_SIZE : end_of_others(tvb, offset);
        oxc_observe(end == (int)tvb_captured_length(tvb)
                        ? tvb_new_subset_remaining(tvb, offset)
                        : tvb_new_subset_length(tvb, offset, end - offset),
                    pinfo, tree, channel, bare ? dissect_bare_rts : dissect_joined, &carrier,
                    !oxc_channel_is_client(channel, pinfo));
    }
    return (int)tvb_captured_length(tvb);
}

void oxc_rpch_register(void)
{
    static hf_register_info hf[] = {
        {&hf_oxcnotif_virtual_connection,
         {"Virtual connection", "oxcnotif.virtual_connection", FT_GUID, BASE_NONE, NULL, 0x0,
          "The cookie that the channels of an RPC over HTTP virtual connection share, [MS-RPCH] "
          "3.2.1.1",
          HFILL}},
    };
    int protocol = oxc_oxcnotif_protocol();

    oxc_proto_register_field_array(protocol, hf, array_length(hf));
}

bool oxc_rpch_find_dissectors(void)
{
    builtin_pdus = find_heur_dissector_by_unique_short_name("dcerpc_http");
    builtin_single_pdu = find_heur_dissector_by_unique_short_name("dcerpc_netbios");
    return builtin_pdus && builtin_single_pdu;
}

const heur_dtbl_entry_t *oxc_rpch_builtin(void)
{
    return builtin_pdus;
}
