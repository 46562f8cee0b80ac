/* http_calls.c
 * Which requests of MAPI over HTTP are calls, and which are copies of one, [MS-OXCMAPIHTTP] 3.1.5.7
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_calls.h"

#include "http_tables.h"
#include "spec.h"

uint64_t oxc_http_content(const oxc_http_event *event, const oxc_http_call *call)
{
    const uint64_t words[] = {(uint64_t)call->type, event->body_size, event->cookies.context.value,
                              event->cookies.sequence.value};

    return oxc_hash_words(event->digest, words, G_N_ELEMENTS(words));
}

void oxc_http_tell_copy(oxc_http *http, oxc_http_call *call, uint32_t *reused_frame)
{
    const oxc_http_copies *copies = oxc_http_copies_of(http, call->id, call->content);
    const oxc_http_id *id = oxc_http_id_at(http, call->id);
    bool seen = copies->unknown != 0 || copies->cut != 0 || copies->has_answer;
    bool recent = copies->has_answer && oxc_since(call->time, copies->answered) < OXC_SECOND;

    *reused_frame = 0;
    /* Another one whose body is not known yet may be the same, for all we know. */
    if (copies->out != 0 || recent || (!seen && id->bodies != 0))
        call->flags |= OXC_HTTP_CALL_COPY;
    else if (copies->unknown != 0 || (copies->cut != 0 && !copies->has_answer))
        call->flags |= OXC_HTTP_CALL_UNJUDGED;
    else
        *reused_frame = id->answered_frame;
}

void oxc_http_begin_use(oxc_http *http, oxc_http_call *call)
{
    oxc_http_id *id;

    if (call->id == OXC_NONE)
        return;
    id = oxc_http_id_at(http, call->id);
    id->calls++;
    id->bodies++;
    call->flags |= OXC_HTTP_CALL_USED;
}

void oxc_http_count_use(oxc_http *http, oxc_http_call *call)
{
    oxc_http_copies *copies;

    if ((call->flags & (OXC_HTTP_CALL_USED | OXC_HTTP_CALL_COUNTED)) != OXC_HTTP_CALL_USED)
        return;
    oxc_http_id_at(http, call->id)->bodies--;
    copies = oxc_http_copies_of(http, call->id, call->content);
    if (copies->out + copies->cut + copies->unknown == 0 && !copies->has_answer)
        copies->record = call->record;
    copies->out++;
    call->flags |= OXC_HTTP_CALL_COUNTED;
}

static void end_copy(oxc_http *http, const oxc_http_call *call, oxc_http_ending ending,
                     int64_t time)
{
    oxc_http_copies *copies = oxc_http_copies_of(http, call->id, call->content);

    copies->out--;
    switch (ending) {
    case OXC_HTTP_ANSWERED:
        copies->answered = time;
        copies->has_answer = true;
        break;
    case OXC_HTTP_CUT:
        copies->cut++;
        break;
    case OXC_HTTP_MISSED:
        copies->unknown++;
        break;
    case OXC_HTTP_LEFT:
        break;
    }
}

/* The client had closed its side; the answer came all the same. */
static void answer_late(oxc_http *http, const oxc_http_call *call, oxc_http_ending ending,
                        int64_t time)
{
    oxc_http_copies *copies = oxc_http_copies_of(http, call->id, call->content);

    if ((call->flags & OXC_HTTP_CALL_COUNTED) == 0)
        return;
    copies->cut--;
    if (ending != OXC_HTTP_ANSWERED)
        return;
    copies->answered = time;
    copies->has_answer = true;
}

void oxc_http_end_use(oxc_http *http, oxc_http_call *call, oxc_http_ending ending, int64_t time)
{
    bool was_cut = (call->flags & OXC_HTTP_CALL_CUT) != 0;
    oxc_http_id *id;

    if ((call->flags & OXC_HTTP_CALL_USED) == 0 || (was_cut && ending == OXC_HTTP_CUT))
        return;
    id = oxc_http_id_at(http, call->id);
    if (was_cut)
        answer_late(http, call, ending, time);
    else if ((call->flags & OXC_HTTP_CALL_COUNTED) != 0)
        end_copy(http, call, ending, time);
    else if (ending != OXC_HTTP_MISSED)
        id->bodies--;
    if (ending == OXC_HTTP_LEFT)
        id->calls--;
    if (ending == OXC_HTTP_ANSWERED)
        id->answered_frame = call->frame;
    if (ending == OXC_HTTP_CUT)
        call->flags |= OXC_HTTP_CALL_CUT;
    else
        call->flags &= ~(unsigned)(OXC_HTTP_CALL_USED | OXC_HTTP_CALL_COUNTED);
}

void oxc_http_count_answer(oxc_http *http, const oxc_http_call *call)
{
    if (call->id != OXC_NONE)
        oxc_http_id_at(http, call->id)->answered = true;
}

unsigned oxc_http_count_leg(oxc_http *http, const oxc_http_call *call)
{
    oxc_http_id *id;

    if (call->id == OXC_NONE)
        return 0;
    id = oxc_http_id_at(http, call->id);
    if (id->answered)
        return 0;
    return ++id->legs;
}
