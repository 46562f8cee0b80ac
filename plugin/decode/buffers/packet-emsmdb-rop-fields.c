/* packet-emsmdb-rop-fields.c
 * The fields of the ROPs that notifications are not about, [MS-OXCROPS] 2.2
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rop_fields.h"
#include "rop_layouts.h"
#include "decode/names.h"

#include <epan/to_str.h>
#include <inttypes.h>

#include "decode/methods/status.h"
#include "rop_names.h"

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

static int hf_emsmdb_rop_source_handle_index = -1;
static int hf_emsmdb_rop_dest_handle_index = -1;
static int hf_emsmdb_rop_null_destination = -1;
static int hf_emsmdb_rop_property_value_count = -1;
static int hf_emsmdb_rop_property_value_size = -1;
static int hf_emsmdb_rop_recipient_column_count = -1;
static int hf_emsmdb_rop_recipient_column = -1;
static int hf_emsmdb_rop_recipient = -1;
static int hf_emsmdb_rop_number = -1;
static int hf_emsmdb_rop_text = -1;
static int hf_emsmdb_rop_guid = -1;

static int ett_emsmdb_rop_flags = -1;

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
    [OXC_FIELD_SOURCE_INDEX] = {&hf_emsmdb_rop_source_handle_index, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_DESTINATION_INDEX] = {&hf_emsmdb_rop_dest_handle_index, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_NULL_DESTINATION] = {&hf_emsmdb_rop_null_destination, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_PROPERTY_VALUE_COUNT] = {&hf_emsmdb_rop_property_value_count, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_PROPERTY_VALUE_SIZE] = {&hf_emsmdb_rop_property_value_size, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_RECIPIENT_COLUMN_COUNT] = {&hf_emsmdb_rop_recipient_column_count, ENC_LITTLE_ENDIAN},
    [OXC_FIELD_RECIPIENT_COLUMN] = {&hf_emsmdb_rop_recipient_column, ENC_LITTLE_ENDIAN},
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
};

const oxc_field_item *oxc_rop_item(uint8_t field)
{
    const oxc_field_item *item = oxc_notification_item(field);

    return item->hf ? item : &field_items[field];
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

/* Fields that share an item carry their names with them. */
static void show_number(const oxc_payload *payload, proto_tree *tree, const oxc_element *element)
{
    int digits = 2 * (int)element->length;

    proto_tree_add_uint64_format(tree, hf_emsmdb_rop_number, payload->tvb, (int)element->offset,
                                 (int)element->length, element->value, "%s: 0x%0*" PRIx64,
                                 element->name, digits, element->value);
}

static void show_guid(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                      const oxc_element *element)
{
    e_guid_t guid;

    tvb_get_letohguid(payload->tvb, (int)element->offset, &guid);
    proto_tree_add_guid_format(tree, hf_emsmdb_rop_guid, payload->tvb, (int)element->offset,
                               (int)element->length, &guid, "%s: %s", element->name,
                               guid_to_str(pinfo->pool, &guid));
}

static void show_text(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                      const oxc_element *element)
{
    unsigned encoding =
        element->field == OXC_FIELD_STRING16 ? ENC_UTF_16 | ENC_LITTLE_ENDIAN : ENC_WINDOWS_1252;
    const char *text = (const char *)tvb_get_string_enc(
        pinfo->pool, payload->tvb, (int)element->offset, (int)element->length, encoding);

    proto_tree_add_string_format(tree, hf_emsmdb_rop_text, payload->tvb, (int)element->offset,
                                 (int)element->length, text, "%s: %s", element->name, text);
}

static void show_bytes(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                       const oxc_element *element)
{
    enum { SHOWN = 36 };
    int size = (int)element->length;
    const uint8_t *bytes = payload->data + element->offset;

    proto_tree_add_bytes_format(tree, hf_emsmdb_rop_other, payload->tvb, (int)element->offset, size,
                                bytes, "%s: %s%s", element->name,
                                bytes_to_str(pinfo->pool, bytes, (size_t)MIN(size, SHOWN)),
                                size > SHOWN ? "..." : "");
}

/* RowId where the ROP has it, RecipientType, some fields, RecipientRowSize, RecipientRow. */
static void show_recipients(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                            const oxc_rop *rop, const oxc_element *element)
{
    static const value_string types[] = {
        {0, "Originator"}, {1, "To"}, {2, "Cc"}, {3, "Bcc"}, {0, NULL}};
    bool has_row_id = rop->id == 0x0E || rop->id == 0x0F;
    size_t head = rop->id == 0x0F ? 9 : 5, offset = element->offset;
    size_t end = offset + element->length;

    while (offset + head + 2 <= end && oxc_take_items(pinfo, proto_tree_get_parent(tree), 1)) {
        const uint8_t *at = payload->data + offset;
        size_t size = (size_t)oxc_little_endian(at + head, 2);
        size_t length = MIN(head + 2 + size, end - offset);

        proto_tree_add_bytes_format(tree, hf_emsmdb_rop_recipient, payload->tvb, (int)offset,
                                    (int)length, at, "Recipient: %s, %zu bytes",
                                    val_to_str_const(at[has_row_id ? 4 : 0] & 0x0F, types, "other"),
                                    size);
        offset += length;
    }
}

/* Returns false if the field is shown by an item of its own. */
static bool show_shared(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                        const oxc_rop *rop, const oxc_element *element)
{
    switch (element->field) {
    case OXC_FIELD_NUMBER:
    case OXC_FIELD_ID:
        show_number(payload, tree, element);
        return true;
    case OXC_FIELD_GUID:
        show_guid(payload, pinfo, tree, element);
        return true;
    case OXC_FIELD_STRING8:
    case OXC_FIELD_STRING16:
        show_text(payload, pinfo, tree, element);
        return true;
    case OXC_FIELD_OTHER:
    case OXC_FIELD_SERVERS:
        show_bytes(payload, pinfo, tree, element);
        return true;
    case OXC_FIELD_RECIPIENTS:
        show_recipients(payload, pinfo, tree, rop, element);
        return true;
    default:
        return oxc_show_properties(payload, pinfo, tree, rop, element);
    }
}

static void show_field(const oxc_payload *payload, proto_tree *tree, const oxc_rop *rop,
                       uint8_t field, int offset, int length)
{
    const oxc_field_item *item = oxc_rop_item(field);
    unsigned encoding = item->encoding;

    if (!item->hf || oxc_show_notification_field(payload->tvb, tree, field, offset))
        return;
    if (field == OXC_FIELD_LOGON_FLAGS) {
        proto_tree_add_bitmask(tree, payload->tvb, (unsigned)offset, *item->hf,
                               ett_emsmdb_rop_flags, logon_flags_fields, ENC_LITTLE_ENDIAN);
        return;
    }
    if (field == OXC_FIELD_LOGON_TIME) {
        show_logon_time(payload, tree, offset);
        return;
    }
    if (field == OXC_FIELD_NOTIFY_MESSAGE_CLASS && oxc_notify_is_unicode(rop))
        encoding = ENC_UTF_16 | ENC_LITTLE_ENDIAN;
    proto_tree_add_item(tree, *item->hf, payload->tvb, offset, length, encoding);
}

/* Items of an element: one, or one each where the field repeats. */
static size_t element_items(const oxc_element *element)
{
    size_t size = oxc_rop_field_size(element->field);

    return size > 1 && element->field != OXC_FIELD_GUID ? element->length / size : 1;
}

size_t oxc_rop_items(const oxc_rop *rop)
{
    size_t items = 10; /* the ROP, the bits of its flags, what follows its end */

    for (size_t i = 0; i < rop->count; i++)
        items += 3 * element_items(&rop->elements[i]);
    return items;
}

void oxc_show_rop_fields(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                         const oxc_rop *rop)
{
    for (size_t i = 0; i < rop->count; i++) {
        const oxc_element *element = &rop->elements[i];
        size_t items = element_items(element);
        size_t size = element->length / items;

        if (show_shared(payload, pinfo, tree, rop, element))
            continue;
        for (size_t place = 0; place < items; place++)
            show_field(payload, tree, rop, element->field, (int)(element->offset + place * size),
                       (int)size);
    }
}

void oxc_register_rop_fields(int proto)
{
    static hf_register_info hf[] = {
        {&hf_emsmdb_rop_id,
         {"RopId", "emsmdb.rop.id", FT_UINT8, BASE_HEX, VALS(oxc_rop_id_vals), 0x0, NULL, HFILL}},
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
        {&hf_emsmdb_rop_source_handle_index,
         {"SourceHandleIndex", "emsmdb.rop.source_handle_index", FT_UINT8, BASE_DEC, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_rop_dest_handle_index,
         {"DestHandleIndex", "emsmdb.rop.dest_handle_index", FT_UINT8, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_null_destination,
         {"DestHandleIndex", "emsmdb.rop.null_destination", FT_UINT32, BASE_DEC, NULL, 0x0,
          "The handle index of a destination that does not exist", HFILL}},
        {&hf_emsmdb_rop_property_value_count,
         {"PropertyValueCount", "emsmdb.rop.property_value_count", FT_UINT16, BASE_DEC, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_rop_property_value_size,
         {"PropertyValueSize", "emsmdb.rop.property_value_size", FT_UINT16, BASE_DEC, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_rop_recipient_column_count,
         {"ColumnCount", "emsmdb.rop.recipient_column_count", FT_UINT16, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_recipient_column,
         {"RecipientColumn", "emsmdb.rop.recipient_column", FT_UINT32, BASE_HEX, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_rop_recipient,
         {"Recipient", "emsmdb.rop.recipient", FT_BYTES, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_number,
         {"Number", "emsmdb.rop.number", FT_UINT64, BASE_HEX, NULL, 0x0,
          "A field that has a name of its own in the tree only", HFILL}},
        {&hf_emsmdb_rop_text,
         {"Text", "emsmdb.rop.text", FT_STRING, BASE_NONE, NULL, 0x0,
          "A field that has a name of its own in the tree only", HFILL}},
        {&hf_emsmdb_rop_guid,
         {"GUID", "emsmdb.rop.guid", FT_GUID, BASE_NONE, NULL, 0x0,
          "A field that has a name of its own in the tree only", HFILL}},
    };
    static int *ett[] = {&ett_emsmdb_rop_flags};

    oxc_proto_register_field_array(proto, hf, (int)G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, (int)G_N_ELEMENTS(ett));
}
