/* taker.c
 * A plugin that has the names of ours before ours can register them
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * OXC_TAKE lists what it takes: "asyncemsmdb", as a dissector of the interface, with a field of the
 * same name as one of ours and of another type; "mapi-bodies", as a dissector of what MAPI over
 * HTTP carries; any other name, as a protocol with nothing but such a field; and, with a dot in it,
 * a single field.
 */

#define WS_BUILD_DLL

#include <stdint.h>
#include <string.h>

#include "compat.h"
#include "transport/dcerpc/interfaces.h"

#include <epan/proto.h>
#include <ws_symbol_export.h>

WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC uint32_t plugin_describe(void);

WS_DLL_PUBLIC_DEF const char plugin_version[] = "1";
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

static int proto_interface = -1;
static int hf_opnum = -1;
static int hf_acxh = -1;
static int hf_marker = -1;
static int ett_interface = -1;

static int proto_bodies = -1;

static int dissect_wait(tvbuff_t *tvb, int offset _U_, packet_info *pinfo _U_, proto_tree *tree,
                        dcerpc_info *di, uint8_t *drep _U_)
{
    proto_tree_add_string(tree, hf_marker, tvb, 0, 0,
                          di->ptype == PDU_REQ ? "request" : "response");
    return (int)tvb_captured_length(tvb);
}

static void register_interface(void)
{
    static hf_register_info hf[] = {
        {&hf_opnum,
         {"Operation", "asyncemsmdb.opnum", FT_UINT16, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_acxh, {"acxh", "asyncemsmdb.acxh", FT_STRING, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_marker,
         {"Marker", "asyncemsmdb.marker", FT_STRING, BASE_NONE, NULL, 0x0, NULL, HFILL}},
    };
    static int *ett[] = {&ett_interface};

    proto_interface = proto_register_protocol("ASYNCEMSMDB (pidl)", "ASYNCEMSMDB", "asyncemsmdb");
    proto_register_field_array(proto_interface, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
}

static int dissect_body(tvbuff_t *tvb, packet_info *pinfo _U_, proto_tree *tree, void *data _U_)
{
    proto_tree_add_item(tree, proto_bodies, tvb, 0, -1, ENC_NA);
    return (int)tvb_captured_length(tvb);
}

/* All that is registered lasts as long as the program. */
static void register_field(int protocol, const char *name)
{
    hf_register_info *field = g_new0(hf_register_info, 1);

    field->p_id = g_new(int, 1);
    *field->p_id = -1;
    field->hfinfo = (header_field_info){name, name, FT_STRING, BASE_NONE, NULL, 0x0, NULL, HFILL};
    proto_register_field_array(protocol, field, 1);
}

static void take(const char *name)
{
    const char *place = strchr(name, '.') ? "taker" : name;
    const char *field = strchr(name, '.') ? name : g_strconcat(name, ".status", NULL);
    int protocol = proto_register_protocol(g_strconcat("Taken ", name, NULL),
                                           g_strconcat("TAKEN ", name, NULL), place);

    register_field(protocol, field);
}

static void register_names(void)
{
    char **names = g_strsplit(g_getenv("OXC_TAKE") ? g_getenv("OXC_TAKE") : "", ",", -1);

    for (char **name = names; *name; name++) {
        if (strcmp(*name, "asyncemsmdb") == 0)
            register_interface();
        else if (strcmp(*name, "mapi-bodies") == 0)
            proto_bodies = proto_register_protocol("Bodies", "BODIES", "mapi-bodies");
        else
            take(g_strdup(*name));
    }
    g_strfreev(names);
}

static void handoff(void)
{
    static dcerpc_sub_dissector procs[] = {{0, "EcDoAsyncWaitEx", dissect_wait, dissect_wait},
                                           {0, NULL, NULL, NULL}};
    static e_guid_t uuid = OXC_UUID_ASYNCEMSMDB;

    if (proto_interface != -1)
        dcerpc_init_uuid(proto_interface, ett_interface, &uuid, 0, procs, hf_opnum);
    if (proto_bodies != -1)
        dissector_add_string("media_type", "application/mapi-http",
                             create_dissector_handle(dissect_body, proto_bodies));
}

void plugin_register(void)
{
    static proto_plugin plugin;

    plugin.register_protoinfo = register_names;
    plugin.register_handoff = handoff;
    proto_register_plugin(&plugin);
}

uint32_t plugin_describe(void)
{
    return WS_PLUGIN_DESC_DISSECTOR;
}
