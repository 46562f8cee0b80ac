# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads a scenario into steps. README.md describes the language."""

import re
import shlex

_TIME = re.compile(r"^([A-Za-z]\w*)?\+(\d+(?:\.\d+)?)(ms|s|min)?$")
_UNITS = {"ms": 1_000_000, "s": 1_000_000_000, "min": 60_000_000_000, None: 1_000_000_000}
_PARAMETER = re.compile(r"^([a-z][a-z0-9_-]*)=(.*)$", re.DOTALL)


class ScenarioError(Exception):
    """A mistake in a scenario, with the place."""


def nanoseconds(amount, unit):
    whole, _, fraction = amount.partition(".")
    scale = _UNITS[unit]
    return int(whole) * scale + int(fraction or 0) * scale // 10 ** len(fraction)


class Step:
    """One line: words, key=value parameters, and the indented lines under it."""

    def __init__(self, where, words):
        self.where = where
        self.delay = None
        self.since = None
        self.words = []
        self.parameters = {}
        self.details = []
        self.annotations = []
        self._read(words)
        self.name = self.words[0] if self.words else ""

    def _read(self, words):
        timed = _TIME.match(words[0])
        if timed:
            self.since, amount, unit = timed.groups()
            self.delay = nanoseconds(amount, unit)
            words = words[1:]
        for word in words:
            parameter = _PARAMETER.match(word)
            if not parameter:
                self.words.append(word)
            elif parameter.group(1) in self.parameters:
                raise self.error(f"{parameter.group(1)} is given twice")
            else:
                self.parameters[parameter.group(1)] = parameter.group(2)

    def error(self, text):
        return ScenarioError(f"{self.where}: {text}")

    def next_word(self, what):
        if not self.words:
            raise self.error(f"{what} is missing")
        return self.words.pop(0)

    def option(self, word):
        """True if the bare word stands on the line."""
        if word not in self.words:
            return False
        self.words.remove(word)
        return True

    def word_after(self, word):
        """The word behind a keyword such as "as", or None."""
        if word not in self.words:
            return None
        at = self.words.index(word)
        if at + 1 == len(self.words):
            raise self.error(f"a name is missing after {word}")
        found = self.words[at + 1]
        del self.words[at:at + 2]
        return found

    def text(self, key, default=None):
        return self.parameters.pop(key, default)

    def number(self, key, default=None):
        value = self.text(key)
        if value is None:
            return default
        return self._number(value)

    def numbers(self, key, default=()):
        value = self.text(key)
        if value is None:
            return list(default)
        return [self._number(part) for part in value.split(",") if part]

    def remaining_numbers(self):
        words, self.words = self.words, []
        return [self._number(word) for word in words]

    def _number(self, text):
        try:
            return int(text, 0)
        except ValueError:
            raise self.error(f"{text} is not a number") from None

    def named_number(self, key, names, default=None):
        """A number, or a name of a table."""
        value = self.text(key)
        if value is None:
            return default
        return names[value] if value in names else self._number(value)

    def hex(self, key):
        value = self.text(key)
        return None if value is None else self.hex_of(value)

    def hex_of(self, text):
        try:
            return bytes.fromhex(text.replace(":", ""))
        except ValueError:
            raise self.error(f"{text} is not hexadecimal") from None

    def take_details(self, *names):
        """Removes and returns the details that begin with one of the names."""
        taken = [detail for detail in self.details if detail.name in names]
        self.details = [detail for detail in self.details if detail.name not in names]
        return taken

    def finish(self):
        """Everything on the line must have been understood."""
        for word in self.words:
            raise self.error(f"what does {word} mean here?")
        for key in self.parameters:
            raise self.error(f"what does {key}= mean here?")
        for detail in self.details:
            raise detail.error(f"{detail.name} does not belong under this line")


class Scenario:
    """A scenario file: its title, what it must show, and its steps."""

    def __init__(self, path):
        self.name = path.stem
        self.folder = path.parent
        self.title = ""
        self.shows = ""
        self.late_shows = ""
        self.steps = []
        self._read(path)
        if not self.title or not self.shows:
            raise ScenarioError(f"{path.name}: title and shows are needed")

    def _read(self, path):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            self._line(f"{path.name}:{number}", line)

    def _include(self, where, name):
        """Steps that several scenarios share."""
        path = self.folder / f"{name}.steps"
        if not path.exists():
            raise ScenarioError(f"{where}: there is no {path.name}")
        self._read(path)

    def _line(self, where, line):
        if not line.strip() or line.lstrip().startswith("#"):
            return
        keyword, _, rest = line.strip().partition(" ")
        if keyword in ("title", "shows", "late-shows") and not line[0].isspace():
            field = keyword.replace("-", "_")
            before = getattr(self, field)
            setattr(self, field, f"{before} {rest.strip()}".strip())
            return
        if keyword == "include":
            self._include(where, rest.strip())
            return
        step = Step(where, ["note", rest] if keyword == "note" else self._words(where, line))
        if not line[0].isspace():
            self.steps.append(step)
        elif self.steps:
            self.steps[-1].details.append(step)
        else:
            raise step.error("an indented line needs a line above it")

    @staticmethod
    def _words(where, line):
        try:
            return shlex.split(line, comments=True)
        except ValueError as error:
            raise ScenarioError(f"{where}: {error}") from None
