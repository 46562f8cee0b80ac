/* fuzz_tracker.c
 * The event machine: any events, in any order
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <glib.h>

#include "sequence/tracker.h"

#include "fuzz.h"

#define SECOND INT64_C(1000000000)

enum {
    CONNECTIONS = 8,
    EVENT_SIZE = 8, /* bytes of input that make one event */
    MOST_EVENTS = 4096,
    MOST_OBJECTS = 3,
    TYPES = OXC_EVENT_LOST + 2, /* the last closes the connection */
};

/* What the tracker may hold: a share that is there from the start, and one for each event. */
enum { MEMORY_AT_FIRST = 1024 * 1024, MEMORY_OF_EVENT = 1024 };

/* Two trackers that hash differently get the same events. */
typedef struct {
    oxc_tracker *trackers[2];
    uint8_t closed[CONNECTIONS];
    oxc_leg legs[CONNECTIONS];
    oxc_ending endings[CONNECTIONS];
    uint32_t frame;
    uint32_t ordinal;
    int64_t time;
    size_t events;
    size_t objects;
} machine;

/* An event of the history, for the look at the end. */
typedef struct {
    uint32_t frame;
    uint32_t ordinal;
} place;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static void start(machine *m, unsigned settings)
{
    static const uint32_t graces[] = {10, 0, 1, UINT32_MAX};
    oxc_settings chosen = {.assume_complete = (settings & 1) != 0, .grace = graces[settings >> 6]};

    memset(m, 0, sizeof *m);
    m->time = INT64_C(1700000000) * SECOND;
    for (size_t i = 0; i < 2; i++) {
        m->trackers[i] = oxc_tracker_new(&chosen);
        for (uint32_t k = 0; k < CONNECTIONS; k++) {
            FUZZ_CHECK(oxc_tracker_add_connection(m->trackers[i], k / 6, k < 4 ? 6001 : 6004) == k);
            m->legs[k] = (oxc_leg){.seen = &m->closed[k], .ends = 1};
            m->endings[k].legs[0] = &m->legs[k];
            oxc_tracker_set_ending(m->trackers[i], k, &m->endings[k]);
        }
    }
}

static void move_on(machine *m, unsigned choice)
{
    static const int64_t pauses[] = {1000000,    10 * SECOND,    10 * SECOND + 1, SECOND,
                                     SECOND - 1, 300 * SECOND,   310 * SECOND,    290 * SECOND,
                                     -SECOND,    -9999 * SECOND, INT64_MAX,       0};

    if (choice & 0x80) {
        m->ordinal += 1 + ((choice >> 4) & 3);
    } else {
        m->frame += 1 + ((choice >> 4) & 3);
        m->ordinal = 0;
    }
    m->time = (int64_t)((uint64_t)m->time + (uint64_t)pauses[choice % 16 % G_N_ELEMENTS(pauses)]);
}

/* Few handles, so that they meet; two of them differ only in the attributes, and 0 is null. */
static oxc_name handle_of(unsigned choice)
{
    if (choice % 8 == 0)
        return OXC_NO_NAME;
    return (oxc_name)('A' + choice % 8) << 32 | (choice & 16 ? 0x900u : 0u) |
           (choice & 8 ? 3u : 0u);
}

static void fill_stub(oxc_event *event, fuzz_input *input, uint32_t *objects)
{
    static const oxc_kind methods[] = {OXC_KIND_WAIT,  OXC_KIND_EXECUTE, OXC_KIND_OPEN,
                                       OXC_KIND_CLOSE, OXC_KIND_ISSUE,   OXC_KIND_PUSH,
                                       OXC_KIND_OTHER, OXC_KIND_WAIT};
    static const uint32_t statuses[] = {0, 0x7EE, 0x3ED, 0x80004005, 5, UINT32_MAX, 0, 0};
    static const uint64_t versions[] = {UINT64_C(0x000F0450000D0004), 0,
                                        UINT64_C(0x0006000000000000), UINT64_MAX};
    unsigned method = fuzz_byte(input), handle = fuzz_byte(input), result = fuzz_byte(input);
    unsigned many = fuzz_byte(input);

    event->kind = methods[method % 8];
    event->stub =
        method & 8 ? (method & 16 ? OXC_STUB_DECRYPTED : OXC_STUB_UNREAD) : OXC_STUB_CLEAR;
    event->sealed = (method & 32) != 0;
    event->has_name = (handle & 0x80) == 0;
    event->has_result = (handle & 0x40) == 0;
    event->name = handle_of(handle);
    event->plausible = (uint32_t)event->name <= 0xFF;
    event->status = statuses[result % 8];
    event->flags = result & 0x40 ? 0x80000002u : (result >> 3 & 1);
    event->server_version = versions[result >> 4 & 3];
    event->rops.faults = many & 0x80 ? (many >> 4 & 3) : 0;
    event->rops.fault_flags = (uint16_t)(many << 8);
    event->group_id = many & 7;
    event->rops.registered = event->rops.notified = objects;
    event->rops.registered_count = many & MOST_OBJECTS;
    event->rops.notified_count = many >> 2 & MOST_OBJECTS;
}

/* The next event. Returns false where the connection is closed instead. */
static bool next_event(machine *m, fuzz_input *input, oxc_event *event, uint32_t *objects)
{
    unsigned type = fuzz_byte(input) % TYPES;

    memset(event, 0, sizeof *event);
    event->connection = fuzz_byte(input) % (CONNECTIONS + 1);
    event->call_id = fuzz_byte(input) % 16;
    move_on(m, fuzz_byte(input));
    fill_stub(event, input, objects);
    if (type > OXC_EVENT_LOST) {
        if (event->connection < CONNECTIONS)
            m->closed[event->connection] = true;
        return false;
    }
    event->type = (oxc_event_type)type;
    event->frame = m->frame;
    event->ordinal = m->ordinal;
    event->time = m->time;
    return true;
}

static void tell(machine *m, const oxc_event *event)
{
    m->events++;
    m->objects += event->rops.registered_count + event->rops.notified_count;
    for (size_t i = 0; i < 2; i++) {
        oxc_tracker_event(m->trackers[i], event);
        FUZZ_CHECK(oxc_tracker_memory(m->trackers[i]) <=
                   MEMORY_AT_FIRST + MEMORY_OF_EVENT * m->events + 64 * m->objects);
    }
}

static void check_finding(const machine *m, const oxc_finding *finding)
{
    GString *text = g_string_new(NULL);

    FUZZ_CHECK(finding->rule < OXC_RULE_COUNT);
    FUZZ_CHECK(finding->severity >= (uint8_t)oxc_rules[finding->rule].severity &&
               finding->severity <= OXC_SEVERITY_ERROR);
    FUZZ_CHECK(finding->frames[0] <= m->frame && finding->frames[1] <= m->frame);
    oxc_finding_append_text(text, finding);
    FUZZ_CHECK(text->len > 0 && !strchr(text->str, '{'));
    g_string_free(text, TRUE);
}

/* Frames that a view names have to be there, and before or behind it as their names say. */
static void check_view(const machine *m, const oxc_view *view, uint32_t frame)
{
    uint32_t position = view->notified;
    const uint32_t *registered;
    size_t steps;

    FUZZ_CHECK(view->outcome <= OXC_OUTCOME_DROPPED);
    FUZZ_CHECK(view->request_frame <= frame && view->connect_frame <= frame);
    FUZZ_CHECK(view->previous_wait_frame <= frame && view->next_wait_frame <= m->frame);
    FUZZ_CHECK(view->fetch_frame <= m->frame && view->delivered_frame <= m->frame);
    FUZZ_CHECK(view->finding_count <= OXC_RULE_COUNT);
    for (size_t i = 0; i < view->finding_count; i++) {
        check_finding(m, &view->findings[i]);
        FUZZ_CHECK(i == 0 || view->findings[i - 1].rule < view->findings[i].rule);
    }
    registered = oxc_tracker_registered(m->trackers[0], view, &steps);
    for (size_t i = 0; i < steps; i++)
        FUZZ_CHECK(registered[i] <= frame);
    steps = 0;
    while (oxc_tracker_next_notified(m->trackers[0], &position) != 0)
        FUZZ_CHECK(++steps <= m->events);
}

static void compare_views(const oxc_view *a, const oxc_view *b)
{
    FUZZ_CHECK(a->kind == b->kind && a->type == b->type && a->unreadable == b->unreadable &&
               a->sealed == b->sealed && a->unmatched == b->unmatched);
    FUZZ_CHECK(a->session == b->session && a->context == b->context && a->wait == b->wait);
    FUZZ_CHECK(a->request_frame == b->request_frame && a->connect_frame == b->connect_frame &&
               a->previous_wait_frame == b->previous_wait_frame &&
               a->next_wait_frame == b->next_wait_frame && a->fetch_frame == b->fetch_frame &&
               a->delivered_frame == b->delivered_frame);
    FUZZ_CHECK(a->outcome == b->outcome && a->has_wait_time == b->has_wait_time &&
               a->wait_time == b->wait_time && a->delivery_time == b->delivery_time);
    FUZZ_CHECK(a->finding_count == b->finding_count);
    for (size_t i = 0; i < a->finding_count; i++)
        FUZZ_CHECK(a->findings[i].rule == b->findings[i].rule &&
                   a->findings[i].value == b->findings[i].value);
}

static void look(const machine *m, const place *at)
{
    oxc_view views[2];
    bool known = oxc_tracker_view(m->trackers[0], at->frame, at->ordinal, &views[0]);

    FUZZ_CHECK(oxc_tracker_view(m->trackers[1], at->frame, at->ordinal, &views[1]) == known);
    if (!known)
        return;
    check_view(m, &views[0], at->frame);
    compare_views(&views[0], &views[1]);
}

/* A byte of settings, then EVENT_SIZE bytes an event. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static place places[MOST_EVENTS];
    uint32_t objects[MOST_OBJECTS] = {0x11, 0x22, 0x11};
    fuzz_input input = {data, size};
    machine m;

    start(&m, fuzz_byte(&input));
    while (input.left >= EVENT_SIZE && m.events < MOST_EVENTS) {
        oxc_event event;

        if (!next_event(&m, &input, &event, objects))
            continue;
        places[m.events] = (place){m.frame, m.ordinal};
        tell(&m, &event);
        look(&m, &places[m.events - 1]);
    }
    for (size_t i = 0; i < m.events; i++)
        look(&m, &places[i]);
    oxc_tracker_free(m.trackers[0]);
    oxc_tracker_free(m.trackers[1]);
    return 0;
}
