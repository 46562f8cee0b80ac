/* views.c
 * What a PDU from the tap "oxcnotif" is to those who count waits
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "views.h"

bool oxc_view_is_wait_request(const oxc_view *view)
{
    return view->kind == OXC_KIND_WAIT && view->type == OXC_EVENT_REQUEST;
}

bool oxc_view_ends_wait(const oxc_view *view)
{
    if (view->outcome != OXC_OUTCOME_NONE)
        return view->outcome <= OXC_OUTCOME_DROPPED;
    return view->kind == OXC_KIND_WAIT && view->type == OXC_EVENT_RESPONSE && view->unreadable &&
           view->has_wait_time;
}

bool oxc_view_is_unknown_wait(const oxc_view *view)
{
    return view->kind == OXC_KIND_WAIT && view->context == OXC_NONE;
}
