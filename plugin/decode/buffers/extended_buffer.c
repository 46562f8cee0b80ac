/* extended_buffer.c
 * The chain of RPC_HEADER_EXT blocks in rgbIn, rgbOut, rgbAuxIn and rgbAuxOut
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "extended_buffer.h"

#include <string.h>

#include "reader.h"

static void read_header(const oxc_ext_chain *chain, oxc_ext_header *header)
{
    const uint8_t *data = chain->data + chain->offset;

    *header = (oxc_ext_header){
        .offset = (uint32_t)chain->offset,
        .version = (uint16_t)oxc_little_endian(data, 2),
        .flags = (uint16_t)oxc_little_endian(data + 2, 2),
        .size = (uint16_t)oxc_little_endian(data + 4, 2),
        .size_actual = (uint16_t)oxc_little_endian(data + 6, 2),
    };
}

static oxc_ext_result check_header(const oxc_ext_chain *chain, const oxc_ext_header *header)
{
    if (header->version != 0)
        return OXC_EXT_VERSION;
    if (header->size > chain->reported - chain->offset - OXC_EXT_HEADER_SIZE)
        return OXC_EXT_SIZE;
    if (!(header->flags & OXC_EXT_COMPRESSED) && header->size_actual != header->size)
        return OXC_EXT_ACTUAL;
    return OXC_EXT_HEADER;
}

oxc_ext_result oxc_ext_next(oxc_ext_chain *chain, oxc_ext_header *header)
{
    oxc_ext_result result;

    if (chain->last || chain->reported == 0)
        return OXC_EXT_END;
    if (chain->offset == chain->reported)
        return OXC_EXT_NOT_LAST;
    if (chain->reported - chain->offset < OXC_EXT_HEADER_SIZE)
        return OXC_EXT_SHORT;
    if (chain->count == OXC_EXT_PAYLOADS_MAX)
        return OXC_EXT_TOO_MANY;
    if (chain->captured < chain->offset + OXC_EXT_HEADER_SIZE)
        return OXC_EXT_CUT;
    read_header(chain, header);
    result = check_header(chain, header);
    if (result == OXC_EXT_HEADER) {
        chain->offset += OXC_EXT_HEADER_SIZE + (size_t)header->size;
        chain->count++;
        chain->last = header->flags & OXC_EXT_LAST;
    }
    return result;
}

void oxc_ext_unmask(const uint8_t *in, uint8_t *out, size_t size)
{
    uint64_t word;
    size_t i = 0;

    for (; size - i >= sizeof word; i += sizeof word) {
        memcpy(&word, in + i, sizeof word);
        word ^= UINT64_C(0xA5A5A5A5A5A5A5A5);
        memcpy(out + i, &word, sizeof word);
    }
    for (; i < size; i++)
        out[i] = in[i] ^ 0xA5;
}
