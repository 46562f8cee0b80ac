/* naive.h
 * The rules and links once more, told slowly: what the tracker is compared with
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef NAIVE_H
#define NAIVE_H

#include <glib.h>

#include "event.h"
#include "rules.h"
#include "tracker.h"

/** Keeps everything that happened and answers each question by reading all of it again. Entries
 *  are numbered from 0 in the order in which they were told, closes included. */
typedef struct naive naive;

/** What there is to say of one entry, with all that has been told by now. Frames are 0, numbers
 *  OXC_NONE and the wait 0 where there is nothing. */
typedef struct {
    bool matched; /**< request, or a PDU that belongs to one; a response is its answer */
    bool unreadable;
    uint32_t request_frame;
    uint32_t session;
    uint32_t context;
    uint32_t connect_frame;
    uint32_t wait;
    uint32_t previous_wait_frame;
    uint32_t next_wait_frame;
    oxc_outcome outcome;
    int64_t wait_time; /**< meaningless without #outcome */
    uint32_t fetch_frame;
    uint32_t delivered_frame;
    int64_t delivery_time;     /**< -1: none */
    uint64_t fetched_waits;    /**< EcDoRpcExt2 request: contexts (bit of the number modulo 64) */
    uint64_t findings;         /**< one bit a rule: what the packets that are there say */
    uint64_t certain;          /**< of these, what has to be said: no gap can have touched it */
    uint64_t allowed;          /**< what may be said */
    int since[OXC_RULE_COUNT]; /**< of each finding: the oldest entry that it rests on */
    bool twin;               /**< on the second sighting of a connection: nothing but this counts */
    bool warns_unknown;      /**< wait-handle-unknown has severity Warning here */
    uint32_t registered[4];  /**< EcDoRpcExt2 response: per RopNotify, the frame or 0 */
    size_t registered_count; /**< at most 4 are looked at */
} naive_view;

/** Free with naive_free(); @p settings are copied. */
naive *naive_new(const oxc_settings *settings);
void naive_free(naive *n);

/** As oxc_tracker_add_connection() and oxc_tracker_set_client(). */
uint32_t naive_add_connection(naive *n, uint32_t server, uint16_t port, uint32_t client);

/** As oxc_tracker_split_connection(). */
void naive_split_connection(naive *n, uint32_t number);

/** Takes in one PDU and judges it. The arrays of @p event are borrowed until naive_free(). */
void naive_event(naive *n, const oxc_event *event);

/** Takes in a FIN or RST. */
void naive_close(naive *n, uint32_t connection, int64_t time);

/** What is known of entry @p index now. */
void naive_look(const naive *n, guint index, naive_view *view);

/** Where the session and the context of a request or answer begin; frames are 0 where it has
 *  none. */
typedef struct {
    uint32_t session_frame;
    uint32_t session_ordinal;
    uint32_t context_frame;
    uint32_t context_ordinal;
    uint64_t bound_frames; /**< the sum of the frames in which contexts of the session begin */
} naive_origin;

void naive_find_origin(const naive *n, guint index, naive_origin *origin);

/** The entry from which on the session of entry @p index is certain again if something was missing
 *  up to entry @p gap: an answer with 0 and its CXH to an EcDoRpcExt2 sent behind the gap, or the
 *  beginning of the session; 0 where there is none. */
guint naive_certain_from(const naive *n, guint index, guint gap);

/** True if all of what was told could be read and matched and nothing in it shows a loss. */
bool naive_all_read(const naive *n);

/** True if the entry could not be read or matched, or shows that something is missing. */
bool naive_misses(const naive *n, guint index);

/** False if the last entry contradicts what was there before, so that the contract leaves open what
 *  it means: a handle that was used before it was issued, on this server address or another, or a
 *  sign of life of a session that ended in one way or another. */
bool naive_is_clear(const naive *n);

/** True if every handle stays on one association as far as can be told, and no server gives back
 *  the CXH of a session that has ended, a handle to a second session, or a group id twice. */
bool naive_is_ordinary(const naive *n);

#endif /* NAIVE_H */
