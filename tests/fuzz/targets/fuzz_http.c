/* fuzz_http.c
 * Heads of HTTP messages, chunks, the server in a request target, and RTS PDUs
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "transport/http/http_message.h"
#include "transport/rpc_over_http/rts.h"

#include "fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static void check_target(const char *target, size_t size)
{
    const char *server;
    size_t server_size;
    uint16_t port;

    if (oxc_http_server_of_target(target, size, &server, &server_size, &port))
        FUZZ_CHECK(server > target && server + server_size <= target + size && server_size > 0);
}

static void check_head(const char *text, size_t size)
{
    oxc_http_head head;

    if (oxc_http_read_head(text, size, &head) != OXC_HTTP_FOUND)
        return;
    FUZZ_CHECK(head.size > 0 && head.size <= size);
    FUZZ_CHECK(head.target_size == 0 ||
               (head.target >= text && head.target + head.target_size <= text + head.size));
    oxc_http_opens_channel(&head);
    check_target(head.target, head.target_size);
}

static void check_chunk(const char *text, size_t size)
{
    oxc_http_chunk chunk;

    if (oxc_http_read_chunk(text, size, &chunk) == OXC_HTTP_FOUND)
        FUZZ_CHECK(chunk.head > 0 && chunk.head <= size);
}

/* All of the input, read as each of them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_input input = {data, size};
    uint8_t *block = fuzz_block(&input, &size);
    oxc_rts_opening opening;

    check_head((const char *)block, size);
    check_chunk((const char *)block, size);
    check_target((const char *)block, size);
    oxc_rts_read_opening(block, size, &opening);
    free(block);
    return 0;
}
