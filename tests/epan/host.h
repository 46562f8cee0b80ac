/* host.h
 * Runs libwireshark with the plugin inside the test: one small file after the other, much faster
 * than a tshark for each
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_TESTS_HOST_H
#define OXC_TESTS_HOST_H

#include <stdbool.h>

#include <glib.h>
#include <wiretap/wtap.h>

#include "sequence/rules.h"

/** A packet as the capture holds it. */
typedef struct {
    uint8_t *bytes;
    uint32_t captured; /**< of #bytes */
    uint32_t length;   /**< on the wire */
    nstime_t time;
    int encapsulation; /**< WTAP_ENCAP_ */
} host_packet;

typedef enum {
    HOST_SECOND_PASS = 1 << 0, /**< visits every frame again; the findings are those of that pass */
    HOST_TREE = 1 << 1,        /**< builds the whole tree and the columns, as tshark -V does */
} host_options;

/** A rule reported on a packet. */
typedef struct {
    uint32_t packet; /**< index of the packet, from 0 */
    oxc_rule_id rule;
} host_finding;

/** Starts libwireshark with the plugin, once for the process; with built-in settings, and no other
 *  plugin. */
void host_init(void);
void host_cleanup(void);

/** Sets a preference of Wireshark for the files after this, as tshark -o does: "tcp.NAME:VALUE". */
void host_prefer(const char *setting);

/** Gives a port of TCP to DCE/RPC for the files after this, as tshark -d does, or back to whom it
 *  belonged. */
void host_decode_as_dcerpc(uint32_t port, bool decode);

/** Turns a heuristic on or off for the files after this, as tshark --enable-heuristic does. */
void host_enable_heuristic(const char *name, bool enabled);

/** Reads all packets of a capture file.
 *  @return of host_packet, to be freed with host_free_packets(), or NULL after a message */
GArray *host_read(const char *path);
void host_free_packets(GArray *packets);

/** Dissects packets as a file of their own, in this order, the first as frame 1. Nothing of the
 *  file before reaches it.
 *  @param packets   borrowed; one may stand there more than once
 *  @param options   of #host_options
 *  @param findings  of host_finding: cleared, then what was reported, in the order of the packets
 *                   and rules, each once */
void host_dissect(const host_packet *const *packets, size_t count, unsigned options,
                  GArray *findings);

/** Opens a file to which packets are appended, as while capturing; nothing of the file before
 * reaches it. To begin a file costs Wireshark more than to dissect a small one: it lets all its
 * dissectors begin anew, whatever the file holds.
 *  @param most  packets, in all */
void host_open(size_t most);

/** Dissects packets behind those before: first without a tree, then with tree and columns.
 *  @param packets  borrowed */
void host_append(const host_packet *const *packets, size_t count);

void host_close(void);

/** Hashes of what the packet details of a packet read. */
typedef struct {
    uint64_t all;
    uint64_t ours; /**< of those of the plugin's own protocols */
} host_details;

/** What the last host_dissect() with #HOST_TREE showed: host_details for each packet, to be freed.
 */
GArray *host_take_details(void);

typedef enum {
    HOST_PORT_FREE, /**< DCE/RPC may be there: it belongs to no protocol, or to X11, and neither
                       HTTP nor TLS was found on it */
    HOST_PORT_TAKEN,
} host_port_kind;

/** Lists the ports of TCP in some packets that are of a kind: uint32_t, to be freed. */
GArray *host_list_ports(const host_packet *const *packets, size_t count, host_port_kind kind);

/** Finds segments that came more than once.
 *  @param keys  for each packet: 0 where it carries no data over TCP, else a number that only
 *               segments of the same direction of a connection share that end with the same byte */
void host_find_segments(const host_packet *const *packets, size_t count, uint64_t *keys);

#endif /* OXC_TESTS_HOST_H */
