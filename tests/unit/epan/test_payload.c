/* test_payload.c
 * What an extended buffer says to the analysis: whole, cut and damaged
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
#include "capture/frame.h"
#include "decode/buffers/payload.h"
#include "sequence/event.h"

/* A response with a RopNotify of a new mail and a RopPending, obfuscated. */
static const char obfuscated[] = "0000 0600 2b00 2b00"
                                 "8ea58fb4a5a5a5a5a725a4a5a5a5a5a5a574a4a5a5a5a5a4"
                                 "86e0a5a5a5a5a5ecf5e88bebcad1c0a5cba0a5";

/* Six RopNotify, a RopPending and two handles, as lzxpress_compress() of Samba 4.17 packs them. */
static const char compressed[] = "0000 0500 4600 f100"
                                 "2a404404e9002a1100000002800131000000d13a000123456a0049504d2e4e6f"
                                 "74652f01f7022f010c032f01ff0c04ffff7fa82f010c052f01bf0c062f016e05"
                                 "001078005901";

/* A registration, then RopNotify of two handles, then an empty payload with RopPending. */
static const char chain[] = "0000 0000 1000 1000 0800 29 01 00000000 11000000 22000000"
                            "0000 0000 2200 2200 2200"
                            "2a 22000000 00 8000 01000000000000d1"
                            "2a 33000000 00 8000 01000000000000d2"
                            "0000 0400 0500 0500 0500 6e 0500";

typedef struct {
    bytes data;
    packet_info pinfo;
    tvbuff_t *tvb;
    oxc_extended_buffer buffer;
    oxc_rop_summary summary;
} reading;

static void read_bytes(reading *r, const uint8_t *data, size_t captured, size_t reported,
                       bool request)
{
    memset(r, 0, sizeof *r);
    r->data = bytes_copy(data, captured);
    r->pinfo.pool = wmem_allocator_new(WMEM_ALLOCATOR_STRICT);
    r->tvb = tvb_new_real_data(r->data.data, (unsigned)captured, (int)reported);
    oxc_read_extended_buffer(r->tvb, 0, (int)captured, (int)reported, &r->pinfo, &r->buffer);
    r->summary = oxc_summarise_rops(&r->buffer, &r->pinfo, request, true, NULL);
}

static void read_hex(reading *r, const char *hex, bool request)
{
    bytes data = bytes_from_hex(hex);

    read_bytes(r, data.data, data.size, data.size, request);
    bytes_free(&data);
}

static void finish(reading *r)
{
    tvb_free_chain(r->tvb);
    g_slist_free(r->pinfo.proto_data);
    g_slist_free(r->pinfo.data_src);
    wmem_destroy_allocator(r->pinfo.pool);
    bytes_free(&r->data);
    oxc_frame_end();
}

static void reads_obfuscated_buffer(void **state)
{
    reading r;

    (void)state;
    read_hex(&r, obfuscated, false);
    assert_int_equal(r.summary.state, OXC_WALK_WHOLE);
    assert_int_equal(r.summary.rop_count, 2);
    assert_int_equal(r.summary.rops.notified_count, 1);
    assert_int_equal(r.summary.rops.notified[0], 0x11);
    assert_int_equal(r.summary.pending_count, 1);
    assert_int_equal(r.summary.pending[0], 5);
    assert_string_equal(r.summary.new_mail, "New mail in folder 0xd100000000000001, "
                                            "message 0x4523010000000001, class IPM.Note");
    finish(&r);
}

static void assert_compressed(reading *r)
{
    assert_int_equal(r->buffer.count, 1);
    assert_int_equal(r->buffer.payloads[0].fault, OXC_PAYLOAD_OK);
    assert_int_equal(r->buffer.payloads[0].captured, 241);
    assert_int_equal(r->summary.state, OXC_WALK_WHOLE);
    assert_int_equal(r->summary.rops.notified_count, 6);
}

static void reads_compressed_buffer(void **state)
{
    reading r;

    (void)state;
    read_hex(&r, compressed, false);
    assert_compressed(&r);
    finish(&r);
}

static void reads_compressed_and_obfuscated_buffer(void **state)
{
    bytes data = bytes_from_hex(compressed);
    size_t i;
    reading r;

    (void)state;
    data.data[2] |= OXC_EXT_XOR_MAGIC;
    for (i = OXC_EXT_HEADER_SIZE; i < data.size; i++)
        data.data[i] ^= 0xA5;
    read_bytes(&r, data.data, data.size, data.size, false);
    assert_compressed(&r);
    finish(&r);
    bytes_free(&data);
}

static void reads_chain(void **state)
{
    reading r;

    (void)state;
    read_hex(&r, chain, false);
    assert_int_equal(r.summary.state, OXC_WALK_WHOLE);
    assert_int_equal(r.buffer.count, 3);
    assert_int_equal(r.summary.rops.registered_count, 1);
    assert_int_equal(r.summary.rops.registered[0], 0x22);
    assert_int_equal(r.summary.rops.notified_count, 2);
    assert_int_equal(r.summary.rops.notified[0], 0x22);
    assert_int_equal(r.summary.rops.notified[1], 0x33);
    assert_int_equal(r.summary.pending_count, 1);
    assert_null(r.summary.new_mail);
    finish(&r);
}

static void reads_empty_buffers(void **state)
{
    reading r;

    (void)state;
    read_hex(&r, "", false);
    assert_int_equal(r.summary.state, OXC_WALK_WHOLE);
    assert_int_equal(r.summary.rop_count, 0);
    finish(&r);
    read_hex(&r, "0000 0400 0200 0200 0200", true);
    assert_int_equal(r.summary.state, OXC_WALK_WHOLE);
    assert_int_equal(r.summary.rop_count, 0);
    finish(&r);
}

/* A class is 8-bit or UTF-16; what is no printable ASCII is a dot; too long a one is clipped. */
static void tells_new_mail(void **state)
{
    GString *hex = g_string_new("0000 0400 7200 7200 7200 2a 11000000 00 0200 01000000000000d1"
                                "00000000 00");
    reading r;
    int i;

    (void)state;
    read_hex(&r,
             "0000 0400 2500 2500 2500 2a 11000000 00 0200 01000000000000d1 00000000 01"
             "49000a00ac20414d20004d00 0000",
             false);
    assert_string_equal(r.summary.new_mail, "New mail in folder 0xd100000000000001, class I... M");
    finish(&r);
    for (i = 0; i < 90; i++)
        g_string_append(hex, "41");
    g_string_append(hex, "00");
    read_hex(&r, hex->str, false);
    assert_string_equal(r.summary.new_mail,
                        "New mail in folder 0xd100000000000001, class "
                        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    finish(&r);
    g_string_free(hex, TRUE);
}

static void finds_faults(void **state)
{
    reading r;

    (void)state;
    read_hex(&r, "0000 0400 0500 0500 0500 6e 0500", true);
    assert_int_equal(r.summary.rops.faults, OXC_ROP_NOTIFY_IN_REQUEST);
    assert_int_equal(r.summary.pending_count, 0);
    finish(&r);
    read_hex(&r, "0000 0400 1200 1200 1200 2a 11000000 00 8010 01000000000000d1", false);
    assert_int_equal(r.summary.rops.faults, OXC_ROP_NOTIFY_FLAGS_INVALID);
    assert_int_equal(r.summary.rops.fault_flags, 0x1080);
    assert_int_equal(r.summary.rops.notified_count, 1);
    finish(&r);
}

/* No verdict rests on a payload that is not what its header says. */
static void judges_no_doubtful_payload(void **state)
{
    reading r;

    (void)state;
    read_hex(&r, "0000 0c00 0500 0500 0500 6e 0500", true);
    assert_int_equal(r.buffer.payloads[0].fault, OXC_PAYLOAD_FLAGS);
    assert_int_equal(r.summary.rops.faults, 0);
    finish(&r);
    read_hex(&r, "0000 0400 0600 0600 0500 6e 0500", true);
    assert_int_equal(r.buffer.payloads[0].fault, OXC_PAYLOAD_SIZE);
    assert_int_equal(r.summary.state, OXC_WALK_DAMAGED);
    assert_int_equal(r.summary.rops.faults, 0);
    finish(&r);
}

static void finds_faults_of_payloads(void **state)
{
    static const struct {
        const char *hex;
        oxc_payload_fault fault;
    } cases[] = {
        {"0000 0500 0700 0900 00000000 616263", OXC_PAYLOAD_STREAM},
        {"0000 0500 0700 0800 7fffffff 610001", OXC_PAYLOAD_STREAM},
        {"0000 0500 0700 0300 00000000 616263", OXC_PAYLOAD_NOT_LESS},
        {"0000 0500 0f00 2000 ffffff7f 6107000fff0000ffffffff", OXC_PAYLOAD_LEFTOVER},
    };
    size_t i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        reading r;

        read_hex(&r, cases[i].hex, false);
        assert_int_equal(r.buffer.count, 1);
        assert_int_equal(r.buffer.payloads[0].fault, cases[i].fault);
        finish(&r);
    }
}

static void assert_is_start(const uint32_t *part, size_t part_count, const uint32_t *whole,
                            size_t whole_count)
{
    assert_true(part_count <= whole_count);
    if (part_count > 0)
        assert_memory_equal(part, whole, part_count * sizeof *part);
}

static void assert_survives_cuts(const char *hex, size_t notified_by_half)
{
    bytes data = bytes_from_hex(hex);
    reading whole, part;
    size_t size;

    read_bytes(&whole, data.data, data.size, data.size, false);
    for (size = 0; size < data.size; size++) {
        read_bytes(&part, data.data, size, data.size, false);
        assert_int_equal(part.summary.state, OXC_WALK_CUT);
        assert_is_start(part.summary.rops.notified, part.summary.rops.notified_count,
                        whole.summary.rops.notified, whole.summary.rops.notified_count);
        if (size > 3 * data.size / 4)
            assert_true(part.summary.rops.notified_count >= notified_by_half);
        finish(&part);
        read_bytes(&part, data.data, size, size, false);
        assert_int_equal(part.summary.state, size ? OXC_WALK_DAMAGED : OXC_WALK_WHOLE);
        assert_is_start(part.summary.rops.notified, part.summary.rops.notified_count,
                        whole.summary.rops.notified, whole.summary.rops.notified_count);
        if (size > 3 * data.size / 4)
            assert_true(part.summary.rops.notified_count >= notified_by_half);
        finish(&part);
    }
    finish(&whole);
    bytes_free(&data);
}

static void survives_cuts(void **state)
{
    (void)state;
    assert_survives_cuts(obfuscated, 1);
    assert_survives_cuts(compressed, 4);
    assert_survives_cuts(chain, 2);
}

/* A frame full of small blocks that each want 64 KB gets no more than its bytes allow. */
static void bounds_decompression(void **state)
{
    GString *hex = g_string_new("");
    size_t total = 0;
    reading r;
    unsigned i;

    (void)state;
    for (i = 0; i < OXC_EXT_PAYLOADS_MAX; i++)
        g_string_append(hex, "0000 0100 0f00 ffff ffffff7f 6107000fff0000ffffffff");
    read_hex(&r, hex->str, false);
    assert_int_equal(r.buffer.payloads[r.buffer.count - 1].fault, OXC_PAYLOAD_TOO_MUCH);
    for (i = 0; i < r.buffer.count; i++)
        total += r.buffer.payloads[i].captured;
    assert_true(total < 1024 * 1024);
    finish(&r);
    g_string_free(hex, TRUE);
}

static void bounds_lists(void **state)
{
    GByteArray *array = g_byte_array_new();
    const uint8_t header[] = {0, 0, 4, 0, 0xFB, 0xFF, 0xFB, 0xFF, 0xFB, 0xFF};
    const uint8_t pending[] = {0x6e, 5, 0};
    reading r;
    unsigned i;

    (void)state;
    g_byte_array_append(array, header, sizeof header);
    for (i = 0; i < (0xFFFB - 2) / 3; i++)
        g_byte_array_append(array, pending, sizeof pending);
    read_bytes(&r, array->data, array->len, array->len, false);
    assert_int_equal(r.summary.pending_count, OXC_SUMMARY_MAX);
    assert_true(r.summary.rop_count <= 20000);
    assert_int_equal(r.summary.state, OXC_WALK_STOPPED);
    finish(&r);
    g_byte_array_free(array, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_obfuscated_buffer),
        cmocka_unit_test(reads_compressed_buffer),
        cmocka_unit_test(reads_compressed_and_obfuscated_buffer),
        cmocka_unit_test(reads_chain),
        cmocka_unit_test(reads_empty_buffers),
        cmocka_unit_test(tells_new_mail),
        cmocka_unit_test(finds_faults),
        cmocka_unit_test(judges_no_doubtful_payload),
        cmocka_unit_test(finds_faults_of_payloads),
        cmocka_unit_test(survives_cuts),
        cmocka_unit_test(bounds_decompression),
        cmocka_unit_test(bounds_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
