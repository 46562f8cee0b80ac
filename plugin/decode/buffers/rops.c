/* rops.c
 * Walks a ROP buffer and finds the fields of its ROPs
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rops.h"

#include "rop_asking.h"
#include "rop_readers.h"

enum {
    ROP_SIZE_SIZE = 2,
    HANDLE_SIZE = 4,
};

/* [MS-OXCROPS] 2.2.1: not assigned. */
static const uint32_t no_handle = 0xFFFFFFFF;

/* @return the ROP of the request that it answers, or NULL */
static const oxc_rop_asked *read_rop(oxc_rop_buffer *buffer, oxc_rop *rop)
{
    oxc_reader reader = {
        .data = buffer->data,
        .end = buffer->end,
        .captured = buffer->captured,
        .offset = buffer->offset,
        .elements = rop->elements,
        .capacity = OXC_ROP_ELEMENTS_MAX,
    };
    const oxc_rop_asked *asked;
    uint64_t id;

    rop->offset = buffer->offset;
    rop->columns = NULL;
    rop->object_empty = false;
    oxc_reader_number(&reader, OXC_FIELD_ROP_ID, 1, &id);
    rop->id = (uint8_t)id;
    asked = oxc_rop_read(&reader, buffer, rop);
    rop->length = reader.offset - rop->offset;
    rop->state = reader.state;
    rop->fault_field = reader.fault_field;
    rop->fault_name = reader.fault_name;
    rop->fault_offset = reader.fault_offset;
    rop->fault_size = reader.fault_size;
    rop->count = reader.count;
    buffer->offset = reader.offset;
    buffer->stopped = reader.state != OXC_READ_WHOLE;
    if (!buffer->request && !buffer->stopped)
        oxc_rop_conclude(buffer, rop, asked);
    return asked;
}

/* Walks to the end of RopsList. Only a buffer on trial goes this way. */
static bool reaches_end(oxc_rop_buffer *buffer)
{
    oxc_rop rop = {0};

    while (!buffer->stopped && !buffer->astray && buffer->offset < buffer->end)
        read_rop(buffer, &rop);
    return !buffer->stopped && !buffer->astray;
}

/* Tries the ways of all that senders see in several ways, as far as it occurs from here on, until
 * one leads to the end. What an attacker makes of it is bounded. */
static void survey(oxc_rop_buffer *buffer)
{
    enum { TRIALS = 32, TRIALS_OF_MANY = 6, MANY_BYTES = 8192 };
    unsigned left = buffer->end - buffer->offset > MANY_BYTES ? TRIALS_OF_MANY : TRIALS;
    oxc_rop_ways ways = {0};
    bool more = true;

    while (more && left-- > 0 && !buffer->consistent) {
        oxc_rop_buffer trial = *buffer;

        trial.ways = (oxc_rop_ways){.chosen = ways.chosen};
        buffer->consistent = reaches_end(&trial);
        if (buffer->consistent)
            buffer->ways.chosen = trial.ways.chosen;
        ways = trial.ways;
        more = buffer->fault != OXC_ROPS_SIZE_BIG && oxc_rop_other_ways(&ways);
    }
    buffer->surveyed = true;
}

bool oxc_rop_next(oxc_rop_buffer *buffer, oxc_rop *rop)
{
    oxc_rop_buffer start;

    if (buffer->stopped || buffer->offset >= buffer->end)
        return false;
    rop->sure = buffer->fault != OXC_ROPS_SIZE_BIG && (!buffer->doubtful || buffer->consistent);
    if (buffer->surveyed) {
        read_rop(buffer, rop);
        return true;
    }
    start = *buffer;
    read_rop(buffer, rop);
    if (!buffer->doubtful)
        return true;
    *buffer = start;
    survey(buffer);
    read_rop(buffer, rop);
    return true;
}

void oxc_rop_buffer_use(oxc_rop_buffer *buffer, oxc_rop_walk *walk)
{
    buffer->walk = walk;
    buffer->place = walk->place;
}

void oxc_rop_buffer_leave(oxc_rop_buffer *buffer)
{
    if (buffer->walk)
        buffer->walk->place = buffer->place;
}

static oxc_rops_fault check_size(const oxc_rop_buffer *buffer)
{
    if (buffer->rop_size < ROP_SIZE_SIZE)
        return OXC_ROPS_SIZE_SMALL;
    if (buffer->rop_size > buffer->reported)
        return OXC_ROPS_SIZE_BIG;
    if ((buffer->reported - buffer->rop_size) % HANDLE_SIZE != 0)
        return OXC_ROPS_TABLE;
    return OXC_ROPS_OK;
}

void oxc_rop_buffer_open(oxc_rop_buffer *buffer, const uint8_t *data, size_t captured,
                         size_t reported, bool request)
{
    *buffer = (oxc_rop_buffer){
        .data = data,
        .reported = reported,
        .captured = captured,
        .request = request,
        .offset = ROP_SIZE_SIZE,
        .has_size = captured >= ROP_SIZE_SIZE,
    };
    if (reported < ROP_SIZE_SIZE)
        buffer->fault = OXC_ROPS_NO_SIZE;
    if (!buffer->has_size)
        return;
    buffer->rop_size = (uint16_t)oxc_little_endian(data, ROP_SIZE_SIZE);
    buffer->fault = check_size(buffer);
    buffer->end = buffer->rop_size < reported ? buffer->rop_size : reported;
    buffer->table_offset = buffer->end;
    if (buffer->fault != OXC_ROPS_SIZE_SMALL)
        buffer->table_count = (reported - buffer->end) / HANDLE_SIZE;
}

bool oxc_rop_handle(const oxc_rop_buffer *buffer, size_t place, uint32_t *handle)
{
    size_t offset = buffer->table_offset + HANDLE_SIZE * place;

    if (place >= buffer->table_count || offset + HANDLE_SIZE > buffer->captured)
        return false;
    *handle = (uint32_t)oxc_little_endian(buffer->data + offset, HANDLE_SIZE);
    return true;
}

static void interpret_registered(const oxc_rop_buffer *buffer, const oxc_rop *rop,
                                 oxc_rop_meaning *meaning)
{
    uint64_t place, return_value;

    if (buffer->request || !oxc_rop_value(rop, OXC_FIELD_RETURN_VALUE, &return_value) ||
        return_value != 0 || !oxc_rop_value(rop, OXC_FIELD_OUTPUT_INDEX, &place) ||
        !oxc_rop_handle(buffer, (size_t)place, &meaning->value) || meaning->value == no_handle)
        return;
    meaning->kind = OXC_MEANS_REGISTERED;
}

static void interpret_notify(const oxc_rop_buffer *buffer, const oxc_rop *rop,
                             oxc_rop_meaning *meaning)
{
    uint64_t handle, flags;

    if (!oxc_rop_value(rop, OXC_FIELD_NOTIFY_HANDLE, &handle) ||
        !oxc_rop_value(rop, OXC_FIELD_NOTIFY_FLAGS, &flags))
        return;
    meaning->flags = (uint16_t)flags;
    if (rop->sure && oxc_notify_flags_invalid(meaning->flags))
        meaning->faults |= OXC_ROP_NOTIFY_FLAGS_INVALID;
    if (buffer->request)
        return;
    meaning->kind = OXC_MEANS_NOTIFIED;
    meaning->value = (uint32_t)handle;
}

static void interpret_pending(const oxc_rop_buffer *buffer, const oxc_rop *rop,
                              oxc_rop_meaning *meaning)
{
    uint64_t session_index;

    if (buffer->request || !oxc_rop_value(rop, OXC_FIELD_PENDING_SESSION_INDEX, &session_index))
        return;
    meaning->kind = OXC_MEANS_PENDING;
    meaning->value = (uint32_t)session_index;
}

oxc_rop_meaning oxc_rop_interpret(const oxc_rop_buffer *buffer, const oxc_rop *rop)
{
    oxc_rop_meaning meaning = {0};
    bool of_response = rop->id == OXC_ROP_NOTIFY || rop->id == OXC_ROP_PENDING;

    if (rop->id == OXC_ROP_REGISTER_NOTIFICATION)
        interpret_registered(buffer, rop, &meaning);
    else if (rop->id == OXC_ROP_NOTIFY)
        interpret_notify(buffer, rop, &meaning);
    else if (rop->id == OXC_ROP_PENDING)
        interpret_pending(buffer, rop, &meaning);
    if (buffer->request && of_response && rop->sure && rop->state == OXC_READ_WHOLE)
        meaning.faults |= OXC_ROP_NOTIFY_IN_REQUEST;
    return meaning;
}
