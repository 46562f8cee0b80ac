/* report.c
 * What a whole capture comes to, printed at its end: tshark -z oxcnotif,contexts and oxcnotif,json
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "report.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <string.h>
#include <wsutil/report_message.h>

typedef void (*print_function)(const oxc_totals *totals, const oxc_report_options *options,
                               FILE *file);

typedef struct {
    const char *option; /* of -z */
    print_function print;
    bool live; /* what happens is printed at once, too */
} report_kind;

typedef struct {
    const report_kind *kind;
    oxc_report_options options;
    char *name; /* what options.name points to */
    oxc_totals totals;
} report;

static report_kind kinds[] = {
    {"oxcnotif,contexts", oxc_report_print_text, false},
    {"oxcnotif,json", oxc_report_print_json, false},
    {"oxcnotif,live", oxc_report_print_text, true},
};

static void reset(void *data)
{
    report *this = (report *)data;

    oxc_totals_clear(&this->totals);
    oxc_totals_init(&this->totals, this->options.waits);
}

static tap_packet_status take_packet(void *data, packet_info *pinfo, epan_dissect_t *edt _U_,
                                     const void *shown, tap_flags_t flags _U_)
{
    report *this = (report *)data;

    oxc_totals_take(&this->totals, pinfo, (const oxc_shown *)shown);
    if (this->kind->live)
        oxc_report_print_live(pinfo, (const oxc_shown *)shown, stdout);
    return TAP_PACKET_REDRAW;
}

static void draw(void *data)
{
    report *this = (report *)data;

    oxc_totals_finish(&this->totals);
    if (this->kind->live)
        fputc('\n', stdout);
    this->kind->print(&this->totals, &this->options, stdout);
}

static void free_report(void *data)
{
    report *this = (report *)data;

    oxc_totals_clear(&this->totals);
    g_free(this->name);
    g_free(this);
}

/* Takes a word from the front of a list with commas, if it is there. */
static bool take_word(const char **rest, const char *word)
{
    size_t length = strlen(word);

    if (strncmp(*rest, word, length) != 0 || ((*rest)[length] != '\0' && (*rest)[length] != ','))
        return false;
    *rest += length + ((*rest)[length] == ',' ? 1 : 0);
    return true;
}

/* Reads "all", "long", "waits" and "name:NAME", where the name goes on to the end.
 * @return what is left, a display filter, or NULL if nothing is */
static const char *read_options(report *this, const char *rest)
{
    static const char name[] = "name:";
    bool more = true;

    while (more) {
        bool all = take_word(&rest, "all"), waits = take_word(&rest, "waits");
        bool long_lines = take_word(&rest, "long");

        this->options.all |= all;
        this->options.waits |= waits;
        this->options.long_lines |= long_lines;
        more = all || waits || long_lines;
    }
    if (g_str_has_prefix(rest, name)) {
        this->options.name = this->name = g_strdup(rest + strlen(name));
        return NULL;
    }
    return *rest == '\0' ? NULL : rest;
}

static bool listen(const report_kind *kind, const char *words)
{
    report *this = g_new0(report, 1);
    const char *filter = read_options(this, words);
    GString *error;

    this->kind = kind;
    oxc_totals_init(&this->totals, this->options.waits);
    error = register_tap_listener("oxcnotif", this, filter, TL_REQUIRES_NOTHING, reset, take_packet,
                                  draw, free_report);
    if (error) {
        report_failure("-z %s: %s", kind->option, error->str);
        g_string_free(error, TRUE);
        free_report(this);
    }
    return error == NULL;
}

/* "oxcnotif,contexts" and the like, then perhaps words of read_options() and a display filter. */
static oxc_stat_init_result start(const char *argument, void *user)
{
    const report_kind *kind = (const report_kind *)user;
    const char *rest = argument + strlen(kind->option);
    bool started = false;

    if (*rest == '\0' || *rest == ',')
        started = listen(kind, *rest == ',' ? rest + 1 : rest);
    else
        report_failure("-z %s: there is no such statistic, but -z %s[,FILTER]", argument,
                       kind->option);
    OXC_STAT_INIT_RETURN(started);
}

/* In the program with windows, where nobody would read it, the option opens a window instead. */
static bool prints_reports(void)
{
    return g_strcmp0(g_get_prgname(), "wireshark") != 0;
}

void oxc_report_register(void)
{
    for (size_t i = 0; prints_reports() && i < G_N_ELEMENTS(kinds); i++) {
        stat_tap_ui ui = {.group = REGISTER_STAT_GROUP_GENERIC,
                          .cli_string = kinds[i].option,
                          .tap_init_cb = start};

        register_stat_tap_ui(&ui, &kinds[i]);
    }
}
