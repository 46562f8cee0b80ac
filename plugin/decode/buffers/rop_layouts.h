/* rop_layouts.h
 * The layouts of the ROPs that a walk can step over
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_ROP_LAYOUTS_H
#define OXC_ROP_LAYOUTS_H

#include "rops.h"

/** A step of a layout: an oxc_rop_field of fixed size, or one of these. "The number" is the last
 *  number read; OXC_STEP_OTHER leaves it alone. */
enum {
    OXC_STEP_END = 0,
    OXC_STEP_TIMES = OXC_FIELD_COUNT, /**< the field that follows, as often as the number says */
    OXC_STEP_STRING,                  /**< the field that follows: 8-bit characters up to a NUL */
    OXC_STEP_OTHER,                   /**< as many bytes as the step that follows says */
    OXC_STEP_REST,                    /**< the field that follows: all up to the end of RopsList */
    OXC_STEP_PROPERTY_NAMES,          /**< as many PropertyName structures as the number says */
    OXC_STEP_IF_NOT_ZERO,             /**< the layout ends here if the number is 0 */
    OXC_STEP_IF_BABE,                 /**< the layout ends here unless the number is 0xBABE */
    OXC_STEP_UNKNOWN,                 /**< what follows cannot be read */
    OXC_STEP_UNKNOWN_IF_NOT_ZERO,     /**< the same, if the number is not 0 */
    OXC_STEP_ALWAYS,                  /**< after ReturnValue: goes on whatever that is */
    OXC_STEP_UNSURE, /**< after ReturnValue: unknown whether anything follows a failure */
};

/** The steps after RopId of a ROP without a reader of its own, or NULL for an unknown layout. */
const uint8_t *oxc_rop_layout(uint8_t id, bool request);

#endif /* OXC_ROP_LAYOUTS_H */
