/* analysis.c
 * What one file's analysis consists of: the tracker, the connections and the servers
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "analysis.h"

#include <epan/dissectors/packet-tcp.h>

oxc_tracker *oxc_file_tracker;
static GPtrArray *connections;       /* of oxc_rpc_connection, by number */
static GHashTable *servers;          /* name -> number + 1 */
static GHashTable *exchange_clients; /* a set of client + 1 */

/* Names come from URLs, too: g_str_hash() has no seed, and many can be given the same hash. */
static guint hash_name(gconstpointer key)
{
    return wmem_strong_hash((const guint8 *)key, strlen((const char *)key));
}

static uint32_t intern(char *name)
{
    gpointer known = g_hash_table_lookup(servers, name);

    if (known) {
        g_free(name);
    } else {
        known = GUINT_TO_POINTER(g_hash_table_size(servers) + 1);
        g_hash_table_insert(servers, name, known);
    }
    return GPOINTER_TO_UINT(known) - 1;
}

uint32_t oxc_server_by_address(const address *server)
{
    GString *name = g_string_new(NULL);
    const uint8_t *bytes = (const uint8_t *)server->data;

    g_string_printf(name, "address %d ", server->type);
    for (int i = 0; i < server->len; i++)
        g_string_append_printf(name, "%02x", bytes[i]);
    return intern(g_string_free(name, FALSE));
}

uint32_t oxc_client_by_address(const address *client, const char *host_port)
{
    GString *name = g_string_new(NULL);

    g_string_printf(name, "client %d ", client->type);
    for (int i = 0; i < client->len; i++)
        g_string_append_printf(name, "%02x", ((const uint8_t *)client->data)[i]);
    if (host_port)
        g_string_append_printf(name, " %s", host_port);
    g_string_ascii_down(name);
    return intern(g_string_free(name, FALSE));
}

uint32_t oxc_server_by_name(const char *host_port)
{
    return intern(g_ascii_strdown(host_port, -1));
}

oxc_rpc_connection *oxc_rpc_connection_new(uint32_t server, uint16_t port, uint32_t client)
{
    oxc_rpc_connection *connection = wmem_new0(wmem_file_scope(), oxc_rpc_connection);

    connection->number = oxc_tracker_add_connection(oxc_file_tracker, server, port);
    connection->client = client;
    oxc_tracker_set_client(oxc_file_tracker, connection->number, client);
    oxc_tracker_set_ending(oxc_file_tracker, connection->number, &connection->ending);
    g_ptr_array_add(connections, connection);
    return connection;
}

oxc_rpc_connection *oxc_rpc_connection_by_number(uint32_t number)
{
    if (number >= connections->len)
        return NULL;
    return (oxc_rpc_connection *)g_ptr_array_index(connections, number);
}

static uint64_t other_bit(uint16_t context_id)
{
    return context_id < 64 ? UINT64_C(1) << context_id : 0;
}

oxc_interface oxc_rpc_connection_interface(const oxc_rpc_connection *connection,
                                           uint16_t context_id, bool *ndr64)
{
    unsigned bound = 0;

    *ndr64 = false;
    if (connection->contexts)
        bound = GPOINTER_TO_UINT(
            wmem_map_lookup(connection->contexts, GUINT_TO_POINTER((unsigned)context_id)));
    if (bound == 0)
        return (connection->others & other_bit(context_id)) != 0 ? OXC_INTERFACE_OTHER
                                                                 : OXC_INTERFACE_UNKNOWN;
    *ndr64 = (bound & OXC_CONTEXT_NDR64) != 0;
    return (oxc_interface)(bound & ~OXC_CONTEXT_NDR64);
}

void oxc_rpc_connection_bind(oxc_rpc_connection *connection, uint16_t context_id,
                             oxc_interface interface, bool ndr64)
{
    unsigned bound = (unsigned)interface | (ndr64 ? OXC_CONTEXT_NDR64 : 0);
    gpointer key = GUINT_TO_POINTER((unsigned)context_id);

    connection->bound = true;
    connection->others &= ~other_bit(context_id);
    if (interface == OXC_INTERFACE_OTHER) {
        connection->others |= other_bit(context_id);
        if (connection->contexts)
            wmem_map_remove(connection->contexts, key);
        return;
    }
    if (!connection->contexts)
        connection->contexts = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
    wmem_map_insert(connection->contexts, key, GUINT_TO_POINTER(bound));
}

void oxc_rpc_connection_is_partial(oxc_rpc_connection *connection)
{
    if (connection->partial)
        return;
    connection->partial = true;
    oxc_tracker_partial(oxc_file_tracker, connection->number);
}

void oxc_rpc_connection_carries_exchange(oxc_rpc_connection *connection, uint32_t frame)
{
    if (connection->exchange_frame != 0)
        return;
    connection->exchange_frame = frame;
    g_hash_table_add(exchange_clients, GUINT_TO_POINTER(connection->client + 1));
}

bool oxc_rpc_connection_may_carry_exchange(const oxc_rpc_connection *connection)
{
    return connection->exchange_frame != 0 ||
           g_hash_table_contains(exchange_clients, GUINT_TO_POINTER(connection->client + 1));
}

uint32_t oxc_refused_in(oxc_interface interface)
{
    uint32_t first = 0;

    for (unsigned i = 0; connections && i < connections->len; i++) {
        const oxc_rpc_connection *connection = (const oxc_rpc_connection *)connections->pdata[i];
        uint32_t frame = connection->refused[interface == OXC_INTERFACE_ASYNCEMSMDB].frame;

        if (frame != 0 && (first == 0 || frame < first))
            first = frame;
    }
    return first;
}

void oxc_analysis_init(const oxc_settings *settings)
{
    oxc_file_tracker = oxc_tracker_new(settings);
    connections = g_ptr_array_new();
    exchange_clients = g_hash_table_new(NULL, NULL);
    servers = g_hash_table_new_full(hash_name, g_str_equal, g_free, NULL);
}

void oxc_analysis_cleanup(void)
{
    oxc_tracker_free(oxc_file_tracker);
    oxc_file_tracker = NULL;
    g_clear_pointer(&connections, g_ptr_array_unref);
    g_clear_pointer(&exchange_clients, g_hash_table_unref);
    g_clear_pointer(&servers, g_hash_table_unref);
}
