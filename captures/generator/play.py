# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""Plays a scenario: every step becomes frames of a capture."""

from . import dcerpc, emsmdb, frames, http, mapi, rules, tcp
from .capture import Capture, Mirror
from .handles import Handles
from .rpc import Association, RpcConnection
from .scenario import ScenarioError, nanoseconds

_MSS = 1460
_FIRST_CLIENT_PORT = 50001
_SERVER_PORT = 49876
_FIRST_GROUP = 0x00012A01
_VARIANTS = ("whole", "late", "http", "tcp")


class Link:
    """One connection: its TCP side and its DCE/RPC side, and what is held back on it."""

    def __init__(self, connection, rpc, interface):
        self.tcp = connection
        self.rpc = rpc
        self.interface = interface
        self.held = {True: [], False: []}
        self.overtaken = {True: [], False: []}


class Moment:
    """What a label stands for: the segments of its step and the time of the last one."""

    def __init__(self):
        self.segments = []
        self.frame = None


class Player:
    """Plays one variant of a scenario: "whole", "late" from the line "late start" on, or "http":
    the whole with RPC over HTTP virtual connections in place of TCP connections."""

    def __init__(self, scenario, variant):
        self.scenario = scenario
        self.variant = variant
        self.capture = Capture(scenario.title)
        self.handles = Handles(scenario.name)
        self.sessions = mapi.Sessions(scenario.name)
        self.hosts = {}
        self.associations = {}
        self.links = {}
        self.moments = {}
        self.client_ports = iter(range(_FIRST_CLIENT_PORT, 60000))
        self.has_late_start = False
        self.statements = {
            "host": self._host, "interface": self._interface, "mirror": self._mirror,
            "association": self._association, "connection": self._connection,
            "handle": self._handle, "capture": self._capture, "late": self._late,
            "datagram": self._datagram,
        }

    def play(self):
        for step in self.scenario.steps:
            name = step.next_word("a statement")
            step.annotations = step.take_details("note", "expect")
            if name in self.statements:
                self.statements[name](step)
            elif name in self.links:
                self._on_link(step, self.links[name])
            else:
                raise step.error(f"{name} is neither a statement nor a connection")
            step.finish()
        self._check_end()
        return self.capture

    def _check_end(self):
        for name, link in self.links.items():
            if any(link.held.values()) or any(link.overtaken.values()):
                raise ScenarioError(f"{self.scenario.name}: {name} still holds something back")
        if self.variant == "whole" and self.capture.expects_what_is_missing():
            raise ScenarioError(f"{self.scenario.name}: a frame that is not captured is expected"
                                " to have a finding")

    # Statements

    def _host(self, step):
        name = step.next_word("the name of the host")
        self.hosts[name] = frames.Host(name, step.next_word("the address"))

    def _find_host(self, step, name):
        if name not in self.hosts:
            raise step.error(f"there is no host {name}")
        return self.hosts[name]

    def _endpoint(self, step, default_port):
        name, _, port = step.next_word("host[:port]").partition(":")
        return self._find_host(step, name), int(port) if port else default_port

    def _interface(self, step):
        interface = self.capture.interface(step.next_word("the name of the interface"))
        interface.snaplen = step.number("snaplen", interface.snaplen)
        clock = step.text("clock")
        interface.clock = _signed_seconds(clock) if clock else 0

    def _mirror(self, step):
        interface = self.capture.interface(step.next_word("the name of the interface"))
        delay = nanoseconds(step.text("delay", "0.000030"), None)
        self.capture.interface()
        self.capture.mirror = Mirror(interface, delay, step.number("vlan"))

    def _association(self, step):
        name = step.next_word("the name of the association")
        self.associations[name] = Association(step.number("id"))

    def _association_of(self, step, client, server):
        name = step.text("association", f"{client[0].name} {server[0].name}:{server[1]}")
        if name not in self.associations:
            self.associations[name] = Association(_FIRST_GROUP + 0x11 * len(self.associations))
        return self.associations[name]

    def _connection(self, step):
        name = step.next_word("the name of the connection")
        client = self._endpoint(step, None)
        server = self._endpoint(step, None)
        tunnel = step.text("tunnel")
        ends = step.text("tunnel-ends")
        ends = [self._find_host(step, end) for end in ends.split(",")] if ends else None
        path = frames.Path(step.number("vlan"), tunnel, ends)
        interface = step.text("interface")
        interface = self.capture.interface(interface) if interface else None
        if "mapi" in step.parameters:
            connection = tcp.Connection(f"{self.scenario.name}/{name}",
                                        (client[0], client[1] or next(self.client_ports)),
                                        (server[0], server[1] or mapi.PORT), path)
            speaker = mapi.MapiConnection(name, step, self.sessions)
            self.links[name] = Link(connection, speaker, interface)
            return
        connection, server = self._transport(step, name, client, server, path)
        rpc = RpcConnection(name, server[1], self._association_of(step, client, server), step)
        self.links[name] = Link(connection, rpc, interface)

    def _transport(self, step, name, client, server, path):
        """TCP, or RPC over HTTP; and the server as DCE/RPC knows it."""
        name = f"{self.scenario.name}/{name}"
        options = http.Options(step, server if self.variant == "http" else None)
        if options.target is None:
            client = (client[0], client[1] or next(self.client_ports))
            server = (server[0], server[1] or _SERVER_PORT)
            return tcp.Connection(name, client, server, path), server
        proxy = (server[0], server[1] or options.port())
        connection = http.VirtualConnection(name, client, proxy, path, options, self.client_ports)
        return connection, (server[0], options.rpc_port())

    def _handle(self, step):
        self.handles.declare(step)

    def _capture(self, step):
        state = step.next_word("on, off or forget")
        if state not in ("on", "off", "forget"):
            raise step.error("capture is on, off or forget")
        if state == "forget":
            self.capture.start_here()
        else:
            self.capture.running = state == "on"

    def _late(self, step):
        if step.next_word("start") != "start":
            raise step.error("late start is meant?")
        self.has_late_start = True
        if self.variant == "late":
            self.capture.start_here()

    def _datagram(self, step):
        self._schedule(step)
        source, source_port = self._endpoint(step, _SERVER_PORT)
        destination, destination_port = self._endpoint(step, None)
        payload = step.hex_of(step.next_word("the payload"))
        data = frames.udp_datagram(source, source_port, destination, destination_port, payload)
        frame, _ = frames.Path().frame(source, destination, frames.UDP, data, True)
        self._annotate(step, self.capture.add(frame, delay=step.delay))

    # Steps on a connection

    def _schedule(self, step):
        """Turns a time since a label into the delay since the frame before."""
        if step.since is None:
            return
        if step.since not in self.moments or not self.moments[step.since].frame:
            raise step.error(f"nothing has been sent yet as {step.since}")
        step.delay += self.moments[step.since].frame.time - self.capture.clock
        if step.delay < 0:
            raise step.error(f"{step.since} is too long ago")

    def _on_link(self, step, link):
        self._schedule(step)
        label = step.word_after("as")
        moment = self.moments.setdefault(label, Moment()) if label else Moment()
        word = step.next_word("what happens")
        if word in (">", "<"):
            self._directed(step, link, word == ">", label, moment)
        else:
            self._several(step, link, word, label, moment)

    def _several(self, step, link, word, label, moment):
        """Exchanges that need no closer description."""
        exchange = http.exchange(link.tcp, step, word)
        if exchange:
            for segment in exchange:
                frame = self._segment_now(step, link, segment)
            self._annotate(step, frame)
        elif word == "open":
            for from_client in (True, False):
                self._segment_now(step, link, link.tcp.syn(from_client))
            self._finish_exchange(step, link, link.tcp.segment(True, tcp.ACK))
        elif word == "close":
            first = not step.option("server")
            for from_client in (first, not first):
                self._segment_now(step, link, link.tcp.segment(from_client, tcp.FIN | tcp.ACK))
            self._finish_exchange(step, link, link.tcp.segment(first, tcp.ACK))
        elif word == "reset":
            from_client = not step.option("server")
            self._finish_exchange(step, link, link.tcp.segment(from_client, tcp.RST | tcp.ACK))
        elif word in ("bind", "alter"):
            self._bind(step, link, word)
        elif word == "call":
            self._call(step, link, label, moment)
        else:
            raise step.error(f"{word} is not something that a connection does")

    def _segment_now(self, step, link, segment):
        """Sends a segment at once: its acknowledgement number is that of this moment."""
        data, _ = link.tcp.frame(segment)
        delay, step.delay = step.delay, None
        return self.capture.add(data, delay=delay, lost=not link.tcp.seen(segment),
                                interface=link.interface)

    def _finish_exchange(self, step, link, segment):
        self._annotate(step, self._segment_now(step, link, segment))

    def _bind(self, step, link, word):
        ptype, answer = (dcerpc.BIND, dcerpc.BIND_ACK) if word == "bind" \
            else (dcerpc.ALTER, dcerpc.ALTER_RESPONSE)
        pdus = [(True, link.rpc.bind(step, ptype)), (False, link.rpc.bind_ack(step, answer))]
        if link.rpc.security and word == "bind":
            pdus.append((True, link.rpc.auth3(step)))
        for from_client, pdu in pdus:
            segment = link.tcp.segment(from_client, tcp.PSH | tcp.ACK, pdu)
            frame = self._segment_now(step, link, segment)
        self._annotate(step, frame)

    def _call(self, step, link, label, moment):
        """A request and the plain response of a well-behaved server."""
        word = step.next_word("the method")
        pdus = link.rpc.request(step, word, label, self.handles)
        step.finish()
        self._send(step, link, True, pdus, moment)
        step.delay = None
        pdus = link.rpc.response(step, label or word, self.handles)
        self._send(step, link, False, pdus, Moment())

    def _directed(self, step, link, from_client, label, moment):
        word = step.next_word("what is sent")
        control = _control(link.tcp, word, from_client)
        if control:
            moment.frame = self._segment_now(step, link, control)
            moment.segments = [control]
            self._annotate(step, moment.frame)
        elif word == "retransmit":
            self._retransmit(step, link, moment)
        else:
            pdus = self._pdus(step, link, from_client, word, label)
            self._send(step, link, from_client, pdus, moment)

    def _retransmit(self, step, link, moment):
        label = step.next_word("the label of the step")
        if label not in self.moments:
            raise step.error(f"nothing has been sent as {label}")
        for segment in self.moments[label].segments:
            moment.frame = self._segment_now(step, link, segment)
        self._annotate(step, moment.frame)

    def _pdus(self, step, link, from_client, word, label):
        rpc = link.rpc
        if word == "raw":
            return [step.hex_of(step.next_word("the bytes"))]
        if isinstance(rpc, mapi.MapiConnection):
            return rpc.pdus(step, from_client, word, label)
        if from_client:
            if word in emsmdb.METHODS or word == "request":
                return rpc.request(step, word, label, self.handles)
            client = {"bind": lambda: rpc.bind(step),
                      "alter_context": lambda: rpc.bind(step, dcerpc.ALTER),
                      "auth3": lambda: rpc.auth3(step),
                      "co_cancel": lambda: rpc.give_up(step, dcerpc.CANCEL),
                      "orphaned": lambda: rpc.give_up(step, dcerpc.ORPHANED)}
            if word not in client:
                raise step.error(f"a client does not send {word}")
            return [client[word]()]
        server = {"bind_ack": lambda: rpc.bind_ack(step),
                  "bind_nak": lambda: rpc.bind_nak(step),
                  "alter_context_resp": lambda: rpc.bind_ack(step, dcerpc.ALTER_RESPONSE),
                  "fault": lambda: rpc.fault(step)}
        if word in server:
            return [server[word]()]
        return rpc.response(step, word, self.handles)

    # PDUs into segments into frames

    def _send(self, step, link, from_client, pdus, moment):
        held = link.held[from_client]
        if step.option("hold"):
            held.append((step, pdus, moment))
            return
        batch = held + [(step, pdus, moment)]
        link.held[from_client] = []
        payload = b"".join(pdu for _, pdus, _ in batch for pdu in pdus)
        sizes = step.numbers("segments")
        if not sizes and not held and not step.option("joined"):
            sizes = [len(pdu) for pdu in pdus[:-1]]
        self._segments(step, link, from_client, batch, _cut(payload, sizes))

    def _segments(self, step, link, from_client, batch, pieces):
        lost = step.numbers("lost") or ([1] if step.option("lost") else [])
        captured = step.number("captured")
        sent, at = [], 0
        for number, piece in enumerate(pieces, 1):
            segment = link.tcp.segment(from_client, tcp.PSH | tcp.ACK, piece)
            data, header = link.tcp.frame(segment)
            at += len(piece)
            sent.append((segment, data, None if captured is None else header + captured,
                         number in lost or not link.tcp.seen(segment), at))
        if step.option("overtaken"):
            link.overtaken[from_client].append((step, batch, sent))
            return
        self._record(step, link, batch, sent)
        overtaken, link.overtaken[from_client] = link.overtaken[from_client], []
        for late_step, late_batch, late_sent in overtaken:
            self._record(late_step, link, late_batch, late_sent)

    def _record(self, step, link, batch, sent):
        """The frames of the segments; each held step ends in the frame of its last byte."""
        ends, length = [], 0
        for _, pdus, _ in batch:
            length += sum(map(len, pdus))
            ends.append(length)
        for place, (segment, data, captured, lost, at) in enumerate(sent):
            add = self.capture.add_next if place else self.capture.add
            options = {} if place else {"delay": step.delay}
            frame = add(data, captured=captured, lost=lost, interface=link.interface, **options)
            for (owner, _, moment), end in zip(batch, ends):
                moment.segments.append(segment)
                if at >= end and moment.frame is None:
                    moment.frame = frame
                    self._annotate(owner, frame)

    # Notes and expectations

    def _annotate(self, step, frame):
        annotations, step.annotations = step.annotations, []
        for detail in annotations:
            if detail.next_word("note or expect") == "note":
                frame.notes.append(" ".join(detail.words))
                detail.words = []
            else:
                self._expect(detail, frame)
            detail.finish()

    def _expect(self, detail, frame):
        first = detail.next_word("the class")
        variant = first if first in _VARIANTS else None
        letter = detail.next_word("the class") if variant else first
        rule = detail.next_word("the rule")
        if rules.CLASSES.get(rule) != letter:
            raise detail.error(f"there is no rule {rule} of class {letter}")
        if variant not in (None, "late" if self.variant == "late" else "whole",
                           "http" if self.variant == "http" else "tcp"):
            return
        if rule in frame.rules:
            raise detail.error(f"{rule} is expected twice on one frame")
        frame.rules.append(rule)


def _control(connection, word, from_client):
    """Segments without data."""
    flags = {"ack": tcp.ACK, "fin": tcp.FIN | tcp.ACK, "rst": tcp.RST | tcp.ACK}
    if word == "syn":
        return connection.syn(from_client)
    if word == "keepalive":
        return connection.keepalive(from_client)
    return connection.segment(from_client, flags[word]) if word in flags else None


def _cut(payload, sizes):
    """Segments of these sizes, the rest in segments of the maximum size."""
    pieces, at = [], 0
    for size in sizes:
        pieces.append(payload[at:at + size])
        at += size
    while at < len(payload):
        pieces.append(payload[at:at + _MSS])
        at += _MSS
    return pieces


def _signed_seconds(text):
    sign = -1 if text.startswith("-") else 1
    return sign * nanoseconds(text.lstrip("+-"), None)
