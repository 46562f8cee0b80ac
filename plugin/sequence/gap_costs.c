/* gap_costs.c
 * What gaps cost: calls and answers that were not judged
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "doubt.h"

static bool is_doubtful(const oxc_tracker *tracker, uint32_t number)
{
    const oxc_session *session = oxc_session_at(tracker, number);
    const oxc_association *home = oxc_association_at(tracker, session->home);
    const oxc_doubts *scopes[] = {&session->doubts, &home->doubts,
                                  &oxc_association_at(tracker, session->latest)->doubts,
                                  oxc_doubts_late(tracker, home)};

    if (session->end != OXC_NONE)
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(scopes); i++)
        if (scopes[i]->marks[OXC_MARK_END] > session->alive)
            return true;
    return session->shaken > session->alive;
}

bool oxc_tracker_session_gaps(const oxc_tracker *tracker, uint32_t number, oxc_gap_cost *cost)
{
    const oxc_session *session;

    *cost = (oxc_gap_cost){.session = OXC_NONE};
    if (number >= tracker->sessions.count)
        return false;
    session = oxc_session_at(tracker, number);
    cost->session = number;
    cost->calls = session->unjudged_calls;
    cost->answers = session->unjudged_answers;
    cost->doubtful = is_doubtful(tracker, number);
    cost->certain_frame = cost->doubtful ? 0 : session->certain_frame;
    return true;
}

bool oxc_tracker_context_gaps(const oxc_tracker *tracker, uint32_t number, oxc_gap_cost *cost)
{
    const oxc_context *context;

    *cost = (oxc_gap_cost){.session = OXC_NONE};
    if (number >= tracker->contexts.count)
        return false;
    context = oxc_context_at(tracker, number);
    if (context->session != OXC_NONE)
        oxc_tracker_session_gaps(tracker, context->session, cost);
    cost->calls = context->unjudged_calls;
    cost->answers = context->unjudged_answers;
    return true;
}

oxc_gap_totals oxc_tracker_gap_totals(const oxc_tracker *tracker)
{
    oxc_gap_totals totals = {
        .archive = tracker->archive,
        .calls = tracker->unjudged_calls,
        .answers = tracker->unjudged_answers,
        .gaps = tracker->gaps,
    };

    for (uint32_t i = 0; i < tracker->connections.count; i++) {
        totals.partial += oxc_link_at(tracker, i)->partial;
        totals.repeated += oxc_link_at(tracker, i)->repeated;
    }
    return totals;
}
