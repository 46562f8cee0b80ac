/* report_live.c
 * What happens, while it happens: tshark -z oxcnotif,live
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "report.h"

#include "capture/analysis.h"
#include "views.h"
#include "report_lines.h"
#include "view_text.h"

/* "   41.346 s  frame 20  192.0.2.10  " */
static void print_place(packet_info *pinfo, const oxc_shown *shown, FILE *file)
{
    char *time = oxc_seconds_text(oxc_nanoseconds(&pinfo->rel_ts));
    address server = ADDRESS_INIT_NONE, client = ADDRESS_INIT_NONE;
    char *client_text, *server_text;

    oxc_copy_client(&client, pinfo, &shown->view);
    oxc_copy_server(&server, pinfo, shown);
    client_text = oxc_address_text(&client);
    server_text = oxc_address_text(&server);
    fprintf(file, "%s  frame %u  %s > %s  ", time, pinfo->num, client_text ? client_text : "-",
            server_text ? server_text : "-");
    g_free(time);
    g_free(client_text);
    g_free(server_text);
    free_address(&client);
    free_address(&server);
}

static void print_end_of_wait(packet_info *pinfo, const oxc_shown *shown, FILE *file)
{
    const oxc_view *view = &shown->view;
    char *time = oxc_seconds_text(view->wait_time);

    print_place(pinfo, shown, file);
    if (view->context != OXC_NONE)
        fprintf(file, "context %u, ", view->context);
    fprintf(file, "wait: %s",
            view->outcome == OXC_OUTCOME_NONE ? "answer not read"
                                              : oxc_outcome_name(view->outcome));
    if (view->has_wait_time)
        fprintf(file, " after %s", time);
    fputc('\n', file);
    g_free(time);
}

void oxc_report_print_live(packet_info *pinfo, const oxc_shown *shown, FILE *file)
{
    const oxc_view *view = &shown->view;

    if (view->repeated)
        return;
    for (size_t i = 0; i < view->finding_count; i++) {
        const oxc_rule *rule = &oxc_rules[view->findings[i].rule];
        GString *text = g_string_new(NULL);

        oxc_finding_append_text(text, &view->findings[i]);
        print_place(pinfo, shown, file);
        fprintf(file, "%s %s: %s\n",
                rule->rule_class == OXC_CLASS_VIOLATION ? "VIOLATION" : "Suspicion", rule->name,
                text->str);
        g_string_free(text, TRUE);
    }
    if (oxc_view_ends_wait(view))
        print_end_of_wait(pinfo, shown, file);
    /* Whoever watches may do so through a pipe. */
    if (view->finding_count > 0 || oxc_view_ends_wait(view))
        fflush(file);
}
