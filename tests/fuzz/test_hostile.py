#!/usr/bin/env python3
# test_hostile.py
# What an attacker's capture costs: time and memory in proportion to its size, at most
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each case of hostile.py goes through tshark -V with the plugin, small and four times as big, under
limits of processor time and memory. Where that costs more than four times as much, Wireshark without
the plugin says how much of it is its own."""

import argparse
import sys

sys.dont_write_bytecode = True

import capture_file  # noqa: E402
from hostile import CASES  # noqa: E402
from tshark import Tshark  # noqa: E402

TIMES_AS_BIG = 4
SECONDS, MEMORY = 60, 3 << 30
# What the growth may be off, by rounding, caches and how memory is handed out.
LENIENCY = 1.75
SPARE_SECONDS, SPARE_MEMORY = 0.4, 48 << 20


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plugins", required=True, help="folder with the plugin")
    parser.add_argument("--stock", action="store_true", help="measure without the plugin, too")
    parser.add_argument("cases", nargs="*", help="their names; all if there is none")
    return parser.parse_args()


class Cost:
    """Of one case, small and big, above that of an empty capture."""

    def __init__(self, idle, small, big):
        self.seconds = [max(0.0, each.seconds - idle.seconds) for each in (small, big)]
        self.memory = [max(0, each.memory - idle.memory) for each in (small, big)]
        self.output = [small.output_size, big.output_size]

    def __str__(self):
        return "{:.2f} s, {:.2f} s; {} MB, {} MB; output {} KB, {} KB".format(
            *self.seconds, *(size >> 20 for size in self.memory),
            *(size >> 10 for size in self.output))


class Bench:
    def __init__(self, tshark):
        self.tshark = tshark
        self.idle = {plugin: self.run("idle", [], plugin) for plugin in (True, False)}

    def run(self, name, frames, plugin):
        path = self.tshark.path / f"{name}.pcapng"
        capture_file.write(path, frames)
        path.chmod(0o644)
        result = self.tshark.run(["-V", "-r", path], plugin, SECONDS, MEMORY)
        path.unlink()
        return result

    def measure(self, make, size, plugin):
        """The cost of a case, or what is wrong with a run."""
        results = [self.run(make.__name__, make(count), plugin)
                   for count in (size, size * TIMES_AS_BIG)]
        problems = [result.problem() for result in results if result.problem()]
        return problems[0] if problems else Cost(self.idle[plugin], *results)


def grows_too_fast(cost):
    """The part that does, or None."""
    if cost.seconds[1] > LENIENCY * TIMES_AS_BIG * cost.seconds[0] + SPARE_SECONDS:
        return "time"
    if cost.memory[1] > LENIENCY * TIMES_AS_BIG * cost.memory[0] + SPARE_MEMORY:
        return "memory"
    return None


def is_stock(cost, stock, part):
    """Whether Wireshark alone needs as much of it, or grows as fast."""
    own, alone = getattr(cost, part), getattr(stock, part)
    return own[1] <= LENIENCY * alone[1] or (
        own[1] * alone[0] <= LENIENCY * alone[1] * own[0])


def check(bench, make, size, with_stock):
    """What is wrong with a case, or None."""
    cost = bench.measure(make, size, True)
    print(f"{make.__name__} {size}: {cost}", flush=True)
    part = "time" if isinstance(cost, str) else grows_too_fast(cost)
    if part is None and not with_stock:
        return None
    stock = bench.measure(make, size, False)
    print(f"    without the plugin: {stock}", flush=True)
    if part is None or isinstance(stock, str):
        return None
    if isinstance(cost, str):
        return f"{make.__name__}: {cost}"
    if is_stock(cost, stock, "seconds" if part == "time" else "memory"):
        return None
    return f"{make.__name__}: {part} grows faster than the capture"


def main():
    chosen = options()
    cases = [(make, size) for make, size in CASES
             if not chosen.cases or make.__name__ in chosen.cases]
    with Tshark(chosen.plugins) as tshark:
        tshark.prove_loaded()
        bench = Bench(tshark)
        problems = [check(bench, make, size, chosen.stock) for make, size in cases]
    problems = [problem for problem in problems if problem]
    print("\n".join(problems) or f"{len(cases)} cases, nothing grows faster than its capture")
    return 1 if problems or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
