/* handles.c
 * Sessions and contexts by their handles
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "parts.h"

#include <string.h>

static uint64_t step_handle(uint64_t hash, const oxc_handle *handle)
{
    uint64_t words[2];
    uint32_t last;

    memcpy(words, handle->bytes, sizeof words);
    memcpy(&last, handle->bytes + sizeof words, sizeof last);
    return oxc_hash_step(oxc_hash_step(oxc_hash_step(hash, words[0]), words[1]), last);
}

static uint32_t hash_bytes(const oxc_tracker *tracker, const oxc_handle *handle)
{
    return oxc_hash_end(step_handle(tracker->seed, handle));
}

static uint32_t hash_key(const oxc_tracker *tracker, const oxc_handle_key *key)
{
    return oxc_hash_end(oxc_hash_step(step_handle(tracker->seed, &key->handle), key->server));
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

uint32_t oxc_session_begin(oxc_tracker *tracker, uint32_t server, const oxc_handle *handle,
                           uint32_t association)
{
    oxc_handle_key key = {server, *handle};
    uint32_t hash = hash_key(tracker, &key);
    uint32_t before = oxc_index_find(&tracker->session_index, hash, &key);
    uint32_t number = oxc_store_add(&tracker->sessions);
    oxc_session *session = oxc_session_at(tracker, number);

    session->key = key;
    session->number = tracker->next_session++;
    session->home = session->latest = association;
    session->begun = oxc_now(tracker) - 1;
    session->alive = session->settled = oxc_now(tracker);
    session->end = session->close = session->activity = session->disconnect = OXC_NONE;
    session->oldest = session->newest = OXC_NONE;
    session->undelivered = session->last_notification = OXC_NONE;
    session->unfetched = session->unjudged = session->quiet = session->waiting = OXC_NONE;
    if (before != OXC_NONE)
        session->flags =
            oxc_session_at(tracker, before)->flags & (OXC_SESSION_RETURNED | OXC_SESSION_REPORTED);
    oxc_index_put(&tracker->session_index, hash, &key, number);
    return number;
}

/* What the answer that opened a session says of it, which was known by other names then. */
static void open_before(oxc_tracker *tracker, uint32_t number, uint32_t opened)
{
    oxc_session *session = oxc_session_at(tracker, number);

    session->flags |= OXC_SESSION_OPENED;
    session->activity = oxc_record_at(tracker, opened)->request;
    oxc_session_explain(tracker, number);
}

uint32_t oxc_session_of_http(oxc_tracker *tracker, const oxc_event *event)
{
    const oxc_connection *connection = oxc_connection_at(tracker, event->connection);
    uint32_t number = oxc_session_find(tracker, connection->server, &event->handle);

    if (number != OXC_NONE)
        return number;
    number =
        oxc_session_begin(tracker, connection->server, &event->handle, connection->association);
    if (event->opened != OXC_NONE)
        open_before(tracker, number, event->opened);
    return number;
}

uint32_t oxc_context_of_http(oxc_tracker *tracker, const oxc_event *event, uint32_t session,
                             uint32_t connect)
{
    const oxc_connection *connection = oxc_connection_at(tracker, event->connection);
    uint32_t number = oxc_context_begin(tracker, connection->server, &event->handle, session);

    oxc_context_at(tracker, number)->connect = connect;
    if (connect != OXC_NONE)
        oxc_context_explain(tracker, number);
    return number;
}

void oxc_session_end(oxc_tracker *tracker, uint32_t number, const oxc_call *call, bool disconnected)
{
    oxc_session *session = oxc_session_at(tracker, number);

    if (disconnected && session->close == OXC_NONE)
        session->close = oxc_now(tracker) - 1;
    if (session->end != OXC_NONE)
        return;
    if (oxc_doubts_of_end(tracker, number, call->connection) != 0)
        session->flags |= OXC_SESSION_EARLIER;
    session->end = oxc_now(tracker) - 1;
}

void oxc_session_doubt(oxc_tracker *tracker, uint32_t number)
{
    oxc_session *session = oxc_session_at(tracker, number);
    oxc_gap gap = {OXC_DOUBT_END, oxc_now(tracker), oxc_time(tracker), false};

    oxc_doubts_add(&session->doubts, &gap);
}

void oxc_session_shake(oxc_tracker *tracker, uint32_t number)
{
    oxc_session *session = oxc_session_at(tracker, number);

    session->shaken_before = session->shaken;
    session->shaken = oxc_now(tracker);
}

void oxc_session_prove(oxc_tracker *tracker, uint32_t number, const oxc_call *call)
{
    oxc_session *session = oxc_session_at(tracker, number);

    if (oxc_answer_doubted(tracker, call) || session->alive >= call->record + 1 ||
        (session->flags & OXC_SESSION_LEAVING) != 0)
        return;
    if (oxc_doubts_of_life(tracker, number, call->connection) != 0) {
        session->alive = call->record + 1;
        if (oxc_doubts_of_life(tracker, number, call->connection) == 0)
            session->certain_frame = oxc_record_at(tracker, tracker->records.count - 1)->frame;
    }
    session->alive = call->record + 1;
}

bool oxc_session_ended(const oxc_tracker *tracker, uint32_t session)
{
    return oxc_session_at(tracker, session)->end != OXC_NONE;
}

static void unbind(oxc_tracker *tracker, uint32_t number)
{
    oxc_context *context = oxc_context_at(tracker, number);

    oxc_context_set_quiet(tracker, number, false);
    context->session = OXC_NONE;
    context->flags |= OXC_CONTEXT_REPLACED;
}

uint32_t oxc_context_begin(oxc_tracker *tracker, uint32_t server, const oxc_handle *handle,
                           uint32_t session)
{
    oxc_handle_key key = {server, *handle};
    uint32_t hash = hash_key(tracker, &key);
    uint32_t before = oxc_index_find(&tracker->context_index, hash, &key);
    uint32_t number = oxc_store_add(&tracker->contexts);
    oxc_context *context = oxc_context_at(tracker, number);

    context->key = key;
    context->session = session;
    context->notification = context->connect = context->last_wait = OXC_NONE;
    context->row_records[0] = context->row_records[1] = OXC_NONE;
    for (size_t i = 0; i < G_N_ELEMENTS(context->last_calls); i++)
        context->last_calls[i] = OXC_NONE;
    context->last_wait_connection = context->other_wait = context->next_waiting = OXC_NONE;
    context->failure = context->zero = context->outstanding = OXC_NONE;
    if (before != OXC_NONE) {
        context->flags = oxc_context_at(tracker, before)->flags & OXC_CONTEXT_REPORTED;
        unbind(tracker, before);
    }
    oxc_index_put(&tracker->context_index, hash, &key, number);
    oxc_context_set_quiet(tracker, number, true);
    return number;
}

uint32_t oxc_context_bound_since(const oxc_tracker *tracker, uint32_t number)
{
    uint32_t connect = oxc_context_at(tracker, number)->connect;

    return connect == OXC_NONE ? 0 : oxc_record_at(tracker, connect)->request + 1;
}

static void link_quiet(oxc_tracker *tracker, uint32_t number)
{
    oxc_context *context = oxc_context_at(tracker, number);
    oxc_session *session = oxc_session_at(tracker, context->session);

    context->newer = OXC_NONE;
    context->older = session->quiet;
    if (context->older != OXC_NONE)
        oxc_context_at(tracker, context->older)->newer = number;
    session->quiet = number;
    context->flags |= OXC_CONTEXT_QUIET;
}

static void unlink_quiet(oxc_tracker *tracker, uint32_t number)
{
    oxc_context *context = oxc_context_at(tracker, number);

    if (context->newer != OXC_NONE)
        oxc_context_at(tracker, context->newer)->older = context->older;
    else
        oxc_session_at(tracker, context->session)->quiet = context->older;
    if (context->older != OXC_NONE)
        oxc_context_at(tracker, context->older)->newer = context->newer;
    context->flags &= (uint16_t)~OXC_CONTEXT_QUIET;
}

void oxc_context_set_quiet(oxc_tracker *tracker, uint32_t number, bool quiet)
{
    const oxc_context *context = oxc_context_at(tracker, number);
    bool was_quiet = (context->flags & OXC_CONTEXT_QUIET) != 0;

    if (context->session == OXC_NONE || quiet == was_quiet)
        return;
    if (quiet)
        link_quiet(tracker, number);
    else
        unlink_quiet(tracker, number);
}

uint32_t oxc_context_session_number(const oxc_tracker *tracker, uint32_t number)
{
    uint32_t session = oxc_context_at(tracker, number)->session;

    return session == OXC_NONE ? OXC_NONE : oxc_session_at(tracker, session)->number;
}
