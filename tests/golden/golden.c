/* golden.c
 * Compares a text with the one that was committed
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "golden.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

static const char base_minor[] = "4.0";

static bool write_file(const char *path, const char *text)
{
    GError *error = NULL;

    if (!g_file_set_contents(path, text, -1, &error)) {
        g_printerr("%s\n", error->message);
        g_error_free(error);
        return false;
    }
    return true;
}

static char *read_file(const char *path)
{
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static void print_diff(const char *expected_path, const char *found_path)
{
    const char *argv[] = {"diff", "-u", "--", expected_path, found_path, NULL};
    char *output = NULL;

    if (g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL,
                     NULL, NULL)) {
        g_printerr("%.8000s%s\n", output, strlen(output) > 8000 ? "\n..." : "");
    }
    g_free(output);
}

bool golden_texts_equal(const char *expected, const char *found, const char *scratch)
{
    bool equal = strcmp(expected, found) == 0;

    if (!equal) {
        char *expected_path = g_build_filename(scratch, "expected", NULL);
        char *found_path = g_build_filename(scratch, "found", NULL);

        if (write_file(expected_path, expected) && write_file(found_path, found)) {
            print_diff(expected_path, found_path);
        }
        g_free(expected_path);
        g_free(found_path);
    }
    return equal;
}

/* An override is kept only where the version differs from the base. */
static bool update(const char *base, const char *override, const char *minor, const char *text)
{
    char *base_text;
    bool same;

    if (strcmp(minor, base_minor) == 0) {
        return write_file(base, text);
    }
    base_text = read_file(base);
    same = base_text != NULL && strcmp(base_text, text) == 0;
    g_free(base_text);
    if (same) {
        g_unlink(override);
        return true;
    }
    return write_file(override, text);
}

static bool compare(const char *path, const char *text, const char *scratch)
{
    char *expected = read_file(path);
    bool equal;

    if (expected == NULL) {
        g_printerr("%s is missing: ./test --update-golden writes it\n", path);
        return false;
    }
    equal = golden_texts_equal(expected, text, scratch);
    if (!equal) {
        g_printerr("differs from %s\n", path);
    }
    g_free(expected);
    return equal;
}

bool golden_matches(const char *folder, const char *name, const char *minor, const char *kind,
                    const char *text, const char *scratch)
{
    char *base = g_strdup_printf("%s/%s.%s.txt", folder, name, kind);
    char *override = g_strdup_printf("%s/%s.%s.%s.txt", folder, name, minor, kind);
    bool result;

    if (g_getenv("OXCNOTIF_UPDATE_GOLDEN") != NULL) {
        result = update(base, override, minor, text);
    } else {
        result =
            compare(g_file_test(override, G_FILE_TEST_EXISTS) ? override : base, text, scratch);
    }
    g_free(base);
    g_free(override);
    return result;
}
