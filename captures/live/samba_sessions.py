# samba_sessions.py
# The recordings with Samba's DCE/RPC client
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""Samba's libdcerpc, NTLMSSP and SPNEGO, through its Python bindings.

An interface that Samba does not know has no list of security services, and libdcerpc crashes
on that when it authenticates. So each connection binds to the management interface, and the
others follow by alter_context on the same security context, as OpenChange's client does.
The calls block: a wait must end by itself.
"""

from impacket.dcerpc.v5 import rpcrt

import emsmdb
import kerberos
from laboratory import KerberosServer
from mailbox import Plan, notify
from recording import Recording, account, check
from server import FIRST_GROUP

OPTIONS = {
    rpcrt.RPC_C_AUTHN_LEVEL_PKT_INTEGRITY: "sign",
    rpcrt.RPC_C_AUTHN_LEVEL_PKT_PRIVACY: "seal",
}


class Connection:
    """One TCP connection with security and any number of presentation contexts."""

    def __init__(self, server, user, interfaces, group=0):
        from samba.dcerpc import base, mgmt
        parameters, credentials = identity(user)
        options = [str(server[1]), OPTIONS[user["level"]], user["mechanism"].split("+")[0]]
        if group:
            options.append(f"assoc_group_id=0x{group:08x}")
        if user["mechanism"].endswith("krb5"):
            options.append(f"target_hostname={kerberos.HOST}")
        binding = f"ncacn_ip_tcp:{server[0]}[{','.join(options)}]"
        self.management = mgmt.mgmt(binding, parameters, credentials)
        self.contexts = {
            interface: base.ClientConnection(binding, syntax(interface), parameters, credentials,
                                             self.management)
            for interface in interfaces}

    def run(self, interface, request):
        stub = self.contexts[interface].request(request.opnum, request.getData())
        return getattr(emsmdb, type(request).__name__ + "Response")(stub)


def syntax(interface):
    major, minor = map(int, interface[1].split("."))
    return interface[0], minor << 16 | major


def identity(user):
    from samba import credentials, param
    parameters = param.LoadParm()
    identity = credentials.Credentials()
    identity.guess(parameters)
    identity.set_workstation("CLIENT")
    identity.set_domain(user["domain"])
    identity.set_username(user["user"])
    identity.set_password(user["password"])
    if user["mechanism"].endswith("krb5"):
        identity.set_realm(kerberos.REALM)
        identity.set_kerberos_state(credentials.MUST_USE_KERBEROS)
    else:
        identity.set_kerberos_state(credentials.DONT_USE_KERBEROS)
    return parameters, identity


def session(mail, notices, waits):
    """Register, wait and fetch as often as told, disconnect."""
    words = emsmdb.version_words(15, 0, 1104, 4)
    request = emsmdb.connect_ex("/o=Lab/ou=Site/cn=Recipients/cn=alice", words)
    cxh = mail.run(emsmdb.EMSMDB, request)["pcxh"]
    mail.run(emsmdb.EMSMDB, emsmdb.rpc_ext2(cxh, emsmdb.register_new_mail()))
    request = emsmdb.EcDoAsyncConnectEx()
    request["cxh"] = cxh
    acxh = mail.run(emsmdb.EMSMDB, request)["pacxh"]
    for _ in range(waits):
        request = emsmdb.EcDoAsyncWaitEx()
        request["acxh"] = acxh
        request["ulFlagsIn"] = 0
        check(notices().run(emsmdb.ASYNC_EMSMDB, request)["pulFlagsOut"], 1)
        mail.run(emsmdb.EMSMDB, emsmdb.rpc_ext2(cxh, emsmdb.rop_buffer()))
    request = emsmdb.EcDoDisconnect()
    request["pcxh"] = cxh
    mail.run(emsmdb.EMSMDB, request)


def one_connection(server, user, waits):
    both = Connection(server, user, (emsmdb.EMSMDB, emsmdb.ASYNC_EMSMDB))
    session(both, lambda: both, waits)


def two_connections(server, user, waits):
    opened = []

    def notices():
        if not opened:
            opened.append(Connection(server, user, (emsmdb.ASYNC_EMSMDB,), FIRST_GROUP))
        return opened[0]

    session(Connection(server, user, (emsmdb.EMSMDB,)), notices, waits)


def secured(note, run, mechanism, level, expected=(), host=None):
    user = account(mechanism, level)
    waits = [notify(0.6), notify(1.0)]
    return Recording(note, lambda server: run(server, user, len(waits)),
                     Plan(waits=list(waits), security=user), list(expected),
                     {"client": "Samba 4.17"}, host)


RECORDINGS = {
    "samba_ntlm_signed": secured(
        "one connection, three presentation contexts, NTLM packet integrity (level 5)",
        one_connection, "ntlm", rpcrt.RPC_C_AUTHN_LEVEL_PKT_INTEGRITY),
    "samba_ntlm_sealed": secured(
        "two connections of one association, NTLM packet privacy (level 6)",
        two_connections, "ntlm", rpcrt.RPC_C_AUTHN_LEVEL_PKT_PRIVACY),
    "samba_spnego_signed": secured(
        "one connection, NTLM inside SPNEGO, packet integrity (level 5)",
        one_connection, "spnego", rpcrt.RPC_C_AUTHN_LEVEL_PKT_INTEGRITY),
    "samba_spnego_sealed": secured(
        "two connections of one association, NTLM inside SPNEGO, packet privacy (level 6)",
        two_connections, "spnego", rpcrt.RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
        [(4, "request", "wait-handle-unknown")]),
    "samba_kerberos_sealed": secured(
        "two connections of one association, Kerberos packet privacy (level 6), header signing",
        two_connections, "krb5", rpcrt.RPC_C_AUTHN_LEVEL_PKT_PRIVACY, host=KerberosServer),
    "samba_spnego_kerberos_sealed": secured(
        "two connections of one association, Kerberos inside SPNEGO, packet privacy (level 6)",
        two_connections, "spnego+krb5", rpcrt.RPC_C_AUTHN_LEVEL_PKT_PRIVACY, host=KerberosServer),
}
