/* rpch_stream.h
 * Splits the bytes of a channel into HTTP messages and PDUs
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_RPCH_STREAM_H
#define OXC_RPCH_STREAM_H

#include "compat.h"
#include "transport/http/http_message.h"

/** Who gets the parts, in order. */
typedef struct {
    packet_info *pinfo;
    void *user; /**< for the functions */
    /** Whole PDUs, one behind the other; one that nobody will complete may be last. */
    void (*pdus)(void *user, tvbuff_t *run);
    /** A message's head, before http() gets it. */
    void (*head)(void *user, const oxc_http_head *head);
    /** A whole message, or the head of one whose body is a channel, or what chunks hold that is no
     *  PDU. */
    void (*message)(void *user, tvbuff_t *message);
    /** Everything from @p offset on: a message of unknown end, or none at all. */
    void (*rest)(void *user, tvbuff_t *tvb, int offset);
    /** PDUs are missing: chunks and PDUs do not end together for too long, or what was taken for a
     *  chunk is none. */
    void (*lost)(void *user);
} oxc_rpch_parts;

/** Splits one direction's bytes. They begin where the last call asked for more, or where it ended;
 *  what they are is told from themselves alone, so that every pass sees the same: a PDU begins with
 *  a 5, a chunk with a hexadecimal number and a line end, a message with a method or HTTP/1. Asks
 *  TCP or TLS for more bytes of a part that is not whole. */
void oxc_rpch_split(const oxc_rpch_parts *stream, tvbuff_t *tvb);

#endif /* OXC_RPCH_STREAM_H */
