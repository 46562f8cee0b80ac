/* rop_state.h
 * What the layouts of ROPs rest on: earlier calls of the session, and the request of a response
 *
 * Nothing is known here of connections: a caller names the session, the call, the PDU, and what
 * carries them. State is written on the first pass; what a PDU was found to rest on is kept with
 * the PDU, so that it is read in the same way on every later one.
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ROP_STATE_H
#define OXC_ROP_STATE_H

#include "rops.h"

/** All that is remembered of a file. Whatever the file holds, it is bounded. */
typedef struct oxc_rop_state oxc_rop_state;

/** What a PDU with ROPs belongs to. */
typedef struct {
    uint64_t session; /**< the session: any number that is another one for another session */
    uint64_t call;    /**< the call: the same for its request and its response; not 0 */
    uint64_t pdu;     /**< the PDU: the same on every pass; requests and responses apart */
    uint32_t channel; /**< what carries the call, for oxc_rop_state_lost() */
    bool first_pass;
} oxc_rop_call;

oxc_rop_state *oxc_rop_state_new(void);
void oxc_rop_state_free(oxc_rop_state *state);

/** Calls may be missing from a channel: what the sessions on it said before is not relied upon any
 *  more. */
void oxc_rop_state_lost(oxc_rop_state *state, uint32_t channel);

/** A session begins or ends: what was said before is forgotten. */
void oxc_rop_state_forget(oxc_rop_state *state, uint64_t session);

/** How a payload was read, for those who read it again. */
typedef struct {
    uint64_t ways;
    bool surveyed;
    bool consistent;
    const oxc_columns **answers;
    unsigned answer_count;
} oxc_rop_replay;

enum { OXC_VISIT_ASKED_MAX = 512, OXC_VISIT_PAYLOADS_MAX = 97 };

/** What a request asked for. */
typedef struct oxc_rop_request oxc_rop_request;

/** The reading of all payloads of a PDU, by oxc_rop_visit_begin(), then for each payload _open()
 * and _close(), in a request _ask() for each ROP between them, and _end(). */
typedef struct {
    oxc_rop_state *state; /**< NULL if nothing is known or to be remembered */
    const oxc_rop_call *call;
    bool request;
    bool live;
    bool unsure;                      /**< a payload could not be walked to its end */
    const oxc_rop_request *asked_for; /**< response, live */
    uint64_t session;
    uint64_t epoch;                  /**< of the session, live; 0 for not looked up yet */
    const struct oxc_rop_memo *memo; /**< not live */
    unsigned payloads;
    oxc_rop_buffer first; /**< the first payload, for its handles */
    oxc_rop_walk walk;
    unsigned asked_count;
    oxc_rop_asked asked[OXC_VISIT_ASKED_MAX];
    oxc_rop_binding bindings[OXC_WALK_BINDINGS_MAX];
    const oxc_columns *answers[OXC_WALK_ANSWERS_MAX];
    oxc_rop_replay replays[OXC_VISIT_PAYLOADS_MAX]; /**< #payloads of them */
} oxc_rop_visit;

/** Begins. @p state and @p call may be NULL: then each payload stands for itself. Both are borrowed
 *  until the end, and so is @p visit by the buffers. */
void oxc_rop_visit_begin(oxc_rop_visit *visit, oxc_rop_state *state, const oxc_rop_call *call,
                         bool request);

/** Lets a payload that was just opened be read with what is known. */
void oxc_rop_visit_open(oxc_rop_visit *visit, oxc_rop_buffer *buffer);

/** Notes a ROP of a request. */
void oxc_rop_visit_ask(oxc_rop_visit *visit, const oxc_rop_buffer *buffer, const oxc_rop *rop);

/** Ends a payload, read to its end or not. */
void oxc_rop_visit_close(oxc_rop_visit *visit, oxc_rop_buffer *buffer);

/** Ends, and remembers. How each payload was read is in #replays: for as long as the file. */
void oxc_rop_visit_end(oxc_rop_visit *visit);

/** Lets a payload that was just opened be read once more as it was read.
 *  @param walk  room for that, borrowed by the buffer */
void oxc_rop_replay_use(const oxc_rop_replay *replay, oxc_rop_buffer *buffer, oxc_rop_walk *walk);

#endif /* OXC_ROP_STATE_H */
