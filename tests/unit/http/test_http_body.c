/* test_http_body.c
 * Heads at the beginning of bytes, and where the bodies behind them end
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#include "transport/http/http_body.h"

#define GET "GET / HTTP/1.1\r\n"
#define OK  "HTTP/1.1 200 OK\r\n"

static oxc_span span_of(const char *text)
{
    return (oxc_span){text, strlen(text)};
}

static oxc_http_head head_of(const char *text)
{
    oxc_http_head head;

    assert_int_equal(oxc_http_head_find(span_of(text), &head), OXC_HTTP_WHOLE);
    return head;
}

static void reads_heads(void **state)
{
    oxc_http_head head = head_of("POST /a HTTP/1.1\r\nContent-Length: 12\r\n\r\nbody");

    (void)state;
    assert_false(head.start.response);
    assert_int_equal(head.bytes.size, 16 + 2 + 18 + 2 + 2);
    assert_true(head.has_length);
    assert_int_equal(head.length, 12);
    assert_false(head.chunked);
    head = head_of("GET / HTTP/1.1\nHost: a\n\n");
    assert_int_equal(head.bytes.size, 24);
    assert_false(head.has_length);
    head = head_of("HTTP/1.1 503  RPC Error: 6ba \r\nTransfer-Encoding: chunked\r\n\r\n");
    assert_true(head.start.response);
    assert_int_equal(head.start.status, 503);
    assert_int_equal(head.start.reason.size, 14);
    assert_memory_equal(head.start.reason.text, "RPC Error: 6ba", 14);
    assert_true(head.chunked);
    head = head_of("HTTP/1.1 200\r\n\r\n");
    assert_int_equal(head.start.reason.size, 0);
    head = head_of(GET "Content-Length: 99999999999999999999999\r\n\r\n");
    assert_false(head.has_length);
    head = head_of(GET "Content-Length:\r\n\r\n");
    assert_false(head.has_length);
}

static void waits_for_the_empty_line(void **state)
{
    const char *text = "RPC_IN_DATA /rpc?a:1 HTTP/1.1\r\nContent-Length: 0\r\n\r\n";
    oxc_http_head head;

    (void)state;
    for (size_t size = 0; size < strlen(text); size++) {
        char *cut = g_strndup(text, size);

        assert_int_equal(oxc_http_head_find((oxc_span){cut, size}, &head), OXC_HTTP_PARTIAL);
        g_free(cut);
    }
    assert_int_equal(oxc_http_head_find(span_of(text), &head), OXC_HTTP_WHOLE);
}

static void tells_other_bytes(void **state)
{
    static const char blank_first[] = "\r\n" GET "\r\n";
    static const char *const others[] = {
        "\5\1\24\3",       " GET / HTTP/1.1\r\n\r\n",  "get / x\r\n\r\n",
        "1f\r\n",          "HTTP/2 200\r\n\r\n",       "RPC_IN_DATA \r\nHost: a\r\n\r\n",
        "POST /a\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", blank_first};
    char *endless = g_strnfill(70000, 'A');
    oxc_http_head head;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        assert_int_equal(oxc_http_head_find(span_of(others[i]), &head), OXC_HTTP_NONE);
    assert_int_equal(oxc_http_head_find((oxc_span){endless, 70000}, &head), OXC_HTTP_NONE);
    memcpy(endless, GET, strlen(GET));
    assert_int_equal(oxc_http_head_find((oxc_span){endless, 70000}, &head), OXC_HTTP_NONE);
    g_free(endless);
}

/* The parts of bytes behind a head, as text: D and a size for data, F for framing, B for what
 * breaks off, a full stop for the end; @p most at once. */
static char *parts_of(const char *head_text, bool to_head, const char *bytes, size_t most)
{
    oxc_http_head head = head_of(head_text);
    GString *told = g_string_new(NULL);
    size_t size = strlen(bytes), at = 0, taken;
    oxc_http_body body;
    oxc_body_part part = OXC_BODY_FRAMING;

    oxc_http_body_begin(&body, &head, to_head);
    while (at < size && body.phase != OXC_BODY_ENDED && part != OXC_BODY_BROKEN) {
        part = oxc_http_body_take(&body, (const uint8_t *)bytes + at, MIN(size - at, most), &taken);
        assert_true(taken > 0 && taken <= MIN(size - at, most));
        g_string_append_printf(told, "%c%zu ",
                               part == OXC_BODY_DATA      ? 'D'
                               : part == OXC_BODY_FRAMING ? 'F'
                                                          : 'B',
                               taken);
        at += taken;
    }
    g_string_append(told, body.phase == OXC_BODY_ENDED ? "." : "");
    return g_strchomp(g_string_free(told, FALSE));
}

static void assert_parts(const char *head, const char *bytes, const char *expected)
{
    char *told = parts_of(head, false, bytes, SIZE_MAX);

    assert_string_equal(told, expected);
    g_free(told);
}

static void finds_the_end_of_bodies(void **state)
{
    char *told = parts_of(OK "Content-Length: 5\r\n\r\n", true, "abc", SIZE_MAX);

    (void)state;
    assert_string_equal(told, ".");
    g_free(told);
    assert_parts(GET "\r\n", "abc", ".");
    assert_parts(GET "Content-Length: 0\r\n\r\n", "abc", ".");
    assert_parts(GET "Content-Length: 2\r\n\r\n", "abc", "D2 .");
    assert_parts(GET "Content-Length: 5\r\n\r\n", "abc", "D3");
    assert_parts(OK "\r\n", "abc", "D3");
    assert_parts("HTTP/1.1 100 Continue\r\n\r\n", "abc", ".");
    assert_parts("HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n", "abc", ".");
    assert_parts("HTTP/1.1 304 No\r\nContent-Length: 9\r\n\r\n", "abc", ".");
}

static void takes_chunks_one_by_one(void **state)
{
    const char *head = OK "Transfer-Encoding: chunked\r\n\r\n";
    const char *chunks = "3\r\nabc\r\n2 ;x=y\r\nde\r\n0\r\nTrailer: z\r\n\r\nmore";
    char *told;

    (void)state;
    assert_parts(head, chunks, "F3 D3 F2 F8 D2 F2 F17 .");
    assert_parts(head, "3\r\nab", "F3 D2");
    assert_parts(head, "3\r\nabcd", "F3 D3 B1");
    assert_parts(head, "3\r\nabc\r\r\n", "F3 D3 B2");
    assert_parts(head, "3 4\r\nabc", "B3");
    assert_parts(head, "\r\n", "B1");
    assert_parts(head, "11111111111111111\r\n", "B17");
    told = parts_of(head, false, chunks, 1);
    assert_true(g_str_has_suffix(told, "."));
    g_free(told);
}

static oxc_http_found chunk_at(const char *text)
{
    return oxc_http_chunk_find(span_of(text));
}

static void tells_chunks(void **state)
{
    static const char *const partial[] = {"", "1f", "1f;x", "1f\r", "1f  ", "deadbeef"};
    static const char *const whole[] = {"1f\r\nabc",         "0\r\n\r\n",  "ABCD  \r\n",
                                        "10;name=value\r\n", "00000010\n", "ffffffff\r\n"};
    static const char *const none[] = {"bad gateway\r\n",
                                       "  \r\n",
                                       "123456789\r\n",
                                       "123456789",
                                       "\r\n",
                                       "HTTP/1.1 200 OK\r\n",
                                       "CONNECT a:1 HTTP/1.1\r\n",
                                       "add /x"};
    char *endless = g_strnfill(200, ' ');

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(partial); i++)
        assert_int_equal(chunk_at(partial[i]), OXC_HTTP_PARTIAL);
    for (size_t i = 0; i < G_N_ELEMENTS(whole); i++)
        assert_int_equal(chunk_at(whole[i]), OXC_HTTP_WHOLE);
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++)
        assert_int_equal(chunk_at(none[i]), OXC_HTTP_NONE);
    endless[0] = '1';
    assert_int_equal(chunk_at(endless), OXC_HTTP_NONE);
    g_free(endless);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_heads),
        cmocka_unit_test(waits_for_the_empty_line),
        cmocka_unit_test(tells_other_bytes),
        cmocka_unit_test(finds_the_end_of_bodies),
        cmocka_unit_test(takes_chunks_one_by_one),
        cmocka_unit_test(tells_chunks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
