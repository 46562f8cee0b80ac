/* rop_readers.c
 * Reads single ROPs
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rop_readers.h"

#include "rop_layouts.h"

enum {
    MAXIMUM_FOLLOWS = 0xBABE,
    LOGON_FOLDERS = 13,
    LOGON_PRIVATE = 0x01,
    WRONG_SERVER = 0x00000478,
    REGISTER_EXTENDED = 0x0400,
    NO_TAG_LIST = 0xFFFF,
};

/* TableEventType, [MS-OXCNOTIF] 2.2.1.4.1.1. */
enum {
    EVENT_TABLE_CHANGED = 1,
    EVENT_ROW_ADDED = 3,
    EVENT_ROW_DELETED = 4,
    EVENT_ROW_MODIFIED = 5,
    EVENT_RESTRICTION_CHANGED = 7,
};

/* Reads a field of fixed size; 0 if it is not there, so that what depends on it is left out. */
static uint64_t read_field(oxc_reader *reader, uint8_t field)
{
    size_t size = oxc_rop_field_size(field);
    uint64_t value = 0;

    if (size <= sizeof value)
        oxc_reader_number(reader, field, size, &value);
    else
        oxc_reader_bytes(reader, field, size);
    return value;
}

static void read_array(oxc_reader *reader, uint8_t field, uint64_t count)
{
    oxc_reader_bytes(reader, field, (size_t)count * oxc_rop_field_size(field));
}

/* PropertyName, [MS-OXCDATA] 2.6.1 */
static bool read_property_name(oxc_reader *reader)
{
    enum { NUMBERED = 0x00, NAMED = 0x01, NAMELESS = 0xFF, LID_SIZE = 4 };
    const uint8_t field = OXC_FIELD_PROPERTY_NAMES;
    size_t start = reader->offset;
    uint64_t kind, size;

    if (!oxc_reader_number(reader, field, 1, &kind) ||
        !oxc_reader_bytes(reader, field, OXC_GUID_SIZE))
        return false;
    switch (kind) {
    case NUMBERED:
        return oxc_reader_bytes(reader, field, LID_SIZE);
    case NAMED:
        return oxc_reader_number(reader, field, 1, &size) &&
               oxc_reader_bytes(reader, field, (size_t)size);
    case NAMELESS:
        return true;
    default:
        return oxc_reader_fail(reader, OXC_READ_DAMAGED, field, start, 1);
    }
}

static void read_property_names(oxc_reader *reader, uint64_t count)
{
    size_t start = reader->offset;
    size_t elements = reader->count;

    while (count-- > 0 && read_property_name(reader))
        ;
    oxc_reader_merge(reader, elements, OXC_FIELD_PROPERTY_NAMES, start);
}

/* @param field  the one whose value has no known layout, or none if it is the ROP */
static void read_unknown(oxc_reader *reader, uint8_t field)
{
    oxc_reader_fail(reader, OXC_READ_UNKNOWN, field, reader->offset, 0);
}

/* Warnings have the facility of MAPI and no bit of severity ([MS-OXCDATA] 2.4.1). */
static bool is_warning(uint64_t return_value)
{
    return return_value >> 16 == 0x0004;
}

/* Says whether the steps after ReturnValue are to be gone. */
static bool has_body(oxc_reader *reader, uint64_t return_value, uint8_t next)
{
    if (return_value == 0 || next == OXC_STEP_ALWAYS || next == OXC_STEP_END)
        return true;
    if (is_warning(return_value) || next == OXC_STEP_UNSURE)
        read_unknown(reader, OXC_FIELD_NONE);
    return false;
}

/* Takes a step with the operand that follows it, if it has one.
 * Returns the next step, or NULL at the end of the layout. */
static const uint8_t *take_step(oxc_reader *reader, const uint8_t *step, uint64_t *number)
{
    switch (*step) {
    case OXC_STEP_TIMES:
        read_array(reader, step[1], *number);
        return step + 2;
    case OXC_STEP_STRING:
        oxc_reader_string(reader, step[1], 1);
        return step + 2;
    case OXC_STEP_OTHER:
        oxc_reader_bytes(reader, OXC_FIELD_OTHER, step[1]);
        return step + 2;
    case OXC_STEP_REST:
        oxc_reader_bytes(reader, step[1], reader->end - reader->offset);
        return step + 2;
    case OXC_STEP_PROPERTY_NAMES:
        read_property_names(reader, *number);
        return step + 1;
    case OXC_STEP_IF_NOT_ZERO:
        return *number ? step + 1 : NULL;
    case OXC_STEP_IF_BABE:
        return *number == MAXIMUM_FOLLOWS ? step + 1 : NULL;
    case OXC_STEP_UNKNOWN_IF_NOT_ZERO:
        if (*number)
            read_unknown(reader, OXC_FIELD_NONE);
        return step + 1;
    case OXC_STEP_UNKNOWN:
        read_unknown(reader, OXC_FIELD_NONE);
        return NULL;
    case OXC_STEP_ALWAYS:
    case OXC_STEP_UNSURE:
        return step + 1;
    case OXC_FIELD_RETURN_VALUE:
        *number = read_field(reader, *step);
        return has_body(reader, *number, step[1]) ? step + 1 : NULL;
    default:
        *number = read_field(reader, *step);
        return step + 1;
    }
}

static void read_layout(oxc_reader *reader, const uint8_t *step)
{
    uint64_t number = 0;

    while (step && *step != OXC_STEP_END && reader->state == OXC_READ_WHOLE)
        step = take_step(reader, step, &number);
}

/* [MS-OXCROPS] 2.2.3.1.2 to 2.2.3.1.4 */
static void read_logon_response(oxc_reader *reader)
{
    uint64_t return_value;
    bool is_private;

    read_field(reader, OXC_FIELD_OUTPUT_INDEX);
    return_value = read_field(reader, OXC_FIELD_RETURN_VALUE);
    if (return_value != 0 && return_value != WRONG_SERVER)
        return;
    is_private = read_field(reader, OXC_FIELD_LOGON_FLAGS) & LOGON_PRIVATE;
    if (return_value == WRONG_SERVER) {
        read_array(reader, OXC_FIELD_SERVER_NAME, read_field(reader, OXC_FIELD_SERVER_NAME_SIZE));
        return;
    }
    read_array(reader, OXC_FIELD_FOLDER_ID, LOGON_FOLDERS);
    if (is_private) {
        read_field(reader, OXC_FIELD_RESPONSE_FLAGS);
        read_field(reader, OXC_FIELD_MAILBOX_GUID);
    }
    read_field(reader, OXC_FIELD_REPL_ID);
    read_field(reader, OXC_FIELD_REPL_GUID);
    if (is_private) {
        read_field(reader, OXC_FIELD_LOGON_TIME);
        read_field(reader, OXC_FIELD_GWART_TIME);
        read_field(reader, OXC_FIELD_STORE_STATE);
    } else
        read_field(reader, OXC_FIELD_PER_USER_GUID);
}

/* 2.2.14.1.1. Products send and read no Reserved byte, whatever the types are. */
static void read_register_request(oxc_reader *reader, oxc_rop_buffer *buffer)
{
    bool extended;

    read_field(reader, OXC_FIELD_LOGON_ID);
    read_field(reader, OXC_FIELD_INPUT_INDEX);
    read_field(reader, OXC_FIELD_OUTPUT_INDEX);
    extended = read_field(reader, OXC_FIELD_REGISTER_TYPES) & REGISTER_EXTENDED;
    if (extended && !buffer->deviant)
        read_field(reader, OXC_FIELD_REGISTER_RESERVED);
    buffer->doubtful |= extended;
    if (read_field(reader, OXC_FIELD_REGISTER_WHOLE_STORE) == 0) {
        read_field(reader, OXC_FIELD_REGISTER_FOLDER_ID);
        read_field(reader, OXC_FIELD_REGISTER_MESSAGE_ID);
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
static bool has_parent(uint16_t flags, bool deviant)
{
    return may_have_parent(flags & OXC_NOTIFY_TYPE) &&
           (!(flags & (OXC_NOTIFY_SEARCH | OXC_NOTIFY_MESSAGE)) || (is_linked(flags) && !deviant));
}

static bool is_known_event(uint64_t event)
{
    return event == EVENT_TABLE_CHANGED || event == EVENT_ROW_ADDED || event == EVENT_ROW_DELETED ||
           event == EVENT_ROW_MODIFIED || event == EVENT_RESTRICTION_CHANGED;
}

/* [MS-OXCNOTIF] 2.2.1.4.1.2, from TableEventType to TableRowData */
static void read_table_event(oxc_reader *reader, uint16_t flags)
{
    uint64_t event = read_field(reader, OXC_FIELD_NOTIFY_TABLE_EVENT);
    bool of_message = flags & OXC_NOTIFY_MESSAGE;

    if (reader->state == OXC_READ_WHOLE && !is_known_event(event))
        read_unknown(reader, OXC_FIELD_NOTIFY_TABLE_EVENT);
    if (event != EVENT_ROW_ADDED && event != EVENT_ROW_DELETED && event != EVENT_ROW_MODIFIED)
        return;
    read_field(reader, OXC_FIELD_NOTIFY_TABLE_ROW_FOLDER_ID);
    if (of_message) {
        read_field(reader, OXC_FIELD_NOTIFY_TABLE_ROW_MESSAGE_ID);
        read_field(reader, OXC_FIELD_NOTIFY_TABLE_ROW_INSTANCE);
    }
    if (event == EVENT_ROW_DELETED)
        return;
    read_field(reader, OXC_FIELD_NOTIFY_INSERT_AFTER_FOLDER_ID);
    if (of_message) {
        read_field(reader, OXC_FIELD_NOTIFY_INSERT_AFTER_ROW_ID);
        read_field(reader, OXC_FIELD_NOTIFY_INSERT_AFTER_INSTANCE);
    }
    read_array(reader, OXC_FIELD_NOTIFY_TABLE_ROW_DATA,
               read_field(reader, OXC_FIELD_NOTIFY_TABLE_ROW_DATA_SIZE));
}

/* From FolderId to Tags */
static void read_object(oxc_reader *reader, uint16_t flags, bool deviant)
{
    uint16_t type = flags & OXC_NOTIFY_TYPE;

    read_field(reader, OXC_FIELD_NOTIFY_FOLDER_ID);
    if (flags & OXC_NOTIFY_MESSAGE)
        read_field(reader, OXC_FIELD_NOTIFY_MESSAGE_ID);
    if (has_parent(flags, deviant))
        read_field(reader, OXC_FIELD_NOTIFY_PARENT_FOLDER_ID);
    if (has_old_folder(type)) {
        read_field(reader, OXC_FIELD_NOTIFY_OLD_FOLDER_ID);
        read_field(reader, flags & OXC_NOTIFY_MESSAGE ? OXC_FIELD_NOTIFY_OLD_MESSAGE_ID
                                                      : OXC_FIELD_NOTIFY_OLD_PARENT_FOLDER_ID);
    }
    if (has_tags(type)) {
        uint64_t tag_count = read_field(reader, OXC_FIELD_NOTIFY_TAG_COUNT);

        if (tag_count != NO_TAG_LIST)
            read_array(reader, OXC_FIELD_NOTIFY_TAG, tag_count);
    }
}

static void read_new_mail(oxc_reader *reader)
{
    read_field(reader, OXC_FIELD_NOTIFY_MESSAGE_FLAGS);
    if (reader->state == OXC_READ_WHOLE)
        oxc_reader_string(reader, OXC_FIELD_NOTIFY_MESSAGE_CLASS,
                          read_field(reader, OXC_FIELD_NOTIFY_UNICODE) == 1 ? 2 : 1);
}

static bool is_known_type(uint16_t type)
{
    return may_have_parent(type) || has_tags(type) || type == OXC_TYPE_NEW_MAIL ||
           type == OXC_TYPE_SEARCH_COMPLETED || type == OXC_TYPE_TABLE_MODIFIED ||
           type == OXC_TYPE_EXTENDED;
}

/* [MS-OXCROPS] 2.2.14.2.1. The length of an unknown type cannot be told; StatusObjectModified
 * is named by products, not by the specification. */
static void read_notify(oxc_reader *reader, oxc_rop_buffer *buffer)
{
    uint16_t flags, type;

    read_field(reader, OXC_FIELD_NOTIFY_HANDLE);
    read_field(reader, OXC_FIELD_NOTIFY_LOGON_ID);
    flags = (uint16_t)read_field(reader, OXC_FIELD_NOTIFY_FLAGS);
    type = flags & OXC_NOTIFY_TYPE;
    buffer->doubtful |=
        oxc_notify_flags_invalid(flags) || (is_linked(flags) && may_have_parent(type));
    if (!is_known_type(type))
        read_unknown(reader, OXC_FIELD_NOTIFY_FLAGS);
    else if (type == OXC_TYPE_TABLE_MODIFIED)
        read_table_event(reader, flags);
    else if (type != OXC_TYPE_EXTENDED)
        read_object(reader, flags, buffer->deviant);
    if (flags & OXC_NOTIFY_TOTAL)
        read_field(reader, OXC_FIELD_NOTIFY_TOTAL);
    if (flags & OXC_NOTIFY_UNREAD)
        read_field(reader, OXC_FIELD_NOTIFY_UNREAD);
    if (type == OXC_TYPE_NEW_MAIL)
        read_new_mail(reader);
}

void oxc_rop_read(oxc_reader *reader, oxc_rop_buffer *buffer, uint8_t id)
{
    const uint8_t *layout = oxc_rop_layout(id, buffer->request);

    if (reader->state != OXC_READ_WHOLE)
        return;
    if (id == OXC_ROP_NOTIFY)
        read_notify(reader, buffer);
    else if (id == OXC_ROP_REGISTER_NOTIFICATION && buffer->request)
        read_register_request(reader, buffer);
    else if (id == OXC_ROP_LOGON && !buffer->request)
        read_logon_response(reader);
    else if (layout)
        read_layout(reader, layout);
    else
        read_unknown(reader, OXC_FIELD_NONE);
}
