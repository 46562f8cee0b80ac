#!/usr/bin/env python3
"""The plugin's files use each other one way only.

    layout.py SOURCE [OBJECT...]

Reads the includes of SOURCE/plugin and, where the objects of the plugin are given, the symbols that
they define and use. What is said of a folder or a file below is checked for all of them; there are
no exceptions.
"""
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later

import collections
import pathlib
import re
import shutil
import subprocess
import sys

# Each may use those behind it; plugin.c, above all, any.
LAYERS = ["transport", "present", "decode", "capture", "sequence"]
TOP = "plugin"
# For all, and uses none.
BOTTOM = "compat"

# What only plugin.c may call: Wireshark's lists of routines, and registration of another file.
ROUTINES = re.compile(r"\b(register_(?:init|cleanup)_routine|register_postdissector|"
                      r"proto_register_plugin)\s*\(")
MODULES = re.compile(r"\boxc_\w+?_(?:register|handoff|begin_file|end_file)\s*\(|"
                     r"\boxc_register_\w+\s*\(")


def layer_of(unit):
    """The place of a unit in LAYERS; less than 0 for one that may use all."""
    folder = unit.split("/")[0]
    if unit == TOP:
        return -1
    if unit == BOTTOM:
        return len(LAYERS)
    return LAYERS.index(folder) if folder in LAYERS else None


def without_comments(text):
    return re.sub(r"/\*.*?\*/", lambda match: re.sub(r"[^\n]", " ", match.group()), text,
                  flags=re.S)


def find_circles(graph):
    """Groups of nodes that reach each other (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph.get(node, ()):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            group = []
            while not group or group[-1] != node:
                group.append(stack.pop())
            if len(group) > 1:
                found.append(sorted(group))

    for node in sorted(graph):
        if node not in index:
            visit(node)
    return found


def include_of(plugin, file, name):
    """The file that an include names, seen from the file that has it, or None for Wireshark's."""
    for place in (file.parent / name, plugin / name):
        if place.is_file():
            return place.resolve()
    return None


def read_includes(plugin):
    graph = collections.defaultdict(dict)
    for file in sorted(plugin.rglob("*.[ch]")) + sorted(plugin.rglob("*.def")):
        unit = str(file.relative_to(plugin).with_suffix(""))
        graph[unit]
        for name in re.findall(r'^\s*#\s*include\s+"([^"]+)"', file.read_text(), re.M):
            other = include_of(plugin, file, name)
            if other:
                other = str(other.relative_to(plugin).with_suffix(""))
                if other != unit:
                    graph[unit].setdefault(other, name)
    return graph


def read_symbols(objects):
    """Which objects use which symbols of which others, by the path of the source below plugin/."""
    def unit_of(path):
        return path.split("/plugin/")[-1].removesuffix(".c.o").removesuffix(".c.obj")

    lines = subprocess.run(["nm", "-A", "-g", *objects], check=True, capture_output=True,
                           text=True).stdout.splitlines()
    defined, used = {}, collections.defaultdict(set)
    for line in lines:
        path, _, rest = line.rpartition(":")
        words = rest.split()
        if words[-2] in "Uwv":
            used[unit_of(path)].add(words[-1])
        else:
            defined[words[-1]] = unit_of(path)
    graph = collections.defaultdict(dict)
    for unit, names in used.items():
        for name in sorted(names):
            other = defined.get(name, unit)
            if other != unit:
                graph[unit].setdefault(other, name)
    return graph


def check_directions(graph, what):
    problems = []
    for unit, others in sorted(graph.items()):
        layer = layer_of(unit)
        if layer is None:
            problems.append(f"{unit} is in no folder of {', '.join(LAYERS)}")
            continue
        for other, by in sorted(others.items()):
            if layer_of(other) is not None and layer_of(other) < layer:
                problems.append(f"{unit} {what} upward: {by} of {other}")
    return problems


def check_circles(graph, what):
    problems = []
    for group in find_circles(graph):
        ways = [f"    {unit} -> {other} ({graph[unit][other]})"
                for unit in group for other in sorted(graph[unit]) if other in group]
        problems.append("\n".join([f"a circle of files, by what each {what}:"] + ways))
    return problems


def check_names(plugin):
    """A file is named in messages, profiles and the objects of some builds without its folder."""
    places = collections.defaultdict(list)
    for file in sorted(plugin.rglob("*.[ch]")):
        places[file.name].append(str(file.relative_to(plugin)))
    return [f"files of one name: {', '.join(files)}" for files in places.values() if len(files) > 1]


def check_registration(plugin):
    problems = []
    for file in sorted(plugin.rglob("*.c")):
        if file == plugin / (TOP + ".c"):
            continue
        text = without_comments(file.read_text())
        own = set(re.findall(r"^[a-z].*?\b(oxc_\w+)\(", text, re.M))
        for number, line in enumerate(text.split("\n"), 1):
            for match in list(ROUTINES.finditer(line)) + list(MODULES.finditer(line)):
                name = match.group().rstrip("( ")
                if name not in own:
                    problems.append(f"{file.relative_to(plugin)}:{number}: {name}() is called "
                                    f"outside of {TOP}.c")
    return problems


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    plugin = (pathlib.Path(sys.argv[1]) / "plugin").resolve()
    includes = read_includes(plugin)
    problems = check_directions(includes, "includes") + check_circles(includes, "includes")
    problems += check_registration(plugin) + check_names(plugin)
    if len(sys.argv) > 2 and shutil.which("nm"):
        calls = read_symbols(sys.argv[2:])
        problems += check_directions(calls, "calls") + check_circles(calls, "calls")
    for problem in problems:
        print(problem)
    print(f"{len(includes)} files with their headers, {len(problems)} problems")
    sys.exit(1 if problems else 0)


main()
