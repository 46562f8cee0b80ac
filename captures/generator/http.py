# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""RPC over HTTP, [MS-RPCH]: a connection that is an IN and an OUT channel on TCP connections."""

import base64
import hashlib
import struct

from . import tcp
from .security import PRIVACY, Security

_RTS = struct.Struct("<BBBBIHHIHH")
_IN_CHANNEL, _OUT_CHANNEL, _RECYCLE, _PING, _OTHER, _EOF = 0x08, 0x10, 0x04, 0x01, 0x02, 0x20
_CHANNEL_LENGTH = 1 << 30
_HTTP_PORT, _RPC_PORT = 80, 6001
_TO_CLIENT, _TO_OUT_PROXY = 0, 2
_HTML = b"<html><body>401 - Unauthorized</body></html>"
_BANNER = b"ncacn_http/1.0"


# RTS PDUs, 2.2.3.5 and 2.2.4

def _rts(flags, *commands):
    body = b"".join(commands)
    return _RTS.pack(5, 0, 20, 3, 0x10, _RTS.size + len(body), 0, 0, flags, len(commands)) + body


def _number(command, value):
    return struct.pack("<II", command, value)


def _window():
    return _number(0, 65536)


def _timeout():
    return _number(2, 120000)


def _cookie(value):
    return struct.pack("<I", 3) + value


def _lifetime():
    return _number(4, _CHANNEL_LENGTH)


def _keepalive():
    return _number(5, 300000)


def _version():
    return _number(6, 1)


def _ance():
    return struct.pack("<I", 0xA)


def _client_address(address):
    kind = struct.pack("<II", 0xB, 0 if address.version == 4 else 1)
    return kind + address.packed + bytes(12)


def _group(value):
    return struct.pack("<I", 0xC) + value


def _destination(value):
    return _number(0xD, value)


def _flow_control(received, cookie):
    acknowledgement = struct.pack("<III", 1, received, 65536) + cookie
    return _rts(_OTHER, _destination(_TO_OUT_PROXY), acknowledgement)


class Channel(tcp.Connection):
    """A TCP connection for one HTTP request and the PDUs in its body, or in its response's."""

    def __init__(self, name, client, server, path, inbound):
        super().__init__(name, client, server, path)
        self.inbound = inbound
        self.cookie = _digest(f"{name}/cookie")

    def made(self, from_client, payload=b"", flags=tcp.PSH | tcp.ACK):
        segment = self.segment(from_client, flags, payload)
        segment.channel = self
        return segment

    def handshake(self):
        for from_client in (True, False):
            segment = self.syn(from_client)
            segment.channel = self
            yield segment
        yield self.made(True, flags=tcp.ACK)

    def closing(self, from_client):
        for end in (from_client, not from_client):
            yield self.made(end, flags=tcp.FIN | tcp.ACK)
        yield self.made(from_client, flags=tcp.ACK)


class Options:
    """What the line "connection" says about HTTP; without a target it is none of it."""

    def __init__(self, step, server):
        self.target = step.text("http")
        if server and not self.target:
            self.target = f"{server[0].name}.example.com:{server[1] or _RPC_PORT}"
        self.rounds = [each for each in step.text("rounds", "").split(",") if each]
        self.chunked = step.text("chunked", "")
        self.chunk_sizes = step.numbers("chunks")
        self.seen = step.text("seen", "in,out").split(",")
        self.expects = step.option("expect-continue")
        self.in_first = step.option("in-first")
        self.together = step.option("together")
        self.unpaired = step.option("unpaired")
        self.proxy_leg = step.option("proxy-leg")

    def rpc_port(self):
        return int(self.target.rpartition(":")[2])

    def port(self):
        """The TCP port where the line names none."""
        return self.rpc_port() if self.proxy_leg else _HTTP_PORT


class VirtualConnection:
    """Looks like a tcp.Connection: what the client sends is on the IN channel, what the server
    sends on the OUT channel."""

    def __init__(self, name, client, server, path, options, ports):
        self.name = name
        self.client_host, self.server = client[0], server
        self.path = path
        self.options = options
        self.ports = ports
        self.cookie = _digest(f"{name}/virtual connection")
        self.group = _digest(f"{name}/association group")
        self.count = 0
        self.received = 0
        self.pending_chunk = b""
        self.channels = {True: self._channel(True), False: self._channel(False)}

    def _channel(self, inbound):
        self.count += 1
        return Channel(f"{self.name}/{self.count}", (self.client_host, next(self.ports)),
                       self.server, self.path, inbound)

    # As tcp.Connection

    def segment(self, from_client, flags, payload=b""):
        channel = self.channels[from_client]
        if payload and not from_client:
            self.received += len(payload)
        segment = channel.segment(from_client, flags, self._chunked(channel, payload))
        segment.channel = channel
        return segment

    def keepalive(self, from_client):
        channel = self.channels[from_client]
        segment = channel.keepalive(from_client)
        segment.channel = channel
        return segment

    def frame(self, segment):
        return segment.channel.frame(segment)

    def seen(self, segment):
        return ("in" if segment.channel.inbound else "out") in self.options.seen

    def _is_chunked(self, channel):
        return ("in" if channel.inbound else "out") in self.options.chunked.split(",")

    def _chunked(self, channel, payload):
        """The payload as chunks: of the sizes on the line, the rest in one."""
        if not payload or not self._is_chunked(channel):
            return payload
        chunks, at = b"", 0
        for size in [*self.options.chunk_sizes, len(payload)]:
            piece = payload[at:at + size]
            at += len(piece)
            if piece:
                chunks += f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
        return chunks

    # Exchanges: each yields segments, and the next one is made when the last one was sent

    def opening(self):
        if self.options.proxy_leg:
            yield from self._open_proxy_leg()
            return
        first, second = self.channels[self.options.in_first], \
            self.channels[not self.options.in_first]
        for channel in (first, second):
            yield from channel.handshake()
            yield from self._ask(channel, self._first_pdu(channel))
        yield from self._answer(self.channels[False], _rts(0, _timeout()))
        yield self.segment(False, tcp.PSH | tcp.ACK, _rts(0, _version(), _window(), _timeout()))

    def _first_pdu(self, channel):
        cookie = self.cookie
        if channel.inbound and self.options.unpaired:
            cookie = _digest(f"{self.name}/nobody")
        start = (_version(), _cookie(cookie), _cookie(channel.cookie))
        if channel.inbound:
            return _rts(0, *start, _lifetime(), _keepalive(), _group(self.group))
        return _rts(0, *start, _window())

    def _ask(self, channel, pdu):
        """The HTTP request, after refused ones, and the first PDU in its body."""
        security = Security(PRIVACY, channel.name, 16)
        for each in self.options.rounds:
            yield from self._refused(channel, each, security)
        authorization = None
        if "ntlm" in self.options.rounds:
            authorization = security.authenticate()
        request = self._request(channel, len(pdu), authorization)
        body = self._chunked(channel, pdu) if channel.inbound else pdu
        if self.options.together:
            yield channel.made(True, request + body)
            return
        yield channel.made(True, request)
        if self.options.expects:
            yield channel.made(False, b"HTTP/1.1 100 Continue\r\n\r\n")
        yield channel.made(True, body)

    def _refused(self, channel, kind, security):
        token = security.negotiate() if kind == "ntlm" else None
        yield channel.made(True, self._request(channel, 0, token, rounds=True))
        if kind == "ntlm":
            text = base64.b64encode(security.challenge()).decode()
            answer, body = f"WWW-Authenticate: NTLM {text}\r\n", b""
        else:
            answer, body = "WWW-Authenticate: Negotiate\r\nWWW-Authenticate: NTLM\r\n", _HTML
        head = (f"HTTP/1.1 401 Unauthorized\r\n{answer}Content-Type: text/html\r\n"
                f"Content-Length: {len(body)}\r\n\r\n")
        yield channel.made(False, head.encode() + body)

    def _request(self, channel, length, token=None, rounds=False):
        method = "RPC_IN_DATA" if channel.inbound else "RPC_OUT_DATA"
        if self._is_chunked(channel) and channel.inbound and not rounds:
            size = "Transfer-Encoding: chunked"
        else:
            size = f"Content-Length: {_CHANNEL_LENGTH if channel.inbound and length else length}"
        lines = [f"{method} /rpc/rpcproxy.dll?{self.options.target} HTTP/1.1",
                 "Cache-Control: no-cache", "Connection: Keep-Alive", "Pragma: no-cache",
                 "Accept: application/rpc", "User-Agent: MSRPC", size, "Host: rpc.example.com"]
        if self.options.expects and not rounds:
            lines.append("Expect: 100-continue")
        if token is not None:
            lines.append(f"Authorization: NTLM {base64.b64encode(token).decode()}")
        return "".join(f"{line}\r\n" for line in lines).encode() + b"\r\n"

    def _answer(self, channel, pdu=b""):
        """The head of the response whose body is the OUT channel."""
        size = "Transfer-Encoding: chunked" if self._is_chunked(channel) \
            else f"Content-Length: {_CHANNEL_LENGTH}"
        head = f"HTTP/1.1 200 Success\r\nContent-Type: application/rpc\r\n{size}\r\n\r\n".encode()
        body = self._chunked(channel, pdu)
        if self.options.together or not pdu:
            yield channel.made(False, head + body)
            return
        yield channel.made(False, head)
        yield channel.made(False, body)

    def _open_proxy_leg(self):
        """CONN/A2, B2 and what the server answers, between proxy and server."""
        outbound, inbound = self.channels[False], self.channels[True]
        for channel in (outbound, inbound):
            yield from channel.handshake()
            yield channel.made(False, _BANNER)
        start = (_version(), _cookie(self.cookie))
        yield outbound.made(True, _rts(_OUT_CHANNEL, *start, _cookie(outbound.cookie),
                                       _lifetime(), _window()))
        yield inbound.made(True, _rts(_IN_CHANNEL, *start, _cookie(inbound.cookie), _window(),
                                      _timeout(), _group(self.group),
                                      _client_address(self.client_host.address)))
        yield outbound.made(False, _rts(0, _version(), _window(), _timeout()))
        yield inbound.made(False, _rts(0, _window(), _version()))

    def recycling(self, inbound, second):
        """IN_R1 and OUT_R1, or IN_R2 and OUT_R2 where the successor is on the same proxy."""
        old, new = self.channels[inbound], self._channel(inbound)
        if not inbound:
            yield self.segment(False, tcp.PSH | tcp.ACK, _rts(_RECYCLE, _destination(_TO_CLIENT)))
        yield from new.handshake()
        start = (_version(), _cookie(self.cookie), _cookie(old.cookie), _cookie(new.cookie))
        pdu = _rts(_RECYCLE, *start) if inbound else _rts(_RECYCLE, *start, _window())
        yield from self._ask(new, pdu)
        if inbound:
            yield from self._replace_in(new, second)
        else:
            yield from self._replace_out(new, second)
        self.channels[inbound] = new
        yield from old.closing(inbound)

    def _replace_in(self, new, second):
        told = (_destination(_TO_CLIENT),)
        if not second:
            told += (_version(), _window(), _timeout())
        yield self.segment(False, tcp.PSH | tcp.ACK, _rts(0, *told))
        yield self.segment(True, tcp.PSH | tcp.ACK, _rts(0, _cookie(new.cookie)))

    def _replace_out(self, new, second):
        if second:
            told = _rts(0, _destination(_TO_CLIENT), _ance())
        else:
            told = _rts(_OUT_CHANNEL, _destination(_TO_CLIENT), _version(), _timeout())
        yield self.segment(False, tcp.PSH | tcp.ACK, told)
        yield self.segment(True, tcp.PSH | tcp.ACK, _rts(
            _OUT_CHANNEL, _destination(_TO_OUT_PROXY), _cookie(new.cookie)))
        yield from self._answer(new)
        last = _rts(_EOF, _ance()) if second else _rts(0, _ance())
        yield self.segment(False, tcp.PSH | tcp.ACK, last)
        first = _rts(_PING) if second else _rts(0, _ance())
        yield new.made(False, self._chunked(new, first))

    def pinging(self, from_client):
        yield self.segment(from_client, tcp.PSH | tcp.ACK, _rts(_PING))

    def acknowledging(self):
        """A flow control acknowledgement of the client for what came on the OUT channel."""
        yield self.segment(True, tcp.PSH | tcp.ACK,
                           _flow_control(self.received, self.channels[False].cookie))

    def echoing(self):
        """An echo request on a connection of its own, 2.1.2.1.5 and 2.1.2.1.6."""
        channel = self._channel(True)
        yield from channel.handshake()
        yield channel.made(True, self._request(channel, 0))
        answer = _rts(0x40)
        yield channel.made(False, b"HTTP/1.1 200 Success\r\nContent-Type: application/rpc\r\n"
                           + f"Content-Length: {len(answer)}\r\n\r\n".encode() + answer)
        yield from channel.closing(True)

    def closing(self, which, from_client):
        for inbound in (True, False):
            if which in (None, inbound):
                yield from self.channels[inbound].closing(from_client)

    def resetting(self, which, from_client):
        for inbound in (True, False):
            if which in (None, inbound):
                yield self.channels[inbound].made(from_client, flags=tcp.RST | tcp.ACK)


def _digest(text):
    return hashlib.sha256(text.encode()).digest()[:16]


def exchange(connection, step, word):
    """The segments of a step that is about the channels, or None."""
    if not isinstance(connection, VirtualConnection):
        return None
    if word == "open":
        return connection.opening()
    if word == "recycle":
        inbound = step.next_word("in or out") == "in"
        return connection.recycling(inbound, step.option("second"))
    if word == "ping":
        return connection.pinging(not step.option("server"))
    if word == "acknowledge":
        return connection.acknowledging()
    if word == "echo":
        return connection.echoing()
    if word in ("close", "reset"):
        which = True if step.option("in") else False if step.option("out") else None
        from_client = not step.option("server")
        return connection.closing(which, from_client) if word == "close" \
            else connection.resetting(which, from_client)
    return None
