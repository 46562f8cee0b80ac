# Copyright (C) the oxcnotif authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""MAPI over HTTP, [MS-OXCMAPIHTTP]: a connection that carries requests and their responses."""

import hashlib
import struct
import uuid

from . import auxiliary, extended
from .emsmdb import STATUS

PORT = 80
TYPES = ("Connect", "Execute", "Disconnect", "NotificationWait", "PING")
_STAGES = ("head", "processing", "pending", "done", "end")
_TYPE = "application/mapi-http"
_USER = "/o=First Organization/ou=Exchange Administrative Group/cn=Recipients/cn=janedow"
_PREFIX = "/o=First Organization/ou=Exchange Administrative Group/cn=Recipients/cn="
_SERVER = "Exchange/15.02.1544.004"
_CLIENT = "Outlook/16.00.5134.1000"
_HTML = b"<html><body>%s</body></html>"
_REASONS = {100: "Continue", 200: "OK", 302: "Found", 401: "Unauthorized", 404: "Not Found",
            407: "Proxy Authentication Required", 500: "Internal Server Error",
            503: "Service Unavailable"}
_MAXIMUM_OUT = 0x40000
# Cookies of the session context and of the sequence, by product.
_COOKIES = {"exchange": ("MapiContext", "MapiSequence"), "gromox": ("sid", "sequence")}


class Session:
    """What client and server know of one Session Context."""

    def __init__(self, scenario, name, product):
        self.names = _COOKIES[product]
        self.product = product
        self.name = f"{scenario}/{name}"
        self.guid = str(uuid.UUID(bytes=_digest(f"{self.name}/guid"))).upper()
        self.counter = 0
        self.generation = 0
        self.context = None
        self.sequence = None
        self.steps = 0
        self.sequences = []

    def begin(self, context):
        self.generation += 1
        self.context = context or _token(f"{self.name}/{self.generation}")
        self.step()

    def step(self):
        self.steps += 1
        self.sequence = f"{self.steps}-{_token(f'{self.name}/s{self.steps}')[:8]}"
        self.sequences.append(self.sequence)

    def next_id(self):
        self.counter += 1
        return f"{{{self.guid}}}:{self.counter}"

    def cookies(self):
        """What the client sends back: all that the server has set."""
        if self.context is None:
            return None
        return f"{self.names[0]}={self.context}; {self.names[1]}={self.sequence}"


class Sessions:
    """The sessions of a scenario, by the names that its steps give them."""

    def __init__(self, scenario):
        self.scenario = scenario
        self.known = {}
        self.calls = {}
        self.nobody = 0  # requests without a session

    def find(self, step, product="exchange"):
        name = step.text("session", "S")
        if name == "none":
            return None
        return self.known.setdefault(name, Session(self.scenario, name, product))


class _Call:
    def __init__(self, kind, session, request_id, client_info):
        self.kind = kind
        self.session = session
        self.id = request_id
        self.client_info = client_info
        self.answered = False
        self.head_sent = False
        self.plain = False  # the body has a length; None: it is in the head already
        self.later = None  # the body of a request whose head goes first


class MapiConnection:
    """Stands where an RpcConnection does: steps in, bytes out."""

    def __init__(self, name, step, sessions):
        self.name = name
        self.host = step.text("mapi")
        self.product = step.text("product", "exchange")
        self.sessions = sessions
        self.client = str(uuid.UUID(bytes=_digest(f"{sessions.scenario}/client"))).upper()
        self.calls = []

    def pdus(self, step, from_client, word, label):
        """The bytes of a step; several pieces travel in segments of their own."""
        if not from_client:
            return self.response(step, word, None)
        if word == "body":
            return [self._find(step, step.next_word("the request")).later]
        return self.request(step, word, label, None)

    # Requests

    def request(self, step, kind, label, _handles):
        session = self.sessions.find(step, self.product)
        call = _Call(kind, session, self._request_id(step, session), f"{{{self.client}}}:1")
        self.calls.append(call)
        if label:
            self.sessions.calls[label] = call
        body = b"" if step.option("leg") else self._request_body(step, kind)
        if step.option("body-later"):
            call.later = body
        fields = self._request_fields(step, call, body)
        line = f"{step.text('method', 'POST')} {step.text('path', _path(self.host))} HTTP/1.1"
        head = _head(line, fields)
        if step.option("chunked"):
            return [head + _chunked(body, step.numbers("chunks")) + b"0\r\n\r\n"]
        if call.later is not None:
            return [head]
        return [head + body]

    def _request_id(self, step, session):
        given = step.text("id")
        if given in self.sessions.calls:
            return self.sessions.calls[given].id
        if given is not None:
            return given
        if session is None:
            self.sessions.nobody += 1
            return f"{{00112233-4455-6677-8899-AABBCCDDEEFF}}:{self.sessions.nobody}"
        return session.next_id()

    def _request_fields(self, step, call, body):
        length = [("Transfer-Encoding", "chunked")] if "chunked" in step.words \
            else [("Content-Length", str(len(body)))]
        fields = [("Host", step.text("host", self.host)), ("Content-Type", _TYPE), *length,
                  ("X-RequestType", step.text("type", call.kind)), ("X-RequestId", call.id),
                  ("X-ClientInfo", call.client_info), ("X-ClientApplication", _CLIENT)]
        authorization = step.text("authorization")
        if authorization:
            fields.append(("Authorization", authorization))
        cookies = self._cookies(step, call)
        if cookies is not None:
            fields.append(("Cookie", cookies))
        return _edited(step, fields)

    def _cookies(self, step, call):
        given, sequence = step.text("cookie"), step.text("sequence")
        if step.option("no-cookie"):
            return None
        if given is not None:
            return given
        if call.session is None or (call.kind == "Connect" and not step.option("reconnect")):
            return None
        if sequence is not None and call.session.context is not None:
            if sequence.startswith("@"):
                sequence = call.session.sequences[int(sequence[1:]) - 1]
            return f"{call.session.names[0]}={call.session.context}; " \
                   f"{call.session.names[1]}={sequence}"
        return call.session.cookies()

    def _request_body(self, step, kind):
        body = step.hex("body")
        if body is not None:
            return body
        aux = _auxiliary(step)
        if kind == "Connect":
            return step.text("user", _USER).encode() + b"\0" + struct.pack(
                "<IIII", step.number("flags", 0), 1252, 0x0409, step.number("lcid", 0x0409)) + aux
        if kind == "Execute":
            rops = extended.encode(step, True)
            return struct.pack("<II", step.number("flags", 3), step.number("size", len(rops))) \
                + rops + struct.pack("<I", step.number("out-maximum", _MAXIMUM_OUT)) + aux
        if kind == "NotificationWait":
            return struct.pack("<I", step.number("flags", 0)) + aux
        return aux if kind == "Disconnect" else b""

    # Responses

    def _find(self, step, word):
        if word in self.sessions.calls:
            return self.sessions.calls[word]
        for call in self.calls:
            if not call.answered and word == call.kind:
                return call
        raise step.error(f"{self.name} has no open request {word}")

    def response(self, step, word, _handles):
        """A whole response, or with a stage behind its name a part of it."""
        if word == "continue":
            return [_head("HTTP/1.1 100 Continue", [])]
        call = self._find(step, word)
        stage = next((each for each in _STAGES if step.option(each)), None)
        head = b"" if call.head_sent else self._head(step, call, stage)
        call.answered = stage in (None, "done", "end")
        if stage == "head" or call.plain is None:
            return [head]
        text = self._stream(step, call, stage)
        if call.plain:
            return [head + text]
        data = _chunked(text, step.numbers("chunks"))
        if call.answered and not step.option("unfinished"):
            data += b"0\r\n\r\n"
        return [head + data]

    def _head(self, step, call, stage):
        """The head; call.plain says how the body goes: None for one that is in the head already."""
        status, code = step.number("http", 200), step.number("code", 0)
        call.head_sent = True
        failed = status != 200 or code != 0
        call.plain = None if failed else step.option("length")
        html = _HTML % f"{status} {code}".encode() if failed else b""
        fields = [("Content-Type", "text/html" if failed else _TYPE)]
        if status == 200:
            fields += self._answer_fields(step, call, code)
        else:
            fields.append(("WWW-Authenticate", "NTLM") if status == 401 else ("Server", "proxy"))
        if failed:
            fields.append(("Content-Length", str(len(html))))
        elif call.plain:
            fields.append(("Content-Length", str(step.number("content-length", 0) or
                                                 len(self._preview(step, call)))))
        else:
            fields.append(("Transfer-Encoding", "chunked"))
        line = f"HTTP/1.1 {status} {_REASONS.get(status, 'Unknown')}"
        return _head(line, _edited(step, fields)) + html

    def _preview(self, step, call):
        """The stream of a response with a length, without using its parameters up."""
        parameters, words, details = dict(step.parameters), list(step.words), list(step.details)
        lines = [(dict(d.parameters), list(d.words)) for d in details]
        text = self._stream(step, call, None)
        step.parameters, step.words, step.details = parameters, words, details
        for detail, (parameters, words) in zip(details, lines):
            detail.parameters, detail.words = parameters, words
        return text

    def _answer_fields(self, step, call, code):
        gromox = self.product == "gromox" and code != 0
        fields = [("X-ResponseCode", str(code)), ("X-ServerApplication", _SERVER)]
        if not gromox:
            fields += [("X-RequestType", call.kind), ("X-RequestId", step.text("echo-id", call.id)),
                       ("X-ClientInfo", call.client_info)]
        for key, name, default in (("pending-period", "X-PendingPeriod", "30000"),
                                   ("expiration", "X-ExpirationInfo", "900000")):
            value = step.text(key, default)
            if value != "none":
                fields.append((name, value))
        return fields + self._set_cookies(step, call, code)

    def _set_cookies(self, step, call, code):
        session = call.session
        context = step.text("set-context")
        if session is None or code != 0 or step.option("no-cookies"):
            return []
        if step.option("relayed"):
            pass
        elif call.kind == "Connect":
            refused = "error" in step.parameters or "status" in step.parameters
            if refused:
                return [("Set-Cookie", f"{session.names[0]}={context or 'refused'}; path=/mapi/")]
            if context is not None and context.startswith("@"):
                context = self.sessions.known[context[1:]].context
            session.begin(session.context if context == "same" else context)
        elif call.kind == "Execute":
            session.step()
        attributes = "; path=/mapi/emsmdb; secure; HttpOnly"
        values = (session.context, session.sequence)
        return [("Set-Cookie", "MapiRouting=r1; path=/mapi/; secure; HttpOnly")] + [
            ("Set-Cookie", f"{name}={value}{attributes}")
            for name, value in zip(session.names, values)]

    def _stream(self, step, call, stage):
        """The inner stream, 2.2.7: meta-tags, additional headers, body."""
        given = step.text("stream")
        if given is not None:
            return given.encode().decode("unicode_escape").encode("latin-1")
        if stage == "processing":
            return b"PROCESSING\r\n"
        if stage == "pending":
            return b"PENDING" if self.product == "gromox" else b"PENDING\r\n"
        if stage == "end":
            return step.hex("body") or b""
        start = b"PROCESSING\r\n" if stage is None or self.product == "gromox" else b""
        late = step.text("late-code")
        headers = "X-ElapsedTime: 12\r\nX-StartTime: Mon, 04 Mar 2024 09:00:00 GMT\r\n"
        if late is not None:
            headers += f"X-ResponseCode: {late}\r\n"
        return start + f"DONE\r\n{headers}\r\n".encode() + self._body(step, call.kind)

    def _body(self, step, kind):
        body = step.hex("body")
        if body is not None:
            return body
        status = step.named_number("status", STATUS, 0)
        error = step.named_number("error", STATUS, 0)
        aux = _auxiliary(step)
        if status:
            return struct.pack("<I", status) + aux
        start = struct.pack("<II", status, error)
        if kind == "Connect":
            display = step.text("display-name", "Jane Dow") if not error else ""
            return start + struct.pack("<III", 60000, 6, 10000) \
                + (_PREFIX if not error else "").encode() + b"\0" \
                + display.encode("utf-16-le") + b"\0\0" + aux
        if kind == "Execute":
            rops = extended.encode(step, False)
            return start + struct.pack("<II", step.number("flags", 0), len(rops)) + rops + aux
        if kind == "NotificationWait":
            return start + struct.pack("<I", step.number("event", 0)) + aux
        return start + aux if kind == "Disconnect" else b""


def _auxiliary(step):
    data = auxiliary.encode(step)
    return struct.pack("<I", len(data)) + data


def _edited(step, fields):
    """without=NAME,NAME and header="Name: value|Name: value" change the fields of a head."""
    without = step.text("without", "").split(",")
    added = [tuple(each.split(": ", 1)) for each in step.text("header", "").split("|") if each]
    replaced = [name.lower() for name, _ in added]
    return [field for field in fields
            if field[0] not in without and field[0].lower() not in replaced] + added


def _head(line, fields):
    return "".join(f"{each}\r\n" for each in [line, *(f"{n}: {v}" for n, v in fields)]) \
        .encode("latin-1") + b"\r\n"


def _chunked(data, sizes):
    """Chunks of these sizes, the rest in one."""
    chunks, at = b"", 0
    for size in [*sizes, len(data)]:
        piece = data[at:at + size]
        at += len(piece)
        if piece:
            chunks += f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
    return chunks


def _path(host):
    return f"/mapi/emsmdb/?MailboxId={uuid.UUID(bytes=_digest('mailbox'))}@{host.split('.', 1)[-1]}"


def _digest(text):
    return hashlib.sha256(text.encode()).digest()[:16]


def _token(text):
    return hashlib.sha256(text.encode()).hexdigest()[:24]
