/* rop_asking.c
 * Asks for what the layout of a ROP rests on outside of its buffer
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rop_asking.h"

#include "rop_layouts.h"

const oxc_columns oxc_logon_private = {0}, oxc_logon_public = {0};

static const oxc_rop_walk *live_walk(const oxc_rop_buffer *buffer)
{
    return buffer->walk && buffer->walk->live ? buffer->walk : NULL;
}

static bool has_met(const oxc_rop_ways *ways, oxc_rop_way way)
{
    for (unsigned i = 0; i < ways->count; i++) {
        if (ways->met[i] == way)
            return true;
    }
    return false;
}

unsigned oxc_rop_choose(oxc_rop_buffer *buffer, oxc_rop_way way)
{
    oxc_rop_ways *ways = &buffer->ways;

    buffer->doubtful = true;
    if (!has_met(ways, way))
        ways->met[ways->count++] = (uint8_t)way;
    return (unsigned)(ways->chosen >> (2 * way)) & 3;
}

static unsigned options_of(uint8_t way)
{
    switch (way) {
    case OXC_WAY_NULL:
        return 3;
    case OXC_WAY_BUSY:
        return 4;
    default:
        return 2;
    }
}

bool oxc_rop_other_ways(oxc_rop_ways *ways)
{
    while (ways->count > 0) {
        uint8_t way = ways->met[--ways->count];
        unsigned next = ((unsigned)(ways->chosen >> (2 * way)) & 3) + 1;

        ways->chosen &= ~(UINT64_C(3) << (2 * way));
        if (next < options_of(way)) {
            ways->chosen |= (uint64_t)next << (2 * way);
            return true;
        }
    }
    return false;
}

static void bind(oxc_rop_buffer *buffer, oxc_rop_binds kind, uint8_t index,
                 const oxc_columns *columns)
{
    oxc_rop_place *place = &buffer->place;

    if (place->bindings == OXC_WALK_BINDINGS_MAX) {
        place->overflow = true;
        return;
    }
    buffer->walk->bindings[place->bindings++] =
        (oxc_rop_binding){.kind = kind, .index = index, .columns = columns};
}

/* RopProgress and a ROP that goes on meanwhile are answered in each other's place, [MS-OXCPRPT]
 * 3.1.5. */
static bool is_answer(const oxc_rop_asked *asked, uint8_t id, uint8_t index)
{
    return asked->index == index &&
           (asked->id == id || asked->id == OXC_ROP_PROGRESS || id == OXC_ROP_PROGRESS ||
            (asked->id == OXC_ROP_GET_MESSAGE_STATUS && id == OXC_ROP_SET_MESSAGE_STATUS));
}

/* A further payload answers the last ROP once more. */
static const oxc_rop_asked *match_last(oxc_rop_buffer *buffer, uint8_t id, uint8_t index)
{
    const oxc_rop_walk *walk = buffer->walk;
    unsigned i = walk->asked_count;

    while (i > 0 && walk->asked[i - 1].id == OXC_ROP_RELEASE)
        i--;
    if (i > 0 && is_answer(&walk->asked[i - 1], id, index))
        return &walk->asked[i - 1];
    buffer->astray = !walk->asked_more;
    return NULL;
}

/* What is released by the ROPs in front of one that is answered. */
static void pass_asked(oxc_rop_buffer *buffer, unsigned upto)
{
    const oxc_rop_walk *walk = buffer->walk;

    for (; buffer->place.asked < upto; buffer->place.asked++) {
        const oxc_rop_asked *asked = &walk->asked[buffer->place.asked];

        if (asked->id == OXC_ROP_RELEASE)
            bind(buffer, OXC_BINDS_COLUMNS, asked->index, NULL);
    }
}

const oxc_rop_asked *oxc_rop_match(oxc_rop_buffer *buffer, uint8_t id, uint8_t index)
{
    const oxc_rop_walk *walk = live_walk(buffer);
    unsigned i;

    if (!walk || !walk->asked)
        return NULL;
    if (walk->chained)
        return match_last(buffer, id, index);
    for (i = buffer->place.asked; i < walk->asked_count; i++) {
        const oxc_rop_asked *asked = &walk->asked[i];

        if (asked->id != OXC_ROP_RELEASE && is_answer(asked, id, index)) {
            pass_asked(buffer, i);
            buffer->place.asked = i + 1;
            return asked;
        }
        if (asked->id != OXC_ROP_RELEASE && !buffer->backed_off)
            buffer->astray = true;
    }
    buffer->astray |= !walk->asked_more;
    return NULL;
}

/* Notes an answer for later passes, or looks it up there. */
static const oxc_columns *remember(oxc_rop_buffer *buffer, const oxc_columns *answer)
{
    oxc_rop_walk *walk = buffer->walk;
    unsigned most = walk->live ? OXC_WALK_ANSWERS_MAX : walk->answer_count;
    unsigned place = buffer->place.answers;

    if (place >= most)
        return NULL;
    if (walk->live)
        walk->answers[place] = answer;
    buffer->place.answers++;
    return walk->answers[place];
}

const oxc_columns *oxc_rop_ask_tags(oxc_rop_buffer *buffer, const oxc_rop_asked *asked)
{
    if (!buffer->walk)
        return NULL;
    return remember(buffer,
                    asked && asked->id == OXC_ROP_GET_PROPERTIES_SPECIFIC ? asked->tags : NULL);
}

/* What the buffer itself said last of the object behind an index, or what was said before. */
static const oxc_columns *find_columns(const oxc_rop_buffer *buffer, uint8_t index)
{
    const oxc_rop_walk *walk = buffer->walk;
    unsigned i = buffer->place.bindings;

    if (buffer->place.overflow)
        return NULL;
    while (i-- > 0) {
        if (walk->bindings[i].kind != OXC_BINDS_LOGON && walk->bindings[i].index == index)
            return walk->bindings[i].columns;
    }
    return walk->columns_of ? walk->columns_of(walk->user, index) : NULL;
}

const oxc_columns *oxc_rop_ask_columns(oxc_rop_buffer *buffer, uint8_t index)
{
    if (!buffer->walk)
        return NULL;
    return remember(buffer, buffer->walk->live ? find_columns(buffer, index) : NULL);
}

const oxc_columns *oxc_rop_ask_logon(oxc_rop_buffer *buffer, uint8_t logon_id)
{
    const oxc_rop_walk *walk = buffer->walk;

    if (!walk)
        return NULL;
    return remember(buffer,
                    walk->live && walk->logon_of ? walk->logon_of(walk->user, logon_id) : NULL);
}

void oxc_rop_conclude(oxc_rop_buffer *buffer, const oxc_rop *rop, const oxc_rop_asked *asked)
{
    uint8_t head = oxc_rop_row_of(rop->id)->head;
    uint64_t return_value = 0, flags = 0;

    if (rop->id == OXC_ROP_BACKOFF || rop->id == OXC_ROP_BUFFER_TOO_SMALL)
        buffer->backed_off = true;
    buffer->place.ended |= buffer->backed_off;
    if (!asked || !oxc_rop_value(rop, OXC_FIELD_RETURN_VALUE, &return_value))
        return;
    if (rop->id == OXC_ROP_SET_COLUMNS)
        bind(buffer, OXC_BINDS_COLUMNS, asked->index, return_value == 0 ? asked->tags : NULL);
    else if (return_value != 0)
        return;
    else if (rop->id == OXC_ROP_RESET_TABLE)
        bind(buffer, OXC_BINDS_COLUMNS, asked->index, NULL);
    else if (head == OXC_HEAD_TO || head == OXC_HEAD_NEW)
        bind(buffer, OXC_BINDS_OBJECT, asked->index, NULL);
    if (rop->id == OXC_ROP_LOGON && oxc_rop_value(rop, OXC_FIELD_LOGON_FLAGS, &flags))
        bind(buffer, OXC_BINDS_LOGON, asked->logon,
             flags & OXC_LOGON_PRIVATE ? &oxc_logon_private : &oxc_logon_public);
}
