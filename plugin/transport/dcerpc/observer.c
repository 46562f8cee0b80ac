/* observer.c
 * Sees every connection-oriented DCE/RPC PDU in order, around Wireshark's own dissector
 *
 * Wireshark tells a sub-dissector only of stubs that it could read and match. Binds, faults,
 * cancels and sealed stubs are seen by standing in for the heuristic that finds DCE/RPC: ours walks
 * over the PDUs, lets Wireshark's dissect them, and learns of each stub on the way when it is
 * handed to the sub-dissector. No tree is needed for that, and nothing of Wireshark's output
 * changes.
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "observer.h"

#include <epan/exceptions.h>

#include "binds.h"
#include "capture/frame.h"
#include "decode/buffers/payload.h"
#include "decode/methods/context_handle.h"
#include "decode/methods/packet-asyncemsmdb.h"
#include "decode/methods/packet-emsmdb.h"
#include "interfaces.h"
#include "present/packet-oxcnotif.h"
#include "transport/loss.h"
#include "transport/tcp/tcp_connections.h"

/* The run that Wireshark is dissecting, or NULL. They may be nested. */
static oxc_run *current_run;

/* What the tracker is told */

/* Which interface a call of a run belongs to, by its presentation context. */
static oxc_interface interface_of(const oxc_run *run, const oxc_rpc_pdu *pdu, bool *ndr64)
{
    *ndr64 = false;
    if (!run->connection || !oxc_pdu_is_call(pdu) || !pdu->headed)
        return OXC_INTERFACE_UNKNOWN;
    return oxc_rpc_connection_interface(run->connection, pdu->context_id, ndr64);
}

static void name_call(oxc_interface interface, uint16_t opnum, oxc_event *event)
{
    if (interface == OXC_INTERFACE_ASYNCEMSMDB)
        event->kind = opnum == 0 ? OXC_KIND_WAIT : OXC_KIND_OTHER;
    else
        oxc_emsmdb_name_call(opnum, event);
}

static void send_event(oxc_run *run, const oxc_rpc_pdu *pdu, oxc_event *event, oxc_event_type type)
{
    event->type = type;
    event->frame = run->pinfo->num;
    event->ordinal = pdu->ordinal;
    event->time = oxc_arrival(run->pinfo);
    event->connection = run->connection->number;
    event->call_id = pdu->call_id;
    event->group_id = pdu->group_id;
    event->sealed = pdu->sealed;
    event->from_server = run->from_server;
    oxc_tracker_event(oxc_analysis_tracker(), event);
}

/* A call is there with its last fragment; those before it only show that the connection lives. The
 * common header says which call an answer is for, but not what a request calls. */
static oxc_event_type call_event_type(const oxc_rpc_pdu *pdu)
{
    if (!(pdu->flags & OXC_PDU_LAST))
        return OXC_EVENT_OTHER_PDU;
    if (pdu->type == PDU_REQ)
        return pdu->headed ? OXC_EVENT_REQUEST : OXC_EVENT_LOST;
    return pdu->type == PDU_RESP ? OXC_EVENT_RESPONSE : OXC_EVENT_FAULT;
}

/* Whether the connection of a run is known to carry one of the two interfaces: it asked for one, or
 * the user named what its presentation context stands for. Without its bind it may be any DCE/RPC.
 */
static bool carries_exchange(const oxc_run *run)
{
    return run->connection && run->connection->exchange_frame != 0 &&
           run->connection->exchange_frame <= run->pinfo->num;
}

/* A call of a connection of which nothing but its shape speaks for the two interfaces: if the
 * client is one of theirs, it may be anything, as if it were missing from the capture. */
static void send_foreign_call(oxc_run *run, const oxc_rpc_pdu *pdu)
{
    if (pdu->type != PDU_FAULT)
        oxc_lose_calls(run->pinfo, run->connection,
                       run->from_server ? OXC_SIDE_SERVER : OXC_SIDE_CLIENT);
}

/* A call whose stub nobody read. Without its bind nobody can say what a request calls. */
static void send_unread_call(oxc_run *run, const oxc_rpc_pdu *pdu)
{
    bool ndr64;
    oxc_interface interface = interface_of(run, pdu, &ndr64);
    oxc_event_type type = call_event_type(pdu);
    oxc_event event = {0};

    if (interface == OXC_INTERFACE_OTHER)
        return;
    name_call(interface, pdu->opnum, &event);
    if (!carries_exchange(run)) {
        send_foreign_call(run, pdu);
        return;
    }
    if (interface != OXC_INTERFACE_ASYNCEMSMDB && type != OXC_EVENT_OTHER_PDU)
        oxc_rops_lost(run->connection->number);
    /* A bind or alter_context that was not seen has asked for what it is for. */
    if (interface == OXC_INTERFACE_UNKNOWN)
        event.interfaces = OXC_BINDS_EMSMDB | OXC_BINDS_ASYNCEMSMDB;
    if (interface == OXC_INTERFACE_UNKNOWN && type == OXC_EVENT_REQUEST) {
        type = OXC_EVENT_LOST;
        event.lost_from = OXC_SIDE_CLIENT;
    }
    send_event(run, pdu, &event, type);
}

static void send_bind(oxc_run *run, const oxc_rpc_pdu *pdu)
{
    oxc_event event = {.digest = oxc_bind_digest(run->tvb, pdu),
                       .interfaces =
                           pdu->type == PDU_BIND ? oxc_bind_interfaces(run->connection, pdu) : 0};

    send_event(run, pdu, &event, pdu->type == PDU_BIND ? OXC_EVENT_BIND : OXC_EVENT_BIND_ACK);
}

/* A call that was handed over is one of the two interfaces. */
static void send_stub(oxc_run *run, const oxc_rpc_pdu *pdu, oxc_event *event)
{
    if (run->connection->exchange_frame == 0)
        oxc_rpc_connection_carries_exchange(run->connection, run->pinfo->num);
    if (event->stub == OXC_STUB_UNREAD && event->kind != OXC_KIND_WAIT)
        oxc_rops_lost(run->connection->number);
    send_event(run, pdu, event, call_event_type(pdu));
}

/* What is neither a call nor a bind. */
static void send_other(oxc_run *run, const oxc_rpc_pdu *pdu)
{
    oxc_event event = {.interfaces =
                           pdu->type == PDU_ALTER ? oxc_bind_interfaces(run->connection, pdu) : 0};

    send_event(run, pdu, &event,
               pdu->type == PDU_CO_CANCEL  ? OXC_EVENT_CANCEL
               : pdu->type == PDU_ORPHANED ? OXC_EVENT_ORPHANED
                                           : OXC_EVENT_OTHER_PDU);
}

static void send_pdu(oxc_run *run, const oxc_rpc_pdu *pdu, oxc_event *stub_event)
{
    if (stub_event)
        send_stub(run, pdu, stub_event);
    else if (oxc_pdu_is_call(pdu))
        send_unread_call(run, pdu);
    else if ((pdu->type == PDU_BIND || pdu->type == PDU_BIND_ACK) && pdu->headed)
        send_bind(run, pdu);
    else if (carries_exchange(run))
        send_other(run, pdu);
}

/* Learns from a bind what is bound, and from its answer what is refused. */
static void learn_from_bind(oxc_run *run, const oxc_rpc_pdu *pdu)
{
    bool asks = pdu->type == PDU_BIND || pdu->type == PDU_ALTER;
    bool answers =
        pdu->type == PDU_BIND_ACK || pdu->type == PDU_ALTER_ACK || pdu->type == PDU_BIND_NAK;

    if (asks && pdu->whole)
        oxc_bind_take_contexts(run->tvb, run->pinfo, run->connection, pdu);
    else if (asks)
        /* What it asks for is not known, and so neither is what the calls on it are. */
        oxc_tracker_partial(oxc_analysis_tracker(), run->connection->number);
    else if (answers && pdu->whole)
        oxc_bind_take_results(run->tvb, run->pinfo, run->connection, pdu);
}

/* Gives a PDU its ordinal in the frame, on every pass, and reports it to the tracker, on the first.
 * @param stub_event  what its stub says, or NULL if that was not read */
static void take_pdu(oxc_run *run, oxc_rpc_pdu *pdu, oxc_event *stub_event)
{
    pdu->taken = true;
    pdu->ordinal = oxc_frame_next_ordinal(run->pinfo);
    if (PINFO_FD_VISITED(run->pinfo) || !run->connection)
        return;
    if (!oxc_pdu_is_call(pdu))
        learn_from_bind(run, pdu);
    send_pdu(run, pdu, stub_event);
}

/* Stubs that Wireshark hands over */

/* The PDU of a run whose stub Wireshark is handing over, or NULL; those in front of it are taken
 * first. */
static oxc_rpc_pdu *find_call(oxc_run *run, const dcerpc_info *di)
{
    unsigned found = run->next;

    while (found < run->count &&
           !(run->pdus[found].type == di->ptype && run->pdus[found].call_id == di->call_id &&
             (run->pdus[found].flags & OXC_PDU_LAST)))
        found++;
    if (found == run->count)
        return NULL;
    for (; run->next < found; run->next++)
        take_pdu(run, &run->pdus[run->next], NULL);
    run->next++;
    return &run->pdus[found];
}

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
    take_pdu(&run, pdu, event);
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
        take_pdu(run, pdu, event);
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
    oxc_run *run = current_run;
    oxc_rpc_pdu *pdu = run ? find_call(run, di) : NULL;
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
    int end;

    if (interface == OXC_INTERFACE_EMSMDB && is_second_response(pinfo, di, pdu)) {
        event.stub = OXC_STUB_UNREAD;
        oxc_emsmdb_add_second_response(tvb, pinfo, root, di->call_data->req_frame);
        end = (int)tvb_captured_length(tvb);
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

void oxc_observer_handoff(void)
{
    oxc_interfaces_share(dissect_call, dissect_wait);
}

/* What it does not hand over */

/* A server without AsyncEMSMDB: that no wait is sent has no other reason. */
static void show_refused_interfaces(const oxc_run *run, const oxc_rpc_pdu *pdu)
{
    static const char *const texts[] = {
        "The server refused to bind EMSMDB",
        "The server refused to bind AsyncEMSMDB: without it no EcDoAsyncWaitEx can be sent",
    };

    for (unsigned i = 0; i < 2; i++) {
        if (run->connection->refused[i].frame == run->pinfo->num &&
            run->connection->refused[i].ordinal == pdu->ordinal)
            oxc_present_note(run->pinfo, run->tree, run->tvb, OXC_NOTE_INTERFACE_REFUSED, texts[i]);
    }
}

/* Whether the stub of a PDU that Wireshark handed to nobody can be decoded: a request that the
 * capture cut says which method it is for, and so does a response, cut or without a call, of the
 * interface that has only one. */
static bool is_readable_alone(const oxc_run *run, const oxc_rpc_pdu *pdu, oxc_interface interface)
{
    return pdu->headed && !pdu->sealed && oxc_pdu_is_one_fragment(pdu) &&
           (pdu->type == PDU_REQ
                ? !pdu->whole && interface >= OXC_INTERFACE_EMSMDB
                : pdu->type == PDU_RESP && interface == OXC_INTERFACE_ASYNCEMSMDB) &&
           oxc_interface_is_active(interface) &&
           tvb_bytes_exist(run->tvb, oxc_pdu_stub_offset(pdu), 1);
}

/* Wireshark gives up on a PDU that the capture cut before it hands anything over. What a whole one
 * says is shown; it counts as not read, for nobody knows its call. */
static void take_call_alone(oxc_run *run, oxc_rpc_pdu *pdu, oxc_interface interface, bool ndr64)
{
    oxc_event event = {.stub = OXC_STUB_CLEAR};
    oxc_stub stub = {.tvb = pdu->whole
                                ? tvb_new_subset_length(run->tvb, oxc_pdu_stub_offset(pdu),
                                                        MAX(oxc_pdu_stub_length(pdu), 0))
                                : tvb_new_subset_remaining(run->tvb, oxc_pdu_stub_offset(pdu)),
                     .pinfo = run->pinfo,
                     .encoding = pdu->encoding,
                     .ndr64 = ndr64,
                     .cut = !pdu->whole,
                     .request_frame = run->pinfo->num,
                     .call_id = pdu->call_id,
                     .channel = UINT32_MAX,
                     .missing = -1};

    oxc_interface_dissect_stub(&stub, run->tree, NULL, interface, pdu->opnum, pdu->type == PDU_REQ,
                               &event);
    if (pdu->whole)
        event.stub = OXC_STUB_UNREAD;
    take_pdu(run, pdu, &event);
}

/* Adds the item of the interface to a call that Wireshark hands to no sub-dissector. */
static void show_interface(const oxc_run *run, const oxc_rpc_pdu *pdu, oxc_interface interface)
{
    oxc_view view;
    tvbuff_t *tvb;

    if (!run->tree || !oxc_interface_is_active(interface) ||
        !(interface == OXC_INTERFACE_EMSMDB ||
          (interface == OXC_INTERFACE_ASYNCEMSMDB && pdu->type == PDU_FAULT)))
        return;
    oxc_tracker_view(oxc_analysis_tracker(), run->pinfo->num, pdu->ordinal, &view);
    tvb = tvb_new_subset_length(
        run->tvb, pdu->offset,
        MIN(pdu->length, tvb_captured_length_remaining(run->tvb, pdu->offset)));
    if (interface == OXC_INTERFACE_ASYNCEMSMDB)
        oxc_asyncemsmdb_add_protocol(tvb, run->tree, "fault");
    else if (pdu->type == PDU_REQ)
        oxc_emsmdb_add_protocol(tvb, run->tree, pdu->opnum, "request");
    else if (view.operation != OXC_NO_OPERATION)
        oxc_emsmdb_add_protocol(tvb, run->tree, (uint16_t)(view.operation - 1),
                                pdu->type == PDU_RESP ? "response" : "fault");
}

/* Says once of a connection that its bind is missing: where a call that looks like one of the two
 * interfaces has a handle that is known from their calls. */
static void show_missing_bind(const oxc_run *run, const oxc_rpc_pdu *pdu)
{
    oxc_rpc_connection *connection = run->connection;
    oxc_interface guess = oxc_bind_guess(run->tvb, pdu);
    oxc_name name;

    if (guess == OXC_INTERFACE_UNKNOWN)
        return;
    name = oxc_dissect_handle(run->tvb, oxc_pdu_stub_offset(pdu), NULL, NULL, pdu->encoding, NULL);
    if (connection->unbound_frame == 0 && !PINFO_FD_VISITED(run->pinfo) &&
        oxc_tracker_knows_name(oxc_analysis_tracker(), connection->number, name)) {
        connection->unbound_frame = run->pinfo->num;
        connection->unbound_ordinal = pdu->ordinal;
    }
    if (connection->unbound_frame == run->pinfo->num && connection->unbound_ordinal == pdu->ordinal)
        oxc_present_missing_bind(run->pinfo, run->tree, run->tvb, pdu->context_id,
                                 guess == OXC_INTERFACE_EMSMDB ? "EMSMDB (MAPI)" : "AsyncEMSMDB");
}

static void present_pdu(oxc_run *run, const oxc_rpc_pdu *pdu, oxc_interface interface, bool shown)
{
    if (interface == OXC_INTERFACE_UNKNOWN)
        show_missing_bind(run, pdu);
    if (!carries_exchange(run))
        return;
    show_refused_interfaces(run, pdu);
    if (!shown && oxc_pdu_is_call(pdu) && (pdu->flags & OXC_PDU_LAST))
        show_interface(run, pdu, interface);
    oxc_present(run->pinfo, run->tree, run->tvb, pdu->ordinal, &run->carrier, NULL);
}

static void finish_pdu(oxc_run *run, oxc_rpc_pdu *pdu)
{
    bool ndr64, shown = false;
    oxc_interface interface;

    if (pdu->taken && pdu->presented)
        return;
    interface = interface_of(run, pdu, &ndr64);
    if (!pdu->taken && is_readable_alone(run, pdu, interface)) {
        take_call_alone(run, pdu, interface, ndr64);
        shown = true;
    } else if (!pdu->taken) {
        take_pdu(run, pdu, NULL);
    }
    if (!pdu->presented && run->connection)
        present_pdu(run, pdu, interface, shown);
}

/* A PDU that continues in a later segment comes again, whole. */
static bool comes_again(const oxc_run *run, const oxc_rpc_pdu *pdu)
{
    return !pdu->whole && run->pinfo->desegment_len != 0 &&
           pdu->offset >= run->pinfo->desegment_offset;
}

static void finish_run(oxc_run *run)
{
    for (unsigned i = 0; i < run->count && !comes_again(run, &run->pdus[i]); i++)
        finish_pdu(run, &run->pdus[i]);
    if (run->cut && run->connection && !PINFO_FD_VISITED(run->pinfo))
        oxc_lose_calls(run->pinfo, run->connection,
                       run->from_server ? OXC_SIDE_SERVER : OXC_SIDE_CLIENT);
}

int oxc_observe(oxc_run *run, heur_dissector_t inner, void *data)
{
    volatile int result = 0;

    run->outer = current_run;
    current_run = run;
    TRY
    {
        result = inner(run->tvb, run->pinfo, run->tree, data);
    }
    FINALLY
    {
        current_run = run->outer;
        finish_run(run);
    }
    ENDTRY;
    return result;
}
