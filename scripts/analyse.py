# analyse.py
# Runs tshark on captures and prints what comes of them: the part of ./run behind installing and
# building
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Run by ./run, twice:

    analyse.py check ARGUMENT...      ends with 2 if the arguments make no sense, with 3 after --help
    analyse.py run FOLDER ARGUMENT...

FOLDER has the files "tshark" and "user": the words of the commands that run tshark with the plugin
and any command as the user that tshark runs as, each with a null byte behind it.
"""

import signal
import sys
from pathlib import Path

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
from report import live, page
from report.captures import Analyser, Problem
from report.jobs import analyse_all
from report.joined import Joined
from report.options import Options, UsageError, usage

SOURCE = Path(__file__).resolve().parent.parent


def fail(text):
    print(f"run: {text}", file=sys.stderr)
    return 2


def check(arguments):
    try:
        options = Options(arguments)
    except UsageError as error:
        return fail(error)
    if options.help:
        print(usage(), end="")
        return 3
    return 0


def run(folder, arguments):
    options = Options(arguments)
    if not options.captures and not options.live:
        options.captures = [str(SOURCE / "captures" / "bad-tour.pcapng")]
    analyser = Analyser(Path(folder), options)
    signal.signal(signal.SIGINT, analyser.interrupt)
    try:
        if options.live:
            return live.watch(analyser, options)
        if options.join:
            return Joined(analyser, options).analyse()
        if options.html:
            return page.write(analyser, options)
        return analyse_all(analyser, options)
    except Problem as problem:
        return fail(problem)


def main():
    # Whoever reads no further wants no traceback.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if sys.argv[1] == "check":
        return check(sys.argv[2:])
    return run(sys.argv[2], sys.argv[3:])


if __name__ == "__main__":
    sys.exit(main())
