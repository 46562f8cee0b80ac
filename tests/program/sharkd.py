# sharkd.py
# Wireshark's daemon: one process that loads one capture after the other, as the windows do
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Speaks JSON-RPC over sharkd's standard input and output."""

import json
import subprocess
from pathlib import Path

PROTOCOLS = ("emsmdb", "asyncemsmdb", "oxcnotif")
# What a click into the tree asks for; positions of bytes say nothing that the lines do not.
ITEM_KEYS = ("l", "f", "s", "g")


class Sharkd:
    """A context manager. Its messages are in the file errors."""

    def __init__(self, command, errors):
        self._command = command
        self._errors = Path(errors)
        self._requests = 0

    def __enter__(self):
        with open(self._errors, "wb") as log:
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE,
                                             stdout=subprocess.PIPE, stderr=log)
        return self

    def __exit__(self, *_):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def close(self):
        """Lets it end by itself; its exit status."""
        self._process.stdin.close()
        self._process.stdout.read()
        return self._process.wait()

    def ask(self, method, **parameters):
        """The answer to one request."""
        self._requests += 1
        request = {"jsonrpc": "2.0", "id": self._requests, "method": method}
        if parameters:
            request["params"] = parameters
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        while line := self._process.stdout.readline():
            if line.startswith(b"{"):  # not a line that greets
                break
        else:
            raise RuntimeError(f"sharkd ended with {self._process.wait()} on {request}: "
                               f"{self._errors.read_text(errors='replace')[-2000:]}")
        answer = json.loads(line)
        if answer.get("id") != self._requests or "result" not in answer:
            raise RuntimeError(f"{request}: {answer}")
        return answer["result"]

    def load(self, capture):
        """Opens a capture and closes the one before; the number of frames."""
        self.ask("load", file=str(capture))
        return self.ask("status")["frames"]

    def set(self, preference, value):
        self.ask("setconf", name=preference, value=value)

    def frame(self, number):
        """Our items of a frame with all that is below them."""
        tree = self.ask("frame", frame=number, proto=True)["tree"]
        return [lines(item) for item in tree if item.get("f") in PROTOCOLS]


def lines(item):
    return [[item.get(key) for key in ITEM_KEYS], *map(lines, item.get("n", []))]
