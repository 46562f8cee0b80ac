/* rpch_head.c
 * What the head of an RPC over HTTP message says
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rpch_head.h"

static bool text_is(oxc_span text, const char *wanted)
{
    return text.size == strlen(wanted) && memcmp(text.text, wanted, text.size) == 0;
}

oxc_rpch_method oxc_rpch_method_of(oxc_span method)
{
    return text_is(method, "RPC_IN_DATA")    ? OXC_RPCH_IN_DATA
           : text_is(method, "RPC_OUT_DATA") ? OXC_RPCH_OUT_DATA
                                             : OXC_RPCH_OTHER;
}

/* Content-Type, the last one if there are several. */
static bool is_of_rpc(const oxc_http_head *head)
{
    oxc_span lines = head->fields;
    oxc_field field;
    bool rpc = false;

    while (oxc_field_next(&lines, &field)) {
        if (oxc_span_is(field.name, "Content-Type"))
            rpc = oxc_span_begins(field.value, "application/rpc");
    }
    return rpc;
}

bool oxc_rpch_opens_channel(const oxc_http_head *head)
{
    bool endless = head->chunked || (head->has_length && head->length >= OXC_RPCH_CHANNEL_LENGTH);

    if (!head->start.response)
        return endless && oxc_rpch_method_of(head->start.method) != OXC_RPCH_OTHER;
    return head->start.status == 200 && (endless || !head->has_length) && is_of_rpc(head);
}

oxc_span oxc_rpch_server_of_target(oxc_span target, uint16_t *port)
{
    oxc_span query = target, server;
    uint64_t number;
    size_t colon;

    *port = 0;
    oxc_span_take(&query, '?');
    server = oxc_span_take(&query, '&');
    for (colon = server.size; colon > 0 && server.text[colon - 1] != ':'; colon--)
        ;
    if (colon > 0 &&
        oxc_span_number((oxc_span){server.text + colon, server.size - colon}, 10, &number) &&
        number <= UINT16_MAX)
        *port = (uint16_t)number;
    return server;
}
