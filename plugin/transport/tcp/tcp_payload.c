/* tcp_payload.c
 * Finds what a frame carries over TCP, once it has been dissected
 *
 * A postdissector gets the frame, and not where the layers in it are.
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tcp_payload.h"

#include <string.h>

/* [RFC791] 3.1, [RFC8200] 3, [RFC9293] 3.1 */
enum {
    IPV4_LEAST = 20,
    IPV4_MOST = 60,
    IPV6_SIZE = 40,
    TCP_LEAST = 20,
    TCP_DATA_OFFSET = 12,
    PROTOCOL_TCP = 6,
};

/* How far from its start a frame is searched for the header of TCP, and where that mostly is:
 * behind Ethernet and IPv4. */
enum { MOST_HEADERS = 512, USUAL_OFFSET = 34 };

static int read16(const uint8_t *bytes)
{
    return bytes[0] << 8 | bytes[1];
}

/* Where the IPv4 packet ends whose header ends at @p offset, or 0 if there is none. */
static int end_of_ipv4(const uint8_t *frame, int offset)
{
    for (int size = IPV4_LEAST; size <= IPV4_MOST && size <= offset; size += 4) {
        const uint8_t *header = frame + offset - size;
        int total = read16(header + 2);

        if (header[0] == (0x40 | size / 4) && header[9] == PROTOCOL_TCP &&
            total >= size + TCP_LEAST)
            return offset - size + total;
    }
    return 0;
}

/* The same for IPv6. */
static int end_of_ipv6(const uint8_t *frame, int offset)
{
    const uint8_t *header = frame + offset - IPV6_SIZE;

    if (offset < IPV6_SIZE || header[0] >> 4 != 6 || header[6] != PROTOCOL_TCP ||
        read16(header + 4) < TCP_LEAST)
        return 0;
    return offset + read16(header + 4);
}

/* The segment of a packet whose header is at @p offset of a frame. */
typedef struct {
    int start, end; /* of its payload */
} segment;

/* Whether a segment with IP in front of it begins at an offset where the ports are right. */
static bool read_segment(const uint8_t *frame, int offset, segment *found)
{
    int end = end_of_ipv4(frame, offset);

    if (end == 0)
        end = end_of_ipv6(frame, offset);
    if (end == 0)
        return false;
    found->start = offset + 4 * (frame[offset + TCP_DATA_OFFSET] >> 4);
    found->end = end;
    return true;
}

/* Finds the segment that has the ports of the packet, and IP in front of it; of several the last is
 * the innermost. This is done for most frames of HTTP: it is tried where it mostly is, and after
 * that the low byte of the higher port, which is seldom 0, leads to others.
 * @param size  bytes of the frame that were captured */
static bool find_segment(const packet_info *pinfo, const uint8_t *frame, int size, segment *found)
{
    const uint8_t ports[] = {(uint8_t)(pinfo->srcport >> 8), (uint8_t)pinfo->srcport,
                             (uint8_t)(pinfo->destport >> 8), (uint8_t)pinfo->destport};
    size_t rare = pinfo->srcport >= pinfo->destport ? 1 : 3;
    int offset = IPV4_LEAST, last = MIN(MOST_HEADERS, size - TCP_LEAST);
    bool is_found = false;

    if (USUAL_OFFSET <= last && memcmp(frame + USUAL_OFFSET, ports, sizeof ports) == 0 &&
        read_segment(frame, USUAL_OFFSET, found)) {
        is_found = true;
        offset = USUAL_OFFSET + TCP_LEAST;
    }
    for (; offset <= last; offset++) {
        const uint8_t *hit = (const uint8_t *)memchr(frame + offset + rare, ports[rare],
                                                     (size_t)(last - offset) + 1);

        if (!hit)
            break;
        offset = (int)(hit - rare - frame);
        if (memcmp(frame + offset, ports, sizeof ports) != 0 || !read_segment(frame, offset, found))
            continue;
        is_found = true;
        offset += TCP_LEAST;
    }
    return is_found && found->start <= found->end;
}

oxc_tcp_bytes oxc_tcp_payload_bytes(tvbuff_t *frame, const packet_info *pinfo)
{
    int size = (int)tvb_captured_length(frame);
    oxc_tcp_bytes payload = {.size = size};
    segment found;

    if (size > 0)
        payload.bytes = tvb_get_ptr(frame, 0, size);
    if (size == 0 || !find_segment(pinfo, payload.bytes, size, &found)) {
        payload.reported = (int)tvb_reported_length(frame);
        return payload;
    }
    payload.found = true;
    payload.offset = MIN(found.start, size);
    payload.bytes += payload.offset;
    payload.size = MIN(found.end, size) - payload.offset;
    payload.reported = found.end - payload.offset;
    return payload;
}

tvbuff_t *oxc_tcp_payload(tvbuff_t *frame, const packet_info *pinfo)
{
    oxc_tcp_bytes payload = oxc_tcp_payload_bytes(frame, pinfo);

    if (!payload.found)
        return frame;
    return tvb_new_subset_length_caplen(frame, payload.offset, payload.size, payload.reported);
}

bool oxc_tcp_payload_is_cut(const packet_info *pinfo)
{
    oxc_tcp_bytes payload;

    if (pinfo->fd->cap_len >= pinfo->fd->pkt_len)
        return false;
    if (!pinfo->data_src)
        return true;
    /* The first of the packet's data sources is the frame. */
    payload = oxc_tcp_payload_bytes(
        get_data_source_tvb((struct data_source *)pinfo->data_src->data), pinfo);
    return payload.size < payload.reported;
}
