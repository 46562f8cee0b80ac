/* statistics.c
 * Statistics on the waits for Wireshark's Statistics menu and tshark -z oxcnotif,tree
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "statistics.h"

#include <epan/packet.h>
#include <epan/stat_tap_ui.h>
#include <epan/stats_tree.h>

#include "capture/analysis.h"
#include "compat.h"
#include "packet-oxcnotif.h"
#include "totals.h"
#include "views.h"
#include "view_text.h"

/* --- the tree --- */

/* Parents are found by name in one name space for the whole tree. */
#define NODE_SENT       "Waits sent"
#define NODE_BY_OUTCOME "Ended waits by outcome (seconds)"
#define NODE_BY_SERVER  "Ended waits by server (seconds)"
#define NODE_OF_SERVER  "Server "

static int by_outcome, by_server;

static void init_tree(stats_tree *tree)
{
    stats_tree_create_node(tree, NODE_SENT, 0, STAT_DT_INT, FALSE);
    by_outcome = stats_tree_create_node(tree, NODE_BY_OUTCOME, 0, STAT_DT_FLOAT, TRUE);
    by_server = stats_tree_create_node(tree, NODE_BY_SERVER, 0, STAT_DT_FLOAT, TRUE);
}

static const char *outcome_text(const oxc_view *view)
{
    return view->outcome == OXC_OUTCOME_NONE ? "Answer not read" : oxc_outcome_name(view->outcome);
}

static void count_ended(stats_tree *tree, packet_info *pinfo, const oxc_shown *shown)
{
    const oxc_view *view = &shown->view;
    float seconds = (float)((double)view->wait_time / 1e9);
    address server = ADDRESS_INIT_NONE;
    char *text, *name;
    int node;

    oxc_copy_server(&server, pinfo, shown);
    text = oxc_address_text(&server);
    name = g_strconcat(NODE_OF_SERVER, text ? text : "unknown", NULL);
    avg_stat_node_add_value_float(tree, NODE_BY_OUTCOME, 0, TRUE, seconds);
    avg_stat_node_add_value_float(tree, outcome_text(view), by_outcome, FALSE, seconds);
    avg_stat_node_add_value_float(tree, NODE_BY_SERVER, 0, TRUE, seconds);
    node = avg_stat_node_add_value_float(tree, name, by_server, TRUE, seconds);
    avg_stat_node_add_value_float(tree, outcome_text(view), node, FALSE, seconds);
    g_free(name);
    g_free(text);
    free_address(&server);
}

/* Whether a PDU is the first that shows how a wait ended: one that was cancelled is answered all
 * the same. */
static bool is_first_end(const oxc_view *view)
{
    oxc_wait wait;

    return oxc_view_ends_wait(view) && view->has_wait_time &&
           (!oxc_tracker_wait(oxc_analysis_tracker(), view->ended_wait, &wait) ||
            wait.end.record == OXC_NONE || wait.end.record == view->record);
}

static tap_packet_status take_for_tree(stats_tree *tree, packet_info *pinfo,
                                       epan_dissect_t *edt _U_, const void *data,
                                       tap_flags_t flags _U_)
{
    const oxc_shown *shown = (const oxc_shown *)data;
    const oxc_view *view = &shown->view;

    /* What a capture shows twice counts once. */
    if (view->repeated)
        return TAP_PACKET_DONT_REDRAW;
    if (is_first_end(view))
        count_ended(tree, pinfo, shown);
    if (oxc_view_is_wait_request(view))
        tick_stat_node(tree, NODE_SENT, 0, FALSE);
    return TAP_PACKET_REDRAW;
}

/* --- the table of contexts in Wireshark --- */

#define TABLE_CONTEXTS "Asynchronous contexts"
#define TABLE_UNKNOWN  "Waits of no known context"

enum {
    FIELD_CONTEXT,
    FIELD_SESSION,
    FIELD_CLIENT,
    FIELD_SERVER,
    FIELD_CONNECT_FRAME,
    FIELD_WAITS, /* the first of OXC_COUNTS */
    FIELD_SHORTEST = FIELD_WAITS + OXC_COUNTS,
    FIELD_MEDIAN,
    FIELD_LONGEST,
    FIELDS
};

static stat_tap_table_item fields[] = {
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Context", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Session", "%u"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Client", "%s"},
    {TABLE_ITEM_STRING, TAP_ALIGN_LEFT, "Server", "%s"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Connect frame", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Waits", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Notified", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "No event", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Rejected", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Faulted", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Other", "%u"},
    {TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, "Outstanding", "%u"},
    {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Shortest (s)", "%.3f"},
    {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Median (s)", "%.3f"},
    {TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, "Longest (s)", "%.3f"},
};

/* Wireshark has one set of tables for all windows, and fills it anew for each. */
static oxc_seen table_seen;

static void set_number(stat_tap_table_item_type *item, uint32_t number)
{
    item->type = TABLE_ITEM_UINT;
    item->value.uint_value = number;
}

static void set_time(stat_tap_table_item_type *item, int64_t nanoseconds)
{
    item->type = TABLE_ITEM_FLOAT;
    item->value.float_value = (double)nanoseconds / 1e9;
}

static void set_text(stat_tap_table_item_type *item, const address *addr)
{
    if (item->type == TABLE_ITEM_NONE && addr->type != AT_NONE) {
        item->user_data.ptr_value = oxc_address_text(addr);
        item->value.string_value = (const char *)item->user_data.ptr_value;
        item->type = TABLE_ITEM_STRING;
    }
}

/* What is not known stays without a type, and so is not shown. */
static void fill_row(stat_tap_table_item_type *row, const oxc_context_totals *context,
                     uint32_t number)
{
    uint32_t counts[OXC_COUNTS];
    bool exact;

    if (number != OXC_NONE) {
        set_number(&row[FIELD_CONTEXT], number);
    } else {
        row[FIELD_CONTEXT].type = TABLE_ITEM_STRING;
        row[FIELD_CONTEXT].value.string_value = "-";
    }
    if (context->session != OXC_NONE)
        set_number(&row[FIELD_SESSION], context->session);
    set_text(&row[FIELD_CLIENT], &context->client);
    set_text(&row[FIELD_SERVER], &context->server);
    if (context->connect_frame != 0)
        set_number(&row[FIELD_CONNECT_FRAME], context->connect_frame);
    oxc_context_totals_count(context, counts);
    for (int i = 0; i < OXC_COUNTS; i++)
        set_number(&row[FIELD_WAITS + i], counts[i]);
    if (context->times.count > 0) {
        set_time(&row[FIELD_SHORTEST], context->times.shortest);
        set_time(&row[FIELD_MEDIAN], oxc_wait_times_median(&context->times, &exact));
        set_time(&row[FIELD_LONGEST], context->times.longest);
    }
}

/* The table with a title, made where it is not there. */
static stat_tap_table *find_table(stat_tap_table_ui *ui, const char *title)
{
    stat_tap_table *table = stat_tap_find_table(ui, title);

    if (!table) {
        table = stat_tap_init_table(title, FIELDS, 0, NULL);
        stat_tap_add_table(ui, table);
    }
    return table;
}

/* The totals that a row shows; they hang on its first field. */
static oxc_context_totals *totals_of_row(stat_tap_table *table, uint32_t row)
{
    static const stat_tap_table_item_type empty[FIELDS];
    stat_tap_table_item_type *first;

    if (row >= table->num_elements)
        stat_tap_init_table_row(table, row, FIELDS, empty);
    first = stat_tap_get_field_data(table, row, FIELD_CONTEXT);
    if (!first->user_data.ptr_value) {
        oxc_context_totals *context = g_new0(oxc_context_totals, 1);

        context->session = OXC_NONE;
        first->user_data.ptr_value = context;
    }
    return (oxc_context_totals *)first->user_data.ptr_value;
}

/* The window is drawn with what the rows hold, and nobody says when: so a wait counts when it is
 * sent, and again where it comes to its end. While the capture is read for the first time, closed
 * connections show by that alone; whoever is asked then knows of no later packet. */
static void count_end(oxc_context_totals *context, const oxc_view *view, bool visited)
{
    uint32_t *before, *after;
    oxc_wait wait;

    if (!oxc_seen_has(&table_seen, view->ended_wait) ||
        !oxc_tracker_wait(oxc_analysis_tracker(), view->ended_wait, &wait))
        return;
    wait.closed = wait.closed && visited;
    before = oxc_context_totals_place(context, &wait, &table_seen);
    oxc_seen_add(&table_seen, view->record);
    after = oxc_context_totals_place(context, &wait, &table_seen);
    if (*before == 0 || before == after)
        return;
    --*before;
    ++*after;
    if (view->record == wait.end.record)
        oxc_wait_times_add(&context->times, wait.end.wait_time);
}

static void count_request(oxc_context_totals *context, const oxc_view *view, bool visited)
{
    oxc_wait wait;

    if (!oxc_tracker_wait(oxc_analysis_tracker(), view->record, &wait))
        return;
    wait.closed = wait.closed && visited;
    oxc_seen_add(&table_seen, view->record);
    context->waits++;
    ++*oxc_context_totals_place(context, &wait, &table_seen);
}

static void take_for_row(stat_tap_table_ui *ui, packet_info *pinfo, const oxc_shown *shown)
{
    const oxc_view *view = &shown->view;
    bool known = view->context != OXC_NONE, visited = PINFO_FD_VISITED(pinfo);
    uint32_t row = known ? view->context : 0;
    stat_tap_table *table = find_table(ui, known ? TABLE_CONTEXTS : TABLE_UNKNOWN);
    oxc_context_totals *context = totals_of_row(table, row);

    oxc_context_totals_note(context, pinfo, shown);
    count_end(context, view, visited);
    count_request(context, view, visited);
    fill_row(stat_tap_get_field_data(table, row, 0), context, view->context);
}

static tap_packet_status take_for_table(void *data, packet_info *pinfo, epan_dissect_t *edt _U_,
                                        const void *item, tap_flags_t flags _U_)
{
    const oxc_shown *shown = (const oxc_shown *)item;

    if (shown->view.repeated)
        return TAP_PACKET_DONT_REDRAW;
    if (shown->view.context != OXC_NONE || oxc_view_is_unknown_wait(&shown->view))
        take_for_row(((stat_data_t *)data)->stat_tap_data, pinfo, shown);
    return TAP_PACKET_REDRAW;
}

static void free_item(stat_tap_table *table _U_, guint row _U_, guint column,
                      stat_tap_table_item_type *item)
{
    if (column == FIELD_CONTEXT && item->user_data.ptr_value)
        oxc_context_totals_clear((oxc_context_totals *)item->user_data.ptr_value);
    g_free(item->user_data.ptr_value);
    *item = (stat_tap_table_item_type){.type = TABLE_ITEM_NONE};
}

/* Rows stay: windows that are open refer to them. */
static void reset_table(stat_tap_table *table)
{
    oxc_seen_clear(&table_seen);
    for (guint row = 0; row < table->num_elements; row++) {
        for (guint column = 0; column < FIELDS; column++)
            free_item(table, row, column, stat_tap_get_field_data(table, row, column));
    }
}

static void init_table(stat_tap_table_ui *ui)
{
    find_table(ui, TABLE_CONTEXTS);
    reset_stat_table(ui);
}

static stat_tap_table_ui table_ui = {
    .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
    .title = "Exchange Asynchronous Contexts",
    .tap_name = "oxcnotif",
    .cli_string = "oxcnotif,contexts",
    .stat_tap_init_cb = init_table,
    .packet_func = take_for_table,
    .stat_tap_reset_table_cb = reset_table,
    .stat_tap_free_table_item_cb = free_item,
    .nfields = FIELDS,
    .fields = fields,
};

void oxc_statistics_register(void)
{
    stats_tree_register_plugin("oxcnotif", "oxcnotif", "Exchange Asynchronous Waits",
                               TL_REQUIRES_NOTHING, take_for_tree, init_tree, NULL);
    register_stat_tap_table_ui(&table_ui);
}
