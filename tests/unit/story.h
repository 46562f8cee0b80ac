/* story.h
 * Random histories: what they consist of, how they are made up, told, made small and printed
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef STORY_H
#define STORY_H

#include "naive.h"

#define STORY_MADE  112 /* steps that are made up */
#define STORY_STEPS 240 /* with those that are seen twice */
#define STORY_LINKS 9
#define SECOND      INT64_C(1000000000)

/** What a second, poorer look at the same history gets to see of a step. */
typedef enum { SEEN, MISSED, BLANKED, LOST, LOST_UNKNOWN } visibility;

typedef struct {
    bool close; /**< FIN or RST of e.connection */
    oxc_close how;
    visibility seen;
    oxc_event e;
    uint32_t registered[2];
    uint32_t notified[2];
} step;

/** How the handles of a history look: all different, as Gromox makes them (one UUID, different
 *  attributes), CXH and ACXH equal, or with attributes that no server uses. */
typedef enum { PLAIN, GROMOX, EQUAL, ODD, STYLES } handle_style;

typedef struct {
    oxc_settings settings;
    handle_style style;
    uint32_t links;
    uint32_t server[STORY_LINKS];
    uint16_t port[STORY_LINKS];
    uint32_t client[STORY_LINKS];
    bool split[STORY_LINKS]; /**< over HTTP */
    guint length;
    guint break_at; /**< recovery: from here on the stretch that makes all certain again; 0: none */
    step steps[STORY_STEPS];
} story;

/** What kind of history is wanted. */
typedef enum {
    STORY_WILD,     /**< anything */
    STORY_TAME,     /**< everything read, handles that keep to their association */
    STORY_RECOVERY, /**< tame, and with a stretch on which each session is seen to live */
} story_kind;

/** Makes up the history with that number: the same for the same number. */
void story_make(story *out, uint64_t seed, story_kind kind);

/** Shows one of the connections a second time, as both sides of an address translation would. */
void story_mirror(story *told, uint64_t *random);

/** The next of a row of random numbers, and one below a limit. */
uint64_t random_next(uint64_t *random);
guint random_below(uint64_t *random, guint limit);
bool random_chance(uint64_t *random, guint percent);

/** A tracker that is told a history. */
typedef struct {
    oxc_tracker *tracker;
    uint8_t closed[STORY_LINKS]; /**< what the legs show: a subject stays where it is */
    oxc_leg legs[STORY_LINKS];
    oxc_ending endings[STORY_LINKS];
} subject;

void subject_init(subject *s, const story *told);
void subject_free(subject *s);

/** Tells a step as it was, or as the poorer look has it. */
void subject_tell(subject *s, const step *what);
void subject_tell_as_seen(subject *s, const step *what);

/** What the poorer look has of a step; false where it has nothing. */
bool story_as_seen(const step *what, step *poorer);

bool subject_view(const subject *s, const step *what, oxc_view *view);

/** One bit a rule. Fails the test where one is there twice. */
uint64_t subject_findings(const subject *s, const step *what);

/** A naive telling without a step, one step more, and that of all steps. */
naive *story_begin_naive(const story *told);
void story_tell_naive(naive *n, const step *what);
naive *story_naive(const story *told);

/** The same of what the poorer look sees; @p places, one a step, is where each step is there. */
naive *story_naive_as_seen(const story *told, guint *places);

/** A difference between two tellings. */
typedef struct {
    bool found;
    guint step;
    char kind[80];
    char detail[160];
} difference;

void differ(difference *d, guint index, const char *kind, const char *name, int64_t tracker,
            int64_t expected);

/** The name of the first rule of a set of bits. */
const char *story_rule_name(uint64_t mask);

/** The rules of class V in a set of bits. */
uint64_t story_violations(uint64_t findings);

typedef void (*property)(const story *told, difference *d);

/** Decides what of a history is seen. */
typedef void (*preparation)(story *told, uint64_t *random);

/** How many histories are wanted, and whether that is fewer than a whole run has. */
bool story_is_short_run(void);

/** Looks at one of @p share of the histories. Each kind of difference is shown once, on a history
 *  made as small as it gets, and fails the test. */
void story_run(story_kind kind, property holds, preparation prepare, uint64_t share);

#endif /* STORY_H */
