/* test_reports.c
 * The statistics that tshark prints of one capture: oxcnotif,contexts, oxcnotif,json, oxcnotif,tree
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wsutil/wsjson.h>

#include "golden.h"
#include "rows.h"
#include "support/tshark.h"

/* The command line, and what all tests of the capture share. */
static const char *plugin, *golden_folder, *capture_file;
static tshark_sandbox *sandbox;
static char *capture, *name;
static char *contexts; /* the report as text, in one pass */

/* What tshark prints as a statistic, or NULL. */
static char *statistic(const char *statistic_name, bool two_passes)
{
    const char *const options[] = {
        "-r", capture, "-q", "-z", statistic_name, two_passes ? "-2" : NULL, NULL};
    tshark_result result;
    char *output = NULL;

    if (tshark_run(sandbox, true, options, &result) && tshark_result_is_clean(sandbox, &result)) {
        output = g_steal_pointer(&result.output);
    }
    tshark_result_clear(&result);
    return output;
}

static int open_capture(void **state)
{
    char *base = g_path_get_basename(capture_file);

    (void)state;
    name = g_strndup(base, strcspn(base, "."));
    g_free(base);
    sandbox = tshark_sandbox_new(plugin);
    capture = sandbox != NULL ? tshark_sandbox_add(sandbox, capture_file) : NULL;
    contexts = capture != NULL ? statistic("oxcnotif,contexts", false) : NULL;
    return contexts != NULL ? 0 : -1;
}

static int close_capture(void **state)
{
    (void)state;
    g_free(contexts);
    g_free(capture);
    g_free(name);
    tshark_sandbox_free(sandbox);
    return 0;
}

static void assert_golden(const char *kind, const char *text)
{
    assert_true(golden_matches(golden_folder, name, sandbox->minor, kind, text, sandbox->folder));
}

static void test_contexts(void **state)
{
    (void)state;
    assert_golden("contexts", contexts);
}

static void test_two_passes(void **state)
{
    char *again = statistic("oxcnotif,contexts", true);
    bool same;

    (void)state;
    assert_non_null(again);
    same = golden_texts_equal(contexts, again, sandbox->folder);
    g_free(again);
    assert_true(same);
}

static void test_json(void **state)
{
    char *json = statistic("oxcnotif,json", false);
    size_t length;

    (void)state;
    assert_non_null(json);
    length = strlen(json);
    assert_int_equal(strcspn(json, "\n") + 1, length);
    assert_true(json_validate((const guint8 *)json, length));
    assert_golden("json", json);
    g_free(json);
}

static void test_tree(void **state)
{
    char *tree = statistic("oxcnotif,tree", false);

    (void)state;
    assert_non_null(tree);
    assert_golden("waits", tree);
    g_free(tree);
}

/* How many values a field has in all frames. */
static unsigned count_values(GPtrArray *rows, char **fields, const char *field)
{
    unsigned count = 0;

    for (unsigned i = 0; i < rows->len; i++) {
        const char *value = rows_value(rows->pdata[i], fields, field);

        for (count += *value != '\0'; *value != '\0'; value++) {
            count += *value == ',';
        }
    }
    return count;
}

/* The last line counts what the packets show. */
static void test_summary(void **state)
{
    const char *const no_options[] = {NULL};
    char *fields[] = {(char[]){"oxcnotif.violation"}, (char[]){"oxcnotif.suspicion"}, NULL};
    GPtrArray *rows = rows_read(sandbox, capture, no_options, fields, false);
    const char *last = contexts + strlen(contexts) - 1;
    unsigned violations, suspicions;

    (void)state;
    assert_non_null(rows);
    while (last > contexts && last[-1] != '\n') {
        last--;
    }
    assert_int_equal(sscanf(last, "%*u context%*[s,] %*u wait%*[s,] %u violation%*[s,] %u",
                            &violations, &suspicions),
                     2);
    assert_int_equal(violations, count_values(rows, fields, fields[0]));
    assert_int_equal(suspicions, count_values(rows, fields, fields[1]));
    g_ptr_array_unref(rows);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_contexts), cmocka_unit_test(test_two_passes),
        cmocka_unit_test(test_json),     cmocka_unit_test(test_tree),
        cmocka_unit_test(test_summary),
    };

    if (argc != 4) {
        fprintf(stderr, "Usage: test_reports PLUGIN GOLDEN-FOLDER CAPTURE\n");
        return 2;
    }
    plugin = argv[1];
    golden_folder = argv[2];
    capture_file = argv[3];
    return cmocka_run_group_tests(all, open_capture, close_capture);
}
