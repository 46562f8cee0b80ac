/* report_text.c
 * The report as text
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "report.h"

#include <inttypes.h>
#include <stdarg.h>

#include "capture/analysis.h"
#include "capture/refusals.h"
#include "report_contexts.h"
#include "report_findings.h"
#include "report_lines.h"

static const char *plural(uint32_t count)
{
    return count == 1 ? "" : "s";
}

/* Why there is neither a context nor a wait, or NULL if there is. */
static const char *nothing_seen(const oxc_totals *totals)
{
    if (totals->context_count > 0 || totals->waits > 0)
        return NULL;
    if (totals->requests > 0)
        return "Calls of EMSMDB were seen, but no asynchronous context and no wait. Whether the "
               "server refused EcDoAsyncConnectEx: emsmdb.opnum == 14 && emsmdb.status != 0";
    if (oxc_totals_any_bind())
        return "A client bound to EMSMDB or AsyncEMSMDB, but no request to them was seen: the "
               "capture may have ended too early, or it holds one direction only.";
    if (totals->limits.unbound_connections > 0)
        return "No call of EMSMDB or AsyncEMSMDB could be read.";
    if (oxc_http2_seen())
        return "MAPI over HTTP was seen in HTTP/2 only, which is not analysed: Exchange's clients "
               "speak HTTP/1.1. Capture between the server and what speaks HTTP/2 for it.";
    if (oxc_channels_seen())
        return "RPC over HTTP was seen, but no call of EMSMDB or AsyncEMSMDB in it: perhaps one "
               "of the two channels is missing, or its start.";
    return "No call of EMSMDB, AsyncEMSMDB or MAPI over HTTP was seen. Does the capture hold the "
           "traffic between Outlook and an Exchange server, from its start on? HTTPS needs the "
           "keys of TLS (-o tls.keylog_file:FILE); a port that Wireshark takes for something else "
           "needs Decode As (-d tcp.port==PORT,dcerpc or http).";
}

static void print_nothing_seen(const oxc_totals *totals, FILE *file)
{
    const char *text = nothing_seen(totals);

    if (text)
        oxc_print_paragraph(file, text);
}

static void print_sealed(const oxc_limits *limits, FILE *file)
{
    char *text;

    if (limits->sealed_requests + limits->sealed_responses == 0)
        return;
    text = g_strdup_printf(
        "%u request%s and %u response%s are sealed (packet privacy) and could not be read. "
        "Wireshark decrypts them with the NTLM password (-o ntlmssp.nt_password:PASSWORD) or a "
        "Kerberos keytab (-o kerberos.decrypt:TRUE -K KEYTAB); where NTLM is inside SPNEGO, only "
        "the first call.",
        limits->sealed_requests, plural(limits->sealed_requests), limits->sealed_responses,
        plural(limits->sealed_responses));
    oxc_print_paragraph(file, text);
    g_free(text);
}

/* The answer to "why is nothing seen" where the proxy lets nobody in. */
static void print_refusals(FILE *file)
{
    size_t count = oxc_refusal_count();
    const oxc_refusal *first = oxc_refusal_at(0);
    GString *line;
    char *text;

    if (!first)
        return;
    line = g_string_new(NULL);
    text = oxc_refusal_text(NULL, first);
    g_string_printf(line, "The RPC proxy refused %s (frame %u)", text, first->frame);
    wmem_free(NULL, text);
    if (count > 1)
        g_string_append_printf(line, ", and %zu more request%s", count - 1,
                               plural((uint32_t)(count - 1)));
    g_string_append_c(line, '.');
    oxc_print_paragraph(file, line->str);
    g_string_free(line, TRUE);
}

/* The answer to "why no waits". */
static void print_refused_interfaces(FILE *file)
{
    uint32_t frame = oxc_refused_in(OXC_INTERFACE_ASYNCEMSMDB);

    if (frame != 0)
        fprintf(file,
                "The server refused to bind AsyncEMSMDB (frame %u): without it no EcDoAsyncWaitEx "
                "can be sent.\n\n",
                frame);
}

static void append_limit(GString *text, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void append_limit(GString *text, const char *format, ...)
{
    va_list arguments;

    g_string_append(text, text->len == 0 ? "What limits this analysis: " : "; ");
    va_start(arguments, format);
    g_string_append_vprintf(text, format, arguments);
    va_end(arguments);
}

static void print_limits(const oxc_limits *limits, FILE *file)
{
    GString *text = g_string_new(NULL);
    uint32_t unread = limits->unread_requests + limits->unread_responses;

    if (unread > 0)
        append_limit(text,
                     "%u request%s or response%s could not be read (truncated, damaged, or with "
                     "a fragment missing)",
                     unread, plural(unread), plural(unread));
    if (limits->unmatched_responses > 0)
        append_limit(text, "%u response%s could not be matched to a request",
                     limits->unmatched_responses, plural(limits->unmatched_responses));
    if (limits->lost_segments > 0)
        append_limit(text, "TCP segments are missing from the capture in %u place%s",
                     limits->lost_segments, plural(limits->lost_segments));
    if (limits->gaps.partial > 0)
        append_limit(text,
                     "%u connection%s could be seen in part only, and what rests on the rest was "
                     "not judged",
                     limits->gaps.partial, plural(limits->gaps.partial));
    if (limits->gaps.repeated > 0)
        append_limit(text,
                     "%u connection%s %s in the capture twice (before and after address "
                     "translation or a proxy, say) and counted once",
                     limits->gaps.repeated, plural(limits->gaps.repeated),
                     limits->gaps.repeated == 1 ? "is" : "are");
    if (limits->gaps.archive)
        append_limit(text, "the capture was made from an archive of Fiddler, which holds neither "
                           "connections nor the times of the parts of a response: the rules on "
                           "silence, cuts and losses say nothing");
    if (limits->unbound_connections > 0)
        append_limit(text,
                     "the bind of %u connection%s that may carry calls of Exchange is missing "
                     "(frame %u says which Decode As helps)",
                     limits->unbound_connections, plural(limits->unbound_connections),
                     limits->unbound_frame);
    if (text->len > 0) {
        g_string_append_c(text, '.');
        oxc_print_paragraph(file, text->str);
    }
    g_string_free(text, TRUE);
}

/* "Session 2: 3 requests and 1 answer were not judged, certain again from frame 60 on" */
static void print_gap(const oxc_gap_cost *cost, uint32_t session, FILE *file)
{
    GString *text = g_string_new(NULL);

    g_string_printf(text, "Session %u: %u request%s and %u answer%s were not judged", session,
                    cost->calls, plural(cost->calls), cost->answers, plural(cost->answers));
    if (cost->doubtful)
        g_string_append(text, ", and it is still not certain whether it lives at the end");
    else if (cost->certain_frame != 0)
        g_string_append_printf(text, "; from frame %u on it was certain again",
                               cost->certain_frame);
    g_string_append_c(text, '.');
    fputs("  ", file);
    oxc_print_wrapped(file, text->str, 2, 4);
    g_string_free(text, TRUE);
}

/* What gaps cost, by session. */
static void print_gaps(const oxc_totals *totals, FILE *file)
{
    enum { MOST_SESSIONS = 10 };
    uint32_t count = 0;

    for (uint32_t i = 0; i < totals->sessions->len; i++) {
        const oxc_gap_cost *cost = &g_array_index(totals->sessions, oxc_session_totals, i).gaps;

        if (cost->calls + cost->answers == 0)
            continue;
        if (count++ == 0)
            fputs("What gaps in the capture cost:\n", file);
        if (count <= MOST_SESSIONS)
            print_gap(cost, i, file);
    }
    if (count > MOST_SESSIONS)
        fprintf(file, "  %u more sessions (--json has all).\n", count - MOST_SESSIONS);
    if (count > 0)
        fputc('\n', file);
}

/* "0 violations" alone would look like a clean capture. */
static void print_unjudged(const oxc_totals *totals, FILE *file)
{
    uint32_t unread = totals->limits.sealed_requests + totals->limits.unread_requests;

    if (totals->requests > 0 ? unread >= totals->requests : totals->limits.unbound_connections > 0)
        fputs("Nothing was judged: no call could be read.\n\n", file);
}

void oxc_report_print_text(const oxc_totals *totals, const oxc_report_options *options, FILE *file)
{
    oxc_print_long_lines(options->long_lines);
    oxc_report_print_contexts(totals, file);
    oxc_report_print_findings(totals, options->all, file);
    print_nothing_seen(totals, file);
    print_refusals(file);
    print_refused_interfaces(file);
    print_sealed(&totals->limits, file);
    print_limits(&totals->limits, file);
    print_gaps(totals, file);
    print_unjudged(totals, file);
    fprintf(file, "%u context%s, %u wait%s, %u violation%s, %u suspicion%s\n",
            totals->context_count, plural(totals->context_count), totals->waits,
            plural(totals->waits), totals->violations, plural(totals->violations),
            totals->suspicions, plural(totals->suspicions));
}
