/* test_rule_table.c
 * rules.def, the registered expert items and the table in docs/findings.md say the same
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
#include <string.h>

#include "sequence/rules.h"
#include "support/tshark.h"

#define FILTER_PREFIX "oxcnotif.rule."

static const char *plugin, *source_folder;

static const char *const severities[] = {"Note", "Warning", "Error"};
static const char *const expert_severities[] = {"PI_NOTE", "PI_WARN", "PI_ERROR"};

static char *read_source(const char *name)
{
    char *path = g_build_filename(source_folder, name, NULL);
    char *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        fail_msg("%s cannot be read", path);
    }
    g_free(path);
    return text;
}

/* "oxcnotif.rule.wait_overlap" for "wait-overlap" */
static char *filter_name(const oxc_rule *rule)
{
    char *name = g_strconcat(FILTER_PREFIX, rule->name, NULL);

    return g_strdelimit(name, "-", '_');
}

static const oxc_rule *rule_by_name(const char *name)
{
    for (size_t i = 0; i < OXC_RULE_COUNT; i++) {
        if (strcmp(oxc_rules[i].name, name) == 0) {
            return &oxc_rules[i];
        }
    }
    return NULL;
}

static void check_registered(const char *fields, const oxc_rule *rule)
{
    char *filter = filter_name(rule);
    char *column = g_strdup_printf("\t%s\t", filter);

    if (strstr(fields, column) == NULL) {
        fail_msg("%s is not registered", filter);
    }
    g_free(column);
    g_free(filter);
}

/* @p name is what follows the prefix: a rule, or a rule and, after a dot, a variant of it. */
static void check_is_rule(const char *name)
{
    char *rule = g_strndup(name, strcspn(name, ".\t"));

    g_strdelimit(rule, "_", '-');
    if (rule_by_name(rule) == NULL) {
        fail_msg("%s is registered, but is no rule", rule);
    }
    g_free(rule);
}

static void test_registered_filters(void **state)
{
    const char *const options[] = {"-G", "fields", NULL};
    tshark_sandbox *sandbox = tshark_sandbox_new(plugin);
    tshark_result result;

    (void)state;
    assert_non_null(sandbox);
    assert_true(tshark_run(sandbox, true, options, &result));
    assert_true(tshark_result_is_clean(sandbox, &result));
    for (size_t i = 0; i < OXC_RULE_COUNT; i++) {
        check_registered(result.output, &oxc_rules[i]);
    }
    for (const char *at = result.output; (at = strstr(at, "\t" FILTER_PREFIX)) != NULL;) {
        at += strlen("\t" FILTER_PREFIX);
        check_is_rule(at);
    }
    tshark_result_clear(&result);
    tshark_sandbox_free(sandbox);
}

/* The severity that the source registers, which tshark does not tell. */
static void test_registered_severities(void **state)
{
    char *source = read_source("plugin/present/packet-oxcnotif.c");

    (void)state;
    for (size_t i = 0; i < OXC_RULE_COUNT; i++) {
        char *filter = filter_name(&oxc_rules[i]);
        char *pattern = g_strdup_printf("\"\\Q%s\\E\",\\s*(PI_SEQUENCE|PI_PROTOCOL),\\s*%s\\b",
                                        filter, expert_severities[oxc_rules[i].severity]);

        if (!g_regex_match_simple(pattern, source, 0, 0)) {
            fail_msg("%s is not registered as %s", filter,
                     expert_severities[oxc_rules[i].severity]);
        }
        g_free(pattern);
        g_free(filter);
    }
    g_free(source);
}

static void check_row(const char *name, const char *rule_class, const char *severity)
{
    const oxc_rule *rule = rule_by_name(name);

    if (rule == NULL) {
        fail_msg("docs/findings.md has the rule %s, rules.def has not", name);
        return;
    }
    assert_string_equal(rule_class, rule->rule_class == OXC_CLASS_VIOLATION ? "V" : "S");
    if (!g_str_has_prefix(severity, severities[rule->severity])) {
        fail_msg("docs/findings.md has %s for %s", severity, name);
    }
}

/* Rows of the form | `wait-overlap` | V | Warning | ... */
static void test_documented(void **state)
{
    char *page = read_source("docs/findings.md");
    GRegex *row = g_regex_new("^\\| *`([a-z-]+)` *\\| *([VS]) *\\| *([^|]+?) *\\|",
                              G_REGEX_MULTILINE, 0, NULL);
    GMatchInfo *match;
    size_t count = 0;

    (void)state;
    g_regex_match(row, page, 0, &match);
    while (g_match_info_matches(match)) {
        char *name = g_match_info_fetch(match, 1);
        char *rule_class = g_match_info_fetch(match, 2);
        char *severity = g_match_info_fetch(match, 3);

        check_row(name, rule_class, severity);
        count++;
        g_free(name);
        g_free(rule_class);
        g_free(severity);
        g_match_info_next(match, NULL);
    }
    assert_int_equal(count, OXC_RULE_COUNT);
    g_match_info_free(match);
    g_regex_unref(row);
    g_free(page);
}

static void assert_is_phrase(const char *text)
{
    size_t length = strlen(text);

    assert_int_not_equal(length, 0);
    if (strchr(".,; ", text[length - 1]) != NULL) {
        fail_msg("there is something behind the phrase: %s", text);
    }
}

static void test_names_are_unique(void **state)
{
    (void)state;
    for (size_t i = 0; i < OXC_RULE_COUNT; i++) {
        assert_ptr_equal(rule_by_name(oxc_rules[i].name), &oxc_rules[i]);
        assert_int_not_equal(strlen(oxc_rules[i].sentence), 0);
        /* For people: one phrase each, to which a full stop or a comma can be added. */
        assert_is_phrase(oxc_rules[i].fault);
        assert_is_phrase(oxc_rules[i].summary);
        assert_is_phrase(oxc_rules[i].remedy);
        /* What rests on a requirement says where that stands. */
        if (*oxc_rules[i].requirements != '\0') {
            assert_int_not_equal(strlen(oxc_rules[i].sections), 0);
        }
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_names_are_unique),
        cmocka_unit_test(test_registered_filters),
        cmocka_unit_test(test_registered_severities),
        cmocka_unit_test(test_documented),
    };

    if (argc != 3) {
        fprintf(stderr, "Usage: test_rule_table PLUGIN SOURCE-FOLDER\n");
        return 2;
    }
    plugin = argv[1];
    source_folder = argv[2];
    return cmocka_run_group_tests(all, NULL, NULL);
}
