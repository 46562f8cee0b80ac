/* test_rpch_stream.c
 * The bytes of a channel into messages, PDUs and requests for more
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bytes.h"
#include "transport/rpc_over_http/rpch_stream.h"

#define PDU20   "0500140310000000 1400 0000 00000000 01000000"
#define PDU18   "0500000310000000 1200 0000 02000000 aabb"
#define REQUEST "RPC_IN_DATA /x?a:1 HTTP/1.1\r\nContent-Length: 1073741824\r\n\r\n"

/* What the splitter gave, as text: P and the length for PDUs, M for a message, R and the offset for
 * the rest, L for lost; then + and what it asked for. */
typedef struct {
    packet_info pinfo;
    GString *given;
} receiver;

static void take_pdus(void *user, oxc_run *run)
{
    receiver *to = (receiver *)user;
    int end = 0;

    for (unsigned i = 0; i < run->count; i++) {
        assert_int_equal(run->pdus[i].offset, end);
        end += run->pdus[i].length;
    }
    assert_int_equal(end, (int)tvb_reported_length(run->tvb));
    g_string_append_printf(to->given, "P%d ", end);
}

static void take_head(void *user, const oxc_http_head *head)
{
    (void)user;
    assert_true(head->bytes.size > 0);
}

static void take_message(void *user, tvbuff_t *message)
{
    g_string_append_printf(((receiver *)user)->given, "M%d ", (int)tvb_reported_length(message));
}

static void take_rest(void *user, tvbuff_t *tvb, int offset)
{
    g_string_append_printf(((receiver *)user)->given, "R%d ",
                           tvb_reported_length_remaining(tvb, offset));
}

static void take_lost(void *user)
{
    g_string_append(((receiver *)user)->given, "L ");
}

static void append_request_for_more(receiver *to)
{
    if (to->pinfo.desegment_len == DESEGMENT_ONE_MORE_SEGMENT)
        g_string_append_printf(to->given, "+%d:any", to->pinfo.desegment_offset);
    else if (to->pinfo.desegment_len != 0)
        g_string_append_printf(to->given, "+%d:%u", to->pinfo.desegment_offset,
                               to->pinfo.desegment_len);
}

/* Splits the bytes and compares what came of it. */
static void assert_bytes_split(const GByteArray *data, bool may_ask, const char *expected)
{
    receiver to = {.given = g_string_new(NULL)};
    oxc_rpch_parts stream = {.pinfo = &to.pinfo,
                             .user = &to,
                             .pdus = take_pdus,
                             .head = take_head,
                             .message = take_message,
                             .rest = take_rest,
                             .lost = take_lost};
    tvbuff_t *tvb = tvb_new_real_data(data->data, data->len, (int)data->len);

    to.pinfo.pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    to.pinfo.can_desegment = may_ask;
    oxc_rpch_split(&stream, tvb);
    append_request_for_more(&to);
    assert_string_equal(g_strchomp(to.given->str), expected);
    g_string_free(to.given, TRUE);
    tvb_free_chain(tvb);
    g_slist_free(to.pinfo.data_src);
    wmem_destroy_allocator(to.pinfo.pool);
}

static void add_text(GByteArray *data, const char *text)
{
    g_byte_array_append(data, (const uint8_t *)text, (guint)strlen(text));
}

static void add_hex(GByteArray *data, const char *hex)
{
    bytes part = bytes_from_hex(hex);

    g_byte_array_append(data, part.data, (guint)part.size);
    bytes_free(&part);
}

static void add_chunk(GByteArray *data, const char *hex)
{
    bytes part = bytes_from_hex(hex);
    char *line = g_strdup_printf("%zx\r\n", part.size);

    add_text(data, line);
    g_byte_array_append(data, part.data, (guint)part.size);
    add_text(data, "\r\n");
    g_free(line);
    bytes_free(&part);
}

static void assert_split(GByteArray *data, const char *expected)
{
    assert_bytes_split(data, true, expected);
    g_byte_array_free(data, TRUE);
}

static GByteArray *of_hex(const char *hex)
{
    GByteArray *data = g_byte_array_new();

    add_hex(data, hex);
    return data;
}

static GByteArray *of_text(const char *text)
{
    GByteArray *data = g_byte_array_new();

    add_text(data, text);
    return data;
}

static void gives_whole_pdus(void **state)
{
    (void)state;
    assert_split(of_hex(PDU20), "P20");
    assert_split(of_hex(PDU20 PDU18), "P38");
    assert_split(of_hex(PDU20 PDU18 "05"), "P38 +38:any");
    assert_split(of_hex(PDU20 "0500140310000000 1400 0000 00000000"), "P20 +20:4");
    assert_split(of_hex("0500000310000000 12"), "+0:any");
}

static void gives_what_is_no_pdu_to_http(void **state)
{
    (void)state;
    assert_split(of_hex("0509140310000000 1400 0000 00000000 01000000"), "R20");
    assert_split(of_hex(PDU20 "ffffffff"), "P20 R4");
    assert_split(of_hex("05ff"), "R2");
    assert_split(of_hex("0500000310000000 0800 0000 00000000"), "R16");
}

static void asks_nobody_who_does_not_listen(void **state)
{
    GByteArray *data = of_hex(PDU20 "0500140310000000 2800 0000 00000000 0102");

    (void)state;
    assert_bytes_split(data, false, "P20 P40");
    g_byte_array_free(data, TRUE);
}

static void separates_heads_from_pdus(void **state)
{
    GByteArray *data = of_text(REQUEST);

    (void)state;
    assert_split(of_text(REQUEST), "M59");
    add_hex(data, PDU20);
    assert_split(data, "M59 P20");
    data = of_text("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 401 No\r\nContent-Length: 3\r\n\r\nabc");
    assert_split(data, "M25 M41");
}

static void leaves_unknown_ends_to_http(void **state)
{
    (void)state;
    assert_split(of_text("HTTP/1.1 401 No\r\nContent-Length: 3\r\n\r\nab"), "R40");
    assert_split(of_text("HTTP/1.1 401 No\r\n\r\nabc"), "R22");
    assert_split(of_text("HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
                 "R55");
    assert_split(of_text("RPC_IN_DATA /x?a:1 HT"), "R21");
    assert_split(of_text("RPC_OUT_DATA /x HTTP/1.1\r\nContent-Length: 0\r\n\r\n"), "M47");
}

static void joins_chunks(void **state)
{
    GByteArray *data = g_byte_array_new();

    (void)state;
    add_chunk(data, PDU20);
    assert_bytes_split(data, true, "P20");
    add_chunk(data, PDU20 PDU18);
    assert_split(data, "P58");
    data = g_byte_array_new();
    add_chunk(data, "0500140310000000 14");
    add_chunk(data, "00 0000 00000000 01000000");
    assert_split(data, "P20");
}

static void waits_for_chunks(void **state)
{
    GByteArray *data = g_byte_array_new();

    (void)state;
    add_chunk(data, PDU20);
    add_chunk(data, "0500140310000000 14");
    assert_split(data, "P20 +26:any");
    data = g_byte_array_new();
    add_chunk(data, PDU20);
    add_text(data, "14\r\n");
    assert_split(data, "P20 +26:22");
    assert_split(of_text("14"), "+0:any");
}

static void knows_the_last_chunk(void **state)
{
    GByteArray *data = g_byte_array_new();

    (void)state;
    add_chunk(data, PDU20);
    add_text(data, "0\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
    assert_split(data, "P20 M25");
    data = g_byte_array_new();
    add_chunk(data, "0500140310000000 14");
    add_text(data, "0\r\n\r\n");
    assert_split(data, "L");
    data = g_byte_array_new();
    add_chunk(data, PDU20);
    add_text(data, "0\r\nTrailer: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n");
    assert_split(data, "P20 M25");
    data = g_byte_array_new();
    add_chunk(data, PDU20);
    add_text(data, "0\r\nTra");
    assert_split(data, "P20 +26:any");
}

/* Data of chunks is in a buffer of its own: what asked TCP for more there would ask for bytes at
 * the wrong place, and what comes behind the chunks is split all the same. */
static void goes_on_behind_chunks_without_pdus(void **state)
{
    GByteArray *data = g_byte_array_new();

    (void)state;
    add_chunk(data, "47 45 54 20 2f 20 48 54 54 50 2f 31 2e 31 0d 0a 58 3a 20 79 0d 0a");
    assert_bytes_split(data, true, "M22");
    add_chunk(data, PDU20);
    add_text(data, "0\r\n\r\n");
    add_hex(data, PDU20);
    assert_split(data, "M42 P20");
}

/* Chunks that all end in the middle of a PDU, and a chunk of impossible size. */
static void gives_up_on_chunks_that_never_fit(void **state)
{
    GByteArray *data = g_byte_array_new();
    GString *hex = g_string_new(NULL);

    (void)state;
    for (int i = 0; i < 1000; i++)
        g_string_append(hex, "10000000 1200 0000 02000000 aabb 05000003");
    add_chunk(data, "05000003");
    for (int i = 0; i < 60; i++)
        add_chunk(data, hex->str);
    g_string_free(hex, TRUE);
    assert_split(data, "L");
    assert_split(of_text("ffffffff\r\nabc"), "R13");
    assert_split(of_text("ffffffff\r\n"), "R10");
    assert_split(of_text("fffffffe\r\n"), "R10");
    assert_split(of_text("7fffffff\r\n"), "R10");
}

/* A PDU of 65535 bytes in chunks of one byte. */
static void gives_up_on_too_many_chunks(void **state)
{
    static const struct {
        int chunks;
        const char *expected;
    } cases[] = {{16000, "+0:any"}, {16500, "L"}};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GByteArray *data = g_byte_array_new();

        add_chunk(data, "05000003 10000000 ffff 0000 02000000");
        for (int chunk = 1; chunk < cases[i].chunks; chunk++)
            add_chunk(data, "aa");
        assert_split(data, cases[i].expected);
    }
}

static void tells_a_chunk_by_its_end(void **state)
{
    GByteArray *data = g_byte_array_new();

    (void)state;
    add_chunk(data, PDU20);
    add_text(data, "14\r\n");
    add_hex(data, PDU20);
    add_text(data, "no end");
    assert_split(data, "P20 L R30");
}

/* Nothing that can be sent may loop, crash or read beyond the end. */
static void survives_any_bytes(void **state)
{
    GRand *random = g_rand_new_with_seed(6001);

    (void)state;
    for (int round = 0; round < 2000; round++) {
        GByteArray *data = of_text(round % 2 ? REQUEST : "");
        receiver to = {.given = g_string_new(NULL)};
        oxc_rpch_parts stream = {&to.pinfo, NULL,         &to,       take_pdus,
                                 take_head, take_message, take_rest, take_lost};
        tvbuff_t *tvb;

        for (int part = 0; part < 4; part++) {
            add_chunk(data, PDU20 PDU18);
            add_hex(data, PDU18);
        }
        for (int change = 0; change < 4; change++)
            data->data[g_rand_int_range(random, 0, (gint32)data->len)] =
                (uint8_t)g_rand_int_range(random, 0, 256);
        tvb = tvb_new_real_data(data->data, data->len, (int)data->len);
        to.pinfo.pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
        to.pinfo.can_desegment = 1;
        oxc_rpch_split(&stream, tvb);
        g_string_free(to.given, TRUE);
        tvb_free_chain(tvb);
        wmem_destroy_allocator(to.pinfo.pool);
        g_byte_array_free(data, TRUE);
    }
    g_rand_free(random);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_whole_pdus),
        cmocka_unit_test(gives_what_is_no_pdu_to_http),
        cmocka_unit_test(asks_nobody_who_does_not_listen),
        cmocka_unit_test(separates_heads_from_pdus),
        cmocka_unit_test(leaves_unknown_ends_to_http),
        cmocka_unit_test(joins_chunks),
        cmocka_unit_test(waits_for_chunks),
        cmocka_unit_test(knows_the_last_chunk),
        cmocka_unit_test(goes_on_behind_chunks_without_pdus),
        cmocka_unit_test(gives_up_on_chunks_that_never_fit),
        cmocka_unit_test(gives_up_on_too_many_chunks),
        cmocka_unit_test(tells_a_chunk_by_its_end),
        cmocka_unit_test(survives_any_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
