# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Stubs of the methods of EMSMDB and AsyncEMSMDB, [MS-OXCRPC] 3.1.4 and 3.3.4.

A function writes one stub from the parameters of its step. That of a request notes the
handles in the call; that of a response returns them as a well-behaved server would."""

import ipaddress
import struct

from . import auxiliary, extended

STATUS = {
    "Success": 0,
    "UnknownUser": 0x3EB,
    "Exiting": 0x3ED,
    "ServerOOM": 0x3F0,
    "RpcFormat": 0x4B6,
    "Rejected": 0x7EE,
    "NotEncrypted": 0x970,
    "Error": 0x80004005,
    "NotSupported": 0x80040102,
    "LoginFailure": 0x80040111,
    "RpcFailed": 0x80040115,
    "AccessDenied": 0x80070005,
    "InvalidParam": 0x80070057,
}
FLAGS_OUT = {"NotificationPending": 1}

_USER = "/o=First Organization/ou=First Administrative Group/cn=Recipients/cn=janedow"
_PREFIX = "/o=First Organization/ou=First Administrative Group/cn=Recipients/cn="
_SERVER_VERSION = "15.0.1104.4"
_CLIENT_VERSION = "15.0.4420.1017"
_TIME_STAMP = 0x0E2B5C31
_AUX_MAXIMUM = 0x1008


def _version(step, key, default):
    """Three words from "15.0.1104.4" (the scheme with the high bit), or given with key-words."""
    words = step.text(key + "-words")
    if words is not None:
        return [int(word, 16) for word in words.split(",")]
    major, minor, build, revision = map(int, step.text(key, default).split("."))
    return [major << 8 | minor, 0x8000 | build, revision]


def _words(writer, words):
    for word in words:
        writer.u16(word)


def _connect_ex_request(writer, step, handles, call):
    call.session = handles.introduce(step, "session")
    aux = auxiliary.encode(step)
    writer.string(step.text("user", _USER))
    writer.u32(step.number("flags", 0))
    writer.u32(step.number("con-mod", 0x00340567))
    writer.u32(step.number("limit", 0))
    writer.u32(step.number("code-page", 1252))
    writer.u32(step.number("locale", 0x0409))
    writer.u32(step.number("sort-locale", 0x0409))
    writer.u32(step.number("link", 0xFFFFFFFF))
    writer.u16(step.number("can-convert", 1))
    _words(writer, _version(step, "version", _CLIENT_VERSION))
    writer.u32(step.number("time-stamp", 0))
    writer.conformant_array(aux, step.number("aux-count"))
    writer.u32(step.number("aux-size", len(aux)))
    writer.u32(step.number("aux-maximum", _AUX_MAXIMUM))


def _connect_ex_response(writer, step, handles, call):
    status = step.named_number("status", STATUS, 0)
    failed = status != 0
    aux = auxiliary.encode(step)
    writer.handle(handles.find(step, "session", "null" if failed else call.session))
    writer.u32(0 if failed else step.number("polls-max", 60000))
    writer.u32(0 if failed else step.number("retry", 6))
    writer.u32(0 if failed else step.number("retry-delay", 10000))
    writer.u16(step.number("index", 0 if failed else handles.session_index(call.session)))
    writer.align(4)
    writer.unique_string(None if failed else step.text("prefix", _PREFIX))
    writer.unique_string(None if failed else step.text("display-name", "Jane Dow"))
    _words(writer, _version(step, "version", _SERVER_VERSION))
    _words(writer, _version(step, "best-version", _CLIENT_VERSION))
    writer.u32(step.number("time-stamp", _TIME_STAMP))
    writer.varying_array(aux, step.number("aux-count"))
    writer.u32(step.number("aux-size", len(aux)))
    writer.u32(status)


def _rpc_ext2_request(writer, step, handles, call):
    aux = auxiliary.encode(step)
    call.session = handles.find(step, "session")
    writer.handle(call.session)
    writer.u32(step.number("flags", 3))
    rgb_in = extended.encode(step, True)
    writer.conformant_array(rgb_in, step.number("count"))
    writer.u32(step.number("size", len(rgb_in)))
    writer.u32(step.number("out-maximum", 0x18008))
    writer.conformant_array(aux, step.number("aux-count"))
    writer.u32(step.number("aux-size", len(aux)))
    writer.u32(step.number("aux-maximum", _AUX_MAXIMUM))


def _rpc_ext2_response(writer, step, handles, call):
    status = step.named_number("status", STATUS, 0)
    aux = auxiliary.encode(step)
    writer.handle(handles.find(step, "session", call.session))
    writer.u32(step.number("flags", 0))
    rgb_out = extended.encode(step, False) if status == 0 or step.details else b""
    writer.varying_array(rgb_out, step.number("count"))
    writer.u32(step.number("size", len(rgb_out)))
    writer.varying_array(aux, step.number("aux-count"))
    writer.u32(step.number("aux-size", len(aux)))
    writer.u32(step.number("trans-time", 1))
    writer.u32(status)


def _disconnect_request(writer, step, handles, call):
    call.session = handles.find(step, "session")
    writer.handle(call.session)


def _disconnect_response(writer, step, handles, _call):
    writer.handle(handles.find(step, "session", "null"))
    writer.u32(step.named_number("status", STATUS, 0))


def _socket_address(step):
    """A sockaddr: the family in host byte order, port and address in network byte order."""
    address = ipaddress.ip_address(step.text("address", "192.0.2.10"))
    port = step.number("port", 52011)
    if address.version == 4:
        return struct.pack("<H", 2) + struct.pack(">H", port) + address.packed + bytes(8)
    return struct.pack("<H", 23) + struct.pack(">HI", port, 0) + address.packed + bytes(4)


def _register_push_request(writer, step, handles, call):
    context = step.hex("key") or b"libmapi1"
    address = _socket_address(step)
    call.session = handles.find(step, "session")
    writer.handle(call.session)
    writer.u32(step.number("irpc", 0))
    writer.conformant_array(context, step.number("key-count"))
    writer.u16(step.number("key-size", len(context)))
    writer.u32(step.number("advise-bits", 0xFFFFFFFF))
    writer.conformant_array(address, step.number("address-count"))
    writer.u16(step.number("address-size", len(address)))


def _register_push_response(writer, step, handles, call):
    status = step.named_number("status", STATUS, 0)
    writer.handle(handles.find(step, "session", call.session))
    writer.u32(step.number("notification", 0 if status else 0x21))
    writer.u32(status)


def _async_connect_request(writer, step, handles, call):
    call.context = handles.introduce(step, "context")
    call.session = handles.find(step, "session")
    writer.handle(call.session)


def _async_connect_response(writer, step, handles, call):
    status = step.named_number("status", STATUS, 0)
    writer.handle(handles.find(step, "context", "null" if status else call.context))
    writer.u32(status)


def _wait_request(writer, step, handles, call):
    call.context = handles.find(step, "context")
    writer.handle(call.context)
    writer.u32(step.number("flags", 0))


def _wait_response(writer, step, _handles, _call):
    pending = step.option("pending")
    writer.u32(step.named_number("flags", FLAGS_OUT, 1 if pending else 0))
    writer.u32(step.named_number("status", STATUS, 0))


def _legacy_connect_request(writer, step, handles, call):
    call.session = handles.introduce(step, "session")
    writer.string(step.text("user", _USER))
    for value in (0, 0x00340567, 0, 1252, 0x0409, 0x0409, 0xFFFFFFFF):
        writer.u32(value)
    writer.u16(1)
    _words(writer, [8, 0, 1])
    writer.u32(0)


def _legacy_connect_response(writer, step, handles, call):
    writer.handle(handles.find(step, "session", call.session))
    for value in (60000, 6, 10000):
        writer.u32(value)
    writer.u16(handles.session_index(call.session))
    writer.align(4)
    writer.unique_string(_PREFIX)
    writer.unique_string("Jane Dow")
    _words(writer, _version(step, "version", "6.5.7638.1"))
    _words(writer, [8, 0, 1])
    writer.u32(_TIME_STAMP)
    writer.u32(step.named_number("status", STATUS, 0))


def _legacy_rops(step, is_request):
    """The 8 bytes of a header cut off, the rest XOR 0xA5."""
    return bytes(byte ^ 0xA5 for byte in extended.encode(step, is_request)[8:])


def _legacy_rpc(writer, step, handle, is_request):
    data = _legacy_rops(step, is_request)
    writer.handle(handle)
    writer.u32(len(data))
    writer.u32(0)
    writer.u32(len(data))
    writer.data += data
    writer.u16(len(data))


def _legacy_rpc_request(writer, step, handles, call):
    call.session = handles.find(step, "session")
    _legacy_rpc(writer, step, call.session, True)
    writer.u16(0x7FFF)


def _legacy_rpc_response(writer, step, handles, call):
    _legacy_rpc(writer, step, handles.find(step, "session", call.session), False)
    writer.u32(step.named_number("status", STATUS, 0))


def _unregister_push_request(writer, step, handles, call):
    call.session = handles.find(step, "session")
    writer.handle(call.session)
    writer.u32(0)
    writer.u32(step.number("notification", 0x21))


def _handle_and_status(writer, step, handles, call):
    writer.handle(handles.find(step, "session", call.session))
    writer.u32(step.named_number("status", STATUS, 0))


def _nothing(_writer, _step, _handles, _call):
    pass


def _only_status(writer, step, _handles, _call):
    writer.u32(step.named_number("status", STATUS, 0))


class Method:
    def __init__(self, interface, opnum, request, response):
        self.interface = interface
        self.opnum = opnum
        self.request = request
        self.response = response


METHODS = {
    "EcDoConnect": Method("emsmdb", 0, _legacy_connect_request, _legacy_connect_response),
    "EcDoDisconnect": Method("emsmdb", 1, _disconnect_request, _disconnect_response),
    "EcDoRpc": Method("emsmdb", 2, _legacy_rpc_request, _legacy_rpc_response),
    "EcGetMoreRpc": Method("emsmdb", 3, _nothing, _nothing),
    "EcRRegisterPushNotification":
        Method("emsmdb", 4, _register_push_request, _register_push_response),
    "EcRUnregisterPushNotification":
        Method("emsmdb", 5, _unregister_push_request, _handle_and_status),
    "EcDummyRpc": Method("emsmdb", 6, _nothing, _only_status),
    "EcRGetDCName": Method("emsmdb", 7, _nothing, _nothing),
    "EcRNetGetDCName": Method("emsmdb", 8, _nothing, _nothing),
    "EcDoRpcExt": Method("emsmdb", 9, _nothing, _nothing),
    "EcDoConnectEx": Method("emsmdb", 10, _connect_ex_request, _connect_ex_response),
    "EcDoRpcExt2": Method("emsmdb", 11, _rpc_ext2_request, _rpc_ext2_response),
    "EcDoAsyncConnect": Method("emsmdb", 12, _nothing, _nothing),
    "EcDoAsyncWait": Method("emsmdb", 13, _nothing, _nothing),
    "EcDoAsyncConnectEx": Method("emsmdb", 14, _async_connect_request, _async_connect_response),
    "EcDoAsyncWaitEx": Method("asyncemsmdb", 0, _wait_request, _wait_response),
}
