/* associations.c
 * Connections, associations, and what is not known of their calls
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "state.h"

#include <string.h>

#define ALL_DOUBTS ((1u << OXC_MARK_COUNT) - 1)

typedef struct {
    uint32_t server;
    uint32_t group;
    uint16_t port;
} association_key;

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
static const oxc_index_type association_type = {association_hash, association_equal};

void oxc_associations_init(oxc_tracker *tracker)
{
    oxc_store_init(&tracker->servers, sizeof(oxc_server));
    oxc_store_init(&tracker->associations, sizeof(oxc_association));
    oxc_store_init(&tracker->connections, sizeof(oxc_connection));
    oxc_index_init(&tracker->server_index, &server_type, tracker);
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

uint32_t oxc_tracker_add_connection(oxc_tracker *tracker, uint32_t server, uint16_t port)
{
    uint32_t number = oxc_store_add(&tracker->connections);
    oxc_connection *connection = oxc_connection_at(tracker, number);

    connection->server = server_of_number(tracker, server);
    connection->port = port;
    connection->association = OXC_NONE;
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
    oxc_connection_at(tracker, number)->client = client;
}

void oxc_tracker_partial(oxc_tracker *tracker, uint32_t number)
{
    oxc_connection_at(tracker, number)->partial = true;
}

bool oxc_tracker_is_repeated(const oxc_tracker *tracker, uint32_t number)
{
    return number < tracker->connections.count && oxc_connection_at(tracker, number)->repeated;
}

static uint32_t begin_association(oxc_tracker *tracker, const oxc_connection *connection)
{
    uint32_t number = oxc_store_add(&tracker->associations);
    oxc_association *association = oxc_association_at(tracker, number);

    association->server = connection->server;
    association->port = connection->port;
    association->latest_context = OXC_NONE;
    association->begun = oxc_now(tracker);
    association->hole = connection->hole;
    return number;
}

static uint32_t begin_unbound(oxc_tracker *tracker, const oxc_connection *connection)
{
    uint32_t number = begin_association(tracker, connection);

    oxc_association_at(tracker, number)->unbound = true;
    return number;
}

uint32_t oxc_association_of(oxc_tracker *tracker, uint32_t number)
{
    oxc_connection *connection = oxc_connection_at(tracker, number);

    if (connection->association == OXC_NONE)
        connection->association = begin_unbound(tracker, connection);
    return connection->association;
}

void oxc_association_bind(oxc_tracker *tracker, const oxc_event *event)
{
    oxc_connection *connection = oxc_connection_at(tracker, event->connection);

    connection->bound = true;
    connection->bind_pending = true;
    connection->bind_call_id = event->call_id;
    connection->bind_group = event->group_id;
}

/* The association of a group id: begun where the bind asked for a new one, else joined. */
static uint32_t association_of_group(oxc_tracker *tracker, const oxc_connection *connection,
                                     uint32_t group)
{
    association_key key = {connection->server, group, connection->port};
    uint32_t hash = hash_association(tracker, &key);
    uint32_t number = oxc_index_find(&tracker->association_index, hash, &key);

    if (connection->bind_group == 0 || number == OXC_NONE) {
        oxc_association *association;

        number = begin_association(tracker, connection);
        association = oxc_association_at(tracker, number);
        association->group = group;
        association->began = connection->bind_group == 0;
        oxc_index_put(&tracker->association_index, hash, &key, number);
    }
    return number;
}

void oxc_association_bind_ack(oxc_tracker *tracker, const oxc_event *event)
{
    oxc_connection *connection = oxc_connection_at(tracker, event->connection);
    bool paired = connection->bind_pending && connection->bind_call_id == event->call_id;
    uint32_t before = connection->association;

    connection->heard = true;
    connection->bind_pending = false;
    if (!paired || event->group_id == 0)
        connection->association = begin_unbound(tracker, connection);
    else
        connection->association = association_of_group(tracker, connection, event->group_id);
    /* Calls that were sent before count for another association: something is out of order. */
    if (connection->hole || (connection->used && connection->association != before))
        oxc_association_at(tracker, connection->association)->hole = true;
}

static size_t unknowns_of(oxc_tracker *tracker, uint32_t number, oxc_unknowns *unknowns[3])
{
    oxc_association *association = oxc_association_at(tracker, number);
    oxc_server *server = oxc_server_at(tracker, association->server);

    unknowns[0] = &association->unknowns;
    unknowns[1] = &server->all;
    unknowns[2] = &server->unbound;
    return association->unbound ? 3 : 2;
}

static void set_marks(oxc_unknowns *unknowns, unsigned doubts, uint32_t mark)
{
    for (unsigned kind = 0; kind < OXC_MARK_COUNT; kind++)
        if ((doubts & 1u << kind) != 0)
            unknowns->marks[kind] = mark;
    if (unknowns->latest < mark)
        unknowns->latest = mark;
}

static void mark_unread(oxc_tracker *tracker, uint32_t association, unsigned doubts, uint32_t mark)
{
    oxc_unknowns *unknowns[3];
    size_t count;

    if (doubts == 0)
        return;
    count = unknowns_of(tracker, association, unknowns);
    for (size_t i = 0; i < count; i++)
        set_marks(unknowns[i], doubts, mark);
}

void oxc_association_unread(oxc_tracker *tracker, uint32_t association, unsigned doubts)
{
    mark_unread(tracker, association, doubts, oxc_now(tracker));
}

void oxc_association_lost(oxc_tracker *tracker, uint32_t number)
{
    oxc_connection *connection = oxc_connection_at(tracker, number);
    uint32_t association = oxc_association_of(tracker, number);

    /* The loss has no record: it lies between the last one and the next. */
    connection->hole = true;
    connection->doubt = oxc_now(tracker) + 1;
    oxc_association_at(tracker, association)->hole = true;
    mark_unread(tracker, association, ALL_DOUBTS, oxc_now(tracker) + 1);
}

void oxc_association_unseen(oxc_tracker *tracker)
{
    /* As a loss it has no record. */
    set_marks(&tracker->unseen, ALL_DOUBTS, oxc_now(tracker) + 1);
}

void oxc_association_unmatched(oxc_tracker *tracker, uint32_t number)
{
    uint32_t association = oxc_association_of(tracker, number);

    oxc_connection_at(tracker, number)->hole = true;
    oxc_connection_at(tracker, number)->doubt = oxc_now(tracker);
    oxc_association_at(tracker, association)->hole = true;
    oxc_association_unread(tracker, association, ALL_DOUBTS);
}

static void count_unread(oxc_unknowns *unknowns, const oxc_call *call, uint32_t change)
{
    if (call->method == OXC_METHOD_ASYNC_CONNECT)
        unknowns->issuing += change;
    else if (call->method == OXC_METHOD_RPC_EXT2)
        unknowns->fetching += change;
    else if (call->method == OXC_METHOD_ASYNC_WAIT)
        unknowns->waiting += change;
}

void oxc_association_count(oxc_tracker *tracker, const oxc_call *call, uint32_t change)
{
    oxc_association *association = oxc_association_at(tracker, call->association);
    oxc_unknowns *unknowns[3];
    size_t count = unknowns_of(tracker, call->association, unknowns);

    if ((call->flags & OXC_CALL_UNREAD) != 0)
        for (size_t i = 0; i < count; i++)
            count_unread(unknowns[i], call, change);
    if (call->method == OXC_METHOD_CONNECT) {
        association->opening += change;
        association->connect_sent = true;
    } else if (call->method == OXC_METHOD_ASYNC_CONNECT) {
        association->issuing += change;
    }
}

static unsigned awaited_on(const oxc_tracker *tracker, uint32_t number)
{
    const oxc_association *association;

    if (number == OXC_NONE)
        return 0;
    association = oxc_association_at(tracker, number);
    return (association->opening != 0 ? OXC_DOUBT_OPEN : 0u) |
           (association->issuing != 0 ? OXC_DOUBT_ISSUE : 0u);
}

unsigned oxc_awaited(const oxc_tracker *tracker, uint32_t number, uint32_t connection)
{
    unsigned awaited = awaited_on(tracker, oxc_connection_at(tracker, connection)->association);
    const oxc_session *session;

    if (number == OXC_NONE)
        return awaited;
    session = oxc_session_at(tracker, number);
    awaited |= awaited_on(tracker, session->home);
    return session->issuing != 0 ? awaited | OXC_DOUBT_ISSUE : awaited;
}

bool oxc_association_seen_whole(const oxc_association *association)
{
    return association->began && !association->hole && association->opening == 0 &&
           association->issuing == 0 && association->connect_sent;
}

bool oxc_association_complete(const oxc_tracker *tracker, uint32_t number, oxc_mark kind)
{
    const oxc_association *association = oxc_association_at(tracker, number);
    const oxc_server *server = oxc_server_at(tracker, association->server);

    if (tracker->settings.assume_complete)
        return true;
    if (server->split && tracker->unseen.marks[kind] > association->begun)
        return false;
    /* A connection whose bind is not in the capture may belong to this association. */
    return oxc_association_seen_whole(association) &&
           server->unbound.marks[kind] <= association->begun;
}

static unsigned doubts_since(const oxc_unknowns *unknowns, uint32_t since)
{
    unsigned doubts = 0;

    if (unknowns->latest <= since &&
        (unknowns->fetching | unknowns->waiting | unknowns->issuing) == 0)
        return 0;
    for (unsigned kind = 0; kind < OXC_MARK_COUNT; kind++)
        if (unknowns->marks[kind] > since)
            doubts |= 1u << kind;
    if (unknowns->fetching != 0)
        doubts |= OXC_DOUBT_FETCH;
    if (unknowns->waiting != 0)
        doubts |= OXC_DOUBT_WAIT;
    if (unknowns->issuing != 0)
        doubts |= OXC_DOUBT_ISSUE;
    return doubts;
}

unsigned oxc_doubts(const oxc_tracker *tracker, uint32_t number, uint32_t connection,
                    uint32_t since)
{
    const oxc_connection *present = oxc_connection_at(tracker, connection);
    const oxc_server *server = oxc_server_at(tracker, present->server);
    unsigned doubts = doubts_since(&server->unbound, since);
    const oxc_association *home;
    const oxc_session *session;

    if (server->split)
        doubts |= doubts_since(&tracker->unseen, since);
    if (present->association != OXC_NONE)
        doubts |= doubts_since(&oxc_association_at(tracker, present->association)->unknowns, since);
    if (number == OXC_NONE)
        return doubts | doubts_since(&server->all, since);
    session = oxc_session_at(tracker, number);
    home = oxc_association_at(tracker, session->home);
    doubts |= doubts_since(&home->unknowns, since);
    doubts |= doubts_since(&oxc_association_at(tracker, session->latest)->unknowns, since);
    /* The home of the session may be any association that the capture knows by its id. */
    if (home->unbound)
        doubts |= doubts_since(&server->all, since);
    if (session->end_doubt > since)
        doubts |= OXC_DOUBT_END;
    return doubts;
}
