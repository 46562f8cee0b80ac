/* observer.h
 * Sees every connection-oriented DCE/RPC PDU in order, around Wireshark's own dissector
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_OBSERVER_H
#define OXC_OBSERVER_H

#include "compat.h"

#include "run.h"

/** Dissects a run of DCE/RPC PDUs of one direction with @p inner and tells the analysis of each
 *  PDU, in the order of the bytes, binds, faults and sealed stubs included. A PDU that ends outside
 *  of the run is left to the one that has it whole, if @p inner asked for more data.
 *
 *  @param run    all filled in
 *  @param inner  Wireshark's dissector for a run of PDUs
 *  @param data   handed to @p inner
 *  @return what @p inner returned */
int oxc_observe(oxc_run *run, heur_dissector_t inner, void *data);

/** Becomes the sub-dissector of the two interfaces, in front of Wireshark's own if there is one;
 *  for the handoff. */
void oxc_observer_handoff(void);

#endif /* OXC_OBSERVER_H */
