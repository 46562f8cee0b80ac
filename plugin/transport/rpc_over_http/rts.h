/* rts.h
 * Reads the RTS PDUs that name a virtual connection
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_RTS_H
#define OXC_RTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OXC_RTS_COOKIE_SIZE 16

/** The type of RTS PDUs, and bytes of their header: [MS-RPCH] 2.2.3.6.1. */
enum { OXC_RTS_PTYPE = 20, OXC_RTS_HEADER_SIZE = 20 };

/** What an RTS PDU says about the channel that carries it. */
typedef struct {
    bool recycles; /**< the channel succeeds another one: IN_R1/A1, IN_R2/A1, OUT_R1/A3, OUT_R2/A3,
                      or their like between proxy and server */
    bool in;       /**< it is the IN channel, as far as the PDU itself tells */
    uint8_t virtual_connection[OXC_RTS_COOKIE_SIZE]; /**< its cookie, as on the wire */
} oxc_rts_opening;

/** Reads an RTS PDU, [MS-RPCH] 2.2.3.6.1, that opens a channel: CONN/A1, A2, B1 or B2 of 2.2.4, or
 *  the first PDU of a channel that succeeds another. Those and no others begin with the commands
 *  Version, Cookie (of the virtual connection), Cookie (of the channel).
 *  @param pdu   from the common header on, of any type
 *  @param size  bytes that are there
 *  @return false if the PDU is none of those, damaged or cut; @p opening is then undefined */
bool oxc_rts_read_opening(const uint8_t *pdu, size_t size, oxc_rts_opening *opening);

#endif /* OXC_RTS_H */
