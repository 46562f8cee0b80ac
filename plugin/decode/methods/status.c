/* status.c
 * Names of return values
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "status.h"

#define OXC_STATUS(value, name) {value, name},

const value_string oxc_status_vals[] = {
#include "sequence/status.def"
    {0, NULL},
};

/* clang-format off */
const value_string oxc_rop_status_vals[] = {
#include "sequence/status.def"
    {0x00000478, "ecWrongServer"},
    {0x00000503, "ecDstNullObject"},
    {0x00040380, "ecWarnWithErrors"},
    {0x80040108, "ecInvalidObject"},
    {0x80040109, "ecObjectModified"},
    {0x8004010F, "ecNotFound"},
    {0x8007000E, "ecMAPIOOM"},
    {0, NULL},
};
/* clang-format on */
