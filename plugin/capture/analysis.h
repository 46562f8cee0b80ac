/* analysis.h
 * What one file's analysis consists of: the tracker, the connections and the servers
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ANALYSIS_H
#define OXC_ANALYSIS_H

#include <epan/conversation.h>
#include <epan/packet.h>

#include "compat.h"
#include "transport/tcp/flow.h"
#include "sequence/tracker.h"

typedef enum {
    OXC_INTERFACE_UNKNOWN, /**< no bind of the presentation context is known */
    OXC_INTERFACE_OTHER,   /**< bound to an interface that is none of the two */
    OXC_INTERFACE_EMSMDB,
    OXC_INTERFACE_ASYNCEMSMDB,
} oxc_interface;

/** A TCP connection, or an RPC over HTTP virtual connection, that carries DCE/RPC. */
typedef struct {
    uint32_t number; /**< in the tracker */
    uint32_t client; /**< as oxc_client_by_address() says */
    bool bound;      /**< a bind or alter_context has been seen */
    bool hidden;     /**< no PDU of what it carries has come to us */
    bool partial;    /**< only some of its PDUs come to us */
    bool closing;    /**< the segment being dissected carries a FIN or RST: its PDUs come before */
    /** By presentation context id, only for the two interfaces: the interface, with
     *  OXC_CONTEXT_NDR64 if it is bound to NDR64. NULL while there is none. */
    wmem_map_t *contexts;
    uint32_t exchange_frame;        /**< the first that asked for one of the two interfaces, or 0 */
    const struct tcp_analysis *tcp; /**< NULL if the connection is no TCP connection */
    oxc_flow flows[2];
    uint8_t client_flow; /**< which of them is the client's */
    oxc_close close;     /**< of the TCP connection */
    /* Of the last bind or alter_context, for EMSMDB and AsyncEMSMDB: which of its presentation
     * contexts ask for it, a bit each by their places in the list. */
    uint64_t asked[2];
    uint32_t asked_call_id;
    /* Where the server first refused EMSMDB and AsyncEMSMDB; frame 0 for nowhere. */
    struct {
        uint32_t frame;
        uint32_t ordinal;
    } refused[2];
    uint32_t lost_frame;    /**< the last one in which a segment was found missing, or 0 */
    uint32_t unbound_frame; /**< where the user is told of the missing bind, 0 for nowhere yet */
    uint32_t unbound_ordinal;
} oxc_connection;

#define OXC_CONTEXT_NDR64 0x100u

/** The tracker of the file being dissected. */
oxc_tracker *oxc_analysis_tracker(void);

/** The server that goes by this address or this "host:port": the same number every time. */
uint32_t oxc_server_by_address(const address *server);
uint32_t oxc_server_by_name(const char *host_port);

/** The client at this address: the same number every time. Over HTTP a client is another one for
 *  each server that it asks for.
 *  @param host_port  over HTTP the server's name, else NULL */
uint32_t oxc_client_by_address(const address *client, const char *host_port);

/** Makes a connection, in file scope. @p tcp is borrowed and has to live as long as the file. */
oxc_connection *oxc_connection_new(uint32_t server, uint16_t port, uint32_t client,
                                   const struct tcp_analysis *tcp);

/** The connection with a number, or NULL. */
oxc_connection *oxc_connection_by_number(uint32_t number);

/** True if a FIN or RST of either side has been seen on a connection by now.
 *  @param close  NULL, or zeros: gets how it was closed, as far as is known */
bool oxc_connection_is_closed(uint32_t number, oxc_close *close);

/** Who sent the packet at hand, which belongs to a connection. */
oxc_side oxc_connection_sender(const oxc_connection *connection);

/** Notes that only some of the PDUs of a connection come to us. Only on the first pass. */
void oxc_connection_is_partial(oxc_connection *connection);

/** The connection of a packet that carries DCE/RPC straight over its transport, made at the first
 *  call on the first pass.
 *  @param to_server  the packet goes from the client to the server
 *  @return NULL without a conversation */
oxc_connection *oxc_connection_of_packet(packet_info *pinfo, bool to_server);

/** The same, but makes none: NULL if no PDU of the packet's connection has come yet. */
oxc_connection *oxc_connection_find(packet_info *pinfo);

/** Notes that a connection carries one of the two interfaces, from this frame on. Only on the first
 *  pass. */
void oxc_connection_carries_exchange(oxc_connection *connection, uint32_t frame);

/** True if a connection may carry one of the two interfaces: it does, or another connection of its
 *  client does. Of one without its bind nothing else can be told. */
bool oxc_connection_may_carry_exchange(const oxc_connection *connection);

/** Which interface a presentation context is bound to, and whether to NDR64. */
oxc_interface oxc_connection_interface(const oxc_connection *connection, uint16_t context_id,
                                       bool *ndr64);

/** Notes what a presentation context is bound to. */
void oxc_connection_bind(oxc_connection *connection, uint16_t context_id, oxc_interface interface,
                         bool ndr64);

/** Tells the analysis, once a frame, that a segment of a connection is missing from the capture.
 *  Only on the first pass.
 *  @param from  who sent it */
void oxc_lose_segment(const packet_info *pinfo, oxc_connection *connection, oxc_side from);

/** The same for calls that nobody can read; they are no segments to be counted. Neither says
 * anything of a connection that may be any DCE/RPC: without its bind, and of a client of which no
 * call of the two interfaces is known. */
void oxc_lose_calls(const packet_info *pinfo, const oxc_connection *connection, oxc_side from);

/** Notes that the PDUs of a frame came to the observer over TCP, which looks for a loss itself.
 * Only on the first pass. */
void oxc_segment_seen(const packet_info *pinfo);

/** Looks whether a frame goes between a client and a server of the two interfaces, but to another
 *  dissector; or shows that a segment of its connection is missing, also one that carries nothing,
 * or that bytes did not come to us as PDUs, and whether it is cut short itself and went unseen.
 * Only on the first pass. Is asked of every frame of TCP: those of other servers cost next to
 * nothing. */
void oxc_watch_segment(packet_info *pinfo);

/** Tells the analysis that calls went by that it cannot attribute to any connection. Only on the
 *  first pass. */
void oxc_miss_calls(const packet_info *pinfo);

/** Frame of the first PDU with which a server refused one of the two interfaces, or 0. */
uint32_t oxc_refused_in(oxc_interface interface);

/** Where bytes of a connection are missing, or calls that nobody can read. */
typedef struct {
    int64_t time; /**< nanoseconds since the epoch */
    uint32_t frame;
    uint32_t connection;
} oxc_loss;

/** So many of them are kept. */
enum { OXC_LOSSES_MAX = 10000 };

/** The first losses, in the order of the capture. */
const oxc_loss *oxc_losses(size_t *count);

/** How often oxc_lose_segment() was called for connections that carry the two interfaces. */
uint32_t oxc_lost_segments(void);

/** Sets up and tears down for a file; @p settings is copied. */
void oxc_analysis_init(const oxc_settings *settings);
void oxc_analysis_cleanup(void);

/** A time in nanoseconds; those of a damaged capture that do not fit are cut off. */
int64_t oxc_nanoseconds(const nstime_t *time);

/** Arrival of a packet, nanoseconds since the epoch. */
int64_t oxc_arrival(const packet_info *pinfo);

#endif /* OXC_ANALYSIS_H */
