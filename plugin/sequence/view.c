/* view.c
 * What is known of one PDU
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "records.h"

/* How many waits are looked through for those that were sent while another was outstanding. */
#define MOST_STEPS 32

static bool precedes(const oxc_record *record, uint32_t frame, uint32_t ordinal)
{
    return record->frame < frame || (record->frame == frame && record->ordinal < ordinal);
}

/* The first record that does not precede a place. */
static uint32_t search(const oxc_tracker *tracker, uint32_t frame, uint32_t ordinal)
{
    uint32_t low = 0, high = tracker->records.count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (precedes(oxc_record_at(tracker, middle), frame, ordinal))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const oxc_tracker *tracker, uint32_t number, uint32_t frame, uint32_t ordinal)
{
    const oxc_record *record;

    if (number >= tracker->records.count)
        return false;
    record = oxc_record_at(tracker, number);
    return record->frame == frame && record->ordinal == ordinal;
}

static uint32_t look_up(const oxc_tracker *tracker, uint32_t frame, uint32_t ordinal)
{
    uint32_t last = *tracker->cursor, number = last + 1;

    /* Mostly it is the one behind the last, or the last one again. */
    if (!is_at(tracker, number, frame, ordinal)) {
        if (is_at(tracker, last, frame, ordinal))
            return last;
        number = search(tracker, frame, ordinal);
        if (!is_at(tracker, number, frame, ordinal))
            return OXC_NONE;
    }
    *tracker->cursor = number;
    return number;
}

static uint32_t frame_of(const oxc_tracker *tracker, uint32_t record)
{
    return record == OXC_NONE ? 0 : oxc_record_at(tracker, record)->frame;
}

/* Names all waits that were sent while the one at hand was outstanding. */
static void name_later_waits(const oxc_tracker *tracker, uint32_t answer, oxc_finding *finding)
{
    uint32_t request = oxc_record_at(tracker, answer)->request;
    uint32_t connection = oxc_record_at(tracker, request)->connection;
    bool split = oxc_has_trait(tracker, connection, OXC_TRAIT_ANSWERS_APART);
    uint32_t next = oxc_record_at(tracker, request)->wait.next;
    size_t count = 1;

    for (unsigned step = 0; step < MOST_STEPS && next != OXC_NONE && next < answer; step++) {
        const oxc_record *wait = oxc_record_at(tracker, next);

        if (count < OXC_FINDING_FRAMES && (split || wait->connection != connection))
            finding->frames[count++] = wait->frame;
        next = wait->wait.next;
    }
}

static void add_finding(const oxc_tracker *tracker, guint number)
{
    const oxc_verdict *kept = &g_array_index(tracker->findings, oxc_verdict, number);
    oxc_finding finding = {
        .rule = kept->rule,
        .severity = kept->severity,
        .over_http = kept->over_http,
        .closed_how = kept->closed_how,
        .closed_by = kept->closed_by,
        .frames = {kept->frames[0], kept->frames[1]},
        .value = kept->value,
    };

    if (kept->rule == OXC_RULE_wait_overlap && kept->frames[1] != 0)
        name_later_waits(tracker, g_array_index(tracker->finding_records, uint32_t, number),
                         &finding);
    g_array_append_val(tracker->shown, finding);
}

static gint in_order(gconstpointer one, gconstpointer other)
{
    return ((const oxc_finding *)one)->rule - ((const oxc_finding *)other)->rule;
}

static void view_findings(const oxc_tracker *tracker, uint32_t record, oxc_view *view)
{
    const uint32_t *records = (const uint32_t *)(const void *)tracker->finding_records->data;
    guint low = 0, high = tracker->finding_records->len;

    if (high == 0 || records[high - 1] < record)
        return;
    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (records[middle] < record)
            low = middle + 1;
        else
            high = middle;
    }
    g_array_set_size(tracker->shown, 0);
    for (; low < tracker->finding_records->len && records[low] == record; low++)
        add_finding(tracker, low);
    /* Over HTTP the rules of both kinds look at a message one after the other. */
    if (tracker->shown->len > 1)
        g_array_sort(tracker->shown, in_order);
    view->finding_count = tracker->shown->len;
    if (view->finding_count != 0)
        view->findings = &g_array_index(tracker->shown, oxc_finding, 0);
}

static void set_time(oxc_view *view, const oxc_record *record, const oxc_record *begin)
{
    view->has_wait_time = true;
    view->wait_time = oxc_since(record->time, begin->time);
}

static void view_wait_request(const oxc_tracker *tracker, const oxc_record *record, oxc_view *view)
{
    view->wait = record->wait.ordinal;
    view->connect_frame = frame_of(tracker, oxc_wait_connect(tracker, view->record));
    view->previous_wait_frame = frame_of(tracker, record->wait.previous);
    view->next_wait_frame = frame_of(tracker, record->wait.next);
    if ((record->flags & OXC_RECORD_TIMED) == 0)
        return;
    view->ended_wait = record->wait.previous;
    set_time(view, record, oxc_record_at(tracker, record->wait.previous));
}

static void view_wait_answer(const oxc_tracker *tracker, const oxc_record *record, oxc_view *view)
{
    const oxc_record *request = oxc_record_at(tracker, record->request);

    view->wait = request->wait.ordinal;
    view->connect_frame = frame_of(tracker, record->answer.connect);
    view->fetch_frame = frame_of(tracker, record->answer.fetch);
    if ((record->flags & OXC_RECORD_UNDELIVERED) == 0)
        view->delivered_frame = frame_of(tracker, record->answer.delivered);
    if ((record->flags & OXC_RECORD_TIMED) == 0)
        return;
    view->ended_wait = record->request;
    set_time(view, record, request);
}

static void view_delivery(const oxc_tracker *tracker, const oxc_record *record, oxc_view *view)
{
    if (record->delivery.earliest == OXC_NONE)
        return;
    view->has_delivery_time = true;
    view->delivery_time =
        oxc_since(record->time, oxc_record_at(tracker, record->delivery.earliest)->time);
}

/* A part of a message of MAPI over HTTP that ends nothing. */
static void view_part(const oxc_record *request, oxc_view *view)
{
    view->session = request->session;
    view->context = request->context;
    if (view->kind == OXC_KIND_WAIT && request->type == OXC_EVENT_REQUEST)
        view->wait = request->wait.ordinal;
}

static void view_method(const oxc_tracker *tracker, const oxc_record *record, oxc_view *view)
{
    if (record->type == OXC_EVENT_REQUEST) {
        if (view->kind == OXC_KIND_WAIT)
            view_wait_request(tracker, record, view);
        else if (view->kind == OXC_KIND_EXECUTE)
            view->notified = record->notified;
        return;
    }
    if (record->request == OXC_NONE)
        return;
    view->request_frame = frame_of(tracker, record->request);
    if (record->type == OXC_EVENT_OTHER_PDU) {
        view_part(oxc_record_at(tracker, record->request), view);
        return;
    }
    /* A session that its EcDoConnectEx opened after this PDU. */
    if (view->kind == OXC_KIND_OPEN)
        view->session = oxc_record_at(tracker, record->request)->session;
    if (view->kind == OXC_KIND_WAIT)
        view_wait_answer(tracker, record, view);
    else if (view->kind == OXC_KIND_EXECUTE && record->type == OXC_EVENT_RESPONSE)
        view_delivery(tracker, record, view);
}

/* A PDU of a second sighting belongs to what the first one belongs to. */
static void view_repeated(const oxc_tracker *tracker, const oxc_record *record, oxc_view *view)
{
    const oxc_record *own = record, *first;

    view->repeated = true;
    if (record->type != OXC_EVENT_REQUEST) {
        if (record->request == OXC_NONE)
            return;
        own = oxc_record_at(tracker, record->request);
        view->request_frame = own->frame;
    }
    if (own->request == OXC_NONE)
        return;
    first = oxc_record_at(tracker, own->request);
    view->session = first->session;
    /* What an EcDoAsyncConnectEx begins, its answer shows. */
    if (view->kind == OXC_KIND_WAIT || record->type == OXC_EVENT_REQUEST ||
        record->type == OXC_EVENT_RESPONSE)
        view->context = first->context;
    if (view->kind != OXC_KIND_WAIT)
        return;
    view->wait = first->wait.ordinal;
    view->connect_frame = frame_of(tracker, oxc_wait_connect(tracker, own->request));
}

bool oxc_tracker_view(const oxc_tracker *tracker, uint32_t frame, uint32_t ordinal, oxc_view *view)
{
    uint32_t number = look_up(tracker, frame, ordinal);
    const oxc_record *record;

    *view = (oxc_view){.kind = OXC_KIND_OTHER,
                       .record = number,
                       .session = OXC_NONE,
                       .context = OXC_NONE,
                       .ended_wait = OXC_NONE,
                       .notified = OXC_NONE};
    if (number == OXC_NONE)
        return false;
    record = oxc_record_at(tracker, number);
    view->kind = oxc_kind_of_code(record->code);
    view->operation = record->code & OXC_MAX_OPERATION;
    view->type = (oxc_event_type)record->type;
    view->unreadable = (record->flags & OXC_RECORD_UNREAD) != 0;
    view->sealed = (record->flags & OXC_RECORD_SEALED) != 0;
    view->unmatched = (record->flags & OXC_RECORD_UNMATCHED) != 0;
    view->session = record->session;
    view->context = oxc_record_context(tracker, number);
    view->outcome = (oxc_outcome)record->outcome;
    if ((record->flags & OXC_RECORD_REPEATED) != 0) {
        view_repeated(tracker, record, view);
        return true;
    }
    view_method(tracker, record, view);
    view_findings(tracker, number, view);
    return true;
}

/* What the record of the end of a wait says. */
static oxc_wait_end end_at(const oxc_tracker *tracker, uint32_t number, int64_t begin)
{
    const oxc_record *record = oxc_record_at(tracker, number);

    return (oxc_wait_end){.record = number,
                          .frame = record->frame,
                          .ordinal = record->ordinal,
                          .outcome = (oxc_outcome)record->outcome,
                          .time = record->time,
                          .wait_time = oxc_since(record->time, begin)};
}

/* Fills in how its connection was closed while a wait was outstanding. */
static void look_at_close(const oxc_tracker *tracker, uint32_t connection, oxc_wait *wait)
{
    const oxc_close *close = &wait->close;

    wait->closed = oxc_close_of(tracker, connection, &wait->close) &&
                   wait->end.record == OXC_NONE &&
                   (!wait->hidden || wait->shown_over.outcome == OXC_OUTCOME_CLOSED);
    if (!wait->closed || !close->has_time || close->time < wait->time ||
        (wait->shown_over.record != OXC_NONE && close->time > wait->shown_over.time))
        return;
    wait->has_close_age = true;
    wait->close_age = oxc_since(close->time, wait->time);
}

bool oxc_tracker_wait(const oxc_tracker *tracker, uint32_t number, oxc_wait *wait)
{
    const oxc_record *record;
    uint32_t next;

    *wait = (oxc_wait){.end.record = OXC_NONE, .shown_over.record = OXC_NONE};
    if (number >= tracker->records.count)
        return false;
    record = oxc_record_at(tracker, number);
    if (oxc_kind_of_code(record->code) != OXC_KIND_WAIT || record->type != OXC_EVENT_REQUEST ||
        (record->flags & OXC_RECORD_REPEATED) != 0)
        return false;
    wait->record = number;
    wait->frame = record->frame;
    wait->time = record->time;
    wait->session = record->session;
    wait->context = record->context;
    wait->ordinal = record->wait.ordinal;
    wait->connection = (record->connection & OXC_OF_HTTP) != 0 ? OXC_NONE : record->connection;
    next = record->wait.next;
    if (next != OXC_NONE && (oxc_record_at(tracker, next)->flags & OXC_RECORD_TIMED) != 0)
        wait->shown_over = end_at(tracker, next, record->time);
    if ((record->flags & OXC_RECORD_ENDED) != 0)
        wait->end = end_at(tracker, record->wait.end, record->time);
    wait->hidden = (record->flags & OXC_RECORD_HIDDEN) != 0 ||
                   oxc_link_at(tracker, record->connection)->partial;
    look_at_close(tracker, record->connection, wait);
    return true;
}

bool oxc_tracker_next_wait(const oxc_tracker *tracker, uint32_t *position, oxc_wait *wait)
{
    while (*position < tracker->records.count) {
        if (oxc_tracker_wait(tracker, (*position)++, wait))
            return true;
    }
    return false;
}

bool oxc_tracker_frame_time(const oxc_tracker *tracker, uint32_t frame, int64_t *time)
{
    uint32_t number = search(tracker, frame, 0);

    if (number >= tracker->records.count || oxc_record_at(tracker, number)->frame != frame)
        return false;
    *time = oxc_record_at(tracker, number)->time;
    return true;
}

uint32_t oxc_tracker_next_notified(const oxc_tracker *tracker, uint32_t *position)
{
    while (*position < tracker->records.count) {
        const oxc_record *record = oxc_record_at(tracker, *position);

        *position = record->answer.next;
        if ((record->flags & OXC_RECORD_SUPERSEDED) == 0)
            return record->frame;
    }
    return 0;
}

const uint32_t *oxc_tracker_registered(const oxc_tracker *tracker, const oxc_view *view,
                                       size_t *count)
{
    const oxc_record *record;

    *count = 0;
    if (view->kind != OXC_KIND_EXECUTE || view->type != OXC_EVENT_RESPONSE || view->repeated)
        return NULL;
    record = oxc_record_at(tracker, view->record);
    *count = record->delivery.registered_count;
    return *count == 0 ? NULL
                       : &g_array_index(tracker->links, uint32_t, record->delivery.registered);
}
