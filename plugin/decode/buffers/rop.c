/* rop.c
 * A ROP and the buffer that holds it, [MS-OXCROPS] 2.2.1
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "rop.h"

bool oxc_rop_value(const oxc_rop *rop, oxc_rop_field field, uint64_t *value)
{
    const oxc_element *element = oxc_find_element(rop->elements, rop->count, (uint8_t)field);

    if (element)
        *value = element->value;
    return element != NULL;
}

bool oxc_notify_flags_invalid(uint16_t flags)
{
    bool has_counts = flags & (OXC_NOTIFY_TOTAL | OXC_NOTIFY_UNREAD);

    return (has_counts && (flags & OXC_NOTIFY_TYPE) != OXC_TYPE_MODIFIED) ||
           ((flags & OXC_NOTIFY_SEARCH) && !(flags & OXC_NOTIFY_MESSAGE));
}
