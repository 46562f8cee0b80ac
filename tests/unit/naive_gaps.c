/* naive_gaps.c
 * Which findings no gap can have touched: what must be said in spite of all that is missing
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The contract says what a gap may lift at the most. A finding is certain where nothing of that
 * applies: no gap between the oldest evidence and its frame, and of each older gap the session has
 * been seen to come back before that evidence. In between a checker may speak or be silent.
 */

#include <string.h>

#include "naive_history.h"

#define RULE_BIT(rule) (UINT64_C(1) << (OXC_RULE_##rule))

/* Judged by the bytes of a request alone. */
static const uint64_t request_rules = RULE_BIT(wait_null_handle) | RULE_BIT(flags_in_nonzero) |
                                      RULE_BIT(connect_null_session) |
                                      RULE_BIT(rop_notify_in_request);

/* Judged by the bytes of an answer; its session must be alive. */
static const uint64_t answer_rules =
    RULE_BIT(flags_out_reserved) | RULE_BIT(notify_flags_invalid) |
    RULE_BIT(session_handle_changed) | RULE_BIT(disconnect_handle_not_null) |
    RULE_BIT(connect_null_on_success) | RULE_BIT(connect_handle_on_failure);

/* What a hidden EcDoAsyncConnectEx may undo: "any call until its connection closed". */
static const uint64_t until_closed =
    RULE_BIT(wait_after_error) | RULE_BIT(wait_after_disconnect) | RULE_BIT(wait_races_disconnect) |
    RULE_BIT(connect_after_disconnect) | RULE_BIT(connect_races_disconnect);

/* "A handle that nobody explained before the gap may have been issued in it", for good. */
static const uint64_t unexplained_rules =
    RULE_BIT(wait_without_connect) | RULE_BIT(wait_handle_unknown) |
    RULE_BIT(connect_without_session) | RULE_BIT(connect_session_unknown);

/* Whether a call may be outstanding on the connection, hidden ones included. */
static bool has_outstanding(const naive *n, uint32_t number, int moment)
{
    for (int i = 0; i < moment; i++) {
        const entry *x = at(n, i);
        if (!is_pdu(x) || x->e.type == OXC_EVENT_UNSEEN || x->e.connection != number)
            continue;
        if (x->e.type == OXC_EVENT_LOST && x->e.lost_from != OXC_SIDE_SERVER)
            return true;
        if (x->e.type == OXC_EVENT_RESPONSE && x->unmatched)
            return true;
        if (x->e.type == OXC_EVENT_REQUEST && answer_of(n, i, moment) == NOTHING)
            return true;
    }
    return false;
}

static bool takes_over(const naive *n, int i)
{
    int older = call_of(n, &at(n, i)->e, i);
    return older != NOTHING && answer_of(n, older, i) == NOTHING;
}

/* A bind_ack without its bind, or behind a call: something of the connection is missing. */
static bool comes_late(const naive *n, int bind_ack)
{
    for (int i = 0; i < bind_ack; i++)
        if (is_pdu(at(n, i)) && at(n, i)->e.type == OXC_EVENT_REQUEST &&
            at(n, i)->e.connection == at(n, bind_ack)->e.connection)
            return true;
    return bind_of(n, bind_ack) == NOTHING;
}

/* "Missing bytes of the server hide answers, and only those of calls that were outstanding on that
 * connection; missing bytes of the client hide requests (and later their answers)." */
hidden hidden_in(const naive *n, int g)
{
    const entry *x = at(n, g);
    hidden none = {false, false};
    if (!is_pdu(x))
        return none;
    if (x->e.type == OXC_EVENT_UNSEEN)
        return (hidden){true, true};
    if (x->e.type == OXC_EVENT_LOST)
        return (hidden){x->e.lost_from != OXC_SIDE_SERVER,
                        x->e.lost_from != OXC_SIDE_CLIENT &&
                            has_outstanding(n, x->e.connection, g)};
    if (x->e.type == OXC_EVENT_BIND_ACK && comes_late(n, g))
        return (hidden){true, true};
    if (x->e.type == OXC_EVENT_RESPONSE)
        return (hidden){x->unmatched || is_unreadable(at(n, x->call)), is_unreadable(x)};
    if (x->e.type == OXC_EVENT_REQUEST)
        return (hidden){is_unreadable(x), takes_over(n, g)};
    return none;
}

static int context_at(const naive *n, int i)
{
    const entry *x = at(n, i);
    return x->e.type == OXC_EVENT_RESPONSE ? at(n, x->call)->context : x->context;
}

/* "An association belongs to one client": a gap touches what its client did, what was done in its
 * association, and the sessions and contexts on which that client sent a call. */
static bool touches_client(const naive *n, int g, int i, int session)
{
    uint32_t client = connection_of(n, at(n, g))->client;
    if (at(n, g)->e.type == OXC_EVENT_UNSEEN || client == connection_of(n, at(n, i))->client ||
        association_of(n, at(n, g)->e.connection, i) ==
            association_of(n, at(n, i)->e.connection, i))
        return true;
    int context = context_at(n, i);
    for (int k = 0; k < i; k++) {
        const entry *x = at(n, k);
        bool of_it = (session != NOTHING && x->session == session) ||
                     (context != NOTHING && x->context == context);
        if (is_pdu(x) && of_it && client == connection_of(n, x)->client)
            return true;
    }
    return false;
}

/* "Until one of their calls that was sent after the gap is answered with 0 and their CXH." Such an
 * EcDoRpcExt2 also ends what may be in flight. */
static int comes_back(const naive *n, int session, int g, int before)
{
    for (int i = g + 1; i < before; i++) {
        const entry *x = at(n, i);
        if (is_response(n, x, OXC_KIND_EXECUTE) && x->call > g &&
            at(n, x->call)->session == session && !is_unreadable(x) && returned_zero(x) &&
            same_handle(x->e.name, at(n, x->call)->e.name))
            return i;
    }
    return NOTHING;
}

/* The session that a finding at entry i is about. */
static int session_at(const naive *n, int i)
{
    const entry *x = at(n, i);
    const entry *call = x->e.type == OXC_EVENT_RESPONSE ? at(n, x->call) : x;
    if (call->e.kind != OXC_KIND_WAIT)
        return call->session;
    return call->context == NOTHING ? NOTHING : session_of(n, call->context, i);
}

/* "Sessions and contexts that begin after a gap are judged as if it had not been": the call that
 * opened the session, or 0 for one that may be older than its first PDU. */
static int begin_of(const naive *n, int session)
{
    return was_opened(n, session) ? at(n, session)->call : 0;
}

/* Whether gap g may lift a rule at entry i that rests on nothing older than @p since. */
static bool may_lift(const naive *n, int g, int i, int rule, int since, int session)
{
    hidden what = hidden_in(n, g);
    if ((!what.requests && !what.answers) || !touches_client(n, g, i, session) ||
        g < begin_of(n, session))
        return false;
    int back = session == NOTHING ? NOTHING : comes_back(n, session, g, i);
    if (back == NOTHING)
        return true;
    if ((answer_rules >> rule & 1) != 0)
        return g > since;
    if (back > since)
        return true;
    if ((until_closed >> rule & 1) != 0 && what.requests &&
        !was_closed(n, at(n, g)->e.connection, since))
        return true;
    return what.requests && at(n, since)->e.time - at(n, g)->e.time <= FIVE_MINUTES + grace_of(n);
}

/* A response that was read as that of another method than its call's: whether what comes as the
 * answer after that is evidence is left open. */
static bool was_misread(const naive *n, int before)
{
    for (int i = 0; i < before; i++) {
        const entry *x = at(n, i);
        if (is_pdu(x) && x->e.type == OXC_EVENT_RESPONSE && x->unmatched && x->call != NOTHING &&
            answer_of(n, x->call, i) == NOTHING)
            return true;
    }
    return false;
}

/* Waits with the handle of entry i went to two addresses. The server of each may have issued these
 * bytes for itself: what rests on their being one handle may be left out. */
static bool is_lent(const naive *n, int i)
{
    const entry *x = at(n, i);
    const entry *asked = x->e.type == OXC_EVENT_REQUEST || x->call == NOTHING ? x : at(n, x->call);
    if (asked->e.kind != OXC_KIND_WAIT)
        return false;
    for (int before = 0; before < i; before++) {
        const entry *other = at(n, before);
        if (is_pdu(other) && other->e.type == OXC_EVENT_REQUEST && other->e.kind == OXC_KIND_WAIT &&
            other->e.has_name && server_of(n, other) != server_of(n, asked) &&
            same_handle(other->e.name, asked->e.name))
            return true;
    }
    return false;
}

static bool is_certain(const naive *n, int i, int rule)
{
    if ((request_rules >> rule & 1) != 0)
        return true;
    if ((rule == OXC_RULE_wait_overlap || rule == OXC_RULE_wait_after_disconnect ||
         rule == OXC_RULE_wait_races_disconnect) &&
        is_lent(n, i))
        return false;
    if (gives_again(n, server_of(n, at(n, i)), i) || was_misread(n, i))
        return false;
    bool unexplained = (unexplained_rules >> rule & 1) != 0;
    int session = session_at(n, i);
    for (int g = 0; g <= i; g++) {
        hidden what = hidden_in(n, g);
        if (unexplained ? what.requests || what.answers
                        : may_lift(n, g, i, rule, at(n, i)->since[rule], session))
            return false;
    }
    return true;
}

/* The findings at entry i that must be there. */
uint64_t certain_findings(const naive *n, int i)
{
    uint64_t certain = 0;
    for (int rule = 0; rule < OXC_RULE_COUNT; rule++)
        if ((at(n, i)->findings >> rule & 1) != 0 && is_certain(n, i, rule))
            certain |= UINT64_C(1) << rule;
    return certain;
}

/* What may be said at entry i. */
uint64_t allowed_findings(const naive *n, int i)
{
    uint64_t allowed = at(n, i)->allowed | at(n, i)->findings;
    for (int rule = 0; rule < OXC_RULE_COUNT && was_misread(n, i); rule++)
        if (oxc_rules[rule].rule_class == OXC_CLASS_SUSPICION)
            allowed |= UINT64_C(1) << rule;
    return allowed;
}

guint naive_certain_from(const naive *n, guint index, guint gap)
{
    int i = (int)index;
    const entry *x = at(n, i);
    if (!is_pdu(x) || (x->e.type != OXC_EVENT_REQUEST && x->e.type != OXC_EVENT_RESPONSE) ||
        x->unmatched)
        return 0;
    int session = session_at(n, i);
    if (session == NOTHING)
        return 0;
    if (begin_of(n, session) > (int)gap)
        return (guint)begin_of(n, session) - 1;
    int back = comes_back(n, session, (int)gap, i);
    return back == NOTHING ? 0 : (guint)back;
}

void naive_find_origin(const naive *n, guint index, naive_origin *origin)
{
    const entry *x = at(n, (int)index);
    memset(origin, 0, sizeof *origin);
    if (!is_pdu(x) || (x->e.type != OXC_EVENT_REQUEST && x->e.type != OXC_EVENT_RESPONSE) ||
        x->unmatched)
        return;
    const entry *call = x->e.type == OXC_EVENT_RESPONSE ? at(n, x->call) : x;
    int session = session_at(n, (int)index);
    if (session != NOTHING) {
        origin->session_frame = at(n, session)->e.frame;
        origin->session_ordinal = at(n, session)->e.ordinal;
    }
    for (int i = 0; i < (int)index && session != NOTHING; i++)
        if (begins_context(n, i) && session_of(n, i, (int)index) == session)
            origin->bound_frames += at(n, i)->e.frame;
    if (call->context != NOTHING) {
        origin->context_frame = at(n, call->context)->e.frame;
        origin->context_ordinal = at(n, call->context)->e.ordinal;
    }
}
