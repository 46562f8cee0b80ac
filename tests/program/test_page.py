# test_page.py
# The page of ./run --html in a real browser
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""test_page.py [--pictures FOLDER]     also writes the picture of README.md into FOLDER
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import browser

SOURCE = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(SOURCE / "scripts"))

from report import page  # pylint: disable=wrong-import-position

SKIPPED = 77
CAPTURES = [SOURCE / "captures" / f"{name}.pcapng" for name in (
    "bad-tour", "story", "lost-segment", "http-recycled-overlap", "no-bind")]
HOSTILE = "<img src=x onerror=document.title='caught'>'\"&amp;<script>document.title='caught'<!--"
MANY = 100000
MOST_SECONDS = 20  # to open the page with so many waits
RIGHT, PLUS = "\ue014", "+"
VIEW = "return (({begin, end}) => [begin, end])(document.querySelector('figure').timeline)"


def run(*words):
    return subprocess.run([SOURCE / "run", *map(str, words)], cwd=SOURCE, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, text=True)


def waits_of(captures):
    lines = run("--json", "--waits", *captures).stdout.splitlines()
    return sum(len(json.loads(line)["report"]["waits"]) for line in lines)


def check_bars(window, file, captures):
    """As many bars as there are waits: in the still pictures, and in those that are drawn."""
    expected = waits_of(captures)
    still = len(re.findall(r'<rect class="wait ', file.read_text(encoding="utf-8")))
    drawn = window.after_drawing("return [...document.querySelectorAll('figure')].reduce("
                                 "(sum, figure) => sum + figure.timeline.count, 0)")
    if not expected or (still, drawn) != (expected, expected):
        yield f"{expected} waits, {still} bars in the still pictures, {drawn} drawn"


def check_zoom(window):
    window.run("document.querySelector('canvas').focus()")
    whole = window.after_drawing(VIEW)
    window.keys(PLUS, PLUS)
    near = window.after_drawing(VIEW)
    if not abs((near[1] - near[0]) * 4 - (whole[1] - whole[0])) < 1e-6:
        yield f"+ twice: from {whole} to {near}"
    window.keys("0")
    x, y = window.run("const box = document.querySelector('canvas').getBoundingClientRect();"
                      "return [Math.round(box.x + box.width / 2), Math.round(box.y + 24)]")
    window.wheel(x, y, -100)
    near = window.after_drawing(VIEW)
    if not whole[0] < near[0] < near[1] < whole[1]:
        yield f"the wheel: from {whole} to {near}"
    move = {"type": "pointerMove", "duration": 0}
    window.mouse({**move, "x": x, "y": y}, {"type": "pointerDown", "button": 0},
                 {**move, "x": x - 60, "y": y}, {"type": "pointerUp", "button": 0})
    moved = window.after_drawing(VIEW)
    if not moved[0] > near[0] or abs((moved[1] - moved[0]) - (near[1] - near[0])) > 1e-6:
        yield f"dragging: from {near} to {moved}"
    window.keys("0")
    if window.after_drawing(VIEW) != whole:
        yield f"0 shows {window.after_drawing(VIEW)}, not {whole}"


def check_words(window):
    """What the mouse and the keyboard tell about a wait."""
    window.run("document.querySelector('canvas').focus()")
    window.keys(RIGHT, RIGHT)
    said = window.after_drawing("return document.querySelector('.words').textContent")
    if not re.match(r"Wait 2, frame \d+, [\d.]+ s: ", said):
        yield f"two steps to the right say {said!r}"
    x, y = window.run("""
        const timeline = document.querySelector('figure').timeline;
        const wait = timeline.lanes[0].waits[1];
        const box = timeline.canvas.getBoundingClientRect();
        return [Math.round(box.x + timeline.x((wait[1] + wait[2]) / 2)), Math.round(box.y + 20)]""")
    window.mouse({"type": "pointerMove", "duration": 0, "x": x, "y": y})
    hovered = window.after_drawing(
        "return document.querySelector('.tip').hidden ? '' : "
        "document.querySelector('.tip').textContent")
    if said not in hovered:
        yield f"the mouse over wait 2 says {hovered!r}"


def check_sorting(window):
    column = ("return [...document.querySelectorAll('table.sortable tbody')][0].rows.length && "
              "[...document.querySelectorAll('table.sortable')[0].tBodies[0].rows].map("
              "(row) => Number(row.cells[0].dataset.key))")
    click = "document.querySelectorAll('table.sortable')[0].tHead.rows[0].cells[0].firstChild.click()"
    before = window.run(column)
    for _ in range(2):
        window.run(click)
    after = window.run(column)
    if len(before) < 2 or after != sorted(before, reverse=True):
        yield f"sorted the other way, {before} became {after}"


def check_quiet(window, what):
    """No complaint, nothing fetched, nothing that a capture wanted to run was run."""
    messages = window.messages()
    if messages:
        yield f"{what}: {messages}"
    fetched = window.run("return performance.getEntriesByType('resource').length")
    if fetched:
        yield f"{what}: {fetched} things were fetched"
    if window.run("return document.title") == "caught":
        yield f"{what}: a text of the capture was run"


def check_pages(window, folder, pictures):
    file = folder / "page.html"
    result = run("--html", file, *CAPTURES)
    if result.returncode != 1 or result.stderr:
        yield f"./run --html: exit status {result.returncode}, {result.stderr}"
    window.open(file)
    for check in (check_zoom, check_words, check_sorting):
        yield from check(window)
    window.open(file)
    yield from check_bars(window, file, CAPTURES)
    yield from check_quiet(window, "the page")
    if len(window.printed()) < 20000:
        yield "hardly anything is printed"
    run("--html", file, CAPTURES[0].relative_to(SOURCE))
    window.open(file)
    window.after_drawing("return 0")
    picture = window.picture()
    if len(picture) < 20000:
        yield f"a picture of {len(picture)} bytes"
    if pictures:
        (pictures / "page.png").write_bytes(picture)


def check_hostile(window, folder):
    """Names that want to be more than text."""
    strange = folder / (HOSTILE.replace("/", "") + ".pcapng")
    strange.write_bytes(CAPTURES[0].read_bytes())
    file = folder / "strange.html"
    run("--html", file, strange)
    window.open(file)
    if window.run("return document.querySelector('h1').textContent") != str(strange):
        yield "the name of the capture is not what is shown"
    if window.run("return document.querySelectorAll('main img, main script').length"):
        yield "a name of the capture became part of the page"
    yield from check_quiet(window, "the page with a strange name")
    report = json.loads(run("--json", "--waits", CAPTURES[0]).stdout)
    text = json.dumps(report)
    for address in ("192.0.2.10", "192.0.2.20"):
        text = text.replace(address, json.dumps(HOSTILE)[1:-1])
    file.write_text(page.page([(json.loads(text), HOSTILE)]), encoding="utf-8")
    window.open(file)
    if window.run("return document.querySelector('figcaption').textContent").count(HOSTILE) != 2:
        yield "the names of the ends are not what is shown"
    yield from check_quiet(window, "the page with strange addresses")


def many_waits():
    """The object of a capture in which a context waits very often."""
    value = json.loads(run("--json", "--waits", CAPTURES[1]).stdout)
    report = value["report"]
    model = report["waits"][0]
    report["waits"] = [
        {**model, "wait": i + 1, "request_frame": 100 + 2 * i, "end_frame": 101 + 2 * i,
         "request_time": i * 0.5, "end_time": i * 0.5 + 0.4, "fetch_frame": None,
         "fetch_time": None, "delivered_frame": None, "delivered_time": None,
         "outcome": "no_event" if i % 1000 else "rejected"} for i in range(MANY)]
    return value


def check_many(window, folder):
    file = folder / "many.html"
    file.write_text(page.page([(many_waits(), "many")]), encoding="utf-8")
    spent = window.open(file)
    drawn = window.after_drawing("return document.querySelector('figure').timeline.count")
    if drawn != MANY:
        yield f"{drawn} of {MANY} waits were drawn"
    if spent > MOST_SECONDS:
        yield f"it took {spent:.0f} s to open a page with {MANY} waits"
    frame = window.run("const timeline = document.querySelector('figure').timeline;"
                       "const begin = performance.now(); timeline.draw();"
                       "return performance.now() - begin")
    if frame > 1000:
        yield f"it took {frame:.0f} ms to draw {MANY} waits"
    bars = file.read_text(encoding="utf-8").count("<rect ")
    if not 10 < bars < 5000:
        yield f"the still picture of {MANY} waits has {bars} bars"
    yield from check_quiet(window, "the page with many waits")
    print(f"{MANY} waits: {file.stat().st_size} bytes, opened in {spent:.1f} s, drawn in "
          f"{frame:.0f} ms")


def main():
    pictures = Path(sys.argv[2]) if sys.argv[1:2] == ["--pictures"] else None
    if browser.missing():
        print("Skipped: not installed: " + " ".join(browser.missing()))
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="oxcnotif-page.", dir="/tmp") as name, \
            browser.Browser() as window:
        folder = Path(name)
        problems = [*check_pages(window, folder, pictures), *check_hostile(window, folder),
                    *check_many(window, folder)]
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
