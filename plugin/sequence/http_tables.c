/* http_tables.c
 * What is remembered of MAPI over HTTP, by the names of servers, cookies and requests
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_tables.h"

static const struct {
    size_t store, size, index, key;
} tables[] = {
#define TABLE(store, type, index, key)                                                             \
    {                                                                                              \
        offsetof(oxc_http, store), sizeof(type), offsetof(oxc_http, index), offsetof(type, key)    \
    }
    TABLE(servers, oxc_http_server, server_index, key),
    TABLE(values, oxc_http_value, session_index, key),
    TABLE(values, oxc_http_value, learning_index, key),
    TABLE(values, oxc_http_value, end_index, key),
    TABLE(values, oxc_http_value, explained_index, key),
    TABLE(replaced, oxc_http_replaced, replaced_index, key),
    TABLE(ids, oxc_http_id, id_index, key),
    TABLE(more_copies, oxc_http_more_copies, copies_index, key),
    TABLE(connections, oxc_http_connection, connection_index, number),
    TABLE(calls, oxc_http_call, call_index, number),
#undef TABLE
};

static oxc_store *store_of(oxc_http *http, size_t table)
{
    return (oxc_store *)(void *)((uint8_t *)http + tables[table].store);
}

static oxc_index *index_of(oxc_http *http, size_t table)
{
    return (oxc_index *)(void *)((uint8_t *)http + tables[table].index);
}

void oxc_http_tables_init(oxc_http *http, uint64_t seed)
{
    oxc_store_init(&http->sessions, sizeof(oxc_http_session));
    oxc_store_init(&http->learnings, sizeof(oxc_http_learning));
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        oxc_store_init(store_of(http, i), tables[i].size);
        oxc_index_init(index_of(http, i), store_of(http, i), tables[i].key, seed);
    }
    http->free_call = OXC_NONE;
}

void oxc_http_tables_clear(oxc_http *http)
{
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        oxc_index_clear(index_of(http, i));
        oxc_store_clear(store_of(http, i));
    }
    oxc_store_clear(&http->sessions);
    oxc_store_clear(&http->learnings);
}

size_t oxc_http_tables_memory(oxc_http *http)
{
    size_t memory =
        sizeof *http + oxc_store_memory(&http->sessions) + oxc_store_memory(&http->learnings);

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        memory += oxc_index_memory(index_of(http, i));
        if (i == 0 || tables[i].store != tables[i - 1].store)
            memory += oxc_store_memory(store_of(http, i));
    }
    return memory;
}

static void *find(const oxc_index *index, uint64_t key)
{
    uint32_t number = oxc_index_find(index, key);

    return number == OXC_NONE ? NULL : oxc_store_at(index->store, number);
}

/* An element whose first member is the key that finds it.
 *  @param number  set where it is a new one */
static void *find_or_add(oxc_index *index, oxc_store *store, uint64_t key, uint32_t *number)
{
    void *element = find(index, key);

    if (element != NULL)
        return element;
    *number = oxc_store_add(store);
    element = oxc_store_at(store, *number);
    memcpy(element, &key, sizeof key);
    oxc_index_put(index, *number);
    return element;
}

oxc_http_server *oxc_http_server_of(oxc_http *http, oxc_http_name name)
{
    uint32_t number = OXC_NONE;
    oxc_http_server *server = (oxc_http_server *)find_or_add(&http->server_index, &http->servers,
                                                             oxc_key_of_name(name, 0), &number);

    if (number != OXC_NONE)
        server->number = number;
    return server;
}

oxc_http_connection *oxc_http_connection_of(oxc_http *http, uint32_t number)
{
    uint32_t place = OXC_NONE;
    oxc_http_connection *connection = (oxc_http_connection *)find_or_add(
        &http->connection_index, &http->connections, number, &place);

    if (place != OXC_NONE)
        connection->oldest = connection->newest = connection->ends = OXC_NONE;
    return connection;
}

uint32_t oxc_http_id_of(oxc_http *http, oxc_http_name server, oxc_http_name request_id)
{
    uint32_t number = OXC_NONE;
    oxc_http_id *id = (oxc_http_id *)find_or_add(&http->id_index, &http->ids,
                                                 oxc_key_of_name(request_id, server), &number);

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
        (oxc_http_more_copies *)find_or_add(&http->copies_index, &http->more_copies,
                                            oxc_key_of_name(content, (uint64_t)number + 1), &place);
    return &more->copies;
}

uint32_t oxc_http_session_find(const oxc_http *http, oxc_http_name server, oxc_http_name value)
{
    const oxc_http_value *found =
        (const oxc_http_value *)find(&http->session_index, oxc_key_of_name(value, server));

    return found == NULL ? OXC_NONE : found->number;
}

static oxc_http_value *value_of(oxc_http *http, oxc_index *index, oxc_http_name server,
                                oxc_http_name value)
{
    uint32_t place;

    return (oxc_http_value *)find_or_add(index, &http->values, oxc_key_of_name(value, server),
                                         &place);
}

uint32_t oxc_http_session_new(oxc_http *http, oxc_http_name server, oxc_http_name value)
{
    uint32_t number = oxc_store_add(&http->sessions);
    oxc_http_session *session = oxc_http_session_at(http, number);

    session->server = server;
    session->newest = session->connect = OXC_NONE;
    value_of(http, &http->session_index, server, value)->number = number;
    return number;
}

void oxc_http_session_rename(oxc_http *http, uint32_t session, oxc_http_name server,
                             oxc_http_name value)
{
    if (oxc_http_session_find(http, server, value) == OXC_NONE)
        value_of(http, &http->session_index, server, value)->number = session;
}

bool oxc_http_value_explained(const oxc_http *http, oxc_http_name value)
{
    return find(&http->explained_index, oxc_key_of_name(value, 0)) != NULL;
}

void oxc_http_value_explain(oxc_http *http, oxc_http_name value)
{
    uint32_t place;

    find_or_add(&http->explained_index, &http->values, oxc_key_of_name(value, 0), &place);
}

oxc_http_replaced *oxc_http_replaced_find(const oxc_http *http, uint32_t session,
                                          oxc_http_name value)
{
    return (oxc_http_replaced *)find(&http->replaced_index,
                                     oxc_key_of_name(value, (uint64_t)session + 1));
}

oxc_http_replaced *oxc_http_replaced_of(oxc_http *http, uint32_t session, oxc_http_name value)
{
    uint32_t place;

    return (oxc_http_replaced *)find_or_add(&http->replaced_index, &http->replaced,
                                            oxc_key_of_name(value, (uint64_t)session + 1), &place);
}

uint32_t oxc_http_learning_find(const oxc_http *http, oxc_http_name server, oxc_http_name value)
{
    const oxc_http_value *found =
        (const oxc_http_value *)find(&http->learning_index, oxc_key_of_name(value, server));

    return found == NULL ? OXC_NONE : found->number;
}

void oxc_http_learning_index(oxc_http *http, uint32_t number)
{
    const oxc_http_learning *learning = oxc_http_learning_at(http, number);

    for (size_t i = 0; i < learning->count; i++)
        value_of(http, &http->learning_index, learning->server, learning->cookies[i].value)
            ->number = number;
}

uint32_t oxc_http_end_find(const oxc_http *http, uint32_t connection, oxc_http_name server)
{
    const oxc_http_value *found = (const oxc_http_value *)find(
        &http->end_index, oxc_key_of_name(server, (uint64_t)connection + 1));

    return found == NULL ? OXC_NONE : found->number;
}

void oxc_http_end_put(oxc_http *http, uint32_t connection, oxc_http_name server, uint32_t end)
{
    value_of(http, &http->end_index, (uint64_t)connection + 1, server)->number = end;
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
    oxc_index_put(&http->call_index, place);
    return place;
}

uint32_t oxc_http_call_find(const oxc_http *http, uint32_t number)
{
    return oxc_index_find(&http->call_index, number);
}

void oxc_http_call_forget(oxc_http *http, uint32_t place)
{
    oxc_http_call *call = oxc_http_call_at(http, place);

    oxc_index_remove(&http->call_index, call->number);
    call->before = http->free_call;
    http->free_call = place;
}
