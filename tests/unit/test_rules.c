/* test_rules.c
 * Each rule: what fires it, what nearly does, and what a late start says
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

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

/* A whole session with a context, on the connection that is returned. */
static uint32_t start(void)
{
    uint32_t connection = bound_connection(&w, GROUP);

    open_session(&w, connection, CXH);
    open_context(&w, connection, CXH, ACXH);
    return connection;
}

/* The same for a capture that began after the bind. */
static uint32_t start_late(void)
{
    uint32_t connection = connection_to(&w, 1);

    open_session(&w, connection, CXH);
    open_context(&w, connection, CXH, ACXH);
    return connection;
}

/* The capture holds nothing of what made the handles. */
static uint32_t start_very_late(void)
{
    return connection_to(&w, 1);
}

static uint32_t wait_flags(uint32_t connection, uint32_t acxh, uint32_t flags)
{
    oxc_event event = new_event(&w, OXC_EVENT_REQUEST, connection);

    event.name = handle_of(acxh);
    event.flags = flags;
    return request_event(&w, &event, OXC_KIND_WAIT).frame;
}

static void wait_null_handle(void **state)
{
    uint32_t connection = start();
    sent call;

    (void)state;
    /* Only this rule, whatever else is wrong with the call, and nothing on its response. */
    expect_only(&w, wait_flags(connection, 0, 7), "wait-null-handle");
    call = wait_on(&w, connection, 0);
    expect(&w, wait_answer(&w, call, 0, 0xFF), "");
    assert_int_equal(view_of(&w, call.frame).context, OXC_NONE);
    assert_int_equal(view_of(&w, w.frame).outcome, OXC_OUTCOME_NOTIFICATION);
}

static void wait_null_handle_near(void **state)
{
    (void)state;
    wait_on(&w, start(), ACXH);
    expect_none(&w);
}

static void wait_null_handle_late(void **state)
{
    (void)state;
    expect_only(&w, wait_on(&w, start_very_late(), 0).frame, "wait-null-handle");
}

static void wait_without_connect(void **state)
{
    uint32_t connection = start();
    uint32_t first = wait_on(&w, connection, 99).frame;

    (void)state;
    expect_only(&w, first, "wait-without-connect");
    /* It is proven each time. */
    expect(&w, wait_on(&w, joined_connection(&w, GROUP), 99).frame,
           "wait-without-connect wait-overlap-suspected");
}

static void wait_without_connect_by_cxh(void **state)
{
    uint32_t late = connection_to(&w, 1);

    (void)state;
    /* A response of the server returned it as a CXH: that is proof without an association. */
    fetch(&w, late, CXH);
    expect_only(&w, wait_on(&w, connection_to(&w, 1), CXH).frame, "wait-without-connect");
    /* Another server did not. */
    expect(&w, wait_on(&w, connection_to(&w, 2), CXH).frame, "wait-handle-unknown");
}

static void wait_without_connect_near(void **state)
{
    uint32_t connection = start();
    sent pending = request(&w, connection, OXC_KIND_ISSUE, CXH);

    (void)state;
    /* An EcDoAsyncConnectEx is out: a hole. A fault is an answer. */
    expect(&w, wait_on(&w, connection, 98).frame, "wait-handle-unknown");
    other_end(&w, pending, OXC_EVENT_FAULT);
    expect(&w, wait_on(&w, connection, 99).frame, "wait-without-connect");
}

static void wait_without_connect_before_session(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);

    (void)state;
    expect_only(&w, wait_on(&w, connection, 99).frame, "wait-handle-unknown");
}

static void wait_without_connect_late(void **state)
{
    (void)state;
    expect_only(&w, wait_on(&w, start_late(), 99).frame, "wait-handle-unknown");
}

static void wait_without_connect_holes(void **state)
{
    uint32_t connection = start();
    sent call;

    (void)state;
    call = request(&w, connection, OXC_KIND_ISSUE, CXH);
    unread(&w, true);
    answer(&w, call, 0, 0);
    unread(&w, false);
    expect(&w, wait_on(&w, connection, 99).frame, "wait-handle-unknown");
    connection = bound_connection(&w, GROUP + 1);
    open_session(&w, connection, CXH2);
    expect(&w, wait_on(&w, connection, 98).frame, "wait-without-connect");
    lose_segment(&w, connection);
    expect(&w, wait_on(&w, connection, 97).frame, "wait-handle-unknown");
}

static void wait_without_connect_explained_elsewhere(void **state)
{
    uint32_t other = connection_to(&w, 2);
    uint32_t connection = bound_connection(&w, GROUP);

    (void)state;
    open_context(&w, other, CXH2, ACXH2);
    open_session(&w, connection, CXH);
    wait_on(&w, connection, ACXH2);
    expect(&w, w.frame, "");
}

static void wait_without_connect_unbound_neighbour(void **state)
{
    uint32_t older = connection_to(&w, 1);
    oxc_event ping = {.type = OXC_EVENT_OTHER_PDU, .connection = older};
    uint32_t connection, younger;
    sent of_older, of_younger;

    (void)state;
    world_send(&w, &ping);
    connection = start();
    younger = connection_to(&w, 1);
    of_older = request(&w, older, OXC_KIND_ISSUE, CXH2);
    /* What was there before the association began is no part of it. */
    unread(&w, true);
    answer(&w, of_older, 0, 0);
    unread(&w, false);
    expect(&w, wait_on(&w, connection, 99).frame, "wait-without-connect");
    of_younger = request(&w, younger, OXC_KIND_ISSUE, CXH2);
    /* The younger one may be another connection of the association. */
    unread(&w, true);
    answer(&w, of_younger, 0, 0);
    unread(&w, false);
    expect(&w, wait_on(&w, connection, 98).frame, "wait-handle-unknown");
}

static void assume_complete(void **state)
{
    world assumed;

    (void)state;
    world_set_up(&assumed, true);
    expect(&assumed, wait_on(&assumed, connection_to(&assumed, 1), 99).frame,
           "wait-without-connect");
    expect(&assumed, request(&assumed, connection_to(&assumed, 1), OXC_KIND_ISSUE, 98).frame,
           "connect-without-session");
    world_tear_down(&assumed);
}

static void wait_handle_unknown(void **state)
{
    uint32_t late = connection_to(&w, 1);
    uint32_t bound = bound_connection(&w, GROUP);
    uint32_t first = wait_on(&w, late, 98).frame;
    uint32_t second = wait_on(&w, bound, 99).frame;

    (void)state;
    assert_int_equal(finding_of(&w, first).severity, OXC_SEVERITY_NOTE);
    assert_int_equal(finding_of(&w, second).severity, OXC_SEVERITY_WARNING);
    expect(&w, first, "wait-handle-unknown");
    expect(&w, second, "wait-handle-unknown");
}

static void wait_handle_unknown_near(void **state)
{
    uint32_t connection = start_late();
    sent call;

    (void)state;
    wait_on(&w, connection, ACXH);
    call = wait_on(&w, connection, 99);
    expect_only(&w, call.frame, "wait-handle-unknown");
    notify(&w, call);
    /* Once for a handle. */
    wait_on(&w, connection, 99);
    expect_only(&w, call.frame, "wait-handle-unknown");
}

static void wait_overlap(void **state)
{
    uint32_t connection = start();
    sent first = wait_on(&w, connection, ACXH);
    sent second = wait_on(&w, connection, ACXH);

    (void)state;
    expect_only(&w, second.frame, "wait-overlap");
    assert_int_equal(finding_of(&w, second.frame).frames[0], first.frame);
}

static void wait_overlap_on_response(void **state)
{
    uint32_t connection = start();
    sent first = wait_on(&w, connection, ACXH);
    sent second = wait_on(&w, joined_connection(&w, GROUP), ACXH);
    uint32_t end;

    (void)state;
    pass(&w, SECOND);
    end = wait_answer(&w, first, 0, PENDING);
    expect(&w, second.frame, "wait-overlap-suspected");
    expect(&w, end, "wait-overlap");
    assert_int_equal(finding_of(&w, end).frames[0], first.frame);
    assert_int_equal(finding_of(&w, end).frames[1], second.frame);
}

/* A capture that is not in the order of time may have the later PDU first. */
static void wait_overlap_on_response_out_of_order(void **state)
{
    sent first = wait_on(&w, start(), ACXH);

    (void)state;
    wait_on(&w, joined_connection(&w, GROUP), ACXH);
    pass(&w, -SECOND);
    expect(&w, wait_answer(&w, first, 0, PENDING), "");
}

/* The wait that has been cancelled is named all the same. */
static void wait_overlap_on_response_after_cancel(void **state)
{
    sent first = wait_on(&w, start(), ACXH);

    (void)state;
    wait_on(&w, joined_connection(&w, GROUP), ACXH);
    other_end(&w, first, OXC_EVENT_CANCEL);
    /* The client did not wait for this one any more. */
    expect(&w, wait_answer(&w, first, 0, PENDING), "");
}

static void wait_after_error_out_of_order(void **state)
{
    uint32_t connection = start();
    sent first = wait_on(&w, connection, ACXH);

    (void)state;
    pass(&w, SECOND);
    wait_answer(&w, first, EXITING, 0);
    pass(&w, -SECOND);
    expect(&w, wait_on(&w, connection, ACXH).frame, "");
}

/* Over HTTP a request does not tell which answers have come; the answer does. */
static void wait_overlap_over_http(void **state)
{
    uint32_t connection = start();
    sent first, second;
    uint32_t end;

    (void)state;
    oxc_tracker_split_connection(w.tracker, connection);
    first = wait_on(&w, connection, ACXH);
    second = wait_on(&w, connection, ACXH);
    pass(&w, SECOND);
    end = wait_answer(&w, first, 0, PENDING);
    expect(&w, second.frame, "wait-overlap-suspected");
    expect(&w, end, "wait-overlap");
    assert_int_equal(finding_of(&w, end).frames[0], first.frame);
    assert_int_equal(finding_of(&w, end).frames[1], second.frame);
    /* An answer that is missing, or not there yet, is no overlap. */
    notify(&w, second);
    first = wait_on(&w, connection, ACXH);
    second = wait_on(&w, connection, ACXH);
    lose_segment(&w, connection);
    expect(&w, second.frame, "wait-overlap-suspected");
    pass(&w, SECOND);
    expect(&w, wait_answer(&w, second, 0, PENDING), "");
    expect(&w, wait_answer(&w, first, 0, PENDING), "");
}

/* What comes for a call whose answer may have been missed may be the answer to another one, or a
 * second one. */
static void doubted_answers(void **state)
{
    uint32_t connection = start();
    sent call = request(&w, connection, OXC_KIND_EXECUTE, CXH);

    (void)state;
    lose_segment(&w, connection);
    expect(&w, answer(&w, call, CXH2, 0), "");
    fetch(&w, connection, CXH);
    expect(&w, answer(&w, request(&w, connection, OXC_KIND_EXECUTE, CXH), CXH2, 0),
           "session-handle-changed");
    call = request(&w, connection, OXC_KIND_ISSUE, CXH);
    lose_segment(&w, connection);
    expect(&w, answer(&w, call, ACXH2, 5), "");
    call = wait_on(&w, connection, ACXH);
    lose_segment(&w, connection);
    expect(&w, wait_answer(&w, call, 0, 6), "");
    call = wait_on(&w, connection, ACXH);
    lose_segment(&w, connection);
    wait_answer(&w, call, EXITING, 0);
    call = wait_on(&w, connection, ACXH);
    expect(&w, call.frame, "");
    wait_answer(&w, call, EXITING, 0);
    call = request(&w, connection, OXC_KIND_CLOSE, CXH);
    lose_segment(&w, connection);
    expect(&w, answer(&w, call, CXH, 0), "");
    pass(&w, 2 * SECOND);
    expect(&w, request(&w, connection, OXC_KIND_ISSUE, CXH).frame, "");
}

/* A session that such an answer opens is none that the capture knows the opening of. */
static void doubted_opening(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);
    sent call = request(&w, connection, OXC_KIND_OPEN, 0);
    oxc_event event = response_of(&w, call);

    (void)state;
    lose_segment(&w, connection);
    event.name = handle_of(CXH);
    event.server_version = UINT64_C(0x0006000000000000);
    world_send(&w, &event);
    call = request(&w, connection, OXC_KIND_ISSUE, CXH);
    /* The server gives its answers the ids of their calls. */
    expect(&w, call.frame, "connect-unsupported-server");
    expect(&w, answer(&w, call, 0, 0), "connect-null-on-success");
    expect(&w, wait_on(&w, connection, CXH).frame, "wait-without-connect");
}

/* On another connection the answer to a call that is out may have been given already. */
static void awaited_answers(void **state)
{
    uint32_t connection = start();
    uint32_t second = joined_connection(&w, GROUP);
    sent call;

    (void)state;
    end_session(&w, connection, CXH);
    pass(&w, 2 * SECOND);
    call = request(&w, connection, OXC_KIND_OPEN, 0);
    /* Handles are fresh: what is still to come is another one. */
    expect(&w, request(&w, second, OXC_KIND_ISSUE, CXH).frame, "connect-after-disconnect");
    expect(&w, wait_on(&w, second, ACXH).frame, "wait-after-disconnect");
    answer(&w, call, CXH2, 0);
    expect(&w, wait_on(&w, second, ACXH2).frame, "wait-handle-unknown");
}

static void awaited_context(void **state)
{
    uint32_t connection = start();
    uint32_t second = joined_connection(&w, GROUP);
    sent call;

    (void)state;
    wait_answer(&w, wait_on(&w, second, ACXH), EXITING, 0);
    end_session(&w, connection, CXH);
    open_session(&w, connection, CXH);
    pass(&w, 2 * SECOND);
    call = request(&w, connection, OXC_KIND_ISSUE, CXH);
    expect(&w, wait_on(&w, second, ACXH).frame, "");
    answer(&w, call, ACXH2, 0);
    expect(&w, wait_on(&w, second, ACXH).frame,
           "wait-overlap wait-after-error wait-after-disconnect");
}

/* Who uses a CXH has had the answer that returned it, whichever the capture has first. */
static void session_shown_before_its_answer(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);
    uint32_t second = joined_connection(&w, GROUP);
    sent opening = request(&w, connection, OXC_KIND_OPEN, 0);
    sent issuing = request(&w, second, OXC_KIND_ISSUE, CXH);

    (void)state;
    answer(&w, opening, CXH, 0);
    answer(&w, issuing, ACXH, 0);
    pass(&w, 2 * SECOND);
    expect(&w, wait_on(&w, second, ACXH).frame, "");
}

/* A wait that a capture lost on another connection may not show before that is used again. */
static void rejected_on_second_connection(void **state)
{
    uint32_t connection = start();
    uint32_t second = joined_connection(&w, GROUP);

    (void)state;
    notify(&w, wait_on(&w, connection, ACXH));
    wait_answer(&w, wait_on(&w, second, ACXH), REJECTED, 0);
    expect(&w, wait_on(&w, second, ACXH).frame, "");
}

static void see_not(void)
{
    oxc_event event = {.type = OXC_EVENT_UNSEEN, .connection = OXC_NONE};

    world_send(&w, &event);
}

/* Calls of a virtual connection that nobody can name may be to any server behind a proxy. */
static void unseen_calls(void **state)
{
    uint32_t connection = start();

    (void)state;
    see_not();
    expect(&w, wait_on(&w, connection, 9).frame, "wait-without-connect");
    oxc_tracker_split_connection(w.tracker, connection);
    expect(&w, wait_on(&w, connection, 10).frame, "wait-handle-unknown");
    open_context(&w, connection, CXH, ACXH);
    end_session(&w, connection, CXH);
    pass(&w, 2 * SECOND);
    expect(&w, wait_on(&w, connection, ACXH).frame, "wait-after-disconnect");
    see_not();
    expect(&w, wait_on(&w, connection, ACXH).frame, "wait-after-disconnect");
}

static void wait_overlap_near(void **state)
{
    uint32_t connection = start();
    sent call = wait_on(&w, connection, ACXH);

    (void)state;
    notify(&w, call);
    call = wait_on(&w, connection, ACXH);
    other_end(&w, call, OXC_EVENT_FAULT);
    call = wait_on(&w, connection, ACXH);
    other_end(&w, call, OXC_EVENT_CANCEL);
    call = wait_on(&w, connection, ACXH);
    other_end(&w, call, OXC_EVENT_ORPHANED);
    wait_on(&w, connection, ACXH);
    /* Another context is another matter. */
    open_session(&w, connection, CXH2);
    open_context(&w, connection, CXH2, ACXH2);
    wait_on(&w, connection, ACXH2);
    expect_none(&w);
}

static void wait_overlap_same_frame(void **state)
{
    uint32_t connection = start();
    sent first = wait_on(&w, connection, ACXH);
    sent second;

    (void)state;
    /* Answer and next wait in one frame, in the order of their bytes. */
    notify(&w, first);
    w.same_frame = true;
    second = wait_on(&w, connection, ACXH);
    expect_at(&w, second.frame, second.ordinal, "");
    w.same_frame = true;
    first = wait_on(&w, connection, ACXH);
    expect_at(&w, first.frame, first.ordinal, "wait-overlap");
    assert_int_equal(view_at(&w, first.frame, first.ordinal).findings[0].frames[0], second.frame);
}

static void wait_overlap_late(void **state)
{
    uint32_t connection = start_very_late();
    sent first = wait_on(&w, connection, ACXH);

    (void)state;
    expect(&w, first.frame, "wait-handle-unknown");
    /* The answers of a server that was never heard may go another way. */
    expect(&w, wait_on(&w, connection, ACXH).frame, "wait-overlap-suspected");
    /* Two requests prove it without knowing where the handle came from. */
    notify(&w, wait_on(&w, connection, ACXH2));
    expect(&w, wait_on(&w, connection, ACXH).frame, "wait-overlap");
    /* The response rule needs the session. */
    wait_on(&w, connection_to(&w, 1), ACXH);
    pass(&w, SECOND);
    expect(&w, wait_answer(&w, first, 0, PENDING), "");
}

static void wait_overlap_lifted(void **state)
{
    uint32_t connection = start();
    oxc_event stray = new_event(&w, OXC_EVENT_RESPONSE, connection);

    (void)state;
    wait_on(&w, connection, ACXH);
    lose_segment(&w, connection);
    wait_on(&w, connection, ACXH);
    stray.call_id = 1;
    stray.kind = OXC_KIND_OTHER;
    world_send(&w, &stray);
    wait_on(&w, connection, ACXH);
    expect_none(&w);
}

static void wait_overlap_after_late_connect(void **state)
{
    uint32_t connection = connection_to(&w, 1);

    (void)state;
    open_context(&w, connection, CXH, ACXH);
    wait_on(&w, connection, ACXH);
    /* Had the session ended before the capture, this begins another context. */
    open_context(&w, connection, CXH, ACXH);
    expect(&w, wait_on(&w, connection, ACXH).frame, "");
    expect(&w, wait_on(&w, connection, ACXH).frame, "wait-overlap");
}

static void wait_overlap_suspected(void **state)
{
    uint32_t connection = start();
    sent first = wait_on(&w, connection, ACXH);
    sent second = wait_on(&w, joined_connection(&w, GROUP), ACXH);

    (void)state;
    expect_only(&w, second.frame, "wait-overlap-suspected");
    assert_int_equal(finding_of(&w, second.frame).frames[0], first.frame);
}

static void wait_overlap_suspected_near(void **state)
{
    uint32_t connection = start();

    (void)state;
    wait_on(&w, connection, ACXH);
    w.closed[connection] = true;
    expect(&w, wait_on(&w, joined_connection(&w, GROUP), ACXH).frame, "");
    assert_int_equal(view_of(&w, w.frame).outcome, OXC_OUTCOME_CLOSED);
    expect_none(&w);
}

static void wait_overlap_suspected_late(void **state)
{
    (void)state;
    wait_on(&w, start_very_late(), ACXH);
    expect(&w, wait_on(&w, connection_to(&w, 1), ACXH).frame, "wait-overlap-suspected");
}

static void wait_after_error(void **state)
{
    uint32_t connection = start();
    uint32_t failure = wait_answer(&w, wait_on(&w, connection, ACXH), EXITING, 0);
    uint32_t retry = wait_on(&w, connection, ACXH).frame;

    (void)state;
    expect_only(&w, retry, "wait-after-error");
    assert_int_equal(finding_of(&w, retry).frames[0], failure);
    assert_int_equal(finding_of(&w, retry).value, EXITING);
}

static void wait_after_error_near(void **state)
{
    uint32_t connection = start();
    sent parked;

    (void)state;
    wait_answer(&w, wait_on(&w, connection, ACXH), EXITING, 0);
    /* The handle was returned again: a fresh start. */
    open_context(&w, connection, CXH, ACXH);
    parked = wait_on(&w, connection, ACXH);
    expect_none(&w);
    /* Rejected because of the one that is parked: the retry after that one is legal. */
    expect(&w, wait_answer(&w, wait_on(&w, connection, ACXH), REJECTED, 0), "");
    notify(&w, parked);
    expect(&w, wait_on(&w, connection, ACXH).frame, "");
}

static void wait_after_error_fault(void **state)
{
    uint32_t connection = start();

    (void)state;
    other_end(&w, wait_on(&w, connection, ACXH), OXC_EVENT_FAULT);
    wait_on(&w, connection, ACXH);
    expect_none(&w);
}

static void wait_after_error_rejected(void **state)
{
    uint32_t connection = start();
    uint32_t rejected = wait_answer(&w, wait_on(&w, connection, ACXH), REJECTED, 0);

    (void)state;
    expect_only(&w, rejected, "rejected-without-overlap");
    expect(&w, wait_on(&w, connection, ACXH).frame, "wait-after-error");
}

static void wait_after_error_rejected_after_close(void **state)
{
    uint32_t connection = start();
    uint32_t second = joined_connection(&w, GROUP);

    (void)state;
    wait_on(&w, connection, ACXH);
    w.closed[connection] = true;
    /* The server may not have seen the close yet. */
    wait_answer(&w, wait_on(&w, second, ACXH), REJECTED, 0);
    wait_on(&w, second, ACXH);
    expect_none(&w);
}

static void wait_after_error_late(void **state)
{
    uint32_t connection = start_very_late();

    (void)state;
    wait_answer(&w, wait_on(&w, connection, ACXH), EXITING, 0);
    expect(&w, wait_on(&w, connection, ACXH).frame, "");
}

static void wait_after_error_late_rejected(void **state)
{
    uint32_t connection = connection_to(&w, 1);
    uint32_t second = connection_to(&w, 1);

    (void)state;
    /* The session is older than the capture: a wait of before may be parked still. */
    open_context(&w, connection, CXH, ACXH);
    wait_answer(&w, wait_on(&w, connection, ACXH), REJECTED, 0);
    wait_on(&w, second, ACXH);
    expect(&w, w.frame, "");
}

static void wait_after_error_lifted(void **state)
{
    uint32_t connection = start();
    sent call;

    (void)state;
    wait_answer(&w, wait_on(&w, connection, ACXH), EXITING, 0);
    call = request(&w, connection, OXC_KIND_ISSUE, CXH);
    expect(&w, wait_on(&w, connection, ACXH).frame, "");
    unread(&w, true);
    answer(&w, call, 0, 0);
    unread(&w, false);
    expect(&w, wait_on(&w, joined_connection(&w, GROUP), ACXH).frame, "wait-overlap-suspected");
}

static void wait_after_disconnect(void **state)
{
    uint32_t connection = start();
    uint32_t end = end_session(&w, connection, CXH);
    uint32_t wait;

    (void)state;
    expect_only(&w, end - 1, "connect-not-followed-by-wait");
    pass(&w, SECOND);
    wait = wait_on(&w, connection, ACXH).frame;
    expect(&w, wait, "wait-after-disconnect");
    assert_int_equal(finding_of(&w, wait).frames[0], end);
    assert_int_equal(finding_of(&w, wait).value, SECOND + 10 * MILLISECOND);
}

static void wait_after_disconnect_by_one_second(void **state)
{
    uint32_t connection = start();

    (void)state;
    notify(&w, wait_on(&w, connection, ACXH));
    end_session(&w, connection, CXH);
    pass(&w, SECOND - 10 * MILLISECOND);
    expect_only(&w, wait_on(&w, connection, ACXH).frame, "wait-after-disconnect");
    assert_int_equal(finding_of(&w, w.frame).value, SECOND);
}

static void wait_after_disconnect_by_null_cxh(void **state)
{
    uint32_t connection = start();
    uint32_t end;

    (void)state;
    end = answer(&w, request(&w, connection, OXC_KIND_EXECUTE, CXH), 0, 0);
    pass(&w, MINUTE);
    expect_only(&w, wait_on(&w, connection, ACXH).frame, "wait-after-disconnect");
    assert_int_equal(finding_of(&w, w.frame).frames[0], end);
}

/* Some products answer so to a buffer that is too small, and go on. */
static void wait_after_null_cxh_of_a_failure(void **state)
{
    uint32_t connection = start();
    sent call;

    (void)state;
    answer(&w, request(&w, connection, OXC_KIND_EXECUTE, CXH), 0, 0x80040115);
    pass(&w, MINUTE);
    call = wait_on(&w, connection, ACXH);
    wait_answer(&w, call, 0, 2);
    expect_none(&w);
    fetch(&w, connection, CXH);
    expect(&w, wait_answer(&w, wait_on(&w, connection, ACXH), 0, 2), "flags-out-reserved");
}

/* What is answered as by a session that lives shows that it does. */
static void end_taken_back(void **state)
{
    uint32_t connection = start();

    (void)state;
    answer(&w, request(&w, connection, OXC_KIND_EXECUTE, CXH), 0, 0);
    fetch(&w, connection, CXH);
    pass(&w, MINUTE);
    expect(&w, wait_answer(&w, wait_on(&w, connection, ACXH), 0, 2), "flags-out-reserved");
    end_session(&w, connection, CXH);
    fetch(&w, connection, CXH);
    pass(&w, MINUTE);
    expect(&w, wait_on(&w, connection, ACXH).frame, "wait-after-disconnect");
}

static void wait_after_disconnect_by_new_session(void **state)
{
    uint32_t connection = start();

    (void)state;
    open_session(&w, connection, CXH);
    pass(&w, MINUTE);
    expect_only(&w, wait_on(&w, connection, ACXH).frame, "wait-after-disconnect");
}

static void wait_after_disconnect_near(void **state)
{
    uint32_t connection = start();
    sent wait = wait_on(&w, connection, ACXH);

    (void)state;
    /* The session goes on: the answer was no success. And a wait from before may end. */
    answer(&w, request(&w, connection, OXC_KIND_CLOSE, CXH), CXH, 0x80004005);
    pass(&w, MINUTE);
    notify(&w, wait);
    fetch(&w, connection, CXH);
    wait = wait_on(&w, connection, ACXH);
    end_session(&w, connection, CXH);
    wait_answer(&w, wait, 0, 0);
    /* The handle is returned for a new session. */
    open_session(&w, connection, CXH2);
    open_context(&w, connection, CXH2, ACXH);
    pass(&w, MINUTE);
    wait_on(&w, connection, ACXH);
    expect_none(&w);
}

static void wait_after_disconnect_late(void **state)
{
    uint32_t connection = start_very_late();

    (void)state;
    /* No EcDoAsyncConnectEx showed the session of the context. */
    end_session(&w, connection, CXH);
    pass(&w, MINUTE);
    expect_only(&w, wait_on(&w, connection, ACXH).frame, "wait-handle-unknown");
}

static void wait_after_disconnect_lifted(void **state)
{
    uint32_t connection = start();
    sent call;

    /* Only a server that was seen to give a handle away twice may do so unseen. */
    end_session(&w, connection, CXH);
    open_session(&w, connection, CXH);
    open_context(&w, connection, CXH, ACXH);

    (void)state;
    wait_on(&w, connection, ACXH);
    end_session(&w, connection, CXH);
    call = request(&w, connection, OXC_KIND_ISSUE, CXH2);
    unread(&w, true);
    answer(&w, call, 0, 0);
    unread(&w, false);
    pass(&w, MINUTE);
    expect(&w, wait_on(&w, connection, ACXH).frame, "");
}

static void wait_races_disconnect(void **state)
{
    uint32_t connection = start();

    (void)state;
    wait_answer(&w, wait_on(&w, connection, ACXH), 0, PENDING);
    end_session(&w, connection, CXH);
    expect_only(&w, wait_on(&w, connection, ACXH).frame, "wait-races-disconnect");
}

static void wait_races_disconnect_near(void **state)
{
    uint32_t connection = start();
    sent call = wait_on(&w, connection, ACXH);
    sent disconnect;

    (void)state;
    notify(&w, call);
    disconnect = request(&w, connection, OXC_KIND_CLOSE, CXH);
    wait_on(&w, connection, ACXH);
    answer(&w, disconnect, 0, 0);
    expect_none(&w);
}

static void wait_races_disconnect_late(void **state)
{
    uint32_t connection = start_very_late();

    (void)state;
    end_session(&w, connection, CXH);
    expect_only(&w, wait_on(&w, connection, ACXH).frame, "wait-handle-unknown");
}

static uint32_t notification(uint32_t connection)
{
    return notify(&w, wait_on(&w, connection, ACXH));
}

static void wait_busy_loop(void **state)
{
    uint32_t connection = start();
    uint32_t first = notification(connection);
    uint32_t third;

    (void)state;
    notification(connection);
    third = notification(connection);
    /* Once until one is fetched. */
    notification(connection);
    notification(connection);
    expect_only(&w, third, "wait-busy-loop");
    assert_int_equal(finding_of(&w, third).frames[0], first);
    fetch(&w, connection, CXH);
    notification(connection);
    notification(connection);
    expect(&w, notification(connection), "wait-busy-loop");
}

static void wait_busy_loop_near(void **state)
{
    uint32_t connection = start();
    sent call;

    (void)state;
    notification(connection);
    notification(connection);
    fetch(&w, connection, CXH);
    notification(connection);
    notification(connection);
    pass(&w, SECOND);
    notification(connection);
    notification(connection);
    pass(&w, MINUTE);
    /* One in flight fetches it. */
    call = request(&w, connection, OXC_KIND_EXECUTE, CXH);
    for (int i = 0; i < 5; i++)
        notification(connection);
    answer(&w, call, CXH, 0);
    /* A response without a notification is in between. */
    notification(connection);
    notification(connection);
    wait_answer(&w, wait_on(&w, connection, ACXH), 0, 0);
    notification(connection);
    for (uint32_t frame = 1; frame <= w.frame; frame++)
        for (size_t i = 0; i < view_of(&w, frame).finding_count; i++)
            assert_int_not_equal(view_of(&w, frame).findings[i].rule, OXC_RULE_wait_busy_loop);
}

static void wait_busy_loop_late(void **state)
{
    uint32_t connection = connection_to(&w, 1);

    (void)state;
    /* The session was not opened in the capture. */
    open_context(&w, connection, CXH, ACXH);
    for (int i = 0; i < 5; i++)
        expect(&w, notification(connection), "");
}

static void wait_busy_loop_lifted(void **state)
{
    uint32_t connection = start();

    (void)state;
    notification(connection);
    unread(&w, true);
    fetch(&w, connection, CXH);
    unread(&w, false);
    notification(connection);
    notification(connection);
    expect_none(&w);
}

static void notification_not_fetched(void **state)
{
    uint32_t connection = start();
    uint32_t first = notification(connection);
    uint32_t second;

    (void)state;
    pass(&w, 11 * SECOND);
    second = notification(connection);
    expect_only(&w, second, "notification-not-fetched");
    assert_int_equal(finding_of(&w, second).frames[0], first);
}

static void notification_not_fetched_at_disconnect(void **state)
{
    uint32_t connection = start();
    uint32_t first = notification(connection);
    uint32_t disconnect, second;

    (void)state;
    pass(&w, 11 * SECOND);
    disconnect = request(&w, connection, OXC_KIND_CLOSE, CXH).frame;
    expect_only(&w, disconnect, "notification-not-fetched");
    assert_int_equal(finding_of(&w, disconnect).frames[0], first);
    /* Once for each. */
    request(&w, connection, OXC_KIND_CLOSE, CXH);
    second = notification(connection);
    expect_only(&w, disconnect, "notification-not-fetched");
    pass(&w, 11 * SECOND);
    request(&w, connection, OXC_KIND_CLOSE, CXH);
    expect(&w, w.frame, "notification-not-fetched");
    assert_int_equal(finding_of(&w, w.frame).frames[0], second);
}

static void notification_not_fetched_of_two_contexts(void **state)
{
    uint32_t connection = start();
    uint32_t first;

    (void)state;
    open_context(&w, connection, CXH, ACXH2);
    first = notification(connection);
    notify(&w, wait_on(&w, connection, ACXH2));
    pass(&w, 5 * SECOND);
    notification(connection);
    pass(&w, 6 * SECOND);
    /* Of ACXH only the last one counts, and that is too young. */
    request(&w, connection, OXC_KIND_CLOSE, CXH);
    expect(&w, w.frame, "notification-not-fetched");
    assert_int_equal(finding_of(&w, w.frame).frames[0], first + 2);
}

static void notification_not_fetched_near(void **state)
{
    uint32_t connection = start();
    sent call;

    (void)state;
    notification(connection);
    pass(&w, 9 * SECOND);
    notification(connection);
    fetch(&w, connection, CXH);
    pass(&w, MINUTE);
    call = request(&w, connection, OXC_KIND_EXECUTE, CXH);
    notification(connection);
    answer(&w, call, CXH, 0);
    pass(&w, MINUTE);
    notification(connection);
    end_session(&w, connection, CXH);
    expect_none(&w);
}

static void notification_not_fetched_late(void **state)
{
    uint32_t connection = connection_to(&w, 1);

    (void)state;
    open_context(&w, connection, CXH, ACXH);
    notification(connection);
    pass(&w, MINUTE);
    expect(&w, notification(connection), "");
    pass(&w, MINUTE);
    /* On the request nothing but the session is needed. */
    expect(&w, request(&w, connection, OXC_KIND_CLOSE, CXH).frame, "notification-not-fetched");
}

static void notification_not_fetched_lifted(void **state)
{
    uint32_t connection = start();

    (void)state;
    notification(connection);
    unread(&w, true);
    request(&w, joined_connection(&w, GROUP), OXC_KIND_EXECUTE, 0);
    unread(&w, false);
    pass(&w, MINUTE);
    notification(connection);
    expect_none(&w);
}

static void notification_not_fetched_lifted_by_one_in_flight(void **state)
{
    uint32_t connection = start();
    sent call;

    (void)state;
    unread(&w, true);
    call = request(&w, connection, OXC_KIND_EXECUTE, 0);
    unread(&w, false);
    notification(connection);
    pass(&w, MINUTE);
    notification(connection);
    expect_none(&w);
    unread(&w, true);
    answer(&w, call, 0, 0);
    unread(&w, false);
    fetch(&w, connection, CXH);
    notification(connection);
    pass(&w, MINUTE);
    expect(&w, notification(connection), "notification-not-fetched");
}

static void notification_not_fetched_other_association(void **state)
{
    uint32_t other = bound_connection(&w, GROUP + 1);
    uint32_t connection = start();

    (void)state;
    notification(connection);
    unread(&w, true);
    request(&w, other, OXC_KIND_EXECUTE, 0);
    unread(&w, false);
    pass(&w, MINUTE);
    expect(&w, notification(connection), "notification-not-fetched");
}

static void flags_in_nonzero(void **state)
{
    uint32_t frame = wait_flags(start(), ACXH, 0x80000000);

    (void)state;
    expect_only(&w, frame, "flags-in-nonzero");
    assert_int_equal(finding_of(&w, frame).value, 0x80000000);
}

static void flags_in_nonzero_near(void **state)
{
    (void)state;
    wait_flags(start(), ACXH, 0);
    expect_none(&w);
}

static void flags_in_nonzero_late(void **state)
{
    (void)state;
    expect_only(&w, wait_flags(start_very_late(), ACXH, 1), "wait-handle-unknown flags-in-nonzero");
}

static uint32_t async_connect(uint32_t connection, uint32_t cxh)
{
    return request(&w, connection, OXC_KIND_ISSUE, cxh).frame;
}

static void connect_null_session(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);
    uint32_t end = open_context(&w, connection, 0, 0);

    (void)state;
    expect_only(&w, end - 1, "connect-null-session");
}

static void connect_null_session_near(void **state)
{
    (void)state;
    start();
    expect_none(&w);
}

static void connect_null_session_late(void **state)
{
    (void)state;
    expect_only(&w, async_connect(start_very_late(), 0), "connect-null-session");
}

static void connect_without_session(void **state)
{
    uint32_t connection = start();

    (void)state;
    expect_only(&w, async_connect(connection, 99), "connect-without-session");
}

static void connect_without_session_near(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);

    (void)state;
    request(&w, connection, OXC_KIND_OPEN, 0);
    expect_only(&w, async_connect(connection, 99), "connect-session-unknown");
}

static void connect_without_session_late(void **state)
{
    (void)state;
    expect_only(&w, async_connect(start_late(), 99), "connect-session-unknown");
}

static void connect_session_unknown(void **state)
{
    uint32_t connection = connection_to(&w, 1);
    uint32_t first = async_connect(connection, CXH);

    (void)state;
    async_connect(connection, CXH);
    expect_only(&w, first, "connect-session-unknown");
}

static void connect_session_unknown_near(void **state)
{
    uint32_t connection = connection_to(&w, 1);

    (void)state;
    open_session(&w, connection, CXH);
    async_connect(connection, CXH);
    expect_none(&w);
}

static void connect_after_disconnect(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);
    uint32_t end, frame;

    (void)state;
    open_session(&w, connection, CXH);
    end = end_session(&w, connection, CXH);
    pass(&w, SECOND);
    frame = async_connect(connection, CXH);
    expect_only(&w, frame, "connect-after-disconnect");
    assert_int_equal(finding_of(&w, frame).frames[0], end);
}

static void connect_after_disconnect_near(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);

    (void)state;
    open_session(&w, connection, CXH);
    end_session(&w, connection, CXH);
    open_session(&w, connection, CXH);
    pass(&w, MINUTE);
    async_connect(connection, CXH);
    expect_none(&w);
}

static void connect_after_disconnect_late(void **state)
{
    uint32_t connection = connection_to(&w, 1);

    (void)state;
    /* The end is in the capture: that proves it. */
    end_session(&w, connection, CXH);
    pass(&w, MINUTE);
    expect_only(&w, async_connect(connection, CXH),
                "connect-session-unknown connect-after-disconnect");
}

static void connect_after_disconnect_lifted(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);
    sent call;

    (void)state;
    open_session(&w, connection, CXH);
    end_session(&w, connection, CXH);
    /* Only a server that was seen to give a handle away twice may do so unseen. */
    open_session(&w, connection, CXH);
    end_session(&w, connection, CXH);
    call = request(&w, connection, OXC_KIND_OPEN, 0);
    unread(&w, true);
    answer(&w, call, 0, 0);
    unread(&w, false);
    pass(&w, MINUTE);
    async_connect(connection, CXH);
    expect_none(&w);
}

static void connect_races_disconnect(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);

    (void)state;
    open_session(&w, connection, CXH);
    end_session(&w, connection, CXH);
    expect_only(&w, async_connect(connection, CXH), "connect-races-disconnect");
}

static void connect_races_disconnect_near(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);

    (void)state;
    open_session(&w, connection, CXH);
    request(&w, connection, OXC_KIND_CLOSE, CXH);
    async_connect(connection, CXH);
    expect_none(&w);
}

static void connect_races_disconnect_late(void **state)
{
    uint32_t connection = connection_to(&w, 1);

    (void)state;
    end_session(&w, connection, CXH);
    expect_only(&w, async_connect(connection, CXH),
                "connect-session-unknown connect-races-disconnect");
}

static void connect_repeated(void **state)
{
    uint32_t connection = start();
    uint32_t issued = w.frame;
    uint32_t again = async_connect(connection, CXH);

    (void)state;
    expect_only(&w, again, "connect-repeated");
    assert_int_equal(finding_of(&w, again).frames[0], issued);
}

static void connect_repeated_near(void **state)
{
    uint32_t connection = start();

    (void)state;
    /* After an error of the wait a new context is what a client may try. */
    wait_answer(&w, wait_on(&w, connection, ACXH), EXITING, 0);
    open_context(&w, connection, CXH, ACXH2);
    /* The context went to another session. */
    open_session(&w, connection, CXH2);
    open_context(&w, connection, CXH2, 0);
    expect_only(&w, w.frame, "connect-null-on-success");
    async_connect(connection, CXH2);
    expect(&w, w.frame, "");
}

static void connect_repeated_late(void **state)
{
    uint32_t connection = connection_to(&w, 1);

    (void)state;
    open_context(&w, connection, CXH, ACXH);
    expect(&w, async_connect(connection, CXH), "connect-repeated");
}

static void connect_repeated_lifted(void **state)
{
    uint32_t connection = start();
    sent call = wait_on(&w, connection, ACXH);

    (void)state;
    unread(&w, true);
    wait_answer(&w, call, 0, 0);
    unread(&w, false);
    expect(&w, async_connect(connection, CXH), "");
}

static uint32_t open_old_session(uint32_t connection, uint64_t version)
{
    sent call = request(&w, connection, OXC_KIND_OPEN, 0);
    oxc_event event = response_of(&w, call);

    event.name = handle_of(CXH);
    event.server_version = version;
    return world_send(&w, &event);
}

static void connect_unsupported_server(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);
    uint32_t opened = open_old_session(connection, UINT64_C(0x0000000F01140004));
    uint32_t frame = async_connect(connection, CXH);

    (void)state;
    expect_only(&w, frame, "connect-unsupported-server");
    assert_int_equal(finding_of(&w, frame).frames[0], opened);
    assert_true(finding_of(&w, frame).value == UINT64_C(0x0000000F01140004));
}

static void connect_unsupported_server_near(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);

    (void)state;
    open_old_session(connection, UINT64_C(0x0008000001660000));
    async_connect(connection, CXH);
    expect_none(&w);
    open_old_session(connection, UINT64_C(0x0006000501660000));
    end_session(&w, connection, CXH);
    expect(&w, async_connect(connection, CXH), "connect-races-disconnect");
}

static void connect_unsupported_server_late(void **state)
{
    uint32_t connection = connection_to(&w, 1);

    (void)state;
    expect_only(&w, async_connect(connection, CXH), "connect-session-unknown");
    open_old_session(connection, UINT64_C(0x0008000001650000));
    expect(&w, async_connect(connection, CXH), "connect-unsupported-server");
}

static void connect_not_followed_by_wait(void **state)
{
    uint32_t connection = start();
    uint32_t issued = w.frame;

    (void)state;
    request(&w, connection, OXC_KIND_CLOSE, CXH);
    expect_only(&w, w.frame, "connect-not-followed-by-wait");
    assert_int_equal(finding_of(&w, w.frame).frames[0], issued);
}

static void connect_not_followed_by_wait_near(void **state)
{
    uint32_t connection = start();

    (void)state;
    wait_on(&w, connection, ACXH);
    end_session(&w, connection, CXH);
    open_session(&w, connection, CXH2);
    open_context(&w, connection, CXH2, ACXH2);
    unread(&w, true);
    wait_on(&w, connection, 0);
    unread(&w, false);
    end_session(&w, connection, CXH2);
    expect_none(&w);
}

static void connect_not_followed_by_wait_lifted(void **state)
{
    uint32_t connection = start();
    sent call = request(&w, connection, OXC_KIND_EXECUTE, CXH);

    (void)state;
    unread(&w, true);
    answer(&w, call, 0, 0);
    unread(&w, false);
    request(&w, connection, OXC_KIND_CLOSE, CXH);
    expect_none(&w);
}

static void connect_not_followed_by_wait_late(void **state)
{
    uint32_t connection = connection_to(&w, 1);

    (void)state;
    end_session(&w, connection, CXH);
    expect_none(&w);
}

static void connect_null_on_success(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);

    (void)state;
    open_session(&w, connection, CXH);
    expect_only(&w, open_context(&w, connection, CXH, 0), "connect-null-on-success");
}

static void connect_null_on_success_near(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);

    (void)state;
    open_session(&w, connection, CXH);
    answer(&w, request(&w, connection, OXC_KIND_ISSUE, CXH), 0, REJECTED);
    expect_none(&w);
}

static void connect_null_on_success_late(void **state)
{
    uint32_t connection = connection_to(&w, 1);

    (void)state;
    /* What a server says to a handle that nobody can vouch for is its own affair. */
    expect(&w, open_context(&w, connection, CXH, 0), "");
}

static void connect_handle_on_failure(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);
    uint32_t frame;

    (void)state;
    open_session(&w, connection, CXH);
    frame = answer(&w, request(&w, connection, OXC_KIND_ISSUE, CXH), ACXH, REJECTED);
    expect_only(&w, frame, "connect-handle-on-failure");
    assert_int_equal(finding_of(&w, frame).value, REJECTED);
    /* The handle is not explained by it. */
    expect(&w, wait_on(&w, connection, ACXH).frame, "wait-without-connect");
}

static void connect_handle_on_failure_near(void **state)
{
    uint32_t connection = start();

    (void)state;
    end_session(&w, connection, CXH);
    answer(&w, request(&w, connection, OXC_KIND_ISSUE, CXH), ACXH, REJECTED);
    expect(&w, w.frame, "");
}

static void connect_handle_on_failure_late(void **state)
{
    sent call = request(&w, connection_to(&w, 1), OXC_KIND_ISSUE, CXH);

    (void)state;
    expect(&w, answer(&w, call, ACXH, REJECTED), "");
}

static void connect_handle_reused(void **state)
{
    uint32_t connection = start();
    uint32_t issued = w.frame;
    uint32_t frame;

    (void)state;
    open_session(&w, connection, CXH2);
    frame = open_context(&w, connection, CXH2, ACXH);
    expect_only(&w, frame, "connect-handle-reused");
    assert_int_equal(finding_of(&w, frame).frames[0], issued);
}

static void connect_handle_reused_near(void **state)
{
    uint32_t connection = start();

    (void)state;
    wait_answer(&w, wait_on(&w, connection, ACXH), EXITING, 0);
    open_context(&w, connection, CXH, ACXH);
    end_session(&w, connection, CXH);
    open_session(&w, connection, CXH2);
    open_context(&w, connection, CXH2, ACXH);
    expect_none(&w);
}

static void connect_handle_reused_late(void **state)
{
    uint32_t connection = connection_to(&w, 1);

    (void)state;
    open_context(&w, connection, CXH, ACXH);
    expect(&w, open_context(&w, connection, CXH2, ACXH), "");
    /* The session that has it may have ended before the capture. */
    open_session(&w, connection, 9);
    expect(&w, open_context(&w, connection, 9, ACXH), "");
}

static void connect_handle_reused_lifted(void **state)
{
    uint32_t connection = start();
    sent disconnect;

    (void)state;
    wait_on(&w, connection, ACXH);
    open_session(&w, connection, CXH2);
    disconnect = request(&w, connection, OXC_KIND_CLOSE, CXH);
    open_context(&w, joined_connection(&w, GROUP), CXH2, ACXH);
    answer(&w, disconnect, 0, 0);
    expect_none(&w);
}

static void connect_handle_reused_after_unread_call(void **state)
{
    static const oxc_kind methods[] = {OXC_KIND_EXECUTE, OXC_KIND_CLOSE, OXC_KIND_ISSUE,
                                       OXC_KIND_OPEN};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        uint32_t connection = start();
        sent call;

        open_session(&w, connection, CXH2);
        call = request(&w, connection, methods[i], CXH);
        unread(&w, true);
        answer(&w, call, 0, 0);
        unread(&w, false);
        fetch(&w, connection, CXH2);
        /* The answer to an EcDoAsyncConnectEx may have given the handle to a session that has ended
         * since: this server gives one twice. */
        expect(&w, open_context(&w, connection, CXH2, ACXH), i < 3 ? "" : "connect-handle-reused");
        world_tear_down(&w);
        world_set_up(&w, false);
    }
}

static void session_handle_changed(void **state)
{
    uint32_t connection = start();
    sent call = request(&w, connection, OXC_KIND_EXECUTE, CXH);

    (void)state;
    expect_only(&w, answer(&w, call, CXH2, 0), "session-handle-changed");
}

static void session_handle_changed_near(void **state)
{
    uint32_t connection = start();

    (void)state;
    answer(&w, request(&w, connection, OXC_KIND_EXECUTE, CXH), CXH, 0);
    answer(&w, request(&w, connection, OXC_KIND_EXECUTE, CXH), CXH2, 0x80004005);
    answer(&w, request(&w, connection, OXC_KIND_EXECUTE, CXH), 0, 0);
    answer(&w, request(&w, connection, OXC_KIND_EXECUTE, CXH), CXH2, 0);
    expect_none(&w);
}

static void session_handle_changed_late(void **state)
{
    sent call = request(&w, connection_to(&w, 1), OXC_KIND_EXECUTE, CXH);

    (void)state;
    answer(&w, call, CXH2, 0);
    expect_none(&w);
}

static void disconnect_handle_not_null(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);
    sent call;

    (void)state;
    open_session(&w, connection, CXH);
    call = request(&w, connection, OXC_KIND_CLOSE, CXH);
    expect_only(&w, answer(&w, call, CXH, 0), "disconnect-handle-not-null");
}

static void disconnect_handle_not_null_near(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);

    (void)state;
    open_session(&w, connection, CXH);
    answer(&w, request(&w, connection, OXC_KIND_CLOSE, CXH), CXH, 0x80004005);
    answer(&w, request(&w, connection, OXC_KIND_CLOSE, CXH), 0, 0);
    /* The session is over. */
    answer(&w, request(&w, connection, OXC_KIND_CLOSE, CXH), CXH, 0);
    expect_none(&w);
}

static void disconnect_handle_not_null_late(void **state)
{
    sent call = request(&w, connection_to(&w, 1), OXC_KIND_CLOSE, CXH);

    (void)state;
    answer(&w, call, CXH, 0);
    expect_none(&w);
}

static void overlap_not_rejected(void **state)
{
    uint32_t connection = start();
    sent first = wait_on(&w, connection, ACXH);
    sent second = wait_on(&w, connection, ACXH);
    uint32_t end = notify(&w, second);

    (void)state;
    expect_only(&w, second.frame, "wait-overlap");
    notify(&w, first);
    expect(&w, w.frame, "overlap-not-rejected");
    assert_int_equal(finding_of(&w, w.frame).frames[0], end);
}

static void overlap_not_rejected_near(void **state)
{
    uint32_t connection = start();
    sent first = wait_on(&w, connection, ACXH);
    sent second = wait_on(&w, connection, ACXH);

    (void)state;
    wait_answer(&w, second, REJECTED, 0);
    notify(&w, first);
    expect_only(&w, second.frame, "wait-overlap");
    second = wait_on(&w, connection, ACXH);
    notify(&w, second);
    expect(&w, w.frame, "");
}

static void overlap_not_rejected_late(void **state)
{
    uint32_t connection = start_very_late();
    sent first = wait_on(&w, connection, ACXH);
    sent second = wait_on(&w, connection, ACXH);

    (void)state;
    notify(&w, first);
    expect(&w, notify(&w, second), "");
}

static void rejected_without_overlap(void **state)
{
    uint32_t connection = start();
    sent call = wait_on(&w, connection, ACXH);

    (void)state;
    expect_only(&w, wait_answer(&w, call, REJECTED, 0), "rejected-without-overlap");
    assert_int_equal(finding_of(&w, w.frame).frames[0], call.frame);
}

static void rejected_without_overlap_near(void **state)
{
    uint32_t connection = start();
    sent first = wait_on(&w, connection, ACXH);
    sent second = wait_on(&w, connection, ACXH);

    (void)state;
    /* Either of the two may be rejected: the order at the server is not known. */
    wait_answer(&w, first, REJECTED, 0);
    notify(&w, second);
    expect_only(&w, second.frame, "wait-overlap");
    first = wait_on(&w, connection, ACXH);
    other_end(&w, first, OXC_EVENT_CANCEL);
    wait_answer(&w, wait_on(&w, connection, ACXH), REJECTED, 0);
    expect(&w, w.frame, "");
}

static void rejected_without_overlap_late(void **state)
{
    uint32_t connection = connection_to(&w, 1);

    (void)state;
    open_context(&w, connection, CXH, ACXH);
    expect(&w, wait_answer(&w, wait_on(&w, connection, ACXH), REJECTED, 0), "");
}

static void rejected_without_overlap_lifted_by_handle(void **state)
{
    uint32_t connection = bound_connection(&w, GROUP);
    sent call;

    (void)state;
    open_session(&w, connection, CXH);
    call = request(&w, connection, OXC_KIND_ISSUE, CXH);
    unread(&w, true);
    answer(&w, call, 0, 0);
    unread(&w, false);
    /* The wait may well be of the context that is returned again. */
    wait_on(&w, connection, ACXH);
    open_context(&w, connection, CXH, ACXH);
    wait_answer(&w, wait_on(&w, connection, ACXH), REJECTED, 0);
    expect(&w, w.frame, "");
}

static void rejected_without_overlap_lifted(void **state)
{
    uint32_t connection = start();

    (void)state;
    unread(&w, true);
    wait_on(&w, joined_connection(&w, GROUP), 0);
    unread(&w, false);
    wait_answer(&w, wait_on(&w, connection, ACXH), REJECTED, 0);
    wait_on(&w, connection, ACXH);
    expect_none(&w);
}

static void flags_out_reserved(void **state)
{
    uint32_t frame = wait_answer(&w, wait_on(&w, start(), ACXH), 0, 0x11);

    (void)state;
    expect_only(&w, frame, "flags-out-reserved");
    assert_int_equal(finding_of(&w, frame).value, 0x11);
}

static void flags_out_reserved_near(void **state)
{
    uint32_t connection = start();

    (void)state;
    wait_answer(&w, wait_on(&w, connection, ACXH), 0, 1);
    fetch(&w, connection, CXH);
    end_session(&w, connection, CXH);
    /* A dead handle: no verdict on the answer. */
    wait_answer(&w, wait_on(&w, connection, ACXH), 0, 0x11);
    expect(&w, w.frame, "");
}

static void flags_out_reserved_lifted(void **state)
{
    uint32_t connection = start();
    sent wait;
    sent issue, open;

    (void)state;
    /* Only a server that was seen to give a handle away twice may do so unseen. */
    open_session(&w, connection, CXH2);
    end_session(&w, connection, CXH2);
    open_session(&w, connection, CXH2);
    wait = wait_on(&w, connection, ACXH);
    issue = request(&w, connection, OXC_KIND_ISSUE, CXH);
    open = request(&w, connection, OXC_KIND_OPEN, 0);
    unread(&w, true);
    answer(&w, open, CXH, 0);
    unread(&w, false);
    /* For a session that is over it begins another context: the wait may be of none any more. */
    answer(&w, issue, ACXH, 0);
    expect(&w, wait_answer(&w, wait, 0, 0x11), "");
}

static void flags_out_reserved_late(void **state)
{
    uint32_t connection = connection_to(&w, 1);

    (void)state;
    open_context(&w, connection, CXH, ACXH);
    expect(&w, wait_answer(&w, wait_on(&w, connection, ACXH), 0, 0x11), "");
}

static void wait_completed_early(void **state)
{
    sent call = wait_on(&w, start(), ACXH);

    (void)state;
    pass(&w, 289 * SECOND);
    expect_only(&w, wait_answer(&w, call, 0, 0), "wait-completed-early");
    assert_int_equal(finding_of(&w, w.frame).frames[0], call.frame);
    assert_true(finding_of(&w, w.frame).value == (uint64_t)(289 * SECOND + 10 * MILLISECOND));
}

static void wait_completed_early_near(void **state)
{
    uint32_t connection = start();
    sent call = wait_on(&w, connection, ACXH);
    sent disconnect;

    (void)state;
    pass(&w, 290 * SECOND);
    wait_answer(&w, call, 0, 0);
    /* The last EcDoRpcExt2 is five minutes old, the wait only one. */
    call = wait_on(&w, connection, ACXH);
    pass(&w, MINUTE);
    wait_answer(&w, call, 0, 0);
    expect_none(&w);
    /* The session is being closed. */
    fetch(&w, connection, CXH);
    call = wait_on(&w, connection, ACXH);
    disconnect = request(&w, connection, OXC_KIND_CLOSE, CXH);
    wait_answer(&w, call, 0, 0);
    answer(&w, disconnect, 0, 0);
    expect_none(&w);
}

static void wait_completed_early_late(void **state)
{
    uint32_t connection = connection_to(&w, 1);

    (void)state;
    open_context(&w, connection, CXH, ACXH);
    expect(&w, wait_answer(&w, wait_on(&w, connection, ACXH), 0, 0), "");
}

static void wait_completed_early_lifted(void **state)
{
    uint32_t connection = start();
    sent call = wait_on(&w, connection, ACXH);

    (void)state;
    unread(&w, true);
    request(&w, connection, OXC_KIND_CLOSE, 0);
    unread(&w, false);
    wait_answer(&w, call, 0, 0);
    expect_none(&w);
}

static void wait_overdue(void **state)
{
    sent call = wait_on(&w, start(), ACXH);

    (void)state;
    pass(&w, 310 * SECOND);
    expect_only(&w, wait_answer(&w, call, 0, 1), "wait-overdue");
}

static void wait_overdue_near(void **state)
{
    uint32_t connection = start();
    sent call = wait_on(&w, connection, ACXH);

    (void)state;
    pass(&w, 100 * SECOND);
    fetch(&w, connection, CXH);
    pass(&w, 300 * SECOND);
    wait_answer(&w, call, 0, 0);
    expect_none(&w);
}

static void wait_overdue_late(void **state)
{
    uint32_t connection = connection_to(&w, 1);
    sent call;

    (void)state;
    open_context(&w, connection, CXH, ACXH);
    call = wait_on(&w, connection, ACXH);
    pass(&w, 10 * MINUTE);
    expect(&w, wait_answer(&w, call, 0, 0), "");
}

static void wait_overdue_lifted(void **state)
{
    uint32_t connection = start();
    sent call = wait_on(&w, connection, ACXH);

    (void)state;
    pass(&w, 5 * MINUTE);
    unread(&w, true);
    fetch(&w, joined_connection(&w, GROUP), CXH);
    unread(&w, false);
    pass(&w, MINUTE);
    wait_answer(&w, call, 0, 0);
    expect_none(&w);
}

static void wait_dropped(void **state)
{
    sent call = wait_on(&w, start(), ACXH);
    oxc_view view;

    (void)state;
    pass(&w, 310 * SECOND);
    wait_on(&w, joined_connection(&w, GROUP), ACXH);
    expect_only(&w, w.frame, "wait-dropped");
    assert_int_equal(finding_of(&w, w.frame).frames[0], call.frame);
    view = view_of(&w, w.frame);
    assert_int_equal(view.outcome, OXC_OUTCOME_DROPPED);
    assert_true(view.has_wait_time);
    assert_true(view.wait_time == 310 * SECOND + 30 * MILLISECOND);
    assert_int_equal(view.previous_wait_frame, call.frame);
}

static void wait_dropped_after_close(void **state)
{
    uint32_t connection = start();

    (void)state;
    wait_on(&w, connection, ACXH);
    pass(&w, 310 * SECOND);
    w.closed[connection] = true;
    wait_on(&w, joined_connection(&w, GROUP), ACXH);
    expect_only(&w, w.frame, "wait-dropped");
    assert_int_equal(view_of(&w, w.frame).outcome, OXC_OUTCOME_CLOSED);
}

static void wait_dropped_near(void **state)
{
    uint32_t connection = start();
    uint32_t second = joined_connection(&w, GROUP);
    oxc_event keep_alive = {
        .type = OXC_EVENT_OTHER_PDU, .connection = connection, .from_server = true};

    (void)state;
    wait_on(&w, connection, ACXH);
    pass(&w, 200 * SECOND);
    world_send(&w, &keep_alive);
    pass(&w, 200 * SECOND);
    wait_on(&w, second, ACXH);
    expect_only(&w, w.frame, "wait-overlap-suspected");
    assert_int_equal(view_of(&w, w.frame).outcome, OXC_OUTCOME_NONE);
}

/* Only what the server sends shows that it is still reached. */
static void wait_dropped_under_pings(void **state)
{
    uint32_t connection = start();
    oxc_event ping = {.type = OXC_EVENT_OTHER_PDU, .connection = connection};

    (void)state;
    wait_on(&w, connection, ACXH);
    for (int i = 0; i < 6; i++) {
        pass(&w, MINUTE);
        world_send(&w, &ping);
    }
    expect(&w, wait_on(&w, joined_connection(&w, GROUP), ACXH).frame, "wait-dropped");
}

static void wait_dropped_late(void **state)
{
    (void)state;
    wait_on(&w, start_very_late(), ACXH);
    pass(&w, 310 * SECOND);
    expect(&w, wait_on(&w, connection_to(&w, 1), ACXH).frame, "wait-dropped");
}

static uint32_t send_rops(uint32_t connection, uint32_t cxh, unsigned faults)
{
    oxc_event event = new_event(&w, OXC_EVENT_REQUEST, connection);

    event.name = handle_of(cxh);
    event.rops.faults = faults;
    return request_event(&w, &event, OXC_KIND_EXECUTE).frame;
}

static void rop_notify_in_request(void **state)
{
    (void)state;
    expect_only(&w, send_rops(start(), CXH, OXC_ROP_NOTIFY_IN_REQUEST), "rop-notify-in-request");
}

static void rop_notify_in_request_near(void **state)
{
    uint32_t connection = start();

    (void)state;
    send_rops(connection, CXH, 0);
    send_rops(connection, 0, OXC_ROP_NOTIFY_IN_REQUEST);
    expect_none(&w);
}

static void rop_notify_in_request_late(void **state)
{
    (void)state;
    expect_only(&w, send_rops(start_very_late(), CXH, OXC_ROP_NOTIFY_IN_REQUEST),
                "rop-notify-in-request");
}

static uint32_t answer_rops(uint32_t connection, unsigned faults)
{
    oxc_event event = response_of(&w, request(&w, connection, OXC_KIND_EXECUTE, CXH));

    event.name = handle_of(CXH);
    event.rops.faults = faults;
    event.rops.fault_flags = 0x4002;
    return world_send(&w, &event);
}

static void notify_flags_invalid(void **state)
{
    (void)state;
    expect_only(&w, answer_rops(start(), OXC_ROP_NOTIFY_FLAGS_INVALID), "notify-flags-invalid");
    assert_int_equal(finding_of(&w, w.frame).value, 0x4002);
}

static void notify_flags_invalid_near(void **state)
{
    (void)state;
    answer_rops(start(), 0);
    expect_none(&w);
}

static void notify_flags_invalid_late(void **state)
{
    (void)state;
    answer_rops(start_very_late(), OXC_ROP_NOTIFY_FLAGS_INVALID);
    expect_none(&w);
}

static void rule_is_reported_once_on_a_frame(void **state)
{
    uint32_t connection = start();
    uint32_t frame = wait_on(&w, connection, 0).frame;
    sent call;

    (void)state;
    w.same_frame = true;
    wait_on(&w, connection, 0);
    w.same_frame = true;
    wait_on(&w, connection, 99);
    expect_at(&w, frame, 0, "wait-null-handle");
    expect_at(&w, frame, 1, "");
    expect_at(&w, frame, 2, "wait-without-connect");
    w.same_frame = true;
    call = wait_on(&w, connection, 98);
    expect_at(&w, frame, call.ordinal, "");
    expect(&w, wait_on(&w, connection, 0).frame, "wait-null-handle");
}

static void wait_unanswered(void **state)
{
    uint32_t connection = start();
    uint32_t second = joined_connection(&w, GROUP);
    sent call = wait_on(&w, second, ACXH);

    (void)state;
    pass(&w, 309 * SECOND);
    fetch(&w, connection, CXH);
    /* The session has asked only then. */
    pass(&w, 300 * SECOND);
    fetch(&w, connection, CXH);
    expect_none(&w);
    pass(&w, 311 * SECOND);
    fetch(&w, connection, CXH);
    expect_only(&w, w.frame - 1, "wait-unanswered");
    assert_int_equal(finding_of(&w, w.frame - 1).frames[0], call.frame);
    /* Once a wait. */
    pass(&w, 311 * SECOND);
    fetch(&w, connection, CXH);
    expect(&w, w.frame - 1, "");
    notify(&w, call);
    fetch(&w, connection, CXH);
    wait_on(&w, second, ACXH);
    pass(&w, 311 * SECOND);
    end_session(&w, connection, CXH);
    expect(&w, w.frame - 1, "wait-unanswered");
}

static void wait_unanswered_near(void **state)
{
    uint32_t connection = start();
    uint32_t second = joined_connection(&w, GROUP);

    (void)state;
    /* Closed. */
    wait_on(&w, second, ACXH);
    reset(&w, second);
    pass(&w, 311 * SECOND);
    fetch(&w, connection, CXH);
    expect(&w, w.frame - 1, "");
    /* Cancelled. */
    second = joined_connection(&w, GROUP);
    other_end(&w, wait_on(&w, second, ACXH), OXC_EVENT_CANCEL);
    pass(&w, 311 * SECOND);
    fetch(&w, connection, CXH);
    expect(&w, w.frame - 1, "");
    /* Answered, perhaps. */
    wait_on(&w, second, ACXH);
    lose_segment(&w, second);
    pass(&w, 311 * SECOND);
    fetch(&w, connection, CXH);
    expect(&w, w.frame - 1, "");
    /* The session has ended. */
    wait_on(&w, second, ACXH);
    end_session(&w, connection, CXH);
    pass(&w, 311 * SECOND);
    fetch(&w, connection, CXH);
    expect(&w, w.frame - 1, "");
}

/* A wait of 60 seconds that the server resets. */
static uint32_t cut_wait(int64_t age)
{
    uint32_t connection = joined_connection(&w, GROUP);
    uint32_t frame = wait_on(&w, connection, ACXH).frame;

    pass(&w, age);
    reset(&w, connection);
    return frame;
}

static void wait_cut_repeatedly(void **state)
{
    uint32_t last;

    (void)state;
    start();
    cut_wait(MINUTE);
    cut_wait(MINUTE + 4 * SECOND);
    last = cut_wait(MINUTE + SECOND);
    expect_none(&w);
    expect_only(&w, cut_wait(MINUTE), "wait-cut-repeatedly");
    assert_int_equal(finding_of(&w, w.frame).frames[0], last);
    assert_int_equal(finding_of(&w, w.frame).value, MINUTE + SECOND);
    assert_int_equal(finding_of(&w, w.frame).closed_how, OXC_CLOSE_RST);
    assert_int_equal(finding_of(&w, w.frame).closed_by, OXC_SIDE_SERVER);
    /* Once until one is answered. */
    expect(&w, cut_wait(MINUTE), "");
    notify(&w, wait_on(&w, joined_connection(&w, GROUP), ACXH));
    expect(&w, cut_wait(MINUTE), "");
    expect(&w, cut_wait(MINUTE), "");
    expect(&w, cut_wait(MINUTE), "");
    expect(&w, cut_wait(MINUTE), "wait-cut-repeatedly");
}

static void wait_cut_repeatedly_near(void **state)
{
    uint32_t connection = start();

    (void)state;
    cut_wait(MINUTE);
    cut_wait(MINUTE + 7 * SECOND);
    cut_wait(MINUTE);
    /* A tenth is too much. */
    expect(&w, cut_wait(MINUTE), "");
    cut_wait(MINUTE);
    notify(&w, wait_on(&w, connection, ACXH));
    cut_wait(MINUTE);
    cut_wait(MINUTE);
    lose_segment(&w, connection);
    cut_wait(MINUTE);
    /* Another wait may have had its answer between. */
    expect(&w, cut_wait(MINUTE), "");
    expect(&w, cut_wait(MINUTE), "");
    /* Now the three are behind the gap. */
    expect(&w, cut_wait(MINUTE), "wait-cut-repeatedly");
}

static void null_cxh_says_nothing(void **state)
{
    uint32_t connection = start();

    (void)state;
    wait_on(&w, connection, ACXH);
    answer(&w, request(&w, connection, OXC_KIND_EXECUTE, 0), CXH, 0);
    answer(&w, request(&w, connection, OXC_KIND_CLOSE, 0), CXH, 0);
    expect_none(&w);
}

static void table_matches_contract(void **state)
{
    static const char *const names[] = {
        "wait-null-handle",
        "wait-without-connect",
        "wait-handle-unknown",
        "wait-overlap",
        "wait-overlap-suspected",
        "wait-after-error",
        "wait-after-disconnect",
        "wait-races-disconnect",
        "wait-busy-loop",
        "notification-not-fetched",
        "flags-in-nonzero",
        "connect-null-session",
        "connect-without-session",
        "connect-session-unknown",
        "connect-after-disconnect",
        "connect-races-disconnect",
        "connect-repeated",
        "connect-unsupported-server",
        "connect-not-followed-by-wait",
        "connect-null-on-success",
        "connect-handle-on-failure",
        "connect-handle-reused",
        "session-handle-changed",
        "disconnect-handle-not-null",
        "overlap-not-rejected",
        "rejected-without-overlap",
        "flags-out-reserved",
        "wait-completed-early",
        "wait-overdue",
        "wait-dropped",
        "wait-unanswered",
        "wait-cut-repeatedly",
        "rop-notify-in-request",
        "notify-flags-invalid",
        "wait-without-cookie",
        "request-without-cookie",
        "request-after-disconnect",
        "request-overlap",
        "sequence-cookie-stale",
        "context-not-set",
        "cookie-reused",
        "event-pending-invalid",
        "stream-invalid",
        "request-header-missing",
        "response-header-missing",
        "request-id-not-echoed",
        "request-id-reused",
        "retry-on-lost-context",
        "context-lost",
        "session-expired",
        "response-not-immediate",
        "keepalive-overdue",
        "response-cut",
        "auth-rejected-repeatedly",
    };
    /* Class and severity of each: V or S, then error, warning, note. */
    static const char kinds[] = "VEVESNVWSNVWVESNSNSNVEVEVESNVESNSNVWSNVEVWVEVEVESNSNVWSNSNSNSNSW"
                                "VEVEVEVEVEVWVWVEVEVWVWVWVWVWVWSWSWSNSWSWSNSN";

    (void)state;
    assert_int_equal(OXC_RULE_COUNT, G_N_ELEMENTS(names));
    for (size_t i = 0; i < OXC_RULE_COUNT; i++) {
        const oxc_rule *rule = &oxc_rules[i];

        assert_string_equal(rule->name, names[i]);
        assert_int_equal("VS"[rule->rule_class], kinds[2 * i]);
        assert_int_equal("NWE"[rule->severity], kinds[2 * i + 1]);
    }
}

/* Whether a sentence is made of text and known fields only. */
static bool is_well_formed(const char *sentence)
{
    static const char *const known[] = {"{frame}",  "{frames}", "{hex}",     "{close}",
                                        "{status}", "{time}",   "{version}", "{fields}"};

    for (const char *brace = strpbrk(sentence, "{}"); brace != NULL; brace = strpbrk(brace, "{}")) {
        size_t i = 0;

        while (i < G_N_ELEMENTS(known) && !g_str_has_prefix(brace, known[i]))
            i++;
        if (i == G_N_ELEMENTS(known))
            return false;
        brace += strlen(known[i]);
    }
    return true;
}

static void sentences_are_well_formed(void **state)
{
    (void)state;
    for (uint16_t i = 0; i < OXC_RULE_COUNT; i++) {
        oxc_finding finding = {.rule = i, .frames = {1, 2}, .value = 3};
        GString *text = g_string_new(NULL);

        assert_true(is_well_formed(oxc_rules[i].sentence));
        oxc_finding_append_text(text, &finding);
        assert_null(strpbrk(text->str, "{}|"));
        assert_true(g_utf8_validate(text->str, -1, NULL));
        g_string_truncate(text, 0);
        finding.over_http = true;
        oxc_finding_append_text(text, &finding);
        assert_null(strpbrk(text->str, "{}|"));
        g_string_free(text, TRUE);
    }
}

static void expect_text(oxc_finding finding, const char *expected)
{
    GString *text = g_string_new("> ");

    oxc_finding_append_text(text, &finding);
    assert_string_equal(text->str + 2, expected);
    g_string_free(text, TRUE);
}

static void texts(void **state)
{
    (void)state;
    expect_text((oxc_finding){.rule = OXC_RULE_wait_overlap, .frames = {19, 0}},
                "EcDoAsyncWaitEx on a handle whose wait of frame 19 is still outstanding "
                "[MS-OXCRPC] 3.3.4.1, [MS-OXCNOTIF] 3.1.5.3");
    expect_text((oxc_finding){.rule = OXC_RULE_wait_overlap, .frames = {19, 21}},
                "The wait of frame 19 was still outstanding when another was sent on the same "
                "handle, frame 21 [MS-OXCRPC] 3.3.4.1, [MS-OXCNOTIF] 3.1.5.3");
    expect_text((oxc_finding){.rule = OXC_RULE_wait_overlap, .frames = {19, 21, 25, 30}},
                "The wait of frame 19 was still outstanding when another was sent on the same "
                "handle, frames 21, 25 and 30 [MS-OXCRPC] 3.3.4.1, [MS-OXCNOTIF] 3.1.5.3");
    expect_text((oxc_finding){.rule = OXC_RULE_wait_cut_repeatedly,
                              .frames = {9},
                              .value = (uint64_t)(60 * SECOND),
                              .closed_how = OXC_CLOSE_RST,
                              .closed_by = OXC_SIDE_SERVER},
                "The last three waits each ended with their connection, the one of frame 9 after "
                "60.000 s by a RST of the server: a device or proxy seems to close connections at "
                "that age");
    expect_text((oxc_finding){.rule = OXC_RULE_flags_in_nonzero, .value = 7},
                "ulFlagsIn of EcDoAsyncWaitEx is 0x00000007 instead of 0 [MS-OXCRPC] 3.3.4.1");
    expect_text((oxc_finding){.rule = OXC_RULE_wait_after_error, .frames = {40, 0}, .value = 0x3ED},
                "EcDoAsyncWaitEx again on a handle whose wait returned ecExiting (0x000003ed) in "
                "frame 40 [MS-OXCNOTIF] 3.2.5.5.1");
    expect_text((oxc_finding){.rule = OXC_RULE_connect_handle_on_failure, .value = 0x12345678},
                "EcDoAsyncConnectEx returned 0x12345678 with an ACXH that is not null "
                "[MS-OXCRPC] 3.1.4.4");
    expect_text((oxc_finding){.rule = OXC_RULE_wait_dropped,
                              .frames = {5, 0},
                              .value = (uint64_t)(310 * SECOND + 4 * MILLISECOND)},
                "The wait of frame 5 got no answer, and the server has sent nothing on its "
                "connection for 310.004 s: something between client and server seems to have "
                "dropped it");
    expect_text((oxc_finding){.rule = OXC_RULE_connect_unsupported_server,
                              .frames = {10, 0},
                              .value = UINT64_C(0x0000000F01140004)},
                "EcDoAsyncConnectEx to a server that gave its version as 0.15.276.4 in frame 10, "
                "below 8.0.358.0 [MS-OXCNOTIF] 3.2.5.2, [MS-OXCRPC] 3.1.4.1.3.2");
    expect_text((oxc_finding){.rule = OXC_RULE_COUNT}, "");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(wait_null_handle),
        TEST(wait_null_handle_near),
        TEST(wait_null_handle_late),
        TEST(wait_without_connect),
        TEST(wait_without_connect_by_cxh),
        TEST(wait_without_connect_near),
        TEST(wait_without_connect_before_session),
        TEST(wait_without_connect_late),
        TEST(wait_without_connect_holes),
        TEST(wait_without_connect_explained_elsewhere),
        TEST(wait_without_connect_unbound_neighbour),
        TEST(assume_complete),
        TEST(wait_handle_unknown),
        TEST(wait_handle_unknown_near),
        TEST(wait_overlap),
        TEST(wait_overlap_on_response),
        TEST(wait_overlap_on_response_out_of_order),
        TEST(wait_overlap_on_response_after_cancel),
        TEST(wait_after_error_out_of_order),
        TEST(wait_overlap_over_http),
        TEST(doubted_answers),
        TEST(doubted_opening),
        TEST(awaited_answers),
        TEST(awaited_context),
        TEST(session_shown_before_its_answer),
        TEST(rejected_on_second_connection),
        TEST(unseen_calls),
        TEST(wait_overlap_near),
        TEST(wait_overlap_same_frame),
        TEST(wait_overlap_late),
        TEST(wait_overlap_lifted),
        TEST(wait_overlap_after_late_connect),
        TEST(wait_overlap_suspected),
        TEST(wait_overlap_suspected_near),
        TEST(wait_overlap_suspected_late),
        TEST(wait_after_error),
        TEST(wait_after_error_near),
        TEST(wait_after_error_fault),
        TEST(wait_after_error_rejected),
        TEST(wait_after_error_rejected_after_close),
        TEST(wait_after_error_late),
        TEST(wait_after_error_late_rejected),
        TEST(wait_after_error_lifted),
        TEST(wait_after_disconnect),
        TEST(wait_after_disconnect_by_one_second),
        TEST(wait_after_disconnect_by_null_cxh),
        TEST(end_taken_back),
        TEST(wait_after_null_cxh_of_a_failure),
        TEST(wait_after_disconnect_by_new_session),
        TEST(wait_after_disconnect_near),
        TEST(wait_after_disconnect_late),
        TEST(wait_after_disconnect_lifted),
        TEST(wait_races_disconnect),
        TEST(wait_races_disconnect_near),
        TEST(wait_races_disconnect_late),
        TEST(wait_busy_loop),
        TEST(wait_busy_loop_near),
        TEST(wait_busy_loop_late),
        TEST(wait_busy_loop_lifted),
        TEST(notification_not_fetched),
        TEST(notification_not_fetched_at_disconnect),
        TEST(notification_not_fetched_of_two_contexts),
        TEST(notification_not_fetched_near),
        TEST(notification_not_fetched_late),
        TEST(notification_not_fetched_lifted),
        TEST(notification_not_fetched_lifted_by_one_in_flight),
        TEST(notification_not_fetched_other_association),
        TEST(flags_in_nonzero),
        TEST(flags_in_nonzero_near),
        TEST(flags_in_nonzero_late),
        TEST(connect_null_session),
        TEST(connect_null_session_near),
        TEST(connect_null_session_late),
        TEST(connect_without_session),
        TEST(connect_without_session_near),
        TEST(connect_without_session_late),
        TEST(connect_session_unknown),
        TEST(connect_session_unknown_near),
        TEST(connect_after_disconnect),
        TEST(connect_after_disconnect_near),
        TEST(connect_after_disconnect_late),
        TEST(connect_after_disconnect_lifted),
        TEST(connect_races_disconnect),
        TEST(connect_races_disconnect_near),
        TEST(connect_races_disconnect_late),
        TEST(connect_repeated),
        TEST(connect_repeated_near),
        TEST(connect_repeated_late),
        TEST(connect_repeated_lifted),
        TEST(connect_unsupported_server),
        TEST(connect_unsupported_server_near),
        TEST(connect_unsupported_server_late),
        TEST(connect_not_followed_by_wait),
        TEST(connect_not_followed_by_wait_near),
        TEST(connect_not_followed_by_wait_lifted),
        TEST(connect_not_followed_by_wait_late),
        TEST(connect_null_on_success),
        TEST(connect_null_on_success_near),
        TEST(connect_null_on_success_late),
        TEST(connect_handle_on_failure),
        TEST(connect_handle_on_failure_near),
        TEST(connect_handle_on_failure_late),
        TEST(connect_handle_reused),
        TEST(connect_handle_reused_near),
        TEST(connect_handle_reused_late),
        TEST(connect_handle_reused_lifted),
        TEST(connect_handle_reused_after_unread_call),
        TEST(session_handle_changed),
        TEST(session_handle_changed_near),
        TEST(session_handle_changed_late),
        TEST(disconnect_handle_not_null),
        TEST(disconnect_handle_not_null_near),
        TEST(disconnect_handle_not_null_late),
        TEST(overlap_not_rejected),
        TEST(overlap_not_rejected_near),
        TEST(overlap_not_rejected_late),
        TEST(rejected_without_overlap),
        TEST(rejected_without_overlap_near),
        TEST(rejected_without_overlap_late),
        TEST(rejected_without_overlap_lifted_by_handle),
        TEST(rejected_without_overlap_lifted),
        TEST(flags_out_reserved),
        TEST(flags_out_reserved_near),
        TEST(flags_out_reserved_lifted),
        TEST(flags_out_reserved_late),
        TEST(wait_completed_early),
        TEST(wait_completed_early_near),
        TEST(wait_completed_early_late),
        TEST(wait_completed_early_lifted),
        TEST(wait_overdue),
        TEST(wait_overdue_near),
        TEST(wait_overdue_late),
        TEST(wait_overdue_lifted),
        TEST(wait_dropped),
        TEST(wait_dropped_after_close),
        TEST(wait_dropped_near),
        TEST(wait_dropped_under_pings),
        TEST(wait_dropped_late),
        TEST(rop_notify_in_request),
        TEST(rop_notify_in_request_near),
        TEST(rop_notify_in_request_late),
        TEST(notify_flags_invalid),
        TEST(notify_flags_invalid_near),
        TEST(notify_flags_invalid_late),
        TEST(rule_is_reported_once_on_a_frame),
        TEST(wait_unanswered),
        TEST(wait_unanswered_near),
        TEST(wait_cut_repeatedly),
        TEST(wait_cut_repeatedly_near),
        TEST(null_cxh_says_nothing),
        cmocka_unit_test(table_matches_contract),
        cmocka_unit_test(sentences_are_well_formed),
        cmocka_unit_test(texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
