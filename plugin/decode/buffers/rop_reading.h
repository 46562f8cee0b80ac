/* rop_reading.h
 * What the readers of ROPs share among themselves
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ROP_READING_H
#define OXC_ROP_READING_H

#include "rop_layouts.h"

/** A ROP while it is read. */
typedef struct {
    oxc_reader *reader;
    oxc_rop_buffer *buffer;
    oxc_rop *rop;
    const oxc_rop_asked *asked;
    uint64_t number; /**< the last one */
    uint64_t kept;
    bool unicode;
    bool skip; /**< the next step */
} oxc_rop_reading;

/** Reads a field of fixed size; 0 if it is not there, so that what depends on it is left out. */
uint64_t oxc_rop_read_field(oxc_reader *reader, uint8_t field);

/** Reads a field that repeats. */
void oxc_rop_read_array(oxc_reader *reader, uint8_t field, uint64_t count);

/** Ends the reading: there is no layout, or not without what is needed. */
void oxc_rop_read_unknown(oxc_rop_reading *r, oxc_rop_need need);

#endif /* OXC_ROP_READING_H */
