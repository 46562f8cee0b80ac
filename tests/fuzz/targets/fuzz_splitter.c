/* fuzz_splitter.c
 * The bytes of a channel, segment by segment as TCP would give them, into messages and PDUs
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "transport/rpc_over_http/rpch_stream.h"

#include "fuzz.h"

/* What one call of the splitter gave away. */
typedef struct {
    packet_info pinfo;
    tvbuff_t *tvb;
    bool rest; /* everything that was left: nothing may follow */
} receiver;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static void take_pdus(void *user, oxc_run *run)
{
    int length = tvb_captured_length_remaining(run->tvb, 0), end = 0;

    FUZZ_CHECK(!((receiver *)user)->rest);
    FUZZ_CHECK(length >= 16 && run->count > 0);
    tvb_get_ptr(run->tvb, 0, length);
    for (unsigned i = 0; i < run->count; i++) {
        FUZZ_CHECK(run->pdus[i].offset == end && run->pdus[i].length >= 16);
        end += run->pdus[i].length;
    }
    FUZZ_CHECK(end == (int)tvb_reported_length(run->tvb));
}

static void take_head(void *user, const oxc_http_head *head)
{
    FUZZ_CHECK(!((receiver *)user)->rest);
    FUZZ_CHECK(head->bytes.size > 0);
}

static void take_message(void *user, tvbuff_t *message)
{
    FUZZ_CHECK(!((receiver *)user)->rest);
    FUZZ_CHECK(tvb_reported_length(message) > 0);
}

static void take_rest(void *user, tvbuff_t *tvb, int offset)
{
    receiver *to = (receiver *)user;

    FUZZ_CHECK(!to->rest);
    FUZZ_CHECK(offset >= 0 && offset <= (int)tvb_captured_length(tvb));
    to->rest = true;
}

static void take_lost(void *user)
{
    FUZZ_CHECK(!((receiver *)user)->rest);
}

/* Splits the bytes, and returns how many of them TCP keeps for the next call. */
static size_t split(const uint8_t *bytes, size_t size, bool may_ask)
{
    receiver to = {.tvb = tvb_new_real_data(bytes, (unsigned)size, (int)size)};
    oxc_rpch_parts stream = {.pinfo = &to.pinfo,
                             .user = &to,
                             .pdus = take_pdus,
                             .head = take_head,
                             .message = take_message,
                             .rest = take_rest,
                             .lost = take_lost};
    size_t kept = 0;

    to.pinfo.pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    to.pinfo.can_desegment = may_ask ? 1 : 0;
    oxc_rpch_split(&stream, to.tvb);
    if (to.pinfo.desegment_len != 0) {
        FUZZ_CHECK(may_ask && !to.rest);
        FUZZ_CHECK(to.pinfo.desegment_offset >= 0 && to.pinfo.desegment_offset < (int)size);
        kept = size - (size_t)to.pinfo.desegment_offset;
    }
    tvb_free_chain(to.tvb);
    wmem_destroy_allocator(to.pinfo.pool);
    return kept;
}

/* Segments, each with its size in two bytes in front; the highest bit of the size: nobody keeps
 * bytes for a later call. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    uint8_t *kept = NULL;
    size_t kept_size = 0;

    while (input.left > 2) {
        uint32_t head = fuzz_number(&input, 2);
        size_t length = head & 0x7FFF;
        uint8_t *segment = fuzz_block(&input, &length);
        uint8_t *joined = (uint8_t *)malloc(kept_size + length + 1);
        size_t joined_size = kept_size + length;

        FUZZ_CHECK(joined != NULL);
        if (kept_size > 0)
            memcpy(joined, kept, kept_size);
        memcpy(joined + kept_size, segment, length);
        free(segment);
        free(kept);
        kept = NULL;
        kept_size = joined_size > 0 ? split(joined, joined_size, (head & 0x8000) == 0) : 0;
        if (kept_size > 0) {
            kept = (uint8_t *)malloc(kept_size);
            FUZZ_CHECK(kept != NULL);
            memcpy(kept, joined + joined_size - kept_size, kept_size);
        }
        free(joined);
    }
    free(kept);
    return 0;
}
