/* http_message.h
 * Reads as much of HTTP/1 as tells where the PDUs of RPC over HTTP are
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_HTTP_MESSAGE_H
#define OXC_HTTP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    OXC_HTTP_NONE,    /**< the bytes are nothing of the kind */
    OXC_HTTP_PARTIAL, /**< the bytes end too early */
    OXC_HTTP_FOUND,
} oxc_http_found;

typedef enum {
    OXC_HTTP_RESPONSE,
    OXC_HTTP_RPC_IN_DATA,  /**< [MS-RPCH] 2.1.2.1.1 */
    OXC_HTTP_RPC_OUT_DATA, /**< [MS-RPCH] 2.1.2.1.2 */
    OXC_HTTP_OTHER_REQUEST,
} oxc_http_kind;

/** The start line and the header fields of a message, [RFC9112] 2.1. */
typedef struct {
    oxc_http_kind kind;
    unsigned status;    /**< response */
    const char *phrase; /**< response, the reason: borrowed from the bytes, not terminated */
    size_t phrase_size;
    const char *target; /**< request: borrowed from the bytes, not terminated */
    size_t target_size;
    bool has_length; /**< #length is valid */
    uint64_t length; /**< Content-Length */
    bool chunked;    /**< Transfer-Encoding, it overrides #length */
    bool rpc;        /**< Content-Type is application/rpc */
    size_t size;     /**< of all this, the empty line included */
} oxc_http_head;

/** Bytes that a head may have. */
enum { OXC_HTTP_HEAD_MAX = 64 * 1024 };

/** Reads a message's head.
 *  @return OXC_HTTP_PARTIAL if the empty line is not there yet */
oxc_http_found oxc_http_read_head(const char *bytes, size_t size, oxc_http_head *head);

/** Bytes of body below which a body of PDUs is one message of its own and not a channel,
 *  [MS-RPCH] 2.1.2.1.1. */
#define OXC_HTTP_CHANNEL_LENGTH ((uint64_t)128 * 1024)

/** True if the body of a message is a channel: PDUs until it is recycled. */
bool oxc_http_opens_channel(const oxc_http_head *head);

/** A chunk, [RFC9112] 7.1. */
typedef struct {
    size_t head;   /**< bytes in front of the data */
    uint32_t size; /**< bytes of data; 0: the last chunk */
} oxc_http_chunk;

/** Reads the line in front of a chunk's data.
 *  @return OXC_HTTP_PARTIAL if the line is not whole yet */
oxc_http_found oxc_http_read_chunk(const char *bytes, size_t size, oxc_http_chunk *chunk);

/** Finds the server that a request target of an RPC proxy names, [MS-RPCH] 2.2.2: what follows the
 *  question mark, "host:port".
 *  @param target  not terminated; may be NULL if @p target_size is 0
 *  @param server  place of it in @p target
 *  @param size    its length
 *  @param port    0 if there is none
 *  @return false if the target names no server */
bool oxc_http_server_of_target(const char *target, size_t target_size, const char **server,
                               size_t *size, uint16_t *port);

#endif /* OXC_HTTP_MESSAGE_H */
