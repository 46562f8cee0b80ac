/* http.c
 * Takes in one part of a MAPI over HTTP message after the other
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http.h"

#include "http_calls.h"
#include "http_feed.h"
#include "http_parts.h"
#include "http_requests.h"
#include "http_responses.h"
#include "http_sessions.h"
#include "http_tables.h"
#include "losses.h"
#include "spec.h"

static oxc_http *new_http(uint64_t seed)
{
    oxc_http *http = g_new0(oxc_http, 1);

    oxc_http_tables_init(http, seed);
    return http;
}

void oxc_http_free(oxc_http *http)
{
    oxc_http_tables_clear(http);
    g_free(http);
}

size_t oxc_http_memory(oxc_http *http)
{
    return oxc_http_tables_memory(http);
}

/* Calls may have gone by on a connection: to the server of its requests, as far as that is known.
 */
static void doubt_server(oxc_tracker *tracker, const oxc_http_connection *connection)
{
    oxc_http *http = tracker->http;

    http->latest_gap = http->mark;
    if (connection->server == OXC_HTTP_NO_NAME || connection->several)
        http->doubt = http->mark;
    else
        oxc_http_server_of(http, connection->server)->doubt = http->mark;
    /* The tracker hears of no gap on a connection that it does not know. */
    if (connection->ends == OXC_NONE)
        oxc_gap_unseen(tracker, tracker->time);
}

static void cut_call(oxc_http *http, const oxc_http_event *event, uint32_t number)
{
    oxc_http_call *call = oxc_http_call_at(http, number);
    bool doubted = oxc_http_has(call, OXC_HTTP_CALL_DOUBTED);

    if (oxc_http_has(call, OXC_HTTP_CALL_CLOSED))
        return;
    call->flags |= OXC_HTTP_CALL_CLOSED;
    /* From here on it does not hear if what it overlapped with was a leg. */
    call->overlap_doubtful = true;
    if (oxc_http_counts(call) && !doubted && call->session != OXC_NONE &&
        call->type != OXC_HTTP_TYPE_CONNECT) {
        oxc_http_cut_session(oxc_http_session_at(http, call->session), event, call, http->mark);
    }
    oxc_http_unlist(http, number, doubted ? OXC_HTTP_MISSED : OXC_HTTP_CUT, event->time);
    oxc_http_end_use(http, call, doubted ? OXC_HTTP_MISSED : OXC_HTTP_CUT, event->time);
}

static void on_closed(oxc_tracker *tracker, const oxc_http_event *event)
{
    oxc_http *http = tracker->http;
    oxc_http_connection *connection = oxc_http_connection_of(http, event->connection);
    uint32_t number = connection->oldest;

    oxc_http_feed_close(tracker, event);
    oxc_http_reveal(http, connection);
    while (number != OXC_NONE) {
        uint32_t next = oxc_http_call_at(http, number)->behind;

        cut_call(http, event, number);
        /* A client that closes its direction may get its answer still. */
        if (!event->by_client || event->reset) {
            oxc_http_end_call(http, number, OXC_HTTP_CUT, event->time);
            oxc_http_remove(http, number);
        }
        number = next;
    }
}

static void on_gap(oxc_tracker *tracker, const oxc_http_event *event)
{
    oxc_http *http = tracker->http;
    oxc_http_connection *connection = oxc_http_connection_of(http, event->connection);

    oxc_http_feed_gap(tracker, event);
    if (event->by_client || connection->hides_requests || connection->oldest == OXC_NONE)
        doubt_server(tracker, connection);
    if (event->by_client) {
        oxc_http_hide(http, connection);
        return;
    }
    for (uint32_t number = connection->oldest; number != OXC_NONE;
         number = oxc_http_call_at(http, number)->behind) {
        oxc_http_doubt_call(http, oxc_http_call_at(http, number));
        oxc_http_feed_doubt(tracker, oxc_http_call_at(http, number));
    }
}

static void on_unseen(oxc_tracker *tracker)
{
    tracker->http->doubt = tracker->http->latest_gap = tracker->http->mark;
    oxc_gap_unseen(tracker, tracker->time);
}

/* The answer to a request that the capture does not hold. */
static void on_unknown_answer(oxc_tracker *tracker, const oxc_http_event *event)
{
    oxc_http_event gap = {.frame = event->frame,
                          .time = event->time,
                          .connection = event->connection,
                          .by_client = true};
    oxc_http_connection *connection = oxc_http_connection_of(tracker->http, event->connection);

    oxc_http_feed_gap(tracker, &gap);
    doubt_server(tracker, connection);
    oxc_http_hide(tracker->http, connection);
}

static void on_part(oxc_tracker *tracker, const oxc_http_event *event)
{
    uint32_t number = oxc_http_call_find(tracker->http, event->call);

    if (number == OXC_NONE)
        return;
    if (event->type == OXC_HTTP_REQUEST_BODY)
        oxc_http_request_body(tracker, event, number);
    else
        oxc_http_response(tracker, event, number);
}

void oxc_tracker_http_event(oxc_tracker *tracker, const oxc_http_event *event)
{
    oxc_http *http;

    if (tracker->http == NULL) {
        tracker->http = new_http(tracker->seed);
        tracker->http->waits_over = event->time + OXC_WAIT_LIMIT + oxc_grace(tracker);
    }
    http = tracker->http;
    http->mark++;
    tracker->time = event->time;
    if (event->type == OXC_HTTP_REQUEST_HEAD)
        oxc_http_request_head(tracker, event);
    else if (event->type == OXC_HTTP_CLOSED)
        on_closed(tracker, event);
    else if (event->type == OXC_HTTP_GAP)
        on_gap(tracker, event);
    else if (event->type == OXC_HTTP_UNSEEN)
        on_unseen(tracker);
    else if (event->call != OXC_NONE)
        on_part(tracker, event);
    else if (event->type == OXC_HTTP_RESPONSE_HEAD)
        on_unknown_answer(tracker, event);
}
