/* doubt.c
 * What gaps of the capture may have hidden, and until when it matters
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "doubt.h"

#define MOST_SCOPES 7

void oxc_doubts_add(oxc_tracker *tracker, oxc_doubts *doubts, const oxc_gap *gap)
{
    tracker->latest_gap = MAX(tracker->latest_gap, gap->mark);
    for (unsigned kind = 0; kind < OXC_MARK_COUNT; kind++)
        if ((gap->kinds & 1u << kind) != 0 && doubts->marks[kind] < gap->mark)
            doubts->marks[kind] = gap->mark;
    if (doubts->latest < gap->mark)
        doubts->latest = gap->mark;
    if ((gap->kinds & OXC_DOUBT_WAIT) != 0)
        doubts->wait_time = gap->time;
}

static unsigned doubts_since(const oxc_doubts *doubts, uint32_t since)
{
    unsigned kinds = 0;

    if (doubts->latest <= since)
        return 0;
    for (unsigned kind = 0; kind < OXC_MARK_COUNT; kind++)
        if (doubts->marks[kind] > since)
            kinds |= 1u << kind;
    return kinds;
}

/* In place of all that is said no better by older connections: each question is for those that are
 * at least as young as an association. */
void oxc_doubts_add_late(oxc_tracker *tracker, oxc_peer *peer, uint64_t first, const oxc_gap *gap)
{
    oxc_late_gap late = {.first = first};
    oxc_gap all = {OXC_ALL_DOUBTS, gap->mark, gap->time, gap->bytes};

    if (peer->late == NULL)
        peer->late = g_array_new(FALSE, FALSE, sizeof(oxc_late_gap));
    while (peer->late->len != 0 &&
           g_array_index(peer->late, oxc_late_gap, peer->late->len - 1).first <= first)
        g_array_set_size(peer->late, peer->late->len - 1);
    oxc_doubts_add(tracker, &late.doubts, &all);
    g_array_append_val(peer->late, late);
}

const oxc_doubts *oxc_doubts_late(const oxc_tracker *tracker, const oxc_association *association)
{
    static const oxc_doubts none;
    const GArray *late = oxc_peer_at(tracker, association->peer)->late;
    guint low = 0, high = late == NULL ? 0 : late->len;

    /* The last one that is young enough. */
    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(late, oxc_late_gap, middle).first >= association->first)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? &none : &g_array_index(late, oxc_late_gap, low - 1).doubts;
}

/* The scopes that a question about a session looks at.
 *  @param session     NULL: any of the peer
 *  @param connection  that carries the PDU in question */
static size_t scopes_of(const oxc_tracker *tracker, const oxc_session *session,
                        const oxc_link *connection, const oxc_doubts *scopes[MOST_SCOPES])
{
    const oxc_association *home;
    size_t count = 0;

    if (oxc_server_at(tracker, connection->server)->split)
        scopes[count++] = &tracker->unseen;
    if (connection->association != OXC_NONE)
        scopes[count++] = &oxc_association_at(tracker, connection->association)->doubts;
    if (session == NULL) {
        scopes[count++] = &oxc_peer_at(tracker, connection->peer)->all;
        return count;
    }
    home = oxc_association_at(tracker, session->home);
    scopes[count++] = &session->doubts;
    scopes[count++] = &home->doubts;
    scopes[count++] = &oxc_association_at(tracker, session->latest)->doubts;
    scopes[count++] = oxc_doubts_late(tracker, home);
    /* The home of the session may be any association that the capture knows by its id. */
    if (home->unbound)
        scopes[count++] = &oxc_peer_at(tracker, home->peer)->all;
    return count;
}

unsigned oxc_doubts_in_scopes(const oxc_tracker *tracker, const oxc_session *session,
                              const oxc_link *connection, uint32_t since)
{
    const oxc_doubts *scopes[MOST_SCOPES];
    size_t count = scopes_of(tracker, session, connection, scopes);
    unsigned doubts = 0;

    for (size_t i = 0; i < count; i++)
        doubts |= doubts_since(scopes[i], since);
    return doubts;
}

/* What the answers to calls on an association may do that are still awaited, or have done already:
 * the capture may show them too late. */
static unsigned awaited_on(const oxc_tracker *tracker, uint32_t number)
{
    const oxc_association *association;

    if (number == OXC_NONE)
        return 0;
    association = oxc_association_at(tracker, number);
    return (association->opening != 0 ? OXC_DOUBT_OPEN : 0u) |
           (association->issuing != 0 ? OXC_DOUBT_ISSUE : 0u);
}

unsigned oxc_doubts_awaited(const oxc_tracker *tracker, const oxc_session *session,
                            const oxc_link *connection)
{
    if (!oxc_server_at(tracker, connection->server)->reissues)
        return 0;
    return awaited_on(tracker, connection->association) | awaited_on(tracker, session->home);
}

bool oxc_doubts_wait_in_scopes(const oxc_tracker *tracker, const oxc_session *session,
                               const oxc_link *connection, uint32_t since, int64_t time)
{
    const oxc_doubts *scopes[MOST_SCOPES];
    size_t count = scopes_of(tracker, session, connection, scopes);

    for (size_t i = 0; i < count; i++)
        if (scopes[i]->marks[OXC_MARK_WAIT] > since &&
            oxc_since(time, scopes[i]->wait_time) <= oxc_wait_reach(tracker))
            return true;
    return false;
}
