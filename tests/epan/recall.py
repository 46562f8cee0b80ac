#!/usr/bin/env python3
# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Plays each rule's scenario with a gap before it, and lets test_recall look for the findings.

The gap: an EcDoRpcExt2 or Execute of which the capture misses something, followed by two clean
ones. What the scenario plants comes after that, so every rule must speak as if there had been no
gap.
Arguments: the program test_recall, and the folder of the captures.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True

# Of a handle that nobody explained the contract says less behind a gap, for good.
_FOR_GOOD = {"wait-without-connect", "wait-handle-unknown", "connect-without-session",
             "connect-session-unknown"}

_CLEAN = ["{0} call EcDoRpcExt2 session={1}", "{0} call EcDoRpcExt2 session={1}"]
_GAPS = {
    "answer-lost": ["{0} > EcDoRpcExt2 session={1} as gap", "{0} < gap lost"],
    "answer-cut": ["{0} > EcDoRpcExt2 session={1} as gap", "{0} < gap captured=40"],
    "call-lost": ["{0} > EcDoRpcExt2 session={1} as gap lost", "{0} < gap lost"],
}
# A missing request may have been a wait, which may be out until it is over: long after the next
# segment, which shows that there is a gap. And it may have been a wait on a context of the session.
_LONG_AFTER = "+320 {0} call EcDoRpcExt2 session={1}"
# The same over MAPI over HTTP.
_MAPI_CLEAN = ["A call Execute", "A call Execute"]
_MAPI_GAPS = {
    "answer-lost": ["A > Execute as gap", "A < gap lost"],
    "answer-cut": ["A > Execute as gap", "A < gap captured=40"],
    "call-lost": ["A > Execute as gap lost", "A < gap lost"],
}
_MAPI_LONG_AFTER = "+320 A call Execute"
_NEEDS_ALL_WAITS = {"connect-not-followed-by-wait"}


def behind_first_session(steps):
    """The place behind the exchange that opens the first session and, where it follows at once,
    its context; with the connection and the session."""
    place, link, session = None, None, None
    for number, step in enumerate(steps):
        words = step.words
        if session is None and "EcDoConnectEx" in words and "session" in step.parameters:
            link, session = words[0], step.parameters["session"]
            place = number + 1
        elif place == number and words[0] == link and (
                words[1] == "<" or words[1:3] == ["call", "EcDoAsyncConnectEx"]):
            place = number + 1
    return place, link, session


def with_gap(generator, path, kind):
    """An RPC scenario with a gap behind what opens its first session."""
    scenario = generator.Scenario(path)
    place, link, session = behind_first_session(scenario.steps)
    if place is None:
        return None
    lines = _GAPS[kind] + _CLEAN + ([_LONG_AFTER] if kind == "call-lost" else [])
    inserted = [generator.Step("recall", line.format(link, session).split()) for line in lines]
    scenario.steps[place:place] = inserted
    return scenario


def behind_first_connect(steps):
    """The place behind the steps that scenarios of MAPI over HTTP have in common, or their first
    Connect."""
    common = [number for number, step in enumerate(steps) if "mapi.steps" in step.where]
    if not common:
        common = [number for number, step in enumerate(steps)
                  if step.words[:3] == ["A", "call", "Connect"]][:1]
    return common[-1] + 1 if common else None


def with_mapi_gap(generator, path, kind):
    """A scenario of MAPI over HTTP with a gap behind its Connect and first Execute."""
    scenario = generator.Scenario(path)
    place = behind_first_connect(scenario.steps)
    if place is None:
        return None
    lines = _MAPI_GAPS[kind] + _MAPI_CLEAN + ([_MAPI_LONG_AFTER] if kind == "call-lost" else [])
    for step in scenario.steps[place:]:
        # Each Execute takes the next sequence cookie.
        if step.parameters.get("sequence", "").startswith("@"):
            number = int(step.parameters["sequence"][1:])
            step.parameters["sequence"] = f"@{number + len(lines) - 1}"
    scenario.steps[place:place] = [generator.Step("recall", line.split()) for line in lines]
    return scenario


def counted(expectations, kind):
    lifted = _FOR_GOOD | (_NEEDS_ALL_WAITS if kind == "call-lost" else set())
    return [line for line in expectations.splitlines() if line.split()[1] not in lifted]


def write(player, scenario, variant, kind, folder, name):
    """A capture, and the findings that it has to have."""
    if scenario is None:
        return
    capture = player.Player(scenario, variant).play()
    data, lines = capture.file(), counted(capture.expectations(), kind)
    if lines:
        (folder / f"{kind}.{name}.pcapng").write_bytes(data)
        (folder / f"{kind}.{name}.txt").write_text("".join(line + "\n" for line in lines))


def write_all(generator, player, captures, folder):
    """One capture and its findings for each scenario, transport and gap."""
    scenarios = captures / "scenarios"
    for kind in _GAPS:
        for path in sorted(scenarios.glob("rule-*.scenario")):
            rule = path.stem.removeprefix("rule-")
            for variant, transport in (("whole", "tcp"), ("http", "http")):
                write(player, with_gap(generator, path, kind), variant, kind, folder,
                      f"{transport}.{rule}")
        for path in sorted(scenarios.glob("mapi-*.scenario")):
            write(player, with_mapi_gap(generator, path, kind), "whole", kind, folder,
                  f"mapi.{path.stem.removeprefix('mapi-')}")


def main():
    program, captures = sys.argv[1], Path(sys.argv[2])
    sys.path.insert(0, str(captures))
    from generator import play, scenario  # noqa: E402
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        write_all(scenario, play, captures, Path(folder))
        return subprocess.run([program, folder], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
