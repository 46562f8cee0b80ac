# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes NDR and NDR64 in either byte order, [C706] 14 and [MS-RPCE] 2.2.5."""

import struct


class Writer:
    def __init__(self, ndr64=False, big_endian=False):
        self.ndr64 = ndr64
        self.order = ">" if big_endian else "<"
        self.data = b""
        self.referents = 0

    def align(self, size):
        self.data += bytes(-len(self.data) % size)

    def u16(self, value):
        self.align(2)
        self.data += struct.pack(self.order + "H", value)

    def u32(self, value):
        self.align(4)
        self.data += struct.pack(self.order + "I", value)

    def size(self, value):
        """A count, an offset or a referent id: NDR64 has 8 bytes for it."""
        if not self.ndr64:
            self.u32(value)
            return
        self.align(8)
        self.data += struct.pack(self.order + "Q", value)

    def handle(self, handle):
        """A context handle, [C706] appendix N: attributes, then the UUID."""
        self.align(4)
        self.data += handle.packed(self.order)

    def conformant_array(self, data, count=None):
        self.size(len(data) if count is None else count)
        self.data += data

    def varying_array(self, data, count=None):
        """A conformant and varying array of bytes, sent whole."""
        count = len(data) if count is None else count
        self.size(count)
        self.size(0)
        self.size(count)
        self.data += data

    def string(self, text):
        self.varying_array(text.encode("ascii") + b"\0")

    def unique_string(self, text):
        """A unique pointer to a string; None is a null pointer."""
        if text is None:
            self.size(0)
            return
        self.referents += 1
        self.size(0x00020000 + 4 * (self.referents - 1))
        self.string(text)
