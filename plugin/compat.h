/* compat.h
 * The differences between Wireshark 4.0 and what comes after 4.6; no other file asks for a version
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_COMPAT_H
#define OXC_COMPAT_H

#include <stdbool.h>

#include <epan/packet.h>
#include <epan/dissectors/packet-dcerpc.h>
#include <epan/stats_tree.h>
#include <epan/tvbuff.h>
#include <epan/unit_strings.h>
#include <ws_version.h>

/** True if the plugin is built for this version of Wireshark or a later one. */
#define OXC_WIRESHARK_AT_LEAST(major, minor)                                                       \
    (WIRESHARK_VERSION_MAJOR > (major) ||                                                          \
     (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

#if OXC_WIRESHARK_AT_LEAST(4, 6)
#include <wsutil/value_string.h>
#else
#include <epan/value_string.h>
#endif

#if OXC_WIRESHARK_AT_LEAST(4, 4)
#include <wsutil/plugins.h>
#else
/* plugin_describe() is not looked for before 4.4. */
#define WS_PLUGIN_DESC_DISSECTOR (1UL << 0)
#endif

/** What a heuristic dissector returns and a preference holds. */
#if OXC_WIRESHARK_AT_LEAST(4, 4)
typedef bool oxc_bool;
#else
typedef gboolean oxc_bool;
#endif

/** The variable behind a preference of type bool. */
typedef oxc_bool oxc_pref_bool;

/** Between the parts of the name of a statistic in Wireshark's menu. */
#ifndef STATS_TREE_MENU_SEPARATOR
#define STATS_TREE_MENU_SEPARATOR "/"
#endif

/** What the function that starts a statistic returns: since 4.6 whether it could. */
#if OXC_WIRESHARK_AT_LEAST(4, 6)
typedef bool oxc_stat_init_result;
#define OXC_STAT_INIT_RETURN(started) return (started)
#else
typedef void oxc_stat_init_result;
#define OXC_STAT_INIT_RETURN(started) ((void)(started))
#endif

/** A row of an interface's table of methods. */
#if OXC_WIRESHARK_AT_LEAST(4, 4)
typedef const dcerpc_sub_dissector oxc_procs;
#else
typedef dcerpc_sub_dissector oxc_procs;
#endif

/* The flags of struct tcp_analysis are private to packet-tcp.c, their values the same in all
 * versions. */
#define OXC_TCP_SYN_SEEN           0x01
#define OXC_TCP_FIN_SEEN           0x10
#define OXC_TCP_RST_SEEN           0x20
#define OXC_TCP_LOST_SEGMENT       0x0002
#define OXC_TCP_ACKED_LOST_SEGMENT 0x0004

/* What HTTP last saw a client ask for on a connection, given its http_conv_t; NULL before that. */
#if OXC_WIRESHARK_AT_LEAST(4, 2)
#define OXC_HTTP_REQUEST(http, member) ((http)->req_res_tail ? (http)->req_res_tail->member : NULL)
#else
#define OXC_HTTP_REQUEST(http, member) ((http)->member)
#endif

/* Since 4.2 Wireshark's own decode of EcRRegisterPushNotification is right. */
#if OXC_WIRESHARK_AT_LEAST(4, 2)
#define OXC_BUILTIN_PUSH_IS_WRONG false
#else
#define OXC_BUILTIN_PUSH_IS_WRONG true
#endif

#ifndef G_GNUC_NO_INLINE /* GLib before 2.58 */
#define G_GNUC_NO_INLINE
#endif

/* Since 4.4 they have the names of C's own types. */
#if !OXC_WIRESHARK_AT_LEAST(4, 4)
#define tvb_get_uint8  tvb_get_guint8
#define tvb_get_uint16 tvb_get_guint16
#define tvb_get_uint32 tvb_get_guint32
#define tvb_get_uint64 tvb_get_guint64
#ifdef __GNUC__
/* What 4.7 does not have is an error with 4.0 too. */
#pragma GCC poison tvb_get_guint8 tvb_get_guint16 tvb_get_guint32 tvb_get_guint64
#endif
#endif

/* The name of the interface of a frame, or NULL. Since 4.4 an interface is one of a section of the
 * file; which of the two 4.2 wants is not known, so it is not asked there. */
#if OXC_WIRESHARK_AT_LEAST(4, 4)
#define OXC_INTERFACE_NAME(pinfo)                                                                  \
    epan_get_interface_name((pinfo)->epan, (pinfo)->rec->rec_header.packet_header.interface_id,    \
                            (pinfo)->rec->section_number)
#elif OXC_WIRESHARK_AT_LEAST(4, 2)
#define OXC_INTERFACE_NAME(pinfo) ((void)(pinfo), (const char *)NULL)
#else
#define OXC_INTERFACE_NAME(pinfo)                                                                  \
    epan_get_interface_name((pinfo)->epan, (pinfo)->rec->rec_header.packet_header.interface_id)
#endif

/* What format_text() takes: unsigned characters in 4.0, plain ones later. */
#define OXC_TEXT_TO_FORMAT(text) ((const void *)(text))

/* Since 4.7 these take, and some of them return, unsigned numbers, and no negative ones that count
 * from the end. Ours are int as the rest of Wireshark's, and never negative. */
#if OXC_WIRESHARK_AT_LEAST(4, 7)
#define tvb_new_subset_length_caplen(tvb, offset, captured, reported)                              \
    tvb_new_subset_length_caplen(tvb, (unsigned)(offset), (unsigned)(captured),                    \
                                 (unsigned)(reported))
#define tvb_new_subset_length(tvb, offset, length)                                                 \
    tvb_new_subset_length(tvb, (unsigned)(offset), (unsigned)(length))
#define tvb_new_subset_remaining(tvb, offset) tvb_new_subset_remaining(tvb, (unsigned)(offset))
#define tvb_captured_length_remaining(tvb, offset)                                                 \
    ((int)tvb_captured_length_remaining(tvb, (unsigned)(offset)))
#define tvb_reported_length_remaining(tvb, offset)                                                 \
    ((int)tvb_reported_length_remaining(tvb, (unsigned)(offset)))
#endif

#if OXC_WIRESHARK_AT_LEAST(4, 6)
#define dissector_try_string_new dissector_try_string_with_data
#endif

#endif /* OXC_COMPAT_H */
