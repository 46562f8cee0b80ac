/* rpch_stream.h
 * Finds the PDUs and the messages in the bytes of a channel
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_RPCH_STREAM_H
#define OXC_RPCH_STREAM_H

#include "compat.h"
#include "transport/dcerpc/run.h"
#include "transport/http/head.h"

/** Who gets the parts, in order. */
typedef struct {
    packet_info *pinfo;
    proto_tree *tree;
    void *user; /**< for the functions */
    /** Whole PDUs, one behind the other; or one that nobody will complete. */
    void (*pdus)(void *user, oxc_run *run);
    /** A message's head, before message() or rest() gets it. */
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

/** Splits one direction's bytes. They begin where the last call asked for more, or where it ended:
 *  with a PDU, a chunk or a head. Asks TCP or TLS for more bytes of a part that is not whole. */
void oxc_rpch_split(const oxc_rpch_parts *stream, tvbuff_t *tvb);

#endif /* OXC_RPCH_STREAM_H */
