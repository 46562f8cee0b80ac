# test_reload.py
# A capture shows the same whatever the same process has loaded before, and with which preferences
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Loads captures one after the other in one process of sharkd, and each in a process of its own.

    test_reload.py [--all]      every capture, not one of each kind
"""

import shutil
import sys

from sandbox import SOURCE, Sandbox
from sharkd import Sharkd

SKIPPED = 77
# One of each kind, with much state: sessions that live on, waits that stay out, half a channel.
CAPTURES = ["bad-tour", "fragments", "http-recycling", "http-unpaired", "late", "mapi-chunks",
            "mapi-open-wait", "mapi-reconnect", "no-bind", "rop-buffers", "samba_ntlm_sealed",
            "story"]
# A capture, and a preference with a value that shows there.
PREFERENCES = [
    ("bad-tour", "oxcnotif.grace", "100", "10"),
    ("late", "oxcnotif.assume_complete", "TRUE", "FALSE"),
    ("http-recycling", "oxcnotif.rpc_over_http", "FALSE", "TRUE"),
    ("mapi-reconnect", "oxcnotif.mapi_over_http", "FALSE", "TRUE"),
]


def shown(sharkd, capture):
    """Loads a capture: its packet list, what each frame shows when it is selected, the findings,
    and the statistic of waits."""
    count = sharkd.load(capture)
    packets = [[row["num"], row["c"]] for row in sharkd.ask("frames")]
    there = [sharkd.frame(number) for number in range(1, count + 1)]
    back = [sharkd.frame(number) for number in range(count, 0, -1)]
    if back[::-1] != there:
        raise RuntimeError(f"{capture.name}: a frame that is selected twice shows something else")
    return {
        "packets": packets, "frames": there,
        "findings": sharkd.ask("tap", tap0="expert")["taps"],
        "statistic": sharkd.ask("tap", tap0="stat:oxcnotif")["taps"],
    }


def start(sandbox):
    return Sharkd(sandbox.command("sharkd", "-"), sandbox.path / "sharkd.log")


def shown_alone(sandbox, capture, *preference):
    with start(sandbox) as sharkd:
        if preference:
            sharkd.set(*preference)
        return shown(sharkd, capture)


def difference(name, found, wanted):
    """The first thing that is not as in a process of its own."""
    for part, value in wanted.items():
        if found[part] == value:
            continue
        first = next((pair for pair in zip(found[part], value) if pair[0] != pair[1]), None)
        yield f"{name}: other {part}, {len(found[part])} of {len(value)}: " + (
            f"{first[0]}\nin a process of its own: {first[1]}" if first else "")


def check_order(sandbox, captures, alone):
    """Each capture after its neighbour on either side, and after itself."""
    with start(sandbox) as sharkd:
        before = "nothing"
        for capture in [*captures, *captures[::-1]]:
            found = shown(sharkd, capture)
            yield from difference(f"{capture.name} after {before}", found, alone[capture])
            before = capture.name


def check_preferences(sandbox, alone):
    """A preference that is changed and set back, as the windows do with a file that stays open."""
    with start(sandbox) as sharkd:
        for capture in alone:
            for name, preference, value, default in PREFERENCES:
                if capture.stem != name:
                    continue
                changed = shown_alone(sandbox, capture, preference, value)
                if changed == alone[capture]:
                    yield f"{name} does not depend on {preference}"
                for wanted, setting in ((alone[capture], default), (changed, value),
                                        (alone[capture], default)):
                    sharkd.set(preference, setting)
                    yield from difference(f"{name} with {preference}:{setting}",
                                          shown(sharkd, capture), wanted)


def main():
    if shutil.which("sharkd") is None:
        print("Skipped: sharkd is not installed")
        return SKIPPED
    names = "*" if sys.argv[1:] == ["--all"] else None
    found = sorted((SOURCE / "captures").rglob("*.pcapng"))
    with Sandbox() as sandbox:
        captures = [sandbox.add(path) for path in found if names or path.stem in CAPTURES]
        alone = {capture: shown_alone(sandbox, capture) for capture in captures}
        problems = [*check_order(sandbox, captures, alone), *check_preferences(sandbox, alone)]
    print("\n".join(problems))
    print(f"{len(captures)} captures, {len(problems)} differences")
    return 1 if problems or len(captures) < len(CAPTURES) else 0


if __name__ == "__main__":
    sys.exit(main())
