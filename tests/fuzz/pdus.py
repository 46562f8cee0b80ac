# pdus.py
# Takes DCE/RPC PDUs apart, as far as seeds and mutations need them
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""PDUs of [C706] 12.6 in a payload, and the interfaces that binds name."""

import struct
import uuid

REQUEST, RESPONSE, FAULT, BIND, BIND_ACK, ALTER, ALTER_RESPONSE = 0, 2, 3, 11, 12, 14, 15
RTS = 20
FIRST, LAST = 1, 2

EMSMDB = uuid.UUID("a4f1db00-ca47-1067-b31f-00dd010662da")
ASYNCEMSMDB = uuid.UUID("5261574a-4572-206e-b268-6b199213b4e4")
NDR64 = uuid.UUID("71710533-beba-4937-8319-b5dbef9ccc36")


def order(pdu):
    return "<" if pdu[4] & 0x10 else ">"


def looks_like_pdu(data):
    return (len(data) >= 16 and data[0] == 5 and data[1] <= 1 and data[2] <= RTS
            and data[4] & 0xEE == 0 and struct.unpack_from(order(data) + "H", data, 8)[0] >= 16)


def split(payload):
    """The payload in parts: (True, PDU) and (False, bytes that are none), in order."""
    parts, other, offset = [], 0, 0
    while offset < len(payload):
        rest = payload[offset:]
        length = struct.unpack_from(order(rest) + "H", rest, 8)[0] if looks_like_pdu(rest) else 0
        if length == 0 or length > len(rest):
            offset += 1
            continue
        if offset > other:
            parts.append((False, payload[other:offset]))
        parts.append((True, rest[:length]))
        offset += length
        other = offset
    if other < len(payload):
        parts.append((False, payload[other:]))
    return parts


def resize(pdu):
    """The PDU with frag_length as it should be."""
    size = struct.pack(order(pdu) + "H", min(len(pdu), 0xFFFF))
    return pdu[:8] + size + pdu[10:]


def call_id(pdu):
    return struct.unpack_from(order(pdu) + "I", pdu, 12)[0]


def stub_offset(pdu):
    return 24 + (16 if pdu[2] == REQUEST and pdu[3] & 0x80 else 0)


def whole_stub(pdu):
    """The stub of a PDU that is a call in one fragment, without a trailer; or None."""
    if pdu[3] & (FIRST | LAST) != FIRST | LAST or len(pdu) < stub_offset(pdu):
        return None
    if struct.unpack_from(order(pdu) + "H", pdu, 10)[0] != 0:
        return None
    return pdu[stub_offset(pdu):]


def contexts(pdu):
    """What a bind or alter_context offers: context id -> (interface, whether NDR64)."""
    found, offset, little = {}, 28, order(pdu) == "<"
    if len(pdu) < 28:
        return found
    for _ in range(pdu[24]):
        if len(pdu) < offset + 44:
            break
        number, syntaxes = struct.unpack_from(order(pdu) + "HB", pdu, offset)
        abstract, transfer = pdu[offset + 4:offset + 20], pdu[offset + 24:offset + 40]
        if little:
            found[number] = (uuid.UUID(bytes_le=abstract), uuid.UUID(bytes_le=transfer) == NDR64)
        else:
            found[number] = (uuid.UUID(bytes=abstract), uuid.UUID(bytes=transfer) == NDR64)
        offset += 24 + 20 * syntaxes
    return found
