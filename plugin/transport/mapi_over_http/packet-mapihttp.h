/* packet-mapihttp.h
 * Shows the messages of MAPI over HTTP
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_PACKET_MAPIHTTP_H
#define OXC_PACKET_MAPIHTTP_H

#include "mapi_connection.h"

/** Protocol id of MAPI over HTTP. */
int oxc_mapihttp_protocol(void);

/** Registers the protocol and its fields. */
void oxc_mapihttp_register(void);

/** Says that a dissector of Wireshark's reads bodies of this kind. If it has our name as well, it
 * alone shows them; links and findings stay. For the handoff. */
void oxc_mapihttp_other_reads(void);

/** Shows the parts of a frame's bytes and, on the first pass, tells the analysis of them.
 *  @param tvb   the bytes
 *  @param data  of the layer below, for HTTP */
void oxc_mapihttp_show(oxc_mapi_connection *connection, const oxc_parts *parts, tvbuff_t *tvb,
                       packet_info *pinfo, proto_tree *tree, void *data);

/** Says that MAPI over HTTP went by in HTTP/2. */
void oxc_mapihttp_show_http2(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

#endif /* OXC_PACKET_MAPIHTTP_H */
