/* body_bytes.c
 * Puts the bodies of MAPI over HTTP together
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "body_bytes.h"

/* Bodies that come with several frames are kept up to this size: those of Execute have at most 97
 * extended buffers of 32 KB; and texts up to this one. */
enum { BODY_MAX = 4 * 1024 * 1024, TEXT_MAX = 64 * 1024 };

static void join_body(oxc_mapi_message *message, const uint8_t *bytes, int size)
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

void oxc_mapi_join_pending(const oxc_mapi_collector *of, oxc_mapi_message *message)
{
    if (message->body_size > 0)
        join_body(message, of->bytes + message->body_offset, message->body_size);
    message->body_size = 0;
}

static void add_to_body(const oxc_mapi_collector *of, oxc_mapi_message *message, int offset,
                        int size)
{
    message->body_total += (unsigned)size;
    if (message->joined) {
        join_body(message, of->bytes + offset, size);
    } else if (message->body_size == 0) {
        message->body_offset = offset;
        message->body_size = size;
    } else if (message->body_offset + message->body_size == offset) {
        message->body_size += size;
    } else {
        oxc_mapi_join_pending(of, message);
        join_body(message, of->bytes + offset, size);
    }
}

static void add_bytes_part(oxc_mapi_collector *of, int offset, int size)
{
    oxc_part *last = oxc_mapi_last_part(of);

    if (last && last->kind == OXC_PART_BYTES) {
        last->size = offset + size - last->offset;
        return;
    }
    last = oxc_mapi_add_part(of, OXC_PART_BYTES, offset, offset + size);
    if (of->to_client && of->connection->messages[true]->endless)
        last->detail = OXC_BODY_ENDLESS;
}

static void take_tag(void *user, oxc_meta_tag tag, size_t end)
{
    oxc_mapi_collector *of = (oxc_mapi_collector *)user;
    int behind = of->fed + (int)end;

    oxc_mapi_add_part(of, OXC_PART_TAG, behind - (int)strlen(oxc_meta_tag_name(tag)), behind)
        ->detail = (uint8_t)tag;
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
    oxc_mapi_collector *of = (oxc_mapi_collector *)user;
    oxc_mapi_message *message = of->connection->messages[true];
    int behind = of->fed + (int)end, start = behind - (int)size;
    oxc_part *part = oxc_mapi_add_part(of, OXC_PART_FIELD, start, behind);

    /* What began in an earlier chunk has the framing of chunks in between. */
    if (start < of->fed) {
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
    const oxc_mapi_collector *of = (const oxc_mapi_collector *)user;

    (void)end;
    of->connection->messages[true]->event.stream_done = true;
}

static void take_inner_body(void *user, size_t position, size_t size)
{
    oxc_mapi_collector *of = (oxc_mapi_collector *)user;

    add_to_body(of, of->connection->messages[true], of->fed + (int)position, (int)size);
    add_bytes_part(of, of->fed + (int)position, (int)size);
}

static void take_invalid(void *user, size_t position)
{
    oxc_mapi_collector *of = (oxc_mapi_collector *)user;

    of->connection->messages[true]->event.stream_wrong = true;
    oxc_mapi_add_part(of, OXC_PART_INVALID, of->fed + (int)position, of->fed + (int)position + 1);
}

static const oxc_inner_sink inner_sink = {
    .tag = take_tag,
    .field = take_late_field,
    .fields_end = take_fields_end,
    .body = take_inner_body,
    .invalid = take_invalid,
};

void oxc_mapi_take_body(void *user, bool to_client, void *request, uint64_t position,
                        const uint8_t *bytes, size_t size)
{
    oxc_mapi_collector *of = (oxc_mapi_collector *)user;
    oxc_mapi_message *message = of->connection->messages[to_client];
    int offset = oxc_mapi_offset_of(of, position);

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
    add_bytes_part(of, offset, (int)size);
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

bool oxc_mapi_body_is_kept(const oxc_mapi_message *message)
{
    return message->joined && !message->body_dropped && !message->event.stream_wrong &&
           kind_of_body(message, true) == OXC_BODY_DECODED;
}

void oxc_mapi_add_whole_body(oxc_mapi_collector *of, oxc_mapi_message *message)
{
    oxc_part *part;

    if (message->body_total == 0 || message->event.stream_wrong)
        return;
    part = oxc_mapi_add_part(of, OXC_PART_BODY, message->body_offset,
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
