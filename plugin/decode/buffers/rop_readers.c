/* rop_readers.c
 * Reads single ROPs
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rop_readers.h"

#include "notification_readers.h"
#include "rop_asking.h"
#include "rop_reading.h"
#include "rop_structures.h"

enum {
    MAXIMUM_FOLLOWS = 0xBABE,
    LOGON_FOLDERS = 13,
    WRONG_SERVER = 0x00000478,
    SERVER_BUSY = 0x00000480,
    NULL_DESTINATION = 0x00000503,
    WITH_ERRORS = 0x00040380,
};

static void read_times(oxc_rop_reading *r, const oxc_step *step)
{
    size_t size = step->size > 0 ? step->size : oxc_rop_field_size(step->field);

    oxc_reader_bytes(r->reader, step->field, (size_t)r->number * size);
}

static void read_step_number(oxc_rop_reading *r, const oxc_step *step)
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

static bool is_public(const oxc_rop_reading *r)
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
static bool goes_on(oxc_rop_reading *r, const oxc_step *step)
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
static bool take_step(oxc_rop_reading *r, const oxc_step *step)
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
        oxc_rop_read_typed_string(reader);
        return true;
    case OXC_STEP_REST:
        return oxc_reader_bytes(reader, step->field, reader->end - reader->offset);
    case OXC_STEP_PROBLEMS:
        oxc_rop_read_problems(r);
        return true;
    case OXC_STEP_ATTACHMENTS:
        oxc_rop_read_attachments(r);
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
        oxc_rop_read_structures(r, step);
        return true;
    default:
        return goes_on(r, step);
    }
}

static void read_steps(oxc_rop_reading *r, const oxc_step *step)
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
static void read_busy(oxc_rop_reading *r)
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

static bool is_way_first(const oxc_rop_reading *r, oxc_rop_way way)
{
    return oxc_rop_choose(r->buffer, way) == 0;
}

/* The destination of a ROP is a null object: its index may stand in front of all. */
static bool read_null_destination(oxc_rop_reading *r, const oxc_rop_row *row)
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
static bool read_failure(oxc_rop_reading *r, const oxc_rop_row *row, uint64_t return_value)
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

static void read_response(oxc_rop_reading *r, const oxc_rop_row *row)
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

static void read_request(oxc_rop_reading *r, const oxc_rop_row *row)
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
    oxc_rop_reading r = {.reader = reader, .buffer = buffer, .rop = rop};
    bool request = buffer->request;

    if (reader->state != OXC_READ_WHOLE)
        return NULL;
    if (rop->id == OXC_ROP_NOTIFY)
        oxc_rop_read_notify(reader, buffer);
    else if (rop->id == OXC_ROP_REGISTER_NOTIFICATION && request)
        oxc_rop_read_registration(reader, buffer);
    else if (request ? row->request != NULL : row->response || rop->id == OXC_ROP_LOGON)
        request ? read_request(&r, row) : read_response(&r, row);
    else
        oxc_rop_read_unknown(&r, OXC_NEED_NOTHING);
    return r.asked;
}
