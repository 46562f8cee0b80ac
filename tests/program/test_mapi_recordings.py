# test_mapi_recordings.py
# What tshark shows of the recorded sessions of MAPI over HTTP is what their truth files say
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares every request and response: type, id, cookies, code, tags, body, links and times, in
clear and in TLS with keys, on one pass and on two. The truth was written by the client."""

import re

from mapi_truth import client_ports, main, sent_calls

FIELDS = [
    "frame.number", "frame.time_epoch", "tcp.srcport", "tcp.dstport", "http.request.method",
    "mapihttp.request_type", "mapihttp.request_id", "mapihttp.context", "mapihttp.sequence",
    "mapihttp.response_code", "mapihttp.pending_period", "mapihttp.expiration",
    "mapihttp.meta_tag", "mapihttp.status_code", "mapihttp.error_code", "mapihttp.event_pending",
    "mapihttp.flags", "mapihttp.polls_max", "mapihttp.retry_count", "mapihttp.retry_delay",
    "mapihttp.display_name", "mapihttp.max_rop_out", "mapihttp.request_in", "mapihttp.response_in",
    "mapihttp.time", "emsmdb.rop.notify.handle",
]
# The members of the truth's "out" and the fields that show them.
OUT = {
    "status_code": "mapihttp.status_code", "error_code": "mapihttp.error_code",
    "flags": "mapihttp.flags", "polls_max": "mapihttp.polls_max", "retry": "mapihttp.retry_count",
    "retry_delay": "mapihttp.retry_delay", "display_name": "mapihttp.display_name",
}


class Exchange:
    """A request and its response as they are shown: the rows of both."""

    def __init__(self, row):
        self.request = row
        self.response = []

    def values(self, field):
        return [value for row in self.response for value in row[field]]


def shown_exchanges(rows, ports):
    """The exchanges of each client port, in their order."""
    exchanges = {port: [] for port in ports}
    for texts in rows:
        row = {field: text.split("|") if text else [] for field, text in texts.items()}
        source, destination = row["tcp.srcport"][0], row["tcp.dstport"][0]
        if source in exchanges:
            exchanges[source].append(Exchange(row))
            continue
        request = row["mapihttp.request_in"][0]
        match = [e for e in exchanges[destination] if e.request["frame.number"][0] == request]
        match[0].response.append(row)
    return exchanges


def header(call, name):
    return [value for key, value in call["response_headers"] if key.lower() == name.lower()]


def set_cookie(call, name):
    return [c.split("=", 1)[1] for c in call["set_cookies"] if c.startswith(f"{name}=")]


def tags(call):
    """Each tag with the time at which it came; without chunks all came with the end."""
    chunks = call.get("chunks") or [{"text": call.get("meta"), "t": call["t_answered"]}]
    return [(word, chunk["t"]) for chunk in chunks if chunk["text"]
            for word in re.findall(r"PROCESSING|PENDING|DONE", chunk["text"])]


def hexadecimal(value):
    return f"0x{int(value, 16):08x}" if str(value).startswith("0x") else str(value)


def compare_request(comparison, what, call, row):
    omitted = call.get("omitted_headers") or []
    wanted_type = [] if "X-RequestType" in omitted else [call["method"]]
    comparison.same(f"{what}, X-RequestType", row["mapihttp.request_type"], wanted_type)
    comparison.same(f"{what}, X-RequestId", row["mapihttp.request_id"],
                    [call["request_id"]] if call["request_id"] else [])
    for cookie, field in (("sid", "mapihttp.context"), ("sequence", "mapihttp.sequence")):
        comparison.same(f"{what}, {cookie} sent", row[field],
                        [call["cookies"][cookie]] if cookie in call["cookies"] else [])
    comparison.near(f"{what}, time", row["frame.time_epoch"][0], call["t_sent"])
    if "cb_out" in (call.get("in") or {}):
        comparison.same(f"{what}, MaxRopOut", row["mapihttp.max_rop_out"],
                        [str(call["in"]["cb_out"])])
        comparison.same(f"{what}, flags", row["mapihttp.flags"], [hexadecimal(call["in"]["flags"])])


def compare_response_head(comparison, what, call, shown):
    for name, field in (("X-ResponseCode", "mapihttp.response_code"),
                        ("X-PendingPeriod", "mapihttp.pending_period"),
                        ("X-ExpirationInfo", "mapihttp.expiration")):
        comparison.same(f"{what}, {name}", shown.values(field), header(call, name))
    comparison.same(f"{what}, sid set", shown.values("mapihttp.context"), set_cookie(call, "sid"))
    comparison.same(f"{what}, sequence set", shown.values("mapihttp.sequence"),
                    set_cookie(call, "sequence"))


def compare_tags(comparison, what, call, shown):
    rows = [(tag, row) for row in shown.response for tag in row["mapihttp.meta_tag"]]
    comparison.same(f"{what}, tags", [tag for tag, _ in rows], [tag for tag, _ in tags(call)])
    for (tag, row), (_, time) in zip(rows, tags(call)):
        comparison.near(f"{what}, time of {tag}", row["frame.time_epoch"][0], time)


def compare_body(comparison, what, call, shown):
    out = call.get("out") or {}
    for member, field in OUT.items():
        if member in out or not out:
            comparison.same(f"{what}, {member}", shown.values(field),
                            [hexadecimal(out[member])] if out else [])
    pending = [str(int(out["event_pending"], 16))] if "event_pending" in out else []
    comparison.same(f"{what}, EventPending", shown.values("mapihttp.event_pending"), pending)
    notified = [rop for rop in out.get("rops", []) if rop["rop"] == "RopNotify"]
    comparison.same(f"{what}, RopNotify", len(shown.values("emsmdb.rop.notify.handle")),
                    len(notified))


def compare_links(comparison, what, call, shown, two_passes):
    last = shown.response[-1]
    if two_passes:
        comparison.same(f"{what}, response_in", shown.request["mapihttp.response_in"],
                        last["frame.number"])
    times = [row["mapihttp.time"] for row in shown.response]
    comparison.same(f"{what}, time from request only at the end", [bool(t) for t in times],
                    [row is last for row in shown.response])
    comparison.near(f"{what}, time from request", times[-1][0], call["seconds_out"])


def compare_call(comparison, call, shown, two_passes):
    what = f"call {call['n']} ({call['method']})"
    compare_request(comparison, what, call, shown.request)
    if not shown.response:
        comparison.same(f"{what}, answered", False, True)
        return
    compare_response_head(comparison, what, call, shown)
    compare_tags(comparison, what, call, shown)
    compare_body(comparison, what, call, shown)
    compare_links(comparison, what, call, shown, two_passes)


def compare_run(comparison, _name, truth, rows, two_passes):
    ports = client_ports(truth)
    exchanges = shown_exchanges(rows, set(ports.values()))
    for call in sent_calls(truth):
        waiting = exchanges[ports[call["conn"]]]
        if not waiting:
            comparison.same(f"call {call['n']} ({call['method']})", "nothing", "a request")
            continue
        compare_call(comparison, call, waiting.pop(0), two_passes)
    comparison.same("more requests", sum(map(len, exchanges.values())), 0)


main(FIELDS, compare_run)
