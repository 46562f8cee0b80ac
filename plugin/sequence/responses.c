/* responses.c
 * Calls that come to their end
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "responses.h"

#include "answers.h"
#include "associations.h"
#include "calls.h"
#include "fetches.h"
#include "losses.h"
#include "sessions.h"
#include "wait_answers.h"
#include "wait_ends.h"

/* The call has its answer, of whatever kind. */
static void settle(oxc_tracker *tracker, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);
    oxc_session *session;

    oxc_call_land(tracker, number);
    oxc_association_count(tracker, call, -1);
    if (call->kind != OXC_KIND_EXECUTE || call->owner == OXC_NONE)
        return;
    session = oxc_session_at(tracker, call->owner);
    if (session->settled < call->record + 1)
        session->settled = call->record + 1;
    oxc_fetch_settle(tracker, call);
}

/* An answer over MAPI over HTTP says that the session of its call lived, whatever the call was. */
static void prove_alive(oxc_tracker *tracker, const oxc_call *call)
{
    uint32_t session = call->owner;

    if (session != OXC_NONE && call->kind == OXC_KIND_WAIT)
        session = oxc_context_at(tracker, session)->session;
    if (session != OXC_NONE && call->kind != OXC_KIND_OPEN && !oxc_call_hidden(call))
        oxc_session_prove(tracker, session, call);
}

void oxc_response(oxc_tracker *tracker, const oxc_event *event, uint32_t number, bool readable)
{
    const oxc_call *call = oxc_call_at(tracker, number);
    oxc_link *connection = oxc_link_at(tracker, event->connection);

    connection->echoes |= (connection->bound && event->call_id != connection->bind_call_id) ||
                          (connection->answered && event->call_id != connection->answer_id);
    connection->answered = true;
    connection->answer_id = event->call_id;
    settle(tracker, number);
    if (readable)
        oxc_answer_to_unread(tracker, event, call);
    else
        oxc_answer_unread(tracker, call);
    if (readable)
        oxc_answer(tracker, event, call);
    if (event->alive)
        prove_alive(tracker, call);
    if (call->kind == OXC_KIND_WAIT)
        oxc_wait_response(tracker, event, number, readable);
    oxc_call_end(tracker, number);
}

void oxc_call_faulted(oxc_tracker *tracker, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);

    settle(tracker, number);
    if (call->kind == OXC_KIND_WAIT)
        oxc_wait_fault(tracker, number);
    oxc_call_end(tracker, number);
}

void oxc_call_withdraw(oxc_tracker *tracker, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);
    oxc_record *record = oxc_record_at(tracker, call->record);
    oxc_session *session;

    if (call->kind == OXC_KIND_WAIT) {
        oxc_wait_withdraw(tracker, number);
    } else if (call->owner != OXC_NONE) {
        session = oxc_session_at(tracker, call->owner);
        if (session->disconnect == call->record)
            session->disconnect = OXC_NONE;
        if (call->kind == OXC_KIND_EXECUTE)
            oxc_fetch_withdraw(tracker, number);
        else
            oxc_call_land(tracker, number);
    }
    oxc_association_count(tracker, call, -1);
    record->session = record->context = OXC_NONE;
    oxc_call_end(tracker, number);
}

void oxc_call_missed(oxc_tracker *tracker, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);

    if (!oxc_call_hidden(call)) {
        oxc_gap gap = {.mark = oxc_now(tracker), .time = oxc_time(tracker)};

        tracker->gaps++;
        oxc_call_hide(tracker, number, &gap);
    }
    oxc_association_count(tracker, call, -1);
    if (call->kind == OXC_KIND_WAIT)
        oxc_wait_finish(tracker, number);
    oxc_call_end(tracker, number);
}
