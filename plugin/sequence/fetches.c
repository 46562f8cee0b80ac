/* fetches.c
 * From a notification to the EcDoRpcExt2 that fetches and delivers it
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "fetches.h"

#include "contexts.h"
#include "doubt.h"
#include "handles.h"
#include "records.h"
#include "spec.h"

void oxc_fetches_init(oxc_tracker *tracker)
{
    oxc_store_init(&tracker->registrations, sizeof(oxc_registration));
    oxc_index_init(&tracker->registration_index, &tracker->registrations,
                   offsetof(oxc_registration, session), tracker->seed);
}

static void set_fetch(oxc_tracker *tracker, oxc_call *call, uint32_t number)
{
    oxc_record *record = oxc_record_at(tracker, number);

    record->answer.fetch = call->record;
    if (call->last_notified == OXC_NONE)
        oxc_record_at(tracker, call->record)->notified = number;
    else
        oxc_record_at(tracker, call->last_notified)->answer.next = number;
    call->last_notified = number;
}

void oxc_fetch_begin(oxc_tracker *tracker, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);
    oxc_session *session = oxc_session_at(tracker, call->owner);
    uint32_t waiting = session->unfetched;

    session->fetches++;
    call->activity_before = session->activity;
    session->activity = call->record;
    session->unfetched = session->unjudged = OXC_NONE;
    while (waiting != OXC_NONE) {
        set_fetch(tracker, call, waiting);
        waiting = oxc_record_at(tracker, waiting)->answer.delivered;
    }
    call->older = session->newest;
    if (call->older != OXC_NONE)
        oxc_call_at(tracker, call->older)->newer = number;
    else
        session->oldest = number;
    session->newest = number;
}

static void unlink_fetch(oxc_tracker *tracker, oxc_call *call)
{
    oxc_session *session = oxc_session_at(tracker, call->owner);

    if (call->newer != OXC_NONE)
        oxc_call_at(tracker, call->newer)->older = call->older;
    else
        session->newest = call->older;
    if (call->older != OXC_NONE)
        oxc_call_at(tracker, call->older)->newer = call->newer;
    else
        session->oldest = call->newer;
}

void oxc_fetch_end(oxc_tracker *tracker, uint32_t number)
{
    unlink_fetch(tracker, oxc_call_at(tracker, number));
}

/* What an EcDoRpcExt2 that is taken back fetched for is fetched by another one, or by none. */
static void fetch_again(oxc_tracker *tracker, oxc_session *session, const oxc_call *call,
                        uint32_t first)
{
    bool last = session->activity == call->record;
    uint32_t number = first;

    while (number != OXC_NONE) {
        oxc_record *record = oxc_record_at(tracker, number);
        uint32_t next = record->answer.next;

        record->answer.fetch = record->answer.next = OXC_NONE;
        if (session->oldest != OXC_NONE)
            set_fetch(tracker, oxc_call_at(tracker, session->oldest), number);
        number = next;
    }
    if (session->oldest == OXC_NONE && last && first != OXC_NONE &&
        (oxc_record_at(tracker, first)->flags & OXC_RECORD_UNDELIVERED) != 0)
        session->unfetched = session->unjudged = first;
}

void oxc_fetch_withdraw(oxc_tracker *tracker, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);
    oxc_session *session = oxc_session_at(tracker, call->owner);
    uint32_t first = oxc_record_at(tracker, call->record)->notified;
    uint32_t context = oxc_context_find(tracker, session->server, session->name);

    if ((call->flags & OXC_CALL_LANDED) == 0)
        unlink_fetch(tracker, call);
    call->flags |= OXC_CALL_LANDED;
    session->fetches--;
    oxc_record_at(tracker, call->record)->notified = OXC_NONE;
    fetch_again(tracker, session, call, first);
    if (session->activity == call->record)
        session->activity = call->activity_before;
    if (context == OXC_NONE || oxc_context_at(tracker, context)->notification == OXC_NONE ||
        oxc_context_at(tracker, context)->notification < call->record)
        return;
    oxc_context_at(tracker, context)->fetches--;
    if (session->oldest == OXC_NONE)
        oxc_context_at(tracker, context)->flags &= (uint16_t)~OXC_CONTEXT_FETCHED;
}

void oxc_fetch_settle(oxc_tracker *tracker, const oxc_call *answered)
{
    const oxc_session *session = oxc_session_at(tracker, answered->owner);

    while (session->oldest != OXC_NONE) {
        oxc_call *call = oxc_call_at(tracker, session->oldest);

        if (call->record > answered->record)
            return;
        unlink_fetch(tracker, call);
        call->flags |= OXC_CALL_LANDED;
    }
}

void oxc_fetch_lose(oxc_tracker *tracker, const oxc_call *call)
{
    oxc_session *session = oxc_session_at(tracker, call->owner);

    session->unanswered = MAX(session->unanswered, call->record + 1);
}

/* The oldest EcDoRpcExt2 in flight that may still get an answer. */
static uint32_t find_fetch(oxc_tracker *tracker, const oxc_session *session)
{
    while (session->oldest != OXC_NONE) {
        oxc_call *call = oxc_call_at(tracker, session->oldest);

        if (!oxc_is_closed(tracker, call->connection))
            break;
        oxc_fetch_lose(tracker, call);
        unlink_fetch(tracker, call);
        call->flags |= OXC_CALL_LANDED;
    }
    return session->oldest;
}

/* Whether an EcDoRpcExt2 of the session is in flight, or may be. */
static bool is_pending(oxc_tracker *tracker, const oxc_session *session, const oxc_link *connection)
{
    return find_fetch(tracker, session) != OXC_NONE || session->unanswered > session->settled ||
           oxc_doubts_fetch_in_flight(tracker, session, connection);
}

/* Whether the context's last notification was still unfetched when this PDU came. */
static bool none_fetched(const oxc_session *session, const oxc_context *context)
{
    return (context->flags & OXC_CONTEXT_FETCHED) == 0 && session->fetches == context->fetches;
}

unsigned oxc_fetch_row(oxc_tracker *tracker, const oxc_context *context, const oxc_link *connection)
{
    const oxc_session *session = oxc_session_of(tracker, context);
    oxc_evidence before;
    unsigned doubts;

    if (session == NULL || is_pending(tracker, session, connection))
        return 0;
    if (context->row == 0 || !none_fetched(session, context))
        return 1;
    before = oxc_evidence_of(tracker, context->notification);
    doubts = oxc_doubts_of(tracker, session, connection, context->notification + 1);
    if (before.age >= OXC_SECOND || (doubts & (OXC_DOUBT_FETCH | OXC_DOUBT_WAIT)) != 0)
        return 1;
    return MIN(context->row + 1u, OXC_FETCH_ROW);
}

/* Puts the notification of the last record behind the session's others. */
static void append_notification(oxc_tracker *tracker, oxc_session *session, uint32_t number,
                                uint32_t fetch)
{
    oxc_record *record = oxc_record_at(tracker, number);

    record->flags |= OXC_RECORD_UNDELIVERED;
    record->answer.delivered = OXC_NONE;
    if (session->last_notification == OXC_NONE)
        session->undelivered = number;
    else
        oxc_record_at(tracker, session->last_notification)->answer.delivered = number;
    session->last_notification = number;
    if (fetch != OXC_NONE) {
        set_fetch(tracker, oxc_call_at(tracker, fetch), number);
        return;
    }
    if (session->unfetched == OXC_NONE)
        session->unfetched = number;
    if (session->unjudged == OXC_NONE)
        session->unjudged = number;
}

/* An EcDoRpcExt2 fetches for one notification of a context, its last one. */
static void supersede(oxc_tracker *tracker, uint32_t before, uint32_t number)
{
    oxc_record *earlier;

    if (before == OXC_NONE)
        return;
    earlier = oxc_record_at(tracker, before);
    if (earlier->answer.fetch == oxc_record_at(tracker, number)->answer.fetch)
        earlier->flags |= OXC_RECORD_SUPERSEDED;
}

void oxc_fetch_link(oxc_tracker *tracker, uint32_t number)
{
    uint32_t of = oxc_context_at(tracker, number)->session;
    oxc_session *session;

    if (of == OXC_NONE)
        return;
    session = oxc_session_at(tracker, of);
    append_notification(tracker, session, tracker->records.count - 1, find_fetch(tracker, session));
}

void oxc_fetch_notification(oxc_tracker *tracker, uint32_t number, unsigned row)
{
    oxc_context *context = oxc_context_at(tracker, number);
    uint32_t record = tracker->records.count - 1;
    oxc_session *session;

    context->row = (uint16_t)row;
    if (context->session == OXC_NONE)
        return;
    session = oxc_session_at(tracker, context->session);
    context->row_records[0] = context->row_records[1];
    context->row_records[1] = record;
    if (row == 0 || !none_fetched(session, context))
        context->flags &= (uint16_t)~OXC_CONTEXT_BUSY;
    append_notification(tracker, session, record, find_fetch(tracker, session));
    supersede(tracker, context->notification, record);
    context->notification = record;
    context->fetches = session->fetches;
    context->flags &= (uint16_t) ~(OXC_CONTEXT_FETCHED | OXC_CONTEXT_JUDGED);
    if (row == 0)
        context->flags |= OXC_CONTEXT_FETCHED;
}

oxc_evidence oxc_fetch_unfetched(const oxc_tracker *tracker, const oxc_context *context,
                                 const oxc_link *connection)
{
    oxc_evidence evidence = {0};
    const oxc_session *session;

    if (context->session == OXC_NONE || context->notification == OXC_NONE ||
        (context->flags & OXC_CONTEXT_JUDGED) != 0)
        return evidence;
    session = oxc_session_at(tracker, context->session);
    if (session->end != OXC_NONE && session->end < context->notification)
        return evidence;
    if (!none_fetched(session, context))
        return evidence;
    evidence = oxc_evidence_of(tracker, context->notification);
    evidence.doubts =
        oxc_doubts_of(tracker, session, connection, context->notification + 1) & OXC_DOUBT_FETCH;
    evidence.doubts |= oxc_doubts_of_life(tracker, session, connection) |
                       oxc_doubts_of_handles(tracker, session, connection,
                                             oxc_context_bound_since(tracker, context));
    return evidence;
}

oxc_evidence oxc_fetch_unfetched_of_session(oxc_tracker *tracker, uint32_t number,
                                            const oxc_link *connection)
{
    int64_t grace = oxc_grace(tracker);
    oxc_session *session = oxc_session_at(tracker, number);
    oxc_evidence found = {0};

    /* Each is looked at until it is old enough, then once: later ones are younger. */
    while (session->unjudged != OXC_NONE) {
        uint32_t record = session->unjudged;
        oxc_context *of = oxc_context_at(tracker, oxc_record_context(tracker, record));
        oxc_evidence evidence = {0};

        if (of->notification == record && of->session == number)
            evidence = oxc_fetch_unfetched(tracker, of, connection);
        if (evidence.frame != 0 && evidence.age <= grace)
            break;
        if (evidence.frame != 0 && evidence.doubts == 0)
            of->flags |= OXC_CONTEXT_JUDGED;
        if (evidence.frame != 0 &&
            (found.frame == 0 || (found.doubts != 0 && evidence.doubts == 0)))
            found = evidence;
        session->unjudged = oxc_record_at(tracker, record)->answer.delivered;
    }
    return found;
}

/* Takes out of the list what an EcDoRpcExt2 response may have delivered: all that its request,
 * or an earlier one, fetches for. These come first in the list.
 *  @param delivery  record of the response, or OXC_NONE to forget them
 *  @return the first one */
static uint32_t take_undelivered(oxc_tracker *tracker, oxc_session *session, uint32_t request,
                                 uint32_t delivery)
{
    uint32_t first = session->undelivered;
    uint32_t number = first;

    while (number != OXC_NONE && oxc_record_at(tracker, number)->answer.fetch <= request) {
        oxc_record *record = oxc_record_at(tracker, number);

        number = record->answer.delivered;
        record->answer.delivered = delivery;
        record->flags &= (uint8_t)~OXC_RECORD_UNDELIVERED;
    }
    session->undelivered = number;
    if (number == OXC_NONE)
        session->last_notification = OXC_NONE;
    return number == first ? OXC_NONE : first;
}

void oxc_fetch_forget(oxc_tracker *tracker, const oxc_call *call)
{
    take_undelivered(tracker, oxc_session_at(tracker, call->owner), call->record, OXC_NONE);
}

static void deliver(oxc_tracker *tracker, const oxc_call *call)
{
    oxc_session *session = oxc_session_at(tracker, call->owner);
    uint32_t record = tracker->records.count - 1;
    unsigned doubts;

    if (session->undelivered == OXC_NONE)
        return;
    /* A call that could not be read may have delivered before. */
    doubts = oxc_doubts_of(tracker, session, oxc_link_of(tracker, call), session->undelivered + 1);
    if ((doubts & (OXC_DOUBT_FETCH | OXC_DOUBT_DELIVERY)) != 0)
        oxc_fetch_forget(tracker, call);
    else
        oxc_record_at(tracker, record)->delivery.earliest =
            take_undelivered(tracker, session, call->record, record);
}

static oxc_registration *registration_at(const oxc_tracker *tracker, uint32_t number)
{
    return (oxc_registration *)oxc_store_at(&tracker->registrations, number);
}

static void add_registration(oxc_tracker *tracker, uint32_t session, uint32_t handle,
                             uint32_t frame)
{
    uint32_t number = oxc_index_find(&tracker->registration_index, oxc_key_of(session, handle));

    if (number == OXC_NONE) {
        number = oxc_store_add(&tracker->registrations);
        *registration_at(tracker, number) = (oxc_registration){session, handle, frame};
        oxc_index_put(&tracker->registration_index, number);
    }
    registration_at(tracker, number)->frame = frame;
}

static uint32_t registration_frame(const oxc_tracker *tracker, uint32_t session, uint32_t handle)
{
    uint32_t number = oxc_index_find(&tracker->registration_index, oxc_key_of(session, handle));

    return number == OXC_NONE ? 0 : registration_at(tracker, number)->frame;
}

void oxc_fetch_response(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    oxc_record *record = oxc_record_at(tracker, tracker->records.count - 1);

    for (size_t i = 0; i < event->rops.registered_count; i++)
        add_registration(tracker, call->owner, event->rops.registered[i], event->frame);
    if (event->rops.notified_count == 0) {
        /* What could not be walked may have delivered. */
        if (event->rops.unwalked)
            oxc_fetch_forget(tracker, call);
        return;
    }
    record->delivery.registered = tracker->links->len;
    record->delivery.registered_count = (uint32_t)event->rops.notified_count;
    for (size_t i = 0; i < event->rops.notified_count; i++) {
        uint32_t frame = registration_frame(tracker, call->owner, event->rops.notified[i]);

        g_array_append_val(tracker->links, frame);
    }

    deliver(tracker, call);
}
