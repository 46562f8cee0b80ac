/* fuzz_push.c
 * EcRRegisterPushNotification, and datagrams to whatever address it names
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fuzz.h"
#include "talk.h"
#include "wire.h"

enum { REGISTER_PUSH = 4, SERVER_PORT = 50100 };

enum {
    CHOOSES_NDR64 = 0x01,
    CHOOSES_BIG_CLIENT = 0x02,
    CHOOSES_BIG_SERVER = 0x04,
    CHOOSES_FRAGMENTS = 0x08,
    CHOOSES_CALLS = 0x30, /* more of them, alike */
    CHOOSES_EARLY = 0x40, /* the datagrams come before the last response, too */
};

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    wire_start();
    return 0;
}

static void send_datagrams(fuzz_input input)
{
    while (input.left > 0) {
        uint16_t port = (uint16_t)fuzz_number(&input, 2);
        size_t size = fuzz_byte(&input);
        uint8_t *payload = fuzz_block(&input, &size);

        wire_add_datagram(SERVER_PORT, port, payload, size);
        free(payload);
    }
}

/* The choices; the stubs of request and response, each behind its size in two bytes; datagrams: the
 * port in two bytes, the size in one, the payload. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    unsigned choices = fuzz_byte(&input);
    talk t = {
        .ndr64 = (choices & CHOOSES_NDR64) != 0,
        .big_endian = {(choices & CHOOSES_BIG_CLIENT) != 0, (choices & CHOOSES_BIG_SERVER) != 0},
        .fragmented = (choices & CHOOSES_FRAGMENTS) != 0};
    size_t request_size = fuzz_number(&input, 2), response_size;
    uint8_t *request = fuzz_block(&input, &request_size), *response;

    response_size = fuzz_number(&input, 2);
    response = fuzz_block(&input, &response_size);
    wire_clear();
    talk_bind(&t);
    for (unsigned i = 0; i <= (choices & CHOOSES_CALLS) >> 4; i++) {
        t.call_id++;
        talk_request(&t, REGISTER_PUSH, request, request_size);
        if (choices & CHOOSES_EARLY)
            send_datagrams(input);
        talk_response(&t, response, response_size);
    }
    send_datagrams(input);
    wire_dissect();
    free(request);
    free(response);
    return 0;
}
