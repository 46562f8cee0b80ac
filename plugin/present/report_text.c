/* report_text.c
 * The report as text
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "report.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>

#include "capture/analysis.h"
#include "capture/refusals.h"

/* The columns stand in groups; tables are broken between groups. */
enum {
    COLUMN_CONTEXT, /* begins each table */
    COLUMN_SESSION,
    COLUMN_TRANSPORT,
    COLUMN_CONNECT_FRAME,
    COLUMN_CLIENT,
    COLUMN_SERVER,
    COLUMN_WAITS,
    COLUMN_NOTIFIED,
    COLUMN_NO_EVENT,
    COLUMN_REJECTED,
    COLUMN_FAULTED,
    COLUMN_OTHER,
    COLUMN_OUTSTANDING,
    COLUMN_SHORTEST,
    COLUMN_MEDIAN,
    COLUMN_LONGEST,
    COLUMNS
};

enum { GAP = 2 };

static const struct {
    const char *title;
    bool left;
    bool kept;  /* also where all its cells are empty */
    int before; /* the first column of the group that it is in */
} columns[COLUMNS] = {
    [COLUMN_CONTEXT] = {"Context", false, true, COLUMN_CONTEXT},
    [COLUMN_SESSION] = {"Session", false, false, COLUMN_SESSION},
    [COLUMN_TRANSPORT] = {"Transport", true, false, COLUMN_SESSION},
    [COLUMN_CONNECT_FRAME] = {"Connect frame", false, false, COLUMN_SESSION},
    [COLUMN_CLIENT] = {"Client", true, false, COLUMN_CLIENT},
    [COLUMN_SERVER] = {"Server", true, false, COLUMN_SERVER},
    [COLUMN_WAITS] = {"Waits", false, true, COLUMN_WAITS},
    [COLUMN_NOTIFIED] = {"Notified", false, false, COLUMN_WAITS},
    [COLUMN_NO_EVENT] = {"No event", false, false, COLUMN_WAITS},
    [COLUMN_REJECTED] = {"Rejected", false, false, COLUMN_WAITS},
    [COLUMN_FAULTED] = {"Faulted", false, false, COLUMN_WAITS},
    [COLUMN_OTHER] = {"Other", false, false, COLUMN_WAITS},
    [COLUMN_OUTSTANDING] = {"Outstanding", false, false, COLUMN_WAITS},
    [COLUMN_SHORTEST] = {"Shortest", false, false, COLUMN_SHORTEST},
    [COLUMN_MEDIAN] = {"Median", false, false, COLUMN_SHORTEST},
    [COLUMN_LONGEST] = {"Longest", false, false, COLUMN_SHORTEST},
};

/* The texts of one line of the table; each is freed with the row. NULL: nothing to say. */
typedef struct {
    char *cells[COLUMNS];
} table_row;

static const char *plural(uint32_t count)
{
    return count == 1 ? "" : "s";
}

const char *oxc_transport_name(oxc_transport transport)
{
    switch (transport) {
    case OXC_TRANSPORT_RPC_TCP:
        return "RPC/TCP";
    case OXC_TRANSPORT_RPC_HTTP:
        return "RPC/HTTP";
    case OXC_TRANSPORT_MAPI_HTTP:
        return "MAPI/HTTP";
    case OXC_TRANSPORT_UNKNOWN:
        break;
    }
    return NULL;
}

static int width_of(const char *text)
{
    return (int)g_utf8_strlen(text, -1);
}

/* Whether a word is the unit of the number before it: "s", perhaps with a mark behind it. */
static bool is_unit(const char *word)
{
    return word && word[0] == 's' && (word[1] == '\0' || g_ascii_ispunct(word[1]));
}

static bool breaks_lines = true;

void oxc_print_long_lines(bool long_lines)
{
    breaks_lines = !long_lines;
}

void oxc_print_wrapped(FILE *file, const char *text, int begun, int indent)
{
    char **words = g_strsplit(text, " ", -1);
    int column = begun;
    int most = breaks_lines ? OXC_REPORT_WIDTH : INT_MAX - 1;
    bool fresh = true; /* nothing of the text is in this line */

    for (char **word = words; *word; word++) {
        int width = width_of(*word), unit = is_unit(word[1]) ? 1 + width_of(word[1]) : 0;

        if (!fresh && !is_unit(*word) && column + 1 + width + unit > most) {
            fprintf(file, "\n%*s", indent, "");
            column = indent;
            fresh = true;
        }
        fprintf(file, "%s%s", fresh ? "" : " ", *word);
        column += width + (fresh ? 0 : 1);
        fresh = false;
    }
    fputc('\n', file);
    g_strfreev(words);
}

void oxc_print_paragraph(FILE *file, const char *text)
{
    oxc_print_wrapped(file, text, 0, 0);
    fputc('\n', file);
}

/* OXC_NONE and, for frames, 0 stand for nothing. */
static char *number_text(uint32_t number, uint32_t none)
{
    return number == none ? NULL : g_strdup_printf("%u", number);
}

char *oxc_seconds_text(int64_t nanoseconds)
{
    uint64_t size = nanoseconds < 0 ? -(uint64_t)nanoseconds : (uint64_t)nanoseconds;
    uint64_t milliseconds = (size + 500000) / 1000000;

    return g_strdup_printf("%s%" PRIu64 ".%03" PRIu64 " s", nanoseconds < 0 ? "-" : "",
                           milliseconds / 1000, milliseconds % 1000);
}

/* A name that would make a line too long is shown without its middle. */
static char *address_text(const address *addr)
{
    enum { MOST = OXC_REPORT_WIDTH - (int)sizeof "Context  " + 1, HALF = (MOST - 3) / 2 };
    char *text = oxc_address_text(addr), *head, *shown;

    if (!text || width_of(text) <= MOST)
        return text;
    head = g_utf8_substring(text, 0, HALF);
    shown = g_strdup_printf("%s...%s", head, g_utf8_offset_to_pointer(text, width_of(text) - HALF));
    g_free(head);
    g_free(text);
    return shown;
}

static void fill_counts(table_row *row, const oxc_context_totals *context)
{
    oxc_wait_counts counts;

    oxc_context_totals_count(context, &counts);
    row->cells[COLUMN_WAITS] = g_strdup_printf("%u", context->waits);
    row->cells[COLUMN_NOTIFIED] = number_text(counts.notified, 0);
    row->cells[COLUMN_NO_EVENT] = number_text(counts.no_event, 0);
    row->cells[COLUMN_REJECTED] = number_text(counts.rejected, 0);
    row->cells[COLUMN_FAULTED] = number_text(counts.faulted, 0);
    row->cells[COLUMN_OTHER] = number_text(counts.other, 0);
    row->cells[COLUMN_OUTSTANDING] = number_text(counts.outstanding, 0);
}

static void fill_times(table_row *row, const oxc_wait_times *times)
{
    bool exact;
    int64_t median = oxc_wait_times_median(times, &exact);
    char *middle;

    if (times->count == 0)
        return;
    middle = oxc_seconds_text(median);
    row->cells[COLUMN_SHORTEST] = oxc_seconds_text(times->shortest);
    row->cells[COLUMN_MEDIAN] = g_strconcat(exact ? "" : "~", middle, NULL);
    row->cells[COLUMN_LONGEST] = oxc_seconds_text(times->longest);
    g_free(middle);
}

static void fill_row(table_row *row, const oxc_context_totals *context, uint32_t number)
{
    *row = (table_row){.cells[COLUMN_CONTEXT] = number_text(number, OXC_NONE)};
    row->cells[COLUMN_SESSION] = number_text(context->session, OXC_NONE);
    row->cells[COLUMN_TRANSPORT] = g_strdup(oxc_transport_name(context->transport));
    row->cells[COLUMN_CONNECT_FRAME] = number_text(context->connect_frame, 0);
    row->cells[COLUMN_CLIENT] = address_text(&context->client);
    row->cells[COLUMN_SERVER] = address_text(&context->server);
    fill_counts(row, context);
    fill_times(row, &context->times);
}

static void clear_row(table_row *row)
{
    for (int i = 0; i < COLUMNS; i++)
        g_free(row->cells[i]);
}

/* What stands for a cell without a text: counters are 0, everything else is not known. */
static const char *cell_text(const table_row *row, int column)
{
    if (row->cells[column])
        return row->cells[column];
    return column > COLUMN_WAITS && column <= COLUMN_OUTSTANDING ? "0" : "-";
}

/* The columns have been measured in a first pass over the contexts; each table takes another one:
 * as text at once they would take many times the memory. */
typedef struct {
    FILE *file;          /* NULL while measuring */
    int widths[COLUMNS]; /* 0 for a column that is left out */
    int first, end;      /* the columns of the table at hand, beside COLUMN_CONTEXT */
} table;

/* @param blanks  how many of them fill the cell */
static void print_cell(FILE *file, const char *text, int blanks, bool left, bool last)
{
    if (!left)
        fprintf(file, "%*s", blanks, "");
    fputs(text, file);
    if (left && !last)
        fprintf(file, "%*s", blanks, "");
}

/* @param row  NULL for the titles */
static void print_row(const table *this, const table_row *row)
{
    int shown[COLUMNS], count = 0;

    shown[count++] = COLUMN_CONTEXT;
    for (int i = this->first; i < this->end; i++) {
        if (this->widths[i] > 0)
            shown[count++] = i;
    }
    for (int i = 0; i < count; i++) {
        int column = shown[i];
        const char *text = row ? cell_text(row, column) : columns[column].title;

        if (i > 0)
            fprintf(this->file, "%*s", GAP, "");
        print_cell(this->file, text, this->widths[column] - width_of(text), columns[column].left,
                   i + 1 == count);
    }
    fputc('\n', this->file);
}

static void measure_row(table *this, const table_row *row)
{
    for (int i = 0; i < COLUMNS; i++) {
        int width = MAX(width_of(cell_text(row, i)), width_of(columns[i].title));

        if (row->cells[i] || columns[i].kept)
            this->widths[i] = MAX(this->widths[i], width);
    }
}

static void add_row(table *this, const oxc_context_totals *context, uint32_t number)
{
    table_row row;

    fill_row(&row, context, number);
    if (this->file)
        print_row(this, &row);
    else
        measure_row(this, &row);
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
    /* Of these there is nothing to say but how many they are, and how they ended. */
    if (totals->unknown.waits > 0 && (!this->file || this->end > COLUMN_WAITS))
        add_row(this, &totals->unknown, OXC_NONE);
}

/* The end of the group of columns that begins here, and how wide it is. */
static int measure_group(const table *this, int first, int *width)
{
    int i = first;

    *width = 0;
    for (; i < COLUMNS && columns[i].before == first; i++) {
        if (this->widths[i] > 0)
            *width += GAP + this->widths[i];
    }
    return i;
}

/* Puts as many groups of columns into the next table as fit; one in any case. */
static void choose_columns(table *this)
{
    int width = this->widths[COLUMN_CONTEXT], group;

    this->first = this->end;
    while (this->end < COLUMNS) {
        int end = measure_group(this, this->end, &group);

        if (this->end > this->first && width + group > OXC_REPORT_WIDTH)
            break;
        width += group;
        this->end = end;
    }
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
    GString *text = g_string_new(NULL);

    for (uint32_t i = 0; i < totals->contexts->len; i++) {
        if (g_ptr_array_index(totals->contexts, i))
            add_ended(ended, (const oxc_context_totals *)g_ptr_array_index(totals->contexts, i));
    }
    add_ended(ended, &totals->unknown);
    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++) {
        if (ended[others[i].outcome] > 0)
            g_string_append_printf(text, "%s%u %s", text->len == 0 ? "Other: " : ", ",
                                   ended[others[i].outcome], others[i].text);
    }
    if (text->len > 0) {
        g_string_append_c(text, '.');
        oxc_print_wrapped(file, text->str, 0, 0);
    }
    g_string_free(text, TRUE);
}

static void print_contexts(const oxc_totals *totals, FILE *file)
{
    table this = {.file = NULL, .end = COLUMN_CONTEXT + 1};

    if (totals->context_count == 0 && totals->unknown.waits == 0)
        return;
    add_rows(&this, totals);
    this.file = file;
    while (this.end < COLUMNS) {
        choose_columns(&this);
        print_row(&this, NULL);
        add_rows(&this, totals);
        if (this.end < COLUMNS)
            fputc('\n', file);
    }
    print_other(totals, file);
    if (totals->unknown.waits > 0)
        fputs("Context -: waits whose context is not known (null handle, or not readable).\n",
              file);
    fputc('\n', file);
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
    if (oxc_channels_seen())
        return "RPC over HTTP was seen, but no call of EMSMDB or AsyncEMSMDB in it: perhaps one "
               "of the two channels is missing, or its start.";
    return "No call of EMSMDB or AsyncEMSMDB was seen. Does the capture hold the traffic between "
           "Outlook and an Exchange server, from its start on? HTTPS needs the keys of TLS (-o "
           "tls.keylog_file:FILE); a port that Wireshark takes for something else needs Decode As "
           "(-d tcp.port==PORT,dcerpc).";
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
        "That takes the right NTLM password (-o ntlmssp.nt_password:PASSWORD) or Kerberos "
        "keytab (-o kerberos.decrypt:TRUE -K KEYTAB); of NTLM inside SPNEGO Wireshark opens "
        "only the first call.",
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
                     "%u request%s or response%s could not be read (cut short, damaged, or "
                     "a part is missing)",
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
    print_contexts(totals, file);
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
