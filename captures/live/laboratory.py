# laboratory.py
# The hosts of the recordings that use the small server
#
# Copyright (C) the oxcnotif authors
#
# SPDX-License-Identifier: GPL-2.0-or-later
"""A host is a context manager with `address`, `records(path)` and `keys(folder, name)`."""

import shutil
from multiprocessing.managers import BaseManager

import kerberos
from server import Server


class Laboratory(BaseManager):
    """Runs the server in a process of its own: a client may block its whole process."""


Laboratory.register("Server", Server)


class SmallServer:
    """The server of most recordings. Its log is the truth about them."""

    def __init__(self, plan):
        self.laboratory = Laboratory()
        self.plan = plan

    def __enter__(self):
        self.laboratory.start()
        self.server = self.laboratory.Server(self.plan)
        self.address = (self.plan.address, self.server.port())
        return self

    def __exit__(self, *_):
        self.laboratory.shutdown()

    def records(self, _):
        return self.server.log()

    def keys(self, folder, name):
        """Write key files that belong to the capture; what the truth file says of them."""
        return {}


class KerberosServer(SmallServer):
    """The same in a Kerberos realm."""

    def __init__(self, plan):
        super().__init__(plan)
        user = plan.security
        self.keytab = kerberos.realm(user["user"], user["password"]).keytab
        user["keytab"] = str(self.keytab)

    def keys(self, folder, name):
        target = folder / f"{name}.keytab"
        shutil.copyfile(self.keytab, target)
        return {"keytab": target.name}
