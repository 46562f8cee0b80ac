/* fixed_seed.c
 * Preloaded into tshark under callgrind: makes its runs alike, and counts none of its start-up
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <dlfcn.h>

#include <glib.h>
#include <valgrind/callgrind.h>

typedef void *(*open_function)(const char *, unsigned, int *, char **, int);

void *wtap_open_offline(const char *name, unsigned type, int *error, char **details, int random);

/* What Wireshark's hash tables, and ours, are seeded with. */
guint32 g_random_int(void)
{
    return 0x9E3779B9;
}

/* tshark opens the capture when it has started up: what came before was run fast, uncounted. */
void *wtap_open_offline(const char *name, unsigned type, int *error, char **details, int random)
{
    open_function next = (open_function)dlsym(RTLD_NEXT, "wtap_open_offline");

    CALLGRIND_START_INSTRUMENTATION;
    return next(name, type, error, details, random);
}
