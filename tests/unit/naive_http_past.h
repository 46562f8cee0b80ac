/* naive_http_past.h
 * What was said so far over MAPI over HTTP, read again from its beginning
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef NAIVE_HTTP_PAST_H
#define NAIVE_HTTP_PAST_H

#include "http_event.h"
#include "rules.h"

#define HTTP_NOWHERE ((size_t)-1)

/** What came up to the moment at hand. */
typedef struct {
    const oxc_http_event *e;
    size_t count;
    uint32_t grace; /**< seconds */
} http_past;

/** What the request of a known X-RequestId is: a copy that is ignored, one whose answer counts, or
 *  another call. */
typedef enum { HTTP_NEW, HTTP_COPY, HTTP_NOT_JUDGED, HTTP_REUSED } http_use;

/* Places are indices of events, HTTP_NOWHERE where there is none. A call is one of the capture. */

size_t http_find(const http_past *h, oxc_http_event_type type, uint32_t call);
const oxc_http_event *http_request_of(const http_past *h, uint32_t call);

/** The first FIN or RST of the connection of a call after its request. */
size_t http_closed(const http_past *h, uint32_t call);

/** The last frame of its response, if that is whole. */
size_t http_ended(const http_past *h, uint32_t call);

/** A request without a body that needs one, or answered so that it is no call. */
bool http_is_leg(const http_past *h, uint32_t call);

/** What a request is when its body is whole: @p h ends with that. */
http_use http_use_of(const http_past *h, uint32_t call);

/** What it turned out to be then. */
http_use http_use_then(const http_past *h, uint32_t call);

/** Whether an earlier request that is no leg, as far as is known, had the X-RequestId. */
bool http_is_known_id(const http_past *h, size_t head);

/** Neither a leg nor a copy. */
bool http_counts(const http_past *h, uint32_t call);

bool http_accepted(const oxc_http_event *e);

/** The session that a cookie names before event @p at: one more than the event with which its
 *  generation began, 0 for before all events. */
size_t http_session_at(const http_past *h, size_t at, oxc_http_name server, oxc_http_name value);

/** Whether a call other than Connect is of a session. */
bool http_is_of(const http_past *h, uint32_t call, oxc_http_name server, oxc_http_name value,
                size_t session);

/** Where a session ended. */
size_t http_end_of_session(const http_past *h, oxc_http_name server, oxc_http_name value,
                           size_t session);

bool http_is_outstanding(const http_past *h, uint32_t call);

/* The rules, one bit each. */

#define HTTP_RULE(id) (UINT64_C(1) << OXC_RULE_##id)

/** Sessions that are lost, idle or cut: on a request that is judged. */
uint64_t naive_http_on_use(const http_past *h, size_t head);

/** On the last frame of an answer that counts. */
uint64_t naive_http_on_loss(const http_past *h, size_t at);

/** On the first frame of an answer, and on each one that has more of it. */
uint64_t naive_http_on_bytes(const http_past *h, size_t at);

/** On the head of an answer. */
uint64_t naive_http_on_leg(const http_past *h, size_t at);

#endif /* NAIVE_HTTP_PAST_H */
