# test_names.py
# Another dissector may have the names of ours: Wireshark starts, and what we find stays the same
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Usage: test_names.py TAKER: the plugin of taker.c, which registers its names first."""

import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sandbox import SOURCE, Sandbox  # pylint: disable=wrong-import-position

CAPTURES = ["story", "bad-tour"]
OVER_HTTP = "gromox/mh-story.pcap"
# What the analysis says; {} is its protocol.
ANALYSIS = ["{}.session", "{}.context", "{}.wait", "{}.outcome", "{}.wait_time", "{}.violation",
            "{}.suspicion", "{}.connect_in", "{}.fetch_in", "{}.rule.wait_overlap"]
ASYNC_FIELDS = ["asyncemsmdb.acxh", "asyncemsmdb.flags_out", "asyncemsmdb.status"]


class Machine:
    """Wireshark with both plugins."""

    def __init__(self, sandbox, taker):
        self._sandbox = sandbox
        self._captures = {name: sandbox.add(SOURCE / "captures" / f"{name}.pcapng")
                          for name in CAPTURES}
        self._captures[OVER_HTTP] = sandbox.add(SOURCE / "captures" / OVER_HTTP)
        # What is loaded from the user's own folder registers before the rest.
        minor = next(iter(sandbox.path.glob("plugins/*"))).name
        folder = sandbox.home / ".local/lib/wireshark/plugins" / minor / "epan"
        folder.mkdir(parents=True)
        shutil.copyfile(taker, folder / "taker.so")

    def tshark(self, taken, *words):
        """What tshark prints on both streams; it must end well."""
        result = subprocess.run(
            self._sandbox.command("tshark", *words, OXC_TAKE=",".join(taken)),
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
        assert result.returncode == 0, f"{taken}: {words}: {result.returncode}: {result.stderr}"
        return result.stdout, result.stderr.splitlines()

    def fields(self, taken, capture, names, *options):
        """A row a frame with the values of fields, those of several frames joined by commas."""
        words = [word for name in names for word in ("-e", name)]
        return self.tshark(taken, "-2", "-r", self._captures[capture], "-T", "fields", *options,
                           *words)[0]

    def report(self, taken, capture):
        """The report for programs."""
        return self.tshark(taken, "-q", "-z", "oxcnotif,json", "-r", self._captures[capture])[0]

    def registered(self, taken):
        """Names of protocols and fields, and what was said on the way."""
        output, said = self.tshark(taken, "-G", "fields")
        return [line.split("\t")[2] for line in output.splitlines() if line[:1] in "PF"], said


def analysis_of(protocol):
    return [name.format(protocol) for name in ANALYSIS]


def check_said(machine, taken, expected):
    """Each name is said once, and nothing else."""
    names, said = machine.registered(taken)
    assert len(said) == len(expected), f"{taken}: {said}"
    for old, new in expected:
        about = [line for line in said if f" {old}: " in line and f" {new}, and so" in line]
        assert len(about) == 1, f"{taken}: {said}"
        assert new in names, f"{taken}: {new} is not registered"
    return names


def check_nothing_taken(machine):
    names = check_said(machine, [], [])
    assert not [name for name in names if name.startswith("oxc_")]
    for capture in CAPTURES:
        assert machine.fields([], capture, analysis_of("oxcnotif")).strip()


def check_analysis(machine, taken, protocol, captures=tuple(CAPTURES)):
    """Links, findings and the report are those of a Wireshark without the other dissector."""
    for capture in captures:
        expected = machine.fields([], capture, analysis_of("oxcnotif"))
        found = machine.fields(taken, capture, analysis_of(protocol))
        assert found == expected, f"{taken}: {capture}: the analysis differs"
        assert machine.report(taken, capture) == machine.report([], capture), f"{taken}: {capture}"


def check_interface_taken(machine):
    """The other dissector shows the waits, alone."""
    taken = ["asyncemsmdb"]
    check_said(machine, taken, [("asyncemsmdb", "oxc_asyncemsmdb")])
    check_analysis(machine, taken, "oxcnotif")
    waits = machine.fields([], "story", ["frame.number"], "-Y", "asyncemsmdb.opnum")
    marked = machine.fields(taken, "story", ["frame.number"], "-Y", "asyncemsmdb.marker")
    assert waits.strip() and marked == waits
    ours = machine.fields(taken, "story", ["frame.number"], "-Y",
                          "oxc_asyncemsmdb or oxc_asyncemsmdb.acxh or oxc_asyncemsmdb.status")
    assert not ours, f"two dissectors show the same call: {ours}"


def check_all_taken(machine):
    """What nobody else decodes is ours, under the other names."""
    taken = ["asyncemsmdb", "emsmdb", "mapihttp", "oxcnotif"]
    names = machine.registered([])[0]
    check_said(machine, taken, [(name, f"oxc_{name}") for name in taken if name in names])
    check_analysis(machine, taken, "oxc_oxcnotif")


def check_name_without_interface(machine):
    """Somebody has the name, but not the interface."""
    taken = ["oxcnotif", "emsmdb"]
    check_analysis(machine, taken, "oxc_oxcnotif")
    expected = machine.fields([], "story", ASYNC_FIELDS)
    assert machine.fields(taken, "story", ASYNC_FIELDS) == expected


def check_bodies_taken(machine):
    """The same over HTTP, with a dissector of the bodies and without one."""
    calls = machine.fields([], OVER_HTTP, ["frame.number"], "-Y", "mapihttp")
    assert calls.strip()
    for taken, shown in ((["mapihttp"], calls), (["mapihttp", "mapi-bodies"], "")):
        check_said(machine, taken, [("mapihttp", "oxc_mapihttp")])
        check_analysis(machine, taken, "oxcnotif", [OVER_HTTP])
        found = machine.fields(taken, OVER_HTTP, ["frame.number"], "-Y", "oxc_mapihttp")
        assert found == shown, f"{taken}: {found}"
    assert machine.fields(["mapihttp", "mapi-bodies"], OVER_HTTP, ["frame.number"], "-Y",
                          "mapi-bodies").strip()


def check_field_taken(machine):
    """One field only: the rest keeps its name."""
    taken = ["asyncemsmdb.status"]
    check_said(machine, taken, [("asyncemsmdb.status", "oxc_asyncemsmdb.status")])
    check_analysis(machine, taken, "oxcnotif")
    expected = machine.fields([], "story", ASYNC_FIELDS)
    found = machine.fields(taken, "story", [*ASYNC_FIELDS[:-1], "oxc_asyncemsmdb.status"])
    assert found == expected


def check_other_name_taken(machine):
    """So is the name that ours would step back to."""
    taken = ["oxcnotif", "oxc_oxcnotif"]
    check_said(machine, taken, [("oxcnotif", "oxc_oxcnotif_2")])
    check_analysis(machine, taken, "oxc_oxcnotif_2")


def main():
    with Sandbox() as sandbox:
        machine = Machine(sandbox, sys.argv[1])
        for check in (check_nothing_taken, check_interface_taken, check_all_taken,
                      check_name_without_interface, check_bodies_taken, check_field_taken,
                      check_other_name_taken):
            check(machine)
            print(f"ok: {check.__name__}")


if __name__ == "__main__":
    main()
