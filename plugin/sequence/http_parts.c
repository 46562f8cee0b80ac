/* http_parts.c
 * A part of a message of MAPI over HTTP: its record, and what is common to them
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_parts.h"

#include "http_calls.h"
#include "http_feed.h"
#include "http_sessions.h"
#include "http_tables.h"
#include "judge.h"
#include "records.h"

bool oxc_http_is_other(const oxc_http_call *call)
{
    return !oxc_http_is_call(call->type) || call->server == OXC_HTTP_NO_NAME;
}

bool oxc_http_counts(const oxc_http_call *call)
{
    return oxc_http_has(call, OXC_HTTP_CALL_BEGUN) &&
           !oxc_http_has(call, OXC_HTTP_CALL_COPY | OXC_HTTP_CALL_LEG | OXC_HTTP_CALL_GONE);
}

/* Fills in the record of a part of a message. */
static void note_part(const oxc_http_call *call, uint32_t number, oxc_record *record)
{
    record->code = oxc_code(oxc_http_kind(call->type), OXC_NO_OPERATION);
    if (number == call->record)
        return;
    record->request = call->record;
    if (oxc_http_has(call, OXC_HTTP_CALL_COPY)) {
        record->type = OXC_EVENT_RESPONSE;
        record->flags |= OXC_RECORD_REPEATED;
    }
}

uint32_t oxc_http_record_of(oxc_tracker *tracker, const oxc_http_event *event,
                            const oxc_http_call *call)
{
    oxc_event neutral = {.type = OXC_EVENT_OTHER_PDU,
                         .frame = event->frame,
                         .ordinal = event->ordinal,
                         .time = event->time};
    uint32_t count = tracker->records.count;
    uint32_t number;

    if (count != 0) {
        const oxc_record *last = oxc_record_at(tracker, count - 1);

        if (last->frame == event->frame && last->ordinal == event->ordinal)
            return count - 1;
    }
    number = oxc_record_add(tracker, &neutral);
    if (number != OXC_NONE)
        note_part(call, number, oxc_record_at(tracker, number));
    return number;
}

void oxc_http_judge(oxc_tracker *tracker, const oxc_http_event *event, const oxc_http_call *call,
                    oxc_http_facts *facts)
{
    oxc_verdict verdicts[OXC_RULE_COUNT];
    size_t count;

    facts->grace = oxc_grace(tracker);
    count = oxc_http_rules_check(facts, verdicts);
    if (count != 0 && oxc_http_record_of(tracker, event, call) != OXC_NONE)
        oxc_report(tracker, verdicts, count);
}

void oxc_http_judge_neutral(oxc_tracker *tracker, const oxc_http_event *event,
                            const oxc_http_call *call, oxc_facts *facts)
{
    if (oxc_http_record_of(tracker, event, call) == OXC_NONE)
        return;
    tracker->over_http = true;
    oxc_judge(tracker, facts);
    tracker->over_http = false;
}

void oxc_http_append(oxc_http *http, uint32_t number)
{
    oxc_http_call *call = oxc_http_call_at(http, number);
    oxc_http_connection *connection = call->connection;

    call->before = connection->newest;
    if (call->before != OXC_NONE)
        oxc_http_call_at(http, call->before)->behind = number;
    else
        connection->oldest = number;
    connection->newest = number;
    if (call->server == OXC_HTTP_NO_NAME)
        return;
    connection->several |=
        connection->server != OXC_HTTP_NO_NAME && connection->server != call->server;
    connection->server = call->server;
}

void oxc_http_remove(oxc_http *http, uint32_t number)
{
    const oxc_http_call *call = oxc_http_call_at(http, number);
    oxc_http_connection *connection = call->connection;

    if (call->behind != OXC_NONE)
        oxc_http_call_at(http, call->behind)->before = call->before;
    else
        connection->newest = call->before;
    if (call->before != OXC_NONE)
        oxc_http_call_at(http, call->before)->behind = call->behind;
    else
        connection->oldest = call->behind;
    oxc_http_call_forget(http, number);
}

void oxc_http_hide(oxc_http *http, oxc_http_connection *connection)
{
    connection->hides_since = http->mark;
    if (connection->hides_requests)
        return;
    connection->hides_requests = true;
    connection->hides_from = connection->several ? OXC_HTTP_NO_NAME : connection->server;
    oxc_http_server_of(http, connection->hides_from)->hiding++;
    http->hiding++;
}

void oxc_http_reveal(oxc_http *http, oxc_http_connection *connection)
{
    oxc_http_server *server;

    if (!connection->hides_requests)
        return;
    connection->hides_requests = false;
    server = oxc_http_server_of(http, connection->hides_from);
    server->hiding--;
    http->hiding--;
    server->hidden_until = http->latest_gap = http->mark;
}

void oxc_http_end_call(oxc_http *http, uint32_t number, oxc_http_ending ending, int64_t time)
{
    oxc_http_call *call = oxc_http_call_at(http, number);

    oxc_http_unlist(http, number, ending, time);
    oxc_http_end_use(http, call, ending, time);
    if (call->type == OXC_HTTP_TYPE_CONNECT && oxc_http_has(call, OXC_HTTP_CALL_BEGUN) &&
        call->session != OXC_NONE)
        oxc_http_session_at(http, call->session)->connecting--;
    call->flags &= ~(unsigned)OXC_HTTP_CALL_BEGUN;
}
