/* test_flow.c
 * What a TCP segment is to those before it, and which bytes never came
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <epan/packet.h>
#include <epan/dissectors/packet-tcp.h>

#include "transport/tcp/flow.h"

static tcp_analyze_seq_flow_info_t numbers;
static struct tcp_analysis tcp;
static oxc_flow flows[2];
static packet_info packet;

static int start(void **state)
{
    (void)state;
    memset(flows, 0, sizeof flows);
    memset(&numbers, 0, sizeof numbers);
    tcp.fwd = &tcp.flow1;
    tcp.flow1.tcp_analyze_seq_info = &numbers;
    packet.num = 0;
    return 0;
}

/* The same frame brings more of itself unless it is a new one. */
static oxc_segment_kind take_more(uint32_t seq, uint32_t next, bool is_reassembled)
{
    struct tcpinfo segment = {.seq = seq, .nxtseq = next, .is_reassembled = is_reassembled};

    return oxc_flow_add(&tcp, flows, &packet, &segment);
}

static oxc_segment_kind take(uint32_t seq, uint32_t next)
{
    packet.num++;
    numbers.nextseq = next;
    return take_more(seq, next, false);
}

static void test_order(void **state)
{
    (void)state;
    assert_int_equal(take(100, 200), OXC_SEGMENT_NEXT);
    assert_int_equal(take(200, 300), OXC_SEGMENT_NEXT);
    assert_int_equal(take(400, 500), OXC_SEGMENT_AFTER_GAP);
    assert_int_equal(take(500, 600), OXC_SEGMENT_NEXT);
}

static void test_repeated(void **state)
{
    (void)state;
    take(100, 200);
    take(200, 300);
    assert_int_equal(take(100, 200), OXC_SEGMENT_REPEATED);
    assert_int_equal(take(200, 300), OXC_SEGMENT_REPEATED);
    assert_int_equal(take(150, 250), OXC_SEGMENT_REPEATED);
    assert_int_equal(take(250, 350), OXC_SEGMENT_OVERLAPS);
}

/* What is older than a gap may be what was missing. */
static void test_late(void **state)
{
    (void)state;
    take(100, 200);
    assert_int_equal(take(300, 400), OXC_SEGMENT_AFTER_GAP);
    assert_int_equal(take(200, 300), OXC_SEGMENT_NEXT);
    assert_int_equal(take(300, 400), OXC_SEGMENT_REPEATED);
}

/* The end of a PDU that was put together, and the rest of its last segment. */
static void test_parts_of_one_frame(void **state)
{
    (void)state;
    take(100, 200);
    packet.num++;
    assert_int_equal(take_more(300, 400, true), OXC_SEGMENT_NEXT);
    assert_int_equal(take_more(350, 400, false), OXC_SEGMENT_NEXT);
    assert_int_equal(take(350, 400), OXC_SEGMENT_REPEATED);
    assert_int_equal(take_more(380, 400, false), OXC_SEGMENT_REPEATED);
}

static void test_wrap(void **state)
{
    (void)state;
    take(0xFFFFFF00, 0xFFFFFFF0);
    assert_int_equal(take(0xFFFFFFF0, 0x10), OXC_SEGMENT_NEXT);
    assert_int_equal(take(0xFFFFFFF0, 0x10), OXC_SEGMENT_REPEATED);
    assert_int_equal(take(0x20, 0x30), OXC_SEGMENT_AFTER_GAP);
}

/* The numbers of Wireshark's analysis may start elsewhere. A FIN counts for one. */
static void test_unseen(void **state)
{
    (void)state;
    assert_false(oxc_flow_skip_unseen(&tcp, flows));
    take(100, 200);
    numbers.nextseq = 7000;
    take_more(100, 200, false);
    assert_false(oxc_flow_skip_unseen(&tcp, flows));
    numbers.nextseq = 7001;
    assert_false(oxc_flow_skip_unseen(&tcp, flows));
    numbers.nextseq = 7044;
    assert_true(oxc_flow_skip_unseen(&tcp, flows));
    assert_false(oxc_flow_skip_unseen(&tcp, flows));
    flows[0].pending = true;
    numbers.nextseq = 8000;
    assert_false(oxc_flow_skip_unseen(&tcp, flows));
}

static void test_without_analysis(void **state)
{
    (void)state;
    assert_false(oxc_tcp_is_analysed(NULL));
    assert_false(oxc_tcp_is_analysed(&tcp));
    tcp.flow1.tcp_analyze_seq_info = NULL;
    assert_false(oxc_tcp_is_analysed(&tcp));
    assert_int_equal(take(100, 200), OXC_SEGMENT_NEXT);
    assert_int_equal(take(100, 200), OXC_SEGMENT_REPEATED);
    assert_false(oxc_flow_skip_unseen(&tcp, flows));
}

/* A message without a length is put together by its FIN, from bytes that came before. */
static void test_last(void **state)
{
    struct tcpinfo segment = {.seq = 100, .nxtseq = 200, .flags = 0x01};

    (void)state;
    take(100, 200);
    packet.num++;
    assert_int_equal(oxc_flow_add(&tcp, flows, &packet, &segment), OXC_SEGMENT_REPEATED);
    flows[0].pending = true;
    packet.num++;
    assert_int_equal(oxc_flow_add(&tcp, flows, &packet, &segment), OXC_SEGMENT_NEXT);
}

static void test_missing_from(void **state)
{
    (void)state;
    assert_int_equal(oxc_missing_from(OXC_MISSING_OWN, OXC_SIDE_SERVER), OXC_SIDE_SERVER);
    assert_int_equal(oxc_missing_from(OXC_MISSING_OTHER, OXC_SIDE_SERVER), OXC_SIDE_CLIENT);
    assert_int_equal(oxc_missing_from(OXC_MISSING_OTHER, OXC_SIDE_CLIENT), OXC_SIDE_SERVER);
    assert_int_equal(oxc_missing_from(OXC_MISSING_OWN | OXC_MISSING_OTHER, OXC_SIDE_CLIENT),
                     OXC_SIDE_UNKNOWN);
    assert_int_equal(oxc_missing_from(OXC_MISSING_OWN, OXC_SIDE_UNKNOWN), OXC_SIDE_UNKNOWN);
}

static void test_close(void **state)
{
    oxc_close close = {0};

    (void)state;
    packet.abs_ts.secs = 7;
    tcp.conversation_completeness = 0;
    oxc_tcp_note_close(&tcp, &packet, OXC_SIDE_CLIENT, &close);
    assert_false(close.has_time);
    tcp.conversation_completeness = OXC_TCP_RST_SEEN;
    oxc_tcp_note_close(&tcp, &packet, OXC_SIDE_SERVER, &close);
    packet.abs_ts.secs = 8;
    tcp.conversation_completeness |= OXC_TCP_FIN_SEEN;
    oxc_tcp_note_close(&tcp, &packet, OXC_SIDE_CLIENT, &close);
    assert_true(close.has_time);
    assert_int_equal(close.kind, OXC_CLOSE_RST);
    assert_int_equal(close.side, OXC_SIDE_SERVER);
    assert_int_equal(close.time, 7000000000);
    tcp.conversation_completeness = 0;
    oxc_tcp_note_close(NULL, &packet, OXC_SIDE_CLIENT, &close);
}

int main(void)
{
    const struct CMUnitTest all[] = {
        cmocka_unit_test_setup(test_order, start),
        cmocka_unit_test_setup(test_repeated, start),
        cmocka_unit_test_setup(test_late, start),
        cmocka_unit_test_setup(test_parts_of_one_frame, start),
        cmocka_unit_test_setup(test_wrap, start),
        cmocka_unit_test_setup(test_unseen, start),
        cmocka_unit_test_setup(test_without_analysis, start),
        cmocka_unit_test_setup(test_last, start),
        cmocka_unit_test_setup(test_missing_from, start),
        cmocka_unit_test_setup(test_close, start),
    };

    return cmocka_run_group_tests(all, NULL, NULL);
}
