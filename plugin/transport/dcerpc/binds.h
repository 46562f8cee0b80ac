/* binds.h
 * What a bind asks for and what its answer accepts, [C706] 12.6.4.3 and 12.6.4.4
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_BINDS_H
#define OXC_BINDS_H

#include "capture/analysis.h"
#include "pdu.h"

/** True if @p tvb begins with a bind or alter_context that asks for one of the two interfaces, as
 *  far as it was captured. */
bool oxc_binds_exchange(tvbuff_t *tvb);

/** Notes in its connection what the presentation contexts of a bind or alter_context are
 *  bound to, and by their places in its list which of them the answer is to be looked up for. Of a
 *  PDU that is whole; only on the first pass. */
void oxc_bind_take_contexts(tvbuff_t *tvb, const packet_info *pinfo, oxc_rpc_connection *connection,
                            const oxc_rpc_pdu *pdu);

/** Notes the first time that a server refuses an interface on the connection, by a bind_ack,
 *  alter_context_resp or bind_nak that is whole. Only on the first pass. */
void oxc_bind_take_results(tvbuff_t *tvb, const packet_info *pinfo, oxc_rpc_connection *connection,
                           const oxc_rpc_pdu *pdu);

/** The same number for each time that the capture shows the same bytes; 0 for a PDU that is not
 *  whole. */
uint64_t oxc_bind_digest(tvbuff_t *tvb, const oxc_rpc_pdu *pdu);

/** The interfaces of the bind or alter_context that has just been taken, of OXC_BINDS_*: it may be
 *  both where it was not captured whole. */
unsigned oxc_bind_interfaces(const oxc_rpc_connection *connection, const oxc_rpc_pdu *pdu);

/** Which of the two interfaces a request without a bind probably is for: the requests of
 *  EcDoAsyncWaitEx and EcDoAsyncConnectEx have stubs of a fixed size, small attributes in their
 *  handle, and reserved flags of 0. Padding of the verifier may follow. */
oxc_interface oxc_bind_guess(tvbuff_t *tvb, const oxc_rpc_pdu *pdu);

#endif /* OXC_BINDS_H */
