/* packet-emsmdb-aux.c
 * Auxiliary buffers of EMSMDB, [MS-OXCRPC] 2.2.2.2
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "auxiliary.h"
#include "decode/names.h"
#include "payload.h"

#include <epan/expert.h>

static int hf_emsmdb_aux = -1;
static int hf_emsmdb_aux_size = -1;
static int hf_emsmdb_aux_version = -1;
static int hf_emsmdb_aux_type = -1;
static int hf_emsmdb_aux_body = -1;
static int hf_emsmdb_aux_reserved = -1;
static int hf_emsmdb_aux_session_id = -1;
static int hf_emsmdb_aux_session_guid = -1;
static int hf_emsmdb_aux_connection_id = -1;
static int hf_emsmdb_aux_adapter_speed = -1;
static int hf_emsmdb_aux_client_id = -1;
static int hf_emsmdb_aux_machine_name_offset = -1;
static int hf_emsmdb_aux_machine_name = -1;
static int hf_emsmdb_aux_user_name_offset = -1;
static int hf_emsmdb_aux_user_name = -1;
static int hf_emsmdb_aux_client_ip_size = -1;
static int hf_emsmdb_aux_client_ip_offset = -1;
static int hf_emsmdb_aux_client_ip = -1;
static int hf_emsmdb_aux_client_ipv4 = -1;
static int hf_emsmdb_aux_client_ip_mask_size = -1;
static int hf_emsmdb_aux_client_ip_mask_offset = -1;
static int hf_emsmdb_aux_client_ip_mask = -1;
static int hf_emsmdb_aux_client_ipv4_mask = -1;
static int hf_emsmdb_aux_adapter_name_offset = -1;
static int hf_emsmdb_aux_adapter_name = -1;
static int hf_emsmdb_aux_mac_address_size = -1;
static int hf_emsmdb_aux_mac_address_offset = -1;
static int hf_emsmdb_aux_mac_address = -1;
static int hf_emsmdb_aux_client_mode = -1;
static int hf_emsmdb_aux_server_id = -1;
static int hf_emsmdb_aux_server_type = -1;
static int hf_emsmdb_aux_server_dn_offset = -1;
static int hf_emsmdb_aux_server_dn = -1;
static int hf_emsmdb_aux_server_name_offset = -1;
static int hf_emsmdb_aux_server_name = -1;
static int hf_emsmdb_aux_process_id = -1;
static int hf_emsmdb_aux_process_guid = -1;
static int hf_emsmdb_aux_process_name_offset = -1;
static int hf_emsmdb_aux_process_name = -1;
static int hf_emsmdb_aux_server_capabilities = -1;
static int hf_emsmdb_aux_server_capabilities_packed_fast_transfer_upload = -1;
static int hf_emsmdb_aux_server_capabilities_packed_write_stream_upload = -1;
static int hf_emsmdb_aux_server_capabilities_ultra_large_packed_download = -1;
static int hf_emsmdb_aux_endpoint_capabilities = -1;
static int hf_emsmdb_aux_endpoint_capabilities_single_endpoint = -1;
static int hf_emsmdb_aux_connection_guid = -1;
static int hf_emsmdb_aux_connection_context_offset = -1;
static int hf_emsmdb_aux_connection_context = -1;
static int hf_emsmdb_aux_connection_attempts = -1;
static int hf_emsmdb_aux_connection_flags = -1;
static int hf_emsmdb_aux_connection_flags_cached = -1;
static int hf_emsmdb_aux_server_session_context_offset = -1;
static int hf_emsmdb_aux_server_session_context = -1;

static int ett_emsmdb_aux = -1;
static int ett_emsmdb_aux_flags = -1;

static expert_field ei_emsmdb_aux_damaged = EI_INIT;

/* [MS-OXCRPC] 2.2.2.2; the last three are what clients and servers send besides. */
static const value_string aux_type_vals[] = {
    {0x01, "AUX_PERF_REQUESTID"},
    {0x02, "AUX_PERF_CLIENTINFO"},
    {0x03, "AUX_PERF_SERVERINFO"},
    {0x04, "AUX_PERF_SESSIONINFO"},
    {0x05, "AUX_PERF_DEFMDB_SUCCESS"},
    {0x06, "AUX_PERF_DEFGC_SUCCESS"},
    {0x07, "AUX_PERF_MDB_SUCCESS"},
    {0x08, "AUX_PERF_GC_SUCCESS"},
    {0x09, "AUX_PERF_FAILURE"},
    {0x0A, "AUX_CLIENT_CONTROL"},
    {0x0B, "AUX_PERF_PROCESSINFO"},
    {0x0C, "AUX_PERF_BG_DEFMDB_SUCCESS"},
    {0x0D, "AUX_PERF_BG_DEFGC_SUCCESS"},
    {0x0E, "AUX_PERF_BG_MDB_SUCCESS"},
    {0x0F, "AUX_PERF_BG_GC_SUCCESS"},
    {0x10, "AUX_PERF_BG_FAILURE"},
    {0x11, "AUX_PERF_FG_DEFMDB_SUCCESS"},
    {0x12, "AUX_PERF_FG_DEFGC_SUCCESS"},
    {0x13, "AUX_PERF_FG_MDB_SUCCESS"},
    {0x14, "AUX_PERF_FG_GC_SUCCESS"},
    {0x15, "AUX_PERF_FG_FAILURE"},
    {0x16, "AUX_OSVERSIONINFO"},
    {0x17, "AUX_EXORGINFO"},
    {0x18, "AUX_PERF_ACCOUNTINFO"},
    {0x46, "AUX_SERVER_CAPABILITIES"},
    {0x48, "AUX_ENDPOINT_CAPABILITIES"},
    {0x49, "AUX_EXCEPTION_TRACE"},
    {0x4A, "AUX_CLIENT_CONNECTION_INFO"},
    {0x4B, "AUX_SERVER_SESSION_INFO"},
    {0x4E, "AUX_PROTOCOL_DEVICE_IDENTIFICATION"},
    {0, NULL},
};

/* 2.2.2.2.3 */
static const value_string client_mode_vals[] = {
    {0, "Not known"},
    {1, "Classic online mode"},
    {2, "Cached mode"},
    {0, NULL},
};

/* 2.2.2.2.7 */
static const value_string server_type_vals[] = {
    {0, "Not known"}, {1, "Private mailboxes"}, {2, "Public folders"},
    {3, "Directory"}, {4, "Referral"},          {0, NULL},
};

static int *const server_capabilities_fields[] = {
    &hf_emsmdb_aux_server_capabilities_packed_fast_transfer_upload,
    &hf_emsmdb_aux_server_capabilities_packed_write_stream_upload,
    &hf_emsmdb_aux_server_capabilities_ultra_large_packed_download,
    NULL,
};

static int *const endpoint_capabilities_fields[] = {
    &hf_emsmdb_aux_endpoint_capabilities_single_endpoint,
    NULL,
};

static int *const connection_flags_fields[] = {
    &hf_emsmdb_aux_connection_flags_cached,
    NULL,
};

#define UTF_16 (ENC_UTF_16 | ENC_LITTLE_ENDIAN)

static const oxc_field_item field_items[OXC_AUX_FIELD_COUNT] = {
    [OXC_AUX_FIELD_SIZE] = {&hf_emsmdb_aux_size, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_VERSION] = {&hf_emsmdb_aux_version, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_TYPE] = {&hf_emsmdb_aux_type, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_BODY] = {&hf_emsmdb_aux_body, ENC_NA},
    [OXC_AUX_FIELD_RESERVED] = {&hf_emsmdb_aux_reserved, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_SESSION_ID] = {&hf_emsmdb_aux_session_id, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_SESSION_GUID] = {&hf_emsmdb_aux_session_guid, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_CONNECTION_ID] = {&hf_emsmdb_aux_connection_id, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_ADAPTER_SPEED] = {&hf_emsmdb_aux_adapter_speed, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_CLIENT_ID] = {&hf_emsmdb_aux_client_id, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_MACHINE_NAME_OFFSET] = {&hf_emsmdb_aux_machine_name_offset, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_MACHINE_NAME] = {&hf_emsmdb_aux_machine_name, UTF_16},
    [OXC_AUX_FIELD_USER_NAME_OFFSET] = {&hf_emsmdb_aux_user_name_offset, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_USER_NAME] = {&hf_emsmdb_aux_user_name, UTF_16},
    [OXC_AUX_FIELD_CLIENT_IP_SIZE] = {&hf_emsmdb_aux_client_ip_size, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_CLIENT_IP_OFFSET] = {&hf_emsmdb_aux_client_ip_offset, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_CLIENT_IP] = {&hf_emsmdb_aux_client_ip, ENC_NA},
    [OXC_AUX_FIELD_CLIENT_IP_MASK_SIZE] = {&hf_emsmdb_aux_client_ip_mask_size, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_CLIENT_IP_MASK_OFFSET] = {&hf_emsmdb_aux_client_ip_mask_offset,
                                             ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_CLIENT_IP_MASK] = {&hf_emsmdb_aux_client_ip_mask, ENC_NA},
    [OXC_AUX_FIELD_ADAPTER_NAME_OFFSET] = {&hf_emsmdb_aux_adapter_name_offset, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_ADAPTER_NAME] = {&hf_emsmdb_aux_adapter_name, UTF_16},
    [OXC_AUX_FIELD_MAC_ADDRESS_SIZE] = {&hf_emsmdb_aux_mac_address_size, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_MAC_ADDRESS_OFFSET] = {&hf_emsmdb_aux_mac_address_offset, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_MAC_ADDRESS] = {&hf_emsmdb_aux_mac_address, ENC_NA},
    [OXC_AUX_FIELD_CLIENT_MODE] = {&hf_emsmdb_aux_client_mode, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_SERVER_ID] = {&hf_emsmdb_aux_server_id, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_SERVER_TYPE] = {&hf_emsmdb_aux_server_type, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_SERVER_DN_OFFSET] = {&hf_emsmdb_aux_server_dn_offset, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_SERVER_DN] = {&hf_emsmdb_aux_server_dn, UTF_16},
    [OXC_AUX_FIELD_SERVER_NAME_OFFSET] = {&hf_emsmdb_aux_server_name_offset, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_SERVER_NAME] = {&hf_emsmdb_aux_server_name, UTF_16},
    [OXC_AUX_FIELD_PROCESS_ID] = {&hf_emsmdb_aux_process_id, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_PROCESS_GUID] = {&hf_emsmdb_aux_process_guid, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_PROCESS_NAME_OFFSET] = {&hf_emsmdb_aux_process_name_offset, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_PROCESS_NAME] = {&hf_emsmdb_aux_process_name, UTF_16},
    [OXC_AUX_FIELD_SERVER_CAPABILITIES] = {&hf_emsmdb_aux_server_capabilities, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_ENDPOINT_CAPABILITIES] = {&hf_emsmdb_aux_endpoint_capabilities,
                                             ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_CONNECTION_GUID] = {&hf_emsmdb_aux_connection_guid, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_CONNECTION_CONTEXT_OFFSET] = {&hf_emsmdb_aux_connection_context_offset,
                                                 ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_CONNECTION_CONTEXT] = {&hf_emsmdb_aux_connection_context, UTF_16},
    [OXC_AUX_FIELD_CONNECTION_ATTEMPTS] = {&hf_emsmdb_aux_connection_attempts, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_CONNECTION_FLAGS] = {&hf_emsmdb_aux_connection_flags, ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_SERVER_SESSION_CONTEXT_OFFSET] = {&hf_emsmdb_aux_server_session_context_offset,
                                                     ENC_LITTLE_ENDIAN},
    [OXC_AUX_FIELD_SERVER_SESSION_CONTEXT] = {&hf_emsmdb_aux_server_session_context, UTF_16},
};

static void show_flags(const oxc_payload *payload, proto_tree *tree, const oxc_element *element,
                       int *const *fields)
{
    proto_tree_add_bitmask(tree, payload->tvb, element->offset, *field_items[element->field].hf,
                           ett_emsmdb_aux_flags, fields, ENC_LITTLE_ENDIAN);
}

static void show_element(const oxc_payload *payload, proto_tree *tree, const oxc_element *element)
{
    const oxc_field_item *shown = &field_items[element->field];
    int hf = *shown->hf;
    unsigned encoding = shown->encoding;

    switch (element->field) {
    case OXC_AUX_FIELD_SERVER_CAPABILITIES:
        show_flags(payload, tree, element, server_capabilities_fields);
        return;
    case OXC_AUX_FIELD_ENDPOINT_CAPABILITIES:
        show_flags(payload, tree, element, endpoint_capabilities_fields);
        return;
    case OXC_AUX_FIELD_CONNECTION_FLAGS:
        show_flags(payload, tree, element, connection_flags_fields);
        return;
    case OXC_AUX_FIELD_CLIENT_IP:
    case OXC_AUX_FIELD_CLIENT_IP_MASK:
        if (element->length == 4) {
            hf = element->field == OXC_AUX_FIELD_CLIENT_IP ? hf_emsmdb_aux_client_ipv4
                                                           : hf_emsmdb_aux_client_ipv4_mask;
            encoding = ENC_BIG_ENDIAN;
        }
        break;
    default:
        break;
    }
    proto_tree_add_item(tree, hf, payload->tvb, (int)element->offset, (int)element->length,
                        encoding);
}

/* The types whose second version has a name of its own. */
static bool has_v2_name(uint8_t type)
{
    return type == 0x04 || (type >= 0x07 && type <= 0x09) || (type >= 0x0E && type <= 0x10) ||
           (type >= 0x13 && type <= 0x15);
}

static void append_block_name(proto_item *item, const oxc_aux_block *block)
{
    proto_item_append_text(item, ": %s",
                           val_to_str_const(block->type, aux_type_vals, "unknown type"));
    if (block->version == OXC_AUX_VERSION_2 && has_v2_name(block->type))
        proto_item_append_text(item, "_V2");
    proto_item_append_text(item, ", %zu bytes", block->size);
}

static proto_item *show_block(const oxc_payload *payload, proto_tree *tree,
                              const oxc_aux_block *block)
{
    size_t there = payload->captured - MIN(payload->captured, block->offset);
    size_t size = block->size ? MIN(block->size, there) : there;
    proto_tree *subtree;
    proto_item *item;
    size_t i;

    if (!tree || size == 0)
        return NULL;
    item = proto_tree_add_item(tree, hf_emsmdb_aux, payload->tvb, (int)block->offset, (int)size,
                               ENC_NA);
    if (block->size)
        append_block_name(item, block);
    subtree = proto_item_add_subtree(item, ett_emsmdb_aux);
    for (i = 0; i < block->count; i++)
        show_element(payload, subtree, &block->elements[i]);
    return item;
}

static void report_damage(const oxc_payload *payload, packet_info *pinfo, proto_item *item,
                          const oxc_aux_block *block)
{
    wmem_strbuf_t *text = wmem_strbuf_new(pinfo->pool, "");
    size_t end = block->size ? block->offset + block->size : payload->reported;
    int hf = *field_items[block->fault_field].hf;

    oxc_describe_fault(text, proto_registrar_get_nth((unsigned)hf)->name, block->fault_offset,
                       block->fault_size, end);
    expert_add_info_format(pinfo, item, &ei_emsmdb_aux_damaged,
                           "Auxiliary block at byte %zu of the payload: %s", block->offset,
                           wmem_strbuf_get_str(text));
}

bool oxc_show_auxiliary_payload(const oxc_payload *payload, packet_info *pinfo, proto_tree *tree,
                                bool request _U_, bool quiet)
{
    oxc_aux_buffer buffer = {
        .data = payload->data,
        .captured = payload->captured,
        .reported = payload->reported,
    };
    proto_item *around = proto_tree_get_parent(tree);
    oxc_aux_block block = {0};

    while (oxc_aux_next(&buffer, &block)) {
        proto_item *item;

        if (!oxc_take_items(pinfo, around, 2 + 4 * block.count))
            return false;
        item = show_block(payload, tree, &block);
        if (block.state == OXC_READ_DAMAGED && !quiet) {
            report_damage(payload, pinfo, item ? item : around, &block);
            return true;
        }
    }
    return false;
}

void oxc_register_auxiliary(int proto)
{
    static hf_register_info hf[] = {
        {&hf_emsmdb_aux,
         {"Auxiliary block", "emsmdb.aux", FT_NONE, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_size,
         {"Size", "emsmdb.aux.size", FT_UINT16, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_version,
         {"Version", "emsmdb.aux.version", FT_UINT8, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_type,
         {"Type", "emsmdb.aux.type", FT_UINT8, BASE_HEX, VALS(aux_type_vals), 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_body,
         {"Body", "emsmdb.aux.body", FT_BYTES, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_reserved,
         {"Reserved", "emsmdb.aux.reserved", FT_UINT16, BASE_HEX, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_session_id,
         {"SessionID", "emsmdb.aux.session_id", FT_UINT16, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_session_guid,
         {"SessionGuid", "emsmdb.aux.session_guid", FT_GUID, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_connection_id,
         {"ConnectionID", "emsmdb.aux.connection_id", FT_UINT32, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_adapter_speed,
         {"AdapterSpeed", "emsmdb.aux.adapter_speed", FT_UINT32, BASE_DEC, NULL, 0x0,
          "Kilobits a second", HFILL}},
        {&hf_emsmdb_aux_client_id,
         {"ClientID", "emsmdb.aux.client_id", FT_UINT16, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_machine_name_offset,
         {"MachineNameOffset", "emsmdb.aux.machine_name_offset", FT_UINT16, BASE_DEC, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_aux_machine_name,
         {"MachineName", "emsmdb.aux.machine_name", FT_STRINGZ, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_user_name_offset,
         {"UserNameOffset", "emsmdb.aux.user_name_offset", FT_UINT16, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_aux_user_name,
         {"UserName", "emsmdb.aux.user_name", FT_STRINGZ, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_client_ip_size,
         {"ClientIPSize", "emsmdb.aux.client_ip_size", FT_UINT16, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_aux_client_ip_offset,
         {"ClientIPOffset", "emsmdb.aux.client_ip_offset", FT_UINT16, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_aux_client_ip,
         {"ClientIP", "emsmdb.aux.client_ip", FT_BYTES, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_client_ipv4,
         {"ClientIP", "emsmdb.aux.client_ipv4", FT_IPv4, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_client_ip_mask_size,
         {"ClientIPMaskSize", "emsmdb.aux.client_ip_mask_size", FT_UINT16, BASE_DEC, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_aux_client_ip_mask_offset,
         {"ClientIPMaskOffset", "emsmdb.aux.client_ip_mask_offset", FT_UINT16, BASE_DEC, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_aux_client_ip_mask,
         {"ClientIPMask", "emsmdb.aux.client_ip_mask", FT_BYTES, BASE_NONE, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_aux_client_ipv4_mask,
         {"ClientIPMask", "emsmdb.aux.client_ipv4_mask", FT_IPv4, BASE_NONE, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_aux_adapter_name_offset,
         {"AdapterNameOffset", "emsmdb.aux.adapter_name_offset", FT_UINT16, BASE_DEC, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_aux_adapter_name,
         {"AdapterName", "emsmdb.aux.adapter_name", FT_STRINGZ, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_mac_address_size,
         {"MacAddressSize", "emsmdb.aux.mac_address_size", FT_UINT16, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_aux_mac_address_offset,
         {"MacAddressOffset", "emsmdb.aux.mac_address_offset", FT_UINT16, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_aux_mac_address,
         {"MacAddress", "emsmdb.aux.mac_address", FT_BYTES, SEP_COLON, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_client_mode,
         {"ClientMode", "emsmdb.aux.client_mode", FT_UINT16, BASE_DEC, VALS(client_mode_vals), 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_aux_server_id,
         {"ServerID", "emsmdb.aux.server_id", FT_UINT16, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_server_type,
         {"ServerType", "emsmdb.aux.server_type", FT_UINT16, BASE_DEC, VALS(server_type_vals), 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_aux_server_dn_offset,
         {"ServerDNOffset", "emsmdb.aux.server_dn_offset", FT_UINT16, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_aux_server_dn,
         {"ServerDN", "emsmdb.aux.server_dn", FT_STRINGZ, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_server_name_offset,
         {"ServerNameOffset", "emsmdb.aux.server_name_offset", FT_UINT16, BASE_DEC, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_aux_server_name,
         {"ServerName", "emsmdb.aux.server_name", FT_STRINGZ, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_process_id,
         {"ProcessID", "emsmdb.aux.process_id", FT_UINT16, BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_process_guid,
         {"ProcessGuid", "emsmdb.aux.process_guid", FT_GUID, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_process_name_offset,
         {"ProcessNameOffset", "emsmdb.aux.process_name_offset", FT_UINT16, BASE_DEC, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_aux_process_name,
         {"ProcessName", "emsmdb.aux.process_name", FT_STRINGZ, BASE_NONE, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_server_capabilities,
         {"ServerCapabilityFlags", "emsmdb.aux.server_capabilities", FT_UINT32, BASE_HEX, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_aux_server_capabilities_packed_fast_transfer_upload,
         {"PACKED_FAST_TRANSFER_UPLOAD_BUFFERS",
          "emsmdb.aux.server_capabilities.packed_fast_transfer_upload", FT_BOOLEAN, 32, NULL,
          0x00000001, NULL, HFILL}},
        {&hf_emsmdb_aux_server_capabilities_packed_write_stream_upload,
         {"PACKED_WRITE_STREAM_UPLOAD_BUFFERS",
          "emsmdb.aux.server_capabilities.packed_write_stream_upload", FT_BOOLEAN, 32, NULL,
          0x00000002, NULL, HFILL}},
        {&hf_emsmdb_aux_server_capabilities_ultra_large_packed_download,
         {"ULTRA_LARGE_PACKED_DOWNLOAD_BUFFERS",
          "emsmdb.aux.server_capabilities.ultra_large_packed_download", FT_BOOLEAN, 32, NULL,
          0x00000008, NULL, HFILL}},
        {&hf_emsmdb_aux_endpoint_capabilities,
         {"EndpointCapabilityFlag", "emsmdb.aux.endpoint_capabilities", FT_UINT32, BASE_HEX, NULL,
          0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_endpoint_capabilities_single_endpoint,
         {"ENDPOINT_CAPABILITIES_SINGLE_ENDPOINT",
          "emsmdb.aux.endpoint_capabilities.single_endpoint", FT_BOOLEAN, 32, NULL, 0x00000001,
          NULL, HFILL}},
        {&hf_emsmdb_aux_connection_guid,
         {"ConnectionGUID", "emsmdb.aux.connection_guid", FT_GUID, BASE_NONE, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_aux_connection_context_offset,
         {"OffsetConnectionContextInfo", "emsmdb.aux.connection_context_offset", FT_UINT16,
          BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_connection_context,
         {"ConnectionContextInfo", "emsmdb.aux.connection_context", FT_STRINGZ, BASE_NONE, NULL,
          0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_connection_attempts,
         {"ConnectionAttempts", "emsmdb.aux.connection_attempts", FT_UINT32, BASE_DEC, NULL, 0x0,
          NULL, HFILL}},
        {&hf_emsmdb_aux_connection_flags,
         {"ConnectionFlags", "emsmdb.aux.connection_flags", FT_UINT32, BASE_HEX, NULL, 0x0, NULL,
          HFILL}},
        {&hf_emsmdb_aux_connection_flags_cached,
         {"Cached mode", "emsmdb.aux.connection_flags.cached", FT_BOOLEAN, 32, NULL, 0x00000001,
          NULL, HFILL}},
        {&hf_emsmdb_aux_server_session_context_offset,
         {"OffsetServerSessionContextInfo", "emsmdb.aux.server_session_context_offset", FT_UINT16,
          BASE_DEC, NULL, 0x0, NULL, HFILL}},
        {&hf_emsmdb_aux_server_session_context,
         {"ServerSessionContextInfo", "emsmdb.aux.server_session_context", FT_STRINGZ, BASE_NONE,
          NULL, 0x0, NULL, HFILL}},
    };
    static ei_register_info ei[] = {
        {&ei_emsmdb_aux_damaged,
         {"emsmdb.aux.damaged", PI_MALFORMED, PI_ERROR, "The auxiliary buffer is damaged",
          EXPFILL}},
    };
    static int *ett[] = {&ett_emsmdb_aux, &ett_emsmdb_aux_flags};

    oxc_proto_register_field_array(proto, hf, (int)G_N_ELEMENTS(hf));
    proto_register_subtree_array(ett, (int)G_N_ELEMENTS(ett));
    oxc_expert_register_field_array(proto, ei, (int)G_N_ELEMENTS(ei));
}
