# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The context handles of a scenario, by name."""

import hashlib
import struct
import uuid


class Handle:
    """20 bytes on the wire: attributes and a UUID, in the byte order of their PDU."""

    def __init__(self, attributes, identifier):
        self.attributes = attributes
        self.uuid = identifier

    def packed(self, order):
        identifier = self.uuid.bytes_le if order == "<" else self.uuid.bytes
        return struct.pack(order + "I", self.attributes) + identifier


NULL = Handle(0, uuid.UUID(int=0))


def _uuid_from(text):
    digest = bytearray(hashlib.sha256(text.encode()).digest()[:16])
    return uuid.UUID(bytes=bytes(digest), version=4)


class Handles:
    """Names are introduced by the call that asks for the handle, or by a "handle" line."""

    def __init__(self, seed):
        self.seed = seed
        self.named = {"null": NULL}
        self.indexes = {}

    def declare(self, step):
        """handle NAME [like=OTHER] [attributes=N] [uuid=...]"""
        name = step.next_word("the name of the handle")
        like = step.text("like")
        base = self._named(step, like) if like else Handle(0, _uuid_from(f"{self.seed}/{name}"))
        text = step.text("uuid")
        identifier = uuid.UUID(text) if text else base.uuid
        self.named[name] = Handle(step.number("attributes", base.attributes), identifier)

    def introduce(self, step, key):
        """The handle that the call asks for; null if the step names none."""
        name = step.text(key, "null")
        if name not in self.named:
            self.named[name] = Handle(0, _uuid_from(f"{self.seed}/{name}"))
        return self.named[name]

    def find(self, step, key, default=None):
        """The handle that the step names under key, else the default: a name or a handle."""
        name = step.text(key, default)
        if name is None:
            raise step.error(f"{key}= is missing")
        return name if isinstance(name, Handle) else self._named(step, name)

    def _named(self, step, name):
        if name not in self.named:
            raise step.error(f"the handle {name} has not been introduced")
        return self.named[name]

    def session_index(self, handle):
        """piCxr: sessions are counted in the order in which they are answered."""
        return self.indexes.setdefault(handle, 1 + len(self.indexes))
