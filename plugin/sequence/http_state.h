/* http_state.h
 * The state behind the sequence analysis of MAPI over HTTP, shared by its parts only
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_HTTP_STATE_H
#define OXC_HTTP_STATE_H

#include <glib.h>

#include "http_event.h"
#include "http_facts.h"
#include "state.h"

/* Events are counted; a *mark* is such a number, 0 for "never". */

/** Something that was seen, for a rule that rests on it. */
typedef struct {
    int64_t time;
    uint64_t mark; /**< 0: it was not */
    uint32_t frame;
} oxc_http_seen;

/** What a server is known to call its cookies, where that had to be learned, and what gaps may hide
 *  of it. That of OXC_HTTP_NO_NAME stands for all servers. */
typedef struct {
    uint64_t key; /**< its name, 0 */
    uint32_t number;
    uint64_t doubt;        /**< mark of the last gap that may have hidden a call to it */
    uint32_t hiding;       /**< connections on which such calls may be outstanding */
    uint64_t hidden_until; /**< mark when one of them ceased to be that */
    oxc_http_name context_name;
    oxc_http_name sequence_name;
} oxc_http_server;

typedef enum {
    OXC_HTTP_SESSION_OPENED = 1 << 0,  /**< by a Connect of the capture */
    OXC_HTTP_SESSION_LOST = 1 << 1,    /**< no call was accepted since #lost */
    OXC_HTTP_SESSION_TOLD = 1 << 2,    /**< the same was said since an answer with code 0 */
    OXC_HTTP_SESSION_IDLE = 1 << 3,    /**< #idle_time is known */
    OXC_HTTP_SESSION_EXPIRES = 1 << 4, /**< #expiration is known */
} oxc_http_session_flag;

/** A Session Context: one generation of a cookie value at a server. */
typedef struct {
    oxc_http_name server;
    unsigned flags;        /**< of #oxc_http_session_flag */
    uint32_t expiration;   /**< X-ExpirationInfo, milliseconds */
    uint64_t expires_mark; /**< when that was said */
    uint32_t out;          /**< calls without an answer, but Connect */
    uint32_t doubted;      /**< of these, those whose answer may have been missed */
    uint32_t connecting;   /**< Connect calls with its cookie without an answer */
    uint32_t newest;       /**< of its calls without an answer, a list */
    uint64_t latest;       /**< mark of the latest call */
    uint64_t doubt;        /**< mark of the last call of it whose answer was missed */
    int64_t idle_time;     /**< end of the last call that ended */
    uint64_t idle_mark;    /**< the same */
    oxc_http_seen opened;  /**< answer to its Connect */
    uint32_t connect;      /**< record of that, or OXC_NONE */
    oxc_http_seen seen;    /**< last answer */
    oxc_http_seen alive;   /**< last answer with 0 */
    oxc_http_seen leaving; /**< last Disconnect, or Connect with its cookie, that was sent */
    oxc_http_seen end;     /**< the answer that ended it */
    oxc_http_name end_id;  /**< X-RequestId of the Disconnect that did */
    oxc_http_seen lost;    /**< the first answer that said that it is not there */
    oxc_http_seen cut;     /**< request of a call whose connection ended before its answer */
    int64_t cut_age;       /**< of that call then, nanoseconds */
    bool cut_by_client;
    bool cut_reset;
    bool registered;        /**< an Execute carried RopRegisterNotification */
    oxc_http_name sequence; /**< the current value */
} oxc_http_session;

/** A value of a sequence cookie that another one replaced. */
typedef struct {
    uint64_t key;           /**< number of the session plus one, value */
    oxc_http_seen replaced; /**< mark 0: it is current again */
} oxc_http_replaced;

/** Requests that are the same, byte for byte. */
typedef struct {
    uint64_t content; /**< of type, cookie values and body */
    uint32_t record;  /**< of the request of the first */
    int64_t answered; /**< when the last one got its answer */
    uint32_t out;
    uint32_t cut;     /**< those whose connection ended without an answer */
    uint32_t unknown; /**< those whose answer may have been missed */
    bool has_answer;
    bool used;
} oxc_http_copies;

/** An X-RequestId at a server. */
typedef struct {
    uint64_t key;
    uint32_t number;
    uint32_t calls;  /**< with it, without legs */
    uint32_t bodies; /**< of these, those whose body is not known yet */
    uint32_t legs;
    uint32_t answered_frame; /**< of the last request with it that has its answer, 0 */
    bool answered;           /**< otherwise than as a leg */
    oxc_http_copies first;   /**< others have an element of their own */
} oxc_http_id;

typedef struct {
    uint64_t key; /**< number of the id plus one, content */
    oxc_http_copies copies;
} oxc_http_more_copies;

typedef enum {
    OXC_HTTP_CALL_LEG = 1 << 0,      /**< from the start, and not answered otherwise yet */
    OXC_HTTP_CALL_DEFERRED = 1 << 1, /**< its X-RequestId is known: its body decides */
    OXC_HTTP_CALL_COPY = 1 << 2,     /**< of a call that counts: ignored */
    OXC_HTTP_CALL_UNJUDGED = 1 << 3, /**< nothing is said of its request */
    OXC_HTTP_CALL_BEGUN = 1 << 4,    /**< it counts */
    OXC_HTTP_CALL_DOUBTED = 1 << 5,  /**< its answer may have been missed */
    OXC_HTTP_CALL_LISTED = 1 << 6,   /**< among those of its session */
    OXC_HTTP_CALL_HEAD = 1 << 7,     /**< the head of its answer came */
    OXC_HTTP_CALL_STREAM = 1 << 8,   /**< bytes of its answer's body came */
    OXC_HTTP_CALL_WRONG = 1 << 9,    /**< they are no valid stream */
    OXC_HTTP_CALL_USED = 1 << 10,    /**< among the uses of its X-RequestId */
    OXC_HTTP_CALL_COUNTED = 1 << 11, /**< and by its content */
    OXC_HTTP_CALL_BODY = 1 << 12,    /**< the body of the request came */
    OXC_HTTP_CALL_CLOSED = 1 << 13,  /**< its connection, by the client */
    OXC_HTTP_CALL_FED = 1 << 14,     /**< the tracker knows it */
    OXC_HTTP_CALL_GONE = 1 << 15,    /**< it was a leg */
    OXC_HTTP_CALL_CUT = 1 << 16,     /**< its use was ended by the close of its connection */
} oxc_http_call_flag;

typedef enum {
    OXC_HTTP_ANSWERED,
    OXC_HTTP_CUT,    /**< its connection ended */
    OXC_HTTP_MISSED, /**< nobody knows */
    OXC_HTTP_LEFT,   /**< it was a leg: it never was there */
} oxc_http_ending;

/** A TCP connection. */
typedef struct {
    uint64_t number;
    oxc_http_name server;    /**< that its requests named */
    uint32_t oldest, newest; /**< its calls without an answer, a list */
    uint32_t ends;           /**< oxc_http_end, a list */
    uint32_t end_count;
    bool hides_requests;      /**< that may have no answer yet */
    uint64_t hides_since;     /**< mark of the last gap that hid some */
    oxc_http_name hides_from; /**< the server to which they are */
    bool several;             /**< servers */
} oxc_http_connection;

enum { OXC_HTTP_OVERLAPS = 4 };

/** A request without its whole answer. */
typedef struct {
    uint64_t number; /**< oxc_http_event.call */
    int64_t time;
    uint64_t mark;
    uint32_t frame;
    uint32_t record;
    oxc_http_connection *connection;
    uint32_t end;   /**< with OXC_HTTP_CALL_FED: its oxc_http_end */
    unsigned flags; /**< of #oxc_http_call_flag */
    oxc_http_request_type type;
    unsigned fields; /**< of #oxc_http_field: those of the request */
    bool has_cookies;
    oxc_http_name server;
    oxc_http_name request_id;
    oxc_http_name context, sequence; /**< values of its cookies */
    uint32_t session;                /**< of a Connect: the one whose cookie it carries */
    uint32_t opened;                 /**< by a Connect */
    uint32_t answer;                 /**< record of the whole answer */
    uint32_t id;                     /**< oxc_http_id, OXC_NONE */
    uint64_t content;
    uint32_t learning;       /**< oxc_http_learning, OXC_NONE */
    uint32_t older, newer;   /**< of the session */
    uint32_t before, behind; /**< of the connection; before also links free ones */
    bool other_out;          /**< another call of the session was outstanding at the request */
    int64_t idle;            /**< how long none was, nanoseconds; -1: not known */
    /** Requests of Execute or Disconnect on other connections, the latest first; older ones stand
     * by for those that turn out to be legs. */
    oxc_http_seen overlaps[OXC_HTTP_OVERLAPS];
    oxc_http_seen leaving_before; /**< what the request replaced in oxc_http_session.leaving */
    bool overlap_doubtful;        /**< it may be of another session with the same cookie */
    oxc_http_seen piece;          /**< last bytes of the answer */
    uint32_t pending_period;      /**< milliseconds, 0: not known */
} oxc_http_call;

/** Cookies of an accepted Connect under names that say nothing. */
typedef struct {
    oxc_http_seen opened;
    uint32_t connect; /**< record of that, or OXC_NONE */
    oxc_http_name server;
    oxc_http_cookie cookies[OXC_HTTP_COOKIES_MAX];
    bool changed[OXC_HTTP_COOKIES_MAX]; /**< by an Execute answer, or not sent any more */
    size_t count;
    bool executed; /**< an Execute was answered */
    uint32_t expiration;
    bool expires;
} oxc_http_learning;

/** A cookie value at a server, and what it belongs to: a session, or an #oxc_http_learning. */
typedef struct {
    uint64_t key;
    uint32_t number;
} oxc_http_value;

typedef struct oxc_http {
    uint64_t mark;
    uint64_t latest_gap; /**< the latest of all "doubt" and "hidden_until" */
    uint32_t hiding;     /**< of all servers */
    uint64_t doubt;      /**< of a gap that may have hidden a call to any server */
    int64_t waits_over;  /**< when the last wait is over that was sent before the first message */
    oxc_store servers, sessions, replaced, ids, more_copies, calls, learnings, values, connections;
    oxc_index server_index, session_index, replaced_index, id_index, copies_index, learning_index,
        explained_index, end_index, connection_index, call_index;
    uint32_t free_call;
} oxc_http;

static inline oxc_http_session *oxc_http_session_at(const oxc_http *http, uint32_t session)
{
    return (oxc_http_session *)oxc_store_element(&http->sessions, session,
                                                 sizeof(oxc_http_session));
}

static inline oxc_http_call *oxc_http_call_at(const oxc_http *http, uint32_t call)
{
    return (oxc_http_call *)oxc_store_element(&http->calls, call, sizeof(oxc_http_call));
}

static inline oxc_http_id *oxc_http_id_at(const oxc_http *http, uint32_t id)
{
    return (oxc_http_id *)oxc_store_element(&http->ids, id, sizeof(oxc_http_id));
}

static inline oxc_http_learning *oxc_http_learning_at(const oxc_http *http, uint32_t learning)
{
    return (oxc_http_learning *)oxc_store_element(&http->learnings, learning,
                                                  sizeof(oxc_http_learning));
}

static inline oxc_http_seen oxc_http_now(const oxc_http *http, const oxc_http_event *event)
{
    return (oxc_http_seen){.time = event->time, .mark = http->mark, .frame = event->frame};
}

#endif /* OXC_HTTP_STATE_H */
