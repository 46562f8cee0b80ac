/* packet-asyncemsmdb.h
 * The AsyncEMSMDB interface, [MS-OXCRPC] 3.3
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_PACKET_ASYNCEMSMDB_H
#define OXC_PACKET_ASYNCEMSMDB_H

#include "ndr.h"

/** Protocol id of AsyncEMSMDB. */
int oxc_asyncemsmdb_protocol(void);

/** False while the user has disabled AsyncEMSMDB. */
bool oxc_asyncemsmdb_active(void);

/** Decodes a stub of EcDoAsyncWaitEx, [MS-OXCRPC] 3.3.4.1, and says in @p event what it carries.
 *  @param item  takes the expert item of a stub that is not whole */
void oxc_asyncemsmdb_dissect_stub(oxc_stub *stub, proto_item *item, bool request, oxc_event *event);

/** Makes the protocol item for a stub that Wireshark hands to nobody.
 *  @param kind  "request", "response" or "fault"
 *  @return its subtree, for the parameters; NULL without a tree */
proto_tree *oxc_asyncemsmdb_add_protocol(tvbuff_t *tvb, proto_tree *root, const char *kind);

/** The tree for the parameters of a stub that Wireshark handed over; NULL where there is none, or
 *  where a dissector of Wireshark's that has our name shows them.
 *  @param wireshark_tree  the tree of whose the interface is */
proto_tree *oxc_asyncemsmdb_tree(tvbuff_t *tvb, proto_tree *root, proto_tree *wireshark_tree,
                                 const char *kind);

/** Another dissector's function for a method of the interface, or NULL. */
dcerpc_dissect_fnct_t *oxc_asyncemsmdb_builtin(uint16_t opnum, bool request);

void oxc_asyncemsmdb_register(void);

/** Names the interface as ours, or as Wireshark does where the protocol is disabled; for the start
 *  of each file. */
void oxc_asyncemsmdb_init(void);

void oxc_asyncemsmdb_handoff(void);

#endif /* OXC_PACKET_ASYNCEMSMDB_H */
