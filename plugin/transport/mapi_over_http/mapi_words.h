/* mapi_words.h
 * Words for the messages of MAPI over HTTP, for the Info column
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef OXC_MAPI_WORDS_H
#define OXC_MAPI_WORDS_H

#include "compat.h"

#include "decode/text.h"
#include "mapi_row.h"

/** The values of X-ResponseCode, [MS-OXCMAPIHTTP] 2.2.3.3.3. */
extern const value_string oxc_mapi_response_codes[];

/** What Gromox means by a value of X-ResponseCode, or NULL for other servers. */
const char *oxc_mapi_gromox_meaning(const oxc_mapi_call *call, uint32_t code);

/** Describes what a message has in the frame, when all of that has been read. */
void oxc_mapi_describe(oxc_text *text, const oxc_mapi_row *row);

#endif /* OXC_MAPI_WORDS_H */
