# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""What NTLM leaves on the wire, with made-up secrets: tokens of the right shape that no key
opens, stubs sealed to noise, verifiers that verify nothing."""

import hashlib
import struct

INTEGRITY, PRIVACY = 5, 6
LEVELS = {"sign": INTEGRITY, "seal": PRIVACY}

_NTLM = 10
_FLAGS = 0xE2088237
_CONTEXT_ID = 0x00013370


def noise(seed, length):
    """Bytes that look random and are the same on every run."""
    data = b""
    while len(data) < length:
        data += hashlib.sha256(f"{seed}/{len(data)}".encode()).digest()
    return data[:length]


def _fields(values, offset):
    """The (length, maximum, offset) fields of NTLMSSP strings, and the strings."""
    fields, payload = [], b""
    for value in values:
        fields.append(struct.pack("<HHI", len(value), len(value), offset + len(payload)))
        payload += value
    return fields, payload


class Security:
    """The security context of one connection."""

    def __init__(self, level, seed, pad_to):
        self.level = level
        self.seed = seed
        self.pad_to = pad_to
        self.sequence = {True: 0, False: 0}

    def trailer(self, order, padding, token):
        """Padding, sec_trailer ([MS-RPCE] 2.2.2.11) and token; with the token's length."""
        header = struct.pack(order + "BBBBI", _NTLM, self.level, padding, 0, _CONTEXT_ID)
        return bytes(padding) + header + token, len(token)

    def negotiate(self):
        return b"NTLMSSP\0" + struct.pack("<II", 1, _FLAGS) + bytes(16) + self._version()

    def challenge(self):
        target = "CONTOSO".encode("utf-16-le")
        pairs = struct.pack("<HH", 2, len(target)) + target + struct.pack("<HH", 0, 0)
        (name, info), payload = _fields([target, pairs], 56)
        return (b"NTLMSSP\0" + struct.pack("<I", 2) + name + struct.pack("<I", _FLAGS)
                + noise(self.seed + "challenge", 8) + bytes(8) + info + self._version() + payload)

    def authenticate(self):
        response = noise(self.seed + "proof", 16) + struct.pack("<BBHI", 1, 1, 0, 0) \
            + noise(self.seed + "time", 16) + bytes(8)
        strings = ["CONTOSO", "janedow", "PC1"]
        values = [bytes(24), response] + [text.encode("utf-16-le") for text in strings]
        fields, payload = _fields(values + [noise(self.seed + "key", 16)], 72)
        return (b"NTLMSSP\0" + struct.pack("<I", 3) + b"".join(fields)
                + struct.pack("<I", _FLAGS) + self._version() + payload)

    def protect(self, order, from_client, stub):
        """The stub as sent, and its authentication trailer."""
        padding = -len(stub) % self.pad_to
        number = self.sequence[from_client]
        self.sequence[from_client] += 1
        seed = f"{self.seed}/{from_client}/{number}"
        trailer, length = self.trailer(order, padding, self._verifier(seed, number))
        if self.level == PRIVACY:
            sealed = noise(seed, len(stub) + padding)
            return sealed[:len(stub)], (sealed[len(stub):] + trailer[padding:], length)
        return stub, (trailer, length)

    @staticmethod
    def _verifier(seed, number):
        return struct.pack("<I", 1) + noise(seed + "mac", 8) + struct.pack("<I", number)

    @staticmethod
    def _version():
        return bytes([6, 1, 0xB1, 0x1D, 0, 0, 0, 15])
