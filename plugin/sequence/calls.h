/* calls.h
 * Calls without an answer
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_CALLS_H
#define OXC_CALLS_H

#include "state.h"

void oxc_calls_init(oxc_tracker *tracker);

/** The call that is without an answer, or OXC_NONE. */
static inline uint32_t oxc_call_find(const oxc_tracker *tracker, uint32_t connection,
                                     uint32_t call_id)
{
    return oxc_index_find(&tracker->call_index, oxc_key_of(call_id, connection));
}

uint32_t oxc_call_begin(oxc_tracker *tracker, const oxc_event *event, uint32_t record,
                        bool readable);

/** Puts a call on the list of those of its connection whose answer a gap would hide. */
void oxc_call_list(oxc_tracker *tracker, uint32_t call);

/** Takes a call off that list: a gap may have hidden its answer. */
void oxc_call_unlist(oxc_tracker *tracker, uint32_t call);

/** Forgets a call that has its answer. */
void oxc_call_end(oxc_tracker *tracker, uint32_t call);

/** Whether a gap may have hidden the answer to a call: nobody knows whether it is outstanding. */
static inline bool oxc_call_hidden(const oxc_call *call)
{
    return (call->flags & OXC_CALL_HIDDEN) != 0;
}

/** Whether what comes now with the id of a call may be something else than its answer: a second
 * one, or the answer to another call, as some servers give all answers one id. It is linked and
 * shown, and no verdict rests on it. */
static inline bool oxc_answer_doubted(const oxc_tracker *tracker, const oxc_call *call)
{
    return (call->flags & OXC_CALL_UNSURE) != 0 ||
           (oxc_call_hidden(call) && !oxc_link_at(tracker, call->connection)->echoes);
}

/** Whether a session had ended when a call on it was sent, as is known now. */
static inline bool oxc_call_was_late(const oxc_call *call, const oxc_session *session)
{
    return session->end != OXC_NONE && session->end < call->record;
}

/** Whether a gap may have hidden the end of a session before a call on it, and the session has not
 *  been seen to live since. */
bool oxc_call_end_hidden(const oxc_tracker *tracker, const oxc_call *call, uint32_t session);

/** Whether no verdict rests on the answer to a call: a gap may have hidden it, or the end of its
 *  session before the request, and that has not been seen to live since. */
static inline bool oxc_call_doubtful(const oxc_tracker *tracker, const oxc_call *call,
                                     uint32_t session)
{
    return oxc_answer_doubted(tracker, call) ||
           ((call->flags & OXC_CALL_DOUBTED) != 0 && oxc_call_end_hidden(tracker, call, session));
}

#endif /* OXC_CALLS_H */
