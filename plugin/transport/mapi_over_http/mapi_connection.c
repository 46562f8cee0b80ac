/* mapi_connection.c
 * The connections of a file that carry MAPI over HTTP, and what is kept of their frames
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "mapi_connection.h"

#include <string.h>

#include <epan/dissectors/packet-tcp.h>
#include <wiretap/wtap.h>

#include "capture/analysis.h"
#include "decode/buffers/payload.h"
#include "mapi_split.h"
#include "packet-mapihttp.h"

static wmem_map_t *frames;     /* number -> oxc_parts, a list */
static wmem_map_t *hosts;      /* name of a server -> its text */
static GPtrArray *connections; /* of oxc_mapi_connection */
static uint32_t next_call;

bool oxc_mapi_call_is_leg(const oxc_mapi_call *call)
{
    return oxc_http_is_leg_status(call->status) || (call->leg && call->status != 200);
}

static void free_message(oxc_mapi_message *message)
{
    if (message && message->joined)
        g_byte_array_unref(message->joined);
    g_free(message);
}

static void free_connection(gpointer data)
{
    oxc_mapi_connection *connection = (oxc_mapi_connection *)data;

    oxc_stream_free(connection->stream);
    free_message(connection->messages[0]);
    free_message(connection->messages[1]);
}

void oxc_mapi_connections_begin_file(void)
{
    g_clear_pointer(&connections, g_ptr_array_unref);
    connections = g_ptr_array_new_with_free_func(free_connection);
    next_call = 0;
}

void oxc_mapi_connections_end_file(void)
{
    g_clear_pointer(&connections, g_ptr_array_unref);
}

static guint hash_name(gconstpointer key)
{
    return (guint) * (const uint64_t *)key;
}

static gboolean equal_names(gconstpointer a, gconstpointer b)
{
    return *(const uint64_t *)a == *(const uint64_t *)b;
}

void oxc_mapi_connections_register(void)
{
    frames =
        wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), g_direct_hash, g_direct_equal);
    hosts = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), hash_name, equal_names);
}

bool oxc_has_mapi_connections(void)
{
    return connections && connections->len > 0;
}

oxc_mapi_connection *oxc_mapi_connection_find(const conversation_t *conversation)
{
    return (oxc_mapi_connection *)conversation_get_proto_data(conversation,
                                                              oxc_mapihttp_protocol());
}

/* scripts/saz2pcapng gives the interface this name. */
static bool is_from_archive(const packet_info *pinfo)
{
    const char *name = NULL;

    if ((pinfo->rec->presence_flags & WTAP_HAS_INTERFACE_ID) != 0)
        name = OXC_INTERFACE_NAME(pinfo);
    return name && strcmp(name, "saz") == 0;
}

oxc_mapi_connection *oxc_mapi_connection_new(conversation_t *conversation, const packet_info *pinfo,
                                             bool to_server)
{
    oxc_mapi_connection *connection = wmem_new0(wmem_file_scope(), oxc_mapi_connection);

    connection->number = connections->len;
    copy_address_wmem(wmem_file_scope(), &connection->client,
                      to_server ? &pinfo->src : &pinfo->dst);
    connection->client_port = to_server ? pinfo->srcport : pinfo->destport;
    connection->tcp = (const struct tcp_analysis *)conversation_get_proto_data(
        conversation, proto_get_id_by_filter_name("tcp"));
    connection->stream = oxc_stream_new(oxc_mapi_sink(), false);
    if (connection->tcp)
        connection->closes = connection->tcp->conversation_completeness;
    if (!connection->tcp || !(connection->tcp->conversation_completeness & OXC_TCP_SYN_SEEN))
        oxc_stream_doubt(connection->stream);
    conversation_add_proto_data(conversation, oxc_mapihttp_protocol(), connection);
    g_ptr_array_add(connections, connection);
    if (is_from_archive(pinfo))
        oxc_tracker_from_archive(oxc_analysis_tracker());
    return connection;
}

bool oxc_mapi_to_client(const oxc_mapi_connection *connection, const packet_info *pinfo)
{
    return !(pinfo->srcport == connection->client_port &&
             addresses_equal(&pinfo->src, &connection->client));
}

oxc_mapi_call *oxc_mapi_call_new(bool request)
{
    oxc_mapi_call *call = wmem_new0(wmem_file_scope(), oxc_mapi_call);

    call->number = request ? next_call++ : OXC_NONE;
    return call;
}

const char *oxc_mapi_host_text(oxc_http_name name, oxc_span host)
{
    char *known;
    uint64_t *key;

    if (name == OXC_HTTP_NO_NAME)
        return NULL;
    known = (char *)wmem_map_lookup(hosts, &name);
    if (known)
        return known;
    key = wmem_new(wmem_file_scope(), uint64_t);
    *key = name;
    known = wmem_strndup(wmem_file_scope(), host.text, host.size);
    wmem_map_insert(hosts, key, known);
    return known;
}

void oxc_mapi_release(oxc_mapi_connection *connection, const oxc_parts *parts)
{
    for (uint32_t i = 0; i < parts->count; i++) {
        oxc_mapi_message *message = parts->parts[i].message;

        parts->parts[i].message = NULL;
        if (message && message->ended && message != connection->messages[0] &&
            message != connection->messages[1])
            free_message(message);
    }
}

/* What is kept of a frame */

/* Of the bytes at hand, enough to tell those of one frame from each other. */
static uint64_t digest_of(tvbuff_t *tvb, uint32_t size)
{
    oxc_hashing hashing;

    oxc_hashing_begin(&hashing);
    oxc_hashing_add(&hashing, tvb_get_ptr(tvb, 0, (int)size), size);
    return oxc_hashing_result(&hashing);
}

/* Bytes that are needed to show the parts: what HTTP asked to see again need not be there once more
 * on a later pass, when TCP knows what it belongs to. */
static uint32_t needed_for(const oxc_parts *parts)
{
    uint32_t needed = 0;

    for (uint32_t i = 0; i < parts->count; i++) {
        const oxc_part *part = &parts->parts[i];

        if (!part->may_ask && !part->kept)
            needed = MAX(needed, (uint32_t)part->offset + (uint32_t)part->size);
    }
    return needed;
}

static bool has_own_part(const oxc_parts *parts)
{
    for (uint32_t i = 0; i < parts->count; i++) {
        if (parts->parts[i].kind != OXC_PART_HTTP)
            return true;
    }
    return parts->count > 1;
}

oxc_parts *oxc_parts_copy(const oxc_parts *parts)
{
    oxc_parts *kept = (oxc_parts *)wmem_memdup(wmem_file_scope(), parts, sizeof *parts);

    kept->parts = (oxc_part *)wmem_memdup(wmem_file_scope(), parts->parts,
                                          parts->count * sizeof *parts->parts);
    for (uint32_t i = 0; i < kept->count; i++)
        kept->parts[i].message = NULL;
    return kept;
}

void oxc_parts_keep(const packet_info *pinfo, tvbuff_t *tvb, const oxc_parts *parts)
{
    gpointer key = GUINT_TO_POINTER(pinfo->num);
    oxc_parts *kept;

    if (!has_own_part(parts))
        return;
    kept = oxc_parts_copy(parts);
    kept->length = tvb_captured_length(tvb);
    kept->needed = needed_for(parts);
    kept->digested = MIN(kept->needed, (uint32_t)OXC_PARTS_DIGESTED);
    kept->digest = digest_of(tvb, kept->digested);
    kept->next = (oxc_parts *)wmem_map_lookup(frames, key);
    wmem_map_insert(frames, key, kept);
}

const oxc_parts *oxc_parts_find(const packet_info *pinfo, tvbuff_t *tvb)
{
    const oxc_parts *kept =
        (const oxc_parts *)wmem_map_lookup(frames, GUINT_TO_POINTER(pinfo->num));
    const oxc_parts *shorter = NULL;
    uint32_t length = tvb_captured_length(tvb);

    for (; kept; kept = kept->next) {
        if (kept->needed > length || digest_of(tvb, kept->digested) != kept->digest)
            continue;
        if (kept->length == length)
            return kept;
        shorter = kept;
    }
    return shorter;
}

/* What HTTP has asked for */

void oxc_mapi_asked(oxc_mapi_connection *connection, bool to_client, tvbuff_t *tvb, int offset)
{
    oxc_asked *asked = &connection->asked[to_client];
    int left = tvb_captured_length_remaining(tvb, offset);

    asked->size = (size_t)MAX(left, 0);
    if (asked->size > 0)
        tvb_memcpy(tvb, asked->start, offset, MIN(asked->size, sizeof asked->start));
}

void oxc_mapi_asked_by_stock(oxc_mapi_connection *connection, bool to_client, tvbuff_t *tvb)
{
    const oxc_mapi_message *message = connection->messages[to_client];
    uint64_t size;

    if (!message)
        return;
    size = oxc_stream_position(connection->stream, to_client) - message->position;
    if (size <= tvb_captured_length(tvb))
        oxc_mapi_asked(connection, to_client, tvb, (int)(tvb_captured_length(tvb) - size));
}

/* Losses and closes */

static void send(const oxc_mapi_connection *connection, const packet_info *pinfo,
                 const oxc_http_event *what)
{
    oxc_http_event event = *what;

    event.frame = pinfo->num;
    event.ordinal = OXC_NONE;
    event.time = oxc_arrival(pinfo);
    event.connection = connection->number;
    event.call = OXC_NONE;
    oxc_tracker_http_event(oxc_analysis_tracker(), &event);
}

void oxc_mapi_doubt_answers(const oxc_mapi_connection *connection, const packet_info *pinfo)
{
    oxc_http_event event = {.type = OXC_HTTP_GAP};

    oxc_rops_lost(oxc_mapi_rop_channel(connection));
    send(connection, pinfo, &event);
}

void oxc_mapi_lose(oxc_mapi_connection *connection, const packet_info *pinfo, bool to_client)
{
    oxc_http_event event = {.type = OXC_HTTP_GAP, .by_client = !to_client};

    if (connection->gap_frames[to_client] == pinfo->num)
        return;
    connection->gap_frames[to_client] = pinfo->num;
    connection->asked[to_client].size = 0;
    oxc_rops_lost(oxc_mapi_rop_channel(connection));
    send(connection, pinfo, &event);
    oxc_mapi_split_lose(connection, pinfo, to_client);
}

void oxc_mapi_close(oxc_mapi_connection *connection, const packet_info *pinfo)
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
    oxc_mapi_split_close(connection, pinfo, event.by_client, event.reset);
    send(connection, pinfo, &event);
}
