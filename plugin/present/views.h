/* views.h
 * What a PDU from the tap "oxcnotif" is to those who count waits
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_VIEWS_H
#define OXC_VIEWS_H

#include "sequence/tracker.h"

/** Whether a PDU from the tap is an EcDoAsyncWaitEx request. */
bool oxc_view_is_wait_request(const oxc_view *view);

/** Whether a PDU ends a wait or, for closed and dropped, shows one to be over. What ends a wait
 *  has an outcome, unless it could not be read. */
bool oxc_view_ends_wait(const oxc_view *view);

/** Whether a PDU belongs to the waits of no known context. */
bool oxc_view_is_unknown_wait(const oxc_view *view);

#endif /* OXC_VIEWS_H */
