/* test_recovery.c
 * Random histories with a gap and, behind it, a stretch on which each session is seen to live: all
 * that rests on what comes later is said as if nothing were missing
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Environment: as in test_property.c.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "story.h"

#define RULE_BIT(rule) (UINT64_C(1) << (OXC_RULE_##rule))

/* "A handle that nobody explained before the gap may have been issued in it", for good. */
static const uint64_t for_good = RULE_BIT(wait_without_connect) | RULE_BIT(wait_handle_unknown) |
                                 RULE_BIT(connect_without_session) |
                                 RULE_BIT(connect_session_unknown);

/* What an EcDoAsyncConnectEx may undo whose answer is still to come: "any call until its
 * connection closed". */
static const uint64_t until_closed =
    RULE_BIT(wait_after_error) | RULE_BIT(wait_after_disconnect) | RULE_BIT(wait_races_disconnect) |
    RULE_BIT(connect_after_disconnect) | RULE_BIT(connect_races_disconnect);

static uint64_t times_recovered[OXC_RULE_COUNT];

/* Gaps. */

/* Hides what @p hides says of a few steps of one connection, some way before the stretch. */
static void hide_some(story *told, uint64_t *random, bool (*hides)(const step *s), visibility how)
{
    if (told->break_at < 2)
        return;
    guint from = random_below(random, told->break_at);
    guint left = 1 + random_below(random, 5);
    uint32_t link = told->steps[from].e.connection;
    for (guint i = from; i < told->break_at && left > 0; i++) {
        step *s = &told->steps[i];
        if (s->close || s->e.connection != link || !hides(s))
            continue;
        s->seen = how;
        left--;
    }
}

static bool is_of_server(const step *s)
{
    return s->e.from_server && s->e.type != OXC_EVENT_BIND_ACK;
}

static bool is_of_client(const step *s)
{
    return !s->e.from_server && s->e.type != OXC_EVENT_BIND;
}

static bool is_of_either(const step *s)
{
    return is_of_server(s) || is_of_client(s);
}

static bool is_bind(const step *s)
{
    return s->e.type == OXC_EVENT_BIND || s->e.type == OXC_EVENT_BIND_ACK;
}

static bool has_stub(const step *s)
{
    return s->e.type == OXC_EVENT_REQUEST || s->e.type == OXC_EVENT_RESPONSE;
}

static void lose_from_server(story *told, uint64_t *random)
{
    hide_some(told, random, is_of_server, LOST);
}

static void lose_from_client(story *told, uint64_t *random)
{
    hide_some(told, random, is_of_client, LOST);
}

static void lose_from_somebody(story *told, uint64_t *random)
{
    hide_some(told, random, is_of_either, LOST_UNKNOWN);
}

static void seal(story *told, uint64_t *random)
{
    hide_some(told, random, has_stub, BLANKED);
}

/* The answers are left, and belong to no call. */
static void miss_requests(story *told, uint64_t *random)
{
    hide_some(told, random, is_of_client, MISSED);
}

static bool answers_rpc_ext2(const step *s)
{
    return s->e.type == OXC_EVENT_RESPONSE && s->e.kind == OXC_KIND_EXECUTE;
}

/* Nothing but the missing answer shows the gap. */
static void miss_answers(story *told, uint64_t *random)
{
    hide_some(told, random, answers_rpc_ext2, MISSED);
}

static void miss_binds(story *told, uint64_t *random)
{
    for (int i = 0; i < 3; i++)
        hide_some(told, random, is_bind, MISSED);
}

/* When all is certain again. */

static bool is_hidden(const step *s)
{
    return !s->close && s->seen != SEEN;
}

/* The request that a PDU belongs to, or NULL. */
static const step *request_of(const story *told, guint index)
{
    const step *about = &told->steps[index];
    for (guint i = index; i-- > 0;) {
        const step *s = &told->steps[i];
        if (!s->close && s->e.type == OXC_EVENT_REQUEST && s->e.connection == about->e.connection &&
            s->e.call_id == about->e.call_id)
            return s;
    }
    return NULL;
}

/* The last step that shows a gap: one that is hidden, the answer to a hidden call, or one that who
 * sees less cannot read or match. */
static guint last_of_gap(const story *told, const naive *less, const guint *places)
{
    guint last = 0;
    for (guint i = 0; i < told->length; i++) {
        const step *s = &told->steps[i];
        bool about =
            !s->close && (s->e.type == OXC_EVENT_RESPONSE || s->e.type == OXC_EVENT_FAULT ||
                          s->e.type == OXC_EVENT_CANCEL || s->e.type == OXC_EVENT_ORPHANED);
        const step *request = about ? request_of(told, i) : NULL;
        if (is_hidden(s) || (request != NULL && is_hidden(request)) ||
            (s->seen != MISSED && naive_misses(less, places[i])))
            last = i;
    }
    return last;
}

/* Whether who sees less has heard the server on a connection: before that, what the client sends
 * does not tell what it got. */
static bool is_heard(const story *told, guint index)
{
    for (guint i = 0; i < index; i++) {
        const step *s = &told->steps[i];
        if (!s->close && s->seen == SEEN && s->e.from_server && s->e.type != OXC_EVENT_OTHER_PDU &&
            s->e.connection == told->steps[index].e.connection)
            return true;
    }
    return false;
}

/* Whether EcDoConnectEx or EcDoAsyncConnectEx may be out for who sees less. */
static bool connects_unseen(const story *told)
{
    for (guint i = 0; i < told->length; i++) {
        const step *s = &told->steps[i];
        if (is_hidden(s) && !s->e.from_server && s->seen != BLANKED)
            return true;
        if (s->close || s->e.type != OXC_EVENT_REQUEST ||
            (s->e.kind != OXC_KIND_OPEN && s->e.kind != OXC_KIND_ISSUE))
            continue;
        bool answered = false;
        for (guint k = i + 1; k < told->length; k++) {
            const step *a = &told->steps[k];
            bool answers = a->e.type == OXC_EVENT_RESPONSE || a->e.type == OXC_EVENT_FAULT;
            answered =
                answered || (!a->close && answers && a->seen == SEEN && request_of(told, k) == s);
        }
        if (!answered)
            return true;
    }
    return false;
}

/* Whether who sees less knows the session and context of a step by the same PDUs. */
static bool is_named_alike(const naive *whole, const naive *part, guint index, guint in_part)
{
    naive_origin a;
    naive_origin b;
    naive_find_origin(whole, index, &a);
    naive_find_origin(part, in_part, &b);
    return a.session_frame == b.session_frame && a.session_ordinal == b.session_ordinal &&
           a.context_frame == b.context_frame && a.context_ordinal == b.context_ordinal &&
           a.bound_frames == b.bound_frames;
}

/* The findings at a step that rest on nothing older than the frame from which on its session is
 * certain again. */
static uint64_t recovered_findings(const story *told, const naive *whole, guint index, guint gap)
{
    naive_view view;
    int64_t limit = (int64_t)(300 + told->settings.grace) * SECOND;
    uint64_t findings = 0;
    naive_look(whole, index, &view);
    guint back = naive_certain_from(whole, index, gap);
    for (unsigned i = 0; i < OXC_RULE_COUNT && back != 0; i++) {
        if ((view.certain >> i & 1) == 0)
            continue;
        guint since = (guint)view.since[i];
        if (since > back && told->steps[since].e.time - told->steps[gap].e.time > limit)
            findings |= UINT64_C(1) << i;
    }
    if (!is_heard(told, index))
        findings &= ~RULE_BIT(wait_overlap);
    return findings & ~for_good;
}

/* A rule is reported once for a frame, whichever of its PDUs breaks it. */
static uint64_t findings_of_frame(const subject *s, const story *told, uint32_t frame)
{
    uint64_t findings = 0;
    for (guint i = 0; i < told->length; i++)
        if (!told->steps[i].close && told->steps[i].e.frame == frame)
            findings |= subject_findings(s, &told->steps[i]);
    return findings;
}

static void compare_recovered(const story *told, difference *d)
{
    guint places[STORY_STEPS];
    subject part;
    naive *whole = story_naive(told);
    if (!naive_all_read(whole) || !naive_is_ordinary(whole)) {
        naive_free(whole);
        return;
    }
    uint64_t lifted = connects_unseen(told) ? until_closed : 0;
    naive *less = story_naive_as_seen(told, places);
    subject_init(&part, told);
    for (guint i = 0; i < told->length; i++)
        subject_tell_as_seen(&part, &told->steps[i]);
    guint gap = last_of_gap(told, less, places);
    for (guint i = gap + 1; i < told->length; i++) {
        if (told->steps[i].close || !is_named_alike(whole, less, i, places[i]))
            continue;
        uint64_t expected = recovered_findings(told, whole, i, gap) & ~lifted;
        uint64_t missing = expected & ~findings_of_frame(&part, told, told->steps[i].e.frame);
        if (missing != 0)
            differ(d, i, "not recovered", story_rule_name(missing), 0, 1);
        naive_view view;
        naive_look(less, places[i], &view);
        if ((expected & ~view.allowed) != 0)
            differ(d, i, "not recovered by the naive", story_rule_name(expected & ~view.allowed), 0,
                   1);
        for (unsigned k = 0; k < OXC_RULE_COUNT; k++)
            times_recovered[k] += expected >> k & 1;
    }
    subject_free(&part);
    naive_free(less);
    naive_free(whole);
}

/* Running. */

#define RECOVERY_TEST(name, prepare)                                                               \
    static void test_##name(void **state)                                                          \
    {                                                                                              \
        (void)state;                                                                               \
        story_run(STORY_RECOVERY, compare_recovered, prepare, 7);                                  \
    }

RECOVERY_TEST(lost_from_server, lose_from_server)
RECOVERY_TEST(lost_from_client, lose_from_client)
RECOVERY_TEST(lost_from_somebody, lose_from_somebody)
RECOVERY_TEST(sealed, seal)
RECOVERY_TEST(missed_requests, miss_requests)
RECOVERY_TEST(missed_answers, miss_answers)
RECOVERY_TEST(unknown_beginning, miss_binds)

/* Rules that have no session or need a server that gives one handle to two. */
static const uint64_t never =
    RULE_BIT(connect_handle_reused) | RULE_BIT(wait_null_handle) | RULE_BIT(connect_null_session);

static void test_every_rule_was_tried(void **state)
{
    (void)state;
    if (story_is_short_run())
        skip();
    for (unsigned i = 0; i < OXC_RULES_OF_RPC; i++) {
        if (((for_good | never) >> i & 1) != 0)
            continue;
        if (times_recovered[i] < 10)
            print_error("%s recovered %u times\n", oxc_rules[i].name, (unsigned)times_recovered[i]);
        assert_true(times_recovered[i] >= 10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lost_from_server),   cmocka_unit_test(test_lost_from_client),
        cmocka_unit_test(test_lost_from_somebody), cmocka_unit_test(test_sealed),
        cmocka_unit_test(test_missed_requests),    cmocka_unit_test(test_missed_answers),
        cmocka_unit_test(test_unknown_beginning),  cmocka_unit_test(test_every_rule_was_tried),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
