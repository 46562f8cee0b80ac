/* report_lines.h
 * Words and lines of the report as text
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_REPORT_LINES_H
#define OXC_REPORT_LINES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "capture/carrier.h"

/** "RPC/TCP", or NULL where it is not known. */
const char *oxc_transport_name(oxc_transport transport);

/** The columns that a text takes. */
int oxc_text_width(const char *text);

/** "41.346 s"; free it with g_free(). */
char *oxc_seconds_text(int64_t nanoseconds);

/** How wide the text may be. */
enum { OXC_REPORT_WIDTH = 100 };

/** Prints a text in lines of up to OXC_REPORT_WIDTH columns, broken at blanks unless
 *  oxc_print_long_lines().
 *  @param begun   columns of the first line that are there already
 *  @param indent  blanks in front of each later line */
void oxc_print_wrapped(FILE *file, const char *text, int begun, int indent);

/** Whether paragraphs are to stay in one line, for a program that breaks them. */
void oxc_print_long_lines(bool long_lines);

/** The same for a paragraph of its own, with an empty line behind it. */
void oxc_print_paragraph(FILE *file, const char *text);

#endif /* OXC_REPORT_LINES_H */
