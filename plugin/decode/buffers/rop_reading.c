/* rop_reading.c
 * What the readers of ROPs share among themselves
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rop_reading.h"

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

void oxc_rop_read_unknown(oxc_rop_reading *r, oxc_rop_need need)
{
    if (oxc_reader_fail(r->reader, OXC_READ_UNKNOWN, OXC_FIELD_NONE, r->reader->offset, 0) ||
        r->reader->state == OXC_READ_UNKNOWN)
        r->buffer->need = need;
}
