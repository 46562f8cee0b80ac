/* rop_structures.h
 * Reads the structures that ROPs carry
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ROP_STRUCTURES_H
#define OXC_ROP_STRUCTURES_H

#include "rop_reading.h"

/** The columns of #OXC_FIELD_FOLDER_ROWS. */
const oxc_columns *oxc_rop_folder_columns(void);

/** Reads what a step says of structures that have sizes of their own: one element. */
void oxc_rop_read_structures(oxc_rop_reading *r, const oxc_step *step);

/** Reads as many PropertyProblem structures as the number says, [MS-OXCDATA] 2.7. */
void oxc_rop_read_problems(oxc_rop_reading *r);

/** Reads the ids of attachments behind their number, [MS-OXCROPS] 2.2.6.18.2. */
void oxc_rop_read_attachments(oxc_rop_reading *r);

/** Reads a TypedString, [MS-OXCDATA] 2.11.7. */
void oxc_rop_read_typed_string(oxc_reader *reader);

#endif /* OXC_ROP_STRUCTURES_H */
