/* properties.c
 * Property values and rows as ROP buffers carry them
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "properties.h"

/* What is read here is noted by the callers, as one element. */
enum { NO_FIELD = 0 };

static uint64_t read_number(oxc_reader *reader, size_t size)
{
    uint64_t value;

    oxc_reader_number(reader, NO_FIELD, size, &value);
    return value;
}

static bool skip(oxc_reader *reader, size_t size)
{
    return oxc_reader_bytes(reader, NO_FIELD, size);
}

/* Bytes with their count in two bytes in front. */
static bool skip_counted(oxc_reader *reader)
{
    return skip(reader, (size_t)read_number(reader, 2));
}

static bool fail(oxc_reader *reader, oxc_read_state state, size_t offset)
{
    return oxc_reader_fail(reader, state, NO_FIELD, offset, 0);
}

/* Bytes of a value, or 0 if that depends on the value. */
static size_t fixed_size(uint16_t type)
{
    switch (type) {
    case OXC_PTYP_BOOLEAN:
        return 1;
    case OXC_PTYP_INTEGER16:
        return 2;
    case OXC_PTYP_INTEGER32:
    case OXC_PTYP_FLOATING32:
    case OXC_PTYP_ERROR_CODE:
        return 4;
    case OXC_PTYP_FLOATING64:
    case OXC_PTYP_CURRENCY:
    case OXC_PTYP_FLOATING_TIME:
    case OXC_PTYP_INTEGER64:
    case OXC_PTYP_TIME:
        return 8;
    case OXC_PTYP_GUID:
        return OXC_GUID_SIZE;
    default:
        return 0;
    }
}

/* [MS-OXORULE] 2.2.5.1: blocks, each with its length in front. */
static bool skip_actions(oxc_reader *reader)
{
    uint64_t count = read_number(reader, 2);

    while (count-- > 0 && skip_counted(reader))
        ;
    return reader->state == OXC_READ_WHOLE;
}

static bool skip_object(oxc_reader *reader, oxc_value_ways *ways)
{
    ways->met_object = true;
    return ways->object_empty || skip_counted(reader);
}

/* One value that may stand in a restriction. */
static bool skip_plain(oxc_reader *reader, uint16_t type, oxc_value_ways *ways)
{
    size_t size = fixed_size(type);

    if (size > 0)
        return skip(reader, size);
    switch (type) {
    case OXC_PTYP_NULL:
        return reader->state == OXC_READ_WHOLE;
    case OXC_PTYP_STRING8:
        return oxc_reader_string(reader, NO_FIELD, 1);
    case OXC_PTYP_STRING:
        return oxc_reader_string(reader, NO_FIELD, 2);
    case OXC_PTYP_BINARY:
    case OXC_PTYP_SERVER_ID:
        return skip_counted(reader);
    case OXC_PTYP_OBJECT:
        return skip_object(reader, ways);
    case OXC_PTYP_RULE_ACTION:
        return skip_actions(reader);
    default:
        return fail(reader, OXC_READ_UNKNOWN, reader->offset);
    }
}

/* The count of several values has four bytes. */
static bool skip_several(oxc_reader *reader, uint16_t type, oxc_value_ways *ways)
{
    size_t start = reader->offset, size = fixed_size(type);
    uint64_t count = read_number(reader, 4);

    if (size > 0)
        return skip(reader, (size_t)(count < UINT32_MAX / size ? count * size : UINT32_MAX));
    if (type != OXC_PTYP_STRING8 && type != OXC_PTYP_STRING && type != OXC_PTYP_BINARY)
        return fail(reader, OXC_READ_UNKNOWN, start);
    while (count-- > 0 && skip_plain(reader, type, ways))
        ;
    return reader->state == OXC_READ_WHOLE;
}

static bool skip_any(oxc_reader *reader, uint16_t type, oxc_value_ways *ways)
{
    if (type & OXC_PTYP_INSTANCE)
        return skip_plain(reader, (uint16_t)(type & ~(OXC_PTYP_INSTANCE | OXC_PTYP_MULTIPLE)),
                          ways);
    if (type & OXC_PTYP_MULTIPLE)
        return skip_several(reader, (uint16_t)(type & ~OXC_PTYP_MULTIPLE), ways);
    return skip_plain(reader, type, ways);
}

/* A value with its tag in front. In a restriction it is no restriction in its turn. */
static bool skip_tagged(oxc_reader *reader, oxc_value_ways *ways)
{
    uint32_t tag = (uint32_t)read_number(reader, 4);

    return reader->state == OXC_READ_WHOLE && skip_any(reader, (uint16_t)tag, ways);
}

/* A comment carries values, and says whether a restriction follows. */
static uint64_t skip_comment(oxc_reader *reader, oxc_value_ways *ways)
{
    uint64_t count = read_number(reader, 1);

    while (count-- > 0 && skip_tagged(reader, ways))
        ;
    return read_number(reader, 1) != 0;
}

/* Steps over one restriction without those inside of it. Returns how many they are. */
static uint64_t skip_restriction_head(oxc_reader *reader, oxc_value_ways *ways)
{
    enum {
        AND,
        OR,
        NOT,
        CONTENT,
        PROPERTY,
        COMPARE,
        BITMASK,
        SIZE,
        EXIST,
        SUB,
        COMMENT,
        COUNT,
        ANNOTATION,
        NOTHING = 0xFF
    };
    size_t start = reader->offset;

    switch (read_number(reader, 1)) {
    case AND:
    case OR:
        return read_number(reader, 2);
    case NOT:
        return 1;
    case CONTENT:
        skip(reader, 8);
        skip_tagged(reader, ways);
        return 0;
    case PROPERTY:
        skip(reader, 5);
        skip_tagged(reader, ways);
        return 0;
    case COMPARE:
    case BITMASK:
    case SIZE:
        skip(reader, 9);
        return 0;
    case EXIST:
        skip(reader, 4);
        return 0;
    case SUB:
    case COUNT:
        skip(reader, 4);
        return 1;
    case COMMENT:
    case ANNOTATION:
        return skip_comment(reader, ways);
    case NOTHING:
        return 0;
    default:
        fail(reader, OXC_READ_DAMAGED, start);
        return 0;
    }
}

/* [MS-OXCDATA] 2.12: each stands in front of those inside of it, so that their number is all that
 * has to be remembered. The last two types are those of a product. */
static bool skip_restriction(oxc_reader *reader, oxc_value_ways *ways)
{
    uint64_t left = 1;

    while (left > 0 && reader->state == OXC_READ_WHOLE)
        left += skip_restriction_head(reader, ways) - 1;
    return reader->state == OXC_READ_WHOLE;
}

bool oxc_read_value(oxc_reader *reader, uint16_t type, oxc_value_ways *ways)
{
    size_t noted = reader->count;
    bool whole = type == OXC_PTYP_RESTRICTION ? skip_restriction(reader, ways)
                                              : skip_any(reader, type, ways);

    reader->count = noted;
    return whole;
}

static bool read_typed(oxc_reader *reader, oxc_value_ways *ways, oxc_property *property)
{
    property->offset = reader->offset;
    if (!oxc_read_value(reader, property->type, ways))
        return false;
    property->length = reader->offset - property->offset;
    return true;
}

bool oxc_read_tagged(oxc_reader *reader, oxc_value_ways *ways, oxc_property *property)
{
    size_t noted = reader->count;

    *property = (oxc_property){.start = reader->offset};
    property->tag = (uint32_t)read_number(reader, 4);
    property->type = (uint16_t)property->tag;
    reader->count = noted;
    return reader->state == OXC_READ_WHOLE && read_typed(reader, ways, property);
}

bool oxc_row_begin(oxc_reader *reader, const oxc_columns *columns, oxc_property_row *row)
{
    size_t start = reader->offset, noted = reader->count;
    uint64_t flag = read_number(reader, 1);

    reader->count = noted;
    *row = (oxc_property_row){.columns = columns, .flagged = flag == 1};
    if (flag > 1)
        return fail(reader, OXC_READ_DAMAGED, start);
    return reader->state == OXC_READ_WHOLE;
}

bool oxc_row_next(oxc_reader *reader, oxc_property_row *row, oxc_value_ways *ways,
                  oxc_property *property)
{
    size_t noted = reader->count, at;
    uint64_t flag = OXC_VALUE_PRESENT;

    if (row->next == row->columns->count || reader->state != OXC_READ_WHOLE)
        return false;
    *property = (oxc_property){.tag = row->columns->tags[row->next++], .start = reader->offset};
    property->type = (uint16_t)property->tag;
    if (property->type == OXC_PTYP_UNSPECIFIED)
        property->type = (uint16_t)read_number(reader, 2);
    at = reader->offset;
    if (row->flagged)
        flag = read_number(reader, 1);
    property->flag = (oxc_value_flag)flag;
    property->offset = reader->offset;
    reader->count = noted;
    if (flag == OXC_VALUE_ABSENT || reader->state != OXC_READ_WHOLE)
        return reader->state == OXC_READ_WHOLE;
    if (flag != OXC_VALUE_PRESENT && flag != OXC_VALUE_ERROR)
        return fail(reader, OXC_READ_DAMAGED, at);
    if (flag == OXC_VALUE_ERROR)
        property->type = OXC_PTYP_ERROR_CODE;
    return read_typed(reader, ways, property);
}

bool oxc_read_row(oxc_reader *reader, const oxc_columns *columns, oxc_value_ways *ways)
{
    oxc_property_row row;
    oxc_property property;

    if (!oxc_row_begin(reader, columns, &row))
        return false;
    while (oxc_row_next(reader, &row, ways, &property))
        ;
    return reader->state == OXC_READ_WHOLE;
}
