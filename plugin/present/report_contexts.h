/* report_contexts.h
 * The contexts of the report as tables
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_REPORT_CONTEXTS_H
#define OXC_REPORT_CONTEXTS_H

#include <stdio.h>

#include "totals.h"

/** Prints the contexts and what became of their waits, in as many tables as a line has no room for
 *  all columns. */
void oxc_report_print_contexts(const oxc_totals *totals, FILE *file);

#endif /* OXC_REPORT_CONTEXTS_H */
