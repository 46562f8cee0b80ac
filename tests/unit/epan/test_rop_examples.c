/* test_rop_examples.c
 * Calls whose ROPs rest on one another: what is found in the request and in the response, and once
 * more on a second pass
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
#include "decode/buffers/rop_state.h"
#include "rop_teller.h"

/* A call: RopsList and handles of request and response, and of a further payload of the latter. */
typedef struct {
    const char *about;
    bool goes_on; /* in the session of the one before */
    const char *request, *request_handles, *response, *response_handles, *further;
    const char *told_request, *told_response;
} example;

static const example examples[] = {
    {"folder, flagged row, release without response, new mail behind", false,
     "02000001010000000000000d00 0700010000010003001f000130030002360201e33f 010001",
     "05000000ffffffff",
     "0201000000000000 "
     "070100000000010049006e0062006f007800000000070000000a0f010480 "
     "2a09000000000280010000000000000d0100000000001234000000000049504d2e4e6f746500",
     "0500000021000000", NULL, "02; 07; 01",
     "02 i1; 07 i1 flagged{ 001f:12 0003:4 !8004010f }; 2a h=9 flags=8002"},
    {"standard row: boolean, int32, binary, string8, time, GUID, MV int32, MV "
     "string, MV binary",
     false,
     "0700000000010009000b001b0e030017000201f60f1e0037004000060e48007066031000801f"
     "10018002110280",
     "30000000",
     "0700000000000001010000000200aabb5265000000dc0100000000000102030405060708090a"
     "0b0c0d0e0f020000000a0000001400000002000000610000000000010000000100cc "
     "2a09000000001030010000000000000d00000700000003000000",
     "30000000", NULL, "07",
     "07 i0 row{ 000b:1 0003:4 0102:4 001e:3 0040:8 0048:16 1003:12 101f:10 "
     "1102:7 }; 2a h=9 flags=3010"},
    {"flagged row with PtypUnspecified: value, error, not present", false,
     "0700000000010004000000370000000010000013100300080e", "30000000",
     "070000000000011f00004800690000000a000a0e0007800000010000020000", "30000000", NULL, "07",
     "07 i0 flagged{ 001f:6 !8007000e - 0003:4 }"},
    {"standard row with PtypUnspecified (TypedPropertyValue); RopGetPropertiesAll "
     "(TaggedPropertyValue)",
     false, "07000000000000010000003700 08000000000000", "30000000",
     "070000000000001e00486900 08000000000002001e0037004869000300080e09000000", "30000000", NULL,
     "07; 08", "07 i0 row{ 001e:3 }; 08 i0 values{ 001e:3 0003:4 }"},
    {"no row: no columns needed", false, "15000000010a00", "77000000",
     "150000000000020000 "
     "2a09000000000280010000000000000d0100000000001234000000000049504d2e4e6f746500",
     "77000000", NULL, "15 rows=a", "15 i0 rows=0; 2a h=9 flags=8002"},
    {"one index, two tables in one buffer: the handle table shows only the last", false,
     "0500000100 12000100010014004a67 15000100010500 010001 0400000104 "
     "1200010001001f000130 15000100010500",
     "21000000ffffffff",
     "05010000000001000000 12010000000000 150100000000020100000100000000000005 "
     "04010000000001000000 12010000000000 150100000000020100005300750062000000",
     "2100000023000000", NULL, "05; 12; 15 rows=5; 01; 04; 12; 15 rows=5",
     "05 i1 rows=1; 12 i1; 15 i1 rows=1 row{ 0014:8 }; 04 i1 rows=1; 12 i1; 15 i1 "
     "rows=1 row{ 001f:8 }"},
    {"rules table: PtypRestriction and PtypRuleAction without a size of their own", false,
     "3f00000140 12000100030014007466fd007966fe008066 15000100010900", "21000000ffffffff",
     "3f0100000000 12010000000000 "
     "15010000000002010000110000000000000000020003010001001f0037001f00370078000000"
     "080b001b0e020009000a00000000000000000d0006000000000000000026000000 "
     "2a09000000000280010000000000000d0100000000001234000000000049504d2e4e6f746500",
     "2100000024000000", NULL, "3f; 12; 15 rows=9",
     "3f i1; 12 i1; 15 i1 rows=1 row{ 0014:8 00fd:25 00fe:28 }; 2a h=9 flags=8002"},
    {"public: [MS-OXORULE] 4.2.1, 4.2.2", false,
     "3f00000140 12000100030014007466020184661f008266 15000100013200", "23020000ffffffff",
     "3f0100000000 12010000000000 "
     "1501000000000201000001000000013ff8561000010000000100000055555555d144e3405000"
     "72006f006a00650063007400200058000000",
     "2302000024020000", NULL, "3f; 12; 15 rows=32",
     "3f i1; 12 i1; 15 i1 rows=1 row{ 0014:8 0102:18 001f:20 }"},
    {"RopOpenMessage: typed strings, recipient columns, X500 and other recipients", false,
     "03000001ff0f010000000000000d000100000000000005 1000010000", "21000000ffffffff",
     "0301000000000104520045003a002000000003486900030002001f00fe390300fe0f0201e404"
     "0000230011020000414e4e0041006e006e00000002000061006e006e00400078000000060000"
     "0002e404000018001882464158003100000042006f0000000100010a0f010480 "
     "1001000000000000010000000000 "
     "2a09000000000280010000000000000d0100000000001234000000000049504d2e4e6f746500",
     "2100000025000000", NULL, "03 CodePageId=fff; 10 Reserved=0",
     "03 i1 HasNamedProperties=1 SubjectPrefix=4 SubjectPrefix:10 "
     "NormalizedSubject=3 NormalizedSubject:3 RecipientCount=3 RowCount=2 "
     "Recipients:73; 10 i1 HasNamedProperties=0 SubjectPrefix=0 "
     "NormalizedSubject=1 RecipientCount=0 RowCount=0; 2a h=9 flags=8002"},
    {"RopReadRecipients: rows by their size; RopOpenEmbeddedMessage", false,
     "0f0000000000000000 46000102ff0f00", "2500000026000000ffffffff",
     "0f0000000000010000000001e4040000230011020000414e4e0041006e006e00000002000061"
     "006e006e0040007800000006000000 "
     "460200000000000000000000000000000002456d000000000000",
     "250000002600000027000000", NULL, "0f RowId=0 Reserved=0; 46 CodePageId=fff",
     "0f i0 RowCount=1 Recipients:46; 46 i2 Reserved=0 HasNamedProperties=0 "
     "SubjectPrefix=0 NormalizedSubject=2 NormalizedSubject:3 RecipientCount=0 "
     "RowCount=0"},
    {"partial completion, also after failures; null destination 0x503", false,
     "33000001010001000000000000050000 33000001010001000000000000050000 "
     "350000010001010000000000000946000000 1e0000000001000100000000000005 "
     "66000000000000",
     "21000000ffffffff",
     "33000000000000 3300030500000100000000 35000801048000 1e000000000001 "
     "66000500078001 "
     "2a09000000002080010000000000000d0100000000000005010000000000000e010000000000"
     "0005",
     "21000000ffffffff", NULL,
     "33 WantAsynchronous=0 WantCopy=0; 33 WantAsynchronous=0 WantCopy=0; 35 "
     "WantAsynchronous=0 UseUnicode=1 NewFolderName:4; 1e WantAsynchronous=0 "
     "NotifyNonRead=0; 66 WantAsynchronous=0 ReadFlags=0",
     "33 i0 partial=0; 33 i0 rv=503 dest=1 partial=0; 35 i0 rv=80040108 "
     "partial=0; 1e i0 partial=1; 66 i0 rv=80070005 partial=1; 2a h=9 flags=8020"},
    {"problems (10 bytes each), null destination without PartialCompletion, "
     "RopProgress for an asynchronous RopCopyTo and the reverse",
     false,
     "390000010001000000 390000010001000000 390000010001000000 0b000001001f003700 "
     "390000010101000000 50000000",
     "2500000026000000",
     "390000000000010000001f00370005000780 39000305000001000000 390002010480 "
     "0b00000000000000 500000000000000300000008000000 3900000000000000 "
     "2a09000000000280010000000000000d0100000000001234000000000049504d2e4e6f746500",
     "2500000026000000", NULL,
     "39 WantAsynchronous=0 WantSubObjects=1 CopyFlags=0; 39 WantAsynchronous=0 "
     "WantSubObjects=1 CopyFlags=0; 39 WantAsynchronous=0 WantSubObjects=1 "
     "CopyFlags=0; 0b; 39 WantAsynchronous=1 WantSubObjects=1 CopyFlags=0; 50 "
     "WantCancel=0",
     "39 i0; 39 i0 rv=503 dest=1; 39 i0 rv=80040102; 0b i0; 50 i0 "
     "CompletedTaskCount=3 TotalTaskCount=8; 39 i0; 2a h=9 flags=8002"},
    {"RopLogon: redirect, failure", false,
     "fe00000104000001000000000a002f6f3d782f636e3d7500 "
     "fe01010002000000000000000000",
     "ffffffffffffffff", "fe007804000001092f6f3d782f636e3d00 fe0111010480", "ffffffffffffffff",
     NULL, "fe; fe", "fe i0 rv=478; fe i1 rv=80040111"},
    {"RopFastTransferSourceGetBuffer: data, busy (BackoffTime), failure; "
     "PutBuffer failure",
     false, "4e0000bebac07b 4e00000010 4e00000010 540001040000000000", "3100000032000000",
     "4e0000000000010000000100000300010203 4e008004000001000000010000000088130000 "
     "4e0005400080000000000100000000 540157000780000000000000000400",
     "3100000032000000", NULL, "4e MaximumBufferSize=7bc0; 4e; 4e; 54",
     "4e i0 TransferStatus=1 InProgressCount=0 TotalStepCount=1 Reserved=0; 4e i0 "
     "rv=480 TransferStatus=1 InProgressCount=0 TotalStepCount=1 Reserved=0 "
     "BackoffTime=1388; 4e i0 rv=80004005 TransferStatus=0 InProgressCount=0 "
     "TotalStepCount=1 Reserved=0; 54 i1 rv=80070057 TransferStatus=0 "
     "InProgressCount=0 TotalStepCount=0 Reserved=0 BufferUsedSize=4"},
    {"RopReadStream failure as specified: DataSize follows", false,
     "2b0000010201131000 2c0001beba00800000 5e0001", "25000000ffffffff",
     "2b010f010480 2c01b90400000000 5e01b9040000", "25000000ffffffff", NULL,
     "2b; 2c MaximumByteCount=8000; 5e", "2b i1 rv=8004010f; 2c i1 rv=4b9; 5e i1 rv=4b9"},
    {"the same from Gromox or OpenChange: nothing follows", false,
     "2b0000010201131000 2c0001beba00800000 5e0001", "25000000ffffffff",
     "2b010f010480 2c01b9040000 5e01b9040000", "25000000ffffffff", NULL,
     "2b; 2c MaximumByteCount=8000; 5e", "2b i1 rv=8004010f; 2c i1 rv=4b9; 5e i1 rv=4b9"},
    {"names and ids: warning with body, Kind 0xFF without GUID", false,
     "56000000020001000102030405060708090a0b0c0d0e0f046b00000000000000000000000000"
     "0000000000000005800000 550000020001800280 5f00000000",
     "21000000",
     "560080030400020001800000 "
     "550000000000020001000102030405060708090a0b0c0d0e0f046b000000ff "
     "5f00800304000100018001000102030405060708090a0b0c0d0e0f046b000000",
     "21000000", NULL, "56 Flags=0; 55; 5f QueryFlags=0 HasGuid=0",
     "56 i0 rv=40380; 55 i0; 5f i0 rv=40380"},
    {"Gromox: Kind 0xFF with 16 bytes", false,
     "56000000020001000102030405060708090a0b0c0d0e0f046b00000000000000000000000000"
     "0000000000000005800000 550000020001800280 5f00000000",
     "21000000",
     "560000000000020001800000 "
     "550000000000020001000102030405060708090a0b0c0d0e0f046b000000ff00000000000000"
     "000000000000000000 5f00000000000000",
     "21000000", NULL, "56 Flags=0; 55; 5f QueryFlags=0 HasGuid=0", "56 i0; 55 i0; 5f i0"},
    {"RopBufferTooSmall: the rest is requests (no columns known)", false,
     "15000000013200 08000100000000 010001", "7700000030000000",
     "150000000000020000 ff008008000100000000010001", "7700000030000000", NULL,
     "15 rows=32; 08; 01", "15 i0 rows=0; ff"},
    {"RopBackoff in place of an answer; RopPending at the end", false, "0400000100 2c00026400",
     "21000000ffffffff33000000",
     "04010000000000000000 f900e8030000012cd007000002000102 "
     "2a09000000000280010000000000000d0100000000001234000000000049504d2e4e6f746500"
     " 6e0400",
     "210000002800000033000000", NULL, "04; 2c", "04 i1 rows=0; f9; 2a h=9 flags=8002; 6e"},
    {"counts, sizes and strings: receive folders, address types, options, "
     "transport",
     false,
     "680000 27000000 490000 6f0000534d54500001 4a0001 420000010000000000000d "
     "450000010000000000000d 310001010101",
     "0500000025000000",
     "6800000000000200000000010000000000000d0001000000000000000100010000000000000d"
     "0049504d000a0f010480 270000000000010000000000000d49504d00 "
     "49000000000002000800534d545000455800 "
     "6f00000000000000000300616263682e686c7000 4a010000000001 "
     "4200000000000100010053525600 4500000000000101000000533200 "
     "3101000000000500081f003700000100010000000000000d01000000 "
     "2a09000000000280010000000000000d0100000000001234000000000049504d2e4e6f746500",
     "0500000025000000", NULL,
     "68; 27; 49; 6f AddressType:5 WantWin32=1; 4a; 42; 45; 31 UseUnicode=1 "
     "IncludeRestriction=1 IncludeFolders=1",
     "68 i0 rows=2 row{ 0014:8 001e:1 0040:8 } flagged{ 0014:8 001e:4 !8004010f "
     "}; 27 i0; 49 i0 AddressTypeCount=2 AddressTypesSize=8 AddressTypes:8; 6f i0 "
     "Reserved=0 OptionsInfoSize=0 HelpFileSize=3 HelpFile:3 HelpFileName:6; 4a "
     "i1 NoPropertiesReturned=1; 42 i0 Servers:8; 45 i0 Servers:7; 31 i1 "
     "RestrictionDataSize=5 RestrictionData:5 FolderIdCount=1 SearchFlags=1; 2a "
     "h=9 flags=8002"},
    {"response index, public logon: RopSaveChangesMessage, RopSetMessageReadFlag "
     "with ClientData, RopGetMessageStatus answered by 0x20 (logon 2 is public)",
     false,
     "0c0001000a 1102010000000000000000000000000000000000000000000000000000 "
     "1f00010100000000000005 2d0002050068656c6c6f 900002010078",
     "250000002100000033000000",
     "0c0100000000000100000000000005 "
     "1101000000000102000000000000000000000000000000000000000000000000 "
     "20010000000000000000 2d02000000000500 9002050304800000 "
     "2a09000000000280010000000000000d0100000000001234000000000049504d2e4e6f746500",
     "250000002100000033000000", NULL, "0c SaveFlags=a; 11 ReadFlags=0 ClientData:24; 1f; 2d; 90",
     "0c i1; 11 i1 ReadStatusChanged=1 ClientData:24; 20 i1 MessageStatusFlags=0; "
     "2d i2 WrittenSize=5; 90 i2 rv=80040305 WrittenSize=0; 2a h=9 flags=8002"},
    {"open table, columns, rows, all in one buffer; row-added notification (row "
     "is size-prefixed)",
     false,
     "0500000100 1200010005001400486714004a6714004d6703004e671f003700 "
     "15000100013200",
     "21000000ffffffff",
     "05010000000002000000 12010000000000 "
     "15010000000002020000010000000000000d0100000000000005050000000000000000000000"
     "4100000000010000000000000d010000000000000606000000000000000000000042000000 "
     "2a220000000000810300010000000000000d010000000000000700000000010000000000000d"
     "010000000000000600000000210000010000000000000d010000000000000707000000000000"
     "000000000043000000",
     "2100000022000000", NULL, "05; 12; 15 rows=32",
     "05 i1 rows=2; 12 i1; 15 i1 rows=2 row{ 0014:8 0014:8 0014:8 0003:4 001f:4 } "
     "row{ 0014:8 0014:8 0014:8 0003:4 001f:4 }; 2a h=22 flags=8100"},
    {"rows in a later call, other index; chained second payload; NoAdvance not set", true,
     "15000002010300", "22000000",
     "15000000000001010000010000000000000d0100000000000008080000000000000000000000"
     "44000000 "
     "2a09000000000280010000000000000d0100000000001234000000000049504d2e4e6f746500",
     "22000000",
     "15000000000002020000010000000000000d0100000000000009090000000000000000000000"
     "00000100010000000000000d0a0f010480004d00000000000000000000000001",
     "15 rows=3",
     "15 i0 rows=1 row{ 0014:8 0014:8 0014:8 0003:4 001f:4 }; 2a h=9 flags=8002; "
     "15 i0 rows=2 row{ 0014:8 0014:8 0014:8 0003:4 001f:2 } flagged{ 0014:8 "
     "!8004010f 0014:8 0003:4 - }"},
    {"multivalue instance column 0x3000: one value; RopFindRow with and without "
     "row, failure",
     true,
     "1200000002001f30038014004d67 4f0000000000000000 4f0000000000000000 "
     "4f0000000000000000 15000000010500",
     "22000000",
     "12000000000000 4f000000000000010072006500640000000100000000000000 "
     "4f00000000000100 4f000f010480 "
     "1500000000000101000062006c007500650000000100000000000000",
     "22000000", NULL,
     "12; 4f FindRowFlags=0 RestrictionDataSize=0 BookmarkSize=0; 4f "
     "FindRowFlags=0 RestrictionDataSize=0 BookmarkSize=0; 4f FindRowFlags=0 "
     "RestrictionDataSize=0 BookmarkSize=0; 15 rows=5",
     "12 i0; 4f i0 RowNoLongerVisible=0 row{ 301f:8 0014:8 }; 4f i0 "
     "RowNoLongerVisible=1; 4f i0 rv=8004010f; 15 i0 rows=1 row{ 301f:10 0014:8 }"},
    {"RopExpandRow (count of 4 bytes, then of 2), RopCollapseRow, RopQueryPosition", true,
     "5900000a000300000000000000 5a00000300000000000000 170000", "22000000",
     "59000000000002000000010000780000000400000000000000 5a000000000002000000 "
     "1700000000000000000002000000",
     "22000000", NULL, "59 MaxRowCount=a CategoryId=3; 5a CategoryId=3; 17",
     "59 i0 ExpandedRowCount=2 rows=1 row{ 301f:4 0014:8 }; 5a i0 "
     "CollapsedRowCount=2; 17 i0 Numerator=0 Denominator=2"},
    {"RopResetTable drops the columns; failed RopQueryRows has no body; "
     "RopSetColumns fails",
     true, "810000 15000000010500 12000000010000000100 370000", "22000000",
     "810000000000 1500b9040000 120057000780 37000000000002001f00370014004a67 "
     "2a09000000001030010000000000000d00000700000003000000",
     "22000000", NULL, "81; 15 rows=5; 12; 37",
     "81 i0; 15 i0 rv=4b9; 12 i0 rv=80070057; 37 i0; 2a h=9 flags=3010"},
};

static oxc_rop_state *rop_state;

static char *visit_payloads(const oxc_rop_call *call, const bytes *payloads, unsigned count,
                            bool request)
{
    GString *text = g_string_new("");
    oxc_rop_visit visit;
    oxc_rop rop = {0};

    oxc_rop_visit_begin(&visit, rop_state, call, request);
    for (unsigned i = 0; i < count; i++) {
        oxc_rop_buffer buffer;

        oxc_rop_buffer_open(&buffer, payloads[i].data, payloads[i].size, payloads[i].size, request);
        oxc_rop_visit_open(&visit, &buffer);
        while (oxc_rop_next(&buffer, &rop)) {
            tell_rop_in_short(text, &buffer, &rop);
            if (request)
                oxc_rop_visit_ask(&visit, &buffer, &rop);
        }
        assert_int_equal(buffer.fault, OXC_ROPS_OK);
        oxc_rop_visit_close(&visit, &buffer);
    }
    oxc_rop_visit_end(&visit);
    return g_string_free(text, FALSE);
}

/* Reads a PDU as it is read on the first pass and on every later one. */
static void assert_visit(oxc_rop_call call, const bytes *payloads, unsigned count, bool request,
                         const char *expected)
{
    for (unsigned pass = 0; pass < 3; pass++) {
        char *told;

        call.first_pass = pass == 0;
        call.pdu = call.call << 1 | request;
        told = visit_payloads(&call, payloads, count, request);
        assert_string_equal(told, expected);
        g_free(told);
    }
}

static void assert_example(const example *e, uint64_t session, uint64_t number)
{
    oxc_rop_call call = {.session = session, .call = number, .channel = 1};
    bytes asks = make_rop_buffer(e->request, e->request_handles);
    bytes answers[2] = {make_rop_buffer(e->response, e->response_handles)};
    unsigned count = e->further ? 2 : 1;

    print_message("%s\n", e->about);
    if (e->further)
        answers[1] = make_rop_buffer(e->further, e->response_handles);
    assert_visit(call, &asks, 1, true, e->told_request);
    assert_visit(call, answers, count, false, e->told_response);
    bytes_free(&asks);
    for (unsigned i = 0; i < count; i++)
        bytes_free(&answers[i]);
}

static void reads_calls(void **state)
{
    uint64_t session = 0;

    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(examples); i++) {
        if (!examples[i].goes_on)
            session++;
        assert_example(&examples[i], session, i + 1);
    }
}

/* One session, whose calls come one after the other. */
static uint64_t calls;

static void assert_call_on(uint32_t channel, const char *request, const char *response,
                           const char *handles, const char *told)
{
    oxc_rop_call call = {.session = 7, .call = ++calls, .channel = channel, .first_pass = true};
    bytes asks = make_rop_buffer(request, "22000000 ffffffff");
    bytes answers = make_rop_buffer(response, handles);

    if (*request) {
        call.pdu = call.call << 1 | 1;
        g_free(visit_payloads(&call, &asks, 1, true));
    }
    assert_visit(call, &answers, 1, false, told);
    bytes_free(&asks);
    bytes_free(&answers);
}

static void assert_call(const char *request, const char *response, const char *told)
{
    assert_call_on(1, request, response, "22000000 33000000", told);
}

#define SET_COLUMNS     "12000000 0100 03000e36"
#define COLUMNS_ARE_SET "12000000000000"
#define QUERY_ROWS      "15000000013200"
#define ROW_OF_7        "150000000000 020100 00 07000000"
#define TOLD_ROW        "15 i0 rows=1 row{ 0003:4 }"
#define TOLD_NO_COLUMNS "15 i0 rows=1 UNKNOWN (columns)"

static void set_columns(void)
{
    assert_call(SET_COLUMNS, COLUMNS_ARE_SET, "12 i0");
    assert_call(QUERY_ROWS, ROW_OF_7, TOLD_ROW);
}

static void forgets_released_tables(void **state)
{
    (void)state;
    set_columns();
    assert_call("010000" QUERY_ROWS, ROW_OF_7, TOLD_NO_COLUMNS);
    set_columns();
    assert_call("010000", "", "");
    assert_call(QUERY_ROWS, ROW_OF_7, TOLD_NO_COLUMNS);
}

static void forgets_reset_tables(void **state)
{
    (void)state;
    set_columns();
    assert_call("810000", "810000000000", "81 i0");
    assert_call(QUERY_ROWS, ROW_OF_7, TOLD_NO_COLUMNS);
    set_columns();
    assert_call(SET_COLUMNS, "120057000780", "12 i0 rv=80070057");
    assert_call(QUERY_ROWS, ROW_OF_7, TOLD_NO_COLUMNS);
    set_columns();
    assert_call("810000", "8100b9040000", "81 i0 rv=4b9");
    assert_call(QUERY_ROWS, ROW_OF_7, TOLD_ROW);
}

/* A handle that comes back is another object. */
static void forgets_tables_whose_handle_is_given_again(void **state)
{
    (void)state;
    set_columns();
    assert_call_on(1, "0500000100", "05010000000002000000", "21000000 22000000", "05 i1 rows=2");
    assert_call(QUERY_ROWS, ROW_OF_7, TOLD_NO_COLUMNS);
}

static void forgets_with_the_session(void **state)
{
    (void)state;
    set_columns();
    oxc_rop_state_forget(rop_state, 8);
    assert_call(QUERY_ROWS, ROW_OF_7, TOLD_ROW);
    oxc_rop_state_forget(rop_state, 7);
    assert_call(QUERY_ROWS, ROW_OF_7, TOLD_NO_COLUMNS);
}

/* Losses count on the channels that carry the session, and only when they came after what is known.
 */
static void forgets_what_a_loss_may_have_changed(void **state)
{
    (void)state;
    oxc_rop_state_lost(rop_state, 1);
    set_columns();
    oxc_rop_state_lost(rop_state, 2);
    assert_call(QUERY_ROWS, ROW_OF_7, TOLD_ROW);
    assert_call_on(2, QUERY_ROWS, ROW_OF_7, "", TOLD_NO_COLUMNS);
    set_columns();
    assert_call_on(2, QUERY_ROWS, ROW_OF_7, "", TOLD_ROW);
    oxc_rop_state_lost(rop_state, 1);
    assert_call_on(2, QUERY_ROWS, ROW_OF_7, "", TOLD_NO_COLUMNS);
}

static void forgets_what_an_unseen_answer_may_have_changed(void **state)
{
    oxc_rop_call call = {.session = 7, .call = 1000, .channel = 1, .first_pass = true};
    bytes asks = make_rop_buffer(SET_COLUMNS, "22000000");
    char *told;

    (void)state;
    set_columns();
    told = visit_payloads(&call, &asks, 1, true);
    assert_call(QUERY_ROWS, ROW_OF_7, TOLD_NO_COLUMNS);
    g_free(told);
    bytes_free(&asks);
}

/* A call that failed as a whole executed nobody knows how much. */
static void forgets_what_a_failed_call_may_have_changed(void **state)
{
    (void)state;
    set_columns();
    assert_call(SET_COLUMNS, "", "");
    assert_call(QUERY_ROWS, ROW_OF_7, TOLD_NO_COLUMNS);
}

static void needs_the_request(void **state)
{
    (void)state;
    set_columns();
    assert_call("", "070000000000 00 07000000", "07 i0 UNKNOWN (tags)");
    assert_call("", ROW_OF_7, TOLD_NO_COLUMNS);
    assert_call(QUERY_ROWS, ROW_OF_7, TOLD_NO_COLUMNS);
}

/* Notifications need nothing, and change nothing. */
static void leaves_what_notifications_find(void **state)
{
    (void)state;
    set_columns();
    assert_call("", "6e0500", "6e");
    assert_call(QUERY_ROWS, ROW_OF_7, TOLD_ROW);
}

static void says_that_rows_do_not_fit(void **state)
{
    (void)state;
    set_columns();
    assert_call(QUERY_ROWS, "150000000000 020200 00 07000000 02 0000",
                "15 i0 rows=2 UNKNOWN (other columns)");
    assert_call(QUERY_ROWS, "150000000000 020100 00 0700", "15 i0 rows=1 UNKNOWN (other columns)");
}

/* A stranger sets the columns of many tables: the newest are known, and memory is bounded. */
static void is_bounded(void **state)
{
    enum { TABLES = 34000 };
    bytes asks = make_rop_buffer(SET_COLUMNS, "00000000");
    bytes answers = make_rop_buffer(COLUMNS_ARE_SET, "");

    (void)state;
    for (unsigned i = 0; i < TABLES; i++) {
        oxc_rop_call call = {.session = 9, .call = 2000 + i, .channel = 1, .first_pass = true};

        asks.data[asks.size - 4] = (uint8_t)(i & 0xFF);
        asks.data[asks.size - 3] = (uint8_t)(i >> 8);
        call.pdu = call.call << 1 | 1;
        g_free(visit_payloads(&call, &asks, 1, true));
        call.pdu = call.call << 1;
        g_free(visit_payloads(&call, &answers, 1, false));
    }
    bytes_free(&asks);
    bytes_free(&answers);
    set_columns();
}

static int begin_state(void **state)
{
    (void)state;
    rop_state = oxc_rop_state_new();
    return 0;
}

static int end_state(void **state)
{
    (void)state;
    oxc_rop_state_free(rop_state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_calls, begin_state, end_state),
        cmocka_unit_test_setup_teardown(forgets_released_tables, begin_state, end_state),
        cmocka_unit_test_setup_teardown(forgets_reset_tables, begin_state, end_state),
        cmocka_unit_test_setup_teardown(forgets_tables_whose_handle_is_given_again, begin_state,
                                        end_state),
        cmocka_unit_test_setup_teardown(forgets_with_the_session, begin_state, end_state),
        cmocka_unit_test_setup_teardown(forgets_what_a_loss_may_have_changed, begin_state,
                                        end_state),
        cmocka_unit_test_setup_teardown(forgets_what_an_unseen_answer_may_have_changed, begin_state,
                                        end_state),
        cmocka_unit_test_setup_teardown(forgets_what_a_failed_call_may_have_changed, begin_state,
                                        end_state),
        cmocka_unit_test_setup_teardown(needs_the_request, begin_state, end_state),
        cmocka_unit_test_setup_teardown(leaves_what_notifications_find, begin_state, end_state),
        cmocka_unit_test_setup_teardown(says_that_rows_do_not_fit, begin_state, end_state),
        cmocka_unit_test_setup_teardown(is_bounded, begin_state, end_state),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
