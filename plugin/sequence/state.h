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
#include "marks.h"
#include "spec.h"
#include "store.h"
#include "tracker.h"

/* Every PDU of the two interfaces has a record; its number orders events. A *mark* is a record
 * number plus one, 0 for "never": "x happened since record r" is mark_of_x > r + 1. */

typedef struct {
    uint64_t number;
    bool split;          /**< reached by connections that are split */
    bool reissues;       /**< was seen to give one handle to two sessions */
    uint32_t lost_issue; /**< mark of the last EcDoAsyncConnectEx that was read and whose answer was
                            lost */
} oxc_server;

typedef struct {
    oxc_doubts doubts;
    uint64_t key;   /**< server, port and group id */
    uint64_t first; /**< moment of its first bind */
    uint32_t server;
    uint32_t peer;
    uint32_t begun;          /**< mark at its bind_ack */
    uint32_t opening;        /**< EcDoConnectEx without answer */
    uint32_t issuing;        /**< EcDoAsyncConnectEx without answer */
    uint32_t contexts;       /**< begun on it */
    uint32_t latest_context; /**< of these */
    bool began;              /**< in the capture */
    bool unbound;            /**< of unknown beginning, and private to one connection */
    bool partial;            /**< has a connection that is seen in part */
    bool hole;         /**< bytes of it are missing, or out of order: a handle that nobody explained
                          may be one of its own */
    bool connect_sent; /**< an EcDoConnectEx */
} oxc_association;

typedef struct {
    const oxc_ending *ending; /**< NULL: it has none */
    uint64_t first;           /**< moment of its first packet */
    uint64_t binds;           /**< moment of its last bind */
    int64_t bind_time;        /**< of that */
    int64_t heard_time;       /**< of the last PDU of the server */
    uint64_t digest;          /**< of the last bind */
    uint64_t sighting;        /**< of that and its bind_ack, 0: not known */
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
    bool bound;     /**< a bind has been seen */
    bool echoes;    /**< responses came with different call ids: each with that of its call */
    bool hides;     /**< requests of it are missing */
    bool used;      /**< by a request */
    bool heard;     /**< a PDU of the server has been seen */
    bool answered;  /**< a response has been seen */
    bool partial;   /**< only some of its PDUs come as events */
    bool repeated;  /**< a second sighting of #twin */
    uint8_t traits; /**< of #oxc_trait */
    uint32_t pending_period; /**< of the answer that is under way, milliseconds; 0: not known */
} oxc_link;

/** A name that readable PDUs of a server showed, and that is of no session or context of it. */
typedef struct {
    uint64_t key;
    bool returned; /**< as that of a session, with 0 */
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
    OXC_SESSION_EXPLAINED = 1 << 8, /**< an answer of the capture returned its CXH for it */
};

typedef struct {
    oxc_name name;
    uint64_t key; /**< of name and server */
    uint32_t server;
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
    uint32_t shaken_before; /**< of the one before that */
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
    OXC_CONTEXT_OWN = 1 << 5,        /**< a wait on it went to its own server address */
    /* The last notification: */
    OXC_CONTEXT_FETCHED = 1 << 4,    /**< an EcDoRpcExt2 was out when it came */
    OXC_CONTEXT_JUDGED = 1 << 6,     /**< notification-not-fetched reported */
    OXC_CONTEXT_BUSY = 1 << 7,       /**< wait-busy-loop reported, and none fetched since */
    OXC_CONTEXT_CUT = 1 << 8,        /**< wait-cut-repeatedly reported, and none answered since */
    OXC_CONTEXT_WAITING = 1 << 9,    /**< in the session's list of those */
    OXC_CONTEXT_AMBIGUOUS = 1 << 10, /**< its ACXH began another context, too */
    OXC_CONTEXT_LENT = 1 << 11,      /**< a wait on it went to another server address */
    OXC_CONTEXT_EXPLAINED = 1 << 12, /**< an answer of the capture returned its ACXH for it */
};

typedef struct {
    oxc_name name;
    uint64_t key; /**< of name and server */
    uint32_t server;
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
    /* What calls are found by: the first two, and waits by the second and third. */
    uint32_t call_id;
    uint32_t connection;
    uint32_t owner;  /**< context of a wait, session of the other kinds, OXC_NONE */
    uint32_t record; /**< of its request */
    uint8_t kind;    /**< oxc_kind */
    uint8_t operation;
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
    OXC_RECORD_HIDDEN = 1 << 4,      /**< wait request: a gap may have hidden its end */
    OXC_RECORD_SUPERSEDED = 1 << 5,  /**< notification: a later one of its context has its fetch */
    OXC_RECORD_ENDED = 1 << 5,       /**< wait request: there is the record of its end */
    OXC_RECORD_REPEATED = 1 << 6, /**< of a second sighting: request is the record of the first */
    OXC_RECORD_UNSURE =
        1 << 7, /**< wait over HTTP: its answer was missed, and may have made it a leg */
};

/* A wait and its end point at each other, and what both would say is said once: their context by
 * the request, and the EcDoAsyncConnectEx response of the request by the end once there is one. So
 * they are read by oxc_record_context() and oxc_wait_connect(). */
typedef struct {
    int64_t time;
    uint32_t frame;
    uint32_t ordinal;
    uint8_t type;    /**< oxc_event_type */
    uint8_t code;    /**< oxc_code(): what is called */
    uint8_t outcome; /**< oxc_outcome */
    uint8_t flags;
    uint32_t session; /**< number */
    union {
        uint32_t context;
        uint32_t
            connect; /**< response, fault or cancel of a wait: that of its request, see above */
    };
    union {
        uint32_t request;    /**< record of the call's request, or OXC_NONE */
        uint32_t connection; /**< request: that it came on */
    };
    union {
        struct {
            uint32_t ordinal;
            uint32_t previous; /**< record */
            uint32_t next;     /**< record */
            union {
                uint32_t connect; /**< record, while it has no end */
                uint32_t end;     /**< record, with #OXC_RECORD_ENDED */
            };
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

/** What is called, in one byte, and back. */
static inline uint8_t oxc_code(oxc_kind kind, unsigned operation)
{
    return (uint8_t)((unsigned)kind << 4 | (operation & OXC_MAX_OPERATION));
}

static inline oxc_kind oxc_kind_of_code(uint8_t code)
{
    return (oxc_kind)(code >> 4);
}

/** A notification object, by session and handle. */
typedef struct {
    uint32_t session;
    uint32_t handle;
    uint32_t frame;
} oxc_registration;

struct oxc_http;

/** A connection of MAPI over HTTP is a TCP connection to one server. These are not announced: they
 *  have numbers of their own, with this bit. */
#define OXC_OF_HTTP 0x80000000u

typedef struct {
    oxc_link link;
    uint64_t server; /**< oxc_http_name */
    uint32_t next;   /**< to another server on the TCP connection: its number, or OXC_NONE */
    bool closed;
    oxc_close close;
} oxc_http_end;

struct oxc_tracker {
    bool archive; /**< oxc_tracker_from_archive() */
    oxc_settings settings;
    uint64_t seed;

    oxc_store servers, peers, associations, connections, sessions, contexts, calls, records;
    oxc_store registrations;
    oxc_store strays; /* oxc_stray */
    oxc_index server_index, peer_index, association_index, session_index, context_index;
    oxc_index twin_index; /* connections, by the digests of bind and bind_ack */
    oxc_index explained_sessions,
        explained_contexts; /* sessions and contexts, by the 20 bytes alone */
    oxc_index call_index;   /* by connection and call id */
    oxc_index pair_index;   /* newest outstanding wait, by context and connection */
    oxc_index registration_index, stray_index;
    oxc_doubts unseen; /**< on connections of unknown servers */
    uint64_t moments;  /**< connections and binds so far */
    int64_t time;      /**< of the event that is being taken in */
    uint32_t gaps;
    uint32_t latest_gap; /**< mark of the last one that was noted in any scope */
    uint64_t unjudged_calls, unjudged_answers;

    uint32_t free_call;
    uint32_t next_session;   /* number */
    uint64_t frame_rules;    /* reported on the frame of the last finding */
    struct oxc_http *http;   /* NULL until its first message */
    oxc_store ends;          /* oxc_http_end */
    bool over_http;          /* what is said has the words of MAPI over HTTP */
    bool unjudged;           /* and nothing is said of it */
    GArray *findings;        /* oxc_verdict */
    GArray *shown;           /* oxc_finding: those of the last view */
    GArray *finding_records; /* uint32_t: record of each */
    GArray *links;           /* uint32_t: frames of registrations */
    uint32_t *cursor; /* last record looked up; a cache, so that a const tracker may move it */
};

static inline oxc_server *oxc_server_at(const oxc_tracker *tracker, uint32_t server)
{
    return (oxc_server *)oxc_store_element(&tracker->servers, server, sizeof(oxc_server));
}

static inline oxc_peer *oxc_peer_at(const oxc_tracker *tracker, uint32_t peer)
{
    return (oxc_peer *)oxc_store_element(&tracker->peers, peer, sizeof(oxc_peer));
}

static inline oxc_association *oxc_association_at(const oxc_tracker *tracker, uint32_t association)
{
    return (oxc_association *)oxc_store_element(&tracker->associations, association,
                                                sizeof(oxc_association));
}

static inline oxc_link *oxc_link_at(const oxc_tracker *tracker, uint32_t connection)
{
    if ((connection & OXC_OF_HTTP) != 0)
        return &((oxc_http_end *)oxc_store_element(&tracker->ends, connection & ~OXC_OF_HTTP,
                                                   sizeof(oxc_http_end)))
                    ->link;
    return (oxc_link *)oxc_store_element(&tracker->connections, connection, sizeof(oxc_link));
}

static inline oxc_session *oxc_session_at(const oxc_tracker *tracker, uint32_t session)
{
    return (oxc_session *)oxc_store_element(&tracker->sessions, session, sizeof(oxc_session));
}

static inline oxc_context *oxc_context_at(const oxc_tracker *tracker, uint32_t context)
{
    return (oxc_context *)oxc_store_element(&tracker->contexts, context, sizeof(oxc_context));
}

static inline oxc_call *oxc_call_at(const oxc_tracker *tracker, uint32_t call)
{
    return (oxc_call *)oxc_store_element(&tracker->calls, call, sizeof(oxc_call));
}

static inline oxc_record *oxc_record_at(const oxc_tracker *tracker, uint32_t record)
{
    return (oxc_record *)oxc_store_element(&tracker->records, record, sizeof(oxc_record));
}

/** The connection of a call. */
static inline oxc_link *oxc_link_of(const oxc_tracker *tracker, const oxc_call *call)
{
    return oxc_link_at(tracker, call->connection);
}

/** The session of a context, or NULL where it is not known, or it is bound to none. */
static inline oxc_session *oxc_session_of(const oxc_tracker *tracker, const oxc_context *context)
{
    return context->session == OXC_NONE ? NULL : oxc_session_at(tracker, context->session);
}

/** The mark of the PDU that is being taken in: that of its record, the last one. */
static inline uint32_t oxc_now(const oxc_tracker *tracker)
{
    return tracker->records.count;
}

static inline oxc_http_end *oxc_http_end_at(const oxc_tracker *tracker, uint32_t end)
{
    return (oxc_http_end *)oxc_store_element(&tracker->ends, end & ~OXC_OF_HTTP,
                                             sizeof(oxc_http_end));
}

static inline bool oxc_has_trait(const oxc_tracker *tracker, uint32_t connection, oxc_trait trait)
{
    return (oxc_link_at(tracker, connection)->traits & (unsigned)trait) != 0;
}

/** Whether a connection is closed by now.
 *  @param close  NULL, or all zero: filled in as far as is known */
static inline bool oxc_close_of(const oxc_tracker *tracker, uint32_t connection, oxc_close *close)
{
    if ((connection & OXC_OF_HTTP) == 0)
        return oxc_ending_is_over(oxc_link_at(tracker, connection)->ending, close);
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

/** How far the clocks of two ends, or a busy one, may be off. */
static inline int64_t oxc_grace(const oxc_tracker *tracker)
{
    return (int64_t)tracker->settings.grace * OXC_SECOND;
}

/** How long a wait may be outstanding, at most, [MS-OXCRPC] 3.3.4.1: nanoseconds. */
static inline int64_t oxc_wait_reach(const oxc_tracker *tracker)
{
    return OXC_WAIT_LIMIT + oxc_grace(tracker);
}

#endif /* OXC_STATE_H */
