/* host.c
 * libwireshark with the plugin inside the fuzz target, and the frames that go through it
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#define _GNU_SOURCE /* setresuid() */

#include "host.h"

#include <unistd.h>

#include <epan/column-info.h>
#include <epan/column.h>
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
#include "present/packet-oxcnotif.h"

#include "fuzz.h"

enum { IP_SIZE = 20, TCP_SIZE = 20, HEADERS = IP_SIZE + TCP_SIZE, MOST_CONNECTIONS = 16 };

typedef struct {
    uint8_t *bytes;
    uint32_t captured;
    uint32_t length;
    nstime_t time;
} host_frame;

typedef struct {
    uint16_t ports[2]; /* client, server */
    uint32_t next[2];  /* sequence numbers: to the server, to the client */
    size_t last[2];    /* index of the last frame, plus 1 */
} host_connection;

/* The frames of the file that is being dissected. */
struct packet_provider_data {
    host_frame frames[HOST_MOST_FRAMES];
    frame_data data[HOST_MOST_FRAMES];
    size_t count;
    host_connection connections[MOST_CONNECTIONS];
    size_t connection_count;
    int64_t time;
};

static struct packet_provider_data provider;
static column_info columns;

static const nstime_t *frame_time(struct packet_provider_data *file, uint32_t number)
{
    return number >= 1 && number <= file->count ? &file->data[number - 1].abs_ts : NULL;
}

/* Nobody's settings, and no tables of names, which Wireshark 4.0 would read anew for each file. It
 * only lets itself be told so by an ordinary user. */
static void leave_home(void)
{
    static const char *const variables[] = {"HOME", "XDG_CONFIG_HOME", "WIRESHARK_CONFIG_DIR",
                                            "WIRESHARK_DATA_DIR"};
    const uid_t nobody = 65534;
    bool root = getuid() == 0 || getgid() == 0;

    for (size_t i = 0; i < G_N_ELEMENTS(variables); i++)
        g_setenv(variables[i], "/nonexistent", TRUE);
    if (root)
        FUZZ_CHECK(setresgid(nobody, nobody, getegid()) == 0 &&
                   setresuid(nobody, nobody, geteuid()) == 0);
    init_process_policies();
    if (root)
        FUZZ_CHECK(setresuid(0, 0, 0) == 0 && setresgid(0, 0, 0) == 0);
}

static void find_folders(void)
{
#if OXC_WIRESHARK_AT_LEAST(4, 6)
    g_free(configuration_init("fuzz"));
#else
    g_free(configuration_init("fuzz", NULL));
#endif
}

void host_start(void)
{
    static proto_plugin plugin = {.register_protoinfo = oxc_register,
                                  .register_handoff = oxc_handoff};

    g_setenv("WIRESHARK_ABORT_ON_DISSECTOR_BUG", "1", TRUE);
    /* Each allocation is a block of its own, so that a sanitizer sees what reads beyond. */
    g_setenv("WIRESHARK_DEBUG_WMEM_OVERRIDE", "simple", TRUE);
    ws_log_set_level(LOG_LEVEL_ERROR);
    leave_home();
    find_folders();
    timestamp_set_type(TS_RELATIVE);
    timestamp_set_precision(TS_PREC_AUTO);
    timestamp_set_seconds_type(TS_SECONDS_DEFAULT);
    wtap_init(FALSE);
    proto_register_plugin(&plugin);
    FUZZ_CHECK(epan_init(NULL, NULL, FALSE));
    epan_load_settings();
    prefs_apply_all();
    build_column_format_array(&columns, prefs.num_cols, TRUE);
}

void host_clear(void)
{
    for (size_t i = 0; i < provider.count; i++)
        g_free(provider.frames[i].bytes);
    provider.count = provider.connection_count = 0;
    provider.time = INT64_C(1709542800) * 1000000000;
}

static host_connection *connection_of(const host_direction *direction)
{
    host_connection *made = &provider.connections[provider.connection_count];

    for (size_t i = 0; i < provider.connection_count; i++) {
        host_connection *found = &provider.connections[i];

        if (found->ports[0] == direction->client_port && found->ports[1] == direction->server_port)
            return found;
    }
    if (provider.connection_count == MOST_CONNECTIONS)
        return NULL;
    provider.connection_count++;
    *made = (host_connection){.ports = {direction->client_port, direction->server_port},
                              .next = {1000, 2000}};
    return made;
}

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

static void write_headers(uint8_t *bytes, const host_connection *connection, size_t way,
                          unsigned flags, size_t size)
{
    static const uint8_t addresses[2][4] = {{192, 0, 2, 10}, {192, 0, 2, 20}};
    uint8_t *tcp = bytes + IP_SIZE;

    bytes[0] = 0x45;
    put16(bytes + 2, (uint32_t)(HEADERS + size));
    put16(bytes + 6, 0x4000);
    bytes[8] = 128;
    bytes[9] = 6;
    memcpy(bytes + 12, addresses[way], 4);
    memcpy(bytes + 16, addresses[1 - way], 4);
    put16(tcp, connection->ports[way]);
    put16(tcp + 2, connection->ports[1 - way]);
    put32(tcp + 4, connection->next[way]);
    put32(tcp + 8, connection->next[1 - way]);
    tcp[12] = (TCP_SIZE / 4) << 4;
    tcp[13] = (uint8_t)flags;
    put16(tcp + 14, 64240);
}

static host_frame *add_frame(int64_t pause, size_t length)
{
    host_frame *frame = &provider.frames[provider.count];

    if (provider.count == HOST_MOST_FRAMES)
        return NULL;
    provider.count++;
    provider.time = (int64_t)((uint64_t)provider.time + (uint64_t)pause);
    frame->time.secs = provider.time / 1000000000;
    frame->time.nsecs = (int)(provider.time % 1000000000);
    frame->bytes = (uint8_t *)g_malloc0(length);
    frame->captured = frame->length = (uint32_t)length;
    return frame;
}

bool host_add(const host_direction *direction, unsigned flags, const uint8_t *payload, size_t size,
              size_t captured, uint32_t skipped, int64_t pause)
{
    host_connection *connection = connection_of(direction);
    size_t way = direction->to_server ? 0 : 1;
    host_frame *frame;

    size = MIN(size, HOST_MOST_PAYLOAD);
    captured = MIN(captured, size);
    frame = connection ? add_frame(pause, HEADERS + captured) : NULL;
    if (!frame)
        return false;
    connection->next[way] += skipped;
    write_headers(frame->bytes, connection, way, flags, size);
    if (captured > 0)
        memcpy(frame->bytes + HEADERS, payload, captured);
    frame->length = (uint32_t)(HEADERS + size);
    connection->next[way] += (uint32_t)size + ((flags & (HOST_SYN | HOST_FIN)) ? 1 : 0);
    connection->last[way] = provider.count;
    return true;
}

void host_repeat(const host_direction *direction)
{
    const host_connection *connection = connection_of(direction);
    size_t last = connection ? connection->last[direction->to_server ? 0 : 1] : 0;
    const host_frame *from = last > 0 ? &provider.frames[last - 1] : NULL;
    host_frame *frame = from ? add_frame(1000000, from->captured) : NULL;

    if (!frame)
        return;
    frame->length = from->length;
    memcpy(frame->bytes, from->bytes, from->captured);
}

static void fill_record(wtap_rec *rec, const host_frame *frame)
{
    rec->rec_type = REC_TYPE_PACKET;
    rec->presence_flags = WTAP_HAS_TS | WTAP_HAS_CAP_LEN;
    rec->ts = frame->time;
    rec->tsprec = WTAP_TSPREC_NSEC;
    rec->rec_header.packet_header.caplen = frame->captured;
    rec->rec_header.packet_header.len = frame->length;
    rec->rec_header.packet_header.pkt_encap = WTAP_ENCAP_RAW_IP;
}

static void run_dissectors(epan_dissect_t *edt, const host_frame *frame, frame_data *data,
                           column_info *cinfo)
{
    wtap_rec rec;

#if OXC_WIRESHARK_AT_LEAST(4, 6)
    wtap_rec_init(&rec, frame->captured);
    fill_record(&rec, frame);
    ws_buffer_append(&rec.data, frame->bytes, frame->captured);
    epan_dissect_run_with_taps(edt, WTAP_FILE_TYPE_SUBTYPE_UNKNOWN, &rec, data, cinfo);
    epan_dissect_reset(edt);
#else
    wtap_rec_init(&rec);
    fill_record(&rec, frame);
    epan_dissect_run_with_taps(edt, WTAP_FILE_TYPE_SUBTYPE_UNKNOWN, &rec,
                               tvb_new_real_data(frame->bytes, frame->captured, (int)frame->length),
                               data, cinfo);
    epan_dissect_reset(edt);
#endif
    wtap_rec_cleanup(&rec);
}

static void init_frames(void)
{
    const frame_data *first = NULL, *previous = NULL;
    nstime_t elapsed = NSTIME_INIT_ZERO;
    uint32_t bytes = 0;

    for (size_t i = 0; i < provider.count; i++) {
        frame_data *data = &provider.data[i];
        wtap_rec rec;

        memset(&rec, 0, sizeof rec);
        memset(data, 0, sizeof *data);
        fill_record(&rec, &provider.frames[i]);
        frame_data_init(data, (uint32_t)i + 1, &rec, 0, bytes);
        frame_data_set_before_dissect(data, &elapsed, &first, previous);
        frame_data_set_after_dissect(data, &bytes);
        previous = data;
    }
}

static void run_pass(epan_t *session, bool shown)
{
    epan_dissect_t *edt = epan_dissect_new(session, shown, shown);

    for (size_t i = 0; i < provider.count; i++) {
        run_dissectors(edt, &provider.frames[i], &provider.data[i], shown ? &columns : NULL);
        provider.data[i].visited = 1;
    }
    epan_dissect_free(edt);
}

void host_dissect(void)
{
    static const struct packet_provider_funcs functions = {.get_frame_ts = frame_time};
    epan_t *session;

    init_frames();
    session = epan_new(&provider, &functions);
    run_pass(session, false);
    run_pass(session, true);
    for (size_t i = 0; i < provider.count; i++)
        frame_data_destroy(&provider.data[i]);
    epan_free(session);
}
