/* facts.h
 * What the tracker tells the rules about one PDU
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_FACTS_H
#define OXC_FACTS_H

#include "event.h"
#include "rules.h"

/** What gaps may have hidden. A gap may suppress a verdict, it never causes one: doubt.h. */
typedef enum {
    OXC_DOUBT_FETCH = 1 << 0,      /**< EcDoRpcExt2 was sent, or was in flight */
    OXC_DOUBT_END = 1 << 1,        /**< a session ended */
    OXC_DOUBT_OPEN = 1 << 2,       /**< EcDoConnectEx returned a CXH */
    OXC_DOUBT_ISSUE = 1 << 3,      /**< EcDoAsyncConnectEx returned an ACXH */
    OXC_DOUBT_WAIT = 1 << 4,       /**< a wait was sent, or was answered */
    OXC_DOUBT_DISCONNECT = 1 << 5, /**< EcDoDisconnect was sent */
    OXC_DOUBT_DELIVERY = 1 << 6,   /**< EcDoRpcExt2 was answered */
} oxc_doubt;

/** The other half of a verdict: something seen earlier. */
typedef struct {
    uint32_t frame;  /**< where; 0: there is no such thing */
    unsigned doubts; /**< of #oxc_doubt: what may have changed the picture since */
    int64_t age;     /**< nanoseconds from then to this PDU */
} oxc_evidence;

typedef struct {
    oxc_moment moment;
    int64_t grace; /**< nanoseconds */

    /** Response: its handle is explained, its session was opened in the capture, and had not
     *  ended when the request was sent. No rule on a response without it. */
    bool judged;
    uint32_t status;     /**< response: return value */
    uint32_t flags;      /**< wait: ulFlagsIn or pulFlagsOut */
    bool null_handle;    /**< request: the handle is 20 zero bytes; response: the one returned */
    unsigned rop_faults; /**< of #oxc_rop_fault */
    uint32_t rop_fault_flags;

    /* Requests of EcDoAsyncWaitEx and EcDoAsyncConnectEx. */
    bool explained;            /**< the handle is */
    bool association_began;    /**< in the capture */
    bool association_complete; /**< and no unreadable call may have explained the handle */
    bool reported_unknown;     /**< wait-handle-unknown or connect-session-unknown on the handle */
    oxc_evidence session_end;  /**< of the session of the handle */

    /* EcDoAsyncWaitEx request. */
    bool returned_as_cxh;      /**< with 0, by a response of the server */
    oxc_evidence same_wait;    /**< outstanding wait on the same connection */
    oxc_evidence other_wait;   /**< outstanding wait on another one */
    oxc_evidence dropped_wait; /**< previous wait, on another connection, taken for dropped; age:
                                  since the last PDU of the server on that connection */
    oxc_evidence cut_waits; /**< the last three waits were cut at the same age: that of the last */
    uint8_t closed_how;     /**< that one: oxc_close_kind */
    uint8_t closed_by;      /**< oxc_side */
    oxc_evidence failure;   /**< wait response with an error that forbids a retry */
    uint32_t failure_status;

    /* EcDoAsyncWaitEx response. */
    oxc_evidence request;  /**< of the wait */
    oxc_evidence wait;     /**< the same if it was still outstanding, with doubts */
    oxc_evidence activity; /**< last EcDoRpcExt2 request of the session, or its EcDoConnectEx */
    bool disconnect_sent;  /**< on the session while the wait was out */
    bool disconnecting;    /**< an EcDoDisconnect of the session was sent before */
    unsigned disconnect_doubts; /**< whether one may have been */
    oxc_evidence later_wait;    /**< sent on another connection while this one was out */
    oxc_evidence zero_wait;     /**< other wait out together with this one, that returned 0 */
    bool alone;                 /**< no other wait was out with it, none before went unanswered */
    unsigned alone_doubts;
    oxc_evidence busy_since; /**< first of three notifications in a row, none fetched */

    /* EcDoAsyncWaitEx response with a notification, EcDoDisconnect request. */
    oxc_evidence unfetched; /**< notification that is not fetched */

    /* EcDoRpcExt2 and EcDoDisconnect request. */
    oxc_evidence unanswered_wait; /**< outstanding for too long */

    /* EcDoAsyncConnectEx request. */
    unsigned alive_doubts;     /**< since the session was known to be alive */
    oxc_evidence live_context; /**< of the session, last wait response not an error */
    oxc_evidence session_open; /**< EcDoConnectEx response of the session */
    uint64_t server_version;   /**< that it gave, 0: none */

    /* EcDoAsyncConnectEx response. */
    oxc_evidence bound_context; /**< response that returned the ACXH for another, live session */

    /* EcDoRpcExt2 response. */
    bool handle_changed; /**< neither null nor the one of the request */

    /* EcDoDisconnect request. */
    oxc_evidence idle_context; /**< live context of a session on which no wait was seen */
} oxc_facts;

/** Whether a gap leaves doubts about any of the facts on which a request is judged. */
static inline bool oxc_facts_doubtful(const oxc_facts *facts)
{
    return (facts->session_end.doubts | facts->same_wait.doubts | facts->other_wait.doubts |
            facts->cut_waits.doubts | facts->failure.doubts | facts->unfetched.doubts |
            facts->live_context.doubts | facts->idle_context.doubts | facts->alive_doubts) != 0;
}

/** Takes these doubts away. */
static inline void oxc_facts_settle(oxc_facts *facts)
{
    facts->session_end.doubts = facts->same_wait.doubts = facts->other_wait.doubts = 0;
    facts->cut_waits.doubts = facts->failure.doubts = facts->unfetched.doubts = 0;
    facts->live_context.doubts = facts->idle_context.doubts = facts->alive_doubts = 0;
}

/** Checks the rules that look at the PDU.
 *  @param verdicts  room for OXC_RULE_COUNT
 *  @return their number, in the order of the rule table */
size_t oxc_rules_check(const oxc_facts *facts, oxc_verdict *verdicts);

#endif /* OXC_FACTS_H */
