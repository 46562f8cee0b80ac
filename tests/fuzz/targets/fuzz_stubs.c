/* fuzz_stubs.c
 * The stubs of a call of any method, both ways, in NDR32 or NDR64 and either byte order
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fuzz.h"
#include "wire.h"
#include "talk.h"

enum { ASYNC_WAIT = 15, METHODS = 16 }; /* below it opnums of EMSMDB */

enum {
    CHOOSES_NDR64 = 0x01,
    CHOOSES_BIG_CLIENT = 0x02,
    CHOOSES_BIG_SERVER = 0x04,
    CHOOSES_CUT = 0x08, /* by the number of bytes that follows */
    CHOOSES_FRAGMENTS = 0x10,
    CHOOSES_FAULT = 0x20,
    CHOOSES_TWICE = 0x40,
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    wire_start();
    return 0;
}

static void make_call(talk *t, uint16_t opnum, unsigned choices, fuzz_input input)
{
    size_t size = fuzz_number(&input, 2);
    uint8_t *request = fuzz_block(&input, &size);

    t->call_id++;
    talk_request(t, opnum, request, size);
    free(request);
    if (choices & CHOOSES_FAULT)
        talk_fault(t, fuzz_number(&input, 4));
    else
        talk_response(t, input.data, input.left);
}

/* The method, the choices, with CHOOSES_CUT a byte for it, the size of the request's stub in two
 * bytes, that stub; the rest is the response's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    unsigned method = fuzz_byte(&input) % METHODS, choices = fuzz_byte(&input);
    uint16_t opnum = method == ASYNC_WAIT ? 0 : (uint16_t)method;
    talk t = {
        .asyncemsmdb = method == ASYNC_WAIT,
        .ndr64 = (choices & CHOOSES_NDR64) != 0,
        .big_endian = {(choices & CHOOSES_BIG_CLIENT) != 0, (choices & CHOOSES_BIG_SERVER) != 0},
        .fragmented = (choices & CHOOSES_FRAGMENTS) != 0,
        .captured_less = choices & CHOOSES_CUT ? fuzz_byte(&input) : 0};

    wire_clear();
    talk_bind(&t);
    make_call(&t, opnum, choices, input);
    if (choices & CHOOSES_TWICE)
        make_call(&t, opnum, choices, input);
    wire_dissect();
    return 0;
}
