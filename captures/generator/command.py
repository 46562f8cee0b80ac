# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The command: makes every capture, or checks that the committed ones are what it makes."""

import argparse
import sys
from pathlib import Path

from . import pcapng
from .play import Player
from .scenario import Scenario, ScenarioError

_FOLDER = Path(__file__).resolve().parent.parent
_TABLE_START = "<!-- scenarios: written by captures/generate -->"
_HTTP_SHOWS = "The same with RPC over HTTP virtual connections: the same findings."
_TABLE_END = "<!-- end of scenarios -->"


class Made:
    """What one scenario gives: files by path, and its rows of the README's table."""

    def __init__(self):
        self.files = {}
        self.rows = []

    def add(self, name, scenario, variant, shows):
        capture = Player(scenario, variant).play()
        self.files[_FOLDER / f"{name}.pcapng"] = capture.file()
        self.files[_FOLDER / "expected" / f"{name}.txt"] = capture.expectations().encode()
        source = f"[{scenario.name}](scenarios/{scenario.name}.scenario)"
        if variant == "late":
            source += ", from its `late start` on"
        elif variant == "http":
            source += ", over HTTP"
        self.rows.append(f"| {name}.pcapng | {source} | {shows} |\n")


def _late_name(name):
    return "late-" + name.removeprefix("rule-")


def _http_name(name):
    return "http-" + name.removeprefix("rule-")


def make(paths):
    made = Made()
    for path in paths:
        scenario = Scenario(path)
        made.add(scenario.name, scenario, "whole", f"{scenario.title}. {scenario.shows}")
        if scenario.late_shows:
            made.add(_late_name(scenario.name), Scenario(path), "late", scenario.late_shows)
        if scenario.name.startswith("rule-"):
            made.add(_http_name(scenario.name), Scenario(path), "http", _HTTP_SHOWS)
    return made


def _readme(made):
    """README.md with the table of the scenarios brought up to date."""
    path = _FOLDER / "README.md"
    before, start, rest = path.read_text(encoding="utf-8").partition(_TABLE_START)
    _, end, after = rest.partition(_TABLE_END)
    if not start or not end:
        raise ScenarioError(f"{path}: the marks of the table are missing")
    table = "| capture | made from | what it must show |\n|---|---|---|\n" + "".join(made.rows)
    return path, f"{before}{start}\n{table}{end}{after}".encode()


def _left_over(made):
    """Captures of this program that no scenario makes any more."""
    mark = pcapng.APPLICATION.encode()
    for path in sorted(_FOLDER.glob("*.pcapng")):
        if path not in made.files and mark in path.read_bytes()[:4096]:
            yield path


def _differences(made):
    for path, data in made.files.items():
        if not path.exists():
            yield f"{path.name} is missing"
        elif path.read_bytes() != data:
            yield f"{path.relative_to(_FOLDER)} differs from what its scenario makes"
    for path in _left_over(made):
        yield f"{path.name} has no scenario"


def _write(made):
    (_FOLDER / "expected").mkdir(exist_ok=True)
    for path, data in made.files.items():
        if not path.exists() or path.read_bytes() != data:
            path.write_bytes(data)


def main():
    parser = argparse.ArgumentParser(description="Makes the captures from their scenarios.")
    parser.add_argument("--check", action="store_true",
                        help="write nothing; fail if a committed file is not what would be made")
    arguments = parser.parse_args()
    try:
        made = make(sorted((_FOLDER / "scenarios").glob("*.scenario")))
        path, data = _readme(made)
        made.files[path] = data
    except ScenarioError as error:
        print(error, file=sys.stderr)
        return 2
    if not arguments.check:
        _write(made)
        return 0
    differences = list(_differences(made))
    for difference in differences:
        print(difference, file=sys.stderr)
    return 1 if differences else 0
