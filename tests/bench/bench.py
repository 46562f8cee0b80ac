#!/usr/bin/env python3
# What the plugin costs: instructions and bytes, each with its goal
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Counts the instructions of tshark with callgrind, with the plugin and without, and prints a table
of what the plugin adds. Start-up is taken out: every figure is a difference of two captures."""

import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from other_traffic import KINDS, MAPI

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent / "program"))
from sandbox import Sandbox  # noqa: E402 pylint: disable=wrong-import-position

SMALL, BIG, MANY_WAITS, MANY_SESSIONS = (5, 2), (5, 62), (5, 200), (500, 2)
FEW_TALKS, MANY_TALKS = 20, 220
MAPI_TALKS = (10, 60)

# Wireshark alone is given a filter that needs as much of it: a field of DCE/RPC that is rare.
MODES = {"one line": ([], []), "-V": (["-V"], ["-V"]),
         "-Y": (["-Y", "dcerpc.cn_status"], ["-Y", "oxcnotif.violation"])}


class Bench:
    """Captures and what tshark needed for them, each made and counted once."""

    def __init__(self, sandbox, programs):
        self.sandbox = sandbox
        self.programs = programs
        self.stock_plugins = sandbox.path / "no-plugins"
        self.stock_plugins.mkdir()
        self.stock_plugins.chmod(0o755)
        self.script = sandbox.add(FOLDER / "waits.lua")
        self.seed = sandbox.add(programs / "libfixed_seed.so")
        self.made = {}
        self.counts = {}

    def _capture(self, sessions, waits, *options):
        path = self.sandbox.path / "-".join(["made", str(sessions), str(waits), *options])
        made = subprocess.run([self.programs / "make_capture", str(sessions), str(waits), path,
                               *options], check=True, stdout=subprocess.PIPE).stdout
        path.chmod(0o644)
        return path, json.loads(made)["frames"]

    def _other(self, kind, count):
        makers = KINDS | MAPI
        path = self.sandbox.path / f"other-{list(makers).index(kind)}-{count}"
        connection = makers[kind](count)
        path.write_bytes(connection.bytes)
        path.chmod(0o644)
        return path, connection.frames

    def capture(self, name):
        """Path and frames of a capture: (sessions, waits, ...) or (kind, count)."""
        if name not in self.made:
            make = self._other if isinstance(name[0], str) else self._capture
            self.made[name] = make(*name)
        return self.made[name]

    def _run(self, run, output):
        """Runs tshark under callgrind. Returns the instructions, and leaves a profile."""
        kind, capture, options = run
        environment = {"LD_PRELOAD": self.seed}
        words = list(options)
        if kind != "plugin":
            environment["WIRESHARK_PLUGIN_DIR"] = self.stock_plugins
        if kind == "lua":
            words = ["-X", f"lua_script:{self.script}", *words]
        command = self.sandbox.command(
            "valgrind", "--tool=callgrind", "--instr-atstart=no",
            f"--callgrind-out-file={output}", "tshark", *words, "-r", self.capture(capture)[0],
            **environment)
        result = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True, check=False)
        found = re.search(r"Collected : (\d+)", result.stderr)
        if result.returncode != 0 or not found or int(found.group(1)) == 0:
            raise RuntimeError(f"tshark under callgrind: {result.stderr[-2000:]}")
        return int(found.group(1))

    def _count(self, run):
        return self._run(run, "/dev/null")

    def builds_tree(self, *options):
        """Whether tshark with the plugin builds a protocol tree, on a capture with cancels, faults
        and closed connections."""
        profile = self.sandbox.home / "callgrind.out"
        self._run(("plugin", (*SMALL, "faults"), options), profile)
        return "proto_tree_free" in profile.read_text()

    def count(self, runs):
        """Counts what has not been counted yet, on all processors."""
        runs = [run for run in dict.fromkeys(runs) if run not in self.counts]
        for run in runs:
            self.capture(run[1])
        with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
            for run, counted in zip(runs, pool.map(self._count, runs)):
                self.counts[run] = counted

    def per_frame(self, kind, few, many, options=()):
        """Instructions of a frame that is in @p many and not in @p few."""
        frames = self.capture(many)[1] - self.capture(few)[1]
        counts = [self.counts[kind, capture, tuple(options)] for capture in (few, many)]
        return (counts[1] - counts[0]) / frames

    def added(self, few, many, kind="plugin"):
        """What a kind adds to such a frame."""
        return self.per_frame(kind, few, many) - self.per_frame("stock", few, many)


class Table:
    """Figures, their goals, and whether they were reached."""

    def __init__(self):
        self.rows = []
        self.missed = 0

    def add(self, name, figure, goal=None, form="{:.3f}", detail=""):
        """@param goal  the most that @p figure may be"""
        verdict = ""
        if goal is not None:
            verdict = "ok" if figure <= goal else "MISSED"
            self.missed += figure > goal
        self.rows.append((name, form.format(figure), form.format(goal) if goal is not None else "",
                          verdict, detail))

    def print(self):
        """Columns as wide as they need be."""
        rows = [("What", "Figure", "Goal", "", "")] + self.rows
        widths = [max(len(row[i]) for row in rows) for i in range(4)]
        for row in rows:
            print(f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}  "
                  f"{row[3]:<{widths[3]}}  {row[4]}".rstrip())


def growth_runs():
    """Few and many sessions, and few and many waits of one: (few, many) of each."""
    step = BIG[1] - SMALL[1]
    return {"waits a session": (MANY_WAITS, (MANY_WAITS[0], MANY_WAITS[1] + step)),
            "sessions": (MANY_SESSIONS, (MANY_SESSIONS[0], MANY_SESSIONS[1] + 4))}


def wanted(smaller):
    """All that has to be counted."""
    runs = [(kind, capture, ()) for kind in ("stock", "plugin") for capture in (SMALL, BIG)]
    for few, many in growth_runs().values():
        runs += [(kind, capture, ()) for kind in ("stock", "plugin") for capture in (few, many)]
    if smaller:
        return runs
    for stock, plugin in MODES.values():
        runs += [("stock", capture, tuple(stock)) for capture in (SMALL, BIG)]
        runs += [("plugin", capture, tuple(plugin)) for capture in (SMALL, BIG)]
    runs += [("lua", capture, ()) for capture in (SMALL, BIG)]
    runs += [(kind, (*capture, "faults"), ()) for kind in ("stock", "plugin")
             for capture in (SMALL, BIG)]
    runs += [(kind, (traffic, count), ()) for kind in ("stock", "plugin")
             for traffic in KINDS for count in (FEW_TALKS, MANY_TALKS)]
    runs += [(kind, (traffic, count), tuple(options)) for kind in ("stock", "plugin")
             for traffic in MAPI for count in MAPI_TALKS for options in ([], ["-V"])]
    runs += [(kind, (traffic, count * 10), ()) for kind in ("stock", "plugin") for traffic in MAPI
             for count in MAPI_TALKS]
    return runs


def add_ratio(table, name, stock, plugin, goal):
    table.add(name, plugin / stock, goal,
              detail=f"{stock:.0f} instructions a frame, {plugin - stock:.0f} more")


def add_cost(table, bench):
    """What a frame costs, by what is asked of tshark."""
    names = {"one line": "one line a packet", "-V": "-V", "-Y": "-Y oxcnotif.violation"}
    goals = {"one line": 1.10, "-V": 1.12, "-Y": None}
    for mode, (stock, plugin) in MODES.items():
        add_ratio(table, f"instructions, {names[mode]}", bench.per_frame("stock", SMALL, BIG, stock),
                  bench.per_frame("plugin", SMALL, BIG, plugin), goals[mode])
    faults = [(*capture, "faults") for capture in (SMALL, BIG)]
    add_ratio(table, "the same, with cancels and faults", bench.per_frame("stock", *faults),
              bench.per_frame("plugin", *faults), None)
    lua = bench.added(SMALL, BIG, "lua")
    # That script does one thing of all that the plugin does.
    table.add("added, of what a small Lua script adds", bench.added(SMALL, BIG) / lua, 0.15,
              detail=f"it adds {lua:.0f} instructions a frame")


def add_trees(table, bench):
    """Nothing may make tshark build a tree that it would not build otherwise."""
    if not bench.builds_tree("-V"):
        raise RuntimeError("trees are freed by another function than proto_tree_free()")
    table.add("trees built without -V and filters", int(bench.builds_tree()), 0, "{:d}")


def add_growth(table, bench):
    few = bench.added(SMALL, BIG)
    for name, captures in growth_runs().items():
        many = bench.added(*captures)
        table.add(f"growth of what is added, {name} x 100", many / few, 1.02,
                  detail=f"{few:.0f} and {many:.0f} instructions a frame")


def add_other_traffic(table, bench):
    for kind in KINDS:
        captures = [(kind, count) for count in (FEW_TALKS, MANY_TALKS)]
        add_ratio(table, f"instructions, {kind}", bench.per_frame("stock", *captures),
                  bench.per_frame("plugin", *captures), 1.01)


def add_mapi(table, bench):
    for kind in MAPI:
        captures = [(kind, count) for count in MAPI_TALKS]
        for options, goal in (([], 1.10), (["-V"], 1.12)):
            add_ratio(table, " ".join(["instructions,", kind, *options]),
                      bench.per_frame("stock", *captures, options),
                      bench.per_frame("plugin", *captures, options), goal)
        later = [(kind, count * 10) for count in MAPI_TALKS]
        few, many = bench.added(*captures), bench.added(*later)
        table.add(f"growth of what is added, {kind} x 10", many / few, 1.02,
                  detail=f"{few:.0f} and {many:.0f} instructions a frame")


def add_memory(table, programs):
    memory = json.loads(subprocess.run([programs / "tracker_memory"], check=True,
                                       stdout=subprocess.PIPE).stdout)
    table.add("bytes a wait", round(memory["wait"]), 96, "{:.0f}")
    table.add("bytes a session", memory["session"], None, "{:.0f}")
    table.add("bytes a fetch", memory["fetch"], None, "{:.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programs", type=Path, required=True, help="where they were built")
    parser.add_argument("--growth", action="store_true", help="only growth and memory")
    parser.add_argument("--report", action="store_true", help="exit with 0 whatever the figures are")
    options = parser.parse_args()
    table = Table()
    with Sandbox() as sandbox:
        bench = Bench(sandbox, options.programs)
        bench.count(wanted(options.growth))
        if not options.growth:
            add_cost(table, bench)
            add_other_traffic(table, bench)
            add_mapi(table, bench)
            add_trees(table, bench)
        add_growth(table, bench)
    add_memory(table, options.programs)
    table.print()
    sys.exit(1 if table.missed and not options.report else 0)


main()
