# sandbox.py
# A user with nothing but the plugin and its profile, to run Wireshark's programs as
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Wireshark loads no plugin from an environment variable when root runs it, so root becomes
nobody here; what is to be read is copied to where nobody can read it."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("OXCNOTIF_BUILD", SOURCE / "build"))
PROFILE = "Exchange Notifications"
NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"]


class Sandbox:
    """A context manager; its folder goes when it ends."""

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="oxcnotif-sandbox.", dir="/tmp",
                                                   ignore_cleanup_errors=True)
        self.path = Path(self._folder.name)
        self.home = self.path / "home"
        profiles = self.home / ".config" / "wireshark" / "profiles"
        shutil.copytree(SOURCE / "profiles" / PROFILE, profiles / PROFILE)
        shutil.copytree(BUILD / "plugins", self.path / "plugins")
        self.path.chmod(0o755)
        self._open(self.path)
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def _open(self, place):
        """Everything can be read, and the home is the user's own."""
        for path in [place, *place.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
            if os.geteuid() == 0 and path.is_relative_to(self.home):
                os.chown(path, 65534, 65534)

    def add(self, source):
        """A copy of a file that the user can read."""
        copy = self.path / Path(source).name
        shutil.copyfile(source, copy)
        copy.chmod(0o644)
        return copy

    def folder(self, name):
        """A folder of the user."""
        path = self.home / name
        path.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(path, 65534, 65534)
        return path

    def command(self, *words, **environment):
        """What runs a command as the user."""
        variables = {
            "PATH": os.environ["PATH"], "HOME": self.home, "LC_ALL": "C.UTF-8", "TZ": "UTC",
            "WIRESHARK_PLUGIN_DIR": self.path / "plugins",
            "WIRESHARK_ABORT_ON_DISSECTOR_BUG": "1", **environment,
        }
        return [*(NOBODY if os.geteuid() == 0 else []), "env", "-i", "-C", str(self.home),
                *(f"{name}={value}" for name, value in variables.items()), *map(str, words)]

    def run(self, *words, timeout=120, **environment):
        """Runs a command and returns what it printed. Complaints are errors."""
        result = subprocess.run(self.command(*words, **environment), stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                timeout=timeout, check=False)
        if result.returncode != 0 or result.stderr:
            raise RuntimeError(f"{' '.join(map(str, words))}: exit status {result.returncode}: "
                               f"{result.stderr}")
        return result.stdout
