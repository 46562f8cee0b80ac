/* notification_readers.c
 * Reads RopNotify and RopRegisterNotification
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "notification_readers.h"

#include "rop_asking.h"
#include "rop_reading.h"

enum { REGISTER_EXTENDED = 0x0400, NO_TAG_LIST = 0xFFFF };

/* TableEventType, [MS-OXCNOTIF] 2.2.1.4.1.1. */
enum {
    EVENT_TABLE_CHANGED = 1,
    EVENT_ROW_ADDED = 3,
    EVENT_ROW_DELETED = 4,
    EVENT_ROW_MODIFIED = 5,
    EVENT_RESTRICTION_CHANGED = 7,
};

/* @param field  the one whose value has no known layout */
static void read_unknown(oxc_reader *reader, uint8_t field)
{
    oxc_reader_fail(reader, OXC_READ_UNKNOWN, field, reader->offset, 0);
}

/* Products send and read no Reserved byte, whatever the types are. */
void oxc_rop_read_registration(oxc_reader *reader, oxc_rop_buffer *buffer)
{
    bool extended;

    oxc_rop_read_field(reader, OXC_FIELD_LOGON_ID);
    oxc_rop_read_field(reader, OXC_FIELD_INPUT_INDEX);
    oxc_rop_read_field(reader, OXC_FIELD_OUTPUT_INDEX);
    extended = oxc_rop_read_field(reader, OXC_FIELD_REGISTER_TYPES) & REGISTER_EXTENDED;
    if (extended && oxc_rop_choose(buffer, OXC_WAY_RESERVED) == 0)
        oxc_rop_read_field(reader, OXC_FIELD_REGISTER_RESERVED);
    if (oxc_rop_read_field(reader, OXC_FIELD_REGISTER_WHOLE_STORE) == 0) {
        oxc_rop_read_field(reader, OXC_FIELD_REGISTER_FOLDER_ID);
        oxc_rop_read_field(reader, OXC_FIELD_REGISTER_MESSAGE_ID);
    }
}

static bool has_tags(uint16_t type)
{
    return type == OXC_TYPE_CREATED || type == OXC_TYPE_MODIFIED;
}

static bool has_old_folder(uint16_t type)
{
    return type == OXC_TYPE_MOVED || type == OXC_TYPE_COPIED;
}

static bool may_have_parent(uint16_t type)
{
    return type == OXC_TYPE_CREATED || type == OXC_TYPE_DELETED || has_old_folder(type);
}

static bool is_linked(uint16_t flags)
{
    return (flags & OXC_NOTIFY_SEARCH) && (flags & OXC_NOTIFY_MESSAGE);
}

/* Gromox never writes the search folder of a linked message. */
static bool has_parent(oxc_rop_buffer *buffer, uint16_t flags)
{
    if (!may_have_parent(flags & OXC_NOTIFY_TYPE))
        return false;
    return is_linked(flags) ? oxc_rop_choose(buffer, OXC_WAY_LINKED) == 0
                            : !(flags & (OXC_NOTIFY_SEARCH | OXC_NOTIFY_MESSAGE));
}

static bool is_known_event(uint64_t event)
{
    return event == EVENT_TABLE_CHANGED || event == EVENT_ROW_ADDED || event == EVENT_ROW_DELETED ||
           event == EVENT_ROW_MODIFIED || event == EVENT_RESTRICTION_CHANGED;
}

/* [MS-OXCNOTIF] 2.2.1.4.1.2, from TableEventType to TableRowData */
static void read_table_event(oxc_reader *reader, uint16_t flags)
{
    uint64_t event = oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_TABLE_EVENT);
    bool of_message = flags & OXC_NOTIFY_MESSAGE;

    if (reader->state == OXC_READ_WHOLE && !is_known_event(event))
        read_unknown(reader, OXC_FIELD_NOTIFY_TABLE_EVENT);
    if (event != EVENT_ROW_ADDED && event != EVENT_ROW_DELETED && event != EVENT_ROW_MODIFIED)
        return;
    oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_TABLE_ROW_FOLDER_ID);
    if (of_message) {
        oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_TABLE_ROW_MESSAGE_ID);
        oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_TABLE_ROW_INSTANCE);
    }
    if (event == EVENT_ROW_DELETED)
        return;
    oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_INSERT_AFTER_FOLDER_ID);
    if (of_message) {
        oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_INSERT_AFTER_ROW_ID);
        oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_INSERT_AFTER_INSTANCE);
    }
    oxc_rop_read_array(reader, OXC_FIELD_NOTIFY_TABLE_ROW_DATA,
                       oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_TABLE_ROW_DATA_SIZE));
}

/* From FolderId to Tags */
static void read_object(oxc_reader *reader, oxc_rop_buffer *buffer, uint16_t flags)
{
    uint16_t type = flags & OXC_NOTIFY_TYPE;

    oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_FOLDER_ID);
    if (flags & OXC_NOTIFY_MESSAGE)
        oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_MESSAGE_ID);
    if (has_parent(buffer, flags))
        oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_PARENT_FOLDER_ID);
    if (has_old_folder(type)) {
        oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_OLD_FOLDER_ID);
        oxc_rop_read_field(reader, flags & OXC_NOTIFY_MESSAGE
                                       ? OXC_FIELD_NOTIFY_OLD_MESSAGE_ID
                                       : OXC_FIELD_NOTIFY_OLD_PARENT_FOLDER_ID);
    }
    if (has_tags(type)) {
        uint64_t tag_count = oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_TAG_COUNT);

        if (tag_count != NO_TAG_LIST)
            oxc_rop_read_array(reader, OXC_FIELD_NOTIFY_TAG, tag_count);
    }
}

static void read_new_mail(oxc_reader *reader)
{
    oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_MESSAGE_FLAGS);
    if (reader->state == OXC_READ_WHOLE)
        oxc_reader_string(reader, OXC_FIELD_NOTIFY_MESSAGE_CLASS,
                          oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_UNICODE) == 1 ? 2 : 1);
}

static bool is_known_type(uint16_t type)
{
    return may_have_parent(type) || has_tags(type) || type == OXC_TYPE_NEW_MAIL ||
           type == OXC_TYPE_SEARCH_COMPLETED || type == OXC_TYPE_TABLE_MODIFIED ||
           type == OXC_TYPE_EXTENDED;
}

/* The length of an unknown type cannot be told; StatusObjectModified
 * is named by products, not by the specification. */
void oxc_rop_read_notify(oxc_reader *reader, oxc_rop_buffer *buffer)
{
    uint16_t flags, type;

    oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_HANDLE);
    oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_LOGON_ID);
    flags = (uint16_t)oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_FLAGS);
    type = flags & OXC_NOTIFY_TYPE;
    buffer->doubtful |= oxc_notify_flags_invalid(flags);
    if (!is_known_type(type))
        read_unknown(reader, OXC_FIELD_NOTIFY_FLAGS);
    else if (type == OXC_TYPE_TABLE_MODIFIED)
        read_table_event(reader, flags);
    else if (type != OXC_TYPE_EXTENDED)
        read_object(reader, buffer, flags);
    if (flags & OXC_NOTIFY_TOTAL)
        oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_TOTAL);
    if (flags & OXC_NOTIFY_UNREAD)
        oxc_rop_read_field(reader, OXC_FIELD_NOTIFY_UNREAD);
    if (type == OXC_TYPE_NEW_MAIL)
        read_new_mail(reader);
}
