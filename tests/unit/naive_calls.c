/* naive_calls.c
 * Which answer belongs to which call, how a call ends, and what of it could be read
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "naive_history.h"

bool is_about_call(const entry *x)
{
    return is_pdu(x) && (x->e.type == OXC_EVENT_RESPONSE || x->e.type == OXC_EVENT_FAULT ||
                         x->e.type == OXC_EVENT_CANCEL || x->e.type == OXC_EVENT_ORPHANED);
}

/* Calls and their answers. */

int call_of(const naive *n, const oxc_event *e, int before)
{
    for (int i = before - 1; i >= 0; i--) {
        const entry *x = at(n, i);
        if (is_pdu(x) && x->e.type == OXC_EVENT_REQUEST && x->e.connection == e->connection &&
            x->e.call_id == e->call_id)
            return i;
    }
    return NOTHING;
}

/* The response or fault of a call. */
int answer_of(const naive *n, int request, int before)
{
    for (int i = request + 1; i < before; i++) {
        const entry *x = at(n, i);
        if (is_pdu(x) && x->call == request &&
            (x->e.type == OXC_EVENT_FAULT || (x->e.type == OXC_EVENT_RESPONSE && !x->unmatched)))
            return i;
    }
    return NOTHING;
}

/* Where the call stops being outstanding. A request that takes over the call id ends it, too:
 * nothing can be matched with the older call from then on, and less is said if it is over. */
int end_of(const naive *n, int request, int before)
{
    const entry *r = at(n, request);
    for (int i = request + 1; i < before; i++) {
        const entry *x = at(n, i);
        if (x->e.connection != r->e.connection || x->twin)
            continue;
        if (x->close)
            return i;
        if (is_about_call(x) && x->call == request && !x->unmatched)
            return i;
        if (x->e.type == OXC_EVENT_REQUEST && x->e.call_id == r->e.call_id)
            return i;
    }
    return NOTHING;
}

bool outstanding(const naive *n, int request, int before)
{
    return end_of(n, request, before) == NOTHING;
}

bool was_closed(const naive *n, uint32_t number, int before)
{
    for (int i = 0; i < before; i++)
        if (at(n, i)->close && at(n, i)->e.connection == number)
            return true;
    return false;
}

bool ended_unanswered(const naive *n, int end)
{
    const entry *x = at(n, end);
    return x->close || (x->e.type != OXC_EVENT_RESPONSE && x->e.type != OXC_EVENT_FAULT);
}

/* Readable or not. */

bool request_has_handle(oxc_kind method)
{
    return method == OXC_KIND_CLOSE || method == OXC_KIND_PUSH || method == OXC_KIND_EXECUTE ||
           method == OXC_KIND_ISSUE || method == OXC_KIND_WAIT;
}

static bool response_has_handle(oxc_kind method)
{
    return method == OXC_KIND_CLOSE || method == OXC_KIND_PUSH || method == OXC_KIND_EXECUTE ||
           method == OXC_KIND_ISSUE || method == OXC_KIND_OPEN;
}

bool is_unreadable(const entry *x)
{
    if (!is_pdu(x) || (x->e.type != OXC_EVENT_REQUEST && x->e.type != OXC_EVENT_RESPONSE))
        return false;
    if (!x->believed)
        return true;
    if (x->e.type == OXC_EVENT_REQUEST)
        return request_has_handle(x->e.kind) && !x->e.has_name;
    return (response_has_handle(x->e.kind) && !x->e.has_name) ||
           (x->e.kind != OXC_KIND_OTHER && !x->e.has_result);
}

bool knows_handle(const entry *x)
{
    return x->believed && x->e.has_name && !x->unmatched;
}

bool knows_result(const entry *x)
{
    return x->believed && x->e.has_result && !x->unmatched;
}

bool returned_zero(const entry *x)
{
    return knows_result(x) && x->e.status == 0;
}

/* "An earlier readable PDU of that server showed it": as a CXH or as an ACXH, in a request or in
 * the answer to one. */
static bool was_shown(const naive *n, const entry *about, int before)
{
    for (int i = 0; i < before; i++) {
        const entry *x = at(n, i);
        bool carries =
            is_pdu(x) && (x->e.type == OXC_EVENT_REQUEST
                              ? request_has_handle(x->e.kind)
                              : x->e.type == OXC_EVENT_RESPONSE && response_has_handle(x->e.kind));
        if (carries && !is_unreadable(x) && knows_handle(x) &&
            server_of(n, x) == server_of(n, about) && same_handle(x->e.name, about->e.name))
            return true;
    }
    return false;
}

/* In these histories the lower half of a name stands for the attributes of its handle. */
static uint32_t attributes(oxc_name handle)
{
    return (uint32_t)handle;
}

static bool believable_request(const naive *n, const entry *x, int before)
{
    if (!request_has_handle(x->e.kind) || !x->e.has_name || is_null(x->e.name))
        return true;
    bool reserved_zero = x->e.kind != OXC_KIND_WAIT || x->e.flags == 0;
    return (reserved_zero && attributes(x->e.name) <= 0xFF) || was_shown(n, x, before);
}

static bool has_name(uint32_t status)
{
    static const uint32_t named[] = {
        0,          0x3EB,      0x3ED,      0x3F0,      0x3F2,      0x47D,      0x480,
        0x4B6,      0x4B9,      0x4DF,      0x4E0,      0x4E1,      0x6BB,      0x6F7,
        0x7D8,      0x7EE,      0x970,      0x80004005, 0x80040102, 0x80040110, 0x80040111,
        0x80040115, 0x80040305, 0x80040605, 0x80070005, 0x80070057,
    };
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++)
        if (named[i] == status)
            return true;
    return false;
}

static bool believable_response(const entry *x)
{
    return x->e.has_result && has_name(x->e.status) &&
           (x->e.kind != OXC_KIND_WAIT || x->e.flags <= 1);
}

bool is_believed(const naive *n, const entry *x, int before)
{
    if (x->e.stub != OXC_STUB_DECRYPTED || x->e.kind == OXC_KIND_OTHER)
        return x->e.stub != OXC_STUB_UNREAD;
    return x->e.type == OXC_EVENT_REQUEST ? believable_request(n, x, before)
                                          : believable_response(x);
}
