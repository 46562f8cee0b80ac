/* http_cookies.h
 * Which cookie names the Session Context, and which one its sequence, [MS-OXCMAPIHTTP] 3.2.5.1
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_HTTP_COOKIES_H
#define OXC_HTTP_COOKIES_H

#include "http_state.h"

/** The value of the context cookie of a message, by its name or by what is known of the server. */
oxc_http_cookie_value oxc_http_context_value(oxc_http *http, const oxc_http_event *event,
                                             oxc_http_name server);
oxc_http_cookie_value oxc_http_sequence_value(oxc_http *http, const oxc_http_event *event,
                                              oxc_http_name server);

/** A request comes with cookies whose names say nothing: it may show which one is the context. */
void oxc_http_learn_from_request(oxc_http *http, const oxc_http_event *event, oxc_http_call *call);

/** The same for accepted answers. */
void oxc_http_learn_from_answer(oxc_http *http, const oxc_http_event *event,
                                const oxc_http_call *call);

#endif /* OXC_HTTP_COOKIES_H */
