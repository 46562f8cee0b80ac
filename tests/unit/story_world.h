/* story_world.h
 * What the making of a random history keeps track of
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef STORY_WORLD_H
#define STORY_WORLD_H

#include "story.h"

#define WORLD_HANDLES 5

typedef struct {
    uint32_t link;
    uint32_t call_id;
    oxc_kind kind;
    oxc_name handle;
} open_call;

typedef struct {
    uint64_t random;
    story *out;
    bool tame;       /* one association a client, nothing unread, lost or unmatched */
    bool fresh;      /* handles are issued once */
    bool late;       /* if tame: the capture has none of the binds */
    guint odd;       /* percent of events that normal traffic does not have */
    guint unread;    /* percent of stubs that are not read */
    guint lost;      /* percent of steps that are lost segments */
    guint decrypt;   /* percent of stubs that were sealed and opened */
    guint null;      /* percent of handles that are null */
    guint join;      /* percent of events in the frame of the one before */
    guint quick;     /* percent of pauses of a few milliseconds */
    guint notify;    /* percent of wait responses that are notifications */
    guint fetch;     /* weight of EcDoRpcExt2 */
    guint parked;    /* percent of answers to waits that are put off */
    guint cut;       /* percent of steps that are a wait and the close of its connection */
    guint handles;   /* how many of each kind there are */
    int64_t cut_age; /* how old a wait is when its connection is closed */
    int64_t time;
    uint32_t frame;
    uint32_t group;
    uint32_t groups[8]; /* the last one that each client got from each server and port */
    bool introduced[STORY_LINKS];
    bool acknowledged[STORY_LINKS];
    bool closed[STORY_LINKS];
    uint32_t asked[STORY_LINKS];
    uint32_t last_call[STORY_LINKS];
    open_call calls[STORY_MADE];
    guint call_count;
    open_call done; /* a call that has been answered */
    bool any_done;
    guint opened; /* bits of the CXHs returned so far */
    guint used;   /* bits of those that a request carried */
    guint ended;  /* bits of those whose session was ended since */
    guint issued; /* bits of the ACXHs returned so far */
    guint waited; /* bits of those that a wait carried */
} world;

/* --- story.c --- */

bool chance(world *w, guint percent);
guint below(world *w, guint limit);
step *append(world *w, oxc_event_type type, uint32_t link);
void introduce(world *w, uint32_t link);
bool pick_link(world *w, uint32_t *link);

/* --- story_calls.c --- */

oxc_name world_cxh(const world *w, guint index);
void send_request(world *w);
void answer_some(world *w);
void send_stray(world *w);
void send_wait_on(world *w, uint32_t link);
bool pick_call(world *w, guint *index);
void forget_call(world *w, guint index);
void show_life(world *w);

#endif /* STORY_WORLD_H */
