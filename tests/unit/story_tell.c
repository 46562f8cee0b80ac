/* story_tell.c
 * Telling a history to a tracker and to the naive one
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "story.h"

void subject_init(subject *s, const story *told)
{
    memset(s, 0, sizeof *s);
    s->tracker = oxc_tracker_new(&told->settings);
    for (uint32_t i = 0; i < told->links; i++) {
        assert_int_equal(oxc_tracker_add_connection(s->tracker, told->server[i], told->port[i]), i);
        s->legs[i] = (oxc_leg){.seen = &s->closed[i], .ends = 1};
        s->endings[i].legs[0] = &s->legs[i];
        oxc_tracker_set_ending(s->tracker, i, &s->endings[i]);
        oxc_tracker_set_client(s->tracker, i, told->client[i]);
        if (told->split[i])
            oxc_tracker_split_connection(s->tracker, i);
    }
}

void subject_free(subject *s)
{
    oxc_tracker_free(s->tracker);
}

/* The arrays are gone as soon as the tracker has had the event. */
void subject_tell(subject *s, const step *what)
{
    if (what->close) {
        s->closed[what->e.connection] = true;
        s->legs[what->e.connection].close = what->how;
        return;
    }
    oxc_event e = what->e;
    uint32_t *registered = g_memdup2(what->registered, sizeof what->registered);
    uint32_t *notified = g_memdup2(what->notified, sizeof what->notified);
    e.rops.registered = registered;
    e.rops.notified = notified;
    oxc_tracker_event(s->tracker, &e);
    g_free(registered);
    g_free(notified);
}

naive *story_begin_naive(const story *told)
{
    naive *n = naive_new(&told->settings);
    for (uint32_t i = 0; i < told->links; i++) {
        naive_add_connection(n, told->server[i], told->port[i], told->client[i]);
        if (told->split[i])
            naive_split_connection(n, i);
    }
    return n;
}

/* The arrays are those of the step that stays. */
static void tell_naive(naive *n, const step *what, const step *kept)
{
    oxc_event e = what->e;
    e.rops.registered = kept->registered;
    e.rops.notified = kept->notified;
    if (what->close)
        naive_close(n, e.connection, e.time);
    else
        naive_event(n, &e);
}

void story_tell_naive(naive *n, const step *what)
{
    tell_naive(n, what, what);
}

naive *story_naive(const story *told)
{
    naive *n = story_begin_naive(told);
    for (guint i = 0; i < told->length; i++)
        story_tell_naive(n, &told->steps[i]);
    return n;
}

static void blank(oxc_event *e)
{
    if (e->type != OXC_EVENT_REQUEST && e->type != OXC_EVENT_RESPONSE)
        return;
    oxc_event kept = {.type = e->type,
                      .frame = e->frame,
                      .ordinal = e->ordinal,
                      .time = e->time,
                      .connection = e->connection,
                      .call_id = e->call_id,
                      .from_server = e->from_server,
                      .sealed = true};
    if (e->type == OXC_EVENT_REQUEST)
        kept.kind = e->kind;
    *e = kept;
}

/* Missing bytes: of the side that sent the PDU, or of nobody knows whom. */
static oxc_event loss_of(const step *what)
{
    oxc_side side = what->e.from_server ? OXC_SIDE_SERVER : OXC_SIDE_CLIENT;
    return (oxc_event){.type = OXC_EVENT_LOST,
                       .frame = what->e.frame,
                       .ordinal = what->e.ordinal,
                       .time = what->e.time,
                       .connection = what->e.connection,
                       .lost_from = what->seen == LOST ? side : OXC_SIDE_UNKNOWN};
}

bool story_as_seen(const step *what, step *poorer)
{
    *poorer = *what;
    if (what->close || what->seen == SEEN)
        return true;
    if (what->seen == BLANKED)
        blank(&poorer->e);
    else
        poorer->e = loss_of(what);
    return what->seen != MISSED;
}

naive *story_naive_as_seen(const story *told, guint *places)
{
    naive *n = story_begin_naive(told);
    guint place = 0;
    for (guint i = 0; i < told->length; i++) {
        step poorer;
        places[i] = place;
        if (!story_as_seen(&told->steps[i], &poorer))
            continue;
        tell_naive(n, &poorer, &told->steps[i]);
        place++;
    }
    return n;
}

void subject_tell_as_seen(subject *s, const step *what)
{
    step poorer;
    if (story_as_seen(what, &poorer))
        subject_tell(s, &poorer);
}

bool subject_view(const subject *s, const step *what, oxc_view *view)
{
    memset(view, 0, sizeof *view);
    if (what->close)
        return false;
    return oxc_tracker_view(s->tracker, what->e.frame, what->e.ordinal, view);
}

uint64_t subject_findings(const subject *s, const step *what)
{
    oxc_view view;
    uint64_t findings = 0;
    if (!subject_view(s, what, &view))
        return 0;
    for (size_t i = 0; i < view.finding_count; i++) {
        uint64_t bit = UINT64_C(1) << view.findings[i].rule;
        assert_true(view.findings[i].rule < OXC_RULE_COUNT);
        assert_false(findings & bit);
        findings |= bit;
    }
    return findings;
}
