/* test_message_head.c
 * What the heads of MAPI over HTTP messages say: types, servers, cookies, numbers
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <glib.h>
#include <string.h>

#include "capture/string_names.h"
#include "transport/mapi_over_http/message_head.h"

static oxc_http_head head_of(const char *text)
{
    oxc_http_head head = {.position = 0};
    oxc_span line;

    head.bytes = (oxc_span){text, strlen(text)};
    head.fields = head.bytes;
    assert_true(oxc_span_take_line(&head.fields, &line));
    assert_true(oxc_start_line_read(line, &head.start));
    return head;
}

static void read_request(const char *fields, oxc_message_head *of)
{
    static char text[8192];
    oxc_http_head head;

    g_snprintf(text, sizeof text, "POST /mapi/emsmdb HTTP/1.1\r\n%s\r\n\r\n", fields);
    head = head_of(text);
    oxc_message_head_read(&head, of);
}

static void read_response(const char *fields, oxc_message_head *of)
{
    static char text[8192];
    oxc_http_head head;

    g_snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\n%s\r\n\r\n", fields);
    head = head_of(text);
    oxc_message_head_read(&head, of);
}

static bool is_endpoint(const char *line)
{
    oxc_start_line start;

    return oxc_start_line_read((oxc_span){line, strlen(line)}, &start) &&
           oxc_is_endpoint_request(&start);
}

static void knows_the_endpoint(void **state)
{
    (void)state;
    assert_true(is_endpoint("POST /mapi/emsmdb/?MailboxId=a@b HTTP/1.1"));
    assert_true(is_endpoint("POST /MAPI/EmsMdb?x=/y HTTP/1.1"));
    assert_true(is_endpoint("POST https://mail.example.com/mapi/emsmdb/?MailboxId=a HTTP/1.1"));
    assert_true(is_endpoint("POST http://h:80/mapi/emsmdb HTTP/1.0"));
    assert_false(is_endpoint("GET /mapi/emsmdb/?MailboxId=a@b HTTP/1.1"));
    assert_false(is_endpoint("post /mapi/emsmdb/ HTTP/1.1"));
    assert_false(is_endpoint("POST /mapi/nspi/?MailboxId=a@b HTTP/1.1"));
    assert_false(is_endpoint("POST /mapi/emsmdb2 HTTP/1.1"));
    assert_false(is_endpoint("POST /mapi/emsmdb// HTTP/1.1"));
    assert_false(is_endpoint("POST /x?u=http://h/mapi/emsmdb HTTP/1.1"));
    assert_false(is_endpoint("POST https:// HTTP/1.1"));
    assert_false(is_endpoint("POST ?:// HTTP/1.1"));
    assert_false(is_endpoint("POST ? HTTP/1.1"));
    assert_false(is_endpoint("POST /mapi/emsmdb/"));
}

static void names_servers(void **state)
{
    oxc_message_head one, other;

    (void)state;
    read_request("Host: mail.example.com", &one);
    assert_true(one.server != OXC_HTTP_NO_NAME);
    read_request("host:\tMAIL.example.COM:443 ", &other);
    assert_true(one.server == other.server);
    read_request("Host: mail.example.com:80", &other);
    assert_true(one.server == other.server);
    read_request("Host: mail.example.com:8080", &other);
    assert_true(one.server != other.server);
    read_request("Host: [2001:db8::443]", &one);
    read_request("Host: [2001:db8::443]:443", &other);
    assert_true(one.server == other.server);
    read_request("X-Host: mail.example.com", &one);
    assert_true(one.server == OXC_HTTP_NO_NAME);
    assert_int_equal(one.fields, 0);
}

static void reads_fields(void **state)
{
    oxc_message_head of;

    (void)state;
    read_request(
        "x-requesttype: NotificationWait\r\nX-REQUESTID: {AB}:7\r\nContent-Type: a\r\nhost: h",
        &of);
    assert_int_equal(of.type, OXC_HTTP_TYPE_NOTIFICATION_WAIT);
    assert_int_equal(of.fields, OXC_HTTP_FIELD_HOST | OXC_HTTP_FIELD_REQUEST_TYPE |
                                    OXC_HTTP_FIELD_REQUEST_ID | OXC_HTTP_FIELD_CONTENT_TYPE |
                                    OXC_HTTP_FIELD_OWN);
    assert_true(of.id == oxc_name_of("{ab}:7", 6));
    read_request("X-RequestType: notificationwait", &of);
    assert_int_equal(of.type, OXC_HTTP_TYPE_OTHER);
    read_request("X-RequestType:", &of);
    assert_int_equal(of.type, OXC_HTTP_TYPE_NONE);
    read_response("Content-Type: Application/Mapi-HTTP; charset=x\r\nContent-Encoding: gzip", &of);
    assert_true(of.mapi_content && of.encoded);
    read_response("Content-Type: application/mapi-httpx", &of);
    assert_false(of.mapi_content);
}

static void reads_numbers(void **state)
{
    oxc_message_head of;

    (void)state;
    read_response("X-ResponseCode:  0 \r\nX-PendingPeriod: 4294967295\r\nX-ExpirationInfo: -1",
                  &of);
    assert_true(of.response_code.valid && of.response_code.value == 0);
    assert_true(of.pending_period.valid && of.pending_period.value == UINT32_MAX);
    assert_false(of.expiration.valid);
    read_response("X-ResponseCode: 0\r\nX-ResponseCode: 10\r\nX-ResponseCode: what", &of);
    assert_true(of.response_code.valid && of.response_code.value == 10);
    read_response("X-ResponseCode: 4294967296", &of);
    assert_false(of.response_code.valid);
    assert_true(of.fields & OXC_HTTP_FIELD_RESPONSE_CODE);
}

static uint64_t name(const char *text)
{
    return oxc_name_of(text, strlen(text));
}

static void reads_cookies(void **state)
{
    oxc_message_head of;

    (void)state;
    read_request(
        "Cookie: MapiRouting=r; mapicontext=a=b+/\"c\" ;MapiSequence=1\r\nCookie: x=y; =z; w", &of);
    assert_true(of.cookies.present);
    assert_true(of.cookies.context.value == name("a=b+/\"c\""));
    assert_true(of.cookies.sequence.value == name("1"));
    assert_int_equal(of.product, OXC_HTTP_PRODUCT_EXCHANGE);
    assert_int_equal(of.cookies.other_count, 3);
    assert_true(of.cookies.others[1].name == name("x") && of.cookies.others[1].value == name("y"));
    assert_true(of.cookies.others[2].value == OXC_HTTP_NO_NAME);
    read_request("Cookie: sid=1; sid=1", &of);
    assert_true(of.cookies.context.value == name("1") && !of.cookies.context.conflicting);
    assert_int_equal(of.product, OXC_HTTP_PRODUCT_GROMOX);
    read_request("Cookie: sid=1\r\nCookie: sid=2; sid=1", &of);
    assert_true(of.cookies.context.value == OXC_HTTP_NO_NAME && of.cookies.context.conflicting);
    read_request("Cookie:", &of);
    assert_true(of.cookies.present && of.cookies.context.value == OXC_HTTP_NO_NAME);
    read_request("X-Cookie: sid=1", &of);
    assert_false(of.cookies.present);
}

/* Every line counts, in any order; attributes do not. */
static void reads_cookies_that_are_set(void **state)
{
    oxc_message_head of;

    (void)state;
    read_response("Set-Cookie: MapiRouting=r; path=/mapi/\r\nSet-Cookie: MapiContext=C; secure\r\n"
                  "Set-Cookie: X-BackEndCookie=b; sid=no\r\nSet-Cookie: MapiSequence=S; HttpOnly",
                  &of);
    assert_true(of.cookies.context.value == name("C"));
    assert_true(of.cookies.sequence.value == name("S"));
    assert_int_equal(of.cookies.other_count, 2);
    read_response("Set-Cookie: sid=one\r\nSet-Cookie: sid=; expires=Thu, 01-Jan-1970 00:00:00 GMT",
                  &of);
    assert_true(of.cookies.context.value == OXC_HTTP_NO_NAME);
    assert_true(of.cookies.present);
}

static void bounds_cookies(void **state)
{
    GString *line = g_string_new("Cookie: ");
    oxc_message_head of;

    (void)state;
    for (unsigned i = 0; i < 1000; i++)
        g_string_append_printf(line, "c%u=v; ", i);
    g_string_append(line, "sid=last");
    line->str[MIN(line->len, 8000)] = '\0';
    read_request(line->str, &of);
    assert_int_equal(of.cookies.other_count, OXC_HTTP_COOKIES_MAX);
    g_string_free(line, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_endpoint), cmocka_unit_test(names_servers),
        cmocka_unit_test(reads_fields),       cmocka_unit_test(reads_numbers),
        cmocka_unit_test(reads_cookies),      cmocka_unit_test(reads_cookies_that_are_set),
        cmocka_unit_test(bounds_cookies),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
