/* http_sessions.h
 * Session Contexts: what their calls say of them, [MS-OXCMAPIHTTP] 3.2.1 and 3.2.5
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_HTTP_SESSIONS_H
#define OXC_HTTP_SESSIONS_H

#include "http_state.h"

/** Whether a gap since a mark may have hidden a call of a session. */
bool oxc_http_doubtful(oxc_http *http, const oxc_http_session *session, uint64_t since);

/** The answer to a call may have been missed. */
void oxc_http_doubt_call(oxc_http *http, oxc_http_call *call);

/** Takes a call out of those that are outstanding on its session. */
void oxc_http_unlist(oxc_http *http, uint32_t call, oxc_http_ending ending, int64_t time);

/** Fills in what the rules on a request ask of its session. */
void oxc_http_look_at_session(oxc_http *http, oxc_http_call *call, oxc_http_facts *facts);

/** Takes in a request that counts. */
void oxc_http_take_request(oxc_http *http, uint32_t call, bool judged);

/** Takes back what oxc_http_take_request() did: the request was a leg, and leaves no trace. */
void oxc_http_forget_request(oxc_http *http, const oxc_http_call *call);

/** Whether an answer was accepted, 3.2.5.1: HTTP, the response code, the stream and the body say
 *  so. */
bool oxc_http_accepted(const oxc_http_event *event, oxc_http_request_type type);

/** Fills in what the rules on a whole answer ask. */
void oxc_http_look_at_answer(oxc_http *http, const oxc_http_event *event, oxc_http_call *call,
                             oxc_http_facts *facts);

/** The connection of a call of the session ended, as @p event says, before its answer did. */
void oxc_http_cut_session(oxc_http_session *session, const oxc_http_event *event,
                          const oxc_http_call *call, uint64_t mark);

/** The answer came whole after all, behind the FIN of the client. */
void oxc_http_mend_session(oxc_http_session *session, const oxc_http_call *call);

/** Takes in what the head of an answer says, whether its end comes or not. */
void oxc_http_take_head(oxc_http *http, const oxc_http_event *event, const oxc_http_call *call);

/** Takes in a whole answer. */
void oxc_http_take_answer(oxc_http *http, const oxc_http_event *event, oxc_http_call *call);

/** Whether another wait of the session with the X-RequestId of this one is outstanding. */
bool oxc_http_is_resent(const oxc_http *http, const oxc_http_call *call);

#endif /* OXC_HTTP_SESSIONS_H */
