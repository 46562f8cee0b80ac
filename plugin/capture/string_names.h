/* string_names.h
 * Turns strings into numbers that nobody who chooses the strings can make collide
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_STRING_NAMES_H
#define OXC_STRING_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "sequence/siphash.h"

/** A hash on its way: SipHash-2-4 under a key that is drawn once a run. */
typedef struct {
    oxc_sip state;
    uint64_t tail; /**< bytes that do not fill a word yet */
    uint64_t size; /**< bytes so far */
} oxc_hashing;

void oxc_hashing_begin(oxc_hashing *hashing);
void oxc_hashing_add(oxc_hashing *hashing, const void *bytes, size_t size);

/** The hash of all that was added; more may be added, and it be asked again. Never 0. */
uint64_t oxc_hashing_result(const oxc_hashing *hashing);

/** The hash of a string, or of any bytes. */
uint64_t oxc_name_of(const char *text, size_t size);

/** The same of a string in lower case (ASCII). */
uint64_t oxc_name_of_lower(const char *text, size_t size);

/** Remembers the beginning of a string by its hash, for people: at most #OXC_NAME_TEXT_MAX bytes,
 * of at most #OXC_NAMES_KEPT_MAX strings of a file. */
void oxc_name_keep(uint64_t name, const char *text, size_t size);

/** What was remembered, or NULL; holds until the file is closed. */
const char *oxc_name_text(uint64_t name);

enum { OXC_NAME_TEXT_MAX = 40, OXC_NAMES_KEPT_MAX = 65536 };

/** Forgets what was remembered; for the end of a file. */
void oxc_names_clear(void);

#endif /* OXC_STRING_NAMES_H */
