/* connections.c
 * Servers, peers and connections
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "connections.h"

void oxc_connections_init(oxc_tracker *tracker)
{
    oxc_store_init(&tracker->servers, sizeof(oxc_server));
    oxc_store_init(&tracker->peers, sizeof(oxc_peer));
    oxc_store_init(&tracker->connections, sizeof(oxc_link));
    oxc_store_init(&tracker->ends, sizeof(oxc_http_end));
    oxc_index_init(&tracker->server_index, &tracker->servers, offsetof(oxc_server, number),
                   tracker->seed);
    oxc_index_init(&tracker->peer_index, &tracker->peers, offsetof(oxc_peer, server),
                   tracker->seed);
}

void oxc_connections_clear(oxc_tracker *tracker)
{
    for (uint32_t i = 0; i < tracker->peers.count; i++)
        if (oxc_peer_at(tracker, i)->late != NULL)
            g_array_free(oxc_peer_at(tracker, i)->late, TRUE);
}

static uint32_t server_of_number(oxc_tracker *tracker, uint32_t number)
{
    uint32_t server = oxc_index_find(&tracker->server_index, number);

    if (server == OXC_NONE) {
        server = oxc_store_add(&tracker->servers);
        oxc_server_at(tracker, server)->number = number;
        oxc_index_put(&tracker->server_index, server);
    }
    return server;
}

static uint32_t peer_of(oxc_tracker *tracker, uint32_t server, uint32_t client)
{
    uint32_t number = oxc_index_find(&tracker->peer_index, oxc_key_of(server, client));

    if (number == OXC_NONE) {
        number = oxc_store_add(&tracker->peers);
        oxc_peer_at(tracker, number)->server = server;
        oxc_peer_at(tracker, number)->client = client;
        oxc_peer_at(tracker, number)->twin = OXC_NONE;
        oxc_index_put(&tracker->peer_index, number);
    }
    return number;
}

uint32_t oxc_http_end_new(oxc_tracker *tracker, uint32_t server)
{
    uint32_t number = OXC_OF_HTTP | oxc_store_add(&tracker->ends);
    oxc_link *connection = oxc_link_at(tracker, number);

    connection->first = ++tracker->moments;
    connection->server = server_of_number(tracker, OXC_OF_HTTP | server);
    connection->peer = peer_of(tracker, connection->server, 0);
    connection->association = connection->twin = OXC_NONE;
    connection->calls = connection->waits = OXC_NONE;
    connection->traits = OXC_TRAIT_OWN_CONTEXT | OXC_TRAIT_SIGNS_OF_LIFE;
    connection->heard = true; /* an answer that began shows by itself */
    /* Calls to it may go by on connections of which no request is known. */
    oxc_server_at(tracker, connection->server)->split = true;
    return number;
}

uint32_t oxc_tracker_add_connection(oxc_tracker *tracker, uint32_t server, uint16_t port)
{
    uint32_t number = oxc_store_add(&tracker->connections);
    oxc_link *connection = oxc_link_at(tracker, number);

    connection->server = server_of_number(tracker, server);
    connection->peer = peer_of(tracker, connection->server, 0);
    connection->port = port;
    connection->traits = OXC_TRAIT_CANCELS;
    connection->association = connection->twin = OXC_NONE;
    connection->calls = connection->waits = OXC_NONE;
    return number;
}

void oxc_tracker_set_ending(oxc_tracker *tracker, uint32_t number, const oxc_ending *ending)
{
    oxc_link_at(tracker, number)->ending = ending;
}

void oxc_tracker_split_connection(oxc_tracker *tracker, uint32_t number)
{
    oxc_link *connection = oxc_link_at(tracker, number);

    connection->traits |= OXC_TRAIT_ANSWERS_APART;
    oxc_server_at(tracker, connection->server)->split = true;
}

void oxc_tracker_set_client(oxc_tracker *tracker, uint32_t number, uint32_t client)
{
    oxc_link *connection = oxc_link_at(tracker, number);

    connection->peer = peer_of(tracker, connection->server, client);
}

void oxc_tracker_partial(oxc_tracker *tracker, uint32_t number)
{
    oxc_link *connection = oxc_link_at(tracker, number);

    connection->partial = true;
    if (connection->association != OXC_NONE)
        oxc_association_at(tracker, connection->association)->partial = true;
}
