/* test_http_property.c
 * Random conversations of MAPI over HTTP: what a cut or lossy capture says, and what a slow reading
 * of the rules says
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Environment: OXC_PROPERTY_SEED (first seed), OXC_PROPERTY_COUNT (number of histories).
 */

#include "http_history.h"
#include "naive_http.h"
#include "world.h"

#define DEFAULT_COUNT 3000
#define STEPS         70

/* So long after bytes the other side has acknowledged them. */
#define ACKNOWLEDGED INT64_C(200000000)

static guint64 from_environment(const char *name, guint64 otherwise)
{
    const char *value = g_getenv(name);

    return value == NULL ? otherwise : g_ascii_strtoull(value, NULL, 10);
}

static oxc_tracker *play(const oxc_http_event *events, guint length)
{
    oxc_settings settings = {.grace = 10};
    oxc_tracker *tracker = oxc_tracker_new(&settings);

    for (guint i = 0; i < length; i++)
        oxc_tracker_http_event(tracker, &events[i]);
    return tracker;
}

/* The rules of MAPI over HTTP alone. */
#define RULE(id) (UINT64_C(1) << OXC_RULE_##id)
static const uint64_t own_rules =
    RULE(wait_without_cookie) | RULE(request_without_cookie) | RULE(request_after_disconnect) |
    RULE(request_overlap) | RULE(sequence_cookie_stale) | RULE(context_not_set) |
    RULE(cookie_reused) | RULE(event_pending_invalid) | RULE(stream_invalid) |
    RULE(request_header_missing) | RULE(response_header_missing) | RULE(request_id_not_echoed) |
    RULE(request_id_reused) | RULE(retry_on_lost_context) | RULE(context_lost) |
    RULE(session_expired) | RULE(response_not_immediate) | RULE(keepalive_overdue) |
    RULE(response_cut) | RULE(auth_rejected_repeatedly);

static uint64_t findings_at(const oxc_tracker *tracker, uint32_t frame)
{
    oxc_view view;
    uint64_t rules = 0;

    oxc_tracker_view(tracker, frame, 0, &view);
    for (size_t i = 0; i < view.finding_count; i++)
        rules |= UINT64_C(1) << view.findings[i].rule;
    return rules;
}

static uint64_t violations(void)
{
    uint64_t rules = 0;

    for (unsigned i = 0; i < OXC_RULE_COUNT; i++)
        if (oxc_rules[i].rule_class == OXC_CLASS_VIOLATION)
            rules |= UINT64_C(1) << i;
    return rules;
}

static void print_event(const oxc_http_event *event)
{
    static const char *const types[] = {"HEAD ", "BODY ", "begin", "head ", "piece",
                                        "end  ", "CLOSE", "GAP  ", "UNSEEN"};

    print_error("%4u %9.3f %s conn %u call %d type %u server %u id %x ctx %x seq %x leg %d status "
                "%u code %u sc %x ec %x ev %u exp %d %s%s%s%s\n",
                event->frame, (double)event->time / 1e9, types[event->type], event->connection,
                (int)event->call, event->request_type, (unsigned)event->server,
                (unsigned)event->request_id, (unsigned)event->cookies.context.value,
                (unsigned)event->cookies.sequence.value, event->leg, event->status,
                event->response_code, event->status_code, event->error_code, event->event_pending,
                event->has_expiration ? (int)event->expiration / 1000 : -1,
                event->by_client ? "client " : "", event->reset ? "reset " : "",
                event->stream_wrong ? "wrong " : "", event->closed_early ? "cut" : "");
}

static void print_rules(const char *what, uint64_t rules)
{
    for (unsigned i = 0; i < OXC_RULE_COUNT; i++)
        if ((rules & UINT64_C(1) << i) != 0)
            print_error("  %s %s\n", what, oxc_rules[i].name);
}

/* What comes on a later frame where an earlier one is missing: the fourth answer is the fourth that
 * is there, and the next request the next one that is there. */
static const uint64_t later = RULE(auth_rejected_repeatedly) | RULE(response_cut) |
                              RULE(context_lost) | RULE(session_expired);

/* No violation, and nothing of the rules of MAPI over HTTP alone, that the whole capture does not
 * have on the same frame. */
static bool is_sound(const http_history *whole, const oxc_http_event *events, guint length,
                     guint64 seed)
{
    oxc_tracker *all = play(whole->events, whole->length);
    oxc_tracker *part = play(events, length);
    uint32_t last = whole->length == 0 ? 0 : whole->events[whole->length - 1].frame;
    uint64_t before = 0;
    bool sound = true;

    for (uint32_t frame = 1; frame <= last && sound; frame++) {
        uint64_t right = findings_at(all, frame) | (before & later);
        uint64_t more = findings_at(part, frame) & ~right & (violations() | own_rules);

        before |= findings_at(all, frame);
        if (more == 0)
            continue;
        sound = false;
        print_error("seed %" G_GUINT64_FORMAT ", frame %u\n", seed, frame);
        print_rules("only in the part:", more);
        print_error("The part:\n");
        for (guint i = 0; i < length && events[i].frame <= frame; i++)
            print_event(&events[i]);
        print_error("The whole:\n");
        for (guint i = 0; i < whole->length && whole->events[i].frame <= frame; i++)
            print_event(&whole->events[i]);
    }
    oxc_tracker_free(all);
    oxc_tracker_free(part);
    return sound;
}

/* Which calls the events at hand know. */
typedef struct {
    bool known[512]; /**< their requests */
    bool over[512];  /**< a part of their answer is missing */
} knowledge;

/* Adds an event as the transport would tell it with what it knows. */
static void add_known(GArray *events, knowledge *k, oxc_http_event event)
{
    if (event.type == OXC_HTTP_REQUEST_HEAD)
        k->known[event.call] = true;
    if (event.call == OXC_NONE || k->known[event.call]) {
        if (event.call == OXC_NONE || event.type == OXC_HTTP_REQUEST_HEAD ||
            event.type == OXC_HTTP_REQUEST_BODY || !k->over[event.call])
            g_array_append_val(events, event);
        return;
    }
    if (event.type != OXC_HTTP_RESPONSE_HEAD)
        return;
    event.call = OXC_NONE;
    g_array_append_val(events, event);
}

/* Whether a call that was sent before an event is out longer than any wait. */
static bool is_out_for_long(const http_history *whole, guint start)
{
    for (guint i = 0; i < start; i++) {
        int64_t over = INT64_MAX;

        if (whole->events[i].type != OXC_HTTP_REQUEST_HEAD)
            continue;
        for (guint k = i; k < whole->length && over == INT64_MAX; k++)
            if ((whole->events[k].type == OXC_HTTP_RESPONSE_END &&
                 whole->events[k].call == whole->events[i].call) ||
                (whole->events[k].type == OXC_HTTP_CLOSED &&
                 whole->events[k].connection == whole->events[i].connection))
                over = whole->events[k].time;
        if (over - whole->events[start].time > 310 * INT64_C(1000000000))
            return true;
    }
    return false;
}

static bool check_late(const http_history *whole, guint64 seed)
{
    uint64_t random = seed + 77;
    guint start = http_random_below(&random, whole->length + 1);
    GArray *events = g_array_new(FALSE, FALSE, sizeof(oxc_http_event));
    knowledge *k = g_new0(knowledge, 1);
    bool sound;

    while (start < whole->length && is_out_for_long(whole, start))
        start++;
    for (guint i = start; i < whole->length; i++)
        add_known(events, k, whole->events[i]);
    sound = is_sound(whole, (const oxc_http_event *)(const void *)events->data, events->len, seed);
    g_free(k);
    g_array_free(events, TRUE);
    return sound;
}

static bool is_request(const oxc_http_event *event)
{
    return event->type == OXC_HTTP_REQUEST_HEAD || event->type == OXC_HTTP_REQUEST_BODY;
}

/* Loses what one side of a connection sent for some time, before an event. */
static GArray *lose_some(const http_history *whole, guint64 seed, guint before)
{
    uint64_t random = seed + 99;
    guint from = http_random_below(&random, before + 1);
    uint32_t frames = 1 + http_random_below(&random, 4);
    GArray *events = g_array_new(FALSE, FALSE, sizeof(oxc_http_event));
    knowledge *k = g_new0(knowledge, 1);
    uint32_t connection = from < whole->length ? whole->events[from].connection : 0;
    bool by_client = from < whole->length && is_request(&whole->events[from]);
    uint32_t first = from < whole->length ? whole->events[from].frame : 0;
    bool lost = false, closed = false;
    int64_t lost_time = 0;

    for (guint i = 0; i < whole->length; i++) {
        const oxc_http_event *event = &whole->events[i];
        bool here = event->connection == connection, mine;

        mine = here && event->type != OXC_HTTP_CLOSED && is_request(event) == by_client &&
               event->frame >= first && event->frame < first + frames && i < before;
        closed |= here && event->type == OXC_HTTP_CLOSED;
        /* What is missing behind the last FIN nothing shows. */
        mine = mine && !closed;
        /* A gap shows with the next bytes of its side, or by what the other one acknowledges. */
        if (lost && ((here && !mine) || event->time - lost_time > ACKNOWLEDGED)) {
            oxc_http_event gap = {.type = OXC_HTTP_GAP,
                                  .frame = event->frame,
                                  .time = event->time,
                                  .ordinal = UINT32_MAX,
                                  .connection = connection,
                                  .call = OXC_NONE,
                                  .by_client = by_client};

            g_array_append_val(events, gap);
            lost = false;
        }
        if (!mine) {
            add_known(events, k, *event);
            continue;
        }
        lost = true;
        /* Until it shows that the answer to a leg is missing, nobody can know that it was one. */
        lost_time = oxc_http_is_leg_status(event->status) ? INT64_MIN / 2 : event->time;
        if (!by_client)
            k->over[event->call] = true;
    }
    g_free(k);
    return events;
}

static const oxc_http_event *data_of(const GArray *events)
{
    return (const oxc_http_event *)(const void *)events->data;
}

static bool check_lossy(const http_history *whole, guint64 seed)
{
    GArray *events = lose_some(whole, seed, whole->length);
    bool sound = is_sound(whole, data_of(events), events->len, seed);

    g_array_free(events, TRUE);
    return sound;
}

/* Servers that forget reissue no cookie, and clients that are not read slowly reuse no id. */
static const uint64_t never_again = RULE(cookie_reused) | RULE(request_id_reused);

static guint times_recovered[OXC_RULE_COUNT];

/* What can be said without all that came before the middle, a loss before it does not lift. */
static bool check_recovery(const http_history *whole, guint64 seed)
{
    GArray *events = lose_some(whole, seed, whole->middle);
    oxc_tracker *all = play(whole->events, whole->length);
    oxc_tracker *part = play(data_of(events), events->len);
    oxc_tracker *behind = play(&whole->events[whole->middle], whole->length - whole->middle);
    uint32_t last = whole->length == 0 ? 0 : whole->events[whole->length - 1].frame;
    bool same = true;

    for (uint32_t frame = 1; frame <= last && same; frame++) {
        uint64_t certain = findings_at(all, frame) & findings_at(behind, frame) & own_rules;
        uint64_t missing = certain & ~findings_at(part, frame);

        for (unsigned i = 0; i < OXC_RULE_COUNT; i++)
            times_recovered[i] += (certain & UINT64_C(1) << i) != 0;
        if (missing == 0)
            continue;
        same = false;
        print_error("seed %" G_GUINT64_FORMAT ", frame %u\n", seed, frame);
        print_rules("not recovered:", missing);
        for (guint i = 0; i < events->len && data_of(events)[i].frame <= frame; i++)
            print_event(&data_of(events)[i]);
    }
    oxc_tracker_free(all);
    oxc_tracker_free(part);
    oxc_tracker_free(behind);
    g_array_free(events, TRUE);
    return same;
}

static void check_all(bool (*check)(const http_history *whole, guint64 seed),
                      const http_history_kind *kind)
{
    guint64 seed = from_environment("OXC_PROPERTY_SEED", 1);
    guint64 count = from_environment("OXC_PROPERTY_COUNT", DEFAULT_COUNT);

    for (guint64 i = 0; i < count; i++) {
        http_history history =
            http_history_random(seed + i, kind->breaks ? 2 * STEPS : STEPS, kind);
        bool good = check(&history, seed + i);

        http_history_free(&history);
        assert_true(good);
    }
}

static void test_late_start(void **state)
{
    static const http_history_kind kind = {.forgets = true};

    (void)state;
    check_all(check_late, &kind);
}

static guint times_fired[OXC_RULE_COUNT];

static void count_fired(uint64_t rules)
{
    for (unsigned i = 0; i < OXC_RULE_COUNT; i++)
        times_fired[i] += (rules & UINT64_C(1) << i) != 0;
}

static bool check_slowly(const http_history *whole, guint64 seed)
{
    oxc_tracker *tracker = play(whole->events, whole->length);
    uint32_t last = whole->length == 0 ? 0 : whole->events[whole->length - 1].frame;
    bool same = true;

    for (uint32_t frame = 1; frame <= last && same; frame++) {
        uint64_t told = findings_at(tracker, frame) & own_rules;
        uint64_t read = naive_http_findings(whole->events, whole->length, frame, 10);

        count_fired(told & read);
        if (told == read)
            continue;
        same = false;
        print_error("seed %" G_GUINT64_FORMAT ", frame %u\n", seed, frame);
        print_rules("only the tracker:", told & ~read);
        print_rules("only the slow reading:", read & ~told);
        for (guint i = 0; i < whole->length && whole->events[i].frame <= frame; i++)
            print_event(&whole->events[i]);
    }
    oxc_tracker_free(tracker);
    return same;
}

static void test_read_slowly(void **state)
{
    static const http_history_kind reused = {.reuses_ids = true}, reissued = {.reissues = true};

    (void)state;
    check_all(check_slowly, &reused);
    check_all(check_slowly, &reissued);
    if (from_environment("OXC_PROPERTY_COUNT", DEFAULT_COUNT) < DEFAULT_COUNT)
        return;
    for (unsigned i = 0; i < OXC_RULE_COUNT; i++)
        if ((own_rules & UINT64_C(1) << i) != 0 && times_fired[i] < 20)
            fail_msg("%s fired %u times", oxc_rules[i].name, times_fired[i]);
}

static void test_lossy(void **state)
{
    static const http_history_kind kind = {.forgets = true};

    (void)state;
    check_all(check_lossy, &kind);
}

static void test_recovery(void **state)
{
    static const http_history_kind kind = {.forgets = true, .breaks = true};

    (void)state;
    check_all(check_recovery, &kind);
    if (from_environment("OXC_PROPERTY_COUNT", DEFAULT_COUNT) < DEFAULT_COUNT)
        return;
    for (unsigned i = 0; i < OXC_RULE_COUNT; i++)
        if ((own_rules & ~never_again & UINT64_C(1) << i) != 0 && times_recovered[i] < 10)
            fail_msg("%s was recovered %u times", oxc_rules[i].name, times_recovered[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_slowly),
        cmocka_unit_test(test_late_start),
        cmocka_unit_test(test_lossy),
        cmocka_unit_test(test_recovery),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
