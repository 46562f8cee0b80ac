# test_valgrind.py
# The plugin under valgrind: no error, no leak, and nothing kept of a capture that was closed
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""tshark with one and with two passes, and sharkd, which loads one capture after the other.
What Wireshark itself does wrong is not counted.

    test_valgrind.py [--all] [PATTERN]    every capture, or those with such names, not one of each
                                          kind
"""

import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor

from sandbox import SOURCE, Sandbox
from sharkd import Sharkd

SKIPPED = 77

# One of each kind.
CAPTURES = ["bad-tour", "fragments", "http-recycling", "impacket_faults", "mapi-chunks",
            "mapi-gromox", "mapi-legs", "mapi-until-close", "rop-buffers-damaged",
            "samba_ntlm_sealed", "story"]
# Each with a report, which tshark without the plugin does not know. Not with -z oxcnotif,tree: tshark
# frees the tree of no statistic when it ends.
ONE_PASS = ["-z", "oxcnotif,contexts", "-z", "oxcnotif,json"]
TWO_PASSES = ["-2", "-V", "-z", "oxcnotif,contexts"]
# tshark that builds no tree.
WITHOUT_TREE = ["bad-tour", "http-recycling", "mapi-gromox"]
# Loaded one after the other in one process, then all of them again.
RELOADED = ["bad-tour", "http-recycling", "mapi-gromox", "samba_ntlm_sealed"]
OWN_SOURCE = re.compile(r"/plugin/(plugin|transport/.*|decode/.*|capture/.*|present/.*|sequence/.*)\.[ch]$")
# What gives memory to its caller. Any other function that we call may be a dissector of Wireshark,
# and what that leaves is not ours: sharkd 4.0 never frees the list of p_add_proto_data().
ALLOCATOR = re.compile(r"(g|wmem|conversation|copy|alloc|tvb)_|[mc]alloc$|realloc$")
KINDS = 9  # columns of a leak file: bytes and blocks, reachable and lost in several ways


def command(sandbox, report, *words):
    """What runs a program under valgrind. With wmem's simple allocator each block is one of its
    own, and what outlives its file is seen."""
    return sandbox.command(
        "valgrind", "--quiet", "--leak-check=full", "--show-leak-kinds=definite,indirect,possible",
        "--keep-debuginfo=yes", "--num-callers=30", "--xml=yes", f"--xml-file={report}", *words,
        WIRESHARK_DEBUG_WMEM_OVERRIDE="simple", G_SLICE="always-malloc")


def is_ours(error):
    return any("oxcnotif.so" in (entry.text or "") for entry in error.iter("obj"))


def describe(error):
    what = error.findtext("what") or error.findtext("xwhat/text") or error.findtext("kind")
    yield what
    for frame in error.iter("frame"):
        place = frame.findtext("file")
        yield "    " + (frame.findtext("fn") or frame.findtext("obj") or "?") + (
            f" ({place}:{frame.findtext('line')})" if place else "")


def errors(report):
    for error in ElementTree.parse(report).iter("error"):
        if is_ours(error):
            yield from describe(error)


def check_tshark(sandbox, reports, capture, options):
    """What is wrong with one run of tshark, as lines."""
    report = reports / f"{capture.stem}{'.two' if '-2' in options else '.one'}.xml"
    words = command(sandbox, report, "tshark", "-r", capture, *options)
    result = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, timeout=500, check=False)
    found = []
    if result.returncode != 0:
        found.append(f"exit status {result.returncode}: {result.stderr.decode(errors='replace')}")
    return found + list(errors(report))


# --- one process, several captures ---

def name_in(text, known):
    """A name in a leak file: "(7) name" where it first occurs, "(7)" from then on."""
    number, _, name = text.rstrip("\n").partition(" ")
    return known.setdefault(number, name)


def held(leaks):
    """What memory our functions have asked for that is there when the process ends, by function.
    The file has each stack as calls of one line, with the sums below them."""
    sums, files, functions = {}, {}, {}
    caller = callee = function = asking = ""
    counts = False
    with open(leaks, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            key, _, value = line.partition("=")
            if counts and OWN_SOURCE.search(caller) and not OWN_SOURCE.search(callee) \
                    and ALLOCATOR.match(function):
                name = f"{asking}, {function}"
                sums[name] = [old + int(new) for old, new in zip(
                    sums.get(name, [0] * KINDS), line.split()[1:])]
            counts = key == "calls"
            if key == "fl":
                caller = name_in(value, files)
            elif key == "fn":
                asking = name_in(value, functions)
            elif key == "cfi":
                callee = name_in(value, files)
            elif key == "cfn":
                function = name_in(value, functions)
    return sums


def reload_run(sandbox, reports, captures, times):
    """Loads the captures so often in one process, and looks at each frame; what is held at the
    end, and errors."""
    report, leaks = reports / f"reload{times}.xml", reports / f"reload{times}.leaks"
    words = command(sandbox, report, "--xtree-leak=yes", f"--xtree-leak-file={leaks}", "sharkd", "-")
    with Sharkd(words, sandbox.path / f"sharkd{times}.log") as sharkd:
        for capture in captures * times:
            count = sharkd.load(capture)
            if not any([sharkd.frame(number) for number in range(1, count + 1)]):
                return {}, [f"sharkd shows nothing of ours in {capture.name}"]
        status = sharkd.close()
    found = list(errors(report))
    return held(leaks), found + ([f"sharkd: exit status {status}"] if status != 0 else [])


def check_reload(sandbox, reports, captures, pool):
    """A process that loads its captures three times must hold what it holds after once: state of
    a capture that was closed, reachable or not, would be in it twice more."""
    (once, first), (thrice, second) = pool.map(
        lambda times: reload_run(sandbox, reports, captures, times), (1, 3))
    found = first + second
    if not once and not found:
        found.append("no memory of ours in the leak file")
    for function in sorted(once.keys() | thrice.keys()):
        if once.get(function) != thrice.get(function):
            found.append(f"held by {function}, after one round and after three: "
                         f"{once.get(function)}, {thrice.get(function)}")
    return found


def main():
    if shutil.which("valgrind") is None:
        print("Skipped: valgrind is not installed")
        return SKIPPED
    everything = len(sys.argv) > 1
    pattern = "*" if sys.argv[1:] in ([], ["--all"]) else sys.argv[-1]
    with Sandbox() as sandbox, ThreadPoolExecutor(max_workers=2) as pool:
        reports = sandbox.folder("reports")
        captures = {path.stem: sandbox.add(path)
                    for path in sorted((SOURCE / "captures").rglob("*.pcapng"))
                    if path.match(f"{pattern}.pcapng") and (everything or path.stem in CAPTURES)}
        runs = [(captures[name], TWO_PASSES) for name in captures]
        runs += [(captures[name], ONE_PASS) for name in (captures if everything else WITHOUT_TREE)]
        results = list(pool.map(lambda run: check_tshark(sandbox, reports, *run), runs))
        again = check_reload(sandbox, reports, [captures[name] for name in RELOADED
                                                if name in captures], pool)
    for (capture, options), found in zip(runs, results):
        print(f"{capture.name} {' '.join(options)}: " + "\n  ".join(found or ["clean"]))
    print("Captures loaded again: " + "\n  ".join(again or ["clean"]))
    return 1 if any(results) or again else 0


if __name__ == "__main__":
    sys.exit(main())
