/* http_responses.h
 * Responses of MAPI over HTTP
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_HTTP_RESPONSES_H
#define OXC_HTTP_RESPONSES_H

#include "http_state.h"

/** A part of a response to a call: its first byte, head, a piece, or its last byte. */
void oxc_http_response(oxc_tracker *tracker, const oxc_http_event *event, uint32_t call);

#endif /* OXC_HTTP_RESPONSES_H */
