/* http_tables.c
 * What is remembered of MAPI over HTTP, by the names of servers, cookies and requests
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_tables.h"

/* Names are hashes under a key that nobody knows: a part of one is as good as another hash. */
static guint hash_key(gconstpointer key)
{
    const oxc_http_key *of = (const oxc_http_key *)key;

    return oxc_hash_end(oxc_hash_step(of->one, of->other));
}

static gboolean equal_keys(gconstpointer one, gconstpointer other)
{
    const oxc_http_key *left = (const oxc_http_key *)one;
    const oxc_http_key *right = (const oxc_http_key *)other;

    return left->one == right->one && left->other == right->other;
}

static GHashTable *new_table(void)
{
    return g_hash_table_new(hash_key, equal_keys);
}

void oxc_http_tables_init(oxc_http *http)
{
    oxc_store_init(&http->servers, sizeof(oxc_http_server));
    oxc_store_init(&http->sessions, sizeof(oxc_http_session));
    oxc_store_init(&http->replaced, sizeof(oxc_http_replaced));
    oxc_store_init(&http->ids, sizeof(oxc_http_id));
    oxc_store_init(&http->more_copies, sizeof(oxc_http_more_copies));
    oxc_store_init(&http->calls, sizeof(oxc_http_call));
    oxc_store_init(&http->learnings, sizeof(oxc_http_learning));
    oxc_store_init(&http->values, sizeof(oxc_http_value));
    oxc_store_init(&http->explained, sizeof(oxc_http_key));
    oxc_store_init(&http->connections, sizeof(oxc_http_connection));
    http->server_table = new_table();
    http->session_table = new_table();
    http->replaced_table = new_table();
    http->id_table = new_table();
    http->copies_table = new_table();
    http->learning_table = new_table();
    http->explained_table = new_table();
    http->end_table = new_table();
    http->call_table = g_hash_table_new(NULL, NULL);
    http->connection_table = g_hash_table_new(NULL, NULL);
    http->free_call = OXC_NONE;
}

static oxc_store *store_number(oxc_http *http, size_t number)
{
    oxc_store *stores[] = {
        &http->servers, &http->sessions,  &http->replaced, &http->ids,       &http->more_copies,
        &http->calls,   &http->learnings, &http->values,   &http->explained, &http->connections,
    };

    return number < G_N_ELEMENTS(stores) ? stores[number] : NULL;
}

static GHashTable *table_number(const oxc_http *http, size_t number)
{
    GHashTable *tables[] = {
        http->server_table, http->session_table,    http->replaced_table,  http->id_table,
        http->copies_table, http->learning_table,   http->explained_table, http->call_table,
        http->end_table,    http->connection_table,
    };

    return number < G_N_ELEMENTS(tables) ? tables[number] : NULL;
}

void oxc_http_tables_clear(oxc_http *http)
{
    for (size_t i = 0; table_number(http, i) != NULL; i++)
        g_hash_table_destroy(table_number(http, i));
    for (size_t i = 0; store_number(http, i) != NULL; i++)
        oxc_store_clear(store_number(http, i));
}

size_t oxc_http_tables_memory(oxc_http *http)
{
    size_t memory = sizeof *http;

    /* A table of GLib has between one and three slots an element, of a pointer and a hash. */
    for (size_t i = 0; table_number(http, i) != NULL; i++)
        memory += (size_t)g_hash_table_size(table_number(http, i)) * 2 *
                  (sizeof(gpointer) + sizeof(guint));
    for (size_t i = 0; store_number(http, i) != NULL; i++)
        memory += oxc_store_memory(store_number(http, i));
    return memory;
}

/* An element whose first member is the key that finds it. */
static void *find(GHashTable *table, oxc_http_key key)
{
    return g_hash_table_lookup(table, &key);
}

static void *find_or_add(GHashTable *table, oxc_store *store, oxc_http_key key, uint32_t *number)
{
    oxc_http_key *element = (oxc_http_key *)find(table, key);

    if (element != NULL)
        return element;
    *number = oxc_store_add(store);
    element = (oxc_http_key *)oxc_store_at(store, *number);
    *element = key;
    g_hash_table_add(table, element);
    return element;
}

oxc_http_server *oxc_http_server_of(oxc_http *http, oxc_http_name name)
{
    uint32_t number = OXC_NONE;
    oxc_http_server *server = (oxc_http_server *)find_or_add(http->server_table, &http->servers,
                                                             (oxc_http_key){name, 0}, &number);

    if (number != OXC_NONE)
        server->number = number;
    return server;
}

oxc_http_connection *oxc_http_connection_of(oxc_http *http, uint32_t number)
{
    gpointer place = g_hash_table_lookup(http->connection_table, GUINT_TO_POINTER(number));
    uint32_t index = GPOINTER_TO_UINT(place) - 1;

    if (place == NULL) {
        oxc_http_connection *connection;

        index = oxc_store_add(&http->connections);
        connection = (oxc_http_connection *)oxc_store_at(&http->connections, index);
        connection->oldest = connection->newest = connection->ends = OXC_NONE;
        g_hash_table_insert(http->connection_table, GUINT_TO_POINTER(number),
                            GUINT_TO_POINTER(index + 1));
    }
    return (oxc_http_connection *)oxc_store_at(&http->connections, index);
}

uint32_t oxc_http_id_of(oxc_http *http, oxc_http_name server, oxc_http_name request_id)
{
    uint32_t number = OXC_NONE;
    oxc_http_id *id = (oxc_http_id *)find_or_add(http->id_table, &http->ids,
                                                 (oxc_http_key){server, request_id}, &number);

    if (number != OXC_NONE)
        id->number = number;
    return id->number;
}

oxc_http_copies *oxc_http_copies_of(oxc_http *http, uint32_t number, uint64_t content)
{
    oxc_http_id *id = oxc_http_id_at(http, number);
    oxc_http_more_copies *more;
    uint32_t place = OXC_NONE;

    if (!id->first.used) {
        id->first.used = true;
        id->first.content = content;
    }
    if (id->first.content == content)
        return &id->first;
    more =
        (oxc_http_more_copies *)find_or_add(http->copies_table, &http->more_copies,
                                            (oxc_http_key){(uint64_t)number + 1, content}, &place);
    return &more->copies;
}

uint32_t oxc_http_session_find(const oxc_http *http, oxc_http_name server, oxc_http_name value)
{
    const oxc_http_value *found =
        (const oxc_http_value *)find(http->session_table, (oxc_http_key){server, value});

    return found == NULL ? OXC_NONE : found->number;
}

static oxc_http_value *value_of(oxc_http *http, GHashTable *table, oxc_http_name server,
                                oxc_http_name value)
{
    uint32_t place;

    return (oxc_http_value *)find_or_add(table, &http->values, (oxc_http_key){server, value},
                                         &place);
}

uint32_t oxc_http_session_new(oxc_http *http, oxc_http_name server, oxc_http_name value)
{
    uint32_t number = oxc_store_add(&http->sessions);
    oxc_http_session *session = oxc_http_session_at(http, number);

    session->server = server;
    session->newest = session->connect = OXC_NONE;
    value_of(http, http->session_table, server, value)->number = number;
    return number;
}

void oxc_http_session_rename(oxc_http *http, uint32_t session, oxc_http_name server,
                             oxc_http_name value)
{
    if (oxc_http_session_find(http, server, value) == OXC_NONE)
        value_of(http, http->session_table, server, value)->number = session;
}

bool oxc_http_value_explained(const oxc_http *http, oxc_http_name value)
{
    return find(http->explained_table, (oxc_http_key){value, 0}) != NULL;
}

void oxc_http_value_explain(oxc_http *http, oxc_http_name value)
{
    uint32_t place;

    find_or_add(http->explained_table, &http->explained, (oxc_http_key){value, 0}, &place);
}

oxc_http_replaced *oxc_http_replaced_find(const oxc_http *http, uint32_t session,
                                          oxc_http_name value)
{
    return (oxc_http_replaced *)find(http->replaced_table,
                                     (oxc_http_key){(uint64_t)session + 1, value});
}

oxc_http_replaced *oxc_http_replaced_of(oxc_http *http, uint32_t session, oxc_http_name value)
{
    uint32_t place;

    return (oxc_http_replaced *)find_or_add(http->replaced_table, &http->replaced,
                                            (oxc_http_key){(uint64_t)session + 1, value}, &place);
}

uint32_t oxc_http_learning_find(const oxc_http *http, oxc_http_name server, oxc_http_name value)
{
    const oxc_http_value *found =
        (const oxc_http_value *)find(http->learning_table, (oxc_http_key){server, value});

    return found == NULL ? OXC_NONE : found->number;
}

void oxc_http_learning_index(oxc_http *http, uint32_t number)
{
    const oxc_http_learning *learning = oxc_http_learning_at(http, number);

    for (size_t i = 0; i < learning->count; i++)
        value_of(http, http->learning_table, learning->server, learning->cookies[i].value)->number =
            number;
}

uint32_t oxc_http_end_find(const oxc_http *http, uint32_t connection, oxc_http_name server)
{
    const oxc_http_value *found = (const oxc_http_value *)find(
        http->end_table, (oxc_http_key){(uint64_t)connection + 1, server});

    return found == NULL ? OXC_NONE : found->number;
}

void oxc_http_end_put(oxc_http *http, uint32_t connection, oxc_http_name server, uint32_t end)
{
    value_of(http, http->end_table, (uint64_t)connection + 1, server)->number = end;
}

uint32_t oxc_http_call_new(oxc_http *http, uint32_t number)
{
    uint32_t place = http->free_call;
    oxc_http_call *call;

    if (place == OXC_NONE)
        place = oxc_store_add(&http->calls);
    else
        http->free_call = oxc_http_call_at(http, place)->before;
    call = oxc_http_call_at(http, place);
    *call = (oxc_http_call){.number = number,
                            .record = OXC_NONE,
                            .session = OXC_NONE,
                            .opened = OXC_NONE,
                            .answer = OXC_NONE,
                            .id = OXC_NONE,
                            .learning = OXC_NONE,
                            .older = OXC_NONE,
                            .newer = OXC_NONE,
                            .before = OXC_NONE,
                            .behind = OXC_NONE};
    g_hash_table_insert(http->call_table, GUINT_TO_POINTER(number), GUINT_TO_POINTER(place + 1));
    return place;
}

uint32_t oxc_http_call_find(const oxc_http *http, uint32_t number)
{
    gpointer place = g_hash_table_lookup(http->call_table, GUINT_TO_POINTER(number));

    return place == NULL ? OXC_NONE : GPOINTER_TO_UINT(place) - 1;
}

void oxc_http_call_forget(oxc_http *http, uint32_t place)
{
    oxc_http_call *call = oxc_http_call_at(http, place);

    g_hash_table_remove(http->call_table, GUINT_TO_POINTER(call->number));
    call->before = http->free_call;
    http->free_call = place;
}
