"""A part of the directory for each test."""

from __future__ import annotations

import pytest

from tests.ldap.service import Service


@pytest.fixture
def service() -> Service:
    """An entry of its own on the session's OpenLDAP."""
    return Service()
