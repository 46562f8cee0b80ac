/* associations.c
 * Which connections belong together, and what is known of all calls on them
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "associations.h"

#include "doubt.h"

void oxc_associations_init(oxc_tracker *tracker)
{
    oxc_store_init(&tracker->associations, sizeof(oxc_association));
    oxc_index_init(&tracker->association_index, &tracker->associations,
                   offsetof(oxc_association, key), tracker->seed);
}

/* By what an association is known: server, port and group id. */
static uint64_t key_of(const oxc_tracker *tracker, const oxc_link *connection, uint32_t group)
{
    const uint64_t words[] = {oxc_key_of(connection->server, group), connection->port};

    return oxc_hash_words(tracker->seed, words, 2);
}

static uint32_t begin_association(oxc_tracker *tracker, uint32_t connection)
{
    const oxc_link *on = oxc_link_at(tracker, connection);
    uint32_t number = oxc_store_add(&tracker->associations);
    oxc_association *association = oxc_association_at(tracker, number);

    association->server = on->server;
    association->peer = on->peer;
    association->latest_context = OXC_NONE;
    association->begun = oxc_now(tracker);
    return number;
}

static uint32_t begin_unbound(oxc_tracker *tracker, uint32_t connection)
{
    uint32_t number = begin_association(tracker, connection);

    oxc_association_at(tracker, number)->unbound = true;
    return number;
}

/* The connection belongs to an association from now on, with the calls that it has sent. */
static void join_association(oxc_tracker *tracker, oxc_link *connection, uint32_t number)
{
    oxc_association *association = oxc_association_at(tracker, number);

    if (connection->association != OXC_NONE) {
        oxc_association_at(tracker, connection->association)->opening -= connection->opening;
        oxc_association_at(tracker, connection->association)->issuing -= connection->issuing;
    }
    association->opening += connection->opening;
    association->issuing += connection->issuing;
    association->partial |= connection->partial;
    connection->association = number;
}

void oxc_association_begin_unbound(oxc_tracker *tracker, uint32_t number)
{
    join_association(tracker, oxc_link_at(tracker, number), begin_unbound(tracker, number));
}

void oxc_association_bind(oxc_tracker *tracker, const oxc_event *event)
{
    oxc_link *connection = oxc_link_at(tracker, event->connection);

    connection->bound = true;
    connection->bind_pending = true;
    connection->bind_call_id = event->call_id;
    connection->bind_group = event->group_id;
    connection->bind_time = event->time;
    connection->binds = ++tracker->moments;
    connection->digest = event->digest;
    connection->sighting = 0;
}

/* The association of a group id: begun where the bind asked for a new one, else joined. */
static uint32_t association_of_group(oxc_tracker *tracker, uint32_t on, uint32_t group)
{
    const oxc_link *connection = oxc_link_at(tracker, on);
    uint64_t key = key_of(tracker, connection, group);
    uint32_t number = oxc_index_find(&tracker->association_index, key);

    if (connection->bind_group == 0 || number == OXC_NONE) {
        oxc_association *association;

        number = begin_association(tracker, on);
        association = oxc_association_at(tracker, number);
        association->key = key;
        association->began = connection->bind_group == 0;
        association->first = association->began ? connection->binds : 0;
        oxc_index_put(&tracker->association_index, number);
    }
    return number;
}

/* A bind_ack without its bind: what is called on its connection is not known, and may explain
 * handles of the association whose id it gives. */
static void ack_alone(oxc_tracker *tracker, const oxc_event *event)
{
    const oxc_link *connection = oxc_link_at(tracker, event->connection);
    uint32_t number =
        oxc_index_find(&tracker->association_index, key_of(tracker, connection, event->group_id));

    if (event->group_id != 0 && number != OXC_NONE)
        oxc_association_at(tracker, number)->hole = true;
}

bool oxc_association_bind_ack(oxc_tracker *tracker, const oxc_event *event)
{
    oxc_link *connection = oxc_link_at(tracker, event->connection);
    bool paired = connection->bind_pending && connection->bind_call_id == event->call_id;

    connection->bind_pending = false;
    if (connection->digest != 0 && event->digest != 0)
        connection->sighting = oxc_hash_step(tracker->seed ^ connection->digest, event->digest);
    if (!paired)
        ack_alone(tracker, event);
    return paired && event->group_id != 0;
}

void oxc_association_join(oxc_tracker *tracker, const oxc_event *event, bool grouped)
{
    oxc_link *connection = oxc_link_at(tracker, event->connection);
    uint32_t before = connection->association;
    uint32_t number = grouped ? association_of_group(tracker, event->connection, event->group_id)
                              : begin_unbound(tracker, event->connection);

    join_association(tracker, connection, number);
    /* Calls that were sent before count for another association: something is out of order. */
    if (connection->used && connection->association != before)
        oxc_association_at(tracker, connection->association)->hole = true;
}

/* A handle may be issued on a connection that belongs to any association that is no younger. */
static void note_connecting(const oxc_tracker *tracker, const oxc_link *connection)
{
    oxc_peer *peer = oxc_peer_at(tracker, connection->peer);

    peer->connecting = MAX(peer->connecting, connection->first);
}

void oxc_association_count_connect(oxc_tracker *tracker, const oxc_call *call, int change)
{
    oxc_link *connection = oxc_link_at(tracker, call->connection);
    oxc_association *association = oxc_association_at(tracker, connection->association);

    if (association->unbound)
        note_connecting(tracker, connection);
    if (call->kind == OXC_KIND_OPEN) {
        connection->opening += (uint32_t)change;
        association->opening += (uint32_t)change;
        association->connect_sent = true;
    } else {
        connection->issuing += (uint32_t)change;
        association->issuing += (uint32_t)change;
    }
}

/* Whether a gap since a mark may have hidden that a handle was issued, of either kind: nobody knows
 * what a client takes for an ACXH. */
static bool issued_since(const oxc_doubts *doubts, uint32_t since)
{
    return doubts->marks[OXC_MARK_OPEN] > since || doubts->marks[OXC_MARK_ISSUE] > since;
}

bool oxc_association_seen_whole(const oxc_tracker *tracker, const oxc_association *association)
{
    const oxc_server *server = oxc_server_at(tracker, association->server);

    /* A connection whose bind is not in the capture may belong to this association. */
    return association->began && !association->partial && !association->hole &&
           association->first > oxc_peer_at(tracker, association->peer)->connecting &&
           association->opening == 0 && association->issuing == 0 && association->connect_sent &&
           !issued_since(&association->doubts, association->begun) &&
           !issued_since(oxc_doubts_late(tracker, association), association->begun) &&
           !(server->split && issued_since(&tracker->unseen, association->begun));
}

bool oxc_association_complete(const oxc_tracker *tracker, uint32_t number)
{
    return tracker->settings.assume_complete ||
           oxc_association_seen_whole(tracker, oxc_association_at(tracker, number));
}

/* The association of a connection, begun as one of unknown beginning where it has none yet. */
static uint32_t oxc_association_of(oxc_tracker *tracker, uint32_t number)
{
    const oxc_link *connection = oxc_link_at(tracker, number);

    if (connection->association == OXC_NONE)
        oxc_association_begin_unbound(tracker, number);
    return connection->association;
}

void oxc_gap_note(oxc_tracker *tracker, uint32_t number, const oxc_gap *gap)
{
    const oxc_link *connection = oxc_link_at(tracker, number);
    oxc_association *association;
    oxc_peer *peer;

    if (gap->kinds == 0)
        return;
    association = oxc_association_at(tracker, oxc_association_of(tracker, number));
    peer = oxc_peer_at(tracker, association->peer);
    oxc_doubts_add(tracker, &association->doubts, gap);
    oxc_doubts_add(tracker, &peer->all, gap);
    if (association->unbound)
        oxc_doubts_add_late(tracker, peer, connection->first, gap);
}

void oxc_gap_unread(oxc_tracker *tracker, uint32_t number, unsigned kinds)
{
    oxc_gap gap = {kinds, oxc_now(tracker), oxc_time(tracker), false};

    if (kinds == 0)
        return;
    tracker->gaps++;
    oxc_gap_note(tracker, number, &gap);
}
