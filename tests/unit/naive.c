/* naive.c
 * The rules and links once more, told slowly: what the tracker is compared with
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "naive_history.h"

static void match(naive *n, int i)
{
    entry *x = at(n, i);
    if (!is_about_call(x))
        return;
    x->call = call_of(n, &x->e, i);
    if (x->e.type != OXC_EVENT_RESPONSE)
        return;
    x->unmatched = x->call == NOTHING || answer_of(n, x->call, i) != NOTHING ||
                   (x->e.stub != OXC_STUB_UNREAD && at(n, x->call)->e.kind != x->e.kind);
}

static void name_handles(naive *n, int i)
{
    entry *x = at(n, i);
    if (carries_cxh(x))
        x->session = session_named(n, server_of(n, x), x->e.name, i);
    if (opens_session(n, x) || (carries_cxh(x) && x->session == NOTHING))
        x->session = i;
    if (carries_acxh(x))
        x->context = context_named(n, server_of(n, x), x->e.name, i);
    if (carries_acxh(x) && x->context == NOTHING)
        x->context = i;
    if (returns_acxh(n, x))
        x->context = context_named(n, server_of(n, x), x->e.name, i + 1);
}

static connection *connection_at(const naive *n, uint32_t number)
{
    return &g_array_index(n->connections, connection, number);
}

void naive_event(naive *n, const oxc_event *event)
{
    entry new_entry = {.e = *event, .call = NOTHING, .session = NOTHING, .context = NOTHING};
    int i = length(n);
    g_array_append_val(n->history, new_entry);
    entry *x = at(n, i);
    if (event->type != OXC_EVENT_UNSEEN) {
        connection *c = connection_at(n, event->connection);
        c->twin = c->twin || (event->type == OXC_EVENT_BIND_ACK && is_second_sighting(n, i));
        x->twin = c->twin;
    }
    if (x->twin)
        return;
    match(n, i);
    if (event->type == OXC_EVENT_REQUEST || event->type == OXC_EVENT_RESPONSE)
        x->believed = is_believed(n, x, i);
    name_handles(n, i);
    if (event->type == OXC_EVENT_REQUEST)
        judge_request(n, i);
    else if (event->type == OXC_EVENT_RESPONSE)
        judge_response(n, i);
    at(n, i)->certain = certain_findings(n, i);
    at(n, i)->allowed = allowed_findings(n, i);
}

void naive_close(naive *n, uint32_t number, int64_t time)
{
    entry x = {.close = true, .call = NOTHING, .session = NOTHING, .context = NOTHING};
    x.e.connection = number;
    x.e.time = time;
    g_array_append_val(n->history, x);
}

uint32_t naive_add_connection(naive *n, uint32_t server, uint16_t port, uint32_t client)
{
    connection c = {.server = server, .port = port, .client = client};
    g_array_append_val(n->connections, c);
    return n->connections->len - 1;
}

void naive_split_connection(naive *n, uint32_t number)
{
    connection_at(n, number)->split = true;
}

naive *naive_new(const oxc_settings *settings)
{
    naive *n = g_new0(naive, 1);
    n->settings = *settings;
    n->connections = g_array_new(FALSE, FALSE, sizeof(connection));
    n->history = g_array_new(FALSE, FALSE, sizeof(entry));
    return n;
}

void naive_free(naive *n)
{
    g_array_free(n->connections, TRUE);
    g_array_free(n->history, TRUE);
    g_free(n);
}
