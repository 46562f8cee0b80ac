# impacket_sessions.py
# The recordings with impacket at both ends of the wire
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the client of each recording does, what the server is told to do, what must be found."""

import time

from impacket.dcerpc.v5 import rpcrt
from impacket.dcerpc.v5.rpcrt import DCERPCException

import client
import emsmdb
import mailbox
import pdu
from emsmdb import ASYNC_EMSMDB, EMSMDB
from laboratory import KerberosServer
from mailbox import PARK, Plan, notify
from recording import Recording, account, check


def notified(wait):
    reply = wait.answer()
    check((reply["ErrorCode"], reply["pulFlagsOut"]), (0, emsmdb.NOTIFICATION_PENDING))


def no_event(wait):
    reply = wait.answer()
    check((reply["ErrorCode"], reply["pulFlagsOut"]), (0, 0))


def ended_with(wait, status):
    check(wait.answer()["ErrorCode"], status)


def faulted(run, *arguments):
    try:
        run(*arguments)
    except DCERPCException:
        return
    raise RuntimeError("the client saw a response instead of a fault")


def lost(wait):
    try:
        wait.answer()
    except pdu.Closed:
        return
    raise RuntimeError("the client saw an answer instead of a closed connection")


def open_session(mail):
    """(CXH, ACXH) of a new session that is registered for new mail."""
    cxh = mail.connect_ex()
    mail.rpc_ext2(cxh, emsmdb.register_new_mail())
    status, acxh = mail.async_connect(cxh)
    check(status, 0)
    return cxh, acxh


def leave(mail, cxh, *others):
    mail.disconnect_session(cxh)
    for endpoint in others + (mail,):
        endpoint.close()


def two_connections(server, account=None, ndr64=False, fragment=0):
    mail = client.connect(server, EMSMDB, ndr64=ndr64, account=account)
    mail.set_max_fragment_size(fragment)
    cxh, acxh = open_session(mail)
    notices = client.connect(server, ASYNC_EMSMDB, mail.group, ndr64, account)
    notices.set_max_fragment_size(fragment)
    notified(notices.wait(acxh))
    mail.rpc_ext2(cxh)
    parked = notices.wait(acxh)
    time.sleep(0.3)
    mail.disconnect_session(cxh)
    no_event(parked)
    notices.close()
    mail.close()


def multiplex(server):
    mail, notices = client.connect_both(server)
    cxh, acxh = open_session(mail)
    first = notices.wait(acxh)
    mail.rpc_ext2(cxh)
    notified(first)
    mail.rpc_ext2(cxh)
    second = notices.wait(acxh)
    mail.rpc_ext2(cxh)
    mail.disconnect_session(cxh)
    no_event(second)
    mail.close()


def fetch_in_flight(server):
    """The client asks just before the notification comes, and that call brings the new mail."""
    mail, notices = client.connect_both(server)
    cxh, acxh = open_session(mail)
    wait = notices.wait(acxh)
    time.sleep(0.3)
    fetch = mail.fetch(cxh)
    notified(wait)
    fetch.answer()
    wait = notices.wait(acxh)
    time.sleep(0.2)
    mail.disconnect_session(cxh)
    no_event(wait)
    mail.close()


def two_sessions(server):
    mail, notices = client.connect_both(server)
    one, one_context = open_session(mail)
    two, two_context = open_session(mail)
    wait_one = notices.wait(one_context)
    wait_two = notices.wait(two_context)
    notified(wait_two)
    mail.rpc_ext2(two)
    again_two = notices.wait(two_context)
    notified(wait_one)
    mail.rpc_ext2(one)
    notified(again_two)
    mail.rpc_ext2(two)
    mail.disconnect_session(one)
    leave(mail, two)


def call_ids_reused(server):
    """impacket left alone: each presentation context of the connection counts for itself."""
    mail, notices = client.connect_both(server)
    mail.ids = notices.ids = None
    cxh, acxh = open_session(mail)
    for _ in range(2):
        notified(notices.wait(acxh))
        mail.rpc_ext2(cxh)
    leave(mail, cxh)


def rejected(server):
    mail = client.connect(server, EMSMDB)
    cxh = mail.connect_ex()
    status, acxh = mail.async_connect(cxh)
    check((status, acxh), (emsmdb.REJECTED, emsmdb.NULL_HANDLE))
    for _ in range(2):
        time.sleep(0.5)
        mail.rpc_ext2(cxh)
    leave(mail, cxh)


def overlap_one_connection(server):
    mail, notices = client.connect_both(server)
    cxh, acxh = open_session(mail)
    first = notices.wait(acxh)
    ended_with(notices.wait(acxh), emsmdb.REJECTED)
    notified(first)
    mail.rpc_ext2(cxh)
    notified(notices.wait(acxh))
    mail.rpc_ext2(cxh)
    leave(mail, cxh)


def overlap_two_connections(server, account=None):
    mail = client.connect(server, EMSMDB, account=account)
    cxh, acxh = open_session(mail)
    notices = client.connect(server, ASYNC_EMSMDB, mail.group, account=account)
    others = client.connect(server, ASYNC_EMSMDB, mail.group, account=account)
    first = notices.wait(acxh)
    time.sleep(0.3)
    ended_with(others.wait(acxh), emsmdb.REJECTED)
    notified(first)
    mail.rpc_ext2(cxh)
    leave(mail, cxh, notices, others)


def faults(server, account=None):
    mail = client.connect(server, EMSMDB, account=account)
    cxh, acxh = open_session(mail)
    notices = client.connect(server, ASYNC_EMSMDB, mail.group, account=account)
    faulted(notices.wait(bytes(4) + bytes(range(1, 17))).answer)
    faulted(notices.wait(acxh).answer)
    notified(notices.wait(acxh))
    faulted(mail.rpc_ext2, cxh, None, 0x40001)
    mail.rpc_ext2(cxh)
    leave(mail, cxh, notices)


def exiting(server):
    """The server says that it goes away; the client does not listen."""
    mail = client.connect(server, EMSMDB)
    cxh, acxh = open_session(mail)
    notices = client.connect(server, ASYNC_EMSMDB, mail.group)
    ended_with(notices.wait(acxh), emsmdb.EXITING)
    time.sleep(0.2)
    ended_with(notices.wait(acxh), emsmdb.EXITING)
    leave(mail, cxh, notices)


def after_disconnect(server):
    mail = client.connect(server, EMSMDB)
    cxh, acxh = open_session(mail)
    notices = client.connect(server, ASYNC_EMSMDB, mail.group)
    notified(notices.wait(acxh))
    mail.rpc_ext2(cxh)
    mail.disconnect_session(cxh)
    time.sleep(1.3)
    faulted(notices.wait(acxh).answer)
    notices.close()
    mail.close()


def broken_wait(server, break_off):
    """A wait whose connection `break_off` ends; the client repeats it on another."""
    mail = client.connect(server, EMSMDB)
    cxh, acxh = open_session(mail)
    notices = client.connect(server, ASYNC_EMSMDB, mail.group)
    break_off(notices, notices.wait(acxh))
    time.sleep(0.3)
    notices = client.connect(server, ASYNC_EMSMDB, mail.group)
    notified(notices.wait(acxh))
    mail.rpc_ext2(cxh)
    leave(mail, cxh, notices)


def client_closes(server):
    def break_off(notices, _):
        time.sleep(0.6)
        notices.close()
    broken_wait(server, break_off)


def client_resets(server):
    def break_off(notices, _):
        time.sleep(0.6)
        notices.get_rpc_transport().reset()
    broken_wait(server, break_off)


def server_closes(server):
    def break_off(notices, wait):
        lost(wait)
        notices.close()
    broken_wait(server, break_off)


def client_gone(server):
    """Both connections lost at once: a new association, a new session, the wait anew."""
    mail = client.connect(server, EMSMDB)
    _, acxh = open_session(mail)
    notices = client.connect(server, ASYNC_EMSMDB, mail.group)
    notices.wait(acxh)
    time.sleep(0.4)
    notices.get_rpc_transport().reset()
    mail.get_rpc_transport().reset()
    time.sleep(0.3)
    mail = client.connect(server, EMSMDB)
    cxh, acxh = open_session(mail)
    notices = client.connect(server, ASYNC_EMSMDB, mail.group)
    notified(notices.wait(acxh))
    mail.rpc_ext2(cxh)
    leave(mail, cxh, notices)


def cancel(server):
    mail, notices = client.connect_both(server)
    cxh, acxh = open_session(mail)
    wait = notices.wait(acxh)
    time.sleep(0.4)
    wait.cancel()
    faulted(wait.answer)
    wait = notices.wait(acxh)
    time.sleep(0.4)
    wait.orphan()
    time.sleep(0.1)
    notified(notices.wait(acxh))
    mail.rpc_ext2(cxh)
    leave(mail, cxh)


RECORDINGS = {
    "impacket_two_connections": Recording(
        "the normal session: one association, waits on a second TCP connection",
        two_connections, Plan(waits=[notify(1.0), PARK])),
    "impacket_ipv6": Recording(
        "the normal session over IPv6",
        two_connections, Plan(waits=[notify(0.5), PARK], address="::1")),
    "impacket_ndr64": Recording(
        "the normal session in NDR64",
        lambda server: two_connections(server, ndr64=True),
        Plan(waits=[notify(0.5), PARK], ndr64=True)),
    "impacket_fragments": Recording(
        "the normal session, stubs over 16 bytes in several DCE/RPC fragments, both directions",
        lambda server: two_connections(server, fragment=16),
        Plan(waits=[notify(0.5), PARK], largest_fragment=16)),
    "impacket_same_uuid": Recording(
        "the normal session; CXH and ACXH have one UUID and differ in the attributes, as Gromox's",
        two_connections, Plan(waits=[notify(0.5), PARK], gromox_handles=True)),
    "impacket_multiplex": Recording(
        "both interfaces on one connection (bind, alter_context), answers out of order",
        multiplex, Plan(waits=[notify(1.0), PARK])),
    "impacket_fetch_in_flight": Recording(
        "an EcDoRpcExt2 is in flight when the notification comes, and fetches it",
        fetch_in_flight, Plan(waits=[notify(0.5), PARK], fetch_time=0.5)),
    "impacket_two_sessions": Recording(
        "two sessions on one multiplexed connection, their waits crossing",
        two_sessions, Plan(waits=[notify(1.2), notify(0.5), notify(1.0)])),
    "impacket_call_ids_reused": Recording(
        "both interfaces on one connection, each with call ids of its own: ids come twice",
        call_ids_reused, Plan(waits=[notify(0.4), notify(0.4)])),
    "impacket_rejected": Recording(
        "EcDoAsyncConnectEx answered Rejected with a null handle; the client polls",
        rejected, Plan(async_connects=[emsmdb.REJECTED])),
    "impacket_overlap": Recording(
        "a second wait while the first is out, same connection: Rejected",
        overlap_one_connection, Plan(waits=[notify(0.8), notify(0.5)]),
        [(5, "request", "wait-overlap")]),
    "impacket_overlap_two_connections": Recording(
        "a second wait while the first is out, another connection: Rejected",
        overlap_two_connections, Plan(waits=[notify(0.9)]),
        [(5, "request", "wait-overlap-suspected"), (4, "response", "wait-overlap")]),
    "impacket_faults": Recording(
        "faults: a wait on a handle of nobody (context mismatch), a wait that the server drops "
        "(too busy), an EcDoRpcExt2 out of range (bad stub data)",
        faults, Plan(waits=[mailbox.fault(0.5, pdu.FAULT_TOO_BUSY), notify(0.5)]),
        [(4, "request", "wait-without-connect")]),
    "impacket_wait_after_error": Recording(
        "a wait answered Exiting, and the client waits again",
        exiting, Plan(waits=[mailbox.Outcome(0.4, emsmdb.EXITING)] * 2),
        [(5, "request", "wait-after-error")]),
    "impacket_wait_after_disconnect": Recording(
        "a wait 1.3 s after the end of its session: fault",
        after_disconnect, Plan(waits=[notify(0.4)]),
        [(7, "request", "wait-after-disconnect")]),
    "impacket_client_fin": Recording(
        "the client closes the connection of its wait with FIN and repeats it on a new one",
        client_closes, Plan(waits=[PARK, notify(0.5)])),
    "impacket_client_rst": Recording(
        "the same with RST",
        client_resets, Plan(waits=[PARK, notify(0.5)])),
    "impacket_server_fin": Recording(
        "the server closes the connection of a wait; the client repeats it on a new one",
        server_closes, Plan(waits=[mailbox.close(0.7), notify(0.5)])),
    "impacket_new_association": Recording(
        "both connections reset while a wait is out; a new association and session follow",
        client_gone, Plan(waits=[PARK, notify(0.5)])),
    "impacket_cancel": Recording(
        "a wait ended by co_cancel (fault), one by orphaned (no answer), one by a notification",
        cancel, Plan(waits=[PARK, PARK, notify(0.5)])),
}


def secured(note, session, waits, level, expected=(), mechanism="ntlm", host=None):
    """`session` with security at `level` on both of its connections."""
    user = account(mechanism, level)
    return Recording(note, lambda server: session(server, account=user),
                     Plan(waits=waits, security=user), list(expected), host=host)


RECORDINGS.update({
    "impacket_ntlm_signed": secured(
        "the normal session, NTLM packet integrity (level 5)",
        two_connections, [notify(0.5), PARK], rpcrt.RPC_C_AUTHN_LEVEL_PKT_INTEGRITY),
    "impacket_ntlm_sealed": secured(
        "the normal session, NTLM packet privacy (level 6)",
        two_connections, [notify(1.0), PARK], rpcrt.RPC_C_AUTHN_LEVEL_PKT_PRIVACY),
    "impacket_ntlm_sealed_overlap": secured(
        "as impacket_overlap_two_connections, NTLM packet privacy (level 6)",
        overlap_two_connections, [notify(0.9)], rpcrt.RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
        [(5, "request", "wait-overlap-suspected"), (4, "response", "wait-overlap")]),
    "impacket_ntlm_sealed_faults": secured(
        "as impacket_faults, NTLM packet privacy (level 6); the faults are not sealed",
        faults, [mailbox.fault(0.5, pdu.FAULT_TOO_BUSY), notify(0.5)],
        rpcrt.RPC_C_AUTHN_LEVEL_PKT_PRIVACY, [(4, "request", "wait-without-connect")]),
    "impacket_kerberos_sealed": secured(
        "the normal session, Kerberos packet privacy (level 6), header signing",
        two_connections, [notify(0.6), PARK], rpcrt.RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
        mechanism="krb5", host=KerberosServer),
})
for recording in RECORDINGS.values():
    recording.facts["client"] = "impacket 0.10"
RECORDINGS["impacket_kerberos_sealed"].facts["client"] += " with MIT's GSS-API"
