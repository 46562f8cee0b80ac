# timeline.py
# What is drawn of one session: lanes, waits and marks
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later

import functools

# Of each outcome its words and its colour. The colours can be told apart by people who see red and
# green as one, and in grey.
OUTCOMES = {
    "notified": ("new mail or other event", "#2a7f62"),
    "no_event": ("no event", "#8fb8de"),
    "rejected": ("rejected", "#e07b00"),
    "exiting": ("server is exiting", "#b35900"),
    "other_error": ("other error", "#c0504d"),
    "faulted": ("RPC fault", "#8c1d18"),
    "cancelled": ("cancelled", "#a98bc4"),
    "closed": ("connection closed", "#6d4c8f"),
    "dropped": ("dropped on the way", "#3d1f5c"),
    "unread": ("answer not read", "#9a9a9a"),
    "outstanding": ("outstanding at the end", "#d8c24a"),
}
NAMES = list(OUTCOMES)
GAPS = {"missing": "bytes are missing from the capture", "unread": "calls are truncated or damaged",
        "sealed": "calls are sealed", "unmatched": "answers belong to no known call"}
EVENTS = {"session_opened": "session opened", "context_made": "context made",
          "disconnected": "session disconnected"}


def seconds(value):
    return None if value is None else f"{value:.3f} s"


def wait_end(wait, end):
    """When a wait ended, as far as is known; at the latest at the end of the picture."""
    if wait["closed_time"] is not None:
        return wait["closed_time"]
    return wait["end_time"] if wait["end_time"] is not None else end


def describe(wait):
    """A wait in words."""
    name = "Wait" if wait["wait"] is None else f"Wait {wait['wait']}"
    words = f"{name}, frame {wait['request_frame']}, {seconds(wait['request_time'])}: "
    words += OUTCOMES[wait["outcome"]][0]
    if wait["closed_how"]:
        words += f" ({wait['closed_how']}" + (
            f" by the {wait['closed_by']})" if wait["closed_by"] else ")")
    if wait["end_frame"]:
        shown = "shown by" if wait["outcome"] in ("closed", "dropped") else "in"
        words += f" {shown} frame {wait['end_frame']}"
        words += f" after {seconds(wait['end_time'] - wait['request_time'])}"
    if wait["fetch_frame"]:
        words += f"; fetched by frame {wait['fetch_frame']}"
    if wait["delivered_frame"]:
        words += f"; delivered in frame {wait['delivered_frame']}"
        if wait["delivered_time"] is not None and wait["end_time"] is not None:
            words += f", {seconds(wait['delivered_time'] - wait['end_time'])} later"
    return words


class Timeline:
    """One session, or what belongs to none that is known."""

    def __init__(self, order, session):
        self.order = order
        self._session = session
        self.waits, self.findings, self.events, self.gaps = [], [], [], []
        self.lanes = []  # numbers of contexts, None for waits of no known one
        self.begin = self.end = 0.0
        self.doubt = None  # until when it was not certain whether it lives

    @classmethod
    def all_of(cls, report):
        """The timelines of a report that show anything."""
        lines = {session["session"]: cls(order, session)
                 for order, session in enumerate(report["sessions"])}
        nobody = lines[None] = cls(len(lines), None)
        for name in ("waits", "findings", "events", "gaps"):
            for thing in report[name]:
                getattr(lines.get(thing["session"], nobody), name).append(thing)
        last = max((time for line in lines.values() for time in line._times()), default=0.0)
        shown = [line for line in lines.values() if line.waits or line.findings]
        for line in shown:
            line._settle(last)
        return shown

    def _times(self):
        for wait in self.waits:
            yield wait["request_time"]
            yield from (wait[name] for name in ("end_time", "closed_time", "fetch_time",
                                                "delivered_time") if wait[name] is not None)
        yield from (thing["time"] for thing in (*self.findings, *self.events))
        for gap in self.gaps:
            yield gap["from_time"]
            yield gap["to_time"]

    def _settle(self, last):
        """@param last  the latest time of the capture, until which outstanding waits go on"""
        times = list(self._times())
        self.begin, self.end = min(times), max(times)
        if any(wait["end_time"] is None and wait["closed_time"] is None for wait in self.waits):
            self.end = max(self.end, last)
        if self.end - self.begin < 0.001:
            self.end = self.begin + 0.001
        lanes = {thing["context"] for thing in (*self.waits, *self.findings)}
        lanes |= {event["context"] for event in self.events if event["context"] is not None}
        self.lanes = sorted(lanes, key=lambda lane: (lane is None, lane or 0))
        gaps = self._session["gaps"] if self._session else None
        if gaps and self.gaps:
            self.doubt = self.end if gaps["doubtful"] else gaps["certain_time"]

    @property
    def title(self):
        if self._session is None:
            return "Calls of no known session"
        session = self._session
        return (f"Session {session['session']}: {session['client'] or 'client'} → "
                f"{session['server'] or 'server'}, {session['transport'] or 'unknown transport'}")

    def shaded(self):
        """(begin, end, words) of each gap."""
        for gap in self.gaps:
            words = f"Gap, frame {gap['from_frame']}"
            if gap["to_frame"] != gap["from_frame"]:
                words += f" to {gap['to_frame']}"
            yield gap["from_time"], gap["to_time"], f"{words}: {GAPS[gap['kind']]}"
        if self.doubt is not None:
            begin = self.gaps[0]["from_time"]
            if self.doubt > begin:
                yield begin, self.doubt, "Not certain whether the session lives"

    def lane_name(self, lane):
        return "no context" if lane is None else f"context {lane}"

    @functools.cached_property
    def data(self):
        """What page.js draws. Times are seconds, lanes numbers of places."""
        place = {lane: number for number, lane in enumerate(self.lanes)}
        anywhere = place.get(None, 0)
        waits = [[place[wait["context"]], wait["request_time"], wait_end(wait, self.end),
                  NAMES.index(wait["outcome"]), wait["fetch_time"], wait["delivered_time"],
                  describe(wait)] for wait in self.waits]
        findings = [[place[finding["context"]], finding["time"], finding["class"] == "violation",
                     f"{finding['class'].capitalize()} {finding['rule']}, frame "
                     f"{finding['frame']}: {finding['text']}. {finding['remedy']}."]
                    for finding in self.findings]
        events = [[place.get(event["context"], anywhere), event["context"] is None, event["time"],
                   f"{EVENTS[event['kind']].capitalize()}, frame {event['frame']}, "
                   f"{seconds(event['time'])}"] for event in self.events]
        return {"begin": self.begin, "end": self.end,
                "lanes": [self.lane_name(lane) for lane in self.lanes],
                "waits": waits, "findings": findings, "events": events,
                "gaps": [list(gap) for gap in self.shaded()]}
