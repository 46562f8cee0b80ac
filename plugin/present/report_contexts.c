/* report_contexts.c
 * The contexts of the report as tables
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "report_contexts.h"

#include "report_lines.h"

/* The columns stand in groups; tables are broken between groups. */
enum {
    COLUMN_CONTEXT, /* begins each table */
    COLUMN_SESSION,
    COLUMN_TRANSPORT,
    COLUMN_CONNECT_FRAME,
    COLUMN_CLIENT,
    COLUMN_SERVER,
    COLUMN_WAITS, /* the first of OXC_COUNTS */
    COLUMN_SHORTEST = COLUMN_WAITS + OXC_COUNTS,
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
    [COLUMN_WAITS + OXC_COUNT_NOTIFIED] = {"Notified", false, false, COLUMN_WAITS},
    [COLUMN_WAITS + OXC_COUNT_NO_EVENT] = {"No event", false, false, COLUMN_WAITS},
    [COLUMN_WAITS + OXC_COUNT_REJECTED] = {"Rejected", false, false, COLUMN_WAITS},
    [COLUMN_WAITS + OXC_COUNT_FAULTED] = {"Faulted", false, false, COLUMN_WAITS},
    [COLUMN_WAITS + OXC_COUNT_OTHER] = {"Other", false, false, COLUMN_WAITS},
    [COLUMN_WAITS + OXC_COUNT_OUTSTANDING] = {"Outstanding", false, false, COLUMN_WAITS},
    [COLUMN_SHORTEST] = {"Shortest", false, false, COLUMN_SHORTEST},
    [COLUMN_MEDIAN] = {"Median", false, false, COLUMN_SHORTEST},
    [COLUMN_LONGEST] = {"Longest", false, false, COLUMN_SHORTEST},
};

/* The texts of one line of the table; each is freed with the row. NULL: nothing to say. */
typedef struct {
    char *cells[COLUMNS];
} table_row;

/* OXC_NONE and, for frames, 0 stand for nothing. */
static char *number_text(uint32_t number, uint32_t none)
{
    return number == none ? NULL : g_strdup_printf("%u", number);
}

/* A name that would make a line too long is shown without its middle. */
static char *address_text(const address *addr)
{
    enum { MOST = OXC_REPORT_WIDTH - (int)sizeof "Context  " + 1, HALF = (MOST - 3) / 2 };
    char *text = oxc_address_text(addr), *head, *shown;

    if (!text || oxc_text_width(text) <= MOST)
        return text;
    head = g_utf8_substring(text, 0, HALF);
    shown = g_strdup_printf("%s...%s", head,
                            g_utf8_offset_to_pointer(text, oxc_text_width(text) - HALF));
    g_free(head);
    g_free(text);
    return shown;
}

static void fill_counts(table_row *row, const oxc_context_totals *context)
{
    uint32_t counts[OXC_COUNTS];

    oxc_context_totals_count(context, counts);
    for (int i = 0; i < OXC_COUNTS; i++)
        row->cells[COLUMN_WAITS + i] =
            i == OXC_COUNT_WAITS ? g_strdup_printf("%u", counts[i]) : number_text(counts[i], 0);
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
    return column > COLUMN_WAITS && column < COLUMN_WAITS + OXC_COUNTS ? "0" : "-";
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
        print_cell(this->file, text, this->widths[column] - oxc_text_width(text),
                   columns[column].left, i + 1 == count);
    }
    fputc('\n', this->file);
}

static void measure_row(table *this, const table_row *row)
{
    for (int i = 0; i < COLUMNS; i++) {
        int width = MAX(oxc_text_width(cell_text(row, i)), oxc_text_width(columns[i].title));

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
    for (unsigned i = 0; i <= OXC_OUTCOME_DROPPED; i++)
        ended[i] += context->ended[i];
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

void oxc_report_print_contexts(const oxc_totals *totals, FILE *file)
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
