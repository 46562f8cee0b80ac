/* pdu.c
 * Reads the header of a connection-oriented DCE/RPC PDU, [C706] 12.6
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "pdu.h"

/* [C706] 12.6.3.1 and 12.6.4; [MS-RPCE] 2.2.2.11 */
enum {
    CALL_HEADER_SIZE = 24,
    OBJECT_UUID_SIZE = 16,
    SECURITY_TRAILER_SIZE = 8,
    AUTHN_LEVEL_PKT_PRIVACY = 6,
};

static bool is_little_endian(const uint8_t *header)
{
    return (header[4] & DREP_LITTLE_ENDIAN) != 0;
}

static uint16_t header_uint16(const uint8_t *header, int offset)
{
    const uint8_t *at = header + offset;

    return (uint16_t)(is_little_endian(header) ? at[0] | at[1] << 8 : at[0] << 8 | at[1]);
}

static uint32_t header_uint32(const uint8_t *header, int offset)
{
    uint32_t first = header_uint16(header, offset), second = header_uint16(header, offset + 2);

    return is_little_endian(header) ? first | second << 16 : first << 16 | second;
}

/* @param header  OXC_PDU_HEADER_SIZE bytes */
static bool is_header(const uint8_t *header)
{
    return header[0] == 5 && header[1] <= 1 && header[2] <= PDU_RTS && (header[4] & 0xEE) == 0 &&
           header[5] <= 3 && header_uint16(header, 8) >= OXC_PDU_HEADER_SIZE;
}

bool oxc_pdu_is_at(tvbuff_t *tvb, int offset)
{
    return tvb_bytes_exist(tvb, offset, OXC_PDU_HEADER_SIZE) &&
           is_header(tvb_get_ptr(tvb, offset, OXC_PDU_HEADER_SIZE));
}

bool oxc_pdu_is_bind_at(tvbuff_t *tvb, int offset)
{
    return oxc_pdu_is_at(tvb, offset) && tvb_get_uint8(tvb, offset + 2) == PDU_BIND &&
           (tvb_get_uint8(tvb, offset + 3) & OXC_PDU_FIRST) != 0;
}

unsigned oxc_pdu_encoding(tvbuff_t *tvb, int offset)
{
    bool little = (tvb_get_uint8(tvb, offset + 4) & DREP_LITTLE_ENDIAN) != 0;

    return little ? ENC_LITTLE_ENDIAN : ENC_BIG_ENDIAN;
}

int oxc_pdu_length(tvbuff_t *tvb, int offset)
{
    return tvb_get_uint16(tvb, offset + 8, oxc_pdu_encoding(tvb, offset));
}

/* Whether the stub is sealed, or may be: nobody knows if the capture cut the trailer that says so.
 */
static bool is_sealed(tvbuff_t *tvb, const oxc_rpc_pdu *pdu, int auth_length)
{
    int trailer = pdu->length - auth_length - SECURITY_TRAILER_SIZE;

    if (auth_length == 0 || trailer < OXC_PDU_HEADER_SIZE)
        return false;
    if (!tvb_bytes_exist(tvb, pdu->offset + trailer, SECURITY_TRAILER_SIZE))
        return !pdu->whole;
    return tvb_get_uint8(tvb, pdu->offset + trailer + 1) == AUTHN_LEVEL_PKT_PRIVACY;
}

/* @param captured  bytes of the buffer from the PDU on */
static void read_fields(tvbuff_t *tvb, oxc_rpc_pdu *pdu, const uint8_t *header, int captured)
{
    pdu->encoding = is_little_endian(header) ? ENC_LITTLE_ENDIAN : ENC_BIG_ENDIAN;
    pdu->type = header[2];
    pdu->flags = header[3];
    pdu->call_id = header_uint32(header, 12);
    pdu->whole = pdu->length <= captured;
    pdu->headed = pdu->length >= CALL_HEADER_SIZE && captured >= CALL_HEADER_SIZE;
    if (!pdu->headed)
        return;
    header = tvb_get_ptr(tvb, pdu->offset, CALL_HEADER_SIZE);
    pdu->group_id = header_uint32(header, 20);
    pdu->context_id = header_uint16(header, 20);
    pdu->opnum = header_uint16(header, 22);
    pdu->sealed = oxc_pdu_is_call(pdu) && is_sealed(tvb, pdu, header_uint16(header, 10));
}

bool oxc_pdu_read(tvbuff_t *tvb, int offset, int captured, oxc_rpc_pdu *pdu)
{
    const uint8_t *header = tvb_get_ptr(tvb, offset, OXC_PDU_HEADER_SIZE);

    pdu->offset = offset;
    pdu->length = header_uint16(header, 8);
    if (!is_header(header))
        return false;
    read_fields(tvb, pdu, header, captured);
    return true;
}

int oxc_pdu_stub_offset(const oxc_rpc_pdu *pdu)
{
    bool has_object = pdu->type == PDU_REQ && pdu->flags & OXC_PDU_OBJECT_UUID;

    return pdu->offset + CALL_HEADER_SIZE + (has_object ? OBJECT_UUID_SIZE : 0);
}

int oxc_pdu_stub_length(tvbuff_t *tvb, const oxc_rpc_pdu *pdu)
{
    int auth_length = tvb_get_uint16(tvb, pdu->offset + 10, pdu->encoding);

    return pdu->offset + pdu->length - oxc_pdu_stub_offset(pdu) -
           (auth_length > 0 ? auth_length + SECURITY_TRAILER_SIZE : 0);
}
