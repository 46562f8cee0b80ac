# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The frames of one capture: clock, interfaces, what is left out, and what is expected."""

import struct

from . import pcapng

_EPOCH = 1_709_542_800_000_000_000  # 2024-03-04 09:00:00 UTC
_STEP = 500_000
_WITHIN_STEP = 200_000
_DEFAULT_SNAPLEN = 262144


class Interface:
    def __init__(self, name, snaplen=_DEFAULT_SNAPLEN, clock=0):
        self.name = name
        self.snaplen = snaplen
        self.clock = clock


class Frame:
    """A frame on the link. number is None where it is not in the file."""

    def __init__(self, data, captured, time, interface):
        self.data = data
        self.captured = captured
        self.time = time
        self.interface = interface
        self.captured_at_all = True
        self.notes = []
        self.rules = []
        self.number = None

    def stamp(self, interface):
        return _EPOCH + self.time + interface.clock

    def comment(self):
        return "\n".join(self.notes + [f"expect {rule}" for rule in self.rules])


class Mirror:
    """A second interface that sees every frame again, perhaps with a VLAN tag."""

    def __init__(self, interface, delay, vlan):
        self.interface = interface
        self.delay = delay
        self.vlan = vlan

    def copy(self, frame):
        data, captured = frame.data, frame.captured
        if self.vlan is not None:
            data = data[:12] + struct.pack(">HH", 0x8100, self.vlan) + data[12:]
            captured += 4
        return Frame(data, captured, frame.time + self.delay, self.interface)


class Capture:
    def __init__(self, comment):
        self.comment = comment
        self.interfaces = []
        self.frames = []
        self.running = True
        self.mirror = None
        self.clock = 0

    def interface(self, name=None):
        """An interface by name; without a name, the first, which exists always."""
        if not self.interfaces:
            self.interfaces.append(Interface("capture" if name is None else name))
        if name is None:
            return self.interfaces[0]
        for interface in self.interfaces:
            if interface.name == name:
                return interface
        self.interfaces.append(Interface(name))
        return self.interfaces[-1]

    def add(self, data, captured=None, delay=None, lost=False, interface=None):
        """Records a frame delay nanoseconds after the one before."""
        self.clock += _STEP if delay is None else delay
        where = interface or self.interface()
        length = len(data) if captured is None else captured
        frame = Frame(data, min(length, len(data), where.snaplen), self.clock, where)
        frame.captured_at_all = self.running and not lost
        self.frames.append(frame)
        if self.mirror:
            copy = self.mirror.copy(frame)
            copy.captured_at_all = frame.captured_at_all
            self.frames.append(copy)
        return frame

    def add_next(self, data, **options):
        """A further frame of the same step."""
        return self.add(data, delay=_WITHIN_STEP, **options)

    def start_here(self):
        """Nothing before this point is in the file."""
        for frame in self.frames:
            frame.captured_at_all = False

    def number_frames(self):
        """The frames of the file in its order: by time, as a tool that merges writes them."""
        kept = [frame for frame in self.frames if frame.captured_at_all]
        kept.sort(key=lambda frame: frame.stamp(frame.interface))
        for number, frame in enumerate(kept, 1):
            frame.number = number
        return kept

    def expects_what_is_missing(self):
        return any(frame.rules and not frame.captured_at_all for frame in self.frames)

    def file(self):
        frames = self.number_frames()
        self.interface()
        blocks = [pcapng.section(self.comment)]
        blocks += [pcapng.interface(each.name, each.snaplen) for each in self.interfaces]
        for frame in frames:
            index = self.interfaces.index(frame.interface)
            blocks.append(pcapng.packet(index, frame.stamp(frame.interface), frame.data,
                                        frame.captured, frame.comment()))
        return b"".join(blocks)

    def expectations(self):
        """One line a finding: frame and rule."""
        lines = []
        for frame in self.number_frames():
            lines += [f"{frame.number} {rule}\n" for rule in sorted(frame.rules)]
        return "".join(lines)
