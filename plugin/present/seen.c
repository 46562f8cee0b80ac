/* seen.c
 * Which PDUs a tap has brought
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "seen.h"

#define BITS 64

void oxc_seen_add(oxc_seen *seen, uint32_t record)
{
    guint place = record / BITS;

    if (!seen->bits)
        seen->bits = g_array_new(FALSE, TRUE, sizeof(uint64_t));
    if (place >= seen->bits->len)
        g_array_set_size(seen->bits, place + 1);
    g_array_index(seen->bits, uint64_t, place) |= UINT64_C(1) << record % BITS;
}

bool oxc_seen_has(const oxc_seen *seen, uint32_t record)
{
    guint place = record / BITS;

    return record != OXC_NONE && seen->bits && place < seen->bits->len &&
           (g_array_index(seen->bits, uint64_t, place) >> record % BITS & 1) != 0;
}

const oxc_wait_end *oxc_seen_end(const oxc_seen *seen, const oxc_wait *wait)
{
    if (oxc_seen_has(seen, wait->end.record))
        return &wait->end;
    return oxc_seen_has(seen, wait->shown_over.record) ? &wait->shown_over : NULL;
}

void oxc_seen_clear(oxc_seen *seen)
{
    g_clear_pointer(&seen->bits, g_array_unref);
}
