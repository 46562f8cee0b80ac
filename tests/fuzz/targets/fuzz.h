/* fuzz.h
 * What the fuzz targets share: bytes to choices, and checks that end the process
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_FUZZ_H
#define OXC_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** What a fuzz target defines, as libFuzzer knows it. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** Ends the process, which the fuzzer takes for a crash. */
#define FUZZ_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition);              \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/** An input that is used up from its start. */
typedef struct {
    const uint8_t *data;
    size_t left;
} fuzz_input;

/** Up to four bytes as a big-endian number; bytes that are not there are 0. */
static inline uint32_t fuzz_number(fuzz_input *input, size_t size)
{
    uint32_t value = 0;

    for (; size > 0; size--) {
        value <<= 8;
        if (input->left > 0) {
            value |= *input->data++;
            input->left--;
        }
    }
    return value;
}

static inline uint8_t fuzz_byte(fuzz_input *input)
{
    return (uint8_t)fuzz_number(input, 1);
}

/** A block of exactly @p size bytes, at most what is left, so that a sanitizer sees what reads
 *  beyond; to be freed with free(). */
static inline uint8_t *fuzz_block(fuzz_input *input, size_t *size)
{
    uint8_t *block;

    if (*size > input->left)
        *size = input->left;
    block = (uint8_t *)malloc(*size > 0 ? *size : 1);
    FUZZ_CHECK(block != NULL);
    if (*size > 0)
        memcpy(block, input->data, *size);
    input->data += *size;
    input->left -= *size;
    return block;
}

#endif /* OXC_FUZZ_H */
