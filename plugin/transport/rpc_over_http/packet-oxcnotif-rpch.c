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
#include "capture/settings.h"
#include "rpc_over_http.h"
#include "rts.h"
#include "transport/loss.h"

/* [MS-RPCH] 2.2.3.6.1 */
enum { RTS_FLAG_PING = 0x01, RTS_FLAG_ECHO = 0x40 };

static heur_dtbl_entry_t *builtin_pdus;
static heur_dtbl_entry_t *builtin_single_pdu;

static dissector_handle_t pdus_handle;

static int hf_oxcnotif_virtual_connection = -1;

/* What #pdus_handle gets. */
typedef struct {
    oxc_channel *channel;
    oxc_run *run;
} called_pdus;

/* What Wireshark's DCE/RPC takes the ends of the connection from. */
typedef struct {
    address source, destination;
    uint32_t source_port, destination_port;
} saved_ends;

static void save_ends(const packet_info *pinfo, saved_ends *ends)
{
    copy_address_shallow(&ends->source, &pinfo->src);
    copy_address_shallow(&ends->destination, &pinfo->dst);
    ends->source_port = pinfo->srcport;
    ends->destination_port = pinfo->destport;
}

static void put_ends(packet_info *pinfo, const oxc_end *source, const oxc_end *destination)
{
    copy_address_shallow(&pinfo->src, &source->host);
    copy_address_shallow(&pinfo->dst, &destination->host);
    pinfo->srcport = source->port;
    pinfo->destport = destination->port;
}

/* Between which ends Wireshark's dissector is to see the PDUs. */
typedef struct {
    const oxc_virtual_connection *connection; /* NULL: as they are */
    bool from_server;
} joined_ends;

/* Wireshark's dissector of PDUs, between the ends of the virtual connection. */
static oxc_bool dissect_joined(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    const joined_ends *joined = (const joined_ends *)data;
    const oxc_virtual_connection *connection = joined->connection;
    volatile oxc_bool result = FALSE;
    saved_ends ends;

    if (!connection)
        return builtin_pdus->dissector(tvb, pinfo, tree, NULL);
    save_ends(pinfo, &ends);
    if (joined->from_server)
        put_ends(pinfo, &connection->server, &connection->client);
    else
        put_ends(pinfo, &connection->client, &connection->server);
    TRY
    {
        result = builtin_pdus->dissector(tvb, pinfo, tree, NULL);
    }
    FINALLY
    {
        copy_address_shallow(&pinfo->src, &ends.source);
        copy_address_shallow(&pinfo->dst, &ends.destination);
        pinfo->srcport = ends.source_port;
        pinfo->destport = ends.destination_port;
    }
    ENDTRY;
    return result;
}

/* Whether a PDU of a run begins at @p offset: behind what is none nothing is looked for. */
static bool begins_at(const oxc_run *run, unsigned number, int offset)
{
    return number < run->count && run->pdus[number].offset == offset;
}

bool oxc_rpch_note_pdus(oxc_channel *channel, const oxc_run *run)
{
    bool carries = false;
    int offset = 0;

    for (unsigned i = 0; begins_at(run, i, offset); i++) {
        int length = tvb_captured_length_remaining(run->tvb, offset);
        oxc_rts_opening opening;

        if (run->pdus[i].type != PDU_RTS) {
            oxc_channel_use(channel, run->pinfo->num);
            carries = true;
        } else if (oxc_rts_read_opening(tvb_get_ptr(run->tvb, offset, length), (size_t)length,
                                        &opening)) {
            oxc_channel_open(channel, &opening, run->pinfo->num);
        }
        offset += run->pdus[i].length;
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
static bool is_bare_rts(const oxc_rpc_pdu *pdu)
{
    return pdu->whole && pdu->type == PDU_RTS && pdu->length == OXC_RTS_HEADER_SIZE &&
           pdu->encoding == ENC_LITTLE_ENDIAN;
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

/* A part of a run that goes to one dissector: a bare RTS PDU, or those up to the next. */
typedef struct {
    unsigned first, behind; /* PDUs */
    int offset, end;
    bool bare;
} run_part;

static run_part part_from(const oxc_run *run, unsigned first, int offset)
{
    run_part part = {.first = first, .behind = first, .offset = offset, .end = offset};

    part.bare = begins_at(run, first, offset) && is_bare_rts(&run->pdus[first]);
    if (part.bare) {
        part.behind++;
        part.end += OXC_RTS_HEADER_SIZE;
        return part;
    }
    while (begins_at(run, part.behind, part.end) && !is_bare_rts(&run->pdus[part.behind]))
        part.end += run->pdus[part.behind++].length;
    if (!begins_at(run, part.behind, part.end)) {
        part.behind = run->count;
        part.end = (int)tvb_captured_length(run->tvb);
    }
    return part;
}

static void observe_part(oxc_run *run, const run_part *part,
                         const oxc_virtual_connection *connection)
{
    bool last = part->end == (int)tvb_captured_length(run->tvb);
    joined_ends joined = {.connection = connection, .from_server = run->from_server};
    heur_dissector_t inner = part->bare ? dissect_bare_rts : dissect_joined;
    oxc_run own;

    if (last && part->offset == 0) {
        oxc_observe(run, inner, &joined);
        return;
    }
    own = *run;
    own.tvb = last ? tvb_new_subset_remaining(run->tvb, part->offset)
                   : tvb_new_subset_length(run->tvb, part->offset, part->end - part->offset);
    own.pdus = run->pdus + part->first;
    own.count = part->behind - part->first;
    own.cut = last && run->cut;
    for (unsigned i = 0; i < own.count; i++)
        own.pdus[i].offset -= part->offset;
    oxc_observe(&own, inner, &joined);
}

void oxc_rpch_dissect_pdus(oxc_channel *channel, oxc_run *run)
{
    packet_info *pinfo = run->pinfo;
    bool carries = !PINFO_FD_VISITED(pinfo) && oxc_rpch_note_pdus(channel, run);
    const oxc_virtual_connection *connection = oxc_channel_carries(channel, pinfo->num);

    run->carrier = (oxc_carrier){
        .transport = OXC_TRANSPORT_RPC_HTTP, .connection = UINT32_MAX, .server = channel->server};
    if (connection) {
        if (run->tree)
            add_virtual_connection(run->tree, run->tvb, connection);
        run->carrier.connection = oxc_virtual_connection_number(connection, pinfo->num);
    }
    if (carries && run->carrier.connection == UINT32_MAX)
        oxc_miss_calls(pinfo);
    run->connection = run->carrier.connection == UINT32_MAX ? NULL : connection->told;
    if (run->connection)
        run->carrier.ending = &run->connection->ending;
    run->from_server = !oxc_channel_is_client(channel, pinfo);
    for (run_part part = {.end = 0}; tvb_captured_length_remaining(run->tvb, part.end) > 0;) {
        part = part_from(run, part.behind, part.end);
        observe_part(run, &part, connection);
    }
}

static int dissect_called(tvbuff_t *tvb, packet_info *pinfo _U_, proto_tree *tree _U_, void *data)
{
    const called_pdus *called = (const called_pdus *)data;

    oxc_rpch_dissect_pdus(called->channel, called->run);
    return (int)tvb_captured_length(tvb);
}

void oxc_rpch_call_pdus(oxc_channel *channel, oxc_run *run)
{
    called_pdus called = {channel, run};

    call_dissector_only(pdus_handle, run->tvb, run->pinfo, run->tree, &called);
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
    if (!builtin_pdus || !builtin_single_pdu)
        return false;
    pdus_handle = create_dissector_handle(dissect_called, proto_get_id(builtin_pdus->protocol));
    return true;
}

const heur_dtbl_entry_t *oxc_rpch_builtin(void)
{
    return builtin_pdus;
}
