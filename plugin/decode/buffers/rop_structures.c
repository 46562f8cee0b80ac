/* rop_structures.c
 * Reads the structures that ROPs carry
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rop_structures.h"

#include "rop_asking.h"

/* The columns of the receive folder table, [MS-OXCROPS] 2.2.3.4.2. */
static const union {
    /* cppcheck-suppress unusedStructMember; it is what initialises the other */
    uint32_t words[4];
    oxc_columns columns;
} folder_columns = {{3, 0x67480014, 0x001A001E, 0x30080040}};

const oxc_columns *oxc_rop_folder_columns(void)
{
    return &folder_columns.columns;
}

static uint64_t read_number(oxc_reader *reader, size_t size)
{
    uint64_t value;

    oxc_reader_number(reader, OXC_FIELD_NUMBER, size, &value);
    return value;
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

static oxc_value_ways value_ways(const oxc_rop_reading *r)
{
    unsigned chosen = (unsigned)(r->buffer->ways.chosen >> (2 * OXC_WAY_OBJECT)) & 3;

    r->rop->object_empty = chosen == 1;
    return (oxc_value_ways){.object_empty = chosen == 1};
}

static void note_value_ways(const oxc_rop_reading *r, const oxc_value_ways *ways)
{
    if (ways->met_object)
        oxc_rop_choose(r->buffer, OXC_WAY_OBJECT);
}

static void read_values(oxc_rop_reading *r, uint64_t count)
{
    oxc_value_ways ways = value_ways(r);
    oxc_property property;

    while (count-- > 0 && oxc_read_tagged(r->reader, &ways, &property))
        ;
    note_value_ways(r, &ways);
}

static void read_rows(oxc_rop_reading *r, const oxc_columns *columns, uint64_t count)
{
    oxc_value_ways ways = value_ways(r);

    r->rop->columns = columns;
    while (count-- > 0 && oxc_read_row(r->reader, columns, &ways))
        ;
    note_value_ways(r, &ways);
}

static void read_own_row(oxc_rop_reading *r)
{
    const oxc_columns *tags = oxc_rop_ask_tags(r->buffer, r->asked);

    if (tags)
        read_rows(r, tags, 1);
    else
        oxc_rop_read_unknown(r, OXC_NEED_TAGS);
}

/* Rows that do not fit show that the columns are others: what set them was not seen. */
static void read_table_rows(oxc_rop_reading *r, uint64_t count)
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
        oxc_rop_read_unknown(r, OXC_NEED_COLUMNS);
        return;
    }
    read_rows(r, columns, count);
    if (reader->state == OXC_READ_WHOLE || reader->state == OXC_READ_CUT)
        return;
    reader->state = OXC_READ_WHOLE;
    reader->offset = start;
    oxc_rop_read_unknown(r, OXC_NEED_FIT);
}

/* Each has some bytes, a size of two bytes, and as many bytes as that. */
static void read_records(oxc_reader *reader, size_t head, uint64_t count)
{
    while (count-- > 0 && oxc_reader_bytes(reader, OXC_FIELD_RECIPIENTS, head) &&
           oxc_reader_bytes(reader, OXC_FIELD_RECIPIENTS, (size_t)read_number(reader, 2)))
        ;
}

static void read_rules(oxc_rop_reading *r, uint64_t count)
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

/* What is called reduced Unicode has the low byte of each character. */
void oxc_rop_read_typed_string(oxc_reader *reader)
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

static void read_names(oxc_rop_reading *r, uint64_t count)
{
    while (count-- > 0 && read_property_name(r->reader, r->buffer))
        ;
}

/* Structures that repeat, each of a size of its own: one element. */
void oxc_rop_read_structures(oxc_rop_reading *r, const oxc_step *step)
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
        read_rows(r, &folder_columns.columns, count);
        break;
    default:
        break;
    }
    oxc_reader_merge(reader, noted, step->field, start);
}

/* A product gives the index four bytes. */
void oxc_rop_read_problems(oxc_rop_reading *r)
{
    enum { SIZE = 10, WIDE_SIZE = 12 };
    bool wide = r->number > 0 && oxc_rop_choose(r->buffer, OXC_WAY_PROBLEMS) == 1;

    oxc_reader_bytes(r->reader, OXC_FIELD_PROPERTY_PROBLEM,
                     (size_t)r->number * (wide ? WIDE_SIZE : SIZE));
}

void oxc_rop_read_attachments(oxc_rop_reading *r)
{
    size_t size = oxc_rop_choose(r->buffer, OXC_WAY_ATTACHMENTS) == 1 ? 4 : 2;

    oxc_reader_bytes(r->reader, OXC_FIELD_OTHER, (size_t)read_number(r->reader, size) * 4);
}
