# security.py
# The server's side of NTLM and SPNEGO on impacket's primitives
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Acceptors of the security trailer, [MS-RPCE] 2.2.2.11, [MS-NLMP] and [RFC4178].

Every signature that comes in is checked, so a client whose cipher is out of step is noticed.
"""

import os
import struct
import time

from Cryptodome.Cipher import ARC4
from impacket import ntlm
from impacket.dcerpc.v5 import rpcrt
from impacket.smbserver import computeNTLMv2
from impacket.spnego import (ASN1_ENUMERATED, ASN1_OCTET_STRING, ASN1_OID, ASN1_SEQUENCE,
                             SPNEGO_NegTokenInit, SPNEGO_NegTokenResp, TypesMech, asn1encode)

import pdu

SIGNATURE_SIZE = 16
FILETIME_EPOCH = 116444736000000000
NTLM_MECH = TypesMech["NTLMSSP - Microsoft NTLM Security Support Provider"]
NEG_TOKEN_RESP, NEG_STATE, MECH_LIST_MIC = 0xA1, 0xA0, 0xA3
ACCEPT_COMPLETED = b"\x00"
ACCEPT_INCOMPLETE = b"\x01"
SUPPORTED = (
    ntlm.NTLMSSP_NEGOTIATE_56 | ntlm.NTLMSSP_NEGOTIATE_KEY_EXCH | ntlm.NTLMSSP_NEGOTIATE_128
    | ntlm.NTLMSSP_NEGOTIATE_EXTENDED_SESSIONSECURITY | ntlm.NTLMSSP_NEGOTIATE_ALWAYS_SIGN
    | ntlm.NTLMSSP_NEGOTIATE_NTLM | ntlm.NTLMSSP_NEGOTIATE_SEAL | ntlm.NTLMSSP_NEGOTIATE_SIGN
    | ntlm.NTLMSSP_REQUEST_TARGET | ntlm.NTLMSSP_NEGOTIATE_UNICODE)


class BadToken(Exception):
    """A token or signature of the client that does not verify."""


class Ntlm:
    """One NTLM context: three messages, then two directions of signing and sealing."""

    def __init__(self, account):
        self.account = account
        self.negotiate = self.challenge = None
        self.sent = b""

    def answer(self, negotiate):
        """The CHALLENGE_MESSAGE to a NEGOTIATE_MESSAGE."""
        self.negotiate = ntlm.NTLMAuthNegotiate()
        self.negotiate.fromString(negotiate)
        name = self.account["server"].encode("utf-16le")
        domain = self.account["domain"].encode("utf-16le")
        pairs = ntlm.AV_PAIRS()
        pairs[ntlm.NTLMSSP_AV_DOMAINNAME] = domain
        pairs[ntlm.NTLMSSP_AV_HOSTNAME] = name
        pairs[ntlm.NTLMSSP_AV_TIME] = struct.pack("<Q", FILETIME_EPOCH + time.time_ns() // 100)
        self.challenge = ntlm.NTLMAuthChallenge()
        self.challenge["flags"] = (self.negotiate["flags"] & SUPPORTED
                                   | ntlm.NTLMSSP_NEGOTIATE_TARGET_INFO
                                   | ntlm.NTLMSSP_TARGET_TYPE_DOMAIN)
        self.challenge["challenge"] = os.urandom(8)
        self.challenge["Version"] = b""
        self.challenge["VersionLen"] = 0
        self.challenge["domain_offset"] = 48
        self.challenge["domain_name"] = domain
        self.challenge["TargetInfoFields"] = pairs
        self.challenge["TargetInfoFields_len"] = len(pairs)
        self.challenge["TargetInfoFields_max_len"] = len(pairs)
        self.challenge["TargetInfoFields_offset"] = 48 + len(domain)
        self.sent = self.challenge.getData()
        return self.sent

    def accept(self, authenticate):
        """Check an AUTHENTICATE_MESSAGE and take the keys from it."""
        message = ntlm.NTLMAuthChallengeResponse()
        message.fromString(authenticate)
        nt_hash = ntlm.compute_nthash(self.account["password"])
        error, key = computeNTLMv2(self.account["user"], "", nt_hash, self.challenge["challenge"],
                                   message, self.challenge, self.negotiate)
        if error:
            raise BadToken("the NTLMv2 response does not match the password")
        self.flags = message["flags"]
        self.keys = {side: ntlm.SIGNKEY(self.flags, key, side) for side in ("Client", "Server")}
        self.sealing = {side: ntlm.SEALKEY(self.flags, key, side) for side in ("Client", "Server")}
        self.sequence = {"Client": 0, "Server": 0}
        self.rewind()

    def rewind(self):
        """Start both ciphers again; the sequence numbers go on."""
        self.ciphers = {side: ARC4.new(key).encrypt for side, key in self.sealing.items()}

    def sign(self, side, message):
        signature = ntlm.SIGN(self.flags, self.keys[side], message, self.sequence[side],
                              self.ciphers[side])
        self.sequence[side] += 1
        return signature.getData()

    def crypt(self, side, data):
        return self.ciphers[side](data)


class Trailer:
    """What the mechanisms have in common: the level, and the layout of what is sent."""

    def __init__(self):
        self.level = 0
        self.trailer = None
        self.header_signing = False

    def step(self, received):
        """The token that answers the one in a bind, alter_context or AUTH3; None for the last."""
        if received.type == rpcrt.MSRPC_BIND:
            self.header_signing = bool(received.flags & rpcrt.MSRPC_SUPPORT_SIGN)
        self.level = received.trailer["auth_level"]
        self.trailer = received.trailer
        return self.token(received.verifier)

    def with_trailer(self, out, size):
        """A response in clear, padded, with its trailer and room for a verifier of `size` bytes."""
        trailer = rpcrt.SEC_TRAILER(self.trailer.getData())
        trailer["auth_level"] = self.level
        trailer["auth_pad_len"] = -len(out["pduData"]) % 16
        out["pduData"] += bytes(trailer["auth_pad_len"])
        out["sec_trailer"] = trailer.getData()
        out["auth_data"] = bytes(size)
        return out.get_packet()


class NtlmTrailer(Trailer):
    """NTLM as it is, authentication type 10."""

    def __init__(self, account):
        super().__init__()
        self.ntlm = Ntlm(account)

    def token(self, token):
        if not self.ntlm.negotiate:
            return self.ntlm.answer(token)
        self.ntlm.accept(token)
        return None

    def sealed(self):
        return self.level == rpcrt.RPC_C_AUTHN_LEVEL_PKT_PRIVACY

    def open(self, received, stub):
        """The clear stub of a request, its padding taken off."""
        if self.sealed():
            stub = self.ntlm.crypt("Client", stub)
        start = pdu.CALL_HEADER_SIZE
        signed = received.raw[:start] + stub + received.raw[start + len(stub):-SIGNATURE_SIZE]
        if self.ntlm.sign("Client", signed) != received.verifier:
            raise BadToken("the signature of a request does not match")
        return stub[:len(stub) - received.trailer["auth_pad_len"]]

    def close(self, out):
        """A response as bytes, signed and, at level 6, sealed."""
        plain = self.with_trailer(out, SIGNATURE_SIZE)
        start, end = pdu.CALL_HEADER_SIZE, len(plain) - SIGNATURE_SIZE - pdu.TRAILER_SIZE
        stub = self.ntlm.crypt("Server", plain[start:end]) if self.sealed() else plain[start:end]
        signature = self.ntlm.sign("Server", plain[:-SIGNATURE_SIZE])
        return plain[:start] + stub + plain[end:-SIGNATURE_SIZE] + signature


def der(tag, body):
    return bytes([tag]) + asn1encode(body)


class SpnegoTrailer(NtlmTrailer):
    """NTLM inside SPNEGO, authentication type 9."""

    def __init__(self, account):
        super().__init__(account)
        self.mechanisms = None

    def token(self, token):
        if not self.mechanisms:
            return self.select(SPNEGO_NegTokenInit(token))
        self.ntlm.accept(SPNEGO_NegTokenResp(token)["ResponseToken"])
        return self.confirm(token)

    def select(self, offer):
        """The answer to a NegTokenInit: NTLM, with its challenge."""
        listed = b"".join(der(ASN1_OID, mechanism) for mechanism in offer["MechTypes"])
        self.mechanisms = der(ASN1_SEQUENCE, listed)
        reply = SPNEGO_NegTokenResp()
        reply["NegState"] = ACCEPT_INCOMPLETE
        reply["SupportedMech"] = NTLM_MECH
        reply["ResponseToken"] = self.ntlm.answer(offer["MechToken"])
        return reply.getData()

    def confirm(self, token):
        """Check the mechListMIC at the end of the last NegTokenResp, and send ours.

        impacket knows no mechListMIC. After it both sides start their ciphers again.
        """
        ours = der(NEG_STATE, der(ASN1_ENUMERATED, ACCEPT_COMPLETED))
        client = self.ntlm.sign("Client", self.mechanisms)
        if token.endswith(der(MECH_LIST_MIC, der(ASN1_OCTET_STRING, client))):
            server = self.ntlm.sign("Server", self.mechanisms)
            ours += der(MECH_LIST_MIC, der(ASN1_OCTET_STRING, server))
        elif bytes([MECH_LIST_MIC]) in token[-SIGNATURE_SIZE - 4:-SIGNATURE_SIZE]:
            raise BadToken("the mechListMIC does not match")
        self.ntlm.rewind()
        return der(NEG_TOKEN_RESP, der(ASN1_SEQUENCE, ours))
