/* host.c
 * Runs libwireshark with the plugin inside the test: one small file after the other, much faster
 * than a tshark for each
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <epan/column-info.h>
#include <epan/column.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/epan.h>
#include <epan/epan_dissect.h>
#include <epan/frame_data.h>
#include <epan/prefs.h>
#include <epan/tap.h>
#include <epan/timestamp.h>
#include <wsutil/filesystem.h>
#include <wsutil/privileges.h>
#include <wsutil/wslog.h>

#include "compat.h"
#include "plugin.h"
#include "sequence/tracker.h"

/* The frames of the file that is being dissected. */
struct packet_provider_data {
    frame_data *frames;
    size_t count;
};

static struct packet_provider_data provider;
static uint32_t file_bytes;
static nstime_t file_elapsed;

/* The file to which packets are appended. */
static struct {
    epan_t *session;
    epan_dissect_t *hidden, *shown; /* without a tree and with it */
} live;

static column_info columns;
static GArray *reported;      /* of host_finding, or NULL while nobody wants them */
static GArray *shown_details; /* of host_details, a packet each, or NULL */

static const nstime_t *frame_time(struct packet_provider_data *file, uint32_t number)
{
    return number >= 1 && number <= file->count ? &file->frames[number - 1].abs_ts : NULL;
}

static tap_packet_status take_view(void *user _U_, packet_info *pinfo, epan_dissect_t *edt _U_,
                                   const void *data, tap_flags_t flags _U_)
{
    const oxc_view *view = (const oxc_view *)data;

    for (size_t i = 0; reported && i < view->finding_count; i++) {
        host_finding finding = {pinfo->num - 1, (oxc_rule_id)view->findings[i].rule};

        g_array_append_val(reported, finding);
    }
    return TAP_PACKET_DONT_REDRAW;
}

/* Nobody's settings, and no tables of names: Wireshark 4.0 reads them anew for each file and keeps
 * those of the file before, which takes longer than the file itself. It only lets itself be told so
 * by an ordinary user. */
static void leave_home(void)
{
    static const char *const variables[] = {"HOME", "XDG_CONFIG_HOME", "WIRESHARK_CONFIG_DIR",
                                            "WIRESHARK_DATA_DIR"};
    const uid_t nobody = 65534;
    bool root = getuid() == 0 || getgid() == 0;

    for (size_t i = 0; i < G_N_ELEMENTS(variables); i++)
        g_setenv(variables[i], "/nonexistent", TRUE);
    if (root &&
        (setresgid(nobody, nobody, getegid()) != 0 || setresuid(nobody, nobody, geteuid()) != 0))
        abort();
    init_process_policies();
    if (root && (setresuid(0, 0, 0) != 0 || setresgid(0, 0, 0) != 0))
        abort();
}

static void find_folders(void)
{
#if OXC_WIRESHARK_AT_LEAST(4, 6)
    g_free(configuration_init("test"));
#else
    g_free(configuration_init("test", NULL));
#endif
}

void host_init(void)
{
    static proto_plugin plugin = {.register_protoinfo = oxc_register,
                                  .register_handoff = oxc_handoff};
    GString *problem;

    g_setenv("WIRESHARK_ABORT_ON_DISSECTOR_BUG", "1", TRUE);
    ws_log_set_level(LOG_LEVEL_CRITICAL);
    leave_home();
    find_folders();
    timestamp_set_type(TS_RELATIVE);
    timestamp_set_precision(TS_PREC_AUTO);
    timestamp_set_seconds_type(TS_SECONDS_DEFAULT);
    wtap_init(FALSE);
    proto_register_plugin(&plugin);
    if (!epan_init(NULL, NULL, FALSE))
        abort();
    epan_load_settings();
    prefs_apply_all();
    build_column_format_array(&columns, prefs.num_cols, TRUE);
    problem = register_tap_listener("oxcnotif", &provider, NULL, TL_REQUIRES_NOTHING, NULL,
                                    take_view, NULL, NULL);
    if (problem) {
        fprintf(stderr, "%s\n", problem->str);
        abort();
    }
}

void host_prefer(const char *setting)
{
    char *copy = g_strdup(setting), *problem = NULL;

    if (prefs_set_pref(copy, &problem) != PREFS_SET_OK) {
        fprintf(stderr, "%s: %s\n", setting, problem ? problem : "no such preference");
        abort();
    }
    prefs_apply_all();
    g_free(problem);
    g_free(copy);
}

/* Fits DATFunc_handle. @param user  gets the dissector of DCE/RPC that tshark -d finds */
static void find_dcerpc(const char *table _U_, void *value, void *user)
{
    int protocol = dissector_handle_get_protocol_index((dissector_handle_t)value);

    if (strcmp(proto_get_protocol_filter_name(protocol), "dcerpc") == 0)
        *(dissector_handle_t *)user = (dissector_handle_t)value;
}

void host_decode_as_dcerpc(uint32_t port, bool decode)
{
    dissector_handle_t dcerpc = NULL;

    if (!decode) {
        dissector_reset_uint("tcp.port", port);
        return;
    }
    dissector_table_foreach_handle("tcp.port", find_dcerpc, &dcerpc);
    if (!dcerpc)
        abort();
    dissector_change_uint("tcp.port", port, dcerpc);
}

void host_enable_heuristic(const char *name, bool enabled)
{
    heur_dtbl_entry_t *entry = find_heur_dissector_by_unique_short_name(name);

    if (!entry)
        abort();
    entry->enabled = enabled;
}

void host_cleanup(void)
{
    col_cleanup(&columns);
    remove_tap_listener(&provider);
    epan_cleanup();
    wtap_cleanup();
}

static void add_packet(GArray *packets, const wtap_rec *rec, const uint8_t *bytes)
{
    host_packet packet = {.captured = rec->rec_header.packet_header.caplen,
                          .length = rec->rec_header.packet_header.len,
                          .time = rec->ts,
                          .encapsulation = rec->rec_header.packet_header.pkt_encap};

    if (rec->rec_type != REC_TYPE_PACKET)
        return;
    packet.bytes = (uint8_t *)g_memdup2(bytes, packet.captured);
    g_array_append_val(packets, packet);
}

/* Returns false where the file is damaged. */
static bool read_packets(wtap *file, GArray *packets)
{
    wtap_rec rec;
    int64_t offset;
    int problem = 0;
    char *details = NULL;
#if OXC_WIRESHARK_AT_LEAST(4, 6)
    wtap_rec_init(&rec, 1514);
    while (wtap_read(file, &rec, &problem, &details, &offset)) {
        add_packet(packets, &rec, ws_buffer_start_ptr(&rec.data));
        wtap_rec_reset(&rec);
    }
#else
    Buffer buffer;

    wtap_rec_init(&rec);
    ws_buffer_init(&buffer, 1514);
    while (wtap_read(file, &rec, &buffer, &problem, &details, &offset)) {
        add_packet(packets, &rec, ws_buffer_start_ptr(&buffer));
        wtap_rec_reset(&rec);
    }
    ws_buffer_free(&buffer);
#endif
    wtap_rec_cleanup(&rec);
    g_free(details);
    return problem == 0;
}

GArray *host_read(const char *path)
{
    GArray *packets;
    int problem = 0;
    char *details = NULL;
    wtap *file = wtap_open_offline(path, WTAP_TYPE_AUTO, &problem, &details, FALSE);
    bool whole;

    if (!file) {
        fprintf(stderr, "%s: %s\n", path, wtap_strerror(problem));
        g_free(details);
        return NULL;
    }
    packets = g_array_new(FALSE, FALSE, sizeof(host_packet));
    whole = read_packets(file, packets);
    wtap_close(file);
    if (!whole) {
        fprintf(stderr, "%s: damaged\n", path);
        host_free_packets(packets);
        return NULL;
    }
    return packets;
}

void host_free_packets(GArray *packets)
{
    for (unsigned i = 0; i < packets->len; i++)
        g_free(g_array_index(packets, host_packet, i).bytes);
    g_array_unref(packets);
}

static void fill_record(wtap_rec *rec, const host_packet *packet)
{
    rec->rec_type = REC_TYPE_PACKET;
#if OXC_WIRESHARK_AT_LEAST(4, 6)
    rec->rec_type_name = "Packet";
#endif
    rec->presence_flags = WTAP_HAS_TS | WTAP_HAS_CAP_LEN;
    rec->ts = packet->time;
    rec->tsprec = WTAP_TSPREC_NSEC;
    rec->rec_header.packet_header.caplen = packet->captured;
    rec->rec_header.packet_header.len = packet->length;
    rec->rec_header.packet_header.pkt_encap = packet->encapsulation;
}

static uint64_t hash_text(uint64_t hash, const char *text)
{
    for (; text && *text; text++)
        hash = hash * 31 + (uint8_t)*text;
    return hash * 31 + 1;
}

static uint64_t hash_item(uint64_t hash, const field_info *item)
{
#if OXC_WIRESHARK_AT_LEAST(4, 4)
    const fvalue_t *value = item->value;
#else
    const fvalue_t *value = &item->value;
#endif
    char *text = item->hfinfo->type == FT_NONE || item->hfinfo->type == FT_PROTOCOL
                     ? NULL
                     : fvalue_to_string_repr(NULL, value, FTREPR_DISPLAY, item->hfinfo->display);
    char place[32];

    g_snprintf(place, sizeof place, "%d %d", item->start, item->length);
    hash = hash_text(hash_text(hash_text(hash, item->hfinfo->abbrev), place), text);
    wmem_free(NULL, text);
    return item->rep ? hash_text(hash, item->rep->representation) : hash;
}

/* All items below a node, itself included, in their order. */
static uint64_t hash_items(uint64_t hash, const proto_node *top)
{
    const proto_node *node = top;

    for (;;) {
        if (PNODE_FINFO(node))
            hash = hash_item(hash, PNODE_FINFO(node));
        if (node->first_child) {
            node = node->first_child;
            continue;
        }
        while (node != top && !node->next)
            node = node->parent;
        if (node == top)
            return hash;
        node = node->next;
    }
}

static bool is_ours(const proto_node *protocol)
{
    static const char *const names[] = {"emsmdb", "asyncemsmdb", "oxcnotif"};

    for (size_t i = 0; PNODE_FINFO(protocol) && i < G_N_ELEMENTS(names); i++) {
        if (strcmp(PNODE_FINFO(protocol)->hfinfo->abbrev, names[i]) == 0)
            return true;
    }
    return false;
}

static void note_details(const proto_tree *tree)
{
    host_details shown = {0};

    for (const proto_node *protocol = tree ? tree->first_child : NULL; protocol;
         protocol = protocol->next) {
        shown.all = hash_items(shown.all, protocol);
        if (is_ours(protocol))
            shown.ours = hash_items(shown.ours, protocol);
    }
    g_array_append_val(shown_details, shown);
}

static void run_dissectors(epan_dissect_t *edt, const host_packet *packet, frame_data *frame,
                           column_info *cinfo)
{
    wtap_rec rec;

#if OXC_WIRESHARK_AT_LEAST(4, 6)
    wtap_rec_init(&rec, packet->captured);
    fill_record(&rec, packet);
    ws_buffer_append(&rec.data, packet->bytes, packet->captured);
    epan_dissect_run_with_taps(edt, WTAP_FILE_TYPE_SUBTYPE_UNKNOWN, &rec, frame, cinfo);
    if (shown_details)
        note_details(edt->tree);
    epan_dissect_reset(edt);
#else
    wtap_rec_init(&rec);
    fill_record(&rec, packet);
    epan_dissect_run_with_taps(
        edt, WTAP_FILE_TYPE_SUBTYPE_UNKNOWN, &rec,
        tvb_new_real_data(packet->bytes, packet->captured, (int)packet->length), frame, cinfo);
    if (shown_details)
        note_details(edt->tree);
    epan_dissect_reset(edt);
#endif
    wtap_rec_cleanup(&rec);
}

/* Appends the frames of packets to the file. */
static void add_frames(const host_packet *const *packets, size_t count)
{
    size_t from = provider.count;

    provider.count += count;
    for (size_t i = from; i < provider.count; i++) {
        const frame_data *first = i > 0 ? provider.frames : NULL;
        wtap_rec rec;

        memset(&rec, 0, sizeof rec);
        fill_record(&rec, packets[i - from]);
        frame_data_init(&provider.frames[i], (uint32_t)i + 1, &rec, 0, file_bytes);
        frame_data_set_before_dissect(&provider.frames[i], &file_elapsed, &first,
                                      i > 0 ? &provider.frames[i - 1] : NULL);
        frame_data_set_after_dissect(&provider.frames[i], &file_bytes);
    }
}

/* @param packets  of the frames from @p from on */
static void run_pass(epan_dissect_t *edt, const host_packet *const *packets, size_t from,
                     bool shown)
{
    for (size_t i = from; i < provider.count; i++) {
        run_dissectors(edt, packets[i - from], &provider.frames[i], shown ? &columns : NULL);
        provider.frames[i].visited = 1;
    }
}

static epan_t *open_file(size_t most)
{
    static const struct packet_provider_funcs functions = {.get_frame_ts = frame_time};

    provider.count = 0;
    provider.frames = g_new0(frame_data, most);
    file_bytes = 0;
    file_elapsed = (nstime_t)NSTIME_INIT_ZERO;
    return epan_new(&provider, &functions);
}

static void close_file(epan_t *session)
{
    for (size_t i = 0; i < provider.count; i++)
        frame_data_destroy(&provider.frames[i]);
    epan_free(session);
    g_clear_pointer(&provider.frames, g_free);
}

void host_open(size_t most)
{
    live.session = open_file(most);
    live.hidden = epan_dissect_new(live.session, FALSE, FALSE);
    live.shown = epan_dissect_new(live.session, TRUE, TRUE);
}

void host_append(const host_packet *const *packets, size_t count)
{
    size_t from = provider.count;

    add_frames(packets, count);
    run_pass(live.hidden, packets, from, false);
    run_pass(live.shown, packets, from, true);
}

void host_close(void)
{
    epan_dissect_free(live.hidden);
    epan_dissect_free(live.shown);
    close_file(live.session);
}

static int compare_findings(gconstpointer first, gconstpointer second)
{
    const host_finding *a = (const host_finding *)first, *b = (const host_finding *)second;

    if (a->packet != b->packet)
        return a->packet < b->packet ? -1 : 1;
    return (a->rule > b->rule) - (a->rule < b->rule);
}

static void remove_duplicates(GArray *findings)
{
    unsigned kept = 0;

    g_array_sort(findings, compare_findings);
    for (unsigned i = 0; i < findings->len; i++) {
        host_finding finding = g_array_index(findings, host_finding, i);

        if (kept > 0 &&
            compare_findings(&finding, &g_array_index(findings, host_finding, kept - 1)) == 0)
            continue;
        g_array_index(findings, host_finding, kept++) = finding;
    }
    g_array_set_size(findings, kept);
}

/* A pass over the whole file. */
static void run_whole_pass(epan_t *session, const host_packet *const *packets, bool shown)
{
    epan_dissect_t *edt = epan_dissect_new(session, shown, shown);

    run_pass(edt, packets, 0, shown);
    epan_dissect_free(edt);
}

void host_dissect(const host_packet *const *packets, size_t count, unsigned options,
                  GArray *findings)
{
    bool shown = (options & HOST_TREE) != 0;
    epan_t *session = open_file(count);

    add_frames(packets, count);
    g_array_set_size(findings, 0);
    if (options & HOST_SECOND_PASS)
        run_whole_pass(session, packets, false);
    reported = findings;
    g_clear_pointer(&shown_details, g_array_unref);
    if (shown)
        shown_details = g_array_new(FALSE, FALSE, sizeof(host_details));
    run_whole_pass(session, packets, shown);
    reported = NULL;
    close_file(session);
    remove_duplicates(findings);
}

GArray *host_take_details(void)
{
    GArray *taken = shown_details;

    shown_details = NULL;
    return taken;
}

static bool is_taken(uint32_t port)
{
    dissector_handle_t handle = dissector_get_uint_handle(find_dissector_table("tcp.port"), port);

    return handle &&
           strcmp(proto_get_protocol_filter_name(dissector_handle_get_protocol_index(handle)),
                  "x11") != 0;
}

static void add_port(GHashTable *ports, uint32_t port, bool taken)
{
    gpointer key = GUINT_TO_POINTER(port);

    if (taken || !g_hash_table_contains(ports, key))
        g_hash_table_insert(ports, key, GINT_TO_POINTER(taken || is_taken(port)));
}

static tap_packet_status take_ports(void *user, packet_info *pinfo, epan_dissect_t *edt _U_,
                                    const void *data, tap_flags_t flags _U_)
{
    const tcp_info_t *segment = (const tcp_info_t *)data;
    bool http = proto_is_frame_protocol(pinfo->layers, "http") ||
                proto_is_frame_protocol(pinfo->layers, "tls");

    add_port((GHashTable *)user, segment->th_sport, http);
    add_port((GHashTable *)user, segment->th_dport, http);
    return TAP_PACKET_DONT_REDRAW;
}

GArray *host_list_ports(const host_packet *const *packets, size_t count, host_port_kind kind)
{
    GHashTable *found = g_hash_table_new(NULL, NULL);
    GArray *findings = g_array_new(FALSE, FALSE, sizeof(host_finding));
    GArray *ports = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    GHashTableIter iter;
    gpointer key, taken;

    if (register_tap_listener("tcp", found, NULL, TL_REQUIRES_NOTHING, NULL, take_ports, NULL,
                              NULL))
        abort();
    host_dissect(packets, count, 0, findings);
    remove_tap_listener(found);
    g_hash_table_iter_init(&iter, found);
    while (g_hash_table_iter_next(&iter, &key, &taken)) {
        uint32_t port = GPOINTER_TO_UINT(key);

        if ((kind == HOST_PORT_TAKEN) == (taken != NULL))
            g_array_append_val(ports, port);
    }
    g_hash_table_unref(found);
    g_array_unref(findings);
    return ports;
}

static tap_packet_status take_segment(void *user, packet_info *pinfo, epan_dissect_t *edt _U_,
                                      const void *data, tap_flags_t flags _U_)
{
    const tcp_info_t *segment = (const tcp_info_t *)data;
    uint64_t *keys = (uint64_t *)user;
    uint64_t direction =
        (uint64_t)segment->th_stream << 1 | (segment->th_sport > segment->th_dport);

    if (segment->th_have_seglen && segment->th_seglen > 0)
        keys[pinfo->num - 1] = (direction + 1) << 32 | (segment->th_rawseq + segment->th_seglen);
    return TAP_PACKET_DONT_REDRAW;
}

void host_find_segments(const host_packet *const *packets, size_t count, uint64_t *keys)
{
    GString *problem = register_tap_listener("tcp", keys, NULL, TL_REQUIRES_NOTHING, NULL,
                                             take_segment, NULL, NULL);
    GArray *findings = g_array_new(FALSE, FALSE, sizeof(host_finding));

    if (problem)
        abort();
    memset(keys, 0, count * sizeof *keys);
    host_dissect(packets, count, 0, findings);
    remove_tap_listener(keys);
    g_array_unref(findings);
}
