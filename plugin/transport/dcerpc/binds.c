/* binds.c
 * What a bind asks for and what its answer accepts, [C706] 12.6.4.3 and 12.6.4.4
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "binds.h"

#include "decode/methods/context_handle.h"
#include "decode/methods/packet-emsmdb.h"
#include "interfaces.h"
#include "transport/tcp/ends.h"

/* A presentation context that a bind or alter_context asks for. */
typedef struct {
    uint16_t id;
    oxc_interface interface;
    bool ndr64;
} asked_context;

enum { CONTEXTS_OFFSET = 28, CONTEXT_SIZE = 44, SYNTAX_SIZE = 20 };
enum { SECONDARY_ADDRESS_OFFSET = 24, RESULT_SIZE = 24, RESULTS_MAX = 64 };

/* Reads the presentation context at @p *offset, [C706] 12.6.4.3: each has a list of up to 255
 * transfer syntaxes, of which the first says whether it is NDR64. False where it is not there. */
static bool next_context(tvbuff_t *tvb, unsigned encoding, int *offset, int end,
                         asked_context *asked)
{
    static const e_guid_t emsmdb = OXC_UUID_EMSMDB, asyncemsmdb = OXC_UUID_ASYNCEMSMDB;
    static const e_guid_t ndr64 = OXC_UUID_NDR64;
    e_guid_t abstract, transfer;

    if (*offset + CONTEXT_SIZE > end)
        return false;
    tvb_get_guid(tvb, *offset + 4, &abstract, encoding);
    tvb_get_guid(tvb, *offset + 24, &transfer, encoding);
    asked->id = tvb_get_uint16(tvb, *offset, encoding);
    asked->ndr64 = guid_cmp(&transfer, &ndr64) == 0;
    asked->interface = guid_cmp(&abstract, &emsmdb) == 0        ? OXC_INTERFACE_EMSMDB
                       : guid_cmp(&abstract, &asyncemsmdb) == 0 ? OXC_INTERFACE_ASYNCEMSMDB
                                                                : OXC_INTERFACE_OTHER;
    *offset += 24 + SYNTAX_SIZE * tvb_get_uint8(tvb, *offset + 2);
    return true;
}

bool oxc_binds_exchange(tvbuff_t *tvb)
{
    const uint8_t *header = oxc_pdu_header_at(tvb, 0);
    int offset = CONTEXTS_OFFSET, end = (int)tvb_captured_length(tvb);
    unsigned encoding, count;
    asked_context asked;

    if (!header || end < CONTEXTS_OFFSET || (header[2] != PDU_BIND && header[2] != PDU_ALTER))
        return false;
    encoding = oxc_pdu_is_little_endian(header) ? ENC_LITTLE_ENDIAN : ENC_BIG_ENDIAN;
    end = MIN(end, oxc_pdu_length(header));
    count = tvb_get_uint8(tvb, CONTEXTS_OFFSET - 4);
    while (count-- > 0 && next_context(tvb, encoding, &offset, end, &asked)) {
        if (asked.interface != OXC_INTERFACE_OTHER)
            return true;
    }
    return false;
}

void oxc_bind_take_contexts(tvbuff_t *tvb, const packet_info *pinfo, oxc_rpc_connection *connection,
                            const oxc_rpc_pdu *pdu)
{
    int offset = pdu->offset + CONTEXTS_OFFSET, end = pdu->offset + pdu->length;
    asked_context asked;
    unsigned count;

    connection->asked_call_id = pdu->call_id;
    connection->asked[0] = connection->asked[1] = 0;
    if (pdu->length < CONTEXTS_OFFSET)
        return;
    count = tvb_get_uint8(tvb, pdu->offset + CONTEXTS_OFFSET - 4);
    for (unsigned i = 0; i < count && next_context(tvb, pdu->encoding, &offset, end, &asked); i++) {
        if (asked.interface != OXC_INTERFACE_OTHER) {
            if (!connection->over_http)
                oxc_ends_add_server(pinfo);
            oxc_rpc_connection_carries_exchange(connection, pinfo->num);
            connection->asked[asked.interface == OXC_INTERFACE_ASYNCEMSMDB] |=
                UINT64_C(1) << MIN(i, RESULTS_MAX - 1);
        }
        oxc_rpc_connection_bind(connection, asked.id, asked.interface, asked.ndr64);
    }
}

/* The presentation contexts that a bind_ack or alter_context_resp accepts, [C706] 12.6.4.4, a bit
 * each by their places in the list; those that it says nothing of, and the last, are not refused.
 */
static uint64_t accepted_contexts(tvbuff_t *tvb, const oxc_rpc_pdu *pdu)
{
    int offset = pdu->offset + SECONDARY_ADDRESS_OFFSET, end = pdu->offset + pdu->length;
    uint64_t accepted = UINT64_MAX;
    unsigned count;

    if (pdu->type == PDU_BIND_NAK)
        return 0;
    if (offset + 2 > end)
        return accepted;
    offset += 2 + tvb_get_uint16(tvb, offset, pdu->encoding);
    offset += (pdu->offset - offset) & 3;
    if (offset + 4 > end)
        return accepted;
    count = tvb_get_uint8(tvb, offset);
    offset += 4;
    for (unsigned i = 0; i < MIN(count, RESULTS_MAX - 1) && offset + RESULT_SIZE <= end; i++) {
        if (tvb_get_uint16(tvb, offset, pdu->encoding) != 0)
            accepted &= ~(UINT64_C(1) << i);
        offset += RESULT_SIZE;
    }
    return accepted;
}

void oxc_bind_take_results(tvbuff_t *tvb, const packet_info *pinfo, oxc_rpc_connection *connection,
                           const oxc_rpc_pdu *pdu)
{
    uint64_t accepted = accepted_contexts(tvb, pdu);

    if (pdu->call_id != connection->asked_call_id)
        return;
    for (unsigned i = 0; i < 2; i++) {
        bool refused = connection->asked[i] != 0 && !(connection->asked[i] & accepted);

        if (refused && !connection->refused[i].frame) {
            connection->refused[i].frame = pinfo->num;
            connection->refused[i].ordinal = pdu->ordinal;
        }
    }
}

/* FNV-1a. Whoever makes two binds that share it might as well send one bind twice. */
uint64_t oxc_bind_digest(tvbuff_t *tvb, const oxc_rpc_pdu *pdu)
{
    const uint8_t *bytes;
    uint64_t digest = UINT64_C(0xCBF29CE484222325);

    if (!pdu->whole)
        return 0;
    bytes = tvb_get_ptr(tvb, pdu->offset, pdu->length);
    for (int i = 0; i < pdu->length; i++)
        digest = (digest ^ bytes[i]) * UINT64_C(0x100000001B3);
    return digest ? digest : 1;
}

unsigned oxc_bind_interfaces(const oxc_rpc_connection *connection, const oxc_rpc_pdu *pdu)
{
    unsigned asked = (connection->asked[0] ? OXC_BINDS_EMSMDB : 0u) |
                     (connection->asked[1] ? OXC_BINDS_ASYNCEMSMDB : 0u);

    if (!pdu->whole)
        return OXC_BINDS_EMSMDB | OXC_BINDS_ASYNCEMSMDB;
    return asked ? asked : OXC_BINDS_OTHERS;
}

oxc_interface oxc_bind_guess(tvbuff_t *tvb, const oxc_rpc_pdu *pdu)
{
    enum { WAIT_STUB = 24, ASYNC_CONNECT_STUB = 20, MOST_PADDING = 15, MOST_ATTRIBUTES = 0xFF };
    int offset = oxc_pdu_stub_offset(pdu), length;

    if (pdu->type != PDU_REQ || !pdu->whole || !pdu->headed || pdu->sealed ||
        !oxc_pdu_is_one_fragment(pdu))
        return OXC_INTERFACE_UNKNOWN;
    length = oxc_pdu_stub_length(pdu);
    if (length < ASYNC_CONNECT_STUB || tvb_get_uint32(tvb, offset, pdu->encoding) > MOST_ATTRIBUTES)
        return OXC_INTERFACE_UNKNOWN;
    if (pdu->opnum == OXC_OPNUM_ASYNC_CONNECT && length <= ASYNC_CONNECT_STUB + MOST_PADDING)
        return OXC_INTERFACE_EMSMDB;
    if (pdu->opnum == 0 && length >= WAIT_STUB && length <= WAIT_STUB + MOST_PADDING &&
        tvb_get_uint32(tvb, offset + OXC_HANDLE_SIZE, pdu->encoding) == 0)
        return OXC_INTERFACE_ASYNCEMSMDB;
    return OXC_INTERFACE_UNKNOWN;
}
