/* refusals.h
 * The channels that an RPC proxy refused to open
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_REFUSALS_H
#define OXC_REFUSALS_H

#include <epan/packet.h>

#include "transport/http/http_message.h"
#include "virtual_connection.h"

/** A response with another status than success to RPC_IN_DATA or RPC_OUT_DATA, [MS-RPCH] 2.1.2.1.3:
 *  "503 RPC Error: 6ba" says which error of RPC the proxy met. In file scope. */
typedef struct oxc_refusal {
    uint32_t frame;     /**< in which the response is shown, or began if it never was whole */
    unsigned status;    /**< of HTTP */
    const char *phrase; /**< the reason, printable; may be empty */
    bool in;            /**< RPC_IN_DATA was refused */
    const char *server; /**< "host:port" that the client asked for */
    const oxc_channel *channel;
} oxc_refusal;

/** Sets up the list once; it empties itself with each file. */
void oxc_refusals_register(void);

/** Notes a response on a channel, first pass only. Those that open it, and interim ones, are none.
 *  The same response may come several times, until it is whole.
 *  @param shown  it is shown in this frame */
void oxc_refusal_note(oxc_channel *channel, const oxc_http_head *head, const packet_info *pinfo,
                      bool shown);

/** The refusal that a frame shows, or NULL. A 401 is known for one only when all frames have been
 *  seen. */
const oxc_refusal *oxc_refusal_in(const packet_info *pinfo);

/** "RPC_OUT_DATA to mbx.example.com:6001 with 503 RPC Error: 6ba"; to be freed with wmem_free(). */
char *oxc_refusal_text(wmem_allocator_t *scope, const oxc_refusal *refusal);

/** How many there are. Each attempt to authenticate but the last is answered 401: such a one counts
 *  only if the client is not let in to that server later. */
size_t oxc_refusal_count(void);

/** The one with a number, in the order of the capture. */
const oxc_refusal *oxc_refusal_at(size_t number);

#endif /* OXC_REFUSALS_H */
