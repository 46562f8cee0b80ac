/* packet-mapihttp.c
 * Shows the messages of MAPI over HTTP
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "packet-mapihttp.h"

#include <epan/expert.h>

#include "capture/analysis.h"
#include "compat.h"
#include "decode/names.h"
#include "decode/text.h"
#include "mapi_body.h"
#include "mapi_columns.h"
#include "mapi_row.h"
#include "mapi_tell.h"
#include "mapi_words.h"
#include "present/packet-oxcnotif.h"

static int proto_mapihttp = -1;

static int hf_mapihttp_request_type = -1;
static int hf_mapihttp_request_id = -1;
static int hf_mapihttp_client_info = -1;
static int hf_mapihttp_client_application = -1;
static int hf_mapihttp_server_application = -1;
static int hf_mapihttp_context = -1;
static int hf_mapihttp_sequence = -1;
static int hf_mapihttp_response_code = -1;
static int hf_mapihttp_pending_period = -1;
static int hf_mapihttp_expiration = -1;
static int hf_mapihttp_elapsed_time = -1;
static int hf_mapihttp_start_time = -1;
static int hf_mapihttp_meta_tag = -1;
static int hf_mapihttp_body = -1;
static int hf_mapihttp_text = -1;
static int hf_mapihttp_invalid = -1;
static int hf_mapihttp_request_in = -1;
static int hf_mapihttp_response_in = -1;
static int hf_mapihttp_time = -1;
static int hf_mapihttp_leg = -1;

static int ett_mapihttp = -1;
static int ett_mapihttp_body = -1;

static expert_field ei_mapihttp_unreadable = EI_INIT;
static expert_field ei_mapihttp_head_too_large = EI_INIT;
static expert_field ei_mapihttp_lost = EI_INIT;

int oxc_mapihttp_protocol(void)
{
    return proto_mapihttp;
}

/* Items of a head */

static proto_item *add_text(const oxc_mapi_row *row, tvbuff_t *tvb, int offset, int hf,
                            oxc_span head, oxc_span value)
{
    if (value.size == 0 || !row->tree)
        return NULL;
    return proto_tree_add_item(row->tree, hf, tvb, offset + (int)(value.text - head.text),
                               (int)value.size, ENC_UTF_8 | ENC_NA);
}

static proto_item *add_value(const oxc_mapi_row *row, tvbuff_t *tvb, int offset, int hf,
                             oxc_span head, const oxc_head_number *number)
{
    if (!number->valid || !row->tree)
        return NULL;
    return proto_tree_add_uint(row->tree, hf, tvb, offset + (int)(number->text.text - head.text),
                               (int)number->text.size, number->value);
}

static void add_code_meaning(const oxc_mapi_row *row, proto_item *item, uint32_t code)
{
    const char *meaning = oxc_mapi_gromox_meaning(row->call, code);

    if (item && meaning)
        proto_item_append_text(item, " (Gromox: %s)", meaning);
}

static void show_head_fields(const oxc_mapi_row *row, tvbuff_t *tvb, int offset, oxc_span head,
                             const oxc_message_head *fields)
{
    add_text(row, tvb, offset, hf_mapihttp_request_type, head, fields->request_type);
    add_text(row, tvb, offset, hf_mapihttp_request_id, head, fields->request_id);
    add_text(row, tvb, offset, hf_mapihttp_client_info, head, fields->client_info);
    add_text(row, tvb, offset, hf_mapihttp_client_application, head, fields->client_application);
    add_text(row, tvb, offset, hf_mapihttp_server_application, head, fields->server_application);
    add_text(row, tvb, offset, hf_mapihttp_context, head, fields->context);
    add_text(row, tvb, offset, hf_mapihttp_sequence, head, fields->sequence);
    if (row->row->to_client && !row->late_code)
        add_code_meaning(
            row,
            add_value(row, tvb, offset, hf_mapihttp_response_code, head, &fields->response_code),
            fields->response_code.value);
    add_value(row, tvb, offset, hf_mapihttp_pending_period, head, &fields->pending_period);
    add_value(row, tvb, offset, hf_mapihttp_expiration, head, &fields->expiration);
}

/* Bytes of a part: in the frame, or kept because they came with several. */
static tvbuff_t *tvb_of_part(const oxc_mapi_row *row, const oxc_part *part, const char *name)
{
    tvbuff_t *tvb;

    if (!part->kept)
        return tvb_new_subset_length(row->tvb, part->offset, part->size);
    tvb = tvb_new_child_real_data(row->tvb, part->kept, (guint)part->size, part->size);
    add_new_data_source(row->pinfo, tvb, name);
    return tvb;
}

static void show_head(oxc_mapi_row *row, const oxc_part *part)
{
    oxc_http_head head = {.position = 0};
    oxc_message_head fields;
    oxc_span line;

    row->head = true;
    if (row->tree) {
        tvbuff_t *tvb = tvb_of_part(row, part, "Head of a MAPI over HTTP message");

        head.bytes = (oxc_span){(const char *)tvb_get_ptr(tvb, 0, part->size), (size_t)part->size};
        head.fields = head.bytes;
        if (oxc_span_take_line(&head.fields, &line) && oxc_start_line_read(line, &head.start)) {
            oxc_message_head_read(&head, &fields);
            show_head_fields(row, tvb, 0, head.bytes, &fields);
        }
    }
    oxc_mapi_tell_head(row);
}

/* Items of a body */

static void show_tag(oxc_mapi_row *row, const oxc_part *part)
{
    static const unsigned pieces[] = {[OXC_TAG_PROCESSING] = OXC_HTTP_PIECE_PROCESSING,
                                      [OXC_TAG_PENDING] = OXC_HTTP_PIECE_PENDING,
                                      [OXC_TAG_DONE] = OXC_HTTP_PIECE_DONE};

    row->pieces |= pieces[part->detail];
    if (row->tree)
        proto_tree_add_string(row->tree, hf_mapihttp_meta_tag, row->tvb, part->offset, part->size,
                              oxc_meta_tag_name((oxc_meta_tag)part->detail));
}

static void show_field(oxc_mapi_row *row, const oxc_part *part)
{
    tvbuff_t *tvb = tvb_of_part(row, part, "Line of a MAPI over HTTP body");
    oxc_span lines = {(const char *)tvb_get_ptr(tvb, 0, part->size), (size_t)part->size};
    oxc_span all = lines;
    oxc_head_number number = {.valid = false};
    oxc_field field;

    row->pieces |= OXC_HTTP_PIECE_PART;
    if (!row->tree || !oxc_field_next(&lines, &field))
        return;
    oxc_head_number_read(field.value, &number);
    if (oxc_span_is(field.name, "X-ResponseCode"))
        add_code_meaning(row, add_value(row, tvb, 0, hf_mapihttp_response_code, all, &number),
                         number.value);
    else if (oxc_span_is(field.name, "X-ElapsedTime"))
        add_value(row, tvb, 0, hf_mapihttp_elapsed_time, all, &number);
    else if (oxc_span_is(field.name, "X-ExpirationInfo"))
        add_value(row, tvb, 0, hf_mapihttp_expiration, all, &number);
    else if (oxc_span_is(field.name, "X-StartTime"))
        add_text(row, tvb, 0, hf_mapihttp_start_time, all, field.value);
}

static void show_unreadable(const oxc_mapi_row *row, const oxc_part *part, const char *why)
{
    proto_item *item = NULL;

    if (row->tree)
        item = proto_tree_add_item(row->tree, hf_mapihttp_body, row->tvb, part->offset, part->size,
                                   ENC_NA);
    expert_add_info_format(row->pinfo, item ? item : row->item, &ei_mapihttp_unreadable,
                           "The body is not decoded: it is %s", why);
}

/* Beside the calls and connections of DCE/RPC, which count in the same way. */
#define ROP_CALL (UINT64_C(1) << 63)

/* What the ROPs of a body belong to; NULL where that is not known. */
static const oxc_rop_call *name_rops(const oxc_mapi_row *row, oxc_rop_call *rops)
{
    const oxc_mapi_call *call = row->call;

    if (call->number == OXC_NONE || call->session == 0)
        return NULL;
    *rops = (oxc_rop_call){
        .session = call->session,
        .call = ROP_CALL | call->number,
        .pdu = ROP_CALL | (uint64_t)call->number << 1 | row->row->to_client,
        .channel = oxc_mapi_rop_channel(row->connection),
        .first_pass = oxc_mapi_first_pass(row),
    };
    return rops;
}

/* What a server says to people about a failure. */
static void show_text(const oxc_mapi_row *row, const oxc_part *part)
{
    if (row->tree && part->size > 0)
        proto_tree_add_item(row->tree, hf_mapihttp_text,
                            tvb_of_part(row, part, "Text of a MAPI over HTTP message"), 0, -1,
                            ENC_UTF_8 | ENC_NA);
}

static void show_body(oxc_mapi_row *row, const oxc_part *part)
{
    tvbuff_t *tvb;
    proto_tree *tree = NULL;
    oxc_rop_call rops;

    row->pieces |= OXC_HTTP_PIECE_BODY;
    if (part->detail == OXC_BODY_ENCODED)
        show_unreadable(row, part, "encoded");
    else if (part->detail == OXC_BODY_NOT_KEPT)
        show_unreadable(row, part, "too large");
    else if (part->detail == OXC_BODY_TEXT)
        show_text(row, part);
    if (part->detail != OXC_BODY_DECODED)
        return;
    tvb = tvb_of_part(row, part, "Body of a MAPI over HTTP message");
    if (row->tree) {
        proto_item *item = proto_tree_add_item(row->tree, hf_mapihttp_body, tvb, 0, -1, ENC_NA);

        tree = proto_item_add_subtree(item, ett_mapihttp_body);
    }
    row->news = oxc_mapi_body_dissect(tvb, row->pinfo, tree, row->call->type, row->row->to_client,
                                      name_rops(row, &rops), &row->facts);
}

static void show_invalid(oxc_mapi_row *row, const oxc_part *part)
{
    row->pieces |= OXC_HTTP_PIECE_WRONG;
    if (row->tree)
        proto_tree_add_item(row->tree, hf_mapihttp_invalid, row->tvb, part->offset,
                            row->row->offset + row->row->size - part->offset, ENC_NA);
}

static void show_part(oxc_mapi_row *row, const oxc_part *part)
{
    switch ((oxc_part_kind)part->kind) {
    case OXC_PART_HEAD:
        show_head(row, part);
        break;
    case OXC_PART_TAG:
        show_tag(row, part);
        break;
    case OXC_PART_FIELD:
        show_field(row, part);
        break;
    case OXC_PART_BODY:
        show_body(row, part);
        break;
    case OXC_PART_BYTES:
        row->pieces |= OXC_HTTP_PIECE_BODY;
        if (part->detail == OXC_BODY_ENDLESS)
            show_unreadable(row, part, "over only with the connection");
        break;
    case OXC_PART_INVALID:
        show_invalid(row, part);
        break;
    case OXC_PART_END:
        row->ended = true;
        row->end = (oxc_stream_end)part->detail;
        break;
    case OXC_PART_HTTP:
    case OXC_PART_ASIDE:
    case OXC_PART_TOO_LARGE:
    case OXC_PART_ROW:
    default:
        break;
    }
}

/* Links and the Info column */

static void add_frame(proto_tree *tree, int hf, tvbuff_t *tvb, uint32_t frame)
{
    if (frame != 0)
        proto_item_set_generated(proto_tree_add_uint(tree, hf, tvb, 0, 0, frame));
}

static void show_links(const oxc_mapi_row *row)
{
    if (!row->tree)
        return;
    if (!row->row->to_client) {
        add_frame(row->tree, hf_mapihttp_response_in, row->part, row->call->response_frame);
    } else {
        add_frame(row->tree, hf_mapihttp_request_in, row->part, row->call->request_frame);
        if (row->ended && row->end != OXC_STREAM_LOST && row->call->request_frame != 0) {
            nstime_t time = oxc_mapi_since_request(row);

            proto_item_set_generated(
                proto_tree_add_time(row->tree, hf_mapihttp_time, row->part, 0, 0, &time));
        }
    }
    if (oxc_mapi_call_is_leg(row->call))
        proto_item_set_generated(
            proto_tree_add_boolean(row->tree, hf_mapihttp_leg, row->part, 0, 0, TRUE));
}

/* Of a part of a response that ends nothing and breaks no rule the analysis keeps no record. */
static void present(const oxc_mapi_row *row)
{
    const oxc_mapi_call *call = row->call;
    oxc_carrier carrier = {.transport = OXC_TRANSPORT_MAPI_HTTP,
                           .connection = UINT32_MAX,
                           .server = call->host,
                           .ending = &row->connection->ending};
    oxc_view view;

    if (!row->row->to_client || call->request_frame == 0 ||
        oxc_tracker_view(oxc_analysis_tracker(), row->pinfo->num, row->row->ordinal, &view))
        oxc_present(row->pinfo, row->root, row->part, row->row->ordinal, &carrier, row->news);
    else
        oxc_present_part(row->pinfo, row->root, row->part, call->request_frame,
                         call->request_ordinal, &carrier);
}

static void end_row(oxc_mapi_row *row)
{
    oxc_text text;

    oxc_mapi_tell_rest(row);
    show_links(row);
    if (row->ended && row->end == OXC_STREAM_LOST)
        expert_add_info(row->pinfo, row->item, &ei_mapihttp_lost);
    oxc_text_clear(&text);
    oxc_mapi_describe(&text, row);
    if (row->item)
        proto_item_append_text(row->item, ", %s", text.bytes);
    oxc_mapi_set_columns(row->pinfo, text.bytes);
    present(row);
    col_set_fence(row->pinfo->cinfo, COL_INFO);
}

static bool other_reads;

void oxc_mapihttp_other_reads(void)
{
    other_reads = true;
}

/* A dissector with our name shows the calls: two that look alike would only confuse. */
static bool is_left_to_wireshark(void)
{
    return other_reads && oxc_protocol_is_renamed(proto_mapihttp);
}

static void begin_row(oxc_mapi_row *row, const oxc_part *part)
{
    row->row = part;
    row->call = part->call;
    row->event = part->message ? &part->message->event : NULL;
    row->part = tvb_new_subset_length(row->tvb, part->offset, part->size);
    if (!row->root || is_left_to_wireshark())
        return;
    row->item = proto_tree_add_item(row->root, proto_mapihttp, row->part, 0, -1, ENC_NA);
    row->tree = proto_item_add_subtree(row->item, ett_mapihttp);
}

/* Whether the row has a field behind DONE that says X-ResponseCode anew. */
static bool has_late_code(const oxc_parts *parts, uint32_t place, tvbuff_t *tvb)
{
    static const char name[] = "X-ResponseCode";

    for (; place < parts->count && parts->parts[place].kind > OXC_PART_ROW; place++) {
        const oxc_part *part = &parts->parts[place];
        oxc_span line = {"", 0};

        if (part->kind != OXC_PART_FIELD)
            continue;
        line.size = (size_t)part->size;
        line.text = part->kept ? (const char *)part->kept
                               : (const char *)tvb_get_ptr(tvb, part->offset, part->size);
        if (oxc_span_begins(line, name))
            return true;
    }
    return false;
}

/* Shows a row and returns the place of the part behind it. */
static uint32_t show_row(oxc_mapi_connection *connection, const oxc_parts *parts, uint32_t place,
                         tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    oxc_mapi_row row = {.connection = connection, .pinfo = pinfo, .tvb = tvb, .root = tree};

    begin_row(&row, &parts->parts[place++]);
    row.late_code = has_late_code(parts, place, tvb);
    for (; place < parts->count && parts->parts[place].kind > OXC_PART_ROW; place++)
        show_part(&row, &parts->parts[place]);
    end_row(&row);
    return place;
}

static void show_too_large(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    proto_item *item = proto_tree_add_item(tree, proto_mapihttp, tvb, 0, 0, ENC_NA);

    expert_add_info(pinfo, item, &ei_mapihttp_head_too_large);
}

void oxc_mapihttp_show(oxc_mapi_connection *connection, const oxc_parts *parts, tvbuff_t *tvb,
                       packet_info *pinfo, proto_tree *tree, void *data)
{
    uint32_t place = 0;

    if (parts->count == 1 && parts->parts[0].kind == OXC_PART_HTTP) {
        oxc_mapi_call_http(connection, &parts->parts[0], tvb, pinfo, tree, data);
        return;
    }
    while (place < parts->count) {
        const oxc_part *part = &parts->parts[place];

        if (part->kind == OXC_PART_ROW) {
            place = show_row(connection, parts, place, tvb, pinfo, tree);
            continue;
        }
        if (part->kind == OXC_PART_HTTP && (uint32_t)part->offset < tvb_captured_length(tvb))
            oxc_mapi_show_http(connection, part, tvb, pinfo, tree, data);
        else if (part->kind == OXC_PART_ASIDE)
            call_data_dissector(tvb, pinfo, tree);
        else if (part->kind == OXC_PART_TOO_LARGE)
            show_too_large(tvb, pinfo, tree);
        place++;
    }
}

void oxc_mapihttp_show_http2(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    (void)pinfo;
    proto_item_set_generated(proto_tree_add_protocol_format(
        tree, proto_mapihttp, tvb, 0, 0, "MAPI over HTTP in HTTP/2, not analysed"));
}

void oxc_mapihttp_register(void)
{
    static hf_register_info hf[] = {
        {&hf_mapihttp_request_type,
         {"X-RequestType", "mapihttp.request_type", FT_STRING, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_mapihttp_request_id,
         {"X-RequestId", "mapihttp.request_id", FT_STRING, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_mapihttp_client_info,
         {"X-ClientInfo", "mapihttp.client_info", FT_STRING, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_mapihttp_client_application,
         {"X-ClientApplication", "mapihttp.client_application", FT_STRING, BASE_NONE, NULL, 0x0,
          NULL, HFILL}},
        {&hf_mapihttp_server_application,
         {"X-ServerApplication", "mapihttp.server_application", FT_STRING, BASE_NONE, NULL, 0x0,
          NULL, HFILL}},
        {&hf_mapihttp_context,
         {"Context cookie", "mapihttp.context", FT_STRING, BASE_NONE, NULL, 0x0,
          "The cookie that names the Session Context: sent, or set", HFILL}},
        {&hf_mapihttp_sequence,
         {"Sequence cookie", "mapihttp.sequence", FT_STRING, BASE_NONE, NULL, 0x0,
          "The cookie that steps with each call: sent, or set", HFILL}},
        {&hf_mapihttp_response_code,
         {"X-ResponseCode", "mapihttp.response_code", FT_UINT32, BASE_DEC,
          VALS(oxc_mapi_response_codes), 0x0, NULL, HFILL}},
        {&hf_mapihttp_pending_period,
         {"X-PendingPeriod", "mapihttp.pending_period", FT_UINT32, BASE_DEC, NULL, 0x0,
          "Milliseconds between two PENDING", HFILL}},
        {&hf_mapihttp_expiration,
         {"X-ExpirationInfo", "mapihttp.expiration", FT_UINT32, BASE_DEC, NULL, 0x0,
          "Milliseconds until an idle session ends", HFILL}},
        {&hf_mapihttp_elapsed_time,
         {"X-ElapsedTime", "mapihttp.elapsed_time", FT_UINT32, BASE_DEC, NULL, 0x0, "Milliseconds",
          HFILL}},
        {&hf_mapihttp_start_time,
         {"X-StartTime", "mapihttp.start_time", FT_STRING, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_mapihttp_meta_tag,
         {"Meta-tag", "mapihttp.meta_tag", FT_STRING, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_mapihttp_body, {"Body", "mapihttp.body", FT_BYTES, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_mapihttp_text,
         {"Text", "mapihttp.text", FT_STRING, BASE_NONE, NULL, 0x0,
          "What the server says to people about a failure", HFILL}},
        {&hf_mapihttp_invalid,
         {"Not of the protocol", "mapihttp.invalid", FT_BYTES, BASE_NONE, NULL, 0x0,
          "Bytes from the first one on that no line can have there", HFILL}},
        {&hf_mapihttp_request_in,
         {"Request in frame", "mapihttp.request_in", FT_FRAMENUM, BASE_NONE,
          FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0x0, NULL, HFILL}},
        {&hf_mapihttp_response_in,
         {"Response in frame", "mapihttp.response_in", FT_FRAMENUM, BASE_NONE,
          FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0x0, "The frame in which the response ends", HFILL}},
        {&hf_mapihttp_time,
         {"Time from request", "mapihttp.time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0x0, NULL,
          HFILL}},
        {&hf_mapihttp_leg,
         {"Authentication or redirect", "mapihttp.leg", FT_BOOLEAN, BASE_NONE, NULL, 0x0,
          "Not a call", HFILL}},
    };
    static ei_register_info ei[] = {
        {&ei_mapihttp_unreadable,
         {"mapihttp.body.unreadable", PI_UNDECODED, PI_NOTE, "The body is not decoded", EXPFILL}},
        {&ei_mapihttp_head_too_large,
         {"mapihttp.head_too_large", PI_MALFORMED, PI_WARN,
          "The head of the message is too large to be read", EXPFILL}},
        {&ei_mapihttp_lost,
         {"mapihttp.lost", PI_UNDECODED, PI_NOTE,
          "The message is not whole: bytes are missing, or its chunks are none", EXPFILL}},
    };
    static int *ett[] = {&ett_mapihttp, &ett_mapihttp_body};

    proto_mapihttp = oxc_proto_register_protocol("MAPI over HTTP", "MAPI/HTTP", "mapihttp");
    oxc_proto_register_field_array(proto_mapihttp, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    oxc_expert_register_field_array(proto_mapihttp, ei, array_length(ei));
}
