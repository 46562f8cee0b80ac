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

#include "transport/http/hooks.h"

/** Registers oxcnotif.virtual_connection; after the protocol oxcnotif. */
void oxc_rpch_register(void);

/** To be called when a frame has been dissected, on every pass and first. */
void oxc_rpch_end_frame(packet_info *pinfo);

/** Looks at a frame of TCP that has been dissected, on the first pass, for channels and for what is
 *  missing from them. Most have nothing to do with HTTP, and cost next to nothing. */
void oxc_rpch_watch_frame(const oxc_http_frame *frame, packet_info *pinfo);

/** Hooks into HTTP, TLS and TCP; for the handoff of the protocol. */
void oxc_rpch_handoff(void);

/** Begins a file. */
void oxc_rpch_begin_file(void);

#endif /* OXC_RPC_OVER_HTTP_H */
