/* test_inner_stream.c
 * Tags, additional header fields and the body of a response, however they are cut
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

#include "transport/mapi_over_http/inner_stream.h"

/* What was told, as text; places are those in all bytes. */
typedef struct {
    GString *told;
    size_t fed;
    bool in_body;
} receiver;

static void take_tag(void *user, oxc_meta_tag tag, size_t end)
{
    receiver *to = (receiver *)user;

    g_string_append_printf(to->told, "%s@%zu ", oxc_meta_tag_name(tag), to->fed + end);
}

static void take_field(void *user, const oxc_field *field, size_t end, size_t size)
{
    receiver *to = (receiver *)user;

    g_string_append_printf(to->told, "%.*s=%.*s@%zu+%zu ", (int)field->name.size, field->name.text,
                           (int)field->value.size, field->value.text, to->fed + end - size, size);
}

static void take_fields_end(void *user, size_t end)
{
    receiver *to = (receiver *)user;

    g_string_append_printf(to->told, "empty@%zu ", to->fed + end);
}

static void take_body(void *user, size_t position, size_t size)
{
    receiver *to = (receiver *)user;

    if (!to->in_body)
        g_string_append_printf(to->told, "body@%zu ", to->fed + position);
    to->in_body = true;
    assert_true(size > 0);
}

static void take_invalid(void *user, size_t position)
{
    receiver *to = (receiver *)user;

    g_string_append_printf(to->told, "invalid@%zu ", to->fed + position);
}

static const oxc_inner_sink sink = {
    .tag = take_tag,
    .field = take_field,
    .fields_end = take_fields_end,
    .body = take_body,
    .invalid = take_invalid,
};

static void assert_told(const char *bytes, size_t size, const char *expected)
{
    for (size_t segment = 1; segment <= size; segment++) {
        oxc_inner_stream stream = {.phase = OXC_INNER_START};
        receiver to = {.told = g_string_new(NULL)};

        for (; to.fed < size; to.fed += segment)
            oxc_inner_stream_feed(&stream, (const uint8_t *)bytes + to.fed,
                                  MIN(segment, size - to.fed), &sink, &to);
        assert_string_equal(g_strchomp(to.told->str), expected);
        g_string_free(to.told, TRUE);
    }
}

#define ASSERT_TOLD(bytes, expected) assert_told(bytes, sizeof(bytes) - 1, expected)

static void reads_what_servers_send(void **state)
{
    (void)state;
    ASSERT_TOLD(
        "PROCESSING\r\nPENDING\r\nPENDING\r\nDONE\r\nX-ElapsedTime: 7\r\n\r\n\0\1",
        "PROCESSING@10 PENDING@19 PENDING@28 DONE@34 X-ElapsedTime=7@36+18 empty@56 body@56");
    ASSERT_TOLD("PROCESSING\r\nDONE\r\n\r\n", "PROCESSING@10 DONE@16 empty@20");
    ASSERT_TOLD("PROCESSING\r\nDONE\r\n\r\nabc", "PROCESSING@10 DONE@16 empty@20 body@20");
}

/* Gromox ends PENDING with the chunk. */
static void takes_tags_without_line_ends(void **state)
{
    (void)state;
    ASSERT_TOLD("PROCESSING\r\nPENDINGPENDINGPROCESSING\r\nDONE\r\n\r\n",
                "PROCESSING@10 PENDING@19 PENDING@26 PROCESSING@36 DONE@42 empty@46");
    ASSERT_TOLD("PROCESSINGDONE\n\nx", "PROCESSING@10 DONE@14 empty@16 body@16");
}

/* A body is binary: only the first empty line counts, and only lines count. */
static void does_not_search_in_the_body(void **state)
{
    (void)state;
    ASSERT_TOLD("PROCESSING\r\nDONE\r\n\r\n\r\n\r\nDONE\r\nX-ResponseCode: 10\r\n\r\n",
                "PROCESSING@10 DONE@16 empty@20 body@20");
    ASSERT_TOLD("PROCESSING\r\nDONE\r\nA: b\r\n\r\n\r\n",
                "PROCESSING@10 DONE@16 A=b@18+6 empty@26 body@26");
}

static void finds_what_is_invalid(void **state)
{
    (void)state;
    ASSERT_TOLD("PENDING\r\n", "invalid@1");
    ASSERT_TOLD("<html>", "invalid@0");
    ASSERT_TOLD("PROCESSED", "invalid@7");
    ASSERT_TOLD("PROCESSING\r\n\r\nDONE", "PROCESSING@10 invalid@12");
    ASSERT_TOLD("PROCESSING\r\r\n", "PROCESSING@10 invalid@11");
    ASSERT_TOLD("PROCESSING\r\nDONEX", "PROCESSING@10 DONE@16 invalid@16");
    ASSERT_TOLD("PROCESSING\r\nDONEPENDING", "PROCESSING@10 DONE@16 invalid@16");
    ASSERT_TOLD("PROCESSING\r\nPROMISE", "PROCESSING@10 invalid@15");
    ASSERT_TOLD("PROCESSING\r\nDONE\r\nA\0: b\r\n", "PROCESSING@10 DONE@16 invalid@19");
    ASSERT_TOLD("PROCESSING\r\nDONE\r\nno field\r\n", "PROCESSING@10 DONE@16 invalid@27");
}

static void skips_a_field_that_is_too_long(void **state)
{
    GString *bytes = g_string_new("PROCESSING\r\nDONE\r\nX-Long: ");
    oxc_inner_stream stream = {.phase = OXC_INNER_START};
    receiver to = {.told = g_string_new(NULL)};

    (void)state;
    for (unsigned i = 0; i < 100000; i++)
        g_string_append_c(bytes, 'x');
    g_string_append(bytes, "\r\nB: c\r\n\r\n");
    oxc_inner_stream_feed(&stream, (const uint8_t *)bytes->str, bytes->len, &sink, &to);
    assert_string_equal(to.told->str, "PROCESSING@10 DONE@16 B=c@100028+6 empty@100036 ");
    g_string_free(bytes, TRUE);
    g_string_free(to.told, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_servers_send),
        cmocka_unit_test(takes_tags_without_line_ends),
        cmocka_unit_test(does_not_search_in_the_body),
        cmocka_unit_test(finds_what_is_invalid),
        cmocka_unit_test(skips_a_field_that_is_too_long),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
