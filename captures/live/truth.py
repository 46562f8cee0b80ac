# truth.py
# The ground truth of a recording: what the server knows, joined with the frames of the capture
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes NAME.truth.json beside a capture.

Nothing here comes from a dissector: stubs are the server's own, frames are found by the
order of PDUs on their connection.
"""

import json
import struct
import uuid
from collections import defaultdict

from impacket.dcerpc.v5 import rpcrt

import capture
import emsmdb

BINDS = {rpcrt.MSRPC_BIND: "bind", rpcrt.MSRPC_ALTERCTX: "alter_context"}
BIND_ACKS = (rpcrt.MSRPC_BINDACK, rpcrt.MSRPC_ALTERCTX_R)
ANSWERS = (rpcrt.MSRPC_RESPONSE, rpcrt.MSRPC_FAULT)
WITHDRAWALS = {rpcrt.MSRPC_CO_CANCEL: "co_cancel", rpcrt.MSRPC_ORPHANED: "orphaned"}
VERIFICATION_TRAILER = bytes.fromhex("8ae3137102f43671")
HANDLES = {"pcxh": "cxh", "cxh": "cxh", "pacxh": "acxh", "acxh": "acxh"}


def by_connection(pdus, types, client_side):
    """Whole PDUs of `types`, as lists of fragments, for each client port in order."""
    found = defaultdict(list)
    for pdu in pdus:
        if pdu.type not in types:
            continue
        port = (pdu.source if client_side else pdu.target)[1]
        if pdu.flags & rpcrt.PFC_FIRST_FRAG:
            found[port].append([pdu])
        else:
            found[port][-1].append(pdu)
    return found


def padding(pdu):
    """The auth_pad_length of a PDU with a security trailer."""
    return pdu.raw[len(pdu.raw) - pdu.auth_len - 6] if pdu.auth_len else 0


def place(record, side, parts):
    """Say in which frames a request or response travelled."""
    last = parts[-1]
    record[f"{side}_frame"] = last.frame
    record[f"{side}_time_pcap"] = last.time
    record[f"{side}_auth_len"] = last.auth_len
    record[f"{side}_auth_pad"] = padding(last)
    if len(parts) > 1:
        record[f"{side}_fragments"] = [part.frame for part in parts]


def handles(record, call, direction):
    for name, kind in HANDLES.items():
        if name in call.fields:
            words = emsmdb.handle_words(call[name])
            record[f"{kind}_{direction}_attributes"], record[f"{kind}_{direction}"] = words


def explain(record):
    """Add method, handles, flags and status from the clear stubs."""
    method = emsmdb.METHODS.get((record["interface"], record["opnum"]))
    if not method:
        return
    ndr64 = record["transfer_syntax"] == "ndr64"
    record["method"] = method[0].__name__
    stub = bytes.fromhex(record["request_stub"])
    if VERIFICATION_TRAILER in stub:
        record["verification_trailer_at"] = stub.index(VERIFICATION_TRAILER)
    request = method[0](stub, isNDR64=ndr64)
    handles(record, request, "in")
    if "ulFlagsIn" in request.fields:
        record["flags_in"] = request["ulFlagsIn"]
    if record["answer"] != "response":
        return
    reply = method[1](bytes.fromhex(record["response_stub"]), isNDR64=ndr64)
    handles(record, reply, "out")
    if "pulFlagsOut" in reply.fields:
        record["flags_out"] = reply["pulFlagsOut"]
    record["status"] = reply["ErrorCode"]


def binds(pdus):
    """Every bind and alter_context with its answer."""
    found = []
    for pdu in pdus:
        if pdu.type in BINDS:
            found.append(bind(pdu))
        elif pdu.type in BIND_ACKS:
            asked = next(b for b in found
                         if b["client_port"] == pdu.target[1] and "ack_frame" not in b)
            asked["ack_frame"] = pdu.frame
            asked["assoc_group_ack"] = struct.unpack_from("<L", pdu.raw, 20)[0]
    return found


def bind(pdu):
    count = pdu.raw[24]
    contexts, offset = [], 28
    for _ in range(count):
        context_id, syntaxes = struct.unpack_from("<HB", pdu.raw, offset)
        transfers = [pdu.raw[offset + 24 + 20 * i:offset + 40 + 20 * i] for i in range(syntaxes)]
        major, minor = struct.unpack_from("<HH", pdu.raw, offset + 20)
        contexts.append({
            "context_id": context_id,
            "abstract_syntax": str(uuid.UUID(bytes_le=pdu.raw[offset + 4:offset + 20])),
            "version": f"{major}.{minor}",
            "transfer_syntaxes": [str(uuid.UUID(bytes_le=t)) for t in transfers],
        })
        offset += 24 + 20 * syntaxes
    return {
        "frame": pdu.frame,
        "client_port": pdu.source[1],
        "pdu": BINDS[pdu.type],
        "call_id": pdu.call_id,
        "flags": pdu.flags,
        "assoc_group_request": struct.unpack_from("<L", pdu.raw, 20)[0],
        "contexts": contexts,
    }


def closes(path):
    found = []
    for segment in capture.segments(path):
        if segment.flags & (capture.RST | capture.FIN):
            kind = "RST" if segment.flags & capture.RST else "FIN"
            found.append({"frame": segment.frame, "src": segment.source[1],
                          "dst": segment.target[1], "kind": kind, "time": segment.time})
    return found


def ending(record, withdrawn, closed):
    """What ended a call besides a response or fault: the first of cancel, orphan and close."""
    port = record["client_port"]
    ends = [{"kind": WITHDRAWALS[pdu.type], "frame": pdu.frame, "time": pdu.time}
            for pdu in withdrawn
            if pdu.source[1] == port and pdu.call_id == record["call_id"]]
    ends += [{"kind": close["kind"], "frame": close["frame"], "time": close["time"]}
             for close in closed if port in (close["src"], close["dst"])]
    ends = [end for end in ends if end["frame"] > record["request_frame"]]
    return min(ends, key=lambda end: end["frame"], default=None)


def join(records, path):
    """Give every record of the server's log the frames of its PDUs."""
    pdus = list(capture.pdus(path))
    closed = closes(path)
    requests = by_connection(pdus, (rpcrt.MSRPC_REQUEST,), True)
    answers = by_connection(pdus, ANSWERS, False)
    withdrawn = [pdu for pdu in pdus if pdu.type in WITHDRAWALS]
    for record in records:
        sent = requests[record["client_port"]]
        place(record, "request", sent[record.pop("request_number")])
    records.sort(key=lambda record: record["request_frame"])
    for number, record in enumerate(records, start=1):
        port = record["client_port"]
        record["seq"] = number
        explain(record)
        end = ending(record, withdrawn, closed)
        if record["answer"] == "none":
            record["ended_by"] = end
        else:
            place(record, "response", answers[port][record.pop("answer_number")])
            record["seconds_outstanding"] = (record["response_time_pcap"]
                                             - record["request_time_pcap"])
            if end and end["kind"] in WITHDRAWALS.values():
                record["ended_by"] = end
    return {"calls": records, "binds": binds(pdus), "tcp_closes": closed,
            "packets": sum(1 for _ in capture.packets(path))}


def records_of_wire(path):
    """Records as a server logs them, of a capture in clear text from a server that keeps none.

    On each connection the answers must come in the order of the requests.
    """
    pdus = list(capture.pdus(path))
    answers = by_connection(pdus, ANSWERS, False)
    records = []
    for port, requests in by_connection(pdus, (rpcrt.MSRPC_REQUEST,), True).items():
        for number, parts in enumerate(requests):
            records.append(record_of_wire(port, number, parts, answers[port]))
    for record in records:
        bound = next(b for b in binds(pdus) if b["client_port"] == record["client_port"])
        record["interface"] = emsmdb.NAMES[bound["contexts"][0]["abstract_syntax"]]
    return records


def record_of_wire(port, number, parts, answers):
    head = parts[0]
    context_id, opnum = struct.unpack_from("<HH", head.raw, 20)
    record = {
        "client_port": port,
        "server_port": head.target[1],
        "call_id": head.call_id,
        "context_id": context_id,
        "opnum": opnum,
        "transfer_syntax": "ndr",
        "encrypted": False,
        "signed": False,
        "request_stub": b"".join(part.raw[24:] for part in parts).hex(),
        "answer": "none",
        "request_number": number,
    }
    if number < len(answers):
        answer = answers[number]
        is_fault = answer[0].type == rpcrt.MSRPC_FAULT
        record["answer"] = "fault" if is_fault else "response"
        record["answer_number"] = number
        record["response_call_id"] = answer[0].call_id
        record["response_stub"] = "" if is_fault else b"".join(p.raw[24:] for p in answer).hex()
        if is_fault:
            record["fault"] = struct.unpack_from("<L", answer[0].raw, 24)[0]
    return record


def expected(records, verdicts):
    """The frames of (number of the call, "request" or "response", rule)."""
    return [{"frame": records[call - 1][f"{side}_frame"], "rule": rule}
            for call, side, rule in verdicts]


def write(target, facts, records, path, verdicts):
    """`facts` about the recording, then what join() finds, as NAME.truth.json."""
    truth = dict(facts, **join(records, path))
    truth["expected"] = expected(truth["calls"], verdicts)
    with open(target, "w", encoding="utf-8") as file:
        json.dump(truth, file, indent=1, sort_keys=True)
        file.write("\n")
