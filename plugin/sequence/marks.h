/* marks.h
 * The marks that gaps of the capture leave
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_MARKS_H
#define OXC_MARKS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum {
    OXC_MARK_FETCH,
    OXC_MARK_END,
    OXC_MARK_OPEN,
    OXC_MARK_ISSUE,
    OXC_MARK_WAIT,
    OXC_MARK_DISCONNECT,
    OXC_MARK_DELIVERY,
    OXC_MARK_COUNT, /* the doubt of a mark is 1 << mark */
} oxc_mark;

#define OXC_ALL_DOUBTS ((1u << OXC_MARK_COUNT) - 1)

/** What gaps may have hidden in one scope: the last of each kind. */
typedef struct {
    uint32_t marks[OXC_MARK_COUNT];
    uint32_t latest;   /**< of these */
    int64_t wait_time; /**< of the last gap that may have hidden a wait */
} oxc_doubts;

/** A gap. */
typedef struct {
    unsigned kinds; /**< of #oxc_doubt */
    uint32_t mark;
    int64_t time;
    bool bytes; /**< bytes are missing; not only a call that nobody could read or match */
} oxc_gap;

/** What a connection of unknown beginning hid, together with those that are no younger. */
typedef struct {
    uint64_t first; /**< moment of its first packet */
    oxc_doubts doubts;
} oxc_late_gap;

/** One client of one server. */
typedef struct {
    uint32_t server; /**< in the tracker's servers */
    uint32_t client;
    uint32_t twin;          /**< peer that shows the same connections, or OXC_NONE */
    oxc_doubts all;         /**< on any connection */
    uint64_t connecting;    /**< #first of the youngest connection of unknown beginning on which an
                               EcDoConnectEx or EcDoAsyncConnectEx was sent, 0: none */
    uint32_t unknown_waits; /**< mark of the last wait on a handle that nobody explained */
    GArray *late; /**< of oxc_late_gap, from the youngest connection to the oldest; or NULL */
} oxc_peer;

#endif /* OXC_MARKS_H */
