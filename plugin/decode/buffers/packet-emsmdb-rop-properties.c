/* packet-emsmdb-rop-properties.c
 * Property values in ROPs, [MS-OXCDATA] 2.8 and 2.11
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rop_fields.h"
#include "decode/names.h"
#include "decode/methods/status.h"

#include <epan/to_str.h>
#include <inttypes.h>

static int hf_emsmdb_rop_property = -1;
static int hf_emsmdb_rop_property_tag = -1;
static int hf_emsmdb_rop_property_value = -1;
static int hf_emsmdb_rop_row = -1;

static int ett_emsmdb_rop_property = -1;
static int ett_emsmdb_rop_row = -1;

/* What text says of a value that has many bytes or parts. */
enum { BYTES_SHOWN = 36, TEXT_SHOWN = 200, PARTS_SHOWN = 8 };

/* What is shown and where. */
typedef struct {
    const oxc_payload *payload;
    packet_info *pinfo;
    proto_tree *tree;
    wmem_strbuf_t *text; /* of the value at hand */
} showing;

static uint64_t number_at(const showing *s, size_t offset, size_t size)
{
    return oxc_little_endian(s->payload->data + offset, size);
}

static void add_string(const showing *s, size_t offset, size_t length, unsigned encoding)
{
    size_t size = MIN(length, (size_t)TEXT_SHOWN);
    const uint8_t *text =
        tvb_get_string_enc(s->pinfo->pool, s->payload->tvb, (int)offset, (int)size, encoding);

    wmem_strbuf_append(s->text, (const char *)text);
    if (size < length)
        wmem_strbuf_append(s->text, "...");
}

static void add_bytes(const showing *s, size_t offset, size_t length)
{
    size_t size = MIN(length, (size_t)BYTES_SHOWN);

    if (size > 0)
        wmem_strbuf_append(s->text, bytes_to_str(s->pinfo->pool, s->payload->data + offset, size));
    if (size < length)
        wmem_strbuf_append_printf(s->text, "... (%zu bytes)", length);
}

static void add_error(const showing *s, uint32_t code)
{
    wmem_strbuf_append_printf(s->text, "%s (0x%08x)",
                              val_to_str_const(code, oxc_rop_status_vals, "error"), code);
}

/* Intervals of 100 ns since 1601, [MS-OXCDATA] 2.11.1. */
static void add_time(const showing *s, uint64_t intervals)
{
    static const uint64_t second = 10000000, epoch = UINT64_C(11644473600);
    nstime_t time = {.secs = (time_t)((int64_t)(intervals / second) - (int64_t)epoch),
                     .nsecs = (int)(intervals % second * 100)};

    wmem_strbuf_append(s->text, abs_time_to_str(s->pinfo->pool, &time, ABSOLUTE_TIME_UTC, true));
}

static void add_guid(const showing *s, size_t offset)
{
    e_guid_t guid;

    tvb_get_letohguid(s->payload->tvb, (int)offset, &guid);
    wmem_strbuf_append(s->text, guid_to_str(s->pinfo->pool, &guid));
}

/* In units of a ten-thousandth. */
static void add_currency(const showing *s, int64_t value)
{
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    wmem_strbuf_append_printf(s->text, "%s%" PRIu64 ".%04" PRIu64, value < 0 ? "-" : "",
                              size / 10000, size % 10000);
}

/* @param length  of the value; that of a binary one counts the size in front */
static void add_single(const showing *s, uint16_t type, size_t offset, size_t length)
{
    switch (type) {
    case OXC_PTYP_NULL:
        wmem_strbuf_append(s->text, "null");
        break;
    case OXC_PTYP_BOOLEAN:
        wmem_strbuf_append(s->text, number_at(s, offset, 1) ? "true" : "false");
        break;
    case OXC_PTYP_INTEGER16:
        wmem_strbuf_append_printf(s->text, "%d", (int16_t)number_at(s, offset, 2));
        break;
    case OXC_PTYP_INTEGER32:
        wmem_strbuf_append_printf(s->text, "%" PRId32, (int32_t)number_at(s, offset, 4));
        break;
    case OXC_PTYP_FLOATING32:
        wmem_strbuf_append_printf(s->text, "%g",
                                  (double)tvb_get_letohieee_float(s->payload->tvb, (int)offset));
        break;
    case OXC_PTYP_FLOATING64:
    case OXC_PTYP_FLOATING_TIME:
        wmem_strbuf_append_printf(s->text, "%g",
                                  tvb_get_letohieee_double(s->payload->tvb, (int)offset));
        break;
    case OXC_PTYP_CURRENCY:
        add_currency(s, (int64_t)number_at(s, offset, 8));
        break;
    case OXC_PTYP_INTEGER64:
        wmem_strbuf_append_printf(s->text, "0x%016" PRIx64, number_at(s, offset, 8));
        break;
    case OXC_PTYP_TIME:
        add_time(s, number_at(s, offset, 8));
        break;
    case OXC_PTYP_ERROR_CODE:
        add_error(s, (uint32_t)number_at(s, offset, 4));
        break;
    case OXC_PTYP_GUID:
        add_guid(s, offset);
        break;
    case OXC_PTYP_STRING8:
        add_string(s, offset, length, ENC_WINDOWS_1252);
        break;
    case OXC_PTYP_STRING:
        add_string(s, offset, length, ENC_UTF_16 | ENC_LITTLE_ENDIAN);
        break;
    case OXC_PTYP_BINARY:
    case OXC_PTYP_SERVER_ID:
        add_bytes(s, offset + 2, length - 2);
        break;
    default:
        add_bytes(s, offset, length);
    }
}

static void add_several(const showing *s, uint16_t type, size_t offset, size_t end)
{
    oxc_reader reader = oxc_reader_at(s->payload->data, s->payload->captured, offset + 4, end);
    uint64_t count = number_at(s, offset, 4);
    oxc_value_ways ways = {0};
    unsigned shown;

    wmem_strbuf_append(s->text, "{");
    for (shown = 0; shown < MIN(count, (uint64_t)PARTS_SHOWN); shown++) {
        size_t start = reader.offset;

        if (!oxc_read_value(&reader, type, &ways))
            break;
        wmem_strbuf_append(s->text, shown > 0 ? ", " : "");
        add_single(s, type, start, reader.offset - start);
    }
    wmem_strbuf_append(s->text, shown < count ? ", ...}" : "}");
}

static void describe_value(const showing *s, const oxc_property *property)
{
    uint16_t type = property->type;

    wmem_strbuf_truncate(s->text, 0);
    if (property->flag == OXC_VALUE_ABSENT)
        wmem_strbuf_append(s->text, "absent");
    else if (type & OXC_PTYP_INSTANCE)
        add_single(s, (uint16_t)(type & ~(OXC_PTYP_INSTANCE | OXC_PTYP_MULTIPLE)), property->offset,
                   property->length);
    else if (type & OXC_PTYP_MULTIPLE)
        add_several(s, (uint16_t)(type & ~OXC_PTYP_MULTIPLE), property->offset,
                    property->offset + property->length);
    else
        add_single(s, type, property->offset, property->length);
}

/* A tag that is in the buffer has bytes there; that of a row was said elsewhere. */
static void show_property(const showing *s, const oxc_property *property, bool tagged)
{
    const char *name = oxc_property_name((uint16_t)(property->tag >> 16));
    int start = (int)property->start;
    int end = (int)(property->offset + property->length);
    const char *value;
    proto_item *item;
    proto_tree *tree;

    describe_value(s, property);
    value = wmem_strbuf_get_str(s->text);
    item = proto_tree_add_none_format(s->tree, hf_emsmdb_rop_property, s->payload->tvb, start,
                                      end - start, "%s (0x%08x): %s", name ? name : "Property",
                                      property->tag, value);
    tree = proto_item_add_subtree(item, ett_emsmdb_rop_property);
    item = proto_tree_add_uint(tree, hf_emsmdb_rop_property_tag, s->payload->tvb, start,
                               tagged ? 4 : 0, property->tag);
    if (!tagged)
        proto_item_set_generated(item);
    proto_tree_add_string(tree, hf_emsmdb_rop_property_value, s->payload->tvb,
                          (int)property->offset, (int)property->length, value);
}

static bool may_show(const showing *s)
{
    return oxc_take_items(s->pinfo, proto_tree_get_parent(s->tree), 3);
}

static void show_tagged(const showing *s, oxc_reader *reader, uint64_t count, oxc_value_ways *ways)
{
    oxc_property property;

    while (count-- > 0 && oxc_read_tagged(reader, ways, &property) && may_show(s))
        show_property(s, &property, true);
}

static void show_row(const showing *s, oxc_reader *reader, const oxc_columns *columns,
                     oxc_value_ways *ways)
{
    size_t start = reader->offset;
    proto_item *item = proto_tree_add_none_format(s->tree, hf_emsmdb_rop_row, s->payload->tvb,
                                                  (int)start, 0, "Row");
    showing inside = *s;
    oxc_property_row row;
    oxc_property property;

    inside.tree = proto_item_add_subtree(item, ett_emsmdb_rop_row);
    if (!oxc_row_begin(reader, columns, &row))
        return;
    if (row.flagged)
        proto_item_append_text(item, ", flagged");
    while (oxc_row_next(reader, &row, ways, &property) && may_show(s))
        show_property(&inside, &property, false);
    proto_item_set_len(item, (int)(reader->offset - start));
}

static void show_rows(const showing *s, oxc_reader *reader, const oxc_columns *columns,
                      oxc_value_ways *ways)
{
    while (columns && reader->offset < reader->end && reader->state == OXC_READ_WHOLE &&
           may_show(s))
        show_row(s, reader, columns, ways);
}

/* Rules or permissions: of each a byte of flags, a count, the values. */
static void show_rules(const showing *s, oxc_reader *reader, oxc_value_ways *ways)
{
    while (reader->offset + 3 <= reader->end && reader->state == OXC_READ_WHOLE && may_show(s)) {
        size_t start = reader->offset;
        uint64_t count = number_at(s, start + 1, 2);
        showing inside = *s;
        proto_item *item =
            proto_tree_add_none_format(s->tree, hf_emsmdb_rop_row, s->payload->tvb, (int)start, 0,
                                       "Change, flags 0x%02x", (unsigned)number_at(s, start, 1));

        inside.tree = proto_item_add_subtree(item, ett_emsmdb_rop_row);
        reader->offset += 3;
        show_tagged(&inside, reader, count, ways);
        proto_item_set_len(item, (int)(reader->offset - start));
    }
}

bool oxc_show_properties(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                         const oxc_rop *rop, const oxc_element *element)
{
    showing s = {.payload = payload, .pinfo = pinfo, .tree = tree};
    oxc_reader reader = oxc_reader_at(payload->data, payload->captured, element->offset,
                                      element->offset + element->length);
    oxc_value_ways ways = {.object_empty = rop->object_empty};

    switch (element->field) {
    case OXC_FIELD_SIZED_VALUES:
    case OXC_FIELD_PROPERTY_VALUES:
    case OXC_FIELD_PROPERTY_ROWS:
    case OXC_FIELD_FOLDER_ROWS:
    case OXC_FIELD_RULES:
        break;
    default:
        return false;
    }
    s.text = wmem_strbuf_new(pinfo->pool, "");
    if (element->field == OXC_FIELD_RULES)
        show_rules(&s, &reader, &ways);
    else if (element->field == OXC_FIELD_PROPERTY_ROWS || element->field == OXC_FIELD_FOLDER_ROWS)
        show_rows(&s, &reader, rop->columns, &ways);
    else if (element->field == OXC_FIELD_PROPERTY_VALUES)
        show_tagged(&s, &reader, UINT16_MAX, &ways);
    else if (element->length >= 2) {
        reader.offset += 2;
        show_tagged(&s, &reader, number_at(&s, element->offset, 2), &ways);
    }
    return true;
}

void oxc_register_properties(int proto)
{
    static hf_register_info hf[] = {
        {&hf_emsmdb_rop_property,
         {"Property", "emsmdb.rop.property", FT_NONE, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_property_tag,
         {"Tag", "emsmdb.rop.property.tag", FT_UINT32, BASE_HEX, NULL, 0x0, "Property id and type",
          HFILL}},
        {&hf_emsmdb_rop_property_value,
         {"Value", "emsmdb.rop.property.value", FT_STRING, BASE_NONE, NULL, 0x0,
          "The value as text", HFILL}},
        {&hf_emsmdb_rop_row,
         {"Row", "emsmdb.rop.row", FT_NONE, BASE_NONE, NULL, 0x0, "A PropertyRow", HFILL}},
    };
    static int *ett[] = {&ett_emsmdb_rop_property, &ett_emsmdb_rop_row};

    oxc_proto_register_field_array(proto, hf, (int)G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, (int)G_N_ELEMENTS(ett));
}
