/* mapi_parts.h
 * What there is to show of the bytes of MAPI over HTTP that came with a frame
 *
 * On the first pass the bytes of each frame are taken apart, once. What was found is kept by frame,
 * so that every later pass shows the same.
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_MAPI_PARTS_H
#define OXC_MAPI_PARTS_H

#include <epan/packet.h>

#include "compat.h"
#include "message_head.h"

/** A call, or a request to the endpoint that is none, in file scope. */
typedef struct {
    uint32_t number;        /**< through the capture; OXC_NONE for a response without its request */
    uint32_t request_frame; /**< in which the head became whole, or 0 */
    uint32_t request_ordinal; /**< there */
    uint32_t response_frame;  /**< with the last byte of the response, or 0 */
    uint32_t status;          /**< of the response, 0 for none yet */
    int64_t request_time;
    int64_t due_time;     /**< when the server could begin to answer; valid with #body_whole */
    const char *name;     /**< X-RequestType, or NULL */
    const char *host;     /**< of the request, as in the report, or NULL */
    oxc_http_name server; /**< of #host */
    oxc_http_name id;     /**< X-RequestId of the request */
    uint64_t session;     /**< for what the ROPs of its session say: server and context, or 0 */
    oxc_http_request_type type;
    oxc_http_product product;
    bool leg;        /**< so far without a body to speak of: see oxc_http_event */
    bool body_whole; /**< of the request */
    bool has_code;   /**< of the response: */
    bool late_code;  /**< #code is known, and came behind DONE */
    uint32_t code;   /**< X-ResponseCode, the latest one */
} oxc_mapi_call;

/** Whether a request turned out to be none of a call, but a step of authentication or a redirect.
 */
bool oxc_mapi_call_is_leg(const oxc_mapi_call *call);

typedef struct oxc_mapi_message oxc_mapi_message;

/** What there is to show of a frame's bytes, in their order. */
typedef enum {
    OXC_PART_HTTP,      /**< bytes for Wireshark's HTTP */
    OXC_PART_ASIDE,     /**< bytes that came before: shown as data */
    OXC_PART_TOO_LARGE, /**< a head that is too long to be read */
    OXC_PART_ROW,     /**< begins what one message has in this frame; #size is that of all of it */
    OXC_PART_HEAD,    /**< the head, whole with this frame */
    OXC_PART_TAG,     /**< a tag; #detail is an oxc_meta_tag */
    OXC_PART_FIELD,   /**< an additional header field */
    OXC_PART_BODY,    /**< the body, whole with this frame; #detail is an oxc_body_kind */
    OXC_PART_BYTES,   /**< bytes of a body that comes as text, or will be whole later */
    OXC_PART_INVALID, /**< the first byte of the body that is not of the protocol */
    OXC_PART_END,     /**< the message's end; #detail is an oxc_stream_end */
} oxc_part_kind;

enum { OXC_PARTS_DIGESTED = 64 };

/** What can be done with a body. */
typedef enum {
    OXC_BODY_DECODED,
    OXC_BODY_TEXT,     /**< not of the protocol's type, or of a failure */
    OXC_BODY_ENCODED,  /**< Content-Encoding */
    OXC_BODY_NOT_KEPT, /**< too large */
    OXC_BODY_ENDLESS, /**< bytes of one that ends with the connection, in a frame without its end */
} oxc_body_kind;

typedef struct {
    uint8_t kind;   /**< oxc_part_kind */
    uint8_t detail; /**< see there */
    bool to_client;
    bool may_ask;   /**< HTTP: it may ask for more bytes */
    bool own;       /**< HTTP: the head of a message of ours */
    int32_t offset; /**< in the bytes at hand; -1 where #kept has them instead */
    int32_t size;
    uint32_t ordinal;    /**< row: of the event */
    oxc_mapi_call *call; /**< row */
    const uint8_t *kept; /**< head, body: #size bytes that came with several frames, or NULL */
    oxc_mapi_message *message; /**< row, first pass: what is known of it so far */
} oxc_part;

/** The parts of one run of bytes that came with a frame. */
typedef struct oxc_parts {
    struct oxc_parts *next; /**< of the same frame */
    uint64_t digest;        /**< of the first #digested bytes */
    uint32_t digested;
    uint32_t length; /**< of the bytes */
    uint32_t needed; /**< of them, so many are needed to show the parts */
    uint32_t count;
    oxc_part *parts;
} oxc_parts;

/** Keeps the parts of a frame for later passes, unless there is nothing but HTTP in them. */
void oxc_parts_keep(const packet_info *pinfo, tvbuff_t *tvb, const oxc_parts *parts);

/** The same, without a frame. Lives as long as the file. */
oxc_parts *oxc_parts_copy(const oxc_parts *parts);

/** Finds the parts of these bytes of a frame, or NULL: they are HTTP's. Later passes only. */
const oxc_parts *oxc_parts_find(const packet_info *pinfo, tvbuff_t *tvb);

/** Sets up the lookup once; it empties itself with each file. */
void oxc_mapi_parts_register(void);

#endif /* OXC_MAPI_PARTS_H */
