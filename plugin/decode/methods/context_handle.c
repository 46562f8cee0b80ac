/* context_handle.c
 * Context handles of the two interfaces, [MS-OXCRPC] 2.2.1.1 and 2.2.1.2
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "context_handle.h"

#include "capture/string_names.h"

#define HIGHEST_ATTRIBUTES 0xFFu

static void put_uint32(uint8_t *bytes, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
}

static void put_uint16(uint8_t *bytes, uint16_t value)
{
    bytes[0] = (uint8_t)value;
    bytes[1] = (uint8_t)(value >> 8);
}

/* The bytes in one order, whatever the drep of their PDU. */
static void take_bytes(tvbuff_t *tvb, int offset, unsigned encoding, uint8_t bytes[OXC_HANDLE_SIZE])
{
    e_guid_t uuid;

    put_uint32(bytes, tvb_get_uint32(tvb, offset, encoding));
    tvb_get_guid(tvb, offset + 4, &uuid, encoding);
    put_uint32(bytes + 4, uuid.data1);
    put_uint16(bytes + 8, uuid.data2);
    put_uint16(bytes + 10, uuid.data3);
    memcpy(bytes + 12, uuid.data4, sizeof uuid.data4);
}

static oxc_name name_of(const uint8_t bytes[OXC_HANDLE_SIZE])
{
    static const uint8_t null_handle[OXC_HANDLE_SIZE];

    if (memcmp(bytes, null_handle, OXC_HANDLE_SIZE) == 0)
        return OXC_NO_NAME;
    return oxc_name_of((const char *)bytes, OXC_HANDLE_SIZE);
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
        *plausible = tvb_get_uint32(tvb, offset, encoding) <= HIGHEST_ATTRIBUTES;
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
