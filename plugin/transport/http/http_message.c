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

enum { MAX_METHOD = 32, MAX_HEAD = 64 * 1024, MAX_CHUNK_LINE = 128, MAX_CHUNK_DIGITS = 8 };

/* A piece of the bytes. */
typedef struct {
    const char *text;
    size_t size;
} oxc_text;

/* The line at @p *offset without its end, which is CRLF or LF; false if it has none. */
static bool next_line(const char *bytes, size_t size, size_t *offset, oxc_text *line)
{
    const char *start = bytes + *offset;
    const char *end = memchr(start, '\n', size - *offset);

    if (!end)
        return false;
    *offset += (size_t)(end - start) + 1;
    line->text = start;
    line->size = (size_t)(end - start);
    if (line->size > 0 && line->text[line->size - 1] == '\r')
        line->size--;
    return true;
}

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

static bool text_is(const oxc_text *text, const char *wanted)
{
    return text->size == strlen(wanted) && memcmp(text->text, wanted, text->size) == 0;
}

static bool begins_with(const oxc_text *text, const char *wanted)
{
    return text->size >= strlen(wanted) &&
           g_ascii_strncasecmp(text->text, wanted, strlen(wanted)) == 0;
}

/* Splits at the first space; what is behind it stays in @p text. */
static oxc_text take_word(oxc_text *text)
{
    const char *space = text->size ? memchr(text->text, ' ', text->size) : NULL;
    oxc_text word = *text;

    if (space)
        word.size = (size_t)(space - text->text);
    text->text += word.size;
    text->size -= word.size;
    while (text->size > 0 && *text->text == ' ') {
        text->text++;
        text->size--;
    }
    return word;
}

/* Digits of @p base to a number; false if there are none, or too many. */
static bool read_number(const oxc_text *text, unsigned base, uint64_t *number)
{
    *number = 0;
    for (size_t i = 0; i < text->size; i++) {
        int digit = g_ascii_xdigit_value(text->text[i]);

        if (digit < 0 || (unsigned)digit >= base || *number > UINT64_MAX / 32)
            return false;
        *number = *number * base + (unsigned)digit;
    }
    return text->size > 0;
}

static void read_start_line(oxc_text line, oxc_http_head *head)
{
    oxc_text first = take_word(&line), second = take_word(&line);
    uint64_t status = 0;

    if (begins_with(&first, "HTTP/1.")) {
        head->kind = OXC_HTTP_RESPONSE;
        if (second.size == 3 && read_number(&second, 10, &status))
            head->status = (unsigned)status;
        head->phrase = line.text;
        head->phrase_size = line.size;
        return;
    }
    head->kind = text_is(&first, "RPC_IN_DATA")    ? OXC_HTTP_RPC_IN_DATA
                 : text_is(&first, "RPC_OUT_DATA") ? OXC_HTTP_RPC_OUT_DATA
                                                   : OXC_HTTP_OTHER_REQUEST;
    head->target = second.text;
    head->target_size = second.size;
}

/* The value of a header field if it has this name, which ends in a colon. */
static bool field_value(const oxc_text *line, const char *name, oxc_text *value)
{
    if (!begins_with(line, name))
        return false;
    value->text = line->text + strlen(name);
    value->size = line->size - strlen(name);
    while (value->size > 0 && g_ascii_isspace(*value->text)) {
        value->text++;
        value->size--;
    }
    while (value->size > 0 && g_ascii_isspace(value->text[value->size - 1]))
        value->size--;
    return true;
}

static void read_field(const oxc_text *line, oxc_http_head *head)
{
    oxc_text value;

    if (field_value(line, "Content-Length:", &value))
        head->has_length = read_number(&value, 10, &head->length);
    else if (field_value(line, "Transfer-Encoding:", &value))
        head->chunked = begins_with(&value, "chunked");
    else if (field_value(line, "Content-Type:", &value))
        head->rpc = begins_with(&value, "application/rpc");
}

oxc_http_found oxc_http_read_head(const char *bytes, size_t size, oxc_http_head *head)
{
    size_t offset = 0;
    oxc_text line;

    memset(head, 0, sizeof *head);
    if (size == 0)
        return OXC_HTTP_PARTIAL;
    if (!begins_message(bytes, size))
        return OXC_HTTP_NONE;
    size = MIN(size, MAX_HEAD);
    if (!next_line(bytes, size, &offset, &line))
        return size == MAX_HEAD ? OXC_HTTP_NONE : OXC_HTTP_PARTIAL;
    read_start_line(line, head);
    while (next_line(bytes, size, &offset, &line)) {
        if (line.size == 0) {
            head->size = offset;
            return OXC_HTTP_FOUND;
        }
        read_field(&line, head);
    }
    return size == MAX_HEAD ? OXC_HTTP_NONE : OXC_HTTP_PARTIAL;
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
    oxc_text digits = {bytes, 0};
    size_t offset = 0;
    uint64_t number;
    oxc_text line;

    size = MIN(size, MAX_CHUNK_LINE);
    while (digits.size < size && g_ascii_isxdigit(bytes[digits.size]))
        digits.size++;
    /* Some pad the size; other text behind it is no chunk's. */
    offset = digits.size;
    while (offset < size && (bytes[offset] == ' ' || bytes[offset] == '\t'))
        offset++;
    if (offset == size && size < MAX_CHUNK_LINE && digits.size <= MAX_CHUNK_DIGITS &&
        (digits.size > 0 || size == 0))
        return OXC_HTTP_PARTIAL;
    if (offset == size || digits.size > MAX_CHUNK_DIGITS || !read_number(&digits, 16, &number) ||
        !memchr("\r\n;", bytes[offset], 3))
        return OXC_HTTP_NONE;
    offset = 0;
    if (!next_line(bytes, size, &offset, &line))
        return size == MAX_CHUNK_LINE ? OXC_HTTP_NONE : OXC_HTTP_PARTIAL;
    chunk->head = offset;
    chunk->size = (uint32_t)number;
    return OXC_HTTP_FOUND;
}

bool oxc_http_server_of_target(const char *target, size_t target_size, const char **server,
                               size_t *size, uint16_t *port)
{
    const char *query = target_size ? memchr(target, '?', target_size) : NULL;
    const char *end, *parameter, *colon;
    oxc_text digits;
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
        digits.text = colon + 1;
        digits.size = (size_t)(*server + *size - digits.text);
        if (read_number(&digits, 10, &number) && number <= UINT16_MAX)
            *port = (uint16_t)number;
    }
    return *size > 0;
}
