/* stream.h
 * One HTTP/1.1 connection, bytes in and events out
 *
 * Both directions are read as they come: heads with all their fields, bodies by length, by chunks
 * and until the close, requests matched to responses. Pieces of a body come out at once; only heads
 * are kept until they are whole. Bytes are counted through each direction, from 0: what the events
 * call a position. Memory and work for each byte are bounded, whatever the bytes are.
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_STREAM_H
#define OXC_STREAM_H

#include "head.h"

/** How a message ended. */
typedef enum {
    OXC_STREAM_WHOLE,
    OXC_STREAM_CUT,  /**< the connection closed before its end */
    OXC_STREAM_LOST, /**< bytes of it are missing, or its chunks are none */
} oxc_stream_end;

/** Who gets the events, in the order of the bytes of each direction. */
typedef struct {
    /** A request. Returns what names it in the events that follow, never NULL; borrowed until the
     *  response ends and the stream is freed. */
    void *(*request)(void *user, const oxc_http_head *head);
    /** The first bytes of a final response to a known request. Comes when its status is known. */
    void (*begin)(void *user, void *request, uint64_t position);
    /** A response, also one with a status of 1xx, which is followed by no other event.
     *  @param request  NULL if it is not known */
    void (*response)(void *user, void *request, const oxc_http_head *head);
    /** Part of a body, as it was before it was cut into chunks. */
    void (*body)(void *user, bool to_client, void *request, uint64_t position, const uint8_t *bytes,
                 size_t size);
    /** The end of a message. @p position is behind its last byte. */
    void (*end)(void *user, bool to_client, void *request, uint64_t position, oxc_stream_end how);
    /** Requests whose response is not in the capture: that to a later one has come. May be NULL. */
    void (*passed_over)(void *user);
    /** Whether this response says at all what it answers. NULL: each does. */
    bool (*names_request)(void *user, const oxc_http_head *head);
    /** Whether this response is, by what it says itself, the one to that request. */
    bool (*answers)(void *user, void *request, const oxc_http_head *head);
    /** A head is too long to be kept: it is skipped. */
    void (*too_large)(void *user, bool to_client, uint64_t position);
} oxc_stream_sink;

/** Requests that wait for their response; those before them are given up. */
enum { OXC_STREAM_REQUESTS_MAX = 256 };

typedef struct oxc_stream_state oxc_stream_state;

/** Makes the state of a connection. @p sink is borrowed.
 *  @param from_start  the first bytes of both directions will be the first of a message */
oxc_stream_state *oxc_stream_new(const oxc_stream_sink *sink, bool from_start);
void oxc_stream_free(oxc_stream_state *stream);

/** Says that requests may have come before the first bytes: until a response has been matched by
 *  what it says itself, one that names another request than the first is none of those known. */
void oxc_stream_doubt(oxc_stream_state *stream);

/** Takes the next bytes of a direction. @p user is for the sink. */
void oxc_stream_feed(oxc_stream_state *stream, bool to_client, const uint8_t *bytes, size_t size,
                     void *user);

/** Says that bytes of a direction, nobody knows how many, are missing at this place. The message in
 *  progress is lost, and the next clean head is looked for. */
void oxc_stream_lose(oxc_stream_state *stream, bool to_client, void *user);

/** Says that a direction was closed, by FIN or RST. */
void oxc_stream_close(oxc_stream_state *stream, bool to_client, void *user);

/** The position of the next byte of a direction. */
uint64_t oxc_stream_position(const oxc_stream_state *stream, bool to_client);

/** True if the last bytes of a direction belong to a head that is not whole yet. */
bool oxc_stream_is_in_head(const oxc_stream_state *stream, bool to_client);

/** True once the connection carries something else than HTTP/1 messages: after CONNECT or Upgrade.
 */
bool oxc_stream_is_opaque(const oxc_stream_state *stream);

/** Bytes of memory that are held. */
size_t oxc_stream_memory(const oxc_stream_state *stream);

#endif /* OXC_STREAM_H */
