#!/usr/bin/env python3
# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""An archive of Fiddler gives the sessions, waits and outcomes of the capture that it was made of."""

import json
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

sys.dont_write_bytecode = True

# pylint: disable=wrong-import-position
import make_saz

SOURCE = Path(__file__).resolve().parent.parent.parent
STORY = SOURCE / "captures" / "mapi-story.pcapng"
REAL = SOURCE / "captures" / "gromox"
# What an archive cannot know: silence, cuts, losses.
NEEDS_PACKETS = {"response-not-immediate", "keepalive-overdue", "response-cut", "wait-dropped",
                 "wait-cut-repeatedly", "wait-unanswered"}


def run(*arguments):
    return subprocess.run([SOURCE / "run", *arguments], capture_output=True, text=True, check=False,
                          stdin=subprocess.DEVNULL)


def report(path):
    result = run("--json", "--waits", str(path))
    return json.loads(result.stdout)["report"]


def waits(found):
    """The waits of a report as they follow on each other, without frames."""
    return [(wait["context"], wait["wait"], wait["outcome"],
             wait["end_time"] is not None and round(wait["end_time"] - wait["request_time"], 2))
            for wait in found["waits"]]


class Archive(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()  # pylint: disable=consider-using-with
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.folder.chmod(0o755)
        self.archive = self.folder / "trace.saz"

    def compare(self, capture):
        make_saz.make(capture, self.archive)
        whole, found = report(capture), report(self.archive)
        self.assertEqual(len(whole["sessions"]), len(found["sessions"]))
        self.assertEqual(waits(whole), waits(found))
        self.assertEqual(
            [each["rule"] for each in whole["findings"] if each["rule"] not in NEEDS_PACKETS],
            [each["rule"] for each in found["findings"]])
        self.assertTrue(found["limits"]["from_archive"])
        self.assertFalse(whole["limits"]["from_archive"])

    def test_story(self):
        self.compare(STORY)

    def test_real_server(self):
        for capture in sorted(REAL.glob("mh-story.pcap*")):
            self.compare(capture)

    def test_report_says_why(self):
        make_saz.make(STORY, self.archive)
        self.assertIn("made from an archive of Fiddler", run(str(self.archive)).stdout.replace("\n", " "))

    def write(self, *sessions):
        with zipfile.ZipFile(self.archive, "w") as archive:
            for number, parts in enumerate(sessions, 1):
                for kind, data in parts.items():
                    ending = "xml" if kind == "m" else "txt"
                    archive.writestr(f"raw/{number}_{kind}.{ending}", data)

    def convert(self):
        capture = self.folder / "made.pcapng"
        result = subprocess.run([sys.executable, SOURCE / "scripts" / "saz2pcapng", self.archive, capture],
                                capture_output=True, text=True, check=False)
        return result, list(make_saz.packets(capture.read_bytes())) if capture.exists() else []

    @staticmethod
    def request(host="mail.example.com"):
        return (f"POST https://{host}/mapi/emsmdb/ HTTP/1.1\r\nHost: {host}\r\n"
                "Content-Type: application/mapi-http\r\nX-RequestType: PING\r\n"
                "X-RequestId: {00112233-4455-6677-8899-AABBCCDDEEFF}:1\r\nContent-Length: 0\r\n\r\n")

    @staticmethod
    def notes(begin, end, port=50001):
        return (f'<Session><SessionTimers ClientDoneRequest="{begin}" ServerBeginResponse="{end}" '
                f'ServerDoneResponse="{end}" /><SessionFlags><SessionFlag N="x-clientport" V="{port}" />'
                "</SessionFlags></Session>")

    def test_no_answer_and_no_times(self):
        self.write({"c": self.request(), "m": self.notes("0001-01-01T00:00:00", "0001-01-01T00:00:00")},
                   {"c": self.request()})
        result, packets = self.convert()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(packets), 8)  # two connections, a request each

    def test_two_sessions_on_one_port(self):
        answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        times = "2024-03-04T09:00:{:02d}.0000001+01:00"
        self.write({"c": self.request(), "s": answer, "m": self.notes(times.format(1), times.format(9))},
                   {"c": self.request(), "s": answer, "m": self.notes(times.format(2), times.format(3))})
        result, packets = self.convert()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len({packet[20:22] for _, packet in packets if packet[22:24] == b"\0\x50"}), 2)
        self.assertEqual(packets[0][0] % 10**9, 100)
        self.assertEqual([time for time, _ in packets], sorted(time for time, _ in packets))

    def test_chunks_undone(self):
        answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nPROCESSING\r\nDONE\r\n\r\n"
        self.write({"c": self.request(), "s": answer})
        _, packets = self.convert()
        self.assertTrue(any(b"Content-Length: 20\r\n" in packet for _, packet in packets))

    def test_bad_archives(self):
        self.archive.write_bytes(b"PK\x03\x04 and no more")
        result = run(str(self.archive))
        self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1))
        self.assertIn("no archive of Fiddler", result.stderr)
        self.write({"s": "HTTP/1.1 200 OK\r\n\r\n"})
        result = run(str(self.archive))
        self.assertIn("holds no HTTP request", result.stderr)

    def test_damaged(self):
        """What cannot be unpacked is said in a line; numbers and times that make no sense count for
        none; many blanks take no time."""
        with zipfile.ZipFile(self.archive, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("raw/1_c.txt", self.request() * 50)
        data = bytearray(self.archive.read_bytes())
        data[60:90] = b"\xff" * 30
        self.archive.write_bytes(data)
        result, _ = self.convert()
        self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), result.stderr)
        self.assertIn("is damaged", result.stderr)
        self.write({"c": self.request().replace("Length: 0", f"Length:{' ' * 100000}{'9' * 5000}"),
                    "m": self.notes("9999-12-31T23:59:59Z", "2024-03-04T09:00:00Z", "\N{SUPERSCRIPT TWO}")})
        result, packets = self.convert()
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertLess(packets[0][0], 1 << 63)

    def test_other_compression(self):
        """What Fiddler does not write may ask for any amount of memory."""
        for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            with zipfile.ZipFile(self.archive, "w", method) as archive:
                archive.writestr("raw/1_c.txt", self.request())
            result, _ = self.convert()
            self.assertEqual((result.returncode, result.stderr.count("\n")), (2, 1), result.stderr)
            self.assertIn("with Deflate", result.stderr)

    def test_many_on_one_port(self):
        """Sessions that were never answered take a connection each, and none looks through them."""
        self.write(*[{"c": self.request(), "m": self.notes("2024-03-04T09:00:00Z", "")}] * 2000)
        result, packets = self.convert()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(packets), 8000)

    def test_encrypted(self):
        self.write({"c": self.request()})
        data = bytearray(self.archive.read_bytes())
        data[6] |= 1  # the flag of the entry
        at = data.index(b"PK\x01\x02")
        data[at + 8] |= 1
        self.archive.write_bytes(data)
        result = run(str(self.archive))
        self.assertEqual(result.returncode, 2)
        self.assertIn("is encrypted: save it without a password", result.stderr)


if __name__ == "__main__":
    unittest.main()
