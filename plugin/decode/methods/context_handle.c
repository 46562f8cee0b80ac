/* context_handle.c
 * Context handles of the two interfaces, [MS-OXCRPC] 2.2.1.1 and 2.2.1.2
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "context_handle.h"

#include "capture/string_names.h"

/* Handles that were named of late: a hash with a key takes a while, and most come again and again.
 * Who makes them meet in a place only gains that they are hashed. */
enum { RECENT_BITS = 12 };

static struct {
    uint8_t bytes[OXC_HANDLE_SIZE];
    oxc_name name; /* OXC_NO_NAME of all zeros, so that a place is right from the beginning */
} recent[1 << RECENT_BITS];

static void swap(uint8_t *bytes, unsigned size)
{
    for (unsigned i = 0; i < size / 2; i++) {
        uint8_t byte = bytes[i];

        bytes[i] = bytes[size - 1 - i];
        bytes[size - 1 - i] = byte;
    }
}

/* The bytes in one order, whatever the drep of their PDU. */
static void take_bytes(tvbuff_t *tvb, int offset, unsigned encoding, uint8_t bytes[OXC_HANDLE_SIZE])
{
    tvb_memcpy(tvb, bytes, offset, OXC_HANDLE_SIZE);
    if (encoding != ENC_BIG_ENDIAN)
        return;
    swap(bytes, 4);
    swap(bytes + 4, 4);
    swap(bytes + 8, 2);
    swap(bytes + 10, 2);
}

static unsigned place_of(const uint8_t bytes[OXC_HANDLE_SIZE])
{
    uint64_t uuid[2];

    memcpy(uuid, bytes + 4, sizeof uuid);
    return (unsigned)((uuid[0] ^ uuid[1]) * UINT64_C(0x9E3779B97F4A7C15) >> (64 - RECENT_BITS));
}

static oxc_name name_of(const uint8_t bytes[OXC_HANDLE_SIZE])
{
    unsigned place = place_of(bytes);

    if (memcmp(recent[place].bytes, bytes, OXC_HANDLE_SIZE) != 0) {
        static const uint8_t null_handle[OXC_HANDLE_SIZE];

        memcpy(recent[place].bytes, bytes, OXC_HANDLE_SIZE);
        recent[place].name = memcmp(bytes, null_handle, OXC_HANDLE_SIZE) == 0
                                 ? OXC_NO_NAME
                                 : oxc_name_of((const char *)bytes, OXC_HANDLE_SIZE);
    }
    return recent[place].name;
}

oxc_name oxc_dissect_handle(tvbuff_t *tvb, int offset, proto_tree *tree,
                            const oxc_handle_fields *fields, unsigned encoding, bool *plausible)
{
    uint8_t bytes[OXC_HANDLE_SIZE];
    oxc_name name;
    proto_item *item;
    proto_tree *subtree;

    take_bytes(tvb, offset, encoding, bytes);
    name = name_of(bytes);
    if (plausible)
        *plausible = (bytes[1] | bytes[2] | bytes[3]) == 0;
    if (!tree)
        return name;
    item = proto_tree_add_item(tree, *fields->hf, tvb, offset, OXC_HANDLE_SIZE, ENC_NA);
    if (name == OXC_NO_NAME)
        proto_item_append_text(item, " (null handle)");
    subtree = proto_item_add_subtree(item, *fields->ett);
    proto_tree_add_item(subtree, *fields->hf_attributes, tvb, offset, 4, encoding);
    proto_tree_add_item(subtree, *fields->hf_uuid, tvb, offset + 4, 16, encoding);
    return name;
}
