/* rpch_head.h
 * What the head of an RPC over HTTP message says
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_RPCH_HEAD_H
#define OXC_RPCH_HEAD_H

#include "transport/http/head.h"

/** The methods that open a channel, [MS-RPCH] 2.1.2.1.1 and 2.1.2.1.2. */
typedef enum { OXC_RPCH_OTHER, OXC_RPCH_IN_DATA, OXC_RPCH_OUT_DATA } oxc_rpch_method;

/** Which of them a request has; a response has none. */
oxc_rpch_method oxc_rpch_method_of(oxc_span method);

/** Bytes of body below which a body of PDUs is one message of its own and not a channel,
 *  [MS-RPCH] 2.1.2.1.1. */
#define OXC_RPCH_CHANNEL_LENGTH ((uint64_t)128 * 1024)

/** True if the body of a message is a channel: PDUs until it is recycled. */
bool oxc_rpch_opens_channel(const oxc_http_head *head);

/** Finds the server that a request target of an RPC proxy names, [MS-RPCH] 2.2.2: what follows the
 *  question mark, "host:port".
 *  @param port  0 if there is none
 *  @return a part of @p target, of no bytes if it names no server */
oxc_span oxc_rpch_server_of_target(oxc_span target, uint16_t *port);

#endif /* OXC_RPCH_HEAD_H */
