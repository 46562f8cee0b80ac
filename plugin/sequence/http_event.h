/* http_event.h
 * What one part of a MAPI over HTTP message says, [MS-OXCMAPIHTTP]
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_HTTP_EVENT_H
#define OXC_HTTP_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tracker.h"

/** A string: its hash under a key that is drawn anew for each run, never 0. Equal strings have
 * equal names; nothing else may be concluded from one. */
typedef uint64_t oxc_http_name;

/** "No such string". */
#define OXC_HTTP_NO_NAME ((oxc_http_name)0)

typedef enum {
    /** The head of a POST to the endpoint became whole: frame and time of the request. Responses
     * may come before #OXC_HTTP_REQUEST_BODY does. */
    OXC_HTTP_REQUEST_HEAD,
    /** Its body became whole (also one of no bytes). Does not come for a body that was lost. */
    OXC_HTTP_REQUEST_BODY,
    /** The final response begins; 1xx do not count. Only of known calls. Comes with its head, as
     * its status is not known before; #time is that of its first byte. */
    OXC_HTTP_RESPONSE_BEGIN,
    /** The head of the final response became whole. */
    OXC_HTTP_RESPONSE_HEAD,
    /** New bytes of the body of a response whose head is known came; at most once a frame and
     *  response, after all of them. Not in the frame of the head, unless something is to be told.
     */
    OXC_HTTP_RESPONSE_PIECE,
    /** The last byte of the response came. #closed_early tells a body that FIN or RST ended too
     *  early; then it is followed by #OXC_HTTP_CLOSED. */
    OXC_HTTP_RESPONSE_END,
    /** A FIN or RST of either side came, the first and each later one that says something new.
     * After all that the frame carries. */
    OXC_HTTP_CLOSED,
    /** Bytes of one direction of the connection are missing from the capture, or cannot be read.
     * The calls that are under way there get no more events, unless the capture shows them again:
     *  a response that began is over for us, one that did not begin may still come. */
    OXC_HTTP_GAP,
    /** Requests to the endpoint may have gone by on connections that are none of ours. No member
     * but frame and time counts. */
    OXC_HTTP_UNSEEN,
} oxc_http_event_type;

/** X-RequestType, compared exactly, 2.2.3.3.1. */
typedef enum {
    OXC_HTTP_TYPE_NONE, /**< no such field */
    OXC_HTTP_TYPE_CONNECT,
    OXC_HTTP_TYPE_EXECUTE,
    OXC_HTTP_TYPE_DISCONNECT,
    OXC_HTTP_TYPE_NOTIFICATION_WAIT,
    OXC_HTTP_TYPE_PING,
    OXC_HTTP_TYPE_OTHER, /**< any other value: no call */
} oxc_http_request_type;

/** Header fields that a message has to have, 2.2.2.1 and 2.2.2.2. */
typedef enum {
    OXC_HTTP_FIELD_HOST = 1 << 0,          /**< requests */
    OXC_HTTP_FIELD_REQUEST_TYPE = 1 << 1,  /**< X-RequestType */
    OXC_HTTP_FIELD_REQUEST_ID = 1 << 2,    /**< X-RequestId */
    OXC_HTTP_FIELD_CONTENT_TYPE = 1 << 3,  /**< whatever its value */
    OXC_HTTP_FIELD_LENGTH = 1 << 4,        /**< requests: Content-Length, or chunked */
    OXC_HTTP_FIELD_RESPONSE_CODE = 1 << 5, /**< responses: X-ResponseCode, in the head */
    /** Responses: one of the protocol's own fields, so that it is the endpoint that speaks. */
    OXC_HTTP_FIELD_OWN = 1 << 6,
} oxc_http_field;

/** Who gives numbers their meaning, by the name of the context cookie. */
typedef enum {
    OXC_HTTP_PRODUCT_UNKNOWN,
    OXC_HTTP_PRODUCT_EXCHANGE, /**< MapiContext */
    OXC_HTTP_PRODUCT_GROMOX,   /**< sid */
} oxc_http_product;

/** The value of one of the two cookies of a Session Context, by the names that are known for it. */
typedef struct {
    oxc_http_name value; /**< OXC_HTTP_NO_NAME: none, an empty one, or two different ones */
    bool conflicting;    /**< two different values */
} oxc_http_cookie_value;

/** Another cookie, for roles that have to be learned. */
typedef struct {
    oxc_http_name name;
    oxc_http_name value;
} oxc_http_cookie;

/** Cookies of a request (field Cookie) or response (fields Set-Cookie). */
typedef struct {
    bool present; /**< the message has such a field */
    oxc_http_cookie_value context;
    oxc_http_cookie_value sequence;
    /** What has neither role by its name, in the order of the message; borrowed for the call. No
     *  more than #OXC_HTTP_COOKIES_MAX. */
    const oxc_http_cookie *others;
    size_t other_count;
} oxc_http_cookies;

enum { OXC_HTTP_COOKIES_MAX = 16 };

/** How far a body could be read. */
typedef enum {
    OXC_HTTP_BODY_NONE,       /**< there is none, or not yet */
    OXC_HTTP_BODY_UNREADABLE, /**< encoded, lost, too short, or not of the protocol's type */
    OXC_HTTP_BODY_READ,       /**< the members that belong to the type of the call are there */
} oxc_http_body_state;

/** What the bytes of a response that came with a frame are, together. */
typedef enum {
    OXC_HTTP_PIECE_PROCESSING = 1 << 0,
    OXC_HTTP_PIECE_PENDING = 1 << 1,
    OXC_HTTP_PIECE_DONE = 1 << 2,
    OXC_HTTP_PIECE_BODY =
        1 << 3, /**< bytes behind the empty line, or of a body that is no stream */
    OXC_HTTP_PIECE_PART = 1 << 4, /**< bytes of a line that is not whole, or of additional fields */
    OXC_HTTP_PIECE_WRONG = 1 << 5, /**< the first byte that no allowed line can have there */
} oxc_http_piece;

/** One part of a message, in the order of the capture and, within a frame, of its bytes. The parts
 *  of one message in one frame share #ordinal: they are one row of the packet details. All pointers
 *  are borrowed for the call that gets the event.
 *
 *  Members that describe the head of a request are set in both events of a request, those that
 *  describe the head of a response in every event from RESPONSE_HEAD on. #request_type is that of
 *  the request where it is known, else that of the response. */
typedef struct {
    oxc_http_event_type type;
    uint32_t frame;
    uint32_t ordinal;    /**< among all PDUs and messages of the frame, from 0 */
    int64_t time;        /**< arrival, nanoseconds since the epoch */
    uint32_t connection; /**< TCP connection, numbered from 0 through the capture */
    uint32_t call; /**< numbered from 0 through the capture, in the order of the requests; joins
                      a request and its response. OXC_NONE: a response whose request is not
                      known, or CLOSED, GAP, UNSEEN */

    /* Requests; known as well in the events of their responses. */
    oxc_http_request_type request_type;
    oxc_http_name server; /**< host:port of Host, lower case, without a default port */
    bool leg;             /**< Connect, Execute or NotificationWait with Content-Length 0 */
    oxc_http_product product;

    /* The head of the message at hand. */
    oxc_http_name request_id; /**< X-RequestId in lower case */
    unsigned fields;          /**< of #oxc_http_field: those that it has */
    oxc_http_cookies cookies;

    /* REQUEST_BODY. */
    uint64_t digest; /**< of the body's bytes, under the key of oxc_http_name */
    uint64_t body_size;

    /* Responses. */
    unsigned status;         /**< of HTTP */
    bool mapi_content;       /**< Content-Type is application/mapi-http */
    bool has_response_code;  /**< #response_code is known */
    uint32_t response_code;  /**< X-ResponseCode; the one behind DONE as soon as it is there */
    bool late_response_code; /**< #response_code came behind DONE */
    bool has_pending_period; /**< of the head */
    uint32_t pending_period; /**< milliseconds */
    bool has_expiration;     /**< of the head, or behind DONE */
    uint32_t expiration;     /**< milliseconds */
    /** RESPONSE_BEGIN: when the server could begin to answer: the last byte of the request, or the
     *  last one of the answer ahead of it on the connection, nanoseconds; unknown after a gap. */
    bool has_due_time;
    int64_t due_time;

    /* Responses, as far as the frame goes. */
    unsigned pieces;   /**< PIECE, and END: of #oxc_http_piece, of this frame */
    bool stream_wrong; /**< the body has something else than the stream of 3.2.5.2, by now */
    bool stream_done;  /**< DONE and the empty line came */
    bool encoded;      /**< Content-Encoding: nothing is known of the body */
    bool closed_early; /**< END: FIN or RST ended the body, and it was not whole */

    /* REQUEST_BODY and RESPONSE_END: what the body says. A failure body has #status_code alone. */
    oxc_http_body_state body;
    bool has_flags;
    uint32_t flags; /**< Connect, Execute, NotificationWait request; Execute response */
    bool has_status_code;
    uint32_t status_code;
    bool has_error_code;
    uint32_t error_code;
    bool has_event_pending;
    uint32_t event_pending;

    /* Execute, as far as its ROP buffers could be walked. */
    bool registers; /**< request: it holds a RopRegisterNotification */
    oxc_rops rops;

    /* CLOSED and GAP. */
    bool by_client; /**< CLOSED: who closes; GAP: whose bytes are missing */
    bool reset;     /**< CLOSED: RST instead of FIN */
} oxc_http_event;

/** Whether the five types of a call, 2.2.3.3.1, have this one. */
static inline bool oxc_http_is_call(oxc_http_request_type type)
{
    return type >= OXC_HTTP_TYPE_CONNECT && type <= OXC_HTTP_TYPE_PING;
}

/** Whether an answer with this status makes its request a leg: authentication or a redirect. */
static inline bool oxc_http_is_leg_status(unsigned status)
{
    return status == 401 || status == 407 || status == 301 || status == 302 || status == 303 ||
           status == 307 || status == 308;
}

/** Takes in one part of a message. Events come in the order of the capture, each once, first pass
 *  only. oxc_tracker_view() then tells by frame and ordinal what is known of it. */
void oxc_tracker_http_event(oxc_tracker *tracker, const oxc_http_event *event);

#endif /* OXC_HTTP_EVENT_H */
