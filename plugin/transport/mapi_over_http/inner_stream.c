/* inner_stream.c
 * Reads the body of a response of MAPI over HTTP: tags, additional header fields, body
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "inner_stream.h"

#include <string.h>

#include <glib.h>

static const char *const words[] = {
    [OXC_TAG_PROCESSING] = "PROCESSING", [OXC_TAG_PENDING] = "PENDING", [OXC_TAG_DONE] = "DONE"};

enum { ALL_TAGS = 1 << OXC_TAG_PROCESSING | 1 << OXC_TAG_PENDING | 1 << OXC_TAG_DONE };

/* What came before the byte at hand, of a tag's line. */
enum {
    AFTER_LINE,    /* a whole line, or nothing: a word has to come, or goes on */
    AFTER_WORD,    /* PROCESSING or PENDING: its line end, or the next word */
    AFTER_WORD_CR, /* its CR */
    AFTER_DONE,
    AFTER_DONE_CR,
};

const char *oxc_meta_tag_name(oxc_meta_tag tag)
{
    return words[tag];
}

/* The tags that go on with this byte. */
static uint8_t continue_words(const oxc_inner_stream *stream, uint8_t byte)
{
    uint8_t left = 0;

    for (unsigned tag = 0; tag < G_N_ELEMENTS(words); tag++) {
        if (stream->candidates & 1 << tag && (uint8_t)words[tag][stream->matched] == byte)
            left |= (uint8_t)(1 << tag);
    }
    return left;
}

/* The one tag that is left, if its word is whole. */
static bool is_whole(const oxc_inner_stream *stream, oxc_meta_tag *tag)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(words); i++) {
        if (stream->candidates == 1 << i && words[i][stream->matched] == '\0') {
            *tag = (oxc_meta_tag)i;
            return true;
        }
    }
    return false;
}

static void begin_word(oxc_inner_stream *stream)
{
    stream->candidates = stream->phase == OXC_INNER_START ? 1 << OXC_TAG_PROCESSING : ALL_TAGS;
    stream->matched = 0;
    stream->after = AFTER_LINE;
}

static bool take_word_byte(oxc_inner_stream *stream, uint8_t byte, size_t position,
                           const oxc_inner_sink *sink, void *user)
{
    oxc_meta_tag tag;

    if (stream->matched == 0)
        begin_word(stream);
    stream->candidates = continue_words(stream, byte);
    if (stream->candidates == 0)
        return false;
    stream->phase = OXC_INNER_TAGS;
    stream->matched++;
    if (!is_whole(stream, &tag))
        return true;
    stream->matched = 0;
    stream->after = tag == OXC_TAG_DONE ? AFTER_DONE : AFTER_WORD;
    sink->tag(user, tag, position + 1);
    return true;
}

static void begin_line(oxc_inner_stream *stream)
{
    stream->line_size = 0;
    stream->seen_cr = false;
    stream->colon = false;
}

/* Returns false at a byte that no allowed line can have here. */
static bool take_tag_byte(oxc_inner_stream *stream, uint8_t byte, size_t position,
                          const oxc_inner_sink *sink, void *user)
{
    switch (stream->after) {
    case AFTER_WORD:
    case AFTER_DONE:
        if (byte == '\r') {
            stream->after++;
            return true;
        }
        if (byte != '\n')
            return stream->after == AFTER_WORD &&
                   take_word_byte(stream, byte, position, sink, user);
        break;
    case AFTER_WORD_CR:
    case AFTER_DONE_CR:
        if (byte != '\n')
            return false;
        break;
    case AFTER_LINE:
    default:
        return take_word_byte(stream, byte, position, sink, user);
    }
    if (stream->after >= AFTER_DONE) {
        stream->phase = OXC_INNER_FIELDS;
        begin_line(stream);
    }
    stream->after = AFTER_LINE;
    return true;
}

/* A line behind DONE has ended; false if it is neither empty nor a field. */
static bool end_line(oxc_inner_stream *stream, size_t end, const oxc_inner_sink *sink, void *user)
{
    oxc_span value = {stream->line, MIN(stream->line_size, sizeof stream->line)};
    oxc_field field;

    if (stream->line_size == 0) {
        stream->phase = OXC_INNER_BODY;
        sink->fields_end(user, end);
        return true;
    }
    if (!stream->colon)
        return false;
    if (stream->line_size <= sizeof stream->line) {
        field.name = oxc_span_trim(oxc_span_take(&value, ':'));
        field.value = oxc_span_trim(value);
        sink->field(user, &field, end, stream->line_size + (stream->seen_cr ? 2 : 1));
    }
    begin_line(stream);
    return true;
}

static bool take_field_byte(oxc_inner_stream *stream, uint8_t byte, size_t position,
                            const oxc_inner_sink *sink, void *user)
{
    if (byte == '\n')
        return end_line(stream, position + 1, sink, user);
    if (stream->seen_cr || (byte < ' ' && byte != '\t' && byte != '\r'))
        return false;
    if (byte == '\r') {
        stream->seen_cr = true;
        return true;
    }
    if (stream->line_size < sizeof stream->line)
        stream->line[stream->line_size] = (char)byte;
    if (stream->line_size < SIZE_MAX)
        stream->line_size++;
    stream->colon = stream->colon || byte == ':';
    return true;
}

void oxc_inner_stream_feed(oxc_inner_stream *stream, const uint8_t *bytes, size_t size,
                           const oxc_inner_sink *sink, void *user)
{
    for (size_t i = 0; i < size && stream->phase != OXC_INNER_INVALID; i++) {
        bool allowed;

        if (stream->phase == OXC_INNER_BODY) {
            sink->body(user, i, size - i);
            return;
        }
        allowed = stream->phase == OXC_INNER_FIELDS
                      ? take_field_byte(stream, bytes[i], i, sink, user)
                      : take_tag_byte(stream, bytes[i], i, sink, user);
        if (!allowed) {
            stream->phase = OXC_INNER_INVALID;
            sink->invalid(user, i);
        }
    }
}
