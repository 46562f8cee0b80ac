# capture.py
# Recording on loopback, and reading and tidying what was recorded
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""dumpcap as the recorder, and just enough of pcapng, IP and TCP to find PDUs in its file."""

import signal
import socket
import struct
import subprocess
from dataclasses import dataclass

SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
ETHERNET = 1
NANOSECONDS = struct.pack("<HHB3xHH", 9, 1, 9, 0, 0)
FIN, SYN, RST = 0x01, 0x02, 0x04


class Recorder:
    """dumpcap on the loopback interface, for one server port."""

    def __init__(self, port, path):
        command = ["dumpcap", "-q", "-i", "lo", "-f", f"tcp port {port}", "-w", path]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        for line in self.process.stderr:
            if line.startswith("File:"):
                return
        raise RuntimeError("dumpcap cannot record on the loopback interface")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGINT)
        self.process.communicate()


def blocks(data):
    """(type, body) of every block; little-endian files only, as dumpcap writes here."""
    offset = 0
    while offset < len(data):
        kind, length = struct.unpack_from("<LL", data, offset)
        yield kind, data[offset + 8:offset + length - 4]
        offset += length


def block(kind, body):
    body += bytes(-len(body) % 4)
    length = struct.pack("<L", 12 + len(body))
    return struct.pack("<L", kind) + length + body + length


def packets(path):
    """(nanoseconds since 1970, bytes) of every packet that dumpcap wrote."""
    with open(path, "rb") as file:
        data = file.read()
    for kind, body in blocks(data):
        if kind == PACKET:
            _, high, low, captured, _ = struct.unpack_from("<5L", body)
            yield (high << 32 | low), body[20:20 + captured]


def tidy(source, target, comment):
    """Copy the packets only: no names of the machine or its kernel, `comment` on the section."""
    text = comment.encode()
    option = struct.pack("<HH", 1, len(text)) + text + bytes(-len(text) % 4) + bytes(4)
    out = block(SECTION, struct.pack("<LHHq", 0x1A2B3C4D, 1, 0, -1) + option)
    out += block(INTERFACE, struct.pack("<HHL", ETHERNET, 0, 0) + NANOSECONDS)
    for time, data in packets(source):
        head = struct.pack("<5L", 0, time >> 32, time & 0xFFFFFFFF, len(data), len(data))
        out += block(PACKET, head + data)
    with open(target, "wb") as file:
        file.write(out)


@dataclass
class Segment:
    """One TCP segment."""

    frame: int
    time: float
    source: tuple
    target: tuple
    sequence: int
    flags: int
    payload: bytes


@dataclass
class WirePdu:
    """One DCE/RPC PDU, on the frame that holds its last byte."""

    frame: int
    time: float
    source: tuple
    target: tuple
    raw: bytes

    @property
    def type(self):
        return self.raw[2]

    @property
    def flags(self):
        return self.raw[3]

    @property
    def auth_len(self):
        return struct.unpack_from("<H", self.raw, 10)[0]

    @property
    def call_id(self):
        return struct.unpack_from("<L", self.raw, 12)[0]


def segments(path):
    for frame, (time, data) in enumerate(packets(path), start=1):
        if data[12:14] == b"\x08\x00":
            size = (data[14] & 15) * 4
            length = struct.unpack_from(">H", data, 16)[0] - size
            family, addresses, start = socket.AF_INET, data[26:34], 14 + size
        else:
            length = struct.unpack_from(">H", data, 18)[0]
            family, addresses, start = socket.AF_INET6, data[22:54], 54
        tcp = data[start:start + length]
        half = len(addresses) // 2
        source, target = (socket.inet_ntop(family, address)
                          for address in (addresses[:half], addresses[half:]))
        ports = struct.unpack_from(">HH", tcp)
        sequence, = struct.unpack_from(">L", tcp, 4)
        yield Segment(frame, time / 1e9, (source, ports[0]), (target, ports[1]), sequence,
                      tcp[13], tcp[(tcp[12] >> 4) * 4:])


def pdus(path):
    """Every PDU of the file in the order in which they became complete."""
    streams = {}
    for segment in segments(path):
        if segment.flags & SYN:
            streams[segment.source, segment.target] = [segment.sequence + 1, b""]
            continue
        stream = streams[segment.source, segment.target]
        if not segment.payload or segment.sequence != stream[0] & 0xFFFFFFFF:
            continue
        stream[0] += len(segment.payload)
        stream[1] += segment.payload
        while len(stream[1]) >= 16:
            length = struct.unpack_from("<H", stream[1], 8)[0]
            if len(stream[1]) < length:
                break
            yield WirePdu(segment.frame, segment.time, segment.source, segment.target,
                          stream[1][:length])
            stream[1] = stream[1][length:]
