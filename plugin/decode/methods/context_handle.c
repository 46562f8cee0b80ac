/* context_handle.c
 * Context handles of the two interfaces, [MS-OXCRPC] 2.2.1.1 and 2.2.1.2
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "context_handle.h"

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

static void take_bytes(tvbuff_t *tvb, int offset, unsigned encoding, oxc_handle *handle)
{
    e_guid_t uuid;

    put_uint32(handle->bytes, tvb_get_uint32(tvb, offset, encoding));
    tvb_get_guid(tvb, offset + 4, &uuid, encoding);
    put_uint32(handle->bytes + 4, uuid.data1);
    put_uint16(handle->bytes + 8, uuid.data2);
    put_uint16(handle->bytes + 10, uuid.data3);
    memcpy(handle->bytes + 12, uuid.data4, sizeof uuid.data4);
}

static bool is_null(const oxc_handle *handle)
{
    static const oxc_handle null_handle;

    return memcmp(handle, &null_handle, sizeof *handle) == 0;
}

void oxc_dissect_handle(tvbuff_t *tvb, int offset, proto_tree *tree,
                        const oxc_handle_fields *fields, unsigned encoding, oxc_handle *handle)
{
    proto_item *item;
    proto_tree *subtree;

    take_bytes(tvb, offset, encoding, handle);
    if (!tree)
        return;
    item = proto_tree_add_item(tree, *fields->hf, tvb, offset, OXC_HANDLE_SIZE, ENC_NA);
    if (is_null(handle))
        proto_item_append_text(item, " (null handle)");
    subtree = proto_item_add_subtree(item, *fields->ett);
    proto_tree_add_item(subtree, *fields->hf_attributes, tvb, offset, 4, encoding);
    proto_tree_add_item(subtree, *fields->hf_uuid, tvb, offset + 4, 16, encoding);
}
