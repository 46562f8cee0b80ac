/* mapi_messages.h
 * Begins the messages of MAPI over HTTP with their heads
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_MAPI_MESSAGES_H
#define OXC_MAPI_MESSAGES_H

#include "mapi_collector.h"

/* These fit the members of oxc_stream_sink; @p user is an oxc_mapi_collector. */

void *oxc_mapi_take_request(void *user, const oxc_http_head *head);
void oxc_mapi_take_begin(void *user, void *request, uint64_t position);
void oxc_mapi_take_response(void *user, void *request, const oxc_http_head *head);
void oxc_mapi_take_passed_over(void *user);
bool oxc_mapi_names_request(void *user, const oxc_http_head *head);
bool oxc_mapi_is_answer(void *user, void *request, const oxc_http_head *head);

#endif /* OXC_MAPI_MESSAGES_H */
