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

static void cite(oxc_verdict *verdict, const oxc_http_evidence *evidence)
{
    verdict->frames[0] = evidence->frame;
    verdict->value = evidence->age < 0 ? 0 : (uint64_t)evidence->age;
}

/* Whether evidence exists and no gap may have undone it. What is younger than the message before
 * which the capture has it proves nothing: captures that were merged are not in order. */
static bool holds(const oxc_http_evidence *evidence)
{
    return evidence->frame != 0 && !evidence->doubtful && evidence->age >= 0;
}

static bool check_wait_without_cookie(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    (void)verdict;
    return facts->is_call && facts->type == OXC_HTTP_TYPE_NOTIFICATION_WAIT && facts->no_cookie;
}

static bool check_request_without_cookie(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    (void)verdict;
    return facts->is_call && facts->no_cookie &&
           (facts->type == OXC_HTTP_TYPE_EXECUTE || facts->type == OXC_HTTP_TYPE_DISCONNECT);
}

/* Suppressed by a Connect that may have begun the session anew with the same cookie. */
static bool check_request_after_disconnect(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    cite(verdict, &facts->session_end);
    return facts->is_call && holds(&facts->session_end) && facts->session_end.age >= OXC_SECOND &&
           (facts->type == OXC_HTTP_TYPE_EXECUTE || facts->type == OXC_HTTP_TYPE_DISCONNECT);
}

/* A call whose answer may have been missed is not outstanding for this rule. */
static bool check_request_overlap(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    if (facts->moment == OXC_AT_HTTP_REQUEST) {
        verdict->frames[0] = facts->outstanding.frame;
        return facts->is_call && holds(&facts->outstanding);
    }
    verdict->frames[0] = facts->request.frame;
    verdict->frames[1] = facts->overlapping.frame;
    return holds(&facts->overlapping) && facts->overlapping.age <= facts->request.age;
}

static bool check_sequence_cookie_stale(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    cite(verdict, &facts->replaced);
    return facts->is_call && facts->type == OXC_HTTP_TYPE_EXECUTE && holds(&facts->replaced) &&
           facts->replaced.age >= OXC_SECOND;
}

static bool check_context_not_set(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    (void)verdict;
    return facts->type == OXC_HTTP_TYPE_CONNECT && facts->accepted && !facts->sets_cookie;
}

/* Suppressed by a Disconnect of the other session that may have gone unseen. */
static bool check_cookie_reused(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    verdict->frames[0] = facts->cookie_owner.frame;
    return facts->type == OXC_HTTP_TYPE_CONNECT && facts->accepted && holds(&facts->cookie_owner);
}

static bool check_event_pending_invalid(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    verdict->value = facts->event_pending;
    return facts->type == OXC_HTTP_TYPE_NOTIFICATION_WAIT && facts->has_event_pending &&
           facts->event_pending > 1;
}

static bool check_stream_invalid(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    (void)verdict;
    return facts->mapi_stream && (facts->stream_wrong || facts->stream_ended);
}

static bool check_request_header_missing(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    verdict->value = facts->missing;
    return facts->missing != 0;
}

static bool check_response_header_missing(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    verdict->value = facts->missing;
    if (facts->refused)
        verdict->severity = OXC_SEVERITY_NOTE;
    return facts->missing != 0;
}

static bool check_request_id_not_echoed(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    verdict->frames[0] = facts->request.frame;
    return facts->id_differs;
}

static bool check_request_id_reused(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    verdict->frames[0] = facts->reused_frame;
    return facts->is_call && facts->reused_frame != 0;
}

/* Suppressed by a Connect that may have begun the session anew with the same cookie. */
static bool check_retry_on_lost_context(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    cite(verdict, &facts->lost);
    return facts->is_call && facts->type != OXC_HTTP_TYPE_CONNECT && holds(&facts->lost) &&
           facts->lost.age >= OXC_SECOND;
}

/* Suppressed by a Disconnect that may have gone unseen, and where the idle time is not known. */
static bool check_context_lost(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    verdict->frames[0] = facts->session_open.frame;
    return facts->lost_context && holds(&facts->session_open) && facts->expiration != 0 &&
           holds(&facts->idle_before) && facts->idle_before.age < facts->expiration;
}

static bool check_session_expired(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    cite(verdict, &facts->idle);
    verdict->frames[0] = 0;
    return facts->is_call && facts->type != OXC_HTTP_TYPE_CONNECT && facts->expiration != 0 &&
           holds(&facts->idle) && facts->idle.age > facts->expiration;
}

static bool check_response_not_immediate(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    cite(verdict, &facts->due);
    verdict->frames[0] = facts->request.frame;
    return holds(&facts->due) && facts->due.age > facts->grace;
}

static bool check_keepalive_overdue(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    cite(verdict, &facts->silence);
    return holds(&facts->silence) && facts->pending_period != 0 &&
           facts->silence.age > facts->pending_period + facts->grace;
}

static bool check_response_cut(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    cite(verdict, &facts->cut);
    verdict->closed_by = facts->cut_by_client ? OXC_SIDE_CLIENT : OXC_SIDE_SERVER;
    verdict->closed_how = facts->cut_reset ? OXC_CLOSE_RST : OXC_CLOSE_FIN;
    return facts->is_call && holds(&facts->cut);
}

static bool check_auth_rejected_repeatedly(const oxc_http_facts *facts, oxc_verdict *verdict)
{
    verdict->frames[0] = facts->request.frame;
    return facts->legs == LEGS_TOO_MANY;
}

size_t oxc_http_rules_check(const oxc_http_facts *facts, oxc_verdict *verdicts)
{
    size_t count = 0;

    switch ((int)facts->moment) {
#define CHECK_RPC(id, lowest)
#define CHECK_HTTP(id, lowest)                                                                     \
    {                                                                                              \
        oxc_verdict verdict = {.rule = OXC_RULE_##id, .severity = (lowest), .over_http = true};    \
        if (check_##id(facts, &verdict))                                                           \
            verdicts[count++] = verdict;                                                           \
    }
#define AT OXC_AT_HTTP_REQUEST
#include "rules_at.def"
#define AT OXC_AT_HTTP_RESPONSE_BEGIN
#include "rules_at.def"
#define AT OXC_AT_HTTP_RESPONSE_HEAD
#include "rules_at.def"
#define AT OXC_AT_HTTP_RESPONSE_PIECE
#include "rules_at.def"
#define AT OXC_AT_HTTP_RESPONSE_END
#include "rules_at.def"
    default:
        break;
    }
    return count;
}
