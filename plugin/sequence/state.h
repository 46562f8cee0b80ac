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

#include "doubt.h"
#include "facts.h"
#include "store.h"
#include "tracker.h"

/* Every PDU of the two interfaces has a record; its number orders events. A *mark* is a record
 * number plus one, 0 for "never": "x happened since record r" is mark_of_x > r + 1. */

typedef struct {
    uint32_t number;
    bool split;    /**< reached by connections that are split */
    bool reissues; /**< was seen to give one handle to two sessions */
} oxc_server;

typedef struct {
    oxc_doubts doubts;
    uint64_t first; /**< moment of its first bind */
    uint32_t server;
    uint32_t peer;
    uint32_t group;
    uint32_t begun;          /**< mark at its bind_ack */
    uint32_t opening;        /**< EcDoConnectEx without answer */
    uint32_t issuing;        /**< EcDoAsyncConnectEx without answer */
    uint32_t contexts;       /**< begun on it */
    uint32_t latest_context; /**< of these */
    uint16_t port;
    bool began;        /**< in the capture */
    bool unbound;      /**< of unknown beginning, and private to one connection */
    bool partial;      /**< has a connection that is seen in part */
    bool hole;         /**< bytes of it are missing, or out of order: a handle that nobody explained
                          may be one of its own */
    bool connect_sent; /**< an EcDoConnectEx */
} oxc_association;

typedef struct {
    uint64_t first;      /**< moment of its first packet */
    uint64_t binds;      /**< moment of its last bind */
    int64_t bind_time;   /**< of that */
    int64_t heard_time;  /**< of the last PDU of the server */
    uint64_t digests[2]; /**< of the last bind and its bind_ack */
    uint32_t server;
    uint32_t peer;
    uint32_t association; /**< OXC_NONE before the bind_ack or the first call */
    uint32_t twin;        /**< another sighting of the connection, or OXC_NONE */
    uint32_t calls;       /**< its calls whose answer no gap can have hidden, a list */
    uint32_t waits;       /**< the same for its waits */
    uint32_t opening;     /**< EcDoConnectEx without answer */
    uint32_t issuing;     /**< EcDoAsyncConnectEx without answer */
    uint32_t bind_call_id;
    uint32_t answer_id; /**< call id of the last response */
    uint32_t bind_group;
    uint16_t port;
    uint8_t interfaces; /**< of OXC_BINDS_..., that binds asked for; 0: not known */
    bool bind_pending;
    bool bound;    /**< a bind has been seen */
    bool echoes;   /**< responses came with different call ids: each with that of its call */
    bool hides;    /**< requests of it are missing */
    bool used;     /**< by a request */
    bool heard;    /**< a PDU of the server has been seen */
    bool answered; /**< a response has been seen */
    bool partial;  /**< only some of its PDUs come as events */
    bool repeated; /**< a second sighting of #twin */
    bool split;    /**< its requests and answers travel on TCP connections of their own */
} oxc_connection;

typedef struct {
    uint32_t server;
    oxc_handle handle;
} oxc_handle_key;

/** A handle that readable PDUs of a server showed, and that names no session or context of it. */
typedef struct {
    oxc_handle_key key;
    bool returned; /**< as a CXH, with 0 */
} oxc_stray;

enum {
    OXC_SESSION_OPENED = 1 << 0,    /**< by an EcDoConnectEx response */
    OXC_SESSION_RETURNED = 1 << 1,  /**< a response returned its CXH with 0 */
    OXC_SESSION_REPORTED = 1 << 2,  /**< connect-session-unknown on its CXH */
    OXC_SESSION_WAITED = 1 << 3,    /**< a wait on a context of it was seen */
    OXC_SESSION_REPLACED = 1 << 4,  /**< its CXH was returned again, and its end is no evidence */
    OXC_SESSION_AMBIGUOUS = 1 << 5, /**< its CXH was returned for another session, too */
    OXC_SESSION_LEAVING = 1 << 7,   /**< its EcDoDisconnect seems to have been answered with 0 */
    OXC_SESSION_EARLIER = 1 << 6,   /**< it may have ended before its end was seen */
};

typedef struct {
    oxc_handle_key key;
    uint32_t number;
    uint32_t flags;
    uint32_t home;          /**< association of its EcDoConnectEx, else of its first call */
    uint32_t latest;        /**< association of its latest call */
    uint32_t begun;         /**< record that first showed it */
    oxc_doubts doubts;      /**< of answers to its calls that are missing or were not read */
    uint32_t alive;         /**< mark since when it is known to live */
    uint32_t settled;       /**< mark of the last EcDoRpcExt2 request that has its answer */
    uint32_t unanswered;    /**< mark of the last one whose answer will not be seen */
    uint32_t end;           /**< record, OXC_NONE while it lives */
    uint32_t close;         /**< record: EcDoDisconnect answered with 0, which ends it for good */
    uint32_t shaken;        /**< mark of the last failure that came with a null CXH */
    uint32_t activity;      /**< record: last EcDoRpcExt2 request, or its EcDoConnectEx request */
    uint32_t disconnect;    /**< record: last EcDoDisconnect request */
    uint32_t disconnecting; /**< EcDoDisconnect calls without answer */
    uint32_t issuing;       /**< EcDoAsyncConnectEx calls without answer */
    uint64_t server_version;
    uint32_t version_from; /**< connection that has to echo call ids for the version to count, or
                              OXC_NONE */
    uint32_t fetches;      /**< EcDoRpcExt2 requests so far */
    uint32_t oldest;       /**< EcDoRpcExt2 calls in flight, a list through the calls */
    uint32_t newest;
    uint32_t undelivered;       /**< list through the records of its notifications */
    uint32_t last_notification; /**< its end */
    uint32_t unfetched;         /**< the first of these without a fetch: all after it have none */
    uint32_t unjudged;          /**< the first of these that EcDoDisconnect has still to look at */
    uint32_t quiet;             /**< live contexts whose last wait response was no error, a list */
    uint32_t waiting;           /**< contexts on which wait-unanswered may still come, a list */
    uint32_t unjudged_calls;    /**< because of gaps */
    uint32_t unjudged_answers;
    uint32_t certain_frame; /**< from which on it was certain again */
} oxc_session;

enum {
    OXC_CONTEXT_REPORTED = 1 << 0,   /**< wait-handle-unknown on its ACXH */
    OXC_CONTEXT_REPLACED = 1 << 1,   /**< the ACXH now names another context */
    OXC_CONTEXT_UNANSWERED = 1 << 2, /**< a wait ended without an answer */
    OXC_CONTEXT_QUIET = 1 << 3,      /**< in the list of its session */
    /* The last notification: */
    OXC_CONTEXT_FETCHED = 1 << 4,    /**< an EcDoRpcExt2 was out when it came */
    OXC_CONTEXT_DEAD = 1 << 5,       /**< its session had ended when it came */
    OXC_CONTEXT_JUDGED = 1 << 6,     /**< notification-not-fetched reported */
    OXC_CONTEXT_BUSY = 1 << 7,       /**< wait-busy-loop reported, and none fetched since */
    OXC_CONTEXT_CUT = 1 << 8,        /**< wait-cut-repeatedly reported, and none answered since */
    OXC_CONTEXT_WAITING = 1 << 9,    /**< in the session's list of those */
    OXC_CONTEXT_AMBIGUOUS = 1 << 10, /**< its ACXH began another context, too */
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
    uint32_t hidden;  /**< mark of the last gap that may have hidden an answer to a wait of it */
    int64_t hidden_time;
    uint32_t wait_count;
    uint32_t last_wait;     /**< record of the last wait request */
    uint32_t last_calls[3]; /**< the last waits, the newest first: OXC_NONE for one that has its
                               answer or was cancelled */
    uint32_t last_wait_connection;
    uint32_t other_wait; /**< record of the last wait on another connection than that */
    uint32_t failure;    /**< record of the last wait response that forbids a retry */
    uint32_t failure_status;
    uint32_t answered;       /**< mark of the last response to a wait of it */
    uint32_t zero;           /**< record of the last response with 0 to an outstanding wait */
    uint32_t outstanding;    /**< newest outstanding wait, a list through the calls */
    uint32_t older, newer;   /**< in the session's list of quiet contexts */
    uint32_t next_waiting;   /**< in the session's list */
    uint32_t unjudged_calls; /**< because of gaps */
    uint32_t unjudged_answers;
} oxc_context;

enum {
    OXC_CALL_UNREAD = 1 << 0,  /**< the request */
    OXC_CALL_NULL = 1 << 1,    /**< the handle of the request */
    OXC_CALL_DOUBTED = 1 << 3, /**< the session may have ended at the request */
    OXC_CALL_COMPANY = 1 << 4, /**< another wait of the context was outstanding at the request */
    OXC_CALL_CANCELLED = 1 << 5,
    OXC_CALL_CLOSED =
        1 << 6, /**< the connection was, by a later wait of the context or the answer */
    OXC_CALL_DROPPED = 1 << 7, /**< taken for dropped on a later wait of the context, and not in its
                                  list any more */
    OXC_CALL_LISTED = 1 << 8,  /**< wait: in the list of outstanding ones */
    OXC_CALL_HIDDEN = 1 << 9,  /**< a gap may have hidden its answer */
    OXC_CALL_LANDED = 1 << 10, /**< EcDoRpcExt2: not in the session's list any more */
    OXC_CALL_OVERDUE = 1 << 11, /**< wait-unanswered has looked at it */
    OXC_CALL_UNSURE =
        1 << 12, /**< bytes are missing, since it was sent, that may hold its answer */
};

/** A call without an answer. */
typedef struct {
    uint32_t connection;
    uint32_t call_id;
    uint32_t record; /**< of its request */
    uint32_t owner;  /**< context of a wait, session of the other methods, OXC_NONE */
    uint16_t method; /**< oxc_method */
    uint16_t flags;
    uint32_t older, newer;  /**< waits of one context; EcDoRpcExt2 calls of one session; older also
                               links free calls */
    uint32_t before, after; /**< in the list of its connection, unless hidden */
    union {
        struct {
            uint32_t older_same, newer_same; /**< waits of one context on one connection */
        };
        struct {
            uint32_t last_notified;   /**< EcDoRpcExt2: last record in the request's list */
            uint32_t activity_before; /**< and the session's activity before it */
        };
    };
} oxc_call;

enum {
    OXC_RECORD_UNREAD = 1 << 0,
    OXC_RECORD_SEALED = 1 << 1,
    OXC_RECORD_UNMATCHED = 1 << 2,
    OXC_RECORD_TIMED = 1 << 3,       /**< ends a wait, or shows one to be over */
    OXC_RECORD_UNDELIVERED = 1 << 4, /**< notification: delivered is the next one's record */
    OXC_RECORD_SUPERSEDED = 1 << 5,  /**< a later notification of its context has its fetch */
    OXC_RECORD_REPEATED = 1 << 6, /**< of a second sighting: request is the record of the first */
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
    union {
        uint32_t request;    /**< record of the call's request, or OXC_NONE */
        uint32_t connection; /**< request: that it came on */
    };
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

#define KEPT_OVER_HTTP 0x80u /* beside a severity: oxc_finding.over_http */

/** A finding as it is kept: the later waits of wait-overlap are found again when they are shown. */
typedef struct {
    uint64_t value;
    uint32_t frames[2];
    uint8_t rule;
    uint8_t severity; /**< with #KEPT_OVER_HTTP */
    uint8_t closed_how;
    uint8_t closed_by;
} oxc_kept_finding;

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

/** What is a connection over MAPI over HTTP: a TCP connection to one server. They have numbers of
 *  their own, with this bit. */
#define OXC_OF_HTTP 0x80000000u

typedef struct {
    oxc_connection connection;
    uint64_t server; /**< oxc_http_name */
    uint32_t next;   /**< to another server on the TCP connection: its number, or OXC_NONE */
    uint32_t pending_period; /**< of the answer that is under way, milliseconds; 0: not known */
    bool closed;
    oxc_close close;
} oxc_http_end;

struct oxc_tracker {
    oxc_settings settings;
    oxc_connection_closed closed;
    void *user;
    uint64_t seed;

    oxc_store servers, peers, associations, connections, sessions, contexts, calls, records;
    oxc_store registrations;
    oxc_store strays; /* oxc_stray */
    oxc_index server_index, peer_index, association_index, session_index, context_index;
    oxc_index twin_index;                    /* connections, by the digests of bind and bind_ack */
    oxc_index explained_cxh, explained_acxh; /* sessions and contexts, by the 20 bytes alone */
    oxc_index call_index;                    /* by connection and call id */
    oxc_index pair_index; /* newest outstanding wait, by context and connection */
    oxc_index registration_index, stray_index;
    oxc_doubts unseen; /**< on connections of unknown servers */
    uint64_t moments;  /**< connections and binds so far */
    int64_t time;      /**< of the event that is being taken in */
    uint32_t gaps;
    uint64_t unjudged_calls, unjudged_answers;

    uint32_t free_call;
    uint32_t next_session;   /* number */
    uint64_t frame_rules;    /* reported on the frame of the last finding */
    struct oxc_http *http;   /* NULL until its first message */
    oxc_store ends;          /* oxc_http_end */
    bool over_http;          /* the event being taken in is of MAPI over HTTP */
    bool unjudged;           /* and nothing is said of it */
    GArray *findings;        /* oxc_kept_finding */
    GArray *shown;           /* oxc_finding: those of the last view */
    GArray *finding_records; /* uint32_t: record of each */
    GArray *links;           /* uint32_t: frames of registrations */
    uint32_t *cursor; /* last record looked up; a cache, so that a const tracker may move it */
};

static inline oxc_server *oxc_server_at(const oxc_tracker *tracker, uint32_t server)
{
    return (oxc_server *)oxc_store_at(&tracker->servers, server);
}

static inline oxc_peer *oxc_peer_at(const oxc_tracker *tracker, uint32_t peer)
{
    return (oxc_peer *)oxc_store_at(&tracker->peers, peer);
}

static inline oxc_association *oxc_association_at(const oxc_tracker *tracker, uint32_t association)
{
    return (oxc_association *)oxc_store_at(&tracker->associations, association);
}

static inline oxc_connection *oxc_connection_at(const oxc_tracker *tracker, uint32_t connection)
{
    if ((connection & OXC_OF_HTTP) != 0)
        return &((oxc_http_end *)oxc_store_at(&tracker->ends, connection & ~OXC_OF_HTTP))
                    ->connection;
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

static inline oxc_http_end *oxc_http_end_at(const oxc_tracker *tracker, uint32_t end)
{
    return (oxc_http_end *)oxc_store_at(&tracker->ends, end & ~OXC_OF_HTTP);
}

/** Whether a connection is closed by now.
 *  @param close  NULL, or all zero: filled in as far as is known */
static inline bool oxc_close_of(const oxc_tracker *tracker, uint32_t connection, oxc_close *close)
{
    if ((connection & OXC_OF_HTTP) == 0)
        return tracker->closed != NULL && tracker->closed(tracker->user, connection, close);
    if (close != NULL)
        *close = oxc_http_end_at(tracker, connection)->close;
    return oxc_http_end_at(tracker, connection)->closed;
}

static inline bool oxc_is_closed(const oxc_tracker *tracker, uint32_t connection)
{
    return oxc_close_of(tracker, connection, NULL);
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

/** When the PDU came that is being taken in. */
static inline int64_t oxc_time(const oxc_tracker *tracker)
{
    return tracker->time;
}

/** How long a wait may be outstanding, at most, [MS-OXCRPC] 3.3.4.1: nanoseconds. */
static inline int64_t oxc_wait_reach(const oxc_tracker *tracker)
{
    return (300 + (int64_t)tracker->settings.grace) * INT64_C(1000000000);
}

/* doubt.c */

/** A gap shows: missing bytes, a response that belongs to no known call, calls that cannot be
 *  attributed to any connection; or a call of the given kinds on a connection could not be read. */
void oxc_gap_lost(oxc_tracker *tracker, const oxc_event *event);
void oxc_gap_unmatched(oxc_tracker *tracker, const oxc_event *event);
void oxc_gap_unseen(oxc_tracker *tracker, int64_t time);
void oxc_gap_unread(oxc_tracker *tracker, uint32_t connection, unsigned kinds);

/** Notes a gap for the association of a connection, if it is of any kind. */
void oxc_gap_note(oxc_tracker *tracker, uint32_t connection, const oxc_gap *gap);

/** What gaps since a mark may have done to a session, or to one that is not known.
 *  @param session     OXC_NONE: any of the peer
 *  @param connection  that carries the PDU in question
 *  @return of #oxc_doubt */
unsigned oxc_doubts_of(const oxc_tracker *tracker, uint32_t session, uint32_t connection,
                       uint32_t since);

/** The same, as to whether a handle that was known was returned for another session. */
unsigned oxc_doubts_of_handles(const oxc_tracker *tracker, uint32_t session, uint32_t connection,
                               uint32_t since);

/** The same, as to calls whose answers are still to come.
 *  @return OXC_DOUBT_OPEN, OXC_DOUBT_ISSUE, both or none */
unsigned oxc_doubts_awaited(const oxc_tracker *tracker, uint32_t session, uint32_t connection);

/** OXC_DOUBT_END if the session may have ended since it was known to live, or 0. */
unsigned oxc_doubts_of_life(const oxc_tracker *tracker, uint32_t session, uint32_t connection);

/** The same, as far as gaps are the reason. */
unsigned oxc_doubts_of_end(const oxc_tracker *tracker, uint32_t session, uint32_t connection);

/** Whether an EcDoRpcExt2 that nobody saw, or whose answer nobody saw, counts as in flight. */
bool oxc_doubts_fetch_in_flight(const oxc_tracker *tracker, uint32_t session, uint32_t connection);

/** Whether a wait that nobody saw, in a gap since a mark, may have been outstanding at a time. */
bool oxc_doubts_wait_at(const oxc_tracker *tracker, uint32_t session, uint32_t connection,
                        uint32_t since, int64_t time);

/** What connections hid that may belong to an association although their bind is not there. */
const oxc_doubts *oxc_doubts_late(const oxc_tracker *tracker, const oxc_association *association);

/* associations.c */

void oxc_associations_init(oxc_tracker *tracker);
void oxc_associations_clear(oxc_tracker *tracker);

/** The association of a connection, begun as one of unknown beginning where it has none yet. */
uint32_t oxc_association_of(oxc_tracker *tracker, uint32_t connection);

void oxc_association_bind(oxc_tracker *tracker, const oxc_event *event);
void oxc_association_bind_ack(oxc_tracker *tracker, const oxc_event *event);

/** Counts a call as without answer (@p change 1) or with one (-1). */
void oxc_association_count(oxc_tracker *tracker, const oxc_call *call, int change);

/** Whether no handle can be valid in the association that is not explained. */
bool oxc_association_complete(const oxc_tracker *tracker, uint32_t association);

/** Complete by its packets, whatever the settings say. */
bool oxc_association_seen_whole(const oxc_tracker *tracker, const oxc_association *association);

/** Begins a connection of MAPI over HTTP to a server with a number of its own kind. */
uint32_t oxc_http_end_new(oxc_tracker *tracker, uint32_t server);

/* twins.c */

void oxc_twins_init(oxc_tracker *tracker);

/** Looks whether a connection, which has just got its bind_ack, is one that is known already.
 *  @return true if it is a second sighting of that one from now on */
bool oxc_twins_find(oxc_tracker *tracker, uint32_t connection);

/** The same, if the one that is known turns out to be the second sighting of this one, which has
 *  its association now. */
void oxc_twins_follow(oxc_tracker *tracker, uint32_t connection);

/** Takes in a request or an answer on a second sighting: links it, and feeds nothing. */
void oxc_twins_event(oxc_tracker *tracker, const oxc_event *event);

/** A request on a connection that has a second sighting, which may have shown it before. */
void oxc_twins_request(oxc_tracker *tracker, const oxc_event *event, uint32_t record);

/* handles.c */

void oxc_handles_init(oxc_tracker *tracker);
bool oxc_handle_is_null(const oxc_handle *handle);
uint32_t oxc_session_find(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);
uint32_t oxc_context_find(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);

/** The session or context that a request means by a handle: one of its server, or the only one to
 *  which another address has returned it. */
uint32_t oxc_session_used(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);
uint32_t oxc_context_used(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);

/** Whether an earlier readable PDU of the server showed the handle, as a CXH or an ACXH. */
bool oxc_handle_was_shown(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);

/** Remembers that the server returned a handle as a CXH, with 0. */
void oxc_handle_return(oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);
bool oxc_handle_was_returned(const oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);

/** Remembers that a readable PDU showed a handle, where no session or context does. */
void oxc_handle_show(oxc_tracker *tracker, uint32_t server, const oxc_handle *handle);

bool oxc_cxh_explained(const oxc_tracker *tracker, const oxc_handle *handle);
bool oxc_acxh_explained(const oxc_tracker *tracker, const oxc_handle *handle);
void oxc_session_explain(oxc_tracker *tracker, uint32_t session);
void oxc_context_explain(oxc_tracker *tracker, uint32_t context);

/** Begins a session with a handle; it takes over what is known of the handle itself. */
uint32_t oxc_session_begin(oxc_tracker *tracker, uint32_t server, const oxc_handle *handle,
                           uint32_t association);

/** @param disconnected  by EcDoDisconnect: for good */
void oxc_session_end(oxc_tracker *tracker, uint32_t session, const oxc_call *call,
                     bool disconnected);

/** The session may have ended on this PDU. */
void oxc_session_doubt(oxc_tracker *tracker, uint32_t session);

/** A call on the session was answered as by one that lives. */
void oxc_session_prove(oxc_tracker *tracker, uint32_t session, const oxc_call *call);

bool oxc_session_ended(const oxc_tracker *tracker, uint32_t session);

/** The session of a request of MAPI over HTTP, begun where it is not known yet. */
uint32_t oxc_session_of_http(oxc_tracker *tracker, const oxc_event *event);

/** Begins the context that a session of MAPI over HTTP is itself. */
uint32_t oxc_context_of_http(oxc_tracker *tracker, const oxc_event *event, uint32_t session,
                             uint32_t connect);

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
uint32_t oxc_call_begin(oxc_tracker *tracker, const oxc_event *event, uint32_t record,
                        bool readable);

/** Puts a call on the list of those of its connection whose answer a gap would hide. */
void oxc_call_list(oxc_tracker *tracker, uint32_t call);

/** A gap may have hidden the answer to a call: takes it off that list, and notes the doubts. Of the
 *  gap only mark, time and bytes count. */
void oxc_call_hide(oxc_tracker *tracker, uint32_t call, const oxc_gap *gap);

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
           (oxc_call_hidden(call) && !oxc_connection_at(tracker, call->connection)->echoes);
}

/** Whether a session had ended when a call on it was sent, as is known now. */
static inline bool oxc_call_was_late(const oxc_call *call, const oxc_session *session)
{
    return session->end != OXC_NONE && session->end < call->record;
}

/** Whether the stub of a request or response can be believed, "Sealed calls" of the rules. */
bool oxc_stub_readable(const oxc_tracker *tracker, const oxc_event *event, oxc_method method);

/** Whether no verdict rests on the answer to a call: a gap may have hidden it, or the end of its
 *  session before the request, and that has not been seen to live since. */
bool oxc_call_doubtful(const oxc_tracker *tracker, const oxc_call *call, uint32_t session);

/* methods.c: the calls of EMSMDB */

void oxc_request(oxc_tracker *tracker, const oxc_event *event, uint32_t call);
void oxc_response(oxc_tracker *tracker, const oxc_event *event, uint32_t call, bool readable);

/** answers.c: what a response says that could be read. */
void oxc_answer(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call);

void oxc_call_faulted(oxc_tracker *tracker, uint32_t call);

/** The request was no call after all: it leaves no trace. */
void oxc_call_withdraw(oxc_tracker *tracker, uint32_t call);

/** The call has its answer, but nobody saw it. */
void oxc_call_missed(oxc_tracker *tracker, uint32_t call);

/** Notes what the answer to a call may have said if it lies in a gap. */
void oxc_call_missed_answer(oxc_tracker *tracker, uint32_t call, uint32_t mark, int64_t time);

/* waits.c, wait_ends.c */

void oxc_waits_init(oxc_tracker *tracker);
void oxc_wait_request(oxc_tracker *tracker, const oxc_event *event, uint32_t call);
void oxc_wait_unread_request(oxc_tracker *tracker, uint32_t call);
void oxc_wait_response(oxc_tracker *tracker, const oxc_event *event, uint32_t call, bool readable);

/** Ends a wait on this PDU without a response. */
void oxc_wait_fault(oxc_tracker *tracker, uint32_t call);
void oxc_wait_cancel(oxc_tracker *tracker, uint32_t call);

/** Takes a wait back. */
void oxc_wait_withdraw(oxc_tracker *tracker, uint32_t call);

/** Ends a wait whose answer nobody saw. */
void oxc_wait_missed(oxc_tracker *tracker, uint32_t call);

/** A gap may have hidden the answer to a wait. */
void oxc_wait_hide(oxc_tracker *tracker, uint32_t call, uint32_t mark, int64_t time);

/** Takes a wait out of those that are outstanding. */
void oxc_wait_unlist(oxc_tracker *tracker, uint32_t call);

/** The wait is over without an answer. */
void oxc_wait_retire(oxc_tracker *tracker, uint32_t call, bool closed);

/** Shows a context, and its session, on a record. */
void oxc_wait_show_context(oxc_tracker *tracker, oxc_record *record, uint32_t context);

/** Whether evidence on a wait may be of another context that had the same handle. */
bool oxc_wait_uncertain(const oxc_tracker *tracker, const oxc_call *call);

/** Doubts about evidence of a context since a mark: whether it was still the same context. */
unsigned oxc_context_doubts(const oxc_tracker *tracker, const oxc_context *context,
                            uint32_t connection, uint32_t since);

/** Evidence that is of the context if nothing has changed since another record. */
oxc_evidence oxc_context_evidence(const oxc_tracker *tracker, const oxc_context *context,
                                  uint32_t connection, uint32_t record, uint32_t since);

/* silence.c: waits that get no answer */

/** The previous wait of the context, if it went unanswered and the server is silent.
 *  @param connection  of the wait that comes now */
oxc_evidence oxc_silence_dropped(const oxc_tracker *tracker, const oxc_context *context,
                                 uint32_t connection);

/** Whether the previous wait of the context ended with its connection. */
bool oxc_silence_closed(const oxc_tracker *tracker, const oxc_context *context);

/** The age of the last wait if the last three were cut at the same age; how, in @p close. */
oxc_evidence oxc_silence_cut(const oxc_tracker *tracker, const oxc_context *context,
                             uint32_t connection, oxc_close *close);

/** A wait was sent on a context: wait-unanswered looks at it. */
void oxc_silence_watch(oxc_tracker *tracker, uint32_t context);

/** The oldest wait of a session that is outstanding for too long, each once. */
oxc_evidence oxc_silence_of_session(oxc_tracker *tracker, uint32_t session, uint32_t connection);

/* fetches.c */

void oxc_fetches_init(oxc_tracker *tracker);

/** Puts an EcDoRpcExt2 request of a session in flight; it fetches what is not fetched yet. */
void oxc_fetch_begin(oxc_tracker *tracker, uint32_t call);
void oxc_fetch_end(oxc_tracker *tracker, uint32_t call);

/** Takes an EcDoRpcExt2 request back. */
void oxc_fetch_withdraw(oxc_tracker *tracker, uint32_t call);

/** The answer to one will not be seen. The server may have the request in hand all the same, until
 * it answers a later one. */
void oxc_fetch_lose(oxc_tracker *tracker, const oxc_call *call);

/** One has its answer: those that were sent before count as in flight no more. */
void oxc_fetch_settle(oxc_tracker *tracker, const oxc_call *answered);

/** Links the notification of the last record with what fetches and delivers it, no more. */
void oxc_fetch_link(oxc_tracker *tracker, uint32_t context);

/** Adds the notification of the last record to its context and session. */
void oxc_fetch_notification(oxc_tracker *tracker, uint32_t context, uint32_t connection);

/** The first notification of a busy loop, if the one of the last record completes one. */
oxc_evidence oxc_fetch_busy(oxc_tracker *tracker, uint32_t context, uint32_t connection);

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

/** Checks the rules for the last record. A rule is reported once on a frame. No state depends on
 *  what they say. */
void oxc_judge(oxc_tracker *tracker, oxc_facts *facts);

/** Takes in a neutral event of MAPI over HTTP (tracker.c). */
void oxc_tracker_take(oxc_tracker *tracker, const oxc_event *event);

/** Reports findings on the last record, each rule once on a frame. */
void oxc_report(oxc_tracker *tracker, const oxc_finding *findings, size_t count);

#endif /* OXC_STATE_H */
