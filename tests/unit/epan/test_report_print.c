/* test_report_print.c
 * The report in both forms, from totals made here
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <wsutil/wsjson.h>

#include "present/report.h"
#include "present/report_lines.h"

#define SECOND INT64_C(1000000000)

typedef void (*print_function)(const oxc_totals *totals, const oxc_report_options *options,
                               FILE *file);

static const oxc_report_options plain, everything = {.all = true};

/* What is printed, for g_strfreev(): the lines. */
static char **print_lines(const oxc_totals *totals, print_function print,
                          const oxc_report_options *options)
{
    FILE *file = tmpfile();
    GString *text = g_string_new(NULL);
    char buffer[4096];
    size_t size;
    char **lines;

    assert_non_null(file);
    print(totals, options, file);
    rewind(file);
    while ((size = fread(buffer, 1, sizeof buffer, file)) > 0)
        g_string_append_len(text, buffer, (gssize)size);
    fclose(file);
    assert_true(g_utf8_validate(text->str, (gssize)text->len, NULL));
    assert_true(g_str_has_suffix(text->str, "\n"));
    g_string_truncate(text, text->len - 1);
    lines = g_strsplit(text->str, "\n", -1);
    g_string_free(text, TRUE);
    return lines;
}

static oxc_context_totals *add_context(oxc_totals *totals)
{
    oxc_context_totals *context = g_new0(oxc_context_totals, 1);

    context->session = OXC_NONE;
    g_ptr_array_add(totals->contexts, context);
    totals->context_count++;
    return context;
}

static void add_finding(oxc_totals *totals, uint32_t frame, uint16_t rule)
{
    oxc_found found = {
        .frame = frame,
        .time = INT64_C(62004000000),
        .session = OXC_NONE,
        .context = OXC_NONE,
        .client = "192.0.2.10",
        .finding = {.rule = rule, .severity = (uint8_t)oxc_rules[rule].severity, .frames = {7, 0}}};

    g_array_append_val(totals->findings, found);
}

static void assert_last_line(const oxc_totals *totals, const char *expected)
{
    char **lines = print_lines(totals, oxc_report_print_text, &plain);

    assert_string_equal(lines[g_strv_length(lines) - 1], expected);
    g_strfreev(lines);
}

static void test_summary(void **state)
{
    oxc_totals totals;
    oxc_context_totals *context;

    (void)state;
    oxc_totals_init(&totals, false);
    totals.requests = 1;
    assert_last_line(&totals, "0 contexts, 0 waits, 0 violations, 0 suspicions");
    context = add_context(&totals);
    context->waits = 1;
    totals.waits = totals.violations = totals.suspicions = 1;
    assert_last_line(&totals, "1 context, 1 wait, 1 violation, 1 suspicion");
    oxc_totals_clear(&totals);
}

static void assert_widths(char **lines)
{
    for (char **line = lines; *line; line++) {
        if (g_utf8_strlen(*line, -1) > OXC_REPORT_WIDTH)
            fail_msg("too wide: %s", *line);
    }
}

/* Every line of a table ends at the same column, whatever is in it. */
static void test_many_contexts(void **state)
{
    oxc_totals totals;
    char **lines;

    (void)state;
    oxc_totals_init(&totals, false);
    for (uint32_t i = 0; i < 2000; i++) {
        oxc_context_totals *context = add_context(&totals);

        context->session = i % 3 == 0 ? OXC_NONE : i * 100;
        context->waits = i % 70;
        context->ended[OXC_OUTCOME_NOTIFICATION] = context->waits;
        for (uint32_t wait = 0; wait < context->waits; wait++)
            oxc_wait_times_add(&context->times, (int64_t)i * SECOND / 7 - SECOND);
    }
    lines = print_lines(&totals, oxc_report_print_text, &plain);
    assert_string_equal(lines[0], "Context  Session  Waits  Notified   Shortest      Median"
                                  "    Longest");
    for (unsigned i = 1; i <= 2000; i++)
        assert_int_equal(strlen(lines[i]), strlen(lines[0]));
    assert_string_equal(lines[2001], "");
    assert_non_null(strstr(lines[69 + 1], "~"));
    assert_null(strstr(lines[64 + 1], "~"));
    g_strfreev(lines);
    oxc_totals_clear(&totals);
}

static void give_address(address *addr, const char *text)
{
    alloc_address_wmem(NULL, addr, AT_STRINGZ, (int)strlen(text) + 1, text);
}

/* All columns, and names as long as they get: nothing is wider than the report may be. */
static void test_wide_tables(void **state)
{
    char long_name[256];
    oxc_totals totals;
    oxc_context_totals *context;
    char **lines;

    (void)state;
    memset(long_name, 'n', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    oxc_totals_init(&totals, false);
    context = add_context(&totals);
    context->session = context->connect_frame = context->waits = 4294967294;
    context->transport = OXC_TRANSPORT_MAPI_HTTP;
    give_address(&context->client, "2001:db8:1111:2222:3333:4444:5555:6666");
    give_address(&context->server, long_name);
    for (unsigned i = 0; i < G_N_ELEMENTS(context->ended); i++)
        context->ended[i] = 400000000;
    oxc_wait_times_add(&context->times, 123456789 * SECOND);
    lines = print_lines(&totals, oxc_report_print_text, &plain);
    assert_widths(lines);
    assert_string_equal(lines[0], "Context     Session  Transport  Connect frame  Client");
    assert_true(g_str_has_prefix(lines[3], "Context  Server"));
    assert_int_equal(strlen(lines[4]), OXC_REPORT_WIDTH);
    assert_non_null(strstr(lines[4], "nnn...nnn"));
    g_strfreev(lines);
    oxc_totals_clear(&totals);
}

static void test_findings(void **state)
{
    oxc_totals totals;
    char **lines;

    (void)state;
    oxc_totals_init(&totals, false);
    totals.requests = 1;
    add_finding(&totals, 12, OXC_RULE_wait_dropped);
    add_finding(&totals, 123456789, OXC_RULE_wait_overlap);
    lines = print_lines(&totals, oxc_report_print_text, &plain);
    assert_widths(lines);
    assert_string_equal(lines[0], "VIOLATION: wait-overlap");
    assert_string_equal(lines[1], "  Frame 123456789, 62.004 s: EcDoAsyncWaitEx on a handle whose "
                                  "wait of frame 7 is still outstanding");
    assert_string_equal(lines[2], "    [MS-OXCRPC] 3.3.4.1, [MS-OXCNOTIF] 3.1.5.3");
    assert_string_equal(lines[3], "  At fault: client (192.0.2.10)");
    assert_true(g_str_has_prefix(lines[4], "  What to do: Client bug: "));
    assert_string_equal(lines[7], "Suspicion: wait-dropped");
    g_strfreev(lines);
    oxc_totals_clear(&totals);
}

/* Of many findings of one rule the first and the last are shown, or on demand all. */
static void test_many_findings(void **state)
{
    oxc_totals totals;
    char **lines;

    (void)state;
    oxc_totals_init(&totals, false);
    totals.requests = 1;
    for (uint32_t i = 0; i < 100; i++)
        add_finding(&totals, 12 + i, OXC_RULE_flags_in_nonzero);
    lines = print_lines(&totals, oxc_report_print_text, &plain);
    assert_string_equal(lines[0], "VIOLATION: flags-in-nonzero, 100 times");
    assert_true(g_str_has_prefix(lines[1], "  Frame 12, 62.004 s: "));
    assert_string_equal(lines[2], "  99 more, the last in frame 111, 62.004 s (--all lists them)");
    g_strfreev(lines);
    lines = print_lines(&totals, oxc_report_print_text, &everything);
    assert_true(g_str_has_prefix(lines[100], "  Frame 111, 62.004 s: "));
    g_strfreev(lines);
    oxc_totals_clear(&totals);
}

static void test_limits(void **state)
{
    oxc_totals totals;
    char **lines;

    (void)state;
    oxc_totals_init(&totals, false);
    totals.requests = totals.limits.sealed_requests = 1;
    totals.limits.unread_responses = 2;
    totals.limits.unmatched_responses = 1;
    totals.limits.gaps.repeated = 1;
    g_array_set_size(totals.sessions, 2);
    g_array_index(totals.sessions, oxc_session_totals, 1).gaps =
        (oxc_gap_cost){.calls = 3, .answers = 1, .certain_frame = 60};
    lines = print_lines(&totals, oxc_report_print_text, &plain);
    assert_widths(lines);
    assert_true(g_str_has_prefix(lines[3], "1 request and 0 responses are sealed"));
    assert_string_equal(lines[7], "What limits this analysis: 2 requests or responses could not be "
                                  "read (truncated, damaged, or with a");
    assert_string_equal(lines[8],
                        "fragment missing); 1 response could not be matched to a request; 1 "
                        "connection is in the capture");
    assert_string_equal(lines[11], "What gaps in the capture cost:");
    assert_string_equal(lines[12], "  Session 1: 3 requests and 1 answer were not judged; from "
                                   "frame 60 on it was certain again.");
    g_strfreev(lines);
    oxc_totals_clear(&totals);
}

static void assert_contains(const char *text, const char *part)
{
    if (strstr(text, part) == NULL)
        fail_msg("%s is not in %s", part, text);
}

static void test_json(void **state)
{
    oxc_totals totals;
    oxc_context_totals *context;
    char **lines;

    (void)state;
    oxc_totals_init(&totals, false);
    context = add_context(&totals);
    context->waits = totals.waits = 2;
    context->ended[OXC_OUTCOME_FAULT] = 2;
    oxc_wait_times_add(&context->times, -SECOND / 4);
    oxc_wait_times_add(&context->times, 300 * SECOND + 1);
    add_context(&totals);
    totals.unknown.waits = 1;
    add_finding(&totals, 12, OXC_RULE_wait_overlap);
    totals.violations = 1;
    lines = print_lines(&totals, oxc_report_print_json, &plain);
    assert_int_equal(g_strv_length(lines), 1);
    assert_true(json_validate((const guint8 *)lines[0], strlen(lines[0])));
    assert_true(g_str_has_prefix(lines[0], "{\"format\":\"oxcnotif\",\"version\":2,"));
    assert_contains(lines[0], "\"wait_time\":{\"count\":2,\"shortest\":-0.250000000,"
                              "\"median\":149.875000000,\"median_exact\":true,"
                              "\"longest\":300.000000001}");
    assert_contains(lines[0], "\"wait_time\":null");
    assert_contains(lines[0], "{\"context\":null,\"session\":null,\"transport\":null,");
    assert_contains(lines[0],
                    "{\"frame\":12,\"time\":62.004000000,\"rule\":\"wait-overlap\","
                    "\"class\":\"violation\",\"severity\":\"warning\",\"actor\":\"client\",");
    assert_contains(lines[0], "\"evidence_frames\":[7],");
    assert_contains(lines[0], "\"summary\":{\"contexts\":2,\"waits\":2,\"violations\":1,"
                              "\"suspicions\":0}}");
    g_strfreev(lines);
    oxc_totals_clear(&totals);
}

static void test_printable_text(void **state)
{
    char *text = oxc_printable_text("a\x1b[31m\"\\\n\xff.\xc2\x9b\xe2\x80\xae\xc3\xa4");

    (void)state;
    assert_string_equal(text, "a?[31m\"\\?\xef\xbf\xbd.??\xc3\xa4");
    g_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summary),     cmocka_unit_test(test_many_contexts),
        cmocka_unit_test(test_wide_tables), cmocka_unit_test(test_many_findings),
        cmocka_unit_test(test_findings),    cmocka_unit_test(test_limits),
        cmocka_unit_test(test_json),        cmocka_unit_test(test_printable_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
