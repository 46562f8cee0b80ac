# proxy.py
# A small RPC proxy: RPC over HTTP to the client, DCE/RPC over TCP to the server
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""As much of [MS-RPCH] 3.2.3 and 3.2.4 as one client that never recycles a channel needs."""

import base64
import socket
import struct
import threading

from impacket.dcerpc.v5 import rpcrt

import pdu
import security

RTS_VERSION, RTS_WINDOW, RTS_TIMEOUT = (6, 1), (0, 65536), (2, 120000)
COOKIE_OFFSET, COOKIE_SIZE = 32, 16
REFUSED = b"<html><body>401 - Unauthorized</body></html>"
CHANNEL_LENGTH = 1 << 30


def rts(*commands):
    """An RTS PDU of commands with one number each."""
    body = b"".join(struct.pack("<LL", *command) for command in commands)
    return struct.pack("<BBBBLHHLHH", 5, 0, rpcrt.MSRPC_RTS, pdu.WHOLE, 0x10, 20 + len(body), 0, 0,
                       0, len(commands)) + body


class Head:
    """The start line and the header fields of a request."""

    def __init__(self, sock):
        text = b""
        while not text.endswith(b"\r\n\r\n"):
            text += pdu.read_exactly(sock, 1)
        lines = text.decode().split("\r\n")
        self.method = lines[0].split(" ")[0]
        self.fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        self.token = b""
        for line in lines:
            if line.startswith("Authorization: NTLM "):
                self.token = base64.b64decode(line.split(" ")[2])

    def has_body(self):
        return self.fields.get("content-length", "0") != "0"


class Virtual:
    """A virtual connection: what is known of it by its cookie."""

    def __init__(self):
        self.out = None
        self.complete = threading.Event()
        self.server = None


class Proxy:
    """Listens for channels. `plan` says how they look."""

    def __init__(self, plan, server, port=0, tls=None, chunked=False):
        self.plan = plan
        self.server = server
        self.tls = tls
        self.chunked = chunked
        self.connections = {}
        self.lock = threading.Lock()
        family = socket.AF_INET6 if ":" in plan.address else socket.AF_INET
        self.listener = socket.create_server((plan.address, port), family=family)
        threading.Thread(target=self.serve, daemon=True).start()

    def port(self):
        return self.listener.getsockname()[1]

    def serve(self):
        while True:
            sock, _ = self.listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self.handle, args=(sock,), daemon=True).start()

    def handle(self, sock):
        try:
            if self.tls:
                sock = self.tls.wrap_socket(sock, server_side=True)
            self.channel(sock)
        except (pdu.Closed, OSError):
            pass
        finally:
            sock.close()

    def channel(self, sock):
        """The requests of one TCP connection: refused ones, then the channel's."""
        ntlm = security.Ntlm(self.plan.http_account)
        head = Head(sock)
        while not head.has_body():
            self.refuse(sock, head, ntlm)
            head = Head(sock)
        ntlm.accept(head.token)
        if "expect" in head.fields:
            sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        first = pdu.read_pdu(sock)
        with self.lock:
            cookie = first[COOKIE_OFFSET:COOKIE_OFFSET + COOKIE_SIZE]
            virtual = self.connections.setdefault(cookie, Virtual())
        if head.method == "RPC_OUT_DATA":
            self.out_channel(sock, virtual)
        else:
            self.in_channel(sock, virtual)

    def refuse(self, sock, head, ntlm):
        if head.token:
            challenge = base64.b64encode(ntlm.answer(head.token)).decode()
            offers, body = f"WWW-Authenticate: NTLM {challenge}\r\n", b""
        else:
            offers, body = "WWW-Authenticate: NTLM\r\n", REFUSED
        sock.sendall(f"HTTP/1.1 401 Unauthorized\r\n{offers}Content-Type: text/html\r\n"
                     f"Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def out_channel(self, sock, virtual):
        """The server's answers, until one side closes."""
        size = "Transfer-Encoding: chunked" if self.chunked else f"Content-Length: {CHANNEL_LENGTH}"
        sock.sendall(f"HTTP/1.1 200 Success\r\nContent-Type: application/rpc\r\n{size}\r\n\r\n"
                     .encode())
        virtual.out = sock
        self.send(sock, rts(RTS_TIMEOUT))
        virtual.server = socket.create_connection(self.server)
        self.send(sock, rts(RTS_VERSION, RTS_WINDOW, RTS_TIMEOUT))
        virtual.complete.set()
        while True:
            self.send(sock, pdu.read_pdu(virtual.server))

    def send(self, sock, data):
        if self.chunked:
            data = f"{len(data):x}\r\n".encode() + data + b"\r\n"
        sock.sendall(data)

    @staticmethod
    def in_channel(sock, virtual):
        """The client's requests; RTS PDUs are for the proxy and ask for nothing here."""
        virtual.complete.wait()
        try:
            while True:
                received = pdu.read_pdu(sock)
                if received[2] != rpcrt.MSRPC_RTS:
                    virtual.server.sendall(received)
        finally:
            virtual.server.shutdown(socket.SHUT_RDWR)
