/* report.h
 * What a whole capture comes to, printed at its end: tshark -z oxcnotif,contexts and oxcnotif,json
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_REPORT_H
#define OXC_REPORT_H

#include <stdio.h>

#include "totals.h"

/** Registers the report and the statistics of statistics.h; after the protocols. */
void oxc_report_register(void);

/** Prints the contexts as a table, a line for each finding, and last the line
 *  "N contexts, N waits, N violations, N suspicions". */
void oxc_report_print_text(const oxc_totals *totals, FILE *file);

/** Prints the same as one line of JSON, in the form of docs/json.md. */
void oxc_report_print_json(const oxc_totals *totals, FILE *file);

#endif /* OXC_REPORT_H */
