/* wire.h
 * TCP segments and UDP datagrams that go through libwireshark with the plugin, inside the fuzz
 * target
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_FUZZ_WIRE_H
#define OXC_FUZZ_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WIRE_MOST_FRAMES = 512, WIRE_MOST_PAYLOAD = 32768 };

enum { WIRE_FIN = 0x01, WIRE_SYN = 0x02, WIRE_RST = 0x04, WIRE_PUSH = 0x08, WIRE_ACK = 0x10 };

/** One direction of a TCP connection between the client and the server, which each input has of its
 *  own. */
typedef struct {
    uint16_t client_port;
    uint16_t server_port;
    bool to_server;
} wire_direction;

/** Starts libwireshark with the plugin, once for the process; with built-in settings, and no other
 *  plugin. */
void wire_start(void);

/** Begins an input: forgets the frames. */
void wire_clear(void);

/** Appends a TCP segment. The sequence numbers follow from those before it.
 *  @param flags     of WIRE_FIN, ...
 *  @param payload   copied, at most WIRE_MOST_PAYLOAD bytes of it
 *  @param captured  bytes of the payload that the capture holds
 *  @param skipped   bytes of the direction that were lost in front of it
 *  @param pause     nanoseconds since the frame before
 *  @return false where no more fit */
bool wire_add(const wire_direction *direction, unsigned flags, const uint8_t *payload, size_t size,
              size_t captured, uint32_t skipped, int64_t pause);

/** Appends the last segment of the direction once more. */
void wire_repeat(const wire_direction *direction);

/** Appends a UDP datagram from the server to the client. Returns false where no more fit. */
bool wire_add_datagram(uint16_t server_port, uint16_t client_port, const uint8_t *payload,
                       size_t size);

/** Dissects all frames twice, as Wireshark does: first without a tree, then with tree and columns.
 *  They stand in one file with those of some inputs before. If one goes wrong and does not alone,
 * it does after those: run the target with as many -runs and the same -seed. */
void wire_dissect(void);

#endif /* OXC_FUZZ_WIRE_H */
