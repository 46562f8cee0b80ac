/* make_capture.c
 * Writes big captures of clean traffic, fast: sessions whose waits end again and again
 *
 * Each session has a client of its own and two TCP connections. On the first it opens the session,
 * logs on, makes its asynchronous context, registers for notifications, and fetches; on the second
 * it waits. All sessions are open at the same time. A wait ends with a notification after 30
 * seconds, or, every fourth, without any after five minutes; that one can be cancelled by the
 * client and ended with a fault instead. At the end the session is closed, and the server gives up
 * the wait that is out.
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HANDLE_SIZE = 20, MESSAGE_MAX = 1024, FRAME_HEADERS = 54, TCP_HEADER = 20 };
enum { SERVER_PORT = 49876, CLIENT_PORT = 50001, WINDOW = 64240 };
enum { TCP_FIN = 0x01, TCP_SYN = 0x02, TCP_PSH = 0x08, TCP_ACK = 0x10 };
enum { PDU_REQUEST = 0, PDU_RESPONSE = 2, PDU_FAULT = 3, PDU_BIND = 11, PDU_BIND_ACK = 12 };
enum { PDU_CANCEL = 18 };
enum { PDU_HEADER = 24 };

/* Most frames that a session sends in a row, for the time between them. */
enum { BURST_FRAMES = 32 };

static const uint64_t second = 1000000000;
static const uint64_t longest_gap = 487213; /* times are not round in real traffic either */
static const unsigned slot_seconds = 30;    /* a notification comes so much after its wait */
static const unsigned slots_of_empty = 10;  /* and the end of a wait without any so many slots */
static const unsigned empty_every = 4;
static const uint32_t server_address = 0xC0000214; /* 192.0.2.20 */
static const uint32_t first_client = 0x0A000001;   /* 10.0.0.1 */

/* A message, or the payload of a frame. */
typedef struct {
    uint8_t bytes[MESSAGE_MAX];
    size_t length;
} message;

/* By direction: 0 to the server, 1 to the client. */
typedef struct {
    uint32_t seq[2];
    uint16_t ip_id[2];
    uint16_t port; /* of the client */
    uint32_t call_id;
} connection;

typedef struct {
    connection calls, waits;
    uint32_t number;
    uint32_t due; /* slot of its next burst */
    uint32_t waits_left;
    uint32_t wait_call;
    bool empty; /* the wait that is out ends without a notification */
} session;

typedef struct {
    FILE *file;
    uint64_t time; /* nanoseconds since the epoch */
    uint64_t gap;  /* to the next frame */
    bool faults;   /* instead of waits that end without an event */
    uint64_t frames, waits, notified, no_event, other_error, cancelled;
} capture;

/* --- bytes --- */

static void put(message *to, const void *bytes, size_t length)
{
    if (length > MESSAGE_MAX - to->length)
        abort();
    memcpy(to->bytes + to->length, bytes, length);
    to->length += length;
}

static void put_little(message *to, uint64_t value, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = (uint8_t)(value >> (8 * i));

        put(to, &byte, 1);
    }
}

static void put8(message *to, uint8_t value)
{
    put(to, &value, 1);
}

static void put16(message *to, uint16_t value)
{
    put_little(to, value, 2);
}

static void put32(message *to, uint32_t value)
{
    put_little(to, value, 4);
}

static void put64(message *to, uint64_t value)
{
    put_little(to, value, 8);
}

static void put_text(message *to, const char *text)
{
    put(to, text, strlen(text) + 1);
}

static void align(message *to, size_t start, size_t alignment)
{
    while ((to->length - start) % alignment != 0)
        put8(to, 0);
}

static void store_little16(uint8_t *to, size_t value)
{
    to[0] = (uint8_t)value;
    to[1] = (uint8_t)(value >> 8);
}

static void store_big16(uint8_t *to, size_t value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

static void store_big32(uint8_t *to, uint32_t value)
{
    store_big16(to, value >> 16);
    store_big16(to + 2, value & 0xFFFF);
}

static void store_little32(uint8_t *to, uint32_t value)
{
    store_little16(to, value & 0xFFFF);
    store_little16(to + 2, value >> 16);
}

/* --- frames --- */

static uint32_t sum_words(const uint8_t *bytes, size_t length, uint32_t sum)
{
    for (size_t i = 0; i + 1 < length; i += 2)
        sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
    if (length % 2 != 0)
        sum += (uint32_t)(bytes[length - 1] << 8);
    return sum;
}

static uint16_t fold(uint32_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint16_t)~sum;
}

static void store_mac(uint8_t *to, uint32_t address)
{
    to[0] = 0x02;
    to[1] = 0x00;
    store_big32(to + 2, address);
}

static void store_ip(uint8_t *ip, uint32_t from, uint32_t to, uint16_t id, size_t payload)
{
    ip[0] = 0x45;
    store_big16(ip + 2, 40 + payload);
    store_big16(ip + 4, id);
    ip[6] = 0x40;
    ip[8] = 128;
    ip[9] = 6;
    store_big32(ip + 12, from);
    store_big32(ip + 16, to);
    store_big16(ip + 10, fold(sum_words(ip, 20, 0)));
}

static void store_tcp(uint8_t *tcp, const connection *on, unsigned direction, uint8_t flags,
                      const message *payload)
{
    const uint8_t *ip = tcp - 20;
    uint32_t sum;

    store_big16(tcp, direction == 0 ? on->port : SERVER_PORT);
    store_big16(tcp + 2, direction == 0 ? SERVER_PORT : on->port);
    store_big32(tcp + 4, on->seq[direction]);
    if (flags & TCP_ACK)
        store_big32(tcp + 8, on->seq[!direction]);
    tcp[12] = 0x50;
    tcp[13] = flags;
    store_big16(tcp + 14, WINDOW);
    sum = 6 + TCP_HEADER + (uint32_t)payload->length;
    sum = sum_words(ip + 12, 8, sum);
    sum = sum_words(tcp, TCP_HEADER, sum);
    store_big16(tcp + 16, fold(sum_words(payload->bytes, payload->length, sum)));
}

static void write_frame(capture *to, const session *of, connection *on, unsigned direction,
                        uint8_t flags, const message *payload)
{
    uint8_t head[16 + FRAME_HEADERS] = {0};
    uint8_t *frame = head + 16;
    uint32_t addresses[2] = {first_client + of->number, server_address};
    size_t length = FRAME_HEADERS + payload->length;

    store_little32(head, (uint32_t)(to->time / second));
    store_little32(head + 4, (uint32_t)(to->time % second));
    store_little32(head + 8, (uint32_t)length);
    store_little32(head + 12, (uint32_t)length);
    store_mac(frame, addresses[!direction]);
    store_mac(frame + 6, addresses[direction]);
    store_big16(frame + 12, 0x0800);
    store_ip(frame + 14, addresses[direction], addresses[!direction], on->ip_id[direction]++,
             payload->length);
    store_tcp(frame + 34, on, direction, flags, payload);
    fwrite(head, 1, sizeof head, to->file);
    fwrite(payload->bytes, 1, payload->length, to->file);
    on->seq[direction] += (uint32_t)payload->length + ((flags & (TCP_SYN | TCP_FIN)) != 0 ? 1 : 0);
    to->time += to->gap;
    to->frames++;
}

static void write_bare(capture *to, const session *of, connection *on, unsigned direction,
                       uint8_t flags)
{
    static const message nothing;

    write_frame(to, of, on, direction, flags, &nothing);
}

static void write_ack(capture *to, const session *of, connection *on, unsigned direction)
{
    write_bare(to, of, on, direction, TCP_ACK);
}

static void open_connection(capture *to, const session *of, connection *on)
{
    write_bare(to, of, on, 0, TCP_SYN);
    write_bare(to, of, on, 1, TCP_SYN | TCP_ACK);
    write_ack(to, of, on, 0);
}

static void close_connection(capture *to, const session *of, connection *on)
{
    write_bare(to, of, on, 0, TCP_FIN | TCP_ACK);
    write_bare(to, of, on, 1, TCP_FIN | TCP_ACK);
    write_ack(to, of, on, 0);
}

/* --- DCE/RPC, [C706] 12.6 --- */

static void put_common_header(message *to, uint8_t type, uint32_t call_id)
{
    const uint8_t begin[] = {5, 0, type, 0x03, 0x10, 0, 0, 0, 0, 0, 0, 0};

    put(to, begin, sizeof begin);
    put32(to, call_id);
}

/* A request or response without its stub, which follows. */
static message begin_call(uint8_t type, uint32_t call_id, uint16_t opnum)
{
    message pdu = {.length = 0};

    put_common_header(&pdu, type, call_id);
    put32(&pdu, 0);
    put16(&pdu, 0);
    put16(&pdu, type == PDU_REQUEST ? opnum : 0);
    return pdu;
}

static void send_pdu(capture *to, const session *of, connection *on, message *pdu)
{
    uint8_t type = pdu->bytes[2];
    unsigned direction = type == PDU_REQUEST || type == PDU_BIND || type == PDU_CANCEL ? 0 : 1;

    store_little16(pdu->bytes + 8, pdu->length);
    if (type == PDU_REQUEST || type == PDU_RESPONSE || type == PDU_FAULT)
        store_little32(pdu->bytes + 16, (uint32_t)pdu->length - PDU_HEADER);
    write_frame(to, of, on, direction, TCP_PSH | TCP_ACK, pdu);
}

static const uint8_t ndr_syntax[20] = {0x04, 0x5D, 0x88, 0x8A, 0xEB, 0x1C, 0xC9, 0x11, 0x9F, 0xE8,
                                       0x08, 0x00, 0x2B, 0x10, 0x48, 0x60, 0x02, 0x00, 0x00, 0x00};
static const uint8_t emsmdb_syntax[20] = {0x00, 0xDB, 0xF1, 0xA4, 0x47, 0xCA, 0x67,
                                          0x10, 0xB3, 0x1F, 0x00, 0xDD, 0x01, 0x06,
                                          0x62, 0xDA, 0x00, 0x00, 0x51, 0x00};
static const uint8_t asyncemsmdb_syntax[20] = {0x4A, 0x57, 0x61, 0x52, 0x72, 0x45, 0x6E,
                                               0x20, 0xB2, 0x68, 0x6B, 0x19, 0x92, 0x13,
                                               0xB4, 0xE4, 0x00, 0x00, 0x01, 0x00};

static void bind(capture *to, const session *of, connection *on, const uint8_t *syntax,
                 uint32_t asked_group)
{
    message pdu = {.length = 0};

    put_common_header(&pdu, PDU_BIND, ++on->call_id);
    put32(&pdu, 5840 << 16 | 5840);
    put32(&pdu, asked_group);
    put32(&pdu, 1);
    put32(&pdu, 1 << 16);
    put(&pdu, syntax, 20);
    put(&pdu, ndr_syntax, 20);
    send_pdu(to, of, on, &pdu);

    pdu.length = 0;
    put_common_header(&pdu, PDU_BIND_ACK, on->call_id);
    put32(&pdu, 5840 << 16 | 5840);
    put32(&pdu, of->number + 1);
    put16(&pdu, 6);
    put_text(&pdu, "49876");
    align(&pdu, 0, 4);
    put32(&pdu, 1);
    put32(&pdu, 0);
    put(&pdu, ndr_syntax, 20);
    send_pdu(to, of, on, &pdu);
}

/* --- EMSMDB and AsyncEMSMDB, [MS-OXCRPC] 3.1.4 and 3.3.4 --- */

static const char user_dn[] =
    "/o=First Organization/ou=First Administrative Group/cn=Recipients/cn=janedow";
static const char dn_prefix[] =
    "/o=First Organization/ou=First Administrative Group/cn=Recipients/cn=";

/* A handle that looks like the UUID that it is made from. @p kind tells CXH and ACXH apart. */
static void put_handle(message *to, const session *of, uint32_t kind)
{
    uint64_t mixed = (uint64_t)of->number * 2 + kind + 1;

    put32(to, 0);
    for (unsigned i = 0; i < 2; i++) {
        mixed = (mixed ^ mixed >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
        mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94D049BB133111EB);
        mixed ^= mixed >> 31;
        put64(to, mixed);
    }
}

static void put_cxh(message *to, const session *of)
{
    put_handle(to, of, 0);
}

static void put_acxh(message *to, const session *of)
{
    put_handle(to, of, 1);
}

static void put_string(message *to, const char *text)
{
    uint32_t size = (uint32_t)strlen(text) + 1;

    put32(to, size);
    put32(to, 0);
    put32(to, size);
    put(to, text, size);
}

/* An extended buffer of one block, [MS-OXCRPC] 2.2.2.1. */
static void put_extended_buffer(message *to, const message *payload, bool xor)
{
    put16(to, 0);
    put16(to, xor? 0x0006 : 0x0004);
    put16(to, (uint16_t)payload->length);
    put16(to, (uint16_t)payload->length);
    for (size_t i = 0; i < payload->length; i++)
        put8(to, (uint8_t)(payload->bytes[i] ^ (xor? 0xA5 : 0)));
}

/* rgbIn and what follows it, or rgbOut and what follows that. */
static void put_rops(message *to, const message *payload, bool request, bool xor)
{
    uint32_t size = (uint32_t)payload->length + 8;

    put32(to, size);
    if (!request) {
        put32(to, 0);
        put32(to, size);
    }
    put_extended_buffer(to, payload, xor);
    align(to, PDU_HEADER, 4);
    put32(to, size);
    if (request)
        put32(to, 0x18008); /* room for the answer */
    /* No auxiliary buffer. */
    put32(to, 0);
    if (!request) {
        put32(to, 0);
        put32(to, 0);
    }
    put32(to, 0);
    put32(to, request ? 0x1008 : 1); /* room for rgbAuxOut; pulTransTime */
    if (!request)
        put32(to, 0);
}

static void connect_session(capture *to, session *of)
{
    static const uint16_t client_version[] = {0x0F00, 0x9144, 0x03F9};
    static const uint16_t server_version[] = {0x0F00, 0x8450, 0x0004};
    uint32_t call = ++of->calls.call_id;
    message pdu = begin_call(PDU_REQUEST, call, 10);

    put_string(&pdu, user_dn);
    align(&pdu, PDU_HEADER, 4);
    put32(&pdu, 0);
    put32(&pdu, 0x00340567);
    put32(&pdu, 0);
    put32(&pdu, 1252);
    put32(&pdu, 0x0409);
    put32(&pdu, 0x0409);
    put32(&pdu, 0xFFFFFFFF);
    put16(&pdu, 1);
    for (unsigned i = 0; i < 3; i++)
        put16(&pdu, client_version[i]);
    put32(&pdu, 0);
    put32(&pdu, 0);
    put32(&pdu, 0);
    put32(&pdu, 0x1008);
    send_pdu(to, of, &of->calls, &pdu);

    pdu = begin_call(PDU_RESPONSE, call, 0);
    put_cxh(&pdu, of);
    put32(&pdu, 60000);
    put32(&pdu, 6);
    put32(&pdu, 10000);
    put16(&pdu, (uint16_t)(of->number + 1));
    align(&pdu, PDU_HEADER, 4);
    put32(&pdu, 0x00020000);
    put_string(&pdu, dn_prefix);
    align(&pdu, PDU_HEADER, 4);
    put32(&pdu, 0x00020004);
    put_string(&pdu, "Jane Dow");
    align(&pdu, PDU_HEADER, 2);
    for (unsigned i = 0; i < 3; i++)
        put16(&pdu, server_version[i]);
    for (unsigned i = 0; i < 3; i++)
        put16(&pdu, client_version[i]);
    align(&pdu, PDU_HEADER, 4);
    put32(&pdu, 0x0E2B5C31);
    for (unsigned i = 0; i < 5; i++)
        put32(&pdu, 0);
    send_pdu(to, of, &of->calls, &pdu);
}

/* One EcDoRpcExt2 call, with what its two ROP buffers carry. */
static void call_rops(capture *to, session *of, const message *in, const message *out, bool xor)
{
    uint32_t call = ++of->calls.call_id;
    message pdu = begin_call(PDU_REQUEST, call, 11);

    put_cxh(&pdu, of);
    put32(&pdu, 3);
    put_rops(&pdu, in, true, false);
    send_pdu(to, of, &of->calls, &pdu);

    pdu = begin_call(PDU_RESPONSE, call, 0);
    put_cxh(&pdu, of);
    put32(&pdu, 0);
    put_rops(&pdu, out, false, xor);
    send_pdu(to, of, &of->calls, &pdu);
}

/* RopSize, which counts itself, over what the payload holds by now. */
static void set_rop_size(message *payload)
{
    store_little16(payload->bytes, payload->length);
}

/* [MS-OXCROPS] 2.2.3.1 */
static void log_on(capture *to, session *of)
{
    static const uint8_t rest[] = {
        0x07, 0x7D, 0x3A, 0x5C, 0x1E, 0x0B, 0x2F, 0x48, 0xD6, 0x9A, 0x44, 0xC0, 0xFF, 0xEE,
        0x00, 0xD1, 0xE5, 0x01, 0x00, 0x51, 0xE0, 0x9D, 0x2B, 0x8C, 0x6F, 0x4F, 0x1A, 0x8D,
        0x3E, 0x77, 0x66, 0x55, 0x44, 0xAA, 0x01, 0x00, 0x00, 0x09, 0x01, 0x04, 0x03, 0xE8,
        0x07, 0x00, 0x40, 0x2C, 0x5A, 0x1D, 0x6E, 0xDA, 0x01, 0x00, 0x00, 0x00, 0x00};
    message in = {.length = 2}, out = {.length = 2};

    put8(&in, 0xFE);
    put16(&in, 0);
    put8(&in, 1);
    put32(&in, 0x0100000C);
    put32(&in, 0);
    put16(&in, sizeof user_dn);
    put_text(&in, user_dn);
    set_rop_size(&in);
    put32(&in, 0xFFFFFFFF);

    put8(&out, 0xFE);
    put8(&out, 0);
    put32(&out, 0);
    put8(&out, 1);
    for (unsigned i = 0; i < 13; i++)
        put64(&out, UINT64_C(0xD100FFFFFFFFFFF4) + i);
    put(&out, rest, sizeof rest);
    set_rop_size(&out);
    put32(&out, 0x10);
    call_rops(to, of, &in, &out, false);
}

static void connect_context(capture *to, session *of)
{
    uint32_t call = ++of->calls.call_id;
    message pdu = begin_call(PDU_REQUEST, call, 14);

    put_cxh(&pdu, of);
    send_pdu(to, of, &of->calls, &pdu);
    pdu = begin_call(PDU_RESPONSE, call, 0);
    put_acxh(&pdu, of);
    put32(&pdu, 0);
    send_pdu(to, of, &of->calls, &pdu);
}

/* [MS-OXCNOTIF] 2.2.1.2.1 */
static void register_notification(capture *to, session *of)
{
    message in = {.length = 2}, out = {.length = 2};

    put8(&in, 0x29);
    put16(&in, 0);
    put8(&in, 1);
    put16(&in, 0x0006);
    put8(&in, 1);
    set_rop_size(&in);
    put32(&in, 0x10);
    put32(&in, 0xFFFFFFFF);

    put8(&out, 0x29);
    put8(&out, 1);
    put32(&out, 0);
    set_rop_size(&out);
    put32(&out, 0x10);
    put32(&out, 0x11);
    call_rops(to, of, &in, &out, false);
}

/* What was waited for: a new mail, 2.2.1.4.1.2. */
static void fetch(capture *to, session *of)
{
    message in = {.length = 2}, out = {.length = 2};

    set_rop_size(&in);
    put8(&out, 0x2A);
    put32(&out, 0x11);
    put8(&out, 0);
    put16(&out, 0x8002);
    put64(&out, UINT64_C(0xD101000000000001));
    put64(&out, UINT64_C(0x4523010000000000) + of->waits_left);
    put32(&out, 0);
    put8(&out, 0);
    put_text(&out, "IPM.Note");
    set_rop_size(&out);
    call_rops(to, of, &in, &out, true);
}

static void begin_wait(capture *to, session *of)
{
    message pdu;

    of->wait_call = ++of->waits.call_id;
    pdu = begin_call(PDU_REQUEST, of->wait_call, 0);
    put_acxh(&pdu, of);
    put32(&pdu, 0);
    send_pdu(to, of, &of->waits, &pdu);
    to->waits++;
    of->waits_left--;
    of->empty = (of->number + of->waits_left) % empty_every == 0;
}

static void end_wait(capture *to, session *of, uint32_t flags, uint32_t status)
{
    message pdu = begin_call(PDU_RESPONSE, of->wait_call, 0);

    put32(&pdu, flags);
    put32(&pdu, status);
    send_pdu(to, of, &of->waits, &pdu);
}

static void cancel_wait(capture *to, session *of)
{
    static const uint32_t nca_s_fault_cancel = 0x1C00000D;
    message pdu = {.length = 0};

    put_common_header(&pdu, PDU_CANCEL, of->wait_call);
    send_pdu(to, of, &of->waits, &pdu);
    pdu = begin_call(PDU_FAULT, of->wait_call, 0);
    put32(&pdu, nca_s_fault_cancel);
    put32(&pdu, 0);
    send_pdu(to, of, &of->waits, &pdu);
}

static void disconnect(capture *to, session *of)
{
    static const uint8_t null_handle[HANDLE_SIZE];
    uint32_t call = ++of->calls.call_id;
    message pdu = begin_call(PDU_REQUEST, call, 1);

    put_cxh(&pdu, of);
    send_pdu(to, of, &of->calls, &pdu);
    pdu = begin_call(PDU_RESPONSE, call, 0);
    put(&pdu, null_handle, sizeof null_handle);
    put32(&pdu, 0);
    send_pdu(to, of, &of->calls, &pdu);
}

/* --- what a session does --- */

static void next_wait(capture *to, session *of, uint32_t slot)
{
    begin_wait(to, of);
    write_ack(to, of, &of->waits, 1);
    of->due = slot + (of->empty && of->waits_left > 0 ? slots_of_empty : 1);
}

static void begin_session(capture *to, session *of)
{
    open_connection(to, of, &of->calls);
    bind(to, of, &of->calls, emsmdb_syntax, 0);
    connect_session(to, of);
    log_on(to, of);
    connect_context(to, of);
    register_notification(to, of);
    write_ack(to, of, &of->calls, 0);
    open_connection(to, of, &of->waits);
    bind(to, of, &of->waits, asyncemsmdb_syntax, of->number + 1);
    next_wait(to, of, 0);
}

static void continue_session(capture *to, session *of, uint32_t slot)
{
    if (of->empty && to->faults) {
        cancel_wait(to, of);
        to->cancelled++;
    } else if (of->empty) {
        end_wait(to, of, 0, 0);
        to->no_event++;
    } else {
        end_wait(to, of, 1, 0);
        to->notified++;
        fetch(to, of);
        write_ack(to, of, &of->calls, 0);
    }
    next_wait(to, of, slot);
}

static void end_session(capture *to, session *of)
{
    disconnect(to, of);
    end_wait(to, of, 0, 0x80004005);
    to->other_error++;
    close_connection(to, of, &of->waits);
    close_connection(to, of, &of->calls);
    of->due = UINT32_MAX;
}

static void init_connection(connection *on, uint16_t port, uint32_t number)
{
    *on = (connection){.port = port,
                       .seq = {number * 7919 + port, number * 104729 + port},
                       .ip_id = {0x1000, 0x1000}};
}

static void write_session(capture *to, session *of, uint32_t slot)
{
    if (slot == 0)
        begin_session(to, of);
    else if (of->waits_left == 0)
        end_session(to, of);
    else
        continue_session(to, of, slot);
}

/* Slot by slot, each session at its own place within the slot. */
static void write_sessions(capture *to, session *sessions, uint32_t count)
{
    uint64_t begin = UINT64_C(1709542800) * second;
    uint64_t slot_time = slot_seconds * second, share = slot_time / count;
    uint32_t left = count;

    to->gap = share / (BURST_FRAMES + 1) < longest_gap ? share / (BURST_FRAMES + 1) : longest_gap;
    for (uint32_t slot = 0; left > 0; slot++) {
        for (uint32_t i = 0; i < count; i++) {
            if (sessions[i].due != slot)
                continue;
            to->time = begin + slot * slot_time + i * share;
            write_session(to, &sessions[i], slot);
            if (sessions[i].due == UINT32_MAX)
                left--;
        }
    }
}

/* --- the program --- */

static bool parse_count(const char *text, uint32_t most, uint32_t *count)
{
    char *end;
    unsigned long long value;

    errno = 0;
    value = strtoull(text, &end, 10);
    *count = (uint32_t)value;
    return errno == 0 && *end == '\0' && value >= 1 && value <= most;
}

static void write_header(FILE *file)
{
    message header = {.length = 0};

    put32(&header, 0xA1B23C4D); /* nanoseconds */
    put16(&header, 2);
    put16(&header, 4);
    put64(&header, 0);
    put32(&header, 0x40000);
    put32(&header, 1); /* Ethernet */
    fwrite(header.bytes, 1, header.length, file);
}

static bool make(capture *to, uint32_t count, uint32_t waits)
{
    session *sessions = (session *)calloc(count, sizeof *sessions);

    if (!sessions)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        sessions[i] = (session){.number = i, .waits_left = waits};
        init_connection(&sessions[i].calls, CLIENT_PORT, i);
        init_connection(&sessions[i].waits, CLIENT_PORT + 1, i);
    }
    write_header(to->file);
    write_sessions(to, sessions, count);
    free(sessions);
    return true;
}

static void print_totals(const capture *made, uint32_t sessions)
{
    printf("{\"frames\": %" PRIu64 ", \"contexts\": %" PRIu32 ", \"waits\": %" PRIu64
           ", \"notified\": %" PRIu64 ", \"no_event\": %" PRIu64 ", \"other_error\": %" PRIu64
           ", \"cancelled\": %" PRIu64 "}\n",
           made->frames, sessions, made->waits, made->notified, made->no_event, made->other_error,
           made->cancelled);
}

int main(int argc, char **argv)
{
    uint32_t sessions, waits;
    capture made = {.frames = 0};
    bool written;

    made.faults = argc == 5 && strcmp(argv[4], "faults") == 0;
    if (argc != (made.faults ? 5 : 4) || !parse_count(argv[1], 10000000, &sessions) ||
        !parse_count(argv[2], 10000000, &waits)) {
        fprintf(stderr, "Usage: make_capture SESSIONS WAITS FILE [faults]\n"
                        "Writes a capture and prints what it holds as JSON.\n");
        return 1;
    }
    made.file = fopen(argv[3], "wb");
    if (!made.file) {
        perror(argv[3]);
        return 1;
    }
    setvbuf(made.file, NULL, _IOFBF, 1 << 20);
    written = make(&made, sessions, waits) && !ferror(made.file);
    if (fclose(made.file) != 0 || !written) {
        fprintf(stderr, "make_capture: %s could not be written\n", argv[3]);
        return 1;
    }
    print_totals(&made, sessions);
    return 0;
}
