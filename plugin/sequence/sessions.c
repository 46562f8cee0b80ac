/* sessions.c
 * How sessions begin, live and end
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "sessions.h"

#include "calls.h"
#include "doubt.h"
#include "handles.h"

uint32_t oxc_session_begin(oxc_tracker *tracker, uint32_t server, oxc_name name,
                           uint32_t association)
{
    uint32_t before;
    uint32_t number = oxc_store_add(&tracker->sessions);
    oxc_session *session = oxc_session_at(tracker, number);

    session->number = tracker->next_session++;
    session->home = session->latest = association;
    session->begun = oxc_now(tracker) - 1;
    session->alive = session->settled = oxc_now(tracker);
    session->end = session->close = session->activity = session->disconnect = OXC_NONE;
    session->oldest = session->newest = OXC_NONE;
    session->undelivered = session->last_notification = OXC_NONE;
    session->unfetched = session->unjudged = session->quiet = session->waiting = OXC_NONE;
    before = oxc_session_name(tracker, number, server, name);
    if (before != OXC_NONE)
        session->flags =
            oxc_session_at(tracker, before)->flags & (OXC_SESSION_RETURNED | OXC_SESSION_REPORTED);
    return number;
}

/* What the answer that opened a session says of it, which was known by other names then. */
static void open_before(oxc_tracker *tracker, uint32_t number, uint32_t opened)
{
    oxc_session *session = oxc_session_at(tracker, number);

    session->flags |= OXC_SESSION_OPENED;
    session->activity = oxc_record_at(tracker, opened)->request;
    oxc_session_explain(tracker, number);
}

uint32_t oxc_session_of_http(oxc_tracker *tracker, const oxc_event *event)
{
    const oxc_link *connection = oxc_link_at(tracker, event->connection);
    uint32_t number = oxc_session_find(tracker, connection->server, event->name);

    if (number != OXC_NONE)
        return number;
    number = oxc_session_begin(tracker, connection->server, event->name, connection->association);
    if (event->opened != OXC_NONE)
        open_before(tracker, number, event->opened);
    return number;
}

void oxc_session_end(oxc_tracker *tracker, uint32_t number, const oxc_call *call, bool disconnected)
{
    oxc_session *session = oxc_session_at(tracker, number);

    if (disconnected && session->close == OXC_NONE)
        session->close = oxc_now(tracker) - 1;
    if (session->end != OXC_NONE)
        return;
    if (oxc_doubts_of_end(tracker, session, oxc_link_of(tracker, call)) != 0)
        session->flags |= OXC_SESSION_EARLIER;
    session->end = oxc_now(tracker) - 1;
}

void oxc_session_doubt(oxc_tracker *tracker, uint32_t number)
{
    oxc_session *session = oxc_session_at(tracker, number);
    oxc_gap gap = {OXC_DOUBT_END, oxc_now(tracker), oxc_time(tracker), false};

    oxc_doubts_add(tracker, &session->doubts, &gap);
}

void oxc_session_shake(oxc_tracker *tracker, uint32_t number)
{
    oxc_session *session = oxc_session_at(tracker, number);

    session->shaken_before = session->shaken;
    session->shaken = oxc_now(tracker);
}

void oxc_session_prove(oxc_tracker *tracker, uint32_t number, const oxc_call *call)
{
    oxc_session *session = oxc_session_at(tracker, number);

    if (oxc_answer_doubted(tracker, call) || session->alive >= call->record + 1 ||
        (session->flags & OXC_SESSION_LEAVING) != 0)
        return;
    if (oxc_doubts_of_life(tracker, session, oxc_link_of(tracker, call)) != 0) {
        session->alive = call->record + 1;
        if (oxc_doubts_of_life(tracker, session, oxc_link_of(tracker, call)) == 0)
            session->certain_frame = oxc_record_at(tracker, tracker->records.count - 1)->frame;
    }
    session->alive = call->record + 1;
}
