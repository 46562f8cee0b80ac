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

/** UUIDs of the two interfaces, [MS-OXCRPC] 1.9. */
#define OXC_UUID_EMSMDB                                                                            \
    {                                                                                              \
        0xA4F1DB00, 0xCA47, 0x1067,                                                                \
        {                                                                                          \
            0xB3, 0x1F, 0x00, 0xDD, 0x01, 0x06, 0x62, 0xDA                                         \
        }                                                                                          \
    }
#define OXC_UUID_ASYNCEMSMDB                                                                       \
    {                                                                                              \
        0x5261574A, 0x4572, 0x206E,                                                                \
        {                                                                                          \
            0xB2, 0x68, 0x6B, 0x19, 0x92, 0x13, 0xB4, 0xE4                                         \
        }                                                                                          \
    }

/** NDR64, [MS-RPCE] 2.2.5. */
#define OXC_UUID_NDR64                                                                             \
    {                                                                                              \
        0x71710533, 0xBEBA, 0x4937,                                                                \
        {                                                                                          \
            0x83, 0x19, 0xB5, 0xDB, 0xEF, 0x9C, 0xCC, 0x36                                         \
        }                                                                                          \
    }

/** Decodes the stub of a call of one of the two interfaces, as Wireshark's DCE/RPC hands it over,
 *  tells the analysis and shows what it knows; then lets Wireshark's own function run, if it has
 *  one. Fits dcerpc_dissect_fnct_t with offset 0.
 *  @return the offset after the last parameter */
int oxc_observer_stub(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, dcerpc_info *di,
                      uint8_t *drep);

/** True if the bytes at @p offset look like the common header of a DCE/RPC PDU of [C706] 12.6.3.1,
 *  by the same criteria as Wireshark's own heuristic. */
bool oxc_looks_like_pdu(tvbuff_t *tvb, int offset);

/** True if the bytes at @p offset are a bind from a client, the start of a connection. */
bool oxc_looks_like_bind(tvbuff_t *tvb, int offset);

/** True if a PDU of this type goes from the client to the server; RTS PDUs go both ways. */
bool oxc_goes_to_server(uint8_t type);

/** True if @p tvb begins with a bind or alter_context, [C706] 12.6.4.3, that asks for one of the
 * two interfaces, as far as it was captured. */
bool oxc_binds_exchange(tvbuff_t *tvb);

#endif /* OXC_OBSERVER_H */
