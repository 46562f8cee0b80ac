/* flow.c
 * Which bytes of a TCP connection came to us, and which did not
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "flow.h"

#include <epan/proto_data.h>

#include "capture/analysis.h"
#include "capture/settings.h"

/* Whether the present segment acknowledges bytes that were not seen. After a loss Wireshark says so
 * again of those that were. */
static bool acknowledges_unseen(const struct tcp_analysis *tcp)
{
    const tcp_analyze_seq_flow_info_t *own = oxc_tcp_numbers(tcp);
    const tcp_analyze_seq_flow_info_t *other = tcp->rev ? tcp->rev->tcp_analyze_seq_info : NULL;

    return !own || !other || oxc_seq_is_later(own->lastack, other->nextseq);
}

unsigned oxc_tcp_missing_by_flags(const struct tcp_analysis *tcp)
{
    unsigned flags = tcp->ta->flags, missing = 0;

    if (flags & OXC_TCP_LOST_SEGMENT)
        missing |= OXC_MISSING_OWN;
    if (flags & OXC_TCP_ACKED_LOST_SEGMENT && acknowledges_unseen(tcp))
        missing |= OXC_MISSING_OTHER;
    return missing;
}

oxc_side oxc_missing_from(unsigned missing, oxc_side sender)
{
    if (sender == OXC_SIDE_UNKNOWN || missing == (OXC_MISSING_OWN | OXC_MISSING_OTHER))
        return OXC_SIDE_UNKNOWN;
    if (missing == OXC_MISSING_OWN)
        return sender;
    return sender == OXC_SIDE_CLIENT ? OXC_SIDE_SERVER : OXC_SIDE_CLIENT;
}

oxc_leg oxc_tcp_leg(const struct tcp_analysis *tcp)
{
    return (oxc_leg){.seen = tcp ? &tcp->conversation_completeness : NULL,
                     .ends = OXC_TCP_FIN_SEEN | OXC_TCP_RST_SEEN};
}

void oxc_tcp_set_close(const struct tcp_analysis *tcp, const packet_info *pinfo, oxc_side sender,
                       oxc_close *close)
{
    close->kind = tcp->conversation_completeness & OXC_TCP_FIN_SEEN ? OXC_CLOSE_FIN : OXC_CLOSE_RST;
    close->side = sender;
    close->has_time = true;
    close->time = oxc_nanoseconds(&pinfo->abs_ts);
}

void oxc_flow_begin(const struct tcp_analysis *tcp, oxc_flow flows[2], uint32_t size)
{
    const tcp_analyze_seq_flow_info_t *numbers = oxc_tcp_numbers(tcp);
    oxc_flow *own, *other;

    own = oxc_flow_of(tcp, flows);
    if (!oxc_tcp_is_analysed(tcp)) {
        own->begun = size;
        return;
    }
    other = &flows[own == flows ? 1 : 0];
    own->next_seq = numbers->nextseq;
    own->first_seq = own->next_seq - size;
    other->first_seq = other->next_seq = numbers->lastack;
    own->raw = other->raw = true;
}

static void settle_flow(oxc_flow *flow, uint32_t base)
{
    if (!flow->raw)
        return;
    flow->first_seq -= base;
    flow->next_seq -= base;
    flow->raw = false;
    flow->known = true;
}

void oxc_flow_settle(const struct tcp_analysis *tcp, oxc_flow flows[2],
                     const struct tcpinfo *segment)
{
    const tcp_analyze_seq_flow_info_t *numbers = oxc_tcp_numbers(tcp);
    oxc_flow *own = oxc_flow_of(tcp, flows);
    oxc_flow *other = &flows[own == flows ? 1 : 0];

    /* Without Wireshark's analysis of TCP the other side says up to where the first one went. */
    if (!other->known && other->begun != 0) {
        other->next_seq = segment->lastackseq;
        other->first_seq = other->next_seq - other->begun;
        other->known = true;
    }
    if (!numbers || (!own->raw && !other->raw))
        return;
    settle_flow(own, numbers->nextseq - segment->nxtseq);
    settle_flow(other, numbers->lastack - segment->lastackseq);
}

static oxc_segment_kind kind_of(const oxc_flow *flow, const packet_info *pinfo,
                                const struct tcpinfo *segment)
{
    if (!flow->known)
        return flow->begun != 0 && segment->nxtseq - segment->seq == flow->begun
                   ? OXC_SEGMENT_REPEATED
                   : OXC_SEGMENT_NEXT;
    /* What waits for the end of the connection comes once more, with the FIN. */
    if (flow->pending && (segment->flags & OXC_TCP_FIN) &&
        !oxc_seq_is_later(segment->nxtseq, flow->next_seq + 1))
        return OXC_SEGMENT_NEXT;
    if (flow->frame == pinfo->num)
        return flow->repeated ? OXC_SEGMENT_REPEATED : OXC_SEGMENT_NEXT;
    /* What is older than the last gap may fill it. */
    if (!oxc_seq_is_later(segment->nxtseq, flow->next_seq))
        return oxc_seq_is_later(flow->first_seq, segment->seq) ? OXC_SEGMENT_NEXT
                                                               : OXC_SEGMENT_REPEATED;
    if (segment->is_reassembled || segment->seq == flow->next_seq)
        return OXC_SEGMENT_NEXT;
    return oxc_seq_is_later(segment->seq, flow->next_seq) ? OXC_SEGMENT_AFTER_GAP
                                                          : OXC_SEGMENT_OVERLAPS;
}

oxc_segment_kind oxc_flow_add(const struct tcp_analysis *tcp, oxc_flow flows[2],
                              const packet_info *pinfo, const struct tcpinfo *segment)
{
    const tcp_analyze_seq_flow_info_t *numbers = oxc_tcp_numbers(tcp);
    oxc_flow *flow = oxc_flow_of(tcp, flows);
    oxc_segment_kind kind = kind_of(flow, pinfo, segment);

    if (!flow->known && kind == OXC_SEGMENT_NEXT)
        flow->first_seq = segment->seq - flow->begun;
    else if (!flow->known || kind == OXC_SEGMENT_AFTER_GAP)
        flow->first_seq = segment->seq;
    if (!flow->known || oxc_seq_is_later(segment->nxtseq, flow->next_seq))
        flow->next_seq = segment->nxtseq;
    flow->tcp_next = numbers ? numbers->nextseq : 0;
    flow->known = true;
    flow->repeated = kind == OXC_SEGMENT_REPEATED;
    flow->frame = pinfo->num;
    return kind;
}

oxc_segment_kind oxc_flow_take(const struct tcp_analysis *tcp, oxc_flow flows[2],
                               packet_info *pinfo, const struct tcpinfo *segment)
{
    oxc_segment_kind kind;

    /* A frame may hold segments of several connections, in a tunnel. */
    if (PINFO_FD_VISITED(pinfo))
        return p_get_proto_data(wmem_file_scope(), pinfo, oxc_connection_protocol(), tcp->stream)
                   ? OXC_SEGMENT_REPEATED
                   : OXC_SEGMENT_NEXT;
    kind = oxc_flow_add(tcp, flows, pinfo, segment);
    if (kind == OXC_SEGMENT_REPEATED)
        p_add_proto_data(wmem_file_scope(), pinfo, oxc_connection_protocol(), tcp->stream,
                         GINT_TO_POINTER(1));
    return kind;
}

bool oxc_tcp_is_analysed(const struct tcp_analysis *tcp)
{
    const tcp_analyze_seq_flow_info_t *numbers = oxc_tcp_numbers(tcp);

    return numbers && numbers->nextseq != 0;
}

/* Wireshark takes a segment for repeated that holds new bytes, too; or a PDU begins with so few
 * that nobody knows it for one; or a RST counts some that were lost. A FIN counts for one. The
 * numbers of this analysis are not relative where those of a segment are. */
bool oxc_flow_skip_unseen(const struct tcp_analysis *tcp, oxc_flow flows[2])
{
    const tcp_analyze_seq_flow_info_t *numbers = oxc_tcp_numbers(tcp);
    oxc_flow *flow = numbers ? oxc_flow_of(tcp, flows) : NULL;

    if (!flow || flow->frame == 0 || flow->pending ||
        !oxc_seq_is_later(numbers->nextseq, flow->tcp_next + 1))
        return false;
    flow->tcp_next = numbers->nextseq;
    return true;
}
