/* http_facts.h
 * What the rules of MAPI over HTTP are told about one part of a message
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_HTTP_FACTS_H
#define OXC_HTTP_FACTS_H

#include "http_event.h"
#include "rules.h"

/** The other half of a verdict: something seen earlier. */
typedef struct {
    uint32_t frame; /**< where; 0: there is no such thing */
    bool doubtful;  /**< a gap may have hidden what changed the picture since */
    int64_t age;    /**< nanoseconds from then to now */
} oxc_http_evidence;

typedef struct {
    oxc_moment moment;
    oxc_http_request_type type; /**< of the request */
    int64_t grace;              /**< nanoseconds */
    /** Of #oxc_http_field: those that the message lacks and has to have. */
    unsigned missing;

    /* Requests. */
    bool is_call; /**< judged as one */
    bool no_cookie;
    oxc_http_evidence session_end; /**< not by a request with this X-RequestId */
    oxc_http_evidence outstanding; /**< Execute or Disconnect on the same connection */
    oxc_http_evidence replaced;    /**< what replaced the sequence value that this one sends */
    oxc_http_evidence lost;        /**< the server does not have the session any more */
    oxc_http_evidence idle;        /**< age: nothing was outstanding since; frame: not 0 */
    int64_t expiration;            /**< nanoseconds, 0: not known */
    oxc_http_evidence cut;         /**< request of the call that was cut; age: when it was */
    bool cut_by_client, cut_reset;
    uint32_t reused_frame; /**< another call with its X-RequestId, that has its answer */

    /* Responses. */
    oxc_http_evidence request;
    bool id_differs;           /**< from the request's */
    unsigned legs;             /**< with one X-RequestId in a row, and the first time that many */
    bool refused;              /**< X-ResponseCode is not 0 */
    bool mapi_stream;          /**< the body has to be the stream of 3.2.5.2 */
    bool stream_wrong;         /**< and has something else, for the first time */
    bool stream_ended;         /**< whole and without DONE */
    oxc_http_evidence due;     /**< the answer was, and only begins now; frame: not 0 */
    oxc_http_evidence silence; /**< since the bytes before; frame: theirs */
    int64_t pending_period;    /**< nanoseconds, 0: not known */
    bool accepted;
    bool sets_cookie;
    oxc_http_evidence cookie_owner; /**< another session whose cookie it sets; frame: of its last
                                       call */
    bool has_event_pending;         /**< success body with ErrorCode 0 */
    uint32_t event_pending;
    bool lost_context;              /**< the answer says that the session is not there */
    oxc_http_evidence session_open; /**< in the capture; the session has not ended, and nobody asked
                                       for its end; nothing of this has been said yet */
    oxc_http_evidence idle_before;  /**< age: how long nothing was outstanding before the request */
    oxc_http_evidence overlapping; /**< Execute or Disconnect sent while this one was outstanding */
} oxc_http_facts;

/** Checks the rules of MAPI over HTTP alone that look at a part of a message.
 *  @param verdicts  room for OXC_RULE_COUNT
 *  @return their number, in the order of the rule table */
size_t oxc_http_rules_check(const oxc_http_facts *facts, oxc_verdict *verdicts);

#endif /* OXC_HTTP_FACTS_H */
