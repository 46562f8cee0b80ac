/* carrier.h
 * What carries a call
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_CARRIER_H
#define OXC_CARRIER_H

#include <stdint.h>

#include "sequence/ending.h"

/** The values are those of the filter oxcnotif.transport. */
typedef enum {
    OXC_TRANSPORT_UNKNOWN = 0,
    OXC_TRANSPORT_RPC_TCP = 1,
    OXC_TRANSPORT_RPC_HTTP = 2,
    OXC_TRANSPORT_MAPI_HTTP = 3,
} oxc_transport;

/** What the transport of a call knows and the call itself does not say. */
typedef struct {
    oxc_transport transport;
    /** Number of the connection in the tracker; UINT32_MAX if it is not known, or if its calls
     *  count for nothing. */
    uint32_t connection;
    /** "host:port" of the server where the transport names it, else NULL: then the server is the
     *  address that the packet goes to or comes from. Borrowed for as long as the file is open. */
    const char *server;
    /** Whether the connection has ended by now; NULL where its calls count for nothing. Borrowed
     * for as long as the file is open. */
    const oxc_ending *ending;
} oxc_carrier;

#endif /* OXC_CARRIER_H */
