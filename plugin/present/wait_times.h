/* wait_times.h
 * Shortest, median and longest of any number of times, in little memory
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_WAIT_TIMES_H
#define OXC_WAIT_TIMES_H

#include <stdbool.h>
#include <stdint.h>

/** Up to this many times are kept as they are; more are counted in a histogram. */
#define OXC_WAIT_TIMES_KEPT 64

/** Times in nanoseconds. All bytes zero: none. */
typedef struct {
    uint32_t count;
    uint32_t capacity; /**< of #kept, while that is in use */
    int64_t shortest;
    int64_t longest;
    int64_t *kept;     /**< while #count is at most OXC_WAIT_TIMES_KEPT */
    uint32_t *buckets; /**< from then on */
} oxc_wait_times;

/** Adds a time; a clock that was set back makes it negative. */
void oxc_wait_times_add(oxc_wait_times *times, int64_t time);

/** The median, of an even number the mean of the two in the middle.
 *  @param exact  set to false where it comes from the histogram: from 0.13 ms to 2.4 hours it is
 * then less than an eighth off, and always between the shortest and the longest
 *  @return 0 where there is no time */
int64_t oxc_wait_times_median(const oxc_wait_times *times, bool *exact);

/** Frees what it holds, and makes it empty. */
void oxc_wait_times_clear(oxc_wait_times *times);

#endif /* OXC_WAIT_TIMES_H */
