/* notification_readers.h
 * Reads RopNotify and RopRegisterNotification
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_NOTIFICATION_READERS_H
#define OXC_NOTIFICATION_READERS_H

#include "rop.h"

/** RopNotify, [MS-OXCROPS] 2.2.14.2. */
void oxc_rop_read_notify(oxc_reader *reader, oxc_rop_buffer *buffer);

/** The request of RopRegisterNotification, [MS-OXCROPS] 2.2.14.1.1. */
void oxc_rop_read_registration(oxc_reader *reader, oxc_rop_buffer *buffer);

#endif /* OXC_NOTIFICATION_READERS_H */
