/* losses.c
 * What gaps hide: the answers of calls that are outstanding
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "losses.h"

#include "associations.h"
#include "calls.h"
#include "doubt.h"
#include "fetches.h"
#include "handles.h"
#include "wait_ends.h"

#define EMSMDB_KINDS (OXC_ALL_DOUBTS & ~(unsigned)OXC_DOUBT_WAIT)

/* What the answer to a call may have done if nobody could see it. */
static unsigned kinds_of_answer(const oxc_call *call)
{
    bool unread = (call->flags & OXC_CALL_UNREAD) != 0;

    switch (call->kind) {
    case OXC_KIND_OPEN:
        return OXC_DOUBT_OPEN;
    case OXC_KIND_ISSUE:
        return OXC_DOUBT_ISSUE;
    case OXC_KIND_EXECUTE:
        return unread ? OXC_DOUBT_END | OXC_DOUBT_DELIVERY : 0;
    case OXC_KIND_CLOSE:
    case OXC_KIND_PUSH:
        return unread ? OXC_DOUBT_END : 0;
    case OXC_KIND_WAIT:
        return unread ? OXC_DOUBT_WAIT : 0;
    default:
        return 0;
    }
}

void oxc_call_land(oxc_tracker *tracker, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);

    if ((call->flags & OXC_CALL_LANDED) != 0 || call->owner == OXC_NONE)
        return;
    if (call->kind == OXC_KIND_EXECUTE)
        oxc_fetch_end(tracker, number);
    else if (call->kind == OXC_KIND_CLOSE)
        oxc_session_at(tracker, call->owner)->disconnecting--;
    else if (call->kind == OXC_KIND_ISSUE)
        oxc_session_at(tracker, call->owner)->issuing--;
    call->flags |= OXC_CALL_LANDED;
}

/* The answer to a call of a session was not read, or is missing. */
static void doubt_owner(oxc_tracker *tracker, const oxc_call *call, const oxc_gap *gap)
{
    bool may_end = call->kind == OXC_KIND_EXECUTE || call->kind == OXC_KIND_CLOSE ||
                   call->kind == OXC_KIND_PUSH || call->kind == OXC_KIND_OPEN;
    oxc_gap ended = {OXC_DOUBT_END, gap->mark, gap->time, false};

    if (!may_end || call->owner == OXC_NONE)
        return;
    /* Where no missing bytes say when it was answered, a later one that has its answer does: it has
     * shown what came of the session. */
    if (call->kind == OXC_KIND_EXECUTE && (call->flags & OXC_CALL_UNSURE) == 0 &&
        oxc_session_at(tracker, call->owner)->settled > call->record + 1)
        ended.kinds = 0;
    oxc_doubts_add(tracker, &oxc_session_at(tracker, call->owner)->doubts, &ended);
    if (call->kind == OXC_KIND_EXECUTE)
        oxc_fetch_forget(tracker, call);
}

/* An EcDoAsyncConnectEx that was read, whose answer was not. */
static void note_lost_issue(oxc_tracker *tracker, const oxc_call *call, uint32_t mark)
{
    uint32_t server = oxc_link_at(tracker, call->connection)->server;

    if (call->kind == OXC_KIND_ISSUE && (call->flags & OXC_CALL_UNREAD) == 0)
        oxc_server_at(tracker, server)->lost_issue = mark;
}

/* Notes what the answer to a call may have said if it lies in a gap. */
static void miss_answer(oxc_tracker *tracker, uint32_t number, uint32_t mark, int64_t time)
{
    const oxc_call *call = oxc_call_at(tracker, number);
    oxc_gap gap = {kinds_of_answer(call), mark, time, false};

    if (call->kind == OXC_KIND_WAIT) {
        oxc_wait_hide(tracker, number, mark, time);
    } else if (call->kind == OXC_KIND_EXECUTE && call->owner != OXC_NONE) {
        oxc_fetch_lose(tracker, call);
    }
    note_lost_issue(tracker, call, mark);
    oxc_gap_note(tracker, call->connection, &gap);
    oxc_call_land(tracker, number);
    doubt_owner(tracker, call, &gap);
}

void oxc_call_hide(oxc_tracker *tracker, uint32_t number, const oxc_gap *gap)
{
    oxc_call_unlist(tracker, number);
    if (gap->bytes)
        oxc_call_at(tracker, number)->flags |= OXC_CALL_UNSURE;
    miss_answer(tracker, number, gap->mark, gap->time);
}

void oxc_answer_unread(oxc_tracker *tracker, const oxc_call *call)
{
    oxc_gap gap = {kinds_of_answer(call), oxc_now(tracker), oxc_time(tracker), false};

    tracker->gaps++;
    note_lost_issue(tracker, call, gap.mark);
    oxc_gap_note(tracker, call->connection, &gap);
    doubt_owner(tracker, call, &gap);
}

/* What a response to a request that was not read says nothing about. */
static unsigned kinds_of_unread_request(const oxc_event *event, const oxc_call *call)
{
    unsigned kinds = kinds_of_answer(call);

    if (call->kind == OXC_KIND_OPEN || (call->flags & OXC_CALL_UNREAD) == 0)
        return 0;
    if (call->kind == OXC_KIND_CLOSE ? event->status != 0 : event->name != OXC_NO_NAME)
        kinds &= ~(unsigned)OXC_DOUBT_END;
    return kinds;
}

void oxc_answer_to_unread(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    oxc_gap_unread(tracker, call->connection, kinds_of_unread_request(event, call));
}

/* The kinds of calls that a connection can carry, as far as its binds say. */
static unsigned kinds_on(const oxc_link *connection)
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

static void hide_calls(oxc_tracker *tracker, const uint32_t *list, const oxc_gap *gap)
{
    while (*list != OXC_NONE)
        oxc_call_hide(tracker, *list, gap);
}

/* Requests of the client are missing, or the cancel PDUs of its waits. */
static void hide_requests(oxc_tracker *tracker, uint32_t number, const oxc_gap *gap)
{
    oxc_link *connection = oxc_link_at(tracker, number);
    oxc_gap requests = *gap;

    requests.kinds = kinds_on(connection);
    connection->hides |= gap->bytes;
    oxc_gap_note(tracker, number, &requests);
    if ((connection->traits & OXC_TRAIT_CANCELS) != 0)
        hide_calls(tracker, &connection->waits, gap);
}

/* Bytes of the server are missing: answers to calls that are outstanding, those included that
 * nobody saw. */
static void hide_answers(oxc_tracker *tracker, uint32_t number, const oxc_gap *gap)
{
    oxc_link *connection = oxc_link_at(tracker, number);

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
    oxc_doubts_add(tracker, &tracker->unseen, &gap);
}
