/* auxiliary.h
 * Walks the blocks of an auxiliary buffer and finds the fields of those that name client and server
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_AUXILIARY_H
#define OXC_AUXILIARY_H

#include "reader.h"

/** AUX_HEADER, [MS-OXCRPC] 2.2.2.2. */
enum {
    OXC_AUX_HEADER_SIZE = 4,
    OXC_AUX_VERSION_1 = 1,
    OXC_AUX_VERSION_2 = 2,
};

/** Types whose blocks name the client or the server. */
enum {
    OXC_AUX_CLIENT_INFO = 0x02,
    OXC_AUX_SERVER_INFO = 0x03,
    OXC_AUX_SESSION_INFO = 0x04,
    OXC_AUX_PROCESS_INFO = 0x0B,
    OXC_AUX_SERVER_CAPABILITIES = 0x46,
    OXC_AUX_ENDPOINT_CAPABILITIES = 0x48,
    OXC_AUX_CLIENT_CONNECTION_INFO = 0x4A,
    OXC_AUX_SERVER_SESSION_INFO = 0x4B,
};

/** The fields of those blocks, for oxc_element::field. An offset counts from the start of its
 *  block; the field that it leads to follows it, or its size, in this list. */
typedef enum {
    OXC_AUX_FIELD_NONE,
    OXC_AUX_FIELD_SIZE,
    OXC_AUX_FIELD_VERSION,
    OXC_AUX_FIELD_TYPE,
    OXC_AUX_FIELD_BODY,
    OXC_AUX_FIELD_RESERVED,
    OXC_AUX_FIELD_SESSION_ID,
    OXC_AUX_FIELD_SESSION_GUID,
    OXC_AUX_FIELD_CONNECTION_ID,
    OXC_AUX_FIELD_ADAPTER_SPEED,
    OXC_AUX_FIELD_CLIENT_ID,
    OXC_AUX_FIELD_MACHINE_NAME_OFFSET,
    OXC_AUX_FIELD_MACHINE_NAME,
    OXC_AUX_FIELD_USER_NAME_OFFSET,
    OXC_AUX_FIELD_USER_NAME,
    OXC_AUX_FIELD_CLIENT_IP_SIZE,
    OXC_AUX_FIELD_CLIENT_IP_OFFSET,
    OXC_AUX_FIELD_CLIENT_IP,
    OXC_AUX_FIELD_CLIENT_IP_MASK_SIZE,
    OXC_AUX_FIELD_CLIENT_IP_MASK_OFFSET,
    OXC_AUX_FIELD_CLIENT_IP_MASK,
    OXC_AUX_FIELD_ADAPTER_NAME_OFFSET,
    OXC_AUX_FIELD_ADAPTER_NAME,
    OXC_AUX_FIELD_MAC_ADDRESS_SIZE,
    OXC_AUX_FIELD_MAC_ADDRESS_OFFSET,
    OXC_AUX_FIELD_MAC_ADDRESS,
    OXC_AUX_FIELD_CLIENT_MODE,
    OXC_AUX_FIELD_SERVER_ID,
    OXC_AUX_FIELD_SERVER_TYPE,
    OXC_AUX_FIELD_SERVER_DN_OFFSET,
    OXC_AUX_FIELD_SERVER_DN,
    OXC_AUX_FIELD_SERVER_NAME_OFFSET,
    OXC_AUX_FIELD_SERVER_NAME,
    OXC_AUX_FIELD_PROCESS_ID,
    OXC_AUX_FIELD_PROCESS_GUID,
    OXC_AUX_FIELD_PROCESS_NAME_OFFSET,
    OXC_AUX_FIELD_PROCESS_NAME,
    OXC_AUX_FIELD_SERVER_CAPABILITIES,
    OXC_AUX_FIELD_ENDPOINT_CAPABILITIES,
    OXC_AUX_FIELD_CONNECTION_GUID,
    OXC_AUX_FIELD_CONNECTION_CONTEXT_OFFSET,
    OXC_AUX_FIELD_CONNECTION_CONTEXT,
    OXC_AUX_FIELD_CONNECTION_ATTEMPTS,
    OXC_AUX_FIELD_CONNECTION_FLAGS,
    OXC_AUX_FIELD_SERVER_SESSION_CONTEXT_OFFSET,
    OXC_AUX_FIELD_SERVER_SESSION_CONTEXT,
    OXC_AUX_FIELD_COUNT,
} oxc_aux_field;

enum { OXC_AUX_ELEMENTS_MAX = 32 };

/** One block. */
typedef struct {
    uint8_t version;
    uint8_t type;
    size_t offset; /**< of AUX_HEADER */
    size_t size;   /**< of the whole block, 0 if its header could not be read */
    oxc_read_state state;
    uint8_t fault_field; /**< with #state: see oxc_reader */
    size_t fault_offset;
    size_t fault_size;
    size_t count;
    oxc_element elements[OXC_AUX_ELEMENTS_MAX];
} oxc_aux_block;

/** Where the walk is; starts with #data, #captured and #reported set. */
typedef struct {
    const uint8_t *data;
    size_t captured; /**< bytes in #data */
    size_t reported; /**< size of the payload */
    size_t offset;   /**< of the next block */
    bool stopped;    /**< the last block could not be read whole */
} oxc_aux_buffer;

/** Reads the next block. The one that cannot be read whole is the last; what it has is in it.
 *  @return false at the end of the payload or after that block */
bool oxc_aux_next(oxc_aux_buffer *buffer, oxc_aux_block *block);

#endif /* OXC_AUXILIARY_H */
