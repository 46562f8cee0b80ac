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

#include "transport/rpc_over_http/refusals.h"
#include "transport/rpc_over_http/virtual_connection.h"

enum {
    COLUMN_CONTEXT,
    COLUMN_SESSION,
    COLUMN_CLIENT,
    COLUMN_SERVER,
    COLUMN_CONNECT_FRAME,
    COLUMN_WAITS,
    COLUMN_NOTIFIED,
    COLUMN_NO_EVENT,
    COLUMN_REJECTED,
    COLUMN_FAULTED,
    COLUMN_OTHER,
    COLUMN_STILL_OUT,
    COLUMN_SHORTEST,
    COLUMN_MEDIAN,
    COLUMN_LONGEST,
    COLUMNS
};

static const struct {
    const char *title;
    bool left;
} columns[COLUMNS] = {
    [COLUMN_CONTEXT] = {"Context", false},
    [COLUMN_SESSION] = {"Session", false},
    [COLUMN_CLIENT] = {"Client", true},
    [COLUMN_SERVER] = {"Server", true},
    [COLUMN_CONNECT_FRAME] = {"Connect frame", false},
    [COLUMN_WAITS] = {"Waits", false},
    [COLUMN_NOTIFIED] = {"Notified", false},
    [COLUMN_NO_EVENT] = {"No event", false},
    [COLUMN_REJECTED] = {"Rejected", false},
    [COLUMN_FAULTED] = {"Faulted", false},
    [COLUMN_OTHER] = {"Other", false},
    [COLUMN_STILL_OUT] = {"Still out", false},
    [COLUMN_SHORTEST] = {"Shortest", false},
    [COLUMN_MEDIAN] = {"Median", false},
    [COLUMN_LONGEST] = {"Longest", false},
};

/* The texts of one line of the table; each is freed with the row. */
typedef struct {
    char *cells[COLUMNS];
} table_row;

static const char *plural(uint32_t count)
{
    return count == 1 ? "" : "s";
}

/* OXC_NONE and, for frames, 0 stand for nothing. */
static char *number_text(uint32_t number, uint32_t none)
{
    return number == none ? g_strdup("-") : g_strdup_printf("%u", number);
}

static char *time_text(const char *mark, int64_t nanoseconds)
{
    uint64_t size = nanoseconds < 0 ? -(uint64_t)nanoseconds : (uint64_t)nanoseconds;
    uint64_t milliseconds = (size + 500000) / 1000000;

    return g_strdup_printf("%s%s%" PRIu64 ".%03" PRIu64 " s", mark, nanoseconds < 0 ? "-" : "",
                           milliseconds / 1000, milliseconds % 1000);
}

static char *address_text(const address *addr)
{
    char *text = oxc_address_text(addr);

    return text ? text : g_strdup("-");
}

static void fill_counts(table_row *row, const oxc_context_totals *context)
{
    oxc_wait_counts counts;

    oxc_context_totals_count(context, &counts);
    row->cells[COLUMN_WAITS] = g_strdup_printf("%u", context->waits);
    row->cells[COLUMN_NOTIFIED] = g_strdup_printf("%u", counts.notified);
    row->cells[COLUMN_NO_EVENT] = g_strdup_printf("%u", counts.no_event);
    row->cells[COLUMN_REJECTED] = g_strdup_printf("%u", counts.rejected);
    row->cells[COLUMN_FAULTED] = g_strdup_printf("%u", counts.faulted);
    row->cells[COLUMN_OTHER] = g_strdup_printf("%u", counts.other);
    row->cells[COLUMN_STILL_OUT] = g_strdup_printf("%u", counts.still_out);
}

static void fill_times(table_row *row, const oxc_wait_times *times)
{
    bool exact;
    int64_t median = oxc_wait_times_median(times, &exact);

    if (times->count == 0) {
        for (int i = COLUMN_SHORTEST; i <= COLUMN_LONGEST; i++)
            row->cells[i] = g_strdup("-");
        return;
    }
    row->cells[COLUMN_SHORTEST] = time_text("", times->shortest);
    row->cells[COLUMN_MEDIAN] = time_text(exact ? "" : "~", median);
    row->cells[COLUMN_LONGEST] = time_text("", times->longest);
}

static void fill_row(table_row *row, const oxc_context_totals *context, uint32_t number)
{
    row->cells[COLUMN_CONTEXT] = number_text(number, OXC_NONE);
    row->cells[COLUMN_SESSION] = number_text(context->session, OXC_NONE);
    row->cells[COLUMN_CLIENT] = address_text(&context->client);
    row->cells[COLUMN_SERVER] = address_text(&context->server);
    row->cells[COLUMN_CONNECT_FRAME] = number_text(context->connect_frame, 0);
    fill_counts(row, context);
    fill_times(row, &context->times);
}

static void clear_row(table_row *row)
{
    for (int i = 0; i < COLUMNS; i++)
        g_free(row->cells[i]);
}

static int width_of(const char *text)
{
    return (int)g_utf8_strlen(text, -1);
}

static void print_cell(FILE *file, const char *text, int width, int column)
{
    int blanks = width - width_of(text);

    if (column > 0)
        fputs("  ", file);
    if (!columns[column].left)
        fprintf(file, "%*s", blanks, "");
    fputs(text, file);
    if (columns[column].left)
        fprintf(file, "%*s", blanks, "");
    if (column + 1 == COLUMNS)
        fputc('\n', file);
}

/* One pass over the contexts to measure the columns, a second one to print them: as text at once
 * they would take many times the memory. */
typedef struct {
    FILE *file; /* NULL while measuring */
    int widths[COLUMNS];
} table;

static void add_row(table *this, const oxc_context_totals *context, uint32_t number)
{
    table_row row;

    fill_row(&row, context, number);
    for (int i = 0; i < COLUMNS; i++) {
        if (this->file)
            print_cell(this->file, row.cells[i], this->widths[i], i);
        else
            this->widths[i] = MAX(this->widths[i], width_of(row.cells[i]));
    }
    clear_row(&row);
}

static void add_rows(table *this, const oxc_totals *totals)
{
    for (uint32_t i = 0; i < totals->contexts->len; i++) {
        const oxc_context_totals *context =
            (const oxc_context_totals *)g_ptr_array_index(totals->contexts, i);

        if (context)
            add_row(this, context, i);
    }
    if (totals->unknown.waits > 0)
        add_row(this, &totals->unknown, OXC_NONE);
}

static void add_ended(uint32_t *ended, const oxc_context_totals *context)
{
    uint32_t closed;

    oxc_context_totals_out(context, &closed);
    for (unsigned i = 0; i <= OXC_OUTCOME_DROPPED; i++)
        ended[i] += context->ended[i];
    ended[OXC_OUTCOME_CLOSED] += closed;
}

/* What the column "Other" is made of. */
static void print_other(const oxc_totals *totals, FILE *file)
{
    static const struct {
        oxc_outcome outcome;
        const char *text;
    } others[] = {
        {OXC_OUTCOME_EXITING, "returned Exiting"},
        {OXC_OUTCOME_OTHER_ERROR, "returned another error"},
        {OXC_OUTCOME_CANCELLED, "cancelled"},
        {OXC_OUTCOME_CLOSED, "ended by the close of the connection"},
        {OXC_OUTCOME_DROPPED, "dropped on the way"},
        {OXC_OUTCOME_NONE, "with an answer that could not be read"},
    };
    uint32_t ended[OXC_OUTCOME_DROPPED + 1] = {0};
    const char *mark = "Other: ";

    for (uint32_t i = 0; i < totals->contexts->len; i++) {
        if (g_ptr_array_index(totals->contexts, i))
            add_ended(ended, (const oxc_context_totals *)g_ptr_array_index(totals->contexts, i));
    }
    add_ended(ended, &totals->unknown);
    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++) {
        if (ended[others[i].outcome] > 0) {
            fprintf(file, "%s%u %s", mark, ended[others[i].outcome], others[i].text);
            mark = ", ";
        }
    }
    if (*mark == ',')
        fputs(".\n", file);
}

static void print_contexts(const oxc_totals *totals, FILE *file)
{
    table this = {.file = NULL};

    if (totals->context_count == 0 && totals->unknown.waits == 0)
        return;
    for (int i = 0; i < COLUMNS; i++)
        this.widths[i] = width_of(columns[i].title);
    add_rows(&this, totals);
    this.file = file;
    for (int i = 0; i < COLUMNS; i++)
        print_cell(file, columns[i].title, this.widths[i], i);
    add_rows(&this, totals);
    print_other(totals, file);
    if (totals->unknown.waits > 0)
        fputs("Context -: waits whose context is not known (null handle, or not readable).\n",
              file);
    fputc('\n', file);
}

static void print_finding(FILE *file, const oxc_found *found, const int *widths)
{
    const oxc_rule *rule = &oxc_rules[found->finding.rule];
    GString *text = g_string_new(NULL);

    oxc_finding_append_text(text, &found->finding);
    fprintf(file, "%*u  %-*s  %-9s  %s\n", widths[0], found->frame, widths[1], rule->name,
            rule->rule_class == OXC_CLASS_VIOLATION ? "violation" : "suspicion", text->str);
    g_string_free(text, TRUE);
}

static void measure_findings(const GArray *findings, int *widths)
{
    uint32_t last = 0;

    for (unsigned i = 0; i < findings->len; i++) {
        const oxc_found *found = &g_array_index(findings, oxc_found, i);

        last = MAX(last, found->frame);
        widths[1] = MAX(widths[1], width_of(oxc_rules[found->finding.rule].name));
    }
    for (; last > 99999; last /= 10)
        widths[0]++;
}

static void print_findings(const oxc_totals *totals, FILE *file)
{
    int widths[] = {5, 4};

    if (totals->findings->len == 0)
        return;
    measure_findings(totals->findings, widths);
    fprintf(file, "%*s  %-*s  %-9s  %s\n", widths[0], "Frame", widths[1], "Rule", "Class",
            "What was seen");
    for (unsigned i = 0; i < totals->findings->len; i++)
        print_finding(file, &g_array_index(totals->findings, oxc_found, i), widths);
    fputc('\n', file);
}

static void print_nothing_seen(const oxc_totals *totals, FILE *file)
{
    if (totals->context_count > 0 || totals->waits > 0)
        return;
    if (totals->requests > 0)
        fputs("Calls of EMSMDB were seen, but no asynchronous context and no wait. Whether the "
              "server refused EcDoAsyncConnectEx: emsmdb.opnum == 14 && emsmdb.status != 0\n\n",
              file);
    else if (oxc_totals_any_bind())
        fputs("A client bound to EMSMDB or AsyncEMSMDB, but no request to them was seen: the "
              "capture may have ended too early, or it holds one direction only.\n\n",
              file);
    else if (totals->limits.unbound_connections > 0)
        fputs("No call of EMSMDB or AsyncEMSMDB could be read.\n\n", file);
    else if (oxc_has_channels())
        fputs("RPC over HTTP was seen, but no call of EMSMDB or AsyncEMSMDB in it: perhaps one of "
              "the two channels is missing, or its start.\n\n",
              file);
    else
        fputs("No call of EMSMDB or AsyncEMSMDB was seen. Does the capture hold the traffic "
              "between Outlook and an Exchange server, from its start on? HTTPS needs the keys "
              "of TLS (-o tls.keylog_file:FILE); a port that Wireshark takes for something else "
              "needs Decode As (-d tcp.port==PORT,dcerpc); MAPI over HTTP is not analysed.\n\n",
              file);
}

static void print_sealed(const oxc_limits *limits, FILE *file)
{
    if (limits->sealed_requests + limits->sealed_responses == 0)
        return;
    fprintf(file,
            "%u request%s and %u response%s are sealed (packet privacy) and could not be read. "
            "That takes the right NTLM password (-o ntlmssp.nt_password:PASSWORD) or Kerberos "
            "keytab (-o kerberos.decrypt:TRUE -K KEYTAB); of NTLM inside SPNEGO Wireshark opens "
            "only the first call.\n\n",
            limits->sealed_requests, plural(limits->sealed_requests), limits->sealed_responses,
            plural(limits->sealed_responses));
}

/* The answer to "why is nothing seen" where the proxy lets nobody in. */
static void print_refusals(FILE *file)
{
    size_t count = oxc_refusal_count();
    const oxc_refusal *first = oxc_refusal_at(0);
    char *text;

    if (!first)
        return;
    text = oxc_refusal_text(NULL, first);
    fprintf(file, "The RPC proxy refused %s (frame %u)", text, first->frame);
    wmem_free(NULL, text);
    if (count > 1)
        fprintf(file, ", and %zu more request%s", count - 1, plural((uint32_t)(count - 1)));
    fputs(".\n\n", file);
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
                     "%u request%s or response%s could not be read (cut short, damaged, or "
                     "a part is missing)",
                     unread, plural(unread), plural(unread));
    if (limits->unmatched_responses > 0)
        append_limit(text, "%u response%s could not be matched to a request",
                     limits->unmatched_responses, plural(limits->unmatched_responses));
    if (limits->lost_segments > 0)
        append_limit(text, "TCP segments are missing from the capture in %u place%s",
                     limits->lost_segments, plural(limits->lost_segments));
    if (limits->unbound_connections > 0)
        append_limit(text,
                     "the bind of %u connection%s that may carry calls of Exchange is missing "
                     "(frame %u says which Decode As helps)",
                     limits->unbound_connections, plural(limits->unbound_connections),
                     limits->unbound_frame);
    if (text->len > 0)
        fprintf(file, "%s.\n\n", text->str);
    g_string_free(text, TRUE);
}

/* "0 violations" alone would look like a clean capture. */
static void print_unjudged(const oxc_totals *totals, FILE *file)
{
    uint32_t unread = totals->limits.sealed_requests + totals->limits.unread_requests;

    if (totals->requests > 0 ? unread >= totals->requests : totals->limits.unbound_connections > 0)
        fputs("Nothing was judged: no call could be read.\n\n", file);
}

void oxc_report_print_text(const oxc_totals *totals, FILE *file)
{
    print_contexts(totals, file);
    print_findings(totals, file);
    print_nothing_seen(totals, file);
    print_refusals(file);
    print_sealed(&totals->limits, file);
    print_limits(&totals->limits, file);
    print_unjudged(totals, file);
    fprintf(file, "%u context%s, %u wait%s, %u violation%s, %u suspicion%s\n",
            totals->context_count, plural(totals->context_count), totals->waits,
            plural(totals->waits), totals->violations, plural(totals->violations),
            totals->suspicions, plural(totals->suspicions));
}
