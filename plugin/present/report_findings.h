/* report_findings.h
 * The findings of the report as text: a block for each rule, the proven ones first
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_REPORT_FINDINGS_H
#define OXC_REPORT_FINDINGS_H

#include <stdio.h>

#include "totals.h"

/** Prints them. @param all  each one, also where one rule fires many times */
void oxc_report_print_findings(const oxc_totals *totals, bool all, FILE *file);

#endif /* OXC_REPORT_FINDINGS_H */
