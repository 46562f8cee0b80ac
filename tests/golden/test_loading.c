/* test_loading.c
 * tshark loads the plugin that was built, and knows its protocols
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

#include "support/tshark.h"

static const char *plugin;
static tshark_sandbox *sandbox;

static int make_sandbox(void **state)
{
    (void)state;
    sandbox = tshark_sandbox_new(plugin);
    return sandbox != NULL ? 0 : -1;
}

static int free_sandbox(void **state)
{
    (void)state;
    tshark_sandbox_free(sandbox);
    return 0;
}

static char *report(const char *kind)
{
    const char *const options[] = {"-G", kind, NULL};
    tshark_result result;
    char *output;

    assert_true(tshark_run(sandbox, true, options, &result));
    assert_true(tshark_result_is_clean(sandbox, &result));
    output = g_steal_pointer(&result.output);
    tshark_result_clear(&result);
    return output;
}

static void test_plugin_is_loaded(void **state)
{
    char *plugins = report("plugins");
    char *pattern = g_strdup_printf("(?m)^oxcnotif.so\\s+\\Q%s\\E\\s+.*dissector.*\\Q%s\\E/",
                                    OXC_VERSION, sandbox->folder);

    (void)state;
    assert_true(g_regex_match_simple(pattern, plugins, 0, 0));
    g_free(pattern);
    g_free(plugins);
}

static void test_protocols_are_known(void **state)
{
    const char *const wanted[] = {"EMSMDB\temsmdb", "AsyncEMSMDB\tasyncemsmdb",
                                  "OXCNOTIF\toxcnotif"};
    char *protocols = report("protocols");

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
        char *column = g_strdup_printf("(?m)\\t%s(\\t|$)", wanted[i]);

        assert_true(g_regex_match_simple(column, protocols, 0, 0));
        g_free(column);
    }
    g_free(protocols);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(test_plugin_is_loaded),
        cmocka_unit_test(test_protocols_are_known),
    };

    if (argc != 2) {
        fprintf(stderr, "Usage: test_loading PLUGIN\n");
        return 2;
    }
    plugin = argv[1];
    return cmocka_run_group_tests(all, make_sandbox, free_sandbox);
}
