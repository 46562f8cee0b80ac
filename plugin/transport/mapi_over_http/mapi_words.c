/* mapi_words.c
 * Words for the messages of MAPI over HTTP, for the Info column
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "mapi_words.h"

#include "decode/methods/status.h"

const value_string oxc_mapi_response_codes[] = {
    {0, "Success"},
    {1, "Unknown Failure"},
    {2, "Invalid Verb"},
    {3, "Invalid Path"},
    {4, "Invalid Header"},
    {5, "Invalid Request Type"},
    {6, "Invalid Context Cookie"},
    {7, "Missing Header"},
    {8, "Anonymous Not Allowed"},
    {9, "Too Large"},
    {10, "Context Not Found"},
    {11, "No Privilege"},
    {12, "Invalid Request Body"},
    {13, "Missing Cookie"},
    {14, "Reserved"},
    {15, "Invalid Sequence"},
    {16, "Endpoint Disabled"},
    {17, "Invalid Response"},
    {18, "Endpoint Shutting Down"},
    {0, NULL},
};

/* What Gromox means by these numbers. */
static const value_string gromox_code_vals[] = {
    {1, "invalid verb"},         {2, "invalid context cookie"},
    {3, "missing header"},       {4, "no privilege"},
    {5, "invalid request body"}, {6, "missing cookie"},
    {7, "invalid sequence"},     {8, "invalid request type"},
    {9, "out of memory"},        {0, NULL},
};

const char *oxc_mapi_gromox_meaning(const oxc_mapi_call *call, uint32_t code)
{
    return call->product == OXC_HTTP_PRODUCT_GROMOX && code != 0
               ? try_val_to_str(code, gromox_code_vals)
               : NULL;
}

static void add_tag(oxc_text *text, const oxc_mapi_row *row, unsigned piece, oxc_meta_tag tag,
                    bool *any)
{
    if (!(row->pieces & piece))
        return;
    oxc_text_add(text, *any ? ", " : " ");
    oxc_text_add(text, oxc_meta_tag_name(tag));
    *any = true;
}

/* " PENDING after 30.004 s" */
static void describe_progress(oxc_text *text, const oxc_mapi_row *row)
{
    bool any = false;

    add_tag(text, row, OXC_HTTP_PIECE_PROCESSING, OXC_TAG_PROCESSING, &any);
    add_tag(text, row, OXC_HTTP_PIECE_PENDING, OXC_TAG_PENDING, &any);
    add_tag(text, row, OXC_HTTP_PIECE_DONE, OXC_TAG_DONE, &any);
    if (!any)
        oxc_text_add(text, row->head ? " response begins" : " response continues");
    else if (row->call->request_frame != 0 && !row->head) {
        nstime_t time = oxc_mapi_since_request(row);

        oxc_text_add(text, " after ");
        oxc_text_add_seconds(text, (int64_t)time.secs * 1000000000 + time.nsecs);
        oxc_text_add(text, " s");
    }
}

static void describe_status(oxc_text *text, uint32_t status)
{
    const char *name = oxc_status_name(status);

    oxc_text_add(text, ", ");
    if (name) {
        oxc_text_add(text, name);
        oxc_text_add(text, " (");
    }
    oxc_text_add_hex(text, status, 8);
    if (name)
        oxc_text_add(text, ")");
}

static void describe_code(oxc_text *text, const oxc_mapi_row *row)
{
    const char *meaning = oxc_mapi_gromox_meaning(row->call, row->call->code);

    oxc_text_add(text, ", ");
    oxc_text_add(text, meaning ? meaning
                               : val_to_str_const(row->call->code, oxc_mapi_response_codes,
                                                  "X-ResponseCode"));
    oxc_text_add(text, " (");
    oxc_text_add_number(text, row->call->code);
    oxc_text_add(text, ")");
}

/* What a finished response says that is not success. How a wait ended says the analysis. */
static void describe_failure(oxc_text *text, const oxc_mapi_row *row)
{
    const oxc_http_event *facts = &row->facts;

    if (row->end == OXC_STREAM_LOST)
        oxc_text_add(text, ", bytes are missing");
    else if (row->call->status != 200) {
        oxc_text_add(text, ", HTTP ");
        oxc_text_add_number(text, row->call->status);
    } else if (row->call->has_code && row->call->code != 0)
        describe_code(text, row);
    else if (facts->has_status_code && facts->status_code != 0)
        describe_status(text, facts->status_code);
    else if (facts->has_error_code && facts->error_code != 0 &&
             row->call->type != OXC_HTTP_TYPE_NOTIFICATION_WAIT)
        describe_status(text, facts->error_code);
}

void oxc_mapi_describe(oxc_text *text, const oxc_mapi_row *row)
{
    oxc_text_add(text, row->call->name ? row->call->name : "MAPI over HTTP");
    if (row->row->to_client && row->ended) {
        oxc_text_add(text, " response");
        describe_failure(text, row);
    } else if (row->row->to_client) {
        describe_progress(text, row);
    } else {
        oxc_text_add(text, row->head    ? " request"
                           : row->ended ? " request, body"
                                        : " request continues");
        if (row->head && oxc_mapi_call_is_leg(row->call) && row->call->leg)
            oxc_text_add(text, ", authentication");
    }
}
