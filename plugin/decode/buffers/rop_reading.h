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
#include "rop_readers.h"

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

/** Reads what a step says of structures that have sizes of their own: one element. */
void oxc_rop_read_structures(oxc_rop_reading *r, const oxc_step *step);

/** Reads as many PropertyProblem structures as the number says, [MS-OXCDATA] 2.7. */
void oxc_rop_read_problems(oxc_rop_reading *r);

/** Reads the ids of attachments behind their number, [MS-OXCROPS] 2.2.6.18.2. */
void oxc_rop_read_attachments(oxc_rop_reading *r);

/** Reads a TypedString, [MS-OXCDATA] 2.11.7. */
void oxc_rop_read_typed_string(oxc_reader *reader);

/** Ends the reading: there is no layout, or not without what is needed. */
void oxc_rop_read_unknown(oxc_rop_reading *r, oxc_rop_need need);

#endif /* OXC_ROP_READING_H */
