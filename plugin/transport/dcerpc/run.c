/* run.c
 * The PDUs that one call of Wireshark's dissector walks over, and what the analysis is told of them
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "run.h"

#include "binds.h"
#include "capture/frame.h"
#include "decode/buffers/payload.h"
#include "decode/methods/packet-emsmdb.h"
#include "transport/loss.h"

static oxc_run *current_run;

static oxc_rpc_pdu *add_pdu(oxc_run *run)
{
    if (run->count == run->capacity) {
        oxc_rpc_pdu *more =
            wmem_alloc_array(run->pinfo->pool, oxc_rpc_pdu, (size_t)run->capacity * 2);

        memcpy(more, run->pdus, run->count * sizeof *more);
        run->pdus = more;
        run->capacity *= 2;
    }
    return &run->pdus[run->count++];
}

/* Steps over PDUs as tcp_dissect_pdus() does: by their lengths, whether they look like PDUs or
 * not. */
static void find_pdus(oxc_run *run)
{
    int end = (int)tvb_captured_length(run->tvb), offset = 0;

    while (end - offset >= OXC_PDU_HEADER_SIZE) {
        oxc_rpc_pdu pdu = {.offset = 0};
        bool is_pdu = oxc_pdu_read(run->tvb, offset, end - offset, &pdu);

        if (pdu.length < OXC_PDU_HEADER_SIZE)
            break;
        if (is_pdu)
            *add_pdu(run) = pdu;
        offset += pdu.length;
    }
    run->cut = tvb_captured_length(run->tvb) < tvb_reported_length(run->tvb) &&
               offset < (int)tvb_reported_length(run->tvb);
}

void oxc_run_read(oxc_run *run, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    run->tvb = tvb;
    run->pinfo = pinfo;
    run->tree = tree;
    run->pdus = run->few;
    run->count = run->next = 0;
    run->capacity = OXC_RUN_FEW;
    find_pdus(run);
}

oxc_run *oxc_run_current(void)
{
    return current_run;
}

void oxc_run_enter(oxc_run *run)
{
    run->outer = current_run;
    current_run = run;
}

void oxc_run_leave(const oxc_run *run)
{
    current_run = run->outer;
}

oxc_interface oxc_run_interface(const oxc_run *run, const oxc_rpc_pdu *pdu, bool *ndr64)
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

bool oxc_run_carries_exchange(const oxc_run *run)
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
    oxc_interface interface = oxc_run_interface(run, pdu, &ndr64);
    oxc_event_type type = call_event_type(pdu);
    oxc_event event = {0};

    if (interface == OXC_INTERFACE_OTHER)
        return;
    name_call(interface, pdu->opnum, &event);
    if (!oxc_run_carries_exchange(run)) {
        send_foreign_call(run, pdu);
        return;
    }
    if (interface != OXC_INTERFACE_ASYNCEMSMDB && type != OXC_EVENT_OTHER_PDU)
        oxc_rops_lost(run->connection->number);
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

static void send_pdu(oxc_run *run, const oxc_rpc_pdu *pdu, oxc_event *stub_event)
{
    oxc_event event = {0};
    bool ours = oxc_run_carries_exchange(run);

    if (pdu->type == PDU_ALTER)
        event.interfaces = oxc_bind_interfaces(run->connection, pdu);
    if (stub_event)
        send_stub(run, pdu, stub_event);
    else if (oxc_pdu_is_call(pdu))
        send_unread_call(run, pdu);
    else if ((pdu->type == PDU_BIND || pdu->type == PDU_BIND_ACK) && pdu->headed)
        send_bind(run, pdu);
    else if (pdu->type == PDU_CO_CANCEL && ours)
        send_event(run, pdu, &event, OXC_EVENT_CANCEL);
    else if (pdu->type == PDU_ORPHANED && ours)
        send_event(run, pdu, &event, OXC_EVENT_ORPHANED);
    else if (ours)
        send_event(run, pdu, &event, OXC_EVENT_OTHER_PDU);
}

void oxc_run_take(oxc_run *run, oxc_rpc_pdu *pdu, oxc_event *stub_event)
{
    pdu->taken = true;
    pdu->ordinal = oxc_frame_next_ordinal(run->pinfo);
    if (PINFO_FD_VISITED(run->pinfo) || !run->connection)
        return;
    if ((pdu->type == PDU_BIND || pdu->type == PDU_ALTER) && pdu->whole)
        oxc_bind_take_contexts(run->tvb, run->pinfo, run->connection, pdu);
    else if (pdu->type == PDU_BIND || pdu->type == PDU_ALTER)
        /* What it asks for is not known, and so neither is what the calls on it are. */
        oxc_tracker_partial(oxc_analysis_tracker(), run->connection->number);
    if ((pdu->type == PDU_BIND_ACK || pdu->type == PDU_ALTER_ACK || pdu->type == PDU_BIND_NAK) &&
        pdu->whole)
        oxc_bind_take_results(run->tvb, run->pinfo, run->connection, pdu);
    send_pdu(run, pdu, stub_event);
}

oxc_rpc_pdu *oxc_run_find_call(oxc_run *run, const dcerpc_info *di)
{
    unsigned found = run->next;

    while (found < run->count &&
           !(run->pdus[found].type == di->ptype && run->pdus[found].call_id == di->call_id &&
             (run->pdus[found].flags & OXC_PDU_LAST)))
        found++;
    if (found == run->count)
        return NULL;
    for (; run->next < found; run->next++)
        oxc_run_take(run, &run->pdus[run->next], NULL);
    run->next++;
    return &run->pdus[found];
}
