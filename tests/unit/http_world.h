/* http_world.h
 * A small language for MAPI over HTTP: clients, servers and connections that talk
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_TEST_HTTP_WORLD_H
#define OXC_TEST_HTTP_WORLD_H

#include "http_event.h"
#include "world.h"

#define SERVER UINT64_C(0x5EA7)
#define EVERY_REQUEST_FIELD                                                                        \
    (OXC_HTTP_FIELD_HOST | OXC_HTTP_FIELD_REQUEST_TYPE | OXC_HTTP_FIELD_REQUEST_ID |               \
     OXC_HTTP_FIELD_CONTENT_TYPE | OXC_HTTP_FIELD_LENGTH)
#define EVERY_RESPONSE_FIELD                                                                       \
    (OXC_HTTP_FIELD_REQUEST_TYPE | OXC_HTTP_FIELD_REQUEST_ID | OXC_HTTP_FIELD_CONTENT_TYPE |       \
     OXC_HTTP_FIELD_RESPONSE_CODE | OXC_HTTP_FIELD_OWN)

/** A request that was sent, and what its answer will say. Change either before you send it. */
typedef struct {
    oxc_http_event request;
    oxc_http_event answer;
    uint32_t frame; /**< of the request */
} talk;

static uint32_t http_calls;
static uint64_t http_ids;

static inline uint32_t http_send(world *w, oxc_http_event *event)
{
    if (w->same_frame) {
        w->ordinal++;
    } else {
        w->frame++;
        w->ordinal = 0;
        w->time += 10 * MILLISECOND;
    }
    w->same_frame = false;
    event->frame = w->frame;
    event->ordinal = w->ordinal;
    event->time = w->time;
    oxc_tracker_http_event(w->tracker, event);
    return w->frame;
}

/** Another event of the message whose event was sent last, in the same frame. */
static inline void http_more(world *w, oxc_http_event *event)
{
    event->frame = w->frame;
    event->ordinal = w->ordinal;
    event->time = w->time;
    oxc_tracker_http_event(w->tracker, event);
}

/** A request with cookies of these values, 0 for none, and the answer of a server to which nothing
 *  is wrong. */
static inline talk prepare(uint32_t connection, oxc_http_request_type type, uint64_t context,
                           uint64_t sequence)
{
    uint64_t id = ++http_ids;
    talk t = {.request = {.connection = connection,
                          .call = http_calls++,
                          .request_type = type,
                          .server = SERVER,
                          .product = OXC_HTTP_PRODUCT_EXCHANGE,
                          .request_id = UINT64_C(0x1D000000) + id,
                          .fields = EVERY_REQUEST_FIELD,
                          .digest = id,
                          .body_size = 8,
                          .body = OXC_HTTP_BODY_READ,
                          .has_flags = true}};

    t.request.cookies.present = context != 0 || sequence != 0;
    t.request.cookies.context.value = context;
    t.request.cookies.sequence.value = sequence;
    t.answer = (oxc_http_event){.connection = connection,
                                .call = t.request.call,
                                .request_type = type,
                                .server = SERVER,
                                .product = OXC_HTTP_PRODUCT_EXCHANGE,
                                .request_id = t.request.request_id,
                                .fields = EVERY_RESPONSE_FIELD,
                                .cookies = t.request.cookies,
                                .status = 200,
                                .mapi_content = true,
                                .has_response_code = true,
                                .has_expiration = true,
                                .expiration = 900000,
                                .has_pending_period = true,
                                .pending_period = 30000,
                                .stream_done = true,
                                .body = OXC_HTTP_BODY_READ,
                                .has_status_code = true,
                                .has_error_code = true,
                                .has_event_pending = type == OXC_HTTP_TYPE_NOTIFICATION_WAIT};
    return t;
}

/** Sends the head of a request, and no body yet. */
static inline uint32_t send_head(world *w, talk *t)
{
    t->request.type = OXC_HTTP_REQUEST_HEAD;
    t->frame = http_send(w, &t->request);
    return t->frame;
}

static inline uint32_t send_body(world *w, talk *t)
{
    t->request.type = OXC_HTTP_REQUEST_BODY;
    return http_send(w, &t->request);
}

static inline uint32_t send_talk(world *w, talk *t)
{
    send_head(w, t);
    t->request.type = OXC_HTTP_REQUEST_BODY;
    http_more(w, &t->request);
    return t->frame;
}

/** The head of the answer, with PROCESSING. */
static inline uint32_t answer_head(world *w, talk *t)
{
    oxc_http_event part = t->answer;

    part.stream_done = false;
    part.body = OXC_HTTP_BODY_NONE;
    part.type = OXC_HTTP_RESPONSE_BEGIN;
    part.has_due_time = true;
    part.due_time = w->time;
    http_send(w, &part);
    part.type = OXC_HTTP_RESPONSE_HEAD;
    http_more(w, &part);
    part.type = OXC_HTTP_RESPONSE_PIECE;
    part.pieces = OXC_HTTP_PIECE_PROCESSING;
    http_more(w, &part);
    return w->frame;
}

static inline uint32_t answer_pending(world *w, const talk *t)
{
    oxc_http_event part = t->answer;

    part.type = OXC_HTTP_RESPONSE_PIECE;
    part.stream_done = false;
    part.body = OXC_HTTP_BODY_NONE;
    part.pieces = OXC_HTTP_PIECE_PENDING;
    return http_send(w, &part);
}

static inline uint32_t answer_end(world *w, const talk *t)
{
    oxc_http_event part = t->answer;

    part.type = OXC_HTTP_RESPONSE_END;
    part.pieces = OXC_HTTP_PIECE_DONE | OXC_HTTP_PIECE_BODY;
    return http_send(w, &part);
}

/** The whole answer in one frame. */
static inline uint32_t answer_talk(world *w, talk *t)
{
    oxc_http_event part = t->answer;

    answer_head(w, t);
    part.type = OXC_HTTP_RESPONSE_END;
    part.pieces = OXC_HTTP_PIECE_DONE | OXC_HTTP_PIECE_BODY;
    http_more(w, &part);
    return w->frame;
}

/** Sends and answers. @return the frame of the request; the next one has the answer */
static inline uint32_t exchange(world *w, uint32_t connection, oxc_http_request_type type,
                                uint64_t context, uint64_t sequence)
{
    talk t = prepare(connection, type, context, sequence);

    send_talk(w, &t);
    answer_talk(w, &t);
    return t.frame;
}

/** A Connect that opens a session. @return the frame of the answer */
static inline uint32_t http_connect(world *w, uint32_t connection, uint64_t context,
                                    uint64_t sequence)
{
    talk t = prepare(connection, OXC_HTTP_TYPE_CONNECT, 0, 0);

    t.answer.cookies.present = true;
    t.answer.cookies.context.value = context;
    t.answer.cookies.sequence.value = sequence;
    send_talk(w, &t);
    return answer_talk(w, &t);
}

/** An Execute whose answer sets another sequence value. @return the frame of the request */
static inline uint32_t http_execute(world *w, uint32_t connection, uint64_t context,
                                    uint64_t sequence, uint64_t next)
{
    talk t = prepare(connection, OXC_HTTP_TYPE_EXECUTE, context, sequence);

    t.answer.cookies.sequence.value = next;
    send_talk(w, &t);
    answer_talk(w, &t);
    return t.frame;
}

static inline talk http_wait(world *w, uint32_t connection, uint64_t context, uint64_t sequence)
{
    talk t = prepare(connection, OXC_HTTP_TYPE_NOTIFICATION_WAIT, context, sequence);

    send_talk(w, &t);
    return t;
}

static inline void http_end(world *w, uint32_t connection, bool by_client, bool reset)
{
    oxc_http_event event = {.type = OXC_HTTP_CLOSED,
                            .connection = connection,
                            .call = OXC_NONE,
                            .by_client = by_client,
                            .reset = reset};

    http_send(w, &event);
    if (connection < MANY_CONNECTIONS)
        w->closed[connection] = true;
}

static inline void http_gap(world *w, uint32_t connection, bool by_client)
{
    oxc_http_event event = {
        .type = OXC_HTTP_GAP, .connection = connection, .call = OXC_NONE, .by_client = by_client};

    http_send(w, &event);
}

/** Values of cookies, and connections. */
#define CTX   0xC0A1u
#define CTX2  0xC0A2u
#define SEQ   0x5E01u
#define SEQ2  0x5E02u
#define SEQ3  0x5E03u
#define FIRST 1u
#define OTHER 2u
#define THIRD 3u

/** The world of the test at hand, a new one for each. */
static world w;

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

static inline int set_up(void **state)
{
    (void)state;
    world_set_up(&w, false);
    return 0;
}

static inline int tear_down(void **state)
{
    (void)state;
    world_tear_down(&w);
    return 0;
}

/** Opens a session. @return the frame of the answer */
static inline uint32_t start(void)
{
    return http_connect(&w, FIRST, CTX, SEQ);
}

/** Whether a frame has a finding of a rule. */
static inline bool has_rule(uint32_t frame, const char *rule)
{
    oxc_view view = view_of(&w, frame);

    for (size_t i = 0; i < view.finding_count; i++)
        if (strcmp(oxc_rules[view.findings[i].rule].name, rule) == 0)
            return true;
    return false;
}

/** Checks that no frame up to now has a rule, whatever else they have. */
static inline void expect_nowhere(const char *rule)
{
    for (uint32_t frame = 1; frame <= w.frame; frame++)
        assert_false(has_rule(frame, rule));
}

#endif /* OXC_TEST_HTTP_WORLD_H */
