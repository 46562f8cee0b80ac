/* rop.h
 * A ROP and the buffer that holds it, [MS-OXCROPS] 2.2.1
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ROP_H
#define OXC_ROP_H

#include "properties.h"
#include "rop_walk.h"
#include "sequence/event.h"

/** RopIds of [MS-OXCROPS] 2.2.2 that mean something to the walk or to the analysis. */
enum {
    OXC_ROP_RELEASE = 0x01,
    OXC_ROP_GET_PROPERTIES_SPECIFIC = 0x07,
    OXC_ROP_SET_COLUMNS = 0x12,
    OXC_ROP_GET_MESSAGE_STATUS = 0x1F,
    OXC_ROP_SET_MESSAGE_STATUS = 0x20,
    OXC_ROP_REGISTER_NOTIFICATION = 0x29,
    OXC_ROP_NOTIFY = 0x2A,
    OXC_ROP_PROGRESS = 0x50,
    OXC_ROP_PENDING = 0x6E,
    OXC_ROP_RESET_TABLE = 0x81,
    OXC_ROP_BACKOFF = 0xF9,
    OXC_ROP_LOGON = 0xFE,
    OXC_ROP_BUFFER_TOO_SMALL = 0xFF,
};

/** LogonFlags, [MS-OXCROPS] 2.2.3.1.1. */
enum { OXC_LOGON_PRIVATE = 0x01 };

/** NotificationFlags, [MS-OXCNOTIF] 2.2.1.4.1.2. */
enum {
    OXC_NOTIFY_TYPE = 0x0FFF,
    OXC_NOTIFY_TOTAL = 0x1000,
    OXC_NOTIFY_UNREAD = 0x2000,
    OXC_NOTIFY_SEARCH = 0x4000,
    OXC_NOTIFY_MESSAGE = 0x8000,
};

/** NotificationType, the low bits of NotificationFlags: one value, no mask. */
enum {
    OXC_TYPE_NEW_MAIL = 0x0002,
    OXC_TYPE_CREATED = 0x0004,
    OXC_TYPE_DELETED = 0x0008,
    OXC_TYPE_MODIFIED = 0x0010,
    OXC_TYPE_MOVED = 0x0020,
    OXC_TYPE_COPIED = 0x0040,
    OXC_TYPE_SEARCH_COMPLETED = 0x0080,
    OXC_TYPE_TABLE_MODIFIED = 0x0100,
    OXC_TYPE_STATUS = 0x0200,
    OXC_TYPE_EXTENDED = 0x0400,
};

/** The fields of ROPs, for oxc_element::field. Those that repeat are one element. */
typedef enum {
    OXC_FIELD_NONE,
    OXC_FIELD_ROP_ID,
    OXC_FIELD_LOGON_ID,
    OXC_FIELD_INPUT_INDEX,
    OXC_FIELD_OUTPUT_INDEX,
    OXC_FIELD_RESPONSE_INDEX,
    OXC_FIELD_SOURCE_INDEX,
    OXC_FIELD_DESTINATION_INDEX,
    OXC_FIELD_NULL_DESTINATION, /**< the index of a destination that is not there, 4 bytes */
    OXC_FIELD_RETURN_VALUE,
    OXC_FIELD_FOLDER_ID,  /**< repeats */
    OXC_FIELD_MESSAGE_ID, /**< repeats */
    OXC_FIELD_MESSAGE_ID_COUNT,
    OXC_FIELD_OPEN_MODE_FLAGS,
    OXC_FIELD_TABLE_FLAGS,
    OXC_FIELD_TABLE_STATUS,
    OXC_FIELD_SET_COLUMNS_FLAGS,
    OXC_FIELD_HAS_RULES,
    OXC_FIELD_IS_GHOSTED,
    OXC_FIELD_HAS_MESSAGE_ID,
    OXC_FIELD_HAS_ROW_DATA,
    OXC_FIELD_ROW_COUNT,       /**< 2 bytes */
    OXC_FIELD_TABLE_ROW_COUNT, /**< 4 bytes */
    OXC_FIELD_PROPERTY_SIZE_LIMIT,
    OXC_FIELD_WANT_UNICODE,
    OXC_FIELD_PROPERTY_TAG_COUNT,
    OXC_FIELD_PROPERTY_TAG, /**< repeats */
    OXC_FIELD_PROPERTY_ID_COUNT,
    OXC_FIELD_PROPERTY_ID, /**< repeats */
    OXC_FIELD_PROPERTY_NAME_COUNT,
    OXC_FIELD_PROPERTY_NAMES,
    OXC_FIELD_PROPERTY_PROBLEM_COUNT,
    OXC_FIELD_PROPERTY_PROBLEM, /**< repeats */
    OXC_FIELD_PROPERTY_VALUE_COUNT,
    OXC_FIELD_PROPERTY_VALUE_SIZE,
    OXC_FIELD_SIZED_VALUES,    /**< a count and as many TaggedPropertyValue structures */
    OXC_FIELD_PROPERTY_VALUES, /**< TaggedPropertyValue structures */
    OXC_FIELD_PROPERTY_ROWS,   /**< PropertyRow structures over oxc_rop::columns */
    OXC_FIELD_FOLDER_ROWS,     /**< the same over the columns of the receive folder table */
    OXC_FIELD_RULES,           /**< of each a byte of flags, a count, TaggedPropertyValues */
    OXC_FIELD_SERVERS,
    OXC_FIELD_RECIPIENT_COLUMN_COUNT,
    OXC_FIELD_RECIPIENT_COLUMN, /**< repeats */
    OXC_FIELD_RECIPIENTS,
    OXC_FIELD_SORT_ORDER_COUNT,
    OXC_FIELD_SORT_ORDER, /**< repeats */
    OXC_FIELD_QUERY_ROWS_FLAGS,
    OXC_FIELD_FORWARD_READ,
    OXC_FIELD_ORIGIN,
    OXC_FIELD_PARTIAL_COMPLETION,
    OXC_FIELD_MESSAGE_CLASS,
    OXC_FIELD_BYTE_COUNT,
    OXC_FIELD_DATA_SIZE,      /**< 2 bytes */
    OXC_FIELD_LONG_DATA_SIZE, /**< 4 bytes */
    OXC_FIELD_DATA,
    /* Fields that have a name of their own and no item */
    OXC_FIELD_OTHER, /**< bytes */
    OXC_FIELD_NUMBER,
    OXC_FIELD_ID, /**< of a folder, a message or whatever it is */
    OXC_FIELD_GUID,
    OXC_FIELD_STRING8,
    OXC_FIELD_STRING16,
    /* RopLogon, [MS-OXCROPS] 2.2.3.1 */
    OXC_FIELD_LOGON_FLAGS,
    OXC_FIELD_OPEN_FLAGS,
    OXC_FIELD_STORE_STATE,
    OXC_FIELD_ESSDN_SIZE,
    OXC_FIELD_ESSDN,
    OXC_FIELD_RESPONSE_FLAGS,
    OXC_FIELD_MAILBOX_GUID,
    OXC_FIELD_REPL_ID,
    OXC_FIELD_REPL_GUID,
    OXC_FIELD_LOGON_TIME,
    OXC_FIELD_GWART_TIME,
    OXC_FIELD_PER_USER_GUID,
    OXC_FIELD_SERVER_NAME_SIZE,
    OXC_FIELD_SERVER_NAME,
    /* RopRegisterNotification, 2.2.14.1 */
    OXC_FIELD_REGISTER_TYPES,
    OXC_FIELD_REGISTER_RESERVED,
    OXC_FIELD_REGISTER_WHOLE_STORE,
    OXC_FIELD_REGISTER_FOLDER_ID,
    OXC_FIELD_REGISTER_MESSAGE_ID,
    /* RopNotify, 2.2.14.2 */
    OXC_FIELD_NOTIFY_HANDLE,
    OXC_FIELD_NOTIFY_LOGON_ID,
    OXC_FIELD_NOTIFY_FLAGS,
    OXC_FIELD_NOTIFY_TABLE_EVENT,
    OXC_FIELD_NOTIFY_TABLE_ROW_FOLDER_ID,
    OXC_FIELD_NOTIFY_TABLE_ROW_MESSAGE_ID,
    OXC_FIELD_NOTIFY_TABLE_ROW_INSTANCE,
    OXC_FIELD_NOTIFY_INSERT_AFTER_FOLDER_ID,
    OXC_FIELD_NOTIFY_INSERT_AFTER_ROW_ID,
    OXC_FIELD_NOTIFY_INSERT_AFTER_INSTANCE,
    OXC_FIELD_NOTIFY_TABLE_ROW_DATA_SIZE,
    OXC_FIELD_NOTIFY_TABLE_ROW_DATA,
    OXC_FIELD_NOTIFY_FOLDER_ID,
    OXC_FIELD_NOTIFY_MESSAGE_ID,
    OXC_FIELD_NOTIFY_PARENT_FOLDER_ID,
    OXC_FIELD_NOTIFY_OLD_FOLDER_ID,
    OXC_FIELD_NOTIFY_OLD_MESSAGE_ID,
    OXC_FIELD_NOTIFY_OLD_PARENT_FOLDER_ID,
    OXC_FIELD_NOTIFY_TAG_COUNT,
    OXC_FIELD_NOTIFY_TAG, /**< repeats */
    OXC_FIELD_NOTIFY_TOTAL,
    OXC_FIELD_NOTIFY_UNREAD,
    OXC_FIELD_NOTIFY_MESSAGE_FLAGS,
    OXC_FIELD_NOTIFY_UNICODE,
    OXC_FIELD_NOTIFY_MESSAGE_CLASS,
    /* RopPending, 2.2.14.3 */
    OXC_FIELD_PENDING_SESSION_INDEX,
    /* RopBackoff, 2.2.15.2 */
    OXC_FIELD_BACKOFF_DURATION,
    OXC_FIELD_BACKOFF_ROP_COUNT,
    OXC_FIELD_BACKOFF_ROP, /**< repeats: RopId, then Duration */
    OXC_FIELD_BACKOFF_DATA_SIZE,
    OXC_FIELD_BACKOFF_DATA,
    /* RopBufferTooSmall, 2.2.15.1 */
    OXC_FIELD_SIZE_NEEDED,
    OXC_FIELD_REQUEST_BUFFERS,
    OXC_FIELD_COUNT,
} oxc_rop_field;

/** What is wrong with a ROP buffer as a whole. */
typedef enum {
    OXC_ROPS_OK,
    OXC_ROPS_NO_SIZE,    /**< too short for RopSize */
    OXC_ROPS_SIZE_SMALL, /**< RopSize does not count itself */
    OXC_ROPS_SIZE_BIG,   /**< RopSize goes past the end of the payload */
    OXC_ROPS_TABLE,      /**< ServerObjectHandleTable has a part of a handle */
} oxc_rops_fault;

/** A ROP input or output buffer, [MS-OXCROPS] 2.2.1: one payload of an extended buffer. */
typedef struct {
    const uint8_t *data;
    size_t reported; /**< size of the payload */
    size_t captured; /**< bytes of it in #data */
    bool request;
    bool has_size; /**< RopSize is there, and with it #rop_size, #end and #table_offset */
    uint16_t rop_size;
    size_t end;          /**< of RopsList */
    size_t table_offset; /**< of ServerObjectHandleTable */
    size_t table_count;  /**< whole handles in it */
    oxc_rops_fault fault;
    /** Where senders see layouts in several ways: the way of each kind that was met. Those of the
     *  specification are all 0; others are taken if with those the walk does not reach the end of
     *  RopsList and with these it does. */
    oxc_rop_ways ways;
    bool surveyed;      /**< the ways have been chosen */
    bool consistent;    /**< the walk reaches the end of RopsList */
    size_t offset;      /**< of the next ROP */
    bool doubtful;      /**< the ROPs so far had a layout that senders may see otherwise */
    bool stopped;       /**< the last ROP could not be read whole */
    bool astray;        /**< it was not the answer that had to come */
    bool backed_off;    /**< RopBackoff or RopBufferTooSmall: answers are missing */
    oxc_rop_need need;  /**< with OXC_READ_UNKNOWN: what the layout of the last ROP rests on */
    oxc_rop_walk *walk; /**< what is known from elsewhere, or NULL */
    oxc_rop_place place;
} oxc_rop_buffer;

enum { OXC_ROP_ELEMENTS_MAX = 32 };

/** One ROP of a RopsList. */
typedef struct {
    uint8_t id;
    size_t offset; /**< of RopId */
    size_t length; /**< bytes read */
    /** It can be taken for granted that a ROP starts here. */
    bool sure;
    oxc_read_state state;
    uint8_t fault_field; /**< with #state: see oxc_reader */
    const char *fault_name;
    size_t fault_offset;
    size_t fault_size;
    const oxc_columns *columns; /**< of its rows, or NULL */
    bool object_empty;          /**< how its values are read, see oxc_value_ways */
    size_t count;
    oxc_element elements[OXC_ROP_ELEMENTS_MAX];
} oxc_rop;

/** The value of a field of a ROP, false if it is not there. */
bool oxc_rop_value(const oxc_rop *rop, oxc_rop_field field, uint64_t *value);

/** True if NotificationFlags break the rules of [MS-OXCNOTIF] 2.2.1.4.1.2. */
bool oxc_notify_flags_invalid(uint16_t flags);

#endif /* OXC_ROP_H */
