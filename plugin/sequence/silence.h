/* silence.h
 * Waits that get no answer: dropped, cut with their connection, or outstanding for too long
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_SILENCE_H
#define OXC_SILENCE_H

#include "state.h"

/* The first three are about a context whose previous wait has no answer: last_calls[0]. */

/** The previous wait of the context, if it went unanswered and the server is silent.
 *  @param connection  of the wait that comes now */
oxc_evidence oxc_silence_dropped(const oxc_tracker *tracker, const oxc_context *context,
                                 const oxc_link *connection);

/** Whether the previous wait of the context ended with its connection. */
bool oxc_silence_closed(const oxc_tracker *tracker, const oxc_context *context);

/** The age of the last wait if the last three were cut at the same age; how, in @p close. */
oxc_evidence oxc_silence_cut(const oxc_tracker *tracker, const oxc_context *context,
                             const oxc_link *connection, oxc_close *close);

/** A wait was sent on a context: wait-unanswered looks at it. */
static inline void oxc_silence_watch(oxc_tracker *tracker, uint32_t number)
{
    oxc_context *context = oxc_context_at(tracker, number);
    oxc_session *session;

    if (context->session == OXC_NONE || (context->flags & OXC_CONTEXT_WAITING) != 0)
        return;
    session = oxc_session_at(tracker, context->session);
    context->next_waiting = session->waiting;
    session->waiting = number;
    context->flags |= OXC_CONTEXT_WAITING;
}

/** The oldest wait of a session that is outstanding for too long, each once. */
oxc_evidence oxc_silence_of_session(oxc_tracker *tracker, uint32_t session,
                                    const oxc_link *connection);

#endif /* OXC_SILENCE_H */
