/* judge.c
 * What the rules say of a PDU, and what is kept of it
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "judge.h"

_Static_assert(OXC_RULE_COUNT <= 64, "a set of rules fits in 64 bits");

/* What has been reported on the frame of a record, by the records before it. */
static uint64_t reported_on_frame(const oxc_tracker *tracker, uint32_t record)
{
    uint32_t last;

    if (tracker->finding_records->len == 0)
        return 0;
    last = g_array_index(tracker->finding_records, uint32_t, tracker->finding_records->len - 1);
    if (oxc_record_at(tracker, last)->frame != oxc_record_at(tracker, record)->frame)
        return 0;
    return tracker->frame_rules;
}

static void keep(oxc_tracker *tracker, const oxc_finding *finding)
{
    oxc_kept_finding kept = {
        .value = finding->value,
        .frames = {finding->frames[0], finding->frames[1]},
        .rule = (uint8_t)finding->rule,
        .severity = (uint8_t)(finding->severity | (finding->over_http ? KEPT_OVER_HTTP : 0u)),
        .closed_how = finding->closed_how,
        .closed_by = finding->closed_by,
    };
    uint32_t record = tracker->records.count - 1;

    g_array_append_val(tracker->findings, kept);
    g_array_append_val(tracker->finding_records, record);
}

/* The findings that are of the transport of the event. */
static size_t check(const oxc_tracker *tracker, const oxc_facts *facts, oxc_finding *findings)
{
    size_t count = oxc_rules_check(facts, findings);
    size_t kept = 0;

    if (!tracker->over_http)
        return count;
    for (size_t i = 0; i < count && !tracker->unjudged; i++) {
        if (!oxc_rule_is_over_http((oxc_rule_id)findings[i].rule))
            continue;
        findings[kept] = findings[i];
        findings[kept++].over_http = true;
    }
    return kept;
}

/* Counts a call on which more would have been said if there were no gap. */
static void count_unjudged(oxc_tracker *tracker, const oxc_facts *facts, size_t said)
{
    const oxc_record *record = oxc_record_at(tracker, tracker->records.count - 1);
    oxc_finding findings[OXC_RULE_COUNT];
    oxc_facts settled = *facts;

    if (record->type != OXC_EVENT_REQUEST || !oxc_facts_settle(&settled) ||
        check(tracker, &settled, findings) <= said)
        return;
    tracker->unjudged_calls++;
    if (record->context != OXC_NONE)
        oxc_context_at(tracker, record->context)->unjudged_calls++;
    if (record->session != OXC_NONE)
        oxc_session_at(tracker, record->session)->unjudged_calls++;
}

void oxc_tracker_from_archive(oxc_tracker *tracker)
{
    tracker->archive = true;
}

/* Whether a rule rests on what only a capture of packets shows. */
static bool needs_packets(oxc_rule_id rule)
{
    return rule == OXC_RULE_response_not_immediate || rule == OXC_RULE_keepalive_overdue ||
           rule == OXC_RULE_response_cut || rule == OXC_RULE_wait_dropped ||
           rule == OXC_RULE_wait_cut_repeatedly || rule == OXC_RULE_wait_unanswered;
}

void oxc_report(oxc_tracker *tracker, const oxc_finding *findings, size_t count)
{
    uint32_t record = tracker->records.count - 1;
    uint64_t reported;

    if (count == 0)
        return;
    reported = reported_on_frame(tracker, record);
    for (size_t i = 0; i < count; i++) {
        uint64_t rule = UINT64_C(1) << findings[i].rule;

        if (tracker->archive && needs_packets((oxc_rule_id)findings[i].rule))
            continue;
        if ((reported & rule) == 0)
            keep(tracker, &findings[i]);
        reported |= rule;
    }
    tracker->frame_rules = reported;
}

void oxc_judge(oxc_tracker *tracker, oxc_facts *facts)
{
    oxc_finding findings[OXC_RULE_COUNT];
    size_t count;

    facts->grace = oxc_grace(tracker);
    count = check(tracker, facts, findings);
    count_unjudged(tracker, facts, count);
    oxc_report(tracker, findings, count);
}
