/* mapi_tell.c
 * Tells the analysis what a message of MAPI over HTTP has in a frame
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "mapi_tell.h"

#include "capture/analysis.h"

static void send(oxc_mapi_row *row, oxc_http_event_type type)
{
    oxc_http_event *event = row->event;

    if (!event)
        return;
    event->type = type;
    event->frame = row->pinfo->num;
    event->ordinal = row->row->ordinal;
    event->time = oxc_arrival(row->pinfo);
    event->connection = row->connection->number;
    if (type == OXC_HTTP_RESPONSE_BEGIN)
        event->time = row->row->message->begun_time;
    oxc_tracker_http_event(oxc_analysis_tracker(), event);
}

void oxc_mapi_copy_facts(oxc_http_event *event, const oxc_http_event *facts)
{
    event->body = facts->body;
    event->has_flags = facts->has_flags;
    event->flags = facts->flags;
    event->has_status_code = facts->has_status_code;
    event->status_code = facts->status_code;
    event->has_error_code = facts->has_error_code;
    event->error_code = facts->error_code;
    event->has_event_pending = facts->has_event_pending;
    event->event_pending = facts->event_pending;
    event->registers = facts->registers;
    event->rops = facts->rops;
}

void oxc_mapi_tell_head(oxc_mapi_row *row)
{
    if (!row->row->to_client) {
        send(row, OXC_HTTP_REQUEST_HEAD);
        return;
    }
    if (row->call->number != OXC_NONE)
        send(row, OXC_HTTP_RESPONSE_BEGIN);
    send(row, OXC_HTTP_RESPONSE_HEAD);
}

void oxc_mapi_tell_rest(oxc_mapi_row *row)
{
    const oxc_mapi_message *message = row->row->message;

    if (!oxc_mapi_first_pass(row))
        return;
    row->event->pieces = row->pieces;
    if (row->row->to_client && (row->pieces != 0 || !row->head))
        send(row, OXC_HTTP_RESPONSE_PIECE);
    if (!row->ended || row->end == OXC_STREAM_LOST)
        return;
    if (row->facts.body == OXC_HTTP_BODY_NONE && message->body_total > 0)
        row->facts.body = OXC_HTTP_BODY_UNREADABLE;
    oxc_mapi_copy_facts(row->event, &row->facts);
    if (row->row->to_client) {
        send(row, OXC_HTTP_RESPONSE_END);
    } else {
        row->event->digest = oxc_hashing_result(&message->digest);
        row->event->body_size = message->body_total;
        send(row, OXC_HTTP_REQUEST_BODY);
    }
    row->event->rops = (oxc_rops){0};
}
