/* rpch_channel.h
 * Dissects the bytes of a channel: HTTP messages, and the PDUs of its virtual connection
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_RPCH_CHANNEL_H
#define OXC_RPCH_CHANNEL_H

#include "compat.h"
#include "transport/http/span.h"
#include "virtual_connection.h"

/** How far back the head of a request is looked for from the end of a frame. */
enum { OXC_RPCH_HEAD_MAX = 8192 };

/** The channel of a packet, if its bytes are ours in this frame; else NULL. */
oxc_channel *oxc_rpch_channel_of_packet(packet_info *pinfo);

/** Dissect bytes of TCP that Wireshark gives to us: those of the packet's channel, or what is none.
 *  Between proxy and server there is no HTTP around the PDUs. Fit dissector_t. */
int oxc_rpch_dissect_over_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);
int oxc_rpch_dissect_behind_proxy(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);

/** Dissects bytes of a channel inside TLS.
 *  @param data  of TLS */
void oxc_rpch_dissect_over_tls(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data,
                               oxc_channel *channel);

/** Notes a request RPC_IN_DATA or RPC_OUT_DATA on a channel; first pass only.
 *  @param cut  the capture cut it: then nobody can tell its target */
void oxc_rpch_note_request(oxc_channel *channel, bool in, oxc_span target, bool cut);

/** Looks at a frame that has been dissected, on the first pass: whether it belongs to a channel,
 * and what it closes or shows to be missing.
 *  @return true if its bytes are those of a channel that is known */
bool oxc_rpch_watch_channel(packet_info *pinfo);

/** The channel of which Wireshark's HTTP is dissecting a message, or NULL. */
oxc_channel *oxc_rpch_taken(void);

#endif /* OXC_RPCH_CHANNEL_H */
