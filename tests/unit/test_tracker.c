/* test_tracker.c
 * What the tracker knows of calls, waits, handles, fetches and associations
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "siphash.h"
#include "store.h"
#include "world.h"

#define CXH   1
#define ACXH  2
#define CXH2  3
#define ACXH2 4
#define GROUP 7

static world w;

static int set_up(void **state)
{
    (void)state;
    world_set_up(&w, false);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_tear_down(&w);
    return 0;
}

static uint32_t start(void)
{
    uint32_t connection = bound_connection(&w, GROUP);

    open_session(&w, connection, CXH);
    open_context(&w, connection, CXH, ACXH);
    return connection;
}

static void expect_outcome(uint32_t frame, oxc_outcome outcome, int64_t wait_time)
{
    oxc_view view = view_of(&w, frame);

    assert_int_equal(view.outcome, outcome);
    assert_true(view.has_wait_time);
    assert_true(view.wait_time == wait_time);
}

/* The same, and the wait itself says so: by its first end. */
static void expect_end_of(uint32_t request, uint32_t frame, oxc_outcome outcome, int64_t wait_time)
{
    expect_outcome(frame, outcome, wait_time);
    expect_end(&w, request, frame);
}

/* Calls. */

static void nothing_is_known_of_other_places(void **state)
{
    oxc_view view;

    (void)state;
    start();
    assert_false(oxc_tracker_view(w.tracker, 99, 0, &view));
    assert_int_equal(view.session, OXC_NONE);
    assert_int_equal(view.context, OXC_NONE);
    assert_int_equal(view.finding_count, 0);
    /* Binds have no record, nor has a second PDU in a frame of one. */
    assert_false(oxc_tracker_view(w.tracker, 1, 0, &view));
    assert_false(oxc_tracker_view(w.tracker, 3, 1, &view));
    assert_true(oxc_tracker_view(w.tracker, 3, 0, &view));
}

static void numbers_of_a_session(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);
    sent connect = request(&w, connection, OXC_KIND_OPEN, 0);
    uint32_t opened, issued;

    (void)state;
    assert_int_equal(view_of(&w, connect.frame).session, OXC_NONE);
    opened = answer(&w, connect, CXH, 0);
    issued = open_context(&w, connection, CXH, ACXH);
    /* Known at the response: the request shows it in the second pass. */
    assert_int_equal(view_of(&w, connect.frame).session, 0);
    assert_int_equal(view_of(&w, opened).session, 0);
    assert_int_equal(view_of(&w, opened).request_frame, connect.frame);
    assert_int_equal(view_of(&w, issued).session, 0);
    assert_int_equal(view_of(&w, issued).context, 0);
    assert_int_equal(view_of(&w, issued - 1).context, 0);
    open_session(&w, connection, CXH2);
    assert_int_equal(view_of(&w, w.frame).session, 1);
    open_context(&w, connection, CXH2, ACXH2);
    assert_int_equal(view_of(&w, w.frame).context, 1);
    assert_int_equal(view_of(&w, w.frame).kind, OXC_KIND_ISSUE);
}

static void numbers_of_a_late_start(void **state)
{
    uint32_t connection = connection_to(&w, 1);
    sent wait = wait_on(&w, connection, ACXH);

    (void)state;
    assert_int_equal(view_of(&w, wait.frame).context, 0);
    assert_int_equal(view_of(&w, wait.frame).session, OXC_NONE);
    assert_int_equal(view_of(&w, wait.frame).connect_frame, 0);
    fetch(&w, connection, CXH);
    assert_int_equal(view_of(&w, w.frame).session, 0);
    assert_int_equal(view_of(&w, notify(&w, wait)).context, 0);
}

static void same_handle_on_another_server(void **state)
{
    uint32_t one = connection_to(&w, 1);
    uint32_t other = connection_to(&w, 2);

    (void)state;
    wait_on(&w, one, ACXH);
    wait_on(&w, other, ACXH);
    assert_int_equal(view_of(&w, w.frame).context, 1);
    expect(&w, w.frame, "wait-handle-unknown");
}

static void waits_of_a_context(void **state)
{
    uint32_t connection = start();
    uint32_t issued = w.frame;
    sent first = wait_on(&w, connection, ACXH);
    uint32_t end;
    sent second;

    (void)state;
    pass(&w, 3 * SECOND);
    end = notify(&w, first);
    fetch(&w, connection, CXH);
    second = wait_on(&w, connection, ACXH);
    assert_int_equal(view_of(&w, first.frame).wait, 1);
    assert_int_equal(view_of(&w, end).wait, 1);
    assert_int_equal(view_of(&w, second.frame).wait, 2);
    assert_int_equal(view_of(&w, first.frame).connect_frame, issued);
    assert_int_equal(view_of(&w, end).connect_frame, issued);
    assert_int_equal(view_of(&w, first.frame).previous_wait_frame, 0);
    assert_int_equal(view_of(&w, first.frame).next_wait_frame, second.frame);
    assert_int_equal(view_of(&w, second.frame).previous_wait_frame, first.frame);
    assert_int_equal(view_of(&w, second.frame).next_wait_frame, 0);
    assert_int_equal(view_of(&w, end).request_frame, first.frame);
    assert_int_equal(view_of(&w, end).session, 0);
    expect_outcome(end, OXC_OUTCOME_NOTIFICATION, 3 * SECOND + 10 * MILLISECOND);
    assert_false(view_of(&w, first.frame).has_wait_time);
}

static void outcomes(void **state)
{
    static const struct {
        uint32_t status, flags;
        oxc_outcome outcome;
    } cases[] = {
        {0, 1, OXC_OUTCOME_NOTIFICATION},  {0, 0, OXC_OUTCOME_NO_EVENT},
        {0, 2, OXC_OUTCOME_NO_EVENT},      {REJECTED, 1, OXC_OUTCOME_REJECTED},
        {EXITING, 0, OXC_OUTCOME_EXITING}, {0x80004005, 1, OXC_OUTCOME_OTHER_ERROR},
    };
    uint32_t connection = connection_to(&w, 1);
    sent call;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        call = wait_on(&w, connection, ACXH);
        wait_answer(&w, call, cases[i].status, cases[i].flags);
        expect_end_of(call.frame, w.frame, cases[i].outcome, 10 * MILLISECOND);
    }
    call = wait_on(&w, connection, ACXH);
    other_end(&w, call, OXC_EVENT_FAULT);
    expect_end_of(call.frame, w.frame, OXC_OUTCOME_FAULT, 10 * MILLISECOND);
    call = wait_on(&w, connection, ACXH);
    assert_int_equal(wait_of(&w, call.frame).end.record, OXC_NONE);
    assert_int_equal(wait_of(&w, call.frame).shown_over.record, OXC_NONE);
    unread(&w, true);
    wait_answer(&w, call, 0, 0);
    expect_end_of(call.frame, w.frame, OXC_OUTCOME_NONE, 10 * MILLISECOND);
}

/* What a request says does not change when its answer comes, whatever happened in between. */
static void end_leaves_the_request(void **state)
{
    uint32_t connection = start(), second = joined_connection(&w, GROUP), issued = w.frame - 2;
    sent call = wait_on(&w, second, ACXH), other = wait_on(&w, second, ACXH), unbound;
    uint32_t again = open_context(&w, connection, CXH, ACXH);

    (void)state;
    notify(&w, call);
    assert_int_equal(view_of(&w, call.frame).connect_frame, issued);
    assert_int_equal(view_of(&w, w.frame).connect_frame, again);
    assert_int_equal(view_of(&w, w.frame).context, 0);
    /* The handle goes to another session, and the wait has none any more. */
    open_session(&w, connection, CXH2);
    again = open_context(&w, connection, CXH2, ACXH);
    other_end(&w, other, OXC_EVENT_FAULT);
    assert_int_equal(view_of(&w, other.frame).connect_frame, issued);
    assert_int_equal(view_of(&w, other.frame).session, 0);
    assert_int_equal(view_of(&w, w.frame).connect_frame, again);
    assert_int_equal(view_of(&w, w.frame).context, 0);
    assert_int_equal(view_of(&w, w.frame).session, OXC_NONE);
    expect_end(&w, other.frame, w.frame);
    /* Nothing is known of the handle of this one. */
    unread(&w, true);
    unbound = wait_on(&w, connection, ACXH);
    other_end(&w, unbound, OXC_EVENT_FAULT);
    assert_int_equal(view_of(&w, unbound.frame).connect_frame, 0);
    assert_int_equal(view_of(&w, w.frame).context, view_of(&w, unbound.frame).context);
    expect_end(&w, unbound.frame, w.frame);
}

/* Whether it is sure that a wait was outstanding when its connection was closed, and for how long
 * it had been. */
static void close_of_a_wait(void **state)
{
    uint32_t connection = start(), second = joined_connection(&w, GROUP);
    sent call = wait_on(&w, second, ACXH);
    oxc_wait wait;

    (void)state;
    pass(&w, SECOND);
    reset(&w, second);
    wait = wait_of(&w, call.frame);
    assert_true(wait.closed && wait.has_close_age && !wait.hidden);
    assert_true(wait.close_age == SECOND);
    /* Known as closed on the next wait, which comes later than the close. */
    wait_on(&w, connection, ACXH);
    assert_true(wait_of(&w, call.frame).has_close_age);
    w.legs[second].close.time = w.time + 1;
    assert_false(wait_of(&w, call.frame).has_close_age);
    w.legs[second].close.has_time = false;
    assert_false(wait_of(&w, call.frame).has_close_age);
    /* Sent on a connection that was closed. */
    call = wait_on(&w, second, ACXH);
    reset(&w, second);
    w.legs[second].close.time = w.time - 1;
    assert_true(wait_of(&w, call.frame).closed);
    assert_false(wait_of(&w, call.frame).has_close_age);
    /* An answer may be missing. */
    call = wait_on(&w, connection, ACXH);
    lose_segment(&w, connection);
    assert_true(wait_of(&w, call.frame).hidden);
    call = wait_on(&w, connection, ACXH);
    assert_false(wait_of(&w, call.frame).hidden);
    oxc_tracker_partial(w.tracker, connection);
    assert_true(wait_of(&w, call.frame).hidden);
    notify(&w, call);
    reset(&w, connection);
    assert_false(wait_of(&w, call.frame).closed);
    assert_false(wait_of(&w, call.frame).has_close_age);
    /* It may be missing in front of the close. */
    connection = joined_connection(&w, GROUP);
    call = wait_on(&w, connection, ACXH);
    lose_segment(&w, connection);
    reset(&w, connection);
    assert_false(wait_of(&w, call.frame).closed);
}

static void waits_in_order(void **state)
{
    uint32_t connection = start(), position = 0;
    sent first = wait_on(&w, connection, ACXH);
    oxc_wait wait;

    (void)state;
    notify(&w, first);
    w.same_frame = true;
    wait_on(&w, connection, ACXH);
    reset(&w, connection);
    assert_true(oxc_tracker_next_wait(w.tracker, &position, &wait));
    assert_int_equal(wait.frame, first.frame);
    assert_int_equal(wait.session, 0);
    assert_int_equal(wait.context, 0);
    assert_int_equal(wait.ordinal, 1);
    assert_int_equal(wait.connection, connection);
    assert_int_equal(wait.end.frame, w.frame);
    assert_int_equal(wait.end.ordinal, 0);
    assert_true(oxc_tracker_next_wait(w.tracker, &position, &wait));
    assert_int_equal(wait.frame, w.frame);
    assert_int_equal(wait.end.record, OXC_NONE);
    assert_true(wait.closed);
    assert_int_equal(wait.close.kind, OXC_CLOSE_RST);
    assert_int_equal(wait.close.side, OXC_SIDE_SERVER);
    assert_true(wait.has_close_age);
    assert_true(wait.close_age == 0);
    assert_false(wait.hidden);
    assert_false(oxc_tracker_next_wait(w.tracker, &position, &wait));
    assert_int_equal(wait.end.record, OXC_NONE);
    assert_false(oxc_tracker_wait(w.tracker, OXC_NONE, &wait));
    assert_false(oxc_tracker_wait(w.tracker, view_of(&w, first.frame + 1).record + 100, &wait));
    assert_false(oxc_tracker_wait(w.tracker, 0, &wait));
}

static void cancelled_wait(void **state)
{
    uint32_t connection = start();
    sent call = wait_on(&w, connection, ACXH);
    uint32_t cancel = other_end(&w, call, OXC_EVENT_CANCEL);
    uint32_t end;

    (void)state;
    expect_outcome(cancel, OXC_OUTCOME_CANCELLED, 10 * MILLISECOND);
    assert_int_equal(view_of(&w, cancel).request_frame, call.frame);
    assert_int_equal(view_of(&w, cancel).context, 0);
    /* What still comes is shown as what it is. */
    end = other_end(&w, call, OXC_EVENT_FAULT);
    assert_int_equal(view_of(&w, end).request_frame, call.frame);
    expect_outcome(end, OXC_OUTCOME_FAULT, 20 * MILLISECOND);
    expect_end(&w, call.frame, cancel);
    call = wait_on(&w, connection, ACXH);
    other_end(&w, call, OXC_EVENT_ORPHANED);
    cancel = w.frame;
    expect_end_of(call.frame, cancel, OXC_OUTCOME_CANCELLED, 10 * MILLISECOND);
    other_end(&w, call, OXC_EVENT_CANCEL);
    assert_int_equal(view_of(&w, w.frame).ended_wait, OXC_NONE);
    end = wait_answer(&w, call, EXITING, 0);
    expect_outcome(end, OXC_OUTCOME_EXITING, 30 * MILLISECOND);
    assert_int_equal(view_of(&w, end).context, 0);
    expect_end(&w, call.frame, cancel);
    /* The client did not wait for that answer. */
    expect(&w, wait_on(&w, connection, ACXH).frame, "");
}

static void pdus_without_a_call(void **state)
{
    uint32_t connection = start();
    sent nobody = {.connection = connection, .call_id = 4711};
    oxc_view view;

    (void)state;
    other_end(&w, nobody, OXC_EVENT_FAULT);
    assert_false(oxc_tracker_view(w.tracker, w.frame, 0, &view));
    other_end(&w, nobody, OXC_EVENT_CANCEL);
    assert_false(oxc_tracker_view(w.tracker, w.frame, 0, &view));
    nobody.kind = OXC_KIND_WAIT;
    wait_answer(&w, nobody, 0, 1);
    view = view_of(&w, w.frame);
    assert_true(view.unmatched);
    assert_int_equal(view.kind, OXC_KIND_OTHER);
    assert_int_equal(view.request_frame, 0);
    assert_int_equal(view.outcome, OXC_OUTCOME_NONE);
}

static void second_response(void **state)
{
    uint32_t connection = start();
    sent call = wait_on(&w, connection, ACXH);

    (void)state;
    notify(&w, call);
    assert_false(view_of(&w, w.frame).unmatched);
    wait_answer(&w, call, EXITING, 0);
    assert_true(view_of(&w, w.frame).unmatched);
    /* It is no evidence, and the association has a hole from now on. */
    expect(&w, wait_on(&w, connection, ACXH).frame, "");
    expect(&w, wait_on(&w, connection, 99).frame, "wait-handle-unknown");
}

static void response_read_as_another_method(void **state)
{
    uint32_t connection = start();
    sent call = wait_on(&w, connection, ACXH);
    sent misread = call;

    (void)state;
    misread.kind = OXC_KIND_EXECUTE;
    answer(&w, misread, CXH, 0);
    assert_true(view_of(&w, w.frame).unmatched);
    /* The call may have been answered by it: no more is said of it being out. */
    expect(&w, wait_on(&w, connection, ACXH).frame, "");
    expect_none(&w);
}

static void other_methods(void **state)
{
    uint32_t connection = connection_to(&w, 1);
    sent call;

    (void)state;
    unread(&w, true);
    call = request(&w, connection, OXC_KIND_OTHER, 0);
    answer(&w, call, 0, 0);
    assert_int_equal(view_of(&w, w.frame).request_frame, call.frame);
    assert_int_equal(view_of(&w, w.frame).session, OXC_NONE);
    assert_true(view_of(&w, w.frame).sealed);
    expect_none(&w);
}

static void call_id_used_again(void **state)
{
    uint32_t connection = start();
    sent first = wait_on(&w, connection, ACXH);
    sent second;

    (void)state;
    w.call_id = first.call_id;
    second = wait_on(&w, connection, ACXH);
    /* The answer to the first was missed: they did not overlap. */
    expect_none(&w);
    notify(&w, second);
    assert_int_equal(view_of(&w, w.frame).request_frame, second.frame);
    /* Whether the first was still out when the second came is not known either. */
    w.call_id = first.call_id;
    wait_answer(&w, wait_on(&w, connection, ACXH), REJECTED, 0);
    expect_none(&w);
}

static void same_call_id_on_two_connections(void **state)
{
    uint32_t connection = start();
    uint32_t second = joined_connection(&w, GROUP);
    sent wait = wait_on(&w, second, ACXH);
    sent rpc;

    (void)state;
    w.call_id = wait.call_id;
    rpc = request(&w, connection, OXC_KIND_EXECUTE, CXH);
    answer(&w, rpc, CXH, 0);
    assert_int_equal(view_of(&w, w.frame).request_frame, rpc.frame);
    notify(&w, wait);
    assert_int_equal(view_of(&w, w.frame).request_frame, wait.frame);
}

static void multiplexed_calls(void **state)
{
    uint32_t connection = start();
    sent wait, other_wait, rpc, connect;

    (void)state;
    open_session(&w, connection, CXH2);
    open_context(&w, connection, CXH2, ACXH2);
    wait = wait_on(&w, connection, ACXH);
    w.same_frame = true;
    other_wait = wait_on(&w, connection, ACXH2);
    w.same_frame = true;
    rpc = request(&w, connection, OXC_KIND_EXECUTE, CXH2);
    connect = request(&w, connection, OXC_KIND_OPEN, 0);
    /* Answered in another order, two of them in one frame. */
    answer(&w, rpc, CXH2, 0);
    w.same_frame = true;
    notify(&w, other_wait);
    assert_int_equal(view_at(&w, w.frame, 1).request_frame, other_wait.frame);
    assert_int_equal(view_at(&w, w.frame, 1).context, 1);
    assert_int_equal(view_at(&w, w.frame, 0).session, 1);
    answer(&w, connect, 9, 0);
    assert_int_equal(view_of(&w, w.frame).session, 2);
    notify(&w, wait);
    assert_int_equal(view_of(&w, w.frame).session, 0);
    assert_int_equal(view_at(&w, other_wait.frame, other_wait.ordinal).wait, 1);
    expect_none(&w);
}

static void request_and_response_in_one_frame(void **state)
{
    uint32_t connection = start();
    sent call = wait_on(&w, connection, ACXH);

    (void)state;
    w.same_frame = true;
    notify(&w, call);
    assert_int_equal(view_at(&w, call.frame, 1).request_frame, call.frame);
    assert_true(view_at(&w, call.frame, 1).wait_time == 0);
    expect_none(&w);
}

/* Closed connections. */

static void wait_of_a_closed_connection(void **state)
{
    uint32_t connection = start();
    uint32_t second = joined_connection(&w, GROUP);
    sent first = wait_on(&w, connection, ACXH);
    sent next;

    (void)state;
    pass(&w, 2 * SECOND);
    w.closed[connection] = true;
    next = wait_on(&w, second, ACXH);
    expect_end_of(first.frame, next.frame, OXC_OUTCOME_CLOSED, 2 * SECOND + 10 * MILLISECOND);
    assert_true(wait_of(&w, first.frame).closed);
    assert_int_equal(view_of(&w, next.frame).previous_wait_frame, first.frame);
    /* It is said once. */
    notify(&w, next);
    next = wait_on(&w, second, ACXH);
    assert_int_equal(view_of(&w, next.frame).outcome, OXC_OUTCOME_NONE);
    /* An answer that still comes is shown, but was not outstanding. */
    wait_answer(&w, first, 0, 0);
    expect_end_of(first.frame, w.frame, OXC_OUTCOME_NO_EVENT, 2 * SECOND + 40 * MILLISECOND);
    assert_int_equal(wait_of(&w, first.frame).shown_over.outcome, OXC_OUTCOME_CLOSED);
    expect_none(&w);
}

static void many_waits_of_one_closed_connection(void **state)
{
    uint32_t connection = start();

    (void)state;
    for (int i = 0; i < 5; i++)
        wait_on(&w, connection, ACXH);
    w.closed[connection] = true;
    expect(&w, wait_on(&w, connection, ACXH).frame, "");
    w.closed[connection] = false;
    /* They are all over, and do not come back. */
    expect(&w, wait_on(&w, joined_connection(&w, GROUP), ACXH).frame, "wait-overlap-suspected");
    assert_int_equal(finding_of(&w, w.frame).frames[0], w.frame - 3);
}

static void many_waits_of_closed_connections(void **state)
{
    uint32_t connection = start();
    uint32_t others[20];

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        others[i] = joined_connection(&w, GROUP);
        wait_on(&w, others[i], ACXH);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        w.closed[others[i]] = true;
    expect(&w, wait_on(&w, connection, ACXH).frame, "");
    assert_int_equal(view_of(&w, w.frame).outcome, OXC_OUTCOME_CLOSED);
    assert_int_equal(view_of(&w, w.frame).wait, 21);
}

/* Without a next wait a close is not shown, and a dropped wait is over for the waits after. */
static void dropped_wait_is_over(void **state)
{
    uint32_t connection = start();
    uint32_t second = joined_connection(&w, GROUP);
    sent call, next;

    (void)state;
    call = wait_on(&w, connection, ACXH);
    pass(&w, 6 * MINUTE);
    next = wait_on(&w, second, ACXH);
    notify(&w, next);
    expect_end_of(call.frame, next.frame, OXC_OUTCOME_DROPPED, 6 * MINUTE + 10 * MILLISECOND);
    assert_false(wait_of(&w, call.frame).closed);
    fetch(&w, second, CXH);
    expect(&w, wait_on(&w, second, ACXH).frame, "");
    /* But if its answer comes, they did overlap. */
    pass(&w, SECOND);
    notify(&w, call);
    expect(&w, w.frame, "wait-overlap overlap-not-rejected");
    expect_end(&w, call.frame, w.frame);
    assert_int_equal(wait_of(&w, call.frame).shown_over.frame, next.frame);
}

/* Handles. */

static void handle_returned_again(void **state)
{
    uint32_t connection = start();
    uint32_t again;
    sent call = wait_on(&w, connection, ACXH);

    (void)state;
    again = open_context(&w, connection, CXH, ACXH);
    assert_int_equal(view_of(&w, again).context, 0);
    notify(&w, call);
    assert_int_equal(view_of(&w, w.frame).connect_frame, again);
    call = wait_on(&w, connection, ACXH);
    assert_int_equal(view_of(&w, call.frame).wait, 2);
    assert_int_equal(view_of(&w, call.frame).connect_frame, again);
}

static void handle_returned_for_another_session(void **state)
{
    uint32_t connection = start();
    sent old = wait_on(&w, connection, ACXH);
    sent new;

    (void)state;
    end_session(&w, connection, CXH);
    open_session(&w, connection, CXH2);
    open_context(&w, connection, CXH2, ACXH);
    assert_int_equal(view_of(&w, w.frame).context, 1);
    new = wait_on(&w, connection, ACXH);
    assert_int_equal(view_of(&w, new.frame).context, 1);
    assert_int_equal(view_of(&w, new.frame).session, 1);
    assert_int_equal(view_of(&w, new.frame).wait, 1);
    assert_int_equal(view_of(&w, new.frame).previous_wait_frame, 0);
    /* The wait of the old context has no session any more, and no rule. */
    wait_answer(&w, old, REJECTED, 0xFF);
    assert_int_equal(view_of(&w, w.frame).context, 0);
    assert_int_equal(view_of(&w, w.frame).session, OXC_NONE);
    expect(&w, w.frame, "");
}

static void handle_returned_for_nobody(void **state)
{
    uint32_t connection = start();

    (void)state;
    open_context(&w, connection, 0, ACXH);
    assert_int_equal(view_of(&w, w.frame).context, 1);
    assert_int_equal(view_of(&w, wait_on(&w, connection, ACXH).frame).session, OXC_NONE);
    end_session(&w, connection, CXH);
    pass(&w, MINUTE);
    wait_on(&w, connection, ACXH);
    expect(&w, w.frame, "wait-overlap");
}

static void session_opened_again(void **state)
{
    uint32_t connection = start();

    (void)state;
    open_session(&w, connection, CXH);
    assert_int_equal(view_of(&w, w.frame).session, 1);
    fetch(&w, connection, CXH);
    assert_int_equal(view_of(&w, w.frame).session, 1);
    /* The old context belongs to the session that ended. */
    assert_int_equal(view_of(&w, wait_on(&w, connection, ACXH).frame).session, 0);
    expect(&w, w.frame, "wait-races-disconnect");
}

static oxc_name gromox_handle(uint8_t attributes)
{
    return handle_of(5) | attributes;
}

static sent send_handle(uint32_t connection, oxc_kind method, oxc_name handle)
{
    oxc_event event = new_event(&w, OXC_EVENT_REQUEST, connection);

    event.name = handle;
    return request_event(&w, &event, method);
}

static uint32_t answer_handle(sent call, oxc_name handle)
{
    oxc_event event = response_of(&w, call);

    event.name = handle;
    return world_send(&w, &event);
}

/* An ACXH is its CXH with other attributes. */
static void handles_that_differ_in_attributes(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);
    sent call;

    (void)state;
    answer_handle(request(&w, connection, OXC_KIND_OPEN, 0), gromox_handle(2));
    call = send_handle(connection, OXC_KIND_ISSUE, gromox_handle(2));
    answer_handle(call, gromox_handle(3));
    notify(&w, send_handle(connection, OXC_KIND_WAIT, gromox_handle(3)));
    call = send_handle(connection, OXC_KIND_EXECUTE, gromox_handle(2));
    answer_handle(call, gromox_handle(2));
    expect_none(&w);
    /* The CXH where the ACXH belongs. */
    call = send_handle(connection, OXC_KIND_WAIT, gromox_handle(2));
    expect_only(&w, call.frame, "wait-without-connect");
}

/* Fetches. */

static uint32_t deliver(sent call, uint32_t cxh, const uint32_t *registered, size_t registrations,
                        const uint32_t *notified, size_t notifications)
{
    oxc_event event = response_of(&w, call);

    event.name = handle_of(cxh);
    event.rops.registered = registered;
    event.rops.registered_count = registrations;
    event.rops.notified = notified;
    event.rops.notified_count = notifications;
    return world_send(&w, &event);
}

static void expect_notified(uint32_t fetch_frame, uint32_t first, uint32_t second)
{
    uint32_t position = view_of(&w, fetch_frame).notified;

    assert_int_equal(oxc_tracker_next_notified(w.tracker, &position), first);
    if (first == 0)
        return;
    assert_int_equal(oxc_tracker_next_notified(w.tracker, &position), second);
    if (second != 0)
        assert_int_equal(oxc_tracker_next_notified(w.tracker, &position), 0);
}

static void fetch_after_the_notification(void **state)
{
    static const uint32_t handle = 0x55;
    uint32_t connection = start();
    uint32_t end = notify(&w, wait_on(&w, connection, ACXH));
    uint32_t delivery;
    sent empty, rpc;

    (void)state;
    assert_int_equal(view_of(&w, end).fetch_frame, 0);
    empty = request(&w, connection, OXC_KIND_EXECUTE, CXH);
    assert_int_equal(view_of(&w, end).fetch_frame, empty.frame);
    answer(&w, empty, CXH, 0);
    pass(&w, SECOND);
    rpc = request(&w, connection, OXC_KIND_EXECUTE, CXH);
    delivery = deliver(rpc, CXH, NULL, 0, &handle, 1);
    expect_notified(empty.frame, end, 0);
    expect_notified(rpc.frame, 0, 0);
    assert_int_equal(view_of(&w, end).delivered_frame, delivery);
    assert_true(view_of(&w, delivery).has_delivery_time);
    assert_true(view_of(&w, delivery).delivery_time == SECOND + 40 * MILLISECOND);
    assert_false(view_of(&w, w.frame - 2).has_delivery_time);
    /* Only the first RopNotify. */
    deliver(request(&w, connection, OXC_KIND_EXECUTE, CXH), CXH, NULL, 0, &handle, 1);
    assert_false(view_of(&w, w.frame).has_delivery_time);
    assert_int_equal(view_of(&w, end).delivered_frame, delivery);
}

static void fetch_in_flight(void **state)
{
    static const uint32_t handle = 0x55;
    uint32_t connection = start();
    sent wait = wait_on(&w, connection, ACXH);
    sent first = request(&w, connection, OXC_KIND_EXECUTE, CXH);
    sent second = request(&w, connection, OXC_KIND_EXECUTE, CXH);
    uint32_t end = notify(&w, wait);

    (void)state;
    assert_int_equal(view_of(&w, end).fetch_frame, first.frame);
    deliver(second, CXH, NULL, 0, &handle, 1);
    assert_int_equal(view_of(&w, end).delivered_frame, w.frame);
    wait = wait_on(&w, connection, ACXH);
    answer(&w, first, CXH, 0);
    end = notify(&w, wait);
    assert_int_equal(view_of(&w, end).fetch_frame, 0);
    assert_int_equal(view_of(&w, end).delivered_frame, 0);
}

static void fetch_on_a_closed_connection(void **state)
{
    uint32_t connection = start();
    uint32_t second = joined_connection(&w, GROUP);
    uint32_t end;
    sent rpc;

    (void)state;
    request(&w, second, OXC_KIND_EXECUTE, CXH);
    w.closed[second] = true;
    end = notify(&w, wait_on(&w, connection, ACXH));
    assert_int_equal(view_of(&w, end).fetch_frame, 0);
    rpc = request(&w, connection, OXC_KIND_EXECUTE, CXH);
    assert_int_equal(view_of(&w, end).fetch_frame, rpc.frame);
}

static void fetch_for_several_contexts(void **state)
{
    static const uint32_t handle = 0x55;
    uint32_t connection = start();
    uint32_t first, superseded, second, delivery;
    sent rpc;

    (void)state;
    open_context(&w, connection, CXH, ACXH2);
    first = notify(&w, wait_on(&w, connection, ACXH));
    superseded = notify(&w, wait_on(&w, connection, ACXH2));
    second = notify(&w, wait_on(&w, connection, ACXH2));
    rpc = request(&w, connection, OXC_KIND_EXECUTE, CXH);
    delivery = deliver(rpc, CXH, NULL, 0, &handle, 1);
    /* One a context: its last. */
    expect_notified(rpc.frame, first, second);
    assert_int_equal(view_of(&w, superseded).fetch_frame, rpc.frame);
    assert_int_equal(view_of(&w, superseded).delivered_frame, delivery);
    assert_true(view_of(&w, delivery).delivery_time == 60 * MILLISECOND);
}

static void fetch_of_another_session(void **state)
{
    uint32_t connection = start();
    uint32_t end;

    (void)state;
    open_session(&w, connection, CXH2);
    end = notify(&w, wait_on(&w, connection, ACXH));
    fetch(&w, connection, CXH2);
    assert_int_equal(view_of(&w, end).fetch_frame, 0);
}

static void delivery_that_could_not_be_read(void **state)
{
    static const uint32_t handle = 0x55;
    uint32_t connection = start();
    uint32_t end = notify(&w, wait_on(&w, connection, ACXH));
    sent rpc = request(&w, connection, OXC_KIND_EXECUTE, CXH);

    (void)state;
    unread(&w, true);
    answer(&w, rpc, CXH, 0);
    unread(&w, false);
    deliver(request(&w, connection, OXC_KIND_EXECUTE, CXH), CXH, NULL, 0, &handle, 1);
    assert_int_equal(view_of(&w, end).delivered_frame, 0);
    assert_false(view_of(&w, w.frame).has_delivery_time);
    assert_int_equal(view_of(&w, end).fetch_frame, rpc.frame);
}

static void delivery_after_an_unread_call(void **state)
{
    static const uint32_t handle = 0x55;
    uint32_t connection = start();
    uint32_t end = notify(&w, wait_on(&w, connection, ACXH));

    (void)state;
    unread(&w, true);
    fetch(&w, connection, CXH);
    unread(&w, false);
    deliver(request(&w, connection, OXC_KIND_EXECUTE, CXH), CXH, NULL, 0, &handle, 1);
    assert_int_equal(view_of(&w, end).delivered_frame, 0);
    assert_int_equal(view_of(&w, end).fetch_frame, w.frame - 1);
}

static void registrations(void **state)
{
    static const uint32_t made[] = {0x55, 0x66};
    static const uint32_t told[] = {0x66, 0x77, 0x55};
    uint32_t connection = start();
    uint32_t registered;

    (void)state;
    deliver(request(&w, connection, OXC_KIND_EXECUTE, CXH), CXH, made, 2, NULL, 0);
    registered = deliver(request(&w, connection, OXC_KIND_EXECUTE, CXH), CXH, made, 2, NULL, 0);
    assert_int_equal(registered_count(&w, registered), 0);
    deliver(request(&w, connection, OXC_KIND_EXECUTE, CXH), CXH, NULL, 0, told, 3);
    assert_int_equal(registered_count(&w, w.frame), 3);
    assert_int_equal(registered_in(&w, w.frame, 0), registered);
    assert_int_equal(registered_in(&w, w.frame, 1), 0);
    assert_int_equal(registered_in(&w, w.frame, 2), registered);
    /* Another session, and a new one with the same CXH, know nothing of it. */
    open_session(&w, connection, CXH);
    deliver(request(&w, connection, OXC_KIND_EXECUTE, CXH), CXH, NULL, 0, told, 1);
    assert_int_equal(registered_in(&w, w.frame, 0), 0);
}

/* Associations. */

/* What a wait on a handle from nowhere says: complete, begun, or neither. */
static const char *say(uint32_t connection)
{
    static uint32_t handle = 1000;
    sent call = wait_on(&w, connection, handle++);
    oxc_finding finding = finding_of(&w, call.frame);

    if (finding.rule == OXC_RULE_wait_without_connect)
        return "complete";
    return finding.severity == OXC_SEVERITY_WARNING ? "began" : "unknown";
}

static void association_begins_and_is_joined(void **state)
{
    uint32_t first = bound_connection(&w, GROUP);
    uint32_t joined = joined_connection(&w, GROUP);
    uint32_t stranger = joined_connection(&w, GROUP + 1);

    (void)state;
    assert_string_equal(say(first), "began");
    open_session(&w, first, CXH);
    assert_string_equal(say(first), "complete");
    assert_string_equal(say(joined), "complete");
    assert_string_equal(say(stranger), "unknown");
}

static void association_of_another_port_or_server(void **state)
{
    uint32_t first = bound_connection(&w, GROUP);
    uint32_t port = oxc_tracker_add_connection(w.tracker, 1, 6002);
    uint32_t server = connection_to(&w, 2);

    (void)state;
    bind_as(&w, port, GROUP, GROUP);
    bind_as(&w, server, GROUP, GROUP);
    open_session(&w, first, CXH);
    assert_string_equal(say(port), "unknown");
    assert_string_equal(say(server), "unknown");
}

static void association_that_is_replaced(void **state)
{
    uint32_t first = bound_connection(&w, GROUP);
    uint32_t second;

    (void)state;
    open_session(&w, first, CXH);
    lose_segment(&w, first);
    /* The server gives the id to a new association. */
    second = bound_connection(&w, GROUP);
    assert_string_equal(say(second), "began");
    open_session(&w, second, CXH2);
    assert_string_equal(say(second), "complete");
    assert_string_equal(say(joined_connection(&w, GROUP)), "complete");
    assert_string_equal(say(first), "began");
}

static void association_without_an_id(void **state)
{
    uint32_t first = bound_connection(&w, 0);
    uint32_t second = bound_connection(&w, 0);

    (void)state;
    open_session(&w, first, CXH);
    assert_string_equal(say(first), "unknown");
    assert_string_equal(say(second), "unknown");
}

static void bind_ack_of_another_bind(void **state)
{
    uint32_t connection = connection_to(&w, 1);
    oxc_event event = {.type = OXC_EVENT_BIND, .connection = connection, .call_id = 1};

    (void)state;
    world_send(&w, &event);
    event.type = OXC_EVENT_BIND_ACK;
    event.call_id = 2;
    event.group_id = GROUP;
    world_send(&w, &event);
    open_session(&w, connection, CXH);
    assert_string_equal(say(connection), "unknown");
}

static void loss_before_the_bind_ack(void **state)
{
    uint32_t connection = connection_to(&w, 1);

    (void)state;
    lose_segment(&w, connection);
    bind_as(&w, connection, 0, GROUP);
    open_session(&w, connection, CXH);
    /* What was lost before the association began is no part of it. */
    assert_string_equal(say(connection), "complete");
}

static void loss_on_a_joined_connection(void **state)
{
    uint32_t first = bound_connection(&w, GROUP);
    uint32_t joined = joined_connection(&w, GROUP);

    (void)state;
    open_session(&w, first, CXH);
    assert_string_equal(say(first), "complete");
    lose_segment(&w, joined);
    assert_string_equal(say(first), "began");
}

static void calls_before_the_bind_ack(void **state)
{
    uint32_t connection = connection_to(&w, 1);

    (void)state;
    request(&w, connection, OXC_KIND_EXECUTE, CXH);
    bind_as(&w, connection, 0, GROUP);
    open_session(&w, connection, CXH2);
    assert_string_equal(say(connection), "began");
    /* Bound a second time to what it was bound to before, a connection has no hole. */
    connection = bound_connection(&w, GROUP + 1);
    open_session(&w, connection, CXH);
    bind_as(&w, connection, GROUP + 1, GROUP + 1);
    assert_string_equal(say(connection), "complete");
}

static void hole_while_a_connect_is_out(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);
    sent first = request(&w, connection, OXC_KIND_OPEN, 0);
    sent second = request(&w, connection, OXC_KIND_OPEN, 0);

    (void)state;
    answer(&w, first, CXH, 0);
    assert_string_equal(say(connection), "began");
    other_end(&w, second, OXC_EVENT_FAULT);
    assert_string_equal(say(connection), "complete");
    /* Its call id is used again: nobody will know its answer. */
    first = request(&w, connection, OXC_KIND_ISSUE, CXH);
    w.call_id = first.call_id;
    answer(&w, request(&w, connection, OXC_KIND_EXECUTE, CXH), CXH, 0);
    assert_string_equal(say(connection), "began");
}

/* Sealed and broken traffic. */

static void sealed_calls(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);
    sent wait;
    oxc_view view;

    (void)state;
    unread(&w, true);
    open_session(&w, connection, CXH);
    open_context(&w, connection, CXH, ACXH);
    wait = wait_on(&w, connection, ACXH);
    pass(&w, SECOND);
    wait_answer(&w, wait, 0, 1);
    view = view_of(&w, w.frame);
    assert_true(view.sealed);
    assert_true(view.unreadable);
    assert_int_equal(view.kind, OXC_KIND_WAIT);
    assert_int_equal(view.request_frame, wait.frame);
    assert_int_equal(view.outcome, OXC_OUTCOME_NONE);
    assert_true(view.has_wait_time && view.wait_time == SECOND + 10 * MILLISECOND);
    assert_int_equal(view.context, OXC_NONE);
    assert_true(view_of(&w, wait.frame).sealed);
    wait = wait_on(&w, connection, ACXH);
    expect_outcome(other_end(&w, wait, OXC_EVENT_FAULT), OXC_OUTCOME_FAULT, 10 * MILLISECOND);
    expect_none(&w);
}

static void sealed_wait_with_one_candidate(void **state)
{
    uint32_t connection = start();
    sent wait;

    (void)state;
    unread(&w, true);
    wait = wait_on(&w, joined_connection(&w, GROUP), ACXH);
    wait_answer(&w, wait, 0, 1);
    assert_int_equal(view_of(&w, wait.frame).context, 0);
    assert_int_equal(view_of(&w, w.frame).context, 0);
    assert_int_equal(view_of(&w, w.frame).session, 0);
    assert_int_equal(view_of(&w, wait.frame).wait, 0);
    unread(&w, false);
    open_context(&w, connection, CXH, ACXH2);
    unread(&w, true);
    wait = wait_on(&w, connection, ACXH);
    assert_int_equal(view_of(&w, wait.frame).context, OXC_NONE);
}

static void cut_stub_is_not_sealed(void **state)
{
    oxc_event event = new_event(&w, OXC_EVENT_REQUEST, start());

    (void)state;
    event.name = handle_of(ACXH);
    event.has_name = false;
    request_event(&w, &event, OXC_KIND_WAIT);
    assert_true(view_of(&w, w.frame).unreadable);
    assert_false(view_of(&w, w.frame).sealed);
    assert_int_equal(view_of(&w, w.frame).wait, 0);
}

/* A stub that ends before its return value, or inside its handle. */
static void cut_responses(void **state)
{
    uint32_t connection = start();
    oxc_event event = response_of(&w, wait_on(&w, connection, ACXH));

    (void)state;
    event.has_result = false;
    world_send(&w, &event);
    assert_true(view_of(&w, w.frame).unreadable);
    assert_int_equal(view_of(&w, w.frame).outcome, OXC_OUTCOME_NONE);
    event = response_of(&w, wait_on(&w, connection, ACXH));
    event.has_name = false;
    world_send(&w, &event);
    assert_false(view_of(&w, w.frame).unreadable);
    event = response_of(&w, request(&w, connection, OXC_KIND_EXECUTE, CXH));
    event.has_name = false;
    world_send(&w, &event);
    assert_true(view_of(&w, w.frame).unreadable);
    event = response_of(&w, request(&w, connection, OXC_KIND_EXECUTE, CXH));
    event.has_result = false;
    world_send(&w, &event);
    assert_true(view_of(&w, w.frame).unreadable);
}

/* The request was sealed, but its response could be opened. */
static void response_of_an_unread_request(void **state)
{
    uint32_t connection = start();
    sent call;

    (void)state;
    unread(&w, true);
    call = request(&w, connection, OXC_KIND_EXECUTE, CXH);
    unread(&w, false);
    answer(&w, call, CXH, 0);
    assert_int_equal(view_of(&w, call.frame).session, OXC_NONE);
    assert_int_equal(view_of(&w, w.frame).session, 0);
    unread(&w, true);
    call = request(&w, connection, OXC_KIND_EXECUTE, CXH);
    unread(&w, false);
    answer(&w, call, 77, 0x80004005);
    assert_int_equal(view_of(&w, w.frame).session, OXC_NONE);
    unread(&w, true);
    call = request(&w, connection, OXC_KIND_ISSUE, CXH);
    unread(&w, false);
    answer(&w, call, ACXH2, 0);
    assert_int_equal(view_of(&w, w.frame).context, 1);
    assert_int_equal(view_of(&w, call.frame).context, 1);
    /* Explained it is, but whose it is is not known. */
    expect(&w, wait_on(&w, connection, ACXH2).frame, "");
    assert_int_equal(view_of(&w, w.frame).session, OXC_NONE);
}

/* The stub of a decrypted wait on a handle with these attributes. */
static bool is_believed(uint32_t connection, uint32_t acxh, uint8_t high, uint32_t flags)
{
    oxc_event event = new_event(&w, OXC_EVENT_REQUEST, connection);

    event.name = handle_of(acxh) | (oxc_name)high << 8;
    event.flags = flags;
    event.stub = OXC_STUB_DECRYPTED;
    return !view_of(&w, request_event(&w, &event, OXC_KIND_WAIT).frame).unreadable;
}

static void decrypted_requests(void **state)
{
    uint32_t connection = start();
    oxc_event event = new_event(&w, OXC_EVENT_REQUEST, connection);

    (void)state;
    assert_true(is_believed(connection, 50, 0, 0));
    event.name = handle_of(60) | 0xFF;
    event.stub = OXC_STUB_DECRYPTED;
    request_event(&w, &event, OXC_KIND_EXECUTE);
    assert_false(view_of(&w, w.frame).unreadable);
    assert_int_equal(view_of(&w, w.frame).session, 1);
    assert_false(is_believed(connection, 51, 1, 0));
    assert_false(is_believed(connection, 52, 0, 1));
    assert_true(is_believed(connection, 0, 0, 1));
    assert_true(is_believed(connection, ACXH, 0, 1));
    assert_false(is_believed(connection_to(&w, 2), ACXH, 0, 1));
    /* What was not believed showed nothing. */
    assert_false(is_believed(connection, 51, 1, 0));
    event.stub = OXC_STUB_DECRYPTED;
    event.has_name = false;
    request_event(&w, &event, OXC_KIND_OPEN);
    assert_false(view_of(&w, w.frame).unreadable);
}

static void decrypted_responses(void **state)
{
    static const struct {
        uint32_t status, flags;
        bool believed;
    } cases[] = {
        {0, 0, true},        {0, 1, true},           {0, 2, false},
        {REJECTED, 0, true}, {0x12345678, 0, false}, {0x12345678, 1, false},
    };
    uint32_t connection = start();

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        sent call = wait_on(&w, connection, ACXH);

        w.stub = OXC_STUB_DECRYPTED;
        wait_answer(&w, call, cases[i].status, cases[i].flags);
        w.stub = OXC_STUB_CLEAR;
        assert_int_equal(view_of(&w, w.frame).unreadable, !cases[i].believed);
        assert_int_equal(view_of(&w, w.frame).sealed, !cases[i].believed);
        assert_true(view_of(&w, w.frame).has_wait_time);
    }
}

/* A cipher out of step: from the second call on, random bytes. */
static void decrypted_at_random(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);
    GRand *random = g_rand_new_with_seed(1);

    (void)state;
    w.stub = OXC_STUB_DECRYPTED;
    open_session(&w, connection, CXH);
    for (int i = 0; i < 2000; i++) {
        static const oxc_kind methods[] = {OXC_KIND_ISSUE, OXC_KIND_WAIT, OXC_KIND_EXECUTE,
                                           OXC_KIND_CLOSE};
        oxc_event event = new_event(&w, OXC_EVENT_REQUEST, connection);
        sent call;

        event.name = (oxc_name)g_rand_int(random) << 32 | g_rand_int(random) | 1u << 24;
        event.flags = g_rand_int(random);
        call = request_event(&w, &event, methods[g_rand_int(random) % 4]);
        event = response_of(&w, call);
        event.name = 1;
        event.status = g_rand_int(random);
        event.flags = g_rand_int(random);
        world_send(&w, &event);
    }
    g_rand_free(random);
    expect_none(&w);
}

/* A server that gives each answer the call id 1. */
static void server_with_one_call_id(void **state)
{
    uint32_t rpc = connection_to(&w, 1);
    uint32_t async = connection_to(&w, 1);
    sent call;
    uint32_t first_wait;

    (void)state;
    bind_as(&w, rpc, 0, GROUP);
    bind_as(&w, async, GROUP, GROUP);
    w.call_id = 1;
    open_session(&w, rpc, CXH);
    call = request(&w, rpc, OXC_KIND_ISSUE, CXH);
    call.call_id = 1;
    answer(&w, call, ACXH, 0);
    assert_true(view_of(&w, w.frame).unmatched);
    w.call_id = 1;
    call = wait_on(&w, async, ACXH);
    first_wait = call.frame;
    notify(&w, call);
    for (int i = 0; i < 5; i++) {
        call = wait_on(&w, async, ACXH);
        call.call_id = 1;
        notify(&w, call);
        assert_true(view_of(&w, w.frame).unmatched);
    }
    call = request(&w, rpc, OXC_KIND_CLOSE, CXH);
    call.call_id = 1;
    answer(&w, call, 0, 0);
    pass(&w, MINUTE);
    wait_on(&w, async, ACXH);
    expect_only(&w, first_wait, "wait-handle-unknown");
}

/* An unread call lifts what it may have changed for the sessions of its association only. */
static void unread_calls_of_another_association(void **state)
{
    uint32_t connection = start();
    uint32_t other = bound_connection(&w, GROUP + 1);

    (void)state;
    unread(&w, true);
    open_session(&w, other, CXH2);
    open_context(&w, other, CXH2, ACXH2);
    fetch(&w, other, CXH2);
    wait_on(&w, other, ACXH2);
    end_session(&w, other, CXH2);
    unread(&w, false);
    wait_answer(&w, wait_on(&w, connection, ACXH), 0, 2);
    expect_only(&w, w.frame, "flags-out-reserved");
}

static void unread_end_of_a_session(void **state)
{
    uint32_t connection = start();
    sent rpc = request(&w, connection, OXC_KIND_EXECUTE, CXH);

    (void)state;
    unread(&w, true);
    answer(&w, rpc, CXH, 0);
    unread(&w, false);
    /* The session may be over: what the server says then is no verdict. */
    expect(&w, wait_answer(&w, wait_on(&w, connection, ACXH), 0, 2), "");
    /* It was not. */
    fetch(&w, connection, CXH);
    expect(&w, wait_answer(&w, wait_on(&w, connection, ACXH), 0, 2), "flags-out-reserved");
}

/* Whether a verdict that needs a living session is given after a call nobody could read. */
static bool still_judges(oxc_kind method, uint32_t cxh, uint32_t status, bool read_response)
{
    uint32_t connection = start();
    sent call;
    oxc_view view;

    unread(&w, true);
    call = request(&w, connection, method, CXH);
    unread(&w, !read_response);
    answer(&w, call, cxh, status);
    unread(&w, false);
    wait_answer(&w, wait_on(&w, connection, ACXH), 0, 2);
    view = view_of(&w, w.frame);
    world_tear_down(&w);
    world_set_up(&w, false);
    return view.finding_count != 0;
}

static void unread_calls_that_end_sessions(void **state)
{
    (void)state;
    assert_false(still_judges(OXC_KIND_CLOSE, 0, 0, false));
    assert_false(still_judges(OXC_KIND_CLOSE, 0, 0, true));
    assert_true(still_judges(OXC_KIND_CLOSE, 0, 0x80004005, true));
    assert_false(still_judges(OXC_KIND_EXECUTE, 0, 0, false));
    assert_false(still_judges(OXC_KIND_EXECUTE, 0, 0x80004005, true));
    assert_true(still_judges(OXC_KIND_EXECUTE, CXH, 0, true));
    assert_false(still_judges(OXC_KIND_PUSH, 0, 0, false));
    assert_false(still_judges(OXC_KIND_PUSH, 0, 0, true));
    assert_true(still_judges(OXC_KIND_PUSH, CXH, 0, true));
    /* Handles are fresh. */
    assert_true(still_judges(OXC_KIND_OPEN, CXH, 0, false));
    assert_true(still_judges(OXC_KIND_ISSUE, ACXH, 0, false));
    assert_true(still_judges(OXC_KIND_OTHER, 0, 0, false));
    assert_true(still_judges(OXC_KIND_WAIT, 0, 0, false));
}

/* Hostile input. */

static void connection_out_of_range(void **state)
{
    (void)state;
    wait_on(&w, 4711, ACXH);
    wait_on(&w, UINT32_MAX, ACXH);
    expect_none(&w);
}

static void frames_out_of_order(void **state)
{
    uint32_t connection = start();
    sent call = wait_on(&w, connection, ACXH);
    uint32_t last = w.frame;

    (void)state;
    w.frame = 2;
    wait_on(&w, connection, ACXH);
    w.frame = last;
    notify(&w, call);
    assert_int_equal(view_of(&w, w.frame).request_frame, call.frame);
    expect(&w, wait_on(&w, connection, 99).frame, "wait-handle-unknown");
}

static void time_goes_backwards(void **state)
{
    uint32_t connection = start();
    sent call = wait_on(&w, connection, ACXH);

    (void)state;
    w.time = INT64_MIN / 2;
    notify(&w, call);
    assert_true(view_of(&w, w.frame).wait_time < 0);
    call = wait_on(&w, connection, ACXH);
    w.time = INT64_MIN;
    notify(&w, call);
    w.time = INT64_MAX - SECOND;
    notify(&w, wait_on(&w, connection, ACXH));
    assert_true(view_of(&w, w.frame).has_wait_time);
}

static void ordinals_at_the_limit(void **state)
{
    uint32_t connection = start();
    sent call;

    (void)state;
    call = wait_on(&w, connection, ACXH);
    w.ordinal = UINT32_MAX - 1;
    w.same_frame = true;
    notify(&w, call);
    assert_int_equal(view_at(&w, call.frame, UINT32_MAX).outcome, OXC_OUTCOME_NOTIFICATION);
    w.same_frame = true;
    wait_on(&w, connection, ACXH);
    assert_int_equal(view_at(&w, call.frame, 0).wait, 1);
}

static void random_events(void **state)
{
    GRand *random = g_rand_new_with_seed(2);

    (void)state;
    for (int i = 0; i < 5; i++)
        connection_to(&w, (uint32_t)i / 2);
    for (int i = 0; i < 200000; i++) {
        uint32_t handles[] = {g_rand_int(random) % 8, g_rand_int(random) % 8};
        oxc_event event = {
            .type = (oxc_event_type)(g_rand_int(random) % (OXC_EVENT_UNSEEN + 1)),
            .connection = g_rand_int(random) % 6,
            .call_id = g_rand_int(random) % 12,
            .group_id = g_rand_int(random) % 4,
            .kind = (oxc_kind)(g_rand_int(random) % (OXC_KIND_PUSH + 1)),
            .stub = (oxc_stub_state)(g_rand_int(random) % 3),
            .sealed = g_rand_boolean(random),
            .has_name = g_rand_int(random) % 8 != 0,
            .has_result = g_rand_int(random) % 8 != 0,
            .name = handle_of(g_rand_int(random) % 6),
            .status = g_rand_int(random) % 3 == 0 ? REJECTED : 0,
            .flags = g_rand_int(random) % 3,
            .rops.faults = g_rand_int(random) % 4,
            .rops.registered = handles,
            .rops.registered_count = g_rand_int(random) % 3,
            .rops.notified = handles,
            .rops.notified_count = g_rand_int(random) % 3,
        };

        w.same_frame = g_rand_int(random) % 4 == 0;
        pass(&w, (int64_t)(g_rand_int(random) % 1000) * MILLISECOND);
        if (g_rand_int(random) % 1000 == 0)
            w.closed[g_rand_int(random) % 5] ^= true;
        world_send(&w, &event);
    }
    for (uint32_t frame = 1; frame <= w.frame; frame++) {
        oxc_view view = view_of(&w, frame);

        while (view.notified < OXC_NONE && view.kind == OXC_KIND_EXECUTE &&
               view.type == OXC_EVENT_REQUEST &&
               oxc_tracker_next_notified(w.tracker, &view.notified) != 0)
            ;
    }
    g_rand_free(random);
}

/* Looking up in any order. */
static void views_in_any_order(void **state)
{
    uint32_t connection = start();
    uint32_t first = w.frame + 1;

    (void)state;
    for (int i = 0; i < 100; i++)
        fetch(&w, connection, CXH);
    for (uint32_t step = 1; step < 60; step += 7)
        for (uint32_t i = 0; i < 100; i++) {
            uint32_t frame = first + i * step % 200;

            assert_int_equal(view_of(&w, frame).request_frame,
                             (frame - first) % 2 == 0 ? 0 : frame - 1);
        }
}

/* Cost. */

#define MANY_CONTEXTS 100000u
#define MANY_WAITS    1000000u

static size_t memory(void)
{
    return oxc_tracker_memory(w.tracker);
}

static void many_contexts_and_waits(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);
    size_t empty = memory();
    size_t contexts, waits;

    (void)state;
    for (uint32_t i = 1; i <= MANY_CONTEXTS; i++) {
        open_session(&w, connection, i);
        open_context(&w, connection, i, MANY_CONTEXTS + i);
    }
    contexts = memory();
    /* Session, context and the four records of their calls. */
    assert_true((contexts - empty) / MANY_CONTEXTS < 600);
    for (uint32_t i = 0; i < MANY_WAITS; i++) {
        sent call = wait_on(&w, connection, MANY_CONTEXTS + 1 + i % MANY_CONTEXTS);

        wait_answer(&w, call, 0, 0);
        pass(&w, MILLISECOND);
    }
    waits = memory();
    print_message("memory: %.1f bytes a session with its context, %.1f bytes a wait\n",
                  (double)(contexts - empty) / MANY_CONTEXTS,
                  (double)(waits - contexts) / MANY_WAITS);
    assert_true((waits - contexts) / MANY_WAITS <= 128);
}

/* All of them out at once: of many contexts, then of one and many connections. */
static void many_outstanding_waits(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);
    size_t before;

    (void)state;
    for (uint32_t i = 0; i < MANY_CONTEXTS; i++)
        notify(&w, wait_on(&w, connection, 1 + i));
    before = memory();
    for (uint32_t i = 0; i < MANY_WAITS; i++)
        wait_on(&w, connection, 1 + i % MANY_CONTEXTS);
    print_message("memory: %.1f bytes an outstanding wait\n",
                  (double)(memory() - before) / MANY_WAITS);
    assert_true((memory() - before) / MANY_WAITS <= 128);
}

/* The vectors of the paper, appendix A, and of its authors' code. */
static void siphash(void **state)
{
    static const uint64_t key[2] = {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};
    uint8_t bytes[15], longer[24];

    (void)state;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof longer; i++)
        longer[i] = (uint8_t)i;
    assert_true(oxc_siphash(key, 2, 4, bytes, 15) == UINT64_C(0xa129ca6149be45e5));
    assert_true(oxc_siphash(key, 2, 4, bytes, 0) == UINT64_C(0x726fdb47dd0e0e31));
    assert_true(oxc_siphash(key, 2, 4, bytes, 1) == UINT64_C(0x74f839c593dc67fd));
    assert_true(oxc_siphash(key, 1, 3, bytes, 0) == UINT64_C(0xabac0158050fc4dc));
    /* One step is SipHash-1-3 of eight bytes. */
    for (uint64_t seed = 0; seed < 100; seed++) {
        const uint64_t secret[2] = {seed, ~seed};

        assert_true(oxc_hash_step(seed, UINT64_C(0x0706050403020100)) ==
                    oxc_siphash(secret, 1, 3, bytes, 8));
    }
    for (uint64_t seed = 0; seed < 100; seed++) {
        const uint64_t secret[2] = {seed, ~seed};
        const uint64_t words[] = {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908),
                                  UINT64_C(0x1716151413121110)};

        assert_true(oxc_hash_words(seed, words, 3) == oxc_siphash(secret, 1, 3, longer, 24));
    }
}

/* Handles that differ in the top bits of a word and, the other way round, in the next: a hash that
 * only mixes them with a secret seed lets many of them meet. */
static void choose_handle(uint32_t number, uint8_t bytes[20])
{
    memset(bytes, 0, 20);

    for (unsigned bit = 0; bit < 18; bit++)
        if ((number >> bit & 1) != 0) {
            bytes[7 - bit / 8] |= (uint8_t)(0x80 >> bit % 8);
            bytes[15 - bit / 8] |= (uint8_t)(0x80 >> bit % 8);
        }
}

static void chosen_handles(void **state)
{
    enum { HANDLES = 1 << 18, LONGEST = 64 };
    const uint64_t key[2] = {g_random_int(), g_random_int()};
    uint64_t seed = (uint64_t)g_random_int() << 32 | g_random_int();
    uint8_t *places = g_new0(uint8_t, HANDLES * 2);
    uint64_t steps = 0;

    (void)state;
    /* Where the tables would put them: as many to a place as chance gives. */
    for (uint32_t i = 0; i < HANDLES; i++) {
        uint8_t bytes[20];
        uint32_t place;

        choose_handle(i, bytes);
        place = oxc_hash_end(oxc_hash_step(seed, oxc_siphash(key, 2, 4, bytes, sizeof bytes))) %
                (HANDLES * 2);
        steps += places[place];
        assert_true(places[place] < LONGEST);
        places[place]++;
    }
    g_free(places);
    /* Half full on the average of one in four: a pair each. */
    assert_true(steps < HANDLES);
}

/* Keys that follow one another, or are equal in many bits. */
static uint64_t choose_key(unsigned way, uint64_t number)
{
    switch (way) {
    case 0:
        return number;
    case 1:
        return number << 32;
    case 2:
        return number << 46;
    case 3:
        return number << 32 | number;
    case 4:
        return number * UINT64_C(0x100000001) << 8;
    case 5:
        return number << 32 | (UINT32_MAX - number);
    default:
        return number * UINT64_C(0xFFFFFFFF00000001);
    }
}

static void chosen_keys(void **state)
{
    enum { KEYS = 1 << 17, WAYS = 7 };

    (void)state;
    for (unsigned way = 0; way < WAYS; way++) {
        oxc_store store;
        oxc_index index;
        uint64_t steps = 0;

        oxc_store_init(&store, sizeof(uint64_t));
        oxc_index_init(&index, &store, 0, (uint64_t)g_random_int() << 32 | g_random_int());
        for (uint64_t i = 0; i < KEYS; i++) {
            uint64_t key = choose_key(way, i);

            memcpy(oxc_store_at(&store, oxc_store_add(&store)), &key, sizeof key);
            oxc_index_put(&index, (uint32_t)i);
        }
        for (uint64_t i = 0; i < KEYS; i++) {
            uint64_t key = choose_key(way, i);
            uint32_t slot = oxc_index_slot(&index, key);

            assert_int_equal(oxc_index_find(&index, key), i);
            steps += (slot - oxc_index_home(&index, key)) & (index.slot_count - 1);
        }
        /* The table is half full: half a step each, if chance has put them there. */
        print_message("index: %.2f steps a key\n", (double)steps / KEYS);
        assert_true(steps < (uint64_t)KEYS * 2);
        oxc_index_clear(&index);
        oxc_store_clear(&store);
    }
}

static void many_connections_of_one_context(void **state)
{
    uint32_t first = start();

    (void)state;
    for (uint32_t i = 0; i < 100000; i++) {
        wait_on(&w, connection_to(&w, 1), ACXH);
        if (i % 2 == 0)
            wait_on(&w, first, ACXH);
    }
    assert_int_equal(view_of(&w, w.frame).wait, 150000);
}

static void many_unfetched_notifications(void **state)
{
    uint32_t connection = start();

    (void)state;
    for (uint32_t i = 0; i < 200000; i++) {
        notify(&w, wait_on(&w, connection, ACXH));
        request(&w, connection, OXC_KIND_CLOSE, CXH);
    }
    fetch(&w, connection, CXH);
    expect(&w, w.frame, "");
}

static void many_null_handles(void **state)
{
    uint32_t connection = start();
    size_t before = memory();

    (void)state;
    for (uint32_t i = 0; i < 100000; i++)
        wait_answer(&w, wait_on(&w, connection, 0), 0, 0);
    assert_true((memory() - before) / 100000 < 160);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_known_of_other_places),
        TEST(numbers_of_a_session),
        TEST(numbers_of_a_late_start),
        TEST(same_handle_on_another_server),
        TEST(waits_of_a_context),
        TEST(outcomes),
        TEST(end_leaves_the_request),
        TEST(close_of_a_wait),
        TEST(waits_in_order),
        TEST(cancelled_wait),
        TEST(pdus_without_a_call),
        TEST(second_response),
        TEST(response_read_as_another_method),
        TEST(other_methods),
        TEST(call_id_used_again),
        TEST(same_call_id_on_two_connections),
        TEST(multiplexed_calls),
        TEST(request_and_response_in_one_frame),
        TEST(wait_of_a_closed_connection),
        TEST(many_waits_of_one_closed_connection),
        TEST(many_waits_of_closed_connections),
        TEST(dropped_wait_is_over),
        TEST(handle_returned_again),
        TEST(handle_returned_for_another_session),
        TEST(handle_returned_for_nobody),
        TEST(session_opened_again),
        TEST(handles_that_differ_in_attributes),
        TEST(fetch_after_the_notification),
        TEST(fetch_in_flight),
        TEST(fetch_on_a_closed_connection),
        TEST(fetch_for_several_contexts),
        TEST(fetch_of_another_session),
        TEST(delivery_that_could_not_be_read),
        TEST(delivery_after_an_unread_call),
        TEST(registrations),
        TEST(association_begins_and_is_joined),
        TEST(association_of_another_port_or_server),
        TEST(association_that_is_replaced),
        TEST(association_without_an_id),
        TEST(bind_ack_of_another_bind),
        TEST(loss_before_the_bind_ack),
        TEST(loss_on_a_joined_connection),
        TEST(calls_before_the_bind_ack),
        TEST(hole_while_a_connect_is_out),
        TEST(sealed_calls),
        TEST(sealed_wait_with_one_candidate),
        TEST(cut_stub_is_not_sealed),
        TEST(cut_responses),
        TEST(response_of_an_unread_request),
        TEST(decrypted_requests),
        TEST(decrypted_responses),
        TEST(decrypted_at_random),
        TEST(server_with_one_call_id),
        TEST(unread_calls_of_another_association),
        TEST(unread_end_of_a_session),
        TEST(unread_calls_that_end_sessions),
        TEST(connection_out_of_range),
        TEST(frames_out_of_order),
        TEST(time_goes_backwards),
        TEST(ordinals_at_the_limit),
        TEST(random_events),
        TEST(views_in_any_order),
        TEST(many_contexts_and_waits),
        TEST(many_outstanding_waits),
        TEST(siphash),
        TEST(chosen_handles),
        TEST(chosen_keys),
        TEST(many_connections_of_one_context),
        TEST(many_unfetched_notifications),
        TEST(many_null_handles),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
