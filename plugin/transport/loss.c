/* loss.c
 * Tells all that keep state of a connection that bytes of it are missing
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "loss.h"

#include "capture/lost_bytes.h"
#include "decode/buffers/payload.h"

void oxc_lose_hidden(const packet_info *pinfo, const oxc_rpc_connection *connection, oxc_side from)
{
    oxc_event event = {.type = OXC_EVENT_LOST};
    oxc_loss loss;

    event.frame = pinfo->num;
    event.time = oxc_arrival(pinfo);
    event.connection = connection->number;
    event.lost_from = from;
    event.from_server = from == OXC_SIDE_SERVER;
    oxc_tracker_event(oxc_analysis_tracker(), &event);
    oxc_rops_lost(connection->number);
    loss = (oxc_loss){.time = event.time, .frame = event.frame, .connection = event.connection};
    oxc_losses_keep(&loss);
}

void oxc_lose_calls(const packet_info *pinfo, const oxc_rpc_connection *connection, oxc_side from)
{
    if (connection->bound || oxc_rpc_connection_may_carry_exchange(connection))
        oxc_lose_hidden(pinfo, connection, from);
}

void oxc_lose_segment(const packet_info *pinfo, oxc_rpc_connection *connection, oxc_side from)
{
    if (connection->lost_frame == pinfo->num)
        return;
    connection->lost_frame = pinfo->num;
    oxc_lose_calls(pinfo, connection, from);
    if (connection->contexts)
        oxc_losses_count_segment();
}

void oxc_miss_calls(const packet_info *pinfo)
{
    oxc_event event = {.type = OXC_EVENT_UNSEEN};

    event.frame = pinfo->num;
    event.time = oxc_arrival(pinfo);
    oxc_tracker_event(oxc_analysis_tracker(), &event);
}
