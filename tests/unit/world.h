/* world.h
 * A small language for event sequences: clients, servers and connections that talk
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_TEST_WORLD_H
#define OXC_TEST_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "facts.h"
#include "tracker.h"

#define MILLISECOND INT64_C(1000000)
#define SECOND      INT64_C(1000000000)
#define MINUTE      (60 * SECOND)

#define REJECTED 0x000007EEu
#define EXITING  0x000003EDu
#define PENDING  1u

#define MANY_CONNECTIONS 64

/** One capture. Each PDU is a frame of its own, ten milliseconds after the one before. */
typedef struct {
    oxc_tracker *tracker;
    uint32_t frame;
    uint32_t ordinal;
    int64_t time;
    uint8_t closed[MANY_CONNECTIONS]; /**< what the legs show: the world stays where it is */
    oxc_leg legs[MANY_CONNECTIONS];
    oxc_ending endings[MANY_CONNECTIONS];
    uint32_t call_id; /**< of the next request */
    oxc_stub_state stub;
    bool sealed;
    bool same_frame; /**< the next PDU is in the frame of the last one */
} world;

static inline void world_set_up(world *w, bool assume_complete)
{
    oxc_settings settings = {.assume_complete = assume_complete, .grace = 10};

    *w = (world){.call_id = 100, .stub = OXC_STUB_CLEAR, .time = 1000 * SECOND};
    w->tracker = oxc_tracker_new(&settings);
}

static inline void world_tear_down(world *w)
{
    oxc_tracker_free(w->tracker);
}

/** The name of a handle by a small number: 0 is the null handle. In these tests the lower half of a
 *  name stands for the handle's attributes. */
static inline oxc_name handle_of(uint32_t number)
{
    return number == 0 ? OXC_NO_NAME : (UINT64_C(0xA0000000) + number) << 32;
}

static inline uint32_t world_send(world *w, oxc_event *event)
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
    event->plausible = (uint32_t)event->name <= 0xFF;
    oxc_tracker_event(w->tracker, event);
    return w->frame;
}

static inline uint32_t connection_to(world *w, uint32_t server)
{
    uint32_t connection = oxc_tracker_add_connection(w->tracker, server, 6001);

    if (connection < MANY_CONNECTIONS) {
        w->legs[connection] = (oxc_leg){.seen = &w->closed[connection], .ends = 1};
        w->endings[connection].legs[0] = &w->legs[connection];
        oxc_tracker_set_ending(w->tracker, connection, &w->endings[connection]);
    }
    return connection;
}

static inline void bind_as(world *w, uint32_t connection, uint32_t asked, uint32_t given)
{
    oxc_event event = {.type = OXC_EVENT_BIND, .connection = connection, .call_id = 1};

    event.group_id = asked;
    world_send(w, &event);
    event.type = OXC_EVENT_BIND_ACK;
    event.group_id = given;
    world_send(w, &event);
}

/** A connection whose bind is in the capture and begins an association. */
static inline uint32_t bound_connection(world *w, uint32_t group)
{
    uint32_t connection = connection_to(w, 1);

    bind_as(w, connection, 0, group);
    return connection;
}

/** Another connection of that association. */
static inline uint32_t joined_connection(world *w, uint32_t group)
{
    uint32_t connection = connection_to(w, 1);

    bind_as(w, connection, group, group);
    return connection;
}

/** What a request needed that was sent, for its answer. */
typedef struct {
    uint32_t connection;
    uint32_t call_id;
    oxc_kind kind;
    uint32_t frame;
    uint32_t ordinal;
} sent;

static inline oxc_event new_event(const world *w, oxc_event_type type, uint32_t connection)
{
    return (oxc_event){.type = type,
                       .connection = connection,
                       .stub = w->stub,
                       .sealed = w->sealed || w->stub != OXC_STUB_CLEAR,
                       .has_name = w->stub != OXC_STUB_UNREAD,
                       .has_result = w->stub != OXC_STUB_UNREAD};
}

static inline sent request_event(world *w, oxc_event *event, oxc_kind kind)
{
    sent call = {.connection = event->connection, .call_id = w->call_id++, .kind = kind};

    event->type = OXC_EVENT_REQUEST;
    event->kind = kind;
    event->call_id = call.call_id;
    call.frame = world_send(w, event);
    call.ordinal = w->ordinal;
    return call;
}

static inline sent request(world *w, uint32_t connection, oxc_kind kind, uint32_t handle)
{
    oxc_event event = new_event(w, OXC_EVENT_REQUEST, connection);

    event.name = handle_of(handle);
    return request_event(w, &event, kind);
}

static inline sent wait_on(world *w, uint32_t connection, uint32_t acxh)
{
    return request(w, connection, OXC_KIND_WAIT, acxh);
}

static inline oxc_event response_of(const world *w, sent call)
{
    oxc_event event = new_event(w, OXC_EVENT_RESPONSE, call.connection);

    event.call_id = call.call_id;
    event.kind = call.kind;
    return event;
}

static inline uint32_t answer(world *w, sent call, uint32_t handle, uint32_t status)
{
    oxc_event event = response_of(w, call);

    event.name = handle_of(handle);
    event.status = status;
    if (call.kind == OXC_KIND_OPEN)
        event.server_version = UINT64_C(0x000F000100000000);
    return world_send(w, &event);
}

static inline uint32_t wait_answer(world *w, sent call, uint32_t status, uint32_t flags)
{
    oxc_event event = response_of(w, call);

    event.status = status;
    event.flags = flags;
    return world_send(w, &event);
}

/** A PDU that belongs to a call and has no stub: fault, cancel, orphaned. */
static inline uint32_t other_end(world *w, sent call, oxc_event_type type)
{
    oxc_event event = {.type = type, .connection = call.connection, .call_id = call.call_id};

    return world_send(w, &event);
}

static inline void lose_segment(world *w, uint32_t connection)
{
    oxc_event event = {.type = OXC_EVENT_LOST, .connection = connection};

    world_send(w, &event);
}

/** A RST of the server, now. */
static inline void reset(world *w, uint32_t connection)
{
    w->closed[connection] = true;
    w->legs[connection].close = (oxc_close){OXC_CLOSE_RST, OXC_SIDE_SERVER, true, w->time};
}

static inline void unread(world *w, bool on)
{
    w->stub = on ? OXC_STUB_UNREAD : OXC_STUB_CLEAR;
}

static inline uint32_t open_session(world *w, uint32_t connection, uint32_t cxh)
{
    return answer(w, request(w, connection, OXC_KIND_OPEN, 0), cxh, 0);
}

static inline uint32_t open_context(world *w, uint32_t connection, uint32_t cxh, uint32_t acxh)
{
    return answer(w, request(w, connection, OXC_KIND_ISSUE, cxh), acxh, 0);
}

static inline uint32_t fetch(world *w, uint32_t connection, uint32_t cxh)
{
    return answer(w, request(w, connection, OXC_KIND_EXECUTE, cxh), cxh, 0);
}

static inline uint32_t end_session(world *w, uint32_t connection, uint32_t cxh)
{
    return answer(w, request(w, connection, OXC_KIND_CLOSE, cxh), 0, 0);
}

static inline uint32_t notify(world *w, sent call)
{
    return wait_answer(w, call, 0, PENDING);
}

static inline void pass(world *w, int64_t time)
{
    w->time += time;
}

static inline oxc_view view_at(const world *w, uint32_t frame, uint32_t ordinal)
{
    oxc_view view;

    oxc_tracker_view(w->tracker, frame, ordinal, &view);
    return view;
}

static inline oxc_view view_of(const world *w, uint32_t frame)
{
    return view_at(w, frame, 0);
}

/** For the RopNotify at @p index of a frame, the frame that made its handle. */
static inline uint32_t registered_in(const world *w, uint32_t frame, size_t index)
{
    oxc_view view = view_of(w, frame);
    size_t count;
    const uint32_t *frames = oxc_tracker_registered(w->tracker, &view, &count);

    assert_true(index < count);
    return frames[index];
}

static inline size_t registered_count(const world *w, uint32_t frame)
{
    oxc_view view = view_of(w, frame);
    size_t count;

    (void)oxc_tracker_registered(w->tracker, &view, &count);
    return count;
}

/** The wait whose request is a frame. */
static inline oxc_wait wait_of(const world *w, uint32_t frame)
{
    oxc_wait wait;

    assert_true(oxc_tracker_wait(w->tracker, view_of(w, frame).record, &wait));
    assert_int_equal(wait.frame, frame);
    return wait;
}

/** Checks that a wait says the same of its end as the PDU that ended it, or showed it to be over.
 */
static inline void expect_end(const world *w, uint32_t request, uint32_t frame)
{
    oxc_view view = view_of(w, frame);
    oxc_wait wait = wait_of(w, request);
    bool shown = view.type == OXC_EVENT_REQUEST;
    const oxc_wait_end *end = shown ? &wait.shown_over : &wait.end;

    assert_int_equal(view.ended_wait, wait.record);
    assert_int_equal(end->record, view.record);
    assert_int_equal(end->frame, frame);
    assert_int_equal(end->outcome, view.outcome);
    assert_true(end->wait_time == view.wait_time);
    if (shown)
        assert_int_equal(wait.end.record, OXC_NONE);
}

/** Checks that a frame has exactly these findings, in the order of the table. */
static inline void expect_at(const world *w, uint32_t frame, uint32_t ordinal, const char *rules)
{
    oxc_view view = view_at(w, frame, ordinal);
    GString *found = g_string_new(NULL);

    for (size_t i = 0; i < view.finding_count; i++)
        g_string_append_printf(found, "%s%s", i == 0 ? "" : " ",
                               oxc_rules[view.findings[i].rule].name);
    assert_string_equal(found->str, rules);
    g_string_free(found, TRUE);
}

static inline void expect(const world *w, uint32_t frame, const char *rules)
{
    expect_at(w, frame, 0, rules);
}

/** Checks that no PDU up to now but those of the given frame broke a rule. */
static inline void expect_only(const world *w, uint32_t frame, const char *rules)
{
    for (uint32_t other = 1; other <= w->frame; other++)
        expect(w, other, other == frame ? rules : "");
}

static inline void expect_none(const world *w)
{
    expect_only(w, 0, "");
}

/** One finding on a frame. */
static inline oxc_finding finding_of(const world *w, uint32_t frame)
{
    oxc_view view = view_of(w, frame);

    assert_int_equal(view.finding_count, 1);
    return view.findings[0];
}

#endif /* OXC_TEST_WORLD_H */
