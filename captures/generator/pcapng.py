# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""pcapng blocks: section header, interface description, enhanced packet."""

import struct

APPLICATION = "oxcnotif captures/generate"

_SECTION_HEADER = 0x0A0D0D0A
_INTERFACE_DESCRIPTION = 1
_ENHANCED_PACKET = 6
_OPT_COMMENT = 1
_SHB_USERAPPL = 4
_IF_NAME = 2
_IF_TSRESOL = 9
_LINKTYPE_ETHERNET = 1
_NANOSECONDS = b"\x09"


def _padded(data):
    return data + bytes(-len(data) % 4)


def _options(pairs):
    if not pairs:
        return b""
    written = [struct.pack("<HH", code, len(value)) + _padded(value) for code, value in pairs]
    return b"".join(written) + bytes(4)


def _block(block_type, body):
    length = 12 + len(body)
    return struct.pack("<II", block_type, length) + body + struct.pack("<I", length)


def section(comment):
    """The section header, with what the capture shows as its comment."""
    body = struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)
    options = [(_OPT_COMMENT, comment.encode()), (_SHB_USERAPPL, APPLICATION.encode())]
    return _block(_SECTION_HEADER, body + _options(options))


def interface(name, snaplen):
    body = struct.pack("<HHI", _LINKTYPE_ETHERNET, 0, snaplen)
    options = [(_IF_NAME, name.encode()), (_IF_TSRESOL, _NANOSECONDS)]
    return _block(_INTERFACE_DESCRIPTION, body + _options(options))


def packet(interface_index, nanoseconds, data, captured_length, comment):
    """One frame; bytes after captured_length are left out, as by a snapshot length."""
    body = struct.pack("<IIIII", interface_index, nanoseconds >> 32, nanoseconds & 0xFFFFFFFF,
                       captured_length, len(data))
    options = [(_OPT_COMMENT, comment.encode())] if comment else []
    return _block(_ENHANCED_PACKET, body + _padded(data[:captured_length]) + _options(options))
