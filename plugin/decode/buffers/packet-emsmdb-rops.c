/* packet-emsmdb-rops.c
 * ROP buffers of EMSMDB, [MS-OXCROPS] 2.2 and [MS-OXCNOTIF] 2.2.1
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "capture/frame.h"
#include "payload.h"
#include "rop_fields.h"
#include "decode/names.h"
#include "rop_names.h"
#include "decode/methods/status.h"
#include "decode/text.h"

#include <epan/expert.h>

static int hf_emsmdb_rops = -1;
static int hf_emsmdb_rops_size = -1;
static int hf_emsmdb_rops_undecoded = -1;
static int hf_emsmdb_rops_handle_table = -1;
static int hf_emsmdb_rops_handle = -1;
static int hf_emsmdb_rop = -1;

static int ett_emsmdb_rops = -1;
static int ett_emsmdb_rop = -1;
static int ett_emsmdb_rops_handle_table = -1;

static expert_field ei_emsmdb_rop_damaged = EI_INIT;
static expert_field ei_emsmdb_rop_unknown = EI_INIT;
static expert_field ei_emsmdb_rop_unread = EI_INIT;
static expert_field ei_emsmdb_rop_layout = EI_INIT;

static const value_string handle_vals[] = {{0xFFFFFFFF, "Not assigned"}, {0, NULL}};

/* The name of the field that could not be read, or NULL. */
static const char *fault_name(const oxc_rop *rop)
{
    const int *hf = oxc_rop_item(rop->fault_field)->hf;

    if (rop->fault_name)
        return rop->fault_name;
    return hf ? proto_registrar_get_nth((unsigned)*hf)->name : NULL;
}

static void add_name(oxc_text *text, const char *before, uint64_t value, const value_string *names,
                     const char *unknown)
{
    oxc_text_add(text, before);
    oxc_text_add(text, val_to_str_const((uint32_t)value, names, unknown));
}

static void add_hex_field(oxc_text *text, const oxc_rop *rop, uint8_t field, const char *before,
                          size_t digits)
{
    uint64_t value;

    if (!oxc_rop_value(rop, field, &value))
        return;
    oxc_text_add(text, before);
    oxc_text_add_hex(text, value, digits);
}

/* The label of a ROP, so that a collapsed tree tells the story. */
static void describe_rop(oxc_text *text, const oxc_payload *payload, const oxc_rop *rop)
{
    uint64_t value;

    oxc_text_clear(text);
    oxc_text_add(text, oxc_rop_name(rop->id));
    if (oxc_rop_value(rop, OXC_FIELD_NOTIFY_FLAGS, &value))
        add_name(text, ": ", value & OXC_NOTIFY_TYPE, oxc_notify_type_vals, "unknown type");
    if (oxc_rop_value(rop, OXC_FIELD_NOTIFY_TABLE_EVENT, &value))
        add_name(text, ", ", value, oxc_table_event_vals, "unknown event");
    add_hex_field(text, rop, OXC_FIELD_NOTIFY_HANDLE, ", handle ", 8);
    add_hex_field(text, rop, OXC_FIELD_NOTIFY_FOLDER_ID, ", folder ", 16);
    add_hex_field(text, rop, OXC_FIELD_NOTIFY_MESSAGE_ID, ", message ", 16);
    if (oxc_find_element(rop->elements, rop->count, OXC_FIELD_NOTIFY_MESSAGE_CLASS)) {
        oxc_text_add(text, ", class ");
        oxc_add_message_class(text, payload, rop);
    }
    if (oxc_rop_value(rop, OXC_FIELD_PENDING_SESSION_INDEX, &value)) {
        oxc_text_add(text, ", session index ");
        oxc_text_add_number(text, value);
    }
    if (oxc_rop_value(rop, OXC_FIELD_RETURN_VALUE, &value) && value != 0)
        add_name(text, ", ", value, oxc_rop_status_vals, "failed");
}

static proto_item *show_rop(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                            const oxc_rop *rop)
{
    proto_item *item;
    oxc_text text;

    if (!tree || rop->length == 0)
        return NULL;
    describe_rop(&text, payload, rop);
    item = proto_tree_add_none_format(tree, hf_emsmdb_rop, payload->tvb, (int)rop->offset,
                                      (int)rop->length, "%s", text.bytes);
    oxc_show_rop_fields(payload, pinfo, proto_item_add_subtree(item, ett_emsmdb_rop), rop);
    return item;
}

/* The bytes of RopsList behind the last ROP that could be read. */
static void show_undecoded(const oxc_payload *payload, proto_tree *tree,
                           const oxc_rop_buffer *buffer)
{
    size_t end = MIN(buffer->end, buffer->captured);

    if (buffer->stopped && buffer->offset < end)
        proto_tree_add_item(tree, hf_emsmdb_rops_undecoded, payload->tvb, (int)buffer->offset,
                            (int)(end - buffer->offset), ENC_NA);
}

static void show_handle_table(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                              const oxc_rop_buffer *buffer)
{
    size_t end = MIN(payload->captured, payload->reported);
    proto_item *item;
    proto_tree *subtree;
    uint32_t handle;
    size_t i;

    if (buffer->table_count == 0 || buffer->table_offset >= end ||
        !oxc_take_items(pinfo, proto_tree_get_parent(tree), 2 + 2 * buffer->table_count))
        return;
    item = proto_tree_add_none_format(tree, hf_emsmdb_rops_handle_table, payload->tvb,
                                      (int)buffer->table_offset, (int)(end - buffer->table_offset),
                                      "ServerObjectHandleTable: %zu handles", buffer->table_count);
    subtree = proto_item_add_subtree(item, ett_emsmdb_rops_handle_table);
    for (i = 0; oxc_rop_handle(buffer, i, &handle); i++) {
        item = proto_tree_add_item(subtree, hf_emsmdb_rops_handle, payload->tvb,
                                   (int)(buffer->table_offset + 4 * i), 4, ENC_LITTLE_ENDIAN);
        proto_item_prepend_text(item, "[%zu] ", i);
    }
}

static void describe_buffer_fault(const oxc_rop_buffer *buffer, wmem_strbuf_t *text)
{
    switch (buffer->fault) {
    case OXC_ROPS_NO_SIZE:
        wmem_strbuf_append_printf(text, "RopSize needs 2 bytes, the payload has %zu",
                                  buffer->reported);
        break;
    case OXC_ROPS_SIZE_SMALL:
        wmem_strbuf_append_printf(text, "RopSize at byte 0 is %u and does not count itself",
                                  buffer->rop_size);
        break;
    case OXC_ROPS_SIZE_BIG:
        wmem_strbuf_append_printf(text, "RopSize at byte 0 is %u, the payload ends at byte %zu",
                                  buffer->rop_size, buffer->reported);
        break;
    case OXC_ROPS_TABLE:
        wmem_strbuf_append_printf(text,
                                  "ServerObjectHandleTable at byte %zu has %zu bytes, which is no "
                                  "multiple of 4",
                                  buffer->table_offset, buffer->reported - buffer->table_offset);
        break;
    case OXC_ROPS_OK:
        break;
    }
}

/* Says in one item what is wrong with the buffer, the ROP or both.
 * Returns false if that is nothing. */
static bool report_damage(packet_info *pinfo, proto_item *item, const oxc_rop_buffer *buffer,
                          const oxc_rop *last)
{
    wmem_strbuf_t *text = wmem_strbuf_new(pinfo->pool, "");
    bool of_rop = buffer->stopped && last->state == OXC_READ_DAMAGED;

    if (!of_rop && buffer->fault == OXC_ROPS_OK)
        return false;
    describe_buffer_fault(buffer, text);
    if (of_rop) {
        if (buffer->fault != OXC_ROPS_OK)
            wmem_strbuf_append(text, "; ");
        wmem_strbuf_append_printf(text, "%s at byte %zu of the payload: ", oxc_rop_name(last->id),
                                  last->offset);
        oxc_describe_fault(text, fault_name(last), last->fault_offset, last->fault_size,
                           buffer->end);
    }
    expert_add_info_format(pinfo, item, &ei_emsmdb_rop_damaged, "%s", wmem_strbuf_get_str(text));
    return true;
}

static const char *describe_need(oxc_rop_need need)
{
    switch (need) {
    case OXC_NEED_TAGS:
        return "the tags of its request are not known";
    case OXC_NEED_COLUMNS:
        return "the columns of its table are not known: no RopSetColumns that holds for it was "
               "seen";
    case OXC_NEED_FIT:
        return "its rows do not fit the columns that were set last, as far as the capture shows";
    case OXC_NEED_NOTHING:
        break;
    }
    return "it has no known layout";
}

/* What is missing from the capture is no fault of what it holds. */
static void report_stop(packet_info *pinfo, proto_item *item, const oxc_rop_buffer *buffer,
                        const oxc_rop *last)
{
    expert_field *ei =
        buffer->need == OXC_NEED_NOTHING ? &ei_emsmdb_rop_unknown : &ei_emsmdb_rop_unread;
    const char *field = last->fault_field == OXC_FIELD_NONE ? NULL : fault_name(last);

    if (!buffer->stopped || last->state != OXC_READ_UNKNOWN)
        return;
    if (field)
        expert_add_info_format(pinfo, item, &ei_emsmdb_rop_unknown,
                               "The walk stops in %s (0x%02x) at byte %zu, which has no known "
                               "layout with this %s: %zu bytes of RopsList are not decoded",
                               oxc_rop_name(last->id), last->id, last->offset, field,
                               buffer->end - buffer->offset);
    else
        expert_add_info_format(pinfo, item, ei,
                               "The walk stops in %s (0x%02x) at byte %zu: %s; %zu bytes of "
                               "RopsList are not decoded",
                               oxc_rop_name(last->id), last->id, last->offset,
                               describe_need(buffer->need), buffer->end - buffer->offset);
}

/* What a sender does otherwise than the specification says, by the kind of way. */
static const char *const other_ways[OXC_WAY_COUNT] = {
    [OXC_WAY_WARNING] = "a warning has what a success has",
    [OXC_WAY_READ] = "a failed RopReadStream ends with ReturnValue",
    [OXC_WAY_WRITE] = "a failed RopWriteStream ends with ReturnValue",
    [OXC_WAY_PARTIAL] = "a failure has no PartialCompletion",
    [OXC_WAY_READ_FLAGS] = "a failed RopSetReadFlags has no PartialCompletion",
    [OXC_WAY_COPIED] = "a failed RopCopyToStream ends with ReturnValue",
    [OXC_WAY_NULL] = "the answer to a null destination has no DestHandleIndex",
    [OXC_WAY_DESTINATION] = "the answer to a null destination has no DestHandleIndex",
    [OXC_WAY_TRANSFER] = "a failed RopFastTransferSourceGetBuffer ends with ReturnValue",
    [OXC_WAY_BUSY] = "BackoffTime stands behind the data, or is missing",
    [OXC_WAY_PUT] = "a failed upload ends with ReturnValue",
    [OXC_WAY_WITH_ERRORS] = "a success with errors ends with ReturnValue",
    [OXC_WAY_RETURNED] = "a RopTransportSend without properties counts them",
    [OXC_WAY_ATTACHMENTS] = "AttachmentIdCount has four bytes",
    [OXC_WAY_PROBLEMS] = "the index of a PropertyProblem has four bytes",
    [OXC_WAY_PROGRESS] = "RopProgress has no LogonId",
    [OXC_WAY_CLIENT_DATA] = "RopSetMessageReadFlag has no ClientData",
    [OXC_WAY_RESERVED] = "RopRegisterNotification has no Reserved byte",
    [OXC_WAY_LINKED] = "RopNotify of a linked message has no ParentFolderId",
};

/* A list that was cut short at the end of a field looks the same as one of a sender that leaves
 * the rest out: it is said in either case. */
static void report_ways(packet_info *pinfo, proto_item *item, const oxc_rop_buffer *buffer)
{
    wmem_strbuf_t *text = wmem_strbuf_new(pinfo->pool, "");

    for (unsigned way = 0; way < OXC_WAY_COUNT; way++) {
        if ((buffer->ways.chosen >> (2 * way) & 3) == 0 || !other_ways[way])
            continue;
        wmem_strbuf_append(text, wmem_strbuf_get_len(text) > 0 ? "; " : "");
        wmem_strbuf_append(text, other_ways[way]);
    }
    if (wmem_strbuf_get_len(text) == 0)
        return;
    proto_item_append_text(item, " [in the layout of products, not of the specification]");
    expert_add_info_format(pinfo, item, &ei_emsmdb_rop_layout,
                           "In the layout of products, not of the specification, or damaged: %s",
                           wmem_strbuf_get_str(text));
}

/* Shows the ROPs that can be read, and the first bytes of the one that cannot.
 * Returns false if there was too much to show; else @p where says what is wrong. */
static bool show_list(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                      oxc_rop_buffer *buffer, oxc_rop *rop, proto_item **where)
{
    proto_item *item = NULL;

    *where = proto_tree_get_parent(tree);
    while (oxc_rop_next(buffer, rop)) {
        if (!oxc_take_items(pinfo, *where, oxc_rop_items(rop)))
            return false;
        item = show_rop(payload, pinfo, tree, rop);
    }
    show_undecoded(payload, tree, buffer);
    if (item && buffer->stopped)
        *where = item;
    return true;
}

bool oxc_show_rop_payload(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                          bool request, bool quiet)
{
    proto_item *item, *where;
    proto_tree *subtree;
    oxc_rop_buffer buffer;
    oxc_rop_walk walk;
    oxc_rop last = {0};

    if (!oxc_take_items(pinfo, proto_tree_get_parent(tree), 2))
        return false;
    oxc_rop_buffer_open(&buffer, payload->data, payload->captured, payload->reported, request);
    oxc_rop_replay_use(&payload->replay, &buffer, &walk);
    item =
        proto_tree_add_item(tree, hf_emsmdb_rops, payload->tvb, 0, (int)payload->captured, ENC_NA);
    subtree = proto_item_add_subtree(item, ett_emsmdb_rops);
    if (buffer.has_size)
        proto_tree_add_item(subtree, hf_emsmdb_rops_size, payload->tvb, 0, 2, ENC_LITTLE_ENDIAN);
    where = item;
    if (!show_list(payload, pinfo, subtree, &buffer, &last, &where))
        return false;
    show_handle_table(payload, pinfo, subtree, &buffer);
    if (quiet)
        return false;
    if (report_damage(pinfo, where, &buffer, &last))
        return true;
    report_stop(pinfo, where, &buffer, &last);
    report_ways(pinfo, item, &buffer);
    return false;
}

void oxc_register_rops(int proto)
{
    static hf_register_info hf[] = {
        {&hf_emsmdb_rops,
         {"ROP buffer", "emsmdb.rops", FT_NONE, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rops_size,
         {"RopSize", "emsmdb.rops.size", FT_UINT16, BASE_DEC, NULL, 0x0,
          "Bytes of RopSize and RopsList", HFILL}},
        {&hf_emsmdb_rops_undecoded,
         {"Not decoded", "emsmdb.rops.undecoded", FT_BYTES, BASE_NONE, NULL, 0x0,
          "Bytes of RopsList behind the last ROP that could be read", HFILL}},
        {&hf_emsmdb_rops_handle_table,
         {"ServerObjectHandleTable", "emsmdb.rops.handle_table", FT_NONE, BASE_NONE, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_rops_handle,
         {"Server object handle", "emsmdb.rops.handle", FT_UINT32, BASE_HEX | BASE_SPECIAL_VALS,
          VALS(handle_vals), 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop, {"ROP", "emsmdb.rop", FT_NONE, BASE_NONE, NULL, 0x0, NULL, HFILL}},
    };
    static ei_register_info ei[] = {
        {&ei_emsmdb_rop_damaged,
         {"emsmdb.rop.damaged", PI_MALFORMED, PI_ERROR, "The ROP buffer is damaged", EXPFILL}},
        {&ei_emsmdb_rop_unknown,
         {"emsmdb.rop.unknown", PI_UNDECODED, PI_NOTE,
          "The walk stops at a ROP without a known layout", EXPFILL}},
        {&ei_emsmdb_rop_layout,
         {"emsmdb.rop.layout", PI_PROTOCOL, PI_NOTE,
          "The ROPs are in the layout of products, not of the specification", EXPFILL}},
        {&ei_emsmdb_rop_unread,
         {"emsmdb.rop.unread", PI_UNDECODED, PI_NOTE,
          "The walk stops at a ROP whose layout rests on a call that was not seen", EXPFILL}},
    };
    static int *ett[] = {&ett_emsmdb_rops, &ett_emsmdb_rop, &ett_emsmdb_rops_handle_table};

    oxc_proto_register_field_array(proto, hf, (int)G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, (int)G_N_ELEMENTS(ett));
    oxc_expert_register_field_array(proto, ei, (int)G_N_ELEMENTS(ei));
}
