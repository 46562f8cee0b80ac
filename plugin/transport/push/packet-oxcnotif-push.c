/* packet-oxcnotif-push.c
 * Push notifications over UDP, the fallback of [MS-OXCNOTIF] 3.2.4.4
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "push_notification.h"

#include <epan/conversation.h>
#include <epan/proto_data.h>

#include "compat.h"
#include "decode/methods/packet-emsmdb.h"
#include "decode/names.h"

static int proto_oxcnotif = -1;

static int hf_oxcnotif_push_context = -1;
static int hf_oxcnotif_push_registered_in = -1;
static int hf_oxcnotif_push_datagram_in = -1;

static int ett_oxcnotif_push = -1;

static dissector_handle_t push_handle;

/* rgbContext has at most 16 bytes, [MS-OXCRPC] 3.1.4.5. */
enum { MOST_CONTEXT = 16 };

typedef struct {
    uint8_t bytes[MOST_CONTEXT];
    uint8_t size;
} push_context;

/* Where datagrams go to. */
typedef struct {
    address target;
    uint32_t port;
} destination;

typedef struct {
    push_context context;
    uint32_t response_frame;
    uint32_t datagram_frame; /* the first, 0 for none yet */
    destination destination;
} registration;

typedef struct {
    uint32_t frame;
    uint32_t call_id;
} request_key;

/* The keys are a stranger's: the hashes have to be seeded. */
static wmem_map_t *by_request;     /* request_key -> registration */
static wmem_map_t *by_destination; /* destination -> map of push_context -> registration */

static guint hash_request(gconstpointer key)
{
    return wmem_strong_hash((const guint8 *)key, sizeof(request_key));
}

static gboolean equal_requests(gconstpointer a, gconstpointer b)
{
    const request_key *first = (const request_key *)a, *second = (const request_key *)b;

    return first->frame == second->frame && first->call_id == second->call_id;
}

static guint hash_context(gconstpointer key)
{
    const push_context *context = (const push_context *)key;

    return wmem_strong_hash(context->bytes, context->size);
}

static gboolean equal_contexts(gconstpointer a, gconstpointer b)
{
    const push_context *first = (const push_context *)a, *second = (const push_context *)b;

    return first->size == second->size && memcmp(first->bytes, second->bytes, first->size) == 0;
}

static guint hash_destination(gconstpointer key)
{
    const destination *place = (const destination *)key;

    return place->port ^
           wmem_strong_hash((const guint8 *)place->target.data, (size_t)place->target.len);
}

static gboolean equal_destinations(gconstpointer a, gconstpointer b)
{
    const destination *first = (const destination *)a, *second = (const destination *)b;

    return first->port == second->port && addresses_equal(&first->target, &second->target);
}

static registration *find_registration(const oxc_stub *stub)
{
    request_key key = {stub->request_frame, stub->call_id};

    return (registration *)wmem_map_lookup(by_request, &key);
}

/* Reads a sockaddr. False if it is no Internet address or not whole. */
static bool read_target(const oxc_stub *stub, const oxc_array *sockaddr, destination *place)
{
    uint16_t family;

    if (sockaddr->captured < 8)
        return false;
    family = tvb_get_letohs(stub->tvb, sockaddr->offset);
    place->port = tvb_get_ntohs(stub->tvb, sockaddr->offset + 2);
    if (family == OXC_FAMILY_INET)
        alloc_address_tvb(wmem_file_scope(), &place->target, AT_IPv4, 4, stub->tvb,
                          sockaddr->offset + 4);
    else if (family == OXC_FAMILY_INET6 && sockaddr->captured >= 24)
        alloc_address_tvb(wmem_file_scope(), &place->target, AT_IPv6, 16, stub->tvb,
                          sockaddr->offset + 8);
    else
        return false;
    return true;
}

void oxc_push_request(const oxc_stub *stub, const oxc_array *context, const oxc_array *sockaddr)
{
    registration *registered;
    request_key *key;

    if (PINFO_FD_VISITED(stub->pinfo) || !oxc_stub_ok(stub) || context->captured == 0 ||
        context->captured > MOST_CONTEXT)
        return;
    registered = wmem_new0(wmem_file_scope(), registration);
    if (!read_target(stub, sockaddr, &registered->destination))
        return;
    tvb_memcpy(stub->tvb, registered->context.bytes, context->offset, (size_t)context->captured);
    registered->context.size = (uint8_t)context->captured;
    key = wmem_new(wmem_file_scope(), request_key);
    key->frame = stub->request_frame;
    key->call_id = stub->call_id;
    wmem_map_insert(by_request, key, registered);
}

/* Makes the datagrams to the registered address come to us, from whatever address of the server:
 * before a dissector that owns the port, where Wireshark finds the conversation by one end. Since
 * 4.6 it does not, and they come to the heuristic. */
static void watch(const oxc_stub *stub, registration *registered)
{
    destination *place = &registered->destination;
    wmem_map_t *contexts = (wmem_map_t *)wmem_map_lookup(by_destination, place);

    if (!contexts) {
        contexts = wmem_map_new(wmem_file_scope(), hash_context, equal_contexts);
        wmem_map_insert(by_destination, place, contexts);
        conversation_set_dissector(conversation_new(stub->pinfo->num, &place->target, NULL,
                                                    CONVERSATION_UDP, place->port, 0,
                                                    NO_ADDR2 | NO_PORT2),
                                   push_handle);
    }
    wmem_map_insert(contexts, &registered->context, registered);
}

void oxc_push_response(const oxc_stub *stub, uint32_t status)
{
    registration *registered = find_registration(stub);

    if (!registered || !oxc_stub_ok(stub) || status != 0)
        return;
    if (!PINFO_FD_VISITED(stub->pinfo) && registered->response_frame == 0) {
        registered->response_frame = stub->pinfo->num;
        watch(stub, registered);
    }
    if (registered->datagram_frame != 0)
        proto_item_set_generated(proto_tree_add_uint(stub->tree, hf_oxcnotif_push_datagram_in,
                                                     stub->tvb, 0, 0, registered->datagram_frame));
}

/* The registration that a datagram answers: decided on the first pass, and kept. */
static registration *registration_of(tvbuff_t *tvb, packet_info *pinfo)
{
    destination place = {.target = pinfo->dst, .port = pinfo->destport};
    wmem_map_t *contexts;
    registration *registered;
    push_context context;

    if (PINFO_FD_VISITED(pinfo))
        return (registration *)p_get_proto_data(wmem_file_scope(), pinfo, proto_oxcnotif, 0);
    contexts = (wmem_map_t *)wmem_map_lookup(by_destination, &place);
    if (!contexts || tvb_captured_length(tvb) != tvb_reported_length(tvb) ||
        tvb_captured_length(tvb) > MOST_CONTEXT)
        return NULL;
    context.size = (uint8_t)tvb_captured_length(tvb);
    tvb_memcpy(tvb, context.bytes, 0, context.size);
    registered = (registration *)wmem_map_lookup(contexts, &context);
    if (registered)
        p_add_proto_data(wmem_file_scope(), pinfo, proto_oxcnotif, 0, registered);
    if (registered && registered->datagram_frame == 0)
        registered->datagram_frame = pinfo->num;
    return registered;
}

static int dissect_datagram(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    registration *registered = registration_of(tvb, pinfo);
    int size = (int)tvb_captured_length(tvb);
    proto_item *item;
    proto_tree *subtree;

    if (!registered)
        return 0;
    col_set_str(pinfo->cinfo, COL_PROTOCOL, "OXCNOTIF");
    col_add_fstr(pinfo->cinfo, COL_INFO, "Push notification, registered in frame %u",
                 registered->response_frame);
    item = proto_tree_add_protocol_format(tree, proto_oxcnotif, tvb, 0, size, "Push notification");
    subtree = proto_item_add_subtree(item, ett_oxcnotif_push);
    proto_tree_add_item(subtree, hf_oxcnotif_push_context, tvb, 0, size, ENC_NA);
    proto_item_set_generated(proto_tree_add_uint(subtree, hf_oxcnotif_push_registered_in, tvb, 0, 0,
                                                 registered->response_frame));
    return size;
}

static oxc_bool try_datagram(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data)
{
    return dissect_datagram(tvb, pinfo, tree, data) != 0;
}

void oxc_push_handoff(void)
{
    heur_dissector_add("udp", try_datagram, "Exchange push notification", "oxcnotif_push_udp",
                       proto_oxcnotif, HEURISTIC_ENABLE);
}

void oxc_push_register(int proto)
{
    static hf_register_info hf[] = {
        {&hf_oxcnotif_push_context,
         {"Context", "oxcnotif.push.context", FT_BYTES, BASE_NONE, NULL, 0x0,
          "The bytes that the client asked the server to send", HFILL}},
        {&hf_oxcnotif_push_registered_in,
         {"Registered in frame", "oxcnotif.push.registered_in", FT_FRAMENUM, BASE_NONE, NULL, 0x0,
          "The EcRRegisterPushNotification response", HFILL}},
        {&hf_oxcnotif_push_datagram_in,
         {"First datagram in frame", "oxcnotif.push.datagram_in", FT_FRAMENUM, BASE_NONE, NULL, 0x0,
          "The first push notification of this registration", HFILL}},
    };
    static int *ett[] = {&ett_oxcnotif_push};

    proto_oxcnotif = proto;
    oxc_proto_register_field_array(proto, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    by_request =
        wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), hash_request, equal_requests);
    by_destination = wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), hash_destination,
                                            equal_destinations);
    push_handle = register_dissector("oxcnotif.push", dissect_datagram, proto);
}
