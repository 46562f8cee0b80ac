/* silence.c
 * Waits that get no answer: dropped, cut with their connection, or outstanding for too long
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "silence.h"

#include "calls.h"
#include "contexts.h"
#include "doubt.h"
#include "records.h"
#include "spec.h"

#define CUTS 3 /* waits in a row that show at which age a device cuts them */

/* Whether nobody can say what became of a wait. */
static bool is_doubtful(const oxc_tracker *tracker, const oxc_call *call)
{
    return oxc_call_hidden(call) || oxc_context_uncertain(tracker, call) ||
           oxc_link_of(tracker, call)->partial;
}

/* For how long a wait may be silent: some servers say so. */
static int64_t limit_of(const oxc_tracker *tracker, uint32_t connection)
{
    uint32_t period = oxc_link_at(tracker, connection)->pending_period;

    if (period == 0)
        return oxc_wait_reach(tracker);
    return (int64_t)period * OXC_MILLISECOND + oxc_grace(tracker);
}

/* Silence of a server that would give signs of life ends with the connection. */
static int64_t end_of_silence(const oxc_tracker *tracker, uint32_t connection)
{
    oxc_close close = {0};

    if (oxc_has_trait(tracker, connection, OXC_TRAIT_SIGNS_OF_LIFE) &&
        oxc_close_of(tracker, connection, &close) && close.has_time)
        return close.time;
    return oxc_time(tracker);
}

oxc_evidence oxc_silence_dropped(const oxc_tracker *tracker, const oxc_context *context,
                                 const oxc_link *connection)
{
    const oxc_call *previous = oxc_call_at(tracker, context->last_calls[0]);
    oxc_evidence evidence = oxc_evidence_of(tracker, previous->record);
    int64_t limit, silent;

    limit = limit_of(tracker, previous->connection);
    /* Where it was not heard at all, its silence is no shorter than the wait. */
    silent = evidence.age;
    if (oxc_link_of(tracker, previous)->heard_time != 0)
        silent = oxc_since(end_of_silence(tracker, previous->connection),
                           oxc_link_of(tracker, previous)->heard_time);
    if (oxc_link_of(tracker, previous) == connection || oxc_call_hidden(previous) ||
        oxc_link_of(tracker, previous)->partial || silent <= limit || evidence.age <= limit ||
        (oxc_context_doubts(tracker, context, connection, previous->record + 1) &
         OXC_DOUBT_ISSUE) != 0)
        return (oxc_evidence){0};
    evidence.age = silent;
    return evidence;
}

bool oxc_silence_closed(const oxc_tracker *tracker, const oxc_context *context)
{
    const oxc_call *previous = oxc_call_at(tracker, context->last_calls[0]);

    return !oxc_call_hidden(previous) && oxc_is_closed(tracker, previous->connection);
}

/* How old a wait was when its connection was closed.
 * @return false if it did not end that way, or nobody knows when */
static bool age_at_close(const oxc_tracker *tracker, uint32_t number, oxc_close *close,
                         int64_t *age)
{
    const oxc_call *call;

    if (number == OXC_NONE)
        return false;
    call = oxc_call_at(tracker, number);
    *close = (oxc_close){0};
    if (is_doubtful(tracker, call) || !oxc_close_of(tracker, call->connection, close) ||
        !close->has_time)
        return false;
    *age = oxc_since(close->time, oxc_record_at(tracker, call->record)->time);
    return *age > 0;
}

oxc_evidence oxc_silence_cut(const oxc_tracker *tracker, const oxc_context *context,
                             const oxc_link *connection, oxc_close *close)
{
    oxc_evidence evidence = {0};
    int64_t ages[CUTS];
    int64_t shortest = INT64_MAX, longest = 0;
    oxc_close earlier;

    if ((context->flags & OXC_CONTEXT_CUT) != 0)
        return evidence;
    for (size_t i = 0; i < CUTS; i++) {
        if (!age_at_close(tracker, context->last_calls[i], i == 0 ? close : &earlier, &ages[i]))
            return evidence;
        shortest = MIN(shortest, ages[i]);
        longest = MAX(longest, ages[i]);
    }
    if (longest - shortest >= longest / 10)
        return evidence;
    evidence = oxc_context_evidence(tracker, context, connection,
                                    oxc_call_at(tracker, context->last_calls[0])->record,
                                    oxc_call_at(tracker, context->last_calls[CUTS - 1])->record);
    /* A wait that nobody saw may have been answered between them. */
    evidence.doubts |=
        oxc_doubts_of(tracker, oxc_session_of(tracker, context), connection,
                      oxc_call_at(tracker, context->last_calls[CUTS - 1])->record + 1) &
        OXC_DOUBT_WAIT;
    evidence.age = ages[0];
    return evidence;
}

/* Looks at the waits of a context that are old enough, from the newest to the oldest.
 * @param oldest  call: the oldest found so far, or OXC_NONE
 * @return true if there are others, which the next look may find old enough */
static bool look_at_waits(oxc_tracker *tracker, const oxc_context *context, uint32_t *oldest)
{
    bool young = false;

    for (uint32_t number = context->outstanding; number != OXC_NONE;) {
        oxc_call *call = oxc_call_at(tracker, number);
        int64_t age = oxc_evidence_of(tracker, call->record).age;
        uint32_t older = call->older;

        if ((call->flags & OXC_CALL_OVERDUE) != 0)
            break;
        if (age >= 0 && age <= oxc_wait_reach(tracker)) {
            young = true;
        } else {
            call->flags |= OXC_CALL_OVERDUE;
            if (age > 0 && !is_doubtful(tracker, call) &&
                !oxc_is_closed(tracker, call->connection) &&
                (*oldest == OXC_NONE || call->record < oxc_call_at(tracker, *oldest)->record))
                *oldest = number;
        }
        number = older;
    }
    return young;
}

/* The oldest wait of the contexts in the session's list. Those that have no more stay behind: each
 * wait is looked at twice, for the next look is five minutes later. */
static uint32_t find_oldest(oxc_tracker *tracker, uint32_t session)
{
    uint32_t number = oxc_session_at(tracker, session)->waiting;
    uint32_t oldest = OXC_NONE;

    oxc_session_at(tracker, session)->waiting = OXC_NONE;
    while (number != OXC_NONE) {
        oxc_context *context = oxc_context_at(tracker, number);
        uint32_t next = context->next_waiting;

        context->flags &= (uint16_t)~OXC_CONTEXT_WAITING;
        if (context->session == session && look_at_waits(tracker, context, &oldest))
            oxc_silence_watch(tracker, number);
        number = next;
    }
    return oldest;
}

oxc_evidence oxc_silence_of_session(oxc_tracker *tracker, uint32_t number,
                                    const oxc_link *connection)
{
    const oxc_session *session = oxc_session_at(tracker, number);
    oxc_evidence evidence = {0};
    uint32_t oldest;

    if (session->end != OXC_NONE || session->waiting == OXC_NONE || session->activity == OXC_NONE ||
        oxc_evidence_of(tracker, session->activity).age <= oxc_wait_reach(tracker))
        return evidence;
    /* Suppressed by an EcDoRpcExt2 that may have been the session's last, and by its possible end.
     */
    if ((oxc_doubts_of(tracker, session, connection, session->activity + 1) & OXC_DOUBT_FETCH) !=
            0 ||
        oxc_doubts_of_life(tracker, session, connection) != 0)
        return evidence;
    oldest = find_oldest(tracker, number);
    if (oldest != OXC_NONE)
        evidence = oxc_evidence_of(tracker, oxc_call_at(tracker, oldest)->record);
    return evidence;
}
