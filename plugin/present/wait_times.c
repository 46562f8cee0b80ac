/* wait_times.c
 * Shortest, median and longest of any number of times, in little memory
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "wait_times.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* Eight buckets an octave, from 2^17 ns (0.13 ms) to 2^43 ns (2.4 hours). The first also holds
 * what is shorter, the last what is longer. */
enum { FIRST_OCTAVE = 17, OCTAVES = 26, STEP_BITS = 3, STEPS = 1 << STEP_BITS };
enum { BUCKETS = OCTAVES * STEPS };

static unsigned bucket_of(int64_t time)
{
    uint64_t rest = time < 0 ? 0 : (uint64_t)time >> FIRST_OCTAVE;
    unsigned octave = 0;

    if (rest == 0)
        return 0;
    while (rest >> (octave + 1) != 0)
        octave++;
    if (octave >= OCTAVES)
        return BUCKETS - 1;
    return octave * STEPS +
           (unsigned)((uint64_t)time >> (octave + FIRST_OCTAVE - STEP_BITS) & (STEPS - 1));
}

static double bucket_start(unsigned bucket)
{
    uint64_t step = UINT64_C(1) << (bucket / STEPS + FIRST_OCTAVE - STEP_BITS);

    return (double)(step * (STEPS + bucket % STEPS));
}

static void keep(oxc_wait_times *times, int64_t time)
{
    if (times->count == times->capacity) {
        times->capacity = times->capacity == 0 ? 4 : times->capacity * 2;
        times->kept = g_renew(int64_t, times->kept, times->capacity);
    }
    times->kept[times->count] = time;
}

static void start_histogram(oxc_wait_times *times)
{
    times->buckets = g_new0(uint32_t, BUCKETS);
    for (uint32_t i = 0; i < times->count; i++)
        times->buckets[bucket_of(times->kept[i])]++;
    g_clear_pointer(&times->kept, g_free);
}

void oxc_wait_times_add(oxc_wait_times *times, int64_t time)
{
    if (times->count == UINT32_MAX)
        return;
    if (times->count == 0 || time < times->shortest)
        times->shortest = time;
    if (times->count == 0 || time > times->longest)
        times->longest = time;
    if (times->count == OXC_WAIT_TIMES_KEPT)
        start_histogram(times);
    if (times->buckets)
        times->buckets[bucket_of(time)]++;
    else
        keep(times, time);
    times->count++;
}

static int compare(const void *a, const void *b)
{
    const int64_t *first = (const int64_t *)a, *second = (const int64_t *)b;

    return (*first > *second) - (*first < *second);
}

static int64_t median_of_kept(const oxc_wait_times *times)
{
    int64_t sorted[OXC_WAIT_TIMES_KEPT];
    uint32_t middle = times->count / 2;

    memcpy(sorted, times->kept, times->count * sizeof *sorted);
    qsort(sorted, times->count, sizeof *sorted, compare);
    if (times->count % 2 == 1)
        return sorted[middle];
    return sorted[middle - 1] / 2 + sorted[middle] / 2 +
           (sorted[middle - 1] % 2 + sorted[middle] % 2) / 2;
}

/* Within its bucket the median is taken to lie where even spacing would put it. */
static int64_t median_of_buckets(const oxc_wait_times *times)
{
    double rank = (double)times->count / 2, start, end;
    uint64_t before = 0;
    unsigned bucket = 0;

    while ((double)(before + times->buckets[bucket]) < rank)
        before += times->buckets[bucket++];
    start = MAX((double)times->shortest, bucket == 0 ? 0 : bucket_start(bucket));
    end = (double)times->longest;
    if (bucket + 1 < BUCKETS)
        end = MIN(end, bucket_start(bucket + 1));
    return (int64_t)(start +
                     (end - start) * (rank - (double)before) / (double)times->buckets[bucket]);
}

int64_t oxc_wait_times_median(const oxc_wait_times *times, bool *exact)
{
    *exact = times->buckets == NULL;
    if (times->count == 0)
        return 0;
    if (*exact)
        return median_of_kept(times);
    return CLAMP(median_of_buckets(times), times->shortest, times->longest);
}

void oxc_wait_times_clear(oxc_wait_times *times)
{
    g_free(times->kept);
    g_free(times->buckets);
    *times = (oxc_wait_times){0};
}
