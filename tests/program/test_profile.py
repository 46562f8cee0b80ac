# test_profile.py
# The profile: its columns show, its filters compile, and its rules colour what they are meant to
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later

import csv
import sys

from sandbox import PROFILE, SOURCE, Sandbox

# Capture, frame, and the colouring rule that it must get; None for none.
COLOURS = [
    ("bad-tour", 30, "Violation"),
    ("bad-tour", 38, "Suspicion"),
    ("bad-tour", 31, "Wait failed"),
    ("bad-tour", 26, "Wait with a notification"),
    ("bad-tour", 28, "Notification delivered"),
    ("bad-tour", 29, "Asynchronous call"),
    ("bad-tour", 24, "Asynchronous call"),
    ("bad-tour", 6, None),
    ("story", 30, "Wait without an event"),
    ("connection-closed", 24, "Wait without an answer"),
    ("sealed", 9, "Sealed call"),
]

# Capture and what the button "Unanswered" must find there.
UNANSWERED = [("story", [31]), ("connection-closed", [15, 24, 31, 38]), ("fault", [])]


def entries(name):
    """The entries of a table of the profile."""
    path = SOURCE / "profiles" / PROFILE / name
    lines = path.read_text(encoding="utf-8").splitlines()
    return list(csv.reader(line for line in lines if not line.startswith("#")))


def tshark(sandbox, name, *options):
    capture = sandbox.add(SOURCE / "captures" / f"{name}.pcapng")
    return sandbox.run("tshark", "-C", PROFILE, "-2", "-r", capture, *options).splitlines()


def fields(sandbox, name, *names, filter_text=""):
    columns = [option for column in names for option in ("-e", column)]
    lines = tshark(sandbox, name, "-Y", filter_text, "-T", "fields", *columns)
    return [line.split("\t") for line in lines]


def check_columns(sandbox):
    lines = tshark(sandbox, "story", "-Y", "frame.number == 20")
    words = lines[0].split()
    expected = ["RPC", "over", "TCP", "0", "0", "1", "NotificationPending", "41.337000000",
                "AsyncEMSMDB"]
    if words[words.index("192.0.2.10") + 1:][:len(expected)] != expected:
        yield f"the columns of frame 20 show {lines[0]}"


def check_colours(sandbox):
    for name in sorted({name for name, _, _ in COLOURS}):
        lines = tshark(sandbox, name, "--color", "-T", "fields", "-e", "frame.number",
                       "-e", "frame.coloring_rule.name")
        shown = {int(line.split("\t")[0]): line.split("\t")[1] or None for line in lines}
        for capture, frame, wanted in COLOURS:
            if capture == name and shown[frame] != wanted:
                yield f"{name}, frame {frame}: coloured as {shown[frame]}, not as {wanted}"


def check_filters(sandbox):
    buttons = {label: text for _, label, text, _ in entries("dfilter_buttons")}
    for name, wanted in UNANSWERED:
        found = fields(sandbox, name, "frame.number", filter_text=buttons["Unanswered"])
        if [int(row[0]) for row in found] != wanted:
            yield f"{name}: unanswered waits in {found}"
    graphs = [(row[1], part) for row in entries("io_graphs") for part in (row[2], row[6]) if part]
    for label, text in [*buttons.items(), *graphs]:
        try:
            tshark(sandbox, "story", "-c", "1", "-Y", text)
        except RuntimeError as error:
            yield f"{label}: {error}"


def main():
    with Sandbox() as sandbox:
        problems = [problem for check in (check_columns, check_colours, check_filters)
                    for problem in check(sandbox)]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
