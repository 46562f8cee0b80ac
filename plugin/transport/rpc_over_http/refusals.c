/* refusals.c
 * The channels that an RPC proxy refused to open
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "refusals.h"

#include <epan/strutil.h>

enum { MOST_PHRASE = 80, STATUS_UNAUTHORIZED = 401 };

static wmem_tree_t *by_frame;
static wmem_map_t *accepted;  /* clients -> the last frame that let them in */
static wmem_list_t *refusals; /* of oxc_refusal; made with the first */

static void forget(void)
{
    refusals = NULL;
}

void oxc_refusals_register(void)
{
    by_frame = wmem_tree_new_autoreset(wmem_epan_scope(), wmem_file_scope());
    accepted =
        wmem_map_new_autoreset(wmem_epan_scope(), wmem_file_scope(), g_direct_hash, g_direct_equal);
    register_cleanup_routine(forget);
}

/* A client, and the server that it asks for. */
static gpointer client_of(const oxc_channel *channel)
{
    return GUINT_TO_POINTER(oxc_client_by_address(&channel->client.host, channel->server) + 1);
}

static oxc_refusal *add_refusal(oxc_channel *channel, const oxc_http_head *head)
{
    oxc_refusal *refusal = wmem_new0(wmem_file_scope(), oxc_refusal);

    refusal->status = head->status;
    refusal->phrase =
        format_text(wmem_file_scope(), OXC_TEXT_TO_FORMAT(head->phrase_size ? head->phrase : ""),
                    MIN(head->phrase_size, MOST_PHRASE));
    refusal->in = channel->in;
    refusal->server = channel->server;
    refusal->channel = channel;
    if (!refusals)
        refusals = wmem_list_new(wmem_file_scope());
    wmem_list_append(refusals, refusal);
    return refusal;
}

void oxc_refusal_note(oxc_channel *channel, const oxc_http_head *head, const packet_info *pinfo,
                      bool shown)
{
    oxc_refusal *refusal = channel->refusal;

    if (oxc_http_opens_channel(head))
        wmem_map_insert(accepted, client_of(channel), GUINT_TO_POINTER(pinfo->num));
    if (head->status < 300)
        return;
    if (!refusal)
        refusal = channel->refusal = add_refusal(channel, head);
    if (refusal->frame == 0 || shown)
        refusal->frame = pinfo->num;
    if (shown)
        wmem_tree_insert32(by_frame, pinfo->num, refusal);
}

static bool counts(const oxc_refusal *refusal)
{
    return refusal->status != STATUS_UNAUTHORIZED ||
           GPOINTER_TO_UINT(wmem_map_lookup(accepted, client_of(refusal->channel))) <=
               refusal->frame;
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
