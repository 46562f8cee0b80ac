# pdu.py
# Connection-oriented PDUs on a socket, built from impacket's structures
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the server reads and writes, [C706] 12.6 and [MS-RPCE] 2.2.2."""

import struct

from impacket.dcerpc.v5 import rpcrt

HEADER_SIZE = 16
CALL_HEADER_SIZE = 24
TRAILER_SIZE = 8
WHOLE = rpcrt.PFC_FIRST_FRAG | rpcrt.PFC_LAST_FRAG
BIND_TIME_FEATURES = bytes.fromhex("2c1cb76c12984045")
NEGOTIATE_ACK = 3

FAULT_CANCEL = 0x1C00000D
FAULT_CONTEXT_MISMATCH = 0x1C00001A
FAULT_OP_RANGE = 0x1C010002
FAULT_UNKNOWN_INTERFACE = 0x1C010003
FAULT_TOO_BUSY = 0x1C010014
FAULT_BAD_STUB = 0x000006F7


class Closed(Exception):
    """The peer closed the connection, with FIN or RST."""


def read_exactly(sock, count):
    data = b""
    while len(data) < count:
        try:
            more = sock.recv(count - len(data))
        except OSError as error:
            raise Closed from error
        if not more:
            raise Closed
        data += more
    return data


def read_pdu(sock):
    """One whole PDU as bytes; Closed when there is none."""
    header = read_exactly(sock, HEADER_SIZE)
    length = struct.unpack_from("<H", header, 8)[0]
    return header + read_exactly(sock, length - HEADER_SIZE)


class Pdu:
    """The parts of a received PDU that every type has."""

    def __init__(self, raw):
        self.raw = raw
        header = rpcrt.MSRPCHeader(raw)
        self.type = header["type"]
        self.flags = header["flags"]
        self.call_id = header["call_id"]
        self.auth_len = header["auth_len"]
        self.trailer = self.verifier = None
        if self.auth_len:
            start = len(raw) - self.auth_len - TRAILER_SIZE
            self.trailer = rpcrt.SEC_TRAILER(raw[start:start + TRAILER_SIZE])
            self.verifier = raw[start + TRAILER_SIZE:]

    def body(self, header_size):
        """The bytes between a header and the padding of the security trailer."""
        end = len(self.raw)
        if self.auth_len:
            end -= self.auth_len + TRAILER_SIZE
        return self.raw[header_size:end]


class Context:
    """One presentation context element of a bind or alter_context."""

    def __init__(self, data):
        self.id, count = struct.unpack_from("<HB", data)
        self.abstract = data[4:24]
        self.transfers = [data[24 + 20 * i:44 + 20 * i] for i in range(count)]
        self.size = 24 + 20 * count


class Bind:
    """A bind or alter_context. impacket's own reader knows one transfer syntax a context."""

    def __init__(self, pdu):
        body = pdu.body(HEADER_SIZE)
        self.fixed = rpcrt.MSRPCBind(body)
        self.contexts = []
        offset = 12
        for _ in range(self.fixed["ctx_num"]):
            self.contexts.append(Context(body[offset:]))
            offset += self.contexts[-1].size


def accept(syntax):
    return context_result(rpcrt.MSRPC_CONT_RESULT_ACCEPT, 0, syntax)


def reject(reason):
    return context_result(rpcrt.MSRPC_CONT_RESULT_PROV_REJECT, reason, bytes(20))


def context_result(result, reason, syntax):
    item = rpcrt.CtxItemResult()
    item["Result"] = result
    item["Reason"] = reason
    item["TransferSyntax"] = syntax
    return item.getData()


def bind_ack(pdu, bind, group, results, address, auth=None):
    """The answer to a bind or, with `address` empty, to an alter_context."""
    is_bind = pdu.type == rpcrt.MSRPC_BIND
    ack = rpcrt.MSRPCBindAck()
    ack["type"] = rpcrt.MSRPC_BINDACK if is_bind else rpcrt.MSRPC_ALTERCTX_R
    ack["flags"] = WHOLE | pdu.flags & (rpcrt.PFC_CONC_MPX | rpcrt.MSRPC_SUPPORT_SIGN)
    ack["call_id"] = pdu.call_id
    ack["max_tfrag"] = bind.fixed["max_tfrag"]
    ack["max_rfrag"] = bind.fixed["max_rfrag"]
    ack["assoc_group"] = group
    ack["SecondaryAddr"] = address
    ack["SecondaryAddrLen"] = len(address) + 1
    ack["Pad"] = bytes(-(rpcrt.MSRPCBindAck._SIZE + ack["SecondaryAddrLen"]) % 4)
    ack["ctx_num"] = len(results)
    ack["ctx_items"] = b"".join(results)
    if auth:
        ack["sec_trailer"] = pdu.trailer.getData()[:2] + bytes(2) + pdu.trailer.getData()[4:]
        ack["auth_data"] = auth
        ack["auth_len"] = len(auth)
    ack["frag_len"] = 0
    data = ack.getData()
    return data[:8] + struct.pack("<H", len(data)) + data[10:]


def fragments(stub, largest):
    """(flags, part) of `stub` in parts of at most `largest` bytes."""
    parts = [stub[i:i + largest] for i in range(0, len(stub), largest)] or [b""]
    for i, part in enumerate(parts):
        flags = rpcrt.PFC_FIRST_FRAG if i == 0 else 0
        if i == len(parts) - 1:
            flags |= rpcrt.PFC_LAST_FRAG
        yield flags, part


def response(call_id, context_id, flags, stub, hint):
    pdu = rpcrt.MSRPCRespHeader()
    pdu["flags"] = flags
    pdu["call_id"] = call_id
    pdu["ctx_id"] = context_id
    pdu["alloc_hint"] = hint
    pdu["pduData"] = stub
    return pdu


def fault(call_id, context_id, status):
    pdu = response(call_id, context_id, WHOLE, struct.pack("<LL", status, 0), 32)
    pdu["type"] = rpcrt.MSRPC_FAULT
    if status & 0xFFFF0000 == 0x1C010000:
        pdu["flags"] |= rpcrt.PFC_DID_NOT_EXECUTE
    return pdu
