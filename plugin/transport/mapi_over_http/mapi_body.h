/* mapi_body.h
 * Bodies of MAPI over HTTP, [MS-OXCMAPIHTTP] 2.2.4
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_MAPI_BODY_H
#define OXC_MAPI_BODY_H

#include <epan/packet.h>

#include "decode/buffers/rop_state.h"
#include "sequence/http_event.h"

/** Decodes the body of a request or, from what follows the empty line on, of a response, and says
 * in
 *  @p facts what it holds: the members of oxc_http_event that belong to a body.
 *  @param tvb   exactly the body; of no bytes where there is none
 *  @param tree  takes the items; may be NULL
 *  @param type  of the call
 *  @param rops  what its ROPs belong to, or NULL
 *  @return what it means to people, or NULL; lives as long as the packet */
const char *oxc_mapi_body_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                                  oxc_http_request_type type, bool response,
                                  const oxc_rop_call *rops, oxc_http_event *facts);

/** Registers the fields, which belong to the protocol @p proto. */
void oxc_mapi_body_register(int proto);

#endif /* OXC_MAPI_BODY_H */
