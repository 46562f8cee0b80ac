/* reader.h
 * Reads little-endian structures that may be damaged or cut, and notes where each field is
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_READER_H
#define OXC_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OXC_GUID_SIZE = 16 };

/** A field and where it is. */
typedef struct {
    uint8_t field;   /**< number of the field, as the caller counts its fields */
    uint32_t offset; /**< from the start of the reader's bytes */
    uint32_t length;
    uint64_t value;   /**< of a number of up to eight bytes, else 0 */
    const char *name; /**< what this one is called, where fields share a number; else NULL */
} oxc_element;

typedef enum {
    OXC_READ_WHOLE,
    OXC_READ_UNKNOWN, /**< what follows has no layout that is known */
    OXC_READ_DAMAGED, /**< a field goes past the end of what contains it, or cannot be right */
    OXC_READ_CUT,     /**< the capture ends inside of a field */
} oxc_read_state;

/** Once #state is not OXC_READ_WHOLE every read does nothing and says so. */
typedef struct {
    const uint8_t *data;
    size_t end;      /**< where the structure ends */
    size_t captured; /**< where the bytes in #data end: at #end or, if the capture cut it, before */
    size_t offset;
    oxc_element *elements; /**< takes the fields read */
    size_t capacity;       /**< of #elements; fields beyond it are read and not noted */
    size_t count;          /**< of #elements in use */
    const char *name;      /**< given to the elements that are read, see oxc_element */
    oxc_read_state state;
    uint8_t fault_field;    /**< the field that could not be read */
    const char *fault_name; /**< its #name */
    size_t fault_offset;    /**< where it starts */
    size_t fault_size;      /**< how many bytes it should have, or OXC_NO_TERMINATOR */
} oxc_reader;

/** The size of a string that goes on up to the end of what contains it. */
#define OXC_NO_TERMINATOR SIZE_MAX

/** Notes the first fault; later ones change nothing.
 *  @return false, for the caller to pass on */
bool oxc_reader_fail(oxc_reader *reader, oxc_read_state state, uint8_t field, size_t offset,
                     size_t size);

/** Reads a number of @p size bytes, at most eight. @p value is 0 if it is not there. */
bool oxc_reader_number(oxc_reader *reader, uint8_t field, size_t size, uint64_t *value);

/** Steps over @p size bytes; none leave no element. */
bool oxc_reader_bytes(oxc_reader *reader, uint8_t field, size_t size);

/** Steps over a string with its terminator.
 *  @param width  bytes of a character, 1 or 2 */
bool oxc_reader_string(oxc_reader *reader, uint8_t field, size_t width);

/** Makes one element of all that was read since #count was @p count; nothing leaves none. */
void oxc_reader_merge(oxc_reader *reader, size_t count, uint8_t field, size_t start);

/** A little-endian number of @p size bytes, at most eight. */
static inline uint64_t oxc_little_endian(const uint8_t *data, size_t size)
{
    uint64_t value = 0;

    /* Of a usual size it is one load. */
    switch (size) {
    case 1:
        return data[0];
    case 2:
        return (uint64_t)data[0] | (uint64_t)data[1] << 8;
    case 4:
        return (uint64_t)data[0] | (uint64_t)data[1] << 8 | (uint64_t)data[2] << 16 |
               (uint64_t)data[3] << 24;
    default:
        while (size-- > 0)
            value = value << 8 | data[size];
        return value;
    }
}

/** Reads without noting anything: the way to look at what stands at an offset. */
static inline oxc_reader oxc_reader_at(const uint8_t *data, size_t captured, size_t offset,
                                       size_t end)
{
    oxc_reader reader = {.data = data, .end = end, .captured = captured, .offset = offset};

    return reader;
}

/** Finds the first element of a field, or NULL. */
const oxc_element *oxc_find_element(const oxc_element *elements, size_t count, uint8_t field);

#endif /* OXC_READER_H */
