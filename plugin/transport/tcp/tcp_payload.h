/* tcp_payload.h
 * Finds what a frame carries over TCP, once it has been dissected
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_TCP_PAYLOAD_H
#define OXC_TCP_PAYLOAD_H

#include <epan/packet.h>

#include "compat.h"

/** The payload of the innermost TCP segment of a frame, as long as IP says: what stands behind the
 * IP packet (a frame check sequence, padding, what a tap adds) is none of it. Of a frame whose
 * headers are others than IPv4, or IPv6 without extension headers, all up to its end.
 *  @param frame  all of it
 *  @param pinfo  of the frame, while the segment or what is in it is dissected, or after
 *  @return lives as long as the packet; never NULL */
tvbuff_t *oxc_tcp_payload(tvbuff_t *frame, const packet_info *pinfo);

/** The same bytes, with nothing made for them. */
typedef struct {
    bool found;           /**< if not, this is all of the frame */
    const uint8_t *bytes; /**< borrowed from the frame; NULL if that is empty */
    int offset;           /**< in the frame */
    int size;             /**< captured */
    int reported;
} oxc_tcp_bytes;

oxc_tcp_bytes oxc_tcp_payload_bytes(tvbuff_t *frame, const packet_info *pinfo);

/** True if the capture cut a frame short, and with it what it carries over TCP. */
bool oxc_tcp_payload_is_cut(const packet_info *pinfo);

#endif /* OXC_TCP_PAYLOAD_H */
