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

/** Gives up what is under way in a direction whose bytes are missing. */
void oxc_mapi_split_lose(oxc_mapi_connection *connection, const packet_info *pinfo, bool to_client);

/** Ends what a FIN or RST ends: the direction of its sender, or both. The response that is whole
 * only now, or cut, gets its event. */
void oxc_mapi_split_close(oxc_mapi_connection *connection, const packet_info *pinfo, bool by_client,
                          bool reset);

/** Makes a call in file scope, numbered if it has a request. */
oxc_mapi_call *oxc_mapi_call_new(bool request);

/** The text of a server's name, in file scope and the same every time; NULL if it has none. */
const char *oxc_mapi_host_text(oxc_http_name name, oxc_span host);

#endif /* OXC_MAPI_SPLIT_H */
