/* test_extended_buffer.c
 * The chain of RPC_HEADER_EXT blocks, whole and broken
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
#include "decode/buffers/extended_buffer.h"

/* Walks the chain; says how many blocks it had and leaves the last header in @p header. */
static oxc_ext_result walk(const bytes *buffer, size_t reported, unsigned *count,
                           oxc_ext_header *header)
{
    oxc_ext_chain chain = {.data = buffer->data, .reported = reported, .captured = buffer->size};
    oxc_ext_result result;

    memset(header, 0, sizeof *header);
    while ((result = oxc_ext_next(&chain, header)) == OXC_EXT_HEADER)
        ;
    *count = chain.count;
    return result;
}

static void assert_walk(const char *hex, oxc_ext_result expected, unsigned blocks,
                        oxc_ext_header *header)
{
    bytes buffer = bytes_from_hex(hex);
    unsigned count;

    assert_int_equal(walk(&buffer, buffer.size, &count, header), expected);
    assert_int_equal(count, blocks);
    bytes_free(&buffer);
}

static void reads_header(void **state)
{
    oxc_ext_header header;

    (void)state;
    assert_walk("0000 0600 2b00 2b00"
                "8ea58fb4a5a5a5a5a725a4a5a5a5a5a5a574a4a5a5a5a5a4"
                "86e0a5a5a5a5a5ecf5e88bebcad1c0a5cba0a5",
                OXC_EXT_END, 1, &header);
    assert_int_equal(header.offset, 0);
    assert_int_equal(header.flags, OXC_EXT_XOR_MAGIC | OXC_EXT_LAST);
    assert_int_equal(header.size, 43);
    assert_int_equal(header.size_actual, 43);
}

static void reads_chain(void **state)
{
    oxc_ext_header header;

    (void)state;
    assert_walk("0000 0000 0200 0200 0200"
                "0000 0300 0300 0900 a5a5a5"
                "0000 0400 0000 0000",
                OXC_EXT_END, 3, &header);
    assert_int_equal(header.offset, 21);
}

static void ends_after_last(void **state)
{
    bytes buffer = bytes_from_hex("0000 0400 0200 0200 0200 ffffffffffffffff");
    oxc_ext_chain chain = {.data = buffer.data, .reported = buffer.size, .captured = buffer.size};
    oxc_ext_header header;

    (void)state;
    assert_int_equal(oxc_ext_next(&chain, &header), OXC_EXT_HEADER);
    assert_int_equal(oxc_ext_next(&chain, &header), OXC_EXT_END);
    assert_int_equal(chain.offset, 10);
    bytes_free(&buffer);
}

static void takes_nothing_as_end(void **state)
{
    oxc_ext_header header;

    (void)state;
    assert_walk("", OXC_EXT_END, 0, &header);
}

static void finds_what_is_wrong(void **state)
{
    oxc_ext_header header;

    (void)state;
    assert_walk("0000 0400 0200 02", OXC_EXT_SHORT, 0, &header);
    assert_walk("0100 0400 0200 0200 0200", OXC_EXT_VERSION, 0, &header);
    assert_walk("0000 0400 0300 0300 0200", OXC_EXT_SIZE, 0, &header);
    assert_int_equal(header.size, 3);
    assert_walk("0000 0400 0200 0300 0200", OXC_EXT_ACTUAL, 0, &header);
    assert_walk("0000 0000 0200 0200 0200", OXC_EXT_NOT_LAST, 1, &header);
    assert_walk("0000 0000 0200 0200 0200 00", OXC_EXT_SHORT, 1, &header);
    assert_walk("0000 0000 0200 0200 0200 0000 0500 ffff 0000", OXC_EXT_SIZE, 1, &header);
    assert_int_equal(header.offset, 10);
}

/* SizeActual is what a Compressed payload becomes. */
static void compares_sizes_unless_compressed(void **state)
{
    oxc_ext_header header;

    (void)state;
    assert_walk("0000 0500 0200 0900 0200", OXC_EXT_END, 1, &header);
    assert_walk("0000 0600 0200 0900 0200", OXC_EXT_ACTUAL, 0, &header);
}

static void bounds_number_of_blocks(void **state)
{
    bytes buffer = {.data = (uint8_t *)g_malloc0(8000), .size = 8000};
    oxc_ext_header header;
    unsigned count;

    (void)state;
    assert_int_equal(walk(&buffer, buffer.size, &count, &header), OXC_EXT_TOO_MANY);
    assert_int_equal(count, OXC_EXT_PAYLOADS_MAX);
    assert_int_equal(walk(&buffer, 8 * OXC_EXT_PAYLOADS_MAX, &count, &header), OXC_EXT_NOT_LAST);
    bytes_free(&buffer);
}

/* A buffer that the sender cut is damaged; one that the capture cut is not. */
static void tells_cut_from_damaged(void **state)
{
    bytes whole = bytes_from_hex("0000 0000 0200 0200 0200"
                                 "0000 0400 0300 0300 0300aa");
    size_t size;

    (void)state;
    for (size = 0; size < whole.size; size++) {
        bytes cut = bytes_copy(whole.data, size);
        oxc_ext_result expected = size == 0                              ? OXC_EXT_END
                                  : size == 10                           ? OXC_EXT_NOT_LAST
                                  : size < 8 || (size > 10 && size < 18) ? OXC_EXT_SHORT
                                                                         : OXC_EXT_SIZE;
        oxc_ext_header header;
        unsigned count;

        assert_int_equal(walk(&cut, cut.size, &count, &header), expected);
        assert_int_equal(count, size >= 10);
        expected = size < 18 ? OXC_EXT_CUT : OXC_EXT_END;
        assert_int_equal(walk(&cut, whole.size, &count, &header), expected);
        assert_int_equal(count, (size >= 8) + (size >= 18));
        bytes_free(&cut);
    }
    bytes_free(&whole);
}

static void unmasks(void **state)
{
    bytes text = bytes_from_hex("a5a4 005a ff");
    bytes expected = bytes_from_hex("0001 a5ff 5a");

    (void)state;
    oxc_ext_unmask(text.data, text.data, text.size);
    assert_memory_equal(text.data, expected.data, expected.size);
    bytes_free(&text);
    bytes_free(&expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_header),
        cmocka_unit_test(reads_chain),
        cmocka_unit_test(ends_after_last),
        cmocka_unit_test(takes_nothing_as_end),
        cmocka_unit_test(finds_what_is_wrong),
        cmocka_unit_test(compares_sizes_unless_compressed),
        cmocka_unit_test(bounds_number_of_blocks),
        cmocka_unit_test(tells_cut_from_damaged),
        cmocka_unit_test(unmasks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
