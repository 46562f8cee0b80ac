/* http_calls.h
 * Which requests of MAPI over HTTP are calls, and which are copies of one, [MS-OXCMAPIHTTP] 3.1.5.7
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_HTTP_CALLS_H
#define OXC_HTTP_CALLS_H

#include "http_state.h"

/** What a request says, its X-RequestId apart. */
uint64_t oxc_http_content(const oxc_http_event *event, const oxc_http_call *call);

/** Looks whether a request whose body is whole is the same as an earlier one, and notes that it is
 *  a copy, or a copy that counts but is not judged.
 *  @param reused_frame  gets the request that had its X-RequestId and has its answer, or 0 */
void oxc_http_tell_copy(oxc_http *http, oxc_http_call *call, uint32_t *reused_frame);

/** A request uses its X-RequestId; then its body came. */
void oxc_http_begin_use(oxc_http *http, oxc_http_call *call);
void oxc_http_count_use(oxc_http *http, oxc_http_call *call);

/** The use of an X-RequestId is over. */
void oxc_http_end_use(oxc_http *http, oxc_http_call *call, oxc_http_ending ending, int64_t time);

/** An answer to a request of this X-RequestId began that makes it no leg. */
void oxc_http_count_answer(oxc_http *http, const oxc_http_call *call);

/** Counts a leg.
 *  @return how many had its X-RequestId, 0 where that is of no interest */
unsigned oxc_http_count_leg(oxc_http *http, const oxc_http_call *call);

#endif /* OXC_HTTP_CALLS_H */
