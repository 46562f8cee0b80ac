/* naive_http.h
 * The rules of MAPI over HTTP alone once more, told slowly
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef NAIVE_HTTP_H
#define NAIVE_HTTP_H

#include "http_event.h"
#include "rules.h"

/** The findings that a frame of a whole capture has to have, one bit a rule: those of
 *  MAPI over HTTP alone. Reads all events from the beginning; there are no gaps among them, and
 *  roles of cookies are known by their names.
 *  @param grace  seconds */
uint64_t naive_http_findings(const oxc_http_event *events, size_t count, uint32_t frame,
                             uint32_t grace);

#endif /* NAIVE_HTTP_H */
