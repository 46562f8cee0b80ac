/* push_notification.h
 * Push notifications over UDP, the fallback of [MS-OXCNOTIF] 3.2.4.4
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_PUSH_NOTIFICATION_H
#define OXC_PUSH_NOTIFICATION_H

#include "decode/methods/ndr.h"

/** Remembers what an EcRRegisterPushNotification request asks for, [MS-OXCRPC] 3.1.4.5: which bytes
 *  go where. Only on the first pass.
 *  @param context  rgbContext
 *  @param address  rgbCallbackAddress, a sockaddr */
void oxc_push_request(const oxc_stub *stub, const oxc_array *context, const oxc_array *address);

/** Starts to watch for the datagrams of a registration that succeeded, and shows the first one. */
void oxc_push_response(const oxc_stub *stub, uint32_t status);

/** @param proto  protocol id of oxcnotif */
void oxc_push_register(int proto);

/** Once all dissectors are registered. */
void oxc_push_handoff(void);

#endif /* OXC_PUSH_NOTIFICATION_H */
