/* packet-oxcnotif.c
 * Shows what the sequence analysis knows of a call
 *
 * Copyright (C) the oxcnotif authors
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "packet-oxcnotif.h"

#include <epan/expert.h>
#include <epan/proto_data.h>
#include <epan/tap.h>

#include "compat.h"
#include "capture/analysis.h"
#include "capture/settings.h"
#include "decode/names.h"
#include "view_text.h"

static int proto_oxcnotif = -1;
static int oxcnotif_tap = -1;

static int hf_oxcnotif_transport = -1;
static int hf_oxcnotif_session = -1;
static int hf_oxcnotif_context = -1;
static int hf_oxcnotif_connect_in = -1;
static int hf_oxcnotif_wait = -1;
static int hf_oxcnotif_request_in = -1;
static int hf_oxcnotif_previous_wait_in = -1;
static int hf_oxcnotif_next_wait_in = -1;
static int hf_oxcnotif_wait_time = -1;
static int hf_oxcnotif_outcome = -1;
static int hf_oxcnotif_fetch_in = -1;
static int hf_oxcnotif_notified_in = -1;
static int hf_oxcnotif_delivered_in = -1;
static int hf_oxcnotif_delivery_time = -1;
static int hf_oxcnotif_registered_in = -1;
static int hf_oxcnotif_sealed = -1;
static int hf_oxcnotif_violation = -1;
static int hf_oxcnotif_suspicion = -1;
static int hf_oxcnotif_fault = -1;
static int hf_oxcnotif_remedy = -1;
static int hf_oxcnotif_requirement = -1;
static int hf_oxcnotif_evidence = -1;

static int ett_oxcnotif = -1;
static int ett_oxcnotif_finding = -1;

static expert_field ei_oxcnotif_wait_null_handle = EI_INIT;
static expert_field ei_oxcnotif_wait_without_connect = EI_INIT;
static expert_field ei_oxcnotif_wait_handle_unknown = EI_INIT;
static expert_field ei_oxcnotif_wait_overlap = EI_INIT;
static expert_field ei_oxcnotif_wait_overlap_suspected = EI_INIT;
static expert_field ei_oxcnotif_wait_after_error = EI_INIT;
static expert_field ei_oxcnotif_wait_after_disconnect = EI_INIT;
static expert_field ei_oxcnotif_wait_races_disconnect = EI_INIT;
static expert_field ei_oxcnotif_wait_busy_loop = EI_INIT;
static expert_field ei_oxcnotif_notification_not_fetched = EI_INIT;
static expert_field ei_oxcnotif_flags_in_nonzero = EI_INIT;
static expert_field ei_oxcnotif_connect_null_session = EI_INIT;
static expert_field ei_oxcnotif_connect_without_session = EI_INIT;
static expert_field ei_oxcnotif_connect_session_unknown = EI_INIT;
static expert_field ei_oxcnotif_connect_after_disconnect = EI_INIT;
static expert_field ei_oxcnotif_connect_races_disconnect = EI_INIT;
static expert_field ei_oxcnotif_connect_repeated = EI_INIT;
static expert_field ei_oxcnotif_connect_unsupported_server = EI_INIT;
static expert_field ei_oxcnotif_connect_not_followed_by_wait = EI_INIT;
static expert_field ei_oxcnotif_connect_null_on_success = EI_INIT;
static expert_field ei_oxcnotif_connect_handle_on_failure = EI_INIT;
static expert_field ei_oxcnotif_connect_handle_reused = EI_INIT;
static expert_field ei_oxcnotif_session_handle_changed = EI_INIT;
static expert_field ei_oxcnotif_disconnect_handle_not_null = EI_INIT;
static expert_field ei_oxcnotif_overlap_not_rejected = EI_INIT;
static expert_field ei_oxcnotif_rejected_without_overlap = EI_INIT;
static expert_field ei_oxcnotif_flags_out_reserved = EI_INIT;
static expert_field ei_oxcnotif_wait_completed_early = EI_INIT;
static expert_field ei_oxcnotif_wait_overdue = EI_INIT;
static expert_field ei_oxcnotif_wait_dropped = EI_INIT;
static expert_field ei_oxcnotif_wait_unanswered = EI_INIT;
static expert_field ei_oxcnotif_wait_cut_repeatedly = EI_INIT;
static expert_field ei_oxcnotif_rop_notify_in_request = EI_INIT;
static expert_field ei_oxcnotif_notify_flags_invalid = EI_INIT;
static expert_field ei_oxcnotif_wait_without_cookie = EI_INIT;
static expert_field ei_oxcnotif_request_without_cookie = EI_INIT;
static expert_field ei_oxcnotif_request_after_disconnect = EI_INIT;
static expert_field ei_oxcnotif_request_overlap = EI_INIT;
static expert_field ei_oxcnotif_sequence_cookie_stale = EI_INIT;
static expert_field ei_oxcnotif_context_not_set = EI_INIT;
static expert_field ei_oxcnotif_cookie_reused = EI_INIT;
static expert_field ei_oxcnotif_event_pending_invalid = EI_INIT;
static expert_field ei_oxcnotif_stream_invalid = EI_INIT;
static expert_field ei_oxcnotif_request_header_missing = EI_INIT;
static expert_field ei_oxcnotif_response_header_missing = EI_INIT;
static expert_field ei_oxcnotif_request_id_not_echoed = EI_INIT;
static expert_field ei_oxcnotif_request_id_reused = EI_INIT;
static expert_field ei_oxcnotif_retry_on_lost_context = EI_INIT;
static expert_field ei_oxcnotif_context_lost = EI_INIT;
static expert_field ei_oxcnotif_session_expired = EI_INIT;
static expert_field ei_oxcnotif_response_not_immediate = EI_INIT;
static expert_field ei_oxcnotif_keepalive_overdue = EI_INIT;
static expert_field ei_oxcnotif_response_cut = EI_INIT;
static expert_field ei_oxcnotif_auth_rejected_repeatedly = EI_INIT;
/* wait-handle-unknown in an association that began in the capture weighs more. */
static expert_field ei_oxcnotif_wait_handle_unknown_warning = EI_INIT;
/* response-header-missing in an answer that refuses the call weighs less. */
static expert_field ei_oxcnotif_response_header_missing_note = EI_INIT;
static expert_field ei_oxcnotif_missing_bind = EI_INIT;
static expert_field ei_oxcnotif_proxy_refused = EI_INIT;
static expert_field ei_oxcnotif_interface_refused = EI_INIT;

static expert_field *const rule_experts[OXC_RULE_COUNT] = {
    [OXC_RULE_wait_null_handle] = &ei_oxcnotif_wait_null_handle,
    [OXC_RULE_wait_without_connect] = &ei_oxcnotif_wait_without_connect,
    [OXC_RULE_wait_handle_unknown] = &ei_oxcnotif_wait_handle_unknown,
    [OXC_RULE_wait_overlap] = &ei_oxcnotif_wait_overlap,
    [OXC_RULE_wait_overlap_suspected] = &ei_oxcnotif_wait_overlap_suspected,
    [OXC_RULE_wait_after_error] = &ei_oxcnotif_wait_after_error,
    [OXC_RULE_wait_after_disconnect] = &ei_oxcnotif_wait_after_disconnect,
    [OXC_RULE_wait_races_disconnect] = &ei_oxcnotif_wait_races_disconnect,
    [OXC_RULE_wait_busy_loop] = &ei_oxcnotif_wait_busy_loop,
    [OXC_RULE_notification_not_fetched] = &ei_oxcnotif_notification_not_fetched,
    [OXC_RULE_flags_in_nonzero] = &ei_oxcnotif_flags_in_nonzero,
    [OXC_RULE_connect_null_session] = &ei_oxcnotif_connect_null_session,
    [OXC_RULE_connect_without_session] = &ei_oxcnotif_connect_without_session,
    [OXC_RULE_connect_session_unknown] = &ei_oxcnotif_connect_session_unknown,
    [OXC_RULE_connect_after_disconnect] = &ei_oxcnotif_connect_after_disconnect,
    [OXC_RULE_connect_races_disconnect] = &ei_oxcnotif_connect_races_disconnect,
    [OXC_RULE_connect_repeated] = &ei_oxcnotif_connect_repeated,
    [OXC_RULE_connect_unsupported_server] = &ei_oxcnotif_connect_unsupported_server,
    [OXC_RULE_connect_not_followed_by_wait] = &ei_oxcnotif_connect_not_followed_by_wait,
    [OXC_RULE_connect_null_on_success] = &ei_oxcnotif_connect_null_on_success,
    [OXC_RULE_connect_handle_on_failure] = &ei_oxcnotif_connect_handle_on_failure,
    [OXC_RULE_connect_handle_reused] = &ei_oxcnotif_connect_handle_reused,
    [OXC_RULE_session_handle_changed] = &ei_oxcnotif_session_handle_changed,
    [OXC_RULE_disconnect_handle_not_null] = &ei_oxcnotif_disconnect_handle_not_null,
    [OXC_RULE_overlap_not_rejected] = &ei_oxcnotif_overlap_not_rejected,
    [OXC_RULE_rejected_without_overlap] = &ei_oxcnotif_rejected_without_overlap,
    [OXC_RULE_flags_out_reserved] = &ei_oxcnotif_flags_out_reserved,
    [OXC_RULE_wait_completed_early] = &ei_oxcnotif_wait_completed_early,
    [OXC_RULE_wait_overdue] = &ei_oxcnotif_wait_overdue,
    [OXC_RULE_wait_dropped] = &ei_oxcnotif_wait_dropped,
    [OXC_RULE_wait_unanswered] = &ei_oxcnotif_wait_unanswered,
    [OXC_RULE_wait_cut_repeatedly] = &ei_oxcnotif_wait_cut_repeatedly,
    [OXC_RULE_rop_notify_in_request] = &ei_oxcnotif_rop_notify_in_request,
    [OXC_RULE_notify_flags_invalid] = &ei_oxcnotif_notify_flags_invalid,
    [OXC_RULE_wait_without_cookie] = &ei_oxcnotif_wait_without_cookie,
    [OXC_RULE_request_without_cookie] = &ei_oxcnotif_request_without_cookie,
    [OXC_RULE_request_after_disconnect] = &ei_oxcnotif_request_after_disconnect,
    [OXC_RULE_request_overlap] = &ei_oxcnotif_request_overlap,
    [OXC_RULE_sequence_cookie_stale] = &ei_oxcnotif_sequence_cookie_stale,
    [OXC_RULE_context_not_set] = &ei_oxcnotif_context_not_set,
    [OXC_RULE_cookie_reused] = &ei_oxcnotif_cookie_reused,
    [OXC_RULE_event_pending_invalid] = &ei_oxcnotif_event_pending_invalid,
    [OXC_RULE_stream_invalid] = &ei_oxcnotif_stream_invalid,
    [OXC_RULE_request_header_missing] = &ei_oxcnotif_request_header_missing,
    [OXC_RULE_response_header_missing] = &ei_oxcnotif_response_header_missing,
    [OXC_RULE_request_id_not_echoed] = &ei_oxcnotif_request_id_not_echoed,
    [OXC_RULE_request_id_reused] = &ei_oxcnotif_request_id_reused,
    [OXC_RULE_retry_on_lost_context] = &ei_oxcnotif_retry_on_lost_context,
    [OXC_RULE_context_lost] = &ei_oxcnotif_context_lost,
    [OXC_RULE_session_expired] = &ei_oxcnotif_session_expired,
    [OXC_RULE_response_not_immediate] = &ei_oxcnotif_response_not_immediate,
    [OXC_RULE_keepalive_overdue] = &ei_oxcnotif_keepalive_overdue,
    [OXC_RULE_response_cut] = &ei_oxcnotif_response_cut,
    [OXC_RULE_auth_rejected_repeatedly] = &ei_oxcnotif_auth_rejected_repeatedly,
};

static bool enabled; /* the protocol, in this file */

const value_string oxc_transport_vals[] = {
    {OXC_TRANSPORT_RPC_TCP, "RPC over TCP"},
    {OXC_TRANSPORT_RPC_HTTP, "RPC over HTTP"},
    {OXC_TRANSPORT_MAPI_HTTP, "MAPI over HTTP"},
    {0, NULL},
};

static nstime_t to_nstime(int64_t nanoseconds)
{
    nstime_t time;

    time.secs = (time_t)(nanoseconds / 1000000000);
    time.nsecs = (int)(nanoseconds % 1000000000);
    return time;
}

static void add_number(proto_tree *tree, int hf, tvbuff_t *tvb, uint32_t number)
{
    if (number != OXC_NONE)
        proto_item_set_generated(proto_tree_add_uint(tree, hf, tvb, 0, 0, number));
}

static void add_frame(proto_tree *tree, int hf, tvbuff_t *tvb, uint32_t frame)
{
    if (frame != 0)
        proto_item_set_generated(proto_tree_add_uint(tree, hf, tvb, 0, 0, frame));
}

static void add_time(proto_tree *tree, int hf, tvbuff_t *tvb, bool known, int64_t nanoseconds)
{
    nstime_t time = to_nstime(nanoseconds);

    if (known)
        proto_item_set_generated(proto_tree_add_time(tree, hf, tvb, 0, 0, &time));
}

static void add_text(proto_tree *tree, int hf, tvbuff_t *tvb, const char *text)
{
    proto_item_set_generated(proto_tree_add_string(tree, hf, tvb, 0, 0, text));
}

static void add_requirements(proto_tree *tree, tvbuff_t *tvb, const oxc_finding *finding)
{
    char **ids = g_strsplit(oxc_finding_requirements(finding), " ", -1);

    for (char **id = ids; *id; id++) {
        if (**id)
            add_text(tree, hf_oxcnotif_requirement, tvb, *id);
    }
    g_strfreev(ids);
}

static expert_field *expert_of(const oxc_finding *finding)
{
    if (finding->rule == OXC_RULE_wait_handle_unknown && finding->severity == OXC_SEVERITY_WARNING)
        return &ei_oxcnotif_wait_handle_unknown_warning;
    if (finding->rule == OXC_RULE_response_header_missing && finding->severity == OXC_SEVERITY_NOTE)
        return &ei_oxcnotif_response_header_missing_note;
    return rule_experts[finding->rule];
}

static void add_finding(proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo,
                        const oxc_finding *finding)
{
    const oxc_rule *rule = &oxc_rules[finding->rule];
    int hf =
        rule->rule_class == OXC_CLASS_VIOLATION ? hf_oxcnotif_violation : hf_oxcnotif_suspicion;
    proto_item *item = proto_tree_add_string(tree, hf, tvb, 0, 0, rule->name);
    proto_tree *subtree = proto_item_add_subtree(item, ett_oxcnotif_finding);
    GString *text = g_string_new(NULL);

    proto_item_set_generated(item);
    oxc_finding_append_text(text, finding);
    expert_add_info_format(pinfo, item, expert_of(finding), "%s", text->str);
    g_string_free(text, TRUE);
    add_text(subtree, hf_oxcnotif_fault, tvb, rule->fault);
    add_text(subtree, hf_oxcnotif_remedy, tvb, rule->remedy);
    for (unsigned i = 0; i < array_length(finding->frames); i++)
        add_frame(subtree, hf_oxcnotif_evidence, tvb, finding->frames[i]);
    add_requirements(subtree, tvb, finding);
}

/* The mark at the front of the Info column, once a rule in a frame. */
static void mark_finding(packet_info *pinfo, const oxc_finding *finding)
{
    uint64_t *marked = (uint64_t *)p_get_proto_data(pinfo->pool, pinfo, proto_oxcnotif, 0);
    uint64_t bit = UINT64_C(1) << finding->rule;

    G_STATIC_ASSERT(OXC_RULE_COUNT <= 64);
    if (!marked) {
        marked = wmem_new0(pinfo->pool, uint64_t);
        p_add_proto_data(pinfo->pool, pinfo, proto_oxcnotif, 0, marked);
    }
    if (!(*marked & bit))
        col_prepend_fence_fstr(pinfo->cinfo, COL_INFO, "[%s] ", oxc_rules[finding->rule].name);
    *marked |= bit;
}

static void add_findings(proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo, const oxc_view *view)
{
    for (size_t i = 0; i < view->finding_count; i++)
        add_finding(tree, tvb, pinfo, &view->findings[i]);
    /* Each mark goes in front of the one before. */
    for (size_t i = view->finding_count; i > 0; i--)
        mark_finding(pinfo, &view->findings[i - 1]);
}

static void add_delivery(proto_tree *tree, tvbuff_t *tvb, const oxc_tracker *tracker,
                         const oxc_view *view)
{
    size_t count;
    const uint32_t *registered = oxc_tracker_registered(tracker, view, &count);
    uint32_t position = view->notified, frame;

    add_frame(tree, hf_oxcnotif_fetch_in, tvb, view->fetch_frame);
    add_frame(tree, hf_oxcnotif_delivered_in, tvb, view->delivered_frame);
    while ((frame = oxc_tracker_next_notified(tracker, &position)) != 0)
        add_frame(tree, hf_oxcnotif_notified_in, tvb, frame);
    add_time(tree, hf_oxcnotif_delivery_time, tvb, view->has_delivery_time, view->delivery_time);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || registered[i] != registered[i - 1])
            add_frame(tree, hf_oxcnotif_registered_in, tvb, registered[i]);
    }
}

static void add_transport(proto_tree *tree, tvbuff_t *tvb, const oxc_carrier *carrier)
{
    if (carrier->transport != OXC_TRANSPORT_UNKNOWN)
        proto_item_set_generated(proto_tree_add_uint(tree, hf_oxcnotif_transport, tvb, 0, 0,
                                                     (uint32_t)carrier->transport));
}

static void add_links(proto_tree *tree, tvbuff_t *tvb, const oxc_tracker *tracker,
                      const oxc_view *view)
{
    add_number(tree, hf_oxcnotif_session, tvb, view->session);
    add_number(tree, hf_oxcnotif_context, tvb, view->context);
    add_frame(tree, hf_oxcnotif_connect_in, tvb, view->connect_frame);
    if (view->wait)
        add_number(tree, hf_oxcnotif_wait, tvb, view->wait);
    add_frame(tree, hf_oxcnotif_request_in, tvb, view->request_frame);
    add_frame(tree, hf_oxcnotif_previous_wait_in, tvb, view->previous_wait_frame);
    add_frame(tree, hf_oxcnotif_next_wait_in, tvb, view->next_wait_frame);
    if (view->outcome != OXC_OUTCOME_NONE)
        proto_item_set_generated(
            proto_tree_add_uint(tree, hf_oxcnotif_outcome, tvb, 0, 0, view->outcome));
    add_time(tree, hf_oxcnotif_wait_time, tvb, view->has_wait_time, view->wait_time);
    add_delivery(tree, tvb, tracker, view);
    if (view->sealed)
        proto_item_set_generated(proto_tree_add_boolean(tree, hf_oxcnotif_sealed, tvb, 0, 0, TRUE));
}

/* How a wait ended, on its request: without a field, which is on the frame that ended it. On the
 * first pass nobody knows. */
static void add_end(proto_tree *tree, tvbuff_t *tvb, const packet_info *pinfo,
                    const oxc_tracker *tracker, const oxc_view *view)
{
    proto_item *item;
    oxc_wait wait;
    oxc_text text;

    if (!PINFO_FD_VISITED(pinfo) || !PTREE_DATA(tree)->visible ||
        !oxc_tracker_wait(tracker, view->record, &wait) || !oxc_wait_tell_end(&text, &wait))
        return;
    proto_tree_add_subtree(tree, tvb, 0, 0, ett_oxcnotif_finding, &item, text.bytes);
    proto_item_set_generated(item);
}

/* Taps run when the packet is done: by then the tracker may have moved its findings. */
static void queue_for_taps(packet_info *pinfo, const oxc_view *view, const oxc_carrier *carrier,
                           uint32_t ordinal)
{
    oxc_shown *kept;

    if (!have_tap_listener(oxcnotif_tap))
        return;
    kept = wmem_new(pinfo->pool, oxc_shown);
    *kept = (oxc_shown){.view = *view, .carrier = *carrier, .ordinal = ordinal};
    if (view->finding_count > 0)
        kept->view.findings = (const oxc_finding *)wmem_memdup(
            pinfo->pool, view->findings, view->finding_count * sizeof *view->findings);
    tap_queue_packet(oxcnotif_tap, pinfo, kept);
}

static proto_item *add_protocol(proto_tree *root, tvbuff_t *tvb, const char *name)
{
    proto_item *item = proto_tree_add_protocol_format(root, proto_oxcnotif, tvb, 0, 0, "%s", name);

    proto_item_set_generated(item);
    return item;
}

/* The item of the protocol: returns its tree. */
static proto_tree *add_summary(proto_tree *root, tvbuff_t *tvb, const oxc_view *view,
                               const char *news)
{
    oxc_text text;

    oxc_view_begin(&text);
    if (PTREE_DATA(root)->visible)
        oxc_view_describe(&text, view, news);
    return proto_item_add_subtree(add_protocol(root, tvb, text.bytes), ett_oxcnotif);
}

void oxc_present(packet_info *pinfo, proto_tree *root, tvbuff_t *tvb, uint32_t ordinal,
                 const oxc_carrier *carrier, const char *news)
{
    const oxc_tracker *tracker = oxc_analysis_tracker();
    proto_tree *tree = NULL;
    oxc_view view;

    if (!enabled || !oxc_tracker_view(tracker, pinfo->num, ordinal, &view))
        return;
    oxc_view_append_info(pinfo, &view, news);
    if (root)
        tree = add_summary(root, tvb, &view, news);
    add_findings(tree, tvb, pinfo, &view);
    if (tree) {
        add_transport(tree, tvb, carrier);
        add_links(tree, tvb, tracker, &view);
        add_end(tree, tvb, pinfo, tracker, &view);
    }
    queue_for_taps(pinfo, &view, carrier, ordinal);
}

void oxc_present_note(packet_info *pinfo, proto_tree *root, tvbuff_t *tvb, oxc_note note,
                      const char *text)
{
    static expert_field *const experts[] = {
        [OXC_NOTE_PROXY_REFUSED] = &ei_oxcnotif_proxy_refused,
        [OXC_NOTE_INTERFACE_REFUSED] = &ei_oxcnotif_interface_refused,
    };

    if (enabled)
        expert_add_info_format(pinfo, add_protocol(root, tvb, oxc_view_title), experts[note], "%s",
                               text);
}

void oxc_present_part(packet_info *pinfo, proto_tree *root, tvbuff_t *tvb, uint32_t request_frame,
                      uint32_t request_ordinal, const oxc_carrier *carrier)
{
    oxc_view request, view = {.record = OXC_NONE,
                              .kind = OXC_KIND_OTHER,
                              .session = OXC_NONE,
                              .context = OXC_NONE,
                              .ended_wait = OXC_NONE,
                              .notified = OXC_NONE};
    const oxc_tracker *tracker = oxc_analysis_tracker();
    oxc_text text;
    proto_tree *tree;

    if (!enabled || !oxc_tracker_view(tracker, request_frame, request_ordinal, &request))
        return;
    view.session = request.session;
    view.context = request.context;
    view.connect_frame = request.connect_frame;
    view.wait = request.wait;
    view.request_frame = request_frame;
    oxc_view_append_info(pinfo, &view, NULL);
    if (!root)
        return;
    oxc_view_begin(&text);
    oxc_view_describe(&text, &view, NULL);
    tree = proto_item_add_subtree(add_protocol(root, tvb, text.bytes), ett_oxcnotif);
    add_transport(tree, tvb, carrier);
    add_links(tree, tvb, tracker, &view);
}

void oxc_present_missing_bind(packet_info *pinfo, proto_tree *root, tvbuff_t *tvb,
                              uint16_t context_id, const char *interface)
{
    if (!enabled)
        return;
    expert_add_info_format(pinfo, add_protocol(root, tvb, oxc_view_title),
                           &ei_oxcnotif_missing_bind,
                           "The capture does not hold the bind of this connection: its calls "
                           "cannot be decoded. If this is %s: Analyze > Decode As, DCE-RPC, "
                           "presentation context %u",
                           interface, context_id);
}

int oxc_oxcnotif_register(void)
{
    static hf_register_info hf[] = {
        {&hf_oxcnotif_transport,
         {"Transport", "oxcnotif.transport", FT_UINT8, BASE_DEC, VALS(oxc_transport_vals), 0x0,
          "What carries the call", HFILL}},
        {&hf_oxcnotif_session,
         {"Session", "oxcnotif.session", FT_UINT32, BASE_DEC, NULL, 0x0,
          "Number of the Session Context", HFILL}},
        {&hf_oxcnotif_context,
         {"Context", "oxcnotif.context", FT_UINT32, BASE_DEC, NULL, 0x0,
          "Number of the asynchronous context", HFILL}},
        {&hf_oxcnotif_connect_in,
         {"Context handle returned in frame", "oxcnotif.connect_in", FT_FRAMENUM, BASE_NONE, NULL,
          0x0, "The latest EcDoAsyncConnectEx response that returned the handle", HFILL}},
        {&hf_oxcnotif_wait,
         {"Wait", "oxcnotif.wait", FT_UINT32, BASE_DEC, NULL, 0x0,
          "Ordinal of the wait on its context", HFILL}},
        {&hf_oxcnotif_request_in,
         {"Request in frame", "oxcnotif.request_in", FT_FRAMENUM, BASE_NONE,
          FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0x0, "The request of this call", HFILL}},
        {&hf_oxcnotif_previous_wait_in,
         {"Previous wait in frame", "oxcnotif.previous_wait_in", FT_FRAMENUM, BASE_NONE, NULL, 0x0,
          NULL, HFILL}},
        {&hf_oxcnotif_next_wait_in,
         {"Next wait in frame", "oxcnotif.next_wait_in", FT_FRAMENUM, BASE_NONE, NULL, 0x0, NULL,
          HFILL}},
        {&hf_oxcnotif_wait_time,
         {"Wait time", "oxcnotif.wait_time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0x0,
          "Time since the request of the wait", HFILL}},
        {&hf_oxcnotif_outcome,
         {"Outcome", "oxcnotif.outcome", FT_UINT8, BASE_DEC, VALS(oxc_outcome_vals), 0x0,
          "How the wait ended", HFILL}},
        {&hf_oxcnotif_fetch_in,
         {"Fetched by frame", "oxcnotif.fetch_in", FT_FRAMENUM, BASE_NONE, NULL, 0x0,
          "The EcDoRpcExt2 request that fetches what is pending", HFILL}},
        {&hf_oxcnotif_notified_in,
         {"Fetches for frame", "oxcnotif.notified_in", FT_FRAMENUM, BASE_NONE, NULL, 0x0,
          "The wait response that this EcDoRpcExt2 request fetches for", HFILL}},
        {&hf_oxcnotif_delivered_in,
         {"Delivered in frame", "oxcnotif.delivered_in", FT_FRAMENUM, BASE_NONE, NULL, 0x0,
          "The EcDoRpcExt2 response with the first RopNotify", HFILL}},
        {&hf_oxcnotif_delivery_time,
         {"Delivery time", "oxcnotif.delivery_time", FT_RELATIVE_TIME, BASE_NONE, NULL, 0x0,
          "Time since the wait response", HFILL}},
        {&hf_oxcnotif_registered_in,
         {"Registered in frame", "oxcnotif.registered_in", FT_FRAMENUM, BASE_NONE, NULL, 0x0,
          "The RopRegisterNotification response that made the handle of a RopNotify", HFILL}},
        {&hf_oxcnotif_sealed,
         {"Sealed", "oxcnotif.sealed", FT_BOOLEAN, BASE_NONE, NULL, 0x0,
          "The stub is encrypted and could not be read", HFILL}},
        {&hf_oxcnotif_violation,
         {"Violation", "oxcnotif.violation", FT_STRING, BASE_NONE, NULL, 0x0,
          "Rule that the packets prove to be broken", HFILL}},
        {&hf_oxcnotif_suspicion,
         {"Suspicion", "oxcnotif.suspicion", FT_STRING, BASE_NONE, NULL, 0x0,
          "Rule that is likely broken", HFILL}},
        {&hf_oxcnotif_fault,
         {"At fault", "oxcnotif.fault", FT_STRING, BASE_NONE, NULL, 0x0,
          "Who breaks the rule, or is likely to", HFILL}},
        {&hf_oxcnotif_remedy,
         {"What to do", "oxcnotif.remedy", FT_STRING, BASE_NONE, NULL, 0x0,
          "What to do about the finding", HFILL}},
        {&hf_oxcnotif_requirement,
         {"Requirement", "oxcnotif.requirement", FT_STRING, BASE_NONE, NULL, 0x0,
          "Requirement behind the verdict", HFILL}},
        {&hf_oxcnotif_evidence,
         {"Evidence in frame", "oxcnotif.evidence_in", FT_FRAMENUM, BASE_NONE, NULL, 0x0,
          "Another frame that the verdict rests on", HFILL}},
    };
    static ei_register_info ei[] = {
        {&ei_oxcnotif_wait_null_handle,
         {"oxcnotif.rule.wait_null_handle", PI_PROTOCOL, PI_ERROR, "wait-null-handle", EXPFILL}},
        {&ei_oxcnotif_wait_without_connect,
         {"oxcnotif.rule.wait_without_connect", PI_SEQUENCE, PI_ERROR, "wait-without-connect",
          EXPFILL}},
        {&ei_oxcnotif_wait_handle_unknown,
         {"oxcnotif.rule.wait_handle_unknown", PI_SEQUENCE, PI_NOTE, "wait-handle-unknown",
          EXPFILL}},
        {&ei_oxcnotif_wait_overlap,
         {"oxcnotif.rule.wait_overlap", PI_SEQUENCE, PI_WARN, "wait-overlap", EXPFILL}},
        {&ei_oxcnotif_wait_overlap_suspected,
         {"oxcnotif.rule.wait_overlap_suspected", PI_SEQUENCE, PI_NOTE, "wait-overlap-suspected",
          EXPFILL}},
        {&ei_oxcnotif_wait_after_error,
         {"oxcnotif.rule.wait_after_error", PI_SEQUENCE, PI_WARN, "wait-after-error", EXPFILL}},
        {&ei_oxcnotif_wait_after_disconnect,
         {"oxcnotif.rule.wait_after_disconnect", PI_SEQUENCE, PI_ERROR, "wait-after-disconnect",
          EXPFILL}},
        {&ei_oxcnotif_wait_races_disconnect,
         {"oxcnotif.rule.wait_races_disconnect", PI_SEQUENCE, PI_NOTE, "wait-races-disconnect",
          EXPFILL}},
        {&ei_oxcnotif_wait_busy_loop,
         {"oxcnotif.rule.wait_busy_loop", PI_SEQUENCE, PI_NOTE, "wait-busy-loop", EXPFILL}},
        {&ei_oxcnotif_notification_not_fetched,
         {"oxcnotif.rule.notification_not_fetched", PI_SEQUENCE, PI_NOTE,
          "notification-not-fetched", EXPFILL}},
        {&ei_oxcnotif_flags_in_nonzero,
         {"oxcnotif.rule.flags_in_nonzero", PI_PROTOCOL, PI_ERROR, "flags-in-nonzero", EXPFILL}},
        {&ei_oxcnotif_connect_null_session,
         {"oxcnotif.rule.connect_null_session", PI_PROTOCOL, PI_ERROR, "connect-null-session",
          EXPFILL}},
        {&ei_oxcnotif_connect_without_session,
         {"oxcnotif.rule.connect_without_session", PI_SEQUENCE, PI_ERROR, "connect-without-session",
          EXPFILL}},
        {&ei_oxcnotif_connect_session_unknown,
         {"oxcnotif.rule.connect_session_unknown", PI_SEQUENCE, PI_NOTE, "connect-session-unknown",
          EXPFILL}},
        {&ei_oxcnotif_connect_after_disconnect,
         {"oxcnotif.rule.connect_after_disconnect", PI_SEQUENCE, PI_ERROR,
          "connect-after-disconnect", EXPFILL}},
        {&ei_oxcnotif_connect_races_disconnect,
         {"oxcnotif.rule.connect_races_disconnect", PI_SEQUENCE, PI_NOTE,
          "connect-races-disconnect", EXPFILL}},
        {&ei_oxcnotif_connect_repeated,
         {"oxcnotif.rule.connect_repeated", PI_SEQUENCE, PI_NOTE, "connect-repeated", EXPFILL}},
        {&ei_oxcnotif_connect_unsupported_server,
         {"oxcnotif.rule.connect_unsupported_server", PI_SEQUENCE, PI_WARN,
          "connect-unsupported-server", EXPFILL}},
        {&ei_oxcnotif_connect_not_followed_by_wait,
         {"oxcnotif.rule.connect_not_followed_by_wait", PI_SEQUENCE, PI_NOTE,
          "connect-not-followed-by-wait", EXPFILL}},
        {&ei_oxcnotif_connect_null_on_success,
         {"oxcnotif.rule.connect_null_on_success", PI_PROTOCOL, PI_ERROR, "connect-null-on-success",
          EXPFILL}},
        {&ei_oxcnotif_connect_handle_on_failure,
         {"oxcnotif.rule.connect_handle_on_failure", PI_PROTOCOL, PI_WARN,
          "connect-handle-on-failure", EXPFILL}},
        {&ei_oxcnotif_connect_handle_reused,
         {"oxcnotif.rule.connect_handle_reused", PI_SEQUENCE, PI_ERROR, "connect-handle-reused",
          EXPFILL}},
        {&ei_oxcnotif_session_handle_changed,
         {"oxcnotif.rule.session_handle_changed", PI_SEQUENCE, PI_ERROR, "session-handle-changed",
          EXPFILL}},
        {&ei_oxcnotif_disconnect_handle_not_null,
         {"oxcnotif.rule.disconnect_handle_not_null", PI_PROTOCOL, PI_ERROR,
          "disconnect-handle-not-null", EXPFILL}},
        {&ei_oxcnotif_overlap_not_rejected,
         {"oxcnotif.rule.overlap_not_rejected", PI_SEQUENCE, PI_NOTE, "overlap-not-rejected",
          EXPFILL}},
        {&ei_oxcnotif_rejected_without_overlap,
         {"oxcnotif.rule.rejected_without_overlap", PI_SEQUENCE, PI_NOTE,
          "rejected-without-overlap", EXPFILL}},
        {&ei_oxcnotif_flags_out_reserved,
         {"oxcnotif.rule.flags_out_reserved", PI_PROTOCOL, PI_WARN, "flags-out-reserved", EXPFILL}},
        {&ei_oxcnotif_wait_completed_early,
         {"oxcnotif.rule.wait_completed_early", PI_SEQUENCE, PI_NOTE, "wait-completed-early",
          EXPFILL}},
        {&ei_oxcnotif_wait_overdue,
         {"oxcnotif.rule.wait_overdue", PI_SEQUENCE, PI_NOTE, "wait-overdue", EXPFILL}},
        {&ei_oxcnotif_wait_dropped,
         {"oxcnotif.rule.wait_dropped", PI_SEQUENCE, PI_NOTE, "wait-dropped", EXPFILL}},
        {&ei_oxcnotif_wait_unanswered,
         {"oxcnotif.rule.wait_unanswered", PI_SEQUENCE, PI_NOTE, "wait-unanswered", EXPFILL}},
        {&ei_oxcnotif_wait_cut_repeatedly,
         {"oxcnotif.rule.wait_cut_repeatedly", PI_SEQUENCE, PI_WARN, "wait-cut-repeatedly",
          EXPFILL}},
        {&ei_oxcnotif_rop_notify_in_request,
         {"oxcnotif.rule.rop_notify_in_request", PI_PROTOCOL, PI_ERROR, "rop-notify-in-request",
          EXPFILL}},
        {&ei_oxcnotif_notify_flags_invalid,
         {"oxcnotif.rule.notify_flags_invalid", PI_PROTOCOL, PI_ERROR, "notify-flags-invalid",
          EXPFILL}},
        {&ei_oxcnotif_wait_without_cookie,
         {"oxcnotif.rule.wait_without_cookie", PI_PROTOCOL, PI_ERROR, "wait-without-cookie",
          EXPFILL}},
        {&ei_oxcnotif_request_without_cookie,
         {"oxcnotif.rule.request_without_cookie", PI_PROTOCOL, PI_ERROR, "request-without-cookie",
          EXPFILL}},
        {&ei_oxcnotif_request_after_disconnect,
         {"oxcnotif.rule.request_after_disconnect", PI_SEQUENCE, PI_ERROR,
          "request-after-disconnect", EXPFILL}},
        {&ei_oxcnotif_request_overlap,
         {"oxcnotif.rule.request_overlap", PI_SEQUENCE, PI_WARN, "request-overlap", EXPFILL}},
        {&ei_oxcnotif_sequence_cookie_stale,
         {"oxcnotif.rule.sequence_cookie_stale", PI_SEQUENCE, PI_WARN, "sequence-cookie-stale",
          EXPFILL}},
        {&ei_oxcnotif_context_not_set,
         {"oxcnotif.rule.context_not_set", PI_PROTOCOL, PI_ERROR, "context-not-set", EXPFILL}},
        {&ei_oxcnotif_cookie_reused,
         {"oxcnotif.rule.cookie_reused", PI_SEQUENCE, PI_ERROR, "cookie-reused", EXPFILL}},
        {&ei_oxcnotif_event_pending_invalid,
         {"oxcnotif.rule.event_pending_invalid", PI_PROTOCOL, PI_WARN, "event-pending-invalid",
          EXPFILL}},
        {&ei_oxcnotif_stream_invalid,
         {"oxcnotif.rule.stream_invalid", PI_PROTOCOL, PI_WARN, "stream-invalid", EXPFILL}},
        {&ei_oxcnotif_request_header_missing,
         {"oxcnotif.rule.request_header_missing", PI_PROTOCOL, PI_WARN, "request-header-missing",
          EXPFILL}},
        {&ei_oxcnotif_response_header_missing,
         {"oxcnotif.rule.response_header_missing", PI_PROTOCOL, PI_WARN, "response-header-missing",
          EXPFILL}},
        {&ei_oxcnotif_request_id_not_echoed,
         {"oxcnotif.rule.request_id_not_echoed", PI_SEQUENCE, PI_WARN, "request-id-not-echoed",
          EXPFILL}},
        {&ei_oxcnotif_request_id_reused,
         {"oxcnotif.rule.request_id_reused", PI_SEQUENCE, PI_WARN, "request-id-reused", EXPFILL}},
        {&ei_oxcnotif_retry_on_lost_context,
         {"oxcnotif.rule.retry_on_lost_context", PI_SEQUENCE, PI_WARN, "retry-on-lost-context",
          EXPFILL}},
        {&ei_oxcnotif_context_lost,
         {"oxcnotif.rule.context_lost", PI_SEQUENCE, PI_WARN, "context-lost", EXPFILL}},
        {&ei_oxcnotif_session_expired,
         {"oxcnotif.rule.session_expired", PI_SEQUENCE, PI_NOTE, "session-expired", EXPFILL}},
        {&ei_oxcnotif_response_not_immediate,
         {"oxcnotif.rule.response_not_immediate", PI_SEQUENCE, PI_WARN, "response-not-immediate",
          EXPFILL}},
        {&ei_oxcnotif_keepalive_overdue,
         {"oxcnotif.rule.keepalive_overdue", PI_SEQUENCE, PI_WARN, "keepalive-overdue", EXPFILL}},
        {&ei_oxcnotif_response_cut,
         {"oxcnotif.rule.response_cut", PI_SEQUENCE, PI_NOTE, "response-cut", EXPFILL}},
        {&ei_oxcnotif_auth_rejected_repeatedly,
         {"oxcnotif.rule.auth_rejected_repeatedly", PI_SEQUENCE, PI_NOTE,
          "auth-rejected-repeatedly", EXPFILL}},

        {&ei_oxcnotif_proxy_refused,
         {"oxcnotif.proxy_refused", PI_RESPONSE_CODE, PI_NOTE,
          "The RPC proxy refused to open a channel", EXPFILL}},
        {&ei_oxcnotif_interface_refused,
         {"oxcnotif.interface_refused", PI_RESPONSE_CODE, PI_NOTE,
          "The server refused one of the two interfaces", EXPFILL}},
        {&ei_oxcnotif_missing_bind,
         {"oxcnotif.missing_bind", PI_UNDECODED, PI_NOTE,
          "The bind of this connection is not in the capture", EXPFILL}},
        {&ei_oxcnotif_wait_handle_unknown_warning,
         {"oxcnotif.rule.wait_handle_unknown", PI_SEQUENCE, PI_WARN, "wait-handle-unknown",
          EXPFILL}},
        {&ei_oxcnotif_response_header_missing_note,
         {"oxcnotif.rule.response_header_missing", PI_PROTOCOL, PI_NOTE, "response-header-missing",
          EXPFILL}},
    };
    static int *ett[] = {&ett_oxcnotif, &ett_oxcnotif_finding};

    proto_oxcnotif =
        oxc_proto_register_protocol("Exchange Asynchronous Notifications", "OXCNOTIF", "oxcnotif");
    oxc_proto_register_field_array(proto_oxcnotif, hf, array_length(hf));
    proto_register_subtree_array(ett, array_length(ett));
    oxc_expert_register_field_array(proto_oxcnotif, ei, array_length(ei));
    oxcnotif_tap = register_tap("oxcnotif");
    return proto_oxcnotif;
}

void oxc_oxcnotif_init(void)
{
    enabled = proto_is_protocol_enabled(find_protocol_by_id(proto_oxcnotif));
}
