/* mapi_parts.c
 * What there is to show of the bytes of MAPI over HTTP that came with a frame
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "mapi_parts.h"

#include "capture/string_names.h"

static wmem_map_t *frames; /* number -> oxc_parts, a list */

bool oxc_mapi_call_is_leg(const oxc_mapi_call *call)
{
    return oxc_http_is_leg_status(call->status) || (call->leg && call->status != 200);
}

void oxc_mapi_parts_register(void)
{
    frames =
        wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), g_direct_hash, g_direct_equal);
}

/* Of the bytes at hand, enough to tell those of one frame from each other. */
static uint64_t digest_of(tvbuff_t *tvb, uint32_t size)
{
    oxc_hashing hashing;

    oxc_hashing_begin(&hashing);
    oxc_hashing_add(&hashing, tvb_get_ptr(tvb, 0, (int)size), size);
    return oxc_hashing_result(&hashing);
}

/* Bytes that are needed to show the parts: what HTTP asked to see again need not be there once more
 * on a later pass, when TCP knows what it belongs to. */
static uint32_t needed_for(const oxc_parts *parts)
{
    uint32_t needed = 0;

    for (uint32_t i = 0; i < parts->count; i++) {
        const oxc_part *part = &parts->parts[i];

        if (!part->may_ask && !part->kept)
            needed = MAX(needed, (uint32_t)part->offset + (uint32_t)part->size);
    }
    return needed;
}

static bool has_own_part(const oxc_parts *parts)
{
    for (uint32_t i = 0; i < parts->count; i++) {
        if (parts->parts[i].kind != OXC_PART_HTTP)
            return true;
    }
    return parts->count > 1;
}

oxc_parts *oxc_parts_copy(const oxc_parts *parts)
{
    oxc_parts *kept = (oxc_parts *)wmem_memdup(wmem_file_scope(), parts, sizeof *parts);

    kept->parts = (oxc_part *)wmem_memdup(wmem_file_scope(), parts->parts,
                                          parts->count * sizeof *parts->parts);
    for (uint32_t i = 0; i < kept->count; i++)
        kept->parts[i].message = NULL;
    return kept;
}

void oxc_parts_keep(const packet_info *pinfo, tvbuff_t *tvb, const oxc_parts *parts)
{
    gpointer key = GUINT_TO_POINTER(pinfo->num);
    oxc_parts *kept;

    if (!has_own_part(parts))
        return;
    kept = oxc_parts_copy(parts);
    kept->length = tvb_captured_length(tvb);
    kept->needed = needed_for(parts);
    kept->digested = MIN(kept->needed, (uint32_t)OXC_PARTS_DIGESTED);
    kept->digest = digest_of(tvb, kept->digested);
    kept->next = (oxc_parts *)wmem_map_lookup(frames, key);
    wmem_map_insert(frames, key, kept);
}

const oxc_parts *oxc_parts_find(const packet_info *pinfo, tvbuff_t *tvb)
{
    const oxc_parts *kept =
        (const oxc_parts *)wmem_map_lookup(frames, GUINT_TO_POINTER(pinfo->num));
    const oxc_parts *shorter = NULL;
    uint32_t length = tvb_captured_length(tvb);

    for (; kept; kept = kept->next) {
        if (kept->needed > length || digest_of(tvb, kept->digested) != kept->digest)
            continue;
        if (kept->length == length)
            return kept;
        shorter = kept;
    }
    return shorter;
}
