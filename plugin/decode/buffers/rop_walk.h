/* rop_walk.h
 * What the walk over a call's ROPs knows from elsewhere, and what it finds out
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ROP_WALK_H
#define OXC_ROP_WALK_H

#include "properties.h"

/** Where senders see a layout in several ways. A sender keeps to one way of each. */
typedef enum {
    OXC_WAY_WARNING,     /**< a warning: without a body, with it */
    OXC_WAY_READ,        /**< a failed RopReadStream has its data, or not */
    OXC_WAY_WRITE,       /**< a failed RopWriteStream has its count, or not */
    OXC_WAY_PARTIAL,     /**< a failure has PartialCompletion, or not */
    OXC_WAY_READ_FLAGS,  /**< the same of RopSetReadFlags */
    OXC_WAY_COPIED,      /**< a failed RopCopyToStream has its counts, or not */
    OXC_WAY_NULL,        /**< a null destination: its index and the body, the body, neither */
    OXC_WAY_DESTINATION, /**< a null destination: its index, or not */
    OXC_WAY_TRANSFER,    /**< a failed RopFastTransferSourceGetBuffer has its body, or not */
    OXC_WAY_BUSY,        /**< BackoffTime: in place of the bytes, behind them, not, no body */
    OXC_WAY_PUT,         /**< a failed upload has its body, or not */
    OXC_WAY_WITH_ERRORS, /**< a success with errors has its body, or not */
    OXC_WAY_NAMELESS,    /**< PropertyName of kind 0xFF: with a GUID, without */
    OXC_WAY_RETURNED,    /**< RopTransportSend without properties: no count of them, a count */
    OXC_WAY_ATTACHMENTS, /**< the number of ids has two bytes, or four */
    OXC_WAY_PROBLEMS,    /**< a PropertyProblem has an index of two bytes, or of four */
    OXC_WAY_PROGRESS,    /**< RopProgress with LogonId, or without */
    OXC_WAY_CLIENT_DATA, /**< RopSetMessageReadFlag with ClientData, or without */
    OXC_WAY_OBJECT,      /**< a value of PtypObject has a count and bytes, or nothing */
    OXC_WAY_LOGON,       /**< a logon of which nothing is known is private, or public */
    OXC_WAY_RESERVED,    /**< RopRegisterNotification has a Reserved byte, or not */
    OXC_WAY_LINKED,      /**< a linked message has the search folder, or not */
    OXC_WAY_COUNT,
} oxc_rop_way;

/** A way of each kind, two bits each. */
typedef struct {
    uint64_t chosen;
    uint8_t met[OXC_WAY_COUNT]; /**< kinds that were met, in order */
    uint8_t count;
} oxc_rop_ways;

/** What a layout rests on that is not in the buffer. */
typedef enum {
    OXC_NEED_NOTHING,
    OXC_NEED_TAGS,    /**< the tags of the request */
    OXC_NEED_COLUMNS, /**< the columns of the table */
    OXC_NEED_FIT,     /**< rows that fit the columns of the table */
} oxc_rop_need;

/** A ROP of a request, as far as its answer depends on it. */
typedef struct {
    uint8_t id;
    uint8_t index;           /**< handle index that the answer repeats */
    uint8_t logon;           /**< LogonId */
    const oxc_columns *tags; /**< of RopGetPropertiesSpecific and RopSetColumns; or NULL */
} oxc_rop_asked;

/** What an answer changed: the columns of an object, an object behind an index, a logon. */
typedef enum { OXC_BINDS_COLUMNS, OXC_BINDS_OBJECT, OXC_BINDS_LOGON } oxc_rop_binds;

typedef struct {
    oxc_rop_binds kind;
    uint8_t index;              /**< handle index or LogonId */
    const oxc_columns *columns; /**< or NULL where there are none any more */
} oxc_rop_binding;

enum { OXC_WALK_ANSWERS_MAX = 256, OXC_WALK_BINDINGS_MAX = 128 };

/** How far a walk over the payloads of a call has come. */
typedef struct {
    unsigned asked;   /**< ROPs of the request that have been answered */
    unsigned answers; /**< questions answered */
    unsigned bindings;
    bool overflow; /**< there were more bindings than there is room for */
    bool ended;    /**< what has no answer yet was not executed */
} oxc_rop_place;

/** A walk over the payloads of a call. At its first pass it asks what it needs to know and notes
 *  the answers; at later ones it has only these. */
typedef struct {
    bool live;                  /**< the first pass */
    bool chained;               /**< a further payload: it answers the last ROP of the request */
    const oxc_rop_asked *asked; /**< live: the request, or NULL if that is not known */
    unsigned asked_count;
    bool asked_more; /**< the request has more ROPs than #asked */
    /** Live: what an earlier call said of an object or a logon of the request; NULL for nothing. */
    const oxc_columns *(*columns_of)(const void *user, uint8_t index);
    const oxc_columns *(*logon_of)(const void *user, uint8_t logon_id);
    const void *user;
    oxc_rop_place place;         /**< where the next payload begins */
    const oxc_columns **answers; /**< live: room for OXC_WALK_ANSWERS_MAX; else #answer_count */
    unsigned answer_count;
    oxc_rop_binding *bindings; /**< live: room for OXC_WALK_BINDINGS_MAX */
} oxc_rop_walk;

#endif /* OXC_ROP_WALK_H */
