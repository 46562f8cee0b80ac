/* fuzz_lz77.c
 * Decompression of any stream to any size
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "decode/buffers/lz77.h"

#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

/* Two bytes: how much is asked for, as SizeActual; the rest is the stream. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    size_t wanted = fuzz_number(&input, 2), in_size = input.left;
    uint8_t *in = fuzz_block(&input, &in_size);
    uint8_t *out = (uint8_t *)malloc(wanted > 0 ? wanted : 1);
    oxc_lz77_result result;

    FUZZ_CHECK(out != NULL);
    result = oxc_lz77_decompress(in, in_size, out, wanted);
    FUZZ_CHECK(result.produced <= wanted);
    FUZZ_CHECK(result.used <= in_size);
    FUZZ_CHECK(result.status != OXC_LZ77_OK || result.produced == wanted);
    FUZZ_CHECK(result.status == OXC_LZ77_OK || !result.clipped);
    free(out);
    free(in);
    return 0;
}
