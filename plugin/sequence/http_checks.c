/* http_checks.c
 * The rules of MAPI over HTTP alone: one pure function each
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "http_facts.h"
#include "spec.h"

#define LEGS_TOO_MANY 4

static void cite(oxc_finding *finding, const oxc_http_evidence *evidence)
{
    finding->frames[0] = evidence->frame;
    finding->value = evidence->age < 0 ? 0 : (uint64_t)evidence->age;
}

/* Whether evidence exists and no gap may have undone it. What is younger than the message before
 * which the capture has it proves nothing: captures that were merged are not in order. */
static bool holds(const oxc_http_evidence *evidence)
{
    return evidence->frame != 0 && !evidence->doubtful && evidence->age >= 0;
}

static bool check_wait_without_cookie(const oxc_http_facts *facts, oxc_finding *finding)
{
    (void)finding;
    return facts->is_call && facts->type == OXC_HTTP_TYPE_NOTIFICATION_WAIT && facts->no_cookie;
}

static bool check_request_without_cookie(const oxc_http_facts *facts, oxc_finding *finding)
{
    (void)finding;
    return facts->is_call && facts->no_cookie &&
           (facts->type == OXC_HTTP_TYPE_EXECUTE || facts->type == OXC_HTTP_TYPE_DISCONNECT);
}

/* Suppressed by a Connect that may have begun the session anew with the same cookie. */
static bool check_request_after_disconnect(const oxc_http_facts *facts, oxc_finding *finding)
{
    cite(finding, &facts->session_end);
    return facts->is_call && holds(&facts->session_end) && facts->session_end.age >= OXC_SECOND &&
           (facts->type == OXC_HTTP_TYPE_EXECUTE || facts->type == OXC_HTTP_TYPE_DISCONNECT);
}

/* A call whose answer may have been missed is not outstanding for this rule. */
static bool check_request_overlap(const oxc_http_facts *facts, oxc_finding *finding)
{
    if (facts->moment == OXC_HTTP_AT_REQUEST) {
        finding->frames[0] = facts->outstanding.frame;
        return facts->is_call && holds(&facts->outstanding);
    }
    finding->frames[0] = facts->request.frame;
    finding->frames[1] = facts->overlapping.frame;
    return holds(&facts->overlapping) && facts->overlapping.age <= facts->request.age;
}

static bool check_sequence_cookie_stale(const oxc_http_facts *facts, oxc_finding *finding)
{
    cite(finding, &facts->replaced);
    return facts->is_call && facts->type == OXC_HTTP_TYPE_EXECUTE && holds(&facts->replaced) &&
           facts->replaced.age >= OXC_SECOND;
}

static bool check_context_not_set(const oxc_http_facts *facts, oxc_finding *finding)
{
    (void)finding;
    return facts->type == OXC_HTTP_TYPE_CONNECT && facts->accepted && !facts->sets_cookie;
}

/* Suppressed by a Disconnect of the other session that may have gone unseen. */
static bool check_cookie_reused(const oxc_http_facts *facts, oxc_finding *finding)
{
    finding->frames[0] = facts->cookie_owner.frame;
    return facts->type == OXC_HTTP_TYPE_CONNECT && facts->accepted && holds(&facts->cookie_owner);
}

static bool check_event_pending_invalid(const oxc_http_facts *facts, oxc_finding *finding)
{
    finding->value = facts->event_pending;
    return facts->type == OXC_HTTP_TYPE_NOTIFICATION_WAIT && facts->has_event_pending &&
           facts->event_pending > 1;
}

static bool check_stream_invalid(const oxc_http_facts *facts, oxc_finding *finding)
{
    (void)finding;
    return facts->mapi_stream && (facts->stream_wrong || facts->stream_ended);
}

static bool check_request_header_missing(const oxc_http_facts *facts, oxc_finding *finding)
{
    finding->value = facts->missing;
    return facts->missing != 0;
}

static bool check_response_header_missing(const oxc_http_facts *facts, oxc_finding *finding)
{
    finding->value = facts->missing;
    if (facts->refused)
        finding->severity = OXC_SEVERITY_NOTE;
    return facts->missing != 0;
}

static bool check_request_id_not_echoed(const oxc_http_facts *facts, oxc_finding *finding)
{
    finding->frames[0] = facts->request.frame;
    return facts->id_differs;
}

static bool check_request_id_reused(const oxc_http_facts *facts, oxc_finding *finding)
{
    finding->frames[0] = facts->reused_frame;
    return facts->is_call && facts->reused_frame != 0;
}

/* Suppressed by a Connect that may have begun the session anew with the same cookie. */
static bool check_retry_on_lost_context(const oxc_http_facts *facts, oxc_finding *finding)
{
    cite(finding, &facts->lost);
    return facts->is_call && facts->type != OXC_HTTP_TYPE_CONNECT && holds(&facts->lost) &&
           facts->lost.age >= OXC_SECOND;
}

/* Suppressed by a Disconnect that may have gone unseen, and where the idle time is not known. */
static bool check_context_lost(const oxc_http_facts *facts, oxc_finding *finding)
{
    finding->frames[0] = facts->session_open.frame;
    return facts->lost_context && holds(&facts->session_open) && facts->expiration != 0 &&
           holds(&facts->idle_before) && facts->idle_before.age < facts->expiration;
}

static bool check_session_expired(const oxc_http_facts *facts, oxc_finding *finding)
{
    cite(finding, &facts->idle);
    finding->frames[0] = 0;
    return facts->is_call && facts->type != OXC_HTTP_TYPE_CONNECT && facts->expiration != 0 &&
           holds(&facts->idle) && facts->idle.age > facts->expiration;
}

static bool check_response_not_immediate(const oxc_http_facts *facts, oxc_finding *finding)
{
    cite(finding, &facts->due);
    finding->frames[0] = facts->request.frame;
    return holds(&facts->due) && facts->due.age > facts->grace;
}

static bool check_keepalive_overdue(const oxc_http_facts *facts, oxc_finding *finding)
{
    cite(finding, &facts->silence);
    return holds(&facts->silence) && facts->pending_period != 0 &&
           facts->silence.age > facts->pending_period + facts->grace;
}

static bool check_response_cut(const oxc_http_facts *facts, oxc_finding *finding)
{
    cite(finding, &facts->cut);
    finding->closed_by = facts->cut_by_client ? OXC_SIDE_CLIENT : OXC_SIDE_SERVER;
    finding->closed_how = facts->cut_reset ? OXC_CLOSE_RST : OXC_CLOSE_FIN;
    return facts->is_call && holds(&facts->cut);
}

static bool check_auth_rejected_repeatedly(const oxc_http_facts *facts, oxc_finding *finding)
{
    finding->frames[0] = facts->request.frame;
    return facts->legs == LEGS_TOO_MANY;
}

typedef bool (*check_function)(const oxc_http_facts *facts, oxc_finding *finding);

typedef struct {
    uint8_t moments; /**< a bit for each oxc_http_moment at which the rule is looked at */
    uint8_t rule;    /**< oxc_rule_id */
    check_function check;
} rule_row;

#define AT(moment) (1u << OXC_HTTP_AT_##moment)

static const rule_row rows[] = {
    {AT(REQUEST), OXC_RULE_wait_without_cookie, check_wait_without_cookie},
    {AT(REQUEST), OXC_RULE_request_without_cookie, check_request_without_cookie},
    {AT(REQUEST), OXC_RULE_request_after_disconnect, check_request_after_disconnect},
    {AT(REQUEST) | AT(RESPONSE_END), OXC_RULE_request_overlap, check_request_overlap},
    {AT(REQUEST), OXC_RULE_sequence_cookie_stale, check_sequence_cookie_stale},
    {AT(RESPONSE_END), OXC_RULE_context_not_set, check_context_not_set},
    {AT(RESPONSE_END), OXC_RULE_cookie_reused, check_cookie_reused},
    {AT(RESPONSE_END), OXC_RULE_event_pending_invalid, check_event_pending_invalid},
    {AT(RESPONSE_PIECE) | AT(RESPONSE_END), OXC_RULE_stream_invalid, check_stream_invalid},
    {AT(REQUEST), OXC_RULE_request_header_missing, check_request_header_missing},
    {AT(RESPONSE_HEAD), OXC_RULE_response_header_missing, check_response_header_missing},
    {AT(RESPONSE_HEAD), OXC_RULE_request_id_not_echoed, check_request_id_not_echoed},
    {AT(REQUEST), OXC_RULE_request_id_reused, check_request_id_reused},
    {AT(REQUEST), OXC_RULE_retry_on_lost_context, check_retry_on_lost_context},
    {AT(RESPONSE_END), OXC_RULE_context_lost, check_context_lost},
    {AT(REQUEST), OXC_RULE_session_expired, check_session_expired},
    {AT(RESPONSE_BEGIN), OXC_RULE_response_not_immediate, check_response_not_immediate},
    {AT(RESPONSE_PIECE), OXC_RULE_keepalive_overdue, check_keepalive_overdue},
    {AT(REQUEST), OXC_RULE_response_cut, check_response_cut},
    {AT(RESPONSE_HEAD), OXC_RULE_auth_rejected_repeatedly, check_auth_rejected_repeatedly},
};

size_t oxc_http_rules_check(const oxc_http_facts *facts, oxc_finding *findings)
{
    size_t count = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const rule_row *row = &rows[i];

        if ((row->moments & 1u << facts->moment) == 0)
            continue;
        findings[count] = (oxc_finding){.rule = row->rule,
                                        .severity = (uint8_t)oxc_rules[row->rule].severity,
                                        .over_http = true};
        if (row->check(facts, &findings[count]))
            count++;
    }
    return count;
}
