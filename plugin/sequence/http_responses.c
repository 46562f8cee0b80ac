/* http_responses.c
 * Responses of MAPI over HTTP
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_responses.h"

#include "http_calls.h"
#include "http_feed.h"
#include "http_parts.h"
#include "http_requests.h"
#include "http_sessions.h"
#include "http_tables.h"
#include "spec.h"

#define RESPONSE_FIELDS                                                                            \
    (OXC_HTTP_FIELD_REQUEST_TYPE | OXC_HTTP_FIELD_REQUEST_ID | OXC_HTTP_FIELD_CONTENT_TYPE |       \
     OXC_HTTP_FIELD_RESPONSE_CODE)

/* What is outstanding on the connection since before this call has its answer: nobody saw it. */
static void drop_missed(oxc_http *http, const oxc_http_call *call, int64_t time)
{
    oxc_http_connection *connection = call->connection;

    while (connection->oldest != OXC_NONE) {
        uint32_t oldest = connection->oldest;
        const oxc_http_call *missed = oxc_http_call_at(http, oldest);

        if (missed == call || !oxc_http_has(missed, OXC_HTTP_CALL_DOUBTED))
            break;
        oxc_http_end_call(http, oldest, OXC_HTTP_MISSED, time);
        oxc_http_remove(http, oldest);
    }
}

static oxc_http_facts answer_facts(const oxc_http_event *event, const oxc_http_call *call,
                                   oxc_moment moment)
{
    return (oxc_http_facts){
        .moment = moment,
        .type = call->type,
        .request = {.frame = call->frame,
                    .age = oxc_since(event->time, call->time),
                    .doubtful = oxc_http_has(call, OXC_HTTP_CALL_DOUBTED)},
    };
}

static void on_response_begin(oxc_tracker *tracker, const oxc_http_event *event,
                              oxc_http_call *call)
{
    oxc_http_facts facts = answer_facts(event, call, OXC_AT_HTTP_RESPONSE_BEGIN);

    call->piece = oxc_http_now(tracker->http, event);
    if (!oxc_http_counts(call) || oxc_http_is_other(call) || !event->has_due_time ||
        oxc_http_is_leg_status(event->status))
        return;
    facts.due = (oxc_http_evidence){.frame = call->frame,
                                    .age = oxc_since(event->time, event->due_time),
                                    .doubtful = oxc_http_has(call, OXC_HTTP_CALL_DOUBTED)};
    oxc_http_judge(tracker, event, call, &facts);
}

/* A piece of an answer: silence before it, and what it adds to the stream. */
static void judge_piece(oxc_tracker *tracker, const oxc_http_event *event, oxc_http_call *call)
{
    oxc_http_facts facts = answer_facts(event, call, OXC_AT_HTTP_RESPONSE_PIECE);

    if (event->pieces != 0)
        call->flags |= OXC_HTTP_CALL_STREAM;
    facts.pending_period = (int64_t)call->pending_period * OXC_MILLISECOND;
    if (call->piece.mark != 0)
        facts.silence = (oxc_http_evidence){.frame = call->piece.frame,
                                            .age = oxc_since(event->time, call->piece.time),
                                            .doubtful = oxc_http_has(call, OXC_HTTP_CALL_DOUBTED)};
    facts.mapi_stream = event->status == 200 && event->mapi_content && event->has_response_code &&
                        event->response_code == 0 && !event->encoded;
    facts.stream_wrong = event->stream_wrong && !oxc_http_has(call, OXC_HTTP_CALL_WRONG);
    if (event->stream_wrong)
        call->flags |= OXC_HTTP_CALL_WRONG;
    call->piece = oxc_http_now(tracker->http, event);
    oxc_http_feed_piece(tracker, event, call);
    if (!oxc_http_is_other(call))
        oxc_http_judge(tracker, event, call, &facts);
}

static void judge_head(oxc_tracker *tracker, const oxc_http_event *event, oxc_http_call *call,
                       unsigned legs)
{
    oxc_http_facts facts = answer_facts(event, call, OXC_AT_HTTP_RESPONSE_HEAD);
    bool leg = oxc_http_is_leg_status(event->status);

    facts.legs = legs;
    facts.refused = event->has_response_code && event->response_code != 0;
    /* What the request lacked the answer may lack. */
    if (event->status == 200 && (event->fields & OXC_HTTP_FIELD_OWN) != 0)
        facts.missing = RESPONSE_FIELDS & ~event->fields &
                        (call->fields | (unsigned)OXC_HTTP_FIELD_RESPONSE_CODE);
    facts.id_differs =
        !leg && !oxc_http_is_other(call) && !oxc_http_has(call, OXC_HTTP_CALL_DOUBTED) &&
        call->request_id != OXC_HTTP_NO_NAME && event->request_id != OXC_HTTP_NO_NAME &&
        event->request_id != call->request_id;
    oxc_http_judge(tracker, event, call, &facts);
}

/* The request was a leg: it never was there. */
static void leave(oxc_tracker *tracker, uint32_t number, int64_t time)
{
    oxc_http *http = tracker->http;
    oxc_http_call *call = oxc_http_call_at(http, number);

    oxc_http_feed_leg(tracker, call);
    if (call->session != OXC_NONE)
        oxc_http_mend_session(oxc_http_session_at(http, call->session), call);
    oxc_http_forget_request(http, call);
    call->flags &= ~(unsigned)OXC_HTTP_CALL_FED;
    if (oxc_http_has(call, OXC_HTTP_CALL_BEGUN))
        oxc_http_end_call(http, number, OXC_HTTP_LEFT, time);
    else if (oxc_http_has(call, OXC_HTTP_CALL_USED))
        oxc_http_end_use(http, call, OXC_HTTP_LEFT, time);
    call->flags |= OXC_HTTP_CALL_GONE;
}

/* A request that looked like a leg, or whose body has not come, is answered. */
static void settle(oxc_tracker *tracker, const oxc_http_event *event, uint32_t number)
{
    oxc_http *http = tracker->http;
    oxc_http_call *call = oxc_http_call_at(http, number);
    uint32_t reused_frame;

    if (oxc_http_has(call, OXC_HTTP_CALL_DEFERRED)) {
        call->flags |= OXC_HTTP_CALL_COPY;
        return;
    }
    if (!oxc_http_has(call, OXC_HTTP_CALL_LEG))
        return;
    if (call->id != OXC_NONE && oxc_http_id_at(http, call->id)->calls != 0)
        oxc_http_tell_copy(http, call, &reused_frame);
    if (oxc_http_has(call, OXC_HTTP_CALL_COPY))
        return;
    call->flags |= OXC_HTTP_CALL_UNJUDGED;
    oxc_http_begin_call(tracker, event, number, 0);
}

static void on_response_head(oxc_tracker *tracker, const oxc_http_event *event, uint32_t number)
{
    oxc_http *http = tracker->http;
    oxc_http_call *call = oxc_http_call_at(http, number);
    unsigned legs = 0;

    drop_missed(http, call, event->time);
    call->flags |= OXC_HTTP_CALL_HEAD;
    if (!oxc_http_is_leg_status(event->status))
        oxc_http_count_answer(http, call);
    if (oxc_http_has(call, OXC_HTTP_CALL_COPY)) {
        if (oxc_http_is_leg_status(event->status))
            leave(tracker, number, event->time);
        return;
    }
    if (oxc_http_is_leg_status(event->status)) {
        legs = oxc_http_count_leg(http, call);
        leave(tracker, number, event->time);
    } else {
        settle(tracker, event, number);
        if (oxc_http_has(call, OXC_HTTP_CALL_COPY))
            return;
    }
    call->pending_period = event->has_pending_period ? event->pending_period : 0;
    judge_head(tracker, event, call, legs);
    if (!oxc_http_counts(call))
        return;
    oxc_http_take_head(http, event, call);
    judge_piece(tracker, event, call);
}

static void judge_end(oxc_tracker *tracker, const oxc_http_event *event, oxc_http_call *call)
{
    oxc_http_facts facts = answer_facts(event, call, OXC_AT_HTTP_RESPONSE_END);
    bool empty_ping = call->type == OXC_HTTP_TYPE_PING && !oxc_http_has(call, OXC_HTTP_CALL_STREAM);

    facts.mapi_stream = event->status == 200 && event->mapi_content && event->has_response_code &&
                        event->response_code == 0 && !event->encoded;
    facts.stream_ended = !event->stream_done && !event->stream_wrong && !empty_ping;
    oxc_http_look_at_answer(tracker->http, event, call, &facts);
    oxc_http_judge(tracker, event, call, &facts);
}

static void on_response_end(oxc_tracker *tracker, const oxc_http_event *event, uint32_t number)
{
    oxc_http *http = tracker->http;
    oxc_http_call *call = oxc_http_call_at(http, number);
    oxc_http_connection *connection;

    /* A FIN that carries nothing is no piece. */
    if (oxc_http_counts(call) && (!event->closed_early || event->pieces != 0))
        judge_piece(tracker, event, call);
    /* Then the close says the rest. */
    if (event->closed_early)
        return;
    if (call->session != OXC_NONE)
        oxc_http_mend_session(oxc_http_session_at(http, call->session), call);
    if (oxc_http_counts(call) && !oxc_http_is_other(call)) {
        call->answer = oxc_http_record_of(tracker, event, call);
        judge_end(tracker, event, call);
        oxc_http_take_answer(http, event, call);
        oxc_http_feed_answer(tracker, event, call);
    } else if (oxc_http_has(call, OXC_HTTP_CALL_COPY)) {
        oxc_http_record_of(tracker, event, call);
    }
    connection = call->connection;
    if (call->mark > connection->hides_since)
        oxc_http_reveal(http, connection);
    oxc_http_end_call(http, number, OXC_HTTP_ANSWERED, event->time);
    oxc_http_remove(http, number);
}

void oxc_http_response(oxc_tracker *tracker, const oxc_http_event *event, uint32_t number)
{
    oxc_http_call *call = oxc_http_call_at(tracker->http, number);

    if (event->type == OXC_HTTP_RESPONSE_BEGIN)
        on_response_begin(tracker, event, call);
    else if (event->type == OXC_HTTP_RESPONSE_HEAD)
        on_response_head(tracker, event, number);
    else if (event->type == OXC_HTTP_RESPONSE_PIECE && oxc_http_counts(call))
        judge_piece(tracker, event, call);
    else if (event->type == OXC_HTTP_RESPONSE_END)
        on_response_end(tracker, event, number);
}
