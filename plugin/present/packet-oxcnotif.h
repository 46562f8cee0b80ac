/* packet-oxcnotif.h
 * Shows what the sequence analysis knows of a call
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_PACKET_OXCNOTIF_H
#define OXC_PACKET_OXCNOTIF_H

#include "compat.h"

#include "capture/carrier.h"
#include "sequence/tracker.h"

/** What the tap "oxcnotif" gets, for each PDU of which something is known; it and its findings hold
 *  as long as the packet. */
typedef struct {
    oxc_view view;
    oxc_carrier carrier;
    uint32_t ordinal; /**< place of the PDU among those of its frame */
} oxc_shown;

/** The names of enum oxc_transport. */
extern const value_string oxc_transport_vals[];

/** Shows the links and findings of one PDU as generated items, expert items and in the Info
 *  column, and queues it for the taps.
 *  @param root     the packet's tree, or NULL
 *  @param tvb      any of the PDU's bytes, for the place in the byte pane
 *  @param ordinal  place of the PDU among those of its frame, as in the event
 *  @param carrier  copied
 *  @param news     what the PDU means to people, or NULL */
void oxc_present(packet_info *pinfo, proto_tree *root, tvbuff_t *tvb, uint32_t ordinal,
                 const oxc_carrier *carrier, const char *news);

/** What may explain that calls are missing from the analysis, an expert item each. */
typedef enum {
    OXC_NOTE_PROXY_REFUSED,     /**< an RPC proxy did not open a channel */
    OXC_NOTE_INTERFACE_REFUSED, /**< a server does not offer one of the two interfaces */
} oxc_note;

/** Adds such an expert item to a packet. @p text is copied. */
void oxc_present_note(packet_info *pinfo, proto_tree *root, tvbuff_t *tvb, oxc_note note,
                      const char *text);

/** Shows to which session, context and wait a packet belongs that continues a call and of which
 * nothing else is known: what oxc_present() shows of these on the call's request.
 *  @param request_frame    frame of the request
 *  @param request_ordinal  its place in that frame */
void oxc_present_part(packet_info *pinfo, proto_tree *root, tvbuff_t *tvb, uint32_t request_frame,
                      uint32_t request_ordinal, const oxc_carrier *carrier);

/** Says that the calls of a connection cannot be decoded because its bind is not in the capture.
 *  @param interface  what the presentation context seems to be bound to */
void oxc_present_missing_bind(packet_info *pinfo, proto_tree *root, tvbuff_t *tvb,
                              uint16_t context_id, const char *interface);

/** Registers the protocol "oxcnotif" with its fields, expert items and tap.
 *  @return its id */
int oxc_oxcnotif_register(void);

/** Begins a file: notes whether the protocol is enabled in it. */
void oxc_oxcnotif_init(void);

#endif /* OXC_PACKET_OXCNOTIF_H */
