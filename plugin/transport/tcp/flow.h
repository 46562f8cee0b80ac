/* flow.h
 * Which bytes of a TCP connection came to us, and which did not
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_FLOW_H
#define OXC_FLOW_H

#include <epan/packet.h>
#include <epan/dissectors/packet-tcp.h>

#include "compat.h"

#include "sequence/tracker.h"

/** Flags of a segment, [RFC9293] 3.1. */
enum { OXC_TCP_FIN = 0x01, OXC_TCP_RST = 0x04 };

/** The capture's view of one direction of a TCP connection: which of its bytes came to us. */
typedef struct {
    uint32_t first_seq; /**< of the last stretch without a gap */
    uint32_t next_seq;  /**< after it */
    uint32_t tcp_next;  /**< what Wireshark's analysis of TCP had as its next one by then */
    uint32_t frame;     /**< that brought the last bytes */
    uint32_t begun;     /**< bytes of the first segment, whose number nobody kept; 0: none */
    bool repeated;      /**< all of that frame had come before */
    bool known;         /**< there are any */
    bool raw;           /**< #next_seq is as on the wire, by oxc_flow_begin() */
    bool pending;       /**< the start of a PDU waits for the rest of it */
} oxc_flow;

/** What a segment is to the bytes before it. */
typedef enum {
    OXC_SEGMENT_NEXT,
    OXC_SEGMENT_AFTER_GAP,
    OXC_SEGMENT_REPEATED, /**< all of it has come before */
    OXC_SEGMENT_OVERLAPS, /**< only a part of it has */
} oxc_segment_kind;

/** Of which direction bytes are missing from the capture, seen from a packet. */
typedef enum {
    OXC_MISSING_OWN = 1 << 0,   /**< of that of the packet */
    OXC_MISSING_OTHER = 1 << 1, /**< of the other one */
} oxc_missing;

/** Wireshark's numbers of the packet's direction; NULL if it keeps none.
 *  @param tcp  may be NULL */
static inline const tcp_analyze_seq_flow_info_t *oxc_tcp_numbers(const struct tcp_analysis *tcp)
{
    return tcp && tcp->fwd ? tcp->fwd->tcp_analyze_seq_info : NULL;
}

/** What oxc_tcp_missing() says where the analysis says anything of the segment, as it does of few.
 */
unsigned oxc_tcp_missing_by_flags(const struct tcp_analysis *tcp);

/** Whether Wireshark's analysis of a TCP connection says of the present segment that one before it,
 *  or one that it acknowledges, is missing from the capture. 0 where that is turned off.
 *  @param tcp  may be NULL
 *  @return of #oxc_missing */
static inline unsigned oxc_tcp_missing(const struct tcp_analysis *tcp)
{
    return tcp && tcp->ta && tcp->ta->flags & (OXC_TCP_LOST_SEGMENT | OXC_TCP_ACKED_LOST_SEGMENT)
               ? oxc_tcp_missing_by_flags(tcp)
               : 0;
}

/** Who sent what is missing. @param sender  of the packet */
oxc_side oxc_missing_from(unsigned missing, oxc_side sender);

/** The leg that a TCP connection is. @param tcp  may be NULL */
oxc_leg oxc_tcp_leg(const struct tcp_analysis *tcp);

/** Notes that the packet at hand closes a connection. */
void oxc_tcp_set_close(const struct tcp_analysis *tcp, const packet_info *pinfo, oxc_side sender,
                       oxc_close *close);

/** Notes the first FIN or RST of a connection, if the packet at hand carries it. For each packet of
 *  the connection, on the first pass.
 *  @param tcp     may be NULL
 *  @param sender  of the packet */
static inline void oxc_tcp_note_close(const struct tcp_analysis *tcp, const packet_info *pinfo,
                                      oxc_side sender, oxc_close *close)
{
    if (tcp && !close->has_time &&
        tcp->conversation_completeness & (OXC_TCP_FIN_SEEN | OXC_TCP_RST_SEEN))
        oxc_tcp_set_close(tcp, pinfo, sender, close);
}

/** Makes the flows of a connection begin behind the packet at hand, for who comes to know of it
 * only then: what follows in either direction is held against what the packet carries and
 * acknowledges.
 *  @param tcp    may be NULL
 *  @param flows  both of the TCP connection, in Wireshark's order
 *  @param size   bytes of TCP that the packet carries */
void oxc_flow_begin(const struct tcp_analysis *tcp, oxc_flow flows[2], uint32_t size);

/** Puts what oxc_flow_begin() noted into the numbers that segments have, which Wireshark may count
 *  from the start of the connection; before oxc_flow_take() of each segment, on the first pass. */
void oxc_flow_settle(const struct tcp_analysis *tcp, oxc_flow flows[2],
                     const struct tcpinfo *segment);

/** Whether Wireshark analyses the sequence numbers of a TCP connection. Else no loss is sure to be
 *  seen. */
bool oxc_tcp_is_analysed(const struct tcp_analysis *tcp);

/** How many bytes of the packet Wireshark's analysis has just listed for a TCP connection, a SYN or
 *  FIN for one each; then the packet belongs to it and to no other. Else 0. */
static inline uint32_t oxc_tcp_listed(const struct tcp_analysis *tcp, const packet_info *pinfo)
{
    const tcp_analyze_seq_flow_info_t *kept = oxc_tcp_numbers(tcp);
    const tcp_unacked_t *last = kept ? kept->segments : NULL;

    return last && last->frame == pinfo->num ? last->nextseq - last->seq : 0;
}

/** Compares sequence numbers, which wrap. */
static inline bool oxc_seq_is_later(uint32_t seq, uint32_t than)
{
    return (int32_t)(seq - than) > 0;
}

/** The flow of the direction of the packet at hand.
 *  @param flows  both of the TCP connection, in Wireshark's order */
static inline oxc_flow *oxc_flow_of(const struct tcp_analysis *tcp, oxc_flow flows[2])
{
    return &flows[tcp->fwd == &tcp->flow1 ? 0 : 1];
}

/** Adds a segment that came to us to the flow of its direction. Wireshark gives one away in several
 *  parts if it holds the end of a PDU and more; and it gives repeated segments away where its
 *  reassembly or its analysis is turned off, or a checksum is wrong. */
oxc_segment_kind oxc_flow_add(const struct tcp_analysis *tcp, oxc_flow flows[2],
                              const packet_info *pinfo, const struct tcpinfo *segment);

/** The same on the first pass; on later ones tells whether the packet was a repeated one, and else
 *  that it was the next. */
oxc_segment_kind oxc_flow_take(const struct tcp_analysis *tcp, oxc_flow flows[2],
                               packet_info *pinfo, const struct tcpinfo *segment);

/** Whether TCP has seen bytes of the packet's direction that did not come to us, though no PDU is
 *  being put together. Those bytes are left behind then. Only on the first pass, when the frame has
 *  been dissected. */
bool oxc_flow_skip_unseen(const struct tcp_analysis *tcp, oxc_flow flows[2]);

#endif /* OXC_FLOW_H */
