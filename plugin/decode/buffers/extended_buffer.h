/* extended_buffer.h
 * The chain of RPC_HEADER_EXT blocks in rgbIn, rgbOut, rgbAuxIn and rgbAuxOut
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_EXTENDED_BUFFER_H
#define OXC_EXTENDED_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** RPC_HEADER_EXT, [MS-OXCRPC] 2.2.2.1. */
enum {
    OXC_EXT_HEADER_SIZE = 8,
    OXC_EXT_COMPRESSED = 0x0001,
    OXC_EXT_XOR_MAGIC = 0x0002,
    OXC_EXT_LAST = 0x0004,
    OXC_EXT_KNOWN_FLAGS = OXC_EXT_COMPRESSED | OXC_EXT_XOR_MAGIC | OXC_EXT_LAST,
    /** Payloads of one buffer: the main one and 96 more, 3.1.4.2.1.1.2. */
    OXC_EXT_PAYLOADS_MAX = 97,
};

typedef struct {
    uint32_t offset; /**< of the header; the payload follows it */
    uint16_t version;
    uint16_t flags;
    uint16_t size;
    uint16_t size_actual;
} oxc_ext_header;

typedef enum {
    OXC_EXT_HEADER,   /**< a header, and its payload is there or cut by the capture */
    OXC_EXT_END,      /**< after the block with Last; bytes may follow */
    OXC_EXT_CUT,      /**< the capture ends inside of the header */
    OXC_EXT_SHORT,    /**< fewer bytes are left than a header has */
    OXC_EXT_VERSION,  /**< Version is not 0 */
    OXC_EXT_SIZE,     /**< Size goes past the end of the buffer */
    OXC_EXT_ACTUAL,   /**< not Compressed, and SizeActual is not Size */
    OXC_EXT_NOT_LAST, /**< the buffer ends, and no block had Last */
    OXC_EXT_TOO_MANY, /**< more blocks than OXC_EXT_PAYLOADS_MAX */
} oxc_ext_result;

/** Where the walk along the chain is; starts with #data, #reported and #captured set. */
typedef struct {
    const uint8_t *data;
    size_t reported; /**< size of the buffer */
    size_t captured; /**< bytes of it in #data */
    size_t offset;   /**< of the next header */
    unsigned count;  /**< of headers so far */
    bool last;       /**< the header before had Last */
} oxc_ext_chain;

/** Steps to the next block. A buffer of no bytes ends at once: nothing was sent.
 *  @param header  filled in for OXC_EXT_HEADER, and where a whole header is what is wrong */
oxc_ext_result oxc_ext_next(oxc_ext_chain *chain, oxc_ext_header *header);

/** Takes off the obfuscation of XorMagic, [MS-OXCRPC] 3.1.4.1.1.3. @p in and @p out may be one. */
void oxc_ext_unmask(const uint8_t *in, uint8_t *out, size_t size);

#endif /* OXC_EXTENDED_BUFFER_H */
