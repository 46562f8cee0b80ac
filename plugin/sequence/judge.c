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

/* The verdicts that are of the transport of the event. */
static size_t check(const oxc_tracker *tracker, const oxc_facts *facts, oxc_verdict *verdicts)
{
    size_t count = oxc_rules_check(facts, verdicts);
    size_t kept = 0;

    if (!tracker->over_http)
        return count;
    for (size_t i = 0; i < count && !tracker->unjudged; i++) {
        if (!oxc_rule_is_over_http((oxc_rule_id)verdicts[i].rule))
            continue;
        verdicts[kept] = verdicts[i];
        verdicts[kept++].over_http = true;
    }
    return kept;
}

/* Counts a call on which more would have been said if there were no gap. */
static void count_unjudged(oxc_tracker *tracker, const oxc_facts *facts, size_t said)
{
    const oxc_record *record = oxc_record_at(tracker, tracker->records.count - 1);
    oxc_verdict verdicts[OXC_RULE_COUNT];
    oxc_facts settled = *facts;

    if (record->type != OXC_EVENT_REQUEST)
        return;
    oxc_facts_settle(&settled);
    if (check(tracker, &settled, verdicts) <= said)
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

void oxc_report(oxc_tracker *tracker, const oxc_verdict *verdicts, size_t count)
{
    uint32_t record = tracker->records.count - 1;
    uint64_t reported = reported_on_frame(tracker, record);

    for (size_t i = 0; i < count; i++) {
        uint64_t rule = UINT64_C(1) << verdicts[i].rule;

        if (tracker->archive && (oxc_rules[verdicts[i].rule].at & OXC_BY_PACKETS) != 0)
            continue;
        if ((reported & rule) == 0) {
            g_array_append_val(tracker->findings, verdicts[i]);
            g_array_append_val(tracker->finding_records, record);
        }
        reported |= rule;
    }
    tracker->frame_rules = reported;
}

void oxc_judge(oxc_tracker *tracker, oxc_facts *facts)
{
    oxc_verdict verdicts[OXC_RULE_COUNT];
    size_t count;

    facts->grace = oxc_grace(tracker);
    count = check(tracker, facts, verdicts);
    if (oxc_facts_doubtful(facts))
        count_unjudged(tracker, facts, count);
    if (count != 0)
        oxc_report(tracker, verdicts, count);
}
