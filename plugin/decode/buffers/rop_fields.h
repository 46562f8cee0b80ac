/* rop_fields.h
 * The fields of ROPs as items
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ROP_FIELDS_H
#define OXC_ROP_FIELDS_H

#include "decode/text.h"
#include "payload.h"
#include "rops.h"

/** How a field is shown; its hf is NULL if it is shown otherwise. */
const oxc_field_item *oxc_rop_item(uint8_t field);
const oxc_field_item *oxc_notification_item(uint8_t field);

/** Shows the fields of a ROP. What a frame may cost bounds the property values only: for the rest
 *  oxc_rop_items() says beforehand how many items it is at most. */
void oxc_show_rop_fields(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                         const oxc_rop *rop);
size_t oxc_rop_items(const oxc_rop *rop);

/** Shows a field of a notification or of RopBackoff that has more than one item.
 *  @return false if it is none of them */
bool oxc_show_notification_field(tvbuff_t *tvb, proto_tree *tree, uint8_t field, int offset);

/** Shows the properties of an element that consists of them.
 *  @return false if it is none of them */
bool oxc_show_properties(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                         const oxc_rop *rop, const oxc_element *element);

/** Adds the message class of a RopNotify, if it has one: what is no printable ASCII is a dot. */
void oxc_add_message_class(oxc_text *text, const oxc_payload *payload, const oxc_rop *rop);

/** True if the strings of a RopNotify are UTF-16. */
bool oxc_notify_is_unicode(const oxc_rop *rop);

/** The name of a property id, [MS-OXPROPS], or NULL. */
const char *oxc_property_name(uint16_t id);

void oxc_register_rop_fields(int proto);
void oxc_register_notification_fields(int proto);
void oxc_register_properties(int proto);

#endif /* OXC_ROP_FIELDS_H */
