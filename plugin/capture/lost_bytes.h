/* lost_bytes.h
 * Where bytes of the capture are missing
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_LOST_BYTES_H
#define OXC_LOST_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Where bytes of a connection are missing, or calls that nobody can read. */
typedef struct {
    int64_t time; /**< nanoseconds since the epoch */
    uint32_t frame;
    uint32_t connection;
} oxc_loss;

/** So many of them are kept. */
enum { OXC_LOSSES_MAX = 10000 };

/** Keeps a loss; in the order of the capture. */
void oxc_losses_keep(const oxc_loss *loss);

/** Counts a segment that is missing from a connection that carries the two interfaces. */
void oxc_losses_count_segment(void);

/** The first losses, in the order of the capture. */
const oxc_loss *oxc_losses(size_t *count);

/** How many segments were counted. */
uint32_t oxc_lost_segments(void);

void oxc_losses_begin_file(void);
void oxc_losses_end_file(void);

#endif /* OXC_LOST_BYTES_H */
