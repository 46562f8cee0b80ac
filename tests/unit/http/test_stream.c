/* test_stream.c
 * Both directions of an HTTP/1.1 connection, however they are cut into segments
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

#include "transport/http/stream.h"

/* What the stream told, as text: "Q1 /a", "begin 1", "R1 200", "b1 hello", "end 1". A request is
 * named by its number; a response without one by 0; a direction by q or r. */
typedef struct {
    GString *told;
    oxc_stream_state *stream;
    unsigned requests;
    size_t segment;     /* bytes fed at once */
    char body[2];       /* whose body is being told */
    const char *answer; /* the target of the request that responses answer after a loss, or NULL */
    char targets[400][16];
    uint64_t last_position;
} connection;

static void tell(connection *of, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void tell(connection *of, const char *format, ...)
{
    va_list arguments;

    if (of->told->len > 0)
        g_string_append(of->told, of->told->str[of->told->len - 1] == ' ' ? "" : " ");
    va_start(arguments, format);
    g_string_append_vprintf(of->told, format, arguments);
    va_end(arguments);
    of->body[0] = '\0';
}

static unsigned number_of(const connection *of, const void *request)
{
    return request ? (unsigned)((const char(*)[16])request - of->targets) : 0;
}

static void *take_request(void *user, const oxc_http_head *head)
{
    connection *of = (connection *)user;
    unsigned number = ++of->requests;

    g_strlcpy(of->targets[number], "", sizeof of->targets[number]);
    memcpy(of->targets[number], head->start.target.text, MIN(head->start.target.size, 15));
    of->targets[number][MIN(head->start.target.size, 15)] = '\0';
    tell(of, "Q%u %.*s %.*s", number, (int)head->start.method.size, head->start.method.text,
         (int)head->start.target.size, head->start.target.text);
    return of->targets[number];
}

static void take_begin(void *user, void *request, uint64_t position)
{
    (void)position;
    tell((connection *)user, "begin%u", number_of((connection *)user, request));
}

static void take_response(void *user, void *request, const oxc_http_head *head)
{
    tell((connection *)user, "R%u %u", number_of((connection *)user, request), head->start.status);
}

/* Pieces of one body are told as one: how it is cut is not part of it. */
static void take_body(void *user, bool to_client, void *request, uint64_t position,
                      const uint8_t *bytes, size_t size)
{
    connection *of = (connection *)user;
    char direction = to_client ? 'r' : 'q';

    assert_true(size > 0);
    assert_true(position + size == oxc_stream_position(of->stream, to_client));
    if (of->body[0] != direction)
        tell(of, "%c%u:", direction, number_of(of, request));
    of->body[0] = direction;
    g_string_append_len(of->told, (const char *)bytes, (gssize)size);
}

static void take_end(void *user, bool to_client, void *request, uint64_t position,
                     oxc_stream_end how)
{
    static const char *const names[] = {"end", "cut", "lost"};
    connection *of = (connection *)user;

    assert_true(position == oxc_stream_position(of->stream, to_client));
    tell(of, "%c%s%u", to_client ? 'r' : 'q', names[how], number_of(of, request));
}

static bool is_answer(void *user, void *request, const oxc_http_head *head)
{
    const connection *of = (const connection *)user;

    (void)head;
    return of->answer && strcmp((const char *)request, of->answer) == 0;
}

static void take_too_large(void *user, bool to_client, uint64_t position)
{
    (void)position;
    tell((connection *)user, "%c too large", to_client ? 'r' : 'q');
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

static void open_connection(connection *of, size_t segment)
{
    memset(of, 0, sizeof *of);
    of->told = g_string_new(NULL);
    of->segment = segment;
    of->stream = oxc_stream_new(&sink, true);
}

static void close_connection(connection *of)
{
    oxc_stream_free(of->stream);
    g_string_free(of->told, TRUE);
}

static void feed_bytes(connection *of, bool to_client, const char *bytes, size_t size)
{
    for (size_t done = 0; done < size; done += of->segment) {
        size_t part = MIN(of->segment, size - done);
        uint8_t *copy = (uint8_t *)g_malloc(part);

        /* In a block of its own, so that a sanitizer sees what reads beyond. */
        memcpy(copy, bytes + done, part);
        oxc_stream_feed(of->stream, to_client, copy, part, of);
        g_free(copy);
    }
}

/* One step of a conversation. */
typedef struct {
    char what; /* q: bytes to the server, r: to the client, Q and R: lost there, F: the server
                  closes, C: the client closes, 0: the end */
    const char *bytes;
} step;

static void run(connection *of, const step *steps)
{
    for (; steps->what; steps++) {
        if (g_ascii_islower(steps->what))
            feed_bytes(of, steps->what == 'r', steps->bytes, strlen(steps->bytes));
        else if (steps->what == 'F' || steps->what == 'C')
            oxc_stream_close(of->stream, steps->what == 'F', of);
        else
            oxc_stream_lose(of->stream, steps->what == 'R', of);
    }
}

/* The same comes out of segments of any size. */
static void assert_told(const step *steps, const char *answer, const char *expected)
{
    static const size_t segments[] = {100000, 61, 7, 3, 1};

    for (size_t i = 0; i < G_N_ELEMENTS(segments); i++) {
        connection of;

        open_connection(&of, segments[i]);
        of.answer = answer;
        run(&of, steps);
        assert_string_equal(of.told->str, expected);
        close_connection(&of);
    }
}

#define POST(target, length) "POST " target " HTTP/1.1\r\nContent-Length: " length "\r\n\r\n"
#define OK(length)           "HTTP/1.1 200 OK\r\nContent-Length: " length "\r\n\r\n"
#define CHUNKED              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

static void bodies_by_length(void **state)
{
    const step steps[] = {{'q', POST("/a", "5") "hello"},
                          {'r', OK("3") "yes"},
                          {'q', "GET /b HTTP/1.0\r\n\r\n"},
                          {'r', OK("0")},
                          {0, NULL}};

    (void)state;
    assert_told(steps, NULL,
                "Q1 POST /a q1:hello qend1 begin1 R1 200 r1:yes rend1 "
                "Q2 GET /b qend2 begin2 R2 200 rend2");
}

static void chunks(void **state)
{
    const step steps[] = {
        {'q', "POST /a HTTP/1.1\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"},
        {'r', CHUNKED "2;a=b\r\nhe\r\n000A ; x\r\nllo world!\r\n1\n?\n0\r\nTrailer: x\r\n\r\n"},
        {'q', "GET /b HTTP/1.1\r\n\r\n"},
        {'r', CHUNKED "0\r\n\r\n"},
        {0, NULL}};

    (void)state;
    assert_told(steps, NULL,
                "Q1 POST /a q1:abc qend1 begin1 R1 200 r1:hello world!? rend1 "
                "Q2 GET /b qend2 begin2 R2 200 rend2");
}

static void chunks_that_are_none(void **state)
{
    const step letters[] = {{'q', "GET /a HTTP/1.1\r\n\r\n"}, {'r', CHUNKED "xyz\r\n"}, {0, NULL}};
    const step empty[] = {{'q', "GET /a HTTP/1.1\r\n\r\n"}, {'r', CHUNKED "\r\nabc"}, {0, NULL}};
    const step no_end[] = {
        {'q', "GET /a HTTP/1.1\r\n\r\n"}, {'r', CHUNKED "1\r\nab\r\n" OK("0")}, {0, NULL}};
    const step huge[] = {
        {'q', "GET /a HTTP/1.1\r\n\r\n"}, {'r', CHUNKED "10000000000000000\r\nabc"}, {0, NULL}};
    const step most[] = {
        {'q', "GET /a HTTP/1.1\r\n\r\n"}, {'r', CHUNKED "fFFffffFFFFFfff0\r\nabc"}, {0, NULL}};

    (void)state;
    assert_told(letters, NULL, "Q1 GET /a qend1 begin1 R1 200 rlost1");
    assert_told(empty, NULL, "Q1 GET /a qend1 begin1 R1 200 rlost1");
    assert_told(no_end, NULL, "Q1 GET /a qend1 begin1 R1 200 r1:a rlost1 R0 200 rend0");
    assert_told(huge, NULL, "Q1 GET /a qend1 begin1 R1 200 rlost1");
    assert_told(most, NULL, "Q1 GET /a qend1 begin1 R1 200 r1:abc");
}

static void lengths_near_the_end_of_numbers(void **state)
{
    const step most[] = {{'q', POST("/a", "18446744073709551615") "abc"}, {0, NULL}};
    const step beyond[] = {{'q', POST("/a", "18446744073709551616") POST("/b", "0")}, {0, NULL}};
    const step negative[] = {{'q', POST("/a", "-1") POST("/b", "0")}, {0, NULL}};

    (void)state;
    assert_told(most, NULL, "Q1 POST /a q1:abc");
    assert_told(beyond, NULL, "Q1 POST /a qend1 Q2 POST /b qend2");
    assert_told(negative, NULL, "Q1 POST /a qend1 Q2 POST /b qend2");
}

static void until_the_close(void **state)
{
    const step steps[] = {{'q', "GET /a HTTP/1.1\r\n\r\n"},
                          {'r', "HTTP/1.0 200 OK\r\n\r\nall of it"},
                          {'C', NULL},
                          {'F', NULL},
                          {0, NULL}};
    const step cut[] = {
        {'q', "GET /a HTTP/1.1\r\n\r\n"}, {'r', OK("9") "not all"}, {'F', NULL}, {0, NULL}};

    (void)state;
    assert_told(steps, NULL, "Q1 GET /a qend1 begin1 R1 200 r1:all of it rend1");
    assert_told(cut, NULL, "Q1 GET /a qend1 begin1 R1 200 r1:not all rcut1");
}

static void responses_without_bodies(void **state)
{
    const step steps[] = {
        {'q', "HEAD /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\n\r\n"},
        {'r', OK("100")},
        {'r', "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"},
        {'r', "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n"},
        {0, NULL}};

    (void)state;
    assert_told(steps, NULL,
                "Q1 HEAD /a qend1 Q2 GET /b qend2 Q3 GET /c qend3 begin1 R1 200 rend1 "
                "begin2 R2 304 rend2 begin3 R3 204 rend3");
}

static void informational_responses(void **state)
{
    const step steps[] = {
        {'q', "POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"},
        {'r', "HTTP/1.1 100 Continue\r\n\r\n"},
        {'q', "hi"},
        {'r', "HTTP/1.1 103 Early Hints\r\n\r\n" OK("1") "!"},
        {0, NULL}};

    (void)state;
    assert_told(steps, NULL, "Q1 POST /a R1 100 q1:hi qend1 R1 103 begin1 R1 200 r1:! rend1");
}

static void pipelined_requests(void **state)
{
    const step steps[] = {{'q', POST("/a", "1") "x" POST("/b", "1") "y"},
                          {'r', OK("1") "1" CHUNKED "1\r\n2\r\n0\r\n\r\n"},
                          {'r', OK("0")},
                          {0, NULL}};

    (void)state;
    assert_told(steps, NULL,
                "Q1 POST /a q1:x qend1 Q2 POST /b q2:y qend2 begin1 R1 200 r1:1 rend1 "
                "begin2 R2 200 r2:2 rend2 R0 200 rend0");
}

static void other_protocols(void **state)
{
    const step tunnel[] = {{'q', "CONNECT a:443 HTTP/1.1\r\n\r\n"},
                           {'r', "HTTP/1.1 200 Established\r\n\r\n"},
                           {'q', "GET /x HTTP/1.1\r\n\r\n"},
                           {'r', OK("0")},
                           {0, NULL}};
    const step refused[] = {{'q', "CONNECT a:443 HTTP/1.1\r\n\r\n"},
                            {'r', "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"},
                            {'q', "GET /x HTTP/1.1\r\n\r\n"},
                            {0, NULL}};
    const step upgrade[] = {{'q', "GET /a HTTP/1.1\r\nUpgrade: x\r\n\r\n"},
                            {'r', "HTTP/1.1 101 Switching\r\n\r\nGET /x HTTP/1.1\r\n\r\n"},
                            {0, NULL}};

    (void)state;
    assert_told(tunnel, NULL, "Q1 CONNECT a:443 qend1 begin1 R1 200 rend1");
    assert_told(refused, NULL, "Q1 CONNECT a:443 qend1 begin1 R1 403 rend1 Q2 GET /x qend2");
    assert_told(upgrade, NULL, "Q1 GET /a qend1 begin1 R1 101 rend1");
}

static void stray_bytes(void **state)
{
    const step line[] = {{'q', "GET /a HTTP/1.1\r\n\r\n\r\n0\r\n\r\nGET /b HTTP/1.1\r\n\r\n"},
                         {'r', OK("2") "ab</html>\r\n" OK("0")},
                         {0, NULL}};
    const step inside[] = {
        {'q', "GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n"},
        {'r', OK("2") "ab</htmlHHTTP/1.HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"},
        {0, NULL}};

    (void)state;
    assert_told(line, NULL,
                "Q1 GET /a qend1 Q2 GET /b qend2 begin1 R1 200 r1:ab rend1 begin2 R2 200 rend2");
    assert_told(inside, NULL,
                "Q1 GET /a qend1 Q2 GET /b qend2 begin1 R1 200 r1:ab rend1 begin2 R2 200 rend2");
}

/* Fields in any case, with line feeds only, folded, and twice. */
static void fields(void **state)
{
    const char text[] = "Host: a \nCONTENT-length:3\nX-Folded: one\n\ttwo\r\n three\n"
                        "no field\nCookie: a=b\nCookie:\t c=d\n\nX: not in it\n";
    const char *const expected[] = {"Host=a", "CONTENT-length=3", "X-Folded=one\n\ttwo\r\n three",
                                    "Cookie=a=b", "Cookie=c=d"};
    oxc_span lines = {text, strlen(text)};
    oxc_field field;
    size_t count = 0;

    (void)state;
    while (oxc_field_next(&lines, &field)) {
        char *found = g_strdup_printf("%.*s=%.*s", (int)field.name.size, field.name.text,
                                      (int)field.value.size, field.value.text);

        assert_true(count < G_N_ELEMENTS(expected));
        assert_string_equal(found, expected[count++]);
        g_free(found);
    }
    assert_int_equal(count, G_N_ELEMENTS(expected));
}

static void line_feeds_alone(void **state)
{
    const step steps[] = {{'q', "POST /a HTTP/1.1\ncontent-LENGTH: 2\n\nhi"},
                          {'r', "HTTP/1.1 200 OK\ntransfer-encoding: CHUNKED\n\n2\nok\n0\n\n"},
                          {0, NULL}};

    (void)state;
    assert_told(steps, NULL, "Q1 POST /a q1:hi qend1 begin1 R1 200 r1:ok rend1");
}

static void after_a_loss(void **state)
{
    const step response[] = {{'q', POST("/a", "0")},
                             {'r', CHUNKED "9\r\nabc"},
                             {'R', NULL},
                             {'r', "ef\r\n5\r\nHTTP/\r\n0\r\n\r\n"},
                             {'q', POST("/b", "0")},
                             {'r', OK("2") "ok"},
                             {'q', POST("/c", "0")},
                             {'r', OK("1") "!"},
                             {0, NULL}};
    const step request[] = {{'q', POST("/a", "9") "abc"},
                            {'Q', NULL},
                            {'q', "\1\2ghiPOST /b HTTP/1.1\r\nContent-Length: 0\r\n\r\n"},
                            {'r', OK("0") OK("0")},
                            {0, NULL}};

    (void)state;
    assert_told(response, "/b",
                "Q1 POST /a qend1 begin1 R1 200 r1:abc rlost1 Q2 POST /b qend2 begin2 R2 200 r2:ok "
                "rend2 Q3 POST /c qend3 begin3 R3 200 r3:! rend3");
    assert_told(request, "/b",
                "Q1 POST /a q1:abc qlost1 Q2 POST /b qend2 begin2 R2 200 rend2 R0 200 rend0");
    assert_told(request, NULL,
                "Q1 POST /a q1:abc qlost1 Q2 POST /b qend2 R0 200 rend0 R0 200 rend0");
}

/* A head in the middle of what was lost has to be clean. */
static void heads_that_are_none(void **state)
{
    const step steps[] = {
        {'R', NULL},
        {'r', "HTTP/1.1 200 OK\r\n\1\2\r\nHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"},
        {0, NULL}};
    const step chained[] = {
        {'R', NULL},
        {'r', "HTTP/1.1 200 OK\r\nA: b\r\nHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"},
        {0, NULL}};

    (void)state;
    assert_told(steps, NULL, "R0 404 rend0");
    assert_told(chained, NULL, "R0 404 rend0");
}

static void too_large(connection *of, const char *start, const char *repeated, size_t size)
{
    feed_bytes(of, false, start, strlen(start));
    for (size_t i = 0; i < size; i += strlen(repeated))
        feed_bytes(of, false, repeated, strlen(repeated));
    assert_true(oxc_stream_memory(of->stream) < sizeof(oxc_stream_state *) + 200000);
}

static void heads_that_are_too_large(void **state)
{
    static const size_t megabyte = 1 << 20;
    connection of;

    (void)state;
    open_connection(&of, 1000);
    too_large(&of, "POST /a HTTP/1.1\r\nCookie: ", "a=b; ", megabyte);
    feed_bytes(&of, false, "\r\n\r\n" POST("/b", "0"), strlen("\r\n\r\n" POST("/b", "0")));
    assert_string_equal(of.told->str, "q too large Q1 POST /b qend1");
    close_connection(&of);
    open_connection(&of, 1000);
    too_large(&of, "POST /a HTTP/1.1\r\n", "Cookie: a\r\n", megabyte);
    assert_true(g_str_has_prefix(of.told->str, "q too large"));
    close_connection(&of);
    open_connection(&of, 1000);
    too_large(&of, "POST /", "endless", megabyte);
    assert_string_equal(of.told->str, "q too large");
    close_connection(&of);
}

static void requests_without_responses(void **state)
{
    connection of;

    (void)state;
    open_connection(&of, 1000);
    for (unsigned i = 0; i < OXC_STREAM_REQUESTS_MAX + 20; i++)
        feed_bytes(&of, false, "GET /n HTTP/1.1\r\n\r\n", 19);
    of.answer = "/n";
    g_string_set_size(of.told, 0);
    feed_bytes(&of, true, OK("0"), strlen(OK("0")));
    assert_string_equal(of.told->str, "begin21 R21 200 rend21");
    close_connection(&of);
}

static void begins_in_the_middle(void **state)
{
    connection of;
    const char text[] = "d of a body\r\n0\r\n\r\n" CHUNKED "1\r\na\r\n0\r\n\r\n";

    (void)state;
    open_connection(&of, 5);
    oxc_stream_free(of.stream);
    of.stream = oxc_stream_new(&sink, false);
    feed_bytes(&of, true, text, strlen(text));
    assert_string_equal(of.told->str, "R0 200 r0:a rend0");
    close_connection(&of);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_by_length),
        cmocka_unit_test(chunks),
        cmocka_unit_test(chunks_that_are_none),
        cmocka_unit_test(lengths_near_the_end_of_numbers),
        cmocka_unit_test(until_the_close),
        cmocka_unit_test(responses_without_bodies),
        cmocka_unit_test(informational_responses),
        cmocka_unit_test(pipelined_requests),
        cmocka_unit_test(other_protocols),
        cmocka_unit_test(stray_bytes),
        cmocka_unit_test(fields),
        cmocka_unit_test(line_feeds_alone),
        cmocka_unit_test(after_a_loss),
        cmocka_unit_test(heads_that_are_none),
        cmocka_unit_test(heads_that_are_too_large),
        cmocka_unit_test(requests_without_responses),
        cmocka_unit_test(begins_in_the_middle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
