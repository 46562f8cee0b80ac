/* text.h
 * Puts short texts together without printf, which would cost more than the rest of the analysis
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_TEXT_H
#define OXC_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/** As much as a column holds; what is beyond it is cut off. */
enum { OXC_TEXT_MAX = 1024 };

/** A text that is always terminated. Begin with oxc_text_clear(). */
typedef struct {
    size_t length;
    char bytes[OXC_TEXT_MAX];
} oxc_text;

/** Adds what does not fit: up to the last whole character of UTF-8. */
void oxc_text_add_clipped(oxc_text *text, const char *bytes, size_t length);

/** Decimal digits. */
void oxc_text_add_number(oxc_text *text, uint64_t number);

/** "0x" and so many hexadecimal digits, up to sixteen. */
void oxc_text_add_hex(oxc_text *text, uint64_t number, size_t digits);

/** Seconds with three decimals as printf() would show them, such as "1.004".
 *  @param nanoseconds  may be negative */
void oxc_text_add_seconds(oxc_text *text, int64_t nanoseconds);

static inline void oxc_text_clear(oxc_text *text)
{
    text->length = 0;
    text->bytes[0] = '\0';
}

/** Adds bytes that need no end. */
static inline void oxc_text_add_bytes(oxc_text *text, const char *bytes, size_t length)
{
    if (length >= OXC_TEXT_MAX - text->length) {
        oxc_text_add_clipped(text, bytes, length);
        return;
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

/** Adds a string. The compiler knows the length of a literal. */
static inline void oxc_text_add(oxc_text *text, const char *string)
{
    oxc_text_add_bytes(text, string, strlen(string));
}

#endif /* OXC_TEXT_H */
