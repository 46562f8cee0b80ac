/* text.c
 * Puts short texts together without printf, which would cost more than the rest of the analysis
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "text.h"

#include <stdio.h>

#include <glib.h>

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

    for (; number > 9; number /= 10)
        digits[--start] = (char)('0' + number % 10);
    digits[--start] = (char)('0' + number);
    if (start == MOST_DIGITS - 1) { /* as most: the compiler knows the length */
        oxc_text_add_bytes(text, digits + start, 1);
        return;
    }
    oxc_text_add_bytes(text, digits + start, MOST_DIGITS - start);
}

/* Eight digits, the first one in the first byte: a byte for each four bits, all at once. */
static uint64_t hex_digits(uint32_t number)
{
    static const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word = number, letters;

    word = (word | word << 16) & UINT64_C(0x0000FFFF0000FFFF);
    word = (word | word << 8) & UINT64_C(0x00FF00FF00FF00FF);
    word = (word | word << 4) & (ones * 0x0F);
    letters = ((word + ones * 6) >> 4) & ones; /* 1 where the four bits are above 9 */
    word += ones * '0' + letters * ('a' - '9' - 1);
    return GUINT64_TO_BE(word);
}

void oxc_text_add_hex(oxc_text *text, uint64_t number, size_t digits)
{
    uint64_t words[] = {hex_digits((uint32_t)(number >> 32)), hex_digits((uint32_t)number)};
    char bytes[MOST_HEX_DIGITS];

    digits = MIN(digits, MOST_HEX_DIGITS);
    memcpy(bytes, words, sizeof bytes);
    oxc_text_add(text, "0x");
    oxc_text_add_bytes(text, bytes + MOST_HEX_DIGITS - digits, digits);
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
    uint32_t rest;

    if (size % MILLISECOND == MILLISECOND / 2) {
        add_half_milliseconds(text, nanoseconds);
        return;
    }
    if (nanoseconds < 0)
        oxc_text_add(text, "-");
    oxc_text_add_number(text, milliseconds / 1000);
    rest = (uint32_t)(milliseconds % 1000);
    for (size_t i = sizeof decimals - 1; i > 0; rest /= 10)
        decimals[i--] = (char)('0' + rest % 10);
    oxc_text_add_bytes(text, decimals, sizeof decimals);
}
