# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Connection-oriented DCE/RPC PDUs, [C706] 12.6 and [MS-RPCE] 2.2.2."""

import struct
import uuid

REQUEST, RESPONSE, FAULT = 0, 2, 3
BIND, BIND_ACK, BIND_NAK, ALTER, ALTER_RESPONSE, AUTH3 = 11, 12, 13, 14, 15, 16
CANCEL, ORPHANED = 18, 19

FIRST, LAST, CONC_MPX, DID_NOT_EXECUTE = 0x01, 0x02, 0x10, 0x20

MAX_FRAGMENT = 5840

INTERFACES = {
    "emsmdb": (uuid.UUID("a4f1db00-ca47-1067-b31f-00dd010662da"), 0x00510000),
    "asyncemsmdb": (uuid.UUID("5261574a-4572-206e-b268-6b199213b4e4"), 0x00010000),
    "nspi": (uuid.UUID("f5cc5a18-4264-101a-8c59-08002b2f8426"), 0x00000038),
}
NDR = (uuid.UUID("8a885d04-1ceb-11c9-9fe8-08002b104860"), 2)
NDR64 = (uuid.UUID("71710533-beba-4937-8319-b5dbef9ccc36"), 1)
_FEATURES = (uuid.UUID("6cb71c2c-9812-4540-0300-000000000000"), 1)
_NONE = (uuid.UUID(int=0), 0)

ACCEPTANCE, PROVIDER_REJECTION, NEGOTIATE_ACK = 0, 2, 3
_ABSTRACT_SYNTAX_NOT_SUPPORTED = 1
_SYNTAXES_NOT_SUPPORTED = 2

FAULTS = {
    "nca_s_fault_cancel": 0x1C00000D,
    "nca_s_fault_context_mismatch": 0x1C00001A,
    "nca_op_rng_error": 0x1C010002,
    "nca_unk_if": 0x1C010003,
    "nca_server_too_busy": 0x1C010014,
    "access_denied": 0x00000005,
    "bad_stub_data": 0x000006F7,
}

_TRAILER_SIGNATURE = bytes.fromhex("8ae3137102f43671")
_TRAILER_BITMASK, _TRAILER_CONTEXT, _TRAILER_END = 0x0001, 0x0002, 0x4000


class Coder:
    """Writes PDUs in the byte order of one side of a connection."""

    def __init__(self, big_endian=False):
        self.big_endian = big_endian
        self.order = ">" if big_endian else "<"

    def pack(self, layout, *values):
        return struct.pack(self.order + layout, *values)

    def syntax(self, syntax):
        identifier, version = syntax
        packed = identifier.bytes if self.big_endian else identifier.bytes_le
        return packed + self.pack("I", version)

    def pdu(self, ptype, flags, call_id, body, auth=b""):
        """auth is the authentication trailer with its padding in front, already complete."""
        drep = bytes([0x00 if self.big_endian else 0x10, 0, 0, 0])
        auth_length = auth[1] if auth else 0
        auth_bytes = auth[0] if auth else b""
        length = 16 + len(body) + len(auth_bytes)
        return (struct.pack("BBBB", 5, 0, ptype, flags) + drep
                + self.pack("HHI", length, auth_length, call_id) + body + auth_bytes)

    def bind(self, ptype, flags, call_id, group, items, auth=b""):
        """items: (context id, abstract syntax, transfer syntax) each."""
        body = self.pack("HHI", MAX_FRAGMENT, MAX_FRAGMENT, group)
        body += struct.pack("BBH", len(items), 0, 0)
        for context_id, abstract, transfer in items:
            body += self.pack("HBB", context_id, 1, 0)
            body += self.syntax(abstract) + self.syntax(transfer)
        return self.pdu(ptype, flags, call_id, body, auth)

    def bind_ack(self, ptype, flags, call_id, group, port, results, auth=b""):
        """results: (result, reason, transfer syntax) each."""
        address = b"" if ptype == ALTER_RESPONSE else str(port).encode() + b"\0"
        body = self.pack("HHI", MAX_FRAGMENT, MAX_FRAGMENT, group)
        body += self.pack("H", len(address)) + address
        body += bytes(-(16 + len(body)) % 4)
        body += struct.pack("BBH", len(results), 0, 0)
        for result, reason, transfer in results:
            body += self.pack("HH", result, reason) + self.syntax(transfer)
        return self.pdu(ptype, flags, call_id, body, auth)

    def bind_nak(self, call_id, reason):
        body = self.pack("H", reason) + bytes([1, 5, 0])
        return self.pdu(BIND_NAK, FIRST | LAST, call_id, body)

    def call_body(self, ptype, alloc_hint, context_id, opnum, stub):
        if ptype == REQUEST:
            return self.pack("IHH", alloc_hint, context_id, opnum) + stub
        return self.pack("IHBB", alloc_hint, context_id, 0, 0) + stub

    def fault(self, call_id, context_id, status, flags):
        body = self.pack("IHBBII", 32, context_id, 0, 0, status, 0)
        return self.pdu(FAULT, flags, call_id, body)

    def verification_trailer(self, stub, interface, transfer):
        """[MS-RPCE] 2.2.2.13, always little-endian, padded to start at a multiple of 4."""
        little = Coder()
        context = little.syntax(INTERFACES[interface]) + little.syntax(transfer)
        commands = struct.pack("<HHI", _TRAILER_BITMASK, 4, 1)
        commands += struct.pack("<HH", _TRAILER_CONTEXT | _TRAILER_END, len(context)) + context
        return bytes(-len(stub) % 4) + _TRAILER_SIGNATURE + commands


def bind_items(first_id, interface, ndr, ndr64, features):
    """The presentation contexts offered for one interface."""
    offers = [NDR] * ndr + [NDR64] * ndr64 + [_FEATURES] * features
    return [(first_id + place, INTERFACES[interface], transfer)
            for place, transfer in enumerate(offers)]


def refusals(items):
    """The answer of a server that does not have the interfaces."""
    return [(PROVIDER_REJECTION, _ABSTRACT_SYNTAX_NOT_SUPPORTED, _NONE) for _ in items]


def bind_results(items):
    """The answer of a server that prefers NDR64, as Windows does."""
    best = NDR64 if any(transfer == NDR64 for _, _, transfer in items) else NDR
    results = []
    for _, _, transfer in items:
        if transfer == _FEATURES:
            results.append((NEGOTIATE_ACK, 3, _NONE))
        elif transfer == best:
            results.append((ACCEPTANCE, 0, transfer))
        else:
            results.append((PROVIDER_REJECTION, _SYNTAXES_NOT_SUPPORTED, _NONE))
    return results
