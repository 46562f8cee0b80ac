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
#include "transport/push/push_notification.h"

/* Registering the UUID again would free a key that is in use, so their table of methods is
 *  replaced in place: ours runs first, and lets theirs run; what they hand to nobody stays so. */
typedef struct {
    dcerpc_uuid_value *entry; /**< theirs; NULL where nobody had the interface */
    oxc_procs *stock;         /**< their table of methods */
    dcerpc_sub_dissector procs[OXC_METHODS_MAX];
} shared_interface;

/* Wireshark's "mapi" has EMSMDB; no version up to 4.6 decodes AsyncEMSMDB. */
static shared_interface emsmdb, asyncemsmdb;

dcerpc_dissect_fnct_t *oxc_builtin_functions[OXC_INTERFACE_ASYNCEMSMDB + 1][OXC_METHODS_MAX][2];

/* What Wireshark calls AsyncEMSMDB without us: a literal of its own, as the names of all
 * interfaces. */
static const char *builtin_name;

static oxc_procs *find_stock(const shared_interface *shared, uint16_t opnum)
{
    for (oxc_procs *proc = shared->stock; proc && proc->name; proc++) {
        if (proc->num == opnum)
            return proc;
    }
    return NULL;
}

static bool has_method(const dcerpc_sub_dissector *methods, uint16_t opnum)
{
    for (; methods->name; methods++) {
        if (methods->num == opnum)
            return true;
    }
    return false;
}

/* Looks whose the interface is, and merges the tables; for the handoff.
 * @param ours  methods in order of their numbers, ended by one without a name; functions are NULL
 *              where there is nothing to read
 * @param call  the function for all methods that either reads */
static void merge(shared_interface *shared, const e_guid_t *uuid, const dcerpc_sub_dissector *ours,
                  dcerpc_dissect_fnct_t *call)
{
    guid_key key = {*uuid, 0};
    size_t count = 0;

    shared->entry = (dcerpc_uuid_value *)g_hash_table_lookup(dcerpc_uuids, &key);
    shared->stock = shared->entry ? shared->entry->procs : NULL;
    for (const dcerpc_sub_dissector *own = ours; own->name && count < OXC_METHODS_MAX - 1; own++) {
        oxc_procs *stock = find_stock(shared, own->num);
        dcerpc_sub_dissector *merged = &shared->procs[count++];

        merged->num = own->num;
        merged->name = stock ? stock->name : own->name;
        merged->dissect_rqst = own->dissect_rqst || (stock && stock->dissect_rqst) ? call : NULL;
        merged->dissect_resp = own->dissect_resp || (stock && stock->dissect_resp) ? call : NULL;
    }
    for (oxc_procs *proc = shared->stock; proc && proc->name; proc++) {
        if (!has_method(ours, proc->num) && count < OXC_METHODS_MAX - 1)
            shared->procs[count++] = *proc;
    }
}

/* Puts ours in front, or takes it away again. Does nothing where nobody had the interface. */
static void enable_ours(shared_interface *shared, bool enable)
{
    if (shared->entry)
        shared->entry->procs = enable ? shared->procs : shared->stock;
}

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
    if (request && stub->push)
        oxc_push_request(stub, &stub->push->context, &stub->push->address);
    else if (!request)
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

/* Their items would contradict ours. */
static bool builtin_is_wrong(oxc_interface interface, uint16_t opnum)
{
    return OXC_BUILTIN_PUSH_IS_WRONG && interface == OXC_INTERFACE_EMSMDB &&
           opnum == OXC_OPNUM_REGISTER_PUSH;
}

/* Notes their functions for those methods that have ours. */
static void keep_builtin(oxc_interface interface, const shared_interface *shared)
{
    for (oxc_procs *proc = shared->stock; proc && proc->name; proc++) {
        if (proc->num >= OXC_METHODS_MAX || builtin_is_wrong(interface, proc->num))
            continue;
        oxc_builtin_functions[interface][proc->num][true] = proc->dissect_rqst;
        oxc_builtin_functions[interface][proc->num][false] = proc->dissect_resp;
    }
}

static const protocol_t *owner_of(const shared_interface *shared)
{
    return shared->entry ? shared->entry->proto : NULL;
}

static void share_emsmdb(dcerpc_dissect_fnct_t *call)
{
    static e_guid_t uuid = OXC_UUID_EMSMDB;
    dcerpc_sub_dissector ours[OXC_METHODS_MAX] = {{0, NULL, NULL, NULL}};

    for (uint16_t opnum = 0; oxc_emsmdb_has_method(opnum); opnum++) {
        dcerpc_dissect_fnct_t *reader = oxc_emsmdb_reads(opnum) ? call : NULL;

        ours[opnum] = (dcerpc_sub_dissector){opnum, oxc_emsmdb_method_name(opnum), reader, reader};
    }
    merge(&emsmdb, &uuid, ours, call);
    keep_builtin(OXC_INTERFACE_EMSMDB, &emsmdb);
    oxc_emsmdb_share(owner_of(&emsmdb));
    if (!emsmdb.entry)
        dcerpc_init_uuid(oxc_emsmdb_protocol(), oxc_emsmdb_subtree(), &uuid, 0, emsmdb.procs,
                         oxc_emsmdb_opnum_field());
}

static void share_asyncemsmdb(dcerpc_dissect_fnct_t *wait)
{
    static e_guid_t uuid = OXC_UUID_ASYNCEMSMDB;
    const dcerpc_sub_dissector ours[] = {{0, "EcDoAsyncWaitEx", wait, wait}, {0, NULL, NULL, NULL}};

    merge(&asyncemsmdb, &uuid, ours, wait);
    keep_builtin(OXC_INTERFACE_ASYNCEMSMDB, &asyncemsmdb);
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

    enable_ours(&emsmdb, proto_is_protocol_enabled(find_protocol_by_id(oxc_emsmdb_protocol())));
    enable_ours(&asyncemsmdb, proto_is_protocol_enabled(protocol));
    if (builtin_name)
        guids_add_guid(&uuid, oxc_asyncemsmdb_active() ? proto_get_protocol_short_name(protocol)
                                                       : builtin_name);
}
