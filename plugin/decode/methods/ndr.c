/* ndr.c
 * Reads the parameters of a stub one after the other by the rules of NDR32 and NDR64
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "ndr.h"

#include <inttypes.h>

void oxc_stub_open(oxc_stub *stub)
{
    stub->size = (int)tvb_captured_length(stub->tvb);
    stub->bytes = stub->size > 0 ? tvb_get_ptr(stub->tvb, 0, stub->size) : NULL;
}

static int remaining(const oxc_stub *stub)
{
    return stub->size - stub->offset;
}

static bool miss(oxc_stub *stub, int hf)
{
    if (stub->missing < 0)
        stub->missing = hf;
    return false;
}

static inline bool reach(oxc_stub *stub, int hf, int alignment, int size)
{
    int start = (stub->offset + alignment - 1) & ~(alignment - 1);

    if (!oxc_stub_ok(stub))
        return false;
    if (stub->size - start < size)
        return miss(stub, hf);
    stub->offset = start;
    return true;
}

/* The bytes at hand have been reached. */
static inline uint16_t uint16_at(const oxc_stub *stub, int offset)
{
    uint16_t value;

    memcpy(&value, stub->bytes + offset, sizeof value);
    return (uint16_t)(stub->encoding == ENC_LITTLE_ENDIAN ? GUINT16_FROM_LE(value)
                                                          : GUINT16_FROM_BE(value));
}

static inline uint32_t uint32_at(const oxc_stub *stub, int offset)
{
    uint32_t value;

    memcpy(&value, stub->bytes + offset, sizeof value);
    return stub->encoding == ENC_LITTLE_ENDIAN ? GUINT32_FROM_LE(value) : GUINT32_FROM_BE(value);
}

static inline uint64_t uint64_at(const oxc_stub *stub, int offset)
{
    uint64_t value;

    memcpy(&value, stub->bytes + offset, sizeof value);
    return stub->encoding == ENC_LITTLE_ENDIAN ? GUINT64_FROM_LE(value) : GUINT64_FROM_BE(value);
}

/* Wireshark measures an item even where there is no tree to put it into. */
static void show_number(const oxc_stub *stub, int hf, int size)
{
    if (stub->tree)
        proto_tree_add_item(stub->tree, hf, stub->tvb, stub->offset, size, stub->encoding);
}

bool oxc_stub_uint32(oxc_stub *stub, int hf, uint32_t *value)
{
    bool there = reach(stub, hf, 4, 4);

    if (value)
        *value = there ? uint32_at(stub, stub->offset) : 0;
    if (!there)
        return false;
    show_number(stub, hf, 4);
    stub->offset += 4;
    return true;
}

bool oxc_stub_uint16(oxc_stub *stub, int hf, uint16_t *value)
{
    bool there = reach(stub, hf, 2, 2);

    if (value)
        *value = there ? uint16_at(stub, stub->offset) : 0;
    if (!there)
        return false;
    show_number(stub, hf, 2);
    stub->offset += 2;
    return true;
}

bool oxc_stub_bitmask(oxc_stub *stub, int hf, int ett, int *const *fields, uint32_t *value)
{
    *value = 0;
    if (!reach(stub, hf, 4, 4))
        return false;
    *value = uint32_at(stub, stub->offset);
    if (stub->tree)
        proto_tree_add_bitmask(stub->tree, stub->tvb, (unsigned)stub->offset, hf, ett, fields,
                               stub->encoding);
    stub->offset += 4;
    return true;
}

bool oxc_stub_handle(oxc_stub *stub, const oxc_handle_fields *fields, oxc_event *event)
{
    event->has_name = reach(stub, *fields->hf, 4, OXC_HANDLE_SIZE);
    if (!event->has_name)
        return false;
    event->name = oxc_dissect_handle(stub->tvb, stub->offset, stub->tree, fields, stub->encoding,
                                     &event->plausible);
    stub->offset += OXC_HANDLE_SIZE;
    return true;
}

bool oxc_stub_words(oxc_stub *stub, int hf, uint16_t words[3])
{
    memset(words, 0, 3 * sizeof *words);
    if (!reach(stub, hf, 2, 6))
        return false;
    for (int i = 0; i < 3; i++)
        words[i] = uint16_at(stub, stub->offset + 2 * i);
    stub->offset += 6;
    return true;
}

/* A count, offset or referent id: four bytes in NDR32, eight in NDR64 ([MS-RPCE] 2.2.5). */
static bool read_size(oxc_stub *stub, int hf, uint64_t *value)
{
    int size = stub->ndr64 ? 8 : 4;

    *value = 0;
    if (!reach(stub, hf, size, size))
        return false;
    *value = size == 8 ? uint64_at(stub, stub->offset) : uint32_at(stub, stub->offset);
    if (stub->tree)
        proto_tree_add_uint64(stub->tree, hf, stub->tvb, stub->offset, size, *value);
    stub->offset += size;
    return true;
}

bool oxc_stub_unique_pointer(oxc_stub *stub, int hf, bool *is_null)
{
    uint64_t referent;

    if (!read_size(stub, hf, &referent))
        return false;
    *is_null = referent == 0;
    return true;
}

static bool step_over(oxc_stub *stub, int hf_data, oxc_array *array)
{
    int there = remaining(stub);

    array->offset = stub->offset;
    array->captured = array->count > (uint64_t)there ? there : (int)array->count;
    stub->offset += array->captured;
    if (array->count > (uint64_t)array->captured)
        return miss(stub, hf_data);
    return true;
}

bool oxc_stub_report(const oxc_stub *stub, proto_item *item, expert_field *ei_short,
                     expert_field *ei_cut)
{
    const char *name;

    if (oxc_stub_ok(stub))
        return true;
    name = proto_registrar_get_nth((unsigned)stub->missing)->name;
    if (stub->cut)
        expert_add_info_format(stub->pinfo, item, ei_cut,
                               "The capture holds only a part of this PDU: %s and what follows it "
                               "were not captured",
                               name);
    else
        expert_add_info_format(stub->pinfo, item, ei_short, "The stub ends within or before %s",
                               name);
    return false;
}

bool oxc_stub_conformant_array(oxc_stub *stub, const oxc_array_fields *fields, int hf_data,
                               oxc_array *array)
{
    memset(array, 0, sizeof *array);
    if (!read_size(stub, *fields->max_count, &array->count))
        return false;
    return step_over(stub, hf_data, array);
}

/* No parameter of the interfaces has a first_is: a sender writes 0 and what it has room for. */
static void report_counts(const oxc_stub *stub, expert_field *expert, int hf_data,
                          uint64_t max_count, uint64_t first, uint64_t count)
{
    proto_item *item = stub->tree ? proto_tree_get_parent(stub->tree) : NULL;
    const char *name = proto_registrar_get_nth((unsigned)hf_data)->name;

    if (first != 0)
        expert_add_info_format(stub->pinfo, item, expert,
                               "The elements of %s begin with number %" PRIu64 " instead of 0",
                               name, first);
    if (count > max_count)
        expert_add_info_format(stub->pinfo, item, expert,
                               "%s has %" PRIu64 " elements, and room for %" PRIu64, name, count,
                               max_count);
}

bool oxc_stub_varying_array(oxc_stub *stub, const oxc_array_fields *fields, int hf_data,
                            oxc_array *array)
{
    uint64_t max_count, first;

    memset(array, 0, sizeof *array);
    if (!read_size(stub, *fields->max_count, &max_count) ||
        !read_size(stub, *fields->offset, &first) ||
        !read_size(stub, *fields->actual_count, &array->count))
        return false;
    if (first != 0 || array->count > max_count)
        report_counts(stub, fields->counts, hf_data, max_count, first, array->count);
    return step_over(stub, hf_data, array);
}

bool oxc_stub_string(oxc_stub *stub, const oxc_array_fields *fields, int hf_text)
{
    oxc_array text;
    bool whole = oxc_stub_varying_array(stub, fields, hf_text, &text);

    if (text.captured > 0)
        proto_tree_add_item(stub->tree, hf_text, stub->tvb, text.offset, text.captured,
                            ENC_WINDOWS_1252 | ENC_NA);
    return whole;
}
