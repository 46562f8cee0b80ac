/* mapi_columns.h
 * Shares the columns between HTTP and MAPI over HTTP
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_MAPI_COLUMNS_H
#define OXC_MAPI_COLUMNS_H

#include "mapi_connection.h"

/** The columns say what a message is; what HTTP says of its head is in the tree. */
void oxc_mapi_set_columns(packet_info *pinfo, const char *text);

/** Hands bytes back to HTTP. */
void oxc_mapi_call_http(const oxc_mapi_connection *connection, const oxc_part *part, tvbuff_t *tvb,
                        packet_info *pinfo, proto_tree *tree, void *data);

/** The same beside messages of ours: what goes wrong there is no reason to lose them, and the
 *  columns stay ours. */
void oxc_mapi_show_http(const oxc_mapi_connection *connection, const oxc_part *part, tvbuff_t *tvb,
                        packet_info *pinfo, proto_tree *tree, void *data);

#endif /* OXC_MAPI_COLUMNS_H */
