/* http_body.c
 * Finds out what of the bytes behind a head is the body, and where it ends
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_body.h"

#include <string.h>

#include <glib.h>

/* Bytes of a line in front of a chunk: in a body, and where nothing but the line says that a chunk
 * is there. */
enum { CHUNK_LINE_MAX = 16 * 1024, LONE_CHUNK_LINE_MAX = 128 };

void oxc_http_body_begin(oxc_http_body *body, const oxc_http_head *head, bool to_head)
{
    const oxc_start_line *start = &head->start;
    bool none = start->response && (to_head || start->status / 100 == 1 || start->status == 204 ||
                                    start->status == 304);

    *body = (oxc_http_body){.phase = OXC_BODY_ENDED};
    if (none)
        return;
    if (head->chunked) {
        body->phase = OXC_BODY_CHUNK_SIZE;
    } else if (head->has_length) {
        body->phase = head->length > 0 ? OXC_BODY_LENGTH : OXC_BODY_ENDED;
        body->left = head->length;
    } else if (start->response) {
        body->phase = OXC_BODY_REST;
    }
}

void oxc_http_body_begin_chunks(oxc_http_body *body)
{
    *body = (oxc_http_body){.phase = OXC_BODY_CHUNK_SIZE};
}

static size_t take_data(oxc_http_body *body, size_t size)
{
    size_t taken = body->phase == OXC_BODY_REST ? size : (size_t)MIN((uint64_t)size, body->left);

    body->left -= body->phase == OXC_BODY_REST ? 0 : taken;
    if (body->phase == OXC_BODY_LENGTH && body->left == 0)
        body->phase = OXC_BODY_ENDED;
    else if (body->phase == OXC_BODY_CHUNK && body->left == 0)
        body->phase = OXC_BODY_CHUNK_END;
    body->seen_cr = false;
    return taken;
}

/* The line in front of a chunk has ended. */
static void begin_chunk(oxc_http_body *body)
{
    body->phase = body->left > 0 ? OXC_BODY_CHUNK : OXC_BODY_TRAILER;
    body->line_size = 0;
    body->line_is_empty = true;
}

/* Each of these takes a byte; false if it does not belong there. */

/* Behind the size: blanks, and what extends it. */
static bool take_chunk_blank(oxc_http_body *body, uint8_t byte)
{
    if (byte == '\n')
        begin_chunk(body);
    else if (byte == ' ' || byte == '\t')
        body->phase = OXC_BODY_CHUNK_BLANK;
    else if (byte == '\r' || byte == ';')
        body->phase = OXC_BODY_CHUNK_LINE;
    else
        return false;
    return true;
}

static bool take_chunk_size(oxc_http_body *body, uint8_t byte)
{
    int digit = g_ascii_xdigit_value((char)byte);

    if (digit < 0)
        return body->line_size > 1 && take_chunk_blank(body, byte);
    if (body->left > (UINT64_MAX - (unsigned)digit) / 16)
        return false;
    body->left = body->left * 16 + (unsigned)digit;
    return true;
}

static bool take_chunk_end(oxc_http_body *body, uint8_t byte)
{
    if (byte == '\r' && !body->seen_cr) {
        body->seen_cr = true;
    } else if (byte == '\n') {
        body->phase = OXC_BODY_CHUNK_SIZE;
        body->line_size = 0;
        body->left = 0;
    } else {
        return false;
    }
    return true;
}

static bool take_trailer(oxc_http_body *body, uint8_t byte)
{
    if (byte == '\n' && body->line_is_empty)
        body->phase = OXC_BODY_ENDED;
    else if (++body->line_size > OXC_HTTP_HEAD_MAX)
        return false;
    else if (byte != '\r')
        body->line_is_empty = byte == '\n';
    return true;
}

static bool take_framing(oxc_http_body *body, uint8_t byte)
{
    if (body->phase == OXC_BODY_CHUNK_END)
        return take_chunk_end(body, byte);
    if (body->phase == OXC_BODY_TRAILER)
        return take_trailer(body, byte);
    if (++body->line_size > CHUNK_LINE_MAX)
        return false;
    if (body->phase == OXC_BODY_CHUNK_SIZE)
        return take_chunk_size(body, byte);
    if (body->phase == OXC_BODY_CHUNK_BLANK)
        return take_chunk_blank(body, byte);
    if (byte == '\n')
        begin_chunk(body);
    return true;
}

static bool is_data(const oxc_http_body *body)
{
    return body->phase == OXC_BODY_LENGTH || body->phase == OXC_BODY_REST ||
           body->phase == OXC_BODY_CHUNK;
}

oxc_body_part oxc_http_body_take(oxc_http_body *body, const uint8_t *bytes, size_t size,
                                 size_t *taken)
{
    if (is_data(body)) {
        *taken = take_data(body, size);
        return OXC_BODY_DATA;
    }
    *taken = 0;
    do {
        if (!take_framing(body, bytes[(*taken)++]))
            return OXC_BODY_BROKEN;
    } while (*taken < size && body->phase != OXC_BODY_ENDED && !is_data(body) &&
             !oxc_http_body_is_between_chunks(body));
    return OXC_BODY_FRAMING;
}

oxc_http_found oxc_http_chunk_find(oxc_span bytes)
{
    size_t size = MIN(bytes.size, (size_t)LONE_CHUNK_LINE_MAX), taken;
    oxc_http_body body;

    oxc_http_body_begin_chunks(&body);
    if (size > 0 &&
        oxc_http_body_take(&body, (const uint8_t *)bytes.text, size, &taken) == OXC_BODY_BROKEN)
        return OXC_HTTP_NONE;
    if (body.left > UINT32_MAX)
        return OXC_HTTP_NONE;
    if (body.phase == OXC_BODY_CHUNK || body.phase == OXC_BODY_TRAILER ||
        body.phase == OXC_BODY_ENDED)
        return OXC_HTTP_WHOLE;
    return size < LONE_CHUNK_LINE_MAX ? OXC_HTTP_PARTIAL : OXC_HTTP_NONE;
}
