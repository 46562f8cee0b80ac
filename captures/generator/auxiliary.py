# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Auxiliary buffers: AUX_HEADER blocks, [MS-OXCRPC] 2.2.2.2."""

import struct
import uuid

from . import extended

_CLIENT_GUID = "3f1c9b52-6a1d-4c38-9d0e-2b7f8a416c5d"


def _text(value):
    return value.encode("utf-16-le") + b"\0\0"


def _session_info(line):
    return 1, 0x04, struct.pack("<HH", line.number("session", 1), 0) + _guid(line)


def _guid(line):
    return uuid.UUID(line.text("guid", _CLIENT_GUID)).bytes_le


def _process_info(line):
    body = struct.pack("<HH", line.number("process", 1), 0) + _guid(line)
    return 1, 0x0B, body + struct.pack("<HH", 28, 0) + _text(line.text("name", "OUTLOOK.EXE"))


def _client_info(line):
    machine, user = _text(line.text("machine", "PC1")), _text(line.text("user", "janedow"))
    body = struct.pack("<IHHHHHHHHHHHH", line.number("speed", 1000000), line.number("client", 1),
                       32, 32 + len(machine), 0, 0, 0, 0, 0, 0, 0, line.number("mode", 2), 0)
    return 1, 0x02, body + machine + user


def _flags(version, block_type, default):
    def block(line):
        return version, block_type, struct.pack("<I", line.number("flags", default))
    return block


def _client_control(line):
    return 1, 0x0A, struct.pack("<II", line.number("flags", 0x0D), line.number("expiry", 604800000))


def _os_version(_line):
    return 1, 0x16, struct.pack("<IIII", 152, 6, 3, 9600) + bytes(132) + bytes(8)


def _raw(line):
    return (line.number("version", 1), line.number("type", 0x43),
            line.hex_of(line.next_word("the bytes")))


_BLOCKS = {
    "AUX_PERF_CLIENTINFO": _client_info,
    "AUX_PERF_SESSIONINFO": _session_info,
    "AUX_PERF_PROCESSINFO": _process_info,
    "AUX_CLIENT_CONTROL": _client_control,
    "AUX_OSVERSIONINFO": _os_version,
    "AUX_EXORGINFO": _flags(1, 0x17, 3),
    "AUX_SERVER_CAPABILITIES": _flags(1, 0x46, 3),
    "AUX_ENDPOINT_CAPABILITIES": _flags(1, 0x48, 1),
    "raw": _raw,
}


def encode(step):
    """The auxiliary buffer from the "aux" lines under a step; without any, nothing."""
    data = b""
    for line in step.take_details("aux"):
        line.next_word("aux")
        name = line.next_word("the auxiliary block")
        if name not in _BLOCKS:
            raise line.error(f"{name} is not a known auxiliary block")
        version, block_type, body = _BLOCKS[name](line)
        size = line.number("size", 4 + len(body))
        data += struct.pack("<HBB", size, version, block_type) + body
        line.finish()
    return extended.plain_block(data) if data else b""
