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
    WRONG_SERVER = 0x00000478,
    SERVER_BUSY = 0x00000480,
    NULL_DESTINATION = 0x00000503,
    WITH_ERRORS = 0x00040380,
};

/* A ROP while it is read. */
typedef struct {
    oxc_reader *reader;
    oxc_rop_buffer *buffer;
    oxc_rop *rop;
    const oxc_rop_asked *asked;
    uint64_t number; /* the last one */
    uint64_t kept;
    bool unicode;
    bool skip; /* the next step */
} reading;

/* The columns of the receive folder table, [MS-OXCROPS] 2.2.3.4.2. */
static const oxc_columns folder_columns = {3, {0x67480014, 0x001A001E, 0x30080040}};

const oxc_columns *oxc_rop_folder_columns(void)
{
    return &folder_columns;
}

uint64_t oxc_rop_read_field(oxc_reader *reader, uint8_t field)
{
    size_t size = oxc_rop_field_size(field);
    uint64_t value = 0;

    if (size <= sizeof value)
        oxc_reader_number(reader, field, size, &value);
    else
        oxc_reader_bytes(reader, field, size);
    return value;
}

void oxc_rop_read_array(oxc_reader *reader, uint8_t field, uint64_t count)
{
    oxc_reader_bytes(reader, field, (size_t)count * oxc_rop_field_size(field));
}

static uint64_t read_number(oxc_reader *reader, size_t size)
{
    uint64_t value;

    oxc_reader_number(reader, OXC_FIELD_NUMBER, size, &value);
    return value;
}

static void read_unknown(reading *r, oxc_rop_need need)
{
    if (oxc_reader_fail(r->reader, OXC_READ_UNKNOWN, OXC_FIELD_NONE, r->reader->offset, 0) ||
        r->reader->state == OXC_READ_UNKNOWN)
        r->buffer->need = need;
}

/* PropertyName, [MS-OXCDATA] 2.6.1 */
static bool read_property_name(oxc_reader *reader, oxc_rop_buffer *buffer)
{
    enum { NUMBERED = 0x00, NAMED = 0x01, NAMELESS = 0xFF, LID_SIZE = 4 };
    const uint8_t field = OXC_FIELD_PROPERTY_NAMES;
    size_t start = reader->offset;
    uint64_t kind, size;

    if (!oxc_reader_number(reader, field, 1, &kind) ||
        (kind == NAMELESS && oxc_rop_choose(buffer, OXC_WAY_NAMELESS) == 1))
        return reader->state == OXC_READ_WHOLE;
    if (!oxc_reader_bytes(reader, field, OXC_GUID_SIZE))
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

static oxc_value_ways value_ways(const reading *r)
{
    unsigned chosen = (unsigned)(r->buffer->ways.chosen >> (2 * OXC_WAY_OBJECT)) & 3;

    r->rop->object_empty = chosen == 1;
    return (oxc_value_ways){.object_empty = chosen == 1};
}

static void note_value_ways(const reading *r, const oxc_value_ways *ways)
{
    if (ways->met_object)
        oxc_rop_choose(r->buffer, OXC_WAY_OBJECT);
}

static void read_values(reading *r, uint64_t count)
{
    oxc_value_ways ways = value_ways(r);
    oxc_property property;

    while (count-- > 0 && oxc_read_tagged(r->reader, &ways, &property))
        ;
    note_value_ways(r, &ways);
}

static void read_rows(reading *r, const oxc_columns *columns, uint64_t count)
{
    oxc_value_ways ways = value_ways(r);

    r->rop->columns = columns;
    while (count-- > 0 && oxc_read_row(r->reader, columns, &ways))
        ;
    note_value_ways(r, &ways);
}

static void read_own_row(reading *r)
{
    const oxc_columns *tags = oxc_rop_ask_tags(r->buffer, r->asked);

    if (tags)
        read_rows(r, tags, 1);
    else
        read_unknown(r, OXC_NEED_TAGS);
}

/* Rows that do not fit show that the columns are others: what set them was not seen. */
static void read_table_rows(reading *r, uint64_t count)
{
    oxc_reader *reader = r->reader;
    size_t start = reader->offset;
    uint64_t index = 0;
    const oxc_columns *columns;

    if (count == 0 || reader->state != OXC_READ_WHOLE)
        return;
    oxc_rop_value(r->rop, OXC_FIELD_INPUT_INDEX, &index);
    columns = oxc_rop_ask_columns(r->buffer, (uint8_t)index);
    if (!columns) {
        read_unknown(r, OXC_NEED_COLUMNS);
        return;
    }
    read_rows(r, columns, count);
    if (reader->state == OXC_READ_WHOLE || reader->state == OXC_READ_CUT)
        return;
    reader->state = OXC_READ_WHOLE;
    reader->offset = start;
    read_unknown(r, OXC_NEED_FIT);
}

/* Each has some bytes, a size of two bytes, and as many bytes as that. */
static void read_records(oxc_reader *reader, size_t head, uint64_t count)
{
    while (count-- > 0 && oxc_reader_bytes(reader, OXC_FIELD_RECIPIENTS, head) &&
           oxc_reader_bytes(reader, OXC_FIELD_RECIPIENTS, (size_t)read_number(reader, 2)))
        ;
}

static void read_rules(reading *r, uint64_t count)
{
    while (count-- > 0 && r->reader->state == OXC_READ_WHOLE) {
        read_number(r->reader, 1);
        read_values(r, read_number(r->reader, 2));
    }
}

/* [MS-OXCROPS] 2.2.3.6.2 */
static void read_servers(oxc_reader *reader)
{
    uint64_t count = read_number(reader, 2);

    read_number(reader, 2);
    while (count-- > 0 && oxc_reader_string(reader, OXC_FIELD_SERVERS, 1))
        ;
}

/* [MS-OXCDATA] 2.11.7. What it calls reduced Unicode has the low byte of each character. */
static void read_typed_string(oxc_reader *reader)
{
    enum { NONE, EMPTY, STRING8, REDUCED, UNICODE };
    size_t start = reader->offset;

    switch (read_number(reader, 1)) {
    case NONE:
    case EMPTY:
        return;
    case STRING8:
    case REDUCED:
        oxc_reader_string(reader, OXC_FIELD_STRING8, 1);
        return;
    case UNICODE:
        oxc_reader_string(reader, OXC_FIELD_STRING16, 2);
        return;
    default:
        oxc_reader_fail(reader, OXC_READ_DAMAGED, OXC_FIELD_NUMBER, start, 1);
    }
}

static void read_names(reading *r, uint64_t count)
{
    while (count-- > 0 && read_property_name(r->reader, r->buffer))
        ;
}

/* Structures that repeat, each of a size of its own: one element. */
static void read_structures(reading *r, const oxc_step *step)
{
    oxc_reader *reader = r->reader;
    size_t start = reader->offset, noted = reader->count;
    uint64_t count = r->number;

    switch (step->kind) {
    case OXC_STEP_NAMES:
        read_names(r, count);
        break;
    case OXC_STEP_VALUES:
        read_values(r, count);
        break;
    case OXC_STEP_RECORDS:
        read_records(reader, step->size, count);
        break;
    case OXC_STEP_RULES:
        read_rules(r, count);
        break;
    case OXC_STEP_SERVERS:
        read_servers(reader);
        break;
    case OXC_STEP_ROW:
        read_own_row(r);
        break;
    case OXC_STEP_ROWS:
        read_table_rows(r, count);
        break;
    case OXC_STEP_FOLDERS:
        read_rows(r, &folder_columns, count);
        break;
    default:
        break;
    }
    oxc_reader_merge(reader, noted, step->field, start);
}

static void read_times(reading *r, const oxc_step *step)
{
    size_t size = step->size > 0 ? step->size : oxc_rop_field_size(step->field);

    oxc_reader_bytes(r->reader, step->field, (size_t)r->number * size);
}

/* [MS-OXCDATA] 2.7; a product gives the index four bytes. */
static void read_problems(reading *r)
{
    enum { SIZE = 10, WIDE_SIZE = 12 };
    bool wide = r->number > 0 && oxc_rop_choose(r->buffer, OXC_WAY_PROBLEMS) == 1;

    oxc_reader_bytes(r->reader, OXC_FIELD_PROPERTY_PROBLEM,
                     (size_t)r->number * (wide ? WIDE_SIZE : SIZE));
}

static void read_attachments(reading *r)
{
    size_t size = oxc_rop_choose(r->buffer, OXC_WAY_ATTACHMENTS) == 1 ? 4 : 2;

    oxc_reader_bytes(r->reader, OXC_FIELD_OTHER, (size_t)read_number(r->reader, size) * 4);
}

static void read_step_number(reading *r, const oxc_step *step)
{
    size_t size = step->size > 0 ? step->size : oxc_rop_field_size(step->field);
    uint64_t number = 0;

    if (size <= sizeof number)
        oxc_reader_number(r->reader, step->field, size, &number);
    else
        oxc_reader_bytes(r->reader, step->field, size);
    if (step->kind != OXC_STEP_ASIDE)
        r->number = number;
    if (step->kind == OXC_STEP_UNICODE)
        r->unicode = number != 0;
    if (step->kind == OXC_STEP_KEEP)
        r->kept = number;
}

static bool is_public(const reading *r)
{
    uint64_t logon_id = 0;
    const oxc_columns *logon;

    oxc_rop_value(r->rop, OXC_FIELD_LOGON_ID, &logon_id);
    logon = oxc_rop_ask_logon(r->buffer, (uint8_t)logon_id);
    if (logon)
        return logon == &oxc_logon_public;
    return oxc_rop_choose(r->buffer, OXC_WAY_LOGON) == 1;
}

/* Whether the steps go on behind a condition. */
static bool goes_on(reading *r, const oxc_step *step)
{
    switch (step->kind) {
    case OXC_STEP_IF:
        return r->number != 0;
    case OXC_STEP_IF_ZERO:
        return r->number == 0 || oxc_rop_choose(r->buffer, (oxc_rop_way)step->size) == 1;
    case OXC_STEP_IF_BABE:
        return r->number == MAXIMUM_FOLLOWS;
    case OXC_STEP_IF_PUBLIC:
        return is_public(r);
    case OXC_STEP_IF_PRIVATE_START:
        return r->kept == 0 && !is_public(r);
    case OXC_STEP_MAYBE:
        r->skip = oxc_rop_choose(r->buffer, (oxc_rop_way)step->size) == 1;
        return true;
    default:
        return false;
    }
}

/* Returns false where the layout ends. */
static bool take_step(reading *r, const oxc_step *step)
{
    oxc_reader *reader = r->reader;

    switch (step->kind) {
    case OXC_STEP_NUMBER:
    case OXC_STEP_ASIDE:
    case OXC_STEP_UNICODE:
    case OXC_STEP_KEEP:
        read_step_number(r, step);
        return true;
    case OXC_STEP_BYTES:
        return oxc_reader_bytes(reader, step->field, step->size);
    case OXC_STEP_TIMES:
        read_times(r, step);
        return true;
    case OXC_STEP_STRING:
        return oxc_reader_string(reader, step->field, 1);
    case OXC_STEP_TEXT:
        return oxc_reader_string(reader, r->unicode ? OXC_FIELD_STRING16 : OXC_FIELD_STRING8,
                                 r->unicode ? 2 : 1);
    case OXC_STEP_TYPED:
        read_typed_string(reader);
        return true;
    case OXC_STEP_REST:
        return oxc_reader_bytes(reader, step->field, reader->end - reader->offset);
    case OXC_STEP_PROBLEMS:
        read_problems(r);
        return true;
    case OXC_STEP_ATTACHMENTS:
        read_attachments(r);
        return true;
    case OXC_STEP_ONE:
        r->number = 1;
        return true;
    case OXC_STEP_NAMES:
    case OXC_STEP_VALUES:
    case OXC_STEP_RECORDS:
    case OXC_STEP_RULES:
    case OXC_STEP_SERVERS:
    case OXC_STEP_ROW:
    case OXC_STEP_ROWS:
    case OXC_STEP_FOLDERS:
        read_structures(r, step);
        return true;
    default:
        return goes_on(r, step);
    }
}

static void read_steps(reading *r, const oxc_step *step)
{
    for (; step && step->kind != OXC_STEP_END && r->reader->state == OXC_READ_WHOLE; step++) {
        r->reader->name = step->name;
        if (r->skip)
            r->skip = false;
        else if (!take_step(r, step))
            break;
    }
    r->reader->name = NULL;
}

/* [MS-OXCROPS] 2.2.3.1.2 to 2.2.3.1.4 */
static void read_logon(oxc_reader *reader, uint64_t return_value)
{
    bool is_private;

    if (return_value != 0 && return_value != WRONG_SERVER)
        return;
    is_private = oxc_rop_read_field(reader, OXC_FIELD_LOGON_FLAGS) & OXC_LOGON_PRIVATE;
    if (return_value == WRONG_SERVER) {
        oxc_rop_read_array(reader, OXC_FIELD_SERVER_NAME,
                           oxc_rop_read_field(reader, OXC_FIELD_SERVER_NAME_SIZE));
        return;
    }
    oxc_rop_read_array(reader, OXC_FIELD_FOLDER_ID, LOGON_FOLDERS);
    if (is_private) {
        oxc_rop_read_field(reader, OXC_FIELD_RESPONSE_FLAGS);
        oxc_rop_read_field(reader, OXC_FIELD_MAILBOX_GUID);
    }
    oxc_rop_read_field(reader, OXC_FIELD_REPL_ID);
    oxc_rop_read_field(reader, OXC_FIELD_REPL_GUID);
    if (is_private) {
        oxc_rop_read_field(reader, OXC_FIELD_LOGON_TIME);
        oxc_rop_read_field(reader, OXC_FIELD_GWART_TIME);
        oxc_rop_read_field(reader, OXC_FIELD_STORE_STATE);
    } else
        oxc_rop_read_field(reader, OXC_FIELD_PER_USER_GUID);
}

/* RopFastTransferSourceGetBuffer of a server that is busy, 2.2.12.4.2: how long it will be. */
static void read_busy(reading *r)
{
    static const oxc_step at[] = {{OXC_STEP_NUMBER, OXC_FIELD_NUMBER, 2, "TransferStatus"},
                                  {OXC_STEP_NUMBER, OXC_FIELD_NUMBER, 2, "InProgressCount"},
                                  {OXC_STEP_NUMBER, OXC_FIELD_NUMBER, 2, "TotalStepCount"},
                                  {OXC_STEP_NUMBER, OXC_FIELD_NUMBER, 1, "Reserved"},
                                  {OXC_STEP_NUMBER, OXC_FIELD_DATA_SIZE, 0, NULL},
                                  {OXC_STEP_END, 0, 0, NULL}};
    static const oxc_step data[] = {{OXC_STEP_TIMES, OXC_FIELD_DATA, 0, NULL},
                                    {OXC_STEP_END, 0, 0, NULL}};
    static const oxc_step backoff[] = {{OXC_STEP_NUMBER, OXC_FIELD_NUMBER, 4, "BackoffTime"},
                                       {OXC_STEP_END, 0, 0, NULL}};
    enum { INSTEAD, BEHIND, WITHOUT, NO_BODY };
    unsigned way = oxc_rop_choose(r->buffer, OXC_WAY_BUSY);

    if (way == NO_BODY)
        return;
    read_steps(r, at);
    if (way != INSTEAD)
        read_steps(r, data);
    if (way != WITHOUT)
        read_steps(r, backoff);
}

/* Warnings have the facility of MAPI and no bit of severity ([MS-OXCDATA] 2.4.1). */
static bool is_warning(uint64_t return_value)
{
    return return_value >> 16 == 0x0004;
}

static bool is_way_first(const reading *r, oxc_rop_way way)
{
    return oxc_rop_choose(r->buffer, way) == 0;
}

/* The destination of a ROP is a null object: its index may stand in front of all. */
static bool read_null_destination(reading *r, const oxc_rop_row *row)
{
    enum { INDEX_AND_BODY, BODY, NEITHER };
    unsigned way;

    if (row->failure == OXC_FAILED_WHERE) {
        if (is_way_first(r, OXC_WAY_DESTINATION))
            oxc_rop_read_field(r->reader, OXC_FIELD_NULL_DESTINATION);
        return false;
    }
    way = oxc_rop_choose(r->buffer, OXC_WAY_NULL);
    if (way == INDEX_AND_BODY)
        oxc_rop_read_field(r->reader, OXC_FIELD_NULL_DESTINATION);
    return way != NEITHER;
}

/* Reads what only a failure has. Returns whether what a success has follows. */
static bool read_failure(reading *r, const oxc_rop_row *row, uint64_t return_value)
{
    bool goes_between = row->failure == OXC_FAILED_WITH || row->failure == OXC_FAILED_WHERE;

    if (row->response->kind == OXC_STEP_END)
        return false;
    if (goes_between && return_value == NULL_DESTINATION)
        return read_null_destination(r, row);
    switch (row->failure) {
    case OXC_FAILED_BUSY:
        if (return_value == SERVER_BUSY) {
            read_busy(r);
            return false;
        }
        return is_way_first(r, (oxc_rop_way)row->way);
    case OXC_FAILED_SAME:
    case OXC_FAILED_WITH:
        return is_way_first(r, (oxc_rop_way)row->way);
    case OXC_FAILED_WITH_ERRORS:
        if (return_value == WITH_ERRORS)
            return is_way_first(r, OXC_WAY_WITH_ERRORS);
        break;
    default:
        break;
    }
    return is_warning(return_value) && !is_way_first(r, OXC_WAY_WARNING);
}

static void read_response(reading *r, const oxc_rop_row *row)
{
    static const uint8_t index_fields[] = {
        [OXC_HEAD_ON] = OXC_FIELD_INPUT_INDEX,       [OXC_HEAD_TO] = OXC_FIELD_OUTPUT_INDEX,
        [OXC_HEAD_NEW] = OXC_FIELD_OUTPUT_INDEX,     [OXC_HEAD_ANSWER] = OXC_FIELD_RESPONSE_INDEX,
        [OXC_HEAD_BETWEEN] = OXC_FIELD_SOURCE_INDEX,
    };
    uint64_t index, return_value;

    if (row->head == OXC_HEAD_NONE) {
        read_steps(r, row->response);
        return;
    }
    index = oxc_rop_read_field(r->reader, index_fields[row->head]);
    return_value = oxc_rop_read_field(r->reader, OXC_FIELD_RETURN_VALUE);
    if (r->reader->state != OXC_READ_WHOLE)
        return;
    r->asked = oxc_rop_match(r->buffer, r->rop->id, (uint8_t)index);
    r->rop->count = r->reader->count;
    if (!row->response)
        read_logon(r->reader, return_value);
    else if (return_value == 0 || read_failure(r, row, return_value))
        read_steps(r, row->response);
}

static void read_request(reading *r, const oxc_rop_row *row)
{
    static const uint8_t head_fields[][2] = {
        [OXC_HEAD_ON] = {OXC_FIELD_INPUT_INDEX, OXC_FIELD_NONE},
        [OXC_HEAD_TO] = {OXC_FIELD_INPUT_INDEX, OXC_FIELD_OUTPUT_INDEX},
        [OXC_HEAD_NEW] = {OXC_FIELD_OUTPUT_INDEX, OXC_FIELD_NONE},
        [OXC_HEAD_ANSWER] = {OXC_FIELD_RESPONSE_INDEX, OXC_FIELD_INPUT_INDEX},
        [OXC_HEAD_BETWEEN] = {OXC_FIELD_SOURCE_INDEX, OXC_FIELD_DESTINATION_INDEX},
    };
    const uint8_t *fields = head_fields[row->head];

    if (row->head != OXC_HEAD_NONE) {
        oxc_rop_read_field(r->reader, OXC_FIELD_LOGON_ID);
        oxc_rop_read_field(r->reader, fields[0]);
        if (fields[1] != OXC_FIELD_NONE)
            oxc_rop_read_field(r->reader, fields[1]);
        r->rop->count = r->reader->count;
    }
    read_steps(r, row->request);
}

const oxc_rop_asked *oxc_rop_read(oxc_reader *reader, oxc_rop_buffer *buffer, oxc_rop *rop)
{
    const oxc_rop_row *row = oxc_rop_row_of(rop->id);
    reading r = {.reader = reader, .buffer = buffer, .rop = rop};
    bool request = buffer->request;

    if (reader->state != OXC_READ_WHOLE)
        return NULL;
    if (rop->id == OXC_ROP_NOTIFY)
        oxc_rop_read_notify(reader, buffer);
    else if (rop->id == OXC_ROP_REGISTER_NOTIFICATION && request)
        oxc_rop_read_register(reader, buffer);
    else if (request ? row->request != NULL : row->response || rop->id == OXC_ROP_LOGON)
        request ? read_request(&r, row) : read_response(&r, row);
    else
        read_unknown(&r, OXC_NEED_NOTHING);
    return r.asked;
}
