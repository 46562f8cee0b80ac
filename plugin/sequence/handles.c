/* handles.c
 * Which session or context a name stands for
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "handles.h"

void oxc_handles_init(oxc_tracker *tracker)
{
    uint64_t seed = tracker->seed;

    oxc_store_init(&tracker->sessions, sizeof(oxc_session));
    oxc_store_init(&tracker->contexts, sizeof(oxc_context));
    oxc_store_init(&tracker->strays, sizeof(oxc_stray));
    oxc_index_init(&tracker->session_index, &tracker->sessions, offsetof(oxc_session, key), seed);
    oxc_index_init(&tracker->context_index, &tracker->contexts, offsetof(oxc_context, key), seed);
    oxc_index_init(&tracker->explained_sessions, &tracker->sessions, offsetof(oxc_session, name),
                   seed);
    oxc_index_init(&tracker->explained_contexts, &tracker->contexts, offsetof(oxc_context, name),
                   seed);
    oxc_index_init(&tracker->stray_index, &tracker->strays, offsetof(oxc_stray, key), seed);
}

static oxc_stray *stray_at(const oxc_tracker *tracker, uint32_t stray)
{
    return (oxc_stray *)oxc_store_at(&tracker->strays, stray);
}

uint32_t oxc_session_find(const oxc_tracker *tracker, uint32_t server, oxc_name name)
{
    return oxc_index_find(&tracker->session_index, oxc_key_of_name(name, server));
}

uint32_t oxc_context_find(const oxc_tracker *tracker, uint32_t server, oxc_name name)
{
    return oxc_index_find(&tracker->context_index, oxc_key_of_name(name, server));
}

uint32_t oxc_session_used(const oxc_tracker *tracker, uint32_t server, oxc_name name)
{
    uint32_t own = oxc_session_find(tracker, server, name);
    uint32_t other;

    if (own != OXC_NONE)
        return own;
    other = oxc_index_find(&tracker->explained_sessions, name);
    if (other == OXC_NONE || (oxc_session_at(tracker, other)->flags & OXC_SESSION_AMBIGUOUS) != 0)
        return OXC_NONE;
    return other;
}

uint32_t oxc_context_used(const oxc_tracker *tracker, uint32_t server, oxc_name name)
{
    uint32_t own = oxc_context_find(tracker, server, name);
    uint32_t other;

    if (own != OXC_NONE)
        return own;
    other = oxc_index_find(&tracker->explained_contexts, name);
    if (other == OXC_NONE || (oxc_context_at(tracker, other)->flags & OXC_CONTEXT_AMBIGUOUS) != 0)
        return OXC_NONE;
    return other;
}

static bool was_noted(const oxc_tracker *tracker, uint64_t key)
{
    return oxc_index_find(&tracker->session_index, key) != OXC_NONE ||
           oxc_index_find(&tracker->context_index, key) != OXC_NONE ||
           oxc_index_find(&tracker->stray_index, key) != OXC_NONE;
}

bool oxc_name_was_noted(const oxc_tracker *tracker, uint32_t server, oxc_name name)
{
    return was_noted(tracker, oxc_key_of_name(name, server));
}

void oxc_name_note(oxc_tracker *tracker, uint32_t server, oxc_name name)
{
    uint64_t key = oxc_key_of_name(name, server);
    uint32_t stray;

    if (name == OXC_NO_NAME || was_noted(tracker, key))
        return;
    stray = oxc_store_add(&tracker->strays);
    stray_at(tracker, stray)->key = key;
    oxc_index_put(&tracker->stray_index, stray);
}

void oxc_name_return(oxc_tracker *tracker, uint32_t server, oxc_name name)
{
    uint32_t session = oxc_session_find(tracker, server, name);
    uint32_t stray;

    if (session != OXC_NONE) {
        oxc_session_at(tracker, session)->flags |= OXC_SESSION_RETURNED;
        return;
    }
    oxc_name_note(tracker, server, name);
    stray = oxc_index_find(&tracker->stray_index, oxc_key_of_name(name, server));
    if (stray != OXC_NONE)
        stray_at(tracker, stray)->returned = true;
}

bool oxc_name_was_returned(const oxc_tracker *tracker, uint32_t server, oxc_name name)
{
    uint64_t key = oxc_key_of_name(name, server);
    uint32_t session = oxc_index_find(&tracker->session_index, key);
    uint32_t stray = oxc_index_find(&tracker->stray_index, key);

    return (session != OXC_NONE &&
            (oxc_session_at(tracker, session)->flags & OXC_SESSION_RETURNED) != 0) ||
           (stray != OXC_NONE && stray_at(tracker, stray)->returned);
}

void oxc_session_explain(oxc_tracker *tracker, uint32_t number)
{
    oxc_session *session = oxc_session_at(tracker, number);
    uint32_t before = oxc_index_find(&tracker->explained_sessions, session->name);

    if (before != OXC_NONE && before != number)
        session->flags |= OXC_SESSION_AMBIGUOUS;
    session->flags |= OXC_SESSION_EXPLAINED;
    oxc_index_put(&tracker->explained_sessions, number);
}

void oxc_context_explain(oxc_tracker *tracker, uint32_t number)
{
    oxc_context *context = oxc_context_at(tracker, number);
    uint32_t before = oxc_index_find(&tracker->explained_contexts, context->name);

    if (before != OXC_NONE && before != number)
        context->flags |= OXC_CONTEXT_AMBIGUOUS;
    context->flags |= OXC_CONTEXT_EXPLAINED;
    oxc_index_put(&tracker->explained_contexts, number);
}

uint32_t oxc_session_name(oxc_tracker *tracker, uint32_t number, uint32_t server, oxc_name name)
{
    oxc_session *session = oxc_session_at(tracker, number);
    uint32_t before;

    session->name = name;
    session->server = server;
    session->key = oxc_key_of_name(name, server);
    before = oxc_index_find(&tracker->session_index, session->key);
    oxc_index_put(&tracker->session_index, number);
    return before;
}

uint32_t oxc_context_name(oxc_tracker *tracker, uint32_t number, uint32_t server, oxc_name name)
{
    oxc_context *context = oxc_context_at(tracker, number);
    uint32_t before;

    context->name = name;
    context->server = server;
    context->key = oxc_key_of_name(name, server);
    before = oxc_index_find(&tracker->context_index, context->key);
    oxc_index_put(&tracker->context_index, number);
    return before;
}

bool oxc_tracker_knows_name(const oxc_tracker *tracker, uint32_t connection, oxc_name name)
{
    uint32_t server;

    if (connection >= tracker->connections.count || name == OXC_NO_NAME)
        return false;
    server = oxc_link_at(tracker, connection)->server;
    return oxc_name_was_noted(tracker, server, name) ||
           oxc_index_find(&tracker->explained_sessions, name) != OXC_NONE ||
           oxc_index_find(&tracker->explained_contexts, name) != OXC_NONE;
}
