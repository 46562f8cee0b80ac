/* short_way.c
 * Calls whose stubs need not be handed over by Wireshark
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "short_way.h"

#include "decode/methods/packet-emsmdb.h"

static oxc_rpc_asked *place_of(oxc_rpc_connection *connection, uint32_t call_id)
{
    return &connection->asked_calls[call_id % OXC_ASKED_CALLS];
}

static uint32_t uint32_at(const uint8_t *bytes)
{
    uint32_t value;

    memcpy(&value, bytes, sizeof value);
    return GUINT32_FROM_LE(value);
}

/* Where the parameters of EcDoRpcExt2 end, [MS-OXCRPC] 3.1.4.2, in NDR32, or -1: handle and flags,
 * then two arrays of bytes with their sizes. */
static int end_of_execute(const uint8_t *stub, int size, bool request)
{
    enum { ARRAYS_OFFSET = 24, WORD = 4 };
    int counts = request ? WORD : 3 * WORD, sizes = request ? 2 * WORD : WORD;
    int offset = ARRAYS_OFFSET;

    for (unsigned i = 0; i < 2; i++) {
        uint32_t length;

        offset += counts;
        if (offset > size)
            return -1;
        length = uint32_at(stub + offset - WORD);
        if (length > (uint32_t)(size - offset))
            return -1;
        offset = ((offset + (int)length + WORD - 1) & -WORD) + sizes;
    }
    return request ? offset : offset + 2 * WORD;
}

/* Of a stub that is longer or shorter than its parameters Wireshark has something to say. */
static bool is_exact(const oxc_run *run, oxc_interface interface)
{
    enum { WAIT_REQUEST = 24, WAIT_RESPONSE = 8 };
    const oxc_rpc_pdu *pdu = run->pdus;
    int size = oxc_pdu_stub_length(pdu);
    bool request = pdu->type == PDU_REQ;

    if (interface == OXC_INTERFACE_ASYNCEMSMDB)
        return size == (request ? WAIT_REQUEST : WAIT_RESPONSE);
    return size > 0 && end_of_execute(tvb_get_ptr(run->tvb, oxc_pdu_stub_offset(pdu), size), size,
                                      request) == size;
}

/* Nothing is shown of the only PDU of the run, and it is whole. */
static bool is_plain(const oxc_run *run)
{
    const oxc_rpc_pdu *pdu = run->pdus;

    return run->count == 1 && !run->tree && run->connection && !run->cut && pdu->offset == 0 &&
           pdu->whole && pdu->headed && pdu->auth_length == 0 && oxc_pdu_is_one_fragment(pdu) &&
           pdu->encoding == ENC_LITTLE_ENDIAN && !PINFO_FD_VISITED(run->pinfo);
}

static uint16_t opnum_of(oxc_interface interface)
{
    return interface == OXC_INTERFACE_ASYNCEMSMDB ? 0 : OXC_OPNUM_RPC_EXT2;
}

static const oxc_rpc_handed *find_handed(const oxc_rpc_connection *connection, uint16_t context_id)
{
    const oxc_rpc_handed *handed = connection->handed_over;

    for (unsigned i = 0; i < OXC_HANDED_CONTEXTS; i++) {
        if (handed[i].interface != OXC_INTERFACE_UNKNOWN && handed[i].context_id == context_id)
            return &handed[i];
    }
    return NULL;
}

/* Whether Wireshark will find the call of a PDU. */
static bool is_known(const oxc_run *run, const oxc_rpc_pdu *pdu, oxc_short_call *call)
{
    const oxc_rpc_asked *asked = place_of(run->connection, pdu->call_id);

    if (pdu->type == PDU_REQ)
        return pdu->opnum == call->opnum;
    call->request_frame = asked->frame;
    return pdu->type == PDU_RESP && asked->frame != 0 && asked->call_id == pdu->call_id &&
           asked->context_id == pdu->context_id;
}

bool oxc_short_way_is_open(const oxc_run *run, oxc_short_call *call)
{
    const oxc_rpc_handed *handed;

    if (!is_plain(run))
        return false;
    handed = find_handed(run->connection, run->pdus->context_id);
    if (!handed)
        return false;
    *call =
        (oxc_short_call){handed->interface, opnum_of(handed->interface), false, run->pinfo->num};
    return is_known(run, run->pdus, call) && is_exact(run, handed->interface);
}

static void note_handed(oxc_rpc_connection *connection, uint16_t context_id,
                        const oxc_short_call *call)
{
    unsigned place = call->interface == OXC_INTERFACE_ASYNCEMSMDB ? 1 : 0;

    connection->handed_over[place] = (oxc_rpc_handed){call->interface, context_id};
}

/* Where Wireshark reads such a call, too, it has to have it. */
static bool is_ours_alone(const oxc_short_call *call)
{
    return !oxc_interface_builtin(call->interface, call->opnum, true) &&
           !oxc_interface_builtin(call->interface, call->opnum, false);
}

void oxc_short_way_note(oxc_rpc_connection *connection, const oxc_rpc_pdu *pdu,
                        const oxc_short_call *call)
{
    oxc_short_way_note_other(connection, pdu);
    if (pdu->type != PDU_REQ || call->ndr64 || pdu->auth_length != 0 ||
        !oxc_pdu_is_one_fragment(pdu) || call->opnum != opnum_of(call->interface) ||
        !is_ours_alone(call))
        return;
    note_handed(connection, pdu->context_id, call);
    *place_of(connection, pdu->call_id) =
        (oxc_rpc_asked){call->request_frame, pdu->call_id, pdu->context_id};
}

void oxc_short_way_note_other(oxc_rpc_connection *connection, const oxc_rpc_pdu *pdu)
{
    oxc_rpc_asked *asked = place_of(connection, pdu->call_id);

    if (oxc_pdu_is_call(pdu) && asked->call_id == pdu->call_id)
        asked->frame = 0;
    else if (pdu->type == PDU_BIND || pdu->type == PDU_ALTER || pdu->type == PDU_BIND_ACK ||
             pdu->type == PDU_ALTER_ACK || pdu->type == PDU_BIND_NAK) {
        memset(connection->handed_over, 0, sizeof connection->handed_over);
        memset(connection->asked_calls, 0, sizeof connection->asked_calls);
    }
}
