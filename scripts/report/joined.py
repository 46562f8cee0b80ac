# joined.py
# Several files that are one capture: merged by time, and frames named by the file they come from
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import os
import re
import struct
import subprocess
import textwrap
from array import array

from . import page
from .captures import Problem, printable_name
from .jobs import Printer

INTERFACES = re.compile(r"^Number of interfaces in file: (\d+)$", re.M)
ENHANCED_PACKET, INTERFACE, SECTION = 6, 1, 0x0A0D0D0A
FRAME = re.compile(r"\b([Ff]rame) (\d+)")
JSON_FRAMES = re.compile(rb'frames?":(\d+|\[[\d,]*\])')
COLUMN = "Connect frame"
WIDTH = 100


class FrameMap:
    """Which frame of which file a frame of the merged capture is."""

    def __init__(self, path, interfaces):
        """@param interfaces  how many each file has; in the merged file they follow each other"""
        self._owner = [number for number, count in enumerate(interfaces) for _ in range(count)]
        self._files = array("H")  # of each frame
        with open(path, "rb") as file:
            self._read(file)

    def _read(self, file):
        """Walks over the blocks of a pcapng file that this machine has just written."""
        while len(head := file.read(12)) == 12:
            kind, length, interface = struct.unpack("=III", head)
            if kind == ENHANCED_PACKET:
                if interface >= len(self._owner):
                    raise Problem("mergecap wrote an interface that none of the captures has")
                self._files.append(self._owner[interface])
            if length < 12 or length % 4:
                raise Problem("mergecap wrote a damaged file")
            file.seek(length - 12, os.SEEK_CUR)

    def place(self, frames):
        """For each frame the number of its file and its frame there. In one pass."""
        wanted = set(frames)
        counts, places = {}, {}
        for frame, number in enumerate(self._files, 1):
            counts[number] = counts.get(number, 0) + 1
            if frame in wanted:
                places[frame] = (number, counts[number])
        return places


class Joined:
    """All captures of the command line as one."""

    def __init__(self, analyser, options):
        self._analyser = analyser
        self._options = options
        self._path = str(analyser.folder / "joined.pcapng")
        self._name = " + ".join(os.path.basename(name) for name in options.captures)
        self._frames = set()
        self._text = b""
        self._map = None

    def analyse(self):
        self._merge()
        if self._options.html:
            return page.write(self._analyser, self._options, [(self._path, self._name, self._more)])
        printer = Printer(self._analyser, self._options)
        self._analyser.progress.expect(os.path.getsize(self._path))
        if self._options.json:
            result = self._analyser.analyse(
                self._path, self._collecting(printer.write), self._statistic(), self._more)
        else:
            result = self._analyser.analyse(self._path, self._keep, self._statistic())
            printer.write(self._with_files().encode("utf-8", "surrogateescape"))
        printer.finish(self._name, result)
        return printer.worst

    def _statistic(self):
        return self._options.statistic(printable_name(self._name), join=True)

    def _merge(self):
        paths = []
        for capture in self._options.captures:
            problem = self._analyser.problem_of(capture)
            if problem:
                raise Problem(f"{capture}: {problem}")
            paths.append(self._analyser.readable(self._analyser.capture_of(capture)))
        with open(self._path, "wb") as merged:
            result = self._analyser.as_user(
                "mergecap", "-F", "pcapng", "-I", "none", "-w", "-", *paths, stdout=merged,
                stderr=subprocess.PIPE)
        if result.returncode != 0:
            raise Problem("the captures cannot be merged: " +
                          " ".join(result.stderr.decode("utf-8", "replace").split())[:300])
        os.chmod(self._path, 0o644)
        self._map = FrameMap(self._path, [self._interfaces(path) for path in paths])

    def _interfaces(self, path):
        result = self._analyser.as_user("capinfos", "-I", path, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True, errors="replace")
        found = INTERFACES.search(result.stdout)
        return int(found[1]) if found else 1

    # --- JSON ---

    def _collecting(self, write):
        """Passes a report on, and remembers the frames in it."""
        rest = b""

        def take(piece):
            nonlocal rest
            write(piece)
            text = rest + piece
            # A number may go on in the next piece.
            end = text.rfind(b"}") + 1
            for match in JSON_FRAMES.finditer(text, 0, end):
                self._frames.update(int(number) for number in re.findall(rb"\d+", match[1]))
            rest = text[end:]
        return take

    def frames_of(self, report):
        """The same from an object that has been read."""
        take = self._collecting(lambda piece: None)
        take(json.dumps(report, separators=(",", ":")).encode())

    def _more(self, report=None):
        if report is not None:
            self.frames_of(report)
        places = self._map.place(self._frames)
        return {"files": [printable_name(name) for name in self._options.captures],
                "frames": {str(frame): list(places[frame]) for frame in sorted(places)}}

    # --- text ---

    def _keep(self, piece):
        self._text += piece

    def _with_files(self):
        text = self._text.decode("utf-8", "replace").replace(self._path, self._name, 1)
        lines = text.splitlines()
        made = made_frames(lines)
        frames = {int(match[2]) for match in FRAME.finditer(text)} | set(made)
        places = self._map.place(frames)

        def named(frame):
            number, own = places[frame]
            return f"{os.path.basename(self._options.captures[number])}: {own}"

        def name_frame(match):
            frame = int(match[2])
            return f"{match[0]} ({named(frame)})" if frame in places else match[0]

        if made:
            legend = ", ".join(f"{frame} ({named(frame)})" for frame in made if frame in places)
            place = end_of_tables(lines)
            lines[place:place] = [f"Connect frames by file: {legend}."]
        return "\n".join(wrap(FRAME.sub(name_frame, line)) for line in lines) + "\n"


def made_frames(lines):
    """The frames in the column of the tables that has them, in their order."""
    end, found = None, []
    for line in lines:
        if line.startswith("Context ") and COLUMN in line:
            end = line.index(COLUMN) + len(COLUMN)
        elif not line:
            end = None
        elif end is not None and line[:7].strip().isdigit():
            number = line[:end].split()[-1]
            if number.isdigit():
                found.append(int(number))
    return list(dict.fromkeys(found))


def end_of_tables(lines):
    """Where the paragraph of the last table ends."""
    last = max(i for i, line in enumerate(lines) if line.startswith("Context "))
    while lines[last]:
        last += 1
    return last


def wrap(line):
    """Breaks a paragraph into lines; tables are no wider already."""
    if len(line) <= WIDTH:
        return line
    indent = len(line) - len(line.lstrip())
    return textwrap.fill(line.strip(), WIDTH, initial_indent=" " * indent,
                         subsequent_indent=" " * (indent + 2 if indent else 0),
                         break_long_words=False, break_on_hyphens=False)
