/* rop_readers.h
 * Reads single ROPs
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ROP_READERS_H
#define OXC_ROP_READERS_H

#include "rops.h"

/** Reads what follows a RopId. Marks @p buffer as doubtful where senders see the layout in several
 *  ways, and goes their way where it is deviant. A ROP without a known layout sets the state
 *  OXC_READ_UNKNOWN. */
void oxc_rop_read(oxc_reader *reader, oxc_rop_buffer *buffer, uint8_t id);

#endif /* OXC_ROP_READERS_H */
