/* rop_asking.h
 * Asks for what the layout of a ROP rests on outside of its buffer
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ROP_ASKING_H
#define OXC_ROP_ASKING_H

#include "rop.h"

/** Stand for columns where a logon is asked for. */
extern const oxc_columns oxc_logon_private, oxc_logon_public;

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

#endif /* OXC_ROP_ASKING_H */
