/* event.h
 * What one DCE/RPC PDU says about a session, a context or a wait
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_EVENT_H
#define OXC_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What a session or context is known by: a context handle, a cookie or a GUID, as a number that
 *  the transport gives it: a hash under a key that is drawn anew for each run, so that nobody can
 *  choose where it is put. Equal bytes have equal names; nothing else may be concluded from one. */
typedef uint64_t oxc_name;

/** The null handle, or none. */
#define OXC_NO_NAME ((oxc_name)0)

/** What a transport is like. */
typedef enum {
    /** Requests and answers travel on TCP connections of their own. */
    OXC_TRAIT_ANSWERS_APART = 1 << 0,
    /** A session is its own asynchronous context, which begins with it; its name is that of both.
     *  There are no associations to which a session belongs. */
    OXC_TRAIT_OWN_CONTEXT = 1 << 1,
    /** A call can be cancelled. */
    OXC_TRAIT_CANCELS = 1 << 2,
    /** The server gives signs of life while it lets a call wait, and says how often: a longer
     *  silence is one, and ends with the connection. */
    OXC_TRAIT_SIGNS_OF_LIFE = 1 << 3,
} oxc_trait;

/** What a call does, whatever its transport calls it. */
typedef enum {
    OXC_KIND_OTHER,   /**< nothing of interest, or it is not known what */
    OXC_KIND_OPEN,    /**< opens a session: EcDoConnectEx, Connect */
    OXC_KIND_EXECUTE, /**< carries ROPs: EcDoRpcExt2, Execute */
    OXC_KIND_CLOSE,   /**< ends a session: EcDoDisconnect, Disconnect */
    OXC_KIND_ISSUE,   /**< issues an asynchronous context: EcDoAsyncConnectEx */
    OXC_KIND_WAIT,    /**< waits for a notification: EcDoAsyncWaitEx, NotificationWait */
    OXC_KIND_PUSH,    /**< asks for push notifications: EcRRegisterPushNotification */
} oxc_kind;

/** Whether the analysis looks into the stubs of calls of a kind. */
static inline bool oxc_kind_is_followed(oxc_kind kind)
{
    return kind != OXC_KIND_OTHER;
}

/** "The transport has no number for the call": oxc_event.operation. */
#define OXC_NO_OPERATION  0u
#define OXC_MAX_OPERATION 15u

typedef enum {
    OXC_EVENT_BIND,      /**< bind: #group_id asked for (0: a new association) */
    OXC_EVENT_BIND_ACK,  /**< bind_ack: #group_id given */
    OXC_EVENT_REQUEST,   /**< a whole request of one of the two interfaces, at its last fragment */
    OXC_EVENT_RESPONSE,  /**< a whole response on a presentation context of one of them, or of
                            unknown interface */
    OXC_EVENT_FAULT,     /**< fault, 12.6.4.7 of [C706] */
    OXC_EVENT_CANCEL,    /**< co_cancel */
    OXC_EVENT_ORPHANED,  /**< orphaned */
    OXC_EVENT_OTHER_PDU, /**< any other PDU: it only shows that the connection is alive */
    OXC_EVENT_LOST,      /**< bytes of the connection are missing from the capture, or could not be
                            read: #lost_from says whose */
    OXC_EVENT_WITHDRAWN, /**< MAPI over HTTP: the request was no call after all */
    OXC_EVENT_UNSEEN,    /**< calls that cannot be told, on a connection that is none of those
                            announced: no other member counts */
} oxc_event_type;

/** How far the stub of a request or response could be read. */
typedef enum {
    OXC_STUB_UNREAD, /**< sealed without a key, cut, damaged, a fragment missing, not dissected */
    OXC_STUB_CLEAR,  /**< read as it was on the wire */
    OXC_STUB_DECRYPTED, /**< sealed and opened: to be believed only after the readability rule */
} oxc_stub_state;

/** What the ROP buffers of an EcDoRpcExt2 call say. */
typedef enum {
    OXC_ROP_NOTIFY_IN_REQUEST = 1 << 0,    /**< RopNotify or RopPending in a request */
    OXC_ROP_NOTIFY_FLAGS_INVALID = 1 << 1, /**< a RopNotify that breaks [MS-OXCNOTIF] 2.2.1.4.1.2 */
} oxc_rop_fault;

/** What the ROP buffers of a call say, as far as they could be walked. */
typedef struct {
    unsigned faults;            /**< of #oxc_rop_fault */
    uint16_t fault_flags;       /**< NotificationFlags of the first faulty RopNotify */
    bool unwalked;              /**< not walked to their end: they may hold more RopNotify */
    const uint32_t *registered; /**< response: handles made by RopRegisterNotification */
    size_t registered_count;
    const uint32_t *notified; /**< response: NotificationHandle of each RopNotify, in order */
    size_t notified_count;
} oxc_rops;

/** One of the two ends of a connection. */
typedef enum {
    OXC_SIDE_UNKNOWN, /**< not known, or both */
    OXC_SIDE_CLIENT,
    OXC_SIDE_SERVER,
} oxc_side;

/** The two interfaces, for the binds that name them. */
enum {
    OXC_BINDS_EMSMDB = 1 << 0,
    OXC_BINDS_ASYNCEMSMDB = 1 << 1,
    OXC_BINDS_OTHERS = 1 << 2, /**< none of the two */
};

/** One PDU, in the order of the capture and, within a frame, of its bytes.
 *  All pointers are borrowed for the call that gets the event. */
typedef struct {
    oxc_event_type type;
    uint32_t frame;      /**< frame in which the PDU ends, from 1 */
    uint32_t ordinal;    /**< place of the PDU among those of its frame, from 0 */
    int64_t time;        /**< arrival, nanoseconds since the epoch */
    uint32_t connection; /**< from oxc_tracker_add_connection() */
    uint32_t group_id;   /**< bind, bind_ack */
    uint32_t call_id;    /**< every type but OXC_EVENT_LOST and OXC_EVENT_UNSEEN */
    bool from_server;    /**< every PDU, RTS PDUs included: the server sent it */
    /** Of OXC_BINDS_...: those of the two interfaces that the PDU, a bind or alter_context, asks
     * for, or that something unseen must have asked for, as the PDU is of a presentation context
     * that nobody bound. A gap on a connection hides no call of an interface that was not asked
     * for. 0 on all of them: not known, it may be both. */
    unsigned interfaces;
    oxc_side lost_from; /**< OXC_EVENT_LOST: who sent what is missing */
    /** Bind and bind_ack: a hash of all bytes of the PDU, 0 where it is not known. Two connections
     *  on which both are the same may be one connection that the capture shows twice. */
    uint64_t digest;

    /** Request: what is called. Response: as which the stub was read; meaningless where #stub is
     *  OXC_STUB_UNREAD. */
    oxc_kind kind;
    /** With #kind: the transport's own number of the method, from 1 to #OXC_MAX_OPERATION. A
     *  response belongs to a call with the same, or to none. */
    uint8_t operation;
    oxc_stub_state stub;
    /** The PDU carries a sealed stub (packet privacy), whether it could be opened or not. */
    bool sealed;

    /* Of a stub that was read. */
    bool has_name;   /**< #name was whole */
    bool has_result; /**< response: the return value was there, and with it #flags of a wait */
    bool plausible;  /**< request: #name is of bytes such as servers give */
    oxc_name name;   /**< of the session or context that the stub carries, in or out */
    uint32_t status; /**< response: return value */
    uint32_t flags;  /**< EcDoAsyncWaitEx: ulFlagsIn or pulFlagsOut */
    /** EcDoConnectEx response: normalised server version, [MS-OXCRPC] 3.1.4.1.3.1, as four
     *  16-bit words from the most significant on; 0 where it was not read. */
    uint64_t server_version;

    oxc_rops rops; /**< calls of #OXC_KIND_EXECUTE */

    /* What a transport may know besides (MAPI over HTTP does). */
    bool unjudged;         /**< request: nothing is said of it */
    bool explained;        /**< wait request: an answer of the capture gave its name */
    bool resent;           /**< wait request: it has the X-RequestId of one that is outstanding */
    bool end_doubtful;     /**< wait request: its session may have been opened again */
    bool never_registered; /**< request: the session has asked for no notifications */
    bool alive;            /**< response: the session lived when the request was sent */
    uint32_t opened;   /**< request: record of the answer that opened its session, or OXC_NONE */
    oxc_name replaced; /**< Connect: the session whose cookie it carries, or none */
} oxc_event;

#endif /* OXC_EVENT_H */
