/* tracker.c
 * Takes in one PDU after the other
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_state.h"
#include "parts.h"

oxc_tracker *oxc_tracker_new(const oxc_settings *settings, oxc_connection_closed closed, void *user)
{
    oxc_tracker *tracker = g_new0(oxc_tracker, 1);

    tracker->settings = *settings;
    tracker->closed = closed;
    tracker->user = user;
    /* Handles and call ids come from strangers, who should not know where they are put. */
    tracker->seed = (uint64_t)g_random_int() << 32 | g_random_int();
    oxc_associations_init(tracker);
    oxc_twins_init(tracker);
    oxc_handles_init(tracker);
    oxc_calls_init(tracker);
    oxc_waits_init(tracker);
    oxc_fetches_init(tracker);
    oxc_store_init(&tracker->records, sizeof(oxc_record));
    tracker->findings = g_array_new(FALSE, FALSE, sizeof(oxc_kept_finding));
    tracker->shown = g_array_new(FALSE, FALSE, sizeof(oxc_finding));
    tracker->finding_records = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    tracker->links = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    tracker->cursor = g_new0(uint32_t, 1);
    return tracker;
}

static oxc_store *store_number(oxc_tracker *tracker, size_t number)
{
    oxc_store *stores[] = {
        &tracker->ends,        &tracker->servers,       &tracker->peers,    &tracker->associations,
        &tracker->connections, &tracker->sessions,      &tracker->contexts, &tracker->calls,
        &tracker->records,     &tracker->registrations, &tracker->strays,
    };

    return number < G_N_ELEMENTS(stores) ? stores[number] : NULL;
}

static oxc_index *index_number(oxc_tracker *tracker, size_t number)
{
    oxc_index *indexes[] = {
        &tracker->server_index,  &tracker->association_index, &tracker->session_index,
        &tracker->context_index, &tracker->explained_cxh,     &tracker->explained_acxh,
        &tracker->call_index,    &tracker->pair_index,        &tracker->registration_index,
        &tracker->stray_index,   &tracker->peer_index,        &tracker->twin_index,
    };

    return number < G_N_ELEMENTS(indexes) ? indexes[number] : NULL;
}

void oxc_tracker_free(oxc_tracker *tracker)
{
    if (tracker == NULL)
        return;
    oxc_associations_clear(tracker);
    for (size_t i = 0; store_number(tracker, i) != NULL; i++)
        oxc_store_clear(store_number(tracker, i));
    for (size_t i = 0; index_number(tracker, i) != NULL; i++)
        oxc_index_clear(index_number(tracker, i));
    if (tracker->http != NULL)
        oxc_http_free(tracker->http);
    g_array_free(tracker->findings, TRUE);
    g_array_free(tracker->shown, TRUE);
    g_array_free(tracker->finding_records, TRUE);
    g_array_free(tracker->links, TRUE);
    g_free(tracker->cursor);
    g_free(tracker);
}

size_t oxc_tracker_memory(const oxc_tracker *tracker)
{
    /* Only addresses are taken of what the two functions return. */
    oxc_tracker *parts = (oxc_tracker *)(uintptr_t)tracker;
    size_t memory = sizeof *tracker + tracker->findings->len * sizeof(oxc_kept_finding) +
                    (tracker->finding_records->len + tracker->links->len) * sizeof(uint32_t);

    if (tracker->http != NULL)
        memory += oxc_http_memory(tracker->http);
    for (size_t i = 0; store_number(parts, i) != NULL; i++)
        memory += oxc_store_memory(store_number(parts, i));
    for (size_t i = 0; index_number(parts, i) != NULL; i++)
        memory += oxc_index_memory(index_number(parts, i));
    return memory;
}

/* Adds the record of a PDU, or takes a PDU that has no place in the order for a lost one. */
static oxc_record *add_record(oxc_tracker *tracker, const oxc_event *event)
{
    uint32_t number = oxc_record_add(tracker, event);

    if (number != OXC_NONE)
        return oxc_record_at(tracker, number);
    oxc_gap_lost(tracker, event);
    return NULL;
}

/* The same, where the message does not have a record yet. */
static oxc_record *record_of(oxc_tracker *tracker, const oxc_event *event, uint32_t *number)
{
    oxc_record *record;

    if (!event->over_http) {
        record = add_record(tracker, event);
        *number = tracker->records.count - 1;
        return record;
    }
    *number = event->record;
    record = oxc_record_at(tracker, event->record);
    record->type = (uint8_t)event->type;
    return record;
}

static uint8_t stub_flags(const oxc_event *event, bool readable)
{
    if (readable)
        return 0;
    return event->sealed ? OXC_RECORD_UNREAD | OXC_RECORD_SEALED : OXC_RECORD_UNREAD;
}

static void init_request_links(oxc_record *record, oxc_method method)
{
    if (method == OXC_METHOD_RPC_EXT2)
        record->notified = OXC_NONE;
    else if (method == OXC_METHOD_ASYNC_WAIT)
        record->wait.previous = record->wait.next = record->wait.connect = OXC_NONE;
}

static void on_request(oxc_tracker *tracker, const oxc_event *event)
{
    uint32_t number;
    oxc_record *record = record_of(tracker, event, &number);
    bool readable = oxc_stub_readable(tracker, event, event->method);
    uint32_t call;

    oxc_association_of(tracker, event->connection);
    if (record == NULL)
        return;
    oxc_connection_at(tracker, event->connection)->used = true;
    record->connection = event->connection;
    record->method = oxc_method_code(event->method);
    record->flags = stub_flags(event, readable);
    init_request_links(record, event->method);
    call = oxc_call_find(tracker, event->connection, event->call_id);
    /* A client does not use the id of a call that is out: the answer was missed. */
    if (call != OXC_NONE)
        oxc_call_missed(tracker, call);
    call = oxc_call_begin(tracker, event, number, readable);
    oxc_call_list(tracker, call);
    oxc_request(tracker, event, call);
    oxc_association_count(tracker, oxc_call_at(tracker, call), 1);
    oxc_twins_request(tracker, event, number);
}

/* Joins the record of a PDU with the call that it belongs to. */
static void join(const oxc_tracker *tracker, oxc_record *record, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);
    const oxc_record *request = oxc_record_at(tracker, call->record);

    record->method = oxc_method_code((oxc_method)call->method);
    record->request = call->record;
    record->session = request->session;
    record->context = request->context;
    if (call->method == OXC_METHOD_RPC_EXT2)
        record->delivery.earliest = OXC_NONE;
}

static void on_response(oxc_tracker *tracker, const oxc_event *event)
{
    uint32_t number;
    oxc_record *record = record_of(tracker, event, &number);
    uint32_t call = oxc_call_find(tracker, event->connection, event->call_id);
    bool readable;

    if (record == NULL)
        return;
    if (call == OXC_NONE || (event->stub != OXC_STUB_UNREAD &&
                             event->method != (oxc_method)oxc_call_at(tracker, call)->method)) {
        record->method = oxc_method_code(OXC_METHOD_OTHER);
        record->flags = stub_flags(event, event->stub != OXC_STUB_UNREAD) | OXC_RECORD_UNMATCHED;
        oxc_gap_unmatched(tracker, event);
        return;
    }
    readable = oxc_stub_readable(tracker, event, (oxc_method)oxc_call_at(tracker, call)->method);
    join(tracker, record, call);
    record->flags = stub_flags(event, readable);
    oxc_response(tracker, event, call, readable);
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
        oxc_call_faulted(tracker, call);
    else if (oxc_call_at(tracker, call)->method == OXC_METHOD_ASYNC_WAIT)
        oxc_wait_cancel(tracker, call);
}

/* What any PDU shows of its connection. */
static void on_connection(oxc_tracker *tracker, const oxc_event *event)
{
    oxc_connection *connection = oxc_connection_at(tracker, event->connection);
    bool answer = event->type == OXC_EVENT_BIND_ACK || event->type == OXC_EVENT_RESPONSE ||
                  event->type == OXC_EVENT_FAULT;

    if (answer)
        connection->heard = true;
    if (answer || event->from_server)
        connection->heard_time = event->time;
    if (event->type == OXC_EVENT_OTHER_PDU)
        connection->interfaces |= (uint8_t)event->interfaces;
}

static void on_withdrawn(oxc_tracker *tracker, const oxc_event *event)
{
    uint32_t call = oxc_call_find(tracker, event->connection, event->call_id);

    if (call != OXC_NONE)
        oxc_call_withdraw(tracker, call);
}

void oxc_tracker_take(oxc_tracker *tracker, const oxc_event *event)
{
    tracker->over_http = true;
    tracker->unjudged = event->unjudged;
    if (event->type == OXC_EVENT_REQUEST)
        on_request(tracker, event);
    else if (event->type == OXC_EVENT_RESPONSE)
        on_response(tracker, event);
    else if (event->type == OXC_EVENT_WITHDRAWN)
        on_withdrawn(tracker, event);
    else if (event->type == OXC_EVENT_LOST)
        oxc_gap_lost(tracker, event);
    if (event->type == OXC_EVENT_RESPONSE)
        on_connection(tracker, event);
    tracker->over_http = tracker->unjudged = false;
}

void oxc_tracker_event(oxc_tracker *tracker, const oxc_event *event)
{
    tracker->time = event->time;
    if (event->type == OXC_EVENT_UNSEEN) {
        oxc_gap_unseen(tracker, event->time);
        return;
    }
    if (event->connection >= tracker->connections.count)
        return;
    if (oxc_connection_at(tracker, event->connection)->first == 0)
        oxc_connection_at(tracker, event->connection)->first = ++tracker->moments;
    if (oxc_connection_at(tracker, event->connection)->repeated) {
        oxc_twins_event(tracker, event);
        return;
    }
    switch (event->type) {
    case OXC_EVENT_BIND:
        oxc_association_bind(tracker, event);
        break;
    case OXC_EVENT_BIND_ACK:
        oxc_association_bind_ack(tracker, event);
        break;
    case OXC_EVENT_REQUEST:
        on_request(tracker, event);
        break;
    case OXC_EVENT_RESPONSE:
        on_response(tracker, event);
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
    on_connection(tracker, event);
}

bool oxc_tracker_knows_handle(const oxc_tracker *tracker, uint32_t connection,
                              const oxc_handle *handle)
{
    uint32_t server;

    if (connection >= tracker->connections.count || oxc_handle_is_null(handle))
        return false;
    server = oxc_connection_at(tracker, connection)->server;
    return oxc_handle_was_shown(tracker, server, handle) || oxc_cxh_explained(tracker, handle) ||
           oxc_acxh_explained(tracker, handle);
}
