/* http_body.h
 * Finds out what of the bytes behind a head is the body, and where it ends
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_HTTP_BODY_H
#define OXC_HTTP_BODY_H

#include "head.h"

typedef enum {
    OXC_BODY_ENDED,
    OXC_BODY_LENGTH,      /**< `left` bytes of it */
    OXC_BODY_REST,        /**< until the connection closes */
    OXC_BODY_CHUNK_SIZE,  /**< the line in front of a chunk, [RFC9112] 7.1 */
    OXC_BODY_CHUNK_BLANK, /**< behind the size there */
    OXC_BODY_CHUNK_LINE,  /**< what follows the size */
    OXC_BODY_CHUNK,       /**< `left` bytes of it */
    OXC_BODY_CHUNK_END,   /**< the line end behind it */
    OXC_BODY_TRAILER,     /**< the fields behind the last chunk */
} oxc_body_phase;

/** How far a body has been read. */
typedef struct {
    oxc_body_phase phase;
    bool line_is_empty; /**< so far, the line of a trailer */
    bool seen_cr;       /**< before the line end behind a chunk */
    unsigned line_size; /**< bytes of a chunk's line, or of the trailer */
    uint64_t left;      /**< see #phase */
} oxc_http_body;

/** What bytes behind a head are. */
typedef enum {
    OXC_BODY_DATA,
    OXC_BODY_FRAMING, /**< what is around the data of chunks */
    OXC_BODY_BROKEN,  /**< no chunk, where one has to be; nothing more can be told */
} oxc_body_part;

/** Begins the body that a head announces; it may end at once.
 *  @param to_head  of a response: it answers HEAD */
void oxc_http_body_begin(oxc_http_body *body, const oxc_http_head *head, bool to_head);

/** Begins with a chunk in the middle of a body. */
void oxc_http_body_begin_chunks(oxc_http_body *body);

/** Takes bytes of one kind: of one chunk, or of the line in front of it, or the line end behind it.
 *  @param size   at least 1; the body has not ended
 *  @param taken  so many of them, at least 1 */
oxc_body_part oxc_http_body_take(oxc_http_body *body, const uint8_t *bytes, size_t size,
                                 size_t *taken);

/** True where the next byte has to be that of a chunk. */
static inline bool oxc_http_body_is_between_chunks(const oxc_http_body *body)
{
    return body->phase == OXC_BODY_CHUNK_SIZE && body->line_size == 0;
}

/** Whether a chunk of less than 4 GB stands at the beginning of bytes, by the line in front of it;
 *  partial where that is not whole. */
oxc_http_found oxc_http_chunk_find(oxc_span bytes);

#endif /* OXC_HTTP_BODY_H */
