/* mapi_connection.h
 * A connection that carries MAPI over HTTP: which of its bytes belong to which call
 *
 * On the first pass the bytes of each frame are taken apart, once. What was found is kept by frame,
 * so that every later pass shows the same.
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_MAPI_CONNECTION_H
#define OXC_MAPI_CONNECTION_H

#include <epan/conversation.h>
#include <epan/packet.h>

#include "capture/string_names.h"
#include "inner_stream.h"
#include "message_head.h"
#include "transport/tcp/flow.h"

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
} oxc_body_kind;

typedef struct oxc_mapi_message oxc_mapi_message;

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

/** What the first pass remembers of a message while it is under way. */
struct oxc_mapi_message {
    oxc_http_event event; /**< filled with what is known by now */
    oxc_http_cookie others[OXC_HTTP_COOKIES_MAX];
    oxc_inner_stream inner; /**< response */
    oxc_hashing digest;     /**< request */
    oxc_mapi_call *call;
    bool ended;
    int64_t begun_time; /**< response: of its first byte */
    uint64_t position;  /**< of the head in its direction */
    size_t head_size;
    GByteArray *joined; /**< body that came with several frames, or in pieces; NULL for none */
    int body_offset;    /**< in the bytes at hand, if it is not #joined */
    int body_size;
    uint64_t body_total;
    bool body_dropped; /**< it is too large to be kept */
};

/** Bytes that HTTP asked to see again, with those that follow. */
typedef struct {
    size_t size;
    uint8_t start[64]; /**< the first of them */
} oxc_asked;

/** A connection whose bytes come to us. */
typedef struct {
    uint32_t number;      /**< of those of MAPI over HTTP, through the capture */
    uint32_t first_frame; /**< from this frame on its bytes come to us */
    bool tls;
    address client;
    uint32_t client_port;
    const struct tcp_analysis *tcp; /**< NULL if unknown */
    oxc_flow flows[2];
    oxc_stream_state *stream;
    oxc_mapi_message *messages[2]; /**< under way, to the server and to the client */
    oxc_asked asked[2];
    int64_t answered_time;  /**< end of the last response */
    int64_t begun_time;     /**< first byte of the response whose head is not whole */
    uint32_t gap_frames[2]; /**< the last frame in which bytes of that direction were lost */
    unsigned closes;        /**< flags of conversation_completeness that were told */
} oxc_mapi_connection;

/** Sets up the lookups once; they empty themselves with each file. */
void oxc_mapi_connections_register(void);

void oxc_mapi_connections_begin_file(void);
void oxc_mapi_connections_end_file(void);

/** True if the file has any connection so far. */
bool oxc_has_mapi_connections(void);

/** The connection of a conversation, or NULL. */
oxc_mapi_connection *oxc_mapi_connection_find(const conversation_t *conversation);

/** Makes the connection of a conversation.
 *  @param to_server  the packet at hand goes to the server */
oxc_mapi_connection *oxc_mapi_connection_new(conversation_t *conversation, const packet_info *pinfo,
                                             bool to_server);

/** True if a packet of the connection goes to the client. */
bool oxc_mapi_to_client(const oxc_mapi_connection *connection, const packet_info *pinfo);

/** Takes the bytes of a frame apart; first pass only. Those that HTTP asked for a second time are
 *  not taken twice.
 *  @param shown  HTTP has shown the bytes already
 *  @return the parts, in the packet's memory until oxc_parts_keep() */
oxc_parts *oxc_mapi_split(oxc_mapi_connection *connection, packet_info *pinfo, tvbuff_t *tvb,
                          bool shown);

/** Keeps the parts of a frame for later passes, unless there is nothing but HTTP in them. */
void oxc_parts_keep(const packet_info *pinfo, tvbuff_t *tvb, const oxc_parts *parts);

/** The same, without a frame. Lives as long as the file. */
oxc_parts *oxc_parts_copy(const oxc_parts *parts);

/** Finds the parts of these bytes of a frame, or NULL: they are HTTP's. Later passes only. */
const oxc_parts *oxc_parts_find(const packet_info *pinfo, tvbuff_t *tvb);

/** Frees the messages of parts that have ended; after they were shown. */
void oxc_mapi_release(oxc_mapi_connection *connection, const oxc_parts *parts);

/** Remembers which bytes HTTP has asked to see again, from @p offset on. */
void oxc_mapi_asked(oxc_mapi_connection *connection, bool to_client, tvbuff_t *tvb, int offset);

/** The same for a message of which HTTP has shown nothing yet: all bytes of the one under way. */
void oxc_mapi_asked_by_stock(oxc_mapi_connection *connection, bool to_client, tvbuff_t *tvb);

/** Says that responses of a connection are missing, or are there without anybody knowing to which
 *  request they belong: those that have none yet may have theirs. First pass only. */
void oxc_mapi_doubt_answers(const oxc_mapi_connection *connection, const packet_info *pinfo);

/** Notes that bytes of a direction are missing from the capture; first pass only, once a frame. */
void oxc_mapi_lose(oxc_mapi_connection *connection, const packet_info *pinfo, bool to_client);

/** Notes which ends have closed the connection by now, and tells the analysis; first pass only,
 * when the frame has been dissected. */
void oxc_mapi_close(oxc_mapi_connection *connection, const packet_info *pinfo);

#endif /* OXC_MAPI_CONNECTION_H */
