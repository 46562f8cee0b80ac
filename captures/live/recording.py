# recording.py
# What a recording is made of
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""The common form of all recordings, whichever stack they are made with."""

from dataclasses import dataclass, field

from impacket.dcerpc.v5 import rpcrt

from mailbox import Plan

LEVELS = {
    rpcrt.RPC_C_AUTHN_LEVEL_PKT_INTEGRITY: "packet integrity (level 5)",
    rpcrt.RPC_C_AUTHN_LEVEL_PKT_PRIVACY: "packet privacy (level 6)",
}
MECHANISMS = {"ntlm": "NTLM", "spnego": "NTLM inside SPNEGO", "krb5": "Kerberos",
              "spnego+krb5": "Kerberos inside SPNEGO"}


@dataclass
class Recording:
    """A capture to be: `run(server)` is the client, `server` an (address, port).

    `host` is what laboratory.py calls a host; SmallServer if None.
    `expected` lists (number of a call on the wire from 1, "request" or "response", rule).
    """

    note: str
    run: callable
    plan: Plan | list
    expected: list = field(default_factory=list)
    facts: dict = field(default_factory=dict)
    host: callable = None

    def all_facts(self):
        """What the truth file says about the recording as a whole."""
        facts = {"note": self.note, "security": "none",
                 "server": "small server on impacket's PDU, NDR and NTLM code"}
        user = getattr(self.plan, "security", None)
        if user:
            facts["security"] = f"{MECHANISMS[user['mechanism']]} {LEVELS[user['level']]}"
            facts["user"], facts["domain"] = user["user"], user["domain"]
            if user["mechanism"].endswith("krb5"):
                facts["server"] += " with MIT's GSS-API"
            else:
                facts["nt_password"] = user["password"]
        return {**facts, **self.facts}


def account(mechanism, level):
    """The one user of the laboratory, and how the connection is protected."""
    return {"mechanism": mechanism, "level": level, "user": "alice", "password": "Wait-4-Mail",
            "domain": "LAB", "server": "MAIL"}


def check(found, wanted):
    if found != wanted:
        raise RuntimeError(f"the client saw {found!r} instead of {wanted!r}")
