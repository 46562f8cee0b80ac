/* refusals.h
 * What RPC proxies let their clients do: whether there are channels, and those that were refused
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_REFUSALS_H
#define OXC_REFUSALS_H

#include <epan/packet.h>

#include "compat.h"

/** A response with another status than success to RPC_IN_DATA or RPC_OUT_DATA, [MS-RPCH] 2.1.2.1.3:
 *  "503 RPC Error: 6ba" says which error of RPC the proxy met. In file scope. */
typedef struct {
    uint32_t frame;         /**< in which the response is shown, or began if it never was whole */
    unsigned status;        /**< of HTTP */
    const char *phrase;     /**< the reason, printable; may be empty */
    bool in;                /**< RPC_IN_DATA was refused */
    const char *server;     /**< "host:port" that the client asked for */
    const uint32_t *client; /**< as oxc_client_by_address() says; it may be named later */
} oxc_refusal;

/** Notes that the file has a channel of RPC over HTTP; told again with each file. */
void oxc_channels_note(void);

/** True if it has. */
bool oxc_channels_seen(void);

/** Notes MAPI over HTTP in HTTP/2, which nobody analyses, and whether there was any in this file.
 */
void oxc_http2_note(void);
bool oxc_http2_seen(void);

/** Sets up the list once; it empties itself with each file. */
void oxc_refusals_register(void);

/** Forgets what does not empty itself; for the end of a file. */
void oxc_refusals_end_file(void);

/** Notes that a proxy let a client in to a server; first pass only. */
void oxc_refusal_let_in(uint32_t client, uint32_t frame);

/** Makes a refusal in file scope; first pass only. @p what is copied, the texts in it not. */
oxc_refusal *oxc_refusal_add(const oxc_refusal *what);

/** Notes that a frame shows a refusal; first pass only. */
void oxc_refusal_show_in(oxc_refusal *refusal, uint32_t frame);

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
