/* rpch.h
 * What the parts of RPC over HTTP share
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_RPCH_H
#define OXC_RPCH_H

#include "compat.h"
#include "transport/dcerpc/run.h"
#include "virtual_connection.h"

/** Looks up Wireshark's dissectors of PDUs; for the handoff. False if they are missing. */
bool oxc_rpch_find_dissectors(void);

/** Wireshark's heuristic for DCE/RPC in the body of an HTTP message. */
const heur_dtbl_entry_t *oxc_rpch_builtin(void);

/** Learns from the PDUs of a run which virtual connection they belong to; first pass only.
 *  @return true if there are any but RTS */
bool oxc_rpch_note_pdus(oxc_channel *channel, const oxc_run *run);

/** Dissects a run of PDUs of a channel and adds the virtual connection. The analysis gets them if
 *  both of its channels are known.
 *  @param run  read; the rest is filled in here */
void oxc_rpch_dissect_pdus(oxc_channel *channel, oxc_run *run);

/** The same as a layer of its own, that of DCE/RPC. */
void oxc_rpch_call_pdus(oxc_channel *channel, oxc_run *run);

#endif /* OXC_RPCH_H */
