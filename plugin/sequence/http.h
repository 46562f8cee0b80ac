/* http.h
 * Takes in one part of a MAPI over HTTP message after the other
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_HTTP_H
#define OXC_HTTP_H

#include "http_state.h"

void oxc_http_free(oxc_http *http);
size_t oxc_http_memory(oxc_http *http);

#endif /* OXC_HTTP_H */
