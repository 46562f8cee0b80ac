/* contexts.h
 * Asynchronous contexts, and what evidence on them is worth
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_CONTEXTS_H
#define OXC_CONTEXTS_H

#include "state.h"

/** Begins a context with a handle; the one that had the handle is bound to nothing. */
uint32_t oxc_context_begin(oxc_tracker *tracker, uint32_t server, oxc_name name, uint32_t session);

/** Begins the context that a session of MAPI over HTTP is itself. */
uint32_t oxc_context_of_http(oxc_tracker *tracker, const oxc_event *event, uint32_t session,
                             uint32_t connect);

/** The mark since when the ACXH of a context is bound to its session: at the request of the
 *  EcDoAsyncConnectEx that last returned it. */
uint32_t oxc_context_bound_since(const oxc_tracker *tracker, uint32_t context);

/** Its last wait response was not an error (or there is none), or was one or may have been. */
void oxc_context_set_quiet(oxc_tracker *tracker, uint32_t context, bool quiet);

/** The number of the session of a context, or OXC_NONE. */
uint32_t oxc_context_session(const oxc_tracker *tracker, uint32_t context);

/** Shows a context, and its session, on the record of a request. */
void oxc_context_show(oxc_tracker *tracker, oxc_record *record, uint32_t context);

/** Whether evidence on a wait may be of another context that had the same handle. */
bool oxc_context_uncertain(const oxc_tracker *tracker, const oxc_call *call);

/** Doubts about evidence of a context since a mark: whether it was still the same context. */
unsigned oxc_context_doubts(const oxc_tracker *tracker, const oxc_context *context,
                            uint32_t connection, uint32_t since);

/** Evidence that is of the context if nothing has changed since another record. */
oxc_evidence oxc_context_evidence(const oxc_tracker *tracker, const oxc_context *context,
                                  uint32_t connection, uint32_t record, uint32_t since);

#endif /* OXC_CONTEXTS_H */
