/* journal.h
 * What is drawn beside the waits of a capture: when its sessions and contexts began and ended, and
 * what could not be judged
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

#endif /* OXC_JOURNAL_H */
