/* waits.c
 * EcDoAsyncWaitEx: which waits are outstanding, and how they end
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "state.h"

#define STATUS_REJECTED 0x000007EEu
#define STATUS_EXITING  0x000003EDu
#define NOTIFICATION    0x00000001u
#define SECOND          INT64_C(1000000000)
#define WAIT_LIMIT      (300 * SECOND)

typedef struct {
    uint32_t context;
    uint32_t connection;
} pair_key;

static uint32_t hash_pair(const oxc_tracker *tracker, uint32_t context, uint32_t connection)
{
    return oxc_hash_end(oxc_hash_step(tracker->seed, (uint64_t)context << 32 | connection));
}

static uint32_t pair_hash(const void *owner, uint32_t number)
{
    const oxc_tracker *tracker = (const oxc_tracker *)owner;
    const oxc_call *call = oxc_call_at(tracker, number);

    return hash_pair(tracker, call->owner, call->connection);
}

static bool pair_equal(const void *owner, uint32_t number, const void *wanted)
{
    const oxc_call *call = oxc_call_at((const oxc_tracker *)owner, number);
    const pair_key *key = (const pair_key *)wanted;

    return call->owner == key->context && call->connection == key->connection;
}

static const oxc_index_type pair_type = {pair_hash, pair_equal};

void oxc_waits_init(oxc_tracker *tracker)
{
    oxc_index_init(&tracker->pair_index, &pair_type, tracker);
}

static uint32_t find_pair(const oxc_tracker *tracker, uint32_t context, uint32_t connection)
{
    pair_key key = {context, connection};

    return oxc_index_find(&tracker->pair_index, hash_pair(tracker, context, connection), &key);
}

static void list_wait(oxc_tracker *tracker, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);
    oxc_context *context = oxc_context_at(tracker, call->owner);
    pair_key key = {call->owner, call->connection};

    call->older = context->outstanding;
    if (call->older != OXC_NONE)
        oxc_call_at(tracker, call->older)->newer = number;
    context->outstanding = number;
    call->older_same = find_pair(tracker, key.context, key.connection);
    if (call->older_same != OXC_NONE)
        oxc_call_at(tracker, call->older_same)->newer_same = number;
    oxc_index_put(&tracker->pair_index, hash_pair(tracker, key.context, key.connection), &key,
                  number);
    call->flags |= OXC_CALL_LISTED;
}

static void unlist_pair(oxc_tracker *tracker, oxc_call *call)
{
    pair_key key = {call->owner, call->connection};
    uint32_t hash = hash_pair(tracker, key.context, key.connection);

    if (call->newer_same != OXC_NONE)
        oxc_call_at(tracker, call->newer_same)->older_same = call->older_same;
    else if (call->older_same != OXC_NONE)
        oxc_index_put(&tracker->pair_index, hash, &key, call->older_same);
    else
        oxc_index_remove(&tracker->pair_index, hash, &key);
    if (call->older_same != OXC_NONE)
        oxc_call_at(tracker, call->older_same)->newer_same = call->newer_same;
    call->older_same = call->newer_same = OXC_NONE;
}

static void unlist_context(oxc_tracker *tracker, oxc_call *call)
{
    if (call->newer != OXC_NONE)
        oxc_call_at(tracker, call->newer)->older = call->older;
    else
        oxc_context_at(tracker, call->owner)->outstanding = call->older;
    if (call->older != OXC_NONE)
        oxc_call_at(tracker, call->older)->newer = call->newer;
    call->older = call->newer = OXC_NONE;
}

void oxc_wait_unlist(oxc_tracker *tracker, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);

    if ((call->flags & OXC_CALL_LISTED) == 0)
        return;
    unlist_pair(tracker, call);
    /* One that was dropped still counts on its own connection, should that revive. */
    if ((call->flags & OXC_CALL_DROPPED) == 0)
        unlist_context(tracker, call);
    call->flags &= (uint16_t)~OXC_CALL_LISTED;
}

/* Whether the wait may be over, or of another context that had the same handle. */
static bool is_doubtful(const oxc_tracker *tracker, const oxc_call *call)
{
    return oxc_call_doubted(tracker, call) ||
           oxc_context_at(tracker, call->owner)->certain > call->record + 1;
}

/* The wait is over, or may be, without an answer that was seen. */
static void retire(oxc_tracker *tracker, uint32_t number, bool closed)
{
    oxc_call *call = oxc_call_at(tracker, number);

    oxc_wait_unlist(tracker, number);
    oxc_context_at(tracker, call->owner)->flags |= OXC_CONTEXT_UNANSWERED;
    if (closed)
        call->flags |= OXC_CALL_CLOSED;
}

/* Whether a request shows by itself that those before it have no answer: its segment acknowledges
 * what the client has got by then. If answers travel on a TCP connection of their own, they are
 * acknowledged there, and often later. They may do so, too, where the server has never been heard:
 * on the IN channel of RPC over HTTP, if the capture does not hold its beginning. */
static bool acknowledges(const oxc_connection *connection)
{
    return connection->heard && !connection->split;
}

/* The newest outstanding wait of a context on a connection, if the request that comes now proves
 * that it is. */
static uint32_t find_same(oxc_tracker *tracker, uint32_t context, uint32_t connection)
{
    uint32_t wait = find_pair(tracker, context, connection);
    bool closed;

    if (wait == OXC_NONE || !acknowledges(oxc_connection_at(tracker, connection)))
        return OXC_NONE;
    closed = oxc_is_closed(tracker, connection);
    if (!closed && !is_doubtful(tracker, oxc_call_at(tracker, wait)))
        return wait;
    for (; wait != OXC_NONE; wait = find_pair(tracker, context, connection))
        retire(tracker, wait, closed);
    return OXC_NONE;
}

/* The newest outstanding wait of a context for which find_same() has none. */
static uint32_t find_other(oxc_tracker *tracker, uint32_t context)
{
    uint32_t wait;

    while ((wait = oxc_context_at(tracker, context)->outstanding) != OXC_NONE) {
        const oxc_call *call = oxc_call_at(tracker, wait);
        bool closed = oxc_is_closed(tracker, call->connection);

        if (!closed && !is_doubtful(tracker, call))
            return wait;
        retire(tracker, wait, closed);
    }
    return OXC_NONE;
}

/* Doubts about evidence of a context: also whether it was still the same context. */
static unsigned context_doubts(const oxc_tracker *tracker, const oxc_context *context,
                               uint32_t connection, uint32_t since)
{
    unsigned doubts = oxc_doubts(tracker, context->session, connection, since);

    return since < context->certain ? doubts | OXC_DOUBT_ISSUE : doubts;
}

/* Evidence that is of the context if nothing has changed since another record. */
static oxc_evidence context_evidence(const oxc_tracker *tracker, const oxc_context *context,
                                     uint32_t connection, uint32_t record, uint32_t since)
{
    oxc_evidence evidence = oxc_evidence_of(tracker, record);

    evidence.doubts = context_doubts(tracker, context, connection, since + 1);
    return evidence;
}

static oxc_evidence wait_evidence(const oxc_tracker *tracker, const oxc_context *context,
                                  uint32_t connection, uint32_t wait)
{
    uint32_t record;

    if (wait == OXC_NONE)
        return (oxc_evidence){0};
    record = oxc_call_at(tracker, wait)->record;
    return context_evidence(tracker, context, connection, record, record);
}

/* The previous wait of the context, if it went unanswered on a silent connection. */
static oxc_evidence look_at_dropped(const oxc_tracker *tracker, const oxc_context *context,
                                    uint32_t connection)
{
    int64_t limit = WAIT_LIMIT + (int64_t)tracker->settings.grace * SECOND;
    int64_t now = oxc_record_at(tracker, tracker->records.count - 1)->time;
    oxc_evidence evidence = {0};
    const oxc_call *previous;
    int64_t silent;

    if (context->last_wait_call == OXC_NONE)
        return evidence;
    previous = oxc_call_at(tracker, context->last_wait_call);
    silent = oxc_since(now, oxc_connection_at(tracker, previous->connection)->last_time);
    if (previous->connection == connection || (previous->flags & OXC_CALL_CANCELLED) != 0 ||
        is_doubtful(tracker, previous) || silent <= limit)
        return evidence;
    evidence = context_evidence(tracker, context, connection, previous->record, previous->record);
    evidence.age = silent;
    return evidence;
}

static bool previous_closed(const oxc_tracker *tracker, const oxc_context *context)
{
    const oxc_call *previous;

    if (context->last_wait_call == OXC_NONE)
        return false;
    previous = oxc_call_at(tracker, context->last_wait_call);
    return (previous->flags & OXC_CALL_CANCELLED) == 0 && !oxc_call_doubted(tracker, previous) &&
           oxc_is_closed(tracker, previous->connection);
}

/* The last error of the context, as far as its server returned the handle at all. */
static void look_at_failure(const oxc_tracker *tracker, const oxc_call *call, oxc_facts *facts)
{
    const oxc_context *context = oxc_context_at(tracker, call->owner);

    if (context->failure == OXC_NONE || context->connect == OXC_NONE)
        return;
    facts->failure = context_evidence(tracker, context, call->connection, context->failure,
                                      oxc_record_at(tracker, context->failure)->request);
    facts->failure_status = context->failure_status;
    /* The handle may just be returned again. */
    facts->failure.doubts |= oxc_awaited(tracker, context->session, call->connection);
}

static void look_at_waits(oxc_tracker *tracker, oxc_call *call, oxc_facts *facts)
{
    oxc_context *context = oxc_context_at(tracker, call->owner);
    uint32_t same, other = OXC_NONE;

    facts->dropped_wait = look_at_dropped(tracker, context, call->connection);
    same = find_same(tracker, call->owner, call->connection);
    if (same == OXC_NONE)
        other = find_other(tracker, call->owner);
    if (same != OXC_NONE || other != OXC_NONE || context->dropped != 0)
        call->flags |= OXC_CALL_COMPANY;
    facts->same_wait = wait_evidence(tracker, context, call->connection, same);
    facts->other_wait = wait_evidence(tracker, context, call->connection, other);
    look_at_failure(tracker, call, facts);
}

/* The end of the session, with doubts about whether it is the session of the context. */
static oxc_evidence end_evidence(const oxc_tracker *tracker, const oxc_call *call)
{
    const oxc_context *context = oxc_context_at(tracker, call->owner);
    uint32_t end = oxc_session_at(tracker, context->session)->end;
    uint32_t bound = oxc_context_bound_since(tracker, call->owner);
    oxc_evidence evidence = oxc_evidence_of(tracker, end);

    evidence.doubts =
        oxc_doubts(tracker, context->session, call->connection, bound) & OXC_DOUBT_ISSUE;
    /* Bound when the end was under way: unless EcDoConnectEx returned the CXH before. */
    if (bound > oxc_record_at(tracker, end)->request)
        evidence.doubts |= oxc_doubts(tracker, context->session, call->connection,
                                      oxc_record_at(tracker, end)->request + 1) &
                           OXC_DOUBT_OPEN;
    evidence.doubts |= oxc_awaited(tracker, context->session, call->connection);
    if ((oxc_session_at(tracker, context->session)->flags & OXC_SESSION_DOUBTED) != 0)
        evidence.doubts |= OXC_DOUBT_OPEN;
    return evidence;
}

static void look_at_handle(oxc_tracker *tracker, const oxc_event *event, oxc_call *call,
                           oxc_facts *facts)
{
    const oxc_context *context = oxc_context_at(tracker, call->owner);
    uint32_t session = oxc_session_find(tracker, context->key.server, &event->handle);

    facts->explained = oxc_acxh_explained(tracker, &event->handle);
    facts->association_began = oxc_association_at(tracker, call->association)->began;
    facts->association_complete =
        oxc_association_complete(tracker, call->association, OXC_MARK_ISSUE);
    facts->reported_unknown = (context->flags & OXC_CONTEXT_REPORTED) != 0;
    facts->returned_as_cxh = session != OXC_NONE &&
                             (oxc_session_at(tracker, session)->flags & OXC_SESSION_RETURNED) != 0;
    if (context->session == OXC_NONE)
        return;
    if (oxc_session_ended(tracker, context->session))
        facts->session_end = end_evidence(tracker, call);
    if (oxc_session_ended(tracker, context->session) ||
        oxc_session_doubts(tracker, context->session, call->connection,
                           oxc_context_bound_since(tracker, call->owner)) != 0)
        call->flags |= OXC_CALL_DEAD;
}

/* The previous wait of the context is over: said on this one, its next. */
static void end_previous(oxc_tracker *tracker, oxc_context *context, oxc_outcome outcome)
{
    oxc_record *record = oxc_record_at(tracker, tracker->records.count - 1);
    uint32_t previous = context->last_wait_call;

    record->outcome = (uint8_t)outcome;
    record->flags |= OXC_RECORD_TIMED;
    if (outcome == OXC_OUTCOME_CLOSED) {
        retire(tracker, previous, true);
        return;
    }
    if ((oxc_call_at(tracker, previous)->flags & OXC_CALL_LISTED) == 0)
        return;
    unlist_context(tracker, oxc_call_at(tracker, previous));
    oxc_call_at(tracker, previous)->flags |= OXC_CALL_DROPPED;
    context->dropped++;
}

static void link_wait(oxc_tracker *tracker, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);
    oxc_context *context = oxc_context_at(tracker, call->owner);
    oxc_record *record = oxc_record_at(tracker, call->record);

    record->wait.ordinal = ++context->wait_count;
    record->wait.previous = context->last_wait;
    record->wait.connect = context->connect;
    if (context->last_wait != OXC_NONE)
        oxc_record_at(tracker, context->last_wait)->wait.next = call->record;
    if (context->last_wait_connection != call->connection)
        context->other_wait = context->last_wait;
    context->last_wait_connection = call->connection;
    context->last_wait = call->record;
    context->last_wait_call = number;
    list_wait(tracker, number);
}

static void show_context(oxc_tracker *tracker, oxc_record *record, uint32_t context)
{
    record->context = context;
    record->session = oxc_context_session_number(tracker, context);
}

static void begin_wait(oxc_tracker *tracker, const oxc_event *event, oxc_call *call)
{
    uint32_t server = oxc_connection_at(tracker, event->connection)->server;
    uint32_t session;

    call->owner = oxc_context_find(tracker, server, &event->handle);
    if (call->owner == OXC_NONE)
        call->owner = oxc_context_begin(tracker, server, &event->handle, OXC_NONE);
    show_context(tracker, oxc_record_at(tracker, call->record), call->owner);
    session = oxc_context_at(tracker, call->owner)->session;
    if (session != OXC_NONE) {
        oxc_session_at(tracker, session)->latest = call->association;
        oxc_session_at(tracker, session)->flags |= OXC_SESSION_WAITED;
    }
}

void oxc_wait_request(oxc_tracker *tracker, const oxc_event *event, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);
    oxc_facts facts = {.pdu = OXC_PDU_WAIT_REQUEST, .flags = event->flags};
    oxc_context *context;
    bool closed;
    uint64_t rules;

    if (oxc_handle_is_null(&event->handle)) {
        call->flags |= OXC_CALL_NULL;
        facts.null_handle = true;
        oxc_judge(tracker, &facts);
        return;
    }
    begin_wait(tracker, event, call);
    context = oxc_context_at(tracker, call->owner);
    look_at_handle(tracker, event, call, &facts);
    closed = previous_closed(tracker, context);
    look_at_waits(tracker, call, &facts);
    rules = oxc_judge(tracker, &facts);
    if ((rules & UINT64_C(1) << OXC_RULE_wait_handle_unknown) != 0)
        context->flags |= OXC_CONTEXT_REPORTED;
    if (closed)
        end_previous(tracker, context, OXC_OUTCOME_CLOSED);
    else if ((rules & UINT64_C(1) << OXC_RULE_wait_dropped) != 0)
        end_previous(tracker, context, OXC_OUTCOME_DROPPED);
    link_wait(tracker, number);
}

void oxc_wait_unread_request(oxc_tracker *tracker, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);
    const oxc_association *association = oxc_association_at(tracker, call->association);
    uint32_t context = association->latest_context;

    /* Everything that was issued on the association is known, and it is one context. */
    if (!oxc_association_seen_whole(association) || association->contexts != 1)
        return;
    if (oxc_context_at(tracker, context)->session != OXC_NONE &&
        !oxc_session_ended(tracker, oxc_context_at(tracker, context)->session))
        show_context(tracker, oxc_record_at(tracker, call->record), context);
}

static oxc_outcome outcome_of(uint32_t status, uint32_t flags)
{
    if (status == 0)
        return (flags & NOTIFICATION) != 0 ? OXC_OUTCOME_NOTIFICATION : OXC_OUTCOME_NO_EVENT;
    if (status == STATUS_REJECTED)
        return OXC_OUTCOME_REJECTED;
    return status == STATUS_EXITING ? OXC_OUTCOME_EXITING : OXC_OUTCOME_OTHER_ERROR;
}

/* The EcDoAsyncConnectEx response that last returned a handle, whatever context it began. */
static uint32_t latest_connect(const oxc_tracker *tracker, const oxc_context *context)
{
    uint32_t latest;

    if ((context->flags & OXC_CONTEXT_REPLACED) == 0)
        return context->connect;
    latest = oxc_context_find(tracker, context->key.server, &context->key.handle);
    return oxc_context_at(tracker, latest)->connect;
}

/* Fills in the record of a PDU that ends a wait. */
static void show_end(oxc_tracker *tracker, const oxc_call *call, oxc_outcome outcome)
{
    oxc_record *record = oxc_record_at(tracker, tracker->records.count - 1);

    record->answer.fetch = record->answer.delivered = OXC_NONE;
    record->answer.next = record->answer.connect = OXC_NONE;
    if ((call->flags & OXC_CALL_CANCELLED) == 0) {
        record->outcome = (uint8_t)outcome;
        record->flags |= OXC_RECORD_TIMED;
    }
    if (call->owner == OXC_NONE)
        return;
    show_context(tracker, record, call->owner);
    record->answer.connect = latest_connect(tracker, oxc_context_at(tracker, call->owner));
}

/* The call has its answer. */
static void finish(oxc_tracker *tracker, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);
    oxc_context *context;

    if (call->owner == OXC_NONE)
        return;
    oxc_wait_unlist(tracker, number);
    context = oxc_context_at(tracker, call->owner);
    if ((call->flags & OXC_CALL_CLOSED) != 0)
        context->flags |= OXC_CONTEXT_UNANSWERED; /* the answer came too late */
    if ((call->flags & OXC_CALL_DROPPED) != 0)
        context->dropped--;
    if (context->last_wait_call == number)
        context->last_wait_call = OXC_NONE;
}

/* Looks whether the connection of a wait was closed before this PDU, which is about it. */
static void note_close(const oxc_tracker *tracker, oxc_call *call)
{
    if (oxc_is_closed(tracker, call->connection))
        call->flags |= OXC_CALL_CLOSED;
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

    if ((call->flags & OXC_CALL_CANCELLED) != 0)
        return call->later;
    if (oxc_connection_at(tracker, call->connection)->split)
        later = context->last_wait;
    /* Nobody knows whether the close came before the later wait. */
    if (!is_out(call) || later == OXC_NONE || later <= call->record)
        return OXC_NONE;
    return later;
}

static bool is_judged(const oxc_tracker *tracker, const oxc_call *call, const oxc_context *context)
{
    return (call->flags & (OXC_CALL_UNREAD | OXC_CALL_NULL | OXC_CALL_DEAD)) == 0 &&
           !oxc_call_doubted(tracker, call) && context->session != OXC_NONE &&
           context->certain <= call->record + 1 &&
           (oxc_session_at(tracker, context->session)->flags & OXC_SESSION_OPENED) != 0 &&
           oxc_acxh_explained(tracker, &context->key.handle);
}

/* Whether a wait that was taken for dropped may be out still. */
static bool others_dropped(const oxc_call *call, const oxc_context *context)
{
    return context->dropped > ((call->flags & OXC_CALL_DROPPED) != 0 ? 1u : 0u);
}

static void look_at_session(const oxc_tracker *tracker, const oxc_call *call,
                            const oxc_context *context, oxc_facts *facts)
{
    const oxc_session *session;

    if (context->session == OXC_NONE)
        return;
    session = oxc_session_at(tracker, context->session);
    if (session->activity != OXC_NONE)
        facts->activity = oxc_evidence_of(tracker, session->activity);
    facts->bound_doubts = oxc_doubts(tracker, context->session, call->connection,
                                     oxc_context_bound_since(tracker, call->owner));
    facts->disconnect_sent = session->disconnect != OXC_NONE && session->disconnect > call->record;
    facts->alone = is_out(call) && (call->flags & OXC_CALL_COMPANY) == 0 &&
                   context->last_wait == call->record &&
                   (context->flags & OXC_CONTEXT_UNANSWERED) == 0 && !others_dropped(call, context);
    facts->alone_doubts =
        oxc_doubts(tracker, context->session, call->connection, session->begun + 1);
}

/* Where this wait stands among those of its context. What the server still says about a wait
 * that was over is not measured. */
static void look_at_answer(oxc_tracker *tracker, const oxc_call *call, oxc_facts *facts)
{
    const oxc_context *context = oxc_context_at(tracker, call->owner);
    uint32_t later = find_later(tracker, call);
    uint32_t zero = context->zero;

    look_at_session(tracker, call, context, facts);
    facts->request = oxc_evidence_of(tracker, call->record);
    if (later != OXC_NONE)
        facts->later_wait =
            context_evidence(tracker, context, call->connection, later, call->record);
    if (!is_out(call))
        return;
    facts->wait = context_evidence(tracker, context, call->connection, call->record, call->record);
    if (zero != OXC_NONE && zero > call->record)
        facts->zero_wait =
            context_evidence(tracker, context, call->connection, zero,
                             MIN(call->record, oxc_record_at(tracker, zero)->request));
}

static bool is_notification(const oxc_facts *facts)
{
    return facts->status == 0 && (facts->flags & NOTIFICATION) != 0;
}

/* Whether the client should not have tried again after this response. */
static bool forbids_retry(const oxc_tracker *tracker, const oxc_context *context,
                          const oxc_facts *facts)
{
    if (facts->status != STATUS_REJECTED)
        return facts->status != 0;
    /* Of a session that was there before the capture, earlier waits may still be out; and one that
     * was lost on another connection may not show until that carries something again. */
    return facts->alone && (facts->alone_doubts & OXC_DOUBT_WAIT) == 0 &&
           context->other_wait == OXC_NONE &&
           (oxc_session_at(tracker, context->session)->flags & OXC_SESSION_OPENED) != 0;
}

/* Of several errors the one of the latest wait is the surest. */
static void set_failure(const oxc_tracker *tracker, const oxc_call *call, oxc_context *context,
                        uint32_t status)
{
    if (context->failure != OXC_NONE &&
        oxc_record_at(tracker, context->failure)->request > call->record)
        return;
    context->failure = tracker->records.count - 1;
    context->failure_status = status;
}

static void learn(oxc_tracker *tracker, const oxc_call *call, const oxc_facts *facts)
{
    oxc_context *context = oxc_context_at(tracker, call->owner);
    uint32_t record = tracker->records.count - 1;
    bool counts = is_out(call) && !oxc_call_doubted(tracker, call);

    oxc_context_set_quiet(tracker, call->owner, facts->status == 0);
    if (counts && forbids_retry(tracker, context, facts))
        set_failure(tracker, call, context, facts->status);
    if (counts && facts->status == 0)
        context->zero = record;
    if (is_notification(facts))
        oxc_fetch_notification(tracker, call->owner, call->connection);
    else
        context->row = 0;
}

static void judge_response(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call)
{
    oxc_context *context = oxc_context_at(tracker, call->owner);
    oxc_facts facts = {.pdu = OXC_PDU_WAIT_RESPONSE,
                       .judged = is_judged(tracker, call, context),
                       .status = event->status,
                       .flags = event->flags};
    uint64_t rules;

    look_at_answer(tracker, call, &facts);
    if (is_notification(&facts)) {
        facts.unfetched = oxc_fetch_unfetched(tracker, call->owner, call->connection);
        facts.busy_since = oxc_fetch_busy(tracker, call->owner, call->connection);
    }
    rules = oxc_judge(tracker, &facts);
    learn(tracker, call, &facts);
    if ((rules & UINT64_C(1) << OXC_RULE_wait_busy_loop) != 0)
        context->flags |= OXC_CONTEXT_BUSY;
}

void oxc_wait_response(oxc_tracker *tracker, const oxc_event *event, uint32_t number, bool readable)
{
    oxc_call *call = oxc_call_at(tracker, number);

    note_close(tracker, call);
    show_end(tracker, call, readable ? outcome_of(event->status, event->flags) : OXC_OUTCOME_NONE);
    if (call->owner != OXC_NONE && readable) {
        judge_response(tracker, event, call);
    } else if (call->owner != OXC_NONE) {
        oxc_context_at(tracker, call->owner)->row = 0;
        oxc_context_set_quiet(tracker, call->owner, false);
    }
    finish(tracker, number);
}

void oxc_wait_fault(oxc_tracker *tracker, uint32_t number)
{
    note_close(tracker, oxc_call_at(tracker, number));
    show_end(tracker, oxc_call_at(tracker, number), OXC_OUTCOME_FAULT);
    finish(tracker, number);
}

void oxc_wait_cancel(oxc_tracker *tracker, uint32_t number)
{
    oxc_call *call = oxc_call_at(tracker, number);

    note_close(tracker, call);
    show_end(tracker, call, OXC_OUTCOME_CANCELLED);
    if (call->owner != OXC_NONE) {
        uint32_t later = find_later(tracker, call);

        retire(tracker, number, false);
        call->later = later;
    }
    call->flags |= OXC_CALL_CANCELLED;
}

void oxc_wait_missed(oxc_tracker *tracker, uint32_t number)
{
    const oxc_call *call = oxc_call_at(tracker, number);

    if (call->owner == OXC_NONE)
        return;
    retire(tracker, number, false);
    oxc_context_at(tracker, call->owner)->row = 0;
    oxc_context_set_quiet(tracker, call->owner, false);
    finish(tracker, number);
}
