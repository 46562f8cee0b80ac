/* wire.c
 * TCP segments and UDP datagrams that go through libwireshark with the plugin, inside the fuzz
 * target
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "wire.h"

#include <string.h>

#include <epan/packet.h>

#include "epan/host.h"

enum { IP_SIZE = 20, TCP_SIZE = 20, UDP_SIZE = 8, HEADERS = IP_SIZE + TCP_SIZE };
enum { MOST_CONNECTIONS = 16 };

typedef struct {
    uint16_t ports[2]; /* client, server */
    uint32_t next[2];  /* sequence numbers: to the server, to the client */
    size_t last[2];    /* index of the last frame, plus 1 */
} wire_connection;

/* What is made of the input at hand. */
static struct {
    host_packet packets[WIRE_MOST_FRAMES];
    size_t count;
    wire_connection connections[MOST_CONNECTIONS];
    size_t connection_count;
    int64_t time;
} file;

/* Most of the time it would take Wireshark to begin a file: so many inputs make one, each with
 * hosts of its own and a day after the one before. */
enum { INPUTS_PER_FILE = 64, FRAMES_PER_FILE = 4096 };

static struct {
    size_t inputs, frames;
} whole;

/* Fits DATFunc_heur. Of those who look at any bytes only DCE/RPC may: others have bugs of their
 * own, and the fuzzer finds the words that they look for. */
static void disable_foreign(const gchar *table, struct heur_dtbl_entry *entry, gpointer user)
{
    (void)table;
    (void)user;
    if (strcmp(proto_get_protocol_filter_name(proto_get_id(entry->protocol)), "dcerpc") != 0)
        entry->enabled = FALSE;
}

void wire_start(void)
{
    /* Each allocation is a block of its own, so that a sanitizer sees what reads beyond. */
    g_setenv("WIRESHARK_DEBUG_WMEM_OVERRIDE", "simple", TRUE);
    host_init();
    heur_dissector_table_foreach("tcp", disable_foreign, NULL);
}

void wire_clear(void)
{
    for (size_t i = 0; i < file.count; i++)
        g_free(file.packets[i].bytes);
    file.count = file.connection_count = 0;
    file.time = (INT64_C(1709542800) + (int64_t)whole.inputs * 86400) * 1000000000;
}

static wire_connection *connection_of(const wire_direction *direction)
{
    wire_connection *made = &file.connections[file.connection_count];

    for (size_t i = 0; i < file.connection_count; i++) {
        wire_connection *found = &file.connections[i];

        if (found->ports[0] == direction->client_port && found->ports[1] == direction->server_port)
            return found;
    }
    if (file.connection_count == MOST_CONNECTIONS)
        return NULL;
    file.connection_count++;
    *made = (wire_connection){.ports = {direction->client_port, direction->server_port},
                              .next = {1000, 2000}};
    return made;
}

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

/* @param size  of the whole packet */
static void write_ip(uint8_t *bytes, uint8_t protocol, size_t way, size_t size)
{
    const uint8_t subnet = (uint8_t)whole.inputs;
    const uint8_t addresses[2][4] = {{10, 0, subnet, 10}, {10, 0, subnet, 20}};

    bytes[0] = 0x45;
    put16(bytes + 2, (uint32_t)size);
    put16(bytes + 6, 0x4000);
    bytes[8] = 128;
    bytes[9] = protocol;
    memcpy(bytes + 12, addresses[way], 4);
    memcpy(bytes + 16, addresses[1 - way], 4);
}

static void write_headers(uint8_t *bytes, const wire_connection *connection, size_t way,
                          unsigned flags, size_t size)
{
    uint8_t *tcp = bytes + IP_SIZE;

    write_ip(bytes, 6, way, HEADERS + size);
    put16(tcp, connection->ports[way]);
    put16(tcp + 2, connection->ports[1 - way]);
    put32(tcp + 4, connection->next[way]);
    put32(tcp + 8, connection->next[1 - way]);
    tcp[12] = (TCP_SIZE / 4) << 4;
    tcp[13] = (uint8_t)flags;
    put16(tcp + 14, 64240);
}

static host_packet *add_frame(int64_t pause, size_t length)
{
    host_packet *frame = &file.packets[file.count];

    if (file.count == WIRE_MOST_FRAMES)
        return NULL;
    file.count++;
    file.time = (int64_t)((uint64_t)file.time + (uint64_t)pause);
    frame->time.secs = file.time / 1000000000;
    frame->time.nsecs = (int)(file.time % 1000000000);
    frame->bytes = (uint8_t *)g_malloc0(length);
    frame->captured = frame->length = (uint32_t)length;
    frame->encapsulation = WTAP_ENCAP_RAW_IP;
    return frame;
}

bool wire_add(const wire_direction *direction, unsigned flags, const uint8_t *payload, size_t size,
              size_t captured, uint32_t skipped, int64_t pause)
{
    wire_connection *connection = connection_of(direction);
    size_t way = direction->to_server ? 0 : 1;
    host_packet *frame;

    size = MIN(size, WIRE_MOST_PAYLOAD);
    captured = MIN(captured, size);
    frame = connection ? add_frame(pause, HEADERS + captured) : NULL;
    if (!frame)
        return false;
    connection->next[way] += skipped;
    write_headers(frame->bytes, connection, way, flags, size);
    if (captured > 0)
        memcpy(frame->bytes + HEADERS, payload, captured);
    frame->length = (uint32_t)(HEADERS + size);
    connection->next[way] += (uint32_t)size + ((flags & (WIRE_SYN | WIRE_FIN)) ? 1 : 0);
    connection->last[way] = file.count;
    return true;
}

void wire_repeat(const wire_direction *direction)
{
    const wire_connection *connection = connection_of(direction);
    size_t last = connection ? connection->last[direction->to_server ? 0 : 1] : 0;
    const host_packet *from = last > 0 ? &file.packets[last - 1] : NULL;
    host_packet *frame = from ? add_frame(1000000, from->captured) : NULL;

    if (!frame)
        return;
    frame->length = from->length;
    memcpy(frame->bytes, from->bytes, from->captured);
}

bool wire_add_datagram(uint16_t server_port, uint16_t client_port, const uint8_t *payload,
                       size_t size)
{
    size_t length = IP_SIZE + UDP_SIZE + MIN(size, WIRE_MOST_PAYLOAD);
    host_packet *frame = add_frame(1000000, length);

    if (!frame)
        return false;
    write_ip(frame->bytes, 17, 1, length);
    put16(frame->bytes + IP_SIZE, server_port);
    put16(frame->bytes + IP_SIZE + 2, client_port);
    put16(frame->bytes + IP_SIZE + 4, (uint32_t)(length - IP_SIZE));
    if (length > IP_SIZE + UDP_SIZE)
        memcpy(frame->bytes + IP_SIZE + UDP_SIZE, payload, length - IP_SIZE - UDP_SIZE);
    return true;
}

void wire_dissect(void)
{
    const host_packet *packets[WIRE_MOST_FRAMES];

    if (whole.inputs == 0)
        host_open(FRAMES_PER_FILE);
    for (size_t i = 0; i < file.count; i++)
        packets[i] = &file.packets[i];
    host_append(packets, file.count);
    whole.inputs++;
    whole.frames += file.count;
    if (whole.inputs < INPUTS_PER_FILE && whole.frames + WIRE_MOST_FRAMES <= FRAMES_PER_FILE)
        return;
    host_close();
    whole.inputs = whole.frames = 0;
}
