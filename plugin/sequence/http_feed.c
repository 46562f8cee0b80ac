/* http_feed.c
 * Calls of MAPI over HTTP as the neutral events from which waits, fetches and links come
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_feed.h"

#include "calls.h"
#include "connections.h"
#include "http_sessions.h"
#include "http_tables.h"
#include "intake.h"
#include "spec.h"

#define FAILED             0x80004005u /* stands for all that is no return value of a wait */
#define REFUSED_SEQUENCE   15u         /* X-ResponseCode, [MS-OXCMAPIHTTP] 2.2.3.3.3 */
#define REFUSED_BY_GROMOX  7u
#define NAME_OF_NONE       UINT64_MAX /* that no session has */
#define CALLS_DOUBTED      64         /* outstanding ones of a session: nobody has that many */
#define SERVERS_OF_ONE_END 64         /* on one connection; what more there are is not followed */

/* A name for a session; another one for each generation of its cookie. */
static oxc_name name_of(uint32_t session)
{
    return session == OXC_NONE ? OXC_NO_NAME : (oxc_name)session + 1;
}

oxc_kind oxc_http_kind(oxc_http_request_type type)
{
    switch ((int)type) {
    case OXC_HTTP_TYPE_CONNECT:
        return OXC_KIND_OPEN;
    case OXC_HTTP_TYPE_EXECUTE:
        return OXC_KIND_EXECUTE;
    case OXC_HTTP_TYPE_DISCONNECT:
        return OXC_KIND_CLOSE;
    case OXC_HTTP_TYPE_NOTIFICATION_WAIT:
        return OXC_KIND_WAIT;
    default:
        return OXC_KIND_OTHER;
    }
}

/* What the tracker takes for a connection: a TCP connection to one server. */
static uint32_t end_of(oxc_tracker *tracker, const oxc_http_call *call)
{
    oxc_http *http = tracker->http;
    oxc_http_connection *connection = call->connection;
    uint32_t place = (uint32_t)connection->number;
    uint32_t number = oxc_http_end_find(http, place, call->server);
    oxc_http_end *end;

    if (number != OXC_NONE || connection->end_count >= SERVERS_OF_ONE_END)
        return number;
    number = oxc_http_end_new(tracker, oxc_http_server_of(http, call->server)->number);
    oxc_http_end_put(http, place, call->server, number);
    end = oxc_http_end_at(tracker, number);
    end->next = connection->ends;
    connection->ends = number;
    connection->end_count++;
    return number;
}

static oxc_event neutral_event(const oxc_http_call *call, oxc_event_type type, uint32_t end)
{
    return (oxc_event){.type = type,
                       .connection = end,
                       .call_id = (uint32_t)call->number,
                       .kind = oxc_http_kind(call->type),
                       .stub = OXC_STUB_CLEAR,
                       .has_name = true,
                       .has_result = true,
                       .from_server = type != OXC_EVENT_REQUEST};
}

/* What the session of a request adds to it. */
static void set_session(oxc_http *http, const oxc_http_call *call, oxc_event *neutral)
{
    const oxc_http_session *session;

    neutral->opened = OXC_NONE;
    if (call->session == OXC_NONE)
        return;
    session = oxc_http_session_at(http, call->session);
    neutral->opened = session->connect;
    if (call->type == OXC_HTTP_TYPE_CONNECT) {
        neutral->replaced = name_of(call->session);
        return;
    }
    neutral->name = name_of(call->session);
    neutral->never_registered = !session->registered;
    neutral->explained = oxc_http_value_explained(http, call->context);
    neutral->end_doubtful =
        session->connecting != 0 || oxc_http_doubtful(http, session, session->end.mark);
    neutral->resent =
        call->type == OXC_HTTP_TYPE_NOTIFICATION_WAIT && oxc_http_is_resent(http, call);
}

void oxc_http_feed_request(oxc_tracker *tracker, oxc_http_call *call)
{
    uint32_t end = end_of(tracker, call);
    oxc_event neutral;

    if (end == OXC_NONE || call->record == OXC_NONE)
        return;
    neutral = neutral_event(call, OXC_EVENT_REQUEST, end);
    neutral.frame = call->frame;
    neutral.time = call->time;
    neutral.unjudged = (call->flags & OXC_HTTP_CALL_UNJUDGED) != 0;
    set_session(tracker->http, call, &neutral);
    oxc_take_in(tracker, &neutral, call->record);
    call->end = end;
    call->flags |= OXC_HTTP_CALL_FED;
}

/* The return value that a wait would have over RPC. */
static uint32_t wait_status(const oxc_http_event *event, bool other_out)
{
    bool refused =
        event->response_code == REFUSED_SEQUENCE ||
        (event->product == OXC_HTTP_PRODUCT_GROMOX && event->response_code == REFUSED_BY_GROMOX);

    if (event->has_response_code && event->response_code != 0)
        return refused && other_out ? OXC_STATUS_REJECTED : FAILED;
    if (event->status != 200 || !event->has_response_code || !event->has_status_code ||
        event->status_code != 0 || !event->has_error_code)
        return FAILED;
    if (event->error_code != 0)
        return event->error_code;
    return event->has_event_pending && event->event_pending <= 1 ? 0 : FAILED;
}

/* Whether an answer that was accepted has a body which says nothing to us. */
static bool is_unread(const oxc_http_event *event)
{
    return event->status == 200 && event->has_response_code && event->response_code == 0 &&
           (event->body != OXC_HTTP_BODY_READ || event->stream_wrong);
}

static void set_execute(const oxc_http_event *event, bool accepted, oxc_event *neutral)
{
    bool alive = event->has_response_code && event->response_code == 0;

    neutral->status = accepted ? 0 : FAILED;
    if (!alive)
        neutral->name = NAME_OF_NONE;
    if (!event->stream_wrong)
        neutral->rops = event->rops;
    neutral->rops.unwalked = event->rops.unwalked || is_unread(event);
}

static void set_answer(const oxc_http *http, const oxc_http_event *event, const oxc_http_call *call,
                       oxc_event *neutral)
{
    bool accepted = oxc_http_accepted(event, call->type);

    neutral->name = name_of(call->session);
    neutral->alive = event->has_response_code && event->response_code == 0;
    neutral->status = accepted ? 0 : FAILED;
    switch ((int)call->type) {
    case OXC_HTTP_TYPE_CONNECT:
        neutral->name = name_of(call->opened);
        neutral->replaced = name_of(accepted ? call->session : OXC_NONE);
        break;
    case OXC_HTTP_TYPE_EXECUTE:
        set_execute(event, accepted, neutral);
        return;
    case OXC_HTTP_TYPE_NOTIFICATION_WAIT:
        neutral->status =
            wait_status(event, call->other_out ||
                                   (call->session != OXC_NONE &&
                                    oxc_http_session_at(http, call->session)->latest > call->mark));
        neutral->flags = neutral->status == 0 ? event->event_pending : 0;
        break;
    default:
        break;
    }
    if (call->type != OXC_HTTP_TYPE_PING && is_unread(event))
        neutral->stub = OXC_STUB_UNREAD;
}

void oxc_http_feed_answer(oxc_tracker *tracker, const oxc_http_event *event,
                          const oxc_http_call *call)
{
    oxc_http *http = tracker->http;
    oxc_event neutral;

    if ((call->flags & OXC_HTTP_CALL_FED) == 0 || call->answer == OXC_NONE)
        return;
    neutral = neutral_event(call, OXC_EVENT_RESPONSE, call->end);
    neutral.frame = event->frame;
    neutral.time = event->time;
    neutral.opened = OXC_NONE;
    set_answer(http, event, call, &neutral);
    oxc_take_in(tracker, &neutral, call->answer);
}

void oxc_http_feed_leg(oxc_tracker *tracker, const oxc_http_call *call)
{
    oxc_event neutral;

    if ((call->flags & OXC_HTTP_CALL_FED) == 0)
        return;
    neutral = neutral_event(call, OXC_EVENT_WITHDRAWN, call->end);
    oxc_take_in(tracker, &neutral, OXC_NONE);
}

/* The answer to a call that may have ended its session was missed: what was sent after it may have
 * been sent to none. */
static void doubt_later(oxc_tracker *tracker, const oxc_http_call *call)
{
    oxc_http *http = tracker->http;
    uint32_t at = oxc_http_session_at(http, call->session)->newest;

    for (unsigned step = 0; at != OXC_NONE && step < CALLS_DOUBTED; step++) {
        const oxc_http_call *later = oxc_http_call_at(http, at);
        uint32_t number = OXC_NONE;

        if (later->mark < call->mark)
            return;
        if (later != call && (later->flags & OXC_HTTP_CALL_FED) != 0)
            number = oxc_call_find(tracker, later->end, (uint32_t)later->number);
        if (number != OXC_NONE)
            oxc_call_at(tracker, number)->flags |= OXC_CALL_DOUBTED;
        at = later->older;
    }
}

void oxc_http_feed_doubt(oxc_tracker *tracker, const oxc_http_call *call)
{
    if (call->session != OXC_NONE &&
        (call->type == OXC_HTTP_TYPE_DISCONNECT || call->type == OXC_HTTP_TYPE_CONNECT))
        doubt_later(tracker, call);
    if (call->type == OXC_HTTP_TYPE_NOTIFICATION_WAIT && call->record != OXC_NONE)
        oxc_record_at(tracker, call->record)->flags |= OXC_RECORD_UNSURE;
}

void oxc_http_feed_piece(oxc_tracker *tracker, const oxc_http_event *event,
                         const oxc_http_call *call)
{
    oxc_link *link;

    if ((call->flags & OXC_HTTP_CALL_FED) == 0)
        return;
    link = oxc_link_at(tracker, call->end);
    link->heard_time = event->time;
    link->pending_period = call->pending_period;
}

void oxc_http_feed_close(oxc_tracker *tracker, const oxc_http_event *event)
{
    uint32_t number = oxc_http_connection_of(tracker->http, event->connection)->ends;

    while (number != OXC_NONE) {
        oxc_http_end *end = oxc_http_end_at(tracker, number);

        if (!end->closed)
            end->close = (oxc_close){.kind = event->reset ? OXC_CLOSE_RST : OXC_CLOSE_FIN,
                                     .side = event->by_client ? OXC_SIDE_CLIENT : OXC_SIDE_SERVER,
                                     .has_time = true,
                                     .time = event->time};
        end->closed = true;
        number = end->next;
    }
}

void oxc_http_feed_gap(oxc_tracker *tracker, const oxc_http_event *event)
{
    uint32_t number = oxc_http_connection_of(tracker->http, event->connection)->ends;
    oxc_event neutral = {.type = OXC_EVENT_LOST,
                         .frame = event->frame,
                         .time = event->time,
                         .lost_from = event->by_client ? OXC_SIDE_CLIENT : OXC_SIDE_SERVER};

    while (number != OXC_NONE) {
        neutral.connection = number;
        oxc_take_in(tracker, &neutral, OXC_NONE);
        number = oxc_http_end_at(tracker, number)->next;
    }
}
