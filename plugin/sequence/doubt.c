/* doubt.c
 * What gaps of the capture may have hidden, and until when it matters
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "parts.h"

#define EMSMDB_KINDS (OXC_ALL_DOUBTS & ~(unsigned)OXC_DOUBT_WAIT)
#define MOST_SCOPES  7

void oxc_doubts_add(oxc_doubts *doubts, const oxc_gap *gap)
{
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

/* Notes what a connection of unknown beginning hid, in place of all that is said no better by
 * older connections: each question is for those that are at least as young as an association. */
static void add_late(oxc_peer *peer, uint64_t first, const oxc_gap *gap)
{
    oxc_late_gap late = {.first = first};
    oxc_gap all = {OXC_ALL_DOUBTS, gap->mark, gap->time, gap->bytes};

    if (peer->late == NULL)
        peer->late = g_array_new(FALSE, FALSE, sizeof(oxc_late_gap));
    while (peer->late->len != 0 &&
           g_array_index(peer->late, oxc_late_gap, peer->late->len - 1).first <= first)
        g_array_set_size(peer->late, peer->late->len - 1);
    oxc_doubts_add(&late.doubts, &all);
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

/* The kinds of calls that a connection can carry, as far as its binds say. */
static unsigned kinds_on(const oxc_connection *connection)
{
    unsigned kinds = 0;

    if (!connection->bound || connection->interfaces == 0)
        return OXC_ALL_DOUBTS;
    if ((connection->interfaces & OXC_BINDS_EMSMDB) != 0)
        kinds |= EMSMDB_KINDS;
    if ((connection->interfaces & OXC_BINDS_ASYNCEMSMDB) != 0)
        kinds |= OXC_DOUBT_WAIT;
    return kinds;
}

void oxc_gap_note(oxc_tracker *tracker, uint32_t number, const oxc_gap *gap)
{
    const oxc_connection *connection = oxc_connection_at(tracker, number);
    oxc_association *association;
    oxc_peer *peer;

    if (gap->kinds == 0)
        return;
    association = oxc_association_at(tracker, oxc_association_of(tracker, number));
    peer = oxc_peer_at(tracker, association->peer);
    oxc_doubts_add(&association->doubts, gap);
    oxc_doubts_add(&peer->all, gap);
    if (association->unbound)
        add_late(peer, connection->first, gap);
}

void oxc_gap_unread(oxc_tracker *tracker, uint32_t number, unsigned kinds)
{
    oxc_gap gap = {kinds, oxc_now(tracker), oxc_time(tracker), false};

    if (kinds == 0)
        return;
    tracker->gaps++;
    oxc_gap_note(tracker, number, &gap);
}

static void hide_calls(oxc_tracker *tracker, const uint32_t *list, const oxc_gap *gap)
{
    while (*list != OXC_NONE)
        oxc_call_hide(tracker, *list, gap);
}

/* Requests of the client are missing, or the cancel PDUs of its waits. */
static void hide_requests(oxc_tracker *tracker, uint32_t number, const oxc_gap *gap)
{
    oxc_connection *connection = oxc_connection_at(tracker, number);
    oxc_gap requests = *gap;

    requests.kinds = kinds_on(connection);
    connection->hides |= gap->bytes;
    oxc_gap_note(tracker, number, &requests);
    if ((number & OXC_OF_HTTP) == 0)
        hide_calls(tracker, &connection->waits, gap);
}

/* Bytes of the server are missing: answers to calls that are outstanding, those included that
 * nobody saw. */
static void hide_answers(oxc_tracker *tracker, uint32_t number, const oxc_gap *gap)
{
    oxc_connection *connection = oxc_connection_at(tracker, number);

    if (connection->hides)
        hide_requests(tracker, number, gap);
    hide_calls(tracker, &connection->waits, gap);
    hide_calls(tracker, &connection->calls, gap);
}

void oxc_gap_lost(oxc_tracker *tracker, const oxc_event *event)
{
    /* The loss has no record: it lies between the last one and the next. */
    oxc_gap gap = {.mark = oxc_now(tracker) + 1, .time = event->time, .bytes = true};

    tracker->gaps++;
    if (event->lost_from != OXC_SIDE_SERVER)
        hide_requests(tracker, event->connection, &gap);
    if (event->lost_from != OXC_SIDE_CLIENT)
        hide_answers(tracker, event->connection, &gap);
}

void oxc_gap_unmatched(oxc_tracker *tracker, const oxc_event *event)
{
    oxc_gap gap = {.mark = oxc_now(tracker), .time = event->time};

    tracker->gaps++;
    hide_requests(tracker, event->connection, &gap);
    hide_answers(tracker, event->connection, &gap);
}

void oxc_gap_unseen(oxc_tracker *tracker, int64_t time)
{
    oxc_gap gap = {OXC_ALL_DOUBTS, oxc_now(tracker) + 1, time, true};

    tracker->gaps++;
    oxc_doubts_add(&tracker->unseen, &gap);
}

/* The scopes that a question about a session looks at.
 *  @param session     OXC_NONE: any of the peer
 *  @param connection  that carries the PDU in question */
static size_t scopes_of(const oxc_tracker *tracker, uint32_t session, uint32_t connection,
                        const oxc_doubts *scopes[MOST_SCOPES])
{
    const oxc_connection *present = oxc_connection_at(tracker, connection);
    const oxc_association *home;
    const oxc_session *of;
    size_t count = 0;

    if (oxc_server_at(tracker, present->server)->split)
        scopes[count++] = &tracker->unseen;
    if (present->association != OXC_NONE)
        scopes[count++] = &oxc_association_at(tracker, present->association)->doubts;
    if (session == OXC_NONE) {
        scopes[count++] = &oxc_peer_at(tracker, present->peer)->all;
        return count;
    }
    of = oxc_session_at(tracker, session);
    home = oxc_association_at(tracker, of->home);
    scopes[count++] = &of->doubts;
    scopes[count++] = &home->doubts;
    scopes[count++] = &oxc_association_at(tracker, of->latest)->doubts;
    scopes[count++] = oxc_doubts_late(tracker, home);
    /* The home of the session may be any association that the capture knows by its id. */
    if (home->unbound)
        scopes[count++] = &oxc_peer_at(tracker, home->peer)->all;
    return count;
}

unsigned oxc_doubts_of(const oxc_tracker *tracker, uint32_t session, uint32_t connection,
                       uint32_t since)
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

unsigned oxc_doubts_of_handles(const oxc_tracker *tracker, uint32_t session, uint32_t connection,
                               uint32_t since)
{
    uint32_t server = oxc_connection_at(tracker, connection)->server;

    if (!oxc_server_at(tracker, server)->reissues)
        return 0;
    return oxc_doubts_of(tracker, session, connection, since) & (OXC_DOUBT_OPEN | OXC_DOUBT_ISSUE);
}

unsigned oxc_doubts_awaited(const oxc_tracker *tracker, uint32_t session, uint32_t connection)
{
    const oxc_connection *on = oxc_connection_at(tracker, connection);

    if (!oxc_server_at(tracker, on->server)->reissues)
        return 0;
    return awaited_on(tracker, on->association) |
           awaited_on(tracker, oxc_session_at(tracker, session)->home);
}

unsigned oxc_doubts_of_end(const oxc_tracker *tracker, uint32_t session, uint32_t connection)
{
    uint32_t alive = oxc_session_at(tracker, session)->alive;

    return oxc_doubts_of(tracker, session, connection, alive) & OXC_DOUBT_END;
}

unsigned oxc_doubts_of_life(const oxc_tracker *tracker, uint32_t session, uint32_t connection)
{
    const oxc_session *of = oxc_session_at(tracker, session);

    if (of->shaken > of->alive)
        return OXC_DOUBT_END;
    return oxc_doubts_of_end(tracker, session, connection);
}

bool oxc_doubts_fetch_in_flight(const oxc_tracker *tracker, uint32_t session, uint32_t connection)
{
    uint32_t settled = oxc_session_at(tracker, session)->settled;

    return (oxc_doubts_of(tracker, session, connection, settled) & OXC_DOUBT_FETCH) != 0;
}

bool oxc_doubts_wait_at(const oxc_tracker *tracker, uint32_t session, uint32_t connection,
                        uint32_t since, int64_t time)
{
    const oxc_doubts *scopes[MOST_SCOPES];
    size_t count = scopes_of(tracker, session, connection, scopes);

    for (size_t i = 0; i < count; i++)
        if (scopes[i]->marks[OXC_MARK_WAIT] > since &&
            oxc_since(time, scopes[i]->wait_time) <= oxc_wait_reach(tracker))
            return true;
    return false;
}

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
        totals.partial += oxc_connection_at(tracker, i)->partial;
        totals.repeated += oxc_connection_at(tracker, i)->repeated;
    }
    return totals;
}
