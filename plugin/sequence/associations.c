/* associations.c
 * Servers, peers, connections and associations
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "parts.h"

#include <string.h>

typedef struct {
    uint32_t server;
    uint32_t group;
    uint16_t port;
} association_key;

typedef struct {
    uint32_t server;
    uint32_t client;
} peer_key;

static uint32_t hash_server_number(const oxc_tracker *tracker, uint32_t number)
{
    return oxc_hash_end(oxc_hash_step(tracker->seed, number));
}

static uint32_t server_hash(const void *owner, uint32_t server)
{
    const oxc_tracker *tracker = (const oxc_tracker *)owner;

    return hash_server_number(tracker, oxc_server_at(tracker, server)->number);
}

static bool server_equal(const void *owner, uint32_t server, const void *key)
{
    return oxc_server_at((const oxc_tracker *)owner, server)->number == *(const uint32_t *)key;
}

static uint32_t hash_peer(const oxc_tracker *tracker, uint32_t server, uint32_t client)
{
    return oxc_hash_end(oxc_hash_step(tracker->seed, (uint64_t)server << 32 | client));
}

static uint32_t peer_hash(const void *owner, uint32_t number)
{
    const oxc_tracker *tracker = (const oxc_tracker *)owner;
    const oxc_peer *peer = oxc_peer_at(tracker, number);

    return hash_peer(tracker, peer->server, peer->client);
}

static bool peer_equal(const void *owner, uint32_t number, const void *wanted)
{
    const oxc_peer *peer = oxc_peer_at((const oxc_tracker *)owner, number);
    const peer_key *key = (const peer_key *)wanted;

    return peer->server == key->server && peer->client == key->client;
}

static uint32_t hash_association(const oxc_tracker *tracker, const association_key *key)
{
    uint64_t hash = oxc_hash_step(tracker->seed, (uint64_t)key->server << 32 | key->group);

    return oxc_hash_end(oxc_hash_step(hash, key->port));
}

static association_key key_of(const oxc_association *association)
{
    return (association_key){association->server, association->group, association->port};
}

static uint32_t association_hash(const void *owner, uint32_t association)
{
    const oxc_tracker *tracker = (const oxc_tracker *)owner;
    association_key key = key_of(oxc_association_at(tracker, association));

    return hash_association(tracker, &key);
}

static bool association_equal(const void *owner, uint32_t number, const void *wanted)
{
    const oxc_association *association = oxc_association_at((const oxc_tracker *)owner, number);
    const association_key *key = (const association_key *)wanted;

    return association->server == key->server && association->group == key->group &&
           association->port == key->port;
}

static const oxc_index_type server_type = {server_hash, server_equal};
static const oxc_index_type peer_type = {peer_hash, peer_equal};
static const oxc_index_type association_type = {association_hash, association_equal};

void oxc_associations_init(oxc_tracker *tracker)
{
    oxc_store_init(&tracker->servers, sizeof(oxc_server));
    oxc_store_init(&tracker->peers, sizeof(oxc_peer));
    oxc_store_init(&tracker->associations, sizeof(oxc_association));
    oxc_store_init(&tracker->connections, sizeof(oxc_connection));
    oxc_store_init(&tracker->ends, sizeof(oxc_http_end));
    oxc_index_init(&tracker->server_index, &server_type, tracker);
    oxc_index_init(&tracker->peer_index, &peer_type, tracker);
    oxc_index_init(&tracker->association_index, &association_type, tracker);
}

static uint32_t server_of_number(oxc_tracker *tracker, uint32_t number)
{
    uint32_t hash = hash_server_number(tracker, number);
    uint32_t server = oxc_index_find(&tracker->server_index, hash, &number);

    if (server == OXC_NONE) {
        server = oxc_store_add(&tracker->servers);
        oxc_server_at(tracker, server)->number = number;
        oxc_index_put(&tracker->server_index, hash, &number, server);
    }
    return server;
}

static uint32_t peer_of(oxc_tracker *tracker, uint32_t server, uint32_t client)
{
    peer_key key = {server, client};
    uint32_t hash = hash_peer(tracker, server, client);
    uint32_t number = oxc_index_find(&tracker->peer_index, hash, &key);

    if (number == OXC_NONE) {
        number = oxc_store_add(&tracker->peers);
        oxc_peer_at(tracker, number)->server = server;
        oxc_peer_at(tracker, number)->client = client;
        oxc_peer_at(tracker, number)->twin = OXC_NONE;
        oxc_index_put(&tracker->peer_index, hash, &key, number);
    }
    return number;
}

uint32_t oxc_http_end_new(oxc_tracker *tracker, uint32_t server)
{
    uint32_t number = OXC_OF_HTTP | oxc_store_add(&tracker->ends);
    oxc_connection *connection = oxc_connection_at(tracker, number);

    connection->first = ++tracker->moments;
    connection->server = server_of_number(tracker, OXC_OF_HTTP | server);
    connection->peer = peer_of(tracker, connection->server, 0);
    connection->association = connection->twin = OXC_NONE;
    connection->calls = connection->waits = OXC_NONE;
    connection->heard = true; /* an answer that began shows by itself */
    /* Calls to it may go by on connections of which no request is known. */
    oxc_server_at(tracker, connection->server)->split = true;
    return number;
}

void oxc_associations_clear(oxc_tracker *tracker)
{
    for (uint32_t i = 0; i < tracker->peers.count; i++)
        if (oxc_peer_at(tracker, i)->late != NULL)
            g_array_free(oxc_peer_at(tracker, i)->late, TRUE);
}

uint32_t oxc_tracker_add_connection(oxc_tracker *tracker, uint32_t server, uint16_t port)
{
    uint32_t number = oxc_store_add(&tracker->connections);
    oxc_connection *connection = oxc_connection_at(tracker, number);

    connection->server = server_of_number(tracker, server);
    connection->peer = peer_of(tracker, connection->server, 0);
    connection->port = port;
    connection->association = connection->twin = OXC_NONE;
    connection->calls = connection->waits = OXC_NONE;
    return number;
}

void oxc_tracker_split_connection(oxc_tracker *tracker, uint32_t number)
{
    oxc_connection *connection = oxc_connection_at(tracker, number);

    connection->split = true;
    oxc_server_at(tracker, connection->server)->split = true;
}

void oxc_tracker_set_client(oxc_tracker *tracker, uint32_t number, uint32_t client)
{
    oxc_connection *connection = oxc_connection_at(tracker, number);

    connection->peer = peer_of(tracker, connection->server, client);
}

void oxc_tracker_partial(oxc_tracker *tracker, uint32_t number)
{
    oxc_connection *connection = oxc_connection_at(tracker, number);

    connection->partial = true;
    if (connection->association != OXC_NONE)
        oxc_association_at(tracker, connection->association)->partial = true;
}

bool oxc_tracker_is_repeated(const oxc_tracker *tracker, uint32_t number)
{
    return number < tracker->connections.count && oxc_connection_at(tracker, number)->repeated;
}

static uint32_t begin_association(oxc_tracker *tracker, uint32_t connection)
{
    const oxc_connection *on = oxc_connection_at(tracker, connection);
    uint32_t number = oxc_store_add(&tracker->associations);
    oxc_association *association = oxc_association_at(tracker, number);

    association->server = on->server;
    association->peer = on->peer;
    association->port = on->port;
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
static void join_association(oxc_tracker *tracker, oxc_connection *connection, uint32_t number)
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

uint32_t oxc_association_of(oxc_tracker *tracker, uint32_t number)
{
    oxc_connection *connection = oxc_connection_at(tracker, number);

    if (connection->association == OXC_NONE)
        join_association(tracker, connection, begin_unbound(tracker, number));
    return connection->association;
}

void oxc_association_bind(oxc_tracker *tracker, const oxc_event *event)
{
    oxc_connection *connection = oxc_connection_at(tracker, event->connection);

    connection->bound = true;
    connection->bind_pending = true;
    connection->bind_call_id = event->call_id;
    connection->bind_group = event->group_id;
    connection->bind_time = event->time;
    connection->binds = ++tracker->moments;
    connection->digests[0] = event->digest;
    connection->interfaces |= (uint8_t)event->interfaces;
}

/* The association of a group id: begun where the bind asked for a new one, else joined. */
static uint32_t association_of_group(oxc_tracker *tracker, uint32_t on, uint32_t group)
{
    const oxc_connection *connection = oxc_connection_at(tracker, on);
    association_key key = {connection->server, group, connection->port};
    uint32_t hash = hash_association(tracker, &key);
    uint32_t number = oxc_index_find(&tracker->association_index, hash, &key);

    if (connection->bind_group == 0 || number == OXC_NONE) {
        oxc_association *association;

        number = begin_association(tracker, on);
        association = oxc_association_at(tracker, number);
        association->group = group;
        association->began = connection->bind_group == 0;
        association->first = association->began ? connection->binds : 0;
        oxc_index_put(&tracker->association_index, hash, &key, number);
    }
    return number;
}

/* A bind_ack without its bind: what is called on its connection is not known, and may explain
 * handles of the association whose id it gives. */
static void ack_alone(oxc_tracker *tracker, const oxc_event *event)
{
    const oxc_connection *connection = oxc_connection_at(tracker, event->connection);
    association_key key = {connection->server, event->group_id, connection->port};
    uint32_t number =
        oxc_index_find(&tracker->association_index, hash_association(tracker, &key), &key);

    if (event->group_id != 0 && number != OXC_NONE)
        oxc_association_at(tracker, number)->hole = true;
}

void oxc_association_bind_ack(oxc_tracker *tracker, const oxc_event *event)
{
    oxc_connection *connection = oxc_connection_at(tracker, event->connection);
    bool paired = connection->bind_pending && connection->bind_call_id == event->call_id;
    uint32_t before = connection->association;

    connection->bind_pending = false;
    connection->digests[1] = event->digest;
    if (!paired)
        ack_alone(tracker, event);
    if (paired && event->group_id != 0 && oxc_twins_find(tracker, event->connection))
        return;
    if (!paired || event->group_id == 0)
        join_association(tracker, connection, begin_unbound(tracker, event->connection));
    else
        join_association(tracker, connection,
                         association_of_group(tracker, event->connection, event->group_id));
    oxc_twins_follow(tracker, event->connection);
    /* Calls that were sent before count for another association: something is out of order. */
    if (connection->used && connection->association != before)
        oxc_association_at(tracker, connection->association)->hole = true;
}

static bool connects(const oxc_call *call)
{
    return call->method == OXC_METHOD_CONNECT || call->method == OXC_METHOD_ASYNC_CONNECT;
}

/* A handle may be issued on a connection that belongs to any association that is no younger. */
static void note_connecting(const oxc_tracker *tracker, const oxc_connection *connection)
{
    oxc_peer *peer = oxc_peer_at(tracker, connection->peer);

    peer->connecting = MAX(peer->connecting, connection->first);
}

void oxc_association_count(oxc_tracker *tracker, const oxc_call *call, int change)
{
    oxc_connection *connection = oxc_connection_at(tracker, call->connection);
    oxc_association *association = oxc_association_at(tracker, connection->association);

    if (association->unbound && connects(call))
        note_connecting(tracker, connection);
    if (call->method == OXC_METHOD_CONNECT) {
        connection->opening += (uint32_t)change;
        association->opening += (uint32_t)change;
        association->connect_sent = true;
    } else if (call->method == OXC_METHOD_ASYNC_CONNECT) {
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
