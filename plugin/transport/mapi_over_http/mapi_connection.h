/* mapi_connection.h
 * A connection that carries MAPI over HTTP: which of its bytes belong to which call
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
#include "mapi_parts.h"
#include "transport/tcp/flow.h"

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
    bool endless;      /**< response: nothing but the end of the connection ends it */
};

/** Bytes that HTTP asked to see again, with those that follow. */
typedef struct {
    size_t size;
    uint8_t start[64]; /**< the first of them */
} oxc_asked_bytes;

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
    oxc_asked_bytes asked[2];
    int64_t answered_time;  /**< end of the last response */
    int64_t begun_time;     /**< first byte of the response whose head is not whole */
    uint32_t gap_frames[2]; /**< the last frame in which bytes of that direction were lost */
    unsigned closes;        /**< flags of conversation_completeness that were told */
    oxc_leg leg;            /**< #tcp, and how it was closed */
    oxc_ending ending;      /**< of #leg */
    uint32_t ended_frame;   /**< whose FIN was the end of a response that says none; 0: none */
    const char *ended_host; /**< server of that response, as in oxc_carrier */
} oxc_mapi_connection;

/** Sets up the lookups once; they empty themselves with each file.
 *  @param protocol  id of MAPI over HTTP: the key of what a conversation keeps */
void oxc_mapi_connections_register(int protocol);

void oxc_mapi_connections_begin_file(void);
void oxc_mapi_connections_end_file(void);

/** The connection of a conversation, or NULL. */
oxc_mapi_connection *oxc_mapi_connection_find(const conversation_t *conversation);

/** Makes the connection of a conversation.
 *  @param to_server  the packet at hand goes to the server
 *  @param sink       gets the events of its stream */
oxc_mapi_connection *oxc_mapi_connection_new(conversation_t *conversation, const packet_info *pinfo,
                                             bool to_server, const oxc_stream_sink *sink);

/** True if a packet of the connection goes to the client. */
bool oxc_mapi_to_client(const oxc_mapi_connection *connection, const packet_info *pinfo);

/** Frees the messages of parts that have ended; after they were shown. */
void oxc_mapi_release(oxc_mapi_connection *connection, const oxc_parts *parts);

/** Remembers which bytes HTTP has asked to see again, from @p offset on. */
void oxc_mapi_asked(oxc_mapi_connection *connection, bool to_client, tvbuff_t *tvb, int offset);

/** The same for a message of which HTTP has shown nothing yet: all bytes of the one under way. */
void oxc_mapi_asked_by_stock(oxc_mapi_connection *connection, bool to_client, tvbuff_t *tvb);

/** The number of a connection for what is known of the ROPs on it. */
uint32_t oxc_mapi_rop_channel(const oxc_mapi_connection *connection);

/** Makes a call in file scope, numbered if it has a request. */
oxc_mapi_call *oxc_mapi_call_new(bool request);

/** The text of a server's name, in file scope and the same every time; NULL if it has none. */
const char *oxc_mapi_host_text(oxc_http_name name, oxc_span host);

/** Tells the analysis of something that belongs to no message of the frame: fills in the rest. */
void oxc_mapi_send(const oxc_mapi_connection *connection, const packet_info *pinfo,
                   const oxc_http_event *what);

/** Says that responses of a connection are missing, or are there without anybody knowing to which
 *  request they belong: those that have none yet may have theirs. First pass only. */
void oxc_mapi_doubt_answers(const oxc_mapi_connection *connection, const packet_info *pinfo);

#endif /* OXC_MAPI_CONNECTION_H */
