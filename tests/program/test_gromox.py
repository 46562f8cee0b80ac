# test_gromox.py
# What tshark shows of the sessions recorded with Gromox, over RPC, is what their truth files say
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares every call: method, handles, flags, return value, outcome, times and links; and the
findings with those that were read by hand. The truth was written by the client."""

import json
import sys

from sandbox import SOURCE, Sandbox

FOLDER = SOURCE / "captures" / "gromox"
FIELDS = [
    "frame.number", "frame.time_epoch", "oxcnotif.virtual_connection", "dcerpc.pkt_type",
    "dcerpc.cn_call_id", "emsmdb.opnum", "asyncemsmdb.opnum", "emsmdb.cxh", "emsmdb.acxh",
    "emsmdb.status", "asyncemsmdb.acxh", "asyncemsmdb.flags_in", "asyncemsmdb.flags_out",
    "asyncemsmdb.status", "oxcnotif.session", "oxcnotif.connect_in", "oxcnotif.request_in",
    "oxcnotif.outcome", "oxcnotif.wait_time", "oxcnotif.fetch_in", "oxcnotif.delivered_in",
    "oxcnotif.violation", "oxcnotif.suspicion",
]
REQUEST, RESPONSE, FAULT, CO_CANCEL, ORPHANED = 0, 2, 3, 18, 19
# The client's clock and the capture's differ by so many seconds.
TOLERANCE = 0.1
OUTCOMES = {"NotificationPending": "1", "no event": "2"}
REJECTED = "0x000007ee"


class Recording:
    """One capture, as tshark shows it and as the client saw it."""

    def __init__(self, sandbox, truth_file):
        self.name = truth_file.name.replace(".truth.json", "")
        self.truth = json.loads(truth_file.read_text(encoding="utf-8"))
        self.cookies = {event["virtual_connection_cookie"]: event["vc"]
                        for event in self.truth["events"]
                        if event["event"] == "virtual connection opened"}
        self.rows = self._rows(sandbox, truth_file.with_name(f"{self.name}.pcap"))
        self.pdus = self._pdus()
        self.differences = []

    @staticmethod
    def _rows(sandbox, capture):
        """By frame: a list of values for each field."""
        arguments = [word for field in FIELDS for word in ("-e", field)]
        text = sandbox.run("tshark", "-2", "-r", sandbox.add(capture), "-Y", "dcerpc",
                           "-T", "fields", *arguments)
        rows = {}
        for line in text.splitlines():
            values = dict(zip(FIELDS, line.split("\t")))
            rows[int(values["frame.number"])] = {
                field: [part for part in value.split(",") if part]
                for field, value in values.items()}
        return rows

    def _pdus(self):
        """The frame of each PDU, by virtual connection, type and call id."""
        pdus = {}
        for frame, row in self.rows.items():
            for cookie in row["oxcnotif.virtual_connection"][:1]:
                for kind, call_id in zip(row["dcerpc.pkt_type"], row["dcerpc.cn_call_id"]):
                    key = self.cookies.get(cookie), int(kind), int(call_id)
                    pdus.setdefault(key, frame)
        return pdus

    def say(self, call, text):
        self.differences.append(f"{self.name}: call {call['n']}, {call['method']}: {text}")

    def frame(self, call, kind):
        frame = self.pdus.get((call["vc"], kind, call["call_id"]))
        if frame is None:
            self.say(call, f"no PDU of type {kind}")
        return frame

    def shows(self, call, frame, field, wanted):
        shown = self.rows[frame][field]
        if str(wanted) not in shown:
            self.say(call, f"frame {frame}: {field} is {shown}, the truth is {wanted}")

    def near(self, call, frame, field, wanted):
        if not any(abs(float(shown) - wanted) < TOLERANCE for shown in self.rows[frame][field]):
            self.say(call, f"frame {frame}: {field} is {self.rows[frame][field]}, "
                           f"the truth is {wanted}")


def is_wait(call):
    return call["method"] == "EcDoAsyncWaitEx"


def is_call(call):
    return call["method"].startswith("Ec") and "stub" not in call["in"]


def compare_request(recording, call, frame):
    if is_wait(call):
        recording.shows(call, frame, "asyncemsmdb.opnum", call["opnum"])
        recording.shows(call, frame, "asyncemsmdb.flags_in", f"0x{call['in']['flags_in']:08x}")
        recording.shows(call, frame, "asyncemsmdb.acxh", call["in"]["acxh"])
    else:
        recording.shows(call, frame, "emsmdb.opnum", call["opnum"])
        if "cxh" in call["in"]:
            recording.shows(call, frame, "emsmdb.cxh", call["in"]["cxh"])


def compare_response(recording, call, frame):
    interface = "asyncemsmdb" if is_wait(call) else "emsmdb"
    out = call["out"]
    recording.shows(call, frame, f"{interface}.status", out["return"])
    if is_wait(call):
        recording.shows(call, frame, "asyncemsmdb.flags_out", out["flags_out"])
    for handle in ("cxh", "acxh"):
        if handle in out:
            recording.shows(call, frame, f"emsmdb.{handle}", out[handle])


def outcome_of(call):
    if call["outcome"] == "fault":
        return "6"
    if call["out"]["return"] != "0x00000000":
        return "3" if call["out"]["return"] == REJECTED else "5"
    return OUTCOMES[call["result"]]


def connect_of(recording, wait):
    """The latest EcDoAsyncConnectEx that had returned the handle by then."""
    return max((call for call in recording.truth["calls"]
                if call["method"] == "EcDoAsyncConnectEx" and
                call["out"]["acxh"] == wait["in"]["acxh"] and
                call["t_answered"] < wait["t_sent"]),
               key=lambda call: call["t_answered"], default=None)


def compare_connect(recording, wait, frame):
    connect = connect_of(recording, wait)
    known = connect is not None and wait["in"]["acxh"].strip("0") != ""
    shown = recording.rows[frame]["oxcnotif.connect_in"]
    wanted = [str(recording.frame(connect, RESPONSE))] if known else []
    if shown != wanted:
        recording.say(wait, f"frame {frame}: oxcnotif.connect_in is {shown}, "
                            f"the truth is {wanted}")


def compare_delivery(recording, wait, frame):
    """Where a RopNotify is said to have come for a wait, one came."""
    for shown in recording.rows[frame]["oxcnotif.delivered_in"]:
        for call in recording.truth["calls"]:
            if call["method"] == "EcDoRpcExt2" and \
                    recording.frame(call, RESPONSE) == int(shown) and \
                    any(rop.get("rop") == "RopNotify" for rop in call["out"].get("rops", [])):
                break
        else:
            recording.say(wait, f"frame {frame}: no RopNotify came in frame {shown}")


def compare_fetch(recording, wait, frame):
    """The EcDoRpcExt2 that was in flight when the notification came, else the first after it."""
    connect = connect_of(recording, wait)
    fetches = [call for call in recording.truth["calls"]
               if call["method"] == "EcDoRpcExt2" and connect is not None and
               call["in"]["cxh"] == connect["in"]["cxh"] and
               call["t_answered"] > wait["t_answered"]]
    if fetches:
        first = min(fetches, key=lambda call: call["t_sent"])
        recording.shows(wait, frame, "oxcnotif.fetch_in", recording.frame(first, REQUEST))


def compare_wait_end(recording, wait, frame):
    recording.shows(wait, frame, "oxcnotif.outcome", outcome_of(wait))
    recording.near(wait, frame, "oxcnotif.wait_time", wait["t_answered"] - wait["t_sent"])
    if outcome_of(wait) == "1":
        compare_fetch(recording, wait, frame)
        compare_delivery(recording, wait, frame)


def compare_call(recording, call):
    request = recording.frame(call, REQUEST)
    if request is None:
        return
    recording.near(call, request, "frame.time_epoch", call["t_sent"])
    if is_call(call):
        compare_request(recording, call, request)
    if is_wait(call):
        compare_connect(recording, call, request)
    if call["outcome"] not in ("answered", "fault"):
        return
    end = recording.frame(call, RESPONSE if call["outcome"] == "answered" else FAULT)
    if end is None:
        return
    recording.near(call, end, "frame.time_epoch", call["t_answered"])
    if not is_call(call):
        return
    recording.shows(call, end, "oxcnotif.request_in", request)
    if call["outcome"] == "answered":
        compare_response(recording, call, end)
    if is_wait(call):
        compare_wait_end(recording, call, end)


def compare_given_up(recording):
    """A wait that the client gives up ends there, whatever the server does."""
    for event in recording.truth["events"]:
        kind = {"cancel PDU sent": CO_CANCEL, "orphaned PDU sent": ORPHANED}.get(event["event"])
        if kind is None:
            continue
        frame = recording.pdus.get((event["vc"], kind, event["call_id"]))
        shown = recording.rows[frame]["oxcnotif.outcome"] if frame else None
        if shown != ["7"]:
            recording.differences.append(
                f"{recording.name}: {event['event']}: frame {frame}: outcome {shown}")


def compare_sessions(recording):
    """Each EcDoConnectEx that succeeds begins a session: its calls have its number."""
    sessions = {call["out"]["cxh"]: recording.rows[recording.frame(call, RESPONSE)][
        "oxcnotif.session"] for call in recording.truth["calls"]
        if call["method"] == "EcDoConnectEx" and call["out"]["return"] == "0x00000000"}
    if len({tuple(number) for number in sessions.values()}) != len(sessions):
        recording.differences.append(f"{recording.name}: sessions {sessions}")
    for call in recording.truth["calls"]:
        if is_call(call) and call["in"].get("cxh") in sessions:
            frame = recording.frame(call, REQUEST)
            recording.shows(call, frame, "oxcnotif.session", sessions[call["in"]["cxh"]][0])


def compare_findings(recording):
    text = (FOLDER / "expected" / f"{recording.name}.txt").read_text(encoding="utf-8")
    wanted = {tuple(line.split()) for line in text.splitlines()}
    shown = {(str(frame), rule) for frame, row in recording.rows.items()
             for field in ("oxcnotif.violation", "oxcnotif.suspicion") for rule in row[field]}
    for frame, rule in sorted(shown ^ wanted):
        recording.differences.append(
            f"{recording.name}: frame {frame}: {rule} is "
            f"{'missing' if (frame, rule) in wanted else 'too much'}")


def compare(recording):
    for call in recording.truth["calls"]:
        if call["method"] not in ("bind", "alter_context"):
            compare_call(recording, call)
    compare_given_up(recording)
    compare_sessions(recording)
    compare_findings(recording)
    return recording.differences


def main():
    truth_files = sorted(FOLDER.glob("rpch-*.truth.json"))
    differences, calls = [], 0
    with Sandbox() as sandbox:
        for truth_file in truth_files:
            recording = Recording(sandbox, truth_file)
            calls += len(recording.truth["calls"])
            differences += compare(recording)
    print(*differences, sep="\n")
    print(f"{len(truth_files)} recordings, {calls} calls, {len(differences)} differences")
    sys.exit(1 if differences or not truth_files else 0)


main()
