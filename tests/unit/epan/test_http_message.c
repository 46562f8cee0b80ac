/* test_http_message.c
 * Heads, chunks and request targets
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
#include "transport/http/http_message.h"

#define TARGET "/rpc/rpcproxy.dll?mbx.example.com:6001"

static oxc_http_head head_of(const char *text)
{
    oxc_http_head head;

    assert_int_equal(oxc_http_read_head(text, strlen(text), &head), OXC_HTTP_FOUND);
    return head;
}

static void reads_requests(void **state)
{
    oxc_http_head head =
        head_of("RPC_IN_DATA " TARGET " HTTP/1.1\r\nContent-Length: 1073741824\r\n\r\n\5");

    (void)state;
    assert_int_equal(head.kind, OXC_HTTP_RPC_IN_DATA);
    assert_int_equal(head.target_size, strlen(TARGET));
    assert_memory_equal(head.target, TARGET, strlen(TARGET));
    assert_true(head.has_length);
    assert_int_equal(head.length, 1073741824);
    assert_false(head.chunked);
    assert_int_equal(head.size, strlen("RPC_IN_DATA " TARGET " HTTP/1.1") + 2 + 28 + 2);
    assert_true(oxc_http_opens_channel(&head));
    head = head_of("RPC_OUT_DATA " TARGET " HTTP/1.1\r\ncontent-length:76\r\n\r\n");
    assert_int_equal(head.kind, OXC_HTTP_RPC_OUT_DATA);
    assert_int_equal(head.length, 76);
    assert_false(oxc_http_opens_channel(&head));
    head = head_of("GET / HTTP/1.1\nHost: a\n\n");
    assert_int_equal(head.kind, OXC_HTTP_OTHER_REQUEST);
    assert_int_equal(head.size, 24);
    assert_false(oxc_http_opens_channel(&head));
}

static void reads_responses(void **state)
{
    oxc_http_head head = head_of("HTTP/1.1 200 Success\r\nContent-Type: application/rpc\r\n"
                                 "Content-Length: 1073741824\r\n\r\n");

    (void)state;
    assert_int_equal(head.kind, OXC_HTTP_RESPONSE);
    assert_int_equal(head.status, 200);
    assert_true(head.rpc);
    assert_true(oxc_http_opens_channel(&head));
    head = head_of("HTTP/1.1 200 OK\r\nContent-Type: application/rpc\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n");
    assert_true(oxc_http_opens_channel(&head));
    head = head_of("HTTP/1.1 200 OK\r\nContent-Type: application/rpc\r\n\r\n");
    assert_true(oxc_http_opens_channel(&head));
    head =
        head_of("HTTP/1.1 200 OK\r\nContent-Type: application/rpc\r\nContent-Length: 20\r\n\r\n");
    assert_false(oxc_http_opens_channel(&head));
    head = head_of("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2000000\r\n\r\n");
    assert_false(oxc_http_opens_channel(&head));
    head = head_of("HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n");
    assert_int_equal(head.status, 401);
    assert_false(oxc_http_opens_channel(&head));
    head = head_of("HTTP/1.1 100 Continue\r\n\r\n");
    assert_int_equal(head.status, 100);
}

static void waits_for_the_empty_line(void **state)
{
    const char *text = "RPC_IN_DATA " TARGET " HTTP/1.1\r\nContent-Length: 0\r\n\r\n";
    oxc_http_head head;

    (void)state;
    for (size_t size = 0; size < strlen(text); size++) {
        bytes cut = bytes_copy((const uint8_t *)text, size);

        assert_int_equal(oxc_http_read_head((const char *)cut.data, size, &head), OXC_HTTP_PARTIAL);
        bytes_free(&cut);
    }
    assert_int_equal(oxc_http_read_head(text, strlen(text), &head), OXC_HTTP_FOUND);
}

static void tells_other_bytes(void **state)
{
    static const char *const others[] = {"\5\0\24\3", " GET / HTTP/1.1\r\n\r\n", "get / x\r\n\r\n",
                                         "1f\r\n", "HTTP/2 200\r\n\r\n"};
    oxc_http_head head;
    char *endless = g_strnfill(70000, 'A');

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        assert_int_equal(oxc_http_read_head(others[i], strlen(others[i]) + 1, &head),
                         OXC_HTTP_NONE);
    assert_int_equal(oxc_http_read_head(endless, 70000, &head), OXC_HTTP_NONE);
    memcpy(endless, "GET / HTTP/1.1\r\n", 16);
    assert_int_equal(oxc_http_read_head(endless, 70000, &head), OXC_HTTP_NONE);
    g_free(endless);
}

static void survives_nonsense_in_fields(void **state)
{
    oxc_http_head head = head_of("RPC_IN_DATA \r\nContent-Length: x\r\n\r\n");

    (void)state;
    assert_int_equal(head.target_size, 0);
    assert_false(head.has_length);
    head = head_of("RPC_IN_DATA " TARGET "\r\nContent-Length: 99999999999999999999999\r\n\r\n");
    assert_false(head.has_length);
    head = head_of("HTTP/1.1 2000 OK\r\nContent-Length:\r\n\r\n");
    assert_int_equal(head.status, 0);
    assert_false(head.has_length);
}

static void assert_chunk(const char *text, size_t head, uint32_t size)
{
    oxc_http_chunk chunk;

    assert_int_equal(oxc_http_read_chunk(text, strlen(text), &chunk), OXC_HTTP_FOUND);
    assert_int_equal(chunk.head, head);
    assert_int_equal(chunk.size, size);
}

static void assert_no_chunk(const char *text, oxc_http_found expected)
{
    oxc_http_chunk chunk;

    assert_int_equal(oxc_http_read_chunk(text, strlen(text), &chunk), expected);
}

static void reads_chunks(void **state)
{
    (void)state;
    assert_chunk("1f\r\nabc", 4, 31);
    assert_chunk("0\r\n\r\n", 3, 0);
    assert_chunk("ABCD  \r\n", 8, 0xABCD);
    assert_chunk("10;name=value\r\n", 15, 16);
    assert_chunk("00000010\n", 9, 16);
    assert_no_chunk("1f", OXC_HTTP_PARTIAL);
    assert_no_chunk("1f;x", OXC_HTTP_PARTIAL);
    assert_no_chunk("1f\r", OXC_HTTP_PARTIAL);
    assert_no_chunk("1f  ", OXC_HTTP_PARTIAL);
    assert_no_chunk("bad gateway\r\n", OXC_HTTP_NONE);
    assert_no_chunk("  \r\n", OXC_HTTP_NONE);
    assert_no_chunk("123456789\r\n", OXC_HTTP_NONE);
    assert_no_chunk("123456789", OXC_HTTP_NONE);
    assert_no_chunk("CONNECT a:1 HTTP/1.1\r\n", OXC_HTTP_NONE);
    assert_no_chunk("\r\n", OXC_HTTP_NONE);
    assert_no_chunk("HTTP/1.1 200 OK\r\n", OXC_HTTP_NONE);
}

static void assert_server(const char *target, const char *expected, uint16_t expected_port)
{
    const char *server;
    size_t size;
    uint16_t port;

    assert_true(oxc_http_server_of_target(target, strlen(target), &server, &size, &port));
    assert_int_equal(size, strlen(expected));
    assert_memory_equal(server, expected, size);
    assert_int_equal(port, expected_port);
}

static void finds_servers(void **state)
{
    const char *server;
    size_t size;
    uint16_t port;

    (void)state;
    assert_server(TARGET, "mbx.example.com:6001", 6001);
    assert_server("/rpc/rpcproxy.dll?6f3c@example.com:6001&x=1", "6f3c@example.com:6001", 6001);
    assert_server("/rpc?[2001:db8::1]:6002", "[2001:db8::1]:6002", 6002);
    assert_server("/rpc?host", "host", 0);
    assert_server("/rpc?host:99999", "host:99999", 0);
    assert_server("/rpc?host:", "host:", 0);
    assert_false(oxc_http_server_of_target("/rpc", 4, &server, &size, &port));
    assert_false(oxc_http_server_of_target("/rpc?", 5, &server, &size, &port));
    assert_false(oxc_http_server_of_target("", 0, &server, &size, &port));
    assert_false(oxc_http_server_of_target(NULL, 0, &server, &size, &port));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_requests),
        cmocka_unit_test(reads_responses),
        cmocka_unit_test(waits_for_the_empty_line),
        cmocka_unit_test(tells_other_bytes),
        cmocka_unit_test(survives_nonsense_in_fields),
        cmocka_unit_test(reads_chunks),
        cmocka_unit_test(finds_servers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
