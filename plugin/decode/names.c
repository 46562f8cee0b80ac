/* names.c
 * What our protocols and their fields are called where another dissector has the name
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define WS_LOG_DOMAIN "oxcnotif"

#include "names.h"

#include <string.h>

#include <wsutil/wslog.h>

static char milliseconds[] = "ms";

const unit_name_string oxc_units_milliseconds = {milliseconds, NULL};

/* In front of a name that is taken. */
static const char own_prefix[] = "oxc_";

static bool filter_name_is_taken(const char *name)
{
    return proto_registrar_get_byname(name) || proto_get_id_by_filter_name(name) >= 0;
}

static bool is_taken(const char *name, const char *short_name, const char *filter_name)
{
    return filter_name_is_taken(filter_name) || proto_get_id_by_short_name(short_name) >= 0 ||
           proto_name_already_registered(name);
}

/* What is allocated here lasts as long as Wireshark. */
static int register_renamed(const char *name, const char *filter_name)
{
    const char *other = wmem_strdup_printf(wmem_epan_scope(), "%s%s", own_prefix, filter_name);
    const char *long_name = wmem_strdup_printf(wmem_epan_scope(), "%s (%s)", name, other);

    for (unsigned i = 2; is_taken(long_name, other, other); i++) {
        other = wmem_strdup_printf(wmem_epan_scope(), "%s%s_%u", own_prefix, filter_name, i);
        long_name = wmem_strdup_printf(wmem_epan_scope(), "%s (%s)", name, other);
    }
    ws_message("Another dissector is called %s: the one of this plugin is %s, and so are its "
               "filters.",
               filter_name, other);
    return proto_register_protocol(long_name, other, other);
}

int oxc_proto_register_protocol(const char *name, const char *short_name, const char *filter_name)
{
    if (is_taken(name, short_name, filter_name))
        return register_renamed(name, filter_name);
    return proto_register_protocol(name, short_name, filter_name);
}

bool oxc_protocol_is_renamed(int protocol)
{
    return g_str_has_prefix(proto_get_protocol_filter_name(protocol), own_prefix);
}

static bool field_is_taken(int protocol, const char *name)
{
    const header_field_info *field = proto_registrar_get_byname(name);

    return field && field->parent != protocol;
}

/* The name to register a field by, which lasts as long as Wireshark. */
static const char *field_name(int protocol, const char *name)
{
    static bool said;

    if (oxc_protocol_is_renamed(protocol))
        name =
            wmem_strdup_printf(wmem_epan_scope(), "%s%s", proto_get_protocol_filter_name(protocol),
                               name + strcspn(name, "."));
    if (!field_is_taken(protocol, name))
        return name;
    if (!said)
        ws_message("Another dissector has a field %s: the one of this plugin is %s%s, and so on.",
                   name, own_prefix, name);
    said = true;
    return wmem_strdup_printf(wmem_epan_scope(), "%s%s", own_prefix, name);
}

void oxc_proto_register_field_array(int protocol, hf_register_info *fields, int count)
{
    for (int i = 0; i < count; i++)
        fields[i].hfinfo.abbrev = field_name(protocol, fields[i].hfinfo.abbrev);
    proto_register_field_array(protocol, fields, count);
}

void oxc_expert_register_field_array(int protocol, ei_register_info *items, int count)
{
    for (int i = 0; i < count; i++)
        items[i].eiinfo.name = field_name(protocol, items[i].eiinfo.name);
    expert_register_field_array(expert_register_protocol(protocol), items, count);
}
