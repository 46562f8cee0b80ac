/* rpch_stream.c
 * Finds the PDUs and the messages in the bytes of a channel
 *
 * Heads and bodies are read by what reads them for MAPI over HTTP, too. But no state of the
 * connection is kept from one call to the next, as it is there: a PDU may be shown as one only if
 * TCP or TLS puts it together, which they do for who asks when the bytes come, on every pass alike
 * and after any loss. So a call ends, or asks for more, where a PDU, a chunk or a head begins, and
 * the next one tells from its first bytes which of them it is: a PDU begins with a 5, a chunk with
 * a hexadecimal number and a line end, a head with a method or HTTP/1. That holds as well for a
 * channel whose beginning is not in the capture.
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rpch_stream.h"

#include "rpch_head.h"
#include "transport/http/http_body.h"

/* [C706] 12.6.3.1 */
enum { RPC_VERSION = 5, MAX_PTYPE = 20 };

/* A chunk is waited for as long as it is no longer than this, and so are chunks and PDUs that do
 * not end together; with each segment all of those are read again, so there must not be many. */
enum {
    MAX_CHUNK = 16 * 1024 * 1024,
    MAX_UNALIGNED = 1024 * 1024,
    MAX_UNALIGNED_CHUNKS = 16 * 1024
};

/* Bytes at @p offset that were captured. */
static oxc_span captured_bytes(tvbuff_t *tvb, int offset)
{
    int length = tvb_captured_length_remaining(tvb, offset);

    if (length <= 0)
        return (oxc_span){"", 0};
    return (oxc_span){(const char *)tvb_get_ptr(tvb, offset, length), (size_t)length};
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

/* The start of a common header, too short to be sure of it. */
static bool may_become_pdu(tvbuff_t *tvb, int offset)
{
    int left = tvb_reported_length_remaining(tvb, offset);

    return left < OXC_PDU_HEADER_SIZE && tvb_captured_length_remaining(tvb, offset) == left &&
           (left < 2 || tvb_get_uint8(tvb, offset + 1) <= 1) &&
           (left < 3 || tvb_get_uint8(tvb, offset + 2) <= MAX_PTYPE);
}

/* A PDU of which nothing more will come is dissected as far as it goes. */
static void give_cut_pdu(const oxc_rpch_parts *stream, tvbuff_t *tvb, int offset, int length)
{
    int captured = tvb_captured_length_remaining(tvb, offset);
    oxc_run run;

    if (oxc_run_read(&run, tvb_new_subset_length_caplen(tvb, offset, captured, length),
                     stream->pinfo, stream->tree))
        stream->pdus(stream->user, &run);
}

/* Each of these returns the length of what it gave away, or 0 if no more can be split. */

static int split_pdus(const oxc_rpch_parts *stream, tvbuff_t *tvb, int offset)
{
    oxc_run run;
    int end = oxc_run_read_whole(&run, tvb, offset, stream->pinfo, stream->tree);
    const uint8_t *header;

    if (end > offset) {
        stream->pdus(stream->user, &run);
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
    unsigned unaligned; /* chunks with data after that one */
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

    while (size - chunks->pdus_seen >= OXC_PDU_HEADER_SIZE) {
        const uint8_t *pdu = data + chunks->pdus_seen;
        int length = oxc_pdu_length(pdu);

        if (pdu[0] != RPC_VERSION || length < OXC_PDU_HEADER_SIZE)
            return true;
        if (length > size - chunks->pdus_seen)
            return false;
        chunks->pdus_seen += length;
    }
    return chunks->pdus_seen == size;
}

/* Bytes that a chunk lacks, or what follows the last one; DESEGMENT_ONE_MORE_SEGMENT if that is not
 * known. */
static uint32_t missing_bytes(const oxc_http_body *body)
{
    if (body->phase == OXC_BODY_CHUNK)
        return (uint32_t)body->left + 2; /* and CRLF */
    if (body->phase == OXC_BODY_CHUNK_END)
        return body->seen_cr ? 1 : 2;
    return DESEGMENT_ONE_MORE_SEGMENT;
}

/* Reads the next chunk, or the last one with what follows it, as far as its bytes go.
 * @param data     gets its data
 * @param missing  if it is not whole: how much of it is missing, 0 for "not a chunk"
 * @return its size in all, or 0 */
static size_t read_chunk(oxc_span bytes, oxc_span *data, uint32_t *missing)
{
    oxc_body_part part = OXC_BODY_FRAMING;
    oxc_http_body body;
    size_t size = 0;

    oxc_http_body_begin_chunks(&body);
    *data = (oxc_span){NULL, 0};
    *missing = 0;
    while (part != OXC_BODY_BROKEN && size < bytes.size) {
        oxc_span rest = {bytes.text + size, bytes.size - size};
        size_t taken;

        part = oxc_http_body_take(&body, (const uint8_t *)rest.text, rest.size, &taken);
        if (part == OXC_BODY_DATA)
            *data = (oxc_span){rest.text, taken};
        size += taken;
        if (body.phase == OXC_BODY_ENDED || oxc_http_body_is_between_chunks(&body))
            return size;
        if (body.phase == OXC_BODY_CHUNK && body.left > MAX_CHUNK)
            return 0;
    }
    if (size == bytes.size && part != OXC_BODY_BROKEN)
        *missing = missing_bytes(&body);
    return 0;
}

/* Takes the next chunk, if it is there. Otherwise *missing says how much is: 0 for "not a chunk".
 */
static bool take_chunk(oxc_chunks *chunks, uint32_t *missing)
{
    oxc_span bytes = captured_bytes(chunks->tvb, chunks->offset), data;
    size_t size = read_chunk(bytes, &data, missing);

    if (size == 0) {
        chunks->broken = *missing == 0 && data.size > 0;
        return false;
    }
    chunks->last = data.size == 0;
    if (data.size > 0) {
        chunks->data_offset = chunks->offset + (int)(data.text - bytes.text);
        wmem_array_append(chunks->data, data.text, (guint)data.size);
        chunks->count++;
        chunks->unaligned++;
    }
    chunks->offset += (int)size;
    return true;
}

/* Takes all chunks that are there. */
static uint32_t take_chunks(oxc_chunks *chunks)
{
    uint32_t missing = 0;

    while (!chunks->last && tvb_captured_length_remaining(chunks->tvb, chunks->offset) > 0 &&
           take_chunk(chunks, &missing)) {
        if (ends_with_pdu(chunks)) {
            chunks->whole_end = chunks->offset;
            chunks->whole_size = data_size(chunks);
            chunks->unaligned = 0;
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
    oxc_run run;
    int end = oxc_run_read_whole(&run, data, 0, stream->pinfo, stream->tree);

    if (end > 0)
        stream->pdus(stream->user, &run);
    if (end < chunks->whole_size)
        stream->message(stream->user, tvb_new_subset_remaining(data, end));
}

/* What is left is a chunk that is not whole, a PDU that continues in the next chunk, or no chunk.
 */
static int give_chunks(const oxc_rpch_parts *stream, oxc_chunks *chunks, int start,
                       uint32_t missing)
{
    bool whole = chunks->offset == chunks->whole_end;
    bool too_much = chunks->offset - chunks->whole_end > MAX_UNALIGNED ||
                    chunks->unaligned > MAX_UNALIGNED_CHUNKS;

    if (chunks->whole_size > 0)
        give_chunked_pdus(stream, chunks);
    if (chunks->broken && chunks->whole_end == start)
        stream->lost(stream->user);
    if (!whole && (chunks->last || too_much)) {
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
    oxc_http_body body;

    oxc_http_body_begin(&body, head, false);
    if (body.phase == OXC_BODY_ENDED || oxc_rpch_opens_channel(head))
        return (int64_t)head->bytes.size;
    if (body.phase != OXC_BODY_LENGTH || body.left > INT32_MAX)
        return -1;
    return (int64_t)(head->bytes.size + body.left);
}

static int split_message(const oxc_rpch_parts *stream, tvbuff_t *tvb, int offset)
{
    oxc_http_head head;
    int64_t length;

    if (oxc_http_head_find(captured_bytes(tvb, offset), &head) != OXC_HTTP_WHOLE) {
        stream->rest(stream->user, tvb, offset);
        return 0;
    }
    stream->head(stream->user, &head);
    length = message_length(&head);
    if (length < 0 || length > tvb_reported_length_remaining(tvb, offset)) {
        stream->rest(stream->user, tvb, offset);
        return 0;
    }
    stream->message(stream->user, tvb_new_subset_length(tvb, offset, (int)length));
    return (int)length;
}

void oxc_rpch_split(const oxc_rpch_parts *stream, tvbuff_t *tvb)
{
    int offset = 0, taken = 1;

    while (taken > 0 && tvb_captured_length_remaining(tvb, offset) > 0) {
        if (tvb_get_uint8(tvb, offset) == RPC_VERSION)
            taken = split_pdus(stream, tvb, offset);
        else if (oxc_http_chunk_find(captured_bytes(tvb, offset)) != OXC_HTTP_NONE)
            taken = split_chunks(stream, tvb, offset);
        else
            taken = split_message(stream, tvb, offset);
        offset += taken;
    }
}
