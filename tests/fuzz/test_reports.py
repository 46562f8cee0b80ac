#!/usr/bin/env python3
# test_reports.py
# Captures whose names are hostile through the reports: text, JSON and the page
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes what breaks texts, JSON and HTML over the names in captures: hosts, distinguished names,
message classes, cookies, request types. The text must hold no control characters, the JSON must be
JSON in UTF-8, and the page must be HTML without an error, with no element that a name has made."""

import argparse
import json
import os
import random
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

try:
    import html5lib
except ImportError:
    # Debian's package is for Debian's Python, which need not be the first in PATH.
    if sys.executable == "/usr/bin/python3":
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "scripts"))

import capture_file  # noqa: E402
import mutate  # noqa: E402
from report import page  # noqa: E402
from test_captures import read_captures, move_addresses  # noqa: E402
from tshark import Tshark  # noqa: E402

CAPTURES_IN_A_FILE = 20
LARGEST_OUTPUT = 64 << 20
NAMES = ["plain.pcapng", "</script><script>alert(1)</script>", "a\"b'c&d\\e\N{LINE SEPARATOR}f",
         "a\x1b[31mred\x07", "name:x,waits", "\udcff\udcfe"]
# What a page may hold of what can do something: the data, the program, the style.
ACTIVE = {"script": 2, "style": 1}
FORBIDDEN = {"img", "iframe", "object", "embed", "link", "base", "form", "input", "a"}


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plugins", required=True, help="folder with the plugin")
    parser.add_argument("--preload", help="library of the sanitizer")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=6)
    parser.add_argument("--minutes", type=float, help="instead of --files")
    parser.add_argument("--keep", help="folder for the files that end badly")
    return parser.parse_args()


def make_file(chance, captures, path):
    frames = []
    over_http = sorted(name for name in captures if name.startswith("http-"))
    for number in range(CAPTURES_IN_A_FILE):
        mutations = [mutate.host, *[mutate.names] * chance.choice([0, 1, 4, 16]),
                     *chance.choices(mutate.MUTATIONS, k=chance.choice([0, 0, 1]))]
        name = chance.choice(over_http if chance.random() < 0.3 else sorted(captures))
        frames += move_addresses(mutate.apply(chance, captures[name], mutations), number)
    capture_file.write(path, frames)
    path.chmod(0o644)


def strange_characters(text):
    """The control characters of a text that is to be printed on a terminal."""
    return sorted({hex(ord(letter)) for letter in text
                   if letter != "\n" and (ord(letter) < 0x20 or 0x7F <= ord(letter) < 0xA0)})


def no_constant(text):
    raise ValueError(f"{text} is not JSON")


def problem_of_page(document):
    """What is wrong with a page as a browser would read it, or None."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parse(document)
    if parser.errors:
        return f"the page is no HTML: {parser.errors[:3]}"
    elements = Counter(element.tag for element in root.iter() if isinstance(element.tag, str))
    for element in root.iter():
        if any(name.startswith("on") or name in ("href", "src") for name in element.attrib):
            return f"an element has the attributes {sorted(element.attrib)}"
    found = {name: elements[name] for name in ACTIVE}
    if found != ACTIVE or FORBIDDEN & set(elements):
        return f"the page has elements that a name has made: {dict(elements)}"
    return None


def check_text(tshark, path):
    result = tshark.run(["-r", path, "-q", "-z", "oxcnotif,contexts,all"], keep=LARGEST_OUTPUT)
    strange = strange_characters(result.output)
    return result.problem() or (f"control characters in the text: {strange}" if strange else None)


def check_json(tshark, path, name):
    """Checks the JSON, and the page that is made of it."""
    result = tshark.run(["-r", path, "-q", "-z", b"oxcnotif,json,waits,name:" + os.fsencode(name)],
                        keep=LARGEST_OUTPUT)
    if result.problem():
        return result.problem()
    try:
        value = json.loads(result.raw.decode(), parse_constant=no_constant)
    except ValueError as error:
        return f"no JSON: {error}"
    return problem_of_page(page.page([(value, value["capture"])]))


def run(chosen, tshark):
    captures = read_captures()
    chance = random.Random(chosen.seed)
    end = time.monotonic() + 60 * chosen.minutes if chosen.minutes else None
    number = problems = 0
    while time.monotonic() < end if end else number < chosen.files:
        path = tshark.path / f"names-seed{chosen.seed}-{number}.pcapng"
        make_file(chance, captures, path)
        for problem in (check_text(tshark, path), check_json(tshark, path, chance.choice(NAMES))):
            if problem:
                print(f"{path.name}: {problem}")
                problems += 1
                if chosen.keep:
                    Path(chosen.keep).mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, Path(chosen.keep) / path.name)
        path.unlink()
        number += 1
    print(f"{number} files of {CAPTURES_IN_A_FILE} captures, {problems} problems")
    return 1 if problems or number == 0 else 0


def main():
    chosen = options()
    with Tshark(chosen.plugins, chosen.preload) as tshark:
        tshark.prove_loaded()
        return run(chosen, tshark)


if __name__ == "__main__":
    sys.exit(main())
