/* body_bytes.h
 * Puts the bodies of MAPI over HTTP together
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_BODY_BYTES_H
#define OXC_BODY_BYTES_H

#include "mapi_collector.h"

/** Takes bytes of a body. Fits the member of oxc_stream_sink; @p user is an oxc_mapi_collector. */
void oxc_mapi_take_body(void *user, bool to_client, void *request, uint64_t position,
                        const uint8_t *bytes, size_t size);

/** Whether oxc_mapi_message.joined is the whole body of a response, and one to be decoded, once the
 * response has ended. */
bool oxc_mapi_body_is_kept(const oxc_mapi_message *message);

/** Adds the body of a message that has ended as a part, if it has one that can be shown. */
void oxc_mapi_add_whole_body(oxc_mapi_collector *of, oxc_mapi_message *message);

/** Copies what lies in the bytes at hand: the next ones do not follow it there. */
void oxc_mapi_join_pending(const oxc_mapi_collector *of, oxc_mapi_message *message);

#endif /* OXC_BODY_BYTES_H */
