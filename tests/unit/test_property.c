/* test_property.c
 * Random histories: the tracker against the naive telling of the contract, and against itself
 * when it sees less of the same history
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Environment: OXC_PROPERTY_SEED (first seed), OXC_PROPERTY_COUNT (number of histories). History
 * number k of a run is the only one of a run with seed + k and count 1; what is printed of a
 * difference names that seed.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "naive.h"

#define DEFAULT_SEED  1
#define DEFAULT_COUNT 100000
#define MAX_STEPS     96
#define MAX_LINKS     6
#define MAX_KINDS     12
#define HANDLES       3
#define SECOND        INT64_C(1000000000)

/* Histories. */

/* What a second, poorer look at the same history gets to see of a step. */
typedef enum { SEEN, MISSED, BLANKED, LOST } visibility;

typedef struct {
    bool close; /* FIN or RST of e.connection */
    visibility seen;
    oxc_event e;
    uint32_t registered[2];
    uint32_t notified[2];
} step;

/* How the handles of a history look: all different, as Gromox makes them (one UUID, different
 * attributes), CXH and ACXH equal, or with attributes that no server uses. */
typedef enum { PLAIN, GROMOX, EQUAL, ODD, STYLES } handle_style;

typedef struct {
    oxc_settings settings;
    handle_style style;
    uint32_t links;
    uint32_t server[MAX_LINKS];
    uint16_t port[MAX_LINKS];
    bool split[MAX_LINKS]; /* over HTTP */
    guint length;
    step steps[MAX_STEPS];
} story;

static const char *method_name(oxc_method method)
{
    switch (method) {
    case OXC_METHOD_DISCONNECT:
        return "EcDoDisconnect";
    case OXC_METHOD_REGISTER_PUSH:
        return "EcRRegisterPushNotification";
    case OXC_METHOD_CONNECT:
        return "EcDoConnectEx";
    case OXC_METHOD_RPC_EXT2:
        return "EcDoRpcExt2";
    case OXC_METHOD_ASYNC_CONNECT:
        return "EcDoAsyncConnectEx";
    case OXC_METHOD_ASYNC_WAIT:
        return "EcDoAsyncWaitEx";
    case OXC_METHOD_OTHER:
        break;
    }
    return "other method";
}

static const char *type_name(oxc_event_type type)
{
    static const char *const names[] = {"bind",         "bind_ack",    "request",  "response",
                                        "fault",        "cancel",      "orphaned", "other PDU",
                                        "segment lost", "calls unseen"};
    return names[type];
}

/* Making histories up. */

typedef struct {
    uint32_t link;
    uint32_t call_id;
    oxc_method method;
    oxc_handle handle;
} open_call;

typedef struct {
    uint64_t random;
    story *out;
    bool tame;     /* one association, nothing unread, lost or unmatched */
    bool late;     /* if tame: the capture has none of the binds */
    guint odd;     /* percent of events that normal traffic does not have */
    guint unread;  /* percent of stubs that are not read */
    guint lost;    /* percent of steps that are lost segments */
    guint decrypt; /* percent of stubs that were sealed and opened */
    guint null;    /* percent of handles that are null */
    guint join;    /* percent of events in the frame of the one before */
    guint quick;   /* percent of pauses of a few milliseconds */
    guint notify;  /* percent of wait responses that are notifications */
    guint fetch;   /* weight of EcDoRpcExt2 */
    guint handles; /* how many of each kind there are */
    int64_t time;
    uint32_t frame;
    uint32_t group;
    uint32_t groups[4];
    bool introduced[MAX_LINKS];
    bool acknowledged[MAX_LINKS];
    bool closed[MAX_LINKS];
    uint32_t asked[MAX_LINKS];
    uint32_t last_call[MAX_LINKS];
    open_call calls[MAX_STEPS];
    guint call_count;
    open_call done; /* a call that has been answered */
    bool any_done;
    guint opened; /* bits of the CXHs returned so far */
    guint issued; /* bits of the ACXHs returned so far */
} world;

static uint64_t next_random(world *w)
{
    w->random += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = w->random;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static guint below(world *w, guint limit)
{
    return (guint)(next_random(w) % limit);
}

static bool chance(world *w, guint percent)
{
    return below(w, 100) < percent;
}

static oxc_handle make_handle(uint8_t attributes, uint8_t second, uint8_t uuid)
{
    oxc_handle handle;
    memset(handle.bytes, 0, sizeof handle.bytes);
    handle.bytes[0] = attributes;
    handle.bytes[1] = second;
    memset(handle.bytes + 4, uuid, 16);
    return handle;
}

static oxc_handle cxh(const world *w, guint index)
{
    return make_handle(w->out->style == GROMOX ? 2 : 0, w->out->style == ODD ? 9 : 0,
                       (uint8_t)('A' + index));
}

static oxc_handle acxh(const world *w, guint index)
{
    switch (w->out->style) {
    case GROMOX:
        return make_handle(3, 0, (uint8_t)('A' + index));
    case EQUAL:
        return make_handle(0, 0, (uint8_t)('A' + index));
    case ODD:
        return make_handle(0, 9, (uint8_t)('P' + index));
    case PLAIN:
    case STYLES:
        break;
    }
    return make_handle(0, 0, (uint8_t)('P' + index));
}

/* One of the handles in @p known mostly, else any. */
static guint pick_index(world *w, guint known)
{
    guint index = below(w, w->handles);
    for (guint i = 0; i < w->handles && chance(w, 85); i++)
        if ((known >> ((index + i) % w->handles) & 1) != 0)
            return (index + i) % w->handles;
    return index;
}

static int64_t pause_of(world *w)
{
    int64_t grace = (int64_t)w->out->settings.grace * SECOND;
    const int64_t longer[] = {
        SECOND / 2,
        SECOND - 1,
        SECOND,
        SECOND + 1,
        3 * SECOND,
        60 * SECOND,
        grace,
        grace + 1,
        300 * SECOND - 1,
        300 * SECOND,
        400 * SECOND,
        299 * SECOND,
        grace - 1,
        300 * SECOND + grace,
        300 * SECOND + grace + 1,
        300 * SECOND - grace,
        300 * SECOND - grace - 1,
    };
    if (chance(w, w->quick))
        return (int64_t)below(w, 4) * 1000000;
    int64_t pause = longer[below(w, G_N_ELEMENTS(longer))];
    return pause < 0 ? 0 : pause;
}

static bool from_server(oxc_event_type type)
{
    return type == OXC_EVENT_BIND_ACK || type == OXC_EVENT_RESPONSE || type == OXC_EVENT_FAULT;
}

static step *append(world *w, oxc_event_type type, uint32_t link)
{
    story *out = w->out;
    if (out->length == MAX_STEPS)
        return NULL;
    const step *last = out->length == 0 ? NULL : &out->steps[out->length - 1];
    step *s = &out->steps[out->length++];
    memset(s, 0, sizeof *s);
    s->e.type = type;
    s->e.connection = link;
    if (last != NULL && !last->close && last->e.connection == link &&
        from_server(last->e.type) == from_server(type) && chance(w, w->join)) {
        s->e.ordinal = last->e.ordinal + 1;
    } else {
        w->frame++;
        w->time += pause_of(w);
    }
    s->e.frame = w->frame;
    s->e.time = w->time;
    return s;
}

static void append_bind_ack(world *w, uint32_t link)
{
    uint32_t *group = &w->groups[(w->out->server[link] & 1) * 2 + (w->out->port[link] & 1)];
    uint32_t given = w->asked[link];
    if (given == 0) {
        given = w->tame || chance(w, 80) ? ++w->group : 1;
        *group = given;
    }
    w->acknowledged[link] = true;
    step *s = append(w, OXC_EVENT_BIND_ACK, link);
    if (s == NULL)
        return;
    s->e.call_id = 1;
    s->e.group_id = !w->tame && chance(w, 4) ? 0 : given;
}

/* Most connections begin with a bind; of some the capture misses one half or both. */
static void introduce(world *w, uint32_t link)
{
    if (w->introduced[link])
        return;
    w->introduced[link] = true;
    w->last_call[link] = 1;
    uint32_t group = w->groups[(w->out->server[link] & 1) * 2 + (w->out->port[link] & 1)];
    if (group != 0 && (w->tame || chance(w, 65)))
        w->asked[link] = group;
    else if (!w->tame && chance(w, 8))
        w->asked[link] = 7;
    guint way = w->tame ? (w->late ? 99 : 0) : below(w, 100);
    w->acknowledged[link] = way >= 75;
    if (way < 80) {
        step *s = append(w, OXC_EVENT_BIND, link);
        if (s != NULL) {
            s->e.call_id = 1;
            s->e.group_id = w->asked[link];
        }
    }
    if (way < 68 || (way >= 80 && way < 85))
        append_bind_ack(w, link);
}

static bool pick_link(world *w, uint32_t *link)
{
    uint32_t first = below(w, w->out->links);
    for (uint32_t i = 0; i < w->out->links; i++) {
        *link = (first + i) % w->out->links;
        if (!w->closed[*link])
            return true;
    }
    return false;
}

static oxc_stub_state pick_stub(world *w)
{
    if (chance(w, w->unread))
        return OXC_STUB_UNREAD;
    return chance(w, w->decrypt) ? OXC_STUB_DECRYPTED : OXC_STUB_CLEAR;
}

static oxc_handle pick_request_handle(world *w, oxc_method method)
{
    oxc_handle null = {{0}};
    if (method == OXC_METHOD_CONNECT || chance(w, w->null))
        return null;
    if (method != OXC_METHOD_ASYNC_WAIT)
        return cxh(w, pick_index(w, w->opened));
    return chance(w, 6) ? cxh(w, pick_index(w, w->opened)) : acxh(w, pick_index(w, w->issued));
}

static oxc_method pick_method(world *w)
{
    if (w->opened == 0 && chance(w, 50))
        return OXC_METHOD_CONNECT;
    if (w->issued == 0 && chance(w, 40))
        return OXC_METHOD_ASYNC_CONNECT;
    guint k = below(w, 75 + w->fetch);
    if (k < 40)
        return OXC_METHOD_ASYNC_WAIT;
    if (k < 52)
        return OXC_METHOD_ASYNC_CONNECT;
    if (k < 61)
        return OXC_METHOD_CONNECT;
    if (k < 70)
        return OXC_METHOD_DISCONNECT;
    if (k < 73)
        return OXC_METHOD_REGISTER_PUSH;
    return k < 75 ? OXC_METHOD_OTHER : OXC_METHOD_RPC_EXT2;
}

static uint32_t pick_call_id(world *w, uint32_t link)
{
    if (w->call_count > 0 && !w->tame && chance(w, w->odd) && chance(w, 40)) {
        const open_call *c = &w->calls[below(w, w->call_count)];
        if (c->link == link)
            return c->call_id;
    }
    if (w->any_done && w->done.link == link && chance(w, 10))
        for (guint i = 0; i < w->call_count; i++)
            if (w->calls[i].link == link && w->calls[i].call_id == w->done.call_id)
                return ++w->last_call[link];
    if (w->any_done && w->done.link == link && chance(w, 10))
        return w->done.call_id;
    return ++w->last_call[link];
}

static void forget_call(world *w, guint index)
{
    w->calls[index] = w->calls[--w->call_count];
}

static void send_request(world *w)
{
    uint32_t link;
    if (!pick_link(w, &link))
        return;
    introduce(w, link);
    step *s = append(w, OXC_EVENT_REQUEST, link);
    if (s == NULL)
        return;
    s->e.method = pick_method(w);
    s->e.call_id = pick_call_id(w, link);
    s->e.stub = pick_stub(w);
    s->e.handle = pick_request_handle(w, s->e.method);
    s->e.has_handle = s->e.method != OXC_METHOD_CONNECT && s->e.method != OXC_METHOD_OTHER;
    if (s->e.method == OXC_METHOD_ASYNC_WAIT && chance(w, 4))
        s->e.flags = 1 + below(w, 2);
    if (s->e.method == OXC_METHOD_RPC_EXT2 && chance(w, w->odd / 4))
        s->e.rop_faults = OXC_ROP_NOTIFY_IN_REQUEST;
    for (guint i = 0; i < w->call_count; i++)
        if (w->calls[i].link == link && w->calls[i].call_id == s->e.call_id)
            forget_call(w, i--);
    w->calls[w->call_count++] = (open_call){link, s->e.call_id, s->e.method, s->e.handle};
}

static bool pick_call(world *w, guint *index)
{
    if (w->call_count == 0)
        return false;
    *index = below(w, w->call_count);
    if (w->calls[*index].method == OXC_METHOD_ASYNC_WAIT && chance(w, 40))
        *index = below(w, w->call_count);
    return true;
}

static uint32_t handle_index(const oxc_handle *handle)
{
    uint8_t letter = handle->bytes[4];
    return letter >= 'P' ? letter - 'P' : letter >= 'A' ? letter - 'A' : 0;
}

static void answer_connect(world *w, oxc_event *e)
{
    static const uint64_t versions[] = {
        UINT64_C(15) << 48 | UINT64_C(1104) << 16 | 4, UINT64_C(8) << 48 | UINT64_C(358) << 16,
        UINT64_C(8) << 48 | UINT64_C(357) << 16 | 9, UINT64_C(7) << 48, 0};
    guint fresh = chance(w, 70) ? ~w->opened : w->opened;
    guint index = pick_index(w, fresh);
    if (chance(w, 85)) {
        e->handle = cxh(w, index);
        e->server_version = versions[below(w, G_N_ELEMENTS(versions))];
        w->opened |= 1u << index;
    } else if (!chance(w, 20)) {
        e->status = chance(w, 70) ? 0x80070005 : 0;
    } else {
        e->handle = cxh(w, index);
        e->status = 0x80040111;
    }
}

static void answer_async_connect(world *w, oxc_event *e, const oxc_handle *session)
{
    guint index = chance(w, 75) ? handle_index(session) : below(w, w->handles);
    guint way = below(w, 100);
    if (way < 82) {
        e->handle =
            w->out->style == EQUAL && chance(w, 10) ? make_handle(0, 0, 'Z') : acxh(w, index);
        w->issued |= 1u << index;
        return;
    }
    if (way >= 95)
        e->handle = acxh(w, index);
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

static void answer_rpc(world *w, step *s, const oxc_handle *session)
{
    oxc_event *e = &s->e;
    e->handle = *session;
    if (chance(w, 6))
        memset(&e->handle, 0, sizeof e->handle);
    else if (chance(w, 6))
        e->handle = chance(w, 50) ? acxh(w, below(w, w->handles)) : cxh(w, below(w, w->handles));
    e->status = chance(w, 92) ? 0 : 0x80040115;
    e->registered_count = chance(w, 20) ? 1 + below(w, 2) : 0;
    e->notified_count = chance(w, 35) ? 1 + below(w, 2) : 0;
    for (guint i = 0; i < 2; i++) {
        s->registered[i] = 0x10 + below(w, 2);
        s->notified[i] = 0x10 + below(w, 3);
    }
    if (chance(w, w->odd / 4))
        e->rop_faults = OXC_ROP_NOTIFY_FLAGS_INVALID;
}

static void answer_session_call(world *w, oxc_event *e, const oxc_handle *session, guint null)
{
    if (chance(w, 100 - null))
        e->handle = *session;
    e->status = chance(w, 88) ? 0 : 0x80004005;
}

/* A stub that the capture cut short: its end or all of it is missing. */
static void cut_stub(world *w, oxc_event *e)
{
    if (!chance(w, w->unread / 4))
        return;
    e->has_result = false;
    if (chance(w, 50))
        e->has_handle = false;
}

static void send_response(world *w, const open_call *c, oxc_method method)
{
    step *s = append(w, OXC_EVENT_RESPONSE, c->link);
    if (s == NULL)
        return;
    oxc_event *e = &s->e;
    e->call_id = c->call_id;
    e->method = method;
    e->stub = pick_stub(w);
    e->has_handle = method != OXC_METHOD_ASYNC_WAIT && method != OXC_METHOD_OTHER;
    e->has_result = true;
    cut_stub(w, e);
    if (method == OXC_METHOD_CONNECT)
        answer_connect(w, e);
    else if (method == OXC_METHOD_ASYNC_CONNECT)
        answer_async_connect(w, e, &c->handle);
    else if (method == OXC_METHOD_ASYNC_WAIT)
        answer_wait(w, e);
    else if (method == OXC_METHOD_RPC_EXT2)
        answer_rpc(w, s, &c->handle);
    else
        answer_session_call(w, e, &c->handle, method == OXC_METHOD_DISCONNECT ? 92 : 8);
}

static void answer(world *w)
{
    guint index;
    if (!pick_call(w, &index))
        return;
    open_call c = w->calls[index];
    forget_call(w, index);
    w->done = c;
    w->any_done = true;
    if (chance(w, 93)) {
        send_response(w, &c, c.method);
        return;
    }
    step *s = append(w, OXC_EVENT_FAULT, c.link);
    if (s != NULL)
        s->e.call_id = c.call_id;
}

static void give_up(world *w)
{
    guint index;
    if (!pick_call(w, &index) || w->closed[w->calls[index].link])
        return;
    const open_call *c = &w->calls[index];
    step *s = append(w, chance(w, 70) ? OXC_EVENT_CANCEL : OXC_EVENT_ORPHANED, c->link);
    if (s != NULL)
        s->e.call_id = c->call_id;
}

static void close_link(world *w)
{
    uint32_t link;
    if (!pick_link(w, &link))
        return;
    step *s = append(w, OXC_EVENT_OTHER_PDU, link);
    if (s == NULL)
        return;
    s->close = true;
    w->closed[link] = true;
    if (chance(w, 20))
        return; /* half closed: answers still come */
    for (guint i = w->call_count; i-- > 0;)
        if (w->calls[i].link == link)
            forget_call(w, i);
}

/* A response to no call, to one that has its answer, or read as that of another method. */
static void send_stray(world *w)
{
    guint index;
    if (w->any_done && !w->closed[w->done.link] && chance(w, 50)) {
        if (chance(w, 80))
            send_response(w, &w->done, w->done.method);
        else
            send_response(w, &w->done, pick_method(w));
        return;
    }
    open_call c = {.call_id = 99, .method = pick_method(w), .handle = cxh(w, 0)};
    if (chance(w, 50) && pick_call(w, &index) && !w->closed[w->calls[index].link])
        c.link = w->calls[index].link, c.call_id = w->calls[index].call_id;
    else if (!pick_link(w, &c.link))
        return;
    introduce(w, c.link);
    /* Read as its call's own method it would be the answer: the call is over then. */
    for (guint i = w->call_count; i-- > 0;)
        if (w->calls[i].link == c.link && w->calls[i].call_id == c.call_id &&
            w->calls[i].method == c.method)
            forget_call(w, i);
    send_response(w, &c, c.method);
}

static void send_pdu(world *w, oxc_event_type type)
{
    uint32_t link;
    if (!pick_link(w, &link))
        return;
    introduce(w, link);
    append(w, type, link);
}

static void acknowledge_late(world *w)
{
    for (uint32_t link = 0; link < w->out->links; link++)
        if (w->introduced[link] && !w->acknowledged[link] && !w->closed[link] && chance(w, 20))
            append_bind_ack(w, link);
}

static void happen(world *w)
{
    acknowledge_late(w);
    if (chance(w, w->lost))
        send_pdu(w, chance(w, 80) ? OXC_EVENT_LOST : OXC_EVENT_UNSEEN);
    if (!chance(w, w->odd)) {
        if (chance(w, 48))
            answer(w);
        else
            send_request(w);
        return;
    }
    guint k = below(w, 100);
    if (k < 35)
        give_up(w);
    else if (k < 65)
        close_link(w);
    else if (k < 85 && !w->tame)
        send_stray(w);
    else
        send_pdu(w, OXC_EVENT_OTHER_PDU);
}

static void set_scene(world *w)
{
    static const uint32_t graces[] = {10, 10, 10, 10, 0, 1, 400};
    story *out = w->out;
    out->settings.assume_complete = chance(w, 5);
    out->settings.grace = graces[below(w, G_N_ELEMENTS(graces))];
    out->links = 1 + below(w, MAX_LINKS);
    bool many = chance(w, 30);
    for (uint32_t i = 0; i < out->links; i++) {
        out->server[i] = many && chance(w, 40) ? 1 : 0;
        out->port[i] = (uint16_t)(chance(w, 10) ? 6002 : 6001);
    }
    w->out->style = (handle_style)below(w, STYLES);
    w->odd = chance(w, 35) ? 0 : 4 + below(w, 25);
    w->decrypt = chance(w, 85) ? 0 : 70;
    w->null = chance(w, 60) ? 1 : 6;
    w->join = chance(w, 50) ? 3 : 25;
    w->quick = chance(w, 70) ? 60 : 94;
    w->notify = chance(w, 70) ? 48 : 90;
    w->fetch = chance(w, 70) ? 25 : 2;
    w->handles = chance(w, 60) ? HANDLES : 1 + below(w, HANDLES);
    if (chance(w, 30))
        w->unread = 2 + below(w, 20);
    if (chance(w, 12))
        w->lost = 4;
    for (uint32_t i = 0; i < out->links; i++) {
        w->introduced[i] = chance(w, 12);
        out->split[i] = chance(w, 25);
    }
    w->time = SECOND * 1000;
}

/* A scene without what a smaller part of the same history cannot be held to. */
static void tame_scene(world *w)
{
    story *out = w->out;
    out->settings.assume_complete = false;
    out->style = out->style == EQUAL ? GROMOX : out->style;
    w->late = chance(w, 30);
    w->unread = 0;
    w->lost = 0;
    w->decrypt = w->decrypt == 0 ? 0 : 20;
    for (uint32_t i = 0; i < out->links; i++) {
        out->server[i] = 0;
        out->port[i] = 6001;
        w->introduced[i] = false;
    }
}

static void make_story(story *out, uint64_t seed, bool tame)
{
    world w = {.random = seed, .out = out, .tame = tame};
    memset(out, 0, sizeof *out);
    set_scene(&w);
    if (tame)
        tame_scene(&w);
    guint wanted = 4 + below(&w, chance(&w, 60) ? 24 : MAX_STEPS - 16);
    for (guint i = 0; i < 2 * MAX_STEPS && out->length < wanted; i++)
        happen(&w);
}

/* Telling a history to a tracker. */

typedef struct {
    oxc_tracker *tracker;
    bool closed[MAX_LINKS];
} subject;

static bool is_closed(void *user, uint32_t link, oxc_close *close)
{
    const subject *s = user;

    (void)close;
    return s->closed[link];
}

static void subject_init(subject *s, const story *told)
{
    memset(s, 0, sizeof *s);
    s->tracker = oxc_tracker_new(&told->settings, is_closed, s);
    for (uint32_t i = 0; i < told->links; i++) {
        assert_int_equal(oxc_tracker_add_connection(s->tracker, told->server[i], told->port[i]), i);
        if (told->split[i])
            oxc_tracker_split_connection(s->tracker, i);
    }
}

/* The arrays are gone as soon as the tracker has had the event. */
static void tell(subject *s, const step *what)
{
    if (what->close) {
        s->closed[what->e.connection] = true;
        return;
    }
    oxc_event e = what->e;
    uint32_t *registered = g_memdup2(what->registered, sizeof what->registered);
    uint32_t *notified = g_memdup2(what->notified, sizeof what->notified);
    e.registered = registered;
    e.notified = notified;
    oxc_tracker_event(s->tracker, &e);
    g_free(registered);
    g_free(notified);
}

static naive *begin_naive(const story *told)
{
    naive *n = naive_new(&told->settings);
    for (uint32_t i = 0; i < told->links; i++) {
        naive_add_connection(n, told->server[i], told->port[i]);
        if (told->split[i])
            naive_split_connection(n, i);
    }
    return n;
}

static void tell_naive(naive *n, const step *what)
{
    oxc_event e = what->e;
    e.registered = what->registered;
    e.notified = what->notified;
    if (what->close)
        naive_close(n, e.connection);
    else
        naive_event(n, &e);
}

static bool blank(oxc_event *e)
{
    if (e->type != OXC_EVENT_REQUEST && e->type != OXC_EVENT_RESPONSE)
        return false;
    oxc_event kept = {.type = e->type,
                      .frame = e->frame,
                      .ordinal = e->ordinal,
                      .time = e->time,
                      .connection = e->connection,
                      .call_id = e->call_id,
                      .sealed = true};
    if (e->type == OXC_EVENT_REQUEST)
        kept.method = e->method;
    *e = kept;
    return true;
}

static void tell_as_seen(subject *s, const step *what)
{
    step poorer = *what;
    if (what->close || what->seen == SEEN) {
        tell(s, what);
    } else if (what->seen == BLANKED) {
        blank(&poorer.e);
        tell(s, &poorer);
    } else if (what->seen == LOST) {
        poorer.e = (oxc_event){.type = OXC_EVENT_LOST,
                               .frame = what->e.frame,
                               .ordinal = what->e.ordinal,
                               .time = what->e.time,
                               .connection = what->e.connection};
        tell(s, &poorer);
    }
}

static bool view_of(const subject *s, const step *what, oxc_view *view)
{
    memset(view, 0, sizeof *view);
    if (what->close)
        return false;
    return oxc_tracker_view(s->tracker, what->e.frame, what->e.ordinal, view);
}

static uint64_t findings_of(const subject *s, const step *what)
{
    oxc_view view;
    uint64_t findings = 0;
    if (!view_of(s, what, &view))
        return 0;
    for (size_t i = 0; i < view.finding_count; i++) {
        uint64_t bit = UINT64_C(1) << view.findings[i].rule;
        assert_true(view.findings[i].rule < OXC_RULE_COUNT);
        assert_false(findings & bit);
        findings |= bit;
    }
    return findings;
}

/* Differences. */

typedef struct {
    bool found;
    guint step;
    char kind[80];
    char detail[160];
} difference;

static void differ(difference *d, guint index, const char *kind, const char *name, int64_t tracker,
                   int64_t expected)
{
    if (d->found)
        return;
    d->found = true;
    d->step = index;
    g_snprintf(d->kind, sizeof d->kind, "%s %s", kind, name);
    g_snprintf(d->detail, sizeof d->detail,
               "%s %s: tracker %" G_GINT64_FORMAT ", expected %" G_GINT64_FORMAT, kind, name,
               tracker, expected);
}

static const char *rule_name(uint64_t mask)
{
    for (unsigned i = 0; i < OXC_RULE_COUNT; i++)
        if (mask >> i & 1)
            return oxc_rules[i].name;
    return "";
}

static void compare_number(difference *d, guint index, const char *name, uint32_t tracker,
                           uint32_t expected)
{
    if (tracker != expected)
        differ(d, index, "link", name, tracker == OXC_NONE ? -1 : (int64_t)tracker,
               expected == OXC_NONE ? -1 : (int64_t)expected);
}

static void compare_time(difference *d, guint index, const char *name, bool has, int64_t tracker,
                         bool expects, int64_t expected)
{
    if (has != expects || (has && tracker != expected))
        differ(d, index, "link", name, has ? tracker : -1, expects ? expected : -1);
}

static void compare_registered(difference *d, guint index, const oxc_view *view,
                               const naive_view *expected)
{
    for (size_t i = 0; i < expected->registered_count; i++)
        compare_number(d, index, "registered_in",
                       i < view->registered_count ? view->registered_frames[i] : 0,
                       expected->registered[i]);
}

static void compare_links(difference *d, guint index, const oxc_view *view,
                          const naive_view *expected)
{
    compare_number(d, index, "session", view->session, expected->session);
    compare_number(d, index, "context", view->context, expected->context);
    compare_number(d, index, "connect_in", view->connect_frame, expected->connect_frame);
    compare_number(d, index, "wait", view->wait, expected->wait);
    compare_number(d, index, "previous_wait_in", view->previous_wait_frame,
                   expected->previous_wait_frame);
    compare_number(d, index, "next_wait_in", view->next_wait_frame, expected->next_wait_frame);
    compare_number(d, index, "outcome", view->outcome, expected->outcome);
    compare_time(d, index, "wait_time", view->has_wait_time, view->wait_time,
                 expected->outcome != OXC_OUTCOME_NONE, expected->wait_time);
    compare_number(d, index, "fetch_in", view->fetch_frame, expected->fetch_frame);
    compare_number(d, index, "delivered_in", view->delivered_frame, expected->delivered_frame);
    compare_time(d, index, "delivery_time", view->has_delivery_time, view->delivery_time,
                 expected->delivery_time >= 0, expected->delivery_time);
    compare_registered(d, index, view, expected);
}

/* What holds whether or not everything could be read. */
static void compare_call(difference *d, guint index, const step *s, bool known,
                         const oxc_view *view, const naive_view *expected)
{
    bool answers = s->e.type == OXC_EVENT_RESPONSE;
    if (answers && (known && view->unmatched) != !expected->matched)
        differ(d, index, "call", "unmatched", known && view->unmatched, !expected->matched);
    if (!expected->matched || s->e.type == OXC_EVENT_CANCEL || s->e.type == OXC_EVENT_ORPHANED)
        return;
    if (s->e.method != OXC_METHOD_OTHER && (answers || s->e.type == OXC_EVENT_REQUEST) &&
        (known && view->unreadable) != expected->unreadable)
        differ(d, index, "call", "unreadable", known && view->unreadable, expected->unreadable);
    if (known && s->e.type != OXC_EVENT_REQUEST && view->request_frame != expected->request_frame)
        differ(d, index, "call", "request_in", view->request_frame, expected->request_frame);
}

static void compare_step(difference *d, const subject *s, const naive *n, const story *told,
                         guint index, bool exact)
{
    const step *what = &told->steps[index];
    oxc_view view;
    naive_view expected;
    if (what->close)
        return;
    bool known = view_of(s, what, &view);
    if (!known) {
        memset(&view, 0, sizeof view);
        view.session = OXC_NONE;
        view.context = OXC_NONE;
    }
    naive_look(n, index, &expected);
    uint64_t findings = findings_of(s, what);
    uint64_t excess = findings & ~(exact ? expected.findings : expected.allowed);
    if (excess != 0)
        differ(d, index, exact ? "finding" : "finding in spite of unread stubs", rule_name(excess),
               1, 0);
    compare_call(d, index, what, known, &view, &expected);
    if (exact && expected.matched)
        compare_links(d, index, &view, &expected);
}

/* A rule is reported once for a frame, whichever of its PDUs breaks it. */
static void compare_frames(difference *d, const subject *s, const naive *n, const story *told)
{
    for (guint i = 0; i < told->length; i++) {
        uint64_t tracker = 0;
        uint64_t expected = 0;
        for (guint k = 0; k < told->length; k++) {
            naive_view view;
            if (told->steps[k].close || told->steps[k].e.frame != told->steps[i].e.frame)
                continue;
            naive_look(n, k, &view);
            expected |= view.findings;
            tracker |= findings_of(s, &told->steps[k]);
        }
        if ((expected & ~tracker) != 0)
            differ(d, i, "finding", rule_name(expected & ~tracker), 0, 1);
    }
}

static void compare_severities(difference *d, const subject *s, const naive *n, const story *told,
                               guint index)
{
    oxc_view view;
    naive_view expected;
    if (!view_of(s, &told->steps[index], &view))
        return;
    naive_look(n, index, &expected);
    for (size_t i = 0; i < view.finding_count; i++) {
        const oxc_finding *f = &view.findings[i];
        oxc_severity severity = oxc_rules[f->rule].severity;
        if (f->rule == OXC_RULE_wait_handle_unknown)
            severity = expected.warns_unknown ? OXC_SEVERITY_WARNING : OXC_SEVERITY_NOTE;
        if (f->severity != severity)
            differ(d, index, "severity of", oxc_rules[f->rule].name, f->severity,
                   (int64_t)severity);
    }
}

/* Whether another EcDoRpcExt2 request is in the frame: fetch_in cannot tell them apart. */
static bool shares_frame(const story *told, guint index)
{
    for (guint k = 0; k < told->length; k++) {
        const step *s = &told->steps[k];
        if (k != index && !s->close && s->e.frame == told->steps[index].e.frame &&
            s->e.type == OXC_EVENT_REQUEST && s->e.method == OXC_METHOD_RPC_EXT2)
            return true;
    }
    return false;
}

/* The wait responses that an EcDoRpcExt2 request fetches for: one a context. */
static void compare_fetched(difference *d, const subject *s, const naive *n, const story *told,
                            guint index)
{
    oxc_view view;
    naive_view expected;
    if (!view_of(s, &told->steps[index], &view) || view.type != OXC_EVENT_REQUEST ||
        view.method != OXC_METHOD_RPC_EXT2 || shares_frame(told, index))
        return;
    naive_look(n, index, &expected);
    uint64_t contexts = 0;
    uint32_t position = view.notified;
    uint32_t frame;
    for (guint guard = 0;
         guard <= MAX_STEPS && (frame = oxc_tracker_next_notified(s->tracker, &position)) != 0;
         guard++) {
        uint64_t fitting = 0;
        for (guint k = 0; k < told->length; k++) {
            naive_view wait;
            naive_look(n, k, &wait);
            if (told->steps[k].e.frame == frame && wait.fetch_frame == told->steps[index].e.frame)
                fitting |= UINT64_C(1) << (wait.context & 63);
        }
        if (fitting == 0)
            differ(d, index, "link", "notified_in", frame, 0);
        contexts |= fitting;
    }
    if (contexts != expected.fetched_waits)
        differ(d, index, "link", "notified_in (contexts)", (int64_t)contexts,
               (int64_t)expected.fetched_waits);
}

static uint64_t times_fired[OXC_RULE_COUNT];

static void count_findings(const naive *n, const story *told)
{
    for (guint i = 0; i < told->length; i++) {
        naive_view view;
        naive_look(n, i, &view);
        for (unsigned k = 0; k < OXC_RULE_COUNT; k++)
            times_fired[k] += view.findings >> k & 1;
    }
}

static void compare_at_the_end(difference *d, const subject *s, const naive *n, const story *told)
{
    bool exact = naive_all_read(n);
    for (guint i = 0; i < told->length; i++)
        compare_step(d, s, n, told, i, exact);
    if (!exact)
        return;
    compare_frames(d, s, n, told);
    for (guint i = 0; i < told->length; i++) {
        if (told->steps[i].close)
            continue;
        compare_severities(d, s, n, told, i);
        compare_fetched(d, s, n, told, i);
    }
    count_findings(n, told);
}

/* The tracker against the naive one, for each PDU as it comes and again at the end. */
static void compare_with_naive(const story *told, difference *d)
{
    subject s;
    naive *n = begin_naive(told);
    subject_init(&s, told);
    bool exact = true;
    for (guint i = 0; i < told->length; i++) {
        const step *what = &told->steps[i];
        tell_naive(n, what);
        tell(&s, what);
        exact = exact && naive_all_read(n);
        compare_step(d, &s, n, told, i, exact);
    }
    if (!d->found)
        compare_at_the_end(d, &s, n, told);
    oxc_tracker_free(s.tracker);
    naive_free(n);
}

static uint64_t violations(uint64_t findings)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < OXC_RULE_COUNT; i++)
        if (oxc_rules[i].rule_class == OXC_CLASS_VIOLATION)
            mask |= UINT64_C(1) << i;
    return findings & mask;
}

static naive *naive_told(const story *told)
{
    naive *n = begin_naive(told);
    for (guint i = 0; i < told->length; i++)
        tell_naive(n, &told->steps[i]);
    return n;
}

static uint64_t violations_of_frame(const naive *n, const story *told, uint32_t frame)
{
    uint64_t mask = 0;
    naive_view view;
    for (guint i = 0; i < told->length; i++) {
        if (told->steps[i].close || told->steps[i].e.frame != frame)
            continue;
        naive_look(n, i, &view);
        mask |= violations(view.allowed);
    }
    return mask;
}

/* Histories of which a part must not look worse: those that could be read, with handles that keep
 * to an association, and of servers that tell CXH and ACXH, dead and alive apart. Of the others
 * the contract itself says more when it sees less. A user who says that everything is there gets
 * what was asked for. */
static bool may_be_seen_in_part(const story *told)
{
    if (told->settings.assume_complete || told->style == EQUAL)
        return false;
    naive *n = naive_told(told);
    bool readable = naive_all_read(n) && naive_is_ordinary(n);
    naive_free(n);
    return readable;
}

/* Who sees only a part must not accuse of what the whole history does not prove. */
static void compare_with_whole(const story *told, difference *d)
{
    if (!may_be_seen_in_part(told))
        return;
    naive *whole = naive_told(told);
    subject part;
    subject_init(&part, told);
    for (guint i = 0; i < told->length; i++)
        tell_as_seen(&part, &told->steps[i]);
    for (guint i = 0; i < told->length; i++) {
        if (told->steps[i].close || told->steps[i].seen == MISSED)
            continue;
        uint64_t excess = violations(findings_of(&part, &told->steps[i])) &
                          ~violations_of_frame(whole, told, told->steps[i].e.frame);
        if (excess != 0)
            differ(d, i, "only who sees less says", rule_name(excess), 1, 0);
    }
    oxc_tracker_free(part.tracker);
    naive_free(whole);
}

/* Making a failing history small, and printing it. */

typedef void (*property)(const story *told, difference *d);

static bool still_fails(const story *told, property holds, const char *kind)
{
    difference d = {.found = false};
    holds(told, &d);
    return d.found && strcmp(d.kind, kind) == 0;
}

static void drop(story *from, guint first, guint count)
{
    memmove(&from->steps[first], &from->steps[first + count],
            (from->length - first - count) * sizeof(step));
    from->length -= count;
}

static void shrink(story *told, property holds, const char *kind)
{
    bool smaller = true;
    story *trial = g_new(story, 1);
    for (guint count = told->length / 2; count > 0; count = smaller ? count : count / 2) {
        smaller = false;
        for (guint first = 0; first + count <= told->length;) {
            *trial = *told;
            drop(trial, first, count);
            if (still_fails(trial, holds, kind)) {
                *told = *trial;
                smaller = true;
            } else {
                first++;
            }
        }
        if (count > told->length)
            count = told->length;
    }
    g_free(trial);
}

static void print_handle(GString *text, const oxc_handle *handle)
{
    uint8_t letter = handle->bytes[4];
    if (letter == 0)
        g_string_append(text, " null");
    else
        g_string_append_printf(text, " %c/%x", letter,
                               handle->bytes[0] | (unsigned)handle->bytes[1] << 8);
}

static void print_stub(GString *text, const step *s)
{
    const oxc_event *e = &s->e;
    static const char *const stubs[] = {"unread", "", "decrypted"};
    g_string_append_printf(text, " %s %s", method_name(e->method), stubs[e->stub]);
    if (e->has_handle)
        print_handle(text, &e->handle);
    if (e->method == OXC_METHOD_ASYNC_WAIT)
        g_string_append_printf(text, " flags %x", e->flags);
    if (e->has_result)
        g_string_append_printf(text, " status %x", e->status);
    if (e->server_version != 0)
        g_string_append_printf(text, " version %" G_GINT64_MODIFIER "x", e->server_version);
    if (e->rop_faults != 0)
        g_string_append_printf(text, " ROP faults %x", e->rop_faults);
    for (size_t i = 0; i < e->registered_count; i++)
        g_string_append_printf(text, " registers %x", s->registered[i]);
    for (size_t i = 0; i < e->notified_count; i++)
        g_string_append_printf(text, " notifies %x", s->notified[i]);
}

static void print_step(GString *text, const story *told, guint index)
{
    static const char *const seen[] = {"", " [missed]", " [blanked]", " [lost]"};
    const step *s = &told->steps[index];
    const oxc_event *e = &s->e;
    g_string_append_printf(text, "  %3u.%u %9.3f s  link %u%s (%u:%u)  %s", e->frame, e->ordinal,
                           (double)e->time / (double)SECOND, e->connection,
                           told->split[e->connection] ? " (HTTP)" : "", told->server[e->connection],
                           told->port[e->connection], s->close ? "CLOSED" : type_name(e->type));
    if (!s->close && e->type != OXC_EVENT_LOST && e->type != OXC_EVENT_UNSEEN)
        g_string_append_printf(text, " %u", e->call_id);
    if (!s->close && (e->type == OXC_EVENT_BIND || e->type == OXC_EVENT_BIND_ACK))
        g_string_append_printf(text, " group %u", e->group_id);
    if (!s->close && (e->type == OXC_EVENT_REQUEST || e->type == OXC_EVENT_RESPONSE))
        print_stub(text, s);
    g_string_append(text, seen[s->seen]);
}

static void print_difference(story *told, property holds, const difference *found, uint64_t seed)
{
    difference d = {.found = false};
    GString *text = g_string_new(NULL);
    shrink(told, holds, found->kind);
    holds(told, &d);
    g_string_append_printf(
        text, "\nOXC_PROPERTY_SEED=%" G_GUINT64_FORMAT " OXC_PROPERTY_COUNT=1: %s (grace %u%s)\n",
        seed, d.detail, told->settings.grace,
        told->settings.assume_complete ? ", assume_complete" : "");
    for (guint i = 0; i < told->length; i++) {
        print_step(text, told, i);
        g_string_append(text, i == d.step ? "   <==\n" : "\n");
    }
    print_error("%s", text->str);
    g_string_free(text, TRUE);
}

/* Running. */

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *value = g_getenv(name);
    return value == NULL ? otherwise : g_ascii_strtoull(value, NULL, 0);
}

/* Decides what of a history is seen. */
typedef void (*preparation)(story *told, world *w);

/* Looks at one of @p share of the histories. Each kind of difference is shown once. */
static void run(property holds, preparation prepare, uint64_t share)
{
    uint64_t seed = from_environment("OXC_PROPERTY_SEED", DEFAULT_SEED);
    uint64_t count = (from_environment("OXC_PROPERTY_COUNT", DEFAULT_COUNT) + share - 1) / share;
    GHashTable *kinds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    story *told = g_new(story, 1);
    for (uint64_t i = 0; i < count && g_hash_table_size(kinds) < MAX_KINDS; i++) {
        difference d = {.found = false};
        world w = {.random = ~(seed + i)};
        make_story(told, seed + i, prepare != NULL);
        if (prepare != NULL)
            prepare(told, &w);
        holds(told, &d);
        if (d.found && g_hash_table_add(kinds, g_strdup(d.kind)))
            print_difference(told, holds, &d, seed + i);
    }
    guint failed = g_hash_table_size(kinds);
    g_hash_table_destroy(kinds);
    g_free(told);
    assert_int_equal(failed, 0);
}

static void test_contract(void **state)
{
    (void)state;
    run(compare_with_naive, NULL, 1);
}

static void cut_start(story *told, world *w)
{
    guint cut = below(w, told->length + 1);
    for (guint i = 0; i < cut; i++)
        told->steps[i].seen = MISSED;
}

static void test_late_start(void **state)
{
    (void)state;
    run(compare_with_whole, cut_start, 1);
}

static void blank_some(story *told, world *w)
{
    guint percent = 5 + below(w, 60);
    for (guint i = 0; i < told->length; i++)
        if (chance(w, percent))
            told->steps[i].seen = BLANKED;
}

static void test_sealed(void **state)
{
    (void)state;
    run(compare_with_whole, blank_some, 2);
}

static void lose_some(story *told, world *w)
{
    guint percent = 2 + below(w, 20);
    for (guint i = 0; i < told->length; i++)
        if (chance(w, percent))
            told->steps[i].seen = LOST;
}

static void test_lossy(void **state)
{
    (void)state;
    run(compare_with_whole, lose_some, 2);
}

/* Histories in which a rule never fires say nothing about it. */
static void test_every_rule_was_tried(void **state)
{
    (void)state;
    if (from_environment("OXC_PROPERTY_COUNT", DEFAULT_COUNT) < DEFAULT_COUNT)
        skip();
    for (unsigned i = 0; i < OXC_RULE_COUNT; i++) {
        if (times_fired[i] < 20)
            print_error("%s fired %u times\n", oxc_rules[i].name, (unsigned)times_fired[i]);
        assert_true(times_fired[i] >= 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contract),   cmocka_unit_test(test_every_rule_was_tried),
        cmocka_unit_test(test_late_start), cmocka_unit_test(test_sealed),
        cmocka_unit_test(test_lossy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
