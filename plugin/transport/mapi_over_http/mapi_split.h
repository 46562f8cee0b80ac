/* mapi_split.h
 * Takes the bytes of a connection of MAPI over HTTP apart
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_MAPI_SPLIT_H
#define OXC_MAPI_SPLIT_H

#include "mapi_connection.h"

/** Who gets the events of a connection's stream. */
const oxc_stream_sink *oxc_mapi_sink(void);

/** Takes the bytes of a frame apart; first pass only. Those that HTTP asked for a second time are
 *  not taken twice.
 *  @param shown  HTTP has shown the bytes already
 *  @return the parts, in the packet's memory until oxc_parts_keep() */
oxc_parts *oxc_mapi_split(oxc_mapi_connection *connection, packet_info *pinfo, tvbuff_t *tvb,
                          bool shown);

/** Notes that bytes of a direction are missing from the capture; first pass only, once a frame. */
void oxc_mapi_lose(oxc_mapi_connection *connection, packet_info *pinfo, bool to_client);

/** Notes which ends have closed the connection by now, and tells the analysis; first pass only,
 * when the frame has been dissected. */
void oxc_mapi_close(oxc_mapi_connection *connection, packet_info *pinfo);

#endif /* OXC_MAPI_SPLIT_H */
