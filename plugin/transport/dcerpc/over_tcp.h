/* over_tcp.h
 * Finds DCE/RPC on TCP connections, in front of Wireshark's own dissector
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_OVER_TCP_H
#define OXC_OVER_TCP_H

#include "compat.h"

/** Dissects what a TCP connection carries if it is DCE/RPC, with oxc_observe(); for connections
 * that Wireshark gives to another protocol by their port. NULL before the handoff. */
dissector_handle_t oxc_observed_tcp(void);

/** True if a port of TCP is DCE/RPC's, as the user said with Decode As. */
bool oxc_is_decoded_as_dcerpc(uint32_t port);

/** Takes over the ports of TCP that the user gave to DCE/RPC with Decode As. To be called at the
 *  start of each file. */
void oxc_over_tcp_begin_file(void);

/** Registers the table that Wireshark's dissector is called through. */
void oxc_over_tcp_register(int protocol);

/** Registers the heuristic on TCP; for the handoff of the protocol. */
void oxc_over_tcp_handoff(void);

#endif /* OXC_OVER_TCP_H */
