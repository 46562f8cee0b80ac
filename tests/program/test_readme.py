# test_readme.py
# Every command of README.md and of docs/ that is shown with its output prints that output
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the blocks of README.md and docs/*.md that begin with ```console.

In such a block a line "$ COMMAND" is run by bash in a folder of its own, where everything of the
source folder can be found by the same names, with a tshark that has loaded the plugin, and the lines that follow are what it must print on standard output and
standard error. A line "..." stands for any number of lines. A command goes on in lines that begin
with "> ".
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent.parent

# A tshark as ./run uses it, that reads its captures even where only root can.
TSHARK = r"""#!/bin/bash
set -euo pipefail
PATH=$OXCNOTIF_README_PATH
oxc_program=tshark
. "$OXCNOTIF_README_SOURCE/scripts/common.bash"
choose_build_folder
prepare_tshark
arguments=("$@")
for i in "${!arguments[@]}"; do
    if [[ ${arguments[i]} == -r ]]; then
        arguments[i + 1]=$(readable_path "${arguments[i + 1]}")
    fi
done
"${oxc_tshark[@]}" "${arguments[@]}"
"""


def blocks(text):
    """The console blocks as lists of lines, with the number of their first line."""
    for match in re.finditer(r"^```console\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        yield text.count("\n", 0, match.start(1)) + 1, match.group(1).splitlines()


def commands(lines):
    """(command, expected lines, offset in the block)"""
    found = []
    for offset, line in enumerate(lines):
        if line.startswith("$ "):
            found.append([line[2:], [], offset])
        elif not found:
            raise ValueError(f"output without a command: {line}")
        elif line.startswith("> ") and not found[-1][1]:
            found[-1][0] += "\n" + line[2:]
        else:
            found[-1][1].append(line)
    return found


def matches(expected, printed):
    """True if the lines agree; "..." stands for any lines."""
    parts = ["(?:.*\n)*?" if line.strip() == "..." else re.escape(line.rstrip()) + "\n"
             for line in expected]
    text = "".join(line.rstrip() + "\n" for line in printed)
    return re.fullmatch("".join(parts), text) is not None


def environment(scratch):
    (scratch / "bin").mkdir()
    (scratch / "home").mkdir()
    work = scratch / "work"
    work.mkdir()
    for thing in SOURCE.iterdir():
        (work / thing.name).symlink_to(thing)
    tshark = scratch / "bin" / "tshark"
    tshark.write_text(TSHARK, encoding="utf-8")
    tshark.chmod(0o755)
    path = os.environ["PATH"]
    return {
        **{name: value for name, value in os.environ.items() if name.startswith("OXCNOTIF_")},
        "PATH": f"{tshark.parent}:{path}",
        "OXCNOTIF_README_PATH": path,
        "OXCNOTIF_README_SOURCE": str(SOURCE),
        "OXCNOTIF_README_FOLDER": str(work),
        "HOME": str(scratch / "home"),
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }


def check(command, expected, place, env):
    """Whether the command at a place ("README.md:12") prints what is expected."""
    result = subprocess.run(["bash", "-c", command], cwd=env["OXCNOTIF_README_FOLDER"], env=env,
                            text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, timeout=300, check=False)
    printed = result.stdout.splitlines()
    if matches(expected, printed):
        return True
    print(f"{place}: $ {command}\n--- expected")
    print("\n".join(expected))
    print(f"--- printed (exit status {result.returncode})")
    print("\n".join(printed))
    return False


def main():
    pages = [SOURCE / "README.md", *sorted((SOURCE / "docs").glob("*.md"))]
    count = failed = 0
    with tempfile.TemporaryDirectory(prefix="oxcnotif-readme.", dir="/tmp") as folder:
        env = environment(Path(folder))
        for page in pages:
            for first, lines in blocks(page.read_text(encoding="utf-8")):
                for command, expected, offset in commands(lines):
                    count += 1
                    place = f"{page.relative_to(SOURCE)}:{first + offset}"
                    failed += not check(command, expected, place, env)
    print(f"{count} commands, {failed} failed")
    if count == 0:
        print("no command is shown with its output")
        return 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
