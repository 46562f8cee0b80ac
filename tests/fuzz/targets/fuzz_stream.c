/* fuzz_stream.c
 * An HTTP connection, and what MAPI over HTTP puts into it: however it is cut, the same comes out
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <glib.h>

#include "capture/string_names.h"
#include "transport/mapi_over_http/inner_stream.h"
#include "transport/mapi_over_http/message_head.h"

#include "fuzz.h"

enum { MOST_HELD = 200000 };

/* What came out, as a hash. How bodies were cut is no part of it. */
typedef struct {
    oxc_stream_state *stream;
    oxc_inner_stream inner;
    oxc_hashing told;
    oxc_hashing bodies[2];
    unsigned requests;
} receiver;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static void tell(receiver *to, uint64_t what, uint64_t place)
{
    const uint64_t both[] = {what, place};

    oxc_hashing_add(&to->told, both, sizeof both);
}

static void read_head(const oxc_http_head *head)
{
    oxc_message_head fields;

    FUZZ_CHECK(head->bytes.size > 0 && head->bytes.size <= OXC_HTTP_HEAD_MAX);
    FUZZ_CHECK(head->fields.size < head->bytes.size);
    oxc_message_head_read(head, &fields);
    FUZZ_CHECK(fields.cookies.other_count <= OXC_HTTP_COOKIES_MAX);
    oxc_is_endpoint_request(&head->start);
    oxc_is_endpoint_response(&fields);
}

static void *take_request(void *user, const oxc_http_head *head)
{
    receiver *to = (receiver *)user;

    read_head(head);
    tell(to, 1, head->position);
    return GUINT_TO_POINTER(++to->requests);
}

static void take_begin(void *user, void *request, uint64_t position)
{
    tell((receiver *)user, 2, (uint64_t)GPOINTER_TO_UINT(request) << 40 ^ position);
}

static void take_response(void *user, void *request, const oxc_http_head *head)
{
    receiver *to = (receiver *)user;

    read_head(head);
    memset(&to->inner, 0, sizeof to->inner);
    tell(to, 3, (uint64_t)GPOINTER_TO_UINT(request) << 40 ^ head->position);
}

static void take_tag(void *user, oxc_meta_tag tag, size_t end)
{
    FUZZ_CHECK(end > 0);
    tell((receiver *)user, 4, tag);
}

static void take_field(void *user, const oxc_field *field, size_t end, size_t size)
{
    FUZZ_CHECK(end > 0 && size > 0 && field->name.size + field->value.size < OXC_INNER_LINE_MAX);
    tell((receiver *)user, 5, field->value.size);
}

static void take_fields_end(void *user, size_t end)
{
    FUZZ_CHECK(end > 0);
    tell((receiver *)user, 6, 0);
}

static void take_inner_body(void *user, size_t position, size_t size)
{
    FUZZ_CHECK(size > 0);
    (void)user;
    (void)position;
}

static void take_invalid(void *user, size_t position)
{
    (void)position;
    tell((receiver *)user, 7, 0);
}

static void take_body(void *user, bool to_client, void *request, uint64_t position,
                      const uint8_t *bytes, size_t size)
{
    static const oxc_inner_sink inner = {take_tag, take_field, take_fields_end, take_inner_body,
                                         take_invalid};
    receiver *to = (receiver *)user;

    (void)request;
    FUZZ_CHECK(size > 0 && position + size == oxc_stream_position(to->stream, to_client));
    oxc_hashing_add(&to->bodies[to_client], bytes, size);
    if (to_client)
        oxc_inner_stream_feed(&to->inner, bytes, size, &inner, to);
}

static void take_end(void *user, bool to_client, void *request, uint64_t position,
                     oxc_stream_end how)
{
    receiver *to = (receiver *)user;

    (void)request;
    tell(to, 8 + (uint64_t)how + (to_client ? 100 : 0), position);
    tell(to, oxc_hashing_result(&to->bodies[to_client]), 0);
}

static bool is_answer(void *user, void *request, const oxc_http_head *head)
{
    (void)user;
    return GPOINTER_TO_UINT(request) % 3 == head->start.status % 3;
}

static void take_too_large(void *user, bool to_client, uint64_t position)
{
    tell((receiver *)user, 11 + (to_client ? 100 : 0), position);
}

static const oxc_stream_sink sink = {
    .request = take_request,
    .begin = take_begin,
    .response = take_response,
    .body = take_body,
    .end = take_end,
    .answers = is_answer,
    .too_large = take_too_large,
};

static void feed(receiver *to, bool to_client, const uint8_t *bytes, size_t size, size_t segment)
{
    for (size_t at = 0; at < size; at += segment) {
        fuzz_input input = {bytes + at, size - at};
        size_t part = segment;
        uint8_t *block = fuzz_block(&input, &part);

        oxc_stream_feed(to->stream, to_client, block, part, to);
        free(block);
    }
}

static uint64_t run(const uint8_t *data, size_t size, size_t segment)
{
    fuzz_input input = {data, size};
    receiver to = {.stream = NULL};

    to.stream = oxc_stream_new(&sink, (fuzz_byte(&input) & 1) != 0);
    oxc_hashing_begin(&to.told);
    oxc_hashing_begin(&to.bodies[0]);
    oxc_hashing_begin(&to.bodies[1]);
    while (input.left > 0) {
        unsigned choice = fuzz_byte(&input);
        size_t part = fuzz_number(&input, 2);

        part = MIN(part, input.left);
        feed(&to, choice & 1, input.data, part, segment);
        input.data += part;
        input.left -= part;
        if ((choice & 0x0E) == 0x0E)
            oxc_stream_lose(to.stream, (choice & 0x10) != 0, &to);
        else if ((choice & 0x0E) == 0x0C)
            oxc_stream_close(to.stream, (choice & 0x10) != 0, &to);
        FUZZ_CHECK(oxc_stream_memory(to.stream) < MOST_HELD);
    }
    tell(&to, oxc_stream_position(to.stream, false), oxc_stream_position(to.stream, true));
    oxc_stream_free(to.stream);
    return oxc_hashing_result(&to.told);
}

/* A byte: bit 0: the connection begins with the input. Then pieces: a byte (bit 0: to the client;
 * bits 1 to 3 all set: bytes are lost behind it, two of them: that direction closes, bit 4: which),
 * two bytes of length, so many bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint64_t whole = run(data, size, SIZE_MAX / 2);

    FUZZ_CHECK(run(data, size, 1) == whole);
    FUZZ_CHECK(run(data, size, 61) == whole);
    return 0;
}
