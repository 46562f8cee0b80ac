/* view_text.h
 * What is known of a PDU, in words
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_VIEW_TEXT_H
#define OXC_VIEW_TEXT_H

#include <epan/packet.h>

#include "compat.h"
#include "decode/text.h"
#include "sequence/tracker.h"

/** The names of enum oxc_outcome. */
extern const value_string oxc_outcome_vals[];

/** The name of an outcome; never NULL. */
const char *oxc_outcome_name(oxc_outcome outcome);

/** The name of the item. */
extern const char oxc_view_title[];

/** What the Info column adds to the name of the method. A response needs no more than how its wait
 *  ended: Wireshark links it to the request.
 *  @param news  what the PDU means to people besides, or NULL */
void oxc_view_append_info(packet_info *pinfo, const oxc_view *view, const char *news);

/** Begins the text of the item with its name. */
void oxc_view_begin(oxc_text *text);

/** Adds to the name: "Asynchronous notification: context 1, wait 3 of session 1" */
void oxc_view_describe(oxc_text *text, const oxc_view *view, const char *news);

/** Makes the text of the item on a wait request that says how the wait ended, as far as the capture
 *  shows: "Ended in frame 26: NotificationPending after 12.254 s"
 *  @return false where that is not sure; the text is then empty */
bool oxc_wait_tell_end(oxc_text *text, const oxc_wait *wait);

#endif /* OXC_VIEW_TEXT_H */
