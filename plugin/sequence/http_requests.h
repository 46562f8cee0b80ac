/* http_requests.h
 * Requests of MAPI over HTTP
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_HTTP_REQUESTS_H
#define OXC_HTTP_REQUESTS_H

#include "http_state.h"

/** The head of a request, and its body. */
void oxc_http_request_head(oxc_tracker *tracker, const oxc_http_event *event);
void oxc_http_request_body(oxc_tracker *tracker, const oxc_http_event *event, uint32_t call);

/** A request counts from now on: at its head, or where its body or its answer shows that. */
void oxc_http_begin_call(oxc_tracker *tracker, const oxc_http_event *event, uint32_t call,
                         uint32_t reused_frame);

#endif /* OXC_HTTP_REQUESTS_H */
