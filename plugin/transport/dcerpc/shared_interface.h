/* shared_interface.h
 * An interface that a dissector of Wireshark has already
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_SHARED_INTERFACE_H
#define OXC_SHARED_INTERFACE_H

#include "compat.h"

/** Methods of theirs and ours; more are left to them. */
enum { OXC_MOST_METHODS = 64 };

/** Registering the UUID again would free a key that is in use, so their table of methods is
 *  replaced in place: ours runs first, and lets theirs run; what they hand to nobody stays so. */
typedef struct {
    dcerpc_uuid_value *entry; /**< theirs; NULL where nobody had the interface */
    oxc_procs *stock;         /**< their table of methods */
    dcerpc_sub_dissector procs[OXC_MOST_METHODS];
} oxc_shared_interface;

/** Looks whose the interface is, and merges the tables; for the handoff.
 *  @param ours  methods in order of their numbers, ended by one without a name; functions are NULL
 *               where there is nothing to read
 *  @param call  the function for all methods that either reads */
void oxc_shared_merge(oxc_shared_interface *shared, const e_guid_t *uuid,
                      const dcerpc_sub_dissector *ours, dcerpc_dissect_fnct_t *call);

/** Puts ours in front, or takes it away again. Does nothing where nobody had the interface. */
void oxc_shared_enable(oxc_shared_interface *shared, bool enable);

/** Their function for a method, or NULL. */
dcerpc_dissect_fnct_t *oxc_shared_stock(const oxc_shared_interface *shared, uint16_t opnum,
                                        bool request);

#endif /* OXC_SHARED_INTERFACE_H */
