# picture.py
# A timeline as a still picture, for print and for browsers without JavaScript
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later

import html
import math
import re

from .timeline import NAMES, describe, wait_end

WIDTH, LEFT, RIGHT, TOP = 1000, 90, 24, 14
LANE, BAR, AXIS = 30, 12, 22
MOST_BARS = 1500  # more are drawn together, a column at a time
MOST_MARKS = 1000
MOST_LANES = 60
# Where several waits fall on one column, the worst of them is seen.
WORST = ["faulted", "other_error", "exiting", "rejected", "dropped", "closed", "cancelled", "unread",
         "outstanding", "notified", "no_event"]


def nice_step(span, most):
    """A round number of seconds, of which no more than so many fit."""
    power = 10.0 ** math.floor(math.log10(span / most))
    for step in (1, 2, 3, 5, 10):
        if span / (power * step) <= most:
            return power * step
    return power * 20


# What must not be in HTML: control characters and halves of surrogates.
NOT_HTML = re.compile(r"[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def escape(words):
    """A text of strangers for a place between tags or in an attribute."""
    return html.escape(NOT_HTML.sub("\N{REPLACEMENT CHARACTER}", words), quote=True)


class Picture:
    """Draws in the units of the picture, which the browser scales."""

    def __init__(self, line):
        self._line = line
        self._lanes = line.lanes[:MOST_LANES]
        self._place = {lane: number for number, lane in enumerate(self._lanes)}
        self._scale = (WIDTH - LEFT - RIGHT) / (line.end - line.begin)
        self._height = TOP + LANE * max(len(self._lanes), 1) + AXIS

    def x(self, time):
        return LEFT + (time - self._line.begin) * self._scale

    def y(self, lane):
        return TOP + LANE * self._place.get(lane, 0)

    def draw(self):
        parts = [*self._gaps(), *self._axis(), *self._names()]
        parts += self._bars() if len(self._line.waits) <= MOST_BARS else self._columns()
        parts += [*self._fetches(), *self._events(), *self._findings()]
        return (f'<svg viewBox="0 0 {WIDTH} {self._height}" role="img" '
                f'aria-label="{escape(self._line.title)}">{"".join(parts)}</svg>')

    @staticmethod
    def _box(x, y, width, height, kind, words):
        return (f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.8):.1f}" '
                f'height="{height}"><title>{escape(words)}</title></rect>')

    def _gaps(self):
        for begin, end, words in list(self._line.shaded())[:MOST_MARKS]:
            left = self.x(begin)
            yield self._box(left - 1, TOP - 6, self.x(end) - left + 2,
                            self._height - TOP - AXIS + 6, "m-gap", words)

    def _axis(self):
        step = nice_step(self._line.end - self._line.begin, 10)
        bottom = self._height - AXIS + 2
        digits = max(0, -math.floor(math.log10(step)))
        for number in range(math.ceil(self._line.begin / step - 1e-9),
                            math.floor(self._line.end / step + 1e-9) + 1):
            x = self.x(number * step)
            yield (f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{bottom}"/>'
                   f'<text class="tick" x="{x:.1f}" y="{bottom + 12}">'
                   f"{number * step:.{digits}f} s</text>")

    def _names(self):
        for lane in self._lanes:
            y = self.y(lane)
            yield (f'<line class="lane" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y + LANE - 6}" '
                   f'y2="{y + LANE - 6}"/><text class="name" x="{LEFT - 6}" y="{y + BAR}">'
                   f"{escape(self._line.lane_name(lane))}</text>")
        if len(self._line.lanes) > len(self._lanes):
            yield (f'<text class="name" x="{LEFT - 6}" y="{self._height - 4}">'
                   f"and {len(self._line.lanes) - len(self._lanes)} more</text>")

    def _bars(self):
        """A bar for each wait. Of two at once in a lane the second is lower."""
        ends = {}
        for wait in self._line.waits:
            if wait["context"] not in self._place:
                continue
            end = wait_end(wait, self._line.end)
            low = ends.get(wait["context"], -math.inf) > wait["request_time"]
            ends[wait["context"]] = max(end, ends.get(wait["context"], end))
            left = self.x(wait["request_time"])
            yield self._box(left, self.y(wait["context"]) + (5 if low else 0),
                            self.x(end) - left, BAR, f"wait o-{wait['outcome']}", describe(wait))

    def _columns(self):
        """Runs of columns of the same colour, that of the worst wait in them."""
        worst = {name: rank for rank, name in enumerate(WORST)}
        for lane in self._lanes:
            columns = [None] * (WIDTH + 1)
            for wait in self._line.waits:
                if wait["context"] != lane:
                    continue
                for column in range(int(self.x(wait["request_time"])),
                                    int(self.x(wait_end(wait, self._line.end))) + 1):
                    old = columns[column]
                    if old is None or worst[wait["outcome"]] < worst[old]:
                        columns[column] = wait["outcome"]
            yield from self._runs(columns, self.y(lane))

    def _runs(self, columns, y):
        begin = 0
        for column in range(1, len(columns) + 1):
            if column < len(columns) and columns[column] == columns[begin]:
                continue
            if columns[begin] is not None:
                yield self._box(begin, y, column - begin, BAR, f"o-{columns[begin]}",
                                "Several waits, of which the worst gives the colour")
            begin = column

    def _fetches(self):
        for kind in ("fetch", "delivered"):
            waits = [wait for wait in self._line.waits
                     if wait[f"{kind}_time"] is not None and wait["context"] in self._place]
            for wait in waits[:MOST_MARKS]:
                y = self.y(wait["context"]) + BAR + (1 if kind == "fetch" else 5)
                yield self._box(self.x(wait[f"{kind}_time"]) - 1, y, 2, 4,
                                "m-fetch" if kind == "fetch" else "m-delivery",
                                f"{'Fetch' if kind == 'fetch' else 'Delivery'}, frame "
                                f"{wait[f'{kind}_frame']}")

    def _events(self):
        for (_, whole, time, words), event in list(
                zip(self._line.data["events"], self._line.events))[:MOST_MARKS]:
            y = TOP - 6 if whole else self.y(event["context"]) - 4
            height = self._height - TOP - AXIS + 6 if whole else LANE - 4
            yield self._box(self.x(time) - 0.5, y, 1, height, "m-event", words)

    def _findings(self):
        marks = list(zip(self._line.data["findings"], self._line.findings))
        # The proven ones on top.
        marks.sort(key=lambda mark: mark[0][2])
        for (_, time, violation, words), finding in marks[-MOST_MARKS:]:
            x, y = self.x(time), self.y(finding["context"]) - 9
            yield (f'<path class="{"m-violation" if violation else "m-suspicion"}" '
                   f'd="M{x - 5:.1f} {y}h10l-5 8z"><title>{escape(words)}</title></path>')


def draw(line):
    assert set(WORST) == set(NAMES)
    return Picture(line).draw()
