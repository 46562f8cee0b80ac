/* shared_interface.c
 * An interface that a dissector of Wireshark has already
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "shared_interface.h"

static oxc_procs *find_stock(const oxc_shared_interface *shared, uint16_t opnum)
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

void oxc_shared_merge(oxc_shared_interface *shared, const e_guid_t *uuid,
                      const dcerpc_sub_dissector *ours, dcerpc_dissect_fnct_t *call)
{
    guid_key key = {*uuid, 0};
    size_t count = 0;

    shared->entry = (dcerpc_uuid_value *)g_hash_table_lookup(dcerpc_uuids, &key);
    shared->stock = shared->entry ? shared->entry->procs : NULL;
    for (const dcerpc_sub_dissector *own = ours; own->name && count < OXC_MOST_METHODS - 1; own++) {
        oxc_procs *stock = find_stock(shared, own->num);
        dcerpc_sub_dissector *merged = &shared->procs[count++];

        merged->num = own->num;
        merged->name = stock ? stock->name : own->name;
        merged->dissect_rqst = own->dissect_rqst || (stock && stock->dissect_rqst) ? call : NULL;
        merged->dissect_resp = own->dissect_resp || (stock && stock->dissect_resp) ? call : NULL;
    }
    for (oxc_procs *proc = shared->stock; proc && proc->name; proc++) {
        if (!has_method(ours, proc->num) && count < OXC_MOST_METHODS - 1)
            shared->procs[count++] = *proc;
    }
}

void oxc_shared_enable(oxc_shared_interface *shared, bool enable)
{
    if (shared->entry)
        shared->entry->procs = enable ? shared->procs : shared->stock;
}

dcerpc_dissect_fnct_t *oxc_shared_stock(const oxc_shared_interface *shared, uint16_t opnum,
                                        bool request)
{
    oxc_procs *proc = find_stock(shared, opnum);

    if (!proc)
        return NULL;
    return request ? proc->dissect_rqst : proc->dissect_resp;
}
