/* state.h
 * The state behind the tracker, shared by its parts only
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_STATE_H
#define OXC_STATE_H

#include <glib.h>

#include "facts.h"
#include "store.h"
#include "tracker.h"

/* Every PDU of the two interfaces has a record; its number orders events. A *mark* is a record
 * number plus one, 0 for "never": "x happened since record r" is mark_of_x > r + 1. */

typedef enum {
    OXC_MARK_FETCH,
    OXC_MARK_END,
    OXC_MARK_OPEN,
    OXC_MARK_ISSUE,
    OXC_MARK_WAIT,
    OXC_MARK_DISCONNECT,
    OXC_MARK_COUNT, /* the doubt of a mark is 1 << mark */
} oxc_mark;

/** What is not known of the calls of an association, or of a server. */
typedef struct {
    uint32_t marks[OXC_MARK_COUNT]; /**< the last unreadable call of each kind */
    uint32_t latest;                /**< of these */
    /* Unreadable requests without answer: */
    uint32_t fetching; /**< EcDoRpcExt2 */
    uint32_t waiting;  /**< EcDoAsyncWaitEx */
    uint32_t issuing;  /**< EcDoAsyncConnectEx */
} oxc_unknowns;

typedef struct {
    uint32_t number;
    oxc_unknowns all;     /**< on any connection */
    oxc_unknowns unbound; /**< on connections of unknown beginning */
    bool split;           /**< reached by connections that are split */
} oxc_server;

typedef struct {
    oxc_unknowns unknowns;
    uint32_t server;
    uint32_t group;
    uint32_t begun;          /**< mark at its bind_ack */
    uint32_t opening;        /**< EcDoConnectEx without answer */
    uint32_t issuing;        /**< EcDoAsyncConnectEx without answer */
    uint32_t contexts;       /**< begun on it */
    uint32_t latest_context; /**< of these */
    uint16_t port;
    bool began;        /**< in the capture */
    bool unbound;      /**< of unknown beginning, and private to one connection */
    bool hole;         /**< for good */
    bool connect_sent; /**< an EcDoConnectEx */
} oxc_association;

typedef struct {
    int64_t last_time; /**< of its last PDU */
    uint32_t server;
    uint32_t client;
    uint32_t association; /**< OXC_NONE before the bind_ack or the first call */
    uint32_t doubt;       /**< mark of the last lost segment or unmatched response */
    uint32_t bind_call_id;
    uint32_t bind_group;
    uint16_t port;
    bool bind_pending;
    bool bound;    /**< a bind has been seen */
    bool echoes;   /**< a response came with another call id than that of the bind */
    bool hole;     /**< a segment was lost, or a response unmatched */
    bool used;     /**< by a request */
    bool heard;    /**< a PDU of the server has been seen */
    bool partial;  /**< only some of its PDUs come as events */
    bool repeated; /**< a second sighting of another one */
    bool split;    /**< its requests and answers travel on TCP connections of their own */
} oxc_connection;

typedef struct {
    uint32_t server;
    oxc_handle handle;
} oxc_handle_key;

enum {
    OXC_SESSION_OPENED = 1 << 0,   /**< by an EcDoConnectEx response */
    OXC_SESSION_RETURNED = 1 << 1, /**< a response returned its CXH with 0 */
    OXC_SESSION_REPORTED = 1 << 2, /**< connect-session-unknown on its CXH */
    OXC_SESSION_WAITED = 1 << 3,   /**< a wait on a context of it was seen */
    OXC_SESSION_DOUBTED = 1 << 4,  /**< its end is no evidence */
};

typedef struct {
    oxc_handle_key key;
    uint32_t number;
    uint32_t flags;
    uint32_t home;       /**< association of its EcDoConnectEx, else of its first call */
    uint32_t latest;     /**< association of its latest call */
    uint32_t begun;      /**< record that first showed it */
    uint32_t alive;      /**< mark since when it is known to live: end_doubt and the unknowns after
                            it count */
    uint32_t end_doubt;  /**< mark of a call of it that may have ended it */
    uint32_t end;        /**< record, OXC_NONE while it lives */
    uint32_t activity;   /**< record: last EcDoRpcExt2 request, or its EcDoConnectEx request */
    uint32_t disconnect; /**< record: last EcDoDisconnect request */
    uint32_t disconnecting; /**< EcDoDisconnect calls without answer */
    uint32_t issuing;       /**< EcDoAsyncConnectEx calls without answer */
    uint64_t server_version;
    uint32_t version_from; /**< connection that has to echo call ids for the version to count, or
                              OXC_NONE */
    uint32_t fetches;      /**< EcDoRpcExt2 requests so far */
    uint32_t oldest;       /**< EcDoRpcExt2 calls in flight, a list through the calls */
    uint32_t newest;
    uint32_t stale;             /**< more of them, that hardly get an answer any more */
    uint32_t undelivered;       /**< list through the records of its notifications */
    uint32_t last_notification; /**< its end */
    uint32_t unfetched;         /**< the first of these without a fetch: all after it have none */
    uint32_t unjudged;          /**< the first of these that EcDoDisconnect has still to look at */
    uint32_t quiet;             /**< live contexts whose last wait response was no error, a list */
} oxc_session;

enum {
    OXC_CONTEXT_REPORTED = 1 << 0,   /**< wait-handle-unknown on its ACXH */
    OXC_CONTEXT_REPLACED = 1 << 1,   /**< the ACXH now names another context */
    OXC_CONTEXT_UNANSWERED = 1 << 2, /**< a wait ended without an answer, or may have */

    OXC_CONTEXT_QUIET = 1 << 3, /**< in the list of its session */
    /* The last notification: */
    OXC_CONTEXT_FETCHED = 1 << 4, /**< an EcDoRpcExt2 was out when it came */
    OXC_CONTEXT_DEAD = 1 << 5,    /**< its session had ended when it came */
    OXC_CONTEXT_JUDGED = 1 << 6,  /**< notification-not-fetched reported */
    OXC_CONTEXT_BUSY = 1 << 7,    /**< wait-busy-loop reported, and none fetched since */
};

typedef struct {
    oxc_handle_key key;
    uint32_t session; /**< OXC_NONE: not known, or bound to nothing */
    uint16_t flags;
    uint16_t row;            /**< notifications in a row, up to 3 */
    uint32_t dropped;        /**< waits taken for dropped, that have no answer */
    uint32_t row_records[2]; /**< the last two of the row */
    uint32_t fetches;        /**< of the session at the last notification */
    uint32_t notification;   /**< record */
    uint32_t connect; /**< record of the EcDoAsyncConnectEx response that last returned the ACXH */
    uint32_t certain; /**< mark: evidence from before may be of another context */
    uint32_t wait_count;
    uint32_t last_wait;      /**< record of the last wait request */
    uint32_t last_wait_call; /**< while it has no answer */
    uint32_t last_wait_connection;
    uint32_t other_wait; /**< record of the last wait on another connection than that */
    uint32_t failure;    /**< record of the last wait response that forbids a retry */
    uint32_t failure_status;
    uint32_t zero;         /**< record of the last response with 0 to an outstanding wait */
    uint32_t outstanding;  /**< newest outstanding wait, a list through the calls */
    uint32_t older, newer; /**< in the session's list of quiet contexts */
} oxc_context;

enum {
    OXC_CALL_UNREAD = 1 << 0,  /**< the request */
    OXC_CALL_NULL = 1 << 1,    /**< the handle of the request */
    OXC_CALL_DEAD = 1 << 2,    /**< the session had ended, or may have, at the request */
    OXC_CALL_COMPANY = 1 << 3, /**< another wait of the context was out at the request */
    OXC_CALL_CANCELLED = 1 << 4,
    OXC_CALL_CLOSED =
        1 << 5, /**< the connection was, by a later wait of the context or the answer */
    OXC_CALL_DROPPED =
        1
        << 6, /**< taken for dropped on a later wait of the context, and not in its list any more */
    OXC_CALL_LISTED = 1 << 7, /**< wait: in the list of outstanding ones */
    OXC_CALL_STALE = 1 << 8,  /**< EcDoRpcExt2: not in the session's list any more */
};

/** A call without an answer. */
typedef struct {
    uint32_t connection;
    uint32_t call_id;
    uint32_t record; /**< of its request */
    uint32_t owner;  /**< context of a wait, session of the other methods, OXC_NONE */
    uint32_t association;
    uint16_t method; /**< oxc_method */
    uint16_t flags;
    uint32_t older, newer; /**< waits of one context; EcDoRpcExt2 calls of one session; older also
                              links free calls */
    union {
        struct {
            uint32_t older_same, newer_same; /**< waits of one context on one connection */
        };
        uint32_t later; /**< cancelled wait: record of one sent on another connection before */
        uint32_t last_notified; /**< EcDoRpcExt2: last record in the request's list */
    };
} oxc_call;

enum {
    OXC_RECORD_UNREAD = 1 << 0,
    OXC_RECORD_SEALED = 1 << 1,
    OXC_RECORD_UNMATCHED = 1 << 2,
    OXC_RECORD_TIMED = 1 << 3,       /**< ends a wait, or shows one to be over */
    OXC_RECORD_UNDELIVERED = 1 << 4, /**< notification: delivered is the next one's record */
    OXC_RECORD_SUPERSEDED = 1 << 5,  /**< a later notification of its context has its fetch */
};

typedef struct {
    int64_t time;
    uint32_t frame;
    uint32_t ordinal;
    uint8_t type;    /**< oxc_event_type */
    uint8_t method;  /**< oxc_method_code() */
    uint8_t outcome; /**< oxc_outcome */
    uint8_t flags;
    uint32_t session; /**< number */
    uint32_t context;
    uint32_t request; /**< record of the call's request; OXC_NONE on a request */
    union {
        struct {
            uint32_t ordinal;
            uint32_t previous; /**< record */
            uint32_t next;     /**< record */
            uint32_t connect;  /**< record; same place as in answer */
        } wait;
        struct {
            uint32_t fetch;     /**< record */
            uint32_t delivered; /**< record */
            uint32_t next;      /**< record: next that the same EcDoRpcExt2 fetches for */
            uint32_t connect;   /**< record */
        } answer;
        uint32_t notified; /**< EcDoRpcExt2 request: record */
        struct {
            uint32_t earliest; /**< EcDoRpcExt2 response: record of the wait response */
            uint32_t registered;
            uint32_t registered_count;
        } delivery;
    };
} oxc_record;

_Static_assert(sizeof(oxc_record) == 48, "two records a wait and its call fit in 128 bytes");

/** A method in one byte, and back. */
static inline uint8_t oxc_method_code(oxc_method method)
{
    return (uint8_t)(method < OXC_METHOD_ASYNC_WAIT ? method : 0xF0 + (method & 0xF));
}

static inline oxc_method oxc_method_of_code(uint8_t code)
{
    return (oxc_method)(code < 0xF0 ? code : OXC_METHOD_ASYNC_WAIT + (code & 0xF));
}

/** A notification object, by session and handle. */
typedef struct {
    uint32_t session;
    uint32_t handle;
    uint32_t frame;
} oxc_registration;

struct oxc_http;

struct oxc_tracker {
    oxc_settings settings;
    oxc_connection_closed closed;
    void *user;
    uint64_t seed;

    oxc_store servers, associations, connections, sessions, contexts, calls, records, registrations;
    oxc_store strays; /* oxc_handle_key: handles that readable responses showed beside an error */
    oxc_index server_index, association_index, session_index, context_index;
    oxc_index explained_cxh, explained_acxh; /* sessions and contexts, by the 20 bytes alone */
    oxc_index call_index;                    /* by connection and call id */
    oxc_index pair_index; /* newest outstanding wait, by context and connection */
    oxc_index registration_index, stray_index;
    oxc_unknowns unseen; /**< on connections of unknown servers */

    uint32_t free_call;
    uint32_t next_session;   /* number */
    uint64_t frame_rules;    /* reported on the frame of the last finding */
    struct oxc_http *http;   /* NULL until its first message */
    GArray *findings;        /* oxc_finding */
    GArray *finding_records; /* uint32_t: record of each */
    GArray *links;           /* uint32_t: frames of registrations */
    uint32_t *cursor; /* last record looked up; a cache, so that a const tracker may move it */
};

static inline oxc_server *oxc_server_at(const oxc_tracker *tracker, uint32_t server)
{
    return (oxc_server *)oxc_store_at(&tracker->servers, server);
}

static inline oxc_association *oxc_association_at(const oxc_tracker *tracker, uint32_t association)
{
    return (oxc_association *)oxc_store_at(&tracker->associations, association);
}

static inline oxc_connection *oxc_connection_at(const oxc_tracker *tracker, uint32_t connection)
{
    return (oxc_connection *)oxc_store_at(&tracker->connections, connection);
}

static inline oxc_session *oxc_session_at(const oxc_tracker *tracker, uint32_t session)
{
    return (oxc_session *)oxc_store_at(&tracker->sessions, session);
}

static inline oxc_context *oxc_context_at(const oxc_tracker *tracker, uint32_t context)
{
    return (oxc_context *)oxc_store_at(&tracker->contexts, context);
}

static inline oxc_call *oxc_call_at(const oxc_tracker *tracker, uint32_t call)
{
    return (oxc_call *)oxc_store_at(&tracker->calls, call);
}

static inline oxc_record *oxc_record_at(const oxc_tracker *tracker, uint32_t record)
{
    return (oxc_record *)oxc_store_at(&tracker->records, record);
}

/** The mark of the PDU that is being taken in: that of its record, the last one. */
static inline uint32_t oxc_now(const oxc_tracker *tracker)
{
    return tracker->records.count;
}

static inline bool oxc_is_closed(const oxc_tracker *tracker, uint32_t connection)
{
    return tracker->closed != NULL && tracker->closed(tracker->user, connection, NULL);
}

/** The difference of two times, at the limit of its type where it does not fit. */
static inline int64_t oxc_since(int64_t now, int64_t then)
{
    if (then < 0 && now > INT64_MAX + then)
        return INT64_MAX;
    if (then > 0 && now < INT64_MIN + then)
        return INT64_MIN;
    return now - then;
}

/* associations.c */

void oxc_associations_init(oxc_tracker *tracker);

/** The association of a connection, begun as one of unknown beginning where it has none yet. */
uint32_t oxc_association_of(oxc_tracker *tracker, uint32_t connection);

void oxc_association_bind(oxc_tracker *tracker, const oxc_event *event);
void oxc_association_bind_ack(oxc_tracker *tracker, const oxc_event *event);
void oxc_association_lost(oxc_tracker *tracker, uint32_t connection);

/** Calls went unseen on a connection to a server that is not known: one that is reached over HTTP.
 */
void oxc_association_unseen(oxc_tracker *tracker);

/** A response on the connection belongs to no known call. */
void oxc_association_unmatched(oxc_tracker *tracker, uint32_t connection);

/** An unreadable call of the kinds in @p doubts. */
void oxc_association_unread(oxc_tracker *tracker, uint32_t association, unsigned doubts);

/** Counts a call as without answer (@p change 1) or with one (UINT32_MAX). */
void oxc_association_count(oxc_tracker *tracker, const oxc_call *call, uint32_t change);

/** Whether no handle can be valid in the association that is not explained.
 *  @param kind  OXC_MARK_OPEN or OXC_MARK_ISSUE: the kind of call that explains it */
bool oxc_association_complete(const oxc_tracker *tracker, uint32_t association, oxc_mark kind);

/** What the answers to EcDoConnectEx and EcDoAsyncConnectEx calls that are out may do, or have done
 *  already: the capture may not have them and not show that yet, or show them too late.
 *  @param session  or OXC_NONE: of itself, its association and that of the connection
 *  @return OXC_DOUBT_OPEN, OXC_DOUBT_ISSUE, both or none */
unsigned oxc_awaited(const oxc_tracker *tracker, uint32_t session, uint32_t connection);

/** Complete by its packets, whatever the settings say. */
bool oxc_association_seen_whole(const oxc_association *association);

/** What unreadable calls since a mark may have done to a session, or to one that is not known.
 *  @param session  OXC_NONE: any of the server
 *  @return of #oxc_doubt */
unsigned oxc_doubts(const oxc_tracker *tracker, uint32_t session, uint32_t connection,
                    uint32_t since);

/* handles.c */

void oxc_handles_init(oxc_tracker *tracker);
bool oxc_handle_is_null(const oxc_handle *handle);
uint32_t oxc_session_find(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);
uint32_t oxc_context_find(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);

/** Whether an earlier readable PDU of the server showed the handle, as a CXH or an ACXH. */
bool oxc_handle_was_shown(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);

/** Remembers that a readable PDU showed a handle, where no session or context does. */
void oxc_handle_show(oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);

bool oxc_cxh_explained(const oxc_tracker *tracker, const oxc_handle *handle);
bool oxc_acxh_explained(const oxc_tracker *tracker, const oxc_handle *handle);
void oxc_session_explain(oxc_tracker *tracker, uint32_t session);
void oxc_context_explain(oxc_tracker *tracker, uint32_t context);

/** Begins a session with a handle; it takes over what is known of the handle itself. */
uint32_t oxc_session_begin(oxc_tracker *tracker, uint32_t server, const oxc_handle *handle,
                           uint32_t association);

/** @param doubted  the session may live: the end lifts verdicts and is the reason for none */
void oxc_session_end(oxc_tracker *tracker, uint32_t session, bool doubted);
bool oxc_session_ended(const oxc_tracker *tracker, uint32_t session);

/** Doubts about whether a session lives still, and is the one that it was.
 *  @param since  mark from when on EcDoConnectEx may have returned its CXH for another one
 *  @return OXC_DOUBT_END, OXC_DOUBT_OPEN, both or none */
unsigned oxc_session_doubts(const oxc_tracker *tracker, uint32_t session, uint32_t connection,
                            uint32_t since);

/** Begins a context with a handle; the one that had the handle is bound to nothing. */
uint32_t oxc_context_begin(oxc_tracker *tracker, uint32_t server, const oxc_handle *handle,
                           uint32_t session);

/** The mark since when the ACXH of a context is bound to its session: at the request of the
 *  EcDoAsyncConnectEx that last returned it. */
uint32_t oxc_context_bound_since(const oxc_tracker *tracker, uint32_t context);

/** Its last wait response was not an error (or there is none), or was one or may have been. */
void oxc_context_set_quiet(oxc_tracker *tracker, uint32_t context, bool quiet);

/** The number of the session of a context, for its records. */
uint32_t oxc_context_session_number(const oxc_tracker *tracker, uint32_t context);

/* calls.c */

void oxc_calls_init(oxc_tracker *tracker);
uint32_t oxc_call_find(const oxc_tracker *tracker, uint32_t connection, uint32_t call_id);
uint32_t oxc_call_begin(oxc_tracker *tracker, const oxc_event *event, uint32_t association,
                        uint32_t record, bool readable);

/** Forgets a call that has its answer. */
void oxc_call_end(oxc_tracker *tracker, uint32_t call);

/** Whether the answer to a call may have been missed. What comes with its call id may then be the
 *  answer to another call (some servers give all answers one id), or a second one: it is linked
 *  and shown, and no verdict rests on it. */
bool oxc_call_doubted(const oxc_tracker *tracker, const oxc_call *call);

/** Whether the stub of a request or response can be believed, "Sealed calls" of the rules. */
bool oxc_stub_readable(const oxc_tracker *tracker, const oxc_event *event, oxc_method method);

/* methods.c: the calls of EMSMDB */

void oxc_request(oxc_tracker *tracker, const oxc_event *event, uint32_t call);
void oxc_response(oxc_tracker *tracker, const oxc_event *event, uint32_t call, bool readable);

void oxc_call_faulted(oxc_tracker *tracker, uint32_t call);

/** The call has its answer, but nobody saw it. */
void oxc_call_missed(oxc_tracker *tracker, uint32_t call);

/* waits.c */

void oxc_waits_init(oxc_tracker *tracker);
void oxc_wait_request(oxc_tracker *tracker, const oxc_event *event, uint32_t call);
void oxc_wait_unread_request(oxc_tracker *tracker, uint32_t call);
void oxc_wait_response(oxc_tracker *tracker, const oxc_event *event, uint32_t call, bool readable);

/** Ends a wait on this PDU without a response. */
void oxc_wait_fault(oxc_tracker *tracker, uint32_t call);
void oxc_wait_cancel(oxc_tracker *tracker, uint32_t call);

/** Ends a wait whose answer nobody saw. */
void oxc_wait_missed(oxc_tracker *tracker, uint32_t call);

/** Takes a wait out of those that are outstanding. */
void oxc_wait_unlist(oxc_tracker *tracker, uint32_t call);

/* fetches.c */

void oxc_fetches_init(oxc_tracker *tracker);

/** Puts an EcDoRpcExt2 request of a session in flight; it fetches what is not fetched yet. */
void oxc_fetch_begin(oxc_tracker *tracker, uint32_t call);
void oxc_fetch_end(oxc_tracker *tracker, uint32_t call);

/** Whether an EcDoRpcExt2 of the session is still unanswered. */
bool oxc_fetch_pending(const oxc_tracker *tracker, uint32_t session);

/** Adds the notification of the last record to its context and session. */
void oxc_fetch_notification(oxc_tracker *tracker, uint32_t context, uint32_t connection);

/** The first notification of a busy loop, if the one of the last record completes one. */
oxc_evidence oxc_fetch_busy(const oxc_tracker *tracker, uint32_t context, uint32_t connection);

/** Fills in the last notification of a context, if it is not fetched. */
oxc_evidence oxc_fetch_unfetched(const oxc_tracker *tracker, uint32_t context, uint32_t connection);

/** The same for the contexts of a session, once for each notification. */
oxc_evidence oxc_fetch_unfetched_of_session(oxc_tracker *tracker, uint32_t session,
                                            uint32_t connection);

/** Takes in the notification objects and RopNotify of an EcDoRpcExt2 response. */
void oxc_fetch_response(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call);

/** The response of an EcDoRpcExt2 call, which could not be read, may have delivered. */
void oxc_fetch_forget(oxc_tracker *tracker, const oxc_call *call);

/* records.c */

/** Adds the record of a PDU.
 *  @return its number, or OXC_NONE where no more fit */
uint32_t oxc_record_add(oxc_tracker *tracker, const oxc_event *event);

/** Fills in evidence from a record, without doubts. */
oxc_evidence oxc_evidence_of(const oxc_tracker *tracker, uint32_t record);

/** Checks the rules for the last record. A rule is reported once on a frame.
 *  @return the rules that it breaks, a bit each, reported or not */
uint64_t oxc_judge(oxc_tracker *tracker, oxc_facts *facts);

/** Reports findings on the last record, each rule once on a frame.
 *  @return their rules, a bit each, reported or not */
uint64_t oxc_report(oxc_tracker *tracker, const oxc_finding *findings, size_t count);

#endif /* OXC_STATE_H */
