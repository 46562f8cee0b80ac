# live.py
# Captures from an interface and prints what happens while it happens
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later

import subprocess
import sys
import tempfile

from .captures import SUMMARY, TAIL, Problem, one_line

RIGHTS = ("whether dumpcap may capture: as root, or after 'sudo dpkg-reconfigure wireshark-common' "
          "as a member of the group wireshark")


def capture_from(interface, capture_filter, errors):
    """dumpcap, which writes what it captures to its standard output, and keeps nothing."""
    words = ["dumpcap", "-q", "-i", interface, "-w", "-"]
    if capture_filter:
        words += ["-f", capture_filter]
    return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors)


def messages_of(file):
    file.seek(0)
    return one_line(file.read().decode("utf-8", "replace"))


def watch(analyser, options):
    """Returns the exit status, once the user has ended it or the interface is gone."""
    interface, capture_filter = (options.captures + [None])[:2]
    with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as complaints:
        try:
            source = capture_from(interface, capture_filter, complaints)
        except OSError as error:
            raise Problem(f"dumpcap cannot be run: {error.strerror}") from error
        analyser.add(source)
        words = ["oxcnotif,live"] + (["all"] if options.all else [])
        process = analyser.start(",".join(words), "-", source.stdout, errors, "-l")
        source.stdout.close()
        if sys.stderr.isatty():
            print(f"Capturing from {interface}; Ctrl-C ends it.", file=sys.stderr)
        tail = b""
        while piece := process.stdout.read1(65536):
            sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
            tail = (tail + piece)[-TAIL:]
        status = analyser.end(process)
        if analyser.end(source) != 0 and not analyser.interrupted:
            raise Problem(f"{interface}: {messages_of(complaints)} (look {RIGHTS})")
        found = SUMMARY.findall(tail)
        if status != 0 or not found:
            raise Problem(f"{interface}: {messages_of(errors)}")
    return 1 if int(found[-1]) else 0
