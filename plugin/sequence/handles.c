/* handles.c
 * Which session or context a handle names
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "handles.h"

#include <string.h>

/* @param server  or 0 */
static uint32_t hash_handle(const oxc_tracker *tracker, const oxc_handle *handle, uint32_t server)
{
    uint64_t words[3];
    uint32_t last;

    memcpy(words, handle->bytes, 16);
    memcpy(&last, handle->bytes + 16, sizeof last);
    words[2] = (uint64_t)server << 32 | last;
    return oxc_hash_end(oxc_hash_words(tracker->seed, words, 3));
}

static uint32_t hash_bytes(const oxc_tracker *tracker, const oxc_handle *handle)
{
    return hash_handle(tracker, handle, 0);
}

static uint32_t hash_key(const oxc_tracker *tracker, const oxc_handle_key *key)
{
    return hash_handle(tracker, &key->handle, key->server);
}

static bool same_handle(const oxc_handle *one, const oxc_handle *other)
{
    return memcmp(one->bytes, other->bytes, OXC_HANDLE_SIZE) == 0;
}

static bool same_key(const oxc_handle_key *one, const oxc_handle_key *other)
{
    return one->server == other->server && same_handle(&one->handle, &other->handle);
}

static const oxc_handle_key *session_key(const void *owner, uint32_t session)
{
    return &oxc_session_at((const oxc_tracker *)owner, session)->key;
}

static const oxc_handle_key *context_key(const void *owner, uint32_t context)
{
    return &oxc_context_at((const oxc_tracker *)owner, context)->key;
}

static uint32_t session_hash(const void *owner, uint32_t session)
{
    return hash_key((const oxc_tracker *)owner, session_key(owner, session));
}

static bool session_equal(const void *owner, uint32_t session, const void *key)
{
    return same_key(session_key(owner, session), (const oxc_handle_key *)key);
}

static uint32_t context_hash(const void *owner, uint32_t context)
{
    return hash_key((const oxc_tracker *)owner, context_key(owner, context));
}

static bool context_equal(const void *owner, uint32_t context, const void *key)
{
    return same_key(context_key(owner, context), (const oxc_handle_key *)key);
}

static uint32_t cxh_hash(const void *owner, uint32_t session)
{
    return hash_bytes((const oxc_tracker *)owner, &session_key(owner, session)->handle);
}

static bool cxh_equal(const void *owner, uint32_t session, const void *handle)
{
    return same_handle(&session_key(owner, session)->handle, (const oxc_handle *)handle);
}

static uint32_t acxh_hash(const void *owner, uint32_t context)
{
    return hash_bytes((const oxc_tracker *)owner, &context_key(owner, context)->handle);
}

static bool acxh_equal(const void *owner, uint32_t context, const void *handle)
{
    return same_handle(&context_key(owner, context)->handle, (const oxc_handle *)handle);
}

static const oxc_handle_key *stray_key(const void *owner, uint32_t stray)
{
    const oxc_tracker *tracker = (const oxc_tracker *)owner;

    return &((const oxc_stray *)oxc_store_at(&tracker->strays, stray))->key;
}

static uint32_t stray_hash(const void *owner, uint32_t stray)
{
    return hash_key((const oxc_tracker *)owner, stray_key(owner, stray));
}

static bool stray_equal(const void *owner, uint32_t stray, const void *key)
{
    return same_key(stray_key(owner, stray), (const oxc_handle_key *)key);
}

static const oxc_index_type session_type = {session_hash, session_equal};

static const oxc_index_type context_type = {context_hash, context_equal};

static const oxc_index_type cxh_type = {cxh_hash, cxh_equal};

static const oxc_index_type acxh_type = {acxh_hash, acxh_equal};

static const oxc_index_type stray_type = {stray_hash, stray_equal};

void oxc_handles_init(oxc_tracker *tracker)
{
    oxc_store_init(&tracker->sessions, sizeof(oxc_session));
    oxc_store_init(&tracker->contexts, sizeof(oxc_context));
    oxc_index_init(&tracker->session_index, &session_type, tracker);
    oxc_index_init(&tracker->context_index, &context_type, tracker);
    oxc_index_init(&tracker->explained_cxh, &cxh_type, tracker);
    oxc_index_init(&tracker->explained_acxh, &acxh_type, tracker);
    oxc_store_init(&tracker->strays, sizeof(oxc_stray));
    oxc_index_init(&tracker->stray_index, &stray_type, tracker);
}

bool oxc_handle_is_null(const oxc_handle *handle)
{
    static const oxc_handle null_handle;

    return same_handle(handle, &null_handle);
}

static uint32_t find_key(const oxc_tracker *tracker, const oxc_index *index, uint32_t server,
                         const oxc_handle *handle)
{
    oxc_handle_key key = {server, *handle};

    return oxc_index_find(index, hash_key(tracker, &key), &key);
}

uint32_t oxc_session_find(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle)
{
    return find_key(tracker, &tracker->session_index, server, handle);
}

uint32_t oxc_context_find(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle)
{
    return find_key(tracker, &tracker->context_index, server, handle);
}

uint32_t oxc_session_used(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle)
{
    uint32_t own = oxc_session_find(tracker, server, handle);
    uint32_t other;

    if (own != OXC_NONE)
        return own;
    other = oxc_index_find(&tracker->explained_cxh, hash_bytes(tracker, handle), handle);
    if (other == OXC_NONE || (oxc_session_at(tracker, other)->flags & OXC_SESSION_AMBIGUOUS) != 0)
        return OXC_NONE;
    return other;
}

uint32_t oxc_context_used(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle)
{
    uint32_t own = oxc_context_find(tracker, server, handle);
    uint32_t other;

    if (own != OXC_NONE)
        return own;
    other = oxc_index_find(&tracker->explained_acxh, hash_bytes(tracker, handle), handle);
    if (other == OXC_NONE || (oxc_context_at(tracker, other)->flags & OXC_CONTEXT_AMBIGUOUS) != 0)
        return OXC_NONE;
    return other;
}

bool oxc_handle_was_shown(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle)
{
    return oxc_session_find(tracker, server, handle) != OXC_NONE ||
           oxc_context_find(tracker, server, handle) != OXC_NONE ||
           find_key(tracker, &tracker->stray_index, server, handle) != OXC_NONE;
}

void oxc_handle_show(oxc_tracker *tracker, uint32_t server, const oxc_handle *handle)
{
    oxc_handle_key key = {server, *handle};
    uint32_t stray;

    if (oxc_handle_is_null(handle) || oxc_handle_was_shown(tracker, server, handle))
        return;
    stray = oxc_store_add(&tracker->strays);
    ((oxc_stray *)oxc_store_at(&tracker->strays, stray))->key = key;
    oxc_index_put(&tracker->stray_index, hash_key(tracker, &key), &key, stray);
}

void oxc_handle_return(oxc_tracker *tracker, uint32_t server, const oxc_handle *handle)
{
    uint32_t session = oxc_session_find(tracker, server, handle);
    uint32_t stray;

    if (session != OXC_NONE) {
        oxc_session_at(tracker, session)->flags |= OXC_SESSION_RETURNED;
        return;
    }
    oxc_handle_show(tracker, server, handle);
    stray = find_key(tracker, &tracker->stray_index, server, handle);
    if (stray != OXC_NONE)
        ((oxc_stray *)oxc_store_at(&tracker->strays, stray))->returned = true;
}

bool oxc_handle_was_returned(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle)
{
    uint32_t session = oxc_session_find(tracker, server, handle);
    uint32_t stray = find_key(tracker, &tracker->stray_index, server, handle);

    return (session != OXC_NONE &&
            (oxc_session_at(tracker, session)->flags & OXC_SESSION_RETURNED) != 0) ||
           (stray != OXC_NONE &&
            ((const oxc_stray *)oxc_store_at(&tracker->strays, stray))->returned);
}

bool oxc_cxh_explained(const oxc_tracker *tracker, const oxc_handle *handle)
{
    return oxc_index_find(&tracker->explained_cxh, hash_bytes(tracker, handle), handle) != OXC_NONE;
}

bool oxc_acxh_explained(const oxc_tracker *tracker, const oxc_handle *handle)
{
    return oxc_index_find(&tracker->explained_acxh, hash_bytes(tracker, handle), handle) !=
           OXC_NONE;
}

void oxc_session_explain(oxc_tracker *tracker, uint32_t session)
{
    const oxc_handle *handle = &session_key(tracker, session)->handle;
    uint32_t hash = hash_bytes(tracker, handle);
    uint32_t before = oxc_index_find(&tracker->explained_cxh, hash, handle);

    if (before != OXC_NONE && before != session)
        oxc_session_at(tracker, session)->flags |= OXC_SESSION_AMBIGUOUS;
    oxc_index_put(&tracker->explained_cxh, hash, handle, session);
}

void oxc_context_explain(oxc_tracker *tracker, uint32_t context)
{
    const oxc_handle *handle = &context_key(tracker, context)->handle;
    uint32_t hash = hash_bytes(tracker, handle);
    uint32_t before = oxc_index_find(&tracker->explained_acxh, hash, handle);

    if (before != OXC_NONE && before != context)
        oxc_context_at(tracker, context)->flags |= OXC_CONTEXT_AMBIGUOUS;
    oxc_index_put(&tracker->explained_acxh, hash, handle, context);
}

static uint32_t name_by(oxc_tracker *tracker, oxc_index *index, const oxc_handle_key *key,
                        uint32_t number)
{
    uint32_t hash = hash_key(tracker, key);
    uint32_t before = oxc_index_find(index, hash, key);

    oxc_index_put(index, hash, key, number);
    return before;
}

uint32_t oxc_session_name(oxc_tracker *tracker, uint32_t session)
{
    return name_by(tracker, &tracker->session_index, session_key(tracker, session), session);
}

uint32_t oxc_context_name(oxc_tracker *tracker, uint32_t context)
{
    return name_by(tracker, &tracker->context_index, context_key(tracker, context), context);
}

bool oxc_tracker_knows_handle(const oxc_tracker *tracker, uint32_t connection,
                              const oxc_handle *handle)
{
    uint32_t server;

    if (connection >= tracker->connections.count || oxc_handle_is_null(handle))
        return false;
    server = oxc_connection_at(tracker, connection)->server;
    return oxc_handle_was_shown(tracker, server, handle) || oxc_cxh_explained(tracker, handle) ||
           oxc_acxh_explained(tracker, handle);
}
