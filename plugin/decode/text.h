/* text.h
 * Puts short texts together without printf, which would cost more than the rest of the analysis
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_TEXT_H
#define OXC_TEXT_H

#include <stddef.h>
#include <stdint.h>

/** As much as a column holds; what is beyond it is cut off. */
enum { OXC_TEXT_MAX = 1024 };

/** A text that is always terminated. Begin with oxc_text_clear(). */
typedef struct {
    size_t length;
    char bytes[OXC_TEXT_MAX];
} oxc_text;

void oxc_text_clear(oxc_text *text);
void oxc_text_add(oxc_text *text, const char *string);

/** Decimal digits. */
void oxc_text_add_number(oxc_text *text, uint64_t number);

/** "0x" and so many hexadecimal digits, up to sixteen. */
void oxc_text_add_hex(oxc_text *text, uint64_t number, size_t digits);

/** Seconds with three decimals as printf() would show them, such as "1.004".
 *  @param nanoseconds  may be negative */
void oxc_text_add_seconds(oxc_text *text, int64_t nanoseconds);

#endif /* OXC_TEXT_H */
