/* story.c
 * Random histories of connections, calls, losses and closes
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <string.h>

#include "story_world.h"

uint64_t random_next(uint64_t *random)
{
    *random += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t z = *random;
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

guint random_below(uint64_t *random, guint limit)
{
    return (guint)(random_next(random) % limit);
}

bool random_chance(uint64_t *random, guint percent)
{
    return random_below(random, 100) < percent;
}

guint below(world *w, guint limit)
{
    return random_below(&w->random, limit);
}

bool chance(world *w, guint percent)
{
    return random_chance(&w->random, percent);
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

static bool answers(oxc_event_type type)
{
    return type == OXC_EVENT_BIND_ACK || type == OXC_EVENT_RESPONSE || type == OXC_EVENT_FAULT;
}

step *append(world *w, oxc_event_type type, uint32_t link)
{
    story *out = w->out;
    if (out->length == STORY_MADE)
        return NULL;
    const step *last = out->length == 0 ? NULL : &out->steps[out->length - 1];
    step *s = &out->steps[out->length++];
    memset(s, 0, sizeof *s);
    s->e.type = type;
    s->e.connection = link;
    s->e.from_server = answers(type) || (type == OXC_EVENT_OTHER_PDU && chance(w, 60));
    if (last != NULL && !last->close && last->e.connection == link &&
        answers(last->e.type) == answers(type) && chance(w, w->join)) {
        s->e.ordinal = last->e.ordinal + 1;
    } else {
        w->frame++;
        w->time += pause_of(w);
    }
    s->e.frame = w->frame;
    s->e.time = w->time;
    return s;
}

/* The last group that the client of a link got from its server. */
static uint32_t *group_at(world *w, uint32_t link)
{
    return &w->groups[w->out->client[link] * 4 + (w->out->server[link] & 1) * 2 +
                      (w->out->port[link] & 1)];
}

static void append_bind_ack(world *w, uint32_t link)
{
    uint32_t *group = group_at(w, link);
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
    s->e.digest = 2 * link + 2;
    s->e.group_id = !w->tame && chance(w, 4) ? 0 : given;
}

/* Most connections begin with a bind; of some the capture misses one half or both. */
void introduce(world *w, uint32_t link)
{
    if (w->introduced[link])
        return;
    w->introduced[link] = true;
    w->last_call[link] = 1;
    uint32_t group = *group_at(w, link);
    if (group != 0 && (w->tame || chance(w, 65)))
        w->asked[link] = group;
    else if (!w->tame && chance(w, 8))
        w->asked[link] = 7 + w->out->client[link];
    guint way = w->tame ? (w->late ? 99 : 0) : below(w, 100);
    w->acknowledged[link] = way >= 75;
    if (way < 80) {
        step *s = append(w, OXC_EVENT_BIND, link);
        if (s != NULL) {
            s->e.call_id = 1;
            s->e.digest = 2 * link + 1;
            s->e.group_id = w->asked[link];
        }
    }
    if (way < 68 || (way >= 80 && way < 85))
        append_bind_ack(w, link);
}

bool pick_link(world *w, uint32_t *link)
{
    uint32_t first = below(w, w->out->links);
    for (uint32_t i = 0; i < w->out->links; i++) {
        *link = (first + i) % w->out->links;
        if (!w->closed[*link])
            return true;
    }
    return false;
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

static void close_number(world *w, uint32_t link)
{
    step *s = append(w, OXC_EVENT_OTHER_PDU, link);
    if (s == NULL)
        return;
    s->close = true;
    s->how = (oxc_close){.kind = chance(w, 60) ? OXC_CLOSE_RST : OXC_CLOSE_FIN,
                         .side = chance(w, 60) ? OXC_SIDE_SERVER : OXC_SIDE_CLIENT,
                         .has_time = true,
                         .time = s->e.time};
    w->closed[link] = true;
    if (!w->tame && chance(w, 20))
        return; /* half closed: answers still come */
    for (guint i = w->call_count; i-- > 0;)
        if (w->calls[i].link == link)
            forget_call(w, i);
}

static void close_some(world *w)
{
    uint32_t link;
    if (pick_link(w, &link))
        close_number(w, link);
}

/* What a device does that closes connections after some time: the client waits on a new one. */
static void cut_wait(world *w)
{
    uint32_t link;
    if (!pick_link(w, &link))
        return;
    introduce(w, link);
    send_wait_on(w, link);
    int64_t age = w->cut_age;
    if (chance(w, 30))
        age += age / 100 * (int64_t)below(w, 12);
    w->time += age;
    close_number(w, link);
}

static void send_pdu(world *w, oxc_event_type type)
{
    uint32_t link;
    if (!pick_link(w, &link))
        return;
    introduce(w, link);
    step *s = append(w, type, link);
    if (s != NULL && type == OXC_EVENT_LOST)
        s->e.lost_from = (oxc_side)below(w, 3);
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
        send_pdu(w, chance(w, 90) ? OXC_EVENT_LOST : OXC_EVENT_UNSEEN);
    if (chance(w, w->cut))
        cut_wait(w);
    if (!chance(w, w->odd)) {
        if (chance(w, 48))
            answer_some(w);
        else
            send_request(w);
        return;
    }
    guint k = below(w, 100);
    if (k < 35)
        give_up(w);
    else if (k < 65)
        close_some(w);
    else if (k < 85 && !w->tame)
        send_stray(w);
    else
        send_pdu(w, OXC_EVENT_OTHER_PDU);
}

static void set_links(world *w)
{
    story *out = w->out;
    out->links = 1 + below(w, STORY_LINKS - 1);
    bool many = chance(w, 30);
    bool clients = chance(w, 25);
    bool http = chance(w, 30);
    for (uint32_t i = 0; i < out->links; i++) {
        out->server[i] = many && chance(w, 40) ? 1 : 0;
        out->port[i] = (uint16_t)(chance(w, 10) ? 6002 : 6001);
        out->client[i] = clients && chance(w, 45) ? 1 : 0;
        out->split[i] = http ? chance(w, 90) : chance(w, 10);
        w->introduced[i] = chance(w, 12);
    }
}

static void set_scene(world *w)
{
    static const uint32_t graces[] = {10, 10, 10, 10, 0, 1, 400};
    story *out = w->out;
    out->settings.assume_complete = chance(w, 5);
    out->settings.grace = graces[below(w, G_N_ELEMENTS(graces))];
    set_links(w);
    out->style = (handle_style)below(w, STYLES);
    w->odd = chance(w, 35) ? 0 : 4 + below(w, 25);
    w->decrypt = chance(w, 85) ? 0 : 70;
    w->null = chance(w, 60) ? 1 : 6;
    w->join = chance(w, 50) ? 3 : 25;
    w->quick = chance(w, 20) ? 25 : chance(w, 60) ? 60 : 94;
    w->notify = chance(w, 70) ? 48 : 90;
    w->fetch = chance(w, 70) ? 25 : 2;
    w->parked = chance(w, 75) ? 0 : 85;
    w->cut = chance(w, 85) ? 0 : 12;
    w->cut_age = (1 + (int64_t)below(w, 9)) * 40 * SECOND;
    w->fresh = chance(w, 65);
    w->handles = chance(w, 50) ? 3 : 1 + below(w, WORLD_HANDLES);
    if (chance(w, 30))
        w->unread = 2 + below(w, 20);
    if (chance(w, 12))
        w->lost = 4;
    w->time = SECOND * 1000;
}

/* A scene without what a smaller part of the same history cannot be held to. */
static void tame_scene(world *w, bool recovers)
{
    story *out = w->out;
    out->settings.assume_complete = false;
    out->style = out->style == EQUAL ? GROMOX : out->style;
    w->late = !recovers && chance(w, 30);
    w->unread = 0;
    w->lost = 0;
    w->decrypt = w->decrypt == 0 ? 0 : 20;
    w->handles = WORLD_HANDLES;
    for (uint32_t i = 0; i < out->links; i++) {
        out->server[i] = 0;
        out->port[i] = 6001;
        w->introduced[i] = false;
    }
}

static void go_on_until(world *w, guint wanted)
{
    for (guint i = 0; i < 2 * STORY_MADE && w->out->length < wanted; i++)
        happen(w);
}

/* Behind a pause that is longer than any hidden wait, each session is seen to live. */
static void recover(world *w)
{
    int64_t longer = (int64_t)(301 + w->out->settings.grace) * SECOND;
    w->time += longer;
    w->out->break_at = w->out->length;
    show_life(w);
    w->time += chance(w, 50) ? longer : SECOND;
    show_life(w);
}

void story_make(story *out, uint64_t seed, story_kind kind)
{
    world w = {.random = seed, .out = out, .tame = kind != STORY_WILD};
    memset(out, 0, sizeof *out);
    set_scene(&w);
    if (w.tame)
        tame_scene(&w, kind == STORY_RECOVERY);
    if (kind == STORY_RECOVERY) {
        go_on_until(&w, 6 + below(&w, 34));
        recover(&w);
        go_on_until(&w, MIN(out->length + 4 + below(&w, 44), STORY_MADE));
        return;
    }
    go_on_until(&w, 4 + below(&w, chance(&w, 60) ? 24 : 80));
    if (kind == STORY_WILD && w.odd + w.unread + w.lost == 0 && chance(&w, 40))
        story_mirror(out, &w.random);
}

/* The same connection seen twice. */

static bool can_be_mirrored(const story *told, uint32_t link)
{
    bool asked = false;
    for (guint i = 0; i < told->length; i++) {
        const step *s = &told->steps[i];
        if (s->close || s->e.connection != link)
            continue;
        asked = asked || (s->e.type == OXC_EVENT_BIND && s->e.group_id == 0);
        if (s->e.type == OXC_EVENT_BIND_ACK)
            return asked && s->e.group_id != 0;
        if (s->e.type != OXC_EVENT_BIND)
            return false;
    }
    return false;
}

/* Every frame of the connection comes once more behind itself, with the ordinals that it had. */
static void add_copies(story *told, uint32_t link, uint32_t copy)
{
    story *before = g_memdup2(told, sizeof *told);
    told->length = 0;
    for (guint first = 0, end; first < before->length; first = end) {
        const step *s = &before->steps[first];
        for (end = first; end < before->length && before->steps[end].e.frame == s->e.frame; end++) {
            step *kept = &told->steps[told->length++];
            *kept = before->steps[end];
            kept->e.frame *= 2;
        }
        for (guint i = first; i < end && s->e.connection == link; i++) {
            step *again = &told->steps[told->length++];
            *again = before->steps[i];
            again->e.frame = 2 * again->e.frame + 1;
            again->e.connection = copy;
        }
    }
    g_free(before);
}

void story_mirror(story *told, uint64_t *random)
{
    uint32_t link = random_below(random, told->links);
    if (!can_be_mirrored(told, link))
        return;
    uint32_t copy = told->links++;
    bool other_server = random_chance(random, 50);
    told->server[copy] = other_server ? 2 : told->server[link];
    told->port[copy] = told->port[link];
    told->client[copy] = other_server ? told->client[link] : 2;
    told->split[copy] = told->split[link];
    add_copies(told, link, copy);
}
