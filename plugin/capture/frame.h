/* frame.h
 * What the dissection of the frame at hand has numbered and used up so far
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_FRAME_H
#define OXC_FRAME_H

#include <epan/packet.h>

#include "compat.h"

/** What one frame may still cost: small packets can ask for much. */
typedef struct {
    size_t items; /**< items in the tree */
    bool hidden;  /**< it has been said that there are no more */
    size_t rops;  /**< ROPs of a summary */
    size_t bytes; /**< bytes that a decompressor writes */
} oxc_budget;

/** The frame that Wireshark dissects: one at a time. For the functions below. */
typedef struct {
    bool begun;
    bool looked_back_at;
    uint32_t number;
    uint32_t next_ordinal;
    oxc_budget budget;
} oxc_frame_state;

extern oxc_frame_state oxc_frame;

/** What a frame may cost; a compressed byte adds to the bytes. */
enum { OXC_FRAME_ITEMS_MAX = 100000, OXC_FRAME_ROPS_MAX = 20000, OXC_FRAME_BYTES_MAX = 0x80000 };

/** Begins with the frame of a packet, unless that has been done. */
static inline void oxc_frame_begin(const packet_info *pinfo)
{
    if (oxc_frame.begun && oxc_frame.number == pinfo->num)
        return;
    oxc_frame.begun = true;
    oxc_frame.number = pinfo->num;
    oxc_frame.next_ordinal = 0;
    oxc_frame.budget = (oxc_budget){
        .items = OXC_FRAME_ITEMS_MAX, .rops = OXC_FRAME_ROPS_MAX, .bytes = OXC_FRAME_BYTES_MAX};
}

/** Numbers the PDUs of a frame, over all its TCP segments and layers, the same on every pass.
 *  @return the ordinal of the next PDU, from 0 */
static inline uint32_t oxc_frame_next_ordinal(const packet_info *pinfo)
{
    oxc_frame_begin(pinfo);
    return oxc_frame.next_ordinal++;
}

/** The budget of a frame, whole when its dissection begins. */
static inline oxc_budget *oxc_frame_budget(const packet_info *pinfo)
{
    oxc_frame_begin(pinfo);
    return &oxc_frame.budget;
}

/** Asks for a look back at the frame when it has been dissected, on this pass. */
static inline void oxc_frame_look_back(void)
{
    oxc_frame.looked_back_at = true;
}

/** Whether somebody has asked for that. */
static inline bool oxc_frame_is_looked_back_at(void)
{
    return oxc_frame.looked_back_at;
}

/** Ends the dissection of a frame. Has to be called after each, by a postdissector: a frame may be
 *  dissected again at once. */
static inline void oxc_frame_end(void)
{
    oxc_frame.begun = false;
    oxc_frame.looked_back_at = false;
}

#endif /* OXC_FRAME_H */
