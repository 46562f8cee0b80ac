# jobs.py
# Analyses many captures, several at once, and prints what comes of them in their order
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from .captures import Result


def total_size(captures):
    return sum(os.path.getsize(capture) for capture in captures if os.path.isfile(capture))


class Printer:
    """Prints reports one after the other, and what went wrong with each."""

    def __init__(self, analyser, options):
        self._analyser = analyser
        self._text = not options.json
        self._printed = False
        self.worst = 0

    def write(self, piece):
        if self._text and self._printed:
            sys.stdout.buffer.write(b"\n")
        self._printed = False
        self._analyser.progress.clear()
        sys.stdout.buffer.write(piece)

    def finish(self, capture, result):
        sys.stdout.buffer.flush()
        self._printed = True
        self._analyser.progress.clear()
        if result.messages:
            sys.stderr.write(result.messages)
        if result.problem:
            print(f"run: {capture}: {result.problem}", file=sys.stderr)
        sys.stderr.flush()
        self.worst = max(self.worst, result.status)


def analyse_in_turn(analyser, options, printer):
    for capture in options.captures:
        if analyser.interrupted:
            break
        printer.finish(capture, analyser.analyse(capture, printer.write))


def analyse_to_file(analyser, capture):
    # Closed by print_result().
    file = tempfile.TemporaryFile(dir=analyser.folder)  # pylint: disable=consider-using-with
    if analyser.interrupted:
        return file, None
    try:
        return file, analyser.analyse(capture, file.write)
    except OSError as error:
        return file, Result(str(error))


def print_result(printer, capture, file, result):
    with file:
        if result is None:
            return
        if file.tell() > 0:
            file.seek(0)
            printer.write(b"")
            shutil.copyfileobj(file, sys.stdout.buffer)
        printer.finish(capture, result)


def analyse_at_once(analyser, options, printer):
    with ThreadPoolExecutor(options.jobs) as pool:
        jobs = [pool.submit(analyse_to_file, analyser, capture) for capture in options.captures]
        for capture, job in zip(options.captures, jobs):
            print_result(printer, capture, *job.result())


def analyse_all(analyser, options):
    """Returns the exit status: the highest of all captures."""
    printer = Printer(analyser, options)
    analyser.progress.expect(total_size(options.captures))
    if options.jobs > 1 and len(options.captures) > 1:
        analyse_at_once(analyser, options, printer)
    else:
        analyse_in_turn(analyser, options, printer)
    return 2 if analyser.interrupted else printer.worst
