/* status.h
 * Names of return values
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_STATUS_H
#define OXC_STATUS_H

#include "compat.h"

/** What the methods of the two interfaces return, [MS-OXCRPC] 3.1.4 and 3.3.4. */
extern const value_string oxc_status_vals[];

/** The same, and what only ROPs return, [MS-OXCDATA] 2.4. */
extern const value_string oxc_rop_status_vals[];

#endif /* OXC_STATUS_H */
