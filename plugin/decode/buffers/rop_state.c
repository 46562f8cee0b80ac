/* rop_state.c
 * What the layouts of ROPs rest on: earlier calls of the session, and the request of a response
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rop_state.h"

#include <glib.h>
#include <string.h>

#include "rop_layouts.h"
#include "rop_store.h"

enum {
    CALLS = 512,         /* that can be outstanding: a later one takes the place of another */
    HANDLES_MAX = 256,   /* a handle index has one byte */
    CHANNELS_MAX = 4,    /* that carry a session at a time */
    KEPT_MAX = 32 << 20, /* bytes of tags and of what PDUs rest on, in a file */
};

static const uint32_t no_handle = 0xFFFFFFFF; /* [MS-OXCROPS] 2.2.1: not assigned */

/* The second part of the name of a session and of a logon; objects have their handle there. */
#define SESSION      UINT64_MAX
#define LOGON(logon) (UINT64_C(1) << 32 | (logon))

struct oxc_rop_request {
    uint64_t call;
    uint64_t session;
    bool more; /* it has ROPs beyond #asked */
    unsigned handle_count;
    unsigned asked_count;
    uint32_t *handles;
    oxc_rop_asked asked[];
};

typedef struct oxc_rop_memo {
    uint64_t pdu;
    unsigned payload_count;
    oxc_rop_replay payloads[];
} oxc_rop_memo;

struct oxc_rop_state {
    wmem_allocator_t *scope; /* of the file */
    size_t kept;             /* bytes in it */
    wmem_map_t *columns;     /* each set of tags once */
    wmem_map_t *memos;       /* by PDU */
    GHashTable *losses;      /* channel -> number of the last loss */
    uint64_t loss;           /* number of the last one of all */
    uint64_t epochs;
    oxc_rop_store store;
    oxc_rop_request *calls[CALLS];
    uint32_t *scratch; /* tags of a request, in the order of this machine */
    size_t scratch_size;
};

static unsigned columns_hash(const void *key)
{
    const oxc_columns *columns = (const oxc_columns *)key;

    return wmem_strong_hash((const uint8_t *)columns->tags,
                            columns->count * sizeof columns->tags[0]);
}

static int columns_equal(const void *a, const void *b)
{
    const oxc_columns *one = (const oxc_columns *)a, *other = (const oxc_columns *)b;

    return one->count == other->count &&
           memcmp(one->tags, other->tags, one->count * sizeof one->tags[0]) == 0;
}

oxc_rop_state *oxc_rop_state_new(void)
{
    oxc_rop_state *state = g_new0(oxc_rop_state, 1);

    state->scope = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    state->columns = wmem_map_new(state->scope, columns_hash, columns_equal);
    state->memos = wmem_map_new(state->scope, wmem_int64_hash, g_int64_equal);
    state->losses = g_hash_table_new(g_direct_hash, g_direct_equal);
    oxc_rop_store_init(&state->store);
    return state;
}

static void free_request(oxc_rop_request *request)
{
    if (request)
        g_free(request->handles);
    g_free(request);
}

void oxc_rop_state_free(oxc_rop_state *state)
{
    for (unsigned i = 0; i < CALLS; i++)
        free_request(state->calls[i]);
    oxc_rop_store_clear(&state->store);
    wmem_destroy_allocator(state->scope);
    g_hash_table_destroy(state->losses);
    g_free(state->scratch);
    g_free(state);
}

static void *keep(oxc_rop_state *state, size_t size)
{
    if (size > KEPT_MAX - state->kept)
        return NULL;
    state->kept += size;
    return wmem_alloc0(state->scope, size);
}

/* The tags in a buffer, as a set that lives as long as the file. NULL if there is no more room. */
static const oxc_columns *keep_columns(oxc_rop_state *state, const uint8_t *tags, size_t count)
{
    size_t size = sizeof(oxc_columns) + count * sizeof(uint32_t);
    oxc_columns *columns, *kept;

    if (size > state->scratch_size) {
        state->scratch = (uint32_t *)g_realloc(state->scratch, size);
        state->scratch_size = size;
    }
    columns = (oxc_columns *)(void *)state->scratch;
    columns->count = (uint32_t)count;
    for (size_t i = 0; i < count; i++)
        columns->tags[i] = (uint32_t)oxc_little_endian(tags + 4 * i, 4);
    kept = (oxc_columns *)wmem_map_lookup(state->columns, columns);
    if (kept)
        return kept;
    kept = (oxc_columns *)keep(state, size);
    if (!kept)
        return NULL;
    memcpy(kept, columns, size);
    wmem_map_insert(state->columns, kept, kept);
    return kept;
}

void oxc_rop_state_lost(oxc_rop_state *state, uint32_t channel)
{
    uint64_t *last = (uint64_t *)g_hash_table_lookup(state->losses, GUINT_TO_POINTER(channel));

    if (!last) {
        last = (uint64_t *)wmem_alloc0(state->scope, sizeof *last);
        g_hash_table_insert(state->losses, GUINT_TO_POINTER(channel), last);
    }
    *last = ++state->loss;
}

static uint64_t loss_on(const oxc_rop_state *state, uint32_t channel)
{
    const uint64_t *last =
        (const uint64_t *)g_hash_table_lookup(state->losses, GUINT_TO_POINTER(channel));

    return last ? *last : 0;
}

static void begin_epoch(oxc_rop_state *state, oxc_rop_entry *session)
{
    session->of.session.epoch = ++state->epochs;
    session->of.session.since = state->loss;
    session->of.session.unanswered = 0;
}

void oxc_rop_state_forget(oxc_rop_state *state, uint64_t session)
{
    oxc_rop_entry *entry = oxc_rop_store_find(&state->store, session, SESSION);

    if (entry)
        begin_epoch(state, entry);
}

/* Makes a channel one of those that carry the session. */
static void use_channel(oxc_rop_entry *session, uint32_t channel)
{
    uint32_t *channels = session->of.session.channels;
    unsigned *count = &session->of.session.channel_count;

    for (unsigned i = 0; i < *count; i++) {
        if (channels[i] == channel)
            return;
    }
    if (*count == CHANNELS_MAX)
        memmove(channels, channels + 1, (CHANNELS_MAX - 1) * sizeof *channels);
    else
        ++*count;
    channels[*count - 1] = channel;
}

/* The session of a call. What was lost since may have changed what is known. */
static oxc_rop_entry *session_of(const oxc_rop_visit *visit)
{
    oxc_rop_state *state = visit->state;
    oxc_rop_entry *session = oxc_rop_store_find(&state->store, visit->session, SESSION);
    bool lost = false;

    if (!session) {
        session = oxc_rop_store_add(&state->store, visit->session, SESSION);
        begin_epoch(state, session);
    }
    use_channel(session, visit->call->channel);
    for (unsigned i = 0; i < session->of.session.channel_count; i++)
        lost |= loss_on(state, session->of.session.channels[i]) > session->of.session.since;
    if (lost)
        begin_epoch(state, session);
    return session;
}

static uint64_t epoch_of(oxc_rop_visit *visit)
{
    if (visit->epoch == 0)
        visit->epoch = session_of(visit)->of.session.epoch;
    return visit->epoch;
}

static oxc_rop_request **place_of(oxc_rop_state *state, uint64_t call)
{
    return &state->calls[(call * UINT64_C(0x9E3779B97F4A7C15) >> 32) % CALLS];
}

static oxc_rop_request *find_request(oxc_rop_state *state, uint64_t call)
{
    oxc_rop_request *request = *place_of(state, call);

    return request && request->call == call ? request : NULL;
}

/* A visit asks for what is behind an index of the request's handle table, or for a logon. */
static const oxc_columns *find_columns(const oxc_rop_visit *visit, uint64_t name)
{
    oxc_rop_entry *entry = oxc_rop_store_find(&visit->state->store, visit->epoch, name);

    return entry ? entry->of.columns : NULL;
}

static const oxc_columns *columns_of(const void *user, uint8_t index)
{
    const oxc_rop_visit *visit = (const oxc_rop_visit *)user;
    const oxc_rop_request *request = visit->asked_for;

    if (!request || index >= request->handle_count || request->handles[index] == no_handle)
        return NULL;
    return find_columns(visit, request->handles[index]);
}

static const oxc_columns *logon_of(const void *user, uint8_t logon_id)
{
    return find_columns((const oxc_rop_visit *)user, LOGON(logon_id));
}

static void set_columns(oxc_rop_visit *visit, uint64_t name, const oxc_columns *columns)
{
    oxc_rop_store *store = &visit->state->store;
    oxc_rop_entry *entry = oxc_rop_store_find(store, visit->epoch, name);

    if (!entry && !columns)
        return;
    if (!entry)
        entry = oxc_rop_store_add(store, visit->epoch, name);
    entry->of.columns = columns;
}

void oxc_rop_visit_begin(oxc_rop_visit *visit, oxc_rop_state *state, const oxc_rop_call *call,
                         bool request)
{
    visit->state = call ? state : NULL;
    visit->call = call;
    visit->request = request;
    visit->live = visit->state && call->first_pass;
    visit->unsure = false;
    visit->asked_for = NULL;
    visit->epoch = 0;
    visit->memo = NULL;
    visit->payloads = visit->asked_count = 0;
    visit->first = (oxc_rop_buffer){0};
    visit->walk = (oxc_rop_walk){.live = visit->live,
                                 .columns_of = columns_of,
                                 .logon_of = logon_of,
                                 .user = visit,
                                 .answers = visit->answers,
                                 .bindings = visit->bindings};
    if (!visit->state)
        return;
    visit->session = call->session;
    if (!visit->live)
        visit->memo = (const oxc_rop_memo *)wmem_map_lookup(state->memos, &call->pdu);
    else if (!request)
        visit->asked_for = find_request(state, call->call);
    /* A failed call may come back without its session. */
    if (visit->asked_for)
        visit->session = visit->asked_for->session;
}

/* Only what has ROPs that answer something needs to know of the session. */
static bool has_answers(const oxc_rop_buffer *buffer)
{
    uint8_t id;

    if (buffer->offset >= MIN(buffer->end, buffer->captured))
        return false;
    id = buffer->data[buffer->offset];
    return id != OXC_ROP_NOTIFY && id != OXC_ROP_PENDING;
}

void oxc_rop_visit_open(oxc_rop_visit *visit, oxc_rop_buffer *buffer)
{
    oxc_rop_walk *walk = &visit->walk;

    if (visit->memo && visit->payloads < visit->memo->payload_count) {
        oxc_rop_replay_use(&visit->memo->payloads[visit->payloads], buffer, walk);
        return;
    }
    if (!visit->live || !buffer->has_size)
        return;
    if (has_answers(buffer))
        epoch_of(visit);
    if (visit->asked_for) {
        walk->asked = visit->asked_for->asked;
        walk->asked_count = visit->asked_for->asked_count;
        walk->asked_more = visit->asked_for->more;
        walk->chained = visit->payloads > 0;
    }
    oxc_rop_buffer_use(buffer, walk);
}

/* The index that the answer of a ROP repeats. */
static uint8_t answered_index(const oxc_rop *rop)
{
    static const uint8_t fields[] = {
        [OXC_HEAD_ON] = OXC_FIELD_INPUT_INDEX,       [OXC_HEAD_TO] = OXC_FIELD_OUTPUT_INDEX,
        [OXC_HEAD_NEW] = OXC_FIELD_OUTPUT_INDEX,     [OXC_HEAD_ANSWER] = OXC_FIELD_RESPONSE_INDEX,
        [OXC_HEAD_BETWEEN] = OXC_FIELD_SOURCE_INDEX,
    };
    uint64_t index = 0;

    oxc_rop_value(rop, (oxc_rop_field)fields[oxc_rop_row_of(rop->id)->head], &index);
    return (uint8_t)index;
}

void oxc_rop_visit_ask(oxc_rop_visit *visit, const oxc_rop_buffer *buffer, const oxc_rop *rop)
{
    bool has_tags = rop->id == OXC_ROP_GET_PROPERTIES_SPECIFIC || rop->id == OXC_ROP_SET_COLUMNS;
    const oxc_element *tags = NULL;
    uint64_t logon = 0;
    oxc_rop_asked *asked;

    if (!visit->live || rop->state != OXC_READ_WHOLE || rop->id == OXC_ROP_NOTIFY ||
        rop->id == OXC_ROP_PENDING)
        return;
    if (visit->asked_count == OXC_VISIT_ASKED_MAX) {
        visit->unsure = true;
        return;
    }
    oxc_rop_value(rop, OXC_FIELD_LOGON_ID, &logon);
    asked = &visit->asked[visit->asked_count++];
    *asked = (oxc_rop_asked){
        .id = rop->id, .index = answered_index(rop), .logon = (uint8_t)logon, .tags = NULL};
    if (!has_tags)
        return;
    tags = oxc_find_element(rop->elements, rop->count, OXC_FIELD_PROPERTY_TAG);
    asked->tags = keep_columns(visit->state, tags ? buffer->data + tags->offset : NULL,
                               tags ? tags->length / 4 : 0);
}

void oxc_rop_visit_close(oxc_rop_visit *visit, oxc_rop_buffer *buffer)
{
    unsigned before = visit->walk.place.answers;
    oxc_rop_replay replay = {.ways = buffer->ways.chosen,
                             .surveyed = buffer->surveyed,
                             .consistent = buffer->consistent};

    oxc_rop_buffer_leave(buffer);
    if (visit->memo && visit->payloads < visit->memo->payload_count) {
        replay = visit->memo->payloads[visit->payloads];
    } else if (visit->live && buffer->walk) {
        replay.answers = visit->answers + before;
        replay.answer_count = visit->walk.place.answers - before;
    }
    if (visit->payloads < OXC_VISIT_PAYLOADS_MAX)
        visit->replays[visit->payloads++] = replay;
    if (buffer->stopped || buffer->offset < buffer->end || buffer->fault != OXC_ROPS_OK)
        visit->unsure = true;
    if (visit->live && visit->payloads == 1)
        visit->first = *buffer;
}

/* An answer to a call that has none: what it may have done is not known. */
static void drop_asked(oxc_rop_visit *visit, const oxc_rop_request *request, unsigned from)
{
    for (unsigned i = from; i < request->asked_count; i++) {
        const oxc_rop_asked *asked = &request->asked[i];
        bool on_table = asked->id == OXC_ROP_RELEASE || asked->id == OXC_ROP_SET_COLUMNS ||
                        asked->id == OXC_ROP_RESET_TABLE;

        if (on_table && asked->index < request->handle_count)
            set_columns(visit, request->handles[asked->index], NULL);
    }
}

/* The call before should have been answered by now; two at once are an exception. */
static void note_unanswered(oxc_rop_visit *visit)
{
    oxc_rop_state *state = visit->state;
    oxc_rop_entry *session = session_of(visit);
    const oxc_rop_request *before = find_request(state, session->of.session.unanswered);

    visit->epoch = session->of.session.epoch;
    session->of.session.unanswered = visit->call->call;
    if (visit->unsure)
        begin_epoch(state, session);
    else if (before)
        drop_asked(visit, before, 0);
}

static uint32_t *copy_handles(const oxc_rop_visit *visit, unsigned *count)
{
    unsigned most = (unsigned)MIN(visit->first.table_count, HANDLES_MAX);
    uint32_t *handles = g_new(uint32_t, most + 1);

    *count = 0;
    while (*count < most && oxc_rop_handle(&visit->first, *count, &handles[*count]))
        ++*count;
    return handles;
}

static void remember_request(oxc_rop_visit *visit)
{
    size_t size = visit->asked_count * sizeof *visit->asked;
    oxc_rop_request **place = place_of(visit->state, visit->call->call);
    oxc_rop_request *request;

    if (visit->asked_count == 0 && !visit->unsure)
        return;
    note_unanswered(visit);
    request = (oxc_rop_request *)g_malloc0(sizeof *request + size);
    request->call = visit->call->call;
    request->session = visit->session;
    request->more = visit->unsure;
    request->asked_count = visit->asked_count;
    memcpy(request->asked, visit->asked, size);
    if (visit->asked_count > 0)
        request->handles = copy_handles(visit, &request->handle_count);
    free_request(*place);
    *place = request;
}

/* The handle of an index in the response, or no_handle. */
static uint32_t new_handle(const oxc_rop_visit *visit, uint8_t index)
{
    uint32_t handle = no_handle;

    if (visit->payloads > 0)
        oxc_rop_handle(&visit->first, index, &handle);
    return handle;
}

static uint32_t old_handle(const oxc_rop_visit *visit, uint8_t index)
{
    const oxc_rop_request *request = visit->asked_for;

    return index < request->handle_count ? request->handles[index] : no_handle;
}

/* What the answers changed. If several objects came to stand behind one index, only the last of
 * them has a handle that is known. */
static void take_bindings(oxc_rop_visit *visit)
{
    const oxc_rop_place *place = &visit->walk.place;
    unsigned last[HANDLES_MAX] = {0}; /* place of the last object of an index, from 1 */
    unsigned made[HANDLES_MAX] = {0}; /* the same of the objects so far */

    if (place->overflow || place->bindings == 0)
        return;
    for (unsigned i = 0; i < place->bindings; i++) {
        if (visit->bindings[i].kind == OXC_BINDS_OBJECT)
            last[visit->bindings[i].index] = i + 1;
    }
    for (unsigned i = 0; i < place->bindings; i++) {
        const oxc_rop_binding *binding = &visit->bindings[i];
        uint8_t index = binding->index;
        uint32_t handle;

        if (binding->kind == OXC_BINDS_LOGON) {
            set_columns(visit, LOGON(index), binding->columns);
            continue;
        }
        if (binding->kind == OXC_BINDS_OBJECT)
            made[index] = i + 1;
        if (made[index] != 0 && made[index] != last[index])
            continue;
        handle = made[index] != 0 ? new_handle(visit, index) : old_handle(visit, index);
        if (handle != no_handle)
            set_columns(visit, handle, binding->columns);
    }
}

/* The handles of objects that were made without an answer that could be read. */
static void drop_made(oxc_rop_visit *visit, const oxc_rop_request *request, unsigned from)
{
    for (unsigned i = from; i < request->asked_count; i++) {
        uint32_t handle = new_handle(visit, request->asked[i].index);

        if (oxc_rop_row_of(request->asked[i].id)->head == OXC_HEAD_TO && handle != no_handle)
            set_columns(visit, handle, NULL);
    }
}

static void take_response(oxc_rop_visit *visit)
{
    oxc_rop_state *state = visit->state;
    oxc_rop_request **place = place_of(state, visit->call->call);
    const oxc_rop_request *request = visit->asked_for;
    bool unknown = visit->epoch != 0 && !request;
    oxc_rop_entry *session;

    if (!request && !unknown)
        return;
    epoch_of(visit);
    session = session_of(visit);
    if (session->of.session.unanswered == visit->call->call)
        session->of.session.unanswered = 0;
    if (unknown || visit->walk.place.overflow || request->more) {
        begin_epoch(state, session);
    } else {
        take_bindings(visit);
        drop_asked(visit, request, visit->walk.place.asked);
        drop_made(visit, request, visit->walk.place.asked);
    }
    if (request) {
        free_request(*place);
        *place = NULL;
    }
}

/* A PDU that stands for itself needs no memory. */
static bool rests_on_something(const oxc_rop_visit *visit)
{
    bool rests = visit->walk.place.answers > 0;

    for (unsigned i = 0; i < visit->payloads; i++)
        rests |= visit->replays[i].surveyed;
    return rests;
}

static void remember_replays(oxc_rop_visit *visit)
{
    oxc_rop_state *state = visit->state;
    unsigned count = visit->walk.place.answers;
    size_t size = sizeof(oxc_rop_memo) + visit->payloads * sizeof(oxc_rop_replay);
    const oxc_columns **answers;
    oxc_rop_memo *memo = (oxc_rop_memo *)keep(state, size + count * sizeof(void *));

    for (unsigned i = 0; i < visit->payloads && !memo; i++)
        visit->replays[i].answer_count = 0;
    if (!memo)
        return;
    answers = (const oxc_columns **)(void *)((uint8_t *)memo + size);
    memo->pdu = visit->call->pdu;
    memo->payload_count = visit->payloads;
    memcpy(memo->payloads, visit->replays, visit->payloads * sizeof(oxc_rop_replay));
    memcpy(answers, visit->answers, count * sizeof(void *));
    for (unsigned i = 0; i < visit->payloads; i++) {
        oxc_rop_replay *replay = &memo->payloads[i];

        if (replay->answers)
            replay->answers = answers + (replay->answers - visit->answers);
        visit->replays[i] = *replay;
    }
    wmem_map_insert(state->memos, &memo->pdu, memo);
}

void oxc_rop_visit_end(oxc_rop_visit *visit)
{
    if (!visit->live)
        return;
    if (rests_on_something(visit))
        remember_replays(visit);
    if (visit->request)
        remember_request(visit);
    else
        take_response(visit);
}

void oxc_rop_replay_use(const oxc_rop_replay *replay, oxc_rop_buffer *buffer, oxc_rop_walk *walk)
{
    *walk = (oxc_rop_walk){.answers = replay->answers, .answer_count = replay->answer_count};
    buffer->ways.chosen = replay->ways;
    buffer->surveyed = replay->surveyed;
    buffer->consistent = replay->consistent;
    oxc_rop_buffer_use(buffer, walk);
}
