/* test_wait_times.c
 * Shortest, median and longest, against sorted lists
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "present/wait_times.h"

#define MILLISECOND INT64_C(1000000)
#define SECOND      (1000 * MILLISECOND)
#define MOST        5000

static int compare(const void *a, const void *b)
{
    const int64_t *first = a, *second = b;

    return (*first > *second) - (*first < *second);
}

/* The definition: the one in the middle, or the mean of the two there. */
static double true_median(const int64_t *times, size_t count)
{
    int64_t sorted[MOST];
    size_t lower = (count - 1) / 2, upper = count / 2;

    memcpy(sorted, times, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    return ((double)sorted[lower] + (double)sorted[upper]) / 2;
}

static void check(const int64_t *times, size_t count)
{
    oxc_wait_times all = {0};
    int64_t shortest = INT64_MAX, longest = INT64_MIN;
    double expected = true_median(times, count), median;
    bool exact;

    for (size_t i = 0; i < count; i++) {
        oxc_wait_times_add(&all, times[i]);
        shortest = MIN(shortest, times[i]);
        longest = MAX(longest, times[i]);
    }
    median = (double)oxc_wait_times_median(&all, &exact);
    assert_int_equal(all.count, count);
    assert_true(all.shortest == shortest && all.longest == longest);
    assert_int_equal(exact, count <= OXC_WAIT_TIMES_KEPT);
    assert_true(median >= (double)shortest && median <= (double)longest);
    if (exact)
        assert_true(median >= expected - 1 && median <= expected + 1);
    else
        assert_true(median >= expected * 7 / 8 && median <= expected * 9 / 8);
    oxc_wait_times_clear(&all);
    assert_int_equal(all.count, 0);
}

static void test_none(void **state)
{
    oxc_wait_times none = {0};
    bool exact;

    (void)state;
    assert_int_equal(oxc_wait_times_median(&none, &exact), 0);
    assert_true(exact);
    oxc_wait_times_clear(&none);
}

static void test_random(void **state)
{
    GRand *random = g_rand_new_with_seed(7);
    int64_t times[MOST];

    (void)state;
    for (size_t count = 1; count <= 200; count++) {
        for (size_t i = 0; i < count; i++)
            times[i] = (int64_t)(g_rand_double(random) * 300 * (double)SECOND) + MILLISECOND;
        check(times, count);
    }
    for (unsigned bits = 18; bits <= 42; bits++) {
        for (size_t i = 0; i < MOST; i++)
            times[i] =
                (int64_t)(g_rand_double_range(random, 0.5, 1) * (double)(INT64_C(1) << bits));
        check(times, MOST);
    }
    g_rand_free(random);
}

/* The usual: all waits run the full five minutes. Then the histogram is as good as the list. */
static void test_all_equal(void **state)
{
    oxc_wait_times all = {0};
    bool exact;

    (void)state;
    for (unsigned i = 0; i < 1000; i++)
        oxc_wait_times_add(&all, 300 * SECOND);
    assert_true(oxc_wait_times_median(&all, &exact) == 300 * SECOND);
    assert_false(exact);
    oxc_wait_times_clear(&all);
}

static void test_extremes(void **state)
{
    const int64_t odd[] = {INT64_MIN, -1, 0, 1, INT64_MAX};
    oxc_wait_times all = {0};
    bool exact;

    (void)state;
    check(odd, 2);
    check(odd + 1, 3);
    check(odd + 3, 2);
    for (unsigned i = 0; i < 1000; i++) {
        oxc_wait_times_add(&all, odd[i % G_N_ELEMENTS(odd)]);
        assert_in_range(oxc_wait_times_median(&all, &exact) != 0, 0, 1);
    }
    assert_true(all.shortest == INT64_MIN && all.longest == INT64_MAX);
    oxc_wait_times_clear(&all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none),
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_all_equal),
        cmocka_unit_test(test_extremes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
