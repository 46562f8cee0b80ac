/* http_parts.h
 * A part of a message of MAPI over HTTP: its record, and what is common to them
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_HTTP_PARTS_H
#define OXC_HTTP_PARTS_H

#include "http_state.h"

static inline bool oxc_http_has(const oxc_http_call *call, unsigned flags)
{
    return (call->flags & flags) != 0;
}

/** Whether only the rules on header fields are for a request. */
bool oxc_http_is_other(const oxc_http_call *call);

/** What speaks of a call, and not of a copy or a leg. */
bool oxc_http_counts(const oxc_http_call *call);

/** The record of a part of a message, which parts of one message in one frame share.
 *  @return OXC_NONE if it has no place in the order */
uint32_t oxc_http_record_of(oxc_tracker *tracker, const oxc_http_event *event,
                            const oxc_http_call *call);

/** Reports what the rules of MAPI over HTTP say. */
void oxc_http_judge(oxc_tracker *tracker, const oxc_http_event *event, const oxc_http_call *call,
                    oxc_http_facts *facts);

/** The same for the rules that are those of RPC as well. */
void oxc_http_judge_neutral(oxc_tracker *tracker, const oxc_http_event *event,
                            const oxc_http_call *call, oxc_facts *facts);

/** Puts a call on the list of its connection, and takes it off again. */
void oxc_http_append(oxc_http *http, uint32_t call);
void oxc_http_remove(oxc_http *http, uint32_t call);

/** The connection misses requests: until one that came later has its answer, or the connection
 *  ends, they may be outstanding. */
void oxc_http_hide(oxc_http *http, oxc_http_connection *connection);
void oxc_http_reveal(oxc_http *http, oxc_http_connection *connection);

/** The call is not outstanding any more. */
void oxc_http_end_call(oxc_http *http, uint32_t call, oxc_http_ending ending, int64_t time);

#endif /* OXC_HTTP_PARTS_H */
