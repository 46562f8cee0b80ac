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

/** Numbers the PDUs of a frame, over all its TCP segments and layers, the same on every pass.
 *  @return the ordinal of the next PDU, from 0 */
uint32_t oxc_frame_next_ordinal(const packet_info *pinfo);

/** The budget of a frame, whole when its dissection begins. */
oxc_budget *oxc_frame_budget(const packet_info *pinfo);

/** Asks for a look back at the frame when it has been dissected, on this pass. */
void oxc_frame_look_back(void);

/** Whether somebody has asked for that. */
bool oxc_frame_is_looked_back_at(void);

/** Ends the dissection of a frame. Has to be called after each, by a postdissector: a frame may be
 *  dissected again at once. */
void oxc_frame_end(void);

#endif /* OXC_FRAME_H */
