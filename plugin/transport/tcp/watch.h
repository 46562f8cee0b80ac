/* watch.h
 * Looks at each frame of TCP for what did not come to us
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_WATCH_H
#define OXC_WATCH_H

#include <epan/packet.h>

#include "compat.h"

struct oxc_tcp_connection;

/** Notes that the PDUs of a frame came to the observer over TCP, on a connection, which looks for a
 *  loss itself. Only on the first pass. */
void oxc_segment_seen(const packet_info *pinfo, struct oxc_tcp_connection *tcp);

/** Called for every frame of TCP on the first pass, when it has been dissected. Reports a loss if
 *  the frame goes between a client and a server of the two interfaces but went to another
 *  dissector; if it shows that a segment of its connection is missing, or that bytes did not come
 *  to us as PDUs; and if the capture cut it and it went unseen. Notes the end of its connection.
 *  Those of other servers cost next to nothing.
 *  @return whether its bytes came to the observer */
bool oxc_watch_segment(packet_info *pinfo);

/** Begins a file. */
void oxc_watch_begin_file(void);

#endif /* OXC_WATCH_H */
