/* test_tcp_payload.c
 * Where the payload of TCP is in a frame, and where it ends
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
#include "transport/tcp/tcp_payload.h"

#define ETHERNET    "020000000002 020000000001 0800"
#define ETHERNET_V6 "020000000002 020000000001 86dd"
/* From port 50001 to port 80, 20 bytes. */
#define TCP            "c351 0050 00000001 00000001 5018 faf0 0000 0000"
#define TCP_32         "c351 0050 00000001 00000001 8018 faf0 0000 0000 0101080a 00000001 00000002"
#define IPV4(total)    "4500 " total " 0001 4000 4006 0000 c000020a c6336407"
#define IPV4_24(total) "4600 " total " 0001 4000 4006 0000 c000020a c6336407 94040000"
#define IPV6(length)                                                                               \
    "60000000 " length " 06 40 20010db8000000000000000000000010 20010db8000000000000000000000020"

/* Bytes in front of the payload and in it, as found in a frame of which some were captured. */
static void assert_payload(const char *hex, size_t captured, int offset, int length, bool cut)
{
    bytes frame = bytes_from_hex(hex);
    frame_data fd = {.pkt_len = (guint32)frame.size, .cap_len = (guint32)captured};
    packet_info pinfo = {.fd = &fd, .srcport = 50001, .destport = 80};
    tvbuff_t *tvb = tvb_new_real_data(frame.data, (guint)captured, (int)frame.size);
    tvbuff_t *payload = oxc_tcp_payload(tvb, &pinfo);

    assert_int_equal(tvb_raw_offset(payload), offset);
    assert_int_equal(tvb_reported_length(payload), length);
    assert_int_equal(tvb_captured_length(payload) < tvb_reported_length(payload), cut);
    tvb_free_chain(tvb);
    bytes_free(&frame);
}

static void ends_with_ip(void **state)
{
    (void)state;
    assert_payload(ETHERNET IPV4("002b") TCP "aabbcc", 57, 54, 3, false);
    assert_payload(ETHERNET IPV4("002b") TCP "aabbcc 00112233", 61, 54, 3, false);
    assert_payload(ETHERNET IPV4("0028") TCP "000000000000", 60, 54, 0, false);
    assert_payload(ETHERNET IPV4("0035") TCP_32 "aa 00112233", 71, 66, 1, false);
    assert_payload(ETHERNET IPV4_24("002f") TCP "aabbcc 00112233", 65, 58, 3, false);
    assert_payload(ETHERNET_V6 IPV6("0017") TCP "aabbcc 00112233", 81, 74, 3, false);
}

static void tells_what_was_cut(void **state)
{
    (void)state;
    assert_payload(ETHERNET IPV4("002b") TCP "aabbcc 00112233", 57, 54, 3, false);
    assert_payload(ETHERNET IPV4("002b") TCP "aabbcc 00112233", 56, 54, 3, true);
    assert_payload(ETHERNET IPV4("002b") TCP "aabbcc 00112233", 54, 54, 3, true);
}

static void takes_the_innermost(void **state)
{
    (void)state;
    assert_payload(ETHERNET IPV4("006b") TCP ETHERNET IPV4("002d") TCP "aabbccddee 0011", 115, 108,
                   5, false);
}

static void leaves_what_it_does_not_know(void **state)
{
    (void)state;
    assert_payload("00112233", 4, 0, 4, false);
    assert_payload(ETHERNET IPV4("0000") TCP "aabbcc", 57, 0, 57, false);
    assert_payload(ETHERNET "4500 002b 0001 4000 4011 0000 c000020a c6336407" TCP "aabbcc", 57, 0,
                   57, false);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test(ends_with_ip),
        cmocka_unit_test(tells_what_was_cut),
        cmocka_unit_test(takes_the_innermost),
        cmocka_unit_test(leaves_what_it_does_not_know),
    };

    return cmocka_run_group_tests(all, NULL, NULL);
}
