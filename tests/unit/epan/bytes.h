/* bytes.h
 * Bytes written in hex, in memory of exactly their size
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_TEST_BYTES_H
#define OXC_TEST_BYTES_H

#include <glib.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
    uint8_t *data; /* its own block, so that a sanitizer sees what reads beyond */
    size_t size;
} bytes;

static inline bytes bytes_copy(const uint8_t *data, size_t size)
{
    bytes copy = {.data = (uint8_t *)g_malloc(size), .size = size};

    if (size > 0)
        memcpy(copy.data, data, size);
    return copy;
}

/* Blanks stand wherever they help to read. */
static inline bytes bytes_from_hex(const char *hex)
{
    uint8_t *data = (uint8_t *)g_malloc(strlen(hex) / 2 + 1);
    size_t digits = 0;
    bytes result;

    for (; *hex; hex++) {
        int digit = g_ascii_xdigit_value(*hex);

        if (digit < 0)
            continue;
        if (digits % 2 == 0)
            data[digits / 2] = (uint8_t)(digit << 4);
        else
            data[digits / 2] = (uint8_t)(data[digits / 2] | digit);
        digits++;
    }
    result = bytes_copy(data, digits / 2);
    g_free(data);
    return result;
}

static inline void bytes_free(bytes *b)
{
    g_free(b->data);
    b->data = NULL;
    b->size = 0;
}

#endif /* OXC_TEST_BYTES_H */
