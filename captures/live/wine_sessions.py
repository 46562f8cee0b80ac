# wine_sessions.py
# The recordings with Wine's RPC runtime and widl stubs
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds wine/client.c and wine/server.c with winegcc and runs them in a throw-away prefix.

Wine's runtime has no alter_context: each interface gets a TCP connection of the association.
Its server gives every answer call_id 1, so Wireshark matches most of them to a wrong call.
"""

import atexit
import functools
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile

import emsmdb
import truth
from mailbox import PARK, Plan, notify
from recording import Recording, check

SOURCES = pathlib.Path(__file__).parent / "wine"
IDL_PATH = "/usr/include/wine/wine/windows"


@functools.lru_cache(None)
def workshop():
    """A folder with client.exe.so, server.exe.so and a Wine prefix; gone when Python ends."""
    folder = pathlib.Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    subprocess.run(["widl", "--win64", "-Oif", "-h", "-c", "-s", "-I", IDL_PATH,
                    SOURCES / "emsmdb.idl"], cwd=folder, check=True)
    for name in ("client", "server"):
        subprocess.run(["winegcc", "-m64", "-I.", "-o", f"{name}.exe", SOURCES / f"{name}.c",
                        f"emsmdb_{name[0]}.c", "-lrpcrt4"], cwd=folder, check=True)
    wine(folder, "wineboot", "--init").communicate()
    atexit.register(subprocess.run, ["wineserver", "-k"], env=environment(folder))
    return folder


def environment(folder):
    return dict(os.environ, WINEPREFIX=str(folder / "prefix"), WINEDEBUG="-all",
                WINEDLLOVERRIDES="mscoree,mshtml=")


def wine(folder, *command):
    return subprocess.Popen(command, cwd=folder, env=environment(folder), text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class WineServer:
    """The server of a recording that has Wine at that end. What it did is read off the wire."""

    def __init__(self, plan):
        self.plan = plan
        self.address = ("127.0.0.1", free_port())

    def __enter__(self):
        self.process = wine(workshop(), "wine", "server.exe.so", str(self.address[1]), *self.plan)
        check(self.process.stdout.readline().strip(), "listening 0")
        return self

    def __exit__(self, *_):
        subprocess.run(["wineserver", "-k"], env=environment(workshop()), check=False)
        self.process.wait()

    @staticmethod
    def records(path):
        return truth.records_of_wire(path)

    @staticmethod
    def keys(_folder, _name):
        return {}


def client(steps, seen):
    """A run(server) that takes `steps` and must print `seen`; threads may change the order."""
    def run(server):
        process = wine(workshop(), "wine", "client.exe.so", str(server[1]), *steps.split())
        lines = process.communicate()[0].splitlines()
        check(sorted(lines), sorted(seen))
    return run


CONNECT = ["EcDoConnectEx 0", "EcDoRpcExt2 0", "EcDoAsyncConnectEx 0"]
NOTIFIED = ["EcDoAsyncWaitEx 0 1", "EcDoRpcExt2 0"]
END = ["EcDoDisconnect 0", "EcDoAsyncWaitEx 0 0"]
BOTH = {"client": "Wine 8.0 rpcrt4, widl stubs", "server": "Wine 8.0 rpcrt4, widl stubs"}

RECORDINGS = {
    "wine_client": Recording(
        "the normal session; Wine as the client of the small server",
        client("connect fetch async wait fetch park disconnect join", CONNECT + NOTIFIED + END),
        Plan(waits=[notify(0.8), PARK]), facts={"client": BOTH["client"]}),
    "wine_normal": Recording(
        "the normal session; every answer has call_id 1",
        client("connect fetch async wait fetch park disconnect join", CONNECT + NOTIFIED + END),
        ["wait=notify:900", "wait=quiet:600"],
        [(4, "request", "wait-handle-unknown")], BOTH, WineServer),
    "wine_three_waits": Recording(
        "three waits after each other on one connection, all answered, every answer with call_id 1",
        client("connect fetch async wait fetch wait fetch wait fetch disconnect",
               CONNECT + NOTIFIED * 3 + END[:1]),
        ["wait=notify:400", "wait=notify:500", "wait=notify:600"],
        [(4, "request", "wait-handle-unknown")], BOTH, WineServer),
    "wine_rejected_fault": Recording(
        "an EcDoAsyncConnectEx answered Rejected, one answered well, a wait that ends in a fault, "
        "one that ends in a notification; every answer has call_id 1",
        client("connect async async wait wait fetch disconnect",
               ["EcDoConnectEx 0", f"EcDoAsyncConnectEx {emsmdb.REJECTED}", "EcDoAsyncConnectEx 0",
                "EcDoAsyncWaitEx exception 1723"] + NOTIFIED + END[:1]),
        [f"async={emsmdb.REJECTED}", "wait=fault:500", "wait=notify:700"],
        [(4, "request", "wait-handle-unknown")], BOTH, WineServer),
}
