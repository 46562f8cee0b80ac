/* http_requests.c
 * Requests of MAPI over HTTP
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_requests.h"

#include "http_calls.h"
#include "http_cookies.h"
#include "http_feed.h"
#include "http_parts.h"
#include "http_sessions.h"
#include "http_tables.h"

/* Header fields that have to be there, [MS-OXCMAPIHTTP] 2.2.2.1 and 2.2.2.2. */
#define REQUEST_FIELDS                                                                             \
    (OXC_HTTP_FIELD_HOST | OXC_HTTP_FIELD_REQUEST_TYPE | OXC_HTTP_FIELD_REQUEST_ID |               \
     OXC_HTTP_FIELD_CONTENT_TYPE | OXC_HTTP_FIELD_LENGTH)

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
    oxc_http_facts facts = {.moment = OXC_AT_HTTP_REQUEST,
                            .type = call->type,
                            .missing = REQUEST_FIELDS & ~call->fields,
                            .is_call = !oxc_http_is_other(call),
                            .no_cookie = !call->has_cookies,
                            .reused_frame = reused_frame};

    if (facts.is_call)
        oxc_http_look_at_session(tracker->http, call, &facts);
    if (!oxc_http_has(call, OXC_HTTP_CALL_UNJUDGED))
        oxc_http_judge(tracker, event, call, &facts);
}

void oxc_http_begin_call(oxc_tracker *tracker, const oxc_http_event *event, uint32_t number,
                         uint32_t reused_frame)
{
    oxc_http *http = tracker->http;
    oxc_http_call *call = oxc_http_call_at(http, number);

    call->flags &= ~(unsigned)(OXC_HTTP_CALL_DEFERRED | OXC_HTTP_CALL_LEG);
    call->flags |= OXC_HTTP_CALL_BEGUN;
    if (!oxc_http_is_other(call))
        find_session(http, event, call);
    judge_request(tracker, event, call, reused_frame);
    if (oxc_http_is_other(call))
        return;
    /* What is said of it stands on the message that let it begin: its head, its body or its answer,
     * whatever came in between. */
    (void)oxc_http_record_of(tracker, event, call);
    oxc_http_feed_request(tracker, call);
    oxc_http_take_request(http, number, !oxc_http_has(call, OXC_HTTP_CALL_UNJUDGED));
    oxc_http_begin_use(http, call);
    if (oxc_http_has(call, OXC_HTTP_CALL_BODY))
        oxc_http_count_use(http, call);
}

void oxc_http_request_head(oxc_tracker *tracker, const oxc_http_event *event)
{
    oxc_http *http = tracker->http;
    uint32_t number = oxc_http_call_new(http, event->call);
    oxc_http_call *call = oxc_http_call_at(http, number);

    call->time = event->time;
    call->mark = http->mark;
    call->frame = event->frame;
    call->connection = oxc_http_connection_of(http, event->connection);
    call->type = event->request_type;
    call->record = oxc_http_record_of(tracker, event, call);
    call->fields = event->fields;
    call->has_cookies = event->cookies.present;
    call->server = event->server;
    call->idle = -1;
    oxc_http_append(http, number);
    if (!oxc_http_is_other(call) && event->request_id != OXC_HTTP_NO_NAME) {
        call->request_id = event->request_id;
        call->id = oxc_http_id_of(http, call->server, call->request_id);
    }
    if (event->leg)
        call->flags |= OXC_HTTP_CALL_LEG;
    else if (call->id != OXC_NONE && oxc_http_id_at(http, call->id)->calls != 0)
        call->flags |= OXC_HTTP_CALL_DEFERRED;
    else
        oxc_http_begin_call(tracker, event, number, 0);
}

/* The request is a copy: shown with the call that counts, and no more. */
static void note_copy(oxc_tracker *tracker, oxc_http_call *call)
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
    if (call->type == OXC_HTTP_TYPE_EXECUTE && call->session != OXC_NONE && event->registers)
        oxc_http_session_at(tracker->http, call->session)->registered = true;
    if (!oxc_http_counts(call) || oxc_http_is_other(call) || !call->has_cookies ||
        oxc_http_has(call, OXC_HTTP_CALL_UNJUDGED))
        return;
    if (call->type == OXC_HTTP_TYPE_NOTIFICATION_WAIT && event->has_flags && event->flags != 0) {
        oxc_facts wait = {.moment = OXC_AT_WAIT_REQUEST, .explained = true, .flags = event->flags};

        oxc_http_judge_neutral(tracker, event, call, &wait);
    } else if (call->type == OXC_HTTP_TYPE_EXECUTE && event->rops.faults != 0) {
        oxc_facts execute = {.moment = OXC_AT_EXECUTE_REQUEST,
                             .rop_faults = event->rops.faults,
                             .rop_fault_flags = event->rops.fault_flags};

        oxc_http_judge_neutral(tracker, event, call, &execute);
    }
}

void oxc_http_request_body(oxc_tracker *tracker, const oxc_http_event *event, uint32_t number)
{
    oxc_http *http = tracker->http;
    oxc_http_call *call = oxc_http_call_at(http, number);
    uint32_t reused_frame;

    call->flags |= OXC_HTTP_CALL_BODY;
    call->content = oxc_http_content(event, call);
    if (oxc_http_has(call, OXC_HTTP_CALL_LEG))
        return;
    if (oxc_http_has(call, OXC_HTTP_CALL_DEFERRED)) {
        oxc_http_tell_copy(http, call, &reused_frame);
        if (oxc_http_has(call, OXC_HTTP_CALL_COPY)) {
            note_copy(tracker, call);
            return;
        }
        oxc_http_begin_call(tracker, event, number, reused_frame);
    } else {
        oxc_http_count_use(http, call);
    }
    judge_body(tracker, event, call);
}
