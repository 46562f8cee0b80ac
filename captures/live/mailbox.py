# mailbox.py
# The service behind the small server: sessions, contexts and parked waits
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""As much of [MS-OXCRPC] 3.1 and 3.3 as a notification needs.

What becomes of a wait is no business of the client: the recording's Plan says it in advance.
"""

import struct
import threading
import uuid
from dataclasses import dataclass, field

import emsmdb
import pdu


@dataclass
class Outcome:
    """How the server ends a wait: `after` seconds with a response, a fault, or a closed connection.

    The default leaves the wait parked until its session is disconnected.
    """

    after: float = None
    status: int = 0
    flags: int = 0
    fault: int = None
    close: bool = False


def notify(after):
    return Outcome(after=after, flags=emsmdb.NOTIFICATION_PENDING)


def fault(after, status):
    return Outcome(after=after, fault=status)


def close(after):
    return Outcome(after=after, close=True)


PARK = Outcome()


@dataclass
class Plan:
    """What one recording asks of the server. Lists are used up from the front.

    `fetch_time` is how long an EcDoRpcExt2 without ROPs takes.
    """

    waits: list = field(default_factory=list)
    async_connects: list = field(default_factory=list)
    version: tuple = (15, 0, 1497, 2)
    gromox_handles: bool = False
    ndr64: bool = False
    largest_fragment: int = 4096
    fetch_time: float = 0
    address: str = "127.0.0.1"
    security: dict = None


@dataclass
class Session:
    cxh: bytes
    index: int
    acxh: bytes = None
    subscription: int = 0
    waits: list = field(default_factory=list)
    unread: int = 0


def after(seconds, function, *arguments):
    timer = threading.Timer(seconds, function, arguments)
    timer.daemon = True
    timer.start()


class Mailbox:
    """Answers calls of both interfaces; `call` has stub, ndr64, answer(stub) and fault(status)."""

    def __init__(self, plan):
        self.plan = plan
        self.lock = threading.RLock()
        self.sessions = {}
        self.contexts = {}
        self.count = 0

    def handle(self, call):
        method = emsmdb.METHODS.get((call.interface, call.opnum))
        if not method:
            call.fault(pdu.FAULT_OP_RANGE)
            return
        request = method[0](call.stub, isNDR64=call.ndr64)
        reply = method[1](isNDR64=call.ndr64)
        with self.lock:
            getattr(self, method[0].__name__)(call, request, reply)

    def EcDoConnectEx(self, call, request, reply):
        self.count += 1
        session = Session(self.new_handle(2), self.count)
        self.sessions[session.cxh] = session
        reply["pcxh"] = session.cxh
        reply["pcmsPollsMax"] = 60000
        reply["pcRetry"] = 6
        reply["pcmsRetryDelay"] = 10000
        reply["piCxr"] = session.index
        reply["szDNPrefix"] = "\0"
        reply["szDisplayName"] = "Alice\0"
        reply["rgwServerVersion"] = emsmdb.version_words(*self.plan.version)
        reply["rgwBestVersion"] = request["rgwClientVersion"]
        reply["pulTimeStamp"] = 0x13A0B0C0 + self.count
        reply["rgbAuxOut"] = b""
        reply["pcbAuxOut"] = 0
        reply["ErrorCode"] = 0
        call.answer(reply)

    def EcDoAsyncConnectEx(self, call, request, reply):
        session = self.sessions.get(request["cxh"])
        if not session:
            call.fault(pdu.FAULT_CONTEXT_MISMATCH)
            return
        status = self.plan.async_connects.pop(0) if self.plan.async_connects else 0
        if status == 0 and not session.acxh:
            session.acxh = self.context_handle(session)
            self.contexts[session.acxh] = session
        reply["pacxh"] = emsmdb.NULL_HANDLE if status else session.acxh
        reply["ErrorCode"] = status
        call.answer(reply)

    def EcDoRpcExt2(self, call, request, reply):
        session = self.sessions.get(request["pcxh"])
        if not session:
            call.fault(pdu.FAULT_CONTEXT_MISMATCH)
            return
        if request["pcbOut"] > 0x40000:
            call.fault(pdu.FAULT_BAD_STUB)
            return
        if self.plan.fetch_time and not emsmdb.rops_of(b"".join(request["rgbIn"])):
            after(self.plan.fetch_time, self.execute, session, call, request, reply)
        else:
            self.execute(session, call, request, reply)

    def execute(self, session, call, request, reply):
        with self.lock:
            out = self.rops(session, b"".join(request["rgbIn"]))
        reply["pcxh"] = session.cxh
        reply["pulFlags"] = 0
        reply["rgbOut"] = out
        reply["pcbOut"] = len(out)
        reply["rgbAuxOut"] = b""
        reply["pcbAuxOut"] = 0
        reply["pulTransTime"] = 0
        reply["ErrorCode"] = 0
        call.answer(reply)

    def EcDoDisconnect(self, call, request, reply):
        session = self.sessions.pop(request["pcxh"], None)
        if not session:
            call.fault(pdu.FAULT_CONTEXT_MISMATCH)
            return
        self.contexts.pop(session.acxh, None)
        for wait in session.waits:
            self.finish(session, wait, Outcome())
        reply["pcxh"] = emsmdb.NULL_HANDLE
        reply["ErrorCode"] = 0
        call.answer(reply)

    def EcDoAsyncWaitEx(self, call, request, reply):
        session = self.contexts.get(request["acxh"])
        if not session:
            call.fault(pdu.FAULT_CONTEXT_MISMATCH)
            return
        if session.waits:
            reply["pulFlagsOut"] = 0
            reply["ErrorCode"] = emsmdb.REJECTED
            call.answer(reply)
            return
        session.waits.append(call)
        outcome = self.plan.waits.pop(0) if self.plan.waits else PARK
        if outcome.after is not None:
            after(outcome.after, self.finish, session, call, outcome)

    def finish(self, session, wait, outcome):
        """End `wait` as planned, unless it ended before."""
        with self.lock:
            if wait not in session.waits:
                return
            session.waits.remove(wait)
            if outcome.flags & emsmdb.NOTIFICATION_PENDING:
                session.unread += 1
        if outcome.close:
            wait.connection.close()
        elif outcome.fault is not None:
            wait.fault(outcome.fault)
        else:
            reply = emsmdb.EcDoAsyncWaitExResponse(isNDR64=wait.ndr64)
            reply["pulFlagsOut"] = outcome.flags
            reply["ErrorCode"] = outcome.status
            wait.answer(reply)

    def forget(self, belongs):
        """Drop the parked waits for which `belongs` is true; the ones dropped."""
        with self.lock:
            dropped = []
            for session in self.sessions.values():
                dropped += [wait for wait in session.waits if belongs(wait)]
                session.waits = [wait for wait in session.waits if not belongs(wait)]
            return dropped

    def rops(self, session, buffer):
        """The answer to an empty buffer or to register_new_mail(), with what is to be notified."""
        answer = b""
        rops = emsmdb.rops_of(buffer)
        if rops[:1] == bytes([emsmdb.ROP_REGISTER]):
            session.subscription = 0x00000300 + session.index
            answer += struct.pack("<BBL", emsmdb.ROP_REGISTER, rops[3], 0)
        for number in range(session.unread):
            answer += emsmdb.new_mail(session.subscription, 0x0D00000000000001,
                                      0x2A00000000000001 + number)
        session.unread = 0
        handles = (0x00000051, session.subscription) if rops else ()
        return emsmdb.rop_buffer(answer, handles)

    def new_handle(self, attributes):
        attributes = attributes if self.plan.gromox_handles else 0
        return struct.pack("<L", attributes) + uuid.uuid4().bytes

    def context_handle(self, session):
        """Gromox returns the UUID of the session with other attributes, others a new one."""
        if self.plan.gromox_handles:
            return struct.pack("<L", 3) + session.cxh[4:]
        return self.new_handle(0)
