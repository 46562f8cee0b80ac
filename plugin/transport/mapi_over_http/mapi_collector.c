/* mapi_collector.c
 * Collects the parts of the bytes at hand
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "mapi_collector.h"

#include "capture/frame.h"

oxc_mapi_call oxc_mapi_foreign;

int oxc_mapi_offset_of(const oxc_mapi_collector *of, uint64_t position)
{
    return (int)((int64_t)position - of->base);
}

oxc_part *oxc_mapi_part_at(const oxc_mapi_collector *of, int index)
{
    return (oxc_part *)wmem_array_index(of->parts, (guint)index);
}

oxc_part *oxc_mapi_last_part(const oxc_mapi_collector *of)
{
    guint count = wmem_array_get_count(of->parts);

    return count > 0 ? oxc_mapi_part_at(of, (int)count - 1) : NULL;
}

oxc_part *oxc_mapi_add_part(oxc_mapi_collector *of, oxc_part_kind kind, int offset, int end)
{
    oxc_part part = {.kind = (uint8_t)kind, .to_client = of->to_client};

    part.offset = MAX(offset, 0);
    part.size = MAX(end, part.offset) - part.offset;
    wmem_array_append_one(of->parts, part);
    return oxc_mapi_last_part(of);
}

oxc_part *oxc_mapi_add_http(oxc_mapi_collector *of, int offset, int end)
{
    bool any = !of->shown && end > MAX(offset, 0);

    return any ? oxc_mapi_add_part(of, OXC_PART_HTTP, offset, end) : NULL;
}

void oxc_mapi_add_head(oxc_mapi_collector *of, int offset, int end)
{
    oxc_part *part = oxc_mapi_add_http(of, offset, end);

    if (part)
        part->own = true;
}

void oxc_mapi_begin_row(oxc_mapi_collector *of, oxc_mapi_message *message, int offset)
{
    oxc_part *part;

    if (of->row >= 0)
        return;
    part = oxc_mapi_add_part(of, OXC_PART_ROW, offset, of->length);
    part->call = message->call;
    part->message = message;
    part->ordinal = oxc_frame_next_ordinal(of->pinfo);
    of->row = (int)wmem_array_get_count(of->parts) - 1;
    of->region = -1;
}
