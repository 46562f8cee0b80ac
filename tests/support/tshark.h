/* tshark.h
 * Runs the installed tshark with the plugin that was built, and with nothing else of the machine
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_TESTS_TSHARK_H
#define OXC_TESTS_TSHARK_H

#include <glib.h>
#include <stdbool.h>

/** A folder of its own that holds the plugin and a home; readable for every user. */
typedef struct {
    char *folder;
    char *minor; /**< "4.0": the version of Wireshark that the plugin was built for */
    /** What Wireshark says of a bug of its own that is to be let pass: a protocol and a text; NULL
     *  where there is none, and then such a bug ends tshark. */
    char *bug_protocol, *bug_text;
} tshark_sandbox;

typedef struct {
    char *output;
    char *errors; /**< what came on standard error */
    int status;   /**< as from waitpid() */
} tshark_result;

/** Makes the sandbox; NULL, after a message, where that fails.
 *  @param plugin  path .../plugins/MINOR/epan/oxcnotif.so */
tshark_sandbox *tshark_sandbox_new(const char *plugin);

/** Removes the folder with all that is in it; NULL is allowed. */
void tshark_sandbox_free(tshark_sandbox *sandbox);

/** Copies a file into the sandbox, where tshark can read it whoever runs it.
 *  @return the path of the copy, to be freed, or NULL after a message */
char *tshark_sandbox_add(const tshark_sandbox *sandbox, const char *path);

/** Runs tshark, as an unprivileged user if this is root: Wireshark does not load the plugin then.
 *  @param with_plugin  false: stock Wireshark
 *  @param options      a NULL-terminated array
 *  @return false, after a message, where it could not be started */
bool tshark_run(const tshark_sandbox *sandbox, bool with_plugin, const char *const *options,
                tshark_result *result);

/** True if tshark ended with 0, said nothing on standard error and reported no bug of a
 *  dissector, the sandbox's known one apart; prints what is wrong otherwise. */
bool tshark_result_is_clean(const tshark_sandbox *sandbox, const tshark_result *result);

void tshark_result_clear(tshark_result *result);

#endif /* OXC_TESTS_TSHARK_H */
