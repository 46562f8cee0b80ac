# client_over_http.py
# impacket's RPC over HTTP in place of its TCP connections
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""impacket's [MS-RPCH] client below the endpoints of ../live/client.py."""

import ssl
from dataclasses import dataclass
from http.client import HTTPSConnection

import impacket.http
from impacket.dcerpc.v5.rpch import RPCProxyClient
from impacket.dcerpc.v5.transport import HTTPTransport

import client

TARGET = "/rpc/rpcproxy.dll?mail.example.com:6001"


@dataclass
class Access:
    """How the RPC proxy is reached."""

    account: dict
    key_log: str = None
    protocols: list = None

    def https_connection(self, host, context=None):
        """Stands in for http.client's, for impacket's own context logs no keys."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.keylog_filename = self.key_log
        if self.protocols:
            context.set_alpn_protocols(self.protocols)
        return HTTPSConnection(host, context=context)


class Socket:
    """The OUT channel as something to read PDUs from."""

    def __init__(self, transport):
        self.transport = transport
        self.buffer = b""

    def setsockopt(self, *_):
        """The channels have their options."""

    def recv(self, count):
        if not self.buffer:
            self.buffer = RPCProxyClient.recv(self.transport)
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data


class Transport(client.Transport, HTTPTransport):
    """A virtual connection where ../live/client.py makes TCP connections."""

    access = None

    def connect(self):
        host, port = self.getRemoteName(), self.get_dport()
        scheme = "https" if self.access.key_log else "http"
        host = f"[{host}]" if ":" in host else host
        self.set_rpc_proxy_url(f"{scheme}://{host}:{port}{TARGET}")
        account = self.access.account
        RPCProxyClient.set_credentials(self, account["user"], account["password"],
                                       account["domain"])
        HTTPTransport.connect(self)
        self.answers = Socket(self)

    def get_socket(self):
        return self.answers


def use(access):
    """From here on, connections of ../live/client.py are virtual ones."""
    Transport.access = access
    client.Transport = Transport
    impacket.http.HTTPSConnection = access.https_connection
