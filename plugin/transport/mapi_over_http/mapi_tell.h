/* mapi_tell.h
 * Tells the analysis what a message of MAPI over HTTP has in a frame
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_MAPI_TELL_H
#define OXC_MAPI_TELL_H

#include "mapi_row.h"

/** Puts what a body says into the event of its end: the members that oxc_mapi_body_dissect() sets.
 */
void oxc_mapi_copy_facts(oxc_http_event *event, const oxc_http_event *facts);

/** Tells of a head; on the first pass only. */
void oxc_mapi_tell_head(oxc_mapi_row *row);

/** Tells of all that came with the frame behind the head; on the first pass only. */
void oxc_mapi_tell_rest(oxc_mapi_row *row);

#endif /* OXC_MAPI_TELL_H */
