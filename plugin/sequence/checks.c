/* checks.c
 * The rules: one pure function each
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "facts.h"
#include "spec.h"

#define FIRST_ASYNC_VERSION UINT64_C(0x0008000001660000) /* 8.0.358.0, [MS-OXCRPC] 3.1.4.1.3.2 */

/* Whether evidence exists and no unreadable call of the given kinds may have undone it. Evidence
 * that is younger than the PDU before which the capture has it proves nothing: captures that were
 * merged, or taken from several queues, are not in order. */
static bool holds(const oxc_evidence *evidence, unsigned doubts)
{
    return evidence->frame != 0 && evidence->age >= 0 && (evidence->doubts & doubts) == 0;
}

static void cite(oxc_verdict *verdict, const oxc_evidence *evidence)
{
    verdict->frames[0] = evidence->frame;
    verdict->value = evidence->age < 0 ? 0 : (uint64_t)evidence->age;
}

/* Each function is called for the PDUs that rules.def gives its rule, and says which
 * unreadable calls suppress it. Rules on a response rest on a session that had not ended:
 * facts->judged is false where that is in doubt. */

static bool check_wait_null_handle(const oxc_facts *facts, oxc_verdict *verdict)
{
    (void)verdict;
    return facts->null_handle;
}

/* Suppressed inside association_complete: an EcDoAsyncConnectEx may have returned the handle. */
static bool check_wait_without_connect(const oxc_facts *facts, oxc_verdict *verdict)
{
    (void)verdict;
    return !facts->null_handle && !facts->explained &&
           (facts->association_complete || facts->returned_as_cxh);
}

static bool check_wait_handle_unknown(const oxc_facts *facts, oxc_verdict *verdict)
{
    if (facts->association_began)
        verdict->severity = OXC_SEVERITY_WARNING;
    return !facts->null_handle && !facts->explained && !facts->association_complete &&
           !facts->returned_as_cxh && !facts->reported_unknown;
}

/* Suppressed by an EcDoAsyncConnectEx response that may have given the handle to a new context.
 * An answer to the wait that was lost or not matched is no evidence to begin with, nor is a later
 * wait that is earlier by its time. */
static bool check_wait_overlap(const oxc_facts *facts, oxc_verdict *verdict)
{
    if (facts->moment == OXC_AT_WAIT_REQUEST) {
        verdict->frames[0] = facts->same_wait.frame;
        return !facts->null_handle && holds(&facts->same_wait, OXC_DOUBT_ISSUE);
    }
    if (!facts->judged)
        return false;
    verdict->frames[0] = facts->request.frame;
    verdict->frames[1] = facts->later_wait.frame;
    return holds(&facts->later_wait, OXC_DOUBT_ISSUE) &&
           facts->later_wait.age <= facts->request.age;
}

/* Suppressed as wait-overlap. */
static bool check_wait_overlap_suspected(const oxc_facts *facts, oxc_verdict *verdict)
{
    verdict->frames[0] = facts->other_wait.frame;
    return !facts->null_handle && facts->same_wait.frame == 0 && facts->dropped_wait.frame == 0 &&
           holds(&facts->other_wait, OXC_DOUBT_ISSUE);
}

/* Suppressed by an EcDoAsyncConnectEx that may have returned the handle again, one that is
 * outstanding included, and by a wait that may have had a success since; for Rejected also by a
 * wait that may have been outstanding at the same time, which the tracker has looked at. */
static bool check_wait_after_error(const oxc_facts *facts, oxc_verdict *verdict)
{
    verdict->frames[0] = facts->failure.frame;
    verdict->value = facts->failure_status;
    return !facts->null_handle && facts->explained &&
           holds(&facts->failure, OXC_DOUBT_ISSUE | OXC_DOUBT_WAIT);
}

/* Suppressed by an EcDoAsyncConnectEx that may have returned the handle for another session, and
 * by an EcDoConnectEx that may have begun the session anew before that; those that are out
 * included. */
static bool uses_ended_context(const oxc_facts *facts, oxc_verdict *verdict)
{
    cite(verdict, &facts->session_end);
    return !facts->null_handle && holds(&facts->session_end, OXC_DOUBT_ISSUE | OXC_DOUBT_OPEN);
}

static bool check_wait_after_disconnect(const oxc_facts *facts, oxc_verdict *verdict)
{
    return uses_ended_context(facts, verdict) && facts->session_end.age >= OXC_SECOND;
}

static bool check_wait_races_disconnect(const oxc_facts *facts, oxc_verdict *verdict)
{
    return uses_ended_context(facts, verdict) && facts->session_end.age < OXC_SECOND &&
           (facts->session_end.doubts & OXC_DOUBT_END) == 0;
}

/* An EcDoRpcExt2 or a wait that could not be read starts the row anew, in the tracker. */
static bool check_wait_busy_loop(const oxc_facts *facts, oxc_verdict *verdict)
{
    verdict->frames[0] = facts->busy_since.frame;
    return facts->judged && facts->busy_since.frame != 0;
}

/* Suppressed by an EcDoRpcExt2 that may have fetched, and by the possible end of the session. */
static bool check_notification_not_fetched(const oxc_facts *facts, oxc_verdict *verdict)
{
    bool next = facts->moment == OXC_AT_WAIT_RESPONSE && facts->judged && facts->status == 0 &&
                (facts->flags & OXC_NOTIFICATION_PENDING) != 0;
    bool last = facts->moment == OXC_AT_CLOSE_REQUEST;

    cite(verdict, &facts->unfetched);
    return (next || last) &&
           holds(&facts->unfetched, OXC_DOUBT_FETCH | OXC_DOUBT_END | OXC_DOUBT_OPEN) &&
           facts->unfetched.age > facts->grace;
}

static bool check_flags_in_nonzero(const oxc_facts *facts, oxc_verdict *verdict)
{
    verdict->value = facts->flags;
    return !facts->null_handle && facts->flags != 0;
}

static bool check_connect_null_session(const oxc_facts *facts, oxc_verdict *verdict)
{
    (void)verdict;
    return facts->null_handle;
}

/* Suppressed inside association_complete: an EcDoConnectEx may have returned the handle. */
static bool check_connect_without_session(const oxc_facts *facts, oxc_verdict *verdict)
{
    (void)verdict;
    return !facts->null_handle && !facts->explained && facts->association_complete;
}

static bool check_connect_session_unknown(const oxc_facts *facts, oxc_verdict *verdict)
{
    (void)verdict;
    return !facts->null_handle && !facts->explained && !facts->association_complete &&
           !facts->reported_unknown;
}

/* Suppressed by an EcDoConnectEx that may have returned the handle again. */
static bool connects_ended_session(const oxc_facts *facts, oxc_verdict *verdict)
{
    cite(verdict, &facts->session_end);
    return !facts->null_handle && holds(&facts->session_end, OXC_DOUBT_OPEN);
}

static bool check_connect_after_disconnect(const oxc_facts *facts, oxc_verdict *verdict)
{
    return connects_ended_session(facts, verdict) && facts->session_end.age >= OXC_SECOND;
}

static bool check_connect_races_disconnect(const oxc_facts *facts, oxc_verdict *verdict)
{
    return connects_ended_session(facts, verdict) && facts->session_end.age < OXC_SECOND &&
           (facts->session_end.doubts & OXC_DOUBT_END) == 0;
}

/* Suppressed by the possible end of the session, by a wait that may have returned an error, and by
 * an EcDoAsyncConnectEx that may have given the handle to another session. */
static bool check_connect_repeated(const oxc_facts *facts, oxc_verdict *verdict)
{
    verdict->frames[0] = facts->live_context.frame;
    return !facts->null_handle && facts->session_end.frame == 0 && facts->alive_doubts == 0 &&
           holds(&facts->live_context, OXC_DOUBT_WAIT | OXC_DOUBT_ISSUE);
}

/* Suppressed by the possible end of the session. */
static bool check_connect_unsupported_server(const oxc_facts *facts, oxc_verdict *verdict)
{
    verdict->frames[0] = facts->session_open.frame;
    verdict->value = facts->server_version;
    return !facts->null_handle && facts->session_end.frame == 0 && facts->alive_doubts == 0 &&
           facts->server_version != 0 && facts->server_version < FIRST_ASYNC_VERSION;
}

/* Suppressed by a wait on a handle that is not known to be the session's, by an
 * EcDoAsyncConnectEx whose handle is not known, and by the possible end of the session. */
static bool check_connect_not_followed_by_wait(const oxc_facts *facts, oxc_verdict *verdict)
{
    verdict->frames[0] = facts->idle_context.frame;
    return !facts->null_handle && holds(&facts->idle_context, OXC_DOUBT_WAIT | OXC_DOUBT_ISSUE |
                                                                  OXC_DOUBT_END | OXC_DOUBT_OPEN);
}

static bool check_connect_null_on_success(const oxc_facts *facts, oxc_verdict *verdict)
{
    (void)verdict;
    return facts->judged && facts->status == 0 && facts->null_handle;
}

static bool check_connect_handle_on_failure(const oxc_facts *facts, oxc_verdict *verdict)
{
    verdict->value = facts->status;
    return facts->judged && facts->status != 0 && !facts->null_handle;
}

/* Suppressed by the possible or coming end of the other session, and by an EcDoAsyncConnectEx
 * that may have taken the handle from it before. */
static bool check_connect_handle_reused(const oxc_facts *facts, oxc_verdict *verdict)
{
    verdict->frames[0] = facts->bound_context.frame;
    return facts->judged && facts->status == 0 &&
           holds(&facts->bound_context,
                 OXC_DOUBT_END | OXC_DOUBT_OPEN | OXC_DOUBT_DISCONNECT | OXC_DOUBT_ISSUE);
}

static bool check_session_handle_changed(const oxc_facts *facts, oxc_verdict *verdict)
{
    (void)verdict;
    return facts->judged && facts->status == 0 && facts->handle_changed;
}

static bool check_disconnect_handle_not_null(const oxc_facts *facts, oxc_verdict *verdict)
{
    (void)verdict;
    return facts->judged && facts->status == 0 && !facts->null_handle;
}

/* Suppressed by an EcDoAsyncConnectEx that may have begun a new context between the two. */
static bool check_overlap_not_rejected(const oxc_facts *facts, oxc_verdict *verdict)
{
    verdict->frames[0] = facts->zero_wait.frame;
    return facts->judged && facts->status == 0 && holds(&facts->zero_wait, OXC_DOUBT_ISSUE) &&
           facts->zero_wait.age <= facts->request.age;
}

/* Suppressed by a wait that may have been outstanding at the same time, and by an EcDoDisconnect
 * that may have been sent. */
static bool check_rejected_without_overlap(const oxc_facts *facts, oxc_verdict *verdict)
{
    verdict->frames[0] = facts->wait.frame;
    return facts->judged && facts->status == OXC_STATUS_REJECTED && facts->alone &&
           facts->alone_doubts == 0 && !facts->disconnecting && facts->disconnect_doubts == 0;
}

static bool check_flags_out_reserved(const oxc_facts *facts, oxc_verdict *verdict)
{
    verdict->value = facts->flags;
    return facts->judged && (facts->flags & ~OXC_NOTIFICATION_PENDING) != 0;
}

/* Suppressed by an EcDoDisconnect that may have been the session's. A later EcDoRpcExt2 than the
 * one known would make the wait only earlier. */
static bool check_wait_completed_early(const oxc_facts *facts, oxc_verdict *verdict)
{
    int64_t limit = OXC_WAIT_LIMIT - facts->grace;

    cite(verdict, &facts->wait);
    return facts->judged && facts->status == 0 && facts->flags == 0 && !facts->disconnect_sent &&
           holds(&facts->wait, OXC_DOUBT_DISCONNECT) && facts->wait.age < limit &&
           facts->activity.frame != 0 && facts->activity.age < limit;
}

/* Suppressed by an EcDoRpcExt2 that may have been the session's last. */
static bool check_wait_overdue(const oxc_facts *facts, oxc_verdict *verdict)
{
    int64_t limit = OXC_WAIT_LIMIT + facts->grace;

    cite(verdict, &facts->wait);
    return facts->judged && facts->status == 0 && holds(&facts->wait, OXC_DOUBT_FETCH) &&
           facts->wait.age > limit && facts->activity.frame != 0 && facts->activity.age > limit;
}

/* What the tracker takes for dropped: it has looked at the gaps. */
static bool check_wait_dropped(const oxc_facts *facts, oxc_verdict *verdict)
{
    cite(verdict, &facts->dropped_wait);
    return !facts->null_handle && holds(&facts->dropped_wait, 0);
}

/* Each wait is looked at once, where no gap suppresses that: the tracker has looked at the gaps. */
static bool check_wait_unanswered(const oxc_facts *facts, oxc_verdict *verdict)
{
    cite(verdict, &facts->unanswered_wait);
    return !facts->null_handle && holds(&facts->unanswered_wait, 0);
}

/* Suppressed by a wait that may have had an answer between the three. */
static bool check_wait_cut_repeatedly(const oxc_facts *facts, oxc_verdict *verdict)
{
    cite(verdict, &facts->cut_waits);
    verdict->closed_how = facts->closed_how;
    verdict->closed_by = facts->closed_by;
    return !facts->null_handle && holds(&facts->cut_waits, OXC_DOUBT_ISSUE | OXC_DOUBT_WAIT);
}

static bool check_rop_notify_in_request(const oxc_facts *facts, oxc_verdict *verdict)
{
    (void)verdict;
    return !facts->null_handle && (facts->rop_faults & OXC_ROP_NOTIFY_IN_REQUEST) != 0;
}

static bool check_notify_flags_invalid(const oxc_facts *facts, oxc_verdict *verdict)
{
    bool request = facts->moment == OXC_AT_EXECUTE_REQUEST && !facts->null_handle;
    bool response = facts->moment == OXC_AT_EXECUTE_RESPONSE && facts->judged;

    verdict->value = facts->rop_fault_flags;
    return (request || response) && (facts->rop_faults & OXC_ROP_NOTIFY_FLAGS_INVALID) != 0;
}

size_t oxc_rules_check(const oxc_facts *facts, oxc_verdict *verdicts)
{
    size_t count = 0;

    switch ((int)facts->moment) {
#define CHECK_RPC(id, lowest)                                                                      \
    {                                                                                              \
        oxc_verdict verdict = {.rule = OXC_RULE_##id, .severity = (lowest)};                       \
        if (check_##id(facts, &verdict))                                                           \
            verdicts[count++] = verdict;                                                           \
    }
#define CHECK_HTTP(id, lowest)
#define AT OXC_AT_WAIT_REQUEST
#include "rules_at.def"
#define AT OXC_AT_WAIT_RESPONSE
#include "rules_at.def"
#define AT OXC_AT_ISSUE_REQUEST
#include "rules_at.def"
#define AT OXC_AT_ISSUE_RESPONSE
#include "rules_at.def"
#define AT OXC_AT_EXECUTE_REQUEST
#include "rules_at.def"
#define AT OXC_AT_EXECUTE_RESPONSE
#include "rules_at.def"
#define AT OXC_AT_CLOSE_REQUEST
#include "rules_at.def"
#define AT OXC_AT_CLOSE_RESPONSE
#include "rules_at.def"
    default:
        break;
    }
    return count;
}
