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

oxc_frame_state oxc_frame;
