"""What the settings of a tree say of its Google Workspace."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, TypeVar
from urllib.parse import urlsplit

from dss_runtime import DataStoreTree, SettingsError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Settings:
    """Whose directory is reached as whom.

    `credentials` is the file of a service account's key, and `subject` the administrator for whom it acts.
    The directory is that of `domain`, or else of `customer`. `endpoint` is another address than Google's, on
    this machine, for tests. `retries` are those of a read, `timeout` the seconds that an answer may take.
    """

    tree: str
    credentials: str
    subject: str
    customer: str
    domain: str
    endpoint: str
    admins: bool
    timeout: float
    retries: int

    @property
    def place(self) -> str:
        """How a person calls the directory."""
        return f"{self.tree} (google: {self.domain or self.customer})"

    @property
    def whose(self) -> dict[str, str]:
        """The parameter that says whose users and groups are listed."""
        return {"domain": self.domain} if self.domain else {"customer": self.customer}


KNOWN = frozenset(each.name for each in fields(Settings)) - {"tree"}
"""The keys of `[trees.NAME]`."""


def settings_of(tree: DataStoreTree) -> Settings:
    """Return the settings of *tree* (SettingsError for what is missing or wrong)."""
    given = tree.settings
    endpoint = _get(tree, "endpoint", "", _endpoint, "an address on this machine, http://127.0.0.1:PORT")
    credentials = _get(tree, "credentials", "", _text, "the path of a service account's key file")
    if not credentials and not endpoint:
        raise SettingsError(
            f"{tree.name} has no credentials: set them in dss.toml, [trees.{tree.name}] "
            'credentials = "${GOOGLE_CREDENTIALS}", the path of a service account\'s key file'
        )
    subject = _get(tree, "subject", "", _text, "the address of an administrator")
    if credentials and not subject:
        raise SettingsError(
            f"[trees.{tree.name}] subject in dss.toml: expected the address of the administrator "
            "for whom the service account acts (domain-wide delegation)"
        )
    if given.get("customer") and given.get("domain"):
        raise SettingsError(f"[trees.{tree.name}] in dss.toml: give customer or domain, not both")
    return Settings(
        tree=tree.name,
        credentials=credentials,
        subject=subject,
        customer=_get(tree, "customer", "my_customer", _text, "a customer's id"),
        domain=_get(tree, "domain", "", _text, "a domain, such as school.example"),
        endpoint=endpoint,
        admins=_get(tree, "admins", False, _flag, "true or false"),
        timeout=_get(tree, "timeout", 60.0, _seconds, "seconds, more than 0"),
        retries=_get(tree, "retries", 5, _count, "a whole number from 0 to 10"),
    )


def _get(tree: DataStoreTree, name: str, default: T, take: Callable[[Any], T], expected: str) -> T:
    if name not in tree.settings:
        return default
    try:
        return take(tree.settings[name])
    except ValueError:
        # What was found is not shown: it may be the key itself, where its path belongs.
        raise SettingsError(f"[trees.{tree.name}] {name} in dss.toml: expected {expected}") from None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 86_400:
        raise ValueError
    return float(value)


def _count(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 10:
        raise ValueError
    return value


def _endpoint(value: object) -> str:
    address = urlsplit(_text(value))
    host = address.hostname or ""
    local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    if address.scheme != "http" or not local or not address.port:
        raise ValueError
    return f"http://{address.netloc}/"
