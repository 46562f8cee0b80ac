# tshark.py
# tshark for the fuzz tests: with the plugin under the sanitizers, as it is, or without it
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark loads no plugin from an environment variable when root runs it, so root becomes
nobody here."""

import os
import resource
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

CAPTURES = Path(__file__).resolve().parent.parent.parent / "captures"
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]
SANITIZERS = {
    "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=1:quarantine_size_mb=16",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "WIRESHARK_DEBUG_WMEM_OVERRIDE": "simple",
}


class Result:
    """How a run ended: seconds of CPU, the most memory in bytes, and the start of what it wrote, as
    text and as bytes."""

    def __init__(self, status, seconds, memory, output, errors):
        self.status, self.seconds, self.memory = status, seconds, memory
        self.raw, self.output, self.errors = output, output.decode(errors="replace"), errors

    def problem(self):
        """Why this is no good run, or None."""
        for sign in ("ERROR: AddressSanitizer", "runtime error:", "Dissector bug", "DISSECTOR BUG"):
            if sign in self.errors:
                return self.errors[self.errors.index(sign):][:3000]
        if self.status != 0:
            return f"exit status {self.status}: {self.errors[-1000:]}"
        return None


class Tshark:
    """A context manager: a folder that nobody can read, with the plugin in it.

    plugins: the folder that holds 4.x/epan/oxcnotif.so; sanitized: what has to be loaded first"""

    def __init__(self, plugins, sanitized=None):
        self._source = Path(plugins)
        self._sanitized = sanitized

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="oxcnotif-fuzz.", dir="/tmp",
                                                   ignore_cleanup_errors=True)
        self.path = Path(self._folder.name)
        shutil.copytree(self._source, self.path / "plugins")
        (self.path / "none").mkdir()
        (self.path / "home").mkdir()
        for path in [self.path, *self.path.rglob("*")]:
            path.chmod(0o755)
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def prove_loaded(self):
        """Raises RuntimeError unless tshark loads the plugin: it would go on without it."""
        capture = self.add(CAPTURES / "story.pcapng")
        result = self.run(["-r", capture, "-T", "fields", "-e", "oxcnotif.wait_time"])
        if result.problem() is not None or "41.337" not in result.output:
            raise RuntimeError(f"tshark did not load the plugin: {result.errors[:1000]}")

    def add(self, source):
        """A copy of a file that tshark's user can read."""
        copy = self.path / Path(source).name
        shutil.copyfile(source, copy)
        copy.chmod(0o644)
        return copy

    def run(self, words, plugin=True, seconds=60, memory=None, keep=2000):
        """Runs tshark. keep: bytes of its output that are wanted; memory: bytes it may have, which
        the sanitizers do not get along with."""
        variables = {
            "PATH": os.environ["PATH"], "HOME": self.path / "home", "LC_ALL": "C.UTF-8",
            "TZ": "UTC", "WIRESHARK_CONFIG_DIR": self.path / "home",
            "WIRESHARK_PLUGIN_DIR": self.path / ("plugins" if plugin else "none"),
            "WIRESHARK_ABORT_ON_DISSECTOR_BUG": "1",
        }
        if self._sanitized and plugin:
            variables.update(SANITIZERS, LD_PRELOAD=self._sanitized)
        command = [*(NOBODY if os.geteuid() == 0 else []), "env", "-i", "-C", self.path / "home",
                   *(f"{name}={value}" for name, value in variables.items()), "tshark", *words]
        return _run([word if isinstance(word, bytes) else str(word) for word in command], seconds, memory, keep)


def _limits(seconds, memory):
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if memory:
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    return limit


def _run(command, seconds, memory, keep):
    with tempfile.TemporaryFile() as errors:
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=errors, preexec_fn=_limits(seconds, memory)) as process:
            # For what hangs without using the processor, in which all else is counted.
            alarm = threading.Timer(20 * seconds, process.kill)
            alarm.start()
            output, size = b"", 0
            while True:
                piece = process.stdout.read(1 << 20)
                if not piece:
                    break
                size += len(piece)
                output += piece[:max(0, keep - len(output))]
            # One process after the other: this is the usage of this one alone.
            _, status, usage = os.wait4(process.pid, 0)
            alarm.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
        errors.seek(0)
        text = errors.read(1 << 20).decode(errors="replace")
    result = Result(process.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024,
                    output, text)
    result.output_size = size
    return result
