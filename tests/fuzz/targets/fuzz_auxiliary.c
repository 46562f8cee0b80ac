/* fuzz_auxiliary.c
 * The walk over the blocks of an auxiliary buffer, whole or cut by the capture
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "decode/buffers/auxiliary.h"

#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static void check_block(const oxc_aux_buffer *buffer, const oxc_aux_block *block)
{
    FUZZ_CHECK(block->count <= OXC_AUX_ELEMENTS_MAX);
    FUZZ_CHECK(block->offset + block->size <= buffer->reported);
    for (size_t i = 0; i < block->count; i++) {
        const oxc_element *element = &block->elements[i];

        FUZZ_CHECK(element->field < OXC_AUX_FIELD_COUNT);
        FUZZ_CHECK(element->offset >= block->offset);
        FUZZ_CHECK((size_t)element->offset + element->length <= buffer->captured);
    }
    FUZZ_CHECK(block->state == OXC_READ_WHOLE || block->fault_field < OXC_AUX_FIELD_COUNT);
}

/* One byte: how many bytes the capture cut; the rest is the payload. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    size_t missing = fuzz_byte(&input), captured = input.left, blocks = 0;
    uint8_t *payload = fuzz_block(&input, &captured);
    oxc_aux_buffer buffer = {.data = payload, .captured = captured, .reported = captured + missing};
    oxc_aux_block block = {0};

    while (oxc_aux_next(&buffer, &block)) {
        check_block(&buffer, &block);
        FUZZ_CHECK(++blocks <= captured + 1);
    }
    free(payload);
    return 0;
}
