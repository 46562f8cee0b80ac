/* mapi_split.c
 * Takes the bytes of a connection of MAPI over HTTP apart
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "mapi_split.h"

#include <epan/dissectors/packet-tcp.h>
#include <epan/exceptions.h>

#include "capture/analysis.h"
#include "decode/buffers/payload.h"
#include "body_bytes.h"
#include "mapi_body.h"
#include "mapi_messages.h"
#include "mapi_tell.h"

/* Ends */

static void note_end(const oxc_mapi_collector *of, oxc_mapi_call *call, bool to_client,
                     oxc_stream_end how)
{
    if (to_client) {
        of->connection->answered_time = oxc_arrival(of->pinfo);
        if (call && how != OXC_STREAM_LOST)
            call->response_frame = of->pinfo->num;
    } else if (call) {
        call->body_whole = how == OXC_STREAM_WHOLE;
        call->due_time = oxc_arrival(of->pinfo);
    }
}

/* What the body says that a FIN has made whole. Its bytes were shown as they came. */
static void read_ended_body(const oxc_mapi_collector *of, oxc_mapi_message *message)
{
    oxc_http_event facts = {.body = OXC_HTTP_BODY_NONE};
    tvbuff_t *tvb;

    message->event.body = message->body_total > 0 ? OXC_HTTP_BODY_UNREADABLE : OXC_HTTP_BODY_NONE;
    if (!oxc_mapi_body_is_kept(message))
        return;
    tvb = tvb_new_real_data(message->joined->data, message->joined->len, (int)message->joined->len);
    TRY
    {
        oxc_mapi_body_dissect(tvb, of->pinfo, NULL, message->call->type, true, NULL, &facts);
        oxc_mapi_copy_facts(&message->event, &facts);
    }
    CATCH_NONFATAL_ERRORS
    {
    }
    ENDTRY;
    tvb_free(tvb);
}

/* The end of a response that no byte tells, but a FIN or RST. */
static void send_end(const oxc_mapi_collector *of, oxc_mapi_message *message, oxc_stream_end how)
{
    oxc_http_event *event = &message->event;

    event->type = OXC_HTTP_RESPONSE_END;
    event->frame = of->pinfo->num;
    event->ordinal = OXC_NONE;
    event->time = oxc_arrival(of->pinfo);
    event->connection = of->connection->number;
    event->pieces = 0;
    event->closed_early = how == OXC_STREAM_CUT;
    event->body = OXC_HTTP_BODY_UNREADABLE;
    if (!event->closed_early) {
        read_ended_body(of, message);
        of->connection->ended_frame = of->pinfo->num;
        of->connection->ended_host = message->call->host;
    }
    oxc_tracker_http_event(oxc_analysis_tracker(), event);
}

static void drop_message(oxc_mapi_message *message)
{
    if (message->joined)
        g_byte_array_unref(message->joined);
    g_free(message);
}

static void take_end(void *user, bool to_client, void *request, uint64_t position,
                     oxc_stream_end how)
{
    oxc_mapi_collector *of = (oxc_mapi_collector *)user;
    oxc_mapi_message *message = of->connection->messages[to_client];
    oxc_mapi_call *call = (oxc_mapi_call *)request;
    int end = oxc_mapi_offset_of(of, position);
    oxc_part *row;

    note_end(of, call == &oxc_mapi_foreign ? NULL : call, to_client, how);
    if (!message)
        return;
    of->connection->messages[to_client] = NULL;
    if (!of->parts) {
        if (to_client && how != OXC_STREAM_LOST)
            send_end(of, message, how);
        drop_message(message);
        return;
    }
    message->ended = true;
    oxc_mapi_add_whole_body(of, message);
    oxc_mapi_add_part(of, OXC_PART_END, end, end)->detail = (uint8_t)how;
    row = oxc_mapi_part_at(of, of->row);
    row->size = end - row->offset;
    of->row = -1;
    of->region = end;
}

static void take_too_large(void *user, bool to_client, uint64_t position)
{
    oxc_mapi_collector *of = (oxc_mapi_collector *)user;
    int offset = oxc_mapi_offset_of(of, position);

    (void)to_client;
    if (of->parts)
        oxc_mapi_add_part(of, OXC_PART_TOO_LARGE, MAX(offset, 0), MAX(offset, 0));
}

const oxc_stream_sink *oxc_mapi_sink(void)
{
    static const oxc_stream_sink sink = {
        .request = oxc_mapi_take_request,
        .begin = oxc_mapi_take_begin,
        .response = oxc_mapi_take_response,
        .body = oxc_mapi_take_body,
        .end = take_end,
        .passed_over = oxc_mapi_take_passed_over,
        .names_request = oxc_mapi_names_request,
        .answers = oxc_mapi_is_answer,
        .too_large = take_too_large,
    };

    return &sink;
}

/* The bytes of a frame */

/* Bytes at the beginning that were taken before, because HTTP has asked to see them again. */
static int bytes_taken_before(oxc_mapi_connection *connection, bool to_client, tvbuff_t *tvb)
{
    oxc_asked_bytes *asked = &connection->asked[to_client];
    size_t size = asked->size;

    asked->size = 0;
    if (size == 0 || size > tvb_captured_length(tvb) ||
        tvb_memeql(tvb, 0, asked->start, MIN(size, sizeof asked->start)) != 0)
        return 0;
    return (int)size;
}

/* A message that is under way when the bytes begin. HTTP has not seen its head if that was taken
 * out of a frame whose bytes it asked to see again. */
static void continue_message(oxc_mapi_collector *of, int skipped)
{
    oxc_mapi_message *message = of->connection->messages[of->to_client];
    int head;

    if (!message)
        return;
    head = oxc_mapi_offset_of(of, message->position);
    if (skipped > 0 && head >= 0)
        oxc_mapi_add_head(of, head, head + (int)message->head_size);
    of->region = -1;
}

/* Ends what is not whole with the last of the bytes. */
static void leave_message(oxc_mapi_collector *of)
{
    oxc_mapi_message *message = of->connection->messages[of->to_client];
    oxc_part *part = NULL;

    if (message)
        oxc_mapi_join_pending(of, message);
    else if (of->region >= 0)
        part = oxc_mapi_add_http(of, of->region, of->length);
    if (part)
        part->may_ask = true;
}

oxc_parts *oxc_mapi_split(oxc_mapi_connection *connection, packet_info *pinfo, tvbuff_t *tvb,
                          bool shown)
{
    bool to_client = oxc_mapi_to_client(connection, pinfo);
    int skipped = shown ? 0 : bytes_taken_before(connection, to_client, tvb);
    oxc_mapi_collector of = {.connection = connection,
                             .pinfo = pinfo,
                             .length = (int)tvb_captured_length(tvb),
                             .to_client = to_client,
                             .shown = shown,
                             .row = -1};
    oxc_parts *parts = wmem_new0(pinfo->pool, oxc_parts);
    oxc_mapi_message *message;

    of.bytes = tvb_get_ptr(tvb, 0, of.length);
    of.base = (int64_t)oxc_stream_position(connection->stream, to_client) - skipped;
    of.parts = wmem_array_new(pinfo->pool, sizeof(oxc_part));
    continue_message(&of, skipped);
    message = connection->messages[to_client];
    if (message && of.length > skipped)
        oxc_mapi_begin_row(&of, message, skipped);
    oxc_stream_feed(connection->stream, to_client, of.bytes + skipped,
                    (size_t)(of.length - skipped), &of);
    leave_message(&of);
    parts->count = wmem_array_get_count(of.parts);
    parts->parts = (oxc_part *)wmem_array_get_raw(of.parts);
    return parts;
}

static void lose(oxc_mapi_connection *connection, packet_info *pinfo, bool to_client)
{
    oxc_mapi_collector of = {
        .connection = connection, .pinfo = pinfo, .to_client = to_client, .row = -1};

    oxc_stream_lose(connection->stream, to_client, &of);
}

static void close_directions(oxc_mapi_connection *connection, packet_info *pinfo, bool by_client,
                             bool reset)
{
    oxc_mapi_collector of = {.connection = connection, .pinfo = pinfo, .row = -1};

    for (unsigned to_client = 0; to_client < 2; to_client++) {
        of.to_client = to_client;
        if (reset || by_client == !to_client)
            oxc_stream_close(connection->stream, to_client, &of);
    }
}

void oxc_mapi_lose(oxc_mapi_connection *connection, packet_info *pinfo, bool to_client)
{
    oxc_http_event event = {.type = OXC_HTTP_GAP, .by_client = !to_client};

    if (connection->gap_frames[to_client] == pinfo->num)
        return;
    connection->gap_frames[to_client] = pinfo->num;
    connection->asked[to_client].size = 0;
    oxc_rops_lost(oxc_mapi_rop_channel(connection));
    oxc_mapi_send(connection, pinfo, &event);
    lose(connection, pinfo, to_client);
}

void oxc_mapi_close(oxc_mapi_connection *connection, packet_info *pinfo)
{
    oxc_http_event event = {.type = OXC_HTTP_CLOSED};
    unsigned now, fresh;

    if (!connection->tcp)
        return;
    now = connection->tcp->conversation_completeness & (OXC_TCP_FIN_SEEN | OXC_TCP_RST_SEEN);
    fresh = now & ~connection->closes;
    if (fresh == 0)
        return;
    connection->closes |= now;
    event.reset = (fresh & OXC_TCP_RST_SEEN) != 0;
    event.by_client = !oxc_mapi_to_client(connection, pinfo);
    oxc_tcp_note_close(connection->tcp, pinfo, event.by_client ? OXC_SIDE_CLIENT : OXC_SIDE_SERVER,
                       &connection->leg.close);
    close_directions(connection, pinfo, event.by_client, event.reset);
    oxc_mapi_send(connection, pinfo, &event);
}
