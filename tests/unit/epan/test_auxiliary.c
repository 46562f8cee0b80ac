/* test_auxiliary.c
 * The walk along auxiliary blocks
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
#include "decode/buffers/auxiliary.h"

#define GUID_0 "00112233445566778899aabbccddeeff"

/* AUX_PERF_CLIENTINFO with the machine "PC", no user, 10.0.0.1/24, the adapter "e" and a MAC. */
static const char client_info[] = "3800 01 02"
                                  "40420f00 0700 2000 0000 0400 2600 0400 2a00 2e00 0600 3200"
                                  "0200 0000"
                                  "500043000000 0a000001 ffffff00 65000000 020304050607";
static const char session_info_v2[] = "1c00 02 04 0100 0000" GUID_0 "2a000000";
static const char process_info[] = "2000 02 0b 6400 0000" GUID_0 "1c00 0000 78000000";
static const char server_capabilities[] = "0800 01 46 0b000000";
static const char endpoint_capabilities[] = "0800 01 48 01000000";
static const char client_connection_info[] =
    "2600 01 4a" GUID_0 "2000 0000 02000000 01000000 61006200 0000";
static const char server_session_info[] = "0a00 01 4b 0600 58000000";
static const char server_info[] = "1800 01 03 0100 0200 0c00 1200 2f006f000000 73007600 0000";
static const char unknown[] = "0600 01 52 aabb";

static oxc_aux_block walk_one(const char *hex)
{
    bytes data = bytes_from_hex(hex);
    oxc_aux_buffer buffer = {.data = data.data, .captured = data.size, .reported = data.size};
    oxc_aux_block block = {0};

    assert_true(oxc_aux_next(&buffer, &block));
    bytes_free(&data);
    return block;
}

static void assert_number(const oxc_aux_block *block, oxc_aux_field field, uint64_t value)
{
    const oxc_element *element = oxc_find_element(block->elements, block->count, (uint8_t)field);

    assert_non_null(element);
    assert_int_equal(element->value, value);
}

static void assert_place(const oxc_aux_block *block, oxc_aux_field field, size_t offset,
                         size_t length)
{
    const oxc_element *element = oxc_find_element(block->elements, block->count, (uint8_t)field);

    assert_non_null(element);
    assert_int_equal(element->offset, offset);
    assert_int_equal(element->length, length);
}

static void reads_client_info(void **state)
{
    oxc_aux_block block = walk_one(client_info);

    (void)state;
    assert_int_equal(block.state, OXC_READ_WHOLE);
    assert_int_equal(block.size, 0x38);
    assert_number(&block, OXC_AUX_FIELD_ADAPTER_SPEED, 1000000);
    assert_number(&block, OXC_AUX_FIELD_CLIENT_ID, 7);
    assert_number(&block, OXC_AUX_FIELD_CLIENT_MODE, 2);
    assert_place(&block, OXC_AUX_FIELD_MACHINE_NAME, 32, 6);
    assert_null(oxc_find_element(block.elements, block.count, OXC_AUX_FIELD_USER_NAME));
    assert_place(&block, OXC_AUX_FIELD_CLIENT_IP, 38, 4);
    assert_place(&block, OXC_AUX_FIELD_CLIENT_IP_MASK, 42, 4);
    assert_place(&block, OXC_AUX_FIELD_ADAPTER_NAME, 46, 4);
    assert_place(&block, OXC_AUX_FIELD_MAC_ADDRESS, 50, 6);
}

static void reads_other_blocks(void **state)
{
    oxc_aux_block block = {0};

    (void)state;
    block = walk_one(session_info_v2);
    assert_place(&block, OXC_AUX_FIELD_SESSION_GUID, 8, 16);
    assert_number(&block, OXC_AUX_FIELD_CONNECTION_ID, 42);
    block = walk_one(process_info);
    assert_place(&block, OXC_AUX_FIELD_PROCESS_NAME, 28, 4);
    block = walk_one(server_capabilities);
    assert_number(&block, OXC_AUX_FIELD_SERVER_CAPABILITIES, 11);
    block = walk_one(endpoint_capabilities);
    assert_number(&block, OXC_AUX_FIELD_ENDPOINT_CAPABILITIES, 1);
    block = walk_one(client_connection_info);
    assert_place(&block, OXC_AUX_FIELD_CONNECTION_CONTEXT, 32, 6);
    assert_number(&block, OXC_AUX_FIELD_CONNECTION_ATTEMPTS, 2);
    block = walk_one(server_session_info);
    assert_place(&block, OXC_AUX_FIELD_SERVER_SESSION_CONTEXT, 6, 4);
    block = walk_one(server_info);
    assert_place(&block, OXC_AUX_FIELD_SERVER_DN, 12, 6);
    assert_place(&block, OXC_AUX_FIELD_SERVER_NAME, 18, 6);
    block = walk_one(unknown);
    assert_place(&block, OXC_AUX_FIELD_BODY, 4, 2);
    assert_int_equal(block.type, 0x52);
}

/* Another version of a known type has a layout that is not known. */
static void shows_other_versions_raw(void **state)
{
    oxc_aux_block block = walk_one("0800 03 46 0b000000");

    (void)state;
    assert_int_equal(block.state, OXC_READ_WHOLE);
    assert_place(&block, OXC_AUX_FIELD_BODY, 4, 4);
}

static void finds_what_is_wrong(void **state)
{
    static const struct {
        const char *hex;
        oxc_aux_field field;
    } cases[] = {
        {"08", OXC_AUX_FIELD_SIZE},
        {"0800 01", OXC_AUX_FIELD_TYPE},
        {"0300 01 46 0b000000", OXC_AUX_FIELD_SIZE},
        {"0900 01 46 0b000000", OXC_AUX_FIELD_SIZE},
        {"0600 01 46 0b00", OXC_AUX_FIELD_SERVER_CAPABILITIES},
        {"0a00 01 4b 0a00 58000000", OXC_AUX_FIELD_SERVER_SESSION_CONTEXT_OFFSET},
        {"0a00 01 4b ffff 58000000", OXC_AUX_FIELD_SERVER_SESSION_CONTEXT_OFFSET},
        {"0a00 01 4b 0600 58005900", OXC_AUX_FIELD_SERVER_SESSION_CONTEXT},
        {"0a00 01 4b 0700 58005800", OXC_AUX_FIELD_SERVER_SESSION_CONTEXT},
    };
    size_t i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        oxc_aux_block block = walk_one(cases[i].hex);

        assert_int_equal(block.state, OXC_READ_DAMAGED);
        assert_int_equal(block.fault_field, cases[i].field);
    }
}

static bytes make_payload(void)
{
    char *hex = g_strconcat(client_info, session_info_v2, process_info, server_capabilities,
                            endpoint_capabilities, client_connection_info, server_session_info,
                            server_info, unknown, NULL);
    bytes payload = bytes_from_hex(hex);

    g_free(hex);
    return payload;
}

static unsigned count_blocks(const bytes *data, size_t reported, oxc_read_state *state)
{
    oxc_aux_buffer buffer = {.data = data->data, .captured = data->size, .reported = reported};
    oxc_aux_block block = {0};
    unsigned count = 0;

    while (oxc_aux_next(&buffer, &block))
        count++;
    *state = block.state;
    return count;
}

static void survives_cuts(void **state)
{
    bytes whole = make_payload();
    oxc_read_state end;
    size_t size;

    (void)state;
    assert_int_equal(count_blocks(&whole, whole.size, &end), 9);
    assert_int_equal(end, OXC_READ_WHOLE);
    for (size = 0; size < whole.size; size++) {
        bytes cut = bytes_copy(whole.data, size);

        count_blocks(&cut, whole.size, &end);
        assert_int_equal(end, OXC_READ_CUT);
        count_blocks(&cut, cut.size, &end);
        assert_true(end == OXC_READ_WHOLE || end == OXC_READ_DAMAGED);
        bytes_free(&cut);
    }
    bytes_free(&whole);
}

static void survives_damage(void **state)
{
    bytes payload = make_payload();
    uint32_t random = 1;
    oxc_read_state end;
    size_t i;

    (void)state;
    for (i = 0; i < 20000; i++) {
        size_t at = (random >> 8) % payload.size;
        uint8_t before = payload.data[at];

        random = random * 1664525 + 1013904223;
        payload.data[at] = (uint8_t)(random >> 24);
        count_blocks(&payload, payload.size, &end);
        if (i % 8)
            payload.data[at] = before;
    }
    bytes_free(&payload);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_client_info),
        cmocka_unit_test(reads_other_blocks),
        cmocka_unit_test(shows_other_versions_raw),
        cmocka_unit_test(finds_what_is_wrong),
        cmocka_unit_test(survives_cuts),
        cmocka_unit_test(survives_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
