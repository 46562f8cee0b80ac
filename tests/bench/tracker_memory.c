/* tracker_memory.c
 * Prints as JSON what the sequence analysis remembers of a session, a wait and a fetch, in bytes;
 * with --check, fails if that is too much
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <stdio.h>
#include <string.h>

#include "sequence/tracker.h"

enum { SERVER_PORT = 49876, BUILD_15 = 0x000F0000, SECONDS_OF_WAIT = 30 };
static const int64_t second = 1000000000;

/* A capture as the tracker sees it: two connections a session. */
typedef struct {
    oxc_tracker *tracker;
    uint32_t frame;
    int64_t time;
    uint32_t call_id;
} story;

static oxc_name make_handle(uint32_t session, uint8_t kind)
{
    return (oxc_name)(session + 1) << 32 | kind;
}

static void tell(story *of, oxc_event event)
{
    event.frame = ++of->frame;
    event.time = of->time;
    event.stub = OXC_STUB_CLEAR;
    event.plausible = event.has_name = event.has_result = true;
    of->time += second / 1000;
    oxc_tracker_event(of->tracker, &event);
}

static void tell_call(story *of, uint32_t connection, oxc_kind method, oxc_name in, oxc_name out)
{
    uint32_t call_id = ++of->call_id;

    tell(of, (oxc_event){.type = OXC_EVENT_REQUEST,
                         .connection = connection,
                         .call_id = call_id,
                         .kind = method,
                         .name = in});
    tell(of, (oxc_event){.type = OXC_EVENT_RESPONSE,
                         .connection = connection,
                         .call_id = call_id,
                         .kind = method,
                         .name = out,
                         .server_version = (uint64_t)BUILD_15 << 32});
}

static void tell_bind(story *of, uint32_t connection, uint32_t asked, uint32_t given)
{
    uint32_t call_id = ++of->call_id;

    tell(of, (oxc_event){.type = OXC_EVENT_BIND,
                         .connection = connection,
                         .call_id = call_id,
                         .group_id = asked});
    tell(of, (oxc_event){.type = OXC_EVENT_BIND_ACK,
                         .connection = connection,
                         .call_id = call_id,
                         .group_id = given});
}

static void tell_wait(story *of, uint32_t session, bool notified)
{
    uint32_t call_id = ++of->call_id;

    tell(of, (oxc_event){.type = OXC_EVENT_REQUEST,
                         .connection = 2 * session + 1,
                         .call_id = call_id,
                         .kind = OXC_KIND_WAIT,
                         .name = make_handle(session, 2)});
    of->time += SECONDS_OF_WAIT * second;
    tell(of, (oxc_event){.type = OXC_EVENT_RESPONSE,
                         .connection = 2 * session + 1,
                         .call_id = call_id,
                         .kind = OXC_KIND_WAIT,
                         .flags = notified ? 1 : 0});
}

static void tell_session(story *of, uint32_t session)
{
    oxc_name cxh = make_handle(session, 1), acxh = make_handle(session, 2);
    uint32_t calls = oxc_tracker_add_connection(of->tracker, 0, SERVER_PORT);
    uint32_t waits = oxc_tracker_add_connection(of->tracker, 0, SERVER_PORT);

    tell_bind(of, calls, 0, session + 1);
    tell_bind(of, waits, session + 1, session + 1);
    tell_call(of, calls, OXC_KIND_OPEN, OXC_NO_NAME, cxh);
    tell_call(of, calls, OXC_KIND_ISSUE, cxh, acxh);
}

/* Bytes of the tracker after so many sessions, waits each, and fetches for each of them. */
static size_t measure(uint32_t sessions, uint32_t waits, bool fetch)
{
    static const oxc_settings settings = {.grace = 10};
    story of = {.tracker = oxc_tracker_new(&settings)};
    size_t memory;

    for (uint32_t session = 0; session < sessions; session++)
        tell_session(&of, session);
    for (uint32_t wait = 0; wait < waits; wait++) {
        for (uint32_t session = 0; session < sessions; session++) {
            tell_wait(&of, session, fetch);
            if (fetch)
                tell_call(&of, 2 * session, OXC_KIND_EXECUTE, make_handle(session, 1),
                          make_handle(session, 1));
        }
    }
    memory = oxc_tracker_memory(of.tracker);
    oxc_tracker_free(of.tracker);
    return memory;
}

int main(int argc, char **argv)
{
    enum { FEW = 1000, MANY = 101000 };
    /* Half a byte more for the last chunk, which is not full. */
    static const double most_a_call = 96.5, most_a_session = 1024;
    double sessions = (double)(measure(MANY, 0, false) - measure(FEW, 0, false)) / (MANY - FEW);
    double waits = (double)(measure(1, MANY, false) - measure(1, FEW, false)) / (MANY - FEW);
    double fetched = (double)(measure(1, MANY, true) - measure(1, FEW, true)) / (MANY - FEW);

    printf("{\"session\": %.1f, \"wait\": %.1f, \"fetch\": %.1f}\n", sessions, waits,
           fetched - waits);
    if (argc < 2 || strcmp(argv[1], "--check") != 0)
        return 0;
    return waits <= most_a_call && fetched - waits <= most_a_call && sessions <= most_a_session ? 0
                                                                                                : 1;
}
