/* fuzz_rops.c
 * The walk over a ROP buffer, whole or cut by the capture
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "decode/buffers/rops.h"

#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static void check_rop(const oxc_rop_buffer *buffer, const oxc_rop *rop)
{
    FUZZ_CHECK(rop->count <= OXC_ROP_ELEMENTS_MAX);
    FUZZ_CHECK(rop->offset + rop->length <= buffer->captured);
    for (size_t i = 0; i < rop->count; i++) {
        const oxc_element *element = &rop->elements[i];

        FUZZ_CHECK(element->field < OXC_FIELD_COUNT);
        FUZZ_CHECK((size_t)element->offset + element->length <= buffer->captured);
        FUZZ_CHECK(element->offset >= rop->offset);
    }
    FUZZ_CHECK(rop->state == OXC_READ_WHOLE || rop->state == OXC_READ_UNKNOWN ||
               rop->fault_field < OXC_FIELD_COUNT);
    oxc_rop_interpret(buffer, rop);
}

static void walk(oxc_rop_buffer *buffer)
{
    oxc_rop rop = {0};
    size_t rops = 0;
    uint32_t handle;

    while (oxc_rop_next(buffer, &rop)) {
        check_rop(buffer, &rop);
        FUZZ_CHECK(++rops <= buffer->captured);
    }
    for (size_t place = 0; place < buffer->table_count && place < 512; place++)
        FUZZ_CHECK(oxc_rop_handle(buffer, place, &handle) ||
                   buffer->table_offset + 4 * place + 4 > buffer->captured);
}

/* One byte: 1 for a request, 2 for a payload that the capture cut; with 2, two bytes that say how
 * much is missing; the rest is the payload. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    unsigned choice = fuzz_byte(&input);
    size_t missing = choice & 2 ? fuzz_number(&input, 2) : 0, captured = input.left;
    uint8_t *payload = fuzz_block(&input, &captured);
    oxc_rop_buffer buffer;

    oxc_rop_buffer_open(&buffer, payload, captured, captured + missing, (choice & 1) != 0);
    walk(&buffer);
    free(payload);
    return 0;
}
