/* fuzz_mapi.c
 * The bodies of a call of MAPI over HTTP, both ways, and the inner stream of its response; the
 * heads around them are as they should be
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <glib.h>

#include "fuzz.h"
#include "wire.h"

enum {
    CHOOSES_TYPE = 0x07,
    CHOOSES_INNER = 0x08,   /* the response's bytes are all of its inner stream */
    CHOOSES_CHUNKED = 0x10, /* the response, in chunks of eight bytes and more */
    CHOOSES_SPLIT = 0x20,   /* into segments of 100 bytes */
    CHOOSES_CUT = 0x40,     /* by the number of bytes that follows */
    CHOOSES_TWICE = 0x80,
};
enum { SEGMENT = 100, LEAST_CHUNK = 8, MOST_BODY = 16384 };

static const char *const types[] = {"Connect", "Execute", "Disconnect", "NotificationWait",
                                    "PING",    "Bind",    "Execute",    "NotificationWait"};

static const char inner_head[] = "PROCESSING\r\nPENDING\r\nDONE\r\nX-ResponseCode: 0\r\n"
                                 "X-ElapsedTime: 41\r\n\r\n";

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    wire_start();
    return 0;
}

static void send_bytes(const GString *bytes, bool to_server, unsigned choices, size_t missing)
{
    const wire_direction direction = {50001, 80, to_server};
    size_t most = choices & CHOOSES_SPLIT ? SEGMENT : WIRE_MOST_PAYLOAD;

    for (size_t at = 0; at < bytes->len; at += most) {
        size_t size = MIN(most, bytes->len - at);

        wire_add(&direction, WIRE_ACK | WIRE_PUSH, (const uint8_t *)bytes->str + at, size,
                 size - MIN(size, missing), 0, 1000000);
    }
}

static void append_chunked(GString *to, const uint8_t *bytes, size_t size)
{
    for (size_t at = 0, chunk = LEAST_CHUNK; at < size; at += chunk, chunk *= 2) {
        chunk = MIN(chunk, size - at);
        g_string_append_printf(to, "%zx\r\n", chunk);
        g_string_append_len(to, (const char *)bytes + at, (gssize)chunk);
        g_string_append(to, "\r\n");
    }
    g_string_append(to, "0\r\n\r\n");
}

static void send_request(unsigned number, unsigned choices, const uint8_t *body, size_t size,
                         size_t missing)
{
    GString *message = g_string_new(NULL);
    const char *type = types[choices & CHOOSES_TYPE];

    g_string_append_printf(
        message,
        "POST /mapi/emsmdb/?MailboxId=1@example.com HTTP/1.1\r\n"
        "Host: mail.example.com\r\nContent-Type: application/mapi-http\r\n"
        "X-RequestType: %s\r\nX-RequestId: {1}:%u\r\n%s"
        "Content-Length: %zu\r\n\r\n",
        type, number,
        strcmp(type, "Connect") == 0 ? "" : "Cookie: MapiContext=c; MapiSequence=s\r\n", size);
    g_string_append_len(message, (const char *)body, (gssize)size);
    send_bytes(message, true, choices, missing);
    g_string_free(message, TRUE);
}

static void send_response(unsigned number, unsigned choices, const uint8_t *body, size_t size,
                          size_t missing)
{
    GString *message = g_string_new(NULL), *inner = g_string_new(NULL);

    if (!(choices & CHOOSES_INNER))
        g_string_append(inner, inner_head);
    g_string_append_len(inner, (const char *)body, (gssize)size);
    g_string_append_printf(message,
                           "HTTP/1.1 200 OK\r\nContent-Type: application/mapi-http\r\n"
                           "X-RequestType: %s\r\nX-RequestId: {1}:%u\r\nX-ResponseCode: 0\r\n"
                           "Set-Cookie: MapiContext=c\r\nSet-Cookie: MapiSequence=s\r\n",
                           types[choices & CHOOSES_TYPE], number);
    if (choices & CHOOSES_CHUNKED) {
        g_string_append(message, "Transfer-Encoding: chunked\r\n\r\n");
        append_chunked(message, (const uint8_t *)inner->str, inner->len);
    } else {
        g_string_append_printf(message, "Content-Length: %zu\r\n\r\n", inner->len);
        g_string_append_len(message, inner->str, (gssize)inner->len);
    }
    send_bytes(message, false, choices, missing);
    g_string_free(inner, TRUE);
    g_string_free(message, TRUE);
}

/* The choices, with CHOOSES_CUT a byte for it, the size of the request's body in two bytes, that
 * body; the rest is the response's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    unsigned choices = fuzz_byte(&input);
    size_t missing = choices & CHOOSES_CUT ? fuzz_byte(&input) : 0;
    size_t body = fuzz_number(&input, 2);
    uint8_t *request = fuzz_block(&input, &body);

    wire_clear();
    for (unsigned i = 1; i <= (choices & CHOOSES_TWICE ? 2 : 1); i++) {
        send_request(i, choices, request, MIN(body, MOST_BODY), missing);
        send_response(i, choices, input.data, MIN(input.left, MOST_BODY), missing);
    }
    free(request);
    wire_dissect();
    return 0;
}
