# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""The DCE/RPC side of a connection: steps in, PDUs out."""

from . import dcerpc, emsmdb, ndr
from .security import LEVELS, Security

_WHOLE = dcerpc.FIRST | dcerpc.LAST


class Association:
    """A group of connections. The id is known once a bind_ack has given it."""

    def __init__(self, group):
        self.group = group
        self.known = False


class Call:
    def __init__(self, name, call_id, context_id, method, ndr64):
        self.name = name
        self.id = call_id
        self.context_id = context_id
        self.method = method
        self.ndr64 = ndr64
        self.session = None
        self.context = None
        self.answered = False


class RpcConnection:
    """What binds have agreed on, and the calls of one connection."""

    def __init__(self, name, port, association, step):
        self.name = name
        self.port = port
        self.association = association
        self.coders = {True: dcerpc.Coder(step.option("big-endian")),
                       False: dcerpc.Coder(step.option("server-big-endian"))}
        self.flags = _WHOLE | (dcerpc.CONC_MPX if step.option("multiplexed") else 0)
        level = step.text("auth")
        pad_to = step.number("pad-to", 16)
        self.security = Security(LEVELS[level], name, pad_to) if level else None
        self.contexts = {}
        self.offered = []
        self.pending = []
        self.calls = []
        self.labels = {}
        self.last_call_id = 0

    def _call_id(self, step):
        given = step.number("call")
        if given is not None:
            return given
        self.last_call_id += 1
        return self.last_call_id

    # Association

    def bind(self, step, ptype=dcerpc.BIND):
        call_id = self._call_id(step)
        items = []
        interfaces = step.next_word("the interface").split("+")
        ndr64, without_ndr = step.option("ndr64"), step.option("only-ndr64")
        features = step.option("features")
        for interface in interfaces:
            items += dcerpc.bind_items(len(self.offered) + len(items), interface, not without_ndr,
                                       ndr64 or without_ndr,
                                       features and interface == interfaces[-1])
        self._agree(interfaces, items)
        if step.option("refused"):
            self.pending = dcerpc.refusals(items)
        group = step.number("group", self.association.group if self.association.known else 0)
        auth = self._bind_auth(True, self.security.negotiate()) if self._secures(ptype) else None
        coder = self.coders[True]
        return coder.bind(ptype, self.flags, call_id, group, items, auth)

    def _secures(self, ptype):
        return self.security is not None and ptype in (dcerpc.BIND, dcerpc.BIND_ACK)

    def _bind_auth(self, from_client, token):
        return self.security.trailer(self.coders[from_client].order, 0, token)

    def _agree(self, interfaces, items):
        self.offered += items
        self.pending = dcerpc.bind_results(items)
        for (context_id, abstract, transfer), (result, _, _) in zip(items, self.pending):
            for interface in interfaces:
                if result == dcerpc.ACCEPTANCE and abstract == dcerpc.INTERFACES[interface]:
                    self.contexts[interface] = (context_id, transfer)

    def bind_ack(self, step, ptype=dcerpc.BIND_ACK):
        self.association.known = True
        group = step.number("group", self.association.group)
        auth = self._bind_auth(False, self.security.challenge()) if self._secures(ptype) else None
        call_id = step.number("call", self.last_call_id)
        return self.coders[False].bind_ack(ptype, self.flags, call_id, group, self.port,
                                           self.pending, auth)

    def auth3(self, step):
        auth = self._bind_auth(True, self.security.authenticate())
        call_id = step.number("call", self.last_call_id)
        return self.coders[True].pdu(dcerpc.AUTH3, _WHOLE, call_id, bytes(4), auth)

    def bind_nak(self, step):
        call_id = step.number("call", self.last_call_id)
        return self.coders[False].bind_nak(call_id, step.number("reason", 0))

    # Calls

    def _find_call(self, step, word):
        if word in self.labels:
            return self.labels[word]
        for call in self.calls:
            if not call.answered and word == call.name:
                return call
        raise step.error(f"{self.name} has no open call {word}")

    def request(self, step, name, label, handles):
        """The PDUs of a request; name is a method, or "request" with opnum= and stub=."""
        method = self._method(step, name)
        context_id, transfer = self.contexts.get(method.interface, (None, dcerpc.NDR))
        context_id = step.number("ctx", context_id)
        if context_id is None:
            raise step.error(f"{self.name} has not bound {method.interface}")
        call = Call(name, self._call_id(step), context_id, method, transfer == dcerpc.NDR64)
        self.calls.append(call)
        if label:
            self.labels[label] = call
        return self._request_pdus(step, call, handles, transfer)

    def _method(self, step, name):
        if name == "request":
            return emsmdb.Method(step.text("interface", "emsmdb"), 0, None, None)
        return emsmdb.METHODS[name]

    def _request_pdus(self, step, call, handles, transfer):
        opnum = step.number("opnum", call.method.opnum)
        stub = self._stub(step, True, call, call.method.request, handles)
        if step.option("trailer"):
            stub += self.coders[True].verification_trailer(stub, call.method.interface, transfer)
        return self._fragments(step, dcerpc.REQUEST, call, opnum, stub)

    def response(self, step, word, handles):
        call = self._find_call(step, word)
        call.answered = True
        stub = self._stub(step, False, call, call.method.response, handles)
        return self._fragments(step, dcerpc.RESPONSE, call, 0, stub)

    def _stub(self, step, from_client, call, function, handles):
        stub = step.hex("stub")
        if stub is None:
            if function is None:
                raise step.error("stub= is missing")
            ndr64 = call.ndr64
            writer = ndr.Writer(ndr64, self.coders[from_client].big_endian)
            function(writer, step, handles, call)
            stub = writer.data
        return _damaged(step, stub)

    def _fragments(self, step, ptype, call, opnum, stub):
        from_client = ptype == dcerpc.REQUEST
        coder = self.coders[from_client]
        call_id = call.id if from_client else step.number("call", call.id)
        context_id = call.context_id if from_client else step.number("ctx", call.context_id)
        sizes = step.numbers("fragments")
        pieces = _pieces(stub, sizes)
        pdus, rest = [], len(stub)
        for place, piece in enumerate(pieces):
            flags = dcerpc.FIRST * (place == 0) | dcerpc.LAST * (place == len(pieces) - 1)
            hint, auth = step.number("alloc-hint", rest), None
            if self.security:
                piece, auth = self.security.protect(coder.order, from_client, piece)
            body = coder.call_body(ptype, hint, context_id, opnum, piece)
            pdus.append(coder.pdu(ptype, flags, call_id, body, auth))
            rest -= len(piece)
        return pdus

    def fault(self, step):
        call = self._find_call(step, step.next_word("the call"))
        call.answered = True
        status = step.named_number("status", dcerpc.FAULTS, 0x1C00001A)
        flags = _WHOLE | (dcerpc.DID_NOT_EXECUTE if step.option("did-not-execute") else 0)
        return self.coders[False].fault(step.number("call", call.id), call.context_id, status,
                                        flags)

    def give_up(self, step, ptype):
        """co_cancel or orphaned, [C706] 12.6.4.4 and 12.6.4.8."""
        call = self._find_call(step, step.next_word("the call"))
        return self.coders[True].pdu(ptype, _WHOLE, step.number("call", call.id), b"")


def _pieces(data, sizes):
    """data cut into pieces of these sizes; the last piece is the rest."""
    pieces, at = [], 0
    for size in sizes:
        pieces.append(data[at:at + size])
        at += size
    if at < len(data) or not pieces:
        pieces.append(data[at:])
    return pieces


def _damaged(step, stub):
    """patch=OFFSET:HEX, truncate=LENGTH and append=HEX, in this order."""
    patch = step.text("patch")
    if patch is not None:
        offset, _, data = patch.partition(":")
        data = step.hex_of(data)
        stub = stub[:int(offset)] + data + stub[int(offset) + len(data):]
    length = step.number("truncate")
    return (stub if length is None else stub[:length]) + (step.hex("append") or b"")
