/* span.h
 * Pieces of the text of a message
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_SPAN_H
#define OXC_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <glib.h>

/** A piece of text inside a message: borrowed, not terminated. #text is never NULL where #size is
 *  not 0. */
typedef struct {
    const char *text;
    size_t size;
} oxc_span;

/** Takes the next line off @p rest, without its end, which is CRLF or LF.
 *  @return false if there is no line end any more; @p rest stays as it is then */
static inline bool oxc_span_take_line(oxc_span *rest, oxc_span *line)
{
    const char *end = rest->size > 0 ? (const char *)memchr(rest->text, '\n', rest->size) : NULL;
    size_t size;

    if (!end)
        return false;
    size = (size_t)(end - rest->text);
    *line = (oxc_span){rest->text, size};
    if (size > 0 && line->text[size - 1] == '\r')
        line->size--;
    rest->text += size + 1;
    rest->size -= size + 1;
    return true;
}

/** Takes off @p rest what stands in front of @p separator, and the separator; or all of it. */
static inline oxc_span oxc_span_take(oxc_span *rest, char separator)
{
    const char *end =
        rest->size > 0 ? (const char *)memchr(rest->text, separator, rest->size) : NULL;
    oxc_span taken = *rest;

    if (end)
        taken.size = (size_t)(end - rest->text);
    if (rest->size > 0)
        rest->text += MIN(taken.size + 1, rest->size);
    rest->size -= MIN(taken.size + 1, rest->size);
    return taken;
}

/** A span without blanks and line ends around it. */
static inline oxc_span oxc_span_trim(oxc_span span)
{
    while (span.size > 0 && g_ascii_isspace(*span.text)) {
        span.text++;
        span.size--;
    }
    while (span.size > 0 && g_ascii_isspace(span.text[span.size - 1]))
        span.size--;
    return span;
}

/** Compares the beginning without case; @p text is terminated. */
static inline bool oxc_span_begins(oxc_span span, const char *text)
{
    size_t size = strlen(text);

    return span.size >= size && (size == 0 || g_ascii_strncasecmp(span.text, text, size) == 0);
}

/** Compares all of it. */
static inline bool oxc_span_is(oxc_span span, const char *text)
{
    return span.size == strlen(text) && oxc_span_begins(span, text);
}

/** Reads a whole number without sign: digits and nothing else.
 *  @return false if there is none, or if it does not fit; @p number is UINT64_MAX in that case */
static inline bool oxc_span_number(oxc_span span, unsigned base, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < span.size; i++) {
        int digit = g_ascii_xdigit_value(span.text[i]);

        if (digit < 0 || (unsigned)digit >= base)
            return false;
        if (*number > (UINT64_MAX - (unsigned)digit) / base) {
            *number = UINT64_MAX;
            return false;
        }
        *number = *number * base + (unsigned)digit;
    }
    return span.size > 0;
}

#endif /* OXC_SPAN_H */
