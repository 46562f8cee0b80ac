/* naive_history.h
 * What the parts of the naive telling share: the history, and the questions that it answers
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Everything is an index into the history, and every question is asked as of a moment: only
 * entries before it count. Nothing is remembered but what match(), name_handles() and the rules
 * found when an entry came in.
 */

#ifndef NAIVE_HISTORY_H
#define NAIVE_HISTORY_H

#include <string.h>

#include "naive.h"

#define SECOND          INT64_C(1000000000)
#define FIVE_MINUTES    (300 * SECOND)
#define STATUS_REJECTED 0x7EEu
#define STATUS_EXITING  0x3EDu
#define FLAG_PENDING    0x1u
#define NOTHING         (-1)

/* One thing that happened. The fields below the event are answers found by reading what was
 * there when it came in; they are kept only so as not to read it all again. */
typedef struct {
    oxc_event e;
    bool close;     /* a FIN or RST of e.connection at e.time, no PDU */
    bool twin;      /* on the second sighting of a connection: it feeds nothing */
    int call;       /* the request that a response, fault, cancel or orphaned is about */
    bool unmatched; /* response */
    bool believed;  /* the stub was read and may be trusted */
    int session;    /* request of a session, EcDoConnectEx response: where the session begins */
    int context;    /* wait request, EcDoAsyncConnectEx response: where the context begins */
    uint64_t findings;
    uint64_t allowed;
    uint64_t certain;
    int since[OXC_RULE_COUNT]; /* of each finding: the oldest entry that it rests on */
    bool warns_unknown;
} entry;

typedef struct {
    uint32_t server;
    uint16_t port;
    uint32_t client;
    bool split;
    bool twin; /* the second sighting of another one */
} connection;

struct naive {
    oxc_settings settings;
    bool only_allows; /* what the rules report is allowed, not asked for */
    GArray *connections;
    GArray *history;
};

static inline int length(const naive *n)
{
    return (int)n->history->len;
}

static inline entry *at(const naive *n, int i)
{
    return &g_array_index(n->history, entry, (guint)i);
}

static inline const connection *connection_of(const naive *n, const entry *x)
{
    return &g_array_index(n->connections, connection, x->e.connection);
}

static inline uint32_t server_of(const naive *n, const entry *x)
{
    return connection_of(n, x)->server;
}

static inline int64_t grace_of(const naive *n)
{
    return (int64_t)n->settings.grace * SECOND;
}

static inline bool same_handle(oxc_name a, oxc_name b)
{
    return a == b;
}

static inline bool is_null(oxc_name handle)
{
    return handle == OXC_NO_NAME;
}

/* A PDU that counts: no close, and not the second sighting of one. */
static inline bool is_pdu(const entry *x)
{
    return !x->close && !x->twin;
}

static inline bool is_request(const entry *x, oxc_kind method)
{
    return is_pdu(x) && x->e.type == OXC_EVENT_REQUEST && x->e.kind == method;
}

/* A response that answers a call of that method. */
static inline bool is_response(const naive *n, const entry *x, oxc_kind method)
{
    return is_pdu(x) && x->e.type == OXC_EVENT_RESPONSE && !x->unmatched &&
           at(n, x->call)->e.kind == method;
}

/* A request of that method on the session. */
static inline bool is_call_of(const naive *n, int i, oxc_kind method, int session)
{
    return is_request(at(n, i), method) && at(n, i)->session == session;
}

/* --- naive_calls.c: calls, their answers and their ends; what could be read --- */

bool is_about_call(const entry *x);
int call_of(const naive *n, const oxc_event *e, int before);
int answer_of(const naive *n, int request, int before);
int end_of(const naive *n, int request, int before);
bool outstanding(const naive *n, int request, int before);
bool ended_unanswered(const naive *n, int end);
bool was_closed(const naive *n, uint32_t number, int before);
bool request_has_handle(oxc_kind method);
bool is_unreadable(const entry *x);
bool knows_handle(const entry *x);
bool knows_result(const entry *x);
bool returned_zero(const entry *x);
bool is_believed(const naive *n, const entry *x, int before);

/* --- naive_sessions.c: sessions, contexts, and the waits of a context --- */

bool opens_session(const naive *n, const entry *x);
bool carries_cxh(const entry *x);
int session_named(const naive *n, uint32_t server, oxc_name cxh, int before);
bool gives_null(const naive *n, int i, int session);
int session_end_from(const naive *n, int session, int from, int before);
int session_end(const naive *n, int session, int before);
bool is_doubtful(const naive *n, int session, int moment, int before);
bool was_opened(const naive *n, int session);
bool was_alive(const naive *n, int session, int moment, int before);
bool may_have_lived(const naive *n, int session, int moment, int before);
bool is_alive(const naive *n, int session, int before);
bool is_explained(const naive *n, oxc_name handle, oxc_kind by, int before);
bool returns_acxh(const naive *n, const entry *x);
bool carries_acxh(const entry *x);
int issued_for(const naive *n, int context);
int context_named(const naive *n, uint32_t server, oxc_name acxh, int before);
int session_of(const naive *n, int context, int before);
bool begins_context(const naive *n, int i);
int last_return(const naive *n, uint32_t server, oxc_name acxh, int before);
bool is_wait_of(const naive *n, int i, int context);
int previous_wait(const naive *n, int context, int before);
bool is_wait_response_of(const naive *n, int i, int context);
int previous_response(const naive *n, int context, int before);
bool is_notification(const naive *n, int i);
int previous_notification(const naive *n, int context, int before);
int context_of_response(const naive *n, int response);
bool ends_wait(const naive *n, int response);
bool is_evidence(const naive *n, int response);
bool were_outstanding_together(const naive *n, int a, int b, int before);
int fetch_of(const naive *n, int notification);
bool is_fetched(const naive *n, int notification, int before);
int delivery_of(const naive *n, int notification);
uint32_t registered_in(const naive *n, int session, uint32_t handle, int response);

/* --- naive_associations.c --- */

int bind_of(const naive *n, int bind_ack);
uint32_t group_of(const naive *n, int bind_ack);
int association_of(const naive *n, uint32_t number, int before);
bool same_endpoint(const naive *n, uint32_t a, uint32_t b);
bool began_in_capture(const naive *n, int association);
bool is_complete(const naive *n, int i);
bool may_be_complete(const naive *n, int i);
bool may_have_more(const naive *n, int i);
bool awaits(const naive *n, int session, oxc_kind method, int i);
bool gives_again(const naive *n, uint32_t server, int before);
bool is_second_sighting(const naive *n, int i);

/* --- naive_requests.c, naive_waits.c, naive_responses.c: the rules --- */

void report(naive *n, int i, oxc_rule_id rule, int since);
void report_if(naive *n, int i, oxc_rule_id rule, int since, bool sure);
void allow(naive *n, int i, oxc_rule_id rule);
void judge_request(naive *n, int i);
void judge_response(naive *n, int i);
bool rejected_alone(const naive *n, int wait, int response, bool *sure);
bool was_dropped(const naive *n, int wait, int i);
bool seen_dropped(const naive *n, int wait, int before);
void judge_overlap(naive *n, int i);
void judge_cut(naive *n, int i);
void judge_after_error(naive *n, int i);
bool maybe_replaced(const naive *n, int wait, int before);
bool silent_too_long(const naive *n, int wait, int session, int moment, int *since);
void judge_left(naive *n, int notification, int i);

/* --- naive_gaps.c --- */

/* What a gap can have hidden. */
typedef struct {
    bool requests;
    bool answers;
} hidden;

hidden hidden_in(const naive *n, int g);
uint64_t certain_findings(const naive *n, int i);
uint64_t allowed_findings(const naive *n, int i);

#endif /* NAIVE_HISTORY_H */
