/* plugin.c
 * What Wireshark looks for when it loads the plugin
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <stdint.h>

#include <epan/packet.h>
#include <epan/proto.h>
#include <ws_version.h>

#include "compat.h"
#include "plugin.h"
#include "capture/analysis.h"
#include "capture/frame.h"
#include "capture/lost_bytes.h"
#include "capture/refusals.h"
#include "capture/settings.h"
#include "capture/string_names.h"
#include "decode/buffers/payload.h"
#include "decode/buffers/rop_fields.h"
#include "decode/methods/packet-asyncemsmdb.h"
#include "decode/methods/packet-emsmdb.h"
#include "present/packet-oxcnotif.h"
#include "present/report.h"
#include "present/statistics.h"
#include "transport/dcerpc/interfaces.h"
#include "transport/dcerpc/observer.h"
#include "transport/dcerpc/over_tcp.h"
#include "transport/http/hooks.h"
#include "transport/mapi_over_http/mapi_body.h"
#include "transport/mapi_over_http/mapi_connection.h"
#include "transport/mapi_over_http/mapi_parts.h"
#include "transport/mapi_over_http/mapi_over_http.h"
#include "transport/mapi_over_http/packet-mapihttp.h"
#include "transport/push/push_notification.h"
#include "transport/rpc_over_http/rpc_over_http.h"
#include "transport/rpc_over_http/virtual_connection.h"
#include "transport/tcp/ends.h"
#include "transport/tcp/watch.h"

/* From here on, on Windows, what is declared is exported by this library, not imported. */
#define WS_BUILD_DLL
#define RESET_SYMBOL_EXPORT
#include <ws_symbol_export.h>

WS_DLL_PUBLIC void plugin_register(void);
WS_DLL_PUBLIC uint32_t plugin_describe(void);

WS_DLL_PUBLIC_DEF const char plugin_version[] = OXC_VERSION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

static void begin_file(void)
{
    oxc_settings settings = oxc_settings_now();

    oxc_oxcnotif_init();
    oxc_frame_end();
    oxc_losses_begin_file();
    oxc_analysis_init(&settings);
    oxc_ends_begin_file();
    oxc_watch_begin_file();
    oxc_over_tcp_begin_file();
    oxc_http_hooks_begin_file();
    oxc_rpch_begin_file();
    oxc_mapi_connections_begin_file();
    oxc_mapi_begin_file();
    oxc_rops_init();
    oxc_interfaces_begin_file();
}

static void end_file(void)
{
    oxc_mapi_connections_end_file();
    oxc_virtual_connections_end_file();
    oxc_refusals_end_file();
    oxc_rops_cleanup();
    oxc_analysis_cleanup();
    oxc_losses_end_file();
    oxc_names_clear();
}

/* A helper of DCE/RPC, on and off with it: no PDU comes to us while DCE/RPC is disabled, whatever
 * the user does to our protocols. Wireshark adds no layer to a packet for a helper. */
static int proto_frame = -1;

/* Out of line: most frames do not come here, and should not pay for its registers and its room on
 * the stack. */
static G_GNUC_NO_INLINE void watch_http(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    oxc_http_frame frame;

    oxc_http_look(tvb, pinfo, &frame);
    oxc_rpch_watch_frame(&frame, pinfo);
    oxc_mapi_watch_frame(&frame, pinfo, tree);
}

/* A frame of TCP on the first pass. */
static void watch_frame(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    bool is_rpc = oxc_watch_segment(pinfo);

    if (oxc_http_concerns(pinfo, is_rpc))
        watch_http(tvb, pinfo, tree);
}

/* Comes after each frame has been dissected, on every pass. */
static int end_frame(tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree, void *data _U_)
{
    if (oxc_frame_is_looked_back_at())
        oxc_rpch_end_frame(pinfo);
    if (pinfo->ptype == PT_TCP && PINFO_FD_VISITED(pinfo))
        oxc_mapi_show_frame(tvb, pinfo, tree);
    else if (pinfo->ptype == PT_TCP)
        watch_frame(tvb, pinfo, tree);
    oxc_frame_end();
    return 0;
}

static void register_decoders(void)
{
    int emsmdb;

    oxc_emsmdb_register();
    emsmdb = oxc_emsmdb_protocol();
    oxc_settings_set_connection_protocol(emsmdb);
    oxc_register_extended_buffers(emsmdb);
    oxc_register_rop_fields(emsmdb);
    oxc_register_notification_fields(emsmdb);
    oxc_register_properties(emsmdb);
    oxc_register_rops(emsmdb);
    oxc_register_auxiliary(emsmdb);
    oxc_asyncemsmdb_register();
}

static void register_transports(int oxcnotif)
{
    oxc_push_register(oxcnotif);
    oxc_over_tcp_register(oxcnotif);
    oxc_http_hooks_register(oxcnotif);
    oxc_rpch_register();
    oxc_virtual_connections_register();
    oxc_mapihttp_register();
    oxc_mapi_body_register(oxc_mapihttp_protocol());
    oxc_mapi_connections_register(oxc_mapihttp_protocol());
    oxc_mapi_parts_register();
    oxc_ends_register();
}

void oxc_register(void)
{
    int proto_dcerpc = proto_get_id_by_filter_name("dcerpc"), oxcnotif;

    if (proto_dcerpc > 0)
        proto_frame = proto_register_protocol_in_name_only(
            "Exchange Asynchronous Notifications, frames", "OXCNOTIF frames", "oxcnotif.frames",
            proto_dcerpc, FT_PROTOCOL);
    register_decoders();
    oxcnotif = oxc_oxcnotif_register();
    oxc_settings_register(oxcnotif);
    oxc_refusals_register();
    register_transports(oxcnotif);
    register_init_routine(begin_file);
    register_cleanup_routine(end_file);
}

void oxc_handoff(void)
{
    oxc_observer_handoff();
    oxc_over_tcp_handoff();
    if (proto_frame > 0)
        register_postdissector(create_dissector_handle(end_frame, proto_frame));
    if (oxc_http_hooks_handoff()) {
        oxc_rpch_handoff();
        oxc_mapi_handoff();
    }
    oxc_push_handoff();
    oxc_report_register();
    oxc_statistics_register();
}

void plugin_register(void)
{
    static proto_plugin plugin;

    plugin.register_protoinfo = oxc_register;
    plugin.register_handoff = oxc_handoff;
    proto_register_plugin(&plugin);
}

uint32_t plugin_describe(void)
{
    return WS_PLUGIN_DESC_DISSECTOR;
}
