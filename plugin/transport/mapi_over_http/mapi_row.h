/* mapi_row.h
 * What one message of MAPI over HTTP has in a frame, while it is shown
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_MAPI_ROW_H
#define OXC_MAPI_ROW_H

#include "mapi_connection.h"

/** What one message has in the frame. */
typedef struct {
    oxc_mapi_connection *connection;
    packet_info *pinfo;
    tvbuff_t *tvb;  /**< all bytes at hand */
    tvbuff_t *part; /**< of the message */
    proto_tree *root;
    proto_item *item;
    proto_tree *tree;
    const oxc_part *row;
    oxc_mapi_call *call;
    oxc_http_event *event; /**< first pass: what is known; NULL later */
    bool head;
    bool ended;
    oxc_stream_end end;
    bool late_code; /**< a field behind DONE, in this frame, has the code */
    unsigned pieces;
    oxc_http_event facts; /**< of the body */
    const char *news;
} oxc_mapi_row;

static inline bool oxc_mapi_first_pass(const oxc_mapi_row *row)
{
    return row->event != NULL;
}

/** Time from the request to the frame at hand. */
nstime_t oxc_mapi_since_request(const oxc_mapi_row *row);

#endif /* OXC_MAPI_ROW_H */
