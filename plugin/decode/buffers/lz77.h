/* lz77.h
 * Plain LZ77 with DIRECT2 encoding, bounded by the size that the header promises
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_LZ77_H
#define OXC_LZ77_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    OXC_LZ77_OK,           /**< all the bytes asked for were produced */
    OXC_LZ77_ENDS_EARLY,   /**< the stream ends before that, maybe inside an element */
    OXC_LZ77_BAD_DISTANCE, /**< a match reaches before the first byte produced */
    OXC_LZ77_BAD_LENGTH,   /**< a match length in 16 or 32 bits that has a shorter form */
} oxc_lz77_status;

typedef struct {
    oxc_lz77_status status;
    size_t produced; /**< bytes written to the output, on failure too */
    size_t used;     /**< bytes of the input read; on failure where the broken element starts */
    bool clipped;    /**< the last match is longer than what was asked for */
} oxc_lz77_result;

/** Decompresses a payload, [MS-OXCRPC] 3.1.4.1.1.2 and [MS-XCA] 2.4. Stops as soon as @p out_size
 *  bytes are produced, whatever follows and wherever in an element that is: servers and clients
 *  end their streams in several ways, with and without the end bit. Works in time proportional to
 *  @p in_size + @p out_size and allocates nothing. */
oxc_lz77_result oxc_lz77_decompress(const uint8_t *in, size_t in_size, uint8_t *out,
                                    size_t out_size);

#endif /* OXC_LZ77_H */
