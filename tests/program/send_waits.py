# send_waits.py
# Sends what a capture holds once more, over the loopback interface
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""send_waits.py PORT OUTPUT

Sends the bytes of captures/bad-tour.pcapng over real connections to PORT, as long as nothing of them
has come to the file OUTPUT. Exit status 1 if nothing ever does.
"""

import contextlib
import socket
import struct
import sys
import time
from pathlib import Path

CAPTURE = Path(__file__).resolve().parent.parent.parent / "captures" / "bad-tour.pcapng"
TRIES = 10
ENHANCED_PACKET = 6
HEADERS = 14 + 20  # of Ethernet and IPv4 without options
SYN = 0x02


def packets(path):
    """The bytes of each frame, as generated captures have them."""
    data = path.read_bytes()
    offset = 0
    while offset < len(data):
        kind, length = struct.unpack_from("<II", data, offset)
        if kind == ENHANCED_PACKET:
            size = struct.unpack_from("<I", data, offset + 20)[0]
            yield data[offset + 28:offset + 28 + size]
        offset += length


def steps(path):
    """(the client's port, whether the client sends, the bytes); no bytes: the client connects."""
    server = None
    for packet in packets(path):
        source, destination = struct.unpack_from(">HH", packet, HEADERS)
        flags = packet[HEADERS + 13]
        payload = packet[HEADERS + (packet[HEADERS + 12] >> 4) * 4:]
        if flags & SYN and server is None:
            server = destination
        to_server = destination == server
        if payload or (flags & SYN and to_server):
            yield source if to_server else destination, to_server, payload


def read(end, size):
    while size > 0:
        size -= len(end.recv(size))


def send(port):
    with socket.create_server(("127.0.0.1", port)) as server, contextlib.ExitStack() as stack:
        ends = {}
        for client, to_server, payload in steps(CAPTURE):
            if not payload:
                near = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
                ends[client] = (near, stack.enter_context(server.accept()[0]))
                continue
            near, far = ends[client] if to_server else reversed(ends[client])
            near.sendall(payload)
            read(far, len(payload))


def main():
    port, output = int(sys.argv[1]), Path(sys.argv[2])
    for _ in range(TRIES):
        send(port)
        time.sleep(2)
        if "wait-overlap" in output.read_text(encoding="utf-8", errors="replace"):
            return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
