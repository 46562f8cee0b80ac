# test_gui.py
# Wireshark itself: the plugin is loaded, and what it has found is seen
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Starts Wireshark with the profile on a screen without a monitor and compares what its windows
show with what tshark prints.

    test_gui.py [--pictures FOLDER]     also writes the pictures of README.md into FOLDER
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from sandbox import BUILD, PROFILE, SOURCE, Sandbox

SKIPPED = 77
NEEDED = ["wireshark", "tshark", "Xvfb", "openbox", "xdotool", "import", "dbus-run-session"]
SCRIPTS = ["desktop.py", "look_at_wireshark.py"]

CAPTURE = "bad-tour"
FRAME = 30
STORY = "mapi-story"
STORY_FRAME = 16
# What the filter buttons must leave while the frame is selected.
FILTERS = {
    "This context": "oxcnotif.context == 1",
    "This session": "oxcnotif.session == 0",
    "This wait": "oxcnotif.context == 1 && oxcnotif.wait == 3",
    "Waits around": "oxcnotif.context == 1 && oxcnotif.wait in {2, 3, 4}",
    "Fetches": "oxcnotif.session == 0 && "
               "(oxcnotif.fetch_in || oxcnotif.notified_in || oxcnotif.delivery_time)",
    "Waits": "oxcnotif.context || asyncemsmdb.opnum",
    "Violations": "oxcnotif.violation",
    "Suspicions": "oxcnotif.suspicion",
}
PICTURES = {"wireshark.png": 1400, "statistics.png": 900, "expert.png": 1400, "graph.png": 1000,
            "mapi.png": 1400}


def python_of(sandbox):
    """A Python that the user can run and that can read windows, or None."""
    for python in (sys.executable, "/usr/bin/python3"):
        words = sandbox.command(python, "-c", "import gi; gi.require_version('Atspi', '2.0')")
        if subprocess.run(words, stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return python
    return None


def missing(sandbox):
    tools = [tool for tool in NEEDED if shutil.which(tool) is None]
    return tools + ([] if python_of(sandbox) else ["python3-gi with gir1.2-atspi-2.0"])


def details(sandbox, capture, frame=FRAME):
    """What tshark prints of our item in the frame, without the indentation."""
    lines = sandbox.run("tshark", "-2", "-r", capture, "-Y", f"frame.number == {frame}", "-O",
                        "oxcnotif").splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("[Asynchronous"))
    return [line.strip() for line in lines[start:] if line.strip()]


def count(sandbox, capture, text):
    return len(sandbox.run("tshark", "-2", "-r", capture, "-Y", text).splitlines())


def findings(sandbox, capture):
    """What was found, as sentences."""
    report = json.loads(sandbox.run("tshark", "-q", "-r", capture, "-z", "oxcnotif,json"))
    return {finding["text"] for finding in report["findings"]}


def look(sandbox, capture, frame, labels=()):
    """Starts Wireshark as the user of the sandbox and returns what its windows show: of all of them
    with the labels of filter buttons, else of the main window."""
    pictures = sandbox.folder("pictures")
    scripts = [sandbox.add(SOURCE / "tests" / "program" / name) for name in SCRIPTS]
    words = sandbox.command(
        "dbus-run-session", "--", python_of(sandbox), scripts[-1], PROFILE, capture, frame,
        pictures, *labels,
        XDG_RUNTIME_DIR=sandbox.folder("runtime"), PYTHONDONTWRITEBYTECODE="1")
    result = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, timeout=850, check=False)
    if result.returncode != 0:
        keep_failure(pictures)
        raise RuntimeError(result.stderr)
    return json.loads((pictures / "seen.json").read_text(encoding="utf-8"))


def keep_failure(folder):
    """Leaves the screen and Wireshark's messages in the build folder."""
    for path in (folder / "failure.png", folder / "wireshark.log"):
        if path.exists():
            print(f"See {shutil.copyfile(path, BUILD / f'gui-{path.name}')}")


def compare(sandbox, capture, seen):
    if not any("oxcnotif.so" in row for row in seen["plugins"]):
        yield f"About Wireshark lists no oxcnotif.so: {seen['plugins']}"
    wanted = details(sandbox, capture)
    if seen["details"] != wanted:
        yield f"the packet details show {seen['details']}\ntshark prints {wanted}"
    if not any("wait-overlap" in line for line in wanted):
        yield "the finding of the frame is missing"
    for label, text in FILTERS.items():
        expected = count(sandbox, capture, text)
        if seen["displayed"][label] != expected:
            yield f"{label}: {seen['displayed'][label]} packets, tshark shows {expected}"
    if not findings(sandbox, capture) <= {text for row in seen["expert"] for text in row}:
        yield f"Expert Information lacks findings: {seen['expert']}"
    yield from compare_statistics(seen)
    if not any("oxcnotif.wait_time" in row for row in seen["graphs"]):
        yield f"the I/O graphs are {seen['graphs']}"
    yield from (f"message: {text}" for text in seen["alerts"])


def compare_story(sandbox, story, seen):
    wanted = details(sandbox, story, STORY_FRAME)
    if seen["story"] != wanted:
        yield f"MAPI over HTTP: the packet details show {seen['story']}\ntshark prints {wanted}"


def compare_statistics(seen):
    waits = {row[0]: row[1] for row in seen["waits"]}
    for node, expected in [("Waits sent", "10"), ("Server 192.0.2.20", "10"), ("Rejected", "1")]:
        if waits.get(node) != expected:
            yield f"the statistics of waits show {waits}"
    if ["1", "0", "192.0.2.10", "192.0.2.20", "24", "8", "3"] not in \
            [row[:7] for row in seen["contexts"]]:
        yield f"the statistics of contexts show {seen['contexts']}"


def check_pictures(folder, target):
    for name, width in PICTURES.items():
        data = (folder / name).read_bytes()
        if int.from_bytes(data[16:20], "big") != width or len(data) > 150000:
            yield f"{name}: {int.from_bytes(data[16:20], 'big')} pixels wide, {len(data)} bytes"
        if target:
            shutil.copyfile(folder / name, target / name)


def main():
    target = Path(sys.argv[2]) if sys.argv[1:2] == ["--pictures"] else None
    with Sandbox() as sandbox:
        lacking = missing(sandbox)
        if lacking:
            print("Skipped: not installed: " + " ".join(lacking))
            return SKIPPED
        capture = sandbox.add(SOURCE / "captures" / f"{CAPTURE}.pcapng")
        story = sandbox.add(SOURCE / "captures" / f"{STORY}.pcapng")
        seen = look(sandbox, capture, FRAME, FILTERS)
        seen["story"] = look(sandbox, story, STORY_FRAME)["details"]
        problems = [*compare(sandbox, capture, seen),
                    *compare_story(sandbox, story, seen),
                    *check_pictures(sandbox.home / "pictures", target)]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
