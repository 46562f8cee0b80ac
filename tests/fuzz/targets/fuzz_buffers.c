/* fuzz_buffers.c
 * Extended buffers, what they hold and what is shown of it, in an EcDoRpcExt2 call whose stubs are
 * as they should be
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <glib.h>

#include "fuzz.h"
#include "wire.h"
#include "talk.h"

enum { OPNUM_RPC_EXT2 = 11, HANDLE_SIZE = 20, MOST_BLOCKS = 128 };

enum {
    CHOOSES_RESPONSE = 0x01,
    CHOOSES_AUXILIARY = 0x02,
    CHOOSES_BLOCKS = 0x04, /* only payloads follow; their headers are made here */
    CHOOSES_XOR = 0x08,    /* of those */
    CHOOSES_CUT = 0x10,    /* by the number of bytes that follows */
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    wire_start();
    return 0;
}

static void put(GByteArray *to, uint32_t value, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = (uint8_t)(value >> (8 * i));

        g_byte_array_append(to, &byte, 1);
    }
}

static void put_bytes(GByteArray *to, const GByteArray *from)
{
    g_byte_array_append(to, from->data, from->len);
    while (to->len % 4 != 0)
        put(to, 0, 1);
}

/* A payload with RPC_HEADER_EXT, [MS-OXCRPC] 2.2.2.1, in front of it. */
static void put_block(GByteArray *to, const uint8_t *payload, size_t size, bool obfuscated,
                      bool last)
{
    put(to, 0, 2);
    put(to, (obfuscated ? 2 : 0) | (last ? 4 : 0), 2);
    put(to, (uint32_t)size, 2);
    put(to, (uint32_t)size, 2);
    for (size_t i = 0; i < size; i++)
        put(to, obfuscated ? payload[i] ^ 0xA5u : payload[i], 1);
}

/* Payloads, each with its size in two bytes in front, but for the last. */
static GByteArray *make_blocks(fuzz_input *input, bool obfuscated)
{
    GByteArray *buffer = g_byte_array_new();

    for (unsigned i = 0; i < MOST_BLOCKS; i++) {
        size_t size = fuzz_number(input, 2) & 0x7FFF;
        bool last = size >= input->left;
        uint8_t *payload = fuzz_block(input, &size);

        put_block(buffer, payload, size, obfuscated, last);
        free(payload);
        if (last)
            break;
    }
    return buffer;
}

static GByteArray *make_buffer(fuzz_input *input, unsigned choices)
{
    GByteArray *buffer;

    if (choices & CHOOSES_BLOCKS)
        return make_blocks(input, (choices & CHOOSES_XOR) != 0);
    buffer = g_byte_array_new();
    g_byte_array_append(buffer, input->data, (guint)MIN(input->left, WIRE_MOST_PAYLOAD));
    return buffer;
}

static void put_handle(GByteArray *stub)
{
    put(stub, 0, 4);
    for (unsigned i = 4; i < HANDLE_SIZE; i++)
        put(stub, 'A', 1);
}

static GByteArray *make_request(const GByteArray *rops, const GByteArray *auxiliary)
{
    GByteArray *stub = g_byte_array_new();

    put_handle(stub);
    put(stub, 3, 4);
    put(stub, rops->len, 4);
    put_bytes(stub, rops);
    put(stub, rops->len, 4);
    put(stub, 0x18008, 4);
    put(stub, auxiliary->len, 4);
    put_bytes(stub, auxiliary);
    put(stub, auxiliary->len, 4);
    put(stub, 0x1008, 4);
    return stub;
}

static void put_varying(GByteArray *stub, const GByteArray *bytes)
{
    put(stub, bytes->len, 4);
    put(stub, 0, 4);
    put(stub, bytes->len, 4);
    put_bytes(stub, bytes);
    put(stub, bytes->len, 4);
}

static GByteArray *make_response(const GByteArray *rops, const GByteArray *auxiliary)
{
    GByteArray *stub = g_byte_array_new();

    put_handle(stub);
    put(stub, 0, 4);
    put_varying(stub, rops);
    put_varying(stub, auxiliary);
    put(stub, 1, 4);
    put(stub, 0, 4);
    return stub;
}

/* The choices, with CHOOSES_CUT a byte for it; the rest is the buffer. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    unsigned choices = fuzz_byte(&input);
    talk t = {.captured_less = choices & CHOOSES_CUT ? fuzz_byte(&input) : 0, .call_id = 2};
    GByteArray *none = g_byte_array_new(), *buffer = make_buffer(&input, choices);
    bool auxiliary = (choices & CHOOSES_AUXILIARY) != 0,
         response = (choices & CHOOSES_RESPONSE) != 0;
    const GByteArray *rops = auxiliary ? none : buffer, *others = auxiliary ? buffer : none;
    GByteArray *request = response ? make_request(none, none) : make_request(rops, others);
    GByteArray *answer = response ? make_response(rops, others) : NULL;

    wire_clear();
    talk_bind(&t);
    talk_request(&t, OPNUM_RPC_EXT2, request->data, request->len);
    if (answer)
        talk_response(&t, answer->data, answer->len);
    wire_dissect();
    g_byte_array_free(request, TRUE);
    if (answer)
        g_byte_array_free(answer, TRUE);
    g_byte_array_free(buffer, TRUE);
    g_byte_array_free(none, TRUE);
    return 0;
}
