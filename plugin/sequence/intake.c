/* intake.c
 * Takes in one PDU after the other
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "intake.h"

#include "answers.h"
#include "associations.h"
#include "calls.h"
#include "fetches.h"
#include "handles.h"
#include "losses.h"
#include "records.h"
#include "requests.h"
#include "sessions.h"
#include "twins.h"
#include "wait_answers.h"
#include "wait_ends.h"
#include "wait_requests.h"

/* Adds the record of a PDU, or takes a PDU that has no place in the order for a lost one. */
static oxc_record *add_record(oxc_tracker *tracker, const oxc_event *event)
{
    uint32_t number = oxc_record_add(tracker, event);

    if (number != OXC_NONE)
        return oxc_record_at(tracker, number);
    oxc_gap_lost(tracker, event);
    return NULL;
}

/* The same, unless the message has a record already.
 *  @param number  of that, or OXC_NONE: set */
static oxc_record *record_of(oxc_tracker *tracker, const oxc_event *event, uint32_t *number)
{
    oxc_record *record;

    if (*number == OXC_NONE) {
        record = add_record(tracker, event);
        *number = tracker->records.count - 1;
        return record;
    }
    record = oxc_record_at(tracker, *number);
    record->type = (uint8_t)event->type;
    return record;
}

static bool believe_request(const oxc_tracker *tracker, const oxc_event *event, oxc_kind kind)
{
    bool reserved = kind == OXC_KIND_WAIT && event->flags != 0;

    return event->name == OXC_NO_NAME || (!reserved && event->plausible) ||
           oxc_name_was_noted(tracker, oxc_link_at(tracker, event->connection)->server,
                              event->name);
}

static bool is_request_readable(const oxc_tracker *tracker, const oxc_event *event, oxc_kind kind)
{
    if (kind == OXC_KIND_OPEN || !oxc_kind_is_followed(kind))
        return true;
    return event->has_name &&
           (event->stub == OXC_STUB_CLEAR || believe_request(tracker, event, kind));
}

static bool is_response_readable(const oxc_event *event, oxc_kind kind)
{
    if (!oxc_kind_is_followed(kind))
        return true;
    if (!event->has_result || (kind != OXC_KIND_WAIT && !event->has_name))
        return false;
    return event->stub == OXC_STUB_CLEAR ||
           (oxc_status_name(event->status) != NULL && (kind != OXC_KIND_WAIT || event->flags <= 1));
}

static bool is_readable(const oxc_tracker *tracker, const oxc_event *event, oxc_kind kind)
{
    if (event->stub == OXC_STUB_UNREAD)
        return false;
    if (event->type == OXC_EVENT_REQUEST)
        return is_request_readable(tracker, event, kind);
    return is_response_readable(event, kind);
}

static uint8_t stub_flags(const oxc_event *event, bool readable)
{
    if (readable)
        return 0;
    return event->sealed ? OXC_RECORD_UNREAD | OXC_RECORD_SEALED : OXC_RECORD_UNREAD;
}

static void init_request_links(oxc_record *record, oxc_kind kind)
{
    if (kind == OXC_KIND_EXECUTE)
        record->notified = OXC_NONE;
    else if (kind == OXC_KIND_WAIT)
        record->wait.previous = record->wait.next = record->wait.connect = OXC_NONE;
}

/* The answer to a call was missed. */
static void miss(oxc_tracker *tracker, uint32_t number)
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

static void on_request(oxc_tracker *tracker, oxc_link *connection, const oxc_event *event,
                       uint32_t number)
{
    oxc_record *record = record_of(tracker, event, &number);
    bool readable = is_readable(tracker, event, event->kind);
    uint32_t call;

    if (connection->association == OXC_NONE)
        oxc_association_begin_unbound(tracker, event->connection);
    if (record == NULL)
        return;
    connection->used = true;
    record->connection = event->connection;
    record->code = oxc_code(event->kind, event->operation);
    record->flags = stub_flags(event, readable);
    init_request_links(record, event->kind);
    call = oxc_call_find(tracker, event->connection, event->call_id);
    /* A client does not use the id of a call that is out: the answer was missed. */
    if (call != OXC_NONE)
        miss(tracker, call);
    call = oxc_call_begin(tracker, event, number, readable);
    oxc_call_list(tracker, call);
    if (event->kind == OXC_KIND_WAIT)
        oxc_wait_request(tracker, event, call);
    else
        oxc_request(tracker, event, call);
    oxc_association_count(tracker, oxc_call_at(tracker, call), 1);
    if (connection->twin != OXC_NONE)
        oxc_twins_request(tracker, event, number);
}

/* Joins the record of a PDU with the call that it belongs to. */
static void join(const oxc_tracker *tracker, oxc_record *record, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);
    const oxc_record *request = oxc_record_at(tracker, call->record);

    record->code = oxc_code((oxc_kind)call->kind, call->operation);
    record->request = call->record;
    record->session = request->session;
    record->context = request->context;
    if (call->kind == OXC_KIND_EXECUTE)
        record->delivery.earliest = OXC_NONE;
}

/* The call has its answer, of whatever kind. */
static void settle(oxc_tracker *tracker, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);
    oxc_session *session;

    if (call->kind != OXC_KIND_WAIT)
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

static void take_response(oxc_tracker *tracker, const oxc_event *event, uint32_t number,
                          bool readable)
{
    const oxc_call *call = oxc_call_at(tracker, number);

    settle(tracker, number);
    if (!readable)
        oxc_answer_unread(tracker, call);
    else if ((call->flags & OXC_CALL_UNREAD) != 0)
        oxc_answer_to_unread(tracker, event, call);
    if (readable && call->kind != OXC_KIND_WAIT)
        oxc_answer(tracker, event, call);
    if (event->alive)
        prove_alive(tracker, call);
    if (call->kind == OXC_KIND_WAIT)
        oxc_wait_response(tracker, event, number, readable);
    oxc_call_end(tracker, number);
}

/* Notes the call id of a response: whether it is that of its call shows by whether they differ. */
static void note_call_id(oxc_link *connection, uint32_t call_id)
{
    connection->echoes |= (connection->bound && call_id != connection->bind_call_id) ||
                          (connection->answered && call_id != connection->answer_id);
    connection->answered = true;
    connection->answer_id = call_id;
}

static void on_response(oxc_tracker *tracker, oxc_link *connection, const oxc_event *event,
                        uint32_t number)
{
    oxc_record *record = record_of(tracker, event, &number);
    uint32_t call = oxc_call_find(tracker, event->connection, event->call_id);
    bool readable;

    if (record == NULL)
        return;
    if (call == OXC_NONE || (event->stub != OXC_STUB_UNREAD &&
                             event->kind != (oxc_kind)oxc_call_at(tracker, call)->kind)) {
        record->code = oxc_code(OXC_KIND_OTHER, OXC_NO_OPERATION);
        record->flags = stub_flags(event, event->stub != OXC_STUB_UNREAD) | OXC_RECORD_UNMATCHED;
        oxc_gap_unmatched(tracker, event);
        return;
    }
    readable = is_readable(tracker, event, (oxc_kind)oxc_call_at(tracker, call)->kind);
    join(tracker, record, call);
    record->flags = stub_flags(event, readable);
    note_call_id(connection, event->call_id);
    take_response(tracker, event, call, readable);
}

static void take_fault(oxc_tracker *tracker, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);

    settle(tracker, number);
    if (call->kind == OXC_KIND_WAIT)
        oxc_wait_fault(tracker, number);
    oxc_call_end(tracker, number);
}

static void on_other_end(oxc_tracker *tracker, const oxc_event *event)
{
    uint32_t call = oxc_call_find(tracker, event->connection, event->call_id);
    oxc_record *record;

    /* Without a call it may belong to any interface. */
    if (call == OXC_NONE)
        return;
    record = add_record(tracker, event);
    if (record == NULL)
        return;
    join(tracker, record, call);
    if (event->type == OXC_EVENT_FAULT)
        take_fault(tracker, call);
    else if (oxc_call_at(tracker, call)->kind == OXC_KIND_WAIT)
        oxc_wait_cancel(tracker, call);
}

static void on_bind_ack(oxc_tracker *tracker, const oxc_event *event)
{
    bool grouped = oxc_association_bind_ack(tracker, event);

    if (grouped && oxc_twins_find(tracker, event->connection))
        return;
    oxc_association_join(tracker, event, grouped);
    oxc_twins_follow(tracker, event->connection);
}

/* What any PDU shows of its connection. */
static void on_connection(oxc_link *connection, const oxc_event *event)
{
    bool answer = event->type == OXC_EVENT_BIND_ACK || event->type == OXC_EVENT_RESPONSE ||
                  event->type == OXC_EVENT_FAULT;

    if (answer)
        connection->heard = true;
    if (answer || event->from_server)
        connection->heard_time = event->time;
}

/* Takes a request back. */
static void withdraw(oxc_tracker *tracker, uint32_t number)
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
    /* No request any more: a message of its connection, like any other leg. */
    record->type = OXC_EVENT_OTHER_PDU;
    record->request = record->session = record->context = OXC_NONE;
    oxc_call_end(tracker, number);
}

static void on_withdrawn(oxc_tracker *tracker, const oxc_event *event)
{
    uint32_t call = oxc_call_find(tracker, event->connection, event->call_id);

    if (call != OXC_NONE)
        withdraw(tracker, call);
}

void oxc_take_in(oxc_tracker *tracker, const oxc_event *event, uint32_t record)
{
    oxc_link *connection = oxc_link_at(tracker, event->connection);

    tracker->over_http = true;
    tracker->unjudged = event->unjudged;
    if (event->type == OXC_EVENT_REQUEST)
        on_request(tracker, connection, event, record);
    else if (event->type == OXC_EVENT_RESPONSE)
        on_response(tracker, connection, event, record);
    else if (event->type == OXC_EVENT_WITHDRAWN)
        on_withdrawn(tracker, event);
    else if (event->type == OXC_EVENT_LOST)
        oxc_gap_lost(tracker, event);
    if (event->type == OXC_EVENT_RESPONSE)
        on_connection(connection, event);
    tracker->over_http = tracker->unjudged = false;
}

void oxc_tracker_event(oxc_tracker *tracker, const oxc_event *event)
{
    oxc_link *connection;

    tracker->time = event->time;
    if (event->type == OXC_EVENT_UNSEEN) {
        oxc_gap_unseen(tracker, event->time);
        return;
    }
    if (event->connection >= tracker->connections.count)
        return;
    connection = oxc_link_at(tracker, event->connection);
    if (connection->first == 0)
        connection->first = ++tracker->moments;
    if (connection->repeated) {
        oxc_twins_event(tracker, event);
        return;
    }
    connection->interfaces |= (uint8_t)event->interfaces;
    switch (event->type) {
    case OXC_EVENT_BIND:
        oxc_association_bind(tracker, event);
        break;
    case OXC_EVENT_BIND_ACK:
        on_bind_ack(tracker, event);
        break;
    case OXC_EVENT_REQUEST:
        on_request(tracker, connection, event, OXC_NONE);
        break;
    case OXC_EVENT_RESPONSE:
        on_response(tracker, connection, event, OXC_NONE);
        break;
    case OXC_EVENT_FAULT:
    case OXC_EVENT_CANCEL:
    case OXC_EVENT_ORPHANED:
        on_other_end(tracker, event);
        break;
    case OXC_EVENT_LOST:
        oxc_gap_lost(tracker, event);
        return;
    case OXC_EVENT_OTHER_PDU:
    case OXC_EVENT_WITHDRAWN:
    case OXC_EVENT_UNSEEN:
        break;
    }
    on_connection(connection, event);
}
