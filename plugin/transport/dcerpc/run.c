/* run.c
 * The PDUs that one call of Wireshark's dissector walks over
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "run.h"

/* [MS-RPCE] 2.2.1.1.8 */
enum { AUTHN_LEVEL_PKT_PRIVACY = 6 };

static void begin(oxc_run *run, packet_info *pinfo, proto_tree *tree)
{
    run->pinfo = pinfo;
    run->tree = tree;
    run->pdus = run->few;
    run->count = run->next = 0;
    run->capacity = OXC_RUN_FEW;
    run->cut = false;
}

static oxc_rpc_pdu *add_pdu(oxc_run *run)
{
    if (run->count == run->capacity) {
        oxc_rpc_pdu *more =
            wmem_alloc_array(run->pinfo->pool, oxc_rpc_pdu, (size_t)run->capacity * 2);

        memcpy(more, run->pdus, run->count * sizeof *more);
        run->pdus = more;
        run->capacity *= 2;
    }
    return &run->pdus[run->count++];
}

/* Whether the stub is sealed, or may be: nobody knows if the capture cut the trailer that says so.
 */
static bool is_sealed(const oxc_rpc_pdu *pdu, const uint8_t *bytes, int captured)
{
    int trailer = pdu->length - pdu->auth_length - OXC_PDU_SECURITY_TRAILER_SIZE;

    if (pdu->auth_length == 0 || trailer < OXC_PDU_HEADER_SIZE)
        return false;
    if (trailer + OXC_PDU_SECURITY_TRAILER_SIZE > captured)
        return !pdu->whole;
    return bytes[trailer + 1] == AUTHN_LEVEL_PKT_PRIVACY;
}

/* Reads a header that looks like one.
 * @param captured  bytes from there on */
static void read_pdu(oxc_run *run, const uint8_t *bytes, int length, int captured, int offset)
{
    const unsigned encoding = oxc_pdu_is_little_endian(bytes) ? ENC_LITTLE_ENDIAN : ENC_BIG_ENDIAN;
    const uint32_t call_id = oxc_pdu_uint32(bytes, 12);
    const uint16_t auth_length = oxc_pdu_uint16(bytes, 10);
    const bool headed = MIN(length, captured) >= OXC_PDU_CALL_HEADER_SIZE;
    oxc_rpc_pdu *pdu = add_pdu(run);

    *pdu = (oxc_rpc_pdu){
        .offset = offset,
        .length = length,
        .encoding = encoding,
        .call_id = call_id,
        .auth_length = auth_length,
        .type = bytes[2],
        .flags = bytes[3],
        .whole = length <= captured,
        .headed = headed,
    };
    if (!headed)
        return;
    pdu->group_id = oxc_pdu_uint32(bytes, 20);
    pdu->context_id = oxc_pdu_uint16(bytes, 20);
    pdu->opnum = oxc_pdu_uint16(bytes, 22);
    pdu->sealed = oxc_pdu_is_call(pdu) && is_sealed(pdu, bytes, captured);
}

bool oxc_run_read(oxc_run *run, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    int end = (int)tvb_captured_length(tvb), reported, offset = 0;
    const uint8_t *bytes = end >= OXC_PDU_HEADER_SIZE ? tvb_get_ptr(tvb, 0, end) : NULL;

    if (!bytes || !oxc_pdu_is_header(bytes))
        return false;
    reported = (int)tvb_reported_length(tvb);
    begin(run, pinfo, tree);
    run->tvb = tvb;
    do {
        int length = oxc_pdu_length(bytes + offset);

        if (length < OXC_PDU_HEADER_SIZE)
            break;
        if (offset == 0 || oxc_pdu_is_header(bytes + offset))
            read_pdu(run, bytes + offset, length, end - offset, offset);
        offset += length;
    } while (end - offset >= OXC_PDU_HEADER_SIZE);
    run->cut = end < reported && offset < reported;
    return true;
}

int oxc_run_read_whole(oxc_run *run, tvbuff_t *tvb, int offset, packet_info *pinfo,
                       proto_tree *tree)
{
    int captured = tvb_captured_length_remaining(tvb, offset), end = 0;
    int reported = tvb_reported_length_remaining(tvb, offset);
    const uint8_t *bytes = tvb_get_ptr(tvb, offset, captured);

    begin(run, pinfo, tree);
    while (captured - end >= OXC_PDU_HEADER_SIZE && oxc_pdu_is_header(bytes + end)) {
        int length = oxc_pdu_length(bytes + end);

        if (length > reported - end)
            break;
        read_pdu(run, bytes + end, length, captured - end, end);
        end += length;
    }
    if (end > 0)
        run->tvb = end == reported && offset == 0 ? tvb : tvb_new_subset_length(tvb, offset, end);
    return offset + end;
}
