/* interfaces.h
 * The two interfaces, [MS-OXCRPC] 1.9, of which Wireshark may have a dissector already
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_INTERFACES_H
#define OXC_INTERFACES_H

#include "capture/analysis.h"
#include "compat.h"
#include "decode/methods/ndr.h"

/** UUIDs of the two interfaces, [MS-OXCRPC] 1.9. */
#define OXC_UUID_EMSMDB                                                                            \
    {                                                                                              \
        0xA4F1DB00, 0xCA47, 0x1067,                                                                \
        {                                                                                          \
            0xB3, 0x1F, 0x00, 0xDD, 0x01, 0x06, 0x62, 0xDA                                         \
        }                                                                                          \
    }
#define OXC_UUID_ASYNCEMSMDB                                                                       \
    {                                                                                              \
        0x5261574A, 0x4572, 0x206E,                                                                \
        {                                                                                          \
            0xB2, 0x68, 0x6B, 0x19, 0x92, 0x13, 0xB4, 0xE4                                         \
        }                                                                                          \
    }

/** NDR64, [MS-RPCE] 2.2.5. */
#define OXC_UUID_NDR64                                                                             \
    {                                                                                              \
        0x71710533, 0xBEBA, 0x4937,                                                                \
        {                                                                                          \
            0x83, 0x19, 0xB5, 0xDB, 0xEF, 0x9C, 0xCC, 0x36                                         \
        }                                                                                          \
    }

/** False while the user has disabled the protocol of one of the two, or that of Wireshark's that
 *  the interface belongs to. */
bool oxc_interface_is_active(oxc_interface interface);

/** Decodes a stub into the tree of its interface and into an event.
 *  @param shown  where Wireshark handed it over: the tree of whose the interface is, else NULL
 *  @return the offset after the last parameter */
int oxc_interface_dissect_stub(oxc_stub *stub, proto_tree *root, proto_tree *shown,
                               oxc_interface interface, uint16_t opnum, bool request,
                               oxc_event *event);

/** Methods of an interface, another dissector's and ours; more are left to the other. */
enum { OXC_METHODS_MAX = 64 };

/** Another dissector's functions for the methods of the two, response and request; NULL where it
 * has none. */
extern dcerpc_dissect_fnct_t
    *oxc_builtin_functions[OXC_INTERFACE_ASYNCEMSMDB + 1][OXC_METHODS_MAX][2];

/** That for a method of one of the two, or NULL. */
static inline dcerpc_dissect_fnct_t *oxc_interface_builtin(oxc_interface interface, uint16_t opnum,
                                                           bool request)
{
    return opnum < OXC_METHODS_MAX ? oxc_builtin_functions[interface][opnum][request] : NULL;
}

/** Makes Wireshark hand the stubs of EMSMDB over to @p call and those of EcDoAsyncWaitEx to
 *  @p wait; for the handoff. */
void oxc_interfaces_share(dcerpc_dissect_fnct_t *call, dcerpc_dissect_fnct_t *wait);

/** Chooses, for a file about to be dissected, whether the interfaces are ours or stock, and names
 *  them so. */
void oxc_interfaces_begin_file(void);

#endif /* OXC_INTERFACES_H */
