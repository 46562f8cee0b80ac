# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes an archive of Fiddler from a capture of clear HTTP, as if Fiddler had been the proxy."""

import datetime
import re
import struct
import zipfile
from xml.sax.saxutils import quoteattr


def packets(data):
    """Times in nanoseconds and bytes of the packets of a pcap or pcapng file, little-endian."""
    if data[:4] == b"\n\r\r\n":
        at = 0
        while at < len(data):
            kind, length = struct.unpack_from("<II", data, at)
            if kind == 6:
                high, low, captured = struct.unpack_from("<III", data, at + 12)
                yield (high << 32 | low), data[at + 28:at + 28 + captured]
            at += length
        return
    at, scale = 24, 1 if data[:4] == b"\x4d\x3c\xb2\xa1" else 1000
    while at < len(data):
        seconds, fraction, captured, _ = struct.unpack_from("<IIII", data, at)
        yield seconds * 10**9 + fraction * scale, data[at + 16:at + 16 + captured]
        at += 16 + captured


def segments(data):
    """Time, the two ends and the payload of each TCP segment over IPv4 and Ethernet."""
    for time, frame in packets(data):
        if frame[12:14] != b"\x08\x00" or frame[23] != 6:
            continue
        ip = frame[14:14 + struct.unpack_from(">H", frame, 16)[0]]
        tcp = ip[(ip[0] & 15) * 4:]
        ports = struct.unpack_from(">HH", tcp)
        source = (".".join(map(str, ip[12:16])), ports[0])
        target = (".".join(map(str, ip[16:20])), ports[1])
        yield time, source, target, tcp[(tcp[12] >> 4) * 4:]


class Stream:
    """One direction: bytes, and when each of them came."""

    def __init__(self):
        self.data = b""
        self.times = []

    def add(self, time, payload):
        self.times.append((len(self.data), time))
        self.data += payload

    def time_at(self, offset):
        return [time for start, time in self.times if start <= offset][-1]

    def messages(self, bodiless=()):
        """Start and end of each message."""
        at = 0
        while True:
            head = re.compile(rb"(?:[A-Z]+ |HTTP/1)[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n").search(self.data, at)
            if not head:
                return
            end = head.end() + self._body(head.group().lower(), head.end())
            yield head.start(), end
            at = end

    def _body(self, head, at):
        length = re.search(rb"\r\ncontent-length: *(\d+)", head)
        if length:
            return int(length.group(1))
        start = at
        while b"chunked" in head and at < len(self.data):
            line = self.data.index(b"\r\n", at)
            size = int(self.data[at:line].split(b";")[0], 16)
            at = line + 4 + size
            if size == 0:
                break
        return at - start


def _stamp(time):
    moment = datetime.datetime.fromtimestamp(time // 10**9, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{time % 10**9 // 100:07d}Z"


def _notes(times, client, server):
    names = ("ClientDoneRequest", "ServerBeginResponse", "ServerDoneResponse")
    timers = " ".join(f'{name}="{_stamp(time)}"' for name, time in zip(names, times))
    flags = {"x-clientip": client[0], "x-clientport": str(client[1]), "x-hostip": server[0]}
    return "".join(['<?xml version="1.0" encoding="utf-8"?><Session>',
                    f'<SessionTimers ClientConnected="0001-01-01T00:00:00" {timers} />',
                    "<SessionFlags>",
                    *(f"<SessionFlag N={quoteattr(n)} V={quoteattr(v)} />" for n, v in flags.items()),
                    "</SessionFlags></Session>"])


def exchanges(data):
    """Request, response and their times, with the ends, of each connection of a capture."""
    streams = {}
    for time, source, target, payload in segments(data):
        streams.setdefault((source, target), Stream()).add(time, payload)
    for (client, server), requests in list(streams.items()):
        if not requests.data.startswith((b"POST ", b"GET ", b"HEAD ")):
            continue
        answers = streams.get((server, client), Stream())
        responses = [each for each in answers.messages()
                     if not answers.data[each[0]:].startswith(b"HTTP/1.1 100")]
        for place, (start, end) in enumerate(requests.messages()):
            response, times = b"", [requests.time_at(end - 1)]
            if place < len(responses):
                first, last = responses[place]
                response = answers.data[first:last]
                times += [answers.time_at(first), answers.time_at(max(first, last - 1))]
            yield times, client, server, requests.data[start:end], response


def make(capture, archive):
    """Writes the archive of a capture's requests in the order of their times."""
    found = sorted(exchanges(capture.read_bytes()), key=lambda each: each[0])
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for number, (times, client, server, request, response) in enumerate(found, 1):
            host = re.search(rb"\r\nHost: *([^\r\n]*)", request, re.IGNORECASE)
            url = b"http://" + (host.group(1) if host else server[0].encode())
            request = re.sub(rb"^([A-Z]+) /", rb"\1 " + url + b"/", request, count=1)
            out.writestr(f"raw/{number:03d}_c.txt", request)
            out.writestr(f"raw/{number:03d}_m.xml", _notes(times, client, server))
            if response:
                out.writestr(f"raw/{number:03d}_s.txt", response)
