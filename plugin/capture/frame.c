/* frame.c
 * What the dissection of the frame at hand has numbered and used up so far
 *
 * Not kept with the packet as Wireshark's proto data: making, finding and freeing that costs more
 * than all that is done with it. Wireshark dissects one frame at a time.
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "frame.h"

/* What a frame may cost; a compressed byte adds to the bytes. */
enum { ITEMS_MAX = 100000, ROPS_MAX = 20000, BYTES_MAX = 0x80000 };

oxc_frame_state oxc_frame;

void oxc_frame_begin(const packet_info *pinfo)
{
    oxc_frame.begun = true;
    oxc_frame.number = pinfo->num;
    oxc_frame.next_ordinal = 0;
    oxc_frame.budget = (oxc_budget){.items = ITEMS_MAX, .rops = ROPS_MAX, .bytes = BYTES_MAX};
}
