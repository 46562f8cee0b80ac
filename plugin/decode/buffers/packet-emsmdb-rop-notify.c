/* packet-emsmdb-rop-notify.c
 * The fields of RopNotify, RopRegisterNotification and the ROPs of 2.2.15, [MS-OXCROPS] and
 * [MS-OXCNOTIF] 2.2.1
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rop_fields.h"
#include "decode/names.h"
#include "rop_names.h"

static int hf_emsmdb_rop_register_types = -1;
static int hf_emsmdb_rop_register_types_critical_error = -1;
static int hf_emsmdb_rop_register_types_new_mail = -1;
static int hf_emsmdb_rop_register_types_object_created = -1;
static int hf_emsmdb_rop_register_types_object_deleted = -1;
static int hf_emsmdb_rop_register_types_object_modified = -1;
static int hf_emsmdb_rop_register_types_object_moved = -1;
static int hf_emsmdb_rop_register_types_object_copied = -1;
static int hf_emsmdb_rop_register_types_search_completed = -1;
static int hf_emsmdb_rop_register_types_table_modified = -1;
static int hf_emsmdb_rop_register_types_status_object_modified = -1;
static int hf_emsmdb_rop_register_types_extended = -1;
static int hf_emsmdb_rop_register_reserved = -1;
static int hf_emsmdb_rop_register_whole_store = -1;
static int hf_emsmdb_rop_register_folder_id = -1;
static int hf_emsmdb_rop_register_message_id = -1;
static int hf_emsmdb_rop_notify_handle = -1;
static int hf_emsmdb_rop_notify_logon_id = -1;
static int hf_emsmdb_rop_notify_flags = -1;
static int hf_emsmdb_rop_notify_type = -1;
static int hf_emsmdb_rop_notify_flags_total = -1;
static int hf_emsmdb_rop_notify_flags_unread = -1;
static int hf_emsmdb_rop_notify_flags_search_folder = -1;
static int hf_emsmdb_rop_notify_flags_message = -1;
static int hf_emsmdb_rop_notify_table_event = -1;
static int hf_emsmdb_rop_notify_table_row_folder_id = -1;
static int hf_emsmdb_rop_notify_table_row_message_id = -1;
static int hf_emsmdb_rop_notify_table_row_instance = -1;
static int hf_emsmdb_rop_notify_insert_after_folder_id = -1;
static int hf_emsmdb_rop_notify_insert_after_row_id = -1;
static int hf_emsmdb_rop_notify_insert_after_instance = -1;
static int hf_emsmdb_rop_notify_table_row_data_size = -1;
static int hf_emsmdb_rop_notify_table_row_data = -1;
static int hf_emsmdb_rop_notify_folder_id = -1;
static int hf_emsmdb_rop_notify_message_id = -1;
static int hf_emsmdb_rop_notify_parent_folder_id = -1;
static int hf_emsmdb_rop_notify_old_folder_id = -1;
static int hf_emsmdb_rop_notify_old_message_id = -1;
static int hf_emsmdb_rop_notify_old_parent_folder_id = -1;
static int hf_emsmdb_rop_notify_tag_count = -1;
static int hf_emsmdb_rop_notify_tag = -1;
static int hf_emsmdb_rop_notify_total = -1;
static int hf_emsmdb_rop_notify_unread = -1;
static int hf_emsmdb_rop_notify_message_flags = -1;
static int hf_emsmdb_rop_notify_unicode = -1;
static int hf_emsmdb_rop_notify_message_class = -1;
static int hf_emsmdb_rop_pending_session_index = -1;
static int hf_emsmdb_rop_backoff_duration = -1;
static int hf_emsmdb_rop_backoff_rop_count = -1;
static int hf_emsmdb_rop_backoff_rop = -1;
static int hf_emsmdb_rop_backoff_rop_id = -1;
static int hf_emsmdb_rop_backoff_rop_duration = -1;
static int hf_emsmdb_rop_backoff_data_size = -1;
static int hf_emsmdb_rop_backoff_data = -1;
static int hf_emsmdb_rop_size_needed = -1;
static int hf_emsmdb_rop_request_buffers = -1;

static int ett_emsmdb_rop_notify_flags = -1;
static int ett_emsmdb_rop_backoff = -1;

static const value_string tag_count_vals[] = {{0xFFFF, "No list of tags"}, {0, NULL}};

static int *const register_types_fields[] = {
    &hf_emsmdb_rop_register_types_critical_error,
    &hf_emsmdb_rop_register_types_new_mail,
    &hf_emsmdb_rop_register_types_object_created,
    &hf_emsmdb_rop_register_types_object_deleted,
    &hf_emsmdb_rop_register_types_object_modified,
    &hf_emsmdb_rop_register_types_object_moved,
    &hf_emsmdb_rop_register_types_object_copied,
    &hf_emsmdb_rop_register_types_search_completed,
    &hf_emsmdb_rop_register_types_table_modified,
    &hf_emsmdb_rop_register_types_status_object_modified,
    &hf_emsmdb_rop_register_types_extended,
    NULL,
};

static int *const notify_flags_fields[] = {
    &hf_emsmdb_rop_notify_type,          &hf_emsmdb_rop_notify_flags_total,
    &hf_emsmdb_rop_notify_flags_unread,  &hf_emsmdb_rop_notify_flags_search_folder,
    &hf_emsmdb_rop_notify_flags_message, NULL,
};

static const oxc_field_item field_items[OXC_FIELD_COUNT] = {
    [OXC_FIELD_REGISTER_TYPES] = {&hf_emsmdb_rop_register_types, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_REGISTER_RESERVED] = {&hf_emsmdb_rop_register_reserved, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_REGISTER_WHOLE_STORE] = {&hf_emsmdb_rop_register_whole_store, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_REGISTER_FOLDER_ID] = {&hf_emsmdb_rop_register_folder_id, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_REGISTER_MESSAGE_ID] = {&hf_emsmdb_rop_register_message_id, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_HANDLE] = {&hf_emsmdb_rop_notify_handle, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_LOGON_ID] = {&hf_emsmdb_rop_notify_logon_id, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_FLAGS] = {&hf_emsmdb_rop_notify_flags, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_TABLE_EVENT] = {&hf_emsmdb_rop_notify_table_event, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_TABLE_ROW_FOLDER_ID] = {&hf_emsmdb_rop_notify_table_row_folder_id,
                                              ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_TABLE_ROW_MESSAGE_ID] = {&hf_emsmdb_rop_notify_table_row_message_id,
                                               ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_TABLE_ROW_INSTANCE] = {&hf_emsmdb_rop_notify_table_row_instance,
                                             ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_INSERT_AFTER_FOLDER_ID] = {&hf_emsmdb_rop_notify_insert_after_folder_id,
                                                 ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_INSERT_AFTER_ROW_ID] = {&hf_emsmdb_rop_notify_insert_after_row_id,
                                              ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_INSERT_AFTER_INSTANCE] = {&hf_emsmdb_rop_notify_insert_after_instance,
                                                ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_TABLE_ROW_DATA_SIZE] = {&hf_emsmdb_rop_notify_table_row_data_size,
                                              ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_TABLE_ROW_DATA] = {&hf_emsmdb_rop_notify_table_row_data, ENC_NA},
    [OXC_FIELD_NOTIFY_FOLDER_ID] = {&hf_emsmdb_rop_notify_folder_id, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_MESSAGE_ID] = {&hf_emsmdb_rop_notify_message_id, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_PARENT_FOLDER_ID] = {&hf_emsmdb_rop_notify_parent_folder_id,
                                           ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_OLD_FOLDER_ID] = {&hf_emsmdb_rop_notify_old_folder_id, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_OLD_MESSAGE_ID] = {&hf_emsmdb_rop_notify_old_message_id, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_OLD_PARENT_FOLDER_ID] = {&hf_emsmdb_rop_notify_old_parent_folder_id,
                                               ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_TAG_COUNT] = {&hf_emsmdb_rop_notify_tag_count, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_TAG] = {&hf_emsmdb_rop_notify_tag, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_TOTAL] = {&hf_emsmdb_rop_notify_total, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_UNREAD] = {&hf_emsmdb_rop_notify_unread, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_MESSAGE_FLAGS] = {&hf_emsmdb_rop_notify_message_flags, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_UNICODE] = {&hf_emsmdb_rop_notify_unicode, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NOTIFY_MESSAGE_CLASS] = {&hf_emsmdb_rop_notify_message_class, ENC_ASCII},
    [OXC_FIELD_PENDING_SESSION_INDEX] = {&hf_emsmdb_rop_pending_session_index, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_BACKOFF_DURATION] = {&hf_emsmdb_rop_backoff_duration, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_BACKOFF_ROP_COUNT] = {&hf_emsmdb_rop_backoff_rop_count, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_BACKOFF_ROP] = {&hf_emsmdb_rop_backoff_rop, ENC_NA},
    [OXC_FIELD_BACKOFF_DATA_SIZE] = {&hf_emsmdb_rop_backoff_data_size, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_BACKOFF_DATA] = {&hf_emsmdb_rop_backoff_data, ENC_NA},
    [OXC_FIELD_SIZE_NEEDED] = {&hf_emsmdb_rop_size_needed, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_REQUEST_BUFFERS] = {&hf_emsmdb_rop_request_buffers, ENC_NA},
};

const oxc_field_item *oxc_notification_item(uint8_t field)
{
    return &field_items[field];
}

static void show_backoff_rop(tvbuff_t *tvb, proto_tree *tree, int offset)
{
    proto_item *item = proto_tree_add_item(tree, hf_emsmdb_rop_backoff_rop, tvb, offset, 5, ENC_NA);
    proto_tree *subtree = proto_item_add_subtree(item, ett_emsmdb_rop_backoff);

    proto_tree_add_item(subtree, hf_emsmdb_rop_backoff_rop_id, tvb, offset, 1, ENC_LITTLE_ENDIAN);
    proto_tree_add_item(subtree, hf_emsmdb_rop_backoff_rop_duration, tvb, offset + 1, 4,
                        ENC_LITTLE_ENDIAN);
}

static void show_flags(tvbuff_t *tvb, proto_tree *tree, int offset, int hf, int *const *fields)
{
    proto_tree_add_bitmask(tree, tvb, (unsigned)offset, hf, ett_emsmdb_rop_notify_flags, fields,
                           ENC_LITTLE_ENDIAN);
}

bool oxc_show_notification_field(tvbuff_t *tvb, proto_tree *tree, uint8_t field, int offset)
{
    switch (field) {
    case OXC_FIELD_REGISTER_TYPES:
        show_flags(tvb, tree, offset, hf_emsmdb_rop_register_types, register_types_fields);
        return true;
    case OXC_FIELD_NOTIFY_FLAGS:
        show_flags(tvb, tree, offset, hf_emsmdb_rop_notify_flags, notify_flags_fields);
        return true;
    case OXC_FIELD_BACKOFF_ROP:
        show_backoff_rop(tvb, tree, offset);
        return true;
    default:
        return false;
    }
}

void oxc_register_notification_fields(int proto)
{
    static hf_register_info hf[] = {
        {&hf_emsmdb_rop_register_types,
         {"NotificationTypes", "emsmdb.rop.register.types", FT_UINT16, BASE_HEX, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_register_types_critical_error,
         {"CriticalError", "emsmdb.rop.register.types.critical_error", FT_BOOLEAN, 16, NULL, 0x0001,
          NULL, HFILL}},
        {&hf_emsmdb_rop_register_types_new_mail,
         {"NewMail", "emsmdb.rop.register.types.new_mail", FT_BOOLEAN, 16, NULL, 0x0002, NULL,
          HFILL}},
        {&hf_emsmdb_rop_register_types_object_created,
         {"ObjectCreated", "emsmdb.rop.register.types.object_created", FT_BOOLEAN, 16, NULL, 0x0004,
          NULL, HFILL}},
        {&hf_emsmdb_rop_register_types_object_deleted,
         {"ObjectDeleted", "emsmdb.rop.register.types.object_deleted", FT_BOOLEAN, 16, NULL, 0x0008,
          NULL, HFILL}},
        {&hf_emsmdb_rop_register_types_object_modified,
         {"ObjectModified", "emsmdb.rop.register.types.object_modified", FT_BOOLEAN, 16, NULL,
          0x0010, NULL, HFILL}},
        {&hf_emsmdb_rop_register_types_object_moved,
         {"ObjectMoved", "emsmdb.rop.register.types.object_moved", FT_BOOLEAN, 16, NULL, 0x0020,
          NULL, HFILL}},
        {&hf_emsmdb_rop_register_types_object_copied,
         {"ObjectCopied", "emsmdb.rop.register.types.object_copied", FT_BOOLEAN, 16, NULL, 0x0040,
          NULL, HFILL}},
        {&hf_emsmdb_rop_register_types_search_completed,
         {"SearchCompleted", "emsmdb.rop.register.types.search_completed", FT_BOOLEAN, 16, NULL,
          0x0080, NULL, HFILL}},
        {&hf_emsmdb_rop_register_types_table_modified,
         {"TableModified", "emsmdb.rop.register.types.table_modified", FT_BOOLEAN, 16, NULL, 0x0100,
          NULL, HFILL}},
        {&hf_emsmdb_rop_register_types_status_object_modified,
         {"StatusObjectModified", "emsmdb.rop.register.types.status_object_modified", FT_BOOLEAN,
          16, NULL, 0x0200, NULL, HFILL}},
        {&hf_emsmdb_rop_register_types_extended,
         {"Extended", "emsmdb.rop.register.types.extended", FT_BOOLEAN, 16, NULL, 0x0400, NULL,
          HFILL}},
        {&hf_emsmdb_rop_register_reserved,
         {"Reserved", "emsmdb.rop.register.reserved", FT_UINT8, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_register_whole_store,
         {"WantWholeStore", "emsmdb.rop.register.whole_store", FT_BOOLEAN, BASE_NONE, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_rop_register_folder_id,
         {"FolderId", "emsmdb.rop.register.folder_id", FT_UINT64, BASE_HEX, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_register_message_id,
         {"MessageId", "emsmdb.rop.register.message_id", FT_UINT64, BASE_HEX, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_notify_handle,
         {"NotificationHandle", "emsmdb.rop.notify.handle", FT_UINT32, BASE_HEX, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_notify_logon_id,
         {"LogonId", "emsmdb.rop.notify.logon_id", FT_UINT8, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_notify_flags,
         {"NotificationFlags", "emsmdb.rop.notify.flags", FT_UINT16, BASE_HEX, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_notify_type,
         {"NotificationType", "emsmdb.rop.notify.type", FT_UINT16, BASE_HEX,
          VALS(oxc_notify_type_vals), OXC_NOTIFY_TYPE, NULL, HFILL}},
        {&hf_emsmdb_rop_notify_flags_total,
         {"TotalMessageCount is there", "emsmdb.rop.notify.flags.total", FT_BOOLEAN, 16, NULL,
          OXC_NOTIFY_TOTAL, NULL, HFILL}},
        {&hf_emsmdb_rop_notify_flags_unread,
         {"UnreadMessageCount is there", "emsmdb.rop.notify.flags.unread", FT_BOOLEAN, 16, NULL,
          OXC_NOTIFY_UNREAD, NULL, HFILL}},
        {&hf_emsmdb_rop_notify_flags_search_folder,
         {"In a search folder", "emsmdb.rop.notify.flags.search_folder", FT_BOOLEAN, 16, NULL,
          OXC_NOTIFY_SEARCH, NULL, HFILL}},
        {&hf_emsmdb_rop_notify_flags_message,
         {"Of a message", "emsmdb.rop.notify.flags.message", FT_BOOLEAN, 16, NULL,
          OXC_NOTIFY_MESSAGE, NULL, HFILL}},
        {&hf_emsmdb_rop_notify_table_event,
         {"TableEventType", "emsmdb.rop.notify.table_event", FT_UINT16, BASE_HEX,
          VALS(oxc_table_event_vals), 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_notify_table_row_folder_id,
         {"TableRowFolderID", "emsmdb.rop.notify.table_row_folder_id", FT_UINT64, BASE_HEX, NULL,
          0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_notify_table_row_message_id,
         {"TableRowMessageID", "emsmdb.rop.notify.table_row_message_id", FT_UINT64, BASE_HEX, NULL,
          0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_notify_table_row_instance,
         {"TableRowInstance", "emsmdb.rop.notify.table_row_instance", FT_UINT32, BASE_DEC, NULL,
          0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_notify_insert_after_folder_id,
         {"InsertAfterTableRowFolderID", "emsmdb.rop.notify.insert_after_folder_id", FT_UINT64,
          BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_notify_insert_after_row_id,
         {"InsertAfterTableRowID", "emsmdb.rop.notify.insert_after_row_id", FT_UINT64, BASE_HEX,
          NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_notify_insert_after_instance,
         {"InsertAfterTableRowInstance", "emsmdb.rop.notify.insert_after_instance", FT_UINT32,
          BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_notify_table_row_data_size,
         {"TableRowDataSize", "emsmdb.rop.notify.table_row_data_size", FT_UINT16, BASE_DEC, NULL,
          0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_notify_table_row_data,
         {"TableRowData", "emsmdb.rop.notify.table_row_data", FT_BYTES, BASE_NONE, NULL, 0x0,
          "PropertyRow for the columns of the table", HFILL}},
        {&hf_emsmdb_rop_notify_folder_id,
         {"FolderId", "emsmdb.rop.notify.folder_id", FT_UINT64, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_notify_message_id,
         {"MessageId", "emsmdb.rop.notify.message_id", FT_UINT64, BASE_HEX, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_notify_parent_folder_id,
         {"ParentFolderId", "emsmdb.rop.notify.parent_folder_id", FT_UINT64, BASE_HEX, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_rop_notify_old_folder_id,
         {"OldFolderId", "emsmdb.rop.notify.old_folder_id", FT_UINT64, BASE_HEX, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_notify_old_message_id,
         {"OldMessageId", "emsmdb.rop.notify.old_message_id", FT_UINT64, BASE_HEX, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_notify_old_parent_folder_id,
         {"OldParentFolderId", "emsmdb.rop.notify.old_parent_folder_id", FT_UINT64, BASE_HEX, NULL,
          0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_notify_tag_count,
         {"TagCount", "emsmdb.rop.notify.tag_count", FT_UINT16, BASE_DEC | BASE_SPECIAL_VALS,
          VALS(tag_count_vals), 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_notify_tag,
         {"Tag", "emsmdb.rop.notify.tag", FT_UINT32, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_notify_total,
         {"TotalMessageCount", "emsmdb.rop.notify.total", FT_UINT32, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_notify_unread,
         {"UnreadMessageCount", "emsmdb.rop.notify.unread", FT_UINT32, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_notify_message_flags,
         {"MessageFlags", "emsmdb.rop.notify.message_flags", FT_UINT32, BASE_HEX, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_notify_unicode,
         {"UnicodeFlag", "emsmdb.rop.notify.unicode", FT_UINT8, BASE_DEC, NULL, 0x0,
          "1: MessageClass is UTF-16", HFILL}},
        {&hf_emsmdb_rop_notify_message_class,
         {"MessageClass", "emsmdb.rop.notify.message_class", FT_STRINGZ, BASE_NONE, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_pending_session_index,
         {"SessionIndex", "emsmdb.rop.pending.session_index", FT_UINT16, BASE_DEC, NULL, 0x0,
          "piCxr of the session that has notifications waiting", HFILL}},
        {&hf_emsmdb_rop_backoff_duration,
         {"Duration", "emsmdb.rop.backoff.duration", FT_UINT32, BASE_DEC | BASE_UNIT_STRING,
          &oxc_units_milliseconds, 0x0, "How long the client is not to use the logon", HFILL}},
        {&hf_emsmdb_rop_backoff_rop_count,
         {"BackoffRopCount", "emsmdb.rop.backoff.rop_count", FT_UINT8, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_backoff_rop,
         {"BackoffRop", "emsmdb.rop.backoff.rop", FT_NONE, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_backoff_rop_id,
         {"RopIdBackoff", "emsmdb.rop.backoff.rop.id", FT_UINT8, BASE_HEX, VALS(oxc_rop_id_vals),
          0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_backoff_rop_duration,
         {"Duration", "emsmdb.rop.backoff.rop.duration", FT_UINT32, BASE_DEC | BASE_UNIT_STRING,
          &oxc_units_milliseconds, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_backoff_data_size,
         {"AdditionalDataSize", "emsmdb.rop.backoff.data_size", FT_UINT16, BASE_DEC, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_rop_backoff_data,
         {"AdditionalData", "emsmdb.rop.backoff.data", FT_BYTES, BASE_NONE, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_size_needed,
         {"SizeNeeded", "emsmdb.rop.size_needed", FT_UINT16, BASE_DEC, NULL, 0x0,
          "pcbOut that the ROPs below need", HFILL}},
        {&hf_emsmdb_rop_request_buffers,
         {"RequestBuffers", "emsmdb.rop.request_buffers", FT_BYTES, BASE_NONE, NULL, 0x0,
          "The ROP requests that were not executed", HFILL}},
    };
    static int *ett[] = {&ett_emsmdb_rop_notify_flags, &ett_emsmdb_rop_backoff};

    oxc_proto_register_field_array(proto, hf, (int)G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, (int)G_N_ELEMENTS(ett));
}
