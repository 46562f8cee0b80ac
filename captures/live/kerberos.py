# kerberos.py
# A realm of its own for one recording, and Kerberos on both sides
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""MIT Kerberos: its KDC on a free port of loopback, its GSS-API (DCE style)."""

import atexit
import functools
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

import pdu
import security

REALM = "LAB.EXAMPLE"
HOST = "mail.lab.example"
SERVICE = f"host/{HOST}@{REALM}"

KRB5_CONF = """[libdefaults]
 default_realm = {realm}
 dns_lookup_kdc = false
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
[realms]
 {realm} = {{
  kdc = 127.0.0.1:{port}
 }}
"""

KDC_CONF = """[realms]
 {realm} = {{
  database_name = {folder}/principal
  key_stash_file = {folder}/stash
  kdc_listen = 127.0.0.1:{port}
  kdc_tcp_listen = 127.0.0.1:{port}
 }}
"""


class Realm:
    """A KDC with one user and one service, and the keytab of the service."""

    def __init__(self, user, password):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.keytab = self.folder / "service.keytab"
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        values = {"realm": REALM, "folder": self.folder, "port": port}
        (self.folder / "krb5.conf").write_text(KRB5_CONF.format(**values))
        (self.folder / "kdc.conf").write_text(KDC_CONF.format(**values))
        os.environ["KRB5_CONFIG"] = str(self.folder / "krb5.conf")
        os.environ["KRB5_KDC_PROFILE"] = str(self.folder / "kdc.conf")
        os.environ["KRB5CCNAME"] = str(self.folder / "ccache")
        self.run("kdb5_util", "create", "-s", "-r", REALM, "-P", "master")
        self.administer(f"addprinc -pw {password} {user}")
        self.administer(f"addprinc -randkey {SERVICE}")
        self.administer(f"ktadd -k {self.keytab} -e aes256-cts-hmac-sha1-96:normal {SERVICE}")
        self.kdc = subprocess.Popen(["krb5kdc", "-n", "-r", REALM], stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL)
        atexit.register(self.kdc.terminate)
        wait_for(port)
        subprocess.run(["kinit", user], input=password, text=True, check=True,
                       stdout=subprocess.DEVNULL)

    def administer(self, command):
        self.run("kadmin.local", "-r", REALM, "-q", command)

    @staticmethod
    def run(*command):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@functools.lru_cache(None)
def realm(user, password):
    return Realm(user, password)


def wait_for(port):
    for _ in range(50):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the KDC does not start")


class KerberosTrailer(security.Trailer):
    """Kerberos as it is, authentication type 16, packet privacy only; either side."""

    def __init__(self, context):
        super().__init__()
        import gssapi
        self.gss = gssapi.raw
        self.kind = gssapi.raw.IOVBufferType
        self.context = context

    def token(self, token):
        """None, too, for the last token of a context when Samba repeats it in an alter_context."""
        return None if self.context.complete else self.context.step(token)

    def message(self, head, stub, trailer, verifier):
        """The buffers of a PDU in the order of its bytes; the header is signed if negotiated."""
        data = [(self.kind.data, False, stub)]
        if self.header_signing:
            head, trailer = ((self.kind.sign_only, False, part) for part in (head, trailer))
            data = [head] + data + [trailer]
        return self.gss.IOV(*data, verifier, std_layout=False)

    def value(self, message, kind):
        return next(buffer.value for buffer in message if buffer.type == kind)

    def open(self, received, stub):
        start, end = pdu.CALL_HEADER_SIZE, pdu.CALL_HEADER_SIZE + len(stub)
        message = self.message(received.raw[:start], stub,
                               received.raw[end:end + pdu.TRAILER_SIZE],
                               (self.kind.header, False, received.verifier))
        if not self.gss.unwrap_iov(self.context, message).encrypted:
            raise security.BadToken("a PDU is not sealed")
        return self.value(message, self.kind.data)[:len(stub) - received.trailer["auth_pad_len"]]

    def close(self, out):
        size = self.verifier_size()
        plain = self.with_trailer(out, size)
        start, end = pdu.CALL_HEADER_SIZE, len(plain) - size - pdu.TRAILER_SIZE
        trailer = plain[end:end + pdu.TRAILER_SIZE]
        message = self.message(plain[:start], plain[start:end], trailer, self.kind.header)
        self.gss.wrap_iov(self.context, message, confidential=True)
        return (plain[:start] + self.value(message, self.kind.data) + trailer
                + self.value(message, self.kind.header))

    def verifier_size(self):
        """How long the verifier of a padded stub is: the signed header says it."""
        message = self.message(bytes(pdu.CALL_HEADER_SIZE), bytes(16), bytes(pdu.TRAILER_SIZE),
                               self.kind.header)
        self.gss.wrap_iov_length(self.context, message, confidential=True)
        return len(self.value(message, self.kind.header))


def acceptor(account):
    """The server's side, with the key of the service."""
    import gssapi
    credentials = gssapi.Credentials(usage="accept", store={"keytab": account["keytab"]})
    return KerberosTrailer(gssapi.SecurityContext(creds=credentials, usage="accept"))


def initiator():
    """The client's side, with the ticket in the credential cache."""
    import gssapi
    want = gssapi.RequirementFlag
    flags = (want.dce_style, want.mutual_authentication, want.integrity, want.confidentiality,
             want.replay_detection, want.out_of_sequence_detection)
    name = gssapi.Name(SERVICE, gssapi.NameType.kerberos_principal)
    return KerberosTrailer(gssapi.SecurityContext(name=name, flags=flags, usage="initiate",
                                                  mech=gssapi.MechType.kerberos))
