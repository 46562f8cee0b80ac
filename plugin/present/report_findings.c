/* report_findings.c
 * The findings of the report as text: a block for each rule, the proven ones first
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "report_findings.h"

#include "report_lines.h"

/* So many findings of one rule are listed even where not all are wanted. */
enum { FEW_FINDINGS = 2 };

/* The findings of one rule. */
typedef struct {
    uint32_t count;
    uint32_t first; /* number among all findings */
    uint32_t last;
    bool same_client; /* all have it, and so on */
    bool same_server;
} rule_findings;

static void gather(const GArray *findings, rule_findings *by_rule)
{
    for (unsigned i = 0; i < findings->len; i++) {
        const oxc_found *found = &g_array_index(findings, oxc_found, i);
        rule_findings *rule = &by_rule[found->finding.rule];
        const oxc_found *first;

        if (rule->count++ == 0) {
            rule->first = i;
            rule->same_client = rule->same_server = true;
        }
        first = &g_array_index(findings, oxc_found, rule->first);
        rule->same_client = rule->same_client && found->client == first->client;
        rule->same_server = rule->same_server && found->server == first->server;
        rule->last = i;
    }
}

/* "client (192.0.2.10)" */
static void print_fault(FILE *file, const oxc_rule *rule, const rule_findings *group,
                        const oxc_found *first)
{
    GString *text = g_string_new("At fault: ");
    const char *name = NULL;

    if (g_str_has_prefix(rule->fault, "client") && group->same_client)
        name = first->client;
    else if (g_str_has_prefix(rule->fault, "server") && group->same_server)
        name = first->server;
    g_string_append(text, rule->fault);
    if (name)
        g_string_append_printf(text, " (%s)", name);
    fputs("  ", file);
    oxc_print_wrapped(file, text->str, 2, 4);
    g_string_free(text, TRUE);
}

/* "frame 30, 60.012 s" */
static void append_place(GString *text, const oxc_found *found)
{
    char *time = oxc_seconds_text(found->time);

    g_string_append_printf(text, "rame %u, %s", found->frame, time);
    g_free(time);
}

static void print_finding(FILE *file, const oxc_found *found)
{
    GString *text = g_string_new("F");

    append_place(text, found);
    if (found->context != OXC_NONE)
        g_string_append_printf(text, ", context %u", found->context);
    g_string_append(text, ": ");
    oxc_finding_append_text(text, &found->finding);
    fputs("  ", file);
    oxc_print_wrapped(file, text->str, 2, 4);
    g_string_free(text, TRUE);
}

static void print_rest(FILE *file, const rule_findings *group, const oxc_found *last)
{
    GString *text = g_string_new(NULL);

    g_string_printf(text, "%u more, the last in f", group->count - 1);
    append_place(text, last);
    g_string_append(text, " (--all lists them)");
    fputs("  ", file);
    oxc_print_wrapped(file, text->str, 2, 4);
    g_string_free(text, TRUE);
}

static void print_all(FILE *file, const GArray *findings, const rule_findings *group, unsigned id)
{
    for (uint32_t i = group->first; i <= group->last; i++) {
        const oxc_found *found = &g_array_index(findings, oxc_found, i);

        if (found->finding.rule == id)
            print_finding(file, found);
    }
}

static void print_rule(FILE *file, const GArray *findings, const rule_findings *group, unsigned id,
                       bool all)
{
    const oxc_rule *rule = &oxc_rules[id];
    const oxc_found *first = &g_array_index(findings, oxc_found, group->first);
    char *remedy = g_strdup_printf("What to do: %s.", rule->remedy);

    fprintf(file, "%s: %s", rule->rule_class == OXC_CLASS_VIOLATION ? "VIOLATION" : "Suspicion",
            rule->name);
    if (group->count > 1)
        fprintf(file, ", %u times", group->count);
    fputc('\n', file);
    if (all || group->count <= FEW_FINDINGS) {
        print_all(file, findings, group, id);
    } else {
        print_finding(file, first);
        print_rest(file, group, &g_array_index(findings, oxc_found, group->last));
    }
    print_fault(file, rule, group, first);
    fputs("  ", file);
    oxc_print_wrapped(file, remedy, 2, 4);
    fputc('\n', file);
    g_free(remedy);
}

/* Those of one class, by their first finding. */
static void print_class(FILE *file, const GArray *findings, const rule_findings *by_rule,
                        oxc_class rule_class, bool all)
{
    uint64_t done = 0;

    for (unsigned i = 0; i < findings->len; i++) {
        unsigned id = g_array_index(findings, oxc_found, i).finding.rule;

        if (oxc_rules[id].rule_class != rule_class || (done >> id & 1) != 0)
            continue;
        done |= UINT64_C(1) << id;
        print_rule(file, findings, &by_rule[id], id, all);
    }
}

void oxc_report_print_findings(const oxc_totals *totals, bool all, FILE *file)
{
    rule_findings by_rule[OXC_RULE_COUNT] = {0};

    G_STATIC_ASSERT(OXC_RULE_COUNT <= 64);
    gather(totals->findings, by_rule);
    print_class(file, totals->findings, by_rule, OXC_CLASS_VIOLATION, all);
    print_class(file, totals->findings, by_rule, OXC_CLASS_SUSPICION, all);
}
