/* sessions.h
 * How sessions begin, live and end
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_SESSIONS_H
#define OXC_SESSIONS_H

#include "state.h"

/** Begins a session with a handle; it takes over what is known of the handle itself. */
uint32_t oxc_session_begin(oxc_tracker *tracker, uint32_t server, oxc_name name,
                           uint32_t association);

/** The session of a request of MAPI over HTTP, begun where it is not known yet. */
uint32_t oxc_session_of_http(oxc_tracker *tracker, const oxc_event *event);

/** @param disconnected  by EcDoDisconnect: for good */
void oxc_session_end(oxc_tracker *tracker, uint32_t session, const oxc_call *call,
                     bool disconnected);
static inline bool oxc_session_ended(const oxc_tracker *tracker, uint32_t session)
{
    return oxc_session_at(tracker, session)->end != OXC_NONE;
}

/** The session may have ended on this PDU. */
void oxc_session_doubt(oxc_tracker *tracker, uint32_t session);

/** A failure came with a null CXH: some products return it to a session that goes on. */
void oxc_session_shake(oxc_tracker *tracker, uint32_t session);

/** A call on the session was answered as by one that lives. */
void oxc_session_prove(oxc_tracker *tracker, uint32_t session, const oxc_call *call);

#endif /* OXC_SESSIONS_H */
