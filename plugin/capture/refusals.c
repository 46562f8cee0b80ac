/* refusals.c
 * What RPC proxies let their clients do: whether there are channels, and those that were refused
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "refusals.h"

enum { STATUS_UNAUTHORIZED = 401 };

static wmem_tree_t *by_frame;
static wmem_map_t *accepted;  /* clients -> the last frame that let them in */
static wmem_list_t *refusals; /* of oxc_refusal; made with the first */
static bool channels_seen;
static bool http2_seen;

void oxc_channels_note(void)
{
    channels_seen = true;
}

bool oxc_channels_seen(void)
{
    return channels_seen;
}

void oxc_http2_note(void)
{
    http2_seen = true;
}

bool oxc_http2_seen(void)
{
    return http2_seen;
}

void oxc_refusals_end_file(void)
{
    refusals = NULL;
    channels_seen = false;
    http2_seen = false;
}

void oxc_refusals_register(void)
{
    by_frame = wmem_tree_new_autoreset(wmem_epan_scope(), wmem_file_scope());
    accepted =
        wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), g_direct_hash, g_direct_equal);
}

static gpointer key_of(uint32_t client)
{
    return GUINT_TO_POINTER(client + 1);
}

void oxc_refusal_let_in(uint32_t client, uint32_t frame)
{
    wmem_map_insert(accepted, key_of(client), GUINT_TO_POINTER(frame));
}

oxc_refusal *oxc_refusal_add(const oxc_refusal *what)
{
    oxc_refusal *refusal = (oxc_refusal *)wmem_memdup(wmem_file_scope(), what, sizeof *what);

    if (!refusals)
        refusals = wmem_list_new(wmem_file_scope());
    wmem_list_append(refusals, refusal);
    return refusal;
}

void oxc_refusal_show_in(oxc_refusal *refusal, uint32_t frame)
{
    refusal->frame = frame;
    wmem_tree_insert32(by_frame, frame, refusal);
}

static bool counts(const oxc_refusal *refusal)
{
    return refusal->status != STATUS_UNAUTHORIZED ||
           GPOINTER_TO_UINT(wmem_map_lookup(accepted, key_of(*refusal->client))) <= refusal->frame;
}

const oxc_refusal *oxc_refusal_in(const packet_info *pinfo)
{
    const oxc_refusal *refusal = (const oxc_refusal *)wmem_tree_lookup32(by_frame, pinfo->num);

    if (!refusal || (refusal->status == STATUS_UNAUTHORIZED && !PINFO_FD_VISITED(pinfo)))
        return NULL;
    return counts(refusal) ? refusal : NULL;
}

char *oxc_refusal_text(wmem_allocator_t *scope, const oxc_refusal *refusal)
{
    return wmem_strdup_printf(scope, "%s to %s with %u %s",
                              refusal->in ? "RPC_IN_DATA" : "RPC_OUT_DATA", refusal->server,
                              refusal->status, refusal->phrase);
}

size_t oxc_refusal_count(void)
{
    size_t count = 0;

    for (wmem_list_frame_t *at = refusals ? wmem_list_head(refusals) : NULL; at;
         at = wmem_list_frame_next(at))
        count += counts((const oxc_refusal *)wmem_list_frame_data(at));
    return count;
}

const oxc_refusal *oxc_refusal_at(size_t number)
{
    for (wmem_list_frame_t *at = refusals ? wmem_list_head(refusals) : NULL; at;
         at = wmem_list_frame_next(at)) {
        const oxc_refusal *refusal = (const oxc_refusal *)wmem_list_frame_data(at);

        if (counts(refusal) && number-- == 0)
            return refusal;
    }
    return NULL;
}
