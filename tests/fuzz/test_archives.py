#!/usr/bin/env python3
# test_archives.py
# Damaged archives of Fiddler through the converter, and what it makes of them through tshark
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mutates archives: their messages, their notes, or the bytes of the ZIP file. The converter has to
say in one line what is wrong, or to write a capture whose blocks are sound, and soon."""

import argparse
import contextlib
import io
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "program"))

import capture_file  # noqa: E402
import make_saz  # noqa: E402
from tshark import CAPTURES, Tshark  # noqa: E402

CONVERTER = HERE.parent.parent / "scripts" / "saz2pcapng"
SEEDS = ("mapi-story", "mapi-cookies", "mapi-chunks", "mapi-wait-overlap")
MOST_SECONDS = 2        # of the processor, for one archive
MOST_MEMORY = 4 << 30
EVERY_READ_BY_TSHARK = 100
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
TOKENS = [
    b"", b"\0", b"\r\n", b"\r\n\r\n", b"\n\n", b" " * 60000, b"\t" * 60000 + b"x", b"9" * 5000,
    b"99999999999999999999", b"-1", b"0x10", "\N{SUPERSCRIPT TWO}".encode(), b"ffffffffffffffff",
    b"0001-01-01T00:00:00", b"9999-12-31T23:59:59.9999999Z", b"2024-02-30T00:00:00",
    b"1969-12-31T23:59:59Z", b"2024-03-04T09:00:00.123456789+14:00", b"65535", b"0", b"1",
    b"::1", b"::ffff:192.0.2.1", b"fe80::1%25eth0", b"[2001:db8::1]", b"256.1.1.1",
    b"Transfer-Encoding: chunked\r\n", b"Content-Length: 1\r\n", b"CONNECT a:443 HTTP/1.1\r\n\r\n",
    b"<!ENTITY x 'y'>", b"<a>" * 20000, b"\xff\xfe<\0", b"\xef\xbb\xbf", b"]]>", b"&#0;", b"&#x10ffff;"]


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plugins", required=True, help="folder with the plugin")
    parser.add_argument("--preload", help="library of the sanitizer")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--archives", type=int, default=2000)
    parser.add_argument("--minutes", type=float, help="instead of --archives")
    parser.add_argument("--keep", help="folder for the archives that are not dealt with well")
    return parser.parse_args()


def load_converter():
    loader = SourceFileLoader("saz2pcapng", str(CONVERTER))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def read_seeds(folder):
    """The entries of the archives that are mutated: lists of names and bytes."""
    found = []
    for name in SEEDS:
        path = folder / "seed.saz"
        make_saz.make(CAPTURES / f"{name}.pcapng", path)
        with zipfile.ZipFile(path) as archive:
            found.append([(entry.filename, archive.read(entry)) for entry in archive.infolist()])
    return found


def change_bytes(chance, data):
    """A few bytes of it are others, more or fewer; or a token stands in it."""
    at = chance.randrange(len(data) + 1)
    choice = chance.randrange(5)
    if choice == 0:
        return data[:at] + chance.choice(TOKENS) + data[at:]
    if choice == 1:
        return data[:at] + chance.choice(TOKENS) + data[at + chance.choice([1, 4, 20]):]
    if choice == 2:
        return data[:at]
    if choice == 3:
        return data[:at] + data[at:at + 40] * chance.choice([0, 2, 300]) + data[at + 40:]
    return data[:at] + bytes([chance.randrange(256)]) + data[at + 1:]


def change_value(chance, data):
    """The value of an attribute of the notes, or of a field of a head, is a token."""
    marks = [at for mark in (b'="', b": ") for at in places(data, mark)]
    if not marks:
        return change_bytes(chance, data)
    start = chance.choice(marks) + 2
    ends = [at for at in (data.find(b'"', start), data.find(b"\r\n", start)) if at >= 0]
    return data[:start] + chance.choice(TOKENS) + data[min(ends, default=len(data)):]


def places(data, mark):
    at = data.find(mark)
    while at >= 0:
        yield at
        at = data.find(mark, at + 1)


def change_entries(chance, entries):
    """Which entries there are, and how they are called."""
    choice, at = chance.randrange(5), chance.randrange(len(entries))
    name, data = entries[at]
    if choice == 0:
        del entries[at]
    elif choice == 1:
        entries[at] = (chance.choice(["raw/1_c.txt", "raw\\2_m.xml", "raw/" + "9" * 5000 + "_c.txt",
                                      "x/RAW/03_S.TXT", "raw/0_s.txt", "../raw/1_m.xml"]), data)
    elif choice == 2:
        entries += [(f"raw/{number}_{name[-5]}{name[-4:]}", data) for number in range(1000, 1300)]
    elif choice == 3:
        entries[at] = (name, data * chance.choice([0, 2, 50]))
    else:
        other = chance.randrange(len(entries))
        entries[at], entries[other] = (name, entries[other][1]), (entries[other][0], data)


def make_archive(chance, seeds, path):
    entries = list(chance.choice(seeds))
    for _ in range(chance.choice([0, 1, 1, 2, 5])):
        if not entries or chance.random() < 0.2:
            change_entries(chance, entries or [("raw/1_c.txt", b"")])
            continue
        at = chance.randrange(len(entries))
        change = chance.choice([change_bytes, change_value])
        entries[at] = (entries[at][0], change(chance, entries[at][1]))
    with zipfile.ZipFile(path, "w", chance.choice(METHODS)) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    if chance.random() < 0.4:
        data = bytearray(path.read_bytes())
        for _ in range(chance.choice([1, 1, 3, 30])):
            data[chance.randrange(len(data))] = chance.choice([0, 1, 0xFF, chance.randrange(256)])
        path.write_bytes(data[:chance.choice([len(data)] * 9 + [chance.randrange(len(data))])])


def check_capture(path):
    """Why a capture is none, or None. Its times are in order."""
    times = [frame.time for frame in capture_file.read(path)]
    return None if times == sorted(times) else "the times of the capture are not in order"


@contextlib.contextmanager
def little_memory():
    """Not for tshark: the sanitizers reserve much more than they use."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def convert(converter, archive, capture):
    """Runs the converter. Returns what is wrong with how it did, or None."""
    capture.unlink(missing_ok=True)
    errors = io.StringIO()
    begin = time.process_time()
    try:
        with contextlib.redirect_stderr(errors), little_memory():
            status = converter.run(str(archive), str(capture))
        spent = time.process_time() - begin
        if spent > MOST_SECONDS:
            return f"{spent:.1f} s of the processor"
        if status == 0:
            return check_capture(capture)
        if status != 2 or errors.getvalue().count("\n") != 1 or capture.exists():
            return f"exit status {status}, {errors.getvalue()!r}"
    except Exception:  # pylint: disable=broad-exception-caught
        return traceback.format_exc(limit=-3)
    return None


def keep(chosen, archive, number):
    if chosen.keep:
        Path(chosen.keep).mkdir(parents=True, exist_ok=True)
        kept = Path(chosen.keep) / f"archive-seed{chosen.seed}-{number}.saz"
        shutil.copyfile(archive, kept)
        print(f"kept as {kept}")


def run(chosen, tshark, folder):
    converter, seeds = load_converter(), read_seeds(folder)
    chance = random.Random(chosen.seed)
    archive, capture = folder / "archive.saz", folder / "made.pcapng"
    end = time.monotonic() + 60 * chosen.minutes if chosen.minutes else None
    number = problems = made = 0
    while time.monotonic() < end if end else number < chosen.archives:
        make_archive(chance, seeds, archive)
        problem = convert(converter, archive, capture)
        made += capture.exists()
        if not problem and capture.exists() and number % EVERY_READ_BY_TSHARK == 0:
            problem = tshark.run(["-r", tshark.add(capture), "-2", "-V"]).problem()
        if problem:
            print(f"archive {number}: {problem}")
            keep(chosen, archive, number)
            problems += 1
        number += 1
    print(f"{number} archives, {made} captures made of them, {problems} problems")
    return 1 if problems or made == 0 else 0


def main():
    chosen = options()
    if shutil.which("tshark") is None:
        print("Skipped: tshark is not installed")
        return 77
    warnings.filterwarnings("ignore", "Duplicate name")  # on purpose
    with Tshark(chosen.plugins, chosen.preload) as tshark, \
            tempfile.TemporaryDirectory() as folder:
        tshark.prove_loaded()
        return run(chosen, tshark, Path(folder))


if __name__ == "__main__":
    sys.exit(main())
