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
#include "transport/http/hooks.h"

/* Beside the connections of DCE/RPC, which count in the same way. */
#define ROP_CHANNEL 0x80000000u

static int proto_mapihttp = -1;
static wmem_map_t *hosts;      /* name of a server -> its text */
static GPtrArray *connections; /* of oxc_mapi_connection */
static uint32_t next_call;

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

static guint hash_host(gconstpointer key)
{
    return (guint) * (const uint64_t *)key;
}

static gboolean equal_hosts(gconstpointer a, gconstpointer b)
{
    return *(const uint64_t *)a == *(const uint64_t *)b;
}

void oxc_mapi_connections_register(int protocol)
{
    proto_mapihttp = protocol;
    hosts = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), hash_host, equal_hosts);
}

oxc_mapi_connection *oxc_mapi_connection_find(const conversation_t *conversation)
{
    return (oxc_mapi_connection *)conversation_get_proto_data(conversation, proto_mapihttp);
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
                                             bool to_server, const oxc_stream_sink *sink)
{
    oxc_mapi_connection *connection = wmem_new0(wmem_file_scope(), oxc_mapi_connection);

    connection->number = connections->len;
    copy_address_wmem(wmem_file_scope(), &connection->client,
                      to_server ? &pinfo->src : &pinfo->dst);
    connection->client_port = to_server ? pinfo->srcport : pinfo->destport;
    connection->tcp = (const struct tcp_analysis *)conversation_get_proto_data(
        conversation, proto_get_id_by_filter_name("tcp"));
    connection->leg = oxc_tcp_leg(connection->tcp);
    connection->ending.legs[0] = &connection->leg;
    connection->stream = oxc_stream_new(sink, false);
    if (connection->tcp)
        connection->closes = connection->tcp->conversation_completeness;
    if (!connection->tcp || !(connection->tcp->conversation_completeness & OXC_TCP_SYN_SEEN))
        oxc_stream_doubt(connection->stream);
    conversation_add_proto_data(conversation, proto_mapihttp, connection);
    g_ptr_array_add(connections, connection);
    oxc_http_note_taken(pinfo, OXC_HTTP_MAPI);
    if (is_from_archive(pinfo))
        oxc_tracker_from_archive(oxc_analysis_tracker());
    return connection;
}

bool oxc_mapi_to_client(const oxc_mapi_connection *connection, const packet_info *pinfo)
{
    return !(pinfo->srcport == connection->client_port &&
             addresses_equal(&pinfo->src, &connection->client));
}

uint32_t oxc_mapi_rop_channel(const oxc_mapi_connection *connection)
{
    return ROP_CHANNEL | connection->number;
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

/* What HTTP has asked for */

void oxc_mapi_asked(oxc_mapi_connection *connection, bool to_client, tvbuff_t *tvb, int offset)
{
    oxc_asked_bytes *asked = &connection->asked[to_client];
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

void oxc_mapi_send(const oxc_mapi_connection *connection, const packet_info *pinfo,
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
    oxc_mapi_send(connection, pinfo, &event);
}
