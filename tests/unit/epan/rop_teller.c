/* rop_teller.c
 * Tells in text what a walk over ROPs finds
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <inttypes.h>

#include "rop_teller.h"

bytes make_rop_buffer(const char *rops, const char *handles)
{
    bytes list = bytes_from_hex(rops);
    bytes table = bytes_from_hex(handles);
    uint8_t size[2] = {(uint8_t)((list.size + 2) & 0xFF), (uint8_t)((list.size + 2) >> 8)};
    GByteArray *array = g_byte_array_new();
    bytes result;

    g_byte_array_append(array, size, 2);
    g_byte_array_append(array, list.data, (unsigned)list.size);
    g_byte_array_append(array, table.data, (unsigned)table.size);
    result = bytes_copy(array->data, array->len);
    g_byte_array_free(array, TRUE);
    bytes_free(&list);
    bytes_free(&table);
    return result;
}

static void tell_value(GString *text, const uint8_t *data, const oxc_property *property)
{
    if (property->flag == OXC_VALUE_ABSENT)
        g_string_append(text, " -");
    else if (property->flag == OXC_VALUE_ERROR)
        g_string_append_printf(text, " !%" PRIx64, oxc_little_endian(data + property->offset, 4));
    else
        g_string_append_printf(text, " %04x:%zu", property->type, property->length);
}

static void tell_rows(GString *text, const oxc_rop_buffer *buffer, const oxc_rop *rop,
                      const oxc_element *element)
{
    oxc_reader reader = oxc_reader_at(buffer->data, buffer->captured, element->offset,
                                      element->offset + element->length);
    oxc_value_ways ways = {.object_empty = rop->object_empty};
    oxc_property property;

    while (reader.state == OXC_READ_WHOLE && reader.offset < reader.end) {
        oxc_property_row row;

        if (!oxc_row_begin(&reader, rop->columns, &row))
            break;
        g_string_append(text, row.flagged ? " flagged{" : " row{");
        while (oxc_row_next(&reader, &row, &ways, &property))
            tell_value(text, buffer->data, &property);
        g_string_append(text, " }");
    }
}

static void tell_values(GString *text, const oxc_rop_buffer *buffer, const oxc_rop *rop,
                        const oxc_element *element)
{
    oxc_reader reader = oxc_reader_at(buffer->data, buffer->captured, element->offset,
                                      element->offset + element->length);
    oxc_value_ways ways = {.object_empty = rop->object_empty};
    oxc_property property;

    g_string_append(text, " values{");
    while (reader.offset < reader.end && oxc_read_tagged(&reader, &ways, &property))
        tell_value(text, buffer->data, &property);
    g_string_append(text, " }");
}

static void tell_element(GString *text, const oxc_rop_buffer *buffer, const oxc_rop *rop,
                         const oxc_element *element)
{
    switch (element->field) {
    case OXC_FIELD_PROPERTY_ROWS:
    case OXC_FIELD_FOLDER_ROWS:
        tell_rows(text, buffer, rop, element);
        break;
    case OXC_FIELD_PROPERTY_VALUES:
        tell_values(text, buffer, rop, element);
        break;
    case OXC_FIELD_NUMBER:
    case OXC_FIELD_ID:
        g_string_append_printf(text, " %s=%" PRIx64, element->name, element->value);
        break;
    case OXC_FIELD_PARTIAL_COMPLETION:
        g_string_append_printf(text, " partial=%" PRIx64, element->value);
        break;
    case OXC_FIELD_NULL_DESTINATION:
        g_string_append_printf(text, " dest=%" PRIx64, element->value);
        break;
    case OXC_FIELD_NOTIFY_HANDLE:
        g_string_append_printf(text, " h=%" PRIx64, element->value);
        break;
    case OXC_FIELD_NOTIFY_FLAGS:
        g_string_append_printf(text, " flags=%" PRIx64, element->value);
        break;
    case OXC_FIELD_ROW_COUNT:
    case OXC_FIELD_TABLE_ROW_COUNT:
        g_string_append_printf(text, " rows=%" PRIx64, element->value);
        break;
    default:
        if (element->name)
            g_string_append_printf(text, " %s:%u", element->name, element->length);
    }
}

void tell_rop_in_short(GString *text, const oxc_rop_buffer *buffer, const oxc_rop *rop)
{
    static const char *const ends[] = {"", " UNKNOWN", " DAMAGED", " CUT"};
    static const char *const needs[] = {"", " (tags)", " (columns)", " (other columns)"};
    uint64_t return_value = 0;

    g_string_append_printf(text, "%s%02x", text->len > 0 ? "; " : "", rop->id);
    if (!buffer->request && oxc_rop_row_of(rop->id)->head != OXC_HEAD_NONE && rop->count > 1)
        g_string_append_printf(text, " i%" PRIu64, rop->elements[1].value);
    if (oxc_rop_value(rop, OXC_FIELD_RETURN_VALUE, &return_value) && return_value != 0)
        g_string_append_printf(text, " rv=%" PRIx64, return_value);
    for (size_t i = 0; i < rop->count; i++)
        tell_element(text, buffer, rop, &rop->elements[i]);
    g_string_append(text, ends[rop->state]);
    if (rop->state == OXC_READ_UNKNOWN)
        g_string_append(text, needs[buffer->need]);
}
