# other_traffic.py
# Captures of one connection: some that have nothing to do with Exchange, and MAPI over HTTP
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""One TCP connection each, whose two sides take turns. Ethernet, IPv4, microsecond pcap."""

import struct

ADDRESSES = (bytes([192, 0, 2, 10]), bytes([192, 0, 2, 20]))
CLIENT_PORT = 50001
FIN, SYN, PSH, ACK = 0x01, 0x02, 0x08, 0x10

FILE_HEADER = struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 0x40000, 1)

NDR = bytes.fromhex("045d888aeb1cc9119fe808002b104860 02000000")
SRVSVC = bytes.fromhex("c84f324b7016d30112785a47bf6ee188 03000000")


def _sum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Connection:
    """The frames of a connection to @p port, as the bytes of a capture."""

    def __init__(self, port, client=ADDRESSES[0], begin=1709542800):
        self.ports = (CLIENT_PORT, port)
        self.addresses = (client, ADDRESSES[1])
        self.begin = begin
        self.sequence = [1000, 2000]
        self.frames = 0
        self.bytes = bytearray(FILE_HEADER)
        self._send(0, SYN)
        self._send(1, SYN | ACK)
        self._send(0, ACK)

    def _send(self, side, flags, payload=b""):
        other = 1 - side
        tcp = struct.pack("!HHIIBBHHH", self.ports[side], self.ports[other], self.sequence[side],
                          self.sequence[other] if flags & ACK else 0, 0x50, flags, 64240, 0, 0)
        ends = self.addresses[side] + self.addresses[other]
        checksum = _sum(ends + struct.pack("!HH", 6, len(tcp) + len(payload)) + tcp + payload)
        tcp = tcp[:16] + struct.pack("!H", checksum) + tcp[18:]
        ip = struct.pack("!BBHHHBBH", 0x45, 0, 40 + len(payload), self.frames & 0xFFFF, 0x4000, 64,
                         6, 0) + ends
        ip = ip[:10] + struct.pack("!H", _sum(ip)) + ip[12:]
        frame = b"\x02\0\0\0\0" + bytes([other]) + b"\x02\0\0\0\0" + bytes([side]) + b"\x08\0"
        frame += ip + tcp + payload
        self.bytes += struct.pack("<IIII", self.begin + self.frames // 1000,
                                  self.frames % 1000 * 997, len(frame), len(frame)) + frame
        self.sequence[side] += len(payload) + bool(flags & (SYN | FIN))
        self.frames += 1

    def talk(self, request, *response):
        """A request, its answer in one frame or several, and an ACK."""
        self._send(0, PSH | ACK, request)
        for part in response:
            self._send(1, PSH | ACK, part)
        self._send(0, ACK)


def _pdu(kind, call_id, body):
    return struct.pack("<BBBB4sHHI", 5, 0, kind, 3, b"\x10\0\0\0", 16 + len(body), 0,
                       call_id) + body


def http(count):
    """GET and 200 on port 80."""
    connection = Connection(80)
    request = b"GET /news HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: bench\r\n\r\n"
    response = (b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\n"
                b"Hello world\n")
    for _ in range(count):
        connection.talk(request, response)
    return connection


def tcp(count):
    """Bytes that no dissector knows, on a port that none has."""
    connection = Connection(49877)
    for i in range(count):
        connection.talk(struct.pack("!HI", 0xFEED, i) + bytes(range(128, 200)),
                        struct.pack("!HI", 0xBEEF, i) + bytes(range(128, 240)))
    return connection


def dcerpc(count):
    """Calls of another interface, whose method Wireshark does not know."""
    connection = Connection(49878)
    connection.talk(_pdu(11, 1, struct.pack("<HHIIHH", 5840, 5840, 0, 1, 0, 1) + SRVSVC + NDR),
                    _pdu(12, 1, struct.pack("<HHIH6s2xIHHI", 5840, 5840, 7, 6, b"49878\0", 1, 0, 0,
                                            0)[:-4] + NDR))
    for i in range(count):
        connection.talk(_pdu(0, i + 2, struct.pack("<IHH", 40, 0, 200) + bytes(40)),
                        _pdu(2, i + 2, struct.pack("<IHH", 40, 0, 0) + bytes(40)))
    return connection


def _mapi_request(kind, name, cookies, body):
    return (f"POST /mapi/emsmdb/?MailboxId=b7d1c5e2@example.com HTTP/1.1\r\nHost: mail.example.com\r\n"
            f"User-Agent: Microsoft Office/16.0\r\nContent-Type: application/mapi-http\r\n"
            f"X-RequestType: {kind}\r\nX-RequestId: {name}\r\n"
            f"X-ClientInfo: {{0A5B1C2D-0000-4000-8000-000000000002}}:1\r\n{cookies}"
            f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def _mapi_response(kind, name, more, body):
    """The head with PROCESSING, and what follows it in a frame of its own."""
    def chunk(data):
        return f"{len(data):x}\r\n".encode() + data + b"\r\n"
    head = (f"HTTP/1.1 200 OK\r\nContent-Type: application/mapi-http\r\nX-RequestType: {kind}\r\n"
            f"X-RequestId: {name}\r\nX-ResponseCode: 0\r\n"
            f"X-PendingPeriod: 30000\r\nX-ExpirationInfo: 900000\r\n{more}"
            f"Transfer-Encoding: chunked\r\n\r\n").encode() + chunk(b"PROCESSING\r\n")
    return head, chunk(b"DONE\r\nX-ResponseCode: 0\r\nX-ElapsedTime: 41\r\n\r\n" + body) + b"0\r\n\r\n"


def _extended(payload):
    buffer = struct.pack("<HHHH", 0, 4, len(payload), len(payload)) + payload
    return struct.pack("<I", len(buffer)) + buffer


def mapi(count, session=0, **where):
    """A session of MAPI over HTTP on port 80: waits that end with a notification, each fetched."""
    connection = Connection(80, **where)
    context = f"MapiContext=e4Dk7uyj{session}"
    set_context = f"Set-Cookie: {context}\r\n"
    notify = struct.pack("<BIBHQQIB", 0x2A, 0x11, 0, 0x8002, 0xD101000000000001, 0x4523010000000000, 0,
                         0) + b"IPM.Note\0"
    connect = b"/o=First Organization/cn=Recipients/cn=janedow\0" + struct.pack("<IIIII", 0, 1252, 1033,
                                                                               1033, 0)
    calls = [("Connect", "", set_context, connect,
              struct.pack("<IIIII", 0, 0, 60000, 6, 10000) + b"/o=First Organization/cn=\0"
              + "Jane Dow\0".encode("utf-16-le") + struct.pack("<I", 0))]
    for _ in range(count):
        calls += [("NotificationWait", "", "", struct.pack("<II", 0, 0), struct.pack("<IIII", 0, 0, 1, 0)),
                  ("Execute", "; MapiSequence={}", "Set-Cookie: MapiSequence={}\r\n",
                   struct.pack("<I", 3) + _extended(struct.pack("<H", 2)) + struct.pack("<II", 0x18008, 0),
                   struct.pack("<III", 0, 0, 0) + _extended(struct.pack("<H", 2 + len(notify)) + notify)
                   + struct.pack("<I", 0))]
    for number, (kind, sends, sets, body, answer) in enumerate(calls, 1):
        cookies = f"Cookie: {context}{sends.format(number - 2)}\r\n" if number > 1 else ""
        name = f"{{0A5B1C2D-0000-4000-8000-{session:012X}}}:{number}"
        connection.talk(_mapi_request(kind, name, cookies, body),
                        *_mapi_response(kind, name, sets.format(number), answer))
    return connection


KINDS = {"HTTP": http, "TCP": tcp, "other DCE/RPC": dcerpc}
MAPI = {"MAPI over HTTP": mapi}
