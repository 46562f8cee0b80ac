/* ending.h
 * Whether a connection has ended, and how
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ENDING_H
#define OXC_ENDING_H

#include <stddef.h>

#include "event.h"

typedef enum {
    OXC_CLOSE_UNKNOWN, /**< not known how, or by what else it came to its end */
    OXC_CLOSE_FIN,
    OXC_CLOSE_RST,
} oxc_close_kind;

/** How a connection was closed: the first FIN or RST on it. */
typedef struct {
    oxc_close_kind kind;
    oxc_side side; /**< who sent it */
    bool has_time;
    int64_t time; /**< nanoseconds since the epoch */
} oxc_close;

/** A TCP connection that carries a connection, or a channel of it. */
typedef struct {
    const uint8_t *seen; /**< flags of what has been seen on it by now, or NULL if nobody knows */
    uint8_t ends;        /**< those of them that end it */
    bool closing;        /**< the PDUs being taken in come before its end, although that was seen */
    oxc_close close;     /**< how it was closed, as far as is known */
} oxc_leg;

/** What a connection rests on: its transport fills it in, the tracker looks at it. */
typedef struct {
    const oxc_leg *legs[2]; /**< its TCP connection, or the newest IN and OUT channel; or NULL */
    bool left;              /**< what carried it carries another one by now */
} oxc_ending;

/** True if a FIN or RST of either side has been seen by now. @p leg may be NULL. */
static inline bool oxc_leg_is_closed(const oxc_leg *leg)
{
    return leg != NULL && leg->seen != NULL && !leg->closing && (*leg->seen & leg->ends) != 0;
}

/** The leg that was closed first, or NULL. */
static inline const oxc_leg *oxc_ending_first(const oxc_ending *ending)
{
    const oxc_leg *one = ending->legs[0], *other = ending->legs[1];

    if (!oxc_leg_is_closed(other))
        return oxc_leg_is_closed(one) ? one : NULL;
    if (!oxc_leg_is_closed(one))
        return other;
    return one->close.time < other->close.time ? one : other;
}

/** True if a connection has ended by now: one of its legs is closed, or it was left.
 *  @param close  NULL, or zeros: gets how the leg that was closed first was closed, as far as is
 *                known, where a close ended it */
static inline bool oxc_ending_is_over(const oxc_ending *ending, oxc_close *close)
{
    const oxc_leg *closed;

    if (ending == NULL)
        return false;
    closed = ending->left ? NULL : oxc_ending_first(ending);
    if (close != NULL && closed != NULL)
        *close = closed->close;
    return ending->left || closed != NULL;
}

#endif /* OXC_ENDING_H */
