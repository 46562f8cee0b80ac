/* test_view_text.c
 * Tests of present/view_text.c: how a wait ended, as its request says it
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "present/view_text.h"

static const oxc_wait outstanding = {
    .frame = 19, .end.record = OXC_NONE, .shown_over.record = OXC_NONE};

static void expect_text(const oxc_wait *wait, const char *expected)
{
    oxc_text text;

    assert_int_equal(oxc_wait_tell_end(&text, wait), *expected != '\0');
    assert_string_equal(text.bytes, expected);
}

static void expect_end(oxc_outcome outcome, const char *expected)
{
    oxc_wait wait = outstanding;

    wait.end = (oxc_wait_end){
        .record = 5, .frame = 26, .outcome = outcome, .wait_time = INT64_C(12254000000)};
    expect_text(&wait, expected);
    /* It counts, even if a later wait said something else and the connection was closed. */
    wait.shown_over = (oxc_wait_end){.record = 4, .frame = 25, .outcome = OXC_OUTCOME_DROPPED};
    wait.closed = wait.hidden = true;
    expect_text(&wait, expected);
}

static void says_what_ended_it(void **state)
{
    (void)state;
    expect_end(OXC_OUTCOME_NOTIFICATION, "Ended in frame 26: NotificationPending after 12.254 s");
    expect_end(OXC_OUTCOME_NO_EVENT, "Ended in frame 26: No event after 12.254 s");
    expect_end(OXC_OUTCOME_REJECTED, "Ended in frame 26: Rejected after 12.254 s");
    expect_end(OXC_OUTCOME_EXITING, "Ended in frame 26: Exiting after 12.254 s");
    expect_end(OXC_OUTCOME_OTHER_ERROR, "Ended in frame 26: Other error after 12.254 s");
    expect_end(OXC_OUTCOME_FAULT, "Ended in frame 26: Fault after 12.254 s");
    expect_end(OXC_OUTCOME_CANCELLED, "Ended in frame 26: Cancelled after 12.254 s");
    expect_end(OXC_OUTCOME_NONE, "Ended in frame 26: answer not read, after 12.254 s");
}

static void says_that_it_was_dropped(void **state)
{
    oxc_wait wait = outstanding;

    (void)state;
    wait.shown_over = (oxc_wait_end){.record = 5,
                                     .frame = 30,
                                     .outcome = OXC_OUTCOME_DROPPED,
                                     .wait_time = INT64_C(400003000000)};
    expect_text(&wait, "Dropped: no answer before the wait in frame 30, 400.003 s later");
    /* A close that comes later changes nothing. */
    wait.closed = true;
    expect_text(&wait, "Dropped: no answer before the wait in frame 30, 400.003 s later");
}

static void says_that_its_connection_was_closed(void **state)
{
    oxc_wait wait = outstanding;

    (void)state;
    wait.closed = true;
    expect_text(&wait, "Ended: Connection closed");
    wait.has_close_age = true;
    wait.close_age = INT64_C(60000000000);
    expect_text(&wait, "Ended after 60.000 s: Connection closed");
    wait.close = (oxc_close){.kind = OXC_CLOSE_RST, .side = OXC_SIDE_SERVER};
    expect_text(&wait, "Ended after 60.000 s: Connection closed by the server (RST)");
    wait.close = (oxc_close){.kind = OXC_CLOSE_FIN, .side = OXC_SIDE_CLIENT};
    expect_text(&wait, "Ended after 60.000 s: Connection closed by the client (FIN)");
    wait.closed = false;
    expect_text(&wait, "");
    /* A later wait shows it, too. */
    wait.shown_over = (oxc_wait_end){.record = 5, .frame = 30, .outcome = OXC_OUTCOME_CLOSED};
    expect_text(&wait, "Ended after 60.000 s: Connection closed by the client (FIN)");
    /* Who closed it is nothing to the wait if that was not before the later one. */
    wait.has_close_age = false;
    expect_text(&wait, "Ended: Connection closed");
}

static void says_nothing_of_one_that_may_be_outstanding(void **state)
{
    oxc_wait wait = outstanding;

    (void)state;
    expect_text(&wait, "");
    wait.hidden = true;
    expect_text(&wait, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_ended_it),
        cmocka_unit_test(says_that_it_was_dropped),
        cmocka_unit_test(says_that_its_connection_was_closed),
        cmocka_unit_test(says_nothing_of_one_that_may_be_outstanding),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
