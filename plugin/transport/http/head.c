/* head.c
 * Reads the head of an HTTP/1 message: its start line and all of its fields
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "head.h"

#include <string.h>

#include <glib.h>

static const char version[] = "HTTP/1.";
enum { VERSION_SIZE = sizeof version - 1 };

/* Bytes of a method that is not whole. */
enum { METHOD_MAX = 32 };

/* Characters of a token, [RFC9110] 5.6.2. */
static bool is_token_character(char character)
{
    return g_ascii_isalnum(character) ||
           (character != '\0' && strchr("!#$%&'*+-.^_`|~", character) != NULL);
}

static bool is_token(oxc_span span)
{
    for (size_t i = 0; i < span.size; i++) {
        if (!is_token_character(span.text[i]))
            return false;
    }
    return span.size > 0;
}

static bool is_version(oxc_span span)
{
    return span.size == VERSION_SIZE + 1 && memcmp(span.text, version, VERSION_SIZE) == 0 &&
           g_ascii_isdigit(span.text[VERSION_SIZE]);
}

static bool read_status_line(oxc_span line, oxc_start_line *start)
{
    oxc_span first = oxc_span_take(&line, ' '), status;
    uint64_t number;

    if (!is_version(first))
        return false;
    line = oxc_span_trim(line);
    status = oxc_span_take(&line, ' ');
    *start = (oxc_start_line){.response = true, .reason = oxc_span_trim(line)};
    if (status.size != 3 || !oxc_span_number(status, 10, &number))
        return false;
    start->status = (unsigned)number;
    return true;
}

bool oxc_start_line_read(oxc_span line, oxc_start_line *start)
{
    oxc_span rest = oxc_span_trim(line), last;
    size_t place;

    if (line.size > 0 && memcmp(line.text, version, MIN(line.size, VERSION_SIZE)) == 0)
        return read_status_line(line, start);
    *start = (oxc_start_line){.response = false};
    start->method = oxc_span_take(&line, ' ');
    if (!is_token(start->method))
        return false;
    for (place = rest.size; place > 0 && rest.text[place - 1] != ' '; place--)
        ;
    last = (oxc_span){rest.text + place, rest.size - place};
    if (place <= start->method.size || !is_version(last))
        return false;
    start->target =
        oxc_span_trim((oxc_span){rest.text + start->method.size, place - start->method.size});
    return start->target.size > 0;
}

static int64_t find_status_line(oxc_span line)
{
    const char *from = line.text, *end = line.text + line.size;
    oxc_start_line start;

    while ((size_t)(end - from) > VERSION_SIZE) {
        const char *found = (const char *)memchr(from, 'H', (size_t)(end - from));

        if (!found)
            return -1;
        if ((size_t)(end - found) > VERSION_SIZE && memcmp(found, version, VERSION_SIZE) == 0 &&
            read_status_line((oxc_span){found, (size_t)(end - found)}, &start))
            return found - line.text;
        from = found + 1;
    }
    return -1;
}

/* The method that a text ends with, as far as it is one that everybody knows. */
static size_t method_at_end(const char *text, size_t size)
{
    static const char *const methods[] = {
        "POST",    "GET",   "HEAD",     "PUT",    "OPTIONS", "PATCH",       "DELETE",
        "CONNECT", "TRACE", "PROPFIND", "REPORT", "SEARCH",  "RPC_IN_DATA", "RPC_OUT_DATA"};

    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        size_t length = strlen(methods[i]);

        if (size >= length && memcmp(text + size - length, methods[i], length) == 0)
            return length;
    }
    return 0;
}

/* Nothing in front of the method tells where it begins, but its name. */
static int64_t find_request_line(oxc_span line)
{
    for (size_t place = 0; place < line.size; place++) {
        size_t method = line.text[place] == ' ' ? method_at_end(line.text, place) : 0;
        oxc_span from = {line.text + place - method, line.size - place + method};
        oxc_start_line start;

        /* Were it none, the version would be missing for all that follow, too. */
        if (method > 0)
            return oxc_start_line_read(from, &start) ? (int64_t)(place - method) : -1;
    }
    return -1;
}

int64_t oxc_start_line_find(oxc_span line, bool response)
{
    if (line.size == 0)
        return -1;
    return response ? find_status_line(line) : find_request_line(line);
}

static bool has_control_character(oxc_span span)
{
    for (size_t i = 0; i < span.size; i++) {
        unsigned char character = (unsigned char)span.text[i];

        if ((character < ' ' && character != '\t') || character == 0x7F)
            return true;
    }
    return false;
}

bool oxc_field_line_is_clean(oxc_span line)
{
    oxc_span rest = line, name;

    if (has_control_character(line))
        return false;
    if (line.size > 0 && (*line.text == ' ' || *line.text == '\t'))
        return true;
    name = oxc_span_take(&rest, ':');
    return name.size < line.size && is_token(name);
}

/* Adds the lines that continue a field's value. */
static void take_folded(oxc_span *lines, oxc_span *value)
{
    oxc_span line;

    while (lines->size > 0 && (*lines->text == ' ' || *lines->text == '\t') &&
           oxc_span_take_line(lines, &line))
        value->size = (size_t)(line.text + line.size - value->text);
}

bool oxc_field_next(oxc_span *lines, oxc_field *field)
{
    oxc_span line;

    while (oxc_span_take_line(lines, &line)) {
        oxc_span value = line, name;

        if (line.size == 0)
            return false;
        name = oxc_span_take(&value, ':');
        if (name.size == line.size)
            continue;
        take_folded(lines, &value);
        field->name = oxc_span_trim(name);
        field->value = oxc_span_trim(value);
        return true;
    }
    return false;
}

/* The last coding decides, [RFC9112] 6.3. */
static bool ends_with_chunked(oxc_span value)
{
    oxc_span coding = {NULL, 0};

    while (value.size > 0)
        coding = oxc_span_trim(oxc_span_take(&value, ','));
    return oxc_span_is(coding, "chunked");
}

static void read_framing(oxc_http_head *head)
{
    oxc_span lines = head->fields;
    oxc_field field;

    while (oxc_field_next(&lines, &field)) {
        if (oxc_span_is(field.name, "Content-Length") && !head->has_length)
            head->has_length = oxc_span_number(field.value, 10, &head->length);
        else if (oxc_span_is(field.name, "Transfer-Encoding"))
            head->chunked = ends_with_chunked(field.value);
    }
}

bool oxc_http_head_read(oxc_span bytes, oxc_http_head *head)
{
    oxc_span line;

    *head = (oxc_http_head){.bytes = bytes, .fields = bytes};
    if (!oxc_span_take_line(&head->fields, &line) || !oxc_start_line_read(line, &head->start))
        return false;
    read_framing(head);
    return true;
}

/* Whether bytes without a line end are the beginning of a start line, as far as they go. */
static bool may_become_start_line(oxc_span bytes)
{
    size_t method = 0;

    if (bytes.size == 0 || memcmp(bytes.text, version, MIN(bytes.size, VERSION_SIZE)) == 0)
        return true;
    while (method < bytes.size && method < METHOD_MAX &&
           (g_ascii_isupper(bytes.text[method]) || bytes.text[method] == '_' ||
            bytes.text[method] == '-'))
        method++;
    return method > 0 && (method == bytes.size || bytes.text[method] == ' ');
}

oxc_http_found oxc_http_head_find(oxc_span bytes, oxc_http_head *head)
{
    oxc_span rest = {bytes.text, MIN(bytes.size, (size_t)OXC_HTTP_HEAD_MAX)}, line;
    oxc_http_found partial = bytes.size < OXC_HTTP_HEAD_MAX ? OXC_HTTP_PARTIAL : OXC_HTTP_NONE;
    oxc_start_line start;

    if (!oxc_span_take_line(&rest, &line))
        return may_become_start_line(bytes) ? partial : OXC_HTTP_NONE;
    if (!oxc_start_line_read(line, &start))
        return OXC_HTTP_NONE;
    do {
        if (!oxc_span_take_line(&rest, &line))
            return partial;
    } while (line.size > 0);
    oxc_http_head_read((oxc_span){bytes.text, (size_t)(rest.text - bytes.text)}, head);
    return OXC_HTTP_WHOLE;
}
