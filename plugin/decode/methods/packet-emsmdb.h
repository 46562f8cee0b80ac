/* packet-emsmdb.h
 * The EMSMDB interface, [MS-OXCRPC] 3.1
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_PACKET_EMSMDB_H
#define OXC_PACKET_EMSMDB_H

#include "compat.h"
#include "ndr.h"

/** The families of a sockaddr: [MS-OXCRPC] 3.1.4.5 names the values of the Windows headers,
 * whatever the host. */
enum { OXC_FAMILY_INET = 2, OXC_FAMILY_INET6 = 23 };

/** Protocol id of EMSMDB. */
int oxc_emsmdb_protocol(void);

/** The name of a method, [MS-OXCRPC] 3.1.4; never NULL. */
const char *oxc_emsmdb_method_name(uint16_t opnum);

/** For Wireshark's list of interfaces: the field of the method's number, and the subtree. */
int oxc_emsmdb_opnum_field(void);
int oxc_emsmdb_subtree(void);

/** Its methods that the analysis looks into, and the one that only checks for life. */
enum {
    OXC_OPNUM_DISCONNECT = 1,
    OXC_OPNUM_REGISTER_PUSH = 4,
    OXC_OPNUM_DUMMY_RPC = 6,
    OXC_OPNUM_CONNECT = 10,
    OXC_OPNUM_RPC_EXT2 = 11,
    OXC_OPNUM_ASYNC_CONNECT = 14,
};

/** Says in an event which method it is about: its kind, and opnum + 1 as the number. */
void oxc_emsmdb_name_call(uint16_t opnum, oxc_event *event);

/** True if the interface has the method, and if there is a decoder of its stubs. */
bool oxc_emsmdb_has_method(uint16_t opnum);
bool oxc_emsmdb_reads(uint16_t opnum);

/** False while the user has disabled EMSMDB, or the protocol of Wireshark's that the interface
 *  belongs to: its calls are then shown as Wireshark shows them. */
bool oxc_emsmdb_active(void);

/** Decodes a stub and says in @p event what it carries; a method without a decoder shows nothing.
 *  @param item  takes the expert item of a stub that is not whole */
void oxc_emsmdb_dissect_stub(oxc_stub *stub, proto_item *item, uint16_t opnum, bool request,
                             oxc_event *event);

/** Makes the protocol item, beside the one that Wireshark makes for the interface.
 *  @param kind  "request", "response" or "fault"
 *  @return its subtree, for the parameters; NULL without a tree */
proto_tree *oxc_emsmdb_add_protocol(tvbuff_t *tvb, proto_tree *root, uint16_t opnum,
                                    const char *kind);

/** Makes the protocol item of a response to a call that has one already: whatever method it belongs
 *  to, it is not that of @p request_frame. */
void oxc_emsmdb_add_second_response(tvbuff_t *tvb, packet_info *pinfo, proto_tree *root,
                                    uint32_t request_frame);

/** Says that a protocol of Wireshark's has the interface, or NULL; at the handoff. */
void oxc_emsmdb_share(const protocol_t *with);

void oxc_emsmdb_register(void);

#endif /* OXC_PACKET_EMSMDB_H */
