/* test_rops.c
 * The walk along ROP buffers: every variant of a notification byte by byte, what surrounds them,
 * cuts and damage
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "bytes.h"
#include "decode/buffers/rop_layouts.h"
#include "decode/buffers/rops.h"
#include "rop_teller.h"

/* Names for what a walk finds. */
static const char *const field_names[OXC_FIELD_COUNT] = {
    [OXC_FIELD_LOGON_ID] = "logon",
    [OXC_FIELD_INPUT_INDEX] = "in",
    [OXC_FIELD_OUTPUT_INDEX] = "out",
    [OXC_FIELD_RESPONSE_INDEX] = "resp",
    [OXC_FIELD_RETURN_VALUE] = "rv",
    [OXC_FIELD_FOLDER_ID] = "fid",
    [OXC_FIELD_MESSAGE_ID] = "mid",
    [OXC_FIELD_TABLE_FLAGS] = "tableflags",
    [OXC_FIELD_TABLE_STATUS] = "status",
    [OXC_FIELD_TABLE_ROW_COUNT] = "rows",
    [OXC_FIELD_ROW_COUNT] = "rows",
    [OXC_FIELD_PROPERTY_TAG_COUNT] = "count",
    [OXC_FIELD_PROPERTY_TAG] = "tags",
    [OXC_FIELD_MESSAGE_CLASS] = "class",
    [OXC_FIELD_PROPERTY_NAMES] = "names",
    [OXC_FIELD_REGISTER_TYPES] = "types",
    [OXC_FIELD_REGISTER_RESERVED] = "reserved",
    [OXC_FIELD_REGISTER_WHOLE_STORE] = "whole",
    [OXC_FIELD_REGISTER_FOLDER_ID] = "fid",
    [OXC_FIELD_REGISTER_MESSAGE_ID] = "mid",
    [OXC_FIELD_NOTIFY_HANDLE] = "handle",
    [OXC_FIELD_NOTIFY_LOGON_ID] = "logon",
    [OXC_FIELD_NOTIFY_FLAGS] = "flags",
    [OXC_FIELD_NOTIFY_TABLE_EVENT] = "event",
    [OXC_FIELD_NOTIFY_TABLE_ROW_FOLDER_ID] = "rowfid",
    [OXC_FIELD_NOTIFY_TABLE_ROW_MESSAGE_ID] = "rowmid",
    [OXC_FIELD_NOTIFY_TABLE_ROW_INSTANCE] = "rowinst",
    [OXC_FIELD_NOTIFY_INSERT_AFTER_FOLDER_ID] = "afterfid",
    [OXC_FIELD_NOTIFY_INSERT_AFTER_ROW_ID] = "aftermid",
    [OXC_FIELD_NOTIFY_INSERT_AFTER_INSTANCE] = "afterinst",
    [OXC_FIELD_NOTIFY_TABLE_ROW_DATA_SIZE] = "rowsize",
    [OXC_FIELD_NOTIFY_TABLE_ROW_DATA] = "row",
    [OXC_FIELD_NOTIFY_FOLDER_ID] = "fid",
    [OXC_FIELD_NOTIFY_MESSAGE_ID] = "mid",
    [OXC_FIELD_NOTIFY_PARENT_FOLDER_ID] = "parent",
    [OXC_FIELD_NOTIFY_OLD_FOLDER_ID] = "oldfid",
    [OXC_FIELD_NOTIFY_OLD_MESSAGE_ID] = "oldmid",
    [OXC_FIELD_NOTIFY_OLD_PARENT_FOLDER_ID] = "oldparent",
    [OXC_FIELD_NOTIFY_TAG_COUNT] = "tagcount",
    [OXC_FIELD_NOTIFY_TAG] = "tags",
    [OXC_FIELD_NOTIFY_TOTAL] = "total",
    [OXC_FIELD_NOTIFY_UNREAD] = "unread",
    [OXC_FIELD_NOTIFY_MESSAGE_FLAGS] = "msgflags",
    [OXC_FIELD_NOTIFY_UNICODE] = "unicode",
    [OXC_FIELD_NOTIFY_MESSAGE_CLASS] = "class",
    [OXC_FIELD_PENDING_SESSION_INDEX] = "session",
    [OXC_FIELD_BACKOFF_DURATION] = "duration",
    [OXC_FIELD_BACKOFF_ROP_COUNT] = "ropcount",
    [OXC_FIELD_BACKOFF_ROP] = "rops",
    [OXC_FIELD_BACKOFF_DATA_SIZE] = "size",
    [OXC_FIELD_BACKOFF_DATA] = "data",
    [OXC_FIELD_SIZE_NEEDED] = "needed",
    [OXC_FIELD_REQUEST_BUFFERS] = "requests",
};

/* Numbers as "name=hex", anything else as "name:bytes"; fields without a name by their bytes. */
static void tell_element(GString *text, const oxc_element *element)
{
    const char *name = field_names[element->field];

    if (!name)
        g_string_append_printf(text, " +%u", element->length);
    else if (element->length <= 8 && element->length == oxc_rop_field_size(element->field))
        g_string_append_printf(text, " %s=%" PRIx64, name, element->value);
    else
        g_string_append_printf(text, " %s:%u", name, element->length);
}

static void tell_rop(GString *text, const oxc_rop *rop)
{
    static const char *const ends[] = {"", " UNKNOWN", " DAMAGED", " CUT"};
    size_t i;

    if (text->len > 0)
        g_string_append(text, "; ");
    if (rop->count > 0)
        g_string_append_printf(text, "%02x", rop->id);
    for (i = 1; i < rop->count; i++)
        tell_element(text, &rop->elements[i]);
    g_string_append(text, ends[rop->state]);
}

static char *tell(oxc_rop_buffer *buffer)
{
    GString *text = g_string_new("");
    oxc_rop rop = {0};

    while (oxc_rop_next(buffer, &rop))
        tell_rop(text, &rop);
    return g_string_free(text, FALSE);
}

static void assert_tells(const char *rops, bool request, const char *expected)
{
    bytes data = make_rop_buffer(rops, "");
    oxc_rop_buffer buffer;
    char *told;

    oxc_rop_buffer_open(&buffer, data.data, data.size, data.size, request);
    assert_int_equal(buffer.fault, OXC_ROPS_OK);
    told = tell(&buffer);
    assert_string_equal(told, expected);
    g_free(told);
    bytes_free(&data);
}

/* Notifications: the bytes from NotificationFlags on, and what they say. F, G, P and O stand for
 * folders, M and N for messages. */
#define F_ID "01000000000000d1"
#define G_ID "01000000000000d2"
#define P_ID "01000000000000d3"
#define M_ID "0100000000012345"
#define N_ID "0100000000012346"
#define FID  "d100000000000001"
#define GID  "d200000000000001"
#define PID  "d300000000000001"
#define MID  "4523010000000001"
#define NID  "4623010000000001"

typedef struct {
    const char *data;
    const char *told;
} variant;

static const variant variants[] = {
    /* NewMail */
    {"0280" F_ID M_ID "00000000 00 49504d2e4e6f746500",
     "flags=8002 fid=" FID " mid=" MID " msgflags=0 unicode=0 class:9"},
    {"0280" F_ID M_ID "20000000 01 490050004d000000",
     "flags=8002 fid=" FID " mid=" MID " msgflags=20 unicode=1 class:8"},
    {"0200" F_ID "00000000 00 00", "flags=2 fid=" FID " msgflags=0 unicode=0 class:1"},
    /* ObjectCreated */
    {"0400" F_ID P_ID "0200 0300013700040e00",
     "flags=4 fid=" FID " parent=" PID " tagcount=2 tags:8"},
    {"0480" F_ID M_ID "0000", "flags=8004 fid=" FID " mid=" MID " tagcount=0"},
    {"04c0" F_ID M_ID P_ID "ffff",
     "flags=c004 fid=" FID " mid=" MID " parent=" PID " tagcount=ffff"},
    /* ObjectDeleted */
    {"0800" F_ID P_ID, "flags=8 fid=" FID " parent=" PID},
    {"0880" F_ID M_ID, "flags=8008 fid=" FID " mid=" MID},
    {"08c0" F_ID M_ID P_ID, "flags=c008 fid=" FID " mid=" MID " parent=" PID},
    /* ObjectModified */
    {"1000" F_ID "0000", "flags=10 fid=" FID " tagcount=0"},
    {"1010" F_ID "0000 05000000", "flags=1010 fid=" FID " tagcount=0 total=5"},
    {"1020" F_ID "ffff 03000000", "flags=2010 fid=" FID " tagcount=ffff unread=3"},
    {"1030" F_ID "0100 03000136 05000000 03000000",
     "flags=3010 fid=" FID " tagcount=1 tags=0 total=5 unread=3"},
    {"1080" F_ID M_ID "0000", "flags=8010 fid=" FID " mid=" MID " tagcount=0"},
    {"10c0" F_ID M_ID "0000", "flags=c010 fid=" FID " mid=" MID " tagcount=0"},
    /* ObjectMoved, ObjectCopied */
    {"2000" F_ID P_ID G_ID P_ID,
     "flags=20 fid=" FID " parent=" PID " oldfid=" GID " oldparent=" PID},
    {"2080" F_ID M_ID G_ID N_ID, "flags=8020 fid=" FID " mid=" MID " oldfid=" GID " oldmid=" NID},
    {"4000" F_ID P_ID G_ID P_ID,
     "flags=40 fid=" FID " parent=" PID " oldfid=" GID " oldparent=" PID},
    {"4080" F_ID M_ID G_ID N_ID, "flags=8040 fid=" FID " mid=" MID " oldfid=" GID " oldmid=" NID},
    /* SearchCompleted */
    {"8000" F_ID, "flags=80 fid=" FID},
    /* TableModified: hierarchy, contents, search contents */
    {"0001 0100", "flags=100 event=1"},
    {"0001 0300" F_ID G_ID "0300 aabbcc",
     "flags=100 event=3 rowfid=" FID " afterfid=" GID " rowsize=3 row:3"},
    {"0001 0400" F_ID, "flags=100 event=4 rowfid=" FID},
    {"0001 0500" F_ID G_ID "0000", "flags=100 event=5 rowfid=" FID " afterfid=" GID " rowsize=0"},
    {"0001 0700", "flags=100 event=7"},
    {"0081 0100", "flags=8100 event=1"},
    {"0081 0300" F_ID M_ID "01000000" G_ID N_ID "02000000 0400 00112233",
     "flags=8100 event=3 rowfid=" FID " rowmid=" MID " rowinst=1 afterfid=" GID " aftermid=" NID
     " afterinst=2 rowsize=4 row:4"},
    {"0081 0400" F_ID M_ID "07000000",
     "flags=8100 event=4 rowfid=" FID " rowmid=" MID " rowinst=7"},
    {"00c1 0500" F_ID M_ID "01000000" G_ID N_ID "02000000 0000",
     "flags=c100 event=5 rowfid=" FID " rowmid=" MID " rowinst=1 afterfid=" GID " aftermid=" NID
     " afterinst=2 rowsize=0"},
    {"00c1 0700", "flags=c100 event=7"},
    /* Extended: nothing follows */
    {"0004", "flags=400"},
};

#define NOTIFY      "2a 11000000 00"
#define TOLD_NOTIFY "2a handle=11 logon=0 "

static void reads_every_variant(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(variants); i++) {
        char *rops = g_strconcat(NOTIFY, variants[i].data, "6e0500", NULL);
        char *told = g_strconcat(TOLD_NOTIFY, variants[i].told, "; 6e session=5", NULL);

        assert_tells(rops, false, told);
        g_free(rops);
        g_free(told);
    }
}

static void reads_variants_in_one_buffer(void **state)
{
    GString *rops = g_string_new("");
    GString *told = g_string_new("");
    size_t i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(variants); i++) {
        g_string_append_printf(rops, NOTIFY "%s", variants[i].data);
        g_string_append_printf(told, "%s" TOLD_NOTIFY "%s", i ? "; " : "", variants[i].told);
    }
    assert_tells(rops->str, false, told->str);
    g_string_free(rops, TRUE);
    g_string_free(told, TRUE);
}

/* A reader that finds the search folder missing goes back to what Gromox writes. */
static void reads_linked_messages_of_gromox(void **state)
{
    (void)state;
    assert_tells(NOTIFY "08c0" F_ID M_ID, false, TOLD_NOTIFY "flags=c008 fid=" FID " mid=" MID);
    assert_tells(NOTIFY "08c0" F_ID M_ID NOTIFY "04c0" F_ID M_ID "0000" NOTIFY "0880" F_ID M_ID
                        "6e0500",
                 false,
                 TOLD_NOTIFY "flags=c008 fid=" FID " mid=" MID "; " TOLD_NOTIFY
                             "flags=c004 fid=" FID " mid=" MID " tagcount=0; " TOLD_NOTIFY
                             "flags=8008 fid=" FID " mid=" MID "; 6e session=5");
    assert_tells(NOTIFY "0800" F_ID P_ID NOTIFY "08c0" F_ID M_ID, false,
                 TOLD_NOTIFY "flags=8 fid=" FID " parent=" PID "; " TOLD_NOTIFY
                             "flags=c008 fid=" FID " mid=" MID);
}

/* Where neither way reaches the end it is the specification's that counts. */
static void keeps_to_specification_in_doubt(void **state)
{
    (void)state;
    assert_tells(
        NOTIFY "08c0" F_ID M_ID "0102030405060708"
               "b0",
        false, TOLD_NOTIFY "flags=c008 fid=" FID " mid=" MID " parent=807060504030201; b0 UNKNOWN");
}

static void stops_at_unknown_type(void **state)
{
    (void)state;
    assert_tells("6e0500" NOTIFY "0002" F_ID "6e0500", false,
                 "6e session=5; " TOLD_NOTIFY "flags=200 UNKNOWN");
    assert_tells(NOTIFY "0600" F_ID, false, TOLD_NOTIFY "flags=6 UNKNOWN");
    assert_tells(NOTIFY "0000", false, TOLD_NOTIFY "flags=0 UNKNOWN");
    assert_tells(NOTIFY "0001 0200", false, TOLD_NOTIFY "flags=100 event=2 UNKNOWN");
}

static void reads_special_responses(void **state)
{
    (void)state;
    assert_tells("6e0500 6effff", false, "6e session=5; 6e session=ffff");
    assert_tells("f9 01 e8030000 00 0000", false, "f9 logon=1 duration=3e8 ropcount=0 size=0");
    assert_tells("f9 01 e8030000 02 15e8030000 2c01000000 0300 aabbcc 6e0500", false,
                 "f9 logon=1 duration=3e8 ropcount=2 rops:10 size=3 data:3; 6e session=5");
    assert_tells("6e0500 ff 0080 020000 aabb", false, "6e session=5; ff needed=8000 requests:5");
    assert_tells("ff 0080", false, "ff needed=8000");
}

static void reads_registrations(void **state)
{
    (void)state;
    assert_tells("29 00 01 02 0200 01", true, "29 logon=0 in=1 out=2 types=2 whole=1");
    assert_tells("29 00 01 02 fe01 00" F_ID "0000000000000000", true,
                 "29 logon=0 in=1 out=2 types=1fe whole=0 fid=" FID " mid=0");
    assert_tells("29 00 01 02 0204 00 01", true,
                 "29 logon=0 in=1 out=2 types=402 reserved=0 whole=1");
    assert_tells("29 00 01 02 0204 00 00" F_ID M_ID "01 00 02", true,
                 "29 logon=0 in=1 out=2 types=402 reserved=0 whole=0 fid=" FID " mid=" MID
                 "; 01 logon=0 in=2");
    assert_tells("29 02 00000000", false, "29 out=2 rv=0");
    assert_tells("29 02 0f010480 6e0500", false, "29 out=2 rv=8004010f; 6e session=5");
}

/* Products send no Reserved byte. */
static void reads_extended_registration_without_reserved_byte(void **state)
{
    (void)state;
    assert_tells("29 00 01 02 0204 01", true, "29 logon=0 in=1 out=2 types=402 whole=1");
    assert_tells("29 00 01 02 0204 00" F_ID M_ID, true,
                 "29 logon=0 in=1 out=2 types=402 whole=0 fid=" FID " mid=" MID);
}

#define ZEROS_104                                                                                  \
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"     \
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"     \
    "00000000000000000000000000000000"
#define GUID_0 "00112233445566778899aabbccddeeff"

static void reads_logons(void **state)
{
    (void)state;
    assert_tells("fe 00 00 01 0c000001 00000000 0400 2f6f3d00 29 00 00 01 0200 01", true,
                 "fe logon=0 out=0 +1 +4 +4 +2 +4; 29 logon=0 in=0 out=1 types=2 whole=1");
    assert_tells("fe 00 00000000 01" ZEROS_104 "07" GUID_0 "0100" GUID_0
                 "000000000000e907 0000000000000000 00000000 6e0500",
                 false, "fe out=0 rv=0 +1 fid:104 +1 +16 +2 +16 +8 +8 +4; 6e session=5");
    assert_tells("fe 00 00000000 00" ZEROS_104 "0100" GUID_0 GUID_0 "6e0500", false,
                 "fe out=0 rv=0 +1 fid:104 +2 +16 +16; 6e session=5");
    assert_tells("fe 00 78040000 01 03 616200 6e0500", false,
                 "fe out=0 rv=478 +1 +1 +3; 6e session=5");
    assert_tells("fe 00 05000780 6e0500", false, "fe out=0 rv=80070005; 6e session=5");
}

/* What a client sends to watch its inbox, and the answer. */
static void walks_usual_registration(void **state)
{
    (void)state;
    assert_tells("27 00 00 49504d00"
                 "02 00 00 01" F_ID "00"
                 "07 00 01 0000 0000 0200 0300013700040e00"
                 "04 00 01 02 00"
                 "05 00 01 03 10"
                 "12 00 03 00 0200 14004867 14004a67"
                 "13 00 03 00 0100 0000 0000 40000e0601"
                 "14 00 03 00 0300 aabbcc"
                 "15 00 03 00 01 3200"
                 "29 00 00 04 0201 01"
                 "01 00 02",
                 true,
                 "27 logon=0 in=0 class:4; 02 logon=0 in=0 out=1 fid=" FID
                 " +1; 07 logon=0 in=1 +2 +2 count=2 tags:8; 04 logon=0 in=1 out=2 tableflags=0; "
                 "05 logon=0 in=1 out=3 tableflags=10; 12 logon=0 in=3 +1 count=2 tags:8; "
                 "13 logon=0 in=3 +1 +2 +2 +2 +5; 14 logon=0 in=3 +1 +2 +3; "
                 "15 logon=0 in=3 +1 +1 rows=32; 29 logon=0 in=0 out=4 types=102 whole=1; "
                 "01 logon=0 in=2");
    assert_tells("27 00 00000000" F_ID "49504d00"
                 "02 01 00000000 00 00"
                 "07 01 0f010480"
                 "04 02 00000000 07000000"
                 "05 03 00000000 64000000"
                 "12 03 00000000 00"
                 "15 03 00000000 02 0000"
                 "29 04 00000000" NOTIFY "0880" F_ID M_ID,
                 false,
                 "27 in=0 rv=0 fid=" FID " class:4; 02 out=1 rv=0 +1 +1; 07 in=1 rv=8004010f; "
                 "04 out=2 rv=0 rows=7; 05 out=3 rv=0 rows=64; 12 in=3 rv=0 status=0; "
                 "15 in=3 rv=0 +1 rows=0; 29 out=4 rv=0; " TOLD_NOTIFY "flags=8008 fid=" FID
                 " mid=" MID);
}

static void stops_where_rows_need_columns(void **state)
{
    (void)state;
    assert_tells("15 03 00000000 02 0100 0011 6e0500", false, "15 in=3 rv=0 +1 rows=1 UNKNOWN");
    assert_tells("07 01 00000000 00", false, "07 in=1 rv=0 UNKNOWN");
    assert_tells("59 03 00000000 01000000 0100 0011", false, "59 in=3 rv=0 +4 rows=1 UNKNOWN");
    assert_tells("4f 03 00000000 00 01 0011", false, "4f in=3 rv=0 +1 +1 UNKNOWN");
}

static void stops_at_private_rops(void **state)
{
    (void)state;
    assert_tells("01 00 00", false, "01 UNKNOWN");
    assert_tells("a5 00 00", true, "a5 UNKNOWN");
    assert_tells("6e0500 28 00 00", false, "6e session=5; 28 UNKNOWN");
}

static void steps_over_other_rops(void **state)
{
    (void)state;
    assert_tells("2c 00 01 beba 00000100 2c 00 01 0010 4e 00 01 beba ff7f", true,
                 "2c logon=0 in=1 +2 +4; 2c logon=0 in=1 +2; 4e logon=0 in=1 +2 +2");
    assert_tells("2c 01 00000000 0300 aabbcc 6e0500", false, "2c in=1 rv=0 +2 +3; 6e session=5");
    assert_tells("06 01 00000000 00 06 01 00000000 01" M_ID, false,
                 "06 out=1 rv=0 +1; 06 out=1 rv=0 +1 mid=" MID);
    assert_tells("1e 01 00000000 00 1e 01 0f010480 01", false,
                 "1e in=1 rv=0 +1; 1e in=1 rv=8004010f +1");
    assert_tells("56 00 01 02 0300 00" GUID_0 "01000000 01" GUID_0 "04 61006200 ff" GUID_0
                 "01 00 01",
                 true, "56 logon=0 in=1 +1 +2 names:60; 01 logon=0 in=1");
    assert_tells("56 00 01 02 0100 07" GUID_0, true, "56 logon=0 in=1 +1 +2 names:17 DAMAGED");
    assert_tells("0c 00 00 01 0a", true, "0c logon=0 resp=0 in=1 +1");
    assert_tells("0c 00 00000000 01" M_ID, false, "0c resp=0 rv=0 in=1 mid=" MID);
}

/* Whatever the layouts are, zeros follow them: no step goes astray. */
static void follows_every_layout(void **state)
{
    bytes data = {.data = (uint8_t *)g_malloc0(600), .size = 600};
    unsigned id;

    (void)state;
    data.data[0] = 600 & 0xFF;
    data.data[1] = 600 >> 8;
    for (id = 0; id < 256; id++) {
        int request;

        for (request = 0; request < 2; request++) {
            oxc_rop_buffer buffer;
            oxc_rop rop = {0};

            data.data[2] = (uint8_t)id;
            oxc_rop_buffer_open(&buffer, data.data, data.size, data.size, request);
            assert_true(oxc_rop_next(&buffer, &rop));
            assert_int_equal(rop.id, id);
            assert_true(rop.state == OXC_READ_WHOLE || rop.state == OXC_READ_UNKNOWN);
            assert_true(rop.count > 0 && rop.count < OXC_ROP_ELEMENTS_MAX);
            if (oxc_rop_layout((uint8_t)id, request))
                assert_true(rop.count > 1);
        }
    }
    bytes_free(&data);
}

static void open_hex(oxc_rop_buffer *buffer, bytes *data, const char *hex)
{
    *data = bytes_from_hex(hex);
    oxc_rop_buffer_open(buffer, data->data, data->size, data->size, false);
}

static void finds_what_is_wrong_with_buffer(void **state)
{
    static const struct {
        const char *hex;
        oxc_rops_fault fault;
        const char *told;
    } cases[] = {
        {"", OXC_ROPS_NO_SIZE, ""},
        {"02", OXC_ROPS_NO_SIZE, ""},
        {"0100", OXC_ROPS_SIZE_SMALL, ""},
        {"0000 11000000", OXC_ROPS_SIZE_SMALL, ""},
        {"0600 6e0500", OXC_ROPS_SIZE_BIG, "6e session=5"},
        {"0800 6e0500 6e05", OXC_ROPS_SIZE_BIG, "6e session=5; 6e DAMAGED"},
        {"0500 6e0500 11000000 11", OXC_ROPS_TABLE, "6e session=5"},
        {"0400 6e05", OXC_ROPS_OK, "6e DAMAGED"},
        {"0200", OXC_ROPS_OK, ""},
        {"0200 11000000", OXC_ROPS_OK, ""},
    };
    size_t i;

    (void)state;
    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        oxc_rop_buffer buffer;
        bytes data;
        char *told;

        open_hex(&buffer, &data, cases[i].hex);
        told = tell(&buffer);
        assert_int_equal(buffer.fault, cases[i].fault);
        assert_string_equal(told, cases[i].told);
        g_free(told);
        bytes_free(&data);
    }
}

static void says_what_does_not_fit(void **state)
{
    oxc_rop_buffer buffer;
    oxc_rop rop = {0};
    bytes data;

    (void)state;
    open_hex(&buffer, &data, "1300" NOTIFY "1000" F_ID "05");
    assert_true(oxc_rop_next(&buffer, &rop));
    assert_int_equal(rop.state, OXC_READ_DAMAGED);
    assert_int_equal(rop.fault_field, OXC_FIELD_NOTIFY_TAG_COUNT);
    assert_int_equal(rop.fault_offset, 18);
    assert_int_equal(rop.fault_size, 2);
    assert_false(oxc_rop_next(&buffer, &rop));
    bytes_free(&data);
}

static void looks_up_handles(void **state)
{
    bytes data = make_rop_buffer("", "11000000 ffffffff 22000000");
    oxc_rop_buffer buffer;
    uint32_t handle;

    (void)state;
    oxc_rop_buffer_open(&buffer, data.data, data.size - 2, data.size, false);
    assert_int_equal(buffer.table_count, 3);
    assert_true(oxc_rop_handle(&buffer, 0, &handle));
    assert_int_equal(handle, 0x11);
    assert_true(oxc_rop_handle(&buffer, 1, &handle));
    assert_false(oxc_rop_handle(&buffer, 2, &handle));
    assert_false(oxc_rop_handle(&buffer, 3, &handle));
    bytes_free(&data);
}

/* What the ROPs of a buffer mean, one "kind:value" each, faults behind a "!". */
static char *tell_meanings(const bytes *data, size_t reported, bool request)
{
    static const char kinds[] = "-RNP";
    GString *text = g_string_new("");
    oxc_rop_buffer buffer;
    oxc_rop rop = {0};

    oxc_rop_buffer_open(&buffer, data->data, data->size, reported, request);
    while (oxc_rop_next(&buffer, &rop)) {
        oxc_rop_meaning meaning = oxc_rop_interpret(&buffer, &rop);

        g_string_append_printf(text, "%s%c:%x", text->len ? " " : "", kinds[meaning.kind],
                               meaning.value);
        if (meaning.faults)
            g_string_append_printf(text, "!%u,%04x", meaning.faults, meaning.flags);
    }
    return g_string_free(text, FALSE);
}

static void assert_means(const char *rops, const char *handles, bool request, const char *expected)
{
    bytes data = make_rop_buffer(rops, handles);
    char *told = tell_meanings(&data, data.size, request);

    assert_string_equal(told, expected);
    g_free(told);
    bytes_free(&data);
}

static void interprets_registrations(void **state)
{
    (void)state;
    assert_means("29 01 00000000 29 00 00000000", "11000000 22000000", false, "R:22 R:11");
    assert_means("29 01 05000780", "11000000 22000000", false, "-:0");
    assert_means("29 01 00000000", "11000000 ffffffff", false, "-:ffffffff");
    assert_means("29 02 00000000", "11000000 22000000", false, "-:0");
    assert_means("29 00 00 01 0200 01", "11000000 ffffffff", true, "-:0");
}

static void interprets_notifications(void **state)
{
    (void)state;
    assert_means(NOTIFY "0880" F_ID M_ID "6e0500" NOTIFY "0002", "", false, "N:11 P:5 N:11");
    assert_means(NOTIFY "08", "", false, "-:0");
    assert_means(NOTIFY "0880" F_ID, "", false, "N:11");
}

/* OXC_ROP_NOTIFY_IN_REQUEST is 1. */
static void finds_notifications_in_requests(void **state)
{
    (void)state;
    assert_means("6e0500", "", true, "-:0!1,0000");
    assert_means("01 00 02" NOTIFY "0880" F_ID M_ID, "", true, "-:0 -:0!1,8008");
    assert_means(NOTIFY "0010", "", true, "-:0!2,1000");
    assert_means("01 00 02" NOTIFY "0880" F_ID, "", true, "-:0 -:0");
    assert_means("6e05", "", true, "-:0");
}

/* OXC_ROP_NOTIFY_FLAGS_INVALID is 2. */
static void finds_invalid_flags(void **state)
{
    (void)state;
    assert_means(NOTIFY "0210" F_ID "01000000 00000000 00 00", "", false, "N:11!2,1002");
    assert_means(NOTIFY "0820" F_ID P_ID "01000000", "", false, "N:11!2,2008");
    assert_means(NOTIFY "1040" F_ID "0000", "", false, "N:11!2,4010");
    assert_means(NOTIFY "10c0" F_ID M_ID "0000", "", false, "N:11");
    assert_means(NOTIFY "1030" F_ID "0000 01000000 02000000", "", false, "N:11");
    assert_means(NOTIFY "10b0" F_ID M_ID "0000 01000000 02000000", "", false, "N:11");
    assert_means(NOTIFY "0210", "", false, "N:11!2,1002");
}

/* Behind a layout that senders see in several ways nothing is certain, unless all of it fits. */
static void says_nothing_of_doubtful_places(void **state)
{
    (void)state;
    assert_means("29 00 01 02 0204 00 01 6e0500", "", true, "-:0 -:0!1,0000");
    assert_means("29 00 01 02 0204 00 01 6e0500 00", "", true, "-:0 -:0 -:0");
    assert_means(NOTIFY "08c0" F_ID M_ID P_ID NOTIFY "1040" F_ID "0000"
                        "00",
                 "", false, "N:11 N:11 -:0");
    assert_means(NOTIFY "08c0" F_ID M_ID P_ID NOTIFY "1040" F_ID "0000", "", false,
                 "N:11 N:11!2,4010");
}

static void says_nothing_where_rop_size_is_wrong(void **state)
{
    bytes data = bytes_from_hex("0600 6e0500");
    char *told = tell_meanings(&data, data.size, true);

    (void)state;
    assert_string_equal(told, "-:0");
    g_free(told);
    bytes_free(&data);
}

/* The story that the cuts below are made of: every ROP that a response can be walked over. */
static bytes make_story(void)
{
    GString *rops = g_string_new("29 00 00000000 f9 01 e8030000 01 15e8030000 0000");
    bytes data;
    size_t i;

    for (i = 0; i < G_N_ELEMENTS(variants); i++)
        g_string_append_printf(rops, NOTIFY "%s", variants[i].data);
    g_string_append(rops, "6e0500 ff 0080");
    data = make_rop_buffer(rops->str, "11000000 22000000");
    g_string_free(rops, TRUE);
    return data;
}

/* What is told of a cut buffer is what the whole one says up to the cut. */
static void assert_starts_whole(const char *whole, char *part)
{
    if (g_str_has_suffix(part, " DAMAGED") || g_str_has_suffix(part, " CUT"))
        *strrchr(part, ' ') = '\0';
    assert_true(g_str_has_prefix(whole, part));
}

static void survives_cuts_of_the_sender(void **state)
{
    bytes whole = make_story();
    size_t list_end = oxc_little_endian(whole.data, 2);
    oxc_rop_buffer buffer;
    char *told;
    size_t size;

    (void)state;
    oxc_rop_buffer_open(&buffer, whole.data, whole.size, whole.size, false);
    told = tell(&buffer);
    assert_true(buffer.consistent);
    for (size = 0; size < whole.size; size++) {
        bytes cut = bytes_copy(whole.data, size);
        char *part;

        oxc_rop_buffer_open(&buffer, cut.data, cut.size, cut.size, false);
        if (size < list_end)
            assert_int_equal(buffer.fault, size < 2 ? OXC_ROPS_NO_SIZE : OXC_ROPS_SIZE_BIG);
        else
            assert_int_equal(buffer.fault, (size - list_end) % 4 ? OXC_ROPS_TABLE : OXC_ROPS_OK);
        part = tell(&buffer);
        assert_starts_whole(told, part);
        g_free(part);
        bytes_free(&cut);
    }
    g_free(told);
    bytes_free(&whole);
}

static void survives_cuts_of_the_capture(void **state)
{
    bytes whole = make_story();
    size_t list_end = oxc_little_endian(whole.data, 2);
    oxc_rop_buffer buffer;
    char *told;
    size_t size;

    (void)state;
    oxc_rop_buffer_open(&buffer, whole.data, whole.size, whole.size, false);
    told = tell(&buffer);
    for (size = 0; size < whole.size; size++) {
        bytes cut = bytes_copy(whole.data, size);
        char *part;

        oxc_rop_buffer_open(&buffer, cut.data, cut.size, whole.size, false);
        assert_int_equal(buffer.fault, OXC_ROPS_OK);
        part = tell(&buffer);
        assert_null(strstr(part, "DAMAGED"));
        if (size >= 2 && size < list_end)
            assert_true(g_str_has_suffix(part, " CUT"));
        assert_starts_whole(told, part);
        g_free(part);
        bytes_free(&cut);
    }
    g_free(told);
    bytes_free(&whole);
}

/* The same with RopSize made to fit, as if the ROPs had always ended there. */
static void survives_short_lists(void **state)
{
    bytes whole = make_story();
    size_t size;

    (void)state;
    for (size = 2; size < whole.size; size++) {
        bytes cut = bytes_copy(whole.data, size);
        oxc_rop_buffer buffer;
        char *part;

        cut.data[0] = (uint8_t)(size & 0xFF);
        cut.data[1] = (uint8_t)(size >> 8);
        oxc_rop_buffer_open(&buffer, cut.data, cut.size, cut.size, false);
        assert_int_equal(buffer.fault, OXC_ROPS_OK);
        part = tell(&buffer);
        assert_null(strstr(part, "CUT"));
        g_free(part);
        bytes_free(&cut);
    }
    bytes_free(&whole);
}

static void survives_damage(void **state)
{
    bytes story = make_story();
    uint32_t random = 1;
    size_t i;

    (void)state;
    for (i = 0; i < 20000; i++) {
        size_t at = (random >> 8) % story.size;
        uint8_t before = story.data[at];
        char *told;

        random = random * 1664525 + 1013904223;
        story.data[at] = (uint8_t)(random >> 24);
        told = tell_meanings(&story, story.size, i % 2);
        g_free(told);
        if (i % 8)
            story.data[at] = before;
    }
    bytes_free(&story);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_variant),
        cmocka_unit_test(reads_variants_in_one_buffer),
        cmocka_unit_test(reads_linked_messages_of_gromox),
        cmocka_unit_test(keeps_to_specification_in_doubt),
        cmocka_unit_test(stops_at_unknown_type),
        cmocka_unit_test(reads_special_responses),
        cmocka_unit_test(reads_registrations),
        cmocka_unit_test(reads_extended_registration_without_reserved_byte),
        cmocka_unit_test(reads_logons),
        cmocka_unit_test(walks_usual_registration),
        cmocka_unit_test(stops_where_rows_need_columns),
        cmocka_unit_test(stops_at_private_rops),
        cmocka_unit_test(steps_over_other_rops),
        cmocka_unit_test(follows_every_layout),
        cmocka_unit_test(finds_what_is_wrong_with_buffer),
        cmocka_unit_test(says_what_does_not_fit),
        cmocka_unit_test(looks_up_handles),
        cmocka_unit_test(interprets_registrations),
        cmocka_unit_test(interprets_notifications),
        cmocka_unit_test(finds_notifications_in_requests),
        cmocka_unit_test(finds_invalid_flags),
        cmocka_unit_test(says_nothing_of_doubtful_places),
        cmocka_unit_test(says_nothing_where_rop_size_is_wrong),
        cmocka_unit_test(survives_cuts_of_the_sender),
        cmocka_unit_test(survives_cuts_of_the_capture),
        cmocka_unit_test(survives_short_lists),
        cmocka_unit_test(survives_damage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
