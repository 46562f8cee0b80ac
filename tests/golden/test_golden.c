/* test_golden.c
 * One capture through tshark: one pass, two passes, the packet tree, without a tree, and stock
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

#include "golden.h"
#include "normalise.h"
#include "rows.h"
#include "support/tshark.h"

/* The command line, and what all tests of the capture share. */
static const char *plugin, *golden_folder, *expected_folder, *fields_file, *capture_file;
static char *const *option_words;
static tshark_sandbox *sandbox;
static const char *name;
static char *capture;
static GPtrArray *more_options;
static char **fields;
static GPtrArray *one_pass, *two_passes;

/* "-o tls.keylog_file:@FILE" names a file that has to go into the sandbox. */
static bool add_option(const char *option)
{
    const char *file = strchr(option, '@');
    char *copy;

    if (file == NULL) {
        g_ptr_array_add(more_options, g_strdup(option));
        return true;
    }
    copy = tshark_sandbox_add(sandbox, file + 1);
    if (copy != NULL) {
        g_ptr_array_add(more_options,
                        g_strdup_printf("%.*s%s", (int)(file - option), option, copy));
    }
    g_free(copy);
    return copy != NULL;
}

static bool add_options(char *const *options)
{
    bool done = true;

    more_options = g_ptr_array_new_with_free_func(g_free);
    for (; *options != NULL && done; options++) {
        done = add_option(*options);
    }
    g_ptr_array_add(more_options, NULL);
    return done;
}

/* Whether the first version, "4.2", is the second or a later one. */
static bool is_at_least(const char *minor, const char *since)
{
    char *minor_end, *since_end;
    unsigned long major = strtoul(minor, &minor_end, 10);
    unsigned long since_major = strtoul(since, &since_end, 10);

    return major != since_major
               ? major > since_major
               : strtoul(minor_end + 1, NULL, 10) >= strtoul(since_end + 1, NULL, 10);
}

/* Takes over a line of wireshark-bugs.txt if it is meant for this run. */
static void take_known_bug(const char *line)
{
    char **words = g_strsplit(line, " ", 4);

    if (*line != '#' && g_strv_length(words) == 4 && strcmp(words[0], name) == 0 &&
        is_at_least(sandbox->minor, words[1])) {
        sandbox->bug_protocol = g_strdup(words[2]);
        sandbox->bug_text = g_strdup(words[3]);
    }
    g_strfreev(words);
}

static bool find_known_bug(void)
{
    char *path = g_build_filename(golden_folder, "wireshark-bugs.txt", NULL);
    char *text = NULL;
    bool done = g_file_get_contents(path, &text, NULL, NULL);

    if (done) {
        char **lines = g_strsplit(text, "\n", -1);

        for (size_t i = 0; lines[i] != NULL && sandbox->bug_text == NULL; i++) {
            take_known_bug(lines[i]);
        }
        g_strfreev(lines);
    }
    g_free(text);
    g_free(path);
    return done;
}

static int open_capture(void **state)
{
    const char *const *options;

    (void)state;
    sandbox = tshark_sandbox_new(plugin);
    fields = rows_field_names(fields_file);
    if (sandbox == NULL || fields == NULL || !add_options(option_words) || !find_known_bug()) {
        return -1;
    }
    options = (const char *const *)more_options->pdata;
    capture = tshark_sandbox_add(sandbox, capture_file);
    if (capture == NULL) {
        return -1;
    }
    one_pass = rows_read(sandbox, capture, options, fields, false);
    two_passes = rows_read(sandbox, capture, options, fields, true);
    return one_pass != NULL && two_passes != NULL ? 0 : -1;
}

static int close_capture(void **state)
{
    (void)state;
    g_clear_pointer(&one_pass, g_ptr_array_unref);
    g_clear_pointer(&two_passes, g_ptr_array_unref);
    g_clear_pointer(&more_options, g_ptr_array_unref);
    g_strfreev(fields);
    g_free(capture);
    tshark_sandbox_free(sandbox);
    return 0;
}

static void assert_golden(const char *kind, char *text)
{
    bool same = golden_matches(golden_folder, name, sandbox->minor, kind, text, sandbox->folder);

    g_free(text);
    assert_true(same);
}

/* What tshark prints on the capture with some options. */
static char *shown(bool with_plugin, const char *const *options)
{
    GPtrArray *all = g_ptr_array_new();
    tshark_result result;
    char *output;

    g_ptr_array_add(all, (gpointer) "-r");
    g_ptr_array_add(all, capture);
    for (unsigned i = 0; i + 1 < more_options->len; i++) {
        g_ptr_array_add(all, more_options->pdata[i]);
    }
    for (; *options != NULL; options++) {
        g_ptr_array_add(all, (gpointer)*options);
    }
    g_ptr_array_add(all, NULL);
    assert_true(tshark_run(sandbox, with_plugin, (const char *const *)all->pdata, &result));
    g_ptr_array_free(all, TRUE);
    assert_true(tshark_result_is_clean(sandbox, &result));
    output = g_steal_pointer(&result.output);
    tshark_result_clear(&result);
    return output;
}

static void test_one_pass(void **state)
{
    (void)state;
    assert_golden("onepass", rows_text(one_pass, fields));
}

static void test_two_passes(void **state)
{
    (void)state;
    assert_golden("twopass", rows_text(two_passes, fields));
}

static bool is_finding(const char *field)
{
    return strcmp(field, "oxcnotif.violation") == 0 || strcmp(field, "oxcnotif.suspicion") == 0;
}

/* A request that was answered 401 after all is no call any more: its links are taken back. */
static bool is_leg(const frame_row *row)
{
    for (size_t f = 0; fields[f] != NULL; f++) {
        if (strcmp(fields[f], "mapihttp.leg") == 0)
            return *row->values[f] != '\0';
    }
    return false;
}

/* A second pass may show more, never something else; findings rest on what came before. */
static void test_passes_agree(void **state)
{
    (void)state;
    for (unsigned i = 0; i < one_pass->len; i++) {
        const frame_row *first = one_pass->pdata[i];
        const frame_row *second = rows_find(two_passes, first->frame);

        assert_non_null(second);
        for (size_t f = 0; fields[f] != NULL; f++) {
            if (is_finding(fields[f])) {
                assert_string_equal(first->values[f], second->values[f]);
            } else if (*first->values[f] != '\0' && !is_leg(second) &&
                       !rows_is_subsequence(first->values[f], second->values[f])) {
                fail_msg("frame %u: %s is %s in one pass and %s in two", first->frame, fields[f],
                         first->values[f], second->values[f]);
            }
        }
    }
}

/* Keeps of the tree the frame numbers and the subtrees; all that is not ours is closed. */
static char *own_subtrees(const char *tree)
{
    char **lines = g_strsplit(tree, "\n", -1);
    GString *text = g_string_new(NULL);

    for (size_t i = 0; lines[i] != NULL; i++) {
        const char *next = lines[i + 1] != NULL ? lines[i + 1] : "";

        if (g_str_has_prefix(lines[i], "Frame ")) {
            g_string_append_printf(text, "%.*s\n", (int)strcspn(lines[i], ":"), lines[i]);
        } else if (*lines[i] == ' ' || *next == ' ') {
            char *line = normalise_tree_line(lines[i]);

            g_string_append_printf(text, "%s\n", line);
            g_free(line);
        }
    }
    g_strfreev(lines);
    return g_string_free(text, FALSE);
}

static void test_tree(void **state)
{
    const char *const options[] = {
        "-2", "-Y", ROWS_FILTER, "-O", "oxcnotif,asyncemsmdb,emsmdb,mapihttp", NULL};
    char *tree = shown(true, options);
    char *text = own_subtrees(tree);

    (void)state;
    g_free(tree);
    assert_golden("tree", text);
}

/* Without fields or filters tshark builds no tree; the Info column must not need one. */
static void test_without_tree(void **state)
{
    const char *const options[] = {"-o", "gui.column.format:\"No.\",\"%m\",\"Info\",\"%i\"", NULL};
    char *output = shown(true, options);
    char **lines = g_strsplit(output, "\n", -1);

    (void)state;
    for (size_t i = 0; lines[i] != NULL && *lines[i] != '\0'; i++) {
        char *info;
        const frame_row *row = rows_find(one_pass, (unsigned)strtoul(lines[i], &info, 10));

        if (row != NULL) {
            assert_string_equal(*info == ' ' ? info + 1 : info, row->info);
        }
    }
    g_strfreev(lines);
    g_free(output);
}

/* Frames that stock Wireshark calls malformed, by its own decode of EMSMDB. Since 4.2 that decode
 * also runs, and fails, on frames where it only gets with our help: over HTTP. */
static GHashTable *malformed_in_stock(void)
{
    bool old = strcmp(sandbox->minor, "4.0") == 0;
    const char *filter = old ? "_ws.malformed" : "_ws.malformed or not mapi";
    const char *const options[] = {"-Y", filter, "-T", "fields", "-e", "frame.number", NULL};
    char *output = shown(false, options);
    char **lines = g_strsplit(output, "\n", -1);
    GHashTable *frames = g_hash_table_new(NULL, NULL);

    for (size_t i = 0; lines[i] != NULL; i++) {
        g_hash_table_add(frames, GUINT_TO_POINTER((unsigned)strtoul(lines[i], NULL, 10)));
    }
    g_strfreev(lines);
    g_free(output);
    return frames;
}

/* What we cannot read is cut or short, never malformed. */
static void test_nothing_more_malformed(void **state)
{
    GHashTable *stock = NULL;

    (void)state;
    for (unsigned i = 0; i < one_pass->len; i++) {
        const frame_row *row = one_pass->pdata[i];

        if (!row->malformed) {
            continue;
        }
        stock = stock != NULL ? stock : malformed_in_stock();
        if (!g_hash_table_contains(stock, GUINT_TO_POINTER(row->frame))) {
            fail_msg("frame %u is malformed only with the plugin", row->frame);
        }
    }
    g_clear_pointer(&stock, g_hash_table_unref);
}

static void add_findings(GPtrArray *lines, const frame_row *row, const char *field)
{
    char **rules = g_strsplit(rows_value(row, fields, field), ",", -1);

    for (size_t i = 0; rules[i] != NULL; i++) {
        if (*rules[i] != '\0') {
            g_ptr_array_add(lines, g_strdup_printf("%u %s", row->frame, rules[i]));
        }
    }
    g_strfreev(rules);
}

static int compare_lines(gconstpointer a, gconstpointer b)
{
    const char *first = *(const char *const *)a, *second = *(const char *const *)b;
    unsigned long first_frame = strtoul(first, NULL, 10), second_frame = strtoul(second, NULL, 10);

    return first_frame != second_frame ? (first_frame < second_frame ? -1 : 1)
                                       : strcmp(first, second);
}

static char *join_sorted(GPtrArray *lines)
{
    GString *text = g_string_new(NULL);

    g_ptr_array_sort(lines, compare_lines);
    for (unsigned i = 0; i < lines->len; i++) {
        g_string_append_printf(text, "%s\n", (char *)lines->pdata[i]);
    }
    g_ptr_array_free(lines, TRUE);
    return g_string_free(text, FALSE);
}

/* What the scenario says must be found. Lines "FRAME RULE", in any order. */
static char *expected_findings(void)
{
    char *path = g_strdup_printf("%s/%s.txt", expected_folder, name);
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    char *text = NULL;
    char **all;

    g_file_get_contents(path, &text, NULL, NULL);
    g_free(path);
    if (text == NULL) {
        g_ptr_array_free(lines, TRUE);
        return NULL;
    }
    all = g_strsplit(text, "\n", -1);
    for (size_t i = 0; all[i] != NULL; i++) {
        if (*all[i] != '\0' && *all[i] != '#') {
            g_ptr_array_add(lines, g_strdup(g_strchomp(all[i])));
        }
    }
    g_strfreev(all);
    g_free(text);
    return join_sorted(lines);
}

static void test_findings(void **state)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    char *expected = expected_findings();
    char *found;
    bool same;

    (void)state;
    for (unsigned i = 0; i < two_passes->len; i++) {
        add_findings(lines, two_passes->pdata[i], "oxcnotif.violation");
        add_findings(lines, two_passes->pdata[i], "oxcnotif.suspicion");
    }
    found = join_sorted(lines);
    if (expected == NULL) {
        g_free(found);
        skip();
    }
    same = golden_texts_equal(expected, found, sandbox->folder);
    g_free(expected);
    g_free(found);
    assert_true(same);
}

/* Leaves out the top-level items of the three protocols, and the line with the time of the run. */
static char *without_own_items(char *pdml)
{
    char **lines = g_strsplit(pdml, "\n", -1);
    GString *text = g_string_new(NULL);
    bool inside = false;

    for (size_t i = 0; lines[i] != NULL; i++) {
        if (g_str_has_prefix(lines[i], "  <proto name=\"emsmdb\"") ||
            g_str_has_prefix(lines[i], "  <proto name=\"asyncemsmdb\"") ||
            g_str_has_prefix(lines[i], "  <proto name=\"oxcnotif\"")) {
            inside = !g_str_has_suffix(lines[i], "/>");
        } else if (inside) {
            inside = strcmp(lines[i], "  </proto>") != 0;
        } else if (!g_str_has_prefix(lines[i], "<pdml ")) {
            g_string_append_printf(text, "%s\n", lines[i]);
        }
    }
    g_strfreev(lines);
    g_free(pdml);
    return g_string_free(text, FALSE);
}

static void assert_as_stock(const char *const *options)
{
    char *stock = without_own_items(shown(false, options));
    char *ours = without_own_items(shown(true, options));
    bool same = golden_texts_equal(stock, ours, sandbox->folder);

    g_free(stock);
    g_free(ours);
    assert_true(same);
}

/* Legacy calls look as without the plugin, our own items apart. */
static void test_legacy_as_stock(void **state)
{
    /* Wireshark 4.0 decodes opnum 4 wrongly, and those after 9 not at all. */
    bool old = strcmp(sandbox->minor, "4.0") == 0;
    const char *filter = old ? "not (dcerpc.opnum == 4 or dcerpc.opnum > 9)" : "frame";
    const char *const details[] = {"-Y", filter, "-T", "pdml", NULL};
    const char *const twice[] = {"-2", "-Y", filter, "-T", "pdml", NULL};
    const char *const protocols[] = {"-Y", filter, "-o",
                                     "gui.column.format:\"No.\",\"%m\",\"Protocol\",\"%p\"", NULL};

    (void)state;
    if (strstr(name, "legacy") == NULL) {
        skip();
    }
    assert_as_stock(details);
    assert_as_stock(twice);
    assert_as_stock(protocols);
}

/* Wireshark alone does not know the plugin's preferences. */
static bool has_own_option(void)
{
    for (unsigned i = 0; i + 1 < more_options->len; i++) {
        if (g_str_has_prefix(more_options->pdata[i], "oxcnotif.")) {
            return true;
        }
    }
    return false;
}

/* From 4.2 on Wireshark decodes the newer methods too, and their ROPs: all of that stays. What it
 * cannot find without the plugin, in RPC over HTTP and on a port of X11, there is nothing to
 * compare with, nor where it has a bug of its own. */
static void test_mapi_as_stock(void **state)
{
    const char *const options[] = {"-Y", "mapi", "-T", "pdml", "-j", "mapi", NULL};

    (void)state;
    if (!is_at_least(sandbox->minor, "4.2") || g_str_has_prefix(name, "http") ||
        strcmp(name, "port-6001") == 0 || sandbox->bug_text != NULL || has_own_option()) {
        skip();
    }
    assert_as_stock(options);
}

/* A bug that is let pass is one of Wireshark's own, and no frame more has it. */
static void test_known_bug_is_not_ours(void **state)
{
    const char *const options[] = {"-Y", "_ws.expert.message contains \"failed assertion\"",
                                   "-T", "fields",
                                   "-e", "frame.number",
                                   NULL};
    char *stock, *ours;
    bool same;

    (void)state;
    if (sandbox->bug_text == NULL) {
        skip();
    }
    stock = shown(false, options);
    ours = shown(true, options);
    same = *stock != '\0' && golden_texts_equal(stock, ours, sandbox->folder);
    g_free(stock);
    g_free(ours);
    assert_true(same);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_one_pass),      cmocka_unit_test(test_two_passes),
        cmocka_unit_test(test_passes_agree),  cmocka_unit_test(test_tree),
        cmocka_unit_test(test_without_tree),  cmocka_unit_test(test_nothing_more_malformed),
        cmocka_unit_test(test_findings),      cmocka_unit_test(test_legacy_as_stock),
        cmocka_unit_test(test_mapi_as_stock), cmocka_unit_test(test_known_bug_is_not_ours),
    };

    if (argc < 7) {
        fprintf(stderr, "Usage: test_golden PLUGIN GOLDEN-FOLDER EXPECTED-FOLDER FIELDS CAPTURE "
                        "NAME [TSHARK-OPTION...]\n");
        return 2;
    }
    plugin = argv[1];
    golden_folder = argv[2];
    expected_folder = argv[3];
    fields_file = argv[4];
    capture_file = argv[5];
    name = argv[6];
    option_words = argv + 7;
    return cmocka_run_group_tests(all, open_capture, close_capture);
}
