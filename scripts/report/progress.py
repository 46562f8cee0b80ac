# progress.py
# How far tshark has come, while somebody watches
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later

import contextlib
import os
import sys
import threading
import time

WIDTH = 60
PATIENCE = 3  # seconds after which an estimate is worth something


def position(pid):
    """How far a process has read in the file in which it is farthest, in bytes."""
    farthest = 0
    folder = f"/proc/{pid}/fdinfo"
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            with contextlib.suppress(OSError, ValueError), \
                    open(f"{folder}/{name}", encoding="ascii") as file:
                farthest = max(farthest, int(file.readline().split()[1]))
    return farthest


def duration(seconds):
    seconds = int(seconds + 0.5)
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min {seconds % 60} s"
    return f"{seconds // 3600} h {seconds % 3600 // 60} min"


class Progress:
    """Writes to standard error, once a second, and only to a terminal."""

    def __init__(self, stream=sys.stderr):
        self._stream = stream
        self._watched = {}  # process id to size of its capture
        self._total = self._done = 0
        self._begin = time.monotonic()
        self._lock = threading.Lock()
        self._thread = None
        self._shown = False

    def expect(self, total):
        """Says how many bytes all captures have together."""
        self._total = total

    @contextlib.contextmanager
    def watching(self, pid, size):
        """While a process reads a capture."""
        with self._lock:
            self._watched[pid] = size
        if self._stream.isatty() and self._thread is None:
            self._thread = threading.Thread(target=self._run, daemon=True)
            self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._watched.pop(pid, None)
                self._done += size
            self.clear()

    def _run(self):
        while True:
            time.sleep(1)
            text = self.text()
            if text:
                self._shown = True
                self._stream.write("\r" + text.ljust(WIDTH)[:WIDTH])
                self._stream.flush()

    def text(self):
        """What there is to say, or None."""
        with self._lock:
            read = self._done + sum(min(position(pid), size)
                                    for pid, size in self._watched.items())
            total = max(self._total, self._done + sum(self._watched.values()))
            if not self._watched or total == 0:
                return None
        share = read / total
        text = f"{share:4.0%} read"
        spent = time.monotonic() - self._begin
        if spent >= PATIENCE and share > 0.01:
            text += f", about {duration(spent / share * (1 - share))} left"
        return text

    def clear(self):
        """Makes room for what is printed."""
        if self._shown:
            self._stream.write("\r" + " " * WIDTH + "\r")
            self._stream.flush()
            self._shown = False
