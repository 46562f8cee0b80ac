/* fuzz_calls.c
 * ROPs of many calls, read with what earlier ones said: first once, then once more as on a later
 * pass, which has to find the same
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "decode/buffers/rop_state.h"

#include "fuzz.h"

enum { MOST_PDUS = 64, MOST_PAYLOADS = 4 };

/* What a PDU is. */
enum {
    CHOOSES_REQUEST = 0x01,
    CHOOSES_CALL = 0x06,
    CHOOSES_SESSION = 0x08,
    CHOOSES_CHANNEL = 0x10,
    CHOOSES_LOSS = 0x20,
    CHOOSES_END = 0x40, /* of the session */
    CHOOSES_MORE = 0x80 /* the next payload belongs to the same PDU */
};

typedef struct {
    oxc_rop_call call;
    bool request;
    unsigned count;
    uint8_t *payloads[MOST_PAYLOADS];
    size_t sizes[MOST_PAYLOADS];
    uint64_t found; /* on the first pass */
    oxc_rop_visit visit;
} pdu;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static void mix(uint64_t *found, uint64_t value)
{
    *found = (*found ^ value) * UINT64_C(0x100000001B3);
}

static void check_rop(const oxc_rop_buffer *buffer, const oxc_rop *rop, uint64_t *found)
{
    FUZZ_CHECK(rop->count <= OXC_ROP_ELEMENTS_MAX);
    FUZZ_CHECK(rop->offset + rop->length <= buffer->captured);
    mix(found, rop->offset);
    mix(found, rop->length);
    mix(found, rop->state);
    mix(found, rop->sure);
    mix(found, (uintptr_t)rop->columns);
    for (size_t i = 0; i < rop->count; i++) {
        FUZZ_CHECK((size_t)rop->elements[i].offset + rop->elements[i].length <= buffer->captured);
        mix(found, rop->elements[i].field);
        mix(found, rop->elements[i].length);
    }
}

static void read_payload(pdu *p, oxc_rop_buffer *buffer, uint64_t *found)
{
    oxc_rop rop = {0};

    while (oxc_rop_next(buffer, &rop)) {
        check_rop(buffer, &rop, found);
        if (p->request)
            oxc_rop_visit_ask(&p->visit, buffer, &rop);
    }
    mix(found, buffer->ways.chosen);
    mix(found, buffer->need);
}

/* As a summary reads a PDU. */
static uint64_t visit(pdu *p, oxc_rop_state *state, bool first_pass)
{
    uint64_t found = 1;

    p->call.first_pass = first_pass;
    oxc_rop_visit_begin(&p->visit, state, &p->call, p->request);
    for (unsigned i = 0; i < p->count; i++) {
        oxc_rop_buffer buffer;

        oxc_rop_buffer_open(&buffer, p->payloads[i], p->sizes[i], p->sizes[i], p->request);
        oxc_rop_visit_open(&p->visit, &buffer);
        read_payload(p, &buffer, &found);
        oxc_rop_visit_close(&p->visit, &buffer);
    }
    oxc_rop_visit_end(&p->visit);
    return found;
}

/* As it is shown. */
static uint64_t show(pdu *p)
{
    uint64_t found = 1;

    for (unsigned i = 0; i < p->visit.payloads; i++) {
        oxc_rop_buffer buffer;
        oxc_rop_walk walk;

        oxc_rop_buffer_open(&buffer, p->payloads[i], p->sizes[i], p->sizes[i], p->request);
        oxc_rop_replay_use(&p->visit.replays[i], &buffer, &walk);
        p->visit.live = false;
        read_payload(p, &buffer, &found);
    }
    return found;
}

static bool take_pdu(fuzz_input *input, pdu *p, oxc_rop_state *state, unsigned number)
{
    unsigned choices;

    p->count = 0;
    do {
        size_t size;

        choices = fuzz_byte(input);
        size = fuzz_number(input, 2);
        p->payloads[p->count] = fuzz_block(input, &size);
        p->sizes[p->count++] = size;
    } while ((choices & CHOOSES_MORE) != 0 && p->count < MOST_PAYLOADS && input->left > 0);
    p->request = (choices & CHOOSES_REQUEST) != 0;
    p->call = (oxc_rop_call){.session = choices & CHOOSES_SESSION,
                             .call = 1 + (choices & CHOOSES_CALL),
                             .pdu = number,
                             .channel = choices & CHOOSES_CHANNEL};
    if (choices & CHOOSES_LOSS)
        oxc_rop_state_lost(state, p->call.channel);
    if (choices & CHOOSES_END)
        oxc_rop_state_forget(state, p->call.session);
    return input->left > 0;
}

/* PDUs: the choices, a size of two bytes and a payload; those with CHOOSES_MORE go on. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static pdu pdus[MOST_PDUS];
    fuzz_input input = {data, size};
    oxc_rop_state *state = oxc_rop_state_new();
    unsigned count = 0;
    bool more = true;

    for (; more && count < MOST_PDUS; count++) {
        more = take_pdu(&input, &pdus[count], state, count);
        pdus[count].found = visit(&pdus[count], state, true);
        FUZZ_CHECK(show(&pdus[count]) == pdus[count].found);
    }
    for (unsigned i = 0; i < count; i++)
        FUZZ_CHECK(visit(&pdus[i], state, false) == pdus[i].found);
    for (unsigned i = 0; i < count; i++) {
        for (unsigned place = 0; place < pdus[i].count; place++)
            free(pdus[i].payloads[place]);
    }
    oxc_rop_state_free(state);
    return 0;
}
