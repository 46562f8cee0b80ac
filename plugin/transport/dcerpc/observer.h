/* observer.h
 * Sees every connection-oriented DCE/RPC PDU in order, around Wireshark's own dissector
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_OBSERVER_H
#define OXC_OBSERVER_H

#include "compat.h"

#include "capture/carrier.h"

/** Dissects a run of DCE/RPC PDUs of one direction with @p inner and tells the analysis of each
 *  PDU, in the order of the bytes, binds, faults and sealed stubs included. A PDU that ends
 *  outside of @p tvb is left to the call that gets it whole, if @p inner asked for more data.
 *
 *  @param data        handed to @p inner
 *  @param inner       Wireshark's dissector for a run of PDUs
 *  @param carrier      the connection, the same for both directions; copied
 *  @param from_server  the server sent them
 *  @return what @p inner returned */
int oxc_observe(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data,
                heur_dissector_t inner, const oxc_carrier *carrier, bool from_server);

#endif /* OXC_OBSERVER_H */
