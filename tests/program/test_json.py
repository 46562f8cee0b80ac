# test_json.py
# Everything that ./run --json prints is as docs/report.schema.json says
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import jsonschema
except ImportError:
    # Debian's package is for Debian's Python, which need not be the first in PATH.
    if sys.executable == "/usr/bin/python3":
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])

SOURCE = Path(__file__).resolve().parent.parent.parent
CAPTURES = SOURCE / "captures"


def run(*words):
    """The objects that ./run prints, and its exit status."""
    result = subprocess.run([SOURCE / "run", *map(str, words)], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return [json.loads(line) for line in result.stdout.splitlines()], result.returncode


def check_sums(name, report):
    """What the report says twice is the same."""
    waits = [wait for wait in report.get("waits", [])]
    counted = {}
    for wait in waits:
        key = (wait["context"], wait["outcome"])
        counted[key] = counted.get(key, 0) + 1
    total = sum(context["waits"] for context in report["contexts"])
    if total != report["summary"]["waits"]:
        yield f"{name}: {total} waits in contexts, {report['summary']['waits']} in the summary"
    if waits and len(waits) != total:
        yield f"{name}: {len(waits)} waits listed, {total} counted"
    outcomes = [key for key in report["contexts"][0] if key not in (
        "context", "session", "transport", "client", "server", "connect_frame", "waits",
        "wait_time", "gaps")] if report["contexts"] else []
    for context in report["contexts"] if waits else []:
        for outcome in outcomes:
            listed = counted.get((context["context"], outcome), 0)
            if listed != context[outcome]:
                yield (f"{name}: context {context['context']} has {context[outcome]} {outcome}, "
                       f"of which {listed} are listed")


def check_objects(validator, objects):
    for value in objects:
        for error in validator.iter_errors(value):
            yield f"{value['capture']}: {error.json_path}: {error.message}"[:500]
        if "report" in value:
            yield from check_sums(value["capture"], value["report"])


def check_all_captures(validator):
    captures = sorted(CAPTURES.rglob("*.pcapng"))
    objects, _ = run("-j", "2", "--json", "--waits", *captures)
    if [value["capture"] for value in objects] != [str(capture) for capture in captures]:
        yield "the objects are not those of the captures, in their order"
    yield from check_objects(validator, objects)


def check_members(validator):
    """Without --waits, and from a pipe of tshark's, there is less; of a damaged capture, more."""
    story = CAPTURES / "story.pcapng"
    with tempfile.TemporaryDirectory(prefix="oxcnotif-json.", dir="/tmp") as folder:
        cut = Path(folder) / "cut.pcapng"
        cut.write_bytes(story.read_bytes()[:-30])
        strange = Path(folder) / "stra\"nge\\ \x1b[31m\udcff\n.pcapng"
        strange.write_bytes(story.read_bytes())
        objects, status = run("--json", story, Path(folder) / "none", cut, strange)
        yield from check_objects(validator, objects)
        members = [sorted(value) for value in objects]
        if status != 2 or members != [["capture", "report"], ["capture", "error"],
                                      ["capture", "error", "report"], ["capture", "report"]]:
            yield f"exit status {status}, members {members}"
        if "waits" in objects[0]["report"]:
            yield "there are waits, though nobody asked for them"
        expected = str(strange).replace("\udcff", "\ufffd")
        if objects[3]["capture"] != expected:
            yield f"the name {objects[3]['capture']!r} should be {expected!r}"
        named = Path(folder) / "named.pcapng"
        named.write_bytes((CAPTURES / "http-session.pcapng").read_bytes().replace(
            b"?mbx.example.com:", b"?m\x1b<\xf4\x9b\xe2\x80\xa8\\\"e.com:"))
        objects, _ = run("--json", named)
        servers = {each["server"] for each in objects[0]["report"]["sessions"]}
        if not all(name.startswith("m?<?") and name.endswith('?\\"e.com:6001') and name.isascii()
                   for name in servers):
            yield f"the servers {servers}"
        objects, _ = run("--json", "--waits", "--join", story, strange)
        yield from check_objects(validator, objects)


def main():
    schema = json.loads((SOURCE / "docs" / "report.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    problems = [*check_all_captures(validator), *check_members(validator)]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
