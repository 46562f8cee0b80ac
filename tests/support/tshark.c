/* tshark.c
 * Runs the installed tshark with the plugin that was built, and with nothing else of the machine
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tshark.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* In the order of the command line: become nobody, then start tshark. */
static const char *const unprivileged[] = {"setpriv",        "--reuid=65534",  "--regid=65534",
                                           "--clear-groups", "--no-new-privs", NULL};

static bool run(const char *const *argv)
{
    GError *error = NULL;
    int status = 0;
    bool done = g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                             &status, &error);

    if (done && status != 0) {
        g_printerr("%s ended with status %d\n", argv[0], status);
    } else if (!done) {
        g_printerr("%s: %s\n", argv[0], error->message);
        g_error_free(error);
    }
    return done && status == 0;
}

static bool copy_file(const char *from, const char *folder)
{
    const char *const argv[] = {"cp", "--", from, folder, NULL};

    return run(argv);
}

static bool make_readable(const char *folder)
{
    const char *const argv[] = {"chmod", "-R", "a+rX", folder, NULL};

    return run(argv);
}

/* Creates FOLDER/plugins/MINOR/epan with the plugin in it, and FOLDER/home. */
static bool fill(const tshark_sandbox *sandbox, const char *plugin)
{
    char *epan = g_build_filename(sandbox->folder, "plugins", sandbox->minor, "epan", NULL);
    char *empty = g_build_filename(sandbox->folder, "empty", NULL);
    char *home = g_build_filename(sandbox->folder, "home", NULL);
    bool done = g_mkdir_with_parents(epan, 0755) == 0 && g_mkdir(empty, 0755) == 0 &&
                g_mkdir(home, 0755) == 0 && copy_file(plugin, epan) &&
                make_readable(sandbox->folder);

    g_free(epan);
    g_free(empty);
    g_free(home);
    return done;
}

tshark_sandbox *tshark_sandbox_new(const char *plugin)
{
    tshark_sandbox *sandbox = g_new0(tshark_sandbox, 1);
    char *epan = g_path_get_dirname(plugin);
    char *minor = g_path_get_dirname(epan);
    /* Not g_get_tmp_dir(): the folder that TMPDIR names may be closed to other users. */
    char template[] = "/tmp/oxcnotif-test.XXXXXX";

    sandbox->minor = g_path_get_basename(minor);
    sandbox->folder = g_strdup(g_mkdtemp(template));
    g_free(epan);
    g_free(minor);
    if (sandbox->folder == NULL || !fill(sandbox, plugin)) {
        g_printerr("no sandbox for tshark can be made in /tmp\n");
        tshark_sandbox_free(sandbox);
        return NULL;
    }
    return sandbox;
}

void tshark_sandbox_free(tshark_sandbox *sandbox)
{
    if (sandbox == NULL) {
        return;
    }
    if (sandbox->folder != NULL) {
        const char *const argv[] = {"rm", "-rf", "--", sandbox->folder, NULL};

        run(argv);
    }
    g_free(sandbox->folder);
    g_free(sandbox->minor);
    g_free(sandbox->bug_protocol);
    g_free(sandbox->bug_text);
    g_free(sandbox);
}

char *tshark_sandbox_add(const tshark_sandbox *sandbox, const char *path)
{
    char *name = g_path_get_basename(path);
    char *copy = g_build_filename(sandbox->folder, name, NULL);

    g_free(name);
    if (!copy_file(path, copy) || !make_readable(copy)) {
        g_free(copy);
        return NULL;
    }
    return copy;
}

/* Nothing of the user's environment but the way to the programs. */
static char **environment(const tshark_sandbox *sandbox, bool with_plugin)
{
    char *home = g_build_filename(sandbox->folder, "home", NULL);
    char *plugins = g_build_filename(sandbox->folder, with_plugin ? "plugins" : "empty", NULL);
    const char *const kept[] = {"PATH", "LD_PRELOAD", "ASAN_OPTIONS", "UBSAN_OPTIONS"};
    char **result = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        if (g_getenv(kept[i]) != NULL) {
            result = g_environ_setenv(result, kept[i], g_getenv(kept[i]), TRUE);
        }
    }
    result = g_environ_setenv(result, "HOME", home, TRUE);
    result = g_environ_setenv(result, "WIRESHARK_CONFIG_DIR", home, TRUE);
    result = g_environ_setenv(result, "WIRESHARK_PLUGIN_DIR", plugins, TRUE);
    if (sandbox->bug_text == NULL) {
        result = g_environ_setenv(result, "WIRESHARK_ABORT_ON_DISSECTOR_BUG", "1", TRUE);
    }
    result = g_environ_setenv(result, "TZ", "UTC", TRUE);
    result = g_environ_setenv(result, "LC_ALL", "C.UTF-8", TRUE);
    g_free(home);
    g_free(plugins);
    return result;
}

static void add_all(GPtrArray *argv, const char *const *words)
{
    for (; *words != NULL; words++) {
        g_ptr_array_add(argv, (gpointer)*words);
    }
}

bool tshark_run(const tshark_sandbox *sandbox, bool with_plugin, const char *const *options,
                tshark_result *result)
{
    GPtrArray *argv = g_ptr_array_new();
    char **env = environment(sandbox, with_plugin);
    GError *error = NULL;
    bool done;

    memset(result, 0, sizeof *result);
    if (geteuid() == 0) {
        add_all(argv, unprivileged);
    }
    g_ptr_array_add(argv, (gpointer) "tshark");
    add_all(argv, options);
    g_ptr_array_add(argv, NULL);
    done = g_spawn_sync(sandbox->folder, (char **)argv->pdata, env,
                        G_SPAWN_SEARCH_PATH | G_SPAWN_STDIN_FROM_DEV_NULL, NULL, NULL,
                        &result->output, &result->errors, &result->status, &error);
    if (!done) {
        g_printerr("%s\n", error->message);
        g_error_free(error);
    }
    g_strfreev(env);
    g_ptr_array_free(argv, TRUE);
    return done;
}

static bool is_known_bug(const tshark_sandbox *sandbox, const char *line)
{
    char *start;
    bool known;

    if (sandbox->bug_text == NULL) {
        return false;
    }
    start = g_strdup_printf("Dissector bug, protocol %s", sandbox->bug_protocol);
    known = strstr(line, start) != NULL && strstr(line, sandbox->bug_text) != NULL;
    g_free(start);
    return known;
}

/* Prints the lines of what tshark said that are a complaint; true if there are none.
 * @param bad  what makes a line a complaint; NULL: every line is one */
static bool has_no_complaint(const tshark_sandbox *sandbox, const char *said,
                             const char *const *bad)
{
    char **lines = g_strsplit(said, "\n", -1);
    bool clean = true;

    for (size_t i = 0; lines[i] != NULL; i++) {
        bool complaint = bad == NULL && *lines[i] != '\0';

        for (size_t j = 0; bad != NULL && bad[j] != NULL; j++) {
            complaint = complaint || strstr(lines[i], bad[j]) != NULL;
        }
        if (complaint && !is_known_bug(sandbox, lines[i])) {
            g_printerr("tshark said: %.200s\n", lines[i]);
            clean = false;
        }
    }
    g_strfreev(lines);
    return clean;
}

bool tshark_result_is_clean(const tshark_sandbox *sandbox, const tshark_result *result)
{
    const char *const bad[] = {"Dissector bug, protocol", "compiled for", "same dissector name",
                               NULL};
    bool quiet = has_no_complaint(sandbox, result->errors, NULL);
    bool clean = has_no_complaint(sandbox, result->output, bad);

    if (result->status != 0) {
        g_printerr("tshark ended with status %d\n", result->status);
    }
    return result->status == 0 && quiet && clean;
}

void tshark_result_clear(tshark_result *result)
{
    g_free(result->output);
    g_free(result->errors);
    memset(result, 0, sizeof *result);
}
