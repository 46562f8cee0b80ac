/* hooks.h
 * How the transports over HTTP get at the bytes of a connection and hand them back
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_HTTP_HOOKS_H
#define OXC_HTTP_HOOKS_H

#include <epan/conversation.h>
#include <epan/packet.h>

#include "compat.h"
#include "transport/tcp/tcp_payload.h"

/** Looks at bytes inside TLS before Wireshark's HTTP does.
 *  @param data  of TLS, or NULL
 *  @return true if they were its own, and are dissected */
typedef bool (*oxc_http_claim)(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data);

/** Shows bytes as HTTP, without naming the protocol a second time. Wireshark lets only the
 * dissector right above TCP or TLS ask for more bytes, and counts down on every call.
 *  @param tls      they came inside TLS
 *  @param data     of the layer below
 *  @param may_ask  HTTP may ask for more, as it does without us */
void oxc_http_call(bool tls, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data,
                   bool may_ask);

/** The same for all bytes from @p offset on. */
void oxc_http_call_rest(bool tls, tvbuff_t *tvb, int offset, packet_info *pinfo, proto_tree *tree,
                        void *data);

/** Gives the bytes of a connection to @p over_tcp from the next frame on or, where they come inside
 *  TLS, to those who claim some from the next record on.
 *  @return true if the packet carries TLS */
bool oxc_http_take_over(packet_info *pinfo, conversation_t *conversation,
                        dissector_handle_t over_tcp);

/** A frame of TCP that has been dissected, as those see it who look for connections to take over.
 */
typedef struct {
    tvbuff_t *tvb;         /**< all of it */
    bool to_port;          /**< it goes to a port of HTTP */
    bool from_port;        /**< it comes from one */
    bool reassembled;      /**< something was put together that ends in it */
    bool may_hold;         /**< HTTP: one of the two, or Wireshark found it there */
    oxc_tcp_bytes payload; /**< only if it may hold HTTP */
} oxc_http_frame;

/** False of a frame of TCP in which nobody who looks for connections over HTTP finds anything, and
 *  of which no such connection is known: most frames of others. Costs next to nothing.
 *  @param is_other  its bytes have been taken for those of another transport */
bool oxc_http_concerns(const packet_info *pinfo, bool is_other);

/** Makes the frames of ports concern somebody, besides those of HTTP; in each file anew. */
void oxc_http_concern_ports(uint32_t first, uint32_t last);

void oxc_http_look(tvbuff_t *tvb, const packet_info *pinfo, oxc_http_frame *frame);

/** The transports over HTTP. */
typedef enum { OXC_HTTP_RPC = 1, OXC_HTTP_MAPI = 2 } oxc_http_transport;

/** Notes that the bytes of a packet's connection are those of a transport from now on. */
void oxc_http_note_taken(const packet_info *pinfo, oxc_http_transport transport);

/** Of the ports of a connection, in whatever direction: of #oxc_http_transport. */
extern uint8_t oxc_http_taken_ports[65536];

static inline unsigned oxc_http_pair_of_ports(const packet_info *pinfo)
{
    return (pinfo->srcport ^ pinfo->destport) & 0xFFFF;
}

/** False if the connection of a packet has not been noted; may be true of others, too. Most
 *  connections need not be looked up for that. */
static inline bool oxc_http_may_be_taken(const packet_info *pinfo, oxc_http_transport transport)
{
    return (oxc_http_taken_ports[oxc_http_pair_of_ports(pinfo)] & transport) != 0;
}

/** Whether a port of TCP belongs to a protocol. */
bool oxc_http_is_port_of(uint32_t port, int protocol);

/** Whether a protocol was found above TCP in the packet. */
bool oxc_http_has_layer(const packet_info *pinfo, int protocol);

/** Ids of Wireshark's protocols. */
int oxc_http_protocol(void);
int oxc_http_tls_protocol(void);

/** Registers the table of dissectors that bytes are handed back to; it belongs to @p protocol. */
void oxc_http_hooks_register(int protocol);

/** Hooks into TLS; before those who claim anything.
 *  @return false if Wireshark lacks what is needed */
bool oxc_http_hooks_handoff(void);

/** Adds somebody who looks at bytes inside TLS; at handoff, two at most. */
void oxc_http_claim_tls(oxc_http_claim claim);

/** Begins a file. */
void oxc_http_hooks_begin_file(void);

#endif /* OXC_HTTP_HOOKS_H */
