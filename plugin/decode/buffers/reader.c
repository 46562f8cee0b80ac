/* reader.c
 * Reads little-endian structures that may be damaged or cut, and notes where each field is
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "reader.h"

bool oxc_reader_fail(oxc_reader *reader, oxc_read_state state, uint8_t field, size_t offset,
                     size_t size)
{
    if (reader->state != OXC_READ_WHOLE)
        return false;
    reader->state = state;
    reader->fault_field = field;
    reader->fault_name = reader->name;
    reader->fault_offset = offset;
    reader->fault_size = size;
    return false;
}

static inline bool is_available(oxc_reader *reader, uint8_t field, size_t size)
{
    if (reader->state != OXC_READ_WHOLE)
        return false;
    if (size > reader->end - reader->offset)
        return oxc_reader_fail(reader, OXC_READ_DAMAGED, field, reader->offset, size);
    if (reader->offset + size > reader->captured)
        return oxc_reader_fail(reader, OXC_READ_CUT, field, reader->offset, size);
    return true;
}

static inline void note(oxc_reader *reader, uint8_t field, size_t size, uint64_t value)
{
    if (reader->count < reader->capacity)
        reader->elements[reader->count++] = (oxc_element){
            .field = field,
            .offset = (uint32_t)reader->offset,
            .length = (uint32_t)size,
            .value = value,
            .name = reader->name,
        };
    reader->offset += size;
}

bool oxc_reader_number(oxc_reader *reader, uint8_t field, size_t size, uint64_t *value)
{
    *value = 0;
    if (!is_available(reader, field, size))
        return false;
    *value = oxc_little_endian(reader->data + reader->offset, size);
    note(reader, field, size, *value);
    return true;
}

bool oxc_reader_bytes(oxc_reader *reader, uint8_t field, size_t size)
{
    if (!is_available(reader, field, size))
        return false;
    if (size > 0)
        note(reader, field, size, 0);
    return true;
}

static bool is_terminator(const uint8_t *data, size_t width)
{
    return data[0] == 0 && (width == 1 || data[1] == 0);
}

bool oxc_reader_string(oxc_reader *reader, uint8_t field, size_t width)
{
    size_t size = 0;

    if (reader->state != OXC_READ_WHOLE)
        return false;
    do {
        size += width;
        if (size > reader->end - reader->offset)
            return oxc_reader_fail(reader, OXC_READ_DAMAGED, field, reader->offset,
                                   OXC_NO_TERMINATOR);
        if (!is_available(reader, field, size))
            return false;
    } while (!is_terminator(reader->data + reader->offset + size - width, width));
    note(reader, field, size, 0);
    return true;
}

void oxc_reader_merge(oxc_reader *reader, size_t count, uint8_t field, size_t start)
{
    size_t end = reader->offset;

    reader->count = count;
    if (end == start)
        return;
    reader->offset = start;
    note(reader, field, end - start, 0);
}

const oxc_element *oxc_find_element(const oxc_element *elements, size_t count, uint8_t field)
{
    size_t i;

    for (i = 0; i < count; i++)
        if (elements[i].field == field)
            return &elements[i];
    return NULL;
}
