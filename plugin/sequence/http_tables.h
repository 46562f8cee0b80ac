/* http_tables.h
 * What is remembered of MAPI over HTTP, by the names of servers, cookies and requests
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_HTTP_TABLES_H
#define OXC_HTTP_TABLES_H

#include "http_state.h"

void oxc_http_tables_init(oxc_http *http, uint64_t seed);
void oxc_http_tables_clear(oxc_http *http);
size_t oxc_http_tables_memory(oxc_http *http);

/** Each returns the element, made where there is none yet. */
oxc_http_server *oxc_http_server_of(oxc_http *http, oxc_http_name name);
oxc_http_connection *oxc_http_connection_of(oxc_http *http, uint32_t connection);
uint32_t oxc_http_id_of(oxc_http *http, oxc_http_name server, oxc_http_name request_id);

/** The uses of an X-RequestId with one content. */
oxc_http_copies *oxc_http_copies_of(oxc_http *http, uint32_t id, uint64_t content);

/** The latest session whose context cookie has, or has had, a value.
 *  @return OXC_NONE if there is none */
uint32_t oxc_http_session_find(const oxc_http *http, oxc_http_name server, oxc_http_name value);

/** Begins a session, or the next generation of the cookie value. */
uint32_t oxc_http_session_new(oxc_http *http, oxc_http_name server, oxc_http_name value);

/** The session goes on under another value as well, unless that is known already. */
void oxc_http_session_rename(oxc_http *http, uint32_t session, oxc_http_name server,
                             oxc_http_name value);

/** Whether an accepted Connect set the value, at whatever server. */
bool oxc_http_value_explained(const oxc_http *http, oxc_http_name value);
void oxc_http_value_explain(oxc_http *http, oxc_http_name value);

/** The element that says when a value of the sequence cookie of a session was replaced, or NULL. */
oxc_http_replaced *oxc_http_replaced_find(const oxc_http *http, uint32_t session,
                                          oxc_http_name value);
oxc_http_replaced *oxc_http_replaced_of(oxc_http *http, uint32_t session, oxc_http_name value);

/** The cookies among which one has this value, or OXC_NONE. */
uint32_t oxc_http_learning_find(const oxc_http *http, oxc_http_name server, oxc_http_name value);
void oxc_http_learning_index(oxc_http *http, uint32_t learning);

/** The number of the oxc_http_end of a connection to a server, or OXC_NONE. */
uint32_t oxc_http_end_find(const oxc_http *http, uint32_t connection, oxc_http_name server);
void oxc_http_end_put(oxc_http *http, uint32_t connection, oxc_http_name server, uint32_t end);
uint32_t oxc_http_call_new(oxc_http *http, uint32_t number);
uint32_t oxc_http_call_find(const oxc_http *http, uint32_t number);
void oxc_http_call_forget(oxc_http *http, uint32_t call);

#endif /* OXC_HTTP_TABLES_H */
