/* story_calls.c
 * The calls of a random history and their answers
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <string.h>

#include "story_world.h"

/* The handles of the second client begin here. */
#define SECOND_CLIENT 5

/* The lower half of a name stands for the attributes of its handle. */
static oxc_name make_handle(uint8_t attributes, uint8_t second, uint8_t uuid)
{
    return (oxc_name)uuid << 32 | (oxc_name)second << 8 | attributes;
}

/* Behind a handle's index: the other ACXH of a session. */
#define OTHER_ACXH 16

static uint8_t letter_of(uint8_t first, guint index)
{
    return (uint8_t)(first + index % OTHER_ACXH + (index >= OTHER_ACXH ? 'a' - 'A' : 0));
}

oxc_name world_cxh(const world *w, guint index)
{
    return make_handle(w->out->style == GROMOX ? 2 : 0, w->out->style == ODD ? 9 : 0,
                       letter_of('A', index));
}

static oxc_name acxh(const world *w, guint index)
{
    switch (w->out->style) {
    case GROMOX:
        return make_handle(3, 0, letter_of('A', index));
    case EQUAL:
        return make_handle(0, 0, letter_of('A', index));
    case ODD:
        return make_handle(0, 9, letter_of('P', index));
    case PLAIN:
    case STYLES:
        break;
    }
    return make_handle(0, 0, letter_of('P', index));
}

static bool is_handle_null(oxc_name handle)
{
    return handle == OXC_NO_NAME;
}

/* One of the handles in @p known mostly, else any. */
static guint pick_index(world *w, uint32_t link, guint known)
{
    guint base = w->out->client[link] != 0 && (w->tame || chance(w, 95)) ? SECOND_CLIENT : 0;
    guint index = below(w, w->handles);
    for (guint i = 0; i < w->handles && chance(w, 85); i++)
        if ((known >> (base + (index + i) % w->handles) & 1) != 0)
            return base + (index + i) % w->handles;
    return base + index;
}

static oxc_stub_state pick_stub(world *w)
{
    if (chance(w, w->unread))
        return OXC_STUB_UNREAD;
    return chance(w, w->decrypt) ? OXC_STUB_DECRYPTED : OXC_STUB_CLEAR;
}

/* A handle of the client of the link mostly. */
static guint any_index(world *w, uint32_t link)
{
    return pick_index(w, link, 0);
}

static oxc_name pick_acxh(world *w, uint32_t link)
{
    guint index = pick_index(w, link, w->issued | w->issued >> OTHER_ACXH);
    bool other = (w->issued >> (index + OTHER_ACXH) & 1) != 0 && chance(w, 60);
    index += other ? OTHER_ACXH : 0;
    w->waited |= 1u << index;
    return acxh(w, index);
}

static oxc_name pick_request_handle(world *w, oxc_kind method, uint32_t link)
{
    if (method == OXC_KIND_OPEN || chance(w, w->null))
        return OXC_NO_NAME;
    if (method == OXC_KIND_WAIT && !chance(w, 6))
        return pick_acxh(w, link);
    guint index = pick_index(w, link, w->opened);
    w->used |= 1u << index;
    return world_cxh(w, index);
}

static oxc_kind pick_method(world *w)
{
    if (w->opened == 0 && chance(w, 50))
        return OXC_KIND_OPEN;
    if (w->issued == 0 && chance(w, 40))
        return OXC_KIND_ISSUE;
    guint k = below(w, 75 + w->fetch);
    if (k < 40)
        return OXC_KIND_WAIT;
    if (k < 52)
        return OXC_KIND_ISSUE;
    if (k < 61)
        return OXC_KIND_OPEN;
    if (k < 70)
        return OXC_KIND_CLOSE;
    if (k < 73)
        return OXC_KIND_PUSH;
    return k < 75 ? OXC_KIND_OTHER : OXC_KIND_EXECUTE;
}

static bool is_open(const world *w, uint32_t link, uint32_t call_id)
{
    for (guint i = 0; i < w->call_count; i++)
        if (w->calls[i].link == link && w->calls[i].call_id == call_id)
            return true;
    return false;
}

static uint32_t pick_call_id(world *w, uint32_t link)
{
    if (w->call_count > 0 && !w->tame && chance(w, w->odd) && chance(w, 40)) {
        const open_call *c = &w->calls[below(w, w->call_count)];
        if (c->link == link)
            return c->call_id;
    }
    if (w->any_done && w->done.link == link && chance(w, 12) && !is_open(w, link, w->done.call_id))
        return w->done.call_id;
    return ++w->last_call[link];
}

void forget_call(world *w, guint index)
{
    w->calls[index] = w->calls[--w->call_count];
}

static step *append_request(world *w, uint32_t link, oxc_kind method, oxc_name handle)
{
    introduce(w, link);
    step *s = append(w, OXC_EVENT_REQUEST, link);
    if (s == NULL)
        return NULL;
    s->e.kind = method;
    s->e.call_id = pick_call_id(w, link);
    s->e.stub = pick_stub(w);
    s->e.name = handle;
    s->e.plausible = (uint32_t)handle <= 0xFF;
    s->e.has_name = method != OXC_KIND_OPEN && method != OXC_KIND_OTHER;
    for (guint i = 0; i < w->call_count; i++)
        if (w->calls[i].link == link && w->calls[i].call_id == s->e.call_id)
            forget_call(w, i--);
    w->calls[w->call_count++] = (open_call){link, s->e.call_id, method, handle};
    return s;
}

void send_request(world *w)
{
    uint32_t link;
    if (!pick_link(w, &link))
        return;
    oxc_kind method = pick_method(w);
    step *s = append_request(w, link, method, pick_request_handle(w, method, link));
    if (s == NULL)
        return;
    if (method == OXC_KIND_WAIT && chance(w, 4))
        s->e.flags = 1 + below(w, 2);
    if (method == OXC_KIND_EXECUTE && chance(w, w->odd / 4))
        s->e.rops.faults = OXC_ROP_NOTIFY_IN_REQUEST;
}

void send_wait_on(world *w, uint32_t link)
{
    append_request(w, link, OXC_KIND_WAIT, pick_acxh(w, link));
}

bool pick_call(world *w, guint *index)
{
    if (w->call_count == 0)
        return false;
    *index = below(w, w->call_count);
    if (w->calls[*index].kind == OXC_KIND_WAIT && chance(w, 40))
        *index = below(w, w->call_count);
    return true;
}

static guint handle_index(oxc_name handle)
{
    uint8_t letter = (uint8_t)(handle >> 32);
    letter &= (uint8_t) ~('a' ^ 'A');
    return letter >= 'P' ? letter - 'P' : letter >= 'A' ? letter - 'A' : 0;
}

static void answer_connect(world *w, oxc_event *e)
{
    static const uint64_t versions[] = {
        UINT64_C(15) << 48 | UINT64_C(1104) << 16 | 4, UINT64_C(8) << 48 | UINT64_C(358) << 16,
        UINT64_C(8) << 48 | UINT64_C(357) << 16 | 9, UINT64_C(7) << 48, 0};
    guint known = w->tame || w->fresh ? w->opened | w->used : w->opened;
    bool fresh = w->tame || w->fresh || chance(w, 70);
    guint index = pick_index(w, e->connection, fresh ? ~known : known);
    bool again = (known >> index & 1) != 0;
    if (chance(w, 85) && !((w->tame || w->fresh) && again)) {
        e->name = world_cxh(w, index);
        e->server_version = versions[below(w, G_N_ELEMENTS(versions))];
        w->opened |= 1u << index;
        w->ended &= ~(1u << index);
    } else if (w->tame || !chance(w, 20)) {
        e->status = w->tame || chance(w, 70) ? 0x80070005 : 0;
    } else {
        e->name = world_cxh(w, index);
        e->status = 0x80040111;
    }
}

/* In a tame history an ACXH is that of its session, and a session has two of them at most. */
static void answer_async_connect(world *w, oxc_event *e, oxc_name session)
{
    guint index = handle_index(session);
    if (!w->tame && !w->fresh && chance(w, 50))
        index = pick_index(w, e->connection, w->issued);
    if (chance(w, 15))
        index += OTHER_ACXH;
    guint way = below(w, 100);
    bool early = (w->waited & ~w->issued) >> index & 1;
    if (way < 82 && !(w->fresh && early)) {
        e->name = w->out->style == EQUAL && chance(w, 10) ? make_handle(0, 0, 'Z') : acxh(w, index);
        w->issued |= 1u << index;
        return;
    }
    if (way >= 95)
        e->name = acxh(w, index);
    if (way >= 86)
        e->status = chance(w, 70) ? 0x7EE : 0x1C00001A;
}

static void answer_wait(world *w, oxc_event *e)
{
    if (chance(w, w->notify)) {
        e->flags = 1;
        return;
    }
    guint way = below(w, 52);
    if (way >= 22 && way < 36)
        e->status = 0x7EE;
    else if (way >= 36 && way < 39)
        e->status = 0x3ED;
    else if (way >= 39 && way < 45)
        e->status = 0x3F0;
    else if (way >= 45 && way < 47)
        e->status = 0xDEADBEEF;
    else if (way >= 47)
        e->flags = 2 + below(w, 2);
    if (way >= 50)
        e->status = 0x7EE;
}

/* A failed call gives a null CXH more often than one that succeeds. */
static void answer_rpc(world *w, step *s, oxc_name session)
{
    oxc_event *e = &s->e;
    e->status = chance(w, 90) ? 0 : chance(w, 50) ? 0x47D : 0x80040115;
    if (!chance(w, e->status == 0 ? 3 : 50))
        e->name = session;
    if (chance(w, 6) && !is_handle_null(e->name))
        e->name = chance(w, 50) ? acxh(w, any_index(w, e->connection))
                                : world_cxh(w, any_index(w, e->connection));
    if (e->status == 0 && is_handle_null(e->name))
        w->ended |= 1u << handle_index(session);
    e->rops.registered_count = chance(w, 20) ? 1 + below(w, 2) : 0;
    e->rops.notified_count = chance(w, 35) ? 1 + below(w, 2) : 0;
    for (guint i = 0; i < 2; i++) {
        s->registered[i] = 0x10 + below(w, 2);
        s->notified[i] = 0x10 + below(w, 3);
    }
    e->rops.unwalked = chance(w, 4);
    if (chance(w, w->odd / 4))
        e->rops.faults = OXC_ROP_NOTIFY_FLAGS_INVALID;
}

static void answer_session_call(world *w, oxc_event *e, oxc_name session, guint null)
{
    if (chance(w, 100 - null))
        e->name = session;
    e->status = chance(w, 88) ? 0 : 0x80004005;
    if (e->status == 0 && (null > 50 || is_handle_null(e->name)))
        w->ended |= 1u << handle_index(session);
}

/* A stub that the capture cut short: its end or all of it is missing. */
static void cut_stub(world *w, oxc_event *e)
{
    if (!chance(w, w->unread / 4))
        return;
    e->has_result = false;
    if (chance(w, 50))
        e->has_name = false;
}

static void send_response(world *w, const open_call *c, oxc_kind method)
{
    step *s = append(w, OXC_EVENT_RESPONSE, c->link);
    if (s == NULL)
        return;
    oxc_event *e = &s->e;
    e->call_id = c->call_id;
    e->kind = method;
    e->stub = pick_stub(w);
    e->has_name = method != OXC_KIND_WAIT && method != OXC_KIND_OTHER;
    e->has_result = true;
    cut_stub(w, e);
    if (method == OXC_KIND_OPEN)
        answer_connect(w, e);
    else if (method == OXC_KIND_ISSUE)
        answer_async_connect(w, e, c->handle);
    else if (method == OXC_KIND_WAIT)
        answer_wait(w, e);
    else if (method == OXC_KIND_EXECUTE)
        answer_rpc(w, s, c->handle);
    else
        answer_session_call(w, e, c->handle, method == OXC_KIND_CLOSE ? 92 : 8);
}

void answer_some(world *w)
{
    guint index;
    if (!pick_call(w, &index))
        return;
    open_call c = w->calls[index];
    if (c.kind == OXC_KIND_WAIT && chance(w, w->parked))
        return;
    forget_call(w, index);
    w->done = c;
    w->any_done = true;
    if (chance(w, 93)) {
        send_response(w, &c, c.kind);
        return;
    }
    step *s = append(w, OXC_EVENT_FAULT, c.link);
    if (s != NULL)
        s->e.call_id = c.call_id;
}

/* A response to no call, to one that has its answer, or read as that of another method. */
void send_stray(world *w)
{
    guint index;
    if (w->any_done && !w->closed[w->done.link] && chance(w, 50)) {
        if (chance(w, 80))
            send_response(w, &w->done, w->done.kind);
        else
            send_response(w, &w->done, pick_method(w));
        return;
    }
    open_call c = {.call_id = 99, .kind = pick_method(w), .handle = world_cxh(w, 0)};
    if (chance(w, 50) && pick_call(w, &index) && !w->closed[w->calls[index].link])
        c.link = w->calls[index].link, c.call_id = w->calls[index].call_id;
    else if (!pick_link(w, &c.link))
        return;
    introduce(w, c.link);
    /* Read as its call's own method it would be the answer: the call is over then. */
    for (guint i = w->call_count; i-- > 0;)
        if (w->calls[i].link == c.link && w->calls[i].call_id == c.call_id &&
            w->calls[i].kind == c.kind)
            forget_call(w, i);
    send_response(w, &c, c.kind);
}

/* An EcDoRpcExt2 on every session that is not known to have ended, answered with 0 and its CXH. */
void show_life(world *w)
{
    for (guint index = 0; index < OTHER_ACXH; index++) {
        uint32_t link;
        if ((w->opened >> index & 1) == 0 || (w->ended >> index & 1) != 0 || !pick_link(w, &link))
            continue;
        bool second = index >= SECOND_CLIENT;
        for (uint32_t i = 0; i < w->out->links && (w->out->client[link] != 0) != second; i++)
            link = (link + 1) % w->out->links;
        if (w->closed[link] || (w->out->client[link] != 0) != second)
            continue;
        step *s = append_request(w, link, OXC_KIND_EXECUTE, world_cxh(w, index));
        if (s == NULL)
            return;
        s->e.stub = OXC_STUB_CLEAR;
        open_call c = w->calls[--w->call_count];
        s = append(w, OXC_EVENT_RESPONSE, link);
        if (s == NULL)
            return;
        s->e.call_id = c.call_id;
        s->e.kind = OXC_KIND_EXECUTE;
        s->e.stub = OXC_STUB_CLEAR;
        s->e.name = c.handle;
        s->e.has_name = true;
        s->e.has_result = true;
    }
}
