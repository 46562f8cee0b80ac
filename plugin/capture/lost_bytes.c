/* lost_bytes.c
 * Where bytes of the capture are missing
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "lost_bytes.h"

#include <glib.h>

static uint32_t lost_segments;
static GArray *losses; /* of oxc_loss */

void oxc_losses_keep(const oxc_loss *loss)
{
    if (losses->len < OXC_LOSSES_MAX)
        g_array_append_val(losses, *loss);
}

void oxc_losses_count_segment(void)
{
    lost_segments++;
}

const oxc_loss *oxc_losses(size_t *count)
{
    *count = losses->len;
    return &g_array_index(losses, oxc_loss, 0);
}

uint32_t oxc_lost_segments(void)
{
    return lost_segments;
}

void oxc_losses_begin_file(void)
{
    lost_segments = 0;
    losses = g_array_new(FALSE, FALSE, sizeof(oxc_loss));
}

void oxc_losses_end_file(void)
{
    g_clear_pointer(&losses, g_array_unref);
}
