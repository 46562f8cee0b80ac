/* run.h
 * The PDUs that one call of Wireshark's dissector walks over
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

/** Reads the headers of the PDUs of a run, once: behind the first they are stepped over as
 * Wireshark does, by their lengths, whether they look like PDUs or not. #carrier, #from_server and
 * #connection are left to the caller.
 *  @return false if the bytes do not begin with a PDU, as those of other protocols: nothing is set
 */
bool oxc_run_read(oxc_run *run, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

/** The same for those PDUs from @p offset on that are there as a whole, as far as the reported
 *  length tells; what does not look like one ends them.
 *  @return where they end: @p offset if there are none, and #tvb is not set */
int oxc_run_read_whole(oxc_run *run, tvbuff_t *tvb, int offset, packet_info *pinfo,
                       proto_tree *tree);

#endif /* OXC_RUN_H */
