# test_manual.py
# The manual page names the rules, fields, preferences and statistics that there are, and no others
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later

import re
import shutil
import subprocess
import sys

from sandbox import SOURCE, Sandbox

PAGE = SOURCE / "docs" / "oxcnotif.4"
# A family of fields that the page names as a whole, and those of which it names only some.
WHOLE = ("oxcnotif.", "asyncemsmdb.", "mapihttp.")
NAME = re.compile(r"\b(?:oxcnotif|asyncemsmdb|emsmdb|mapihttp)\.[a-z0-9_.]*[a-z0-9_*]")


def plain(line):
    """A line as a reader sees it."""
    line = re.sub(r"\\f[BIRP]", "", line)
    return line.replace(r"\-", "-").replace(r"\e", "\\").replace('"', "")


def section(name):
    text = PAGE.read_text(encoding="utf-8")
    match = re.search(rf"^\.SH {name}\n(.*?)(?=^\.SH |\Z)", text, re.MULTILINE | re.DOTALL)
    return [plain(line) for line in match[1].splitlines()]


def rules_of_table():
    """Rows of rules.def: name to class and severity."""
    text = (SOURCE / "plugin" / "sequence" / "rules.def").read_text(encoding="utf-8")
    pattern = r'OXC_(?:HTTP_)?RULE\(\s*\w+,\s*"([a-z-]+)",\s*OXC_CLASS_(\w+),\s*OXC_SEVERITY_(\w+)'
    return {name: (kind.lower(), severity.lower())
            for name, kind, severity in re.findall(pattern, text)}


def rules_of_page():
    pattern = re.compile(r"\.BR ([a-z-]+)  ?\((\w+), (\w+)")
    return {match[1]: (match[2], match[3])
            for match in map(pattern.match, section("RULES")) if match}


def check_rules():
    table, page = rules_of_table(), rules_of_page()
    if not table or list(table) != list(page):
        yield f"rules.def has {list(table)}, the page {list(page)}"
    yield from (f"{name}: {page[name]} in the page, {table[name]} in rules.def"
                for name in table if name in page and page[name] != table[name])


def registered(sandbox):
    lines = [line.split("\t") for line in sandbox.run("tshark", "-G", "fields").splitlines()]
    return {line[2] for line in lines if line[0] == "F" and NAME.fullmatch(line[2])}


def check_fields(sandbox):
    fields = registered(sandbox)
    names = {name for line in section("FIELDS") for name in NAME.findall(line)}
    families = tuple(name[:-1] for name in names if name.endswith("*"))
    for name in sorted(names):
        if not name.endswith("*") and name not in fields:
            yield f"{name} is in the page, but is no field"
        if name.endswith("*") and not any(field.startswith(name[:-1]) for field in fields):
            yield f"{name} stands for no field"
    for field in sorted(fields - names):
        if field.startswith(WHOLE) and not field.startswith(families):
            yield f"the field {field} is not in the page"


def check_preferences(sandbox):
    lines = sandbox.run("tshark", "-G", "defaultprefs").splitlines()
    found = {match[1]: match[2]
             for match in (re.match(r"#?(oxcnotif\.\w+): (.*)", line) for line in lines) if match}
    page = dict(match.groups() for match in (
        re.match(r"\.BR (oxcnotif\.\w+)  \((.*)\)", line) for line in section("PREFERENCES"))
                if match)
    if not found or found != page:
        yield f"Wireshark has the preferences {found}, the page {page}"


def check_statistics(sandbox):
    result = subprocess.run(sandbox.command("tshark", "-z", "help"), text=True, check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    found = set(re.findall(r"\boxcnotif,\w+", result.stdout))
    page = set(re.findall(r"\boxcnotif,\w+", "\n".join(section("STATISTICS"))))
    if not found or found != page:
        yield f"tshark has the statistics {found}, the page {page}"


def check_form():
    if shutil.which("groff"):
        result = subprocess.run(["groff", "-man", "-ww", "-z", "-Tutf8", str(PAGE)], text=True,
                                stderr=subprocess.PIPE, check=False)
        if result.stderr:
            yield f"groff: {result.stderr}"


def main():
    with Sandbox() as sandbox:
        problems = [*check_rules(), *check_fields(sandbox), *check_preferences(sandbox),
                    *check_statistics(sandbox), *check_form()]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
