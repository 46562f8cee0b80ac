/* mapi_collector.h
 * Collects the parts of the bytes at hand
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_MAPI_COLLECTOR_H
#define OXC_MAPI_COLLECTOR_H

#include "mapi_connection.h"

/** The bytes at hand. */
typedef struct {
    oxc_mapi_connection *connection;
    packet_info *pinfo;
    const uint8_t *bytes; /**< of this frame */
    int length;
    int64_t base;        /**< position of the first of them in its direction */
    bool to_client;      /**< their direction */
    bool shown;          /**< HTTP has shown them */
    wmem_array_t *parts; /**< of oxc_part; NULL while nothing comes but an end */
    int region;          /**< where bytes begin that are not ours, or -1 */
    int row;             /**< the part that began the row at hand, or -1 */
    int fed;             /**< offset of what the inner stream is being fed */
} oxc_mapi_collector;

/** Stands for all requests that are not to the endpoint. */
extern oxc_mapi_call oxc_mapi_foreign;

/** Where a position of the direction is in the bytes at hand; less than 0 for one before them. */
int oxc_mapi_offset_of(const oxc_mapi_collector *of, uint64_t position);

/** A part by its place, and the last one or NULL; until one more is added. */
oxc_part *oxc_mapi_part_at(const oxc_mapi_collector *of, int index);
oxc_part *oxc_mapi_last_part(const oxc_mapi_collector *of);

/** Adds a part, from @p offset to @p end. */
oxc_part *oxc_mapi_add_part(oxc_mapi_collector *of, oxc_part_kind kind, int offset, int end);

/** Adds bytes for HTTP, unless it has shown them. @return NULL if there are none */
oxc_part *oxc_mapi_add_http(oxc_mapi_collector *of, int offset, int end);

/** The same for a head of ours: HTTP shows it, and the columns are ours. */
void oxc_mapi_add_head(oxc_mapi_collector *of, int offset, int end);

/** Begins what a message has in this frame, if nothing has yet. */
void oxc_mapi_begin_row(oxc_mapi_collector *of, oxc_mapi_message *message, int offset);

#endif /* OXC_MAPI_COLLECTOR_H */
