# compare_reports.py
# The findings of a tshark with the plugin, on any system, are those that are expected
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Usage: compare_reports.py TSHARK, a tshark that loads the plugin by itself, such as that of a build
inside Wireshark's sources. Without an argument: the tshark and the plugin of this machine's build, on
some of the captures.

Needs nothing but Python: the other tests need the programs of Linux."""

import json
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent
REPORT = ["-q", "-z", "oxcnotif,json", "-r"]


def captures():
    """Captures with their lists of findings, those with a golden report first."""
    found = {path.stem: path for path in (SOURCE / "captures").rglob("*.pcapng")}
    expected = {path.stem: path for path in (SOURCE / "captures" / "expected").glob("*.txt")}
    return sorted(((found[name], expected[name]) for name in found.keys() & expected.keys()),
                  key=lambda pair: (not golden(pair[0]).exists(), pair[0]))


def golden(capture):
    return SOURCE / "tests" / "golden" / f"{capture.stem}.json.txt"


def findings(report):
    """As captures/expected has them."""
    return sorted(f"{finding['frame']} {finding['rule']}" for finding in report["findings"])


def problem(capture, expected, output):
    """What is wrong with a report, or None."""
    report = json.loads(output)
    wanted = sorted(expected.read_text(encoding="utf-8").split("\n")[:-1])
    if findings(report) != wanted:
        return f"{findings(report)} instead of {wanted}"
    if golden(capture).exists() and report != json.loads(golden(capture).read_text("utf-8")):
        return f"differs from {golden(capture).name}"
    return None


def check(pairs, run):
    """Returns how many reports are not as expected."""
    failed = 0
    for capture, expected in pairs:
        wrong = problem(capture, expected, run(capture))
        if wrong:
            print(f"{capture.name}: {wrong}")
            failed += 1
    print(f"{len(pairs)} reports, {failed} not as expected")
    return failed


def main():
    pairs = captures()
    if len(sys.argv) == 2:
        return check(pairs, lambda capture: subprocess.run(
            [sys.argv[1], *REPORT, str(capture)], check=True, stdout=subprocess.PIPE,
            encoding="utf-8", timeout=120).stdout)
    from sandbox import Sandbox  # pylint: disable=import-outside-toplevel
    with Sandbox() as sandbox:
        return check(pairs[:20], lambda capture: sandbox.run(
            "tshark", *REPORT, sandbox.add(capture)))


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
