# client.py
# impacket as a client of both interfaces
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""impacket's DCERPC_v5 with what it leaves out: association groups, several calls out at once.

Binding, marshalling, fragmenting, signing and sealing are impacket's own.
"""

import itertools
import socket
import struct

from impacket.dcerpc.v5 import rpcrt
from impacket.dcerpc.v5.transport import TCPTransport
from impacket.uuid import uuidtup_to_bin

import emsmdb
import kerberos
import pdu

GROUP_OFFSET = 20
NO_LINGER = struct.pack("ii", 1, 0)


class Transport(TCPTransport):
    """A TCP connection that joins an association and can hand out PDUs by call id."""

    def __init__(self, server, group=0, multiplex=False):
        address, port = server
        super().__init__(address, port)
        self.group = group
        self.multiplex = multiplex
        self.wanted = None
        self.kept = []
        self.buffer = b""
        self.connect()
        self.get_socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data, forceWriteAndx=0, forceRecv=0):
        if data[2] == rpcrt.MSRPC_BIND:
            flags = data[3] | (rpcrt.PFC_CONC_MPX if self.multiplex else 0)
            data = (data[:3] + bytes([flags]) + data[4:GROUP_OFFSET]
                    + struct.pack("<L", self.group) + data[GROUP_OFFSET + 4:])
        super().send(data)

    def recv(self, forceRecv=0, count=0):
        """`count` bytes of the PDU that is being read, or one whole PDU."""
        if not self.buffer:
            self.buffer = self.next_pdu()
        count = count or len(self.buffer)
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def next_pdu(self):
        for kept in self.kept:
            if self.wanted in (None, pdu.Pdu(kept).call_id):
                self.kept.remove(kept)
                return kept
        while True:
            raw = pdu.read_pdu(self.get_socket())
            received = pdu.Pdu(raw)
            if received.type == rpcrt.MSRPC_BINDACK:
                self.group = struct.unpack_from("<L", raw, GROUP_OFFSET)[0]
            if self.wanted in (None, received.call_id):
                return raw
            self.kept.append(raw)

    def send_header(self, pdu_type, call_id):
        """A PDU that is a header and nothing else: co_cancel or orphaned."""
        header = rpcrt.MSRPCHeader()
        header["type"] = pdu_type
        header["call_id"] = call_id
        self.send(header.get_packet())

    def reset(self):
        """Close with RST instead of FIN."""
        self.get_socket().setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
        self.disconnect()


class Pending:
    """A call whose answer has not been read."""

    def __init__(self, endpoint, request, call_id):
        self.endpoint = endpoint
        self.request = request
        self.call_id = call_id

    def answer(self):
        """The fields of the response; DCERPCException if it is a fault."""
        transport = self.endpoint.get_rpc_transport()
        transport.wanted = self.call_id if transport.multiplex else None
        stub = self.endpoint.recv()
        transport.wanted = None
        answers = getattr(emsmdb, type(self.request).__name__ + "Response")
        return answers(stub, isNDR64=self.endpoint.ndr64)

    def cancel(self):
        self.endpoint.get_rpc_transport().send_header(rpcrt.MSRPC_CO_CANCEL, self.call_id)

    def orphan(self):
        self.endpoint.get_rpc_transport().send_header(rpcrt.MSRPC_ORPHANED, self.call_id)


class Endpoint(rpcrt.DCERPC_v5):
    """One presentation context. Endpoints of a multiplexed connection share call ids."""

    ndr64 = False
    ids = None

    @property
    def group(self):
        return self.get_rpc_transport().group

    def secure(self, account):
        self.set_credentials(account["user"], account["password"], account["domain"])
        self.set_auth_type(rpcrt.RPC_C_AUTHN_WINNT)
        self.set_auth_level(account["level"])

    def start(self, request):
        if self.ids:
            self._DCERPC_v5__callid = next(self.ids)
        call_id = self._DCERPC_v5__callid
        if self.ndr64:
            request.changeTransferSyntax(uuidtup_to_bin(emsmdb.NDR64))
        self.call(request.opnum, request)
        return Pending(self, request, call_id)

    def run(self, request):
        return self.start(request).answer()

    def connect_ex(self, version=(15, 0, 1104, 4)):
        words = emsmdb.version_words(*version)
        return self.run(emsmdb.connect_ex("/o=Lab/ou=Site/cn=Recipients/cn=alice", words))["pcxh"]

    def async_connect(self, cxh):
        """(status, ACXH)"""
        request = emsmdb.EcDoAsyncConnectEx()
        request["cxh"] = cxh
        reply = self.run(request)
        return reply["ErrorCode"], reply["pacxh"]

    def wait(self, acxh):
        request = emsmdb.EcDoAsyncWaitEx()
        request["acxh"] = acxh
        request["ulFlagsIn"] = 0
        return self.start(request)

    def fetch(self, cxh):
        return self.start(emsmdb.rpc_ext2(cxh, emsmdb.rop_buffer()))

    def rpc_ext2(self, cxh, rops=None, largest_answer=0x8000):
        request = emsmdb.rpc_ext2(cxh, rops or emsmdb.rop_buffer(), largest_answer)
        return self.run(request)

    def disconnect_session(self, cxh):
        request = emsmdb.EcDoDisconnect()
        request["pcxh"] = cxh
        return self.run(request)

    def close(self):
        self.get_rpc_transport().disconnect()


class KerberosEndpoint(Endpoint):
    """Kerberos by MIT's GSS-API: impacket's own has no header signing and no type 16."""

    def secure(self, account):
        self.security = kerberos.initiator()
        self.security.level = account["level"]
        self.security.header_signing = True
        self.security.trailer = rpcrt.SEC_TRAILER()
        self.security.trailer["auth_type"] = rpcrt.RPC_C_AUTHN_GSS_KERBEROS
        self.security.trailer["auth_level"] = account["level"]

    def bind(self, iface_uuid, alter=0, bogus_binds=0, transfer_syntax=emsmdb.NDR):
        item = rpcrt.CtxItem()
        item["TransItems"] = 1
        item["AbstractSyntax"] = iface_uuid
        item["TransferSyntax"] = uuidtup_to_bin(transfer_syntax)
        bind = rpcrt.MSRPCBind()
        bind.addCtxItem(item)
        self.authenticate(rpcrt.MSRPC_BIND, bind.getData(), self.security.token(None))
        answer = self.security.token(pdu.Pdu(self.get_rpc_transport().recv()).verifier)
        self.authenticate(rpcrt.MSRPC_AUTH3, bytes(4), answer)
        self.set_max_tfrag(bind["max_tfrag"])
        self._DCERPC_v5__callid += 1

    def authenticate(self, pdu_type, body, token):
        out = rpcrt.MSRPCHeader()
        out["type"] = pdu_type
        out["flags"] = pdu.WHOLE | rpcrt.MSRPC_SUPPORT_SIGN
        out["pduData"] = body
        out["sec_trailer"] = self.security.trailer.getData()
        out["auth_data"] = token
        self.get_rpc_transport().send(out.get_packet())

    def _transport_send(self, rpc_packet, forceWriteAndx=0, forceRecv=0):
        self.get_rpc_transport().send(self.security.close(rpc_packet))

    def recv(self):
        received = pdu.Pdu(self.get_rpc_transport().recv())
        return self.security.open(received, received.body(pdu.CALL_HEADER_SIZE))


def connect(server, interface, group=0, ndr64=False, account=None):
    """A connection of its own, bound to `interface` as part of the association `group`."""
    kerberized = account and account["mechanism"] == "krb5"
    endpoint = (KerberosEndpoint if kerberized else Endpoint)(Transport(server, group))
    if account:
        endpoint.secure(account)
    endpoint.ndr64 = ndr64
    syntax = emsmdb.NDR64 if ndr64 else emsmdb.NDR
    endpoint.bind(uuidtup_to_bin(interface), transfer_syntax=syntax)
    return endpoint


def connect_both(server):
    """EMSMDB by bind and AsyncEMSMDB by alter_context on one multiplexed connection."""
    mail = Endpoint(Transport(server, multiplex=True))
    mail.bind(uuidtup_to_bin(emsmdb.EMSMDB))
    notices = mail.alter_ctx(uuidtup_to_bin(emsmdb.ASYNC_EMSMDB))
    mail.ids = notices.ids = itertools.count(3)
    return mail, notices
