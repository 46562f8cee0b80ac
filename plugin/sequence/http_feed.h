/* http_feed.h
 * Calls of MAPI over HTTP as the neutral events from which waits, fetches and links come
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_HTTP_FEED_H
#define OXC_HTTP_FEED_H

#include "http_state.h"

/** The method of RPC in whose place a type of request is. */
oxc_kind oxc_http_kind(oxc_http_request_type type);
void oxc_http_feed_request(oxc_tracker *tracker, oxc_http_call *call);
void oxc_http_feed_answer(oxc_tracker *tracker, const oxc_http_event *event,
                          const oxc_http_call *call);

/** The call was a leg. */
void oxc_http_feed_leg(oxc_tracker *tracker, const oxc_http_call *call);

/** The answer to a call may have been missed. */
void oxc_http_feed_doubt(oxc_tracker *tracker, const oxc_http_call *call);

/** Bytes of an answer came. */
void oxc_http_feed_piece(oxc_tracker *tracker, const oxc_http_event *event,
                         const oxc_http_call *call);
void oxc_http_feed_close(oxc_tracker *tracker, const oxc_http_event *event);
void oxc_http_feed_gap(oxc_tracker *tracker, const oxc_http_event *event);

#endif /* OXC_HTTP_FEED_H */
