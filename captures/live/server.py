# server.py
# A small DCE/RPC server over TCP that logs every call in clear text
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Transport and presentation of the server; mailbox.py says what is answered.

The log is the ground truth of a recording: it holds stubs before sealing and after unsealing.
"""

import itertools
import socket
import threading
import time

from impacket.dcerpc.v5 import rpcrt
from impacket.uuid import uuidtup_to_bin

import emsmdb
import kerberos
import pdu
import security
from mailbox import Mailbox


FIRST_GROUP = 0x53F1


def acceptor(account):
    """A new security context of the mechanism that `account` names."""
    mechanisms = {"ntlm": security.NtlmTrailer, "spnego": security.SpnegoTrailer,
                  "krb5": kerberos.acceptor, "spnego+krb5": kerberos.acceptor}
    return mechanisms[account["mechanism"]](account)


class Call:
    """One call from the last fragment of its request to its answer."""

    def __init__(self, connection, call_id, context_id, opnum, stub):
        self.connection = connection
        self.call_id = call_id
        self.context_id = context_id
        self.opnum = opnum
        self.stub = stub
        self.interface, self.syntax = connection.contexts.get(context_id, (None, None))
        self.ndr64 = self.syntax == "ndr64"
        self.record = connection.server.new_record(self)

    def answer(self, reply):
        """Send the impacket structure `reply`, which may take several fragments."""
        stub = reply.getData()
        self.connection.send_response(self, stub)

    def fault(self, status):
        self.connection.send_fault(self, status)


class Connection(threading.Thread):
    """One TCP connection: reads PDUs until the peer or the plan closes it."""

    def __init__(self, server, sock, peer):
        super().__init__(daemon=True)
        self.server = server
        self.sock = sock
        self.port = peer[1]
        self.contexts = {}
        self.group = 0
        self.auth = None
        self.partial = b""
        self.sending = threading.Lock()
        self.answers = itertools.count()
        self.requests = itertools.count()

    def run(self):
        try:
            while True:
                self.handle(pdu.Pdu(pdu.read_pdu(self.sock)))
        except pdu.Closed:
            pass
        finally:
            self.server.mailbox.forget(lambda wait: wait.connection is self)
            self.sock.close()

    def handle(self, received):
        handlers = {
            rpcrt.MSRPC_BIND: self.on_bind,
            rpcrt.MSRPC_ALTERCTX: self.on_bind,
            rpcrt.MSRPC_AUTH3: self.on_auth3,
            rpcrt.MSRPC_REQUEST: self.on_request,
            rpcrt.MSRPC_CO_CANCEL: self.on_cancel,
            rpcrt.MSRPC_ORPHANED: self.on_orphaned,
        }
        handlers[received.type](received)

    def on_bind(self, received):
        bind = pdu.Bind(received)
        if received.type == rpcrt.MSRPC_BIND:
            self.group = self.server.join(bind.fixed["assoc_group"])
        results = [self.negotiate(context) for context in bind.contexts]
        token = None
        if received.auth_len:
            self.auth = self.auth or acceptor(self.server.plan.security)
            token = self.auth.step(received)
        address = str(self.server.port()) if received.type == rpcrt.MSRPC_BIND else ""
        self.sock.sendall(pdu.bind_ack(received, bind, self.group, results, address, token))

    def negotiate(self, context):
        """The result of one presentation context: NDR, or NDR64 where the plan wants it."""
        if any(syntax.startswith(pdu.BIND_TIME_FEATURES) for syntax in context.transfers):
            return pdu.context_result(pdu.NEGOTIATE_ACK, 0, bytes(20))
        interface = emsmdb.INTERFACES.get(context.abstract)
        if not interface:
            return pdu.reject(1)
        wanted = emsmdb.NDR64 if self.server.plan.ndr64 else emsmdb.NDR
        syntax = uuidtup_to_bin(wanted)
        if syntax not in context.transfers:
            return pdu.reject(2)
        self.contexts[context.id] = (interface, emsmdb.SYNTAX_NAMES[syntax])
        return pdu.accept(syntax)

    def on_auth3(self, received):
        self.auth.step(received)

    def on_request(self, received):
        stub = received.body(pdu.CALL_HEADER_SIZE)
        if self.auth:
            stub = self.auth.open(received, stub)
        self.partial += stub
        if not received.flags & rpcrt.PFC_LAST_FRAG:
            return
        header = rpcrt.MSRPCRequestHeader(received.raw)
        call = Call(self, received.call_id, header["ctx_id"], header["op_num"], self.partial)
        self.partial = b""
        if call.interface:
            self.server.mailbox.handle(call)
        else:
            call.fault(pdu.FAULT_UNKNOWN_INTERFACE)

    def on_cancel(self, received):
        for wait in self.withdrawn(received.call_id):
            wait.fault(pdu.FAULT_CANCEL)

    def on_orphaned(self, received):
        self.withdrawn(received.call_id)

    def withdrawn(self, call_id):
        return self.server.mailbox.forget(
            lambda wait: wait.connection is self and wait.call_id == call_id)

    def send_response(self, call, stub):
        with self.sending:
            self.server.answered(call, "response", stub, next(self.answers))
            left = len(stub)
            for flags, part in pdu.fragments(stub, self.server.plan.largest_fragment):
                out = pdu.response(call.call_id, call.context_id, flags, part, left)
                left -= len(part)
                self.sock.sendall(self.auth.close(out) if self.auth else out.get_packet())

    def send_fault(self, call, status):
        with self.sending:
            self.server.answered(call, "fault", b"", next(self.answers), status)
            out = pdu.fault(call.call_id, call.context_id, status)
            self.sock.sendall(out.get_packet())

    def close(self):
        self.sock.shutdown(socket.SHUT_RDWR)


class Server:
    """Listens on a free port of loopback for the connections of one recording."""

    def __init__(self, plan):
        self.plan = plan
        self.mailbox = Mailbox(plan)
        self.records = []
        self.lock = threading.Lock()
        self.groups = itertools.count(FIRST_GROUP)
        family = socket.AF_INET6 if ":" in plan.address else socket.AF_INET
        self.listener = socket.create_server((plan.address, 0), family=family)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            sock, peer = self.listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Connection(self, sock, peer).start()

    def port(self):
        return self.listener.getsockname()[1]

    def join(self, group):
        """The association of a bind: 0 asks for a new one."""
        with self.lock:
            return group or next(self.groups)

    def log(self):
        """Every call so far, in the order in which requests were complete."""
        with self.lock:
            return list(self.records)

    def new_record(self, call):
        level = call.connection.auth.level if call.connection.auth else 0
        record = {
            "client_port": call.connection.port,
            "server_port": self.port(),
            "call_id": call.call_id,
            "context_id": call.context_id,
            "interface": call.interface,
            "opnum": call.opnum,
            "transfer_syntax": call.syntax,
            "encrypted": level == rpcrt.RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
            "signed": level >= rpcrt.RPC_C_AUTHN_LEVEL_PKT_INTEGRITY,
            "request_stub": call.stub.hex(),
            "answer": "none",
            "time_request": time.time(),
            "request_number": next(call.connection.requests),
        }
        with self.lock:
            self.records.append(record)
        return record

    def answered(self, call, kind, stub, number, status=None):
        record = call.record
        record["answer"] = kind
        record["response_stub"] = stub.hex()
        record["response_call_id"] = call.call_id
        record["time_answer"] = time.time()
        record["answer_number"] = number
        if status is not None:
            record["fault"] = status
