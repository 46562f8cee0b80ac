/* mapi_hooks.c
 * Finds the connections that carry MAPI over HTTP and takes their bytes over
 *
 * Wireshark's HTTP shows what a connection carries until a request to the endpoint, or a response
 * of it, has been seen. That message is read out of the frame when HTTP is done with it; from then
 * on the bytes come here. Heads, and all messages that are not ours, are handed back to HTTP.
 * Inside TLS the bytes come here first.
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "mapi_over_http.h"

#include <epan/dissectors/packet-tcp.h>

#include "capture/refusals.h"
#include "capture/settings.h"
#include "compat.h"
#include "mapi_connection.h"
#include "mapi_split.h"
#include "packet-mapihttp.h"
#include "present/packet-oxcnotif.h"
#include "transport/http/hooks.h"
#include "transport/tcp/tcp_payload.h"

/* How far from the start of a frame the bytes of TCP begin, where nobody knows it better. */
enum { HEADERS_MAX = 256 };

static dissector_handle_t over_tcp_handle;
static dissector_handle_t media_handle;
static int proto_http2 = -1;
static bool active; /* in this file */

/* What was found in a frame with which a connection began, for later passes. */
typedef struct {
    oxc_mapi_connection *connection;
    int offset;          /* in what the frame carries over TCP */
    const uint8_t *kept; /* the bytes themselves, where they are not in the frame */
    int size;            /* of them */
    const oxc_parts *parts;
} beginning;

static wmem_map_t *beginnings; /* frame -> beginning */
static wmem_map_t *endings;    /* frame -> connection whose last response ended with its FIN */

/* The connection that was looked up last: it is asked for more than once in a frame. */
static struct {
    uint32_t frame;
    const void *from; /* where the frame holds the address of the sender */
    uint32_t ports[2];
    oxc_mapi_connection *connection;
} latest;

static bool is_latest(const packet_info *pinfo)
{
    return latest.connection && latest.frame == pinfo->num && latest.from == pinfo->src.data &&
           latest.ports[0] == pinfo->srcport && latest.ports[1] == pinfo->destport;
}

/* The connection of a packet, if its bytes are ours in this frame. */
static oxc_mapi_connection *connection_of_packet(packet_info *pinfo)
{
    const conversation_t *conversation;
    oxc_mapi_connection *connection;

    if (!oxc_http_may_be_taken(pinfo, OXC_HTTP_MAPI))
        return NULL;
    if (is_latest(pinfo))
        return latest.connection;
    conversation = find_conversation_pinfo(pinfo, 0);
    connection = conversation ? oxc_mapi_connection_find(conversation) : NULL;
    if (!connection || connection->first_frame > pinfo->num)
        return NULL;
    latest.frame = pinfo->num;
    latest.from = pinfo->src.data;
    latest.ports[0] = pinfo->srcport;
    latest.ports[1] = pinfo->destport;
    latest.connection = connection;
    return connection;
}

/* Losses */

/* Which direction Wireshark's analysis of TCP says to have lost bytes before this segment. */
static void watch_loss(oxc_mapi_connection *connection, packet_info *pinfo)
{
    bool to_client = oxc_mapi_to_client(connection, pinfo);
    unsigned missing = oxc_tcp_missing(connection->tcp);

    if (missing & OXC_MISSING_OWN)
        oxc_mapi_lose(connection, pinfo, to_client);
    if (missing & OXC_MISSING_OTHER)
        oxc_mapi_lose(connection, pinfo, !to_client);
}

/* Bytes of a run */

static void dissect_new(oxc_mapi_connection *connection, tvbuff_t *tvb, packet_info *pinfo,
                        proto_tree *tree, void *data)
{
    oxc_parts *parts = oxc_mapi_split(connection, pinfo, tvb, false);

    oxc_mapihttp_show(connection, parts, tvb, pinfo, tree, data);
    oxc_mapi_release(connection, parts);
    oxc_parts_keep(pinfo, tvb, parts);
    if (pinfo->desegment_len != 0)
        oxc_mapi_asked(connection, oxc_mapi_to_client(connection, pinfo), tvb,
                       pinfo->desegment_offset);
}

static void dissect_bytes(oxc_mapi_connection *connection, tvbuff_t *tvb, packet_info *pinfo,
                          proto_tree *tree, void *data)
{
    const oxc_parts *parts;

    if (tvb_captured_length(tvb) == 0)
        return;
    if (!PINFO_FD_VISITED(pinfo)) {
        watch_loss(connection, pinfo);
        dissect_new(connection, tvb, pinfo, tree, data);
        return;
    }
    parts = oxc_parts_find(pinfo, tvb);
    if (parts)
        oxc_mapihttp_show(connection, parts, tvb, pinfo, tree, data);
    else
        oxc_http_call_rest(connection->tls, tvb, 0, pinfo, tree, data);
}

/* Whether a segment has come before, or fills a gap that was given up. */
static bool is_aside(packet_info *pinfo, oxc_mapi_connection *connection,
                     const struct tcpinfo *segment)
{
    oxc_segment_kind kind;
    bool to_client = oxc_mapi_to_client(connection, pinfo);
    const oxc_flow *own, *other;

    if (!segment || !connection->tcp)
        return false;
    if (!PINFO_FD_VISITED(pinfo))
        oxc_flow_settle(connection->tcp, connection->flows, segment);
    own = oxc_flow_of(connection->tcp, connection->flows);
    other = &connection->flows[own == connection->flows ? 1 : 0];
    if (!PINFO_FD_VISITED(pinfo) && other->known && !other->pending &&
        oxc_seq_is_later(segment->lastackseq, other->next_seq + 1))
        oxc_mapi_lose(connection, pinfo, !to_client);
    kind = oxc_flow_take(connection->tcp, connection->flows, pinfo, segment);
    if (!PINFO_FD_VISITED(pinfo) && (kind == OXC_SEGMENT_AFTER_GAP || kind == OXC_SEGMENT_OVERLAPS))
        oxc_mapi_lose(connection, pinfo, to_client);
    return kind == OXC_SEGMENT_REPEATED;
}

static int dissect_over_tcp(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    oxc_mapi_connection *connection = connection_of_packet(pinfo);

    if (!connection) {
        oxc_http_call_rest(false, tvb, 0, pinfo, tree, data);
    } else if (is_aside(pinfo, connection, (const struct tcpinfo *)data)) {
        call_data_dissector(tvb, pinfo, tree);
    } else {
        dissect_bytes(connection, tvb, pinfo, tree, data);
        if (connection->tcp && !PINFO_FD_VISITED(pinfo))
            oxc_flow_of(connection->tcp, connection->flows)->pending = pinfo->desegment_len != 0;
    }
    return (int)tvb_captured_length(tvb);
}

/* Finding connections */

/* Whether a message with which a connection may begin to be ours stands at the start of bytes. */
static bool begins_ours(const char *bytes, size_t size, bool *request)
{
    oxc_span rest = {bytes, size}, line;
    oxc_http_head head = {.position = 0};
    oxc_message_head fields;

    if (!oxc_span_take_line(&rest, &line) || !oxc_start_line_read(line, &head.start))
        return false;
    *request = !head.start.response;
    if (*request)
        return oxc_is_endpoint_request(&head.start);
    head.fields = rest;
    oxc_message_head_read(&head, &fields);
    return oxc_is_endpoint_response(&fields);
}

/* Whether the head that stands at the start of bytes is whole. */
static bool has_whole_head(const char *bytes, size_t size)
{
    oxc_span rest = {bytes, MIN(size, (size_t)OXC_HTTP_HEAD_MAX)}, line;

    while (oxc_span_take_line(&rest, &line)) {
        if (line.size == 0)
            return true;
    }
    return false;
}

/* Whether the media type may stand in bytes, which it does in few responses. */
static bool names_media_type(const char *bytes, size_t size)
{
    static const char name[] = "/mapi-http";
    const size_t length = sizeof name - 1;
    const char *at = bytes, *end = bytes + MIN(size, (size_t)OXC_HTTP_HEAD_MAX);

    while ((size_t)(end - at) >= length &&
           (at = (const char *)memchr(at, name[0], (size_t)(end - at) - length + 1)) != NULL) {
        if ((at[1] | 0x20) == name[1] && g_ascii_strncasecmp(at, name, length) == 0)
            return true;
        at++;
    }
    return false;
}

/* Whether a message of HTTP that is worth a closer look stands at the start of bytes. */
static bool may_begin_message(const char *at, size_t left, bool *request)
{
    *request = *at == 'P';
    return (*request && left > 5 && memcmp(at, "POST ", 5) == 0) ||
           (*at == 'H' && left > 7 && memcmp(at, "HTTP/1.", 7) == 0);
}

/* Where a message of ours begins in bytes whose first ones are headers of lower layers, or -1. */
static int find_beginning(const uint8_t *from, int length, int most, bool *request)
{
    const char *bytes = (const char *)from;

    for (int offset = 0; offset < MIN(length, most + 1); offset++) {
        const char *at = bytes + offset;
        size_t left = (size_t)(length - offset);

        if (!may_begin_message(at, left, request))
            continue;
        if (most == 0 && !(*request ? begins_ours(at, left, request) : names_media_type(at, left)))
            return -1;
        if (has_whole_head(at, left))
            return begins_ours(at, left, request) ? offset : -1;
    }
    return -1;
}

static int find_beginning_of_tvb(tvbuff_t *tvb, bool *request)
{
    int length = (int)tvb_captured_length(tvb);

    return length > 0 ? find_beginning(tvb_get_ptr(tvb, 0, length), length, 0, request) : -1;
}

/* Looks in the frame, and in what was put together with it out of several. */
static bool find_in_frame(const oxc_http_frame *frame, packet_info *pinfo, beginning *found,
                          bool *request)
{
    const oxc_tcp_bytes *payload = &frame->payload;

    found->offset =
        find_beginning(payload->bytes, payload->size, payload->found ? 0 : HEADERS_MAX, request);
    if (found->offset >= 0)
        return true;
    for (const GSList *source = pinfo->data_src; source; source = source->next) {
        tvbuff_t *bytes = get_data_source_tvb((const struct data_source *)source->data);

        if (bytes == frame->tvb || find_beginning_of_tvb(bytes, request) < 0)
            continue;
        found->size = (int)tvb_captured_length(bytes);
        found->kept = (const uint8_t *)tvb_memdup(wmem_file_scope(), bytes, 0, (size_t)found->size);
        return true;
    }
    return false;
}

static tvbuff_t *tvb_of_beginning(const beginning *found, tvbuff_t *frame, packet_info *pinfo)
{
    tvbuff_t *tvb;

    if (!found->kept)
        return tvb_new_subset_remaining(oxc_tcp_payload(frame, pinfo), found->offset);
    tvb = tvb_new_child_real_data(frame, found->kept, (guint)found->size, found->size);
    add_new_data_source(pinfo, tvb, "MAPI over HTTP message");
    return tvb;
}

/* Reads the message with which a connection begins to be ours, which HTTP has shown. */
static void begin_connection(oxc_mapi_connection *connection, beginning *found, tvbuff_t *frame,
                             packet_info *pinfo, proto_tree *tree)
{
    tvbuff_t *tvb = tvb_of_beginning(found, frame, pinfo);
    beginning *kept;
    oxc_parts *parts;

    parts = oxc_mapi_split(connection, pinfo, tvb, true);
    oxc_mapihttp_show(connection, parts, tvb, pinfo, tree, NULL);
    oxc_mapi_release(connection, parts);
    oxc_mapi_asked_by_stock(connection, oxc_mapi_to_client(connection, pinfo), tvb);
    kept = (beginning *)wmem_memdup(wmem_file_scope(), found, sizeof *found);
    kept->connection = connection;
    kept->parts = oxc_parts_copy(parts);
    wmem_map_insert(beginnings, GUINT_TO_POINTER(pinfo->num), kept);
}

static void show_beginning(const beginning *found, tvbuff_t *frame, packet_info *pinfo,
                           proto_tree *tree)
{
    tvbuff_t *tvb = tvb_of_beginning(found, frame, pinfo);

    oxc_mapihttp_show(found->connection, found->parts, tvb, pinfo, tree, NULL);
}

#if OXC_WIRESHARK_AT_LEAST(4, 4)
/* The columns are fields as well, _ws.col.info, made of them before the postdissectors run. */
static void renew_column_field(packet_info *pinfo, const proto_tree *root, const char *name,
                               int column)
{
    GPtrArray *items = proto_get_finfo_ptr_array(root, proto_registrar_get_id_byname(name));

    for (guint i = 0; items && i < items->len; i++) {
        field_info *item = (field_info *)g_ptr_array_index(items, i);

        fvalue_set_string(item->value, col_get_text(pinfo->cinfo, column));
    }
}
#endif

/* For a postdissector that has changed columns. */
static void renew_column_fields(packet_info *pinfo, proto_tree *tree)
{
#if OXC_WIRESHARK_AT_LEAST(4, 4)
    if (!tree || !pinfo->cinfo)
        return;
    renew_column_field(pinfo, proto_tree_get_root(tree), "_ws.col.protocol", COL_PROTOCOL);
    renew_column_field(pinfo, proto_tree_get_root(tree), "_ws.col.info", COL_INFO);
#else
    (void)pinfo;
    (void)tree;
#endif
}

static void watch_for_beginning(const oxc_http_frame *frame, packet_info *pinfo, proto_tree *tree)
{
    beginning found = {.offset = -1};
    conversation_t *conversation;
    oxc_mapi_connection *connection;
    bool request;

    if (!find_in_frame(frame, pinfo, &found, &request))
        return;
    conversation = find_conversation_pinfo(pinfo, 0);
    if (!conversation || oxc_mapi_connection_find(conversation))
        return;
    connection = oxc_mapi_connection_new(conversation, pinfo, request, oxc_mapi_sink());
    connection->first_frame = pinfo->num + 1;
    oxc_flow_begin(connection->tcp, connection->flows, (uint32_t)frame->payload.reported);
    connection->tls = oxc_http_take_over(pinfo, conversation, over_tcp_handle);
    begin_connection(connection, &found, frame->tvb, pinfo, tree);
    if (oxc_tcp_payload_is_cut(pinfo))
        oxc_mapi_lose(connection, pinfo, oxc_mapi_to_client(connection, pinfo));
    renew_column_fields(pinfo, tree);
}

/* HTTP over TLS: sees the bytes before Wireshark's HTTP does. */
static bool dissect_if_ours(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    oxc_mapi_connection *connection;
    bool request;

    if (!active)
        return false;
    connection = connection_of_packet(pinfo);
    if (!connection && !PINFO_FD_VISITED(pinfo) && find_beginning_of_tvb(tvb, &request) == 0) {
        conversation_t *conversation = find_conversation_pinfo(pinfo, 0);

        if (!conversation || oxc_mapi_connection_find(conversation))
            return false;
        connection = oxc_mapi_connection_new(conversation, pinfo, request, oxc_mapi_sink());
        connection->first_frame = pinfo->num;
        connection->tls = true;
    }
    if (!connection)
        return false;
    dissect_bytes(connection, tvb, pinfo, tree, data);
    return true;
}

/* Shows what the end of a response says that came with a FIN instead of bytes. */
static void show_ending(const oxc_mapi_connection *connection, tvbuff_t *tvb, packet_info *pinfo,
                        proto_tree *tree)
{
    oxc_carrier carrier = {.transport = OXC_TRANSPORT_MAPI_HTTP,
                           .connection = UINT32_MAX,
                           .server = connection->ended_host,
                           .ending = &connection->ending};

    oxc_present(pinfo, tree, tvb, OXC_NONE, &carrier, NULL);
    renew_column_fields(pinfo, tree);
}

void oxc_mapi_watch_frame(const oxc_http_frame *frame, packet_info *pinfo, proto_tree *tree)
{
    oxc_mapi_connection *connection;

    if (!active)
        return;
    connection = connection_of_packet(pinfo);
    if (!connection) {
        if (frame->may_hold)
            watch_for_beginning(frame, pinfo, tree);
        return;
    }
    watch_loss(connection, pinfo);
    if (oxc_tcp_payload_is_cut(pinfo) ||
        (!connection->tls && oxc_flow_skip_unseen(connection->tcp, connection->flows)))
        oxc_mapi_lose(connection, pinfo, oxc_mapi_to_client(connection, pinfo));
    oxc_mapi_close(connection, pinfo);
    if (connection->ended_frame == pinfo->num) {
        wmem_map_insert(endings, GUINT_TO_POINTER(pinfo->num), connection);
        show_ending(connection, frame->tvb, pinfo, tree);
    }
}

void oxc_mapi_show_frame(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    const beginning *found;
    const oxc_mapi_connection *ended;

    if (!active)
        return;
    ended = (const oxc_mapi_connection *)wmem_map_lookup(endings, GUINT_TO_POINTER(pinfo->num));
    if (ended)
        show_ending(ended, tvb, pinfo, tree);
    found = (const beginning *)wmem_map_lookup(beginnings, GUINT_TO_POINTER(pinfo->num));
    if (!found)
        return;
    show_beginning(found, tvb, pinfo, tree);
    renew_column_fields(pinfo, tree);
}

/* HTTP/2 */

/* Called for bodies of this type in any version of HTTP. HTTP/1 shows them as it does without us.
 */
static int dissect_media(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    if (!oxc_http_has_layer(pinfo, proto_http2))
        return call_dissector_with_data(media_handle, tvb, pinfo, tree, data);
    if (active) {
        oxc_http2_note();
        oxc_mapihttp_show_http2(tvb, pinfo, proto_tree_get_root(tree));
    }
    return 0;
}

void oxc_mapi_begin_file(void)
{
    latest.connection = NULL;
    active = over_tcp_handle && oxc_pref_mapi_over_http &&
             proto_is_protocol_enabled(find_protocol_by_id(oxc_oxcnotif_protocol())) &&
             proto_is_protocol_enabled(find_protocol_by_id(oxc_mapihttp_protocol()));
}

/* Who reads bodies of MAPI over HTTP without us. */
static dissector_handle_t find_media_dissector(void)
{
    dissector_table_t types = find_dissector_table("media_type");
    dissector_handle_t other =
        types ? dissector_get_string_handle(types, "application/mapi-http") : NULL;

    if (other)
        oxc_mapihttp_other_reads();
    return other ? other : find_dissector("media");
}

void oxc_mapi_handoff(void)
{
    proto_http2 = proto_get_id_by_filter_name("http2");
    beginnings =
        wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), g_direct_hash, g_direct_equal);
    endings =
        wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), g_direct_hash, g_direct_equal);
    over_tcp_handle =
        register_dissector("mapi-over-http-over-tcp", dissect_over_tcp, oxc_http_protocol());
    oxc_http_claim_tls(dissect_if_ours);
    media_handle = find_media_dissector();
    if (media_handle)
        dissector_add_string("media_type", "application/mapi-http",
                             create_dissector_handle_with_name_and_description(
                                 dissect_media, -1, "mapi-http-body", "Body of MAPI over HTTP"));
}
