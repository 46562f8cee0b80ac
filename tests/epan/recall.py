#!/usr/bin/env python3
# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Plays each rule's scenario with a gap before it, and lets test_recall look for the findings.

The gap: an EcDoRpcExt2 of which the capture misses something, followed by two clean ones. What the
scenario plants comes after that, so every rule must speak as if there had been no gap.
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
    scenario = generator.Scenario(path)
    place, link, session = behind_first_session(scenario.steps)
    if place is None:
        return None
    lines = _GAPS[kind] + _CLEAN + ([_LONG_AFTER] if kind == "call-lost" else [])
    inserted = [generator.Step("recall", line.format(link, session).split()) for line in lines]
    scenario.steps[place:place] = inserted
    return scenario


def counted(expectations, kind):
    lifted = _FOR_GOOD | (_NEEDS_ALL_WAITS if kind == "call-lost" else set())
    return [line for line in expectations.splitlines() if line.split()[1] not in lifted]


def write(generator, player, captures, folder):
    """One capture and its findings for each scenario, transport and gap; how many there are."""
    for path in sorted((captures / "scenarios").glob("rule-*.scenario")):
        for variant in ("whole", "http"):
            for kind in _GAPS:
                scenario = with_gap(generator, path, kind)
                if scenario is None:
                    continue
                capture = player.Player(scenario, variant).play()
                data, lines = capture.file(), counted(capture.expectations(), kind)
                if not lines:
                    continue
                transport = "http" if variant == "http" else "tcp"
                name = f"{kind}.{transport}.{path.stem.removeprefix('rule-')}"
                (folder / f"{name}.pcapng").write_bytes(data)
                (folder / f"{name}.txt").write_text("".join(line + "\n" for line in lines))


def main():
    program, captures = sys.argv[1], Path(sys.argv[2])
    sys.path.insert(0, str(captures))
    from generator import play, scenario  # noqa: E402
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        write(scenario, play, captures, Path(folder))
        return subprocess.run([program, folder], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
