/* view_text.c
 * What is known of a PDU, in words
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "view_text.h"

#include <string.h>

#include <epan/column-info.h>

const char oxc_view_title[] = "Asynchronous notification";

const value_string oxc_outcome_vals[] = {
    {OXC_OUTCOME_NOTIFICATION, "NotificationPending"},
    {OXC_OUTCOME_NO_EVENT, "No event"},
    {OXC_OUTCOME_REJECTED, "Rejected"},
    {OXC_OUTCOME_EXITING, "Exiting"},
    {OXC_OUTCOME_OTHER_ERROR, "Other error"},
    {OXC_OUTCOME_FAULT, "Fault"},
    {OXC_OUTCOME_CANCELLED, "Cancelled"},
    {OXC_OUTCOME_CLOSED, "Connection closed"},
    {OXC_OUTCOME_DROPPED, "Dropped"},
    {0, NULL},
};

const char *oxc_outcome_name(oxc_outcome outcome)
{
    if (outcome == OXC_OUTCOME_NONE || outcome > OXC_OUTCOME_DROPPED)
        return "Unknown outcome";
    return oxc_outcome_vals[outcome - 1].strptr; /* they follow one another */
}

/* The wait that this PDU shows to be over is the one before it. */
static bool ends_previous_wait(const oxc_view *view)
{
    return view->outcome == OXC_OUTCOME_CLOSED || view->outcome == OXC_OUTCOME_DROPPED;
}

static void append_after(oxc_text *text, int64_t nanoseconds)
{
    oxc_text_add(text, " after ");
    oxc_text_add_seconds(text, nanoseconds);
    oxc_text_add(text, " s");
}

/* "NotificationPending after 1.004 s" */
static void append_outcome(oxc_text *text, const oxc_view *view)
{
    if (view->sealed)
        oxc_text_add(text, ", sealed");
    if (ends_previous_wait(view)) {
        oxc_text_add(text, ", wait of frame ");
        oxc_text_add_number(text, view->previous_wait_frame);
        oxc_text_add(text, ": ");
        oxc_text_add(text, oxc_outcome_name(view->outcome));
    } else if (view->outcome != OXC_OUTCOME_NONE) {
        oxc_text_add(text, ", ");
        oxc_text_add(text, oxc_outcome_name(view->outcome));
    }
    if (view->has_wait_time && view->outcome == OXC_OUTCOME_NONE)
        oxc_text_add(text, ", answered");
    if (view->has_wait_time)
        append_after(text, view->wait_time);
}

static void append_wait(oxc_text *text, const oxc_view *view)
{
    if (view->context != OXC_NONE) {
        oxc_text_add(text, ", context ");
        oxc_text_add_number(text, view->context);
    }
    if (view->wait) {
        oxc_text_add(text, ", wait ");
        oxc_text_add_number(text, view->wait);
    }
}

/* "New mail in folder 0x..., message 0x..., class IPM.Note, 1.204 s after the wait ended" */
static void append_news(oxc_text *text, const oxc_view *view, const char *news)
{
    if (!news)
        return;
    oxc_text_add(text, ", ");
    oxc_text_add(text, news);
    if (view->has_delivery_time) {
        oxc_text_add(text, ", ");
        oxc_text_add_seconds(text, view->delivery_time);
        oxc_text_add(text, " s after the wait ended");
    }
}

/* What col_append_str() does, where there is one such column and room in it, without a walk over
 * both texts byte by byte: that alone would cost as much as what is said about the wait. */
static bool append_in_place(column_info *cinfo, const oxc_text *text)
{
    int column = cinfo->col_first[COL_INFO];
    col_item_t *item;
    size_t length;

    if (column != cinfo->col_last[COL_INFO])
        return false;
    item = &cinfo->columns[column];
    if (item->col_data != item->col_buf)
        return false;
    length = strlen(item->col_buf);
    if (length + text->length >= COL_MAX_INFO_LEN)
        return false;
    memcpy(item->col_buf + length, text->bytes, text->length + 1);
    return true;
}

void oxc_view_append_info(packet_info *pinfo, const oxc_view *view, const char *news)
{
    oxc_text text;

    if (!col_get_writable(pinfo->cinfo, COL_INFO))
        return;
    oxc_text_clear(&text);
    if (view->type != OXC_EVENT_RESPONSE || view->kind != OXC_KIND_WAIT)
        append_wait(&text, view);
    append_outcome(&text, view);
    append_news(&text, view, news);
    if (text.length > 0 && !append_in_place(pinfo->cinfo, &text))
        col_append_str(pinfo->cinfo, COL_INFO, text.bytes);
}

void oxc_view_begin(oxc_text *text)
{
    oxc_text_clear(text);
    oxc_text_add(text, oxc_view_title);
}

void oxc_view_describe(oxc_text *text, const oxc_view *view, const char *news)
{
    size_t name = sizeof oxc_view_title - 1;

    append_wait(text, view);
    if (view->session != OXC_NONE) {
        oxc_text_add(text, text->length > name ? " of session " : ", session ");
        oxc_text_add_number(text, view->session);
    }
    append_outcome(text, view);
    append_news(text, view, news);
    if (view->unmatched)
        oxc_text_add(text, ", answer to an unknown call, not judged");
    if (text->length > name)
        text->bytes[name] = ':';
}

/* "Ended in frame 26: NotificationPending after 12.254 s" */
static void tell_answer(oxc_text *text, const oxc_wait *wait)
{
    bool read = wait->end.outcome != OXC_OUTCOME_NONE;

    oxc_text_add(text, "Ended in frame ");
    oxc_text_add_number(text, wait->end.frame);
    oxc_text_add(text, ": ");
    oxc_text_add(text, read ? oxc_outcome_name(wait->end.outcome) : "answer not read,");
    append_after(text, wait->end.wait_time);
}

/* "Ended after 60.000 s: Connection closed by the server (RST)" */
static void tell_close(oxc_text *text, const oxc_wait *wait)
{
    static const char *const sides[] = {
        [OXC_SIDE_CLIENT] = " by the client", [OXC_SIDE_SERVER] = " by the server"};
    static const char *const kinds[] = {[OXC_CLOSE_FIN] = " (FIN)", [OXC_CLOSE_RST] = " (RST)"};
    const oxc_close *close = &wait->close;

    oxc_text_add(text, "Ended");
    if (wait->has_close_age)
        append_after(text, wait->close_age);
    oxc_text_add(text, ": ");
    oxc_text_add(text, oxc_outcome_name(OXC_OUTCOME_CLOSED));
    if (wait->has_close_age && close->side != OXC_SIDE_UNKNOWN)
        oxc_text_add(text, sides[close->side]);
    if (wait->has_close_age && close->kind != OXC_CLOSE_UNKNOWN)
        oxc_text_add(text, kinds[close->kind]);
}

/* "Dropped: no answer before the wait in frame 30, 400.003 s later" */
static void tell_drop(oxc_text *text, const oxc_wait *wait)
{
    oxc_text_add(text, oxc_outcome_name(OXC_OUTCOME_DROPPED));
    oxc_text_add(text, ": no answer before the wait in frame ");
    oxc_text_add_number(text, wait->shown_over.frame);
    oxc_text_add(text, ", ");
    oxc_text_add_seconds(text, wait->shown_over.wait_time);
    oxc_text_add(text, " s later");
}

bool oxc_wait_tell_end(oxc_text *text, const oxc_wait *wait)
{
    oxc_text_clear(text);
    if (wait->end.record != OXC_NONE)
        tell_answer(text, wait);
    else if (wait->shown_over.outcome == OXC_OUTCOME_DROPPED)
        tell_drop(text, wait);
    else if (wait->shown_over.record != OXC_NONE || wait->closed)
        tell_close(text, wait);
    return text->length != 0;
}
