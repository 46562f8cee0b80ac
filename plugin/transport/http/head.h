/* head.h
 * Reads the head of an HTTP/1 message: its start line and all of its fields
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_HEAD_H
#define OXC_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "span.h"

/** A start line, [RFC9112] 3 and 4. */
typedef struct {
    bool response;
    unsigned status; /**< response: three digits, or 0 */
    oxc_span reason; /**< response: what follows the status */
    oxc_span method; /**< request */
    oxc_span target; /**< request */
} oxc_start_line;

/** A field line, [RFC9112] 5. The value has no blanks around it; one that is folded over several
 *  lines holds the line ends. */
typedef struct {
    oxc_span name;
    oxc_span value;
} oxc_field;

/** A message's head, whole. All is borrowed. */
typedef struct {
    oxc_start_line start;
    oxc_span fields;   /**< what follows the start line, the empty line included: for
                          oxc_field_next() */
    oxc_span bytes;    /**< all of it, from the start line on */
    uint64_t position; /**< of the first byte, where a stream counts them */
    bool has_length;   /**< #length is valid */
    uint64_t length;   /**< Content-Length */
    bool chunked;      /**< Transfer-Encoding; it overrides #length */
} oxc_http_head;

/** What a head may have. */
enum { OXC_HTTP_HEAD_MAX = 64 * 1024, OXC_HTTP_LINES_MAX = 1000 };

/** What stands at the beginning of bytes. */
typedef enum {
    OXC_HTTP_NONE,    /**< nothing of the kind */
    OXC_HTTP_PARTIAL, /**< some that ends too early */
    OXC_HTTP_WHOLE,
} oxc_http_found;

/** Reads a start line without its end. A request's has to name a version of HTTP/1. */
bool oxc_start_line_read(oxc_span line, oxc_start_line *start);

/** Finds a start line that may have stray bytes in front of it: where bytes of unknown beginning
 *  were lost.
 *  @param response  which of the two is looked for
 *  @return its offset in the line, or -1 */
int64_t oxc_start_line_find(oxc_span line, bool response);

/** True if a line is a clean field line or the continuation of one: a token, a colon, and no
 *  control characters. */
bool oxc_field_line_is_clean(oxc_span line);

/** Takes the next field off the lines behind a start line; lines that are no field are skipped.
 *  @return false at the empty line or at the end */
bool oxc_field_next(oxc_span *lines, oxc_field *field);

/** Reads a head that is whole: a start line up to an empty one. #position is left to the caller.
 *  @return false if the first line is no start line */
bool oxc_http_head_read(oxc_span bytes, oxc_http_head *head);

/** Looks for a head at the beginning of bytes, and reads it where it is whole. */
oxc_http_found oxc_http_head_find(oxc_span bytes, oxc_http_head *head);

#endif /* OXC_HEAD_H */
