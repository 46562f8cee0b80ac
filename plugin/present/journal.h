/* journal.h
 * Every wait of a capture, and when its sessions and contexts began and ended: for those who ask
 * for them, at 48 bytes a wait
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_JOURNAL_H
#define OXC_JOURNAL_H

#include <epan/packet_info.h>
#include <glib.h>

#include "packet-oxcnotif.h"

/** One wait. Times are nanoseconds since the epoch. */
typedef struct {
    int64_t begin;
    int64_t end;              /**< of #end_frame */
    const oxc_ending *ending; /**< of #connection, as in oxc_carrier */
    uint32_t request_frame;
    uint32_t end_frame; /**< that ends it, or for closed and dropped shows it to be over; 0: none */
    uint32_t end_ordinal;
    uint32_t session; /**< OXC_NONE if it is not known */
    uint32_t context;
    uint32_t connection;
    uint32_t ordinal : 24; /**< on its context from 1, 0 if that is not known; the highest value
                              stands for all above it */
    uint32_t outcome : 4;  /**< oxc_outcome */
    uint32_t transport : 4;
} oxc_noted_wait;

typedef enum {
    OXC_NOTED_OPEN,      /**< EcDoConnectEx opened a session */
    OXC_NOTED_CONTEXT,   /**< EcDoAsyncConnectEx made a context */
    OXC_NOTED_DISCONNECT /**< EcDoDisconnect was answered */
} oxc_noted_kind;

typedef struct {
    int64_t time; /**< nanoseconds since the epoch */
    uint32_t frame;
    uint32_t session;
    uint32_t context;
    oxc_noted_kind kind;
} oxc_noted_event;

typedef enum {
    OXC_GAP_MISSING,   /**< bytes are not in the capture, or could not be read at all */
    OXC_GAP_UNREAD,    /**< calls that are truncated or damaged */
    OXC_GAP_SEALED,    /**< encrypted calls */
    OXC_GAP_UNMATCHED, /**< answers that belong to no known call */
} oxc_gap_kind;

/** A stretch of one connection in which one kind of thing came that could not be judged. */
typedef struct {
    int64_t from_time; /**< nanoseconds since the epoch */
    int64_t to_time;
    uint32_t from_frame;
    uint32_t to_frame;
    uint32_t connection; /**< OXC_NONE if it is not known */
    oxc_gap_kind kind;
} oxc_noted_gap;

typedef struct {
    GArray *waits;  /**< of oxc_noted_wait, in the order of their requests */
    GArray *events; /**< of oxc_noted_event, in the order of the capture */
    /** Of oxc_noted_gap, by their begin: the first OXC_GAPS_MAX; those that are missing come in
     *  with oxc_journal_finish(). */
    GArray *gaps;
    bool gap_over;        /**< a PDU of its connection could be judged since the last gap */
    GHashTable *sessions; /**< connection -> number of the last session seen on it, plus 1 */
} oxc_journal;

enum { OXC_GAPS_MAX = 10000 };

oxc_journal *oxc_journal_new(void);

/** NULL is allowed. */
void oxc_journal_free(oxc_journal *journal);

/** Takes in one PDU from the tap "oxcnotif". */
void oxc_journal_take(oxc_journal *journal, const packet_info *pinfo, const oxc_shown *shown);

/** To be called when the capture has been read. */
void oxc_journal_finish(oxc_journal *journal);

/** The last session seen on a connection, or OXC_NONE. */
uint32_t oxc_journal_session(const oxc_journal *journal, uint32_t connection);

/** Whether a wait got no answer, and its connection has been closed by now.
 *  @param close  gets how, as far as is known */
bool oxc_noted_wait_is_cut(const oxc_noted_wait *wait, oxc_close *close);

#endif /* OXC_JOURNAL_H */
