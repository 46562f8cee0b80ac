# test_recordings.py
# What tshark shows of the recorded sessions is what their truth files say
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares handles, flags, return values, links, times and findings, with and without the key."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ["OXCNOTIF_BUILD"])
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]
FIELDS = [
    "frame.number", "emsmdb.cxh.uuid", "emsmdb.acxh.uuid", "emsmdb.status", "asyncemsmdb.acxh.uuid",
    "asyncemsmdb.flags_in", "asyncemsmdb.flags_out", "asyncemsmdb.status", "oxcnotif.wait_time",
    "oxcnotif.request_in", "oxcnotif.violation", "oxcnotif.suspicion",
]
# Times are exact in the capture; the truth has them as floating-point seconds.
TOLERANCE = 1e-5
# tshark opens only the first call of each direction where NTLM is inside of SPNEGO.
OPENED_IN_PART = {"samba_spnego_sealed"}


class Comparison:
    """Collects what differs in one capture."""

    def __init__(self, name, rows):
        self.name = name
        self.rows = rows
        self.differences = []

    def say(self, frame, text):
        self.differences.append(f"{self.name}: frame {frame}: {text}")

    def value(self, frame, field, wanted):
        shown = self.rows.get(frame, {}).get(field, [])
        if str(wanted).lower() not in (value.lower() for value in shown):
            self.say(frame, f"{field} is {shown}, the truth is {wanted}")

    def wait_time(self, frame, wanted):
        shown = self.rows.get(frame, {}).get("oxcnotif.wait_time", [])
        if not any(abs(float(value) - wanted) < TOLERANCE for value in shown):
            self.say(frame, f"oxcnotif.wait_time is {shown}, the truth is {wanted}")


def tshark(scratch, capture, options):
    """Rows by frame: a list of values for each field."""
    user = NOBODY if os.geteuid() == 0 else []
    environment = [
        "env", "-i", f"PATH={os.environ['PATH']}", f"HOME={scratch}",
        f"WIRESHARK_CONFIG_DIR={scratch}", f"WIRESHARK_PLUGIN_DIR={scratch / 'plugins'}",
        "LC_ALL=C.UTF-8",
    ]
    arguments = ["tshark", "-2", "-r", str(capture), "-Y", "dcerpc", "-T", "fields", *options]
    for field in FIELDS:
        arguments += ["-e", field]
    result = subprocess.run([*user, *environment, *arguments], stdin=subprocess.DEVNULL,
                            capture_output=True, text=True, timeout=120, check=False)
    if result.returncode != 0:
        raise RuntimeError(f"{capture.name}: {result.stderr}")
    rows = {}
    for line in result.stdout.splitlines():
        values = dict(zip(FIELDS, line.split("\t")))
        rows[int(values["frame.number"])] = {
            field: [part for part in text.split(",") if part] for field, text in values.items()}
    return rows


def findings(rows):
    return {(frame, rule) for frame, row in rows.items()
            for field in ("oxcnotif.violation", "oxcnotif.suspicion") for rule in row[field]}


def compare_request(comparison, call):
    frame = call["request_frame"]
    if "cxh_in" in call:
        comparison.value(frame, "emsmdb.cxh.uuid", call["cxh_in"])
    if "acxh_in" in call:
        comparison.value(frame, "asyncemsmdb.acxh.uuid", call["acxh_in"])
    if "flags_in" in call:
        comparison.value(frame, "asyncemsmdb.flags_in", f"0x{call['flags_in']:08x}")


def compare_response(comparison, call):
    frame = call["response_frame"]
    interface = call["interface"]
    if "cxh_out" in call:
        comparison.value(frame, "emsmdb.cxh.uuid", call["cxh_out"])
    if "acxh_out" in call:
        comparison.value(frame, "emsmdb.acxh.uuid", call["acxh_out"])
    if "flags_out" in call:
        comparison.value(frame, "asyncemsmdb.flags_out", f"0x{call['flags_out']:08x}")
    if "status" in call:
        comparison.value(frame, f"{interface}.status", f"0x{call['status'] & 0xffffffff:08x}")


def is_matched(call):
    """False for the servers that give all their answers one call id."""
    return call.get("answer") == "response" and call.get("response_frame") and \
        call.get("response_call_id", call["call_id"]) == call["call_id"]


def compare_call(comparison, call, readable):
    if readable:
        compare_request(comparison, call)
    if not is_matched(call):
        return
    comparison.value(call["response_frame"], "oxcnotif.request_in", call["request_frame"])
    if readable:
        compare_response(comparison, call)
    if call["method"] == "EcDoAsyncWaitEx":
        comparison.wait_time(call["response_frame"],
                             call["response_time_pcap"] - call["request_time_pcap"])


def key_options(truth, folder):
    if "nt_password" in truth:
        return ["-o", f"ntlmssp.nt_password:{truth['nt_password']}"]
    if "keytab" in truth:
        return ["-o", "kerberos.decrypt:TRUE", "-K", str(folder / truth["keytab"])]
    return []


def copies(scratch, truth_file, truth):
    """The capture and its key where any user can read them."""
    folder = Path(tempfile.mkdtemp(dir=scratch))
    folder.chmod(0o755)
    capture = truth_file.with_name(truth_file.name.replace(".truth.json", ".pcapng"))
    for file in [capture, *([truth_file.with_name(truth["keytab"])] if "keytab" in truth else [])]:
        shutil.copyfile(file, folder / file.name)
        (folder / file.name).chmod(0o644)
    return folder, folder / capture.name


def check_run(name, rows, truth, readable, judged):
    comparison = Comparison(name, rows)
    for call in truth["calls"]:
        sealed = call.get("encrypted", False)
        compare_call(comparison, call, readable or not sealed)
    wanted = {(entry["frame"], entry["rule"]) for entry in truth["expected"]} if judged else set()
    for frame, rule in sorted(findings(rows) ^ wanted):
        comparison.say(frame, f"{rule} is {'missing' if (frame, rule) in wanted else 'too much'}")
    return comparison.differences


def check(scratch, truth_file):
    truth = json.loads(truth_file.read_text(encoding="utf-8"))
    name = truth_file.name.replace(".truth.json", "")
    folder, capture = copies(scratch, truth_file, truth)
    options = key_options(truth, folder)
    differences = check_run(name, tshark(scratch, capture, options), truth,
                            name not in OPENED_IN_PART, True)
    if options:
        differences += check_run(f"{name} without its key", tshark(scratch, capture, []), truth,
                                 False, not any(call.get("encrypted") for call in truth["calls"]))
    return differences


def main():
    # Those of Gromox have a form of their own.
    truth_files = sorted(file for file in (SOURCE / "captures").rglob("*.truth.json")
                         if file.parent.name != "gromox")
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        scratch.chmod(0o755)
        shutil.copytree(BUILD / "plugins", scratch / "plugins")
        with ThreadPoolExecutor(max_workers=2) as pool:
            results = list(pool.map(lambda file: check(scratch, file), truth_files))
    differences = [line for result in results for line in result]
    print(*differences, sep="\n")
    print(f"{len(truth_files)} recordings, {len(differences)} differences")
    sys.exit(1 if differences or not truth_files else 0)


main()
