/* properties.h
 * Property values and rows as ROP buffers carry them
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_PROPERTIES_H
#define OXC_PROPERTIES_H

#include "reader.h"

/** Property types, [MS-OXCDATA] 2.11.1. */
enum {
    OXC_PTYP_UNSPECIFIED = 0x0000,
    OXC_PTYP_NULL = 0x0001,
    OXC_PTYP_INTEGER16 = 0x0002,
    OXC_PTYP_INTEGER32 = 0x0003,
    OXC_PTYP_FLOATING32 = 0x0004,
    OXC_PTYP_FLOATING64 = 0x0005,
    OXC_PTYP_CURRENCY = 0x0006,
    OXC_PTYP_FLOATING_TIME = 0x0007,
    OXC_PTYP_ERROR_CODE = 0x000A,
    OXC_PTYP_BOOLEAN = 0x000B,
    OXC_PTYP_OBJECT = 0x000D,
    OXC_PTYP_INTEGER64 = 0x0014,
    OXC_PTYP_STRING8 = 0x001E,
    OXC_PTYP_STRING = 0x001F,
    OXC_PTYP_TIME = 0x0040,
    OXC_PTYP_GUID = 0x0048,
    OXC_PTYP_SERVER_ID = 0x00FB,
    OXC_PTYP_RESTRICTION = 0x00FD,
    OXC_PTYP_RULE_ACTION = 0x00FE,
    OXC_PTYP_BINARY = 0x0102,
    OXC_PTYP_MULTIPLE = 0x1000, /**< a bit: several values of the type */
    OXC_PTYP_INSTANCE = 0x2000, /**< a bit: a row for each value, which holds one of them */
};

/** The tags of a row: of RopGetPropertiesSpecific, or the columns of a table. */
typedef struct {
    uint32_t count;
    uint32_t tags[];
} oxc_columns;

/** What a flagged row says in front of a value, [MS-OXCDATA] 2.11.5. */
typedef enum {
    OXC_VALUE_PRESENT = 0x00,
    OXC_VALUE_ABSENT = 0x01,
    OXC_VALUE_ERROR = 0x0A, /**< an error code stands for the value */
} oxc_value_flag;

/** A value and where it is. */
typedef struct {
    uint32_t tag;
    uint16_t type; /**< of the bytes, also where the tag leaves it open */
    oxc_value_flag flag;
    size_t start;  /**< of all that belongs to it */
    size_t offset; /**< of the value */
    size_t length; /**< of the value */
} oxc_property;

/** How values are read where senders differ. */
typedef struct {
    bool object_empty; /**< a value of PtypObject has no bytes, and not a count and as many */
    bool met_object;   /**< set if one was met */
} oxc_value_ways;

/** Where in a row the reading is. */
typedef struct {
    const oxc_columns *columns;
    uint32_t next; /**< column */
    bool flagged;
} oxc_property_row;

/** Steps over a value of a type, [MS-OXCDATA] 2.11.1 with counts of two bytes. A type without a
 *  known size sets OXC_READ_UNKNOWN. Notes nothing. */
bool oxc_read_value(oxc_reader *reader, uint16_t type, oxc_value_ways *ways);

/** Reads a TaggedPropertyValue, [MS-OXCDATA] 2.11.4. */
bool oxc_read_tagged(oxc_reader *reader, oxc_value_ways *ways, oxc_property *property);

/** Begins a PropertyRow, [MS-OXCDATA] 2.8. */
bool oxc_row_begin(oxc_reader *reader, const oxc_columns *columns, oxc_property_row *row);

/** Reads the next value of a row.
 *  @return false behind the last one, or if it cannot be read */
bool oxc_row_next(oxc_reader *reader, oxc_property_row *row, oxc_value_ways *ways,
                  oxc_property *property);

/** Steps over a whole row. */
bool oxc_read_row(oxc_reader *reader, const oxc_columns *columns, oxc_value_ways *ways);

#endif /* OXC_PROPERTIES_H */
