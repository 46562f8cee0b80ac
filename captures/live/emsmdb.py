# emsmdb.py
# EMSMDB and AsyncEMSMDB as impacket calls, and the smallest ROP buffers they need
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""The five methods of the asynchronous conversation, [MS-OXCRPC] 3.1.4 and 3.3.4.

A request class CALL has its answer in CALLResponse, impacket's own convention.
"""

import struct
import uuid

from impacket.dcerpc.v5.dtypes import LPSTR, STR, ULONG, USHORT
from impacket.dcerpc.v5.ndr import (NDRCALL, NDRSTRUCT, NDRUniConformantArray,
                                    NDRUniConformantVaryingArray)
from impacket.uuid import uuidtup_to_bin

EMSMDB = ("a4f1db00-ca47-1067-b31f-00dd010662da", "0.81")
ASYNC_EMSMDB = ("5261574a-4572-206e-b268-6b199213b4e4", "0.1")
MANAGEMENT = ("afa8bd80-7d8a-11c9-bef4-08002b102989", "1.0")
NDR = ("8a885d04-1ceb-11c9-9fe8-08002b104860", "2.0")
NDR64 = ("71710533-beba-4937-8319-b5dbef9ccc36", "1.0")
SYNTAX_NAMES = {uuidtup_to_bin(NDR): "ndr", uuidtup_to_bin(NDR64): "ndr64"}

REJECTED = 0x000007EE
EXITING = 0x000003ED
RPC_ERROR = 0x80004005
NOTIFICATION_PENDING = 0x00000001
LAST = 0x0004
ROP_REGISTER = 0x29
ROP_NOTIFY = 0x2A
NEW_MAIL = 0x8002

NULL_HANDLE = bytes(20)


class HANDLE(NDRSTRUCT):
    structure = (("Data", "20s=b''"),)

    def getAlignment(self):
        return 4


class BYTES(NDRUniConformantArray):
    item = "c"


class VARYING_BYTES(NDRUniConformantVaryingArray):
    item = "c"


class VERSION(NDRSTRUCT):
    structure = (("Data", "6s=b''"),)

    def getAlignment(self):
        return 2


class EcDoDisconnect(NDRCALL):
    opnum = 1
    structure = (("pcxh", HANDLE),)


class EcDoDisconnectResponse(NDRCALL):
    structure = (("pcxh", HANDLE), ("ErrorCode", ULONG))


class EcDoConnectEx(NDRCALL):
    opnum = 10
    structure = (
        ("szUserDN", STR),
        ("ulFlags", ULONG),
        ("ulConMod", ULONG),
        ("cbLimit", ULONG),
        ("ulCpid", ULONG),
        ("ulLcidString", ULONG),
        ("ulLcidSort", ULONG),
        ("ulIcxrLink", ULONG),
        ("usFCanConvertCodePages", USHORT),
        ("rgwClientVersion", VERSION),
        ("pulTimeStamp", ULONG),
        ("rgbAuxIn", BYTES),
        ("cbAuxIn", ULONG),
        ("pcbAuxOut", ULONG),
    )


class EcDoConnectExResponse(NDRCALL):
    structure = (
        ("pcxh", HANDLE),
        ("pcmsPollsMax", ULONG),
        ("pcRetry", ULONG),
        ("pcmsRetryDelay", ULONG),
        ("piCxr", USHORT),
        ("szDNPrefix", LPSTR),
        ("szDisplayName", LPSTR),
        ("rgwServerVersion", VERSION),
        ("rgwBestVersion", VERSION),
        ("pulTimeStamp", ULONG),
        ("rgbAuxOut", VARYING_BYTES),
        ("pcbAuxOut", ULONG),
        ("ErrorCode", ULONG),
    )


class EcDoRpcExt2(NDRCALL):
    opnum = 11
    structure = (
        ("pcxh", HANDLE),
        ("pulFlags", ULONG),
        ("rgbIn", BYTES),
        ("cbIn", ULONG),
        ("pcbOut", ULONG),
        ("rgbAuxIn", BYTES),
        ("cbAuxIn", ULONG),
        ("pcbAuxOut", ULONG),
    )


class EcDoRpcExt2Response(NDRCALL):
    structure = (
        ("pcxh", HANDLE),
        ("pulFlags", ULONG),
        ("rgbOut", VARYING_BYTES),
        ("pcbOut", ULONG),
        ("rgbAuxOut", VARYING_BYTES),
        ("pcbAuxOut", ULONG),
        ("pulTransTime", ULONG),
        ("ErrorCode", ULONG),
    )


class EcDoAsyncConnectEx(NDRCALL):
    opnum = 14
    structure = (("cxh", HANDLE),)


class EcDoAsyncConnectExResponse(NDRCALL):
    structure = (("pacxh", HANDLE), ("ErrorCode", ULONG))


class EcDoAsyncWaitEx(NDRCALL):
    opnum = 0
    structure = (("acxh", HANDLE), ("ulFlagsIn", ULONG))


class EcDoAsyncWaitExResponse(NDRCALL):
    structure = (("pulFlagsOut", ULONG), ("ErrorCode", ULONG))


METHODS = {
    ("emsmdb", 1): (EcDoDisconnect, EcDoDisconnectResponse),
    ("emsmdb", 10): (EcDoConnectEx, EcDoConnectExResponse),
    ("emsmdb", 11): (EcDoRpcExt2, EcDoRpcExt2Response),
    ("emsmdb", 14): (EcDoAsyncConnectEx, EcDoAsyncConnectExResponse),
    ("asyncemsmdb", 0): (EcDoAsyncWaitEx, EcDoAsyncWaitExResponse),
}
INTERFACES = {
    uuidtup_to_bin(EMSMDB): "emsmdb",
    uuidtup_to_bin(ASYNC_EMSMDB): "asyncemsmdb",
    uuidtup_to_bin(MANAGEMENT): "mgmt",
}
NAMES = {EMSMDB[0]: "emsmdb", ASYNC_EMSMDB[0]: "asyncemsmdb"}


def unmarshal(call, stub, ndr64):
    """The fields of `stub`, read as `call`; trailing bytes are no error (auth padding)."""
    return call(stub, isNDR64=ndr64)


def handle_words(handle):
    """(attributes, UUID as text) of the 20 bytes of a handle, drep little-endian."""
    return struct.unpack("<L", handle[:4])[0], str(uuid.UUID(bytes_le=handle[4:]))


def version_words(major, minor, build, revision):
    """The three words of a version on the wire, [MS-OXCRPC] 3.1.4.1.3.1."""
    return struct.pack("<3H", major << 8 | minor, build | 0x8000, revision)


def connect_ex(user_dn, version):
    call = EcDoConnectEx()
    call["szUserDN"] = user_dn + "\0"
    call["ulFlags"] = 0
    call["ulConMod"] = 0x6A3F1214
    call["cbLimit"] = 0
    call["ulCpid"] = 1252
    call["ulLcidString"] = 0x0409
    call["ulLcidSort"] = 0x0409
    call["ulIcxrLink"] = 0xFFFFFFFF
    call["usFCanConvertCodePages"] = 1
    call["rgwClientVersion"] = version
    call["pulTimeStamp"] = 0
    call["rgbAuxIn"] = b""
    call["cbAuxIn"] = 0
    call["pcbAuxOut"] = 0x1008
    return call


def rpc_ext2(cxh, rops, largest_answer=0x8000):
    call = EcDoRpcExt2()
    call["pcxh"] = cxh
    call["pulFlags"] = 3
    call["rgbIn"] = rops
    call["cbIn"] = len(rops)
    call["pcbOut"] = largest_answer
    call["rgbAuxIn"] = b""
    call["cbAuxIn"] = 0
    call["pcbAuxOut"] = 0x1008
    return call


def rop_buffer(rops=b"", handles=()):
    """One extended buffer, neither compressed nor obfuscated, [MS-OXCRPC] 2.2.2.1."""
    table = b"".join(struct.pack("<L", handle) for handle in handles)
    body = struct.pack("<H", 2 + len(rops)) + rops + table
    return struct.pack("<HHHH", 0, LAST, len(body), len(body)) + body


def rops_of(buffer):
    """The bytes between RopSize and the handle table of a buffer made by rop_buffer()."""
    size = struct.unpack_from("<H", buffer, 8)[0]
    return buffer[10:8 + size]


def register_new_mail():
    """RopRegisterNotification for new mail in the whole store, [MS-OXCROPS] 2.2.14.1.1."""
    rop = struct.pack("<BBBBHB", ROP_REGISTER, 0, 0, 1, 0x0002, 1)
    return rop_buffer(rop, (0x00000051, 0xFFFFFFFF))


def new_mail(handle, folder, message):
    """RopNotify for a message that arrived, [MS-OXCNOTIF] 2.2.1.4.1.2."""
    return (struct.pack("<BLBHQQLB", ROP_NOTIFY, handle, 0, NEW_MAIL, folder, message, 0, 0)
            + b"IPM.Note\0")
