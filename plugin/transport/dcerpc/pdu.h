/* pdu.h
 * The header of a connection-oriented DCE/RPC PDU, [C706] 12.6
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_PDU_H
#define OXC_PDU_H

#include "compat.h"

/** Bytes of the common header, [C706] 12.6.3.1, of the header of a call, 12.6.4, and of what may
 *  stand before and behind a stub: [MS-RPCE] 2.2.2.11. */
enum {
    OXC_PDU_HEADER_SIZE = 16,
    OXC_PDU_CALL_HEADER_SIZE = 24,
    OXC_PDU_OBJECT_UUID_SIZE = 16,
    OXC_PDU_SECURITY_TRAILER_SIZE = 8,
};

/** Flags of the common header. */
enum { OXC_PDU_FIRST = 0x01, OXC_PDU_LAST = 0x02, OXC_PDU_OBJECT_UUID = 0x80 };

/** What the header of a PDU says. */
typedef struct {
    int offset; /**< in the buffer */
    int length; /**< as the header says */
    unsigned encoding;
    uint32_t call_id;
    uint32_t group_id;    /**< bind, bind_ack */
    uint32_t ordinal;     /**< in the frame, once it is #taken */
    uint16_t context_id;  /**< request, response, fault */
    uint16_t opnum;       /**< request */
    uint16_t auth_length; /**< bytes of the authentication token */
    uint8_t type;
    uint8_t flags;
    bool whole;  /**< all of it was captured */
    bool headed; /**< the fields after the common header were captured */
    bool sealed;
    bool taken;     /**< the analysis knows of it */
    bool presented; /**< its findings and links have been shown */
} oxc_rpc_pdu;

/* Of a common header: #OXC_PDU_HEADER_SIZE bytes. */

static inline bool oxc_pdu_is_little_endian(const uint8_t *header)
{
    return (header[4] & DREP_LITTLE_ENDIAN) != 0;
}

static inline uint16_t oxc_pdu_uint16(const uint8_t *header, int offset)
{
    const uint8_t *at = header + offset;

    return (uint16_t)(oxc_pdu_is_little_endian(header) ? at[0] | at[1] << 8 : at[0] << 8 | at[1]);
}

static inline uint32_t oxc_pdu_uint32(const uint8_t *header, int offset)
{
    uint32_t first = oxc_pdu_uint16(header, offset), second = oxc_pdu_uint16(header, offset + 2);

    return oxc_pdu_is_little_endian(header) ? first | second << 16 : first << 16 | second;
}

/** The length of the PDU, the header included. */
static inline int oxc_pdu_length(const uint8_t *header)
{
    return oxc_pdu_uint16(header, 8);
}

/** True if the bytes look like a common header, by the same criteria as Wireshark's own heuristic.
 */
static inline bool oxc_pdu_is_header(const uint8_t *header)
{
    return header[0] == 5 && header[1] <= 1 && header[2] <= PDU_RTS && (header[4] & 0xEE) == 0 &&
           header[5] <= 3 && oxc_pdu_length(header) >= OXC_PDU_HEADER_SIZE;
}

/** The common header at @p offset, or NULL if the bytes there look like none. */
static inline const uint8_t *oxc_pdu_header_at(tvbuff_t *tvb, int offset)
{
    const uint8_t *header = (int)tvb_captured_length(tvb) - offset >= OXC_PDU_HEADER_SIZE
                                ? tvb_get_ptr(tvb, offset, OXC_PDU_HEADER_SIZE)
                                : NULL;

    return header && oxc_pdu_is_header(header) ? header : NULL;
}

/** True if the bytes at @p offset are a bind from a client, the start of a connection. */
static inline bool oxc_pdu_is_bind_at(tvbuff_t *tvb, int offset)
{
    const uint8_t *header = oxc_pdu_header_at(tvb, offset);

    return header && header[2] == PDU_BIND && (header[3] & OXC_PDU_FIRST) != 0;
}

/** True if a PDU of this type goes from the client to the server; RTS PDUs go both ways. */
static inline bool oxc_pdu_goes_to_server(uint8_t type)
{
    switch (type) {
    case PDU_REQ:
    case PDU_BIND:
    case PDU_ALTER:
    case PDU_AUTH3:
    case PDU_CO_CANCEL:
    case PDU_ORPHANED:
        return true;
    default:
        return false;
    }
}

/** True for a request, a response and a fault. */
static inline bool oxc_pdu_is_call(const oxc_rpc_pdu *pdu)
{
    return pdu->type == PDU_REQ || pdu->type == PDU_RESP || pdu->type == PDU_FAULT;
}

/** True if the stub of a call is all in this PDU. */
static inline bool oxc_pdu_is_one_fragment(const oxc_rpc_pdu *pdu)
{
    return (pdu->flags & (OXC_PDU_FIRST | OXC_PDU_LAST)) == (OXC_PDU_FIRST | OXC_PDU_LAST);
}

/** Where the stub of a request, response or fault begins in the buffer. */
static inline int oxc_pdu_stub_offset(const oxc_rpc_pdu *pdu)
{
    bool has_object = pdu->type == PDU_REQ && pdu->flags & OXC_PDU_OBJECT_UUID;

    return pdu->offset + OXC_PDU_CALL_HEADER_SIZE + (has_object ? OXC_PDU_OBJECT_UUID_SIZE : 0);
}

/** How long the stub is: less than 0 if the header contradicts itself. */
static inline int oxc_pdu_stub_length(const oxc_rpc_pdu *pdu)
{
    int trailer = pdu->auth_length > 0 ? pdu->auth_length + OXC_PDU_SECURITY_TRAILER_SIZE : 0;

    return pdu->offset + pdu->length - oxc_pdu_stub_offset(pdu) - trailer;
}

#endif /* OXC_PDU_H */
