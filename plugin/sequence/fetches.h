/* fetches.h
 * From a notification to the EcDoRpcExt2 that fetches and delivers it
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_FETCHES_H
#define OXC_FETCHES_H

#include "state.h"

void oxc_fetches_init(oxc_tracker *tracker);

/** Puts an EcDoRpcExt2 request of a session in flight; it fetches what is not fetched yet. */
void oxc_fetch_begin(oxc_tracker *tracker, uint32_t call);
void oxc_fetch_end(oxc_tracker *tracker, uint32_t call);

/** Takes an EcDoRpcExt2 request back. */
void oxc_fetch_withdraw(oxc_tracker *tracker, uint32_t call);

/** The answer to one will not be seen. The server may have the request in hand all the same, until
 * it answers a later one. */
void oxc_fetch_lose(oxc_tracker *tracker, const oxc_call *call);

/** One has its answer: those that were sent before count as in flight no more. */
void oxc_fetch_settle(oxc_tracker *tracker, const oxc_call *answered);

/** Links the notification of the last record with what fetches and delivers it, no more. */
void oxc_fetch_link(oxc_tracker *tracker, uint32_t context);

#define OXC_FETCH_ROW 3u /* notifications in a row that make a busy loop */

/** How many notifications in a row, none fetched, the one of the last record makes on a context, up
 *  to #OXC_FETCH_ROW; 0 if an EcDoRpcExt2 is in flight, or may be, or the session is not known. */
unsigned oxc_fetch_row(oxc_tracker *tracker, const oxc_context *context,
                       const oxc_link *connection);

/** Adds the notification of the last record to its context and session.
 *  @param row  from oxc_fetch_row() */
void oxc_fetch_notification(oxc_tracker *tracker, uint32_t context, unsigned row);

/** Fills in the last notification of a context, if it is not fetched. */
oxc_evidence oxc_fetch_unfetched(const oxc_tracker *tracker, const oxc_context *context,
                                 const oxc_link *connection);

/** The same for the contexts of a session, once for each notification. */
oxc_evidence oxc_fetch_unfetched_of_session(oxc_tracker *tracker, uint32_t session,
                                            const oxc_link *connection);

/** Takes in the notification objects and RopNotify of an EcDoRpcExt2 response. */
void oxc_fetch_response(oxc_tracker *tracker, const oxc_event *event, const oxc_call *call);

/** The response of an EcDoRpcExt2 call, which could not be read, may have delivered. */
void oxc_fetch_forget(oxc_tracker *tracker, const oxc_call *call);

#endif /* OXC_FETCHES_H */
