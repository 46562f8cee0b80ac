/* ndr.h
 * Reads the parameters of a stub one after the other by the rules of NDR32 and NDR64
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_NDR_H
#define OXC_NDR_H

#include <epan/expert.h>

#include "compat.h"
#include "context_handle.h"

/** An array of bytes or 8-bit characters in a stub. */
typedef struct {
    int offset;     /**< of the first element */
    uint64_t count; /**< elements that the stub announces */
    int captured;   /**< elements that are there */
} oxc_array;

/** What EcRRegisterPushNotification asks for, [MS-OXCRPC] 3.1.4.5: which bytes go where. Lives as
 *  long as the packet. */
typedef struct {
    oxc_array context; /**< rgbContext */
    oxc_array address; /**< rgbCallbackAddress, a sockaddr */
} oxc_push_asked;

/** A stub and how far it has been read, [C706] 14. Once a parameter is not there, #missing names
 *  its field, and every later read does nothing and says so. */
typedef struct {
    tvbuff_t *tvb; /**< starts with the first byte of the stub: alignment counts from there */
    packet_info *pinfo;
    proto_tree *tree;  /**< takes the parameters; NULL without a tree */
    unsigned encoding; /**< ENC_LITTLE_ENDIAN or ENC_BIG_ENDIAN */
    bool ndr64;
    bool cut;               /**< the capture holds less of the PDU than was sent */
    uint32_t request_frame; /**< with #call_id the name of the call, as Wireshark matched it */
    uint32_t call_id;
    uint32_t channel;     /**< what carries the call, UINT32_MAX if the call counts for nothing */
    const char *news;     /**< what the stub means to people, for its summary, or NULL */
    const uint8_t *bytes; /**< of #tvb; by oxc_stub_open() */
    int size;             /**< captured */
    int offset;
    int missing;                /**< hf id of the first parameter that is not whole, or -1 */
    const oxc_push_asked *push; /**< of a request to register for push notifications, or NULL */
} oxc_stub;

/** The fields that show the counts of an array, and what is said of counts that contradict each
 *  other. All but #max_count are unused for a conformant array. */
typedef struct {
    int *max_count;
    int *offset;
    int *actual_count;
    expert_field *counts;
} oxc_array_fields;

/** True while every parameter so far was whole. */
static inline bool oxc_stub_ok(const oxc_stub *stub)
{
    return stub->missing < 0;
}

/** Begins to read a stub. */
void oxc_stub_open(oxc_stub *stub);

/** Reads a scalar, aligned to its size. @p value may be NULL; it is 0 if the scalar is missing. */
bool oxc_stub_uint32(oxc_stub *stub, int hf, uint32_t *value);
bool oxc_stub_uint16(oxc_stub *stub, int hf, uint16_t *value);

/** Reads a uint32 that is shown as flags. */
bool oxc_stub_bitmask(oxc_stub *stub, int hf, int ett, int *const *fields, uint32_t *value);

/** Reads a context handle of 20 bytes, aligned to 4, into an event. */
bool oxc_stub_handle(oxc_stub *stub, const oxc_handle_fields *fields, oxc_event *event);

/** Reads three 16-bit words, aligned to 2, without showing them.
 *  @param hf  names them if they are missing */
bool oxc_stub_words(oxc_stub *stub, int hf, uint16_t words[3]);

/** Reads the referent id of a unique pointer: false at the end of the stub, *is_null otherwise. */
bool oxc_stub_unique_pointer(oxc_stub *stub, int hf, bool *is_null);

/** Says in one expert item what is missing, if anything is: a stub that the capture cut is no
 *  malformed one.
 *  @return true if the stub was whole */
bool oxc_stub_report(const oxc_stub *stub, proto_item *item, expert_field *ei_short,
                     expert_field *ei_cut);

/** Reads the counts of a conformant array of bytes and steps over its elements, [C706] 14.3.3.2. */
bool oxc_stub_conformant_array(oxc_stub *stub, const oxc_array_fields *fields, int hf_data,
                               oxc_array *array);

/** The same for a conformant varying array, 14.3.3.4. Where its elements do not begin with the
 * first, or are more than it has room for, that is said; they are taken as they are. */
bool oxc_stub_varying_array(oxc_stub *stub, const oxc_array_fields *fields, int hf_data,
                            oxc_array *array);

/** Reads a conformant varying string of 8-bit characters and shows it, 14.3.4. */
bool oxc_stub_string(oxc_stub *stub, const oxc_array_fields *fields, int hf_text);

#endif /* OXC_NDR_H */
