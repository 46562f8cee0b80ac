#!/usr/bin/env python3
# seeds.py
# Makes the seed corpus of each fuzz target from the captures of this tree
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Usage: seeds.py FOLDER, in which a folder for each target is made anew."""

import hashlib
import re
import shutil
import struct
import sys
from pathlib import Path

sys.dont_write_bytecode = True

import capture_file  # noqa: E402
import pdus  # noqa: E402

CAPTURES = Path(__file__).resolve().parent.parent.parent / "captures"

MOST_SEEDS = 250  # of a target; the shortest ones
LONGEST_SEED = 20000
REGISTER_PUSH, CONNECT_EX, RPC_EXT2, ASYNC_WAIT = 4, 10, 11, 15
PORTS_OF_HTTP, PORTS_OF_PROXY_LEG = {80, 593, 8080}, {6001, 6004}


class Corpus:
    """The seeds of each target, each once."""

    def __init__(self):
        self.targets = {}

    def add(self, target, seed):
        if len(seed) <= LONGEST_SEED:
            name = hashlib.sha256(seed).hexdigest()[:16]
            self.targets.setdefault(target, {})[name] = seed

    def write(self, folder):
        for target, seeds in self.targets.items():
            place = folder / target
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            chosen = sorted(seeds.items(), key=lambda item: (len(item[1]), item[0]))
            for name, seed in chosen[:: max(1, -(-len(chosen) // MOST_SEEDS))]:
                (place / name).write_bytes(seed)


class Calls:
    """The calls of a file, request and response together, as far as they are whole."""

    def __init__(self, corpus):
        self.corpus = corpus
        self.rops = b""  # of the calls so far, as the target "calls" takes them
        self.bound = {}
        self.requests = {}

    def take(self, connection, pdu):
        kind = pdu[2]
        if kind in (pdus.BIND, pdus.ALTER):
            self.bound.setdefault(connection, {}).update(pdus.contexts(pdu))
        elif kind in (pdus.REQUEST, pdus.RESPONSE) and len(pdu) >= 24:
            stub = pdus.whole_stub(pdu)
            if stub is not None and kind == pdus.REQUEST:
                context, opnum = struct.unpack_from(pdus.order(pdu) + "HH", pdu, 20)
                self.requests[connection, pdus.call_id(pdu)] = (context, opnum, pdu, stub)
            elif stub is not None:
                self._answer(connection, pdu, stub)

    def _answer(self, connection, pdu, stub):
        context, opnum, request, request_stub = self.requests.pop(
            (connection, pdus.call_id(pdu)), (None, None, None, None))
        interface, ndr64 = self.bound.get(connection, {}).get(context, (None, False))
        if interface == pdus.ASYNCEMSMDB:
            opnum = ASYNC_WAIT
        elif interface != pdus.EMSMDB or opnum >= ASYNC_WAIT:
            return
        big = pdus.order(request) == ">"
        choices = ndr64 | big << 1 | (pdus.order(pdu) == ">") << 2
        self.corpus.add("stubs", struct.pack(">BBH", opnum, choices, len(request_stub))
                        + request_stub + stub)
        if opnum == REGISTER_PUSH and choices == 0:
            self._push(request_stub, stub)
        elif opnum == RPC_EXT2 and choices == 0:
            self._buffers(request_stub, 24, 4, 0)
            self._buffers(stub, 24, 12, 1)
            self._rops(request_stub, 4, 1)
            self._rops(stub, 12, 0)
        elif opnum == CONNECT_EX and choices == 0:
            self._last_buffer(request_stub, 0)
            self._last_buffer(stub, 1)

    def _buffers(self, stub, offset, counts, response):
        """The two arrays of a stub of EcDoRpcExt2 in NDR32."""
        for auxiliary in (0, 2):
            if len(stub) < offset + counts:
                return
            size, = struct.unpack_from("<I", stub, offset + counts - 4)
            buffer = stub[offset + counts:offset + counts + size]
            if len(buffer) != size:
                return
            self.corpus.add("buffers", bytes([response | auxiliary]) + buffer)
            add_payloads(self.corpus, buffer, response, auxiliary)
            offset += counts + size + -size % 4 + (4 if response or auxiliary else 8)

    def _rops(self, stub, counts, request):
        """The payloads of the first array of a stub of EcDoRpcExt2 in NDR32."""
        if len(stub) < 24 + counts:
            return
        size, = struct.unpack_from("<I", stub, 24 + counts - 4)
        found = payloads(stub[24 + counts:24 + counts + size])
        for place, payload in enumerate(found):
            more = 0x80 if place + 1 < len(found) else 0
            self.rops += struct.pack(">BH", request | more, len(payload)) + payload
        self.corpus.add("calls", self.rops)

    def _push(self, request, stub):
        """A registration in NDR32, with datagrams to its port, one of them what it asks for."""
        size, = struct.unpack_from("<I", request, 24)
        context = request[28:28 + size]
        sockaddr = 28 + size + -size % 4 + 12
        seed = b"".join(struct.pack(">H", len(part)) + part for part in (request, stub))
        for payload in (context, context + b"x", b"", context):
            seed += request[sockaddr + 2:sockaddr + 4] + bytes([len(payload)]) + payload
        for choices in (b"\0", b"\x50"):
            self.corpus.add("push", choices + seed)

    def _last_buffer(self, stub, response):
        """The auxiliary buffer of a stub of EcDoConnectEx: its size and four bytes follow it."""
        size, = struct.unpack_from("<I", stub, len(stub) - 8)
        start = len(stub) - 8 - (size + -size % 4)
        if size > 0 and start > 0:
            self.corpus.add("buffers", bytes([response | 2]) + stub[start:start + size])
            add_payloads(self.corpus, stub[start:start + size], response, 2)


def payloads(buffer):
    """The payloads of an extended buffer that are not compressed, in the clear."""
    offset, found = 0, []
    while offset + 8 <= len(buffer):
        _, flags, size, _ = struct.unpack_from("<HHHH", buffer, offset)
        payload = buffer[offset + 8:offset + 8 + size]
        offset += 8 + size
        if not flags & 1:
            found.append(bytes(byte ^ 0xA5 for byte in payload) if flags & 2 else payload)
    return found


def add_payloads(corpus, buffer, response, auxiliary):
    """The payloads of an extended buffer, for the targets that take one."""
    offset, clear = 0, []
    while offset + 8 <= len(buffer):
        _, flags, size, actual = struct.unpack_from("<HHHH", buffer, offset)
        payload = buffer[offset + 8:offset + 8 + size]
        offset += 8 + size
        if flags & 2:
            payload = bytes(byte ^ 0xA5 for byte in payload)
        if flags & 1:
            corpus.add("lz77", struct.pack(">H", actual) + payload)
            continue
        clear.append(payload)
        if auxiliary:
            corpus.add("auxiliary", b"\0" + payload)
        else:
            corpus.add("rops", bytes([0 if response else 1]) + payload)
    if clear:
        sized = b"".join(struct.pack(">H", len(each)) + each for each in clear)
        for obfuscated in (0, 8):
            corpus.add("buffers", bytes([response | auxiliary | 4 | obfuscated]) + sized)


def slot_of(port, slots):
    """A connection of the target "segments" whose server has such a port."""
    if port in PORTS_OF_HTTP:
        choices = (2, 3, 4)
    elif port in PORTS_OF_PROXY_LEG:
        choices = (5, 6, 7)
    else:
        choices = (0, 1)
    return choices[sum(1 for used in slots.values() if used in choices) % len(choices)]


def way_of(frame, pause):
    if frame.segment.flags & capture_file.RST:
        return 3
    if frame.segment.flags & capture_file.FIN:
        return 2
    return 1 if pause > 60_000_000_000 else 0


def is_to_server(frame, clients):
    """By who spoke first; a capture that begins late may mislead, which does no harm here."""
    return clients.setdefault(min(frame.key(), frame.reverse_key()), frame.key()) == frame.key()


def add_segments(corpus, frames):
    """A file as the target "segments" takes it."""
    seed, slots, clients, time = b"", {}, {}, frames[0].time if frames else 0
    for frame in frames:
        ends = frame.segment.flags & (capture_file.FIN | capture_file.RST)
        to_server = is_to_server(frame, clients)
        if not frame.payload and not ends:
            continue
        connection = clients[min(frame.key(), frame.reverse_key())]
        server_port = frame.segment.ports[1 if to_server else 0]
        if connection not in slots:
            slots[connection] = slot_of(server_port, slots)
        choices = slots[connection] | (0 if to_server else 8)
        choices |= way_of(frame, frame.time - time) << 4
        time = frame.time
        seed += struct.pack(">BH", choices, len(frame.payload)) + frame.payload
    corpus.add("segments", seed)


def add_streams(corpus, frames):
    """The directions of a connection as the target "splitter" takes them, and what "http" reads."""
    streams = {}
    for frame in frames:
        if not PORTS_OF_HTTP.isdisjoint(frame.segment.ports) and frame.payload:
            streams.setdefault(frame.key(), []).append(frame.payload[:0x7FFF])
            corpus.add("http", frame.payload[:1024])
            for is_pdu, part in pdus.split(frame.payload):
                if is_pdu and part[2] == pdus.RTS:
                    corpus.add("http", part)
    add_connections(corpus, frames)
    for segments in streams.values():
        corpus.add("splitter", b"".join(struct.pack(">H", len(each)) + each for each in segments))


def add_connections(corpus, frames):
    """Both directions of a connection as the target "stream" takes them."""
    connections = {}
    for frame in frames:
        if not PORTS_OF_HTTP.isdisjoint(frame.segment.ports) and frame.payload:
            key = min(frame.key(), frame.reverse_key())
            to_client = frame.segment.ports[0] in PORTS_OF_HTTP
            connections.setdefault(key, [b"\x01"]).append(
                struct.pack(">BH", to_client, len(frame.payload)) + frame.payload)
    for pieces in connections.values():
        corpus.add("stream", b"".join(pieces))


TYPES = {b"Connect": 0, b"Execute": 1, b"Disconnect": 2, b"NotificationWait": 3, b"PING": 4}


def body_of(message):
    """The type and the body of a message of MAPI over HTTP that one segment holds whole."""
    head, end, body = message.partition(b"\r\n\r\n")
    found = re.search(rb"(?i)\r\nX-RequestType: (\w+)", head)
    if not end or not found or found.group(1) not in TYPES:
        return None, b""
    if re.search(rb"(?i)\r\nTransfer-Encoding: chunked", head):
        body = b"".join(re.findall(rb"(?s)[0-9a-fA-F]+\r\n(.*?)\r\n(?=[0-9a-fA-F]+\r\n)", body))
    return TYPES[found.group(1)], body


def add_mapi(corpus, frames):
    """The calls of MAPI over HTTP as the target "mapi" takes them."""
    requests = {}
    for frame in frames:
        kind, body = body_of(frame.payload)
        if kind is None:
            continue
        if frame.payload.startswith(b"POST "):
            requests[frame.reverse_key()] = body
        elif frame.key() in requests and len(body) < 0x8000:
            request = requests.pop(frame.key())
            for choices in (8, 0x18, 0x28):
                corpus.add("mapi", struct.pack(">BH", kind | choices, len(request)) + request + body)


def event(kind, method=0, call=1, handle=1, result=0, pause=0, many=0, connection=0):
    """An event of the target "tracker"; the numbers are places in the lists there."""
    return bytes([kind, connection, call, pause, method, handle, result, many])


BINDS, ACKNOWLEDGES, ASKS, ANSWERS, FAULTS, CANCELS = range(6)
LOSES, CLOSES = 8, 9
WAIT, FETCH, CONNECT, DISCONNECT, ASYNC_CONNECT = range(5)
CXH, ACXH = 1, 2


def add_stories(corpus):
    """Short histories for the event machine: what all captures have in common, and an end each."""
    start = b"\0" + event(BINDS) + event(ACKNOWLEDGES, many=5)
    start += event(ASKS, CONNECT, 2) + event(ANSWERS, CONNECT, 2, CXH)
    start += event(ASKS, ASYNC_CONNECT, 3, CXH) + event(ANSWERS, ASYNC_CONNECT, 3, ACXH)
    wait = event(ASKS, WAIT, 4, ACXH)
    notified = wait + event(ANSWERS, WAIT, 4, ACXH, 8, pause=3)
    fetched = event(ASKS, FETCH, 5, CXH) + event(ANSWERS, FETCH, 5, CXH, many=5)
    other = event(BINDS, connection=1, many=5) + event(ACKNOWLEDGES, connection=1, many=5)
    ends = [
        fetched + notified + fetched, notified * 4, notified + notified.replace(b"\x03\x00", b"\x02\x00"),
        wait + event(ASKS, WAIT, 6, ACXH) + event(ANSWERS, WAIT, 4, ACXH, 8)
        + event(ANSWERS, WAIT, 6, ACXH, 1),
        other + wait + event(ASKS, WAIT, 4, ACXH, connection=1)
        + event(ANSWERS, WAIT, 4, ACXH, 8) + event(ANSWERS, WAIT, 4, ACXH, 8, connection=1),
        other + wait + event(CLOSES) + event(ASKS, WAIT, 4, ACXH, pause=6, connection=1),
        other + wait + event(ASKS, WAIT, 4, ACXH, pause=6, connection=1),
        wait + event(ANSWERS, WAIT, 4, ACXH, 2) + wait, wait + event(FAULTS, call=4) + wait,
        wait + event(CANCELS, call=4) + wait + event(ANSWERS, WAIT, 4, ACXH),
        event(ASKS, DISCONNECT, 6, CXH) + event(ANSWERS, DISCONNECT, 6, 0) + event(ASKS, WAIT, 7, ACXH, pause=3)
        + event(ASKS, ASYNC_CONNECT, 8, CXH), event(ASKS, CONNECT, 6) + event(ANSWERS, CONNECT, 6, CXH)
        + wait, event(ASKS, ASYNC_CONNECT, 6, 3) + event(ANSWERS, ASYNC_CONNECT, 6, ACXH),
        event(LOSES) + wait + notified, event(ASKS, WAIT, 6, 5) + event(ASKS, WAIT, 7, CXH),
        wait + event(ANSWERS, WAIT, 4, ACXH, 0, pause=6), wait + event(ANSWERS, WAIT, 4, ACXH, 0, pause=1),
    ]
    for end in ends:
        corpus.add("tracker", start + end)
        corpus.add("tracker", b"\0" + end)


def main():
    corpus = Corpus()
    for path in sorted(CAPTURES.rglob("*.pcapng")):
        frames = [frame for frame in capture_file.read(path) if frame.segment]
        calls = Calls(corpus)
        for frame in frames:
            for is_pdu, part in pdus.split(frame.payload):
                if is_pdu:
                    calls.take(frozenset((frame.key(), frame.reverse_key())), part)
        add_segments(corpus, frames)
        add_streams(corpus, frames)
        add_mapi(corpus, frames)
    add_stories(corpus)
    corpus.write(Path(sys.argv[1]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
