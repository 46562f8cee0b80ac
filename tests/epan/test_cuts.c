/* test_cuts.c
 * Cut, lossy and disordered captures: less may be said of them than of the whole, never more
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Environment: OXC_CUTS_STEP (1 unless set): of the files that a property compares with the whole
 * capture only every so manieth is made.
 */

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "host.h"

enum { MOST_MESSAGES = 40, ETHERNET_IP_TCP = 54, SNAPLEN_STEP = 20 };
#define RULE(id) (UINT64_C(1) << OXC_RULE_##id)

/* A capture and what is reported on it: the rules of each packet, a bit each. */
typedef struct {
    char *name;
    char *path;
    GArray *packets; /* of host_packet */
    uint64_t *whole;
    uint64_t *segments; /* as host_find_segments() says */
} capture;

/* A file made from a capture: its packets, and which of the capture each comes from. */
typedef struct {
    host_packet *packets;
    const host_packet **frames;
    uint32_t *origins;
    unsigned count;
    unsigned changed; /* the packet of the capture that is lost, cut or comes late, if it is one */
} variant;

enum { SEVERAL = -1 };

typedef struct {
    unsigned files;
    unsigned frames;
    unsigned problems;
} score;

static unsigned cuts_step = 1, cuts_seen;
static GPtrArray *captures;
static GArray *findings; /* of host_finding */
static score total;

static const host_packet *packet_of(const capture *from, unsigned index)
{
    return &g_array_index(from->packets, host_packet, index);
}

static void add_frame(variant *made, const capture *from, unsigned origin)
{
    made->packets[made->count] = *packet_of(from, origin);
    made->frames[made->count] = &made->packets[made->count];
    made->origins[made->count++] = origin;
}

/* A copy of some packets of a capture, from the one with the index first to that before end. */
static variant copy_frames(const capture *from, unsigned first, unsigned end)
{
    unsigned room = 2 * from->packets->len + 1;
    variant made = {.packets = g_new(host_packet, room),
                    .frames = g_new(const host_packet *, room),
                    .origins = g_new(uint32_t, room),
                    .changed = (unsigned)SEVERAL};

    for (unsigned i = first; i < end; i++)
        add_frame(&made, from, i);
    return made;
}

static void clear_variant(variant *made)
{
    g_free(made->packets);
    g_free(made->frames);
    g_free(made->origins);
}

/* The rules reported on each packet of the capture that a variant is made from. */
static uint64_t *judge(const capture *from, const variant *made, unsigned options)
{
    uint64_t *rules = g_new0(uint64_t, from->packets->len);

    host_dissect(made->frames, made->count, options, findings);
    total.files++;
    total.frames += made->count;
    for (unsigned i = 0; i < findings->len; i++) {
        host_finding finding = g_array_index(findings, host_finding, i);

        rules[made->origins[finding.packet]] |= UINT64_C(1) << finding.rule;
    }
    return rules;
}

static uint64_t violations_of(uint64_t rules)
{
    for (unsigned rule = 0; rule < OXC_RULE_COUNT; rule++)
        if (oxc_rules[rule].rule_class != OXC_CLASS_VIOLATION)
            rules &= ~(UINT64_C(1) << rule);
    return rules;
}

static void complain(const capture *from, const char *change, unsigned index, unsigned frame,
                     const char *what, uint64_t rules)
{
    for (unsigned rule = 0; rule < OXC_RULE_COUNT; rule++) {
        if (!(rules & UINT64_C(1) << rule))
            continue;
        if (total.problems++ < MOST_MESSAGES)
            print_message("%s, %s %u: %s %s on frame %u\n", from->name, change, index, what,
                          oxc_rules[rule].name, frame + 1);
    }
}

/* The rules reported on a packet, or on another that carries the same segment: if the first of them
 * is missing, the next one counts. */
static uint64_t rules_of_segment(const capture *from, unsigned index)
{
    uint64_t rules = from->whole[index];

    for (unsigned i = 0; from->segments[index] != 0 && i < from->packets->len; i++)
        if (from->segments[i] == from->segments[index])
            rules |= from->whole[i];
    return rules;
}

/* Of a handle that nothing has explained by then the whole capture only says that it is unknown
 * where the call right before, on another connection, could still explain it. If that very call is
 * lost, or comes behind, nothing is there any more that could have explained the handle, on any
 * connection or in any PDU up to the packet: that is what the violation says, and a capture that
 * never had such a call looks the same. Connections on which something was lost show it with their
 * next segment. */
static uint64_t proven_without(const capture *from, unsigned changed, unsigned packet)
{
    uint64_t rules = from->whole[packet], proven = 0;

    if (changed == (unsigned)SEVERAL || packet != changed + 1)
        return 0;
    if (rules & RULE(wait_handle_unknown))
        proven |= RULE(wait_without_connect);
    if (rules & RULE(connect_session_unknown))
        proven |= RULE(connect_without_session);
    return proven;
}

/* No violation that the whole capture does not have on the same packet. */
static void check_no_more(const capture *from, variant *made, const char *change, unsigned index)
{
    uint64_t *rules;

    if (cuts_seen++ % cuts_step != 0) {
        clear_variant(made);
        return;
    }
    rules = judge(from, made, 0);
    for (unsigned i = 0; i < from->packets->len; i++)
        complain(from, change, index, i, "new",
                 violations_of(rules[i] & ~rules_of_segment(from, i) &
                               ~proven_without(from, made->changed, i)));
    g_free(rules);
    clear_variant(made);
}

/* Exactly what the whole capture has on the same packets. */
static void check_same(const capture *from, variant *made, unsigned options, const char *change,
                       unsigned index)
{
    uint64_t *rules = judge(from, made, options);

    for (unsigned i = 0; i < made->count; i++) {
        unsigned origin = made->origins[i];

        complain(from, change, index, origin, "new", rules[origin] & ~from->whole[origin]);
        complain(from, change, index, origin, "missing", from->whole[origin] & ~rules[origin]);
    }
    g_free(rules);
    clear_variant(made);
}

/* What a scenario must show: lines of a frame and a rule. */
static void check_expectations(const capture *from)
{
    char *name = g_strndup(from->name, (size_t)(strrchr(from->name, '.') - from->name));
    char *folder = g_path_get_dirname(from->path);
    char *file = g_strdup_printf("%s/expected/%s.txt", folder, name);
    uint64_t *expected = g_new0(uint64_t, from->packets->len);
    char *text = NULL;
    char **lines;

    if (g_file_get_contents(file, &text, NULL, NULL)) {
        lines = g_strsplit(text, "\n", -1);
        for (char **line = lines; *line; line++) {
            char *rest;
            uint64_t frame = g_ascii_strtoull(*line, &rest, 10);

            for (unsigned rule = 0; frame >= 1 && rule < OXC_RULE_COUNT; rule++)
                if (strcmp(rest + 1, oxc_rules[rule].name) == 0)
                    expected[frame - 1] |= UINT64_C(1) << rule;
        }
        g_strfreev(lines);
        for (unsigned i = 0; i < from->packets->len; i++) {
            complain(from, "whole", 0, i, "unexpected", from->whole[i] & ~expected[i]);
            complain(from, "whole", 0, i, "missing", expected[i] & ~from->whole[i]);
        }
    }
    g_free(text);
    g_free(expected);
    g_free(file);
    g_free(folder);
    g_free(name);
}

/* The capture as it is, read once and twice. */
static void vary_whole(const capture *from)
{
    variant made = copy_frames(from, 0, from->packets->len);

    check_expectations(from);
    check_same(from, &made, HOST_SECOND_PASS, "second pass", 0);
    made = copy_frames(from, 0, from->packets->len);
    check_same(from, &made, HOST_TREE, "with tree", 0);
}

static void vary_start(const capture *from)
{
    for (unsigned i = 1; i < from->packets->len; i++) {
        variant made = copy_frames(from, i, from->packets->len);

        check_no_more(from, &made, "from frame", i + 1);
    }
}

static void vary_end(const capture *from)
{
    for (unsigned i = 1; i < from->packets->len; i++) {
        variant made = copy_frames(from, 0, i);

        check_same(from, &made, 0, "up to frame", i);
    }
}

static void vary_loss(const capture *from)
{
    for (unsigned lost = 0; lost < from->packets->len; lost++) {
        variant made = copy_frames(from, 0, lost);

        made.changed = lost;
        for (unsigned i = lost + 1; i < from->packets->len; i++)
            add_frame(&made, from, i);
        check_no_more(from, &made, "without frame", lost + 1);
    }
}

/* Whether two packets carry data of one TCP connection, of either direction. */
static bool share_connection(const capture *from, unsigned one, unsigned other)
{
    const uint64_t keys[] = {from->segments[one], from->segments[other]};

    return keys[0] != 0 && keys[1] != 0 && ((keys[0] >> 32) - 1) / 2 == ((keys[1] >> 32) - 1) / 2;
}

/* Two packets change places: each keeps its time, as in captures that are not in the order of time,
 * or they also change times, as segments do that overtake each other. Those of two connections
 * cannot be told then from such as were sent so. */
static void vary_order(const capture *from)
{
    for (unsigned i = 0; i + 1 < from->packets->len; i++) {
        for (unsigned in_time = 0; in_time < 2; in_time++) {
            if (in_time && !share_connection(from, i, i + 1))
                continue;
            variant made = copy_frames(from, 0, i);

            made.changed = i;
            add_frame(&made, from, i + 1);
            add_frame(&made, from, i);
            if (in_time) {
                made.packets[i].time = packet_of(from, i)->time;
                made.packets[i + 1].time = packet_of(from, i + 1)->time;
            }
            for (unsigned next = i + 2; next < from->packets->len; next++)
                add_frame(&made, from, next);
            check_no_more(from, &made, in_time ? "order of frame" : "place of frame", i + 1);
        }
    }
}

/* A packet comes again: at once, or after some others. */
static void vary_repeat(const capture *from)
{
    static const unsigned distances[] = {1, 2, 4};

    for (unsigned i = 0; i < from->packets->len; i++) {
        for (unsigned j = 0; j < G_N_ELEMENTS(distances); j++) {
            unsigned again = i + distances[j];
            variant made;

            if (again > from->packets->len)
                continue;
            made = copy_frames(from, 0, again);
            add_frame(&made, from, i);
            made.packets[again].time = made.packets[again - 1].time;
            for (unsigned next = again; next < from->packets->len; next++)
                add_frame(&made, from, next);
            check_no_more(from, &made, "again frame", i + 1);
        }
    }
}

/* Preferences under which Wireshark hands over other segments than usual: each packet once, and
 * each once more. What comes again then is no second call. */
static void vary_preferences(const capture *from)
{
    static const struct {
        const char *set, *reset;
    } settings[] = {
        {"tcp.analyze_sequence_numbers:FALSE", "tcp.analyze_sequence_numbers:TRUE"},
        {"tcp.check_checksum:TRUE", "tcp.check_checksum:FALSE"},
        {"tcp.desegment_tcp_streams:FALSE", "tcp.desegment_tcp_streams:TRUE"},
        {"tcp.reassemble_out_of_order:TRUE", "tcp.reassemble_out_of_order:FALSE"},
        {"tcp.relative_sequence_numbers:FALSE", "tcp.relative_sequence_numbers:TRUE"},
        {"tcp.try_heuristic_first:TRUE", "tcp.try_heuristic_first:FALSE"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
        variant made = copy_frames(from, 0, from->packets->len);

        host_prefer(settings[i].set);
        check_no_more(from, &made, settings[i].set, 0);
        vary_repeat(from);
        host_prefer(settings[i].reset);
    }
}

/* The same findings as of the capture without the change, and the same packet details.
 * @param all  of every protocol, not only of ours */
static void check_same_details(const capture *from, variant *made, const GArray *wanted, bool all,
                               const char *change)
{
    GArray *found;

    check_same(from, made, HOST_TREE, change, 0);
    found = host_take_details();
    for (unsigned i = 0; i < wanted->len; i++) {
        host_details one = g_array_index(wanted, host_details, i);
        host_details other = g_array_index(found, host_details, i);

        if ((one.ours != other.ours || (all && one.all != other.all)) &&
            total.problems++ < MOST_MESSAGES)
            print_message("%s, %s: other details of frame %u\n", from->name, change, i + 1);
    }
    g_array_unref(found);
}

static GArray *details_of(const capture *from)
{
    variant made = copy_frames(from, 0, from->packets->len);

    check_same(from, &made, HOST_TREE, "with tree", 0);
    return host_take_details();
}

static void decode_as_dcerpc(const GArray *ports, bool decode)
{
    for (unsigned i = 0; i < ports->len; i++)
        host_decode_as_dcerpc(g_array_index(ports, uint32_t, i), decode);
}

static GArray *list_ports(const capture *from, host_port_kind kind)
{
    variant made = copy_frames(from, 0, from->packets->len);
    GArray *ports = host_list_ports(made.frames, made.count, kind);

    clear_variant(&made);
    return ports;
}

/* The ways by which Wireshark may come to DCE/RPC over TCP, or not: by Decode As on all ports that
 * may be DCE/RPC's, without its heuristic, and both. On the ports of other protocols, HTTP's among
 * them, Decode As is a mistake, of which nothing may be proven. */
static void vary_way(const capture *from)
{
    GArray *details = details_of(from), *ports = list_ports(from, HOST_PORT_FREE);
    GArray *taken = list_ports(from, HOST_PORT_TAKEN);
    variant made;

    decode_as_dcerpc(ports, true);
    made = copy_frames(from, 0, from->packets->len);
    check_same_details(from, &made, details, true, "Decode As");
    host_enable_heuristic("dcerpc_tcp", false);
    made = copy_frames(from, 0, from->packets->len);
    check_same_details(from, &made, details, false, "Decode As without heuristic");
    decode_as_dcerpc(ports, false);
    made = copy_frames(from, 0, from->packets->len);
    check_same_details(from, &made, details, false, "without heuristic");
    host_enable_heuristic("dcerpc_tcp", true);
    decode_as_dcerpc(taken, true);
    made = copy_frames(from, 0, from->packets->len);
    check_no_more(from, &made, "Decode As of another protocol's ports", 0);
    decode_as_dcerpc(taken, false);
    host_enable_heuristic("dcerpc_tcp_oxcnotif", false);
    made = copy_frames(from, 0, from->packets->len);
    check_no_more(from, &made, "without the heuristic in front of Wireshark's", 0);
    host_enable_heuristic("dcerpc_tcp_oxcnotif", true);
    g_array_unref(taken);
    g_array_unref(ports);
    g_array_unref(details);
}

enum { TCP_PORTS = 34, TCP_FLAGS = 47, TCP_SYN = 0x02 };

/* A port that Wireshark 4.0 gives to another protocol, whatever the server's is: MySQL's. */
static const uint8_t claimed_port[] = {3306 >> 8, 3306 & 0xFF};

/* TCP over IPv4 without options, in Ethernet. */
static bool is_plain_tcp(const host_packet *packet)
{
    return packet->captured >= ETHERNET_IP_TCP && packet->encapsulation == WTAP_ENCAP_ETHERNET &&
           packet->bytes[12] == 0x08 && packet->bytes[13] == 0x00 && packet->bytes[14] == 0x45 &&
           packet->bytes[23] == 6;
}

/* Gives a client's port to another protocol. */
static void change_port(variant *made, const uint8_t *port, GPtrArray *copies)
{
    for (unsigned i = 0; i < made->count; i++) {
        host_packet *packet = &made->packets[i];

        for (unsigned end = 0; end < 2 && is_plain_tcp(packet); end++) {
            if (memcmp(packet->bytes + TCP_PORTS + 2 * end, port, 2) != 0)
                continue;
            packet->bytes = (uint8_t *)g_memdup2(packet->bytes, packet->captured);
            g_ptr_array_add(copies, packet->bytes);
            memcpy(packet->bytes + TCP_PORTS + 2 * end, claimed_port, 2);
        }
    }
}

/* One connection's packets go to the dissector of another protocol. */
static void vary_port(const capture *from)
{
    for (unsigned i = 0; i < from->packets->len; i++) {
        const host_packet *packet = packet_of(from, i);
        GPtrArray *copies;
        variant made;

        if (!is_plain_tcp(packet) || packet->bytes[TCP_FLAGS] != TCP_SYN)
            continue;
        copies = g_ptr_array_new_with_free_func(g_free);
        made = copy_frames(from, 0, from->packets->len);
        change_port(&made, packet->bytes + TCP_PORTS, copies);
        check_no_more(from, &made, "port of the connection of frame", i + 1);
        g_ptr_array_unref(copies);
    }
}

enum { IP_SOURCE = 26, IP_DESTINATION = 30, IP_ADDRESS = 4 };

/* Address and port of the sender or the receiver of a packet, as a key of a set. */
static gpointer end_of(const host_packet *packet, int address)
{
    int port = TCP_PORTS + (address == IP_SOURCE ? 0 : 2);
    uint64_t key = (uint64_t)(packet->bytes[port] << 8 | packet->bytes[port + 1]) << 32;

    for (int i = 0; i < IP_ADDRESS; i++)
        key |= (uint64_t)packet->bytes[address + i] << (8 * i);
    return (gpointer)(uintptr_t)key;
}

/* The ends that open connections. */
static GHashTable *find_clients(const capture *from)
{
    GHashTable *clients = g_hash_table_new(NULL, NULL);

    for (unsigned i = 0; i < from->packets->len; i++) {
        const host_packet *packet = packet_of(from, i);

        if (is_plain_tcp(packet) && packet->bytes[TCP_FLAGS] == TCP_SYN)
            g_hash_table_add(clients, end_of(packet, IP_SOURCE));
    }
    return clients;
}

/* Adds a packet as it is on the far side of a firewall, where the client has another address. */
static void add_translated(variant *made, const capture *from, unsigned origin, int place,
                           GPtrArray *copies)
{
    host_packet *packet = &made->packets[made->count];

    add_frame(made, from, origin);
    packet->bytes = (uint8_t *)g_memdup2(packet->bytes, packet->captured);
    g_ptr_array_add(copies, packet->bytes);
    packet->bytes[place] ^= 0x80;
}

/* Both sides of a firewall that translates the client's address: the same is said as of one side.
 */
static void vary_sides(const capture *from)
{
    GHashTable *clients = find_clients(from);
    GPtrArray *copies = g_ptr_array_new_with_free_func(g_free);
    variant made = copy_frames(from, 0, 0);
    uint64_t *rules;

    for (unsigned i = 0; i < from->packets->len; i++) {
        const host_packet *packet = packet_of(from, i);
        bool to_server =
            is_plain_tcp(packet) && g_hash_table_contains(clients, end_of(packet, IP_SOURCE));
        bool to_client =
            is_plain_tcp(packet) && g_hash_table_contains(clients, end_of(packet, IP_DESTINATION));

        if (to_client && !to_server)
            add_translated(&made, from, i, IP_DESTINATION, copies);
        add_frame(&made, from, i);
        if (to_server)
            add_translated(&made, from, i, IP_SOURCE, copies);
    }
    rules = judge(from, &made, 0);
    for (unsigned i = 0; i < from->packets->len; i++) {
        complain(from, "both sides", 0, i, "new", rules[i] & ~from->whole[i]);
        complain(from, "both sides", 0, i, "missing", from->whole[i] & ~rules[i]);
    }
    g_free(rules);
    clear_variant(&made);
    g_ptr_array_unref(copies);
    g_hash_table_unref(clients);
}

/* What stands behind the IP packet: padding, a frame check sequence, time stamps of a tap. */
static void add_trailer(variant *made, unsigned size, bool captured, GPtrArray *copies)
{
    for (unsigned i = 0; i < made->count; i++) {
        host_packet *packet = &made->packets[i];
        uint8_t *bytes;

        if (packet->encapsulation != WTAP_ENCAP_ETHERNET || packet->captured != packet->length)
            continue;
        packet->length += size;
        if (!captured)
            continue;
        bytes = (uint8_t *)g_malloc0(packet->captured + size);
        memcpy(bytes, packet->bytes, packet->captured);
        memset(bytes + packet->captured, 0xA5, size);
        g_ptr_array_add(copies, bytes);
        packet->bytes = bytes;
        packet->captured += size;
    }
}

/* A trailer changes nothing, whether the capture holds it or, as a frame check sequence, only
 * counts it. */
static void vary_trailer(const capture *from)
{
    static const struct {
        const char *name;
        unsigned size;
        bool captured;
    } trailers[] = {{"check sequence", 4, true},
                    {"check sequence that was not captured", 4, false},
                    {"trailer", 28, true}};
    GArray *details = details_of(from);

    for (size_t i = 0; i < G_N_ELEMENTS(trailers); i++) {
        GPtrArray *copies = g_ptr_array_new_with_free_func(g_free);
        variant made = copy_frames(from, 0, from->packets->len);

        add_trailer(&made, trailers[i].size, trailers[i].captured, copies);
        check_same_details(from, &made, details, false, trailers[i].name);
        g_ptr_array_unref(copies);
    }
    g_array_unref(details);
}

static void vary_snaplen_of_one(const capture *from)
{
    for (unsigned i = 0; i < from->packets->len; i++) {
        for (unsigned snaplen = ETHERNET_IP_TCP; snaplen < packet_of(from, i)->captured;
             snaplen += SNAPLEN_STEP) {
            variant made = copy_frames(from, 0, from->packets->len);
            char change[40];

            made.changed = i;
            made.packets[i].captured = snaplen;
            g_snprintf(change, sizeof change, "%u bytes of frame", snaplen);
            check_no_more(from, &made, change, i + 1);
        }
    }
}

static void vary_snaplen_of_all(const capture *from)
{
    unsigned longest = 0;

    for (unsigned i = 0; i < from->packets->len; i++)
        longest = MAX(longest, packet_of(from, i)->captured);
    for (unsigned snaplen = 14; snaplen < longest; snaplen += 4) {
        variant made = copy_frames(from, 0, from->packets->len);

        for (unsigned i = 0; i < made.count; i++)
            made.packets[i].captured = MIN(made.packets[i].captured, snaplen);
        check_no_more(from, &made, "snaplen", snaplen);
    }
}

/* Takes over the path. */
static void add_capture(char *path)
{
    capture *added = g_new0(capture, 1);
    variant made;

    added->path = path;
    added->name = g_path_get_basename(path);
    added->packets = host_read(added->path);
    if (!added->packets)
        fail_msg("%s", added->path);
    made = copy_frames(added, 0, added->packets->len);
    added->whole = judge(added, &made, 0);
    added->segments = g_new(uint64_t, added->packets->len);
    host_find_segments(made.frames, made.count, added->segments);
    clear_variant(&made);
    g_ptr_array_add(captures, added);
}

/* A capture, or all of a folder. */
static void add_captures(const char *path)
{
    GDir *folder = g_dir_open(path, 0, NULL);
    const char *name;

    if (!folder) {
        add_capture(g_strdup(path));
        return;
    }
    while ((name = g_dir_read_name(folder)) != NULL)
        if (g_str_has_suffix(name, ".pcapng") || g_str_has_suffix(name, ".pcap"))
            add_capture(g_build_filename(path, name, NULL));
    g_dir_close(folder);
}

static void free_capture(void *user)
{
    capture *freed = (capture *)user;

    host_free_packets(freed->packets);
    g_free(freed->whole);
    g_free(freed->segments);
    g_free(freed->path);
    g_free(freed->name);
    g_free(freed);
}

typedef struct {
    const char *name;
    void (*vary)(const capture *from);
} property;

/* In a process of its own: each file costs Wireshark a little more than the one before, as some of
 * its dissectors keep what they register for a file. */
static score vary_apart(const property *tested, const capture *from)
{
    score counted = {.problems = 1};
    int ends[2], status;
    pid_t child = -1;

    if (pipe(ends) != 0 || (child = fork()) < 0)
        fail_msg("no process");
    if (child == 0) {
        total = (score){0};
        tested->vary(from);
        fflush(stdout);
        _exit(write(ends[1], &total, sizeof total) != sizeof total);
    }
    close(ends[1]);
    if (read(ends[0], &counted, sizeof counted) != sizeof counted)
        print_message("%s: crashed\n", from->name);
    close(ends[0]);
    waitpid(child, &status, 0);
    return counted;
}

static void test_property(void **state)
{
    const property *tested = (const property *)*state;
    score sum = {0};

    for (unsigned i = 0; i < captures->len; i++) {
        score counted = vary_apart(tested, (const capture *)g_ptr_array_index(captures, i));

        sum.files += counted.files;
        sum.frames += counted.frames;
        sum.problems += counted.problems;
    }
    print_message("%s: %u captures, %u files made of them, %u frames, %u problems\n", tested->name,
                  captures->len, sum.files, sum.frames, sum.problems);
    assert_int_equal(sum.problems, 0);
}

static property properties[] = {
    {"whole", vary_whole},
    {"start", vary_start},
    {"end", vary_end},
    {"loss", vary_loss},
    {"order", vary_order},
    {"repeat", vary_repeat},
    {"preferences", vary_preferences},
    {"port", vary_port},
    {"way", vary_way},
    {"trailer", vary_trailer},
    {"sides", vary_sides},
    {"snaplen_of_one", vary_snaplen_of_one},
    {"snaplen_of_all", vary_snaplen_of_all},
};

/* Arguments: the name of a property, or a pattern; then captures, or folders of captures. */
int main(int count, char **arguments)
{
    struct CMUnitTest tests[G_N_ELEMENTS(properties)];
    int failed;

    if (count < 3)
        return 2;
    if (g_getenv("OXC_CUTS_STEP"))
        cuts_step = (unsigned)CLAMP(g_ascii_strtoull(g_getenv("OXC_CUTS_STEP"), NULL, 10), 1, 1000);
    for (size_t i = 0; i < G_N_ELEMENTS(properties); i++)
        tests[i] = (struct CMUnitTest){
            properties[i].name, test_property, NULL, NULL, &properties[i],
        };
    host_init();
    captures = g_ptr_array_new_with_free_func(free_capture);
    findings = g_array_new(FALSE, FALSE, sizeof(host_finding));
    for (int i = 2; i < count; i++)
        add_captures(arguments[i]);
    cmocka_set_test_filter(arguments[1]);
    failed = cmocka_run_group_tests(tests, NULL, NULL);
    g_array_unref(findings);
    g_ptr_array_unref(captures);
    host_cleanup();
    return failed > 0;
}
