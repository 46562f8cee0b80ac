/* test_recall.c
 * What a checker must still say behind a gap: each capture of a folder has the findings of the text
 * file beside it, and no others
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * recall.py makes the folder. The four rules on handles that nobody explained are left out: of
 * these a gap takes away for good.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host.h"

static const char *folder;

/* How many findings there are to find, and how many were found, for each kind of gap, transport and
 * class: "answer-lost.tcp V". */
typedef struct {
    unsigned wanted;
    unsigned found;
} score;

static bool is_counted(oxc_rule_id rule)
{
    return rule != OXC_RULE_wait_without_connect && rule != OXC_RULE_wait_handle_unknown &&
           rule != OXC_RULE_connect_without_session && rule != OXC_RULE_connect_session_unknown;
}

/* The findings of a capture as the generator writes them: "frame rule". */
static GHashTable *findings_of(const char *path)
{
    GHashTable *lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GArray *found = g_array_new(FALSE, FALSE, sizeof(host_finding));
    GArray *packets = host_read(path);
    GPtrArray *all = g_ptr_array_new();
    assert_non_null(packets);
    for (guint i = 0; i < packets->len; i++)
        g_ptr_array_add(all, &g_array_index(packets, host_packet, i));
    host_dissect((const host_packet *const *)all->pdata, all->len, HOST_SECOND_PASS, found);
    for (guint i = 0; i < found->len; i++) {
        const host_finding *f = &g_array_index(found, host_finding, i);
        if (is_counted(f->rule))
            g_hash_table_add(lines,
                             g_strdup_printf("%u %s", f->packet + 1, oxc_rules[f->rule].name));
    }
    g_ptr_array_unref(all);
    host_free_packets(packets);
    g_array_unref(found);
    return lines;
}

static char class_of(const char *line)
{
    const char *name = strchr(line, ' ') + 1;
    for (unsigned i = 0; i < OXC_RULE_COUNT; i++)
        if (strcmp(oxc_rules[i].name, name) == 0)
            return oxc_rules[i].rule_class == OXC_CLASS_VIOLATION ? 'V' : 'S';
    return '?';
}

static score *score_of(GHashTable *scores, const char *name, char rule_class)
{
    const char *second = strchr(strchr(name, '.') + 1, '.');
    char *key = g_strdup_printf("%.*s %c", (int)(second - name), name, rule_class);
    score *s = g_hash_table_lookup(scores, key);
    if (s != NULL) {
        g_free(key);
        return s;
    }
    s = g_new0(score, 1);
    g_hash_table_insert(scores, key, s);
    return s;
}

/* Returns how many findings are missing or too many. */
static unsigned compare(const char *name, GHashTable *scores)
{
    char *capture = g_strdup_printf("%s/%s.pcapng", folder, name);
    char *text = g_strdup_printf("%s/%s.txt", folder, name);
    char *expected = NULL;
    unsigned wrong = 0;
    GHashTable *found = findings_of(capture);
    assert_true(g_file_get_contents(text, &expected, NULL, NULL));
    char **lines = g_strsplit(expected, "\n", -1);
    for (char **line = lines; *line != NULL && **line != '\0'; line++) {
        score *s = score_of(scores, name, class_of(*line));
        bool there = g_hash_table_remove(found, *line);
        s->wanted++;
        s->found += there;
        wrong += !there;
        if (!there)
            print_error("%s: %s is missing\n", name, *line);
    }
    GHashTableIter more;
    gpointer line;
    g_hash_table_iter_init(&more, found);
    while (g_hash_table_iter_next(&more, &line, NULL)) {
        print_error("%s: %s is too much\n", name, (const char *)line);
        wrong++;
    }
    g_strfreev(lines);
    g_hash_table_destroy(found);
    g_free(expected);
    g_free(text);
    g_free(capture);
    return wrong;
}

static void print_scores(GHashTable *scores)
{
    GList *keys = g_list_sort(g_hash_table_get_keys(scores), (GCompareFunc)strcmp);
    for (GList *key = keys; key != NULL; key = key->next) {
        const score *s = g_hash_table_lookup(scores, key->data);
        print_message("%s: %u of %u\n", (const char *)key->data, s->found, s->wanted);
    }
    g_list_free(keys);
}

static void test_recall(void **state)
{
    (void)state;
    GHashTable *scores = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    GDir *files = g_dir_open(folder, 0, NULL);
    const char *file;
    unsigned wrong = 0;
    unsigned captures = 0;
    assert_non_null(files);
    while ((file = g_dir_read_name(files)) != NULL) {
        if (!g_str_has_suffix(file, ".txt"))
            continue;
        char *name = g_strndup(file, strlen(file) - strlen(".txt"));
        wrong += compare(name, scores);
        captures++;
        g_free(name);
    }
    g_dir_close(files);
    print_scores(scores);
    g_hash_table_destroy(scores);
    assert_int_not_equal(captures, 0);
    assert_int_equal(wrong, 0);
}

int main(int count, char **arguments)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_recall)};
    if (count != 2)
        return 2;
    folder = arguments[1];
    host_init();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    host_cleanup();
    return failed;
}
