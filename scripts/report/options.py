# options.py
# The command line of ./run
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later

import os
import re

USAGE = """\
Usage: ./run [OPTION...] [CAPTURE...] [-- TSHARK-OPTION...]
       ./run [OPTION...] --live INTERFACE [FILTER] [-- TSHARK-OPTION...]

Prints for each capture the asynchronous contexts with their waits, the findings and a summary.
A capture may be compressed (gz, zstd, lz4), or an archive of Fiddler (.saz); - is a capture from
standard input.
Without a capture, analyses captures/bad-tour.pcapng, which shows one session with many faults.

  --html FILE  write a page with a timeline of each session, to be opened in a browser
  --json       print the report as JSON, one object a capture
  --waits      with --json: every wait, too
  --all        list every finding, also where one rule fires many times
  --join       take all captures for parts of one, and merge them by time: a ring of files, or
               what two capture points wrote
  -j N         analyse N captures at once; what is printed stays in the order of the captures
  --live       capture from INTERFACE and print what happens while it happens, until Ctrl-C;
               FILTER is a capture filter, such as "host 192.0.2.20"
  --help       print this text
  --           what follows goes to tshark: -d tcp.port==6001,dcerpc, -o tls.keylog_file:keys.txt ...

Exit status: 0 no violation, 1 a violation, 2 a capture could not be analysed, or not to its end.
"""


class UsageError(Exception):
    """The arguments make no sense."""


def usage():
    return USAGE


class Options:
    """What was asked for."""

    def __init__(self, arguments):
        self.help = self.json = self.waits = self.all = self.join = self.live = False
        self.html = None
        self.jobs = 1
        self.captures = []
        self.tshark = []
        self._parse(list(arguments))
        if not self.help:
            self._check()

    def _parse(self, arguments):
        while arguments:
            word = arguments.pop(0)
            if word == "--":
                self.tshark = arguments
                break
            if word in ("--json", "--waits", "--all", "--join", "--live"):
                setattr(self, word[2:], True)
            elif word in ("--help", "-h"):
                self.help = True
            elif word == "--html":
                self.html = self._value(word, arguments)
            elif word == "-j":
                self.jobs = self._number(self._value(word, arguments))
            elif word.startswith("-j") and word[2:].isdigit():
                self.jobs = self._number(word[2:])
            elif word.startswith("-") and word != "-" and not os.path.lexists(word):
                raise UsageError(f"unknown option: {word} (./run --help lists them)")
            else:
                self.captures.append(word)

    @staticmethod
    def _value(word, arguments):
        if not arguments:
            raise UsageError(f"{word} takes an argument (./run --help)")
        return arguments.pop(0)

    @staticmethod
    def _number(text):
        if not text.isdigit() or not 1 <= int(text) <= 1000:
            raise UsageError(f"-j takes a number from 1 on, not {text}")
        return int(text)

    def _check(self):
        if self.html and self.json:
            raise UsageError("--html and --json exclude each other")
        if self.waits and not self.json:
            raise UsageError("--waits goes with --json")
        if self.live and (self.html or self.json or self.join):
            raise UsageError("--live goes with no other form of the report")
        if self.live and not 1 <= len(self.captures) <= 2:
            raise UsageError("--live takes an interface, and perhaps a capture filter in one word")
        if self.join and not self.captures:
            raise UsageError("--join takes the captures that are one")
        if self.captures.count("-") > (0 if self.join else 1):
            raise UsageError("standard input can be read once, and not with --join")
        if "-" in self.captures and self.two_passes:
            raise UsageError("standard input cannot be read in two passes (-2)")

    @property
    def two_passes(self):
        """Whether tshark is to read each capture twice, which it cannot do from a pipe."""
        return any(re.match("-[a-zA-Z]*2", word) for word in self.tshark)

    def statistic(self, name, join=False):
        """The argument of -z, for a capture of this name."""
        if self.json or self.html:
            words = ["oxcnotif,json"] + (["waits"] if self.waits or self.html else [])
            return ",".join([*words, f"name:{name}"])
        words = ["oxcnotif,contexts"] + (["all"] if self.all else []) + (["long"] if join else [])
        return ",".join(words)
