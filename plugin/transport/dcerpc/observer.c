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

#include "capture/analysis.h"
#include "decode/methods/context_handle.h"
#include "decode/methods/packet-asyncemsmdb.h"
#include "decode/methods/packet-emsmdb.h"
#include "interfaces.h"
#include "present/packet-oxcnotif.h"
#include "run.h"
#include "transport/loss.h"

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
                                                        MAX(oxc_pdu_stub_length(run->tvb, pdu), 0))
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
    oxc_run_take(run, pdu, &event);
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

/* Which of the two interfaces a request without a bind probably is for: the requests of
 * EcDoAsyncWaitEx and EcDoAsyncConnectEx have stubs of a fixed size, small attributes in their
 * handle, and reserved flags of 0. Padding of the verifier may follow. */
static oxc_interface guess_interface(const oxc_run *run, const oxc_rpc_pdu *pdu)
{
    enum { WAIT_STUB = 24, ASYNC_CONNECT_STUB = 20, MOST_PADDING = 15, MOST_ATTRIBUTES = 0xFF };
    int offset = oxc_pdu_stub_offset(pdu), length;

    if (pdu->type != PDU_REQ || !pdu->whole || !pdu->headed || pdu->sealed ||
        !oxc_pdu_is_one_fragment(pdu))
        return OXC_INTERFACE_UNKNOWN;
    length = oxc_pdu_stub_length(run->tvb, pdu);
    if (length < ASYNC_CONNECT_STUB ||
        tvb_get_uint32(run->tvb, offset, pdu->encoding) > MOST_ATTRIBUTES)
        return OXC_INTERFACE_UNKNOWN;
    if (pdu->opnum == OXC_OPNUM_ASYNC_CONNECT && length <= ASYNC_CONNECT_STUB + MOST_PADDING)
        return OXC_INTERFACE_EMSMDB;
    if (pdu->opnum == 0 && length >= WAIT_STUB && length <= WAIT_STUB + MOST_PADDING &&
        tvb_get_uint32(run->tvb, offset + OXC_HANDLE_SIZE, pdu->encoding) == 0)
        return OXC_INTERFACE_ASYNCEMSMDB;
    return OXC_INTERFACE_UNKNOWN;
}

/* Says once of a connection that its bind is missing: where a call that looks like one of the two
 * interfaces has a handle that is known from their calls. */
static void show_missing_bind(const oxc_run *run, const oxc_rpc_pdu *pdu)
{
    oxc_rpc_connection *connection = run->connection;
    oxc_interface guess = guess_interface(run, pdu);
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
    if (!oxc_run_carries_exchange(run))
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
    interface = oxc_run_interface(run, pdu, &ndr64);
    if (!pdu->taken && is_readable_alone(run, pdu, interface)) {
        take_call_alone(run, pdu, interface, ndr64);
        shown = true;
    } else if (!pdu->taken) {
        oxc_run_take(run, pdu, NULL);
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

    oxc_run_enter(run);
    TRY
    {
        result = inner(run->tvb, run->pinfo, run->tree, data);
    }
    FINALLY
    {
        oxc_run_leave(run);
        finish_run(run);
    }
    ENDTRY;
    return result;
}
