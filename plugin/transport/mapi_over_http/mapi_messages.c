/* mapi_messages.c
 * Begins the messages of MAPI over HTTP with their heads
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "mapi_messages.h"

#include "capture/analysis.h"
#include "decode/buffers/payload.h"

/* Of the value of X-RequestType so much is kept. */
enum { NAME_MAX_SIZE = 32 };

static oxc_mapi_message *message_new(oxc_mapi_collector *of, oxc_mapi_call *call,
                                     const oxc_http_head *head)
{
    oxc_mapi_message *message = g_new0(oxc_mapi_message, 1);

    message->call = call;
    message->position = head->position;
    message->head_size = head->bytes.size;
    oxc_hashing_begin(&message->digest);
    of->connection->messages[of->to_client] = message;
    return message;
}

/* The head of a message of ours is whole. */
static void begin_message(oxc_mapi_collector *of, oxc_mapi_message *message,
                          const oxc_http_head *head)
{
    int start = oxc_mapi_offset_of(of, head->position), end = start + (int)head->bytes.size;
    oxc_part *part;

    oxc_mapi_add_http(of, of->region, start);
    oxc_mapi_add_head(of, start, end);
    of->row = -1;
    oxc_mapi_begin_row(of, message, start);
    part = oxc_mapi_add_part(of, OXC_PART_HEAD, start, end);
    if (start < 0) {
        part->kept =
            (const uint8_t *)wmem_memdup(wmem_file_scope(), head->bytes.text, head->bytes.size);
        part->size = (int32_t)head->bytes.size;
    }
}

static void copy_cookies(oxc_mapi_message *message, const oxc_message_head *head)
{
    message->event.cookies = head->cookies;
    memcpy(message->others, head->others, sizeof message->others);
    message->event.cookies.others = message->others;
    if (head->cookies.context.value != OXC_HTTP_NO_NAME)
        oxc_name_keep(head->cookies.context.value, head->context.text, head->context.size);
}

/* What the events of a response say of its request, too. */
static void copy_call(oxc_http_event *event, const oxc_mapi_call *call)
{
    event->call = call->number;
    event->request_type = call->type;
    event->server = call->server;
    event->leg = call->leg;
    event->product = call->product;
}

static const char *keep_name(const oxc_message_head *head)
{
    const char *name = oxc_request_type_name(head->type);

    if (name || head->request_type.size == 0)
        return name;
    return wmem_strndup(wmem_file_scope(), head->request_type.text,
                        MIN(head->request_type.size, NAME_MAX_SIZE));
}

static bool is_leg(const oxc_http_head *head, oxc_http_request_type type)
{
    return head->has_length && head->length == 0 && !head->chunked &&
           (type == OXC_HTTP_TYPE_CONNECT || type == OXC_HTTP_TYPE_EXECUTE ||
            type == OXC_HTTP_TYPE_NOTIFICATION_WAIT);
}

static void fill_head(oxc_mapi_message *message, const oxc_message_head *head)
{
    oxc_http_event *event = &message->event;

    event->request_id = head->id;
    event->fields = head->fields;
    event->mapi_content = head->mapi_content;
    event->encoded = head->encoded;
    copy_cookies(message, head);
}

/* Names what the ROPs of a session rest on; 0 where the session is not known. */
static uint64_t session_of(oxc_http_name server, oxc_http_name context)
{
    const uint64_t names[] = {server, context};

    return server != OXC_HTTP_NO_NAME && context != OXC_HTTP_NO_NAME
               ? oxc_name_of((const char *)names, sizeof names)
               : 0;
}

void *oxc_mapi_take_request(void *user, const oxc_http_head *head)
{
    oxc_mapi_collector *of = (oxc_mapi_collector *)user;
    oxc_message_head fields;
    oxc_mapi_message *message;
    oxc_mapi_call *call;

    if (!oxc_is_endpoint_request(&head->start))
        return &oxc_mapi_foreign;
    oxc_message_head_read(head, &fields);
    call = oxc_mapi_call_new(true);
    call->request_frame = of->pinfo->num;
    call->request_time = oxc_arrival(of->pinfo);
    call->name = keep_name(&fields);
    call->host = oxc_mapi_host_text(fields.server, fields.host);
    call->server = fields.server;
    call->id = fields.id;
    call->session = session_of(fields.server, fields.cookies.context.value);
    call->type = fields.type;
    call->product = fields.product;
    call->leg = is_leg(head, fields.type);
    message = message_new(of, call, head);
    fill_head(message, &fields);
    copy_call(&message->event, call);
    begin_message(of, message, head);
    call->request_ordinal = oxc_mapi_part_at(of, of->row)->ordinal;
    return call;
}

void oxc_mapi_take_begin(void *user, void *request, uint64_t position)
{
    oxc_mapi_collector *of = (oxc_mapi_collector *)user;

    (void)request;
    (void)position;
    of->connection->begun_time = oxc_arrival(of->pinfo);
}

/* A response whose request is not in the capture. */
static oxc_mapi_call *call_of_lone_response(const oxc_message_head *head)
{
    oxc_mapi_call *call;

    if (!oxc_is_endpoint_response(head))
        return &oxc_mapi_foreign;
    call = oxc_mapi_call_new(false);
    call->name = keep_name(head);
    call->type = head->type;
    return call;
}

/* A session that begins or ends: what its ROPs said before counts no more. */
static void forget_rops(const oxc_mapi_call *call, const oxc_message_head *head)
{
    uint64_t set = session_of(call->server, head->cookies.context.value);

    if (call->type != OXC_HTTP_TYPE_CONNECT && call->type != OXC_HTTP_TYPE_DISCONNECT)
        return;
    if (call->session != 0)
        oxc_rops_forget(call->session);
    if (set != 0 && set != call->session)
        oxc_rops_forget(set);
}

static void fill_response(oxc_mapi_message *message, oxc_mapi_call *call,
                          const oxc_message_head *head, unsigned status)
{
    oxc_http_event *event = &message->event;

    fill_head(message, head);
    forget_rops(call, head);
    if (call->product == OXC_HTTP_PRODUCT_UNKNOWN)
        call->product = head->product;
    call->status = status;
    call->has_code = head->response_code.valid;
    call->code = head->response_code.value;
    copy_call(event, call);
    event->status = status;
    event->has_response_code = head->response_code.valid;
    event->response_code = head->response_code.value;
    event->has_pending_period = head->pending_period.valid;
    event->pending_period = head->pending_period.value;
    event->has_expiration = head->expiration.valid;
    event->expiration = head->expiration.value;
}

void oxc_mapi_take_response(void *user, void *request, const oxc_http_head *head)
{
    oxc_mapi_collector *of = (oxc_mapi_collector *)user;
    oxc_mapi_connection *connection = of->connection;
    oxc_mapi_call *call = (oxc_mapi_call *)request;
    oxc_message_head fields;
    oxc_mapi_message *message;

    if (call == &oxc_mapi_foreign || (head->start.status / 100 == 1 && head->start.status != 101))
        return;
    oxc_message_head_read(head, &fields);
    if (!call) {
        /* It may be the answer to any request that has none yet. */
        oxc_mapi_doubt_answers(connection, of->pinfo);
        call = call_of_lone_response(&fields);
    }
    if (call == &oxc_mapi_foreign)
        return;
    message = message_new(of, call, head);
    fill_response(message, call, &fields, head->start.status);
    message->begun_time = connection->begun_time;
    message->endless = !head->has_length && !head->chunked;
    if (call->body_whole && connection->gap_frames[false] < call->request_frame &&
        connection->gap_frames[true] < call->request_frame) {
        message->event.has_due_time = true;
        message->event.due_time = MAX(call->due_time, connection->answered_time);
    }
    begin_message(of, message, head);
}

void oxc_mapi_take_passed_over(void *user)
{
    const oxc_mapi_collector *of = (const oxc_mapi_collector *)user;

    oxc_mapi_doubt_answers(of->connection, of->pinfo);
}

bool oxc_mapi_names_request(void *user, const oxc_http_head *head)
{
    (void)user;
    return oxc_message_id(head) != OXC_HTTP_NO_NAME;
}

bool oxc_mapi_is_answer(void *user, void *request, const oxc_http_head *head)
{
    const oxc_mapi_call *call = (const oxc_mapi_call *)request;

    (void)user;
    return call != &oxc_mapi_foreign && call->id != OXC_HTTP_NO_NAME &&
           oxc_message_id(head) == call->id;
}
