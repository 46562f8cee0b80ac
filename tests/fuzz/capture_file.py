# capture_file.py
# Reads and writes pcapng files, and takes their frames apart down to TCP
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Only what the captures of this tree need: little-endian sections, enhanced packets, Ethernet."""

import struct
from pathlib import Path

ETHERNET = 1
FIN, SYN, RST, PUSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10

_SECTION, _INTERFACE, _ENHANCED_PACKET = 0x0A0D0D0A, 1, 6
_TSRESOL = 9
_VLAN, _IPV4, _IPV6 = 0x8100, 0x0800, 0x86DD
_TCP = 6


class Frame:
    """A frame: its time in nanoseconds, the bytes that were captured, and its length on the wire.

    With TCP directly over IP, segment says where the payload starts, else it is None."""

    def __init__(self, time, data, length, link=ETHERNET):
        self.time = time
        self.length = length
        self.link = link
        self.header, self.payload, self.segment = data, b"", None
        if link == ETHERNET:
            self._take_apart(data)

    def _take_apart(self, data):
        offset = 14
        if len(data) < offset:
            return
        ethertype, = struct.unpack_from(">H", data, 12)
        while ethertype == _VLAN and len(data) >= offset + 4:
            ethertype, = struct.unpack_from(">H", data, offset + 2)
            offset += 4
        tcp = _transport(data, offset, ethertype)
        if tcp is None or len(data) < tcp[0] + 20:
            return
        start = tcp[0] + 4 * (data[tcp[0] + 12] >> 4)
        if tcp[0] + 20 <= start <= tcp[1] <= len(data):
            self.segment = Segment(ethertype, offset, tcp[0], data)
            self.header, self.payload = data[:start], data[start:tcp[1]]

    def key(self):
        """The connection and the direction of a segment: ends with address and port."""
        return self.segment.source + self.segment.destination

    def reverse_key(self):
        return self.segment.destination + self.segment.source

    def data(self):
        """The bytes, the lengths in IP in accordance with the payload."""
        if self.segment is None:
            return self.header
        return self.segment.repair(bytearray(self.header), len(self.payload)) + self.payload


class Segment:
    """Where IP and TCP are in a frame, and what identifies the segment."""

    def __init__(self, ethertype, ip, tcp, data):
        self.ethertype, self.ip, self.tcp = ethertype, ip, tcp
        addresses = data[ip + 12:ip + 20] if ethertype == _IPV4 else data[ip + 8:ip + 40]
        half = len(addresses) // 2
        self.source = addresses[:half] + data[tcp:tcp + 2]
        self.destination = addresses[half:] + data[tcp + 2:tcp + 4]
        self.ports = struct.unpack_from(">HH", data, tcp)
        self.sequence, self.acknowledgement = struct.unpack_from(">II", data, tcp + 4)
        self.flags = data[tcp + 13]

    def repair(self, header, size):
        length = len(header) + size - self.ip
        if self.ethertype == _IPV4:
            struct.pack_into(">H", header, self.ip + 2, min(length, 0xFFFF))
        else:
            struct.pack_into(">H", header, self.ip + 4, min(length - 40, 0xFFFF))
        struct.pack_into(">II", header, self.tcp + 4, self.sequence & 0xFFFFFFFF,
                         self.acknowledgement & 0xFFFFFFFF)
        header[self.tcp + 13] = self.flags
        return bytes(header)


def _transport(data, ip, ethertype):
    """Where TCP starts and where IP ends, or None."""
    if ethertype == _IPV4 and len(data) >= ip + 20:
        total, = struct.unpack_from(">H", data, ip + 2)
        fragment, = struct.unpack_from(">H", data, ip + 6)
        if data[ip + 9] == _TCP and fragment & 0x3FFF == 0:
            return ip + 4 * (data[ip] & 15), min(ip + total, len(data))
    if ethertype == _IPV6 and len(data) >= ip + 40 and data[ip + 6] == _TCP:
        size, = struct.unpack_from(">H", data, ip + 4)
        return ip + 40, min(ip + 40 + size, len(data))
    return None


def _tick(options):
    """Nanoseconds of a tick of an interface."""
    offset = 0
    while offset + 4 <= len(options):
        code, size = struct.unpack_from("<HH", options, offset)
        if code == _TSRESOL:
            return 10 ** (9 - options[offset + 4])
        offset += 4 + size + -size % 4
    return 1000


def read(path):
    """The frames of a file, in its order."""
    data = Path(path).read_bytes()
    interfaces, frames, offset = [], [], 0
    while offset + 12 <= len(data):
        kind, size = struct.unpack_from("<II", data, offset)
        body = data[offset + 8:offset + size - 4]
        if kind == _SECTION:
            interfaces = []
        elif kind == _INTERFACE:
            interfaces.append((struct.unpack_from("<H", body)[0], _tick(body[8:])))
        elif kind == _ENHANCED_PACKET:
            which, high, low, captured, length = struct.unpack_from("<IIIII", body)
            link, tick = interfaces[which]
            frames.append(Frame((high << 32 | low) * tick, body[20:20 + captured], length, link))
        offset += size
    return frames


def _block(kind, body):
    body += bytes(-len(body) % 4)
    return struct.pack("<II", kind, 12 + len(body)) + body + struct.pack("<I", 12 + len(body))


def write(path, frames, cut=None):
    """Writes frames of one link type. cut: the snapshot length by the index of the frame."""
    link = frames[0].link if frames else ETHERNET
    options = struct.pack("<HHB3xHH", _TSRESOL, 1, 9, 0, 0)
    blocks = [_block(_SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)),
              _block(_INTERFACE, struct.pack("<HHI", link, 0, 262144) + options)]
    for index, frame in enumerate(frames):
        data = frame.data()
        captured = data[:cut[index]] if cut and index in cut else data
        time = frame.time & 0xFFFFFFFFFFFFFFFF
        head = struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(captured), len(data))
        blocks.append(_block(_ENHANCED_PACKET, head + captured))
    Path(path).write_bytes(b"".join(blocks))
