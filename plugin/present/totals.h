/* totals.h
 * What a capture comes to: its asynchronous contexts, their waits, and all findings
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_TOTALS_H
#define OXC_TOTALS_H

#include <epan/address.h>
#include <epan/packet_info.h>
#include <glib.h>

#include "compat.h"
#include "journal.h"
#include "packet-oxcnotif.h"
#include "seen.h"
#include "wait_times.h"

/** The waits of one asynchronous context. All bytes zero but #session: none yet. */
typedef struct {
    uint32_t session;       /**< OXC_NONE while it is not known */
    uint32_t connect_frame; /**< the EcDoAsyncConnectEx response that first returned it, or 0 */
    oxc_transport transport;
    address client;
    address server;
    uint32_t waits; /**< EcDoAsyncWaitEx requests */
    /** Waits by how they ended; [OXC_OUTCOME_NONE]: by an answer that could not be read. A wait
     *  that was called dropped and gets its answer after all counts for the answer. */
    uint32_t ended[OXC_OUTCOME_DROPPED + 1];
    uint32_t outstanding;
    oxc_wait_times times; /**< of the waits that ended on a PDU of their own */
    oxc_gap_cost gaps;
} oxc_context_totals;

/** What a session is known by. All bytes zero: not seen. */
typedef struct {
    uint32_t frame;     /**< that first showed it, or 0 */
    const char *client; /**< printable; belongs to the totals */
    const char *server;
    oxc_transport transport;
    oxc_gap_cost gaps;
} oxc_session_totals;

typedef struct {
    uint32_t frame;
    uint32_t session; /**< OXC_NONE if it is not known */
    uint32_t context;
    int64_t time; /**< nanoseconds since the first packet of the capture */
    oxc_finding finding;
    const char *client; /**< printable; belongs to the totals */
    const char *server;
    oxc_transport transport;
} oxc_found;

/** Why less could be said than the capture holds. */
typedef struct {
    uint32_t sealed_requests;
    uint32_t sealed_responses;
    uint32_t unread_requests; /**< not sealed: cut short, damaged, or a fragment is missing */
    uint32_t unread_responses;
    uint32_t unmatched_responses; /**< without a request, or not the first to it */
    uint32_t unbound_connections; /**< that look like Exchange's, but their bind is missing */
    uint32_t unbound_frame;       /**< the first that looks so */
    uint32_t lost_segments;       /**< of connections that carry the two interfaces */
    oxc_gap_totals gaps;
} oxc_limits;

/** What comes with each PDU is taken in at once; waits, gaps and limits are filled in by
 *  oxc_totals_finish(). */
typedef struct {
    oxc_seen seen;
    GPtrArray *contexts;        /**< of oxc_context_totals by number, NULL where none was seen */
    uint32_t context_count;     /**< of those that were */
    oxc_context_totals unknown; /**< waits of no known context */
    GArray *sessions;           /**< of oxc_session_totals, by number */
    GArray *findings;           /**< of oxc_found, in the order of the capture */
    oxc_journal *journal;       /**< what is drawn beside the waits, or NULL if nobody asked */
    GStringChunk *names;        /**< addresses, each once */
    bool started;               /**< #start is known */
    int64_t start;              /**< of the capture's first packet, nanoseconds since the epoch */
    uint32_t violations;
    uint32_t suspicions;
    uint32_t waits;
    uint32_t requests; /**< of the two interfaces, of any method */
    oxc_limits limits;
} oxc_totals;

/** @param journal  whether every wait is to be reported */
void oxc_totals_init(oxc_totals *totals, bool journal);
void oxc_totals_clear(oxc_totals *totals);

/** Takes in one PDU from the tap "oxcnotif". Copies what it needs. */
void oxc_totals_take(oxc_totals *totals, packet_info *pinfo, const oxc_shown *shown);

/** Asks the tracker what became of the waits that were seen, what gaps cost, and what limits there
 *  are; to be called when the capture has been read. */
void oxc_totals_finish(oxc_totals *totals);

/** Takes in what a PDU says of its context itself. */
void oxc_context_totals_note(oxc_context_totals *context, packet_info *pinfo,
                             const oxc_shown *shown);

/** Where a wait counts, by what was seen of its end and whether its connection is closed. */
uint32_t *oxc_context_totals_place(oxc_context_totals *context, const oxc_wait *wait,
                                   const oxc_seen *seen);

void oxc_context_totals_clear(oxc_context_totals *context);

/** The columns of a table of contexts that count: its waits, and what became of them, other ends
 *  taken together. */
typedef enum {
    OXC_COUNT_WAITS,
    OXC_COUNT_NOTIFIED,
    OXC_COUNT_NO_EVENT,
    OXC_COUNT_REJECTED,
    OXC_COUNT_FAULTED,
    OXC_COUNT_OTHER,
    OXC_COUNT_OUTSTANDING,
    OXC_COUNTS
} oxc_count;

void oxc_context_totals_count(const oxc_context_totals *context, uint32_t counts[OXC_COUNTS]);

/** The client's address of a PDU from the tap. Free it with free_address(). */
void oxc_copy_client(address *client, const packet_info *pinfo, const oxc_view *view);

/** The server of a PDU from the tap: its address, or over RPC over HTTP the host and port of the
 *  URL. Free it with free_address(). */
void oxc_copy_server(address *server, packet_info *pinfo, const oxc_shown *shown);

/** A text from the network with nothing in it that a terminal would act on: valid UTF-8, and a
 *  question mark for each character that cannot be printed. Free it with g_free(). */
char *oxc_printable_text(const char *bytes);

/** The address of a client or server in that form.
 *  @return to be freed with g_free(), or NULL where it is not known */
char *oxc_address_text(const address *addr);

/** Whether any connection was bound to one of the two interfaces. */
bool oxc_totals_any_bind(void);

#endif /* OXC_TOTALS_H */
