/* short_way.h
 * Calls whose stubs need not be handed over by Wireshark
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_SHORT_WAY_H
#define OXC_SHORT_WAY_H

#include "interfaces.h"
#include "run.h"

/* To hand a stub over costs Wireshark more than all that is read in it: a hash table for pointers
 * and a buffer that nobody uses, and a handler of exceptions. The two calls that come again and
 * again, EcDoAsyncWaitEx and EcDoRpcExt2, are therefore read from their PDU where nothing is shown
 * of them but columns, once Wireshark has handed over one of their kind: same connection, same
 * presentation context, no bind since, not sealed, in one piece, and alone in its segment; of NDR32
 * in little endian, and as long as its parameters. */

/** Such a call, as Wireshark would hand it over. */
typedef struct {
    oxc_interface interface;
    uint16_t opnum;
    bool ndr64; /**< never where the way is open */
    uint32_t request_frame;
} oxc_short_call;

/** Whether the stub of a run can be read so. */
bool oxc_short_way_is_open(const oxc_run *run, oxc_short_call *call);

/** Notes a request or response of an unsealed call in one PDU, handed over or read so. Only on the
 *  first pass. */
void oxc_short_way_note(oxc_rpc_connection *connection, const oxc_rpc_pdu *pdu,
                        const oxc_short_call *call);

/** Notes any other PDU: a bind closes the way, and what ends a call ends it for good. */
void oxc_short_way_note_other(oxc_rpc_connection *connection, const oxc_rpc_pdu *pdu);

#endif /* OXC_SHORT_WAY_H */
