/* handed_over.c
 * Takes the stubs that Wireshark's DCE/RPC hands over to a sub-dissector
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "handed_over.h"

#include "capture/analysis.h"
#include "decode/methods/packet-emsmdb.h"
#include "interfaces.h"
#include "present/packet-oxcnotif.h"
#include "run.h"
#include "transport/tcp/tcp_connections.h"

/* Some servers give all their answers one call id. Wireshark takes each for another answer to the
 * first call; which method such a stub belongs to is unknown. (An answer in fragments counts from
 * the frame of the first.) */
static bool is_second_response(const packet_info *pinfo, const dcerpc_info *di,
                               const oxc_rpc_pdu *pdu)
{
    return di->ptype == PDU_RESP && di->call_data->rep_frame != pinfo->num &&
           !(pdu && !oxc_pdu_is_one_fragment(pdu));
}

/* A call that came around the observer: over a named pipe, say, or where the user turned our
 * heuristic off but not Wireshark's. Faults, cancels and what is sealed do not come like that. */
static void take_lone_call(packet_info *pinfo, const dcerpc_info *di, oxc_rpc_pdu *pdu,
                           oxc_event *event, oxc_carrier *carrier)
{
    oxc_run run = {.pinfo = pinfo};
    const oxc_tcp_connection *tcp;

    memset(pdu, 0, sizeof *pdu);
    pdu->type = di->ptype;
    pdu->flags = OXC_PDU_FIRST | OXC_PDU_LAST;
    pdu->call_id = di->call_id;
    pdu->headed = pdu->whole = true;
    run.from_server = di->ptype != PDU_REQ;
    tcp = oxc_tcp_connection_of_packet(pinfo, di->ptype == PDU_REQ);
    run.connection = tcp ? tcp->connection : NULL;
    if (run.connection && !PINFO_FD_VISITED(pinfo))
        oxc_rpc_connection_is_partial(run.connection);
    oxc_run_take(&run, pdu, event);
    if (run.connection) {
        carrier->connection = run.connection->number;
        carrier->ending = &run.connection->ending;
    }
}

/* Takes the call and shows what is known of it. A sealed stub that came here was opened; so may
 * have been one whose PDU was not seen. */
static void take_call(const oxc_stub *stub, proto_tree *root, const dcerpc_info *di, oxc_run *run,
                      oxc_rpc_pdu *pdu, oxc_event *event)
{
    oxc_carrier carrier = {.transport = OXC_TRANSPORT_RPC_TCP, .connection = UINT32_MAX};
    oxc_rpc_pdu lone;

    if (pdu) {
        oxc_run_take(run, pdu, event);
        carrier = run->carrier;
    } else {
        pdu = &lone;
        take_lone_call(stub->pinfo, di, pdu, event, &carrier);
    }
    pdu->presented = true;
    oxc_present(stub->pinfo, root, stub->tvb, pdu->ordinal, &carrier, stub->news);
}

/* Decodes the stub of a call, tells the analysis and shows what it knows; then lets Wireshark's own
 * function run, if it has one. */
static int take_stub(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, dcerpc_info *di,
                     uint8_t *drep, oxc_interface interface)
{
    uint16_t opnum = di->call_data->opnum;
    bool request = di->ptype == PDU_REQ;
    proto_tree *root = proto_tree_get_root(tree);
    oxc_run *run = oxc_run_current();
    oxc_rpc_pdu *pdu = run ? oxc_run_find_call(run, di) : NULL;
    oxc_stub stub = {.tvb = tvb,
                     .pinfo = pinfo,
                     .encoding = DREP_ENC_INTEGER(drep),
                     .ndr64 = (di->call_data->flags & DCERPC_IS_NDR64) != 0,
                     .request_frame = di->call_data->req_frame,
                     .call_id = di->call_id,
                     .channel = run && run->connection ? run->connection->number : UINT32_MAX,
                     .missing = -1};
    oxc_event event = {.stub = pdu && !pdu->sealed ? OXC_STUB_CLEAR : OXC_STUB_DECRYPTED};
    dcerpc_dissect_fnct_t *builtin;
    int end = (int)tvb_captured_length(tvb);

    if (interface == OXC_INTERFACE_EMSMDB && is_second_response(pinfo, di, pdu)) {
        event.stub = OXC_STUB_UNREAD;
        oxc_emsmdb_add_second_response(tvb, pinfo, root, di->call_data->req_frame);
    } else {
        end = oxc_interface_dissect_stub(&stub, root, tree, interface, opnum, request, &event);
    }
    take_call(&stub, root, di, run, pdu, &event);
    builtin = oxc_interface_builtin(interface, opnum, request);
    return builtin ? builtin(tvb, 0, pinfo, tree, di, drep) : end;
}

static int dissect_call(tvbuff_t *tvb, int offset _U_, packet_info *pinfo, proto_tree *tree,
                        dcerpc_info *di, uint8_t *drep)
{
    return take_stub(tvb, pinfo, tree, di, drep, OXC_INTERFACE_EMSMDB);
}

static int dissect_wait(tvbuff_t *tvb, int offset _U_, packet_info *pinfo, proto_tree *tree,
                        dcerpc_info *di, uint8_t *drep)
{
    return take_stub(tvb, pinfo, tree, di, drep, OXC_INTERFACE_ASYNCEMSMDB);
}

void oxc_handed_over_handoff(void)
{
    oxc_interfaces_share(dissect_call, dissect_wait);
}
