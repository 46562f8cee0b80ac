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
uint32_t oxc_session_find(const oxc_tracker *tracker, uint32_t server, oxc_name name);
uint32_t oxc_context_find(const oxc_tracker *tracker, uint32_t server, oxc_name name);

/** The session or context that a request means by a handle: one of its server, or the only one to
 *  which another address has returned it. */
uint32_t oxc_session_used(const oxc_tracker *tracker, uint32_t server, oxc_name name);
uint32_t oxc_context_used(const oxc_tracker *tracker, uint32_t server, oxc_name name);

/** Whether an earlier readable PDU of the server showed the handle, as a CXH or an ACXH. */
bool oxc_name_was_noted(const oxc_tracker *tracker, uint32_t server, oxc_name name);

/** Remembers that the server returned a handle as a CXH, with 0. */
void oxc_name_return(oxc_tracker *tracker, uint32_t server, oxc_name name);
bool oxc_name_was_returned(const oxc_tracker *tracker, uint32_t server, oxc_name name);

/** Remembers that a readable PDU showed a handle, where no session or context does. */
void oxc_name_note(oxc_tracker *tracker, uint32_t server, oxc_name name);

/** Whether an answer of the capture returned the handle of a session or context: for it, or for
 *  another one that had the same. */
static inline bool oxc_session_explained(const oxc_tracker *tracker, const oxc_session *session)
{
    return (session->flags & OXC_SESSION_EXPLAINED) != 0 ||
           oxc_index_find(&tracker->explained_sessions, session->name) != OXC_NONE;
}

static inline bool oxc_context_explained(const oxc_tracker *tracker, const oxc_context *context)
{
    return (context->flags & OXC_CONTEXT_EXPLAINED) != 0 ||
           oxc_index_find(&tracker->explained_contexts, context->name) != OXC_NONE;
}

void oxc_session_explain(oxc_tracker *tracker, uint32_t session);
void oxc_context_explain(oxc_tracker *tracker, uint32_t context);

/** Gives a session or context its name at a server.
 *  @return the one that had the name before, or OXC_NONE */
uint32_t oxc_session_name(oxc_tracker *tracker, uint32_t session, uint32_t server, oxc_name name);
uint32_t oxc_context_name(oxc_tracker *tracker, uint32_t context, uint32_t server, oxc_name name);

#endif /* OXC_HANDLES_H */
