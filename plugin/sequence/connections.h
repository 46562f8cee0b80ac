/* connections.h
 * Servers, peers and connections
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_CONNECTIONS_H
#define OXC_CONNECTIONS_H

#include "state.h"

void oxc_connections_init(oxc_tracker *tracker);
void oxc_connections_clear(oxc_tracker *tracker);

/** Begins a connection of MAPI over HTTP to a server with a number of its own kind. */
uint32_t oxc_http_end_new(oxc_tracker *tracker, uint32_t server);

#endif /* OXC_CONNECTIONS_H */
