/* stream.c
 * One HTTP/1.1 connection, bytes in and events out
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "stream.h"

#include <string.h>

#include <glib.h>

#include "http_body.h"

/* Bytes of a start line. Of what is searched for one so much is kept. */
enum { START_LINE_MAX = 16 * 1024, SEARCH_KEPT = 8 * 1024 };

/* What tells the class of a status: "HTTP/1.1 2". */
enum { STATUS_CLASS_AT = 9 };

typedef enum { IN_HEAD, IN_BODY, IN_OTHER /* no messages any more */ } phase;

/* One direction. */
typedef struct {
    phase phase;
    bool searching; /* for a start line: what comes before it is skipped */
    bool begun;     /* the sink knows of the first bytes of the head at hand */
    uint64_t position;
    GByteArray *head;   /* bytes of a head that is not whole; its end is at #position */
    size_t line;        /* in #head, where its last line begins */
    unsigned lines;     /* before that */
    oxc_http_body body; /* of the message at hand */
    void *request;      /* of the message at hand; NULL if it is not known */
} side;

/* A request that waits for its response. */
typedef struct {
    void *request;
    bool is_head, is_connect;
} waiting;

struct oxc_stream_state {
    const oxc_stream_sink *sink;
    side sides[2]; /* to the server, to the client */
    waiting queue[OXC_STREAM_REQUESTS_MAX];
    unsigned first, count; /* of the queue, which is a ring */
    bool doubtful;         /* bytes were lost: the order alone does not match any more */
    bool begun_late;       /* requests may have come before those that are known */
};

oxc_stream_state *oxc_stream_new(const oxc_stream_sink *sink, bool from_start)
{
    oxc_stream_state *stream = g_new0(oxc_stream_state, 1);

    stream->sink = sink;
    for (unsigned i = 0; i < 2; i++) {
        stream->sides[i].head = g_byte_array_new();
        stream->sides[i].searching = !from_start;
    }
    return stream;
}

void oxc_stream_free(oxc_stream_state *stream)
{
    if (!stream)
        return;
    for (unsigned i = 0; i < 2; i++)
        g_byte_array_unref(stream->sides[i].head);
    g_free(stream);
}

void oxc_stream_doubt(oxc_stream_state *stream)
{
    stream->begun_late = true;
}

uint64_t oxc_stream_position(const oxc_stream_state *stream, bool to_client)
{
    return stream->sides[to_client].position;
}

bool oxc_stream_is_in_head(const oxc_stream_state *stream, bool to_client)
{
    return stream->sides[to_client].phase == IN_HEAD && stream->sides[to_client].head->len > 0;
}

bool oxc_stream_is_opaque(const oxc_stream_state *stream)
{
    return stream->sides[0].phase == IN_OTHER;
}

size_t oxc_stream_memory(const oxc_stream_state *stream)
{
    return sizeof *stream + stream->sides[0].head->len + stream->sides[1].head->len;
}

/* Requests and their responses */

static void push(oxc_stream_state *stream, void *request, oxc_span method)
{
    if (stream->count == OXC_STREAM_REQUESTS_MAX) {
        stream->first = (stream->first + 1) % OXC_STREAM_REQUESTS_MAX;
        stream->count--;
        stream->doubtful = true;
    }
    stream->queue[(stream->first + stream->count++) % OXC_STREAM_REQUESTS_MAX] =
        (waiting){request, oxc_span_is(method, "HEAD"), oxc_span_is(method, "CONNECT")};
}

static const waiting *front(const oxc_stream_state *stream, unsigned place)
{
    return place < stream->count ? &stream->queue[(stream->first + place) % OXC_STREAM_REQUESTS_MAX]
                                 : NULL;
}

static bool names_request(const oxc_stream_state *stream, const oxc_http_head *head, void *user)
{
    return !stream->sink->names_request || stream->sink->names_request(user, head);
}

/* The request that a response answers, which is taken off the queue with those before it: the first
 * one, unless the response says itself that it is another's. */
static waiting match(oxc_stream_state *stream, const oxc_http_head *head, void *user)
{
    waiting none = {NULL, false, false}, found;
    unsigned place = 0;

    while (place < stream->count &&
           !stream->sink->answers(user, front(stream, place)->request, head))
        place++;
    if (place < stream->count)
        stream->begun_late = false;
    else if (!stream->doubtful && !(stream->begun_late && names_request(stream, head, user)))
        place = 0;
    if (place >= stream->count)
        return none;
    if (place > 0 && stream->sink->passed_over)
        stream->sink->passed_over(user);
    found = *front(stream, place);
    stream->first = (stream->first + place + 1) % OXC_STREAM_REQUESTS_MAX;
    stream->count -= place + 1;
    stream->doubtful = false;
    return found;
}

/* States of a direction */

static void expect_head(side *of)
{
    of->phase = IN_HEAD;
    of->begun = false;
    of->request = NULL;
    of->line = 0;
    of->lines = 0;
    if (of->head->len > START_LINE_MAX) {
        g_byte_array_unref(of->head);
        of->head = g_byte_array_new();
    }
    g_byte_array_set_size(of->head, 0);
}

static void search_head(side *of)
{
    expect_head(of);
    of->searching = true;
}

static void end_message(oxc_stream_state *stream, bool to_client, void *user, oxc_stream_end how)
{
    side *of = &stream->sides[to_client];
    void *request = of->request;

    if (how == OXC_STREAM_WHOLE)
        expect_head(of);
    else
        search_head(of);
    stream->sink->end(user, to_client, request, of->position, how);
}

/* What is in front of the next chunk is no size, or there is no end of it. */
static void break_off(oxc_stream_state *stream, bool to_client, void *user)
{
    stream->doubtful = stream->doubtful || stream->count > 0;
    end_message(stream, to_client, user, OXC_STREAM_LOST);
}

static void leave_http(oxc_stream_state *stream)
{
    for (unsigned i = 0; i < 2; i++) {
        expect_head(&stream->sides[i]);
        stream->sides[i].phase = IN_OTHER;
    }
}

/* Heads */

/* Begins the body that a head announces. */
static void begin_body(oxc_stream_state *stream, bool to_client, const oxc_http_head *head,
                       bool to_head, void *user)
{
    side *of = &stream->sides[to_client];

    oxc_http_body_begin(&of->body, head, to_head);
    of->phase = IN_BODY;
    g_byte_array_set_size(of->head, 0);
    if (of->body.phase == OXC_BODY_ENDED)
        end_message(stream, to_client, user, OXC_STREAM_WHOLE);
}

static void take_request(oxc_stream_state *stream, const oxc_http_head *head, void *user)
{
    side *of = &stream->sides[0];
    void *request = stream->sink->request(user, head);

    push(stream, request, head->start.method);
    of->request = request;
    begin_body(stream, false, head, false, user);
}

static void take_final_response(oxc_stream_state *stream, const oxc_http_head *head, void *user)
{
    side *of = &stream->sides[1];
    waiting answered = match(stream, head, user);
    unsigned status = head->start.status;

    of->request = answered.request;
    if (answered.request && !of->begun)
        stream->sink->begin(user, answered.request, head->position);
    stream->sink->response(user, answered.request, head);
    if (status == 101 || (answered.is_connect && status / 100 == 2)) {
        end_message(stream, true, user, OXC_STREAM_WHOLE);
        leave_http(stream);
        return;
    }
    begin_body(stream, true, head, answered.is_head, user);
}

static void take_response(oxc_stream_state *stream, const oxc_http_head *head, void *user)
{
    const waiting *next = stream->doubtful ? NULL : front(stream, 0);

    if (head->start.status / 100 != 1 || head->start.status == 101) {
        take_final_response(stream, head, user);
        return;
    }
    stream->sink->response(user, next ? next->request : NULL, head);
    expect_head(&stream->sides[1]);
}

/* Gives away the head that is whole. */
static void finish_head(oxc_stream_state *stream, bool to_client, void *user)
{
    side *of = &stream->sides[to_client];
    oxc_http_head head;

    if (!oxc_http_head_read((oxc_span){(const char *)of->head->data, of->head->len}, &head)) {
        search_head(of);
        return;
    }
    head.position = of->position - of->head->len;
    of->searching = false;
    if (to_client)
        take_response(stream, &head, user);
    else
        take_request(stream, &head, user);
}

static void drop_front(side *of, size_t size)
{
    g_byte_array_remove_range(of->head, 0, (guint)size);
    of->line = 0;
    of->lines = 0;
}

static oxc_span last_line(const side *of)
{
    oxc_span rest = {(const char *)of->head->data + of->line, of->head->len - of->line};
    oxc_span line = rest;

    oxc_span_take_line(&rest, &line);
    return line;
}

/* Whether the line that has just ended is a start line; what is in front of one is dropped. */
static bool take_start_line(side *of, bool to_client)
{
    oxc_span line = last_line(of);
    oxc_start_line start;
    int64_t found = 0;

    if (line.size == 0 && !of->searching)
        return false;
    if (of->searching || !oxc_start_line_read(line, &start) || start.response != to_client) {
        of->searching = true;
        found = oxc_start_line_find(line, to_client);
    }
    if (found < 0)
        return false;
    if (found > 0)
        drop_front(of, (size_t)found);
    return true;
}

static void give_up_head(oxc_stream_state *stream, bool to_client, void *user)
{
    side *of = &stream->sides[to_client];
    uint64_t position = of->position - of->head->len;

    search_head(of);
    stream->sink->too_large(user, to_client, position);
}

/* A line of a head has ended. */
static void take_head_line(oxc_stream_state *stream, bool to_client, void *user)
{
    side *of = &stream->sides[to_client];
    oxc_span line = last_line(of);

    if (of->lines > 0 && line.size == 0) {
        finish_head(stream, to_client, user);
        return;
    }
    if (of->lines > 0 && of->searching && !oxc_field_line_is_clean(line))
        drop_front(of, of->line);
    if (of->lines == 0 && !take_start_line(of, to_client)) {
        bool searching = of->searching;

        expect_head(of);
        of->searching = searching;
        return;
    }
    of->lines++;
    of->line = of->head->len;
    if (of->lines > OXC_HTTP_LINES_MAX)
        give_up_head(stream, to_client, user);
}

/* Bytes that the head at hand may have, and a start line alone. */
static size_t most_of_head(const side *of)
{
    return of->lines == 0 ? START_LINE_MAX : OXC_HTTP_HEAD_MAX;
}

/* Makes room where a head is as long as it may be. */
static void bound_head(oxc_stream_state *stream, bool to_client, void *user)
{
    side *of = &stream->sides[to_client];

    if (of->lines == 0 && of->searching)
        drop_front(of, of->head->len - SEARCH_KEPT);
    else
        give_up_head(stream, to_client, user);
}

/* Tells of the first bytes of a response as soon as it is sure that they are some. */
static void tell_begin(oxc_stream_state *stream, void *user)
{
    side *of = &stream->sides[1];
    const waiting *next = stream->doubtful ? NULL : front(stream, 0);

    if (!next || of->begun || of->phase != IN_HEAD || of->lines > 0 ||
        of->head->len <= STATUS_CLASS_AT || memcmp(of->head->data, "HTTP/1.", 7) != 0 ||
        of->head->data[STATUS_CLASS_AT] == '1')
        return;
    of->begun = true;
    stream->sink->begin(user, next->request, of->position - of->head->len);
}

static size_t feed_head(oxc_stream_state *stream, bool to_client, const uint8_t *bytes, size_t size,
                        void *user)
{
    side *of = &stream->sides[to_client];
    const uint8_t *end = (const uint8_t *)memchr(bytes, '\n', size);
    size_t taken = end ? (size_t)(end - bytes) + 1 : size;

    if (of->head->len >= most_of_head(of)) {
        bound_head(stream, to_client, user);
        return 0;
    }
    taken = MIN(taken, most_of_head(of) - of->head->len);
    g_byte_array_append(of->head, bytes, (guint)taken);
    of->position += taken;
    if (to_client)
        tell_begin(stream, user);
    if (bytes[taken - 1] == '\n')
        take_head_line(stream, to_client, user);
    return taken;
}

static size_t feed_body(oxc_stream_state *stream, bool to_client, const uint8_t *bytes, size_t size,
                        void *user)
{
    side *of = &stream->sides[to_client];
    uint64_t position = of->position;
    size_t taken;
    oxc_body_part part = oxc_http_body_take(&of->body, bytes, size, &taken);

    of->position += taken;
    if (part == OXC_BODY_DATA)
        stream->sink->body(user, to_client, of->request, position, bytes, taken);
    if (part == OXC_BODY_BROKEN)
        break_off(stream, to_client, user);
    else if (of->body.phase == OXC_BODY_ENDED)
        end_message(stream, to_client, user, OXC_STREAM_WHOLE);
    return taken;
}

/* Takes at least one byte, but where it finds out that the one at hand begins something else. */
static size_t feed_some(oxc_stream_state *stream, bool to_client, const uint8_t *bytes, size_t size,
                        void *user)
{
    side *of = &stream->sides[to_client];

    if (of->phase == IN_HEAD)
        return feed_head(stream, to_client, bytes, size, user);
    if (of->phase == IN_BODY)
        return feed_body(stream, to_client, bytes, size, user);
    of->position += size;
    return size;
}

void oxc_stream_feed(oxc_stream_state *stream, bool to_client, const uint8_t *bytes, size_t size,
                     void *user)
{
    while (size > 0) {
        size_t taken = feed_some(stream, to_client, bytes, size, user);

        bytes += taken;
        size -= taken;
    }
}

void oxc_stream_lose(oxc_stream_state *stream, bool to_client, void *user)
{
    side *of = &stream->sides[to_client];

    if (of->phase == IN_OTHER)
        return;
    stream->doubtful = stream->doubtful || !to_client || stream->count > 0;
    if (of->phase == IN_HEAD)
        search_head(of);
    else
        end_message(stream, to_client, user, OXC_STREAM_LOST);
}

void oxc_stream_close(oxc_stream_state *stream, bool to_client, void *user)
{
    side *of = &stream->sides[to_client];

    if (of->phase == IN_BODY)
        end_message(stream, to_client, user,
                    of->body.phase == OXC_BODY_REST ? OXC_STREAM_WHOLE : OXC_STREAM_CUT);
}
