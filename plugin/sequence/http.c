/* http.c
 * Takes in one part of a MAPI over HTTP message after the other
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_state.h"

#define SECOND      INT64_C(1000000000)
#define MILLISECOND INT64_C(1000000)

/* Header fields that have to be there, [MS-OXCMAPIHTTP] 2.2.2.1 and 2.2.2.2. */
#define REQUEST_FIELDS                                                                             \
    (OXC_HTTP_FIELD_HOST | OXC_HTTP_FIELD_REQUEST_TYPE | OXC_HTTP_FIELD_REQUEST_ID |               \
     OXC_HTTP_FIELD_CONTENT_TYPE | OXC_HTTP_FIELD_LENGTH)
#define RESPONSE_FIELDS                                                                            \
    (OXC_HTTP_FIELD_REQUEST_TYPE | OXC_HTTP_FIELD_REQUEST_ID | OXC_HTTP_FIELD_CONTENT_TYPE |       \
     OXC_HTTP_FIELD_RESPONSE_CODE)

oxc_http *oxc_http_new(void)
{
    oxc_http *http = g_new0(oxc_http, 1);

    oxc_http_tables_init(http);
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

static bool has_flag(const oxc_http_call *call, unsigned flags)
{
    return (call->flags & flags) != 0;
}

/* Whether only the rules on header fields are for a request. */
static bool is_other(const oxc_http_call *call)
{
    return !oxc_http_is_call(call->type) || call->server == OXC_HTTP_NO_NAME;
}

/* What speaks of a call, and not of a copy or a leg. */
static bool counts(const oxc_http_call *call)
{
    return has_flag(call, OXC_HTTP_CALL_BEGUN) &&
           !has_flag(call, OXC_HTTP_CALL_COPY | OXC_HTTP_CALL_LEG | OXC_HTTP_CALL_GONE);
}

/* Fills in the record of a part of a message. */
static void show_part(const oxc_http_call *call, uint32_t number, oxc_record *record)
{
    record->method = oxc_method_code(oxc_http_method(call->type));
    if (number == call->record)
        return;
    record->request = call->record;
    if (has_flag(call, OXC_HTTP_CALL_COPY)) {
        record->type = OXC_EVENT_RESPONSE;
        record->flags |= OXC_RECORD_REPEATED;
    }
}

/* The record of a part of a message, which parts of one message in one frame share.
 *  @return OXC_NONE if it has no place in the order */
static uint32_t record_of(oxc_tracker *tracker, const oxc_http_event *event,
                          const oxc_http_call *call)
{
    oxc_event neutral = {.type = OXC_EVENT_OTHER_PDU,
                         .frame = event->frame,
                         .ordinal = event->ordinal,
                         .time = event->time};
    uint32_t count = tracker->records.count;
    uint32_t number;

    if (count != 0) {
        const oxc_record *last = oxc_record_at(tracker, count - 1);

        if (last->frame == event->frame && last->ordinal == event->ordinal)
            return count - 1;
    }
    number = oxc_record_add(tracker, &neutral);
    if (number != OXC_NONE)
        show_part(call, number, oxc_record_at(tracker, number));
    return number;
}

static void judge(oxc_tracker *tracker, const oxc_http_event *event, const oxc_http_call *call,
                  oxc_http_facts *facts)
{
    oxc_finding findings[OXC_RULE_COUNT];
    size_t count;

    facts->grace = (int64_t)tracker->settings.grace * SECOND;
    count = oxc_http_rules_check(facts, findings);
    if (count != 0 && record_of(tracker, event, call) != OXC_NONE)
        oxc_report(tracker, findings, count);
}

/* The rules that are those of RPC as well. */
static void judge_neutral(oxc_tracker *tracker, const oxc_http_event *event,
                          const oxc_http_call *call, oxc_facts *facts)
{
    if (record_of(tracker, event, call) == OXC_NONE)
        return;
    tracker->over_http = true;
    oxc_judge(tracker, facts);
    tracker->over_http = false;
}

/* connections */

static void append_call(oxc_http *http, uint32_t number)
{
    oxc_http_call *call = oxc_http_call_at(http, number);
    oxc_http_connection *connection = oxc_http_connection_of(http, call->connection);

    call->before = connection->newest;
    if (call->before != OXC_NONE)
        oxc_http_call_at(http, call->before)->behind = number;
    else
        connection->oldest = number;
    connection->newest = number;
    if (call->server == OXC_HTTP_NO_NAME)
        return;
    connection->several |=
        connection->server != OXC_HTTP_NO_NAME && connection->server != call->server;
    connection->server = call->server;
}

static void remove_call(oxc_http *http, uint32_t number)
{
    const oxc_http_call *call = oxc_http_call_at(http, number);
    oxc_http_connection *connection = oxc_http_connection_of(http, call->connection);

    if (call->behind != OXC_NONE)
        oxc_http_call_at(http, call->behind)->before = call->before;
    else
        connection->newest = call->before;
    if (call->before != OXC_NONE)
        oxc_http_call_at(http, call->before)->behind = call->behind;
    else
        connection->oldest = call->behind;
    oxc_http_call_forget(http, number);
}

/* Calls may have gone by on a connection: to the server of its requests, as far as that is known.
 */
static void doubt_server(oxc_tracker *tracker, const oxc_http_connection *connection)
{
    oxc_http *http = tracker->http;

    if (connection->server == OXC_HTTP_NO_NAME || connection->several)
        http->doubt = http->mark;
    else
        oxc_http_server_of(http, connection->server)->doubt = http->mark;
    /* The tracker hears of no gap on a connection that it does not know. */
    if (connection->ends == OXC_NONE)
        oxc_gap_unseen(tracker, tracker->time);
}

/* The call is not outstanding any more. */
static void end_call(oxc_http *http, uint32_t number, oxc_http_ending ending, int64_t time)
{
    oxc_http_call *call = oxc_http_call_at(http, number);

    oxc_http_unlist(http, number, ending, time);
    oxc_http_end_use(http, call, ending, time);
    if (call->type == OXC_HTTP_TYPE_CONNECT && has_flag(call, OXC_HTTP_CALL_BEGUN) &&
        call->session != OXC_NONE)
        oxc_http_session_at(http, call->session)->connecting--;
    call->flags &= ~(unsigned)OXC_HTTP_CALL_BEGUN;
}

/* requests */

static void find_session(oxc_http *http, const oxc_http_event *event, oxc_http_call *call)
{
    oxc_http_cookie_value value = oxc_http_context_value(http, event, call->server);

    call->context = value.value;
    call->sequence = oxc_http_sequence_value(http, event, call->server).value;
    if (call->context == OXC_HTTP_NO_NAME && !value.conflicting)
        oxc_http_learn_from_request(http, event, call);
    if (call->context == OXC_HTTP_NO_NAME)
        return;
    call->session = oxc_http_session_find(http, call->server, call->context);
    if (call->session == OXC_NONE)
        call->session = oxc_http_session_new(http, call->server, call->context);
}

static void judge_request(oxc_tracker *tracker, const oxc_http_event *event, oxc_http_call *call,
                          uint32_t reused_frame)
{
    oxc_http_facts facts = {.moment = OXC_HTTP_AT_REQUEST,
                            .type = call->type,
                            .missing = REQUEST_FIELDS & ~call->fields,
                            .is_call = !is_other(call),
                            .no_cookie = !call->has_cookies,
                            .reused_frame = reused_frame};

    if (facts.is_call)
        oxc_http_look_at_session(tracker->http, call, &facts);
    if (!has_flag(call, OXC_HTTP_CALL_UNJUDGED))
        judge(tracker, event, call, &facts);
}

/* A request counts from now on: at its head, or where its body or its answer shows that. */
static void begin_call(oxc_tracker *tracker, const oxc_http_event *event, uint32_t number,
                       uint32_t reused_frame)
{
    oxc_http *http = tracker->http;
    oxc_http_call *call = oxc_http_call_at(http, number);

    call->flags &= ~(unsigned)(OXC_HTTP_CALL_DEFERRED | OXC_HTTP_CALL_LEG);
    call->flags |= OXC_HTTP_CALL_BEGUN;
    if (!is_other(call))
        find_session(http, event, call);
    judge_request(tracker, event, call, reused_frame);
    if (is_other(call))
        return;
    oxc_http_feed_request(tracker, call);
    oxc_http_take_request(http, number, !has_flag(call, OXC_HTTP_CALL_UNJUDGED));
    oxc_http_begin_use(http, call);
    if (has_flag(call, OXC_HTTP_CALL_BODY))
        oxc_http_count_use(http, call);
}

static void on_request_head(oxc_tracker *tracker, const oxc_http_event *event)
{
    oxc_http *http = tracker->http;
    uint32_t number = oxc_http_call_new(http, event->call);
    oxc_http_call *call = oxc_http_call_at(http, number);

    call->time = event->time;
    call->mark = http->mark;
    call->frame = event->frame;
    call->connection = event->connection;
    call->type = event->request_type;
    call->record = record_of(tracker, event, call);
    call->fields = event->fields;
    call->has_cookies = event->cookies.present;
    call->server = event->server;
    call->idle = -1;
    append_call(http, number);
    if (!is_other(call) && event->request_id != OXC_HTTP_NO_NAME) {
        call->request_id = event->request_id;
        call->id = oxc_http_id_of(http, call->server, call->request_id);
    }
    if (event->leg)
        call->flags |= OXC_HTTP_CALL_LEG;
    else if (call->id != OXC_NONE && oxc_http_id_at(http, call->id)->calls != 0)
        call->flags |= OXC_HTTP_CALL_DEFERRED;
    else
        begin_call(tracker, event, number, 0);
}

/* The request is a copy: shown with the call that counts, and no more. */
static void show_copy(oxc_tracker *tracker, oxc_http_call *call)
{
    oxc_http *http = tracker->http;
    uint32_t first = oxc_http_copies_of(http, call->id, call->content)->record;
    oxc_record *record;

    oxc_http_begin_use(http, call);
    oxc_http_count_use(http, call);
    if (call->record == OXC_NONE)
        return;
    record = oxc_record_at(tracker, call->record);
    record->type = OXC_EVENT_REQUEST;
    record->flags |= OXC_RECORD_REPEATED;
    record->request = first;
}

/* What only the body of a request says. */
static void judge_body(oxc_tracker *tracker, const oxc_http_event *event, oxc_http_call *call)
{
    oxc_facts wait = {.pdu = OXC_PDU_WAIT_REQUEST, .explained = true, .flags = event->flags};
    oxc_facts execute = {.pdu = OXC_PDU_RPC_REQUEST,
                         .rop_faults = event->rop_faults,
                         .rop_fault_flags = event->rop_fault_flags};

    if (call->type == OXC_HTTP_TYPE_EXECUTE && call->session != OXC_NONE && event->registers)
        oxc_http_session_at(tracker->http, call->session)->registered = true;
    if (!counts(call) || is_other(call) || !call->has_cookies ||
        has_flag(call, OXC_HTTP_CALL_UNJUDGED))
        return;
    if (call->type == OXC_HTTP_TYPE_NOTIFICATION_WAIT && event->has_flags && event->flags != 0)
        judge_neutral(tracker, event, call, &wait);
    else if (call->type == OXC_HTTP_TYPE_EXECUTE && event->rop_faults != 0)
        judge_neutral(tracker, event, call, &execute);
}

static void on_request_body(oxc_tracker *tracker, const oxc_http_event *event, uint32_t number)
{
    oxc_http *http = tracker->http;
    oxc_http_call *call = oxc_http_call_at(http, number);
    uint32_t reused_frame;

    call->flags |= OXC_HTTP_CALL_BODY;
    call->content = oxc_http_content(event, call);
    if (has_flag(call, OXC_HTTP_CALL_LEG))
        return;
    if (has_flag(call, OXC_HTTP_CALL_DEFERRED)) {
        oxc_http_tell_copy(http, call, &reused_frame);
        if (has_flag(call, OXC_HTTP_CALL_COPY)) {
            show_copy(tracker, call);
            return;
        }
        begin_call(tracker, event, number, reused_frame);
    } else {
        oxc_http_count_use(http, call);
    }
    judge_body(tracker, event, call);
}

/* responses */

/* What is outstanding on the connection since before this call has its answer: nobody saw it. */
static void drop_missed(oxc_http *http, const oxc_http_call *call, int64_t time)
{
    oxc_http_connection *connection = oxc_http_connection_of(http, call->connection);

    while (connection->oldest != OXC_NONE) {
        uint32_t oldest = connection->oldest;
        const oxc_http_call *missed = oxc_http_call_at(http, oldest);

        if (missed == call || !has_flag(missed, OXC_HTTP_CALL_DOUBTED))
            break;
        end_call(http, oldest, OXC_HTTP_MISSED, time);
        remove_call(http, oldest);
    }
}

static oxc_http_facts answer_facts(const oxc_http_event *event, const oxc_http_call *call,
                                   oxc_http_moment moment)
{
    return (oxc_http_facts){
        .moment = moment,
        .type = call->type,
        .request = {.frame = call->frame,
                    .age = oxc_since(event->time, call->time),
                    .doubtful = has_flag(call, OXC_HTTP_CALL_DOUBTED)},
    };
}

static void on_response_begin(oxc_tracker *tracker, const oxc_http_event *event,
                              oxc_http_call *call)
{
    oxc_http_facts facts = answer_facts(event, call, OXC_HTTP_AT_RESPONSE_BEGIN);

    call->piece = oxc_http_now(tracker->http, event);
    if (!counts(call) || is_other(call) || !event->has_due_time)
        return;
    facts.due = (oxc_http_evidence){.frame = call->frame,
                                    .age = oxc_since(event->time, event->due_time),
                                    .doubtful = has_flag(call, OXC_HTTP_CALL_DOUBTED)};
    judge(tracker, event, call, &facts);
}

/* A piece of an answer: silence before it, and what it adds to the stream. */
static void judge_piece(oxc_tracker *tracker, const oxc_http_event *event, oxc_http_call *call)
{
    oxc_http_facts facts = answer_facts(event, call, OXC_HTTP_AT_RESPONSE_PIECE);

    if (event->pieces != 0)
        call->flags |= OXC_HTTP_CALL_STREAM;
    facts.pending_period = (int64_t)call->pending_period * MILLISECOND;
    if (call->piece.mark != 0)
        facts.silence = (oxc_http_evidence){.frame = call->piece.frame,
                                            .age = oxc_since(event->time, call->piece.time),
                                            .doubtful = has_flag(call, OXC_HTTP_CALL_DOUBTED)};
    facts.mapi_stream = event->status == 200 && event->mapi_content && event->has_response_code &&
                        event->response_code == 0 && !event->encoded;
    facts.stream_wrong = event->stream_wrong && !has_flag(call, OXC_HTTP_CALL_WRONG);
    if (event->stream_wrong)
        call->flags |= OXC_HTTP_CALL_WRONG;
    call->piece = oxc_http_now(tracker->http, event);
    oxc_http_feed_piece(tracker, event, call);
    if (!is_other(call))
        judge(tracker, event, call, &facts);
}

static void judge_head(oxc_tracker *tracker, const oxc_http_event *event, oxc_http_call *call,
                       unsigned legs)
{
    oxc_http_facts facts = answer_facts(event, call, OXC_HTTP_AT_RESPONSE_HEAD);
    bool leg = oxc_http_is_leg_status(event->status);

    facts.legs = legs;
    facts.refused = event->has_response_code && event->response_code != 0;
    /* What the request lacked the answer may lack. */
    if (event->status == 200 && (event->fields & OXC_HTTP_FIELD_OWN) != 0)
        facts.missing = RESPONSE_FIELDS & ~event->fields &
                        (call->fields | (unsigned)OXC_HTTP_FIELD_RESPONSE_CODE);
    facts.id_differs = !leg && !is_other(call) && !has_flag(call, OXC_HTTP_CALL_DOUBTED) &&
                       call->request_id != OXC_HTTP_NO_NAME &&
                       event->request_id != OXC_HTTP_NO_NAME &&
                       event->request_id != call->request_id;
    judge(tracker, event, call, &facts);
}

/* The request was a leg: it never was there. */
static void leave(oxc_tracker *tracker, uint32_t number, int64_t time)
{
    oxc_http *http = tracker->http;
    oxc_http_call *call = oxc_http_call_at(http, number);

    oxc_http_feed_leg(tracker, call);
    call->flags &= ~(unsigned)OXC_HTTP_CALL_FED;
    if (has_flag(call, OXC_HTTP_CALL_BEGUN))
        end_call(http, number, OXC_HTTP_LEFT, time);
    else if (has_flag(call, OXC_HTTP_CALL_USED))
        oxc_http_end_use(http, call, OXC_HTTP_LEFT, time);
    call->flags |= OXC_HTTP_CALL_GONE;
}

/* A request that looked like a leg, or whose body has not come, is answered. */
static void settle(oxc_tracker *tracker, const oxc_http_event *event, uint32_t number)
{
    oxc_http *http = tracker->http;
    oxc_http_call *call = oxc_http_call_at(http, number);
    uint32_t reused_frame;

    if (has_flag(call, OXC_HTTP_CALL_DEFERRED)) {
        call->flags |= OXC_HTTP_CALL_COPY;
        return;
    }
    if (!has_flag(call, OXC_HTTP_CALL_LEG))
        return;
    if (call->id != OXC_NONE && oxc_http_id_at(http, call->id)->calls != 0)
        oxc_http_tell_copy(http, call, &reused_frame);
    if (has_flag(call, OXC_HTTP_CALL_COPY))
        return;
    call->flags |= OXC_HTTP_CALL_UNJUDGED;
    begin_call(tracker, event, number, 0);
}

static void on_response_head(oxc_tracker *tracker, const oxc_http_event *event, uint32_t number)
{
    oxc_http *http = tracker->http;
    oxc_http_call *call = oxc_http_call_at(http, number);
    unsigned legs = 0;

    drop_missed(http, call, event->time);
    call->flags |= OXC_HTTP_CALL_HEAD;
    if (has_flag(call, OXC_HTTP_CALL_COPY)) {
        if (oxc_http_is_leg_status(event->status))
            leave(tracker, number, event->time);
        return;
    }
    if (oxc_http_is_leg_status(event->status)) {
        legs = oxc_http_count_leg(http, call);
        leave(tracker, number, event->time);
    } else {
        settle(tracker, event, number);
        if (has_flag(call, OXC_HTTP_CALL_COPY))
            return;
    }
    call->pending_period = event->has_pending_period ? event->pending_period : 0;
    judge_head(tracker, event, call, legs);
    if (counts(call))
        judge_piece(tracker, event, call);
}

static void judge_end(oxc_tracker *tracker, const oxc_http_event *event, oxc_http_call *call)
{
    oxc_http_facts facts = answer_facts(event, call, OXC_HTTP_AT_RESPONSE_END);
    bool empty_ping = call->type == OXC_HTTP_TYPE_PING && !has_flag(call, OXC_HTTP_CALL_STREAM);

    facts.mapi_stream = event->status == 200 && event->mapi_content && event->has_response_code &&
                        event->response_code == 0 && !event->encoded;
    facts.stream_ended = !event->stream_done && !event->stream_wrong && !empty_ping;
    oxc_http_look_at_answer(tracker->http, event, call, &facts);
    judge(tracker, event, call, &facts);
}

static void on_response_end(oxc_tracker *tracker, const oxc_http_event *event, uint32_t number)
{
    oxc_http *http = tracker->http;
    oxc_http_call *call = oxc_http_call_at(http, number);

    if (counts(call))
        judge_piece(tracker, event, call);
    /* Then the close says the rest. */
    if (event->closed_early)
        return;
    if (counts(call) && !is_other(call)) {
        call->answer = record_of(tracker, event, call);
        judge_end(tracker, event, call);
        oxc_http_take_answer(http, event, call);
        oxc_http_feed_answer(tracker, event, call);
    } else if (has_flag(call, OXC_HTTP_CALL_COPY)) {
        record_of(tracker, event, call);
    }
    oxc_http_connection_of(http, call->connection)->hides_requests = false;
    end_call(http, number, OXC_HTTP_ANSWERED, event->time);
    remove_call(http, number);
}

/* connections that end, and gaps */

static void cut_call(oxc_http *http, const oxc_http_event *event, uint32_t number)
{
    oxc_http_call *call = oxc_http_call_at(http, number);
    bool doubted = has_flag(call, OXC_HTTP_CALL_DOUBTED);

    if (has_flag(call, OXC_HTTP_CALL_CLOSED))
        return;
    call->flags |= OXC_HTTP_CALL_CLOSED;
    if (counts(call) && !doubted && call->session != OXC_NONE &&
        call->type != OXC_HTTP_TYPE_CONNECT) {
        oxc_http_session *session = oxc_http_session_at(http, call->session);

        session->cut = (oxc_http_seen){event->time, http->mark, call->frame};
        session->cut_age = oxc_since(event->time, call->time);
        session->cut_by_client = event->by_client;
        session->cut_reset = event->reset;
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
    while (number != OXC_NONE) {
        uint32_t next = oxc_http_call_at(http, number)->behind;

        cut_call(http, event, number);
        /* A client that closes its direction may get its answer still. */
        if (!event->by_client || event->reset) {
            end_call(http, number, OXC_HTTP_CUT, event->time);
            remove_call(http, number);
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
    connection->hides_requests |= event->by_client;
    if (event->by_client)
        return;
    for (uint32_t number = connection->oldest; number != OXC_NONE;
         number = oxc_http_call_at(http, number)->behind) {
        oxc_http_doubt_call(http, oxc_http_call_at(http, number));
        oxc_http_feed_doubt(tracker, oxc_http_call_at(http, number));
    }
}

static void on_unseen(oxc_tracker *tracker)
{
    tracker->http->doubt = tracker->http->mark;
    oxc_gap_unseen(tracker, tracker->time);
}

/* The answer to a request that the capture does not hold. */
static void on_unknown_answer(oxc_tracker *tracker, const oxc_http_event *event)
{
    oxc_http_event gap = {.frame = event->frame,
                          .time = event->time,
                          .connection = event->connection,
                          .by_client = true};

    oxc_http_feed_gap(tracker, &gap);
    doubt_server(tracker, oxc_http_connection_of(tracker->http, event->connection));
}

static void on_part(oxc_tracker *tracker, const oxc_http_event *event)
{
    oxc_http *http = tracker->http;
    uint32_t number = oxc_http_call_find(http, event->call);
    oxc_http_call *call;

    if (number == OXC_NONE)
        return;
    call = oxc_http_call_at(http, number);
    if (event->type == OXC_HTTP_REQUEST_BODY)
        on_request_body(tracker, event, number);
    else if (event->type == OXC_HTTP_RESPONSE_BEGIN)
        on_response_begin(tracker, event, call);
    else if (event->type == OXC_HTTP_RESPONSE_HEAD)
        on_response_head(tracker, event, number);
    else if (event->type == OXC_HTTP_RESPONSE_PIECE && counts(call))
        judge_piece(tracker, event, call);
    else if (event->type == OXC_HTTP_RESPONSE_END)
        on_response_end(tracker, event, number);
}

void oxc_tracker_http_event(oxc_tracker *tracker, const oxc_http_event *event)
{
    oxc_http *http;

    if (tracker->http == NULL)
        tracker->http = oxc_http_new();
    http = tracker->http;
    http->mark++;
    tracker->time = event->time;
    if (event->type == OXC_HTTP_REQUEST_HEAD)
        on_request_head(tracker, event);
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
