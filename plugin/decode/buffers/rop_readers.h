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

/** Reads what follows a RopId, and says what else @p buffer is to know of it: that senders see the
 *  layout in several ways, or what it rests on. A ROP without a known layout sets the state
 *  OXC_READ_UNKNOWN.
 *  @return the ROP of the request that it answers, or NULL where that is not known */
const oxc_rop_asked *oxc_rop_read(oxc_reader *reader, oxc_rop_buffer *buffer, oxc_rop *rop);

/** Reads a field of fixed size; 0 if it is not there, so that what depends on it is left out. */
uint64_t oxc_rop_read_field(oxc_reader *reader, uint8_t field);

/** Reads a field that repeats. */
void oxc_rop_read_array(oxc_reader *reader, uint8_t field, uint64_t count);

/** RopNotify, [MS-OXCROPS] 2.2.14.2. */
void oxc_rop_read_notify(oxc_reader *reader, oxc_rop_buffer *buffer);

/** The request of RopRegisterNotification, [MS-OXCROPS] 2.2.14.1.1. */
void oxc_rop_read_registration(oxc_reader *reader, oxc_rop_buffer *buffer);

/** The way of a sender where senders differ: the buffer is doubtful from here on. */
unsigned oxc_rop_choose(oxc_rop_buffer *buffer, oxc_rop_way way);

/** The next combination of the ways that were met.
 *  @return false if that was the last one */
bool oxc_rop_other_ways(oxc_rop_ways *ways);

/** The ROP of the request that a response answers, or NULL: then the buffer may have gone astray.
 *  Releases on the way take their objects with them. */
const oxc_rop_asked *oxc_rop_match(oxc_rop_buffer *buffer, uint8_t id, uint8_t index);

/** What a layout rests on: the tags of a request, the columns of the table behind an index, and
 *  &oxc_logon_private or &oxc_logon_public for a logon. NULL where it is not known. */
const oxc_columns *oxc_rop_ask_tags(oxc_rop_buffer *buffer, const oxc_rop_asked *asked);
const oxc_columns *oxc_rop_ask_columns(oxc_rop_buffer *buffer, uint8_t index);
const oxc_columns *oxc_rop_ask_logon(oxc_rop_buffer *buffer, uint8_t logon_id);

/** Notes what a response that was read whole changes. */
void oxc_rop_conclude(oxc_rop_buffer *buffer, const oxc_rop *rop, const oxc_rop_asked *asked);

#endif /* OXC_ROP_READERS_H */
