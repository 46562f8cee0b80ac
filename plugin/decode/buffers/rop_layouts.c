/* rop_layouts.c
 * The layouts of all ROPs, [MS-OXCROPS] 2.2
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rop_layouts.h"

static const uint8_t field_sizes[OXC_FIELD_COUNT] = {
    [OXC_FIELD_ROP_ID] = 1,
    [OXC_FIELD_LOGON_ID] = 1,
    [OXC_FIELD_INPUT_INDEX] = 1,
    [OXC_FIELD_OUTPUT_INDEX] = 1,
    [OXC_FIELD_RESPONSE_INDEX] = 1,
    [OXC_FIELD_SOURCE_INDEX] = 1,
    [OXC_FIELD_DESTINATION_INDEX] = 1,
    [OXC_FIELD_NULL_DESTINATION] = 4,
    [OXC_FIELD_RETURN_VALUE] = 4,
    [OXC_FIELD_FOLDER_ID] = 8,
    [OXC_FIELD_MESSAGE_ID] = 8,
    [OXC_FIELD_MESSAGE_ID_COUNT] = 2,
    [OXC_FIELD_OPEN_MODE_FLAGS] = 1,
    [OXC_FIELD_TABLE_FLAGS] = 1,
    [OXC_FIELD_TABLE_STATUS] = 1,
    [OXC_FIELD_SET_COLUMNS_FLAGS] = 1,
    [OXC_FIELD_HAS_RULES] = 1,
    [OXC_FIELD_IS_GHOSTED] = 1,
    [OXC_FIELD_HAS_MESSAGE_ID] = 1,
    [OXC_FIELD_HAS_ROW_DATA] = 1,
    [OXC_FIELD_ROW_COUNT] = 2,
    [OXC_FIELD_TABLE_ROW_COUNT] = 4,
    [OXC_FIELD_PROPERTY_SIZE_LIMIT] = 2,
    [OXC_FIELD_WANT_UNICODE] = 2,
    [OXC_FIELD_PROPERTY_TAG_COUNT] = 2,
    [OXC_FIELD_PROPERTY_TAG] = 4,
    [OXC_FIELD_PROPERTY_ID_COUNT] = 2,
    [OXC_FIELD_PROPERTY_ID] = 2,
    [OXC_FIELD_PROPERTY_NAME_COUNT] = 2,
    [OXC_FIELD_PROPERTY_PROBLEM_COUNT] = 2,
    [OXC_FIELD_PROPERTY_PROBLEM] = 10,
    [OXC_FIELD_PROPERTY_VALUE_COUNT] = 2,
    [OXC_FIELD_PROPERTY_VALUE_SIZE] = 2,
    [OXC_FIELD_SIZED_VALUES] = 1,
    [OXC_FIELD_RECIPIENT_COLUMN_COUNT] = 2,
    [OXC_FIELD_RECIPIENT_COLUMN] = 4,
    [OXC_FIELD_SORT_ORDER_COUNT] = 2,
    [OXC_FIELD_SORT_ORDER] = 5,
    [OXC_FIELD_QUERY_ROWS_FLAGS] = 1,
    [OXC_FIELD_FORWARD_READ] = 1,
    [OXC_FIELD_ORIGIN] = 1,
    [OXC_FIELD_PARTIAL_COMPLETION] = 1,
    [OXC_FIELD_BYTE_COUNT] = 2,
    [OXC_FIELD_DATA_SIZE] = 2,
    [OXC_FIELD_LONG_DATA_SIZE] = 4,
    [OXC_FIELD_DATA] = 1,
    [OXC_FIELD_ID] = 8,
    [OXC_FIELD_GUID] = OXC_GUID_SIZE,
    [OXC_FIELD_LOGON_FLAGS] = 1,
    [OXC_FIELD_OPEN_FLAGS] = 4,
    [OXC_FIELD_STORE_STATE] = 4,
    [OXC_FIELD_ESSDN_SIZE] = 2,
    [OXC_FIELD_ESSDN] = 1,
    [OXC_FIELD_RESPONSE_FLAGS] = 1,
    [OXC_FIELD_MAILBOX_GUID] = OXC_GUID_SIZE,
    [OXC_FIELD_REPL_ID] = 2,
    [OXC_FIELD_REPL_GUID] = OXC_GUID_SIZE,
    [OXC_FIELD_LOGON_TIME] = 8,
    [OXC_FIELD_GWART_TIME] = 8,
    [OXC_FIELD_PER_USER_GUID] = OXC_GUID_SIZE,
    [OXC_FIELD_SERVER_NAME_SIZE] = 1,
    [OXC_FIELD_SERVER_NAME] = 1,
    [OXC_FIELD_REGISTER_TYPES] = 2,
    [OXC_FIELD_REGISTER_RESERVED] = 1,
    [OXC_FIELD_REGISTER_WHOLE_STORE] = 1,
    [OXC_FIELD_REGISTER_FOLDER_ID] = 8,
    [OXC_FIELD_REGISTER_MESSAGE_ID] = 8,
    [OXC_FIELD_NOTIFY_HANDLE] = 4,
    [OXC_FIELD_NOTIFY_LOGON_ID] = 1,
    [OXC_FIELD_NOTIFY_FLAGS] = 2,
    [OXC_FIELD_NOTIFY_TABLE_EVENT] = 2,
    [OXC_FIELD_NOTIFY_TABLE_ROW_FOLDER_ID] = 8,
    [OXC_FIELD_NOTIFY_TABLE_ROW_MESSAGE_ID] = 8,
    [OXC_FIELD_NOTIFY_TABLE_ROW_INSTANCE] = 4,
    [OXC_FIELD_NOTIFY_INSERT_AFTER_FOLDER_ID] = 8,
    [OXC_FIELD_NOTIFY_INSERT_AFTER_ROW_ID] = 8,
    [OXC_FIELD_NOTIFY_INSERT_AFTER_INSTANCE] = 4,
    [OXC_FIELD_NOTIFY_TABLE_ROW_DATA_SIZE] = 2,
    [OXC_FIELD_NOTIFY_TABLE_ROW_DATA] = 1,
    [OXC_FIELD_NOTIFY_FOLDER_ID] = 8,
    [OXC_FIELD_NOTIFY_MESSAGE_ID] = 8,
    [OXC_FIELD_NOTIFY_PARENT_FOLDER_ID] = 8,
    [OXC_FIELD_NOTIFY_OLD_FOLDER_ID] = 8,
    [OXC_FIELD_NOTIFY_OLD_MESSAGE_ID] = 8,
    [OXC_FIELD_NOTIFY_OLD_PARENT_FOLDER_ID] = 8,
    [OXC_FIELD_NOTIFY_TAG_COUNT] = 2,
    [OXC_FIELD_NOTIFY_TAG] = 4,
    [OXC_FIELD_NOTIFY_TOTAL] = 4,
    [OXC_FIELD_NOTIFY_UNREAD] = 4,
    [OXC_FIELD_NOTIFY_MESSAGE_FLAGS] = 4,
    [OXC_FIELD_NOTIFY_UNICODE] = 1,
    [OXC_FIELD_PENDING_SESSION_INDEX] = 2,
    [OXC_FIELD_BACKOFF_DURATION] = 4,
    [OXC_FIELD_BACKOFF_ROP_COUNT] = 1,
    [OXC_FIELD_BACKOFF_ROP] = 5,
    [OXC_FIELD_BACKOFF_DATA_SIZE] = 2,
    [OXC_FIELD_BACKOFF_DATA] = 1,
    [OXC_FIELD_SIZE_NEEDED] = 2,
};

size_t oxc_rop_field_size(uint8_t field)
{
    return field_sizes[field];
}

/* clang-format off */

/* Fields of fixed size. */
#define FIELD(field)   {OXC_STEP_NUMBER, OXC_FIELD_##field, 0, NULL}
#define ASIDE(field)   {OXC_STEP_ASIDE, OXC_FIELD_##field, 0, NULL}
#define U8(name)       {OXC_STEP_NUMBER, OXC_FIELD_NUMBER, 1, #name}
#define U16(name)      {OXC_STEP_NUMBER, OXC_FIELD_NUMBER, 2, #name}
#define U32(name)      {OXC_STEP_NUMBER, OXC_FIELD_NUMBER, 4, #name}
#define U64(name)      {OXC_STEP_NUMBER, OXC_FIELD_NUMBER, 8, #name}
#define ID(name)       {OXC_STEP_NUMBER, OXC_FIELD_ID, 8, #name}
#define ASIDE16(name)  {OXC_STEP_ASIDE, OXC_FIELD_NUMBER, 2, #name}
#define UNICODE(name)  {OXC_STEP_UNICODE, OXC_FIELD_NUMBER, 1, #name}
#define KEEP(name)     {OXC_STEP_KEEP, OXC_FIELD_NUMBER, 4, #name}
#define GUID(name)     {OXC_STEP_BYTES, OXC_FIELD_GUID, OXC_GUID_SIZE, #name}
#define BYTES(size, name) {OXC_STEP_BYTES, OXC_FIELD_OTHER, size, #name}
#define TAG            FIELD(PROPERTY_TAG)
#define FOLDER         FIELD(FOLDER_ID)
#define MESSAGE        FIELD(MESSAGE_ID)
#define PARTIAL        FIELD(PARTIAL_COMPLETION)
#define STATUS         FIELD(TABLE_STATUS)

/* As often as the number in front says. */
#define TIMES(field)   {OXC_STEP_TIMES, OXC_FIELD_##field, 0, NULL}
#define EACH(size, name) {OXC_STEP_TIMES, OXC_FIELD_OTHER, size, #name}
#define DATA8(name)    U8(name##Size), EACH(1, name)
#define DATA16(name)   U16(name##Size), EACH(1, name)
#define DATA32(name)   U32(name##Size), EACH(1, name)
#define BLOB           FIELD(DATA_SIZE), TIMES(DATA)
#define LONG_BLOB      FIELD(LONG_DATA_SIZE), TIMES(DATA)
#define MESSAGES       FIELD(MESSAGE_ID_COUNT), TIMES(MESSAGE_ID)
#define FOLDERS        U16(FolderIdCount), TIMES(FOLDER_ID)
#define TAGS           FIELD(PROPERTY_TAG_COUNT), TIMES(PROPERTY_TAG)
#define IDS            FIELD(PROPERTY_ID_COUNT), TIMES(PROPERTY_ID)
#define NAMES          {OXC_STEP_NAMES, OXC_FIELD_PROPERTY_NAMES, 0, NULL}
#define VALUES         FIELD(PROPERTY_VALUE_COUNT), {OXC_STEP_VALUES, OXC_FIELD_PROPERTY_VALUES, 0, "PropertyValue"}
#define SIZED_VALUES   FIELD(PROPERTY_VALUE_SIZE), TIMES(SIZED_VALUES)
#define PROBLEMS       FIELD(PROPERTY_PROBLEM_COUNT), {OXC_STEP_PROBLEMS, OXC_FIELD_PROPERTY_PROBLEM, 0, NULL}
#define RULES(name)    U16(name##Count), {OXC_STEP_RULES, OXC_FIELD_RULES, 0, #name}
#define SERVERS        {OXC_STEP_SERVERS, OXC_FIELD_SERVERS, 0, "Servers"}
#define COLUMNS        FIELD(RECIPIENT_COLUMN_COUNT), TIMES(RECIPIENT_COLUMN)
#define RECIPIENTS(size) {OXC_STEP_RECORDS, OXC_FIELD_RECIPIENTS, size, "Recipients"}
#define ROW            {OXC_STEP_ROW, OXC_FIELD_PROPERTY_ROWS, 0, "PropertyRow"}
#define ROWS           {OXC_STEP_ROWS, OXC_FIELD_PROPERTY_ROWS, 0, "PropertyRow"}
#define FOLDER_ROWS    {OXC_STEP_FOLDERS, OXC_FIELD_FOLDER_ROWS, 0, "PropertyRow"}
#define ATTACHMENTS    {OXC_STEP_ATTACHMENTS, OXC_FIELD_OTHER, 0, "AttachmentIds"}

/* Texts up to their NUL. */
#define STRING(name)   {OXC_STEP_STRING, OXC_FIELD_STRING8, 0, #name}
#define CLASS          {OXC_STEP_STRING, OXC_FIELD_MESSAGE_CLASS, 0, NULL}
#define TEXT(name)     {OXC_STEP_TEXT, OXC_FIELD_STRING8, 0, #name}
#define TYPED(name)    {OXC_STEP_TYPED, OXC_FIELD_STRING8, 0, #name}

/* What follows is there only then. */
#define IF             {OXC_STEP_IF, 0, 0, NULL}
#define IF_ZERO        {OXC_STEP_IF_ZERO, 0, 0, NULL}
#define IF_BABE        {OXC_STEP_IF_BABE, 0, 0, NULL}
#define IF_PUBLIC      {OXC_STEP_IF_PUBLIC, 0, 0, NULL}
#define IF_PRIVATE_START {OXC_STEP_IF_PRIVATE_START, 0, 0, NULL}
#define ONE            {OXC_STEP_ONE, 0, 0, NULL}
/* The next step is left out if the sender's way is the other one. */
#define MAYBE(way)     {OXC_STEP_MAYBE, 0, OXC_WAY_##way, NULL}

/* The head of a message, 2.2.6.1.2: each recipient has type, code page and two reserved bytes. */
#define OPENED         U8(HasNamedProperties), TYPED(SubjectPrefix), TYPED(NormalizedSubject), \
                       U16(RecipientCount), COLUMNS, U8(RowCount), RECIPIENTS(5)
/* How far a fast transfer is, 2.2.12.4.2. */
#define AT16           U16(TransferStatus), U16(InProgressCount), U16(TotalStepCount), U8(Reserved)
#define AT32           U16(TransferStatus), U32(InProgressCount), U32(TotalStepCount), U8(Reserved)

#define NOTHING        ((const oxc_step[]){{OXC_STEP_END, 0, 0, NULL}})
#define NEVER          NULL
#define WITH(...)      ((const oxc_step[]){__VA_ARGS__, {OXC_STEP_END, 0, 0, NULL}})
#define ROP(head, request, response) {OXC_HEAD_##head, OXC_FAILED_NOTHING, OXC_WAY_WARNING, request, response}
#define ROP_FAILING(failure, way, head, request, response) \
    {OXC_HEAD_##head, OXC_FAILED_##failure, OXC_WAY_##way, request, response}

/* How a ROP begins, what follows in its request, and what follows a success; before that, where
 * something follows a failure too, what, and whose ways differ. NEVER also stands for what has a
 * reader of its own. */
static const oxc_rop_row rows[256] = {
    /* RopRelease is the only one without a response */
    [0x01] = ROP(ON, NOTHING, NEVER),
    [0x02] = ROP(TO, WITH(FOLDER, FIELD(OPEN_MODE_FLAGS)),
                 WITH(FIELD(HAS_RULES), FIELD(IS_GHOSTED), IF, SERVERS)),
    [0x03] = ROP(TO, WITH(U16(CodePageId), FOLDER, FIELD(OPEN_MODE_FLAGS), MESSAGE), WITH(OPENED)),
    [0x04] = ROP(TO, WITH(FIELD(TABLE_FLAGS)), WITH(FIELD(TABLE_ROW_COUNT))),
    [0x05] = ROP(TO, WITH(FIELD(TABLE_FLAGS)), WITH(FIELD(TABLE_ROW_COUNT))),
    [0x06] = ROP(TO, WITH(U16(CodePageId), FOLDER, U8(AssociatedFlag)),
                 WITH(FIELD(HAS_MESSAGE_ID), IF, MESSAGE)),
    [0x07] = ROP(ON, WITH(FIELD(PROPERTY_SIZE_LIMIT), FIELD(WANT_UNICODE), TAGS), WITH(ROW)),
    [0x08] = ROP(ON, WITH(FIELD(PROPERTY_SIZE_LIMIT), FIELD(WANT_UNICODE)), WITH(VALUES)),
    [0x09] = ROP(ON, NOTHING, WITH(TAGS)),
    [0x0A] = ROP(ON, WITH(SIZED_VALUES), WITH(PROBLEMS)),
    [0x0B] = ROP(ON, WITH(TAGS), WITH(PROBLEMS)),
    [0x0C] = ROP(ANSWER, WITH(U8(SaveFlags)), WITH(FIELD(INPUT_INDEX), MESSAGE)),
    [0x0D] = ROP(ON, WITH(U32(Reserved)), NOTHING),
    [0x0E] = ROP(ON, WITH(COLUMNS, FIELD(ROW_COUNT), RECIPIENTS(5)), NOTHING),
    [0x0F] = ROP(ON, WITH(U32(RowId), U16(Reserved)), WITH(U8(RowCount), RECIPIENTS(9))),
    [0x10] = ROP(ON, WITH(U16(Reserved)), WITH(OPENED)),
    [0x11] = ROP(ANSWER, WITH(U8(ReadFlags), IF_PUBLIC, BYTES(24, ClientData)),
                 WITH(U8(ReadStatusChanged), IF, FIELD(LOGON_ID), MAYBE(CLIENT_DATA), BYTES(24, ClientData))),
    [0x12] = ROP(ON, WITH(FIELD(SET_COLUMNS_FLAGS), TAGS), WITH(STATUS)),
    [0x13] = ROP(ON, WITH(U8(SortTableFlags), FIELD(SORT_ORDER_COUNT), ASIDE16(CategoryCount),
                          ASIDE16(ExpandedCount), TIMES(SORT_ORDER)), WITH(STATUS)),
    [0x14] = ROP(ON, WITH(U8(RestrictFlags), BLOB), WITH(STATUS)),
    [0x15] = ROP(ON, WITH(FIELD(QUERY_ROWS_FLAGS), FIELD(FORWARD_READ), FIELD(ROW_COUNT)),
                 WITH(FIELD(ORIGIN), FIELD(ROW_COUNT), ROWS)),
    [0x16] = ROP(ON, NOTHING, WITH(STATUS)),
    [0x17] = ROP(ON, NOTHING, WITH(U32(Numerator), U32(Denominator))),
    [0x18] = ROP(ON, WITH(FIELD(ORIGIN), U32(RowCount), U8(WantRowMovedCount)),
                 WITH(U8(HasSoughtLess), U32(RowsSought))),
    [0x19] = ROP(ON, WITH(BLOB, U32(RowCount), U8(WantRowMovedCount)),
                 WITH(U8(RowNoLongerVisible), U8(HasSoughtLess), U32(RowsSought))),
    [0x1A] = ROP(ON, WITH(U32(Numerator), U32(Denominator)), NOTHING),
    [0x1B] = ROP(ON, NOTHING, WITH(BLOB)),
    [0x1C] = ROP(TO, WITH(U8(FolderType), UNICODE(UseUnicodeStrings), U8(OpenExisting), U8(Reserved),
                          TEXT(DisplayName), TEXT(Comment)),
                 WITH(FOLDER, U8(IsExistingFolder), IF, FIELD(HAS_RULES), FIELD(IS_GHOSTED), IF, SERVERS)),
    [0x1D] = ROP_FAILING(SAME, PARTIAL, ON, WITH(U8(DeleteFolderFlags), FOLDER), WITH(PARTIAL)),
    [0x1E] = ROP_FAILING(SAME, PARTIAL, ON, WITH(U8(WantAsynchronous), U8(NotifyNonRead), MESSAGES),
                         WITH(PARTIAL)),
    [0x1F] = ROP(ON, WITH(MESSAGE), NEVER), /* answered as 0x20 */
    [0x20] = ROP(ON, WITH(MESSAGE, U32(MessageStatusFlags), U32(MessageStatusMask)),
                 WITH(U32(MessageStatusFlags))),
    [0x21] = ROP(TO, WITH(FIELD(TABLE_FLAGS)), NOTHING),
    [0x22] = ROP(TO, WITH(U8(OpenAttachmentFlags), U32(AttachmentID)), NOTHING),
    [0x23] = ROP(TO, NOTHING, WITH(U32(AttachmentID))),
    [0x24] = ROP(ON, WITH(U32(AttachmentID)), NOTHING),
    [0x25] = ROP(ANSWER, WITH(U8(SaveFlags)), NOTHING),
    [0x26] = ROP(ON, WITH(FOLDER, CLASS), NOTHING),
    [0x27] = ROP(ON, WITH(CLASS), WITH(FOLDER, CLASS)),
    [0x29] = ROP(TO, NEVER, NOTHING),
    [0x2B] = ROP(TO, WITH(TAG, FIELD(OPEN_MODE_FLAGS)), WITH(U32(StreamSize))),
    [0x2C] = ROP_FAILING(SAME, READ, ON, WITH(FIELD(BYTE_COUNT), IF_BABE, U32(MaximumByteCount)), WITH(BLOB)),
    [0x2D] = ROP_FAILING(SAME, WRITE, ON, WITH(BLOB), WITH(U16(WrittenSize))),
    [0x2E] = ROP(ON, WITH(FIELD(ORIGIN), U64(Offset)), WITH(U64(NewPosition))),
    [0x2F] = ROP(ON, WITH(U64(StreamSize)), NOTHING),
    [0x30] = ROP(ON, WITH(DATA16(RestrictionData), FOLDERS, U32(SearchFlags)), NOTHING),
    [0x31] = ROP(ON, WITH(U8(UseUnicode), U8(IncludeRestriction), U8(IncludeFolders)),
                 WITH(DATA16(RestrictionData), FIELD(LOGON_ID), FOLDERS, U32(SearchFlags))),
    [0x32] = ROP(ON, WITH(U8(SubmitFlags)), NOTHING),
    [0x33] = ROP_FAILING(WITH, PARTIAL, BETWEEN, WITH(MESSAGES, U8(WantAsynchronous), U8(WantCopy)),
                         WITH(PARTIAL)),
    [0x34] = ROP(ON, WITH(FOLDER, MESSAGE), NOTHING),
    [0x35] = ROP_FAILING(WITH, PARTIAL, BETWEEN,
                         WITH(U8(WantAsynchronous), UNICODE(UseUnicode), FOLDER, TEXT(NewFolderName)),
                         WITH(PARTIAL)),
    [0x36] = ROP_FAILING(WITH, PARTIAL, BETWEEN,
                         WITH(U8(WantAsynchronous), U8(WantRecursive), UNICODE(UseUnicode), FOLDER,
                              TEXT(NewFolderName)), WITH(PARTIAL)),
    [0x37] = ROP(ON, NOTHING, WITH(TAGS)),
    [0x38] = ROP(ON, NOTHING, WITH(STATUS)),
    [0x39] = ROP_FAILING(WHERE, DESTINATION, BETWEEN,
                         WITH(U8(WantAsynchronous), U8(WantSubObjects), U8(CopyFlags), TAGS), WITH(PROBLEMS)),
    [0x3A] = ROP_FAILING(WITH, COPIED, BETWEEN, WITH(U64(ByteCount)),
                         WITH(U64(ReadByteCount), U64(WrittenByteCount))),
    [0x3B] = ROP(TO, NOTHING, NOTHING),
    [0x3E] = ROP(TO, WITH(FIELD(TABLE_FLAGS)), NOTHING),
    [0x3F] = ROP(TO, WITH(FIELD(TABLE_FLAGS)), NOTHING),
    [0x40] = ROP(ON, WITH(U8(ModifyFlags), RULES(Modify)), NOTHING),
    [0x41] = ROP(ON, WITH(U8(ModifyRulesFlags), RULES(Rules)), NOTHING),
    [0x42] = ROP(ON, WITH(FOLDER), WITH(SERVERS)),
    [0x43] = ROP(ON, WITH(ID(ObjectId)), WITH(BYTES(24, LongTermId))),
    [0x44] = ROP(ON, WITH(BYTES(24, LongTermId)), WITH(ID(ObjectId))),
    [0x45] = ROP(ON, WITH(FOLDER), WITH(FIELD(IS_GHOSTED), IF, SERVERS)),
    [0x46] = ROP(TO, WITH(U16(CodePageId), FIELD(OPEN_MODE_FLAGS)), WITH(U8(Reserved), MESSAGE, OPENED)),
    [0x47] = ROP(ON, NOTHING, NOTHING),
    [0x48] = ROP(ON, WITH(MESSAGE, U8(LockState)), NOTHING),
    [0x49] = ROP(ON, NOTHING, WITH(U16(AddressTypeCount), DATA16(AddressTypes))),
    [0x4A] = ROP(ON, NOTHING, WITH(U8(NoPropertiesReturned), {OXC_STEP_IF_ZERO, 0, OXC_WAY_RETURNED, NULL}, VALUES)),
    [0x4B] = ROP(TO, WITH(MESSAGES, U8(CopyFlags), U8(SendOptions)), NOTHING),
    [0x4C] = ROP(TO, WITH(U8(CopyFlags), U8(SendOptions)), NOTHING),
    [0x4D] = ROP(TO, WITH(U8(Level), U32(CopyFlags), U8(SendOptions), TAGS), NOTHING),
    [0x4E] = ROP_FAILING(BUSY, TRANSFER, ON, WITH(FIELD(BYTE_COUNT), IF_BABE, U16(MaximumBufferSize)),
                         WITH(AT16, BLOB)),
    [0x4F] = ROP(ON, WITH(U8(FindRowFlags), DATA16(RestrictionData), FIELD(ORIGIN), DATA16(Bookmark)),
                 WITH(U8(RowNoLongerVisible), FIELD(HAS_ROW_DATA), IF, ONE, ROWS)),
    [0x50] = ROP(ON, WITH(U8(WantCancel)),
                 WITH(MAYBE(PROGRESS), FIELD(LOGON_ID), U32(CompletedTaskCount), U32(TotalTaskCount))),
    [0x51] = ROP(ON, WITH(MESSAGE, FOLDER, CLASS, U32(MessageFlags)), NOTHING),
    [0x52] = ROP(ON, NOTHING, WITH(ATTACHMENTS)),
    [0x53] = ROP(TO, WITH(U8(SourceOperation), U8(CopyFlags)), NOTHING),
    [0x54] = ROP_FAILING(SAME, PUT, ON, WITH(BLOB), WITH(AT16, U16(BufferUsedSize))),
    [0x55] = ROP(ON, WITH(IDS), WITH(FIELD(PROPERTY_NAME_COUNT), NAMES)),
    [0x56] = ROP_FAILING(WITH_ERRORS, WITH_ERRORS, ON, WITH(U8(Flags), FIELD(PROPERTY_NAME_COUNT), NAMES),
                         WITH(IDS)),
    [0x57] = ROP(ON, WITH(DATA16(ServerEntryId), DATA16(ClientEntryId)), NOTHING),
    [0x58] = ROP_FAILING(SAME, PARTIAL, ON, WITH(U8(WantAsynchronous), U8(WantDeleteAssociated)), WITH(PARTIAL)),
    [0x59] = ROP(ON, WITH(U16(MaxRowCount), ID(CategoryId)), WITH(U32(ExpandedRowCount), FIELD(ROW_COUNT), ROWS)),
    [0x5A] = ROP(ON, WITH(ID(CategoryId)), WITH(U32(CollapsedRowCount))),
    [0x5B] = ROP(ON, WITH(U64(RegionOffset), U64(RegionSize), U32(LockFlags)), NOTHING),
    [0x5C] = ROP(ON, WITH(U64(RegionOffset), U64(RegionSize), U32(LockFlags)), NOTHING),
    [0x5D] = ROP(ON, NOTHING, NOTHING),
    [0x5E] = ROP(ON, NOTHING, WITH(U32(StreamSize))),
    [0x5F] = ROP_FAILING(WITH_ERRORS, WITH_ERRORS, ON, WITH(U8(QueryFlags), U8(HasGuid), IF, GUID(PropertyGuid)),
                         WITH(IDS, NAMES)),
    [0x60] = ROP(ON, WITH(GUID(DatabaseGuid)), WITH(U16(LongTermIdCount), EACH(24, LongTermId))),
    [0x61] = ROP(ON, WITH(BYTES(24, LongTermId)), WITH(GUID(DatabaseGuid))),
    [0x63] = ROP(ON, WITH(BYTES(24, FolderId), U8(Reserved), U32(DataOffset), U16(MaxDataSize)),
                 WITH(U8(HasFinished), BLOB)),
    [0x64] = ROP(ON, WITH(BYTES(24, FolderId), U8(HasFinished), KEEP(DataOffset), BLOB, IF_PRIVATE_START,
                          GUID(ReplGuid)), NOTHING),
    [0x66] = ROP_FAILING(SAME, READ_FLAGS, ON, WITH(U8(WantAsynchronous), U8(ReadFlags), MESSAGES), WITH(PARTIAL)),
    [0x67] = ROP_FAILING(WHERE, DESTINATION, BETWEEN, WITH(U8(WantAsynchronous), U8(CopyFlags), TAGS),
                         WITH(PROBLEMS)),
    [0x68] = ROP(ON, NOTHING, WITH(FIELD(TABLE_ROW_COUNT), FOLDER_ROWS)),
    [0x69] = ROP(TO, WITH(U8(Level), U8(CopyFlags), U8(SendOptions), TAGS), NOTHING),
    [0x6B] = ROP(ON, WITH(ID(RowId), U32(RowInstanceNumber)), WITH(BLOB)),
    [0x6C] = ROP(ON, WITH(BLOB), WITH(BLOB)),
    [0x6D] = ROP(ON, NOTHING, WITH(FOLDER)),
    [0x6E] = ROP(NONE, WITH(FIELD(PENDING_SESSION_INDEX)), WITH(FIELD(PENDING_SESSION_INDEX))),
    [0x6F] = ROP(ON, WITH(STRING(AddressType), U8(WantWin32)),
                 WITH(U8(Reserved), DATA16(OptionsInfo), DATA16(HelpFile), IF, STRING(HelpFileName))),
    [0x70] = ROP(TO, WITH(U8(SynchronizationType), U8(SendOptions), U16(SynchronizationFlags), BLOB,
                          U32(SynchronizationExtraFlags), TAGS), NOTHING),
    [0x72] = ROP(TO, WITH(U8(ImportFlag), VALUES), WITH(MESSAGE)),
    [0x73] = ROP(ON, WITH(VALUES, VALUES), WITH(FOLDER)),
    [0x74] = ROP(ON, WITH(U8(ImportDeleteFlags), VALUES), NOTHING),
    [0x75] = ROP(ON, WITH(TAG, U32(TransferBufferSize)), NOTHING),
    [0x76] = ROP(ON, WITH(LONG_BLOB), NOTHING),
    [0x77] = ROP(ON, NOTHING, NOTHING),
    [0x78] = ROP(ON, WITH(DATA32(SourceFolderId), DATA32(SourceMessageId), DATA32(PredecessorChangeList),
                          DATA32(DestinationMessageId), DATA32(ChangeNumber)), WITH(MESSAGE)),
    [0x79] = ROP(ON, WITH(SIZED_VALUES), WITH(PROBLEMS)),
    [0x7A] = ROP(ON, WITH(TAGS), WITH(PROBLEMS)),
    [0x7B] = ROP(ON, NOTHING, WITH(FIELD(STORE_STATE))),
    [0x7E] = ROP(TO, WITH(U8(IsContentsCollector)), NOTHING),
    [0x7F] = ROP(ON, WITH(U32(IdCount)), WITH(FIELD(REPL_GUID), BYTES(6, GlobalCount))),
    [0x80] = ROP(ON, WITH(BLOB), NOTHING),
    [0x81] = ROP(ON, NOTHING, NOTHING),
    [0x82] = ROP(TO, NOTHING, NOTHING),
    [0x86] = ROP(ON, WITH(BYTES(6, Version)), NOTHING),
    [0x89] = ROP(ON, WITH(BLOB), NOTHING),
    [0x90] = ROP_FAILING(SAME, WRITE, ON, WITH(BLOB), WITH(U16(WrittenSize))),
    [0x91] = ROP_FAILING(SAME, PARTIAL, ON, WITH(U8(WantAsynchronous), U8(NotifyNonRead), MESSAGES),
                         WITH(PARTIAL)),
    [0x92] = ROP_FAILING(SAME, PARTIAL, ON, WITH(U8(WantAsynchronous), U8(WantDeleteAssociated)), WITH(PARTIAL)),
    [0x93] = ROP(ON, WITH(U16(DataSize), U32(LongTermIdRangeCount), EACH(48, LongTermIdRange)), NOTHING),
    [0x9D] = ROP_FAILING(SAME, PUT, ON, WITH(BLOB), WITH(AT32, U16(BufferUsedSize))),
    [0xA3] = ROP_FAILING(SAME, PUT, ON, WITH(BLOB), WITH(U32(WrittenSize))),
    [0xF9] = ROP(NONE, NEVER, WITH(FIELD(LOGON_ID), FIELD(BACKOFF_DURATION), FIELD(BACKOFF_ROP_COUNT),
                                   TIMES(BACKOFF_ROP), FIELD(BACKOFF_DATA_SIZE), TIMES(BACKOFF_DATA))),
    [0xFE] = ROP(NEW, WITH(FIELD(LOGON_FLAGS), FIELD(OPEN_FLAGS), FIELD(STORE_STATE), FIELD(ESSDN_SIZE),
                           TIMES(ESSDN)), NEVER),
    [0xFF] = ROP(NONE, NEVER, WITH(FIELD(SIZE_NEEDED), {OXC_STEP_REST, OXC_FIELD_REQUEST_BUFFERS, 0, NULL})),
};
/* clang-format on */

const oxc_rop_row *oxc_rop_row_of(uint8_t id)
{
    return &rows[id];
}

const oxc_step *oxc_rop_layout(uint8_t id, bool request)
{
    return request ? rows[id].request : rows[id].response;
}
