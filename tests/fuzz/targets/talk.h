/* talk.h
 * PDUs around stubs: binds, requests and responses on one TCP connection
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_FUZZ_TALK_H
#define OXC_FUZZ_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** How client and server talk. */
typedef struct {
    bool asyncemsmdb;
    bool ndr64;
    bool big_endian[2];   /**< client, server */
    bool fragmented;      /**< each stub in two PDUs */
    size_t captured_less; /**< bytes that are missing at the end of each segment with a stub */
    uint32_t call_id;     /**< of the next call */
} talk;

/** Appends a bind and its bind_ack to the frames. */
void talk_bind(const talk *t);

/** Appends a request with the stub. */
void talk_request(const talk *t, uint16_t opnum, const uint8_t *stub, size_t size);

/** Appends its response. */
void talk_response(const talk *t, const uint8_t *stub, size_t size);

/** Appends a fault instead. */
void talk_fault(const talk *t, uint32_t status);

#endif /* OXC_FUZZ_TALK_H */
