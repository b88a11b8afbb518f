"""An OpenLDAP of a test's own, which speaks TLS, has rules for passwords, and can be stopped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import ldap

from dss_runtime.codegen import override
from tests.ldap.service import Service
from tests.scim.certificates import make_certificate
from tests.services.absence import absent
from tests.services.servers import PASSWORD, SUFFIX, Directory, MissingError, Server, directory_configuration

PLAIN, SECURE = "127.0.0.1", "127.0.0.2"
"""The addresses of this machine, for each of which there is a certificate: on one all is encrypted."""
OTHERS = ("127.0.0.3", "127.0.0.4")
"""The same, for which there is no certificate."""
RULES = f"cn=rules,{SUFFIX}"
_PERSONAL = f"""# Whoever is not in the group `cn=personal` is not shown these.
access to dn.regex="^(.+,)?(ou=[^,]+,{SUFFIX})$" attrs=employeeNumber,roomNumber,employeeType
    by group.expand="cn=personal,$2" write
    by * none
# Whoever"""


class OwnDirectory(Directory):
    """OpenLDAP with a certificate, with rules for passwords, and with attributes that may be hidden."""

    @override
    def prepare(self, folder: Path, run: Callable[..., object]) -> None:
        super().prepare(folder, run)
        certificate, key = make_certificate(folder, PLAIN, SECURE)
        if os.geteuid() == 0:
            shutil.chown(key, self.user)
        tls = f"moduleload ppolicy\nTLSCertificateFile {certificate}\nTLSCertificateKeyFile {key}"
        text = directory_configuration(folder, tls).replace("# Whoever", _PERSONAL, 1)
        text += f"overlay ppolicy\nppolicy_default {RULES}\n"
        (folder / "slapd.conf").write_text(text, encoding="utf-8")

    @override
    def command(self, folder: Path, port: int) -> list[str]:
        """Return the command of a server that listens to several addresses of this machine."""
        plain, secure = (PLAIN, OTHERS[0]), (SECURE, OTHERS[1])
        names = " ".join(
            [*(f"ldap://{each}:{port}/" for each in plain), *(f"ldaps://{each}:{port}/" for each in secure)]
        )
        return [names if each.startswith("ldap://") else each for each in super().command(folder, port)]


class OwnServer:
    """The server, and a test's part of it, whose account may see what is personal."""

    def __init__(self) -> None:
        try:
            self.server = Server(OwnDirectory())
        except MissingError as error:
            absent(str(error))
        self.service = Service(self.server.port)
        self.personal = f"cn=personal,{self.service.base}"
        self.service.add(self.personal, objectClass="groupOfNames", member=self.service.account)

    @property
    def certificate(self) -> str:
        """The file of the certificate that a client has to trust."""
        return str(self.server.folder / "certificate.pem")

    def restart(self) -> None:
        """Start it again after it was stopped; the administrator binds again."""
        self.server.start()
        self.service.admin = ldap.initialize(f"ldap://127.0.0.1:{self.server.port}")
        self.service.admin.simple_bind_s(f"cn=dss,{SUFFIX}", PASSWORD)

    def rule(self, **rules: str) -> None:
        """Make rules for passwords that hold for everybody."""
        classes = ["device", "pwdPolicy"]
        self.service.add(
            RULES, objectClass=classes, pwdAttribute="userPassword", pwdCheckQuality="2", **rules
        )
