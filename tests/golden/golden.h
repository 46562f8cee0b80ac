/* golden.h
 * Compares a text with the one that was committed
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_TESTS_GOLDEN_H
#define OXC_TESTS_GOLDEN_H

#include <stdbool.h>

/** Compares @p text with FOLDER/NAME.KIND.txt, or FOLDER/NAME.MINOR.KIND.txt where that exists:
 *  the files without a version are those of Wireshark 4.0. Prints a unified diff if they differ.
 *  With OXCNOTIF_UPDATE_GOLDEN in the environment the file is written instead.
 *  @param scratch  a folder for temporary files */
bool golden_matches(const char *folder, const char *name, const char *minor, const char *kind,
                    const char *text, const char *scratch);

/** Prints a unified diff of two texts; true if they are equal. */
bool golden_texts_equal(const char *expected, const char *found, const char *scratch);

#endif /* OXC_TESTS_GOLDEN_H */
