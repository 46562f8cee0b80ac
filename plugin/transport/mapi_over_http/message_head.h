/* message_head.h
 * What the head of a MAPI over HTTP message says
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_MESSAGE_HEAD_H
#define OXC_MESSAGE_HEAD_H

#include "sequence/http_event.h"
#include "transport/http/stream.h"

/** A header field whose value is a number. */
typedef struct {
    oxc_span text;
    bool valid; /**< #value is one */
    uint32_t value;
} oxc_head_number;

/** The header fields of [MS-OXCMAPIHTTP] 2.2.3, as far as the head has them: spans of no bytes
 * stand for those that it has not. All is borrowed from the head. */
typedef struct {
    oxc_span host;
    oxc_span request_type;
    oxc_span request_id;
    oxc_span client_info;
    oxc_span client_application;
    oxc_span server_application;
    oxc_span content_type;
    oxc_span content_encoding;
    oxc_span context;              /**< value of the context cookie, sent or set; the first one */
    oxc_span sequence;             /**< value of the sequence cookie */
    oxc_head_number response_code; /**< the last one that is a number */
    oxc_head_number pending_period;
    oxc_head_number expiration;

    oxc_http_request_type type;
    oxc_http_name server; /**< of #host */
    oxc_http_name id;     /**< of #request_id */
    oxc_http_product product;
    unsigned fields; /**< of #oxc_http_field */
    bool mapi_content;
    bool encoded;
    oxc_http_cookies cookies; /**< its #others are in #others */
    oxc_http_cookie others[OXC_HTTP_COOKIES_MAX];
} oxc_message_head;

/** Reads the fields of a head.
 *  @param of  stays where it is: it points into itself */
void oxc_message_head_read(const oxc_http_head *head, oxc_message_head *of);

/** The id that the head of a message gives, X-RequestId, and nothing else of it. */
oxc_http_name oxc_message_id(const oxc_http_head *head);

/** Whether a request goes to the mailbox endpoint: a POST whose path is /mapi/emsmdb, in any case,
 *  with or without a slash behind it, whatever the query, [MS-OXCMAPIHTTP] 2.2.2.1. */
bool oxc_is_endpoint_request(const oxc_start_line *start);

/** Whether a response without a known request is one of the mailbox endpoint. */
bool oxc_is_endpoint_response(const oxc_message_head *head);

/** The type that a value of X-RequestType names. */
oxc_http_request_type oxc_request_type_of(oxc_span value);

/** The name of a type, as it is written in X-RequestType; NULL for those that have none. */
const char *oxc_request_type_name(oxc_http_request_type type);

/** A number in a header field: digits, with blanks around them. */
void oxc_head_number_read(oxc_span value, oxc_head_number *number);

#endif /* OXC_MESSAGE_HEAD_H */
