#!/usr/bin/env python3
# test_captures.py
# Mutated captures through tshark with the plugin under AddressSanitizer and
# UndefinedBehaviorSanitizer
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Mutates captures, many to a file, and lets tshark -V read each file, in one pass or two. What
goes wrong without the plugin as well is Wireshark's own and only mentioned."""

import argparse
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

sys.dont_write_bytecode = True

import capture_file  # noqa: E402
import mutate  # noqa: E402
from tshark import CAPTURES, Tshark  # noqa: E402

SKIPPED = 77

CAPTURES_IN_A_FILE = 40
MOST_FRAMES = 120  # of a capture: larger ones take too long
EVERY_NOISY_FILE = 4  # one of so many is left to editcap instead
MODES = [["-V"], ["-2", "-V"], ["-2", "-V", "-x"], ["-2", "-q", "-z", "oxcnotif,json"],
         ["-V", "-o", "tcp.desegment_tcp_streams:FALSE"],
         ["-V", "-o", "oxcnotif.assume_complete:TRUE", "-o", "oxcnotif.grace:0"]]
ONLY_PLUGIN = {"oxcnotif,json", "oxcnotif.assume_complete:TRUE", "oxcnotif.grace:0", "-z", "-o"}


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plugins", required=True, help="folder with the plugin")
    parser.add_argument("--preload", help="library of the sanitizer")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=10)
    parser.add_argument("--minutes", type=float, help="instead of --files")
    parser.add_argument("--keep", help="folder for the files that end badly")
    return parser.parse_args()


def read_captures():
    found = {}
    for path in sorted(CAPTURES.rglob("*.pcapng")):
        frames = capture_file.read(path)
        if 0 < len(frames) <= MOST_FRAMES and {f.link for f in frames} == {capture_file.ETHERNET}:
            found[path.stem] = frames
    return found


def move_addresses(frames, number):
    """Gives each capture of a file addresses of its own, in IPv4: 10.NUMBER in front."""
    for frame in frames:
        if frame.segment and frame.segment.ethertype == 0x0800:
            header = bytearray(frame.header)
            for offset in (12, 16):
                at = frame.segment.ip + offset
                header[at:at + 2] = bytes([10, number])
            frame.header = bytes(header)
    return frames


def make_file(chance, captures, path):
    """One file of mutated captures. Returns their names."""
    names = [chance.choice(sorted(captures)) for _ in range(CAPTURES_IN_A_FILE)]
    frames = []
    for number, name in enumerate(names):
        count = chance.choice([1, 1, 2, 3, 6])
        frames += move_addresses(mutate.mutate(chance, captures[name], count), number)
    cut = {index: chance.randrange(40, 200) for index in range(len(frames))
           if chance.random() < 0.005}
    capture_file.write(path, frames, cut)
    return names


def make_noisy_file(chance, captures, path):
    """The same as editcap makes it: any byte may be wrong."""
    plain = path.with_suffix(".plain")
    frames = []
    for number in range(CAPTURES_IN_A_FILE):
        frames += move_addresses(mutate.mutate(chance, captures[chance.choice(sorted(captures))], 0),
                                 number)
    capture_file.write(plain, frames)
    subprocess.run(["editcap", "-E", chance.choice(["0.001", "0.01", "0.05"]), "--seed",
                    str(chance.randrange(1 << 31)), "-o", "40", str(plain), str(path)], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    plain.unlink()


def is_stock(tshark, path, mode):
    """Whether Wireshark alone ends badly on the file, too."""
    own = [word for word in mode if word not in ONLY_PLUGIN]
    return tshark.run(["-r", path, *own], plugin=False).problem() is not None


def check(tshark, path, mode, keep):
    """Runs one file. Returns what is wrong with it, or None."""
    result = tshark.run(["-r", path, *mode])
    problem = result.problem()
    if problem is None:
        return None
    if is_stock(tshark, path, mode):
        print(f"{path.name}: Wireshark without the plugin ends badly on it, too")
        return None
    if keep:
        Path(keep).mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, Path(keep) / path.name)
        print(f"kept in {keep}/{path.name}")
    return f"tshark {' '.join(mode)} on {path.name}: {problem}"


def run(chosen, tshark):
    captures = read_captures()
    chance = random.Random(chosen.seed)
    end = time.monotonic() + 60 * chosen.minutes if chosen.minutes else None
    number, problems = 0, 0
    while time.monotonic() < end if end else number < chosen.files:
        path = tshark.path / f"seed{chosen.seed}-{number}.pcapng"
        if number % EVERY_NOISY_FILE == EVERY_NOISY_FILE - 1:
            make_noisy_file(chance, captures, path)
        else:
            make_file(chance, captures, path)
        path.chmod(0o644)
        found = check(tshark, path, MODES[number % len(MODES)], chosen.keep)
        if found:
            print(found)
            problems += 1
        path.unlink()
        number += 1
    print(f"{number} files of {CAPTURES_IN_A_FILE} captures, {problems} problems")
    return 1 if problems or number == 0 else 0


def main():
    chosen = options()
    for program in ("tshark", "editcap"):
        if shutil.which(program) is None:
            print(f"Skipped: {program} is not installed")
            return SKIPPED
    with Tshark(chosen.plugins, chosen.preload) as tshark:
        tshark.prove_loaded()
        return run(chosen, tshark)


if __name__ == "__main__":
    sys.exit(main())
