/* pdu.h
 * Reads the header of a connection-oriented DCE/RPC PDU, [C706] 12.6
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_PDU_H
#define OXC_PDU_H

#include "compat.h"

/** Bytes of the common header, [C706] 12.6.3.1. */
enum { OXC_PDU_HEADER_SIZE = 16 };

/** Flags of the common header. */
enum { OXC_PDU_FIRST = 0x01, OXC_PDU_LAST = 0x02, OXC_PDU_OBJECT_UUID = 0x80 };

/** What the header of a PDU says. */
typedef struct {
    int offset; /**< in the buffer */
    int length; /**< as the header says */
    uint8_t type;
    uint8_t flags;
    unsigned encoding;
    uint32_t call_id;
    uint16_t context_id; /**< request, response, fault */
    uint16_t opnum;      /**< request */
    uint32_t group_id;   /**< bind, bind_ack */
    bool whole;          /**< all of it was captured */
    bool headed;         /**< the fields after the common header were captured */
    bool sealed;
    bool taken;     /**< the analysis knows of it */
    bool presented; /**< its findings and links have been shown */
    uint32_t ordinal;
} oxc_rpc_pdu;

/** True if the bytes at @p offset look like a common header, by the same criteria as Wireshark's
 *  own heuristic. */
bool oxc_pdu_is_at(tvbuff_t *tvb, int offset);

/** True if the bytes at @p offset are a bind from a client, the start of a connection. */
bool oxc_pdu_is_bind_at(tvbuff_t *tvb, int offset);

/** The length that the common header at @p offset gives, and the encoding of its numbers. */
int oxc_pdu_length(tvbuff_t *tvb, int offset);
unsigned oxc_pdu_encoding(tvbuff_t *tvb, int offset);

/** Reads the header at @p offset. Of one that looks like none only the length is read, by which
 *  Wireshark steps over it all the same.
 *  @param captured  bytes of the buffer from there on, at least #OXC_PDU_HEADER_SIZE
 *  @param pdu       all zeros
 *  @return false if it looks like none */
bool oxc_pdu_read(tvbuff_t *tvb, int offset, int captured, oxc_rpc_pdu *pdu);

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

/** Where the stub of a request, response or fault begins in the buffer, and how long it is in a PDU
 *  of which all was captured: less than 0 if the header contradicts itself. */
int oxc_pdu_stub_offset(const oxc_rpc_pdu *pdu);
int oxc_pdu_stub_length(tvbuff_t *tvb, const oxc_rpc_pdu *pdu);

#endif /* OXC_PDU_H */
