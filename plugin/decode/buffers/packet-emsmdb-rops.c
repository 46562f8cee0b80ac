/* packet-emsmdb-rops.c
 * ROP buffers of EMSMDB, [MS-OXCROPS] 2.2 and [MS-OXCNOTIF] 2.2.1
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "capture/frame.h"
#include "payload.h"
#include "rops.h"
#include "decode/methods/status.h"
#include "decode/names.h"
#include "decode/text.h"

#include <epan/expert.h>

static int hf_emsmdb_rops = -1;
static int hf_emsmdb_rops_size = -1;
static int hf_emsmdb_rops_undecoded = -1;
static int hf_emsmdb_rops_handle_table = -1;
static int hf_emsmdb_rops_handle = -1;
static int hf_emsmdb_rop = -1;
static int hf_emsmdb_rop_id = -1;
static int hf_emsmdb_rop_logon_id = -1;
static int hf_emsmdb_rop_input_handle_index = -1;
static int hf_emsmdb_rop_output_handle_index = -1;
static int hf_emsmdb_rop_response_handle_index = -1;
static int hf_emsmdb_rop_return_value = -1;
static int hf_emsmdb_rop_folder_id = -1;
static int hf_emsmdb_rop_message_id = -1;
static int hf_emsmdb_rop_message_id_count = -1;
static int hf_emsmdb_rop_open_mode_flags = -1;
static int hf_emsmdb_rop_table_flags = -1;
static int hf_emsmdb_rop_table_status = -1;
static int hf_emsmdb_rop_set_columns_flags = -1;
static int hf_emsmdb_rop_has_rules = -1;
static int hf_emsmdb_rop_is_ghosted = -1;
static int hf_emsmdb_rop_has_message_id = -1;
static int hf_emsmdb_rop_has_row_data = -1;
static int hf_emsmdb_rop_row_count = -1;
static int hf_emsmdb_rop_property_size_limit = -1;
static int hf_emsmdb_rop_want_unicode = -1;
static int hf_emsmdb_rop_property_tag_count = -1;
static int hf_emsmdb_rop_property_tag = -1;
static int hf_emsmdb_rop_property_id_count = -1;
static int hf_emsmdb_rop_property_id = -1;
static int hf_emsmdb_rop_property_name_count = -1;
static int hf_emsmdb_rop_property_names = -1;
static int hf_emsmdb_rop_property_problem_count = -1;
static int hf_emsmdb_rop_property_problem = -1;
static int hf_emsmdb_rop_sort_order_count = -1;
static int hf_emsmdb_rop_sort_order = -1;
static int hf_emsmdb_rop_query_rows_flags = -1;
static int hf_emsmdb_rop_forward_read = -1;
static int hf_emsmdb_rop_origin = -1;
static int hf_emsmdb_rop_partial_completion = -1;
static int hf_emsmdb_rop_message_class = -1;
static int hf_emsmdb_rop_byte_count = -1;
static int hf_emsmdb_rop_data_size = -1;
static int hf_emsmdb_rop_data = -1;
static int hf_emsmdb_rop_other = -1;
static int hf_emsmdb_rop_logon_flags = -1;
static int hf_emsmdb_rop_logon_flags_private = -1;
static int hf_emsmdb_rop_logon_flags_undercover = -1;
static int hf_emsmdb_rop_logon_flags_ghosted = -1;
static int hf_emsmdb_rop_logon_open_flags = -1;
static int hf_emsmdb_rop_logon_store_state = -1;
static int hf_emsmdb_rop_logon_essdn_size = -1;
static int hf_emsmdb_rop_logon_essdn = -1;
static int hf_emsmdb_rop_logon_response_flags = -1;
static int hf_emsmdb_rop_logon_mailbox_guid = -1;
static int hf_emsmdb_rop_logon_repl_id = -1;
static int hf_emsmdb_rop_logon_repl_guid = -1;
static int hf_emsmdb_rop_logon_time = -1;
static int hf_emsmdb_rop_logon_gwart_time = -1;
static int hf_emsmdb_rop_logon_per_user_guid = -1;
static int hf_emsmdb_rop_logon_server_name_size = -1;
static int hf_emsmdb_rop_logon_server_name = -1;
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

static int ett_emsmdb_rops = -1;
static int ett_emsmdb_rop = -1;
static int ett_emsmdb_rop_flags = -1;
static int ett_emsmdb_rop_backoff = -1;
static int ett_emsmdb_rops_handle_table = -1;

static expert_field ei_emsmdb_rop_damaged = EI_INIT;
static expert_field ei_emsmdb_rop_unknown = EI_INIT;

/* [MS-OXCROPS] 2.2.2 */
static const value_string rop_id_vals[] = {
    {0x01, "RopRelease"},
    {0x02, "RopOpenFolder"},
    {0x03, "RopOpenMessage"},
    {0x04, "RopGetHierarchyTable"},
    {0x05, "RopGetContentsTable"},
    {0x06, "RopCreateMessage"},
    {0x07, "RopGetPropertiesSpecific"},
    {0x08, "RopGetPropertiesAll"},
    {0x09, "RopGetPropertiesList"},
    {0x0A, "RopSetProperties"},
    {0x0B, "RopDeleteProperties"},
    {0x0C, "RopSaveChangesMessage"},
    {0x0D, "RopRemoveAllRecipients"},
    {0x0E, "RopModifyRecipients"},
    {0x0F, "RopReadRecipients"},
    {0x10, "RopReloadCachedInformation"},
    {0x11, "RopSetMessageReadFlag"},
    {0x12, "RopSetColumns"},
    {0x13, "RopSortTable"},
    {0x14, "RopRestrict"},
    {0x15, "RopQueryRows"},
    {0x16, "RopGetStatus"},
    {0x17, "RopQueryPosition"},
    {0x18, "RopSeekRow"},
    {0x19, "RopSeekRowBookmark"},
    {0x1A, "RopSeekRowFractional"},
    {0x1B, "RopCreateBookmark"},
    {0x1C, "RopCreateFolder"},
    {0x1D, "RopDeleteFolder"},
    {0x1E, "RopDeleteMessages"},
    {0x1F, "RopGetMessageStatus"},
    {0x20, "RopSetMessageStatus"},
    {0x21, "RopGetAttachmentTable"},
    {0x22, "RopOpenAttachment"},
    {0x23, "RopCreateAttachment"},
    {0x24, "RopDeleteAttachment"},
    {0x25, "RopSaveChangesAttachment"},
    {0x26, "RopSetReceiveFolder"},
    {0x27, "RopGetReceiveFolder"},
    {0x29, "RopRegisterNotification"},
    {0x2A, "RopNotify"},
    {0x2B, "RopOpenStream"},
    {0x2C, "RopReadStream"},
    {0x2D, "RopWriteStream"},
    {0x2E, "RopSeekStream"},
    {0x2F, "RopSetStreamSize"},
    {0x30, "RopSetSearchCriteria"},
    {0x31, "RopGetSearchCriteria"},
    {0x32, "RopSubmitMessage"},
    {0x33, "RopMoveCopyMessages"},
    {0x34, "RopAbortSubmit"},
    {0x35, "RopMoveFolder"},
    {0x36, "RopCopyFolder"},
    {0x37, "RopQueryColumnsAll"},
    {0x38, "RopAbort"},
    {0x39, "RopCopyTo"},
    {0x3A, "RopCopyToStream"},
    {0x3B, "RopCloneStream"},
    {0x3E, "RopGetPermissionsTable"},
    {0x3F, "RopGetRulesTable"},
    {0x40, "RopModifyPermissions"},
    {0x41, "RopModifyRules"},
    {0x42, "RopGetOwningServers"},
    {0x43, "RopLongTermIdFromId"},
    {0x44, "RopIdFromLongTermId"},
    {0x45, "RopPublicFolderIsGhosted"},
    {0x46, "RopOpenEmbeddedMessage"},
    {0x47, "RopSetSpooler"},
    {0x48, "RopSpoolerLockMessage"},
    {0x49, "RopGetAddressTypes"},
    {0x4A, "RopTransportSend"},
    {0x4B, "RopFastTransferSourceCopyMessages"},
    {0x4C, "RopFastTransferSourceCopyFolder"},
    {0x4D, "RopFastTransferSourceCopyTo"},
    {0x4E, "RopFastTransferSourceGetBuffer"},
    {0x4F, "RopFindRow"},
    {0x50, "RopProgress"},
    {0x51, "RopTransportNewMail"},
    {0x52, "RopGetValidAttachments"},
    {0x53, "RopFastTransferDestinationConfigure"},
    {0x54, "RopFastTransferDestinationPutBuffer"},
    {0x55, "RopGetNamesFromPropertyIds"},
    {0x56, "RopGetPropertyIdsFromNames"},
    {0x57, "RopUpdateDeferredActionMessages"},
    {0x58, "RopEmptyFolder"},
    {0x59, "RopExpandRow"},
    {0x5A, "RopCollapseRow"},
    {0x5B, "RopLockRegionStream"},
    {0x5C, "RopUnlockRegionStream"},
    {0x5D, "RopCommitStream"},
    {0x5E, "RopGetStreamSize"},
    {0x5F, "RopQueryNamedProperties"},
    {0x60, "RopGetPerUserLongTermIds"},
    {0x61, "RopGetPerUserGuid"},
    {0x63, "RopReadPerUserInformation"},
    {0x64, "RopWritePerUserInformation"},
    {0x66, "RopSetReadFlags"},
    {0x67, "RopCopyProperties"},
    {0x68, "RopGetReceiveFolderTable"},
    {0x69, "RopFastTransferSourceCopyProperties"},
    {0x6B, "RopGetCollapseState"},
    {0x6C, "RopSetCollapseState"},
    {0x6D, "RopGetTransportFolder"},
    {0x6E, "RopPending"},
    {0x6F, "RopOptionsData"},
    {0x70, "RopSynchronizationConfigure"},
    {0x72, "RopSynchronizationImportMessageChange"},
    {0x73, "RopSynchronizationImportHierarchyChange"},
    {0x74, "RopSynchronizationImportDeletes"},
    {0x75, "RopSynchronizationUploadStateStreamBegin"},
    {0x76, "RopSynchronizationUploadStateStreamContinue"},
    {0x77, "RopSynchronizationUploadStateStreamEnd"},
    {0x78, "RopSynchronizationImportMessageMove"},
    {0x79, "RopSetPropertiesNoReplicate"},
    {0x7A, "RopDeletePropertiesNoReplicate"},
    {0x7B, "RopGetStoreState"},
    {0x7E, "RopSynchronizationOpenCollector"},
    {0x7F, "RopGetLocalReplicaIds"},
    {0x80, "RopSynchronizationImportReadStateChanges"},
    {0x81, "RopResetTable"},
    {0x82, "RopSynchronizationGetTransferState"},
    {0x84, "RopRegisterSynchronizationNotifications"},
    {0x86, "RopTellVersion"},
    {0x88, "RopSetSynchronizationNotificationGuid"},
    {0x89, "RopFreeBookmark"},
    {0x90, "RopWriteAndCommitStream"},
    {0x91, "RopHardDeleteMessages"},
    {0x92, "RopHardDeleteMessagesAndSubfolders"},
    {0x93, "RopSetLocalReplicaMidsetDeleted"},
    {0x9D, "RopFastTransferDestinationPutBufferExtended"},
    {0xA3, "RopWriteStreamExtended"},
    {0xF9, "RopBackoff"},
    {0xFE, "RopLogon"},
    {0xFF, "RopBufferTooSmall"},
    {0, NULL},
};

/* [MS-OXCNOTIF] 2.2.1.4.1.2; StatusObjectModified is what products call it. */
static const value_string notify_type_vals[] = {
    {OXC_TYPE_NEW_MAIL, "NewMail"},
    {OXC_TYPE_CREATED, "ObjectCreated"},
    {OXC_TYPE_DELETED, "ObjectDeleted"},
    {OXC_TYPE_MODIFIED, "ObjectModified"},
    {OXC_TYPE_MOVED, "ObjectMoved"},
    {OXC_TYPE_COPIED, "ObjectCopied"},
    {OXC_TYPE_SEARCH_COMPLETED, "SearchCompleted"},
    {OXC_TYPE_TABLE_MODIFIED, "TableModified"},
    {OXC_TYPE_STATUS, "StatusObjectModified"},
    {OXC_TYPE_EXTENDED, "Extended"},
    {0, NULL},
};

/* 2.2.1.4.1.1 */
static const value_string table_event_vals[] = {
    {0x0001, "TableChanged"},     {0x0003, "TableRowAdded"},           {0x0004, "TableRowDeleted"},
    {0x0005, "TableRowModified"}, {0x0007, "TableRestrictionChanged"}, {0, NULL},
};

static const value_string tag_count_vals[] = {{0xFFFF, "No list of tags"}, {0, NULL}};

static const value_string handle_vals[] = {{0xFFFFFFFF, "Not assigned"}, {0, NULL}};

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

static int *const logon_flags_fields[] = {
    &hf_emsmdb_rop_logon_flags_private,
    &hf_emsmdb_rop_logon_flags_undercover,
    &hf_emsmdb_rop_logon_flags_ghosted,
    NULL,
};

static const oxc_field_item field_items[OXC_FIELD_COUNT] = {
    [OXC_FIELD_ROP_ID] = {&hf_emsmdb_rop_id, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_LOGON_ID] = {&hf_emsmdb_rop_logon_id, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_INPUT_INDEX] = {&hf_emsmdb_rop_input_handle_index, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_OUTPUT_INDEX] = {&hf_emsmdb_rop_output_handle_index, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_RESPONSE_INDEX] = {&hf_emsmdb_rop_response_handle_index, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_RETURN_VALUE] = {&hf_emsmdb_rop_return_value, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_FOLDER_ID] = {&hf_emsmdb_rop_folder_id, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_MESSAGE_ID] = {&hf_emsmdb_rop_message_id, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_MESSAGE_ID_COUNT] = {&hf_emsmdb_rop_message_id_count, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_OPEN_MODE_FLAGS] = {&hf_emsmdb_rop_open_mode_flags, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_TABLE_FLAGS] = {&hf_emsmdb_rop_table_flags, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_TABLE_STATUS] = {&hf_emsmdb_rop_table_status, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_SET_COLUMNS_FLAGS] = {&hf_emsmdb_rop_set_columns_flags, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_HAS_RULES] = {&hf_emsmdb_rop_has_rules, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_IS_GHOSTED] = {&hf_emsmdb_rop_is_ghosted, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_HAS_MESSAGE_ID] = {&hf_emsmdb_rop_has_message_id, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_HAS_ROW_DATA] = {&hf_emsmdb_rop_has_row_data, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_ROW_COUNT] = {&hf_emsmdb_rop_row_count, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_TABLE_ROW_COUNT] = {&hf_emsmdb_rop_row_count, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_PROPERTY_SIZE_LIMIT] = {&hf_emsmdb_rop_property_size_limit, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_WANT_UNICODE] = {&hf_emsmdb_rop_want_unicode, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_PROPERTY_TAG_COUNT] = {&hf_emsmdb_rop_property_tag_count, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_PROPERTY_TAG] = {&hf_emsmdb_rop_property_tag, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_PROPERTY_ID_COUNT] = {&hf_emsmdb_rop_property_id_count, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_PROPERTY_ID] = {&hf_emsmdb_rop_property_id, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_PROPERTY_NAME_COUNT] = {&hf_emsmdb_rop_property_name_count, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_PROPERTY_NAMES] = {&hf_emsmdb_rop_property_names, ENC_NA},
    [OXC_FIELD_PROPERTY_PROBLEM_COUNT] = {&hf_emsmdb_rop_property_problem_count, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_PROPERTY_PROBLEM] = {&hf_emsmdb_rop_property_problem, ENC_NA},
    [OXC_FIELD_SORT_ORDER_COUNT] = {&hf_emsmdb_rop_sort_order_count, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_SORT_ORDER] = {&hf_emsmdb_rop_sort_order, ENC_NA},
    [OXC_FIELD_QUERY_ROWS_FLAGS] = {&hf_emsmdb_rop_query_rows_flags, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_FORWARD_READ] = {&hf_emsmdb_rop_forward_read, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_ORIGIN] = {&hf_emsmdb_rop_origin, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_PARTIAL_COMPLETION] = {&hf_emsmdb_rop_partial_completion, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_MESSAGE_CLASS] = {&hf_emsmdb_rop_message_class, ENC_ASCII},
    [OXC_FIELD_BYTE_COUNT] = {&hf_emsmdb_rop_byte_count, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_DATA_SIZE] = {&hf_emsmdb_rop_data_size, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_LONG_DATA_SIZE] = {&hf_emsmdb_rop_data_size, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_DATA] = {&hf_emsmdb_rop_data, ENC_NA},
    [OXC_FIELD_OTHER] = {&hf_emsmdb_rop_other, ENC_NA},
    [OXC_FIELD_LOGON_FLAGS] = {&hf_emsmdb_rop_logon_flags, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_OPEN_FLAGS] = {&hf_emsmdb_rop_logon_open_flags, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_STORE_STATE] = {&hf_emsmdb_rop_logon_store_state, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_ESSDN_SIZE] = {&hf_emsmdb_rop_logon_essdn_size, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_ESSDN] = {&hf_emsmdb_rop_logon_essdn, ENC_ASCII},
    [OXC_FIELD_RESPONSE_FLAGS] = {&hf_emsmdb_rop_logon_response_flags, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_MAILBOX_GUID] = {&hf_emsmdb_rop_logon_mailbox_guid, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_REPL_ID] = {&hf_emsmdb_rop_logon_repl_id, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_REPL_GUID] = {&hf_emsmdb_rop_logon_repl_guid, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_LOGON_TIME] = {&hf_emsmdb_rop_logon_time, ENC_NA},
    [OXC_FIELD_GWART_TIME] = {&hf_emsmdb_rop_logon_gwart_time, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_PER_USER_GUID] = {&hf_emsmdb_rop_logon_per_user_guid, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_SERVER_NAME_SIZE] = {&hf_emsmdb_rop_logon_server_name_size, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_SERVER_NAME] = {&hf_emsmdb_rop_logon_server_name, ENC_ASCII},
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

/* Characters of a message class that text for people repeats. */
enum { MESSAGE_CLASS_SHOWN = 64 };

static const char *rop_name(uint8_t id)
{
    return val_to_str_const(id, rop_id_vals, "Unknown ROP");
}

static bool is_unicode(const oxc_rop *rop)
{
    uint64_t unicode;

    return oxc_rop_value(rop, OXC_FIELD_NOTIFY_UNICODE, &unicode) && unicode == 1;
}

/* A message class for text: what is no printable ASCII becomes a dot. */
static char *message_class(const oxc_payload *payload, wmem_allocator_t *scope, const oxc_rop *rop)
{
    const oxc_element *element =
        oxc_find_element(rop->elements, rop->count, OXC_FIELD_NOTIFY_MESSAGE_CLASS);
    size_t width = is_unicode(rop) ? 2 : 1;
    size_t length, i;
    char *text;

    if (!element)
        return NULL;
    length = MIN(element->length / width - 1, MESSAGE_CLASS_SHOWN);
    text = (char *)wmem_alloc(scope, length + 1);
    for (i = 0; i < length; i++) {
        uint64_t code = oxc_little_endian(payload->data + element->offset + i * width, width);

        text[i] = (char)(code < 0x80 && g_ascii_isprint((char)code) ? code : '.');
    }
    text[length] = '\0';
    return text;
}

static const char *describe_new_mail(const oxc_payload *payload, wmem_allocator_t *scope,
                                     const oxc_rop *rop)
{
    const char *class_shown = message_class(payload, scope, rop);
    oxc_text text;
    uint64_t id;

    oxc_text_clear(&text);
    oxc_text_add(&text, "New mail");
    if (oxc_rop_value(rop, OXC_FIELD_NOTIFY_FOLDER_ID, &id)) {
        oxc_text_add(&text, " in folder ");
        oxc_text_add_hex(&text, id, 16);
    }
    if (oxc_rop_value(rop, OXC_FIELD_NOTIFY_MESSAGE_ID, &id)) {
        oxc_text_add(&text, ", message ");
        oxc_text_add_hex(&text, id, 16);
    }
    oxc_text_add(&text, ", class ");
    oxc_text_add(&text, class_shown ? class_shown : "");
    return (const char *)wmem_memdup(scope, text.bytes, text.length + 1);
}

static void append(wmem_array_t **array, wmem_allocator_t *scope, uint32_t value)
{
    if (!*array)
        *array = wmem_array_new(scope, sizeof value);
    if (wmem_array_get_count(*array) < OXC_SUMMARY_MAX)
        wmem_array_append_one(*array, value);
}

static const uint32_t *array_values(wmem_array_t *array, size_t *count)
{
    *count = array ? wmem_array_get_count(array) : 0;
    return array ? (const uint32_t *)wmem_array_get_raw(array) : NULL;
}

typedef struct {
    oxc_rop_summary *summary;
    wmem_allocator_t *scope;
    size_t *rops; /* how many a frame may still have */
    bool tell;    /* describe a new mail */
    wmem_array_t *lists[OXC_MEANS_PENDING + 1];
} rop_summariser;

static void worsen(oxc_rop_summary *summary, oxc_walk_state state)
{
    if (state > summary->state)
        summary->state = state;
}

static oxc_walk_state walk_state(oxc_read_state state)
{
    switch (state) {
    case OXC_READ_UNKNOWN:
        return OXC_WALK_STOPPED;
    case OXC_READ_DAMAGED:
        return OXC_WALK_DAMAGED;
    case OXC_READ_CUT:
        return OXC_WALK_CUT;
    case OXC_READ_WHOLE:
        break;
    }
    return OXC_WALK_WHOLE;
}

static void summarise_rop(rop_summariser *summariser, const oxc_payload *payload,
                          const oxc_rop_buffer *buffer, const oxc_rop *rop)
{
    oxc_rop_summary *summary = summariser->summary;
    oxc_rop_meaning meaning = oxc_rop_interpret(buffer, rop);

    summary->rop_count++;
    worsen(summary, walk_state(rop->state));
    if (meaning.faults && payload->fault == OXC_PAYLOAD_OK) {
        if (!summary->faults)
            summary->flags = meaning.flags;
        summary->faults |= meaning.faults;
    }
    if (meaning.kind != OXC_MEANS_NOTHING)
        append(&summariser->lists[meaning.kind], summariser->scope, meaning.value);
    if (summariser->tell && meaning.kind == OXC_MEANS_NOTIFIED && rop->state == OXC_READ_WHOLE &&
        (meaning.flags & OXC_NOTIFY_TYPE) == OXC_TYPE_NEW_MAIL && !summary->new_mail)
        summary->new_mail = describe_new_mail(payload, summariser->scope, rop);
}

static void summarise_payload(rop_summariser *summariser, const oxc_payload *payload, bool request)
{
    oxc_rop_buffer buffer;
    oxc_rop rop = {0};

    oxc_rop_buffer_open(&buffer, payload->data, payload->captured, payload->reported, request);
    while (oxc_rop_next(&buffer, &rop)) {
        if (!oxc_take(summariser->rops, 1)) {
            worsen(summariser->summary, OXC_WALK_STOPPED);
            return;
        }
        summarise_rop(summariser, payload, &buffer, &rop);
    }
    if (payload->fault == OXC_PAYLOAD_TOO_MUCH)
        worsen(summariser->summary, OXC_WALK_STOPPED);
    else if (payload->captured < payload->reported)
        worsen(summariser->summary, OXC_WALK_CUT);
    if (payload->fault == OXC_PAYLOAD_STREAM ||
        (payload->fault == OXC_PAYLOAD_OK && buffer.fault != OXC_ROPS_OK))
        worsen(summariser->summary, OXC_WALK_DAMAGED);
}

oxc_rop_summary oxc_summarise_rops(const oxc_extended_buffer *buffer, packet_info *pinfo,
                                   bool request, bool tell)
{
    oxc_rop_summary summary = {0};
    rop_summariser summariser = {.summary = &summary,
                                 .scope = pinfo->pool,
                                 .rops = &oxc_frame_budget(pinfo)->rops,
                                 .tell = tell};
    unsigned i;

    for (i = 0; i < buffer->count && (*summariser.rops) > 0; i++)
        summarise_payload(&summariser, &buffer->payloads[i], request);
    if (i < buffer->count)
        worsen(&summary, OXC_WALK_STOPPED);
    if (buffer->end == OXC_EXT_CUT)
        worsen(&summary, OXC_WALK_CUT);
    else if (buffer->end != OXC_EXT_END && buffer->end != OXC_EXT_HEADER)
        worsen(&summary, OXC_WALK_DAMAGED);
    summary.registered =
        array_values(summariser.lists[OXC_MEANS_REGISTERED], &summary.registered_count);
    summary.notified = array_values(summariser.lists[OXC_MEANS_NOTIFIED], &summary.notified_count);
    summary.pending = array_values(summariser.lists[OXC_MEANS_PENDING], &summary.pending_count);
    return summary;
}

static const char *field_name(uint8_t field)
{
    const int *hf = field_items[field].hf;

    return hf ? proto_registrar_get_nth((unsigned)*hf)->name : NULL;
}

/* Items of an element: one, or one each where the field repeats. */
static size_t element_items(const oxc_element *element)
{
    size_t size = oxc_rop_field_size(element->field);

    return size > 1 ? element->length / size : 1;
}

static size_t rop_items(const oxc_rop *rop)
{
    size_t items = 10; /* the ROP, the bits of its flags, what follows its end */
    size_t i;

    for (i = 0; i < rop->count; i++)
        items += 3 * element_items(&rop->elements[i]);
    return items;
}

static void show_backoff_rop(tvbuff_t *tvb, proto_tree *tree, int offset)
{
    proto_item *item = proto_tree_add_item(tree, hf_emsmdb_rop_backoff_rop, tvb, offset, 5, ENC_NA);
    proto_tree *subtree = proto_item_add_subtree(item, ett_emsmdb_rop_backoff);

    proto_tree_add_item(subtree, hf_emsmdb_rop_backoff_rop_id, tvb, offset, 1, ENC_LITTLE_ENDIAN);
    proto_tree_add_item(subtree, hf_emsmdb_rop_backoff_rop_duration, tvb, offset + 1, 4,
                        ENC_LITTLE_ENDIAN);
}

/* Second, minute, hour, day of the week, day, month, and the year in two bytes. */
static void show_logon_time(const oxc_payload *payload, proto_tree *tree, int offset)
{
    const uint8_t *when = payload->data + offset;

    proto_tree_add_bytes_format_value(tree, hf_emsmdb_rop_logon_time, payload->tvb, offset, 8, when,
                                      "%04u-%02u-%02u %02u:%02u:%02u",
                                      (unsigned)oxc_little_endian(when + 6, 2), when[5], when[4],
                                      when[2], when[1], when[0]);
}

static void show_flags(tvbuff_t *tvb, proto_tree *tree, int offset, int hf, int *const *fields)
{
    proto_tree_add_bitmask(tree, tvb, (unsigned)offset, hf, ett_emsmdb_rop_flags, fields,
                           ENC_LITTLE_ENDIAN);
}

static void show_element(const oxc_payload *payload, proto_tree *tree, const oxc_rop *rop,
                         uint8_t field, int offset, int length)
{
    const oxc_field_item *item = &field_items[field];
    unsigned encoding = item->encoding;

    switch (field) {
    case OXC_FIELD_REGISTER_TYPES:
        show_flags(payload->tvb, tree, offset, *item->hf, register_types_fields);
        return;
    case OXC_FIELD_NOTIFY_FLAGS:
        show_flags(payload->tvb, tree, offset, *item->hf, notify_flags_fields);
        return;
    case OXC_FIELD_LOGON_FLAGS:
        show_flags(payload->tvb, tree, offset, *item->hf, logon_flags_fields);
        return;
    case OXC_FIELD_LOGON_TIME:
        show_logon_time(payload, tree, offset);
        return;
    case OXC_FIELD_BACKOFF_ROP:
        show_backoff_rop(payload->tvb, tree, offset);
        return;
    case OXC_FIELD_NOTIFY_MESSAGE_CLASS:
        if (is_unicode(rop))
            encoding = ENC_UTF_16 | ENC_LITTLE_ENDIAN;
        break;
    default:
        break;
    }
    proto_tree_add_item(tree, *item->hf, payload->tvb, offset, length, encoding);
}

static void show_elements(const oxc_payload *payload, proto_tree *tree, const oxc_rop *rop)
{
    size_t i, place;

    for (i = 0; i < rop->count; i++) {
        const oxc_element *element = &rop->elements[i];
        size_t items = element_items(element);
        size_t size = element->length / items;

        for (place = 0; place < items; place++)
            show_element(payload, tree, rop, element->field, (int)(element->offset + place * size),
                         (int)size);
    }
}

static void add_name(oxc_text *text, const char *before, uint64_t value, const value_string *names,
                     const char *unknown)
{
    oxc_text_add(text, before);
    oxc_text_add(text, val_to_str_const((uint32_t)value, names, unknown));
}

static void add_hex_field(oxc_text *text, const oxc_rop *rop, uint8_t field, const char *before,
                          size_t digits)
{
    uint64_t value;

    if (!oxc_rop_value(rop, field, &value))
        return;
    oxc_text_add(text, before);
    oxc_text_add_hex(text, value, digits);
}

/* The label of a ROP, so that a collapsed tree tells the story. */
static void describe_rop(oxc_text *text, const oxc_payload *payload, packet_info *pinfo,
                         const oxc_rop *rop)
{
    uint64_t value;

    oxc_text_clear(text);
    oxc_text_add(text, rop_name(rop->id));
    if (oxc_rop_value(rop, OXC_FIELD_NOTIFY_FLAGS, &value))
        add_name(text, ": ", value & OXC_NOTIFY_TYPE, notify_type_vals, "unknown type");
    if (oxc_rop_value(rop, OXC_FIELD_NOTIFY_TABLE_EVENT, &value))
        add_name(text, ", ", value, table_event_vals, "unknown event");
    add_hex_field(text, rop, OXC_FIELD_NOTIFY_HANDLE, ", handle ", 8);
    add_hex_field(text, rop, OXC_FIELD_NOTIFY_FOLDER_ID, ", folder ", 16);
    add_hex_field(text, rop, OXC_FIELD_NOTIFY_MESSAGE_ID, ", message ", 16);
    if (oxc_find_element(rop->elements, rop->count, OXC_FIELD_NOTIFY_MESSAGE_CLASS)) {
        oxc_text_add(text, ", class ");
        oxc_text_add(text, message_class(payload, pinfo->pool, rop));
    }
    if (oxc_rop_value(rop, OXC_FIELD_PENDING_SESSION_INDEX, &value)) {
        oxc_text_add(text, ", session index ");
        oxc_text_add_number(text, value);
    }
    if (oxc_rop_value(rop, OXC_FIELD_RETURN_VALUE, &value) && value != 0)
        add_name(text, ", ", value, oxc_rop_status_vals, "failed");
}

static proto_item *show_rop(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                            const oxc_rop *rop)
{
    proto_item *item;
    oxc_text text;

    if (!tree || rop->length == 0)
        return NULL;
    describe_rop(&text, payload, pinfo, rop);
    item = proto_tree_add_none_format(tree, hf_emsmdb_rop, payload->tvb, (int)rop->offset,
                                      (int)rop->length, "%s", text.bytes);
    show_elements(payload, proto_item_add_subtree(item, ett_emsmdb_rop), rop);
    return item;
}

/* The bytes of RopsList behind the last ROP that could be read. */
static void show_undecoded(const oxc_payload *payload, proto_tree *tree,
                           const oxc_rop_buffer *buffer)
{
    size_t end = MIN(buffer->end, buffer->captured);

    if (buffer->stopped && buffer->offset < end)
        proto_tree_add_item(tree, hf_emsmdb_rops_undecoded, payload->tvb, (int)buffer->offset,
                            (int)(end - buffer->offset), ENC_NA);
}

static void show_handle_table(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                              const oxc_rop_buffer *buffer)
{
    size_t end = MIN(payload->captured, payload->reported);
    proto_item *item;
    proto_tree *subtree;
    uint32_t handle;
    size_t i;

    if (buffer->table_count == 0 || buffer->table_offset >= end ||
        !oxc_take_items(pinfo, proto_tree_get_parent(tree), 2 + 2 * buffer->table_count))
        return;
    item = proto_tree_add_none_format(tree, hf_emsmdb_rops_handle_table, payload->tvb,
                                      (int)buffer->table_offset, (int)(end - buffer->table_offset),
                                      "ServerObjectHandleTable: %zu handles", buffer->table_count);
    subtree = proto_item_add_subtree(item, ett_emsmdb_rops_handle_table);
    for (i = 0; oxc_rop_handle(buffer, i, &handle); i++) {
        item = proto_tree_add_item(subtree, hf_emsmdb_rops_handle, payload->tvb,
                                   (int)(buffer->table_offset + 4 * i), 4, ENC_LITTLE_ENDIAN);
        proto_item_prepend_text(item, "[%zu] ", i);
    }
}

static void describe_buffer_fault(const oxc_rop_buffer *buffer, wmem_strbuf_t *text)
{
    switch (buffer->fault) {
    case OXC_ROPS_NO_SIZE:
        wmem_strbuf_append_printf(text, "RopSize needs 2 bytes, the payload has %zu",
                                  buffer->reported);
        break;
    case OXC_ROPS_SIZE_SMALL:
        wmem_strbuf_append_printf(text, "RopSize at byte 0 is %u and does not count itself",
                                  buffer->rop_size);
        break;
    case OXC_ROPS_SIZE_BIG:
        wmem_strbuf_append_printf(text, "RopSize at byte 0 is %u, the payload ends at byte %zu",
                                  buffer->rop_size, buffer->reported);
        break;
    case OXC_ROPS_TABLE:
        wmem_strbuf_append_printf(text,
                                  "ServerObjectHandleTable at byte %zu has %zu bytes, which is no "
                                  "multiple of 4",
                                  buffer->table_offset, buffer->reported - buffer->table_offset);
        break;
    case OXC_ROPS_OK:
        break;
    }
}

/* Says in one item what is wrong with the buffer, the ROP or both.
 * Returns false if that is nothing. */
static bool report_damage(packet_info *pinfo, proto_item *item, const oxc_rop_buffer *buffer,
                          const oxc_rop *last)
{
    wmem_strbuf_t *text = wmem_strbuf_new(pinfo->pool, "");
    bool of_rop = buffer->stopped && last->state == OXC_READ_DAMAGED;

    if (!of_rop && buffer->fault == OXC_ROPS_OK)
        return false;
    describe_buffer_fault(buffer, text);
    if (of_rop) {
        if (buffer->fault != OXC_ROPS_OK)
            wmem_strbuf_append(text, "; ");
        wmem_strbuf_append_printf(text, "%s at byte %zu of the payload: ", rop_name(last->id),
                                  last->offset);
        oxc_describe_fault(text, field_name(last->fault_field), last->fault_offset,
                           last->fault_size, buffer->end);
    }
    expert_add_info_format(pinfo, item, &ei_emsmdb_rop_damaged, "%s", wmem_strbuf_get_str(text));
    return true;
}

static void report_stop(packet_info *pinfo, proto_item *item, const oxc_rop_buffer *buffer,
                        const oxc_rop *last)
{
    if (buffer->stopped && last->state == OXC_READ_UNKNOWN)
        expert_add_info_format(pinfo, item, &ei_emsmdb_rop_unknown,
                               "The walk stops in %s (0x%02x) at byte %zu, which has no known "
                               "layout%s%s: %zu bytes of "
                               "RopsList are not decoded",
                               rop_name(last->id), last->id, last->offset,
                               last->fault_field == OXC_FIELD_NONE ? "" : " with this ",
                               last->fault_field == OXC_FIELD_NONE ? ""
                                                                   : field_name(last->fault_field),
                               buffer->end - buffer->offset);
}

/* Shows the ROPs that can be read, and the first bytes of the one that cannot.
 * Returns false if there was too much to show; else @p where says what is wrong. */
static bool show_list(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                      oxc_rop_buffer *buffer, oxc_rop *rop, proto_item **where)
{
    proto_item *item = NULL;

    *where = proto_tree_get_parent(tree);
    while (oxc_rop_next(buffer, rop)) {
        if (!oxc_take_items(pinfo, *where, rop_items(rop)))
            return false;
        item = show_rop(payload, pinfo, tree, rop);
    }
    show_undecoded(payload, tree, buffer);
    if (item && buffer->stopped)
        *where = item;
    return true;
}

bool oxc_show_rop_payload(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                          bool request, bool quiet)
{
    proto_item *item;
    proto_tree *subtree;
    oxc_rop_buffer buffer;
    oxc_rop last = {0};

    if (!oxc_take_items(pinfo, proto_tree_get_parent(tree), 2))
        return false;
    oxc_rop_buffer_open(&buffer, payload->data, payload->captured, payload->reported, request);
    item =
        proto_tree_add_item(tree, hf_emsmdb_rops, payload->tvb, 0, (int)payload->captured, ENC_NA);
    if (buffer.deviant)
        proto_item_append_text(item, " [in the layout of products, not of the specification]");
    subtree = proto_item_add_subtree(item, ett_emsmdb_rops);
    if (buffer.has_size)
        proto_tree_add_item(subtree, hf_emsmdb_rops_size, payload->tvb, 0, 2, ENC_LITTLE_ENDIAN);
    if (!show_list(payload, pinfo, subtree, &buffer, &last, &item))
        return false;
    show_handle_table(payload, pinfo, subtree, &buffer);
    if (quiet)
        return false;
    if (report_damage(pinfo, item, &buffer, &last))
        return true;
    report_stop(pinfo, item, &buffer, &last);
    return false;
}

void oxc_register_rops(int proto)
{
    static hf_register_info hf[] = {
        {&hf_emsmdb_rops,
         {"ROP buffer", "emsmdb.rops", FT_NONE, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rops_size,
         {"RopSize", "emsmdb.rops.size", FT_UINT16, BASE_DEC, NULL, 0x0,
          "Bytes of RopSize and RopsList", HFILL}},
        {&hf_emsmdb_rops_undecoded,
         {"Not decoded", "emsmdb.rops.undecoded", FT_BYTES, BASE_NONE, NULL, 0x0,
          "Bytes of RopsList behind the last ROP that could be read", HFILL}},
        {&hf_emsmdb_rops_handle_table,
         {"ServerObjectHandleTable", "emsmdb.rops.handle_table", FT_NONE, BASE_NONE, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_rops_handle,
         {"Server object handle", "emsmdb.rops.handle", FT_UINT32, BASE_HEX | BASE_SPECIAL_VALS,
          VALS(handle_vals), 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop, {"ROP", "emsmdb.rop", FT_NONE, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_id,
         {"RopId", "emsmdb.rop.id", FT_UINT8, BASE_HEX, VALS(rop_id_vals), 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_logon_id,
         {"LogonId", "emsmdb.rop.logon_id", FT_UINT8, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_input_handle_index,
         {"InputHandleIndex", "emsmdb.rop.input_handle_index", FT_UINT8, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_output_handle_index,
         {"OutputHandleIndex", "emsmdb.rop.output_handle_index", FT_UINT8, BASE_DEC, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_rop_response_handle_index,
         {"ResponseHandleIndex", "emsmdb.rop.response_handle_index", FT_UINT8, BASE_DEC, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_rop_return_value,
         {"ReturnValue", "emsmdb.rop.return_value", FT_UINT32, BASE_HEX, VALS(oxc_rop_status_vals),
          0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_folder_id,
         {"FolderId", "emsmdb.rop.folder_id", FT_UINT64, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_message_id,
         {"MessageId", "emsmdb.rop.message_id", FT_UINT64, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_message_id_count,
         {"MessageIdCount", "emsmdb.rop.message_id_count", FT_UINT16, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_open_mode_flags,
         {"OpenModeFlags", "emsmdb.rop.open_mode_flags", FT_UINT8, BASE_HEX, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_table_flags,
         {"TableFlags", "emsmdb.rop.table_flags", FT_UINT8, BASE_HEX, NULL, 0x0,
          "0x10: no notifications", HFILL}},
        {&hf_emsmdb_rop_table_status,
         {"TableStatus", "emsmdb.rop.table_status", FT_UINT8, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_set_columns_flags,
         {"SetColumnsFlags", "emsmdb.rop.set_columns_flags", FT_UINT8, BASE_HEX, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_has_rules,
         {"HasRules", "emsmdb.rop.has_rules", FT_BOOLEAN, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_is_ghosted,
         {"IsGhosted", "emsmdb.rop.is_ghosted", FT_BOOLEAN, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_has_message_id,
         {"HasMessageId", "emsmdb.rop.has_message_id", FT_BOOLEAN, BASE_NONE, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_has_row_data,
         {"HasRowData", "emsmdb.rop.has_row_data", FT_BOOLEAN, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_row_count,
         {"RowCount", "emsmdb.rop.row_count", FT_UINT32, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_property_size_limit,
         {"PropertySizeLimit", "emsmdb.rop.property_size_limit", FT_UINT16, BASE_DEC, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_rop_want_unicode,
         {"WantUnicode", "emsmdb.rop.want_unicode", FT_UINT16, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_property_tag_count,
         {"PropertyTagCount", "emsmdb.rop.property_tag_count", FT_UINT16, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_property_tag,
         {"PropertyTag", "emsmdb.rop.property_tag", FT_UINT32, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_property_id_count,
         {"PropertyIdCount", "emsmdb.rop.property_id_count", FT_UINT16, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_property_id,
         {"PropertyId", "emsmdb.rop.property_id", FT_UINT16, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_property_name_count,
         {"PropertyNameCount", "emsmdb.rop.property_name_count", FT_UINT16, BASE_DEC, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_rop_property_names,
         {"PropertyNames", "emsmdb.rop.property_names", FT_BYTES, BASE_NONE, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_property_problem_count,
         {"PropertyProblemCount", "emsmdb.rop.property_problem_count", FT_UINT16, BASE_DEC, NULL,
          0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_property_problem,
         {"PropertyProblem", "emsmdb.rop.property_problem", FT_BYTES, BASE_NONE, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_sort_order_count,
         {"SortOrderCount", "emsmdb.rop.sort_order_count", FT_UINT16, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_sort_order,
         {"SortOrder", "emsmdb.rop.sort_order", FT_BYTES, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_query_rows_flags,
         {"QueryRowsFlags", "emsmdb.rop.query_rows_flags", FT_UINT8, BASE_HEX, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_forward_read,
         {"ForwardRead", "emsmdb.rop.forward_read", FT_BOOLEAN, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_origin,
         {"Origin", "emsmdb.rop.origin", FT_UINT8, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_partial_completion,
         {"PartialCompletion", "emsmdb.rop.partial_completion", FT_BOOLEAN, BASE_NONE, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_rop_message_class,
         {"MessageClass", "emsmdb.rop.message_class", FT_STRINGZ, BASE_NONE, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_byte_count,
         {"ByteCount", "emsmdb.rop.byte_count", FT_UINT16, BASE_HEX, NULL, 0x0,
          "0xBABE: a greater maximum follows", HFILL}},
        {&hf_emsmdb_rop_data_size,
         {"DataSize", "emsmdb.rop.data_size", FT_UINT32, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_data,
         {"Data", "emsmdb.rop.data", FT_BYTES, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_other,
         {"Other fields", "emsmdb.rop.other", FT_BYTES, BASE_NONE, NULL, 0x0,
          "Fields that have no item of their own", HFILL}},
        {&hf_emsmdb_rop_logon_flags,
         {"LogonFlags", "emsmdb.rop.logon.flags", FT_UINT8, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_logon_flags_private,
         {"Private", "emsmdb.rop.logon.flags.private", FT_BOOLEAN, 8, NULL, 0x01, NULL, HFILL}},
        {&hf_emsmdb_rop_logon_flags_undercover,
         {"Undercover", "emsmdb.rop.logon.flags.undercover", FT_BOOLEAN, 8, NULL, 0x02, NULL,
          HFILL}},
        {&hf_emsmdb_rop_logon_flags_ghosted,
         {"Ghosted", "emsmdb.rop.logon.flags.ghosted", FT_BOOLEAN, 8, NULL, 0x04, NULL, HFILL}},
        {&hf_emsmdb_rop_logon_open_flags,
         {"OpenFlags", "emsmdb.rop.logon.open_flags", FT_UINT32, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_logon_store_state,
         {"StoreState", "emsmdb.rop.logon.store_state", FT_UINT32, BASE_HEX, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_logon_essdn_size,
         {"EssdnSize", "emsmdb.rop.logon.essdn_size", FT_UINT16, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_logon_essdn,
         {"Essdn", "emsmdb.rop.logon.essdn", FT_STRINGZ, BASE_NONE, NULL, 0x0, "Whose mailbox",
          HFILL}},
        {&hf_emsmdb_rop_logon_response_flags,
         {"ResponseFlags", "emsmdb.rop.logon.response_flags", FT_UINT8, BASE_HEX, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_logon_mailbox_guid,
         {"MailboxGuid", "emsmdb.rop.logon.mailbox_guid", FT_GUID, BASE_NONE, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_logon_repl_id,
         {"ReplId", "emsmdb.rop.logon.repl_id", FT_UINT16, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_logon_repl_guid,
         {"ReplGuid", "emsmdb.rop.logon.repl_guid", FT_GUID, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_logon_time,
         {"LogonTime", "emsmdb.rop.logon.time", FT_BYTES, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_logon_gwart_time,
         {"GwartTime", "emsmdb.rop.logon.gwart_time", FT_UINT64, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_logon_per_user_guid,
         {"PerUserGuid", "emsmdb.rop.logon.per_user_guid", FT_GUID, BASE_NONE, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_logon_server_name_size,
         {"ServerNameSize", "emsmdb.rop.logon.server_name_size", FT_UINT8, BASE_DEC, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_rop_logon_server_name,
         {"ServerName", "emsmdb.rop.logon.server_name", FT_STRINGZ, BASE_NONE, NULL, 0x0,
          "The server that has the mailbox", HFILL}},
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
         {"NotificationType", "emsmdb.rop.notify.type", FT_UINT16, BASE_HEX, VALS(notify_type_vals),
          OXC_NOTIFY_TYPE, NULL, HFILL}},
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
          VALS(table_event_vals), 0x0, NULL, HFILL}},
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
         {"RopIdBackoff", "emsmdb.rop.backoff.rop.id", FT_UINT8, BASE_HEX, VALS(rop_id_vals), 0x0,
          NULL, HFILL}},
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
    static ei_register_info ei[] = {
        {&ei_emsmdb_rop_damaged,
         {"emsmdb.rop.damaged", PI_MALFORMED, PI_ERROR, "The ROP buffer is damaged", EXPFILL}},
        {&ei_emsmdb_rop_unknown,
         {"emsmdb.rop.unknown", PI_UNDECODED, PI_NOTE,
          "The walk stops at a ROP without a known layout", EXPFILL}},
    };
    static int *ett[] = {&ett_emsmdb_rops, &ett_emsmdb_rop, &ett_emsmdb_rop_flags,
                         &ett_emsmdb_rop_backoff, &ett_emsmdb_rops_handle_table};

    oxc_proto_register_field_array(proto, hf, (int)G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, (int)G_N_ELEMENTS(ett));
    oxc_expert_register_field_array(proto, ei, (int)G_N_ELEMENTS(ei));
}
