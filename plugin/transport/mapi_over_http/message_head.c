/* message_head.c
 * What the head of a MAPI over HTTP message says
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "message_head.h"

#include <string.h>

#include <glib.h>

#include "capture/string_names.h"

/* Of a host name, and of a cookie's value that is a GUID or longer. */
enum { HOST_MAX = 256 };

static const char *const type_names[] = {
    [OXC_HTTP_TYPE_CONNECT] = "Connect",
    [OXC_HTTP_TYPE_EXECUTE] = "Execute",
    [OXC_HTTP_TYPE_DISCONNECT] = "Disconnect",
    [OXC_HTTP_TYPE_NOTIFICATION_WAIT] = "NotificationWait",
    [OXC_HTTP_TYPE_PING] = "PING",
};

oxc_http_request_type oxc_request_type_of(oxc_span value)
{
    for (unsigned type = OXC_HTTP_TYPE_CONNECT; type <= OXC_HTTP_TYPE_PING; type++) {
        if (value.size == strlen(type_names[type]) &&
            memcmp(value.text, type_names[type], value.size) == 0)
            return (oxc_http_request_type)type;
    }
    return value.size > 0 ? OXC_HTTP_TYPE_OTHER : OXC_HTTP_TYPE_NONE;
}

const char *oxc_request_type_name(oxc_http_request_type type)
{
    return oxc_http_is_call(type) ? type_names[type] : NULL;
}

/* The path of a request target, which may be a whole URL. */
static oxc_span path_of(oxc_span target)
{
    const char *slashes =
        target.size > 0 ? g_strstr_len(target.text, (gssize)target.size, "://") : NULL;
    oxc_span path = oxc_span_take(&target, '?');

    if (slashes && *path.text != '/' && slashes < path.text + path.size) {
        oxc_span authority;

        path.size -= (size_t)(slashes + 3 - path.text);
        path.text = slashes + 3;
        authority = oxc_span_take(&path, '/');
        if (path.size == 0)
            return path;
        path.text = authority.text + authority.size;
        path.size++;
    }
    return path;
}

bool oxc_is_endpoint_request(const oxc_start_line *start)
{
    oxc_span path;

    if (start->response || start->method.size != 4 || memcmp(start->method.text, "POST", 4) != 0)
        return false;
    path = path_of(start->target);
    return oxc_span_is(path, "/mapi/emsmdb") || oxc_span_is(path, "/mapi/emsmdb/");
}

bool oxc_is_endpoint_response(const oxc_message_head *head)
{
    return head->mapi_content && oxc_http_is_call(head->type);
}

void oxc_head_number_read(oxc_span value, oxc_head_number *number)
{
    uint64_t read;

    if (!oxc_span_number(value, 10, &read) || read > UINT32_MAX)
        return;
    *number = (oxc_head_number){value, true, (uint32_t)read};
}

/* "host:port" in lower case without the port that goes without saying. */
static oxc_http_name name_of_server(oxc_span host)
{
    const char *colon = NULL;

    if (host.size == 0 || host.size > HOST_MAX)
        return OXC_HTTP_NO_NAME;
    for (size_t i = host.size; i > 0 && g_ascii_isdigit(host.text[i - 1]); i--) {
        if (i > 1 && host.text[i - 2] == ':')
            colon = host.text + i - 2;
    }
    if (colon) {
        oxc_span port = {colon + 1, (size_t)(host.text + host.size - colon) - 1};

        if (oxc_span_is(port, "80") || oxc_span_is(port, "443"))
            host.size = (size_t)(colon - host.text);
    }
    return oxc_name_of_lower(host.text, host.size);
}

/* Cookies */

static oxc_http_name name_of_value(oxc_span value)
{
    return value.size > 0 ? oxc_name_of(value.text, value.size) : OXC_HTTP_NO_NAME;
}

/* A value of one of the two roles. Of those that a request sends no two may differ; of those that a
 * response sets the last one counts. */
static void take_role(oxc_http_cookie_value *role, oxc_span *shown, oxc_span value, bool set)
{
    oxc_http_name name = name_of_value(value);

    if (role->conflicting)
        return;
    if (!set && role->value != OXC_HTTP_NO_NAME && name != OXC_HTTP_NO_NAME &&
        role->value != name) {
        role->value = OXC_HTTP_NO_NAME;
        role->conflicting = true;
        return;
    }
    if (name != OXC_HTTP_NO_NAME || set)
        role->value = name;
    if (shown->size == 0 || set)
        *shown = value;
}

static void take_cookie(oxc_message_head *of, oxc_span pair, bool set)
{
    oxc_span value = oxc_span_trim(pair), name = oxc_span_trim(oxc_span_take(&value, '='));

    value = oxc_span_trim(value);
    if (name.size == 0)
        return;
    if (oxc_span_is(name, "MapiContext") || oxc_span_is(name, "sid")) {
        take_role(&of->cookies.context, &of->context, value, set);
        of->product =
            oxc_span_is(name, "sid") ? OXC_HTTP_PRODUCT_GROMOX : OXC_HTTP_PRODUCT_EXCHANGE;
    } else if (oxc_span_is(name, "MapiSequence") || oxc_span_is(name, "sequence")) {
        take_role(&of->cookies.sequence, &of->sequence, value, set);
    } else if (of->cookies.other_count < OXC_HTTP_COOKIES_MAX) {
        of->others[of->cookies.other_count++] =
            (oxc_http_cookie){oxc_name_of(name.text, name.size), name_of_value(value)};
    }
}

static void take_cookies(oxc_message_head *of, oxc_span value)
{
    of->cookies.present = true;
    while (value.size > 0)
        take_cookie(of, oxc_span_take(&value, ';'), false);
}

static void take_set_cookie(oxc_message_head *of, oxc_span value)
{
    of->cookies.present = true;
    take_cookie(of, oxc_span_take(&value, ';'), true);
}

/* Fields */

/* "application/mapi-http", with or without parameters. */
static bool is_mapi_content(oxc_span value)
{
    return oxc_span_is(oxc_span_trim(oxc_span_take(&value, ';')), "application/mapi-http");
}

/* The fields whose values are texts. */
static bool take_text(oxc_message_head *of, const oxc_field *field)
{
    const struct {
        const char *name;
        oxc_span *value;
        unsigned bits;
    } texts[] = {
        {"Host", &of->host, OXC_HTTP_FIELD_HOST},
        {"X-RequestType", &of->request_type, OXC_HTTP_FIELD_REQUEST_TYPE | OXC_HTTP_FIELD_OWN},
        {"X-RequestId", &of->request_id, OXC_HTTP_FIELD_REQUEST_ID | OXC_HTTP_FIELD_OWN},
        {"X-ClientInfo", &of->client_info, OXC_HTTP_FIELD_OWN},
        {"X-ClientApplication", &of->client_application, 0},
        {"X-ServerApplication", &of->server_application, OXC_HTTP_FIELD_OWN},
        {"Content-Type", &of->content_type, OXC_HTTP_FIELD_CONTENT_TYPE},
        {"Content-Encoding", &of->content_encoding, 0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (oxc_span_is(field->name, texts[i].name)) {
            *texts[i].value = field->value;
            of->fields |= texts[i].bits;
            return true;
        }
    }
    return false;
}

static void take_number(oxc_message_head *of, const oxc_field *field)
{
    const struct {
        const char *name;
        oxc_head_number *value;
        unsigned bits;
    } numbers[] = {
        {"X-ResponseCode", &of->response_code, OXC_HTTP_FIELD_RESPONSE_CODE | OXC_HTTP_FIELD_OWN},
        {"X-PendingPeriod", &of->pending_period, OXC_HTTP_FIELD_OWN},
        {"X-ExpirationInfo", &of->expiration, OXC_HTTP_FIELD_OWN},
        {"X-ElapsedTime", NULL, OXC_HTTP_FIELD_OWN},
        {"X-StartTime", NULL, OXC_HTTP_FIELD_OWN},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(numbers); i++) {
        if (oxc_span_is(field->name, numbers[i].name)) {
            of->fields |= numbers[i].bits;
            if (numbers[i].value)
                oxc_head_number_read(field->value, numbers[i].value);
        }
    }
}

static void take_field(oxc_message_head *of, const oxc_field *field, bool response)
{
    if (oxc_span_is(field->name, response ? "Set-Cookie" : "Cookie")) {
        if (response)
            take_set_cookie(of, field->value);
        else
            take_cookies(of, field->value);
    } else if (!take_text(of, field)) {
        take_number(of, field);
    }
}

static oxc_http_name name_of_id(oxc_span id)
{
    return id.size > 0 ? oxc_name_of_lower(id.text, id.size) : OXC_HTTP_NO_NAME;
}

oxc_http_name oxc_message_id(const oxc_http_head *head)
{
    oxc_span lines = head->fields, id = {NULL, 0};
    oxc_field field;

    while (oxc_field_next(&lines, &field)) {
        if (oxc_span_is(field.name, "X-RequestId"))
            id = field.value;
    }
    return name_of_id(id);
}

void oxc_message_head_read(const oxc_http_head *head, oxc_message_head *of)
{
    oxc_span lines = head->fields;
    oxc_field field;

    memset(of, 0, sizeof *of);
    while (oxc_field_next(&lines, &field))
        take_field(of, &field, head->start.response);
    of->type = oxc_request_type_of(of->request_type);
    of->server = name_of_server(of->host);
    of->id = name_of_id(of->request_id);
    if (head->has_length || head->chunked)
        of->fields |= OXC_HTTP_FIELD_LENGTH;
    of->mapi_content = is_mapi_content(of->content_type);
    of->encoded = of->content_encoding.size > 0 && !oxc_span_is(of->content_encoding, "identity");
    of->cookies.others = of->others;
}
