# test_mapi_waits.py
# Sessions, waits, links and findings of the recorded sessions of MAPI over HTTP
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tells from the truth files, which the client wrote, which session each call belongs to, how each
wait ended, how long it was outstanding, and what fetched and delivered for it; and compares that
with what tshark shows, in clear and in TLS with keys, on one pass and on two."""

from mapi_truth import client_ports, main, sent_calls

FIELDS = [
    "frame.number", "frame.time_epoch", "tcp.srcport", "tcp.dstport", "mapihttp.request_in",
    "oxcnotif.session", "oxcnotif.context", "oxcnotif.wait", "oxcnotif.outcome",
    "oxcnotif.wait_time", "oxcnotif.connect_in", "oxcnotif.previous_wait_in",
    "oxcnotif.next_wait_in", "oxcnotif.fetch_in", "oxcnotif.notified_in", "oxcnotif.delivered_in",
    "oxcnotif.violation", "oxcnotif.suspicion",
]
EVENT, NO_EVENT, REJECTED, OTHER = "1", "2", "3", "5"

# Read by hand: what each recording has to be told. The server leaves two header fields out of all
# answers that refuse a call.
REFUSED = [6, 10, 12, 14, 28, 52, 55, 57, 84, 87, 89, 126, 131, 133, 141, 143, 165, 170, 172, 174,
           176]
FINDINGS = {
    "mh-errors": {
        **{frame: ["response-header-missing"] for frame in REFUSED},
        4: ["request-without-cookie"],   # Execute before Connect
        8: ["wait-without-cookie"],      # before Connect
        11: ["request-without-cookie"],  # Disconnect before Connect
        42: ["wait-overlap-suspected"],  # a second wait, on another connection
        46: ["wait-overlap"],            # the answer to the first proves it
        51: ["wait-handle-unknown"],     # an invented cookie
        54: ["wait-without-cookie"],
        58: ["flags-in-nonzero"],
        83: ["request-header-missing"],  # no X-RequestId
        88: ["request-header-missing"],  # no X-RequestType
        125: ["request-overlap"],        # two Executes at once
        169: ["wait-races-disconnect"],  # at once after Disconnect
    },
}


class Call:
    """A call of the truth with the rows that show it."""

    def __init__(self, truth):
        self.truth = truth
        self.request = None
        self.rows = []
        self.session = self.wait = self.connect = None

    @property
    def method(self):
        omitted = self.truth.get("omitted_headers") or []
        return None if "X-RequestType" in omitted else self.truth["method"]

    @property
    def out(self):
        return self.truth.get("out") or {}

    @property
    def name(self):
        return f"call {self.truth['n']} ({self.truth['method']})"

    def accepted(self):
        return (self.truth.get("response_code") == "0" and
                int(self.out.get("status_code", "1"), 16) == 0 and
                int(self.out.get("error_code", "1"), 16) == 0)

    def is_leg(self):
        return self.truth.get("status_line", "").split(" ")[1:2] == ["401"]

    def frame(self):
        return self.request["frame.number"]

    def last_frame(self):
        return self.rows[-1]["frame.number"]

    def set_sid(self):
        return [c.split("=", 1)[1] for c in self.truth["set_cookies"] if c.startswith("sid=")]


def join(truth, rows):
    """The calls in the order in which they were sent, each with its rows."""
    calls = [Call(c) for c in sent_calls(truth)]
    ports = client_ports(truth)
    waiting = {port: [] for port in ports.values()}
    by_frame = {}
    for call in calls:
        waiting[ports[call.truth["conn"]]].append(call)
    for row in rows:
        if row["tcp.srcport"] in waiting:
            call = waiting[row["tcp.srcport"]].pop(0)
            call.request = row
            by_frame[row["frame.number"]] = call
        else:
            by_frame[row["mapihttp.request_in"]].rows.append(row)
    return calls


def tell_sessions(calls):
    """Numbers sessions as they show: a Connect with its answer, an unknown cookie at once."""
    moments = [(call.truth["t_sent"], 0, call) for call in calls]
    moments += [(call.truth["t_answered"], 1, call) for call in calls]
    latest, waits, count = {}, {}, 0
    for _, answered, call in sorted(moments, key=lambda m: (m[0], -m[1])):
        sid = call.truth["cookies"].get("sid")
        if answered and call.method == "Connect" and call.accepted():
            call.session = count
            latest[call.set_sid()[0]] = (count, call)
            count += 1
        elif not answered and call.method not in (None, "Connect", "Bogus") and sid and \
                not call.is_leg():
            if sid not in latest:
                latest[sid] = (count, None)
                count += 1
            call.session, call.connect = latest[sid]
            if call.method == "NotificationWait":
                waits[call.session] = call.wait = waits.get(call.session, 0) + 1


def outcome_of(call):
    if call.accepted():
        return EVENT if int(call.out["event_pending"], 16) == 1 else NO_EVENT
    if int(call.out.get("error_code", "0"), 16) == 0x7EE:
        return REJECTED
    return OTHER


def fetch_of(calls, wait):
    """The Execute in flight when the event came, else the first one after it."""
    for call in calls:
        if call.method == "Execute" and call.session == wait.session and \
                call.truth["t_answered"] > wait.truth["t_answered"]:
            return call
    return None


def number(value):
    return "" if value is None else str(value)


def compare_wait(comparison, call, calls, two_passes):
    request, last = call.request, call.rows[-1]
    others = [c for c in calls if c.session == call.session and c.wait]
    neighbours = {c.wait: c.frame() for c in others}
    connect = call.connect.last_frame() if call.connect else ""
    for row in (request, last):
        comparison.same(f"{call.name}, wait", row["oxcnotif.wait"], number(call.wait))
        comparison.same(f"{call.name}, context", row["oxcnotif.context"], number(call.session))
        comparison.same(f"{call.name}, connect_in", row["oxcnotif.connect_in"], connect)
    comparison.same(f"{call.name}, previous wait", request["oxcnotif.previous_wait_in"],
                    neighbours.get(call.wait - 1, ""))
    if two_passes:
        comparison.same(f"{call.name}, next wait", request["oxcnotif.next_wait_in"],
                        neighbours.get(call.wait + 1, ""))


def compare_end(comparison, call):
    last = call.rows[-1]
    comparison.same(f"{call.name}, outcome", last["oxcnotif.outcome"], outcome_of(call))
    comparison.same(f"{call.name}, ended only at the end",
                    [bool(row["oxcnotif.outcome"]) for row in call.rows],
                    [row is last for row in call.rows])
    comparison.near(f"{call.name}, time", last["oxcnotif.wait_time"], call.truth["seconds_out"])


def compare_fetch(comparison, call, calls):
    fetch = fetch_of(calls, call)
    if outcome_of(call) != EVENT or fetch is None:
        return
    comparison.same(f"{call.name}, fetch_in", call.rows[-1]["oxcnotif.fetch_in"], fetch.frame())
    # Of several events before one Execute the last is named.
    last = [c for c in calls if c.session == call.session and c.wait and
            outcome_of(c) == EVENT and fetch_of(calls, c) is fetch][-1]
    comparison.same(f"{fetch.name}, notified_in", fetch.request["oxcnotif.notified_in"],
                    last.last_frame())
    if any(rop["rop"] == "RopNotify" for rop in fetch.out.get("rops", [])):
        comparison.same(f"{call.name}, delivered_in", call.rows[-1]["oxcnotif.delivered_in"],
                        fetch.last_frame())


def compare_findings(comparison, name, calls):
    shown = {}
    for call in calls:
        for row in [call.request, *call.rows]:
            rules = [r for field in ("oxcnotif.violation", "oxcnotif.suspicion")
                     for r in row[field].split("|") if r]
            if rules:
                shown[int(row["frame.number"])] = rules
    comparison.same("findings", shown, dict(sorted(FINDINGS.get(name, {}).items())))


def compare_run(comparison, name, truth, rows, two_passes):
    calls = join(truth, rows)
    tell_sessions(calls)
    for call in calls:
        on_request = "" if call.method == "Connect" and not two_passes else number(call.session)
        # That it was no call shows with its answer.
        if call.is_leg() and not two_passes:
            on_request = call.request["oxcnotif.session"]
        comparison.same(f"{call.name}, session", call.request["oxcnotif.session"], on_request)
        if call.rows:
            comparison.same(f"{call.name}, session of the answer",
                            call.rows[-1]["oxcnotif.session"], number(call.session))
        if call.method == "NotificationWait":
            compare_end(comparison, call)
        if call.wait:
            compare_wait(comparison, call, calls, two_passes)
        if call.wait and two_passes:
            compare_fetch(comparison, call, calls)
    compare_findings(comparison, name, calls)


main(FIELDS, compare_run)
