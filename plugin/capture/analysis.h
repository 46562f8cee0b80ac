/* analysis.h
 * What one file's analysis consists of: the tracker, the connections and the servers
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ANALYSIS_H
#define OXC_ANALYSIS_H

#include <epan/packet.h>

#include "compat.h"
#include "sequence/tracker.h"

typedef enum {
    OXC_INTERFACE_UNKNOWN, /**< no bind of the presentation context is known */
    OXC_INTERFACE_OTHER,   /**< bound to an interface that is none of the two */
    OXC_INTERFACE_EMSMDB,
    OXC_INTERFACE_ASYNCEMSMDB,
} oxc_interface;

/** A TCP connection, or an RPC over HTTP virtual connection, that carries DCE/RPC. Its transport
 *  fills in what others are to know. */
typedef struct {
    uint32_t number;   /**< in the tracker */
    uint32_t client;   /**< as oxc_client_by_address() says */
    bool bound;        /**< a bind or alter_context has been seen */
    bool partial;      /**< only some of its PDUs come to us */
    bool over_http;    /**< it is a virtual connection */
    oxc_ending ending; /**< filled in by the transport */
    /** By presentation context id, only for the two interfaces: the interface, with
     *  OXC_CONTEXT_NDR64 if it is bound to NDR64. NULL while there is none. */
    wmem_map_t *contexts;
    /** Presentation contexts that are bound to another interface, a bit each. Of one that is
     * neither here nor there nothing is known, as of those from 64 on, which nobody uses: an
     * alter_context that is not in the capture may have asked for it. */
    uint64_t others;
    uint32_t exchange_frame; /**< the first that asked for one of the two interfaces, or 0 */
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
} oxc_rpc_connection;

#define OXC_CONTEXT_NDR64 0x100u

/** The tracker of the file being dissected. */
extern oxc_tracker *oxc_file_tracker;
static inline oxc_tracker *oxc_analysis_tracker(void)
{
    return oxc_file_tracker;
}

/** The server that goes by this address or this "host:port": the same number every time. */
uint32_t oxc_server_by_address(const address *server);
uint32_t oxc_server_by_name(const char *host_port);

/** The client at this address: the same number every time. Over HTTP a client is another one for
 *  each server that it asks for.
 *  @param host_port  over HTTP the server's name, else NULL */
uint32_t oxc_client_by_address(const address *client, const char *host_port);

/** Makes a connection, in file scope. */
oxc_rpc_connection *oxc_rpc_connection_new(uint32_t server, uint16_t port, uint32_t client);

/** The connection with a number, or NULL. */
oxc_rpc_connection *oxc_rpc_connection_by_number(uint32_t number);

/** Notes that only some of the PDUs of a connection come to us. Only on the first pass. */
void oxc_rpc_connection_is_partial(oxc_rpc_connection *connection);

/** Notes that a connection carries one of the two interfaces, from this frame on. Only on the first
 *  pass. */
void oxc_rpc_connection_carries_exchange(oxc_rpc_connection *connection, uint32_t frame);

/** True if a connection may carry one of the two interfaces: it does, or another connection of its
 *  client does. Of one without its bind nothing else can be told. */
bool oxc_rpc_connection_may_carry_exchange(const oxc_rpc_connection *connection);

/** Which interface a presentation context is bound to, and whether to NDR64. */
oxc_interface oxc_rpc_connection_interface(const oxc_rpc_connection *connection,
                                           uint16_t context_id, bool *ndr64);

/** Notes what a presentation context is bound to. */
void oxc_rpc_connection_bind(oxc_rpc_connection *connection, uint16_t context_id,
                             oxc_interface interface, bool ndr64);

/** Frame of the first PDU with which a server refused one of the two interfaces, or 0. */
uint32_t oxc_refused_in(oxc_interface interface);

/** Sets up and tears down for a file; @p settings is copied. */
void oxc_analysis_init(const oxc_settings *settings);
void oxc_analysis_cleanup(void);

/** A time in nanoseconds; those of a damaged capture that do not fit are cut off. */
static inline int64_t oxc_nanoseconds(const nstime_t *time)
{
    static const int64_t second = 1000000000;
    int64_t seconds = CLAMP((int64_t)time->secs, -second, 8 * second);

    return seconds * second + time->nsecs;
}

/** Arrival of a packet, nanoseconds since the epoch. */
static inline int64_t oxc_arrival(const packet_info *pinfo)
{
    return oxc_nanoseconds(&pinfo->abs_ts);
}

#endif /* OXC_ANALYSIS_H */
