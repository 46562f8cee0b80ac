/* journal.c
 * When the sessions and contexts of a capture began and ended, and what could not be judged
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "journal.h"

#include "capture/analysis.h"
#include "capture/lost_bytes.h"

oxc_journal *oxc_journal_new(void)
{
    oxc_journal *journal = g_new0(oxc_journal, 1);

    journal->events = g_array_new(FALSE, FALSE, sizeof(oxc_noted_event));
    journal->gaps = g_array_new(FALSE, FALSE, sizeof(oxc_noted_gap));
    journal->sessions = g_hash_table_new(NULL, NULL);
    return journal;
}

void oxc_journal_free(oxc_journal *journal)
{
    if (!journal)
        return;
    g_array_unref(journal->events);
    g_array_unref(journal->gaps);
    g_hash_table_unref(journal->sessions);
    g_free(journal);
}

static void note_event(oxc_journal *journal, const packet_info *pinfo, const oxc_view *view,
                       oxc_noted_kind kind)
{
    oxc_noted_event event = {.time = oxc_arrival(pinfo),
                             .frame = pinfo->num,
                             .session = view->session,
                             .context = view->context,
                             .kind = kind};

    g_array_append_val(journal->events, event);
}

static void note_answer(oxc_journal *journal, const packet_info *pinfo, const oxc_view *view)
{
    if (view->session == OXC_NONE)
        return;
    if (view->kind == OXC_KIND_OPEN)
        note_event(journal, pinfo, view, OXC_NOTED_OPEN);
    else if (view->kind == OXC_KIND_ISSUE && view->context != OXC_NONE)
        note_event(journal, pinfo, view, OXC_NOTED_CONTEXT);
    else if (view->kind == OXC_KIND_CLOSE)
        note_event(journal, pinfo, view, OXC_NOTED_DISCONNECT);
}

static oxc_noted_gap *last_gap(const oxc_journal *journal)
{
    return &g_array_index(journal->gaps, oxc_noted_gap, journal->gaps->len - 1);
}

/* Adds a place that could not be judged, or makes the last stretch longer if it is one more of the
 * same. */
static void note_gap(oxc_journal *journal, oxc_gap_kind kind, uint32_t connection, uint32_t frame,
                     int64_t time)
{
    oxc_noted_gap *last = journal->gaps->len == 0 ? NULL : last_gap(journal);
    oxc_noted_gap gap = {.from_time = time,
                         .to_time = time,
                         .from_frame = frame,
                         .to_frame = frame,
                         .connection = connection,
                         .kind = kind};

    if (last && !journal->gap_over && last->kind == kind && last->connection == connection) {
        last->to_frame = frame;
        last->to_time = time;
    } else if (journal->gaps->len < OXC_GAPS_MAX) {
        g_array_append_val(journal->gaps, gap);
        journal->gap_over = false;
    }
}

static void note_unjudged(oxc_journal *journal, const packet_info *pinfo, const oxc_shown *shown)
{
    const oxc_view *view = &shown->view;
    uint32_t connection = shown->carrier.connection;
    oxc_gap_kind kind = view->unmatched ? OXC_GAP_UNMATCHED
                        : view->sealed  ? OXC_GAP_SEALED
                                        : OXC_GAP_UNREAD;

    if (view->unmatched || view->sealed || (view->unreadable && oxc_kind_is_followed(view->kind)))
        note_gap(journal, kind, connection, pinfo->num, oxc_arrival(pinfo));
    else if (journal->gaps->len > 0 && last_gap(journal)->connection == connection)
        journal->gap_over = true;
}

static gint by_begin(gconstpointer a, gconstpointer b)
{
    const oxc_noted_gap *first = (const oxc_noted_gap *)a, *second = (const oxc_noted_gap *)b;

    return (first->from_frame > second->from_frame) - (first->from_frame < second->from_frame);
}

void oxc_journal_finish(oxc_journal *journal)
{
    size_t count;
    const oxc_loss *losses = oxc_losses(&count);

    for (size_t i = 0; i < count; i++) {
        if (i == 0 || losses[i].frame > losses[i - 1].frame + 1)
            journal->gap_over = true;
        note_gap(journal, OXC_GAP_MISSING, losses[i].connection, losses[i].frame, losses[i].time);
    }
    g_array_sort(journal->gaps, by_begin);
}

uint32_t oxc_journal_session(const oxc_journal *journal, uint32_t connection)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(journal->sessions, GUINT_TO_POINTER(connection))) -
           1;
}

void oxc_journal_take(oxc_journal *journal, const packet_info *pinfo, const oxc_shown *shown)
{
    const oxc_view *view = &shown->view;

    note_unjudged(journal, pinfo, shown);
    if (view->session != OXC_NONE && shown->carrier.connection != OXC_NONE)
        g_hash_table_insert(journal->sessions, GUINT_TO_POINTER(shown->carrier.connection),
                            GUINT_TO_POINTER(view->session + 1));
    if (view->type == OXC_EVENT_RESPONSE && !view->unreadable && !view->unmatched)
        note_answer(journal, pinfo, view);
}
