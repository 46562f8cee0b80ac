# test_report_parts.py
# The parts of ./run behind the build, each on its own
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later

import io
import json
import os
import struct
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "scripts"))

# pylint: disable=wrong-import-position
from report import joined, page, picture, progress
from report.captures import HeldEnd, Problem, one_line
from report.options import Options, UsageError
from report.timeline import Timeline


class TestOptions(unittest.TestCase):
    """The command line."""

    def test_meaning(self):
        options = Options(["--json", "--waits", "-j4", "a", "b", "--", "-2", "--json"])
        self.assertEqual((options.json, options.waits, options.jobs), (True, True, 4))
        self.assertEqual((options.captures, options.tshark), (["a", "b"], ["-2", "--json"]))
        self.assertTrue(options.two_passes)
        self.assertEqual(options.statistic("a,b"), "oxcnotif,json,waits,name:a,b")
        self.assertFalse(Options(["--", "-o", "a-2:b"]).two_passes)
        self.assertEqual(Options(["--all"]).statistic("a"), "oxcnotif,contexts,all")

    def test_nonsense(self):
        for words in (["--what"], ["-j"], ["-j", "0"], ["-j", "x"], ["--waits"], ["--join"],
                      ["--html"], ["--html", "p", "--json"], ["--live"], ["--live", "a", "b", "c"],
                      ["--live", "lo", "--json"], ["-", "-"], ["-", "--", "-2"],
                      ["--join", "a", "-"]):
            with self.subTest(words), self.assertRaises(UsageError):
                Options(words)


class TestHeldEnd(unittest.TestCase):
    """Members that are added to an object that another program writes."""

    def finish(self, pieces, more):
        written = []
        held = HeldEnd(written.append)
        for piece in pieces:
            held.write(piece)
        held.finish(more)
        return b"".join(written)

    def test_adds(self):
        for size in (1, 2, 3, 100):
            text = b'{"a":{"b":1}}\n'
            pieces = [text[i:i + size] for i in range(0, len(text), size)]
            self.assertEqual(self.finish(pieces, {}), text)
            value = json.loads(self.finish(pieces, {"error": 'no "more"\n'}))
            self.assertEqual(value, {"a": {"b": 1}, "error": 'no "more"\n'})

    def test_nothing_was_written(self):
        self.assertEqual(json.loads(self.finish([], {"capture": "x", "error": "y"})),
                         {"capture": "x", "error": "y"})


def block(kind, body):
    length = 12 + len(body)
    return struct.pack("=II", kind, length) + body + struct.pack("=I", length)


def packet(interface):
    return block(6, struct.pack("=IIIII", interface, 0, 0, 4, 4) + b"data")


class TestFrameMap(unittest.TestCase):
    """Which frame of which file a frame is."""

    def map(self, data, interfaces):
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            return joined.FrameMap(file.name, interfaces)

    def test_place(self):
        head = block(0x0A0D0D0A, b"\x4d\x3c\x2b\x1a" + bytes(12)) + block(1, bytes(8)) * 3
        # The first file has one interface, the second has two.
        data = head + b"".join(packet(number) for number in (0, 1, 2, 0, 1))
        found = self.map(data, [1, 2])
        self.assertEqual(found.place([1, 2, 3, 4, 5, 6]),
                         {1: (0, 1), 2: (1, 1), 3: (1, 2), 4: (0, 2), 5: (1, 3)})

    def test_damage(self):
        for data in (packet(1), struct.pack("=III", 6, 0, 0), struct.pack("=III", 6, 13, 0)):
            with self.subTest(data), self.assertRaises(Problem):
                self.map(data, [1])


class TestText(unittest.TestCase):
    """What is done to lines."""

    def test_connect_frames(self):
        lines = ["Capture: x", "", "Context  Session  Connect frame  Waits",
                 "      0        1             24      3", "      1        -              -      3",
                 "", "Context  Median", "      0  1.0 s", ""]
        self.assertEqual(joined.made_frames(lines), [24])
        self.assertEqual(joined.end_of_tables(lines), 8)

    def test_wrap(self):
        wrapped = joined.wrap("  Frame 1: " + "word " * 40).splitlines()
        self.assertTrue(all(len(line) <= 100 for line in wrapped))
        self.assertTrue(wrapped[0].startswith("  Frame 1") and wrapped[1].startswith("    word"))

    def test_one_line(self):
        self.assertEqual(one_line('tshark: The file "-"\n is  odd'), "The file is odd")
        self.assertEqual(len(one_line("x" * 1000)), 304)

    def test_durations(self):
        self.assertEqual([progress.duration(seconds) for seconds in (0.4, 59, 61, 3700)],
                         ["0 s", "59 s", "1 min 1 s", "1 h 1 min"])


class Terminal(io.StringIO):
    """Remembers what is written, as one that somebody watches."""

    def isatty(self):
        return True


class TestProgress(unittest.TestCase):
    """How far a process has come, here this one."""

    def test_share_and_estimate(self):
        stream = Terminal()
        watcher = progress.Progress(stream)
        watcher._begin -= 10  # pylint: disable=protected-access
        watcher.expect(1 << 40)
        with tempfile.TemporaryFile() as file:
            file.truncate(1 << 40)
            os.lseek(file.fileno(), 1 << 39, os.SEEK_SET)
            with watcher.watching(os.getpid(), 1 << 40):
                self.assertEqual(watcher.text(), " 50% read, about 10 s left")
                end = time.monotonic() + 20
                while "read" not in stream.getvalue() and time.monotonic() < end:
                    time.sleep(0.1)
        self.assertIn("50% read", stream.getvalue())
        self.assertTrue(stream.getvalue().endswith(" \r"))
        self.assertIsNone(watcher.text())

    def test_nobody_watches(self):
        stream = io.StringIO()
        with progress.Progress(stream).watching(os.getpid(), 100):
            time.sleep(1.5)
        self.assertEqual(stream.getvalue(), "")


def wait(**members):
    return {"session": 0, "context": 0, "wait": 1, "transport": "RPC/TCP", "connection": 0,
            "request_frame": 1, "request_time": 0.0, "end_frame": None, "end_time": None,
            "outcome": "outstanding", "closed_time": None, "closed_how": None, "closed_by": None,
            "fetch_frame": None, "fetch_time": None, "delivered_frame": None,
            "delivered_time": None, **members}


def timeline(waits, gaps=(), cost=None):
    report = {"sessions": [{"session": 0, "transport": "RPC/TCP", "client": "c", "server": "s",
                            "first_frame": 1, "gaps": cost}],
              "waits": waits, "findings": [], "events": [], "gaps": list(gaps)}
    return Timeline.all_of(report)[0]


class TestTimeline(unittest.TestCase):
    """What is drawn."""

    def test_ends(self):
        line = timeline([wait(), wait(request_time=5.0, end_frame=9, end_time=7.0,
                                      outcome="closed", closed_time=6.0, closed_how="RST",
                                      closed_by="server")])
        self.assertEqual((line.begin, line.end), (0.0, 7.0))
        self.assertEqual([drawn[1:3] for drawn in line.data["waits"]], [[0.0, 7.0], [5.0, 6.0]])
        self.assertIn("connection closed (RST by the server) shown by frame 9",
                      line.data["waits"][1][6])

    def test_doubt(self):
        gap = {"kind": "missing", "from_frame": 2, "from_time": 1.0, "to_frame": 2, "to_time": 1.0,
               "connection": 0, "session": 0}
        cost = {"unjudged_requests": 0, "unjudged_responses": 1, "certain_frame": 5,
                "certain_time": 3.0, "doubtful": False}
        line = timeline([wait(end_frame=9, end_time=8.0, outcome="no_event")], [gap], cost)
        self.assertEqual([(begin, end) for begin, end, _ in line.shaded()], [(1.0, 1.0), (1.0, 3.0)])

    def test_picture(self):
        """A bar a wait, and one alone at one moment."""
        for count in (1, 2, 100):
            line = timeline([wait(request_time=float(i), end_frame=9, end_time=i + 0.5,
                                  outcome="no_event") for i in range(count)])
            self.assertEqual(picture.draw(line).count('class="wait '), count)
        self.assertIn("<rect", picture.draw(timeline([wait()])))

    def test_steps(self):
        for span in (1e-5, 0.3, 7, 100, 3600, 1e6):
            step = picture.nice_step(span, 10)
            self.assertTrue(1 <= span / step <= 10.0001, (span, step))


class TestPage(unittest.TestCase):
    """Texts of strangers."""

    def test_escaped(self):
        hostile = "</script><script>'\"&<!--"
        self.assertNotIn("<", page.text(hostile))
        self.assertNotIn("<", page.embedded([hostile]))
        self.assertEqual(json.loads(page.embedded([hostile, "\u2028"])), [hostile, "\u2028"])

    def test_many_rows(self):
        table = page.Table(["a"])
        for i in range(page.MOST_ROWS + 7):
            table.add([i])
        self.assertIn("7 more rows", table.html())


if __name__ == "__main__":
    unittest.main()
