# mapi_truth.py
# Reads the recorded sessions of MAPI over HTTP: what tshark shows of them, and what their truth is
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each recording has a file beside it in which the client wrote what it sent and got."""

import json
import sys

from sandbox import SOURCE, Sandbox

FOLDER = SOURCE / "captures" / "gromox"
# The client's clock and the capture's differ by so many seconds.
TOLERANCE = 0.1


class Comparison:
    """Collects what differs in one run."""

    def __init__(self, name):
        self.name = name
        self.differences = []

    def same(self, what, shown, wanted):
        if shown != wanted:
            self.differences.append(f"{self.name}: {what}: shown {shown}, the truth is {wanted}")

    def near(self, what, shown, wanted):
        if abs(float(shown or -1) - wanted) > TOLERANCE:
            self.same(what, shown, wanted)


def client_ports(truth):
    """The port of each connection, by its id."""
    return {each["id"]: each["local"].rsplit(":", 1)[1] for each in truth["connections"]}


def sent_calls(truth):
    """The calls in the order in which they were sent. A GET to the endpoint is none."""
    return sorted((call for call in truth["calls"] if call.get("why") != "GET"),
                  key=lambda call: call["t_sent"])


def _rows(sandbox, capture, options, fields):
    arguments = ["tshark", "-r", capture, "-Y", "mapihttp", "-T", "fields", "-E", "aggregator=|",
                 *options]
    for field in fields:
        arguments += ["-e", field]
    for line in sandbox.run(*arguments).splitlines():
        yield dict(zip(fields, line.split("\t") + [""] * len(fields)))


def _check(sandbox, truth_file, fields, compare):
    truth = json.loads(truth_file.read_text(encoding="utf-8"))
    base = truth_file.name.replace(".truth.json", "")
    capture = sandbox.add(truth_file.with_name(f"{base}.pcap"))
    keys = truth_file.with_name(f"{base}.keys")
    options = ["-o", f"tls.keylog_file:{sandbox.add(keys)}"] if keys.exists() else []
    for name, passes in ((f"{base}, one pass", []), (f"{base}, two passes", ["-2"])):
        comparison = Comparison(name)
        compare(comparison, base, truth, _rows(sandbox, capture, [*options, *passes], fields),
                bool(passes))
        yield from comparison.differences


def main(fields, compare):
    """Compares each recording, in clear and in TLS with keys, on one pass and on two.
    compare(comparison, name, truth, rows, two_passes) gets the rows that show something of ours:
    the text of each field, several values with "|" between them."""
    truth_files = sorted(FOLDER.glob("mh-*.truth.json"))
    with Sandbox() as sandbox:
        differences = [line for file in truth_files
                       for line in _check(sandbox, file, fields, compare)]
    print(*differences, sep="\n")
    print(f"{len(truth_files)} recordings, {len(differences)} differences")
    sys.exit(1 if differences or not truth_files else 0)
