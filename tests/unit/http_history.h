/* http_history.h
 * Random conversations of MAPI over HTTP, as the events of a capture
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_TEST_HTTP_HISTORY_H
#define OXC_TEST_HTTP_HISTORY_H

#include <glib.h>

#include "http_event.h"

/** Events in their order; their frames and times are set. Each event is a frame of its own, but
 *  those of a head, which share one, and those that say that they share it. */
typedef struct {
    oxc_http_event *events;
    guint length;
    guint middle; /**< place of the first event behind those that close all connections, or 0 */
} http_history;

/** What may come in it. */
typedef struct {
    bool reuses_ids; /**< requests with the X-RequestId of another one */
    bool reissues;   /**< Connect answers with the cookie of another session, or of the same one */
    bool forgets;    /**< a server that said that a context is not there means it */
    bool breaks;     /**< half-way all connections close */
} http_history_kind;

/** The history of a number, of about @p steps steps. Free it with http_history_free(). */
http_history http_history_random(uint64_t seed, guint steps, const http_history_kind *kind);
void http_history_free(http_history *history);

/** A number below a limit. */
guint http_random_below(uint64_t *random, guint limit);

#endif /* OXC_TEST_HTTP_HISTORY_H */
