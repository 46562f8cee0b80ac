# workflows.py
# The workflow files parse, their scripts are clean, and what they name in the tree is there
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""They cannot run here. This finds what can be seen without a runner."""

import re
import subprocess
import sys
from pathlib import Path

try:
    import yaml
except ImportError:
    print("Skipped: python3-yaml is not installed")
    sys.exit(77)

SOURCE = Path(__file__).resolve().parent.parent.parent
# A workflow's "${{ ... }}" is filled in before the shell sees it.
EXPRESSION = re.compile(r"\$\{\{[^}]*\}\}")
JOB_KEYS = {"strategy", "runs-on", "container", "timeout-minutes", "env", "steps"}
STEP_KEYS = {"name", "id", "if", "uses", "with", "shell", "run", "env"}


def script_problems(step):
    """What shellcheck finds in a step's script; one folded into a line is no script of bash."""
    script = "#!/bin/bash\nset -e\n" + EXPRESSION.sub("x", step["run"])
    result = subprocess.run(["shellcheck", "-e", "SC2050", "-"], input=script, text=True,
                            capture_output=True, check=False)
    return result.stdout


def step_problems(step):
    yield from (f"unknown: {key}" for key in step.keys() - STEP_KEYS)
    if ("run" in step) == ("uses" in step):
        yield f"neither or both of run and uses: {step}"
    if "uses" in step and not re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"]):
        yield f"no version: {step['uses']}"
    if "run" in step:
        if script_problems(step):
            yield script_problems(step)
        for path in re.findall(r"\boxcnotif/([\w./-]*\w)", step["run"]):
            if "plugins/epan/oxcnotif/" + path not in step["run"] and not (SOURCE / path).exists():
                yield f"{path} is not in the tree"


def problems(workflow):
    # YAML takes the key "on" for a boolean.
    if not {"name", True, "permissions", "jobs"} <= workflow.keys():
        yield "a name, events, permissions or jobs are missing"
    for job in workflow["jobs"].values():
        yield from (f"unknown: {key}" for key in job.keys() - JOB_KEYS)
        ids = {step.get("id") for step in job["steps"]}
        for step in job["steps"]:
            yield from step_problems(step)
        for name in re.findall(r"steps\.(\w+)\.", str(job)):
            if name not in ids:
                yield f"there is no step {name}"


def main():
    found = 0
    files = sorted((SOURCE / ".github" / "workflows").glob("*.yml"))
    for file in files:
        for problem in problems(yaml.safe_load(file.read_text(encoding="utf-8"))):
            print(f"{file.name}: {problem}")
            found += 1
    return 1 if found or not files else 0


if __name__ == "__main__":
    sys.exit(main())
