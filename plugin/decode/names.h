/* names.h
 * What our protocols and their fields are called where another dissector has the name
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_NAMES_H
#define OXC_NAMES_H

#include <epan/expert.h>

#include "compat.h"

/** As proto_register_protocol(), which ends Wireshark where one of the names is taken: then ours is
 *  called "oxc_" and the filter name, or with a number behind it where that is taken too, and that
 *  is said once. The names must last.
 *  @return the id of the protocol */
int oxc_proto_register_protocol(const char *name, const char *short_name, const char *filter_name);

/** True if the protocol did not get the name that it asked for: another dissector's users know that
 *  name. */
bool oxc_protocol_is_renamed(int protocol);

/** As proto_register_field_array(). The fields follow the name of their protocol, and those whose
 *  own name is taken get "oxc_" in front of it. */
void oxc_proto_register_field_array(int protocol, hf_register_info *fields, int count);

/** Registers the expert items of a protocol, named as its fields. */
void oxc_expert_register_field_array(int protocol, ei_register_info *items, int count);

/** For fields in milliseconds. A table of fields cannot refer to a unit of Wireshark's own: on
 *  Windows the address of another library's data is no constant. */
extern const unit_name_string oxc_units_milliseconds;

#endif /* OXC_NAMES_H */
