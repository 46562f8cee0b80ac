# captures.py
# Runs tshark on one capture after the other
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from .progress import Progress

SUMMARY = re.compile(rb"^\d+ contexts?, \d+ waits?, (\d+) violations?, \d+ suspicions?$", re.M)
JSON_SUMMARY = re.compile(rb'"summary":\{[^{}]*"violations":(\d+)')
TAIL = 4096  # the summary is within so many last bytes of a report
MOST_MESSAGE = 300
# What captures begin with; of large files that begin so nobody asks whether they are captures.
MAGIC = [bytes.fromhex(text) for text in (
    "0a0d0d0a", "d4c3b2a1", "a1b2c3d4", "4d3cb2a1", "a1b23c4d", "1f8b", "28b52ffd", "04224d18")]
SMALL = 65536
# Kinds of files that Wireshark opens as one single thing; it takes many a damaged capture for that.
# The archives of Fiddler (.saz) are ZIP files; what turns them into captures stands by itself.
ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")
FROM_ARCHIVE = Path(__file__).resolve().parent.parent / "saz2pcapng"
NO_CAPTURE = re.compile(r"^File encapsulation: *(MIME|MP4|JavaScript|ASN\.1|RFC 7468|.*journal)",
                        re.M)


class Problem(Exception):
    """Why nothing more can be done, in one line."""


class Result:
    """What came of one capture."""

    def __init__(self, problem=None, violations=None):
        self.problem = problem
        self.violations = violations
        self.messages = ""  # of tshark, where it did its work all the same

    @property
    def status(self):
        if self.problem:
            return 2
        return 1 if self.violations else 0


def printable_name(name):
    return os.fsencode(name).decode("utf-8", "replace")


def one_line(text):
    """What tshark complained about, in one line: it can be long, with all that would have been
    right."""
    text = " ".join(text.replace("tshark: ", "", 1).split())
    if len(text) > MOST_MESSAGE:
        text = text[:MOST_MESSAGE] + " ..."
    return text.replace('The file "-"', "The file").replace('"-"', "the capture")


def is_archive(path):
    with open(path, "rb") as file:
        return file.read(4) in ARCHIVE


class Analyser:
    """Runs tshark with the plugin. Several threads may use it at once."""

    def __init__(self, folder, options):
        self.folder = folder
        self.options = options
        self._tshark = self._words("tshark")
        self._user = self._words("user")
        self._lock = threading.Lock()
        self._running = set()
        self.interrupted = False
        self.progress = Progress()
        self._converted = {}
        self._options = [self._adapt(i) for i in range(len(options.tshark))]

    def _words(self, name):
        return (self.folder / name).read_bytes().split(b"\0")[:-1]

    def interrupt(self, *_):
        """Ctrl-C: tshark reads no further and reports on what it has read."""
        self.interrupted = True
        with self._lock:
            for process in self._running:
                process.send_signal(2)

    def as_user(self, *words, **keywords):
        """Runs a command as the user that tshark runs as."""
        return subprocess.run([*self._user, *words], check=False, **keywords)

    def can_read(self, path):
        return self.as_user("test", "-r", os.path.abspath(path)).returncode == 0

    def readable(self, path):
        """A path by which tshark's user can read the file: a copy's, if need be."""
        if self.can_read(path):
            return os.path.abspath(path)
        copy = Path(tempfile.mkdtemp(prefix="copy.", dir=self.folder))
        copy.chmod(0o755)
        shutil.copyfile(path, copy / "capture")
        (copy / "capture").chmod(0o444)
        return str(copy / "capture")

    def _adapt(self, i):
        """Key files and such, named in options as "-o NAME:FILE", "-X NAME:FILE" or "-K FILE", must
        be readable for tshark's user, from its own folder."""
        words = self.options.tshark
        file = words[i].partition(":")[2] or words[i]
        if i > 0 and words[i - 1] in ("-o", "-X", "-K") and os.path.isfile(file):
            return words[i][:len(words[i]) - len(file)] + self.readable(file)
        return words[i]

    def problem_of(self, capture):
        """Why a capture cannot even be opened, or None."""
        if capture == "-":
            return None
        if not os.path.lexists(capture) or not os.path.exists(capture):
            return "no such file"
        if os.path.isdir(capture):
            return "is a folder"
        if not os.access(capture, os.R_OK):
            return "cannot be read"
        if os.path.isfile(capture) and os.path.getsize(capture) == 0:
            return "is empty"
        if os.path.isfile(capture) and is_archive(capture):
            return self._convert(capture)
        if os.path.isfile(capture) and self._holds_no_packets(capture):
            return "is not a capture, or its beginning is damaged"
        return None

    def _convert(self, archive):
        """Makes a capture of an archive. Returns why that cannot be done, or None."""
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".pcapng", delete=False) as file:
            os.chmod(file.name, 0o644)
        result = subprocess.run([sys.executable, FROM_ARCHIVE, archive, file.name], check=False,
                                stderr=subprocess.PIPE, text=True, errors="replace")
        if result.returncode != 0:
            return one_line(result.stderr).replace(f"saz2pcapng: {archive}: ", "", 1)
        self._converted[archive] = file.name
        return None

    def capture_of(self, path):
        """The capture that a file is, or was turned into by problem_of()."""
        return self._converted.get(path, path)

    def _holds_no_packets(self, capture):
        with open(capture, "rb", buffering=0) as file:
            magic = file.read(4)
            if any(magic.startswith(known) for known in MAGIC) and \
                    os.path.getsize(capture) >= SMALL:
                return False
            file.seek(0)
            result = self.as_user("capinfos", "-E", "-", stdin=file, stdout=subprocess.PIPE,
                                  stderr=subprocess.DEVNULL, text=True, errors="replace")
        return NO_CAPTURE.search(result.stdout) is not None

    def _input(self, capture):
        """What tshark reads: the argument of -r, and its standard input."""
        capture = self.capture_of(capture)
        if capture == "-":
            return "-", sys.stdin.buffer
        if self.options.two_passes or self.can_read(capture):
            return self.readable(capture), subprocess.DEVNULL
        return "-", open(capture, "rb")  # pylint: disable=consider-using-with

    def add(self, process):
        """A process that is to be told of Ctrl-C."""
        with self._lock:
            self._running.add(process)
            if self.interrupted:
                process.send_signal(2)

    def start(self, statistic, source, stdin, errors, *words):
        """Runs tshark for a statistic. To be ended with end()."""
        process = subprocess.Popen(
            [*self._tshark, "-q", *words, "-z", statistic, *self._options, "-r", source],
            stdin=stdin, stdout=subprocess.PIPE, stderr=errors)
        self.add(process)
        return process

    def end(self, process):
        status = process.wait()
        with self._lock:
            self._running.discard(process)
        return status

    def report(self, capture, statistic, write):
        """Runs tshark on a capture and hands over what it prints, piece by piece.
        Returns the exit status, the last bytes that were printed, and its messages."""
        source, stdin = self._input(capture)
        size = os.path.getsize(capture) if capture != "-" and os.path.isfile(capture) else 0
        tail = b""
        with tempfile.TemporaryFile() as errors:
            process = self.start(statistic, source, stdin, errors)
            with self.progress.watching(process.pid, size):
                while piece := process.stdout.read1(65536):
                    write(piece)
                    tail = (tail + piece)[-TAIL:]
                status = self.end(process)
            if stdin not in (subprocess.DEVNULL, sys.stdin.buffer):
                stdin.close()
            errors.seek(0)
            return status, tail, errors.read().decode("utf-8", "replace")

    def analyse(self, capture, write, statistic=None, finish=None):
        """Analyses one capture in the form that was asked for.
        @param write   takes the report, in pieces
        @param finish  what is to be added to the object of --json, called with the tail"""
        name = capture
        if capture.startswith("-") and capture != "-":
            capture = "./" + capture
        problem = self.problem_of(capture)
        if self.options.json or self.options.html:
            return self._analyse_json(capture, name, problem, write, statistic, finish)
        if problem:
            return Result(problem)
        write(os.fsencode(f"Capture: {name}\n\n"))
        status, tail, messages = self.report(
            capture, statistic or self.options.statistic(name), write)
        found = SUMMARY.findall(tail)
        return self._result(status, found[-1] if found else None, messages)

    def _analyse_json(self, capture, name, problem, write, statistic, finish):
        if problem:
            write(json.dumps({"capture": printable_name(name), "error": problem}).encode() + b"\n")
            return Result(problem)
        held = HeldEnd(write)
        status, tail, messages = self.report(
            capture, statistic or self.options.statistic(name), held.write)
        found = JSON_SUMMARY.findall(tail)
        result = self._result(status, found[-1] if found else None, messages)
        more = dict(finish() if finish else {})
        if result.problem:
            more["error"] = result.problem
        if not tail:
            more = {"capture": printable_name(name), **more}
        held.finish(more)
        return result

    def _result(self, status, violations, messages):
        result = Result(violations=int(violations) if violations is not None else None)
        if self.interrupted:
            result.problem = "interrupted: the report covers what had been read"
        elif status != 0 or violations is None:
            result.problem = one_line(messages) or "tshark ended without saying why"
        else:
            result.messages = messages
        return result


class HeldEnd:
    """Passes JSON on, but for the brace that closes it: there may be more to say by then."""

    END = b"}\n"

    def __init__(self, write):
        self._write = write
        self._held = b""

    def write(self, piece):
        piece = self._held + piece
        self._held = piece[-len(self.END):]
        if len(piece) > len(self.END):
            self._write(piece[:-len(self.END)])

    def finish(self, more):
        """@param more  members to be added"""
        begun = self._held == self.END
        members = json.dumps(more)[1:-1].encode()
        if begun:
            self._write((b"," + members if members else b"") + self.END)
        else:
            self._write(self._held + b"{" + members + self.END)
