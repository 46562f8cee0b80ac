/* test_rpch_head.c
 * Which messages are channels of RPC over HTTP, and the servers that they name
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

#include "transport/rpc_over_http/rpch_head.h"

#define TARGET "/rpc/rpcproxy.dll?mbx.example.com:6001"
#define RPC    "Content-Type: application/rpc\r\n"

static oxc_span span_of(const char *text)
{
    return (oxc_span){text, strlen(text)};
}

static void assert_opens(const char *text, bool expected)
{
    oxc_http_head head;

    assert_int_equal(oxc_http_head_find(span_of(text), &head), OXC_HTTP_WHOLE);
    assert_int_equal(oxc_rpch_opens_channel(&head), expected);
}

static void knows_requests(void **state)
{
    (void)state;
    assert_int_equal(oxc_rpch_method_of(span_of("RPC_IN_DATA")), OXC_RPCH_IN_DATA);
    assert_int_equal(oxc_rpch_method_of(span_of("RPC_OUT_DATA")), OXC_RPCH_OUT_DATA);
    assert_int_equal(oxc_rpch_method_of(span_of("RPC_IN")), OXC_RPCH_OTHER);
    assert_int_equal(oxc_rpch_method_of(span_of("rpc_in_data")), OXC_RPCH_OTHER);
    assert_int_equal(oxc_rpch_method_of((oxc_span){NULL, 0}), OXC_RPCH_OTHER);
    assert_opens("RPC_IN_DATA " TARGET " HTTP/1.1\r\nContent-Length: 1073741824\r\n\r\n\5", true);
    assert_opens("RPC_IN_DATA " TARGET " HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", true);
    assert_opens("RPC_IN_DATA " TARGET " HTTP/1.1\r\n\r\n", false);
    assert_opens("RPC_OUT_DATA " TARGET " HTTP/1.1\r\ncontent-length:76\r\n\r\n", false);
    assert_opens("GET / HTTP/1.1\r\nContent-Length: 1073741824\r\n\r\n", false);
}

static void knows_responses(void **state)
{
    (void)state;
    assert_opens("HTTP/1.1 200 Success\r\n" RPC "Content-Length: 1073741824\r\n\r\n", true);
    assert_opens("HTTP/1.1 200 OK\r\n" RPC "Transfer-Encoding: chunked\r\n\r\n", true);
    assert_opens("HTTP/1.1 200 OK\r\n" RPC "\r\n", true);
    assert_opens("HTTP/1.1 200 OK\r\n" RPC "Content-Length: 20\r\n\r\n", false);
    assert_opens("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2000000\r\n\r\n",
                 false);
    assert_opens("HTTP/1.1 401 Unauthorized\r\nTransfer-Encoding: chunked\r\n\r\n", false);
    assert_opens("HTTP/1.1 100 Continue\r\n\r\n", false);
}

static void assert_server(const char *target, const char *expected, uint16_t expected_port)
{
    uint16_t port;
    oxc_span server = oxc_rpch_server_of_target(span_of(target), &port);

    assert_int_equal(server.size, strlen(expected));
    assert_memory_equal(server.text ? server.text : "", expected, server.size);
    assert_int_equal(port, expected_port);
}

static void finds_servers(void **state)
{
    uint16_t port;

    (void)state;
    assert_server(TARGET, "mbx.example.com:6001", 6001);
    assert_server("/rpc/rpcproxy.dll?6f3c@example.com:6001&x=1", "6f3c@example.com:6001", 6001);
    assert_server("/rpc?[2001:db8::1]:6002", "[2001:db8::1]:6002", 6002);
    assert_server("/rpc?host", "host", 0);
    assert_server("/rpc?host:99999", "host:99999", 0);
    assert_server("/rpc?host:", "host:", 0);
    assert_server("/rpc", "", 0);
    assert_server("/rpc?", "", 0);
    assert_server("/rpc?&x", "", 0);
    assert_server("", "", 0);
    assert_int_equal(oxc_rpch_server_of_target((oxc_span){NULL, 0}, &port).size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_requests),
        cmocka_unit_test(knows_responses),
        cmocka_unit_test(finds_servers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
