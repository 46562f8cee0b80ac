/* fuzz_segments.c
 * TCP segments with any payload on several connections: DCE/RPC over TCP, RPC over HTTP, and what
 * is between proxy and server
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fuzz.h"
#include "wire.h"

/* Of a connection: two of each kind go to port 49876, two more to the others. */
static const uint16_t server_ports[] = {49876, 49876, 80, 80, 80, 6001, 6001, 6004};

enum { CONNECTIONS = sizeof server_ports / sizeof server_ports[0], FIRST_CLIENT_PORT = 50001 };

enum {
    CHOOSES_SERVER = 0x08, /* it comes from the server */
    CHOOSES_WAY = 0x70,    /* of the enumeration below */
    CHOOSES_CUT = 0x80,    /* a byte follows: so much is missing in the capture */
};

enum { WAY_DATA, WAY_LATE, WAY_FIN, WAY_RST, WAY_LOST, WAY_REPEAT, WAY_EARLIER, WAY_SYN };

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    wire_start();
    return 0;
}

static unsigned flags_of(unsigned way)
{
    switch (way) {
    case WAY_FIN:
        return WIRE_ACK | WIRE_FIN;
    case WAY_RST:
        return WIRE_ACK | WIRE_RST;
    case WAY_SYN:
        return WIRE_SYN;
    default:
        return WIRE_ACK | WIRE_PUSH;
    }
}

static int64_t pause_of(unsigned way)
{
    const int64_t second = INT64_C(1000000000);

    return way == WAY_LATE ? 305 * second : way == WAY_EARLIER ? -3 * second : 1000000;
}

static bool add_segment(fuzz_input *input)
{
    unsigned choices = fuzz_byte(input), way = (choices & CHOOSES_WAY) >> 4;
    unsigned connection = choices % CONNECTIONS;
    size_t missing = choices & CHOOSES_CUT ? fuzz_byte(input) : 0;
    wire_direction direction = {(uint16_t)(FIRST_CLIENT_PORT + connection),
                                server_ports[connection], (choices & CHOOSES_SERVER) == 0};
    size_t size = fuzz_number(input, 2);
    uint8_t *payload = fuzz_block(input, &size);
    bool added =
        wire_add(&direction, flags_of(way), payload, size, size - (missing < size ? missing : size),
                 way == WAY_LOST ? 100 : 0, pause_of(way));

    if (way == WAY_REPEAT)
        wire_repeat(&direction);
    free(payload);
    return added;
}

/* Segments: the choices, with CHOOSES_CUT a byte for it, the size in two bytes, the payload. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};

    wire_clear();
    while (input.left > 0 && add_segment(&input))
        ;
    wire_dissect();
    return 0;
}
