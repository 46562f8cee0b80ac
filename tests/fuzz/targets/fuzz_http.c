/* fuzz_http.c
 * Heads of HTTP messages, chunks, the server in a request target, and RTS PDUs
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "transport/http/http_body.h"
#include "transport/rpc_over_http/rpch_head.h"
#include "transport/rpc_over_http/rts.h"

#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static bool is_within(oxc_span part, oxc_span whole)
{
    return part.size == 0 ||
           (part.text >= whole.text && part.text + part.size <= whole.text + whole.size);
}

static void check_target(oxc_span target)
{
    uint16_t port;

    FUZZ_CHECK(is_within(oxc_rpch_server_of_target(target, &port), target));
}

/* A body ends, or its bytes do; each part has some. */
static void check_body(const oxc_http_head *head, oxc_span bytes)
{
    oxc_body_part part = OXC_BODY_FRAMING;
    oxc_http_body body;

    oxc_http_body_begin(&body, head, false);
    while (bytes.size > 0 && body.phase != OXC_BODY_ENDED && part != OXC_BODY_BROKEN) {
        size_t taken = 0;

        part = oxc_http_body_take(&body, (const uint8_t *)bytes.text, bytes.size, &taken);
        FUZZ_CHECK(taken > 0 && taken <= bytes.size);
        bytes.text += taken;
        bytes.size -= taken;
    }
}

static void check_head(oxc_span text)
{
    oxc_http_head head;

    if (oxc_http_head_find(text, &head) != OXC_HTTP_WHOLE)
        return;
    FUZZ_CHECK(head.bytes.size > 0 && is_within(head.bytes, text));
    FUZZ_CHECK(is_within(head.start.target, head.bytes));
    FUZZ_CHECK(is_within(head.start.method, head.bytes));
    FUZZ_CHECK(is_within(head.start.reason, head.bytes));
    oxc_rpch_opens_channel(&head);
    check_target(head.start.target);
    check_body(&head, (oxc_span){text.text + head.bytes.size, text.size - head.bytes.size});
}

/* All of the input, read as each of them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    uint8_t *block = fuzz_block(&input, &size);
    oxc_span text = {(const char *)block, size};
    oxc_rts_opening opening;

    check_head(text);
    oxc_http_chunk_find(text);
    check_target(text);
    oxc_rts_read_opening(block, size, &opening);
    free(block);
    return 0;
}
