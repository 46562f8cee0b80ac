/* test_lz77.c
 * The decompressor, on streams from two independent compressors and on broken ones
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
#include "decode/buffers/lz77.h"

static oxc_lz77_result decompress(const char *hex, uint8_t *out, size_t size)
{
    bytes in = bytes_from_hex(hex);
    oxc_lz77_result result = oxc_lz77_decompress(in.data, in.size, out, size);

    bytes_free(&in);
    return result;
}

static void assert_gives(const char *hex, const char *expected)
{
    size_t size = strlen(expected);
    uint8_t *out = (uint8_t *)g_malloc(size + 1);
    oxc_lz77_result result = decompress(hex, out, size);

    assert_int_equal(result.status, OXC_LZ77_OK);
    assert_int_equal(result.produced, size);
    assert_memory_equal(out, expected, size);
    g_free(out);
}

static void assert_fails(const char *hex, size_t size, oxc_lz77_status status, size_t produced,
                         size_t used)
{
    uint8_t *out = (uint8_t *)g_malloc(size + 1);
    oxc_lz77_result result = decompress(hex, out, size);

    assert_int_equal(result.status, status);
    assert_int_equal(result.produced, produced);
    assert_int_equal(result.used, used);
    g_free(out);
}

/* The examples of [MS-XCA] 3.1. */
static void gives_examples_of_specification(void **state)
{
    char text[301];
    size_t i;

    (void)state;
    for (i = 0; i < 300; i++)
        text[i] = "abc"[i % 3];
    text[300] = '\0';
    assert_gives("3f000000 6162636465666768696a6b6c6d6e6f707172737475767778797a",
                 "abcdefghijklmnopqrstuvwxyz");
    assert_gives("ffffff1f 61626317000fff2601", text);
}

/* What lzxpress_compress() of Samba 4.17 makes of one letter and a run of it. */
static void gives_runs_of_samba(void **state)
{
    static const struct {
        size_t match;
        const char *stream;
    } runs[] = {
        {3, "ffffff7f 610000"},
        {9, "ffffff7f 610600"},
        {10, "ffffff7f 61070000"},
        {24, "ffffff7f 6107000e"},
        {25, "ffffff7f 6107000f00"},
        {279, "ffffff7f 6107000ffe"},
        {280, "ffffff7f 6107000fff1501"},
        {281, "ffffff7f 6107000fff1601"},
        {1000, "ffffff7f 6107000fffe503"},
        {60000, "ffffff7f 6107000fff5dea"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(runs); i++) {
        char *text = g_strnfill(runs[i].match + 1, 'a');

        assert_gives(runs[i].stream, text);
        g_free(text);
    }
}

/* The same, where matches share a byte of lengths, and where a mask is full. */
static void gives_nibbles_and_masks_of_samba(void **state)
{
    (void)state;
    assert_gives(
        "3f408000 61626364656667683f006641424344454647483f0031323334353637383f000e",
        "abcdefghabcdefghabcdefghABCDEFGHABCDEFGHABCDEFGH12345678123456781234567812345678");
    assert_gives("00000000 202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f "
                 "00000000 404142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f "
                 "ffffffff",
                 " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_");
}

/* A ROP buffer of six RopNotify, a RopPending and two handles, and what Samba makes of it. */
static const char rop_buffer[] = "e9002a1100000000028001000000000000d10100000000012345000000000049"
                                 "504d2e4e6f7465002a1100000000028001000000000000d10200000000012345"
                                 "000000000049504d2e4e6f7465002a1100000000028001000000000000d10300"
                                 "000000012345000000000049504d2e4e6f7465002a1100000000028001000000"
                                 "000000d10400000000012345000000000049504d2e4e6f7465002a1100000000"
                                 "028001000000000000d10500000000012345000000000049504d2e4e6f746500"
                                 "2a1100000000028001000000000000d10600000000012345000000000049504d"
                                 "2e4e6f7465006e05001000000011000000";
static const char rop_buffer_of_samba[] =
    "2a404404e9002a1100000002800131000000d13a000123456a0049504d2e4e6f"
    "74652f01f7022f010c032f01ff0c04ffff7fa82f010c052f01bf0c062f016e05"
    "001078005901";

static void gives_rop_buffer_of_samba(void **state)
{
    bytes expected = bytes_from_hex(rop_buffer);
    uint8_t out[512];
    oxc_lz77_result result = decompress(rop_buffer_of_samba, out, expected.size);

    (void)state;
    assert_int_equal(result.status, OXC_LZ77_OK);
    assert_int_equal(result.produced, expected.size);
    assert_int_equal(result.used, strlen(rop_buffer_of_samba) / 2);
    assert_memory_equal(out, expected.data, expected.size);
    bytes_free(&expected);
}

/* With and without the end bit, at the end of a mask, inside of the last match. */
static void stops_at_size_wanted(void **state)
{
    oxc_lz77_result result;
    uint8_t out[8];

    (void)state;
    assert_gives("00000000 6162", "ab");
    assert_gives("ffffff3f 6162", "ab");
    assert_gives("ffffff3f 6162 ffff ffff", "ab");
    assert_gives("ffffff7f 610700 0e", "aaaaa");
    assert_gives("ffffff7f 610700 0fff 0000 ffffffff", "aaaaa");
    result = decompress("ffffff7f 610700 0e", out, 3);
    assert_int_equal(result.produced, 3);
    assert_true(result.clipped);
    result = decompress("ffffff7f 610000", out, 4);
    assert_false(result.clipped);
    result = decompress("", out, 0);
    assert_int_equal(result.status, OXC_LZ77_OK);
    result = decompress("ffffffff", out, 0);
    assert_int_equal(result.used, 0);
}

static void says_where_stream_ends_early(void **state)
{
    (void)state;
    assert_fails("", 5, OXC_LZ77_ENDS_EARLY, 0, 0);
    assert_fails("ffffff", 5, OXC_LZ77_ENDS_EARLY, 0, 0);
    assert_fails("00000000", 5, OXC_LZ77_ENDS_EARLY, 0, 4);
    assert_fails("00000000 616263", 5, OXC_LZ77_ENDS_EARLY, 3, 7);
    assert_fails("ffffff3f 6162 00", 5, OXC_LZ77_ENDS_EARLY, 2, 6);
    assert_fails("ffffff7f 61 0700", 5, OXC_LZ77_ENDS_EARLY, 1, 5);
    assert_fails("ffffff7f 61 0700 0f", 500, OXC_LZ77_ENDS_EARLY, 1, 5);
    assert_fails("ffffff7f 61 0700 0fff 15", 500, OXC_LZ77_ENDS_EARLY, 1, 5);
    assert_fails("ffffff7f 61 0700 0fff 0000 1501", 500, OXC_LZ77_ENDS_EARLY, 1, 5);
}

static void says_where_match_is_bad(void **state)
{
    (void)state;
    assert_fails("ffffffff 0000", 5, OXC_LZ77_BAD_DISTANCE, 0, 4);
    assert_fails("ffffff7f 61 0800", 5, OXC_LZ77_BAD_DISTANCE, 1, 5);
    assert_fails("ffffff7f 61 f8ff", 5, OXC_LZ77_BAD_DISTANCE, 1, 5);
    assert_fails("ffffff7f 61 0700 0fff 1500", 500, OXC_LZ77_BAD_LENGTH, 1, 5);
    assert_fails("ffffff7f 61 0700 0fff 0000 15000000", 500, OXC_LZ77_BAD_LENGTH, 1, 5);
}

/* The greatest length there is wants four gigabytes and gets what is asked for. */
static void takes_greatest_length(void **state)
{
    char *text = g_strnfill(65535, 'a');

    (void)state;
    assert_gives("ffffff7f 61 0700 0fff 0000 ffffffff", text);
    assert_gives("ffffff7f 61 0700 0fff ffff", text);
    g_free(text);
}

/* Every stream cut at every byte: no more is read than is there, and what comes out is the start
 * of the whole. */
static void survives_cuts(void **state)
{
    bytes expected = bytes_from_hex(rop_buffer);
    bytes stream = bytes_from_hex(rop_buffer_of_samba);
    size_t size;

    (void)state;
    for (size = 0; size < stream.size; size++) {
        bytes cut = bytes_copy(stream.data, size);
        uint8_t *out = (uint8_t *)g_malloc(expected.size);
        oxc_lz77_result result = oxc_lz77_decompress(cut.data, cut.size, out, expected.size);

        assert_int_equal(result.status, OXC_LZ77_ENDS_EARLY);
        assert_true(result.used <= size);
        assert_memory_equal(out, expected.data, result.produced);
        g_free(out);
        bytes_free(&cut);
    }
    bytes_free(&stream);
    bytes_free(&expected);
}

/* Every bit of a stream flipped, and random bytes. */
static void survives_damage(void **state)
{
    bytes stream = bytes_from_hex(rop_buffer_of_samba);
    uint8_t *out = (uint8_t *)g_malloc(241);
    uint32_t random = 1;
    size_t i, bit;

    (void)state;
    for (bit = 0; bit < 8 * stream.size; bit++) {
        stream.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_true(oxc_lz77_decompress(stream.data, stream.size, out, 241).produced <= 241);
        stream.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (i = 0; i < 20000; i++) {
        random = random * 1664525 + 1013904223;
        stream.data[(random >> 8) % stream.size] = (uint8_t)(random >> 24);
        assert_true(oxc_lz77_decompress(stream.data, stream.size, out, 241).used <= stream.size);
    }
    g_free(out);
    bytes_free(&stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_examples_of_specification),
        cmocka_unit_test(gives_runs_of_samba),
        cmocka_unit_test(gives_nibbles_and_masks_of_samba),
        cmocka_unit_test(gives_rop_buffer_of_samba),
        cmocka_unit_test(stops_at_size_wanted),
        cmocka_unit_test(says_where_stream_ends_early),
        cmocka_unit_test(says_where_match_is_bad),
        cmocka_unit_test(takes_greatest_length),
        cmocka_unit_test(survives_cuts),
        cmocka_unit_test(survives_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
