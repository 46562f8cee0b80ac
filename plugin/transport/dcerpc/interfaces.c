/* interfaces.c
 * The two interfaces, [MS-OXCRPC] 1.9, of which Wireshark may have a dissector already
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "interfaces.h"

#include <epan/guid-utils.h>

#include "decode/methods/packet-asyncemsmdb.h"
#include "decode/methods/packet-emsmdb.h"
#include "shared_interface.h"
#include "transport/push/push_notification.h"

/* Wireshark's "mapi" has EMSMDB; no version up to 4.6 decodes AsyncEMSMDB. */
static oxc_shared_interface emsmdb, asyncemsmdb;

/* What Wireshark calls AsyncEMSMDB without us: a literal of its own, as the names of all
 * interfaces. */
static const char *builtin_name;

bool oxc_interface_is_active(oxc_interface interface)
{
    return interface == OXC_INTERFACE_ASYNCEMSMDB ? oxc_asyncemsmdb_active() : oxc_emsmdb_active();
}

/* Where AsyncEMSMDB is ours, Wireshark has made its item already. */
static proto_tree *tree_of_wait(tvbuff_t *tvb, proto_tree *root, proto_tree *shown,
                                const char *kind)
{
    return shown && !asyncemsmdb.entry ? shown : oxc_asyncemsmdb_add_protocol(tvb, root, kind);
}

/* Links a registration for push notifications with the datagrams that it brings. */
static void take_push(const oxc_stub *stub, bool request, const oxc_event *event)
{
    if (request)
        oxc_push_request(stub, &stub->push.context, &stub->push.address);
    else
        oxc_push_response(stub, event->status);
}

int oxc_interface_dissect_stub(oxc_stub *stub, proto_tree *root, proto_tree *shown,
                               oxc_interface interface, uint16_t opnum, bool request,
                               oxc_event *event)
{
    const char *kind = request ? "request" : "response";

    if (interface == OXC_INTERFACE_ASYNCEMSMDB) {
        stub->tree = tree_of_wait(stub->tvb, root, shown, kind);
        oxc_asyncemsmdb_dissect_stub(stub, proto_tree_get_parent(stub->tree), request, event);
    } else {
        stub->tree = oxc_emsmdb_add_protocol(stub->tvb, root, opnum, kind);
        oxc_emsmdb_dissect_stub(stub, proto_tree_get_parent(stub->tree), opnum, request, event);
        if (event->kind == OXC_KIND_PUSH)
            take_push(stub, request, event);
    }
    return stub->offset;
}

/* Its items would contradict ours. */
static bool builtin_is_wrong(oxc_interface interface, uint16_t opnum)
{
    return OXC_BUILTIN_PUSH_IS_WRONG && interface == OXC_INTERFACE_EMSMDB &&
           opnum == OXC_OPNUM_REGISTER_PUSH;
}

dcerpc_dissect_fnct_t *oxc_interface_builtin(oxc_interface interface, uint16_t opnum, bool request)
{
    const oxc_shared_interface *shared =
        interface == OXC_INTERFACE_ASYNCEMSMDB ? &asyncemsmdb : &emsmdb;

    if (!shared->entry || builtin_is_wrong(interface, opnum))
        return NULL;
    return oxc_shared_stock(shared, opnum, request);
}

static const protocol_t *owner_of(const oxc_shared_interface *shared)
{
    return shared->entry ? shared->entry->proto : NULL;
}

static void share_emsmdb(dcerpc_dissect_fnct_t *call)
{
    static e_guid_t uuid = OXC_UUID_EMSMDB;
    dcerpc_sub_dissector ours[OXC_MOST_METHODS] = {{0, NULL, NULL, NULL}};

    for (uint16_t opnum = 0; oxc_emsmdb_has_method(opnum); opnum++) {
        dcerpc_dissect_fnct_t *reader = oxc_emsmdb_reads(opnum) ? call : NULL;

        ours[opnum] = (dcerpc_sub_dissector){opnum, oxc_emsmdb_method_name(opnum), reader, reader};
    }
    oxc_shared_merge(&emsmdb, &uuid, ours, call);
    oxc_emsmdb_share(owner_of(&emsmdb));
    if (!emsmdb.entry)
        dcerpc_init_uuid(oxc_emsmdb_protocol(), oxc_emsmdb_subtree(), &uuid, 0, emsmdb.procs,
                         oxc_emsmdb_opnum_field());
}

static void share_asyncemsmdb(dcerpc_dissect_fnct_t *wait)
{
    static e_guid_t uuid = OXC_UUID_ASYNCEMSMDB;
    const dcerpc_sub_dissector ours[] = {{0, "EcDoAsyncWaitEx", wait, wait}, {0, NULL, NULL, NULL}};

    oxc_shared_merge(&asyncemsmdb, &uuid, ours, wait);
    oxc_asyncemsmdb_share(owner_of(&asyncemsmdb));
    if (asyncemsmdb.entry)
        return;
    builtin_name = guids_get_guid_name(&uuid, NULL);
    dcerpc_init_uuid(oxc_asyncemsmdb_protocol(), oxc_asyncemsmdb_subtree(), &uuid, 0,
                     asyncemsmdb.procs, oxc_asyncemsmdb_opnum_field());
}

void oxc_interfaces_share(dcerpc_dissect_fnct_t *call, dcerpc_dissect_fnct_t *wait)
{
    share_emsmdb(call);
    share_asyncemsmdb(wait);
}

void oxc_interfaces_begin_file(void)
{
    static const e_guid_t uuid = OXC_UUID_ASYNCEMSMDB;
    const protocol_t *protocol = find_protocol_by_id(oxc_asyncemsmdb_protocol());

    oxc_shared_enable(&emsmdb,
                      proto_is_protocol_enabled(find_protocol_by_id(oxc_emsmdb_protocol())));
    oxc_shared_enable(&asyncemsmdb, proto_is_protocol_enabled(protocol));
    if (builtin_name)
        guids_add_guid(&uuid, oxc_asyncemsmdb_active() ? proto_get_protocol_short_name(protocol)
                                                       : builtin_name);
}
