# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Extended buffers: RPC_HEADER_EXT with its payload, [MS-OXCRPC] 2.2.2.1."""

import struct

from . import lz77, rops

_COMPRESSED, _XOR_MAGIC, _LAST = 0x0001, 0x0002, 0x0004

DETAILS = ("block", "handles", "payload", "trailing")


class _Block:
    """One header and payload; the options are those of the line "block"."""

    def __init__(self, line=None):
        self.line = line
        self.compress = line is not None and line.option("compress")
        self.xor = line is not None and line.option("xor")
        self.flags = line and line.number("flags")
        self.size = line and line.number("size")
        self.size_actual = line and line.number("size-actual")
        self.version = line.number("version", 0) if line else 0
        self.rop_size = line and line.number("rop-size")
        self.rops = b""
        self.handles = []
        self.raw = None
        if line:
            line.next_word("block")
            line.finish()

    def add(self, line, is_request):
        if rops.is_rop(line.name):
            self.rops += rops.encode(line, is_request)
        elif line.next_word("a detail") == "handles":
            self.handles += line.remaining_numbers()
        else:
            self.raw = line.hex_of(line.next_word("the payload"))
        line.finish()

    def payload(self):
        if self.raw is not None:
            return self.raw
        size = 2 + len(self.rops) if self.rop_size is None else self.rop_size
        return struct.pack("<H", size) + self.rops \
            + struct.pack(f"<{len(self.handles)}I", *self.handles)

    def encode(self, last):
        return encode_block(self.payload(), last, self)


def _compressed(payload, block):
    """A sender leaves a payload alone that does not get smaller."""
    data = lz77.compress(payload)
    if len(data) >= len(payload) and block.size_actual is None:
        raise block.line.error("compression makes this block no smaller")
    return data


def encode_block(payload, last, block):
    """Header and payload; what the block's line says about the header wins."""
    flags = _COMPRESSED * block.compress | _XOR_MAGIC * block.xor | _LAST * last
    sent = _compressed(payload, block) if block.compress else payload
    if block.xor:
        sent = bytes(byte ^ 0xA5 for byte in sent)
    size = len(sent) if block.size is None else block.size
    actual = len(payload) if block.size_actual is None else block.size_actual
    header = struct.pack("<HHHH", block.version, flags if block.flags is None else block.flags,
                         size, actual)
    return header + sent


def plain_block(payload):
    """A single block, neither compressed nor obfuscated."""
    return encode_block(payload, True, _Block())


def encode(step, is_request):
    """rgbIn or rgbOut of a step from the ROP lines under it: without any, an empty buffer."""
    blocks, trailing = [], b""
    for line in step.details:
        if line.name == "trailing":
            line.next_word("trailing")
            trailing = line.hex_of(line.next_word("the trailing bytes"))
            line.finish()
        elif line.name == "block":
            blocks.append(_Block(line))
        else:
            if not blocks:
                blocks.append(_Block())
            blocks[-1].add(line, is_request)
    step.details = []
    blocks = blocks or [_Block()]
    last = len(blocks) - 1
    return b"".join(block.encode(place == last) for place, block in enumerate(blocks)) + trailing
