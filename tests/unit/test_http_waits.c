/* test_http_waits.c
 * NotificationWait: links, outcomes, and the rules that are those of EcDoAsyncWaitEx
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_world.h"

/* The answer to a wait, with what its body says. */
static uint32_t end_wait(talk *t, uint32_t error_code, uint32_t event_pending)
{
    t->answer.error_code = error_code;
    t->answer.event_pending = event_pending;
    return answer_talk(&w, t);
}

static void wait_and_notify(uint32_t connection)
{
    talk t = http_wait(&w, connection, CTX, SEQ);

    end_wait(&t, 0, 1);
}

static void links(void **state)
{
    uint32_t connect = start(), execute;
    talk one, two;
    oxc_view view;

    (void)state;
    one = http_wait(&w, OTHER, CTX, SEQ);
    answer_head(&w, &one);
    pass(&w, 20 * SECOND);
    answer_pending(&w, &one);
    one.answer.event_pending = 1;
    answer_end(&w, &one);
    execute = http_execute(&w, FIRST, CTX, SEQ, SEQ2);
    two = http_wait(&w, OTHER, CTX, SEQ2);

    view = view_of(&w, connect);
    assert_int_equal(view.session, 0);
    assert_int_equal(view.context, 0);
    assert_int_equal(view_of(&w, connect - 1).session, 0);
    view = view_of(&w, one.frame);
    assert_int_equal(view.kind, OXC_KIND_WAIT);
    assert_int_equal(view.type, OXC_EVENT_REQUEST);
    assert_int_equal(view.session, 0);
    assert_int_equal(view.context, 0);
    assert_int_equal(view.wait, 1);
    assert_int_equal(view.connect_frame, connect);
    assert_int_equal(view.next_wait_frame, two.frame);
    view = view_of(&w, execute - 1);
    assert_int_equal(view.type, OXC_EVENT_RESPONSE);
    assert_int_equal(view.outcome, OXC_OUTCOME_NOTIFICATION);
    assert_int_equal(view.request_frame, one.frame);
    assert_int_equal(view.wait, 1);
    assert_true(view.has_wait_time);
    assert_int_equal(view.wait_time, 20 * SECOND + 30 * MILLISECOND);
    assert_int_equal(view.fetch_frame, execute);
    assert_int_equal(view_of(&w, execute).session, 0);
    assert_int_equal(view_of(&w, two.frame).wait, 2);
    assert_int_equal(view_of(&w, two.frame).previous_wait_frame, one.frame);
    expect_none(&w);
}

static void delivery_and_registration(void **state)
{
    static const uint32_t handles[] = {77};
    talk t;
    uint32_t registered, waited;
    oxc_view view;

    (void)state;
    start();
    t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    t.answer.rops.registered = handles;
    t.answer.rops.registered_count = 1;
    send_talk(&w, &t);
    registered = answer_talk(&w, &t);
    wait_and_notify(OTHER);
    waited = w.frame;
    pass(&w, SECOND);
    t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    t.answer.rops.notified = handles;
    t.answer.rops.notified_count = 1;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    assert_int_equal(view_of(&w, waited).delivered_frame, w.frame);
    view = view_of(&w, w.frame);
    assert_true(view.has_delivery_time);
    assert_int_equal(view.delivery_time, SECOND + 20 * MILLISECOND);
    assert_int_equal(registered_count(&w, w.frame), 1);
    assert_int_equal(registered_in(&w, w.frame, 0), registered);
}

static oxc_outcome outcome_with(talk *t)
{
    send_talk(&w, t);
    assert_int_equal(wait_of(&w, t->frame).end.record, OXC_NONE);
    answer_talk(&w, t);
    expect_end(&w, t->frame, w.frame);
    return view_of(&w, w.frame).outcome;
}

static talk new_wait(void)
{
    return prepare(OTHER, OXC_HTTP_TYPE_NOTIFICATION_WAIT, CTX, SEQ);
}

static void outcomes(void **state)
{
    talk t;

    (void)state;
    start();
    t = new_wait();
    assert_int_equal(outcome_with(&t), OXC_OUTCOME_NO_EVENT);
    t = new_wait();
    t.answer.event_pending = 1;
    assert_int_equal(outcome_with(&t), OXC_OUTCOME_NOTIFICATION);
    t = new_wait();
    t.answer.error_code = REJECTED;
    assert_int_equal(outcome_with(&t), OXC_OUTCOME_REJECTED);
    t = new_wait();
    t.answer.error_code = EXITING;
    assert_int_equal(outcome_with(&t), OXC_OUTCOME_EXITING);
    t = new_wait();
    t.answer.event_pending = 5;
    assert_int_equal(outcome_with(&t), OXC_OUTCOME_OTHER_ERROR);
    t = new_wait();
    t.answer.status_code = 0x6BB;
    t.answer.has_error_code = t.answer.has_event_pending = false;
    assert_int_equal(outcome_with(&t), OXC_OUTCOME_OTHER_ERROR);
    t = new_wait();
    t.answer.status = 503;
    t.answer.has_response_code = t.answer.mapi_content = false;
    t.answer.fields = 0;
    assert_int_equal(outcome_with(&t), OXC_OUTCOME_OTHER_ERROR);
    t = new_wait();
    t.answer.response_code = 10;
    assert_int_equal(outcome_with(&t), OXC_OUTCOME_OTHER_ERROR);
}

static void refused_sequence(void **state)
{
    talk t, execute;

    (void)state;
    start();
    /* Only if another call was outstanding it is Rejected. */
    t = new_wait();
    t.answer.response_code = 15;
    assert_int_equal(outcome_with(&t), OXC_OUTCOME_OTHER_ERROR);
    execute = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    send_talk(&w, &execute);
    t = new_wait();
    t.answer.response_code = 15;
    assert_int_equal(outcome_with(&t), OXC_OUTCOME_REJECTED);
    t = new_wait();
    t.answer.response_code = 7;
    assert_int_equal(outcome_with(&t), OXC_OUTCOME_OTHER_ERROR);
    t = new_wait();
    t.answer.response_code = 7;
    t.request.product = t.answer.product = OXC_HTTP_PRODUCT_GROMOX;
    assert_int_equal(outcome_with(&t), OXC_OUTCOME_REJECTED);
}

/* A 401 shows that what looked like a wait was an authentication leg. */
static void leg_is_no_wait(void **state)
{
    talk t;
    oxc_wait wait;

    (void)state;
    start();
    t = new_wait();
    send_talk(&w, &t);
    assert_int_equal(wait_of(&w, t.frame).ordinal, 1);
    t.answer.status = 401;
    answer_talk(&w, &t);
    assert_false(oxc_tracker_wait(w.tracker, view_of(&w, t.frame).record, &wait));
    t = new_wait();
    send_talk(&w, &t);
    assert_int_equal(wait_of(&w, t.frame).ordinal, 1);
}

/* A request with the X-RequestId of an outstanding one is judged at its body, and nothing of that
 * is said on what came in between. */
static void judged_at_its_body(void **state)
{
    talk execute, late, between;
    uint32_t body;

    (void)state;
    start();
    http_connect(&w, THIRD, CTX2, SEQ2);
    exchange(&w, FIRST, OXC_HTTP_TYPE_DISCONNECT, CTX, SEQ);
    pass(&w, 5 * SECOND);
    execute = prepare(THIRD, OXC_HTTP_TYPE_EXECUTE, CTX2, SEQ2);
    send_talk(&w, &execute);
    late = new_wait();
    late.request.request_id = execute.request.request_id;
    send_head(&w, &late);
    between = prepare(4, OXC_HTTP_TYPE_EXECUTE, CTX2, SEQ2);
    send_talk(&w, &between);
    body = send_body(&w, &late);
    assert_true(has_rule(body, "wait-after-disconnect"));
    assert_false(has_rule(between.frame, "wait-after-disconnect"));
}

static void closed_and_dropped(void **state)
{
    talk t;
    oxc_wait wait;
    uint32_t sent_in;

    (void)state;
    start();
    t = new_wait();
    send_talk(&w, &t);
    answer_head(&w, &t);
    http_end(&w, OTHER, false, true);
    sent_in = t.frame;
    wait = wait_of(&w, sent_in);
    assert_true(wait.closed);
    assert_int_equal(wait.close.kind, OXC_CLOSE_RST);
    assert_int_equal(wait.connection, OXC_NONE);
    t = http_wait(&w, THIRD, CTX, SEQ);
    assert_int_equal(view_of(&w, t.frame).outcome, OXC_OUTCOME_CLOSED);
    expect_end(&w, sent_in, t.frame);
    expect(&w, t.frame, "response-cut");
    sent_in = t.frame;
    answer_head(&w, &t);
    /* X-PendingPeriod is 30 s, the grace 10 s. */
    pass(&w, 41 * SECOND);
    t = http_wait(&w, 4, CTX, SEQ);
    assert_int_equal(view_of(&w, t.frame).outcome, OXC_OUTCOME_DROPPED);
    expect_end(&w, sent_in, t.frame);
    expect(&w, t.frame, "wait-dropped");
}

static void dropped_near(void **state)
{
    talk t;

    (void)state;
    start();
    t = new_wait();
    send_talk(&w, &t);
    answer_head(&w, &t);
    pass(&w, 39 * SECOND);
    t = http_wait(&w, THIRD, CTX, SEQ);
    expect(&w, t.frame, "wait-overlap-suspected");
    /* Without X-PendingPeriod: five minutes. */
    t = http_wait(&w, 4, CTX2, SEQ);
    t.answer.has_pending_period = false;
    answer_head(&w, &t);
    pass(&w, 200 * SECOND);
    t = http_wait(&w, 5, CTX2, SEQ);
    expect(&w, t.frame, "wait-overlap-suspected");
}

static void overlap(void **state)
{
    talk one, two;

    (void)state;
    start();
    one = http_wait(&w, OTHER, CTX, SEQ);
    two = http_wait(&w, THIRD, CTX, SEQ);
    expect(&w, two.frame, "wait-overlap-suspected");
    expect(&w, end_wait(&one, 0, 1), "wait-overlap");
    assert_int_equal(finding_of(&w, w.frame).frames[1], two.frame);
    expect(&w, end_wait(&two, 0, 1), "overlap-not-rejected");
}

static void overlap_same_connection(void **state)
{
    (void)state;
    start();
    http_wait(&w, OTHER, CTX, SEQ);
    expect_only(&w, http_wait(&w, OTHER, CTX, SEQ).frame, "wait-overlap");
}

/* The answer to the second wait is missing: it may have been a 401. */
static void overlap_with_a_leg(void **state)
{
    talk one, two;

    (void)state;
    start();
    one = http_wait(&w, OTHER, CTX, SEQ);
    two = http_wait(&w, THIRD, CTX, SEQ);
    (void)two;
    http_gap(&w, THIRD, false);
    end_wait(&one, 0, 1);
    expect_nowhere("wait-overlap");
}

static void overlap_near(void **state)
{
    talk one, copy;

    (void)state;
    start();
    http_connect(&w, FIRST, CTX2, SEQ);
    one = http_wait(&w, OTHER, CTX, SEQ);
    /* Another session, five Executes, the same request again. */
    http_wait(&w, THIRD, CTX2, SEQ);
    for (int i = 0; i < 5; i++)
        http_execute(&w, FIRST, CTX, SEQ, SEQ);
    copy = one;
    copy.request.connection = copy.answer.connection = 4;
    copy.request.call = copy.answer.call = http_calls++;
    send_talk(&w, &copy);
    assert_true(view_of(&w, copy.frame).repeated);
    assert_int_equal(view_of(&w, copy.frame).session, 0);
    assert_int_equal(view_of(&w, copy.frame).wait, 1);
    end_wait(&copy, 0, 1);
    assert_true(view_of(&w, w.frame).repeated);
    end_wait(&one, 0, 1);
    http_execute(&w, FIRST, CTX, SEQ, SEQ);
    expect_none(&w);
}

static void overlap_late(void **state)
{
    talk one = http_wait(&w, OTHER, CTX, SEQ);

    (void)state;
    expect(&w, one.frame, "wait-handle-unknown");
    expect(&w, http_wait(&w, OTHER, CTX, SEQ).frame, "wait-overlap");
}

static void after_disconnect(void **state)
{
    uint32_t end;

    (void)state;
    start();
    end = exchange(&w, FIRST, OXC_HTTP_TYPE_DISCONNECT, CTX, SEQ) + 1;
    expect(&w, http_wait(&w, OTHER, CTX, SEQ).frame, "wait-races-disconnect");
    pass(&w, 2 * SECOND);
    expect(&w, http_wait(&w, OTHER, CTX2, SEQ).frame, "wait-handle-unknown");
    http_end(&w, OTHER, true, true);
    expect(&w, http_wait(&w, THIRD, CTX, SEQ).frame, "wait-after-disconnect response-cut");
    assert_int_equal(view_of(&w, w.frame).findings[0].frames[0], end);
}

static void after_reconnect(void **state)
{
    talk t;

    (void)state;
    start();
    /* The same cookie again: the wait is of the next generation. */
    t = prepare(FIRST, OXC_HTTP_TYPE_CONNECT, CTX, SEQ);
    send_talk(&w, &t);
    answer_talk(&w, &t);
    pass(&w, 2 * SECOND);
    t = http_wait(&w, OTHER, CTX, SEQ);
    assert_int_equal(view_of(&w, t.frame).session, 1);
    assert_int_equal(view_of(&w, t.frame).wait, 1);
    end_wait(&t, 0, 1);
    http_execute(&w, FIRST, CTX, SEQ, SEQ);
    expect_none(&w);
    /* Another cookie: the old one is over. */
    t = prepare(FIRST, OXC_HTTP_TYPE_CONNECT, CTX, SEQ);
    t.answer.cookies.context.value = CTX2;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    pass(&w, 3 * SECOND);
    expect(&w, http_wait(&w, OTHER, CTX, SEQ).frame, "wait-after-disconnect");
    t = http_wait(&w, THIRD, CTX2, SEQ);
    expect(&w, t.frame, "");
    assert_int_equal(view_of(&w, t.frame).session, 2);
}

static void pending_over_reconnect(void **state)
{
    talk wait, t;

    (void)state;
    start();
    wait = http_wait(&w, OTHER, CTX, SEQ);
    t = prepare(FIRST, OXC_HTTP_TYPE_CONNECT, CTX, SEQ);
    send_talk(&w, &t);
    answer_talk(&w, &t);
    /* No event, and early: a Connect with the cookie had been sent. */
    end_wait(&wait, 0, 0);
    assert_int_equal(view_of(&w, w.frame).session, 0);
    assert_int_equal(view_of(&w, http_wait(&w, OTHER, CTX, SEQ).frame).session, 1);
    expect_none(&w);
}

static void after_disconnect_lifted(void **state)
{
    (void)state;
    start();
    exchange(&w, FIRST, OXC_HTTP_TYPE_DISCONNECT, CTX, SEQ);
    http_gap(&w, FIRST, true);
    pass(&w, 2 * SECOND);
    expect(&w, http_wait(&w, OTHER, CTX, SEQ).frame, "");
}

static void busy_loop(void **state)
{
    (void)state;
    start();
    wait_and_notify(OTHER);
    wait_and_notify(OTHER);
    wait_and_notify(OTHER);
    expect_only(&w, w.frame, "wait-busy-loop");
}

static void busy_loop_near(void **state)
{
    (void)state;
    start();
    wait_and_notify(OTHER);
    http_execute(&w, FIRST, CTX, SEQ, SEQ);
    wait_and_notify(OTHER);
    wait_and_notify(OTHER);
    pass(&w, 2 * SECOND);
    wait_and_notify(OTHER);
    expect_none(&w);
}

static void not_fetched(void **state)
{
    uint32_t frame;

    (void)state;
    start();
    wait_and_notify(OTHER);
    frame = w.frame;
    pass(&w, 11 * SECOND);
    wait_and_notify(OTHER);
    expect_only(&w, w.frame, "notification-not-fetched");
    assert_int_equal(finding_of(&w, w.frame).frames[0], frame);
    pass(&w, 11 * SECOND);
    expect(&w, exchange(&w, FIRST, OXC_HTTP_TYPE_DISCONNECT, CTX, SEQ), "notification-not-fetched");
}

static void not_fetched_near(void **state)
{
    talk execute;

    (void)state;
    start();
    /* In flight when the event came; then one whose connection ended fetches nothing. */
    execute = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    send_talk(&w, &execute);
    wait_and_notify(OTHER);
    assert_int_equal(view_of(&w, w.frame).fetch_frame, execute.frame);
    answer_talk(&w, &execute);
    pass(&w, 11 * SECOND);
    wait_and_notify(OTHER);
    expect_none(&w);
}

static void not_fetched_lifted(void **state)
{
    (void)state;
    start();
    wait_and_notify(OTHER);
    http_gap(&w, FIRST, true);
    pass(&w, 11 * SECOND);
    wait_and_notify(OTHER);
    expect_none(&w);
}

static void not_fetched_by_a_leg(void **state)
{
    talk t;
    uint32_t frame;

    (void)state;
    start();
    wait_and_notify(OTHER);
    frame = w.frame;
    t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    send_talk(&w, &t);
    assert_int_equal(view_of(&w, frame).fetch_frame, t.frame);
    t.answer.status = 401;
    t.answer.fields = 0;
    answer_talk(&w, &t);
    assert_int_equal(view_of(&w, frame).fetch_frame, 0);
    assert_int_equal(view_of(&w, t.frame).session, OXC_NONE);
    pass(&w, 11 * SECOND);
    wait_and_notify(OTHER);
    expect_only(&w, w.frame, "notification-not-fetched");
}

static void wait_of_a_leg(void **state)
{
    talk one, two;

    (void)state;
    start();
    one = http_wait(&w, OTHER, CTX, SEQ);
    end_wait(&one, 0, 1);
    two = prepare(THIRD, OXC_HTTP_TYPE_NOTIFICATION_WAIT, CTX, SEQ);
    send_talk(&w, &two);
    assert_int_equal(view_of(&w, two.frame).wait, 2);
    two.answer.status = 407;
    two.answer.fields = 0;
    answer_talk(&w, &two);
    assert_int_equal(view_of(&w, two.frame).wait, 0);
    assert_int_equal(view_of(&w, one.frame).next_wait_frame, 0);
    two = http_wait(&w, THIRD, CTX, SEQ);
    assert_int_equal(view_of(&w, two.frame).wait, 2);
    assert_int_equal(view_of(&w, two.frame).previous_wait_frame, one.frame);
    expect_none(&w);
}

/* A new connection for each wait, and two legs before it. */
static void legs_are_no_loop(void **state)
{
    (void)state;
    start();
    for (uint32_t round = 0; round < 20; round++) {
        talk wait = prepare(10 + round, OXC_HTTP_TYPE_NOTIFICATION_WAIT, CTX, SEQ);
        talk last = wait;

        for (int leg = 0; leg < 2; leg++) {
            talk refused = wait;

            refused.request.call = refused.answer.call = http_calls++;
            refused.request.leg = true;
            refused.request.body_size = 0;
            refused.answer.status = 401;
            refused.answer.fields = 0;
            send_talk(&w, &refused);
            answer_talk(&w, &refused);
        }
        last.request.call = last.answer.call = http_calls++;
        send_talk(&w, &last);
        assert_int_equal(view_of(&w, last.frame).wait, round + 1);
        pass(&w, 30 * SECOND);
        end_wait(&last, 0, 1);
        exchange(&w, FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
        http_end(&w, 10 + round, true, false);
    }
    expect_nowhere("wait-busy-loop");
    expect_nowhere("wait-overlap");
    expect_nowhere("request-id-reused");
}

static void wait_behind_a_leg(void **state)
{
    talk leg, next;

    (void)state;
    start();
    /* The client closes its side; the next wait says that the one before is over, and then it turns
     * out that there was none. */
    leg = http_wait(&w, OTHER, CTX, SEQ);
    http_end(&w, OTHER, true, false);
    next = http_wait(&w, THIRD, CTX, SEQ);
    assert_int_equal(view_of(&w, next.frame).outcome, OXC_OUTCOME_CLOSED);
    leg.answer.status = 401;
    leg.answer.fields = 0;
    answer_talk(&w, &leg);
    assert_int_equal(view_of(&w, next.frame).outcome, OXC_OUTCOME_NONE);
    assert_false(view_of(&w, next.frame).has_wait_time);
    assert_int_equal(view_of(&w, next.frame).previous_wait_frame, 0);
}

static void flags_in(void **state)
{
    talk t;

    (void)state;
    start();
    t = new_wait();
    t.request.flags = 1;
    send_head(&w, &t);
    expect_only(&w, send_body(&w, &t), "flags-in-nonzero");
    assert_int_equal(finding_of(&w, w.frame).value, 1);
    t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    t.request.flags = 1;
    expect(&w, send_talk(&w, &t), "");
}

static void rop_rules(void **state)
{
    talk t;

    (void)state;
    start();
    t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    t.request.rops.faults = OXC_ROP_NOTIFY_IN_REQUEST;
    expect(&w, send_talk(&w, &t), "rop-notify-in-request");
    t.answer.rops.faults = OXC_ROP_NOTIFY_FLAGS_INVALID;
    t.answer.rops.fault_flags = 0x3000;
    expect(&w, answer_talk(&w, &t), "notify-flags-invalid");
    assert_int_equal(finding_of(&w, w.frame).value, 0x3000);
}

static void rejected(void **state)
{
    talk t;

    (void)state;
    start();
    t = new_wait();
    send_talk(&w, &t);
    expect_only(&w, end_wait(&t, REJECTED, 0), "rejected-without-overlap");
}

static void rejected_near(void **state)
{
    talk one, two;

    (void)state;
    start();
    one = http_wait(&w, OTHER, CTX, SEQ);
    two = http_wait(&w, THIRD, CTX, SEQ);
    expect(&w, end_wait(&two, REJECTED, 0), "");
    end_wait(&one, 0, 1);
    exchange(&w, FIRST, OXC_HTTP_TYPE_DISCONNECT, CTX, SEQ);
}

static void rejected_late(void **state)
{
    talk t = http_wait(&w, OTHER, CTX, SEQ);

    (void)state;
    expect(&w, end_wait(&t, REJECTED, 0), "");
}

static void completed_early(void **state)
{
    talk t;

    (void)state;
    start();
    t = http_wait(&w, OTHER, CTX, SEQ);
    t.answer.has_pending_period = false;
    pass(&w, 200 * SECOND);
    expect_only(&w, end_wait(&t, 0, 0), "wait-completed-early");
}

static void completed_early_near(void **state)
{
    talk t;

    (void)state;
    start();
    t = http_wait(&w, OTHER, CTX, SEQ);
    t.answer.has_pending_period = false;
    pass(&w, 295 * SECOND);
    end_wait(&t, 0, 0);
    t = http_wait(&w, OTHER, CTX, SEQ);
    exchange(&w, FIRST, OXC_HTTP_TYPE_DISCONNECT, CTX, SEQ);
    end_wait(&t, 0, 0);
    expect_none(&w);
}

static void overdue(void **state)
{
    talk t;

    (void)state;
    start();
    t = http_wait(&w, OTHER, CTX, SEQ);
    t.answer.has_pending_period = false;
    answer_head(&w, &t);
    pass(&w, 320 * SECOND);
    expect_only(&w, answer_end(&w, &t), "wait-overdue");
}

static void unanswered(void **state)
{
    talk t;

    (void)state;
    start();
    t = http_wait(&w, OTHER, CTX, SEQ);
    pass(&w, 320 * SECOND);
    expect_only(&w, http_execute(&w, FIRST, CTX, SEQ, SEQ), "wait-unanswered");
    assert_int_equal(finding_of(&w, w.frame - 1).frames[0], t.frame);
}

static void cut_repeatedly(void **state)
{
    talk t;

    (void)state;
    start();
    for (uint32_t i = 0; i < 3; i++) {
        http_wait(&w, 10 + i, CTX, SEQ);
        pass(&w, 60 * SECOND);
        http_end(&w, 10 + i, false, true);
    }
    t = http_wait(&w, 20, CTX, SEQ);
    expect(&w, t.frame, "wait-cut-repeatedly response-cut");
    assert_int_equal(view_of(&w, t.frame).findings[0].closed_how, OXC_CLOSE_RST);
    assert_int_equal(view_of(&w, t.frame).findings[0].closed_by, OXC_SIDE_SERVER);
}

static void not_followed_by_wait(void **state)
{
    talk t;

    (void)state;
    start();
    t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX, SEQ);
    t.request.registers = true;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    expect_only(&w, exchange(&w, FIRST, OXC_HTTP_TYPE_DISCONNECT, CTX, SEQ),
                "connect-not-followed-by-wait");
}

static void not_followed_by_wait_near(void **state)
{
    talk t;

    (void)state;
    start();
    http_execute(&w, FIRST, CTX, SEQ, SEQ);
    exchange(&w, FIRST, OXC_HTTP_TYPE_DISCONNECT, CTX, SEQ);
    /* Late. */
    t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, CTX2, SEQ);
    t.request.registers = true;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    exchange(&w, FIRST, OXC_HTTP_TYPE_DISCONNECT, CTX2, SEQ);
    expect_none(&w);
}

static void handle_unknown(void **state)
{
    talk t;

    (void)state;
    expect_only(&w, http_wait(&w, FIRST, CTX, SEQ).frame, "wait-handle-unknown");
    assert_int_equal(finding_of(&w, w.frame).severity, OXC_SEVERITY_NOTE);
    http_end(&w, FIRST, true, true);
    /* Once a value; a value that was set under another name of the server is explained. */
    expect(&w, http_wait(&w, OTHER, CTX, SEQ).frame, "response-cut");
    http_connect(&w, FIRST, CTX2, SEQ);
    t = new_wait();
    t.request.cookies.context.value = CTX2;
    t.request.server = t.answer.server = SERVER + 1;
    expect(&w, send_talk(&w, &t), "");
    assert_int_equal(view_of(&w, t.frame).session, 2);
}

static void handle_unknown_to_complete_capture(void **state)
{
    (void)state;
    world_tear_down(&w);
    world_set_up(&w, true);
    expect_only(&w, http_wait(&w, FIRST, CTX, SEQ).frame, "wait-without-connect");
}

static void refused_connect(void **state)
{
    talk t = prepare(FIRST, OXC_HTTP_TYPE_CONNECT, 0, 0);

    (void)state;
    t.answer.error_code = 0x3EB;
    t.answer.cookies.present = true;
    t.answer.cookies.context.value = CTX2;
    send_talk(&w, &t);
    answer_talk(&w, &t);
    start();
    http_wait(&w, OTHER, CTX, SEQ);
    expect_only(&w, http_wait(&w, THIRD, CTX2, SEQ).frame, "wait-handle-unknown");
}

static void no_session_for_conflicting_cookies(void **state)
{
    talk t;

    (void)state;
    start();
    t = new_wait();
    t.request.cookies.context = (oxc_http_cookie_value){.conflicting = true};
    send_talk(&w, &t);
    assert_int_equal(view_of(&w, t.frame).session, OXC_NONE);
    answer_talk(&w, &t);
    assert_int_equal(view_of(&w, w.frame).outcome, OXC_OUTCOME_NO_EVENT);
    expect_none(&w);
}

/* Cookies whose names say nothing. */
static void learned_cookies(void **state)
{
    oxc_http_cookie given[] = {{0xA, 0xA1}, {0xB, 0xB1}};
    oxc_http_cookie next[] = {{0xA, 0xA1}, {0xB, 0xB2}};
    talk t = prepare(FIRST, OXC_HTTP_TYPE_CONNECT, 0, 0);
    uint32_t connect;

    (void)state;
    t.answer.cookies = (oxc_http_cookies){.present = true, .others = given, .other_count = 2};
    send_talk(&w, &t);
    connect = answer_talk(&w, &t);
    assert_int_equal(view_of(&w, connect).session, OXC_NONE);
    t = prepare(FIRST, OXC_HTTP_TYPE_EXECUTE, 0, 0);
    t.request.cookies = (oxc_http_cookies){.present = true, .others = given, .other_count = 2};
    t.answer.cookies = (oxc_http_cookies){.present = true, .others = next, .other_count = 2};
    send_talk(&w, &t);
    assert_int_equal(view_of(&w, t.frame).session, OXC_NONE);
    answer_talk(&w, &t);
    t = prepare(OTHER, OXC_HTTP_TYPE_NOTIFICATION_WAIT, 0, 0);
    t.request.cookies = t.answer.cookies =
        (oxc_http_cookies){.present = true, .others = next, .other_count = 2};
    send_talk(&w, &t);
    assert_int_equal(view_of(&w, t.frame).session, 0);
    assert_int_equal(view_of(&w, t.frame).connect_frame, connect);
    expect_none(&w);
    pass(&w, 100 * SECOND);
    /* Its session was opened in the capture: the rules on answers hold. */
    t.answer.has_pending_period = false;
    expect(&w, end_wait(&t, 0, 0), "wait-completed-early");
}

static void memory_of_pendings(void **state)
{
    talk t;
    size_t before;

    (void)state;
    start();
    t = http_wait(&w, OTHER, CTX, SEQ);
    answer_head(&w, &t);
    before = oxc_tracker_memory(w.tracker);
    for (int i = 0; i < 100000; i++)
        answer_pending(&w, &t);
    assert_int_equal(oxc_tracker_memory(w.tracker), before);
}

static void finding_texts(void **state)
{
    GString *text = g_string_new(NULL);
    oxc_finding finding;
    talk t;

    (void)state;
    start();
    http_wait(&w, OTHER, CTX, SEQ);
    pass(&w, 60 * SECOND);
    http_end(&w, OTHER, true, false);
    t = http_wait(&w, THIRD, CTX, SEQ);
    finding = finding_of(&w, t.frame);
    oxc_finding_append_text(text, &finding);
    assert_string_equal(text->str,
                        "The connection of the request of frame 3 ended after 60.010 s by a FIN of "
                        "the client, before its answer was whole [MS-OXCMAPIHTTP] 3.1.5.7");
    g_string_truncate(text, 0);
    finding = finding_of(&w, http_wait(&w, THIRD, CTX, SEQ).frame);
    oxc_finding_append_text(text, &finding);
    assert_string_equal(text->str, "NotificationWait on a session whose wait of frame 5 is still "
                                   "outstanding [MS-OXCMAPIHTTP] 3.2.5.1, [MS-OXCNOTIF] 3.1.5.3");
    assert_string_equal(oxc_finding_requirements(&finding),
                        "MS-OXCMAPIHTTP_R1227 MS-OXCMAPIHTTP_R1228 MS-OXCNOTIF_R308");
    g_string_free(text, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(links),
        TEST(delivery_and_registration),
        TEST(outcomes),
        TEST(refused_sequence),
        TEST(leg_is_no_wait),
        TEST(judged_at_its_body),
        TEST(closed_and_dropped),
        TEST(dropped_near),
        TEST(overlap),
        TEST(overlap_same_connection),
        TEST(overlap_with_a_leg),
        TEST(overlap_near),
        TEST(overlap_late),
        TEST(after_disconnect),
        TEST(after_reconnect),
        TEST(pending_over_reconnect),
        TEST(after_disconnect_lifted),
        TEST(busy_loop),
        TEST(busy_loop_near),
        TEST(not_fetched),
        TEST(not_fetched_near),
        TEST(not_fetched_lifted),
        TEST(not_fetched_by_a_leg),
        TEST(wait_of_a_leg),
        TEST(legs_are_no_loop),
        TEST(wait_behind_a_leg),
        TEST(flags_in),
        TEST(rop_rules),
        TEST(rejected),
        TEST(rejected_near),
        TEST(rejected_late),
        TEST(completed_early),
        TEST(completed_early_near),
        TEST(overdue),
        TEST(unanswered),
        TEST(cut_repeatedly),
        TEST(not_followed_by_wait),
        TEST(not_followed_by_wait_near),
        TEST(handle_unknown),
        TEST(handle_unknown_to_complete_capture),
        TEST(refused_connect),
        TEST(no_session_for_conflicting_cookies),
        TEST(learned_cookies),
        TEST(memory_of_pendings),
        TEST(finding_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
