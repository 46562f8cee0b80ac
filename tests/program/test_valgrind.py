# test_valgrind.py
# tshark with the plugin under valgrind: no error and no leak in which the plugin has a part
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs a handful of captures. What Wireshark itself does wrong is not counted."""

import os
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ["OXCNOTIF_BUILD"])
SKIPPED = 77

# One of each kind; those that are not there are left out.
CAPTURES = ["bad-tour", "fragments", "http-recycling", "impacket_faults", "rop-buffers-damaged",
            "samba_ntlm_sealed", "story"]
OPTIONS = ["-2", "-V"]
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]


def command(scratch, capture, report):
    environment = [
        "env", "-i", f"PATH={os.environ['PATH']}", f"HOME={scratch}",
        f"WIRESHARK_CONFIG_DIR={scratch}", f"WIRESHARK_PLUGIN_DIR={scratch / 'plugins'}",
        "WIRESHARK_ABORT_ON_DISSECTOR_BUG=1", "WIRESHARK_DEBUG_WMEM_OVERRIDE=simple",
        "G_SLICE=always-malloc", "LC_ALL=C.UTF-8",
    ]
    valgrind = [
        "valgrind", "--quiet", "--leak-check=full", "--show-leak-kinds=definite,indirect,possible",
        "--keep-debuginfo=yes", "--num-callers=30", "--xml=yes", f"--xml-file={report}",
    ]
    user = NOBODY if os.geteuid() == 0 else []
    return [*user, *environment, *valgrind, "tshark", "-r", str(capture), *OPTIONS]


def is_ours(error):
    return any("oxcnotif.so" in (entry.text or "") for entry in error.iter("obj"))


def describe(error):
    what = error.findtext("what") or error.findtext("xwhat/text") or error.findtext("kind")
    yield what
    for frame in error.iter("frame"):
        place = frame.findtext("file")
        yield "    " + (frame.findtext("fn") or frame.findtext("obj") or "?") + (
            f" ({place}:{frame.findtext('line')})" if place else "")


def check(scratch, capture):
    """What is wrong with one capture, as lines."""
    copy = scratch / f"{capture.name}.in"
    report = scratch / "reports" / f"{capture.stem}.xml"
    shutil.copyfile(capture, copy)
    copy.chmod(0o644)
    result = subprocess.run(command(scratch, copy, report), stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=500, check=False)
    found = []
    if result.returncode != 0:
        found.append(f"exit status {result.returncode}: {result.stderr.decode(errors='replace')}")
    if b"OXCNOTIF" not in result.stdout and b"AsyncEMSMDB" not in result.stdout \
            and b"EMSMDB" not in result.stdout:
        found.append("no call was decoded: was the plugin loaded?")
    for error in ElementTree.parse(report).iter("error"):
        if is_ours(error):
            found.extend(describe(error))
    return found


def captures():
    return [path for name in CAPTURES
            for path in sorted((SOURCE / "captures").rglob(f"{name}.pcapng"))]


def main():
    if shutil.which("valgrind") is None:
        print("Skipped: valgrind is not installed")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="oxcnotif-valgrind.", dir="/tmp") as folder:
        scratch = Path(folder)
        shutil.copytree(BUILD / "plugins", scratch / "plugins")
        (scratch / "reports").mkdir()
        scratch.chmod(0o755)
        (scratch / "reports").chmod(0o777)
        paths = captures()
        with ThreadPoolExecutor(max_workers=2) as pool:
            results = list(pool.map(lambda path: check(scratch, path), paths))
    for path, found in zip(paths, results):
        print(f"{path.name}: " + "\n  ".join(found or ["clean"]))
    return 1 if any(results) or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
