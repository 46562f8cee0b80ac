/* mapi_columns.c
 * Shares the columns between HTTP and MAPI over HTTP
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "mapi_columns.h"

#include <epan/exceptions.h>
#include <epan/show_exception.h>

#include "transport/http/hooks.h"

static bool is_column_ours(const packet_info *pinfo)
{
    const char *text = col_get_text(pinfo->cinfo, COL_PROTOCOL);

    return text && strcmp(text, "MAPI/HTTP") == 0;
}

/* Where HTTP is not to leave its own, in a head of ours. */
static void restore_info(packet_info *pinfo, const char *before)
{
    col_clear_fence(pinfo->cinfo, COL_INFO);
    col_add_str(pinfo->cinfo, COL_INFO, before);
    col_set_fence(pinfo->cinfo, COL_INFO);
}

static void separate_info(packet_info *pinfo)
{
    col_append_str(pinfo->cinfo, COL_INFO, "; ");
    col_set_fence(pinfo->cinfo, COL_INFO);
}

void oxc_mapi_set_columns(packet_info *pinfo, const char *text)
{
    if (is_column_ours(pinfo)) {
        col_clear(pinfo->cinfo, COL_INFO);
        separate_info(pinfo);
    } else {
        col_set_str(pinfo->cinfo, COL_PROTOCOL, "MAPI/HTTP");
        col_clear_fence(pinfo->cinfo, COL_INFO);
        col_clear(pinfo->cinfo, COL_INFO);
    }
    col_append_str(pinfo->cinfo, COL_INFO, text);
}

void oxc_mapi_call_http(const oxc_mapi_connection *connection, const oxc_part *part, tvbuff_t *tvb,
                        packet_info *pinfo, proto_tree *tree, void *data)
{
    if (part->may_ask)
        oxc_http_call_rest(connection->tls, tvb, part->offset, pinfo, tree, data);
    else
        oxc_http_call(connection->tls, tvb_new_subset_length(tvb, part->offset, part->size), pinfo,
                      tree, data, false);
}

/* What goes wrong in HTTP's part of the frame is no reason to lose ours. */
static void try_http(const oxc_mapi_connection *connection, const oxc_part *part, tvbuff_t *tvb,
                     packet_info *pinfo, proto_tree *tree, void *data)
{
    TRY
    {
        oxc_mapi_call_http(connection, part, tvb, pinfo, tree, data);
    }
    CATCH_NONFATAL_ERRORS
    {
        show_exception(tvb, pinfo, tree, EXCEPT_CODE, GET_MESSAGE);
    }
    ENDTRY;
}

void oxc_mapi_show_http(const oxc_mapi_connection *connection, const oxc_part *part, tvbuff_t *tvb,
                        packet_info *pinfo, proto_tree *tree, void *data)
{
    bool after_ours = is_column_ours(pinfo);
    char *before =
        part->own ? wmem_strdup(pinfo->pool, col_get_text(pinfo->cinfo, COL_INFO)) : NULL;

    if (after_ours && !part->own)
        separate_info(pinfo);
    try_http(connection, part, tvb, pinfo, tree, data);
    if (before)
        restore_info(pinfo, before);
    if (after_ours)
        col_set_str(pinfo->cinfo, COL_PROTOCOL, "MAPI/HTTP");
}
