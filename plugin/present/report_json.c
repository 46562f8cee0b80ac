/* report_json.c
 * The report as JSON; docs/json.md describes it
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "report.h"

#include <inttypes.h>
#include <string.h>
#include <wsutil/json_dumper.h>

#include "capture/analysis.h"
#include "capture/refusals.h"
#include "report_lines.h"

enum { FORMAT_VERSION = 2 };

static void put_number(json_dumper *json, const char *name, uint32_t number)
{
    json_dumper_set_member_name(json, name);
    json_dumper_value_anyf(json, "%u", number);
}

static void put_count(json_dumper *json, const char *name, uint64_t count)
{
    json_dumper_set_member_name(json, name);
    json_dumper_value_anyf(json, "%" PRIu64, count);
}

static void put_number_or_null(json_dumper *json, const char *name, uint32_t number, uint32_t none)
{
    json_dumper_set_member_name(json, name);
    if (number == none)
        json_dumper_value_anyf(json, "null");
    else
        json_dumper_value_anyf(json, "%u", number);
}

static void put_string(json_dumper *json, const char *name, const char *text)
{
    json_dumper_set_member_name(json, name);
    json_dumper_value_string(json, text);
}

static void put_string_or_null(json_dumper *json, const char *name, const char *text)
{
    json_dumper_set_member_name(json, name);
    if (text)
        json_dumper_value_string(json, text);
    else
        json_dumper_value_anyf(json, "null");
}

static void put_bool(json_dumper *json, const char *name, bool value)
{
    json_dumper_set_member_name(json, name);
    json_dumper_value_anyf(json, value ? "true" : "false");
}

static void put_address(json_dumper *json, const char *name, const address *addr)
{
    char *text = oxc_address_text(addr);

    put_string_or_null(json, name, text);
    g_free(text);
}

/* Seconds, whatever the locale's decimal point. */
static void put_time(json_dumper *json, const char *name, int64_t nanoseconds)
{
    uint64_t size = nanoseconds < 0 ? -(uint64_t)nanoseconds : (uint64_t)nanoseconds;

    json_dumper_set_member_name(json, name);
    json_dumper_value_anyf(json, "%s%" PRIu64 ".%09" PRIu64, nanoseconds < 0 ? "-" : "",
                           size / 1000000000, size % 1000000000);
}

static void put_time_or_null(json_dumper *json, const char *name, bool known, int64_t nanoseconds)
{
    if (known)
        put_time(json, name, nanoseconds);
    else
        put_string_or_null(json, name, NULL);
}

static void put_wait_times(json_dumper *json, const oxc_wait_times *times)
{
    bool exact;
    int64_t median = oxc_wait_times_median(times, &exact);

    json_dumper_set_member_name(json, "wait_time");
    if (times->count == 0) {
        json_dumper_value_anyf(json, "null");
        return;
    }
    json_dumper_begin_object(json);
    put_number(json, "count", times->count);
    put_time(json, "shortest", times->shortest);
    put_time(json, "median", median);
    put_bool(json, "median_exact", exact);
    put_time(json, "longest", times->longest);
    json_dumper_end_object(json);
}

/* A frame and its time; both null where there is none. */
static void put_frame(json_dumper *json, const oxc_totals *totals, const char *frame_name,
                      const char *time_name, uint32_t frame)
{
    int64_t time = 0;
    bool known = frame != 0 && oxc_tracker_frame_time(oxc_analysis_tracker(), frame, &time);

    put_number_or_null(json, frame_name, frame, 0);
    put_time_or_null(json, time_name, known, time - totals->start);
}

/* What gaps cost, or null if they cost nothing. */
static void put_gaps(json_dumper *json, const oxc_totals *totals, const oxc_gap_cost *cost)
{
    json_dumper_set_member_name(json, "gaps");
    if (cost->calls == 0 && cost->answers == 0 && cost->certain_frame == 0 && !cost->doubtful) {
        json_dumper_value_anyf(json, "null");
        return;
    }
    json_dumper_begin_object(json);
    put_number(json, "unjudged_requests", cost->calls);
    put_number(json, "unjudged_responses", cost->answers);
    put_frame(json, totals, "certain_frame", "certain_time", cost->certain_frame);
    put_bool(json, "doubtful", cost->doubtful);
    json_dumper_end_object(json);
}

/* How waits end, as members and as values. */
static const char *const outcomes[] = {
    [OXC_OUTCOME_NONE] = "unread",       [OXC_OUTCOME_NOTIFICATION] = "notified",
    [OXC_OUTCOME_NO_EVENT] = "no_event", [OXC_OUTCOME_REJECTED] = "rejected",
    [OXC_OUTCOME_EXITING] = "exiting",   [OXC_OUTCOME_OTHER_ERROR] = "other_error",
    [OXC_OUTCOME_FAULT] = "faulted",     [OXC_OUTCOME_CANCELLED] = "cancelled",
    [OXC_OUTCOME_CLOSED] = "closed",     [OXC_OUTCOME_DROPPED] = "dropped",
};

static void put_context(json_dumper *json, const oxc_totals *totals,
                        const oxc_context_totals *context, uint32_t number)
{
    json_dumper_begin_object(json);
    put_number_or_null(json, "context", number, OXC_NONE);
    put_number_or_null(json, "session", context->session, OXC_NONE);
    put_string_or_null(json, "transport", oxc_transport_name(context->transport));
    put_address(json, "client", &context->client);
    put_address(json, "server", &context->server);
    put_number_or_null(json, "connect_frame", context->connect_frame, 0);
    put_number(json, "waits", context->waits);
    for (unsigned i = 0; i < G_N_ELEMENTS(outcomes); i++)
        put_number(json, outcomes[i], context->ended[i]);
    put_number(json, "outstanding", context->outstanding);
    put_wait_times(json, &context->times);
    put_gaps(json, totals, &context->gaps);
    json_dumper_end_object(json);
}

static void put_contexts(json_dumper *json, const oxc_totals *totals)
{
    json_dumper_set_member_name(json, "contexts");
    json_dumper_begin_array(json);
    for (uint32_t i = 0; i < totals->contexts->len; i++) {
        const oxc_context_totals *context =
            (const oxc_context_totals *)g_ptr_array_index(totals->contexts, i);

        if (context)
            put_context(json, totals, context, i);
    }
    if (totals->unknown.waits > 0)
        put_context(json, totals, &totals->unknown, OXC_NONE);
    json_dumper_end_array(json);
}

static void put_sessions(json_dumper *json, const oxc_totals *totals)
{
    json_dumper_set_member_name(json, "sessions");
    json_dumper_begin_array(json);
    for (unsigned i = 0; i < totals->sessions->len; i++) {
        const oxc_session_totals *session = &g_array_index(totals->sessions, oxc_session_totals, i);

        if (session->frame == 0)
            continue;
        json_dumper_begin_object(json);
        put_number(json, "session", i);
        put_string_or_null(json, "transport", oxc_transport_name(session->transport));
        put_string_or_null(json, "client", session->client);
        put_string_or_null(json, "server", session->server);
        put_number(json, "first_frame", session->frame);
        put_gaps(json, totals, &session->gaps);
        json_dumper_end_object(json);
    }
    json_dumper_end_array(json);
}

static void put_requirements(json_dumper *json, const char *requirements)
{
    char **ids = g_strsplit(requirements, " ", -1);

    json_dumper_set_member_name(json, "requirements");
    json_dumper_begin_array(json);
    for (char **id = ids; *id; id++) {
        if (**id)
            json_dumper_value_string(json, *id);
    }
    json_dumper_end_array(json);
    g_strfreev(ids);
}

static void put_evidence(json_dumper *json, const oxc_finding *finding)
{
    json_dumper_set_member_name(json, "evidence_frames");
    json_dumper_begin_array(json);
    for (size_t i = 0; i < G_N_ELEMENTS(finding->frames); i++) {
        if (finding->frames[i] != 0)
            json_dumper_value_anyf(json, "%u", finding->frames[i]);
    }
    json_dumper_end_array(json);
}

static void put_finding(json_dumper *json, const oxc_found *found)
{
    static const char *const severities[] = {[OXC_SEVERITY_NOTE] = "note",
                                             [OXC_SEVERITY_WARNING] = "warning",
                                             [OXC_SEVERITY_ERROR] = "error"};
    static const char *const actors[] = {[OXC_ACTOR_CLIENT] = "client",
                                         [OXC_ACTOR_SERVER] = "server",
                                         [OXC_ACTOR_NETWORK] = "network"};
    const oxc_rule *rule = &oxc_rules[found->finding.rule];
    GString *text = g_string_new(NULL);

    oxc_finding_append_text(text, &found->finding);
    json_dumper_begin_object(json);
    put_number(json, "frame", found->frame);
    put_time(json, "time", found->time);
    put_string(json, "rule", rule->name);
    put_string(json, "class", rule->rule_class == OXC_CLASS_VIOLATION ? "violation" : "suspicion");
    put_string(json, "severity", severities[found->finding.severity]);
    put_string(json, "actor", actors[rule->actor]);
    put_number_or_null(json, "session", found->session, OXC_NONE);
    put_number_or_null(json, "context", found->context, OXC_NONE);
    put_string_or_null(json, "transport", oxc_transport_name(found->transport));
    put_string_or_null(json, "client", found->client);
    put_string_or_null(json, "server", found->server);
    put_string(json, "fault", rule->fault);
    put_string(json, "summary", rule->summary);
    put_string(json, "remedy", rule->remedy);
    put_string(json, "text", text->str);
    put_evidence(json, &found->finding);
    put_requirements(json, oxc_finding_requirements(&found->finding));
    json_dumper_end_object(json);
    g_string_free(text, TRUE);
}

static void put_findings(json_dumper *json, const oxc_totals *totals)
{
    json_dumper_set_member_name(json, "findings");
    json_dumper_begin_array(json);
    for (unsigned i = 0; i < totals->findings->len; i++)
        put_finding(json, &g_array_index(totals->findings, oxc_found, i));
    json_dumper_end_array(json);
}

/* How the connection of a wait was closed that ended so; null for any other wait. */
static void put_close(json_dumper *json, const oxc_totals *totals, const oxc_close *close)
{
    static const char *const kinds[] = {
        [OXC_CLOSE_UNKNOWN] = NULL, [OXC_CLOSE_FIN] = "FIN", [OXC_CLOSE_RST] = "RST"};
    static const char *const sides[] = {
        [OXC_SIDE_UNKNOWN] = NULL, [OXC_SIDE_CLIENT] = "client", [OXC_SIDE_SERVER] = "server"};

    put_time_or_null(json, "closed_time", close->has_time, close->time - totals->start);
    put_string_or_null(json, "closed_how", kinds[close->kind]);
    put_string_or_null(json, "closed_by", sides[close->side]);
}

static oxc_transport transport_of(const oxc_wait *wait)
{
    const oxc_rpc_connection *connection = oxc_rpc_connection_by_number(wait->connection);

    if (!connection)
        return OXC_TRANSPORT_MAPI_HTTP;
    return connection->over_http ? OXC_TRANSPORT_RPC_HTTP : OXC_TRANSPORT_RPC_TCP;
}

static void put_end(json_dumper *json, const oxc_totals *totals, const oxc_wait *wait)
{
    static const oxc_close no_close;
    const oxc_wait_end *end = oxc_seen_end(&totals->seen, wait);
    bool cut = wait->closed && (!end || end->outcome == OXC_OUTCOME_CLOSED);
    oxc_view view = {0};

    if (end)
        oxc_tracker_view(oxc_analysis_tracker(), end->frame, end->ordinal, &view);
    put_number_or_null(json, "end_frame", end ? end->frame : 0, 0);
    put_time_or_null(json, "end_time", end != NULL, end ? end->time - totals->start : 0);
    put_string(json, "outcome",
               end   ? outcomes[end->outcome]
               : cut ? outcomes[OXC_OUTCOME_CLOSED]
                     : "outstanding");
    put_close(json, totals, cut ? &wait->close : &no_close);
    put_frame(json, totals, "fetch_frame", "fetch_time", view.fetch_frame);
    put_frame(json, totals, "delivered_frame", "delivered_time", view.delivered_frame);
}

static void put_wait(json_dumper *json, const oxc_totals *totals, const oxc_wait *wait)
{
    json_dumper_begin_object(json);
    put_number_or_null(json, "session", wait->session, OXC_NONE);
    put_number_or_null(json, "context", wait->context, OXC_NONE);
    put_number_or_null(json, "wait", wait->ordinal, 0);
    put_string_or_null(json, "transport", oxc_transport_name(transport_of(wait)));
    put_number_or_null(json, "connection", wait->connection, OXC_NONE);
    put_number(json, "request_frame", wait->frame);
    put_time(json, "request_time", wait->time - totals->start);
    put_end(json, totals, wait);
    json_dumper_end_object(json);
}

static void put_waits(json_dumper *json, const oxc_totals *totals)
{
    uint32_t position = 0;
    oxc_wait wait;

    json_dumper_set_member_name(json, "waits");
    json_dumper_begin_array(json);
    while (oxc_tracker_next_wait(oxc_analysis_tracker(), &position, &wait)) {
        if (oxc_seen_has(&totals->seen, wait.record))
            put_wait(json, totals, &wait);
    }
    json_dumper_end_array(json);
}

static void put_events(json_dumper *json, const oxc_totals *totals)
{
    static const char *const kinds[] = {[OXC_NOTED_OPEN] = "session_opened",
                                        [OXC_NOTED_CONTEXT] = "context_made",
                                        [OXC_NOTED_DISCONNECT] = "disconnected"};
    const GArray *events = totals->journal->events;

    json_dumper_set_member_name(json, "events");
    json_dumper_begin_array(json);
    for (unsigned i = 0; i < events->len; i++) {
        const oxc_noted_event *event = &g_array_index(events, oxc_noted_event, i);

        json_dumper_begin_object(json);
        put_number(json, "frame", event->frame);
        put_time(json, "time", event->time - totals->start);
        put_string(json, "kind", kinds[event->kind]);
        put_number_or_null(json, "session", event->session, OXC_NONE);
        put_number_or_null(json, "context", event->context, OXC_NONE);
        json_dumper_end_object(json);
    }
    json_dumper_end_array(json);
}

static void put_gap_list(json_dumper *json, const oxc_totals *totals)
{
    static const char *const kinds[] = {[OXC_GAP_MISSING] = "missing",
                                        [OXC_GAP_UNREAD] = "unread",
                                        [OXC_GAP_SEALED] = "sealed",
                                        [OXC_GAP_UNMATCHED] = "unmatched"};
    const oxc_journal *journal = totals->journal;

    json_dumper_set_member_name(json, "gaps");
    json_dumper_begin_array(json);
    for (unsigned i = 0; i < journal->gaps->len; i++) {
        const oxc_noted_gap *gap = &g_array_index(journal->gaps, oxc_noted_gap, i);

        json_dumper_begin_object(json);
        put_string(json, "kind", kinds[gap->kind]);
        put_number(json, "from_frame", gap->from_frame);
        put_time(json, "from_time", gap->from_time - totals->start);
        put_number(json, "to_frame", gap->to_frame);
        put_time(json, "to_time", gap->to_time - totals->start);
        put_number_or_null(json, "connection", gap->connection, OXC_NONE);
        put_number_or_null(json, "session", oxc_journal_session(journal, gap->connection),
                           OXC_NONE);
        json_dumper_end_object(json);
    }
    json_dumper_end_array(json);
}

static void put_refusal(json_dumper *json, uint32_t frame, const char *kind, const char *text)
{
    json_dumper_begin_object(json);
    put_number(json, "frame", frame);
    put_string(json, "kind", kind);
    put_string(json, "text", text);
    json_dumper_end_object(json);
}

/* What was refused, by a server or an RPC proxy: why there may be nothing to see. */
static void put_refusals(json_dumper *json)
{
    enum { MOST_CHANNELS = 100 };
    size_t count = MIN(oxc_refusal_count(), MOST_CHANNELS);
    uint32_t interface = oxc_refused_in(OXC_INTERFACE_ASYNCEMSMDB);

    json_dumper_set_member_name(json, "refusals");
    json_dumper_begin_array(json);
    if (interface != 0)
        put_refusal(json, interface, "interface",
                    "The server refused to bind AsyncEMSMDB: without it no EcDoAsyncWaitEx can be "
                    "sent");
    for (size_t i = 0; i < count; i++) {
        char *channel = oxc_refusal_text(NULL, oxc_refusal_at(i));
        char *text = g_strconcat("The RPC proxy refused ", channel, NULL);

        put_refusal(json, oxc_refusal_at(i)->frame, "channel", text);
        g_free(text);
        wmem_free(NULL, channel);
    }
    json_dumper_end_array(json);
}

static void put_limits(json_dumper *json, const oxc_limits *limits)
{
    json_dumper_set_member_name(json, "limits");
    json_dumper_begin_object(json);
    put_number(json, "sealed_requests", limits->sealed_requests);
    put_number(json, "sealed_responses", limits->sealed_responses);
    put_number(json, "unread_requests", limits->unread_requests);
    put_number(json, "unread_responses", limits->unread_responses);
    put_number(json, "unmatched_responses", limits->unmatched_responses);
    put_number(json, "connections_without_bind", limits->unbound_connections);
    put_number(json, "lost_segments", limits->lost_segments);
    put_number(json, "gaps", limits->gaps.gaps);
    put_count(json, "unjudged_requests", limits->gaps.calls);
    put_count(json, "unjudged_responses", limits->gaps.answers);
    put_number(json, "connections_seen_in_part", limits->gaps.partial);
    put_number(json, "connections_seen_twice", limits->gaps.repeated);
    json_dumper_set_member_name(json, "from_archive");
    json_dumper_value_anyf(json, "%s", limits->gaps.archive ? "true" : "false");
    json_dumper_end_object(json);
}

static void put_summary(json_dumper *json, const oxc_totals *totals)
{
    json_dumper_set_member_name(json, "summary");
    json_dumper_begin_object(json);
    put_number(json, "contexts", totals->context_count);
    put_number(json, "waits", totals->waits);
    put_number(json, "violations", totals->violations);
    put_number(json, "suspicions", totals->suspicions);
    json_dumper_end_object(json);
}

static void put_start(json_dumper *json, const oxc_totals *totals)
{
    static const int64_t second = 1000000000;
    int64_t seconds = totals->start / second - (totals->start % second < 0 ? 1 : 0);
    GDateTime *start = totals->started ? g_date_time_new_from_unix_utc(seconds) : NULL;
    char *text = start ? g_date_time_format(start, "%Y-%m-%dT%H:%M:%S") : NULL;
    char *whole =
        text ? g_strdup_printf("%s.%09" PRId64 "Z", text, totals->start - seconds * second) : NULL;

    put_string_or_null(json, "start", whole);
    g_free(whole);
    g_free(text);
    g_clear_pointer(&start, g_date_time_unref);
}

static void put_report(json_dumper *json, const oxc_totals *totals)
{
    json_dumper_begin_object(json);
    put_string(json, "format", "oxcnotif");
    put_number(json, "version", FORMAT_VERSION);
    put_start(json, totals);
    put_sessions(json, totals);
    put_contexts(json, totals);
    put_findings(json, totals);
    if (totals->journal) {
        put_waits(json, totals);
        put_events(json, totals);
        put_gap_list(json, totals);
    }
    put_refusals(json);
    put_limits(json, &totals->limits);
    put_summary(json, totals);
    json_dumper_end_object(json);
}

/* The report in an object that has the name of the capture, too. */
static void put_named_report(json_dumper *json, const oxc_totals *totals, const char *name)
{
    char *valid = g_utf8_make_valid(name, -1);

    json_dumper_begin_object(json);
    put_string(json, "capture", valid);
    json_dumper_set_member_name(json, "report");
    put_report(json, totals);
    json_dumper_end_object(json);
    g_free(valid);
}

void oxc_report_print_json(const oxc_totals *totals, const oxc_report_options *options, FILE *file)
{
    json_dumper json = {.output_file = file};

    if (options->name)
        put_named_report(&json, totals, options->name);
    else
        put_report(&json, totals);
    json_dumper_finish(&json);
}
