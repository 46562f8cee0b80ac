/* test_rts.c
 * Which RTS PDUs open a channel, and of which virtual connection
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bytes.h"
#include "transport/rpc_over_http/rts.h"

#define WINDOW        "00000000 00000100 "
#define TIMEOUT       "02000000 c0d40100 "
#define CONNECTION    "03000000 00112233445566778899aabbccddeeff "
#define CHANNEL       "03000000 a0a1a2a3a4a5a6a7a8a9aaabacadaeaf "
#define PREDECESSOR   "03000000 b0b1b2b3b4b5b6b7b8b9babbbcbdbebf "
#define LIFETIME      "04000000 00000040 "
#define KEEPALIVE     "05000000 e0930400 "
#define VERSION       "06000000 01000000 "
#define CLIENT_IPV4   "0b000000 00000000 c000020a 000000000000000000000000 "
#define CLIENT_IPV6   "0b000000 01000000 20010db8000000000000000000000010 000000000000000000000000 "
#define GROUP         "0c000000 c0c1c2c3c4c5c6c7c8c9cacbcccdcecf "
#define DESTINATION   "0d000000 00000000 "
#define FLAGS_NONE    "0000 "
#define FLAGS_RECYCLE "0400 "
#define FLAGS_IN      "0800 "
#define FLAGS_OUT     "1000 "

/* An RTS PDU, [MS-RPCH] 2.2.3.6.1, of flags and commands in hex. */
static bytes rts(const char *flags, unsigned count, const char *commands)
{
    char *hex = g_strdup_printf("05001403 10000000 0000 0000 00000000 %s %02x00 %s", flags, count,
                                commands);
    bytes pdu = bytes_from_hex(hex);

    pdu.data[8] = (uint8_t)pdu.size;
    g_free(hex);
    return pdu;
}

static void assert_opens(const char *flags, unsigned count, const char *commands, bool in,
                         bool recycles)
{
    bytes pdu = rts(flags, count, commands);
    bytes cookie = bytes_from_hex(CONNECTION);
    oxc_rts_opening opening;

    assert_true(oxc_rts_read_opening(pdu.data, pdu.size, &opening));
    assert_int_equal(opening.in, in);
    assert_int_equal(opening.recycles, recycles);
    assert_memory_equal(opening.virtual_connection, cookie.data + 4, OXC_RTS_COOKIE_SIZE);
    bytes_free(&cookie);
    bytes_free(&pdu);
}

static void assert_opens_nothing(bytes pdu)
{
    oxc_rts_opening opening;

    assert_false(oxc_rts_read_opening(pdu.data, pdu.size, &opening));
    bytes_free(&pdu);
}

static void reads_establishment(void **state)
{
    (void)state;
    assert_opens(FLAGS_NONE, 4, VERSION CONNECTION CHANNEL WINDOW, false, false);
    assert_opens(FLAGS_NONE, 6, VERSION CONNECTION CHANNEL LIFETIME KEEPALIVE GROUP, true, false);
    assert_opens(FLAGS_OUT, 5, VERSION CONNECTION CHANNEL LIFETIME WINDOW, false, false);
    assert_opens(FLAGS_IN, 7, VERSION CONNECTION CHANNEL WINDOW TIMEOUT GROUP CLIENT_IPV4, true,
                 false);
    assert_opens(FLAGS_IN, 7, VERSION CONNECTION CHANNEL WINDOW TIMEOUT GROUP CLIENT_IPV6, true,
                 false);
}

static void reads_recycling(void **state)
{
    (void)state;
    assert_opens(FLAGS_RECYCLE, 4, VERSION CONNECTION PREDECESSOR CHANNEL, true, true);
    assert_opens(FLAGS_RECYCLE, 5, VERSION CONNECTION PREDECESSOR CHANNEL WINDOW, false, true);
    assert_opens("0c00", 6, VERSION CONNECTION PREDECESSOR CHANNEL WINDOW TIMEOUT, true, true);
    assert_opens("1400", 7, VERSION CONNECTION PREDECESSOR CHANNEL LIFETIME WINDOW TIMEOUT, false,
                 true);
}

static void passes_over_the_others(void **state)
{
    (void)state;
    assert_opens_nothing(rts("0100", 0, ""));
    assert_opens_nothing(rts(FLAGS_NONE, 1, TIMEOUT));
    assert_opens_nothing(rts(FLAGS_NONE, 3, VERSION WINDOW TIMEOUT));
    assert_opens_nothing(rts(FLAGS_NONE, 1, CHANNEL));
    assert_opens_nothing(rts(FLAGS_OUT, 2, DESTINATION CHANNEL));
    assert_opens_nothing(rts(FLAGS_NONE, 4, DESTINATION VERSION WINDOW TIMEOUT));
}

static void passes_over_damaged_ones(void **state)
{
    bytes pdu;

    (void)state;
    assert_opens_nothing(rts(FLAGS_NONE, 5, VERSION CONNECTION CHANNEL WINDOW));
    assert_opens_nothing(rts(FLAGS_NONE, 4, VERSION CONNECTION CHANNEL "00000000 0000"));
    assert_opens_nothing(rts(FLAGS_NONE, 4, VERSION CONNECTION CHANNEL "63000000 00000000"));
    assert_opens_nothing(rts(FLAGS_NONE, 4, VERSION CONNECTION CHANNEL "0b000000"));
    assert_opens_nothing(rts(FLAGS_NONE, 255, VERSION CONNECTION CHANNEL WINDOW));
    pdu = rts(FLAGS_NONE, 4, VERSION CONNECTION CHANNEL WINDOW);
    pdu.data[8]++;
    assert_opens_nothing(pdu);
    pdu = rts(FLAGS_NONE, 4, VERSION CONNECTION CHANNEL WINDOW);
    pdu.data[2] = 0;
    assert_opens_nothing(pdu);
}

static void needs_every_byte(void **state)
{
    bytes pdu = rts(FLAGS_NONE, 4, VERSION CONNECTION CHANNEL WINDOW);
    oxc_rts_opening opening;

    (void)state;
    for (size_t size = 0; size < pdu.size; size++) {
        bytes cut = bytes_copy(pdu.data, size);

        assert_false(oxc_rts_read_opening(cut.data, cut.size, &opening));
        bytes_free(&cut);
    }
    bytes_free(&pdu);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_establishment),    cmocka_unit_test(reads_recycling),
        cmocka_unit_test(passes_over_the_others), cmocka_unit_test(passes_over_damaged_ones),
        cmocka_unit_test(needs_every_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
