/* http_message.c
 * Reads as much of HTTP/1 as tells where the PDUs of RPC over HTTP are
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_message.h"

#include <string.h>

#include <glib.h>

#include "head.h"

enum { MAX_METHOD = 32, MAX_CHUNK_LINE = 128, MAX_CHUNK_DIGITS = 8 };

static bool is_method_character(char character)
{
    return g_ascii_isupper(character) || character == '_' || character == '-';
}

/* Whether the bytes begin as a request or response does, as far as they go. */
static bool begins_message(const char *bytes, size_t size)
{
    static const char response[] = "HTTP/1.";
    size_t method = 0;

    if (memcmp(bytes, response, MIN(size, strlen(response))) == 0)
        return true;
    while (method < size && method < MAX_METHOD && is_method_character(bytes[method]))
        method++;
    return method > 0 && (method == size || bytes[method] == ' ');
}

static bool text_is(oxc_span text, const char *wanted)
{
    return text.size == strlen(wanted) && memcmp(text.text, wanted, text.size) == 0;
}

/* Splits at the first run of spaces; what is behind it stays in @p text. */
static oxc_span take_word(oxc_span *text)
{
    oxc_span word = oxc_span_take(text, ' ');

    while (text->size > 0 && *text->text == ' ')
        oxc_span_take(text, ' ');
    return word;
}

static void read_start_line(oxc_span line, oxc_http_head *head)
{
    oxc_span first = take_word(&line), second = take_word(&line);
    uint64_t status = 0;

    if (oxc_span_begins(first, "HTTP/1.")) {
        head->kind = OXC_HTTP_RESPONSE;
        if (second.size == 3 && oxc_span_number(second, 10, &status))
            head->status = (unsigned)status;
        head->phrase = line.text;
        head->phrase_size = line.size;
        return;
    }
    head->kind = text_is(first, "RPC_IN_DATA")    ? OXC_HTTP_RPC_IN_DATA
                 : text_is(first, "RPC_OUT_DATA") ? OXC_HTTP_RPC_OUT_DATA
                                                  : OXC_HTTP_OTHER_REQUEST;
    head->target = second.text;
    head->target_size = second.size;
}

static void read_field(const oxc_field *field, oxc_http_head *head)
{
    if (oxc_span_is(field->name, "Content-Length"))
        head->has_length = oxc_span_number(field->value, 10, &head->length);
    else if (oxc_span_is(field->name, "Transfer-Encoding"))
        head->chunked = oxc_span_begins(field->value, "chunked");
    else if (oxc_span_is(field->name, "Content-Type"))
        head->rpc = oxc_span_begins(field->value, "application/rpc");
}

/* Steps behind the empty line; false if it is not there. */
static bool skip_fields(oxc_span *rest)
{
    oxc_span line;

    while (oxc_span_take_line(rest, &line)) {
        if (line.size == 0)
            return true;
    }
    return false;
}

oxc_http_found oxc_http_read_head(const char *bytes, size_t size, oxc_http_head *head)
{
    oxc_span rest = {bytes, MIN(size, (size_t)OXC_HTTP_HEAD_MAX)}, fields, line;
    oxc_field field;

    memset(head, 0, sizeof *head);
    if (size == 0)
        return OXC_HTTP_PARTIAL;
    if (!begins_message(bytes, size))
        return OXC_HTTP_NONE;
    if (!oxc_span_take_line(&rest, &line))
        return size >= OXC_HTTP_HEAD_MAX ? OXC_HTTP_NONE : OXC_HTTP_PARTIAL;
    read_start_line(line, head);
    fields = rest;
    if (!skip_fields(&rest))
        return size >= OXC_HTTP_HEAD_MAX ? OXC_HTTP_NONE : OXC_HTTP_PARTIAL;
    head->size = (size_t)(rest.text - bytes);
    while (oxc_field_next(&fields, &field))
        read_field(&field, head);
    return OXC_HTTP_FOUND;
}

bool oxc_http_opens_channel(const oxc_http_head *head)
{
    bool endless = head->chunked || (head->has_length && head->length >= OXC_HTTP_CHANNEL_LENGTH);

    switch (head->kind) {
    case OXC_HTTP_RPC_IN_DATA:
    case OXC_HTTP_RPC_OUT_DATA:
        return endless;
    case OXC_HTTP_RESPONSE:
        return head->status == 200 && head->rpc && (endless || !head->has_length);
    case OXC_HTTP_OTHER_REQUEST:
    default:
        return false;
    }
}

oxc_http_found oxc_http_read_chunk(const char *bytes, size_t size, oxc_http_chunk *chunk)
{
    oxc_span digits = {bytes, 0}, rest, line;
    size_t offset;
    uint64_t number;

    size = MIN(size, MAX_CHUNK_LINE);
    rest = (oxc_span){bytes, size};
    while (digits.size < size && g_ascii_isxdigit(bytes[digits.size]))
        digits.size++;
    /* Some pad the size; other text behind it is no chunk's. */
    offset = digits.size;
    while (offset < size && (bytes[offset] == ' ' || bytes[offset] == '\t'))
        offset++;
    if (offset == size && size < MAX_CHUNK_LINE && digits.size <= MAX_CHUNK_DIGITS &&
        (digits.size > 0 || size == 0))
        return OXC_HTTP_PARTIAL;
    if (offset == size || digits.size > MAX_CHUNK_DIGITS || !oxc_span_number(digits, 16, &number) ||
        bytes[offset] == '\0' || !strchr("\r\n;", bytes[offset]))
        return OXC_HTTP_NONE;
    if (!oxc_span_take_line(&rest, &line))
        return size == MAX_CHUNK_LINE ? OXC_HTTP_NONE : OXC_HTTP_PARTIAL;
    chunk->head = (size_t)(rest.text - bytes);
    chunk->size = (uint32_t)number;
    return OXC_HTTP_FOUND;
}

bool oxc_http_server_of_target(const char *target, size_t target_size, const char **server,
                               size_t *size, uint16_t *port)
{
    const char *query = target_size ? memchr(target, '?', target_size) : NULL;
    const char *end, *parameter, *colon;
    uint64_t number;

    *port = 0;
    if (!query)
        return false;
    end = target + target_size;
    if (query + 1 == end)
        return false;
    *server = query + 1;
    parameter = memchr(*server, '&', (size_t)(end - *server));
    *size = (size_t)((parameter ? parameter : end) - *server);
    colon = g_strrstr_len(*server, (gssize)*size, ":");
    if (colon) {
        oxc_span digits = {colon + 1, (size_t)(*server + *size - colon) - 1};

        if (oxc_span_number(digits, 10, &number) && number <= UINT16_MAX)
            *port = (uint16_t)number;
    }
    return *size > 0;
}
