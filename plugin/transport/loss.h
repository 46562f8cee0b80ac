/* loss.h
 * Tells all that keep state of a connection that bytes of it are missing
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_LOSS_H
#define OXC_LOSS_H

#include "capture/analysis.h"

/** A segment of a connection is missing from the capture; told once a frame. Only on the first
 *  pass, as all of these. Neither this nor oxc_lose_calls() says anything of a connection that may
 *  be any DCE/RPC: without its bind, and of a client of which no call of the two interfaces is
 *  known.
 *  @param from  who sent it */
void oxc_lose_segment(const packet_info *pinfo, oxc_rpc_connection *connection, oxc_side from);

/** The same for calls that nobody can read; they are no segments to be counted. */
void oxc_lose_calls(const packet_info *pinfo, const oxc_rpc_connection *connection, oxc_side from);

/** The same for calls that went to another dissector, whatever the connection carries. */
void oxc_lose_hidden(const packet_info *pinfo, const oxc_rpc_connection *connection, oxc_side from);

/** Calls went by that cannot be attributed to any connection. */
void oxc_miss_calls(const packet_info *pinfo);

#endif /* OXC_LOSS_H */
