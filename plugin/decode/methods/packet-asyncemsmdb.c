/* packet-asyncemsmdb.c
 * The AsyncEMSMDB interface, [MS-OXCRPC] 3.3: EcDoAsyncWaitEx
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "packet-asyncemsmdb.h"

#include "compat.h"
#include "decode/names.h"
#include "status.h"

static int proto_asyncemsmdb = -1;

static int hf_asyncemsmdb_opnum = -1;
static int hf_asyncemsmdb_acxh = -1;
static int hf_asyncemsmdb_acxh_attributes = -1;
static int hf_asyncemsmdb_acxh_uuid = -1;
static int hf_asyncemsmdb_flags_in = -1;
static int hf_asyncemsmdb_flags_out = -1;
static int hf_asyncemsmdb_notification_pending = -1;
static int hf_asyncemsmdb_reserved = -1;
static int hf_asyncemsmdb_status = -1;

static int ett_asyncemsmdb = -1;
static int ett_asyncemsmdb_acxh = -1;
static int ett_asyncemsmdb_flags_out = -1;

static expert_field ei_asyncemsmdb_stub_short = EI_INIT;
static expert_field ei_asyncemsmdb_stub_cut = EI_INIT;

static const oxc_handle_fields acxh_fields = {&hf_asyncemsmdb_acxh, &hf_asyncemsmdb_acxh_attributes,
                                              &hf_asyncemsmdb_acxh_uuid, &ett_asyncemsmdb_acxh};

static int *const flags_out_fields[] = {&hf_asyncemsmdb_notification_pending,
                                        &hf_asyncemsmdb_reserved, NULL};

static const value_string asyncemsmdb_opnum_vals[] = {{0, "EcDoAsyncWaitEx"}, {0, NULL}};

int oxc_asyncemsmdb_protocol(void)
{
    return proto_asyncemsmdb;
}

int oxc_asyncemsmdb_opnum_field(void)
{
    return hf_asyncemsmdb_opnum;
}

int oxc_asyncemsmdb_subtree(void)
{
    return ett_asyncemsmdb;
}

static void dissect_request(oxc_stub *stub, oxc_event *event)
{
    oxc_stub_handle(stub, &acxh_fields, event);
    event->has_result = oxc_stub_uint32(stub, hf_asyncemsmdb_flags_in, &event->flags);
}

static void dissect_response(oxc_stub *stub, oxc_event *event)
{
    bool flags_there = oxc_stub_bitmask(stub, hf_asyncemsmdb_flags_out, ett_asyncemsmdb_flags_out,
                                        flags_out_fields, &event->flags);

    event->has_result = oxc_stub_uint32(stub, hf_asyncemsmdb_status, &event->status) && flags_there;
}

/* Wireshark adds the method's number first. It stands for no byte of the stub. */
static void mark_opnum(proto_tree *tree)
{
    proto_item *item = tree ? tree->first_child : NULL;

    if (item && PITEM_FINFO(item) && PITEM_FINFO(item)->hfinfo->id == hf_asyncemsmdb_opnum)
        proto_item_set_generated(item);
}

void oxc_asyncemsmdb_dissect_stub(oxc_stub *stub, proto_item *item, bool request, oxc_event *event)
{
    oxc_stub_open(stub);
    mark_opnum(stub->tree);
    event->kind = OXC_KIND_WAIT;
    if (request)
        dissect_request(stub, event);
    else
        dissect_response(stub, event);
    if (!oxc_stub_report(stub, item, &ei_asyncemsmdb_stub_short, &ei_asyncemsmdb_stub_cut))
        event->stub = OXC_STUB_UNREAD;
}

static const protocol_t *builtin; /* who else has the interface, or NULL */

void oxc_asyncemsmdb_share(const protocol_t *with)
{
    builtin = with;
}

/* A dissector with our name shows the interface: two that look alike would only confuse. */
static bool is_left_to_wireshark(void)
{
    return builtin && oxc_protocol_is_renamed(proto_asyncemsmdb);
}

proto_tree *oxc_asyncemsmdb_add_protocol(tvbuff_t *tvb, proto_tree *root, const char *kind)
{
    proto_item *item;
    proto_tree *tree;

    if (!root || is_left_to_wireshark())
        return NULL;
    item = proto_tree_add_protocol_format(
        root, proto_asyncemsmdb, tvb, 0, -1, "%s, EcDoAsyncWaitEx %s",
        proto_get_protocol_short_name(find_protocol_by_id(proto_asyncemsmdb)), kind);
    tree = proto_item_add_subtree(item, ett_asyncemsmdb);
    item = proto_tree_add_uint(tree, hf_asyncemsmdb_opnum, tvb, 0, 0, 0);
    proto_item_set_generated(item);
    return tree;
}

void oxc_asyncemsmdb_register(void)
{
    static hf_register_info hf[] = {
        {&hf_asyncemsmdb_opnum,
         {"Operation", "asyncemsmdb.opnum", FT_UINT16, BASE_DEC, VALS(asyncemsmdb_opnum_vals), 0x0,
          NULL, HFILL}},
        {&hf_asyncemsmdb_acxh,
         {"Asynchronous context handle (ACXH)", "asyncemsmdb.acxh", FT_BYTES, BASE_NONE, NULL, 0x0,
          NULL, HFILL}},
        {&hf_asyncemsmdb_acxh_attributes,
         {"Attributes", "asyncemsmdb.acxh.attributes", FT_UINT32, BASE_HEX, NULL, 0x0, NULL,
          HFILL}},
        {&hf_asyncemsmdb_acxh_uuid,
         {"UUID", "asyncemsmdb.acxh.uuid", FT_GUID, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_asyncemsmdb_flags_in,
         {"ulFlagsIn", "asyncemsmdb.flags_in", FT_UINT32, BASE_HEX, NULL, 0x0,
          "Reserved, to be sent as 0", HFILL}},
        {&hf_asyncemsmdb_flags_out,
         {"pulFlagsOut", "asyncemsmdb.flags_out", FT_UINT32, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_asyncemsmdb_notification_pending,
         {"NotificationPending", "asyncemsmdb.notification_pending", FT_BOOLEAN, 32, NULL,
          0x00000001, "Events are pending for the client: EcDoRpcExt2 fetches them", HFILL}},
        {&hf_asyncemsmdb_reserved,
         {"Reserved", "asyncemsmdb.reserved", FT_UINT32, BASE_HEX, NULL, 0xFFFFFFFE, NULL, HFILL}},
        {&hf_asyncemsmdb_status,
         {"Return value", "asyncemsmdb.status", FT_UINT32, BASE_HEX, VALS(oxc_status_vals), 0x0,
          NULL, HFILL}},
    };
    static ei_register_info ei[] = {
        {&ei_asyncemsmdb_stub_short,
         {"asyncemsmdb.stub.short", PI_MALFORMED, PI_ERROR,
          "The stub is shorter than its parameters", EXPFILL}},
        {&ei_asyncemsmdb_stub_cut,
         {"asyncemsmdb.stub.cut", PI_UNDECODED, PI_NOTE, "The capture cut this stub short",
          EXPFILL}},
    };
    static int *ett[] = {&ett_asyncemsmdb, &ett_asyncemsmdb_acxh, &ett_asyncemsmdb_flags_out};

    proto_asyncemsmdb =
        oxc_proto_register_protocol("Exchange Asynchronous EMSMDB", "AsyncEMSMDB", "asyncemsmdb");
    oxc_proto_register_field_array(proto_asyncemsmdb, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    oxc_expert_register_field_array(proto_asyncemsmdb, ei, array_length(ei));
}

bool oxc_asyncemsmdb_active(void)
{
    return proto_is_protocol_enabled(find_protocol_by_id(proto_asyncemsmdb)) &&
           (!builtin || proto_is_protocol_enabled(builtin));
}
