/* span.c
 * Pieces of the text of a message
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "span.h"

bool oxc_span_number(oxc_span span, unsigned base, uint64_t *number)
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
