/* contexts.c
 * Asynchronous contexts, and what evidence on them is worth
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "contexts.h"

#include "doubt.h"
#include "handles.h"
#include "records.h"
#include "sessions.h"

static void link_quiet(oxc_tracker *tracker, uint32_t number)
{
    oxc_context *context = oxc_context_at(tracker, number);
    oxc_session *session = oxc_session_at(tracker, context->session);

    context->newer = OXC_NONE;
    context->older = session->quiet;
    if (context->older != OXC_NONE)
        oxc_context_at(tracker, context->older)->newer = number;
    session->quiet = number;
    context->flags |= OXC_CONTEXT_QUIET;
}

static void unlink_quiet(oxc_tracker *tracker, uint32_t number)
{
    oxc_context *context = oxc_context_at(tracker, number);

    if (context->newer != OXC_NONE)
        oxc_context_at(tracker, context->newer)->older = context->older;
    else
        oxc_session_at(tracker, context->session)->quiet = context->older;
    if (context->older != OXC_NONE)
        oxc_context_at(tracker, context->older)->newer = context->newer;
    context->flags &= (uint16_t)~OXC_CONTEXT_QUIET;
}

void oxc_context_change_quiet(oxc_tracker *tracker, uint32_t number)
{
    if ((oxc_context_at(tracker, number)->flags & OXC_CONTEXT_QUIET) == 0)
        link_quiet(tracker, number);
    else
        unlink_quiet(tracker, number);
}

static void unbind(oxc_tracker *tracker, uint32_t number)
{
    oxc_context *context = oxc_context_at(tracker, number);

    oxc_context_set_quiet(tracker, number, false);
    context->session = OXC_NONE;
    context->flags |= OXC_CONTEXT_REPLACED;
}

uint32_t oxc_context_begin(oxc_tracker *tracker, uint32_t server, oxc_name name, uint32_t session)
{
    uint32_t before;
    uint32_t number = oxc_store_add(&tracker->contexts);
    oxc_context *context = oxc_context_at(tracker, number);

    context->session = session;
    context->notification = context->connect = context->last_wait = OXC_NONE;
    context->row_records[0] = context->row_records[1] = OXC_NONE;
    for (size_t i = 0; i < G_N_ELEMENTS(context->last_calls); i++)
        context->last_calls[i] = OXC_NONE;
    context->last_wait_connection = context->other_wait = context->next_waiting = OXC_NONE;
    context->failure = context->zero = context->outstanding = OXC_NONE;
    before = oxc_context_name(tracker, number, server, name);
    if (before != OXC_NONE) {
        context->flags = oxc_context_at(tracker, before)->flags & OXC_CONTEXT_REPORTED;
        unbind(tracker, before);
    }
    oxc_context_set_quiet(tracker, number, true);
    return number;
}

uint32_t oxc_context_of_http(oxc_tracker *tracker, const oxc_event *event, uint32_t session,
                             uint32_t connect)
{
    const oxc_link *connection = oxc_link_at(tracker, event->connection);
    uint32_t number = oxc_context_begin(tracker, connection->server, event->name, session);

    oxc_context_at(tracker, number)->connect = connect;
    if (connect != OXC_NONE)
        oxc_context_explain(tracker, number);
    return number;
}

unsigned oxc_context_gaps(const oxc_tracker *tracker, const oxc_context *context,
                          const oxc_link *connection, uint32_t since)
{
    unsigned doubts =
        oxc_doubts_of_handles(tracker, oxc_session_of(tracker, context), connection, since);

    /* One that nobody has explained yet may have been issued in a gap, and one whose session has
     * ended may have been given to it anew. */
    if (context->connect == OXC_NONE ||
        (context->session != OXC_NONE && oxc_session_ended(tracker, context->session)))
        doubts |= oxc_doubts_of(tracker, oxc_session_of(tracker, context), connection, since) &
                  OXC_DOUBT_ISSUE;
    return doubts;
}
