/* rpch_stream.c
 * Splits the bytes of a channel into HTTP messages and PDUs
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rpch_stream.h"

#include "transport/dcerpc/pdu.h"

/* [C706] 12.6.3.1 */
enum { RPC_VERSION = 5, PDU_HEADER_SIZE = 16, MAX_PTYPE = 20 };

/* A chunk is waited for as long as it is no longer than this, and so are chunks and PDUs that do
 * not end together. */
enum { MAX_CHUNK = 16 * 1024 * 1024, MAX_UNALIGNED = 1024 * 1024 };

#define CRLF 0x0D0Au

/* Bytes at @p offset that were captured, at most @p most. */
static const char *captured_bytes(tvbuff_t *tvb, int offset, int most, size_t *size)
{
    int length = MIN(tvb_captured_length_remaining(tvb, offset), most);

    *size = (size_t)MAX(length, 0);
    return *size ? (const char *)tvb_get_ptr(tvb, offset, length) : "";
}

/* Asks for more bytes, from @p offset on. Returns false if there is nobody to ask. */
static bool ask_for_more(packet_info *pinfo, int offset, uint32_t bytes)
{
    if (!pinfo->can_desegment)
        return false;
    pinfo->desegment_offset = offset;
    pinfo->desegment_len = bytes;
    return true;
}

/* Where the run of whole PDUs that begins at @p offset ends. */
static int end_of_pdus(tvbuff_t *tvb, int offset)
{
    const uint8_t *header;

    while ((header = oxc_pdu_header_at(tvb, offset)) != NULL &&
           oxc_pdu_length(header) <= tvb_reported_length_remaining(tvb, offset))
        offset += oxc_pdu_length(header);
    return offset;
}

/* The start of a common header, too short to be sure of it. */
static bool may_become_pdu(tvbuff_t *tvb, int offset)
{
    int left = tvb_reported_length_remaining(tvb, offset);

    return left < PDU_HEADER_SIZE && tvb_captured_length_remaining(tvb, offset) == left &&
           (left < 2 || tvb_get_uint8(tvb, offset + 1) <= 1) &&
           (left < 3 || tvb_get_uint8(tvb, offset + 2) <= MAX_PTYPE);
}

/* A PDU of which nothing more will come is dissected as far as it goes. */
static void give_cut_pdu(const oxc_rpch_parts *stream, tvbuff_t *tvb, int offset, int length)
{
    int captured = tvb_captured_length_remaining(tvb, offset);

    stream->pdus(stream->user, tvb_new_subset_length_caplen(tvb, offset, captured, length));
}

/* Each of these returns the length of what it gave away, or 0 if no more can be split. */

static int split_pdus(const oxc_rpch_parts *stream, tvbuff_t *tvb, int offset)
{
    int end = end_of_pdus(tvb, offset);
    const uint8_t *header;

    if (end > offset) {
        stream->pdus(stream->user, tvb_new_subset_length(tvb, offset, end - offset));
        return end - offset;
    }
    header = oxc_pdu_header_at(tvb, offset);
    if (header) {
        int length = oxc_pdu_length(header);
        int missing = length - tvb_reported_length_remaining(tvb, offset);

        if (!ask_for_more(stream->pinfo, offset, (uint32_t)missing))
            give_cut_pdu(stream, tvb, offset, length);
    } else if (!may_become_pdu(tvb, offset) ||
               !ask_for_more(stream->pinfo, offset, DESEGMENT_ONE_MORE_SEGMENT)) {
        stream->rest(stream->user, tvb, offset);
    }
    return 0;
}

/* Chunks one behind the other, without what is around their data. */
typedef struct {
    tvbuff_t *tvb;
    int offset;         /* in tvb, of the chunk that comes next */
    wmem_array_t *data; /* of those before it */
    int whole_end;      /* in tvb, after the last chunk with which a PDU ends */
    int whole_size;     /* data up to there */
    int pdus_seen;      /* data up to which PDUs have been stepped over */
    int data_offset;    /* in tvb, of the last chunk's */
    unsigned count;     /* chunks with data */
    bool last;          /* no chunk will follow */
    bool broken;        /* what looked like a chunk does not end like one */
} oxc_chunks;

static int data_size(const oxc_chunks *chunks)
{
    return (int)wmem_array_get_count(chunks->data);
}

/* Steps over the PDUs in the data; true if the last one ends where the data ends. */
static bool ends_with_pdu(oxc_chunks *chunks)
{
    const uint8_t *data = (const uint8_t *)wmem_array_get_raw(chunks->data);
    int size = data_size(chunks);

    while (size - chunks->pdus_seen >= PDU_HEADER_SIZE) {
        const uint8_t *pdu = data + chunks->pdus_seen;
        int length = pdu[4] & 0x10 ? pdu[8] | pdu[9] << 8 : pdu[8] << 8 | pdu[9];

        if (pdu[0] != RPC_VERSION || length < PDU_HEADER_SIZE)
            return true;
        if (length > size - chunks->pdus_seen)
            return false;
        chunks->pdus_seen += length;
    }
    return chunks->pdus_seen == size;
}

/* Takes the next chunk, if it is there. Otherwise *missing says how much is: 0 for "not a chunk".
 */
static bool take_chunk(oxc_chunks *chunks, uint32_t *missing)
{
    size_t size;
    const char *bytes = captured_bytes(chunks->tvb, chunks->offset, OXC_HTTP_HEAD_MAX, &size);
    oxc_http_chunk chunk;
    oxc_http_found found = oxc_http_read_chunk(bytes, size, &chunk);
    int end, left = tvb_reported_length_remaining(chunks->tvb, chunks->offset);

    *missing = found == OXC_HTTP_PARTIAL ? DESEGMENT_ONE_MORE_SEGMENT : 0;
    if (found != OXC_HTTP_FOUND || chunk.size > MAX_CHUNK)
        return false;
    end = (int)chunk.head + (int)chunk.size + 2; /* and CRLF */
    if (end > left) {
        *missing = (uint32_t)(end - left);
        return false;
    }
    if (chunk.size > 0 && tvb_captured_length_remaining(chunks->tvb, chunks->offset) >= end &&
        tvb_get_ntohs(chunks->tvb, chunks->offset + end - 2) != CRLF) {
        chunks->broken = true;
        return false;
    }
    if (chunk.size > 0) {
        chunks->data_offset = chunks->offset + (int)chunk.head;
        wmem_array_append(chunks->data,
                          tvb_get_ptr(chunks->tvb, chunks->data_offset, (int)chunk.size),
                          chunk.size);
        chunks->count++;
    }
    chunks->offset += end;
    chunks->last = chunk.size == 0;
    return true;
}

/* Takes all chunks that are there. */
static uint32_t take_chunks(oxc_chunks *chunks)
{
    uint32_t missing = 0;

    while (!chunks->last && tvb_reported_length_remaining(chunks->tvb, chunks->offset) > 0 &&
           take_chunk(chunks, &missing)) {
        if (ends_with_pdu(chunks)) {
            chunks->whole_end = chunks->offset;
            chunks->whole_size = data_size(chunks);
        }
    }
    return missing;
}

/* The data of the chunks as a buffer: part of the segment's own bytes if it is one chunk. */
static tvbuff_t *chunked_data(const oxc_rpch_parts *stream, oxc_chunks *chunks)
{
    int size = chunks->whole_size;
    tvbuff_t *joined;
    uint8_t *copy;

    if (chunks->count == 1)
        return tvb_new_subset_length(chunks->tvb, chunks->data_offset, size);
    copy =
        (uint8_t *)wmem_memdup(stream->pinfo->pool, wmem_array_get_raw(chunks->data), (size_t)size);
    joined = tvb_new_child_real_data(chunks->tvb, copy, (guint)size, size);
    add_new_data_source(stream->pinfo, joined, "De-chunked PDUs");
    return joined;
}

/* What is no PDU in the data is a message, whole or not: it is in a buffer of its own, for which
 * nobody can ask TCP for more. */
static void give_chunked_pdus(const oxc_rpch_parts *stream, oxc_chunks *chunks)
{
    tvbuff_t *data = chunked_data(stream, chunks);
    int end = end_of_pdus(data, 0);

    if (end > 0)
        stream->pdus(stream->user, tvb_new_subset_length(data, 0, end));
    if (end < chunks->whole_size)
        stream->message(stream->user, tvb_new_subset_remaining(data, end));
}

/* What is left is a chunk that is not whole, a PDU that continues in the next chunk, or no chunk.
 */
static int give_chunks(const oxc_rpch_parts *stream, oxc_chunks *chunks, int start,
                       uint32_t missing)
{
    bool whole = chunks->offset == chunks->whole_end;

    if (chunks->whole_size > 0)
        give_chunked_pdus(stream, chunks);
    if (chunks->broken && chunks->whole_end == start)
        stream->lost(stream->user);
    if (!whole && (chunks->last || chunks->offset - chunks->whole_end > MAX_UNALIGNED)) {
        stream->lost(stream->user);
        return chunks->offset - start;
    }
    if (whole && missing == 0 && chunks->offset > start)
        return chunks->offset - start;
    if (missing == 0)
        missing = whole ? 0 : DESEGMENT_ONE_MORE_SEGMENT;
    if (missing == 0 || !ask_for_more(stream->pinfo, chunks->whole_end, missing))
        stream->rest(stream->user, chunks->tvb, chunks->whole_end);
    return 0;
}

static int split_chunks(const oxc_rpch_parts *stream, tvbuff_t *tvb, int offset)
{
    oxc_chunks chunks = {.tvb = tvb, .offset = offset, .whole_end = offset};
    uint32_t missing;

    chunks.data = wmem_array_new(stream->pinfo->pool, 1);
    missing = take_chunks(&chunks);
    return give_chunks(stream, &chunks, offset, missing);
}

/* The length of a message in all, or -1 if only HTTP can tell. */
static int64_t message_length(const oxc_http_head *head)
{
    bool bodiless = head->kind == OXC_HTTP_RESPONSE
                        ? head->status / 100 == 1 || head->status == 204 || head->status == 304
                        : !head->has_length;

    if (head->chunked)
        return -1;
    if (bodiless)
        return (int64_t)head->size;
    if (!head->has_length || head->length > INT32_MAX)
        return -1;
    return (int64_t)head->size + (int64_t)head->length;
}

static int split_message(const oxc_rpch_parts *stream, tvbuff_t *tvb, int offset)
{
    oxc_http_head head;
    size_t size;
    const char *bytes = captured_bytes(tvb, offset, OXC_HTTP_HEAD_MAX, &size);
    int64_t length;

    if (oxc_http_read_head(bytes, size, &head) != OXC_HTTP_FOUND) {
        stream->rest(stream->user, tvb, offset);
        return 0;
    }
    stream->head(stream->user, &head);
    length = oxc_http_opens_channel(&head) ? (int64_t)head.size : message_length(&head);
    if (length < 0 || length > tvb_reported_length_remaining(tvb, offset)) {
        stream->rest(stream->user, tvb, offset);
        return 0;
    }
    stream->message(stream->user, tvb_new_subset_length(tvb, offset, (int)length));
    return (int)length;
}

static bool begins_chunk(tvbuff_t *tvb, int offset)
{
    size_t size;
    const char *bytes = captured_bytes(tvb, offset, OXC_HTTP_HEAD_MAX, &size);
    oxc_http_chunk chunk;

    return oxc_http_read_chunk(bytes, size, &chunk) != OXC_HTTP_NONE;
}

void oxc_rpch_split(const oxc_rpch_parts *stream, tvbuff_t *tvb)
{
    int offset = 0, taken = 1;

    while (taken > 0 && tvb_captured_length_remaining(tvb, offset) > 0) {
        if (tvb_get_uint8(tvb, offset) == RPC_VERSION)
            taken = split_pdus(stream, tvb, offset);
        else if (begins_chunk(tvb, offset))
            taken = split_chunks(stream, tvb, offset);
        else
            taken = split_message(stream, tvb, offset);
        offset += taken;
    }
}
