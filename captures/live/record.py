#!/usr/bin/python3
# record.py
# Records the captures of this folder again
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""record.py [--to FOLDER] [NAME...]: record the named captures, or all, with their truth files."""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True

import capture
import impacket_sessions
import samba_sessions
import truth
import wine_sessions
from laboratory import SmallServer

SETTLE = 0.5


def record(name, recording, folder):
    host = recording.host or SmallServer
    with host(recording.plan) as server, tempfile.TemporaryDirectory() as scratch:
        raw = f"{scratch}/raw.pcapng"
        with capture.Recorder(server.address[1], raw):
            recording.run(server.address)
            time.sleep(SETTLE)
        target = folder / f"{name}.pcapng"
        capture.tidy(raw, target, recording.note)
        check_readable(target)
        facts = dict(recording.all_facts(), capture=target.name, **server.keys(folder, name))
        truth.write(folder / f"{name}.truth.json", facts, server.records(target), target,
                    recording.expected)


def check_readable(path):
    """Wireshark gives some port numbers to other protocols; chance may have picked one."""
    command = ["tshark", "-r", path, "-Y", "dcerpc", "-T", "fields", "-e", "frame.number"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    if {pdu.frame for pdu in capture.pdus(path)} - set(map(int, shown)):
        raise RuntimeError(f"{path.name}: tshark misses PDUs, record it again")


def main():
    here = pathlib.Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=pathlib.Path, default=here, help="folder for the files")
    parser.add_argument("names", nargs="*", metavar="NAME")
    arguments = parser.parse_args()
    recordings = {**impacket_sessions.RECORDINGS, **samba_sessions.RECORDINGS,
                  **wine_sessions.RECORDINGS}
    unknown = set(arguments.names) - set(recordings)
    if unknown:
        parser.error("no such recording: " + ", ".join(sorted(unknown)))
    for name in arguments.names or recordings:
        record(name, recordings[name], arguments.to)
        print(name)


if __name__ == "__main__":
    main()
