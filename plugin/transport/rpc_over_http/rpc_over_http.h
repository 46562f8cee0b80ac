/* rpc_over_http.h
 * Joins the channels of RPC over HTTP into virtual connections
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_RPC_OVER_HTTP_H
#define OXC_RPC_OVER_HTTP_H

#include <epan/packet.h>

#include "compat.h"

/** Registers oxcnotif.virtual_connection; after the protocol oxcnotif. */
void oxc_rpch_register(void);

/** Looks at a frame that has been dissected, for channels and for what is missing from them. Most
 *  have nothing to do with HTTP, and cost next to nothing. */
void oxc_rpch_watch_frame(tvbuff_t *tvb, packet_info *pinfo);

/** Hooks into HTTP, TLS and TCP; for the handoff of the protocol. */
void oxc_rpch_handoff(void);

/** Begins a file. */
void oxc_rpch_begin_file(void);

#endif /* OXC_RPC_OVER_HTTP_H */
