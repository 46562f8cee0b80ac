/* run.h
 * The PDUs that one call of Wireshark's dissector walks over, and what the analysis is told of them
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_RUN_H
#define OXC_RUN_H

#include <epan/packet.h>

#include "compat.h"
#include "capture/analysis.h"
#include "capture/carrier.h"
#include "pdu.h"

/** Room in a run for as many PDUs as most segments hold. */
enum { OXC_RUN_FEW = 4 };

/** PDUs of one direction, one behind the other; lives on the stack. */
typedef struct oxc_run {
    tvbuff_t *tvb;
    packet_info *pinfo;
    proto_tree *tree;
    oxc_carrier carrier;
    bool from_server;
    oxc_rpc_connection *connection; /**< NULL if their calls count for nothing */
    oxc_rpc_pdu *pdus;
    unsigned count;
    unsigned capacity;
    unsigned next; /**< the first that has not been taken */
    bool cut;      /**< PDUs behind them were not captured */
    struct oxc_run *outer;
    oxc_rpc_pdu few[OXC_RUN_FEW]; /**< what #pdus points to while they are enough */
} oxc_run;

/** Reads the headers of the PDUs of a run, once. #carrier, #from_server and #connection are left to
 *  the caller. */
void oxc_run_read(oxc_run *run, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

/** Makes a run the one that Wireshark is dissecting, until oxc_run_leave(). They may be nested. */
void oxc_run_enter(oxc_run *run);
void oxc_run_leave(const oxc_run *run);

/** The run that Wireshark is dissecting, or NULL. */
oxc_run *oxc_run_current(void);

/** Which interface a call of a run belongs to, by its presentation context. */
oxc_interface oxc_run_interface(const oxc_run *run, const oxc_rpc_pdu *pdu, bool *ndr64);

/** Whether the connection of a run is known to carry one of the two interfaces: it asked for one,
 *  or the user named what its presentation context stands for. Without its bind it may be any
 *  DCE/RPC. */
bool oxc_run_carries_exchange(const oxc_run *run);

/** Gives a PDU its ordinal in the frame, on every pass, and reports it to the tracker, on the
 *  first.
 *  @param stub_event  what its stub says, or NULL if that was not read */
void oxc_run_take(oxc_run *run, oxc_rpc_pdu *pdu, oxc_event *stub_event);

/** The PDU of a run whose stub Wireshark is handing over, or NULL; those in front of it are taken
 *  first. */
oxc_rpc_pdu *oxc_run_find_call(oxc_run *run, const dcerpc_info *di);

#endif /* OXC_RUN_H */
