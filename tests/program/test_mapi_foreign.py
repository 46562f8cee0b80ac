# test_mapi_foreign.py
# Requests of others on connections that carry MAPI over HTTP
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Compares the packet details of requests that are none of MAPI over HTTP, on a connection that
carries it too, with what tshark shows without our part: they have to be the same byte for byte, on
one pass and on two. HTTP/2 may get one line more."""

import sys

from sandbox import SOURCE, Sandbox

OWN = "MAPI over HTTP"
# Frames of others, and how many lines more each may have.
CAPTURES = {"mapi-foreign": (23, 0), "mapi-http2": (8, 1)}


def frames(sandbox, capture, options, ours):
    text = sandbox.run("tshark", "-r", str(capture), "-V", *options,
                       "-o", f"oxcnotif.mapi_over_http:{'TRUE' if ours else 'FALSE'}")
    return [frame.splitlines() for frame in text.split("\n\nFrame ")]


def is_call(frame):
    return any(line.startswith(OWN) for line in frame)


def check(sandbox, name, options):
    """What is wrong with a capture."""
    wanted, more = CAPTURES[name]
    capture = sandbox.add(SOURCE / "captures" / f"{name}.pcapng")
    shown = frames(sandbox, capture, options, True)
    stock = frames(sandbox, capture, options, False)
    others, wrong = 0, []
    if len(shown) != len(stock):
        return [f"{name}: {len(shown)} frames, without us {len(stock)}"]
    for number, (ours, theirs) in enumerate(zip(shown, stock), 1):
        if is_call(ours):
            continue
        others += 1
        added = [line for line in ours if OWN in line]
        if len(added) > more or [line for line in ours if line not in added] != theirs:
            wrong.append(f"{name}: frame {number} is not what it is without us")
    if others != wanted:
        wrong.append(f"{name}: {others} frames of others instead of {wanted}")
    return wrong


def main():
    wrong = []
    with Sandbox() as sandbox:
        for name in CAPTURES:
            for options in ([], ["-2"]):
                wrong += check(sandbox, name, options)
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
