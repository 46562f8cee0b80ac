/* twins.c
 * The same connection seen twice: both sides of an address translation or of a proxy
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "twins.h"

#include "calls.h"
#include "records.h"

/* How far apart the capture may show the two sightings of one bind. */
#define AT_ONCE INT64_C(10000000000)

void oxc_twins_init(oxc_tracker *tracker)
{
    oxc_index_init(&tracker->twin_index, &tracker->connections, offsetof(oxc_link, sighting),
                   tracker->seed);
}

/* Whether two connections with the same bytes in bind and bind_ack are one. One client may well
 * send the same bind twice to join a group: then only the addresses tell, as connections that asked
 * for a new group have shown them. A new group is given once. */
static bool are_one(const oxc_tracker *tracker, const oxc_link *one, const oxc_link *other)
{
    int64_t apart = oxc_since(one->bind_time, other->bind_time);

    if (apart < -AT_ONCE || apart > AT_ONCE || other->repeated || other->twin != OXC_NONE)
        return false;
    if (one->bind_group == 0)
        return true;
    /* An association belongs to one client: two that join it are one. */
    if (one->peer != other->peer && one->server == other->server && one->port == other->port)
        return true;
    return one->peer != other->peer && (oxc_peer_at(tracker, one->peer)->twin == other->peer ||
                                        oxc_peer_at(tracker, other->peer)->twin == one->peer);
}

static void pair(oxc_tracker *tracker, uint32_t first, uint32_t second)
{
    oxc_link *one = oxc_link_at(tracker, first);
    oxc_link *other = oxc_link_at(tracker, second);

    other->repeated = true;
    other->association = one->association;
    one->twin = second;
    other->twin = first;
    if (one->peer != other->peer) {
        oxc_peer_at(tracker, one->peer)->twin = other->peer;
        oxc_peer_at(tracker, other->peer)->twin = one->peer;
    }
}

/* The other sighting of a connection, or OXC_NONE. */
static uint32_t find_other(const oxc_tracker *tracker, uint32_t number)
{
    const oxc_link *connection = oxc_link_at(tracker, number);
    uint32_t other;

    if (connection->sighting == 0 || connection->used || connection->twin != OXC_NONE)
        return OXC_NONE;
    other = oxc_index_find(&tracker->twin_index, connection->sighting);
    if (other == OXC_NONE || other == number ||
        !are_one(tracker, connection, oxc_link_at(tracker, other)))
        return OXC_NONE;
    return other;
}

/* Whether of two sightings the one that has its bind_ack just now is the second one: the server's
 * side gives its bind_ack first, but it showed the bind later. */
static bool is_second(const oxc_link *connection, const oxc_link *other)
{
    return other->used || other->binds < connection->binds;
}

bool oxc_twins_find(oxc_tracker *tracker, uint32_t number)
{
    uint32_t other = find_other(tracker, number);

    if (other == OXC_NONE || !is_second(oxc_link_at(tracker, number), oxc_link_at(tracker, other)))
        return false;
    pair(tracker, other, number);
    return true;
}

void oxc_twins_follow(oxc_tracker *tracker, uint32_t number)
{
    const oxc_link *connection = oxc_link_at(tracker, number);
    uint32_t other = find_other(tracker, number);

    if (other != OXC_NONE)
        pair(tracker, number, other);
    if (connection->sighting != 0)
        oxc_index_put(&tracker->twin_index, number);
}

static void see_request(oxc_tracker *tracker, const oxc_event *event, oxc_record *record)
{
    uint32_t number = tracker->records.count - 1;
    uint32_t before = oxc_call_find(tracker, event->connection, event->call_id);
    uint32_t first =
        oxc_call_find(tracker, oxc_link_at(tracker, event->connection)->twin, event->call_id);

    record->code = oxc_code(event->kind, event->operation);
    if (before != OXC_NONE)
        oxc_call_end(tracker, before);
    before = oxc_call_begin(tracker, event, number, true);
    oxc_call_at(tracker, before)->flags |= OXC_CALL_HIDDEN;
    if (first != OXC_NONE && oxc_call_at(tracker, first)->kind == event->kind)
        record->request = oxc_call_at(tracker, first)->record;
}

static void see_answer(oxc_tracker *tracker, const oxc_event *event, oxc_record *record)
{
    uint32_t call = oxc_call_find(tracker, event->connection, event->call_id);

    if (call == OXC_NONE || (event->type == OXC_EVENT_RESPONSE && event->stub != OXC_STUB_UNREAD &&
                             event->kind != (oxc_kind)oxc_call_at(tracker, call)->kind)) {
        record->flags |= OXC_RECORD_UNMATCHED;
        return;
    }
    record->code =
        oxc_code((oxc_kind)oxc_call_at(tracker, call)->kind, oxc_call_at(tracker, call)->operation);
    record->request = oxc_call_at(tracker, call)->record;
    if (event->type == OXC_EVENT_RESPONSE || event->type == OXC_EVENT_FAULT)
        oxc_call_end(tracker, call);
}

void oxc_twins_event(oxc_tracker *tracker, const oxc_event *event)
{
    bool answer = event->type == OXC_EVENT_RESPONSE || event->type == OXC_EVENT_FAULT ||
                  event->type == OXC_EVENT_CANCEL || event->type == OXC_EVENT_ORPHANED;
    uint32_t number;
    oxc_record *record;

    if (event->type != OXC_EVENT_REQUEST && !answer)
        return;
    number = oxc_record_add(tracker, event);
    if (number == OXC_NONE)
        return;
    record = oxc_record_at(tracker, number);
    record->code = oxc_code(OXC_KIND_OTHER, OXC_NO_OPERATION);
    record->flags = OXC_RECORD_REPEATED;
    if (event->stub == OXC_STUB_UNREAD &&
        (event->type == OXC_EVENT_REQUEST || event->type == OXC_EVENT_RESPONSE))
        record->flags |= event->sealed ? OXC_RECORD_UNREAD | OXC_RECORD_SEALED : OXC_RECORD_UNREAD;
    if (answer)
        see_answer(tracker, event, record);
    else
        see_request(tracker, event, record);
}

void oxc_twins_request(oxc_tracker *tracker, const oxc_event *event, uint32_t number)
{
    uint32_t twin = oxc_link_at(tracker, event->connection)->twin;
    uint32_t call;
    oxc_record *record;

    call = oxc_call_find(tracker, twin, event->call_id);
    if (call == OXC_NONE || oxc_call_at(tracker, call)->kind != event->kind)
        return;
    record = oxc_record_at(tracker, oxc_call_at(tracker, call)->record);
    if (record->request == OXC_NONE)
        record->request = number;
}
