# page.py
# Writes the report as one page that needs nothing else: pictures, tables, and a program that zooms
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Without JavaScript, and in print, the page has the pictures of picture.py and the tables. With it,
page.js draws the timelines from the waits that the page carries, as JSON with the columns of COLUMNS.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from . import picture
from .captures import Problem
from .jobs import total_size
from .timeline import OUTCOMES, Timeline, seconds

FOLDER = Path(__file__).resolve().parent
MOST_PICTURES = 100  # sessions with a picture of their own, those with findings first
MOST_ROWS = 5000     # of a table
COUNTERS = [("waits", "Waits"), ("notified", "Notified"), ("no_event", "No event"),
            ("rejected", "Rejected"), ("exiting", "Exiting"), ("other_error", "Other error"),
            ("faulted", "Faulted"), ("cancelled", "Cancelled"), ("closed", "Closed"),
            ("dropped", "Dropped"), ("unread", "Not read"), ("outstanding", "Outstanding")]
LIMITS = [
    ("sealed_requests", "requests are sealed (packet privacy), and no key was there"),
    ("sealed_responses", "responses are sealed (packet privacy), and no key was there"),
    ("unread_requests", "requests could not be read: truncated, damaged, or a part is missing"),
    ("unread_responses", "responses could not be read: truncated, damaged, or a part is missing"),
    ("unmatched_responses", "responses could not be matched to a request"),
    ("connections_without_bind",
     "connections may carry calls of Exchange, but their bind is not in the capture"),
    ("lost_segments", "places where TCP segments are missing from the capture"),
    ("unjudged_requests", "requests were not judged because of gaps"),
    ("unjudged_responses", "responses were not judged because of gaps"),
    ("connections_seen_in_part", "connections could be seen in part only"),
    ("connections_seen_twice", "connections are in the capture twice, and were counted once"),
]


def text(value):
    """A value for a place between tags or in an attribute."""
    return "–" if value is None else picture.escape(str(value))


def embedded(value):
    """JSON for a script element: nothing in it ends the element or begins a comment."""
    return (json.dumps(value, separators=(",", ":"), ensure_ascii=True)
            .replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


class Table:
    """A table whose columns can be sorted by a click on their titles."""

    def __init__(self, titles, numbers=()):
        """@param numbers  the columns that are sorted as numbers"""
        self._titles = titles
        self._numbers = set(numbers)
        self._rows = []
        self._left_out = 0

    def add(self, cells, kind=""):
        """@param cells  a text, or a pair of a text and what is sorted by"""
        if len(self._rows) >= MOST_ROWS:
            self._left_out += 1
            return
        row = "".join(self._cell(number, cell) for number, cell in enumerate(cells))
        self._rows.append(f'<tr class="{kind}">{row}</tr>' if kind else f"<tr>{row}</tr>")

    def _cell(self, number, cell):
        shown, key = cell if isinstance(cell, tuple) else (cell, None)
        attributes = ' class="n"' if number in self._numbers else ""
        if key is not None:
            attributes += f' data-key="{text(key)}"'
        return f"<td{attributes}>{text(shown)}</td>"

    def html(self):
        head = "".join(f'<th scope="col"{" class=n" if number in self._numbers else ""}>'
                       f"<button>{text(title)}</button></th>"
                       for number, title in enumerate(self._titles))
        rest = (f"<p>{self._left_out} more rows are not shown; the JSON has all.</p>"
                if self._left_out else "")
        return (f'<div class="scroll"><table class="sortable"><thead><tr>{head}</tr></thead>\n'
                f"<tbody>{chr(10).join(self._rows)}</tbody></table></div>{rest}\n")


def context_table(report):
    counters = [(name, title) for name, title in COUNTERS
                if name == "waits" or any(context[name] for context in report["contexts"])]
    titles = ["Context", "Session", "Transport", "Client", "Server", "Made in frame",
              *(title for _, title in counters), "Shortest", "Median", "Longest", "Not judged"]
    table = Table(titles, [0, 1, *range(5, len(titles))])
    for context in report["contexts"]:
        times = context["wait_time"] or {}
        gaps = context["gaps"] or {}
        table.add([
            context["context"], context["session"], context["transport"], context["client"],
            context["server"], context["connect_frame"],
            *(context[name] for name, _ in counters),
            *((seconds(times.get(name)), times.get(name)) for name in
              ("shortest", "median", "longest")),
            gaps.get("unjudged_requests", 0) + gaps.get("unjudged_responses", 0)])
    return table.html()


def finding_table(report, name_frame):
    titles = ["Frame", "Time", "Class", "Rule", "Session", "Context", "At fault", "What was seen",
              "What to do"]
    table = Table(titles, [0, 1, 4, 5])
    for finding in report["findings"]:
        address = finding.get(finding["fault"].partition(",")[0])
        table.add([
            (name_frame(finding["frame"]), finding["frame"]),
            (seconds(finding["time"]), finding["time"]), finding["class"], finding["rule"],
            finding["session"], finding["context"],
            finding["fault"] + (f" ({address})" if address else ""), finding["text"],
            finding["remedy"] + "."], finding["class"])
    return table.html()


def limit_list(report):
    limits = report["limits"]
    items = [f"{limits[name]} {what}." for name, what in LIMITS if limits[name]]
    items += [f"{refusal['text']} (frame {refusal['frame']})."
              for refusal in report["refusals"]]
    for session in report["sessions"]:
        gaps = session["gaps"]
        if gaps and gaps["unjudged_requests"] + gaps["unjudged_responses"] + gaps["doubtful"]:
            items.append(
                f"Session {session['session']}: {gaps['unjudged_requests']} requests and "
                f"{gaps['unjudged_responses']} responses were not judged"
                + (f"; from frame {gaps['certain_frame']} on it was certain again"
                   if gaps["certain_frame"] else "")
                + ("; at the end of the capture it was not certain whether it lives"
                   if gaps["doubtful"] else "") + ".")
    if not items:
        return "<p>Everything that the capture holds of these calls was judged.</p>\n"
    return "<ul>" + "".join(f"<li>{text(item)}</li>" for item in items[:MOST_ROWS]) + "</ul>\n"


def gap_table(report):
    if not report["gaps"]:
        return ""
    table = Table(["From frame", "To frame", "From", "To", "Session", "Connection", "What"],
                  [0, 1, 2, 3, 4, 5])
    names = {"missing": "missing from the capture", "unread": "truncated or damaged",
             "sealed": "sealed", "unmatched": "answers without a known call"}
    for gap in report["gaps"]:
        table.add([gap["from_frame"], gap["to_frame"],
                   (seconds(gap["from_time"]), gap["from_time"]),
                   (seconds(gap["to_time"]), gap["to_time"]), gap["session"], gap["connection"],
                   names[gap["kind"]]])
    return f"<h3>Gaps</h3>\n{table.html()}"


def plural(count, what):
    return f"{count} {what}{'' if count == 1 else 's'}"


def timelines(report):
    """The sessions that have waits or findings, those with findings first; and how many are left
    out."""
    lines = Timeline.all_of(report)
    if len(lines) > MOST_PICTURES:
        lines.sort(key=lambda line: (-len(line.findings), line.order))
    shown = sorted(lines[:MOST_PICTURES], key=lambda line: line.order)
    return shown, len(lines) - len(shown)


class Capture:
    """The part of the page that is about one capture."""

    def __init__(self, number, value, name):
        self._number = number
        self._value = value
        self._name = name
        self._report = value.get("report")
        self.data = []

    def _name_frame(self, frame):
        place = self._value.get("frames", {}).get(str(frame))
        if place is None:
            return str(frame)
        return f"{frame} ({os.path.basename(self._value['files'][place[0]])}: {place[1]})"

    def html(self):
        parts = [f"<section class=capture><h1>{text(self._name)}</h1>\n"]
        if "error" in self._value:
            parts.append(f"<p class=error>Not read to its end: {text(self._value['error'])}</p>\n"
                         if self._report else
                         f"<p class=error>Not analysed: {text(self._value['error'])}</p>\n")
        if self._report:
            parts += self._report_parts()
        return "".join([*parts, "</section>\n"])

    def _report_parts(self):
        report, summary = self._report, self._report["summary"]
        shown, left_out = timelines(report)
        yield (f"<p class=summary><b class={'violation' if summary['violations'] else 'clean'}>"
               f"{plural(summary['violations'], 'violation')}</b>, "
               f"<b class={'suspicion' if summary['suspicions'] else 'clean'}>"
               f"{plural(summary['suspicions'], 'suspicion')}</b> in "
               f"{plural(summary['waits'], 'wait')} of {plural(summary['contexts'], 'context')}.")
        if report["start"]:
            yield f" The capture begins at {text(report['start'][:19].replace('T', ' '))} UTC."
        yield "</p>\n"
        for line in shown:
            yield self._timeline(line)
        if left_out:
            yield (f"<p>{left_out} more sessions have no picture here; the tables and the JSON "
                   "have them.</p>\n")
        if report["findings"]:
            yield f"<h2>Findings</h2>\n{finding_table(report, self._name_frame)}"
        if report["contexts"]:
            yield f"<h2>Contexts</h2>\n{context_table(report)}"
        yield f"<h2>Not judged, and why</h2>\n{limit_list(report)}{gap_table(report)}"

    def _timeline(self, line):
        key = f"{self._number}-{len(self.data)}"
        self.data.append({"key": key, **line.data})
        return (f'<figure class=timeline id="t{key}" data-waits="{len(line.waits)}">'
                f"<figcaption>{text(line.title)}</figcaption>\n"
                f"<div class=still>{picture.draw(line)}</div></figure>\n")


def legend():
    return "<p class=legend>" + "".join(
        f'<span><i class="o-{name}"></i>{text(title)}</span>'
        for name, (title, _) in OUTCOMES.items()) + (
            "<span><i class=m-violation></i>violation</span>"
            "<span><i class=m-suspicion></i>suspicion</span>"
            "<span><i class=m-fetch></i>fetch</span><span><i class=m-delivery></i>delivery</span>"
            "<span><i class=m-event></i>session or context begins or ends</span>"
            "<span><i class=m-gap></i>gap</span></p>\n")


def style():
    colours = "".join(f".o-{name}{{background:{colour};fill:{colour}}}"
                      for name, (_, colour) in OUTCOMES.items())
    return (FOLDER / "page.css").read_text(encoding="utf-8") + colours


def page(captures):
    """@param captures  pairs of an object of --json --waits and the name to show"""
    parts = [Capture(number, value, name) for number, (value, name) in enumerate(captures)]
    body = "".join(part.html() for part in parts)
    data = {"outcomes": {name: list(pair) for name, pair in OUTCOMES.items()},
            "timelines": [line for part in parts for line in part.data]}
    names = ", ".join(name for _, name in captures)
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Exchange notifications: {text(names[:200])}</title>
<style>{style()}</style></head>
<body><header><p>Asynchronous notifications of Exchange: who waited for new mail, and what became of
it. A bar is a wait, from its request to its end; a lane is a context.</p>
{legend()}<p class=help hidden>Click on a timeline, then: wheel or + and − zoom, drag or Shift with
the arrow keys move, arrow keys go from one wait to the next, Enter zooms to it, 0 shows all. With Ctrl
the wheel zooms without a click.</p></header>
<main>{body}</main>
<script type="application/json" id="data">{embedded(data)}</script>
<script>{(FOLDER / "page.js").read_text(encoding="utf-8")}</script>
</body></html>
"""


def read(analyser, capture, statistic=None, finish=None):
    """The object of a capture, and what came of it."""
    with tempfile.TemporaryFile(dir=analyser.folder) as file:
        result = analyser.analyse(capture, file.write, statistic)
        file.seek(0)
        value = json.loads(file.read())
    if finish and "report" in value:
        value.update(finish(value["report"]))
    return value, result


def write(analyser, options, sources=None):
    """Writes the page. Returns the exit status.
    @param sources  (path, name, what adds members) of each capture; else those of the command line"""
    sources = sources or [(capture, capture, None) for capture in options.captures]
    if sources[0][0] == options.html or os.path.realpath(options.html) in (
            os.path.realpath(path) for path, _, _ in sources):
        raise Problem(f"{options.html} is a capture, and would be overwritten")
    analyser.progress.expect(total_size([path for path, _, _ in sources]))
    captures, worst = [], 0
    for path, name, finish in sources:
        value, result = read(analyser, path, options.statistic(name), finish)
        captures.append((value, value["capture"] if finish is None else name))
        worst = max(worst, result.status)
        if result.problem:
            print(f"run: {name}: {result.problem}", file=sys.stderr)
        if analyser.interrupted:
            break
    try:
        Path(options.html).write_text(page(captures), encoding="utf-8", errors="replace")
    except OSError as error:
        raise Problem(f"{options.html} cannot be written: {error.strerror}") from error
    for value, name in captures:
        if "report" in value:
            summary = value["report"]["summary"]
            print(f"{name}: " + ", ".join(plural(summary[what], what[:-1]) for what in summary))
    print(f"The page is {options.html}; open it in a browser.")
    return worst
