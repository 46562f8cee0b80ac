/* wait_answers.c
 * What the answers to waits say
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "wait_answers.h"

#include "calls.h"
#include "contexts.h"
#include "doubt.h"
#include "fetches.h"
#include "handles.h"
#include "judge.h"
#include "records.h"
#include "spec.h"
#include "wait_ends.h"

static oxc_outcome outcome_of(uint32_t status, uint32_t flags)
{
    if (status == 0)
        return (flags & OXC_NOTIFICATION_PENDING) != 0 ? OXC_OUTCOME_NOTIFICATION
                                                       : OXC_OUTCOME_NO_EVENT;
    if (status == OXC_STATUS_REJECTED)
        return OXC_OUTCOME_REJECTED;
    return status == OXC_STATUS_EXITING ? OXC_OUTCOME_EXITING : OXC_OUTCOME_OTHER_ERROR;
}

/* Whether this PDU comes for a wait that is still outstanding. */
static bool is_out(const oxc_call *call)
{
    return (call->flags & (OXC_CALL_CANCELLED | OXC_CALL_CLOSED)) == 0;
}

/* The last wait of the context that was sent while this one was out, on another connection or, if
 * this one is split, on any. */
static uint32_t find_later(const oxc_tracker *tracker, const oxc_call *call)
{
    const oxc_context *context = oxc_context_at(tracker, call->owner);
    uint32_t later = context->last_wait_connection != call->connection ? context->last_wait
                                                                       : context->other_wait;

    if (oxc_has_trait(tracker, call->connection, OXC_TRAIT_ANSWERS_APART))
        later = context->last_wait;
    /* Nobody knows whether the close came before the later wait. */
    if (!is_out(call) || oxc_link_at(tracker, call->connection)->partial || later == OXC_NONE ||
        later <= call->record)
        return OXC_NONE;
    return (oxc_record_at(tracker, later)->flags & OXC_RECORD_UNSURE) == 0 ? later : OXC_NONE;
}

/* Whether the rules look at the answer to a wait. */
static bool is_judged(oxc_tracker *tracker, const oxc_call *call, oxc_context *context)
{
    oxc_session *session;

    if ((call->flags & (OXC_CALL_UNREAD | OXC_CALL_NULL | OXC_CALL_CANCELLED)) != 0 ||
        context->session == OXC_NONE || !oxc_context_explained(tracker, context))
        return false;
    session = oxc_session_at(tracker, context->session);
    if ((session->flags & OXC_SESSION_OPENED) == 0 || oxc_call_was_late(call, session))
        return false;
    if (!oxc_call_doubtful(tracker, call, context->session) &&
        !oxc_context_uncertain(tracker, call))
        return true;
    context->unjudged_answers++;
    session->unjudged_answers++;
    tracker->unjudged_answers++;
    return false;
}

/* Whether a wait that was taken for dropped may be out still. */
static bool others_dropped(const oxc_call *call, const oxc_context *context)
{
    return context->dropped > ((call->flags & OXC_CALL_DROPPED) != 0 ? 1u : 0u);
}

/* Whether another wait of the context may have been outstanding together with this one: one that
 * nobody saw, or one whose answer nobody saw. */
static bool company_hidden(const oxc_tracker *tracker, const oxc_call *call,
                           const oxc_context *context)
{
    uint32_t since = oxc_session_at(tracker, context->session)->begun + 1;
    int64_t sent = oxc_record_at(tracker, call->record)->time;

    if (context->hidden != 0 && oxc_since(sent, context->hidden_time) <= oxc_wait_reach(tracker))
        return true;
    return oxc_doubts_wait_at(tracker, oxc_session_of(tracker, context), oxc_link_of(tracker, call),
                              since, sent);
}

static void look_at_session(const oxc_tracker *tracker, const oxc_call *call,
                            const oxc_context *context, oxc_facts *facts)
{
    const oxc_session *session = oxc_session_of(tracker, context);

    if (session == NULL)
        return;
    if (session->activity != OXC_NONE)
        facts->activity = oxc_evidence_of(tracker, session->activity);
    facts->disconnect_sent = session->disconnect != OXC_NONE && session->disconnect > call->record;
    facts->disconnecting = session->disconnect != OXC_NONE;
    facts->disconnect_doubts =
        oxc_doubts_of(tracker, session, oxc_link_of(tracker, call), session->alive) &
        OXC_DOUBT_DISCONNECT;
    facts->alone =
        is_out(call) && (call->flags & OXC_CALL_COMPANY) == 0 &&
        context->last_wait == call->record && (context->flags & OXC_CONTEXT_UNANSWERED) == 0 &&
        !others_dropped(call, context) && !oxc_link_at(tracker, call->connection)->partial;
    if (company_hidden(tracker, call, context))
        facts->alone_doubts = OXC_DOUBT_WAIT;
}

/* The last EcDoRpcExt2 request of the session of a context, as a record; 0 if there is none. */
static uint32_t activity_of(const oxc_tracker *tracker, const oxc_context *context)
{
    uint32_t activity = OXC_NONE;

    if (context->session != OXC_NONE)
        activity = oxc_session_at(tracker, context->session)->activity;
    return activity == OXC_NONE ? 0 : activity;
}

/* Whether a handle that came on a connection may have been returned there, unseen. */
static bool may_be_own(const oxc_tracker *tracker, const oxc_link *connection)
{
    const oxc_association *association = oxc_association_at(tracker, connection->association);

    return !association->began || association->partial || association->hole;
}

/* Whether a wait went to another server address than an earlier or later one of its context. Two
 *  servers may have equal handles, and the capture may not hold where one of them returned its own:
 *  unless the other association began in it, waits on one address prove nothing against others.
 *  @param wait  record of the request of the other one */
static bool went_elsewhere(const oxc_tracker *tracker, const oxc_call *call, uint32_t wait)
{
    const oxc_link *one = oxc_link_at(tracker, call->connection);
    const oxc_link *other = oxc_link_at(tracker, oxc_record_at(tracker, wait)->connection);
    uint32_t home = oxc_context_at(tracker, call->owner)->server;

    return one->server != other->server && may_be_own(tracker, one->server == home ? other : one);
}

/* Where this wait stands among those of its context. What the server still says about a wait
 * that was over is not measured. */
static void look_at_answer(oxc_tracker *tracker, const oxc_call *call, oxc_facts *facts)
{
    const oxc_context *context = oxc_context_at(tracker, call->owner);
    const oxc_session *session = oxc_session_of(tracker, context);
    const oxc_link *connection = oxc_link_of(tracker, call);
    uint32_t later = find_later(tracker, call);
    uint32_t zero = context->zero;

    look_at_session(tracker, call, context, facts);
    facts->request = oxc_evidence_of(tracker, call->record);
    if (later != OXC_NONE)
        facts->later_wait = oxc_context_evidence(tracker, context, connection, later, call->record);
    if (later != OXC_NONE && went_elsewhere(tracker, call, later))
        facts->later_wait.doubts |= OXC_DOUBT_ISSUE;
    if (!is_out(call))
        return;
    facts->wait = oxc_context_evidence(tracker, context, connection, call->record, call->record);
    facts->wait.doubts |= oxc_doubts_of(tracker, session, connection,
                                        MAX(call->record, activity_of(tracker, context)) + 1) &
                          OXC_DOUBT_FETCH;
    facts->wait.doubts |=
        oxc_doubts_of(tracker, session, connection, call->record + 1) & OXC_DOUBT_DISCONNECT;
    if (zero != OXC_NONE && zero > call->record)
        facts->zero_wait =
            oxc_context_evidence(tracker, context, connection, zero,
                                 MIN(call->record, oxc_record_at(tracker, zero)->request));
}

static bool is_notification(const oxc_facts *facts)
{
    return facts->status == 0 && (facts->flags & OXC_NOTIFICATION_PENDING) != 0;
}

/* Whether a wait on another connection, which seems to be over, cannot show to be outstanding. */
static bool other_is_over(const oxc_tracker *tracker, const oxc_context *context)
{
    return context->other_wait == OXC_NONE ||
           oxc_is_closed(tracker, oxc_record_at(tracker, context->other_wait)->connection);
}

/* Whether the client should not have tried again after this response. */
static bool forbids_retry(const oxc_tracker *tracker, const oxc_context *context,
                          const oxc_facts *facts)
{
    if (facts->status != OXC_STATUS_REJECTED)
        return facts->status != 0;
    /* Of a session that was there before the capture, earlier waits may still be out; and one that
     * was lost on another connection may not show until that carries something again. */
    return facts->alone && (facts->alone_doubts & OXC_DOUBT_WAIT) == 0 &&
           other_is_over(tracker, context) &&
           (oxc_session_at(tracker, context->session)->flags & OXC_SESSION_OPENED) != 0;
}

static void learn(oxc_tracker *tracker, const oxc_call *call, const oxc_facts *facts, unsigned row)
{
    oxc_context *context = oxc_context_at(tracker, call->owner);
    uint32_t record = tracker->records.count - 1;
    bool counts = is_out(call) && !oxc_answer_doubted(tracker, call);

    oxc_context_set_quiet(tracker, call->owner, facts->status == 0);
    context->failure = OXC_NONE;
    context->answered = oxc_now(tracker);
    if (counts && forbids_retry(tracker, context, facts)) {
        context->failure = record;
        context->failure_status = facts->status;
    }
    if (counts && facts->status == 0)
        context->zero = record;
    if (is_notification(facts))
        oxc_fetch_notification(tracker, call->owner, row);
    else
        context->row = 0;
    context->flags &= (uint16_t)~OXC_CONTEXT_CUT;
}

static void judge_response(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    oxc_context *context = oxc_context_at(tracker, call->owner);
    oxc_facts facts = {.moment = OXC_AT_WAIT_RESPONSE,
                       .judged = is_judged(tracker, call, context),
                       .status = event->status,
                       .flags = event->flags};
    unsigned row = 0;

    look_at_answer(tracker, call, &facts);
    if (is_notification(&facts)) {
        facts.unfetched = oxc_fetch_unfetched(tracker, context, oxc_link_of(tracker, call));
        row = oxc_fetch_row(tracker, context, oxc_link_of(tracker, call));
    }
    if (row == OXC_FETCH_ROW && (context->flags & OXC_CONTEXT_BUSY) == 0)
        facts.busy_since = oxc_evidence_of(tracker, context->row_records[0]);
    oxc_judge(tracker, &facts);
    learn(tracker, call, &facts, row);
    if (facts.judged && facts.busy_since.frame != 0)
        context->flags |= OXC_CONTEXT_BUSY;
}

void oxc_wait_response(oxc_tracker *tracker, const oxc_event *event, uint32_t number, bool readable)
{
    oxc_call *call = oxc_call_at(tracker, number);
    oxc_outcome outcome = readable ? outcome_of(event->status, event->flags) : OXC_OUTCOME_NONE;

    oxc_wait_note_close(tracker, call);
    oxc_wait_note_end(tracker, call, outcome);
    if (call->owner != OXC_NONE && (call->flags & OXC_CALL_CANCELLED) != 0) {
        /* The server has ignored the cancel or orphaned PDU: shown, and no evidence. */
        if (readable && event->status == 0 && (event->flags & OXC_NOTIFICATION_PENDING) != 0)
            oxc_fetch_link(tracker, call->owner);
    } else if (call->owner != OXC_NONE && readable) {
        judge_response(tracker, event, call);
    } else if (call->owner != OXC_NONE) {
        oxc_wait_forget(tracker, call->owner);
    }
    oxc_wait_finish(tracker, number);
}
