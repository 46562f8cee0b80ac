/* rop_layouts.h
 * The layouts of all ROPs, [MS-OXCROPS] 2.2
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ROP_LAYOUTS_H
#define OXC_ROP_LAYOUTS_H

#include "rop.h"

/** What a step of a layout does. "The number" is the last one that a step read. */
typedef enum {
    OXC_STEP_END = 0,
    OXC_STEP_NUMBER,  /**< a field of fixed size: it becomes the number */
    OXC_STEP_ASIDE,   /**< the same, and the number stays what it is */
    OXC_STEP_UNICODE, /**< as OXC_STEP_NUMBER: it says whether texts are UTF-16 */
    OXC_STEP_KEEP,    /**< as OXC_STEP_NUMBER: it is kept for OXC_STEP_IF_PRIVATE_START */
    OXC_STEP_BYTES,   /**< as many bytes as the step says */
    OXC_STEP_TIMES,   /**< a field as often as the number says */
    OXC_STEP_STRING,  /**< 8-bit characters up to a NUL */
    OXC_STEP_TEXT,    /**< 8-bit or UTF-16 characters up to a NUL */
    OXC_STEP_TYPED,   /**< a TypedString, [MS-OXCDATA] 2.11.7 */
    OXC_STEP_REST,    /**< all up to the end of RopsList */
    OXC_STEP_NAMES,   /**< as many PropertyName structures as the number says */
    OXC_STEP_VALUES,  /**< as many TaggedPropertyValue structures */
    OXC_STEP_RECORDS, /**< as many times: the bytes of the step, a size, as many bytes as that */
    OXC_STEP_RULES,   /**< as many times: a byte, a count, as many TaggedPropertyValue structures */
    OXC_STEP_SERVERS, /**< names of servers, behind the number of them and that of the cheap ones */
    OXC_STEP_ROW,     /**< a row over the tags of the request */
    OXC_STEP_ROWS,    /**< as many rows over the columns of the table as the number says */
    OXC_STEP_FOLDERS, /**< as many rows of the receive folder table */
    OXC_STEP_PROBLEMS,         /**< as many PropertyProblem structures */
    OXC_STEP_ATTACHMENTS,      /**< ids of attachments behind their number */
    OXC_STEP_ONE,              /**< the number becomes 1 */
    OXC_STEP_IF,               /**< the layout ends here if the number is 0 */
    OXC_STEP_IF_ZERO,          /**< ends unless it is 0; the size may be a way that differs */
    OXC_STEP_IF_BABE,          /**< ends unless it is 0xBABE */
    OXC_STEP_IF_PUBLIC,        /**< ends unless the logon is public */
    OXC_STEP_IF_PRIVATE_START, /**< ends unless the logon is private and the kept number is 0 */
    OXC_STEP_MAYBE,            /**< leaves out the next step, if the way of the size says so */
} oxc_step_kind;

typedef struct {
    uint8_t kind;     /**< of #oxc_step_kind */
    uint8_t field;    /**< of #oxc_rop_field */
    uint8_t size;     /**< bytes, where the field does not say it */
    const char *name; /**< where the field does not say it */
} oxc_step;

/** What stands between RopId and the fields of a ROP's own. */
typedef enum {
    OXC_HEAD_NONE,   /**< nothing, in neither direction */
    OXC_HEAD_ON,     /**< LogonId, InputHandleIndex; in the response the same index, ReturnValue */
    OXC_HEAD_TO,     /**< LogonId, InputHandleIndex, OutputHandleIndex; the response has the last */
    OXC_HEAD_NEW,    /**< LogonId, OutputHandleIndex */
    OXC_HEAD_ANSWER, /**< LogonId, ResponseHandleIndex, InputHandleIndex; the former */
    OXC_HEAD_BETWEEN, /**< LogonId, SourceHandleIndex, DestHandleIndex; the former */
} oxc_rop_head;

/** What follows a ReturnValue that is a failure. */
typedef enum {
    OXC_FAILED_NOTHING,
    OXC_FAILED_SAME,        /**< the same as after success */
    OXC_FAILED_WITH,        /**< the same; if the destination is null its index comes first */
    OXC_FAILED_WHERE,       /**< nothing; if the destination is null its index */
    OXC_FAILED_BUSY,        /**< the same; if it is busy how long it will be instead of the bytes */
    OXC_FAILED_WITH_ERRORS, /**< nothing; after "with errors" the same as after success */
} oxc_rop_failure;

/** A ROP. What has no steps does not occur in that direction, or has a reader of its own. */
typedef struct {
    uint8_t head;    /**< of #oxc_rop_head */
    uint8_t failure; /**< of #oxc_rop_failure */
    uint8_t way;     /**< of #oxc_rop_way: whether a failure is answered so */
    const oxc_step *request;
    const oxc_step *response;
} oxc_rop_row;

/** Bytes of a field, or of one of those that repeat; 0 where it has no fixed size. */
size_t oxc_rop_field_size(uint8_t field);

/** The row of a ROP. */
const oxc_rop_row *oxc_rop_row_of(uint8_t id);

/** The steps behind the head of a ROP without a reader of its own, or NULL. */
const oxc_step *oxc_rop_layout(uint8_t id, bool request);

#endif /* OXC_ROP_LAYOUTS_H */
