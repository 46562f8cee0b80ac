#!/usr/bin/python3
# record.py
# Records the captures of this folder again
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""record.py [--to FOLDER] [NAME...]: record the named captures, or all, with their TLS keys."""

import argparse
import pathlib
import ssl
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from multiprocessing import Process, Queue

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "live"))

import capture
import client_over_http
import impacket_sessions as sessions
from mailbox import PARK, Plan, notify
from proxy import Proxy
from recording import account
from server import Server

SETTLE = 0.5
ACCOUNT = account("ntlm", 0)


@dataclass
class Recording:
    """A capture to be: `run(server)` is the client. `tls` may be "keys" or "secrets": a file of
    keys beside the capture, or the keys inside it."""

    note: str
    run: callable
    waits: list
    port: int
    tls: str = None
    protocols: list = None
    chunked: bool = False
    address: str = "127.0.0.1"
    plan: dict = field(default_factory=dict)


RECORDINGS = {
    "http-impacket": Recording(
        "the normal session over HTTP, port 80", sessions.two_connections, [notify(1.0), PARK], 80),
    "http-impacket-chunked": Recording(
        "the normal session over HTTP on a port that Wireshark does not know, IPv6, "
        "OUT channels in chunks",
        sessions.two_connections, [notify(0.5), PARK], 8180, chunked=True, address="::1"),
    "http-impacket-tls": Recording(
        "the normal session over HTTPS, port 443, keys in a file beside it",
        sessions.two_connections, [notify(1.0), PARK], 443, tls="keys"),
    "http-impacket-alpn": Recording(
        "the normal session over HTTPS, port 443, ALPN http/1.1, keys inside the capture",
        sessions.two_connections, [notify(0.5), PARK], 443, tls="secrets",
        protocols=["http/1.1"]),
    "http-impacket-overlap": Recording(
        "a second wait while the first is out, another virtual connection: Rejected; HTTPS on a "
        "port that Wireshark does not know, keys inside the capture",
        sessions.overlap_two_connections, [notify(0.9)], 8543, tls="secrets"),
    "http-impacket-fragments": Recording(
        "the normal session, every stub over 16 bytes in several DCE/RPC fragments, over HTTPS, "
        "keys inside the capture",
        lambda server: sessions.two_connections(server, fragment=16), [notify(0.5), PARK], 443,
        tls="secrets", plan={"largest_fragment": 16}),
}


def certificate(folder):
    """A certificate for a day; nobody checks it."""
    path = f"{folder}/proxy.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
                    "-subj", "/CN=mail.example.com", "-keyout", path, "-out", f"{path}.crt"],
                   check=True, capture_output=True)
    with open(path, "a", encoding="ascii") as file, open(f"{path}.crt", encoding="ascii") as crt:
        file.write(crt.read())
    return path


def serve(recording, folder, ready):
    """The server and the proxy in front of it, in a process of their own."""
    plan = Plan(waits=recording.waits, **recording.plan)
    server = Server(plan)
    plan = Plan(address=recording.address)
    plan.http_account = ACCOUNT
    context = None
    if recording.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate(folder))
        if recording.protocols:
            context.set_alpn_protocols(recording.protocols)
    proxy = Proxy(plan, ("127.0.0.1", server.port()), recording.port, context, recording.chunked)
    ready.put(proxy.port())
    time.sleep(3600)


def run_client(recording, port, key_log):
    client_over_http.use(client_over_http.Access(ACCOUNT, key_log, recording.protocols))
    recording.run((recording.address, port))


def record(name, recording, folder):
    with tempfile.TemporaryDirectory() as scratch:
        ready = Queue()
        host = Process(target=serve, args=(recording, scratch, ready), daemon=True)
        host.start()
        port = ready.get()
        raw, keys = f"{scratch}/raw.pcapng", f"{scratch}/keys.txt" if recording.tls else None
        with capture.Recorder(port, raw):
            guest = Process(target=run_client, args=(recording, port, keys))
            guest.start()
            guest.join()
            time.sleep(SETTLE)
        host.terminate()
        if guest.exitcode:
            raise RuntimeError(f"{name}: the client failed")
        capture.tidy(raw, f"{scratch}/tidy.pcapng", recording.note)
        keep(name, recording, folder, scratch, keys)


def keep(name, recording, folder, scratch, keys):
    target = folder / f"{name}.pcapng"
    if recording.tls == "secrets":
        subprocess.run(["editcap", "--inject-secrets", f"tls,{keys}", f"{scratch}/tidy.pcapng",
                        target], check=True)
        return
    target.write_bytes(pathlib.Path(f"{scratch}/tidy.pcapng").read_bytes())
    if keys:
        (folder / f"{name}.keys").write_bytes(pathlib.Path(keys).read_bytes())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=pathlib.Path, default=HERE, help="folder for the files")
    parser.add_argument("names", nargs="*", metavar="NAME")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(RECORDINGS)
    if unknown:
        parser.error("no such recording: " + ", ".join(sorted(unknown)))
    for name in arguments.names or RECORDINGS:
        record(name, RECORDINGS[name], arguments.to)
        print(name)


if __name__ == "__main__":
    main()
