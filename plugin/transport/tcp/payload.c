/* payload.c
 * Finds what a frame carries over TCP, once it has been dissected
 *
 * A postdissector gets the frame, and not where the layers in it are.
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "payload.h"

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

/* How far from its start a frame is searched for the header of TCP. */
enum { MOST_HEADERS = 512 };

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

/* Finds the payload between the offsets @p *start and @p *end of the frame. Its segment has the
 * ports of the packet, and IP in front of it; of several the last is the innermost.
 * @param size  bytes of the frame that were captured */
static bool find_payload(const packet_info *pinfo, const uint8_t *frame, int size, int *start,
                         int *end)
{
    const uint8_t ports[] = {(uint8_t)(pinfo->srcport >> 8), (uint8_t)pinfo->srcport,
                             (uint8_t)(pinfo->destport >> 8), (uint8_t)pinfo->destport};
    bool found = false;

    for (int offset = IPV4_LEAST; offset <= MOST_HEADERS && offset + TCP_LEAST <= size; offset++) {
        int ip_end;

        if (frame[offset] != ports[0] || memcmp(frame + offset, ports, sizeof ports) != 0)
            continue;
        ip_end = end_of_ipv4(frame, offset);
        if (ip_end == 0)
            ip_end = end_of_ipv6(frame, offset);
        if (ip_end == 0)
            continue;
        *start = offset + 4 * (frame[offset + TCP_DATA_OFFSET] >> 4);
        *end = ip_end;
        found = *start <= *end;
        offset += TCP_LEAST;
    }
    return found;
}

tvbuff_t *oxc_tcp_payload(tvbuff_t *frame, const packet_info *pinfo)
{
    int size = (int)tvb_captured_length(frame), start, end;

    if (size == 0 || !find_payload(pinfo, tvb_get_ptr(frame, 0, size), size, &start, &end))
        return frame;
    start = MIN(start, size);
    return tvb_new_subset_length_caplen(frame, start, MIN(end, size) - start, end - start);
}

bool oxc_tcp_payload_is_cut(const packet_info *pinfo)
{
    tvbuff_t *payload;

    if (pinfo->fd->cap_len >= pinfo->fd->pkt_len)
        return false;
    if (!pinfo->data_src)
        return true;
    /* The first of the packet's data sources is the frame. */
    payload =
        oxc_tcp_payload(get_data_source_tvb((struct data_source *)pinfo->data_src->data), pinfo);
    return tvb_captured_length(payload) < tvb_reported_length(payload);
}
