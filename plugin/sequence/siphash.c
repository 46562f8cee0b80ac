/* siphash.c
 * SipHash: a hash with a key, for tables whose keys come from strangers
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "siphash.h"

static uint64_t little_endian(const uint8_t *bytes, size_t count)
{
    uint64_t word = 0;

    for (size_t i = 0; i < count; i++)
        word |= (uint64_t)bytes[i] << (8 * i);
    return word;
}

uint64_t oxc_siphash(const uint64_t key[2], unsigned take, unsigned end, const void *bytes,
                     size_t length)
{
    const uint8_t *at = (const uint8_t *)bytes;
    oxc_sip sip = oxc_sip_begin(key[0], key[1]);
    size_t left = length;

    for (; left >= 8; left -= 8, at += 8)
        oxc_sip_take(&sip, little_endian(at, 8), take);
    oxc_sip_take(&sip, little_endian(at, left) | (uint64_t)length << 56, take);
    return oxc_sip_end(&sip, end);
}
