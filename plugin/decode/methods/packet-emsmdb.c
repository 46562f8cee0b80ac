/* packet-emsmdb.c
 * The EMSMDB interface, [MS-OXCRPC] 3.1
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "packet-emsmdb.h"

#include "decode/buffers/payload.h"
#include "sequence/rules.h"
#include "status.h"
#include "decode/names.h"
#include "decode/text.h"

#include <epan/guid-utils.h>

static int proto_emsmdb = -1;

static int hf_emsmdb_opnum = -1;
static int hf_emsmdb_cxh = -1;
static int hf_emsmdb_cxh_attributes = -1;
static int hf_emsmdb_cxh_uuid = -1;
static int hf_emsmdb_acxh = -1;
static int hf_emsmdb_acxh_attributes = -1;
static int hf_emsmdb_acxh_uuid = -1;
static int hf_emsmdb_status = -1;
static int hf_emsmdb_max_count = -1;
static int hf_emsmdb_offset = -1;
static int hf_emsmdb_actual_count = -1;
static int hf_emsmdb_referent = -1;
static int hf_emsmdb_user_dn = -1;
static int hf_emsmdb_connect_flags = -1;
static int hf_emsmdb_connect_flags_admin = -1;
static int hf_emsmdb_connect_flags_no_public_folders = -1;
static int hf_emsmdb_con_mod = -1;
static int hf_emsmdb_limit = -1;
static int hf_emsmdb_code_page = -1;
static int hf_emsmdb_lcid_string = -1;
static int hf_emsmdb_lcid_sort = -1;
static int hf_emsmdb_session_link = -1;
static int hf_emsmdb_can_convert_code_pages = -1;
static int hf_emsmdb_client_version = -1;
static int hf_emsmdb_server_version = -1;
static int hf_emsmdb_best_version = -1;
static int hf_emsmdb_timestamp = -1;
static int hf_emsmdb_aux_in = -1;
static int hf_emsmdb_aux_in_size = -1;
static int hf_emsmdb_aux_out = -1;
static int hf_emsmdb_aux_out_size = -1;
static int hf_emsmdb_polls_max = -1;
static int hf_emsmdb_retry_count = -1;
static int hf_emsmdb_retry_delay = -1;
static int hf_emsmdb_session_index = -1;
static int hf_emsmdb_dn_prefix = -1;
static int hf_emsmdb_display_name = -1;
static int hf_emsmdb_rpc_flags = -1;
static int hf_emsmdb_rpc_flags_no_compression = -1;
static int hf_emsmdb_rpc_flags_no_xor_magic = -1;
static int hf_emsmdb_rpc_flags_chain = -1;
static int hf_emsmdb_rop_in = -1;
static int hf_emsmdb_rop_in_size = -1;
static int hf_emsmdb_rop_out = -1;
static int hf_emsmdb_rop_out_size = -1;
static int hf_emsmdb_transaction_time = -1;
static int hf_emsmdb_push_rpc = -1;
static int hf_emsmdb_push_context = -1;
static int hf_emsmdb_push_context_size = -1;
static int hf_emsmdb_push_advise_bits = -1;
static int hf_emsmdb_push_address = -1;
static int hf_emsmdb_push_address_size = -1;
static int hf_emsmdb_push_family = -1;
static int hf_emsmdb_push_port = -1;
static int hf_emsmdb_push_ipv4 = -1;
static int hf_emsmdb_push_ipv6 = -1;
static int hf_emsmdb_push_notification = -1;

static int ett_emsmdb = -1;
static int ett_emsmdb_cxh = -1;
static int ett_emsmdb_acxh = -1;
static int ett_emsmdb_connect_flags = -1;
static int ett_emsmdb_rpc_flags = -1;
static int ett_emsmdb_push_address = -1;
static int ett_emsmdb_buffer = -1;

static expert_field ei_emsmdb_stub_short = EI_INIT;
static expert_field ei_emsmdb_stub_cut = EI_INIT;
static expert_field ei_emsmdb_out_of_range = EI_INIT;
static expert_field ei_emsmdb_counts = EI_INIT;
static expert_field ei_emsmdb_second_response = EI_INIT;

static const oxc_handle_fields cxh_fields = {&hf_emsmdb_cxh, &hf_emsmdb_cxh_attributes,
                                             &hf_emsmdb_cxh_uuid, &ett_emsmdb_cxh};
static const oxc_handle_fields acxh_fields = {&hf_emsmdb_acxh, &hf_emsmdb_acxh_attributes,
                                              &hf_emsmdb_acxh_uuid, &ett_emsmdb_acxh};
static const oxc_array_fields array_fields = {&hf_emsmdb_max_count, &hf_emsmdb_offset,
                                              &hf_emsmdb_actual_count, &ei_emsmdb_counts};

static int *const connect_flags_fields[] = {&hf_emsmdb_connect_flags_admin,
                                            &hf_emsmdb_connect_flags_no_public_folders, NULL};
static int *const rpc_flags_fields[] = {&hf_emsmdb_rpc_flags_no_compression,
                                        &hf_emsmdb_rpc_flags_no_xor_magic,
                                        &hf_emsmdb_rpc_flags_chain, NULL};

static const value_string session_link_vals[] = {{0xFFFFFFFF, "No link"}, {0, NULL}};

static const value_string address_family_vals[] = {
    {OXC_FAMILY_INET, "AF_INET"}, {OXC_FAMILY_INET6, "AF_INET6"}, {0, NULL}};

/* [MS-OXCRPC] 3.1.4; the reserved ones are known by what older servers call them. */
static const value_string emsmdb_opnum_vals[] = {
    {0, "EcDoConnect"},
    {1, "EcDoDisconnect"},
    {2, "EcDoRpc"},
    {3, "EcGetMoreRpc"},
    {4, "EcRRegisterPushNotification"},
    {5, "EcRUnregisterPushNotification"},
    {6, "EcDummyRpc"},
    {7, "EcRGetDCName"},
    {8, "EcRNetGetDCName"},
    {9, "EcDoRpcExt"},
    {10, "EcDoConnectEx"},
    {11, "EcDoRpcExt2"},
    {12, "EcDoAsyncConnect"},
    {13, "EcDoAsyncWait"},
    {14, "EcDoAsyncConnectEx"},
    {0, NULL},
};

/* [MS-OXCRPC] 2.2.1.3, 2.2.1.4 and 3.1.4.2 */
enum { BIG_RANGE = 0x40000, SMALL_RANGE = 0x1008, ULTRA_LARGE_RANGE = 0x100000 };
enum { PUSH_CONTEXT_RANGE = 0x10 };

int oxc_emsmdb_protocol(void)
{
    return proto_emsmdb;
}

int oxc_emsmdb_opnum_field(void)
{
    return hf_emsmdb_opnum;
}

int oxc_emsmdb_subtree(void)
{
    return ett_emsmdb;
}

const char *oxc_emsmdb_method_name(uint16_t opnum)
{
    return val_to_str_const(opnum, emsmdb_opnum_vals, "Unknown operation");
}

static bool read_cxh(oxc_stub *stub, oxc_event *event)
{
    oxc_stub_handle(stub, &cxh_fields, event);
    return event->has_name;
}

/* In the Info column. What has no name may be a stub that was opened wrongly. */
static void show_error(const oxc_stub *stub, const oxc_event *event)
{
    const char *name = event->has_result ? oxc_status_name(event->status) : NULL;

    if (name && event->status != 0)
        col_append_fstr(stub->pinfo->cinfo, COL_INFO, ", %s (0x%x)", name, event->status);
}

/* A session begins or ends: its objects are others, or gone. */
static void forget_rops(const oxc_stub *stub, const oxc_event *event)
{
    if (event->has_name && stub->channel != UINT32_MAX && !PINFO_FD_VISITED(stub->pinfo))
        oxc_rops_forget(event->name);
}

static void read_status(oxc_stub *stub, oxc_event *event)
{
    event->has_result = oxc_stub_uint32(stub, hf_emsmdb_status, &event->status);
    show_error(stub, event);
}

/* A size parameter: what it says beyond its range makes the server raise a fault. */
static void read_size_in_range(oxc_stub *stub, proto_item *item, int hf, uint32_t range)
{
    uint32_t size;

    if (oxc_stub_uint32(stub, hf, &size) && size > range)
        expert_add_info_format(stub->pinfo, item, &ei_emsmdb_out_of_range,
                               "%s is %u, its range ends at %u",
                               proto_registrar_get_nth((unsigned)hf)->name, size, range);
}

/* [MS-OXCRPC] 3.1.4.1.3.1 */
static uint64_t normalise_version(const uint16_t words[3])
{
    if (words[1] & 0x8000)
        return (uint64_t)(words[0] >> 8) << 48 | (uint64_t)(words[0] & 0xFF) << 32 |
               (uint64_t)(words[1] & 0x7FFF) << 16 | words[2];
    return (uint64_t)words[0] << 48 | (uint64_t)words[1] << 16 | words[2];
}

static uint64_t read_version(oxc_stub *stub, int hf)
{
    uint16_t words[3];
    uint64_t version;

    if (!oxc_stub_words(stub, hf, words))
        return 0;
    version = normalise_version(words);
    if (stub->tree)
        proto_tree_add_string(
            stub->tree, hf, stub->tvb, stub->offset - 6, 6,
            wmem_strdup_printf(stub->pinfo->pool, "%u.%u.%u.%u", (unsigned)(version >> 48),
                               (unsigned)(version >> 32) & 0xFFFF,
                               (unsigned)(version >> 16) & 0xFFFF, (unsigned)version & 0xFFFF));
    return version;
}

static proto_tree *show_bytes(const oxc_stub *stub, int hf, const oxc_array *array)
{
    proto_item *item;

    if (array->captured == 0)
        return NULL;
    item = proto_tree_add_item(stub->tree, hf, stub->tvb, array->offset, array->captured, ENC_NA);
    return proto_item_add_subtree(item, ett_emsmdb_buffer);
}

static void read_buffer(const oxc_stub *stub, const oxc_array *array, oxc_extended_buffer *buffer)
{
    int reported = array->count > INT32_MAX ? INT32_MAX : (int)array->count;

    oxc_read_extended_buffer(stub->tvb, array->offset, array->captured, reported, stub->pinfo,
                             buffer);
}

/* What the ROPs of a stub belong to; NULL for those that count for nothing. */
static const oxc_rop_call *name_call(const oxc_stub *stub, bool request, const oxc_event *event,
                                     oxc_rop_call *call)
{
    uint64_t frame = stub->pinfo->num;

    if (stub->channel == UINT32_MAX || !event->has_name)
        return NULL;
    *call = (oxc_rop_call){
        .session = event->name,
        .call = (uint64_t)stub->request_frame << 32 | stub->call_id,
        .pdu = (frame << 1 | request) << 31 | (stub->call_id & 0x7FFFFFFF),
        .channel = stub->channel,
        .first_pass = !PINFO_FD_VISITED(stub->pinfo),
    };
    return call;
}

/* rgbIn and rgbOut: what they say to the analysis, and all that they say. */
static void take_rops(oxc_stub *stub, int hf, const oxc_array *array, bool request,
                      oxc_event *event)
{
    bool tell = stub->tree || col_get_writable(stub->pinfo->cinfo, COL_INFO);
    oxc_extended_buffer buffer;
    oxc_rop_summary summary;
    oxc_rop_call call;

    read_buffer(stub, array, &buffer);
    summary = oxc_summarise_rops(&buffer, stub->pinfo, request, tell,
                                 name_call(stub, request, event, &call));
    event->rops = summary.rops;
    stub->news = summary.new_mail;
    if (!stub->tree && summary.state == OXC_WALK_WHOLE &&
        oxc_pass_extended_buffer(&buffer, stub->pinfo))
        return;
    oxc_show_extended_buffer(&buffer, stub->pinfo, show_bytes(stub, hf, array), request,
                             oxc_show_rop_payload);
}

static void show_auxiliary(const oxc_stub *stub, int hf, const oxc_array *array, bool request)
{
    proto_tree *tree = show_bytes(stub, hf, array);
    oxc_extended_buffer buffer;

    if (!tree)
        return;
    read_buffer(stub, array, &buffer);
    oxc_show_extended_buffer(&buffer, stub->pinfo, tree, request, oxc_show_auxiliary_payload);
}

static void read_optional_string(oxc_stub *stub, int hf_text)
{
    bool is_null;

    if (oxc_stub_unique_pointer(stub, hf_emsmdb_referent, &is_null) && !is_null)
        oxc_stub_string(stub, &array_fields, hf_text);
}

static void read_aux_in(oxc_stub *stub, proto_item *item)
{
    oxc_array aux;

    oxc_stub_conformant_array(stub, &array_fields, hf_emsmdb_aux_in, &aux);
    show_auxiliary(stub, hf_emsmdb_aux_in, &aux, true);
    read_size_in_range(stub, item, hf_emsmdb_aux_in_size, SMALL_RANGE);
    read_size_in_range(stub, item, hf_emsmdb_aux_out_size, SMALL_RANGE);
}

static void read_aux_out(oxc_stub *stub, proto_item *item)
{
    oxc_array aux;

    oxc_stub_varying_array(stub, &array_fields, hf_emsmdb_aux_out, &aux);
    show_auxiliary(stub, hf_emsmdb_aux_out, &aux, false);
    read_size_in_range(stub, item, hf_emsmdb_aux_out_size, SMALL_RANGE);
}

/* [MS-OXCRPC] 3.1.4.1 */
static void connect_request(oxc_stub *stub, proto_item *item, oxc_event *event _U_)
{
    uint32_t flags;

    oxc_stub_string(stub, &array_fields, hf_emsmdb_user_dn);
    oxc_stub_bitmask(stub, hf_emsmdb_connect_flags, ett_emsmdb_connect_flags, connect_flags_fields,
                     &flags);
    oxc_stub_uint32(stub, hf_emsmdb_con_mod, NULL);
    oxc_stub_uint32(stub, hf_emsmdb_limit, NULL);
    oxc_stub_uint32(stub, hf_emsmdb_code_page, NULL);
    oxc_stub_uint32(stub, hf_emsmdb_lcid_string, NULL);
    oxc_stub_uint32(stub, hf_emsmdb_lcid_sort, NULL);
    oxc_stub_uint32(stub, hf_emsmdb_session_link, NULL);
    oxc_stub_uint16(stub, hf_emsmdb_can_convert_code_pages, NULL);
    read_version(stub, hf_emsmdb_client_version);
    oxc_stub_uint32(stub, hf_emsmdb_timestamp, NULL);
    read_aux_in(stub, item);
}

static void connect_response(oxc_stub *stub, proto_item *item, oxc_event *event)
{
    read_cxh(stub, event);
    forget_rops(stub, event);
    oxc_stub_uint32(stub, hf_emsmdb_polls_max, NULL);
    oxc_stub_uint32(stub, hf_emsmdb_retry_count, NULL);
    oxc_stub_uint32(stub, hf_emsmdb_retry_delay, NULL);
    oxc_stub_uint16(stub, hf_emsmdb_session_index, NULL);
    read_optional_string(stub, hf_emsmdb_dn_prefix);
    read_optional_string(stub, hf_emsmdb_display_name);
    event->server_version = read_version(stub, hf_emsmdb_server_version);
    read_version(stub, hf_emsmdb_best_version);
    oxc_stub_uint32(stub, hf_emsmdb_timestamp, NULL);
    read_aux_out(stub, item);
    read_status(stub, event);
}

/* 3.1.4.2 */
static void rpc_request(oxc_stub *stub, proto_item *item, oxc_event *event)
{
    uint32_t flags;
    oxc_array rops;

    read_cxh(stub, event);
    oxc_stub_bitmask(stub, hf_emsmdb_rpc_flags, ett_emsmdb_rpc_flags, rpc_flags_fields, &flags);
    oxc_stub_conformant_array(stub, &array_fields, hf_emsmdb_rop_in, &rops);
    take_rops(stub, hf_emsmdb_rop_in, &rops, true, event);
    read_size_in_range(stub, item, hf_emsmdb_rop_in_size, BIG_RANGE);
    read_size_in_range(stub, item, hf_emsmdb_rop_out_size, ULTRA_LARGE_RANGE);
    read_aux_in(stub, item);
}

static void rpc_response(oxc_stub *stub, proto_item *item, oxc_event *event)
{
    uint32_t flags;
    oxc_array rops;

    read_cxh(stub, event);
    oxc_stub_bitmask(stub, hf_emsmdb_rpc_flags, ett_emsmdb_rpc_flags, rpc_flags_fields, &flags);
    oxc_stub_varying_array(stub, &array_fields, hf_emsmdb_rop_out, &rops);
    take_rops(stub, hf_emsmdb_rop_out, &rops, false, event);
    read_size_in_range(stub, item, hf_emsmdb_rop_out_size, ULTRA_LARGE_RANGE);
    read_aux_out(stub, item);
    oxc_stub_uint32(stub, hf_emsmdb_transaction_time, NULL);
    read_status(stub, event);
}

/* 3.1.4.3 */
static void disconnect_request(oxc_stub *stub, proto_item *item _U_, oxc_event *event)
{
    read_cxh(stub, event);
    forget_rops(stub, event);
}

static void disconnect_response(oxc_stub *stub, proto_item *item _U_, oxc_event *event)
{
    read_cxh(stub, event);
    read_status(stub, event);
}

/* 3.1.4.4 */
static void async_connect_request(oxc_stub *stub, proto_item *item _U_, oxc_event *event)
{
    read_cxh(stub, event);
}

static void async_connect_response(oxc_stub *stub, proto_item *item _U_, oxc_event *event)
{
    oxc_stub_handle(stub, &acxh_fields, event);
    read_status(stub, event);
}

/* A sockaddr: the family as the client's host has it, port and address in network order. */
static void show_callback_address(const oxc_stub *stub, const oxc_array *callback)
{
    proto_item *item;
    proto_tree *tree;
    uint16_t family;

    if (callback->captured < 2)
        return;
    item = proto_tree_add_item(stub->tree, hf_emsmdb_push_address, stub->tvb, callback->offset,
                               callback->captured, ENC_NA);
    tree = proto_item_add_subtree(item, ett_emsmdb_push_address);
    family = tvb_get_letohs(stub->tvb, callback->offset);
    proto_tree_add_item(tree, hf_emsmdb_push_family, stub->tvb, callback->offset, 2,
                        ENC_LITTLE_ENDIAN);
    if (callback->captured >= 4)
        proto_tree_add_item(tree, hf_emsmdb_push_port, stub->tvb, callback->offset + 2, 2,
                            ENC_BIG_ENDIAN);
    if (family == OXC_FAMILY_INET && callback->captured >= 8)
        proto_tree_add_item(tree, hf_emsmdb_push_ipv4, stub->tvb, callback->offset + 4, 4,
                            ENC_BIG_ENDIAN);
    if (family == OXC_FAMILY_INET6 && callback->captured >= 24)
        proto_tree_add_item(tree, hf_emsmdb_push_ipv6, stub->tvb, callback->offset + 8, 16, ENC_NA);
}

/* 3.1.4.5 */
static void register_push_request(oxc_stub *stub, proto_item *item, oxc_event *event)
{
    oxc_array context, callback;
    oxc_push_asked *asked;
    uint16_t size;

    read_cxh(stub, event);
    oxc_stub_uint32(stub, hf_emsmdb_push_rpc, NULL);
    oxc_stub_conformant_array(stub, &array_fields, hf_emsmdb_push_context, &context);
    show_bytes(stub, hf_emsmdb_push_context, &context);
    if (oxc_stub_uint16(stub, hf_emsmdb_push_context_size, &size) && size > PUSH_CONTEXT_RANGE)
        expert_add_info_format(stub->pinfo, item, &ei_emsmdb_out_of_range,
                               "cbContext is %u, its range ends at %u", size, PUSH_CONTEXT_RANGE);
    oxc_stub_uint32(stub, hf_emsmdb_push_advise_bits, NULL);
    oxc_stub_conformant_array(stub, &array_fields, hf_emsmdb_push_address, &callback);
    show_callback_address(stub, &callback);
    oxc_stub_uint16(stub, hf_emsmdb_push_address_size, NULL);
    asked = wmem_new(stub->pinfo->pool, oxc_push_asked);
    *asked = (oxc_push_asked){.context = context, .address = callback};
    stub->push = asked;
}

static void register_push_response(oxc_stub *stub, proto_item *item _U_, oxc_event *event)
{
    read_cxh(stub, event);
    oxc_stub_uint32(stub, hf_emsmdb_push_notification, NULL);
    read_status(stub, event);
}

/* 3.1.4.6 */
static void dummy_request(oxc_stub *stub _U_, proto_item *item _U_, oxc_event *event _U_)
{
}

static void dummy_response(oxc_stub *stub, proto_item *item _U_, oxc_event *event)
{
    read_status(stub, event);
}

typedef void stub_reader(oxc_stub *stub, proto_item *item, oxc_event *event);

enum { OPNUM_COUNT = 15 };

static const struct {
    stub_reader *request;
    stub_reader *response;
    oxc_kind kind;
} methods[OPNUM_COUNT] = {
    [OXC_OPNUM_DISCONNECT] = {disconnect_request, disconnect_response, OXC_KIND_CLOSE},
    [OXC_OPNUM_REGISTER_PUSH] = {register_push_request, register_push_response, OXC_KIND_PUSH},
    [OXC_OPNUM_DUMMY_RPC] = {dummy_request, dummy_response, OXC_KIND_OTHER},
    [OXC_OPNUM_CONNECT] = {connect_request, connect_response, OXC_KIND_OPEN},
    [OXC_OPNUM_RPC_EXT2] = {rpc_request, rpc_response, OXC_KIND_EXECUTE},
    [OXC_OPNUM_ASYNC_CONNECT] = {async_connect_request, async_connect_response, OXC_KIND_ISSUE},
};

bool oxc_emsmdb_has_method(uint16_t opnum)
{
    return opnum < OPNUM_COUNT;
}

bool oxc_emsmdb_reads(uint16_t opnum)
{
    return opnum < OPNUM_COUNT && methods[opnum].request;
}

void oxc_emsmdb_name_call(uint16_t opnum, oxc_event *event)
{
    bool known = oxc_emsmdb_has_method(opnum);

    event->kind = known ? methods[opnum].kind : OXC_KIND_OTHER;
    event->operation = (uint8_t)(known ? opnum + 1u : OXC_NO_OPERATION);
}

void oxc_emsmdb_dissect_stub(oxc_stub *stub, proto_item *item, uint16_t opnum, bool request,
                             oxc_event *event)
{
    oxc_stub_open(stub);
    oxc_emsmdb_name_call(opnum, event);
    if (oxc_emsmdb_reads(opnum))
        (request ? methods[opnum].request : methods[opnum].response)(stub, item, event);
    oxc_stub_report(stub, item, &ei_emsmdb_stub_short, &ei_emsmdb_stub_cut);
}

static const protocol_t *builtin; /* who else has the interface, or NULL */

void oxc_emsmdb_share(const protocol_t *with)
{
    builtin = with;
}

/* A dissector with our name shows the interface: two that look alike would only confuse. */
static bool is_left_to_wireshark(void)
{
    return builtin && oxc_protocol_is_renamed(proto_emsmdb);
}

proto_tree *oxc_emsmdb_add_protocol(tvbuff_t *tvb, proto_tree *root, uint16_t opnum,
                                    const char *kind)
{
    proto_item *item;
    proto_tree *tree;
    oxc_text text;

    if (!root || is_left_to_wireshark())
        return NULL;
    oxc_text_clear(&text);
    oxc_text_add(&text, proto_get_protocol_short_name(find_protocol_by_id(proto_emsmdb)));
    oxc_text_add(&text, ", ");
    oxc_text_add(&text, oxc_emsmdb_method_name(opnum));
    oxc_text_add(&text, " ");
    oxc_text_add(&text, kind);
    item = proto_tree_add_protocol_format(root, proto_emsmdb, tvb, 0, -1, "%s", text.bytes);
    tree = proto_item_add_subtree(item, ett_emsmdb);
    item = proto_tree_add_uint(tree, hf_emsmdb_opnum, tvb, 0, 0, opnum);
    proto_item_set_generated(item);
    return tree;
}

void oxc_emsmdb_add_second_response(tvbuff_t *tvb, packet_info *pinfo, proto_tree *root,
                                    uint32_t request_frame)
{
    proto_item *item = proto_tree_add_protocol_format(
        root, proto_emsmdb, tvb, 0, -1, "%s, response to an unknown call",
        proto_get_protocol_short_name(find_protocol_by_id(proto_emsmdb)));

    expert_add_info_format(
        pinfo, item, &ei_emsmdb_second_response,
        "The call of frame %u has been answered before: the server gives several "
        "answers one call id, so this one cannot be matched",
        request_frame);
}

bool oxc_emsmdb_active(void)
{
    return proto_is_protocol_enabled(find_protocol_by_id(proto_emsmdb)) &&
           (!builtin || proto_is_protocol_enabled(builtin));
}

void oxc_emsmdb_register(void)
{
    static hf_register_info hf[] = {
        {&hf_emsmdb_opnum,
         {"Operation", "emsmdb.opnum", FT_UINT16, BASE_DEC, VALS(emsmdb_opnum_vals), 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_cxh,
         {"Session context handle (CXH)", "emsmdb.cxh", FT_BYTES, BASE_NONE, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_cxh_attributes,
         {"Attributes", "emsmdb.cxh.attributes", FT_UINT32, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_cxh_uuid,
         {"UUID", "emsmdb.cxh.uuid", FT_GUID, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_acxh,
         {"Asynchronous context handle (ACXH)", "emsmdb.acxh", FT_BYTES, BASE_NONE, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_acxh_attributes,
         {"Attributes", "emsmdb.acxh.attributes", FT_UINT32, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_acxh_uuid,
         {"UUID", "emsmdb.acxh.uuid", FT_GUID, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_status,
         {"Return value", "emsmdb.status", FT_UINT32, BASE_HEX, VALS(oxc_status_vals), 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_max_count,
         {"Max count", "emsmdb.ndr.max_count", FT_UINT64, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_offset,
         {"Offset", "emsmdb.ndr.offset", FT_UINT64, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_actual_count,
         {"Actual count", "emsmdb.ndr.actual_count", FT_UINT64, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_referent,
         {"Referent id", "emsmdb.ndr.referent_id", FT_UINT64, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_user_dn,
         {"szUserDN", "emsmdb.user_dn", FT_STRINGZ, BASE_NONE, NULL, 0x0,
          "Distinguished name of the user", HFILL}},
        {&hf_emsmdb_connect_flags,
         {"ulFlags", "emsmdb.connect_flags", FT_UINT32, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_connect_flags_admin,
         {"Administrator", "emsmdb.connect_flags.admin", FT_BOOLEAN, 32, NULL, 0x00000001,
          "Administrative behaviour is requested", HFILL}},
        {&hf_emsmdb_connect_flags_no_public_folders,
         {"Do not fail without public folders", "emsmdb.connect_flags.ignore_no_public_folders",
          FT_BOOLEAN, 32, NULL, 0x00008000, NULL, HFILL}},
        {&hf_emsmdb_con_mod,
         {"ulConMod", "emsmdb.con_mod", FT_UINT32, BASE_HEX, NULL, 0x0,
          "Hash of the distinguished name", HFILL}},
        {&hf_emsmdb_limit,
         {"cbLimit", "emsmdb.limit", FT_UINT32, BASE_DEC, NULL, 0x0, "Reserved, to be sent as 0",
          HFILL}},
        {&hf_emsmdb_code_page,
         {"ulCpid", "emsmdb.code_page", FT_UINT32, BASE_DEC, NULL, 0x0, "Code page", HFILL}},
        {&hf_emsmdb_lcid_string,
         {"ulLcidString", "emsmdb.lcid_string", FT_UINT32, BASE_HEX, NULL, 0x0,
          "Locale for everything but sorting", HFILL}},
        {&hf_emsmdb_lcid_sort,
         {"ulLcidSort", "emsmdb.lcid_sort", FT_UINT32, BASE_HEX, NULL, 0x0, "Locale for sorting",
          HFILL}},
        {&hf_emsmdb_session_link,
         {"ulIcxrLink", "emsmdb.session_link", FT_UINT32, BASE_HEX, VALS(session_link_vals), 0x0,
          "Session index of a session to link to", HFILL}},
        {&hf_emsmdb_can_convert_code_pages,
         {"usFCanConvertCodePages", "emsmdb.can_convert_code_pages", FT_UINT16, BASE_HEX, NULL, 0x0,
          "To be sent as 1", HFILL}},
        {&hf_emsmdb_client_version,
         {"Client version", "emsmdb.client_version", FT_STRING, BASE_NONE, NULL, 0x0,
          "rgwClientVersion, normalised", HFILL}},
        {&hf_emsmdb_server_version,
         {"Server version", "emsmdb.server_version", FT_STRING, BASE_NONE, NULL, 0x0,
          "rgwServerVersion, normalised", HFILL}},
        {&hf_emsmdb_best_version,
         {"Best version", "emsmdb.best_version", FT_STRING, BASE_NONE, NULL, 0x0,
          "rgwBestVersion, normalised", HFILL}},
        {&hf_emsmdb_timestamp,
         {"pulTimeStamp", "emsmdb.timestamp", FT_UINT32, BASE_HEX, NULL, 0x0,
          "Stamp of the creation of the session", HFILL}},
        {&hf_emsmdb_aux_in,
         {"rgbAuxIn", "emsmdb.aux_in", FT_BYTES, BASE_NONE, NULL, 0x0,
          "Auxiliary buffer of the request", HFILL}},
        {&hf_emsmdb_aux_in_size,
         {"cbAuxIn", "emsmdb.aux_in_size", FT_UINT32, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_out,
         {"rgbAuxOut", "emsmdb.aux_out", FT_BYTES, BASE_NONE, NULL, 0x0,
          "Auxiliary buffer of the response", HFILL}},
        {&hf_emsmdb_aux_out_size,
         {"pcbAuxOut", "emsmdb.aux_out_size", FT_UINT32, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_polls_max,
         {"pcmsPollsMax", "emsmdb.polls_max", FT_UINT32, BASE_DEC | BASE_UNIT_STRING,
          &oxc_units_milliseconds, 0x0, "Interval of polling", HFILL}},
        {&hf_emsmdb_retry_count,
         {"pcRetry", "emsmdb.retry_count", FT_UINT32, BASE_DEC, NULL, 0x0,
          "Retries of a call that found the server too busy", HFILL}},
        {&hf_emsmdb_retry_delay,
         {"pcmsRetryDelay", "emsmdb.retry_delay", FT_UINT32, BASE_DEC | BASE_UNIT_STRING,
          &oxc_units_milliseconds, 0x0, "Time before a retry", HFILL}},
        {&hf_emsmdb_session_index,
         {"piCxr", "emsmdb.session_index", FT_UINT16, BASE_DEC, NULL, 0x0,
          "Session index, as in RopPending", HFILL}},
        {&hf_emsmdb_dn_prefix,
         {"szDNPrefix", "emsmdb.dn_prefix", FT_STRINGZ, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_display_name,
         {"szDisplayName", "emsmdb.display_name", FT_STRINGZ, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rpc_flags,
         {"pulFlags", "emsmdb.rpc_flags", FT_UINT32, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rpc_flags_no_compression,
         {"NoCompression", "emsmdb.rpc_flags.no_compression", FT_BOOLEAN, 32, NULL, 0x00000001,
          NULL, HFILL}},
        {&hf_emsmdb_rpc_flags_no_xor_magic,
         {"NoXorMagic", "emsmdb.rpc_flags.no_xor_magic", FT_BOOLEAN, 32, NULL, 0x00000002, NULL,
          HFILL}},
        {&hf_emsmdb_rpc_flags_chain,
         {"Chain", "emsmdb.rpc_flags.chain", FT_BOOLEAN, 32, NULL, 0x00000004, NULL, HFILL}},
        {&hf_emsmdb_rop_in,
         {"rgbIn", "emsmdb.rop_in", FT_BYTES, BASE_NONE, NULL, 0x0, "ROP buffers of the request",
          HFILL}},
        {&hf_emsmdb_rop_in_size,
         {"cbIn", "emsmdb.rop_in_size", FT_UINT32, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_rop_out,
         {"rgbOut", "emsmdb.rop_out", FT_BYTES, BASE_NONE, NULL, 0x0, "ROP buffers of the response",
          HFILL}},
        {&hf_emsmdb_rop_out_size,
         {"pcbOut", "emsmdb.rop_out_size", FT_UINT32, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_transaction_time,
         {"pulTransTime", "emsmdb.transaction_time", FT_UINT32, BASE_DEC | BASE_UNIT_STRING,
          &oxc_units_milliseconds, 0x0, "Time that the server took", HFILL}},
        {&hf_emsmdb_push_rpc,
         {"iRpc", "emsmdb.push.rpc", FT_UINT32, BASE_HEX, NULL, 0x0, "Reserved, to be sent as 0",
          HFILL}},
        {&hf_emsmdb_push_context,
         {"rgbContext", "emsmdb.push.context", FT_BYTES, BASE_NONE, NULL, 0x0,
          "Bytes that the datagrams of the server carry", HFILL}},
        {&hf_emsmdb_push_context_size,
         {"cbContext", "emsmdb.push.context_size", FT_UINT16, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_push_advise_bits,
         {"grbitAdviseBits", "emsmdb.push.advise_bits", FT_UINT32, BASE_HEX, NULL, 0x0,
          "To be sent as 0xFFFFFFFF", HFILL}},
        {&hf_emsmdb_push_address,
         {"rgbCallbackAddress", "emsmdb.push.callback_address", FT_BYTES, BASE_NONE, NULL, 0x0,
          "Where the datagrams go", HFILL}},
        {&hf_emsmdb_push_address_size,
         {"cbCallbackAddress", "emsmdb.push.callback_address_size", FT_UINT16, BASE_DEC, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_push_family,
         {"Family", "emsmdb.push.family", FT_UINT16, BASE_DEC, VALS(address_family_vals), 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_push_port,
         {"Port", "emsmdb.push.port", FT_UINT16, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_push_ipv4,
         {"Address", "emsmdb.push.ipv4", FT_IPv4, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_push_ipv6,
         {"Address", "emsmdb.push.ipv6", FT_IPv6, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_push_notification,
         {"hNotification", "emsmdb.push.notification", FT_UINT32, BASE_HEX, NULL, 0x0,
          "Handle of the push notification", HFILL}},
    };
    static ei_register_info ei[] = {
        {&ei_emsmdb_stub_short,
         {"emsmdb.stub.short", PI_MALFORMED, PI_ERROR, "The stub is shorter than its parameters",
          EXPFILL}},
        {&ei_emsmdb_stub_cut,
         {"emsmdb.stub.cut", PI_UNDECODED, PI_NOTE, "The capture cut this stub short", EXPFILL}},
        {&ei_emsmdb_second_response,
         {"emsmdb.second_response", PI_UNDECODED, PI_NOTE, "The call has been answered before",
          EXPFILL}},
        {&ei_emsmdb_counts,
         {"emsmdb.ndr.counts", PI_MALFORMED, PI_WARN,
          "The counts of an array contradict each other", EXPFILL}},
        {&ei_emsmdb_out_of_range,
         {"emsmdb.out_of_range", PI_PROTOCOL, PI_WARN, "A size is out of its range", EXPFILL}},
    };
    static int *ett[] = {
        &ett_emsmdb,           &ett_emsmdb_cxh,
        &ett_emsmdb_acxh,      &ett_emsmdb_connect_flags,
        &ett_emsmdb_rpc_flags, &ett_emsmdb_push_address,
        &ett_emsmdb_buffer,
    };

    proto_emsmdb = oxc_proto_register_protocol("Exchange EMSMDB", "EMSMDB", "emsmdb");
    oxc_proto_register_field_array(proto_emsmdb, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    oxc_expert_register_field_array(proto_emsmdb, ei, array_length(ei));
}
