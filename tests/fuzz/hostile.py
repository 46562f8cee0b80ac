# hostile.py
# Captures as an attacker would write them: as much work as possible for as few bytes
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Each function of CASES makes the frames of one capture, in proportion to its argument."""

import struct

from capture_file import ACK, FIN, PUSH, Frame
from pdus import ALTER, ASYNCEMSMDB, BIND, BIND_ACK, EMSMDB, FAULT, REQUEST, RESPONSE, RTS
from pdus import ALTER_RESPONSE

NDR = bytes.fromhex("045d888aeb1cc9119fe808002b104860") + struct.pack("<I", 2)
INTERFACES = [EMSMDB.bytes_le + struct.pack("<I", 0x00510000),
              ASYNCEMSMDB.bytes_le + struct.pack("<I", 1)]
CO_CANCEL, ORPHANED = 18, 19
CONNECT, RPC_EXT2, ASYNC_CONNECT = 10, 11, 14
BOTH_FLAGS = 3
CLIENT, SERVER = bytes([192, 0, 2, 10]), bytes([192, 0, 2, 20])
MOST_PAYLOAD = 60000
MILLISECOND = 1_000_000
START = 1_709_542_800_000 * MILLISECOND


class Hostile:
    """The frames of a capture, a millisecond apart."""

    def __init__(self):
        self.frames = []
        self.time = START
        self.connections = 0

    def add(self, data):
        self.frames.append(Frame(self.time, data, len(data)))
        self.time += MILLISECOND


class Connection:
    """A TCP connection of a capture, with as many clients as there need to be."""

    def __init__(self, capture, port=49876):
        number = capture.connections
        capture.connections += 1
        self.capture, self.port = capture, port
        self.client = bytes([10, 0, number >> 14 & 255, 1])
        self.client_port = 20000 + number % 16384
        self.sequences = [1000, 2000]

    def segment(self, payload, to_server=True, flags=ACK | PUSH):
        way = 0 if to_server else 1
        ends = [(self.client, self.client_port), (SERVER, self.port)]
        (source, source_port), (target, target_port) = ends[way], ends[1 - way]
        tcp = struct.pack(">HHIIBBHHH", source_port, target_port, self.sequences[way],
                          self.sequences[1 - way], 0x50, flags, 64240, 0, 0)
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(payload), 1, 0x4000, 64, 6, 0, source,
                         target)
        self.sequences[way] = (self.sequences[way] + len(payload)) & 0xFFFFFFFF
        self.capture.add(bytes(12) + b"\x08\x00" + ip + tcp + payload)

    def send(self, data, to_server=True):
        """As many segments as it takes."""
        for at in range(0, len(data), MOST_PAYLOAD):
            self.segment(data[at:at + MOST_PAYLOAD], to_server)

    def bind(self):
        items = [struct.pack("<HBB", number, 1, 0) + abstract + NDR
                 for number, abstract in enumerate(INTERFACES)]
        head = struct.pack("<HHI", 5840, 5840, 0)
        self.segment(pdu(BIND, 1, head + struct.pack("<B3x", len(items)) + b"".join(items)))
        results = (struct.pack("<HH", 0, 0) + NDR) * len(items)
        self.segment(pdu(BIND_ACK, 1, struct.pack("<HHI", 5840, 5840, 0x5337) + bytes(4)
                         + struct.pack("<B3x", len(items)) + results), False)


def pdu(kind, call_id, body, flags=BOTH_FLAGS):
    return struct.pack("<BBBBIHHI", 5, 0, kind, flags, 0x10, 16 + len(body), 0, call_id) + body


def request(call_id, context, opnum, stub, flags=BOTH_FLAGS):
    return pdu(REQUEST, call_id, struct.pack("<IHH", len(stub), context, opnum) + stub, flags)


def response(call_id, context, stub, flags=BOTH_FLAGS):
    return pdu(RESPONSE, call_id, struct.pack("<IHH", len(stub), context, 0) + stub, flags)


def handle(number):
    return struct.pack("<II12x", 0, number + 1)


def varying(data):
    return struct.pack("<III", len(data), 0, len(data)) + data + bytes(-len(data) % 4)


def rpc_response(call_id, rops, auxiliary=b""):
    stub = handle(0) + bytes(4) + varying(rops) + struct.pack("<I", len(rops))
    stub += varying(auxiliary) + struct.pack("<I", len(auxiliary)) + bytes(8)
    return response(call_id, 0, stub)


def rpc_request(call_id, rops=b""):
    stub = handle(0) + struct.pack("<II", 3, len(rops)) + rops + bytes(-len(rops) % 4)
    stub += struct.pack("<IIIII", len(rops), 0x18008, 0, 0, 0x1008)
    return request(call_id, 0, RPC_EXT2, stub)


def block(payload, actual=None, flags=4):
    return struct.pack("<HHHH", 0, flags, len(payload),
                       len(payload) if actual is None else actual) + payload


def small_pdus(count):
    """Segments full of PDUs that consist of a common header."""
    capture = Hostile()
    one = Connection(capture)
    one.bind()
    for number in range(count):
        kinds = [CO_CANCEL, ORPHANED, RTS, FAULT, REQUEST, RESPONSE]
        one.segment(pdu(kinds[number % len(kinds)], 2, b"") * 3700)
    return capture.frames


def small_calls(count):
    """Segments full of calls without a stub, answered in the order that is the worst."""
    capture = Hostile()
    one = Connection(capture)
    one.bind()
    for number in range(count):
        calls = range(number * 2000, number * 2000 + 2000)
        one.segment(b"".join(request(call, 1, 0, b"") for call in calls))
        one.segment(b"".join(response(call, 1, b"") for call in reversed(calls)), False)
    return capture.frames


def presentation_contexts(count):
    """Thousands of presentation contexts, in binds and in the calls."""
    capture = Hostile()
    one = Connection(capture)
    one.bind()
    for number in range(count):
        items = b"".join(struct.pack("<HBB", (number * 255 + k) & 0xFFFF, 1, 0)
                         + INTERFACES[k % 2] + NDR for k in range(255))
        one.segment(pdu(ALTER, 2, struct.pack("<HHIB3x", 5840, 5840, 0, 255) + items))
        one.segment(pdu(ALTER_RESPONSE, 2, struct.pack("<HHIIB3x", 5840, 5840, 0, 0, 255)
                        + (struct.pack("<HH", 0, 0) + NDR) * 255), False)
    return capture.frames


def connections(count):
    """A wait on one context from each of many connections, and no answer."""
    capture = Hostile()
    for _ in range(count * 10):
        one = Connection(capture)
        one.bind()
        one.segment(request(2, 1, 0, handle(7) + bytes(4)))
    return capture.frames


def outstanding_waits(count):
    """Waits on one context without an answer, then a close."""
    capture = Hostile()
    one = Connection(capture)
    one.bind()
    call = 2
    for _ in range(count):
        calls = [request(call + k, 1, 0, handle(7) + bytes(4)) for k in range(1000)]
        call += 1000
        one.segment(b"".join(calls))
    one.segment(b"", flags=ACK | FIN)
    again = Connection(capture)
    again.bind()
    again.segment(request(2, 1, 0, handle(7) + bytes(4)))
    return capture.frames


def sessions(count):
    """Sessions and contexts with handles of their own."""
    capture = Hostile()
    one = Connection(capture)
    one.bind()
    call = 2
    for _ in range(count):
        asked, answered = [], []
        for _ in range(400):
            asked += [request(call, 0, CONNECT, bytes(8)),
                      request(call + 1, 0, ASYNC_CONNECT, handle(call)),
                      request(call + 2, 1, 0, handle(call + 1) + bytes(4))]
            answered += [response(call, 0, handle(call) + bytes(60)),
                         response(call + 1, 0, handle(call + 1) + bytes(4)),
                         response(call + 2, 1, struct.pack("<II", 1, 0))]
            call += 3
        one.send(b"".join(asked))
        one.send(b"".join(answered), False)
    return capture.frames


def fetches(count):
    """EcDoRpcExt2 calls without an answer, and notifications for which all of them fetch."""
    capture = Hostile()
    one = Connection(capture)
    one.bind()
    call = 2
    for _ in range(count):
        one.send(b"".join(rpc_request(call + k) for k in range(700)))
        call += 700
        for _ in range(100):
            one.segment(request(call, 1, 0, handle(7) + bytes(4)))
            one.segment(response(call, 1, struct.pack("<II", 1, 0)), False)
            call += 1
    return capture.frames


def _responses(count, buffer, auxiliary=b""):
    capture = Hostile()
    one = Connection(capture)
    one.bind()
    for number in range(count):
        one.segment(rpc_request(number + 2))
        one.send(rpc_response(number + 2, buffer, auxiliary), False)
    return capture.frames


def _requests(count, buffer):
    capture = Hostile()
    one = Connection(capture)
    one.bind()
    for number in range(count):
        one.send(rpc_request(number + 2, buffer))
    return capture.frames


def decompression(count):
    """Chains of as many blocks as there may be, each a few bytes that become 65535."""
    # A literal, then a match of 65534 bytes at distance 1: RopRelease again and again.
    stream = bytes.fromhex("ffffff7f 01 0700 0f ff fbff")
    return _requests(count, block(stream, 65535, 1) * 96 + block(stream, 65535, 5))


def chains(count):
    """Chains of empty blocks beyond what there may be."""
    return _responses(count, block(b"", 0, 0) * 7000)


def rop_lists(count):
    """ROPs of three bytes, as many as fit."""
    rops = bytes.fromhex("010000") * 9000
    return _requests(count, block(struct.pack("<H", 2 + len(rops)) + rops))


def notifications(count):
    """RopNotify and RopRegisterNotification, as many as fit."""
    notify = bytes.fromhex("2a 11000000 00 0280 01000000000000d1 0100000000012345 00000000 00 00")
    rops = notify * 800 + bytes.fromhex("29 00 00000000") * 800
    return _responses(count, block(struct.pack("<H", 2 + len(rops)) + rops))


def auxiliary_blocks(count):
    """Auxiliary blocks of no size, and as many of the least as fit."""
    small = struct.pack("<HBB", 4, 1, 0x7F) * 7000
    both = _responses(count, b"", block(small))
    return both + _responses(count, b"", block(bytes(28000)))


def array_counts(count):
    """Arrays that announce more than there is."""
    capture = Hostile()
    one = Connection(capture)
    one.bind()
    for number in range(count * 20):
        huge = [0xFFFFFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFC][number % 4]
        one.segment(request(number + 2, 0, [4, CONNECT, RPC_EXT2][number % 3],
                            handle(0) + struct.pack("<II", 3, huge) + bytes(200)))
        one.segment(response(number + 2, 0, handle(0) + struct.pack("<IIII", 0, huge, huge, huge)
                             + bytes(100)), False)
    return capture.frames


def call_fragments(count):
    """Calls in fragments of one byte; the last never comes."""
    capture = Hostile()
    one = Connection(capture)
    one.bind()
    for number in range(count):
        one.segment(request(number + 2, 0, RPC_EXT2, handle(0)[:1], 1))
        one.segment(request(number + 2, 0, RPC_EXT2, b"x", 0) * 1500)
    return capture.frames


def rts_commands(count):
    """RTS PDUs that announce 65535 commands, on channels of one virtual connection."""
    capture = Hostile()
    for number in range(count):
        one = Connection(capture, 80)
        one.segment(_head(number % 2 == 0))
        one.segment(_opening(number // 2))
        commands = struct.pack("<I", 11) * 14000
        one.segment(pdu(RTS, 0, struct.pack("<HH", 0, 0xFFFF) + commands))
        one.segment(pdu(RTS, 0, struct.pack("<HH", 0, 0)) * 2500)
    return capture.frames


def _head(inward, more=b"Content-Length: 1073741824"):
    verb = b"RPC_IN_DATA" if inward else b"RPC_OUT_DATA"
    return verb + b" /rpc/rpcproxy.dll?server:6001 HTTP/1.1\r\n" + more + b"\r\n\r\n"


def _opening(cookie, channel=1):
    """CONN/A1 of a virtual connection."""
    cookies = b"".join(struct.pack("<IIII4x", 3, value, 1, 1) for value in (cookie, channel))
    body = struct.pack("<II", 6, 1) + cookies + struct.pack("<II", 0, 0x10000)
    return pdu(RTS, 0, struct.pack("<HH", 0, 4) + body)


def cookies(count):
    """Thousands of virtual connections, some of them on one channel."""
    capture = Hostile()
    for number in range(count):
        inward, outward = Connection(capture, 80), Connection(capture, 80)
        inward.segment(_head(True))
        outward.segment(_head(False, b"Content-Length: 76"))
        for one in (inward, outward):
            one.segment(b"".join(_opening(number * 500 + k, k) for k in range(500)))
            one.segment(request(2, 1, 0, handle(7) + bytes(4)) * 100)
    return capture.frames


def same_cookie(count):
    """One virtual connection on more and more channels."""
    capture = Hostile()
    for number in range(count * 10):
        one = Connection(capture, 80)
        one.segment(_head(number % 2 == 0))
        one.segment(_opening(1, number))
        one.segment(request(number, 1, 0, handle(7) + bytes(4)))
    return capture.frames


def chunks(count):
    """A body in chunks of one byte, and sizes of chunks that nobody can mean."""
    capture = Hostile()
    for number in range(count):
        one = Connection(capture, 80)
        one.segment(_head(True, b"Transfer-Encoding: chunked"))
        data = _opening(number) + request(2, 1, 0, handle(7) + bytes(4)) * 150
        one.segment(b"".join(b"1\r\n" + data[at:at + 1] + b"\r\n" for at in range(len(data))))
        one.segment([b"8000000000000000\r\n", b"ffffffff\r\n", b"7fffffff\r\nabc",
                     b"ffff\r\n" + bytes(100), b"-1\r\n"][number % 5])
        one.segment(b"4\r\nabcd\r\n" * 6000)
    return capture.frames


def trickle(count):
    """A PDU of 64 KB in chunks of one byte, a segment each."""
    capture = Hostile()
    one = Connection(capture, 80)
    one.segment(_head(True, b"Transfer-Encoding: chunked"))
    data = _opening(1) + request(2, 1, 0, bytes(60000))
    for at in range(min(len(data), count * 100)):
        one.segment(b"1\r\n" + data[at:at + 1] + b"\r\n")
    return capture.frames


def _mapi(kind, number, more=b"", body=b""):
    return (b"POST /mapi/emsmdb/?MailboxId=a@b HTTP/1.1\r\nHost: a\r\nX-RequestType: " + kind
            + b"\r\nX-RequestId: {A}:%d\r\n" % number + more
            + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def _mapi_answer(kind, number, body, more=b""):
    return (b"HTTP/1.1 200 OK\r\nContent-Type: application/mapi-http\r\nX-RequestType: " + kind
            + b"\r\nX-RequestId: {A}:%d\r\nX-ResponseCode: 0\r\n" % number + more
            + b"Transfer-Encoding: chunked\r\n\r\n" + body)


def _chunk(data):
    return b"%x\r\n" % len(data) + data + b"\r\n"


def mapi_heads(count):
    """Heads without an end, of a megabyte, and of thousands of cookies."""
    capture = Hostile()
    for number in range(count):
        one = Connection(capture, 80)
        one.segment(_mapi(b"PING", 1))
        many = b"".join(b"c%d=v; " % cookie for cookie in range(9000))
        one.segment(_mapi(b"Execute", 2, b"Cookie: " + many[:50000] + b"\r\n"))
        one.send(_mapi(b"Execute", 3, b"Cookie: " + many * 12 + b"\r\n"))
        one.send(b"POST /" + b"mapi" * 60000)
        one.segment(b"HTTP/1.1 200 OK\r\n" + b"Set-Cookie: a=b\r\n" * 3500, False)
        one.segment(b"HTTP/1.1 " * 6000, False)
    return capture.frames


def mapi_sessions(count):
    """Thousands of sessions, each with a wait that stays."""
    capture = Hostile()
    body = _chunk(b"PROCESSING\r\nDONE\r\n\r\n" + bytes(8) + bytes(19)) + b"0\r\n\r\n"
    for number in range(count * 100):
        one = Connection(capture, 80)
        cookie = b"Set-Cookie: MapiContext=%d\r\nSet-Cookie: MapiSequence=%d\r\n" % (number, number)
        one.segment(_mapi(b"Connect", number, body=b"/o=a\0" + bytes(20)))
        one.segment(_mapi_answer(b"Connect", number, body, cookie), False)
        one.segment(_mapi(b"NotificationWait", number, b"Cookie: MapiContext=%d\r\n" % number,
                          bytes(8)))
    return capture.frames


def mapi_chunks(count):
    """A body in chunks of one byte, sizes that nobody can mean, and a chunk of many megabytes."""
    capture = Hostile()
    for number in range(count):
        one = Connection(capture, 80)
        one.segment(_mapi(b"Execute", 1, body=bytes(16)))
        data = b"PROCESSING\r\nDONE\r\n\r\n" + bytes(6000)
        one.segment(_mapi_answer(b"Execute", 1, b"".join(
            _chunk(data[at:at + 1]) for at in range(len(data))) + b"0\r\n\r\n"), False)
        one.segment(_mapi(b"Execute", 2, body=bytes(16)))
        size = [b"fffffffffffffff0", b"10000000000000000", b"7fffffff", b"0" * 9000 + b"9"][number % 4]
        one.segment(_mapi_answer(b"Execute", 2, size + b"\r\nPROCESSING\r\n"), False)
        for _ in range(20):
            one.segment(bytes(MOST_PAYLOAD), False)
    return capture.frames


def mapi_pending(count):
    """A wait that goes on and on, a tag each frame, and thousands of tags in one."""
    capture = Hostile()
    one = Connection(capture, 80)
    one.segment(_mapi(b"NotificationWait", 1, body=bytes(8)))
    one.segment(_mapi_answer(b"NotificationWait", 1, _chunk(b"PROCESSING\r\n")), False)
    for _ in range(count * 500):
        one.segment(_chunk(b"PENDING\r\n"), False)
    for _ in range(count):
        one.segment(_chunk(b"PENDING" * 400), False)
    return capture.frames


def mapi_overlaps(count):
    """Calls of one session that are all outstanding, each on a connection of its own, and answers
    to them in the other order."""
    capture = Hostile()
    connections = []
    for number in range(count * 50):
        one = Connection(capture, 80)
        kind = (b"NotificationWait", b"Execute")[number % 2]
        one.segment(_mapi(kind, number, b"Cookie: MapiContext=1; MapiSequence=%d\r\n" % number,
                          bytes(8 if number % 2 == 0 else 16)))
        connections.append((one, kind, number))
    for one, kind, number in reversed(connections):
        body = _chunk(b"PROCESSING\r\nDONE\r\n\r\n" + bytes(16)) + b"0\r\n\r\n"
        one.segment(_mapi_answer(kind, number, body, b"Set-Cookie: MapiSequence=%d\r\n" % number),
                    False)
    return capture.frames


def mapi_ids(count):
    """One X-RequestId for thousands of requests: the same one, others, and legs."""
    capture = Hostile()
    one = Connection(capture, 80)
    body = _chunk(b"PROCESSING\r\nDONE\r\n\r\n" + bytes(16)) + b"0\r\n\r\n"
    for number in range(count * 200):
        stub = bytes(16) if number % 3 == 0 else number.to_bytes(4, "little") + bytes(12)
        one.segment(_mapi(b"Execute", 1, b"Cookie: MapiContext=1\r\n", stub))
        if number % 5 == 0:
            one.segment(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", False)
        else:
            one.segment(_mapi_answer(b"Execute", 1, body), False)
    return capture.frames


def mapi_losses(count):
    """As many requests as are kept without an answer, and then a segment lost again and again."""
    capture = Hostile()
    one = Connection(capture, 80)
    for number in range(250):
        one.segment(_mapi(b"Execute", number, b"Cookie: MapiContext=1\r\n", bytes(16)))
    for number in range(count * 200):
        frames = len(capture.frames)
        one.segment(b"lost", number % 2 == 0)
        del capture.frames[frames:]
        one.segment(_mapi(b"Execute", 250 + number, b"Cookie: MapiContext=1\r\n", bytes(16)))
        one.segment(_mapi_answer(b"Execute", 5000 + number, _chunk(b"PROCESSING\r\n")), False)
    return capture.frames


def times(count):
    """Years back and forth, before 1970 and behind what 64 bits hold."""
    frames = outstanding_waits(2) + sessions(count)
    for number, frame in enumerate(frames):
        frame.time = [START, START + 10 ** 18, 0, 2 ** 63 - 1, START - 3 * 10 ** 17,
                      2 ** 64 - 1][number % 6]
    return frames


def without_bind(count):
    """Calls of which nobody knows the interface."""
    capture = Hostile()
    one = Connection(capture)
    for number in range(count):
        one.segment(b"".join(request(number * 1000 + k, 1, 0, handle(k) + bytes(4))
                             for k in range(1000)))
    return capture.frames


# With the argument for which each takes about a second.
CASES = [(small_pdus, 6), (small_calls, 4), (presentation_contexts, 60), (connections, 60),
         (outstanding_waits, 6), (sessions, 5), (fetches, 4), (decompression, 20), (chains, 8),
         (rop_lists, 8), (notifications, 8), (auxiliary_blocks, 5), (array_counts, 60),
         (call_fragments, 10), (rts_commands, 6), (cookies, 6), (same_cookie, 60), (chunks, 8),
         (trickle, 6), (times, 4), (without_bind, 6), (mapi_heads, 4), (mapi_sessions, 6),
         (mapi_chunks, 4), (mapi_pending, 4), (mapi_overlaps, 8), (mapi_ids, 6), (mapi_losses, 4)]
