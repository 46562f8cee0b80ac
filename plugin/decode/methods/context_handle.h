/* context_handle.h
 * Context handles of the two interfaces, [MS-OXCRPC] 2.2.1.1 and 2.2.1.2
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_CONTEXT_HANDLE_H
#define OXC_CONTEXT_HANDLE_H

#include "compat.h"
#include "sequence/event.h"

/** The fields of one kind of handle. */
typedef struct {
    int *hf;
    int *hf_attributes;
    int *hf_uuid;
    int *ett;
} oxc_handle_fields;

/** Bytes of a handle: attributes, and a UUID. */
#define OXC_HANDLE_SIZE 20

/** Shows the bytes of a handle and gives them their name, the same in either byte order. The caller
 *  has made sure that they are there.
 *  @param encoding   ENC_LITTLE_ENDIAN or ENC_BIG_ENDIAN, from the drep
 *  @param plausible  gets whether the attributes are such as servers use; may be NULL */
oxc_name oxc_dissect_handle(tvbuff_t *tvb, int offset, proto_tree *tree,
                            const oxc_handle_fields *fields, unsigned encoding, bool *plausible);

#endif /* OXC_CONTEXT_HANDLE_H */
