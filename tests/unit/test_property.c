/* test_property.c
 * Random histories: the tracker against the naive telling of the contract, and against itself
 * when it sees less of the same history
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Environment: OXC_PROPERTY_SEED (first seed), OXC_PROPERTY_COUNT (number of histories). History
 * number k of a run is the only one of a run with seed + k and count 1; what is printed of a
 * difference names that seed.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "story.h"

static void compare_number(difference *d, guint index, const char *name, uint32_t tracker,
                           uint32_t expected)
{
    if (tracker != expected)
        differ(d, index, "link", name, tracker == OXC_NONE ? -1 : (int64_t)tracker,
               expected == OXC_NONE ? -1 : (int64_t)expected);
}

static void compare_time(difference *d, guint index, const char *name, bool has, int64_t tracker,
                         bool expects, int64_t expected)
{
    if (has != expects || (has && tracker != expected))
        differ(d, index, "link", name, has ? tracker : -1, expects ? expected : -1);
}

static void compare_registered(difference *d, const oxc_tracker *tracker, guint index,
                               const oxc_view *view, const naive_view *expected)
{
    size_t count;
    const uint32_t *frames = oxc_tracker_registered(tracker, view, &count);

    for (size_t i = 0; i < expected->registered_count; i++)
        compare_number(d, index, "registered_in", i < count ? frames[i] : 0,
                       expected->registered[i]);
}

/* Where it is left open whether a wait was dropped, so is its outcome. */
static void compare_outcome(difference *d, guint index, const oxc_view *view,
                            const naive_view *expected)
{
    bool open = ((expected->allowed & ~expected->certain) >> OXC_RULE_wait_dropped & 1) != 0;
    bool none = view->outcome == OXC_OUTCOME_NONE || view->outcome == OXC_OUTCOME_DROPPED;
    if (open && none)
        return;
    compare_number(d, index, "outcome", view->outcome, expected->outcome);
    compare_time(d, index, "wait_time", view->has_wait_time, view->wait_time,
                 expected->outcome != OXC_OUTCOME_NONE, expected->wait_time);
}

static void compare_links(difference *d, guint index, const oxc_view *view,
                          const naive_view *expected)
{
    compare_number(d, index, "session", view->session, expected->session);
    compare_number(d, index, "context", view->context, expected->context);
    compare_number(d, index, "connect_in", view->connect_frame, expected->connect_frame);
    compare_number(d, index, "wait", view->wait, expected->wait);
    compare_number(d, index, "previous_wait_in", view->previous_wait_frame,
                   expected->previous_wait_frame);
    compare_number(d, index, "next_wait_in", view->next_wait_frame, expected->next_wait_frame);
    compare_outcome(d, index, view, expected);
    compare_number(d, index, "fetch_in", view->fetch_frame, expected->fetch_frame);
    compare_number(d, index, "delivered_in", view->delivered_frame, expected->delivered_frame);
    compare_time(d, index, "delivery_time", view->has_delivery_time, view->delivery_time,
                 expected->delivery_time >= 0, expected->delivery_time);
}

/* What holds whether or not everything could be read. */
static void compare_call(difference *d, guint index, const step *s, bool known,
                         const oxc_view *view, const naive_view *expected)
{
    bool answers = s->e.type == OXC_EVENT_RESPONSE;
    if (answers && (known && view->unmatched) != !expected->matched)
        differ(d, index, "call", "unmatched", known && view->unmatched, !expected->matched);
    if (!expected->matched || s->e.type == OXC_EVENT_CANCEL || s->e.type == OXC_EVENT_ORPHANED)
        return;
    if (s->e.kind != OXC_KIND_OTHER && (answers || s->e.type == OXC_EVENT_REQUEST) &&
        (known && view->unreadable) != expected->unreadable)
        differ(d, index, "call", "unreadable", known && view->unreadable, expected->unreadable);
    if (known && s->e.type != OXC_EVENT_REQUEST && view->request_frame != expected->request_frame)
        differ(d, index, "call", "request_in", view->request_frame, expected->request_frame);
}

/* What is seen for the second time belongs to what the first sighting belongs to. */
static void compare_twin(difference *d, const subject *s, const story *told, guint index,
                         const oxc_view *view)
{
    const step *again = &told->steps[index];
    oxc_view first;
    for (guint i = 0; i < index; i++) {
        const step *what = &told->steps[i];
        if (what->e.frame != again->e.frame - 1 || what->e.ordinal != again->e.ordinal ||
            what->e.type != OXC_EVENT_REQUEST || !subject_view(s, what, &first))
            continue;
        compare_number(d, index, "session (seen twice)", view->session, first.session);
        compare_number(d, index, "context (seen twice)", view->context, first.context);
        compare_number(d, index, "wait (seen twice)", view->wait, first.wait);
    }
}

static void compare_step(difference *d, const subject *s, const naive *n, const story *told,
                         guint index, bool exact)
{
    const step *what = &told->steps[index];
    oxc_view view;
    naive_view expected;
    if (what->close)
        return;
    bool known = subject_view(s, what, &view);
    if (!known) {
        memset(&view, 0, sizeof view);
        view.session = OXC_NONE;
        view.context = OXC_NONE;
    }
    naive_look(n, index, &expected);
    uint64_t excess = subject_findings(s, what) & ~expected.allowed;
    if (excess != 0)
        differ(d, index, exact ? "finding" : "finding in spite of gaps", story_rule_name(excess), 1,
               0);
    if (expected.twin) {
        compare_twin(d, s, told, index, &view);
        return;
    }
    compare_call(d, index, what, known, &view, &expected);
    if (!exact || !expected.matched)
        return;
    compare_links(d, index, &view, &expected);
    compare_registered(d, s->tracker, index, &view, &expected);
}

/* A rule is reported once for a frame, whichever of its PDUs breaks it. */
static void compare_frames(difference *d, const subject *s, const naive *n, const story *told)
{
    for (guint i = 0; i < told->length; i++) {
        uint64_t tracker = 0;
        uint64_t expected = 0;
        for (guint k = 0; k < told->length; k++) {
            naive_view view;
            if (told->steps[k].close || told->steps[k].e.frame != told->steps[i].e.frame)
                continue;
            naive_look(n, k, &view);
            expected |= view.certain;
            tracker |= subject_findings(s, &told->steps[k]);
        }
        if ((expected & ~tracker) != 0)
            differ(d, i, "finding", story_rule_name(expected & ~tracker), 0, 1);
    }
}

static void compare_severities(difference *d, const subject *s, const naive *n, const story *told,
                               guint index)
{
    oxc_view view;
    naive_view expected;
    if (!subject_view(s, &told->steps[index], &view))
        return;
    naive_look(n, index, &expected);
    for (size_t i = 0; i < view.finding_count; i++) {
        const oxc_finding *f = &view.findings[i];
        oxc_severity severity = oxc_rules[f->rule].severity;
        if (f->rule == OXC_RULE_wait_handle_unknown)
            severity = expected.warns_unknown ? OXC_SEVERITY_WARNING : OXC_SEVERITY_NOTE;
        if (f->severity != severity)
            differ(d, index, "severity of", oxc_rules[f->rule].name, f->severity,
                   (int64_t)severity);
    }
}

/* Whether another EcDoRpcExt2 request is in the frame: fetch_in cannot tell them apart. */
static bool shares_frame(const story *told, guint index)
{
    for (guint k = 0; k < told->length; k++) {
        const step *s = &told->steps[k];
        if (k != index && !s->close && s->e.frame == told->steps[index].e.frame &&
            s->e.type == OXC_EVENT_REQUEST && s->e.kind == OXC_KIND_EXECUTE)
            return true;
    }
    return false;
}

/* The wait responses that an EcDoRpcExt2 request fetches for: one a context. */
static void compare_fetched(difference *d, const subject *s, const naive *n, const story *told,
                            guint index)
{
    oxc_view view;
    naive_view expected;
    if (!subject_view(s, &told->steps[index], &view) || view.type != OXC_EVENT_REQUEST ||
        view.kind != OXC_KIND_EXECUTE || shares_frame(told, index))
        return;
    naive_look(n, index, &expected);
    uint64_t contexts = 0;
    uint32_t position = view.notified;
    uint32_t frame;
    for (guint guard = 0;
         guard <= STORY_STEPS && (frame = oxc_tracker_next_notified(s->tracker, &position)) != 0;
         guard++) {
        uint64_t fitting = 0;
        for (guint k = 0; k < told->length; k++) {
            naive_view wait;
            naive_look(n, k, &wait);
            if (told->steps[k].e.frame == frame && wait.fetch_frame == told->steps[index].e.frame)
                fitting |= UINT64_C(1) << (wait.context & 63);
        }
        if (fitting == 0)
            differ(d, index, "link", "notified_in", frame, 0);
        contexts |= fitting;
    }
    if (contexts != expected.fetched_waits)
        differ(d, index, "link", "notified_in (contexts)", (int64_t)contexts,
               (int64_t)expected.fetched_waits);
}

static bool ends(const naive_view *view, const step *what, uint32_t request)
{
    return what->e.type != OXC_EVENT_REQUEST && view->matched && view->request_frame == request &&
           view->outcome != OXC_OUTCOME_NONE;
}

/* A wait says of its end what the first PDU says that ends it. Where a frame holds several waits
 * nobody can tell whose end it is. */
static void compare_end(difference *d, const subject *s, const naive *n, const story *told,
                        guint index)
{
    const step *what = &told->steps[index];
    oxc_view view;
    oxc_wait wait;
    naive_view end;
    if (!subject_view(s, what, &view) || !oxc_tracker_wait(s->tracker, view.record, &wait))
        return;
    for (guint k = 0; k < told->length; k++) {
        if (k != index && told->steps[k].e.frame == what->e.frame)
            return;
    }
    for (guint k = index + 1; k < told->length; k++) {
        if (told->steps[k].close)
            continue;
        naive_look(n, k, &end);
        if (!ends(&end, &told->steps[k], what->e.frame))
            continue;
        compare_number(d, index, "end in", wait.end.frame, told->steps[k].e.frame);
        compare_number(d, index, "outcome of the request", wait.end.outcome, end.outcome);
        return;
    }
    if (wait.end.record != OXC_NONE && wait.end.outcome != OXC_OUTCOME_NONE)
        differ(d, index, "wait", "end", wait.end.frame, 0);
}

static uint64_t times_fired[OXC_RULE_COUNT];

static void count_findings(const naive *n, const story *told)
{
    for (guint i = 0; i < told->length; i++) {
        naive_view view;
        naive_look(n, i, &view);
        for (unsigned k = 0; k < OXC_RULE_COUNT; k++)
            times_fired[k] += view.findings >> k & 1;
    }
}

static void compare_at_the_end(difference *d, const subject *s, const naive *n, const story *told)
{
    bool exact = naive_all_read(n);
    for (guint i = 0; i < told->length; i++)
        compare_step(d, s, n, told, i, exact);
    compare_frames(d, s, n, told);
    count_findings(n, told);
    for (guint i = 0; i < told->length && exact; i++) {
        if (told->steps[i].close)
            continue;
        compare_severities(d, s, n, told, i);
        compare_fetched(d, s, n, told, i);
        compare_end(d, s, n, told, i);
    }
}

/* The tracker against the naive one, for each PDU as it comes and again at the end. */
static void compare_with_naive(const story *told, difference *d)
{
    subject s;
    naive *n = story_begin_naive(told);
    subject_init(&s, told);
    bool exact = true;
    bool clear = true;
    for (guint i = 0; i < told->length && clear; i++) {
        const step *what = &told->steps[i];
        story_tell_naive(n, what);
        subject_tell(&s, what);
        exact = exact && naive_all_read(n);
        clear = naive_is_clear(n);
        if (clear)
            compare_step(d, &s, n, told, i, exact);
    }
    if (!d->found && clear)
        compare_at_the_end(d, &s, n, told);
    subject_free(&s);
    naive_free(n);
}

static uint64_t violations_of_frame(const naive *n, const story *told, uint32_t frame)
{
    uint64_t mask = 0;
    naive_view view;
    for (guint i = 0; i < told->length; i++) {
        if (told->steps[i].close || told->steps[i].e.frame != frame)
            continue;
        naive_look(n, i, &view);
        mask |= story_violations(view.allowed);
    }
    return mask;
}

/* Histories of which a part must not look worse: those that could be read, with handles that keep
 * to an association, and of servers that tell CXH and ACXH, dead and alive apart. Of the others
 * the contract itself says more when it sees less. A user who says that everything is there gets
 * what was asked for. */
static bool may_be_seen_in_part(const story *told)
{
    if (told->settings.assume_complete || told->style == EQUAL)
        return false;
    naive *n = story_naive(told);
    bool readable = naive_all_read(n) && naive_is_ordinary(n);
    naive_free(n);
    return readable;
}

/* Who sees only a part must not accuse of what the whole history does not prove; nor may the naive
 * telling of the part ask for it. */
static void compare_with_whole(const story *told, difference *d)
{
    guint places[STORY_STEPS];
    subject part;
    if (!may_be_seen_in_part(told))
        return;
    naive *whole = story_naive(told);
    naive *less = story_naive_as_seen(told, places);
    subject_init(&part, told);
    for (guint i = 0; i < told->length; i++)
        subject_tell_as_seen(&part, &told->steps[i]);
    for (guint i = 0; i < told->length; i++) {
        if (told->steps[i].close || told->steps[i].seen == MISSED)
            continue;
        naive_view view;
        uint64_t proven = violations_of_frame(whole, told, told->steps[i].e.frame);
        uint64_t excess = story_violations(subject_findings(&part, &told->steps[i])) & ~proven;
        if (excess != 0)
            differ(d, i, "only who sees less says", story_rule_name(excess), 1, 0);
        naive_look(less, places[i], &view);
        excess = story_violations(view.certain) & ~proven;
        if (excess != 0)
            differ(d, i, "only the naive who sees less says", story_rule_name(excess), 1, 0);
    }
    subject_free(&part);
    naive_free(less);
    naive_free(whole);
}

static void test_contract(void **state)
{
    (void)state;
    story_run(STORY_WILD, compare_with_naive, NULL, 1);
}

static void cut_start(story *told, uint64_t *random)
{
    guint cut = random_below(random, told->length + 1);
    for (guint i = 0; i < cut; i++)
        told->steps[i].seen = MISSED;
}

static void test_late_start(void **state)
{
    (void)state;
    story_run(STORY_TAME, compare_with_whole, cut_start, 1);
}

static void blank_some(story *told, uint64_t *random)
{
    guint percent = 5 + random_below(random, 60);
    for (guint i = 0; i < told->length; i++)
        if (random_chance(random, percent))
            told->steps[i].seen = BLANKED;
}

static void test_sealed(void **state)
{
    (void)state;
    story_run(STORY_TAME, compare_with_whole, blank_some, 2);
}

static void lose_some(story *told, uint64_t *random)
{
    guint percent = 2 + random_below(random, 20);
    for (guint i = 0; i < told->length; i++)
        if (random_chance(random, percent))
            told->steps[i].seen = LOST;
}

static void test_lossy(void **state)
{
    (void)state;
    story_run(STORY_TAME, compare_with_whole, lose_some, 2);
}

/* Histories in which a rule never fires say nothing about it. */
static void test_every_rule_was_tried(void **state)
{
    (void)state;
    if (story_is_short_run())
        skip();
    for (unsigned i = 0; i < OXC_RULES_OF_RPC; i++) {
        if (times_fired[i] < 20)
            print_error("%s fired %u times\n", oxc_rules[i].name, (unsigned)times_fired[i]);
        assert_true(times_fired[i] >= 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contract),   cmocka_unit_test(test_every_rule_was_tried),
        cmocka_unit_test(test_late_start), cmocka_unit_test(test_sealed),
        cmocka_unit_test(test_lossy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
