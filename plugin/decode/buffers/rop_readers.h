/* rop_readers.h
 * Reads single ROPs
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ROP_READERS_H
#define OXC_ROP_READERS_H

#include "rop.h"

/** Reads what follows a RopId, and says what else @p buffer is to know of it: that senders see the
 *  layout in several ways, or what it rests on. A ROP without a known layout sets the state
 *  OXC_READ_UNKNOWN.
 *  @return the ROP of the request that it answers, or NULL where that is not known */
const oxc_rop_asked *oxc_rop_read(oxc_reader *reader, oxc_rop_buffer *buffer, oxc_rop *rop);

#endif /* OXC_ROP_READERS_H */
