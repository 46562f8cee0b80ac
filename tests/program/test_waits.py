# test_waits.py
# What became of each wait: the report, the report of some packets, the window and the request agree
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""The report asks the analysis when the capture has been read, the window counts packet by packet,
and the request says for itself how its wait ended.

    test_waits.py [--all]      every capture, not one of each kind
"""

import json
import re
import shutil
import sys

from sandbox import SOURCE, Sandbox
from sharkd import Sharkd

CAPTURES = ["bad-tour", "cancel", "connection-closed", "http-closed", "http-recycling", "mapi-legs",
            "mapi-open-wait", "mapi-proxy", "mapi-wait-dropped", "nat", "rule-wait-dropped",
            "sealed", "second-response", "several-servers", "story"]
# Some let the request of a wait through and not its end, or the other way around.
FILTERS = ["oxcnotif.outcome", "not oxcnotif.outcome", "frame.time_relative < 100"]
OUTCOMES = {
    "notified": "NotificationPending", "no_event": "No event", "rejected": "Rejected",
    "exiting": "Exiting", "other_error": "Other error", "faulted": "Fault",
    "cancelled": "Cancelled", "closed": "Connection closed", "dropped": "Dropped",
    "unread": "answer not read",
}
COUNTS = ["notified", "no_event", "rejected", "faulted", None, "outstanding"]
END = re.compile(r"\[?(?:Ended in frame (?P<frame>\d+): (?P<answer>.*?),? after [\d.]+ s"
                 r"|Ended(?: after [\d.]+ s)?: (?P<closed>Connection closed).*"
                 r"|(?P<dropped>Dropped): .* frame (?P<next>\d+), [\d.]+ s later)\]?$")


def report(sandbox, capture, text, *options):
    """The report of the packets that a filter lets through."""
    statistic = ",".join(["oxcnotif,json,waits", *([text] if text else [])])
    return json.loads(sandbox.run("tshark", "-r", capture, "-q", "-z", statistic, *options))


def frames(sandbox, capture, text):
    lines = sandbox.run("tshark", "-r", capture, "-Y", text, "-T", "fields", "-e", "frame.number")
    return {int(line) for line in lines.split()}


def as_filtered(wait, let_through):
    """What a wait of the whole report is in that of some packets, as far as that says."""
    end = wait["end_frame"]
    if end is None or end in let_through:
        return wait["request_frame"], end, wait["outcome"]
    return wait["request_frame"], None, None


def check_filter(whole, filtered, let_through):
    wanted = [as_filtered(wait, let_through) for wait in whole["waits"]
              if wait["request_frame"] in let_through]
    found = [(wait["request_frame"], wait["end_frame"], wait["outcome"])
             for wait in filtered["waits"]]
    for this, that in zip(found, wanted):
        # Its end was kept back: then another packet may show it to be over.
        if this[:len(this) if that[2] else 1] != that[:len(that) if that[2] else 1]:
            yield f"{this} instead of {that}"
    if len(found) != len(wanted):
        yield f"{len(found)} waits instead of {len(wanted)}"


def check_sums(found):
    """The contexts are the sum of their waits."""
    for context in found["contexts"]:
        waits = [wait["outcome"] for wait in found["waits"] if wait["context"] == context["context"]]
        if len(waits) != context["waits"] or any(
                waits.count(outcome) != context[outcome] for outcome in [*OUTCOMES, "outstanding"]):
            yield f"context {context['context']} has {context}, and waits {waits}"


def row_of(context):
    """A row of the window: context, session, connect frame, and the columns that count."""
    counts = [context[name] if name else 0 for name in COUNTS]
    counts[COUNTS.index(None)] = context["waits"] - sum(counts)
    number = "-" if context["context"] is None else context["context"]
    return [number, context["session"], context["connect_frame"], context["waits"], *counts]


def check_window(sharkd, whole):
    tree, = sharkd.ask("tap", tap0="stat:oxcnotif")["taps"]
    table, = sharkd.ask("tap", tap0="nstat:oxcnotif,contexts")["taps"]
    if (sent := tree["stats"][0]["count"]) != len(whole["waits"]):
        yield f"the tree has {sent} waits, the report {len(whole['waits'])}"
    found = [[row[0], row[1], *row[4:12]] for part in table["tables"] for row in part["i"] if row[5]]
    wanted = [row_of(context) for context in whole["contexts"] if context["waits"]]
    for this, that in zip(found, wanted):
        # What is not known is shown as any value.
        if any(b is not None and a != b for a, b in zip(this, that)):
            yield f"the window has {this}, the report {that}"
    if len(found) != len(wanted):
        yield f"the window has {found}, the report {wanted}"


def ends_in(lines):
    """What the items of a frame say of ends."""
    for line in lines:
        if isinstance(line[0], list):
            yield from ends_in(line)
        elif (match := END.match(line[0] or "")) is not None:
            yield match


def check_request(sharkd, wait):
    """A request says how its wait ended; of one whose answer may be missing it says nothing."""
    ends = [match for item in sharkd.frame(wait["request_frame"]) for match in ends_in([item])]
    outcome = OUTCOMES.get(wait["outcome"])
    said = [match["answer"] or match["closed"] or match["dropped"] for match in ends]
    places = [int(match["frame"] or match["next"] or 0) for match in ends]
    if not said and wait["outcome"] in ("outstanding", "closed"):
        return
    if outcome not in said or (wait["end_frame"] not in places and wait["outcome"] != "closed"):
        yield f"frame {wait['request_frame']} says {said} in {places}, the report {wait}"


def check(sandbox, sharkd, capture):
    whole = report(sandbox, capture, "")
    yield from check_sums(whole)
    for text in FILTERS:
        found = report(sandbox, capture, text)
        yield from (f"{text}: {problem}" for problem in
                    [*check_sums(found), *check_filter(whole, found, frames(sandbox, capture, text))])
        if report(sandbox, capture, text, "-2")["waits"] != found["waits"]:
            yield f"{text}: two passes report something else"
    if sharkd is None:
        return
    sharkd.load(capture)
    for _ in range(2):
        yield from check_window(sharkd, whole)
    for wait in whole["waits"]:
        yield from check_request(sharkd, wait)


def check_all(sandbox, captures):
    if shutil.which("sharkd") is None:
        for capture in captures:
            yield from (f"{capture.stem}: {text}" for text in check(sandbox, None, capture))
        return
    with Sharkd(sandbox.command("sharkd", "-"), sandbox.path / "sharkd.log") as sharkd:
        for capture in captures:
            yield from (f"{capture.stem}: {text}" for text in check(sandbox, sharkd, capture))


def main():
    every = sys.argv[1:] == ["--all"]
    found = sorted((SOURCE / "captures").rglob("*.pcapng"))
    with Sandbox() as sandbox:
        captures = [sandbox.add(path) for path in found if every or path.stem in CAPTURES]
        problems = list(check_all(sandbox, captures))
    print("\n".join(problems))
    print(f"{len(captures)} captures, {len(problems)} differences")
    return 1 if problems or len(captures) < len(CAPTURES) else 0


if __name__ == "__main__":
    sys.exit(main())
