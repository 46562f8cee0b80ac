/* mapi_over_http.h
 * Finds the connections that carry MAPI over HTTP and takes their bytes over
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_MAPI_OVER_HTTP_H
#define OXC_MAPI_OVER_HTTP_H

#include "transport/http/hooks.h"

/** Hooks into TCP, TLS and media types; after oxc_http_hooks_handoff(). */
void oxc_mapi_handoff(void);

/** Looks at a frame of TCP that has been dissected, on the first pass: whether a connection of MAPI
 *  over HTTP begins with it, and what it lost or closed. */
void oxc_mapi_watch_frame(const oxc_http_frame *frame, packet_info *pinfo, proto_tree *tree);

/** Shows on later passes what was found then. */
void oxc_mapi_show_frame(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

/** Begins a file. */
void oxc_mapi_begin_file(void);

#endif /* OXC_MAPI_OVER_HTTP_H */
