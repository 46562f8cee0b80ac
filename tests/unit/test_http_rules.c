/* test_http_rules.c
 * Each rule of MAPI over HTTP alone: what fires it, what nearly does, and what a late start says
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_world.h"

static void wait_without_cookie(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_NOTIFICATION_WAIT, 0, 0);

    (void)state;
    start();
    expect_only(&w, send_talk(&w, &t), "wait-without-cookie");
    /* Nothing but that and the header rules on it. */
    t = prepare(FIRST, OXC_HTTP_TYPE_NOTIFICATION_WAIT, 0, 0);
    t.request.flags = 7;
    expect(&w, send_talk(&w, &t), "wait-without-cookie");
}

static void wait_without_cookie_near(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_NOTIFICATION_WAIT, 0, 0);

    (void)state;
    start();
    /* A Cookie field without a context cookie says nothing. */
    t.request.cookies.present = true;
    send_talk(&w, &t);
    http_wait(&w, OTHER, CTX, SEQ);
    expect_none(&w);
}

static void wait_without_cookie_late(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_NOTIFICATION_WAIT, 0, 0);

    (void)state;
    expect_only(&w, send_talk(&w, &t), "wait-without-cookie");
}

static void request_without_cookie(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, 0, 0);

    (void)state;
    expect_only(&w, send_talk(&w, &t), "request-without-cookie");
    t = prepare(FIRST, OXC_HTTP_TYPE_DISCONNECT, 0, 0);
    expect(&w, send_talk(&w, &t), "request-without-cookie");
}

static void request_without_cookie_near(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_PING, 0, 0);

    (void)state;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    start();
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    expect_none(&w);
}

static void request_after_disconnect(void **state)
{
    (void)state;
    start();
    exchange(&w, FIRST, OXC_HTTP_TYPE_DISCONNECT, CTX, SEQ);
    pass(&w, 2 * SECOND);
    expect_only(&w, http_execute(&w, FIRST, CTX, SEQ, SEQ), "request-after-disconnect");
    expect(&w, exchange(&w, FIRST, OXC_HTTP_TYPE_DISCONNECT, CTX, SEQ), "request-after-disconnect");
}

static void request_after_disconnect_near(void **state)
{
    (void)state;
    start();
    exchange(&w, FIRST, OXC_HTTP_TYPE_DISCONNECT, CTX, SEQ);
    /* Less than a second, or a PING. */
    http_execute(&w, FIRST, CTX, SEQ, SEQ);
    pass(&w, 2 * SECOND);
    exchange(&w, FIRST, OXC_HTTP_TYPE_PING, CTX, SEQ);
    /* The same cookie again: another generation. */
    http_connect(&w, FIRST, CTX, SEQ);
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    expect_none(&w);
}

static void request_after_disconnect_lifted(void **state)
{
    (void)state;
    start();
    exchange(&w, FIRST, OXC_HTTP_TYPE_DISCONNECT, CTX, SEQ);
    http_gap(&w, FIRST, true);
    pass(&w, 2 * SECOND);
    http_execute(&w, FIRST, CTX, SEQ, SEQ);
    expect_none(&w);
}

static void request_after_disconnect_late(void **state)
{
    (void)state;
    /* A session known from requests only ends like any other. */
    exchange(&w, FIRST, OXC_HTTP_TYPE_DISCONNECT, CTX, SEQ);
    pass(&w, 2 * SECOND);
    expect_only(&w, http_execute(&w, FIRST, CTX, SEQ, SEQ), "request-after-disconnect");
}

static void request_overlap(void **state)
{
    talk one, two;

    (void)state;
    start();
    one = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    two = prepare(OTHER, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    send_talk(&w, &one);
    send_talk(&w, &two);
    expect_only(&w, answer_talk(&w, &one), "request-overlap");
    assert_int_equal(finding_of(&w, w.frame).frames[0], one.frame);
    assert_int_equal(finding_of(&w, w.frame).frames[1], two.frame);
    two.answer.response_code = 15;
    expect(&w, answer_talk(&w, &two), "");
}

static void request_overlap_same_connection(void **state)
{
    talk one, two;

    (void)state;
    start();
    one = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    two = prepare(FIRST, OXC_HTTP_TYPE_DISCONNECT, CTX, SEQ);
    send_talk(&w, &one);
    expect_only(&w, send_talk(&w, &two), "request-overlap");
    expect(&w, answer_talk(&w, &one), "");
}

static void request_overlap_near(void **state)
{
    talk one, two;

    (void)state;
    start();
    http_connect(&w, FIRST, CTX2, SEQ);
    /* A wait, another session, a call whose connection ended, a reconnect. */
    http_wait(&w, OTHER, CTX, SEQ);
    one = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    two = prepare(3, OXC_HTTP_TYPE_EXECUTE, CTX2, SEQ);
    send_talk(&w, &one);
    send_talk(&w, &two);
    answer_talk(&w, &two);
    two = prepare(3, OXC_HTTP_TYPE_CONNECT, CTX, SEQ);
    send_talk(&w, &two);
    answer_talk(&w, &one);
    expect_none(&w);
    one = prepare(4, OXC_HTTP_TYPE_EXECUTE, CTX2, SEQ);
    send_talk(&w, &one);
    http_end(&w, 4, false, true);
    two = prepare(3, OXC_HTTP_TYPE_EXECUTE, CTX2, SEQ);
    expect(&w, send_talk(&w, &two), "response-cut");
}

static void request_overlap_lifted(void **state)
{
    talk one, two;

    (void)state;
    start();
    one = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    two = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    send_talk(&w, &one);
    http_gap(&w, FIRST, false);
    send_talk(&w, &two);
    expect_none(&w);
}

static void request_overlap_late(void **state)
{
    talk one = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    talk two = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);

    (void)state;
    send_talk(&w, &one);
    expect_only(&w, send_talk(&w, &two), "request-overlap");
}

static void sequence_cookie_stale(void **state)
{
    uint32_t answered;

    (void)state;
    start();
    answered = http_execute(&w, FIRST, CTX, SEQ, SEQ2) + 1;
    pass(&w, 2 * SECOND);
    expect_only(&w, http_execute(&w, FIRST, CTX, SEQ, SEQ3), "sequence-cookie-stale");
    assert_int_equal(finding_of(&w, w.frame - 1).frames[0], answered);
}

static void sequence_cookie_stale_near(void **state)
{
    (void)state;
    start();
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    /* Less than a second; a value never seen; a wait; the current one; one that is set again. */
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    pass(&w, 2 * SECOND);
    http_execute(&w, FIRST, CTX, 0x5EFF, SEQ2);
    exchange(&w, FIRST, OXC_HTTP_TYPE_NOTIFICATION_WAIT, CTX, SEQ);
    http_execute(&w, FIRST, CTX, SEQ2, SEQ);
    pass(&w, 2 * SECOND);
    http_execute(&w, FIRST, CTX, SEQ, SEQ3);
    expect_nowhere("sequence-cookie-stale");
}

static void sequence_cookie_stale_late(void **state)
{
    (void)state;
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    http_execute(&w, FIRST, CTX, SEQ2, SEQ3);
    pass(&w, 2 * SECOND);
    /* The value of before the capture was never set in it. */
    expect(&w, http_execute(&w, FIRST, CTX, SEQ, SEQ3), "");
    expect_only(&w, http_execute(&w, FIRST, CTX, SEQ2, SEQ3), "sequence-cookie-stale");
}

static void context_not_set(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_CONNECT, 0, 0);

    (void)state;
    send_talk(&w, &t);
    expect_only(&w, answer_talk(&w, &t), "context-not-set");
}

static void context_not_set_near(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_CONNECT, 0, 0);

    (void)state;
    t.answer.error_code = 0x3EB;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    t = prepare(FIRST, OXC_HTTP_TYPE_CONNECT, 0, 0);
    t.answer.cookies.present = true;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    start();
    expect_none(&w);
}

static void cookie_reused(void **state)
{
    (void)state;
    start();
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    expect_only(&w, http_connect(&w, OTHER, CTX, SEQ3), "cookie-reused");
    assert_int_equal(finding_of(&w, w.frame).frames[0], w.frame - 2);
}

static void cookie_reused_near(void **state)
{
    talk t;

    (void)state;
    start();
    /* It carried the value; the other ended; the other expired; another server. */
    t = prepare(FIRST, OXC_HTTP_TYPE_CONNECT, CTX, SEQ);
    send_talk(&w, &t);
    answer_talk(&w, &t);
    exchange(&w, FIRST, OXC_HTTP_TYPE_DISCONNECT, CTX, SEQ);
    http_connect(&w, OTHER, CTX, SEQ);
    pass(&w, 901 * SECOND);
    http_connect(&w, OTHER, CTX, SEQ);
    t = prepare(FIRST, OXC_HTTP_TYPE_CONNECT, 0, 0);
    t.request.server = t.answer.server = SERVER + 1;
    t.answer.cookies.present = true;
    t.answer.cookies.context.value = CTX;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    expect_none(&w);
}

static void cookie_reused_lifted(void **state)
{
    (void)state;
    start();
    http_gap(&w, FIRST, true);
    http_connect(&w, OTHER, CTX, SEQ3);
    expect_none(&w);
}

static void cookie_reused_late(void **state)
{
    (void)state;
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    expect_only(&w, http_connect(&w, OTHER, CTX, SEQ3), "cookie-reused");
}

static void event_pending_invalid(void **state)
{
    talk t;

    (void)state;
    start();
    t = http_wait(&w, OTHER, CTX, SEQ);
    t.answer.event_pending = 2;
    assert_true(has_rule(answer_talk(&w, &t), "event-pending-invalid"));
    assert_int_equal(view_of(&w, t.frame).finding_count, 0);
}

static void event_pending_invalid_near(void **state)
{
    talk t;

    (void)state;
    start();
    t = http_wait(&w, OTHER, CTX, SEQ);
    t.answer.error_code = REJECTED;
    t.answer.event_pending = 2;
    assert_false(has_rule(answer_talk(&w, &t), "event-pending-invalid"));
    t = http_wait(&w, OTHER, CTX, SEQ);
    t.answer.event_pending = 1;
    assert_false(has_rule(answer_talk(&w, &t), "event-pending-invalid"));
}

static void stream_invalid(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    oxc_http_event part;

    (void)state;
    start();
    send_talk(&w, &t);
    answer_head(&w, &t);
    part = t.answer;
    part.type = OXC_HTTP_RESPONSE_PIECE;
    part.stream_done = false;
    part.stream_wrong = true;
    part.pieces = OXC_HTTP_PIECE_WRONG;
    expect_only(&w, http_send(&w, &part), "stream-invalid");
    /* Once. */
    t.answer.stream_wrong = true;
    expect(&w, answer_end(&w, &t), "");
    /* Whole, and without DONE. */
    t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    t.answer.stream_done = false;
    send_talk(&w, &t);
    expect(&w, answer_talk(&w, &t), "stream-invalid");
}

static void stream_invalid_near(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);

    (void)state;
    start();
    /* Refused: text for people. */
    t.answer.mapi_content = false;
    t.answer.response_code = 15;
    t.answer.stream_done = false;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    /* The connection ended first. */
    t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    send_talk(&w, &t);
    answer_head(&w, &t);
    t.answer.stream_done = false;
    t.answer.closed_early = true;
    answer_end(&w, &t);
    http_end(&w, FIRST, false, false);
    /* A PING needs no body. */
    t = prepare(OTHER, OXC_HTTP_TYPE_PING, 0, 0);
    send_talk(&w, &t);
    t.answer.stream_done = false;
    t.answer.type = OXC_HTTP_RESPONSE_HEAD;
    http_send(&w, &t.answer);
    t.answer.type = OXC_HTTP_RESPONSE_END;
    http_more(&w, &t.answer);
    expect_none(&w);
}

static void request_header_missing(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);

    (void)state;
    t.request.fields = OXC_HTTP_FIELD_HOST | OXC_HTTP_FIELD_REQUEST_TYPE;
    t.request.request_id = 0;
    expect_only(&w, send_talk(&w, &t), "request-header-missing");
    /* For what is no call, too. */
    t = prepare(FIRST, OXC_HTTP_TYPE_OTHER, CTX, SEQ);
    t.request.fields &= ~(unsigned)OXC_HTTP_FIELD_LENGTH;
    expect(&w, send_talk(&w, &t), "request-header-missing");
    t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, 0, 0);
    t.request.server = 0;
    t.request.fields &= ~(unsigned)OXC_HTTP_FIELD_HOST;
    expect(&w, send_talk(&w, &t), "request-header-missing");
}

static void request_header_missing_near(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);

    (void)state;
    /* A leg. */
    t.request.leg = true;
    t.request.fields &= ~(unsigned)OXC_HTTP_FIELD_CONTENT_TYPE;
    t.answer.status = 401;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    expect_none(&w);
}

static void response_header_missing(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);

    (void)state;
    t.answer.fields &= ~(unsigned)OXC_HTTP_FIELD_REQUEST_TYPE;
    send_talk(&w, &t);
    expect_only(&w, answer_talk(&w, &t), "response-header-missing");
    assert_int_equal(finding_of(&w, w.frame).severity, OXC_SEVERITY_WARNING);
    t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    t.answer.fields &= ~(unsigned)OXC_HTTP_FIELD_REQUEST_TYPE;
    t.answer.response_code = 5;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    assert_int_equal(finding_of(&w, w.frame).severity, OXC_SEVERITY_NOTE);
}

static void response_header_missing_near(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);

    (void)state;
    /* Not the endpoint that speaks; another status. */
    t.answer.fields = OXC_HTTP_FIELD_CONTENT_TYPE;
    t.answer.mapi_content = t.answer.has_response_code = false;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    t.answer.fields = OXC_HTTP_FIELD_OWN;
    t.answer.status = 500;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    expect_none(&w);
    /* What the request lacked. */
    t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    t.request.fields &= ~(unsigned)OXC_HTTP_FIELD_REQUEST_ID;
    t.answer.fields &= ~(unsigned)OXC_HTTP_FIELD_REQUEST_ID;
    t.request.request_id = t.answer.request_id = 0;
    send_talk(&w, &t);
    expect(&w, answer_talk(&w, &t), "");
}

static void request_id_not_echoed(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);

    (void)state;
    t.answer.request_id++;
    t.answer.status = 500;
    send_talk(&w, &t);
    expect_only(&w, answer_talk(&w, &t), "request-id-not-echoed");
}

static void request_id_not_echoed_near(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);

    (void)state;
    t.answer.request_id++;
    t.answer.status = 401;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    t.answer.request_id = 0;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    expect_none(&w);
}

static void request_id_reused(void **state)
{
    talk one = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    talk two = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    uint32_t body;

    (void)state;
    two.request.request_id = two.answer.request_id = one.request.request_id;
    send_talk(&w, &one);
    answer_talk(&w, &one);
    /* On the frame in which the body becomes whole. */
    send_head(&w, &two);
    body = send_body(&w, &two);
    expect_only(&w, body, "request-id-reused");
    assert_int_equal(finding_of(&w, body).frames[0], one.frame);
    answer_talk(&w, &two);
    /* The same bytes, a second after the answer. */
    pass(&w, 2 * SECOND);
    one.request.call = one.answer.call = http_calls++;
    expect(&w, send_talk(&w, &one), "request-id-reused");
}

static void request_id_reused_near(void **state)
{
    talk one = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    talk copy = one;

    (void)state;
    copy.request.connection = copy.answer.connection = OTHER;
    copy.request.call = copy.answer.call = http_calls++;
    /* Both sides of a proxy. */
    send_talk(&w, &one);
    send_talk(&w, &copy);
    answer_talk(&w, &copy);
    answer_talk(&w, &one);
    /* Sent again after the connection ended. */
    one = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    send_talk(&w, &one);
    http_end(&w, FIRST, false, true);
    pass(&w, 2 * SECOND);
    one.request.connection = one.answer.connection = OTHER;
    one.request.call = one.answer.call = http_calls++;
    send_talk(&w, &one);
    answer_talk(&w, &one);
    expect_none(&w);
}

static void retry_on_lost_context(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);

    (void)state;
    t.answer.response_code = 10;
    t.answer.mapi_content = false;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    pass(&w, 2 * SECOND);
    expect_only(&w, exchange(&w, FIRST, OXC_HTTP_TYPE_PING, CTX, SEQ), "retry-on-lost-context");
    /* The PING was accepted. */
    pass(&w, 2 * SECOND);
    expect(&w, http_execute(&w, FIRST, CTX, SEQ, SEQ2), "");
}

static void retry_on_lost_context_near(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);

    (void)state;
    t.answer.response_code = 10;
    t.answer.mapi_content = false;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    t.answer.response_code = 10;
    t.answer.mapi_content = false;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    pass(&w, 2 * SECOND);
    t = prepare(FIRST, OXC_HTTP_TYPE_CONNECT, CTX, SEQ);
    t.answer.cookies.context.value = CTX2;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    /* 2 is not Exchange's number for it. */
    t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX2, SEQ);
    t.answer.response_code = 2;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    pass(&w, 2 * SECOND);
    http_execute(&w, FIRST, CTX2, SEQ, SEQ2);
    expect_none(&w);
}

static void retry_on_lost_context_of_gromox(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);

    (void)state;
    t.answer.response_code = 2;
    t.answer.mapi_content = false;
    t.request.product = t.answer.product = OXC_HTTP_PRODUCT_GROMOX;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    pass(&w, 2 * SECOND);
    expect_only(&w, http_execute(&w, FIRST, CTX, SEQ, SEQ2), "retry-on-lost-context");
}

static void lose(uint64_t context)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, context, SEQ2);

    t.answer.response_code = 10;
    t.answer.mapi_content = false;
    send_talk(&w, &t);
    answer_talk(&w, &t);
}

static void context_lost(void **state)
{
    (void)state;
    start();
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    pass(&w, 600 * SECOND);
    lose(CTX);
    expect_only(&w, w.frame, "context-lost");
    /* Once. */
    lose(CTX);
    expect(&w, w.frame, "");
}

static void context_lost_near(void **state)
{
    (void)state;
    start();
    /* How long it was idle is not known. */
    lose(CTX);
    expect_none(&w);
    http_connect(&w, FIRST, CTX2, SEQ);
    http_execute(&w, FIRST, CTX2, SEQ, SEQ2);
    exchange(&w, FIRST, OXC_HTTP_TYPE_DISCONNECT, CTX2, SEQ2);
    lose(CTX2);
    expect_none(&w);
}

static void context_lost_lifted(void **state)
{
    (void)state;
    start();
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    http_gap(&w, FIRST, true);
    lose(CTX);
    expect_none(&w);
}

static void context_lost_late(void **state)
{
    (void)state;
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    lose(CTX);
    expect_none(&w);
}

static void session_expired(void **state)
{
    (void)state;
    start();
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    pass(&w, 901 * SECOND);
    expect_only(&w, http_execute(&w, FIRST, CTX, SEQ2, SEQ2), "session-expired");
}

static void session_expired_near(void **state)
{
    talk t;

    (void)state;
    start();
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    pass(&w, 899 * SECOND);
    exchange(&w, FIRST, OXC_HTTP_TYPE_PING, CTX, SEQ2);
    /* A wait was outstanding. */
    t = http_wait(&w, OTHER, CTX, SEQ2);
    answer_head(&w, &t);
    t.answer.has_pending_period = false;
    for (int i = 0; i < 100; i++) {
        pass(&w, 20 * SECOND);
        answer_pending(&w, &t);
    }
    http_execute(&w, FIRST, CTX, SEQ2, SEQ2);
    expect_nowhere("session-expired");
}

static void session_expired_lifted(void **state)
{
    (void)state;
    start();
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    pass(&w, 800 * SECOND);
    http_gap(&w, FIRST, true);
    pass(&w, 101 * SECOND);
    http_execute(&w, FIRST, CTX, SEQ2, SEQ2);
    expect_none(&w);
}

static void session_expired_late(void **state)
{
    (void)state;
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    pass(&w, (310 + 901) * SECOND);
    expect_only(&w, http_execute(&w, FIRST, CTX, SEQ2, SEQ2), "session-expired");
}

/* A wait from before the capture may have been out for five minutes of that. */
static void session_expired_late_near(void **state)
{
    (void)state;
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    pass(&w, (310 + 899) * SECOND);
    expect_only(&w, http_execute(&w, FIRST, CTX, SEQ2, SEQ2), "");
}

/* The head of an answer counts that was cut. */
static void session_expired_by_head(void **state)
{
    talk t;

    (void)state;
    start();
    t = http_wait(&w, OTHER, CTX, SEQ);
    t.answer.expiration = 300000;
    answer_head(&w, &t);
    http_end(&w, OTHER, false, true);
    pass(&w, 301 * SECOND);
    expect_only(&w, http_execute(&w, FIRST, CTX, SEQ, SEQ2), "session-expired response-cut");
}

/* A request is missing on another connection, and its answer may have come at any time. */
static void session_expired_hidden(void **state)
{
    (void)state;
    start();
    http_execute(&w, OTHER, CTX, SEQ, SEQ2);
    http_gap(&w, OTHER, true);
    http_execute(&w, FIRST, CTX, SEQ2, SEQ2);
    pass(&w, 901 * SECOND);
    http_execute(&w, FIRST, CTX, SEQ2, SEQ2);
    expect_none(&w);
    /* That connection is over. */
    http_end(&w, OTHER, false, true);
    http_execute(&w, FIRST, CTX, SEQ2, SEQ2);
    pass(&w, 901 * SECOND);
    expect_only(&w, http_execute(&w, FIRST, CTX, SEQ2, SEQ2), "session-expired");
}

static uint32_t begin_after(int64_t time, bool has_due_time)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);

    send_talk(&w, &t);
    t.answer.type = OXC_HTTP_RESPONSE_BEGIN;
    t.answer.has_due_time = has_due_time;
    t.answer.due_time = w.time;
    pass(&w, time);
    return http_send(&w, &t.answer);
}

static void response_not_immediate(void **state)
{
    (void)state;
    expect_only(&w, begin_after(11 * SECOND, true), "response-not-immediate");
}

static void response_not_immediate_near(void **state)
{
    (void)state;
    begin_after(9 * SECOND, true);
    http_end(&w, FIRST, true, true);
    expect_none(&w);
    assert_false(has_rule(begin_after(11 * SECOND, false), "response-not-immediate"));
}

static void keepalive_overdue(void **state)
{
    talk t;

    (void)state;
    start();
    t = http_wait(&w, OTHER, CTX, SEQ);
    answer_head(&w, &t);
    pass(&w, 41 * SECOND);
    expect_only(&w, answer_pending(&w, &t), "keepalive-overdue");
    pass(&w, 41 * SECOND);
    expect(&w, answer_pending(&w, &t), "keepalive-overdue");
}

static void keepalive_overdue_near(void **state)
{
    talk t;

    (void)state;
    start();
    t = http_wait(&w, OTHER, CTX, SEQ);
    answer_head(&w, &t);
    pass(&w, 38 * SECOND);
    answer_pending(&w, &t);
    pass(&w, 120 * SECOND);
    http_gap(&w, OTHER, false);
    answer_pending(&w, &t);
    t = http_wait(&w, 3, CTX2, SEQ);
    t.answer.has_pending_period = false;
    answer_head(&w, &t);
    pass(&w, 120 * SECOND);
    answer_pending(&w, &t);
    expect_nowhere("keepalive-overdue");
}

static void response_cut(void **state)
{
    talk t;

    (void)state;
    start();
    t = http_wait(&w, OTHER, CTX, SEQ);
    answer_head(&w, &t);
    pass(&w, 60 * SECOND);
    http_end(&w, OTHER, false, true);
    expect_only(&w, http_execute(&w, FIRST, CTX, SEQ, SEQ2), "response-cut");
    assert_int_equal(finding_of(&w, w.frame - 1).frames[0], t.frame);
    assert_int_equal(finding_of(&w, w.frame - 1).closed_by, OXC_SIDE_SERVER);
    assert_int_equal(finding_of(&w, w.frame - 1).closed_how, OXC_CLOSE_RST);
    expect(&w, http_execute(&w, FIRST, CTX, SEQ2, SEQ3), "");
}

static void response_cut_near(void **state)
{
    talk t;

    (void)state;
    start();
    /* Answered, then closed; bytes are missing. */
    t = http_wait(&w, OTHER, CTX, SEQ);
    answer_talk(&w, &t);
    http_end(&w, OTHER, false, true);
    t = http_wait(&w, 3, CTX, SEQ);
    http_gap(&w, 3, false);
    http_end(&w, 3, false, true);
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    expect_nowhere("response-cut");
}

/* The client has closed its side, and gets its answer all the same. */
static void response_cut_mended(void **state)
{
    talk t;

    (void)state;
    start();
    t = http_wait(&w, OTHER, CTX, SEQ);
    http_end(&w, OTHER, true, false);
    answer_talk(&w, &t);
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    expect_none(&w);
}

/* None, and one of fifty days. */
static void keepalive_overdue_odd_period(void **state)
{
    static const uint32_t periods[] = {0, UINT32_MAX};

    (void)state;
    start();
    for (size_t i = 0; i < G_N_ELEMENTS(periods); i++) {
        talk t = http_wait(&w, OTHER, CTX, SEQ);

        t.answer.pending_period = periods[i];
        answer_head(&w, &t);
        pass(&w, 3600 * SECOND);
        answer_pending(&w, &t);
        answer_end(&w, &t);
        expect_nowhere("keepalive-overdue");
    }
}

/* Frames of merged captures, and of clocks that are set, come in any order of times. */
static void time_goes_back(void **state)
{
    talk t;

    (void)state;
    w.time = 0;
    start();
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    w.time -= 3600 * SECOND;
    http_execute(&w, FIRST, CTX, SEQ2, SEQ3);
    t = http_wait(&w, OTHER, CTX, SEQ3);
    w.time -= 3600 * SECOND;
    answer_head(&w, &t);
    w.time -= 3600 * SECOND;
    answer_pending(&w, &t);
    w.time -= 3600 * SECOND;
    answer_end(&w, &t);
    expect_none(&w);
}

/* A FIN is no piece of the answer that it cuts. */
static void keepalive_overdue_fin(void **state)
{
    oxc_http_event part;
    talk t;

    (void)state;
    start();
    t = http_wait(&w, OTHER, CTX, SEQ);
    answer_head(&w, &t);
    pass(&w, 41 * SECOND);
    part = t.answer;
    part.type = OXC_HTTP_RESPONSE_END;
    part.closed_early = true;
    part.stream_done = false;
    part.body = OXC_HTTP_BODY_NONE;
    http_send(&w, &part);
    http_end(&w, OTHER, false, false);
    expect_none(&w);
}

/* Its answer asks for credentials. */
static void refuse(talk *t)
{
    t->answer.status = 401;
    t->answer.mapi_content = t->answer.has_response_code = false;
    t->answer.fields = 0;
}

static uint32_t leg(const talk *like, bool empty)
{
    talk t = *like;

    t.request.call = t.answer.call = http_calls++;
    t.request.leg = empty;
    refuse(&t);
    send_talk(&w, &t);
    return answer_talk(&w, &t);
}

static void auth_rejected_repeatedly(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);

    (void)state;
    for (int i = 0; i < 3; i++)
        leg(&t, i != 0);
    expect_none(&w);
    expect_only(&w, leg(&t, true), "auth-rejected-repeatedly");
    expect(&w, leg(&t, true), "");
}

static void auth_rejected_repeatedly_near(void **state)
{
    (void)state;
    start();
    /* Legs are no calls: no overlap, no reuse of the id, no loop. */
    for (int i = 0; i < 20; i++) {
        talk t = prepare(OTHER, OXC_HTTP_TYPE_NOTIFICATION_WAIT, CTX, SEQ);

        leg(&t, true);
        leg(&t, true);
        t.request.call = t.answer.call = http_calls++;
        send_talk(&w, &t);
        pass(&w, 300 * SECOND);
        t.answer.has_pending_period = false;
        answer_talk(&w, &t);
    }
    expect_none(&w);
}

static void leg_leaves_no_trace(void **state)
{
    talk one, two;

    (void)state;
    start();
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    /* An Execute with a body, refused; the same bytes and id again, then another beside it. */
    one = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ2);
    leg(&one, false);
    pass(&w, 2 * SECOND);
    one.request.call = one.answer.call = http_calls++;
    send_talk(&w, &one);
    answer_talk(&w, &one);
    two = prepare(OTHER, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ2);
    send_talk(&w, &two);
    expect_none(&w);
}

/* Nor does it overlap with what was outstanding, and the latest one that is none does. */
static void leg_overlaps_with_none(void **state)
{
    (void)state;
    for (unsigned legs = 1; legs <= 2; legs++) {
        for (unsigned real = 0; real < 2; real++) {
            talk one, two;
            talk refused[2];

            start();
            one = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
            two = prepare(OTHER, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
            send_talk(&w, &one);
            if (real != 0)
                send_talk(&w, &two);
            for (unsigned i = 0; i < legs; i++) {
                refused[i] = prepare(OTHER + 1 + i, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
                refuse(&refused[i]);
                send_talk(&w, &refused[i]);
            }
            for (unsigned i = 0; i < legs; i++)
                answer_talk(&w, &refused[i]);
            answer_talk(&w, &one);
            if (real != 0)
                assert_int_equal(finding_of(&w, w.frame).frames[1], two.frame);
            else
                expect(&w, w.frame, "");
        }
    }
}

static void lose_behind_leg(oxc_http_request_type type)
{
    talk t;

    start();
    http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    t = prepare(OTHER, type, CTX, SEQ2);
    refuse(&t);
    send_talk(&w, &t);
    answer_talk(&w, &t);
    pass(&w, 60 * SECOND);
    lose(CTX);
    expect_only(&w, w.frame, "context-lost");
}

static void leg_of_connect_ends_no_session(void **state)
{
    (void)state;
    lose_behind_leg(OXC_HTTP_TYPE_CONNECT);
}

static void leg_of_disconnect_ends_no_session(void **state)
{
    (void)state;
    lose_behind_leg(OXC_HTTP_TYPE_DISCONNECT);
}

static void leg_answered_after_all(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_CONNECT, 0, 0);

    (void)state;
    t.request.leg = true;
    t.answer.cookies.present = true;
    t.answer.cookies.context.value = CTX;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    exchange(&w, FIRST, OXC_HTTP_TYPE_DISCONNECT, CTX, 0);
    pass(&w, 2 * SECOND);
    expect_only(&w, http_execute(&w, FIRST, CTX, SEQ, SEQ), "request-after-disconnect");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(wait_without_cookie),
        TEST(wait_without_cookie_near),
        TEST(wait_without_cookie_late),
        TEST(request_without_cookie),
        TEST(request_without_cookie_near),
        TEST(request_after_disconnect),
        TEST(request_after_disconnect_near),
        TEST(request_after_disconnect_lifted),
        TEST(request_after_disconnect_late),
        TEST(request_overlap),
        TEST(request_overlap_same_connection),
        TEST(request_overlap_near),
        TEST(request_overlap_lifted),
        TEST(request_overlap_late),
        TEST(sequence_cookie_stale),
        TEST(sequence_cookie_stale_near),
        TEST(sequence_cookie_stale_late),
        TEST(context_not_set),
        TEST(context_not_set_near),
        TEST(cookie_reused),
        TEST(cookie_reused_near),
        TEST(cookie_reused_lifted),
        TEST(cookie_reused_late),
        TEST(event_pending_invalid),
        TEST(event_pending_invalid_near),
        TEST(stream_invalid),
        TEST(stream_invalid_near),
        TEST(request_header_missing),
        TEST(request_header_missing_near),
        TEST(response_header_missing),
        TEST(response_header_missing_near),
        TEST(request_id_not_echoed),
        TEST(request_id_not_echoed_near),
        TEST(request_id_reused),
        TEST(request_id_reused_near),
        TEST(retry_on_lost_context),
        TEST(retry_on_lost_context_near),
        TEST(retry_on_lost_context_of_gromox),
        TEST(context_lost),
        TEST(context_lost_near),
        TEST(context_lost_lifted),
        TEST(context_lost_late),
        TEST(session_expired),
        TEST(session_expired_near),
        TEST(session_expired_lifted),
        TEST(session_expired_late),
        TEST(session_expired_late_near),
        TEST(session_expired_by_head),
        TEST(session_expired_hidden),
        TEST(response_not_immediate),
        TEST(response_not_immediate_near),
        TEST(keepalive_overdue),
        TEST(keepalive_overdue_near),
        TEST(response_cut),
        TEST(response_cut_near),
        TEST(response_cut_mended),
        TEST(keepalive_overdue_odd_period),
        TEST(keepalive_overdue_fin),
        TEST(time_goes_back),
        TEST(auth_rejected_repeatedly),
        TEST(auth_rejected_repeatedly_near),
        TEST(leg_leaves_no_trace),
        TEST(leg_overlaps_with_none),
        TEST(leg_of_connect_ends_no_session),
        TEST(leg_of_disconnect_ends_no_session),
        TEST(leg_answered_after_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
