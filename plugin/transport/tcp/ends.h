/* ends.h
 * Finds the TCP connection and the server of a packet by its addresses and ports
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ENDS_H
#define OXC_ENDS_H

#include <epan/packet.h>

#include "compat.h"

struct oxc_tcp_connection;

/** Remembers that packets between the two ends of this one belong to a connection, in both
 *  directions; until the file is closed or another connection takes its place. */
void oxc_ends_remember(const packet_info *pinfo, struct oxc_tcp_connection *connection);

/** False if neither a connection nor a server is known at the ports of a packet: then there is
 *  nothing to look up, as for most traffic of others. */
bool oxc_ends_may_know(const packet_info *pinfo);

/** The youngest connection that was remembered between the two ends of a packet, or NULL. The
 *  packet may belong to a younger one yet. Much cheaper than Wireshark's search for the
 *  conversation. */
struct oxc_tcp_connection *oxc_ends_find(const packet_info *pinfo);

/** Remembers that the destination of a packet is a server of the two interfaces. */
void oxc_ends_add_server(const packet_info *pinfo);

typedef enum { OXC_END_NEITHER, OXC_END_SOURCE, OXC_END_DESTINATION } oxc_end_kind;

/** Which end of a packet is such a server. */
oxc_end_kind oxc_ends_server(const packet_info *pinfo);

/** To be called once, before any file is opened. */
void oxc_ends_register(void);
void oxc_ends_begin_file(void);

#endif /* OXC_ENDS_H */
