/* rows.h
 * What tshark shows of a capture, as fields of frames
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_TESTS_ROWS_H
#define OXC_TESTS_ROWS_H

#include "support/tshark.h"

/** The frames of the protocols that the plugin adds. */
#define ROWS_FILTER "emsmdb or asyncemsmdb or oxcnotif or mapihttp"

/** One frame. A field that is there several times has its values with a comma between. */
typedef struct {
    unsigned frame;
    char *info;     /**< the Info column */
    bool malformed; /**< a dissector ran out of bytes or worse */
    char **values;  /**< one string a field of the field list, "" where the frame lacks it */
} frame_row;

/** Reads a list of field names, one a line; lines that begin with # are left out.
 *  @return a NULL-terminated array, for g_strfreev(), or NULL */
char **rows_field_names(const char *path);

/** Runs tshark over a capture.
 *  @param capture  in the sandbox
 *  @param options  more options for tshark, NULL-terminated
 *  @return an array of frame_row that frees its elements, or NULL, after a message, if tshark
 *          failed or said anything on standard error */
GPtrArray *rows_read(const tshark_sandbox *sandbox, const char *capture, const char *const *options,
                     char **fields, bool two_passes);

/** The text of a golden file: a frame with its Info column, then its fields, one line a protocol.
 */
char *rows_text(GPtrArray *rows, char **fields);

/** The row of a frame, or NULL. */
const frame_row *rows_find(GPtrArray *rows, unsigned frame);

/** The value of one field in a row, "" where the frame lacks it. */
const char *rows_value(const frame_row *row, char **fields, const char *field);

/** True if the comma-separated values of @p part occur in @p whole in the same order. */
bool rows_is_subsequence(const char *part, const char *whole);

#endif /* OXC_TESTS_ROWS_H */
