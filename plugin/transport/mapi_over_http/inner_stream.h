/* inner_stream.h
 * Reads the body of a response of MAPI over HTTP: tags, additional header fields, body
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_INNER_STREAM_H
#define OXC_INNER_STREAM_H

#include "transport/http/head.h"

/** The lines in front of the additional header fields, [MS-OXCMAPIHTTP] 2.2.7. */
typedef enum { OXC_TAG_PROCESSING, OXC_TAG_PENDING, OXC_TAG_DONE } oxc_meta_tag;

/** The word of a tag. */
const char *oxc_meta_tag_name(oxc_meta_tag tag);

/** An additional header field that can be kept may have so many bytes; longer ones are skipped. */
enum { OXC_INNER_LINE_MAX = 512 };

typedef enum {
    OXC_INNER_START,   /**< no byte of the stream has come */
    OXC_INNER_TAGS,    /**< before DONE */
    OXC_INNER_FIELDS,  /**< behind it */
    OXC_INNER_BODY,    /**< behind the empty line */
    OXC_INNER_INVALID, /**< a byte came that no allowed line can have there */
} oxc_inner_phase;

/** The state of one response's body. All zero at its beginning. */
typedef struct {
    oxc_inner_phase phase;
    uint8_t candidates;            /**< tags, a bit each, that the word at hand may become */
    uint8_t matched;               /**< bytes of it */
    uint8_t after;                 /**< what the line end at hand follows; see inner_stream.c */
    size_t line_size;              /**< of the field at hand */
    bool seen_cr;                  /**< its last byte was a CR */
    bool colon;                    /**< it has one */
    char line[OXC_INNER_LINE_MAX]; /**< as much of it as fits */
} oxc_inner_stream;

/** Who gets the parts. A position is that of a byte in what was fed last. */
typedef struct {
    /** A tag's word is whole; @p end is behind it. The word may have begun earlier. */
    void (*tag)(void *user, oxc_meta_tag tag, size_t end);
    /** An additional header field; @p end is behind its line, which has @p size bytes. */
    void (*field)(void *user, const oxc_field *field, size_t end, size_t size);
    /** The empty line; @p end is behind it. The body begins there. */
    void (*fields_end)(void *user, size_t end);
    /** Bytes of the body. */
    void (*body)(void *user, size_t position, size_t size);
    /** The first byte that no allowed line can have there; nothing follows. */
    void (*invalid)(void *user, size_t position);
} oxc_inner_sink;

/** Takes the next bytes, [MS-OXCMAPIHTTP] 2.2.7. Tags come with or without a line end, as products
 *  send them; DONE needs its own. */
void oxc_inner_stream_feed(oxc_inner_stream *stream, const uint8_t *bytes, size_t size,
                           const oxc_inner_sink *sink, void *user);

#endif /* OXC_INNER_STREAM_H */
