/* packet-mapihttp-body.c
 * Bodies of MAPI over HTTP, [MS-OXCMAPIHTTP] 2.2.4
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "mapi_body.h"

#include <epan/expert.h>

#include "compat.h"
#include "decode/buffers/payload.h"
#include "decode/buffers/rops.h"
#include "decode/methods/packet-emsmdb.h"
#include "decode/methods/status.h"
#include "decode/names.h"

static int hf_mapihttp_user_dn = -1;
static int hf_mapihttp_flags = -1;
static int hf_mapihttp_code_page = -1;
static int hf_mapihttp_lcid_sort = -1;
static int hf_mapihttp_lcid_string = -1;
static int hf_mapihttp_status_code = -1;
static int hf_mapihttp_error_code = -1;
static int hf_mapihttp_polls_max = -1;
static int hf_mapihttp_retry_count = -1;
static int hf_mapihttp_retry_delay = -1;
static int hf_mapihttp_dn_prefix = -1;
static int hf_mapihttp_display_name = -1;
static int hf_mapihttp_event_pending = -1;
static int hf_mapihttp_rop_buffer_size = -1;
static int hf_mapihttp_rop_buffer = -1;
static int hf_mapihttp_max_rop_out = -1;
static int hf_mapihttp_auxiliary_size = -1;
static int hf_mapihttp_auxiliary = -1;
static int hf_mapihttp_body_rest = -1;

static int ett_mapihttp_buffer = -1;

static expert_field ei_mapihttp_body_short = EI_INIT;
static expert_field ei_mapihttp_body_cut = EI_INIT;
static expert_field ei_mapihttp_body_trailing = EI_INIT;

static const value_string event_pending_vals[] = {
    {0, "No event"},
    {1, "Event pending"},
    {0, NULL},
};

/* Reads a body from its beginning to its end. Once something is not there, nothing is read any
 * more. */
typedef struct {
    tvbuff_t *tvb;
    packet_info *pinfo;
    proto_tree *tree;
    const oxc_rop_call *rops;
    oxc_http_event *facts;
    bool response;
    int offset;
    int missing; /* hf of the first part that is not whole, or -1 */
    const char *news;
} body_reader;

static int captured_left(const body_reader *body)
{
    return MAX(tvb_captured_length_remaining(body->tvb, body->offset), 0);
}

static int reported_left(const body_reader *body)
{
    return MAX(tvb_reported_length_remaining(body->tvb, body->offset), 0);
}

/* True if so many bytes are there. */
static bool has_bytes(body_reader *body, int hf, int size)
{
    if (body->missing < 0 && captured_left(body) < size)
        body->missing = hf;
    return body->missing < 0;
}

static bool read_number(body_reader *body, int hf, uint32_t *value)
{
    *value = 0;
    if (!has_bytes(body, hf, 4))
        return false;
    *value = tvb_get_letohl(body->tvb, body->offset);
    proto_tree_add_item(body->tree, hf, body->tvb, body->offset, 4, ENC_LITTLE_ENDIAN);
    body->offset += 4;
    return true;
}

static void skip_number(body_reader *body, int hf)
{
    uint32_t value;

    read_number(body, hf, &value);
}

/* Bytes of a text up to and with its end, which is a character of zeros; -1 if it has none. */
static int text_size(const body_reader *body, int width)
{
    int left = captured_left(body), size = 0;

    while (left - size >= width) {
        bool ends = tvb_get_uint8(body->tvb, body->offset + size) == 0 &&
                    (width == 1 || tvb_get_uint8(body->tvb, body->offset + size + 1) == 0);

        size += width;
        if (ends)
            return size;
    }
    return -1;
}

static void read_text(body_reader *body, int hf, bool wide)
{
    int size = body->missing < 0 ? text_size(body, wide ? 2 : 1) : -1;

    if (body->missing < 0 && size < 0)
        body->missing = hf;
    if (body->missing >= 0)
        return;
    proto_tree_add_item(body->tree, hf, body->tvb, body->offset, size,
                        wide ? ENC_UTF_16 | ENC_LITTLE_ENDIAN : ENC_ASCII | ENC_NA);
    body->offset += size;
}

/* A buffer of a given size: as much of it as there is. */
static tvbuff_t *take_buffer(body_reader *body, int hf, uint32_t size)
{
    int captured = captured_left(body), reported = reported_left(body);
    int taken = (int)MIN((uint32_t)reported, size);
    tvbuff_t *buffer =
        tvb_new_subset_length_caplen(body->tvb, body->offset, MIN(captured, taken), taken);

    if (size > (uint32_t)captured)
        body->missing = hf;
    body->offset += MIN(captured, taken);
    return buffer;
}

static proto_tree *show_buffer(const body_reader *body, tvbuff_t *buffer, int hf)
{
    proto_item *item;

    if (tvb_captured_length(buffer) == 0)
        return NULL;
    item = proto_tree_add_item(body->tree, hf, buffer, 0, -1, ENC_NA);
    return proto_item_add_subtree(item, ett_mapihttp_buffer);
}

/* Whether the buffer begins as a chain of extended buffers does: some products write the auxiliary
 * buffer of a failure without. */
static bool is_extended(tvbuff_t *buffer)
{
    return tvb_captured_length(buffer) >= OXC_EXT_HEADER_SIZE && tvb_get_letohs(buffer, 0) == 0 &&
           (tvb_get_letohs(buffer, 2) & ~OXC_EXT_KNOWN_FLAGS) == 0 &&
           tvb_get_letohs(buffer, 4) <= tvb_reported_length(buffer) - OXC_EXT_HEADER_SIZE;
}

static void read_extended(const body_reader *body, tvbuff_t *tvb, oxc_extended_buffer *buffer)
{
    oxc_read_extended_buffer(tvb, 0, (int)tvb_captured_length(tvb), (int)tvb_reported_length(tvb),
                             body->pinfo, buffer);
}

/* AuxiliaryBufferSize and AuxiliaryBuffer.
 * @param optional  neither has to be there
 * @param failure   of a failure body */
static void read_auxiliary(body_reader *body, bool optional, bool failure)
{
    oxc_extended_buffer buffer;
    uint32_t size;
    tvbuff_t *tvb;
    proto_tree *tree;

    if ((optional && body->missing < 0 && reported_left(body) == 0) ||
        !read_number(body, hf_mapihttp_auxiliary_size, &size))
        return;
    tvb = take_buffer(body, hf_mapihttp_auxiliary, size);
    tree = show_buffer(body, tvb, hf_mapihttp_auxiliary);
    if (!tree || !oxc_emsmdb_active() || (failure && !is_extended(tvb)))
        return;
    read_extended(body, tvb, &buffer);
    oxc_show_extended_buffer(&buffer, body->pinfo, tree, !body->response,
                             oxc_show_auxiliary_payload);
}

/* Whether a request asks for notifications, [MS-OXCROPS] 2.2.14.1. */
static bool has_registration(const oxc_extended_buffer *buffer)
{
    for (unsigned i = 0; i < buffer->count; i++) {
        const oxc_payload *payload = &buffer->payloads[i];
        oxc_rop_buffer rops;
        oxc_rop rop;

        oxc_rop_buffer_open(&rops, payload->data, payload->captured, payload->reported, true);
        while (oxc_rop_next(&rops, &rop)) {
            if (rop.id == OXC_ROP_REGISTER_NOTIFICATION && rop.sure)
                return true;
        }
    }
    return false;
}

static void take_summary(body_reader *body, const oxc_rop_summary *summary)
{
    body->facts->rops = summary->rops;
    body->news = summary->new_mail;
}

/* RopBufferSize and RopBuffer: rgbIn and rgbOut of EcDoRpcExt2. */
static void read_rops(body_reader *body)
{
    oxc_extended_buffer buffer;
    oxc_rop_summary summary;
    tvbuff_t *tvb;
    uint32_t size;
    proto_tree *tree;

    if (!read_number(body, hf_mapihttp_rop_buffer_size, &size))
        return;
    tvb = take_buffer(body, hf_mapihttp_rop_buffer, size);
    tree = show_buffer(body, tvb, hf_mapihttp_rop_buffer);
    body->facts->rops.unwalked = true;
    if (!oxc_emsmdb_active())
        return;
    read_extended(body, tvb, &buffer);
    summary = oxc_summarise_rops(&buffer, body->pinfo, !body->response, true, body->rops);
    take_summary(body, &summary);
    if (!body->response && !PINFO_FD_VISITED(body->pinfo))
        body->facts->registers = has_registration(&buffer);
    if (!body->tree && summary.state == OXC_WALK_WHOLE &&
        oxc_pass_extended_buffer(&buffer, body->pinfo))
        return;
    oxc_show_extended_buffer(&buffer, body->pinfo, tree, !body->response, oxc_show_rop_payload);
}

static void read_flags(body_reader *body)
{
    body->facts->has_flags = read_number(body, hf_mapihttp_flags, &body->facts->flags);
}

/* Requests */

/* 2.2.4.1.1 */
static void read_connect_request(body_reader *body)
{
    read_text(body, hf_mapihttp_user_dn, false);
    read_flags(body);
    skip_number(body, hf_mapihttp_code_page);
    skip_number(body, hf_mapihttp_lcid_sort);
    skip_number(body, hf_mapihttp_lcid_string);
    read_auxiliary(body, false, false);
}

/* 2.2.4.2.1 */
static void read_execute_request(body_reader *body)
{
    read_flags(body);
    read_rops(body);
    skip_number(body, hf_mapihttp_max_rop_out);
    read_auxiliary(body, true, false);
}

/* Responses */

/* 2.2.4.1.2 */
static void read_connect_response(body_reader *body)
{
    skip_number(body, hf_mapihttp_polls_max);
    skip_number(body, hf_mapihttp_retry_count);
    skip_number(body, hf_mapihttp_retry_delay);
    read_text(body, hf_mapihttp_dn_prefix, false);
    read_text(body, hf_mapihttp_display_name, true);
    read_auxiliary(body, false, false);
}

/* 2.2.4.2.2 */
static void read_execute_response(body_reader *body)
{
    read_flags(body);
    read_rops(body);
    read_auxiliary(body, true, false);
}

/* 2.2.4.4.2 */
static void read_wait_response(body_reader *body)
{
    body->facts->has_event_pending =
        read_number(body, hf_mapihttp_event_pending, &body->facts->event_pending);
    read_auxiliary(body, true, false);
}

static void read_request(body_reader *body, oxc_http_request_type type)
{
    if (type == OXC_HTTP_TYPE_CONNECT) {
        read_connect_request(body);
    } else if (type == OXC_HTTP_TYPE_EXECUTE) {
        read_execute_request(body);
    } else if (type == OXC_HTTP_TYPE_NOTIFICATION_WAIT) {
        read_flags(body);
        read_auxiliary(body, true, false);
    } else if (type == OXC_HTTP_TYPE_DISCONNECT) {
        read_auxiliary(body, true, false);
    }
}

/* A failure body has the same form whatever the type of the call. */
static void read_response(body_reader *body, oxc_http_request_type type)
{
    oxc_http_event *facts = body->facts;

    facts->has_status_code = read_number(body, hf_mapihttp_status_code, &facts->status_code);
    if (!facts->has_status_code)
        return;
    if (facts->status_code != 0) {
        read_auxiliary(body, true, true);
        return;
    }
    facts->has_error_code = read_number(body, hf_mapihttp_error_code, &facts->error_code);
    if (type == OXC_HTTP_TYPE_CONNECT)
        read_connect_response(body);
    else if (type == OXC_HTTP_TYPE_EXECUTE)
        read_execute_response(body);
    else if (type == OXC_HTTP_TYPE_NOTIFICATION_WAIT)
        read_wait_response(body);
    else
        read_auxiliary(body, true, false);
}

/* Says in one expert item what is missing, or what is too much. */
static void report_end(const body_reader *body)
{
    proto_item *item = proto_tree_get_parent(body->tree);
    int left = captured_left(body);
    bool cut = tvb_captured_length(body->tvb) < tvb_reported_length(body->tvb);

    if (body->missing >= 0) {
        expert_add_info_format(
            body->pinfo, item, cut ? &ei_mapihttp_body_cut : &ei_mapihttp_body_short,
            "%s is not whole: the %s after %d bytes",
            proto_registrar_get_nth((unsigned)body->missing)->name,
            cut ? "capture cut the body" : "body ends", (int)tvb_captured_length(body->tvb));
    } else if (left > 0) {
        item = proto_tree_add_item(body->tree, hf_mapihttp_body_rest, body->tvb, body->offset, left,
                                   ENC_NA);
        expert_add_info_format(body->pinfo, item, &ei_mapihttp_body_trailing,
                               "%d bytes follow the end of the body", left);
    }
}

const char *oxc_mapi_body_dissect(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree,
                                  oxc_http_request_type type, bool response,
                                  const oxc_rop_call *rops, oxc_http_event *facts)
{
    body_reader body = {.tvb = tvb,
                        .pinfo = pinfo,
                        .tree = tree,
                        .rops = rops,
                        .facts = facts,
                        .response = response,
                        .missing = -1};
    bool whole;

    facts->body = OXC_HTTP_BODY_NONE;
    if (tvb_reported_length(tvb) == 0)
        return NULL;
    if (response && type != OXC_HTTP_TYPE_PING)
        read_response(&body, type);
    else
        read_request(&body, type);
    whole = body.missing < 0 && tvb_captured_length(tvb) == tvb_reported_length(tvb);
    facts->body = whole ? OXC_HTTP_BODY_READ : OXC_HTTP_BODY_UNREADABLE;
    report_end(&body);
    return body.news;
}

void oxc_mapi_body_register(int proto)
{
    static hf_register_info hf[] = {
        {&hf_mapihttp_user_dn,
         {"UserDn", "mapihttp.user_dn", FT_STRINGZ, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_mapihttp_flags,
         {"Flags", "mapihttp.flags", FT_UINT32, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_mapihttp_code_page,
         {"DefaultCodePage", "mapihttp.code_page", FT_UINT32, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_mapihttp_lcid_sort,
         {"LcidSort", "mapihttp.lcid_sort", FT_UINT32, BASE_HEX, NULL, 0x0,
          "Some servers read LcidString here", HFILL}},
        {&hf_mapihttp_lcid_string,
         {"LcidString", "mapihttp.lcid_string", FT_UINT32, BASE_HEX, NULL, 0x0,
          "Some servers read LcidSort here", HFILL}},
        {&hf_mapihttp_status_code,
         {"StatusCode", "mapihttp.status_code", FT_UINT32, BASE_HEX, VALS(oxc_status_vals), 0x0,
          NULL, HFILL}},
        {&hf_mapihttp_error_code,
         {"ErrorCode", "mapihttp.error_code", FT_UINT32, BASE_HEX, VALS(oxc_status_vals), 0x0, NULL,
          HFILL}},
        {&hf_mapihttp_polls_max,
         {"PollsMax", "mapihttp.polls_max", FT_UINT32, BASE_DEC, NULL, 0x0,
          "Milliseconds between two polls", HFILL}},
        {&hf_mapihttp_retry_count,
         {"RetryCount", "mapihttp.retry_count", FT_UINT32, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_mapihttp_retry_delay,
         {"RetryDelay", "mapihttp.retry_delay", FT_UINT32, BASE_DEC, NULL, 0x0, "Milliseconds",
          HFILL}},
        {&hf_mapihttp_dn_prefix,
         {"DnPrefix", "mapihttp.dn_prefix", FT_STRINGZ, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_mapihttp_display_name,
         {"DisplayName", "mapihttp.display_name", FT_STRINGZ, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_mapihttp_event_pending,
         {"EventPending", "mapihttp.event_pending", FT_UINT32, BASE_DEC, VALS(event_pending_vals),
          0x0, NULL, HFILL}},
        {&hf_mapihttp_rop_buffer_size,
         {"RopBufferSize", "mapihttp.rop_buffer_size", FT_UINT32, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_mapihttp_rop_buffer,
         {"RopBuffer", "mapihttp.rop_buffer", FT_BYTES, BASE_NONE, NULL, 0x0,
          "Extended buffers with ROPs, as rgbIn and rgbOut of EcDoRpcExt2", HFILL}},
        {&hf_mapihttp_max_rop_out,
         {"MaxRopOut", "mapihttp.max_rop_out", FT_UINT32, BASE_DEC, NULL, 0x0,
          "Most bytes of the RopBuffer of the response", HFILL}},
        {&hf_mapihttp_auxiliary_size,
         {"AuxiliaryBufferSize", "mapihttp.auxiliary_size", FT_UINT32, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_mapihttp_auxiliary,
         {"AuxiliaryBuffer", "mapihttp.auxiliary", FT_BYTES, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_mapihttp_body_rest,
         {"Not decoded", "mapihttp.body.rest", FT_BYTES, BASE_NONE, NULL, 0x0,
          "Bytes behind the end of the body", HFILL}},
    };
    static ei_register_info ei[] = {
        {&ei_mapihttp_body_short,
         {"mapihttp.body.short", PI_MALFORMED, PI_ERROR, "The body is too short", EXPFILL}},
        {&ei_mapihttp_body_cut,
         {"mapihttp.body.cut", PI_UNDECODED, PI_NOTE, "The capture cut the body", EXPFILL}},
        {&ei_mapihttp_body_trailing,
         {"mapihttp.body.trailing", PI_PROTOCOL, PI_NOTE, "Bytes follow the end of the body",
          EXPFILL}},
    };
    static int *ett[] = {&ett_mapihttp_buffer};

    oxc_proto_register_field_array(proto, hf, (int)G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, (int)G_N_ELEMENTS(ett));
    oxc_expert_register_field_array(proto, ei, (int)G_N_ELEMENTS(ei));
}
