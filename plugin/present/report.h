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

/** What a report is to hold besides the usual. */
typedef struct {
    bool all;        /**< text: each finding, also where one rule fires many times */
    bool long_lines; /**< text: paragraphs are not broken into lines */
    bool waits;      /**< JSON: every wait */
    /** JSON: what the capture is called, or NULL. Then the report is the member "report" of an
     *  object that has the name, too. */
    const char *name;
} oxc_report_options;

/** Registers the report; after the protocols. */
void oxc_report_register(void);

/** Prints the contexts as tables, the findings by rule, and last the line
 *  "N contexts, N waits, N violations, N suspicions", in lines of up to 100 columns. */
void oxc_report_print_text(const oxc_totals *totals, const oxc_report_options *options, FILE *file);

/** Prints a PDU while the capture is being read: a line for each finding, and one for a wait that
 *  it ends. */
void oxc_report_print_live(packet_info *pinfo, const oxc_shown *shown, FILE *file);

/** Prints the same as one line of JSON, in the form of docs/json.md. */
void oxc_report_print_json(const oxc_totals *totals, const oxc_report_options *options, FILE *file);

#endif /* OXC_REPORT_H */
