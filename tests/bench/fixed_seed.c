/* fixed_seed.c
 * Preloaded, makes every run hash alike, so that counted instructions can be compared
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <glib.h>

/* What Wireshark's hash tables, and ours, are seeded with. */
guint32 g_random_int(void)
{
    return 0x9E3779B9;
}
