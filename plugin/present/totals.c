/* totals.c
 * What a capture comes to: its asynchronous contexts, their waits, and all findings
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "totals.h"

#include <epan/to_str.h>
#include <string.h>

#include "capture/analysis.h"
#include "capture/lost_bytes.h"
#include "views.h"

static bool goes_to_server(const oxc_view *view)
{
    return view->type == OXC_EVENT_REQUEST || view->type == OXC_EVENT_CANCEL ||
           view->type == OXC_EVENT_ORPHANED;
}

void oxc_copy_client(address *client, const packet_info *pinfo, const oxc_view *view)
{
    copy_address(client, goes_to_server(view) ? &pinfo->src : &pinfo->dst);
}

void oxc_copy_server(address *server, packet_info *pinfo, const oxc_shown *shown)
{
    const char *name = shown->carrier.server;

    if (name)
        alloc_address_wmem(NULL, server, AT_STRINGZ, (int)strlen(name) + 1, name);
    else
        copy_address(server, goes_to_server(&shown->view) ? &pinfo->dst : &pinfo->src);
}

static void note_addresses(oxc_context_totals *context, packet_info *pinfo, const oxc_shown *shown)
{
    if (context->client.type != AT_NONE || context->server.type != AT_NONE)
        return;
    context->transport = shown->carrier.transport;
    oxc_copy_client(&context->client, pinfo, &shown->view);
    oxc_copy_server(&context->server, pinfo, shown);
}

void oxc_context_totals_note(oxc_context_totals *context, packet_info *pinfo,
                             const oxc_shown *shown)
{
    const oxc_view *view = &shown->view;
    /* Over MAPI over HTTP the answer to Connect makes the context, too. */
    bool connects = (view->kind == OXC_KIND_ISSUE || view->kind == OXC_KIND_OPEN) &&
                    view->type == OXC_EVENT_RESPONSE;

    if (view->context != OXC_NONE)
        note_addresses(context, pinfo, shown);
    if (context->session == OXC_NONE)
        context->session = view->session;
    if (context->connect_frame == 0)
        context->connect_frame = connects ? pinfo->num : view->connect_frame;
}

uint32_t *oxc_context_totals_place(oxc_context_totals *context, const oxc_wait *wait,
                                   const oxc_seen *seen)
{
    const oxc_wait_end *end = oxc_seen_end(seen, wait);

    if (end)
        return &context->ended[end->outcome];
    return wait->closed ? &context->ended[OXC_OUTCOME_CLOSED] : &context->outstanding;
}

void oxc_context_totals_clear(oxc_context_totals *context)
{
    free_address(&context->client);
    free_address(&context->server);
    oxc_wait_times_clear(&context->times);
    *context = (oxc_context_totals){.session = OXC_NONE};
}

void oxc_context_totals_count(const oxc_context_totals *context, uint32_t counts[OXC_COUNTS])
{
    static const oxc_count columns[] = {
        [OXC_OUTCOME_NONE] = OXC_COUNT_OTHER,
        [OXC_OUTCOME_NOTIFICATION] = OXC_COUNT_NOTIFIED,
        [OXC_OUTCOME_NO_EVENT] = OXC_COUNT_NO_EVENT,
        [OXC_OUTCOME_REJECTED] = OXC_COUNT_REJECTED,
        [OXC_OUTCOME_EXITING] = OXC_COUNT_OTHER,
        [OXC_OUTCOME_OTHER_ERROR] = OXC_COUNT_OTHER,
        [OXC_OUTCOME_FAULT] = OXC_COUNT_FAULTED,
        [OXC_OUTCOME_CANCELLED] = OXC_COUNT_OTHER,
        [OXC_OUTCOME_CLOSED] = OXC_COUNT_OTHER,
        [OXC_OUTCOME_DROPPED] = OXC_COUNT_OTHER,
    };

    memset(counts, 0, OXC_COUNTS * sizeof *counts);
    counts[OXC_COUNT_WAITS] = context->waits;
    counts[OXC_COUNT_OUTSTANDING] = context->outstanding;
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++)
        counts[columns[i]] += context->ended[i];
}

static void free_context(gpointer data)
{
    oxc_context_totals *context = (oxc_context_totals *)data;

    if (context)
        oxc_context_totals_clear(context);
    g_free(context);
}

void oxc_totals_init(oxc_totals *totals, bool journal)
{
    *totals = (oxc_totals){.unknown = {.session = OXC_NONE}};
    totals->contexts = g_ptr_array_new_with_free_func(free_context);
    totals->sessions = g_array_new(FALSE, TRUE, sizeof(oxc_session_totals));
    totals->findings = g_array_new(FALSE, FALSE, sizeof(oxc_found));
    totals->names = g_string_chunk_new(1024);
    if (journal)
        totals->journal = oxc_journal_new();
}

void oxc_totals_clear(oxc_totals *totals)
{
    oxc_seen_clear(&totals->seen);
    oxc_context_totals_clear(&totals->unknown);
    g_clear_pointer(&totals->contexts, g_ptr_array_unref);
    g_clear_pointer(&totals->sessions, g_array_unref);
    g_clear_pointer(&totals->findings, g_array_unref);
    g_clear_pointer(&totals->journal, oxc_journal_free);
    g_clear_pointer(&totals->names, g_string_chunk_free);
}

static oxc_context_totals *context_of(oxc_totals *totals, uint32_t number)
{
    oxc_context_totals **place;

    if (number == OXC_NONE)
        return &totals->unknown;
    if (number >= totals->contexts->len)
        g_ptr_array_set_size(totals->contexts, (int)number + 1);
    place = (oxc_context_totals **)&g_ptr_array_index(totals->contexts, number);
    if (!*place) {
        *place = g_new0(oxc_context_totals, 1);
        (*place)->session = OXC_NONE;
        totals->context_count++;
    }
    return *place;
}

/* An address as a text that lives as long as the totals, or NULL. Frees the address. */
static const char *keep_name(oxc_totals *totals, address *addr)
{
    char *text = oxc_address_text(addr);
    const char *kept = text ? g_string_chunk_insert_const(totals->names, text) : NULL;

    g_free(text);
    free_address(addr);
    return kept;
}

static const char *client_name(oxc_totals *totals, const packet_info *pinfo, const oxc_view *view)
{
    address client = ADDRESS_INIT_NONE;

    oxc_copy_client(&client, pinfo, view);
    return keep_name(totals, &client);
}

static const char *server_name(oxc_totals *totals, packet_info *pinfo, const oxc_shown *shown)
{
    address server = ADDRESS_INIT_NONE;

    oxc_copy_server(&server, pinfo, shown);
    return keep_name(totals, &server);
}

static void take_session(oxc_totals *totals, packet_info *pinfo, const oxc_shown *shown)
{
    uint32_t number = shown->view.session;
    oxc_session_totals *session;

    if (number == OXC_NONE)
        return;
    if (number >= totals->sessions->len)
        g_array_set_size(totals->sessions, number + 1);
    session = &g_array_index(totals->sessions, oxc_session_totals, number);
    if (session->frame != 0)
        return;
    session->frame = pinfo->num;
    session->client = client_name(totals, pinfo, &shown->view);
    session->server = server_name(totals, pinfo, shown);
    session->transport = shown->carrier.transport;
}

static void take_findings(oxc_totals *totals, packet_info *pinfo, const oxc_shown *shown)
{
    const oxc_view *view = &shown->view;

    for (size_t i = 0; i < view->finding_count; i++) {
        oxc_found found = {.frame = pinfo->num,
                           .session = view->session,
                           .context = view->context,
                           .time = oxc_nanoseconds(&pinfo->rel_ts),
                           .finding = view->findings[i],
                           .client = client_name(totals, pinfo, view),
                           .server = server_name(totals, pinfo, shown),
                           .transport = shown->carrier.transport};

        g_array_append_val(totals->findings, found);
        if (oxc_rules[found.finding.rule].rule_class == OXC_CLASS_VIOLATION)
            totals->violations++;
        else
            totals->suspicions++;
    }
}

static void take_limits(oxc_limits *limits, const oxc_view *view)
{
    bool request = view->type == OXC_EVENT_REQUEST;

    if (view->unmatched)
        limits->unmatched_responses++;
    else if (view->sealed)
        ++*(request ? &limits->sealed_requests : &limits->sealed_responses);
    else if (view->unreadable && oxc_kind_is_followed(view->kind))
        ++*(request ? &limits->unread_requests : &limits->unread_responses);
}

void oxc_totals_take(oxc_totals *totals, packet_info *pinfo, const oxc_shown *shown)
{
    const oxc_view *view = &shown->view;

    if (!totals->started) {
        totals->start = oxc_arrival(pinfo) - oxc_nanoseconds(&pinfo->rel_ts);
        totals->started = true;
    }
    /* What a capture shows twice counts once. */
    if (view->repeated)
        return;
    oxc_seen_add(&totals->seen, view->record);
    if (totals->journal)
        oxc_journal_take(totals->journal, pinfo, shown);
    take_session(totals, pinfo, shown);
    if (view->type == OXC_EVENT_REQUEST)
        totals->requests++;
    if (view->context != OXC_NONE || oxc_view_is_unknown_wait(view))
        oxc_context_totals_note(context_of(totals, view->context), pinfo, shown);
    take_findings(totals, pinfo, shown);
    take_limits(&totals->limits, view);
}

char *oxc_printable_text(const char *bytes)
{
    char *valid = g_utf8_make_valid(bytes, -1);
    GString *text = g_string_new(NULL);

    for (const char *at = valid; *at; at += g_utf8_skip[(guchar)*at]) {
        gunichar character = g_utf8_get_char(at);

        g_string_append_unichar(text, g_unichar_isprint(character) ? character : '?');
    }
    g_free(valid);
    return g_string_free(text, FALSE);
}

char *oxc_address_text(const address *addr)
{
    char *shown, *text;

    if (addr->type == AT_NONE)
        return NULL;
    /* A name out of a URL. */
    if (addr->type == AT_STRINGZ)
        return oxc_printable_text((const char *)addr->data);
    shown = address_to_str(NULL, addr);
    text = oxc_printable_text(shown);
    wmem_free(NULL, shown);
    return text;
}

/* What gaps cost each session and each context. */
static void count_gaps(oxc_totals *totals)
{
    const oxc_tracker *tracker = oxc_analysis_tracker();

    totals->limits.gaps = oxc_tracker_gap_totals(tracker);
    for (uint32_t i = 0; i < totals->sessions->len; i++)
        oxc_tracker_session_gaps(tracker, i,
                                 &g_array_index(totals->sessions, oxc_session_totals, i).gaps);
    for (uint32_t i = 0; i < totals->contexts->len; i++) {
        oxc_context_totals *context = (oxc_context_totals *)g_ptr_array_index(totals->contexts, i);

        if (context)
            oxc_tracker_context_gaps(tracker, i, &context->gaps);
    }
}

static void count_limits(oxc_limits *limits)
{
    const oxc_rpc_connection *connection;

    limits->lost_segments = oxc_lost_segments();
    limits->unbound_connections = 0;
    for (uint32_t i = 0; (connection = oxc_rpc_connection_by_number(i)) != NULL; i++) {
        if (connection->unbound_frame == 0)
            continue;
        if (limits->unbound_connections++ == 0 || connection->unbound_frame < limits->unbound_frame)
            limits->unbound_frame = connection->unbound_frame;
    }
}

static void count_none(oxc_context_totals *context)
{
    context->waits = context->outstanding = 0;
    memset(context->ended, 0, sizeof context->ended);
    oxc_wait_times_clear(&context->times);
}

/* Counts the waits that were seen, and what is known of them by now. */
static void count_waits(oxc_totals *totals)
{
    uint32_t position = 0;
    oxc_wait wait;

    totals->waits = 0;
    count_none(&totals->unknown);
    for (uint32_t i = 0; i < totals->contexts->len; i++) {
        if (g_ptr_array_index(totals->contexts, i))
            count_none((oxc_context_totals *)g_ptr_array_index(totals->contexts, i));
    }
    while (oxc_tracker_next_wait(oxc_analysis_tracker(), &position, &wait)) {
        oxc_context_totals *context;

        if (!oxc_seen_has(&totals->seen, wait.record))
            continue;
        context = context_of(totals, wait.context);
        totals->waits++;
        context->waits++;
        ++*oxc_context_totals_place(context, &wait, &totals->seen);
        if (oxc_seen_has(&totals->seen, wait.end.record))
            oxc_wait_times_add(&context->times, wait.end.wait_time);
    }
}

void oxc_totals_finish(oxc_totals *totals)
{
    count_waits(totals);
    count_gaps(totals);
    count_limits(&totals->limits);
    if (totals->journal)
        oxc_journal_finish(totals->journal);
}

bool oxc_totals_any_bind(void)
{
    const oxc_rpc_connection *connection;

    for (uint32_t i = 0; (connection = oxc_rpc_connection_by_number(i)) != NULL; i++) {
        if (connection->contexts)
            return true;
    }
    return false;
}
