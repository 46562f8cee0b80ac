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

static struct {
    bool begun;
    bool look_back;
    uint32_t number;
    uint32_t next_ordinal;
    oxc_budget budget;
} frame;

static void begin(const packet_info *pinfo)
{
    if (frame.begun && frame.number == pinfo->num)
        return;
    frame.begun = true;
    frame.number = pinfo->num;
    frame.next_ordinal = 0;
    frame.budget = (oxc_budget){.items = ITEMS_MAX, .rops = ROPS_MAX, .bytes = BYTES_MAX};
}

uint32_t oxc_frame_next_ordinal(const packet_info *pinfo)
{
    begin(pinfo);
    return frame.next_ordinal++;
}

oxc_budget *oxc_frame_budget(const packet_info *pinfo)
{
    begin(pinfo);
    return &frame.budget;
}

void oxc_frame_look_back(void)
{
    frame.look_back = true;
}

bool oxc_frame_is_looked_back_at(void)
{
    return frame.look_back;
}

void oxc_frame_end(void)
{
    frame.begun = false;
    frame.look_back = false;
}
