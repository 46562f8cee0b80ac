/* contexts.h
 * Asynchronous contexts, and what evidence on them is worth
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_CONTEXTS_H
#define OXC_CONTEXTS_H

#include "doubt.h"
#include "records.h"

/** Begins a context with a handle; the one that had the handle is bound to nothing. */
uint32_t oxc_context_begin(oxc_tracker *tracker, uint32_t server, oxc_name name, uint32_t session);

/** Begins the context that a session of MAPI over HTTP is itself. */
uint32_t oxc_context_of_http(oxc_tracker *tracker, const oxc_event *event, uint32_t session,
                             uint32_t connect);

/** The mark since when the ACXH of a context is bound to its session: at the request of the
 *  EcDoAsyncConnectEx that last returned it. */
static inline uint32_t oxc_context_bound_since(const oxc_tracker *tracker,
                                               const oxc_context *context)
{
    return context->connect == OXC_NONE ? 0 : oxc_record_at(tracker, context->connect)->request + 1;
}

/** Puts a context on the list of quiet ones, or takes it off. */
void oxc_context_change_quiet(oxc_tracker *tracker, uint32_t context);

/** Its last wait response was not an error (or there is none), or was one or may have been. */
static inline void oxc_context_set_quiet(oxc_tracker *tracker, uint32_t number, bool quiet)
{
    const oxc_context *context = oxc_context_at(tracker, number);

    if (context->session != OXC_NONE && quiet != ((context->flags & OXC_CONTEXT_QUIET) != 0))
        oxc_context_change_quiet(tracker, number);
}

/** The number of the session of a context, or OXC_NONE. */
static inline uint32_t oxc_context_session(const oxc_tracker *tracker, const oxc_context *context)
{
    return context->session == OXC_NONE ? OXC_NONE
                                        : oxc_session_at(tracker, context->session)->number;
}

/** Notes a context, and its session, on the record of a request. */
static inline void oxc_context_note(oxc_tracker *tracker, oxc_record *record, uint32_t context)
{
    record->context = context;
    record->session = oxc_context_session(tracker, oxc_context_at(tracker, context));
}

/** Whether evidence on a wait may be of another context that had the same handle. */
static inline bool oxc_context_uncertain(const oxc_tracker *tracker, const oxc_call *call)
{
    return oxc_context_at(tracker, call->owner)->certain > call->record + 1;
}

/** What gaps since a mark say against that it was still the same context. */
unsigned oxc_context_gaps(const oxc_tracker *tracker, const oxc_context *context,
                          const oxc_link *connection, uint32_t since);

/** Doubts about evidence of a context since a mark: whether it was still the same context. */
static inline unsigned oxc_context_doubts(const oxc_tracker *tracker, const oxc_context *context,
                                          const oxc_link *connection, uint32_t since)
{
    unsigned doubts = since < context->certain ? OXC_DOUBT_ISSUE : 0u;

    if (oxc_gap_since(tracker, since))
        doubts |= oxc_context_gaps(tracker, context, connection, since);
    return doubts;
}

/** Evidence that is of the context if nothing has changed since another record. */
static inline oxc_evidence oxc_context_evidence(const oxc_tracker *tracker,
                                                const oxc_context *context,
                                                const oxc_link *connection, uint32_t record,
                                                uint32_t since)
{
    oxc_evidence evidence = oxc_evidence_of(tracker, record);

    evidence.doubts = oxc_context_doubts(tracker, context, connection, since + 1);
    return evidence;
}

#endif /* OXC_CONTEXTS_H */
