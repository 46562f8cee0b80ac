/* http_cookies.c
 * Which cookie names the Session Context, and which one its sequence, [MS-OXCMAPIHTTP] 3.2.5.1
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_cookies.h"

#include "http_tables.h"

/* The value of a cookie with a name that was learned. */
static oxc_http_cookie_value value_by_name(const oxc_http_cookies *cookies, oxc_http_name name)
{
    oxc_http_cookie_value found = {0};

    if (name == OXC_HTTP_NO_NAME)
        return found;
    for (size_t i = 0; i < cookies->other_count; i++) {
        const oxc_http_cookie *cookie = &cookies->others[i];

        if (cookie->name != name || cookie->value == OXC_HTTP_NO_NAME)
            continue;
        if (found.value != OXC_HTTP_NO_NAME && found.value != cookie->value)
            return (oxc_http_cookie_value){.conflicting = true};
        found.value = cookie->value;
    }
    return found;
}

oxc_http_cookie_value oxc_http_context_value(oxc_http *http, const oxc_http_event *event,
                                             oxc_http_name server)
{
    const oxc_http_cookie_value *known = &event->cookies.context;

    if (known->conflicting || known->value != OXC_HTTP_NO_NAME)
        return *known;
    return value_by_name(&event->cookies, oxc_http_server_of(http, server)->context_name);
}

oxc_http_cookie_value oxc_http_sequence_value(oxc_http *http, const oxc_http_event *event,
                                              oxc_http_name server)
{
    const oxc_http_cookie_value *known = &event->cookies.sequence;

    if (known->conflicting || known->value != OXC_HTTP_NO_NAME)
        return *known;
    return value_by_name(&event->cookies, oxc_http_server_of(http, server)->sequence_name);
}

static bool sends(const oxc_http_cookies *cookies, const oxc_http_cookie *wanted)
{
    for (size_t i = 0; i < cookies->other_count; i++)
        if (cookies->others[i].name == wanted->name && cookies->others[i].value == wanted->value)
            return true;
    return false;
}

/* The cookies of a Connect of which the request sends one. */
static uint32_t find_learning(const oxc_http *http, const oxc_http_event *event)
{
    for (size_t i = 0; i < event->cookies.other_count; i++) {
        uint32_t learning =
            oxc_http_learning_find(http, event->server, event->cookies.others[i].value);

        if (learning != OXC_NONE)
            return learning;
    }
    return OXC_NONE;
}

/* The one cookie of a Connect that is still sent as it was, or NULL. */
static const oxc_http_cookie *only_lasting(oxc_http_learning *learning,
                                           const oxc_http_cookies *cookies)
{
    const oxc_http_cookie *found = NULL;
    size_t count = 0;

    for (size_t i = 0; i < learning->count; i++) {
        if (!sends(cookies, &learning->cookies[i]))
            learning->changed[i] = true;
        if (learning->changed[i])
            continue;
        found = &learning->cookies[i];
        count++;
    }
    return count == 1 ? found : NULL;
}

static void open_learned(oxc_http *http, const oxc_http_learning *learning, oxc_http_name value)
{
    oxc_http_session *session =
        oxc_http_session_at(http, oxc_http_session_new(http, learning->server, value));

    session->flags = OXC_HTTP_SESSION_OPENED;
    session->alive = session->opened = session->seen = learning->opened;
    session->connect = learning->connect;
    if (learning->expires) {
        session->flags |= OXC_HTTP_SESSION_EXPIRES;
        session->expiration = learning->expiration;
    }
    oxc_http_value_explain(http, value);
}

void oxc_http_learn_from_request(oxc_http *http, const oxc_http_event *event, oxc_http_call *call)
{
    oxc_http_learning *learning;
    const oxc_http_cookie *context;

    if (event->cookies.other_count == 0 || call->type == OXC_HTTP_TYPE_CONNECT)
        return;
    call->learning = find_learning(http, event);
    if (call->learning == OXC_NONE)
        return;
    learning = oxc_http_learning_at(http, call->learning);
    if (!learning->executed)
        return;
    context = only_lasting(learning, &event->cookies);
    if (context == NULL)
        return;
    oxc_http_server_of(http, event->server)->context_name = context->name;
    call->context = context->value;
    if (oxc_http_session_find(http, event->server, context->value) == OXC_NONE)
        open_learned(http, learning, context->value);
}

static void learn_from_connect(oxc_http *http, const oxc_http_event *event,
                               const oxc_http_call *call)
{
    uint32_t number = oxc_store_add(&http->learnings);
    oxc_http_learning *learning = oxc_http_learning_at(http, number);

    learning->server = call->server;
    learning->connect = call->answer;
    learning->opened = oxc_http_now(http, event);
    learning->expires = event->has_expiration;
    learning->expiration = event->expiration;
    for (size_t i = 0; i < event->cookies.other_count && i < OXC_HTTP_COOKIES_MAX; i++)
        if (event->cookies.others[i].value != OXC_HTTP_NO_NAME)
            learning->cookies[learning->count++] = event->cookies.others[i];
    oxc_http_learning_index(http, number);
}

/* An Execute answer changes the cookie that has the sequence. */
static void learn_from_execute(oxc_http *http, const oxc_http_event *event,
                               const oxc_http_call *call)
{
    oxc_http_learning *learning = oxc_http_learning_at(http, call->learning);
    oxc_http_server *server = oxc_http_server_of(http, call->server);

    learning->executed = true;
    for (size_t i = 0; i < event->cookies.other_count; i++) {
        const oxc_http_cookie *cookie = &event->cookies.others[i];

        for (size_t k = 0; k < learning->count; k++) {
            if (learning->cookies[k].name != cookie->name ||
                learning->cookies[k].value == cookie->value)
                continue;
            learning->changed[k] = true;
            if (server->sequence_name == OXC_HTTP_NO_NAME)
                server->sequence_name = cookie->name;
        }
    }
}

void oxc_http_learn_from_answer(oxc_http *http, const oxc_http_event *event,
                                const oxc_http_call *call)
{
    if (call->type == OXC_HTTP_TYPE_CONNECT && event->cookies.other_count != 0 &&
        oxc_http_server_of(http, call->server)->context_name == OXC_HTTP_NO_NAME &&
        event->cookies.context.value == OXC_HTTP_NO_NAME && !event->cookies.context.conflicting)
        learn_from_connect(http, event, call);
    else if (call->type == OXC_HTTP_TYPE_EXECUTE && call->learning != OXC_NONE)
        learn_from_execute(http, event, call);
}
