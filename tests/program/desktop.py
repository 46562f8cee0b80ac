# desktop.py
# A screen without a monitor, and what assistive technology sees of the program on it
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs inside a D-Bus session. Windows are read through AT-SPI, as a screen reader does."""

import os
import subprocess
import time
import warnings

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # pylint: disable=wrong-import-position

warnings.simplefilter("ignore", DeprecationWarning)
Atspi.set_timeout(60000, 60000)  # a program that opens a large window answers late
WIDTH, HEIGHT = 1400, 900


def wait_for(what, ask, seconds=90):
    """The first true answer."""
    end = time.monotonic() + seconds
    while True:
        try:
            answer = ask()
        except GLib.Error:  # it went away while it was asked
            answer = None
        if answer:
            return answer
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(0.2)


class Screen:
    """An X server with a window manager. A context manager."""

    def __enter__(self):
        reader, writer = os.pipe()
        self._server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{WIDTH + 20}x{HEIGHT + 60}x24",
             "-nolisten", "tcp"], pass_fds=[writer], stderr=subprocess.DEVNULL)
        os.close(writer)
        with os.fdopen(reader) as display:
            number = display.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        os.environ["DISPLAY"] = f":{number}"
        self._manager = subprocess.Popen(["openbox"], stdout=subprocess.DEVNULL,
                                         stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_):
        for process in (self._manager, self._server):
            process.terminate()
            process.wait()


def children(item):
    for i in range(item.get_child_count()):
        child = item.get_child_at_index(i)
        if child is not None:
            yield child


def descendants(item):
    for child in children(item):
        yield child
        yield from descendants(child)


def find(item, role, name=None):
    """The first thing below an item with this role and, if given, this name; else None."""
    for found in descendants(item):
        if found.get_role_name() == role and name in (None, found.get_name()):
            return found
    return None


def texts(tree, role="table cell"):
    return [cell.get_name() for cell in children(tree) if cell.get_role_name() == role]


def rows(tree):
    """The cells of a table, row by row."""
    width = len(texts(tree, "table column header"))
    cells = texts(tree)
    return [cells[i:i + width] for i in range(0, len(cells), width)]


def click(item):
    area = item.get_extents(Atspi.CoordType.SCREEN)
    xdotool("mousemove", area.x + 30, area.y + area.height // 2, "click", 1)
    time.sleep(0.3)


def key(name):
    xdotool("key", name)
    time.sleep(0.3)


def xdotool(*words):
    return subprocess.run(["xdotool", *map(str, words)], check=True, stdout=subprocess.PIPE,
                          text=True).stdout


class Program:
    """A program with windows. A context manager."""

    def __init__(self, log, *words):
        self._words = [str(word) for word in words]
        self._log = log

    def __enter__(self):
        environment = {**os.environ, "QT_QPA_PLATFORM": "xcb", "QT_SCALE_FACTOR": "1",
                       "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1"}
        with open(self._log, "wb") as log:
            self._process = subprocess.Popen(self._words, env=environment, stdout=log,
                                             stderr=subprocess.STDOUT)
        return self

    def __exit__(self, *_):
        self._process.terminate()
        self._process.wait()

    def windows(self):
        """Its windows: name to item. What it is still starting has none."""
        if self._process.poll() is not None:
            raise RuntimeError(f"{self._words[0]} ended with {self._process.returncode}")
        found = {}
        for program in children(Atspi.get_desktop(0)):
            program.set_cache_mask(Atspi.Cache.NONE)  # it would show what has been
            if program.get_process_id() == self._process.pid:
                found.update((window.get_name(), window) for window in children(program))
        return found

    def window(self, name):
        """The window whose name contains this, as soon as it is there. To ask a program that is
        still starting leaves AT-SPI with a wrong idea of it, so the screen is asked first."""
        wait_for(f"the window {name}", lambda: xdotool_search(name))

        def look():
            matching = [item for title, item in self.windows().items() if name in title]
            return matching[0] if matching else None
        return wait_for(f"the window {name}", look)


def choose(window, *path):
    """A menu entry of a window."""
    item = wait_for("the menu bar", lambda: find(window, "menu bar"))
    for name in path:
        item = wait_for(f"the menu entry {name}", lambda: find(item, "menu item", name))
    item.do_action(0)


def place(name, width, height):
    """Gives the window with this name a size. It becomes the one that is typed into."""
    number = wait_for(f"the window {name}", lambda: xdotool_search(name))
    xdotool("windowactivate", "--sync", number, "windowsize", "--sync", number, width, height,
            "windowmove", number, 5, 25)
    time.sleep(1)
    return number


def xdotool_search(name):
    result = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", name], check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return result.stdout.split()[0] if result.stdout.split() else None


def picture(number, path):
    """A window as a PNG with few colours, and so a small one."""
    xdotool("mousemove", WIDTH + 15, HEIGHT + 55)  # without a tool tip
    time.sleep(0.5)
    subprocess.run(["import", "-window", number, "+dither", "-colors", "64", "-strip",
                    f"PNG8:{path}"], check=True)
