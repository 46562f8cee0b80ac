# look_at_wireshark.py
# Goes through Wireshark's windows and writes down what they show, as JSON and as pictures
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run by test_gui.py inside a D-Bus session."""

import json
import re
import sys
import time
from pathlib import Path

from desktop import (HEIGHT, WIDTH, Program, Screen, children, choose, click, descendants, find,
                     key, picture, place, rows, texts, wait_for, xdotool)
from gi.repository import Atspi

OUR_ITEM = "[Asynchronous notification"


def displayed(window):
    """The number of packets that the status bar gives, or None."""
    for item in descendants(find(window, "status bar") or window):
        match = re.search(r"Displayed: (\d+)", item.get_name() or "")
        if match:
            return int(match[1])
    return None


def details_of(window):
    return wait_for("the packet details", lambda: find(window, "tree", "Packet details"))


def our_item(window):
    """Our item in the packet details."""
    tree = details_of(window)
    return wait_for("our item", lambda: next(
        (cell for cell in children(tree) if cell.get_name().startswith(OUR_ITEM)), None))


def read_details(window):
    """Every line of our item."""
    click(our_item(window))
    choose(window, "View", "Expand Subtrees")
    tree = details_of(window)
    wait_for("the expanded item", lambda: not texts(tree)[-1].startswith(OUR_ITEM))
    lines = texts(tree)
    choose(window, "View", "Collapse All")
    return lines[next(i for i, line in enumerate(lines) if line.startswith(OUR_ITEM)):]


def open_findings(window):
    """Our item with its findings open, as a user would look at it."""
    click(our_item(window))
    key("Right")
    tree = details_of(window)
    for finding in ("[Violation", "[Suspicion"):
        for name in [line for line in texts(tree) if line.startswith(finding)]:
            click(next(cell for cell in children(tree) if cell.get_name() == name))
            key("Right")
    click(our_item(window))


def press_filters(window, labels):
    """The number of packets that each filter button leaves."""
    counts = {}
    everything = displayed(window)
    for label in labels:
        button = wait_for(label, lambda: find(window, "push button", label)
                          or find(window, "button", label))
        button.do_action(0)
        counts[label] = wait_for(f"fewer packets after {label}", lambda: (
            displayed(window) if displayed(window) != everything else None))
        clear_filter(window)
        wait_for("all packets", lambda: displayed(window) == everything)
    return counts


def clear_filter(window):
    place(window.get_name(), WIDTH, HEIGHT)
    key("ctrl+slash")
    key("ctrl+a")
    key("Delete")
    key("Return")


def widen(table, column):
    """Makes a column of a table as wide as what it shows."""
    header = find(table, "table column header", column).get_extents(Atspi.CoordType.SCREEN)
    xdotool("mousemove", header.x + header.width, header.y + header.height // 2,
            "click", "--repeat", 2, "--delay", 50, 1)
    time.sleep(0.5)


def show_sentences(window):
    """Expert Information grouped in the other way, and our groups open."""
    find(window, "check box", "Group by summary").do_action(0)
    table = find(window, "tree")
    groups = wait_for("the other grouping",
                      lambda: rows(table) if rows(table)[0][1] == "" else None)
    click(next(cell for cell in children(table) if cell.get_role_name() == "table cell"))
    key("End")
    for group in reversed(groups):
        if group[3] in ("MAPI", "AsyncEMSMDB"):
            key("Right")
        key("Up")
    widen(table, "Summary")


def read_window(program, main, name, size, path, *menu, prepare=None):
    """The rows of the first table of a window that a menu entry opens."""
    choose(main, *menu)
    window = program.window(name)
    number = place(name, *size)
    table = wait_for(f"the table of {name}",
                     lambda: (lambda tree: tree if tree and rows(tree) else None)(
                         find(window, "tree")))
    time.sleep(2)
    if prepare:
        prepare(window)
    shown = rows(table)
    if path:
        picture(number, path)
    key("Escape")
    return shown


def read_plugins(program, main):
    choose(main, "Help", "About Wireshark")
    window = program.window("About Wireshark")
    place("About Wireshark", 900, 600)
    tab = wait_for("the list of plugins", lambda: find(window, "page tab", "Plugins"))
    click(tab)
    listed = wait_for("a plugin", lambda: [
        row for tree in descendants(window) if tree.get_role_name() in ("tree", "table")
        for row in rows(tree) if row and row[0].endswith(".so")])
    key("Escape")
    return [row[0] for row in listed]


def look(program, folder, capture, labels):
    """Goes through the windows; what they show."""
    window = program.window(capture)
    number = place(capture, WIDTH, HEIGHT)
    seen = {"details": read_details(window)}
    open_findings(window)
    picture(number, folder / "wireshark.png")
    seen["displayed"] = press_filters(window, labels)
    seen["contexts"] = read_window(program, window, "Asynchronous Contexts", (1200, 300), None,
                                   "Statistics", "Exchange Asynchronous Contexts")
    seen["waits"] = read_window(program, window, "Asynchronous Waits", (900, 420),
                                folder / "statistics.png", "Statistics",
                                "Exchange Asynchronous Waits")
    seen["graphs"] = read_window(program, window, "I/O Graphs", (1000, 600), folder / "graph.png",
                                 "Statistics", "I/O Graphs")
    seen["expert"] = read_window(program, window, "Expert Information", (1400, 640),
                                 folder / "expert.png", "Analyze", "Expert Information",
                                 prepare=show_sentences)
    seen["plugins"] = read_plugins(program, window)
    seen["alerts"] = [name for name, item in program.windows().items()
                      if item.get_role_name() == "alert"]
    return seen


def look_at_packet(program, folder, capture):
    """The packet list and our item in the details, and nothing else."""
    window = program.window(capture)
    number = place(capture, WIDTH, HEIGHT)
    lines = read_details(window)
    click(our_item(window))
    key("Right")
    picture(number, folder / "mapi.png")
    return {"details": lines}


def main():
    profile, capture, frame, folder, *labels = sys.argv[1:]
    folder = Path(folder)
    words = ["wireshark", "-C", profile, "-o", "gui.update.enabled:FALSE", "-g", frame, "-r",
             capture]
    with Screen(), Program(folder / "wireshark.log", *words) as program:
        try:
            name = Path(capture).name
            seen = look(program, folder, name, labels) if labels \
                else look_at_packet(program, folder, name)
        except Exception:
            picture("root", folder / "failure.png")
            raise
    (folder / "seen.json").write_text(json.dumps(seen), encoding="utf-8")


if __name__ == "__main__":
    main()
