"""Encrypting what a plan or the journal must hold and must not show: Fernet, of the extra `seal`."""

from __future__ import annotations

import base64

from dss_runtime import SettingsError
from dss_runtime.plans import Cipher


def fernet(key: bytes) -> Cipher:
    """Return what encrypts with *key*, 32 bytes (SettingsError where `cryptography` is not installed)."""
    try:
        from cryptography.fernet import Fernet
    except ModuleNotFoundError as error:
        raise SettingsError(
            "sealing needs the package cryptography: python -m pip install 'datastoresync[seal]'"
        ) from error
    return Fernet(base64.urlsafe_b64encode(key))
