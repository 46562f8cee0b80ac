/* test_text.c
 * Tests of decode/text.c: numbers as printf() would write them
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
#include <glib.h>

#include "decode/text.h"

static void adds_strings_and_numbers(void **state)
{
    oxc_text text;

    (void)state;
    oxc_text_clear(&text);
    assert_string_equal(text.bytes, "");
    oxc_text_add(&text, "wait ");
    oxc_text_add_number(&text, 0);
    oxc_text_add(&text, " of ");
    oxc_text_add_number(&text, UINT64_MAX);
    oxc_text_add(&text, " ");
    oxc_text_add_hex(&text, 0x0123456789ABCDEF, 16);
    assert_string_equal(text.bytes, "wait 0 of 18446744073709551615 0x0123456789abcdef");
    assert_int_equal(text.length, 49);
    oxc_text_clear(&text);
    oxc_text_add_hex(&text, 0x1234567890ABCDEF, 8);
    assert_string_equal(text.bytes, "0x90abcdef");
}

static void check_seconds(int64_t nanoseconds)
{
    char *expected = g_strdup_printf("%.3f", (double)nanoseconds / 1e9);
    oxc_text text;

    oxc_text_clear(&text);
    oxc_text_add_seconds(&text, nanoseconds);
    assert_string_equal(text.bytes, expected);
    g_free(expected);
}

static void rounds_seconds_as_printf(void **state)
{
    static const int64_t times[] = {0,         1,          499999,       500000,         500001,
                                    999499999, 999500000,  999999999,    1000000000,     1000500000,
                                    30001,     1004000000, 400000500000, 41337000000000, -1,
                                    -500000,   -500001,    -1500000000};

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++)
        check_seconds(times[i]);
    for (int64_t i = 0; i < 20000; i++)
        check_seconds(i * 499999 + i * i);
    for (int64_t i = 0; i < 2000; i++)
        check_seconds(i * 500000);
}

static void survives_the_extremes(void **state)
{
    oxc_text text;

    (void)state;
    oxc_text_clear(&text);
    oxc_text_add_seconds(&text, INT64_MAX);
    oxc_text_add(&text, " ");
    oxc_text_add_seconds(&text, INT64_MIN);
    assert_string_equal(text.bytes, "9223372036.855 -9223372036.855");
}

static void cuts_what_does_not_fit(void **state)
{
    oxc_text text;

    (void)state;
    oxc_text_clear(&text);
    for (int i = 0; i < 1000; i++)
        oxc_text_add(&text, "four");
    assert_int_equal(text.length, OXC_TEXT_MAX - 1);
    assert_int_equal(text.bytes[OXC_TEXT_MAX - 1], '\0');
    text.length = OXC_TEXT_MAX - 4;
    oxc_text_add(&text, "\xC3\xA4\xC3\xA4");
    assert_string_equal(text.bytes + OXC_TEXT_MAX - 4, "\xC3\xA4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adds_strings_and_numbers), cmocka_unit_test(rounds_seconds_as_printf),
        cmocka_unit_test(survives_the_extremes), cmocka_unit_test(cuts_what_does_not_fit)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
