/* rop_teller.h
 * Tells in text what a walk over ROPs finds
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_TEST_ROP_TELLER_H
#define OXC_TEST_ROP_TELLER_H

#include <glib.h>

#include "bytes.h"
#include "decode/buffers/rop_layouts.h"
#include "decode/buffers/rops.h"

/** Appends a ROP: its id, the handle index of a response as "iN", the ReturnValue unless it is 0,
 *  numbers that have a name, "name:length" for other named fields, the values of rows and lists as
 *  "type:length", "-" for an absent and "!code" for an error; and how it ends if it is not whole.
 */
void tell_rop_in_short(GString *text, const oxc_rop_buffer *buffer, const oxc_rop *rop);

/** Puts RopSize in front of a RopsList, and the handles behind it. */
bytes make_rop_buffer(const char *rops, const char *handles);

#endif /* OXC_TEST_ROP_TELLER_H */
