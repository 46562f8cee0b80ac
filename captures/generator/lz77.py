# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Plain LZ77 with DIRECT2 encoding, [MS-OXCRPC] 3.1.4.1.1.2."""

import struct

_WINDOW = 8192
_SHORTEST = 3
_LONGEST = 65535 + 3


class _Stream:
    def __init__(self):
        self.data = bytearray()
        self.mask = 0
        self.bits = 0
        self.mask_at = self._reserve_mask()
        self.nibble_at = None

    def _reserve_mask(self):
        at = len(self.data)
        self.data += bytes(4)
        return at

    def _bit(self, bit):
        if self.bits == 32:
            struct.pack_into("<I", self.data, self.mask_at, self.mask)
            self.mask, self.bits, self.mask_at = 0, 0, self._reserve_mask()
        self.mask |= bit << (31 - self.bits)
        self.bits += 1

    def literal(self, byte):
        self._bit(0)
        self.data.append(byte)

    def match(self, distance, length):
        self._bit(1)
        rest = length - _SHORTEST
        self.data += struct.pack("<H", (distance - 1) << 3 | min(rest, 7))
        if rest >= 7:
            self._long_length(rest)

    def _long_length(self, rest):
        nibble = min(rest - 7, 15)
        if self.nibble_at is None:
            self.nibble_at = len(self.data)
            self.data.append(nibble)
        else:
            self.data[self.nibble_at] |= nibble << 4
            self.nibble_at = None
        if nibble < 15:
            return
        self.data.append(min(rest - 22, 255))
        if rest - 22 >= 255:
            self.data += struct.pack("<H", rest)

    def finished(self):
        """The bits after the last element are set."""
        self._bit(1)
        self.mask |= (1 << (32 - self.bits)) - 1
        struct.pack_into("<I", self.data, self.mask_at, self.mask)
        return bytes(self.data)


def _match_length(data, earlier, at):
    length = 0
    while at + length < len(data) and length < _LONGEST \
            and data[earlier + length] == data[at + length]:
        length += 1
    return length


def _longest_match(data, at):
    best_distance, best_length = 0, 0
    for earlier in range(at - 1, max(at - _WINDOW, 0) - 1, -1):
        length = _match_length(data, earlier, at)
        if length > best_length:
            best_distance, best_length = at - earlier, length
    return best_distance, best_length


def compress(data):
    """Greedy: the longest match within the window, the nearest of equal ones."""
    stream = _Stream()
    at = 0
    while at < len(data):
        distance, length = _longest_match(data, at)
        if length >= _SHORTEST:
            stream.match(distance, length)
            at += length
        else:
            stream.literal(data[at])
            at += 1
    return stream.finished()
