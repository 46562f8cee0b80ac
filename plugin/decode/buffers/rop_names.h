/* rop_names.h
 * Names of ROPs and of what notifications are about
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ROP_NAMES_H
#define OXC_ROP_NAMES_H

#include "compat.h"

/** RopId, [MS-OXCROPS] 2.2.2. */
extern const value_string oxc_rop_id_vals[];

/** NotificationType and TableEventType, [MS-OXCNOTIF] 2.2.1.4.1. */
extern const value_string oxc_notify_type_vals[], oxc_table_event_vals[];

/** The name of a ROP; never NULL. */
const char *oxc_rop_name(uint8_t id);

#endif /* OXC_ROP_NAMES_H */
