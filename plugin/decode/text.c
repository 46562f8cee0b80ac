/* text.c
 * Puts short texts together without printf, which would cost more than the rest of the analysis
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "text.h"

#include <stdio.h>

enum { MOST_DIGITS = 20, MOST_HEX_DIGITS = 16 };

void oxc_text_add_clipped(oxc_text *text, const char *bytes, size_t length)
{
    size_t left = OXC_TEXT_MAX - 1 - text->length;

    if (length > left) {
        length = left;
        while (length > 0 && ((uint8_t)bytes[length] & 0xC0) == 0x80)
            length--;
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

void oxc_text_add_number(oxc_text *text, uint64_t number)
{
    char digits[MOST_DIGITS];
    size_t start = MOST_DIGITS;

    do {
        digits[--start] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    oxc_text_add_bytes(text, digits + start, MOST_DIGITS - start);
}

void oxc_text_add_hex(oxc_text *text, uint64_t number, size_t digits)
{
    static const char hex[] = "0123456789abcdef";
    char bytes[2 + MOST_HEX_DIGITS] = {'0', 'x'};
    size_t length = 2 + (digits < MOST_HEX_DIGITS ? digits : MOST_HEX_DIGITS);

    for (size_t i = length; i > 2; number >>= 4)
        bytes[--i] = hex[number & 0xF];
    oxc_text_add_bytes(text, bytes, length);
}

/* Half a millisecond goes the way that printf() rounds the number of seconds, which is not up or
 * down for all. */
static void add_half_milliseconds(oxc_text *text, int64_t nanoseconds)
{
    char seconds[32];

    snprintf(seconds, sizeof seconds, "%.3f", (double)nanoseconds / 1e9);
    oxc_text_add(text, seconds);
}

void oxc_text_add_seconds(oxc_text *text, int64_t nanoseconds)
{
    enum { MILLISECOND = 1000000 };
    uint64_t size = nanoseconds < 0 ? 0 - (uint64_t)nanoseconds : (uint64_t)nanoseconds;
    uint64_t milliseconds = (size + MILLISECOND / 2) / MILLISECOND;
    char decimals[4] = {'.'};

    if (size % MILLISECOND == MILLISECOND / 2) {
        add_half_milliseconds(text, nanoseconds);
        return;
    }
    if (nanoseconds < 0)
        oxc_text_add(text, "-");
    oxc_text_add_number(text, milliseconds / 1000);
    for (size_t i = sizeof decimals - 1; i > 0; milliseconds /= 10)
        decimals[i--] = (char)('0' + milliseconds % 10);
    oxc_text_add_bytes(text, decimals, sizeof decimals);
}
