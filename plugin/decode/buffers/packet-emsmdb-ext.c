/* packet-emsmdb-ext.c
 * Extended buffers of EMSMDB, [MS-OXCRPC] 2.2.2.1
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "capture/frame.h"
#include "decode/methods/packet-emsmdb.h"
#include "payload.h"
#include "decode/names.h"
#include "decode/text.h"

#include <epan/expert.h>

static int ext_proto = -1;

static int hf_emsmdb_ext = -1;
static int hf_emsmdb_ext_version = -1;
static int hf_emsmdb_ext_flags = -1;
static int hf_emsmdb_ext_flags_compressed = -1;
static int hf_emsmdb_ext_flags_xor_magic = -1;
static int hf_emsmdb_ext_flags_last = -1;
static int hf_emsmdb_ext_size = -1;
static int hf_emsmdb_ext_size_actual = -1;
static int hf_emsmdb_ext_payload = -1;
static int hf_emsmdb_ext_rest = -1;

static int ett_emsmdb_ext = -1;
static int ett_emsmdb_ext_flags = -1;

static expert_field ei_emsmdb_ext_damaged = EI_INIT;
static expert_field ei_emsmdb_ext_irregular = EI_INIT;
static expert_field ei_emsmdb_ext_trailing = EI_INIT;
static expert_field ei_emsmdb_ext_hidden = EI_INIT;

static int *const flags_fields[] = {&hf_emsmdb_ext_flags_compressed, &hf_emsmdb_ext_flags_xor_magic,
                                    &hf_emsmdb_ext_flags_last, NULL};

/* Stands for the bytes of a payload of which the capture has none. */
static const uint8_t no_bytes[1];

/* What a compressed byte adds to the bytes that a frame may cost. */
enum { BYTES_PER_BYTE = 100 };

/* What may follow the last byte produced: a mask that only holds the mark of the end. */
enum { STREAM_END_SIZE = 4 };

/* Items of a block without what its payload carries. */
enum { BLOCK_ITEMS = 12 };

bool oxc_take(size_t *left, size_t count)
{
    bool enough = count <= *left;

    *left = enough ? *left - count : 0;
    return enough;
}

bool oxc_take_items(packet_info *pinfo, proto_item *item, size_t count)
{
    oxc_budget *budget = oxc_frame_budget(pinfo);

    if (oxc_take(&budget->items, count))
        return true;
    if (!budget->hidden)
        expert_add_info_format(pinfo, item, &ei_emsmdb_ext_hidden,
                               "Too many items for one frame: what follows is not shown");
    budget->hidden = true;
    return false;
}

void oxc_describe_fault(wmem_strbuf_t *text, const char *name, size_t offset, size_t size,
                        size_t end)
{
    size_t left = end > offset ? end - offset : 0;

    if (!name)
        wmem_strbuf_append_printf(text, "it stops at byte %zu", offset);
    else if (size == OXC_NO_TERMINATOR)
        wmem_strbuf_append_printf(text, "%s at byte %zu has no terminator", name, offset);
    else if (size <= left)
        wmem_strbuf_append_printf(text, "%s at byte %zu has a value out of range", name, offset);
    else
        wmem_strbuf_append_printf(text, "%s needs %zu bytes at byte %zu, %zu are left", name, size,
                                  offset, left);
}

static void decompress(oxc_payload *payload, packet_info *pinfo)
{
    oxc_budget *budget = oxc_frame_budget(pinfo);
    size_t size = payload->header.size_actual;
    uint8_t *out;

    budget->bytes += BYTES_PER_BYTE * payload->captured;
    if (!oxc_take(&budget->bytes, size)) {
        payload->fault = OXC_PAYLOAD_TOO_MUCH;
        size = 0;
    }
    out = (uint8_t *)wmem_alloc(pinfo->pool, size + 1);
    payload->result = oxc_lz77_decompress(payload->data, payload->captured, out, size);
    payload->data = out;
    payload->captured = payload->result.produced;
    payload->reported = payload->header.size_actual;
}

static void unmask(oxc_payload *payload, packet_info *pinfo)
{
    uint8_t *out = (uint8_t *)wmem_alloc(pinfo->pool, payload->captured + 1);

    oxc_ext_unmask(payload->data, out, payload->captured);
    payload->data = out;
}

static oxc_payload_fault find_fault(const oxc_payload *payload, size_t left, bool cut)
{
    const oxc_ext_header *header = &payload->header;
    oxc_lz77_status status = payload->result.status;

    if (payload->fault != OXC_PAYLOAD_OK)
        return payload->fault;
    if (header->size > left)
        return OXC_PAYLOAD_SIZE;
    if (status != OXC_LZ77_OK && !(cut && status == OXC_LZ77_ENDS_EARLY))
        return OXC_PAYLOAD_STREAM;
    if (header->flags & ~OXC_EXT_KNOWN_FLAGS)
        return OXC_PAYLOAD_FLAGS;
    if (!(header->flags & OXC_EXT_COMPRESSED) || status != OXC_LZ77_OK)
        return OXC_PAYLOAD_OK;
    if (header->size >= header->size_actual)
        return OXC_PAYLOAD_NOT_LESS;
    if (payload->result.clipped || payload->result.used + STREAM_END_SIZE < header->size)
        return OXC_PAYLOAD_LEFTOVER;
    return OXC_PAYLOAD_OK;
}

/* The receiver's order, [MS-OXCRPC] 3.1.4.1.1.3: first the obfuscation, then the compression. */
static void read_payload(oxc_payload *payload, packet_info *pinfo,
                         const oxc_extended_buffer *buffer)
{
    const oxc_ext_header *header = &payload->header;
    size_t start = header->offset + (size_t)OXC_EXT_HEADER_SIZE;
    size_t left = buffer->reported - start;
    size_t there = buffer->captured > start ? buffer->captured - start : 0;
    bool cut = there < header->size;

    payload->reported = header->size;
    payload->captured = cut ? there : header->size;
    payload->data = payload->captured > 0 ? buffer->data + start : no_bytes;
    payload->decoded = header->flags & (OXC_EXT_XOR_MAGIC | OXC_EXT_COMPRESSED);
    if (header->flags & OXC_EXT_XOR_MAGIC)
        unmask(payload, pinfo);
    if (header->flags & OXC_EXT_COMPRESSED)
        decompress(payload, pinfo);
    payload->fault = find_fault(payload, left, cut);
}

/* Behind a broken stream nothing is sure, and behind too much there is no end. */
static bool goes_on(const oxc_payload *payload)
{
    return payload->fault != OXC_PAYLOAD_STREAM && payload->fault != OXC_PAYLOAD_TOO_MUCH;
}

static bool has_payload(oxc_ext_result result)
{
    return result == OXC_EXT_HEADER || result == OXC_EXT_SIZE;
}

static bool has_one_payload(const oxc_ext_chain *chain)
{
    enum { FLAGS = 2 };

    return chain->captured >= OXC_EXT_HEADER_SIZE && (chain->data[FLAGS] & OXC_EXT_LAST) != 0;
}

static oxc_payload *room_for_payloads(const oxc_ext_chain *chain, packet_info *pinfo)
{
    size_t most = MIN(chain->reported / OXC_EXT_HEADER_SIZE, OXC_EXT_PAYLOADS_MAX) + 1;

    return wmem_alloc_array(pinfo->pool, oxc_payload, most);
}

void oxc_read_extended_buffer(tvbuff_t *tvb, int offset, int captured, int reported,
                              packet_info *pinfo, oxc_extended_buffer *buffer)
{
    oxc_ext_chain chain = {.reported = (size_t)reported, .captured = (size_t)captured};

    if (captured > 0)
        chain.data = tvb_get_ptr(tvb, offset, captured);
    buffer->around = tvb;
    buffer->offset = offset;
    buffer->captured = chain.captured;
    buffer->reported = chain.reported;
    buffer->data = chain.data;
    buffer->tvb = NULL;
    buffer->payloads = has_one_payload(&chain) ? &buffer->only : room_for_payloads(&chain, pinfo);
    buffer->count = 0;
    do {
        oxc_payload *payload = &buffer->payloads[buffer->count];

        buffer->end = oxc_ext_next(&chain, &buffer->fault);
        if (!has_payload(buffer->end))
            break;
        *payload = (oxc_payload){.header = buffer->fault};
        read_payload(payload, pinfo, buffer);
        buffer->count++;
    } while (buffer->end == OXC_EXT_HEADER && goes_on(&buffer->payloads[buffer->count - 1]));
    buffer->end_offset = chain.offset;
}

/* The payload in the clear, for what shows it. */
static void open_payload(const oxc_extended_buffer *buffer, oxc_payload *payload)
{
    size_t start = payload->header.offset + (size_t)OXC_EXT_HEADER_SIZE;

    if (payload->tvb)
        return;
    if (payload->decoded || payload->captured == 0)
        payload->tvb = tvb_new_child_real_data(buffer->around, payload->data,
                                               (unsigned)payload->captured, (int)payload->reported);
    else
        payload->tvb = tvb_new_subset_length_caplen(
            buffer->around, buffer->offset + (int)start, (int)payload->captured,
            (int)MIN(payload->reported, buffer->reported - start));
}

static void open_buffer(oxc_extended_buffer *buffer)
{
    buffer->tvb = tvb_new_subset_length_caplen(buffer->around, buffer->offset,
                                               (int)buffer->captured, (int)buffer->reported);
    for (unsigned i = 0; i < buffer->count; i++)
        open_payload(buffer, &buffer->payloads[i]);
}

static const char *describe_stream(oxc_lz77_status status)
{
    switch (status) {
    case OXC_LZ77_ENDS_EARLY:
        return "ends too early";
    case OXC_LZ77_BAD_DISTANCE:
        return "refers to bytes before its start";
    case OXC_LZ77_BAD_LENGTH:
        return "has a match length that is not defined";
    case OXC_LZ77_OK:
        break;
    }
    return "is whole";
}

/* @param left  bytes that follow the header */
static void report_fault(const oxc_payload *payload, packet_info *pinfo, proto_item *item,
                         unsigned left)
{
    const oxc_ext_header *header = &payload->header;
    const oxc_lz77_result *result = &payload->result;

    switch (payload->fault) {
    case OXC_PAYLOAD_OK:
        break;
    case OXC_PAYLOAD_SIZE:
        expert_add_info_format(pinfo, item, &ei_emsmdb_ext_damaged,
                               "RPC_HEADER_EXT at byte %u of the buffer: Size is %u, and only %u "
                               "bytes follow the header",
                               header->offset, header->size, left);
        break;
    case OXC_PAYLOAD_STREAM:
        expert_add_info_format(pinfo, item, &ei_emsmdb_ext_damaged,
                               "The compressed payload %s, at its byte %zu of %u: %zu of %u bytes "
                               "could be decompressed",
                               describe_stream(result->status), result->used, header->size,
                               result->produced, header->size_actual);
        break;
    case OXC_PAYLOAD_FLAGS:
        expert_add_info_format(pinfo, item, &ei_emsmdb_ext_irregular,
                               "Flags 0x%04x has bits that are not defined", header->flags);
        break;
    case OXC_PAYLOAD_NOT_LESS:
        expert_add_info_format(pinfo, item, &ei_emsmdb_ext_irregular,
                               "Compressed, but Size %u is not less than SizeActual %u",
                               header->size, header->size_actual);
        break;
    case OXC_PAYLOAD_TOO_MUCH:
        expert_add_info_format(pinfo, item, &ei_emsmdb_ext_hidden,
                               "Not decompressed: with the %u bytes of SizeActual the frame would "
                               "take too many",
                               header->size_actual);
        break;
    case OXC_PAYLOAD_LEFTOVER:
        expert_add_info_format(pinfo, item, &ei_emsmdb_ext_irregular,
                               "The compressed payload goes on when the %u bytes of SizeActual "
                               "are complete, at its byte %zu of %u",
                               header->size_actual, result->used, header->size);
        break;
    }
}

static void describe_payload(oxc_text *text, const oxc_payload *payload)
{
    const oxc_ext_header *header = &payload->header;

    oxc_text_clear(text);
    oxc_text_add(text, "Extended buffer: ");
    oxc_text_add_number(text, header->size);
    oxc_text_add(text, " bytes");
    if (header->flags & OXC_EXT_COMPRESSED) {
        oxc_text_add(text, ", compressed from ");
        oxc_text_add_number(text, header->size_actual);
    }
    if (header->flags & OXC_EXT_XOR_MAGIC)
        oxc_text_add(text, ", obfuscated");
    if (!(header->flags & OXC_EXT_LAST))
        oxc_text_add(text, ", more follow");
    if (payload->captured < payload->reported)
        oxc_text_add(text, " [incomplete]");
}

static void show_header(tvbuff_t *tvb, proto_tree *tree, int offset)
{
    proto_tree_add_item(tree, hf_emsmdb_ext_version, tvb, offset, 2, ENC_LITTLE_ENDIAN);
    proto_tree_add_bitmask(tree, tvb, (unsigned)offset + 2, hf_emsmdb_ext_flags,
                           ett_emsmdb_ext_flags, flags_fields, ENC_LITTLE_ENDIAN);
    proto_tree_add_item(tree, hf_emsmdb_ext_size, tvb, offset + 4, 2, ENC_LITTLE_ENDIAN);
    proto_tree_add_item(tree, hf_emsmdb_ext_size_actual, tvb, offset + 6, 2, ENC_LITTLE_ENDIAN);
}

static int captured_size(tvbuff_t *tvb, int offset, size_t size)
{
    size_t there = (size_t)tvb_captured_length_remaining(tvb, offset);

    return (int)MIN(there, size);
}

/* Returns true if the payload is damaged. */
static bool show_payload(const oxc_extended_buffer *buffer, const oxc_payload *payload,
                         packet_info *pinfo, proto_tree *tree, bool request,
                         oxc_payload_shower show, bool quiet)
{
    int offset = (int)payload->header.offset;
    int start = offset + OXC_EXT_HEADER_SIZE;
    int size = captured_size(buffer->tvb, start, payload->header.size);
    bool faulty = payload->fault != OXC_PAYLOAD_OK;
    proto_tree *subtree;
    proto_item *item;
    oxc_text text;

    if (!oxc_take_items(pinfo, proto_tree_get_parent(tree), BLOCK_ITEMS))
        return false;
    describe_payload(&text, payload);
    item = proto_tree_add_none_format(tree, hf_emsmdb_ext, buffer->tvb, offset,
                                      OXC_EXT_HEADER_SIZE + size, "%s", text.bytes);
    subtree = proto_item_add_subtree(item, ett_emsmdb_ext);
    show_header(buffer->tvb, subtree, offset);
    if (size > 0)
        proto_tree_add_item(subtree, hf_emsmdb_ext_payload, buffer->tvb, start, size, ENC_NA);
    if (!quiet)
        report_fault(payload, pinfo, item, tvb_reported_length(buffer->tvb) - (unsigned)start);
    if (payload->decoded && payload->captured > 0)
        add_new_data_source(pinfo, payload->tvb, "EMSMDB payload");
    return show(payload, pinfo, subtree, request, quiet || faulty) || faulty;
}

static void describe_header(const oxc_extended_buffer *buffer, wmem_strbuf_t *text)
{
    const oxc_ext_header *header = &buffer->fault;
    size_t left = tvb_reported_length(buffer->tvb) - buffer->end_offset;

    switch (buffer->end) {
    case OXC_EXT_SHORT:
        wmem_strbuf_append_printf(text, "%zu bytes are left for its 8", left);
        break;
    case OXC_EXT_VERSION:
        wmem_strbuf_append_printf(text, "Version is 0x%04x, not 0", header->version);
        break;
    case OXC_EXT_ACTUAL:
        wmem_strbuf_append_printf(text, "not Compressed, but Size is %u and SizeActual %u",
                                  header->size, header->size_actual);
        break;
    case OXC_EXT_NOT_LAST:
        wmem_strbuf_append(text, "there is none, and the block before has no Last");
        break;
    case OXC_EXT_TOO_MANY:
        wmem_strbuf_append_printf(text, "more than the %d that a buffer may have",
                                  OXC_EXT_PAYLOADS_MAX);
        break;
    case OXC_EXT_HEADER:
    case OXC_EXT_END:
    case OXC_EXT_CUT:
    case OXC_EXT_SIZE:
        break;
    }
}

/* What cannot be decoded, or, where the capture has none of it, the item around. */
static proto_item *show_rest(const oxc_extended_buffer *buffer, proto_tree *tree)
{
    int offset = (int)buffer->end_offset;
    int size = tvb_captured_length_remaining(buffer->tvb, offset);

    if (size <= 0)
        return proto_tree_get_parent(tree);
    return proto_tree_add_item(tree, hf_emsmdb_ext_rest, buffer->tvb, offset, size, ENC_NA);
}

/* Where the chain broke: the header as far as it is there, and what follows as bytes. */
static void show_broken_header(const oxc_extended_buffer *buffer, packet_info *pinfo,
                               proto_tree *tree)
{
    wmem_strbuf_t *text = wmem_strbuf_new(pinfo->pool, "");
    int offset = (int)buffer->end_offset;
    proto_item *item = show_rest(buffer, tree);

    if (buffer->end == OXC_EXT_VERSION || buffer->end == OXC_EXT_ACTUAL)
        show_header(buffer->tvb, proto_item_add_subtree(item, ett_emsmdb_ext), offset);
    describe_header(buffer, text);
    expert_add_info_format(pinfo, item, &ei_emsmdb_ext_damaged,
                           "RPC_HEADER_EXT at byte %d of the buffer: %s", offset,
                           wmem_strbuf_get_str(text));
}

static void show_trailing(const oxc_extended_buffer *buffer, packet_info *pinfo, proto_tree *tree)
{
    int left = tvb_reported_length_remaining(buffer->tvb, (int)buffer->end_offset);

    if (left > 0)
        expert_add_info_format(pinfo, show_rest(buffer, tree), &ei_emsmdb_ext_trailing,
                               "%d bytes follow the block with Last", left);
}

void oxc_show_extended_buffer(oxc_extended_buffer *buffer, packet_info *pinfo, proto_tree *tree,
                              bool request, oxc_payload_shower show)
{
    bool quiet = false;
    unsigned i;

    open_buffer(buffer);
    for (i = 0; i < buffer->count; i++)
        quiet |= show_payload(buffer, &buffer->payloads[i], pinfo, tree, request, show, quiet);
    if (quiet)
        return;
    switch (buffer->end) {
    case OXC_EXT_HEADER:
    case OXC_EXT_CUT:
    case OXC_EXT_SIZE:
        break;
    case OXC_EXT_END:
        show_trailing(buffer, pinfo, tree);
        break;
    case OXC_EXT_SHORT:
    case OXC_EXT_VERSION:
    case OXC_EXT_ACTUAL:
    case OXC_EXT_NOT_LAST:
    case OXC_EXT_TOO_MANY:
        show_broken_header(buffer, pinfo, tree);
        break;
    }
}

static bool is_sound(const oxc_extended_buffer *buffer)
{
    for (unsigned i = 0; i < buffer->count; i++) {
        if (buffer->payloads[i].fault != OXC_PAYLOAD_OK)
            return false;
    }
    return buffer->end == OXC_EXT_END && buffer->end_offset >= buffer->reported;
}

bool oxc_pass_extended_buffer(oxc_extended_buffer *buffer, packet_info *pinfo)
{
    if (!is_sound(buffer))
        return false;
    for (unsigned i = 0; i < buffer->count; i++) {
        oxc_payload *payload = &buffer->payloads[i];

        if (payload->decoded && payload->captured > 0) {
            open_payload(buffer, payload);
            add_new_data_source(pinfo, payload->tvb, "EMSMDB payload");
        }
    }
    return true;
}

void oxc_register_extended_buffers(int proto)
{
    static hf_register_info hf[] = {
        {&hf_emsmdb_ext,
         {"Extended buffer", "emsmdb.ext", FT_NONE, BASE_NONE, NULL, 0x0,
          "RPC_HEADER_EXT and its payload", HFILL}},
        {&hf_emsmdb_ext_version,
         {"Version", "emsmdb.ext.version", FT_UINT16, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_ext_flags,
         {"Flags", "emsmdb.ext.flags", FT_UINT16, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_ext_flags_compressed,
         {"Compressed", "emsmdb.ext.flags.compressed", FT_BOOLEAN, 16, NULL, OXC_EXT_COMPRESSED,
          NULL, HFILL}},
        {&hf_emsmdb_ext_flags_xor_magic,
         {"XorMagic", "emsmdb.ext.flags.xor_magic", FT_BOOLEAN, 16, NULL, OXC_EXT_XOR_MAGIC, NULL,
          HFILL}},
        {&hf_emsmdb_ext_flags_last,
         {"Last", "emsmdb.ext.flags.last", FT_BOOLEAN, 16, NULL, OXC_EXT_LAST, NULL, HFILL}},
        {&hf_emsmdb_ext_size,
         {"Size", "emsmdb.ext.size", FT_UINT16, BASE_DEC, NULL, 0x0,
          "Bytes of the payload as it was sent", HFILL}},
        {&hf_emsmdb_ext_size_actual,
         {"SizeActual", "emsmdb.ext.size_actual", FT_UINT16, BASE_DEC, NULL, 0x0,
          "Bytes of the payload after decompression", HFILL}},
        {&hf_emsmdb_ext_payload,
         {"Payload", "emsmdb.ext.payload", FT_BYTES, BASE_NONE, NULL, 0x0,
          "The payload as it was sent", HFILL}},
        {&hf_emsmdb_ext_rest,
         {"Not decoded", "emsmdb.ext.rest", FT_BYTES, BASE_NONE, NULL, 0x0,
          "Bytes behind the last block that could be read", HFILL}},
    };
    static ei_register_info ei[] = {
        {&ei_emsmdb_ext_damaged,
         {"emsmdb.ext.damaged", PI_MALFORMED, PI_ERROR, "The extended buffer is damaged", EXPFILL}},
        {&ei_emsmdb_ext_irregular,
         {"emsmdb.ext.irregular", PI_PROTOCOL, PI_NOTE,
          "The header of the extended buffer breaks a rule", EXPFILL}},
        {&ei_emsmdb_ext_hidden,
         {"emsmdb.ext.hidden", PI_UNDECODED, PI_NOTE, "Too much for one frame", EXPFILL}},
        {&ei_emsmdb_ext_trailing,
         {"emsmdb.ext.trailing", PI_PROTOCOL, PI_NOTE, "Bytes follow the block with Last",
          EXPFILL}},
    };
    static int *ett[] = {&ett_emsmdb_ext, &ett_emsmdb_ext_flags};

    ext_proto = proto;
    oxc_proto_register_field_array(proto, hf, (int)G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, (int)G_N_ELEMENTS(ett));
    oxc_expert_register_field_array(proto, ei, (int)G_N_ELEMENTS(ei));
}
