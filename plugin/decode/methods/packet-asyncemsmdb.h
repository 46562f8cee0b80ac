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

/** For Wireshark's list of interfaces: the field of the method's number, and the subtree. */
int oxc_asyncemsmdb_opnum_field(void);
int oxc_asyncemsmdb_subtree(void);

/** False while the user has disabled AsyncEMSMDB. */
bool oxc_asyncemsmdb_active(void);

/** Decodes a stub of EcDoAsyncWaitEx, [MS-OXCRPC] 3.3.4.1, and says in @p event what it carries.
 *  @param item  takes the expert item of a stub that is not whole */
void oxc_asyncemsmdb_dissect_stub(oxc_stub *stub, proto_item *item, bool request, oxc_event *event);

/** Makes the protocol item for a stub that Wireshark hands to nobody.
 *  @param kind  "request", "response" or "fault"
 *  @return its subtree, for the parameters; NULL without a tree */
proto_tree *oxc_asyncemsmdb_add_protocol(tvbuff_t *tvb, proto_tree *root, const char *kind);

/** Says that a protocol of Wireshark's has the interface, or NULL; at the handoff. */
void oxc_asyncemsmdb_share(const protocol_t *with);

void oxc_asyncemsmdb_register(void);

#endif /* OXC_PACKET_ASYNCEMSMDB_H */
