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

/* A context has one outstanding wait, or two for a moment; those of no known context may be many.
 */
#define MOST_OUT 1024

typedef struct {
    uint32_t frame;
    const oxc_ending *ending; /* of its connection, as in oxc_carrier */
} outstanding;

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

static bool is_closed(const outstanding *wait)
{
    return oxc_ending_is_over(wait->ending, NULL);
}

/* Makes room for waits that may still get an answer. */
static void end_closed(oxc_context_totals *context)
{
    for (unsigned i = context->out->len; i-- > 0;) {
        if (is_closed(&g_array_index(context->out, outstanding, i))) {
            g_array_remove_index_fast(context->out, i);
            context->ended[OXC_OUTCOME_CLOSED]++;
        }
    }
}

static void begin_wait(oxc_context_totals *context, const packet_info *pinfo,
                       const oxc_shown *shown)
{
    outstanding wait = {.frame = pinfo->num, .ending = shown->carrier.ending};

    context->waits++;
    if (!context->out)
        context->out = g_array_new(FALSE, FALSE, sizeof(outstanding));
    if (context->out->len == MOST_OUT)
        end_closed(context);
    if (context->out->len < MOST_OUT)
        g_array_append_val(context->out, wait);
    else
        context->more_out++;
}

/* Takes a wait out of those that are out; false if it is not one of them. */
static bool take_out(oxc_context_totals *context, uint32_t frame)
{
    for (unsigned i = 0; context->out && i < context->out->len; i++) {
        if (g_array_index(context->out, outstanding, i).frame == frame) {
            g_array_remove_index_fast(context->out, i);
            return true;
        }
    }
    if (context->more_out > 0) {
        context->more_out--;
        return true;
    }
    return false;
}

/* Finds the wait that ends here, which until now may have counted as dropped, or for no context
 * because its request could not be read. */
static bool find_ended(oxc_context_totals *context, oxc_context_totals *unknown, uint32_t frame)
{
    if (take_out(context, frame))
        return true;
    if (context->ended[OXC_OUTCOME_DROPPED] > 0) {
        context->ended[OXC_OUTCOME_DROPPED]--;
        return true;
    }
    if (unknown && unknown != context && take_out(unknown, frame)) {
        unknown->waits--;
        context->waits++;
        return true;
    }
    return false;
}

static void end_wait(oxc_context_totals *context, oxc_context_totals *unknown, const oxc_view *view)
{
    bool late = view->outcome == OXC_OUTCOME_CLOSED || view->outcome == OXC_OUTCOME_DROPPED;
    uint32_t frame = late ? view->previous_wait_frame : view->request_frame;

    if (late ? !take_out(context, frame) : !find_ended(context, unknown, frame))
        return;
    context->ended[view->outcome]++;
    if (!late && view->has_wait_time)
        oxc_wait_times_add(&context->times, view->wait_time);
}

void oxc_context_totals_take(oxc_context_totals *context, oxc_context_totals *unknown,
                             packet_info *pinfo, const oxc_shown *shown)
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
    if (oxc_view_ends_wait(view))
        end_wait(context, unknown, view);
    if (oxc_view_is_wait_request(view))
        begin_wait(context, pinfo, shown);
}

void oxc_context_totals_clear(oxc_context_totals *context)
{
    free_address(&context->client);
    free_address(&context->server);
    oxc_wait_times_clear(&context->times);
    g_clear_pointer(&context->out, g_array_unref);
    *context = (oxc_context_totals){.session = OXC_NONE};
}

uint32_t oxc_context_totals_out(const oxc_context_totals *context, uint32_t *closed)
{
    uint32_t listed = context->out ? context->out->len : 0;

    *closed = 0;
    for (unsigned i = 0; i < listed; i++)
        *closed += is_closed(&g_array_index(context->out, outstanding, i));
    return listed - *closed + context->more_out;
}

void oxc_context_totals_count(const oxc_context_totals *context, oxc_wait_counts *counts)
{
    const uint32_t *ended = context->ended;
    uint32_t closed;

    counts->outstanding = oxc_context_totals_out(context, &closed);
    counts->notified = ended[OXC_OUTCOME_NOTIFICATION];
    counts->no_event = ended[OXC_OUTCOME_NO_EVENT];
    counts->rejected = ended[OXC_OUTCOME_REJECTED];
    counts->faulted = ended[OXC_OUTCOME_FAULT];
    counts->other = ended[OXC_OUTCOME_NONE] + ended[OXC_OUTCOME_EXITING] +
                    ended[OXC_OUTCOME_OTHER_ERROR] + ended[OXC_OUTCOME_CANCELLED] +
                    ended[OXC_OUTCOME_CLOSED] + ended[OXC_OUTCOME_DROPPED] + closed;
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
    oxc_context_totals_clear(&totals->unknown);
    g_clear_pointer(&totals->contexts, g_ptr_array_unref);
    g_clear_pointer(&totals->sessions, g_array_unref);
    g_clear_pointer(&totals->findings, g_array_unref);
    g_clear_pointer(&totals->journal, oxc_journal_free);
    g_clear_pointer(&totals->names, g_string_chunk_free);
}

static oxc_context_totals *context_of(oxc_totals *totals, const oxc_view *view)
{
    oxc_context_totals **place;

    if (oxc_view_is_unknown_wait(view))
        return &totals->unknown;
    if (view->context >= totals->contexts->len)
        g_ptr_array_set_size(totals->contexts, (int)view->context + 1);
    place = (oxc_context_totals **)&g_ptr_array_index(totals->contexts, view->context);
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
    if (totals->journal)
        oxc_journal_take(totals->journal, pinfo, shown);
    take_session(totals, pinfo, shown);
    if (view->type == OXC_EVENT_REQUEST)
        totals->requests++;
    if (oxc_view_is_wait_request(view))
        totals->waits++;
    if (view->context != OXC_NONE || oxc_view_is_unknown_wait(view))
        oxc_context_totals_take(context_of(totals, view), &totals->unknown, pinfo, shown);
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

void oxc_totals_count_limits(oxc_totals *totals)
{
    oxc_limits *limits = &totals->limits;
    const oxc_rpc_connection *connection;

    count_gaps(totals);
    if (totals->journal)
        oxc_journal_finish(totals->journal);
    limits->lost_segments = oxc_lost_segments();
    limits->unbound_connections = 0;
    for (uint32_t i = 0; (connection = oxc_rpc_connection_by_number(i)) != NULL; i++) {
        if (connection->unbound_frame == 0)
            continue;
        if (limits->unbound_connections++ == 0 || connection->unbound_frame < limits->unbound_frame)
            limits->unbound_frame = connection->unbound_frame;
    }
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
