/* talk.c
 * PDUs around stubs: binds, requests and responses on one TCP connection
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "talk.h"

#include <glib.h>

#include "fuzz.h"
#include "wire.h"

/* [C706] 12.6.3.1 and 12.6.4 */
enum { REQUEST = 0, RESPONSE = 2, FAULT = 3, BIND = 11, BIND_ACK = 12 };
enum { FIRST = 1, LAST = 2, MOST_STUB = 32000 };

/* Identifier and version, little-endian. */
static const uint8_t emsmdb[20] = {0x00, 0xDB, 0xF1, 0xA4, 0x47, 0xCA, 0x67, 0x10, 0xB3, 0x1F,
                                   0x00, 0xDD, 0x01, 0x06, 0x62, 0xDA, 0x00, 0x00, 0x51, 0x00};
static const uint8_t asyncemsmdb[20] = {0x4A, 0x57, 0x61, 0x52, 0x72, 0x45, 0x6E, 0x20, 0xB2, 0x68,
                                        0x6B, 0x19, 0x92, 0x13, 0xB4, 0xE4, 0x00, 0x00, 0x01, 0x00};
static const uint8_t ndr[20] = {0x04, 0x5D, 0x88, 0x8A, 0xEB, 0x1C, 0xC9, 0x11, 0x9F, 0xE8,
                                0x08, 0x00, 0x2B, 0x10, 0x48, 0x60, 0x02, 0x00, 0x00, 0x00};
static const uint8_t ndr64[20] = {0x33, 0x05, 0x71, 0x71, 0xBA, 0xBE, 0x37, 0x49, 0x83, 0x19,
                                  0xB5, 0xDB, 0xEF, 0x9C, 0xCC, 0x36, 0x01, 0x00, 0x00, 0x00};

static void put(GByteArray *to, bool big, uint32_t value, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        size_t place = big ? size - 1 - i : i;
        uint8_t byte = (uint8_t)(value >> (8 * place));

        g_byte_array_append(to, &byte, 1);
    }
}

static void put_syntax(GByteArray *to, const uint8_t *syntax)
{
    g_byte_array_append(to, syntax, 20);
}

static GByteArray *new_pdu(bool big, unsigned type, unsigned flags, uint32_t call_id)
{
    const uint8_t start[] = {5, 0, (uint8_t)type, (uint8_t)flags, big ? 0 : 0x10, 0, 0, 0};
    GByteArray *pdu = g_byte_array_new();

    g_byte_array_append(pdu, start, sizeof start);
    put(pdu, big, 0, 4);
    put(pdu, big, call_id, 4);
    return pdu;
}

static void send_pdu(GByteArray *pdu, bool big, bool to_server, size_t captured_less)
{
    wire_direction direction = {50001, 49876, to_server};

    pdu->data[big ? 8 : 9] = (uint8_t)(pdu->len >> 8);
    pdu->data[big ? 9 : 8] = (uint8_t)pdu->len;
    wire_add(&direction, WIRE_ACK | WIRE_PUSH, pdu->data, pdu->len,
             pdu->len - MIN(pdu->len, captured_less), 0, 1000000);
    g_byte_array_free(pdu, TRUE);
}

/* Binds are little-endian whatever the stubs are. */
void talk_bind(const talk *t)
{
    GByteArray *pdu = new_pdu(false, BIND, FIRST | LAST, 1);

    put(pdu, false, 5840 | 5840u << 16, 4);
    put(pdu, false, 0, 4); /* a new association */
    put(pdu, false, 1, 4);
    put(pdu, false, 1u << 16, 4);
    put_syntax(pdu, t->asyncemsmdb ? asyncemsmdb : emsmdb);
    put_syntax(pdu, t->ndr64 ? ndr64 : ndr);
    send_pdu(pdu, false, true, 0);

    pdu = new_pdu(false, BIND_ACK, FIRST | LAST, 1);
    put(pdu, false, 5840 | 5840u << 16, 4);
    put(pdu, false, 0x5337, 4);
    put(pdu, false, 0, 4); /* no address, padding */
    put(pdu, false, 1, 4);
    put(pdu, false, 0, 4);
    put_syntax(pdu, t->ndr64 ? ndr64 : ndr);
    send_pdu(pdu, false, false, 0);
}

static void send_fragment(const talk *t, unsigned type, unsigned flags, uint16_t opnum,
                          const uint8_t *stub, size_t size)
{
    bool request = type == REQUEST, big = t->big_endian[request ? 0 : 1];
    GByteArray *pdu = new_pdu(big, type, flags, t->call_id);

    put(pdu, big, (uint32_t)size, 4);
    put(pdu, big, 0, 2);
    put(pdu, big, request ? opnum : 0, 2);
    g_byte_array_append(pdu, stub, (guint)size);
    send_pdu(pdu, big, request, t->captured_less);
}

static void send_call(const talk *t, unsigned type, uint16_t opnum, const uint8_t *stub,
                      size_t size)
{
    size_t half;

    size = MIN(size, MOST_STUB);
    half = size / 2 & ~(size_t)7;
    if (!t->fragmented || half == 0) {
        send_fragment(t, type, FIRST | LAST, opnum, stub, size);
        return;
    }
    send_fragment(t, type, FIRST, opnum, stub, half);
    send_fragment(t, type, LAST, opnum, stub + half, size - half);
}

void talk_request(const talk *t, uint16_t opnum, const uint8_t *stub, size_t size)
{
    send_call(t, REQUEST, opnum, stub, size);
}

void talk_response(const talk *t, const uint8_t *stub, size_t size)
{
    send_call(t, RESPONSE, 0, stub, size);
}

void talk_fault(const talk *t, uint32_t status)
{
    bool big = t->big_endian[1];
    GByteArray *pdu = new_pdu(big, FAULT, FIRST | LAST, t->call_id);

    put(pdu, big, 32, 4);
    put(pdu, big, 0, 4);
    put(pdu, big, status, 4);
    put(pdu, big, 0, 4);
    send_pdu(pdu, big, false, 0);
}
