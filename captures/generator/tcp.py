# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""TCP connections as a sequence of segments."""

import hashlib

from . import frames

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10

_SYN_OPTIONS = bytes.fromhex("020405b401010402")


class Segment:
    """One segment as it was sent; it can be sent again."""

    def __init__(self, from_client, flags, sequence, payload=b"", options=b""):
        self.from_client = from_client
        self.flags = flags
        self.sequence = sequence
        self.payload = payload
        self.options = options


class Endpoint:
    def __init__(self, host, port, sequence):
        self.host = host
        self.port = port
        self.next_sequence = sequence


def _first_sequence(name, side):
    digest = hashlib.sha256(f"{name}/{side}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


class Connection:
    """The two ends of a connection. Segments are acknowledged at once, piggyback."""

    def __init__(self, name, client, server, path):
        (client_host, client_port), (server_host, server_port) = client, server
        self.name = name
        self.client = Endpoint(client_host, client_port, _first_sequence(name, "client"))
        self.server = Endpoint(server_host, server_port, _first_sequence(name, "server"))
        self.path = path

    def ends(self, from_client):
        return (self.client, self.server) if from_client else (self.server, self.client)

    def segment(self, from_client, flags, payload=b"", options=b""):
        """A new segment; the sender's sequence number moves on."""
        sender, _ = self.ends(from_client)
        made = Segment(from_client, flags, sender.next_sequence, payload, options)
        sender.next_sequence += len(payload) + bool(flags & (SYN | FIN))
        return made

    def syn(self, from_client):
        return self.segment(from_client, SYN if from_client else SYN | ACK, options=_SYN_OPTIONS)

    def keepalive(self, from_client):
        """A keep-alive probe: nothing, one byte before the next sequence number."""
        sender, _ = self.ends(from_client)
        return Segment(from_client, ACK, sender.next_sequence - 1)

    def seen(self, _segment):
        """Whether the capture sees the connection that a segment is on."""
        return True

    def frame(self, segment):
        """The bytes on the link, and how many of them are in front of the TCP payload."""
        sender, receiver = self.ends(segment.from_client)
        acknowledged = receiver.next_sequence if segment.flags & ACK else 0
        data = frames.tcp_segment(sender.host, sender.port, receiver.host, receiver.port,
                                  segment.sequence, acknowledged, segment.flags,
                                  segment.payload, segment.options)
        frame, link_length = self.path.frame(sender.host, receiver.host, frames.TCP, data,
                                             segment.from_client)
        return frame, link_length + len(data) - len(segment.payload)
