/* auxiliary.c
 * Walks the blocks of an auxiliary buffer and finds the fields of those that name client and server
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "auxiliary.h"

#define F(name) OXC_AUX_FIELD_##name

/* The fixed part of a block, [MS-OXCRPC] 2.2.2.2.1 to 2.2.2.2.21. */
typedef struct {
    uint8_t type;
    uint8_t version; /* 0: any */
    uint8_t fields[16];
} aux_layout;

/* What an offset leads to: a string, or as many bytes as a size says. */
typedef struct {
    uint8_t offset;
    uint8_t size;
    uint8_t target;
} aux_reference;

static const uint8_t field_sizes[OXC_AUX_FIELD_COUNT] = {
    [F(SIZE)] = 2,
    [F(VERSION)] = 1,
    [F(TYPE)] = 1,
    [F(RESERVED)] = 2,
    [F(SESSION_ID)] = 2,
    [F(SESSION_GUID)] = OXC_GUID_SIZE,
    [F(CONNECTION_ID)] = 4,
    [F(ADAPTER_SPEED)] = 4,
    [F(CLIENT_ID)] = 2,
    [F(MACHINE_NAME_OFFSET)] = 2,
    [F(USER_NAME_OFFSET)] = 2,
    [F(CLIENT_IP_SIZE)] = 2,
    [F(CLIENT_IP_OFFSET)] = 2,
    [F(CLIENT_IP_MASK_SIZE)] = 2,
    [F(CLIENT_IP_MASK_OFFSET)] = 2,
    [F(ADAPTER_NAME_OFFSET)] = 2,
    [F(MAC_ADDRESS_SIZE)] = 2,
    [F(MAC_ADDRESS_OFFSET)] = 2,
    [F(CLIENT_MODE)] = 2,
    [F(SERVER_ID)] = 2,
    [F(SERVER_TYPE)] = 2,
    [F(SERVER_DN_OFFSET)] = 2,
    [F(SERVER_NAME_OFFSET)] = 2,
    [F(PROCESS_ID)] = 2,
    [F(PROCESS_GUID)] = OXC_GUID_SIZE,
    [F(PROCESS_NAME_OFFSET)] = 2,
    [F(SERVER_CAPABILITIES)] = 4,
    [F(ENDPOINT_CAPABILITIES)] = 4,
    [F(CONNECTION_GUID)] = OXC_GUID_SIZE,
    [F(CONNECTION_CONTEXT_OFFSET)] = 2,
    [F(CONNECTION_ATTEMPTS)] = 4,
    [F(CONNECTION_FLAGS)] = 4,
    [F(SERVER_SESSION_CONTEXT_OFFSET)] = 2,
};

static const aux_layout layouts[] = {
    {OXC_AUX_CLIENT_INFO,
     OXC_AUX_VERSION_1,
     {F(ADAPTER_SPEED), F(CLIENT_ID), F(MACHINE_NAME_OFFSET), F(USER_NAME_OFFSET),
      F(CLIENT_IP_SIZE), F(CLIENT_IP_OFFSET), F(CLIENT_IP_MASK_SIZE), F(CLIENT_IP_MASK_OFFSET),
      F(ADAPTER_NAME_OFFSET), F(MAC_ADDRESS_SIZE), F(MAC_ADDRESS_OFFSET), F(CLIENT_MODE),
      F(RESERVED)}},
    {OXC_AUX_SERVER_INFO,
     OXC_AUX_VERSION_1,
     {F(SERVER_ID), F(SERVER_TYPE), F(SERVER_DN_OFFSET), F(SERVER_NAME_OFFSET)}},
    {OXC_AUX_SESSION_INFO, OXC_AUX_VERSION_1, {F(SESSION_ID), F(RESERVED), F(SESSION_GUID)}},
    {OXC_AUX_SESSION_INFO,
     OXC_AUX_VERSION_2,
     {F(SESSION_ID), F(RESERVED), F(SESSION_GUID), F(CONNECTION_ID)}},
    {OXC_AUX_PROCESS_INFO,
     0,
     {F(PROCESS_ID), F(RESERVED), F(PROCESS_GUID), F(PROCESS_NAME_OFFSET), F(RESERVED)}},
    {OXC_AUX_SERVER_CAPABILITIES, OXC_AUX_VERSION_1, {F(SERVER_CAPABILITIES)}},
    {OXC_AUX_ENDPOINT_CAPABILITIES, OXC_AUX_VERSION_1, {F(ENDPOINT_CAPABILITIES)}},
    {OXC_AUX_CLIENT_CONNECTION_INFO,
     OXC_AUX_VERSION_1,
     {F(CONNECTION_GUID), F(CONNECTION_CONTEXT_OFFSET), F(RESERVED), F(CONNECTION_ATTEMPTS),
      F(CONNECTION_FLAGS)}},
    {OXC_AUX_SERVER_SESSION_INFO, OXC_AUX_VERSION_1, {F(SERVER_SESSION_CONTEXT_OFFSET)}},
};

static const aux_reference references[] = {
    {F(MACHINE_NAME_OFFSET), 0, F(MACHINE_NAME)},
    {F(USER_NAME_OFFSET), 0, F(USER_NAME)},
    {F(CLIENT_IP_OFFSET), F(CLIENT_IP_SIZE), F(CLIENT_IP)},
    {F(CLIENT_IP_MASK_OFFSET), F(CLIENT_IP_MASK_SIZE), F(CLIENT_IP_MASK)},
    {F(ADAPTER_NAME_OFFSET), 0, F(ADAPTER_NAME)},
    {F(MAC_ADDRESS_OFFSET), F(MAC_ADDRESS_SIZE), F(MAC_ADDRESS)},
    {F(SERVER_DN_OFFSET), 0, F(SERVER_DN)},
    {F(SERVER_NAME_OFFSET), 0, F(SERVER_NAME)},
    {F(PROCESS_NAME_OFFSET), 0, F(PROCESS_NAME)},
    {F(CONNECTION_CONTEXT_OFFSET), 0, F(CONNECTION_CONTEXT)},
    {F(SERVER_SESSION_CONTEXT_OFFSET), 0, F(SERVER_SESSION_CONTEXT)},
};

static const aux_layout *find_layout(uint8_t version, uint8_t type)
{
    size_t i;

    for (i = 0; i < sizeof layouts / sizeof layouts[0]; i++)
        if (layouts[i].type == type && (layouts[i].version == 0 || layouts[i].version == version))
            return &layouts[i];
    return NULL;
}

static uint64_t read_field(oxc_reader *reader, uint8_t field)
{
    uint64_t value = 0;

    if (field_sizes[field] <= sizeof value)
        oxc_reader_number(reader, field, field_sizes[field], &value);
    else
        oxc_reader_bytes(reader, field, field_sizes[field]);
    return value;
}

/* Reads what an offset leads to; a bad one is a fault of the block. */
static void follow(oxc_reader *reader, const aux_reference *reference, size_t start)
{
    const oxc_element *offset =
        oxc_find_element(reader->elements, reader->count, reference->offset);
    const oxc_element *size = oxc_find_element(reader->elements, reader->count, reference->size);

    if (!offset || offset->value == 0 || (size && size->value == 0))
        return;
    if (offset->value >= reader->end - start) {
        oxc_reader_fail(reader, OXC_READ_DAMAGED, reference->offset, offset->offset, 0);
        return;
    }
    reader->offset = start + (size_t)offset->value;
    if (size)
        oxc_reader_bytes(reader, reference->target, (size_t)size->value);
    else
        oxc_reader_string(reader, reference->target, 2);
}

static void read_body(oxc_reader *reader, const aux_layout *layout, size_t start)
{
    size_t i;

    for (i = 0; i < sizeof layout->fields && layout->fields[i] != OXC_AUX_FIELD_NONE; i++)
        read_field(reader, layout->fields[i]);
    for (i = 0; i < sizeof references / sizeof references[0]; i++)
        follow(reader, &references[i], start);
}

/* Reads the header and bounds the reader to the block. */
static void read_header(oxc_reader *reader, oxc_aux_block *block)
{
    size_t start = reader->offset;

    block->size = (size_t)read_field(reader, OXC_AUX_FIELD_SIZE);
    block->version = (uint8_t)read_field(reader, OXC_AUX_FIELD_VERSION);
    block->type = (uint8_t)read_field(reader, OXC_AUX_FIELD_TYPE);
    if (block->size < OXC_AUX_HEADER_SIZE || block->size > reader->end - start)
        oxc_reader_fail(reader, OXC_READ_DAMAGED, OXC_AUX_FIELD_SIZE, start, 0);
    if (reader->state == OXC_READ_WHOLE)
        reader->end = start + block->size;
    else
        block->size = 0;
}

static void read_block(oxc_reader *reader, oxc_aux_block *block)
{
    const aux_layout *layout;

    read_header(reader, block);
    if (reader->state != OXC_READ_WHOLE)
        return;
    layout = find_layout(block->version, block->type);
    if (layout)
        read_body(reader, layout, block->offset);
    else
        oxc_reader_bytes(reader, OXC_AUX_FIELD_BODY, block->size - OXC_AUX_HEADER_SIZE);
}

bool oxc_aux_next(oxc_aux_buffer *buffer, oxc_aux_block *block)
{
    oxc_reader reader = {
        .data = buffer->data,
        .end = buffer->reported,
        .captured = buffer->captured,
        .offset = buffer->offset,
        .elements = block->elements,
        .capacity = OXC_AUX_ELEMENTS_MAX,
    };

    if (buffer->stopped || buffer->offset >= buffer->reported)
        return false;
    block->offset = buffer->offset;
    read_block(&reader, block);
    block->state = reader.state;
    block->fault_field = reader.fault_field;
    block->fault_offset = reader.fault_offset;
    block->fault_size = reader.fault_size;
    block->count = reader.count;
    buffer->offset += block->size;
    buffer->stopped = reader.state != OXC_READ_WHOLE;
    return true;
}
