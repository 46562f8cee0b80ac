/* rpc_over_http.h
 * Joins the channels of RPC over HTTP into virtual connections
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_RPC_OVER_HTTP_H
#define OXC_RPC_OVER_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "compat.h"

#include "sequence/tracker.h"

/** True if a connection's number is that of a virtual connection, [MS-RPCH] 3.2.1.1. */
bool oxc_http_owns(uint32_t connection);

/** True if a virtual connection has ended: the TCP connection of its newest IN or OUT channel
 *  was closed by a FIN or RST of either side, or carries another virtual connection by now.
 *  @param close  NULL, or zeros: gets how it was closed, as far as is known */
bool oxc_http_connection_closed(uint32_t connection, oxc_close *close);

/** Registers oxcnotif.virtual_connection; after the protocol oxcnotif. */
void oxc_http_register(void);

/** Looks at a frame that has been dissected, for channels and for what is missing from them. Most
 *  have nothing to do with HTTP, and cost next to nothing. */
void oxc_http_watch_frame(tvbuff_t *tvb, packet_info *pinfo);

/** Hooks into HTTP, TLS and TCP; for the handoff of the protocol. */
void oxc_http_handoff(void);

#endif /* OXC_RPC_OVER_HTTP_H */
