/* mapi_split.c
 * Takes the bytes of a connection of MAPI over HTTP apart
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "mapi_split.h"

#include "capture/analysis.h"
#include "capture/frame.h"
#include "decode/buffers/payload.h"

/* Bodies that come with several frames are kept up to this size: those of Execute have at most 97
 * extended buffers of 32 KB; and texts up to this one. Of the value of X-RequestType so much is
 * kept. */
enum { BODY_MAX = 4 * 1024 * 1024, TEXT_MAX = 64 * 1024, NAME_MAX_SIZE = 32 };

/* The bytes at hand. */
typedef struct {
    oxc_mapi_connection *connection;
    const packet_info *pinfo;
    const uint8_t *bytes; /* of this frame */
    int length;
    int64_t base;        /* position of the first of them in its direction */
    bool to_client;      /* their direction */
    bool shown;          /* HTTP has shown them */
    wmem_array_t *parts; /* of oxc_part; NULL while nothing comes but an end */
    int region;          /* where bytes begin that are not ours, or -1 */
    int row;             /* the part that began the row at hand, or -1 */
    int fed;             /* offset of what the inner stream is being fed */
} collector;

/* Stands for all requests that are not to the endpoint. */
static oxc_mapi_call foreign;

static int offset_of(const collector *of, uint64_t position)
{
    return (int)((int64_t)position - of->base);
}

static oxc_part *part_at(const collector *of, int index)
{
    return (oxc_part *)wmem_array_index(of->parts, (guint)index);
}

static oxc_part *last_part(const collector *of)
{
    guint count = wmem_array_get_count(of->parts);

    return count > 0 ? part_at(of, (int)count - 1) : NULL;
}

static oxc_part *add_part(collector *of, oxc_part_kind kind, int offset, int end)
{
    oxc_part part = {.kind = (uint8_t)kind, .to_client = of->to_client};

    part.offset = MAX(offset, 0);
    part.size = MAX(end, part.offset) - part.offset;
    wmem_array_append_one(of->parts, part);
    return last_part(of);
}

static oxc_part *add_http(collector *of, int offset, int end)
{
    bool any = !of->shown && end > MAX(offset, 0);

    return any ? add_part(of, OXC_PART_HTTP, offset, end) : NULL;
}

/* A head of ours: HTTP shows it, and the columns are ours. */
static void add_head(collector *of, int offset, int end)
{
    oxc_part *part = add_http(of, offset, end);

    if (part)
        part->own = true;
}

/* Begins what a message has in this frame, if nothing has yet. */
static void begin_row(collector *of, oxc_mapi_message *message, int offset)
{
    oxc_part *part;

    if (of->row >= 0)
        return;
    part = add_part(of, OXC_PART_ROW, offset, of->length);
    part->call = message->call;
    part->message = message;
    part->ordinal = oxc_frame_next_ordinal(of->pinfo);
    of->row = (int)wmem_array_get_count(of->parts) - 1;
    of->region = -1;
}

/* Messages */

static oxc_mapi_message *message_new(collector *of, oxc_mapi_call *call,
                                     const oxc_stream_head *head)
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
static void begin_message(collector *of, oxc_mapi_message *message, const oxc_stream_head *head)
{
    int start = offset_of(of, head->position), end = start + (int)head->bytes.size;
    oxc_part *part;

    add_http(of, of->region, start);
    add_head(of, start, end);
    of->row = -1;
    begin_row(of, message, start);
    part = add_part(of, OXC_PART_HEAD, start, end);
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

static bool is_leg(const oxc_stream_head *head, oxc_http_request_type type)
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

static void *take_request(void *user, const oxc_stream_head *head)
{
    collector *of = (collector *)user;
    oxc_message_head fields;
    oxc_mapi_message *message;
    oxc_mapi_call *call;

    if (!oxc_is_endpoint_request(&head->start))
        return &foreign;
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
    call->request_ordinal = part_at(of, of->row)->ordinal;
    return call;
}

static void take_begin(void *user, void *request, uint64_t position)
{
    collector *of = (collector *)user;

    (void)request;
    (void)position;
    of->connection->begun_time = oxc_arrival(of->pinfo);
}

/* A response whose request is not in the capture. */
static oxc_mapi_call *call_of_lone_response(const oxc_message_head *head)
{
    oxc_mapi_call *call;

    if (!oxc_is_endpoint_response(head))
        return &foreign;
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

static void take_response(void *user, void *request, const oxc_stream_head *head)
{
    collector *of = (collector *)user;
    oxc_mapi_connection *connection = of->connection;
    oxc_mapi_call *call = (oxc_mapi_call *)request;
    oxc_message_head fields;
    oxc_mapi_message *message;

    if (call == &foreign || (head->start.status / 100 == 1 && head->start.status != 101))
        return;
    oxc_message_head_read(head, &fields);
    if (!call) {
        /* It may be the answer to any request that has none yet. */
        oxc_mapi_doubt_answers(connection, of->pinfo);
        call = call_of_lone_response(&fields);
    }
    if (call == &foreign)
        return;
    message = message_new(of, call, head);
    fill_response(message, call, &fields, head->start.status);
    message->begun_time = connection->begun_time;
    if (call->body_whole && connection->gap_frames[false] < call->request_frame &&
        connection->gap_frames[true] < call->request_frame) {
        message->event.has_due_time = true;
        message->event.due_time = MAX(call->due_time, connection->answered_time);
    }
    begin_message(of, message, head);
}

static void take_passed_over(void *user)
{
    const collector *of = (const collector *)user;

    oxc_mapi_doubt_answers(of->connection, of->pinfo);
}

static bool names_request(void *user, const oxc_stream_head *head)
{
    oxc_message_head fields;

    (void)user;
    oxc_message_head_read(head, &fields);
    return fields.id != OXC_HTTP_NO_NAME;
}

static bool is_answer(void *user, void *request, const oxc_stream_head *head)
{
    const oxc_mapi_call *call = (const oxc_mapi_call *)request;
    oxc_message_head fields;

    (void)user;
    if (call == &foreign || call->id == OXC_HTTP_NO_NAME)
        return false;
    oxc_message_head_read(head, &fields);
    return fields.id == call->id;
}

/* Bodies */

static void join(oxc_mapi_message *message, const uint8_t *bytes, int size)
{
    if (!message->joined)
        message->joined = g_byte_array_new();
    if (message->body_dropped || (size_t)size > BODY_MAX - message->joined->len) {
        message->body_dropped = true;
        g_byte_array_set_size(message->joined, 0);
        return;
    }
    g_byte_array_append(message->joined, bytes, (guint)size);
}

/* Copies what lies in the bytes at hand: the next ones do not follow it there. */
static void join_pending(const collector *of, oxc_mapi_message *message)
{
    if (message->body_size > 0)
        join(message, of->bytes + message->body_offset, message->body_size);
    message->body_size = 0;
}

static void add_to_body(const collector *of, oxc_mapi_message *message, int offset, int size)
{
    message->body_total += (unsigned)size;
    if (message->joined) {
        join(message, of->bytes + offset, size);
    } else if (message->body_size == 0) {
        message->body_offset = offset;
        message->body_size = size;
    } else if (message->body_offset + message->body_size == offset) {
        message->body_size += size;
    } else {
        join_pending(of, message);
        join(message, of->bytes + offset, size);
    }
}

static void add_bytes(collector *of, int offset, int size)
{
    oxc_part *last = last_part(of);

    if (last && last->kind == OXC_PART_BYTES)
        last->size = offset + size - last->offset;
    else
        add_part(of, OXC_PART_BYTES, offset, offset + size);
}

/* The inner stream */

static void take_tag(void *user, oxc_meta_tag tag, size_t end)
{
    collector *of = (collector *)user;
    int behind = of->fed + (int)end;

    add_part(of, OXC_PART_TAG, behind - (int)strlen(oxc_meta_tag_name(tag)), behind)->detail =
        (uint8_t)tag;
}

static void take_late_value(oxc_http_event *event, oxc_mapi_call *call, const oxc_field *field)
{
    oxc_head_number number = {.valid = false};

    oxc_head_number_read(field->value, &number);
    if (!number.valid)
        return;
    if (oxc_span_is(field->name, "X-ResponseCode")) {
        event->has_response_code = event->late_response_code = true;
        event->response_code = number.value;
        call->has_code = call->late_code = true;
        call->code = number.value;
    } else if (oxc_span_is(field->name, "X-ExpirationInfo")) {
        event->has_expiration = true;
        event->expiration = number.value;
    }
}

static void take_late_field(void *user, const oxc_field *field, size_t end, size_t size)
{
    collector *of = (collector *)user;
    oxc_mapi_message *message = of->connection->messages[true];
    int behind = of->fed + (int)end, start = behind - (int)size;
    oxc_part *part = add_part(of, OXC_PART_FIELD, start, behind);

    if (start < 0) {
        char *line =
            wmem_strdup_printf(wmem_file_scope(), "%.*s: %.*s\n", (int)field->name.size,
                               field->name.text, (int)field->value.size, field->value.text);

        part->kept = (const uint8_t *)line;
        part->size = (int32_t)strlen(line);
    }
    take_late_value(&message->event, message->call, field);
}

static void take_fields_end(void *user, size_t end)
{
    const collector *of = (const collector *)user;

    (void)end;
    of->connection->messages[true]->event.stream_done = true;
}

static void take_inner_body(void *user, size_t position, size_t size)
{
    collector *of = (collector *)user;

    add_to_body(of, of->connection->messages[true], of->fed + (int)position, (int)size);
    add_bytes(of, of->fed + (int)position, (int)size);
}

static void take_invalid(void *user, size_t position)
{
    collector *of = (collector *)user;

    of->connection->messages[true]->event.stream_wrong = true;
    add_part(of, OXC_PART_INVALID, of->fed + (int)position, of->fed + (int)position + 1);
}

static const oxc_inner_sink inner_sink = {
    .tag = take_tag,
    .field = take_late_field,
    .fields_end = take_fields_end,
    .body = take_inner_body,
    .invalid = take_invalid,
};

static void take_body(void *user, bool to_client, void *request, uint64_t position,
                      const uint8_t *bytes, size_t size)
{
    collector *of = (collector *)user;
    oxc_mapi_message *message = of->connection->messages[to_client];
    int offset = offset_of(of, position);

    (void)request;
    if (!message)
        return;
    if (to_client && message->event.mapi_content && !message->event.encoded) {
        of->fed = offset;
        oxc_inner_stream_feed(&message->inner, bytes, size, &inner_sink, of);
        return;
    }
    if (!to_client)
        oxc_hashing_add(&message->digest, bytes, size);
    add_to_body(of, message, offset, (int)size);
    add_bytes(of, offset, (int)size);
}

static oxc_body_kind kind_of_body(const oxc_mapi_message *message, bool to_client)
{
    const oxc_http_event *event = &message->event;

    if (event->encoded)
        return OXC_BODY_ENCODED;
    if (!oxc_http_is_call(event->request_type) ||
        (to_client &&
         (!event->mapi_content || (event->has_response_code && event->response_code != 0))))
        return OXC_BODY_TEXT;
    return message->body_dropped ? OXC_BODY_NOT_KEPT : OXC_BODY_DECODED;
}

static void add_whole_body(collector *of, oxc_mapi_message *message)
{
    oxc_part *part;

    if (message->body_total == 0 || message->event.stream_wrong)
        return;
    part = add_part(of, OXC_PART_BODY, message->body_offset,
                    message->body_offset + message->body_size);
    part->detail = (uint8_t)kind_of_body(message, of->to_client);
    if (message->joined && !message->body_dropped &&
        (part->detail == OXC_BODY_DECODED ||
         (part->detail == OXC_BODY_TEXT && message->joined->len <= TEXT_MAX))) {
        part->kept = (const uint8_t *)wmem_memdup(wmem_file_scope(), message->joined->data,
                                                  message->joined->len);
        part->size = (int32_t)message->joined->len;
    }
}

/* Ends */

static void note_end(const collector *of, oxc_mapi_call *call, bool to_client, oxc_stream_end how)
{
    if (to_client) {
        of->connection->answered_time = oxc_arrival(of->pinfo);
        if (call && how != OXC_STREAM_LOST)
            call->response_frame = of->pinfo->num;
    } else if (call) {
        call->body_whole = how == OXC_STREAM_WHOLE;
        call->due_time = oxc_arrival(of->pinfo);
    }
}

/* The end of a response that no byte tells, but a FIN or RST. */
static void send_end(const collector *of, oxc_mapi_message *message, oxc_stream_end how)
{
    oxc_http_event *event = &message->event;

    event->type = OXC_HTTP_RESPONSE_END;
    event->frame = of->pinfo->num;
    event->ordinal = OXC_NONE;
    event->time = oxc_arrival(of->pinfo);
    event->connection = of->connection->number;
    event->pieces = 0;
    event->closed_early = how == OXC_STREAM_CUT;
    event->body = message->body_total > 0 ? OXC_HTTP_BODY_UNREADABLE : OXC_HTTP_BODY_NONE;
    oxc_tracker_http_event(oxc_analysis_tracker(), event);
}

static void drop_message(oxc_mapi_message *message)
{
    if (message->joined)
        g_byte_array_unref(message->joined);
    g_free(message);
}

static void take_end(void *user, bool to_client, void *request, uint64_t position,
                     oxc_stream_end how)
{
    collector *of = (collector *)user;
    oxc_mapi_message *message = of->connection->messages[to_client];
    oxc_mapi_call *call = (oxc_mapi_call *)request;
    int end = offset_of(of, position);
    oxc_part *row;

    note_end(of, call == &foreign ? NULL : call, to_client, how);
    if (!message)
        return;
    of->connection->messages[to_client] = NULL;
    if (!of->parts) {
        if (to_client && how != OXC_STREAM_LOST)
            send_end(of, message, how);
        drop_message(message);
        return;
    }
    message->ended = true;
    add_whole_body(of, message);
    add_part(of, OXC_PART_END, end, end)->detail = (uint8_t)how;
    row = part_at(of, of->row);
    row->size = end - row->offset;
    of->row = -1;
    of->region = end;
}

static void take_too_large(void *user, bool to_client, uint64_t position)
{
    collector *of = (collector *)user;
    int offset = offset_of(of, position);

    (void)to_client;
    if (of->parts)
        add_part(of, OXC_PART_TOO_LARGE, MAX(offset, 0), MAX(offset, 0));
}

const oxc_stream_sink *oxc_mapi_sink(void)
{
    static const oxc_stream_sink sink = {
        .request = take_request,
        .begin = take_begin,
        .response = take_response,
        .body = take_body,
        .end = take_end,
        .passed_over = take_passed_over,
        .names_request = names_request,
        .answers = is_answer,
        .too_large = take_too_large,
    };

    return &sink;
}

/* The bytes of a frame */

/* Bytes at the beginning that were taken before, because HTTP has asked to see them again. */
static int bytes_taken_before(oxc_mapi_connection *connection, bool to_client, tvbuff_t *tvb)
{
    oxc_asked *asked = &connection->asked[to_client];
    size_t size = asked->size;

    asked->size = 0;
    if (size == 0 || size > tvb_captured_length(tvb) ||
        tvb_memeql(tvb, 0, asked->start, MIN(size, sizeof asked->start)) != 0)
        return 0;
    return (int)size;
}

/* A message that is under way when the bytes begin. HTTP has not seen its head if that was taken
 * out of a frame whose bytes it asked to see again. */
static void continue_message(collector *of, int skipped)
{
    oxc_mapi_message *message = of->connection->messages[of->to_client];
    int head;

    if (!message)
        return;
    head = offset_of(of, message->position);
    if (skipped > 0 && head >= 0)
        add_head(of, head, head + (int)message->head_size);
    of->region = -1;
}

/* Ends what is not whole with the last of the bytes. */
static void leave_message(collector *of)
{
    oxc_mapi_message *message = of->connection->messages[of->to_client];
    oxc_part *part = NULL;

    if (message)
        join_pending(of, message);
    else if (of->region >= 0)
        part = add_http(of, of->region, of->length);
    if (part)
        part->may_ask = true;
}

oxc_parts *oxc_mapi_split(oxc_mapi_connection *connection, packet_info *pinfo, tvbuff_t *tvb,
                          bool shown)
{
    bool to_client = oxc_mapi_to_client(connection, pinfo);
    int skipped = shown ? 0 : bytes_taken_before(connection, to_client, tvb);
    collector of = {.connection = connection,
                    .pinfo = pinfo,
                    .length = (int)tvb_captured_length(tvb),
                    .to_client = to_client,
                    .shown = shown,
                    .row = -1};
    oxc_parts *parts = wmem_new0(pinfo->pool, oxc_parts);
    oxc_mapi_message *message;

    of.bytes = tvb_get_ptr(tvb, 0, of.length);
    of.base = (int64_t)oxc_stream_position(connection->stream, to_client) - skipped;
    of.parts = wmem_array_new(pinfo->pool, sizeof(oxc_part));
    continue_message(&of, skipped);
    message = connection->messages[to_client];
    if (message && of.length > skipped)
        begin_row(&of, message, skipped);
    oxc_stream_feed(connection->stream, to_client, of.bytes + skipped,
                    (size_t)(of.length - skipped), &of);
    leave_message(&of);
    parts->count = wmem_array_get_count(of.parts);
    parts->parts = (oxc_part *)wmem_array_get_raw(of.parts);
    return parts;
}

void oxc_mapi_split_lose(oxc_mapi_connection *connection, const packet_info *pinfo, bool to_client)
{
    collector of = {.connection = connection, .pinfo = pinfo, .to_client = to_client, .row = -1};

    oxc_stream_lose(connection->stream, to_client, &of);
}

void oxc_mapi_split_close(oxc_mapi_connection *connection, const packet_info *pinfo, bool by_client,
                          bool reset)
{
    collector of = {.connection = connection, .pinfo = pinfo, .row = -1};

    for (unsigned to_client = 0; to_client < 2; to_client++) {
        of.to_client = to_client;
        if (reset || by_client == !to_client)
            oxc_stream_close(connection->stream, to_client, &of);
    }
}
