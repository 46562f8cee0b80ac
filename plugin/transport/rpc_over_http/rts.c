/* rts.c
 * Reads the RTS PDUs that name a virtual connection
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rts.h"

#include <string.h>

/* [C706] 12.6.3.1 */
enum { DREP_LITTLE_ENDIAN_ASCII = 0x10 };

/* Flags, 2.2.3.6.1 */
enum { IN_CHANNEL = 0x0008, OUT_CHANNEL = 0x0010 };

/* Commands, 2.2.3.5 */
enum {
    RECEIVE_WINDOW_SIZE = 0x0,
    FLOW_CONTROL_ACK = 0x1,
    CONNECTION_TIMEOUT = 0x2,
    COOKIE = 0x3,
    CHANNEL_LIFETIME = 0x4,
    CLIENT_KEEPALIVE = 0x5,
    VERSION = 0x6,
    CLIENT_ADDRESS = 0xB,
    ASSOCIATION_GROUP_ID = 0xC,
    DESTINATION = 0xD,
};

enum { COMMAND_TYPE_SIZE = 4, MAX_COMMANDS = 8 };

/* Where the cookie of the virtual connection is in such a PDU: after Version and its own type. */
enum { COOKIE_OFFSET = OXC_RTS_HEADER_SIZE + 8 + COMMAND_TYPE_SIZE };

static uint16_t read16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t read32(const uint8_t *bytes)
{
    return (uint32_t)read16(bytes) | (uint32_t)read16(bytes + 2) << 16;
}

/* An RTS PDU of which every byte is there. */
static bool is_whole_rts(const uint8_t *pdu, size_t size)
{
    return size >= OXC_RTS_HEADER_SIZE && pdu[0] == 5 && pdu[2] == OXC_RTS_PTYPE &&
           pdu[4] == DREP_LITTLE_ENDIAN_ASCII && read16(pdu + 8) >= OXC_RTS_HEADER_SIZE &&
           read16(pdu + 8) <= size;
}

/* Bytes after the type of a command that such a PDU may carry, or 0. */
static size_t command_size(uint32_t command, const uint8_t *body, size_t left)
{
    static const uint8_t sizes[] = {
        [RECEIVE_WINDOW_SIZE] = 4,
        [CONNECTION_TIMEOUT] = 4,
        [COOKIE] = OXC_RTS_COOKIE_SIZE,
        [CHANNEL_LIFETIME] = 4,
        [CLIENT_KEEPALIVE] = 4,
        [VERSION] = 4,
        [ASSOCIATION_GROUP_ID] = OXC_RTS_COOKIE_SIZE,
        [DESTINATION] = 4,
    };

    /* Type of address, an address of IPv4 or IPv6, 12 bytes of padding: 2.2.3.2. */
    if (command == CLIENT_ADDRESS)
        return left < 4 ? 0 : read32(body) == 0 ? 20 : 32;
    return command < sizeof sizes ? sizes[command] : 0;
}

/* Fills @p commands with the types of the commands; returns how many there are, or 0. */
static unsigned list_commands(const uint8_t *pdu, uint32_t commands[MAX_COMMANDS])
{
    size_t offset = OXC_RTS_HEADER_SIZE, end = read16(pdu + 8);
    unsigned count = read16(pdu + 18);

    if (count > MAX_COMMANDS)
        return 0;
    for (unsigned i = 0; i < count; i++) {
        size_t size;

        if (end - offset < COMMAND_TYPE_SIZE)
            return 0;
        commands[i] = read32(pdu + offset);
        offset += COMMAND_TYPE_SIZE;
        size = command_size(commands[i], pdu + offset, end - offset);
        if (size == 0 || size > end - offset)
            return 0;
        offset += size;
    }
    return count;
}

static bool has_command(const uint32_t *commands, unsigned count, uint32_t command)
{
    for (unsigned i = 0; i < count; i++) {
        if (commands[i] == command)
            return true;
    }
    return false;
}

/* Between client and proxy no flag tells IN from OUT: CONN/B1 carries a ClientKeepalive, and a
 * successor of an IN channel no ReceiveWindowSize. */
static bool is_in_channel(uint16_t flags, bool recycles, const uint32_t *commands, unsigned count)
{
    if (flags & (IN_CHANNEL | OUT_CHANNEL))
        return (flags & IN_CHANNEL) != 0;
    if (recycles)
        return !has_command(commands, count, RECEIVE_WINDOW_SIZE);
    return has_command(commands, count, CLIENT_KEEPALIVE);
}

bool oxc_rts_read_opening(const uint8_t *pdu, size_t size, oxc_rts_opening *opening)
{
    uint32_t commands[MAX_COMMANDS];
    unsigned count;

    if (!is_whole_rts(pdu, size))
        return false;
    count = list_commands(pdu, commands);
    if (count < 4 || commands[0] != VERSION || commands[1] != COOKIE || commands[2] != COOKIE)
        return false;
    opening->recycles = commands[3] == COOKIE;
    opening->in = is_in_channel(read16(pdu + 16), opening->recycles, commands, count);
    memcpy(opening->virtual_connection, pdu + COOKIE_OFFSET, OXC_RTS_COOKIE_SIZE);
    return true;
}
