/* analysis.c
 * What one file's analysis consists of: the tracker, the connections and the servers
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "analysis.h"

#include <epan/dissectors/packet-tcp.h>
#include <epan/to_str.h>

#include "transport/tcp/ends.h"
#include "transport/tcp/payload.h"
#include "decode/buffers/payload.h"
#include "capture/settings.h"
#include "transport/rpc_over_http/rpc_over_http.h"

static oxc_tracker *tracker;
static GPtrArray *connections;       /* of oxc_connection, by number */
static GHashTable *servers;          /* name -> number + 1 */
static GHashTable *exchange_clients; /* a set of client + 1 */
static uint32_t lost_segments;
static GArray *losses;      /* of oxc_loss */
static uint32_t seen_frame; /* the last one whose PDUs came to the observer over TCP, or 0 */

oxc_tracker *oxc_analysis_tracker(void)
{
    return tracker;
}

/* Names come from URLs, too: g_str_hash() has no seed, and many can be given the same hash. */
static guint hash_name(gconstpointer key)
{
    return wmem_strong_hash((const guint8 *)key, strlen((const char *)key));
}

static uint32_t intern(char *name)
{
    gpointer known = g_hash_table_lookup(servers, name);

    if (known) {
        g_free(name);
    } else {
        known = GUINT_TO_POINTER(g_hash_table_size(servers) + 1);
        g_hash_table_insert(servers, name, known);
    }
    return GPOINTER_TO_UINT(known) - 1;
}

uint32_t oxc_server_by_address(const address *server)
{
    GString *name = g_string_new(NULL);
    const uint8_t *bytes = (const uint8_t *)server->data;

    g_string_printf(name, "address %d ", server->type);
    for (int i = 0; i < server->len; i++)
        g_string_append_printf(name, "%02x", bytes[i]);
    return intern(g_string_free(name, FALSE));
}

uint32_t oxc_client_by_address(const address *client, const char *host_port)
{
    GString *name = g_string_new(NULL);

    g_string_printf(name, "client %d ", client->type);
    for (int i = 0; i < client->len; i++)
        g_string_append_printf(name, "%02x", ((const uint8_t *)client->data)[i]);
    if (host_port)
        g_string_append_printf(name, " %s", host_port);
    g_string_ascii_down(name);
    return intern(g_string_free(name, FALSE));
}

uint32_t oxc_server_by_name(const char *host_port)
{
    return intern(g_ascii_strdown(host_port, -1));
}

oxc_connection *oxc_connection_new(uint32_t server, uint16_t port, uint32_t client,
                                   const struct tcp_analysis *tcp)
{
    oxc_connection *connection = wmem_new0(wmem_file_scope(), oxc_connection);

    connection->number = oxc_tracker_add_connection(tracker, server, port);
    connection->client = client;
    oxc_tracker_set_client(tracker, connection->number, client);
    connection->tcp = tcp;
    g_ptr_array_add(connections, connection);
    return connection;
}

oxc_connection *oxc_connection_by_number(uint32_t number)
{
    if (number >= connections->len)
        return NULL;
    return (oxc_connection *)g_ptr_array_index(connections, number);
}

static oxc_connection *new_connection(packet_info *pinfo, conversation_t *conversation,
                                      bool to_server)
{
    const address *server = to_server ? &pinfo->dst : &pinfo->src;
    const address *client = to_server ? &pinfo->src : &pinfo->dst;
    uint32_t port = to_server ? pinfo->destport : pinfo->srcport;
    const struct tcp_analysis *tcp = NULL;
    oxc_connection *connection;

    if (pinfo->ptype == PT_TCP)
        tcp = get_tcp_conversation_data(conversation, pinfo);
    connection = oxc_connection_new(oxc_server_by_address(server), (uint16_t)port,
                                    oxc_client_by_address(client, NULL), tcp);
    if (tcp)
        connection->client_flow = (tcp->fwd == &tcp->flow1) == to_server ? 0 : 1;
    return connection;
}

static oxc_connection *connection_of(const conversation_t *conversation)
{
    if (!conversation)
        return NULL;
    return (oxc_connection *)conversation_get_proto_data(conversation, oxc_connection_protocol());
}

oxc_connection *oxc_connection_find(packet_info *pinfo)
{
    return connection_of(find_conversation_pinfo(pinfo, 0));
}

oxc_connection *oxc_connection_of_packet(packet_info *pinfo, bool to_server)
{
    oxc_connection *connection = pinfo->ptype == PT_TCP ? oxc_ends_find(pinfo) : NULL;
    conversation_t *conversation;

    if (connection && !PINFO_FD_VISITED(pinfo) && oxc_tcp_listed(connection->tcp, pinfo) > 0)
        return connection;
    conversation = find_conversation_pinfo(pinfo, 0);
    connection = connection_of(conversation);
    if (conversation && !connection && !PINFO_FD_VISITED(pinfo)) {
        connection = new_connection(pinfo, conversation, to_server);
        conversation_add_proto_data(conversation, oxc_connection_protocol(), connection);
        if (connection->tcp)
            oxc_ends_remember(pinfo, connection);
    }
    return connection;
}

oxc_interface oxc_connection_interface(const oxc_connection *connection, uint16_t context_id,
                                       bool *ndr64)
{
    unsigned bound = 0;

    *ndr64 = false;
    if (connection->contexts)
        bound = GPOINTER_TO_UINT(
            wmem_map_lookup(connection->contexts, GUINT_TO_POINTER((unsigned)context_id)));
    if (bound == 0)
        return connection->bound ? OXC_INTERFACE_OTHER : OXC_INTERFACE_UNKNOWN;
    *ndr64 = (bound & OXC_CONTEXT_NDR64) != 0;
    return (oxc_interface)(bound & ~OXC_CONTEXT_NDR64);
}

void oxc_connection_bind(oxc_connection *connection, uint16_t context_id, oxc_interface interface,
                         bool ndr64)
{
    unsigned bound = (unsigned)interface | (ndr64 ? OXC_CONTEXT_NDR64 : 0);
    gpointer key = GUINT_TO_POINTER((unsigned)context_id);

    connection->bound = true;
    if (interface == OXC_INTERFACE_OTHER) {
        if (connection->contexts)
            wmem_map_remove(connection->contexts, key);
        return;
    }
    if (!connection->contexts)
        connection->contexts = wmem_map_new(wmem_file_scope(), g_direct_hash, g_direct_equal);
    wmem_map_insert(connection->contexts, key, GUINT_TO_POINTER(bound));
}

bool oxc_connection_is_closed(uint32_t number, oxc_close *close)
{
    const oxc_connection *connection = oxc_connection_by_number(number);

    if (!connection)
        return false;
    if (oxc_http_owns(number))
        return oxc_http_connection_closed(number, close);
    if (!connection->tcp || connection->closing ||
        !(connection->tcp->conversation_completeness & (OXC_TCP_FIN_SEEN | OXC_TCP_RST_SEEN)))
        return false;
    if (close)
        *close = connection->close;
    return true;
}

static bool connection_closed(void *user _U_, uint32_t number, oxc_close *close)
{
    return oxc_connection_is_closed(number, close);
}

oxc_side oxc_connection_sender(const oxc_connection *connection)
{
    const struct tcp_analysis *tcp = connection->tcp;

    if (!tcp)
        return OXC_SIDE_UNKNOWN;
    return (tcp->fwd == &tcp->flow1 ? 0 : 1) == connection->client_flow ? OXC_SIDE_CLIENT
                                                                        : OXC_SIDE_SERVER;
}

void oxc_connection_is_partial(oxc_connection *connection)
{
    if (connection->partial)
        return;
    connection->partial = true;
    oxc_tracker_partial(tracker, connection->number);
}

void oxc_connection_carries_exchange(oxc_connection *connection, uint32_t frame)
{
    if (connection->exchange_frame != 0)
        return;
    connection->exchange_frame = frame;
    g_hash_table_add(exchange_clients, GUINT_TO_POINTER(connection->client + 1));
}

bool oxc_connection_may_carry_exchange(const oxc_connection *connection)
{
    return connection->exchange_frame != 0 ||
           g_hash_table_contains(exchange_clients, GUINT_TO_POINTER(connection->client + 1));
}

static void keep_loss(const oxc_event *event)
{
    oxc_loss loss = {.time = event->time, .frame = event->frame, .connection = event->connection};

    if (losses->len < OXC_LOSSES_MAX)
        g_array_append_val(losses, loss);
}

const oxc_loss *oxc_losses(size_t *count)
{
    *count = losses->len;
    return &g_array_index(losses, oxc_loss, 0);
}

static void send_lost(const packet_info *pinfo, const oxc_connection *connection, oxc_side from)
{
    oxc_event event = {.type = OXC_EVENT_LOST, .method = OXC_METHOD_OTHER};

    event.frame = pinfo->num;
    event.time = oxc_arrival(pinfo);
    event.connection = connection->number;
    event.lost_from = from;
    event.from_server = from == OXC_SIDE_SERVER;
    oxc_tracker_event(tracker, &event);
    oxc_rops_lost(connection->number);
    keep_loss(&event);
}

void oxc_lose_calls(const packet_info *pinfo, const oxc_connection *connection, oxc_side from)
{
    if (connection->bound || oxc_connection_may_carry_exchange(connection))
        send_lost(pinfo, connection, from);
}

void oxc_lose_segment(const packet_info *pinfo, oxc_connection *connection, oxc_side from)
{
    if (connection->lost_frame == pinfo->num)
        return;
    connection->lost_frame = pinfo->num;
    oxc_lose_calls(pinfo, connection, from);
    if (connection->contexts)
        lost_segments++;
}

void oxc_segment_seen(const packet_info *pinfo)
{
    seen_frame = pinfo->num;
}

/* The client's port may belong to any other protocol. Wireshark then gives it the connection, of
 * which we see no PDU: its calls are missing, as those of a connection without its bind. */
static void watch_hidden(packet_info *pinfo)
{
    oxc_end_kind server = oxc_ends_server(pinfo);
    conversation_t *conversation;
    oxc_connection *connection;

    if (server == OXC_END_NEITHER)
        return;
    conversation = find_conversation_pinfo(pinfo, 0);
    /* A SYN or FIN alone says nothing. */
    if (!conversation || oxc_tcp_listed(get_tcp_conversation_data(conversation, pinfo), pinfo) <= 1)
        return;
    connection = oxc_connection_of_packet(pinfo, server == OXC_END_DESTINATION);
    if (!connection)
        return;
    connection->hidden = true;
    send_lost(pinfo, connection, oxc_connection_sender(connection));
}

/* Whose frame it is takes a while to make sure: only where something is to be said of it. */
static bool is_of(packet_info *pinfo, const oxc_connection *connection)
{
    return connection == connection_of(find_conversation_pinfo(pinfo, 0));
}

/* A FIN or RST that has not been noted yet. */
static void watch_close(packet_info *pinfo, oxc_connection *connection)
{
    const struct tcp_analysis *tcp = connection->tcp;

    if (connection->close.has_time ||
        !(tcp->conversation_completeness & (OXC_TCP_FIN_SEEN | OXC_TCP_RST_SEEN)) ||
        !is_of(pinfo, connection))
        return;
    oxc_tcp_note_close(tcp, pinfo, oxc_connection_sender(connection), &connection->close);
}

void oxc_watch_segment(packet_info *pinfo)
{
    oxc_connection *connection = oxc_ends_find(pinfo);
    oxc_side sender, from;
    unsigned missing;
    bool unseen, cut;

    if (connection)
        watch_close(pinfo, connection);
    if (seen_frame == pinfo->num)
        return;
    if (!connection || connection->hidden) {
        watch_hidden(pinfo);
        return;
    }
    cut = oxc_tcp_payload_is_cut(pinfo);
    missing = oxc_tcp_missing(connection->tcp);
    unseen = oxc_flow_skip_unseen(connection->tcp, connection->flows);
    if (!(cut || missing || unseen) || !is_of(pinfo, connection))
        return;
    sender = oxc_connection_sender(connection);
    from = oxc_missing_from(missing | (cut || unseen ? OXC_MISSING_OWN : 0u), sender);
    if (missing)
        oxc_lose_segment(pinfo, connection, from);
    else
        oxc_lose_calls(pinfo, connection, from);
}

void oxc_miss_calls(const packet_info *pinfo)
{
    oxc_event event = {.type = OXC_EVENT_UNSEEN, .method = OXC_METHOD_OTHER};

    event.frame = pinfo->num;
    event.time = oxc_arrival(pinfo);
    oxc_tracker_event(tracker, &event);
}

uint32_t oxc_refused_in(oxc_interface interface)
{
    uint32_t first = 0;

    for (unsigned i = 0; connections && i < connections->len; i++) {
        const oxc_connection *connection = (const oxc_connection *)connections->pdata[i];
        uint32_t frame = connection->refused[interface == OXC_INTERFACE_ASYNCEMSMDB].frame;

        if (frame != 0 && (first == 0 || frame < first))
            first = frame;
    }
    return first;
}

uint32_t oxc_lost_segments(void)
{
    return lost_segments;
}

void oxc_analysis_init(const oxc_settings *settings)
{
    tracker = oxc_tracker_new(settings, connection_closed, NULL);
    lost_segments = seen_frame = 0;
    losses = g_array_new(FALSE, FALSE, sizeof(oxc_loss));
    connections = g_ptr_array_new();
    exchange_clients = g_hash_table_new(NULL, NULL);
    servers = g_hash_table_new_full(hash_name, g_str_equal, g_free, NULL);
}

void oxc_analysis_cleanup(void)
{
    oxc_tracker_free(tracker);
    tracker = NULL;
    g_clear_pointer(&losses, g_array_unref);
    g_clear_pointer(&connections, g_ptr_array_unref);
    g_clear_pointer(&exchange_clients, g_hash_table_unref);
    g_clear_pointer(&servers, g_hash_table_unref);
}

int64_t oxc_nanoseconds(const nstime_t *time)
{
    static const int64_t second = 1000000000;
    int64_t seconds = CLAMP((int64_t)time->secs, -second, 8 * second);

    return seconds * second + time->nsecs;
}

int64_t oxc_arrival(const packet_info *pinfo)
{
    return oxc_nanoseconds(&pinfo->abs_ts);
}
