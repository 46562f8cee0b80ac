/* lz77.c
 * Plain LZ77 with DIRECT2 encoding, bounded by the size that the header promises
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "lz77.h"

enum {
    SHORTEST_MATCH = 3,
    LENGTH_IN_NIBBLE = 7, /* the three bits of the match are full */
    LENGTH_IN_BYTE = 15,  /* the nibble is full */
    LENGTH_IN_WORD = 255, /* the byte is full */
};

typedef struct {
    const uint8_t *in;
    size_t in_size;
    size_t used;
    uint8_t *out;
    size_t out_size;
    size_t produced;
    bool has_nibble; /* the high half of #nibbles is the next length */
    uint8_t nibbles;
    bool clipped;
    oxc_lz77_status status;
} lz77_state;

static bool end_with(lz77_state *state, oxc_lz77_status status)
{
    state->status = status;
    return false;
}

static bool take(lz77_state *state, unsigned size, uint32_t *value)
{
    unsigned i;

    if (state->in_size - state->used < size)
        return end_with(state, OXC_LZ77_ENDS_EARLY);
    *value = 0;
    for (i = 0; i < size; i++)
        *value |= (uint32_t)state->in[state->used++] << 8 * i;
    return true;
}

/* Two matches share a byte: the first takes the low half, the second the high half. */
static bool take_nibble(lz77_state *state, uint32_t *value)
{
    uint32_t byte;

    if (state->has_nibble) {
        *value = state->nibbles >> 4;
        state->has_nibble = false;
        return true;
    }
    if (!take(state, 1, &byte))
        return false;
    state->nibbles = (uint8_t)byte;
    state->has_nibble = true;
    *value = byte & 0xF;
    return true;
}

/* The whole length less SHORTEST_MATCH; a word of 0 announces 32 bits ([MS-XCA] 2.4.4). */
static bool take_word_length(lz77_state *state, uint32_t *length)
{
    if (!take(state, 2, length))
        return false;
    if (*length == 0 && !take(state, 4, length))
        return false;
    if (*length < LENGTH_IN_NIBBLE + LENGTH_IN_BYTE)
        return end_with(state, OXC_LZ77_BAD_LENGTH);
    return true;
}

static bool take_long_length(lz77_state *state, uint32_t *length)
{
    if (!take_nibble(state, length))
        return false;
    if (*length < LENGTH_IN_BYTE) {
        *length += LENGTH_IN_NIBBLE;
        return true;
    }
    if (!take(state, 1, length))
        return false;
    if (*length == LENGTH_IN_WORD)
        return take_word_length(state, length);
    *length += LENGTH_IN_NIBBLE + LENGTH_IN_BYTE;
    return true;
}

static bool take_match(lz77_state *state)
{
    uint32_t match, length;
    size_t distance, left;

    if (!take(state, 2, &match))
        return false;
    distance = (match >> 3) + 1;
    length = match & LENGTH_IN_NIBBLE;
    if (length == LENGTH_IN_NIBBLE && !take_long_length(state, &length))
        return false;
    if (distance > state->produced)
        return end_with(state, OXC_LZ77_BAD_DISTANCE);
    left = state->out_size - state->produced;
    state->clipped = length > left || length + SHORTEST_MATCH > left;
    if (!state->clipped)
        left = length + SHORTEST_MATCH;
    for (; left > 0; left--, state->produced++)
        state->out[state->produced] = state->out[state->produced - distance];
    return true;
}

static bool take_literal(lz77_state *state)
{
    uint32_t byte;

    if (!take(state, 1, &byte))
        return false;
    state->out[state->produced++] = (uint8_t)byte;
    return true;
}

/* The elements of one 32-bit mask, the most significant bit first. */
static bool take_group(lz77_state *state, size_t *start)
{
    uint32_t mask, bit;

    if (!take(state, 4, &mask))
        return false;
    for (bit = UINT32_C(1) << 31; bit != 0 && state->produced < state->out_size; bit >>= 1) {
        bool is_match = mask & bit;

        *start = state->used;
        if (!(is_match ? take_match(state) : take_literal(state)))
            return false;
    }
    *start = state->used;
    return true;
}

oxc_lz77_result oxc_lz77_decompress(const uint8_t *in, size_t in_size, uint8_t *out,
                                    size_t out_size)
{
    lz77_state state = {.in = in, .in_size = in_size, .out = out, .out_size = out_size};
    size_t start = 0;

    while (state.produced < out_size && take_group(&state, &start))
        ;
    return (oxc_lz77_result){
        .status = state.status,
        .produced = state.produced,
        .used = state.status == OXC_LZ77_OK ? state.used : start,
        .clipped = state.clipped,
    };
}
