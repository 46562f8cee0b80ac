/* handles.h
 * Which session or context a handle names
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_HANDLES_H
#define OXC_HANDLES_H

#include "state.h"

void oxc_handles_init(oxc_tracker *tracker);
bool oxc_handle_is_null(const oxc_handle *handle);
uint32_t oxc_session_find(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);
uint32_t oxc_context_find(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);

/** The session or context that a request means by a handle: one of its server, or the only one to
 *  which another address has returned it. */
uint32_t oxc_session_used(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);
uint32_t oxc_context_used(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);

/** Whether an earlier readable PDU of the server showed the handle, as a CXH or an ACXH. */
bool oxc_handle_was_shown(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);

/** Remembers that the server returned a handle as a CXH, with 0. */
void oxc_handle_return(oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);
bool oxc_handle_was_returned(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);

/** Remembers that a readable PDU showed a handle, where no session or context does. */
void oxc_handle_show(oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);
bool oxc_cxh_explained(const oxc_tracker *tracker, const oxc_handle *handle);
bool oxc_acxh_explained(const oxc_tracker *tracker, const oxc_handle *handle);
void oxc_session_explain(oxc_tracker *tracker, uint32_t session);
void oxc_context_explain(oxc_tracker *tracker, uint32_t context);

/** From now on the handle of a session or context names this one.
 *  @return the one that it named, or OXC_NONE */
uint32_t oxc_session_name(oxc_tracker *tracker, uint32_t session);
uint32_t oxc_context_name(oxc_tracker *tracker, uint32_t context);

#endif /* OXC_HANDLES_H */
